/* The tables, the costs and the closures, on a world of four economies. */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "corridor/closures.h"
#include "small.h"
#include "unit.h"

/* Half a great circle's degree: 111.195 km on the sphere of 6371.0088 km. */
#define KM_PER_DEGREE (6371.0088 * 3.14159265358979323846 / 180)

static double money_of_time(double hours)
{
    return hours * 1200 * 0.006 / 24;
}

static autk_routes *find(const autk_network *net, const char *from, const char *to,
                         const autk_closures *closures, bool shortest)
{
    autk_err err;
    autk_routes *routes = NULL;
    autk_route_opts opts = {.max_routes = 20, .min_share = 1e-12, .shortest_only = shortest};
    assert_ok(autk_routes_find(&routes, net, small_place(net, from), small_place(net, to), closures,
                               &opts, &err),
              &err);
    return routes;
}

static void network__costs_of_a_route_are_those_of_its_legs_by_hand(void **state)
{
    (void)state;
    autk_err err;
    autk_network *net = NULL;
    assert_ok(small_open(&net, NULL, &err), &err);
    autk_routes *r = find(net, "aaa", "bbb", NULL, true);
    const autk_route *route = &r->routes[0];
    assert_int_equal(route->n_legs, 3); /* rail, border, rail: 3 degrees, one customs, one gauge */
    double km = 3 * KM_PER_DEGREE * 1.25;
    double money = km * 0.03 + 12 + 6, hours = km / 25 + 24 + 24;
    assert_near(route->distance_km, km, 1e-12);
    assert_near(route->time_h, hours, 1e-12);
    assert_near(route->money_usd_per_t, money, 1e-12);
    assert_near(route->cost_usd_per_t, money + money_of_time(hours), 1e-12);
    autk_routes_free(r);
    r = find(net, "aaa", "ddd", NULL, true); /* over B and its port, by sea past nothing */
    route = &r->routes[0];
    double land = (3.0 + 1.0) * KM_PER_DEGREE * 1.25;
    assert_int_equal(route->legs[route->n_legs - 2].mode, AUTK_MODE_SEA);
    assert_near(route->legs[route->n_legs - 2].distance_km, 450, 1e-12);
    assert_true(route->distance_km > land && route->distance_km < land + 450 + 2 * 139);
    double sum = 0;
    for (size_t i = 0; i < route->n_legs; i++)
        sum += route->legs[i].cost_usd_per_t;
    assert_near(sum, route->cost_usd_per_t, 1e-12);
    autk_routes_free(r);
    autk_network_free(net);
}

/* All ways without a terminal twice, by walking them all: the slow oracle of paths and shares. */
typedef struct walk {
    const autk_network *net;
    int32_t to;
    double costs[5000];
    size_t n;
    bool seen[64];
} walk;

static void walk_on(walk *w, int32_t terminal, double cost)
{
    const autk_network *net = w->net;
    w->seen[terminal] = true;
    for (size_t a = net->first_access[w->to]; a < net->first_access[w->to + 1]; a++) {
        if (net->access[a].leave == terminal)
            w->costs[w->n++] = cost + net->access_cost[a];
    }
    for (size_t k = net->first_arc[terminal]; k < net->first_arc[terminal + 1]; k++) {
        if (!w->seen[net->arc_to[k]])
            walk_on(w, net->arc_to[k], cost + net->arc_cost[k]);
    }
    w->seen[terminal] = false;
}

static int ascending(const void *a, const void *b)
{
    double x = *(const double *)a, y = *(const double *)b;
    return (x > y) - (x < y);
}

