#include "measure/breaks.h"

#include <float.h>
#include <math.h>
#include <stdlib.h>

#include "base/fail.h"
#include "base/mem.h"

autk_breaks_opts autk_breaks_opts_default(void)
{
    return (autk_breaks_opts){.trim = 0.15,
                              .max_breaks = 0,
                              .significance = 0.05,
                              .errors = AUTK_BREAKS_IID,
                              .segment_variances = false};
}

autk_status autki_breaks_check_opts(const autk_breaks_opts *opts, autk_err *err)
{
    size_t most = autki_breaks_tabulated(opts->trim);
    if (most == 0)
        return autki_fail(err, AUTK_EARG, "trim must be 0.05, 0.10, 0.15, 0.20 or 0.25, got %g",
                          opts->trim);
    if (!autki_breaks_knows_significance(opts->significance))
        return autki_fail(err, AUTK_EARG, "significance must be 0.10, 0.05, 0.025 or 0.01, got %g",
                          opts->significance);
    if (opts->max_breaks > most)
        return autki_fail(err, AUTK_EARG,
                          "critical values reach %zu breaks at trimming %g, got max_breaks %zu",
                          most, opts->trim, opts->max_breaks);
    if (opts->errors != AUTK_BREAKS_IID && opts->errors != AUTK_BREAKS_HAC)
        return autki_fail(err, AUTK_EARG, "errors must be one of the enum, got %d",
                          (int)opts->errors);
    return AUTK_OK;
}

/* What one call works on; `y` is centred and scaled to [-1, 1]. */
typedef struct search {
    double *y, *scratch;
    double scale;
    size_t n, h, max;
    double *best;   /* [n * (max + 1)]: SSR of y[0..t] with m breaks, at t * (max + 1) + m */
    uint32_t *from; /* likewise: where the last segment of that partition begins */
    const autk_breaks_opts *opts;
    bool tests; /* false: dates and criteria only */
} search;

/* SSR(from, t) for t = from … n-1 by recursive residuals, each used at once: the triangle of
 * Bai & Perron (2003), section 3.1, is never stored. What ends before `from` is final by then. */
static void extend_partitions(const search *s, size_t from)
{
    size_t width = s->max + 1;
    const double *before = from > 0 ? s->best + (from - 1) * width : NULL;
    double mean = 0.0, ssr = 0.0;
    for (size_t t = from; t < s->n; t++) {
        double residual = s->y[t] - mean;
        mean += residual / (double)(t - from + 1);
        ssr += residual * (s->y[t] - mean);
        if (t - from + 1 < s->h)
            continue;
        double *best = s->best + t * width;
        if (before == NULL) {
            best[0] = ssr;
            continue;
        }
        for (size_t m = 1; m < width; m++) {
            if (before[m - 1] + ssr < best[m]) {
                best[m] = before[m - 1] + ssr;
                s->from[t * width + m] = (uint32_t)from;
            }
        }
    }
}

static void search_partitions(const search *s)
{
    for (size_t i = 0; i < s->n * (s->max + 1); i++)
        s->best[i] = INFINITY;
    extend_partitions(s, 0);
    for (size_t from = s->h; from + s->h <= s->n; from++)
        extend_partitions(s, from);
}

static void trace_back(size_t *last, const search *s, size_t t, size_t n_breaks)
{
    for (size_t m = n_breaks; m > 0; m--) {
        t = s->from[t * (s->max + 1) + m] - 1;
        last[m - 1] = t;
    }
}

/* The best single split of y[0..n): its last index before the break; false when none fits. */
static bool best_split(size_t *last, const double *y, size_t n, size_t h, double *behind)
{
    if (n < 2 * h)
        return false;
    double mean = 0.0, ssr = 0.0, best = INFINITY;
    for (size_t t = n; t-- > 0;) {
        double residual = y[t] - mean;
        mean += residual / (double)(n - t);
        ssr += residual * (y[t] - mean);
        behind[t] = ssr;
    }
    mean = ssr = 0.0;
    for (size_t t = 0; t + h < n; t++) {
        double residual = y[t] - mean;
        mean += residual / (double)(t + 1);
        ssr += residual * (y[t] - mean);
        if (t + 1 >= h && ssr + behind[t + 1] < best) {
            best = ssr + behind[t + 1];
            *last = t;
        }
    }
    return true;
}

