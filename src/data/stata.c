#include <autarky/stata.h>

#include <ctype.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/fail.h"
#include "base/mem.h"
#include "base/text.h"
#include "data/csv.h"
#include "data/rows.h"

#define NAME_MAX_BYTES 32
#define CELLS_MAX ((size_t)1 << 30)

/* A table of texts, each with a NUL behind it in `bytes`. */
typedef struct texts {
    autk_buf bytes;
    size_t *cell; /* [n_cells] where each begins in `bytes` */
    size_t n_cells, capacity, n_columns;
    autki_rows_column column[AUTKI_ROWS_COLUMNS_MAX];
    char name[AUTKI_ROWS_COLUMNS_MAX][NAME_MAX_BYTES + 1];
} texts;

static const char *text_of(const texts *t, size_t cell)
{
    return t->bytes.text + t->cell[cell];
}

/* ------------------------------------------------------------------ reading */

static autk_status add_record(texts *t, const autki_field *fields, size_t n, int64_t line,
                              autk_err *err)
{
    if (t->n_cells == 0)
        t->n_columns = n;
    if (n != t->n_columns)
        return autki_fail_at(err, AUTK_EDATA, "", line, 0,
                             "expected one table, got a row of %zu fields below %zu headings", n,
                             t->n_columns);
    if (n > AUTKI_ROWS_COLUMNS_MAX)
        return autki_fail(err, AUTK_ELIMIT, "expected at most %d columns, got %zu",
                          AUTKI_ROWS_COLUMNS_MAX, n);
    autk_status st =
        autki_grow(&t->cell, &t->capacity, t->n_cells + n, sizeof *t->cell, CELLS_MAX, err);
    for (size_t i = 0; i < n && st == AUTK_OK; i++) {
        t->cell[t->n_cells++] = t->bytes.len;
        autk_buf_add(&t->bytes, fields[i].text, fields[i].len);
        autk_buf_add(&t->bytes, "", 1);
    }
    return st == AUTK_OK ? autk_buf_check(&t->bytes, err) : st;
}

static autk_status read_table(texts *t, const char *csv_text, size_t len, autk_err *err)
{
    autk_input *input = NULL;
    autki_csv *csv = NULL;
    const autki_field *fields = NULL;
    size_t n = 1;
    autk_status st = autk_input_memory(&input, "", csv_text, len, err);
    if (st == AUTK_OK)
        st = autki_csv_create(&csv, input, NULL, err);
    while (st == AUTK_OK && n != 0) {
        st = autki_csv_next(csv, &fields, &n, err);
        if (st == AUTK_OK && n != 0)
            st = add_record(t, fields, n, autki_csv_line(csv), err);
    }
    autki_csv_free(csv);
    autk_input_free(input);
    if (st == AUTK_OK && t->n_columns == 0)
        st = autki_fail(err, AUTK_EDATA, "expected a table, got nothing");
    return st;
}

/* ------------------------------------------------------------------ columns */

static bool is_code(const char *name)
{
    size_t len = strlen(name);
    return strcmp(name, "product") == 0 || strcmp(name, "code") == 0 ||
           (len > 5 && strcmp(name + len - 5, "_code") == 0);
}

static autki_rows_kind kind_of(const texts *t, size_t column)
{
    bool whole = true, any = false;
    if (is_code(text_of(t, column)))
        return AUTKI_ROWS_TEXT;
    for (size_t c = t->n_columns + column; c < t->n_cells; c += t->n_columns) {
        const char *text = text_of(t, c);
        double v;
        if (text[0] == '\0')
            continue;
        if (!autki_parse_double(text, strlen(text), &v))
            return AUTKI_ROWS_TEXT;
        any = true;
        whole =
            whole && v == floor(v) && fabs(v) <= 2147483620; /* above it Stata's missing begin */
    }
    return any && whole ? AUTKI_ROWS_COUNT : AUTKI_ROWS_NUMBER;
}

/* "share (%)" as "share____", and a number behind it where another column is called so. */
static void name_column(texts *t, size_t column)
{
    char *name = t->name[column];
    const char *from = text_of(t, column);
    size_t n = 0;
    if (!isalpha((unsigned char)from[0]))
        name[n++] = '_';
    for (; *from != '\0' && n < NAME_MAX_BYTES - 4; from++)
        name[n++] = isalnum((unsigned char)*from) ? *from : '_';
    name[n] = '\0';
    for (size_t i = 0; i < column; i++) {
        if (strcmp(t->name[i], name) == 0) {
            (void)snprintf(name + n, 5, "_%zu", column % 1000);
            break;
        }
    }
}

static void get_row(const void *user, size_t i, autki_rows_cell *cells)
{
    const texts *t = user;
    for (size_t c = 0; c < t->n_columns; c++) {
        const char *text = text_of(t, (i + 1) * t->n_columns + c);
        cells[c] = (autki_rows_cell){NAN, text};
        if (t->column[c].kind != AUTKI_ROWS_TEXT)
            (void)autki_parse_double(text, strlen(text), &cells[c].number);
    }
}

autk_status autk_stata_from_csv(autk_buf *out, const char *csv, size_t len, autk_err *err)
{
    texts *t = autki_calloc(1, sizeof *t);
    if (t == NULL)
        return autki_no_memory(err, sizeof *t);
    autk_buf_init(&t->bytes);
    autk_status st = read_table(t, csv, len, err);
    for (size_t c = 0; st == AUTK_OK && c < t->n_columns; c++) {
        name_column(t, c);
        t->column[c] = (autki_rows_column){t->name[c], text_of(t, c), kind_of(t, c)};
    }
    autki_rows rows = {.columns = t->column,
                       .n_columns = t->n_columns,
                       .n = t->n_columns != 0 ? t->n_cells / t->n_columns - 1 : 0,
                       .get = get_row,
                       .user = t};
    if (st == AUTK_OK)
        st = autki_rows_write_dta(out, &rows, err);
    autk_buf_deinit(&t->bytes);
    free(t->cell);
    free(t);
    return st;
}
