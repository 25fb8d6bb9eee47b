/* The solver against the equations, on random worlds with every kind of measure. */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "equilibrium_oracle.h"
#include "unit.h"

#define AGREE 1e-9

typedef struct sets {
    uint8_t some[ORACLE_N], others[ORACLE_N], sectors[ORACLE_S];
} sets;

static void choose(sets *s, int n, int n_s, unsigned seed)
{
    memset(s, 0, sizeof *s);
    for (int i = 0; i < n; i++) {
        s->some[i] = (unsigned)i % 3 == seed % 3;
        s->others[i] = (unsigned)(i + 1) % 2 == seed % 2;
    }
    for (int j = 0; j < n_s; j++)
        s->sectors[j] = (unsigned)j % 2 == 0;
}

/* The same measures for both sides. */
static size_t measures(autk_measure *m, oracle_shock *k, const sets *s, const autk_economy *e)
{
    int n_r = autk_economy_n_regions(e), n_s = autk_economy_n_sectors(e);
    m[0] = (autk_measure){.kind = AUTK_MEASURE_TARIFF_ADD, .value = .25, .sellers = s->some};
    m[1] = (autk_measure){.kind = AUTK_MEASURE_COST,
                          .value = .4,
                          .sellers = s->others,
                          .buyers = s->some,
                          .sectors = s->sectors};
    m[2] = (autk_measure){.kind = AUTK_MEASURE_EXPORT_TAX, .value = .1, .sellers = s->others};
    m[3] = (autk_measure){.kind = AUTK_MEASURE_SANCTION, .value = -.7, .buyers = s->others};
    /* Of two economies, one that may not sell has no equilibrium. */
    m[4] = (autk_measure){.kind = n_r > 2 ? AUTK_MEASURE_EMBARGO : AUTK_MEASURE_COST,
                          .sellers = s->some,
                          .buyers = s->others,
                          .sectors = s->sectors};
    m[5] = (autk_measure){.kind = AUTK_MEASURE_PRODUCTIVITY, .value = -.08, .sellers = s->some};
    oracle_none(k, e);
    for (int j = 0; j < n_s; j++) {
        for (int i = 0; i < n_r; i++) {
            k->productivity[j][i] = s->some[i] ? .92 : 1;
            for (int n = 0; n < n_r; n++) {
                if (i == n)
                    continue;
                k->tariff[j][i][n] += s->some[i] ? .25 : 0;
                k->export_tax[j][i][n] = s->others[i] ? .1 : 0;
                k->trade[j][i][n] = s->others[n] ? exp(-.7) : 1;
                if (s->others[i] && s->some[n] && s->sectors[j])
                    k->cost[j][i][n] = 1.4;
                if (n_r > 2 && s->some[i] && s->others[n] && s->sectors[j])
                    k->cost[j][i][n] = INFINITY;
            }
        }
    }
    return 6;
}

/* Nothing crosses any more between the first three and the rest, and the last stands alone. */
static size_t cut_apart(autk_measure *m, oracle_shock *k, const autk_economy *e)
{
    static const uint8_t first[ORACLE_N] = {1, 1, 1};
    static uint8_t rest[ORACLE_N], last[ORACLE_N], others[ORACLE_N];
    int n_r = autk_economy_n_regions(e);
    for (int i = 0; i < n_r; i++) {
        rest[i] = i > 2;
        last[i] = i == n_r - 1;
        others[i] = i != n_r - 1;
    }
    const uint8_t *pairs[][2] = {{first, rest}, {rest, first}, {last, others}, {others, last}};
    for (size_t p = 0; p < 4; p++)
        m[p] = (autk_measure){
            .kind = AUTK_MEASURE_EMBARGO, .sellers = pairs[p][0], .buyers = pairs[p][1]};
    for (int j = 0; j < autk_economy_n_sectors(e); j++) {
        for (int i = 0; i < n_r; i++) {
            for (int n = 0; n < n_r; n++) {
                if (i != n && (rest[i] != rest[n] || last[i] || last[n]))
                    k->cost[j][i][n] = INFINITY;
            }
        }
    }
    return 4;
}

static void same_world(const autk_equilibrium *eq, const oracle_world *w, int n_r, int n_s)
{
    for (int n = 0; n < n_r; n++) {
        assert_near(autk_equilibrium_wage(eq, n), w->wage[n], AGREE);
        assert_near(autk_equilibrium_income(eq, n), w->income[n], AGREE);
        assert_near(autk_equilibrium_price_index(eq, n), w->price_index[n], AGREE);
        assert_within(autk_equilibrium_transfer(eq, n), w->transfer[n], AGREE * fabs(w->income[n]));
        for (int j = 0; j < n_s; j++) {
            assert_near(autk_equilibrium_price(eq, j, n), w->price[j][n], AGREE);
            assert_near(autk_equilibrium_cost(eq, j, n), w->cost[j][n], AGREE);
            for (int i = 0; i < n_r; i++)
                assert_within(autk_equilibrium_share(eq, j, i, n), w->share[j][i][n], AGREE);
        }
    }
}

