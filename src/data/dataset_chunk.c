#include "data/dataset_chunk.h"

#include <math.h>
#include <stdlib.h>
#include <zstd.h>

#include "base/fail.h"
#include "base/mem.h"
#include "base/parallel.h"
#include "data/dataset_hash.h"

#define HEADER_BYTES ((size_t)16)
#define CLASS_MAX 54 /* a double holds whole numbers of 53 bits */
#define UNKNOWN 255  /* class of an unknown number */
#define MODE_UNKNOWN 254
#define MODE_DOUBLES 255
#define ZSTD_LEVEL 1 /* more costs time and gains nothing: the entropy is in the packed bits */

static const double power_of_ten[] = {1e0, 1e1, 1e2, 1e3, 1e4, 1e5, 1e6, 1e7, 1e8, 1e9};
#define DECIMALS_MAX 9
#define PARALLEL_ROWS 65536 /* columns of more are decoded side by side */

void autki_chunk_rows_deinit(autki_chunk_rows *rows)
{
    free(rows->partner);
    free(rows->product);
    free(rows->value);
    free(rows->quantity);
    *rows = (autki_chunk_rows){.n = 0};
}

autk_status autki_chunk_rows_reserve(autki_chunk_rows *rows, size_t n, autk_err *err)
{
    if (n <= rows->capacity)
        return AUTK_OK;
    size_t a = rows->capacity, b = a, c = a, d = a;
    autk_status st =
        autki_grow(&rows->partner, &a, n, sizeof *rows->partner, AUTKI_CHUNK_ROWS_MAX, err);
    if (st == AUTK_OK)
        st = autki_grow(&rows->product, &b, n, sizeof *rows->product, AUTKI_CHUNK_ROWS_MAX, err);
    if (st == AUTK_OK)
        st = autki_grow(&rows->value, &c, n, sizeof *rows->value, AUTKI_CHUNK_ROWS_MAX, err);
    if (st == AUTK_OK)
        st = autki_grow(&rows->quantity, &d, n, sizeof *rows->quantity, AUTKI_CHUNK_ROWS_MAX, err);
    if (st != AUTK_OK)
        return st;
    rows->capacity = a;
    autki_expect_filling(rows->partner, n * sizeof *rows->partner);
    autki_expect_filling(rows->product, n * sizeof *rows->product);
    autki_expect_filling(rows->value, n * sizeof *rows->value);
    autki_expect_filling(rows->quantity, n * sizeof *rows->quantity);
    return AUTK_OK;
}

/* ------------------------------------------------------------------ writing */

typedef struct encoder {
    autk_buf *out;
    uint64_t *number;
    uint8_t *classes;
    char *packed;
    size_t packed_room;
} encoder;

static unsigned bit_length(uint64_t v)
{
    return v == 0 ? 0 : 64U - (unsigned)__builtin_clzll(v);
}

static void put_u32(autk_buf *out, size_t v)
{
    char bytes[4];
    autki_store32(bytes, (uint32_t)v);
    autk_buf_add(out, bytes, 4);
}

/* Bits below the leading one of each number, lowest first. */
static size_t pack_bits(encoder *e, size_t n)
{
    uint64_t held = 0;
    unsigned n_held = 0;
    char *to = e->packed;
    for (size_t i = 0; i < n; i++) {
        unsigned length = e->number[i] == UINT64_MAX ? 0 : bit_length(e->number[i]);
        e->classes[i] = e->number[i] == UINT64_MAX ? UNKNOWN : (uint8_t)length;
        if (length < 2)
            continue;
        unsigned bits = length - 1;
        uint64_t low = e->number[i] & (((uint64_t)1 << bits) - 1);
        held |= low << n_held;
        if (n_held + bits >= 64) {
            autki_store64(to, held);
            to += 8;
            held = n_held == 0 ? 0 : low >> (64 - n_held);
            n_held = n_held + bits - 64;
        } else {
            n_held += bits;
        }
    }
    autki_store64(to, held);
    return (size_t)(to - e->packed) + (n_held + 7) / 8;
}

