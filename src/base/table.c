#include <autarky/table.h>

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/fail.h"
#include "base/mem.h"
#include "base/table.h"
#include "base/text.h"

#define MAX_CELLS ((size_t)1 << 27)

typedef struct cell {
    char *text; /* NULL for a number */
    double number;
} cell;

struct autk_table {
    autk_column *columns;
    size_t n_columns;
    cell *cells;
    size_t n_cells, capacity;
    autk_status status;
};

autk_status autk_table_create(autk_table **out, const autk_column *columns, size_t n_columns,
                              autk_err *err)
{
    if (n_columns == 0)
        return autki_fail(err, AUTK_EARG, "a table needs a column, got none");
    autk_table *table = autki_calloc(1, sizeof *table);
    if (table == NULL)
        return autki_no_memory(err, sizeof *table);
    table->n_columns = n_columns;
    table->columns = autki_calloc(n_columns, sizeof *table->columns);
    bool complete = table->columns != NULL;
    for (size_t i = 0; complete && i < n_columns; i++) {
        table->columns[i] = columns[i];
        table->columns[i].key = autki_strdup(columns[i].key);
        table->columns[i].title = autki_strdup(columns[i].title);
        complete = table->columns[i].key != NULL && table->columns[i].title != NULL;
    }
    if (!complete) {
        autk_table_free(table);
        return autki_no_memory(err, n_columns * sizeof *columns);
    }
    *out = table;
    return AUTK_OK;
}

/* The copies are ours; the struct's const is the reader's promise. */
static void free_text(const char *text)
{
    free((void *)(uintptr_t)text);
}

void autk_table_free(autk_table *table)
{
    if (table == NULL)
        return;
    for (size_t i = 0; table->columns != NULL && i < table->n_columns; i++) {
        free_text(table->columns[i].key);
        free_text(table->columns[i].title);
    }
    for (size_t i = 0; i < table->n_cells; i++)
        free(table->cells[i].text);
    free(table->columns);
    free(table->cells);
    free(table);
}

static cell *next_cell(autk_table *table)
{
    if (table->status == AUTK_OK)
        table->status = autki_grow(&table->cells, &table->capacity, table->n_cells + 1,
                                   sizeof *table->cells, MAX_CELLS, NULL);
    return table->status == AUTK_OK ? &table->cells[table->n_cells++] : NULL;
}

void autk_table_number(autk_table *table, double value)
{
    cell *c = next_cell(table);
    if (c != NULL)
        *c = (cell){.number = value};
}

void autk_table_empty(autk_table *table)
{
    autk_table_number(table, NAN);
}

void autk_table_text(autk_table *table, const char *text)
{
    char *copy = autki_strdup(text);
    if (copy == NULL) {
        table->status = table->status != AUTK_OK ? table->status : AUTK_ENOMEM;
        return;
    }
    cell *c = next_cell(table);
    if (c == NULL)
        free(copy);
    else
        *c = (cell){.text = copy};
}

size_t autk_table_n_rows(const autk_table *table)
{
    return table->n_cells / table->n_columns;
}

void autk_format_double(autk_buf *out, double value)
{
    if (!isfinite(value)) {
        autk_buf_puts(out, "null");
        return;
    }
    char text[40];
    if (fabs(value) < 1e15 && value == trunc(value)) {
        autk_buf_printf(out, "%.0f", value == 0.0 ? 0.0 : value);
        return;
    }
    for (int digits = 1; digits <= 17; digits++) {
        (void)snprintf(text, sizeof text, "%.*g", digits, value);
        double back;
        if (autki_parse_double(text, strlen(text), &back) && back == value)
            break;
    }
    autk_buf_puts(out, text);
}

void autk_format_percent(autk_buf *out, double fraction, int decimals)
{
    if (!isfinite(fraction)) {
        autk_buf_puts(out, "unknown");
        return;
    }
    double shown = fraction * 100.0;
    if (fabs(shown) < 0.5 * pow(10.0, -decimals))
        shown = 0.0; /* no "-0.0 %" */
    autk_buf_printf(out, "%.*f %%", decimals, shown);
}

void autk_format_usd(autk_buf *out, double value_usd)
{
    static const struct {
        double size;
        const char *unit;
    } steps[] = {{1e12, " tn"}, {1e9, " bn"}, {1e6, " M"}, {1e3, " k"}, {1.0, ""}};
    if (!isfinite(value_usd)) {
        autk_buf_puts(out, "unknown");
        return;
    }
    size_t k = 0, last = sizeof steps / sizeof *steps - 1;
    while (k < last && fabs(value_usd) < 0.9995 * steps[k].size)
        k++;
    double v = value_usd / steps[k].size;
    int decimals = k == last ? 0 : fabs(v) < 9.995 ? 2 : fabs(v) < 99.95 ? 1 : 0;
    autk_buf_printf(out, "%.*f%s", decimals, v == 0.0 ? 0.0 : v, steps[k].unit);
}

static void add_grouped(autk_buf *out, double value)
{
    char digits[400];
    int len = snprintf(digits, sizeof digits, "%.0f", fabs(value));
    if (value < 0 && strcmp(digits, "0") != 0)
        autk_buf_putc(out, '-');
    for (int i = 0; i < len; i++) {
        autk_buf_putc(out, digits[i]);
        if ((len - 1 - i) % 3 == 0 && i + 1 < len)
            autk_buf_putc(out, ',');
    }
}

