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

/* Half the median square of the gaps, scaled to a variance: robust, and right when all report
 * alike. The median of z² of a t with 4 degrees of freedom is 0.5486. */
static int ascending(const void *a, const void *b)
{
    double x = *(const double *)a, y = *(const double *)b;
    return (x > y) - (x < y);
}

static autk_status typical_variance(double *variance, size_t *n_both, const double *gap, size_t n,
                                    autk_err *err)
{
    double *squares = autki_malloc(n, sizeof *squares);
    size_t m = 0;
    if (squares == NULL)
        return autki_no_memory(err, n * sizeof *squares);
    for (size_t k = 0; k < n; k++) {
        if (!isnan(gap[k]))
            squares[m++] = gap[k] * gap[k];
    }
    if (m != 0)
        qsort(squares, m, sizeof *squares, ascending);
    double v = m != 0 ? squares[m / 2] / 0.5486 / 2 : 0.02;
    *variance = v > VARIANCE_MIN ? v : VARIANCE_MIN;
    *n_both = m;
    free(squares);
    return AUTK_OK;
}

/* One step of expectation maximisation: the gap is e_X - e_M with variances v, w; given the gap,
 * E[e_X²] = v w/s + (v/s gap)² u, with u the weight that Student's t gives the gap (Liu & Rubin
 * 1995). */
static void expect(state *s, const autk_two_sides *flows, const double *gap, size_t n)
{
    for (size_t k = 0; k < n; k++) {
        if (isnan(gap[k]))
            continue;
        double v = s->v[flows[k].exporter], w = s->w[flows[k].importer], sum = v + w;
        double u = (T_DEGREES + 1) / (T_DEGREES + gap[k] * gap[k] / sum);
        double both = v * w / sum, square = gap[k] * gap[k] * u / (sum * sum);
        s->sum_v[flows[k].exporter] += both + v * v * square;
        s->sum_w[flows[k].importer] += both + w * w * square;
        s->n_v[flows[k].exporter] += 1;
        s->n_w[flows[k].importer] += 1;
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

static autk_status iterate(state *s, autk_mirror_fit *fit, const autk_two_sides *flows,
                           const double *gap, size_t n, size_t n_economies, double typical,
                           const autk_mirror_opts *o, autk_err *err)
{
    for (fit->iterations = 0;; fit->iterations++) {
        memset(s->sum_v, 0, n_economies * sizeof *s->sum_v);
        memset(s->sum_w, 0, n_economies * sizeof *s->sum_w);
        memset(s->n_v, 0, n_economies * sizeof *s->n_v);
        memset(s->n_w, 0, n_economies * sizeof *s->n_w);
        expect(s, flows, gap, n);
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

autk_status autki_mirror_reliability(autk_mirror_fit *fit, const autk_two_sides *flows,
                                     const double *gap, size_t n, int32_t n_economies,
                                     const autk_mirror_opts *o, autk_err *err)
{
    size_t m = (size_t)n_economies;
    double typical = 0, *room = autki_malloc(6 * m, sizeof *room);
    if (room == NULL)
        return autki_no_memory(err, 6 * m * sizeof *room);
    state s = {room, room + m, room + 2 * m, room + 3 * m, room + 4 * m, room + 5 * m};
    autk_status st = typical_variance(&typical, &fit->n_both, gap, n, err);
    for (size_t i = 0; i < m; i++)
        s.v[i] = s.w[i] = typical;
    if (st == AUTK_OK)
        st = iterate(&s, fit, flows, gap, n, m, typical, o, err);
    for (size_t i = 0; st == AUTK_OK && i < m; i++) {
        fit->sd_exporter[i] = sqrt(s.v[i]);
        fit->sd_importer[i] = sqrt(s.w[i]);
    }
    fit->sd_usual = sqrt(typical);
    free(room);
    return st;
}
