/**
 * @file breaks.h
 * Dates of shifts in the mean of a series: Bai & Perron (1998, 2003) with the tests, criteria and
 * confidence intervals that belong to it, and an end-of-sample test for shifts too late for it.
 *
 * A break is named by the index (from 0) of the last observation before it, as R's strucchange
 * does: on the Nile's flow 1871-1970 it is index 27, the year 1898.
 */
#ifndef AUTARKY_BREAKS_H
#define AUTARKY_BREAKS_H

#include <autarky/base.h>

#ifdef __cplusplus
extern "C" {
#endif

/** Most breaks that the published critical values know (trimming 0.05). */
#define AUTK_BREAKS_MAX 9

/** What the errors around the segments' means are taken to be. */
typedef enum autk_breaks_errors {
    AUTK_BREAKS_IID, /**< not correlated over time */
    AUTK_BREAKS_HAC  /**< correlated: prewhitened quadratic-spectral kernel, Andrews' bandwidth */
} autk_breaks_errors;

typedef struct autk_breaks_opts {
    double trim;               /**< shortest segment over n: 0.05, 0.10, 0.15, 0.20 or 0.25 */
    size_t max_breaks;         /**< 0 = as many as fit and are tabulated */
    double significance;       /**< of the tests: 0.10, 0.05, 0.025 or 0.01 */
    autk_breaks_errors errors; /**< of the tests and intervals; the dates do not depend on it */
    bool segment_variances;    /**< each segment's errors have their own variance */
} autk_breaks_opts;

/** 0.15, 0, 0.05, AUTK_BREAKS_IID, false. */
AUTK_API autk_breaks_opts autk_breaks_opts_default(void);

/** The best partition with a given number of breaks. */
typedef struct autk_breaks_model {
    size_t last[AUTK_BREAKS_MAX];   /**< ascending: last observation before each break */
    double ssr;                     /**< sum of squared residuals */
    double bic;                     /**< as R's BIC(): a break's date counts as a parameter */
    double lwz;                     /**< Liu, Wu & Zidek (1997) */
    double sup_f, sup_f_critical;   /**< none against this many; NaN in model 0 */
    double next_f, next_f_critical; /**< F(m+1|m); NaN where no segment can be split */
} autk_breaks_model;

typedef struct autk_breaks {
    size_t n, min_segment, max_breaks;
    autk_breaks_model models[AUTK_BREAKS_MAX + 1]; /**< [max_breaks + 1] by number of breaks */
    /** By number of breaks, 1 … max_late: the best partitions whose last segment is shorter than
     *  min_segment (dates, SSR and criteria; no tests: those are autk_breaks_end). */
    autk_breaks_model late[AUTK_BREAKS_MAX + 1];
    size_t max_late;
    double ud_max, ud_max_critical;    /**< none against an unknown number; NaN when none fits */
    size_t n_bic, n_lwz, n_sequential; /**< numbers of breaks that the three rules choose */
} autk_breaks;

/**
 * The best partitions of a series into segments of constant mean, and how many there are.
 *
 * One pass over the triangle of segments by recursive residuals, the dynamic programme of Bai &
 * Perron (2003, section 3) folded into it. Tests: Bai & Perron (1998), sections 4 and 5, with the
 * critical values of Bai & Perron (2003b, one regressor). n_sequential: UDmax says whether there is
 * any break, F(l+1|l) how many.
 *
 * @param y  [n] finite
 *
 * Errors:  AUTK_EARG (options), AUTK_EDATA (fewer than two segments of two fit, or not finite),
 *          AUTK_ENUMERIC, AUTK_ENOMEM.
 * Cost:    O(n^2 * max_breaks) time, O(n * max_breaks) memory; n = 2,000: 30 ms.
 * Threads: reentrant.
 */
AUTK_API autk_status autk_breaks_find(autk_breaks *out, const double *y, size_t n,
                                      const autk_breaks_opts *opts, autk_err *err) AUTK_MUST_CHECK;

/** Where the break lies with the probability asked for; may reach beyond the series. */
typedef struct autk_break_interval {
    int64_t low, high; /**< indices, ends inclusive */
    bool known;        /**< false: the variances on both sides differ too much for the formula */
} autk_break_interval;

/**
 * Confidence intervals of the breaks of a partition: Bai (1997), appendix; Bai & Perron (2003),
 * section 4.2, with the errors that the options name.
 *
 * @param out    [n_breaks]
 * @param last   [n_breaks] ascending, < n - 1
 * @param level  in (0, 1), e.g. 0.95
 *
 * Errors:  AUTK_EARG, AUTK_EDATA.
 * Cost:    O(n) (with AUTK_BREAKS_HAC O(n^2)).
 * Threads: reentrant.
 */
AUTK_API autk_status autk_breaks_intervals(autk_break_interval *out, const double *y, size_t n,
                                           const size_t *last, size_t n_breaks, double level,
                                           const autk_breaks_opts *opts, autk_err *err)
    AUTK_MUST_CHECK;

typedef struct autk_breaks_end_test {
    double statistic;
    double p_value;   /**< in (0, 1]; not below 1 / (n_windows + 1) */
    size_t n_windows; /**< stretches of the earlier sample that it is compared with */
} autk_breaks_end_test;

/**
 * Did the mean shift within the last `window` observations, where trimming allows no break?
 *
 * Andrews (2003): the statistic of the last observations is compared with the same statistic of
 * every stretch as long of the earlier sample, so that its size does not depend on the errors'
 * distribution or correlation. Here it is the largest of (sum of the last k deviations)^2 / k over
 * k = 1 … window, since the date within the window is not known. Deviations are from the mean of
 * the segment without the stretch. In samples as short as 30 the rank among overlapping stretches
 * is approximate: docs/modules/turns.md has simulated sizes.
 *
 * @param last  [n_breaks] breaks of the earlier sample y[0 … n-window-1]
 *
 * Errors:  AUTK_EARG, AUTK_EDATA (the earlier sample is shorter than twice the window or its last
 *          segment than two observations).
 * Cost:    O(n * window).
 */
AUTK_API autk_status autk_breaks_end(autk_breaks_end_test *out, const double *y, size_t n,
                                     size_t window, const size_t *last, size_t n_breaks,
                                     autk_err *err) AUTK_MUST_CHECK;

#ifdef __cplusplus
}
#endif
#endif