/* F(l+1|l): the largest F of one more break within a segment. Bai & Perron (1998), section 5.2. */
static double next_f(const search *s, const size_t *last, size_t n_breaks)
{
    double largest = NAN;
    for (size_t k = 0, from = 0; k <= n_breaks; k++) {
        size_t to = k < n_breaks ? last[k] + 1 : s->n, split;
        if (best_split(&split, s->y + from, to - from, s->h, s->scratch)) {
            double f = autki_partition_f(s->y + from, to - from, &split, 1, s->opts, s->scratch);
            if (!(f <= largest))
                largest = f;
        }
        from = to;
    }
    return largest;
}

static void criteria(autk_breaks_model *model, const search *s, size_t m, double ssr)
{
    static const double log_two_pi = 1.83787706640934548356;
    double n = (double)s->n, breaks = (double)m, log_n = log(n);
    /* An error below the rounding of the series counts as that rounding: logarithms stay finite. */
    double floor_ssr = n * 1e-30;
    double log_ssr = log(ssr > floor_ssr ? ssr : floor_ssr) + 2.0 * log(s->scale);
    model->ssr = ssr * s->scale * s->scale;
    model->bic = n * (log_ssr + 1.0 - log_n + log_two_pi) + 2.0 * (breaks + 1.0) * log_n;
    model->lwz = log_ssr - log(n - 2.0 * breaks - 1.0) + 2.0 * breaks * 0.299 * pow(log_n, 2.1) / n;
}

static void fill_model(autk_breaks_model *model, const search *s, size_t m)
{
    const autk_breaks_opts *o = s->opts;
    trace_back(model->last, s, s->n - 1, m);
    criteria(model, s, m, s->best[(s->n - 1) * (s->max + 1) + m]);
    model->sup_f = model->sup_f_critical = NAN;
    model->next_f = model->next_f_critical = NAN;
    if (!s->tests)
        return;
    if (m > 0) {
        model->sup_f = autki_partition_f(s->y, s->n, model->last, m, o, s->scratch);
        model->sup_f_critical = autki_breaks_sup_f_critical(o->trim, o->significance, m);
    }
    model->next_f = next_f(s, model->last, m);
    model->next_f_critical = autki_breaks_next_f_critical(o->trim, o->significance, m);
}

/* The last segment is taken from the series' end, the rest from the tables: a break may stand at
 * any of the last h - 1 places. */
static void fill_late(autk_breaks *out, const search *s)
{
    size_t width = s->max + 1;
    double mean = 0.0, ssr = 0.0, best[AUTK_BREAKS_MAX + 1];
    size_t begins[AUTK_BREAKS_MAX + 1] = {0};
    for (size_t m = 0; m <= AUTK_BREAKS_MAX; m++)
        best[m] = INFINITY;
    for (size_t from = s->n - 1; from > s->n - s->h; from--) {
        double residual = s->y[from] - mean;
        mean += residual / (double)(s->n - from);
        ssr += residual * (s->y[from] - mean);
        for (size_t m = 1; m <= width && m <= AUTK_BREAKS_MAX; m++) {
            double all = s->best[(from - 1) * width + m - 1] + ssr;
            if (all < best[m]) {
                best[m] = all;
                begins[m] = from;
            }
        }
    }
    out->max_late = 0;
    for (size_t m = 1; m <= AUTK_BREAKS_MAX && best[m] < INFINITY && s->n >= 2 * m + 3; m++) {
        autk_breaks_model *late = &out->late[m];
        trace_back(late->last, s, begins[m] - 1, m - 1);
        late->last[m - 1] = begins[m] - 1;
        criteria(late, s, m, best[m]);
        late->sup_f = late->sup_f_critical = late->next_f = late->next_f_critical = NAN;
        out->max_late = m;
    }
}

static void choose_numbers(autk_breaks *out, const autk_breaks_opts *o)
{
    out->n_bic = out->n_lwz = out->n_sequential = 0;
    out->ud_max = NAN;
    for (size_t m = 1; m <= out->max_breaks; m++) {
        if (out->models[m].bic < out->models[out->n_bic].bic)
            out->n_bic = m;
        if (out->models[m].lwz < out->models[out->n_lwz].lwz)
            out->n_lwz = m;
        if (!(out->models[m].sup_f <= out->ud_max))
            out->ud_max = out->models[m].sup_f;
    }
    out->ud_max_critical = autki_breaks_ud_max_critical(o->trim, o->significance);
    if (!(out->ud_max > out->ud_max_critical))
        return;
    /* Bai & Perron (2003), section 5.5: UDmax says that there is a break, so F(1|0) may not say
     * that there is none (two shifts that cancel); the sequence goes on from one. */
    out->n_sequential = 1;
    while (out->n_sequential < out->max_breaks &&
           out->models[out->n_sequential].next_f > out->models[out->n_sequential].next_f_critical)
        out->n_sequential++;
}

