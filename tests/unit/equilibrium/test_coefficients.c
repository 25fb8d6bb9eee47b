/* Sanctions whose coefficients come, with their covariance, from an estimation. */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "equilibrium/scenario.h"
#include "unit.h"

#define KIND "{\"kind\": \"autarky.partial_effects\", "

static autk_status read_both(autk_scenario **out, const char *yaml, const char *json, autk_err *err)
{
    autk_input *input = NULL;
    memset(err, 0, sizeof *err);
    autk_status st = autk_input_memory(&input, "s.yaml", yaml, strlen(yaml), err);
    if (st == AUTK_OK)
        st = autk_scenario_read(out, input, err);
    autk_input_free(input);
    input = NULL;
    if (st == AUTK_OK && json != NULL) {
        st = autk_input_memory(&input, "b.json", json, strlen(json), err);
        if (st == AUTK_OK)
            st = autk_scenario_use_coefficients(*out, input, err);
        autk_input_free(input);
    }
    if (st != AUTK_OK) {
        autk_scenario_free(*out);
        *out = NULL;
    }
    return st;
}

static autk_economy *world(void)
{
    autk_economy *e = NULL;
    autk_err err;
    assert_ok(autk_economy_generate(&e, 4, 1, 7, &err), &err);
    return e;
}

static autk_simulation *simulate(const char *yaml, const char *json, const autk_economy *e,
                                 int draws)
{
    autk_scenario *s = NULL;
    autk_simulation *sim = NULL;
    autk_err err;
    autk_simulate_opts opts = {.draws = draws, .n_threads = 2};
    assert_ok(read_both(&s, yaml, json, &err), &err);
    assert_ok(autk_simulate(&sim, s, e, &opts, &err), &err);
    autk_scenario_free(s);
    return sim;
}

static double welfare(const char *yaml, const char *json, const autk_economy *e)
{
    autk_simulation *sim = simulate(yaml, json, e, 0);
    double w = autk_simulation_outcome(sim, 0)[0].welfare_exact;
    autk_simulation_free(sim);
    return w;
}

static double width(const char *yaml, const char *json, const autk_economy *e, int draws)
{
    autk_simulation *sim = simulate(yaml, json, e, draws);
    assert_int_equal(autk_simulation_n_failed_draws(sim), 0);
    double w = autk_simulation_high(sim, 0)[0].welfare_exact -
               autk_simulation_low(sim, 0)[0].welfare_exact;
    autk_simulation_free(sim);
    return w;
}

/* The factor by hand: 4 12 -16, 12 37 -43, -16 -43 98 is L L' of 2, 6 1, -8 5 3. */
static void coefficients__the_factor_is_the_textbook_one(void **state)
{
    (void)state;
    double v[9] = {4, 12, -16, 12, 37, -43, -16, -43, 98};
    static const double l[9] = {2, 0, 0, 6, 1, 0, -8, 5, 3};
    assert_true(autki_cholesky_lower(v, 3));
    for (size_t i = 0; i < 9; i++)
        assert_near(v[i], l[i], 1e-12);
    double draws[3] = {1, 10, 100};
    autki_correlate(draws, v, 3);
    assert_near(draws[0], 2, 1e-12);
    assert_near(draws[1], 16, 1e-12);
    assert_near(draws[2], 342, 1e-10);
}

static void coefficients__a_covariance_may_be_semidefinite_but_not_indefinite(void **state)
{
    (void)state;
    double opposed[4] = {1, -1, -1, 1}, certain[4] = {0, 0, 0, 4}, indefinite[4] = {1, 2, 2, 1},
           negative[1] = {-1}, stray[4] = {0, 1, 1, 4};
    assert_true(autki_cholesky_lower(opposed, 2));
    assert_near(opposed[2], -1, 0);
    assert_near(opposed[3], 0, 0);
    assert_true(autki_cholesky_lower(certain, 2));
    assert_near(certain[3], 2, 0);
    assert_false(autki_cholesky_lower(indefinite, 2));
    assert_false(autki_cholesky_lower(negative, 1));
    assert_false(autki_cholesky_lower(stray, 2));
}

