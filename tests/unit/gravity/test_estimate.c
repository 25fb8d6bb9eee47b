/* Estimates against dense regressions on dummies (tests/oracle), invariants, and bad input. */
#include <math.h>

#include <autarky/gravity.h>

#include "gravity_dense.h"
#include "panel_file.h"
#include "unit.h"

#define N_COUNTRIES 6
#define N_YEARS 4
#define MAX_ROWS (N_COUNTRIES * N_COUNTRIES * N_YEARS)

typedef struct row {
    int i, j, t;
    double y, x[3], weight;
} row;

typedef struct sample {
    size_t n;
    row rows[MAX_ROWS];
    int level[3][MAX_ROWS], pair[MAX_ROWS], exporter[MAX_ROWS], importer[MAX_ROWS];
    char path[32];
} sample;

/* An unbalanced panel with zeros, none of them in a group of zeros only. */
static void make_sample(sample *s, unsigned seed)
{
    rng g = {seed * 7919u + 17u};
    s->n = 0;
    for (int i = 0; i < N_COUNTRIES; i++) {
        for (int j = 0; j < N_COUNTRIES; j++) {
            for (int t = 0; t < N_YEARS; t++) {
                bool zero = (i + 2 * j + t) % 3 == 0, absent = (3 * i + j + 5 * t) % 11 == 0;
                row r = {.i = i, .j = j, .t = t, .weight = 0.5 + uniform(&g)};
                for (int k = 0; k < 3; k++)
                    r.x[k] = normal(&g);
                double mu = exp(1 + 0.3 * i - 0.2 * j + 0.1 * t + 0.5 * r.x[0] - 0.3 * r.x[1] +
                                0.6 * sin(i * 7 + j * 3) + 0.4 * normal(&g));
                r.y = zero ? 0 : mu;
                if (!absent)
                    s->rows[s->n++] = r;
            }
        }
    }
    for (size_t r = 0; r < s->n; r++) {
        row *w = &s->rows[r];
        s->level[0][r] = w->i * N_YEARS + w->t;
        s->level[1][r] = w->j * N_YEARS + w->t;
        s->level[2][r] = s->pair[r] = w->i * N_COUNTRIES + w->j;
        s->exporter[r] = w->i;
        s->importer[r] = w->j;
    }
}

static void write_sample(sample *s)
{
    FILE *f = open_panel(s->path, sizeof s->path);
    fprintf(f, "exporter,importer,year,y,x1,x2,x3,w\n");
    for (size_t r = 0; r < s->n; r++) {
        const row *w = &s->rows[r];
        fprintf(f, "E%d,I%d,%d,%.17g,%.17g,%.17g,%.17g,%.17g\n", w->i, w->j, 2000 + w->t, w->y,
                w->x[0], w->x[1], w->x[2], w->weight);
    }
    fclose(f);
}

static void dense_of(dense_panel *p, const sample *s, size_t n_effects, bool weighted)
{
    memset(p, 0, sizeof *p);
    p->n = s->n;
    p->n_regressors = 2;
    p->n_effects = n_effects;
    p->y = malloc(s->n * sizeof(double));
    p->x = malloc(2 * s->n * sizeof(double));
    p->weight = weighted ? malloc(s->n * sizeof(double)) : NULL;
    for (size_t r = 0; r < s->n; r++) {
        p->y[r] = s->rows[r].y;
        p->x[2 * r] = s->rows[r].x[0];
        p->x[2 * r + 1] = s->rows[r].x[1];
        if (weighted)
            p->weight[r] = s->rows[r].weight;
    }
    for (size_t k = 0; k < n_effects; k++) {
        p->level[k] = malloc(s->n * sizeof(int));
        memcpy(p->level[k], s->level[k], s->n * sizeof(int));
        p->n_levels[k] = k < 2 ? N_COUNTRIES * N_YEARS : N_COUNTRIES * N_COUNTRIES;
    }
}

