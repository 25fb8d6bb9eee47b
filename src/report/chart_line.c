#include <autarky/chart.h>

#include <math.h>
#include <string.h>

#include "base/fail.h"
#include "report/svg.h"
#include "report/words.h"

#define MAX_LINES 8
#define MAX_LANES 6
#define LANE_HEIGHT 19.0
#define PLOT_HEIGHT 250.0
#define MAX_MARKED_POINTS 60

typedef struct plot {
    const autk_line_chart *chart;
    autki_scale x, y;
    double left, right, top, bottom; /* of the plotting area */
    int n_lanes;
} plot;

static autk_status check_lines(const autk_line_chart *chart, autk_err *err)
{
    size_t n_points = 0;
    if (chart->n_lines == 0 || chart->n_lines > MAX_LINES)
        return autki_fail(err, AUTK_EARG, "a line chart has 1 to %d lines, got %zu", MAX_LINES,
                          chart->n_lines);
    for (size_t k = 0; k < chart->n_lines; k++) {
        const autk_chart_line *line = &chart->lines[k];
        n_points += line->n;
        for (size_t i = 0; i < line->n; i++) {
            if (!isfinite(line->x[i]) || (i != 0 && !(line->x[i] > line->x[i - 1])))
                return autki_fail(err, AUTK_EARG,
                                  "x of a line must ascend, got %g at point %zu of \"%s\"",
                                  line->x[i], i + 1, line->name);
        }
    }
    return n_points != 0 ? AUTK_OK
                         : autki_fail(err, AUTK_EARG, "a line chart needs a point, got none");
}

static bool has_interval(const autk_chart_line *line, size_t i)
{
    return line->low != NULL && line->high != NULL && isfinite(line->low[i]) &&
           isfinite(line->high[i]);
}

static bool is_loose(const autk_chart_line *line, size_t i)
{
    return line->is_loose != NULL && line->is_loose[i] != 0;
}

static void widest_tick(double *width, const autk_chart_axis *axis, const autki_scale *scale)
{
    autk_buf text;
    autk_buf_init(&text);
    for (int k = 0; k < scale->n_ticks; k++) {
        autk_buf_clear(&text);
        autki_axis_tick(&text, axis, autki_scale_tick(scale, k), scale->step);
        double w = autki_svg_text_width(autk_buf_text(&text));
        *width = w > *width ? w : *width;
    }
    autk_buf_deinit(&text);
}

static bool mark_is_shown(const plot *p, const autk_chart_mark *mark)
{
    return mark->at >= p->x.low && mark->at <= p->x.high;
}

/* Numbers stand in a badge, words alone. */
static bool is_badge(const autk_chart_mark *mark)
{
    return mark->label[0] >= '0' && mark->label[0] <= '9';
}

static double label_width(const autk_chart_mark *mark)
{
    double width = autki_svg_bold_width(mark->label) + 8.0;
    return is_badge(mark) && width < 17.0 ? 17.0 : width;
}

/* Where a mark's label stands: centred on the mark, kept inside the canvas. */
static double label_x(const plot *p, const autk_chart_mark *mark)
{
    double x = autki_scale_at(&p->x, mark->at), half = label_width(mark) / 2.0;
    if (x - half < p->left)
        x = p->left + half;
    if (x + half > AUTKI_SVG_WIDTH)
        x = AUTKI_SVG_WIDTH - half;
    return x;
}

/* The lowest lane in which the m-th label meets no earlier one. */
static int lane_of(const plot *p, size_t m)
{
    const autk_chart_mark *marks = p->chart->marks;
    int lanes[64];
    for (size_t i = 0; i <= m && i < 64; i++) {
        bool taken[MAX_LANES] = {false};
        double x = label_x(p, &marks[i]), half = label_width(&marks[i]) / 2.0;
        lanes[i] = -1;
        if (!mark_is_shown(p, &marks[i]))
            continue;
        for (size_t j = 0; j < i; j++) {
            double gap = fabs(label_x(p, &marks[j]) - x) - half - label_width(&marks[j]) / 2.0;
            if (lanes[j] >= 0 && gap < 2.0)
                taken[lanes[j]] = true;
        }
        for (lanes[i] = 0; lanes[i] < MAX_LANES - 1 && taken[lanes[i]]; lanes[i]++)
            ;
    }
    return m < 64 ? lanes[m] : MAX_LANES - 1;
}

