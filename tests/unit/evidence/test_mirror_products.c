#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <autarky/import.h>
#include <autarky/mirror.h>

#include "../data/import_support.h"
#include "base/random.h"
#include "unit.h"

#define N 20
#define PRODUCTS 40
#define FIRST 2018
#define YEARS 3
#define LAST (FIRST + YEARS - 1)
#define FREIGHT 0.0582689081239758 /* ln 1.06, the margin without geography */
#define SMALL 1e3

/* A world whose every flow is known, and what both sides make of it. */
typedef struct told {
    double truth, exporter_says, importer_says; /* NaN = says nothing */
    double lost;                                /* what the silent side would have said */
} told;

static told world[YEARS][N][N][PRODUCTS];

static double tail(uint64_t *random)
{
    double s = 0;
    for (int k = 0; k < 4; k++) {
        double z = autki_random_normal(random);
        s += z * z;
    }
    return 1 / sqrt(s / 4);
}

static double cents(double v)
{
    return floor(v * 100 + 1) / 100; /* never 0 */
}

/* The dataset of all tests here; scratch_path gives a fresh one every time. */
static char dataset_path[256];

/* lasting_sd: of the part of each gap that is the same every year */
static void make_world(double lasting_sd)
{
    static double lasting[N][N][PRODUCTS];
    uint64_t random = 42;
    for (int y = 0; y < YEARS; y++)
        for (int i = 0; i < N; i++)
            for (int j = 0; j < N; j++)
                for (int k = 0; k < PRODUCTS; k++) {
                    told *t = &world[y][i][j][k];
                    double v = exp(9 + 3 * autki_random_normal(&random)), wild = tail(&random);
                    /* Small flows are three times as far apart. */
                    double factor = wild * (v < SMALL ? 3 : 1);
                    double sd_x = 0.05 + 0.02 * (i % 5), sd_m = 0.05 + 0.03 * (j % 4);
                    if (y == 0)
                        lasting[i][j][k] = lasting_sd * autki_random_normal(&random);
                    t->truth = v;
                    t->exporter_says = cents(
                        v * exp(lasting[i][j][k] + factor * sd_x * autki_random_normal(&random)));
                    t->importer_says =
                        cents(v * exp(FREIGHT + factor * sd_m * autki_random_normal(&random)));
                    double silent = autki_random_uniform(&random);
                    double *lost = silent < 0.1   ? &t->exporter_says
                                   : silent < 0.2 ? &t->importer_says
                                                  : NULL;
                    if (lost != NULL) {
                        t->lost = *lost;
                        *lost = NAN;
                    }
                }
}

static void put_rows(autk_buf *out, int year, bool exporters)
{
    autk_buf_printf(out, "year,from,to,hs,usd\n");
    for (int i = 0; i < N; i++)
        for (int j = 0; j < N; j++)
            for (int k = 0; k < PRODUCTS; k++) {
                const told *t = &world[year - FIRST][i][j][k];
                double v = exporters ? t->exporter_says : t->importer_says;
                if (i != j && !isnan(v))
                    autk_buf_printf(out, "%d,E%02d,E%02d,%06d,%.2f\n", year, i, j, 10100 + k, v);
            }
}

static autk_status import_side(const char *path, int year, bool exporters, autk_err *err)
{
    autk_buf text;
    char name[64];
    autk_import_opts o = autk_import_opts_default();
    autk_import_report report;
    autk_buf_init(&text);
    put_rows(&text, year, exporters);
    o.format = AUTK_IMPORT_CSV;
    o.map = "year=year,exporter=from,importer=to,product=hs,value=usd";
    o.source = "reports";
    o.classification = "HS17";
    o.side = exporters ? AUTK_SIDE_EXPORTER : AUTK_SIDE_IMPORTER;
    o.valuation = exporters ? AUTK_VALUATION_FOB : AUTK_VALUATION_CIF;
    (void)snprintf(name, sizeof name, "%s-%d.csv", exporters ? "exports" : "imports", year);
    autk_status st = import_text(path, name, text.text, &o, &report, err);
    autk_buf_deinit(&text);
    return st;
}

static void import_world(const char *path, double lasting_sd)
{
    autk_err err;
    make_world(lasting_sd);
    for (int year = FIRST; year <= LAST; year++) {
        assert_ok(import_side(path, year, true, &err), &err);
        assert_ok(import_side(path, year, false, &err), &err);
    }
}

static const told *told_of(const autk_mirror_row *r, const autk_dataset *d)
{
    int i = atoi(autk_dataset_economy_code(d, r->exporter) + 1);
    int j = atoi(autk_dataset_economy_code(d, r->importer) + 1);
    int k = atoi(autk_dataset_product_code(d, r->product)) - 10100;
    return &world[YEARS - 1][i][j][k];
}

