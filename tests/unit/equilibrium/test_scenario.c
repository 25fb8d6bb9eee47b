/* Scenarios: read, refused with line and column, bound to an economy, simulated. */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <autarky/scenario.h>

#include "unit.h"

static autk_status read_text(autk_scenario **out, const char *text, autk_err *err)
{
    autk_input *input = NULL;
    memset(err, 0, sizeof *err);
    autk_status st = autk_input_memory(&input, "s.yaml", text, strlen(text), err);
    if (st == AUTK_OK)
        st = autk_scenario_read(out, input, err);
    autk_input_free(input);
    return st;
}

static void place_and_message(char *out, size_t size, const autk_err *err)
{
    (void)snprintf(out, size, "%s:%d:%d: %s", err->source, (int)err->line, (int)err->column,
                   err->msg);
}

static void scenario__is_refused_with_a_place(void **state)
{
    (void)state;
    static const char *const cases[][2] = {
        {"", "s.yaml:1:1: expected a scenario, got an empty file"},
        {"- 1\n", "s.yaml:1:1: expected a scenario, got a list"},
        {"name: x\n", "s.yaml:1:1: expected steps or measures, got a mapping"},
        {"name: x\nmeasurs:\n", "s.yaml:2:1: expected a key of a scenario, got \"measurs\" "
                                "(nearest: measures)"},
        {"name: x\nname: y\n", "s.yaml:2:1: expected each key once, got \"name\""},
        {"name: x\nmeasures:\n  - tariff: 25\n",
         "s.yaml:3:13: expected a rate such as 25 % or 0.25 (above 10 only with %), got \"25\""},
        {"name: x\nmeasures:\n  - tariff: {set: 1%, add: 2%}\n",
         "s.yaml:3:13: expected one of set, add, multiply, column, got a mapping"},
        {"name: x\nmeasures:\n  - embargo: yes\n",
         "s.yaml:3:14: expected true or false, got \"yes\""},
        {"name: x\nmeasures:\n  - embargo: false\n",
         "s.yaml:3:14: expected true; leave it out otherwise, got \"false\""},
        {"name: x\nmeasures:\n  - from: A\n    to: B\n",
         "s.yaml:3:5: expected one of tariff, cost, embargo, export_ban, export_tax, sanction, "
         "productivity, close, transit_ban, got a mapping"},
        {"name: x\nmeasures:\n  - cost: 10%\n    embargo: true\n",
         "s.yaml:4:14: expected one measure in an item of the list, got \"true\""},
        {"name: x\nmeasures:\n  - cost: -100%\n",
         "s.yaml:3:11: expected a rate above -100 %, got \"-100%\""},
        {"name: x\nmeasures:\n  - cost: 10%\n    from: [A, B, A]\n",
         "s.yaml:4:18: expected each name once, got \"A\""},
        {"name: x\nmeasures:\n  - cost: 10%\n    from: []\n",
         "s.yaml:4:11: expected the name of an economy or a group, got an empty list"},
        {"name: x\nmeasures:\n  - cost: 10%\n    from: A\n    between: [A, B]\n",
         "s.yaml:5:14: expected either between, or from and to, got a list"},
        {"name: x\ndeficits: balanced\n",
         "s.yaml:2:11: expected fixed, zero, output or surviving, got \"balanced\""},
        {"name: x\nsteps:\n  - name: a\n    measures: [{cost: 1%}]\n  - name: a\n    measures: "
         "[{cost: 2%}]\n",
         "s.yaml:5:5: expected each step's name once, got a mapping"},
        {"name: x\nuncertainty: {draws: 0}\n",
         "s.yaml:2:22: expected 1 to 100000 draws, got \"0\""},
        {"name: [x\n", "s.yaml:2:1: expected YAML, got: did not find expected ',' or ']'"},
        {"name: x\nmeasures: [{cost: 1%}]\n---\nname: y\n",
         "s.yaml:4:1: expected one document in a file, got a mapping"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        autk_scenario *s = NULL;
        autk_err err;
        char got[600];
        assert_true(read_text(&s, cases[i][0], &err) != AUTK_OK);
        place_and_message(got, sizeof got, &err);
        assert_string_equal(got, cases[i][1]);
    }
}

static autk_economy *world(int32_t n, int32_t s)
{
    autk_economy *e = NULL;
    autk_err err;
    assert_ok(autk_economy_generate(&e, n, s, 4, &err), &err);
    return e;
}

static void scenario__names_are_looked_up_with_a_place(void **state)
{
    (void)state;
    static const char *const cases[][2] = {
        {"name: x\nmeasures:\n  - cost: 10%\n    from: R11\n",
         "s.yaml:4:11: expected the name of an economy or a group, got \"R11\" (nearest: R1, "},
        {"name: x\nmeasures:\n  - cost: 10%\n    sectors: [S1, T2]\n",
         "s.yaml:4:19: expected the name of a sector, got \"T2\" (nearest: "},
        {"name: x\nmeasures:\n  - cost: 10%\n    from: R1\n    to: R1\n",
         "s.yaml:3:5: expected a seller and another economy that buys, got none"},
        {"name: x\nmeasures:\n  - tariff: 10%\n    from: R1\n  - tariff: 20%\n    to: R2\n",
         "s.yaml:5:5: expected one measure on a flow, got tariff where line 3 has tariff"},
        {"name: x\nmeasures:\n  - embargo: true\n    from: R1\n    to: R2\n  - cost: 20%\n",
         "s.yaml:6:5: expected one measure on a flow, got cost where line 3 has embargo"},
        {"name: x\nmeasures:\n  - tariff: {column: later}\n",
         ":0:0: expected an economy of long files for column later, got another"},
        {"name: x\nmeasures:\n  - embargo: true\n    from: R1\n    both: true\n",
         ":0:0: x: no equilibrium exists: R1 and those it still trades with keep a trade deficit "
         "of "},
    };
    autk_economy *e = world(4, 2);
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        autk_scenario *s = NULL;
        autk_simulation *sim = NULL;
        autk_err err;
        char got[600];
        assert_ok(read_text(&s, cases[i][0], &err), &err);
        memset(&err, 0, sizeof err);
        assert_true(autk_simulate(&sim, s, e, NULL, &err) != AUTK_OK);
        place_and_message(got, sizeof got, &err);
        got[strlen(cases[i][1])] = '\0';
        assert_string_equal(got, cases[i][1]);
        autk_scenario_free(s);
    }
    autk_economy_free(e);
}