static void place(plot *p)
{
    const autk_line_chart *c = p->chart;
    double x_low = NAN, x_high = NAN, y_low = NAN, y_high = NAN, ticks = 0.0, names = 0.0;
    for (size_t k = 0; k < c->n_lines; k++) {
        const autk_chart_line *line = &c->lines[k];
        for (size_t i = 0; i < line->n; i++) {
            autki_range_add(&x_low, &x_high, line->x[i]);
            autki_range_add(&y_low, &y_high, line->point[i]);
            if (has_interval(line, i)) {
                autki_range_add(&y_low, &y_high, line->low[i]);
                autki_range_add(&y_low, &y_high, line->high[i]);
            }
        }
        double w = autki_svg_bold_width(line->name);
        names = w > names ? w : names;
    }
    autki_range_add(&y_low, &y_high, c->baseline);
    p->y = autki_scale_make(&c->y, y_low, y_high, 0.0, 1.0, 6, true);
    widest_tick(&ticks, &c->y, &p->y);
    p->left = ticks + 10.0;
    p->right = AUTKI_SVG_WIDTH - (names > 0.0 ? names + 16.0 : 14.0);
    if (p->right < AUTKI_SVG_WIDTH * 0.6)
        p->right = AUTKI_SVG_WIDTH * 0.6;
    p->x = autki_scale_make(&c->x, x_low, x_high, p->left + 6.0, p->right - 4.0, 9, false);
    p->n_lanes = 0;
    for (size_t m = 0; m < c->n_marks; m++) {
        int lane = lane_of(p, m) + 1;
        p->n_lanes = lane > p->n_lanes ? lane : p->n_lanes;
    }
    p->top = 10.0 + (c->y.title[0] != '\0' ? 18.0 : 0.0) + p->n_lanes * LANE_HEIGHT;
    p->bottom = p->top + PLOT_HEIGHT;
    p->y.from = p->bottom;
    p->y.to = p->top;
}

static void draw_axes(autk_buf *out, const plot *p)
{
    const autk_line_chart *c = p->chart;
    autk_buf text;
    autk_buf_init(&text);
    if (c->y.title[0] != '\0')
        autki_svg_text(out, 0.0, 13.0, AUTKI_START, "axis-title", c->y.title);
    for (int k = 0; k < p->y.n_ticks; k++) {
        double value = autki_scale_tick(&p->y, k), y = autki_scale_at(&p->y, value);
        autk_buf_clear(&text);
        autki_axis_tick(&text, &c->y, value, p->y.step);
        autki_svg_line(out, p->left, y, p->right, y, k == 0 ? "axis" : "grid");
        autki_svg_text(out, p->left - 6.0, y + 4.5, AUTKI_END, "tick", autk_buf_text(&text));
    }
    for (int k = 0; k < p->x.n_ticks; k++) {
        double value = autki_scale_tick(&p->x, k), x = autki_scale_at(&p->x, value);
        autk_buf_clear(&text);
        autki_axis_tick(&text, &c->x, value, p->x.step);
        autki_svg_line(out, x, p->bottom, x, p->bottom + 4.0, "axis");
        autki_svg_text(out, x, p->bottom + 18.0, AUTKI_MIDDLE, "tick", autk_buf_text(&text));
    }
    if (isfinite(c->baseline)) {
        double y = autki_scale_at(&p->y, c->baseline);
        autki_svg_line(out, p->left, y, p->right, y, "baseline");
    }
    if (c->x.title[0] != '\0')
        autki_svg_text(out, (p->left + p->right) / 2.0, p->bottom + 36.0, AUTKI_MIDDLE,
                       "axis-title", c->x.title);
    autki_words_done(out, &text);
}

static double clamp_x(const plot *p, double value)
{
    double x = autki_scale_at(&p->x, value);
    return x < p->left ? p->left : x > p->right ? p->right : x;
}

static void draw_turn_intervals(autk_buf *out, const plot *p)
{
    for (size_t m = 0; m < p->chart->n_marks; m++) {
        const autk_chart_mark *mark = &p->chart->marks[m];
        if (!mark_is_shown(p, mark) || !isfinite(mark->low) || !isfinite(mark->high))
            continue;
        double from = clamp_x(p, mark->low), to = clamp_x(p, mark->high);
        autki_svg_rect(out, from - 1.0, p->top, to - from + 2.0, PLOT_HEIGHT, "turn-interval");
    }
}

