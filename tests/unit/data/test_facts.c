/* Facts beside trade: the three formats into a dataset, and laid over the world. */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <autarky/facts.h>
#include <sqlite3.h>

#include "data/frame_pairs.h"
#include "import_support.h"
#include "unit.h"

static autk_world *world;

static int open_world(void **state)
{
    (void)state;
    autk_err err;
    return autk_world_open(&world, world_path(), &err) == AUTK_OK ? 0 : -1;
}

static int close_world(void **state)
{
    (void)state;
    autk_world_close(world);
    scratch_remove();
    return 0;
}

#define GSDB_HEAD                                                                                  \
    "case_id,sanctioned_state,sanctioning_state,begin,end,trade,descr_trade,arms,military,"        \
    "financial,travel,other,target_mult,sender_mult,objective,success\n"
#define GSDB_KEYS                                                                                  \
    "source,case_id,targets,senders,first_year,last_year,measures,trade_measures,"                 \
    "objective,success\n"
#define GEODIST_HEAD "\"iso_o\",\"iso_d\",\"contig\",\"dist\",\"distcap\"\n"
#define WDI_HEAD                                                                                   \
    "\"Country Name\",\"Country Code\",\"Indicator Name\",\"Indicator Code\","                     \
    "\"2021\",\"2022\",\n"

/* One list for the three: what comes in, and the facts that are in the dataset then, or the
 * message. */
typedef struct fact_case {
    const char *title, *text;
    autk_import_format guessed;
    autk_fact_kind kind;
    const char *facts; /* as CSV; NULL when the import fails */
    const char *error;
    uint64_t n_passed, n_names_kept;
    int64_t skip_bad;
    autk_duplicates duplicates;
} fact_case;

