#include <math.h>
#include <stdlib.h>
#include <string.h>

#include <autarky/mirror.h>

#include "base/random.h"
#include "evidence/mirror_internal.h"
#include "unit.h"

#define N 24
#define YEARS 12
#define FIRST 2010

/* Flows that grow with exporter and importer, and wander by themselves. */
static double *make_panel(autk_panel *p, uint64_t seed)
{
    double *v = malloc(sizeof *v * YEARS * N * N), wander[N][N], grow_out[N], grow_in[N];
    uint64_t random = seed;
    for (int i = 0; i < N; i++) {
        grow_out[i] = grow_in[i] = 0;
        for (int j = 0; j < N; j++)
            wander[i][j] = log(1e8) + 2 * autki_random_normal(&random);
    }
    for (int y = 0; y < YEARS; y++) {
        for (int i = 0; i < N; i++) {
            grow_out[i] += 0.15 * autki_random_normal(&random);
            grow_in[i] += 0.15 * autki_random_normal(&random);
        }
        for (int i = 0; i < N; i++)
            for (int j = 0; j < N; j++) {
                wander[i][j] += 0.2 * autki_random_normal(&random);
                v[(y * N + i) * N + j] =
                    i == j ? NAN : exp(wander[i][j] + grow_out[i] + grow_in[j]);
            }
    }
    *p = (autk_panel){FIRST, YEARS, N, v, NULL};
    return v;
}

static double truth_of(const autk_panel *p, int year, int i, int j)
{
    return p->value[((year - FIRST) * N + i) * N + j];
}

static void totals(double *exports, double *imports, const autk_panel *p, int year)
{
    for (int i = 0; i < N; i++) {
        exports[i] = imports[i] = 0;
        for (int j = 0; j < N; j++) {
            exports[i] += i == j ? 0 : truth_of(p, year, i, j);
            imports[i] += i == j ? 0 : truth_of(p, year, j, i);
        }
    }
}

static void blackout__with_exact_totals_is_the_residual(void **state)
{
    (void)state;
    autk_panel p;
    double *v = make_panel(&p, 1), exports[N], imports[N];
    autk_blackout_model *m = NULL;
    autk_blackout_estimate e[2];
    autk_blackout_opts o = autk_blackout_opts_default();
    autk_err err;
    const autk_silent_flow silent[2] = {{3, 5}, {3, 7}};
    o.partner_sd = o.total_sd = 0;
    totals(exports, imports, &p, 2021);
    assert_ok(autk_blackout_learn(&m, &p, 2021, &err), &err);
    assert_ok(autk_blackout_solve(e, m, &p, 2021, silent, 1, exports, NULL, &o, &err), &err);
    double truth = truth_of(&p, 2021, 3, 5);
    assert_near(e[0].value, truth, 1e-4);
    assert_near(e[0].low, truth, 1e-4);
    assert_near(e[0].high, truth, 1e-4);
    assert_near(e[0].bound_high, truth, 1e-4);
    assert_near(e[0].residual_exporter, truth, 1e-9);
    assert_true(isnan(e[0].residual_importer));
    /* Two in one row: their sum is known, their shares are not. */
    assert_ok(autk_blackout_solve(e, m, &p, 2021, silent, 2, exports, NULL, &o, &err), &err);
    double sum = truth + truth_of(&p, 2021, 3, 7);
    assert_within(e[0].value + e[1].value, sum, 0.05 * sum); /* of medians */
    assert_true(e[0].high <= sum * (1 + 1e-4) && e[0].high > e[0].low);
    assert_near(e[0].bound_high, sum, 1e-4);
    autk_blackout_model_free(m);
    free(v);
}

/* The optimum against a search that knows nothing of derivatives, on one draw's worth of errors: a
 * model without error quantiles makes every draw the same. */
static double cost(double a, double b, const double y0[2], const double sd[2], double total,
                   double total_sd)
{
    double s = (exp(a) + exp(b) - total) / total_sd;
    return (a - y0[0]) * (a - y0[0]) / (sd[0] * sd[0]) +
           (b - y0[1]) * (b - y0[1]) / (sd[1] * sd[1]) + s * s;
}

