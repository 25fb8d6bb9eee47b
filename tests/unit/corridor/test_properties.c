/* What must hold of any network and any closures, by both models of routes. */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/random.h"
#include "corridor/pairs.h"
#include "small.h"
#include "unit.h"
#include "world_fixture.h"

#define N SMALL_ECONOMIES

static autk_pair_costs *solve(const autk_network *of, autk_route_model model,
                              const autk_closures *closures)
{
    autk_err err;
    autk_pair_costs *pairs = NULL;
    assert_ok(autk_pair_costs_create(&pairs, of, model, closures, 1, &err), &err);
    return pairs;
}

static autk_closures *nothing_closed(const autk_network *of)
{
    autk_err err;
    autk_closures *c = NULL;
    assert_ok(autk_closures_create(&c, of, &err), &err);
    return c;
}

/* Close a crossing, port or strait drawn at random, now and then one mode or an economy's transit;
 * what is closed already is refused. */
static autk_status close_one(autk_closures *c, const autk_network *of, uint64_t *seed,
                             autk_err *err)
{
    const autk_place *p;
    char what[80];
    do {
        p = &of->places[autki_random_bits(seed) % of->n_places];
    } while (p->kind == AUTK_PLACE_CITY || p->kind == AUTK_PLACE_TOWN);
    double kind = autki_random_uniform(seed);
    (void)snprintf(what, sizeof what, "%s%s", p->id,
                   p->kind == AUTK_PLACE_CROSSING && kind < 0.3 && p->rail ? "/rail" : "");
    if (kind > 0.8)
        return autk_closures_ban_transit(c, of->codes[autki_random_bits(seed) % of->n_codes], err);
    return autk_closures_add(c, what, err);
}

static void close_some(autk_closures *c, const autk_network *of, uint64_t *seed)
{
    autk_err err;
    autk_status st;
    do {
        st = close_one(c, of, seed, &err);
    } while (st == AUTK_EARG);
    assert_ok(st, &err);
}

/* Over any terminal is a way: no cost is above what it takes to get there and on. Main cities are
 * not passed: there goods may change from rail to road, which they cannot on their way. */
static void check_triangles(const autk_pair_costs *pairs)
{
    size_t n_terminals = (size_t)pairs->net->n_terminals;
    for (size_t i = 0; i < pairs->n; i++) {
        for (size_t j = 0; j < pairs->n; j++) {
            const double *to = pairs->dist + i * n_terminals, *on = pairs->dist + j * n_terminals;
            double least = INFINITY;
            for (size_t t = 0; t < n_terminals; t++) {
                double over = to[t] + on[pairs->net->terminals[t].mirror];
                least = over < least ? over : least;
            }
            assert_true(i == j || pairs->cost[i * pairs->n + j] <= least + 1e-9);
        }
    }
}

static void check_symmetric(const autk_pair_costs *pairs)
{
    for (size_t i = 0; i < pairs->n; i++) {
        for (size_t j = 0; j < i; j++) {
            double there = pairs->cost[i * pairs->n + j], back = pairs->cost[j * pairs->n + i];
            if (isfinite(there))
                assert_near(there, back, 1e-12);
            else
                assert_true(isinf(there) && isinf(back));
        }
    }
    if (pairs->model == AUTK_ROUTE_SHORTEST)
        check_triangles(pairs);
}

/* One closure after the other: costs rise or stay, the repaired equal the fresh ones. */
static void check_closing(const autk_network *of, autk_route_model model, uint64_t seed)
{
    autk_err err;
    double before[N * N], after[N * N];
    autk_closures *c = nothing_closed(of);
    autk_pair_costs *open = solve(of, model, NULL);
    check_symmetric(open);
    assert_ok(autk_pair_costs_after(before, open, c, &err), &err);
    for (int step = 0; step < 6; step++) {
        close_some(c, of, &seed);
        autk_pair_costs *fresh = solve(of, model, c);
        check_symmetric(fresh);
        assert_ok(autk_pair_costs_after(after, open, c, &err), &err);
        for (int32_t i = 0; i < N; i++) {
            for (int32_t j = 0; j < N; j++) {
                double now = after[i * N + j], want = autk_pair_cost(fresh, i, j);
                assert_true(now >= before[i * N + j] - 1e-9);
                if (isfinite(want))
                    assert_near(now, want, 1e-9);
                else
                    assert_true(isinf(now));
            }
        }
        memcpy(before, after, sizeof before);
        autk_pair_costs_free(fresh);
    }
    autk_pair_costs_free(open);
    autk_closures_free(c);
}

static void costs__are_symmetric_and_never_fall_with_closures(void **state)
{
    (void)state;
    autk_err err;
    for (uint64_t seed = 1; seed <= 25; seed++) {
        autk_network *of = NULL;
        assert_ok(small_random(&of, seed, &err), &err);
        for (int model = 0; model < AUTK_ROUTE_MODEL_COUNT; model++)
            check_closing(of, (autk_route_model)model, seed);
        autk_network_free(of);
    }
}

