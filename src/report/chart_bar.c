#include <autarky/chart.h>

#include <math.h>
#include <stdio.h>
#include <string.h>

#include "base/fail.h"
#include "report/svg.h"
#include "report/words.h"

#define ROW_HEIGHT 27.0
#define BAR_HEIGHT 15.0
#define LABEL_MAX 210.0
#define VALUE_ROOM 132.0

typedef struct rows {
    autki_scale x;
    double left, top, bottom;
} rows;

static void place_rows(rows *r, const autk_chart_axis *axis, double low, double high, double labels,
                       double values, size_t n, double top)
{
    if (!(low < 0.0))
        low = 0.0; /* a bar's length is its value */
    r->left = labels < LABEL_MAX ? labels + 10.0 : LABEL_MAX + 10.0;
    r->top = top;
    r->bottom = top + ROW_HEIGHT * (double)n;
    r->x = autki_scale_make(axis, low, high, r->left, AUTKI_SVG_WIDTH - values, 6, false);
}

static void draw_grid(autk_buf *out, const rows *r, const autk_chart_axis *axis)
{
    autk_buf text;
    autk_buf_init(&text);
    for (int k = 0; k < r->x.n_ticks; k++) {
        double value = autki_scale_tick(&r->x, k), x = autki_scale_at(&r->x, value);
        autk_buf_clear(&text);
        autki_axis_tick(&text, axis, value, r->x.step);
        autki_svg_line(out, x, r->top, x, r->bottom, value == 0.0 ? "axis" : "grid");
        autki_svg_text(out, x, r->bottom + 16.0, AUTKI_MIDDLE, "tick", autk_buf_text(&text));
    }
    if (axis->title[0] != '\0')
        autki_svg_text(out, r->left, r->bottom + 34.0, AUTKI_START, "axis-title", axis->title);
    autki_words_done(out, &text);
}

static double height_below(const autk_chart_axis *axis)
{
    return axis->title[0] != '\0' ? 40.0 : 22.0;
}

/* A label that is wider than its room is cut at a character, with "…". */
static void draw_label(autk_buf *out, const rows *r, double y, const char *label, bool strong)
{
    char cut[200];
    size_t len = strlen(label);
    len = len < sizeof cut - 4 ? len : sizeof cut - 4;
    (void)snprintf(cut, sizeof cut, "%.*s", (int)len, label);
    if (autki_svg_text_width(label) > LABEL_MAX) {
        while (len > 0 && autki_svg_text_width(cut) > LABEL_MAX - 12.0) {
            do
                len--;
            while (len > 0 && ((unsigned char)cut[len] & 0xc0) == 0x80);
            cut[len] = '\0';
        }
        (void)snprintf(cut + len, sizeof cut - len, "…");
    }
    autki_svg_text(out, r->left - 8.0, y + 4.5, AUTKI_END, strong ? "label strong" : "label", cut);
}

static void draw_interval(autk_buf *out, const rows *r, double y, double low, double high)
{
    if (!isfinite(low) || !isfinite(high) || !(high > low))
        return;
    double a = autki_scale_at(&r->x, low), b = autki_scale_at(&r->x, high);
    autki_svg_line(out, a, y, b, y, "whisker halo");
    autki_svg_line(out, a, y, b, y, "whisker");
    autki_svg_line(out, a, y - 4.5, a, y + 4.5, "whisker");
    autki_svg_line(out, b, y - 4.5, b, y + 4.5, "whisker");
}

/* "50.0–70.0 %": the unit once. */
static void show_interval(autk_buf *out, const autk_chart_axis *axis, double low, double high)
{
    if (axis->style == AUTK_CELL_PERCENT)
        autk_buf_printf(out, "%.*f", axis->decimals, low * 100.0);
    else
        autki_axis_value(out, axis, low);
    autk_buf_puts(out, "–");
    autki_axis_value(out, axis, high);
}

static void show_value(autk_buf *out, const autk_chart_axis *axis, const autk_chart_bar *bar)
{
    bool interval = isfinite(bar->low) && isfinite(bar->high), point = isfinite(bar->point);
    if (point)
        autki_axis_value(out, axis, bar->point);
    else if (!interval)
        autk_buf_puts(out, "unknown");
    if (interval && (bar->low != bar->high || !point)) {
        autk_buf_puts(out, point ? " (" : "");
        show_interval(out, axis, bar->low, bar->high);
        autk_buf_puts(out, point ? ")" : "");
    }
    if (bar->note != NULL && bar->note[0] != '\0')
        autk_buf_printf(out, " %s", bar->note);
}

static double value_room(const autk_bar_chart *chart)
{
    double room = 60.0;
    autk_buf text;
    autk_buf_init(&text);
    for (size_t i = 0; i < chart->n_bars; i++) {
        autk_buf_clear(&text);
        show_value(&text, &chart->x, &chart->bars[i]);
        double w = autki_svg_bold_width(autk_buf_text(&text));
        room = w > room ? w : room;
    }
    autk_buf_deinit(&text);
    return room + 14.0 < 260.0 ? room + 14.0 : 260.0;
}

