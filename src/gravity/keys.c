/* Levels of combined columns. */
#include <stdlib.h>
#include <string.h>

#include "base/fail.h"
#include "base/mem.h"
#include "gravity/panel.h"

/* A table with a cell for every pair, when it is not much larger than the rows. */
static void combine_by_table(int32_t *out, int32_t *n_out, const int32_t *a, const int32_t *b,
                             int32_t n_b, size_t n, int32_t *table)
{
    int32_t next = 0;
    for (size_t r = 0; r < n; r++) {
        if (a[r] < 0 || b[r] < 0) {
            out[r] = -1;
            continue;
        }
        int32_t *cell = &table[(size_t)a[r] * (size_t)n_b + (size_t)b[r]];
        if (*cell < 0)
            *cell = next++;
        out[r] = *cell;
    }
    *n_out = next;
}

typedef struct pair_slot {
    uint64_t pair;
    int32_t id; /* -1 = free */
} pair_slot;

static autk_status grow_pairs(pair_slot **slots, size_t *n_slots, autk_err *err)
{
    size_t old = *n_slots, size = old == 0 ? 4096 : 2 * old;
    pair_slot *grown = autki_malloc(size, sizeof *grown);
    if (grown == NULL)
        return autki_no_memory(err, size * sizeof *grown);
    for (size_t i = 0; i < size; i++)
        grown[i] = (pair_slot){.id = -1};
    for (size_t i = 0; i < old; i++) {
        pair_slot s = (*slots)[i];
        if (s.id < 0)
            continue;
        size_t at = (size_t)(s.pair * 0x9e3779b97f4a7c15u >> 20) & (size - 1);
        while (grown[at].id >= 0)
            at = (at + 1) & (size - 1);
        grown[at] = s;
    }
    free(*slots);
    *slots = grown;
    *n_slots = size;
    return AUTK_OK;
}

static autk_status combine_by_hash(int32_t *out, int32_t *n_out, const int32_t *a, const int32_t *b,
                                   size_t n, autk_err *err)
{
    pair_slot *slots = NULL;
    size_t n_slots = 0;
    int32_t next = 0;
    for (size_t r = 0; r < n; r++) {
        if ((size_t)next * 2 >= n_slots) {
            autk_status st = grow_pairs(&slots, &n_slots, err);
            if (st != AUTK_OK) {
                free(slots);
                return st;
            }
        }
        if (a[r] < 0 || b[r] < 0) {
            out[r] = -1;
            continue;
        }
        uint64_t pair = (uint64_t)(uint32_t)a[r] << 32 | (uint32_t)b[r];
        size_t at = (size_t)(pair * 0x9e3779b97f4a7c15u >> 20) & (n_slots - 1);
        while (slots[at].id >= 0 && slots[at].pair != pair)
            at = (at + 1) & (n_slots - 1);
        if (slots[at].id < 0)
            slots[at] = (pair_slot){.pair = pair, .id = next++};
        out[r] = slots[at].id;
    }
    free(slots);
    *n_out = next;
    return AUTK_OK;
}

autk_status autki_combine_ids(int32_t *out, int32_t *n_out, const int32_t *a, int32_t n_a,
                              const int32_t *b, int32_t n_b, size_t n, autk_err *err)
{
    size_t cells = (size_t)n_a * (size_t)n_b;
    if (cells > 2 * n + 65536)
        return combine_by_hash(out, n_out, a, b, n, err);
    int32_t *table = autki_malloc(cells, sizeof *table);
    if (table == NULL)
        return autki_no_memory(err, cells * sizeof *table);
    memset(table, 0xff, cells * sizeof *table);
    combine_by_table(out, n_out, a, b, n_b, n, table);
    free(table);
    return AUTK_OK;
}

autk_status autki_key_ids(int32_t **ids, int32_t *n_ids, const autki_frame *frame,
                          const autki_formula *f, const autki_key *key, autk_err *err)
{
    int32_t *out = autki_malloc(frame->n_rows, sizeof *out);
    if (out == NULL)
        return autki_no_memory(err, frame->n_rows * sizeof *out);
    autk_status st = AUTK_OK;
    int32_t n = 0;
    for (int32_t i = 0; st == AUTK_OK && i < key->n_names; i++) {
        size_t k = autki_frame_find(frame, autki_formula_text(f, key->names[i]));
        if (k == SIZE_MAX) {
            st = autki_fail(err, AUTK_EINTERNAL, "a column of %s was not read",
                            autki_formula_text(f, key->text));
            break;
        }
        const autki_frame_column *c = &frame->columns[k];
        if (i == 0) {
            if (frame->n_rows != 0)
                memcpy(out, c->code, frame->n_rows * sizeof *out);
            n = c->levels.n_levels;
        } else {
            st =
                autki_combine_ids(out, &n, out, n, c->code, c->levels.n_levels, frame->n_rows, err);
        }
    }
    if (st != AUTK_OK) {
        free(out);
        return st;
    }
    *ids = out;
    *n_ids = n;
    return AUTK_OK;
}