/* Compressed text behind a u32 of its size; *size_at is where that stands. */
static autk_status put_compressed(autk_buf *out, const void *bytes, size_t n, autk_err *err)
{
    size_t bound = ZSTD_compressBound(n);
    char *packed = autki_malloc(bound, 1);
    if (packed == NULL)
        return autki_no_memory(err, bound);
    size_t size = ZSTD_compress(packed, bound, bytes, n, ZSTD_LEVEL);
    autk_status st = AUTK_OK;
    if (ZSTD_isError(size)) {
        st = autki_no_memory(err, bound);
    } else {
        put_u32(out, size);
        autk_buf_add(out, packed, size);
    }
    free(packed);
    return st;
}

static autk_status put_column(encoder *e, size_t n, autk_err *err)
{
    size_t n_bits = pack_bits(e, n);
    autk_status st = put_compressed(e->out, e->classes, n, err);
    if (st != AUTK_OK)
        return st;
    put_u32(e->out, n_bits);
    autk_buf_add(e->out, e->packed, n_bits);
    return AUTK_OK;
}

/* The nearest whole number of 0 <= v < 2^53: libm's rounding is a call, and there are millions. */
static uint64_t nearest(double v)
{
    return (uint64_t)(int64_t)(v + 0.5);
}

/* The number of decimals that makes all known figures whole and gives each back exactly. */
static int mode_of(const double *v, size_t n)
{
    int decimals = 0;
    bool known = false;
    for (size_t i = 0; i < n; i++) {
        if (isnan(v[i]))
            continue;
        known = true;
        for (;; decimals++) {
            double scaled = v[i] * power_of_ten[decimals];
            if (!(v[i] >= 0) || !(scaled < 4e15) || (v[i] == 0 && signbit(v[i])))
                return MODE_DOUBLES;
            if ((double)nearest(scaled) / power_of_ten[decimals] == v[i])
                break;
            if (decimals == DECIMALS_MAX)
                return MODE_DOUBLES;
        }
    }
    /* A figure seen before more decimals were needed may not come back under them. */
    for (size_t i = 0; i < n && decimals > 0; i++) {
        double scaled = v[i] * power_of_ten[decimals];
        if (!isnan(v[i]) &&
            (!(scaled < 4e15) || (double)nearest(scaled) / power_of_ten[decimals] != v[i]))
            return MODE_DOUBLES;
    }
    return known ? decimals : MODE_UNKNOWN;
}

static autk_status put_doubles(encoder *e, const double *v, size_t n, autk_err *err)
{
    for (size_t i = 0; i < n; i++) {
        uint64_t bits;
        memcpy(&bits, &v[i], sizeof bits);
        for (size_t k = 0; k < 8; k++)
            e->packed[k * n + i] = (char)(uint8_t)(bits >> (8 * k));
    }
    return put_compressed(e->out, e->packed, 8 * n, err);
}

static autk_status put_figures(encoder *e, const double *v, size_t n, int mode, autk_err *err)
{
    if (mode == MODE_UNKNOWN)
        return AUTK_OK;
    if (mode == MODE_DOUBLES)
        return put_doubles(e, v, n, err);
    for (size_t i = 0; i < n; i++)
        e->number[i] = isnan(v[i]) ? UINT64_MAX : nearest(v[i] * power_of_ten[mode]);
    return put_column(e, n, err);
}

static autk_status put_partners(encoder *e, const autki_chunk_rows *rows, size_t *n_partners,
                                autk_err *err)
{
    size_t n = 0;
    for (size_t i = 0; i < rows->n; i++) {
        bool same = i > 0 && rows->partner[i] == rows->partner[i - 1];
        if (i > 0 && (rows->partner[i] < rows->partner[i - 1] ||
                      (same && rows->product[i] <= rows->product[i - 1])))
            return autki_fail(err, AUTK_EINTERNAL, "rows of a chunk are out of order at %zu", i);
        if (!same)
            e->number[n++] = i == 0 ? rows->partner[0] : rows->partner[i] - rows->partner[i - 1];
    }
    *n_partners = n;
    autk_status st = put_column(e, n, err);
    for (size_t i = 0, run = 0, k = 0; st == AUTK_OK && i < rows->n; i++) {
        run++;
        if (i + 1 == rows->n || rows->partner[i + 1] != rows->partner[i]) {
            e->number[k++] = run;
            run = 0;
        }
    }
    return st != AUTK_OK ? st : put_column(e, n, err);
}

