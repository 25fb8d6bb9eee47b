#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/fail.h"
#include "base/mem.h"
#include "evidence/blackout.h"

#define ERRORS_KEPT 30000 /* of a class: quantiles need no more */
#define ERRORS_NEEDED 60  /* below, the class takes those of all sizes */

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
    double width = quantile_of(s->error, s->n, 0.95) - quantile_of(s->error, s->n, 0.05);
    e->sd = width / 3.2897072539029444; /* twice the normal's 95 % quantile */
    if (!(e->sd > 1e-6))
        e->sd = 1e-6;
    e->n = s->n;
}

/* Classes with few errors take those of all sizes at their horizon, and horizons without any those
 * of the next shorter one. */
static autk_status fill_model(autk_blackout_model *m, samples s, autk_err *err)
{
    for (int h = 0; h <= AUTKI_HORIZONS; h++) {
        sample pooled = {NULL, 0, 0, 0};
        autk_status st = AUTK_OK;
        for (int c = 0; c < AUTK_BLACKOUT_CLASSES; c++)
            for (size_t k = 0; k < s[h][c].n && st == AUTK_OK; k++)
                st = keep(&pooled, s[h][c].error[k], err);
        autki_errors all = {.n = 0};
        if (st == AUTK_OK && pooled.n >= ERRORS_NEEDED)
            summarise(&all, &pooled);
        free(pooled.error);
        if (st != AUTK_OK)
            return st;
        if (all.n == 0 && h == 0)
            return autki_fail(err, AUTK_EDATA,
                              "expected at least %d flows known in two years running, got %zu",
                              ERRORS_NEEDED, pooled.n);
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

autk_status autk_blackout_learn(autk_blackout_model **out, const autk_panel *p, int last_year,
                                autk_err *err)
{
    samples s;
    memset(s, 0, sizeof s);
    if (p->n_economies < 2 || p->n_years < 2 || last_year >= p->first_year + p->n_years)
        return autki_fail(err, AUTK_EARG,
                          "expected a panel of two years and economies or more, "
                          "learnt up to one of its years");
    autk_blackout_model *m = autki_calloc(1, sizeof *m);
    if (m == NULL)
        return autki_no_memory(err, sizeof *m);
    autk_status st = AUTK_OK;
    for (int to = p->first_year + 1; to <= last_year && st == AUTK_OK; to++) {
        for (int h = 1; h <= AUTKI_HORIZONS && to - h >= p->first_year && st == AUTK_OK; h++)
            st = learn_pair_of_years(s, p, to - h, to, err);
        if (st == AUTK_OK && to < last_year)
            st = learn_between(s, p, to, err);
    }
    if (st == AUTK_OK)
        st = fill_model(m, s, err);
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
