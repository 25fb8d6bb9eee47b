#include "gravity/wls.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/fail.h"
#include "base/mem.h"
#include "base/parallel.h"
#include "gravity/graph.h"

#define CHUNK_ROWS ((size_t)1 << 14)
#define CHUNKS_MAX 16
#define REDUCE_PARAMS ((size_t)1 << 14)
#define GRAM_TOL 1e-11 /* of a regressor's weighted variance: less is absorbed */

/* ---- set-up ---- */

/* Chunks of about equal rows that end where a group ends. */
static void cut_chunks(autki_wls *ws)
{
    const autki_panel *p = ws->panel;
    size_t want = (p->n + CHUNK_ROWS - 1) / CHUNK_ROWS, c = 0;
    if (want > CHUNKS_MAX)
        want = CHUNKS_MAX;
    size_t units = p->group != NULL ? (size_t)p->n_levels[0] : p->n, u = 0;
    ws->chunk_group[0] = 0;
    while (u < units) {
        size_t target = p->n / want * (c + 1) + (c + 1 == want ? p->n : 0);
        while (u < units && (p->group != NULL ? p->group[u + 1] : u + 1) < target)
            u++;
        u = u < units ? u + 1 : units;
        ws->chunk_group[++c] = u;
    }
    ws->n_chunks = c;
}

static autk_status find_touched(size_t c, void *ctx, autk_err *err)
{
    (void)err;
    autki_wls *ws = ctx;
    const autki_panel *p = ws->panel;
    size_t from, to;
    autki_wls_rows(ws, c, &from, &to);
    for (int32_t k = 1; k < p->n_effects; k++) {
        int32_t low = INT32_MAX, high = 0;
        for (size_t r = from; r < to; r++) {
            int32_t l = p->level[k][r];
            low = l < low ? l : low;
            high = l >= high ? l + 1 : high;
        }
        ws->low[c * AUTKI_KEYS_MAX + (size_t)k] = low;
        ws->high[c * AUTKI_KEYS_MAX + (size_t)k] = high;
    }
    return AUTK_OK;
}

static autk_status lay_out_partials(autki_wls *ws, autk_err *err)
{
    autk_status st = autki_parallel_for(ws->n_chunks, ws->n_threads, find_touched, ws, err);
    size_t at = 0;
    for (size_t c = 0; c < ws->n_chunks; c++) {
        for (int32_t k = 1; k < ws->panel->n_effects; k++) {
            size_t i = c * AUTKI_KEYS_MAX + (size_t)k;
            ws->partial_at[i] = at;
            at += (size_t)(ws->high[i] - ws->low[i]);
        }
    }
    ws->partial_size = at;
    return st;
}

/* Every array whose size does not depend on the chunks' contents. */
static bool allocate(autki_wls *ws)
{
    size_t p = ws->n_regressors, m = ws->n_params;
    size_t g = ws->panel->n_effects > 0 ? (size_t)ws->panel->n_levels[0] : 0;
    ws->sums_width = p * (p + 1) / 2 + 2 * p + 4;
    struct {
        double **to;
        size_t n;
    } arrays[] = {{&ws->chunk_sums, CHUNKS_MAX * ws->sums_width},
                  {&ws->group_w, g},
                  {&ws->level_w, m},
                  {&ws->inverse_diag, m},
                  {&ws->cross, m * p},
                  {&ws->gram, p * p},
                  {&ws->gram_factor, p * p},
                  {&ws->x_scale, p},
                  {&ws->group_s, g},
                  {&ws->rhs, m},
                  {&ws->rhs_x, p}};
    bool good = true;
    for (size_t i = 0; i < sizeof arrays / sizeof *arrays; i++)
        good &= (*arrays[i].to = autki_malloc(arrays[i].n, sizeof(double))) != NULL;
    good &= (ws->chunk_group = autki_malloc(CHUNKS_MAX + 2, sizeof *ws->chunk_group)) != NULL;
    good &= (ws->low = autki_malloc(CHUNKS_MAX * AUTKI_KEYS_MAX, sizeof *ws->low)) != NULL;
    good &= (ws->high = autki_malloc(CHUNKS_MAX * AUTKI_KEYS_MAX, sizeof *ws->high)) != NULL;
    good &= (ws->partial_at = autki_malloc(CHUNKS_MAX * AUTKI_KEYS_MAX, sizeof *ws->partial_at)) !=
            NULL;
    good &= (ws->gram_pivot = autki_malloc(p, sizeof *ws->gram_pivot)) != NULL;
    return good;
}

