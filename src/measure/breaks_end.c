#include <math.h>
#include <stdlib.h>

#include "base/fail.h"
#include "base/mem.h"
#include "measure/breaks.h"

/* Largest (sum of the last k)^2 / k. */
static double shift_statistic(const double *deviations, size_t window)
{
    double sum = 0.0, largest = 0.0;
    for (size_t k = 1; k <= window; k++) {
        sum += deviations[window - k];
        double s = sum * sum / (double)k;
        if (!(s <= largest))
            largest = s;
    }
    return largest;
}

/* Mean of y[from..to) without y[skip_from..skip_to); of all when nothing would be left. */
static double mean_without(const double *y, size_t from, size_t to, size_t skip_from,
                           size_t skip_to)
{
    double sum = 0.0, all = 0.0;
    size_t n = 0;
    for (size_t t = from; t < to; t++) {
        all += y[t];
        if (t < skip_from || t >= skip_to) {
            sum += y[t];
            n++;
        }
    }
    return n > 0 ? sum / (double)n : all / (double)(to - from);
}

/* Deviations of y[start..start+window) from their segments' means, which leave the stretch out as
 * the mean of the earlier sample leaves out the end. Andrews (2003), section 3, leaves out half of
 * it, for power; in samples of 30 that doubles the size that is wanted. */
static void deviations_of(double *out, const double *y, size_t n, size_t start, size_t window,
                          const size_t *last, size_t n_breaks)
{
    for (size_t k = 0, from = 0; k <= n_breaks; k++) {
        size_t to = k < n_breaks ? last[k] + 1 : n;
        if (from < start + window && to > start) {
            double mean = mean_without(y, from, to, start, start + window);
            for (size_t t = from > start ? from : start; t < to && t < start + window; t++)
                out[t - start] = y[t] - mean;
        }
        from = to;
    }
}

static autk_status check(const double *y, size_t n, size_t window, const size_t *last,
                         size_t n_breaks, autk_err *err)
{
    if (window < 1 || n < 3 * window)
        return autki_fail(err, AUTK_EDATA,
                          "the sample before a window of %zu must be twice as long, got %zu in all",
                          window, n);
    if (n_breaks > AUTK_BREAKS_MAX)
        return autki_fail(err, AUTK_EARG, "at most %d breaks are taken, got %zu", AUTK_BREAKS_MAX,
                          n_breaks);
    for (size_t k = 0; k < n_breaks; k++) {
        if (last[k] + 3 > n - window || (k > 0 && last[k] <= last[k - 1]))
            return autki_fail(err, AUTK_EARG, "breaks must ascend and end before %zu, got %zu",
                              n - window - 2, last[k]);
    }
    for (size_t i = 0; i < n; i++) {
        if (!isfinite(y[i]))
            return autki_fail(err, AUTK_EDATA, "observation %zu is not finite", i);
    }
    return AUTK_OK;
}

autk_status autk_breaks_end(autk_breaks_end_test *out, const double *y, size_t n, size_t window,
                            const size_t *last, size_t n_breaks, autk_err *err)
{
    autk_status st = check(y, n, window, last, n_breaks, err);
    if (st != AUTK_OK)
        return st;
    double *deviations = autki_malloc(window, sizeof *deviations);
    if (deviations == NULL)
        return autki_no_memory(err, window * sizeof *deviations);
    size_t n_before = n - window, from = n_breaks > 0 ? last[n_breaks - 1] + 1 : 0, as_large = 0;
    double mean = mean_without(y, from, n_before, 0, 0);
    for (size_t t = 0; t < window; t++)
        deviations[t] = y[n_before + t] - mean;
    double statistic = shift_statistic(deviations, window);
    size_t n_windows = n_before - window + 1;
    for (size_t start = 0; start < n_windows; start++) {
        deviations_of(deviations, y, n_before, start, window, last, n_breaks);
        as_large += !(shift_statistic(deviations, window) < statistic);
    }
    out->statistic = statistic;
    out->n_windows = n_windows;
    out->p_value = (double)(as_large + 1) / (double)(n_windows + 1);
    free(deviations);
    return AUTK_OK;
}
