#include "data/dataset_layer.h"

#include <stdlib.h>
#include <string.h>

#include "base/fail.h"
#include "base/mem.h"
#include "base/parallel.h"

static autk_status make_views(autki_layer_writer *w, autk_err *err)
{
    const autk_dataset *d = w->finish.dataset;
    size_t n = d->n_economies, p = d->n_products;
    w->economy_codes = autki_malloc(n, sizeof *w->economy_codes);
    w->product_codes = autki_malloc(p, sizeof *w->product_codes);
    w->is_economy = autki_malloc(n, sizeof *w->is_economy);
    if (w->economy_codes == NULL || w->product_codes == NULL || w->is_economy == NULL)
        return autki_no_memory(err, (n + p) * sizeof *w->economy_codes);
    for (size_t i = 0; i < n; i++) {
        w->economy_codes[i] = d->economies[i].code;
        w->is_economy[i] = d->economies[i].kind == AUTK_IS_ECONOMY;
    }
    for (size_t i = 0; i < p; i++)
        w->product_codes[i] = d->products[i].code;
    w->finish.economy_codes = w->economy_codes;
    w->finish.product_codes = w->product_codes;
    w->finish.is_economy = w->is_economy;
    return AUTK_OK;
}

static autk_status make_store(autki_store *store, const char *path, autk_err *err)
{
    const char *slash = strrchr(path, '/');
    char *directory = slash == NULL
                          ? autki_strdup(".")
                          : autki_strndup(path, slash == path ? 1 : (size_t)(slash - path));
    if (directory == NULL)
        return autki_no_memory(err, strlen(path));
    autk_status st = autki_store_init(store, directory, AUTKI_LAYER_MEMORY_ROWS, err);
    free(directory);
    return st;
}

autk_status autki_layer_writer_init(autki_layer_writer *w, autk_dataset *dataset, const char *path,
                                    int level, int32_t period, const uint32_t *economy_ids,
                                    const uint32_t *product_ids, autk_err *err)
{
    *w = (autki_layer_writer){.finish = {.dataset = dataset,
                                         .store = &w->store,
                                         .economy_ids = economy_ids,
                                         .product_ids = product_ids,
                                         .n_economies = dataset->n_economies,
                                         .n_products = dataset->n_products,
                                         .range_rows = AUTKI_LAYER_RANGE_ROWS,
                                         .n_threads = autki_processors()}};
    autki_slot_key key = {.level = level, .period = period};
    autk_status st = make_store(&w->store, path, err);
    if (st == AUTK_OK)
        st = make_views(w, err);
    return st == AUTK_OK ? autki_store_slot(&w->slot, &w->store, &key, err) : st;
}

void autki_layer_writer_deinit(autki_layer_writer *w)
{
    autki_store_deinit(&w->store);
    free((void *)w->economy_codes);
    free((void *)w->product_codes);
    free(w->is_economy);
    *w = (autki_layer_writer){.slot = 0};
}

autk_status autki_layer_writer_add(autki_layer_writer *w, uint32_t exporter, uint32_t importer,
                                   uint32_t product, double value, double quantity, autk_err *err)
{
    return autki_store_add(&w->store, w->slot, (uint16_t)exporter, (uint16_t)importer,
                           (uint16_t)product, value, quantity, err);
}

autk_status autki_layer_writer_finish(autki_layer_writer *w, uint32_t layer, autki_owner owner,
                                      autk_err *err)
{
    autk_status st = autki_store_settle(&w->store, err);
    return st == AUTK_OK ? autki_finish_slot(&w->finish, w->slot, layer, owner, err) : st;
}
