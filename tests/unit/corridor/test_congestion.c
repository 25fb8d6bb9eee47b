/* Capacities: by hand on one and two routes; on random worlds against traffic that a fresh solution
 * puts on the network under the charges told. */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <autarky/congestion.h>

#include "base/random.h"
#include "corridor/closures.h"
#include "small.h"
#include "unit.h"
#include "world_fixture.h"

#define N SMALL_ECONOMIES

static void set_load(autk_loads *loads, const autk_network *of, const char *text)
{
    autk_err err;
    assert_ok(autk_loads_set(loads, of, text, &err), &err);
}

static double cost_between(const autk_network *of, const autk_closures *closures, int32_t i,
                           int32_t j)
{
    autk_err err;
    autk_pair_costs *pairs = NULL;
    assert_ok(autk_pair_costs_create(&pairs, of, AUTK_ROUTE_PROBABILISTIC, closures, 1, &err),
              &err);
    double cost = autk_pair_cost(pairs, i, j);
    autk_pair_costs_free(pairs);
    return cost;
}

static autk_closures *charged(const autk_network *of, const autk_loads *loads)
{
    autk_err err;
    autk_closures *c = NULL;
    assert_ok(autk_closures_create(&c, of, &err), &err);
    assert_ok(autk_loads_charge(loads, c, &err), &err);
    return c;
}

/* From A to C all goods take the pass, or go round by B and two ports, 4e-8 of them: the charge is
 * the border's cost x 0.15 x (30 / 20)^4. Border: 12 USD and 24 h of 1200 USD at 0.6 % a day. */
static void one_route__is_charged_what_one_computes_by_hand(void **state)
{
    (void)state;
    autk_err err;
    autk_network *of = NULL;
    autk_loads loads = {0};
    autk_congestion found;
    assert_ok(small_open(&of, NULL, &err), &err);
    set_load(&loads, of, "a-c=20e6");
    int32_t a = of->code_city[0], c = of->code_city[2];
    autk_freight freight[] = {{a, c, 10e6}, {c, a, 20e6}};
    assert_ok(autk_congestion_solve(&loads, of, NULL, freight, 2, 0, &found, &err), &err);
    double want = (12 + 1200 * 0.006) * 0.15 * pow(1.5, 4);
    assert_near(loads.items[0].traffic_t, 30e6, 1e-7);
    assert_near(loads.items[0].extra_usd_per_t, want, 1e-6);
    assert_true(found.gap <= 1e-10 && found.lost_t == 0);
    autk_closures *with = charged(of, &loads);
    assert_near(cost_between(of, with, 0, 2), cost_between(of, NULL, 0, 2) + want, 1e-6);
    autk_closures_free(with);
    autk_loads_deinit(&loads);
    autk_network_free(of);
}

static const char two_passes[] =
    "id,kind,name,economy,land,economy2,land2,modes,gauge_mm,lat,lon,source\n"
    "aaa,city,Ahaven,AAA,0,,,road,,0,0,test\n"
    "bbb,city,Bcity,BBB,0,,,road,,3,0,test\n"
    "north,crossing,North pass,AAA,0,BBB,0,road,,1.5,0.1,test\n"
    "south,crossing,South pass,AAA,0,BBB,0,road,,1.5,-0.12,test\n";

static autk_network *open_two_passes(void)
{
    autk_err err;
    autk_network *of = NULL;
    small_tables tables = {
        .places = two_passes,
        .sea = "terminal,km_to_those_below\n",
        .lanes = "from,to,km,line_tenth_deg\n",
        .closures = "id,what,kind,modes,goods_of,product,from,to,title,source,confidence\n"};
    assert_ok(small_open(&of, &tables, &err), &err);
    return of;
}

/* Two passes, one of them narrow: the share over it is 1 / (1 + exp((c_n + e - c_s) / s)), and e
 * follows from the share; here by bisection. Ways there and back once more are e^-14 of the sum. */
