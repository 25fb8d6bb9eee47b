/**
 * @file wls.h
 * Weighted least squares on regressors and effects: minimise sum_r w_r (v_r - x_r b - sum_k
 * a_k[r])².
 *
 * The first effect is eliminated exactly, group by group. The coefficients b are eliminated by a
 * small dense block. What is left, the normal equations of the other effects, is solved by
 * preconditioned conjugate gradients:
 *
 *     S a = c,   S = D'W(I - P)D,   P = weighted means by the first effect,
 *
 * first with S's diagonal as preconditioner, and, where that is slow because the graph of the
 * effects is weakly connected, with an approximate Cholesky factor of the graph (graph.h).
 *
 * Every sum over rows runs over fixed chunks of groups that are reduced in their order, so that the
 * result does not depend on the number of threads.
 */
#ifndef AUTKI_GRAVITY_WLS_H
#define AUTKI_GRAVITY_WLS_H

#include "base/ranks.h"
#include "gravity/panel.h"

/** Chunks of rows that a pass is cut into, at most: as many as can run side by side. */
#define AUTKI_WLS_CHUNKS_MAX 16

/** Widest block of right-hand sides that one pass over the rows takes. */
#define AUTKI_WLS_WIDTH 8

typedef struct autki_graph autki_graph;

typedef struct autki_wls {
    const autki_panel *panel;
    int n_threads;
    autk_ranks *ranks;                  /* processes that share the chunks; NULL = alone */
    size_t n_regressors;                /* p */
    size_t n_params;                    /* m: levels of all effects but the first */
    size_t first_param[AUTKI_KEYS_MAX]; /* of effect k >= 1 */

    /* Chunks of whole groups (without effects: of rows), and the levels that each touches. */
    size_t n_chunks;
    size_t *chunk_group; /* [n_chunks + 1]; without effects: rows */
    int32_t *low, *high; /* [n_chunks x AUTKI_KEYS_MAX] touched levels, high exclusive */
    size_t *partial_at;  /* [n_chunks x AUTKI_KEYS_MAX] offset of the chunk's partial, in params */
    double *partial;     /* [partial_size x width] */
    size_t partial_size, partial_width;
    double *chunk_sums; /* [n_chunks x sums_width] */
    size_t sums_width;

    /* What depends on the weights; filled by autki_wls_prepare. */
    double *w;            /* [n], borrowed */
    double *group_w;      /* [n_levels[0]] */
    double *level_w;      /* [m] */
    double *inverse_diag; /* [m] of S */
    double *cross;        /* [m x p] D'W(I - P)X */
    double *gram;         /* [p x p] X'W(I - P)X */
    double *gram_factor;  /* [p x p] its pivoted Cholesky factor */
    int32_t *gram_pivot;  /* [p] */
    int32_t gram_rank;
    double *x_scale; /* [p] weighted variance of each regressor */

    /* The right-hand side; filled by autki_wls_load. */
    double *group_s;     /* [n_levels[0]] */
    double *rhs;         /* [m] */
    double *rhs_x;       /* [p] */
    double rhs_rounding; /* error of a row's score over its weight; 0 = not known */

    autki_graph *graph; /* NULL until the diagonal proved too slow */
    bool graph_stale;   /* made for weights that have changed much */
    int64_t n_products; /* of S with a vector, ever */
    int last_iterations;
} autki_wls;

/** @param panel  borrowed; its rows must keep their order */
autk_status autki_wls_create(autki_wls **out, const autki_panel *panel, int n_threads,
                             autk_err *err) AUTK_MUST_CHECK;
void autki_wls_free(autki_wls *ws);

/** The next weights are of another kind: factor the graph, if there is one, for them. */
void autki_wls_renew_graph(autki_wls *ws);

/**
 * Take new weights, [n], >= 0: one pass over the rows. Where processes share the chunks, each needs
 * those of its own rows; the others' are filled in when the graph's factor wants them.
 */
autk_status autki_wls_prepare(autki_wls *ws, double *w, autk_err *err) AUTK_MUST_CHECK;

/**
 * Take a right-hand side s = w v row by row: s[r], or y[r] - w[r] when s is NULL.
 * One pass over the rows.
 */
autk_status autki_wls_load(autki_wls *ws, const double *s, autk_err *err) AUTK_MUST_CHECK;

/**
 * Solve for what was loaded.
 * @param b       [out, p] coefficients; 0 where the regressor is absorbed
 * @param a       [out, m]
 * @param energy  [out] c'S⁻c, the square of the solution's length in the weights' metric; may be
 * NULL
 * @param tol     relative size of the residual, in the preconditioner's metric
 * Errors: AUTK_ENOCONV after max_iterations (b and a hold the last iterate), AUTK_ENUMERIC,
 *         AUTK_ENOMEM.
 */
