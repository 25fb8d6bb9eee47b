#include <math.h>

#include "base/fail.h"
#include "measure/box.h"

static bool is_interval(autk_bounds b)
{
    return b.low >= 0 && b.low <= b.point && b.point <= b.high && isfinite(b.high);
}

autk_status autki_box_check(autki_box *box, const autk_bounds *value, size_t n,
                            const autk_whole *whole, autk_err *err)
{
    autki_box b = {.given = whole != NULL && whole->given};
    for (size_t i = 0; i < n; i++) {
        if (!is_interval(value[i]))
            return autki_fail(err, AUTK_EARG,
                              "value %zu: expected 0 <= low <= point <= high, got %g, %g, %g",
                              i + 1, value[i].low, value[i].point, value[i].high);
        b.sum = autk_bounds_add(b.sum, value[i]);
    }
    if (!isfinite(b.sum.high))
        return autki_fail(err, AUTK_EARG, "expected values with a finite sum, got %g", b.sum.high);
    b.total = b.sum;
    if (b.given) {
        b.total = whole->total;
        if (!is_interval(b.total))
            return autki_fail(err, AUTK_EARG,
                              "the whole: expected 0 <= low <= point <= high, got %g, %g, %g",
                              b.total.low, b.total.point, b.total.high);
        if (b.total.point < b.sum.point)
            b.total.point = b.sum.point;
        if (b.total.high < b.total.point)
            b.total.high = b.total.point;
        if (b.total.low < b.sum.low)
            b.total.low = b.sum.low;
    }
    *box = b;
    return AUTK_OK;
}

double autki_box_reach(const autki_box *box, double low, double high)
{
    double room = box->total.high - (box->sum.low - low);
    if (!box->given || high <= room)
        return high;
    return room > low ? room : low;
}

double autki_unit(double x)
{
    return x < 0 ? 0 : x > 1 ? 1 : x;
}
