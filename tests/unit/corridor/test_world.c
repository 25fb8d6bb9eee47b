/* The network of the world dataset: published distances, reachability, symmetry, closures. */
#include <igraph.h>
#include <math.h>
#include <string.h>

#include "corridor/closures.h"
#include "corridor/shortest.h"
#include "unit.h"
#include "world_fixture.h"

static int32_t place(const char *text)
{
    autk_err err;
    int32_t found = -1;
    assert_ok(autk_network_find(&found, net, text, &err), &err);
    return found;
}

/* Nautical miles by sea alone: the sea legs of the cheapest route when land costs a fortune. */
static double sea_miles(const autk_network *sea_net, const char *from, const char *to,
                        const char *closed)
{
    autk_err err;
    autk_closures *c = NULL;
    autk_routes *r = NULL;
    autk_route_opts opts = {.shortest_only = true};
    assert_ok(autk_closures_create(&c, sea_net, &err), &err);
    if (closed[0] != '\0')
        assert_ok(autk_closures_add(c, closed, &err), &err);
    assert_ok(autk_routes_find(&r, sea_net, place(from), place(to), c, &opts, &err), &err);
    double km = r->routes[0].distance_km;
    autk_routes_free(r);
    autk_closures_free(c);
    return km / 1.852;
}

/*
 * Published distances, nautical miles. [S] Suez Canal Authority, "Saving in distance" (as
 * reprinted by canal agents: Ras Tanura, Bombay, Shanghai); [P] NGA Pub. 151, Distances Between
 * Ports; [T] the round figures that the trade press gives. Tolerance: 3 %, of which 1 % is the
 * round corners of the lanes and the rest the choice of berth and of route in the tables.
 */
static void sea__distances_agree_with_published_ones(void **state)
{
    (void)state;
    static const struct {
        const char *from, *to, *closed;
        double miles;
    } cases[] = {{"rotterdam", "singapore", "", 8300},           /* T */
                 {"rotterdam", "singapore", "suez", 11800},      /* T */
                 {"shanghai", "rotterdam", "", 10500},           /* T */
                 {"rotterdam", "new-york", "", 3300},            /* T */
                 {"ras-tanura", "constanta", "", 4144},          /* S */
                 {"ras-tanura", "constanta", "suez", 12094},     /* S */
                 {"ras-tanura", "rotterdam", "", 6436},          /* S */
                 {"ras-tanura", "rotterdam", "suez", 11169},     /* S */
                 {"ras-tanura", "new-york", "", 8281},           /* S */
                 {"ras-tanura", "new-york", "suez", 11794},      /* S */
                 {"mumbai", "rotterdam", "", 6337},              /* S */
                 {"mumbai", "rotterdam", "suez", 10743},         /* S */
                 {"shanghai", "genoa", "", 8670},                /* S */
                 {"shanghai", "genoa", "suez", 13619},           /* S */
                 {"new-york", "san-francisco", "", 5263},        /* P */
                 {"new-york", "san-francisco", "panama", 13107}, /* P */
                 {"san-francisco", "yokohama", "", 4536},        /* P */
                 {"yokohama", "los-angeles", "", 4839},          /* P */
                 {"vancouver", "yokohama", "", 4262},            /* P */
                 {"santos", "rotterdam", "", 5425},              /* P */
                 {"buenos-aires", "rotterdam", "", 6330},        /* P */
                 {"houston", "rotterdam", "", 5031},             /* P */
                 {"hong-kong", "singapore", "", 1460}};          /* P */
    autk_network_opts opts = {.costs = *autk_network_costs(net), .costs_given = true};
    autk_network *sea_net = NULL;
    autk_err err;
    opts.costs.value[AUTK_COST_rail_usd_per_tkm] = opts.costs.value[AUTK_COST_road_usd_per_tkm] =
        1e6;
    opts.costs.value[AUTK_COST_time_share_per_day] = 0;
    assert_ok(autk_network_open(&sea_net, world, &opts, &err), &err);
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        double got = sea_miles(sea_net, cases[i].from, cases[i].to, cases[i].closed);
        if (!(fabs(got / cases[i].miles - 1) <= 0.03))
            print_error("%s - %s (%s closed): %.0f, published %.0f\n", cases[i].from, cases[i].to,
                        cases[i].closed, got, cases[i].miles);
        assert_near(got, cases[i].miles, 0.03);
    }
    autk_network_free(sea_net);
}