static void blackout__without_totals_is_the_trend(void **state)
{
    (void)state;
    autk_panel p;
    double *v = make_panel(&p, 2);
    autk_blackout_model *m = NULL;
    autk_blackout_estimate e;
    autk_err err;
    const autk_silent_flow silent = {2, 9};
    assert_ok(autk_blackout_learn(&m, &p, 2021, &err), &err);
    assert_ok(autk_blackout_solve(&e, m, &p, 2021, &silent, 1, NULL, NULL, NULL, &err), &err);
    /* By hand: last value times the mean growth of what both trade otherwise. */
    double row[2] = {0, 0}, column[2] = {0, 0};
    for (int y = 0; y < 2; y++)
        for (int k = 0; k < N; k++) {
            row[y] += k == 2 || k == 9 ? 0 : truth_of(&p, 2020 + y, 2, k);
            column[y] += k == 2 || k == 9 ? 0 : truth_of(&p, 2020 + y, k, 9);
        }
    double trend = truth_of(&p, 2020, 2, 9) * sqrt(row[1] / row[0] * column[1] / column[0]);
    assert_near(e.trend, trend, 1e-9);
    assert_within(log(e.value / trend), 0, 0.05);
    assert_true(e.low < trend && trend < e.high && isnan(e.bound_high));
    assert_int_equal(e.years_since, 1);
    /* A flow that was never known has bounds and no figure. */
    for (int y = 0; y < YEARS; y++)
        v[(y * N + 2) * N + 9] = NAN;
    double exports[N], imports[N];
    for (int k = 0; k < N; k++)
        exports[k] = 1e13, imports[k] = NAN;
    assert_ok(autk_blackout_solve(&e, m, &p, 2021, &silent, 1, exports, imports, NULL, &err), &err);
    assert_true(isnan(e.value) && isnan(e.low) && e.bound_high > 0 && e.bound_high < 1.1e13);
    autk_blackout_model_free(m);
    free(v);
}

/* A total far below or far above what the trend says, with an error: the median is the optimum that
 * a coarse-to-fine grid finds, within what 2,000 draws leave. */
static void blackout__weighs_trend_against_total(void **state)
{
    (void)state;
    autk_panel p;
    double *v = make_panel(&p, 3), exports[N];
    autk_blackout_model *m = NULL;
    autk_blackout_estimate e[2], alone[2];
    autk_blackout_opts o = autk_blackout_opts_default();
    autk_err err;
    const autk_silent_flow silent[2] = {{4, 6}, {4, 8}};
    o.partner_sd = 0;
    o.n_draws = 2000;
    assert_ok(autk_blackout_learn(&m, &p, 2021, &err), &err);
    assert_ok(autk_blackout_solve(alone, m, &p, 2021, silent, 2, NULL, NULL, &o, &err), &err);
    double known = 0;
    for (int k = 0; k < N; k++) {
        exports[k] = NAN;
        known += k == 4 || k == 6 || k == 8 ? 0 : truth_of(&p, 2021, 4, k);
    }
    for (int factor = 0; factor < 2; factor++) {
        double sum = (alone[0].trend + alone[1].trend) * (factor == 0 ? 0.7 : 1.5);
        exports[4] = known + sum;
        o.total_sd = 0.1 * sum / exports[4];
        assert_ok(autk_blackout_solve(e, m, &p, 2021, silent, 2, exports, NULL, &o, &err), &err);
        double y0[2], sd[2], best[2];
        for (int k = 0; k < 2; k++) {
            y0[k] = best[k] = log(alone[k].value);
            sd[k] = log(alone[k].high / alone[k].low) / (2 * 1.6448536);
        }
        for (double step = 0.5; step > 1e-6; step /= 2)
            for (int turn = 0; turn < 60; turn++)
                for (int k = 0; k < 4; k++) {
                    double a = best[0] + (k == 0 ? step : k == 1 ? -step : 0);
                    double b = best[1] + (k == 2 ? step : k == 3 ? -step : 0);
                    if (cost(a, b, y0, sd, sum, 0.1 * sum) <
                        cost(best[0], best[1], y0, sd, sum, 0.1 * sum))
                        best[0] = a, best[1] = b;
                }
        assert_within(log(e[0].value), best[0], 0.05);
        assert_within(log(e[1].value), best[1], 0.05);
    }
    autk_blackout_model_free(m);
    free(v);
}