static double mark_y(const plot *p, size_t m)
{
    return p->top - 8.0 - lane_of(p, m) * LANE_HEIGHT;
}

static void draw_mark_label(autk_buf *out, const plot *p, size_t m)
{
    const autk_chart_mark *mark = &p->chart->marks[m];
    bool turn = mark->kind == AUTK_MARK_TURN;
    double at = label_x(p, mark), y = mark_y(p, m), width = label_width(mark);
    if (!is_badge(mark)) {
        autki_svg_text(out, at, y + 3.0, AUTKI_MIDDLE, turn ? "mark-text turn" : "mark-text",
                       mark->label);
        return;
    }
    autk_buf_puts(out, "<rect x=\"");
    autki_svg_number(out, at - width / 2.0);
    autk_buf_puts(out, "\" y=\"");
    autki_svg_number(out, y - 10.0);
    autk_buf_puts(out, "\" width=\"");
    autki_svg_number(out, width);
    autk_buf_printf(out, "\" height=\"17\" rx=\"8.5\" class=\"%s\"/>\n",
                    turn ? "badge turn" : "badge");
    autki_svg_text(out, at, y + 2.5, AUTKI_MIDDLE, "badge-text", mark->label);
}

/* All rules first: a label in a lower lane covers the rule of a higher one. */
static void draw_marks(autk_buf *out, const plot *p)
{
    for (size_t m = 0; m < p->chart->n_marks; m++) {
        const autk_chart_mark *mark = &p->chart->marks[m];
        double x = autki_scale_at(&p->x, mark->at);
        if (mark_is_shown(p, mark))
            autki_svg_line(out, x, mark_y(p, m) + 6.0, x, p->bottom,
                           mark->kind == AUTK_MARK_TURN ? "turn" : "event");
    }
    for (size_t m = 0; m < p->chart->n_marks; m++) {
        if (mark_is_shown(p, &p->chart->marks[m]))
            draw_mark_label(out, p, m);
    }
}

static void add_point(autk_buf *out, const plot *p, const char *command, double x, double y)
{
    autk_buf_puts(out, command);
    autki_svg_number(out, autki_scale_at(&p->x, x));
    autk_buf_putc(out, ' ');
    autki_svg_number(out, autki_scale_at(&p->y, y));
}

/* The band over a run of points with an interval: along the upper ends, back along the lower. */
static void draw_band(autk_buf *out, const plot *p, const autk_chart_line *line, size_t k,
                      size_t from, size_t to)
{
    if (to - from == 1) {
        double x = autki_scale_at(&p->x, line->x[from]);
        autk_buf_printf(out, "<g class=\"s%zu\">\n", k + 1);
        autki_svg_line(out, x, autki_scale_at(&p->y, line->low[from]), x,
                       autki_scale_at(&p->y, line->high[from]), "whisker");
        autk_buf_puts(out, "</g>\n");
        return;
    }
    autk_buf_printf(out, "<path class=\"band s%zu\" d=\"", k + 1);
    for (size_t i = from; i < to; i++)
        add_point(out, p, i == from ? "M" : "L", line->x[i], line->high[i]);
    for (size_t i = to; i-- > from;)
        add_point(out, p, "L", line->x[i], line->low[i]);
    autk_buf_puts(out, "Z\"/>\n");
}

static void draw_bands(autk_buf *out, const plot *p, const autk_chart_line *line, size_t k)
{
    for (size_t i = 0; i < line->n;) {
        size_t end = i;
        while (end < line->n && has_interval(line, end))
            end++;
        if (end > i)
            draw_band(out, p, line, k, i, end);
        i = end > i ? end : i + 1;
    }
}

