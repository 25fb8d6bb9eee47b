/** @file svg.h Drawing primitives of the charts: numbers, text and its width, axes, patterns. */
#ifndef AUTKI_REPORT_SVG_H
#define AUTKI_REPORT_SVG_H

#include <autarky/chart.h>

/** All charts share one width, so that their text has one size on a page. */
#define AUTKI_SVG_WIDTH 720.0

/** A coordinate with at most one decimal: 12, 12.5. */
void autki_svg_number(autk_buf *out, double value);

/** Width of a text in the charts' 13 px sans; an upper estimate, since the font is the reader's. */
double autki_svg_text_width(const char *text);
double autki_svg_bold_width(const char *text);

typedef enum autki_anchor { AUTKI_START, AUTKI_MIDDLE, AUTKI_END } autki_anchor;

/** <text> with escaped content; css_class may hold several. */
void autki_svg_text(autk_buf *out, double x, double y, autki_anchor anchor, const char *css_class,
                    const char *text);
void autki_svg_line(autk_buf *out, double x1, double y1, double x2, double y2,
                    const char *css_class);
void autki_svg_rect(autk_buf *out, double x, double y, double width, double height,
                    const char *css_class);

/** <svg …> with title, description, role and, when standalone, the style. */
autk_status autki_svg_begin(autk_buf *out, const autk_chart_frame *frame, double height,
                            autk_err *err) AUTK_MUST_CHECK;
void autki_svg_end(autk_buf *out);
/** <defs> with the hatching of loose bars: "url(#<id>-hatch)" and "url(#<id>-hatch-strong)". */
void autki_svg_hatches(autk_buf *out, const char *id);

/** A linear scale with round ticks. */
typedef struct autki_scale {
    double low, high;   /* of the axis */
    double from, to;    /* pixels */
    double first, step; /* ticks at first + k * step, k < n_ticks */
    int n_ticks;
} autki_scale;

/**
 * Ends and ticks. NaN ends of the axis are taken from the data's, rounded outwards to a tick when
 * `round_ends`; a data range without extent is widened.
 */
autki_scale autki_scale_make(const autk_chart_axis *axis, double data_low, double data_high,
                             double from, double to, int max_ticks, bool round_ends);
double autki_scale_at(const autki_scale *scale, double value);
double autki_scale_tick(const autki_scale *scale, int k);

/** A value as the axis writes it. */
void autki_axis_value(autk_buf *out, const autk_chart_axis *axis, double value);
/** Likewise a tick: no more decimals than the step needs, percent without a blank. */
void autki_axis_tick(autk_buf *out, const autk_chart_axis *axis, double value, double step);

/** Running minimum and maximum of what is finite; begin with NaN. */
void autki_range_add(double *low, double *high, double value);

#endif
