#include "data/import_store.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/fail.h"
#include "base/mem.h"
#include "data/dta_file.h"

#define SLOTS_MAX ((size_t)1 << 16)

autk_status autki_store_init(autki_store *store, const char *directory, size_t budget,
                             autk_err *err)
{
    *store = (autki_store){.budget = budget};
    store->directory = autki_strdup(directory);
    return store->directory != NULL ? AUTK_OK : autki_no_memory(err, strlen(directory));
}

static void free_chain(autki_store_block *block)
{
    while (block != NULL) {
        autki_store_block *next = block->next;
        free(block);
        block = next;
    }
}

void autki_store_deinit(autki_store *store)
{
    for (size_t i = 0; i < store->n_slots; i++) {
        free_chain(store->slots[i].first);
        free(store->slots[i].spilled);
    }
    free(store->slots);
    free_chain(store->spare);
    free(store->directory);
    if (store->file != NULL)
        (void)fclose(store->file);
    *store = (autki_store){.n_slots = 0};
}

autk_status autki_store_slot(size_t *slot, autki_store *store, const autki_slot_key *key,
                             autk_err *err)
{
    for (size_t i = store->n_slots; i > 0; i--) {
        const autki_slot_key *k = &store->slots[i - 1].key;
        if (autki_same_slot(k, key)) {
            *slot = i - 1;
            return AUTK_OK;
        }
    }
    autk_status st = autki_grow(&store->slots, &store->slots_capacity, store->n_slots + 1,
                                sizeof *store->slots, SLOTS_MAX, err);
    if (st != AUTK_OK)
        return st;
    *slot = store->n_slots;
    store->slots[store->n_slots++] = (autki_slot){.key = *key};
    return AUTK_OK;
}

/* ------------------------------------------------------------------ the temporary file */

static autk_status io_failed(const autki_store *store, const char *what, autk_err *err)
{
    return autki_fail_at(err, AUTK_EIO, store->directory, 0, 0, "a temporary file cannot be %s: %s",
                         what, strerror(errno));
}

static bool write_block(FILE *f, const autki_store_block *b)
{
    return fwrite(&b->n, sizeof b->n, 1, f) == 1 &&
           fwrite(b->exporter, sizeof *b->exporter, b->n, f) == b->n &&
           fwrite(b->importer, sizeof *b->importer, b->n, f) == b->n &&
           fwrite(b->product, sizeof *b->product, b->n, f) == b->n &&
           fwrite(b->value, sizeof *b->value, b->n, f) == b->n &&
           fwrite(b->quantity, sizeof *b->quantity, b->n, f) == b->n;
}

static bool read_block(FILE *f, autki_store_block *b)
{
    return fread(&b->n, sizeof b->n, 1, f) == 1 && b->n <= AUTKI_STORE_BLOCK_ROWS &&
           fread(b->exporter, sizeof *b->exporter, b->n, f) == b->n &&
           fread(b->importer, sizeof *b->importer, b->n, f) == b->n &&
           fread(b->product, sizeof *b->product, b->n, f) == b->n &&
           fread(b->value, sizeof *b->value, b->n, f) == b->n &&
           fread(b->quantity, sizeof *b->quantity, b->n, f) == b->n;
}

static autk_status spill_slot(autki_store *store, autki_slot *slot, autk_err *err)
{
    while (slot->first != NULL) {
        autki_store_block *b = slot->first;
        autk_status st = autki_grow(&slot->spilled, &slot->spilled_capacity, slot->n_spilled + 1,
                                    sizeof *slot->spilled, (size_t)1 << 24, err);
        if (st != AUTK_OK)
            return st;
        if (!write_block(store->file, b))
            return io_failed(store, "written", err);
        slot->spilled[slot->n_spilled++] = store->file_size;
        store->file_size += (int64_t)(sizeof b->n + b->n * (3 * sizeof(uint16_t) + 16));
        store->n_held -= AUTKI_STORE_BLOCK_ROWS;
        slot->first = b->next;
        b->next = store->spare;
        store->spare = b;
    }
    slot->last = NULL;
    return AUTK_OK;
}

