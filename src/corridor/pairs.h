/** @file pairs.h All pairs of main cities under one of the two models. */
#ifndef AUTKI_CORRIDOR_PAIRS_H
#define AUTKI_CORRIDOR_PAIRS_H

#include "corridor/closures.h"
#include "corridor/probable.h"
#include "corridor/shortest.h"

struct autk_pair_costs {
    const autk_network *net;
    const autk_closures *closures; /* NULL = none */
    autk_route_model model;
    int32_t *cities;  /* [n] places */
    int32_t *economy; /* [n] of each city, in the world; its code's index where there is no world */
    size_t n;
    size_t n_economies; /* rows of what is given out */
    double *cost;       /* [n x n] */
    /* shortest: the tree of each city */
    double *dist; /* [n x n_terminals] */
    int32_t *via; /* [n x n_terminals] */
    /* probabilistic */
    autki_flows flows;
    double *sum; /* [n x n] W */
};

/* Count the way to `to` at each place that it passes: use[place * stride] += 1. Gates as above. */
void autki_use_way(double *use, size_t stride, const autki_search *search, const autk_network *net,
                   autki_weights weights, int32_t from, int32_t to);

/* Cost from W and the other way, by the route scale. */
double autki_cost_of_sum(const autk_network *net, double sum);

/* [n x n] costs between the cities with the places' terminals closed on top of what is closed. */
autk_status autki_pairs_without(double *cost, const autk_pair_costs *pairs, const int32_t *places,
                                size_t n_places, autk_err *err) AUTK_MUST_CHECK;

#endif
