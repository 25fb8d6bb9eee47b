/**
 * @file linear.h
 * Small dense systems, row-major, solved in place. For tens of unknowns, where a BLAS would cost
 * more to start than to run and would let the digits depend on its threads.
 */
#ifndef AUTKI_BASE_LINEAR_H
#define AUTKI_BASE_LINEAR_H

#include <stdbool.h>
#include <stddef.h>

/**
 * Solve a x = b by elimination with row pivots; a [n][n] is destroyed, b [n][n_rhs] becomes x.
 *
 * @param least  a pivot whose size is not above this counts as none
 * @return false where a is singular by that rule, or holds a NaN; b is then destroyed too
 * Cost: O(n^2 (n + n_rhs)).
 */
bool autki_solve_linear(double *a, double *b, size_t n, size_t n_rhs, double least);

/**
 * Likewise for a symmetric positive definite a, of which the lower triangle is read, and one right
 * side, by Cholesky. False where a is not positive definite, or not finite.
 */
bool autki_solve_spd(double *a, double *b, size_t n);

#endif
