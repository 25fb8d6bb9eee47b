#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/fail.h"
#include "base/mem.h"
#include "base/random.h"
#include "measure/breaks.h"
#include "measure/turns.h"

static size_t number_by(const autk_breaks *b, autk_turns_rule rule)
{
    return rule == AUTK_TURNS_BIC ? b->n_bic : rule == AUTK_TURNS_LWZ ? b->n_lwz : b->n_sequential;
}

/* The sequential test has no criterion of its own: BIC then says whether a late break pays. */
static double criterion(const autk_breaks_model *model, autk_turns_rule rule)
{
    return rule == AUTK_TURNS_LWZ ? model->lwz : model->bic;
}

static void take(autki_dating *out, const autk_breaks_model *model, size_t n, bool late)
{
    memcpy(out->last, model->last, n * sizeof *out->last);
    out->n = n;
    out->late = late;
}

/* Draws need the tests only where the number rests on them. */
static autk_status find_breaks(autk_breaks *out, const double *y, size_t n, autk_turns_rule rule,
                               bool tests, const autk_breaks_opts *opts, autk_err *err)
{
    return tests || rule == AUTK_TURNS_SEQUENTIAL ? autk_breaks_find(out, y, n, opts, err)
                                                  : autki_breaks_dates(out, y, n, opts, err);
}

/* Does the end-of-sample test reject? The earlier sample is dated on its own. */
static autk_status test_end(autk_breaks_end_test *test, bool *tested, const double *y, size_t n,
                            size_t window, autk_turns_rule rule, const autk_breaks_opts *opts,
                            autk_err *err)
{
    autk_breaks before;
    *tested = false;
    if (window < 1 || n < 3 * window || n - window < 8)
        return AUTK_OK;
    autk_status st = find_breaks(&before, y, n - window, rule, false, opts, err);
    if (st != AUTK_OK)
        return st;
    size_t m = number_by(&before, rule);
    st = autk_breaks_end(test, y, n, window, before.models[m].last, m, err);
    *tested = st == AUTK_OK;
    return st;
}

static void consider_late(autki_dating *out, const autk_breaks *b, autk_turns_rule rule)
{
    size_t best = 0;
    double least = INFINITY;
    for (size_t m = 0; m <= b->max_breaks; m++) {
        double c = criterion(&b->models[m], rule);
        least = c < least ? c : least;
    }
    for (size_t m = 1; m <= b->max_late; m++) {
        double c = criterion(&b->late[m], rule);
        if (c < least) {
            least = c;
            best = m;
        }
    }
    if (best > 0)
        take(out, &b->late[best], best, true);
}

autk_status autki_date_series(autki_dating *out, autk_breaks *breaks, autk_breaks_end_test *end,
                              bool *end_tested, const double *y, size_t n, autk_turns_rule rule,
                              const autk_breaks_opts *opts, autk_err *err)
{
    autk_breaks b;
    autk_breaks_end_test test = {0};
    bool tested = false;
    autk_status st = find_breaks(&b, y, n, rule, breaks != NULL, opts, err);
    if (st == AUTK_OK)
        st = test_end(&test, &tested, y, n, b.min_segment - 1, rule, opts, err);
    if (st != AUTK_OK)
        return st;
    size_t m = number_by(&b, rule);
    take(out, &b.models[m], m, false);
    if (tested && test.p_value <= AUTKI_TURNS_END_SIGNIFICANCE)
        consider_late(out, &b, rule);
    if (breaks != NULL)
        *breaks = b;
    if (end != NULL)
        *end = test;
    if (end_tested != NULL)
        *end_tested = tested;
    return AUTK_OK;
}

/* ------------------------------------------------------------------ bounds */

/* Where the shares of one run are taken inside their bounds. */
typedef enum place { PLACE_POINT, PLACE_LOW, PLACE_HIGH, PLACE_DRAWN } place;

static void take_values(double *y, const autk_turns_series *s, place where, uint64_t *state)
{
    for (size_t t = 0; t < s->n; t++) {
        const autk_bounds *b = &s->share[t];
        y[t] = where == PLACE_LOW    ? b->low
               : where == PLACE_HIGH ? b->high
               : where == PLACE_DRAWN
                   ? autki_triangular(b->low, b->point, b->high, autki_random_uniform(state))
                   : b->point;
    }
}

