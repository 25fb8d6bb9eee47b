/* Published numbers on public data: anchors 5 to 8 of the methods' section 7. */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <autarky/equilibrium.h>

#include "data/csv.h"
#include "equilibrium/outcome.h"
#include "unit.h"

static autk_economy *nafta_world;
static autk_equilibrium *nafta_before;

static int32_t region(const autk_economy *e, const char *name)
{
    int32_t at = -1;
    autk_err err;
    assert_ok(autk_economy_find_region(&at, e, name, &err), &err);
    return at;
}

static autk_solve_opts zero_deficits(void)
{
    autk_solve_opts opts = autk_solve_opts_default();
    opts.deficits = AUTK_DEFICITS_ZERO;
    return opts;
}

/* A column of trade.csv as [sector][importer][exporter]. */
static double *column(const autk_economy *e, const char *name)
{
    const char *const names[] = {"sector", "exporter", "importer", name};
    autk_input *input = NULL;
    autki_csv *csv = NULL;
    autk_err err;
    const autki_field *f;
    size_t at[4], n, regions = (size_t)autk_economy_n_regions(e);
    double *out = malloc((size_t)autk_economy_n_sectors(e) * regions * regions * sizeof *out);
    assert_ok(autk_input_open(&input, shared_path("models/cp2015/trade.csv"), &err), &err);
    assert_ok(autki_csv_create(&csv, input, NULL, &err), &err);
    assert_ok(autki_csv_header(csv, names, 4, at, &err), &err);
    for (;;) {
        assert_ok(autki_csv_next(csv, &f, &n, &err), &err);
        if (n == 0)
            break;
        char text[3][64];
        int32_t key[3];
        for (size_t k = 0; k < 3; k++)
            (void)snprintf(text[k], sizeof text[k], "%.*s", (int)f[at[k]].len, f[at[k]].text);
        assert_ok(autk_economy_find_sector(&key[0], e, text[0], &err), &err);
        assert_ok(autk_economy_find_region(&key[1], e, text[1], &err), &err);
        assert_ok(autk_economy_find_region(&key[2], e, text[2], &err), &err);
        assert_ok(autki_csv_double(
                      &out[((size_t)key[0] * regions + (size_t)key[2]) * regions + (size_t)key[1]],
                      csv, &f[at[3]], "a rate", &err),
                  &err);
    }
    autki_csv_free(csv);
    autk_input_free(input);
    return out;
}

static double bloc_imports(const autk_equilibrium *eq, const autk_economy *e, int32_t buyer)
{
    static const char *const bloc[] = {"Mexico", "Canada", "USA"};
    double sum = 0;
    for (size_t k = 0; k < 3; k++) {
        int32_t seller = region(e, bloc[k]);
        for (int32_t j = 0; seller != buyer && j < autk_economy_n_sectors(e); j++)
            sum += autk_equilibrium_flow(eq, j, seller, buyer);
    }
    return sum;
}

