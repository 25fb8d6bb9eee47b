/* Every layout: read, refused with a place, repaired only when asked. */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <autarky/equilibrium.h>

#include "unit.h"

static autk_status read_text(autk_economy **out, const char *text, const autk_economy_opts *opts,
                             autk_err *err)
{
    autk_input *input = NULL;
    memset(err, 0, sizeof *err);
    autk_status st = autk_input_memory(&input, "t.csv", text, strlen(text), err);
    if (st == AUTK_OK)
        st = autk_economy_read(out, input, opts, err);
    autk_input_free(input);
    return st;
}

static void readers__take_and_refuse(void **state)
{
    (void)state;
    static const struct {
        const char *text, *want; /* the message, or "" */
        unsigned repair;
    } cases[] = {
        {"exporter,importer,trade\nA,A,5\nA,B,1\nB,A,1\nB,B,7\n", "", 0},
        {"exporter,importer,trade\nB,B,7\nB,A,1\nA,B,1\nA,A,5\n", "", 0},
        {"exporter,importer,trade\nA,A,5\nA,B,1\nB,A,1\n",
         "t.csv:0:0: expected a row for each of 4 pairs, got none for 1, among them B to B", 0},
        {"exporter,importer,trade\nA,A,5\nA,B,1\nB,A,1\nA,B,1\nB,B,7\n",
         "t.csv:5:0: expected one row for A to B, got another", 0},
        {"exporter,importer,trade\nA,A,5\nA,B,-1\nB,A,1\nB,B,7\n",
         "t.csv:3:5: expected a flow of at least 0, got \"-1\"", 0},
        {"exporter,importer,trade\nA,A,5\nA,B,-1\nB,A,1\nB,B,7\n", "", AUTK_REPAIR_NEGATIVE},
        {"exporter,importer,trade\nA,A,5\nA,B,nan\nB,A,1\nB,B,7\n",
         "t.csv:3:5: expected a flow as a finite number, got \"nan\"", 0},
        {"exporter,importer,trade\nA,A,0\nA,B,1\nB,A,1\nB,B,7\n",
         "t.csv:2:5: expected domestic sales above 0 (--domestic output --gdp FILE derives them), "
         "got \"0\"",
         0},
        {"A,B\n5,1\n1,0\n", "t.csv:3:3: expected domestic sales above 0 ", 0},
        {"A,B,C\n5,0,0\n0,7,2\n0,1,4\n",
         "t.csv:0:0: expected trade to connect all economies, got none between A (1) and B and the "
         "others (2)",
         0},
        {"A,B,C,D\n5,1,0,0\n0,7,0,0\n0,0,9,2\n0,0,1,4\n",
         "t.csv:0:0: expected trade to connect all economies, got none between A and its partners "
         "(2) and C and the others (2)",
         0},
        {"exporter,importer,flow\nA,A,0\n", "t.csv:1:1: expected a column \"trade\" or \"value\"",
         0},
        {"exporter,importer,trade,year\nA,A,5,2000\nA,B,1,2001\n",
         "t.csv:3:7: expected one year, got 2000 and 2001; choose with --year", 0},
        {"exporter,A,B\nA,5,1\nB,1,7\n", "", 0},
        {"A,B\n5,1\n1,7\n", "", 0},
        {"A,B\n5,1\n1,7,8\n", "t.csv:3:0: expected a square matrix with 2 fields a row, got 3", 0},
        {"A,B\n5,1\n", "t.csv:0:0: expected 2 rows as there are columns, got 1", 0},
        {"A,B\n5,\n1,7\n", "t.csv:2:3: expected a flow (--repair missing takes an empty cell as 0)",
         0},
        {"A,B\n5,\n1,7\n", "", AUTK_REPAIR_MISSING},
        {"exporter,A,B\nA,5,1\nA,1,7\n", "t.csv:3:1: expected each row once, got \"A\"", 0},
        {"A,A\n5,1\n1,7\n", "t.csv:1:3: expected a name not given before, got \"A\"", 0},
        {"", "t.csv:1:0: expected at least 2 economies, got 0", 0},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        autk_economy *e = NULL;
        autk_err err;
        char got[600] = "";
        autk_economy_opts opts = autk_economy_opts_default();
        opts.repair = cases[i].repair;
        if (read_text(&e, cases[i].text, &opts, &err) != AUTK_OK)
            (void)snprintf(got, sizeof got, "%s:%d:%d: %s", err.source, (int)err.line,
                           (int)err.column, err.msg);
        got[cases[i].want[0] != '\0' ? strlen(cases[i].want) : sizeof got - 1] = '\0';
        assert_string_equal(got, cases[i].want);
        if (e != NULL) {
            assert_int_equal(autk_economy_n_regions(e), 2);
            assert_near(autk_economy_flow(e, 0, 0, 0) + autk_economy_flow(e, 0, 1, 1), 12, 0);
            assert_true(autk_economy_n_notes(e) >= (cases[i].repair != 0 ? 2 : 1));
        }
        autk_economy_free(e);
    }
}

