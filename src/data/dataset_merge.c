#include <stdlib.h>
#include <string.h>

#include "base/fail.h"
#include "base/mem.h"
#include "base/parallel.h"
#include "data/dataset_facts.h"
#include "data/import_codes.h"
#include "data/import_finish.h"

#define PRODUCTS_MAX 65536 /* the store holds them as 16 bits */
#define MEMORY_ROWS ((size_t)11500000)
#define RANGE_ROWS ((size_t)1500000)

typedef struct merger {
    autk_dataset *from, *into;
    uint32_t *economy_ids, *product_ids; /* id in `from` -> id in `into` */
    const char **economy_codes, **product_codes;
    bool *is_economy;
    uint64_t n_flows;
    autk_progress progress;
} merger;

static autk_status map_economies(merger *m, autk_err *err)
{
    autk_status st = AUTK_OK;
    m->economy_ids = autki_malloc(m->from->n_economies, sizeof *m->economy_ids);
    if (m->economy_ids == NULL)
        return autki_no_memory(err, m->from->n_economies * sizeof *m->economy_ids);
    for (size_t i = 0; i < m->from->n_economies && st == AUTK_OK; i++) {
        const autki_economy *e = &m->from->economies[i];
        st = autki_dataset_intern_economy(&m->economy_ids[i], m->into, e->code, e->name, e->kind,
                                          err);
    }
    return st;
}

static autk_status map_products(merger *m, autk_err *err)
{
    autki_dict dict;
    uint32_t id = 0, real = 0;
    bool added = false;
    size_t before = m->into->n_products, n = m->from->n_products;
    if (n > PRODUCTS_MAX)
        return autki_fail_at(err, AUTK_ELIMIT, m->from->path, 0, 0,
                             "expected at most %d products to merge, got %zu", PRODUCTS_MAX, n);
    m->product_ids = autki_malloc(n, sizeof *m->product_ids);
    if (m->product_ids == NULL)
        return autki_no_memory(err, n * sizeof *m->product_ids);
    autki_dict_init(&dict, (size_t)1 << 20);
    autk_status st = AUTK_OK;
    /* The target's products come first, so that their positions are their ids, and so are those of
     * what is added behind them. */
    for (size_t i = 0; i < before && st == AUTK_OK; i++)
        st = autki_intern_product(&id, &added, &dict, m->into->products[i].classification,
                                  m->into->products[i].code, err);
    for (size_t i = 0; i < n && st == AUTK_OK; i++) {
        const autki_product *p = &m->from->products[i];
        st = autki_intern_product(&id, &added, &dict, p->classification, p->code, err);
        if (st == AUTK_OK && added)
            st =
                autki_dataset_add_product(&real, m->into, p->classification, p->code, p->name, err);
        m->product_ids[i] = id;
    }
    autki_dict_deinit(&dict);
    return st;
}

static autk_status make_views(merger *m, autk_err *err)
{
    size_t n = m->into->n_economies, p = m->into->n_products;
    m->economy_codes = autki_malloc(n, sizeof *m->economy_codes);
    m->product_codes = autki_malloc(p, sizeof *m->product_codes);
    m->is_economy = autki_malloc(n, sizeof *m->is_economy);
    if (m->economy_codes == NULL || m->product_codes == NULL || m->is_economy == NULL)
        return autki_no_memory(err, (n + p) * sizeof *m->economy_codes);
    for (size_t i = 0; i < n; i++) {
        m->economy_codes[i] = m->into->economies[i].code;
        m->is_economy[i] = m->into->economies[i].kind == AUTK_IS_ECONOMY;
    }
    for (size_t i = 0; i < p; i++)
        m->product_codes[i] = m->into->products[i].code;
    return AUTK_OK;
}

static autk_status gather(merger *m, autki_store *store, size_t slot, size_t layer, int32_t period,
                          autk_err *err)
{
    uint32_t *exporters = NULL;
    size_t n = 0;
    autk_status st = autki_dataset_chunks(&exporters, &n, m->from, (uint32_t)layer, period,
                                          AUTKI_BY_EXPORTER, err);
    for (size_t i = 0; i < n && st == AUTK_OK; i++) {
        autk_flows f = {.n = 0};
        st = autk_dataset_flows(&f, m->from, layer, period, (int32_t)exporters[i], AUTK_ANY_ECONOMY,
                                err);
        for (size_t k = 0; k < f.n && st == AUTK_OK; k++)
            st = autki_store_add(store, slot, (uint16_t)f.exporter[k], (uint16_t)f.importer[k],
                                 (uint16_t)f.product[k], f.value[k], f.quantity[k], err);
        m->n_flows += f.n;
        autk_flows_deinit(&f);
    }
    free(exporters);
    return st;
}