static void dense_free(dense_panel *p)
{
    free(p->y);
    free(p->x);
    free(p->weight);
    for (size_t k = 0; k < DENSE_EFFECTS; k++)
        free(p->level[k]);
}

static int count_distinct(const int *id, size_t n)
{
    int distinct = 0;
    for (size_t r = 0; r < n; r++) {
        size_t q = 0;
        while (q < r && id[q] != id[r])
            q++;
        distinct += q == r;
    }
    return distinct;
}

static bool nested_in(const int *level, const int *cluster, size_t n)
{
    for (size_t r = 0; r < n; r++) {
        for (size_t q = 0; q < r; q++) {
            if (level[q] == level[r] && cluster[q] != cluster[r])
                return false;
        }
    }
    return true;
}

typedef struct setting {
    const char *vcov;
    bool hetero;
    int n_clusters; /* 1: pairs, 2: exporters and importers */
} setting;

static const setting settings[] = {{"iid", false, 0},
                                   {"hetero", true, 0},
                                   {"cluster:exporter^importer", false, 1},
                                   {"twoway:exporter,importer", false, 2}};

/* The factor that the package named by the convention applies, counted anew. */
static double factor_of(const sample *s, const setting *v, size_t n_effects, bool poisson,
                        bool fixest)
{
    const int *clusters[2] = {v->n_clusters == 1 ? s->pair : s->exporter, s->importer};
    double n = (double)s->n, fewest = INFINITY, k = 2, nested_levels = 0, n_nested = 0, all = 0;
    dense_panel left;
    dense_of(&left, s, n_effects, false);
    left.n_effects = 0;
    for (int c = 0; c < v->n_clusters; c++) {
        int g = count_distinct(clusters[c], s->n);
        fewest = g < fewest ? g : fewest;
    }
    for (size_t e = 0; e < n_effects; e++) {
        int levels = count_distinct(s->level[e], s->n);
        bool nested = false;
        for (int c = 0; c < v->n_clusters; c++)
            nested |= nested_in(s->level[e], clusters[c], s->n);
        all += levels;
        nested_levels += nested ? levels : 0;
        n_nested += nested;
        if (!nested) {
            int *spare = left.level[left.n_effects];
            left.level[left.n_effects] = left.level[e];
            left.n_levels[left.n_effects++] = left.n_levels[e];
            if (e >= left.n_effects)
                left.level[e] = spare;
        }
    }
    double ratio = v->n_clusters > 0 ? fewest / (fewest - 1) : n / (n - 1);
    if (!v->hetero && v->n_clusters == 0)
        ratio = 1;
    double factor = ratio;
    if (fixest) {
        k = n_effects == 0 ? 3
            : n_nested == (double)n_effects
                ? 3
                : 2 + all - ((double)n_effects - 1) - (nested_levels - n_nested);
        factor = ratio * (n - 1) / (n - k);
    } else if (!poisson) {
        dense_result rank;
        dense_regression(&rank, &left, false, false, NULL, 0);
        k = (double)rank.rank;
        factor = v->n_clusters > 0 ? ratio * (n - 1) / (n - k) : v->hetero ? n / (n - k) : 1;
        if (!v->hetero && v->n_clusters == 0)
            factor = (n - 1) / (n - k);
        dense_result_deinit(&rank);
    }
    dense_free(&left);
    return factor;
}

