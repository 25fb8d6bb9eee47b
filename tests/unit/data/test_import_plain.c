/* Plain records take a short way. Here each file is imported twice: once as it is, and once with
 * every field in quotes, which bars the short way. Both must give the same dataset, bit for bit,
 * the same counts and the same messages. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/random.h"
#include "import_support.h"
#include "unit.h"

typedef struct twin {
    autk_buf plain, quoted;
} twin;

typedef struct shape {
    const char *header;
    const char *columns; /* of each field: t i j k v q, x = of no meaning */
    char delimiter;
    autk_import_opts opts;
} shape;

static uint64_t state;

static uint64_t below(uint64_t n)
{
    return autki_random_bits(&state) % n;
}

static const char *one_of(const char *const *texts, size_t n)
{
    return texts[below(n)];
}

#define ONE_OF(...)                                                                                \
    one_of((const char *const[]){__VA_ARGS__},                                                     \
           sizeof((const char *const[]){__VA_ARGS__}) / sizeof(const char *))

static void code_of_economy(char *to, size_t size)
{
    if (below(400) == 0)
        (void)snprintf(to, size, "%s",
                       ONE_OF("", "a name that no economy has", "4,8", "  8", "12  ", "0", "W00",
                              "12345678", "123456789", "A\"B"));
    else
        (void)snprintf(to, size, "%d", 4 + 4 * (int)below(40));
}

static void code_of_product(char *to, size_t size)
{
    if (below(400) == 0)
        (void)snprintf(to, size, "%s",
                       ONE_OF("", "TOTAL", "01", "0101", "12345678", "123456789", " 010121",
                              "10121", "AG2", "01012a"));
    else
        (void)snprintf(to, size, "%06d", 10121 + 173 * (int)below(300));
}

static void figure(char *to, size_t size, bool quantity)
{
    if (below(60) == 0)
        (void)snprintf(to, size, "%s",
                       ONE_OF("", "NA", "   NA", ".5", "5.", "1e3", "1e999", "-1", "+2", "0",
                              "0.000", "123456789.5", "1234567.1234567", "12345678", "0.12345678",
                              "99999999999999999", "000000012", "1 000", "x", "NaN", "...", "1.2.3",
                              "  7.25", "7.25  ", "0x10", "N", "NAN", "1,5"));
    else if (below(50) == 0 && quantity)
        (void)snprintf(to, size, "NA");
    else
        (void)snprintf(to, size, "%llu.%03d", (unsigned long long)below(1ULL << below(24)),
                       (int)below(1000));
}

static void field(char *to, size_t size, char column)
{
    if (column == 't')
        (void)snprintf(to, size, "%s",
                       below(500) != 0
                           ? ONE_OF("2021", "2022")
                           : ONE_OF("1", "2202", "2022-05", "2022M13", " 2022", "abcd"));
    else if (column == 'i' || column == 'j')
        code_of_economy(to, size);
    else if (column == 'k')
        code_of_product(to, size);
    else if (column == 'x')
        (void)snprintf(to, size, "%s",
                       ONE_OF("", "a", "some longer text of no meaning at all, none", "  b "));
    else
        figure(to, size, column == 'q');
}

static void add_quoted(autk_buf *to, const char *text)
{
    autk_buf_add(to, "\"", 1);
    for (; *text != '\0'; text++)
        autk_buf_add(to, *text == '"' ? "\"\"" : text, *text == '"' ? 2 : 1);
    autk_buf_add(to, "\"", 1);
}

static void add_field(twin *t, const char *text, char delimiter)
{
    bool needs = strchr(text, delimiter) != NULL || strchr(text, '"') != NULL || below(300) == 0;
    add_quoted(&t->quoted, text);
    if (needs)
        add_quoted(&t->plain, text);
    else
        autk_buf_add(&t->plain, text, strlen(text));
}

static void add_both(twin *t, const char *text)
{
    autk_buf_add(&t->plain, text, strlen(text));
    autk_buf_add(&t->quoted, text, strlen(text));
}

static void add_record(twin *t, const shape *s)
{
    const char delimiter[2] = {s->delimiter, '\0'};
    size_t n = strlen(s->columns), odd = below(700);
    size_t n_fields = odd == 0 ? 1 + below(n) : odd == 1 ? n + 1 + below(3) : n;
    for (size_t c = 0; c < n_fields; c++) {
        char text[64];
        field(text, sizeof text, c < n ? s->columns[c] : 'x');
        if (c != 0)
            add_both(t, delimiter);
        add_field(t, text, s->delimiter);
    }
    add_both(t, below(100) == 0 ? "\r\n" : below(500) == 0 ? "\n\n" : "\n");
}