static const fact_case cases[] = {
    {.title = "GSDB: EU as a sender, names with commas, several of both",
     .text =
         GSDB_HEAD "1267,Belarus,EU,2022,2022,1,\"exp_part, imp_part\",0,0,1,0,1,0,1,\"policy_"
                   "change,end_war\",\"ongoing,ongoing\"\n"
                   "7,\"Pakistan, India\",\"EU, Korea, South, League of Arab States\",1999,2001,0,,"
                   "0,0,0,1,0,1,1,other,failed\n",
     .guessed = AUTK_IMPORT_GSDB,
     .facts =
         GSDB_KEYS "GSDB,7,PAK; IND,EU; KOR; League of Arab States,1999,2001,travel,,other,failed\n"
                   "GSDB,1267,BLR,EU,2022,2022,\"trade, financial, other\",\"exp_part, imp_part\","
                   "\"policy_change,end_war\",\"ongoing,ongoing\"\n",
     .n_names_kept = 1},
    {.title = "GSDB: a state that had another name, and one that was another state then",
     .text = GSDB_HEAD "1,South Vietnam,Transjordan,1990,1991,0,,1,0,0,0,0,0,0,other,failed\n"
                       "2,South Vietnam,France,1954,1955,0,,1,0,0,0,0,0,0,other,failed\n",
     .guessed = AUTK_IMPORT_GSDB,
     .facts = GSDB_KEYS "GSDB,1,VNM,JOR,1990,1991,arms,,other,failed\n"
                        "GSDB,2,South Vietnam,FRA,1954,1955,arms,,other,failed\n",
     .n_names_kept = 1},
    {.title = "GSDB: an end before the begin",
     .text = GSDB_HEAD "1,Belarus,EU,2022,2020,1,,0,0,1,0,1,0,1,x,y\n",
     .guessed = AUTK_IMPORT_GSDB,
     .error = "f.csv:2:19: expected an end not before the begin, got \"2020\""},
    {.title = "GSDB: a year out of range",
     .text = GSDB_HEAD "1,Belarus,EU,1022,2020,1,,0,0,1,0,1,0,1,x,y\n",
     .guessed = AUTK_IMPORT_GSDB,
     .error = "f.csv:2:14: expected a year from 1900 to 2100, got \"1022\""},
    {.title = "GSDB: a flag that is none",
     .text = GSDB_HEAD "1,Belarus,EU,2020,2020,1,,2,0,1,0,1,0,1,x,y\n",
     .guessed = AUTK_IMPORT_GSDB,
     .error = "f.csv:2:27: expected 0 or 1, got \"2\""},
    {.title = "GSDB: no target",
     .text = GSDB_HEAD "1,,EU,2020,2020,1,,0,0,1,0,1,0,1,x,y\n",
     .guessed = AUTK_IMPORT_GSDB,
     .error = "f.csv:2:3: expected a state or a body, got \"\""},
    {.title = "GSDB: a case twice",
     .text = GSDB_HEAD "1,Belarus,EU,2020,2020,1,,0,0,1,0,1,0,1,x,y\n"
                       "1,Russia,EU,2020,2020,1,,0,0,1,0,1,0,1,x,y\n",
     .guessed = AUTK_IMPORT_GSDB,
     .error = "f.csv:3:0: case 1 stands twice (say what to do with duplicates: first)"},
    {.title = "GSDB: a case twice, the first; a wrong row allowed",
     .text = GSDB_HEAD "1,Belarus,EU,2020,2020,1,,0,0,0,0,0,0,1,x,y\n"
                       "1,Russia,EU,2020,2020,1,,0,0,0,0,0,0,1,x,y\nx,y\n",
     .guessed = AUTK_IMPORT_GSDB,
     .facts = GSDB_KEYS "GSDB,1,BLR,EU,2020,2020,trade,,x,y\n",
     .n_passed = 1,
     .skip_bad = 1,
     .duplicates = AUTK_DUPLICATES_FIRST},
    {.title = "GeoDist: old codes, a missing distance, an economy with itself",
     .text = GEODIST_HEAD "\"ROM\",\"ZAR\",0,5221.5,5000\n\"BLR\",\"BLR\",0,171.3,171\n"
                          "\"BLR\",\"RUS\",1,.,.\n",
     .guessed = AUTK_IMPORT_GEODIST,
     .kind = AUTK_FACT_DISTANCE,
     .facts = "source,a,b,km,contiguous\nGeoDist,BLR,BLR,171.3,0\nGeoDist,ROU,COD,5221.5,0\n",
     .n_passed = 1},
    {.title = "GeoDist: an unknown code",
     .text = GEODIST_HEAD "QQQ,BLR,0,5,5\n",
     .guessed = AUTK_IMPORT_GEODIST,
     .error = "f.csv:2:1: expected an economy, got \"QQQ\""},
    {.title = "GeoDist: farther than the Earth has room",
     .text = GEODIST_HEAD "RUS,BLR,0,1e9,5\n",
     .guessed = AUTK_IMPORT_GEODIST,
     .error = "f.csv:2:11: expected a distance from 0 to 20,100 km, got \"1e9\""},
    {.title = "WDI: lines above the header, a mark, groups, a missing figure",
     .text = "\xef\xbb\xbf\"Data Source\",\"World Development Indicators\",\n\n"
             "\"Last Updated Date\",\"2024-06-28\",\n\n" WDI_HEAD
             "\"Belarus\",\"BLR\",\"GDP\",\"NY.GDP.MKTP.CD\",\"69673750000\",\"\",\n"
             "\"World\",\"WLD\",\"GDP\",\"NY.GDP.MKTP.CD\",\"1\",\"2\",\n"
             "\"Africa Eastern\",\"AFE\",\"GDP\",\"NY.GDP.MKTP.CD\",\"1\",\"2\",\n",
     .guessed = AUTK_IMPORT_WDI,
     .kind = AUTK_FACT_FIGURE,
     .facts = "source,indicator,economy,year,value\nWDI,NY.GDP.MKTP.CD,BLR,2021,69673750000\n",
     .n_passed = 5},
    {.title = "WDI: a number beyond all numbers",
     .text = WDI_HEAD "Belarus,BLR,GDP,NY.GDP.MKTP.CD,1e999,2,\n",
     .guessed = AUTK_IMPORT_WDI,
     .error = "f.csv:2:32: expected a finite number, got \"1e999\""},
    {.title = "WDI: a row cut short",
     .text = WDI_HEAD "Belarus,BLR,GDP\n",
     .guessed = AUTK_IMPORT_WDI,
     .error = "f.csv:2:1: expected at least 6 fields, got 3"},
};

static autk_import_opts opts_of(const fact_case *c)
{
    autk_import_opts opts = autk_import_opts_default();
    opts.skip_bad = c->skip_bad;
    opts.duplicates = c->duplicates;
    opts.resolve = autk_resolve_by_world;
    opts.resolve_user = world;
    return opts;
}

