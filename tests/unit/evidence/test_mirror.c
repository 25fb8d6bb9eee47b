#include <math.h>
#include <stdlib.h>
#include <string.h>

#include <autarky/mirror.h>

#include "base/random.h"
#include "unit.h"

static uint64_t random_state;

static double normal(void)
{
    return autki_random_normal(&random_state);
}

/* What makes two normals a pair of Student t with 4 degrees of freedom: one factor for both errors
 * of a flow, as the model has it. */
static double tail(void)
{
    double s = 0;
    for (int k = 0; k < 4; k++) {
        double z = normal();
        s += z * z;
    }
    return 1 / sqrt(s / 4);
}

#define N 40
#define YEARS 6

/* A world in which everything is known: distances, margins, how wrong each economy reports. */
static autk_pair_geography place(void *user, int32_t i, int32_t j)
{
    (void)user;
    return (autk_pair_geography){.distance_km = 200 + 350 * fabs((double)(i - j)),
                                 .contiguous = abs(i - j) == 1,
                                 .exporter_landlocked = i % 5 == 0,
                                 .importer_landlocked = j % 5 == 0};
}

static double true_margin(int32_t i, int32_t j)
{
    autk_pair_geography g = place(NULL, i, j);
    return -0.12 + 0.025 * log(g.distance_km) - 0.01 * g.contiguous + 0.02 * g.exporter_landlocked +
           0.03 * g.importer_landlocked;
}

static double sd_exporter(int32_t i)
{
    return 0.02 + 0.01 * (i % 8);
}

static double sd_importer(int32_t j)
{
    return 0.02 + 0.012 * (j % 6);
}

static autk_two_sides *make_flows(double *truth, size_t *n)
{
    autk_two_sides *f = calloc((size_t)N * N * YEARS, sizeof *f);
    random_state = 11;
    *n = 0;
    for (int y = 0; y < YEARS; y++)
        for (int32_t i = 0; i < N; i++)
            for (int32_t j = 0; j < N; j++) {
                if (i == j)
                    continue;
                double v = exp(15 + 2 * normal()), wild = tail();
                truth[*n] = v;
                f[(*n)++] =
                    (autk_two_sides){i, j, 2010 + y, v * exp(sd_exporter(i) * wild * normal()),
                                     v * exp(true_margin(i, j) + sd_importer(j) * wild * normal())};
            }
    return f;
}

static void mirror__finds_margins_and_reliabilities_that_were_put_in(void **state)
{
    (void)state;
    double *truth = calloc((size_t)N * N * YEARS, sizeof *truth);
    size_t n, covered = 0, better = 0;
    autk_two_sides *f = make_flows(truth, &n);
    autk_reconciled *r = calloc(n, sizeof *r);
    autk_mirror_fit fit;
    autk_err err;
    assert_ok(autk_mirror_reconcile(r, &fit, f, n, N, place, NULL, NULL, &err), &err);
    assert_true(fit.has_margin);
    assert_int_equal(fit.n_both, n);
    for (size_t k = 0; k < n; k++) {
        double want = true_margin(f[k].exporter, f[k].importer);
        /* 9,360 gaps of size .08 leave a few thousandths. */
        assert_within(r[k].margin, want < 0 ? 0 : want > 0.2 ? 0.2 : want, 0.012);
        covered += r[k].low <= truth[k] && truth[k] <= r[k].high;
        better +=
            fabs(log(r[k].value / truth[k])) <= fabs(log(f[k].exporter_says / truth[k])) + 1e-12;
        assert_int_equal(r[k].kind, AUTK_MIRROR_BOTH);
    }
    /* Variances are seen in sums with another's, .006 on average, through 234 gaps: a tenth of that
     * is the standard error; and ten prior rows draw each towards the typical one. */
    for (int32_t e = 0; e < N; e++) {
        double v = sd_exporter(e) * sd_exporter(e), w = sd_importer(e) * sd_importer(e);
        assert_within(fit.sd_exporter[e] * fit.sd_exporter[e], v, 0.0015 + 0.3 * v);
        assert_within(fit.sd_importer[e] * fit.sd_importer[e], w, 0.0015 + 0.3 * w);
    }
    assert_true((double)covered / (double)n > 0.87 && (double)covered / (double)n < 0.95);
    assert_true((double)better / (double)n > 0.5);
    autk_mirror_fit_deinit(&fit);
    free(r);
    free(f);
    free(truth);
}

