/* Closed forms, invariances, limits, hard cases, and what has no solution. */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <autarky/equilibrium.h>

#include "equilibrium/kernels.h"
#include "equilibrium/outcome.h"
#include "unit.h"

#define MAX_N 32

static const char *const letters[] = {"A", "B", "C", "D", "E", "F", "G", "H"};

static autk_economy *matrix_world(const double *flow, int32_t n, double theta, double share)
{
    autk_economy *e = NULL;
    autk_err err;
    assert_ok(autk_economy_from_matrix(&e, letters, n, flow, theta, share, &err), &err);
    return e;
}

/* Solve before and after, compare, free. */
static autk_solve_info change(autk_outcome *o, const autk_economy *e, const autk_measure *m,
                              size_t n, const autk_solve_opts *opts)
{
    autk_equilibrium *before = NULL, *after = NULL;
    autk_solve_info info;
    autk_err err;
    assert_ok(autk_equilibrium_solve(&before, NULL, e, NULL, 0, NULL, opts, &err), &err);
    assert_ok(autk_equilibrium_solve(&after, &info, e, m, n, before, opts, &err), &err);
    assert_true(info.converged);
    assert_ok(autk_equilibrium_compare(o, before, after, &err), &err);
    autk_equilibrium_free(before);
    autk_equilibrium_free(after);
    return info;
}

static autk_status fails(autk_err *err, const autk_economy *e, const autk_measure *m, size_t n,
                         const autk_solve_opts *opts)
{
    autk_equilibrium *eq = NULL;
    return autk_equilibrium_solve(&eq, NULL, e, m, n, NULL, opts, err);
}

static void laws__two_symmetric_economies(void **state)
{
    (void)state;
    /* W = (l + (1-l) k^-theta)^(1/theta); l = .8, theta = 4 (the methods' section 4). */
    const double flow[] = {80, 20, 20, 80};
    autk_economy *e = matrix_world(flow, 2, 4, 1);
    autk_outcome o[2];
    autk_measure cost = {.kind = AUTK_MEASURE_COST, .value = .5};
    autk_measure cut = {.kind = AUTK_MEASURE_EMBARGO};
    change(o, e, &cost, 1, NULL);
    assert_within(1 + o[0].welfare_exact, .9572072, 5e-8);
    assert_within(1 + o[1].welfare_exact, .9572072, 5e-8);
    change(o, e, &cut, 1, NULL);
    assert_within(1 + o[0].welfare_exact, .9457416, 5e-8);
    assert_near(o[0].gains_from_trade, 1 - pow(.8, .25), 1e-12);
    assert_within(o[0].gains_from_trade_after, 0, 1e-12);
    autk_economy_free(e);
}

static void laws__autarky_and_acr_in_a_world_with_a_supply_elasticity(void **state)
{
    (void)state;
    /* Balanced trade, so that autarky is lambda^(1/theta), to the power 1 + psi. */
    const double flow[] = {70, 20, 10, 25, 300, 15, 5, 20, 60};
    for (int k = 0; k < 2; k++) {
        double psi = k == 0 ? 0 : 1.5;
        autk_economy *e = matrix_world(flow, 3, 5, 1 / (1 + psi));
        autk_outcome o[3];
        autk_measure cut = {.kind = AUTK_MEASURE_EMBARGO};
        change(o, e, &cut, 1, NULL);
        const double sales[] = {100, 340, 85};
        for (int n = 0; n < 3; n++) {
            double home = flow[n * 3 + n] / sales[n];
            assert_near(1 + o[n].welfare_exact, pow(home, (1 + psi) / 5), 1e-9);
            assert_near(o[n].gains_from_trade, 1 - pow(home, (1 + psi) / 5), 1e-9);
        }
        autk_economy_free(e);
    }
}

