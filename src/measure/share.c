#include "measure/box.h"

static double quotient(double x, double whole)
{
    return x > 0 ? autki_unit(x / whole) : 0;
}

/* For a fixed whole a share rises with its value, for a fixed value it falls with the whole, and
 * x / (x + others) rises with x: so the ends are at the least (most) that the value can be, with
 * the largest (smallest) whole that goes with it. */
static autk_bounds share_of(const autki_box *box, autk_bounds x)
{
    double least = autki_box_least(box, x), most = autki_box_most(box, x);
    double largest = least + (box->sum.high - x.high), smallest = most + (box->sum.low - x.low);
    if (!box->closed || largest > box->total.high)
        largest = box->total.high;
    if (smallest < box->total.low)
        smallest = box->total.low;
    autk_bounds s = {quotient(least, largest), quotient(x.point, box->total.point),
                     quotient(most, smallest)};
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
