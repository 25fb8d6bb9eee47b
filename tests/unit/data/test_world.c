#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <autarky/world.h>

#include "base/parallel.h"
#include "data/world_format.h"
#include "unit.h"
#include "world_fixture.h"

static size_t query(autk_observation **out, int32_t exporter, int32_t importer, int first, int last)
{
    autk_observation_query q = {exporter, importer, first, last};
    size_t n = 0;
    autk_err err;
    assert_ok(autk_world_observations(out, &n, world, &q, &err), &err);
    return n;
}

/* ------------------------------------------------------------------ names */

static void find_economy__takes_codes_names_and_dated_codes(void **state)
{
    (void)state;
    static const struct {
        const char *text, *code;
        int year;
    } cases[] = {
        {"Russia", "RUS", 0},
        {"RU", "RUS", 0},
        {"rus", "RUS", 0},
        {"643", "RUS", 0},
        {"Russian Federation", "RUS", 0},
        {"Россия", "RUS", 0},
        {"Russland", "RUS", 0},
        {"Belarus (Belorussia)", "BLR", 0},
        {"БЕЛАРУСЬ", "BLR", 0},
        {"112", "BLR", 0},
        {"008", "ALB", 0},
        {"8", "ALB", 0},
        {"Côte d'Ivoire", "CIV", 0},
        {"cote divoire", "CIV", 0},
        {"COTE D’IVOIRE", "CIV", 0},
        {"Türkiye", "TUR", 0},
        {"turkey", "TUR", 0},
        {"S19", "TWN", 2015},
        {"ZA1", "ZAF", 1998},
        {"ROM", "ROU", 0},
        {"ZAR", "COD", 1996},
        {"ANT", "ANT", 2005},
        {"SCG", "SCG", 2005},
        {"TMP", "TLS", 0},
        {"CS", "CSK", 1990},
        {"CS", "SCG", 2004},
        {"North Korea", "PRK", 0},
        {"Korea, Rep.", "KOR", 0},
        {"United States of America", "USA", 0},
        {"Congo, Dem. Rep.", "COD", 0},
        {"Congo, Rep.", "COG", 0},
        {"Guinea", "GIN", 0},
        {"UK", "GBR", 0},
        {"Kosovo", "XKX", 0},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        int32_t economy = -1;
        autk_err err;
        assert_ok(autk_world_find_economy(&economy, world, cases[i].text, cases[i].year, &err),
                  &err);
        assert_string_equal(autk_world_party_code(world, economy), cases[i].code);
    }
}

/* The program folds names as the compiler of the tables does. */
static void fold__is_that_of_the_tables(void **state)
{
    (void)state;
    for (size_t i = 0; i < world->n_aliases; i++) {
        char *key = autki_fold_name(world->aliases[i].text);
        assert_non_null(key);
        assert_string_equal(key, world->aliases[i].key);
        free(key);
    }
    assert_true(world->n_aliases > 1500);
}