/* Three sections of one flow under a sure total of all goods: each stays unsure, their sum does
 * not. One section alone is what autk_blackout_solve says. */
static void blackout__sections_share_the_total_of_all_goods(void **state)
{
    (void)state;
    enum { SECTIONS = 3 };
    autk_panel p[SECTIONS];
    double *v[SECTIONS], exports[N], imports[N], all[N];
    autk_blackout_model *m[SECTIONS] = {NULL, NULL, NULL};
    autk_blackout_estimate e[SECTIONS], sum, alone;
    autk_blackout_opts o = autk_blackout_opts_default();
    autk_err err;
    const autk_silent_flow silent = {3, 5};
    double truth = 0;
    o.partner_sd = o.total_sd = 0;
    o.n_draws = 100;
    memset(all, 0, sizeof all);
    for (int s = 0; s < SECTIONS; s++) {
        v[s] = make_panel(&p[s], 20 + (uint64_t)s);
        assert_ok(autk_blackout_learn(&m[s], &p[s], 2021, &err), &err);
        totals(exports, imports, &p[s], 2021);
        truth += truth_of(&p[s], 2021, 3, 5);
        for (int k = 0; k < N; k++)
            all[k] += exports[k];
    }
    const autk_blackout_totals known = {.exports = all};
    const autk_blackout_model *const models[SECTIONS] = {m[0], m[1], m[2]};
    for (int kind = 0; kind < AUTK_BALANCE_COUNT; kind++) {
        o.balance = (autk_balance)kind;
        assert_ok(autk_blackout_solve_sections(e, &sum, models, p, SECTIONS, 2021, &silent, 1,
                                               &known, &o, &err),
                  &err);
        assert_near(sum.value, truth, 1e-4);
        assert_near(sum.low, truth, 1e-4);
        assert_near(sum.high, truth, 1e-4);
        for (int s = 0; s < SECTIONS; s++) {
            assert_true(e[s].high > 1.05 * e[s].low && e[s].high <= truth * (1 + 1e-4));
            assert_near(e[s].bound_high, truth, 1e-4);
        }
    }
    o.balance = AUTK_BALANCE_ERRORS;
    const autk_blackout_totals one = {.section_exports = exports};
    assert_ok(autk_blackout_solve(&alone, m[2], &p[2], 2021, &silent, 1, exports, NULL, &o, &err),
              &err);
    assert_ok(autk_blackout_solve_sections(e, NULL, &models[2], &p[2], 1, 2021, &silent, 1, &one,
                                           &o, &err),
              &err);
    assert_true(e[0].value == alone.value && e[0].low == alone.low && e[0].high == alone.high);
    for (int s = 0; s < SECTIONS; s++) {
        autk_blackout_model_free(m[s]);
        free(v[s]);
    }
}

/* Nine in ten, give or take what some 550 flows leave (two standard errors: .026). */
static void backtest__intervals_hold_what_they_promise(void **state)
{
    (void)state;
    for (int with_totals = 0; with_totals < 2; with_totals++) {
        autk_panel p;
        double *v = make_panel(&p, 4);
        autk_backtest_row *rows = NULL;
        autk_backtest_summary s;
        size_t n = 0;
        autk_err err;
        autk_blackout_opts o = autk_blackout_opts_default();
        o.n_draws = 200;
        assert_ok(autk_backtest_random(&rows, &n, &p, 2021, 1, with_totals, &o, &err), &err);
        assert_int_equal(n, N * (N - 1));
        assert_ok(autk_backtest_summarise(&s, rows, n, &err), &err);
        assert_true(s.all.coverage > 0.86 && s.all.coverage < 0.95);
        free(rows);
        assert_ok(autk_backtest_between(&rows, &n, &p, (const int32_t[]){1, 2}, 2, 2015, 2021,
                                        with_totals, &o, &err),
                  &err);
        assert_int_equal(n, 14);
        for (size_t k = 0; k < n; k++)
            assert_true(rows[k].truth ==
                        truth_of(&p, rows[k].year, rows[k].exporter, rows[k].importer));
        free(rows);
        free(v);
    }
}

