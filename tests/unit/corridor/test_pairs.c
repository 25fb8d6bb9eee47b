/* All pairs, closures by repair and by rank-k update against solving afresh, traffic, d_hat. */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/random.h"
#include "corridor/closures.h"
#include "small.h"
#include "unit.h"
#include "world_fixture.h"

static int32_t n_world;

static int open_all(void **state)
{
    open_network(state);
    n_world = autk_world_n_economies(world);
    return 0;
}

static autk_closures *closed(const autk_network *of, const char *const *what, size_t n)
{
    autk_err err;
    autk_closures *c = NULL;
    assert_ok(autk_closures_create(&c, of, &err), &err);
    for (size_t i = 0; i < n; i++) {
        if (what[i][0] == '!')
            assert_ok(autk_closures_ban_transit(c, what[i] + 1, &err), &err);
        else
            assert_ok(autk_closures_add(c, what[i], &err), &err);
    }
    return c;
}

/* Update against fresh; rtol: both are solved to 1e-13 of their sums, which differ by at most
 * e^(cost/scale), so a cost of hundreds at a scale of a few is good to 1e-9. */
static void check_after(const autk_network *of, autk_route_model model, const char *const *what,
                        size_t n_what)
{
    autk_err err;
    autk_pair_costs *open = NULL, *fresh = NULL;
    autk_closures *c = closed(of, what, n_what);
    size_t n = of->world != NULL ? (size_t)n_world : of->n_codes;
    double *after = malloc(n * n * sizeof *after);
    assert_non_null(after);
    assert_ok(autk_pair_costs_create(&open, of, model, NULL, 2, &err), &err);
    assert_ok(autk_pair_costs_create(&fresh, of, model, c, 1, &err), &err);
    assert_ok(autk_pair_costs_after(after, open, c, &err), &err);
    for (size_t i = 0; i < n; i++) {
        for (size_t j = 0; j < n; j++) {
            double want = autk_pair_cost(fresh, (int32_t)i, (int32_t)j);
            double before = autk_pair_cost(open, (int32_t)i, (int32_t)j);
            if (isnan(want)) {
                assert_true(isnan(after[i * n + j]));
                continue;
            }
            if (isinf(want))
                assert_true(isinf(after[i * n + j]));
            else
                assert_near(after[i * n + j], want, 1e-8);
            assert_true(after[i * n + j] >= before - 1e-7);
        }
    }
    free(after);
    autk_closures_free(c);
    autk_pair_costs_free(open);
    autk_pair_costs_free(fresh);
}

static void pairs__after_closures_equal_a_fresh_solution(void **state)
{
    (void)state;
    static const char *const sets[][5] = {{"suez"},
                                          {"malacca", "panama", "kuznica-rail"},
                                          {"klaipeda", "BLR-UKR"},
                                          {"!LTU", "!POL"},
                                          {"BLR-POL", "BLR-LTU", "BLR-LVA", "BLR-RUS", "BLR-UKR"}};
    static const size_t sizes[] = {1, 3, 2, 2, 5};
    for (int i = 0; i < 5; i++) {
        check_after(net, AUTK_ROUTE_SHORTEST, sets[i], sizes[i]);
        if (i == 1) /* a second each */
            check_after(net, AUTK_ROUTE_PROBABILISTIC, sets[i], sizes[i]);
    }
    autk_network *small = NULL;
    autk_err err;
    assert_ok(small_open(&small, NULL, &err), &err);
    static const char *const small_sets[][2] = {{"a-b"}, {"narrows"}, {"!bbb"}, {"a-b", "a-c"}};
    static const size_t small_sizes[] = {1, 1, 1, 2};
    for (int i = 0; i < 4; i++) {
        check_after(small, AUTK_ROUTE_SHORTEST, small_sets[i], small_sizes[i]);
        check_after(small, AUTK_ROUTE_PROBABILISTIC, small_sets[i], small_sizes[i]);
    }
    autk_network_free(small);
}

static void pairs__expected_cost_tends_to_the_cheapest_as_the_scale_falls(void **state)
{
    (void)state;
    autk_err err;
    static const double scales[] = {6, 3, 1.5, 0.75};
    double before = -INFINITY;
    for (int i = 0; i < 4; i++) {
        autk_network *small = NULL;
        autk_pair_costs *shortest = NULL, *probable = NULL;
        assert_ok(small_open(&small, NULL, &err), &err);
        small->costs.value[AUTK_COST_route_scale_usd_per_t] =
            scales[i]; /* arcs do not hang on it */
        assert_ok(autk_pair_costs_create(&shortest, small, AUTK_ROUTE_SHORTEST, NULL, 1, &err),
                  &err);
        assert_ok(autk_pair_costs_create(&probable, small, AUTK_ROUTE_PROBABILISTIC, NULL, 1, &err),
                  &err);
        double gap = autk_pair_cost(shortest, 0, 3) - autk_pair_cost(probable, 0, 3);
        assert_true(gap >= 0 && -gap > before);
        before = -gap;
        if (i == 3)
            assert_within(gap, 0, 0.05);
        autk_pair_costs_free(shortest);
        autk_pair_costs_free(probable);
        autk_network_free(small);
    }
}

