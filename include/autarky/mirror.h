/**
 * @file mirror.h
 * Two reports of the same flow into one figure with its interval, and flows that neither side
 * reports into an estimate with bounds: never a zero.
 *
 * Figures are in one currency; years are calendar years; logs are natural.
 */
#ifndef AUTARKY_MIRROR_H
#define AUTARKY_MIRROR_H

#include <autarky/base.h>
#include <autarky/dataset.h>

#ifdef __cplusplus
extern "C" {
#endif

/* ------------------------------------------------------------------ two sides of a flow */

/** One flow as both sides told it; NaN = that side did not report. */
typedef struct autk_two_sides {
    int32_t exporter, importer; /**< 0 … n_economies-1 */
    int32_t year;
    double exporter_says; /**< FOB, > 0 */
    double importer_says; /**< CIF, > 0 */
} autk_two_sides;

typedef struct autk_pair_geography {
    double distance_km; /**< NaN = unknown: the pair's margin is then mirror_opts.default_margin */
    bool contiguous, exporter_landlocked, importer_landlocked;
} autk_pair_geography;
typedef autk_pair_geography (*autk_geography_fn)(void *user, int32_t exporter, int32_t importer);

typedef struct autk_mirror_opts {
    double default_margin; /**< ln(CIF/FOB) without geography: ln 1.06, the IMF's rule */
    double margin_max;     /**< margins are clipped to [0, margin_max]: .2 */
    double outlier_log;    /**< |ln(M/X)| above this stays out of the margin's regression: ln 3 */
    int neighbour_years;   /**< years on each side from which a pair's usual gap is learnt: 2 */
    int max_iter;
    double tol; /**< relative change of every variance at the end: 1e-8 */
} autk_mirror_opts;
AUTK_API autk_mirror_opts autk_mirror_opts_default(void);

/** What was learnt from the flows that both sides reported. */
typedef struct autk_mirror_fit {
    size_t n_both;
    bool has_margin; /**< false: too few pairs with geography, default_margin is used throughout */
    /** ln(CIF/FOB) = intercept + Σ coefficient: ln d, (ln d)², contiguity, landlocked exporter,
     *  landlocked importer; the intercept is the mean over years */
    double intercept, coefficient[5];
    double sd_usual; /**< log error of a typical report */
    int iterations;
    double *sd_exporter; /**< [n_economies] log error as exporter; owned */
    double *sd_importer; /**< [n_economies] log error as importer; owned */
} autk_mirror_fit;
AUTK_API void autk_mirror_fit_deinit(autk_mirror_fit *fit);

#define AUTK_MIRROR_KIND_LIST(X)                                                                   \
    X(AUTK_MIRROR_BOTH, "both sides")                                                              \
    X(AUTK_MIRROR_EXPORTER, "exporter only")                                                       \
    X(AUTK_MIRROR_IMPORTER, "importer only")                                                       \
    X(AUTK_MIRROR_NONE, "nobody")
#define AUTK_MIRROR_ENUM(name, text) name,
typedef enum autk_mirror_kind {
    AUTK_MIRROR_KIND_LIST(AUTK_MIRROR_ENUM) AUTK_MIRROR_KIND_COUNT
} autk_mirror_kind;
AUTK_API const char *autk_mirror_kind_text(autk_mirror_kind kind);

/** A reconciled flow, FOB; both raw figures are the caller's still. */
typedef struct autk_reconciled {
    autk_mirror_kind kind;
    double value, low, high; /**< median and 90 % interval; NaN for AUTK_MIRROR_NONE */
    double sd_log;           /**< scale of a t with 5 degrees of freedom; 4 with one side only */
    double margin;           /**< ln(CIF/FOB) that was taken off */
    double exporter_weight;  /**< in the weighted mean of logs; NaN with one side only */
} autk_reconciled;

/**
 * Fit margins and reliabilities, and reconcile every flow.
 *
 * Margin: weighted least squares of ln(M/X) on geography and year effects, weights
 * min/max of the two reports (Gaulier & Zignago 2010, section 2.3), here taken after the margin
 * fitted in the round before. Reliability: ln X - ln M_fob of a pair is
 * a difference of two errors with variances v_i (exporter) + w_j (importer), Student t with 4
 * degrees of freedom for the tails, fitted by expectation maximisation; an economy with few reports
 * is drawn to the typical variance. Value: mean of logs weighted by the inverse variances, its
 * interval the wider the more the two contradict each other; with one side only, the other is that
 * side less the pair's usual gap in neighbouring years, weighted the same way.
 *
 * @param out   [n] one for each flow
 * @param fit   [out] what was learnt; autk_mirror_fit_deinit frees it
 * @param flows [n], one for each exporter, importer and year
 * @param geography  NULL = unknown for all
 * Errors: AUTK_EARG (indices, values not > 0, a flow twice), AUTK_ENOMEM, AUTK_ENOCONV.
 * Cost:   O(iterations * n), no dependence on threads.
 */
AUTK_API autk_status autk_mirror_reconcile(autk_reconciled *out, autk_mirror_fit *fit,
                                           const autk_two_sides *flows, size_t n,
                                           int32_t n_economies, autk_geography_fn geography,
                                           void *user, const autk_mirror_opts *opts, autk_err *err)
    AUTK_MUST_CHECK;

/* ------------------------------------------------------------------ flows nobody reports */

/** Known flows of several years; NaN = unknown, 0 = reported as zero. Borrowed. */
typedef struct autk_panel {
    int first_year, n_years;
    int32_t n_economies;
    const double *value;  /**< [n_years][n_economies exporter][n_economies importer] */
    const bool *is_exact; /**< same shape: good enough to learn from and to test on; NULL = all */
} autk_panel;

#define AUTK_BLACKOUT_CLASSES 5 /**< of size: below 1 M, 10 M, 100 M, 1 bn, above */

/** How silent flows are adjusted to known totals. */
#define AUTK_BALANCE_LIST(X)                                                                       \
    X(AUTK_BALANCE_ERRORS, "by errors")                                                            \
    X(AUTK_BALANCE_RAS, "RAS")
#define AUTK_BALANCE_ENUM(name, text) name,
typedef enum autk_balance { AUTK_BALANCE_LIST(AUTK_BALANCE_ENUM) AUTK_BALANCE_COUNT } autk_balance;

typedef struct autk_blackout_opts {
    autk_balance balance;
    double partner_sd; /**< log error of each known flow: .1 */
    double total_sd;   /**< log error of each known total: .02 */
    int n_draws;       /**< for the interval: 500 */
    uint64_t seed;
    int max_iter;
    double tol; /**< largest change of a log at the end: 1e-6 */
} autk_blackout_opts;
AUTK_API autk_blackout_opts autk_blackout_opts_default(void);

/** How wrong the trend of the neighbours has been, by years since the last report and by size. */
typedef struct autk_blackout_model autk_blackout_model;

/**
 * Learn how wrong it is to carry a flow forward (or between two known years) by the growth of its
 * exporter's and its importer's other flows: quantiles of the log error for each horizon and size
 * class from the years before `year`; then wider or narrower by how far the known flows of `year`
 * itself lie outside or inside of them (split conformal prediction: Lei, G'Sell, Rinaldo,
 * Tibshirani & Wasserman 2018), for all years are not equally calm.
 *
 * @param year  the one to estimate; one behind the panel's last takes the earlier years as they are
 *
 * Errors: AUTK_EARG, AUTK_EDATA (too little is known to learn from), AUTK_ENOMEM.
 * Cost:   O(n_years * horizons * n_economies²).
 */
AUTK_API autk_status autk_blackout_learn(autk_blackout_model **out, const autk_panel *panel,
                                         int year, autk_err *err) AUTK_MUST_CHECK;
AUTK_API void autk_blackout_model_free(autk_blackout_model *model);

typedef struct autk_silent_flow {
    int32_t exporter, importer;
} autk_silent_flow;

typedef struct autk_blackout_estimate {
    double value, low, high;  /**< median and 5-95 % of the draws; NaN without history */
    double trend;             /**< what neighbours alone say; NaN without history */
    double residual_exporter; /**< total less known flows; NaN without a total. May be negative */
    double residual_importer;
    double bound_low, bound_high; /**< what totals allow; bound_high NaN = no bound */
    int years_since;              /**< last known year before; 0 = none */
    int size_class;
} autk_blackout_estimate;

/**
 * Estimate the flows of one year that nobody reported.
 *
 * Prior: the flow of the nearest known years times the growth of the other flows of exporter and
 * importer between the years, with the error learnt. Margins: a known total less the known flows,
 * with the error that total and flows leave. Estimate: the prior adjusted to the noisy margins, the
 * minimum of Σ(ln x - ln x0)²/s² + Σ(margin residual)²/σ²: what is surer moves less. With
 * AUTK_BALANCE_RAS the distance from the prior is the cross-entropy Σ x ln(x/x0) instead: flows
 * move in proportion, which under exact totals is RAS, here under noisy ones, for one silent pair
 * with two totals has no RAS. Interval: prior and margins drawn anew, solved anew (randomise, then
 * optimise; Bardsley et al. 2014).
 *
 * @param out      [n_silent]
 * @param panel    silent flows of that year are not looked at, whatever is there
 * @param exports, imports  [n_economies] totals of that year, NaN = unknown; NULL = none known
 * Errors: AUTK_EARG, AUTK_ENOCONV, AUTK_ENOMEM.
 * Cost:   O(draws * iterations * (margins³ + silent)).
 */
AUTK_API autk_status autk_blackout_solve(autk_blackout_estimate *out,
                                         const autk_blackout_model *model, const autk_panel *panel,
                                         int year, const autk_silent_flow *silent, size_t n_silent,
                                         const double *exports, const double *imports,
                                         const autk_blackout_opts *opts, autk_err *err)
    AUTK_MUST_CHECK;

/** Known totals of a year; NULL and NaN = unknown. Borrowed. */
typedef struct autk_blackout_totals {
    const double *exports, *imports;                 /**< [n_economies] all sections together */
    const double *section_exports, *section_imports; /**< [n_sections][n_economies] */
} autk_blackout_totals;

/**
 * The same for flows that are told by section (of the HS): all sections of all silent flows at
 * once, under totals of all goods, of sections, or both.
 *
 * @param out     [n_silent][n_sections]
 * @param sums    [out, n_silent] a flow's sections together, from the same draws; NULL = not wanted
 * @param models, panels  [n_sections] of the same years and economies
 * @param totals  NULL = none known
 * Errors: AUTK_EARG, AUTK_ENOCONV, AUTK_ENOMEM.
 * Cost:   O(draws * iterations * (margins³ + silent * n_sections)).
 */
AUTK_API autk_status autk_blackout_solve_sections(
    autk_blackout_estimate *out, autk_blackout_estimate *sums,
    const autk_blackout_model *const *models, const autk_panel *panels, size_t n_sections, int year,
    const autk_silent_flow *silent, size_t n_silent, const autk_blackout_totals *totals,
    const autk_blackout_opts *opts, autk_err *err) AUTK_MUST_CHECK;

/* ------------------------------------------------------------------ backtest */

/** A blanked flow, its truth, and what was made of it. */
typedef struct autk_backtest_row {
    int32_t exporter, importer, year;
    double truth;
    autk_blackout_estimate estimate;
    bool covered; /**< low <= truth <= high */
} autk_backtest_row;

typedef struct autk_backtest_class {
    size_t n;
    double coverage;       /**< of the 90 % interval */
    double median_abs_log; /**< median |ln(estimate/truth)| */
    double median_width;   /**< median high/low */
} autk_backtest_class;

typedef struct autk_backtest_summary {
    autk_backtest_class all, by_class[AUTK_BLACKOUT_CLASSES];
} autk_backtest_summary;

/**
 * Blank a share of the known flows of a year at random, and estimate them from what is left: each
 * blanked flow alone among its neighbours, with history before it only. What is learnt of the year
 * itself is learnt from the three fourths of the blanked flows that are not estimated with it.
 *
 * @param with_totals  totals of all economies are known; the known flows are then made wrong by
 *                     opts.partner_sd, as partners' reports are
 * @param rows  [out, *n] the caller's to free()
 */
AUTK_API autk_status autk_backtest_random(autk_backtest_row **rows, size_t *n,
                                          const autk_panel *panel, int year, double share,
                                          bool with_totals, const autk_blackout_opts *opts,
                                          autk_err *err) AUTK_MUST_CHECK;

/**
 * Blank all flows between some economies from a year on, and estimate year by year: what a blackout
 * would have done.
 *
 * @param members  [n_members] two or more, each once
 */
AUTK_API autk_status autk_backtest_between(autk_backtest_row **rows, size_t *n,
                                           const autk_panel *panel, const int32_t *members,
                                           size_t n_members, int first_year, int last_year,
                                           bool with_totals, const autk_blackout_opts *opts,
                                           autk_err *err) AUTK_MUST_CHECK;

/** Coverage and error, over all and by size class of the estimate. NaN where there is no row. */
AUTK_API autk_status autk_backtest_summarise(autk_backtest_summary *out,
                                             const autk_backtest_row *rows, size_t n, autk_err *err)
    AUTK_MUST_CHECK;

/* ------------------------------------------------------------------ from a dataset */

/**
 * The two layers of a dataset that hold exporters' and importers' yearly reports at the same
 * detail; all goods together before codes of few digits, among equals the one with most flows.
 * Errors: AUTK_ENOTFOUND.
 */
AUTK_API autk_status autk_mirror_layers(size_t *exporters, size_t *importers,
                                        const autk_dataset *dataset, autk_err *err) AUTK_MUST_CHECK;

/**
 * Totals of all pairs and years as both layers told them, in order of exporter, importer, year.
 * Groups, unspecified areas and "World" are left out, and so are reports of zero.
 * @param flows  [*n] the caller's to free()
 */
AUTK_API autk_status autk_mirror_flows(autk_two_sides **flows, size_t *n, autk_dataset *dataset,
                                       size_t exporters, size_t importers, autk_err *err)
    AUTK_MUST_CHECK;

/**
 * Pairs that both were silent about in a year, and about which somebody spoke before: the exporter
 * reported no exports at all that year, the importer no imports.
 * @param silent  [*n] the caller's to free(); NULL when there are none
 */
AUTK_API autk_status autk_mirror_silent(autk_silent_flow **silent, size_t *n,
                                        const autk_two_sides *flows, size_t n_flows,
                                        int32_t n_economies, int year, autk_err *err)
    AUTK_MUST_CHECK;

/**
 * Reconciled flows as a panel for the blackout functions.
 * @param value  [out] the panel's, the caller's to free()
 */
AUTK_API autk_status autk_mirror_panel(autk_panel *panel, double **value,
                                       const autk_two_sides *flows,
                                       const autk_reconciled *reconciled, size_t n,
                                       int32_t n_economies, autk_err *err) AUTK_MUST_CHECK;

/* ------------------------------------------------------------------ product by product */

/** What was made of a year's reports. */
typedef struct autk_mirror_stored {
    size_t layer;                /**< of the dataset, AUTK_SIDE_RECONCILED */
    size_t exporters, importers; /**< the layers it was made of */
    int n_neighbours;            /**< years around that both sides report */
    uint64_t n_flows[AUTK_MIRROR_KIND_COUNT];
    double value[AUTK_MIRROR_KIND_COUNT]; /**< reconciled, in the layer's currency */
    double sd_usual;                      /**< log error of a typical report of one product */
    double persistence; /**< how much of the gap of the years around a gap repeats, by regression */
} autk_mirror_stored;

/**
 * Reconcile a year product by product and store it as a layer, which depend, products and brief
 * then take before either side's reports. Both raw figures stay in their own layers.
 *
 * As autk_mirror_reconcile, but for single products: the margin is the pair's, fitted to the totals
 * of the years up to opts.neighbour_years away; variances are the reporters' times a scale by size
 * of the flow, for small flows are further apart; a report without its mirror is corrected by the
 * gap that the same pair and product had in the years around, as far as gaps were found to last. A
 * period that was reconciled before is replaced, and one whose reports are imported anew is
 * forgotten. Values are rounded to hundredths.
 *
 * @param out   [out]
 * @param path  of the dataset; it is written in one transaction
 * @param year  both sides report it; of their layers those with the finest products are taken
 * Errors: AUTK_ENOTFOUND (no such reports), AUTK_EDATA, AUTK_EIO, AUTK_ENOMEM, AUTK_ELIMIT,
 *         AUTK_ENOCONV, AUTK_ECANCELLED - the dataset as it was.
 * Cost:   O(flows of the year and of its neighbours); memory below 500 MB whatever the size.
 */
AUTK_API autk_status autk_mirror_store(autk_mirror_stored *out, const char *path, int32_t year,
                                       autk_geography_fn geography, void *user,
                                       const autk_mirror_opts *opts, const autk_progress *progress,
                                       autk_err *err) AUTK_MUST_CHECK;

/** One flow of a stored year, with what both sides said; NaN = said nothing. */
typedef struct autk_mirror_row {
    int32_t exporter, importer, product;
    double exporter_says, importer_says;
    autk_reconciled flow;
} autk_mirror_row;

/**
 * The flows of an economy as they were reconciled.
 *
 * @param rows  [out, *n] the caller's to free(); NULL when there are none
 * @param exporter, importer  one of them may be AUTK_ANY_ECONOMY
 * Errors: AUTK_ENOTFOUND (the year was not reconciled), AUTK_EARG, AUTK_EDATA (damaged), AUTK_EIO,
 * AUTK_ENOMEM. Cost:   O(flows of the economy).
 */
AUTK_API autk_status autk_mirror_read(autk_mirror_row **rows, size_t *n, autk_dataset *dataset,
                                      int32_t year, int32_t exporter, int32_t importer,
                                      autk_err *err) AUTK_MUST_CHECK;

/* ------------------------------------------------------------------ silence by section */

/** A flow that nobody reports, in one section or (section 0) in all of them together. */
typedef struct autk_mirror_gap {
    int32_t exporter, importer;
    int section; /**< of the HS, 1 … 21, 22 for codes of none; 0 = all goods */
    autk_blackout_estimate estimate;
} autk_mirror_gap;

/**
 * Flows that both sides are silent about in a year, section by section of the HS: trends of each
 * section, with their errors, under the totals that are known.
 *
 * Reports of up to 12 years before are reconciled section by section, as autk_mirror_reconcile does
 * it. A section in which a pair never traded has no rows.
 *
 * @param gaps     [out, *n] the caller's to free(); NULL when nobody is silent; by flow, all goods
 * first
 * @param totals   of the year, by economy of the dataset; NULL = none known
 * Errors: AUTK_ENOTFOUND (no reports by product of both sides), AUTK_EDATA (damaged, or too little
 *         to learn from), AUTK_EIO, AUTK_ENOMEM, AUTK_ELIMIT, AUTK_ENOCONV.
 * Cost:   O(flows of the years looked at); memory 22 sections * years * n_economies² doubles,
 * twice.
 */
AUTK_API autk_status autk_mirror_gaps(autk_mirror_gap **gaps, size_t *n, autk_dataset *dataset,
                                      int32_t year, autk_geography_fn geography, void *user,
                                      const autk_blackout_totals *totals,
                                      const autk_blackout_opts *opts, autk_err *err)
    AUTK_MUST_CHECK;

/** "I" … "XXI" of section 1 … 21, "none" of 22, "all" of 0. Total. */
AUTK_API const char *autk_hs_section_text(int section);

#ifdef __cplusplus
}
#endif
#endif
