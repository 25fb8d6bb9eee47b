#include <math.h>
#include <stdlib.h>
#include <string.h>

#include <autarky/chart.h>

#include "unit.h"
#include "xml.h"

/* A share with a gap from 2022 on, its mirror, and what happened. */
static const double years[] = {2017, 2018, 2019, 2020, 2021, 2022, 2023};
static const double point[] = {.511, .49, .493, .478, .49, .596, .557};
static const double low[] = {.511, .49, .493, .478, .49, .55, .50};
static const double high[] = {.511, .49, .493, .478, .49, .66, .70};
static const unsigned char loose[] = {0, 0, 0, 0, 0, 1, 1};
static const double other[] = {.23, .24, NAN, .19, .2, .09, .08};
static const autk_chart_line lines[] = {{"Russia", years, low, high, point, loose, 7},
                                        {"EU & <others>", years, NULL, NULL, other, NULL, 7}};
static const autk_chart_mark marks[] = {{AUTK_MARK_EVENT, 2020.6, NAN, NAN, "1"},
                                        {AUTK_MARK_EVENT, 2021.5, NAN, NAN, "sanctions"},
                                        {AUTK_MARK_TURN, 2022, 2021, 2022, "turn 2022"},
                                        {AUTK_MARK_EVENT, 2031, NAN, NAN, "outside"}};

static autk_line_chart line_chart(bool standalone)
{
    return (autk_line_chart){.frame = {"shares", "Shares of \"trade\"",
                                       "Russia's share rises & the EU's falls", standalone},
                             .x = autk_chart_axis_default("", AUTK_CELL_FIXED, 0),
                             .y = {"share of trade", AUTK_CELL_PERCENT, 1, 0.0, NAN},
                             .baseline = NAN,
                             .lines = lines,
                             .n_lines = 2,
                             .marks = marks,
                             .n_marks = 4};
}

static const autk_chart_bar bars[] = {
    {"Russia", .50, .557, .70, true, true, "statements"},
    {"China", .09, .1, .12, false, false, ""},
    {"Saint Vincent and the Grenadines and a name without end", NAN, NAN, NAN, false, false, NULL},
    {"somewhere", .01, NAN, .2, true, false, NULL}};

static autk_bar_chart bar_chart(void)
{
    return (autk_bar_chart){.frame = {"partners", "Main partners", "Russia is first", false},
                            .x = autk_chart_axis_default("share of trade", AUTK_CELL_PERCENT, 1),
                            .bars = bars,
                            .n_bars = 4};
}

static const autk_chart_pair pairs[] = {{"Russia", {.5, .05}, {.557, .06}, {.7, .07}},
                                        {"China", {NAN, NAN}, {.1, NAN}, {NAN, NAN}}};

static autk_dumbbell_chart dumbbell_chart(void)
{
    return (autk_dumbbell_chart){
        .frame = {"asymmetry", "Both directions", "It matters little to them", false},
        .x = autk_chart_axis_default("", AUTK_CELL_PERCENT, 1),
        .names = {"what they are to Belarus", "what Belarus is to them"},
        .pairs = pairs,
        .n_pairs = 2};
}

static void line_chart__is_well_formed_and_labelled(void **state)
{
    (void)state;
    for (int standalone = 0; standalone < 2; standalone++) {
        autk_buf out;
        autk_err err;
        autk_line_chart chart = line_chart(standalone != 0);
        autk_buf_init(&out);
        assert_ok(autk_chart_lines(&out, &chart, &err), &err);
        assert_xml(autk_buf_text(&out));
        const char *text = autk_buf_text(&out);
        assert_non_null(strstr(text, "role=\"img\""));
        assert_non_null(strstr(text, "<title id=\"shares-title\">Shares of &quot;trade&quot;"));
        assert_non_null(strstr(text, "rises &amp; the EU&#39;s falls</desc>"));
        assert_non_null(strstr(text, ">EU &amp; &lt;others&gt;</text>"));
        assert_null(strstr(text, "nan"));
        assert_null(strstr(text, "outside"));
        autk_buf_deinit(&out);
    }
}