static bool same(double a, double b)
{
    return a == b || (isnan(a) && isnan(b));
}

typedef struct counts {
    size_t n[2][2], inside[2][2]; /* one side or both; small or not */
} counts;

static void check_row(counts *c, const autk_mirror_row *r, const autk_dataset *d)
{
    const told *t = told_of(r, d);
    bool both = !isnan(t->exporter_says) && !isnan(t->importer_says), small = t->truth < SMALL;
    assert_true(same(r->exporter_says, t->exporter_says));
    assert_true(same(r->importer_says, t->importer_says));
    assert_int_equal(r->flow.kind, both                      ? AUTK_MIRROR_BOTH
                                   : isnan(t->exporter_says) ? AUTK_MIRROR_IMPORTER
                                                             : AUTK_MIRROR_EXPORTER);
    assert_true(r->flow.low <= r->flow.value && r->flow.value <= r->flow.high);
    c->n[both][small]++;
    c->inside[both][small] += r->flow.low <= t->truth && t->truth <= r->flow.high;
}

/* Nine in ten whichever side is silent, of small flows as of others: 2,000 flows or more leave two
 * standard errors of .013, and what is fitted is not the truth. */
static void check_coverage(const counts *c)
{
    for (int both = 0; both < 2; both++)
        for (int small = 0; small < 2; small++) {
            double share = (double)c->inside[both][small] / (double)c->n[both][small];
            assert_true(c->n[both][small] > 500);
            assert_within(share, 0.9, 0.035);
        }
}

static void mirror_store__keeps_what_both_say_and_covers_the_truth(void **state)
{
    (void)state;
    const char *path = dataset_path;
    autk_mirror_stored s;
    autk_dataset *d = NULL;
    autk_dataset_check check;
    counts c;
    uint64_t n_flows = 0;
    autk_err err;
    memset(&c, 0, sizeof c);
    (void)snprintf(dataset_path, sizeof dataset_path, "%s", scratch_path("mirror.atk"));
    import_world(path, 0);
    assert_ok(autk_mirror_store(&s, path, LAST, NULL, NULL, NULL, NULL, &err), &err);
    assert_int_equal(s.n_neighbours, 2);
    assert_ok(autk_dataset_open(&d, path, &err), &err);
    assert_ok(autk_dataset_verify(&check, d, NULL, &err), &err);
    for (int32_t e = 0; e < N; e++) {
        autk_mirror_row *rows = NULL;
        size_t n = 0;
        assert_ok(autk_mirror_read(&rows, &n, d, LAST, e, AUTK_ANY_ECONOMY, &err), &err);
        for (size_t k = 0; k < n; k++)
            check_row(&c, &rows[k], d);
        n_flows += n;
        free(rows);
    }
    check_coverage(&c);
    assert_true(n_flows == s.n_flows[AUTK_MIRROR_BOTH] + s.n_flows[AUTK_MIRROR_EXPORTER] +
                               s.n_flows[AUTK_MIRROR_IMPORTER]);
    assert_true(n_flows == autk_dataset_layer(d, s.layer)->n_rows);
    autk_dataset_close(d);
}

typedef struct distances {
    double made, heard; /* of the stored figure, and of the lone report, from what both had made */
    size_t n;
} distances;

/* Exporters 0, 5, 10 … and importers 0, 4, 8 … are as reliable as each other: the middle. */
static void add_distances(distances *sum, const autk_mirror_row *r, const told *t)
{
    if (r->importer % 4 != 0 || r->flow.kind == AUTK_MIRROR_BOTH || t->truth < SMALL)
        return;
    bool exporter = r->flow.kind == AUTK_MIRROR_EXPORTER;
    double heard = exporter ? log(t->exporter_says) : log(t->importer_says) - FREIGHT;
    double lost = exporter ? log(t->lost) - FREIGHT : log(t->lost);
    sum->made += fabs(log(r->flow.value) - (heard + lost) / 2);
    sum->heard += fabs(heard - lost) / 2;
    sum->n++;
}

/* Where what sides disagree about lasts, a lone report comes nearer to what it and its missing
 * mirror would have made together. */
static void mirror_store__corrects_a_lone_report_by_its_neighbours(void **state)
{
    (void)state;
    char path[256];
    autk_mirror_stored s;
    autk_dataset *d = NULL;
    distances sum = {0, 0, 0};
    autk_err err;
    (void)snprintf(path, sizeof path, "%s", scratch_path("lasting.atk"));
    import_world(path, 0.6);
    assert_ok(autk_mirror_store(&s, path, LAST, NULL, NULL, NULL, NULL, &err), &err);
    assert_ok(autk_dataset_open(&d, path, &err), &err);
    for (int32_t e = 0; e < N; e += 5) {
        autk_mirror_row *rows = NULL;
        size_t n = 0;
        assert_ok(autk_mirror_read(&rows, &n, d, LAST, e, AUTK_ANY_ECONOMY, &err), &err);
        for (size_t k = 0; k < n; k++)
            add_distances(&sum, &rows[k], told_of(&rows[k], d));
        free(rows);
    }
    assert_true(sum.n > 80 && sum.made < 0.5 * sum.heard);
    autk_dataset_close(d);
}