static void two_routes__share_the_traffic_as_the_logit_formula_says(void **state)
{
    (void)state;
    autk_err err;
    autk_network *of = open_two_passes();
    double scale = of->costs.value[AUTK_COST_route_scale_usd_per_t], cost[2];
    for (int way = 0; way < 2; way++) { /* what each costs when the other is closed */
        autk_closures *c = NULL;
        assert_ok(autk_closures_create(&c, of, &err), &err);
        assert_ok(autk_closures_add(c, way == 0 ? "south" : "north", &err), &err);
        cost[way] = cost_between(of, c, 0, 1);
        autk_closures_free(c);
    }
    static const double capacity[] = {1e3, 1e6, 3e6, 5e6, 1e7, 1e8};
    for (size_t i = 0; i < sizeof capacity / sizeof *capacity; i++) {
        double low = 0, high = 9e6;
        for (int step = 0; step < 200; step++) {
            double x = (low + high) / 2;
            double e = (12 + 1200 * 0.006) * 0.15 * pow(x / capacity[i], 4);
            double there = 9e6 / (1 + exp((cost[0] + e - cost[1]) / scale));
            if (there > x)
                low = x;
            else
                high = x;
        }
        autk_loads loads = {0};
        char text[60];
        (void)snprintf(text, sizeof text, "north=%g", capacity[i]);
        set_load(&loads, of, text);
        autk_freight freight = {of->code_city[0], of->code_city[1], 9e6};
        assert_ok(autk_congestion_solve(&loads, of, NULL, &freight, 1, 0, NULL, &err), &err);
        assert_near(loads.items[0].traffic_t, low, 1e-6);
        autk_loads_deinit(&loads);
    }
    autk_network_free(of);
}

/* ------------------------------------------------------------------ random worlds */

typedef struct random_case {
    autk_network *of;
    autk_loads loads;
    double tonnes[N * N];
    autk_freight freight[N * N];
    size_t n_freight;
} random_case;

/* Freight between all, capacities at half of the places from a tenth to ten times what passes. */
static void open_case(random_case *c, uint64_t seed)
{
    autk_err err;
    uint64_t state = seed;
    memset(c, 0, sizeof *c);
    assert_ok(small_random(&c->of, seed, &err), &err);
    for (int i = 0; i < N; i++) {
        for (int j = 0; j < N; j++) {
            double t = i == j ? 0 : 1e6 * autki_random_exponential(&state);
            c->tonnes[i * N + j] = t;
            if (i != j)
                c->freight[c->n_freight++] =
                    (autk_freight){c->of->code_city[i], c->of->code_city[j], t};
        }
    }
    for (size_t p = 0; p < c->of->n_places; p++) {
        const autk_place *place = &c->of->places[p];
        char text[80];
        if (place->kind == AUTK_PLACE_CITY || autki_random_uniform(&state) < 0.5)
            continue;
        (void)snprintf(text, sizeof text, "%s=%.17g", place->id,
                       6e6 * pow(10, 2 * autki_random_uniform(&state) - 1));
        set_load(&c->loads, c->of, text);
    }
}

static void close_case(random_case *c)
{
    autk_loads_deinit(&c->loads);
    autk_network_free(c->of);
}

static void solve_case(random_case *c)
{
    autk_err err;
    autk_congestion found;
    assert_ok(
        autk_congestion_solve(&c->loads, c->of, NULL, c->freight, c->n_freight, 0, &found, &err),
        &err);
    assert_true(found.gap <= 1e-10);
}

static double passing_cost(const autk_network *of, int32_t place)
{
    double cost = 0;
    for (int32_t t = of->first_terminal[place]; t < of->first_terminal[place + 1]; t++) {
        double it = autki_passing_cost(of, t);
        cost = it > cost ? it : cost;
    }
    return cost;
}

/* All pairs solved once more with the charges on the network: their traffic is the one told, and
 * calls for just these charges. */