static void d_hat__is_one_or_more_and_infinite_where_the_last_route_is_lost(void **state)
{
    (void)state;
    static const char *const all[] = {"BLR-POL", "BLR-LTU", "BLR-LVA", "BLR-RUS", "BLR-UKR"};
    autk_err err;
    autk_pair_costs *pairs = NULL;
    size_t n = (size_t)n_world;
    int32_t blr = -1, deu = -1, rus = -1;
    double *d_hat = malloc(n * n * sizeof *d_hat);
    assert_non_null(d_hat);
    assert_ok(autk_world_find_economy(&blr, world, "BLR", 0, &err), &err);
    assert_ok(autk_world_find_economy(&deu, world, "DEU", 0, &err), &err);
    assert_ok(autk_world_find_economy(&rus, world, "RUS", 0, &err), &err);
    assert_ok(autk_pair_costs_create(&pairs, net, AUTK_ROUTE_SHORTEST, NULL, 1, &err), &err);
    autk_closures *c = closed(net, all, 3);
    assert_ok(autk_corridor_d_hat(d_hat, pairs, c, &err), &err);
    for (size_t i = 0; i < n * n; i++)
        assert_true(d_hat[i] >= 1 - 1e-12 && isfinite(d_hat[i]));
    double cost = autk_pair_cost(pairs, blr, deu);
    double *after = malloc(n * n * sizeof *after);
    assert_non_null(after);
    assert_ok(autk_pair_costs_after(after, pairs, c, &err), &err);
    size_t at = (size_t)blr * n + (size_t)deu;
    assert_near(d_hat[at],
                exp((after[at] - cost) / autk_network_costs(net)->value[AUTK_COST_value_usd_per_t]),
                1e-12);
    assert_near(d_hat[(size_t)blr * n + (size_t)rus], 1, 1e-12);
    autk_closures_free(c);
    c = closed(net, all, 5);
    assert_ok(autk_corridor_d_hat(d_hat, pairs, c, &err), &err);
    for (size_t j = 0; j < n; j++) {
        bool other = (int32_t)j != blr && autk_network_city(net, (int32_t)j) >= 0;
        assert_true(!other ||
                    (isinf(d_hat[(size_t)blr * n + j]) && isinf(d_hat[j * n + (size_t)blr])));
    }
    free(d_hat);
    free(after);
    autk_closures_free(c);
    autk_pair_costs_free(pairs);
}

static void traffic__of_a_small_world_is_what_one_counts_by_hand(void **state)
{
    (void)state;
    autk_err err;
    autk_network *small = NULL;
    autk_pair_costs *pairs = NULL;
    autk_traffic *traffic = NULL;
    size_t n = 0;
    assert_ok(small_open(&small, NULL, &err), &err);
    assert_ok(autk_pair_costs_create(&pairs, small, AUTK_ROUTE_SHORTEST, NULL, 1, &err), &err);
    double value[16] = {0};
    value[0 * 4 + 1] = 60;  /* A to B: the bridge */
    value[3 * 4 + 0] = 30;  /* D to A: port D, port B, the bridge */
    value[0 * 4 + 2] = 10;  /* A to C: the pass */
    value[1 * 4 + 3] = NAN; /* unknown: not counted */
    assert_ok(autk_corridor_traffic(&traffic, &n, pairs, value, 0, true, &err), &err);
    assert_int_equal(n, 4);
    assert_int_equal(traffic[0].place, small_place(small, "a-b"));
    assert_near(traffic[0].share, 0.9, 1e-12);
    assert_near(traffic[0].cut_off, 0, 1e-12);
    assert_true(traffic[0].cost_rise > 0 && traffic[0].access_lost > 0);
    assert_near(traffic[1].share, 0.3, 1e-12);
    assert_near(traffic[3].share, 0.1, 1e-12);
    for (size_t i = 1; i < 3; i++) { /* port B or port D: without D's own, D is cut off */
        bool port_d = traffic[i].place == small_place(small, "pd");
        assert_near(traffic[i].cut_off, port_d ? 0.3 : 0, 1e-12);
    }
    free(traffic);
    double use[16 * 4];
    assert_true(small->n_places <= 16);
    assert_ok(autk_corridor_use(use, pairs, 0, &err), &err);
    assert_near(use[small_place(small, "a-b") * 4 + 3], 1, 1e-12);
    assert_near(use[small_place(small, "a-c") * 4 + 3], 0, 0);
    autk_pair_costs_free(pairs);
    autk_network_free(small);
}

