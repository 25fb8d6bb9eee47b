/* Weidner & Zylkin's corrections on panels whose truth is known. Their package's published example
 * (65 countries, bias .0076567524, corrected error .0419558558) comes out too, but its data may not
 * be kept here. */
#include <math.h>

#include <autarky/gravity.h>

#include "gravity_dense.h"
#include "panel_file.h"
#include "unit.h"

#define COUNTRIES 20
#define YEARS 3
#define TRUTH 1.0

typedef struct tally {
    double bias, bias_corrected; /* sums of estimate - truth */
    int covered, covered_corrected, n;
} tally;

/* A regressor that follows the effects, and errors that live on in a pair: the paper's design. */
static void write_draw(char *path, size_t size, rng *g)
{
    double a[COUNTRIES][YEARS], b[COUNTRIES][YEARS];
    for (int i = 0; i < COUNTRIES; i++) {
        for (int t = 0; t < YEARS; t++) {
            a[i][t] = 0.25 * normal(g);
            b[i][t] = 0.25 * normal(g);
        }
    }
    FILE *f = open_panel(path, size);
    fprintf(f, "i,j,t,y,x\n");
    for (int i = 0; i < COUNTRIES; i++) {
        for (int j = 0; j < COUNTRIES; j++) {
            double pair = 0.25 * normal(g), x = pair + 0.25 * normal(g), e = normal(g);
            for (int t = 0; t < YEARS && i != j; t++) {
                x = 0.5 * x + a[i][t] + b[j][t] + 0.5 * normal(g);
                e = 0.3 * e + sqrt(1 - 0.09) * normal(g);
                double mu = exp(TRUTH * x + a[i][t] + b[j][t] + pair);
                double variance = 1 / mu, s2 = log(1 + variance);
                fprintf(f, "%d,%d,%d,%.17g,%.17g\n", i, j, t, mu * exp(sqrt(s2) * e - s2 / 2), x);
            }
        }
    }
    fclose(f);
}

static autk_coefficient estimate(const char *path, bool correct)
{
    autk_estimate_opts opts = autk_estimate_opts_default();
    autk_estimate *e = NULL;
    autk_err err;
    opts.n_threads = 1;
    opts.bias_correction = correct;
    opts.vcov = correct ? NULL : "cluster:i^j";
    assert_ok(autk_estimate_run(&e, "y ~ x | i^t + j^t + i^j", path, &opts, &err), &err);
    autk_coefficient c = autk_estimate_get_coefficient(e, 0);
    autk_estimate_free(e);
    return c;
}

static void count(tally *all, const char *path)
{
    autk_coefficient plain = estimate(path, false), corrected = estimate(path, true);
    assert_near(corrected.uncorrected, plain.estimate, 1e-12);
    all->bias += plain.estimate - TRUTH;
    all->bias_corrected += corrected.estimate - TRUTH;
    all->covered += fabs(plain.estimate - TRUTH) <= 1.96 * plain.std_error;
    all->covered_corrected += fabs(corrected.estimate - TRUTH) <= 1.96 * corrected.std_error;
    all->n++;
}

/* 300 draws: the standard error of a coverage near .95 is .0126. */
static void bias__corrected_intervals_cover_near_nominal(void **state)
{
    (void)state;
    tally all = {0};
    rng g = {2021};
    for (int r = 0; r < 300; r++) {
        char path[32];
        write_draw(path, sizeof path, &g);
        count(&all, path);
        remove(path);
    }
    double plain = (double)all.covered / all.n, corrected = (double)all.covered_corrected / all.n;
    print_message("bias %.4f, corrected %.4f; coverage %.3f, corrected %.3f\n", all.bias / all.n,
                  all.bias_corrected / all.n, plain, corrected);
    assert_true(corrected > plain + 0.01);
    assert_true(corrected > 0.95 - 3 * 0.0126 && corrected < 0.95 + 3 * 0.0126);
    assert_true(fabs(all.bias_corrected) < 0.5 * fabs(all.bias));
}

#define SMALL_ROWS 400

