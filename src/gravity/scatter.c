/* Sums over rows: by chunk, by group, by level. */
#include <stdlib.h>
#include <string.h>

#include "base/fail.h"
#include "base/mem.h"
#include "gravity/wls_internal.h"

#define REDUCE_PARAMS ((size_t)1 << 14)

autk_status autki_wls_for(autki_wls *ws, autki_chunk_fn fn, void *ctx, autk_err *err)
{
    return autki_ranks_for(ws->ranks, ws->chunk_sums, ws->sums_width * sizeof *ws->chunk_sums,
                           ws->n_chunks, ws->n_threads, fn, ctx, err);
}

autk_status autki_wls_gather_rows(autki_wls *ws, double *rows, size_t width, autk_err *err)
{
    size_t begin[AUTKI_WLS_CHUNKS_MAX + 1] = {0};
    for (size_t c = 0; c < ws->n_chunks; c++) {
        size_t from, to;
        autki_wls_rows(ws, c, &from, &to);
        begin[c + 1] = to * width * sizeof *rows;
    }
    return autki_ranks_exchange_parts(ws->ranks, rows, begin, ws->n_chunks, AUTK_OK, err);
}

autk_status autki_wls_gather_groups(autki_wls *ws, double *groups, autk_err *err)
{
    size_t begin[AUTKI_WLS_CHUNKS_MAX + 1];
    for (size_t c = 0; c <= ws->n_chunks; c++)
        begin[c] = ws->chunk_group[c] * sizeof *groups;
    return autki_ranks_exchange_parts(ws->ranks, groups, begin, ws->n_chunks, AUTK_OK, err);
}

/* Every process gets every chunk's sums by level. */
static autk_status gather_partials(autki_wls *ws, size_t width, autk_err *err)
{
    size_t begin[AUTKI_WLS_CHUNKS_MAX + 1];
    for (size_t c = 0; c < ws->n_chunks; c++)
        begin[c] = ws->partial_at[c * AUTKI_KEYS_MAX + 1] * width * sizeof *ws->partial;
    begin[ws->n_chunks] = ws->partial_size * width * sizeof *ws->partial;
    return autki_ranks_exchange_parts(ws->ranks, ws->partial, begin, ws->n_chunks, AUTK_OK, err);
}

double autki_wls_sum(const autki_wls *ws, size_t which)
{
    double sum = 0;
    for (size_t c = 0; c < ws->n_chunks; c++)
        sum += ws->chunk_sums[c * ws->sums_width + which];
    return sum;
}

/* Weighted means of the regressors in a group into mean[p]; returns the group's weight. */
double autki_wls_group_means(const autki_wls *ws, size_t from, size_t to, const double *x,
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

void autki_wls_take_gram(autki_wls *ws)
{
    size_t p = ws->n_regressors, at = 0;
    for (size_t i = 0; i < p; i++) {
        for (size_t j = 0; j <= i; j++, at++)
            ws->gram[i * p + j] = ws->gram[j * p + i] = autki_wls_sum(ws, at);
    }
}

/* ---- scatter into a chunk's partials, then reduce in chunk order ---- */

autk_status autki_wls_reserve(autki_wls *ws, size_t width, autk_err *err)
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
void autki_wls_bases(const autki_wls *ws, size_t c, size_t width, double **base)
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

autk_status autki_wls_reduce(autki_wls *ws, double *out, size_t width, size_t stride, autk_err *err)
{
    reduction red = {.ws = ws, .out = out, .width = width, .stride = stride};
    size_t n_blocks = (ws->n_params + REDUCE_PARAMS - 1) / REDUCE_PARAMS;
    if (ws->n_params == 0)
        return AUTK_OK;
    autk_status st = gather_partials(ws, width, err);
    return st != AUTK_OK ? st
                         : autki_parallel_for(n_blocks, ws->n_threads, reduce_block, &red, err);
}
