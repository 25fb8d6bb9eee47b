/**
 * @file import_plain.h
 * The short way for records without anything unusual: short codes that were seen before, plain
 * decimal numbers, no quotes. Everything else takes the general way (import_batch.c), which shows
 * the codes it accepted, so that both ways give the same rows.
 */
#ifndef AUTKI_DATA_IMPORT_PLAIN_H
#define AUTKI_DATA_IMPORT_PLAIN_H

#include "data/import_plan.h"

#define AUTKI_PLAIN_COLUMNS_MAX 64

/* A code of at most 8 bytes as a word, and what it means; head 0 = a free place. */
typedef struct autki_plain_code {
    uint64_t head;
    uint32_t id;
    int32_t level; /* of a product */
} autki_plain_code;

typedef struct autki_plain_codes {
    autki_plain_code *table; /* open addressing, at most half full; NULL until the first code */
    size_t n, mask;
    unsigned shift;
} autki_plain_codes;

typedef struct autki_plain {
    bool fits; /* the plan is one that records can be plain under */
    uint8_t role[AUTKI_PLAIN_COLUMNS_MAX];
    autki_plain_codes periods, economies, products;
} autki_plain;

void autki_plain_init(autki_plain *plain, const autki_plan *plan);
void autki_plain_deinit(autki_plain *plain);

/* Remember a code: texts that are too long, or that could not stand in a file unquoted, are not.
 * Errors: AUTK_ENOMEM. */
autk_status autki_plain_learn(autki_plain_codes *codes, const autki_span *text, uint32_t id,
                              int32_t level, autk_err *err) AUTK_MUST_CHECK;

/* digits / 10^decimals units. Thousands and thousandths move the point, so that there is one
 * rounding: 12.345 thousand are 12345, 9 kg are 0.009 t. digits <= 2^53, decimals <= 9. */
static inline double autki_scaled(uint64_t digits, unsigned decimals, double unit)
{
    static const uint64_t times[] = {1000, 100, 10, 1};
    static const double power[] = {1,   1e1, 1e2, 1e3,  1e4,  1e5, 1e6,
                                   1e7, 1e8, 1e9, 1e10, 1e11, 1e12};
    if (unit == 1000)
        return decimals <= 3 ? (double)(digits * times[decimals])
                             : (double)digits / power[decimals - 3];
    if (unit == 1e-3)
        return (double)digits / power[decimals + 3];
    return (double)digits / power[decimals] * unit;
}

struct autki_batch;

/* Take plain records from `at` on, as long as they are plain and the batch has room. Gives where
 * the first other one begins. The text has no NUL bytes. */
char *autki_plain_run(struct autki_batch *batch, const autki_plan *plan, char *at,
                      const char *stop);

#endif