static void draw_whiskers(autk_buf *out, const plot *p, const autk_chart_line *line, size_t k)
{
    autk_buf_printf(out, "<g class=\"s%zu\">\n", k + 1);
    for (size_t i = 0; i < line->n; i++) {
        if (!has_interval(line, i))
            continue;
        double x = autki_scale_at(&p->x, line->x[i]), low = autki_scale_at(&p->y, line->low[i]),
               high = autki_scale_at(&p->y, line->high[i]);
        autki_svg_line(out, x, low, x, high, "whisker");
        autki_svg_line(out, x - 3.0, low, x + 3.0, low, "whisker");
        autki_svg_line(out, x - 3.0, high, x + 3.0, high, "whisker");
    }
    autk_buf_puts(out, "</g>\n");
}

static bool joins(const autk_chart_line *line, size_t i)
{
    return i != 0 && isfinite(line->point[i]) && isfinite(line->point[i - 1]);
}

static void draw_strokes(autk_buf *out, const plot *p, const autk_chart_line *line, size_t k)
{
    for (size_t i = 1; i < line->n;) {
        if (!joins(line, i)) {
            i++;
            continue;
        }
        bool loose = is_loose(line, i) || is_loose(line, i - 1);
        autk_buf_printf(out, "<path class=\"line s%zu%s\" d=\"", k + 1, loose ? " loose" : "");
        add_point(out, p, "M", line->x[i - 1], line->point[i - 1]);
        while (i < line->n && joins(line, i) &&
               (is_loose(line, i) || is_loose(line, i - 1)) == loose) {
            add_point(out, p, "L", line->x[i], line->point[i]);
            i++;
        }
        autk_buf_puts(out, "\"/>\n");
    }
}

/* Circle, square, triangle, diamond: told apart without colour. */
static void draw_marker(autk_buf *out, double x, double y, size_t k, bool loose)
{
    static const double shapes[3][8] = {{-2.8, -2.8, 2.8, -2.8, 2.8, 2.8, -2.8, 2.8},
                                        {0.0, -3.8, 3.5, 2.6, -3.5, 2.6, -3.5, 2.6},
                                        {0.0, -4.0, 4.0, 0.0, 0.0, 4.0, -4.0, 0.0}};
    const char *look = loose ? "hollow" : "dot";
    if (k % 4 == 0) {
        autk_buf_puts(out, "<circle cx=\"");
        autki_svg_number(out, x);
        autk_buf_puts(out, "\" cy=\"");
        autki_svg_number(out, y);
        autk_buf_printf(out, "\" r=\"3\" class=\"%s s%zu\"/>\n", look, k + 1);
        return;
    }
    autk_buf_printf(out, "<path class=\"%s s%zu\" d=\"", look, k + 1);
    for (size_t i = 0; i < 4; i++) {
        autk_buf_puts(out, i == 0 ? "M" : "L");
        autki_svg_number(out, x + shapes[k % 4 - 1][2 * i]);
        autk_buf_putc(out, ' ');
        autki_svg_number(out, y + shapes[k % 4 - 1][2 * i + 1]);
    }
    autk_buf_puts(out, "Z\"/>\n");
}

static void draw_points(autk_buf *out, const plot *p, const autk_chart_line *line, size_t k)
{
    for (size_t i = 0; i < line->n; i++) {
        if (!isfinite(line->point[i]))
            continue;
        bool lonely = !joins(line, i) && (i + 1 >= line->n || !joins(line, i + 1));
        if (line->n <= MAX_MARKED_POINTS || lonely || is_loose(line, i))
            draw_marker(out, autki_scale_at(&p->x, line->x[i]),
                        autki_scale_at(&p->y, line->point[i]), k, is_loose(line, i));
    }
}

/* Names at the lines' ends, pushed apart where they would overlap. */
static void draw_names(autk_buf *out, const plot *p)
{
    const autk_line_chart *c = p->chart;
    double y[MAX_LINES];
    size_t order[MAX_LINES], n = 0;
    for (size_t k = 0; k < c->n_lines; k++) {
        const autk_chart_line *line = &c->lines[k];
        size_t last = line->n;
        while (last > 0 && !isfinite(line->point[last - 1]) && !has_interval(line, last - 1))
            last--;
        if (last == 0)
            continue;
        double value = isfinite(line->point[last - 1])
                           ? line->point[last - 1]
                           : (line->low[last - 1] + line->high[last - 1]) / 2.0;
        y[k] = autki_scale_at(&p->y, value);
        size_t at = n++;
        for (; at > 0 && y[order[at - 1]] > y[k]; at--)
            order[at] = order[at - 1];
        order[at] = k;
    }
    for (size_t i = 1; i < n; i++) {
        if (y[order[i]] < y[order[i - 1]] + 16.0)
            y[order[i]] = y[order[i - 1]] + 16.0;
    }
    for (size_t i = n; i-- > 0;) {
        double most = i + 1 < n ? y[order[i + 1]] - 16.0 : p->bottom;
        if (y[order[i]] > most)
            y[order[i]] = most;
        char css_class[24] = "name s1";
        css_class[6] = (char)('1' + order[i]);
        autki_svg_text(out, p->right + 8.0, y[order[i]] + 4.5, AUTKI_START, css_class,
                       c->lines[order[i]].name);
    }
}

