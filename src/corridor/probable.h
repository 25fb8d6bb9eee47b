/**
 * @file probable.h
 * The probabilistic model of routes (Allen & Arkolakis 2022) on the terminals: A_tu =
 * exp(-c_tu / s); F_i = b_i'(I - A)^-1, what of a unit sent from i is expected at each terminal,
 * weighted by its cost; W_ij = F_i c_j, the sum over all ways from i to j.
 */
#ifndef AUTKI_CORRIDOR_PROBABLE_H
#define AUTKI_CORRIDOR_PROBABLE_H

#include "corridor/eliminate.h"

typedef struct autki_flows {
    const autk_network *net;
    autki_plan *plan;
    autki_factor factor;
    double *flow; /* [n_terminals x n_origins], row terminal: F transposed */
    size_t n_origins;
} autki_flows;

/**
 * F and, in the factor, W for these places.
 *
 * Errors: AUTK_ENOCONV (spectral radius >= 1), AUTK_ENOMEM - then too, autki_flows_deinit. Cost:
 * about 50 ms for the world.
 */
autk_status autki_flows_init(autki_flows *flows, const autk_network *net, autki_weights weights,
                             const int32_t *origins, size_t n, autk_err *err) AUTK_MUST_CHECK;
void autki_flows_deinit(autki_flows *flows);

/* B_j at a terminal: by symmetry F_j at its mirror, for destination number j of the origins. */
static inline double autki_flows_back(const autki_flows *flows, size_t j, int32_t terminal)
{
    return flows->flow[(size_t)flows->net->terminals[terminal].mirror * flows->n_origins + j];
}

#endif
