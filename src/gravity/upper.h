/**
 * @file upper.h
 * Triangular factors of large dense symmetric matrices, in tiles: no BLAS, whose digits would
 * depend on its threads. Matrices are row-major; of a factor the upper triangle is kept.
 */
#ifndef AUTKI_GRAVITY_UPPER_H
#define AUTKI_GRAVITY_UPPER_H

#include <autarky/base.h>

/** An m x n matrix with strides: element (r, c) is at[r * row + c * column]. */
typedef struct autki_strided {
    const double *at;
    size_t row, column;
} autki_strided;

/** c -= a b; c is m x n with rows of length c_row, a is m x k, b is k x n with rows of length
 * b_row.
 */
void autki_subtract_product(double *c, size_t c_row, autki_strided a, const double *b, size_t b_row,
                            size_t m, size_t n, size_t k);

/**
 * Cholesky of a positive semidefinite matrix, u'u, in place of its upper triangle: columns are
 * taken in their order as long as what is left of them exceeds tol times their scale. The others
 * get a zero row, and the inverse that the solves below stand for has zero rows and columns there.
 *
 * @param u      [in,out, n x n] only the upper triangle is read and written
 * @param scale  [n]
 * Cost: O(n³ / 3) on n_threads, on whose number the result does not depend.
 */
autk_status autki_upper_factor(double *u, size_t n, const double *scale, double tol, int n_threads,
                               autk_err *err) AUTK_MUST_CHECK;

/** Solve u'x = b for m right-hand sides in place, [n x m]; 0 where the column was not taken.
 *  @param first  rows of b before it are zero */
void autki_upper_forward(double *x, const double *u, size_t n, size_t m, size_t first);
/** Solve u x = b likewise. */
void autki_upper_backward(double *x, const double *u, size_t n, size_t m);

#endif
