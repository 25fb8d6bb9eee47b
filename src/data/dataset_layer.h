/**
 * @file dataset_layer.h
 * One period of one layer from flows in any order: held, spilled where they are many, then sorted
 * and written in both orders with all totals.
 */
#ifndef AUTKI_DATA_DATASET_LAYER_H
#define AUTKI_DATA_DATASET_LAYER_H

#include "data/import_finish.h"

/* Numbers of economies and products below this go in; they are held as 16 bits. */
#define AUTKI_LAYER_IDS_MAX ((size_t)65536)

/* Rows in memory, and rows sorted at a time: with the rest of a program below 400 MB. */
#define AUTKI_LAYER_MEMORY_ROWS ((size_t)11500000)
#define AUTKI_LAYER_RANGE_ROWS ((size_t)1500000)

typedef struct autki_layer_writer {
    autki_store store;
    autki_finish finish;
    size_t slot;
    const char **economy_codes, **product_codes;
    bool *is_economy;
} autki_layer_writer;

/**
 * Begin. autki_layer_writer_deinit frees it, also after a failure.
 *
 * @param dataset  in a transaction, with all economies and products in
 * @param path     of a file in the directory that may hold a temporary one
 * @param economy_ids, product_ids  what the numbers given to autki_layer_writer_add stand for;
 *                 borrowed
 */
autk_status autki_layer_writer_init(autki_layer_writer *writer, autk_dataset *dataset,
                                    const char *path, int level, int32_t period,
                                    const uint32_t *economy_ids, const uint32_t *product_ids,
                                    autk_err *err) AUTK_MUST_CHECK;
void autki_layer_writer_deinit(autki_layer_writer *writer);

autk_status autki_layer_writer_add(autki_layer_writer *writer, uint32_t exporter, uint32_t importer,
                                   uint32_t product, double value, double quantity, autk_err *err)
    AUTK_MUST_CHECK;

/* Replace what the layer's owners bring anew, keep the rest. Errors: as autki_finish_slot. */
autk_status autki_layer_writer_finish(autki_layer_writer *writer, uint32_t layer, autki_owner owner,
                                      autk_err *err) AUTK_MUST_CHECK;

#endif