static void find_economy__says_what_is_near(void **state)
{
    (void)state;
    static const struct {
        const char *text;
        int year;
        const char *says;
    } cases[] = {
        {"Belrus", 0, "Belarus"},    {"Germnay", 0, "Germany"},
        {"ZA1", 2010, "until 1999"}, {"EU", 0, "an economy"},
        {"", 0, "got \"\""},         {"\xff\xfe", 0, "expected the name or code"},
        {"Atlantis", 0, "Atlantis"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        int32_t economy = -1;
        autk_err err;
        assert_int_equal(
            autk_world_find_economy(&economy, world, cases[i].text, cases[i].year, &err),
            AUTK_ENOTFOUND);
        if (strstr(err.msg, cases[i].says) == NULL)
            fail_msg("\"%s\" lacks \"%s\"", err.msg, cases[i].says);
        assert_int_equal(economy, -1);
    }
}

static void membership__depends_on_the_day(void **state)
{
    (void)state;
    static const struct {
        const char *group, *economy;
        int32_t date;
        bool is;
    } cases[] = {
        {"EU", "POL", 20040430, false},    {"EU", "POL", 20040501, true},
        {"EU", "GBR", 20200131, true},     {"EU", "GBR", 20200201, false},
        {"EU", "HRV", 20130630, false},    {"EU", "HRV", 20130701, true},
        {"EU27", "GBR", 20150101, false},  {"EU27", "HRV", 20100101, true},
        {"EAEU", "KGZ", 20150811, false},  {"EAEU", "KGZ", 20150812, true},
        {"EAEU", "BLR", 20150101, true},   {"NATO", "FIN", 20230403, false},
        {"NATO", "FIN", 20230404, true},   {"CIS", "GEO", 20090819, false},
        {"Asia", "CHN", 20230101, true},   {"Asia", "BLR", 20230101, false},
        {"BRICS", "IRN", 20231231, false}, {"BRICS", "IRN", 20240101, true},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        bool is = autk_world_party_has(world, party_of(cases[i].group), party_of(cases[i].economy),
                                       cases[i].date);
        if (is != cases[i].is)
            fail_msg("%s in %s on %d", cases[i].economy, cases[i].group, (int)cases[i].date);
    }
}

/* ------------------------------------------------------------------ observations */

static void gap__has_no_reconciled_or_estimated_flow(void **state)
{
    (void)state;
    int first, last;
    autk_world_years(&first, &last, world);
    assert_int_equal(first, 1995);
    assert_int_equal(last, 2023);
    size_t n_gaps = 0;
    for (int year = first; year <= last; year++) {
        autk_observation *found = NULL;
        size_t n = query(&found, AUTK_PARTY_ANY, AUTK_PARTY_ANY, year, year);
        assert_true(n > 30000);
        for (size_t i = 0; i < n; i++) {
            const autk_observation *o = &found[i];
            if (o->kind != AUTK_KIND_RECONCILED && o->kind != AUTK_KIND_ESTIMATED)
                continue;
            if (autk_world_is_gap(world, o->exporter, o->importer, year))
                fail_msg("%d %s-%s is a gap and has %s", year,
                         autk_world_party_code(world, o->exporter),
                         autk_world_party_code(world, o->importer), autk_kind_text(o->kind));
        }
        for (int32_t a = 0; a < autk_world_n_economies(world); a++)
            n_gaps += autk_world_is_gap(world, a, party_of("BLR"), year);
        free(found);
    }
    assert_true(n_gaps > 100);
}

static void gap__is_russia_and_belarus_where_both_are_silent(void **state)
{
    (void)state;
    int32_t rus = party_of("RUS"), blr = party_of("BLR");
    static const struct {
        int year;
        bool gap;
    } cases[] = {{1995, true},  {1996, true}, {1997, false}, {1998, false},
                 {2021, false}, {2022, true}, {2023, true}};
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        assert_int_equal(autk_world_is_gap(world, rus, blr, cases[i].year), cases[i].gap);
        assert_int_equal(autk_world_is_gap(world, blr, rus, cases[i].year), cases[i].gap);
    }
    const char *basis = NULL;
    assert_true(autk_world_is_non_reporter(world, rus, 2022, &basis));
    assert_non_null(strstr(basis, "Federal Customs Service"));
    assert_false(autk_world_is_non_reporter(world, party_of("DEU"), 2022, NULL));
    assert_false(autk_world_is_gap(world, party_of("DEU"), rus, 2022));
    /* South Korea publishes; only its report of 2023 is not in the data. */
    int32_t kor = party_of("KOR");
    assert_true(autk_world_silence_is_documented(world, rus, 2022));
    assert_true(autk_world_is_non_reporter(world, kor, 2023, NULL));
    assert_false(autk_world_silence_is_documented(world, kor, 2023));
    assert_false(autk_world_silence_is_documented(world, party_of("DEU"), 2022));
    assert_false(autk_world_has_matrix(world, 2021));
    assert_true(autk_world_has_matrix(world, 2022) && autk_world_has_matrix(world, 2023));
}

