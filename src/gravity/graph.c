#include "gravity/graph.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/fail.h"
#include "base/mem.h"
#include "base/parallel.h"
#include "gravity/factor.h"

#define BLOCKS_MAX 16

struct autki_graph {
    int32_t effect[2]; /* the solver's numbers */
    size_t n_vertices; /* levels of the one, then of the other */
    int32_t *block;    /* [n_vertices] */
    int32_t *local;    /* [n_vertices] number within the block */
    int32_t n_blocks;
    autki_factor_ldl *factors; /* [n_blocks] */
    double rate;               /* iterations per decade when the factor was new, 0 = not known */
    bool refresh;
};

static int32_t find_root(int32_t *parent, int32_t v)
{
    while (parent[v] != v) {
        parent[v] = parent[parent[v]];
        v = parent[v];
    }
    return v;
}

/* Connected components of the graph of two effects; parent[] ends with every vertex at its root.
 * Rows that do not pass do not connect; passes may be NULL. */
static size_t connect(int32_t *parent, const autki_panel *p, int32_t a, int32_t b,
                      autki_row_test passes, void *ctx)
{
    int32_t n_a = p->n_levels[a], n = n_a + p->n_levels[b];
    size_t n_components = (size_t)n;
    for (int32_t v = 0; v < n; v++)
        parent[v] = v;
    for (size_t r = 0; r < p->n; r++) {
        if (passes != NULL && !passes(p, r, ctx))
            continue;
        int32_t x = find_root(parent, p->level[a][r]), y = find_root(parent, n_a + p->level[b][r]);
        if (x == y)
            continue;
        parent[x < y ? y : x] = x < y ? x : y;
        n_components--;
    }
    for (int32_t v = 0; v < n; v++)
        parent[v] = find_root(parent, v);
    return n_components;
}

autk_status autki_graph_components(size_t *n_components, const autki_panel *p, int32_t a, int32_t b,
                                   autk_err *err)
{
    size_t n = (size_t)p->n_levels[a] + (size_t)p->n_levels[b];
    int32_t *parent = autki_malloc(n, sizeof *parent);
    if (parent == NULL)
        return autki_no_memory(err, n * sizeof *parent);
    *n_components = connect(parent, p, a, b, NULL, NULL);
    free(parent);
    return AUTK_OK;
}

autk_status autki_graph_roots(int32_t **roots, const autki_panel *p, int32_t a, int32_t b,
                              autk_err *err)
{
    return autki_graph_roots_of(roots, p, a, b, NULL, NULL, err);
}

autk_status autki_graph_roots_of(int32_t **roots, const autki_panel *p, int32_t a, int32_t b,
                                 autki_row_test passes, void *ctx, autk_err *err)
{
    size_t n = (size_t)p->n_levels[a] + (size_t)p->n_levels[b];
    *roots = autki_malloc(n, sizeof **roots);
    if (*roots == NULL)
        return autki_no_memory(err, n * sizeof **roots);
    (void)connect(*roots, p, a, b, passes, ctx);
    return AUTK_OK;
}

/* Whole components into blocks of about equal vertices: what one thread factors and solves. */
static void assign_blocks(autki_graph *g, const int32_t *parent, int32_t *size)
{
    size_t n = g->n_vertices, in_block = 0, target = n / BLOCKS_MAX + 1;
    memset(size, 0, n * sizeof *size);
    for (size_t v = 0; v < n; v++)
        size[parent[v]]++;
    int32_t block = 0;
    for (size_t v = 0; v < n; v++) { /* a root comes before its vertices */
        if (parent[v] == (int32_t)v) {
            if (in_block >= target && block + 1 < BLOCKS_MAX) {
                block++;
                in_block = 0;
            }
            in_block += (size_t)size[v];
            g->block[v] = block;
        } else {
            g->block[v] = g->block[parent[v]];
        }
    }
    g->n_blocks = block + 1;
}

static autk_status number_vertices(autki_graph *g, autk_err *err)
{
    int32_t next[BLOCKS_MAX] = {0};
    for (size_t v = 0; v < g->n_vertices; v++)
        g->local[v] = next[g->block[v]]++;
    g->factors = autki_calloc((size_t)g->n_blocks, sizeof *g->factors);
    if (g->factors == NULL)
        return autki_no_memory(err, (size_t)g->n_blocks * sizeof *g->factors);
    for (int32_t b = 0; b < g->n_blocks; b++) {
        g->factors[b].n = (size_t)next[b];
        g->factors[b].vertex = autki_malloc((size_t)next[b], sizeof(int32_t));
        if (g->factors[b].vertex == NULL)
            return autki_no_memory(err, (size_t)next[b] * sizeof(int32_t));
    }
    for (size_t v = 0; v < g->n_vertices; v++)
        g->factors[g->block[v]].vertex[g->local[v]] = (int32_t)v;
    return AUTK_OK;
}

