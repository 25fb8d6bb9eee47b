/* The right-hand side, and the operator of the effects' equations: a pass over the rows each. */
#include <string.h>

#include "gravity/wls_internal.h"

#define SCORE_ROUNDING 4e-16 /* of y - mu, over mu */
#define GROUP_ROWS 256

/* ---- right-hand side ---- */

static double score_of(const autki_pass *ps, size_t r)
{
    return ps->s != NULL ? ps->s[r] : ps->ws->panel->y[r] - ps->ws->w[r];
}

/* Scores less w times `mean`, onto regressors and levels. */
static void load_rows(const autki_pass *ps, size_t from, size_t to, double mean, double *sums,
                      double *const *base)
{
    const autki_wls *ws = ps->ws;
    const autki_panel *pn = ws->panel;
    size_t p = ws->n_regressors;
    for (size_t r = from; r < to; r++) {
        double s = score_of(ps, r) - ws->w[r] * mean;
        const double *x = ps->x + r * p;
        for (size_t j = 0; j < p; j++)
            sums[j] += s * x[j];
        for (int32_t k = 1; k < pn->n_effects; k++)
            base[k][pn->level[k][r]] += s;
    }
}

static autk_status load_chunk(size_t c, void *ctx, autk_err *err)
{
    (void)err;
    autki_pass *ps = ctx;
    autki_wls *ws = ps->ws;
    const autki_panel *pn = ws->panel;
    double *base[AUTKI_KEYS_MAX] = {NULL}, *sums = ws->chunk_sums + c * ws->sums_width;
    memset(sums, 0, ws->sums_width * sizeof *sums);
    autki_wls_bases(ws, c, 1, base);
    size_t first = ws->chunk_group[c], last = ws->chunk_group[c + 1];
    if (pn->group == NULL) {
        load_rows(ps, first, last, 0, sums, base);
        return AUTK_OK;
    }
    for (size_t g = first; g < last; g++) {
        double total = 0;
        for (size_t r = pn->group[g]; r < pn->group[g + 1]; r++)
            total += score_of(ps, r);
        ws->group_s[g] = total;
        double mean = ws->group_w[g] > 0 ? total / ws->group_w[g] : 0;
        load_rows(ps, pn->group[g], pn->group[g + 1], mean, sums, base);
    }
    return AUTK_OK;
}

autk_status autki_wls_load(autki_wls *ws, const double *s, autk_err *err)
{
    autki_pass ps = {.ws = ws, .s = s, .x = ws->panel->x};
    ws->rhs_rounding = s == NULL ? SCORE_ROUNDING : 0;
    autk_status st = autki_wls_reserve(ws, 1, err);
    if (st == AUTK_OK)
        st = autki_wls_for(ws, load_chunk, &ps, err);
    if (st == AUTK_OK)
        st = autki_wls_reduce(ws, ws->rhs, 1, 1, err);
    for (size_t j = 0; st == AUTK_OK && j < ws->n_regressors; j++)
        ws->rhs_x[j] = autki_wls_sum(ws, j);
    return st;
}

/* ---- the operator ---- */

/* The common case: two effects besides the first, one column, groups of some dozens of rows. */
static void product_two(const autki_wls *ws, size_t c, const double *v, double *const *base)
{
    const autki_panel *pn = ws->panel;
    const int32_t *l1 = pn->level[1], *l2 = pn->level[2];
    const double *v1 = v + ws->first_param[1], *v2 = v + ws->first_param[2], *w = ws->w;
    double *o1 = base[1], *o2 = base[2], t[GROUP_ROWS];
    for (size_t g = ws->chunk_group[c]; g < ws->chunk_group[c + 1]; g++) {
        size_t from = pn->group[g], to = pn->group[g + 1];
        double sum = 0;
        bool kept = to - from <= GROUP_ROWS;
        for (size_t r = from; r < to; r++) {
            double value = v1[l1[r]] + v2[l2[r]];
            sum += w[r] * value;
            if (kept)
                t[r - from] = value;
        }
        double mean = ws->group_w[g] > 0 ? sum / ws->group_w[g] : 0;
        for (size_t r = from; r < to; r++) {
            double value = kept ? t[r - from] : v1[l1[r]] + v2[l2[r]];
            double d = w[r] * (value - mean);
            o1[l1[r]] += d;
            o2[l2[r]] += d;
        }
    }
}

