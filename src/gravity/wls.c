#include "gravity/wls.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/fail.h"
#include "base/mem.h"
#include "base/parallel.h"
#include "gravity/graph.h"

#define CHUNK_ROWS ((size_t)1 << 14)

/* ---- set-up ---- */

/* Chunks of about equal rows that end where a group ends. */
static void cut_chunks(autki_wls *ws)
{
    const autki_panel *p = ws->panel;
    size_t want = (p->n + CHUNK_ROWS - 1) / CHUNK_ROWS, c = 0;
    if (want > AUTKI_WLS_CHUNKS_MAX)
        want = AUTKI_WLS_CHUNKS_MAX;
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
    ws->sums_width = p * (p + 1) / 2 + 2 * p + 8;
    struct {
        double **to;
        size_t n;
    } arrays[] = {{&ws->chunk_sums, AUTKI_WLS_CHUNKS_MAX * ws->sums_width},
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
    good &=
        (ws->chunk_group = autki_malloc(AUTKI_WLS_CHUNKS_MAX + 2, sizeof *ws->chunk_group)) != NULL;
    good &=
        (ws->low = autki_malloc(AUTKI_WLS_CHUNKS_MAX * AUTKI_KEYS_MAX, sizeof *ws->low)) != NULL;
    good &=
        (ws->high = autki_malloc(AUTKI_WLS_CHUNKS_MAX * AUTKI_KEYS_MAX, sizeof *ws->high)) != NULL;
    good &= (ws->partial_at = autki_malloc(AUTKI_WLS_CHUNKS_MAX * AUTKI_KEYS_MAX,
                                           sizeof *ws->partial_at)) != NULL;
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