static void compare(const sample *s, size_t n_effects, bool poisson, bool weighted,
                    const setting *v, bool fixest)
{
    static const char *const formulas[] = {
        "y ~ x1 + x2", "y ~ x1 + x2 | exporter^year", "y ~ x1 + x2 | exporter^year + importer^year",
        "y ~ x1 + x2 | exporter^year + importer^year + exporter^importer"};
    int *clusters[2] = {malloc(s->n * sizeof(int)), malloc(s->n * sizeof(int))};
    memcpy(clusters[0], v->n_clusters == 1 ? s->pair : s->exporter, s->n * sizeof(int));
    memcpy(clusters[1], s->importer, s->n * sizeof(int));
    dense_panel p;
    dense_result want;
    dense_of(&p, s, n_effects, weighted);
    dense_regression(&want, &p, poisson, v->hetero, clusters, (size_t)v->n_clusters);
    autk_estimate_opts opts = autk_estimate_opts_default();
    opts.family = poisson ? AUTK_FAMILY_POISSON : AUTK_FAMILY_OLS;
    opts.convention = fixest ? AUTK_CONVENTION_FIXEST : AUTK_CONVENTION_STATA;
    opts.vcov = v->vcov;
    opts.weights = weighted ? "w" : NULL;
    opts.keep_singletons = true;
    autk_estimate *e = NULL;
    autk_err err;
    assert_ok(autk_estimate_run(&e, formulas[n_effects], s->path, &opts, &err), &err);
    assert_int_equal(autk_estimate_get_info(e)->n_obs, s->n);
    assert_near(autk_estimate_get_info(e)->deviance, want.deviance, 1e-8);
    double factor = factor_of(s, v, n_effects, poisson, fixest);
    if (!poisson && !v->hetero && v->n_clusters == 0)
        factor *= want.deviance / ((double)s->n - 1);
    for (int i = 0; i < 2; i++) {
        autk_coefficient c = autk_estimate_get_coefficient(e, i + (n_effects == 0));
        assert_near(c.estimate, want.b[i], 1e-8);
        assert_near(c.std_error, sqrt(factor * want.v[i][i]), 1e-7);
    }
    autk_estimate_free(e);
    dense_result_deinit(&want);
    dense_free(&p);
    free(clusters[0]);
    free(clusters[1]);
}

static void estimate__equals_dense_dummy_regressions(void **state)
{
    (void)state;
    static sample s;
    make_sample(&s, 1);
    write_sample(&s);
    for (int poisson = 0; poisson < 2; poisson++) {
        for (size_t n_effects = 0; n_effects <= 3; n_effects++) {
            for (size_t v = 0; v < 4; v++) {
                for (int fixest = 0; fixest < 2; fixest++) {
                    /* The rank of three effects is counted as reghdfe counts, not exactly. */
                    if (!poisson && !fixest && n_effects == 3 && settings[v].n_clusters == 0)
                        continue;
                    compare(&s, n_effects, poisson, v % 2 == 0, &settings[v], fixest);
                }
            }
        }
    }
    remove(s.path);
}

/* ---- invariants ---- */

#define FORMULA "y ~ x1 + x2 | exporter^year + importer^year + exporter^importer"

typedef struct answer {
    int64_t n_obs;
    double b[2], se[2], deviance;
} answer;

static answer run_with(const char *path, const char *formula, int threads)
{
    autk_estimate_opts opts = autk_estimate_opts_default();
    opts.vcov = "cluster:exporter^importer";
    opts.n_threads = threads;
    autk_estimate *e = NULL;
    autk_err err;
    answer a;
    assert_ok(autk_estimate_run(&e, formula, path, &opts, &err), &err);
    a.n_obs = autk_estimate_get_info(e)->n_obs;
    a.deviance = autk_estimate_get_info(e)->deviance;
    for (int i = 0; i < 2; i++) {
        autk_coefficient c = autk_estimate_get_coefficient(e, i);
        a.b[i] = c.estimate;
        a.se[i] = c.std_error;
    }
    autk_estimate_free(e);
    return a;
}

static answer run(const sample *s)
{
    return run_with(s->path, FORMULA, 1);
}

static void assert_same(answer got, answer want, double scale_b, double scale_dev)
{
    assert_int_equal(got.n_obs, want.n_obs);
    assert_near(got.deviance, want.deviance * scale_dev, 1e-8);
    for (int i = 0; i < 2; i++) {
        assert_near(got.b[i], want.b[i] * scale_b, 1e-7);
        assert_near(got.se[i], want.se[i] * scale_b, 1e-7);
    }
}

