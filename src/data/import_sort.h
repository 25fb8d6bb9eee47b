/** @file import_sort.h Rows of one economy into the order of a chunk. */
#ifndef AUTKI_DATA_IMPORT_SORT_H
#define AUTKI_DATA_IMPORT_SORT_H

#include <autarky/import.h>

#include "data/dataset_chunk.h"

typedef struct autki_duplicate {
    uint64_t n;                /* rows that were not the first of their key */
    uint32_t partner, product; /* of the first such */
    double first, second;      /* its values */
} autki_duplicate;

/**
 * Stable sort by partner, then product; what has the same key is merged as asked for.
 *
 * @param rows  [in,out]
 * @param found [out] what was merged, or with AUTK_DUPLICATES_FAIL what stands twice
 * Errors: AUTK_ENOMEM. Cost: O(n).
 */
autk_status autki_sort_rows(autki_chunk_rows *rows, autki_duplicate *found,
                            autk_duplicates duplicates, autk_err *err) AUTK_MUST_CHECK;

#endif
