/** @file dataset_hash.h XXH64 (Collet, xxHash specification 0.1.1) and little-endian words. */
#ifndef AUTKI_DATA_DATASET_HASH_H
#define AUTKI_DATA_DATASET_HASH_H

#include <stddef.h>
#include <stdint.h>
#include <string.h>

uint64_t autki_xxh64(const void *bytes, size_t size, uint64_t seed);

static inline uint64_t autki_load64(const void *at)
{
    uint64_t v;
    memcpy(&v, at, sizeof v);
#if __BYTE_ORDER__ == __ORDER_BIG_ENDIAN__
    v = __builtin_bswap64(v);
#endif
    return v;
}

static inline uint32_t autki_load32(const void *at)
{
    uint32_t v;
    memcpy(&v, at, sizeof v);
#if __BYTE_ORDER__ == __ORDER_BIG_ENDIAN__
    v = __builtin_bswap32(v);
#endif
    return v;
}

static inline void autki_store64(void *at, uint64_t v)
{
#if __BYTE_ORDER__ == __ORDER_BIG_ENDIAN__
    v = __builtin_bswap64(v);
#endif
    memcpy(at, &v, sizeof v);
}

static inline void autki_store32(void *at, uint32_t v)
{
#if __BYTE_ORDER__ == __ORDER_BIG_ENDIAN__
    v = __builtin_bswap32(v);
#endif
    memcpy(at, &v, sizeof v);
}

#endif
