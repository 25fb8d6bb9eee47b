/** @file fit_internal.h What the files that fit share: the point reached, and steps from it. */
#ifndef AUTKI_GRAVITY_FIT_INTERNAL_H
#define AUTKI_GRAVITY_FIT_INTERNAL_H

#include "gravity/fit.h"

#define AUTKI_FIT_INNER_MAX 20000 /* conjugate gradient steps in one Newton step */

typedef struct autki_fit_state {
    autki_fit *fit; /* where the fit stands */
    autki_wls *ws;
    autki_panel *panel;
    const autki_fit_opts *opts;
    double *b_try, *a_try, *first_try; /* where a step would lead */
    double *db, *da;
    double size;            /* sum of y, or of weighted squares: the scale of the gradient */
    bool cautious;          /* take the next step by secant weights */
    double *secant, *score; /* [n] NULL until the first such step */
} autki_fit_state;

/* ---- profile.c ---- */

/** Weights and residuals at (b_try, a_try), with the first effect at its best, which goes to
 *  first_try; *value is the log-likelihood up to a constant. */
autk_status autki_fit_profile(autki_fit_state *s, double *value, autk_err *err) AUTK_MUST_CHECK;

/* ---- step.c ---- */

/** The point at `length` along the step from where the fit stands becomes the one to try. */
void autki_fit_move(autki_fit_state *s, double length);
/** The fit stands at the point tried. */
void autki_fit_accept(autki_fit_state *s);

/** The equations where the fit stands, and their gradient. */
autk_status autki_fit_linearise(autki_fit_state *s, autk_err *err) AUTK_MUST_CHECK;

/** Largest |log(sum y / sum mu)| over the levels of all effects; 0 for least squares. */
double autki_fit_worst_imbalance(const autki_fit_state *s);

/** Set levels right whose fitted sum is far off; see step.c. *value [in,out] */
autk_status autki_fit_balance(autki_fit_state *s, double *value, autk_err *err) AUTK_MUST_CHECK;

/** One Newton step from where the fit stands, and the equations at its end. *moved = false where
 *  no step along Newton's direction raises the likelihood. *value [in,out] */
autk_status autki_fit_newton_step(autki_fit_state *s, double *value, bool *moved, autk_err *err)
    AUTK_MUST_CHECK;

#endif
