/**
 * @file table.h
 * A result as a table of typed cells, written as aligned text, CSV or JSON: the one way numbers
 * leave the library, so that every format says the same.
 */
#ifndef AUTARKY_TABLE_H
#define AUTARKY_TABLE_H

#include <autarky/base.h>

#ifdef __cplusplus
extern "C" {
#endif

typedef enum autk_format { AUTK_FORMAT_TEXT, AUTK_FORMAT_JSON, AUTK_FORMAT_CSV } autk_format;

/** How a column shows numbers in text; CSV and JSON always carry the shortest text that reads back
 *  to the same double. */
typedef enum autk_cell_style {
    AUTK_CELL_TEXT,    /**< left-aligned text */
    AUTK_CELL_INTEGER, /**< 12,345 */
    AUTK_CELL_FIXED,   /**< `decimals` digits after the point */
    AUTK_CELL_PERCENT, /**< a fraction shown as 55.7 % */
    AUTK_CELL_USD      /**< 46.5 bn, 912 M, 13 k */
} autk_cell_style;

typedef struct autk_column {
    const char *key;   /**< JSON member and CSV heading: snake_case with its unit */
    const char *title; /**< heading in text */
    autk_cell_style style;
    int decimals;
} autk_column;

typedef struct autk_table autk_table;

/** @param columns  [n_columns] the array and its texts are copied */
AUTK_API autk_status autk_table_create(autk_table **out, const autk_column *columns,
                                       size_t n_columns, autk_err *err) AUTK_MUST_CHECK;
AUTK_API void autk_table_free(autk_table *table);

/**
 * Append cells from left to right, row after row. A failure is kept and told by
 * autk_table_write. autk_table_number with NaN writes an empty cell (JSON null): unknown.
 */
AUTK_API void autk_table_text(autk_table *table, const char *text);
AUTK_API void autk_table_number(autk_table *table, double value);
AUTK_API void autk_table_empty(autk_table *table);

AUTK_API size_t autk_table_n_rows(const autk_table *table);

/**
 * Write the table: text with a heading and aligned columns; CSV per RFC 4180 with \n; JSON as an
 * array of objects.
 *
 * Errors:  AUTK_ENOMEM, AUTK_EINTERNAL (a row is incomplete) - what was written to out stays.
 * Threads: reentrant; distinct `out`.
 */
AUTK_API autk_status autk_table_write(autk_buf *out, const autk_table *table, autk_format format,
                                      autk_err *err) AUTK_MUST_CHECK;

/** 46.5 bn, 912 M, 13 k, 7; "unknown" for NaN. Three significant digits. */
AUTK_API void autk_format_usd(autk_buf *out, double value_usd);
/** 55.7 %; "unknown" for NaN. */
AUTK_API void autk_format_percent(autk_buf *out, double fraction, int decimals);
/** The shortest decimal text that reads back to the same double; "null" unless finite. */
AUTK_API void autk_format_double(autk_buf *out, double value);
/** A JSON string with its quotes; bytes that are not UTF-8 become U+FFFD. */
AUTK_API void autk_format_json_text(autk_buf *out, const char *text);
/** A CSV field, quoted where it must be. */
AUTK_API void autk_format_csv_text(autk_buf *out, const char *text);
/** Text for HTML or SVG: & < > " ' replaced. */
AUTK_API void autk_format_html_text(autk_buf *out, const char *text);

#ifdef __cplusplus
}
#endif
#endif