/* An unbalanced panel of n_i exporters, n_j importers and 4 years, as a file and as arrays. */
static void make_small(dense_panel *d, int *pair, int *n_pairs, char *path, int n_i, int n_j)
{
    rng g = {(unsigned long long)(100 * n_i + n_j)};
    static double y[SMALL_ROWS], x[2 * SMALL_ROWS];
    static int level[3][SMALL_ROWS];
    *d = (dense_panel){.n_regressors = 2, .n_effects = 3, .y = y, .x = x};
    *n_pairs = 0;
    for (int k = 0; k < 3; k++)
        d->level[k] = level[k];
    FILE *f = open_panel(path, 32);
    fprintf(f, "i,j,t,y,x,z\n");
    for (int i = 0; i < n_i; i++) {
        for (int j = 0; j < n_j; j++) {
            int before = (int)d->n;
            for (int t = 0; t < 4; t++) {
                double a = normal(&g), b = normal(&g) + 0.3 * i * t, e = normal(&g);
                if ((i + 2 * j + 3 * t) % 7 == 0)
                    continue;
                size_t r = d->n++;
                x[2 * r] = a;
                x[2 * r + 1] = b;
                y[r] = exp(0.3 * a - 0.1 * b + 0.2 * i - 0.1 * j * t + 0.5 * e);
                level[0][r] = i * 4 + t;
                level[1][r] = j * 4 + t;
                level[2][r] = pair[r] = *n_pairs;
                fprintf(f, "%d,%d,%d,%.17g,%.17g,%.17g\n", i, j, t, y[r], a, b);
            }
            *n_pairs += (int)d->n > before;
        }
    }
    fclose(f);
    d->n_levels[0] = 4 * n_i;
    d->n_levels[1] = 4 * n_j;
    d->n_levels[2] = *n_pairs;
}

/* Against the leverage of the dense design, with either side the smaller, on one and two threads.
 */
static void errors__are_those_of_the_dense_design(void **state)
{
    (void)state;
    static const int sizes[][2] = {{7, 7}, {9, 5}, {5, 9}};
    for (int way = 2; way <= 3; way++) {
        for (size_t k = 0; k < sizeof sizes / sizeof *sizes; k++) {
            dense_panel d;
            dense_result fit;
            int pair[SMALL_ROWS], n_pairs;
            double v[DENSE_REGRESSORS][DENSE_REGRESSORS];
            char path[32];
            make_small(&d, pair, &n_pairs, path, sizes[k][0], sizes[k][1]);
            d.n_effects = (size_t)way;
            dense_regression(&fit, &d, true, false, NULL, 0);
            dense_corrected(v, &d, fit.fitted, pair, n_pairs, way == 3);
            double errors[2];
            for (int threads = 1; threads <= 2; threads++) {
                autk_estimate_opts opts = autk_estimate_opts_default();
                autk_estimate *e = NULL;
                autk_err err;
                opts.n_threads = threads;
                opts.bias_correction = true;
                const char *formula =
                    way == 3 ? "y ~ x + z | i^t + j^t + i^j" : "y ~ x + z | i^t + j^t";
                assert_ok(autk_estimate_run(&e, formula, path, &opts, &err), &err);
                for (int i = 0; i < 2; i++) {
                    autk_coefficient c = autk_estimate_get_coefficient(e, i);
                    assert_near(c.uncorrected, fit.b[i], 1e-7);
                    assert_near(c.std_error, sqrt(v[i][i]), 1e-6);
                    assert_true(threads == 1 || c.std_error == errors[i]);
                    errors[i] = c.std_error;
                }
                autk_estimate_free(e);
            }
            dense_result_deinit(&fit);
            remove(path);
        }
    }
}

static char oom_path[32];

static bool correct_once(void)
{
    autk_estimate_opts opts = autk_estimate_opts_default();
    autk_estimate *e = NULL;
    opts.n_threads = 1;
    opts.bias_correction = true;
    autk_status st = autk_estimate_run(&e, "y ~ x | i^t + j^t + i^j", oom_path, &opts, NULL);
    autk_estimate_free(e);
    return st == AUTK_OK;
}

static void bias__survives_every_allocation_failure(void **state)
{
    (void)state;
    rng g = {5};
    write_draw(oom_path, sizeof oom_path, &g);
    CHECK_SURVIVES_OOM_OR_RECOVERS(correct_once);
    remove(oom_path);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(bias__corrected_intervals_cover_near_nominal),
        cmocka_unit_test(errors__are_those_of_the_dense_design),
        cmocka_unit_test(bias__survives_every_allocation_failure)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