/* One estimate is the case that {coefficient, standard_error} covers too: the same digits. */
static void coefficients__one_estimate_is_a_coefficient_with_its_error(void **state)
{
    (void)state;
    autk_economy *e = world();
    static const char json[] = KIND "\"names\": [\"rta\", \"war\"], \"estimates\": [0.3, -0.8], "
                                    "\"vcov\": [[0.09, 0.01], [0.01, 0.0625]]}";
    autk_simulation *a = simulate("name: x\nmeasures: [{sanction: {estimate: war, times: -1}, "
                                  "from: R1, to: R2, both: true}]\n",
                                  json, e, 40);
    autk_simulation *b = simulate("name: x\nmeasures: [{sanction: {coefficient: 0.8, "
                                  "standard_error: 0.25}, from: R1, to: R2, both: true}]\n",
                                  NULL, e, 0);
    assert_near(autk_simulation_outcome(a, 0)[0].welfare_exact,
                autk_simulation_outcome(b, 0)[0].welfare_exact, 0);
    autk_simulation_free(a);
    autk_simulation_free(b);
    static const char as_estimate[] =
        "name: x\nmeasures: [{sanction: {estimate: war}, from: R1, to: R2, both: true}]\n";
    static const char as_number[] = "name: x\nmeasures: [{sanction: {coefficient: -0.8, "
                                    "standard_error: 0.25}, from: R1, to: R2, both: true}]\n";
    assert_near(width(as_estimate, json, e, 40), width(as_number, NULL, e, 40), 0);
    autk_economy_free(e);
}

/* b and -b on the same flow: whatever is drawn, nothing happens. */
static void coefficients__perfectly_opposed_estimates_cancel(void **state)
{
    (void)state;
    autk_economy *e = world();
    static const char yaml[] = "name: x\nmeasures:\n"
                               "  - {sanction: {estimate: a}, from: R1, to: R2}\n"
                               "  - {sanction: {estimate: b}, from: R1, to: R2}\n";
    static const char opposed[] = KIND "\"names\": [\"a\", \"b\"], \"estimates\": [0.5, -0.5], "
                                       "\"vcov\": [[0.04, -0.04], [-0.04, 0.04]]}";
    static const char apart[] = KIND "\"names\": [\"a\", \"b\"], \"estimates\": [0.5, -0.5], "
                                     "\"vcov\": [[0.04, 0], [0, 0.04]]}";
    assert_near(welfare(yaml, opposed, e), 0, 1e-9);
    assert_near(width(yaml, opposed, e, 50), 0, 1e-9);
    assert_true(width(yaml, apart, e, 50) > 1e-5);
    autk_economy_free(e);
}

/* The delta method: for small errors, the interval is 2 * 1.645 sqrt(g'Vg), the gradient g from
 * simulations of their own. Five standard errors of the quantiles of 2,000 draws are 10 %. */
static void coefficients__intervals_follow_the_covariance(void **state)
{
    (void)state;
    autk_economy *e = world();
    static const char yaml[] = "name: x\nmeasures:\n"
                               "  - {sanction: {estimate: a}, from: R1, to: R2, both: true}\n"
                               "  - {sanction: {estimate: b}, from: R1, to: R3, both: true}\n";
    static const char rest[] = KIND "\"names\": [\"z\", \"b\", \"a\"], "
                                    "\"estimates\": [9, -0.4, -0.6], "
                                    "\"vcov\": [[7, 0, 0], [0, 0.0009, %s], [0, %s, 0.0004]]}";
    double g[2];
    for (size_t k = 0; k < 2; k++) {
        double w[2];
        for (size_t side = 0; side < 2; side++) {
            char direct[300];
            double h = side == 0 ? 1e-4 : -1e-4;
            (void)snprintf(direct, sizeof direct,
                           "name: x\nmeasures:\n"
                           "  - {sanction: %.6f, from: R1, to: R2, both: true}\n"
                           "  - {sanction: %.6f, from: R1, to: R3, both: true}\n",
                           -0.6 + (k == 0 ? h : 0), -0.4 + (k == 1 ? h : 0));
            w[side] = welfare(direct, NULL, e);
        }
        g[k] = (w[0] - w[1]) / 2e-4;
    }
    static const char *const covariances[] = {"0.00054", "0", "-0.00054"};
    for (size_t k = 0; k < 3; k++) {
        char json[400];
        double c = strtod(covariances[k], NULL);
        (void)snprintf(json, sizeof json, rest, covariances[k], covariances[k]);
        double variance = g[0] * g[0] * 0.0004 + g[1] * g[1] * 0.0009 + 2 * g[0] * g[1] * c;
        double expected = 2 * 1.6448536 * sqrt(variance);
        assert_near(width(yaml, json, e, 2000) / expected, 1, 0.1);
    }
    autk_economy_free(e);
}

