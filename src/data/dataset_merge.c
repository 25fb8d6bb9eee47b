#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "base/fail.h"
#include "base/mem.h"
#include "data/dataset_facts.h"
#include "data/dataset_layer.h"
#include "data/import_codes.h"

typedef struct merger {
    autk_dataset *from, *into;
    uint32_t *economy_ids, *product_ids; /* id in `from` -> id in `into` */
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
    if (n > AUTKI_LAYER_IDS_MAX)
        return autki_fail_at(err, AUTK_ELIMIT, m->from->path, 0, 0,
                             "expected at most %zu products to merge, got %zu", AUTKI_LAYER_IDS_MAX,
                             n);
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

static autk_status gather(merger *m, autki_layer_writer *writer, size_t layer, int32_t period,
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
            st = autki_layer_writer_add(writer, (uint32_t)f.exporter[k], (uint32_t)f.importer[k],
                                        (uint32_t)f.product[k], f.value[k], f.quantity[k], err);
        m->n_flows += f.n;
        autk_flows_deinit(&f);
    }
    free(exporters);
    return st;
}

static autk_status merge_period(merger *m, size_t layer, uint32_t target, int32_t period,
                                autk_err *err)
{
    autki_layer_writer writer;
    const autki_layer *l = &m->from->layers[layer];
    autk_status st = autki_layer_writer_init(&writer, m->into, m->into->path, l->info.level, period,
                                             m->economy_ids, m->product_ids, err);
    if (st == AUTK_OK)
        st = gather(m, &writer, layer, period, err);
    if (st == AUTK_OK)
        st = autki_layer_writer_finish(&writer, target, l->owner, err);
    autki_layer_writer_deinit(&writer);
    if (st == AUTK_OK && m->progress.report != NULL &&
        m->progress.report("merging", (double)m->n_flows, 0, "rows", m->progress.user) != 0)
        st = autki_fail(err, AUTK_ECANCELLED, "cancelled");
    return st;
}

static autk_status merge_layers(merger *m, autk_err *err)
{
    autk_status st = AUTK_OK;
    for (size_t layer = 0; layer < m->from->n_layers && st == AUTK_OK; layer++) {
        int32_t *periods = NULL;
        size_t n = 0;
        uint32_t target;
        bool is_mirror = false;
        const autki_layer *l = &m->from->layers[layer];
        st = autki_dataset_is_mirror(&is_mirror, m->from, (uint32_t)layer, err);
        if (is_mirror) /* what was made of reports is made anew of all of them */
            continue;
        if (st == AUTK_OK)
            st = autki_dataset_intern_layer(&target, m->into, &l->info, l->owner, err);
        if (st == AUTK_OK)
            st = autk_dataset_periods(&periods, &n, m->from, layer, err);
        for (size_t i = 0; i < n && st == AUTK_OK; i++)
            st = merge_period(m, layer, target, periods[i], err);
        free(periods);
    }
    return st;
}

static autk_status merge_all(merger *m, autk_err *err)
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
        st = merge_layers(m, err);
    if (st == AUTK_OK)
        st = autki_facts_merge(m->into, m->from, err);
    autki_dataset_end_snapshot(m->from);
    return st;
}

autk_status autk_dataset_merge(uint64_t *n_flows, const char *into, const char *from,
                               const autk_progress *progress, autk_err *err)
{
    merger m = {.n_flows = 0};
    if (progress != NULL)
        m.progress = *progress;
    struct stat a, b;
    if (stat(from, &a) == 0 && stat(into, &b) == 0 && a.st_dev == b.st_dev && a.st_ino == b.st_ino)
        return autki_fail_at(err, AUTK_EARG, into, 0, 0, "expected another dataset to merge into");
    autk_status st = autk_dataset_open(&m.from, from, err);
    if (st == AUTK_OK)
        st = autki_dataset_open_to_write(&m.into, into, err);
    if (st == AUTK_OK)
        st = autki_dataset_start_log(m.into, err);
    if (st == AUTK_OK)
        st = autki_dataset_begin(m.into, err);
    if (st == AUTK_OK) {
        st = merge_all(&m, err);
        if (st == AUTK_OK)
            st = autki_dataset_commit(m.into, err);
        if (st != AUTK_OK)
            autki_dataset_rollback(m.into);
    }
    autk_dataset_close(m.from);
    autk_dataset_close(m.into);
    free(m.economy_ids);
    free(m.product_ids);
    if (st == AUTK_OK)
        *n_flows = m.n_flows;
    return st;
}
