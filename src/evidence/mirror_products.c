#include "evidence/mirror_products.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/fail.h"
#include "base/mem.h"

#define BINS 16           /* of |gap|, an octave each: 2^-8 … 2^7 */
#define ROWS_NEEDED 100.0 /* below, a size has the errors of all */
#define GAP_MAX 1.0       /* log, in the regression on neighbours */
#define PERSISTENCE_MAX 1.5
#define TOL_MIN 1e-5 /* of variances fitted to millions of flows */
#define CELLS_MAX ((size_t)1 << 26)

int autki_product_size(double value)
{
    return value < 1e3   ? 0
           : value < 1e4 ? 1
           : value < 1e5 ? 2
           : value < 1e6 ? 3
           : value < 1e7 ? 4
                         : 5;
}

double autki_product_neighbours(const autki_product_flow *f, double margin)
{
    return (f->neighbour_sum + margin * f->neighbour_weight) / (1 + f->neighbour_weight);
}

double autki_product_value(const autki_product_flow *f, double margin)
{
    double m = f->importer_says * exp(-margin);
    return isnan(m) ? f->exporter_says : isnan(f->exporter_says) ? m : sqrt(f->exporter_says * m);
}

autki_report_errors autki_product_errors(const autki_product_fit *fit, int32_t exporter,
                                         int32_t importer, double value, double margin)
{
    double v = fit->reports.sd_exporter[exporter], w = fit->reports.sd_importer[importer];
    double scale = fit->scale[autki_product_size(value)];
    return (autki_report_errors){v * v * scale, w * w * scale, margin};
}

/* ------------------------------------------------------------------ gaps */

/* Gaps of one pair, by size and in bins; and those of all pairs before it. */
typedef struct gathering {
    const double *margin; /* [n_economies] of the exporter at work */
    int32_t exporter, importer;
    double square[AUTKI_SIZES][BINS], count[AUTKI_SIZES][BINS];
    autki_gap *gaps[AUTKI_SIZES];
    size_t n[AUTKI_SIZES], capacity[AUTKI_SIZES];
    double n_flows[AUTKI_SIZES];
    double together, alone; /* Σ gap · neighbours', Σ neighbours'² */
} gathering;

static autk_status end_pair(gathering *g, autk_err *err)
{
    autk_status st = AUTK_OK;
    for (int s = 0; s < AUTKI_SIZES && st == AUTK_OK; s++) {
        for (int b = 0; b < BINS && st == AUTK_OK; b++) {
            double count = g->count[s][b];
            if (count == 0)
                continue;
            st = autki_grow(&g->gaps[s], &g->capacity[s], g->n[s] + 1, sizeof **g->gaps, CELLS_MAX,
                            err);
            if (st == AUTK_OK)
                g->gaps[s][g->n[s]++] =
                    (autki_gap){g->exporter, g->importer, g->square[s][b] / count, count};
            g->n_flows[s] += count;
        }
    }
    memset(g->square, 0, sizeof g->square);
    memset(g->count, 0, sizeof g->count);
    return st;
}

/* Wild gaps are codes mixed up: one must not count as much as a thousand others. */
static double within(double gap)
{
    return gap > GAP_MAX ? GAP_MAX : gap < -GAP_MAX ? -GAP_MAX : gap;
}

static autk_status take_gap(void *user, const autki_product_flow *f, autk_err *err)
{
    gathering *g = user;
    double margin = g->margin[f->importer];
    double gap = log(f->exporter_says / f->importer_says) + margin;
    autk_status st = f->importer != g->importer ? end_pair(g, err) : AUTK_OK;
    g->importer = f->importer;
    if (isnan(gap))
        return st;
    double around = within(autki_product_neighbours(f, margin));
    g->together += within(gap) * around;
    g->alone += around * around;
    int exponent = 0;
    (void)frexp(gap, &exponent);
    int bin = exponent + BINS / 2, size = autki_product_size(autki_product_value(f, margin));
    bin = bin < 0 ? 0 : bin >= BINS ? BINS - 1 : bin;
    g->square[size][bin] += gap * gap;
    g->count[size][bin]++;
    return st;
}