autk_status autki_wls_create(autki_wls **out, const autki_panel *panel, int n_threads,
                             autk_err *err)
{
    autki_wls *ws = autki_calloc(1, sizeof *ws);
    if (ws == NULL)
        return autki_no_memory(err, sizeof *ws);
    ws->panel = panel;
    ws->n_threads = n_threads;
    ws->n_regressors = (size_t)panel->n_regressors;
    for (int32_t k = 1; k < panel->n_effects; k++) {
        ws->first_param[k] = ws->n_params;
        ws->n_params += (size_t)panel->n_levels[k];
    }
    autk_status st = allocate(ws) ? AUTK_OK : autki_no_memory(err, ws->n_params * sizeof(double));
    if (st == AUTK_OK) {
        cut_chunks(ws);
        st = lay_out_partials(ws, err);
    }
    if (st == AUTK_OK)
        *out = ws;
    else
        autki_wls_free(ws);
    return st;
}

void autki_wls_free(autki_wls *ws)
{
    if (ws == NULL)
        return;
    free(ws->chunk_group);
    free(ws->low);
    free(ws->high);
    free(ws->partial_at);
    free(ws->partial);
    free(ws->chunk_sums);
    free(ws->group_w);
    free(ws->level_w);
    free(ws->inverse_diag);
    free(ws->cross);
    free(ws->gram);
    free(ws->gram_factor);
    free(ws->x_scale);
    free(ws->gram_pivot);
    free(ws->group_s);
    free(ws->rhs);
    free(ws->rhs_x);
    autki_graph_free(ws->graph);
    free(ws);
}

void autki_wls_renew_graph(autki_wls *ws)
{
    if (ws->graph != NULL)
        autki_graph_renew(ws->graph);
}

double autki_wls_sum(const autki_wls *ws, size_t which)
{
    double sum = 0;
    for (size_t c = 0; c < ws->n_chunks; c++)
        sum += ws->chunk_sums[c * ws->sums_width + which];
    return sum;
}

/* ---- scatter into a chunk's partials, then reduce in chunk order ---- */

static autk_status reserve_partial(autki_wls *ws, size_t width, autk_err *err)
{
    if (width <= ws->partial_width)
        return AUTK_OK;
    double *grown = autki_malloc(ws->partial_size * width, sizeof *grown);
    if (grown == NULL)
        return autki_no_memory(err, ws->partial_size * width * sizeof *grown);
    free(ws->partial);
    ws->partial = grown;
    ws->partial_width = width;
    return AUTK_OK;
}

/* base[k] + level * width is where effect k's level adds up in chunk c. */
static void partial_bases(const autki_wls *ws, size_t c, size_t width, double **base)
{
    for (int32_t k = 1; k < ws->panel->n_effects; k++) {
        size_t i = c * AUTKI_KEYS_MAX + (size_t)k;
        double *from = ws->partial + ws->partial_at[i] * width;
        memset(from, 0, (size_t)(ws->high[i] - ws->low[i]) * width * sizeof *from);
        base[k] = from - (ptrdiff_t)((size_t)ws->low[i] * width);
    }
}

typedef struct reduction {
    autki_wls *ws;
    double *out;
    size_t width, stride; /* out[param * stride + column] */
} reduction;

static autk_status reduce_block(size_t block, void *ctx, autk_err *err)
{
    (void)err;
    reduction *red = ctx;
    const autki_wls *ws = red->ws;
    size_t from = block * REDUCE_PARAMS, to = from + REDUCE_PARAMS, q = red->width;
    if (to > ws->n_params)
        to = ws->n_params;
    for (size_t i = from; i < to; i++) {
        for (size_t j = 0; j < q; j++)
            red->out[i * red->stride + j] = 0;
    }
    for (int32_t k = 1; k < ws->panel->n_effects; k++) {
        size_t first = ws->first_param[k];
        for (size_t c = 0; c < ws->n_chunks; c++) {
            size_t i = c * AUTKI_KEYS_MAX + (size_t)k;
            size_t low = first + (size_t)ws->low[i], high = first + (size_t)ws->high[i];
            const double *partial = ws->partial + ws->partial_at[i] * q;
            for (size_t at = low > from ? low : from; at < (high < to ? high : to); at++) {
                for (size_t j = 0; j < q; j++)
                    red->out[at * red->stride + j] += partial[(at - low) * q + j];
            }
        }
    }
    return AUTK_OK;
}

