/* Panels at the edge: unconnected, constant, perfectly predicted, mostly zeros, of lone rows, of
 * flows that span twenty decades. */
#include <autarky/gravity.h>

#include "gravity_dense.h"
#include "panel_file.h"
#include "unit.h"

#define N 8
#define T 3
#define MAX_ROWS (N * N * T + 4)

typedef struct sample {
    size_t n;
    int level[2][MAX_ROWS]; /* exporter-year, importer-year */
    double y[MAX_ROWS], x[MAX_ROWS];
    char path[32];
} sample;

static void add_row(sample *s, int i, int j, int t, double y, double x)
{
    s->level[0][s->n] = i * T + t;
    s->level[1][s->n] = j * T + t;
    s->y[s->n] = y;
    s->x[s->n++] = x;
}

static void write_sample(sample *s)
{
    FILE *f = open_panel(s->path, sizeof s->path);
    fprintf(f, "i,j,t,y,x\n");
    for (size_t r = 0; r < s->n; r++)
        fprintf(f, "%d,%d,%d,%.17g,%.17g\n", s->level[0][r] / T, s->level[1][r] / T,
                s->level[0][r] % T, s->y[r], s->x[r]);
    fclose(f);
}

static autk_estimate *run(const sample *s, autk_estimate_opts opts)
{
    autk_estimate *e = NULL;
    autk_err err;
    opts.n_threads = 1;
    assert_ok(autk_estimate_run(&e, "y ~ x | i^t + j^t", s->path, &opts, &err), &err);
    return e;
}

static dense_panel dense_of(sample *s)
{
    return (dense_panel){.n = s->n,
                         .n_regressors = 1,
                         .n_effects = 2,
                         .y = s->y,
                         .x = s->x,
                         .level = {s->level[0], s->level[1]},
                         .n_levels = {N * T, N * T}};
}

/* Two blocs that never trade with each other: a free level more per year. */
static void disconnected__panels_count_their_degrees_of_freedom(void **state)
{
    (void)state;
    static sample s;
    rng g = {3};
    s.n = 0;
    for (int c = 0; c < N * N * T; c++) {
        int i = c / T / N, j = c / T % N, t = c % T;
        if ((i < 3) == (j < 3))
            add_row(&s, i, j, t, normal(&g) + i - 0.2 * j * t, normal(&g));
    }
    write_sample(&s);
    autk_estimate_opts opts = autk_estimate_opts_default();
    opts.family = AUTK_FAMILY_OLS;
    opts.vcov = "iid";
    autk_estimate *e = run(&s, opts);
    dense_panel p = dense_of(&s);
    dense_result want;
    dense_regression(&want, &p, false, false, NULL, 0);
    double df = (double)(s.n - want.rank);
    assert_near(autk_estimate_get_info(e)->degrees_of_freedom, df, 0);
    assert_near(autk_estimate_get_coefficient(e, 0).estimate, want.b[0], 1e-9);
    assert_near(autk_estimate_get_coefficient(e, 0).std_error,
                sqrt(want.v[0][0] * want.deviance / df), 1e-9);
    dense_result_deinit(&want);
    autk_estimate_free(e);
    remove(s.path);
}

static void constant__responses_have_no_effect_and_no_error(void **state)
{
    (void)state;
    for (int family = AUTK_FAMILY_POISSON; family <= AUTK_FAMILY_OLS; family++) {
        static sample s;
        rng g = {4};
        s.n = 0;
        for (int c = 0; c < N * N * T; c++)
            add_row(&s, c / T / N, c / T % N, c % T, 5, normal(&g));
        write_sample(&s);
        autk_estimate_opts opts = autk_estimate_opts_default();
        opts.family = (autk_estimate_family)family;
        autk_estimate *e = run(&s, opts);
        autk_coefficient c = autk_estimate_get_coefficient(e, 0);
        assert_true(fabs(c.estimate) < 1e-9);
        assert_true(c.std_error < 1e-9);
        assert_true(fabs(autk_estimate_get_info(e)->deviance) < 1e-12);
        autk_estimate_free(e);
        remove(s.path);
    }
}

