/* Real files of other people, where they are: rows and sums against a count by other means
 * (Python's csv and gzip, figures in docs/formats.md's order of columns). */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <autarky/facts.h>

#include "import_support.h"
#include "unit.h"

typedef struct shared_case {
    const char *file, *map;
    autk_import_format guessed;
    uint64_t n_rows;
    double value;
    uint64_t n_facts[AUTK_FACT_COUNT];
} shared_case;

static const shared_case cases[] = {
    {"world/baci_dyads_1995_2023.csv.xz", NULL, AUTK_IMPORT_CSV, 1071275, 388175322093642.0, {0}},
    {"world/bilateral_2022.csv",
     "year=2022,exporter=exporter_id,importer=importer_id,value=value",
     AUTK_IMPORT_CSV,
     27313,
     24169072015259.0,
     {0}},
    {"world/eurostat_monthly_eu_eastern_partners_2020_2022.csv.gz",
     "year=month,reporter=reporter,partner=partner,flow=flow,product=product,value=value_eur",
     AUTK_IMPORT_CSV,
     17968,
     1162877970107.0,
     {0}},
    {"anchors/eu15_trade_2007_2016.csv.gz",
     "year=Year,exporter=Origin,importer=Destination,product=Product,value=Euros",
     AUTK_IMPORT_CSV,
     38325,
     1902019844676.0,
     {0}},
    {"anchors/gegravity_trade_2000_2014.csv.gz",
     NULL,
     AUTK_IMPORT_CSV,
     7744,
     444146464.8520382,
     {0}},
    {"anchors/agtpa_applications.csv.gz", NULL, AUTK_IMPORT_CSV, 99981, 326538398.58193266, {0}},
    {"anchors/ppmlhdfe_EXAMPLE_TRADE_FTA_DATA.dta",
     "year=year,exporter=isoexp,importer=isoimp,product=category,value=trade",
     AUTK_IMPORT_CSV,
     17850,
     -1,
     {0}},
    {"political/GSDB_V3.csv", NULL, AUTK_IMPORT_GSDB, 1325, 0, {1325, 0, 0}},
    {"geography/dist_cepii.csv.gz", NULL, AUTK_IMPORT_GEODIST, 50176, 0, {0, 50176, 0}},
    {"world/API_NY.GDP.MKTP.CD_DS2_en_csv_v2_26433.csv",
     NULL,
     AUTK_IMPORT_WDI,
     17024,
     0,
     {0, 0, 11331}},
};

/* A sanitizer makes the largest ten times as long. */
#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
#define FIRST 1
#else
#define FIRST 0
#endif

static autk_world *world;

/* All that all layers hold, added up. */
static double sum_of(autk_dataset *d)
{
    double sum = 0;
    for (size_t layer = 0; layer < autk_dataset_n_layers(d); layer++) {
        autk_pair_total *pairs = NULL;
        size_t n = 0;
        autk_err err;
        assert_ok(autk_dataset_pair_totals(&pairs, &n, d, layer, AUTK_ANY_ECONOMY, AUTK_ANY_ECONOMY,
                                           0, 300000, &err),
                  &err);
        for (size_t i = 0; i < n; i++)
            sum += pairs[i].value;
        free(pairs);
    }
    return sum;
}

static void check_case(const shared_case *c)
{
    const char *path = scratch_path("shared.atk"), *file = shared_path(c->file);
    autk_import_opts opts = autk_import_opts_default();
    autk_import_report report;
    autk_dataset *d = NULL;
    autk_dataset_check check;
    autk_err err;
    opts.map = c->map;
    opts.keep_self = true;
    opts.resolve = autk_resolve_by_world;
    opts.resolve_user = world;
    assert_ok(autk_import_files(path, &file, 1, &opts, &report, &err), &err);
    assert_int_equal(report.format, c->guessed);
    assert_int_equal(report.n_read, c->n_rows);
    assert_int_equal(report.n_bad, 0);
    assert_ok(autk_dataset_open(&d, path, &err), &err);
    if (c->value >= 0) /* below: nothing but the reader under test reads it here */
        assert_near(sum_of(d), c->value, 1e-12);
    for (int k = 0; k < AUTK_FACT_COUNT; k++) {
        uint64_t n = 0;
        assert_ok(autk_dataset_n_facts(&n, d, (autk_fact_kind)k, &err), &err);
        assert_int_equal(n, c->n_facts[k]);
    }
    assert_ok(autk_dataset_verify(&check, d, NULL, &err), &err);
    autk_dataset_close(d);
}

static void shared__files_come_in_whole(void **state)
{
    (void)state;
    for (size_t i = FIRST; i < sizeof cases / sizeof *cases; i++) {
        print_message("  %s\n", cases[i].file);
        check_case(&cases[i]);
    }
}

int main(void)
{
    autk_err err;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++)
        skip_without_shared(cases[i].file);
    if (autk_world_open(&world, world_path(), &err) != AUTK_OK)
        return 1;
    const struct CMUnitTest tests[] = {cmocka_unit_test(shared__files_come_in_whole)};
    int failed = cmocka_run_group_tests(tests, NULL, NULL);
    autk_world_close(world);
    scratch_remove();
    return failed;
}
