#include <stdlib.h>

#include "base/fail.h"
#include "base/mem.h"
#include "measure/box.h"

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

/* The values in three orders, each largest first. */
typedef struct ranking {
    const autk_bounds *value;
    size_t n;
    autki_box box;
    placed *by_point, *by_low, *by_high; /* [n] */
} ranking;

static void sort_all(ranking *r)
{
    for (size_t i = 0; i < r->n; i++) {
        r->by_point[i] = (placed){r->value[i].point, i};
        r->by_low[i] = (placed){r->value[i].low, i};
        r->by_high[i] = (placed){r->value[i].high, i};
    }
    qsort(r->by_point, r->n, sizeof *r->by_point, by_value_falling);
    qsort(r->by_low, r->n, sizeof *r->by_low, by_value_falling);
    qsort(r->by_high, r->n, sizeof *r->by_high, by_value_falling);
}

/* How many others can pass x at once: each needs to be raised from its low to just above x, the
 * smallest lifts (largest lows) first, and the whole has room for `room` in all. */
static int32_t count_passing(const ranking *r, size_t me, double x, double room)
{
    int32_t passing = 0;
    double used = 0;
    for (size_t k = 0; k < r->n; k++) {
        size_t j = r->by_low[k].index;
        if (j == me || !(r->value[j].high > x))
            continue;
        double lift = r->value[j].low > x ? 0 : x - r->value[j].low;
        /* "Just above" takes any room that is left, be it ever so little: hence < for a lift. */
        if (lift > 0 && !(used + lift < room))
            break;
        used += lift;
        passing++;
    }
    return passing;
}

/* How many others are above x whatever is chosen: those whose low is, and those that must be raised
 * over it for the values to make up `needed`, largest steps first. */
static int32_t count_above(const ranking *r, size_t me, double x, double needed)
{
    int32_t above = 0;
    double sum = x;
    for (size_t j = 0; j < r->n; j++) {
        if (j == me)
            continue;
        above += r->value[j].low > x;
        sum += r->value[j].low > x || r->value[j].high <= x ? r->value[j].high : x;
    }
    for (size_t k = 0; k < r->n && sum < needed * (1 - 1e-12); k++) {
        size_t j = r->by_high[k].index;
        if (j == me || r->value[j].low > x)
            continue;
        if (!(r->value[j].high > x))
            break;
        sum += r->value[j].high - x;
        above++;
    }
    return above;
}

static autk_rank rank_of(const ranking *r, size_t i, int32_t point)
{
    const autki_box *box = &r->box;
    double least = autki_box_least(box, r->value[i]), most = autki_box_most(box, r->value[i]);
    double room = box->total.high - box->sum.low - (least - r->value[i].low);
    double needed = box->closed ? box->total.low : 0;
    autk_rank rank = {.best = 1 + count_above(r, i, most, needed),
                      .point = point,
                      .worst = 1 + count_passing(r, i, least, room)};
    /* The points are one choice inside the intervals, up to ties broken by order. */
    if (rank.best > point)
        rank.best = point;
    if (rank.worst < point)
        rank.worst = point;
    return rank;
}

autk_status autki_rank_bounds(autk_rank *rank, const autk_bounds *value, size_t n, size_t only,
                              const autk_whole *whole, autk_err *err)
{
    ranking r = {.value = value, .n = n};
    autk_status st = autki_box_check(&r.box, value, n, whole, err);
    if (st != AUTK_OK || n == 0)
        return st;
    placed *orders = autki_malloc(3 * n, sizeof *orders);
    if (orders == NULL)
        return autki_no_memory(err, 3 * n * sizeof *orders);
    r.by_point = orders;
    r.by_low = orders + n;
    r.by_high = orders + 2 * n;
    sort_all(&r);
    for (size_t place = 0; place < n; place++) {
        size_t i = r.by_point[place].index;
        if (only == AUTKI_ALL_RANKS || only == i)
            rank[i] = rank_of(&r, i, (int32_t)place + 1);
    }
    free(orders);
    return AUTK_OK;
}

autk_status autk_rank_bounds(autk_rank *rank, const autk_bounds *value, size_t n,
                             const autk_whole *whole, autk_err *err)
{
    return autki_rank_bounds(rank, value, n, AUTKI_ALL_RANKS, whole, err);
}
