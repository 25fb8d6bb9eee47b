#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/fail.h"
#include "base/linear.h"
#include "base/mem.h"
#include "evidence/mirror_internal.h"

#define N_REGRESSORS 5
#define FEW 30 /* pairs below which a regression says nothing */
/* Of weights: each brings them closer by a factor of about the variance of the gaps. */
#define ROUNDS 10

static bool regressors(double x[N_REGRESSORS], autk_geography_fn geography, void *user,
                       int32_t exporter, int32_t importer)
{
    if (geography == NULL)
        return false;
    autk_pair_geography g = geography(user, exporter, importer);
    if (!(g.distance_km > 0) || !isfinite(g.distance_km))
        return false;
    double d = log(g.distance_km);
    x[0] = d;
    x[1] = d * d;
    x[2] = g.contiguous;
    x[3] = g.exporter_landlocked;
    x[4] = g.importer_landlocked;
    return true;
}

/* Weight of a flow in the regression: min/max of the two reports (Gaulier & Zignago 2010), once the
 * margin fitted so far is off; around 0 instead, small gaps would count more and margins come out
 * too small. 0 keeps the flow out. */
static double weight_of(const autk_two_sides *f, double margin, const autk_mirror_opts *o)
{
    double gap = fabs(log(f->importer_says / f->exporter_says) - margin);
    return gap <= o->outlier_log ? exp(-gap) : 0;
}

typedef struct sums {
    double weight, y, x[N_REGRESSORS];
} sums;

typedef struct regression {
    sums *years; /* [n_years] */
    int first_year, n_years;
    double a[N_REGRESSORS * N_REGRESSORS], b[N_REGRESSORS];
    double mean_y, mean_x[N_REGRESSORS], weight;
    size_t n;
} regression;

static void year_range(regression *r, const autk_two_sides *flows, size_t n)
{
    int last = 0;
    r->first_year = 0;
    for (size_t k = 0; k < n; k++) {
        if (k == 0 || flows[k].year < r->first_year)
            r->first_year = flows[k].year;
        if (k == 0 || flows[k].year > last)
            last = flows[k].year;
    }
    r->n_years = n != 0 ? last - r->first_year + 1 : 0;
}

/* pass 0: means of each year; pass 1: products of deviations from them (year effects). */
static void accumulate(regression *r, int pass, const autk_two_sides *flows, size_t n,
                       const double *margin, autk_geography_fn geography, void *user,
                       const autk_mirror_opts *o)
{
    for (size_t k = 0; k < n; k++) {
        double x[N_REGRESSORS], w = weight_of(&flows[k], margin[k], o);
        /* A NaN weight (one side silent) is not above 0 either. */
        if (!(w > 0) || !regressors(x, geography, user, flows[k].exporter, flows[k].importer))
            continue;
        double y = log(flows[k].importer_says / flows[k].exporter_says);
        sums *s = &r->years[flows[k].year - r->first_year];
        if (pass == 0) {
            r->n++;
            s->weight += w;
            s->y += w * y;
            for (int c = 0; c < N_REGRESSORS; c++)
                s->x[c] += w * x[c];
            continue;
        }
        for (int c = 0; c < N_REGRESSORS; c++) {
            double dev = x[c] - s->x[c] / s->weight;
            r->b[c] += w * dev * (y - s->y / s->weight);
            for (int e = 0; e < N_REGRESSORS; e++)
                r->a[c * N_REGRESSORS + e] += w * dev * (x[e] - s->x[e] / s->weight);
        }
    }
}

static void grand_means(regression *r)
{
    for (int t = 0; t < r->n_years; t++) {
        r->weight += r->years[t].weight;
        r->mean_y += r->years[t].y;
        for (int c = 0; c < N_REGRESSORS; c++)
            r->mean_x[c] += r->years[t].x[c];
    }
    r->mean_y /= r->weight;
    for (int c = 0; c < N_REGRESSORS; c++)
        r->mean_x[c] /= r->weight;
}

