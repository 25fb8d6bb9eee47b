/* Frames of flows: against the observations and the dataset they come from. */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "data/frame_pairs.h"
#include "import_support.h"
#include "unit.h"

static autk_world *world;

static int set_up(void **state)
{
    (void)state;
    autk_err err;
    assert_ok(autk_world_open(&world, world_path(), &err), &err);
    return 0;
}

static int tear_down(void **state)
{
    (void)state;
    autk_world_close(world);
    scratch_remove();
    return 0;
}

static const autki_wanted wanted[] = {{"exporter", AUTKI_FACTOR},
                                      {"importer", AUTKI_FACTOR},
                                      {"year", AUTKI_FACTOR},
                                      {"value_usd", AUTKI_NUMBER},
                                      {"distance_km", AUTKI_NUMBER},
                                      {"contiguous", AUTKI_NUMBER},
                                      {"exporter_gdp_usd", AUTKI_NUMBER},
                                      {"both_in_EU", AUTKI_NUMBER},
                                      {"between_EU_RUS", AUTKI_NUMBER},
                                      {"sanction", AUTKI_NUMBER},
                                      {"importer_in_BLR", AUTKI_NUMBER}};
enum {
    EXPORTER,
    IMPORTER,
    YEAR,
    VALUE,
    DISTANCE,
    CONTIGUOUS,
    GDP,
    BOTH_EU,
    EU_RUS,
    SANCTION,
    TO_BLR
};
#define N_WANTED (sizeof wanted / sizeof *wanted)

static autki_frame *world_frame(const char *name)
{
    autki_frame *f = NULL;
    autk_err err;
    assert_ok(autki_frame_read_world(&f, name, world, wanted, N_WANTED, &err), &err);
    return f;
}

static bool has_level(const autki_frame *f, size_t k, size_t r, const char *text)
{
    const autki_frame_column *c = &f->columns[k];
    return strcmp(autki_dictionary_text(&c->levels, c->code[r]), text) == 0;
}

static size_t row_of(const autki_frame *f, const char *exporter, const char *importer,
                     const char *year)
{
    for (size_t r = 0; r < f->n_rows; r++) {
        if (has_level(f, EXPORTER, r, exporter) && has_level(f, IMPORTER, r, importer) &&
            has_level(f, YEAR, r, year))
            return r;
    }
    fail_msg("no row %s %s %s", exporter, importer, year);
    return 0;
}

static void world__has_unknown_flows_missing_and_never_zero(void **state)
{
    (void)state;
    autki_frame *f = world_frame("world-2021:2023");
    const double *value = f->columns[VALUE].number;
    assert_true(value[row_of(f, "RUS", "BLR", "2021")] > 1e10);
    assert_true(isnan(value[row_of(f, "RUS", "BLR", "2022")]));
    assert_true(isnan(value[row_of(f, "BLR", "RUS", "2023")]));
    size_t n_gaps = 0;
    for (size_t r = 0; r < f->n_rows; r++) {
        int32_t i, n;
        const autki_frame_column *from = &f->columns[EXPORTER], *to = &f->columns[IMPORTER],
                                 *year = &f->columns[YEAR];
        assert_int_equal(
            autk_world_find_economy(&i, world, autki_dictionary_text(&from->levels, from->code[r]),
                                    0, NULL),
            AUTK_OK);
        assert_int_equal(autk_world_find_economy(
                             &n, world, autki_dictionary_text(&to->levels, to->code[r]), 0, NULL),
                         AUTK_OK);
        int y = atoi(autki_dictionary_text(&year->levels, year->code[r]));
        if (!autk_world_is_gap(world, i, n, y))
            continue;
        n_gaps++;
        assert_true(isnan(value[r]));
    }
    assert_true(n_gaps > 100);
    autki_frame_free(f);
}

static void world__says_of_pairs_what_the_dataset_knows(void **state)
{
    (void)state;
    static const struct {
        const char *data, *exporter, *importer;
        int column, want;
    } cases[] = {
        {"world-2021", "DEU", "POL", CONTIGUOUS, 1}, {"world-2021", "DEU", "POL", BOTH_EU, 1},
        {"world-2021", "DEU", "POL", EU_RUS, 0},     {"world-2014", "DEU", "RUS", EU_RUS, 1},
        {"world-2014", "DEU", "RUS", SANCTION, 1}, /* since 31 July 2014 */
        {"world-2013", "DEU", "RUS", SANCTION, 0},   {"world-2007", "BLR", "DEU", SANCTION, 1},
        {"world-2006", "BLR", "DEU", SANCTION, 0},   {"world-2019", "GBR", "DEU", BOTH_EU, 1},
        {"world-2020", "GBR", "DEU", BOTH_EU, 0},    {"world-2020", "RUS", "BLR", TO_BLR, 1}};
    for (size_t k = 0; k < sizeof cases / sizeof *cases; k++) {
        autki_frame *f = world_frame(cases[k].data);
        size_t r =
            row_of(f, cases[k].exporter, cases[k].importer, cases[k].data + strlen("world-"));
        assert_int_equal((int)f->columns[cases[k].column].number[r], cases[k].want);
        autki_frame_free(f);
    }
    int32_t deu, pol;
    autki_frame *f = world_frame("world-2021");
    size_t r = row_of(f, "DEU", "POL", "2021");
    assert_int_equal(autk_world_find_economy(&deu, world, "DEU", 0, NULL), AUTK_OK);
    assert_int_equal(autk_world_find_economy(&pol, world, "POL", 0, NULL), AUTK_OK);
    assert_near(f->columns[DISTANCE].number[r], autk_world_distance_km(world, deu, pol), 0);
    assert_near(f->columns[GDP].number[r], autk_world_indicator(world, AUTK_GDP_USD, deu, 2021), 0);
    autki_frame_free(f);
}