static void laws__an_embargo_is_the_limit_of_costs(void **state)
{
    (void)state;
    autk_economy *e = NULL;
    autk_err err;
    autk_outcome limit[6], o[6];
    uint8_t first[6] = {1, 0, 0, 0, 0, 0}, second[6] = {0, 1, 0, 0, 0, 0};
    assert_ok(autk_economy_generate(&e, 6, 3, 5, &err), &err);
    autk_measure cut = {.kind = AUTK_MEASURE_EMBARGO, .sellers = first, .buyers = second};
    change(limit, e, &cut, 1, NULL);
    double last = INFINITY;
    for (double cost = 10; cost <= 1e7; cost *= 100) {
        autk_measure dear = cut;
        dear.kind = AUTK_MEASURE_COST;
        dear.value = cost;
        change(o, e, &dear, 1, NULL);
        double gap = 0;
        for (int n = 0; n < 6; n++)
            gap += fabs(o[n].welfare_exact - limit[n].welfare_exact);
        assert_true(gap < last || gap < 1e-8);
        last = gap;
    }
    assert_true(last < 1e-8); /* theta >= 2: (1e7)^-2 of a share is left */
    autk_economy_free(e);
}

static void laws__a_tariff_and_its_undoing_return_to_the_baseline(void **state)
{
    (void)state;
    autk_economy *e = NULL;
    autk_err err;
    autk_outcome o[7];
    assert_ok(autk_economy_generate(&e, 7, 4, 11, &err), &err);
    autk_measure m[] = {{.kind = AUTK_MEASURE_TARIFF_ADD, .value = .4},
                        {.kind = AUTK_MEASURE_COST, .value = .25},
                        {.kind = AUTK_MEASURE_TARIFF_ADD, .value = -.4},
                        {.kind = AUTK_MEASURE_COST, .value = -.2}};
    change(o, e, m, 4, NULL);
    for (int n = 0; n < 7; n++)
        assert_within(o[n].welfare_exact, 0, 1e-9);
    autk_economy_free(e);
}

static void laws__order_and_unit_of_the_accounts_do_not_matter(void **state)
{
    (void)state;
    const double flow[] = {70, 20, 15, 25, 300, 15, 5, 30, 60};
    const int order[] = {2, 0, 1};
    double moved[9];
    for (int i = 0; i < 3; i++) {
        for (int n = 0; n < 3; n++)
            moved[order[i] * 3 + order[n]] = 1e6 * flow[i * 3 + n];
    }
    autk_economy *a = matrix_world(flow, 3, 6, .6), *b = matrix_world(moved, 3, 6, .6);
    autk_outcome x[3], y[3];
    uint8_t to_a[3] = {1, 0, 0}, to_b[3] = {0, 0, 1};
    autk_measure ma = {.kind = AUTK_MEASURE_TARIFF_SET, .value = .6, .buyers = to_a};
    autk_measure mb = {.kind = AUTK_MEASURE_TARIFF_SET, .value = .6, .buyers = to_b};
    change(x, a, &ma, 1, NULL);
    change(y, b, &mb, 1, NULL);
    for (int n = 0; n < 3; n++) {
        assert_within(x[n].welfare_exact, y[order[n]].welfare_exact, 1e-9);
        assert_within(x[n].exports, y[order[n]].exports, 1e-9);
        assert_within(x[n].terms_of_trade, y[order[n]].terms_of_trade, 1e-9);
    }
    autk_economy_free(a);
    autk_economy_free(b);
}

static void laws__accounts_add_up_after_a_solve(void **state)
{
    (void)state;
    autk_economy *e = NULL;
    autk_equilibrium *eq = NULL;
    autk_err err;
    assert_ok(autk_economy_generate(&e, 9, 5, 3, &err), &err);
    autk_measure tax = {.kind = AUTK_MEASURE_TARIFF_SET, .value = .3};
    assert_ok(autk_equilibrium_solve(&eq, NULL, e, &tax, 1, NULL, NULL, &err), &err);
    double world = 0, before = 0;
    for (int n = 0; n < 9; n++) {
        double imports = 0, exports = 0, earned = 0;
        for (int j = 0; j < 5; j++) {
            double shares = 0;
            for (int i = 0; i < 9; i++) {
                shares += autk_equilibrium_share(eq, j, i, n);
                imports += autk_equilibrium_flow(eq, j, i, n);
                exports += autk_equilibrium_flow(eq, j, n, i);
            }
            assert_near(shares, 1, 1e-12);
            earned += autk_economy_value_added(e, j, n);
        }
        assert_within(imports - exports - autk_economy_deficit(e, n), 0, 1e-9 * imports);
        world += earned * autk_equilibrium_wage(eq, n);
        before += earned;
    }
    assert_near(world, before, 1e-9); /* the numeraire */
    autk_equilibrium_free(eq);
    autk_economy_free(e);
}