static autk_status reduce(autki_wls *ws, double *out, size_t width, size_t stride, autk_err *err)
{
    reduction red = {.ws = ws, .out = out, .width = width, .stride = stride};
    size_t n_blocks = (ws->n_params + REDUCE_PARAMS - 1) / REDUCE_PARAMS;
    return autki_parallel_for(n_blocks, ws->n_threads, reduce_block, &red, err);
}

/* ---- weights ---- */

typedef struct pass {
    autki_wls *ws;
    const double *s, *v;
    const double *x; /* columns first_column .. + width of the regressors */
    size_t first_column, width;
    const double *b, *a;
    double *out;
} pass;

/* Weighted means of the regressors in a group into mean[p]; returns the group's weight. */
static double group_means(const autki_wls *ws, size_t from, size_t to, const double *x,
                          double *mean)
{
    size_t p = ws->n_regressors;
    double total = 0;
    for (size_t j = 0; j < p; j++)
        mean[j] = 0;
    for (size_t r = from; r < to; r++) {
        total += ws->w[r];
        for (size_t j = 0; j < p; j++)
            mean[j] += ws->w[r] * x[r * p + j];
    }
    double inverse = total > 0 ? 1 / total : 0;
    for (size_t j = 0; j < p; j++)
        mean[j] *= inverse;
    return total;
}

/* Per chunk: group weights, X'W(I - P)X, and per level the weight, S's diagonal and the first
 * columns of D'W(I - P)X, as many as fit the width. The diagonal is exact when no level meets a
 * group twice, as in a gravity panel; otherwise it is a lower bound that serves as well. */
static inline void weigh_rows(const pass *ps, size_t from, size_t to, double total,
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
                to_level[2 + i] += wx[i];
        }
    }
}