static void estimate__does_not_depend_on_order_or_units(void **state)
{
    (void)state;
    static sample s, t;
    make_sample(&s, 3);
    write_sample(&s);
    answer base = run(&s);
    rng g = {5};
    t = s;
    for (size_t r = t.n; r-- > 1;) {
        size_t q = (size_t)(uniform(&g) * (double)(r + 1));
        row swap = t.rows[r];
        t.rows[r] = t.rows[q];
        t.rows[q] = swap;
    }
    write_sample(&t);
    assert_same(run(&t), base, 1, 1);
    remove(t.path);
    const double units[] = {1e-12, 1e-6, 1e9, 1e15};
    for (size_t u = 0; u < 4; u++) {
        t = s;
        for (size_t r = 0; r < t.n; r++)
            t.rows[r].y *= units[u];
        write_sample(&t);
        assert_same(run(&t), base, 1, units[u]);
        remove(t.path);
        t = s;
        for (size_t r = 0; r < t.n; r++) {
            t.rows[r].x[0] = t.rows[r].x[0] * units[u] + 5 * units[u];
            t.rows[r].x[1] = t.rows[r].x[1] * units[u];
        }
        write_sample(&t);
        assert_same(run(&t), base, 1 / units[u], 1);
        remove(t.path);
    }
    assert_same(
        run_with(s.path, "y ~ x1 + x2 | exporter^importer + importer^year + exporter^year", 1),
        base, 1, 1);
    assert_same(run_with(s.path,
                         "y ~ x1 + x2 | exporter^year + importer^year + exporter^importer + "
                         "importer^exporter + year",
                         1),
                base, 1, 1);
    remove(s.path);
}

static void estimate__does_not_depend_on_threads_to_the_last_digit(void **state)
{
    (void)state;
    static sample s;
    make_sample(&s, 4);
    write_sample(&s);
    answer base = run(&s);
    for (int threads = 2; threads <= 5; threads++) {
        answer a = run_with(s.path, FORMULA, threads);
        assert_memory_equal(a.b, base.b, sizeof a.b);
        assert_memory_equal(a.se, base.se, sizeof a.se);
    }
    remove(s.path);
}

static void estimate__drops_and_names_what_is_collinear(void **state)
{
    (void)state;
    static sample s;
    make_sample(&s, 6);
    write_sample(&s);
    answer base = run(&s);
    autk_estimate *e = NULL;
    autk_err err;
    autk_estimate_opts opts = autk_estimate_opts_default();
    opts.vcov = "cluster:exporter^importer";
    assert_ok(autk_estimate_run(&e,
                                "y ~ x1 + I(2*x1) + i(exporter, year) + x2 + I(x1 - 3*x2) | "
                                "exporter^year + importer^year + exporter^importer",
                                s.path, &opts, &err),
              &err);
    assert_int_equal(autk_estimate_get_info(e)->n_coefficients, 2);
    assert_int_equal(autk_estimate_get_info(e)->n_collinear, 2 + N_COUNTRIES);
    assert_string_equal(autk_estimate_get_collinear(e, 0), "I(2*x1)");
    assert_string_equal(autk_estimate_get_collinear(e, 1), "exporter::E0:year");
    assert_near(autk_estimate_get_coefficient(e, 1).estimate, base.b[1], 1e-8);
    assert_near(autk_estimate_get_coefficient(e, 0).std_error, base.se[0], 1e-7);
    autk_estimate_free(e);
    remove(s.path);
}

/* ---- lags and dummies ---- */

