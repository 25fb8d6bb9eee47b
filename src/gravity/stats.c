#include "gravity/stats.h"

#include <math.h>

#define HALF_LOG_TWO_PI 0.91893853320467274178

double autki_log_factorial(double x)
{
    double shift = 0;
    x += 1;
    if (x < 10) { /* up by the recurrence, where Stirling's series is exact to the last digits */
        double product = 1;
        while (x < 10)
            product *= x++;
        shift = log(product);
    }
    double i = 1 / x, i2 = i * i;
    double series =
        i *
        (1.0 / 12 -
         i2 * (1.0 / 360 -
               i2 * (1.0 / 1260 - i2 * (1.0 / 1680 - i2 * (1.0 / 1188 - i2 * (691.0 / 360360))))));
    return (x - 0.5) * log(x) - x + HALF_LOG_TWO_PI + series - shift;
}

static double log_gamma(double x)
{
    return autki_log_factorial(x) - log(x);
}

/* Continued fraction of the incomplete beta function (Lentz). */
static double beta_fraction(double a, double b, double x)
{
    const double tiny = 1e-300;
    double c = 1, d = 1 - (a + b) * x / (a + 1);
    d = 1 / (fabs(d) < tiny ? tiny : d);
    double h = d;
    for (int m = 1; m <= 500; m++) {
        double even = m * (b - m) * x / ((a + 2 * m - 1) * (a + 2 * m));
        d = 1 + even * d;
        c = 1 + even / c;
        d = 1 / (fabs(d) < tiny ? tiny : d);
        c = fabs(c) < tiny ? tiny : c;
        h *= d * c;
        double odd = -(a + m) * (a + b + m) * x / ((a + 2 * m) * (a + 2 * m + 1));
        d = 1 + odd * d;
        c = 1 + odd / c;
        d = 1 / (fabs(d) < tiny ? tiny : d);
        c = fabs(c) < tiny ? tiny : c;
        h *= d * c;
        if (fabs(d * c - 1) < 1e-15)
            break;
    }
    return h;
}

static double incomplete_beta(double a, double b, double x)
{
    if (!(x > 0))
        return x <= 0 ? 0 : NAN;
    if (x >= 1)
        return 1;
    double front = exp(log_gamma(a + b) - log_gamma(a) - log_gamma(b) + a * log(x) + b * log1p(-x));
    return x < (a + 1) / (a + b + 2) ? front * beta_fraction(a, b, x) / a
                                     : 1 - front * beta_fraction(b, a, 1 - x) / b;
}

double autki_t_p_value(double t, double df)
{
    if (isnan(t))
        return NAN;
    if (!(df < 1e10))
        return erfc(fabs(t) / sqrt(2));
    return incomplete_beta(df / 2, 0.5, df / (df + t * t));
}

double autki_chi2_p_value(double x, double df)
{
    if (!(x >= 0))
        return NAN;
    double a = df / 2, half = x / 2;
    if (half < a + 1) { /* the lower tail as a series */
        double term = 1 / a, sum = term;
        for (int n = 1; n < 2000 && term > 1e-17 * sum; n++) {
            term *= half / (a + n);
            sum += term;
        }
        return half > 0 ? 1 - sum * exp(-half + a * log(half) - log_gamma(a)) : 1;
    }
    double b = half + 1 - a, c = 1e300, d = 1 / b, h = d;
    for (int n = 1; n < 2000; n++) {
        double an = -n * (n - a);
        b += 2;
        d = 1 / (an * d + b);
        c = b + an / c;
        h *= d * c;
        if (fabs(d * c - 1) < 1e-15)
            break;
    }
    return h * exp(-half + a * log(half) - log_gamma(a));
}

double autki_t_quantile(double alpha, double df)
{
    double low = 0, high = 2;
    while (autki_t_p_value(high, df) > alpha && high < 1e8)
        high *= 2;
    for (int i = 0; i < 200 && high - low > 1e-14 * high; i++) {
        double mid = 0.5 * (low + high);
        if (autki_t_p_value(mid, df) > alpha)
            low = mid;
        else
            high = mid;
    }
    return 0.5 * (low + high);
}