/* t = sum of the effects' values at row r */
static inline void value_at(const autki_wls *ws, size_t r, const double *v, double *t, size_t q)
{
    const autki_panel *pn = ws->panel;
    for (size_t j = 0; j < q; j++)
        t[j] = 0;
    for (int32_t k = 1; k < pn->n_effects; k++) {
        const double *a = v + (ws->first_param[k] + (size_t)pn->level[k][r]) * q;
        for (size_t j = 0; j < q; j++)
            t[j] += a[j];
    }
}

static inline void scatter_row(const autki_wls *ws, size_t r, const double *t, const double *mean,
                               double *const *base, size_t q)
{
    const autki_panel *pn = ws->panel;
    for (int32_t k = 1; k < pn->n_effects; k++) {
        double *to_level = base[k] + (size_t)pn->level[k][r] * q;
        for (size_t j = 0; j < q; j++)
            to_level[j] += ws->w[r] * (t[j] - mean[j]);
    }
}

static inline void product_any(const autki_wls *ws, size_t c, const double *v, double *const *base,
                               size_t q)
{
    const autki_panel *pn = ws->panel;
    for (size_t g = ws->chunk_group[c]; g < ws->chunk_group[c + 1]; g++) {
        size_t from = pn->group[g], to = pn->group[g + 1];
        double mean[AUTKI_WLS_WIDTH] = {0}, t[AUTKI_WLS_WIDTH];
        double inverse = ws->group_w[g] > 0 ? 1 / ws->group_w[g] : 0;
        for (size_t r = from; r < to; r++) {
            value_at(ws, r, v, t, q);
            for (size_t j = 0; j < q; j++)
                mean[j] += ws->w[r] * t[j];
        }
        for (size_t j = 0; j < q; j++)
            mean[j] *= inverse;
        for (size_t r = from; r < to; r++) {
            value_at(ws, r, v, t, q);
            scatter_row(ws, r, t, mean, base, q);
        }
    }
}

static autk_status product_chunk(size_t c, void *ctx, autk_err *err)
{
    (void)err;
    autki_pass *ps = ctx;
    double *base[AUTKI_KEYS_MAX] = {NULL};
    autki_wls_bases(ps->ws, c, ps->width, base);
    if (ps->width == 1 && ps->ws->panel->n_effects == 3) {
        product_two(ps->ws, c, ps->v, base);
        return AUTK_OK;
    }
    switch (ps->width) { /* constant widths, so that the inner loops unroll */
    case 1:
        product_any(ps->ws, c, ps->v, base, 1);
        break;
    case 2:
        product_any(ps->ws, c, ps->v, base, 2);
        break;
    case 3:
        product_any(ps->ws, c, ps->v, base, 3);
        break;
    case 4:
        product_any(ps->ws, c, ps->v, base, 4);
        break;
    default:
        product_any(ps->ws, c, ps->v, base, ps->width);
    }
    return AUTK_OK;
}

autk_status autki_wls_product(autki_wls *ws, double *out, const double *v, size_t width,
                              autk_err *err)
{
    autki_pass ps = {.ws = ws, .v = v, .width = width};
    if (ws->n_params == 0)
        return AUTK_OK;
    autk_status st = autki_wls_reserve(ws, width, err);
    if (st == AUTK_OK)
        st = autki_wls_for(ws, product_chunk, &ps, err);
    if (st == AUTK_OK)
        st = autki_wls_reduce(ws, out, width, width, err);
    ws->n_products += (int64_t)width;
    return st;
}
