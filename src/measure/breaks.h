/** @file breaks.h What the files of the break dating share. Series here are scaled to [-1, 1]. */
#ifndef AUTKI_MEASURE_BREAKS_H
#define AUTKI_MEASURE_BREAKS_H

#include <autarky/breaks.h>

/** Critical value of supF (against `n_breaks` >= 1), of F(n_breaks + 1 | n_breaks) and of UDmax for
 *  one regressor; NaN when the table has none. trim and significance as in the options. */
double autki_breaks_sup_f_critical(double trim, double significance, size_t n_breaks);
double autki_breaks_next_f_critical(double trim, double significance, size_t n_breaks);
double autki_breaks_ud_max_critical(double trim, double significance);

/** Most breaks that the tables have for the trimming; 0 when it is not tabulated. */
size_t autki_breaks_tabulated(double trim);
bool autki_breaks_knows_significance(double significance);

/** Mean and sum of squared deviations of y[0..n), by recursive residuals. */
void autki_mean_ssr(double *mean, double *ssr, const double *y, size_t n);

/**
 * Long-run variance of residuals: Andrews (1991), quadratic-spectral kernel with AR(1) bandwidth,
 * after AR(1) prewhitening (Andrews & Monahan 1992). scratch: [n].
 */
double autki_long_run_variance(const double *residuals, size_t n, double *scratch);

/**
 * Variances of the segments' errors, per observation, as the options take them.
 *
 * @param variances  [n_breaks + 1]
 * @param scratch    [2 n]
 */
void autki_segment_variances(double *variances, const double *y, size_t n, const size_t *last,
                             size_t n_breaks, const autk_breaks_opts *opts, double *scratch);

/** F of the means' equality over a partition: Bai & Perron (1998), eq. 4. scratch: [2 n]. */
double autki_partition_f(const double *y, size_t n, const size_t *last, size_t n_breaks,
                         const autk_breaks_opts *opts, double *scratch);

/** P(argmax of the limit process <= x), variances' ratio after/before: Bai (1997), appendix B. */
double autki_argmax_cdf(double x, double variance_ratio);

/** autk_breaks_find without its tests (NaN, n_sequential 0): what a thousand draws can afford. */
autk_status autki_breaks_dates(autk_breaks *out, const double *y, size_t n,
                               const autk_breaks_opts *opts, autk_err *err) AUTK_MUST_CHECK;

autk_status autki_breaks_check_opts(const autk_breaks_opts *opts, autk_err *err) AUTK_MUST_CHECK;

#endif
