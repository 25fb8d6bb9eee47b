/* What of an effect comes from the routes: against worlds solved one by one; and its draws. */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <autarky/closures.h>

#include "base/random.h"
#include "oom.h"
#include "unit.h"
#include "world_fixture.h"

enum { BLR, LTU, POL, RUS, CHN, DEU, KAZ, N };
static const char *const regions[N] = {"BLR", "LTU", "POL", "RUS", "CHN", "DEU", "KAZ"};
static autk_economy *small; /* of no year: nothing is closed in it */

static autk_economy *economy_of_matrix(double theta)
{
    static const double size[N] = {1, 1.2, 8, 20, 180, 50, 3};
    double flow[N * N];
    autk_economy *economy = NULL;
    autk_err err;
    for (size_t i = 0; i < N; i++) {
        for (size_t n = 0; n < N; n++)
            flow[i * N + n] =
                i == n ? 1e9 * size[i] : 1e8 * sqrt(size[i] * size[n]) / (1 + (double)(i + n) / 4);
    }
    assert_ok(autk_economy_from_matrix(&economy, regions, N, flow, theta, 0.5, &err), &err);
    return economy;
}

static int open_all(void **state)
{
    open_world(state);
    small = economy_of_matrix(4);
    return 0;
}

static int close_all(void **state)
{
    autk_economy_free(small);
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

/* "name" and "deficits" before what is given. */
static autk_simulation *simulated(const char *rest, const autk_simulate_opts *opts)
{
    char yaml[4000];
    autk_err err;
    autk_simulation *simulation = NULL;
    (void)snprintf(yaml, sizeof yaml, "name: s\ndeficits: surviving\n%s", rest);
    autk_scenario *scenario = scenario_of(yaml);
    assert_ok(autk_scenario_route(scenario, world, small, &err), &err);
    assert_ok(autk_simulate(&simulation, scenario, small, opts, &err), &err);
    autk_scenario_free(scenario);
    return simulation;
}

#define CLOSE_LTU "{close: [BLR-LTU]}"
#define BAN_POL "{transit_ban: [POL], from: BLR, both: true}"
#define ALONE                                                                                      \
    "{close: [BLR-POL, BLR-LTU, BLR-LVA, BLR-UKR, BLR-RUS], from: BLR, to: CHN, both: true}"
#define TARIFF "{tariff: 30%, from: BLR, to: POL}"

/* [N + 1] welfare, exports, imports of the world under these measures. */
static void effects_of(double out[3][N + 1], const char *measures)
{
    char yaml[2000];
    (void)snprintf(yaml, sizeof yaml, "measures: [%s]\n", measures);
    autk_simulation *s = simulated(yaml, NULL);
    const autk_outcome *o = autk_simulation_outcome(s, 0);
    double before[3] = {0}, gained[3] = {0};
    for (size_t i = 0; i < N; i++) {
        out[0][i] = o[i].welfare_exact;
        out[1][i] = o[i].exports;
        out[2][i] = o[i].imports;
        before[0] += o[i].income_before_usd;
        before[1] += o[i].exports_before_usd;
        before[2] += o[i].imports_before_usd;
        gained[0] += o[i].income_before_usd * o[i].welfare_exact;
        gained[1] += o[i].exports_after_usd - o[i].exports_before_usd;
        gained[2] += o[i].imports_after_usd - o[i].imports_before_usd;
    }
    for (size_t q = 0; q < 3; q++)
        out[q][N] = gained[q] / before[q];
    autk_simulation_free(s);
}

static double quantity(const autk_effect *e, size_t q)
{
    return q == 0 ? e->welfare : q == 1 ? e->exports : e->imports;
}

static double part(const autk_simulation *s, size_t step, autk_part which, size_t economy, size_t q)
{
    return quantity(autk_simulation_part(s, step, which) + economy, q);
}

/* ------------------------------------------------------------------ adding up */

static void check_adds_up(const autk_simulation *s, size_t step)
{
    for (size_t i = 0; i <= N; i++) {
        for (size_t q = 0; q < 3; q++) {
            double all = part(s, step, AUTK_PART_ALL, i, q), sum = 0;
            double routes = part(s, step, AUTK_PART_ROUTES, i, q);
            assert_within(routes + part(s, step, AUTK_PART_OTHER, i, q), all, 1e-13);
            assert_within(part(s, step, AUTK_PART_DEARER, i, q) +
                              part(s, step, AUTK_PART_LOST, i, q),
                          routes, 1e-15);
            for (size_t k = 0; k < autk_simulation_n_closings(s, step); k++)
                sum += quantity(autk_simulation_closing(s, step, k) + i, q);
            if (autk_simulation_n_closings(s, step) > 0)
                assert_within(sum, routes, 1e-8);
        }
    }
}

static void parts__add_up_to_the_effect(void **state)
{
    (void)state;
    autk_simulation *s = simulated("steps:\n"
                                   "  - {name: a, measures: [" TARIFF "]}\n"
                                   "  - {name: b, measures: [" CLOSE_LTU ", " ALONE "]}\n"
                                   "  - {name: c, measures: [" BAN_POL "]}\n",
                                   NULL);
    assert_null(autk_simulation_part(s, 0, AUTK_PART_ALL));
    assert_null(autk_simulation_part(s, 3, AUTK_PART_ALL));
    assert_null(autk_simulation_part(s, 1, AUTK_PART_COUNT));
    assert_int_equal(autk_simulation_n_closings(s, 1), 2);
    assert_int_equal(autk_simulation_n_closings(s, 2), 3);
    assert_string_equal(autk_simulation_closing_name(s, 2, 2), "no transit: POL");
    for (size_t step = 1; step < 3; step++) {
        assert_string_equal(autk_simulation_no_parts(s, step), "");
        check_adds_up(s, step);
        assert_true(part(s, step, AUTK_PART_LOST, BLR, 0) < -1e-4);
        assert_true(part(s, step, AUTK_PART_DEARER, BLR, 0) < -1e-5);
        assert_near(part(s, step, AUTK_PART_ALL, BLR, 0),
                    autk_simulation_outcome(s, step)[BLR].welfare_exact, 1e-15);
    }
    autk_simulation_free(s);
}

static void routes_alone__are_all_of_it(void **state)
{
    (void)state;
    autk_simulation *s = simulated("measures: [" CLOSE_LTU "]\n", NULL);
    for (size_t q = 0; q < 3; q++) {
        assert_near(part(s, 0, AUTK_PART_ROUTE_SHARE, BLR, q), 1.0, 1e-12);
        assert_true(part(s, 0, AUTK_PART_OTHER, BLR, q) == 0.0);
        assert_true(part(s, 0, AUTK_PART_LOST, BLR, q) == 0.0);
        assert_near(part(s, 0, AUTK_PART_DEARER, BLR, q), part(s, 0, AUTK_PART_ALL, BLR, q), 1e-13);
    }
    autk_simulation_free(s);
    s = simulated("measures: [" ALONE "]\n", NULL);
    assert_near(part(s, 0, AUTK_PART_LOST, BLR, 0), part(s, 0, AUTK_PART_ALL, BLR, 0), 1e-13);
    assert_true(part(s, 0, AUTK_PART_DEARER, BLR, 0) == 0.0);
    autk_simulation_free(s);
}

/* ------------------------------------------------------------------ against single worlds */

static void parts__are_those_of_worlds_solved_apart(void **state)
{
    (void)state;
    double a[3][N + 1], b[3][N + 1], ab[3][N + 1], o[3][N + 1], ao[3][N + 1], bo[3][N + 1],
        abo[3][N + 1];
    effects_of(a, CLOSE_LTU);
    effects_of(b, ALONE);
    effects_of(ab, CLOSE_LTU ", " ALONE);
    effects_of(o, TARIFF);
    effects_of(ao, CLOSE_LTU ", " TARIFF);
    effects_of(bo, ALONE ", " TARIFF);
    effects_of(abo, CLOSE_LTU ", " ALONE ", " TARIFF);
    autk_simulation *s = simulated("measures: [" CLOSE_LTU ", " TARIFF ", " ALONE "]\n", NULL);
    for (size_t i = 0; i <= N; i++) {
        for (size_t q = 0; q < 3; q++) {
            double routes = (ab[q][i] + abo[q][i] - o[q][i]) / 2;
            double first =
                (a[q][i] + ab[q][i] - b[q][i] + ao[q][i] - o[q][i] + abo[q][i] - bo[q][i]) / 4;
            assert_within(part(s, 0, AUTK_PART_ROUTES, i, q), routes, 1e-8);
            assert_within(part(s, 0, AUTK_PART_OTHER, i, q), abo[q][i] - routes, 1e-8);
            assert_within(part(s, 0, AUTK_PART_ROUTES_ALONE, i, q), ab[q][i], 1e-8);
            assert_within(part(s, 0, AUTK_PART_OTHER_ALONE, i, q), o[q][i], 1e-8);
            assert_within(quantity(autk_simulation_closing(s, 0, 0) + i, q), first, 1e-8);
            assert_within(quantity(autk_simulation_closing(s, 0, 1) + i, q), routes - first, 1e-8);
        }
    }
    autk_simulation_free(s);
}

/* A flow meets the closures that concern it, in whatever order they stand. */
static void closures_of_some__leave_others_alone(void **state)
{
    (void)state;
    double one[3][N + 1], other[3][N + 1];
    effects_of(one, "{close: [BLR-LTU], from: BLR}, {close: [BLR-LTU], to: BLR}");
    effects_of(other, "{close: [BLR-LTU], from: BLR, both: true}");
    for (size_t i = 0; i <= N; i++)
        assert_within(one[0][i], other[0][i], 1e-9);
    effects_of(one, "{transit_ban: [RUS, POL], from: BLR, both: true}, {close: [KAZ-RUS]}");
    effects_of(other, "{close: [KAZ-RUS]}, {transit_ban: [RUS, POL], from: BLR, both: true}");
    for (size_t i = 0; i <= N; i++)
        assert_within(one[0][i], other[0][i], 1e-9);
}

/* ------------------------------------------------------------------ part of the goods, dates */

/* ln of the change of a flow, less what is the exporter's and the importer's. */
static double ln_pair(const autk_simulation *s, int32_t i, int32_t n, int32_t k, int32_t l)
{
    const autk_equilibrium *x = autk_simulation_equilibrium(s, 0);
    const autk_equilibrium *y = autk_simulation_equilibrium(s, SIZE_MAX);
    double ln = 0;
    const int32_t pairs[4][2] = {{i, n}, {i, l}, {k, n}, {k, l}};
    for (size_t p = 0; p < 4; p++) {
        double change = log(autk_equilibrium_flow(x, 0, pairs[p][0], pairs[p][1]) /
                            autk_equilibrium_flow(y, 0, pairs[p][0], pairs[p][1]));
        ln += p == 0 || p == 3 ? change : -change;
    }
    return ln;
}

static void part_of_the_goods__costs_the_mean_of_its_powers(void **state)
{
    (void)state;
#define TO_LTU "from: BLR, to: LTU"
    autk_simulation *all = simulated("measures: [{close: [BLR-LTU], " TO_LTU "}]\n", NULL);
    double ln = ln_pair(all, BLR, LTU, RUS, CHN); /* -theta ln d */
    assert_true(ln < -1e-3);
    autk_simulation *some =
        simulated("measures: [{close: [BLR-LTU], part: 30%, " TO_LTU "}]\n", NULL);
    assert_near(ln_pair(some, BLR, LTU, RUS, CHN), log(0.7 + 0.3 * exp(ln)), 1e-7);
    autk_simulation_free(some);
    /* 40 % lose their last way; of 70 % the rest goes round. */
    some = simulated("measures: [{close: [BLR-LTU], part: 70%, " TO_LTU "},"
                     " {close: [BLR-POL, BLR-LTU, BLR-LVA, BLR-UKR, BLR-RUS], part: 40%, " TO_LTU
                     "}]\n",
                     NULL);
    assert_near(ln_pair(some, BLR, LTU, RUS, CHN), log(0.3 + 0.3 * exp(ln)), 1e-7);
    autk_simulation_free(some);
    autk_simulation_free(all);
}

/* Lorries alone, or trains alone: what the cheapest ways of what is left say. */
static void closing_one_mode__costs_what_the_routes_say(void **state)
{
    (void)state;
    autk_err err;
    autk_network *network = NULL;
    autk_route_opts opts = {.max_routes = 1, .shortest_only = true};
    assert_ok(autk_network_open(&network, world, NULL, &err), &err);
    double value = autk_network_costs(network)->value[AUTK_COST_value_usd_per_t], ln[2] = {0};
    const char *const measures[2] = {"measures: [{close: [BLR-LTU/road], from: BLR, to: LTU}]\n",
                                     "measures: [{close: [BLR-LTU/rail], from: BLR, to: LTU}]\n"};
    for (int mode = 0; mode < 2; mode++) {
        double cost[2];
        autk_closures *closures = NULL;
        assert_ok(autk_closures_create(&closures, network, &err), &err);
        assert_ok(autk_closures_add(closures, mode == 0 ? "BLR-LTU/road" : "BLR-LTU/rail", &err),
                  &err);
        for (int k = 0; k < 2; k++) {
            autk_routes *routes = NULL;
            assert_ok(autk_routes_find(&routes, network,
                                       autk_network_city(network, economy_of("BLR")),
                                       autk_network_city(network, economy_of("LTU")),
                                       k == 1 ? closures : NULL, &opts, &err),
                      &err);
            cost[k] = routes->expected_cost_usd_per_t;
            autk_routes_free(routes);
        }
        autk_closures_free(closures);
        autk_simulation *s = simulated(measures[mode], NULL);
        ln[mode] = ln_pair(s, BLR, LTU, RUS, CHN);
        assert_within(ln[mode], -4 * (cost[1] - cost[0]) / value, 1e-7);
        autk_simulation_free(s);
    }
    assert_true(ln[0] < -1e-4 || ln[1] < -1e-4);
    autk_network_free(network);
}

/* Lorries that cannot change to rail: every train of the world stands still, before and after. */
static double ln_cost_without_trains(const char *closed)
{
    autk_err err;
    autk_network *network = NULL;
    autk_closures *closures = NULL;
    autk_route_opts opts = {.max_routes = 1, .shortest_only = true};
    double cost[2];
    assert_ok(autk_network_open(&network, world, NULL, &err), &err);
    assert_ok(autk_closures_create(&closures, network, &err), &err);
    for (int32_t i = 0; i < autk_network_n_places(network); i++) {
        const autk_place *place = autk_network_place(network, i);
        char what[80];
        (void)snprintf(what, sizeof what, "%s/rail", place->id);
        if (place->kind == AUTK_PLACE_CROSSING && place->rail)
            assert_ok(autk_closures_add(closures, what, &err), &err);
    }
    for (int k = 0; k < 2; k++) {
        autk_routes *routes = NULL;
        if (k == 1)
            assert_ok(autk_closures_add(closures, closed, &err), &err);
        assert_ok(autk_routes_find(&routes, network, autk_network_city(network, economy_of("BLR")),
                                   autk_network_city(network, economy_of("LTU")), closures, &opts,
                                   &err),
                  &err);
        cost[k] = routes->expected_cost_usd_per_t;
        autk_routes_free(routes);
    }
    double value = autk_network_costs(network)->value[AUTK_COST_value_usd_per_t];
    autk_closures_free(closures);
    autk_network_free(network);
    return (cost[1] - cost[0]) / value;
}

static void lorries_that_cannot_change__pay_the_way_round(void **state)
{
    (void)state;
    double ln = -4 * ln_cost_without_trains("BLR-LTU/road");
    assert_true(ln < -1e-3);
    autk_simulation *s =
        simulated("measures: [{close: [BLR-LTU/road], by: road, from: BLR, to: LTU}]\n", NULL);
    assert_within(ln_pair(s, BLR, LTU, RUS, CHN), ln, 1e-7);
    autk_simulation_free(s);
    s = simulated("measures: [{close: [BLR-LTU/road], by: road, part: 90%, from: BLR, to: LTU},"
                  " {close: [BLR-LTU/road], by: rail, part: 10%, from: BLR, to: LTU}]\n",
                  NULL); /* trains do not mind */
    assert_within(ln_pair(s, BLR, LTU, RUS, CHN), log(0.1 + 0.9 * exp(ln)), 1e-7);
    autk_simulation_free(s);
}

static void goods_by_road_and_by_rail__are_not_more_than_all(void **state)
{
    (void)state;
    autk_err err;
    autk_simulation *simulation = NULL;
    autk_scenario *s = scenario_of("name: s\nmeasures:\n"
                                   "  - {close: [BLR-LTU], by: road, part: 60%}\n"
                                   "  - {close: [BLR-LTU], by: rail, part: 50%}\n");
    assert_ok(autk_scenario_route(s, world, small, &err), &err);
    assert_int_equal(autk_simulate(&simulation, s, small, NULL, &err), AUTK_EDATA);
    assert_int_equal(err.line, 4);
    autk_scenario_free(s);
}

static void closures_in_force__are_the_datasets_of_that_day(void **state)
{
    (void)state;
    double dated[3][N + 1], named[3][N + 1];
    effects_of(dated, "{close: {in_force: 2023-02-15}, by: road, from: BLR, both: true}");
    effects_of(named, "{close: [kuznica/road, bobrowniki/road, BLR-UKR, RUS-UKR, ARM-TUR, KOR-PRK,"
                      " ARM-AZE, DZA-MAR], by: road, from: BLR, both: true}");
    assert_true(dated[0][BLR] < -1e-6);
    for (size_t i = 0; i <= N; i++)
        assert_within(dated[0][i], named[0][i], 1e-9);
    /* In the trade of 2021 what was closed at its end is no news. */
    autk_err err;
    autk_economy *of_2021 = NULL;
    autk_simulation *s = NULL;
    assert_ok(autk_economy_from_world(&of_2021, world, 2021, NULL, &err), &err);
    autk_scenario *scenario = scenario_of("name: s\nmeasures: [{close: {in_force: 2021-12-31}}]\n");
    assert_ok(autk_scenario_route(scenario, world, of_2021, &err), &err);
    assert_ok(autk_simulate(&s, scenario, of_2021, NULL, &err), &err);
    for (int32_t i = 0; i < autk_economy_n_regions(of_2021); i++)
        assert_true(fabs(autk_simulation_outcome(s, 0)[i].welfare_exact) < 1e-9);
    autk_simulation_free(s);
    autk_scenario_free(scenario);
    autk_economy_free(of_2021);
}

/* ------------------------------------------------------------------ draws */

/* The scenario at costs that it sets itself, for each of the draws. */
static void a_draw__is_the_scenario_at_its_costs(void **state)
{
    (void)state;
    enum { DRAWS = 5, SEED = 11 };
    autk_err err;
    autk_network *network = NULL;
    uint64_t mixed = SEED ^ 0x7472616e73706f72u;
    double welfare[DRAWS], routes[DRAWS];
    assert_ok(autk_network_open(&network, world, NULL, &err), &err);
    uint64_t stream = autki_random_bits(&mixed);
    for (uint64_t d = 0; d < DRAWS; d++) {
        autk_costs costs = autk_costs_draw(autk_network_costs(network), stream, d);
        char yaml[3000] = "measures: [" CLOSE_LTU ", " BAN_POL ", " TARIFF "]\ntransport:\n";
        for (int i = 0; i < AUTK_COST_COUNT; i++)
            (void)snprintf(yaml + strlen(yaml), sizeof yaml - strlen(yaml), "  %s: %.17g\n",
                           autk_cost_name((autk_cost)i), costs.value[i]);
        autk_simulation *s = simulated(yaml, NULL);
        welfare[d] = autk_simulation_outcome(s, 0)[BLR].welfare_exact;
        routes[d] = part(s, 0, AUTK_PART_ROUTES, BLR, 0);
        autk_simulation_free(s);
    }
    autk_simulate_opts opts = {.draws = DRAWS, .seed = SEED};
    autk_simulation *s = simulated("measures: [" CLOSE_LTU ", " BAN_POL ", " TARIFF "]\n", &opts);
    assert_int_equal(autk_simulation_n_draws(s), DRAWS);
    autk_sort(welfare, DRAWS);
    autk_sort(routes, DRAWS);
    assert_true(welfare[DRAWS - 1] - welfare[0] > 1e-5);
    for (int high = 0; high < 2; high++) {
        const autk_outcome *o = high ? autk_simulation_high(s, 0) : autk_simulation_low(s, 0);
        const autk_effect *e = high ? autk_simulation_part_high(s, 0, AUTK_PART_ROUTES)
                                    : autk_simulation_part_low(s, 0, AUTK_PART_ROUTES);
        assert_within(o[BLR].welfare_exact, autk_quantile(welfare, DRAWS, high ? 0.95 : 0.05),
                      1e-9);
        assert_within(e[BLR].welfare, autk_quantile(routes, DRAWS, high ? 0.95 : 0.05), 1e-9);
    }
    assert_true(autk_simulation_deviation(s, 0)[BLR].welfare_exact > 0);
    autk_simulation_free(s);
    autk_network_free(network);
}

static void draws__do_not_depend_on_threads_nor_on_other_sources(void **state)
{
    (void)state;
    const char *both = "uncertainty: {draws: 9, seed: 5, theta: 20%}\n"
                       "measures: [{close: [BLR-LTU], part: 60%}, " BAN_POL ", " TARIFF "]\n";
    autk_simulation *s[3];
    for (int k = 0; k < 2; k++) {
        autk_simulate_opts opts = {.n_threads = k == 0 ? 1 : 3};
        s[k] = simulated(both, &opts);
    }
    for (size_t i = 0; i < N; i++) {
        assert_memory_equal(&autk_simulation_low(s[0], 0)[i], &autk_simulation_low(s[1], 0)[i],
                            sizeof(autk_outcome));
        assert_memory_equal(&autk_simulation_part_high(s[0], 0, AUTK_PART_ROUTES)[i],
                            &autk_simulation_part_high(s[1], 0, AUTK_PART_ROUTES)[i],
                            sizeof(autk_effect));
    }
    /* Alone, the costs' draws are those without any other source. */
    autk_simulate_opts alone = {.sources = AUTK_DRAW_TRANSPORT};
    s[2] = simulated(both, &alone);
    autk_simulation *without =
        simulated("uncertainty: {draws: 9, seed: 5}\n"
                  "measures: [{close: [BLR-LTU], part: 60%}, " BAN_POL ", " TARIFF "]\n",
                  NULL);
    assert_memory_equal(&autk_simulation_low(s[2], 0)[BLR], &autk_simulation_low(without, 0)[BLR],
                        sizeof(autk_outcome));
    double both_sd = autk_simulation_deviation(s[0], 0)[BLR].welfare_exact;
    assert_true(autk_simulation_deviation(s[2], 0)[BLR].welfare_exact < 2 * both_sd);
    autk_simulation_free(without);
    for (int k = 0; k < 3; k++)
        autk_simulation_free(s[k]);
}

static void fixed_costs__are_not_drawn(void **state)
{
    (void)state;
    autk_err err;
    autk_scenario *scenario = scenario_of(
        "name: s\nuncertainty: {draws: 4, transport: fixed}\nmeasures: [" CLOSE_LTU "]\n");
    assert_null(autk_scenario_transport(scenario));
    assert_ok(autk_scenario_route(scenario, world, small, &err), &err);
    assert_non_null(autk_scenario_transport(scenario));
    assert_int_equal(autk_scenario_uncertain(scenario, small), 0);
    autk_simulation *s = NULL;
    assert_ok(autk_simulate(&s, scenario, small, NULL, &err), &err);
    assert_true(autk_simulation_low(s, 0)[BLR].welfare_exact ==
                autk_simulation_high(s, 0)[BLR].welfare_exact);
    autk_simulation_free(s);
    autk_scenario_free(scenario);
}

/* ------------------------------------------------------------------ refusals, memory */

static void scenarios__are_refused_with_a_place(void **state)
{
    (void)state;
    static const struct {
        const char *rest, *says;
        autk_status status;
        int line;
    } cases[] = {{"measures:\n  - {close: [minsk]}\n", "expected", AUTK_EDATA, 3},
                 {"measures:\n  - {close: [suez/road]}\n", "expected", AUTK_EDATA, 3},
                 {"measures:\n  - {close: [kuznicca]}\n", "kuznica", AUTK_ENOTFOUND, 3},
                 {"measures:\n  - {transit_ban: [Lithuanai]}\n", "Lithuania", AUTK_ENOTFOUND, 3},
                 {"measures:\n  - close: {in_force: 0900-01-01}\n", "expected", AUTK_EDATA, 3},
                 {"measures: [{close: [suez]}]\ntransport:\n  rail_usd_per_tonne: 1\n",
                  "rail_usd_per_tkm", AUTK_EDATA, 4},
                 {"measures: [{close: [suez]}]\ntransport:\n  rail_km_per_h: 0\n", "rail_km_per_h",
                  AUTK_EDATA, 4}};
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        char yaml[400];
        autk_err err = {0};
        (void)snprintf(yaml, sizeof yaml, "name: s\n%s", cases[i].rest);
        autk_scenario *s = scenario_of(yaml);
        assert_int_equal(autk_scenario_route(s, world, small, &err), cases[i].status);
        assert_int_equal(err.line, cases[i].line);
        assert_non_null(strstr(err.msg, cases[i].says));
        assert_int_equal(autk_status_exit_code(err.code), 3);
        autk_scenario_free(s);
    }
}

