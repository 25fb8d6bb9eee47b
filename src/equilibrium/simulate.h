/** @file equilibrium/simulate.h What a simulation and its draws share. */
#ifndef AUTKI_EQUILIBRIUM_SIMULATE_H
#define AUTKI_EQUILIBRIUM_SIMULATE_H

#include "equilibrium/scenario.h"

/** What to solve: all is borrowed. */
typedef struct autki_plan {
    const autk_scenario *scenario;
    const autk_economy *economy;
    const autki_bound *bound;
    const double *theta;        /* [n_sectors] */
    const autk_measure *values; /* [n_measures] of all steps in a row, drawn values in place */
    size_t n_measures;
    autk_solve_opts opts;
} autki_plan;

typedef struct autki_solved {
    autk_equilibrium *before, **after; /* [n_steps] */
    autk_solve_info baseline_info, *info;
} autki_solved;

/**
 * The baseline and every step.
 *
 * @param outcome  [out] [n_steps][n_regions]
 * Errors: those of autk_equilibrium_solve, with the step's name.
 */
autk_status autki_plan_solve(autki_solved *out, autk_outcome *outcome, const autki_plan *plan,
                             autk_err *err) AUTK_MUST_CHECK;
void autki_solved_deinit(autki_solved *solved, size_t n_steps);

/**
 * Solve `draws` more worlds, each with its own elasticities, coefficients and flows that nobody
 * reports, over the ranks and threads of opts; the results owe nothing to their numbers.
 *
 * @param low, high  [out] [n_steps][n_regions] quantiles of each field, 5 and 95 %
 * @param n_solved   [out] draws with a solution
 */
autk_status autki_plan_draw(autk_outcome *low, autk_outcome *high, int *n_solved,
                            const autki_plan *plan, int draws, const autk_simulate_opts *opts,
                            autk_err *err) AUTK_MUST_CHECK;

#endif
