#include <autarky/dataset.h>

#include <math.h>
#include <stdlib.h>
#include <string.h>
#include <zstd.h>

#include "base/fail.h"
#include "base/mem.h"
#include "data/dataset_export.h"

#define FLUSH_BYTES ((size_t)1 << 18)

typedef struct exporter {
    autk_dataset *dataset;
    const autk_export_opts *opts;
    autk_write_fn write;
    void *user;
    autk_buf text;
    ZSTD_CCtx *zstd; /* NULL = plain */
    char *packed;
    size_t packed_room;
} exporter;

autk_export_opts autk_export_opts_default(void)
{
    return (autk_export_opts){.format = AUTK_EXPORT_CSV, .layer = -1};
}

static autk_status pass_on(exporter *e, const char *bytes, size_t size, ZSTD_EndDirective how,
                           autk_err *err)
{
    if (e->zstd == NULL)
        return size != 0 ? e->write(e->user, bytes, size, err) : AUTK_OK;
    ZSTD_inBuffer in = {bytes, size, 0};
    size_t left = 1;
    while (in.pos < in.size || (how == ZSTD_e_end && left != 0)) {
        ZSTD_outBuffer out = {e->packed, e->packed_room, 0};
        left = ZSTD_compressStream2(e->zstd, &out, &in, how);
        if (ZSTD_isError(left))
            return autki_fail(err, AUTK_EINTERNAL, "zstd: %s", ZSTD_getErrorName(left));
        autk_status st = out.pos != 0 ? e->write(e->user, e->packed, out.pos, err) : AUTK_OK;
        if (st != AUTK_OK)
            return st;
    }
    return AUTK_OK;
}

static autk_status flush(exporter *e, bool last, autk_err *err)
{
    if (!last && e->text.len < FLUSH_BYTES)
        return AUTK_OK;
    autk_status st = autk_buf_check(&e->text, err);
    if (st == AUTK_OK)
        st = pass_on(e, autk_buf_text(&e->text), e->text.len, last ? ZSTD_e_end : ZSTD_e_continue,
                     err);
    autk_buf_clear(&e->text);
    return st;
}

static bool is_asked_for(const autk_export_opts *opts, int32_t period)
{
    int32_t year = period > 9999 ? period / 100 : period;
    return (opts->first_period == 0 || year >= opts->first_period) &&
           (opts->last_period == 0 || year <= opts->last_period);
}

static autk_status scan_period(autk_dataset *d, const autk_export_opts *opts, size_t layer,
                               int32_t period, uint64_t *n_done, autki_export_visit visit,
                               void *user, autk_err *err)
{
    uint32_t *exporters = NULL;
    size_t n = 0;
    autk_status st =
        autki_dataset_chunks(&exporters, &n, d, (uint32_t)layer, period, AUTKI_BY_EXPORTER, err);
    for (size_t i = 0; st == AUTK_OK && i < n; i++) {
        autk_flows f = {.n = 0};
        st = autk_dataset_flows(&f, d, layer, period, (int32_t)exporters[i], AUTK_ANY_ECONOMY, err);
        autki_export_part part = {d, &d->layers[layer].info, period, &f};
        if (st == AUTK_OK)
            st = visit(user, &part, err);
        *n_done += f.n;
        autk_flows_deinit(&f);
    }
    free(exporters);
    if (st == AUTK_OK && opts->progress.report != NULL &&
        opts->progress.report("exporting", (double)*n_done, 0, "rows", opts->progress.user) != 0)
        st = autki_fail(err, AUTK_ECANCELLED, "cancelled");
    return st;
}

static autk_status scan_layer(autk_dataset *d, const autk_export_opts *opts, size_t layer,
                              uint64_t *n_done, autki_export_visit visit, void *user, autk_err *err)
{
    int32_t *periods = NULL;
    size_t n = 0;
    autk_status st = autk_dataset_periods(&periods, &n, d, layer, err);
    for (size_t i = 0; st == AUTK_OK && i < n; i++) {
        if (is_asked_for(opts, periods[i]))
            st = scan_period(d, opts, layer, periods[i], n_done, visit, user, err);
    }
    free(periods);
    return st;
}

autk_status autki_export_scan(autk_dataset *d, const autk_export_opts *opts,
                              autki_export_visit visit, void *user, autk_err *err)
{
    uint64_t n_done = 0;
    autk_status st = autki_dataset_snapshot(d, err);
    if (st != AUTK_OK)
        return st;
    for (size_t i = 0; st == AUTK_OK && i < d->n_layers; i++) {
        if (opts->layer < 0 || (size_t)opts->layer == i)
            st = scan_layer(d, opts, i, &n_done, visit, user, err);
    }
    autki_dataset_end_snapshot(d);
    return st;
}

