#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/fail.h"
#include "base/mem.h"
#include "base/random.h"
#include "evidence/blackout.h"
#include "evidence/mirror_internal.h"

#define MEMBERS_MAX 200
#define FOLDS ((size_t)4) /* of blanked flows: one is estimated with what the others show */

/* A copy of the panel that may be blanked and made wrong. */
static autk_status copy_panel(autk_panel *out, double **values, const autk_panel *p, autk_err *err)
{
    size_t n = (size_t)p->n_economies * (size_t)p->n_economies * (size_t)p->n_years;
    *values = autki_malloc(n, sizeof **values);
    if (*values == NULL)
        return autki_no_memory(err, n * sizeof **values);
    memcpy(*values, p->value, n * sizeof **values);
    *out = *p;
    out->value = *values;
    return AUTK_OK;
}

static double *cell_of(double *values, const autk_panel *p, int year, int32_t i, int32_t j)
{
    size_t n = (size_t)p->n_economies;
    return &values[((size_t)(year - p->first_year) * n + (size_t)i) * n + (size_t)j];
}

/* True totals of a year, blanked flows included: what the countries' own statistics would say. */
static void totals_of(double *exports, double *imports, const autk_panel *p, int year)
{
    for (int32_t i = 0; i < p->n_economies; i++)
        exports[i] = imports[i] = 0;
    for (int32_t i = 0; i < p->n_economies; i++) {
        for (int32_t j = 0; j < p->n_economies; j++) {
            double v = autki_panel_at(p, year, i, j);
            if (i == j || isnan(v))
                continue;
            exports[i] += v;
            imports[j] += v;
        }
    }
}

/* Partners' reports are wrong by partner_sd; a year has its own draws, whatever else is asked. */
static void make_wrong(double *values, const autk_panel *p, int year, const autk_blackout_opts *o)
{
    uint64_t random = o->seed * 1000003U + (uint64_t)year;
    for (int32_t i = 0; i < p->n_economies; i++) {
        for (int32_t j = 0; j < p->n_economies; j++) {
            double *v = cell_of(values, p, year, i, j), z = autki_random_normal(&random);
            if (i != j && !isnan(*v))
                *v *= exp(o->partner_sd * z);
        }
    }
}

typedef struct test {
    const autk_panel *truth;
    autk_panel blanked;
    double *values, *exports, *imports;
    const autk_blackout_opts *opts;
    bool with_totals;
    autk_backtest_row *rows;
    size_t n, capacity;
} test;

static autk_status begin(test *t, const autk_panel *p, bool with_totals,
                         const autk_blackout_opts *opts, autk_err *err)
{
    *t = (test){.truth = p, .opts = opts, .with_totals = with_totals};
    size_t n = (size_t)p->n_economies;
    t->exports = autki_malloc(n, sizeof *t->exports);
    t->imports = autki_malloc(n, sizeof *t->imports);
    autk_status st = t->exports == NULL || t->imports == NULL
                         ? autki_no_memory(err, n * sizeof *t->exports)
                         : copy_panel(&t->blanked, &t->values, p, err);
    return st;
}

static void end(test *t)
{
    free(t->exports);
    free(t->imports);
    free(t->values);
}

/* Estimate what is blanked in a year, each on its own or all together, and keep the rows. */
static autk_status estimate(test *t, const autk_blackout_model *m, int year,
                            const autk_silent_flow *silent, size_t n, bool one_by_one,
                            autk_err *err)
{
    autk_blackout_opts o = *t->opts;
    autk_blackout_estimate *e = autki_malloc(n, sizeof *e);
    if (e == NULL)
        return autki_no_memory(err, n * sizeof *e);
    const double *exports = t->with_totals ? t->exports : NULL;
    const double *imports = t->with_totals ? t->imports : NULL;
    autk_status st = AUTK_OK;
    size_t step = one_by_one ? 1 : n;
    for (size_t k = 0; k < n && st == AUTK_OK; k += step) {
        o.seed = t->opts->seed + (uint64_t)k * 7919U + (uint64_t)year;
        st = autk_blackout_solve(e + k, m, &t->blanked, year, silent + k, step, exports, imports,
                                 &o, err);
    }
    for (size_t k = 0; k < n && st == AUTK_OK; k++) {
        double truth = autki_panel_at(t->truth, year, silent[k].exporter, silent[k].importer);
        if (isnan(e[k].value) || !(truth > 0))
            continue;
        st = autki_grow(&t->rows, &t->capacity, t->n + 1, sizeof *t->rows, (size_t)1 << 24, err);
        if (st == AUTK_OK)
            t->rows[t->n++] = (autk_backtest_row){silent[k].exporter,
                                                  silent[k].importer,
                                                  year,
                                                  truth,
                                                  e[k],
                                                  e[k].low <= truth && truth <= e[k].high};
    }
    free(e);
    return st;
}

static autk_status give(autk_backtest_row **rows, size_t *n, test *t, autk_status st)
{
    if (st != AUTK_OK) {
        free(t->rows);
        return st;
    }
    *rows = t->rows;
    *n = t->n;
    return AUTK_OK;
}

