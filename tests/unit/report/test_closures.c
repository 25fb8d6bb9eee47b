/* Closed places in scenarios: against routes found one by one, and against autarky. */
#include <math.h>
#include <string.h>

#include <autarky/closures.h>

#include "unit.h"
#include "world_fixture.h"

static autk_economy *baseline; /* world-2021 */

static int open_all(void **state)
{
    autk_err err;
    open_world(state);
    assert_ok(autk_economy_from_world(&baseline, world, 2021, NULL, &err), &err);
    return 0;
}

static int close_all(void **state)
{
    autk_economy_free(baseline);
    return close_world(state);
}

static autk_scenario *scenario_of(const char *yaml)
{
    autk_err err;
    autk_input *input = NULL;
    autk_scenario *scenario = NULL;
    assert_ok(autk_input_memory(&input, "s.yaml", yaml, strlen(yaml), &err), &err);
    assert_ok(autk_scenario_read(&scenario, input, &err), &err);
    autk_input_free(input);
    return scenario;
}

static autk_simulation *simulated(const char *yaml)
{
    autk_err err;
    autk_simulation *simulation = NULL;
    autk_scenario *scenario = scenario_of(yaml);
    assert_ok(autk_scenario_route(scenario, world, baseline, &err), &err);
    assert_ok(autk_simulate(&simulation, scenario, baseline, NULL, &err), &err);
    autk_scenario_free(scenario);
    return simulation;
}

static int32_t region_of(const char *name)
{
    int32_t region = -1;
    autk_err err;
    assert_ok(autk_economy_find_region(&region, baseline, name, &err), &err);
    return region;
}

/* ln of the change of iceberg cost, from the cheapest route with and without Suez. */
static double ln_cost(const autk_network *network, const autk_closures *closures, const char *from,
                      const char *to)
{
    autk_err err;
    int32_t a = -1, b = -1;
    autk_route_opts opts = {.max_routes = 1, .shortest_only = true};
    double cost[2];
    assert_ok(autk_network_find(&a, network, from, &err), &err);
    assert_ok(autk_network_find(&b, network, to, &err), &err);
    for (int k = 0; k < 2; k++) {
        autk_routes *routes = NULL;
        assert_ok(autk_routes_find(&routes, network, a, b, k ? closures : NULL, &opts, &err), &err);
        cost[k] = routes->expected_cost_usd_per_t;
        autk_routes_free(routes);
    }
    return (cost[1] - cost[0]) / autk_network_costs(network)->value[AUTK_COST_value_usd_per_t];
}

static double ln_flow(const autk_simulation *s, const char *from, const char *to)
{
    int32_t i = region_of(from), n = region_of(to);
    return log(autk_equilibrium_flow(autk_simulation_equilibrium(s, 0), 0, i, n) /
               autk_equilibrium_flow(autk_simulation_equilibrium(s, SIZE_MAX), 0, i, n));
}

/* In a ratio of ratios of flows all that is not a pair's cost cancels. */
static void closing_suez__costs_what_the_routes_say(void **state)
{
    (void)state;
    autk_err err;
    autk_network *network = NULL;
    autk_closures *closures = NULL;
    autk_simulation *s = simulated("name: s\nmeasures: [{close: [suez]}]\n");
    assert_ok(autk_network_open(&network, world, NULL, &err), &err);
    assert_ok(autk_closures_create(&closures, network, &err), &err);
    assert_ok(autk_closures_add(closures, "suez", &err), &err);
    double flows = ln_flow(s, "NLD", "SGP") - ln_flow(s, "NLD", "USA") - ln_flow(s, "IND", "SGP") +
                   ln_flow(s, "IND", "USA");
    double costs =
        ln_cost(network, closures, "NLD", "SGP") - ln_cost(network, closures, "NLD", "USA") -
        ln_cost(network, closures, "IND", "SGP") + ln_cost(network, closures, "IND", "USA");
    assert_true(fabs(costs) > 1e-3);
    assert_near(flows, -autk_economy_theta(baseline, 0) * costs, 1e-6);
    autk_closures_free(closures);
    autk_network_free(network);
    autk_simulation_free(s);
}

