/**
 * @file import_text.h
 * A delimited text cut into blocks of whole records, so that blocks are parsed side by side, and
 * records cut into fields. The bounded, fast sibling of csv.h.
 */
#ifndef AUTKI_DATA_IMPORT_TEXT_H
#define AUTKI_DATA_IMPORT_TEXT_H

#include <autarky/input.h>

#define AUTKI_BLOCK_BYTES ((size_t)1 << 20)
#define AUTKI_FIELDS_MAX 4096

typedef struct autki_block {
    char *text; /* whole records; a NUL behind them */
    size_t len, capacity;
} autki_block;

typedef struct autki_text_reader {
    autk_input *input;
    char *rest; /* the beginning of a record that the last block had no end of */
    size_t rest_len, rest_capacity;
    bool quotes, started, ended;
    uint64_t n_bytes;
} autki_text_reader;

/* input is borrowed. */
void autki_text_init(autki_text_reader *reader, autk_input *input, bool quotes);
void autki_text_deinit(autki_text_reader *reader);

/**
 * The next records, about a megabyte of them; block->len = 0 at the end. A byte order mark at the
 * beginning is dropped.
 * Errors: AUTK_ELIMIT (a record longer than a block), AUTK_EPARSE (a quote is never closed),
 *         AUTK_EIO, AUTK_ENOMEM.
 */
autk_status autki_text_next(autki_text_reader *reader, autki_block *block, autk_err *err)
    AUTK_MUST_CHECK;

typedef struct autki_span {
    const char *text;
    uint32_t len;
} autki_span;

typedef struct autki_record {
    autki_span *field; /* [AUTKI_FIELDS_MAX] */
    size_t n;
    size_t n_inner_lines; /* line ends within quotes */
    const char *next;     /* where the next record begins */
    const char *problem;  /* NULL, or what is wrong with it, at problem_at */
    const char *problem_at;
} autki_record;

/* Cut the record at `at`, unquoting in place. Blank lines give n = 0. */
void autki_record_split(autki_record *record, char *at, char *stop, char delimiter, bool quotes);

#endif
