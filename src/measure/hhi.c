#include <math.h>
#include <stdlib.h>

#include "base/fail.h"
#include "base/mem.h"
#include "measure/box.h"
#include "measure/convex.h"

/* Pieces that a rest with a ceiling is cut into; where it would be more, larger pieces stand in,
 * which can only raise the upper bound. */
#define MAX_REST_PIECES 512

static size_t n_positive(const autk_bounds *value, size_t n)
{
    size_t m = 0;
    for (size_t i = 0; i < n; i++)
        m += value[i].point > 0;
    return m;
}

/* Append what the rest of a given whole may consist of; returns the number of pieces. */
static size_t add_rest(double *low, double *high, const autki_box *box, double rest_cap)
{
    double rest = box->closed ? 0 : box->total.high - box->sum.low;
    if (!(rest > 0))
        return 0;
    if (!(rest_cap > 0) || rest_cap > rest)
        rest_cap = rest;
    double pieces = ceil(rest / rest_cap * (1 - 1e-12));
    if (!(pieces <= MAX_REST_PIECES)) {
        pieces = MAX_REST_PIECES;
        rest_cap = rest / pieces;
    }
    for (size_t i = 0; i < (size_t)pieces; i++) {
        low[i] = 0;
        high[i] = rest_cap;
    }
    return (size_t)pieces;
}

typedef struct extremes {
    autki_convex_problem problem; /* without the rest: of the least; with it: of the largest */
    size_t n_values, n_rest;
} extremes;

/* objective = sum s² or sum s ln s at its least, at the points and at its largest. */
static autk_status bound_objective(autk_bounds *out, const autki_convex *form, const extremes *e,
                                   const autki_box *box, const autk_bounds *value, autk_err *err)
{
    double sum = box->total.point, q = 0;
    for (size_t i = 0; i < e->n_values; i++)
        q += form->phi(value[i].point);
    out->point = form->objective(sum, q);
    autki_convex_problem values = e->problem;
    values.n = e->n_values;
    if (box->closed) {
        autk_status st = autki_convex_least(&out->low, form, &values, err);
        if (st != AUTK_OK)
            return st;
    } else {
        /* The rest may be crumbs, which add no squares: then nothing gains by being above its low.
         * Entropy has no such floor. */
        double low_q = 0;
        for (size_t i = 0; i < e->n_values; i++)
            low_q += form->phi(values.low[i]);
        out->low = form == &autki_squares ? form->objective(box->total.high, low_q) : -INFINITY;
    }
    autk_status st = autki_convex_largest(&out->high, form, &e->problem, err);
    if (st != AUTK_OK)
        return st;
    if (out->low > out->point)
        out->low = out->point;
    if (out->high < out->point)
        out->high = out->point;
    return AUTK_OK;
}

static autk_bounds scaled_root(autk_bounds hhi)
{
    return (autk_bounds){100 * sqrt(hhi.low), 100 * sqrt(hhi.point), 100 * sqrt(hhi.high)};
}

static double normalised(double hhi, double n)
{
    return n > 1 ? autki_unit((hhi - 1 / n) / (1 - 1 / n)) : 1;
}

static void derive(autk_concentration *c, autk_bounds hhi, autk_bounds minus_entropy, size_t n,
                   bool open_rest)
{
    double count = (double)n;
    c->hhi = hhi;
    c->normalised = (autk_bounds){normalised(hhi.low, count), normalised(hhi.point, count),
                                  normalised(hhi.high, count)};
    c->hirschman = scaled_root(hhi);
    c->effective = (autk_bounds){1 / hhi.high, 1 / hhi.point, 1 / hhi.low};
    c->effective_entropy =
        (autk_bounds){exp(-minus_entropy.high), exp(-minus_entropy.point), exp(-minus_entropy.low)};
    if (open_rest)
        c->effective_entropy = autk_bounds_unknown();
    if (!isfinite(c->effective.high))
        c->effective.high = NAN;
}

static autk_status bound_both(autk_concentration *out, const autki_box *box, extremes *e,
                              const autk_bounds *value, autk_err *err)
{
    autk_bounds hhi, minus_entropy = {0, 0, 0};
    autk_status st = bound_objective(&hhi, &autki_squares, e, box, value, err);
    bool open_rest = !box->closed && box->total.high > box->sum.low;
    if (st == AUTK_OK && !open_rest)
        st = bound_objective(&minus_entropy, &autki_minus_entropy, e, box, value, err);
    if (st == AUTK_OK)
        derive(out, hhi, minus_entropy, n_positive(value, e->n_values), open_rest);
    return st;
}

static autk_concentration unknown_concentration(void)
{
    autk_bounds u = autk_bounds_unknown();
    return (autk_concentration){u, u, u, u, u};
}

autk_status autk_concentration_bounds(autk_concentration *out, const autk_bounds *value, size_t n,
                                      const autk_whole *whole, double rest_cap, autk_err *err)
{
    autki_box box;
    autk_status st = autki_box_check(&box, value, n, whole, err);
    if (st != AUTK_OK)
        return st;
    if (!(box.sum.point > 0)) {
        *out = unknown_concentration();
        return AUTK_OK;
    }
    size_t room = n + MAX_REST_PIECES;
    double *low = autki_calloc(2 * room, sizeof *low), *high = low != NULL ? low + room : NULL;
    if (low == NULL)
        return autki_no_memory(err, 2 * room * sizeof *low);
    /* In units of the whole: then every number is of the order of 1. */
    double unit = box.total.point;
    autk_bounds *scaled = autki_calloc(n, sizeof *scaled);
    if (scaled == NULL) {
        free(low);
        return autki_no_memory(err, n * sizeof *scaled);
    }
    for (size_t i = 0; i < n; i++) {
        scaled[i] = (autk_bounds){value[i].low / unit, value[i].point / unit, value[i].high / unit};
        low[i] = scaled[i].low;
        high[i] = scaled[i].high;
    }
    autki_box unit_box = {.closed = box.closed};
    unit_box.sum = (autk_bounds){box.sum.low / unit, box.sum.point / unit, box.sum.high / unit};
    unit_box.total = (autk_bounds){box.total.low / unit, 1, box.total.high / unit};
    extremes e = {.n_values = n};
    e.n_rest = add_rest(low + n, high + n, &unit_box, rest_cap / unit);
    e.problem = (autki_convex_problem){.low = low,
                                       .high = high,
                                       .n = n + e.n_rest,
                                       .sum_low = unit_box.total.low,
                                       .sum_high = unit_box.total.high};
    st = bound_both(out, &unit_box, &e, scaled, err);
    free(scaled);
    free(low);
    return st;
}