/* Without any way out, the loss of the real wage is all the gains from trade. */
static void a_country_closed_all_round__is_in_autarky(void **state)
{
    (void)state;
    autk_simulation *s =
        simulated("name: s\ndeficits: surviving\n"
                  "measures: [{close: [BLR-POL, BLR-LTU, BLR-LVA, BLR-UKR, BLR-RUS]}]\n");
    const autk_outcome *o = &autk_simulation_outcome(s, 0)[region_of("BLR")];
    assert_near(-o->real_wage, o->gains_from_trade, 1e-7);
    assert_true(o->exports_after_usd == 0.0 && o->imports_after_usd == 0.0);
    autk_simulation_free(s);
}

/* The border of Armenia and Turkey has been closed since 1993: the trade of 2021 knows. */
static void what_is_closed_already__is_not_counted_twice(void **state)
{
    (void)state;
    assert_int_equal(autk_economy_year(baseline), 2021);
    autk_simulation *s = simulated("name: s\nmeasures: [{close: [ARM-TUR]}]\n");
    for (int32_t i = 0; i < autk_economy_n_regions(baseline); i++)
        assert_true(fabs(autk_simulation_outcome(s, 0)[i].welfare_exact) < 1e-9);
    autk_simulation_free(s);
    s = simulated("name: s\nmeasures: [{close: [ARM-GEO]}]\n");
    assert_true(autk_simulation_outcome(s, 0)[region_of("ARM")].welfare_exact < -1e-6);
    autk_simulation_free(s);
}

static void closures__add_up_over_cumulative_steps(void **state)
{
    (void)state;
    autk_simulation *apart = simulated("name: s\nsteps:\n"
                                       "  - {name: a, measures: [{close: [suez]}]}\n"
                                       "  - {name: b, measures: [{close: [panama]}]}\n");
    autk_simulation *together = simulated("name: s\nmeasures: [{close: [suez, panama]}]\n");
    for (int32_t i = 0; i < autk_economy_n_regions(baseline); i++)
        assert_near(1.0 + autk_simulation_outcome(apart, 1)[i].welfare_exact,
                    1.0 + autk_simulation_outcome(together, 0)[i].welfare_exact, 1e-8);
    autk_simulation_free(apart);
    autk_simulation_free(together);
}

/* A ban on the goods of one economy leaves the trade of others alone. */
static void a_transit_ban__hits_those_it_names(void **state)
{
    (void)state;
    autk_simulation *s = simulated(
        "name: s\nmeasures: [{transit_ban: [LTU, LVA, POL, UKR], from: BLR, both: true}]\n");
    const autk_outcome *o = autk_simulation_outcome(s, 0);
    assert_true(o[region_of("BLR")].welfare_exact < -1e-4);
    assert_true(fabs(o[region_of("KAZ")].welfare_exact) < 1e-4);
    autk_simulation_free(s);
}

static void closures__are_refused_with_a_place(void **state)
{
    (void)state;
    autk_err err;
    autk_simulation *simulation = NULL;
    autk_scenario *s = scenario_of("name: s\nmeasures:\n  - {close: [suez, kuznicca]}\n");
    assert_true(autk_scenario_has_closures(s));
    assert_int_equal(autk_simulate(&simulation, s, baseline, NULL, &err), AUTK_EARG);
    assert_int_equal(autk_scenario_route(s, world, baseline, &err), AUTK_ENOTFOUND);
    assert_int_equal(err.line, 3);
    assert_non_null(strstr(err.msg, "kuznica"));
    autk_scenario_free(s);
    s = scenario_of("name: s\nmeasures: [{cost: 5%}]\n");
    assert_false(autk_scenario_has_closures(s));
    assert_ok(autk_scenario_route(s, world, baseline, &err), &err);
    autk_scenario_free(s);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(closing_suez__costs_what_the_routes_say),
        cmocka_unit_test(a_country_closed_all_round__is_in_autarky),
        cmocka_unit_test(what_is_closed_already__is_not_counted_twice),
        cmocka_unit_test(closures__add_up_over_cumulative_steps),
        cmocka_unit_test(a_transit_ban__hits_those_it_names),
        cmocka_unit_test(closures__are_refused_with_a_place)};
    return cmocka_run_group_tests(tests, open_all, close_all);
}