autk_status autki_export_count(uint64_t *n, autk_dataset *d, const autk_export_opts *opts,
                               autk_err *err)
{
    sqlite3_stmt *s = NULL;
    *n = 0;
    autk_status st = autki_dataset_prepare(&s, d, "SELECT layer, period, n_rows FROM period", err);
    int step = SQLITE_DONE;
    while (st == AUTK_OK && (step = sqlite3_step(s)) == SQLITE_ROW) {
        if ((opts->layer < 0 || opts->layer == sqlite3_column_int64(s, 0)) &&
            is_asked_for(opts, sqlite3_column_int(s, 1)))
            *n += (uint64_t)sqlite3_column_int64(s, 2);
    }
    if (st == AUTK_OK && step != SQLITE_DONE)
        st = autki_dataset_fail(d, "cannot be read", err);
    sqlite3_finalize(s);
    return st;
}

static autk_status write_rows(void *user, const autki_export_part *part, autk_err *err)
{
    exporter *e = user;
    const autk_dataset *d = part->dataset;
    const autk_flows *f = part->flows;
    autk_status st = AUTK_OK;
    for (size_t i = 0; st == AUTK_OK && i < f->n; i++) {
        autk_buf_printf(&e->text, "%d,", part->period);
        autk_format_csv_text(&e->text, d->economies[f->exporter[i]].code);
        autk_buf_putc(&e->text, ',');
        autk_format_csv_text(&e->text, d->economies[f->importer[i]].code);
        autk_buf_putc(&e->text, ',');
        autk_format_csv_text(&e->text, d->products[f->product[i]].code);
        autk_buf_putc(&e->text, ',');
        autk_format_double(&e->text, f->value[i]);
        autk_buf_putc(&e->text, ',');
        if (!isnan(f->quantity[i]))
            autk_format_double(&e->text, f->quantity[i]);
        autk_buf_putc(&e->text, ',');
        autk_format_csv_text(&e->text, part->layer->currency);
        autk_buf_printf(&e->text, ",%s,%s,%s,", autk_flow_kind_text(part->layer->flow),
                        autk_side_text(part->layer->side),
                        autk_valuation_text(part->layer->valuation));
        autk_format_csv_text(&e->text, part->layer->classification);
        autk_buf_putc(&e->text, ',');
        autk_format_csv_text(&e->text, part->layer->source);
        autk_buf_putc(&e->text, '\n');
        st = flush(e, false, err);
    }
    return st;
}

static autk_status write_csv(exporter *e, autk_err *err)
{
    autk_buf_puts(&e->text, "period,exporter,importer,product,value,quantity_t,currency,flow,"
                            "reported_by,valuation,classification,source\n");
    autk_status st = autki_export_scan(e->dataset, e->opts, write_rows, e, err);
    return st == AUTK_OK ? flush(e, true, err) : st;
}

autk_status autk_dataset_export(autk_dataset *dataset, const autk_export_opts *opts,
                                autk_write_fn write, void *user, autk_err *err)
{
    autk_export_opts defaults = autk_export_opts_default();
    exporter e = {
        .dataset = dataset, .opts = opts != NULL ? opts : &defaults, .write = write, .user = user};
    if (e.opts->layer >= (int64_t)dataset->n_layers)
        return autki_fail(err, AUTK_EARG, "expected a layer below %zu, got %lld", dataset->n_layers,
                          (long long)e.opts->layer);
    if (e.opts->format == AUTK_EXPORT_DTA)
        return autki_export_dta(dataset, e.opts, write, user, err);
    autk_buf_init(&e.text);
    autk_status st = AUTK_OK;
    if (e.opts->format == AUTK_EXPORT_CSV_ZST) {
        e.packed_room = ZSTD_CStreamOutSize();
        e.packed = autki_malloc(e.packed_room, 1);
        e.zstd = ZSTD_createCCtx();
        if (e.packed == NULL || e.zstd == NULL)
            st = autki_no_memory(err, e.packed_room);
    }
    if (st == AUTK_OK)
        st = write_csv(&e, err);
    ZSTD_freeCCtx(e.zstd);
    free(e.packed);
    autk_buf_deinit(&e.text);
    return st;
}
