/**
 * @file factor.h
 * Sampled LDL' factor of a graph's Laplacian: Kyng & Sachdeva (2016), Approximate Gaussian
 * elimination for Laplacians - fast, sparse, and simple. Vertices go in the order of their degree.
 */
#ifndef AUTKI_GRAVITY_FACTOR_H
#define AUTKI_GRAVITY_FACTOR_H

#include <autarky/base.h>

typedef struct autki_edge {
    int32_t a, b; /* vertices */
    double weight;
} autki_edge;

/** The factor: column c eliminates vertex order[c]. */
typedef struct autki_factor_ldl {
    size_t n;
    int32_t *vertex; /* [n] the caller's number of each vertex; freed with the factor */
    int32_t *order;  /* [n] */
    size_t *begin;   /* [n + 1] of each column's entries */
    int32_t *row;    /* vertex of an entry */
    double *value;   /* minus the entry: the share that goes to that vertex */
    double *inverse; /* [n] of the pivots by column; 0 for the last vertex of a component */
    size_t n_entries, row_capacity, value_capacity;
} autki_factor_ldl;

/**
 * Factor a graph with factor->n vertices; parallel edges add up. What a former call left is
 * replaced.
 * Cost: about O(edges * log vertices).
 */
autk_status autki_factor_ldl_compute(autki_factor_ldl *factor, const autki_edge *edges,
                                     size_t n_edges, uint64_t seed, autk_err *err) AUTK_MUST_CHECK;

/** y = (LDL')⁻ y for `width` interleaved columns. */
void autki_factor_ldl_solve(const autki_factor_ldl *factor, double *y, size_t width);

void autki_factor_ldl_deinit(autki_factor_ldl *factor);

#endif
