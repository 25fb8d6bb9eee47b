/** @file stats.h Tail probabilities and log-factorials. */
#ifndef AUTKI_GRAVITY_STATS_H
#define AUTKI_GRAVITY_STATS_H

/** Two-sided p-value of a t statistic; df = INFINITY is the normal distribution. */
double autki_t_p_value(double t, double df);

/** Upper tail of chi-squared. */
double autki_chi2_p_value(double x, double df);

/** log(Gamma(x + 1)), x >= 0, to about 1e-13; unlike lgamma it writes no global variable. */
double autki_log_factorial(double x);

/** Two-sided critical value of t at level 0 < alpha < 1. */
double autki_t_quantile(double alpha, double df);

#endif