/* What all runs together say of one turn. Indices are of the last period before it. */
typedef struct gathered {
    int64_t low, high; /* hull of the intervals */
    size_t *dates;     /* [n_dates] found in draws */
    size_t n_dates;
    bool at_low, at_high;
} gathered;

/* The break of a run nearest to `last`, at most `reach` away; SIZE_MAX when there is none. */
static size_t nearest_break(const autki_dating *d, size_t last, size_t reach)
{
    size_t best = SIZE_MAX, best_off = reach + 1;
    for (size_t k = 0; k < d->n; k++) {
        size_t off = d->last[k] > last ? d->last[k] - last : last - d->last[k];
        if (off < best_off) {
            best_off = off;
            best = k;
        }
    }
    return best;
}

static autk_status add_end(gathered *g, const autki_dating *points, const autk_turns_series *s,
                           double *y, place where, const autk_turns_opts *o,
                           const autk_breaks_opts *bo, autk_err *err)
{
    autki_dating d;
    autk_break_interval intervals[AUTK_BREAKS_MAX];
    take_values(y, s, where, NULL);
    autk_status st = autki_date_series(&d, NULL, NULL, NULL, y, s->n, o->rule, bo, err);
    if (st == AUTK_OK)
        st = autk_breaks_intervals(intervals, y, s->n, d.last, d.n, o->level, bo, err);
    for (size_t k = 0; k < points->n && st == AUTK_OK; k++) {
        size_t found = nearest_break(&d, points->last[k], s->breaks.min_segment - 1);
        if (found == SIZE_MAX)
            continue;
        if (where == PLACE_LOW)
            g[k].at_low = true;
        else
            g[k].at_high = true;
        int64_t last = (int64_t)d.last[found];
        int64_t low = intervals[found].known ? intervals[found].low : last;
        int64_t high = intervals[found].known ? intervals[found].high : last;
        g[k].low = low < g[k].low ? low : g[k].low;
        g[k].high = high > g[k].high ? high : g[k].high;
    }
    return st;
}

static autk_status add_draws(gathered *g, const autki_dating *points, const autk_turns_series *s,
                             double *y, const autk_turns_opts *o, const autk_breaks_opts *bo,
                             autk_err *err)
{
    uint64_t state = o->seed;
    for (size_t i = 0; i < o->n_draws; i++) {
        autki_dating d;
        take_values(y, s, PLACE_DRAWN, &state);
        autk_status st = autki_date_series(&d, NULL, NULL, NULL, y, s->n, o->rule, bo, err);
        if (st != AUTK_OK)
            return st;
        for (size_t k = 0; k < points->n; k++) {
            size_t found = nearest_break(&d, points->last[k], s->breaks.min_segment - 1);
            if (found != SIZE_MAX)
                g[k].dates[g[k].n_dates++] = d.last[found];
        }
    }
    return AUTK_OK;
}

static int by_size(const void *a, const void *b)
{
    size_t x = *(const size_t *)a, y = *(const size_t *)b;
    return (x > y) - (x < y);
}

/* Widen to the central part of the draws' dates. */
static void widen_to_draws(gathered *g, double level)
{
    if (g->n_dates == 0)
        return;
    qsort(g->dates, g->n_dates, sizeof *g->dates, by_size);
    double tail = (1.0 - level) / 2.0, top = (double)(g->n_dates - 1);
    int64_t low = (int64_t)g->dates[(size_t)floor(tail * top)];
    int64_t high = (int64_t)g->dates[(size_t)ceil((1.0 - tail) * top)];
    g->low = low < g->low ? low : g->low;
    g->high = high > g->high ? high : g->high;
}

/* ------------------------------------------------------------------ turns */

/* The period that begins the new level when `last` is the last of the old, inside the series. */
static int32_t first_after(const autk_turns_series *s, int64_t last)
{
    int64_t most = (int64_t)s->n - 2;
    return s->period[(last < 0 ? 0 : last > most ? most : last) + 1];
}

static double mean_point(const autk_turns_series *s, size_t from, size_t to)
{
    double sum = 0.0;
    for (size_t t = from; t < to; t++)
        sum += s->share[t].point;
    return sum / (double)(to - from);
}