static autk_status spill(autki_store *store, autk_err *err)
{
    autk_status st =
        store->file == NULL ? autki_temporary_file(&store->file, store->directory, err) : AUTK_OK;
    for (size_t i = 0; st == AUTK_OK && i < store->n_slots; i++)
        st = spill_slot(store, &store->slots[i], err);
    return st;
}

autk_status autki_store_settle(autki_store *store, autk_err *err)
{
    if (store->file == NULL)
        return AUTK_OK;
    autk_status st = spill(store, err);
    free_chain(store->spare);
    store->spare = NULL;
    if (st == AUTK_OK && fflush(store->file) != 0)
        st = io_failed(store, "written", err);
    return st;
}

/* ------------------------------------------------------------------ rows */

static autk_status add_block(autki_store *store, autki_slot *slot, autk_err *err)
{
    autki_store_block *b = store->spare;
    if (b != NULL)
        store->spare = b->next;
    else
        b = autki_malloc(1, sizeof *b);
    if (b == NULL)
        return autki_no_memory(err, sizeof *b);
    b->next = NULL;
    b->n = 0;
    store->n_held += AUTKI_STORE_BLOCK_ROWS;
    if (slot->last != NULL)
        slot->last->next = b;
    else
        slot->first = b;
    slot->last = b;
    return AUTK_OK;
}

autk_status autki_store_room(autki_store_block **block, autki_store *store, size_t at,
                             autk_err *err)
{
    autki_slot *slot = &store->slots[at];
    autk_status st = AUTK_OK;
    if (slot->last == NULL || slot->last->n == AUTKI_STORE_BLOCK_ROWS) {
        st = store->n_held >= store->budget ? spill(store, err) : AUTK_OK;
        if (st == AUTK_OK)
            st = add_block(store, slot, err);
    }
    *block = slot->last;
    return st;
}

autk_status autki_store_add(autki_store *store, size_t at, uint16_t exporter, uint16_t importer,
                            uint16_t product, double value, double quantity, autk_err *err)
{
    autki_store_block *b = NULL;
    autk_status st = autki_store_room(&b, store, at, err);
    if (st != AUTK_OK)
        return st;
    b->exporter[b->n] = exporter;
    b->importer[b->n] = importer;
    b->product[b->n] = product;
    b->value[b->n] = value;
    b->quantity[b->n] = quantity;
    b->n++;
    store->slots[at].n_rows++;
    return AUTK_OK;
}

autk_status autki_store_scan(autki_store *store, size_t at, autki_store_visit visit, void *user,
                             autk_err *err)
{
    autki_slot *slot = &store->slots[at];
    autk_status st = AUTK_OK;
    autki_store_block *room = NULL;
    if (slot->n_spilled != 0) {
        room = autki_malloc(1, sizeof *room);
        if (room == NULL)
            return autki_no_memory(err, sizeof *room);
    }
    for (size_t i = 0; st == AUTK_OK && i < slot->n_spilled; i++) {
        if (fseeko(store->file, (off_t)slot->spilled[i], SEEK_SET) != 0 ||
            !read_block(store->file, room))
            st = io_failed(store, "read", err);
        else
            st = visit(user, room, err);
    }
    free(room);
    for (autki_store_block *b = slot->first; st == AUTK_OK && b != NULL; b = b->next)
        st = visit(user, b, err);
    return st;
}

void autki_store_release(autki_store *store, size_t at)
{
    autki_slot *slot = &store->slots[at];
    for (autki_store_block *b = slot->first; b != NULL; b = b->next)
        store->n_held -= AUTKI_STORE_BLOCK_ROWS;
    free_chain(slot->first);
    slot->first = slot->last = NULL;
    free(slot->spilled);
    slot->spilled = NULL;
    slot->n_spilled = slot->spilled_capacity = 0;
    slot->n_rows = 0;
}
