#include "data/dataset_hash.h"

static const uint64_t prime1 = 0x9E3779B185EBCA87U, prime2 = 0xC2B2AE3D27D4EB4FU,
                      prime3 = 0x165667B19E3779F9U, prime4 = 0x85EBCA77C2B2AE63U,
                      prime5 = 0x27D4EB2F165667C5U;

static uint64_t rotate(uint64_t v, int bits)
{
    return (v << bits) | (v >> (64 - bits));
}

static uint64_t round_of(uint64_t lane, uint64_t word)
{
    return rotate(lane + word * prime2, 31) * prime1;
}

static uint64_t merge(uint64_t hash, uint64_t lane)
{
    return (hash ^ round_of(0, lane)) * prime1 + prime4;
}

static const unsigned char *stripes(uint64_t *hash, const unsigned char *at,
                                    const unsigned char *stop, uint64_t seed)
{
    uint64_t a = seed + prime1 + prime2, b = seed + prime2, c = seed, d = seed - prime1;
    for (; stop - at >= 32; at += 32) {
        a = round_of(a, autki_load64(at));
        b = round_of(b, autki_load64(at + 8));
        c = round_of(c, autki_load64(at + 16));
        d = round_of(d, autki_load64(at + 24));
    }
    uint64_t h = rotate(a, 1) + rotate(b, 7) + rotate(c, 12) + rotate(d, 18);
    *hash = merge(merge(merge(merge(h, a), b), c), d);
    return at;
}

uint64_t autki_xxh64(const void *bytes, size_t size, uint64_t seed)
{
    const unsigned char *at = bytes, *stop = at + size;
    uint64_t h = seed + prime5;
    if (size >= 32)
        at = stripes(&h, at, stop, seed);
    h += (uint64_t)size;
    for (; stop - at >= 8; at += 8)
        h = rotate(h ^ round_of(0, autki_load64(at)), 27) * prime1 + prime4;
    if (stop - at >= 4) {
        h = rotate(h ^ (autki_load32(at) * prime1), 23) * prime2 + prime3;
        at += 4;
    }
    for (; at < stop; at++)
        h = rotate(h ^ (*at * prime5), 11) * prime1;
    h = (h ^ (h >> 33)) * prime2;
    h = (h ^ (h >> 29)) * prime3;
    return h ^ (h >> 32);
}
