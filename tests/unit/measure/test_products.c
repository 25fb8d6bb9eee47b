#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <autarky/products.h>

#include "../data/import_support.h"
#include "base/random.h"
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

/* ------------------------------------------------------------------ a slow oracle */

#define E 7
#define P 12
#define YEARS 3
#define N_MEMBERS 2 /* economies 0 and 1 are the bloc */

static double cube[YEARS][E][E][P]; /* 0 = not reported */

static void import_cube(const char *path)
{
    uint64_t random = 5;
    autk_buf out;
    autk_err err;
    autk_buf_init(&out);
    autk_buf_puts(&out, "t,i,j,k,v,q\n");
    for (int y = 0; y < YEARS; y++)
        for (int i = 0; i < E; i++)
            for (int j = 0; j < E; j++)
                for (int k = 0; k < P; k++) {
                    bool there = i != j && autki_random_bits(&random) % 3 == 0;
                    double v = (double)(1 + autki_random_bits(&random) % 1000);
                    /* Some products have one large seller, so that criteria hold now and then. */
                    v *= i == 2 + k % 4 && k % 2 == 0 ? 20 : 1;
                    cube[y][i][j][k] = there ? 1000 * v : 0;
                    if (there)
                        autk_buf_printf(&out, "%d,%d,%d,%06d,%.0f,\n", 2019 + y, 10 + i, 10 + j,
                                        10100 + k * 10, v);
                }
    assert_ok(import_text(path, "BACI_HS92_Y1_V1.csv", autk_buf_text(&out), NULL, NULL, &err),
              &err);
    autk_buf_deinit(&out);
}

/* Value of the flow from a to b, or with the sides changed. */
static double flow_of(int y, int a, int b, int k, bool exports)
{
    return exports ? cube[y][b][a][k] : cube[y][a][b][k];
}

/* By the definitions, one sum at a time; see the sources in products.h. */
static bool naive_row(autk_product_row *r, int y, int k, bool exports, bool all_exports,
                      int n_members)
{
    double own = 0, inside = 0, world = 0, squares = 0, world_squares = 0;
    *r = (autk_product_row){.top_partner = -1};
    for (int s = n_members; s < E; s++) {
        double v = 0;
        for (int m = 0; m < n_members; m++)
            v += flow_of(y, s, m, k, exports);
        r->imports += v;
        squares += v * v;
        if (v > r->at_stake) {
            r->at_stake = v;
            r->top_partner = s;
        }
    }
    for (int m = 0; m < n_members; m++)
        for (int j = 0; j < E; j++)
            *(j < n_members ? &inside : &own) += flow_of(y, m, j, k, exports);
    for (int s = 0; s < E; s++) {
        double v = 0;
        for (int j = 0; j < E; j++)
            v += flow_of(y, s, j, k, exports);
        world += v;
        world_squares += v * v;
    }
    if (r->imports == 0)
        return false;
    double against = own + (all_exports ? inside : 0);
    r->hhi = squares / r->imports / r->imports;
    r->world_hhi = world_squares / world / world;
    r->outside_share = r->imports / (r->imports + inside);
    r->ratio = against > 0 ? r->imports / against : AUTK_RATIO_NO_EXPORTS;
    r->eu_dependent = r->hhi > 0.4 && r->outside_share > 0.5 && r->ratio > 1;
    r->geodep = r->hhi > 0.4 && r->world_hhi > 0.4 && r->ratio > 1;
    return true;
}

static void check_against_oracle(autk_dataset *d, bool exports, bool all_exports, int n_members)
{
    autk_products_opts opts = autk_products_opts_default();
    autk_product_row *rows = NULL;
    size_t n = 0, n_naive = 0;
    int32_t members[N_MEMBERS];
    autk_err err;
    opts.exports = exports;
    opts.all_exports = all_exports;
    for (int m = 0; m < n_members; m++) {
        char code[8];
        (void)snprintf(code, sizeof code, "%d", 10 + m);
        assert_ok(autk_dataset_find_economy(&members[m], d, code, &err), &err);
    }
    assert_ok(autk_products(&rows, &n, d, members, (size_t)n_members, 2021, &opts, &err), &err);
    for (int k = 0; k < P; k++) {
        autk_product_row want, other;
        char code[16], partner[8];
        int seen = 0, held = 0;
        if (!naive_row(&want, 2, k, exports, all_exports, n_members))
            continue;
        n_naive++;
        for (int y = 0; y < YEARS; y++)
            if (naive_row(&other, y, k, exports, all_exports, n_members)) {
                seen++;
                held += other.geodep;
            }
        (void)snprintf(code, sizeof code, "%06d", 10100 + k * 10);
        (void)snprintf(partner, sizeof partner, "%d", 10 + want.top_partner);
        const autk_product_row *got = row_of(rows, n, code);
        assert_near(got->imports, want.imports, 1e-14);
        assert_near(got->at_stake, want.at_stake, 1e-14);
        assert_near(got->hhi, want.hhi, 1e-12);
        assert_near(got->world_hhi, want.world_hhi, 1e-12);
        assert_near(got->ratio, want.ratio, 1e-12);
        assert_near(got->outside_share, want.outside_share, 1e-12);
        assert_string_equal(autk_dataset_economy_code(d, got->top_partner), partner);
        assert_int_equal(got->eu_dependent, want.eu_dependent);
        assert_int_equal(got->geodep, want.geodep);
        assert_int_equal(got->years_seen, seen);
        assert_int_equal(got->years_geodep, held);
        assert_int_equal(got->persistent, held >= 2);
        assert_true(got->eu_sure && got->geodep_sure && got->hhi_low == got->hhi_high);
    }
    assert_int_equal(n, n_naive);
    free(rows);
}