static void coefficients__bad_files_are_refused(void **state)
{
    (void)state;
    static const char *const cases[][2] = {
        {"{\"kind\": ", "b.json:1:9: expected JSON, got: "},
        {"{}", "b.json:0:0: expected what `autarky estimate --to-scenario` writes (kind "},
        {KIND "\"names\": []}", "b.json:0:0: expected a list of names, got another"},
        {KIND "\"names\": [\"a\"], \"estimates\": []}",
         "b.json:0:0: expected an estimate for each name, got another"},
        {KIND "\"names\": [\"a\"], \"estimates\": [1], \"vcov\": [1]}",
         "b.json:0:0: expected a column of vcov for each name, got another"},
        {KIND "\"names\": [\"a\"], \"estimates\": [null], \"vcov\": [[1]]}",
         "b.json:0:0: expected a number as the estimate of a, got none"},
        {KIND "\"names\": [\"a\"], \"estimates\": [1], \"vcov\": [[null]]}",
         "b.json:0:0: expected a number as a covariance of a, got none"},
        {KIND "\"names\": [\"a\"], \"estimates\": [1], \"vcov\": [[-1]]}",
         "b.json:0:0: expected a positive semidefinite vcov, got another"},
        {KIND "\"names\": [\"a\", \"a\"], \"estimates\": [1, 1], \"vcov\": [[1, 0], [0, 1]]}",
         "b.json:0:0: expected each name once, got a twice"},
        {KIND "\"names\": [\"c\", \"aa\"], \"estimates\": [1, 1], \"vcov\": [[1, 0], [0, 1]]}",
         "s.yaml:3:5: expected the name of an estimate in b.json, got \"a\" (nearest: "}};
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        autk_scenario *s = NULL;
        autk_err err;
        char got[600];
        assert_true(read_both(&s, "name: x\nmeasures:\n  - sanction: {estimate: a}\n", cases[i][0],
                              &err) != AUTK_OK);
        (void)snprintf(got, sizeof got, "%s:%d:%d: %s", err.source, (int)err.line, (int)err.column,
                       err.msg);
        if (strlen(got) > strlen(cases[i][1]))
            got[strlen(cases[i][1])] = '\0';
        assert_string_equal(got, cases[i][1]);
    }
}

static void coefficients__no_file_or_a_useless_one_is_refused(void **state)
{
    (void)state;
    autk_scenario *s = NULL;
    autk_simulation *sim = NULL;
    autk_err err;
    autk_economy *e = world();
    assert_ok(read_both(&s, "name: x\nmeasures:\n  - sanction: {estimate: a}\n", NULL, &err), &err);
    assert_int_equal(autk_simulate(&sim, s, e, NULL, &err), AUTK_EDATA);
    assert_string_equal(err.msg, "expected a file of coefficients for the estimate a, got none");
    assert_int_equal(err.line, 3);
    autk_scenario_free(s);
    s = NULL;
    assert_int_equal(read_both(&s, "name: x\nmeasures:\n  - sanction: -0.4\n",
                               KIND "\"names\": [\"a\"], \"estimates\": [1], \"vcov\": [[1]]}",
                               &err),
                     AUTK_EDATA);
    assert_string_equal(err.msg, "expected a sanction {estimate: NAME} for the coefficients of "
                                 "b.json, got none");
    static const char *const bad[] = {
        "name: x\nmeasures:\n  - sanction: {standard_error: 1}\n",
        "name: x\nmeasures:\n  - sanction: {estimate: a, coefficient: 1}\n",
        "name: x\nmeasures:\n  - sanction: {coefficient: 1, times: 2}\n"};
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++)
        assert_int_equal(read_both(&s, bad[i], NULL, &err), AUTK_EPARSE);
    autk_economy_free(e);
}

static autk_economy *shared_world;

static bool use_once(void)
{
    autk_scenario *s = NULL;
    autk_simulation *sim = NULL;
    autk_err err;
    autk_simulate_opts opts = {.draws = 1, .tolerance = 1e-2};
    autk_status st = read_both(&s, "name: x\nmeasures: [{sanction: {estimate: a}, from: R1}]\n",
                               KIND "\"names\": [\"b\", \"a\"], \"estimates\": [1, -1], "
                                    "\"vcov\": [[1, 0], [0, 1]]}",
                               &err);
    if (st == AUTK_OK)
        st = autk_simulate(&sim, s, shared_world, &opts, &err);
    autk_simulation_free(sim);
    autk_scenario_free(s);
    return st == AUTK_OK;
}

static void coefficients__survive_every_allocation_failure(void **state)
{
    (void)state;
    shared_world = world();
    CHECK_SURVIVES_OOM(use_once);
    autk_economy_free(shared_world);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(coefficients__the_factor_is_the_textbook_one),
        cmocka_unit_test(coefficients__a_covariance_may_be_semidefinite_but_not_indefinite),
        cmocka_unit_test(coefficients__one_estimate_is_a_coefficient_with_its_error),
        cmocka_unit_test(coefficients__perfectly_opposed_estimates_cancel),
        cmocka_unit_test(coefficients__intervals_follow_the_covariance),
        cmocka_unit_test(coefficients__bad_files_are_refused),
        cmocka_unit_test(coefficients__no_file_or_a_useless_one_is_refused),
        cmocka_unit_test(coefficients__survive_every_allocation_failure)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