static void observation__is_ordered_bounded_and_sourced(void **state)
{
    (void)state;
    autk_observation *found = NULL;
    size_t n = query(&found, AUTK_PARTY_ANY, AUTK_PARTY_ANY, 2021, 2022);
    for (size_t i = 0; i < n; i++) {
        const autk_observation *o = &found[i];
        assert_true(isfinite(o->value) && o->low <= o->value && o->value <= o->high);
        assert_non_null(autk_world_source(world, o->source));
        assert_true(o->quantity == AUTK_QUANTITY_BALANCE || o->low >= 0);
        assert_non_null(o->note);
        if (i > 0)
            assert_true(found[i - 1].period <= o->period);
    }
    free(found);
}

/* The same flows whichever side is asked. */
static void observation__does_not_depend_on_the_side_asked(void **state)
{
    (void)state;
    static const char *const pairs[][2] = {
        {"DEU", "FRA"}, {"CHN", "BLR"}, {"POL", "BLR"}, {"KOR", "VNM"}, {"RUS", "BLR"}};
    for (size_t k = 0; k < sizeof pairs / sizeof *pairs; k++) {
        int32_t a = party_of(pairs[k][0]), b = party_of(pairs[k][1]);
        autk_observation *one = NULL, *all = NULL;
        size_t n_one = query(&one, a, b, 1995, 2023),
               n_all = query(&all, AUTK_PARTY_ANY, b, 1995, 2023);
        size_t at = 0;
        for (size_t i = 0; i < n_all; i++) {
            if (all[i].exporter != a)
                continue;
            assert_true(at < n_one);
            assert_int_equal(all[i].period, one[at].period);
            assert_true(all[i].value == one[at].value && all[i].kind == one[at].kind);
            at++;
        }
        assert_int_equal(at, n_one);
        free(one);
        free(all);
    }
}

static const autk_observation *first_of(const autk_observation *found, size_t n, autk_kind kind,
                                        autk_quantity quantity)
{
    for (size_t i = 0; i < n; i++) {
        if (found[i].kind == kind && found[i].quantity == quantity)
            return &found[i];
    }
    fail_msg("no %s %s", autk_kind_text(kind), autk_quantity_text(quantity));
    return NULL;
}

/* Figures read off the third-party files and statements by hand. */
static void observation__has_the_figures_of_the_sources(void **state)
{
    (void)state;
    int32_t rus = party_of("RUS"), blr = party_of("BLR"), wld = party_of("WLD");
    autk_observation *found = NULL;
    size_t n = query(&found, blr, rus, 2021, 2021);
    assert_near(first_of(found, n, AUTK_KIND_RECONCILED, AUTK_QUANTITY_PART)->value, 15854950000.0,
                0);
    const autk_observation *o = first_of(found, n, AUTK_KIND_ESTIMATED, AUTK_QUANTITY_FLOW);
    assert_within(o->value, 15854979154.0, 50.0); /* the residual has three digits */
    assert_true(o->low >= 15854950000.0);
    assert_near(first_of(found, n, AUTK_KIND_STATEMENT, AUTK_QUANTITY_SHARE_OF_EXPORTS)->value,
                0.411, 0);
    free(found);
    n = query(&found, blr, rus, 2023, 2023);
    o = first_of(found, n, AUTK_KIND_STATEMENT, AUTK_QUANTITY_FLOW);
    assert_near(o->value, 23.9e9, 1e-12);
    assert_near(o->low, 23.85e9, 1e-12);
    assert_int_equal(o->confidence, 'M');
    free(found);
    n = query(&found, blr, wld, 2023, 2023);
    assert_near(first_of(found, n, AUTK_KIND_STATEMENT, AUTK_QUANTITY_TURNOVER)->value, 83.5e9,
                1e-12);
    free(found);
    /* From July 2010 customs did not record it: what is seen is a part, and has no estimate. */
    n = query(&found, rus, party_of("KAZ"), 2010, 2010);
    for (size_t i = 0; i < n; i++)
        assert_true(found[i].kind != AUTK_KIND_ESTIMATED);
    assert_near(first_of(found, n, AUTK_KIND_REPORTED, AUTK_QUANTITY_FLOW)->value, 10690e6, 1e-12);
    free(found);
    n = query(&found, rus, blr, 200601, 200601);
    assert_int_equal(n, 1);
    assert_near(found[0].value, 869113400.0, 1e-9);
    assert_int_equal(found[0].valuation, AUTK_VALUATION_FOB);
    assert_int_equal(found[0].reporter, rus);
    free(found);
    n = query(&found, party_of("EU27"), blr, 2023, 2023);
    o = first_of(found, n, AUTK_KIND_REPORTED, AUTK_QUANTITY_FLOW);
    assert_string_equal(o->currency, "EUR");
    assert_near(o->value, o->original * 1.0813, 1e-12);
    assert_within(o->original, 8.12e9, 0.005e9);
    free(found);
    /* Poland reports 2023 in BACI, but not in the classification of the complete matrix. */
    n = query(&found, party_of("POL"), blr, 2023, 2023);
    assert_near(first_of(found, n, AUTK_KIND_RECONCILED, AUTK_QUANTITY_PART)->value, 2800340000.0,
                0);
    free(found);
}

