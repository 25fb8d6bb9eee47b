/**
 * @file import_store.h
 * Rows of an import between the parser and the dataset: held by slot (a layer and a period), in
 * memory up to a budget, then in an unnamed temporary file.
 */
#ifndef AUTKI_DATA_IMPORT_STORE_H
#define AUTKI_DATA_IMPORT_STORE_H

#include <stdio.h>

#include "data/dataset_file.h"
#include "data/import_batch.h"

#define AUTKI_STORE_BLOCK_ROWS ((size_t)4096)

typedef struct autki_store_block {
    struct autki_store_block *next;
    uint32_t n;
    uint16_t exporter[AUTKI_STORE_BLOCK_ROWS], importer[AUTKI_STORE_BLOCK_ROWS],
        product[AUTKI_STORE_BLOCK_ROWS];
    double value[AUTKI_STORE_BLOCK_ROWS], quantity[AUTKI_STORE_BLOCK_ROWS];
} autki_store_block;

typedef struct autki_slot {
    autki_slot_key key;
    uint64_t n_rows;
    autki_store_block *first, *last;
    int64_t *spilled; /* offsets of blocks in the temporary file */
    size_t n_spilled, spilled_capacity;
} autki_slot;

typedef struct autki_store {
    autki_slot *slots;
    size_t n_slots, slots_capacity;
    autki_store_block *spare;
    size_t n_held, budget; /* rows that the blocks in memory have room for */
    FILE *file;
    int64_t file_size;
    char *directory; /* of the temporary file */
} autki_store;

/* directory: where the temporary file may go. Errors: AUTK_ENOMEM. */
autk_status autki_store_init(autki_store *store, const char *directory, size_t budget,
                             autk_err *err) AUTK_MUST_CHECK;
void autki_store_deinit(autki_store *store);

/* Position of a slot, made when new. */
autk_status autki_store_slot(size_t *slot, autki_store *store, const autki_slot_key *key,
                             autk_err *err) AUTK_MUST_CHECK;
/* The block of a slot into which the next row goes; it has room for one at least. Whoever adds rows
 * counts them in the block and in the slot. Errors: AUTK_ENOMEM, AUTK_EIO. */
autk_status autki_store_room(autki_store_block **block, autki_store *store, size_t slot,
                             autk_err *err) AUTK_MUST_CHECK;
autk_status autki_store_add(autki_store *store, size_t slot, uint16_t exporter, uint16_t importer,
                            uint16_t product, double value, double quantity, autk_err *err)
    AUTK_MUST_CHECK;

/* After the last row, when anything spilled: write the rest too, so that a slot is in one place. */
autk_status autki_store_settle(autki_store *store, autk_err *err) AUTK_MUST_CHECK;

typedef autk_status (*autki_store_visit)(void *user, const autki_store_block *block, autk_err *err);
/* Each block of a slot in order of arrival. */
autk_status autki_store_scan(autki_store *store, size_t slot, autki_store_visit visit, void *user,
                             autk_err *err) AUTK_MUST_CHECK;
/* Give back what a slot holds. */
void autki_store_release(autki_store *store, size_t slot);

#endif