static void estimate__lags_by_time_not_by_row(void **state)
{
    (void)state;
    char path[32];
    /* Unit B misses 2002: its lag in 2003 is missing, not the value of 2001. y = 2 * lag. */
    write_panel(path, sizeof path,
                "u,t,x,y\nA,2001,1,9\nB,2003,8,9\nA,2002,3,2\nB,2001,5,9\nA,2003,7,6\n"
                "A,2004,2,14\nB,2004,6,16\n");
    autk_estimate_opts opts = autk_estimate_opts_default();
    autk_estimate *e = NULL;
    autk_err err;
    opts.family = AUTK_FAMILY_OLS;
    opts.panel = "u,t";
    assert_ok(autk_estimate_run(&e, "y ~ l(x)", path, &opts, &err), &err);
    assert_int_equal(autk_estimate_get_info(e)->n_obs, 4);
    assert_int_equal(autk_estimate_get_info(e)->dropped.missing, 3);
    assert_string_equal(autk_estimate_get_coefficient(e, 1).name, "l(x)");
    assert_near(autk_estimate_get_coefficient(e, 1).estimate, 2, 1e-12);
    autk_estimate_free(e);
    opts.panel = NULL;
    assert_int_equal(autk_estimate_run(&e, "y ~ l(x)", path, &opts, &err), AUTK_EARG);
    remove(path);
}

/* Without noise the path of effects is the truth. Unit 0 has the event when first seen. */
static double effect_at(int since)
{
    return since < 0 ? 0 : 0.1 * (since + 1) - 0.02 * since * since;
}

static void event__finds_the_path_of_effects(void **state)
{
    (void)state;
    enum { UNITS = 12, YEARS = 9 };
    char path[32];
    FILE *f = open_panel(path, sizeof path);
    fprintf(f, "u,t,y,s\n");
    for (int u = 0; u < UNITS; u++) {
        int onset = u == 0 ? 2000 : u % 3 == 1 ? 2003 : u % 3 == 2 ? 2005 : 9999;
        for (int t = 2000; t < 2000 + YEARS; t++) {
            int since = t - onset < -2 ? -2 : t - onset > 3 ? 3 : t - onset;
            fprintf(f, "%d,%d,%.17g,%d\n", u, t,
                    exp(0.3 * u + 0.1 * (t % 4) + (onset == 9999 ? 0 : effect_at(since))),
                    t >= onset);
        }
    }
    fclose(f);
    autk_estimate_opts opts = autk_estimate_opts_default();
    autk_estimate *e = NULL;
    autk_err err;
    opts.panel = "u,t";
    opts.event = "s";
    opts.event_before = 2;
    opts.event_after = 3;
    assert_ok(autk_estimate_run(&e, "y ~ 1 | u + t", path, &opts, &err), &err);
    const autk_estimate_info *info = autk_estimate_get_info(e);
    assert_int_equal(info->dropped.missing, YEARS);
    assert_int_equal(info->n_event_effects, 6);
    assert_int_equal(info->pretrend_df, 1);
    for (int i = 0; i < 6; i++) {
        autk_event_effect effect = autk_estimate_get_event(e, i);
        assert_int_equal(effect.period, i - 2);
        assert_within(effect.estimate, effect_at(effect.period), 1e-7);
    }
    autk_estimate_free(e);
    opts.panel = NULL;
    assert_int_equal(autk_estimate_run(&e, "y ~ 1 | u + t", path, &opts, &err), AUTK_EARG);
    remove(path);
}

/* ---- bad input ---- */

