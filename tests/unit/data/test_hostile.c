/* Inputs that mean harm: each ends in a clear error and takes bounded memory, whatever it claims.
 * Each runs in a process of its own, so that its memory can be read off. */
#include <archive.h>
#include <archive_entry.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include "import_support.h"
#include "unit.h"

/* A sanitizer's shadow and quarantine come on top. */
#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
#define MEMORY_MAX_MB 1500
#define TWO_GB ((uint64_t)1 << 27)
#else
#define MEMORY_MAX_MB 300
#define TWO_GB ((uint64_t)1 << 31)
#endif
#define MILLION 1000000

#define BACI_HEAD "t,i,j,k,v,q\n"
#define GSDB_HEAD                                                                                  \
    "case_id,sanctioned_state,sanctioning_state,begin,end,trade,descr_trade,arms,military,"        \
    "financial,travel,other,objective,success\n"
#define WDI_HEAD "Country Name,Country Code,Indicator Name,Indicator Code,2021"

/* head, then unit over and over, then tail: made while it is read. */
typedef struct hostile_case {
    const char *title, *name, *head, *unit;
    uint64_t n_bytes; /* of units */
    const char *tail;
    autk_status status;
    const char *says; /* a part of the message */
} hostile_case;

static const hostile_case cases[] = {
    {"a line of 2 GB", "b.csv", BACI_HEAD "2021,", "x", TWO_GB, "", AUTK_ELIMIT,
     "expected records of at most"},
    {"a quoted field of 2 GB with line ends", "b.csv", BACI_HEAD "2021,\"", "x\n", TWO_GB, "",
     AUTK_ELIMIT, "expected records of at most"},
    {"a header of 2 GB", "b.csv", "t,i,j", "k", TWO_GB, "", AUTK_ELIMIT,
     "expected records of at most"},
    {"a header of a million columns", "b.csv", "t", ",a", 2 * MILLION, "\n", AUTK_EPARSE,
     "expected fewer fields"},
    {"a header of 400,000 columns", "b.csv", "t", ",a", 800000, "\n2021\n", AUTK_EPARSE,
     "expected fewer fields"},
    {"a row of 400,000 columns", "b.csv", BACI_HEAD "2021", ",1", 800000, "\n", AUTK_EPARSE,
     "expected fewer fields"},
    {"NUL bytes instead of rows", "b.csv", BACI_HEAD, "", TWO_GB, "", AUTK_ELIMIT,
     "expected records of at most"},
    {"NUL bytes from the start", "b.csv", "", "", TWO_GB, "", AUTK_ELIMIT,
     "expected records of at most"},
    {"a number beyond all numbers", "b.csv", BACI_HEAD "2021,112,643,310420,1e999,1\n", "x", 0, "",
     AUTK_EPARSE, "expected a value as a finite number, got \"1e999\""},
    {"a number of 600,000 digits", "b.csv", BACI_HEAD "2021,112,643,310420,", "9", 600000, ",1\n",
     AUTK_EPARSE, "expected a value as a finite number"},
    {"more codes than there are economies", "m.csv", "year,exporter,importer,value\n",
     "2020,A-much-longer-name-than-a-code,B,1\n", 40, "", AUTK_EPARSE, "expected an economy"},
    {"JSON: a string of 2 GB", "c.json", "{\"data\": [{\"period\": \"", "x", TWO_GB, "",
     AUTK_ELIMIT, "expected strings of at most"},
    {"JSON: a name of 2 GB", "c.json", "{\"", "x", TWO_GB, "", AUTK_ELIMIT,
     "expected strings of at most"},
    {"JSON: a million brackets", "c.json", "{\"x\": ", "[", MILLION, "", AUTK_EPARSE,
     "expected a value"},
    {"JSON: a million members", "c.json", "{\"data\": [{\"a\": 1", ",\"b\": 1", 7 * MILLION, "}]}",
     AUTK_EPARSE, "expected columns for"},
    {"JSON: a number of 2 GB", "c.json", "[{\"a\": ", "9", TWO_GB, "", AUTK_EPARSE,
     "expected a number"},
    {"Eurostat: a million periods", "e.tsv", "freq,reporter,partner,flow\\TIME_PERIOD", "\t2020 ",
     6 * MILLION, "\n", AUTK_ELIMIT, ""},
    {"GSDB: a cell of 2 GB", "g.csv", GSDB_HEAD "1,", "x", TWO_GB, "", AUTK_ELIMIT, ""},
    {"GSDB: parties without end", "g.csv", GSDB_HEAD "1,\"", "A, ", 300,
     "\",EU,2020,2021,,,,,,,,,\n", AUTK_OK, ""},
    {"WDI: a million columns", "w.csv", WDI_HEAD, ",2022", 5 * MILLION, "\n", AUTK_ELIMIT, ""},
    {"Stata: no more than its first bytes", "s.dta", "<stata_dta><header><release>118</release>",
     "", MILLION, "", AUTK_EPARSE, "expected a Stata file"},
};

