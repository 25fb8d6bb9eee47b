#include <math.h>
#include <stddef.h>

#include "evidence/rules.h"

/* How far the estimated part of a whole economy's trade is off: 5th and 95th percentile of true /
 * estimated, by its size, over the economies of 2022 and 2023, the years that have both (docs/
 * modules/evidence.md). Errors of single flows are large and cancel in the sum, which the published
 * totals pin down. */
#define N_SIZES 4

static const double size_from[N_SIZES] = {0, 1e8, 1e9, 1e10};

typedef struct spread {
    double low[N_SIZES], high[N_SIZES];
} spread;

static const spread of_economy[AUTK_DIRECTION_COUNT] = {
    [AUTK_DIRECTION_TRADE] = {{.51, .52, .77, .90}, {3.36, 4.18, 1.78, 1.31}},
    [AUTK_DIRECTION_EXPORT] = {{.12, .73, .73, .86}, {3.72, 1.63, 1.31, 1.40}},
    [AUTK_DIRECTION_IMPORT] = {{.27, .42, .58, .89}, {2.14, 4.10, 2.10, 1.47}}};

/* The same for the members of a group (24 groups and continents x every economy). Below 0.1 bn the
 * single flows' bounds are no wider. */
static const spread of_group[AUTK_DIRECTION_COUNT] = {
    [AUTK_DIRECTION_TRADE] = {{0, .15, .35, .49}, {HUGE_VAL, 4.50, 2.08, 1.63}},
    [AUTK_DIRECTION_EXPORT] = {{0, .14, .33, .48}, {HUGE_VAL, 2.92, 1.99, 1.55}},
    [AUTK_DIRECTION_IMPORT] = {{0, .10, .26, .41}, {HUGE_VAL, 3.69, 2.06, 1.76}}};

static autk_bounds sum_with(const spread *off, const autki_sum *sum)
{
    autk_bounds all = sum->all, estimated = sum->estimated;
    double part = estimated.point - sum->observed_usd;
    size_t k = N_SIZES - 1;
    while (k > 0 && part < size_from[k])
        k--;
    if (!(part > 0))
        return all;
    double low = sum->observed_usd + off->low[k] * part;
    double high = sum->observed_usd + off->high[k] * part;
    if (low > estimated.low)
        all.low += low - estimated.low;
    if (high < estimated.high)
        all.high += high - estimated.high;
    /* A rounding must not turn the interval over. */
    all.low = all.low < all.point ? all.low : all.point;
    all.high = all.high > all.point ? all.high : all.point;
    return all;
}

autk_bounds autki_sum_of_economy(const autki_sum *sum, autk_direction direction)
{
    return sum_with(&of_economy[direction], sum);
}

autk_bounds autki_sum_of_group(const autki_sum *sum, autk_direction direction)
{
    return sum_with(&of_group[direction], sum);
}

static void add_estimate(autki_sum *sum, const autk_flow *flow)
{
    if (flow->evidence != AUTK_EVIDENCE_ESTIMATED)
        return;
    sum->estimated = autk_bounds_add(sum->estimated, flow->value_usd);
    sum->observed_usd += flow->observed_usd;
}

void autki_sum_add(autki_sum *sum, const autk_partner *p, autk_direction direction)
{
    autk_bounds value = autk_partner_value(p, direction);
    if (!autk_bounds_known(value))
        return;
    sum->all = autk_bounds_add(sum->all, value);
    sum->n++;
    if (p->exports.gap || p->imports.gap)
        return; /* what was stated of both directions need not be their sum */
    if (direction != AUTK_DIRECTION_IMPORT)
        add_estimate(sum, &p->exports);
    if (direction != AUTK_DIRECTION_EXPORT)
        add_estimate(sum, &p->imports);
}
