#include <math.h>

#include "evidence/rules.h"

/* How far a flow moves in k years: 5th and 95th percentile of value / neighbour, by size of the
 * neighbour, over the 1.07 million bilateral flows of 1996-2021 (docs/modules/evidence.md,
 * "Neighbouring years", says how they were counted). A flow of nothing stays below nought_high. */
#define N_SIZES 6
#define N_SPANS 5

static const double size_from[N_SIZES] = {0, 1e5, 1e6, 1e7, 1e8, 1e9};
static const int spans[N_SPANS] = {1, 2, 3, 5, 10};

typedef struct change {
    double low[N_SIZES], high[N_SIZES];
    double nought_high;
} change;

static const change from_before[N_SPANS] = {
    {{0, .15, .21, .31, .45, .63}, {7.91, 4.10, 3.01, 2.22, 1.76, 1.49}, 1.9e4},
    {{0, .10, .14, .22, .34, .54}, {12.0, 6.00, 4.04, 2.83, 2.16, 1.77}, 4.9e4},
    {{0, .08, .11, .18, .29, .50}, {16.0, 7.75, 5.14, 3.44, 2.57, 2.01}, 1.3e5},
    {{0, .06, .08, .13, .22, .44}, {26.9, 12.2, 7.75, 4.98, 3.56, 2.60}, 4.6e5},
    {{0, .02, .04, .07, .14, .40}, {77.1, 33.8, 18.5, 10.7, 7.02, 4.57}, 3.3e6}};

static const change from_after[N_SPANS] = {
    {{0, .10, .17, .25, .39, .58}, {6.39, 3.55, 2.60, 1.98, 1.58, 1.37}, 1.0e4},
    {{0, .05, .09, .15, .26, .44}, {8.30, 4.35, 3.05, 2.25, 1.72, 1.43}, 2.0e4},
    {{0, .03, .05, .10, .18, .34}, {9.13, 4.84, 3.33, 2.37, 1.77, 1.44}, 3.0e4},
    {{0, .01, .02, .05, .09, .20}, {10.9, 5.43, 3.56, 2.48, 1.81, 1.47}, 7.1e4},
    {{0, .00, .00, .01, .02, .06}, {12.9, 6.28, 3.74, 2.31, 1.61, 1.33}, 6.2e5}};

/* Between two neighbours, by the farther of them; against their geometric interpolation. */
static const change from_both[N_SPANS] = {
    {{.17, .24, .32, .45, .59, .72}, {4.63, 3.42, 2.59, 1.97, 1.56, 1.32}, 1.0e4},
    {{.13, .19, .26, .38, .52, .66}, {6.08, 4.43, 3.25, 2.34, 1.80, 1.50}, 2.0e4},
    {{.13, .17, .23, .33, .48, .63}, {7.20, 5.15, 3.80, 2.63, 2.01, 1.59}, 3.0e4},
    {{.13, .16, .21, .30, .43, .58}, {9.85, 6.86, 5.03, 3.35, 2.49, 1.90}, 7.1e4},
    /* no longer gap was counted: the one-sided spread, which is wider */
    {{0, .02, .04, .07, .14, .40}, {77.1, 33.8, 18.5, 10.7, 7.02, 4.57}, 6.2e5}};

static int size_class(double value)
{
    int k = N_SIZES - 1;
    while (k > 0 && value < size_from[k])
        k--;
    return k;
}

/* The first tabulated span that is not shorter: never too narrow. */
static const change *of_span(const change *table, int years)
{
    int k = 0;
    while (k + 1 < N_SPANS && spans[k] < years)
        k++;
    return &table[k];
}

static autk_bounds spread(double value, const change *c)
{
    int k = size_class(value);
    if (!(value > 0))
        return (autk_bounds){0, 0, c->nought_high};
    return (autk_bounds){value * c->low[k], value, value * c->high[k]};
}

autk_bounds autki_bound_by_neighbours(const autki_neighbour *n)
{
    bool before = !isnan(n->before) && n->years_before <= AUTKI_NEIGHBOUR_REACH;
    bool after = !isnan(n->after) && n->years_after <= AUTKI_NEIGHBOUR_REACH;
    if (!before && !after)
        return autk_bounds_unknown();
    if (!after)
        return spread(n->before, of_span(from_before, n->years_before));
    if (!before)
        return spread(n->after, of_span(from_after, n->years_after));
    int farther = n->years_before > n->years_after ? n->years_before : n->years_after;
    const change *c = of_span(from_both, farther);
    if (n->before > 0 && n->after > 0) {
        double a = n->years_before, b = n->years_after;
        return spread(exp((b * log(n->before) + a * log(n->after)) / (a + b)), c);
    }
    /* Nothing on one side: anywhere from nothing to what the other side alone allows. */
    double value = n->before > 0 ? n->before : n->after;
    autk_bounds b = spread(value, n->before > 0 ? of_span(from_before, n->years_before)
                                                : of_span(from_after, n->years_after));
    if (!(value > 0))
        return spread(0, c);
    return (autk_bounds){0, value / 2, b.high};
}
