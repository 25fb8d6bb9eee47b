/**
 * @file corridor.h
 * The transport network of the world: over which routes goods move, what a closed crossing, port,
 * canal or a transit ban costs, and who carries the traffic instead.
 *
 * Places are the main city of each economy, land crossings, seaports, and gates (canals, straits).
 * Legs are road and rail between the places of one landmass of an economy, and sea inside a basin.
 * A cost is generalised: money plus the value of time, USD per tonne of goods of `value_usd_per_t`.
 * docs/modules/corridor.md has the sources and what the network leaves out.
 *
 * Threads: an open network and finished closures are immutable; calls are reentrant.
 */
#ifndef AUTARKY_CORRIDOR_H
#define AUTARKY_CORRIDOR_H

#include <autarky/input.h>
#include <autarky/world.h>

#ifdef __cplusplus
extern "C" {
#endif

/* ------------------------------------------------------------------ cost parameters */

/** name, text of its unit. The file transport_costs.csv gives value, range and source of each. */
#define AUTK_COST_LIST(X)                                                                          \
    X(sea_usd_per_tkm)                                                                             \
    X(rail_usd_per_tkm)                                                                            \
    X(road_usd_per_tkm)                                                                            \
    X(land_circuity)                                                                               \
    X(border_usd_per_t)                                                                            \
    X(border_h)                                                                                    \
    X(union_border_usd_per_t)                                                                      \
    X(union_border_h)                                                                              \
    X(gauge_usd_per_t)                                                                             \
    X(gauge_h)                                                                                     \
    X(port_usd_per_t)                                                                              \
    X(port_h)                                                                                      \
    X(canal_usd_per_t)                                                                             \
    X(canal_h)                                                                                     \
    X(strait_usd_per_t)                                                                            \
    X(strait_h)                                                                                    \
    X(ice_usd_per_t)                                                                               \
    X(ice_h)                                                                                       \
    X(sea_km_per_h)                                                                                \
    X(rail_km_per_h)                                                                               \
    X(road_km_per_h)                                                                               \
    X(value_usd_per_t)                                                                             \
    X(time_share_per_day)                                                                          \
    X(route_scale_usd_per_t)                                                                       \
    X(trade_elasticity)                                                                            \
    X(congestion_share)                                                                            \
    X(congestion_power)

#define AUTK_COST_ENUM(name) AUTK_COST_##name,
typedef enum autk_cost { AUTK_COST_LIST(AUTK_COST_ENUM) AUTK_COST_COUNT } autk_cost;

/** Each parameter's value and range; ranges serve draws (autk_costs_draw). */
typedef struct autk_costs {
    double value[AUTK_COST_COUNT];
    double low[AUTK_COST_COUNT], high[AUTK_COST_COUNT];
    bool for_goods; /**< a row "name@goods" of the goods asked for was among those read */
} autk_costs;

/** Name of a parameter, e.g. "border_usd_per_t". Total. */
AUTK_API const char *autk_cost_name(autk_cost cost);

/**
 * Read a table of costs: columns name, value, and optionally low, high. A row "name@goods" holds
 * for these goods only and overrides the plain one.
 *
 * @param costs  [in,out] what the table does not name stays
 * @param goods  "" = no goods in particular
 * Errors: AUTK_EPARSE with line and column (unknown name, one twice, not a number, out of its
 *         range, low > value or value > high, more or fewer fields than the header has, no row),
 *         AUTK_EIO, AUTK_ENOMEM - costs unchanged.
 */
AUTK_API autk_status autk_costs_read(autk_costs *costs, autk_input *input, const char *goods,
                                     autk_err *err) AUTK_MUST_CHECK;

/** Set one parameter by "name=value". Errors: AUTK_EARG, with the nearest names. */
AUTK_API autk_status autk_costs_set(autk_costs *costs, const char *assignment, autk_err *err)
    AUTK_MUST_CHECK;

/**
 * A draw of all parameters but trade_elasticity, route_scale_usd_per_t and those of congestion:
 * triangular between low
 * and high with its mode at the value, independent of each other. The same seed and number give
 * the same draw.
 */
AUTK_API autk_costs autk_costs_draw(const autk_costs *costs, uint64_t seed, uint64_t number);

/* ------------------------------------------------------------------ places */

typedef enum autk_place_kind {
    AUTK_PLACE_CITY,     /**< an economy's main city: where its trade begins and ends */
    AUTK_PLACE_TOWN,     /**< another place to begin or end at */
    AUTK_PLACE_CROSSING, /**< on a land border */
    AUTK_PLACE_PORT,
    AUTK_PLACE_GATE /**< a canal or strait; one with several passages is several places */
} autk_place_kind;

#define AUTK_MODE_LIST(X)                                                                          \
    X(AUTK_MODE_SEA, "sea")                                                                        \
    X(AUTK_MODE_RAIL, "rail")                                                                      \
    X(AUTK_MODE_ROAD, "road")                                                                      \
    X(AUTK_MODE_BORDER, "border") /* across a crossing */                                          \
    X(AUTK_MODE_GATE, "gate")     /* through a canal or strait */
typedef enum autk_mode { AUTK_MODE_LIST(AUTK_WORLD_ENUM) AUTK_MODE_COUNT } autk_mode;
/** "rail". Total. */
AUTK_API const char *autk_mode_text(autk_mode mode);

typedef struct autk_place {
    const char *id;   /**< "kuznica", "rotterdam", "suez", "cape.2"; of a city the code, "blr" */
    const char *name; /**< borrowed from the network, like id */
    autk_place_kind kind;
    int32_t
        economy[2]; /**< where it lies, both sides of a crossing; -1 = none, -2 = unknown code */
    const char *code[2]; /**< the codes of these economies, "" = none */
    int32_t land[2];     /**< landmass within the economy */
    bool rail, road;
    double lat, lon;
} autk_place;

/* ------------------------------------------------------------------ the network */

typedef struct autk_network autk_network;

typedef struct autk_network_opts {
    autk_costs costs;
    bool costs_given;   /**< false: the dataset's own */
    const char *goods;  /**< for the cost rows and bans that name goods; NULL or "" = any goods */
    bool goods_are_new; /**< take goods that no row names, for the caller's own costs come later */
    int32_t date;       /**< yyyymmdd for customs unions; 0 = the latest date of the dataset */
    bool no_shapes;     /**< leave out lines and outlines, which only maps need: faster */
} autk_network_opts;

/**
 * Build the network from the world dataset.
 *
 * @param world  borrowed: must outlive the network
 * @param opts   NULL = zeros
 * Errors: AUTK_EDATA (the dataset has no or a damaged transport part), AUTK_ENOTFOUND (goods that
 *         neither a cost nor a closure names), AUTK_EARG, AUTK_ENOMEM.
 * Cost:   about 20 ms, a quarter of it for the shapes.
 */
AUTK_API autk_status autk_network_open(autk_network **out, const autk_world *world,
                                       const autk_network_opts *opts, autk_err *err)
    AUTK_MUST_CHECK;
AUTK_API void autk_network_free(autk_network *network);

/**
 * The same network at other costs, for draws: places have the same numbers. It shares all else with
 * `network`, which must outlive it.
 *
 * Errors: AUTK_ENOMEM. Cost: about 0.5 ms.
 */
AUTK_API autk_status autk_network_at_costs(autk_network **out, const autk_network *network,
                                           const autk_costs *costs, autk_err *err) AUTK_MUST_CHECK;

AUTK_API const autk_costs *autk_network_costs(const autk_network *network);
AUTK_API int32_t autk_network_n_places(const autk_network *network);
/** NULL when out of range. Borrowed. */
AUTK_API const autk_place *autk_network_place(const autk_network *network, int32_t place);
/** Main city of an economy; -1 when the network has none. */
AUTK_API int32_t autk_network_city(const autk_network *network, int32_t economy);

/**
 * A place by id, name, or as an economy's code or name (its main city). Case is folded.
 * Errors: AUTK_ENOTFOUND, with the nearest names.
 */
AUTK_API autk_status autk_network_find(int32_t *place, const autk_network *network,
                                       const char *text, autk_err *err) AUTK_MUST_CHECK;

/* ------------------------------------------------------------------ closures */

/** A set of closed places, borders and banned transits. Grow it, then use it unchanged. */
typedef struct autk_closures autk_closures;

AUTK_API autk_status autk_closures_create(autk_closures **out, const autk_network *network,
                                          autk_err *err) AUTK_MUST_CHECK;
AUTK_API void autk_closures_free(autk_closures *closures);

/**
 * Close a crossing, port, gate (all its passages), or a whole border as "POL-BLR"; "kuznica/road"
 * closes one mode.
 * Errors: AUTK_ENOTFOUND with the nearest names, AUTK_EARG (a city cannot be closed; a mode that
 *         the place has not; a place that an earlier call has closed), AUTK_ENOMEM - no cost has
 *         changed.
 */
AUTK_API autk_status autk_closures_add(autk_closures *closures, const char *what, autk_err *err)
    AUTK_MUST_CHECK;

/**
 * No transit over the economy's land and ports: goods may begin or end there, not pass.
 * Errors: AUTK_ENOTFOUND with the nearest names, AUTK_EARG (no economy; banned by an earlier call),
 *         AUTK_ENOMEM.
 */
AUTK_API autk_status autk_closures_ban_transit(autk_closures *closures, const char *economy,
                                               autk_err *err) AUTK_MUST_CHECK;

/**
 * All closures of the dataset that are in force on a day for the goods.
 *
 * @param goods_of  economy whose goods move, for bans on them; -1 = nobody's in particular
 * @param n_added   [out] how many rows apply; may be NULL
 * Errors: AUTK_EARG (not a date), AUTK_ENOTFOUND (outside of what the dataset covers), AUTK_ENOMEM.
 */
AUTK_API autk_status autk_closures_add_date(autk_closures *closures, int32_t date, int32_t goods_of,
                                            size_t *n_added, autk_err *err) AUTK_MUST_CHECK;

AUTK_API size_t autk_closures_count(const autk_closures *closures);
/** One line that says what the entry closes and since when, on whose word. Borrowed. */
AUTK_API const char *autk_closures_text(const autk_closures *closures, size_t entry);

/**
 * The two economies whose border an entry closes, or (the second -1) the one on whose land it lies
 * or whose transit ends; -1 twice for a strait.
 */
AUTK_API void autk_closures_where(int32_t economy[2], const autk_closures *closures, size_t entry);

/** Land crossings of the network between two economies, open and wholly closed. */
AUTK_API void autk_closures_crossings(int32_t *n_open, int32_t *n_closed,
                                      const autk_closures *closures, int32_t a, int32_t b);

/**
 * Make passing a place dearer, on top of what it costs: what congestion adds (congestion.h), or a
 * toll. Of a gate, all its passages.
 * Errors: AUTK_EARG (a city; not a number of at least 0), AUTK_ENOMEM - unchanged.
 */
AUTK_API autk_status autk_closures_charge(autk_closures *closures, int32_t place, double usd_per_t,
                                          autk_err *err) AUTK_MUST_CHECK;

/** Is the place wholly closed, so that nothing passes, begins or ends there? */
AUTK_API bool autk_closures_is_closed(const autk_closures *closures, int32_t place);

/* ------------------------------------------------------------------ routes */

typedef struct autk_leg {
    int32_t from, to; /**< places; the same place for a border or a gate */
    autk_mode mode;
    double distance_km, time_h;
    double cost_usd_per_t; /**< generalised: money and the value of time */
} autk_leg;

typedef struct autk_route {
    double share; /**< of the traffic, under the probabilistic model; the shortest alone: 1 */
    double distance_km, time_h;
    double cost_usd_per_t;  /**< generalised */
    double money_usd_per_t; /**< without the value of time */
    autk_leg *legs;
    size_t n_legs;
} autk_route;

typedef struct autk_routes {
    autk_route *routes; /**< [n] cheapest first; owned */
    size_t n;
    /** -scale * log(sum over all routes of exp(-cost/scale)): what the shipper expects to pay,
     *  Allen & Arkolakis (2022); the cheapest route's cost under the shortest-route model. */
    double expected_cost_usd_per_t;
} autk_routes;

typedef struct autk_route_opts {
    size_t max_routes;  /**< 1 … 20; 0 = 5 */
    double min_share;   /**< drop routes that carry less, the cheapest excepted; 0 = 0.01 */
    bool shortest_only; /**< the shortest-route model */
} autk_route_opts;

/**
 * Routes between two places, cheapest first, with shares of the traffic.
 *
 * Shortest paths by Dijkstra (1959), the next ones by Yen (1971); shares by Allen & Arkolakis
 * (2022): a route's share is exp(-cost/scale) over the sum of it over all routes.
 *
 * @param closures  NULL = nothing closed
 * Errors: AUTK_ENOANSWER (no route), AUTK_EARG (from is to, an end is closed), AUTK_ENOCONV (the
 *         route scale is too large for the sum over routes to be finite), AUTK_ENOMEM.
 * Cost:   about 10 ms.
 */
AUTK_API autk_status autk_routes_find(autk_routes **out, const autk_network *network, int32_t from,
                                      int32_t to, const autk_closures *closures,
                                      const autk_route_opts *opts, autk_err *err) AUTK_MUST_CHECK;
AUTK_API void autk_routes_free(autk_routes *routes);

/* ------------------------------------------------------------------ all pairs */

typedef enum autk_route_model {
    AUTK_ROUTE_SHORTEST,      /**< all goods take the cheapest route */
    AUTK_ROUTE_PROBABILISTIC, /**< Allen & Arkolakis (2022) */
    AUTK_ROUTE_MODEL_COUNT
} autk_route_model;

/** Costs between the main cities of all economies. */
typedef struct autk_pair_costs autk_pair_costs;

/**
 * @param closures   in force from the start; NULL = none. Borrowed, like the network, by the result
 * @param n_threads  0 or 1 = the caller's own; the result does not depend on it
 * Errors: AUTK_ENOCONV (see autk_routes_find), AUTK_ENUMERIC (the route scale is so small that
 *         exp(-cost/scale) vanishes: use the shortest-route model), AUTK_ENOMEM.
 * Cost:   about 50 ms for all pairs of the world, by either model.
 */
AUTK_API autk_status autk_pair_costs_create(autk_pair_costs **out, const autk_network *network,
                                            autk_route_model model, const autk_closures *closures,
                                            int n_threads, autk_err *err) AUTK_MUST_CHECK;
AUTK_API void autk_pair_costs_free(autk_pair_costs *pairs);

/** USD per tonne; INFINITY: no route; NaN: one of the two has no place in the network; 0 within an
 *  economy. */
AUTK_API double autk_pair_cost(const autk_pair_costs *pairs, int32_t origin, int32_t destination);

/**
 * Costs once more with closures, by repair: only what a closure touches is solved again. Shortest:
 * subtrees below closed edges. Probabilistic: closing k terminals is a rank-k update,
 * W' = W - F_T (N_TT)^-1 B_T with N = (I - A)^-1 and F, B its products with origins and
 * destinations (a Schur complement); what it would leave without digits, transit bans and dearer
 * crossings are solved afresh, in the same order of elimination.
 *
 * @param cost_usd_per_t  [out, n x n, row origin] n = autk_world_n_economies; as autk_pair_cost
 * @param closures        all that is closed, those of autk_pair_costs_create included
 * Errors: AUTK_EARG (they open what was closed), AUTK_ENUMERIC, AUTK_ENOCONV, AUTK_ENOMEM.
 * Cost:   one closure: 1 to 30 ms, by either model.
 */
AUTK_API autk_status autk_pair_costs_after(double *cost_usd_per_t, const autk_pair_costs *pairs,
                                           const autk_closures *closures, autk_err *err)
    AUTK_MUST_CHECK;

/**
 * What closures do to the cost of trade: d_hat[i,j] = tau'/tau with tau = exp(cost / value of the
 * goods), for the equilibrium solver (a factor on iceberg costs). 1 within an economy and where a
 * place is missing; INFINITY where the last route is lost: an embargo, not a large number.
 *
 * @param d_hat  [out, n x n, row exporter, column importer]
 */
AUTK_API autk_status autk_corridor_d_hat(double *d_hat, const autk_pair_costs *pairs,
                                         const autk_closures *closures, autk_err *err)
    AUTK_MUST_CHECK;

/* ------------------------------------------------------------------ traffic */

/** What a place carries, and what its closing does. */
typedef struct autk_traffic {
    int32_t place;    /**< a crossing, port, or the first passage of a gate */
    double value_usd; /**< of the trade given that passes here, under the model */
    double share;     /**< of all the trade given that has a route */
    double cost_rise; /**< trade-weighted cost after closing / before - 1, cut-off trade left out */
    double cut_off;   /**< share of the trade that no route is left for */
    double access_lost; /**< 1 - sum of weight * d_hat^-elasticity */
} autk_traffic;

/**
 * Share of trade that each place carries, and its criticality, largest share first.
 *
 * @param out       [*n] the caller's to free(); places with a share below min_share left out
 * @param value_usd [n_economies x n_economies, row exporter] trade to put on the network; NaN and 0
 *                  = none. Trade of economies without a place is left out.
 * @param judge     close each place in turn (criticality); false: shares only
 * Errors: AUTK_ENOANSWER (no trade, or none that has a route), AUTK_ENOCONV, AUTK_ENOMEM.
 * Cost:   shares: one pass over the edges for each origin; criticality: one update for each place.
 */
AUTK_API autk_status autk_corridor_traffic(autk_traffic **out, size_t *n,
                                           const autk_pair_costs *pairs, const double *value_usd,
                                           double min_share, bool judge, autk_err *err)
    AUTK_MUST_CHECK;

/**
 * For each place, the part of the economy's trade with each partner that passes it. The same both
 * ways, as costs are. Passages of a gate are counted under the first.
 *
 * @param use  [out, n_places x n_economies, row place]
 * Errors: AUTK_EARG (an economy without a place in the network).
 */
AUTK_API autk_status autk_corridor_use(double *use, const autk_pair_costs *pairs, int32_t economy,
                                       autk_err *err) AUTK_MUST_CHECK;

/** One economy's cheapest ways to all others; the caller's memory. */
typedef struct autk_reach {
    double *cost_usd_per_t; /**< [n_economies] as autk_pair_cost */
    double *use; /**< [n_places x n_economies, row place] as autk_corridor_use; NULL = not
                      wanted */
} autk_reach;

/**
 * As a row of autk_pair_costs_create and of autk_pair_costs_after by the shortest-route model,
 * without the other economies' ways.
 *
 * @param before, after  [out] what they point to; after = NULL: not wanted
 * @param closures       NULL = nothing closed after either
 * Errors: AUTK_ENOTFOUND (an economy without a place in the network), AUTK_EARG (closures of
 *         another network), AUTK_ENOMEM.
 * Cost:   about 0.3 ms; with `use` 1 ms more for each.
 */
AUTK_API autk_status autk_reach_find(autk_reach *before, autk_reach *after,
                                     const autk_network *network, int32_t economy,
                                     const autk_closures *closures, autk_err *err) AUTK_MUST_CHECK;

/**
 * The part of the access to each market that dearer ways take: 1 - exp(-elasticity (after - before)
 * / value of the goods), the market-access term of Redding & Venables (2004) with costs as
 * autk_corridor_d_hat has them. 1 where the last route is lost; NaN where there was none before.
 * Weighted by trade with bounds: autk_corridor_share_bounds(low, high, lost, …).
 *
 * @param lost           [out, n]
 * @param before, after  [n] costs of autk_reach_find
 */
AUTK_API void autk_reach_lost(double *lost, const autk_costs *costs, const double *before,
                              const double *after, size_t n);

/**
 * Bounds of a place's share of the trade: the least and greatest of sum(use x)/sum(x) over all
 * partners' x in [low, high]. Partners with NaN are left out.
 *
 * The extremes lie where each x is low or high, by whether its use is above the share itself
 * (a fractional linear programme over a box; Dinkelbach 1967).
 *
 * @param value_low, value_high  [n] of trade with each partner
 */
AUTK_API void autk_corridor_share_bounds(double *low, double *high, const double *use,
                                         const double *value_low, const double *value_high,
                                         size_t n);

/* ------------------------------------------------------------------ shapes, for maps */

/**
 * The line of a leg as longitude, latitude pairs; longitudes run on past 180 rather than jump.
 * @param points  [2 * *n] the caller's to free()
 */
AUTK_API autk_status autk_network_leg_line(double **points, size_t *n, const autk_network *network,
                                           const autk_leg *leg, autk_err *err) AUTK_MUST_CHECK;

typedef struct autk_outline {
    const char *code;     /**< economy */
    const double *points; /**< [2 * n] longitude, latitude; closed: the last joins the first */
    size_t n;
} autk_outline;

/** Outlines of the economies, Natural Earth. Borrowed; NULL when out of range. */
AUTK_API size_t autk_network_n_outlines(const autk_network *network);
AUTK_API const autk_outline *autk_network_outline(const autk_network *network, size_t outline);

#ifdef __cplusplus
}
#endif
#endif