static void routes__are_the_cheapest_of_all_ways(void **state)
{
    (void)state;
    autk_err err;
    autk_network *net = NULL;
    assert_ok(small_open(&net, NULL, &err), &err);
    static const char *const ends[][2] = {
        {"aaa", "ddd"}, {"aaa", "ccc"}, {"bbb", "ccc"}, {"pb", "pc"}};
    for (size_t i = 0; i < 4; i++) {
        static walk w;
        memset(&w, 0, sizeof w);
        w.net = net;
        w.to = small_place(net, ends[i][1]);
        int32_t from = small_place(net, ends[i][0]);
        for (size_t a = net->first_access[from]; a < net->first_access[from + 1]; a++) {
            if (net->access[a].enter >= 0)
                walk_on(&w, net->access[a].enter, net->access_cost[a]);
        }
        qsort(w.costs, w.n, sizeof *w.costs, ascending);
        autk_routes *r = find(net, ends[i][0], ends[i][1], NULL, false);
        assert_true(r->n >= 1 && r->n <= w.n);
        for (size_t k = 0; k < r->n; k++)
            assert_near(r->routes[k].cost_usd_per_t, w.costs[k], 1e-12);
        /* Shares are in proportion to exp(-cost/scale); loops take the rest, which is little. */
        double ratio = r->n > 1 ? r->routes[1].share / r->routes[0].share : 1;
        if (r->n > 1)
            assert_near(ratio, exp((w.costs[0] - w.costs[1]) / 3), 1e-9);
        double simple = 0;
        for (size_t k = 0; k < w.n; k++)
            simple += exp((w.costs[0] - w.costs[k]) / 3);
        assert_true(r->routes[0].share <= 1 / simple + 1e-12);
        assert_near(r->routes[0].share, 1 / simple, 1e-3);
        autk_routes_free(r);
    }
    autk_network_free(net);
}

static void closures__close_modes_borders_and_transit(void **state)
{
    (void)state;
    autk_err err;
    autk_network *net = NULL;
    autk_closures *c = NULL;
    assert_ok(small_open(&net, NULL, &err), &err);
    assert_ok(autk_closures_create(&c, net, &err), &err);
    assert_ok(autk_closures_add(c, "a-b/rail", &err), &err);
    assert_string_equal(autk_closures_text(c, 0), "A-B bridge (rail) closed");
    autk_routes *r = find(net, "aaa", "bbb", c, true);
    assert_int_equal(r->routes[0].legs[0].mode, AUTK_MODE_ROAD);
    autk_routes_free(r);
    assert_ok(autk_closures_add(c, "AAA-BBB", &err), &err);
    r = find(net, "aaa", "bbb", c, true); /* over C, its port, the Narrows, the port of B */
    bool strait = false;
    for (size_t i = 0; i < r->routes[0].n_legs; i++)
        strait = strait || r->routes[0].legs[i].mode == AUTK_MODE_GATE;
    assert_true(strait);
    autk_routes_free(r);
    assert_ok(autk_closures_ban_transit(c, "ccc", &err), &err);
    r = find(net, "aaa", "ccc", c, true); /* to C itself the ban does not apply */
    autk_routes_free(r);
    r = NULL;
    assert_int_equal(
        autk_routes_find(&r, net, small_place(net, "aaa"), small_place(net, "bbb"), c, NULL, &err),
        AUTK_ENOANSWER);
    assert_string_equal(err.msg, "no route from Ahaven to Bcity is open");
    autk_closures_free(c);
    autk_network_free(net);
}

static void closures__by_date_apply_to_goods_and_days(void **state)
{
    (void)state;
    autk_err err;
    autk_network *net = NULL;
    static const struct {
        int32_t date;
        size_t n; /* without goods of ore: the ban does not apply */
    } days[] = {{20200101, 1}, {20201231, 1}, {20210101, 0}, {20220101, 1}};
    assert_ok(small_open(&net, NULL, &err), &err);
    for (size_t i = 0; i < 4; i++) {
        autk_closures *c = NULL;
        size_t n = 99;
        assert_ok(autk_closures_create(&c, net, &err), &err);
        assert_ok(autk_closures_add_date(c, days[i].date, -1, &n, &err), &err);
        assert_int_equal(n, days[i].n);
        autk_closures_free(c);
    }
    autk_closures *c = NULL;
    assert_ok(autk_closures_create(&c, net, &err), &err);
    assert_int_equal(autk_closures_add_date(c, 20200230, -1, NULL, &err), AUTK_EARG);
    assert_int_equal(autk_closures_add_date(c, 19990101, -1, NULL, &err), AUTK_ENOTFOUND);
    assert_string_equal(err.msg, "expected a date from 2020 to 2022, for which closures are known, "
                                 "got 1999-01-01");
    autk_routes *before = find(net, "aaa", "ccc", NULL, true);
    assert_ok(autk_closures_add_date(c, 20220101, -1, NULL, &err), &err);
    autk_routes *after = find(net, "aaa", "ccc", c, true);
    assert_near(after->routes[0].cost_usd_per_t - before->routes[0].cost_usd_per_t,
                10 + money_of_time(48), 1e-9); /* lorries change: as much as in a port */
    autk_routes_free(before);
    autk_routes_free(after);
    autk_closures_free(c);
    autk_network_free(net);
}

