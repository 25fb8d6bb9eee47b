#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/fail.h"
#include "base/mem.h"
#include "gravity/graph.h"
#include "gravity/wls.h"

autk_status autki_wls_precondition(autki_wls *ws, double *z, const double *r, size_t width,
                                   autk_err *err)
{
    if (ws->graph != NULL)
        return autki_graph_apply(ws->graph, ws, z, r, width, err);
    for (size_t i = 0; i < ws->n_params; i++) {
        for (size_t j = 0; j < width; j++)
            z[i * width + j] = ws->inverse_diag[i] * r[i * width + j];
    }
    return AUTK_OK;
}

/* dots[j] = a[:, j]'b[:, j]; four lanes that are added in a fixed order. */
static void dot_columns(double *dots, const double *a, const double *b, size_t n, size_t width)
{
    if (width == 1) {
        double lane[4] = {0, 0, 0, 0};
        size_t i = 0;
        for (; i + 4 <= n; i += 4) {
            for (size_t k = 0; k < 4; k++)
                lane[k] += a[i + k] * b[i + k];
        }
        for (; i < n; i++)
            lane[0] += a[i] * b[i];
        dots[0] = (lane[0] + lane[1]) + (lane[2] + lane[3]);
        return;
    }
    for (size_t j = 0; j < width; j++)
        dots[j] = 0;
    for (size_t i = 0; i < n; i++) {
        for (size_t j = 0; j < width; j++)
            dots[j] += a[i * width + j] * b[i * width + j];
    }
}

/* q -= C G⁻¹ C' v: the regressors eliminated too. */
static void eliminate_x(const autki_wls *ws, double *q, const double *v, double *small)
{
    size_t p = ws->n_regressors;
    for (size_t j = 0; j < p; j++)
        small[j] = 0;
    for (size_t i = 0; i < ws->n_params; i++) {
        for (size_t j = 0; j < p; j++)
            small[j] += ws->cross[i * p + j] * v[i];
    }
    autki_cholesky_solve(small, ws->gram_factor, ws->gram_pivot, ws->gram_rank, p, small);
    for (size_t i = 0; i < ws->n_params; i++) {
        for (size_t j = 0; j < p; j++)
            q[i] -= ws->cross[i * p + j] * small[j];
    }
}

#define FLAT 1e-15

typedef struct vectors {
    double *r, *z, *d, *q, *small;
} vectors;

static autk_status allocate(vectors *v, const autki_wls *ws, size_t width, autk_err *err)
{
    size_t n = ws->n_params * width;
    v->r = autki_malloc(n, sizeof(double));
    v->z = autki_malloc(n, sizeof(double));
    v->d = autki_malloc(n, sizeof(double));
    v->q = autki_malloc(n, sizeof(double));
    v->small = autki_malloc(ws->n_regressors, sizeof(double));
    if (v->r == NULL || v->z == NULL || v->d == NULL || v->q == NULL || v->small == NULL)
        return autki_no_memory(err, n * sizeof(double));
    return AUTK_OK;
}

static autk_status multiply(autki_wls *ws, const autki_pcg *run, vectors *v, const double *with,
                            size_t width, autk_err *err)
{
    autk_status st = autki_wls_product(ws, v->q, with, width, err);
    if (st == AUTK_OK && run->eliminate_x)
        eliminate_x(ws, v->q, with, v->small);
    return st;
}

/* d'Wd by level for each column: what d'Sd is a part of. */
static void weigh_columns(double *sums, const autki_wls *ws, const double *d, size_t width)
{
    for (size_t j = 0; j < width; j++)
        sums[j] = 0;
    for (size_t i = 0; i < ws->n_params; i++) {
        for (size_t j = 0; j < width; j++)
            sums[j] += ws->level_w[i] * d[i * width + j] * d[i * width + j];
    }
}

/* One step along d. A column rests when it has converged, or when what the matrix makes of its
 * direction is rounding error: then no more can be known. */
