/**
 * @file gravity_dense.h
 * Regressions with effects the slow way: every level a dummy, dense normal equations, Gauss-Jordan
 * elimination. Shares no line with the library.
 */
#ifndef TEST_GRAVITY_DENSE_H
#define TEST_GRAVITY_DENSE_H

#include <stdbool.h>
#include <stddef.h>

#define DENSE_EFFECTS 3
#define DENSE_REGRESSORS 4

typedef struct dense_panel {
    size_t n, n_regressors, n_effects;
    double *y, *x, *weight; /* x is [n x n_regressors]; weight NULL = 1 */
    int *level[DENSE_EFFECTS];
    int n_levels[DENSE_EFFECTS];
} dense_panel;

typedef struct dense_result {
    double b[DENSE_REGRESSORS];
    double v[DENSE_REGRESSORS][DENSE_REGRESSORS]; /* without a small-sample factor */
    double deviance;
    size_t rank;    /* of the whole design */
    double *fitted; /* [n] */
} dense_result;

/**
 * @param clusters  [n_clusters] each [n]: cluster of a row; n_clusters = 0 and hetero = false: iid
 */
void dense_regression(dense_result *out, const dense_panel *p, bool poisson, bool hetero,
                      int *const *clusters, size_t n_clusters);
void dense_result_deinit(dense_result *r);

/**
 * Weidner & Zylkin's clustered errors of a Poisson fit from the leverage of the whole design: for
 * the rows of a pair z = (I - H M)⁻¹ s, where M = Z (Z'WZ)⁻ Z' and H is their Hessian, with the
 * pair's own dummy profiled out when the design has one.
 *
 * @param mu    [n] fitted
 * @param pair  [n] in 0 … n_pairs - 1
 */
void dense_corrected(double v[DENSE_REGRESSORS][DENSE_REGRESSORS], const dense_panel *p,
                     const double *mu, const int *pair, int n_pairs, bool profiled);

#endif
