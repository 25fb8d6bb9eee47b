/** @file equilibrium/simulate.h What a simulation and its draws share. */
#ifndef AUTKI_EQUILIBRIUM_SIMULATE_H
#define AUTKI_EQUILIBRIUM_SIMULATE_H

#include "equilibrium/scenario.h"

/** What closed places do in a step: [sector][importer][exporter], NaN = nothing. */
typedef struct autki_closed {
    double *dearer, *lost; /* rise of the iceberg cost; 1 = no way is left */
    bool any_dearer, any_lost;
} autki_closed;

/** What to solve: all is borrowed. */
typedef struct autki_plan {
    const autk_scenario *scenario;
    const autk_economy *economy;
    const autki_bound *bound;
    const double *theta;        /* [n_sectors] */
    const autk_measure *values; /* [n_measures] of all steps in a row, drawn values in place */
    size_t n_measures;
    const autki_closed *closed; /* [n_steps]; NULL = no closing measures */
    autk_solve_opts opts;
} autki_plan;

typedef struct autki_solved {
    autk_equilibrium *before, **after; /* [n_steps] */
    autk_solve_info baseline_info, *info;
} autki_solved;

/** Layout of what a run tells, in doubles: outcomes [n_steps][n_regions], then, where there are
 *  closing measures, effects of the parts [n_steps][AUTK_PART_COUNT][n_regions + 1]. */
typedef struct autki_layout {
    size_t n_steps, n_regions;
    bool closes;
} autki_layout;

autki_layout autki_plan_layout(const autki_plan *plan);
size_t autki_told_doubles(const autki_layout *layout);
/** [n_regions] of a step. */
autk_outcome *autki_told_outcome(double *told, const autki_layout *layout, size_t step);
/** [AUTK_PART_COUNT][n_regions + 1] of a step. */
autk_effect *autki_told_parts(double *told, const autki_layout *layout, size_t step);

/**
 * The baseline and every step, and the parts of each step's effect; NaN where the step closes
 * nothing.
 *
 * @param told     [out] [autki_told_doubles]
 * @param why_not  [n_steps] why a step has no parts: one of them alone has no solution. May be NULL
 * Errors: those of autk_equilibrium_solve, with the step's name.
 */
autk_status autki_plan_solve(autki_solved *out, double *told, autk_err *why_not,
                             const autki_plan *plan, autk_err *err) AUTK_MUST_CHECK;
void autki_solved_deinit(autki_solved *solved, size_t n_steps);

/** Measures of a step but the closing ones: its own, or with those of the steps before. Borrowed.
 */
const autk_measure *autki_plan_measures(const autki_plan *plan, size_t step, size_t *n);

/** Has the step both a solution and none because of what is asked, not for want of memory? */
static inline bool autki_no_solution(autk_status st)
{
    return st == AUTK_ENOANSWER || st == AUTK_ENOCONV || st == AUTK_ENUMERIC;
}

/**
 * Divide a step's effect among dearer ways, lost ones and other measures: Owen's (1977) value, a
 * Shapley value between routes and the rest and within the routes (Shorrocks 2013), so that the
 * parts add up to the whole.
 *
 * @param effects  [out] [AUTK_PART_COUNT][n_regions + 1], last the world
 * @param full     [n_regions] what all do together
 * Errors: those of autk_equilibrium_solve where a part alone has no solution.
 * Cost:   up to 6 solves.
 */
autk_status autki_parts_find(autk_effect *effects, const autki_plan *plan, size_t step,
                             const autk_equilibrium *before, const autk_outcome *full,
                             autk_err *err) AUTK_MUST_CHECK;

#define AUTKI_MAX_DIVIDED 6

/**
 * Divide the routes' part among the closing measures of a step, by the same value.
 *
 * @param effects   [out] [n][n_regions + 1] of the closing measures in the order of their bits
 * @param closings  1 to AUTKI_MAX_DIVIDED bits
 * Errors: as above. Cost: 2^(n + 1) solves, 2^n changes of the router.
 */
autk_status autki_closings_divide(autk_effect *effects, const autki_plan *plan, void *at,
                                  size_t step, uint64_t closings, const autk_equilibrium *before,
                                  autk_err *err) AUTK_MUST_CHECK;

/** Quantiles and deviation of every number that is told, over the draws that have a solution. */
typedef struct autki_drawn {
    double *low, *high, *deviation; /* [autki_told_doubles] 5 %, 95 %, standard deviation */
    int n_solved;
} autki_drawn;

/**
 * Solve `draws` more worlds, each with its own elasticities, coefficients, flows that nobody
 * reports and costs of transport, over the ranks and threads of opts; the results owe nothing to
 * their numbers.
 *
 * @param out  [in,out] with memory for its arrays
 */
autk_status autki_plan_draw(autki_drawn *out, const autki_plan *plan, int draws,
                            const autk_simulate_opts *opts, autk_err *err) AUTK_MUST_CHECK;

#endif