static autk_status check_year(const autk_panel *p, int first, int last, autk_err *err)
{
    if (first - 2 < p->first_year || last >= p->first_year + p->n_years || first > last)
        return autki_fail(err, AUTK_EARG,
                          "expected years from %d to %d, with two before to learn from, got %d to "
                          "%d",
                          p->first_year + 2, p->first_year + p->n_years - 1, first, last);
    return AUTK_OK;
}

/* A fold's flows are not looked at when the year's calm is learnt from the others. */
static autk_status learn_without(autk_blackout_model **m, const autk_panel *p, bool *is_exact,
                                 int year, const autk_silent_flow *fold, size_t n, autk_err *err)
{
    autk_panel known = *p;
    size_t m2 = (size_t)p->n_economies * (size_t)p->n_economies;
    bool *of_year = is_exact + (size_t)(year - p->first_year) * m2;
    known.is_exact = is_exact;
    for (size_t k = 0; k < n; k++)
        of_year[(size_t)fold[k].exporter * (size_t)p->n_economies + (size_t)fold[k].importer] =
            false;
    autk_status st = autk_blackout_learn(m, &known, year, err);
    for (size_t k = 0; k < n; k++)
        of_year[(size_t)fold[k].exporter * (size_t)p->n_economies + (size_t)fold[k].importer] =
            true;
    return st;
}

/* Each flow alone among its neighbours, in folds of which each is learnt from the others. */
static autk_status estimate_in_folds(test *t, int year, const autk_silent_flow *silent, size_t n,
                                     autk_err *err)
{
    const autk_panel *p = t->truth;
    size_t cells = (size_t)p->n_economies * (size_t)p->n_economies * (size_t)p->n_years;
    bool *is_exact = autki_malloc(cells, sizeof *is_exact);
    if (is_exact == NULL)
        return autki_no_memory(err, cells);
    for (size_t k = 0; k < cells; k++)
        is_exact[k] = p->is_exact == NULL || p->is_exact[k];
    autk_status st = AUTK_OK;
    for (size_t f = 0; f < FOLDS && st == AUTK_OK; f++) {
        autk_blackout_model *m = NULL;
        size_t from = n * f / FOLDS, count = n * (f + 1) / FOLDS - from;
        if (count == 0)
            continue;
        st = learn_without(&m, p, is_exact, year, silent + from, count, err);
        if (st == AUTK_OK)
            st = estimate(t, m, year, silent + from, count, true, err);
        autk_blackout_model_free(m);
    }
    free(is_exact);
    return st;
}

/* Known flows of a year, drawn with a chance of `share`, in random order. */
static autk_status draw_flows(autk_silent_flow **silent, size_t *n, const autk_panel *p, int year,
                              double share, uint64_t seed, autk_err *err)
{
    uint64_t random = seed ^ 0x5eedU;
    size_t capacity = 0;
    autk_status st = AUTK_OK;
    for (int32_t i = 0; i < p->n_economies && st == AUTK_OK; i++) {
        for (int32_t j = 0; j < p->n_economies && st == AUTK_OK; j++) {
            bool drawn = autki_random_uniform(&random) < share;
            if (!drawn || i == j || !(autki_panel_at(p, year, i, j) > 0) ||
                !autki_panel_is_exact(p, year, i, j))
                continue;
            st = autki_grow(silent, &capacity, *n + 1, sizeof **silent, (size_t)1 << 24, err);
            if (st == AUTK_OK)
                (*silent)[(*n)++] = (autk_silent_flow){i, j};
        }
    }
    for (size_t k = *n; st == AUTK_OK && k > 1; k--) {
        size_t other = (size_t)(autki_random_uniform(&random) * (double)k);
        autk_silent_flow swap = (*silent)[k - 1];
        (*silent)[k - 1] = (*silent)[other];
        (*silent)[other] = swap;
    }
    return st;
}

autk_status autk_backtest_random(autk_backtest_row **rows, size_t *n, const autk_panel *p, int year,
                                 double share, bool with_totals, const autk_blackout_opts *opts,
                                 autk_err *err)
{
    autk_blackout_opts defaults = autk_blackout_opts_default();
    autk_silent_flow *silent = NULL;
    size_t n_silent = 0;
    test t;
    if (!(share > 0) || !(share <= 1))
        return autki_fail(err, AUTK_EARG, "expected a share above 0 and at most 1, got %g", share);
    autk_status st = check_year(p, year, year, err);
    if (st != AUTK_OK)
        return st;
    st = begin(&t, p, with_totals, opts != NULL ? opts : &defaults, err);
    if (st == AUTK_OK) {
        /* History only: later years are not there yet when a blackout is estimated. */
        t.blanked.n_years = year - p->first_year + 1;
        totals_of(t.exports, t.imports, p, year);
        if (with_totals)
            make_wrong(t.values, &t.blanked, year, t.opts);
        st = draw_flows(&silent, &n_silent, p, year, share, t.opts->seed, err);
    }
    if (st == AUTK_OK && n_silent != 0)
        st = estimate_in_folds(&t, year, silent, n_silent, err);
    free(silent);
    end(&t);
    return give(rows, n, &t, st);
}

