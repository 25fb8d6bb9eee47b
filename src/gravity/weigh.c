/* What the equations take from the weights: one pass over the rows. */
#include <stdlib.h>
#include <string.h>

#include "base/fail.h"
#include "base/mem.h"
#include "gravity/graph.h"
#include "gravity/wls_internal.h"

#define GRAM_TOL 1e-11 /* of a regressor's weighted variance: less is absorbed */

/* Per chunk: group weights, X'W(I - P)X, and per level the weight, S's diagonal and the first
 * columns of D'W(I - P)X, as many as fit the width. The diagonal is exact when no level meets a
 * group twice, as in a gravity panel; otherwise it is a lower bound that serves as well. */
static inline void weigh_rows(const autki_pass *ps, size_t from, size_t to, double total,
                              const double *mean, double *sums, double *const *base, size_t p,
                              size_t q)
{
    const autki_wls *ws = ps->ws;
    const autki_panel *pn = ws->panel;
    double inverse = total > 0 ? 1 / total : 0;
    for (size_t r = from; r < to; r++) {
        double w = ws->w[r], *sum = sums, wx[AUTKI_WLS_WIDTH];
        const double *x = ps->x + r * p;
        for (size_t i = 0; i < p; i++) {
            double wxi = w * (x[i] - mean[i]);
            if (i < q)
                wx[i] = wxi;
            for (size_t j = 0; j <= i; j++)
                *sum++ += wxi * (x[j] - mean[j]);
        }
        for (size_t i = 0; i < p; i++) {
            *sum++ += w * x[i];
            *sum++ += w * x[i] * x[i];
        }
        *sum += w;
        double own = w * (total - w) * inverse;
        for (int32_t k = 1; k < pn->n_effects; k++) {
            double *to_level = base[k] + (size_t)pn->level[k][r] * (q + 2);
            to_level[0] += w;
            to_level[1] += own;
            for (size_t i = 0; i < q; i++)
                to_level[2 + i] +=
                    wx[i]; /* NOLINT(clang-analyzer-core.uninitialized.Assign): q is at most p */
        }
    }
}

static autk_status weigh_chunk(size_t c, void *ctx, autk_err *err)
{
    autki_pass *ps = ctx;
    autki_wls *ws = ps->ws;
    const autki_panel *pn = ws->panel;
    size_t p = ws->n_regressors, q = ps->width;
    double *mean = autki_malloc(p, sizeof *mean), *base[AUTKI_KEYS_MAX] = {NULL};
    if (mean == NULL)
        return autki_no_memory(err, p * sizeof *mean);
    double *sums = ws->chunk_sums + c * ws->sums_width;
    memset(sums, 0, ws->sums_width * sizeof *sums);
    autki_wls_bases(ws, c, q + 2, base);
    size_t first = ws->chunk_group[c], last = ws->chunk_group[c + 1];
    bool grouped = pn->group != NULL;
    for (size_t g = grouped ? first : c; g < (grouped ? last : c + 1); g++) {
        size_t from = grouped ? pn->group[g] : first, to = grouped ? pn->group[g + 1] : last;
        double total = autki_wls_group_means(ws, from, to, ps->x, mean);
        if (grouped)
            ws->group_w[g] = total;
        else
            memset(mean, 0, p * sizeof *mean);
        switch (p) { /* constant widths, so that the inner loops unroll */
        case 1:
            weigh_rows(ps, from, to, total, mean, sums, base, 1, 1);
            break;
        case 2:
            weigh_rows(ps, from, to, total, mean, sums, base, 2, 2);
            break;
        case 3:
            weigh_rows(ps, from, to, total, mean, sums, base, 3, 3);
            break;
        default:
            weigh_rows(ps, from, to, total, mean, sums, base, p, q);
        }
    }
    free(mean);
    return AUTK_OK;
}