/* A size's variance against that of all, where there are enough to tell; gaps are divided by it. */
static autk_status level_sizes(autki_gap **all, size_t *n_all, double *typical, double *scale,
                               gathering *g, autk_err *err)
{
    double variance[AUTKI_SIZES], sum = 0, weight = 0;
    size_t n = 0;
    for (int s = 0; s < AUTKI_SIZES; s++) {
        n += g->n[s];
        variance[s] = autki_mirror_typical_variance(g->gaps[s], g->n[s]);
        if (g->n_flows[s] >= ROWS_NEEDED) {
            sum += g->n_flows[s] * log(variance[s]);
            weight += g->n_flows[s];
        }
    }
    double usual = weight > 0 ? exp(sum / weight) : variance[0];
    *all = autki_malloc(n, sizeof **all);
    if (*all == NULL)
        return autki_no_memory(err, n * sizeof **all);
    *n_all = 0;
    for (int s = 0; s < AUTKI_SIZES; s++) {
        scale[s] = g->n_flows[s] >= ROWS_NEEDED ? variance[s] / usual : 1;
        for (size_t k = 0; k < g->n[s]; k++) {
            (*all)[*n_all] = g->gaps[s][k];
            (*all)[(*n_all)++].square /= scale[s];
        }
        free(g->gaps[s]);
        g->gaps[s] = NULL;
    }
    *typical = autki_mirror_typical_variance(*all, *n_all);
    return AUTK_OK;
}

static autk_status gather(gathering *g, autki_walk *walk, double *margin,
                          const autk_mirror_fit *fit, autk_geography_fn geography, void *user,
                          const autk_mirror_opts *o, autk_err *err)
{
    int32_t n = autk_dataset_n_economies(walk->dataset);
    autk_status st = AUTK_OK;
    g->margin = margin;
    walk->looks_around = true;
    for (int32_t i = 0; i < n && st == AUTK_OK; i++) {
        for (int32_t j = 0; j < n; j++)
            margin[j] = autki_mirror_margin(fit, i, j, geography, user, o);
        g->exporter = i;
        st = autki_walk_exporter(walk, i, take_gap, g, err);
        if (st == AUTK_OK)
            st = end_pair(g, err);
    }
    walk->looks_around = false;
    return st;
}

autk_status autki_product_fit_year(autki_product_fit *fit, autki_walk *walk,
                                   autk_geography_fn geography, void *user,
                                   const autk_mirror_opts *opts, autk_err *err)
{
    autk_mirror_opts o = *opts;
    int32_t n = autk_dataset_n_economies(walk->dataset);
    gathering *g = autki_calloc(1, sizeof *g);
    double *margin = autki_malloc((size_t)n, sizeof *margin), typical = 0;
    autki_gap *all = NULL;
    size_t n_all = 0;
    autk_status st = g == NULL || margin == NULL
                         ? autki_no_memory(err, (size_t)n * sizeof *margin)
                         : gather(g, walk, margin, &fit->reports, geography, user, opts, err);
    if (st == AUTK_OK) {
        double p = g->alone > 0 ? g->together / g->alone : 0;
        fit->persistence = p < 0 ? 0 : p > PERSISTENCE_MAX ? PERSISTENCE_MAX : p;
        st = level_sizes(&all, &n_all, &typical, fit->scale, g, err);
    }
    o.tol = o.tol > TOL_MIN ? o.tol : TOL_MIN;
    if (st == AUTK_OK)
        st = autki_mirror_reliability(&fit->reports, all, n_all, typical, n, &o, err);
    for (int s = 0; g != NULL && s < AUTKI_SIZES; s++)
        free(g->gaps[s]);
    free(g);
    free(margin);
    free(all);
    return st;
}
