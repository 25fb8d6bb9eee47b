#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <autarky/products.h>

#include "../data/import_support.h"
#include "unit.h"

/* By hand: BLR imports potash (310420) from RUS 60 and DEU 40, in each of three years; exports 10.
 * HHI .36 + .16 = .52. World exports: RUS 60 + 0, DEU 40, BLR 10: (3600 + 1600 + 100) / 12100. */
static const char text[] = "t,i,j,k,v,q\n"
                           "2021,643,112,310420,60,\n2021,276,112,310420,40,\n"
                           "2021,112,276,310420,10,\n"
                           "2021,643,112,310430,5,\n2021,276,643,310430,95,\n"
                           "2021,276,112,010121,30,\n2021,643,112,010121,30,\n"
                           "2021,616,112,010121,40,\n2021,112,616,010121,1000,\n"
                           "2020,643,112,310430,5,\n2020,276,643,310430,95,\n"
                           "2019,643,112,310430,5,\n2019,276,643,310430,0.001,\n";

static autk_dataset *open_dataset(void)
{
    autk_dataset *d = NULL;
    autk_err err;
    const char *path = scratch_path("products.atk");
    assert_ok(import_text(path, "BACI_HS92_Y2021_V1.csv", text, NULL, NULL, &err), &err);
    assert_ok(autk_dataset_open(&d, path, &err), &err);
    return d;
}

static const autk_product_row *row_of(const autk_product_row *rows, size_t n, const char *code)
{
    for (size_t i = 0; i < n; i++)
        if (strcmp(rows[i].code, code) == 0)
            return &rows[i];
    fail_msg("no row %s", code);
    return NULL;
}

static void products__are_what_a_hand_count_gives(void **state)
{
    (void)state;
    autk_dataset *d = open_dataset();
    autk_product_row *rows = NULL;
    size_t n = 0;
    int32_t blr, rus;
    autk_err err;
    assert_ok(autk_dataset_find_economy(&blr, d, "112", &err), &err);
    assert_ok(autk_dataset_find_economy(&rus, d, "643", &err), &err);
    assert_ok(autk_products(&rows, &n, d, &blr, 1, 2021, NULL, &err), &err);
    assert_int_equal(n, 3);
    const autk_product_row *potash = row_of(rows, n, "310420");
    assert_near(potash->imports, 100000, 1e-15);
    assert_near(potash->exports, 10000, 1e-15);
    assert_near(potash->hhi, 0.52, 1e-12);
    assert_int_equal(potash->top_partner, rus);
    assert_near(potash->top_share, 0.6, 1e-12);
    assert_near(potash->at_stake, 60000, 1e-12);
    assert_near(potash->world_hhi, 5300.0 / 12100, 1e-12);
    assert_near(potash->ratio, 10, 1e-12);
    assert_near(potash->outside_share, 1, 0);
    assert_true(potash->geodep && potash->eu_dependent && !potash->persistent);
    assert_int_equal(potash->years_seen, 1);
    const autk_product_row *sulphate = row_of(rows, n, "310430");
    assert_near(sulphate->ratio, AUTK_RATIO_NO_EXPORTS, 0);
    assert_near(sulphate->world_hhi, (25.0 + 9025) / 10000, 1e-12);
    assert_true(sulphate->persistent);
    assert_int_equal(sulphate->years_geodep, 3);
    assert_string_equal(rows[0].code, "310430"); /* persistent ones first */
    const autk_product_row *horses = row_of(rows, n, "010121");
    assert_near(horses->hhi, 0.34, 1e-12);
    assert_false(horses->geodep || horses->eu_dependent);
    free(rows);
    autk_dataset_close(d);
}

static void products__of_a_bloc_leave_out_what_members_trade(void **state)
{
    (void)state;
    autk_dataset *d = open_dataset();
    autk_product_row *rows = NULL;
    autk_products_opts opts = autk_products_opts_default();
    size_t n = 0;
    int32_t members[2];
    autk_err err;
    assert_ok(autk_dataset_find_economy(&members[0], d, "112", &err), &err);
    assert_ok(autk_dataset_find_economy(&members[1], d, "643", &err), &err);
    opts.digits = 4;
    assert_ok(autk_products(&rows, &n, d, members, 2, 2021, &opts, &err), &err);
    const autk_product_row *fertiliser = row_of(rows, n, "3104");
    assert_near(fertiliser->imports, 135000, 1e-12); /* 40 and 95 from DEU */
    assert_near(fertiliser->outside_share, 135.0 / 200, 1e-12);
    assert_near(fertiliser->hhi, 1, 1e-12);
    free(rows);
    opts.digits = AUTK_PRODUCT_SECTIONS;
    opts.exports = true;
    assert_ok(autk_products(&rows, &n, d, members, 1, 2021, &opts, &err), &err);
    const autk_product_row *animals = row_of(rows, n, "I");
    assert_near(animals->imports, 1000000, 1e-12); /* exports: sides change places */
    assert_near(animals->exports, 100000, 1e-12);
    (void)row_of(rows, n, "VI");
    free(rows);
    autk_dataset_close(d);
}

static void products__say_what_is_missing(void **state)
{
    (void)state;
    autk_dataset *d = open_dataset();
    autk_product_row *rows = NULL;
    autk_products_opts opts = autk_products_opts_default();
    size_t n = 0;
    int32_t e = 0, none = 99;
    autk_err err;
    assert_int_equal(autk_products(&rows, &n, d, &e, 1, 1995, NULL, &err), AUTK_ENOTFOUND);
    assert_int_equal(autk_products(&rows, &n, d, &none, 1, 2021, NULL, &err), AUTK_EARG);
    opts.digits = 5;
    assert_int_equal(autk_products(&rows, &n, d, &e, 1, 2021, &opts, &err), AUTK_EARG);
    opts = autk_products_opts_default();
    opts.hhi_min = NAN;
    assert_int_equal(autk_products(&rows, &n, d, &e, 1, 2021, &opts, &err), AUTK_EARG);
    autk_dataset_close(d);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(products__are_what_a_hand_count_gives),
        cmocka_unit_test(products__of_a_bloc_leave_out_what_members_trade),
        cmocka_unit_test(products__say_what_is_missing)};
    int failed = cmocka_run_group_tests(tests, NULL, NULL);
    scratch_remove();
    return failed;
}