/* Under the probable model, the use by partner sums to the traffic. */
static void traffic__is_the_sum_of_uses(void **state)
{
    (void)state;
    autk_err err;
    autk_pair_costs *pairs = NULL;
    autk_traffic *traffic = NULL;
    size_t n = 0, size = (size_t)n_world, n_places = (size_t)autk_network_n_places(net);
    int32_t blr = -1;
    double *value = calloc(size * size, sizeof *value);
    double *use = calloc(size * n_places, sizeof *use);
    assert_true(value != NULL && use != NULL);
    assert_ok(autk_world_find_economy(&blr, world, "BLR", 0, &err), &err);
    for (size_t j = 0; j < size; j++)
        value[(size_t)blr * size + j] = (double)(j % 7);
    assert_ok(autk_pair_costs_create(&pairs, net, AUTK_ROUTE_PROBABILISTIC, NULL, 1, &err), &err);
    assert_ok(autk_corridor_traffic(&traffic, &n, pairs, value, 0.01, false, &err), &err);
    assert_ok(autk_corridor_use(use, pairs, blr, &err), &err);
    assert_true(n > 10);
    for (size_t i = 0; i < n; i++) {
        double sum = 0;
        for (size_t j = 0; j < size; j++)
            sum += use[(size_t)traffic[i].place * size + j] * value[(size_t)blr * size + j];
        assert_near(traffic[i].value_usd, sum, 1e-6); /* uses below 1e-9 are left out */
    }
    free(value);
    free(use);
    free(traffic);
    autk_pair_costs_free(pairs);
}

static void share_bounds__are_the_extremes_over_all_corners(void **state)
{
    (void)state;
    uint64_t seed = 1;
    for (int round = 0; round < 50; round++) {
        double use[6], low[6], high[6], least = INFINITY, most = -INFINITY, got_low, got_high;
        for (int i = 0; i < 6; i++) {
            double r[3];
            for (int k = 0; k < 3; k++)
                r[k] = autki_random_uniform(&seed);
            use[i] = r[0];
            low[i] = r[1];
            high[i] = r[1] + r[2];
        }
        for (int corner = 0; corner < 64; corner++) {
            double sum = 0, total = 0;
            for (int i = 0; i < 6; i++) {
                double x = (corner >> i & 1) ? high[i] : low[i];
                sum += use[i] * x;
                total += x;
            }
            least = sum / total < least ? sum / total : least;
            most = sum / total > most ? sum / total : most;
        }
        autk_corridor_share_bounds(&got_low, &got_high, use, low, high, 6);
        assert_near(got_low, least, 1e-12);
        assert_near(got_high, most, 1e-12);
    }
}

static bool solve_once(void)
{
    autk_network *small = NULL;
    autk_pair_costs *pairs = NULL;
    autk_closures *c = NULL;
    autk_traffic *traffic = NULL;
    size_t n;
    double value[16] = {0, 1, 1, 1}, d_hat[16];
    autk_status st = small_open(&small, NULL, NULL);
    if (st == AUTK_OK)
        st = autk_pair_costs_create(&pairs, small, AUTK_ROUTE_PROBABILISTIC, NULL, 1, NULL);
    if (st == AUTK_OK)
        st = autk_closures_create(&c, small, NULL);
    if (st == AUTK_OK)
        st = autk_closures_add(c, "narrows", NULL);
    if (st == AUTK_OK)
        st = autk_corridor_d_hat(d_hat, pairs, c, NULL);
    if (st == AUTK_OK)
        st = autk_corridor_traffic(&traffic, &n, pairs, value, 0, true, NULL);
    free(traffic);
    autk_closures_free(c);
    autk_pair_costs_free(pairs);
    autk_network_free(small);
    return st == AUTK_OK;
}

static void pairs__survive_every_allocation_failure(void **state)
{
    (void)state;
    CHECK_SURVIVES_OOM(solve_once);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(pairs__after_closures_equal_a_fresh_solution),
        cmocka_unit_test(pairs__expected_cost_tends_to_the_cheapest_as_the_scale_falls),
        cmocka_unit_test(d_hat__is_one_or_more_and_infinite_where_the_last_route_is_lost),
        cmocka_unit_test(traffic__of_a_small_world_is_what_one_counts_by_hand),
        cmocka_unit_test(traffic__is_the_sum_of_uses),
        cmocka_unit_test(share_bounds__are_the_extremes_over_all_corners),
        cmocka_unit_test(pairs__survive_every_allocation_failure)};
    return cmocka_run_group_tests(tests, open_all, close_network);
}
