/**
 * @file box.h
 * Values that are each free in an interval, and the whole they belong to: what the kernels of this
 * room share.
 */
#ifndef AUTKI_MEASURE_BOX_H
#define AUTKI_MEASURE_BOX_H

#include <autarky/depend.h>

/** Sums of lows, points and highs, and the whole after raising. */
typedef struct autki_box {
    autk_bounds sum;
    autk_bounds total; /* not given: equal to sum */
    bool given;
} autki_box;

/**
 * Check the values and the whole, and raise a given total to what the values allow: its point to
 * at least the sum of points, its high to at least its point, its low to at least the sum of lows.
 *
 * Errors: AUTK_EARG names the entry.
 */
autk_status autki_box_check(autki_box *box, const autk_bounds *value, size_t n,
                            const autk_whole *whole, autk_err *err) AUTK_MUST_CHECK;

/** The most that a value whose own high is `high` and low is `low` may be below the whole. */
double autki_box_reach(const autki_box *box, double low, double high);

/** A quotient of two sums that should lie in [0, 1]: what rounding put outside comes back. */
double autki_unit(double x);

#endif
