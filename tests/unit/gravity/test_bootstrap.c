/* The Bayesian bootstrap against weighted estimates and clustered errors. */
#include <autarky/gravity.h>

#include "base/random.h"
#include "panel_file.h"
#include "unit.h"

#define ECONOMIES 24
#define YEARS 3
#define PAIRS (ECONOMIES * ECONOMIES)
#define DRAWS 200

/* With a column of weights: those of draw number 2 of seed 5 by pair, in the order of the data. */
static void write_data(char *path, size_t size)
{
    rng g = {11};
    double weight[PAIRS], sum = 0;
    uint64_t state = autki_random_stream(5, 2);
    for (int q = 0; q < PAIRS; q++)
        sum += weight[q] = autki_random_exponential(&state);
    FILE *f = open_panel(path, size);
    fprintf(f, "i,j,t,y,x,w\n");
    for (int q = 0; q < PAIRS; q++) {
        double pair = 0.5 * normal(&g);
        for (int t = 0; t < YEARS; t++) {
            double x = normal(&g), y = exp(0.3 * x + pair + 0.4 * normal(&g));
            fprintf(f, "%d,%d,%d,%.17g,%.17g,%.17g\n", q / ECONOMIES, q % ECONOMIES, t, y, x,
                    weight[q] / sum * PAIRS);
        }
    }
    fclose(f);
}

static autk_estimate *run(const char *path, autk_estimate_family family, int bootstrap,
                          const char *weights, int n_threads)
{
    autk_estimate_opts opts = autk_estimate_opts_default();
    autk_estimate *e = NULL;
    autk_err err;
    opts.family = family;
    opts.vcov = "cluster:i^j";
    opts.weights = weights;
    opts.bootstrap = bootstrap;
    opts.seed = 5;
    opts.n_threads = n_threads;
    assert_ok(autk_estimate_run(&e, "y ~ x | i^t + j^t", path, &opts, &err), &err);
    return e;
}

static void draws__are_weighted_estimates(void **state)
{
    (void)state;
    char path[32];
    write_data(path, sizeof path);
    for (int family = AUTK_FAMILY_POISSON; family <= AUTK_FAMILY_OLS; family++) {
        int n = 0;
        autk_estimate *drawn = run(path, (autk_estimate_family)family, 4, NULL, 2);
        autk_estimate *weighted = run(path, (autk_estimate_family)family, 0, "w", 1);
        const double *draws = autk_estimate_get_draws(drawn, &n);
        assert_int_equal(n, 4);
        assert_near(draws[2], autk_estimate_get_coefficient(weighted, 0).estimate, 1e-9);
        assert_null(autk_estimate_get_draws(weighted, &n));
        autk_estimate_free(drawn);
        autk_estimate_free(weighted);
    }
    remove(path);
}

/* The variance of 200 draws has a relative error of 10 %, its root of 5 %; three of them. */
static void draws__spread_as_clustered_errors_do(void **state)
{
    (void)state;
    char path[32];
    write_data(path, sizeof path);
    int n = 0;
    autk_estimate *drawn = run(path, AUTK_FAMILY_POISSON, DRAWS, NULL, 2);
    autk_estimate *single = run(path, AUTK_FAMILY_POISSON, DRAWS, NULL, 1);
    autk_estimate *analytic = run(path, AUTK_FAMILY_POISSON, 0, NULL, 1);
    autk_coefficient a = autk_estimate_get_coefficient(drawn, 0),
                     b = autk_estimate_get_coefficient(analytic, 0);
    assert_near(a.estimate, b.estimate, 0);
    assert_near(a.std_error, b.std_error, 0.15);
    assert_int_equal(autk_estimate_get_cluster(drawn, 0).levels, PAIRS);
    const double *two = autk_estimate_get_draws(drawn, &n);
    const double *one = autk_estimate_get_draws(single, &n);
    assert_memory_equal(two, one, DRAWS * sizeof *two);
    autk_estimate_free(drawn);
    autk_estimate_free(single);
    autk_estimate_free(analytic);
    remove(path);
}

static void bootstrap__wants_one_cluster_and_no_correction(void **state)
{
    (void)state;
    const struct {
        const char *vcov, *message;
        bool correct;
        int draws;
    } cases[] = {{"twoway:i,j", "expected one cluster", false, 10},
                 {NULL, "expected no --bias-correction", true, 10},
                 {"cluster:i", "expected 2 to 10000 draws", false, 1}};
    char path[32];
    write_data(path, sizeof path);
    for (size_t k = 0; k < sizeof cases / sizeof *cases; k++) {
        autk_estimate_opts opts = autk_estimate_opts_default();
        autk_estimate *e = NULL;
        autk_err err = {0};
        opts.vcov = cases[k].vcov;
        opts.bias_correction = cases[k].correct;
        opts.bootstrap = cases[k].draws;
        assert_int_equal(autk_estimate_run(&e, "y ~ x | i^t + j^t", path, &opts, &err), AUTK_EARG);
        assert_non_null(strstr(err.msg, cases[k].message));
    }
    remove(path);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(draws__are_weighted_estimates),
        cmocka_unit_test(draws__spread_as_clustered_errors_do),
        cmocka_unit_test(bootstrap__wants_one_cluster_and_no_correction)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
