/* Draws of theta from a file. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <autarky/scenario.h>

#include "unit.h"

#define CUT "name: cut\ndeficits: zero\nmeasures: [{embargo: true, from: R1, to: R2, both: true}]\n"

static autk_status read_both(autk_scenario **out, const char *yaml, const char *csv, autk_err *err)
{
    autk_input *input = NULL;
    autk_scenario *s = NULL;
    memset(err, 0, sizeof *err);
    autk_status st = autk_input_memory(&input, "s.yaml", yaml, strlen(yaml), err);
    if (st == AUTK_OK)
        st = autk_scenario_read(&s, input, err);
    autk_input_free(input);
    input = NULL;
    if (st == AUTK_OK)
        st = autk_input_memory(&input, "d.csv", csv, strlen(csv), err);
    if (st == AUTK_OK)
        st = autk_scenario_use_theta_draws(s, input, err);
    autk_input_free(input);
    if (st != AUTK_OK) {
        autk_scenario_free(s);
        return st;
    }
    *out = s;
    return AUTK_OK;
}

static autk_economy *world(int32_t sectors)
{
    autk_economy *e = NULL;
    autk_err err;
    assert_ok(autk_economy_generate(&e, 4, sectors, 7, &err), &err);
    return e;
}

static autk_simulation *simulate(const char *yaml, const char *csv, const autk_economy *e,
                                 int n_threads)
{
    autk_scenario *s = NULL;
    autk_simulation *sim = NULL;
    autk_err err;
    autk_simulate_opts opts = {.n_threads = n_threads};
    assert_ok(read_both(&s, yaml, csv, &err), &err);
    assert_ok(autk_simulate(&sim, s, e, &opts, &err), &err);
    autk_scenario_free(s);
    return sim;
}

/* The loss of R1 when every sector has this theta: no draw is involved. */
static double loss_at(const char *theta, const autk_economy *e)
{
    char yaml[300];
    autk_input *input = NULL;
    autk_scenario *s = NULL;
    autk_simulation *sim = NULL;
    autk_err err;
    (void)snprintf(yaml, sizeof yaml, CUT "elasticities: {theta: %s}\n", theta);
    assert_ok(autk_input_memory(&input, "s.yaml", yaml, strlen(yaml), &err), &err);
    assert_ok(autk_scenario_read(&s, input, &err), &err);
    assert_ok(autk_simulate(&sim, s, e, NULL, &err), &err);
    double w = autk_simulation_outcome(sim, 0)[0].welfare_exact;
    autk_simulation_free(sim);
    autk_scenario_free(s);
    autk_input_free(input);
    return w;
}

/* Three draws, so the 5 % quantile is a tenth of the way from the least to the middle. */
static void theta_draws__are_solved_as_they_stand_in_the_file(void **state)
{
    (void)state;
    static const char *const files[] = {"anything\n8\n3\n5\n", "S2,S1\n8,8\n3,3\n5,5\n"};
    for (int32_t sectors = 1; sectors <= 2; sectors++) {
        autk_economy *e = world(sectors);
        double low = loss_at("3", e), middle = loss_at("5", e), high = loss_at("8", e);
        assert_true(low < middle && middle < high);
        autk_simulation *sim = simulate(CUT, files[sectors - 1], e, 2);
        assert_int_equal(autk_simulation_n_draws(sim), 3);
        assert_near(autk_simulation_low(sim, 0)[0].welfare_exact, low + 0.1 * (middle - low), 1e-8);
        assert_near(autk_simulation_high(sim, 0)[0].welfare_exact, high - 0.1 * (high - middle),
                    1e-8);
        autk_simulation_free(sim);
        autk_economy_free(e);
    }
}

/* Columns go by name: which sector has which theta must not depend on their order. */
static void theta_draws__find_their_sectors_by_name(void **state)
{
    (void)state;
    autk_economy *e = world(2);
    autk_simulation *a = simulate(CUT, "S1,S2\n3,9\n", e, 1);
    autk_simulation *b = simulate(CUT, "S2,S1\n9,3\n", e, 1);
    autk_simulation *c = simulate(CUT, "S2,S1\n3,9\n", e, 1);
    double of_a = autk_simulation_low(a, 0)[0].welfare_exact;
    assert_near(autk_simulation_low(b, 0)[0].welfare_exact, of_a, 0);
    assert_true(autk_simulation_low(c, 0)[0].welfare_exact != of_a);
    autk_simulation_free(a);
    autk_simulation_free(b);
    autk_simulation_free(c);
    autk_economy_free(e);
}