static void equilibrium__is_a_fixed_point_of_a_fresh_solution(void **state)
{
    (void)state;
    autk_err err;
    size_t n_over = 0;
    for (uint64_t seed = 1; seed <= 30; seed++) {
        random_case c;
        open_case(&c, seed);
        solve_case(&c);
        autk_closures *with = charged(c.of, &c.loads);
        autk_pair_costs *pairs = NULL;
        autk_traffic *traffic = NULL;
        size_t n = 0;
        assert_ok(autk_pair_costs_create(&pairs, c.of, AUTK_ROUTE_PROBABILISTIC, with, 1, &err),
                  &err);
        assert_ok(autk_corridor_traffic(&traffic, &n, pairs, c.tonnes, 0, false, &err), &err);
        for (size_t l = 0; l < c.loads.n; l++) {
            const autk_load *load = &c.loads.items[l];
            double there = 0;
            for (size_t i = 0; i < n; i++)
                there = traffic[i].place == load->place ? traffic[i].value_usd : there;
            double ratio = there / load->capacity_t;
            assert_within(load->traffic_t, there, 1e-8 * (there + load->capacity_t));
            assert_within(load->extra_usd_per_t,
                          passing_cost(c.of, load->place) * 0.15 * pow(ratio, 4),
                          1e-7 * (1 + load->extra_usd_per_t));
            n_over += ratio > 1.2;
        }
        free(traffic);
        autk_pair_costs_free(pairs);
        autk_closures_free(with);
        close_case(&c);
    }
    assert_true(n_over > 20); /* the cases are not all idle */
}

static const autk_load *load_at(const autk_loads *loads, int32_t place)
{
    for (size_t i = 0; i < loads->n; i++) {
        if (loads->items[i].place == place)
            return &loads->items[i];
    }
    fail();
    return NULL;
}

static void equilibrium__does_not_hang_on_order_or_unit(void **state)
{
    (void)state;
    for (uint64_t seed = 31; seed <= 40; seed++) {
        random_case c, turned, tenfold;
        open_case(&c, seed);
        open_case(&turned, seed);
        open_case(&tenfold, seed);
        for (size_t i = 0; i < c.loads.n; i++)
            turned.loads.items[i] = c.loads.items[c.loads.n - 1 - i];
        for (size_t i = 0; i < c.n_freight; i++)
            turned.freight[i] = c.freight[c.n_freight - 1 - i];
        for (size_t i = 0; i < c.loads.n; i++)
            tenfold.loads.items[i].capacity_t *= 10;
        for (size_t i = 0; i < c.n_freight; i++)
            tenfold.freight[i].t_per_year *= 10;
        solve_case(&c);
        solve_case(&turned);
        solve_case(&tenfold);
        for (size_t i = 0; i < c.loads.n; i++) {
            const autk_load *load = &c.loads.items[i];
            double near = 1e-7 * (1 + load->extra_usd_per_t);
            assert_within(load_at(&turned.loads, load->place)->extra_usd_per_t,
                          load->extra_usd_per_t, near);
            assert_within(tenfold.loads.items[i].extra_usd_per_t, load->extra_usd_per_t, near);
        }
        close_case(&c);
        close_case(&turned);
        close_case(&tenfold);
    }
}

/* The charge at a place falls with its own capacity, and with one place alone no pair pays more. */
static void capacity__that_grows_lowers_its_own_charge(void **state)
{
    (void)state;
    autk_err err;
    for (uint64_t seed = 41; seed <= 50; seed++) {
        random_case c;
        open_case(&c, seed);
        double before[N * N], after[N * N], extra = INFINITY;
        for (int step = 0; step < 6; step++) {
            c.loads.items[0].capacity_t *= step == 0 ? 0.2 : 2;
            solve_case(&c);
            assert_true(c.loads.items[0].extra_usd_per_t <= extra + 1e-9);
            extra = c.loads.items[0].extra_usd_per_t;
        }
        c.loads.n = 1;
        c.loads.items[0].capacity_t /= 64;
        for (int step = 0; step < 6; step++) {
            c.loads.items[0].capacity_t *= 2;
            solve_case(&c);
            autk_closures *with = charged(c.of, &c.loads);
            autk_pair_costs *pairs = NULL;
            assert_ok(autk_pair_costs_create(&pairs, c.of, AUTK_ROUTE_PROBABILISTIC, with, 1, &err),
                      &err);
            for (int32_t k = 0; k < N * N; k++) {
                after[k] = autk_pair_cost(pairs, k / N, k % N);
                assert_true(step == 0 || after[k] <= before[k] + 1e-9);
            }
            memcpy(before, after, sizeof before);
            autk_pair_costs_free(pairs);
            autk_closures_free(with);
        }
        close_case(&c);
    }
}

