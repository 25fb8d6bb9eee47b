#include <math.h>
#include <readstat.h>
#include <stdlib.h>
#include <string.h>

#include "base/fail.h"
#include "base/mem.h"
#include "data/dataset_export.h"

#define STATA_VERSION 118 /* Stata 14 and later; text in UTF-8 */
#define STATA_ROWS_MAX 2147483647
#define FLUSH_BYTES ((size_t)1 << 18)

enum {
    PERIOD,
    EXPORTER,
    IMPORTER,
    PRODUCT,
    VALUE,
    QUANTITY,
    CURRENCY,
    FLOW,
    SIDE,
    VALUATION,
    CLASSIFICATION,
    SOURCE,
    N_COLUMNS
};

typedef struct dta_writer {
    readstat_writer_t *writer;
    readstat_variable_t *column[N_COLUMNS];
    autk_buf bytes; /* ReadStat hands out a few at a time */
    autk_write_fn write;
    void *user;
    autk_status status; /* of the caller's function */
    autk_err *err;
} dta_writer;

static ssize_t take_bytes(const void *data, size_t len, void *ctx)
{
    dta_writer *w = ctx;
    autk_buf_add(&w->bytes, data, len);
    if (w->bytes.len >= FLUSH_BYTES) {
        w->status = w->write(w->user, w->bytes.text, w->bytes.len, w->err);
        autk_buf_clear(&w->bytes);
    }
    return w->status == AUTK_OK && w->bytes.status == AUTK_OK ? (ssize_t)len : -1;
}

static size_t longest(size_t longest_so_far, const char *text)
{
    size_t n = strlen(text);
    return n > longest_so_far ? n : longest_so_far;
}

static void add_columns(dta_writer *w, const autk_dataset *d)
{
    size_t economy = 1, product = 1, source = 1;
    for (size_t i = 0; i < d->n_economies; i++)
        economy = longest(economy, d->economies[i].code);
    for (size_t i = 0; i < d->n_products; i++)
        product = longest(product, d->products[i].code);
    for (size_t i = 0; i < d->n_layers; i++)
        source = longest(source, d->layers[i].info.source);
    const struct {
        const char *name, *label;
        readstat_type_t type;
        size_t width;
    } columns[N_COLUMNS] = {
        {"period", "year, or year and month", READSTAT_TYPE_INT32, 0},
        {"exporter", "exporter", READSTAT_TYPE_STRING, economy},
        {"importer", "importer", READSTAT_TYPE_STRING, economy},
        {"product", "product code", READSTAT_TYPE_STRING, product},
        {"value", "value in currency", READSTAT_TYPE_DOUBLE, 0},
        {"quantity_t", "metric tons, missing = unknown", READSTAT_TYPE_DOUBLE, 0},
        {"currency", "currency", READSTAT_TYPE_STRING, 8},
        {"flow", "kind of flow", READSTAT_TYPE_STRING, 32},
        {"reported_by", "side that reported", READSTAT_TYPE_STRING, 16},
        {"valuation", "FOB, CIF", READSTAT_TYPE_STRING, 16},
        {"classification", "of the product codes", READSTAT_TYPE_STRING, 24},
        {"source", "source", READSTAT_TYPE_STRING, source}};
    for (int c = 0; c < N_COLUMNS; c++) {
        w->column[c] =
            readstat_add_variable(w->writer, columns[c].name, columns[c].type, columns[c].width);
        readstat_variable_set_label(w->column[c], columns[c].label);
    }
}

