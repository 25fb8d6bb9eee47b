/** @file vcov.h Covariance of the coefficients from the partialled-out regressors and the scores.
 */
#ifndef AUTKI_GRAVITY_VCOV_H
#define AUTKI_GRAVITY_VCOV_H

#include <autarky/gravity.h>

#include "gravity/panel.h"

typedef enum autki_vcov_kind { AUTKI_IID, AUTKI_HETERO, AUTKI_CLUSTER } autki_vcov_kind;

typedef struct autki_vcov_spec {
    autki_vcov_kind kind;
    autki_formula *keys; /* of the clusters; NULL unless kind is AUTKI_CLUSTER */
} autki_vcov_spec;

/** Parse "iid", "hetero" (also "robust"), "cluster:KEY[,KEY...]", "twoway:KEY,KEY". */
autk_status autki_vcov_parse(autki_vcov_spec *spec, const char *text, autk_err *err)
    AUTK_MUST_CHECK;
void autki_vcov_spec_deinit(autki_vcov_spec *spec);

typedef struct autki_vcov_input {
    const autki_panel *panel;
    const autki_vcov_spec *spec;
    autk_estimate_convention convention;
    autki_family family;
    const double *x;     /* [n x p] with the effects partialled out */
    const double *bread; /* [p x p] (x'Wx)^-1, zero rows and columns for dropped regressors */
    const double *mu;    /* [n] Poisson: fitted means; the score is y - mu */
    const double *score; /* [n] OLS: weight times residual */
    double rss;          /* weighted, for OLS */
    int32_t rank;        /* regressors kept */
} autki_vcov_input;

typedef struct autki_vcov_output {
    double *v;                          /* [p x p], the caller's */
    double df;                          /* of t, INFINITY = normal */
    int32_t n_clusters[AUTKI_KEYS_MAX]; /* by key */
} autki_vcov_output;

autk_status autki_vcov_compute(autki_vcov_output *out, const autki_vcov_input *in, autk_err *err)
    AUTK_MUST_CHECK;

/**
 * Parameters that effects cost: levels less redundant ones. Exact for two effects (connected
 * components); from the third on each effect loses the components it shares with that earlier
 * effect with which it shares most, as reghdfe counts.
 * @param nested  [n_effects, formula's order] effects to leave out, NULL = none
 */
autk_status autki_effects_rank(double *rank, const autki_panel *panel, const bool *nested,
                               autk_err *err) AUTK_MUST_CHECK;

#endif