static void products__are_what_a_slow_count_by_the_definitions_gives(void **state)
{
    (void)state;
    autk_dataset *d = NULL;
    autk_err err;
    const char *path = scratch_path("cube.atk");
    import_cube(path);
    assert_ok(autk_dataset_open(&d, path, &err), &err);
    for (int way = 0; way < 8; way++)
        check_against_oracle(d, way % 2 == 1, way / 2 % 2 == 1, 1 + way / 4);
    autk_dataset_close(d);
}

/* ------------------------------------------------------------------ what nobody reports */

/* Belarus and Russia report nothing of each other in 2022. Whatever Russia sold may be potash. */
static void products__leave_room_for_what_nobody_reports(void **state)
{
    (void)state;
    static const char rows_text[] = "t,i,j,k,v,q\n2022,76,112,310420,3000000,2\n"
                                    "2022,156,112,310420,1000000,NA\n2022,76,156,310420,9,\n";
    const char *path = scratch_path("silent.atk");
    autk_world *world = NULL;
    autk_dataset *d = NULL;
    autk_product_row *rows = NULL;
    autk_product_silence *silent = NULL;
    autk_flow russia;
    int32_t blr, rus, economy;
    size_t n = 0, n_silent = 0;
    autk_err err;
    assert_ok(autk_world_open(&world, world_path(), &err), &err);
    autk_import_opts in = autk_import_opts_default();
    in.resolve = autk_resolve_by_world;
    in.resolve_user = world;
    assert_ok(import_text(path, "BACI_HS92_Y2022_V1.csv", rows_text, &in, NULL, &err), &err);
    assert_ok(autk_dataset_open(&d, path, &err), &err);
    assert_ok(autk_world_find_economy(&blr, world, "BLR", 0, &err), &err);
    assert_ok(autk_world_find_economy(&rus, world, "RUS", 0, &err), &err);
    assert_ok(autk_evidence_flow(&russia, world, rus, blr, 2022, NULL, &err), &err);
    assert_ok(autk_dataset_find_economy(&economy, d, "BLR", &err), &err);
    autk_products_opts opts = autk_products_opts_default();
    opts.n_years = opts.n_years_min = 1;
    assert_ok(autk_products(&rows, &n, d, &economy, 1, 2022, &opts, &err), &err);
    assert_near(rows[0].unknown_share, 0, 0); /* a dataset alone does not tell who is silent */
    free(rows);
    opts.world = world;
    assert_ok(autk_products_silent(&silent, &n_silent, d, &economy, 1, 2022, &opts, &err), &err);
    assert_true(n_silent > 1);
    assert_string_equal(silent[0].code, "RUS");
    assert_int_equal(silent[0].partner, -1);
    assert_near(silent[0].high, russia.value_usd.high, 1e-15);
    double room = 0, squares = 0;
    for (size_t i = 0; i < n_silent; i++)
        room += silent[i].high;
    assert_ok(autk_products(&rows, &n, d, &economy, 1, 2022, &opts, &err), &err);
    assert_int_equal(n, 1);
    assert_near(rows[0].hhi, 0.625, 1e-12);
    assert_near(rows[0].unknown_share, room / (4e9 + room), 1e-12);
    assert_near(rows[0].top_share_low, 3e9 / (4e9 + room), 1e-12);
    assert_near(rows[0].top_share_high, 0.75, 1e-12);
    /* Convex in each x: the largest is at an end of each; here all of Russia's and none else. */
    assert_near(
        rows[0].hhi_high,
        fmax(0.625, (9 + 1 + pow(silent[0].high / 1e9, 2)) / pow(4 + silent[0].high / 1e9, 2)),
        1e-9);
    /* The least: every x up to the level at which HHI = level / total. */
    double level = 1e9;
    for (int step = 0; step < 200; step++) {
        double total = 4e9;
        squares = 10e18;
        for (size_t i = 0; i < n_silent; i++) {
            double x = fmin(silent[i].high, level);
            total += x;
            squares += x * x;
        }
        level = squares / total;
    }
    assert_true(rows[0].hhi_low < 0.625);
    double total = 4e9;
    for (size_t i = 0; i < n_silent; i++)
        total += fmin(silent[i].high, level);
    assert_near(rows[0].hhi_low, squares / total / total, 1e-6);
    assert_true(rows[0].eu_dependent && !rows[0].eu_sure);
    assert_true(rows[0].geodep && !rows[0].geodep_sure);
    free(rows);
    free(silent);
    autk_dataset_close(d);
    autk_world_close(world);
}