static void costs__of_the_world_are_symmetric_and_keep_the_triangle(void **state)
{
    (void)state;
    for (int model = 0; model < AUTK_ROUTE_MODEL_COUNT; model++) {
        autk_pair_costs *open = solve(net, (autk_route_model)model, NULL);
        check_symmetric(open);
        autk_pair_costs_free(open);
    }
}

/* All places where the economy meets others, and then one of them less. */
static void close_around(autk_closures *c, const autk_network *of, const char *code, size_t spared)
{
    autk_err err;
    for (size_t i = 0, met = 0; i < of->n_places; i++) {
        const autk_place *p = &of->places[i];
        bool its = strcmp(p->code[0], code) == 0 || strcmp(p->code[1], code) == 0;
        if (its && (p->kind == AUTK_PLACE_CROSSING || p->kind == AUTK_PLACE_PORT) &&
            met++ != spared)
            assert_ok(autk_closures_add(c, p->id, &err), &err);
    }
}

static void check_cut_off(const autk_network *of, autk_route_model model, const char *code,
                          int32_t economy, size_t n)
{
    autk_err err;
    autk_closures *all = nothing_closed(of), *but_one = nothing_closed(of);
    autk_pair_costs *open = solve(of, model, NULL);
    double *cost = malloc(n * n * sizeof *cost);
    assert_non_null(cost);
    close_around(all, of, code, SIZE_MAX);
    close_around(but_one, of, code, 0);
    for (int cut = 0; cut < 2; cut++) {
        assert_ok(autk_pair_costs_after(cost, open, cut ? all : but_one, &err), &err);
        for (size_t j = 0; j < n; j++) {
            double to = cost[(size_t)economy * n + j], from = cost[j * n + (size_t)economy];
            if ((int32_t)j == economy || isnan(autk_pair_cost(open, economy, (int32_t)j)))
                continue;
            assert_true(cut ? isinf(to) && isinf(from) : isfinite(to) && isfinite(from));
        }
    }
    free(cost);
    autk_pair_costs_free(open);
    autk_closures_free(all);
    autk_closures_free(but_one);
}

static void landlocked__with_everything_around_closed_have_no_route(void **state)
{
    (void)state;
    static const char *const landlocked[] = {"BLR", "LSO", "NPL"};
    autk_err err;
    for (uint64_t seed = 1; seed <= 10; seed++) {
        autk_network *of = NULL;
        assert_ok(small_random(&of, seed, &err), &err);
        for (int32_t e = SMALL_COASTAL; e < N; e++) {
            for (int model = 0; model < AUTK_ROUTE_MODEL_COUNT; model++)
                check_cut_off(of, (autk_route_model)model, of->codes[e], e, N);
        }
        autk_network_free(of);
    }
    size_t n = (size_t)autk_world_n_economies(world);
    for (size_t i = 0; i < sizeof landlocked / sizeof *landlocked; i++)
        check_cut_off(net, i % 2 == 0 ? AUTK_ROUTE_PROBABILISTIC : AUTK_ROUTE_SHORTEST,
                      landlocked[i], economy_of(landlocked[i]), n);
}

/* Single places of the world, one of each 71, against what is solved from nothing. */
static void after__closing_single_places_of_the_world_equals_a_fresh_solution(void **state)
{
    (void)state;
    autk_err err;
    size_t n = (size_t)autk_world_n_economies(world);
    double *cost = malloc(n * n * sizeof *cost);
    autk_pair_costs *open = solve(net, AUTK_ROUTE_PROBABILISTIC, NULL);
    assert_non_null(cost);
    for (size_t i = 3; i < net->n_places; i += 71) {
        const autk_place *p = &net->places[i];
        if (p->kind == AUTK_PLACE_CITY || p->kind == AUTK_PLACE_TOWN)
            continue;
        autk_closures *c = nothing_closed(net);
        assert_ok(autk_closures_add(c, p->id, &err), &err);
        assert_ok(autk_pair_costs_after(cost, open, c, &err), &err);
        autk_pair_costs *fresh = solve(net, AUTK_ROUTE_PROBABILISTIC, c);
        for (size_t k = 0; k < n * n; k++) {
            double want = autk_pair_cost(fresh, (int32_t)(k / n), (int32_t)(k % n));
            if (isfinite(want))
                assert_near(cost[k], want, 1e-9);
            else
                assert_true(isnan(want) ? isnan(cost[k]) : isinf(cost[k]));
        }
        autk_pair_costs_free(fresh);
        autk_closures_free(c);
    }
    free(cost);
    autk_pair_costs_free(open);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(costs__are_symmetric_and_never_fall_with_closures),
        cmocka_unit_test(costs__of_the_world_are_symmetric_and_keep_the_triangle),
        cmocka_unit_test(landlocked__with_everything_around_closed_have_no_route),
        cmocka_unit_test(after__closing_single_places_of_the_world_equals_a_fresh_solution)};
    return cmocka_run_group_tests(tests, open_network, close_network);
}
