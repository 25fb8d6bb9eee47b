/* What must hold on the network of the world, for all pairs and all landlocked economies. */
#include <float.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include <autarky/evidence.h>

#include "corridor/shortest.h"
#include "unit.h"
#include "world_fixture.h"

static size_t n;                                            /* economies */
static autk_pair_costs *open_pairs[AUTK_ROUTE_MODEL_COUNT]; /* nothing closed */

static int open_all(void **state)
{
    autk_err err;
    open_network(state);
    n = (size_t)autk_world_n_economies(world);
    for (int m = 0; m < AUTK_ROUTE_MODEL_COUNT; m++)
        assert_ok(autk_pair_costs_create(&open_pairs[m], net, (autk_route_model)m, NULL, 2, &err),
                  &err);
    return 0;
}

static int close_all(void **state)
{
    for (int m = 0; m < AUTK_ROUTE_MODEL_COUNT; m++)
        autk_pair_costs_free(open_pairs[m]);
    return close_network(state);
}

static bool has_city(size_t e)
{
    return autk_network_city(net, (int32_t)e) >= 0;
}

static double open_cost(int model, size_t i, size_t j)
{
    return autk_pair_cost(open_pairs[model], (int32_t)i, (int32_t)j);
}

/* Economies that trade and have no place in the network: not in GeoDist, or nobody lives there. */
static const char no_place[] =
    "ALA ATA ATF BES BLM BVT GGY HMD IMN IOT JEY MAF MCO MYT SGS SJM UMI VAT";

static bool trades(size_t e, int year)
{
    autk_country_year *country = NULL;
    bool found = false;
    if (autk_evidence_country(&country, world, (int32_t)e, year, NULL, NULL) != AUTK_OK)
        return false;
    for (size_t i = 0; i < country->n_partners && !found; i++)
        found = country->partners[i].turnover_usd.high > 0;
    autk_country_year_free(country);
    return found;
}

static void network__lets_all_who_trade_reach_each_other_when_nothing_is_closed(void **state)
{
    (void)state;
    int first, last;
    autk_world_years(&first, &last, world);
    for (size_t e = 0; e < n; e++) {
        const char *code = autk_world_party_code(world, (int32_t)e);
        if (has_city(e) || strstr(no_place, code) != NULL)
            continue;
        if (trades(e, last))
            print_error("%s trades and has no place\n", code);
        assert_false(trades(e, last));
    }
    for (int m = 0; m < AUTK_ROUTE_MODEL_COUNT; m++) {
        for (size_t i = 0; i < n; i++) {
            for (size_t j = 0; j < n; j++) {
                if (i != j && has_city(i) && has_city(j))
                    assert_true(isfinite(open_cost(m, i, j)) && open_cost(m, i, j) > 0);
            }
        }
    }
}

/* Sums of the same terms in another order: 1e-12; logs of two solutions of one system: 1e-9. */
static void costs__are_the_same_both_ways(void **state)
{
    (void)state;
    static const double tolerance[] = {1e-12, 1e-9};
    for (int m = 0; m < AUTK_ROUTE_MODEL_COUNT; m++) {
        for (size_t i = 0; i < n; i++) {
            for (size_t j = 0; j < i; j++) {
                if (has_city(i) && has_city(j))
                    assert_near(open_cost(m, i, j), open_cost(m, j, i), tolerance[m]);
            }
        }
    }
}

/* ------------------------------------------------------------------ triangles */

/* Costs from a place to all economies, and the access by which each way leaves it (-1 = none: the
 * place itself, or straight to another town). */
static void ways_from(double *cost, int32_t *out, autki_search *s, int32_t place)
{
    autki_weights w = autki_open_weights(net);
    autki_search_run(s, net, w, place);
    for (size_t e = 0; e < n; e++) {
        int32_t city = autk_network_city(net, (int32_t)e), way = AUTKI_NO_ARC;
        cost[e] = city < 0        ? NAN
                  : city == place ? 0
                                  : autki_search_arrive(&way, s, net, w, place, city);
        out[e] = -1;
        if (way < 0)
            continue;
        int32_t t = net->access[way].leave;
        while (s->via[t] >= 0)
            t = net->arcs[s->via[t]].from;
        out[e] = AUTKI_FROM_SOURCE - s->via[t];
    }
}