static char *facts_of(const char *path, autk_fact_kind kind)
{
    autk_dataset *d = NULL;
    autk_table *t = NULL;
    autk_buf text;
    autk_err err;
    autk_buf_init(&text);
    assert_ok(autk_dataset_open(&d, path, &err), &err);
    assert_ok(autk_dataset_facts(&t, d, kind, &err), &err);
    assert_ok(autk_table_write(&text, t, AUTK_FORMAT_CSV, &err), &err);
    autk_table_free(t);
    autk_dataset_close(d);
    return text.text;
}

static void facts__of_every_format_of_the_list(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        const fact_case *c = &cases[i];
        const char *path = scratch_path("case.atk");
        autk_import_opts opts = opts_of(c);
        autk_import_report report;
        autk_err err = {.code = AUTK_OK};
        print_message("  %s\n", c->title);
        autk_status st = import_text(path, "f.csv", c->text, &opts, &report, &err);
        assert_int_equal(report.format, c->guessed);
        if (c->facts == NULL) {
            char got[600];
            assert_int_not_equal(st, AUTK_OK);
            (void)snprintf(got, sizeof got, "%s:%d:%d: %s", err.source, (int)err.line,
                           (int)err.column, err.msg);
            assert_string_equal(got, c->error);
        } else {
            uint64_t passed = 0;
            assert_ok(st, &err);
            for (int k = 0; k < AUTK_PASSED_COUNT; k++)
                passed += report.n_passed[k];
            assert_int_equal(passed, c->n_passed);
            assert_int_equal(report.n_names_kept, c->n_names_kept);
            assert_int_equal(report.n_read, report.n_stored + passed + report.n_bad);
            char *facts = facts_of(path, c->kind);
            assert_string_equal(facts, c->facts);
            free(facts);
        }
        opts.check_only = true; /* says the same and stores nothing */
        assert_int_equal(import_text(NULL, "f.csv", c->text, &opts, NULL, NULL), st);
    }
}

/* A source's cases and distances are replaced whole, its figures indicator by indicator. */
static void facts__replace_what_the_source_said(void **state)
{
    (void)state;
    static const char *const files[] = {
        GSDB_HEAD "1,Belarus,EU,2020,2020,1,,0,0,0,0,0,0,1,x,y\n",
        GSDB_HEAD "2,Russia,EU,2014,2020,1,,0,0,0,0,0,0,1,x,y\n",
        WDI_HEAD "Belarus,BLR,GDP,NY.GDP.MKTP.CD,1,2,\nBelarus,BLR,People,SP.POP.TOTL,3,4,\n",
        WDI_HEAD "Belarus,BLR,GDP,NY.GDP.MKTP.CD,,5,\n"};
    const char *path = scratch_path("replace.atk");
    autk_err err;
    for (size_t i = 0; i < 4; i++) {
        autk_import_opts opts = opts_of(&cases[0]);
        assert_ok(import_text(path, "f.csv", files[i], &opts, NULL, &err), &err);
    }
    char *sanctions = facts_of(path, AUTK_FACT_SANCTION),
         *figures = facts_of(path, AUTK_FACT_FIGURE);
    assert_string_equal(sanctions, GSDB_KEYS "GSDB,2,RUS,EU,2014,2020,trade,,x,y\n");
    assert_string_equal(figures, "source,indicator,economy,year,value\n"
                                 "WDI,NY.GDP.MKTP.CD,BLR,2022,5\nWDI,SP.POP.TOTL,BLR,2021,3\n"
                                 "WDI,SP.POP.TOTL,BLR,2022,4\n");
    free(sanctions);
    free(figures);
}

static void make_all(const char *path)
{
    autk_import_opts opts = opts_of(&cases[0]);
    autk_err err;
    assert_ok(import_text(path, "g.csv", cases[0].text, &opts, NULL, &err), &err);
    assert_ok(import_text(path, "d.csv", GEODIST_HEAD "BLR,RUS,0,707.5,5\nRUS,BLR,0,707.5,5\n",
                          &opts, NULL, &err),
              &err);
    assert_ok(import_text(path, "w.csv",
                          "Country Name,Country Code,Indicator Name,Indicator Code,1960,2030\n"
                          "Belarus,BLR,GDP,NY.GDP.MKTP.CD,5,7\n",
                          &opts, NULL, &err),
              &err);
}

