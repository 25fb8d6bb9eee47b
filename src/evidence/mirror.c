#include <autarky/mirror.h>

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/fail.h"
#include "base/mem.h"
#include "evidence/mirror_internal.h"

/* 95 % quantiles of Student's t: of one report (mirror_reliability.c), and of two, whose gap tells
 * how far both are from usual. */
#define T95_ONE 2.1318467863266499
#define T95_TWO 2.0150483733330235
#define DEGREES_ONE 4.0

#define AS_TEXT(name, text) text,
static const char *const kind_texts[] = {AUTK_MIRROR_KIND_LIST(AS_TEXT)};

const char *autk_mirror_kind_text(autk_mirror_kind kind)
{
    return (unsigned)kind < AUTK_MIRROR_KIND_COUNT ? kind_texts[kind] : "unknown";
}

autk_mirror_opts autk_mirror_opts_default(void)
{
    return (autk_mirror_opts){.default_margin = 0.0582689081239758, /* ln 1.06 */
                              .margin_max = 0.2,
                              .outlier_log = 1.0986122886681098, /* ln 3 */
                              .neighbour_years = 2,
                              .max_iter = 2000,
                              .tol = 1e-8};
}

void autk_mirror_fit_deinit(autk_mirror_fit *fit)
{
    free(fit->sd_exporter);
    free(fit->sd_importer);
    *fit = (autk_mirror_fit){.n_both = 0};
}

/* ------------------------------------------------------------------ a pair over the years */

typedef struct position {
    int32_t exporter, importer, year;
    size_t flow;
} position;

static int by_pair_and_year(const void *a, const void *b)
{
    const position *x = a, *y = b;
    if (x->exporter != y->exporter)
        return x->exporter < y->exporter ? -1 : 1;
    if (x->importer != y->importer)
        return x->importer < y->importer ? -1 : 1;
    return (x->year > y->year) - (x->year < y->year);
}

static autk_status order_flows(position **out, const autk_two_sides *flows, size_t n, autk_err *err)
{
    position *list = autki_malloc(n, sizeof *list);
    if (list == NULL)
        return autki_no_memory(err, n * sizeof *list);
    for (size_t k = 0; k < n; k++)
        list[k] = (position){flows[k].exporter, flows[k].importer, flows[k].year, k};
    qsort(list, n, sizeof *list, by_pair_and_year);
    for (size_t k = 1; k < n; k++) {
        if (by_pair_and_year(&list[k - 1], &list[k]) == 0) {
            autk_status st =
                autki_fail(err, AUTK_EARG, "expected one flow of %d to %d in %d, got two",
                           list[k].exporter, list[k].importer, list[k].year);
            free(list);
            return st;
        }
    }
    *out = list;
    return AUTK_OK;
}

/* The pair's usual gap near that year: mean over neighbours, drawn to 0 by one nought. */
static double usual_gap(const position *list, size_t n, size_t at, const double *gap, int years)
{
    double sum = 0, weight = 1;
    for (int side = -1; side <= 1; side += 2) {
        for (size_t k = at;;) {
            if ((side < 0 && k == 0) || (side > 0 && k + 1 == n))
                break;
            k = side < 0 ? k - 1 : k + 1;
            int distance = abs(list[k].year - list[at].year);
            if (list[k].exporter != list[at].exporter || list[k].importer != list[at].importer ||
                distance > years)
                break;
            double g = gap[list[k].flow];
            if (isnan(g))
                continue;
            sum += g / distance;
            weight += 1.0 / distance;
        }
    }
    return sum / weight;
}

/* ------------------------------------------------------------------ a flow */

static void set_interval(autk_reconciled *r, double log_value, double variance, double t95)
{
    r->sd_log = sqrt(variance);
    r->value = exp(log_value);
    r->low = exp(log_value - t95 * r->sd_log);
    r->high = exp(log_value + t95 * r->sd_log);
}

void autki_mirror_weigh(autk_reconciled *r, double exporter_says, double importer_says,
                        const autki_report_errors *e, double usual_gap)
{
    double v = e->exporter, w = e->importer, sum = v + w, a = w / sum; /* weight of the exporter */
    bool x = !isnan(exporter_says), m = !isnan(importer_says);
    double log_x = log(exporter_says), log_m = log(importer_says) - e->margin;
    *r = (autk_reconciled){.kind = x && m ? AUTK_MIRROR_BOTH
                                   : x    ? AUTK_MIRROR_EXPORTER
                                   : m    ? AUTK_MIRROR_IMPORTER
                                          : AUTK_MIRROR_NONE,
                           .margin = e->margin,
                           .exporter_weight = x && m ? a : NAN};
    if (x && m) {
        /* Two errors under one t, their difference known: a t with one degree more, wider the more
         * the reports contradict each other (conditional multivariate t). */
        double gap = log_x - log_m;
        double surprise = (DEGREES_ONE + gap * gap / sum) / (DEGREES_ONE + 1);
        set_interval(r, a * log_x + (1 - a) * log_m, v * w / sum * surprise, T95_TWO);
    } else if (x) {
        set_interval(r, log_x - (1 - a) * usual_gap, v, T95_ONE);
    } else if (m) {
        set_interval(r, log_m + a * usual_gap, w, T95_ONE);
    } else {
        r->value = r->low = r->high = r->sd_log = NAN;
    }
}