autk_status autki_wls_solve(autki_wls *ws, double *b, double *a, double *energy, double tol,
                            int max_iterations, autk_err *err) AUTK_MUST_CHECK;

/**
 * Partial the effects out of the regressors: x becomes its residual, in place, and the sums
 * X̃'WX̃ go to gram.
 * @param x     the panel's x, [n x p] row-major
 */
autk_status autki_wls_partial_out(autki_wls *ws, double *x, double tol, int max_iterations,
                                  autk_err *err) AUTK_MUST_CHECK;

/** fit[r] = x_r b + a[r] + the first effect that belongs to the loaded right-hand side. */
autk_status autki_wls_fitted(autki_wls *ws, double *fit, const double *b, const double *a,
                             autk_err *err) AUTK_MUST_CHECK;

/**
 * A pass: fn for every chunk, on the processes and threads. Afterwards every process has the
 * chunks' scalars; what fn wrote row by row or group by group, a process has for its own chunks
 * alone.
 */
autk_status autki_wls_for(autki_wls *ws, autki_chunk_fn fn, void *ctx, autk_err *err)
    AUTK_MUST_CHECK;

/** Give every process the others' rows of an array, [n x width]. */
autk_status autki_wls_gather_rows(autki_wls *ws, double *rows, size_t width, autk_err *err)
    AUTK_MUST_CHECK;
/** Likewise of an array by group, [n_levels[0]]. */
autk_status autki_wls_gather_groups(autki_wls *ws, double *groups, autk_err *err) AUTK_MUST_CHECK;

/** Sum the chunks' scalars number `which` in chunk order. */
double autki_wls_sum(const autki_wls *ws, size_t which);

/** Row range of chunk c. */
static inline void autki_wls_rows(const autki_wls *ws, size_t c, size_t *from, size_t *to)
{
    const size_t *group = ws->panel->group;
    *from = group != NULL ? group[ws->chunk_group[c]] : ws->chunk_group[c];
    *to = group != NULL ? group[ws->chunk_group[c + 1]] : ws->chunk_group[c + 1];
}

/* ---- used by pcg.c and wls.c ---- */

/** out = S v for `width` interleaved columns. */
autk_status autki_wls_product(autki_wls *ws, double *out, const double *v, size_t width,
                              autk_err *err) AUTK_MUST_CHECK;

/** z = M⁻¹ r for `width` interleaved columns. */
autk_status autki_wls_precondition(autki_wls *ws, double *z, const double *r, size_t width,
                                   autk_err *err) AUTK_MUST_CHECK;

typedef struct autki_pcg {
    double tol;
    int max_iterations;
    bool eliminate_x; /* solve (S - C G⁻¹ C') a = c, width 1 */
    double energy[AUTKI_WLS_WIDTH];
    bool stuck[AUTKI_WLS_WIDTH]; /* a column that converged, or could not be known better */
    int iterations;
    bool slow;    /* stopped early because the preconditioner is too weak */
    int patience; /* iterations before `slow`, 0 = never */
} autki_pcg;

/** Conjugate gradients from a = 0 (or from a, when `warm`) for `width` interleaved columns. */
autk_status autki_pcg_solve(autki_wls *ws, autki_pcg *run, double *a, const double *c, size_t width,
                            bool warm, autk_err *err) AUTK_MUST_CHECK;

/* ---- small dense algebra (dense.c) ---- */

/**
 * Pivoted Cholesky of a symmetric n x n matrix, row-major: columns are taken in their order as long
 * as what is left of them exceeds tol times their scale; the others are dropped.
 * @param factor  [out, n x n] lower triangle by order of taking
 * @param pivot   [out, n] the columns taken, in order
 * @param scale   [n] NULL = the diagonal itself
 * Returns the rank.
 */
int32_t autki_cholesky(double *factor, int32_t *pivot, const double *matrix, size_t n,
                       const double *scale, double tol);
/** x = (factor)⁻¹ b on the columns taken, 0 elsewhere; x may be b. */
void autki_cholesky_solve(double *x, const double *factor, const int32_t *pivot, int32_t rank,
                          size_t n, const double *b);
/** Inverse on the columns taken, zero rows and columns elsewhere. */
autk_status autki_cholesky_inverse(double *inverse, const double *factor, const int32_t *pivot,
                                   int32_t rank, size_t n, autk_err *err) AUTK_MUST_CHECK;
/** Eigenvalues and vectors (columns) of a symmetric matrix by Jacobi rotations; a is destroyed. */
void autki_eigen(double *values, double *vectors, double *a, size_t n);

/** Moore-Penrose inverse of a symmetric matrix, in place; spare has 2 n² + n. */
void autki_pseudo_inverse(double *a, size_t n, double *spare);

#endif
