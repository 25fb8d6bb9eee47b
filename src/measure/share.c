#include <math.h>
#include <stdlib.h>

#include "base/fail.h"
#include "base/mem.h"
#include "measure/box.h"

/* x / (x + others), 0 of nothing. */
static double part(double x, double others)
{
    return x > 0 ? autki_unit(x / (x + (others > 0 ? others : 0))) : 0;
}

static autk_bounds share_of_sum(const autki_box *box, autk_bounds x)
{
    return (autk_bounds){part(x.low, box->sum.high - x.high),
                         part(x.point, box->sum.point - x.point),
                         part(x.high, box->sum.low - x.low)};
}

/* x / T with T in [total.low, total.high] and the others' lows below T - x: x/T rises with x, and
 * with T as long as T - others.low < high, where x = T - others.low; so the peak is at the T that
 * just admits x = high, or at the end of T's interval nearest to it. */
static autk_bounds share_of_given(const autki_box *box, autk_bounds x)
{
    autk_bounds s = {0, 0, 0};
    double others_low = box->sum.low - x.low;
    if (x.low > 0)
        s.low = autki_unit(x.low / box->total.high);
    if (x.point > 0)
        s.point = autki_unit(x.point / box->total.point);
    double t = x.high + others_low;
    if (t < box->total.low)
        t = box->total.low;
    if (t > box->total.high)
        t = box->total.high;
    double high = x.high < t - others_low ? x.high : t - others_low;
    if (high > 0)
        s.high = autki_unit(high / t);
    return s;
}

static autk_bounds share_of(const autki_box *box, autk_bounds x)
{
    autk_bounds s = box->given ? share_of_given(box, x) : share_of_sum(box, x);
    /* Sums in different orders may leave an end on the wrong side of the point by a rounding. */
    if (s.low > s.point)
        s.low = s.point;
    if (s.high < s.point)
        s.high = s.point;
    return s;
}

autk_status autk_share_bounds(autk_bounds *share, autk_bounds *used, const autk_bounds *value,
                              size_t n, const autk_whole *whole, autk_err *err)
{
    autki_box box;
    autk_status st = autki_box_check(&box, value, n, whole, err);
    if (st != AUTK_OK)
        return st;
    for (size_t i = 0; i < n; i++)
        share[i] = share_of(&box, value[i]);
    if (used != NULL)
        *used = box.total;
    return AUTK_OK;
}

autk_status autk_group_share_bounds(autk_bounds *share, const autk_bounds *value,
                                    const bool *member, size_t n, const autk_whole *whole,
                                    autk_err *err)
{
    autki_box box;
    autk_status st = autki_box_check(&box, value, n, whole, err);
    if (st != AUTK_OK)
        return st;
    autk_bounds sum = {0, 0, 0};
    for (size_t i = 0; i < n; i++) {
        if (member[i])
            sum = autk_bounds_add(sum, value[i]);
    }
    *share = share_of(&box, sum);
    return AUTK_OK;
}

/* ------------------------------------------------------------------ ranks */

typedef struct placed {
    double value;
    size_t index;
} placed;

static int by_value_falling(const void *a, const void *b)
{
    const placed *x = a, *y = b;
    if (x->value != y->value)
        return x->value > y->value ? -1 : 1;
    return x->index < y->index ? -1 : x->index > y->index;
}

static int by_number(const void *a, const void *b)
{
    double x = *(const double *)a, y = *(const double *)b;
    return x < y ? -1 : x > y;
}

/* How many others can pass x at once: each needs to be raised from its low to just above x, and
 * the whole has room for `room` in all. lift is scratch, [n]. */
static int32_t count_passing(const autk_bounds *value, size_t n, size_t me, double x, double room,
                             double *lift)
{
    size_t m = 0;
    for (size_t j = 0; j < n; j++) {
        if (j != me && value[j].high > x)
            lift[m++] = value[j].low > x ? 0 : x - value[j].low;
    }
    if (isinf(room))
        return (int32_t)m;
    qsort(lift, m, sizeof *lift, by_number);
    size_t passing = 0;
    double used = 0;
    /* "Just above" takes any room that is left, be it ever so little: hence < for a lift. */
    while (passing < m && (lift[passing] == 0 || used + lift[passing] < room))
        used += lift[passing++];
    return (int32_t)passing;
}

static int32_t count_surely_above(const autk_bounds *value, size_t n, size_t me, double x)
{
    int32_t above = 0;
    for (size_t j = 0; j < n; j++)
        above += j != me && value[j].low > x;
    return above;
}

autk_status autk_rank_bounds(autk_rank *rank, const autk_bounds *value, size_t n,
                             const autk_whole *whole, autk_err *err)
{
    autki_box box;
    autk_status st = autki_box_check(&box, value, n, whole, err);
    if (st != AUTK_OK || n == 0)
        return st;
    placed *order = autki_malloc(n, sizeof *order);
    double *lift = autki_malloc(n, sizeof *lift);
    if (order == NULL || lift == NULL) {
        free(order);
        free(lift);
        return autki_no_memory(err, n * (sizeof *order + sizeof *lift));
    }
    for (size_t i = 0; i < n; i++)
        order[i] = (placed){value[i].point, i};
    qsort(order, n, sizeof *order, by_value_falling);
    double room = box.given ? box.total.high - box.sum.low : INFINITY;
    for (size_t place = 0; place < n; place++) {
        size_t i = order[place].index;
        double reach = autki_box_reach(&box, value[i].low, value[i].high);
        autk_rank r = {.point = (int32_t)place + 1};
        r.best = 1 + count_surely_above(value, n, i, reach);
        r.worst = 1 + count_passing(value, n, i, value[i].low, room, lift);
        /* The points are one choice inside the intervals, up to ties broken by order. */
        if (r.best > r.point)
            r.best = r.point;
        if (r.worst < r.point)
            r.worst = r.point;
        rank[i] = r;
    }
    free(order);
    free(lift);
    return AUTK_OK;
}
