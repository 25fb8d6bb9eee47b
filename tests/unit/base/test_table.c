#include <math.h>
#include <string.h>

#include <autarky/table.h>

#include "unit.h"

static const autk_column columns[] = {{"partner", "partner", AUTK_CELL_TEXT, 0},
                                      {"share", "share", AUTK_CELL_PERCENT, 1},
                                      {"value_usd", "value", AUTK_CELL_USD, 0}};

static autk_status fill_and_write(autk_buf *out, autk_format format, autk_err *err)
{
    autk_table *table = NULL;
    autk_status st = autk_table_create(&table, columns, 3, err);
    if (st != AUTK_OK)
        return st;
    autk_table_text(table, "Russia, \"RUS\"");
    autk_table_number(table, 0.5567);
    autk_table_number(table, 46.5e9);
    autk_table_text(table, "Côte");
    autk_table_empty(table);
    autk_table_number(table, 0.1);
    st = autk_table_write(out, table, format, err);
    autk_table_free(table);
    return st;
}

static void write_as(autk_format format, const char *want)
{
    autk_buf out;
    autk_err err;
    autk_buf_init(&out);
    assert_ok(fill_and_write(&out, format, &err), &err);
    assert_string_equal(autk_buf_text(&out), want);
    autk_buf_deinit(&out);
}

static void table__writes_the_same_in_three_formats(void **state)
{
    (void)state;
    write_as(AUTK_FORMAT_TEXT, "partner         share    value\n"
                               "Russia, \"RUS\"  55.7 %  46.5 bn\n"
                               "Côte                –        0\n");
    write_as(AUTK_FORMAT_CSV,
             "partner,share,value_usd\n\"Russia, \"\"RUS\"\"\",0.5567,46500000000\n"
             "Côte,,0.1\n");
    write_as(
        AUTK_FORMAT_JSON,
        "[{\"partner\": \"Russia, \\\"RUS\\\"\", \"share\": 0.5567, \"value_usd\": 46500000000}"
        ", {\"partner\": \"Côte\", \"share\": null, \"value_usd\": 0.1}]");
}

static bool write_once(void)
{
    autk_buf out;
    autk_err err;
    autk_buf_init(&out);
    autk_status st = fill_and_write(&out, AUTK_FORMAT_TEXT, &err);
    autk_buf_deinit(&out);
    return st == AUTK_OK;
}

static void table__survives_every_allocation_failure(void **state)
{
    (void)state;
    CHECK_SURVIVES_OOM(write_once);
}

static void format_usd__keeps_three_digits(void **state)
{
    (void)state;
    static const struct {
        double value;
        const char *want;
    } cases[] = {{83.5e9, "83.5 bn"}, {999.96e6, "1.00 bn"}, {9.999e6, "10.0 M"}, {0, "0"},
                 {NAN, "unknown"},    {-1.5e12, "-1.50 tn"}};
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        autk_buf out;
        autk_buf_init(&out);
        autk_format_usd(&out, cases[i].value);
        assert_string_equal(autk_buf_text(&out), cases[i].want);
        autk_buf_deinit(&out);
    }
}

static void json_text__replaces_bytes_that_are_not_utf8(void **state)
{
    (void)state;
    autk_buf out;
    autk_buf_init(&out);
    autk_format_json_text(&out, "a\xff\"\n\x01");
    assert_string_equal(autk_buf_text(&out), "\"a\xef\xbf\xbd\\\"\\n\\u0001\"");
    autk_buf_deinit(&out);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(table__writes_the_same_in_three_formats),
        cmocka_unit_test(table__survives_every_allocation_failure),
        cmocka_unit_test(format_usd__keeps_three_digits),
        cmocka_unit_test(json_text__replaces_bytes_that_are_not_utf8)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