/* ---- factoring ---- */

typedef struct factoring {
    autki_graph *g;
    const autki_wls *ws;
    size_t *begin; /* [n_blocks + 1] into rows */
    int32_t *rows; /* the panel's rows by block */
} factoring;

static autk_status sort_rows(factoring *f, autk_err *err)
{
    const autki_panel *p = f->ws->panel;
    const autki_graph *g = f->g;
    const int32_t *level = p->level[g->effect[0]];
    f->begin = autki_calloc(BLOCKS_MAX + 1, sizeof *f->begin);
    f->rows = autki_malloc(p->n, sizeof *f->rows);
    if (f->begin == NULL || f->rows == NULL)
        return autki_no_memory(err, p->n * sizeof *f->rows);
    for (size_t r = 0; r < p->n; r++)
        f->begin[g->block[level[r]] + 1]++;
    for (int b = 0; b < BLOCKS_MAX; b++)
        f->begin[b + 1] += f->begin[b];
    size_t at[BLOCKS_MAX];
    memcpy(at, f->begin, sizeof at);
    for (size_t r = 0; r < p->n; r++)
        f->rows[at[g->block[level[r]]]++] = (int32_t)r;
    return AUTK_OK;
}

static autk_status factor_block(size_t b, void *ctx, autk_err *err)
{
    factoring *f = ctx;
    const autki_graph *g = f->g;
    const autki_panel *p = f->ws->panel;
    size_t n_edges = f->begin[b + 1] - f->begin[b];
    autki_edge *edges = autki_malloc(n_edges, sizeof *edges);
    if (edges == NULL)
        return autki_no_memory(err, n_edges * sizeof *edges);
    const int32_t *la = p->level[g->effect[0]], *lb = p->level[g->effect[1]];
    int32_t n_a = p->n_levels[g->effect[0]];
    size_t n = 0;
    for (size_t i = f->begin[b]; i < f->begin[b + 1]; i++) {
        int32_t r = f->rows[i];
        if (f->ws->w[r] > 0)
            edges[n++] = (autki_edge){
                .a = g->local[la[r]], .b = g->local[n_a + lb[r]], .weight = f->ws->w[r]};
    }
    autk_status st = autki_factor_ldl_compute(&g->factors[b], edges, n, 0x5eed + b, err);
    free(edges);
    return st;
}

static autk_status factor_all(autki_graph *g, autki_wls *ws, autk_err *err)
{
    factoring f = {.g = g, .ws = ws};
    autk_status st = autki_wls_gather_rows(ws, ws->w, 1, err);
    if (st == AUTK_OK)
        st = sort_rows(&f, err);
    if (st == AUTK_OK)
        st = autki_parallel_for((size_t)g->n_blocks, ws->n_threads, factor_block, &f, err);
    free(f.begin);
    free(f.rows);
    return st;
}

/* The two effects, none of them the first unless there are but two, with the most levels in a
 * component: there lie the weak connections that the diagonal cannot see. */
static autk_status choose_pair(int32_t *pair, const autki_panel *p, autk_err *err)
{
    double most = -1;
    int32_t low = p->n_effects == 2 ? 0 : 1;
    for (int32_t a = low; a < p->n_effects; a++) {
        for (int32_t b = a + 1; b < p->n_effects; b++) {
            size_t n_components = 1;
            autk_status st = AUTK_OK;
            if (p->n_effects > 3)
                st = autki_graph_components(&n_components, p, a, b, err);
            if (st != AUTK_OK)
                return st;
            double size = (double)(p->n_levels[a] + p->n_levels[b]) / (double)n_components;
            if (size > most) {
                most = size;
                pair[0] = a;
                pair[1] = b;
            }
        }
    }
    return AUTK_OK;
}

