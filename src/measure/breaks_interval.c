#include <math.h>
#include <stdlib.h>

#include "base/fail.h"
#include "base/mem.h"
#include "measure/breaks.h"

/* ln Phi(-z) for z >= 0; erfc underflows beyond 37. */
static double log_normal_tail(double z)
{
    static const double half_log_two_pi = 0.91893853320467274178;
    if (z < 25.0)
        return log(0.5 * erfc(z / sqrt(2.0)));
    double q = 1.0 / (z * z); /* asymptotic series, relative error below 15 q^3 */
    return -0.5 * z * z - log(z) - half_log_two_pi + log1p(-q * (1.0 - 3.0 * q));
}

static double normal_tail(double z)
{
    return 0.5 * erfc(z / sqrt(2.0));
}

/* P(argmax <= -x), x >= 0, of the two-sided walk with drift whose variance is 1 on the left and r
 * on the right: Bai (1997), appendix B; Bai & Perron (1998), eq. 15 ff. */
static double left_tail(double x, double r)
{
    static const double two_pi = 6.28318530717958647693;
    double f = 1.0 / r;
    double grown = f * (1.0 + f) * x / 2.0 + log_normal_tail((0.5 + f) * sqrt(x));
    double edge = (r + 2.0) * (r + 2.0) / (r + 1.0) - 2.0 + x / 2.0;
    return -sqrt(x / two_pi) * exp(-x / 8.0) - r * (r + 2.0) / (r + 1.0) * exp(grown) +
           edge * normal_tail(sqrt(x) / 2.0);
}

double autki_argmax_cdf(double x, double variance_ratio)
{
    if (x <= 0.0)
        return left_tail(-x, variance_ratio);
    /* The right side is the left one seen in the mirror, in units of the other variance. */
    return 1.0 - left_tail(x / variance_ratio, 1.0 / variance_ratio);
}

/* x where the distribution reaches p; p on x's side of its value at 0. */
static double quantile(double p, double ratio)
{
    double side = autki_argmax_cdf(0.0, ratio) < p ? 1.0 : -1.0, near = 0.0, far = 1.0;
    while (far < 1e12 && side * (autki_argmax_cdf(side * far, ratio) - p) < 0.0)
        far *= 2.0;
    for (int i = 0; i < 200; i++) {
        double middle = 0.5 * (near + far);
        if (side * (autki_argmax_cdf(side * middle, ratio) - p) < 0.0)
            near = middle;
        else
            far = middle;
    }
    return side * 0.5 * (near + far);
}

static int64_t clamp_index(double index)
{
    static const double limit = 1e15;
    return (int64_t)(index > limit ? limit : index < -limit ? -limit : index);
}

static autk_break_interval interval_of(size_t last, double shift, double before, double after,
                                       double level)
{
    autk_break_interval out = {.low = (int64_t)last, .high = (int64_t)last, .known = true};
    double tail = (1.0 - level) / 2.0, size = shift * shift;
    if (!(before > 0.0) && !(after > 0.0))
        return out; /* no error at all: the date is exact */
    double at_zero = before > 0.0 && after > 0.0 ? autki_argmax_cdf(0.0, after / before) : NAN;
    if (!(size > 0.0) || !(at_zero >= tail && at_zero <= 1.0 - tail)) {
        out.known = false;
        return out;
    }
    /* The process is of (date - break): its upper quantile is the interval's lower end. */
    double unit = before / size, ratio = after / before;
    out.low = clamp_index((double)last - ceil(quantile(1.0 - tail, ratio) * unit));
    out.high = clamp_index((double)last - floor(quantile(tail, ratio) * unit));
    return out;
}

static autk_status check_series(const double *y, size_t n, const size_t *last, size_t n_breaks,
                                double level, autk_err *err)
{
    if (!(level > 0.0 && level < 1.0))
        return autki_fail(err, AUTK_EARG, "level must be within (0, 1), got %g", level);
    if (n_breaks > AUTK_BREAKS_MAX)
        return autki_fail(err, AUTK_EARG, "at most %d breaks are taken, got %zu", AUTK_BREAKS_MAX,
                          n_breaks);
    for (size_t k = 0; k < n_breaks; k++) {
        if (last[k] + 1 >= n || (k > 0 && last[k] <= last[k - 1]))
            return autki_fail(err, AUTK_EARG, "breaks must ascend and end before %zu, got %zu",
                              n - 1, last[k]);
    }
    for (size_t i = 0; i < n; i++) {
        if (!isfinite(y[i]))
            return autki_fail(err, AUTK_EDATA, "observation %zu is not finite", i);
    }
    return AUTK_OK;
}

autk_status autk_breaks_intervals(autk_break_interval *out, const double *y, size_t n,
                                  const size_t *last, size_t n_breaks, double level,
                                  const autk_breaks_opts *opts, autk_err *err)
{
    autk_breaks_opts o = opts != NULL ? *opts : autk_breaks_opts_default();
    double variances[AUTK_BREAKS_MAX + 1], before = 0.0, after, ssr;
    autk_status st = autki_breaks_check_opts(&o, err);
    if (st == AUTK_OK)
        st = check_series(y, n, last, n_breaks, level, err);
    if (st != AUTK_OK)
        return st;
    double *scratch = autki_malloc(2 * n, sizeof *scratch);
    if (scratch == NULL)
        return autki_no_memory(err, 2 * n * sizeof *scratch);
    autki_segment_variances(variances, y, n, last, n_breaks, &o, scratch);
    if (n_breaks > 0)
        autki_mean_ssr(&before, &ssr, y, last[0] + 1);
    for (size_t k = 0; k < n_breaks; k++) {
        size_t to = k + 1 < n_breaks ? last[k + 1] + 1 : n;
        autki_mean_ssr(&after, &ssr, y + last[k] + 1, to - last[k] - 1);
        out[k] = interval_of(last[k], after - before, variances[k], variances[k + 1], level);
        before = after;
    }
    free(scratch);
    return AUTK_OK;
}