static void anchors__nafta_as_caliendo_and_parro_print_it(void **state)
{
    (void)state;
    static const struct {
        const char *name;
        double terms, volume, total, real_wage, exact, imports, imports_digits;
    } want[] = {{"Mexico", -.412, 1.724, 1.312, 1.715, .0073, 118.3, .05},
                {"Canada", -.108, .044, -.064, .323, -.1101, 11.1, .05},
                {"USA", .044, .041, .085, .112, .0741, 40.5, .05}};
    const autk_economy *e = nafta_world;
    autk_solve_opts opts = zero_deficits();
    autk_equilibrium *after = NULL;
    autk_err err;
    double *rates = column(e, "tariff_cfl");
    autk_measure nafta = {.kind = AUTK_MEASURE_TARIFF_SET, .values = rates};
    autk_solve_info info;
    assert_ok(autk_equilibrium_solve(&after, &info, e, &nafta, 1, nafta_before, &opts, &err), &err);
    assert_true(info.converged && info.residual <= 1e-10);
    autk_outcome *o = malloc((size_t)autk_economy_n_regions(e) * sizeof *o);
    assert_ok(autk_equilibrium_compare(o, nafta_before, after, &err), &err);
    for (size_t k = 0; k < 3; k++) { /* within half of the last printed digit */
        const autk_outcome *c = &o[region(e, want[k].name)];
        assert_within(100 * c->linear_terms_of_trade, want[k].terms, .0005);
        assert_within(100 * c->linear_volume_of_trade, want[k].volume, .0005);
        assert_within(100 * c->linear_total, want[k].total, .0005);
        assert_within(100 * c->real_wage, want[k].real_wage, .0005);
        assert_within(100 * c->welfare_exact, want[k].exact, .00005);
        int32_t at = region(e, want[k].name);
        assert_within(100 * (bloc_imports(after, e, at) / bloc_imports(nafta_before, e, at) - 1),
                      want[k].imports, want[k].imports_digits);
    }
    free(o);
    free(rates);
    autk_equilibrium_free(after);
}

static void anchors__mexico_and_usa_embargo_each_other(void **state)
{
    (void)state;
    const autk_economy *e = nafta_world;
    size_t n = (size_t)autk_economy_n_regions(e);
    int32_t mexico = region(e, "Mexico"), usa = region(e, "USA");
    uint8_t *one = calloc(n, 1), *other = calloc(n, 1);
    one[mexico] = other[usa] = 1;
    autk_measure cut[] = {{.kind = AUTK_MEASURE_EMBARGO, .sellers = one, .buyers = other},
                          {.kind = AUTK_MEASURE_EMBARGO, .sellers = other, .buyers = one}};
    autk_solve_opts opts = zero_deficits();
    autk_equilibrium *after = NULL;
    autk_err err;
    assert_ok(autk_equilibrium_solve(&after, NULL, e, cut, 2, nafta_before, &opts, &err), &err);
    autk_outcome *o = malloc(n * sizeof *o);
    assert_ok(autk_equilibrium_compare(o, nafta_before, after, &err), &err);
    assert_within(100 * o[mexico].welfare_exact, -5.506, .0005);
    assert_within(100 * o[usa].welfare_exact, -.1657, .00005);
    for (int32_t j = 0; j < autk_economy_n_sectors(e); j++)
        assert_within(autk_equilibrium_flow(after, j, mexico, usa), 0, 0);
    free(one);
    free(other);
    free(o);
    autk_equilibrium_free(after);
}

/* ------------------------------------------------------------------ anchor 5 */

typedef struct flags {
    unsigned char year2000[64][64], year2014[64][64];
} flags;

static void read_enlargement(flags *out, const autk_economy *e)
{
    static const char *const names[] = {"exporter", "importer", "year", "eu_enlargement"};
    autk_input *input = NULL;
    autki_csv *csv = NULL;
    autk_err err;
    const autki_field *f;
    size_t at[4], n;
    memset(out, 0, sizeof *out);
    assert_ok(
        autk_input_open(&input, shared_path("anchors/gegravity_trade_2000_2014.csv.gz"), &err),
        &err);
    assert_ok(autki_csv_create(&csv, input, NULL, &err), &err);
    assert_ok(autki_csv_header(csv, names, 4, at, &err), &err);
    for (;;) {
        assert_ok(autki_csv_next(csv, &f, &n, &err), &err);
        if (n == 0)
            break;
        char from[16], to[16];
        (void)snprintf(from, sizeof from, "%.*s", (int)f[at[0]].len, f[at[0]].text);
        (void)snprintf(to, sizeof to, "%.*s", (int)f[at[1]].len, f[at[1]].text);
        unsigned char flag = f[at[3]].text[0] == '1';
        if (autki_field_is(&f[at[2]], "2000"))
            out->year2000[region(e, from)][region(e, to)] = flag;
        if (autki_field_is(&f[at[2]], "2014"))
            out->year2014[region(e, from)][region(e, to)] = flag;
    }
    autki_csv_free(csv);
    autk_input_free(input);
}

