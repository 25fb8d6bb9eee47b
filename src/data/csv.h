/**
 * @file csv.h
 * Records of a delimited text, field by field, with the place of each byte for messages.
 * RFC 4180 quoting; CRLF, LF and a UTF-8 byte order mark are taken; blank lines are skipped.
 */
#ifndef AUTKI_DATA_CSV_H
#define AUTKI_DATA_CSV_H

#include <autarky/input.h>

typedef struct autki_csv autki_csv;

typedef struct autki_csv_opts {
    char delimiter;    /* '\0' = ',' */
    bool quotes;       /* fields may be quoted */
    size_t max_fields; /* per record */
    size_t max_record; /* bytes per record */
} autki_csv_opts;

autki_csv_opts autki_csv_opts_default(void);

/** One field, unquoted. Not NUL-terminated; valid until the next autki_csv_next. */
typedef struct autki_field {
    const char *text;
    size_t len;
    int64_t column; /* 1-based byte column of its first byte in its line */
} autki_field;

/**
 * @param input  borrowed, must outlive the reader
 * @param opts   NULL = default
 * Errors: AUTK_ENOMEM.
 */
autk_status autki_csv_create(autki_csv **out, autk_input *input, const autki_csv_opts *opts,
                             autk_err *err) AUTK_MUST_CHECK;
void autki_csv_free(autki_csv *csv);

/**
 * The next record. *n = 0 at the end.
 *
 * Errors: AUTK_EPARSE (text behind a closing quote, an open quote at the end, a NUL byte),
 *         AUTK_ELIMIT (ceilings), AUTK_EIO; with file, line and column.
 * Cost:   O(bytes), no allocation once the window has grown to the longest record.
 */
autk_status autki_csv_next(autki_csv *csv, const autki_field **fields, size_t *n, autk_err *err)
    AUTK_MUST_CHECK;

/** Fields of the last record: of the header, right after autki_csv_header. */
size_t autki_csv_n_fields(const autki_csv *csv);

/** 1-based line on which the last record began. */
int64_t autki_csv_line(const autki_csv *csv);

/**
 * Read the first record as a header and find columns by name.
 *
 * @param names    [n_names] wanted names; a name that begins with '?' may be missing
 * @param columns  [out, n_names] 0-based position, SIZE_MAX when missing
 * Errors: AUTK_EPARSE names the missing column and what the header has, or the one it has twice.
 */
autk_status autki_csv_header(autki_csv *csv, const char *const *names, size_t n_names,
                             size_t *columns, autk_err *err) AUTK_MUST_CHECK;

/** AUTK_EPARSE at a field of the last record: "expected …, got "…"". */
autk_status autki_csv_bad_field(const autki_csv *csv, const autki_field *field,
                                const char *expected, autk_err *err);

/** Number in a field, else AUTK_EPARSE naming `what`. */
autk_status autki_csv_double(double *value, const autki_csv *csv, const autki_field *field,
                             const char *what, autk_err *err) AUTK_MUST_CHECK;

bool autki_field_is(const autki_field *field, const char *text);

#endif
