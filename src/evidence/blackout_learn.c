#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/fail.h"
#include "base/mem.h"
#include "evidence/blackout.h"

#define ERRORS_KEPT 30000 /* of a class: quantiles need no more */
#define ERRORS_NEEDED 60  /* below, the class takes those of all sizes */
#define PRIOR_FLOWS 100.0 /* how many of a year's flows say as much as all years before */

int autki_size_class(double value)
{
    return value < 1e6 ? 0 : value < 1e7 ? 1 : value < 1e8 ? 2 : value < 1e9 ? 3 : 4;
}

/* ------------------------------------------------------------------ trends */

void autki_growth_free(autki_growth *g)
{
    free(g->row_from);
    g->row_from = NULL;
}

autk_status autki_growth_make(autki_growth *g, const autk_panel *p, int from, int to,
                              const bool *is_silent, autk_err *err)
{
    size_t n = (size_t)p->n_economies;
    double *room = autki_calloc(4 * n, sizeof *room);
    if (room == NULL)
        return autki_no_memory(err, 4 * n * sizeof *room);
    *g = (autki_growth){from, to, room, room + n, room + 2 * n, room + 3 * n};
    for (int32_t i = 0; i < p->n_economies; i++) {
        for (int32_t j = 0; j < p->n_economies; j++) {
            double a = autki_panel_at(p, from, i, j), b = autki_panel_at(p, to, i, j);
            if (isnan(a) || isnan(b) || (is_silent != NULL && is_silent[(size_t)i * n + (size_t)j]))
                continue;
            g->row_from[i] += a;
            g->row_to[i] += b;
            g->column_from[j] += a;
            g->column_to[j] += b;
        }
    }
    return AUTK_OK;
}

double autki_trend(const autki_growth *g, const autk_panel *p, int32_t i, int32_t j, bool silent)
{
    double a = autki_panel_at(p, g->from, i, j), b = autki_panel_at(p, g->to, i, j);
    /* The flow itself is no neighbour. */
    double own_from = silent || isnan(a) || isnan(b) ? 0 : a;
    double own_to = silent || isnan(a) || isnan(b) ? 0 : b;
    double rows_from = g->row_from[i] - own_from, rows_to = g->row_to[i] - own_to;
    double columns_from = g->column_from[j] - own_from, columns_to = g->column_to[j] - own_to;
    if (!(a > 0))
        return NAN;
    double sum = 0;
    int known = 0;
    if (rows_from > 0 && rows_to > 0) {
        sum += log(rows_to / rows_from);
        known++;
    }
    if (columns_from > 0 && columns_to > 0) {
        sum += log(columns_to / columns_from);
        known++;
    }
    return known != 0 ? log(a) + sum / known : NAN;
}

/* ------------------------------------------------------------------ learning */

typedef struct sample {
    double *error;
    size_t n, capacity;
    uint64_t n_seen;
} sample;

/* Every 2^k-th is kept once there are too many: which ones depends on nothing but their order. */
static autk_status keep(sample *s, double error, autk_err *err)
{
    uint64_t stride = 1;
    while (s->n_seen / stride >= ERRORS_KEPT)
        stride *= 2;
    if (s->n_seen++ % stride != 0)
        return AUTK_OK;
    autk_status st =
        autki_grow(&s->error, &s->capacity, s->n + 1, sizeof *s->error, (size_t)1 << 22, err);
    if (st == AUTK_OK)
        s->error[s->n++] = error;
    return st;
}

typedef sample samples[AUTKI_HORIZONS + 1][AUTK_BLACKOUT_CLASSES];

static autk_status learn_pair_of_years(samples s, const autk_panel *p, int from, int to,
                                       autk_err *err)
{
    autki_growth g;
    autk_status st = autki_growth_make(&g, p, from, to, NULL, err);
    if (st != AUTK_OK)
        return st;
    for (int32_t i = 0; i < p->n_economies && st == AUTK_OK; i++) {
        for (int32_t j = 0; j < p->n_economies && st == AUTK_OK; j++) {
            double truth = autki_panel_at(p, to, i, j), trend = NAN;
            if (i != j && truth > 0 && autki_panel_is_exact(p, to, i, j))
                trend = autki_trend(&g, p, i, j, false);
            if (!isnan(trend))
                st = keep(&s[to - from - 1][autki_size_class(exp(trend))], log(truth) - trend, err);
        }
    }
    autki_growth_free(&g);
    return st;
}