/* ------------------------------------------------------------------ hard cases */

static void laws__hard_cases_converge(void **state)
{
    (void)state;
    autk_err err;
    autk_outcome o[MAX_N];
    uint8_t first[MAX_N] = {1};
    static const double thetas[] = {1, 4, 12, 30};
    for (size_t k = 0; k < 4; k++) {
        autk_economy *e = NULL;
        double theta[4] = {thetas[k], thetas[k], thetas[k], thetas[(k + 2) % 4]};
        assert_ok(autk_economy_generate(&e, 12, 4, 40 + k, &err), &err);
        autk_solve_opts opts = autk_solve_opts_default();
        opts.theta = theta;
        autk_measure wall = {.kind = AUTK_MEASURE_TARIFF_SET, .value = 10};
        autk_measure one = {.kind = AUTK_MEASURE_TARIFF_SET, .value = 10, .buyers = first};
        change(o, e, &one, 1, &opts);
        opts.deficits = AUTK_DEFICITS_ZERO; /* a deficit behind a wall of 1000 % is another world */
        change(o, e, &wall, 1, &opts);
        opts.deficits = AUTK_DEFICITS_SURVIVING;
        autk_measure cut[] = {{.kind = AUTK_MEASURE_EMBARGO, .sellers = first},
                              {.kind = AUTK_MEASURE_EMBARGO, .buyers = first}};
        change(o, e, cut, 2, &opts);
        assert_within(o[0].gains_from_trade_after, 0, 1e-9);
        autk_economy_free(e);
    }
}

/* Two blocs that hardly trade with each other: wages between them hang on a thread. Newton's part.
 */
static void laws__nearly_separate_blocs_converge(void **state)
{
    (void)state;
    autk_economy *e = NULL;
    autk_err err;
    autk_outcome o[10];
    uint8_t west[10] = {1, 1, 1, 1, 1}, east[10] = {0, 0, 0, 0, 0, 1, 1, 1, 1, 1};
    assert_ok(autk_economy_generate(&e, 10, 2, 31, &err), &err);
    double theta[2] = {6, 9};
    autk_solve_opts opts = autk_solve_opts_default();
    opts.theta = theta;
    opts.deficits = AUTK_DEFICITS_ZERO;
    autk_measure wall[] = {
        {.kind = AUTK_MEASURE_COST, .value = 4, .sellers = west, .buyers = east},
        {.kind = AUTK_MEASURE_COST, .value = 9, .sellers = east, .buyers = west}};
    autk_solve_info info = change(o, e, wall, 2, &opts);
    assert_true(info.residual <= 1e-10);
    autk_economy_free(e);
}

static void laws__tiny_economies_and_large_deficits_converge(void **state)
{
    (void)state;
    /* B is 1e-9 of the world; C buys 2.5 times what it earns, A pays. */
    const double flow[] = {1e9, .4, 5e6, .3, .5, .1, 1e5, .1, 2e6};
    autk_economy *e = matrix_world(flow, 3, 5, 1);
    autk_outcome o[3];
    autk_economy_report report;
    autk_economy_check(&report, e);
    assert_true(report.largest_deficit > .55);
    uint8_t tiny[3] = {0, 1, 0};
    autk_measure m[] = {{.kind = AUTK_MEASURE_TARIFF_SET, .value = .5, .buyers = tiny},
                        {.kind = AUTK_MEASURE_COST, .value = .2}};
    autk_solve_info info = change(o, e, m, 2, NULL);
    assert_true(info.residual <= 1e-10);
    autk_economy_free(e);
}

