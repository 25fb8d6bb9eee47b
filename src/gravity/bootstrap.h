/**
 * @file bootstrap.h
 * The Bayesian bootstrap (Rubin 1981) of a converged fit: the data stay, each cluster weighs as
 * much as an exponential draw over the mean of the draws (Dirichlet weights), and all is fitted
 * again.
 */
#ifndef AUTKI_GRAVITY_BOOTSTRAP_H
#define AUTKI_GRAVITY_BOOTSTRAP_H

#include "gravity/estimate.h"

/** Can the options have one? Errors: AUTK_EARG. */
autk_status autki_bootstrap_check(const autki_job *job, autk_err *err) AUTK_MUST_CHECK;

/**
 * Coefficients of each draw.
 *
 * @param draws       [out, opts->bootstrap x p] of the standardised regressors
 * @param n_clusters  [out] with a weight of their own; rows, when vcov names no cluster
 * Draws run side by side on the job's threads; none depends on another.
 * Errors: AUTK_ENOCONV with the number of the draw, AUTK_ECANCELLED, AUTK_ENOMEM.
 * Cost:   a fit for each draw.
 */
autk_status autki_bootstrap_run(autki_job *job, double *draws, int32_t *n_clusters, autk_err *err)
    AUTK_MUST_CHECK;

/** Covariance of the draws around their mean into v, [p x p]. */
void autki_bootstrap_covariance(double *v, const double *draws, size_t n, size_t p);

#endif
