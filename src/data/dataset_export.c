#include <autarky/dataset.h>

#include <math.h>
#include <stdlib.h>
#include <string.h>
#include <zstd.h>

#include "base/fail.h"
#include "base/mem.h"
#include "data/dataset_file.h"

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
    uint64_t n_rows;
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

/* What all rows of a layer share, behind the figures. */
static void layer_tail(autk_buf *tail, const autk_layer *l)
{
    autk_buf_printf(tail, ",%s,%s,%s,", l->currency, autk_flow_kind_text(l->flow),
                    autk_side_text(l->side));
    autk_format_csv_text(tail, l->source);
    autk_buf_putc(tail, '\n');
}

static autk_status write_rows(exporter *e, const autk_flows *f, int32_t period,
                              const autk_buf *tail, autk_err *err)
{
    const autk_dataset *d = e->dataset;
    autk_status st = AUTK_OK;
    for (size_t i = 0; st == AUTK_OK && i < f->n; i++) {
        autk_buf_printf(&e->text, "%d,", period);
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
        autk_buf_add(&e->text, tail->text, tail->len);
        st = flush(e, false, err);
    }
    e->n_rows += f->n;
    return st;
}

static autk_status write_period(exporter *e, size_t layer, int32_t period, const autk_buf *tail,
                                autk_err *err)
{
    uint32_t *exporters = NULL;
    size_t n = 0;
    autk_status st = autki_dataset_chunks(&exporters, &n, e->dataset, (uint32_t)layer, period,
                                          AUTKI_BY_EXPORTER, err);
    for (size_t i = 0; st == AUTK_OK && i < n; i++) {
        autk_flows f = {.n = 0};
        st = autk_dataset_flows(&f, e->dataset, layer, period, (int32_t)exporters[i],
                                AUTK_ANY_ECONOMY, err);
        if (st == AUTK_OK)
            st = write_rows(e, &f, period, tail, err);
        autk_flows_deinit(&f);
    }
    free(exporters);
    const autk_progress *p = &e->opts->progress;
    if (st == AUTK_OK && p->report != NULL &&
        p->report("exporting", (double)e->n_rows, 0, "rows", p->user) != 0)
        st = autki_fail(err, AUTK_ECANCELLED, "cancelled");
    return st;
}

static autk_status write_layer(exporter *e, size_t layer, autk_err *err)
{
    int32_t *periods = NULL;
    size_t n = 0;
    autk_buf tail;
    autk_buf_init(&tail);
    layer_tail(&tail, &e->dataset->layers[layer].info);
    autk_status st = autk_buf_check(&tail, err);
    if (st == AUTK_OK)
        st = autk_dataset_periods(&periods, &n, e->dataset, layer, err);
    for (size_t i = 0; st == AUTK_OK && i < n; i++) {
        int32_t year = periods[i] > 9999 ? periods[i] / 100 : periods[i];
        if ((e->opts->first_period == 0 || year >= e->opts->first_period) &&
            (e->opts->last_period == 0 || year <= e->opts->last_period))
            st = write_period(e, layer, periods[i], &tail, err);
    }
    free(periods);
    autk_buf_deinit(&tail);
    return st;
}

static autk_status write_csv(exporter *e, autk_err *err)
{
    autk_status st = autki_dataset_snapshot(e->dataset, err);
    if (st != AUTK_OK)
        return st;
    autk_buf_puts(&e->text, "period,exporter,importer,product,value,quantity_t,currency,flow,"
                            "reported_by,source\n");
    for (size_t i = 0; st == AUTK_OK && i < e->dataset->n_layers; i++) {
        if (e->opts->layer < 0 || (size_t)e->opts->layer == i)
            st = write_layer(e, i, err);
    }
    autki_dataset_end_snapshot(e->dataset);
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