static void facts__laid_over_the_world(void **state)
{
    (void)state;
    const char *path = scratch_path("over.atk");
    autk_world *own = NULL;
    autk_dataset *d = NULL;
    autk_err err;
    int32_t blr, rus, pol;
    make_all(path);
    assert_ok(autk_world_open(&own, world_path(), &err), &err);
    assert_ok(autk_dataset_open(&d, path, &err), &err);
    assert_ok(autk_world_find_economy(&blr, own, "BLR", 0, &err), &err);
    assert_ok(autk_world_find_economy(&rus, own, "RUS", 0, &err), &err);
    assert_ok(autk_world_find_economy(&pol, own, "POL", 0, &err), &err);
    double gdp_2020 = autk_world_indicator(own, AUTK_GDP_USD, blr, 2020);
    double to_pol = autk_world_distance_km(own, blr, pol);
    size_t n = autk_world_n_events(own);
    assert_true(autk_world_is_contiguous(own, blr, rus));
    assert_ok(autk_world_add_facts(own, d, &err), &err);
    autk_dataset_close(d);
    assert_int_equal(autk_world_n_events(own), n + 2);
    const autk_event *found = NULL;
    for (size_t i = 0; i < n + 2; i++) {
        const autk_event *e = autk_world_event(own, i);
        assert_true(i == 0 || autk_world_event(own, i - 1)->date <= e->date);
        if (strcmp(autk_world_source(own, e->source)->id, "GSDB") == 0 && e->date == 20220000)
            found = e;
    }
    assert_non_null(found);
    assert_string_equal(found->title,
                        "Sanctions of European Union on Belarus (trade, financial, other)");
    assert_true(autk_world_event_concerns(own, found, blr));
    assert_true(autk_world_event_concerns(own, found, pol)); /* a member of the EU then */
    assert_false(autk_world_event_concerns(own, found, rus));
    assert_near(autk_world_distance_km(own, rus, blr), 708, 0);
    assert_false(autk_world_is_contiguous(own, blr, rus));
    assert_near(autk_world_distance_km(own, blr, pol), to_pol, 0);
    assert_near(autk_world_indicator(own, AUTK_GDP_USD, blr, 1960), 5, 0);
    assert_near(autk_world_indicator(own, AUTK_GDP_USD, blr, 2030), 7, 0);
    assert_near(autk_world_indicator(own, AUTK_GDP_USD, blr, 2020), gdp_2020, 0);
    assert_true(isnan(autk_world_indicator(own, AUTK_GDP_USD, pol, 2030)));
    autk_world_close(own);
}

/* sanction of gravity: between targets and senders, their members too, in the years of the case. */
static void facts__give_the_sanction_column(void **state)
{
    (void)state;
    static const struct {
        const char *exporter, *importer;
        int32_t year;
        double sanction;
    } want[] = {{"KOR", "PAK", 1999, 1}, {"PAK", "KOR", 2001, 1}, {"IND", "DEU", 2000, 1},
                {"PAK", "KOR", 1998, 0}, {"PAK", "KOR", 2002, 0}, {"PAK", "IND", 2000, 0},
                {"KOR", "DEU", 2000, 0}};
    enum { N = sizeof want / sizeof *want };
    const char *path = scratch_path("sanction.atk"), *codes[2 * N];
    int32_t economies[2 * N];
    autki_pair_row row[N];
    autki_pair_rows rows = {.source = "x",
                            .currency = "USD",
                            .n_codes = 2 * N,
                            .code = codes,
                            .economy = economies,
                            .rows = row,
                            .n = N};
    autki_wanted wanted = {"sanction", AUTKI_NUMBER};
    autki_frame *frame = NULL;
    autk_world *own = NULL;
    autk_dataset *d = NULL;
    autk_err err;
    make_all(path);
    assert_ok(autk_world_open(&own, world_path(), &err), &err);
    assert_ok(autk_dataset_open(&d, path, &err), &err);
    assert_ok(autk_world_add_facts(own, d, &err), &err);
    for (int i = 0; i < N; i++) {
        codes[2 * i] = want[i].exporter;
        codes[2 * i + 1] = want[i].importer;
        row[i] = (autki_pair_row){2 * i, 2 * i + 1, want[i].year, -1, 1, NAN};
    }
    for (int i = 0; i < 2 * N; i++)
        assert_ok(autk_world_find_economy(&economies[i], own, codes[i], 0, &err), &err);
    rows.world = own;
    assert_ok(autki_frame_of_pairs(&frame, &rows, &wanted, 1, &err), &err);
    for (int i = 0; i < N; i++)
        assert_near(frame->columns[0].number[i], want[i].sanction, 0);
    autki_frame_free(frame);
    autk_dataset_close(d);
    autk_world_close(own);
}