static void draw_bar(autk_buf *out, const rows *r, const autk_bar_chart *chart, size_t i)
{
    const autk_chart_bar *bar = &chart->bars[i];
    double y = r->top + ROW_HEIGHT * ((double)i + 0.5), zero = autki_scale_at(&r->x, 0.0);
    double end = zero;
    draw_label(out, r, y, bar->label, bar->is_strong);
    if (isfinite(bar->point)) {
        end = autki_scale_at(&r->x, bar->point);
        autk_buf_puts(out, "<rect x=\"");
        autki_svg_number(out, end < zero ? end : zero);
        autk_buf_puts(out, "\" y=\"");
        autki_svg_number(out, y - BAR_HEIGHT / 2.0);
        autk_buf_puts(out, "\" width=\"");
        autki_svg_number(out, fabs(end - zero));
        autk_buf_printf(out, "\" height=\"%.0f\" class=\"bar%s%s\"", BAR_HEIGHT,
                        bar->is_strong ? " strong" : "", bar->is_loose ? " hatched" : "");
        if (bar->is_loose)
            autk_buf_printf(out, " style=\"fill:url(#%s-hatch%s)\"", chart->frame.id,
                            bar->is_strong ? "-strong" : "");
        autk_buf_puts(out, "/>\n");
    }
    draw_interval(out, r, y, bar->low, bar->high);
    autk_buf text;
    autk_buf_init(&text);
    show_value(&text, &chart->x, bar);
    double right = isfinite(bar->high) ? autki_scale_at(&r->x, bar->high) : end;
    autki_svg_text(out, (right > end ? right : end) + 8.0, y + 4.5, AUTKI_START,
                   bar->is_strong ? "value strong" : "value", autk_buf_text(&text));
    autki_words_done(out, &text);
}

autk_status autk_chart_bars(autk_buf *out, const autk_bar_chart *chart, autk_err *err)
{
    if (chart->n_bars == 0)
        return autki_fail(err, AUTK_EARG, "a bar chart needs a bar, got none");
    double low = NAN, high = NAN, labels = 40.0;
    for (size_t i = 0; i < chart->n_bars; i++) {
        const autk_chart_bar *bar = &chart->bars[i];
        autki_range_add(&low, &high, bar->low);
        autki_range_add(&low, &high, bar->point);
        autki_range_add(&low, &high, bar->high);
        double w =
            bar->is_strong ? autki_svg_bold_width(bar->label) : autki_svg_text_width(bar->label);
        labels = w > labels ? w : labels;
    }
    rows r = {.left = 0.0};
    place_rows(&r, &chart->x, low, high, labels, value_room(chart), chart->n_bars, 4.0);
    autk_status st = autki_svg_begin(out, &chart->frame, r.bottom + height_below(&chart->x), err);
    if (st != AUTK_OK)
        return st;
    autki_svg_hatches(out, chart->frame.id);
    draw_grid(out, &r, &chart->x);
    for (size_t i = 0; i < chart->n_bars; i++)
        draw_bar(out, &r, chart, i);
    autki_svg_end(out);
    return autk_buf_check(out, err);
}

static autk_status check_dumbbells(const autk_dumbbell_chart *chart, autk_err *err)
{
    return chart->n_pairs != 0
               ? AUTK_OK
               : autki_fail(err, AUTK_EARG, "a dumbbell chart needs a pair, got none");
}

static void draw_end(autk_buf *out, const rows *r, double y, double value, bool hollow)
{
    if (!isfinite(value))
        return;
    double x = autki_scale_at(&r->x, value);
    if (hollow) {
        autk_buf_puts(out, "<rect x=\"");
        autki_svg_number(out, x - 5.0);
        autk_buf_puts(out, "\" y=\"");
        autki_svg_number(out, y - 5.0);
        autk_buf_puts(out, "\" width=\"10\" height=\"10\" class=\"hollow s2\"/>\n");
    } else {
        autk_buf_puts(out, "<circle cx=\"");
        autki_svg_number(out, x);
        autk_buf_puts(out, "\" cy=\"");
        autki_svg_number(out, y);
        autk_buf_puts(out, "\" r=\"6\" class=\"dot s1\"/>\n");
    }
}

