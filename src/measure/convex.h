/**
 * @file convex.h
 * Least and largest value of a concentration over a box: objective(S, Q) with S = sum x and
 * Q = sum phi(x), phi strictly convex, objective rising in Q and unchanged when x is scaled.
 */
#ifndef AUTKI_MEASURE_CONVEX_H
#define AUTKI_MEASURE_CONVEX_H

#include <autarky/base.h>

typedef struct autki_convex {
    double (*phi)(double x);
    double (*objective)(double sum, double q);
    /* Along q = q0 + slope * (sum - sum0) the objective rises to this sum and falls behind it; not
     * finite or <= 0 where it has no such peak. */
    double (*peak)(double sum0, double q0, double slope);
    /* objective falls with an x exactly while psi(x) < sum(y psi(y)) / sum(y) */
    double (*psi)(double x);
    double (*psi_inverse)(double y);
    double ceiling; /* of the objective: all in one */
} autki_convex;

/** sum s² = Q / S² with phi(x) = x² */
extern const autki_convex autki_squares;
/** sum s ln s = Q / S - ln S with phi(x) = x ln x */
extern const autki_convex autki_minus_entropy;

typedef struct autki_convex_problem {
    const double *low, *high; /* [n], 0 <= low <= high, sizes of the order of 1 */
    size_t n;
    double sum_low, sum_high; /* bounds on sum x */
} autki_convex_problem;

/** Cost: O(n log n). Errors: AUTK_ENOMEM. */
autk_status autki_convex_least(double *out, const autki_convex *form,
                               const autki_convex_problem *problem, autk_err *err) AUTK_MUST_CHECK;

/** Exact to 1e-10, or an upper bound where the search reached its ceiling. Errors: AUTK_ENOMEM. */
autk_status autki_convex_largest(double *out, const autki_convex *form,
                                 const autki_convex_problem *problem, autk_err *err)
    AUTK_MUST_CHECK;

#endif
