#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "import_support.h"
#include "unit.h"

/* One list for all formats: what comes in, under which name and options, and the rows that are in
 * the dataset then, or the message. */
typedef struct format_case {
    const char *title, *name, *text;
    autk_import_format guessed;
    const char *rows; /* of the export, NULL when the import fails */
    const char *error;
    uint64_t n_passed;
    const char *map;
    char decimal, thousands;
    int64_t skip_bad;
    autk_duplicates duplicates;
    bool latin1;
} format_case;

#define BACI_HEAD "t,i,j,k,v,q\n"

static const format_case cases[] = {
    {.title = "BACI: text codes, leading zeros, missing quantities",
     .name = "BACI_HS92_Y2022_V202501.csv",
     .text = BACI_HEAD "2022,112,643,010121,12.345,0.5\n"
                       "2022,112,643,10129,0.001,NA\n"
                       "2022,643,112,310420,  1000.000,            \n",
     .guessed = AUTK_IMPORT_BACI,
     .rows = "2022,112,643,010121,12345,0.5,USD,trade,reconciled\n"
             "2022,112,643,010129,1,,USD,trade,reconciled\n"
             "2022,643,112,310420,1000000,,USD,trade,reconciled\n"},
    {.title = "BACI: a mark, CRLF and quotes",
     .name = "BACI_HS17_Y2022_V202501.csv",
     .text = "\xef\xbb\xbft,i,j,k,v,q\r\n2022,4,8,\"010121\",\"1.5\",2\r\n",
     .guessed = AUTK_IMPORT_BACI,
     .rows = "2022,4,8,010121,1500,2,USD,trade,reconciled\n"},
    {.title = "BACI: no rows at all",
     .name = "BACI_HS92_Y2022_V202501.csv",
     .text = BACI_HEAD,
     .guessed = AUTK_IMPORT_BACI,
     .rows = ""},
    {.title = "a value that is no number",
     .name = "b.csv",
     .text = BACI_HEAD "2022,4,8,010121,x1,2\n",
     .guessed = AUTK_IMPORT_BACI,
     .error = "b.csv:2:17: expected a value as a finite number, got \"x1\""},
    {.title = "a value beyond all numbers",
     .name = "b.csv",
     .text = BACI_HEAD "2022,4,8,010121,1e999,2\n",
     .guessed = AUTK_IMPORT_BACI,
     .error = "b.csv:2:17: expected a value as a finite number, got \"1e999\""},
    {.title = "a value below zero",
     .name = "b.csv",
     .text = BACI_HEAD "2022,4,8,010121,-3,2\n",
     .guessed = AUTK_IMPORT_BACI,
     .error = "b.csv:2:17: expected a value of at least 0, got \"-3\""},
    {.title = "a year out of range",
     .name = "b.csv",
     .text = BACI_HEAD "1822,4,8,010121,3,2\n",
     .guessed = AUTK_IMPORT_BACI,
     .error = "b.csv:2:0: expected a year from 1900 to 2100, got 1822"},
    {.title = "a row that is cut short",
     .name = "b.csv",
     .text = BACI_HEAD "2022,4,8,010121,3,2\n2022,4,8\n",
     .guessed = AUTK_IMPORT_BACI,
     .error = "b.csv:3:1: expected 6 fields, got 3"},
    {.title = "a row that is wrong may be allowed",
     .name = "b.csv",
     .text = BACI_HEAD "2022,4,8,010121,3,2\n2022,4,8\n",
     .guessed = AUTK_IMPORT_BACI,
     .skip_bad = 1,
     .rows = "2022,4,8,010121,3000,2,USD,trade,reconciled\n"},
    {.title = "an empty file",
     .name = "b.csv",
     .text = "",
     .guessed = AUTK_IMPORT_GUESS,
     .error = "b.csv:1:1: expected a header line, got an empty file"},
    {.title = "the same flow twice",
     .name = "b.csv",
     .text = BACI_HEAD "2022,4,8,010121,3,2\n2022,4,8,010121,4,2\n",
     .guessed = AUTK_IMPORT_BACI,
     .error =
         "b.csv:0:0: 2022 4 to 8, product 010121 stands twice, with 3000 and 4000 (say what to do "
         "with duplicates: sum, first or last)"},
    {.title = "the same flow twice, added; a sum with an unknown part is unknown",
     .name = "b.csv",
     .text = BACI_HEAD "2022,4,8,010121,3,2\n2022,4,8,010121,4,NA\n",
     .guessed = AUTK_IMPORT_BACI,
     .duplicates = AUTK_DUPLICATES_SUM,
     .n_passed = 1,
     .rows = "2022,4,8,010121,7000,,USD,trade,reconciled\n"},
    {.title = "the same flow twice, the last",
     .name = "b.csv",
     .text = BACI_HEAD "2022,4,8,010121,3,2\n2022,4,8,010121,4,5\n",
     .guessed = AUTK_IMPORT_BACI,
     .duplicates = AUTK_DUPLICATES_LAST,
     .n_passed = 1,
     .rows = "2022,4,8,010121,4000,5,USD,trade,reconciled\n"},
    {.title = "trade with itself, and a row without a value",
     .name = "b.csv",
     .text = BACI_HEAD "2022,4,4,010121,3,2\n2022,4,8,010121,NA,5\n",
     .guessed = AUTK_IMPORT_BACI,
     .n_passed = 2,
     .rows = ""},
    {.title = "Comtrade, new names: totals only, flows apart, all partners apart",
     .name = "TradeData.csv",
     .text = "typeCode,freqCode,refYear,period,reporterCode,flowCode,partnerCode,partner2Code,"
             "cmdCode,customsCode,motCode,netWgt,cifvalue,fobvalue,primaryValue\n"
             "C,A,2021,2021,112,M,643,0,3104,C00,0,1500,10,9,10\n"
             "C,A,2021,2021,112,M,643,276,3104,C00,0,500,4,3,4\n"
             "C,A,2021,2021,112,M,643,0,3104,C00,2100,700,5,4,5\n"
             "C,A,2021,2021,112,M,643,0,3104,C01,0,700,5,4,5\n"
             "C,A,2021,2021,112,X,643,0,TOTAL,C00,0,,,20,20.5\n"
             "C,A,2021,2021,112,X,0,0,TOTAL,C00,0,,,90,90\n"
             "C,A,2021,2021,112,RX,643,0,TOTAL,C00,0,,,7,7\n"
             "C,A,2021,2021,112,XIP,643,0,TOTAL,C00,0,,,7,7\n",
     .guessed = AUTK_IMPORT_COMTRADE,
     .n_passed = 4,
     .rows = "2021,643,112,3104,10,1.5,USD,trade,importer\n"
             "2021,112,643,TOTAL,20.5,,USD,trade,exporter\n"
             "2021,112,WLD,TOTAL,90,,USD,trade,exporter\n"
             "2021,112,643,TOTAL,7,,USD,re-exports,exporter\n"},
    {.title = "Comtrade, old names, months, a comma more than the header",
     .name = "comtrade.csv",
     .text = "Classification,Year,Period,Trade Flow Code,Trade Flow,Reporter Code,Reporter ISO,"
             "Partner Code,Partner ISO,Commodity Code,Netweight (kg),Trade Value (US$)\n"
             "HS,2021,202103,2,Export,112,BLR,643,RUS,310420,1000,5000,\n",
     .guessed = AUTK_IMPORT_COMTRADE,
     .rows = "202103,BLR,RUS,310420,5000,1,USD,trade,exporter\n"},
    {.title = "Comtrade of the API: ISO columns are there and blank",
     .name = "c.csv",
     .text =
         "period,reporterCode,reporterISO,flowCode,partnerCode,partnerISO,cmdCode,primaryValue\n"
         "2021,112,,M,643,,TOTAL,10\n2021,112,BLR,X,0,W00,TOTAL,20\n",
     .guessed = AUTK_IMPORT_COMTRADE,
     .rows = "2021,643,112,TOTAL,10,,USD,trade,importer\n"
             "2021,BLR,WLD,TOTAL,20,,USD,trade,exporter\n"},
    {.title = "Comtrade: breakdowns alone would look like no trade",
     .name = "c.csv",
     .text = "period,reporterCode,flowCode,partnerCode,partner2Code,cmdCode,primaryValue\n"
             "2021,112,M,643,276,3104,10\n",
     .guessed = AUTK_IMPORT_COMTRADE,
     .error = "c.csv:0:0: expected totals (partner2Code 0, motCode 0, customsCode C00), got 1 "
              "breakdowns and no total"},
    {.title = "Comtrade JSON of the API: nested and new members passed over, null is unknown",
     .name = "c.json",
     .text =
         "{\"elapsedTime\": \"0.1 \\u0073\", \"count\": 2, \"nested\": {\"a\": [1, \"]\"]},\n"
         "\"data\": [{\"period\": \"2021\", \"reporterCode\": 112, \"flowCode\": \"X\",\n"
         "\"partnerCode\": 643, \"partner2Code\": 0, \"cmdCode\": \"010121\", \"netWgt\": null,\n"
         "\"x\": {\"y\": 1}, \"primaryValue\": 1.5e3},\n"
         "{\"primaryValue\": 7, \"new\": true, \"period\": 2021, \"reporterCode\": 643,\n"
         "\"flowCode\": \"M\", \"partnerCode\": 112, \"partner2Code\": 0, \"cmdCode\": \"TOTAL\",\n"
         "\"netWgt\": 2000}], \"error\": \"\"}",
     .guessed = AUTK_IMPORT_COMTRADE,
     .rows = "2021,112,643,010121,1500,,USD,trade,exporter\n"
             "2021,112,643,TOTAL,7,2,USD,trade,importer\n"},
    {.title = "JSON that breaks off",
     .name = "c.json",
     .text = "{\"data\": [\n{\"period\": 2021,",
     .guessed = AUTK_IMPORT_COMTRADE,
     .error = "c.json:2:0: expected a string, got the end of the file"},
    {.title = "JSON without data",
     .name = "c.json",
     .text = "{\"error\": {\"code\": 401}}",
     .guessed = AUTK_IMPORT_COMTRADE,
     .error = "c.json:1:0: expected an array \"data\", got '}'"},
    {.title = "Eurostat SDMX-CSV: euros, months, other measures passed over",
     .name = "ds-045409.csv",
     .text = "DATAFLOW,LAST UPDATE,freq,reporter,partner,product,flow,indicators,TIME_PERIOD,"
             "OBS_VALUE,OBS_FLAG\n"
             "ESTAT:DS-045409(1.0),x,M,DE,BY,310420,1,VALUE_IN_EUROS,2021-05,1234,\n"
             "ESTAT:DS-045409(1.0),x,M,DE,BY,310420,1,QUANTITY_IN_100KG,2021-05,99,\n"
             "ESTAT:DS-045409(1.0),x,M,DE,EXT_EU27_2020,TOTAL,2,VALUE_IN_EUROS,2021-05,:,c\n"
             "ESTAT:DS-045409(1.0),x,M,DE,BY,TOTAL,2,VALUE_IN_EUROS,2021-05,77.5,p\n",
     .guessed = AUTK_IMPORT_EUROSTAT,
     .n_passed = 2,
     .rows = "202105,BY,DE,310420,1234,,EUR,trade,importer\n"
             "202105,DE,BY,TOTAL,77.5,,EUR,trade,exporter\n"},
    {.title = "Eurostat TSV: a period a column, flags behind values",
     .name = "ext.tsv",
     .text = "freq,reporter,partner,product,flow,indicators\\TIME_PERIOD\t2020 \t2021 \n"
             "A,PL,BY,TOTAL,1,VALUE_IN_EUROS\t100 \t200 p\n"
             "A,PL,BY,TOTAL,2,VALUE_IN_EUROS\t: \t300 bc\n",
     .guessed = AUTK_IMPORT_EUROSTAT,
     .n_passed = 1,
     .rows = "2020,BY,PL,TOTAL,100,,EUR,trade,importer\n"
             "2021,BY,PL,TOTAL,200,,EUR,trade,importer\n"
             "2021,PL,BY,TOTAL,300,,EUR,trade,exporter\n"},
    {.title = "Comext bulk: kilograms and euros",
     .name = "full202105.dat",
     .text = "DECLARANT,PARTNER,PRODUCT_NC,FLOW,STAT_REGIME,PERIOD,VALUE_IN_EUROS,QUANTITY_IN_KG\n"
             "PL,BY,31042050,1,4,202105,5000,2500\n"
             "PL,BY,31042050,1,1,202105,4000,2000\n",
     .guessed = AUTK_IMPORT_COMEXT,
     .n_passed = 1,
     .rows = "202105,BY,PL,31042050,5000,2.5,EUR,trade,importer\n"},
    {.title = "any long CSV by a map, semicolons, decimal comma, thousands",
     .name = "mine.csv",
     .text = "Jahr;von;nach;Wert\n2020;BLR;RUS;1.234.567,5\n2020;RUS;BLR;,5\n",
     .guessed = AUTK_IMPORT_CSV,
     .map = "year=Jahr,exporter=von,importer=nach,value=Wert",
     .decimal = ',',
     .thousands = '.',
     .rows = "2020,BLR,RUS,TOTAL,1234567.5,,USD,trade,unknown\n"
             "2020,RUS,BLR,TOTAL,0.5,,USD,trade,unknown\n"},
    {.title = "a long CSV with usual names needs no map; a month beside the year",
     .name = "mine.csv",
     .text = "year|month|exporter|importer|hs6|value\n2020|2|BLR|RUS|310420|7\n",
     .guessed = AUTK_IMPORT_CSV,
     .rows = "202002,BLR,RUS,310420,7,,USD,trade,unknown\n"},
    {.title = "a year for all rows in the map",
     .name = "mine.csv",
     .text = "from,to,usd\nBLR,RUS,7\nROW,RUS,8\n",
     .guessed = AUTK_IMPORT_CSV,
     .map = "year=2022,exporter=from,importer=to,value=usd",
     .rows = "2022,BLR,RUS,TOTAL,7,,USD,trade,unknown\n2022,ROW,RUS,TOTAL,8,,USD,trade,unknown\n"},
    {.title = "Comtrade: editions of the HS apart, totals of no edition",
     .name = "c.csv",
     .text = "classificationCode,period,reporterCode,flowCode,partnerCode,cmdCode,primaryValue\n"
             "H5,2021,112,X,643,310420,10\nH6,2021,112,X,276,310420,11\n"
             "S3,2021,112,X,643,TOTAL,12\n",
     .guessed = AUTK_IMPORT_COMTRADE,
     .rows = "2021,112,643,310420,10,,USD,trade,exporter\n"
             "2021,112,276,310420,11,,USD,trade,exporter\n"
             "2021,112,643,TOTAL,12,,USD,trade,exporter\n"},
    {.title = "a map to a column that is not there",
     .name = "mine.csv",
     .text = "a,b\n1,2\n",
     .guessed = AUTK_IMPORT_CSV,
     .map = "year=Jahr",
     .error = "mine.csv:1:1: expected a column \"Jahr\" as the map says, got a header without it"},
    {.title = "quoted fields with line ends and doubled quotes keep the count of lines",
     .name = "mine.csv",
     .text = "year,exporter,importer,value,note\n2020,A,B,1,\"x\ny \"\"z\"\"\"\n2020,A,C,?,\n",
     .guessed = AUTK_IMPORT_CSV,
     .error = "mine.csv:4:10: expected a value as a finite number, got \"?\""},
    {.title = "names in Latin-1",
     .name = "mine.csv",
     .text = "year,exporter,importer,value\n2020,C\xf4te,B,1\n",
     .guessed = AUTK_IMPORT_CSV,
     .latin1 = true,
     .rows = "2020,C\xc3\xb4te,B,TOTAL,1,,USD,trade,unknown\n"},
};