/* ------------------------------------------------------------------ long */

static char folder[] = "/tmp/autarky-long-XXXXXX";

static void put(const char *name, const char *text)
{
    char path[200];
    (void)snprintf(path, sizeof path, "%s/%s", folder, name);
    FILE *file = fopen(path, "wb");
    assert_non_null(file);
    fputs(text, file);
    fclose(file);
}

static const char *const trade = "sector,exporter,importer,value,tariff\n"
                                 "s,A,A,10,0\ns,B,A,2,.1\ns,A,B,2,0\ns,B,B,10,0\n";
static const char *const inputs = "input,sector,region,value\ns,s,A,6\ns,s,B,6\n";
static const char *const final_use = "sector,region,value\ns,A,6.2\ns,B,6\n";
static const char *const added = "sector,region,value\ns,A,6\ns,B,6\n";
static const char *const theta = "sector,value\ns,5\n";

static void write_good(void)
{
    put("trade.csv", trade);
    put("intermediate_consumption.csv", inputs);
    put("final_consumption.csv", final_use);
    put("value_added.csv", added);
    put("theta.csv", theta);
}

static void readers__a_folder_of_long_files(void **state)
{
    (void)state;
    static const struct {
        const char *file, *text, *want;
    } cases[] = {
        {"trade.csv", "sector,exporter,importer,value\ns,A,A,10\ns,B,A,2\ns,A,B,2\n",
         "/trade.csv:0:0: expected a row for each of 4 cells, got 3"},
        {"trade.csv",
         "sector,exporter,importer,value\ns,A,A,10\ns,B,A,2\ns,A,B,2\ns,B,B,10\ns,B,A,2\n",
         "/trade.csv:6:0: expected one row for (s, B, A), got another"},
        {"trade.csv", "sector,exporter,value\ns,A,10\n",
         "/trade.csv:1:1: expected a column \"importer\", got sector, exporter, value"},
        {"value_added.csv", "sector,region,value\ns,A,6\ns,C,6\n",
         "/value_added.csv:3:3: expected the name of an economy, got \"C\""},
        {"value_added.csv", "sector,region,value\ns,A,6\ns,B,x\n",
         "/value_added.csv:3:5: expected a value as a finite number, got \"x\""},
        {"value_added.csv", "sector,region,value\ns,A,6\ns,B,-1\n",
         "/value_added.csv:3:0: expected a value of at least 0 for (s, B), got -1"},
        {"theta.csv", "sector,value\ns,0\n", "expected theta above 0, got 0"},
        {"theta.csv", "sector,value\n", "expected a theta for s, got none"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        autk_economy *e = NULL;
        autk_err err = {0};
        char got[600];
        write_good();
        put(cases[i].file, cases[i].text);
        assert_true(autk_economy_open(&e, folder, NULL, &err) != AUTK_OK);
        (void)snprintf(got, sizeof got, "%s:%d:%d: %s", err.source, (int)err.line, (int)err.column,
                       err.msg);
        if (strstr(got, cases[i].want) == NULL)
            assert_string_equal(got, cases[i].want);
    }
    write_good();
    autk_economy *e = NULL;
    autk_err err;
    assert_ok(autk_economy_open(&e, folder, NULL, &err), &err);
    assert_near(autk_economy_tariff(e, 0, 1, 0), .1, 0);
    assert_near(autk_economy_theta(e, 0), 5, 0);
    autk_economy_report report;
    autk_economy_check(&report, e);
    assert_true(report.balanced);
    autk_economy_free(e);
}

/* ------------------------------------------------------------------ ICIO */

static void readers__icio_folds_split_rows(void **state)
{
    (void)state;
    /* CN1 and CN2 are parts of China; its final use has one column. 2 sectors. */
    const char *text = "V1,AUS_A,AUS_B,CN1_A,CN1_B,CN2_A,CN2_B,AUS_HFCE,CHN_HFCE,OUT\n"
                       "AUS_A,1,1,0,1,1,0,5,1,10\nAUS_B,1,2,0,0,0,1,9,2,15\n"
                       "CN1_A,0,0,2,1,1,1,0,5,10\nCN1_B,0,0,1,3,1,1,1,7,14\n"
                       "CN2_A,1,1,1,1,2,1,1,4,12\nCN2_B,0,1,1,1,1,4,1,9,18\n"
                       "TLS,1,0,0,0,0,0,0,0,1\nVA,6,10,5,7,6,10,0,0,44\n"
                       "OUT,10,15,10,14,12,18,0,0,79\n";
    autk_economy *e = NULL;
    autk_err err;
    assert_ok(read_text(&e, text, NULL, &err), &err);
    assert_int_equal(autk_economy_n_regions(e), 2);
    assert_int_equal(autk_economy_n_sectors(e), 2);
    int32_t china;
    assert_ok(autk_economy_find_region(&china, e, "CHN", &err), &err);
    /* A of Australia to China: 0 + 1 + 1 + 0 of inputs and 1 of final use, in million USD. */
    assert_near(autk_economy_flow(e, 0, 0, china), 3e6, 1e-12);
    assert_near(autk_economy_input_use(e, 0, 0, china), 7e6, 1e-12);
    assert_near(autk_economy_value_added(e, 0, 0), 7e6, 1e-12);
    autk_economy_report report;
    autk_economy_check(&report, e);
    assert_true(report.balanced);
    autk_economy_free(e);
    e = NULL;
    assert_int_equal(read_text(&e, "V1,AUS_A,AUS_HFCE,OUT\nAUS_A,1,1,2\n", NULL, &err), AUTK_EDATA);
}

/* ------------------------------------------------------------------ aggregation, generation */

static void readers__aggregation_keeps_totals(void **state)
{
    (void)state;
    autk_economy *e = NULL, *a = NULL;
    autk_input *regions = NULL, *sectors = NULL;
    autk_err err;
    const char *r = "name,group\nR1,north\nR2,north\nR3,south\nR4,R4\n";
    const char *s = "S1,goods\nS2,goods\nS3,services\n";
    assert_ok(autk_economy_generate(&e, 4, 3, 9, &err), &err);
    assert_ok(autk_input_memory(&regions, "r.csv", r, strlen(r), &err), &err);
    assert_ok(autk_input_memory(&sectors, "s.csv", s, strlen(s), &err), &err);
    assert_ok(autk_economy_aggregate(&a, e, regions, sectors, &err), &err);
    assert_int_equal(autk_economy_n_regions(a), 3);
    assert_int_equal(autk_economy_n_sectors(a), 2);
    assert_near(autk_economy_flow(a, 0, 0, 1),
                autk_economy_flow(e, 0, 0, 2) + autk_economy_flow(e, 0, 1, 2) +
                    autk_economy_flow(e, 1, 0, 2) + autk_economy_flow(e, 1, 1, 2),
                1e-14);
    autk_economy_report report;
    autk_economy_check(&report, a);
    assert_true(report.balanced);
    autk_input_free(regions);
    autk_economy_free(a);
    a = NULL;
    const char *wrong = "R1,north\nR2,north\nR3,south\n";
    assert_ok(autk_input_memory(&regions, "r.csv", wrong, strlen(wrong), &err), &err);
    assert_int_equal(autk_economy_aggregate(&a, e, regions, NULL, &err), AUTK_EDATA);
    assert_string_equal(err.msg, "expected a group for R4, got none");
    autk_input_free(regions);
    autk_input_free(sectors);
    autk_economy_free(e);
}

static void readers__generated_worlds_balance_and_repeat(void **state)
{
    (void)state;
    autk_economy *a = NULL, *b = NULL;
    autk_err err;
    autk_economy_report report;
    assert_ok(autk_economy_generate(&a, 10, 6, 77, &err), &err);
    assert_ok(autk_economy_generate(&b, 10, 6, 77, &err), &err);
    autk_economy_check(&report, a);
    assert_true(report.balanced);
    for (int32_t i = 0; i < 10; i++)
        assert_near(autk_economy_flow(a, 3, i, 4), autk_economy_flow(b, 3, i, 4), 0);
    autk_economy_free(a);
    autk_economy_free(b);
}

static void readers__real_tables(void **state)
{
    (void)state;
    if (shared_path("models/wiod2013/inter2011.csv.gz") == NULL)
        skip();
    autk_economy *e = NULL;
    autk_err err;
    autk_economy_opts opts = autk_economy_opts_default();
    assert_int_equal(autk_economy_open(&e, shared_path("models/wiod2013"), &opts, &err),
                     AUTK_EDATA);
    opts.repair = AUTK_REPAIR_NEGATIVE;
    assert_ok(autk_economy_open(&e, shared_path("models/wiod2013"), &opts, &err), &err);
    assert_int_equal(autk_economy_n_regions(e), 41);
    assert_int_equal(autk_economy_n_sectors(e), 35);
    /* Agriculture of all economies used by Australian agriculture: rows 1, 36, 71, ... of column 1.
     */
    assert_near(autk_economy_input_use(e, 0, 0, 0), 8887e6, 1e-12);
    autk_economy_free(e);
    e = NULL;
    opts.repair = AUTK_REPAIR_MISSING | AUTK_REPAIR_DOMESTIC;
    opts.domestic = AUTK_DOMESTIC_OUTPUT;
    opts.scale_usd = 1000;
    assert_ok(autk_economy_open(&e, shared_path("models/liberation_day"), &opts, &err), &err);
    assert_int_equal(autk_economy_n_regions(e), 194);
    autk_economy_free(e);
}

static bool read_once(void)
{
    autk_economy *e = NULL;
    autk_err err;
    autk_status st =
        read_text(&e, "exporter,importer,trade\nA,A,5\nA,B,1\nB,A,1\nB,B,7\n", NULL, &err);
    autk_economy_free(e);
    return st == AUTK_OK;
}

static bool read_folder_once(void)
{
    autk_economy *e = NULL;
    autk_err err;
    autk_status st = autk_economy_open(&e, folder, NULL, &err);
    autk_economy_free(e);
    return st == AUTK_OK;
}

static void readers__survive_every_allocation_failure(void **state)
{
    (void)state;
    CHECK_SURVIVES_OOM(read_once);
    write_good();
    CHECK_SURVIVES_OOM(read_folder_once);
}

int main(void)
{
    if (mkdtemp(folder) == NULL)
        return 1;
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(readers__take_and_refuse),
        cmocka_unit_test(readers__a_folder_of_long_files),
        cmocka_unit_test(readers__icio_folds_split_rows),
        cmocka_unit_test(readers__aggregation_keeps_totals),
        cmocka_unit_test(readers__generated_worlds_balance_and_repeat),
        cmocka_unit_test(readers__survive_every_allocation_failure),
        cmocka_unit_test(readers__real_tables)};
    int failed = cmocka_run_group_tests(tests, NULL, NULL);
    static const char *const files[] = {"trade.csv", "intermediate_consumption.csv",
                                        "final_consumption.csv", "value_added.csv", "theta.csv"};
    for (size_t i = 0; i < 5; i++) {
        char path[200];
        (void)snprintf(path, sizeof path, "%s/%s", folder, files[i]);
        unlink(path);
    }
    rmdir(folder);
    return failed;
}
