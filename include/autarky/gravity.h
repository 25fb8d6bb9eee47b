/**
 * @file gravity.h
 * Regressions with high-dimensional fixed effects: Poisson pseudo-maximum likelihood, the workhorse
 * of gravity, and least squares.
 *
 * A formula names response, regressors and effects:
 *
 *     trade ~ rta + log(dist) + i(sanction, ref = none) | exporter^year + importer^year + pair
 *
 * Rows that carry no information are dropped and reported, separated observations too (Correia,
 * Guimarães & Zylkin 2019, Verifying the existence of maximum likelihood estimates for generalized
 * linear models); collinear regressors are dropped by name. An estimate that did not converge is
 * no estimate: AUTK_ENOCONV.
 */
#ifndef AUTARKY_GRAVITY_H
#define AUTARKY_GRAVITY_H

#include <autarky/base.h>
#include <autarky/ranks.h>
#include <autarky/world.h>

#ifdef __cplusplus
extern "C" {
#endif

typedef enum autk_estimate_family { AUTK_FAMILY_POISSON, AUTK_FAMILY_OLS } autk_estimate_family;

/** Small-sample factors as the two packages apply them: docs/modules/gravity.md. */
typedef enum autk_estimate_convention {
    AUTK_CONVENTION_STATA,
    AUTK_CONVENTION_FIXEST
} autk_estimate_convention;

typedef struct autk_estimate_opts {
    autk_estimate_family family;
    autk_estimate_convention convention;
    const char *vcov;    /**< "iid", "hetero", "cluster:a^b", "twoway:a,b"; NULL = hetero */
    const char *weights; /**< an expression, NULL = 1 */
    const char *offset;  /**< an expression in the units of the linear predictor, NULL = 0 */
    const char *subset;  /**< an expression: rows where it is not 0; NULL = all */
    const char *panel;   /**< "unit,time" for l() and f() in the formula, e.g. "a^b,year" */
    /** Correct for incidental parameters (Weidner & Zylkin 2021): exporter^year + importer^year,
     *  with or without exporter^importer; vcov must be NULL, the errors are clustered by pair. */
    bool bias_correction;
    /** Draws of the Bayesian bootstrap (Rubin 1981) for the covariance, 2 to 10,000; 0 = none. Each
     *  cluster of vcov, of one key, or else each row, weighs as much as an exponential draw. */
    int bootstrap;
    uint64_t seed; /**< of the draws, default 1 */
    /** Event study: a column that is not zero in the periods of an event. Dummies for the periods
     *  since a unit's first event join the regressors: -event_before … event_after, the ends
     * pooled, -1 left out. Units that have the event when first seen are missing. Needs `panel`. */
    const char *event;
    int event_before, event_after; /**< 0 = 5 and 8 */
    bool keep_fitted;              /**< for autk_estimate_write_fitted; 20 bytes a row */
    bool keep_effects;             /**< for AUTK_ROWS_EFFECTS */
    /** For AUTK_ROWS_RESISTANCES: Poisson on exporter^year + importer^year [+ exporter^importer],
     * or exporter + importer, without weights; every year connected. */
    bool keep_resistances;
    /** The importer whose inward resistance is 1 in every year; NULL = the first in the data that
     *  is there in every year. */
    const char *reference;
    /** With effects of pairs: the period that resistances are told relative to; NULL = the first.
     */
    const char *base;
    double sigma; /**< elasticity of substitution > 1: resistances out of their powers; 0 = not */
    /** For AUTK_ROWS_GAPS: Poisson on exporter^year + importer^year [+ exporter^importer], without
     *  weights; fits five times more. */
    bool predict_gaps;
    bool keep_singletons;
    bool skip_separation; /**< trust that no observation is separated */
    /** For the data "world" and for what is known of pairs beside the flows of a dataset:
     *  docs/modules/gravity.md lists the columns. Borrowed; NULL = none. */
    const autk_world *world;
    int64_t layer; /**< of a dataset, from 0; -1 = the only one */
    /** Of a dataset: a flow that a reporting economy does not list is a zero; the flows of an
     *  economy that reports in other periods only are missing. Else what is not listed is no row.
     */
    bool fill;
    double tol;         /**< relative gradient, 0 = 1e-9 */
    int max_iterations; /**< 0 = 100 */
    int n_threads;      /**< 0 = one for each processor; the result does not depend on it */
    autk_ranks *ranks;  /**< processes that share the solving; NULL = alone. Nor on these */
    autk_progress progress;
} autk_estimate_opts;

typedef struct autk_estimate autk_estimate;

typedef struct autk_coefficient {
    const char *name; /**< as written in the formula; borrowed */
    double estimate, std_error, statistic, p_value;
    double uncorrected; /**< the estimate before bias correction; the same without */
} autk_coefficient;

/** Effect of an event in a period since it began; estimate NaN where no row tells. */
typedef struct autk_event_effect {
    int period;
    double estimate, std_error;
} autk_event_effect;

typedef struct autk_estimate_effect {
    const char *name;
    int64_t levels; /**< in the rows used */
} autk_estimate_effect;

/** Rows left out, each counted once, in the order of the tests. */
typedef struct autk_estimate_dropped {
    int64_t subset, missing, zero_only, singleton, separated;
} autk_estimate_dropped;

typedef struct autk_estimate_info {
    autk_estimate_family family;
    int64_t n_rows; /**< read */
    int64_t n_obs;  /**< used */
    autk_estimate_dropped dropped;
    int n_coefficients, n_collinear, n_effects, n_clusters;
    double deviance;  /**< Poisson deviance; residual sum of squares for OLS */
    double pseudo_r2; /**< McFadden's for Poisson, R² for OLS */
    double log_likelihood;
    double degrees_of_freedom; /**< of the t distribution; infinite: normal */
    double relative_gradient;
    int iterations;
    bool bias_corrected;
    int n_event_effects; /**< 0 without an event study */
    int pretrend_df;     /**< Wald test that all effects before -1 are zero */
    double pretrend_chi2, pretrend_p_value;
    int64_t n_gaps, n_gaps_predicted, n_gaps_blanked; /**< 0 without predict_gaps */
    double gap_coverage; /**< of blanked flows, the part inside its interval of 90 % */
    double seconds_read, seconds_prepare, seconds_solve, seconds_total;
} autk_estimate_info;

AUTK_API autk_estimate_opts autk_estimate_opts_default(void);

/**
 * Estimate.
 *
 * @param formula  the formula language: docs/modules/gravity.md
 * @param path     CSV (plain, gz, xz, zst, bz2), Stata's .dta, "-" = CSV from standard input; a
 *                 dataset of autarky's own (dataset.h); "world", "world-YEAR", "world-FIRST:LAST" =
 *                 goods in the world dataset
 * @param opts     NULL = default
 * Errors: AUTK_EPARSE (source "formula", "--subset", … with the column; or the file with line and
 *         column), AUTK_ENOTFOUND (a column or a level; the nearest are named), AUTK_EDATA
 * (negative or all-zero response, no rows left, more parameters than observations), AUTK_ENOCONV,
 *         AUTK_ENUMERIC, AUTK_EIO, AUTK_ECANCELLED, AUTK_ENOMEM.
 * Cost:   a pass over the rows per step of the conjugate gradients, some dozens to some hundreds in
 *         all; about 110 bytes a row with three effects and three regressors.
 * Threads: reentrant.
 */
AUTK_API autk_status autk_estimate_run(autk_estimate **out, const char *formula, const char *path,
                                       const autk_estimate_opts *opts, autk_err *err)
    AUTK_MUST_CHECK;
AUTK_API void autk_estimate_free(autk_estimate *e);

/** Has `world` a use for that path: is it the world dataset itself, or a dataset? */
AUTK_API bool autk_estimate_uses_world(const char *path);

AUTK_API const autk_estimate_info *autk_estimate_get_info(const autk_estimate *e);
/** i < n_coefficients, else an empty one with NaN. */
AUTK_API autk_coefficient autk_estimate_get_coefficient(const autk_estimate *e, int i);
/** [n_coefficients x n_coefficients] covariance, row-major; borrowed. */
AUTK_API const double *autk_estimate_get_vcov(const autk_estimate *e);
/** [n_draws x n_coefficients] coefficients of the bootstrap, row-major; NULL without. Borrowed. */
AUTK_API const double *autk_estimate_get_draws(const autk_estimate *e, int *n_draws);
/** i < n_effects. */
AUTK_API autk_estimate_effect autk_estimate_get_effect(const autk_estimate *e, int i);
/** Names of the collinear regressors; borrowed. i < n_collinear. */
AUTK_API const char *autk_estimate_get_collinear(const autk_estimate *e, int i);
/** Clusters of each dimension; i < n_clusters. */
AUTK_API autk_estimate_effect autk_estimate_get_cluster(const autk_estimate *e, int i);

/** i < n_event_effects, in the order of periods; -1 is 0 by construction. */
AUTK_API autk_event_effect autk_estimate_get_event(const autk_estimate *e, int i);

/** What a report says of an estimate. */
typedef struct autk_estimate_report {
    bool stars;   /**< mark significance at 10, 5 and 1 % */
    int decimals; /**< of text and LaTeX, 0 = 4 */
} autk_estimate_report;

/** As text for people. */
AUTK_API autk_status autk_estimate_write_text(autk_buf *out, const autk_estimate *e,
                                              const autk_estimate_report *report, autk_err *err)
    AUTK_MUST_CHECK;
/** As one JSON object, with the covariance. */
AUTK_API autk_status autk_estimate_write_json(autk_buf *out, const autk_estimate *e, autk_err *err)
    AUTK_MUST_CHECK;
/** Coefficients as CSV: term, estimate, std_error, statistic, p_value. */
AUTK_API autk_status autk_estimate_write_csv(autk_buf *out, const autk_estimate *e, autk_err *err)
    AUTK_MUST_CHECK;

/**
 * Response, fitted value and residual of the rows used, as CSV in the order of the data; "row"
 * counts the data's rows from 1. Errors: AUTK_EARG without keep_fitted.
 */
AUTK_API autk_status autk_estimate_write_fitted(autk_buf *out, const autk_estimate *e,
                                                autk_err *err) AUTK_MUST_CHECK;

/** What an estimate has by rows, levels or economies. */
typedef enum autk_estimate_rows {
    /** row, response, fitted, residual; needs keep_fitted. */
    AUTK_ROWS_FITTED,
    /**
     * set, level, value; needs keep_effects. Set "constant", then the sets of the formula: constant
     * + a row's effects + regressors times coefficients (before any bias correction) + offset is
     * the linear predictor. Every set averages zero over the rows used, and any two sets have the
     * same average in each of their connected components: of all effects with these sums the ones
     * with the least sum of squares over rows.
     */
    AUTK_ROWS_EFFECTS,
    /**
     * side, economy, period, total, power[, resistance]; needs keep_resistances. For exporter i
     * and importer j in a year, with effects a_i and g_j, trade costs t_ij = exp(regressors times
     * coefficients + offset) and totals Y_i, E_j, Y of the rows used, Poisson's effects solve the
     * system of Anderson & van Wincoop (2003, equations 10 and 11) exactly (Fally 2015): outward
     * Pi_i^(1-sigma) = sum_j t_ij E_j / Y / P_j^(1-sigma) = Y_i E_R / (Y exp(a_i + g_R)), inward
     * P_j^(1-sigma) = sum_i t_ij Y_i / Y / Pi_i^(1-sigma) = E_j exp(g_R) / (E_R exp(g_j)), which is
     * 1 for the reference R.
     *
     * With effects of pairs, which may take any part of an economy's resistance that stays the
     * same, only its change is known: columns power_ratio[, resistance_ratio], over the base
     * period's. Economies that pairs trading in both periods do not connect with the reference are
     * left out.
     */
    AUTK_ROWS_RESISTANCES,
    /**
     * year, exporter, importer, kind ("estimated"), value_usd, low_usd, high_usd of the rows
     * without a response whose regressors are known, in the response's unit: what gaps.h reads. The
     * value is the fitted mean; the bounds are its product with the 5 and 95 % quantiles of flow
     * over mean among the 400 flows of the same years with the nearest means, each predicted by a
     * fit that had a fifth of the pairs blanked in these years. A gap of which an effect is not
     * known, or with fewer than 40 such flows, stays empty: unknown, not zero.
     */
    AUTK_ROWS_GAPS
} autk_estimate_rows;

/**
 * Write rows as CSV, or as Stata's .dta (format 118).
 * Errors: AUTK_EARG when the estimate was not told to keep them; AUTK_ELIMIT.
 */
AUTK_API autk_status autk_estimate_write_rows(autk_buf *out, const autk_estimate *e,
                                              autk_estimate_rows rows, bool stata, autk_err *err)
    AUTK_MUST_CHECK;

/**
 * Several estimates as one JSON array of objects {"title": ..., "estimate": as by
 * autk_estimate_write_json}.
 */
AUTK_API autk_status autk_estimate_write_models_json(autk_buf *out,
                                                     const autk_estimate *const *estimates,
                                                     const char *const *titles, size_t n,
                                                     autk_err *err) AUTK_MUST_CHECK;
/** Several estimates as CSV, a row per coefficient: model, response, then as by
 *  autk_estimate_write_csv, then n_obs. */
AUTK_API autk_status autk_estimate_write_models_csv(autk_buf *out,
                                                    const autk_estimate *const *estimates,
                                                    const char *const *titles, size_t n,
                                                    autk_err *err) AUTK_MUST_CHECK;

/**
 * Several estimates side by side, coefficients by name.
 * @param latex  a tabular for LaTeX's booktabs instead of text
 */
AUTK_API autk_status autk_estimate_write_table(autk_buf *out, const autk_estimate *const *estimates,
                                               const char *const *titles, size_t n, bool latex,
                                               const autk_estimate_report *report, autk_err *err)
    AUTK_MUST_CHECK;

/**
 * Coefficients with their covariance as a JSON object for a simulation's draws:
 * {"kind": "autarky.partial_effects", "names": [...], "estimates": [...], "vcov": [[...]], ...};
 * after a bootstrap with "draws": [[...]], which the simulation then takes in place of the
 * covariance.
 */
AUTK_API autk_status autk_estimate_write_scenario(autk_buf *out, const autk_estimate *e,
                                                  autk_err *err) AUTK_MUST_CHECK;

#ifdef __cplusplus
}
#endif
#endif