static void check_case(const format_case *c, const char *path)
{
    autk_import_opts opts = autk_import_opts_default();
    autk_import_report report;
    autk_err err = {.code = AUTK_OK};
    opts.map = c->map;
    opts.decimal = c->decimal;
    opts.thousands = c->thousands;
    opts.skip_bad = c->skip_bad;
    opts.duplicates = c->duplicates;
    opts.latin1 = c->latin1;
    autk_status st = import_text(path, c->name, c->text, &opts, &report, &err);
    if (c->rows == NULL) {
        char got[600];
        assert_int_not_equal(st, AUTK_OK);
        (void)snprintf(got, sizeof got, "%s:%d:%d: %s", err.source, (int)err.line, (int)err.column,
                       err.msg);
        assert_string_equal(got, c->error);
        return;
    }
    assert_ok(st, &err);
    assert_int_equal(report.format, c->guessed);
    uint64_t passed = 0;
    for (int k = 0; k < AUTK_PASSED_COUNT; k++)
        passed += report.n_passed[k];
    assert_int_equal(passed, c->n_passed);
    assert_int_equal(report.n_read, report.n_stored + passed + report.n_bad);
    char *rows = dataset_text(path);
    assert_non_null(rows);
    assert_string_equal(rows, c->rows);
    free(rows);
}