static void too_many_closures__are_refused(void **state)
{
    (void)state;
    char yaml[4000] = "name: s\nmeasures:\n";
    autk_err err;
    autk_simulation *simulation = NULL;
    for (int k = 0; k < 65; k++)
        (void)snprintf(yaml + strlen(yaml), 40, "  - {close: [suez], part: %d%%}\n", k + 1);
    autk_scenario *s = scenario_of(yaml);
    assert_ok(autk_scenario_route(s, world, small, &err), &err);
    assert_int_equal(autk_simulate(&simulation, s, small, NULL, &err), AUTK_ELIMIT);
    assert_int_equal(err.line, 67);
    autk_scenario_free(s);
}

static autk_scenario *routed; /* for the attempts */

static bool simulate_once(void)
{
    autk_err err;
    autk_simulation *simulation = NULL;
    autk_simulate_opts opts = {.draws = 1};
    bool done = autk_simulate(&simulation, routed, small, &opts, &err) == AUTK_OK;
    autk_simulation_free(simulation);
    return done;
}

static void simulating_closures__survives_every_allocation_failure(void **state)
{
    (void)state;
    autk_err err;
    routed = scenario_of("name: s\nmeasures: [{close: [BLR-LTU], from: BLR, both: true}, " BAN_POL
                         ", " TARIFF "]\n");
    assert_ok(autk_scenario_route(routed, world, small, &err), &err);
    CHECK_SURVIVES_OOM(simulate_once);
    autk_scenario_free(routed);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(parts__add_up_to_the_effect),
        cmocka_unit_test(routes_alone__are_all_of_it),
        cmocka_unit_test(parts__are_those_of_worlds_solved_apart),
        cmocka_unit_test(closures_of_some__leave_others_alone),
        cmocka_unit_test(part_of_the_goods__costs_the_mean_of_its_powers),
        cmocka_unit_test(closing_one_mode__costs_what_the_routes_say),
        cmocka_unit_test(lorries_that_cannot_change__pay_the_way_round),
        cmocka_unit_test(goods_by_road_and_by_rail__are_not_more_than_all),
        cmocka_unit_test(closures_in_force__are_the_datasets_of_that_day),
        cmocka_unit_test(a_draw__is_the_scenario_at_its_costs),
        cmocka_unit_test(draws__do_not_depend_on_threads_nor_on_other_sources),
        cmocka_unit_test(fixed_costs__are_not_drawn),
        cmocka_unit_test(scenarios__are_refused_with_a_place),
        cmocka_unit_test(too_many_closures__are_refused),
        cmocka_unit_test(simulating_closures__survives_every_allocation_failure)};
    return cmocka_run_group_tests(tests, open_all, close_all);
}
