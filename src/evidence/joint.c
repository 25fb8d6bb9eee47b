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

static autk_bounds sum_with(const spread *off, autk_bounds sure, autk_bounds estimated)
{
    double part = estimated.point - estimated.low;
    size_t k = N_SIZES - 1;
    while (k > 0 && part < size_from[k])
        k--;
    autk_bounds sum = autk_bounds_add(sure, estimated);
    if (!(part > 0))
        return sum;
    double low = estimated.low + off->low[k] * part;
    double high = estimated.low + off->high[k] * part;
    if (low > estimated.low)
        sum.low = sure.low + low;
    if (high < estimated.high)
        sum.high = sure.high + high;
    /* Parts were taken from sums: a rounding must not turn the interval over. */
    sum.low = sum.low < sum.point ? sum.low : sum.point;
    sum.high = sum.high > sum.point ? sum.high : sum.point;
    return sum;
}

autk_bounds autki_joint_sum(autk_bounds sure, autk_bounds estimated, autk_direction direction)
{
    return sum_with(&of_economy[direction], sure, estimated);
}

autk_bounds autki_group_sum(autk_bounds sure, autk_bounds estimated, autk_direction direction)
{
    return sum_with(&of_group[direction], sure, estimated);
}

static autk_bounds estimate_in(const autk_flow *flow)
{
    return flow->evidence == AUTK_EVIDENCE_ESTIMATED ? flow->value_usd : (autk_bounds){0, 0, 0};
}

autk_bounds autki_estimated_part(const autk_partner *p, autk_direction direction)
{
    autk_bounds part = {0, 0, 0};
    if (p->exports.gap || p->imports.gap)
        return part; /* what was stated of both directions need not be their sum */
    if (direction != AUTK_DIRECTION_IMPORT)
        part = autk_bounds_add(part, estimate_in(&p->exports));
    if (direction != AUTK_DIRECTION_EXPORT)
        part = autk_bounds_add(part, estimate_in(&p->imports));
    return part;
}