static void compare_with_oracle(int n_r, int n_s, unsigned seed, autk_deficits deficits,
                                bool coalition)
{
    autk_economy *e = NULL;
    autk_equilibrium *before = NULL, *after = NULL;
    autk_solve_opts opts = autk_solve_opts_default();
    autk_err err;
    static oracle_shock none, shock;
    static oracle_world w0, w1;
    autk_measure m[10];
    sets s;
    opts.deficits = deficits;
    opts.tolerance = 1e-12;
    assert_ok(autk_economy_generate(&e, n_r, n_s, seed, &err), &err);
    choose(&s, n_r, n_s, seed);
    oracle_none(&none, e);
    size_t n = measures(m, &shock, &s, e);
    if (deficits == AUTK_DEFICITS_SURVIVING)
        n += cut_apart(m + n, &shock, e);
    assert_true(oracle_solve(&w0, e, &none, deficits, NULL, NULL) > 0);
    assert_ok(autk_equilibrium_solve(&before, NULL, e, NULL, 0, NULL, &opts, &err), &err);
    same_world(before, &w0, n_r, n_s);
    if (coalition)
        opts.coalition = s.others;
    assert_true(oracle_solve(&w1, e, &shock, deficits, opts.coalition, &w0) > 0);
    autk_solve_info info;
    assert_ok(autk_equilibrium_solve(&after, &info, e, m, n, before, &opts, &err), &err);
    same_world(after, &w1, n_r, n_s);
    autk_equilibrium_free(before);
    autk_equilibrium_free(after);
    autk_economy_free(e);
}

static void oracle__agrees_on_random_worlds(void **state)
{
    (void)state;
    static const struct {
        int n, s;
    } sizes[] = {{2, 1}, {5, 1}, {8, 1}, {3, 2}, {8, 5}};
    unsigned seed = 1;
    for (size_t k = 0; k < sizeof sizes / sizeof *sizes; k++) {
        compare_with_oracle(sizes[k].n, sizes[k].s, seed++, AUTK_DEFICITS_FIXED, false);
        compare_with_oracle(sizes[k].n, sizes[k].s, seed++, AUTK_DEFICITS_ZERO, false);
        compare_with_oracle(sizes[k].n, sizes[k].s, seed++, AUTK_DEFICITS_OUTPUT, false);
    }
}

static void oracle__agrees_on_burden_sharing(void **state)
{
    (void)state;
    compare_with_oracle(6, 1, 21, AUTK_DEFICITS_FIXED, true);
    compare_with_oracle(8, 4, 22, AUTK_DEFICITS_FIXED, true);
}

static void oracle__agrees_on_worlds_cut_apart(void **state)
{
    (void)state;
    compare_with_oracle(5, 2, 31, AUTK_DEFICITS_SURVIVING, false);
    compare_with_oracle(6, 3, 32, AUTK_DEFICITS_SURVIVING, false);
    compare_with_oracle(8, 4, 33, AUTK_DEFICITS_SURVIVING, false);
}

static bool solve_once(void)
{
    autk_economy *e = NULL;
    autk_equilibrium *before = NULL, *after = NULL;
    uint8_t first[3] = {1, 0, 0};
    autk_measure m[] = {{.kind = AUTK_MEASURE_TARIFF_SET, .value = .3, .buyers = first},
                        {.kind = AUTK_MEASURE_EXPORT_TAX, .value = .1, .sellers = first}};
    autk_solve_opts opts = autk_solve_opts_default();
    autk_err err;
    opts.tolerance = 1e-3; /* what is tested is memory */
    autk_status st = autk_economy_generate(&e, 3, 2, 7, &err);
    if (st == AUTK_OK)
        st = autk_equilibrium_solve(&before, NULL, e, NULL, 0, NULL, &opts, &err);
    if (st == AUTK_OK)
        st = autk_equilibrium_solve(&after, NULL, e, m, 2, before, &opts, &err);
    autk_equilibrium_free(before);
    autk_equilibrium_free(after);
    autk_economy_free(e);
    return st == AUTK_OK;
}

static void oracle__solver_survives_every_allocation_failure(void **state)
{
    (void)state;
    CHECK_SURVIVES_OOM(solve_once);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(oracle__agrees_on_random_worlds),
        cmocka_unit_test(oracle__agrees_on_burden_sharing),
        cmocka_unit_test(oracle__agrees_on_worlds_cut_apart),
        cmocka_unit_test(oracle__solver_survives_every_allocation_failure)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