static void import__takes_every_format_of_the_list(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        print_message("  %s\n", cases[i].title);
        check_case(&cases[i], scratch_path("case.atk"));
    }
}

static void import__check_says_the_same_and_stores_nothing(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        autk_import_opts opts = autk_import_opts_default();
        autk_import_report report;
        autk_err err = {.code = AUTK_OK};
        opts.map = cases[i].map;
        opts.decimal = cases[i].decimal;
        opts.thousands = cases[i].thousands;
        opts.skip_bad = cases[i].skip_bad;
        opts.duplicates = cases[i].duplicates;
        opts.check_only = true;
        autk_status st = import_text(NULL, cases[i].name, cases[i].text, &opts, &report, &err);
        assert_int_equal(st == AUTK_OK, cases[i].rows != NULL);
    }
}

/* Replaced is what the same reporter says anew; the rest stays. */
static void import__replaces_what_the_same_reporter_said(void **state)
{
    (void)state;
    const char *path = scratch_path("replace.atk");
    static const char head[] = "period,reporterCode,flowCode,partnerCode,cmdCode,primaryValue\n";
    static const char *const files[] = {
        "2021,112,X,643,TOTAL,1\n2021,112,X,276,TOTAL,2\n2021,804,X,643,TOTAL,3\n",
        "2021,112,X,643,TOTAL,10\n2021,112,M,643,TOTAL,11\n"};
    autk_err err;
    for (int i = 0; i < 2; i++) {
        char text[400];
        (void)snprintf(text, sizeof text, "%s%s", head, files[i]);
        autk_import_opts opts = autk_import_opts_default();
        opts.source = "comtrade";
        assert_ok(import_text(path, "c.csv", text, &opts, NULL, &err), &err);
    }
    char *rows = dataset_text(path);
    assert_string_equal(rows, "2021,112,643,TOTAL,10,,USD,trade,exporter\n"
                              "2021,804,643,TOTAL,3,,USD,trade,exporter\n"
                              "2021,643,112,TOTAL,11,,USD,trade,importer\n");
    free(rows);
    autk_dataset *d = NULL;
    autk_dataset_check check;
    assert_ok(autk_dataset_open(&d, path, &err), &err);
    assert_ok(autk_dataset_verify(&check, d, NULL, &err), &err);
    assert_int_equal(check.n_rows, 3);
    autk_dataset_close(d);
}

