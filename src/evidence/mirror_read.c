#include <math.h>
#include <stdlib.h>

#include "base/fail.h"
#include "base/mem.h"
#include "evidence/mirror_tables.h"

/* The chunks of one economy in three layers: reconciled, and what both sides said. */
typedef struct reading {
    autk_dataset *dataset;
    autki_mirror_source source;
    autki_product_fit fit;
    autki_order order;
    int32_t economy, partner; /* AUTK_ANY_ECONOMY = all */
    autki_book made, said[2];
    double *margin; /* [n_economies] by partner */
} reading;

static autk_status open_books(reading *r, autk_err *err)
{
    autki_book *books[3] = {&r->made, &r->said[0], &r->said[1]};
    const uint32_t layers[3] = {r->source.layer, r->source.exporters, r->source.importers};
    autk_status st = AUTK_OK;
    for (int k = 0; k < 3 && st == AUTK_OK; k++)
        st = autki_dataset_get_chunk(&books[k]->rows, r->dataset, layers[k], r->source.year,
                                     r->order, r->economy, err);
    return st;
}

static double said(autki_book *b, uint64_t key)
{
    bool there = autki_book_seek(b, key) && b->rows.value[b->at] > 0;
    return there ? b->rows.value[b->at] : NAN;
}

/* The interval is made anew of what both said; the value is what was stored, neighbours included.
 */
static void fill_row(autk_mirror_row *row, reading *r, uint64_t key)
{
    bool exported = r->order == AUTKI_BY_EXPORTER;
    int32_t partner = (int32_t)(key >> 32);
    autki_product_flow f = {.exporter = exported ? r->economy : partner,
                            .importer = exported ? partner : r->economy,
                            .product = (int32_t)(key & UINT32_MAX),
                            .exporter_says = said(&r->said[0], key),
                            .importer_says = said(&r->said[1], key)};
    double margin = r->margin[partner], value = r->made.rows.value[r->made.at];
    autki_report_errors e = autki_product_errors(&r->fit, f.exporter, f.importer,
                                                 autki_product_value(&f, margin), margin);
    autk_reconciled flow;
    autki_mirror_weigh(&flow, f.exporter_says, f.importer_says, &e, 0);
    flow.low *= value / flow.value;
    flow.high *= value / flow.value;
    flow.value = value;
    *row = (autk_mirror_row){f.exporter,      f.importer,      f.product,
                             f.exporter_says, f.importer_says, flow};
}

static autk_status fill_rows(autk_mirror_row **rows, size_t *n, reading *r, autk_err *err)
{
    autki_book *b = &r->made;
    *rows = autki_malloc(b->rows.n, sizeof **rows);
    if (*rows == NULL)
        return autki_no_memory(err, b->rows.n * sizeof **rows);
    *n = 0;
    for (b->at = 0; b->at < b->rows.n; b->at++) {
        uint32_t partner = b->rows.partner[b->at];
        if (partner >= r->dataset->n_economies || b->rows.product[b->at] >= r->dataset->n_products)
            return autki_fail_at(err, AUTK_EDATA, r->dataset->path, 0, 0,
                                 "the dataset is damaged: a flow of no economy or product");
        if (r->partner == AUTK_ANY_ECONOMY || (int32_t)partner == r->partner)
            fill_row(&(*rows)[(*n)++], r, autki_book_key(b, b->at));
    }
    return AUTK_OK;
}

static autk_status read_rows(autk_mirror_row **rows, size_t *n, reading *r, int32_t year,
                             autk_err *err)
{
    autk_status st = autki_mirror_get(&r->source, &r->fit, r->dataset, year, err);
    if (st != AUTK_OK)
        return st;
    r->margin = autki_malloc(r->dataset->n_economies, sizeof *r->margin);
    if (r->margin == NULL)
        st = autki_no_memory(err, r->dataset->n_economies * sizeof *r->margin);
    if (st == AUTK_OK)
        st = autki_mirror_get_margins(r->margin, r->dataset, &r->source, r->economy,
                                      r->order == AUTKI_BY_EXPORTER, err);
    if (st == AUTK_OK)
        st = open_books(r, err);
    return st == AUTK_OK ? fill_rows(rows, n, r, err) : st;
}

autk_status autk_mirror_read(autk_mirror_row **rows, size_t *n, autk_dataset *d, int32_t year,
                             int32_t exporter, int32_t importer, autk_err *err)
{
    int32_t n_economies = autk_dataset_n_economies(d);
    autk_mirror_row *found = NULL;
    size_t count = 0;
    if (exporter < AUTK_ANY_ECONOMY || exporter >= n_economies || importer < AUTK_ANY_ECONOMY ||
        importer >= n_economies || (exporter < 0 && importer < 0))
        return autki_fail(err, AUTK_EARG, "expected an economy below %d, got %d and %d",
                          n_economies, exporter, importer);
    reading r = {.dataset = d,
                 .order = exporter >= 0 ? AUTKI_BY_EXPORTER : AUTKI_BY_IMPORTER,
                 .economy = exporter >= 0 ? exporter : importer,
                 .partner = exporter >= 0 ? importer : AUTK_ANY_ECONOMY};
    autk_status st = autki_dataset_snapshot(d, err);
    if (st != AUTK_OK)
        return st;
    st = read_rows(&found, &count, &r, year, err);
    autki_dataset_end_snapshot(d);
    autki_chunk_rows_deinit(&r.made.rows);
    autki_chunk_rows_deinit(&r.said[0].rows);
    autki_chunk_rows_deinit(&r.said[1].rows);
    autk_mirror_fit_deinit(&r.fit.reports);
    free(r.margin);
    if (st != AUTK_OK || count == 0) {
        free(found);
        found = NULL;
    }
    if (st == AUTK_OK) {
        *rows = found;
        *n = count;
    }
    return st;
}
