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

/* The same by hand for one product: 3104 = 310420 and 310430, imports from RUS 65 and DEU 40. */
static void product__partners_are_what_a_hand_count_gives(void **state)
{
    (void)state;
    autk_dataset *d = open_dataset();
    autk_product_dependence *p = NULL;
    int32_t blr;
    autk_err err;
    assert_ok(autk_dataset_find_economy(&blr, d, "112", &err), &err);
    assert_ok(autk_product_depend(&p, d, blr, "3104", 2021, NULL, &err), &err);
    assert_int_equal(p->n_partners, 2);
    assert_string_equal(p->partners[0].code, "643");
    assert_near(p->partners[0].value.point, 65000, 1e-12);
    assert_near(p->partners[0].share.point, 65.0 / 105, 1e-12);
    assert_near(p->partners[1].share.high, 40.0 / 105, 1e-12);
    assert_int_equal(p->partners[1].rank.point, 2);
    assert_near(p->value, 105000, 1e-12);
    assert_near(p->other_way, 10000, 1e-12);
    assert_true(isnan(p->quantity)); /* no row has one: unknown, not zero */
    assert_near(p->concentration.hhi.point, (65.0 * 65 + 40 * 40) / (105 * 105), 1e-12);
    assert_near(p->world_value, 210000, 1e-12);
    /* RUS 60 + 5, DEU 40 + 95, BLR 10 */
    assert_near(p->world_hhi, (65.0 * 65 + 135 * 135 + 10 * 10) / (210.0 * 210), 1e-12);
    assert_int_equal(p->n_gaps, 0);
    autk_product_dependence_free(p);
    autk_product_depend_opts opts = autk_product_depend_opts_default();
    opts.exports = true;
    assert_ok(autk_product_depend(&p, d, blr, "31", 2021, &opts, &err), &err);
    assert_int_equal(p->n_partners, 1);
    assert_near(p->value, 10000, 1e-12);
    autk_product_dependence_free(p);
    autk_dataset_close(d);
}

/* Nobody reports what Belarus sold to Russia in 2022: at most all goods between the two. */
static void product__gaps_widen_every_share(void **state)
{
    (void)state;
    static const char rows[] = "t,i,j,k,v,q\n2022,112,76,310420,600000,2\n"
                               "2022,112,156,310420,200000,NA\n";
    const char *path = scratch_path("gaps.atk");
    autk_world *world = NULL;
    autk_evidence *evidence = NULL;
    autk_dataset *d = NULL;
    autk_product_dependence *p = NULL;
    autk_flow silent;
    int32_t blr, rus, economy;
    autk_err err;
    assert_ok(autk_world_open(&world, world_path(), &err), &err);
    autk_import_opts in = autk_import_opts_default();
    in.resolve = autk_resolve_by_world;
    in.resolve_user = world;
    assert_ok(import_text(path, "BACI_HS92_Y2022_V1.csv", rows, &in, NULL, &err), &err);
    assert_ok(autk_dataset_open(&d, path, &err), &err);
    assert_ok(autk_world_find_economy(&blr, world, "BLR", 0, &err), &err);
    assert_ok(autk_world_find_economy(&rus, world, "RUS", 0, &err), &err);
    assert_ok(autk_evidence_create(&evidence, world, blr, NULL, &err), &err);
    assert_ok(autk_evidence_flow(&silent, world, blr, rus, 2022, NULL, &err), &err);
    assert_true(silent.gap);
    assert_ok(autk_dataset_find_economy(&economy, d, "BLR", &err), &err);
    autk_product_depend_opts opts = autk_product_depend_opts_default();
    opts.exports = true;
    opts.evidence = evidence;
    opts.on = rus;
    assert_ok(autk_product_depend(&p, d, economy, "3104", 2022, &opts, &err), &err);
    assert_true(p->n_gaps > 0);
    double gaps = 0;
    for (size_t i = 0; i < p->n_partners; i++)
        gaps += p->partners[i].gap && isfinite(p->partners[i].value.high)
                    ? p->partners[i].value.high
                    : 0;
    assert_string_equal(p->partners[0].code, "BRA");
    assert_near(p->partners[0].share.point, 0.75, 1e-12);
    assert_near(p->partners[0].share.high, 0.75, 1e-12);
    assert_near(p->partners[0].share.low, 6e8 / (8e8 + gaps), 1e-9);
    assert_true(p->has_on && p->on.gap);
    assert_true(isnan(p->on.share.point));
    assert_near(p->on.value.high, silent.value_usd.high, 1e-12);
    assert_near(p->on.share.high, silent.value_usd.high / (8e8 + silent.value_usd.high), 1e-9);
    autk_product_dependence_free(p);
    autk_evidence_free(evidence);
    autk_dataset_close(d);
    autk_world_close(world);
}

static void product__says_what_is_missing(void **state)
{
    (void)state;
    autk_dataset *d = open_dataset();
    autk_product_dependence *p = NULL;
    autk_product_depend_opts opts = autk_product_depend_opts_default();
    int32_t pol;
    autk_err err;
    assert_ok(autk_dataset_find_economy(&pol, d, "616", &err), &err);
    assert_int_equal(autk_product_depend(&p, d, pol, "3104", 2021, NULL, &err), AUTK_ENOANSWER);
    assert_int_equal(autk_product_depend(&p, d, pol, "9999", 2021, NULL, &err), AUTK_ENOTFOUND);
    assert_int_equal(autk_product_depend(&p, d, pol, "3104", 1995, NULL, &err), AUTK_ENOTFOUND);
    assert_int_equal(autk_product_depend(&p, d, pol, "potash", 2021, NULL, &err), AUTK_EARG);
    opts.on = 3;
    assert_int_equal(autk_product_depend(&p, d, pol, "3104", 2021, &opts, &err), AUTK_EARG);
    autk_dataset_close(d);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(products__are_what_a_hand_count_gives),
        cmocka_unit_test(products__of_a_bloc_leave_out_what_members_trade),
        cmocka_unit_test(products__say_what_is_missing),
        cmocka_unit_test(product__partners_are_what_a_hand_count_gives),
        cmocka_unit_test(product__gaps_widen_every_share),
        cmocka_unit_test(product__says_what_is_missing)};
    int failed = cmocka_run_group_tests(tests, NULL, NULL);
    scratch_remove();
    return failed;
}