/* Flows from 1e-6 to 1e15 that the model fits to the last digit. */
static void predicted__perfectly_over_twenty_decades(void **state)
{
    (void)state;
    static sample s;
    rng g = {5};
    s.n = 0;
    for (int c = 0; c < N * N * T; c++) {
        int i = c / T / N, j = c / T % N, t = c % T;
        double x = normal(&g), size = -13.8 + 48.3 * (i + 0.2 * t) / (N - 0.6);
        add_row(&s, i, j, t, exp(size + 0.3 * x - 0.1 * j * t), x);
    }
    write_sample(&s);
    autk_estimate *e = run(&s, autk_estimate_opts_default());
    assert_near(autk_estimate_get_coefficient(e, 0).estimate, 0.3, 1e-9);
    autk_estimate_free(e);
    remove(s.path);
}

static void zeros__in_most_rows_are_data(void **state)
{
    (void)state;
    static sample s;
    rng g = {6};
    size_t n_zeros = 0;
    s.n = 0;
    for (int c = 0; c < N * N * T; c++) {
        int i = c / T / N, j = c / T % N, t = c % T;
        double x = normal(&g), y = uniform(&g) < 0.6 ? 0 : exp(0.5 * x + 0.1 * i + normal(&g));
        n_zeros += y == 0;
        add_row(&s, i, j, t, y, x);
    }
    assert_true((double)n_zeros > 0.5 * (double)s.n);
    write_sample(&s);
    autk_estimate *e = run(&s, autk_estimate_opts_default());
    const autk_estimate_info *info = autk_estimate_get_info(e);
    dense_panel p = dense_of(&s);
    dense_result want;
    dense_regression(&want, &p, true, true, NULL, 0);
    assert_int_equal(info->n_obs + info->dropped.zero_only + info->dropped.singleton +
                         info->dropped.separated,
                     s.n);
    assert_near(autk_estimate_get_coefficient(e, 0).estimate, want.b[0], 1e-7);
    dense_result_deinit(&want);
    autk_estimate_free(e);
    remove(s.path);
}

/* An exporter with one row, and one that only it buys from: nothing but two rows fewer. */
static void lone__rows_change_counts_alone(void **state)
{
    (void)state;
    static sample s;
    rng g = {7};
    autk_coefficient found[3];
    s.n = 0;
    for (int c = 0; c < (N - 1) * (N - 1) * T; c++)
        add_row(&s, c / T / (N - 1), c / T % (N - 1), c % T, exp(normal(&g)), normal(&g));
    for (int with = 0; with < 3; with++) {
        autk_estimate_opts opts = autk_estimate_opts_default();
        if (with == 1) {
            add_row(&s, N - 1, 2, 0, 3, 9);
            add_row(&s, 4, N - 1, 1, 8, -9);
        }
        write_sample(&s);
        opts.keep_singletons = with == 2;
        autk_estimate *e = run(&s, opts);
        const autk_estimate_info *info = autk_estimate_get_info(e);
        assert_int_equal(info->dropped.singleton, with == 1 ? 2 : 0);
        assert_int_equal(info->n_obs, with == 1 ? s.n - 2 : s.n);
        found[with] = autk_estimate_get_coefficient(e, 0);
        assert_near(found[with].estimate, found[0].estimate, 1e-9);
        autk_estimate_free(e);
        remove(s.path);
    }
    assert_near(found[1].std_error, found[0].std_error, 1e-9);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(disconnected__panels_count_their_degrees_of_freedom),
        cmocka_unit_test(constant__responses_have_no_effect_and_no_error),
        cmocka_unit_test(predicted__perfectly_over_twenty_decades),
        cmocka_unit_test(zeros__in_most_rows_are_data),
        cmocka_unit_test(lone__rows_change_counts_alone)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