static void indicators__are_known_or_nan(void **state)
{
    (void)state;
    int32_t blr = party_of("BLR"), pol = party_of("POL"), rus = party_of("RUS");
    assert_true(autk_world_indicator(world, AUTK_GDP_USD, blr, 2021) > 60e9);
    assert_true(autk_world_indicator(world, AUTK_GDP_USD, blr, 2021) < 80e9);
    assert_true(isnan(autk_world_indicator(world, AUTK_GDP_USD, blr, 1900)));
    assert_true(isnan(autk_world_indicator(world, AUTK_GDP_USD, -1, 2021)));
    assert_true(autk_world_indicator(world, AUTK_POPULATION, blr, 2021) > 9e6);
    assert_within(autk_world_distance_km(world, blr, rus), 686.7, 1);
    assert_true(autk_world_distance_km(world, blr, pol) == autk_world_distance_km(world, pol, blr));
    assert_true(autk_world_is_contiguous(world, blr, pol));
    assert_false(autk_world_is_contiguous(world, blr, party_of("DEU")));
    assert_within(autk_world_distance_km(world, party_of("SRB"), party_of("HUN")), 317, 2);
    assert_true(autk_world_is_contiguous(world, party_of("SSD"), party_of("KEN")));
    assert_false(autk_world_is_contiguous(world, party_of("SDN"), party_of("KEN")));
    assert_true(isnan(autk_world_distance_km(world, blr, blr)));
    assert_true(autk_world_economy(world, blr)->landlocked);
}

static void query__refuses_what_is_no_party_and_no_period(void **state)
{
    (void)state;
    autk_observation *found = NULL;
    size_t n = 7;
    autk_err err;
    autk_observation_query no_party = {99999, AUTK_PARTY_ANY, 2020, 2021};
    autk_observation_query mixed = {AUTK_PARTY_ANY, AUTK_PARTY_ANY, 2020, 202101};
    assert_int_equal(autk_world_observations(&found, &n, world, &no_party, &err), AUTK_EARG);
    assert_int_equal(autk_world_observations(&found, &n, world, &mixed, &err), AUTK_EARG);
    assert_int_equal(n, 7);
}

/* Many readers of one world get what one gets. */
typedef struct answer {
    size_t n;
    double sum;
} answer;

static autk_status ask(size_t chunk, void *ctx, autk_err *err)
{
    answer *answers = ctx;
    autk_observation_query q = {(int32_t)(chunk % 200), AUTK_PARTY_ANY, 2015, 2023};
    autk_observation *found = NULL;
    autk_status st = autk_world_observations(&found, &answers[chunk].n, world, &q, err);
    if (st != AUTK_OK)
        return st;
    for (size_t i = 0; i < answers[chunk].n; i++)
        answers[chunk].sum += found[i].value;
    free(found);
    return AUTK_OK;
}

