#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/fail.h"
#include "base/mem.h"
#include "data/dataset_facts.h"

/* Sums that both orders must share: whole numbers, so that no order of adding matters. */
typedef struct fingerprint {
    uint64_t rows, mix;
} fingerprint;

static uint64_t stir(uint64_t v)
{
    v = (v ^ (v >> 30)) * 0xbf58476d1ce4e5b9U;
    v = (v ^ (v >> 27)) * 0x94d049bb133111ebU;
    return v ^ (v >> 31);
}

static void add_row(fingerprint *f, uint32_t exporter, uint32_t importer, uint32_t product,
                    double value, double quantity)
{
    uint64_t v, q = 1;
    memcpy(&v, &value, sizeof v);
    if (!isnan(quantity))
        memcpy(&q, &quantity, sizeof q);
    f->rows++;
    f->mix += stir(stir(stir(((uint64_t)exporter << 32) | importer) + product) + stir(v) + q);
}

static autk_status wrong(const autk_dataset *d, size_t layer, int32_t period, const char *what,
                         autk_err *err)
{
    return autki_fail_at(err, AUTK_EDATA, d->path, 0, 0,
                         "the dataset is damaged: %s (layer %zu, period %d)", what, layer, period);
}

/* Sums of an exporter's chunk against its pair totals, in the order in which they were added. */
static autk_status check_pairs(autk_dataset *d, size_t layer, int32_t period, uint32_t exporter,
                               const autki_chunk_rows *rows, autk_err *err)
{
    autk_pair_total *pairs = NULL;
    size_t n = 0, k = 0;
    autk_status st = autk_dataset_pair_totals(&pairs, &n, d, layer, (int32_t)exporter,
                                              AUTK_ANY_ECONOMY, period, period, err);
    if (st != AUTK_OK)
        return st;
    for (size_t from = 0, to; st == AUTK_OK && from < rows->n; from = to, k++) {
        double value = 0, quantity = 0;
        size_t n_quantities = 0;
        for (to = from; to < rows->n && rows->partner[to] == rows->partner[from]; to++) {
            value += rows->value[to];
            if (!isnan(rows->quantity[to])) {
                quantity += rows->quantity[to];
                n_quantities++;
            }
        }
        bool weighed = k < n && !isnan(pairs[k].quantity);
        if (k >= n || (uint32_t)pairs[k].importer != rows->partner[from] ||
            pairs[k].value != value || pairs[k].n_products != to - from ||
            weighed != (n_quantities != 0) || (weighed && pairs[k].quantity != quantity))
            st = wrong(d, layer, period, "a pair's total is not the sum of its flows", err);
    }
    if (st == AUTK_OK && k != n)
        st = wrong(d, layer, period, "a pair has a total but no flows", err);
    free(pairs);
    return st;
}

/* What stands beside a chunk, outside its own checksum. */
static autk_status check_heading(autk_dataset *d, size_t layer, int32_t period, autki_order order,
                                 int64_t economy, const autki_chunk_rows *rows, autk_err *err)
{
    sqlite3_stmt *s = NULL;
    double value = 0;
    for (size_t k = 0; k < rows->n; k++)
        value += rows->value[k];
    autk_status st = autki_dataset_prepare(
        &s, d, "SELECT n_rows, value FROM chunk WHERE layer=? AND by=? AND economy=? AND period=?",
        err);
    if (st != AUTK_OK)
        return st;
    sqlite3_bind_int64(s, 1, (sqlite3_int64)layer);
    sqlite3_bind_int(s, 2, (int)order);
    sqlite3_bind_int64(s, 3, economy);
    sqlite3_bind_int(s, 4, period);
    if (sqlite3_step(s) == SQLITE_ROW && (sqlite3_column_int64(s, 0) != (sqlite3_int64)rows->n ||
                                          sqlite3_column_double(s, 1) != value))
        st = wrong(d, layer, period, "a chunk's number of flows or its sum", err);
    sqlite3_finalize(s);
    return st;
}

static autk_status check_order(fingerprint *f, autk_dataset_check *check, autk_dataset *d,
                               size_t layer, int32_t period, autki_order order, double *by_product,
                               autk_err *err)
{
    uint32_t *economies = NULL;
    size_t n = 0;
    autk_status st = autki_dataset_chunks(&economies, &n, d, (uint32_t)layer, period, order, err);
    for (size_t i = 0; st == AUTK_OK && i < n; i++) {
        autki_chunk_rows *r = &d->scratch;
        uint32_t e = economies[i];
        st = autki_dataset_get_chunk(r, d, (uint32_t)layer, period, order, e, err);
        if (st == AUTK_OK)
            st = check_heading(d, layer, period, order, e, r, err);
        check->n_chunks++;
        for (size_t k = 0; st == AUTK_OK && k < r->n; k++) {
            bool exported = order == AUTKI_BY_EXPORTER;
            if (r->partner[k] >= d->n_economies || r->product[k] >= d->n_products) {
                st = wrong(d, layer, period, "a flow of no economy or product", err);
                break;
            }
            add_row(f, exported ? e : r->partner[k], exported ? r->partner[k] : e, r->product[k],
                    r->value[k], r->quantity[k]);
            if (exported && d->economies[e].kind == AUTK_IS_ECONOMY &&
                d->economies[r->partner[k]].kind == AUTK_IS_ECONOMY)
                by_product[r->product[k]] += r->value[k];
        }
        if (st == AUTK_OK && order == AUTKI_BY_EXPORTER)
            st = check_pairs(d, layer, period, e, r, err);
    }
    free(economies);
    return st;
}