static void laws__what_has_no_solution_is_named(void **state)
{
    (void)state;
    autk_err err;
    const double flow[] = {70, 10, 5, 25, 300, 15, 5, 30, 60};
    autk_economy *e = matrix_world(flow, 3, 6, 1);
    uint8_t first[3] = {1, 0, 0};
    autk_measure buys = {.kind = AUTK_MEASURE_EMBARGO, .buyers = first};
    autk_measure both[] = {buys, {.kind = AUTK_MEASURE_EMBARGO, .sellers = first}};
    assert_int_equal(fails(&err, e, &buys, 1, NULL), AUTK_ENOANSWER);
    assert_non_null(strstr(err.msg, "A and those that sell to it can buy from nobody else"));
    assert_int_equal(fails(&err, e, both, 2, NULL), AUTK_ENOANSWER);
    assert_non_null(strstr(err.msg, "A and those it still trades with keep a trade deficit"));
    autk_economy_free(e);
}

static void laws__a_variant_of_the_kernels_gives_the_same_bits(void **state)
{
    (void)state;
    enum { ROWS = 13, STRIDE = 24 };
    static double a[ROWS * STRIDE], v[STRIDE], out[2][3][STRIDE];
    unsigned x = 12345;
    for (size_t i = 0; i < ROWS * STRIDE; i++) {
        x = x * 1664525u + 1013904223u;
        a[i] = x / 4294967296.0 - .3;
        v[i % STRIDE] = 1 / (a[i] + 2);
    }
    const autki_kernels *variants[] = {&autki_kernels_portable, autki_kernels_best()};
    for (size_t k = 0; k < 2; k++) {
        variants[k]->row_sums(out[k][0], a, v, ROWS, STRIDE);
        variants[k]->column_sums(out[k][1], a, v, ROWS, STRIDE);
        memcpy(out[k][2], v, sizeof out[k][2]);
        variants[k]->link_sums(out[k][2], a, STRIDE, a, ROWS, STRIDE);
    }
    assert_memory_equal(out[0], out[1], sizeof out[0]);
    double sum = 0;
    for (size_t i = 0; i < STRIDE; i++)
        sum += a[STRIDE + i] * v[i];
    assert_near(out[0][0][1], sum, 1e-14);
}

static void laws__short_run_output_as_bachmann_et_al(void **state)
{
    (void)state;
    assert_within(100 * autk_short_run_output(.04, .04, -.1), -1.57, .005);
    assert_within(100 * autk_short_run_output(.01, .1, -.3), -2.34, .005);
    assert_near(autk_short_run_output(.2, 1, -.5), pow(.5, .2) - 1, 1e-12);
    assert_within(autk_short_run_output(.2, 0, -.5), -.5, 0);
    assert_within(autk_short_run_output(.04, .04, 0), 0, 1e-15);
    assert_true(isnan(autk_short_run_output(1.2, .1, -.1)));
    assert_true(isnan(autk_short_run_output(.1, .1, -1.1)));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(laws__two_symmetric_economies),
        cmocka_unit_test(laws__autarky_and_acr_in_a_world_with_a_supply_elasticity),
        cmocka_unit_test(laws__an_embargo_is_the_limit_of_costs),
        cmocka_unit_test(laws__a_tariff_and_its_undoing_return_to_the_baseline),
        cmocka_unit_test(laws__order_and_unit_of_the_accounts_do_not_matter),
        cmocka_unit_test(laws__accounts_add_up_after_a_solve),
        cmocka_unit_test(laws__hard_cases_converge),
        cmocka_unit_test(laws__nearly_separate_blocs_converge),
        cmocka_unit_test(laws__tiny_economies_and_large_deficits_converge),
        cmocka_unit_test(laws__what_has_no_solution_is_named),
        cmocka_unit_test(laws__a_variant_of_the_kernels_gives_the_same_bits),
        cmocka_unit_test(laws__short_run_output_as_bachmann_et_al)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
