/**
 * @file import_range.h
 * The rows of a slot put together by economy, a range of economies at a time, so that memory holds
 * two ranges at most beside the slot. A counting sort by economy and partner, run by run: rows that
 * come in order of pairs, as files have them, move in long pieces and need no other sorting.
 */
#ifndef AUTKI_DATA_IMPORT_RANGE_H
#define AUTKI_DATA_IMPORT_RANGE_H

#include "data/dataset_chunk.h"
#include "data/import_store.h"

typedef struct autki_range {
    struct autki_range *next; /* of those that wait to be used again */
    autki_chunk_rows rows;    /* by economy; ids of the dataset */
    size_t n_users;
} autki_range;

typedef struct autki_ranges {
    autki_store *store;
    size_t slot, limit; /* rows of a range, unless one economy has more */
    const uint32_t *economy_ids, *product_ids;
    size_t n_economies;
    uint64_t *count[2]; /* [n_economies] rows by exporter, by importer */
    size_t *pairs;      /* [n_economies^2] rows by exporter and importer; NULL: too many of them */
    size_t *place;      /* where the next row of a pair goes, or of an economy; n_place of them */
    size_t n_place;
    autki_range *now, *spare;
    autki_order order;
    uint32_t first, end; /* economies of `now` */
} autki_ranges;

/* Count the rows. Its own even after a failure: autki_ranges_deinit. The store, slot, limit, ids
 * and n_economies are set by the caller. Errors: AUTK_ENOMEM, AUTK_EIO. */
autk_status autki_ranges_init(autki_ranges *ranges, autk_err *err) AUTK_MUST_CHECK;
/* All ranges must have been given back. */
void autki_ranges_deinit(autki_ranges *ranges);

/* From the first economy on, in this order. */
void autki_ranges_begin(autki_ranges *ranges, autki_order order);

/**
 * The rows of an economy; asked for in rising order.
 *
 * @param rows  [out] lies in the range, which the caller gives back; sorted by partner where pairs
 *              are counted, in order of arrival otherwise
 * Errors: AUTK_ENOMEM, AUTK_EIO.
 */
autk_status autki_ranges_rows(autki_chunk_rows *rows, autki_range **range, autki_ranges *ranges,
                              uint32_t economy, autk_err *err) AUTK_MUST_CHECK;
void autki_ranges_give_back(autki_ranges *ranges, autki_range *range);

#endif
