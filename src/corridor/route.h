/** @file route.h A way between two places, and the enumeration of the next cheapest ones. */
#ifndef AUTKI_CORRIDOR_ROUTE_H
#define AUTKI_CORRIDOR_ROUTE_H

#include "corridor/closures.h"
#include "corridor/shortest.h"

/* An access arc out of the source, arcs between terminals, an access arc into the destination.
 * first = AUTKI_NO_ARC where last leads straight from place to place. */
typedef struct autki_path {
    int32_t first, last; /* access arcs */
    int32_t *arcs;       /* [n] owned */
    size_t n;
    double cost;
} autki_path;

/* The n_wanted cheapest ways without a terminal twice, cheapest first (Yen 1971), as far as they
 * cost at most `limit` more than the cheapest. *n = 0: no route. The caller frees arcs and array.
 */
autk_status autki_cheapest_paths(autki_path **out, size_t *n, const autk_network *net,
                                 autki_weights weights, int32_t from, int32_t to, size_t n_wanted,
                                 double limit, autk_err *err) AUTK_MUST_CHECK;
void autki_paths_free(autki_path *paths, size_t n);

/*
 * Sum over all ways, loops included, of exp(-(cost - cheapest)/scale), at least 1.
 * dist_to [n_terminals]: cheapest cost from each terminal to the destination, half of what passing
 * it costs included.
 *
 * Weights are taken of reduced costs c_kl - d_k + d_l >= 0: nothing underflows that matters.
 * Errors: AUTK_ENOCONV when the sum is not finite (spectral radius of the weights >= 1).
 */
autk_status autki_route_sum(double *sum, const autk_network *net, autki_weights weights,
                            const double *dist_to, int32_t from, int32_t to, double cheapest,
                            double scale, autk_err *err) AUTK_MUST_CHECK;

#endif