/* A regressor without variation (nobody landlocked) is left out: its coefficient is 0. */
static bool solve(double coefficient[N_REGRESSORS], const regression *r)
{
    double a[N_REGRESSORS * N_REGRESSORS], b[N_REGRESSORS], scale[N_REGRESSORS];
    int kept[N_REGRESSORS];
    size_t n = 0;
    for (int c = 0; c < N_REGRESSORS; c++) {
        coefficient[c] = 0;
        scale[c] = sqrt(r->a[c * N_REGRESSORS + c] / r->weight);
        if (scale[c] > 1e-6)
            kept[n++] = c;
    }
    for (size_t i = 0; i < n; i++) {
        b[i] = r->b[kept[i]] / (r->weight * scale[kept[i]]);
        for (size_t j = 0; j < n; j++)
            a[i * n + j] = r->a[kept[i] * N_REGRESSORS + kept[j]] /
                           (r->weight * scale[kept[i]] * scale[kept[j]]);
        a[i * n + i] += 1e-10; /* ln d and its square are all but collinear */
    }
    if (n == 0 || !autki_solve_spd(a, b, n))
        return false;
    for (size_t i = 0; i < n; i++)
        coefficient[kept[i]] = b[i] / scale[kept[i]];
    return true;
}

static double predict_one(const autk_mirror_fit *fit, int32_t exporter, int32_t importer,
                          autk_geography_fn geography, void *user, const autk_mirror_opts *o)
{
    double x[N_REGRESSORS], m = fit->intercept;
    if (!fit->has_margin || !regressors(x, geography, user, exporter, importer))
        return o->default_margin;
    for (int c = 0; c < N_REGRESSORS; c++)
        m += fit->coefficient[c] * x[c];
    return m;
}

double autki_mirror_margin(const autk_mirror_fit *fit, int32_t exporter, int32_t importer,
                           autk_geography_fn geography, void *user, const autk_mirror_opts *o)
{
    double m = predict_one(fit, exporter, importer, geography, user, o);
    return m < 0 ? 0 : m > o->margin_max ? o->margin_max : m;
}

/* What the next round's weights are taken around: not clipped. */
static void predict(double *margin, const autk_mirror_fit *fit, const autk_two_sides *flows,
                    size_t n, autk_geography_fn geography, void *user, const autk_mirror_opts *o)
{
    for (size_t k = 0; k < n; k++)
        margin[k] = predict_one(fit, flows[k].exporter, flows[k].importer, geography, user, o);
}

/* One weighted regression around the margins so far. */
static void fit_once(autk_mirror_fit *fit, regression *r, const double *margin,
                     const autk_two_sides *flows, size_t n, autk_geography_fn geography, void *user,
                     const autk_mirror_opts *o)
{
    sums *years = r->years;
    int first = r->first_year, n_years = r->n_years;
    memset(r, 0, sizeof *r);
    *r = (regression){.years = years, .first_year = first, .n_years = n_years};
    memset(years, 0, (size_t)n_years * sizeof *years);
    accumulate(r, 0, flows, n, margin, geography, user, o);
    fit->has_margin = false;
    if (r->n < FEW)
        return;
    accumulate(r, 1, flows, n, margin, geography, user, o);
    grand_means(r);
    fit->has_margin = solve(fit->coefficient, r);
    fit->intercept = r->mean_y;
    for (int c = 0; c < N_REGRESSORS; c++)
        fit->intercept -= fit->coefficient[c] * r->mean_x[c];
}

autk_status autki_mirror_margins(double *margin, autk_mirror_fit *fit, const autk_two_sides *flows,
                                 size_t n, autk_geography_fn geography, void *user,
                                 const autk_mirror_opts *o, autk_err *err)
{
    regression r;
    memset(&r, 0, sizeof r);
    year_range(&r, flows, n);
    r.years = autki_calloc((size_t)r.n_years, sizeof *r.years);
    if (r.years == NULL)
        return autki_no_memory(err, (size_t)r.n_years * sizeof *r.years);
    for (int round = 0; round < ROUNDS; round++) {
        predict(margin, fit, flows, n, geography, user, o);
        fit_once(fit, &r, margin, flows, n, geography, user, o);
    }
    for (size_t k = 0; k < n; k++)
        margin[k] =
            autki_mirror_margin(fit, flows[k].exporter, flows[k].importer, geography, user, o);
    free(r.years);
    return AUTK_OK;
}
