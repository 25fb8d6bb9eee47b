/**
 * @file scenario.h
 * What is cut, taxed or freed, written in YAML, and the simulation of it on an economy.
 *
 * docs/modules/equilibrium.md has the schema. Every error has a line and a column.
 *
 * Threads: a scenario and a simulation are immutable; concurrent calls are allowed.
 */
#ifndef AUTARKY_SCENARIO_H
#define AUTARKY_SCENARIO_H

#include <autarky/equilibrium.h>
#include <autarky/input.h>
#include <autarky/ranks.h>

#ifdef __cplusplus
extern "C" {
#endif

typedef struct autk_scenario autk_scenario;

/**
 * Read a scenario. Names of economies and sectors are looked up later, by autk_simulate; no other
 * file is opened (autk_scenario_read_files). Paths count from the folder of the input's name.
 *
 * Errors: AUTK_EPARSE (not YAML, unknown key, value of the wrong kind), AUTK_EDATA
 * (contradictions), AUTK_ELIMIT (over 1 MiB), AUTK_ENOMEM; with line and column.
 */
AUTK_API autk_status autk_scenario_read(autk_scenario **out, autk_input *input, autk_err *err)
    AUTK_MUST_CHECK;
AUTK_API void autk_scenario_free(autk_scenario *scenario);

/**
 * Give the sanctions that name an estimate (`sanction: {estimate: rta}`) its value, and the draws
 * its covariance with the others, from the JSON of autk_estimate_write_scenario. Where that has
 * draws of a bootstrap, the simulation's take one after the other of them instead.
 *
 * Before the scenario is shared between threads; a failure changes nothing.
 * Errors: AUTK_EPARSE (not JSON), AUTK_EDATA (not such a file; a vcov that is no covariance; draws
 * that are no table; no sanction names an estimate), AUTK_ENOTFOUND (an estimate that the file has
 * not, with the scenario's line), AUTK_ELIMIT, AUTK_ENOMEM. Cost: O(k^3) of the k estimates named.
 */
AUTK_API autk_status autk_scenario_use_coefficients(autk_scenario *scenario, autk_input *input,
                                                    autk_err *err) AUTK_MUST_CHECK;

/**
 * Draw theta from a file instead of a normal distribution: a CSV with a column for each sector
 * (for an economy of one sector a single column of any name) and a row for each draw, taken in
 * turn. Where the scenario sets no number of draws, it becomes the number of rows.
 *
 * Before the scenario is shared between threads; a failure changes nothing. Sectors are looked up
 * by autk_simulate.
 * Errors: AUTK_EPARSE (not such a file, with its line), AUTK_EDATA (the scenario sets theta),
 * AUTK_ELIMIT (over 100,000 rows), AUTK_ENOMEM.
 */
AUTK_API autk_status autk_scenario_use_theta_draws(autk_scenario *scenario, autk_input *input,
                                                   autk_err *err) AUTK_MUST_CHECK;

/**
 * Read the files that the scenario names (`coefficients`, `uncertainty: {theta: FILE.csv}`), unless
 * others were given by the two functions above.
 *
 * Errors: AUTK_EIO (a file cannot be opened, with the scenario's line); those of the two functions.
 */
AUTK_API autk_status autk_scenario_read_files(autk_scenario *scenario, autk_err *err)
    AUTK_MUST_CHECK;

/** Texts are borrowed, "" where the file says nothing. */
AUTK_API const char *autk_scenario_name(const autk_scenario *scenario);
AUTK_API const char *autk_scenario_economy(const autk_scenario *scenario);
AUTK_API size_t autk_scenario_n_steps(const autk_scenario *scenario);
AUTK_API const char *autk_scenario_step(const autk_scenario *scenario, size_t step);

/** Does any measure close a place or ban transit? Then autk_scenario_route (closures.h) comes
 * before autk_simulate. */
AUTK_API bool autk_scenario_has_closures(const autk_scenario *scenario);

/** The scenario in sentences, as it is understood. Appends to out. */
AUTK_API void autk_scenario_explain(autk_buf *out, const autk_scenario *scenario);

/** What can be uncertain about a simulation; or-ed together. */
typedef enum autk_draw_source {
    AUTK_DRAW_ELASTICITIES = 1, /**< theta, by the scenario's error or file of draws */
    AUTK_DRAW_ESTIMATES = 2,    /**< coefficients of sanctions that have an error or a covariance */
    AUTK_DRAW_GAPS = 4,         /**< flows that nobody reports, within their bounds */
    AUTK_DRAW_TRANSPORT = 8     /**< costs of transport from their ranges, where places close */
} autk_draw_source;

/** Which of them there are. */
AUTK_API unsigned autk_scenario_uncertain(const autk_scenario *scenario,
                                          const autk_economy *economy);

typedef struct autk_simulate_opts {
    int draws;         /**< 0 = as in the file */
    uint64_t seed;     /**< 0 = as in the file, else 1 */
    unsigned sources;  /**< autk_draw_source: which to draw, the rest at its point; 0 = all. The
                            same draw of a source whatever the others are */
    int n_threads;     /**< for draws; 0 = 1. Results do not depend on it */
    autk_ranks *ranks; /**< processes that share the draws; NULL = alone. Nor on these */
    double tolerance;  /**< 0 = 1e-10 */
    int max_iterations;
    autk_progress progress;
} autk_simulate_opts;

typedef struct autk_simulation autk_simulation;

/**
 * Solve the baseline and every step; with draws, again for each draw of the elasticities and
 * coefficients. Steps that close places are solved up to 6 times more, for their parts.
 *
 * Errors: AUTK_ENOTFOUND, AUTK_EDATA with the scenario's line; AUTK_ELIMIT (over 64 measures that
 * close); those of autk_equilibrium_solve, with the step's name.
 * Cost:   (1 + draws) * (1 + steps) solves; with closures see above and autk_scenario_route.
 */
AUTK_API autk_status autk_simulate(autk_simulation **out, const autk_scenario *scenario,
                                   const autk_economy *economy, const autk_simulate_opts *opts,
                                   autk_err *err) AUTK_MUST_CHECK;
AUTK_API void autk_simulation_free(autk_simulation *simulation);

AUTK_API size_t autk_simulation_n_steps(const autk_simulation *simulation);
AUTK_API const autk_solve_info *autk_simulation_baseline_info(const autk_simulation *simulation);
AUTK_API const autk_solve_info *autk_simulation_info(const autk_simulation *simulation,
                                                     size_t step);
/** [n_regions], borrowed. */
AUTK_API const autk_outcome *autk_simulation_outcome(const autk_simulation *simulation,
                                                     size_t step);
/** Draws that could be solved, and those that had no solution. */
AUTK_API int autk_simulation_n_draws(const autk_simulation *simulation);
AUTK_API int autk_simulation_n_failed_draws(const autk_simulation *simulation);
/** Field-wise quantiles (5 and 95 %) over the draws, [n_regions]; NULL without draws. Borrowed. */
AUTK_API const autk_outcome *autk_simulation_low(const autk_simulation *simulation, size_t step);
AUTK_API const autk_outcome *autk_simulation_high(const autk_simulation *simulation, size_t step);
/** Standard deviation over the draws, field by field; NULL without draws. Borrowed. */
AUTK_API const autk_outcome *autk_simulation_deviation(const autk_simulation *simulation,
                                                       size_t step);

/**
 * What the effect of a step with closures is made of. Ways that became dearer, ways that were lost
 * and other measures (tariffs, embargoes, ...) act on one another, so what one of them does depends
 * on which others are there. Each is told its average over all orders in which they could come, the
 * ways together (Owen 1977; Shapley between routes and the rest: Shorrocks 2013): routes + other
 * = all, dearer + lost = routes, exactly.
 */
#define AUTK_PART_LIST(X)                                                                          \
    X(AUTK_PART_ALL, "all")                                                                        \
    X(AUTK_PART_ROUTES, "routes")                                                                  \
    X(AUTK_PART_DEARER, "dearer routes")                                                           \
    X(AUTK_PART_LOST, "lost routes") /* pairs that no way is left between */                       \
    X(AUTK_PART_OTHER, "other measures")                                                           \
    X(AUTK_PART_ROUTES_ALONE, "routes alone") /* without the others; all - both alone = what they  \
                                                 do to each other */                               \
    X(AUTK_PART_OTHER_ALONE, "other measures alone")                                               \
    X(AUTK_PART_ROUTE_SHARE, "share of routes") /* routes over all: NaN where all is next to       \
                                                   nothing, outside [0, 1] where they oppose */

#define AUTK_SCENARIO_ENUM(name, text) name,
typedef enum autk_part { AUTK_PART_LIST(AUTK_SCENARIO_ENUM) AUTK_PART_COUNT } autk_part;
/** "dearer routes". Total. */
AUTK_API const char *autk_part_text(autk_part part);

/** Changes as fractions, as in autk_outcome; of the world: of all economies' real income and trade.
 */
typedef struct autk_effect {
    double welfare, exports, imports;
} autk_effect;

/**
 * A part of a step's effect: [n_regions + 1], last the world. NULL where the step closes nothing;
 * NaN where a part alone has no solution: autk_simulation_no_parts says why. Borrowed.
 */
AUTK_API const autk_effect *autk_simulation_part(const autk_simulation *simulation, size_t step,
                                                 autk_part part);
/** Likewise, quantiles over the draws (5 and 95 %); NULL without draws. */
AUTK_API const autk_effect *autk_simulation_part_low(const autk_simulation *simulation, size_t step,
                                                     autk_part part);
AUTK_API const autk_effect *autk_simulation_part_high(const autk_simulation *simulation,
                                                      size_t step, autk_part part);
/** "" where there is nothing to say. */
AUTK_API const char *autk_simulation_no_parts(const autk_simulation *simulation, size_t step);

/**
 * Closing measures that the routes' part of a step is divided among, by the same value: 2 to 6,
 * else 0.
 */
AUTK_API size_t autk_simulation_n_closings(const autk_simulation *simulation, size_t step);
/** [n_regions + 1], last the world; they add up to AUTK_PART_ROUTES. Borrowed. */
AUTK_API const autk_effect *autk_simulation_closing(const autk_simulation *simulation, size_t step,
                                                    size_t closing);
/** What it closes: "kuznica, bobrowniki". */
AUTK_API const char *autk_simulation_closing_name(const autk_simulation *simulation, size_t step,
                                                  size_t closing);
/** Borrowed. step SIZE_MAX = the baseline. */
AUTK_API const autk_equilibrium *autk_simulation_equilibrium(const autk_simulation *simulation,
                                                             size_t step);
/** Was the region named to be shown (all when the scenario names none)? */
AUTK_API bool autk_simulation_shows(const autk_simulation *simulation, int32_t region);
/** "one sector, universal gravity", "multi-sector, Caliendo and Parro", ... Borrowed. */
AUTK_API const char *autk_simulation_model(const autk_simulation *simulation);
AUTK_API const char *autk_simulation_deficits(const autk_simulation *simulation);
/** The elasticities that were used, one sentence. Borrowed. */
AUTK_API const char *autk_simulation_elasticities(const autk_simulation *simulation);

#ifdef __cplusplus
}
#endif
#endif