static autk_status merge_period(merger *m, size_t layer, uint32_t target, int32_t period,
                                const char *directory, autk_err *err)
{
    autki_store store;
    size_t slot;
    autki_slot_key key = {.level = m->from->layers[layer].info.level, .period = period};
    autk_status st = autki_store_init(&store, directory, MEMORY_ROWS, err);
    if (st != AUTK_OK)
        return st;
    autki_finish f = {.dataset = m->into,
                      .store = &store,
                      .economy_ids = m->economy_ids,
                      .product_ids = m->product_ids,
                      .n_economies = m->into->n_economies,
                      .n_products = m->into->n_products,
                      .economy_codes = m->economy_codes,
                      .product_codes = m->product_codes,
                      .is_economy = m->is_economy,
                      .range_rows = RANGE_ROWS,
                      .n_threads = autki_processors()};
    st = autki_store_slot(&slot, &store, &key, err);
    if (st == AUTK_OK)
        st = gather(m, &store, slot, layer, period, err);
    if (st == AUTK_OK)
        st = autki_store_settle(&store, err);
    if (st == AUTK_OK)
        st = autki_finish_slot(&f, slot, target, m->from->layers[layer].owner, err);
    autki_store_deinit(&store);
    if (st == AUTK_OK && m->progress.report != NULL &&
        m->progress.report("merging", (double)m->n_flows, 0, "rows", m->progress.user) != 0)
        st = autki_fail(err, AUTK_ECANCELLED, "cancelled");
    return st;
}

static autk_status merge_layers(merger *m, const char *directory, autk_err *err)
{
    autk_status st = AUTK_OK;
    for (size_t layer = 0; layer < m->from->n_layers && st == AUTK_OK; layer++) {
        int32_t *periods = NULL;
        size_t n = 0;
        uint32_t target;
        const autki_layer *l = &m->from->layers[layer];
        st = autki_dataset_intern_layer(&target, m->into, &l->info, l->owner, err);
        if (st == AUTK_OK)
            st = autk_dataset_periods(&periods, &n, m->from, layer, err);
        for (size_t i = 0; i < n && st == AUTK_OK; i++)
            st = merge_period(m, layer, target, periods[i], directory, err);
        free(periods);
    }
    return st;
}

static autk_status merge_all(merger *m, const char *directory, autk_err *err)
{
    autk_status st = autki_dataset_snapshot(m->from, err);
    if (st != AUTK_OK)
        return st;
    st = autki_dataset_load_new(m->from, err);
    if (st == AUTK_OK)
        st = map_economies(m, err);
    if (st == AUTK_OK)
        st = map_products(m, err);
    if (st == AUTK_OK)
        st = make_views(m, err);
    if (st == AUTK_OK)
        st = merge_layers(m, directory, err);
    if (st == AUTK_OK)
        st = autki_facts_merge(m->into, m->from, err);
    autki_dataset_end_snapshot(m->from);
    return st;
}

autk_status autk_dataset_merge(uint64_t *n_flows, const char *into, const char *from,
                               const autk_progress *progress, autk_err *err)
{
    merger m = {.n_flows = 0};
    const char *slash = strrchr(into, '/');
    char *directory = slash == NULL
                          ? autki_strdup(".")
                          : autki_strndup(into, slash == into ? 1 : (size_t)(slash - into));
    if (progress != NULL)
        m.progress = *progress;
    autk_status st = directory != NULL ? AUTK_OK : autki_no_memory(err, strlen(into));
    if (st == AUTK_OK)
        st = autk_dataset_open(&m.from, from, err);
    if (st == AUTK_OK)
        st = autki_dataset_open_to_write(&m.into, into, err);
    if (st == AUTK_OK)
        st = autki_dataset_begin(m.into, err);
    if (st == AUTK_OK) {
        st = merge_all(&m, directory, err);
        if (st == AUTK_OK)
            st = autki_dataset_commit(m.into, err);
        if (st != AUTK_OK)
            autki_dataset_rollback(m.into);
    }
    autk_dataset_close(m.from);
    autk_dataset_close(m.into);
    free(m.economy_ids);
    free(m.product_ids);
    free((void *)m.economy_codes);
    free((void *)m.product_codes);
    free(m.is_economy);
    free(directory);
    if (st == AUTK_OK)
        *n_flows = m.n_flows;
    return st;
}