static autk_status learn_between(samples s, const autk_panel *p, int year, autk_err *err)
{
    autki_growth before, after = {.row_from = NULL};
    autk_status st = autki_growth_make(&before, p, year - 1, year, NULL, err);
    if (st != AUTK_OK)
        return st;
    st = autki_growth_make(&after, p, year + 1, year, NULL, err);
    for (int32_t i = 0; i < p->n_economies && st == AUTK_OK; i++) {
        for (int32_t j = 0; j < p->n_economies && st == AUTK_OK; j++) {
            double truth = autki_panel_at(p, year, i, j), a = NAN, b = NAN;
            if (i != j && truth > 0 && autki_panel_is_exact(p, year, i, j)) {
                a = autki_trend(&before, p, i, j, false);
                b = autki_trend(&after, p, i, j, false);
            }
            double trend = (a + b) / 2;
            if (!isnan(trend))
                st =
                    keep(&s[AUTKI_HORIZONS][autki_size_class(exp(trend))], log(truth) - trend, err);
        }
    }
    autki_growth_free(&before);
    autki_growth_free(&after);
    return st;
}

static int ascending(const void *a, const void *b)
{
    double x = *(const double *)a, y = *(const double *)b;
    return (x > y) - (x < y);
}

static double quantile_of(const double *sorted, size_t n, double q)
{
    double at = q * (double)(n - 1);
    size_t k = (size_t)at;
    return k + 1 < n ? sorted[k] + (at - (double)k) * (sorted[k + 1] - sorted[k]) : sorted[n - 1];
}

static void summarise(autki_errors *e, sample *s)
{
    qsort(s->error, s->n, sizeof *s->error, ascending);
    for (int k = 0; k < AUTKI_QUANTILES; k++)
        e->quantile[k] = quantile_of(s->error, s->n, (2 * k + 1) / (2.0 * AUTKI_QUANTILES));
    e->low = quantile_of(s->error, s->n, 0.05);
    e->high = quantile_of(s->error, s->n, 0.95);
    e->sd = (e->high - e->low) / 3.2897072539029444; /* twice the normal's 95 % quantile */
    if (!(e->sd > 1e-6))
        e->sd = 1e-6;
    e->n = s->n;
}

/* The errors of all sizes together, or none (n = 0) where they are too few. */
static autk_status pool(autki_errors *all, const sample *of_size, bool needed, autk_err *err)
{
    sample pooled = {NULL, 0, 0, 0};
    autk_status st = AUTK_OK;
    for (int c = 0; c < AUTK_BLACKOUT_CLASSES; c++)
        for (size_t k = 0; k < of_size[c].n && st == AUTK_OK; k++)
            st = keep(&pooled, of_size[c].error[k], err);
    *all = (autki_errors){.n = 0};
    if (st == AUTK_OK && pooled.n >= ERRORS_NEEDED)
        summarise(all, &pooled);
    else if (st == AUTK_OK && needed)
        st = autki_fail(err, AUTK_EDATA,
                        "expected at least %d flows known in two years running, got %zu",
                        ERRORS_NEEDED, pooled.n);
    free(pooled.error);
    return st;
}

/* Classes with few errors take those of all sizes at their horizon, and horizons without any those
 * of the next shorter one. */
static autk_status fill_model(autk_blackout_model *m, samples s, autk_err *err)
{
    for (int h = 0; h <= AUTKI_HORIZONS; h++) {
        autki_errors all;
        autk_status st = pool(&all, s[h], h == 0, err);
        if (st != AUTK_OK)
            return st;
        for (int c = 0; c < AUTK_BLACKOUT_CLASSES; c++) {
            if (s[h][c].n >= ERRORS_NEEDED)
                summarise(&m->errors[h][c], &s[h][c]);
            else
                m->errors[h][c] = all.n != 0            ? all
                                  : h == AUTKI_HORIZONS ? m->errors[0][c]
                                                        : m->errors[h - 1][c];
        }
    }
    return AUTK_OK;
}

/* ------------------------------------------------------------------ how calm the year is */

/* How many times wider the errors of `e` would have to be to just hold this one. */
static double width_needed(const autki_errors *e, double error)
{
    double median = e->quantile[AUTKI_QUANTILES / 2], d = error - median;
    double reach = d < 0 ? median - e->low : e->high - median;
    return fabs(d) / (reach > 1e-6 ? reach : 1e-6);
}

/* ln of the width that would have held nine in ten, drawn to 0 by PRIOR_FLOWS flows. */
static double log_width(sample *s, double drawn_to)
{
    if (s->n == 0)
        return drawn_to;
    qsort(s->error, s->n, sizeof *s->error, ascending);
    double width = quantile_of(s->error, s->n, 0.9), n = (double)s->n;
    return (n * log(width > 1e-3 ? width : 1e-3) + PRIOR_FLOWS * drawn_to) / (n + PRIOR_FLOWS);
}