/* Could goods that come by one access go on by the other without a stop, by one mode? */
static bool passes(int32_t a, int32_t b)
{
    if (a < 0 || b < 0)
        return true;
    int32_t in = net->access[a].leave;
    for (size_t k = net->first_arc[in]; k < net->first_arc[in + 1]; k++) {
        if (net->arc_to[k] == net->access[b].enter && net->access[a].mode == net->access[b].mode)
            return true;
    }
    return false;
}

/*
 * A port is passed as it is begun or ended at: over it no way is cheaper than the cheapest. A main
 * city is no such node: goods do not change between rail and road there, nor cross an economy from
 * sea to sea. Wherever a way over it is cheaper, it must be one of those.
 */
static void triangles__hold_over_ports_and_over_cities_that_goods_could_pass(void **state)
{
    (void)state;
    autk_err err;
    autki_search s;
    double *cost = calloc(n, sizeof *cost);
    int32_t *out = calloc(n, sizeof *out);
    size_t n_over = 0, n_triples = 0;
    assert_non_null(cost);
    assert_non_null(out);
    assert_ok(autki_search_init(&s, net->n_terminals, &err), &err);
    for (int32_t k = 0; k < autk_network_n_places(net); k++) {
        autk_place_kind kind = autk_network_place(net, k)->kind;
        bool looked_at = kind == AUTK_PLACE_CITY || (kind == AUTK_PLACE_PORT && k % 16 == 0);
        if (!looked_at)
            continue;
        ways_from(cost, out, &s, k);
        for (size_t i = 0; i < n; i++) {
            for (size_t j = 0; has_city(i) && j < i; j++) {
                if (!has_city(j))
                    continue;
                double most = (cost[i] + cost[j]) * (1 + FLT_EPSILON); /* arcs keep km as float */
                bool over = open_cost(0, i, j) > most;
                n_over += over;
                n_triples++;
                if (!over || (kind == AUTK_PLACE_CITY && !passes(out[i], out[j])))
                    continue;
                fail_msg("%s to %s costs %.9f, over %s %.9f",
                         autk_world_party_code(world, (int32_t)i),
                         autk_world_party_code(world, (int32_t)j), open_cost(0, i, j),
                         autk_network_place(net, k)->name, cost[i] + cost[j]);
            }
        }
    }
    assert_true(n_triples > 6000000 && n_over * 1000 < n_triples);
    autki_search_deinit(&s);
    free(cost);
    free(out);
}

/* ------------------------------------------------------------------ closures */

static const struct {
    const char *what;
    bool ban;
} one_by_one[] = {{"suez", false},      {"LTU", true},      {"kuznica/road", false},
                  {"malacca", false},   {"POL-UKR", false}, {"RUS", true},
                  {"rotterdam", false}, {"panama", false},  {"DEU", true},
                  {"CHN-KAZ", false},   {"cape", false},    {"gibraltar", false}};

static void closures__never_lower_a_cost(void **state)
{
    (void)state;
    autk_err err;
    double *was = malloc(n * n * sizeof *was), *is = malloc(n * n * sizeof *is);
    assert_non_null(was);
    assert_non_null(is);
    for (int m = 0; m < AUTK_ROUTE_MODEL_COUNT; m++) {
        /* The probabilistic model is solved afresh where sums cancel: every sixth step of it. */
        size_t stride = m == AUTK_ROUTE_SHORTEST ? 1 : 6;
        double tolerance = m == AUTK_ROUTE_SHORTEST ? 1e-9 : 1e-7;
        autk_closures *c = NULL;
        assert_ok(autk_closures_create(&c, net, &err), &err);
        for (size_t at = 0; at < n * n; at++)
            was[at] = open_cost(m, at / n, at % n);
        for (size_t k = 0; k < sizeof one_by_one / sizeof *one_by_one; k++) {
            assert_ok(one_by_one[k].ban ? autk_closures_ban_transit(c, one_by_one[k].what, &err)
                                        : autk_closures_add(c, one_by_one[k].what, &err),
                      &err);
            if ((k + 1) % stride != 0)
                continue;
            assert_ok(autk_pair_costs_after(is, open_pairs[m], c, &err), &err);
            for (size_t at = 0; at < n * n; at++) {
                assert_true(isnan(was[at]) ? isnan(is[at]) : is[at] >= was[at] - tolerance);
                was[at] = is[at];
            }
        }
        autk_closures_free(c);
    }
    free(was);
    free(is);
}

