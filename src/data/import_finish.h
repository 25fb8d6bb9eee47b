/** @file import_finish.h The last step of an import: slots sorted, merged, encoded, written. */
#ifndef AUTKI_DATA_IMPORT_FINISH_H
#define AUTKI_DATA_IMPORT_FINISH_H

#include "data/import_store.h"

typedef struct autki_finish {
    autk_dataset *dataset; /* in a transaction; NULL = only look for duplicates */
    autki_store *store;
    const uint32_t *economy_ids, *product_ids; /* number in the import -> id in the dataset */
    size_t n_economies, n_products;            /* of the dataset, after the import's are in */
    /* what messages show: [n] by id in the dataset */
    const char *const *economy_codes, *const *product_codes;
    const bool *is_economy; /* [n_economies] in sums over partners */
    autk_duplicates duplicates;
    size_t range_rows; /* sorted at a time */
    int n_threads;
    uint64_t n_stored, n_duplicates; /* out */
} autki_finish;

/**
 * Write one slot to a layer: replace what the layer's owners bring anew, keep the rest.
 * Errors: AUTK_EDATA (a duplicate, a damaged chunk), AUTK_EIO, AUTK_ENOMEM, AUTK_ELIMIT.
 */
autk_status autki_finish_slot(autki_finish *f, size_t slot, uint32_t layer, autki_owner owner,
                              autk_err *err) AUTK_MUST_CHECK;

#endif