static void line_chart__breaks_at_what_is_unknown_and_dots_what_is_bounded(void **state)
{
    (void)state;
    autk_buf out;
    autk_err err;
    autk_line_chart chart = line_chart(false);
    autk_buf_init(&out);
    assert_ok(autk_chart_lines(&out, &chart, &err), &err);
    const char *text = autk_buf_text(&out);
    assert_int_equal(count_of(text, "class=\"line s1\""), 1);       /* 2017-2021 */
    assert_int_equal(count_of(text, "class=\"line s1 loose\""), 1); /* 2021-2023 */
    assert_int_equal(count_of(text, "class=\"line s2\""), 2);       /* broken at 2019 */
    assert_int_equal(count_of(text, "class=\"hollow s1\""), 2);
    assert_int_equal(count_of(text, "class=\"turn-interval\""), 1);
    autk_buf_deinit(&out);
}

static void line_chart__draws_an_interval_without_a_point(void **state)
{
    (void)state;
    static const double x[] = {1, 2}, none[] = {NAN, NAN}, a[] = {.1, NAN}, b[] = {.4, NAN};
    const autk_chart_line line = {"gap", x, a, b, none, NULL, 2};
    autk_line_chart chart = line_chart(false);
    chart.lines = &line;
    chart.n_lines = 1;
    autk_buf out;
    autk_err err;
    for (int look = 0; look < 2; look++) {
        autk_buf_init(&out);
        chart.look = (autk_chart_look)look;
        assert_ok(autk_chart_lines(&out, &chart, &err), &err);
        assert_xml(autk_buf_text(&out));
        assert_true(count_of(autk_buf_text(&out), "class=\"whisker\"") >= 1);
        assert_int_equal(count_of(autk_buf_text(&out), "<circle"), 0);
        autk_buf_deinit(&out);
    }
}

static void line_chart__rejects_what_it_cannot_draw(void **state)
{
    (void)state;
    static const double backwards[] = {2, 1};
    const autk_chart_line line = {"x", backwards, NULL, NULL, backwards, NULL, 2},
                          empty = {"x", NULL, NULL, NULL, NULL, NULL, 0};
    autk_buf out;
    autk_err err;
    autk_buf_init(&out);
    autk_line_chart chart = line_chart(false);
    chart.lines = &line;
    chart.n_lines = 1;
    assert_int_equal(autk_chart_lines(&out, &chart, &err), AUTK_EARG);
    chart.lines = &empty;
    assert_int_equal(autk_chart_lines(&out, &chart, &err), AUTK_EARG);
    chart = line_chart(false);
    chart.frame.id = "1 bad\"";
    assert_int_equal(autk_chart_lines(&out, &chart, &err), AUTK_EARG);
    assert_non_null(strstr(err.msg, "1 bad"));
    chart = line_chart(false);
    chart.n_lines = 9;
    assert_int_equal(autk_chart_lines(&out, &chart, &err), AUTK_EARG);
    assert_int_equal(out.len, 0);
    autk_buf_deinit(&out);
}

/* One point, equal points, tiny, huge, negative: an axis is found and the file stays sound. */
static void line_chart__survives_odd_data(void **state)
{
    (void)state;
    static const double cases[][2] = {{0, 0},           {5, 5},          {1e-300, 2e-300},
                                      {1e300, 1.5e308}, {-1e300, 1e300}, {NAN, NAN},
                                      {-3, -3},         {INFINITY, 1}};
    static const double x[] = {2000, 2001};
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        for (size_t n = 1; n <= 2; n++) {
            const autk_chart_line line = {"odd", x, cases[i], cases[i], cases[i], NULL, n};
            autk_line_chart chart = line_chart(false);
            autk_buf out;
            autk_err err;
            chart.lines = &line;
            chart.n_lines = 1;
            chart.y = autk_chart_axis_default("", AUTK_CELL_USD, 1);
            autk_buf_init(&out);
            assert_ok(autk_chart_lines(&out, &chart, &err), &err);
            assert_xml(autk_buf_text(&out));
            assert_null(strstr(autk_buf_text(&out), "nan"));
            assert_null(strstr(autk_buf_text(&out), "\"inf"));
            assert_true(out.len < 20000);
            autk_buf_deinit(&out);
        }
    }
}

static void bar_charts__are_well_formed_and_say_unknown(void **state)
{
    (void)state;
    autk_buf out;
    autk_err err;
    autk_bar_chart chart = bar_chart();
    autk_buf_init(&out);
    assert_ok(autk_chart_bars(&out, &chart, &err), &err);
    assert_xml(autk_buf_text(&out));
    assert_non_null(strstr(autk_buf_text(&out), ">unknown</text>"));
    assert_non_null(strstr(autk_buf_text(&out), "55.7 % (50.0–70.0 %) statements"));
    assert_non_null(strstr(autk_buf_text(&out), ">1.0–20.0 %</text>"));
    assert_int_equal(count_of(autk_buf_text(&out), "url(#partners-hatch"), 1);
    assert_non_null(strstr(autk_buf_text(&out), "…</text>"));
    autk_buf_clear(&out);
    autk_dumbbell_chart both = dumbbell_chart();
    assert_ok(autk_chart_dumbbells(&out, &both, &err), &err);
    assert_xml(autk_buf_text(&out));
    assert_non_null(strstr(autk_buf_text(&out), ">10.0 % / unknown</text>"));
    autk_buf_deinit(&out);
}