static autk_simulation *simulate(const char *text, const autk_economy *e,
                                 const autk_simulate_opts *opts)
{
    autk_scenario *s = NULL;
    autk_simulation *sim = NULL;
    autk_err err;
    assert_ok(read_text(&s, text, &err), &err);
    assert_ok(autk_simulate(&sim, s, e, opts, &err), &err);
    autk_scenario_free(s);
    return sim;
}

static void scenario__steps_add_up_or_are_compared(void **state)
{
    (void)state;
    autk_economy *e = world(5, 2);
    const char *steps = "steps:\n"
                        "  - {name: a, measures: [{tariff: {add: 10%}, to: R1}]}\n"
                        "  - {name: b, measures: [{cost: 20%, between: [R2, R3]}]}\n";
    char text[400];
    (void)snprintf(text, sizeof text, "name: x\n%s", steps);
    autk_simulation *both = simulate(text, e, NULL);
    (void)snprintf(text, sizeof text, "name: x\norder: compared\n%s", steps);
    autk_simulation *alone = simulate(text, e, NULL);
    autk_simulation *second =
        simulate("name: x\nmeasures: [{cost: 20%, between: [R2, R3]}]\n", e, NULL);
    autk_simulation *joint = simulate("name: x\nmeasures:\n- {tariff: {add: 10%}, to: R1}\n"
                                      "- {cost: 20%, from: R2, to: R3, both: true}\n",
                                      e, NULL);
    for (int n = 0; n < 5; n++) {
        assert_within(autk_simulation_outcome(alone, 1)[n].welfare_exact,
                      autk_simulation_outcome(second, 0)[n].welfare_exact, 1e-9);
        assert_within(autk_simulation_outcome(both, 1)[n].welfare_exact,
                      autk_simulation_outcome(joint, 0)[n].welfare_exact, 1e-9);
        assert_within(autk_simulation_outcome(both, 0)[n].welfare_exact,
                      autk_simulation_outcome(alone, 0)[n].welfare_exact, 1e-9);
    }
    autk_simulation_free(both);
    autk_simulation_free(alone);
    autk_simulation_free(second);
    autk_simulation_free(joint);
    autk_economy_free(e);
}

static void scenario__a_coalition_shares_its_burden(void **state)
{
    (void)state;
    autk_economy *e = world(6, 3);
    autk_simulation *sim = simulate("name: x\n"
                                    "groups: {West: [R1, R2, R3]}\n"
                                    "coalition: West\n"
                                    "measures:\n"
                                    "  - {embargo: true, from: West, to: R6, both: true}\n",
                                    e, NULL);
    const autk_outcome *o = autk_simulation_outcome(sim, 0);
    double paid = 0;
    for (int n = 0; n < 3; n++) {
        assert_within(o[n].welfare_exact, o[0].welfare_exact, 1e-10);
        paid += o[n].transfer * o[n].income_before_usd;
    }
    assert_within(paid, 0, 1e-6 * o[0].income_before_usd);
    assert_true(fabs(o[0].transfer) > 1e-9);
    for (int n = 3; n < 6; n++)
        assert_within(o[n].transfer, 0, 0);
    assert_true(o[5].welfare_exact < o[0].welfare_exact);
    autk_simulation_free(sim);
    autk_economy_free(e);
}