static void query__gives_threads_what_it_gives_one(void **state)
{
    (void)state;
    enum { N = 60 };
    static answer one[N], many[N];
    autk_err err;
    assert_ok(autki_parallel_for(N, 1, ask, one, &err), &err);
    assert_ok(autki_parallel_for(N, 4, ask, many, &err), &err);
    for (size_t i = 0; i < N; i++)
        assert_true(one[i].n == many[i].n && one[i].sum == many[i].sum);
}

/* ------------------------------------------------------------------ files */

static bool open_once(void)
{
    autk_world *one = NULL;
    autk_err err;
    autk_status st = autk_world_open(&one, world_path(), &err);
    if (st == AUTK_OK)
        autk_world_close(one);
    return st == AUTK_OK;
}

static void open__survives_every_allocation_failure(void **state)
{
    (void)state;
    CHECK_SURVIVES_OOM(open_once);
}

static bool query_once(void)
{
    autk_observation_query q = {party_of("BLR"), AUTK_PARTY_ANY, 2020, 2023};
    autk_observation *found = NULL;
    size_t n = 0;
    autk_err err;
    autk_status st = autk_world_observations(&found, &n, world, &q, &err);
    if (st == AUTK_OK)
        free(found);
    return st == AUTK_OK;
}

static int32_t belarus;

static bool query_belarus_once(void)
{
    autk_observation_query q = {belarus, AUTK_PARTY_ANY, 2020, 2023};
    autk_observation *found = NULL;
    size_t n = 0;
    autk_err err;
    autk_status st = autk_world_observations(&found, &n, world, &q, &err);
    if (st == AUTK_OK)
        free(found);
    return st == AUTK_OK;
}

static void query__survives_every_allocation_failure(void **state)
{
    (void)state;
    belarus = party_of("BLR");
    assert_true(query_once());
    CHECK_SURVIVES_OOM(query_belarus_once);
}

static autk_status status_of_file(const char *bytes, size_t size, autk_err *err)
{
    char path[] = "/tmp/autarky-world-XXXXXX";
    int fd = mkstemp(path);
    assert_true(fd >= 0);
    assert_int_equal(write(fd, bytes, size), (ssize_t)size);
    close(fd);
    autk_world *one = NULL;
    autk_status st = autk_world_open(&one, path, err);
    if (st == AUTK_OK)
        autk_world_close(one);
    unlink(path);
    return st;
}

static void open__tells_a_foreign_file_from_none(void **state)
{
    (void)state;
    autk_err err;
    autk_world *one = NULL;
    assert_int_equal(autk_world_open(&one, "/nowhere/world.sqlite", &err), AUTK_EIO);
    assert_int_equal(autk_world_open(&one, "/tmp", &err), AUTK_EIO);
    assert_int_equal(status_of_file("year,exporter\n1995,BLR\n", 23, &err), AUTK_EDATA);
    assert_int_equal(status_of_file("", 0, &err), AUTK_EDATA);
    assert_null(one);
}

static char *whole_file(const char *path, size_t *size)
{
    FILE *file = fopen(path, "rb");
    assert_non_null(file);
    struct stat info;
    assert_int_equal(fstat(fileno(file), &info), 0);
    *size = (size_t)info.st_size;
    char *bytes = malloc(*size);
    assert_non_null(bytes);
    assert_int_equal(fread(bytes, 1, *size, file), *size);
    fclose(file);
    return bytes;
}

static void file__is_small_and_its_end_is_missed(void **state)
{
    (void)state;
    size_t size;
    char *bytes = whole_file(world_path(), &size);
    assert_true(size < (size_t)40 << 20);
    autk_err err;
    assert_int_equal(status_of_file(bytes, 8192, &err), AUTK_EDATA);
    assert_non_null(strstr(err.msg, "damaged"));
    free(bytes);
}