static void theta_draws__are_scaled_and_taken_in_turn(void **state)
{
    (void)state;
    autk_economy *e = world(1);
    autk_simulation *twice = simulate(CUT "uncertainty: {draws: 4}\n", "t\n3\n5\n", e, 1);
    autk_simulation *half = simulate(CUT "elasticities: {factor: 0.5}\n", "t\n6\n10\n", e, 1);
    double low = loss_at("3", e), high = loss_at("5", e);
    assert_int_equal(autk_simulation_n_draws(twice), 4); /* low low high high */
    assert_near(autk_simulation_low(twice, 0)[0].welfare_exact, low, 1e-8);
    assert_near(autk_simulation_low(half, 0)[0].welfare_exact, low + 0.05 * (high - low), 1e-8);
    autk_simulation_free(twice);
    autk_simulation_free(half);
    autk_economy_free(e);
}

static void theta_draws__a_bad_file_is_refused_with_a_place(void **state)
{
    (void)state;
    static const char *const cases[][2] = {
        {"", "d.csv:1:1: expected a header of sectors, got an empty file"},
        {"S1\n", "d.csv:2:1: expected a draw, got none"},
        {"S1,S1\n1,2\n", "d.csv:1:4: expected each sector once, got \"S1\""},
        {"S1,S2\n4,5\n4\n", "d.csv:3:1: expected 2 fields as in the header, got 1"},
        {"S1,S2\n4,five\n", "d.csv:2:3: expected theta as a finite number, got \"five\""},
        {"S1,S2\n4,5\n4,-5\n", "d.csv:3:3: expected a theta above 0, got \"-5\""},
        {"S1,S2\n4,nan\n", "d.csv:2:3: "},
        {"S1,S3\n4,5\n", "d.csv:1:4: expected the name of a sector, got \"S3\" (nearest: "},
        {"S1\n4\n", "d.csv:1:1: expected a column for each sector, got none for S2"}};
    autk_economy *e = world(2);
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        autk_scenario *s = NULL;
        autk_simulation *sim = NULL;
        autk_err err;
        char got[600];
        autk_status st = read_both(&s, CUT, cases[i][0], &err);
        if (st == AUTK_OK)
            st = autk_simulate(&sim, s, e, NULL, &err);
        assert_int_equal(autk_status_exit_code(st), 3);
        (void)snprintf(got, sizeof got, "%s:%d:%d: %s", err.source, (int)err.line, (int)err.column,
                       err.msg);
        got[strlen(cases[i][1])] = '\0';
        assert_string_equal(got, cases[i][1]);
        autk_scenario_free(s);
    }
    autk_scenario *s = NULL;
    autk_err err;
    assert_int_equal(read_both(&s, CUT "elasticities: {theta: 4}\n", "S1\n4\n", &err), AUTK_EDATA);
    autk_economy_free(e);
}

static bool read_and_bind(void)
{
    autk_scenario *s = NULL;
    autk_economy *e = NULL;
    autk_simulation *sim = NULL;
    autk_err err;
    bool good = read_both(&s, CUT, "S1,S2\n3,4\n5,6\n", &err) == AUTK_OK;
    if (good)
        good = autk_economy_generate(&e, 2, 2, 1, &err) == AUTK_OK;
    if (good)
        good = autk_simulate(&sim, s, e, NULL, &err) == AUTK_OK;
    autk_simulation_free(sim);
    autk_economy_free(e);
    autk_scenario_free(s);
    return good;
}

static void theta_draws__survive_every_allocation_failure(void **state)
{
    (void)state;
    CHECK_SURVIVES_OOM(read_and_bind);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(theta_draws__are_solved_as_they_stand_in_the_file),
        cmocka_unit_test(theta_draws__find_their_sectors_by_name),
        cmocka_unit_test(theta_draws__are_scaled_and_taken_in_turn),
        cmocka_unit_test(theta_draws__a_bad_file_is_refused_with_a_place),
        cmocka_unit_test(theta_draws__survive_every_allocation_failure)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
