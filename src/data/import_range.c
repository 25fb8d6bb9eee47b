#include "data/import_range.h"

#include <stdlib.h>
#include <string.h>

#include "base/fail.h"
#include "base/mem.h"

#define PAIRED_ECONOMIES_MAX ((size_t)1024) /* pairs of more are not counted: 8 MB */

static uint64_t *own_count(const autki_ranges *r)
{
    return r->count[r->order == AUTKI_BY_EXPORTER ? 0 : 1];
}

/* Where the run of rows that begins at i ends: same exporter, same importer. */
static uint32_t end_of_run(const autki_store_block *b, uint32_t i)
{
    uint16_t from = b->exporter[i], to = b->importer[i];
    do
        i++;
    while (i < b->n && b->importer[i] == to && b->exporter[i] == from);
    return i;
}

static autk_status count_block(void *user, const autki_store_block *b, autk_err *err)
{
    autki_ranges *r = user;
    (void)err;
    for (uint32_t i = 0, end; i < b->n; i = end) {
        end = end_of_run(b, i);
        uint32_t from = r->economy_ids[b->exporter[i]], to = r->economy_ids[b->importer[i]];
        r->count[0][from] += end - i;
        r->count[1][to] += end - i;
        if (r->pairs != NULL)
            r->pairs[from * r->n_economies + to] += end - i;
    }
    return AUTK_OK;
}

autk_status autki_ranges_init(autki_ranges *r, autk_err *err)
{
    size_t n = r->n_economies;
    bool paired = n <= PAIRED_ECONOMIES_MAX;
    r->n_place = paired ? n * n : n;
    r->count[0] = autki_calloc(n, sizeof *r->count[0]);
    r->count[1] = autki_calloc(n, sizeof *r->count[1]);
    r->place = autki_calloc(r->n_place, sizeof *r->place);
    r->pairs = paired ? autki_calloc(n * n, sizeof *r->pairs) : NULL;
    if (r->count[0] == NULL || r->count[1] == NULL || r->place == NULL ||
        (paired && r->pairs == NULL))
        return autki_no_memory(err, r->n_place * sizeof *r->place);
    return autki_store_scan(r->store, r->slot, count_block, r, err);
}

void autki_ranges_deinit(autki_ranges *r)
{
    if (r->now != NULL)
        autki_ranges_give_back(r, r->now);
    while (r->spare != NULL) {
        autki_range *next = r->spare->next;
        autki_chunk_rows_deinit(&r->spare->rows);
        free(r->spare);
        r->spare = next;
    }
    free(r->count[0]);
    free(r->count[1]);
    free(r->pairs);
    free(r->place);
    *r = (autki_ranges){.slot = 0};
}

void autki_ranges_begin(autki_ranges *r, autki_order order)
{
    if (r->now != NULL)
        autki_ranges_give_back(r, r->now);
    r->now = NULL;
    r->order = order;
    r->first = r->end = 0;
}

void autki_ranges_give_back(autki_ranges *r, autki_range *range)
{
    if (--range->n_users != 0)
        return;
    range->next = r->spare;
    r->spare = range;
}

static autk_status next_range(autki_range **out, autki_ranges *r, size_t n_rows, autk_err *err)
{
    autki_range *range = r->spare;
    if (range != NULL)
        r->spare = range->next;
    else
        range = autki_calloc(1, sizeof *range);
    if (range == NULL)
        return autki_no_memory(err, sizeof *range);
    range->n_users = 1;
    range->rows.n = 0;
    *out = range;
    return autki_chunk_rows_reserve(&range->rows, n_rows > r->limit ? n_rows : r->limit, err);
}

/* ------------------------------------------------------------------ putting together */

static size_t *place_of(const autki_ranges *r, uint32_t economy, uint32_t partner)
{
    return &r->place[r->pairs != NULL ? economy * r->n_economies + partner : economy];
}

static autk_status scatter_block(void *user, const autki_store_block *b, autk_err *err)
{
    autki_ranges *r = user;
    autki_chunk_rows *to = &r->now->rows;
    (void)err;
    bool exported = r->order == AUTKI_BY_EXPORTER;
    const uint16_t *own = exported ? b->exporter : b->importer;
    const uint16_t *other = exported ? b->importer : b->exporter;
    for (uint32_t i = 0, end; i < b->n; i = end) {
        end = end_of_run(b, i);
        uint32_t e = r->economy_ids[own[i]];
        if (e < r->first || e >= r->end)
            continue;
        uint32_t partner = r->economy_ids[other[i]];
        size_t *place = place_of(r, e, partner), at = *place, n = end - i;
        for (size_t k = 0; k < n; k++) {
            to->partner[at + k] = partner;
            to->product[at + k] = r->product_ids[b->product[i + k]];
        }
        memcpy(to->value + at, b->value + i, n * sizeof *to->value);
        memcpy(to->quantity + at, b->quantity + i, n * sizeof *to->quantity);
        *place += n;
    }
    return AUTK_OK;
}

/* Where the rows of the range's economies, or pairs, begin. */
static void make_places(autki_ranges *r)
{
    const uint64_t *own = own_count(r);
    size_t at = 0, n = r->n_economies;
    bool exported = r->order == AUTKI_BY_EXPORTER;
    for (uint32_t e = r->first; e < r->end; e++) {
        for (uint32_t p = 0; r->pairs != NULL && p < n; p++) {
            *place_of(r, e, p) = at;
            at += r->pairs[exported ? e * n + p : p * n + e];
        }
        if (r->pairs == NULL) {
            r->place[e] = at;
            at += (size_t)own[e];
        }
    }
}

static autk_status advance(autki_ranges *r, uint32_t economy, autk_err *err)
{
    const uint64_t *own = own_count(r);
    size_t n_rows = (size_t)own[economy];
    if (r->now != NULL)
        autki_ranges_give_back(r, r->now);
    r->now = NULL;
    r->first = economy;
    for (r->end = economy + 1; r->end < r->n_economies && n_rows + own[r->end] <= r->limit;
         r->end++)
        n_rows += (size_t)own[r->end];
    autk_status st = next_range(&r->now, r, n_rows, err);
    if (st != AUTK_OK)
        return st;
    r->now->rows.n = n_rows;
    make_places(r);
    return n_rows != 0 ? autki_store_scan(r->store, r->slot, scatter_block, r, err) : AUTK_OK;
}

autk_status autki_ranges_rows(autki_chunk_rows *rows, autki_range **range, autki_ranges *r,
                              uint32_t economy, autk_err *err)
{
    const uint64_t *own = own_count(r);
    autk_status st = economy >= r->end ? advance(r, economy, err) : AUTK_OK;
    if (st != AUTK_OK)
        return st;
    size_t start = 0;
    for (uint32_t e = r->first; e < economy; e++)
        start += (size_t)own[e];
    const autki_chunk_rows *all = &r->now->rows;
    *rows = (autki_chunk_rows){.n = (size_t)own[economy],
                               .partner = all->partner + start,
                               .product = all->product + start,
                               .value = all->value + start,
                               .quantity = all->quantity + start};
    *range = r->now;
    r->now->n_users++;
    return AUTK_OK;
}