static autk_status import_side(const char *path, const char *name, const char *text_of_side,
                               autk_side side, autk_err *err)
{
    autk_import_opts o = autk_import_opts_default();
    o.source = "reports";
    o.classification = "HS17";
    o.side = side;
    return import_text(path, name, text_of_side, &o, NULL, err);
}

/* A imports from B and C and reports nothing; C neither: what C sold to A is unknown. D reports its
 * imports and has none from B: that is none recorded. */
static void products__know_from_the_layers_who_reported(void **state)
{
    (void)state;
    const char *path = scratch_path("sides.atk");
    autk_dataset *d = NULL;
    autk_product_row *rows = NULL;
    autk_product_silence *silent = NULL;
    size_t n = 0, n_silent = 0;
    int32_t a, dd;
    autk_err err;
    assert_ok(import_side(path, "x.csv",
                          "year,exporter,importer,product,value\n2021,B,A,010121,50\n"
                          "2021,D,A,010121,25\n2021,B,C,010121,1\n",
                          AUTK_SIDE_EXPORTER, &err),
              &err);
    assert_ok(import_side(path, "m.csv",
                          "year,exporter,importer,product,value\n2021,C,D,010121,7\n"
                          "2021,C,B,010121,3\n",
                          AUTK_SIDE_IMPORTER, &err),
              &err);
    assert_ok(autk_dataset_open(&d, path, &err), &err);
    assert_ok(autk_dataset_find_economy(&a, d, "A", &err), &err);
    assert_ok(autk_dataset_find_economy(&dd, d, "D", &err), &err);
    /* Importers' reports are preferred, but A is not among them: the exporters' say what it buys.
     */
    assert_ok(autk_products(&rows, &n, d, &a, 1, 2021, NULL, &err), &err);
    assert_int_equal(n, 1);
    assert_near(rows[0].imports, 75, 1e-12);
    assert_true(rows[0].eu_dependent && !rows[0].eu_sure);
    free(rows);
    assert_ok(autk_products_silent(&silent, &n_silent, d, &a, 1, 2021, NULL, &err), &err);
    assert_int_equal(n_silent, 1);
    assert_string_equal(silent[0].code, "C");
    assert_true(isnan(silent[0].high));
    free(silent);
    silent = NULL;
    assert_ok(autk_products_silent(&silent, &n_silent, d, &dd, 1, 2021, NULL, &err), &err);
    assert_int_equal(n_silent, 0);
    assert_ok(autk_products(&rows, &n, d, &dd, 1, 2021, NULL, &err), &err);
    assert_near(rows[0].imports, 7, 1e-12);
    /* What D bought is known; not so what it sold to A, which could be more than it bought. */
    assert_true(rows[0].hhi_low == rows[0].hhi_high && rows[0].unknown_share == 0);
    assert_true(rows[0].eu_dependent && !rows[0].eu_sure);
    free(rows);
    autk_dataset_close(d);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(products__are_what_a_hand_count_gives),
        cmocka_unit_test(products__of_a_bloc_leave_out_what_members_trade),
        cmocka_unit_test(products__say_what_is_missing),
        cmocka_unit_test(products__are_what_a_slow_count_by_the_definitions_gives),
        cmocka_unit_test(products__leave_room_for_what_nobody_reports),
        cmocka_unit_test(products__know_from_the_layers_who_reported),
        cmocka_unit_test(product__partners_are_what_a_hand_count_gives),
        cmocka_unit_test(product__gaps_widen_every_share),
        cmocka_unit_test(product__says_what_is_missing)};
    int failed = cmocka_run_group_tests(tests, NULL, NULL);
    scratch_remove();
    return failed;
}
