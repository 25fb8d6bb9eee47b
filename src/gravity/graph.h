/**
 * @file graph.h
 * An approximate Cholesky factor of the graph of two effects, as a preconditioner. Two effects and
 * the weights of the rows where their levels meet make a bipartite graph whose normal equations
 * are, up to the sign of one side, a Laplacian; eliminating its vertices one by one and replacing
 * each clique by a random spanning sample of it keeps the factor as sparse as the graph (Kyng &
 * Sachdeva 2016, Approximate Gaussian elimination for Laplacians). The sampling is seeded: the same
 * panel gives the same factor.
 */
#ifndef AUTKI_GRAVITY_GRAPH_H
#define AUTKI_GRAVITY_GRAPH_H

#include "gravity/wls.h"

/** A factor for the two effects, of all but the first, whose graph is connected worst. NULL in *out
 *  when there are not two of them. */
autk_status autki_graph_create(autki_graph **out, autki_wls *ws, autk_err *err) AUTK_MUST_CHECK;
void autki_graph_free(autki_graph *graph);

/** Factor again for the present weights, when solving has become slower since the last time. */
autk_status autki_graph_refresh(autki_graph *graph, autki_wls *ws, autk_err *err) AUTK_MUST_CHECK;

/** z = M⁻¹ r for `width` interleaved columns; levels outside the graph by the diagonal. */
autk_status autki_graph_apply(const autki_graph *graph, const autki_wls *ws, double *z,
                              const double *r, size_t width, autk_err *err) AUTK_MUST_CHECK;

/** Let the next refresh factor again in any case. */
void autki_graph_renew(autki_graph *graph);

/** Tell how many iterations the last solve took, to which tolerance. */
void autki_graph_observe(autki_graph *graph, int iterations, double tol);

/** Connected components of the graph of two effects (the solver's numbers). Cost: O(rows). */
autk_status autki_graph_components(size_t *n_components, const autki_panel *panel, int32_t a,
                                   int32_t b, autk_err *err) AUTK_MUST_CHECK;

/** Is a row to connect its levels? */
typedef bool (*autki_row_test)(const autki_panel *panel, size_t row, void *ctx);

/** For every level of a, then of b, the first of its component in that order. free() it. */
autk_status autki_graph_roots(int32_t **roots, const autki_panel *panel, int32_t a, int32_t b,
                              autk_err *err) AUTK_MUST_CHECK;
/** Likewise where only rows that pass connect. */
autk_status autki_graph_roots_of(int32_t **roots, const autki_panel *panel, int32_t a, int32_t b,
                                 autki_row_test passes, void *ctx, autk_err *err) AUTK_MUST_CHECK;

#endif
