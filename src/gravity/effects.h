/** @file effects.h Fixed effects and multilateral resistances of a converged fit. */
#ifndef AUTKI_GRAVITY_EFFECTS_H
#define AUTKI_GRAVITY_EFFECTS_H

#include "gravity/estimate.h"

/**
 * Take the effects of every level into job->out, before the coefficients are corrected for bias.
 *
 * Only sums of effects over a row are identified. Of all effects with the same sums that differ by
 * shifts between two sets (a number added to all levels of one set in a connected component of the
 * two, and taken off the other's), those are taken that have the least sum of squares over rows and
 * sets, with the constant apart: every set then averages zero over the rows. With one set, with
 * two, and with the three of gravity there is no other freedom, and the result is unique.
 * Errors: AUTK_ENOCONV, AUTK_ENOMEM. Cost: O(rows * pairs of sets), then O(levels) a step.
 */
autk_status autki_effects_take(autki_job *job, autk_err *err) AUTK_MUST_CHECK;

/** The effect of a level of the solver's effect k, as the fit left it. */
static inline double autki_effect_value(const autki_job *job, int32_t k, size_t level)
{
    return k == 0 ? job->fit.first[level] : job->fit.a[job->ws->first_param[k] + level];
}

/** What belongs to the sum of effects when regressors are not centred. */
double autki_effects_constant(const autki_job *job);

/** Take multilateral resistances into job->out: see autk_estimate_opts. */
autk_status autki_resistances_take(autki_job *job, autk_err *err) AUTK_MUST_CHECK;

#endif
