/* Sweeps: rows agree with single solves, order, refusals, and rows without a solution. */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include <autarky/sweep.h>

#include "unit.h"

#define N 6
#define S 3

static autk_economy *world(void)
{
    autk_economy *e = NULL;
    autk_err err;
    assert_ok(autk_economy_generate(&e, N, S, 12, &err), &err);
    return e;
}

static void sweep__rows_are_single_solves_in_order_of_ratio(void **state)
{
    (void)state;
    autk_economy *e = world();
    uint8_t senders[N] = {1, 1, 1}, target[N] = {0, 0, 0, 0, 1};
    autk_sweep_row *rows = NULL;
    size_t n = 0;
    autk_err err;
    for (int threads = 1; threads <= 2; threads++) {
        autk_sweep_opts opts = {
            .measure = AUTK_SWEEP_EXPORT_BAN, .by = AUTK_SWEEP_SECTORS, .n_threads = threads};
        assert_ok(autk_sweep(&rows, &n, e, senders, target, &opts, &err), &err);
        assert_int_equal(n, S);
        for (size_t i = 0; i < n; i++) {
            uint8_t sector[S] = {0};
            autk_equilibrium *before = NULL, *after = NULL;
            autk_outcome o[N];
            sector[rows[i].index] = 1;
            autk_measure ban = {.kind = AUTK_MEASURE_EMBARGO,
                                .sellers = senders,
                                .buyers = target,
                                .sectors = sector};
            assert_ok(autk_equilibrium_solve(&before, NULL, e, NULL, 0, NULL, NULL, &err), &err);
            assert_ok(autk_equilibrium_solve(&after, NULL, e, &ban, 1, before, NULL, &err), &err);
            assert_ok(autk_equilibrium_compare(o, before, after, &err), &err);
            assert_within(rows[i].target_loss, -o[4].welfare_exact, 1e-12);
            /* The price rise of one sector: -ln(1 - m)/theta of what is spent on it. */
            double m = 0, spent = 0, all = 0;
            for (int j = 0; j < S; j++) {
                for (int k = 0; k < N; k++)
                    all += autk_equilibrium_flow(before, j, k, 4);
            }
            for (int k = 0; k < N; k++) {
                spent += autk_equilibrium_flow(before, rows[i].index, k, 4);
                m += k < 3 ? autk_equilibrium_share(before, rows[i].index, k, 4) : 0;
            }
            assert_near(rows[i].price_rise,
                        -log(1 - m) / autk_economy_theta(e, rows[i].index) * spent / all, 1e-9);
            assert_true(i == 0 || isnan(rows[i].ratio) || rows[i].ratio <= rows[i - 1].ratio);
            autk_equilibrium_free(before);
            autk_equilibrium_free(after);
        }
        free(rows);
    }
    autk_economy_free(e);
}

static void sweep__levels_stay_in_their_order(void **state)
{
    (void)state;
    autk_economy *e = world();
    uint8_t senders[N] = {1, 1}, target[N] = {0, 0, 1};
    const double levels[] = {.5, .1, .2};
    autk_sweep_row *rows = NULL;
    size_t n = 0;
    autk_err err;
    autk_sweep_opts opts = {
        .measure = AUTK_SWEEP_TARIFF, .by = AUTK_SWEEP_LEVELS, .levels = levels, .n_levels = 3};
    assert_ok(autk_sweep(&rows, &n, e, senders, target, &opts, &err), &err);
    assert_int_equal(n, 3);
    for (size_t i = 0; i < 3; i++)
        assert_near(rows[i].level, levels[i], 0);
    assert_true(rows[0].target_loss > rows[2].target_loss);
    assert_true(rows[2].target_loss > rows[1].target_loss);
    free(rows);
    autk_economy_free(e);
}

static void sweep__refuses_and_tells_rows_without_a_solution(void **state)
{
    (void)state;
    autk_economy *e = world();
    uint8_t all_but[N] = {1, 1, 1, 1, 0, 1}, target[N] = {0, 0, 0, 0, 1}, both[N] = {1, 0, 0, 0, 1};
    autk_sweep_row *rows = NULL;
    size_t n = 0;
    autk_err err;
    autk_sweep_opts opts = {.measure = AUTK_SWEEP_COST, .by = AUTK_SWEEP_SENDERS};
    assert_int_equal(autk_sweep(&rows, &n, e, all_but, target, &opts, &err), AUTK_EARG);
    assert_string_equal(err.msg, "expected a level for this measure, got none");
    opts.measure = AUTK_SWEEP_EMBARGO;
    assert_int_equal(autk_sweep(&rows, &n, e, both, target, &opts, &err), AUTK_EARG);
    opts.by = AUTK_SWEEP_LEVELS;
    assert_int_equal(autk_sweep(&rows, &n, e, all_but, target, &opts, &err), AUTK_EARG);
    const double level = 0;
    opts.by = AUTK_SWEEP_LEVELS;
    opts.measure = AUTK_SWEEP_COST;
    opts.levels = &level;
    opts.n_levels = 1;
    assert_ok(autk_sweep(&rows, &n, e, all_but, target, &opts, &err), &err);
    assert_within(rows[0].target_loss, 0, 1e-9); /* a cost of 0 changes nothing */
    free(rows);
    autk_economy_free(e);
    /* Two economies: whoever may not buy, cannot be paid either. */
    assert_ok(autk_economy_generate(&e, 2, 1, 3, &err), &err);
    opts = (autk_sweep_opts){.measure = AUTK_SWEEP_EMBARGO, .by = AUTK_SWEEP_SENDERS};
    uint8_t one[2] = {1, 0}, other[2] = {0, 1};
    assert_ok(autk_sweep(&rows, &n, e, one, other, &opts, &err), &err);
    assert_int_equal(rows[0].status, AUTK_ENOANSWER);
    assert_true(isnan(rows[0].target_loss));
    assert_non_null(strstr(rows[0].reason, "trade deficit"));
    free(rows);
    autk_economy_free(e);
}

static autk_economy *shared_world;

static bool sweep_once(void)
{
    uint8_t senders[N] = {1, 1}, target[N] = {0, 0, 1};
    autk_sweep_row *rows = NULL;
    size_t n = 0;
    autk_err err;
    autk_sweep_opts opts = {
        .measure = AUTK_SWEEP_EMBARGO, .by = AUTK_SWEEP_SENDERS, .solve = {.tolerance = 1e-2}};
    autk_status st = autk_sweep(&rows, &n, shared_world, senders, target, &opts, &err);
    if (st == AUTK_OK)
        free(rows);
    return st == AUTK_OK;
}

static void sweep__survives_every_allocation_failure(void **state)
{
    (void)state;
    shared_world = world();
    CHECK_SURVIVES_OOM(sweep_once);
    autk_economy_free(shared_world);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(sweep__rows_are_single_solves_in_order_of_ratio),
        cmocka_unit_test(sweep__levels_stay_in_their_order),
        cmocka_unit_test(sweep__refuses_and_tells_rows_without_a_solution),
        cmocka_unit_test(sweep__survives_every_allocation_failure)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
