/** @file rows.h Rows of a few typed columns, written as CSV or as Stata's .dta. */
#ifndef AUTKI_DATA_ROWS_H
#define AUTKI_DATA_ROWS_H

#include <autarky/base.h>

#define AUTKI_ROWS_COLUMNS_MAX 256

typedef enum autki_rows_kind {
    AUTKI_ROWS_COUNT, /* a whole number up to 2^31 - 1, held as a double */
    AUTKI_ROWS_NUMBER,
    AUTKI_ROWS_TEXT
} autki_rows_kind;

typedef struct autki_rows_column {
    const char *name, *label;
    autki_rows_kind kind;
} autki_rows_column;

typedef struct autki_rows_cell {
    double number;    /* NaN = missing */
    const char *text; /* of a text column */
} autki_rows_cell;

typedef struct autki_rows {
    const autki_rows_column *columns;
    size_t n_columns, n;
    /** Fill cells[n_columns] with row i; texts stay valid until the next call. */
    void (*get)(const void *user, size_t i, autki_rows_cell *cells);
    const void *user;
} autki_rows;

/** Numbers with all their digits, a missing one as an empty cell. */
autk_status autki_rows_write_csv(autk_buf *out, const autki_rows *rows, autk_err *err)
    AUTK_MUST_CHECK;

/** Format 118 (Stata 14 and later). Errors: AUTK_ELIMIT (2^31 rows, a text over 2045 bytes),
 *  AUTK_ENOMEM. Two passes over the rows: the first finds how wide the texts are. */
autk_status autki_rows_write_dta(autk_buf *out, const autki_rows *rows, autk_err *err)
    AUTK_MUST_CHECK;

#endif