static void expect_fault(const char *name, const char *column, autki_kind kind, const char *message)
{
    autki_wanted one = {column, kind};
    autki_frame *f = NULL;
    autk_err err = {0};
    assert_int_not_equal(autki_frame_read_world(&f, name, world, &one, 1, &err), AUTK_OK);
    assert_non_null(strstr(err.msg, message));
}

static void world__names_what_is_near(void **state)
{
    (void)state;
    expect_fault("world-2021", "distance", AUTKI_NUMBER, "nearest: distance_km");
    expect_fault("world-2021", "both_in_UE", AUTKI_NUMBER, "UE");
    expect_fault("world-2021", "between_EU", AUTKI_NUMBER, "expected a column");
    expect_fault("world-2021", "exporter", AUTKI_NUMBER, "expected numbers in exporter, got text");
    expect_fault("world-1066", "year", AUTKI_NUMBER, "expected world, world-YEAR");
    expect_fault("world-2021:2020", "year", AUTKI_NUMBER, "expected world, world-YEAR");
    expect_fault("world-2021x", "year", AUTKI_NUMBER, "expected world, world-YEAR");
}

/* Exporters' reports of two years; C is silent in the second. */
static const char flows[] = "year,exporter,importer,product,value\n"
                            "2020,BLR,RUS,01,5\n2020,BLR,RUS,02,7\n2020,RUS,BLR,01,3\n"
                            "2020,KAZ,RUS,01,2\n2021,BLR,KAZ,01,4\n2021,RUS,BLR,01,6\n"
                            "2021,RUS,World,01,9\n";

static const char *import_flows(void)
{
    const char *path = scratch_path("flows.atk");
    autk_import_opts opts = autk_import_opts_default();
    autk_import_report report;
    autk_err err;
    opts.side = AUTK_SIDE_EXPORTER;
    opts.resolve = autk_resolve_by_world;
    opts.resolve_user = world;
    assert_ok(import_text(path, "flows.csv", flows, &opts, &report, &err), &err);
    return path;
}

static double value_in(const autki_frame *f, const char *exporter, const char *importer,
                       const char *year)
{
    return f->columns[VALUE].number[row_of(f, exporter, importer, year)];
}

static void dataset__is_added_up_and_filled_where_somebody_reports(void **state)
{
    (void)state;
    const char *path = import_flows();
    autki_dataset_choice choice = {-1, false};
    autki_frame *f = NULL;
    autk_err err;
    assert_true(autki_is_dataset(path));
    assert_ok(autki_frame_read_dataset(&f, path, world, &choice, wanted, N_WANTED, &err), &err);
    assert_int_equal(f->n_rows, 5);
    assert_near(value_in(f, "BLR", "RUS", "2020"), 12, 0);
    assert_int_equal((int)f->columns[CONTIGUOUS].number[row_of(f, "RUS", "BLR", "2020")], 1);
    autki_frame_free(f);

    choice.fill = true;
    assert_ok(autki_frame_read_dataset(&f, path, world, &choice, wanted, N_WANTED, &err), &err);
    assert_int_equal(f->n_rows, 2 * 3 * 2); /* three of each side in two years, but for the own */
    assert_near(value_in(f, "BLR", "RUS", "2021"), 0, 0);
    assert_true(isnan(value_in(f, "KAZ", "RUS", "2021"))); /* KAZ reports nothing in 2021 */
    assert_near(value_in(f, "KAZ", "BLR", "2020"), 0, 0);
    autki_frame_free(f);
}

static void dataset__has_products_apart(void **state)
{
    (void)state;
    static const autki_wanted by_product[] = {{"product", AUTKI_FACTOR}, {"value", AUTKI_NUMBER}};
    const char *path = import_flows();
    autki_dataset_choice choice = {-1, false};
    autki_frame *f = NULL;
    autk_err err;
    assert_ok(autki_frame_read_dataset(&f, path, NULL, &choice, by_product, 2, &err), &err);
    assert_int_equal(f->n_rows, 6);
    assert_int_equal(f->columns[0].levels.n_levels, 2);
    autki_frame_free(f);
    choice.layer = 4;
    assert_int_equal(autki_frame_read_dataset(&f, path, NULL, &choice, by_product, 2, &err),
                     AUTK_EARG);
    choice = (autki_dataset_choice){-1, false};
    assert_int_equal(autki_frame_read_dataset(&f, path, NULL, &choice, wanted, N_WANTED, &err),
                     AUTK_EARG); /* distances without a world */
}

static const char *oom_path;

static bool read_and_free(void)
{
    autki_dataset_choice choice = {-1, true};
    autki_frame *f = NULL;
    if (autki_frame_read_dataset(&f, oom_path, NULL, &choice, wanted, VALUE + 1, NULL) != AUTK_OK)
        return false;
    autki_frame_free(f);
    return true;
}

static void dataset__survives_every_allocation_failure(void **state)
{
    (void)state;
    oom_path = import_flows();
    CHECK_SURVIVES_OOM(read_and_free);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(world__has_unknown_flows_missing_and_never_zero),
        cmocka_unit_test(world__says_of_pairs_what_the_dataset_knows),
        cmocka_unit_test(world__names_what_is_near),
        cmocka_unit_test(dataset__is_added_up_and_filled_where_somebody_reports),
        cmocka_unit_test(dataset__has_products_apart),
        cmocka_unit_test(dataset__survives_every_allocation_failure)};
    return cmocka_run_group_tests(tests, set_up, tear_down);
}