/* Two datasets whose ids differ: merged, they say what one with all files says. */
static void dataset__merged_says_what_one_of_all_files_says(void **state)
{
    (void)state;
    static const char *const files[] = {
        BACI_HEAD "2021,112,643,310420,5,1\n2021,4,8,010121,3,2\n",
        BACI_HEAD "2022,643,112,010121,7,\n2022,8,112,310420,2,1\n2022,900,4,999999,1,1\n"};
    const char *one = scratch_path("one.atk"), *two = scratch_path("two.atk"),
               *all = scratch_path("all.atk");
    uint64_t n = 0;
    autk_err err;
    assert_ok(import_text(one, "BACI_HS92_Y1_V1.csv", files[0], NULL, NULL, &err), &err);
    assert_ok(import_text(two, "BACI_HS92_Y2_V1.csv", files[1], NULL, NULL, &err), &err);
    assert_ok(import_text(all, "BACI_HS92_Y1_V1.csv", files[0], NULL, NULL, &err), &err);
    assert_ok(import_text(all, "BACI_HS92_Y2_V1.csv", files[1], NULL, NULL, &err), &err);
    for (int again = 0; again < 2; again++) {
        autk_dataset *d = NULL;
        autk_dataset_check check;
        assert_ok(autk_dataset_merge(&n, one, two, NULL, &err), &err);
        assert_int_equal(n, 3);
        char *merged = dataset_text(one), *whole = dataset_text(all);
        assert_string_equal(merged, whole);
        free(merged);
        free(whole);
        assert_ok(autk_dataset_open(&d, one, &err), &err);
        assert_ok(autk_dataset_verify(&check, d, NULL, &err), &err);
        assert_int_equal(check.n_rows, 5);
        autk_dataset_close(d);
    }
    assert_int_equal(autk_dataset_merge(&n, one, "/nowhere/x.atk", NULL, &err), AUTK_EIO);
}