static void step(const autki_wls *ws, vectors *v, autki_pcg *run, double *a, size_t width,
                 const double *rho, bool *resting)
{
    size_t n = ws->n_params;
    double curve[AUTKI_WLS_WIDTH], length[AUTKI_WLS_WIDTH], whole[AUTKI_WLS_WIDTH];
    dot_columns(curve, v->d, v->q, n, width);
    weigh_columns(whole, ws, v->d, width);
    for (size_t j = 0; j < width; j++) {
        resting[j] |= !(curve[j] > FLAT * whole[j]);
        run->stuck[j] |= resting[j];
        length[j] = resting[j] ? 0 : rho[j] / curve[j];
        run->energy[j] += length[j] * rho[j];
    }
    for (size_t i = 0; i < n; i++) {
        for (size_t j = 0; j < width; j++) {
            a[i * width + j] += length[j] * v->d[i * width + j];
            v->r[i * width + j] -= length[j] * v->q[i * width + j];
        }
    }
}

/* A residual that rounding alone would leave, in the preconditioner's metric. Its part along the
 * directions that the effects do not identify can never be solved for; pursuing it would only add
 * large constants to the effects. */
static double rounding_floor(const autki_wls *ws)
{
    double total = 0;
    for (size_t i = 0; i < ws->n_params; i++)
        total += ws->level_w[i];
    return ws->rhs_rounding * ws->rhs_rounding * total;
}

/* Directions for the next step; true when every column rests. */
static bool turn(vectors *v, const autki_pcg *run, size_t n, size_t width, double *rho,
                 const double *next, const double *enough, bool *resting)
{
    double beta[AUTKI_WLS_WIDTH];
    bool done = true;
    for (size_t j = 0; j < width; j++) {
        beta[j] = rho[j] > 0 ? next[j] / rho[j] : 0;
        rho[j] = next[j];
        resting[j] = run->stuck[j] || next[j] <= enough[j];
        done &= resting[j];
    }
    for (size_t i = 0; i < n; i++) {
        for (size_t j = 0; j < width; j++)
            v->d[i * width + j] = v->z[i * width + j] + beta[j] * v->d[i * width + j];
    }
    return done;
}

static autk_status iterate(autki_wls *ws, autki_pcg *run, vectors *v, double *a, double *rho,
                           const double *enough, size_t width, autk_err *err)
{
    size_t n = ws->n_params;
    bool resting[AUTKI_WLS_WIDTH], done = true;
    for (size_t j = 0; j < width; j++) {
        resting[j] = rho[j] <= enough[j];
        done &= resting[j];
    }
    memcpy(v->d, v->z, n * width * sizeof(double));
    while (!done) {
        if (run->iterations == run->max_iterations)
            return autki_fail(err, AUTK_ENOCONV,
                              "the effects' equations did not converge in %d iterations",
                              run->iterations);
        if (run->patience > 0 && run->iterations == run->patience) {
            run->slow = true;
            return AUTK_OK;
        }
        double next[AUTKI_WLS_WIDTH];
        autk_status st = multiply(ws, run, v, v->d, width, err);
        if (st != AUTK_OK)
            return st;
        step(ws, v, run, a, width, rho, resting);
        st = autki_wls_precondition(ws, v->z, v->r, width, err);
        if (st != AUTK_OK)
            return st;
        dot_columns(next, v->r, v->z, n, width);
        for (size_t j = 0; j < width; j++) {
            if (!isfinite(next[j]))
                return autki_fail(err, AUTK_ENUMERIC,
                                  "the effects' equations left the range of "
                                  "finite numbers");
        }
        done = turn(v, run, n, width, rho, next, enough, resting);
        run->iterations++;
    }
    return AUTK_OK;
}

