/** @file estimate.h The inside of an autk_estimate. */
#ifndef AUTKI_GRAVITY_ESTIMATE_H
#define AUTKI_GRAVITY_ESTIMATE_H

#include <autarky/gravity.h>

#include "gravity/bias.h"
#include "gravity/fit.h"
#include "gravity/vcov.h"

/** Levels of a set of effects in the order of the data. */
typedef struct autki_effect_set {
    size_t n;
    double *value; /* [n] */
    size_t *name;  /* [n] places in `names` */
    autk_buf names;
} autki_effect_set;

typedef struct autki_resistance {
    bool inward;
    char *economy, *period; /* "" in a cross-section */
    double total, power;
} autki_resistance;

/** A flow without a response, predicted; NaN = not. */
typedef struct autki_gap {
    char *exporter, *importer, *period;
    double value, low, high;
} autki_gap;

struct autk_estimate {
    autk_estimate_info info;
    char *formula;
    char *response; /* as written */
    char *vcov;     /* "clustered by pair_id", "heteroskedastic", "iid" */
    char *vcov_type;
    autk_estimate_convention convention;
    char **names;        /* [n_coefficients] */
    double *estimates;   /* [n_coefficients] */
    double *uncorrected; /* [n_coefficients] before bias correction, NULL without */
    double *v;           /* [n_coefficients²] */
    double *draws;       /* [n_draws x n_coefficients] of the bootstrap, NULL without */
    int n_draws;
    char **collinear;                /* [n_collinear] */
    int32_t *fitted_row;             /* [n_obs] rows of the data, ascending; NULL unless kept */
    double *response_value, *fitted; /* [n_obs] */
    autk_event_effect *events;       /* [n_event_effects] */
    double constant;                 /* of the effects, when they are kept */
    autki_effect_set sets[AUTKI_KEYS_MAX]; /* n = 0 unless kept */
    autki_resistance *resistances;         /* [n_resistances] NULL unless kept */
    size_t n_resistances;
    autki_gap *gaps; /* [n_gaps] NULL unless predicted */
    size_t n_gaps;
    bool resistance_changes; /* since the base period */
    double sigma;            /* 0 = not given */
    char *effect_name[AUTKI_KEYS_MAX], *cluster_name[AUTKI_KEYS_MAX];
    int64_t effect_levels[AUTKI_KEYS_MAX], cluster_levels[AUTKI_KEYS_MAX];
};

/** Everything that an estimate is made from, while it is being made. */
typedef struct autki_job {
    const autk_estimate_opts *opts;
    int n_threads;
    autki_formula *formula, *subset, *weights, *offset, *panel_keys;
    autki_vcov_spec vcov;
    char *event_formula, *event_column; /* NULL without an event study */
    autki_gravity_keys keys;            /* for bias correction */
    autki_wants wants;
    autki_frame *frame;
    autki_panel_spec spec;
    autki_panel *panel;
    autki_wls *ws;
    autki_fit fit;
    uint8_t *candidate; /* [rows of the panel] zeros that may be separated */
    autk_estimate *out;
} autki_job;

/** Fill estimates, covariance and the measures of fit from a converged fit. */
autk_status autki_estimate_summarise(autki_job *job, autk_err *err) AUTK_MUST_CHECK;

#define AUTKI_BOOTSTRAP_MAX 10000

/** How the job's options want it fitted. */
autki_fit_opts autki_job_fit_opts(const autki_job *job);

/** Of a regressor's variance, what must be left when effects and earlier regressors are taken out;
 *  fixest and reghdfe use the same order of magnitude. */
#define AUTKI_COLLINEAR_TOL 1e-10

#endif