static void estimate__says_what_is_wrong_with_the_input(void **state)
{
    (void)state;
    static const struct {
        const char *csv, *formula, *subset;
        autk_status status;
        int64_t line, column;
        const char *said;
    } cases[] = {{"y,x\n1,2\n2,3\n", "y ~ z", NULL, AUTK_ENOTFOUND, 0, 0, "\"z\""},
                 {"y,dist\n1,2\n2,3\n", "y ~ dits", NULL, AUTK_ENOTFOUND, 0, 0, "nearest: dist"},
                 {"y,x\n1,2\n2,n/a\n", "y ~ x", NULL, AUTK_EPARSE, 3, 3, "\"n/a\""},
                 {"y,x\n1,2\n2,3,4\n", "y ~ x", NULL, AUTK_EPARSE, 3, 1, "expected 2 fields"},
                 {"y,x\n1,2\n-2,3\n", "y ~ x", NULL, AUTK_EDATA, 3, 0, "got -2"},
                 {"y,x\n0,2\n0,3\n", "y ~ x", NULL, AUTK_EDATA, 0, 0, "zeros in all rows"},
                 {"y,x\n,2\n1,\n", "y ~ x", NULL, AUTK_EDATA, 0, 0, "missing 2"},
                 {"y,x\n1,2\n2,3\n", "y ~ x", NULL, AUTK_EDATA, 0, 0, "more rows than parameters"},
                 {"y,x\n1,2\n2,3\n", "y ~ x", "x > 9", AUTK_EDATA, 0, 0, "outside the subset 2"},
                 {"y,x,s\n1,2,a\n2,3,b\n", "y ~ x", "s == \"c\"", AUTK_ENOTFOUND, 0, 0, "\"c\""},
                 {"y,x,s\n1,2,a\n2,3,b\n", "y ~ s", NULL, AUTK_EPARSE, 2, 5, "\"a\""},
                 {"y,x,s\n1,2,a\n2,3,b\n", "y ~ s | s", NULL, AUTK_EPARSE, 2, 0, "i(s)"},
                 {"", "y ~ x", NULL, AUTK_EPARSE, 1, 1, "empty file"}};
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        char path[32];
        autk_estimate *e = NULL;
        autk_err err;
        autk_estimate_opts opts = autk_estimate_opts_default();
        memset(&err, 0, sizeof err);
        opts.subset = cases[i].subset;
        write_panel(path, sizeof path, cases[i].csv);
        autk_status st = autk_estimate_run(&e, cases[i].formula, path, &opts, &err);
        remove(path);
        if (st != cases[i].status || err.line != cases[i].line || err.column != cases[i].column ||
            strstr(err.msg, cases[i].said) == NULL)
            fail_msg("case %zu: %s at %lld:%lld: %s", i, autk_status_name(st), (long long)err.line,
                     (long long)err.column, err.msg);
    }
}

/* ---- memory ---- */

static sample oom_sample;

static bool estimate_once(void)
{
    autk_estimate_opts opts = autk_estimate_opts_default();
    opts.vcov = "twoway:exporter,importer";
    opts.n_threads = 1;
    opts.panel = "exporter^importer,year";
    opts.event = "x3";
    autk_estimate *e = NULL;
    autk_status st = autk_estimate_run(&e, "y ~ x1 + i(year, x2) | exporter^year + importer^year",
                                       oom_sample.path, &opts, NULL);
    autk_buf out;
    autk_buf_init(&out);
    if (st == AUTK_OK)
        st = autk_estimate_write_json(&out, e, NULL);
    if (st == AUTK_OK)
        st = autk_estimate_write_text(&out, e, NULL, NULL);
    autk_buf_deinit(&out);
    autk_estimate_free(e);
    return st == AUTK_OK;
}

static void estimate__survives_every_allocation_failure(void **state)
{
    (void)state;
    make_sample(&oom_sample, 8);
    write_sample(&oom_sample);
    CHECK_SURVIVES_OOM_OR_RECOVERS(estimate_once);
    remove(oom_sample.path);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(estimate__equals_dense_dummy_regressions),
        cmocka_unit_test(estimate__does_not_depend_on_order_or_units),
        cmocka_unit_test(estimate__does_not_depend_on_threads_to_the_last_digit),
        cmocka_unit_test(estimate__drops_and_names_what_is_collinear),
        cmocka_unit_test(estimate__lags_by_time_not_by_row),
        cmocka_unit_test(event__finds_the_path_of_effects),
        cmocka_unit_test(estimate__says_what_is_wrong_with_the_input),
        cmocka_unit_test(estimate__survives_every_allocation_failure)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
