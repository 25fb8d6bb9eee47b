/**
 * @file box.h
 * Values that are each free in an interval, and the whole they belong to: what the kernels of this
 * room share.
 */
#ifndef AUTKI_MEASURE_BOX_H
#define AUTKI_MEASURE_BOX_H

#include <autarky/depend.h>

/** Sums of lows, points and highs, and what is known of the whole. */
typedef struct autki_box {
    autk_bounds sum;
    autk_bounds total; /* inside [sum.low, sum.high] when closed */
    bool closed;       /* the values make up the whole */
} autki_box;

/**
 * Check the values and the whole, and widen a whole that they contradict: see autk_share_bounds.
 * Not given is closed, with the sum's own bounds.
 *
 * Errors: AUTK_EARG names the entry.
 */
autk_status autki_box_check(autki_box *box, const autk_bounds *value, size_t n,
                            const autk_whole *whole, autk_err *err) AUTK_MUST_CHECK;

/** The most and the least that a value of these bounds can be, given the whole. */
double autki_box_most(const autki_box *box, autk_bounds value);
double autki_box_least(const autki_box *box, autk_bounds value);

#define AUTKI_ALL_RANKS SIZE_MAX
/** autk_rank_bounds of one value: rank[only] alone is set, in O(n log n) instead of O(n^2). */
autk_status autki_rank_bounds(autk_rank *rank, const autk_bounds *value, size_t n, size_t only,
                              const autk_whole *whole, autk_err *err) AUTK_MUST_CHECK;

/** A quotient of two sums that should lie in [0, 1]: what rounding put outside comes back. */
double autki_unit(double x);

#endif