autk_status autki_graph_create(autki_graph **out, autki_wls *ws, autk_err *err)
{
    const autki_panel *p = ws->panel;
    *out = NULL;
    if (p->n_effects < 2)
        return AUTK_OK;
    autki_graph *g = autki_calloc(1, sizeof *g);
    if (g == NULL)
        return autki_no_memory(err, sizeof *g);
    int32_t *parent = NULL, *size = NULL;
    autk_status st = choose_pair(g->effect, p, err);
    if (st == AUTK_OK) {
        g->n_vertices = (size_t)p->n_levels[g->effect[0]] + (size_t)p->n_levels[g->effect[1]];
        parent = autki_malloc(g->n_vertices, sizeof *parent);
        size = autki_malloc(g->n_vertices, sizeof *size);
        g->block = autki_malloc(g->n_vertices, sizeof *g->block);
        g->local = autki_malloc(g->n_vertices, sizeof *g->local);
        if (parent == NULL || size == NULL || g->block == NULL || g->local == NULL)
            st = autki_no_memory(err, g->n_vertices * sizeof *parent);
    }
    if (st == AUTK_OK) {
        /* Zero weights may cut a component: the pieces then share a block, which does no harm. */
        (void)connect(parent, p, g->effect[0], g->effect[1], NULL, NULL);
        assign_blocks(g, parent, size);
        st = number_vertices(g, err);
    }
    if (st == AUTK_OK)
        st = factor_all(g, ws, err);
    free(parent);
    free(size);
    if (st == AUTK_OK)
        *out = g;
    else
        autki_graph_free(g);
    return st;
}

void autki_graph_free(autki_graph *g)
{
    if (g == NULL)
        return;
    for (int32_t b = 0; g->factors != NULL && b < g->n_blocks; b++)
        autki_factor_ldl_deinit(&g->factors[b]);
    free(g->factors);
    free(g->block);
    free(g->local);
    free(g);
}

void autki_graph_observe(autki_graph *g, int iterations, double tol)
{
    double rate = iterations / -log10(tol < 0.5 ? tol : 0.5);
    if (g->rate == 0)
        g->rate = rate > 1 ? rate : 1;
    g->refresh = rate > 1.4 * g->rate + 2;
}

void autki_graph_renew(autki_graph *g)
{
    g->refresh = true;
}

autk_status autki_graph_refresh(autki_graph *g, autki_wls *ws, autk_err *err)
{
    if (!g->refresh)
        return AUTK_OK;
    g->refresh = false;
    g->rate = 0;
    return factor_all(g, ws, err);
}

/* ---- solving ---- */

typedef struct application {
    const autki_graph *g;
    const autki_wls *ws;
    double *z;
    const double *r;
    size_t width;
} application;

/* Where a vertex lies among the solver's parameters; -1 for levels of the eliminated effect. */
static ptrdiff_t param_of(const application *ap, int32_t vertex)
{
    const autki_panel *p = ap->ws->panel;
    int32_t n_a = p->n_levels[ap->g->effect[0]];
    int32_t effect = ap->g->effect[vertex >= n_a];
    if (effect == 0)
        return -1;
    int32_t level = vertex >= n_a ? vertex - n_a : vertex;
    return (ptrdiff_t)(ap->ws->first_param[effect] + (size_t)level);
}

static autk_status apply_block(size_t b, void *ctx, autk_err *err)
{
    application *ap = ctx;
    const autki_factor_ldl *f = &ap->g->factors[b];
    size_t q = ap->width;
    int32_t n_a = ap->ws->panel->n_levels[ap->g->effect[0]];
    double *y = autki_malloc(f->n * q, sizeof *y);
    if (y == NULL)
        return autki_no_memory(err, f->n * q * sizeof *y);
    /* The sign of one side turns the normal equations into a Laplacian, and back. */
    for (size_t i = 0; i < f->n; i++) {
        ptrdiff_t at = param_of(ap, f->vertex[i]);
        double sign = f->vertex[i] < n_a ? 1 : -1;
        for (size_t j = 0; j < q; j++)
            y[i * q + j] = at < 0 ? 0 : sign * ap->r[(size_t)at * q + j];
    }
    autki_factor_ldl_solve(f, y, q);
    for (size_t i = 0; i < f->n; i++) {
        ptrdiff_t at = param_of(ap, f->vertex[i]);
        double sign = f->vertex[i] < n_a ? 1 : -1;
        for (size_t j = 0; at >= 0 && j < q; j++)
            ap->z[(size_t)at * q + j] = sign * y[i * q + j];
    }
    free(y);
    return AUTK_OK;
}

autk_status autki_graph_apply(const autki_graph *g, const autki_wls *ws, double *z, const double *r,
                              size_t width, autk_err *err)
{
    application ap = {.g = g, .ws = ws, .z = z, .r = r, .width = width};
    for (int32_t k = 1; k < ws->panel->n_effects; k++) {
        if (k == g->effect[0] || k == g->effect[1])
            continue;
        size_t first = ws->first_param[k];
        for (size_t i = first; i < first + (size_t)ws->panel->n_levels[k]; i++) {
            for (size_t j = 0; j < width; j++)
                z[i * width + j] = ws->inverse_diag[i] * r[i * width + j];
        }
    }
    return autki_parallel_for((size_t)g->n_blocks, ws->n_threads, apply_block, &ap, err);
}