static autk_status put_rows(encoder *e, const autki_chunk_rows *rows, uint64_t seed, autk_err *err)
{
    size_t start = e->out->len, n = rows->n, n_partners = 0;
    for (size_t i = 0; i < n; i++) {
        if (!isfinite(rows->value[i]))
            return autki_fail(err, AUTK_EINTERNAL, "a value of a chunk is not finite");
    }
    int value_mode = mode_of(rows->value, n), quantity_mode = mode_of(rows->quantity, n);
    char header[HEADER_BYTES] = "ATK1";
    header[12] = (char)(uint8_t)value_mode;
    header[13] = (char)(uint8_t)quantity_mode;
    autki_store32(header + 4, (uint32_t)n);
    autk_buf_add(e->out, header, sizeof header);
    autk_status st = put_partners(e, rows, &n_partners, err);
    if (st != AUTK_OK)
        return st;
    for (size_t i = 0; i < n; i++)
        e->number[i] = i == 0 || rows->partner[i] != rows->partner[i - 1]
                           ? rows->product[i]
                           : rows->product[i] - rows->product[i - 1] - 1;
    st = put_column(e, n, err);
    if (st == AUTK_OK)
        st = put_figures(e, rows->value, n, value_mode, err);
    if (st == AUTK_OK)
        st = put_figures(e, rows->quantity, n, quantity_mode, err);
    if (st == AUTK_OK)
        st = autk_buf_check(e->out, err);
    if (st != AUTK_OK)
        return st;
    autki_store32(e->out->text + start + 8, (uint32_t)n_partners);
    char sum[8];
    autki_store64(sum, autki_xxh64(e->out->text + start, e->out->len - start, seed));
    autk_buf_add(e->out, sum, sizeof sum);
    return autk_buf_check(e->out, err);
}

autk_status autki_chunk_encode(autk_buf *out, const autki_chunk_rows *rows, uint64_t seed,
                               autk_err *err)
{
    encoder e = {.out = out, .packed_room = 8 * rows->n + 16};
    e.number = autki_malloc(rows->n, sizeof *e.number);
    e.classes = autki_malloc(rows->n, 1);
    e.packed = autki_malloc(e.packed_room, 1);
    autk_status st = AUTK_OK;
    if (rows->n > AUTKI_CHUNK_ROWS_MAX)
        st = autki_fail(err, AUTK_ELIMIT, "at most %zu rows of one economy and period, got %zu",
                        AUTKI_CHUNK_ROWS_MAX, rows->n);
    else if (e.number == NULL || e.classes == NULL || e.packed == NULL)
        st = autki_no_memory(err, e.packed_room);
    else
        st = put_rows(&e, rows, seed, err);
    free(e.number);
    free(e.classes);
    free(e.packed);
    return st;
}

/* ------------------------------------------------------------------ reading */

/* Where the two parts of a column lie; 8 readable bytes are behind the bits. */
typedef struct packed_column {
    const char *classes, *bits;
    size_t classes_size, bits_size;
} packed_column;

/* A column of whole numbers, read once from its first to its last: no array of them is made. */
typedef struct column {
    const uint8_t *class;
    const char *bits;
    size_t at; /* bit */
} column;

/* Lengths 0 and 1 are the numbers 0 and 1; no branch, for small numbers come in no order. */
static inline uint64_t next_number(column *c)
{
    unsigned length = *c->class ++;
    if (length == UNKNOWN)
        return UINT64_MAX;
    uint64_t lead = ((uint64_t)1 << length) >> 1, below = lead - (lead != 0);
    uint64_t low = (autki_load64(c->bits + c->at / 8) >> (c->at % 8)) & below;
    c->at += length - (length != 0);
    return lead | low;
}

static autk_status damaged(autk_err *err, const char *what)
{
    return autki_fail(err, AUTK_EDATA, "a chunk is damaged: %s", what);
}

/* Text behind a u32 of its size. */
static autk_status take_sized(const char **text, size_t *size, const char **at, const char *stop,
                              autk_err *err)
{
    if (stop - *at < 4)
        return damaged(err, "it ends early");
    *size = autki_load32(*at);
    *text = *at + 4;
    if (*size > (size_t)(stop - *text))
        return damaged(err, "it ends early");
    *at = *text + *size;
    return AUTK_OK;
}

