#include <math.h>

#include "measure/breaks.h"

void autki_mean_ssr(double *mean, double *ssr, const double *y, size_t n)
{
    double m = 0.0, s = 0.0;
    for (size_t i = 0; i < n; i++) {
        double residual = y[i] - m;
        m += residual / (double)(i + 1);
        s += residual * (y[i] - m);
    }
    *mean = m;
    *ssr = s;
}

/* Least squares of v[t] on v[t-1]; the variance of what is left by *variance. */
static double ar1(const double *v, size_t n, double *variance)
{
    double xx = 0.0, xy = 0.0, yy = 0.0;
    for (size_t t = 1; t < n; t++) {
        xx += v[t - 1] * v[t - 1];
        xy += v[t] * v[t - 1];
        yy += v[t] * v[t];
    }
    double b = xx > 0.0 ? xy / xx : 0.0;
    *variance = (yy - b * xy) / (double)(n - 1);
    return b;
}

static double quadratic_spectral(double x)
{
    static const double pi = 3.14159265358979323846;
    double d = 6.0 * pi * x / 5.0;
    return 3.0 * (sin(d) / d - cos(d)) / (d * d);
}

/* 1.3221 (alpha(2) n)^(1/5): Andrews (1991), eq. 6.2 and 6.4. */
static double bandwidth(const double *v, size_t n)
{
    double variance, b = ar1(v, n, &variance);
    double away = 1.0 - b;
    if (!(fabs(away) > 1e-3))
        away = 1e-3;
    double alpha = 4.0 * b * b / (away * away * away * away);
    return 1.3221 * pow(alpha * (double)n, 0.2);
}

static double kernel_variance(const double *v, size_t n)
{
    double width = bandwidth(v, n), sum = 0.0;
    for (size_t t = 0; t < n; t++)
        sum += v[t] * v[t];
    for (size_t lag = 1; lag < n && width > 1e-8; lag++) {
        double product = 0.0;
        for (size_t t = lag; t < n; t++)
            product += v[t] * v[t - lag];
        sum += 2.0 * quadratic_spectral((double)lag / width) * product;
    }
    return sum / (double)(n - 1);
}

double autki_long_run_variance(const double *residuals, size_t n, double *scratch)
{
    double variance = 0.0;
    if (n < 4) { /* too short for a correlation */
        for (size_t i = 0; i < n; i++)
            variance += residuals[i] * residuals[i];
        return n > 0 ? variance / (double)n : 0.0;
    }
    double b = ar1(residuals, n, &variance);
    /* Andrews & Monahan (1992) keep the filter away from a unit root. */
    b = b > 0.97 ? 0.97 : b < -0.97 ? -0.97 : b;
    for (size_t t = 1; t < n; t++)
        scratch[t - 1] = residuals[t] - b * residuals[t - 1];
    return kernel_variance(scratch, n - 1) / ((1.0 - b) * (1.0 - b));
}

void autki_segment_variances(double *variances, const double *y, size_t n, const size_t *last,
                             size_t n_breaks, const autk_breaks_opts *opts, double *scratch)
{
    double *residuals = scratch, ssr_all = 0.0;
    for (size_t k = 0, from = 0; k <= n_breaks; k++) {
        size_t to = k < n_breaks ? last[k] + 1 : n;
        double mean, ssr;
        autki_mean_ssr(&mean, &ssr, y + from, to - from);
        for (size_t t = from; t < to; t++)
            residuals[t] = y[t] - mean;
        variances[k] = opts->errors == AUTK_BREAKS_IID
                           ? ssr / (double)(to - from)
                           : autki_long_run_variance(residuals + from, to - from, scratch + n);
        ssr_all += ssr;
        from = to;
    }
    if (opts->segment_variances)
        return;
    double all = opts->errors == AUTK_BREAKS_IID
                     ? ssr_all / (double)n
                     : autki_long_run_variance(residuals, n, scratch + n);
    for (size_t k = 0; k <= n_breaks; k++)
        variances[k] = all;
}

double autki_partition_f(const double *y, size_t n, const size_t *last, size_t n_breaks,
                         const autk_breaks_opts *opts, double *scratch)
{
    /* Values are scaled to [-1, 1]: below this an error is rounding of the series itself. */
    static const double rounding = 1e-30;
    double variances[AUTK_BREAKS_MAX + 1], weights = 0.0, mean = 0.0, wald = 0.0;
    autki_segment_variances(variances, y, n, last, n_breaks, opts, scratch);
    for (size_t k = 0, from = 0; k <= n_breaks; k++) {
        size_t to = k < n_breaks ? last[k] + 1 : n;
        double segment_mean, ssr;
        autki_mean_ssr(&segment_mean, &ssr, y + from, to - from);
        double weight = (double)(to - from) / (variances[k] > rounding ? variances[k] : rounding);
        /* Weighted recursion: the Wald statistic of equal means is the weighted sum of squares. */
        double off = segment_mean - mean;
        weights += weight;
        mean += off * weight / weights;
        wald += weight * off * (segment_mean - mean);
        from = to;
    }
    double free_n = (double)n - (double)(n_breaks + 1);
    return free_n / ((double)n * (double)n_breaks) * wald;
}