static void fill_turn(autk_turn *turn, const autk_turns_series *s, const autki_dating *d, size_t k,
                      const autk_break_interval *own, gathered *g, const autk_turns_opts *o)
{
    size_t from = k > 0 ? d->last[k - 1] + 1 : 0, to = k + 1 < d->n ? d->last[k + 1] + 1 : s->n;
    int64_t last = (int64_t)d->last[k];
    int64_t own_low = own->known ? own->low : 0, own_high = own->known ? own->high : INT64_MAX;
    memset(turn, 0, sizeof *turn);
    g->low = g->low < own_low ? g->low : own_low;
    g->high = g->high > own_high ? g->high : own_high;
    widen_to_draws(g, o->level);
    size_t inside = 0;
    for (size_t i = 0; i < g->n_dates; i++)
        inside += (int64_t)g->dates[i] >= g->low && (int64_t)g->dates[i] <= g->high;
    turn->date = first_after(s, last);
    turn->own_low = first_after(s, own_low);
    turn->own_high = first_after(s, own_high);
    turn->low = first_after(s, g->low);
    turn->high = first_after(s, g->high);
    turn->share_before = mean_point(s, from, d->last[k] + 1);
    turn->share_after = mean_point(s, d->last[k] + 1, to);
    turn->support = o->n_draws > 0 ? (double)inside / (double)o->n_draws : NAN;
    turn->at_low = g->at_low;
    turn->at_high = g->at_high;
    turn->widened = turn->low != turn->own_low || turn->high != turn->own_high;
    turn->late = d->late && k + 1 == d->n;
}

static autk_status fill_turns(autk_turns_series *s, const autki_dating *d, gathered *g, double *y,
                              const autk_turns_opts *o, const autk_breaks_opts *bo, autk_err *err)
{
    autk_break_interval own[AUTK_BREAKS_MAX];
    take_values(y, s, PLACE_POINT, NULL);
    autk_status st = autk_breaks_intervals(own, y, s->n, d->last, d->n, o->level, bo, err);
    if (st == AUTK_OK)
        st = add_end(g, d, s, y, PLACE_LOW, o, bo, err);
    if (st == AUTK_OK)
        st = add_end(g, d, s, y, PLACE_HIGH, o, bo, err);
    if (st == AUTK_OK)
        st = add_draws(g, d, s, y, o, bo, err);
    if (st != AUTK_OK)
        return st;
    s->turns = autki_calloc(d->n, sizeof *s->turns);
    if (s->turns == NULL)
        return autki_no_memory(err, d->n * sizeof *s->turns);
    for (size_t k = 0; k < d->n; k++)
        fill_turn(&s->turns[k], s, d, k, &own[k], &g[k], o);
    s->n_turns = d->n;
    return AUTK_OK;
}

autk_status autki_turns_date(autk_turns_series *s, const autk_turns_opts *o,
                             const autk_breaks_opts *bo, autk_err *err)
{
    autki_dating d = {{0}, 0, false};
    gathered g[AUTK_BREAKS_MAX] = {{0}};
    s->why_none = "";
    if (s->n < 8) {
        s->why_none = s->n == 0 ? "there are no figures" : "fewer than 8 periods have figures";
        return AUTK_OK;
    }
    double *y = autki_malloc(s->n, sizeof *y);
    size_t *dates = autki_calloc(AUTK_BREAKS_MAX * o->n_draws, sizeof *dates);
    autk_status st = AUTK_OK;
    if (y == NULL || dates == NULL) {
        st = autki_no_memory(err, s->n * sizeof *y);
    } else {
        take_values(y, s, PLACE_POINT, NULL);
        st = autki_date_series(&d, &s->breaks, &s->end, &s->end_tested, y, s->n, o->rule, bo, err);
    }
    if (st == AUTK_OK && d.n > 0) {
        for (size_t k = 0; k < d.n; k++) {
            g[k].low = g[k].high = (int64_t)d.last[k];
            g[k].dates = dates + k * o->n_draws;
        }
        st = fill_turns(s, &d, g, y, o, bo, err);
    }
    free(y);
    free(dates);
    return st;
}