typedef struct source {
    const hostile_case *c;
    uint64_t at;
} source;

static autk_status make_bytes(void *user, char *bytes, size_t size, size_t *got, autk_err *err)
{
    source *s = user;
    const hostile_case *c = s->c;
    uint64_t head = strlen(c->head), unit = strlen(c->unit), tail = strlen(c->tail);
    (void)err;
    for (*got = 0; *got < size && s->at < head + c->n_bytes + tail; ++*got, s->at++) {
        if (s->at < head)
            bytes[*got] = c->head[s->at];
        else if (s->at < head + c->n_bytes)
            bytes[*got] = unit != 0 ? c->unit[(s->at - head) % unit] : '\0';
        else
            bytes[*got] = c->tail[s->at - head - c->n_bytes];
    }
    return AUTK_OK;
}

typedef struct outcome {
    autk_status status;
    autk_err err;
} outcome;

static bool nobody(autk_resolved *out, void *user, const char *text, int year)
{
    (void)user;
    (void)year;
    *out = (autk_resolved){.kind = AUTK_IS_ECONOMY};
    (void)snprintf(out->code, sizeof out->code, "%.3s", text);
    return strlen(text) <= 3;
}

static outcome import_case(const hostile_case *c)
{
    autk_import_opts opts = autk_import_opts_default();
    source s = {c, 0};
    outcome o = {.status = AUTK_OK};
    autk_input *input = NULL;
    opts.check_only = true;
    opts.resolve = nobody;
    o.status = autk_input_custom(&input, c->name, make_bytes, NULL, &s, &o.err);
    if (o.status == AUTK_OK)
        o.status = autk_import_input(NULL, input, &opts, NULL, &o.err);
    autk_input_free(input);
    return o;
}

static outcome import_file(const char *path)
{
    autk_import_opts opts = autk_import_opts_default();
    outcome o = {.status = AUTK_OK};
    opts.check_only = true;
    o.status = autk_import_files(NULL, &path, 1, &opts, NULL, &o.err);
    return o;
}

/* In a process of its own; @return its largest memory, MB. */
static long run_apart(outcome *o, const hostile_case *c, const char *path)
{
    int ends[2];
    struct rusage usage;
    int code = 0;
    assert_int_equal(pipe(ends), 0);
    pid_t child = fork();
    assert_true(child >= 0);
    if (child == 0) {
        outcome own = c != NULL ? import_case(c) : import_file(path);
        bool told = write(ends[1], &own, sizeof own) == (ssize_t)sizeof own;
        _exit(told ? 0 : 1);
    }
    close(ends[1]);
    assert_int_equal(read(ends[0], o, sizeof *o), sizeof *o);
    close(ends[0]);
    assert_int_equal(waitpid(child, &code, 0), child);
    assert_int_equal(getrusage(RUSAGE_CHILDREN, &usage), 0);
    return usage.ru_maxrss / 1024;
}

