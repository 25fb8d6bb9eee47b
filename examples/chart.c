/*
 * A chart as an SVG file of its own: a share with its bounds, and the year it turned.
 *
 *   cc chart.c $(pkg-config --cflags --libs autarky) && ./a.out > share.svg
 */
#include <math.h>
#include <stdio.h>

#include <autarky/autarky.h>

int main(void)
{
    static const double year[] = {2018, 2019, 2020, 2021, 2022, 2023};
    static const double low[] = {.49, .49, .48, .49, .55, .50};
    static const double point[] = {.49, .49, .48, .49, .60, .56};
    static const double high[] = {.49, .49, .48, .49, .66, .70};
    static const unsigned char nobody_reports[] = {0, 0, 0, 0, 1, 1};
    const autk_chart_line line = {"share", year, low, high, point, nobody_reports, 6};
    const autk_chart_mark turn = {AUTK_MARK_TURN, 2021.5, 2020.5, 2021.5, "turn"};
    const autk_line_chart chart = {
        .frame = {"share", "A share that turned", "About 49 % until 2021, then 56 to 60 %", true},
        .x = autk_chart_axis_default("", AUTK_CELL_FIXED, 0),
        .y = autk_chart_axis_default("share of trade", AUTK_CELL_PERCENT, 0),
        .baseline = NAN,
        .lines = &line,
        .n_lines = 1,
        .marks = &turn,
        .n_marks = 1};
    autk_buf svg;
    autk_err err;

    autk_buf_init(&svg);
    autk_status st = autk_chart_lines(&svg, &chart, &err);
    if (st == AUTK_OK)
        fputs(autk_buf_text(&svg), stdout);
    else
        fprintf(stderr, "%s\n", err.msg);
    autk_buf_deinit(&svg);
    return autk_status_exit_code(st);
}