static void all_pairs__every_economy_reaches_every_other(void **state)
{
    (void)state;
    autk_err err;
    autki_search s;
    size_t n_cities = 0;
    assert_ok(autki_search_init(&s, net->n_terminals, &err), &err);
    for (size_t a = 0; a < net->n_codes; a++) {
        if (net->code_city[a] < 0)
            continue;
        n_cities++;
        autki_search_run(&s, net, autki_open_weights(net), net->code_city[a]);
        for (size_t b = 0; b < net->n_codes; b++) {
            int32_t way;
            if (a == b || net->code_city[b] < 0)
                continue;
            double cost = autki_search_arrive(&way, &s, net, autki_open_weights(net),
                                              net->code_city[a], net->code_city[b]);
            if (!isfinite(cost))
                print_error("no route from %s to %s\n", net->codes[a], net->codes[b]);
            assert_true(isfinite(cost) && cost > 0);
        }
    }
    assert_true(n_cities >= 225);
    autki_search_deinit(&s);
}

/* igraph's Dijkstra on the same graph, cities as vertices with one-way arcs out of and into them.
 */
static void search__agrees_with_igraph(void **state)
{
    (void)state;
    igraph_vector_int_t edges;
    igraph_vector_t weights;
    igraph_t graph;
    igraph_matrix_t dist;
    int32_t source = place("blr"), n = net->n_terminals;
    assert_int_equal(igraph_vector_int_init(&edges, 0), IGRAPH_SUCCESS);
    assert_int_equal(igraph_vector_init(&weights, 0), IGRAPH_SUCCESS);
    assert_int_equal(igraph_matrix_init(&dist, 0, 0), IGRAPH_SUCCESS);
    for (size_t k = 0; k < net->n_arcs; k++) {
        (void)igraph_vector_int_push_back(&edges, net->arcs[k].from);
        (void)igraph_vector_int_push_back(&edges, net->arcs[k].to);
        (void)igraph_vector_push_back(&weights, net->arc_cost[k]);
    }
    for (size_t a = net->first_access[source]; a < net->first_access[source + 1]; a++) {
        if (net->access[a].enter < 0)
            continue;
        (void)igraph_vector_int_push_back(&edges, n);
        (void)igraph_vector_int_push_back(&edges, net->access[a].enter);
        (void)igraph_vector_push_back(&weights, net->access_cost[a]);
    }
    assert_int_equal(igraph_create(&graph, &edges, n + 1, IGRAPH_DIRECTED), IGRAPH_SUCCESS);
    assert_int_equal(igraph_distances_dijkstra(&graph, &dist, igraph_vss_1(n), igraph_vss_all(),
                                               &weights, IGRAPH_OUT),
                     IGRAPH_SUCCESS);
    autk_err err;
    autki_search s;
    assert_ok(autki_search_init(&s, n, &err), &err);
    autki_search_run(&s, net, autki_open_weights(net), source);
    for (int32_t t = 0; t < n; t++) {
        if (isfinite(s.dist[t]) || isfinite(MATRIX(dist, 0, t)))
            assert_near(s.dist[t], MATRIX(dist, 0, t), 1e-12);
    }
    autki_search_deinit(&s);
    igraph_destroy(&graph);
    igraph_matrix_destroy(&dist);
    igraph_vector_destroy(&weights);
    igraph_vector_int_destroy(&edges);
}

static double cheapest(const char *from, const char *to, const autk_closures *c)
{
    autk_err err;
    autk_routes *r = NULL;
    autk_route_opts opts = {.shortest_only = true};
    autk_status st = autk_routes_find(&r, net, place(from), place(to), c, &opts, &err);
    if (st == AUTK_ENOANSWER)
        return INFINITY;
    assert_ok(st, &err);
    double cost = r->routes[0].cost_usd_per_t;
    autk_routes_free(r);
    return cost;
}

