/** @file reaches.h The cheapest ways from several economies, and the same again after closures. */
#ifndef AUTKI_CORRIDOR_REACHES_H
#define AUTKI_CORRIDOR_REACHES_H

#include "corridor/closures.h"

typedef struct autki_reaches {
    const autk_network *net;
    int32_t *economies; /* [n] */
    size_t n, n_economies;
    double *dist; /* [n x n_terminals] the tree of each */
    int32_t *via;
    double *cost; /* [n x n_economies] as autk_pair_cost */
} autki_reaches;

/**
 * @param economies  [n] of the world; those without a place in the network get rows of NaN
 * @param closures   in force from the start; NULL = none
 * Errors: AUTK_ENOMEM. Cost: about 0.2 ms for each.
 */
autk_status autki_reaches_create(autki_reaches **out, const autk_network *network,
                                 const int32_t *economies, size_t n, const autk_closures *closures,
                                 autk_err *err) AUTK_MUST_CHECK;
void autki_reaches_free(autki_reaches *reaches);

/**
 * @param cost      [out, n x n_economies]
 * @param closures  all that is closed, those in force from the start included
 * Errors: AUTK_ENOMEM. Cost: about 0.1 ms for each.
 */
autk_status autki_reaches_after(double *cost, const autki_reaches *reaches,
                                const autk_closures *closures, autk_err *err) AUTK_MUST_CHECK;

#endif
