/**
 * @file frame.h
 * A table of typed columns, read whole: numbers as doubles, identifiers as codes into a dictionary.
 * Made for regressions, where a column is read once and then passed over many times.
 *
 * From CSV (plain, gz, xz, zst, bz2) and Stata's .dta. A plain file is parsed in fixed blocks on
 * several threads; what the fast parser does not understand (line ends inside quotes, a text in a
 * number column) is read again by the careful reader of csv.h, which then names file, line and
 * column. The result does not depend on the number of threads.
 */
#ifndef AUTKI_DATA_FRAME_H
#define AUTKI_DATA_FRAME_H

#include <math.h>

#include <autarky/input.h>

/** Distinct texts in the order of their first appearance. */
typedef struct autki_dictionary {
    char *bytes; /* the texts, each with a NUL behind it */
    size_t bytes_len, bytes_capacity;
    size_t *offset; /* [n_levels] of each text in `bytes` */
    size_t offset_capacity;
    int32_t n_levels;
    int32_t *slots; /* hash table of codes, -1 = free */
    size_t n_slots; /* a power of two, or 0 */
} autki_dictionary;

void autki_dictionary_deinit(autki_dictionary *d);

/** The code of text[0..len), added when it is new. Errors: AUTK_ENOMEM, AUTK_ELIMIT. */
autk_status autki_dictionary_code(autki_dictionary *d, const char *text, size_t len, int32_t *code,
                                  autk_err *err) AUTK_MUST_CHECK;

/** Text of a code, borrowed until the dictionary grows. */
const char *autki_dictionary_text(const autki_dictionary *d, int32_t code);

/** Code of a text that is there, else -1. */
int32_t autki_dictionary_find(const autki_dictionary *d, const char *text, size_t len);

typedef enum autki_kind {
    AUTKI_NUMBER, /* every cell is a number or missing */
    AUTKI_FACTOR  /* a text per cell: an empty cell is missing, "NA" is Namibia */
} autki_kind;

typedef struct autki_frame_column {
    char *name;
    autki_kind kind;
    double *number; /* [n_rows] of a number column, unless packed; NaN = missing */
    int8_t *small;  /* [n_rows] of a packed number column; INT8_MIN = missing */
    int32_t *code;  /* [n_rows] of a factor column; -1 = missing */
    autki_dictionary levels;
} autki_frame_column;

typedef struct autki_frame {
    size_t n_rows, n_columns;
    autki_frame_column *columns; /* those wanted, in the order wanted */
    char *source;                /* name for messages */
    bool row_is_line;            /* row r stands on line r + 2 of a text file */
} autki_frame;

typedef struct autki_wanted {
    const char *name;
    autki_kind kind;
} autki_wanted;

/**
 * Read the wanted columns of a file.
 *
 * @param path       "-" = standard input; .dta by its name, else CSV; the delimiter (comma,
 *                   semicolon, tab) is the one that the header has most of
 * @param wanted     [n_wanted] distinct names
 * @param n_threads  0 or 1: the caller's own
 * Errors: AUTK_ENOTFOUND (no such column; the nearest are named), AUTK_EPARSE with line and column,
 *         AUTK_EIO, AUTK_ELIMIT (over 2^31 - 2 rows), AUTK_ENOMEM.
 * Cost:   O(bytes); 8 bytes a number and 4 a code, and for a moment twice that.
 */
autk_status autki_frame_read(autki_frame **out, const char *path, const autki_wanted *wanted,
                             size_t n_wanted, int n_threads, autk_err *err) AUTK_MUST_CHECK;

/** Likewise from an input as CSV, by the careful reader alone. The input is borrowed. */
autk_status autki_frame_read_csv(autki_frame **out, autk_input *input, const autki_wanted *wanted,
                                 size_t n_wanted, autk_err *err) AUTK_MUST_CHECK;

/**
 * Keep number columns that hold but small whole numbers, as dummies do, in a byte a cell. Reading
 * them takes autki_frame_number from then on.
 */
autk_status autki_frame_pack(autki_frame *frame, int n_threads, autk_err *err) AUTK_MUST_CHECK;

/** Cell of a number column, packed or not; NaN = missing. */
static inline double autki_frame_number(const autki_frame_column *c, size_t row)
{
    if (c->small == NULL)
        return c->number[row];
    return c->small[row] == INT8_MIN ? NAN : (double)c->small[row];
}

/** Names of a file's columns as a NULL-terminated list in one block; free() it. */
autk_status autki_frame_names(char ***names, size_t *n_names, const char *path, autk_err *err)
    AUTK_MUST_CHECK;

void autki_frame_free(autki_frame *frame);

/** Position of a column, SIZE_MAX when it is not there. */
size_t autki_frame_find(const autki_frame *frame, const char *name);

#endif