static void anchors__eu_enlargement_in_one_sector(void **state)
{
    (void)state;
    static const struct {
        const char *name;
        double welfare, digits;
    } want[] = {{"LTU", .6524, .00005},
                {"POL", .6804, .00005},
                {"HUN", 1.4043, .00005},
                {"DEU", .0725, .00005}};
    autk_economy_opts opts = autk_economy_opts_default();
    opts.year = 2000;
    opts.theta = 4;
    autk_economy *e = NULL;
    autk_err err;
    assert_ok(
        autk_economy_open(&e, shared_path("anchors/gegravity_trade_2000_2014.csv.gz"), &opts, &err),
        &err);
    int32_t n = autk_economy_n_regions(e);
    assert_int_equal(n, 44);
    flags *f = malloc(sizeof *f);
    read_enlargement(f, e);
    double *coefficient = malloc((size_t)(n * n) * sizeof *coefficient);
    for (int32_t i = 0; i < n; i++) {
        for (int32_t m = 0; m < n; m++)
            coefficient[m * n + i] = f->year2014[i][m] && !f->year2000[i][m] ? .2242490062 : NAN;
    }
    autk_measure joined = {.kind = AUTK_MEASURE_SANCTION, .values = coefficient};
    autk_equilibrium *before = NULL, *after = NULL;
    assert_ok(autk_equilibrium_solve(&before, NULL, e, NULL, 0, NULL, NULL, &err), &err);
    assert_ok(autk_equilibrium_solve(&after, NULL, e, &joined, 1, before, NULL, &err), &err);
    autk_outcome *o = malloc((size_t)n * sizeof *o);
    assert_ok(autk_equilibrium_compare(o, before, after, &err), &err);
    for (size_t k = 0; k < 4; k++)
        assert_within(100 * o[region(e, want[k].name)].welfare_exact, want[k].welfare,
                      want[k].digits);
    free(o);
    free(coefficient);
    free(f);
    autk_equilibrium_free(before);
    autk_equilibrium_free(after);
    autk_economy_free(e);
}

static void anchors__the_raw_data_of_cp2015_do_not_balance(void **state)
{
    (void)state;
    autk_economy_report report;
    autk_economy_check(&report, nafta_world);
    assert_false(report.balanced);
    /* Up to 1.9e11 USD, Row/Finance (the data's own README). */
    assert_near(report.use_gap_usd, 1.9e11, .03);
    assert_string_equal(autk_economy_region(nafta_world, report.use_gap_region), "Row");
    assert_string_equal(autk_economy_sector(nafta_world, report.use_gap_sector), "Finance");
    assert_int_equal(report.zero_domestic, 26);
    assert_int_equal(report.negative_inputs, 1);
}

int main(void)
{
    skip_without_shared("models/cp2015/trade.csv");
    skip_without_shared("anchors/gegravity_trade_2000_2014.csv.gz");
    autk_err err;
    autk_solve_opts opts = zero_deficits();
    if (autk_economy_open(&nafta_world, shared_path("models/cp2015"), NULL, &err) != AUTK_OK ||
        autk_equilibrium_solve(&nafta_before, NULL, nafta_world, NULL, 0, NULL, &opts, &err) !=
            AUTK_OK) {
        printf("%s: %s\n", err.source, err.msg);
        return 1;
    }
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(anchors__nafta_as_caliendo_and_parro_print_it),
        cmocka_unit_test(anchors__mexico_and_usa_embargo_each_other),
        cmocka_unit_test(anchors__eu_enlargement_in_one_sector),
        cmocka_unit_test(anchors__the_raw_data_of_cp2015_do_not_balance)};
    int failed = cmocka_run_group_tests(tests, NULL, NULL);
    autk_equilibrium_free(nafta_before);
    autk_economy_free(nafta_world);
    return failed;
}