static void draw_pair(autk_buf *out, const rows *r, const autk_dumbbell_chart *chart, size_t i)
{
    const autk_chart_pair *pair = &chart->pairs[i];
    double y = r->top + ROW_HEIGHT * ((double)i + 0.5), right = r->left;
    draw_label(out, r, y, pair->label, false);
    if (isfinite(pair->point[0]) && isfinite(pair->point[1]))
        autki_svg_line(out, autki_scale_at(&r->x, pair->point[0]), y,
                       autki_scale_at(&r->x, pair->point[1]), y, "bond");
    autk_buf text;
    autk_buf_init(&text);
    for (int side = 0; side < 2; side++) {
        draw_interval(out, r, y, pair->low[side], pair->high[side]);
        draw_end(out, r, y, pair->point[side], side == 1);
        autk_buf_puts(&text, side == 0 ? "" : " / ");
        if (isfinite(pair->point[side]))
            autki_axis_value(&text, &chart->x, pair->point[side]);
        else
            autk_buf_puts(&text, "unknown");
        double most = isfinite(pair->high[side]) ? pair->high[side] : pair->point[side];
        if (isfinite(most) && autki_scale_at(&r->x, most) > right)
            right = autki_scale_at(&r->x, most);
    }
    autki_svg_text(out, right + 12.0, y + 4.5, AUTKI_START, "value", autk_buf_text(&text));
    autki_words_done(out, &text);
}

autk_status autk_chart_dumbbells(autk_buf *out, const autk_dumbbell_chart *chart, autk_err *err)
{
    autk_status st = check_dumbbells(chart, err);
    if (st != AUTK_OK)
        return st;
    double low = NAN, high = NAN, labels = 40.0;
    for (size_t i = 0; i < chart->n_pairs; i++) {
        const autk_chart_pair *pair = &chart->pairs[i];
        for (int side = 0; side < 2; side++) {
            autki_range_add(&low, &high, pair->low[side]);
            autki_range_add(&low, &high, pair->point[side]);
            autki_range_add(&low, &high, pair->high[side]);
        }
        double w = autki_svg_text_width(pair->label);
        labels = w > labels ? w : labels;
    }
    rows r = {.left = 0.0};
    place_rows(&r, &chart->x, low, high, labels, VALUE_ROOM, chart->n_pairs, 30.0);
    st = autki_svg_begin(out, &chart->frame, r.bottom + height_below(&chart->x), err);
    if (st != AUTK_OK)
        return st;
    double at = r.left + 6.0;
    for (int side = 0; side < 2; side++) {
        rows key = {.x = {.low = 0.0, .high = 1.0, .from = at, .to = at + 1.0}};
        draw_end(out, &key, 12.0, 0.0, side == 1);
        autki_svg_text(out, at + 12.0, 16.5, AUTKI_START, "label", chart->names[side]);
        at += autki_svg_text_width(chart->names[side]) + 44.0;
    }
    draw_grid(out, &r, &chart->x);
    for (size_t i = 0; i < chart->n_pairs; i++)
        draw_pair(out, &r, chart, i);
    autki_svg_end(out);
    return autk_buf_check(out, err);
}

autk_status autk_bar_chart_table(autk_table **out, const autk_bar_chart *chart,
                                 const char *label_title, autk_err *err)
{
    autk_column columns[] = {{"label", label_title, AUTK_CELL_TEXT, 0},
                             {"low", "low", chart->x.style, chart->x.decimals},
                             {"point", "point", chart->x.style, chart->x.decimals},
                             {"high", "high", chart->x.style, chart->x.decimals}};
    autk_table *table = NULL;
    autk_status st = autk_table_create(&table, columns, sizeof columns / sizeof *columns, err);
    if (st != AUTK_OK)
        return st;
    for (size_t i = 0; i < chart->n_bars; i++) {
        autk_table_text(table, chart->bars[i].label);
        autk_table_number(table, chart->bars[i].low);
        autk_table_number(table, chart->bars[i].point);
        autk_table_number(table, chart->bars[i].high);
    }
    *out = table;
    return AUTK_OK;
}

autk_status autk_dumbbell_chart_table(autk_table **out, const autk_dumbbell_chart *chart,
                                      const char *label_title, autk_err *err)
{
    const autk_column value = {"", "", chart->x.style, chart->x.decimals};
    autk_column columns[7] = {{"label", label_title, AUTK_CELL_TEXT, 0}};
    autk_table *table = NULL;
    for (size_t side = 0; side < 2; side++) {
        for (size_t k = 0; k < 3; k++)
            columns[1 + 3 * side + k] = value;
        columns[1 + 3 * side].key = columns[1 + 3 * side].title = chart->names[side];
        columns[2 + 3 * side].key = columns[2 + 3 * side].title = "low";
        columns[3 + 3 * side].key = columns[3 + 3 * side].title = "high";
    }
    autk_status st = check_dumbbells(chart, err);
    if (st == AUTK_OK)
        st = autk_table_create(&table, columns, sizeof columns / sizeof *columns, err);
    if (st != AUTK_OK)
        return st;
    for (size_t i = 0; i < chart->n_pairs; i++) {
        const autk_chart_pair *pair = &chart->pairs[i];
        autk_table_text(table, pair->label);
        for (int side = 0; side < 2; side++) {
            autk_table_number(table, pair->point[side]);
            autk_table_number(table, pair->low[side]);
            autk_table_number(table, pair->high[side]);
        }
    }
    *out = table;
    return AUTK_OK;
}