/* All figures of one year, and what the parties are called, as one number. */
static autk_status digest(uint64_t *out, const char *path, autk_err *err)
{
    autk_world *one = NULL;
    autk_status st = autk_world_open(&one, path, err);
    if (st != AUTK_OK)
        return st;
    uint64_t hash = 14695981039346656037u;
    for (int32_t i = 0; i < autk_world_n_economies(one); i++) {
        for (const char *p = autk_world_party_name(one, i); *p != '\0'; p++)
            hash = (hash ^ (unsigned char)*p) * 1099511628211u;
    }
    autk_observation_query q = {AUTK_PARTY_ANY, AUTK_PARTY_ANY, 2022, 2022};
    autk_observation *found = NULL;
    size_t n = 0;
    st = autk_world_observations(&found, &n, one, &q, err);
    for (size_t i = 0; st == AUTK_OK && i < n; i++) {
        uint64_t bits;
        memcpy(&bits, &found[i].value, sizeof bits);
        hash = (hash ^ bits ^ (uint64_t)(found[i].exporter * 1000 + found[i].importer)) *
               1099511628211u;
    }
    if (st == AUTK_OK)
        free(found);
    autk_world_close(one);
    *out = hash;
    return st;
}

static bool flip(int fd, size_t at, unsigned char mask)
{
    unsigned char byte;
    if (pread(fd, &byte, 1, (off_t)at) != 1)
        return false;
    byte ^= mask;
    return pwrite(fd, &byte, 1, (off_t)at) == 1;
}

/* One bit turned over: the figures are the same (it lay where nothing is read), or it is told. */
static void damage__is_told_or_harmless(void **state)
{
    (void)state;
    size_t size;
    char *bytes = whole_file(world_path(), &size);
    char path[] = "/tmp/autarky-world-XXXXXX";
    int fd = mkstemp(path);
    assert_true(fd >= 0);
    assert_int_equal(write(fd, bytes, size), (ssize_t)size);
    free(bytes);
    uint64_t want = 0;
    autk_err err;
    assert_ok(digest(&want, path, &err), &err);
    uint64_t random = 20220224;
    size_t n_told = 0;
    for (int i = 0; i < 60; i++) {
        random = random * 6364136223846793005u + 1442695040888963407u;
        /* Every other one in the first pages, where the schema and the small tables are. */
        size_t at = (size_t)(random >> 24) % (i % 2 == 0 ? size : (size_t)400000);
        assert_true(flip(fd, at, (unsigned char)(1u << (random >> 61))));
        uint64_t got = 0;
        autk_status st = digest(&got, path, &err);
        if (st == AUTK_OK ? got != want : st != AUTK_EDATA && st != AUTK_EIO)
            fail_msg("a bit at byte %zu: %s", at, autk_status_name(st));
        n_told += st != AUTK_OK;
        assert_true(flip(fd, at, (unsigned char)(1u << (random >> 61))));
    }
    assert_true(n_told > 12);
    close(fd);
    unlink(path);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(find_economy__takes_codes_names_and_dated_codes),
        cmocka_unit_test(fold__is_that_of_the_tables),
        cmocka_unit_test(find_economy__says_what_is_near),
        cmocka_unit_test(membership__depends_on_the_day),
        cmocka_unit_test(gap__has_no_reconciled_or_estimated_flow),
        cmocka_unit_test(gap__is_russia_and_belarus_where_both_are_silent),
        cmocka_unit_test(observation__is_ordered_bounded_and_sourced),
        cmocka_unit_test(observation__does_not_depend_on_the_side_asked),
        cmocka_unit_test(observation__has_the_figures_of_the_sources),
        cmocka_unit_test(indicators__are_known_or_nan),
        cmocka_unit_test(query__refuses_what_is_no_party_and_no_period),
        cmocka_unit_test(query__gives_threads_what_it_gives_one),
        cmocka_unit_test(open__survives_every_allocation_failure),
        cmocka_unit_test(query__survives_every_allocation_failure),
        cmocka_unit_test(open__tells_a_foreign_file_from_none),
        cmocka_unit_test(file__is_small_and_its_end_is_missed),
        cmocka_unit_test(damage__is_told_or_harmless),
    };
    return cmocka_run_group_tests(tests, open_world, close_world);
}