/* No share of the cost, or no bound on the capacity: the bits of a network without capacities. */
static void nothing__is_charged_without_a_share_or_a_bound(void **state)
{
    (void)state;
    for (int which = 0; which < 2; which++) {
        random_case c;
        open_case(&c, 7);
        if (which == 0)
            c.of->costs.value[AUTK_COST_congestion_share] = 0;
        for (size_t i = 0; which == 1 && i < c.loads.n; i++)
            c.loads.items[i].capacity_t = INFINITY;
        solve_case(&c);
        autk_closures *with = charged(c.of, &c.loads);
        for (int32_t k = 0; k < N * N; k++) {
            double plain = cost_between(c.of, NULL, k / N, k % N);
            assert_true(cost_between(c.of, with, k / N, k % N) == plain);
        }
        assert_true(c.loads.items[0].extra_usd_per_t == 0 && c.loads.items[0].traffic_t > 0);
        autk_closures_free(with);
        close_case(&c);
    }
}

/* Charges raise the legs that the route tells as much as its cost. */
static void charges__stand_in_the_legs(void **state)
{
    (void)state;
    static const char *const ends[][2] = {{"aaa", "ddd"}, {"pb", "ddd"}, {"aaa", "pd"},
                                          {"pb", "pd"},   {"a-b", "pc"}, {"aaa", "ccc"}};
    autk_err err;
    autk_network *of = NULL;
    autk_closures *c = NULL;
    assert_ok(small_open(&of, NULL, &err), &err);
    assert_ok(autk_closures_create(&c, of, &err), &err);
    assert_ok(autk_closures_charge(c, small_place(of, "pb"), 3, &err), &err);
    assert_ok(autk_closures_charge(c, small_place(of, "pd"), 5, &err), &err);
    assert_ok(autk_closures_charge(c, small_place(of, "narrows"), 7, &err), &err);
    assert_ok(autk_closures_charge(c, small_place(of, "a-b"), 11, &err), &err);
    for (size_t i = 0; i < sizeof ends / sizeof *ends; i++) {
        autk_routes *routes = NULL;
        autk_route_opts opts = {.min_share = 1e-9};
        assert_ok(autk_routes_find(&routes, of, small_place(of, ends[i][0]),
                                   small_place(of, ends[i][1]), c, &opts, &err),
                  &err);
        /* The expected cost comes from the arcs; with few routes it is near the legs' sum. */
        double sum = 0, scale = of->costs.value[AUTK_COST_route_scale_usd_per_t];
        for (size_t r = 0; r < routes->n; r++) {
            double legs = 0;
            for (size_t k = 0; k < routes->routes[r].n_legs; k++)
                legs += routes->routes[r].legs[k].cost_usd_per_t;
            assert_near(routes->routes[r].cost_usd_per_t, legs, 1e-12);
            sum += exp(-legs / scale);
        }
        assert_near(routes->expected_cost_usd_per_t, -scale * log(sum), 1e-6);
        autk_routes_free(routes);
    }
    assert_int_equal(autk_closures_charge(c, small_place(of, "aaa"), 1, &err), AUTK_EARG);
    assert_int_equal(autk_closures_charge(c, small_place(of, "pb"), NAN, &err), AUTK_EARG);
    autk_closures_free(c);
    autk_network_free(of);
}

static autk_status read_table(autk_loads *loads, const autk_network *of, const char *text,
                              int32_t date, autk_err *err)
{
    autk_input *input = NULL;
    assert_ok(autk_input_memory(&input, "capacities", text, strlen(text), err), err);
    autk_status st = autk_loads_read(loads, of, input, date, err);
    autk_input_free(input);
    return st;
}

