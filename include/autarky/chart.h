/**
 * @file chart.h
 * Charts as inline SVG and the page around them: one HTML file, no request to anywhere.
 *
 * What is drawn follows light and dark (prefers-color-scheme), prints, stays readable in black and
 * white (dashes, hatching, hollow marks, labels at the lines themselves), and carries a title, a
 * description and a table for readers who do not see it. All output is well-formed XML.
 *
 * Every function appends to an autk_buf; running out of memory is kept there (autk_buf_check).
 *
 * Threads: reentrant; distinct buffers.
 */
#ifndef AUTARKY_CHART_H
#define AUTARKY_CHART_H

#include <autarky/table.h>

#ifdef __cplusplus
extern "C" {
#endif

/** What every chart has. Texts are borrowed for the call. */
typedef struct autk_chart_frame {
    const char *id;          /**< unique on its page; a letter, then letters, digits and '-' */
    const char *title;       /**< one line: what is shown */
    const char *description; /**< the finding in words, for those who do not see the picture */
    bool standalone;         /**< an SVG file of its own, with its style, not a part of a page */
} autk_chart_frame;

/** How values of an axis are written, and its ends. NaN = chosen from the data. */
typedef struct autk_chart_axis {
    const char *title;     /**< "" when the chart's title says it */
    autk_cell_style style; /**< years: AUTK_CELL_FIXED with 0 decimals */
    int decimals;
    double low, high;
} autk_chart_axis;

/** An axis with free ends. */
AUTK_API autk_chart_axis autk_chart_axis_default(const char *title, autk_cell_style style,
                                                 int decimals);

/** How the interval around a line's points is drawn. */
typedef enum autk_chart_look { AUTK_LOOK_BAND, AUTK_LOOK_WHISKERS } autk_chart_look;

/**
 * One line of a line chart. A NaN point breaks the line: unknown is not zero. Where only bounds are
 * known (point NaN, low and high finite) the interval alone is drawn.
 */
typedef struct autk_chart_line {
    const char *name;              /**< written at the end of the line */
    const double *x;               /**< [n], ascending */
    const double *low, *high;      /**< [n]; both NULL = no interval */
    const double *point;           /**< [n] */
    const unsigned char *is_loose; /**< [n]; non-zero = rests on bounds, not on reports: hollow
                                      mark, dotted line; NULL = none does */
    size_t n;
} autk_chart_line;

typedef enum autk_mark_kind {
    AUTK_MARK_EVENT, /**< a thin rule with its label above */
    AUTK_MARK_TURN   /**< a strong dashed rule over its shaded interval */
} autk_mark_kind;

typedef struct autk_chart_mark {
    autk_mark_kind kind;
    double at, low, high; /**< on the x axis; low and high = the interval, NaN = none */
    const char *label;    /**< short: a number that a list below explains, or a word */
} autk_chart_mark;

typedef struct autk_line_chart {
    autk_chart_frame frame;
    autk_chart_axis x, y;
    autk_chart_look look;
    double baseline; /**< a strong horizontal rule, e.g. at 0 or 1; NaN = none */
    const autk_chart_line *lines;
    size_t n_lines; /**< at most 8 */
    const autk_chart_mark *marks;
    size_t n_marks;
} autk_line_chart;

/** One row of a bar chart: a bar to `point` with a whisker from low to high. */
typedef struct autk_chart_bar {
    const char *label;
    double low, point, high; /**< NaN point: the interval alone; all NaN: the word "unknown" */
    bool is_loose;           /**< hatched: rests on bounds or statements, not on reports */
    bool is_strong;          /**< the row that the page is about */
    const char *note;        /**< behind the value; "" or NULL = none */
} autk_chart_bar;

typedef struct autk_bar_chart {
    autk_chart_frame frame;
    autk_chart_axis x;
    const autk_chart_bar *bars;
    size_t n_bars;
} autk_bar_chart;

/** One row of a dumbbell chart: two values of the same thing, e.g. what each is to the other. */
typedef struct autk_chart_pair {
    const char *label;
    double low[2], point[2], high[2];
} autk_chart_pair;

typedef struct autk_dumbbell_chart {
    autk_chart_frame frame;
    autk_chart_axis x;
    const char *names[2]; /**< what the filled and the hollow mark stand for */
    const autk_chart_pair *pairs;
    size_t n_pairs;
} autk_dumbbell_chart;

/**
 * Append the chart as an <svg> element.
 *
 * Errors: AUTK_EARG (a bad id, nothing to draw, too many lines, x not ascending), AUTK_ENOMEM.
 * Cost:   O(points + marks²).
 */
AUTK_API autk_status autk_chart_lines(autk_buf *out, const autk_line_chart *chart, autk_err *err)
    AUTK_MUST_CHECK;
AUTK_API autk_status autk_chart_bars(autk_buf *out, const autk_bar_chart *chart, autk_err *err)
    AUTK_MUST_CHECK;
AUTK_API autk_status autk_chart_dumbbells(autk_buf *out, const autk_dumbbell_chart *chart,
                                          autk_err *err) AUTK_MUST_CHECK;

/** The style that the classes of the charts need; autk_page_begin writes it. Static text. */
AUTK_API const char *autk_chart_style(void);

/* ------------------------------------------------------------------ the page */

/**
 * Begin an HTML page: doctype, head with the style, <body><main>. `title` is the document's title,
 * `description` its meta description. No script, font or picture is fetched from anywhere: a
 * Content-Security-Policy forbids it.
 */
AUTK_API void autk_page_begin(autk_buf *out, const char *title, const char *description);
AUTK_API void autk_page_end(autk_buf *out);

/** A section with its heading; `id` as for a chart. Close it with autk_page_section_end. */
AUTK_API void autk_page_section(autk_buf *out, const char *id, const char *heading);
AUTK_API void autk_page_section_end(autk_buf *out);

/** A paragraph, escaped. */
AUTK_API void autk_page_paragraph(autk_buf *out, const char *text);

/** A table as an HTML table with a caption ("" = none); numbers are shown as in text. */
AUTK_API autk_status autk_page_table(autk_buf *out, const autk_table *table, const char *caption,
                                     autk_err *err) AUTK_MUST_CHECK;

/**
 * Begin and end a figure: between them the caller appends one chart. The end writes the caption
 * and, folded below it, the table with the chart's numbers (open on paper).
 */
AUTK_API void autk_page_figure(autk_buf *out);
AUTK_API autk_status autk_page_figure_end(autk_buf *out, const char *caption,
                                          const autk_table *numbers, autk_err *err) AUTK_MUST_CHECK;

/** The numbers of a chart as a table: the caller's to free. */
AUTK_API autk_status autk_line_chart_table(autk_table **out, const autk_line_chart *chart,
                                           autk_err *err) AUTK_MUST_CHECK;
AUTK_API autk_status autk_bar_chart_table(autk_table **out, const autk_bar_chart *chart,
                                          const char *label_title, autk_err *err) AUTK_MUST_CHECK;
AUTK_API autk_status autk_dumbbell_chart_table(autk_table **out, const autk_dumbbell_chart *chart,
                                               const char *label_title, autk_err *err)
    AUTK_MUST_CHECK;

#ifdef __cplusplus
}
#endif
#endif