/* ------------------------------------------------------------------ all of it */

static autk_status check_flows(const autk_two_sides *flows, size_t n, int32_t n_economies,
                               const autk_mirror_opts *o, autk_err *err)
{
    if (n_economies < 1 || !(o->tol > 0) || o->max_iter < 1 || !(o->margin_max >= 0) ||
        !(o->outlier_log > 0) || o->neighbour_years < 0 || !isfinite(o->default_margin))
        return autki_fail(err, AUTK_EARG, "expected economies and options above 0");
    for (size_t k = 0; k < n; k++) {
        const autk_two_sides *f = &flows[k];
        if (f->exporter < 0 || f->exporter >= n_economies || f->importer < 0 ||
            f->importer >= n_economies || f->year < 1 || f->year > 9999)
            return autki_fail(err, AUTK_EARG,
                              "expected economies below %d and a year, got %d to "
                              "%d in %d",
                              n_economies, f->exporter, f->importer, f->year);
        if ((!isnan(f->exporter_says) && (!(f->exporter_says > 0) || isinf(f->exporter_says))) ||
            (!isnan(f->importer_says) && (!(f->importer_says > 0) || isinf(f->importer_says))))
            return autki_fail(err, AUTK_EARG, "expected values above 0 or NaN, got %g and %g",
                              f->exporter_says, f->importer_says);
    }
    return AUTK_OK;
}

static void reconcile_all(autk_reconciled *out, const autk_mirror_fit *fit,
                          const autk_two_sides *flows, size_t n, const double *margin,
                          const double *gap, const position *list, const autk_mirror_opts *o)
{
    for (size_t k = 0; k < n; k++) {
        size_t f = list[k].flow;
        double g = isnan(gap[f]) ? usual_gap(list, n, k, gap, o->neighbour_years) : 0;
        double v = fit->sd_exporter[flows[f].exporter], w = fit->sd_importer[flows[f].importer];
        autki_report_errors e = {v * v, w * w, margin[f]};
        autki_mirror_weigh(&out[f], flows[f].exporter_says, flows[f].importer_says, &e, g);
    }
}

static autk_status fit_reliability(autk_mirror_fit *fit, const autk_two_sides *flows,
                                   const double *gap, size_t n, int32_t n_economies,
                                   const autk_mirror_opts *o, autk_err *err)
{
    autki_gap *both = autki_malloc(n, sizeof *both);
    if (both == NULL)
        return autki_no_memory(err, n * sizeof *both);
    fit->n_both = 0;
    for (size_t k = 0; k < n; k++) {
        if (!isnan(gap[k]))
            both[fit->n_both++] =
                (autki_gap){flows[k].exporter, flows[k].importer, gap[k] * gap[k], 1};
    }
    double typical = autki_mirror_typical_variance(both, fit->n_both);
    autk_status st = autki_mirror_reliability(fit, both, fit->n_both, typical, n_economies, o, err);
    free(both);
    return st;
}

autk_status autk_mirror_reconcile(autk_reconciled *out, autk_mirror_fit *fit,
                                  const autk_two_sides *flows, size_t n, int32_t n_economies,
                                  autk_geography_fn geography, void *user,
                                  const autk_mirror_opts *opts, autk_err *err)
{
    autk_mirror_opts defaults = autk_mirror_opts_default();
    const autk_mirror_opts *o = opts != NULL ? opts : &defaults;
    autk_mirror_fit f = {.n_both = 0};
    position *list = NULL;
    autk_status st = check_flows(flows, n, n_economies, o, err);
    if (st != AUTK_OK)
        return st;
    double *margin = autki_malloc(2 * n, sizeof *margin), *gap = margin + n;
    f.sd_exporter = autki_malloc((size_t)n_economies, sizeof *f.sd_exporter);
    f.sd_importer = autki_malloc((size_t)n_economies, sizeof *f.sd_importer);
    if (margin == NULL || f.sd_exporter == NULL || f.sd_importer == NULL)
        st = autki_no_memory(err, 2 * n * sizeof *margin);
    if (st == AUTK_OK)
        st = order_flows(&list, flows, n, err);
    if (st == AUTK_OK)
        st = autki_mirror_margins(margin, &f, flows, n, geography, user, o, err);
    for (size_t k = 0; st == AUTK_OK && k < n; k++)
        gap[k] = log(flows[k].exporter_says) - log(flows[k].importer_says) + margin[k];
    if (st == AUTK_OK)
        st = fit_reliability(&f, flows, gap, n, n_economies, o, err);
    if (st == AUTK_OK)
        reconcile_all(out, &f, flows, n, margin, gap, list, o);
    free(list);
    free(margin);
    if (st != AUTK_OK) {
        autk_mirror_fit_deinit(&f);
        return st;
    }
    *fit = f;
    return AUTK_OK;
}