/* Every crossing on its borders, and the ports of its inland sea. */
static autk_closures *close_around(int32_t economy)
{
    autk_err err;
    autk_closures *c = NULL;
    assert_ok(autk_closures_create(&c, net, &err), &err);
    for (int32_t i = 0; i < autk_network_n_places(net); i++) {
        const autk_place *p = autk_network_place(net, i);
        bool way_out = p->kind == AUTK_PLACE_CROSSING || p->kind == AUTK_PLACE_PORT;
        if (way_out && (p->economy[0] == economy || p->economy[1] == economy))
            assert_ok(autk_closures_add(c, p->id, &err), &err);
    }
    return c;
}

static void check_cut_off(int32_t economy, double *cost)
{
    autk_err err;
    autk_closures *c = close_around(economy);
    autk_reach after = {.cost_usd_per_t = cost}, before = {.cost_usd_per_t = cost + n};
    assert_ok(autk_reach_find(&before, &after, net, economy, c, &err), &err);
    for (size_t e = 0; e < n; e++) {
        if (!has_city(e) || (int32_t)e == economy)
            continue;
        assert_true(isfinite(before.cost_usd_per_t[e]));
        assert_true(isinf(after.cost_usd_per_t[e]));
    }
    static const char *const others[] = {"USA", "CHN"};
    for (int k = 0; k < 2; k++) {
        for (int shortest = 0; shortest < 2; shortest++) {
            autk_route_opts opts = {.shortest_only = shortest};
            autk_routes *r = NULL;
            int32_t to = autk_network_city(net, economy_of(others[k]));
            assert_int_equal(
                autk_routes_find(&r, net, autk_network_city(net, economy), to, c, &opts, &err),
                AUTK_ENOANSWER);
            assert_null(r);
        }
    }
    autk_closures_free(c);
}

static void closures__all_around_any_landlocked_economy_leave_no_route(void **state)
{
    (void)state;
    size_t found = 0;
    double *cost = malloc(2 * n * sizeof *cost);
    assert_non_null(cost);
    for (size_t e = 0; e < n; e++) {
        if (!has_city(e) || !autk_world_economy(world, (int32_t)e)->landlocked)
            continue;
        check_cut_off((int32_t)e, cost);
        found++;
    }
    assert_int_equal(found, 44); /* the 44 of the United Nations but the Holy See, and Kosovo */
    free(cost);
}

/* All pairs once more: a cut off economy is cut off from all, and nobody else pays less. */
static void closures__all_around_leave_no_pair_in_the_probabilistic_model(void **state)
{
    (void)state;
    static const char *const codes[] = {"BLR", "LSO"};
    autk_err err;
    double *after = malloc(n * n * sizeof *after);
    assert_non_null(after);
    for (int k = 0; k < 2; k++) {
        size_t cut = (size_t)economy_of(codes[k]);
        autk_closures *c = close_around((int32_t)cut);
        assert_ok(autk_pair_costs_after(after, open_pairs[AUTK_ROUTE_PROBABILISTIC], c, &err),
                  &err);
        for (size_t i = 0; i < n; i++) {
            for (size_t j = 0; j < n; j++) {
                if (i == j || !has_city(i) || !has_city(j))
                    continue;
                assert_true((i == cut || j == cut) ? isinf(after[i * n + j]) != 0
                                                   : isfinite(after[i * n + j]) != 0);
            }
        }
        autk_closures_free(c);
    }
    free(after);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(network__lets_all_who_trade_reach_each_other_when_nothing_is_closed),
        cmocka_unit_test(costs__are_the_same_both_ways),
        cmocka_unit_test(triangles__hold_over_ports_and_over_cities_that_goods_could_pass),
        cmocka_unit_test(closures__never_lower_a_cost),
        cmocka_unit_test(closures__all_around_any_landlocked_economy_leave_no_route),
        cmocka_unit_test(closures__all_around_leave_no_pair_in_the_probabilistic_model)};
    return cmocka_run_group_tests(tests, open_all, close_all);
}