autk_status autk_chart_lines(autk_buf *out, const autk_line_chart *chart, autk_err *err)
{
    plot p = {.chart = chart};
    autk_status st = check_lines(chart, err);
    if (st != AUTK_OK)
        return st;
    place(&p);
    double below = chart->x.title[0] != '\0' ? 42.0 : 26.0;
    st = autki_svg_begin(out, &chart->frame, p.bottom + below, err);
    if (st != AUTK_OK)
        return st;
    draw_turn_intervals(out, &p);
    draw_axes(out, &p);
    for (size_t k = 0; k < chart->n_lines; k++) {
        if (chart->look == AUTK_LOOK_BAND)
            draw_bands(out, &p, &chart->lines[k], k);
        else
            draw_whiskers(out, &p, &chart->lines[k], k);
    }
    draw_marks(out, &p);
    for (size_t k = 0; k < chart->n_lines; k++)
        draw_strokes(out, &p, &chart->lines[k], k);
    for (size_t k = 0; k < chart->n_lines; k++)
        draw_points(out, &p, &chart->lines[k], k);
    draw_names(out, &p);
    autki_svg_end(out);
    return autk_buf_check(out, err);
}

static void add_line_cells(autk_table *table, const autk_chart_line *line, double x)
{
    size_t i = 0;
    while (i < line->n && line->x[i] < x)
        i++;
    bool here = i < line->n && line->x[i] == x;
    autk_table_number(table, here ? line->point[i] : NAN);
    if (line->low != NULL && line->high != NULL) {
        autk_table_number(table, here ? line->low[i] : NAN);
        autk_table_number(table, here ? line->high[i] : NAN);
    }
}

static autk_status create_line_table(autk_table **out, const autk_line_chart *chart, autk_err *err)
{
    autk_column columns[1 + 3 * MAX_LINES];
    size_t n = 0;
    columns[n++] = (autk_column){"x", chart->x.title[0] != '\0' ? chart->x.title : "year",
                                 chart->x.style, chart->x.decimals};
    for (size_t k = 0; k < chart->n_lines; k++) {
        const autk_chart_line *line = &chart->lines[k];
        columns[n++] = (autk_column){line->name, line->name, chart->y.style, chart->y.decimals};
        if (line->low != NULL && line->high != NULL) {
            columns[n++] = (autk_column){"low", "low", chart->y.style, chart->y.decimals};
            columns[n++] = (autk_column){"high", "high", chart->y.style, chart->y.decimals};
        }
    }
    return autk_table_create(out, columns, n, err);
}

/* The smallest x above `after` on any line; NaN when there is none. */
static double next_x(const autk_line_chart *chart, double after)
{
    double next = NAN;
    for (size_t k = 0; k < chart->n_lines; k++) {
        const autk_chart_line *line = &chart->lines[k];
        for (size_t i = 0; i < line->n; i++) {
            if (line->x[i] > after && !(next <= line->x[i]))
                next = line->x[i];
        }
    }
    return next;
}

autk_status autk_line_chart_table(autk_table **out, const autk_line_chart *chart, autk_err *err)
{
    autk_table *table = NULL;
    autk_status st = check_lines(chart, err);
    if (st == AUTK_OK)
        st = create_line_table(&table, chart, err);
    if (st != AUTK_OK)
        return st;
    for (double x = next_x(chart, -INFINITY); isfinite(x); x = next_x(chart, x)) {
        autk_table_number(table, x);
        for (size_t k = 0; k < chart->n_lines; k++)
            add_line_cells(table, &chart->lines[k], x);
    }
    *out = table;
    return AUTK_OK;
}