static void tables__are_read_by_goods_and_date_and_refused_by_line(void **state)
{
    (void)state;
    static const char text[] = "place,capacity_t_per_year,goods,from,to\n"
                               "pb,5e6,,,\n"
                               "pb,1e6,ore,,\n"
                               "pb,2e6,,20230101,20231231\n"
                               "narrows,7e6,,20240101,\n";
    static const struct {
        const char *text, *says;
    } wrong[] = {{"place,capacity_t_per_year\npx,1\n", "capacities:2:1: expected the id or name"},
                 {"place,capacity_t_per_year\naaa,1\n", "capacities:2:1: expected a crossing"},
                 {"place,capacity_t_per_year\npb,0\n", "capacities:2:4: expected a capacity"},
                 {"place,capacity_t_per_year\npb,nan\n", "capacities:2:4: expected"},
                 {"place,capacity_t_per_year\npb\n", "capacities:2:1: expected 2 fields"},
                 {"place,capacity_t_per_year,from,to\npb,1,20240101,20230101\n",
                  "capacities:2:15: expected a date not before"},
                 {"place\npb\n", "capacities:1:1: expected"}};
    autk_err err;
    autk_network *of = NULL;
    autk_loads loads = {0};
    assert_ok(small_open(&of, NULL, &err), &err);
    assert_ok(read_table(&loads, of, text, 0, &err), &err);
    assert_int_equal(loads.n, 2);
    assert_near(loads.items[0].capacity_t, 5e6, 0);
    assert_ok(read_table(&loads, of, text, 20230601, &err), &err);
    assert_near(load_at(&loads, small_place(of, "pb"))->capacity_t, 2e6, 0);
    for (size_t i = 0; i < sizeof wrong / sizeof *wrong; i++) {
        char said[400];
        assert_int_equal(read_table(&loads, of, wrong[i].text, 0, &err), AUTK_EPARSE);
        (void)snprintf(said, sizeof said, "%s:%lld:%lld: %s", err.source, (long long)err.line,
                       (long long)err.column, err.msg);
        if (strstr(said, wrong[i].says) == NULL)
            print_error("%s\n", said);
        assert_non_null(strstr(said, wrong[i].says));
        assert_int_equal(loads.n, 2);
    }
    assert_int_equal(autk_loads_set(&loads, of, "pb", &err), AUTK_EARG);
    assert_int_equal(autk_loads_set(&loads, of, "pb=-1", &err), AUTK_EARG);
    assert_int_equal(autk_loads_set(&loads, of, "aaa=1", &err), AUTK_EARG);
    assert_int_equal(autk_loads_set(&loads, of, "pz=1", &err), AUTK_ENOTFOUND);
    autk_loads_deinit(&loads);
    autk_network_free(of);
}

static void world__capacities_stand_and_the_drought_narrows_panama(void **state)
{
    (void)state;
    autk_err err;
    autk_loads usual = {0}, drought = {0};
    int32_t panama = -1;
    assert_ok(autk_network_find(&panama, net, "panama", &err), &err);
    assert_ok(autk_loads_read_world(&usual, net, 0, &err), &err);
    assert_ok(autk_loads_read_world(&drought, net, 20231215, &err), &err);
    assert_true(load_at(&drought, panama)->capacity_t < load_at(&usual, panama)->capacity_t);
    autk_loads_deinit(&usual);
    autk_loads_deinit(&drought);
}

static bool solve_once(void)
{
    autk_network *of = NULL;
    autk_loads loads = {0};
    autk_closures *c = NULL;
    autk_status st = small_open(&of, NULL, NULL);
    if (st == AUTK_OK)
        st = autk_loads_set(&loads, of, "a-c=1e6", NULL);
    if (st == AUTK_OK) {
        autk_freight freight = {of->code_city[0], of->code_city[2], 2e6};
        st = autk_congestion_solve(&loads, of, NULL, &freight, 1, 0, NULL, NULL);
    }
    if (st == AUTK_OK)
        st = autk_closures_create(&c, of, NULL);
    if (st == AUTK_OK)
        st = autk_loads_charge(&loads, c, NULL);
    autk_closures_free(c);
    autk_loads_deinit(&loads);
    autk_network_free(of);
    return st == AUTK_OK;
}

static void congestion__survives_every_allocation_failure(void **state)
{
    (void)state;
    CHECK_SURVIVES_OOM(solve_once);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(one_route__is_charged_what_one_computes_by_hand),
        cmocka_unit_test(two_routes__share_the_traffic_as_the_logit_formula_says),
        cmocka_unit_test(equilibrium__is_a_fixed_point_of_a_fresh_solution),
        cmocka_unit_test(equilibrium__does_not_hang_on_order_or_unit),
        cmocka_unit_test(capacity__that_grows_lowers_its_own_charge),
        cmocka_unit_test(nothing__is_charged_without_a_share_or_a_bound),
        cmocka_unit_test(charges__stand_in_the_legs),
        cmocka_unit_test(tables__are_read_by_goods_and_date_and_refused_by_line),
        cmocka_unit_test(world__capacities_stand_and_the_drought_narrows_panama),
        cmocka_unit_test(congestion__survives_every_allocation_failure)};
    return cmocka_run_group_tests(tests, open_network, close_network);
}
