#include <stdio.h>
#include <string.h>

#include "data/csv.h"
#include "unit.h"

/* Records as "a|b|c/" on one line, or the error as "line:column: msg". */
static void read_all(char *out, size_t size, const char *text)
{
    autk_input *input = NULL;
    autki_csv *csv = NULL;
    autk_err err;
    assert_ok(autk_input_memory(&input, "t.csv", text, strlen(text), &err), &err);
    assert_ok(autki_csv_create(&csv, input, NULL, &err), &err);
    size_t used = 0;
    out[0] = '\0';
    for (;;) {
        const autki_field *fields;
        size_t n;
        if (autki_csv_next(csv, &fields, &n, &err) != AUTK_OK) {
            (void)snprintf(out, size, "%s:%d:%d: %s", err.source, (int)err.line, (int)err.column,
                           err.msg);
            break;
        }
        if (n == 0)
            break;
        for (size_t i = 0; i < n; i++)
            used += (size_t)snprintf(out + used, size - used, "%.*s%s", (int)fields[i].len,
                                     fields[i].text, i + 1 < n ? "|" : "/");
    }
    autki_csv_free(csv);
    autk_input_free(input);
}

static void csv__reads_and_refuses(void **state)
{
    (void)state;
    static const char *const cases[][2] = {
        {"a,b\n1,2\n", "a|b/1|2/"},
        {"\xef\xbb\xbf"
         "a,b\r\n1,2\r\n",
         "a|b/1|2/"},
        {"a\n\n\nb", "a/b/"},
        {"\"x,\"\"y\"\"\nz\",2\n3,4", "x,\"y\"\nz|2/3|4/"},
        {",,\n", "||/"},
        {"\"\",1\n", "|1/"},
        {"", ""},
        {"a,\"b", "t.csv:1:3: expected a closing quote, got the end of the file"},
        {"a\n\"b\"c,d\n",
         "t.csv:2:4: expected ',' or the line's end behind a closing quote, got 'c'"},
        {"a\n3\" pipe\nb\n",
         "t.csv:2:2: expected quotes around the whole field, got one inside it"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        char got[400];
        read_all(got, sizeof got, cases[i][0]);
        assert_string_equal(got, cases[i][1]);
    }
}

/* A source that gives one byte at a time: records must not depend on how the bytes arrive. */
static autk_status read_slowly(void *user, char *bytes, size_t size, size_t *got, autk_err *err)
{
    (void)size;
    (void)err;
    const char **at = user;
    *got = **at != '\0';
    if (*got != 0)
        *bytes = *(*at)++;
    return AUTK_OK;
}

static void csv__reads_a_source_that_gives_one_byte_at_a_time(void **state)
{
    (void)state;
    const char *text = "year,v\n2023,1.5\n", *const *rest = &text;
    autk_input *input = NULL;
    autki_csv *csv = NULL;
    autk_err err;
    assert_ok(autk_input_custom(&input, "slow", read_slowly, NULL, (void *)(uintptr_t)rest, &err),
              &err);
    assert_ok(autki_csv_create(&csv, input, NULL, &err), &err);
    static const char *const names[] = {"v", "?nothing", "year"};
    size_t columns[3], n;
    assert_ok(autki_csv_header(csv, names, 3, columns, &err), &err);
    assert_int_equal(columns[0], 1);
    assert_true(columns[1] == SIZE_MAX);
    const autki_field *fields;
    assert_ok(autki_csv_next(csv, &fields, &n, &err), &err);
    double v;
    assert_ok(autki_csv_double(&v, csv, &fields[columns[0]], "v", &err), &err);
    assert_near(v, 1.5, 0);
    assert_int_equal(autki_csv_line(csv), 2);
    autki_csv_free(csv);
    autk_input_free(input);
}

static bool read_once(void)
{
    autk_input *input = NULL;
    autki_csv *csv = NULL;
    autk_err err;
    size_t n = 1;
    autk_status st = autk_input_memory(&input, "t", "a,b\n1,2\n", 8, &err);
    if (st == AUTK_OK)
        st = autki_csv_create(&csv, input, NULL, &err);
    const autki_field *fields;
    while (st == AUTK_OK && n != 0)
        st = autki_csv_next(csv, &fields, &n, &err);
    autki_csv_free(csv);
    autk_input_free(input);
    return st == AUTK_OK;
}

static void csv__survives_every_allocation_failure(void **state)
{
    (void)state;
    CHECK_SURVIVES_OOM(read_once);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(csv__reads_and_refuses),
        cmocka_unit_test(csv__reads_a_source_that_gives_one_byte_at_a_time),
        cmocka_unit_test(csv__survives_every_allocation_failure)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