/* Two economies alike: by symmetry each weighs a half, and the value is the geometric mean of X and
 * M / 1.06, the IMF's rule where no geography is known. */
static void mirror__of_equals_is_the_geometric_mean(void **state)
{
    (void)state;
    autk_two_sides f[2] = {{0, 1, 2020, 100, 110}, {1, 0, 2020, 100, 110}};
    autk_reconciled r[2];
    autk_mirror_fit fit;
    autk_err err;
    assert_ok(autk_mirror_reconcile(r, &fit, f, 2, 2, NULL, NULL, NULL, &err), &err);
    assert_near(r[0].value, sqrt(100 * 110 / 1.06), 1e-12);
    assert_near(r[0].exporter_weight, 0.5, 1e-12);
    assert_near(exp(r[0].margin), 1.06, 1e-12);
    assert_near(r[1].value, r[0].value, 1e-12);
    autk_mirror_fit_deinit(&fit);
}

/* The importer falls silent; next door the exporter's figure was 10 % above. Half of the usual gap,
 * drawn to nought by one year (distance 1: weight 1 of 2), is taken off. */
static void mirror__uses_the_usual_gap_when_a_side_falls_silent(void **state)
{
    (void)state;
    autk_two_sides f[4] = {{0, 1, 2020, 110, 106},
                           {0, 1, 2021, 220, NAN},
                           {1, 0, 2020, 110, 106},
                           {1, 0, 2021, NAN, 106}};
    autk_reconciled r[4];
    autk_mirror_fit fit;
    autk_err err;
    assert_ok(autk_mirror_reconcile(r, &fit, f, 4, 2, NULL, NULL, NULL, &err), &err);
    double gap = log(1.1) / 2;
    assert_int_equal(r[1].kind, AUTK_MIRROR_EXPORTER);
    assert_near(r[1].value, 220 * exp(-0.5 * gap), 1e-9);
    assert_int_equal(r[3].kind, AUTK_MIRROR_IMPORTER);
    assert_near(r[3].value, 100 * exp(0.5 * gap), 1e-9);
    assert_true(r[1].high / r[1].low > r[0].high / r[0].low);
    autk_mirror_fit_deinit(&fit);
}

static void mirror__refuses_what_is_no_report(void **state)
{
    (void)state;
    autk_two_sides f[2] = {{0, 1, 2020, 0, 1}, {0, 1, 2020, 1, 1}};
    autk_reconciled r[2];
    autk_mirror_fit fit;
    autk_err err;
    assert_int_equal(autk_mirror_reconcile(r, &fit, f, 1, 2, NULL, NULL, NULL, &err), AUTK_EARG);
    f[0].exporter_says = INFINITY;
    assert_int_equal(autk_mirror_reconcile(r, &fit, f, 1, 2, NULL, NULL, NULL, &err), AUTK_EARG);
    f[0].exporter_says = 1;
    assert_int_equal(autk_mirror_reconcile(r, &fit, f, 2, 2, NULL, NULL, NULL, &err), AUTK_EARG);
    f[0].importer = 2;
    assert_int_equal(autk_mirror_reconcile(r, &fit, f, 1, 2, NULL, NULL, NULL, &err), AUTK_EARG);
    assert_ok(autk_mirror_reconcile(r, &fit, f, 0, 2, NULL, NULL, NULL, &err), &err);
    autk_mirror_fit_deinit(&fit);
}

static bool reconcile_once(void)
{
    autk_two_sides f[2] = {{0, 1, 2020, 100, 110}, {1, 0, 2020, 100, NAN}};
    autk_reconciled r[2];
    autk_mirror_fit fit = {.n_both = 0};
    autk_status st = autk_mirror_reconcile(r, &fit, f, 2, 2, place, NULL, NULL, NULL);
    autk_mirror_fit_deinit(&fit);
    return st == AUTK_OK;
}

static void mirror__survives_every_allocation_failure(void **state)
{
    (void)state;
    CHECK_SURVIVES_OOM(reconcile_once);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(mirror__finds_margins_and_reliabilities_that_were_put_in),
        cmocka_unit_test(mirror__of_equals_is_the_geometric_mean),
        cmocka_unit_test(mirror__uses_the_usual_gap_when_a_side_falls_silent),
        cmocka_unit_test(mirror__refuses_what_is_no_report),
        cmocka_unit_test(mirror__survives_every_allocation_failure)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
