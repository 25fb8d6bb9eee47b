/**
 * @file dataset_chunk.h
 * The flows of one economy in one period as compressed columns, with a checksum.
 *
 * Layout, little-endian: "ATK1", u32 rows, u32 partners, u8 value mode, u8 quantity mode, u16 0;
 * then the columns partner gaps, run lengths, product gaps, values, quantities; then XXH64 of all
 * before it, seeded with the chunk's key, so that a chunk at the wrong place is noticed too.
 *
 * A column of whole numbers is two parts: one byte a number with its bit length (zstd, which comes
 * to Huffman coding here), and the bits below the leading one, packed: within a tenth of a bit of
 * the entropy of log-normal figures. A mode 0-9 is the number of decimals that makes every figure
 * whole; 255 means doubles as they are, transposed byte by byte, zstd; 254 means all unknown.
 */
#ifndef AUTKI_DATA_DATASET_CHUNK_H
#define AUTKI_DATA_DATASET_CHUNK_H

#include <autarky/base.h>

/** Rows of one chunk, ordered by partner, then product, without duplicates. */
typedef struct autki_chunk_rows {
    size_t n, capacity;
    uint32_t *partner, *product;
    double *value, *quantity; /* quantity NaN = unknown */
} autki_chunk_rows;

#define AUTKI_CHUNK_ROWS_MAX ((size_t)1 << 24)

void autki_chunk_rows_deinit(autki_chunk_rows *rows);
/** Room for n rows; n stays. Errors: AUTK_ENOMEM, AUTK_ELIMIT. */
autk_status autki_chunk_rows_reserve(autki_chunk_rows *rows, size_t n, autk_err *err)
    AUTK_MUST_CHECK;

/**
 * Append the encoded rows to `out`.
 * Errors: AUTK_ENOMEM, AUTK_EINTERNAL (rows out of order, a value that is not finite).
 * Cost:   O(n), about 60 ns a row.
 */
autk_status autki_chunk_encode(autk_buf *out, const autki_chunk_rows *rows, uint64_t seed,
                               autk_err *err) AUTK_MUST_CHECK;

/**
 * Decode into `rows`, whose memory is used again. On failure rows hold nothing of meaning.
 * Errors: AUTK_EDATA (damaged), AUTK_ENOMEM. Cost: O(n), about 10 ns a row.
 */
autk_status autki_chunk_decode(autki_chunk_rows *rows, const void *blob, size_t size, uint64_t seed,
                               autk_err *err) AUTK_MUST_CHECK;

#endif