static void costs__are_symmetric_triangular_and_rise_with_closures(void **state)
{
    (void)state;
    static const char *const ends[] = {"BLR", "DEU", "CHN", "KAZ", "BRA", "soligorsk", "klaipeda"};
    autk_err err;
    autk_closures *c = NULL;
    assert_ok(autk_closures_create(&c, net, &err), &err);
    static const char *const closed[] = {"suez", "kena-rail", "POL-BLR", "malacca"};
    double before[7][7];
    for (int i = 0; i < 7; i++) {
        for (int j = 0; j < 7; j++)
            before[i][j] = i == j ? 0 : cheapest(ends[i], ends[j], NULL);
    }
    for (int i = 0; i < 7; i++) {
        for (int j = 0; j < 7; j++) {
            assert_near(before[i][j], before[j][i], 1e-12);
            /* Over Klaipeda is a way, less one handling there; the cheapest is not dearer. */
            for (int k = 0; k < 6; k++)
                assert_true(before[i][j] <= before[i][k] + before[k][j] + 1e-9);
        }
    }
    for (int n = 0; n < 4; n++) {
        assert_ok(autk_closures_add(c, closed[n], &err), &err);
        for (int i = 0; i < 7; i++) {
            for (int j = 0; j < i; j++) {
                double after = cheapest(ends[i], ends[j], c);
                assert_true(after >= before[i][j] - 1e-9);
                before[i][j] = after;
            }
        }
    }
    autk_closures_free(c);
}

static void closures__all_around_a_landlocked_economy_leave_no_route(void **state)
{
    (void)state;
    autk_err err;
    autk_closures *c = NULL;
    static const char *const borders[] = {"BLR-POL", "BLR-LTU", "BLR-LVA", "BLR-RUS", "BLR-UKR"};
    assert_ok(autk_closures_create(&c, net, &err), &err);
    for (int i = 0; i < 5; i++) {
        assert_true(isfinite(cheapest("BLR", "DEU", c)));
        assert_ok(autk_closures_add(c, borders[i], &err), &err);
    }
    assert_true(isinf(cheapest("BLR", "DEU", c)));
    autk_routes *r = NULL;
    assert_int_equal(autk_routes_find(&r, net, place("BLR"), place("RUS"), c, NULL, &err),
                     AUTK_ENOANSWER);
    autk_closures_free(c);
}

static void repair__gives_what_a_fresh_search_gives(void **state)
{
    (void)state;
    static const char *const closed[] = {"suez",      "malacca",  "POL-UKR",
                                         "rotterdam", "kukuryki", "RUS-BLR"};
    static const char *const sources[] = {"BLR", "SGP", "NLD", "UKR"};
    autk_err err;
    autki_search fresh, repaired;
    assert_ok(autki_search_init(&fresh, net->n_terminals, &err), &err);
    assert_ok(autki_search_init(&repaired, net->n_terminals, &err), &err);
    for (int i = 0; i < 6; i++) {
        autk_closures *c = NULL;
        assert_ok(autk_closures_create(&c, net, &err), &err);
        assert_ok(autk_closures_add(c, closed[i], &err), &err);
        autki_weights w = autki_closed_weights(net, c);
        for (int k = 0; k < 4; k++) {
            int32_t source = place(sources[k]);
            autki_search_run(&fresh, net, w, source);
            autki_search_run(&repaired, net, autki_open_weights(net), source);
            autki_search_repair(&repaired, net, w, source, c->changed, c->n_changed);
            for (int32_t t = 0; t < net->n_terminals; t++) {
                if (isfinite(fresh.dist[t]))
                    assert_near(repaired.dist[t], fresh.dist[t], 1e-12);
                else
                    assert_true(isinf(repaired.dist[t]));
            }
        }
        autk_closures_free(c);
    }
    autki_search_deinit(&fresh);
    autki_search_deinit(&repaired);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(sea__distances_agree_with_published_ones),
        cmocka_unit_test(all_pairs__every_economy_reaches_every_other),
        cmocka_unit_test(search__agrees_with_igraph),
        cmocka_unit_test(costs__are_symmetric_triangular_and_rise_with_closures),
        cmocka_unit_test(closures__all_around_a_landlocked_economy_leave_no_route),
        cmocka_unit_test(repair__gives_what_a_fresh_search_gives)};
    return cmocka_run_group_tests(tests, open_network, close_network);
}