static void closures__say_what_is_wrong(void **state)
{
    (void)state;
    autk_err err;
    autk_network *net = NULL;
    autk_closures *c = NULL;
    assert_ok(small_open(&net, NULL, &err), &err);
    assert_ok(autk_closures_create(&c, net, &err), &err);
    assert_int_equal(autk_closures_add(c, "narows", &err), AUTK_ENOTFOUND);
    assert_non_null(strstr(err.msg, "narrows"));
    assert_int_equal(autk_closures_add(c, "Ahaven", &err), AUTK_EARG);
    assert_int_equal(autk_closures_add(c, "a-b/sea", &err), AUTK_EARG);
    assert_int_equal(autk_closures_add(c, "a-c/rail", &err), AUTK_EARG);
    assert_int_equal(autk_closures_count(c), 0);
    assert_ok(autk_closures_add(c, "pb", &err), &err);
    assert_int_equal(autk_closures_add(c, "Port B", &err), AUTK_EARG); /* the same by its name */
    assert_ok(autk_closures_add(c, "a-b/rail", &err), &err);
    assert_ok(autk_closures_add(c, "AAA-BBB", &err), &err); /* closes the road too */
    assert_int_equal(autk_closures_add(c, "a-b", &err), AUTK_EARG);
    assert_string_equal(err.msg, "expected a place once, got \"a-b\", closed already");
    assert_int_equal(autk_closures_add(c, "AAA-DDD", &err), AUTK_ENOTFOUND);
    assert_non_null(strstr(err.msg, "(AAA: BBB, CCC)"));
    assert_ok(autk_closures_ban_transit(c, "ccc", &err), &err);
    assert_int_equal(autk_closures_ban_transit(c, "Ccity", &err), AUTK_EARG);
    assert_int_equal(autk_closures_count(c), 4);
    autk_routes *r = NULL;
    assert_int_equal(
        autk_routes_find(&r, net, small_place(net, "pb"), small_place(net, "aaa"), c, NULL, &err),
        AUTK_EARG);
    assert_non_null(strstr(err.msg, "Port B, which is closed"));
    autk_closures_free(c);
    autk_network_free(net);
}

static void tables__damage_gets_its_line(void **state)
{
    (void)state;
    static const struct {
        small_tables tables;
        autk_status status;
        int64_t line, column;
        const char *says;
    } cases[] = {
        {{.costs = "name,value\nsea_usd_per_tkm,0.003\nroad_usd_pr_tkm,1\n"},
         AUTK_EPARSE,
         3,
         1,
         "road_usd_per_tkm"},
        {{.costs = "name,value\nsea_km_per_h,0\n"}, AUTK_EPARSE, 2, 14, "low <= value <= high"},
        {{.costs = "name,value,low,high\nport_h,5,6,7\n"}, AUTK_EPARSE, 2, 10, "low <= value"},
        {{.costs = "name,value\nsea_usd_per_tkm,nan\n"}, AUTK_EPARSE, 2, 17, "finite number"},
        {{.costs = "name,value\nsea_usd_per_tkm,1\n"}, AUTK_EDATA, 0, 0, "rail_usd_per_tkm"},
        {{.costs = "name,value\nport_h,1\nport_h,2\n"}, AUTK_EPARSE, 3, 1, "each cost once"},
        {{.costs = "name,value\nport_h,1,2\n"}, AUTK_EPARSE, 2, 10, "2 fields as in the header"},
        {{.costs = "name,value,value\nport_h,1,2\n"}, AUTK_EPARSE, 1, 12, "each column once"},
        {{.costs = "name,value\nport_h@,1\n"}, AUTK_EPARSE, 2, 1, "the name of goods"},
        {{.costs = "name,value\n"}, AUTK_EPARSE, 2, 1, "expected a row"},
        {{.places = "id,kind,name,economy,land,economy2,land2,modes,gauge_mm,lat,lon\n"
                    "x,hamlet,X,AAA,0,,,road,,0,0\n"},
         AUTK_EPARSE,
         2,
         3,
         "city, place, crossing, port or gate"},
        {{.places = "id,kind,name,economy,land,economy2,land2,modes,gauge_mm,lat,lon\n"
                    "x,city,X,AAA,0,,,road,,91,0\n"},
         AUTK_EPARSE,
         2,
         24,
         "a latitude from -90 to 90"},
        {{.places = "id,kind,name,economy,land,economy2,land2,modes,gauge_mm,lat,lon\n"
                    "x,crossing,X,AAA,0,,,road,,0,0\n"},
         AUTK_EPARSE,
         2,
         20,
         "two economies for a crossing"},
        {{.closures = "what,kind,modes,goods_of,product,from,to,title,source\n"
                      "a-b,closed,road,,,20220101,20210101,t,s\n"},
         AUTK_EPARSE,
         2,
         28,
         "not before the start"},
        {{.sea = "terminal,km_to_those_below\nnowhere,\n"}, AUTK_EPARSE, 2, 1, "a port"},
        {{.sea = "terminal,km_to_those_below\npb,1 2\npc,\n"}, AUTK_EPARSE, 2, 0, "1 distances"},
        {{.lanes = "from,to,km,line_tenth_deg\npb,pc,5,1 2 3\n"}, AUTK_EPARSE, 2, 9, "pairs"},
        {{.outlines = "economy,ring_hundredth_deg\nAAA,1 2 x 4\n"}, AUTK_EPARSE, 2, 5, "whole"}};
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        autk_network *net = NULL;
        autk_err err = {0};
        autk_status st = small_open(&net, &cases[i].tables, &err);
        if (st != cases[i].status || err.line != cases[i].line || err.column != cases[i].column ||
            strstr(err.msg, cases[i].says) == NULL)
            print_error("case %zu: %s %d:%d %s\n", i, autk_status_name(st), (int)err.line,
                        (int)err.column, err.msg);
        assert_int_equal(st, cases[i].status);
        assert_int_equal(err.line, cases[i].line);
        assert_int_equal(err.column, cases[i].column);
        assert_non_null(strstr(err.msg, cases[i].says));
    }
}