static void widen(autki_errors *e, double factor)
{
    double median = e->quantile[AUTKI_QUANTILES / 2];
    for (int k = 0; k < AUTKI_QUANTILES; k++)
        e->quantile[k] = median + factor * (e->quantile[k] - median);
    e->low = median + factor * (e->low - median);
    e->high = median + factor * (e->high - median);
    e->sd *= factor;
}

static autk_status widths_of(sample needed[AUTK_BLACKOUT_CLASSES], const autk_blackout_model *m,
                             const autk_panel *p, int from, int year, autk_err *err)
{
    autki_growth g;
    autk_status st = autki_growth_make(&g, p, from, year, NULL, err);
    if (st != AUTK_OK)
        return st;
    for (int32_t i = 0; i < p->n_economies && st == AUTK_OK; i++) {
        for (int32_t j = 0; j < p->n_economies && st == AUTK_OK; j++) {
            double truth = autki_panel_at(p, year, i, j), trend = NAN;
            if (i != j && truth > 0 && autki_panel_is_exact(p, year, i, j))
                trend = autki_trend(&g, p, i, j, false);
            if (isnan(trend))
                continue;
            int c = autki_size_class(exp(trend));
            st = keep(&needed[c], width_needed(&m->errors[year - from - 1][c], log(truth) - trend),
                      err);
        }
    }
    autki_growth_free(&g);
    return st;
}

/* Years differ: in a crisis all flows move more. What is known of the year itself tells, horizon
 * by horizon, by how much the errors of earlier years are too narrow or too wide (split conformal
 * prediction: Lei et al. 2018), for all sizes together and, as far as they are many, for each. */
static autk_status fit_year(autk_blackout_model *m, const autk_panel *p, int year, autk_err *err)
{
    autk_status st = AUTK_OK;
    for (int h = 1; h <= AUTKI_HORIZONS && year - h >= p->first_year && st == AUTK_OK; h++) {
        sample needed[AUTK_BLACKOUT_CLASSES], all = {NULL, 0, 0, 0};
        memset(needed, 0, sizeof needed);
        st = widths_of(needed, m, p, year - h, year, err);
        for (int c = 0; c < AUTK_BLACKOUT_CLASSES; c++)
            for (size_t k = 0; k < needed[c].n && st == AUTK_OK; k++)
                st = keep(&all, needed[c].error[k], err);
        double general = st == AUTK_OK ? log_width(&all, 0) : 0;
        for (int c = 0; c < AUTK_BLACKOUT_CLASSES; c++) {
            double width = exp(log_width(&needed[c], general));
            widen(&m->errors[h - 1][c], width);
            if (h == 1)
                widen(&m->errors[AUTKI_HORIZONS][c], width);
            free(needed[c].error);
        }
        free(all.error);
    }
    return st;
}

autk_status autk_blackout_learn(autk_blackout_model **out, const autk_panel *p, int year,
                                autk_err *err)
{
    samples s;
    memset(s, 0, sizeof s);
    if (p->n_economies < 2 || p->n_years < 2 || year > p->first_year + p->n_years)
        return autki_fail(err, AUTK_EARG,
                          "expected a panel of two years and economies or more, "
                          "learnt for one of its years");
    autk_blackout_model *m = autki_calloc(1, sizeof *m);
    if (m == NULL)
        return autki_no_memory(err, sizeof *m);
    autk_status st = AUTK_OK;
    for (int to = p->first_year + 1; to < year && st == AUTK_OK; to++) {
        for (int h = 1; h <= AUTKI_HORIZONS && to - h >= p->first_year && st == AUTK_OK; h++)
            st = learn_pair_of_years(s, p, to - h, to, err);
        if (st == AUTK_OK && to + 1 < year)
            st = learn_between(s, p, to, err);
    }
    if (st == AUTK_OK)
        st = fill_model(m, s, err);
    if (st == AUTK_OK && year < p->first_year + p->n_years)
        st = fit_year(m, p, year, err);
    for (int h = 0; h <= AUTKI_HORIZONS; h++)
        for (int c = 0; c < AUTK_BLACKOUT_CLASSES; c++)
            free(s[h][c].error);
    if (st != AUTK_OK) {
        free(m);
        return st;
    }
    *out = m;
    return AUTK_OK;
}

void autk_blackout_model_free(autk_blackout_model *model)
{
    free(model);
}
