/**
 * @file eliminate.h
 * Sums over all ways, by leaving terminals out one after the other: what went through a terminal
 * goes straight to the ends before and behind it. Only sums, products and 1/(1 - loop) of numbers
 * that are not negative: nothing cancels, so that every sum is good to its own last digits however
 * small it is beside others (the state reduction of Grassmann, Taksar & Heyman 1985). The spectral
 * radius of the weights is below one just if every 1 - loop is positive (Berman & Plemmons 1994,
 * ch. 6: nonsingular M-matrices).
 *
 * Costs are the same there and back, so weights are kept as s[u,v] = weight of mirror(u) -> v,
 * which is symmetric: u and v are ends at which a leg is entered. Terminals of one place and mode
 * are left out together. The plan orders them so that few new legs arise (minimum degree; George &
 * Liu 1989) and joins those with the same neighbours into panels, which are dense.
 */
#ifndef AUTKI_CORRIDOR_ELIMINATE_H
#define AUTKI_CORRIDOR_ELIMINATE_H

#include "corridor/network.h"

/* Terminals left out together, with all they are joined to. Columns are pivots, each contiguous
 * along the rows; rows are positions, pivots first, in order. */
typedef struct autki_panel {
    int32_t first; /* position of the first pivot */
    int32_t n_pivots, n_rows;
    int32_t n_terminal_rows; /* rows that are terminals; the others are cities */
    size_t first_row;        /* in the plan's rows */
    size_t first_value;      /* in the factor's values */
} autki_panel;

/* What does not hang on weights. The nodes are terminals, then cities; the last panel holds those
 * that are kept: terminals that the caller named, then all cities. */
typedef struct autki_plan {
    const autk_network *net;
    size_t n_cities;
    int32_t n_nodes, n_kept;
    int32_t *position; /* [n_nodes] of a node */
    int32_t *node;     /* [n_nodes] at a position */
    autki_panel *panels;
    size_t n_panels;
    int32_t *rows;
    size_t n_rows, rows_capacity;
    size_t n_values;
    size_t *arc_slot;    /* [n_arcs] where its weight goes, SIZE_MAX: its reverse brings it */
    size_t *access_slot; /* [n_access] likewise, of the cities */
} autki_plan;

/**
 * @param cities  [n_cities] places where ways begin and end
 * @param kept    [n_terminals] terminals not to leave out, mirrors alike; NULL = none
 * Errors: AUTK_ENOMEM. Cost: about 10 ms for the world.
 */
autk_status autki_plan_create(autki_plan **out, const autk_network *net, const int32_t *cities,
                              size_t n_cities, const uint8_t *kept, autk_err *err) AUTK_MUST_CHECK;
void autki_plan_free(autki_plan *plan);

/* The numbers: what each panel's pivots were joined to when they were left out, and the same times
 * the sum over loops at the pivots. */
typedef struct autki_factor {
    const autki_plan *plan;
    double *value, *onward; /* [plan->n_values] */
} autki_factor;

/**
 * Errors: AUTK_ENOCONV (the sum over ways is not finite), AUTK_ENOMEM. Cost: 60 million flops for
 * the world. The caller calls autki_factor_deinit.
 */
autk_status autki_factor_init(autki_factor *factor, const autki_plan *plan, autki_weights weights,
                              autk_err *err) AUTK_MUST_CHECK;
void autki_factor_deinit(autki_factor *factor);

/**
 * Sum over the ways between two kept ones that pass only what was left out: of cities that is all
 * ways when no terminal is kept. a, b: numbers among the kept: terminals in order of position, then
 * cities.
 */
static inline double autki_factor_kept(const autki_factor *factor, size_t a, size_t b)
{
    const autki_panel *last = &factor->plan->panels[factor->plan->n_panels - 1];
    size_t row = a > b ? a : b, column = a > b ? b : a;
    return factor->value[last->first_value + column * (size_t)last->n_rows + row];
}

/**
 * Solve X (I - A) = start for n columns at once, in place; no terminal may be kept.
 *
 * x [n_terminals x n], row terminal: start in, solution out; not negative.
 * Errors: AUTK_ENOMEM. Cost: 4 n flops for each value.
 */
autk_status autki_factor_solve(double *x, size_t n, const autki_factor *factor, autk_err *err)
    AUTK_MUST_CHECK;

#endif