static void costs__of_goods_override_and_draws_stay_in_range(void **state)
{
    (void)state;
    autk_err err;
    autk_network *net = NULL;
    assert_ok(small_open(&net, NULL, &err), &err);
    autk_costs costs = *autk_network_costs(net);
    assert_near(costs.value[AUTK_COST_value_usd_per_t], 1200, 0);
    static const char text[] = "name,value\nvalue_usd_per_t@ore,100\nvalue_usd_per_t,1000\n";
    autk_input *input = NULL;
    assert_ok(autk_input_memory(&input, "costs", text, strlen(text), &err), &err);
    assert_ok(autk_costs_read(&costs, input, "ore", &err), &err);
    autk_input_free(input);
    assert_near(costs.value[AUTK_COST_value_usd_per_t], 100, 0);
    assert_true(costs.for_goods);
    assert_int_equal(autk_costs_set(&costs, "port_hh=3", &err), AUTK_EARG);
    assert_non_null(strstr(err.msg, "port_h"));
    assert_int_equal(autk_costs_set(&costs, "port_h=-3", &err), AUTK_EARG);
    double mean = 0;
    costs = *autk_network_costs(net);
    for (uint64_t i = 0; i < 4000; i++) {
        autk_costs draw = autk_costs_draw(&costs, 7, i);
        double v = draw.value[AUTK_COST_border_usd_per_t];
        assert_true(v >= 5 && v <= 40);
        mean += v / 4000;
    }
    assert_within(mean, (5 + 12 + 40) / 3.0, 0.6); /* triangular; six standard errors */
    autk_network_free(net);
}

static bool open_once(void)
{
    autk_network *net = NULL;
    autk_closures *c = NULL;
    autk_routes *r = NULL;
    autk_status st = small_open(&net, NULL, NULL);
    if (st == AUTK_OK)
        st = autk_closures_create(&c, net, NULL);
    if (st == AUTK_OK)
        st = autk_closures_add(c, "a-b/rail", NULL);
    if (st == AUTK_OK)
        st = autk_routes_find(&r, net, 0, 2, c, NULL, NULL);
    autk_routes_free(r);
    autk_closures_free(c);
    autk_network_free(net);
    return st == AUTK_OK;
}

static void network__survives_every_allocation_failure(void **state)
{
    (void)state;
    CHECK_SURVIVES_OOM(open_once);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(network__costs_of_a_route_are_those_of_its_legs_by_hand),
        cmocka_unit_test(routes__are_the_cheapest_of_all_ways),
        cmocka_unit_test(closures__close_modes_borders_and_transit),
        cmocka_unit_test(closures__by_date_apply_to_goods_and_days),
        cmocka_unit_test(closures__say_what_is_wrong),
        cmocka_unit_test(tables__damage_gets_its_line),
        cmocka_unit_test(costs__of_goods_override_and_draws_stay_in_range),
        cmocka_unit_test(network__survives_every_allocation_failure)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
