#include "report/svg.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

#include "base/fail.h"

void autki_svg_number(autk_buf *out, double value)
{
    double tenths = round(value * 10.0);
    if (!(fabs(tenths) < 1e9))
        tenths = 0.0; /* off every canvas: keep the file well-formed */
    if (fmod(tenths, 10.0) == 0.0)
        autk_buf_printf(out, "%.0f", tenths == 0.0 ? 0.0 : tenths / 10.0);
    else
        autk_buf_printf(out, "%.1f", tenths / 10.0);
}

static double character_width(unsigned char c)
{
    if (c >= 0x80)
        return c >= 0xe0 ? 12.0 : 8.0; /* the first byte of a sequence stands for it */
    if (strchr("ijlt.,:;'|!()[] ", c) != NULL)
        return 5.0;
    if (strchr("mwMW%@", c) != NULL)
        return 12.4;
    return c >= 'A' && c <= 'Z' ? 9.4 : 8.3;
}

double autki_svg_bold_width(const char *text)
{
    return 1.12 * autki_svg_text_width(text);
}

double autki_svg_text_width(const char *text)
{
    double width = 0.0;
    for (const unsigned char *p = (const unsigned char *)text; *p != '\0'; p++) {
        if ((*p & 0xc0) != 0x80)
            width += character_width(*p);
    }
    return width;
}

static void add_attribute(autk_buf *out, const char *name, double value)
{
    autk_buf_printf(out, " %s=\"", name);
    autki_svg_number(out, value);
    autk_buf_putc(out, '"');
}

void autki_svg_text(autk_buf *out, double x, double y, autki_anchor anchor, const char *css_class,
                    const char *text)
{
    static const char *const anchors[] = {"", " text-anchor=\"middle\"", " text-anchor=\"end\""};
    autk_buf_puts(out, "<text");
    add_attribute(out, "x", x);
    add_attribute(out, "y", y);
    autk_buf_puts(out, anchors[anchor]);
    autk_buf_printf(out, " class=\"%s\">", css_class);
    autk_format_html_text(out, text);
    autk_buf_puts(out, "</text>\n");
}

void autki_svg_line(autk_buf *out, double x1, double y1, double x2, double y2,
                    const char *css_class)
{
    autk_buf_puts(out, "<line");
    add_attribute(out, "x1", x1);
    add_attribute(out, "y1", y1);
    add_attribute(out, "x2", x2);
    add_attribute(out, "y2", y2);
    autk_buf_printf(out, " class=\"%s\"/>\n", css_class);
}

void autki_svg_rect(autk_buf *out, double x, double y, double width, double height,
                    const char *css_class)
{
    autk_buf_puts(out, "<rect");
    add_attribute(out, "x", x);
    add_attribute(out, "y", y);
    add_attribute(out, "width", width > 0.0 ? width : 0.0);
    add_attribute(out, "height", height > 0.0 ? height : 0.0);
    autk_buf_printf(out, " class=\"%s\"/>\n", css_class);
}

