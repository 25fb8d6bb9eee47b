/* Weidner & Zylkin's corrections on panels whose truth is known. Their package's published example
 * (65 countries, bias .0076567524, corrected error .0419558558) comes out too, but its data may not
 * be kept here. */
#include <math.h>

#include <autarky/gravity.h>

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
        cmocka_unit_test(bias__survives_every_allocation_failure)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
