#include "data/import_sort.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/fail.h"
#include "base/mem.h"

static uint64_t key_of(const autki_chunk_rows *rows, size_t i)
{
    return ((uint64_t)rows->partner[i] << 32) | rows->product[i];
}

/* Is each key at least, or more than, the one before? */
static bool is_rising(const autki_chunk_rows *rows, bool strictly)
{
    uint64_t before = 0;
    bool rising = true;
    for (size_t i = 0; i < rows->n; i++) {
        uint64_t key = key_of(rows, i) + !strictly;
        rising &= i == 0 || key > before;
        before = key - !strictly;
    }
    return rising;
}

/* One pass of a least-significant-digit radix sort over 11 bits. */
static void radix_pass(uint32_t *to, const uint32_t *from, size_t n, const uint32_t *digit_of,
                       unsigned shift)
{
    size_t start[2048] = {0};
    for (size_t i = 0; i < n; i++)
        start[(digit_of[i] >> shift) & 2047]++;
    size_t sum = 0;
    for (size_t k = 0; k < 2048; k++) {
        size_t count = start[k];
        start[k] = sum;
        sum += count;
    }
    for (size_t i = 0; i < n; i++)
        to[start[(digit_of[from[i]] >> shift) & 2047]++] = from[i];
}

/* Positions in sorted order end up in one of the two arrays, which is returned. */
static uint32_t *order_of(const autki_chunk_rows *rows, uint32_t *a, uint32_t *b)
{
    for (size_t i = 0; i < rows->n; i++)
        a[i] = (uint32_t)i;
    const uint32_t *const digits[] = {rows->product, rows->partner};
    for (int part = 0; part < 2; part++) {
        uint32_t most = 0;
        for (size_t i = 0; i < rows->n; i++)
            most |= digits[part][i];
        for (unsigned shift = 0; shift < 32 && (most >> shift) != 0; shift += 11) {
            radix_pass(b, a, rows->n, digits[part], shift);
            uint32_t *swap = a;
            a = b;
            b = swap;
        }
    }
    return a;
}

static void permute_u32(uint32_t *v, uint32_t *room, const uint32_t *order, size_t n)
{
    for (size_t i = 0; i < n; i++)
        room[i] = v[order[i]];
    memcpy(v, room, n * sizeof *v);
}

static void permute_double(double *v, double *room, const uint32_t *order, size_t n)
{
    for (size_t i = 0; i < n; i++)
        room[i] = v[order[i]];
    memcpy(v, room, n * sizeof *v);
}

static autk_status sort(autki_chunk_rows *rows, autk_err *err)
{
    if (is_rising(rows, false))
        return AUTK_OK;
    uint32_t *a = autki_malloc(rows->n, sizeof *a), *b = autki_malloc(rows->n, sizeof *b);
    double *room = autki_malloc(rows->n, sizeof *room);
    autk_status st = AUTK_OK;
    if (a == NULL || b == NULL || room == NULL) {
        st = autki_no_memory(err, rows->n * sizeof *room);
    } else {
        const uint32_t *order = order_of(rows, a, b);
        permute_u32(rows->partner, (uint32_t *)(void *)room, order, rows->n);
        permute_u32(rows->product, (uint32_t *)(void *)room, order, rows->n);
        permute_double(rows->value, room, order, rows->n);
        permute_double(rows->quantity, room, order, rows->n);
    }
    free(a);
    free(b);
    free(room);
    return st;
}

static void merge_into(autki_chunk_rows *rows, size_t to, size_t i, autk_duplicates duplicates)
{
    if (duplicates == AUTK_DUPLICATES_SUM) {
        rows->value[to] += rows->value[i];
        /* A sum of which a part is unknown is unknown. */
        rows->quantity[to] += rows->quantity[i];
    } else if (duplicates == AUTK_DUPLICATES_LAST) {
        rows->value[to] = rows->value[i];
        rows->quantity[to] = rows->quantity[i];
    }
}

autk_status autki_sort_rows(autki_chunk_rows *rows, autki_duplicate *found,
                            autk_duplicates duplicates, autk_err *err)
{
    *found = (autki_duplicate){.n = 0};
    if (is_rising(rows, true))
        return AUTK_OK;
    autk_status st = sort(rows, err);
    if (st != AUTK_OK)
        return st;
    size_t n = 0;
    for (size_t i = 0; i < rows->n; i++) {
        if (n > 0 && key_of(rows, i) == key_of(rows, n - 1)) {
            if (found->n++ == 0)
                *found = (autki_duplicate){1, rows->partner[i], rows->product[i],
                                           rows->value[n - 1], rows->value[i]};
            merge_into(rows, n - 1, i, duplicates);
            continue;
        }
        rows->partner[n] = rows->partner[i];
        rows->product[n] = rows->product[i];
        rows->value[n] = rows->value[i];
        rows->quantity[n] = rows->quantity[i];
        n++;
    }
    rows->n = n;
    return AUTK_OK;
}