static void mirror_store__is_forgotten_when_a_report_changes(void **state)
{
    (void)state;
    const char *path = dataset_path, *other = scratch_path("other.atk");
    autk_dataset *d = NULL;
    autk_dataset_check check;
    autk_mirror_row *rows = NULL;
    uint64_t n_merged = 0;
    size_t n = 0;
    autk_err err;
    /* A merge takes reports only. */
    assert_ok(autk_dataset_merge(&n_merged, other, path, NULL, &err), &err);
    assert_ok(autk_dataset_open(&d, other, &err), &err);
    assert_int_equal(autk_dataset_n_layers(d), 2);
    autk_dataset_close(d);
    make_world(0);
    world[YEARS - 1][1][2][3].exporter_says = 77;
    assert_ok(import_side(path, LAST, true, &err), &err);
    assert_ok(autk_dataset_open(&d, path, &err), &err);
    assert_int_equal(autk_mirror_read(&rows, &n, d, LAST, 0, AUTK_ANY_ECONOMY, &err),
                     AUTK_ENOTFOUND);
    for (size_t layer = 0; layer < autk_dataset_n_layers(d); layer++)
        assert_true(autk_dataset_layer(d, layer)->side != AUTK_SIDE_RECONCILED ||
                    autk_dataset_layer(d, layer)->n_rows == 0);
    assert_ok(autk_dataset_verify(&check, d, NULL, &err), &err);
    autk_dataset_close(d);
}

static void mirror_store__checks_its_arguments(void **state)
{
    (void)state;
    const char *path = dataset_path;
    autk_mirror_stored s;
    autk_mirror_opts o = autk_mirror_opts_default();
    autk_err err;
    assert_int_equal(autk_mirror_store(&s, path, 1999, NULL, NULL, NULL, NULL, &err),
                     AUTK_ENOTFOUND);
    assert_int_equal(
        autk_mirror_store(&s, scratch_path("absent.atk"), LAST, NULL, NULL, NULL, NULL, &err),
        AUTK_EIO);
    assert_int_not_equal(access(scratch_path("absent.atk"), F_OK), 0);
    o.neighbour_years = 6;
    assert_int_equal(autk_mirror_store(&s, path, LAST, NULL, NULL, &o, NULL, &err), AUTK_EARG);
}

static char oom_path[256];

static bool store_once(void)
{
    autk_mirror_stored s;
    autk_dataset *d = NULL;
    autk_mirror_row *rows = NULL;
    size_t n = 0;
    autk_status st = autk_mirror_store(&s, oom_path, 2020, NULL, NULL, NULL, NULL, NULL);
    if (st == AUTK_OK)
        st = autk_dataset_open(&d, oom_path, NULL);
    if (st == AUTK_OK)
        st = autk_mirror_read(&rows, &n, d, 2020, 0, AUTK_ANY_ECONOMY, NULL);
    free(rows);
    autk_dataset_close(d);
    return st == AUTK_OK;
}

static void mirror_store__survives_every_allocation_failure(void **state)
{
    (void)state;
    static const char text[] = "year,from,to,hs,usd\n2020,A,B,010100,5\n2020,B,A,010101,7\n";
    autk_import_opts o = autk_import_opts_default();
    autk_err err;
    (void)snprintf(oom_path, sizeof oom_path, "%s", scratch_path("oom.atk"));
    o.format = AUTK_IMPORT_CSV;
    o.map = "year=year,exporter=from,importer=to,product=hs,value=usd";
    o.source = "reports";
    for (int side = 0; side < 2; side++) {
        o.side = side == 0 ? AUTK_SIDE_EXPORTER : AUTK_SIDE_IMPORTER;
        assert_ok(import_text(oom_path, side == 0 ? "x.csv" : "m.csv", text, &o, NULL, &err), &err);
    }
    CHECK_SURVIVES_OOM(store_once);
}

static int remove_scratch(void **state)
{
    (void)state;
    scratch_remove();
    return 0;
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(mirror_store__keeps_what_both_say_and_covers_the_truth),
        cmocka_unit_test(mirror_store__corrects_a_lone_report_by_its_neighbours),
        cmocka_unit_test(mirror_store__is_forgotten_when_a_report_changes),
        cmocka_unit_test(mirror_store__checks_its_arguments),
        cmocka_unit_test(mirror_store__survives_every_allocation_failure)};
    return cmocka_run_group_tests(tests, NULL, remove_scratch);
}