static readstat_error_t put_row(dta_writer *w, const autki_export_part *p, size_t i)
{
    const autk_flows *f = p->flows;
    const char *const texts[N_COLUMNS] = {[EXPORTER] = p->dataset->economies[f->exporter[i]].code,
                                          [IMPORTER] = p->dataset->economies[f->importer[i]].code,
                                          [PRODUCT] = p->dataset->products[f->product[i]].code,
                                          [CURRENCY] = p->layer->currency,
                                          [FLOW] = autk_flow_kind_text(p->layer->flow),
                                          [SIDE] = autk_side_text(p->layer->side),
                                          [VALUATION] = autk_valuation_text(p->layer->valuation),
                                          [CLASSIFICATION] = p->layer->classification,
                                          [SOURCE] = p->layer->source};
    readstat_error_t code = readstat_begin_row(w->writer);
    for (int c = 0; c < N_COLUMNS && code == READSTAT_OK; c++) {
        if (c == PERIOD)
            code = readstat_insert_int32_value(w->writer, w->column[c], p->period);
        else if (c == VALUE)
            code = readstat_insert_double_value(w->writer, w->column[c], f->value[i]);
        else if (c == QUANTITY && isnan(f->quantity[i]))
            code = readstat_insert_missing_value(w->writer, w->column[c]);
        else if (c == QUANTITY)
            code = readstat_insert_double_value(w->writer, w->column[c], f->quantity[i]);
        else
            code = readstat_insert_string_value(w->writer, w->column[c], texts[c]);
    }
    return code == READSTAT_OK ? readstat_end_row(w->writer) : code;
}

static autk_status failed(const dta_writer *w, readstat_error_t code, autk_err *err)
{
    if (w->status != AUTK_OK)
        return w->status; /* the caller's function has said why */
    return autki_fail(err, code == READSTAT_ERROR_MALLOC ? AUTK_ENOMEM : AUTK_EIO,
                      "a Stata file cannot be written: %s", readstat_error_message(code));
}

static autk_status put_part(void *user, const autki_export_part *part, autk_err *err)
{
    dta_writer *w = user;
    readstat_error_t code = READSTAT_OK;
    for (size_t i = 0; i < part->flows->n && code == READSTAT_OK; i++)
        code = put_row(w, part, i);
    return code == READSTAT_OK ? AUTK_OK : failed(w, code, err);
}

static autk_status write_dta(dta_writer *w, autk_dataset *d, const autk_export_opts *opts,
                             autk_err *err)
{
    uint64_t n = 0;
    autk_status st = autki_export_count(&n, d, opts, err);
    if (st != AUTK_OK)
        return st;
    if (n > STATA_ROWS_MAX)
        return autki_fail(err, AUTK_ELIMIT, "a Stata file holds at most %d rows, got %llu",
                          STATA_ROWS_MAX, (unsigned long long)n);
    readstat_set_data_writer(w->writer, take_bytes);
    readstat_writer_set_file_format_version(w->writer, STATA_VERSION);
    add_columns(w, d);
    readstat_error_t code = readstat_begin_writing_dta(w->writer, w, (long)n);
    if (code != READSTAT_OK)
        return failed(w, code, err);
    st = autki_export_scan(d, opts, put_part, w, err);
    if (st != AUTK_OK)
        return st;
    code = readstat_end_writing(w->writer);
    if (code != READSTAT_OK)
        return failed(w, code, err);
    st = autk_buf_check(&w->bytes, err);
    return st == AUTK_OK && w->bytes.len != 0 ? w->write(w->user, w->bytes.text, w->bytes.len, err)
                                              : st;
}

autk_status autki_export_dta(autk_dataset *d, const autk_export_opts *opts, autk_write_fn write,
                             void *user, autk_err *err)
{
    dta_writer w = {.write = write, .user = user, .status = AUTK_OK, .err = err};
    w.writer = readstat_writer_init();
    if (w.writer == NULL)
        return autki_no_memory(err, 1);
    autk_buf_init(&w.bytes);
    autk_status st = autki_dataset_snapshot(d, err);
    if (st == AUTK_OK) {
        st = write_dta(&w, d, opts, err);
        autki_dataset_end_snapshot(d);
    }
    readstat_writer_free(w.writer);
    autk_buf_deinit(&w.bytes);
    return st;
}