static autk_status check_period(autk_dataset_check *check, autk_dataset *d, size_t layer,
                                int32_t period, double *by_product, autk_err *err)
{
    fingerprint exported = {0, 0}, imported = {0, 0};
    for (size_t k = 0; k < d->n_products; k++)
        by_product[k] = 0;
    autk_status st =
        check_order(&exported, check, d, layer, period, AUTKI_BY_EXPORTER, by_product, err);
    if (st == AUTK_OK)
        st = check_order(&imported, check, d, layer, period, AUTKI_BY_IMPORTER, by_product, err);
    if (st == AUTK_OK && (exported.rows != imported.rows || exported.mix != imported.mix))
        st = wrong(d, layer, period, "the order by importer has other flows than that by exporter",
                   err);
    autk_flows world = {.n = 0};
    if (st == AUTK_OK)
        st = autki_dataset_get_chunk(&d->scratch, d, (uint32_t)layer, period, AUTKI_WORLD, -1, err);
    if (st == AUTK_OK)
        st = check_heading(d, layer, period, AUTKI_WORLD, -1, &d->scratch, err);
    if (st == AUTK_OK)
        st = autk_dataset_product_totals(&world, d, layer, period, err);
    for (size_t k = 0; st == AUTK_OK && k < world.n; k++) {
        if (world.value[k] != by_product[world.product[k]])
            st =
                wrong(d, layer, period, "a product's world total is not the sum of its flows", err);
        by_product[world.product[k]] = 0;
    }
    for (size_t k = 0; st == AUTK_OK && k < d->n_products; k++) {
        if (by_product[k] != 0)
            st = wrong(d, layer, period, "a product has flows but no world total", err);
    }
    autk_flows_deinit(&world);
    check->n_rows += exported.rows;
    return st;
}

static autk_status check_pages(autk_dataset_check *check, autk_dataset *d, autk_err *err)
{
    sqlite3_stmt *s = NULL;
    autk_status st = autki_dataset_prepare(&s, d, "PRAGMA quick_check(1)", err);
    if (st != AUTK_OK)
        return st;
    const unsigned char *text = sqlite3_step(s) == SQLITE_ROW ? sqlite3_column_text(s, 0) : NULL;
    if (text == NULL)
        st = autki_dataset_fail(d, "cannot be read", err);
    else if (strcmp((const char *)text, "ok") != 0)
        st = autki_fail_at(err, AUTK_EDATA, d->path, 0, 0, "the dataset is damaged: %s",
                           (const char *)text);
    sqlite3_finalize(s);
    if (st != AUTK_OK)
        return st;
    st = autki_dataset_prepare(
        &s, d, "SELECT page_count * page_size FROM pragma_page_count(), pragma_page_size()", err);
    if (st == AUTK_OK && sqlite3_step(s) == SQLITE_ROW)
        check->n_bytes = (uint64_t)sqlite3_column_int64(s, 0);
    sqlite3_finalize(s);
    return st;
}

static autk_status check_layers(autk_dataset_check *c, autk_dataset *d,
                                const autk_progress *progress, autk_err *err)
{
    autk_status st = autki_dataset_load_new(d, err);
    if (st != AUTK_OK)
        return st;
    double *by_product = autki_malloc(d->n_products, sizeof *by_product);
    if (by_product == NULL)
        return autki_no_memory(err, d->n_products * sizeof *by_product);
    for (size_t layer = 0; st == AUTK_OK && layer < d->n_layers; layer++) {
        int32_t *periods = NULL;
        size_t n = 0;
        st = autk_dataset_periods(&periods, &n, d, layer, err);
        for (size_t i = 0; st == AUTK_OK && i < n; i++) {
            st = check_period(c, d, layer, periods[i], by_product, err);
            if (st == AUTK_OK && progress != NULL && progress->report != NULL &&
                progress->report("verifying", (double)c->n_rows, 0, "rows", progress->user) != 0)
                st = autki_fail(err, AUTK_ECANCELLED, "cancelled");
        }
        free(periods);
    }
    free(by_product);
    return st;
}

autk_status autk_dataset_verify(autk_dataset_check *check, autk_dataset *d,
                                const autk_progress *progress, autk_err *err)
{
    autk_dataset_check c = {0, 0, 0};
    autk_status st = check_pages(&c, d, err);
    if (st == AUTK_OK)
        st = autki_dataset_snapshot(d, err);
    if (st != AUTK_OK)
        return st;
    st = autki_dataset_check_tables(d, err);
    if (st == AUTK_OK)
        st = autki_dataset_check_mirrors(d, err);
    if (st == AUTK_OK)
        st = autki_facts_check_sum(d, err);
    if (st == AUTK_OK)
        st = check_layers(&c, d, progress, err);
    autki_dataset_end_snapshot(d);
    if (st == AUTK_OK)
        *check = c;
    return st;
}
