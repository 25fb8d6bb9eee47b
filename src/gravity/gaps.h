/**
 * @file gaps.h
 * Flows whose response is missing, predicted from a converged fit, with intervals from flows that
 * were blanked as the gaps are and predicted without.
 */
#ifndef AUTKI_GRAVITY_GAPS_H
#define AUTKI_GRAVITY_GAPS_H

#include "gravity/estimate.h"

/** Can the job have them? Sets job->keys. Errors: AUTK_EARG. */
autk_status autki_gaps_check(autki_job *job, autk_err *err) AUTK_MUST_CHECK;

/**
 * Take the gaps into job->out.
 *
 * A gap is a row without a response whose regressors are known. Its value is the fitted mean. Its
 * interval: pairs are dealt into folds; of one fold after the other, the flows of the years that
 * have gaps are blanked, all is fitted again, and the blanked flows are set against their means.
 * The 5 and 95 % quantiles of flow over mean, among the blanked whose means are nearest, times the
 * gap's mean are its bounds. A gap with a level of an effect that no other row has stays unknown.
 *
 * Errors: AUTK_ENOCONV of a fold, AUTK_EDATA (no gap; too little to blank), AUTK_ENOMEM.
 * Cost:   a fit for each fold.
 */
autk_status autki_gaps_take(autki_job *job, autk_err *err) AUTK_MUST_CHECK;

#endif