static void hostile__inputs_end_in_an_error_in_bounded_memory(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        outcome o;
        print_message("  %s\n", cases[i].title);
        long mb = run_apart(&o, &cases[i], NULL);
        bool says = o.status == AUTK_OK || strstr(o.err.msg, cases[i].says) != NULL;
        if (o.status != cases[i].status || !says)
            fail_msg("expected %s: %s, got %s: %s", autk_status_name(cases[i].status),
                     cases[i].says, autk_status_name(o.status), o.err.msg);
        assert_true(mb < MEMORY_MAX_MB);
    }
}

static void write_gz(const char *path, char fill, int n_mb)
{
    static char block[1 << 20];
    struct archive *a = archive_write_new();
    struct archive_entry *e = archive_entry_new();
    memset(block, fill, sizeof block);
    archive_write_add_filter_gzip(a);
    archive_write_set_format_raw(a);
    archive_entry_set_filetype(e, AE_IFREG);
    assert_int_equal(archive_write_open_filename(a, path), ARCHIVE_OK);
    assert_int_equal(archive_write_header(a, e), ARCHIVE_OK);
    assert_int_equal(archive_write_data(a, BACI_HEAD, strlen(BACI_HEAD)), strlen(BACI_HEAD));
    for (int i = 0; i < n_mb; i++)
        assert_int_equal(archive_write_data(a, block, sizeof block), sizeof block);
    archive_entry_free(e);
    assert_int_equal(archive_write_free(a), ARCHIVE_OK);
}

/* 128 MB of one letter, and of blank lines, in an eighth of a MB: no ratio tells a stream from a
 * bomb, so it is read through, in bounded memory. */
static void hostile__compressed_streams_are_read_in_bounded_memory(void **state)
{
    (void)state;
    static const char fills[] = "x\n";
    for (size_t k = 0; k < 2; k++) {
        const char *path = scratch_path("bomb.csv.gz");
        outcome o;
        write_gz(path, fills[k], 128);
        assert_true(run_apart(&o, NULL, path) < MEMORY_MAX_MB);
        assert_int_equal(o.status, k == 0 ? AUTK_ELIMIT : AUTK_OK);
    }
}

/* Members are read, never unpacked to where their names say. */
static void hostile__names_in_archives_lead_nowhere(void **state)
{
    (void)state;
    static const char *const names[] = {"../escaped.csv", "/tmp/autarky-escaped.csv",
                                        "a/../../escaped.csv", "..\\escaped.csv"};
    static const char rows[] = BACI_HEAD "2021,112,643,310420,5,1\n";
    const char *zip = scratch_path("names.zip"), *path = scratch_path("names.atk");
    autk_import_report report;
    autk_err err;
    struct archive *a = archive_write_new();
    archive_write_set_format_zip(a);
    assert_int_equal(archive_write_open_filename(a, zip), ARCHIVE_OK);
    for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
        struct archive_entry *e = archive_entry_new();
        archive_entry_set_pathname(e, names[i]);
        archive_entry_set_filetype(e, AE_IFREG);
        archive_entry_set_size(e, (la_int64_t)strlen(rows));
        assert_int_equal(archive_write_header(a, e), ARCHIVE_OK);
        assert_int_equal(archive_write_data(a, rows, strlen(rows)), strlen(rows));
        archive_entry_free(e);
    }
    assert_int_equal(archive_write_free(a), ARCHIVE_OK);
    assert_ok(autk_import_files(path, &zip, 1, NULL, &report, &err), &err);
    /* The last is taken for the first: libarchive reads a backslash as a slash. */
    assert_int_equal(report.n_files + report.n_files_unchanged, sizeof names / sizeof *names);
    assert_int_not_equal(access("../escaped.csv", F_OK), 0);
    assert_int_not_equal(access("/tmp/autarky-escaped.csv", F_OK), 0);
    assert_int_not_equal(access("escaped.csv", F_OK), 0);
}

static int clean(void **state)
{
    (void)state;
    scratch_remove();
    return 0;
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(hostile__inputs_end_in_an_error_in_bounded_memory),
        cmocka_unit_test(hostile__compressed_streams_are_read_in_bounded_memory),
        cmocka_unit_test(hostile__names_in_archives_lead_nowhere)};
    return cmocka_run_group_tests(tests, NULL, clean);
}