static void add_shown(autk_buf *out, const autk_column *column, const cell *c)
{
    if (c->text != NULL) {
        autk_buf_puts(out, c->text);
        return;
    }
    if (!isfinite(c->number)) {
        autk_buf_puts(out, "–");
        return;
    }
    switch (column->style) {
    case AUTK_CELL_INTEGER:
        add_grouped(out, c->number);
        break;
    case AUTK_CELL_PERCENT:
        autk_format_percent(out, c->number, column->decimals);
        break;
    case AUTK_CELL_USD:
        autk_format_usd(out, c->number);
        break;
    default:
        autk_buf_printf(out, "%.*f", column->decimals, c->number);
    }
}

static void add_padded(autk_buf *out, const char *text, size_t width, bool right, bool last)
{
    size_t have = autki_display_width(text), pad = width > have ? width - have : 0;
    if (right)
        autk_buf_repeat(out, " ", pad);
    autk_buf_puts(out, text);
    if (!right && !last)
        autk_buf_repeat(out, " ", pad);
}

static autk_status write_text(autk_buf *out, const autk_table *table, autk_err *err)
{
    size_t n = table->n_columns;
    size_t *widths = autki_calloc(n, sizeof *widths);
    if (widths == NULL)
        return autki_no_memory(err, n * sizeof *widths);
    autk_buf shown;
    autk_buf_init(&shown);
    for (size_t j = 0; j < n; j++)
        widths[j] = autki_display_width(table->columns[j].title);
    for (size_t i = 0; i < table->n_cells; i++) {
        autk_buf_clear(&shown);
        add_shown(&shown, &table->columns[i % n], &table->cells[i]);
        size_t width = autki_display_width(autk_buf_text(&shown));
        if (width > widths[i % n])
            widths[i % n] = width;
    }
    for (size_t j = 0; j < n; j++) {
        autk_buf_puts(out, j == 0 ? "" : "  ");
        add_padded(out, table->columns[j].title, widths[j],
                   table->columns[j].style != AUTK_CELL_TEXT, j + 1 == n);
    }
    autk_buf_putc(out, '\n');
    for (size_t i = 0; i < table->n_cells; i++) {
        size_t j = i % n;
        autk_buf_clear(&shown);
        add_shown(&shown, &table->columns[j], &table->cells[i]);
        autk_buf_puts(out, j == 0 ? "" : "  ");
        add_padded(out, autk_buf_text(&shown), widths[j], table->columns[j].style != AUTK_CELL_TEXT,
                   j + 1 == n);
        if (j + 1 == n)
            autk_buf_putc(out, '\n');
    }
    autk_status st = autk_buf_check(&shown, err);
    autk_buf_deinit(&shown);
    free(widths);
    return st;
}

static void write_csv(autk_buf *out, const autk_table *table)
{
    size_t n = table->n_columns;
    for (size_t j = 0; j < n; j++) {
        autk_buf_puts(out, j == 0 ? "" : ",");
        autk_format_csv_text(out, table->columns[j].key);
    }
    autk_buf_putc(out, '\n');
    for (size_t i = 0; i < table->n_cells; i++) {
        const cell *c = &table->cells[i];
        autk_buf_puts(out, i % n == 0 ? "" : ",");
        if (c->text != NULL)
            autk_format_csv_text(out, c->text);
        else if (isfinite(c->number))
            autk_format_double(out, c->number);
        if (i % n + 1 == n)
            autk_buf_putc(out, '\n');
    }
}

static void write_json(autk_buf *out, const autk_table *table)
{
    size_t n = table->n_columns;
    autk_buf_putc(out, '[');
    for (size_t i = 0; i < table->n_cells; i++) {
        const cell *c = &table->cells[i];
        autk_buf_puts(out, i % n != 0 ? ", " : i == 0 ? "{" : ", {");
        autk_format_json_text(out, table->columns[i % n].key);
        autk_buf_puts(out, ": ");
        if (c->text != NULL)
            autk_format_json_text(out, c->text);
        else
            autk_format_double(out, c->number);
        if (i % n + 1 == n)
            autk_buf_putc(out, '}');
    }
    autk_buf_putc(out, ']');
}

void autki_table_take(autk_table *table, autk_buf *text)
{
    if (table->status == AUTK_OK)
        table->status = text->status;
    autk_table_text(table, autk_buf_text(text));
    autk_buf_clear(text);
}

size_t autki_table_n_columns(const autk_table *table)
{
    return table->n_columns;
}

const autk_column *autki_table_column(const autk_table *table, size_t column)
{
    return &table->columns[column];
}

void autki_table_show_cell(autk_buf *out, const autk_table *table, size_t row, size_t column)
{
    add_shown(out, &table->columns[column], &table->cells[row * table->n_columns + column]);
}

autk_status autki_table_check(const autk_table *table, autk_err *err)
{
    if (table->status != AUTK_OK)
        return autki_fail(err, table->status, "a table of %zu cells could not grow: %s",
                          table->n_cells, autk_status_text(table->status));
    if (table->n_cells % table->n_columns != 0)
        return autki_fail(err, AUTK_EINTERNAL, "a table row has %zu of %zu cells",
                          table->n_cells % table->n_columns, table->n_columns);
    return AUTK_OK;
}

autk_status autk_table_write(autk_buf *out, const autk_table *table, autk_format format,
                             autk_err *err)
{
    autk_status st = autki_table_check(table, err);
    if (st != AUTK_OK)
        return st;
    if (format == AUTK_FORMAT_TEXT)
        st = write_text(out, table, err);
    else if (format == AUTK_FORMAT_CSV)
        write_csv(out, table);
    else
        write_json(out, table);
    return st != AUTK_OK ? st : autk_buf_check(out, err);
}
