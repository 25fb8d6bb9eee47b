#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/fail.h"
#include "base/mem.h"
#include "evidence/mirror_internal.h"

#define T_DEGREES 4.0   /* of Student's t: mirror gaps have heavy tails */
#define PRIOR_ROWS 10.0 /* a typical variance counts as much as that many reports */
#define VARIANCE_MIN 1e-6

typedef struct state {
    double *v, *w;         /* variances by exporter, by importer */
    double *sum_v, *sum_w; /* of the expected squared errors */
    double *n_v, *n_w;     /* reports */
} state;

static int by_square(const void *a, const void *b)
{
    double x = ((const autki_gap *)a)->square, y = ((const autki_gap *)b)->square;
    return (x > y) - (x < y);
}

/* Robust, and right when all report alike. The median of z² of a t with 4 degrees of freedom is
 * 0.5486. */
double autki_mirror_typical_variance(autki_gap *gaps, size_t n)
{
    double total = 0, below = 0;
    size_t k = 0;
    if (n == 0)
        return 0.02;
    qsort(gaps, n, sizeof *gaps, by_square);
    for (size_t i = 0; i < n; i++)
        total += gaps[i].count;
    while (k + 1 < n && below + gaps[k].count <= total / 2)
        below += gaps[k++].count;
    double v = gaps[k].square / 0.5486 / 2;
    return v > VARIANCE_MIN ? v : VARIANCE_MIN;
}

/* One step of expectation maximisation: the gap is e_X - e_M with variances v, w; given the gap,
 * E[e_X²] = v w/s + (v/s gap)² u, with u the weight that Student's t gives the gap (Liu & Rubin
 * 1995). */
static void expect(state *s, const autki_gap *gaps, size_t n)
{
    for (size_t k = 0; k < n; k++) {
        const autki_gap *g = &gaps[k];
        double v = s->v[g->exporter], w = s->w[g->importer], sum = v + w;
        double u = (T_DEGREES + 1) / (T_DEGREES + g->square / sum);
        double both = v * w / sum, square = g->square * u / (sum * sum);
        s->sum_v[g->exporter] += g->count * (both + v * v * square);
        s->sum_w[g->importer] += g->count * (both + w * w * square);
        s->n_v[g->exporter] += g->count;
        s->n_w[g->importer] += g->count;
    }
}

static double maximise(double *v, const double *sum, const double *count, size_t n, double typical)
{
    double change = 0;
    for (size_t i = 0; i < n; i++) {
        double next = (sum[i] + PRIOR_ROWS * typical) / (count[i] + PRIOR_ROWS);
        double rel = fabs(next - v[i]) / (next > VARIANCE_MIN ? next : VARIANCE_MIN);
        if (!(rel <= change)) /* NaN stays */
            change = rel;
        v[i] = next;
    }
    return change;
}

static autk_status iterate(state *s, autk_mirror_fit *fit, const autki_gap *gaps, size_t n,
                           size_t n_economies, double typical, const autk_mirror_opts *o,
                           autk_err *err)
{
    for (fit->iterations = 0;; fit->iterations++) {
        memset(s->sum_v, 0, n_economies * sizeof *s->sum_v);
        memset(s->sum_w, 0, n_economies * sizeof *s->sum_w);
        memset(s->n_v, 0, n_economies * sizeof *s->n_v);
        memset(s->n_w, 0, n_economies * sizeof *s->n_w);
        expect(s, gaps, n);
        double change = maximise(s->v, s->sum_v, s->n_v, n_economies, typical);
        double other = maximise(s->w, s->sum_w, s->n_w, n_economies, typical);
        if (change <= o->tol && other <= o->tol)
            return AUTK_OK;
        if (fit->iterations == o->max_iter || isnan(change) || isnan(other))
            return autki_fail(err, AUTK_ENOCONV,
                              "reliabilities still change by %.3g > %.3g after %d iterations",
                              change > other ? change : other, o->tol, fit->iterations);
    }
}

autk_status autki_mirror_reliability(autk_mirror_fit *fit, const autki_gap *gaps, size_t n,
                                     double typical, int32_t n_economies, const autk_mirror_opts *o,
                                     autk_err *err)
{
    size_t m = (size_t)n_economies;
    double *room = autki_malloc(6 * m, sizeof *room);
    if (room == NULL)
        return autki_no_memory(err, 6 * m * sizeof *room);
    state s = {room, room + m, room + 2 * m, room + 3 * m, room + 4 * m, room + 5 * m};
    for (size_t i = 0; i < m; i++)
        s.v[i] = s.w[i] = typical;
    autk_status st = iterate(&s, fit, gaps, n, m, typical, o, err);
    for (size_t i = 0; st == AUTK_OK && i < m; i++) {
        fit->sd_exporter[i] = sqrt(s.v[i]);
        fit->sd_importer[i] = sqrt(s.w[i]);
    }
    fit->sd_usual = sqrt(typical);
    free(room);
    return st;
}