/* The same answers with the same seed; no answers to nonsense. */
static void blackout__is_repeatable_and_checks_its_arguments(void **state)
{
    (void)state;
    autk_panel p;
    double *v = make_panel(&p, 5);
    autk_blackout_model *m = NULL;
    autk_blackout_estimate a, b;
    autk_blackout_opts o = autk_blackout_opts_default();
    autk_backtest_row *rows = NULL;
    size_t n = 0;
    autk_err err;
    autk_silent_flow silent = {2, 9};
    assert_ok(autk_blackout_learn(&m, &p, 2021, &err), &err);
    assert_ok(autk_blackout_solve(&a, m, &p, 2021, &silent, 1, NULL, NULL, NULL, &err), &err);
    assert_ok(autk_blackout_solve(&b, m, &p, 2021, &silent, 1, NULL, NULL, NULL, &err), &err);
    assert_true(a.low == b.low && a.high == b.high && a.value == b.value);
    assert_int_equal(autk_blackout_solve(&a, m, &p, 2030, &silent, 1, NULL, NULL, NULL, &err),
                     AUTK_EARG);
    o.partner_sd = NAN;
    assert_int_equal(autk_blackout_solve(&a, m, &p, 2021, &silent, 1, NULL, NULL, &o, &err),
                     AUTK_EARG);
    silent.importer = 2;
    assert_int_equal(autk_blackout_solve(&a, m, &p, 2021, &silent, 1, NULL, NULL, NULL, &err),
                     AUTK_EARG);
    assert_int_equal(autk_backtest_random(&rows, &n, &p, 2010, 1, false, NULL, &err), AUTK_EARG);
    assert_int_equal(autk_backtest_between(&rows, &n, &p, (const int32_t[]){1, 1}, 2, 2015, 2021,
                                           false, NULL, &err),
                     AUTK_EARG);
    for (int k = 0; k < YEARS * N * N; k++)
        v[k] = NAN;
    autk_blackout_model *none = NULL;
    assert_int_equal(autk_blackout_learn(&none, &p, 2020, &err), AUTK_EDATA);
    autk_blackout_model_free(m);
    free(v);
}

static autk_panel oom_panel;

static bool solve_once(void)
{
    autk_blackout_model *m = NULL;
    autk_blackout_estimate e;
    autk_silent_flow silent = {2, 9};
    autk_blackout_opts o = autk_blackout_opts_default();
    o.n_draws = 20;
    autk_status st = autk_blackout_learn(&m, &oom_panel, 2013, NULL);
    if (st == AUTK_OK)
        st = autk_blackout_solve(&e, m, &oom_panel, 2013, &silent, 1, NULL, NULL, &o, NULL);
    autk_blackout_model_free(m);
    return st == AUTK_OK;
}

static void blackout__survives_every_allocation_failure(void **state)
{
    (void)state;
    double *v = make_panel(&oom_panel, 6);
    CHECK_SURVIVES_OOM(solve_once);
    free(v);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(blackout__with_exact_totals_is_the_residual),
        cmocka_unit_test(blackout__without_totals_is_the_trend),
        cmocka_unit_test(blackout__weighs_trend_against_total),
        cmocka_unit_test(blackout__sections_share_the_total_of_all_goods),
        cmocka_unit_test(backtest__intervals_hold_what_they_promise),
        cmocka_unit_test(blackout__is_repeatable_and_checks_its_arguments),
        cmocka_unit_test(blackout__survives_every_allocation_failure)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