static autk_status flows_between(autk_silent_flow **flows, size_t *n, const autk_panel *p,
                                 const int32_t *members, size_t n_members, autk_err *err)
{
    if (n_members < 2 || n_members > MEMBERS_MAX)
        return autki_fail(err, AUTK_EARG, "expected 2 to %d economies, got %zu", MEMBERS_MAX,
                          n_members);
    autk_silent_flow *list = autki_malloc(n_members * n_members, sizeof *list);
    autk_status st =
        list == NULL ? autki_no_memory(err, n_members * n_members * sizeof *list) : AUTK_OK;
    for (size_t a = 0; st == AUTK_OK && a < n_members; a++) {
        for (size_t b = 0; st == AUTK_OK && b < n_members; b++) {
            if (members[a] < 0 || members[a] >= p->n_economies ||
                (a != b && members[a] == members[b]))
                st = autki_fail(err, AUTK_EARG, "expected economies below %d, each once, got %d",
                                p->n_economies, members[a]);
            else if (a != b)
                list[(*n)++] = (autk_silent_flow){members[a], members[b]};
        }
    }
    if (st != AUTK_OK) {
        free(list);
        return st;
    }
    *flows = list;
    return AUTK_OK;
}

/* One year of a blackout that began earlier. Flows that nobody knows the truth of are silent too,
 * but tell nothing. */
static autk_status estimate_year(test *t, int year, const autk_silent_flow *silent, size_t n,
                                 autk_err *err)
{
    autk_blackout_model *m = NULL;
    autk_status st = autk_blackout_learn(&m, &t->blanked, year, err);
    totals_of(t->exports, t->imports, t->truth, year);
    if (st == AUTK_OK && t->with_totals)
        make_wrong(t->values, t->truth, year, t->opts);
    if (st == AUTK_OK)
        st = estimate(t, m, year, silent, n, false, err);
    autk_blackout_model_free(m);
    return st;
}

autk_status autk_backtest_between(autk_backtest_row **rows, size_t *n, const autk_panel *p,
                                  const int32_t *members, size_t n_members, int first_year,
                                  int last_year, bool with_totals, const autk_blackout_opts *opts,
                                  autk_err *err)
{
    autk_blackout_opts defaults = autk_blackout_opts_default();
    autk_silent_flow *silent = NULL;
    size_t n_silent = 0;
    test t;
    autk_status st = check_year(p, first_year, last_year, err);
    if (st == AUTK_OK)
        st = flows_between(&silent, &n_silent, p, members, n_members, err);
    if (st != AUTK_OK)
        return st;
    st = begin(&t, p, with_totals, opts != NULL ? opts : &defaults, err);
    t.blanked.n_years = last_year - p->first_year + 1;
    for (int y = first_year; y <= last_year && st == AUTK_OK; y++)
        for (size_t k = 0; k < n_silent; k++)
            *cell_of(t.values, p, y, silent[k].exporter, silent[k].importer) = NAN;
    for (int y = first_year; y <= last_year && st == AUTK_OK; y++)
        st = estimate_year(&t, y, silent, n_silent, err);
    free(silent);
    end(&t);
    return give(rows, n, &t, st);
}

/* ------------------------------------------------------------------ summary */

static int ascending(const void *a, const void *b)
{
    double x = *(const double *)a, y = *(const double *)b;
    return (x > y) - (x < y);
}

static double median_of(double *v, size_t n)
{
    if (n == 0)
        return NAN;
    qsort(v, n, sizeof *v, ascending);
    return n % 2 == 1 ? v[n / 2] : (v[n / 2 - 1] + v[n / 2]) / 2;
}

static void summarise_class(autk_backtest_class *out, double *room, const autk_backtest_row *rows,
                            size_t n, int size_class)
{
    size_t m = 0, covered = 0;
    double *errors = room, *widths = room + n;
    for (size_t k = 0; k < n; k++) {
        const autk_blackout_estimate *e = &rows[k].estimate;
        if (size_class >= 0 && e->size_class != size_class)
            continue;
        errors[m] = fabs(log(e->value / rows[k].truth));
        widths[m] = e->high / e->low;
        covered += rows[k].covered;
        m++;
    }
    out->n = m;
    out->coverage = m != 0 ? (double)covered / (double)m : NAN;
    out->median_abs_log = median_of(errors, m);
    out->median_width = median_of(widths, m);
}

autk_status autk_backtest_summarise(autk_backtest_summary *out, const autk_backtest_row *rows,
                                    size_t n, autk_err *err)
{
    double *room = autki_malloc(2 * n, sizeof *room);
    if (room == NULL)
        return autki_no_memory(err, 2 * n * sizeof *room);
    summarise_class(&out->all, room, rows, n, -1);
    for (int c = 0; c < AUTK_BLACKOUT_CLASSES; c++)
        summarise_class(&out->by_class[c], room, rows, n, c);
    free(room);
    return AUTK_OK;
}