static autk_status write_page(autk_buf *out, autk_err *err)
{
    autk_line_chart chart = line_chart(false);
    autk_bar_chart second = bar_chart();
    autk_table *table = NULL;
    autk_page_begin(out, "A page & its title", "what it \"says\"");
    autk_page_section(out, "series", "The series");
    autk_page_paragraph(out, "1 < 2 & more");
    autk_page_figure(out);
    autk_status st = autk_chart_lines(out, &chart, err);
    if (st == AUTK_OK)
        st = autk_line_chart_table(&table, &chart, err);
    if (st == AUTK_OK)
        st = autk_page_figure_end(out, "A caption", table, err);
    autk_table_free(table);
    table = NULL;
    autk_page_section_end(out);
    autk_page_figure(out);
    if (st == AUTK_OK)
        st = autk_chart_bars(out, &second, err);
    if (st == AUTK_OK)
        st = autk_bar_chart_table(&table, &second, "partner", err);
    if (st == AUTK_OK)
        st = autk_page_figure_end(out, "Another", table, err);
    autk_table_free(table);
    autk_page_end(out);
    return st != AUTK_OK ? st : autk_buf_check(out, err);
}

static void page__is_well_formed_and_asks_nobody(void **state)
{
    (void)state;
    autk_buf out;
    autk_err err;
    autk_buf_init(&out);
    assert_ok(write_page(&out, &err), &err);
    const char *text = autk_buf_text(&out);
    assert_xml(text);
    assert_null(strstr(text, "src="));
    assert_null(strstr(text, "@import"));
    assert_null(strstr(text, "<script"));
    assert_int_equal(count_of(text, "http"), 1 + 2 + 1); /* namespaces and http-equiv */
    assert_int_equal(count_of(text, "<details>"), 2);
    assert_non_null(strstr(text, "<th scope=\"row\" class=\"number\">2019</th>"
                                 "<td class=\"number\">49.3 %</td><td class=\"number\">49.3 %</td>"
                                 "<td class=\"number\">49.3 %</td><td class=\"number\">–</td>"));
    autk_buf_deinit(&out);
}

static void dumbbell_table__has_both_sides(void **state)
{
    (void)state;
    autk_buf out;
    autk_err err;
    autk_table *table = NULL;
    autk_dumbbell_chart chart = dumbbell_chart();
    autk_buf_init(&out);
    assert_ok(autk_dumbbell_chart_table(&table, &chart, "partner", &err), &err);
    assert_ok(autk_table_write(&out, table, AUTK_FORMAT_CSV, &err), &err);
    assert_string_equal(autk_buf_text(&out),
                        "label,what they are to Belarus,low,high,what Belarus is to them,low,high\n"
                        "Russia,0.557,0.5,0.7,0.06,0.05,0.07\nChina,0.1,,,,,\n");
    autk_table_free(table);
    autk_buf_deinit(&out);
}

static bool write_page_once(void)
{
    autk_buf out;
    autk_err err;
    autk_buf_init(&out);
    autk_status st = write_page(&out, &err);
    autk_buf_deinit(&out);
    return st == AUTK_OK;
}

static void page__survives_every_allocation_failure(void **state)
{
    (void)state;
    CHECK_SURVIVES_OOM(write_page_once);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(line_chart__is_well_formed_and_labelled),
        cmocka_unit_test(line_chart__breaks_at_what_is_unknown_and_dots_what_is_bounded),
        cmocka_unit_test(line_chart__draws_an_interval_without_a_point),
        cmocka_unit_test(line_chart__rejects_what_it_cannot_draw),
        cmocka_unit_test(line_chart__survives_odd_data),
        cmocka_unit_test(bar_charts__are_well_formed_and_say_unknown),
        cmocka_unit_test(page__is_well_formed_and_asks_nobody),
        cmocka_unit_test(dumbbell_table__has_both_sides),
        cmocka_unit_test(page__survives_every_allocation_failure)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
