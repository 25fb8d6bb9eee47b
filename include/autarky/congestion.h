/**
 * @file congestion.h
 * Places with a capacity: what passing them costs rises with the traffic there, and the traffic
 * falls with the cost. The equilibrium of the two, under the probabilistic model of routes.
 *
 * Threads: as corridor.h.
 */
#ifndef AUTARKY_CONGESTION_H
#define AUTARKY_CONGESTION_H

#include <autarky/corridor.h>

#ifdef __cplusplus
extern "C" {
#endif

/** A place with a capacity, and what the equilibrium puts on it. */
typedef struct autk_load {
    int32_t place;     /**< a crossing, port, or the first passage of a gate */
    double capacity_t; /**< tonnes a year, both ways and all modes of the place; > 0 */
    double traffic_t;  /**< [out] tonnes a year */
    /** [out] on top of what passing costs anyway: see autk_congestion_solve */
    double extra_usd_per_t;
} autk_load;

/** A list of places with capacities, each once. Begin with zeros. */
typedef struct autk_loads {
    autk_load *items; /**< [n] owned; in the order in which they were given */
    size_t n, capacity;
} autk_loads;

AUTK_API void autk_loads_deinit(autk_loads *loads);

/**
 * Give one place a capacity, by "suez=2e9" (tonnes a year); it overrides an earlier one.
 * Errors: AUTK_EARG (no "=", not a number above 0, a city), AUTK_ENOTFOUND with the nearest names,
 *         AUTK_ENOMEM, AUTK_ELIMIT (more than 200 places).
 */
AUTK_API autk_status autk_loads_set(autk_loads *loads, const autk_network *network,
                                    const char *assignment, autk_err *err) AUTK_MUST_CHECK;

/**
 * Read a table of capacities: columns place, capacity_t_per_year, and optionally goods (the row
 * holds for these alone), from and to (dates yyyymmdd between which it holds). A later row
 * overrides an earlier one for the same place; rows for other goods or days are checked, not taken.
 *
 * @param date  0 = rows without an end
 * Errors: AUTK_EPARSE with line and column, AUTK_EIO, AUTK_ENOMEM, AUTK_ELIMIT - loads unchanged.
 */
AUTK_API autk_status autk_loads_read(autk_loads *loads, const autk_network *network,
                                     autk_input *input, int32_t date, autk_err *err)
    AUTK_MUST_CHECK;

/** The same from the dataset's own table, transport_capacity.csv, which names its sources. */
AUTK_API autk_status autk_loads_read_world(autk_loads *loads, const autk_network *network,
                                           int32_t date, autk_err *err) AUTK_MUST_CHECK;

/** Goods that move from one place to another. */
typedef struct autk_freight {
    int32_t from, to; /**< places */
    double t_per_year;
} autk_freight;

/** How the equilibrium was found. */
typedef struct autk_congestion {
    int rounds;
    /** greatest |traffic under the charges told - traffic that calls for these charges|, relative
     *  to the traffic, or to a thousandth of the capacity where that is more */
    double gap;
    double lost_t; /**< freight for which no route is open */
} autk_congestion;

/**
 * The traffic at places with a capacity and what it adds to their cost.
 *
 * extra = cost of passing x congestion_share x (traffic / capacity)^congestion_power (Bureau of
 * Public Roads 1964), with the cost of passing as the network has it: of a port its handling, of a
 * crossing the border, of a canal its toll, time included. Allen & Arkolakis (2022) let the iceberg
 * cost of every link rise with its traffic by one elasticity; here ln t rises by extra / value of
 * the goods, and only where there is a capacity. Traffic: the freight's expected passages.
 *
 * The freight is given, and extra rises with traffic: so the equilibrium is the maximum of a
 * strictly concave function of the charges (Fisk 1980; Baillon & Cominetti 2008), and unique. More
 * capacity at a place lowers the charge there; elsewhere charges may rise (Braess).
 *
 * By Newton's steps on the traffic, halved until the distance falls; all terminals but those with a
 * capacity are left out once, so that a step takes a millisecond.
 *
 * @param loads     [in,out] traffic and extra are set
 * @param closures  in force; NULL = none. Charges that it has already stay
 * @param tol       of `gap`; 0 = 1e-10
 * @param result    [out] may be NULL
 * Errors: AUTK_ENOCONV (no equilibrium to that tolerance; the sum over routes is not finite),
 *         AUTK_ENUMERIC (traffic so far above capacity that its routes vanish from the sums),
 *         AUTK_EARG (freight that is not a number of at least 0, or between a place and itself),
 *         AUTK_ENOMEM - loads unchanged.
 */
AUTK_API autk_status autk_congestion_solve(autk_loads *loads, const autk_network *network,
                                           const autk_closures *closures,
                                           const autk_freight *freight, size_t n_freight,
                                           double tol, autk_congestion *result, autk_err *err)
    AUTK_MUST_CHECK;

/** Put the charges of all loads on closures (autk_closures_charge), for routes and costs of pairs
 *  by either model. Errors: AUTK_ENOMEM. */
AUTK_API autk_status autk_loads_charge(const autk_loads *loads, autk_closures *closures,
                                       autk_err *err) AUTK_MUST_CHECK;

#ifdef __cplusplus
}
#endif
#endif