static bool is_id(const char *id)
{
    bool letter = (id[0] >= 'a' && id[0] <= 'z') || (id[0] >= 'A' && id[0] <= 'Z');
    return letter &&
           strspn(id, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-") ==
               strlen(id);
}

autk_status autki_svg_begin(autk_buf *out, const autk_chart_frame *frame, double height,
                            autk_err *err)
{
    if (frame->id == NULL || !is_id(frame->id))
        return autki_fail(err, AUTK_EARG,
                          "a chart's id is a letter, then letters, digits and '-', got \"%s\"",
                          frame->id != NULL ? frame->id : "nothing");
    if (frame->standalone)
        autk_buf_puts(out, "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n");
    autk_buf_printf(out,
                    "<svg xmlns=\"http://www.w3.org/2000/svg\" class=\"autk-chart\" role=\"img\" "
                    "id=\"%s\" aria-labelledby=\"%s-title %s-desc\" viewBox=\"0 0 %.0f %.0f\"",
                    frame->id, frame->id, frame->id, AUTKI_SVG_WIDTH, height);
    if (frame->standalone)
        autk_buf_printf(out, " width=\"%.0f\" height=\"%.0f\"", AUTKI_SVG_WIDTH, height);
    autk_buf_printf(out, ">\n<title id=\"%s-title\">", frame->id);
    autk_format_html_text(out, frame->title);
    autk_buf_printf(out, "</title>\n<desc id=\"%s-desc\">", frame->id);
    autk_format_html_text(out, frame->description != NULL ? frame->description : frame->title);
    autk_buf_puts(out, "</desc>\n");
    if (frame->standalone)
        autk_buf_printf(out,
                        "<style>%s</style>\n<rect width=\"100%%\" height=\"100%%\" "
                        "class=\"ground\"/>\n",
                        autk_chart_style());
    return AUTK_OK;
}

void autki_svg_end(autk_buf *out)
{
    autk_buf_puts(out, "</svg>\n");
}

static void add_hatch(autk_buf *out, const char *id, const char *suffix)
{
    autk_buf_printf(out,
                    "<pattern id=\"%s-hatch%s\" width=\"5\" height=\"5\" "
                    "patternUnits=\"userSpaceOnUse\" patternTransform=\"rotate(45)\">"
                    "<rect width=\"5\" height=\"5\" class=\"hatch-ground\"/>"
                    "<rect width=\"2.2\" height=\"5\" class=\"hatch-line%s\"/></pattern>",
                    id, suffix, suffix);
}

void autki_svg_hatches(autk_buf *out, const char *id)
{
    autk_buf_puts(out, "<defs>");
    add_hatch(out, id, "");
    add_hatch(out, id, "-strong");
    autk_buf_puts(out, "</defs>\n");
}

/* 1, 2, 2.5 or 5 times a power of ten, so that at most max_ticks steps cover the extent. */
static double round_step(double extent, int max_ticks)
{
    static const double steps[] = {1.0, 2.0, 2.5, 5.0, 10.0};
    double raw = extent / (max_ticks > 1 ? max_ticks - 1 : 1);
    double size = pow(10.0, floor(log10(raw)));
    for (size_t i = 0; i < sizeof steps / sizeof *steps; i++) {
        if (steps[i] * size >= raw * (1.0 - 1e-9))
            return steps[i] * size;
    }
    return 10.0 * size;
}

autki_scale autki_scale_make(const autk_chart_axis *axis, double data_low, double data_high,
                             double from, double to, int max_ticks, bool round_ends)
{
    autki_scale s = {.from = from, .to = to};
    bool free_low = isnan(axis->low), free_high = isnan(axis->high);
    s.low = free_low ? data_low : axis->low;
    s.high = free_high ? data_high : axis->high;
    if (!isfinite(s.low) || !isfinite(s.high)) {
        s.low = 0.0;
        s.high = 1.0;
    }
    if (!(s.high > s.low)) {
        double room = s.low != 0.0 ? fabs(s.low) * 0.5 : 1.0;
        s.high = s.low + room;
        s.low = free_low && s.low != 0.0 ? s.low - room : s.low;
    }
    s.step = round_step(s.high - s.low, max_ticks);
    if (axis->style == AUTK_CELL_FIXED && axis->decimals == 0 && s.step < 1.0)
        s.step = 1.0; /* no half years */
    if (round_ends && free_low)
        s.low = floor(s.low / s.step + 1e-9) * s.step;
    if (round_ends && free_high)
        s.high = ceil(s.high / s.step - 1e-9) * s.step;
    s.first = ceil(s.low / s.step - 1e-9) * s.step;
    s.n_ticks = (int)floor((s.high - s.first) / s.step + 1e-6) + 1;
    if (s.n_ticks < 0 || s.n_ticks > 60)
        s.n_ticks = 0;
    return s;
}

double autki_scale_at(const autki_scale *scale, double value)
{
    return scale->from +
           (value - scale->low) / (scale->high - scale->low) * (scale->to - scale->from);
}

double autki_scale_tick(const autki_scale *scale, int k)
{
    return scale->first + k * scale->step;
}

void autki_axis_value(autk_buf *out, const autk_chart_axis *axis, double value)
{
    if (axis->style == AUTK_CELL_USD)
        autk_format_usd(out, value);
    else if (axis->style == AUTK_CELL_PERCENT)
        autk_format_percent(out, value, axis->decimals);
    else
        autk_buf_printf(out, "%.*f", axis->style == AUTK_CELL_INTEGER ? 0 : axis->decimals, value);
}

static int decimals_of(double step)
{
    int decimals = 0;
    while (decimals < 6 && fabs(step - round(step)) > 1e-6 * fabs(step)) {
        step *= 10.0;
        decimals++;
    }
    return decimals;
}

void autki_axis_tick(autk_buf *out, const autk_chart_axis *axis, double value, double step)
{
    if (fabs(value) < 1e-9 * step)
        value = 0.0;
    if (axis->style == AUTK_CELL_USD)
        autk_format_usd(out, value);
    else if (axis->style == AUTK_CELL_PERCENT)
        autk_format_percent(out, value, decimals_of(step * 100.0));
    else
        autk_buf_printf(out, "%.*f", decimals_of(step), value);
}

void autki_range_add(double *low, double *high, double value)
{
    if (!isfinite(value))
        return;
    if (!(*low <= value))
        *low = value;
    if (!(*high >= value))
        *high = value;
}

autk_chart_axis autk_chart_axis_default(const char *title, autk_cell_style style, int decimals)
{
    return (autk_chart_axis){title, style, decimals, NAN, NAN};
}
