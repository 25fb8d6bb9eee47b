#include <math.h>

#include "base/fail.h"
#include "measure/box.h"

static bool is_interval(autk_bounds b)
{
    return b.low >= 0 && b.low <= b.point && b.point <= b.high && isfinite(b.high);
}

static double larger(double a, double b)
{
    return a > b ? a : b;
}

static double smaller(double a, double b)
{
    return a < b ? a : b;
}

static void fit_total(autki_box *b, autk_bounds total)
{
    b->total.point = b->closed ? b->sum.point : larger(total.point, b->sum.point);
    b->total.low = smaller(larger(total.low, b->sum.low), b->total.point);
    b->total.high =
        larger(b->closed ? smaller(total.high, b->sum.high) : total.high, b->total.point);
}

autk_status autki_box_check(autki_box *box, const autk_bounds *value, size_t n,
                            const autk_whole *whole, autk_err *err)
{
    bool given = whole != NULL && whole->given;
    autki_box b = {.closed = !given || whole->closed};
    for (size_t i = 0; i < n; i++) {
        if (!is_interval(value[i]))
            return autki_fail(err, AUTK_EARG,
                              "value %zu: expected 0 <= low <= point <= high, got %g, %g, %g",
                              i + 1, value[i].low, value[i].point, value[i].high);
        b.sum = autk_bounds_add(b.sum, value[i]);
    }
    if (!isfinite(b.sum.high))
        return autki_fail(err, AUTK_EARG, "expected values with a finite sum, got %g", b.sum.high);
    if (given && !is_interval(whole->total))
        return autki_fail(err, AUTK_EARG,
                          "the whole: expected 0 <= low <= point <= high, got %g, %g, %g",
                          whole->total.low, whole->total.point, whole->total.high);
    fit_total(&b, given ? whole->total : b.sum);
    *box = b;
    return AUTK_OK;
}

double autki_box_most(const autki_box *box, autk_bounds value)
{
    double room = box->total.high - (box->sum.low - value.low);
    return larger(smaller(value.high, room), value.point);
}

double autki_box_least(const autki_box *box, autk_bounds value)
{
    double others = box->sum.high - value.high, needed = box->total.low - others;
    return box->closed ? smaller(larger(value.low, needed), value.point) : value.low;
}

double autki_unit(double x)
{
    return x < 0 ? 0 : x > 1 ? 1 : x;
}