/* D'W(I - P)X for further columns, `width` at a time. */
static autk_status cross_chunk(size_t c, void *ctx, autk_err *err)
{
    autki_pass *ps = ctx;
    autki_wls *ws = ps->ws;
    const autki_panel *pn = ws->panel;
    size_t p = ws->n_regressors, q = ps->width, j0 = ps->first_column;
    double *mean = autki_malloc(p, sizeof *mean), *base[AUTKI_KEYS_MAX] = {NULL};
    if (mean == NULL)
        return autki_no_memory(err, p * sizeof *mean);
    autki_wls_bases(ws, c, q, base);
    for (size_t g = ws->chunk_group[c]; g < ws->chunk_group[c + 1]; g++) {
        (void)autki_wls_group_means(ws, pn->group[g], pn->group[g + 1], ps->x, mean);
        for (size_t r = pn->group[g]; r < pn->group[g + 1]; r++) {
            const double *x = ps->x + r * p + j0;
            for (int32_t k = 1; k < pn->n_effects; k++) {
                double *to = base[k] + (size_t)pn->level[k][r] * q;
                for (size_t j = 0; j < q; j++)
                    to[j] += ws->w[r] * (x[j] - mean[j0 + j]);
            }
        }
    }
    free(mean);
    return AUTK_OK;
}

/* Columns from `first` on; prepare has the ones before. */
static autk_status cross_products(autki_wls *ws, const double *x, size_t first, autk_err *err)
{
    size_t p = ws->n_regressors;
    autk_status st = AUTK_OK;
    for (size_t j = first; st == AUTK_OK && ws->n_params > 0 && j < p; j += AUTKI_WLS_WIDTH) {
        autki_pass ps = {.ws = ws, .x = x, .first_column = j};
        ps.width = p - j < AUTKI_WLS_WIDTH ? p - j : AUTKI_WLS_WIDTH;
        st = autki_wls_reserve(ws, ps.width, err);
        if (st == AUTK_OK)
            st = autki_wls_for(ws, cross_chunk, &ps, err);
        if (st == AUTK_OK)
            st = autki_wls_reduce(ws, ws->cross + j, ps.width, p, err);
    }
    return st;
}

/* Weighted variance of each regressor before anything is taken out of it: the scale on which what
 * is left is judged. Without a constant to take out, its square. */
static void take_scales(autki_wls *ws)
{
    size_t p = ws->n_regressors, at = p * (p + 1) / 2;
    double total = autki_wls_sum(ws, at + 2 * p);
    bool constant = ws->panel->n_effects > 0 || ws->panel->has_intercept;
    for (size_t j = 0; j < p; j++) {
        double sum = autki_wls_sum(ws, at + 2 * j), square = autki_wls_sum(ws, at + 2 * j + 1);
        bool itself = ws->panel->has_intercept && j == 0;
        ws->x_scale[j] = constant && !itself && total > 0 ? square - sum * sum / total : square;
        if (!(ws->x_scale[j] > 1e-14 * square))
            ws->x_scale[j] = 1e-14 * square;
    }
}

/* Spread what weigh_chunk summed by level over the arrays it belongs to. */
static void take_levels(autki_wls *ws, const double *sums, size_t q)
{
    for (size_t i = 0; i < ws->n_params; i++) {
        const double *sum = sums + i * (q + 2);
        ws->level_w[i] = sum[0];
        double floor = 1e-12 * sum[0], diag = sum[1] > floor ? sum[1] : floor;
        ws->inverse_diag[i] = diag > 0 ? 1 / diag : 0;
        for (size_t j = 0; j < q; j++)
            ws->cross[i * ws->n_regressors + j] = sum[2 + j];
    }
}

autk_status autki_wls_prepare(autki_wls *ws, double *w, autk_err *err)
{
    size_t p = ws->n_regressors, m = ws->n_params, q = p < AUTKI_WLS_WIDTH ? p : AUTKI_WLS_WIDTH;
    ws->w = w;
    autki_pass ps = {.ws = ws, .x = ws->panel->x, .width = q};
    double *sums = autki_malloc(m * (q + 2), sizeof *sums);
    autk_status st = sums == NULL ? autki_no_memory(err, m * (q + 2) * sizeof *sums)
                                  : autki_wls_reserve(ws, q + 2, err);
    if (st == AUTK_OK)
        st = autki_wls_for(ws, weigh_chunk, &ps, err);
    if (st == AUTK_OK)
        st = autki_wls_reduce(ws, sums, q + 2, q + 2, err);
    if (st == AUTK_OK) {
        take_levels(ws, sums, q);
        autki_wls_take_gram(ws);
        take_scales(ws);
        ws->gram_rank =
            autki_cholesky(ws->gram_factor, ws->gram_pivot, ws->gram, p, ws->x_scale, GRAM_TOL);
        st = cross_products(ws, ws->panel->x, q, err);
    }
    free(sums);
    if (st == AUTK_OK && ws->graph != NULL)
        st = autki_graph_refresh(ws->graph, ws, err);
    return st;
}
