/* What losing the partner would cost, against the simulation of the same and a closed form. */
#include <math.h>
#include <stdio.h>
#include <string.h>

#include <jansson.h>

#include <autarky/brief.h>
#include <autarky/evidence.h>
#include <autarky/scenario.h>

#include "unit.h"
#include "world_fixture.h"

static autk_economy *baseline; /* world-2023 */

/* As `autarky simulate` takes it. */
static int open_all(void **state)
{
    autk_err err;
    autk_economy_opts opts = autk_economy_opts_default();
    open_world(state);
    opts.gap = autk_evidence_gap;
    opts.gap_user = world;
    assert_ok(autk_economy_from_world(&baseline, world, 2023, &opts, &err), &err);
    return 0;
}

static int close_all(void **state)
{
    autk_economy_free(baseline);
    return close_world(state);
}

static autk_brief *brief_of(const char *economy, const char *on)
{
    autk_brief *brief = NULL;
    autk_brief_opts opts = autk_brief_opts_default();
    autk_err err;
    opts.on = party_of(on);
    opts.year = 2023;
    assert_ok(autk_brief_create(&brief, world, economy_of(economy), &opts, &err), &err);
    return brief;
}

/* The JSON of a brief; the caller's to decref. */
static json_t *json_of(const char *economy, const char *on)
{
    autk_buf out;
    autk_err err;
    json_error_t where;
    autk_brief *brief = brief_of(economy, on);
    autk_buf_init(&out);
    assert_ok(autk_brief_write(&out, brief, AUTK_FORMAT_JSON, &err), &err);
    json_t *root = json_loads(autk_buf_text(&out), JSON_REJECT_DUPLICATES, &where);
    assert_non_null(root);
    autk_buf_deinit(&out);
    autk_brief_free(brief);
    return root;
}

static double number_of(const json_t *object, const char *key, const char *end)
{
    const json_t *value = json_object_get(json_object_get(object, key), end);
    assert_true(json_is_number(value));
    return json_number_value(value);
}

static autk_simulation *simulated(const char *on, const char *elasticities, int draws)
{
    char yaml[300];
    autk_err err;
    autk_input *input = NULL;
    autk_scenario *scenario = NULL;
    autk_simulation *simulation = NULL;
    (void)snprintf(yaml, sizeof yaml,
                   "name: cut\nelasticities: %s\nuncertainty: {draws: %d, theta: 20%%}\n"
                   "measures: [{embargo: true, from: BLR, to: %s, both: true}]\n",
                   elasticities, draws, on);
    assert_ok(autk_input_memory(&input, "cut.yaml", yaml, strlen(yaml), &err), &err);
    assert_ok(autk_scenario_read(&scenario, input, &err), &err);
    autk_simulate_opts opts = {.seed = 7, .n_threads = 2};
    assert_ok(autk_simulate(&simulation, scenario, baseline, &opts, &err), &err);
    autk_scenario_free(scenario);
    autk_input_free(input);
    return simulation;
}

static int32_t region_of(const char *name)
{
    int32_t region = -1;
    autk_err err;
    assert_ok(autk_economy_find_region(&region, baseline, name, &err), &err);
    return region;
}

/* Many independent draws end where the few stratified ones do, to a twentieth. */
static void loss__is_that_of_a_simulation(void **state)
{
    (void)state;
    static const char *const elasticities[] = {"short-run", "long-run"};
    static const char *const sides[][2] = {{"BLR", "real_income_lost"},
                                           {"RUS", "partner_real_income_lost"}};
    json_t *root = json_of("BLR", "RUS");
    json_t *horizons = json_object_get(json_object_get(root, "loss_of_partner"), "horizons");
    assert_int_equal(json_array_size(horizons), 2);
    for (size_t h = 0; h < 2; h++) {
        const json_t *horizon = json_array_get(horizons, h);
        autk_simulation *simulation = simulated("RUS", elasticities[h], 150);
        for (size_t s = 0; s < 2; s++) {
            int32_t r = region_of(sides[s][0]);
            double point = -autk_simulation_outcome(simulation, 0)[r].welfare_exact;
            double low = -autk_simulation_high(simulation, 0)[r].welfare_exact;
            double high = -autk_simulation_low(simulation, 0)[r].welfare_exact;
            assert_near(number_of(horizon, sides[s][1], "point"), point, 1e-6);
            assert_near(number_of(horizon, sides[s][1], "low"), low, 0.05);
            assert_near(number_of(horizon, sides[s][1], "high"), high, 0.05);
        }
        assert_near(number_of(horizon, "ratio", "point"),
                    number_of(horizon, "real_income_lost", "point") /
                        number_of(horizon, "partner_real_income_lost", "point"),
                    1e-9);
        assert_true(number_of(horizon, "ratio", "low") > 1.0);
        autk_simulation_free(simulation);
    }
    json_decref(root);
}