static autk_status weigh_chunk(size_t c, void *ctx, autk_err *err)
{
    pass *ps = ctx;
    autki_wls *ws = ps->ws;
    const autki_panel *pn = ws->panel;
    size_t p = ws->n_regressors, q = ps->width;
    double *mean = autki_malloc(p, sizeof *mean), *base[AUTKI_KEYS_MAX] = {NULL};
    if (mean == NULL)
        return autki_no_memory(err, p * sizeof *mean);
    double *sums = ws->chunk_sums + c * ws->sums_width;
    memset(sums, 0, ws->sums_width * sizeof *sums);
    partial_bases(ws, c, q + 2, base);
    size_t first = ws->chunk_group[c], last = ws->chunk_group[c + 1];
    bool grouped = pn->group != NULL;
    for (size_t g = grouped ? first : c; g < (grouped ? last : c + 1); g++) {
        size_t from = grouped ? pn->group[g] : first, to = grouped ? pn->group[g + 1] : last;
        double total = group_means(ws, from, to, ps->x, mean);
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
    pass *ps = ctx;
    autki_wls *ws = ps->ws;
    const autki_panel *pn = ws->panel;
    size_t p = ws->n_regressors, q = ps->width, j0 = ps->first_column;
    double *mean = autki_malloc(p, sizeof *mean), *base[AUTKI_KEYS_MAX] = {NULL};
    if (mean == NULL)
        return autki_no_memory(err, p * sizeof *mean);
    partial_bases(ws, c, q, base);
    for (size_t g = ws->chunk_group[c]; g < ws->chunk_group[c + 1]; g++) {
        (void)group_means(ws, pn->group[g], pn->group[g + 1], ps->x, mean);
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

static void take_gram(autki_wls *ws)
{
    size_t p = ws->n_regressors, at = 0;
    for (size_t i = 0; i < p; i++) {
        for (size_t j = 0; j <= i; j++, at++)
            ws->gram[i * p + j] = ws->gram[j * p + i] = autki_wls_sum(ws, at);
    }
}

/* Columns from `first` on; prepare has the ones before. */
static autk_status cross_products(autki_wls *ws, const double *x, size_t first, autk_err *err)
{
    size_t p = ws->n_regressors;
    autk_status st = AUTK_OK;
    for (size_t j = first; st == AUTK_OK && ws->n_params > 0 && j < p; j += AUTKI_WLS_WIDTH) {
        pass ps = {.ws = ws, .x = x, .first_column = j};
        ps.width = p - j < AUTKI_WLS_WIDTH ? p - j : AUTKI_WLS_WIDTH;
        st = reserve_partial(ws, ps.width, err);
        if (st == AUTK_OK)
            st = autki_parallel_for(ws->n_chunks, ws->n_threads, cross_chunk, &ps, err);
        if (st == AUTK_OK)
            st = reduce(ws, ws->cross + j, ps.width, p, err);
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

autk_status autki_wls_prepare(autki_wls *ws, const double *w, autk_err *err)
{
    size_t p = ws->n_regressors, m = ws->n_params, q = p < AUTKI_WLS_WIDTH ? p : AUTKI_WLS_WIDTH;
    ws->w = w;
    pass ps = {.ws = ws, .x = ws->panel->x, .width = q};
    double *sums = autki_malloc(m * (q + 2), sizeof *sums);
    autk_status st = sums == NULL ? autki_no_memory(err, m * (q + 2) * sizeof *sums)
                                  : reserve_partial(ws, q + 2, err);
    if (st == AUTK_OK)
        st = autki_parallel_for(ws->n_chunks, ws->n_threads, weigh_chunk, &ps, err);
    if (st == AUTK_OK)
        st = reduce(ws, sums, q + 2, q + 2, err);
    if (st == AUTK_OK) {
        take_levels(ws, sums, q);
        take_gram(ws);
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

/* ---- right-hand side ---- */

static double score_of(const pass *ps, size_t r)
{
    return ps->s != NULL ? ps->s[r] : ps->ws->panel->y[r] - ps->ws->w[r];
}

/* Scores less w times `mean`, onto regressors and levels. */
static void load_rows(const pass *ps, size_t from, size_t to, double mean, double *sums,
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
    pass *ps = ctx;
    autki_wls *ws = ps->ws;
    const autki_panel *pn = ws->panel;
    double *base[AUTKI_KEYS_MAX] = {NULL}, *sums = ws->chunk_sums + c * ws->sums_width;
    memset(sums, 0, ws->sums_width * sizeof *sums);
    partial_bases(ws, c, 1, base);
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
    pass ps = {.ws = ws, .s = s, .x = ws->panel->x};
    autk_status st = reserve_partial(ws, 1, err);
    if (st == AUTK_OK)
        st = autki_parallel_for(ws->n_chunks, ws->n_threads, load_chunk, &ps, err);
    if (st == AUTK_OK)
        st = reduce(ws, ws->rhs, 1, 1, err);
    for (size_t j = 0; st == AUTK_OK && j < ws->n_regressors; j++)
        ws->rhs_x[j] = autki_wls_sum(ws, j);
    return st;
}

/* ---- the operator ---- */

#define GROUP_ROWS 256

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
    pass *ps = ctx;
    double *base[AUTKI_KEYS_MAX] = {NULL};
    partial_bases(ps->ws, c, ps->width, base);
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
    pass ps = {.ws = ws, .v = v, .width = width};
    if (ws->n_params == 0)
        return AUTK_OK;
    autk_status st = reserve_partial(ws, width, err);
    if (st == AUTK_OK)
        st = autki_parallel_for(ws->n_chunks, ws->n_threads, product_chunk, &ps, err);
    if (st == AUTK_OK)
        st = reduce(ws, out, width, width, err);
    ws->n_products += (int64_t)width;
    return st;
}

/* ---- what a solution says row by row ---- */

static autk_status fitted_chunk(size_t c, void *ctx, autk_err *err)
{
    (void)err;
    pass *ps = ctx;
    autki_wls *ws = ps->ws;
    const autki_panel *pn = ws->panel;
    size_t p = ws->n_regressors, from, to;
    autki_wls_rows(ws, c, &from, &to);
    for (size_t r = from; r < to; r++) {
        double t = 0;
        for (size_t j = 0; j < p; j++)
            t += ps->x[r * p + j] * ps->b[j];
        for (int32_t k = 1; k < pn->n_effects; k++)
            t += ps->a[ws->first_param[k] + (size_t)pn->level[k][r]];
        ps->out[r] = t;
    }
    for (size_t g = ws->chunk_group[c]; pn->group != NULL && g < ws->chunk_group[c + 1]; g++) {
        double left = ws->group_s[g];
        for (size_t r = pn->group[g]; r < pn->group[g + 1]; r++)
            left -= ws->w[r] * ps->out[r];
        double effect = ws->group_w[g] > 0 ? left / ws->group_w[g] : 0;
        for (size_t r = pn->group[g]; r < pn->group[g + 1]; r++)
            ps->out[r] += effect;
    }
    return AUTK_OK;
}

autk_status autki_wls_fitted(autki_wls *ws, double *fit, const double *b, const double *a,
                             autk_err *err)
{
    pass ps = {.ws = ws, .x = ws->panel->x, .b = b, .a = a, .out = fit};
    return autki_parallel_for(ws->n_chunks, ws->n_threads, fitted_chunk, &ps, err);
}

/* x -= gamma for the columns of this pass. */
static autk_status subtract_chunk(size_t c, void *ctx, autk_err *err)
{
    (void)err;
    pass *ps = ctx;
    autki_wls *ws = ps->ws;
    const autki_panel *pn = ws->panel;
    size_t p = ws->n_regressors, q = ps->width, from, to;
    autki_wls_rows(ws, c, &from, &to);
    for (size_t r = from; r < to; r++) {
        double *x = ps->out + r * p + ps->first_column;
        for (int32_t k = 1; k < pn->n_effects; k++) {
            const double *a = ps->a + (ws->first_param[k] + (size_t)pn->level[k][r]) * q;
            for (size_t j = 0; j < q; j++)
                x[j] -= a[j];
        }
    }
    return AUTK_OK;
}

/* x -= its group means, and X̃'WX̃ into the chunk's sums. */
static autk_status center_chunk(size_t c, void *ctx, autk_err *err)
{
    pass *ps = ctx;
    autki_wls *ws = ps->ws;
    const autki_panel *pn = ws->panel;
    size_t p = ws->n_regressors, from, to;
    double *mean = autki_malloc(p, sizeof *mean);
    if (mean == NULL)
        return autki_no_memory(err, p * sizeof *mean);
    for (size_t g = ws->chunk_group[c]; pn->group != NULL && g < ws->chunk_group[c + 1]; g++) {
        (void)group_means(ws, pn->group[g], pn->group[g + 1], ps->out, mean);
        for (size_t r = pn->group[g]; r < pn->group[g + 1]; r++) {
            for (size_t j = 0; j < p; j++)
                ps->out[r * p + j] -= mean[j];
        }
    }
    double *sums = ws->chunk_sums + c * ws->sums_width;
    memset(sums, 0, ws->sums_width * sizeof *sums);
    autki_wls_rows(ws, c, &from, &to);
    for (size_t r = from; r < to; r++) {
        const double *x = ps->out + r * p;
        double *sum = sums;
        for (size_t i = 0; i < p; i++) {
            double wx = ws->w[r] * x[i];
            for (size_t j = 0; j <= i; j++)
                *sum++ += wx * x[j];
        }
    }
    free(mean);
    return AUTK_OK;
}

autk_status autki_wls_partial_out(autki_wls *ws, double *x, double tol, int max_iterations,
                                  autk_err *err)
{
    size_t p = ws->n_regressors, m = ws->n_params;
    double *gamma = autki_malloc(m * AUTKI_WLS_WIDTH, sizeof *gamma);
    double *c = autki_malloc(m * AUTKI_WLS_WIDTH, sizeof *c);
    autk_status st = AUTK_OK;
    if (gamma == NULL || c == NULL)
        st = autki_no_memory(err, m * AUTKI_WLS_WIDTH * sizeof *gamma);
    for (size_t j = 0; st == AUTK_OK && m > 0 && j < p; j += AUTKI_WLS_WIDTH) {
        size_t q = p - j < AUTKI_WLS_WIDTH ? p - j : AUTKI_WLS_WIDTH;
        for (size_t i = 0; i < m; i++)
            memcpy(c + i * q, ws->cross + i * p + j, q * sizeof *c);
        autki_pcg run = {.tol = tol, .max_iterations = max_iterations};
        st = autki_pcg_solve(ws, &run, gamma, c, q, false, err);
        pass ps = {.ws = ws, .out = x, .a = gamma, .first_column = j, .width = q};
        if (st == AUTK_OK)
            st = autki_parallel_for(ws->n_chunks, ws->n_threads, subtract_chunk, &ps, err);
    }
    pass ps = {.ws = ws, .out = x};
    if (st == AUTK_OK)
        st = autki_parallel_for(ws->n_chunks, ws->n_threads, center_chunk, &ps, err);
    if (st == AUTK_OK)
        take_gram(ws);
    free(gamma);
    free(c);
    return st;
}