autk_status autki_pcg_solve(autki_wls *ws, autki_pcg *run, double *a, const double *c, size_t width,
                            bool warm, autk_err *err)
{
    size_t n = ws->n_params;
    vectors v = {0};
    double rho[AUTKI_WLS_WIDTH], enough[AUTKI_WLS_WIDTH];
    autk_status st = allocate(&v, ws, width, err);
    if (st == AUTK_OK && n > 0) {
        memcpy(v.r, c, n * width * sizeof(double));
        st = autki_wls_precondition(ws, v.z, v.r, width, err);
        dot_columns(rho, v.r, v.z, n, width);
        double floor = run->eliminate_x ? rounding_floor(ws) : 0;
        for (size_t j = 0; j < width; j++)
            enough[j] = run->tol * run->tol * rho[j] > floor ? run->tol * run->tol * rho[j] : floor;
    }
    if (!warm)
        memset(a, 0, n * width * sizeof(double));
    if (st == AUTK_OK && n > 0 && warm) {
        st = multiply(ws, run, &v, a, width, err);
        for (size_t i = 0; st == AUTK_OK && i < n * width; i++)
            v.r[i] -= v.q[i];
        if (st == AUTK_OK)
            st = autki_wls_precondition(ws, v.z, v.r, width, err);
        if (st == AUTK_OK)
            dot_columns(rho, v.r, v.z, n, width);
    }
    if (st == AUTK_OK && n > 0)
        st = iterate(ws, run, &v, a, rho, enough, width, err);
    free(v.r);
    free(v.z);
    free(v.d);
    free(v.q);
    free(v.small);
    return st;
}

/* Iterations after which the diagonal is given up for the graph's factor. */
#define DIAGONAL_PATIENCE 30

/* b = G⁻¹ (rhs_x - C'a) */
static void recover_x(const autki_wls *ws, double *b, const double *a)
{
    size_t p = ws->n_regressors;
    memcpy(b, ws->rhs_x, p * sizeof *b);
    for (size_t i = 0; i < ws->n_params; i++) {
        for (size_t j = 0; j < p; j++)
            b[j] -= ws->cross[i * p + j] * a[i];
    }
    autki_cholesky_solve(b, ws->gram_factor, ws->gram_pivot, ws->gram_rank, p, b);
}

autk_status autki_wls_solve(autki_wls *ws, double *b, double *a, double *energy, double tol,
                            int max_iterations, autk_err *err)
{
    size_t p = ws->n_regressors, m = ws->n_params;
    double *c = autki_malloc(m, sizeof *c), *first = autki_malloc(p, sizeof *first);
    autk_status st = c == NULL || first == NULL ? autki_no_memory(err, m * sizeof *c) : AUTK_OK;
    autki_pcg run = {.tol = tol, .max_iterations = max_iterations, .eliminate_x = true};
    double from_x = 0;
    if (st == AUTK_OK) {
        autki_cholesky_solve(first, ws->gram_factor, ws->gram_pivot, ws->gram_rank, p, ws->rhs_x);
        for (size_t j = 0; j < p; j++)
            from_x += first[j] * ws->rhs_x[j];
        for (size_t i = 0; i < m; i++) {
            c[i] = ws->rhs[i];
            for (size_t j = 0; j < p; j++)
                c[i] -= ws->cross[i * p + j] * first[j];
        }
        run.patience = ws->graph == NULL && ws->panel->n_effects > 1 ? DIAGONAL_PATIENCE : 0;
        st = autki_pcg_solve(ws, &run, a, c, 1, false, err);
    }
    if (st == AUTK_OK && run.slow) {
        st = autki_graph_create(&ws->graph, ws, err);
        run.slow = false;
        run.patience = run.iterations = 0;
        if (st == AUTK_OK)
            st = autki_pcg_solve(ws, &run, a, c, 1, true, err);
    }
    if (st == AUTK_OK || st == AUTK_ENOCONV)
        recover_x(ws, b, a);
    if (energy != NULL)
        *energy = from_x + run.energy[0];
    ws->last_iterations = run.iterations;
    if (ws->graph != NULL)
        autki_graph_observe(ws->graph, run.iterations, tol);
    free(c);
    free(first);
    return st;
}
