/* Routes to the markets on the page, against single routes and all pairs of the network. */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include <jansson.h>

#include <autarky/brief.h>
#include <autarky/corridor.h>

#include "unit.h"

static autk_world *world;
static autk_network *net;

static int open_all(void **state)
{
    (void)state;
    autk_err err;
    autk_network_opts opts = {.date = 20231231};
    if (autk_world_open(&world, world_path(), &err) != AUTK_OK)
        return -1;
    return autk_network_open(&net, world, &opts, &err) == AUTK_OK ? 0 : -1;
}

static int close_all(void **state)
{
    (void)state;
    autk_network_free(net);
    autk_world_close(world);
    return 0;
}

static int32_t economy_of(const char *code)
{
    int32_t economy = -1;
    autk_err err;
    assert_ok(autk_world_find_economy(&economy, world, code, 0, &err), &err);
    return economy;
}

/* The part of the page's JSON; *root is the caller's to decref. */
static const json_t *corridors_of(json_t **root, const char *code, const char *part)
{
    autk_brief *brief = NULL;
    autk_brief_opts opts = autk_brief_opts_default();
    autk_buf out;
    autk_err err;
    json_error_t where;
    opts.year = 2023;
    autk_buf_init(&out);
    assert_ok(autk_brief_create(&brief, world, economy_of(code), &opts, &err), &err);
    assert_ok(autk_brief_write(&out, brief, AUTK_FORMAT_JSON, &err), &err);
    *root = json_loads(autk_buf_text(&out), JSON_REJECT_DUPLICATES, &where);
    assert_non_null(*root);
    autk_buf_deinit(&out);
    autk_brief_free(brief);
    return json_object_get(json_object_get(*root, "corridors"), part);
}

static double number(const json_t *object, const char *key, const char *end)
{
    return json_number_value(json_object_get(json_object_get(object, key), end));
}

static double cheapest(const char *from, const char *to, const autk_closures *closures)
{
    autk_routes *routes = NULL;
    autk_route_opts opts = {.max_routes = 1, .shortest_only = true};
    autk_err err;
    assert_ok(autk_routes_find(&routes, net, autk_network_city(net, economy_of(from)),
                               autk_network_city(net, economy_of(to)), closures, &opts, &err),
              &err);
    double cost = routes->expected_cost_usd_per_t;
    autk_routes_free(routes);
    return cost;
}

static autk_closures *closed_in_2023(int32_t goods_of)
{
    autk_closures *closures = NULL;
    autk_err err;
    assert_ok(autk_closures_create(&closures, net, &err), &err);
    assert_ok(autk_closures_add_date(closures, 20231231, goods_of, NULL, &err), &err);
    return closures;
}

static void corridors__are_the_cheapest_routes_before_and_after(void **state)
{
    (void)state;
    json_t *root = NULL;
    const json_t *routes = corridors_of(&root, "BLR", "routes"), *way;
    autk_closures *closures = closed_in_2023(economy_of("BLR"));
    size_t i;
    assert_true(json_array_size(routes) >= 8);
    json_array_foreach(routes, i, way)
    {
        const char *partner = json_string_value(json_object_get(way, "partner"));
        double before = number(way, "before_usd_per_t", "point");
        double after = number(way, "after_usd_per_t", "point");
        assert_near(before, cheapest("BLR", partner, NULL), 1e-12);
        assert_near(after, cheapest("BLR", partner, closures), 1e-12);
        assert_near(number(way, "rise", "point"), after / before - 1, 1e-9);
        assert_true(number(way, "after_usd_per_t", "low") <= after);
        assert_true(number(way, "after_usd_per_t", "high") >= after);
    }
    autk_closures_free(closures);
    json_decref(root);
}

/* Access lost is the trade-weighted 1 - d_hat^-elasticity of all pairs. */
static void corridors__take_market_access_as_d_hat_does(void **state)
{
    (void)state;
    json_t *root = NULL;
    autk_err err;
    autk_pair_costs *pairs = NULL;
    autk_country_year *trade = NULL;
    int32_t belarus = economy_of("BLR");
    size_t n = (size_t)autk_world_n_economies(world);
    autk_closures *closures = closed_in_2023(belarus);
    double *d_hat = calloc(n * n, sizeof *d_hat);
    double theta = autk_network_costs(net)->value[AUTK_COST_trade_elasticity];
    double lost = 0, sum = 0;
    assert_non_null(d_hat);
    assert_ok(autk_pair_costs_create(&pairs, net, AUTK_ROUTE_SHORTEST, NULL, 1, &err), &err);
    assert_ok(autk_corridor_d_hat(d_hat, pairs, closures, &err), &err);
    assert_ok(autk_evidence_country(&trade, world, belarus, 2023, NULL, &err), &err);
    for (size_t i = 0; i < trade->n_partners; i++) {
        double value = trade->partners[i].turnover_usd.point;
        int32_t partner = trade->partners[i].partner;
        if (isnan(value) || isnan(autk_pair_cost(pairs, belarus, partner)))
            continue;
        lost += value * (1 - pow(d_hat[(size_t)belarus * n + (size_t)partner], -theta));
        sum += value;
    }
    (void)corridors_of(&root, "BLR", "routes");
    const json_t *access = json_object_get(root, "corridors");
    assert_true(lost > 0);
    assert_near(number(access, "market_access_lost", "point"), lost / sum, 1e-6);
    assert_true(number(access, "market_access_lost", "low") <= lost / sum);
    assert_true(number(access, "market_access_lost", "high") >= lost / sum);
    json_decref(root);
    autk_country_year_free(trade);
    autk_pair_costs_free(pairs);
    autk_closures_free(closures);
    free(d_hat);
}

/* What carries the trade is what `autk_corridor_use` says of all pairs. */
static void corridors__name_the_places_that_all_pairs_use(void **state)
{
    (void)state;
    json_t *root = NULL;
    autk_err err;
    autk_pair_costs *pairs = NULL;
    int32_t belarus = economy_of("BLR"), place = -1;
    size_t n = (size_t)autk_world_n_economies(world);
    size_t n_places = (size_t)autk_network_n_places(net);
    autk_closures *closures = closed_in_2023(belarus);
    double *all = calloc(n * n_places, sizeof *all), *one = calloc(n * n_places, sizeof *one);
    double *cost = calloc(n, sizeof *cost);
    autk_reach before = {cost, NULL}, after = {cost, one};
    assert_true(all != NULL && one != NULL && cost != NULL);
    assert_ok(autk_pair_costs_create(&pairs, net, AUTK_ROUTE_SHORTEST, closures, 1, &err), &err);
    assert_ok(autk_corridor_use(all, pairs, belarus, &err), &err);
    assert_ok(autk_reach_find(&before, &after, net, belarus, closures, &err), &err);
    assert_memory_equal(all, one, n * n_places * sizeof *all);
    const json_t *places = corridors_of(&root, "BLR", "places");
    assert_true(json_array_size(places) > 2);
    const char *id = json_string_value(json_object_get(json_array_get(places, 0), "place"));
    assert_ok(autk_network_find(&place, net, id, &err), &err);
    assert_true(all[(size_t)place * n + (size_t)economy_of("RUS")] == 1.0);
    json_decref(root);
    free(all);
    free(one);
    free(cost);
    autk_pair_costs_free(pairs);
    autk_closures_free(closures);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(corridors__are_the_cheapest_routes_before_and_after),
        cmocka_unit_test(corridors__take_market_access_as_d_hat_does),
        cmocka_unit_test(corridors__name_the_places_that_all_pairs_use)};
    return cmocka_run_group_tests(tests, open_all, close_all);
}