/* A bloc's loss is that of its members' incomes together. */
static void loss__of_a_bloc_sums_its_members(void **state)
{
    (void)state;
    autk_err err;
    json_t *root = json_of("BLR", "EU");
    json_t *horizons = json_object_get(json_object_get(root, "loss_of_partner"), "horizons");
    autk_simulation *simulation = simulated("EU", "long-run", 1);
    const autk_outcome *outcome = autk_simulation_outcome(simulation, 0);
    uint8_t members[400] = {0};
    double before = 0.0, after = 0.0;
    assert_ok(autk_economy_mark(members, baseline, "EU", &err), &err);
    for (int32_t i = 0; i < autk_economy_n_regions(baseline); i++) {
        before += members[i] * outcome[i].income_before_usd;
        after += members[i] * outcome[i].income_before_usd * (1.0 + outcome[i].welfare_exact);
    }
    const json_t *long_run = json_array_get(horizons, 1);
    assert_near(number_of(long_run, "partner_real_income_lost", "point"), 1.0 - after / before,
                1e-6);
    assert_near(number_of(long_run, "real_income_lost", "point"),
                -outcome[region_of("BLR")].welfare_exact, 1e-6);
    autk_simulation_free(simulation);
    json_decref(root);
}

/* Arkolakis, Costinot and Rodríguez-Clare (2012): 1 - (share bought at home)^(1 / (theta g)). */
static void gains__are_the_closed_form(void **state)
{
    (void)state;
    json_t *root = json_of("BLR", "RUS");
    int32_t belarus = region_of("BLR");
    double home = autk_economy_flow(baseline, 0, belarus, belarus), all = 0.0, output = 0.0;
    for (int32_t i = 0; i < autk_economy_n_regions(baseline); i++) {
        all += autk_economy_flow(baseline, 0, i, belarus);
        output += autk_economy_flow(baseline, 0, belarus, i);
    }
    double added = autk_economy_value_added(baseline, 0, belarus) / output;
    assert_near(number_of(json_object_get(root, "loss_of_partner"), "gains_from_trade", "point"),
                1.0 - pow(home / all, 1.0 / (autk_economy_theta(baseline, 0) * added)), 1e-7);
    json_decref(root);
}

/* ------------------------------------------------------------------ sanctions lifted */

enum { FIRST_YEAR = 2017, YEARS = 3, NOW = 2023 }; /* Belarus: sanctions from 2020 on */

static double world_gdp(int year)
{
    double sum = 0.0;
    for (int32_t i = 0; i < autk_world_n_economies(world); i++) {
        double gdp = autk_world_indicator(world, AUTK_GDP_USD, i, year);
        sum += isfinite(gdp) ? gdp : 0.0;
    }
    return sum;
}

static double flow_of(int32_t exporter, int32_t importer, int year)
{
    autk_flow flow;
    autk_err err;
    return autk_evidence_flow(&flow, world, exporter, importer, year, NULL, &err) == AUTK_OK
               ? flow.value_usd.point
               : NAN;
}

/* Flows one by one, where each of the four years has a figure. */
static double coefficient_of(int32_t party, bool exports)
{
    static const int years[YEARS + 1] = {FIRST_YEAR, FIRST_YEAR + 1, FIRST_YEAR + 2, NOW};
    int32_t belarus = economy_of("BLR");
    double trade[YEARS + 1] = {0}, sizes[YEARS + 1] = {0}, mean = 0;
    for (int32_t i = 0; i < autk_world_n_economies(world); i++) {
        double x[YEARS + 1];
        bool known = autk_world_party_has(world, party, i, NOW * 10000 + 1231);
        for (int y = 0; known && y <= YEARS; y++) {
            x[y] = exports ? flow_of(belarus, i, years[y]) : flow_of(i, belarus, years[y]);
            known = isfinite(x[y]);
        }
        for (int y = 0; known && y <= YEARS; y++) {
            trade[y] += x[y];
            sizes[y] += autk_world_indicator(world, AUTK_GDP_USD, i, years[y]) *
                        autk_world_indicator(world, AUTK_GDP_USD, belarus, years[y]) /
                        world_gdp(years[y]);
        }
    }
    for (int y = 0; y < YEARS; y++)
        mean += fmax(0, log(trade[y] / sizes[y] / (trade[YEARS] / sizes[YEARS]))) / YEARS;
    return mean;
}

