/* The world dataset as a baseline: who is in it, what a gap stands at, and how draws move it. */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include <autarky/scenario.h>

#include "equilibrium/accounts.h"
#include "unit.h"

static autk_economy *open_year(int year)
{
    autk_world *world = NULL;
    autk_economy *e = NULL;
    autk_err err;
    assert_ok(autk_world_open(&world, world_path(), &err), &err);
    assert_ok(autk_economy_from_world(&e, world, year, NULL, &err), &err);
    autk_world_close(world);
    return e;
}

static int32_t at(const autk_economy *e, const char *code)
{
    int32_t region = -1;
    autk_err err;
    assert_ok(autk_economy_find_region(&region, e, code, &err), &err);
    return region;
}

static void world__the_gap_stands_where_officials_put_it(void **state)
{
    (void)state;
    autk_economy *e = open_year(2023);
    assert_in_range(autk_economy_n_regions(e), 180, 210);
    /* 22.6 bn to and 23.9 bn from Belarus (TASS, 24 May 2024): never zero. */
    int32_t rus = at(e, "RUS"), blr = at(e, "BLR");
    assert_near(autk_economy_flow(e, 0, rus, blr), 22.6e9, .01);
    assert_near(autk_economy_flow(e, 0, blr, rus), 23.9e9, .01);
    autk_economy_report report;
    autk_economy_check(&report, e);
    assert_true(report.balanced);
    assert_int_equal(report.zero_domestic, 0);
    for (int32_t n = 0; n < autk_economy_n_regions(e); n++)
        assert_true(autk_economy_final_use(e, 0, n) > 0);
    autk_economy_free(e);
}

static autk_status wider(double *low, double *point, double *high, int32_t exporter,
                         int32_t importer, int year, void *user, autk_err *err)
{
    (void)err;
    (void)exporter;
    (void)importer;
    (void)year;
    ++*(int *)user;
    *low = 1e9;
    *point = 20e9;
    *high = 30e9;
    return AUTK_OK;
}

static void world__stated_flows_take_the_bounds_of_who_weighs_them(void **state)
{
    (void)state;
    autk_world *world = NULL;
    autk_economy *e = NULL;
    autk_err err;
    int asked = 0;
    autk_economy_opts opts = autk_economy_opts_default();
    opts.gap = wider;
    opts.gap_user = &asked;
    assert_ok(autk_world_open(&world, world_path(), &err), &err);
    assert_ok(autk_economy_from_world(&e, world, 2023, &opts, &err), &err);
    assert_in_range(asked, 2, 20);
    assert_near(autk_economy_flow(e, 0, at(e, "RUS"), at(e, "BLR")), 20e9, 0);
    size_t found = 0;
    for (size_t i = 0; i < e->n_gaps; i++)
        found += e->gaps[i].low == 1e9 && e->gaps[i].high == 30e9;
    assert_int_equal(found, asked);
    autk_economy_free(e);
    autk_world_close(world);
}

static void world__draws_keep_gaps_within_bounds_and_accounts_closed(void **state)
{
    (void)state;
    autk_economy *e = open_year(2023), *drawn = NULL;
    autk_err err;
    assert_true(e->n_gaps > 100);
    double *u = malloc(e->n_gaps * sizeof *u);
    for (size_t i = 0; i < e->n_gaps; i++)
        u[i] = (double)(i % 11) / 10;
    assert_ok(autki_economy_with_gaps(&drawn, e, u, &err), &err);
    for (size_t i = 0; i < e->n_gaps; i++) {
        const autki_gap *g = &e->gaps[i];
        assert_near(drawn->flow[g->cell], g->low + u[i] * (g->high - g->low), 1e-12);
        assert_true(e->flow[g->cell] >= g->low * (1 - 1e-12));
        assert_true(e->flow[g->cell] <= g->high * (1 + 1e-12));
    }
    autk_economy_report report;
    autk_economy_check(&report, drawn);
    assert_true(report.balanced);
    free(u);
    autk_economy_free(drawn);
    autk_economy_free(e);
}

static void world__the_tie_is_asymmetric(void **state)
{
    (void)state;
    static const char *const text = "name: cut\n"
                                    "measures: [{embargo: true, from: Belarus, to: RUS, both: "
                                    "true}]\n";
    autk_economy *e = open_year(2021);
    autk_input *input = NULL;
    autk_scenario *s = NULL;
    autk_simulation *sim = NULL;
    autk_err err;
    assert_ok(autk_input_memory(&input, "s.yaml", text, strlen(text), &err), &err);
    assert_ok(autk_scenario_read(&s, input, &err), &err);
    assert_ok(autk_simulate(&sim, s, e, NULL, &err), &err);
    const autk_outcome *o = autk_simulation_outcome(sim, 0);
    double blr = o[at(e, "BLR")].welfare_exact, rus = o[at(e, "RUS")].welfare_exact;
    assert_true(blr < -.02 && rus < 0 && blr < 10 * rus);
    autk_simulation_free(sim);
    autk_scenario_free(s);
    autk_input_free(input);
    autk_economy_free(e);
}

static void world__a_year_without_data_is_told(void **state)
{
    (void)state;
    autk_world *world = NULL;
    autk_economy *e = NULL;
    autk_err err;
    assert_ok(autk_world_open(&world, world_path(), &err), &err);
    assert_int_equal(autk_economy_from_world(&e, world, 1950, NULL, &err), AUTK_ENOTFOUND);
    autk_world_close(world);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(world__the_gap_stands_where_officials_put_it),
        cmocka_unit_test(world__stated_flows_take_the_bounds_of_who_weighs_them),
        cmocka_unit_test(world__draws_keep_gaps_within_bounds_and_accounts_closed),
        cmocka_unit_test(world__the_tie_is_asymmetric),
        cmocka_unit_test(world__a_year_without_data_is_told)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
