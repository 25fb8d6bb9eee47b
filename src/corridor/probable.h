/**
 * @file probable.h
 * The probabilistic model of routes (Allen & Arkolakis 2022) on the terminals: A_tu =
 * exp(-c_tu / s); F_i = b_i'(I - A)^-1, what of a unit sent from i is expected at each terminal,
 * weighted by its cost.
 */
#ifndef AUTKI_CORRIDOR_PROBABLE_H
#define AUTKI_CORRIDOR_PROBABLE_H

#include "corridor/network.h"

typedef struct autki_flows {
    const autk_network *net;
    double *weight; /* [n_arcs] A */
    double *access; /* [n_access] weights of accesses */
    double *flow;   /* [n_terminals x n_origins], row terminal: F transposed */
    size_t n_origins;
} autki_flows;

/* Weights only. */
autk_status autki_flows_init(autki_flows *flows, const autk_network *net, autki_weights weights,
                             autk_err *err) AUTK_MUST_CHECK;
void autki_flows_deinit(autki_flows *flows);

/*
 * Solve X (I - A) = start for n columns at once by Neumann's series, in place.
 *
 * x [n_terminals x n], row terminal: start in, solution out. Ends when the last term is below
 * 1e-13 of the sum everywhere.
 * Errors: AUTK_ENOCONV (spectral radius >= 1), AUTK_ENOMEM. Cost: O(steps * arcs * n).
 */
autk_status autki_flows_solve(double *x, size_t n, const autki_flows *flows, autk_err *err)
    AUTK_MUST_CHECK;

/* F for these places: flows->flow. */
autk_status autki_flows_from(autki_flows *flows, const int32_t *origins, size_t n, autk_err *err)
    AUTK_MUST_CHECK;

/* b_i'(I - A)^-1 c_j from F: the sum over all ways from origin number i to place j. */
double autki_flows_sum(const autki_flows *flows, size_t origin, int32_t origin_place,
                       int32_t place);

/* B_j at a terminal: by symmetry F_j at its mirror, for destination number j of the origins. */
static inline double autki_flows_back(const autki_flows *flows, size_t j, int32_t terminal)
{
    return flows->flow[(size_t)flows->net->terminals[terminal].mirror * flows->n_origins + j];
}

#endif