static autk_status verify(const char *path, autk_err *err)
{
    autk_dataset *d = NULL;
    autk_dataset_check check;
    autk_status st = autk_dataset_open(&d, path, err);
    if (st == AUTK_OK)
        st = autk_dataset_verify(&check, d, NULL, err);
    autk_dataset_close(d);
    return st;
}

static void facts__merge_and_their_checksum_is_verified(void **state)
{
    (void)state;
    const char *one = scratch_path("one.atk"), *two = scratch_path("two.atk");
    uint64_t n;
    autk_err err;
    make_all(two);
    assert_ok(import_text(one, "b.csv", "t,i,j,k,v,q\n2022,4,8,010121,3,2\n", NULL, NULL, &err),
              &err);
    assert_ok(autk_dataset_merge(&n, one, two, NULL, &err), &err);
    for (int k = 0; k < AUTK_FACT_COUNT; k++) {
        char *merged = facts_of(one, (autk_fact_kind)k), *own = facts_of(two, (autk_fact_kind)k);
        assert_string_equal(merged, own);
        free(merged);
        free(own);
    }
    assert_ok(verify(one, &err), &err);
    sqlite3 *db = NULL;
    assert_int_equal(sqlite3_open(one, &db), SQLITE_OK);
    assert_int_equal(sqlite3_exec(db, "UPDATE figure SET value=6", NULL, NULL, NULL), SQLITE_OK);
    sqlite3_close(db);
    assert_int_equal(verify(one, &err), AUTK_EDATA);
    assert_int_equal(sqlite3_open(one, &db), SQLITE_OK);
    assert_int_equal(sqlite3_exec(db, "UPDATE distance SET km='far'", NULL, NULL, NULL), SQLITE_OK);
    sqlite3_close(db);
    assert_int_equal(verify(one, &err), AUTK_EDATA);
    assert_non_null(strstr(err.msg, "a wrong cell in its table distance"));
}

static bool import_and_read(void)
{
    static const char *const texts[] = {
        GSDB_HEAD "1,Belarus,EU,2020,2020,1,,0,0,0,0,0,0,1,x,y\n", GEODIST_HEAD "BLR,RUS,0,7,5\n",
        "Country Name,Country Code,Indicator Name,Indicator Code,1960\nB,BLR,G,SP.POP.TOTL,5\n"};
    const char *path = scratch_path("oom.atk");
    autk_import_opts opts = autk_import_opts_default();
    autk_dataset *d = NULL;
    autk_table *t = NULL;
    autk_status st = AUTK_OK;
    autk_buf out;
    autk_buf_init(&out);
    opts.n_threads = 1;
    for (size_t i = 0; i < 3 && st == AUTK_OK; i++)
        st = import_text(path, "f.csv", texts[i], &opts, NULL, NULL);
    if (st == AUTK_OK)
        st = autk_dataset_open(&d, path, NULL);
    if (st == AUTK_OK)
        st = autk_dataset_facts(&t, d, AUTK_FACT_SANCTION, NULL);
    if (st == AUTK_OK)
        st = autk_table_write(&out, t, AUTK_FORMAT_CSV, NULL);
    autk_buf_deinit(&out);
    autk_table_free(t);
    autk_dataset_close(d);
    return st == AUTK_OK;
}

static void facts__survive_every_allocation_failure(void **state)
{
    (void)state;
    CHECK_SURVIVES_OOM(import_and_read);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(facts__of_every_format_of_the_list),
        cmocka_unit_test(facts__replace_what_the_source_said),
        cmocka_unit_test(facts__laid_over_the_world),
        cmocka_unit_test(facts__give_the_sanction_column),
        cmocka_unit_test(facts__merge_and_their_checksum_is_verified),
        cmocka_unit_test(facts__survive_every_allocation_failure)};
    return cmocka_run_group_tests(tests, open_world, close_world);
}
