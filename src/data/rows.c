#include "data/rows.h"

#include <math.h>
#include <readstat.h>
#include <string.h>
#include <sys/types.h>

#include <autarky/table.h>

#include "base/fail.h"

#define STATA_VERSION 118
#define STATA_ROWS_MAX 2147483647
#define STATA_TEXT_MAX 2045 /* bytes of a fixed-width text */

autk_status autki_rows_write_csv(autk_buf *out, const autki_rows *rows, autk_err *err)
{
    autki_rows_cell cells[AUTKI_ROWS_COLUMNS_MAX];
    for (size_t c = 0; c < rows->n_columns; c++)
        autk_buf_printf(out, "%s%s", c > 0 ? "," : "", rows->columns[c].name);
    autk_buf_putc(out, '\n');
    for (size_t i = 0; i < rows->n && out->status == AUTK_OK; i++) {
        rows->get(rows->user, i, cells);
        for (size_t c = 0; c < rows->n_columns; c++) {
            if (c > 0)
                autk_buf_putc(out, ',');
            if (rows->columns[c].kind == AUTKI_ROWS_TEXT)
                autk_format_csv_text(out, cells[c].text);
            else if (!isnan(cells[c].number))
                autk_format_double(out, cells[c].number);
        }
        autk_buf_putc(out, '\n');
    }
    return autk_buf_check(out, err);
}

static ssize_t take_bytes(const void *data, size_t len, void *ctx)
{
    autk_buf *out = ctx;
    autk_buf_add(out, data, len);
    return out->status == AUTK_OK ? (ssize_t)len : -1;
}

static autk_status add_columns(readstat_writer_t *writer, readstat_variable_t **variables,
                               const autki_rows *rows, autk_err *err)
{
    static const readstat_type_t types[] = {READSTAT_TYPE_INT32, READSTAT_TYPE_DOUBLE,
                                            READSTAT_TYPE_STRING};
    autki_rows_cell cells[AUTKI_ROWS_COLUMNS_MAX];
    size_t width[AUTKI_ROWS_COLUMNS_MAX] = {0};
    for (size_t i = 0; i < rows->n; i++) {
        rows->get(rows->user, i, cells);
        for (size_t c = 0; c < rows->n_columns; c++) {
            size_t len = rows->columns[c].kind == AUTKI_ROWS_TEXT ? strlen(cells[c].text) : 0;
            width[c] = len > width[c] ? len : width[c];
        }
    }
    for (size_t c = 0; c < rows->n_columns; c++) {
        const autki_rows_column *column = &rows->columns[c];
        bool text = column->kind == AUTKI_ROWS_TEXT;
        if (width[c] > STATA_TEXT_MAX)
            return autki_fail(err, AUTK_ELIMIT,
                              "a text in a Stata file has at most %d bytes, got %zu in %s",
                              STATA_TEXT_MAX, width[c], column->name);
        size_t bytes = !text ? 0 : width[c] > 0 ? width[c] : 1;
        variables[c] = readstat_add_variable(writer, column->name, types[column->kind], bytes);
        readstat_variable_set_label(variables[c], column->label);
    }
    return AUTK_OK;
}

static readstat_error_t put_row(readstat_writer_t *writer, readstat_variable_t *const *variables,
                                const autki_rows *rows, size_t i)
{
    autki_rows_cell cells[AUTKI_ROWS_COLUMNS_MAX];
    rows->get(rows->user, i, cells);
    readstat_error_t code = readstat_begin_row(writer);
    for (size_t c = 0; c < rows->n_columns && code == READSTAT_OK; c++) {
        autki_rows_kind kind = rows->columns[c].kind;
        if (kind == AUTKI_ROWS_TEXT)
            code = readstat_insert_string_value(writer, variables[c], cells[c].text);
        else if (isnan(cells[c].number))
            code = readstat_insert_missing_value(writer, variables[c]);
        else if (kind == AUTKI_ROWS_COUNT)
            code = readstat_insert_int32_value(writer, variables[c], (int32_t)cells[c].number);
        else
            code = readstat_insert_double_value(writer, variables[c], cells[c].number);
    }
    return code == READSTAT_OK ? readstat_end_row(writer) : code;
}

static readstat_error_t put_rows(readstat_writer_t *writer, readstat_variable_t *const *variables,
                                 const autki_rows *rows, autk_buf *out)
{
    readstat_set_data_writer(writer, take_bytes);
    readstat_writer_set_file_format_version(writer, STATA_VERSION);
    readstat_error_t code = readstat_begin_writing_dta(writer, out, (long)rows->n);
    for (size_t i = 0; i < rows->n && code == READSTAT_OK; i++)
        code = put_row(writer, variables, rows, i);
    return code == READSTAT_OK ? readstat_end_writing(writer) : code;
}

autk_status autki_rows_write_dta(autk_buf *out, const autki_rows *rows, autk_err *err)
{
    readstat_variable_t *variables[AUTKI_ROWS_COLUMNS_MAX];
    if (rows->n > STATA_ROWS_MAX)
        return autki_fail(err, AUTK_ELIMIT, "a Stata file holds at most %d rows, got %zu",
                          STATA_ROWS_MAX, rows->n);
    readstat_writer_t *writer = readstat_writer_init();
    if (writer == NULL)
        return autki_no_memory(err, 1);
    autk_status st = add_columns(writer, variables, rows, err);
    readstat_error_t code = st == AUTK_OK ? put_rows(writer, variables, rows, out) : READSTAT_OK;
    readstat_writer_free(writer);
    if (st == AUTK_OK)
        st = autk_buf_check(out, err);
    if (st == AUTK_OK && code != READSTAT_OK)
        st = autki_fail(err, code == READSTAT_ERROR_MALLOC ? AUTK_ENOMEM : AUTK_EIO,
                        "a Stata file cannot be written: %s", readstat_error_message(code));
    return st;
}