static char *file_bytes(const char *path, size_t *size)
{
    FILE *f = fopen(path, "rb");
    assert_non_null(f);
    char *bytes = malloc((size_t)1 << 24);
    assert_non_null(bytes);
    *size = fread(bytes, 1, (size_t)1 << 24, f);
    assert_int_equal(fclose(f), 0);
    return bytes;
}

static char *import_one(const autk_buf *text, const autk_import_opts *opts,
                        autk_import_report *report, size_t *size)
{
    const char *path = scratch_path("plain.atk");
    autk_err err;
    assert_ok(import_text(path, "flows.csv", text->text, opts, report, &err), &err);
    return file_bytes(path, size);
}

static void check_twin(const twin *t, const shape *s)
{
    autk_import_report reports[2];
    size_t sizes[2];
    autk_import_opts opts = s->opts;
    opts.skip_bad = 1 << 20;
    opts.duplicates = AUTK_DUPLICATES_SUM;
    opts.n_threads = 1 + (int)below(3);
    char *plain = import_one(&t->plain, &opts, &reports[0], &sizes[0]);
    opts.n_threads = 1 + (int)below(3);
    char *quoted = import_one(&t->quoted, &opts, &reports[1], &sizes[1]);
    assert_true(reports[0].n_stored > 1000);
    assert_int_equal(reports[0].n_read, reports[1].n_read);
    assert_int_equal(reports[0].n_bad, reports[1].n_bad);
    assert_memory_equal(reports[0].n_passed, reports[1].n_passed, sizeof reports[0].n_passed);
    assert_int_equal(reports[0].n_errors, reports[1].n_errors);
    for (size_t i = 0; i < reports[0].n_errors; i++) {
        assert_int_equal(reports[0].errors[i].line, reports[1].errors[i].line);
        assert_string_equal(reports[0].errors[i].msg, reports[1].errors[i].msg);
    }
    assert_int_equal(sizes[0], sizes[1]);
    assert_memory_equal(plain, quoted, sizes[0]);
    free(plain);
    free(quoted);
}

static void plain__takes_records_as_the_general_way_does(void **unused)
{
    (void)unused;
    autk_import_opts as_it_is = autk_import_opts_default(), padded = as_it_is, mapped = as_it_is;
    padded.product_digits = 6;
    padded.value_unit = 1000;
    mapped.map = "exporter=from,importer=to,product=what,value=worth,year=2020";
    mapped.keep_self = true;
    const shape shapes[] = {
        {"t,i,j,k,v,q\n", "tijkvq", ',', as_it_is},
        {"note;q;value;product;importer;exporter;year\n", "xqvkjit", ';', padded},
        {"from\tto\tnote\twhat\tworth\n", "ijxkv", '\t', mapped},
        {"year,product,exporter,value,importer\n", "tkivj", ',', padded},
    };
    for (uint64_t seed = 0; seed < 8; seed++) {
        const shape *s = &shapes[seed % (sizeof shapes / sizeof *shapes)];
        twin t;
        state = 17 + seed;
        autk_buf_init(&t.plain);
        autk_buf_init(&t.quoted);
        add_both(&t, s->header);
        for (int k = 0; k < 6000; k++)
            add_record(&t, s);
        check_twin(&t, s);
        autk_buf_deinit(&t.plain);
        autk_buf_deinit(&t.quoted);
    }
}

/* Columns of messages: only the file as it is has them where a reader of it would look. */
static void plain__leaves_places_of_messages_as_they_were(void **unused)
{
    (void)unused;
    const char *text = "t,i,j,k,v,q\n"
                       "2022,4,8,010121,1.500,2.000\n"
                       "2022,4,8,010294,2.500,NA\n"
                       "2022,4,12,010121,x,3.000\n"
                       "2022,4,12,010294,1.000,-3\n"
                       "2022,8,4,010121,1.0e0,1.000\n"
                       "3022,8,4,010294,1.000,1.000\n"
                       "2022,8,4,010294,1.000\n";
    static const struct {
        int64_t line, column;
    } places[] = {{4, 18}, {5, 24}, {7, 0}, {8, 1}};
    autk_import_opts opts = autk_import_opts_default();
    autk_import_report report;
    autk_err err;
    opts.skip_bad = 10;
    assert_ok(import_text(scratch_path("places.atk"), "flows.csv", text, &opts, &report, &err),
              &err);
    assert_int_equal(report.n_stored, 3);
    assert_int_equal(report.n_errors, sizeof places / sizeof *places);
    for (size_t i = 0; i < report.n_errors; i++) {
        assert_int_equal(report.errors[i].line, places[i].line);
        assert_int_equal(report.errors[i].column, places[i].column);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(plain__takes_records_as_the_general_way_does),
        cmocka_unit_test(plain__leaves_places_of_messages_as_they_were)};
    int failed = cmocka_run_group_tests(tests, NULL, NULL);
    scratch_remove();
    return failed;
}