static void scenario__draws_depend_on_the_seed_alone(void **state)
{
    (void)state;
    autk_economy *e = world(5, 2);
    const char *text = "name: x\n"
                       "uncertainty: {draws: 41, seed: 7, theta: 20%}\n"
                       "measures:\n"
                       "  - {sanction: {coefficient: -1, standard_error: 0.2}, from: R1}\n";
    autk_simulate_opts two = {.n_threads = 2}, other = {.seed = 8};
    autk_simulation *a = simulate(text, e, NULL), *b = simulate(text, e, &two),
                    *c = simulate(text, e, &other);
    assert_int_equal(autk_simulation_n_draws(a), 41);
    assert_int_equal(autk_simulation_n_failed_draws(a), 0);
    assert_memory_equal(autk_simulation_low(a, 0), autk_simulation_low(b, 0),
                        5 * sizeof(autk_outcome));
    assert_memory_equal(autk_simulation_high(a, 0), autk_simulation_high(b, 0),
                        5 * sizeof(autk_outcome));
    const autk_outcome *o = autk_simulation_outcome(a, 0), *low = autk_simulation_low(a, 0),
                       *high = autk_simulation_high(a, 0);
    assert_true(low[0].welfare_exact < o[0].welfare_exact);
    assert_true(high[0].welfare_exact > o[0].welfare_exact);
    assert_true(autk_simulation_low(c, 0)[0].welfare_exact != low[0].welfare_exact);
    autk_simulation_free(a);
    autk_simulation_free(b);
    autk_simulation_free(c);
    autk_economy_free(e);
}

static void scenario__the_short_run_hurts_more(void **state)
{
    (void)state;
    autk_economy *e = world(5, 2);
    const char *measures = "measures: [{embargo: true, from: R1, to: R2, both: true}]\n";
    char text[300];
    (void)snprintf(text, sizeof text, "name: x\ndeficits: surviving\n%s", measures);
    autk_simulation *longer = simulate(text, e, NULL);
    (void)snprintf(text, sizeof text, "name: x\ndeficits: surviving\nelasticities: short-run\n%s",
                   measures);
    autk_simulation *shorter = simulate(text, e, NULL);
    for (int n = 0; n < 2; n++)
        assert_true(autk_simulation_outcome(shorter, 0)[n].welfare_exact <
                    autk_simulation_outcome(longer, 0)[n].welfare_exact);
    assert_non_null(strstr(autk_simulation_elasticities(shorter), "short run"));
    autk_simulation_free(longer);
    autk_simulation_free(shorter);
    autk_economy_free(e);
}

static void scenario__is_explained_in_sentences(void **state)
{
    (void)state;
    autk_scenario *s = NULL;
    autk_err err;
    autk_buf text;
    autk_buf_init(&text);
    assert_ok(read_text(&s,
                        "name: Cut\n"
                        "economy: trade.csv\n"
                        "groups: {EU: [DEU, POL]}\n"
                        "measures:\n"
                        "  - {embargo: true, from: RUS, to: EU, both: true}\n"
                        "  - {tariff: {add: 5%}, from: {except: [EU, BLR]}, sectors: [Food]}\n",
                        &err),
              &err);
    autk_scenario_explain(&text, s);
    assert_string_equal(
        autk_buf_text(&text),
        "Cut\n"
        "   Economy: trade.csv.\n"
        "   Trade deficits stay as observed (nominal, against world income).\n"
        "   EU is DEU and POL.\n"
        "   Step 1, Cut:\n"
        "     - end all trade (exactly: the share is 0) in all sectors from RUS to EU, and in the "
        "other direction\n"
        "     - add 5 points to the tariff on Food from all economies but EU and BLR to all "
        "economies\n");
    autk_buf_deinit(&text);
    autk_scenario_free(s);
}

static autk_economy *shared_world;

static bool simulate_once(void)
{
    autk_scenario *s = NULL;
    autk_simulation *sim = NULL;
    autk_err err;
    autk_simulate_opts opts = {.tolerance = 1e-2};
    autk_status st = read_text(&s,
                               "name: x\ngroups: {G: [R1]}\nuncertainty: {draws: 1, theta: 5%}\n"
                               "measures: [{cost: 1%, from: G, to: {except: R3}}]\n",
                               &err);
    if (st == AUTK_OK)
        st = autk_simulate(&sim, s, shared_world, &opts, &err);
    autk_simulation_free(sim);
    autk_scenario_free(s);
    return st == AUTK_OK;
}

static void scenario__survives_every_allocation_failure(void **state)
{
    (void)state;
    shared_world = world(3, 1);
    CHECK_SURVIVES_OOM(simulate_once);
    autk_economy_free(shared_world);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(scenario__is_refused_with_a_place),
        cmocka_unit_test(scenario__names_are_looked_up_with_a_place),
        cmocka_unit_test(scenario__steps_add_up_or_are_compared),
        cmocka_unit_test(scenario__a_coalition_shares_its_burden),
        cmocka_unit_test(scenario__draws_depend_on_the_seed_alone),
        cmocka_unit_test(scenario__the_short_run_hurts_more),
        cmocka_unit_test(scenario__is_explained_in_sentences),
        cmocka_unit_test(scenario__survives_every_allocation_failure)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