static void relief__is_that_of_a_simulation(void **state)
{
    (void)state;
    char yaml[800];
    autk_err err;
    autk_input *input = NULL;
    autk_scenario *scenario = NULL;
    autk_simulation *simulation = NULL;
    int32_t eu = party_of("EU"), usa = party_of("USA");
    /* as scenarios/belarus-sanctions-lifted.yaml has them */
    assert_within(coefficient_of(eu, true), 1.542, 5e-4);
    assert_within(coefficient_of(eu, false), 0, 0);
    assert_within(coefficient_of(usa, true), 2.293, 5e-4);
    assert_within(coefficient_of(usa, false), 3.700, 5e-4);
    (void)snprintf(yaml, sizeof yaml,
                   "name: lifted\nmeasures:\n"
                   "  - {sanction: %.17g, from: BLR, to: EU}\n  - {sanction: %.17g, from: EU, to: "
                   "BLR}\n  - {sanction: %.17g, from: BLR, to: USA}\n  - {sanction: %.17g, from: "
                   "USA, to: BLR}\n",
                   coefficient_of(eu, true), coefficient_of(eu, false), coefficient_of(usa, true),
                   coefficient_of(usa, false));
    assert_ok(autk_input_memory(&input, "lifted.yaml", yaml, strlen(yaml), &err), &err);
    assert_ok(autk_scenario_read(&scenario, input, &err), &err);
    assert_ok(autk_simulate(&simulation, scenario, baseline, NULL, &err), &err);
    json_t *root = json_of("BLR", "RUS");
    const json_t *lifted = json_object_get(root, "sanctions_lifted");
    int32_t belarus = region_of("BLR"), russia = region_of("RUS");
    const autk_equilibrium *after = autk_simulation_equilibrium(simulation, 0);
    double all = 0, with = autk_equilibrium_flow(after, 0, belarus, russia) +
                           autk_equilibrium_flow(after, 0, russia, belarus);
    for (int32_t i = 0; i < autk_economy_n_regions(baseline); i++) {
        if (i != belarus)
            all += autk_equilibrium_flow(after, 0, belarus, i) +
                   autk_equilibrium_flow(after, 0, i, belarus);
    }
    assert_near(number_of(lifted, "real_income_gained", "point"),
                autk_simulation_outcome(simulation, 0)[belarus].welfare_exact, 1e-5);
    assert_near(number_of(lifted, "partner_share_after", "point"), with / all, 1e-6);
    assert_true(number_of(lifted, "real_income_gained", "low") > 0);
    assert_true(number_of(lifted, "partner_share_after", "high") <
                number_of(lifted, "partner_share_before", "low"));
    json_decref(root);
    autk_simulation_free(simulation);
    autk_scenario_free(scenario);
    autk_input_free(input);
}

/* No sanctions, no section. */
static void relief__is_left_out_where_no_sanctions_stand(void **state)
{
    (void)state;
    autk_buf out;
    autk_err err;
    json_t *root = json_of("CHE", "EU");
    assert_null(json_object_get(root, "sanctions_lifted"));
    json_decref(root);
    autk_brief *brief = brief_of("CHE", "EU");
    autk_buf_init(&out);
    assert_ok(autk_brief_write(&out, brief, AUTK_FORMAT_TEXT, &err), &err);
    assert_null(strstr(autk_buf_text(&out), "lifting the sanctions"));
    autk_buf_deinit(&out);
    autk_brief_free(brief);
}

/* Where there is no answer the section says why, and no number stands there. */
static void assert_says(const char *economy, const char *on, const char *why)
{
    autk_buf out;
    autk_err err;
    json_t *root = json_of(economy, on);
    const json_t *loss = json_object_get(root, "loss_of_partner");
    const char *said = json_string_value(json_object_get(loss, "why_not"));
    assert_non_null(said);
    assert_non_null(strstr(said, why));
    assert_null(json_object_get(loss, "horizons"));
    json_decref(root);
    autk_brief *brief = brief_of(economy, on);
    autk_buf_init(&out);
    assert_ok(autk_brief_write(&out, brief, AUTK_FORMAT_TEXT, &err), &err);
    assert_non_null(strstr(autk_buf_text(&out), "What losing the partner would cost"));
    autk_buf_clear(&out);
    assert_ok(autk_brief_write(&out, brief, AUTK_FORMAT_CSV, &err), &err);
    assert_null(strstr(autk_buf_text(&out), "\nloss,"));
    autk_buf_clear(&out);
    assert_ok(autk_brief_html(&out, brief, &err), &err);
    assert_null(strstr(autk_buf_text(&out), "loss-chart"));
    assert_non_null(strstr(autk_buf_text(&out), why));
    autk_buf_deinit(&out);
    autk_brief_free(brief);
}

static void loss__says_why_there_is_no_answer(void **state)
{
    (void)state;
    assert_says("BLR", "PRK", "North Korea is not in the world baseline of 2023; no GDP");
    assert_says("PRK", "CHN", "North Korea is not in the world baseline of 2023; no GDP");
    int32_t nauru = region_of("NRU"), other = 0;
    while (autk_economy_flow(baseline, 0, nauru, other) != 0.0 ||
           autk_economy_flow(baseline, 0, other, nauru) != 0.0)
        other++;
    assert_says("NRU", autk_economy_region(baseline, other), "Nothing to lose");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(loss__is_that_of_a_simulation),
        cmocka_unit_test(loss__of_a_bloc_sums_its_members),
        cmocka_unit_test(gains__are_the_closed_form),
        cmocka_unit_test(relief__is_that_of_a_simulation),
        cmocka_unit_test(relief__is_left_out_where_no_sanctions_stand),
        cmocka_unit_test(loss__says_why_there_is_no_answer)};
    return cmocka_run_group_tests(tests, open_all, close_all);
}