static bool import_once(void)
{
    static const char text[] = BACI_HEAD "2022,4,8,010121,3,2\n2022,8,4,010129,4,\n";
    autk_import_opts opts = autk_import_opts_default();
    opts.n_threads = 1;
    const char *path = scratch_path("oom.atk");
    autk_status st = import_text(path, "b.csv", text, &opts, NULL, NULL);
    autk_dataset *d = NULL;
    autk_flows f = {.n = 0};
    if (st == AUTK_OK)
        st = autk_dataset_open(&d, path, NULL);
    if (st == AUTK_OK)
        st = autk_dataset_flows(&f, d, 0, 2022, AUTK_ANY_ECONOMY, 1, NULL);
    autk_flows_deinit(&f);
    autk_dataset_close(d);
    return st == AUTK_OK;
}

static void import__survives_every_allocation_failure(void **state)
{
    (void)state;
    CHECK_SURVIVES_OOM(import_once);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(import__takes_every_format_of_the_list),
        cmocka_unit_test(import__check_says_the_same_and_stores_nothing),
        cmocka_unit_test(import__replaces_what_the_same_reporter_said),
        cmocka_unit_test(dataset__merged_says_what_one_of_all_files_says),
        cmocka_unit_test(import__survives_every_allocation_failure)};
    int failed = cmocka_run_group_tests(tests, NULL, NULL);
    scratch_remove();
    return failed;
}