static autk_status scale_series(search *s, const double *y, size_t n, autk_err *err)
{
    double mean = 0.0;
    for (size_t i = 0; i < n; i++) {
        if (!isfinite(y[i]))
            return autki_fail(err, AUTK_EDATA, "observation %zu is not finite", i);
        mean += (y[i] - mean) / (double)(i + 1);
    }
    s->scale = 0.0;
    for (size_t i = 0; i < n; i++) {
        s->y[i] = y[i] - mean;
        double size = fabs(s->y[i]);
        if (!(size <= s->scale))
            s->scale = size;
    }
    if (!(s->scale < 1e150))
        return autki_fail(err, AUTK_ENUMERIC, "the series spans more than 1e150");
    if (s->scale < 1e-150)
        s->scale = 1.0; /* a constant: every partition is as good */
    for (size_t i = 0; i < n; i++)
        s->y[i] /= s->scale;
    return AUTK_OK;
}

static autk_status plan(search *s, size_t n, const autk_breaks_opts *o, autk_err *err)
{
    s->n = n;
    s->opts = o;
    s->h = (size_t)ceil(o->trim * (double)n - 1e-9);
    if (s->h < 2)
        s->h = 2;
    if (n < 2 * s->h || n < 5)
        return autki_fail(err, AUTK_EDATA, "a series of at least 5 is dated, got %zu", n);
    if (n > UINT32_MAX / 16)
        return autki_fail(err, AUTK_ELIMIT, "a series of at most %u is dated, got %zu",
                          UINT32_MAX / 16, n);
    size_t most = o->max_breaks != 0 ? o->max_breaks : autki_breaks_tabulated(o->trim);
    s->max = n / s->h - 1 < most ? n / s->h - 1 : most;
    /* A model needs an error to be measured: more observations than means and dates. */
    while (s->max > 1 && n < 2 * s->max + 2)
        s->max--;
    return AUTK_OK;
}

static autk_status find(autk_breaks *out, const double *y, size_t n, const autk_breaks_opts *opts,
                        bool tests, autk_err *err)
{
    autk_breaks_opts o = opts != NULL ? *opts : autk_breaks_opts_default();
    search s = {.scale = 1.0, .tests = tests};
    autk_status st = autki_breaks_check_opts(&o, err);
    if (st == AUTK_OK)
        st = plan(&s, n, &o, err);
    if (st != AUTK_OK)
        return st;
    size_t cells = n * (s.max + 1);
    s.y = autki_malloc(n, sizeof *s.y);
    s.scratch = autki_malloc(2 * n, sizeof *s.scratch);
    s.best = autki_malloc(cells, sizeof *s.best);
    s.from = autki_calloc(cells, sizeof *s.from);
    if (s.y == NULL || s.scratch == NULL || s.best == NULL || s.from == NULL)
        st = autki_no_memory(err, cells * (sizeof *s.best + sizeof *s.from));
    else
        st = scale_series(&s, y, n, err);
    if (st == AUTK_OK) {
        autk_breaks found = {.n = n, .min_segment = s.h, .max_breaks = s.max};
        search_partitions(&s);
        for (size_t m = 0; m <= s.max; m++)
            fill_model(&found.models[m], &s, m);
        fill_late(&found, &s);
        choose_numbers(&found, &o);
        *out = found;
    }
    free(s.y);
    free(s.scratch);
    free(s.best);
    free(s.from);
    return st;
}

autk_status autk_breaks_find(autk_breaks *out, const double *y, size_t n,
                             const autk_breaks_opts *opts, autk_err *err)
{
    return find(out, y, n, opts, true, err);
}

autk_status autki_breaks_dates(autk_breaks *out, const double *y, size_t n,
                               const autk_breaks_opts *opts, autk_err *err)
{
    return find(out, y, n, opts, false, err);
}