static autk_status find_column(packed_column *p, const char **at, const char *stop, bool bits,
                               autk_err *err)
{
    *p = (packed_column){.bits_size = 0};
    autk_status st = take_sized(&p->classes, &p->classes_size, at, stop, err);
    return st == AUTK_OK && bits ? take_sized(&p->bits, &p->bits_size, at, stop, err) : st;
}

static autk_status unpack(uint8_t *to, const packed_column *p, size_t n, autk_err *err)
{
    size_t got = ZSTD_decompress(to, n, p->classes, p->classes_size);
    return ZSTD_isError(got) || got != n ? damaged(err, "a column does not unpack") : AUTK_OK;
}

/* Bits that follow from the lengths; false when a length is out of range. */
static bool count_bits(size_t *n_bits, const uint8_t *classes, size_t n)
{
    unsigned bad = 0;
    *n_bits = 0;
    for (size_t from = 0; from < n; from += 256) { /* 256 lengths come to less than 2^16 */
        size_t end = n - from < 256 ? n : from + 256;
        unsigned sum = 0;
        for (size_t i = from; i < end; i++) {
            unsigned c = classes[i], known = c <= CLASS_MAX;
            bad |= !known & (c != UNKNOWN);
            sum += (known & (c > 1)) * (c - 1);
        }
        *n_bits += sum;
    }
    return bad == 0;
}

/* classes: room for n bytes, which the column reads from. */
static autk_status open_column(column *c, uint8_t *classes, const packed_column *p, size_t n,
                               autk_err *err)
{
    size_t n_bits;
    autk_status st = unpack(classes, p, n, err);
    if (st != AUTK_OK)
        return st;
    if (!count_bits(&n_bits, classes, n))
        return damaged(err, "a bit length out of range");
    if ((n_bits + 7) / 8 != p->bits_size)
        return damaged(err, "bits are missing");
    *c = (column){classes, p->bits, 0};
    return AUTK_OK;
}

static autk_status get_figures(double *v, uint8_t *classes, const packed_column *p, size_t n,
                               int mode, autk_err *err)
{
    autk_status st = AUTK_OK;
    if (mode == MODE_UNKNOWN) {
        for (size_t i = 0; i < n; i++)
            v[i] = NAN;
    } else if (mode == MODE_DOUBLES) {
        st = unpack(classes, p, 8 * n, err);
        for (size_t i = 0; st == AUTK_OK && i < n; i++) {
            uint64_t bits = 0;
            for (size_t k = 0; k < 8; k++)
                bits |= (uint64_t)classes[k * n + i] << (8 * k);
            memcpy(&v[i], &bits, sizeof bits);
        }
    } else {
        column c;
        const double unit = power_of_ten[mode];
        st = open_column(&c, classes, p, n, err);
        for (size_t i = 0; st == AUTK_OK && mode == 0 && i < n; i++) {
            uint64_t number = next_number(&c);
            v[i] = number == UINT64_MAX ? NAN : (double)(int64_t)number;
        }
        for (size_t i = 0; st == AUTK_OK && mode > 0 && i < n; i++) {
            uint64_t number = next_number(&c);
            v[i] = number == UINT64_MAX ? NAN : (double)(int64_t)number / unit;
        }
    }
    return st;
}

/* What is to be read, and where from. */
typedef struct reading {
    autki_chunk_rows *rows;
    size_t n_partners;
    int mode[2]; /* of values and quantities */
    packed_column gaps, runs, products, figures[2];
} reading;

static autk_status get_partners(reading *r, uint8_t *classes, autk_err *err)
{
    column c;
    autki_chunk_rows *rows = r->rows;
    autk_status st = open_column(&c, classes, &r->gaps, r->n_partners, err);
    if (st != AUTK_OK)
        return st;
    /* Partners wait in `product`, which is filled later. */
    uint64_t id = 0;
    for (size_t k = 0; k < r->n_partners; k++) {
        uint64_t gap = next_number(&c);
        id += gap;
        if (gap > UINT32_MAX || id > UINT32_MAX || (k > 0 && gap == 0))
            return damaged(err, "partners out of order");
        rows->product[k] = (uint32_t)id;
    }
    st = open_column(&c, classes, &r->runs, r->n_partners, err);
    size_t at = 0;
    for (size_t k = 0; st == AUTK_OK && k < r->n_partners; k++) {
        uint64_t run = next_number(&c);
        if (run == 0 || run > rows->n - at)
            return damaged(err, "runs do not add up");
        for (uint64_t i = 0; i < run; i++)
            rows->partner[at++] = rows->product[k];
    }
    return st == AUTK_OK && at != rows->n ? damaged(err, "runs do not add up") : st;
}

