/**
 * @file fit.h
 * Maximum likelihood of Poisson, and least squares, with effects: Newton's method on coefficients
 * and effects at once. The first effect is profiled out: for Poisson its best value, given the
 * rest, is the logarithm of sum(y) / sum(mu) by group.
 */
#ifndef AUTKI_GRAVITY_FIT_H
#define AUTKI_GRAVITY_FIT_H

#include "gravity/wls.h"

typedef struct autki_fit_opts {
    autki_family family;
    double tol;         /* relative gradient */
    int max_iterations; /* of Newton */
    autk_progress progress;
} autki_fit_opts;

typedef struct autki_fit {
    double *b;        /* [p] of the standardised regressors, 0 where absorbed */
    double *a;        /* [m] effects but the first */
    double *first;    /* [n_levels[0]] the first effect; NULL without effects */
    double *w;        /* [n] at the end: mu for Poisson (times the weight), the weight for OLS */
    double *s;        /* [n] OLS: weight times residual; NULL for Poisson, where it is y - w */
    double gradient;  /* relative */
    double size;      /* what it is relative to: the sum of y for Poisson */
    double value;     /* log-likelihood up to a constant */
    double decrement; /* squared length of the last step over the deviance's scale */
    int iterations;
    int64_t products; /* of the effects' equations */
} autki_fit;

/**
 * Fit. The panel's y and offset are changed in place when there are weights: a weighted Poisson is
 * an unweighted one of weight * y with offset + log(weight).
 *
 * On success ws is prepared for the final weights.
 * Errors: AUTK_ENOCONV says how far it came, AUTK_ENUMERIC, AUTK_ECANCELLED, AUTK_ENOMEM.
 */
autk_status autki_fit_run(autki_fit *fit, autki_wls *ws, autki_panel *panel,
                          const autki_fit_opts *opts, autk_err *err) AUTK_MUST_CHECK;
/** One more Newton step of a converged fit. */
autk_status autki_fit_polish(autki_fit *fit, autki_wls *ws, autki_panel *panel,
                             const autki_fit_opts *opts, autk_err *err) AUTK_MUST_CHECK;
void autki_fit_deinit(autki_fit *fit);

#endif