static autk_status get_products(reading *r, uint8_t *classes, autk_err *err)
{
    column c;
    autki_chunk_rows *rows = r->rows;
    autk_status st = open_column(&c, classes, &r->products, rows->n, err);
    uint64_t id = 0;
    for (size_t i = 0; st == AUTK_OK && i < rows->n; i++) {
        bool first = i == 0 || rows->partner[i] != rows->partner[i - 1];
        uint64_t gap = next_number(&c);
        id = (first ? 0 : id + 1) + gap;
        if (gap > UINT32_MAX || id > UINT32_MAX)
            return damaged(err, "a product out of range");
        rows->product[i] = (uint32_t)id;
    }
    return st;
}

/* Part 0: partners and products, 1: values, 2: quantities; none needs another. */
static autk_status get_part(size_t part, void *ctx, autk_err *err)
{
    reading *r = ctx;
    size_t n = r->rows->n;
    bool wide = part != 0 && r->mode[part - 1] == MODE_DOUBLES;
    uint8_t *classes = autki_malloc(wide ? 8 * n : n, 1);
    if (classes == NULL)
        return autki_no_memory(err, n);
    autk_status st;
    if (part == 0) {
        st = get_partners(r, classes, err);
        if (st == AUTK_OK)
            st = get_products(r, classes, err);
    } else {
        double *to = part == 1 ? r->rows->value : r->rows->quantity;
        st = get_figures(to, classes, &r->figures[part - 1], n, r->mode[part - 1], err);
    }
    free(classes);
    if (part != 1)
        return st;
    unsigned finite = 1;
    for (size_t i = 0; st == AUTK_OK && i < n; i++)
        finite &= isfinite(r->rows->value[i]) != 0;
    return finite ? st : damaged(err, "a value is not finite");
}

static autk_status find_columns(reading *r, const char *at, const char *stop, autk_err *err)
{
    autk_status st = find_column(&r->gaps, &at, stop, true, err);
    if (st == AUTK_OK)
        st = find_column(&r->runs, &at, stop, true, err);
    if (st == AUTK_OK)
        st = find_column(&r->products, &at, stop, true, err);
    for (int k = 0; k < 2 && st == AUTK_OK; k++) {
        int mode = r->mode[k];
        if (mode > DECIMALS_MAX && mode != MODE_DOUBLES && mode != MODE_UNKNOWN)
            return damaged(err, "an unknown mode");
        if (mode != MODE_UNKNOWN)
            st = find_column(&r->figures[k], &at, stop, mode != MODE_DOUBLES, err);
    }
    return st == AUTK_OK && at != stop ? damaged(err, "bytes are left over") : st;
}

autk_status autki_chunk_decode(autki_chunk_rows *rows, const void *blob, size_t size, uint64_t seed,
                               autk_err *err)
{
    const char *bytes = blob;
    rows->n = 0;
    if (size < HEADER_BYTES + 8 || memcmp(bytes, "ATK1", 4) != 0)
        return damaged(err, "not a chunk");
    if (autki_load64(bytes + size - 8) != autki_xxh64(bytes, size - 8, seed))
        return damaged(err, "its checksum differs");
    size_t n = autki_load32(bytes + 4);
    reading r = {.rows = rows,
                 .n_partners = autki_load32(bytes + 8),
                 .mode = {(uint8_t)bytes[12], (uint8_t)bytes[13]}};
    if (n > AUTKI_CHUNK_ROWS_MAX || r.n_partners > n)
        return damaged(err, "more rows than a chunk may have");
    autk_status st = autki_chunk_rows_reserve(rows, n, err);
    if (st == AUTK_OK)
        st = find_columns(&r, bytes + HEADER_BYTES, bytes + size - 8, err);
    rows->n = n;
    if (st == AUTK_OK)
        st = autki_parallel_for(3, n < PARALLEL_ROWS ? 1 : autki_processors(), get_part, &r, err);
    if (st != AUTK_OK)
        rows->n = 0;
    return st;
}
