/**
 * @file import_batch.h
 * A block of records parsed by a plan: columns of numbers, with codes numbered per batch. Blocks
 * are parsed side by side; their numbering is mapped to that of the import in order of the file.
 */
#ifndef AUTKI_DATA_IMPORT_BATCH_H
#define AUTKI_DATA_IMPORT_BATCH_H

#include <string.h>

#include "data/import_dict.h"
#include "data/import_plain.h"

/* Rows that belong together: a layer to be and a period. */
typedef struct autki_slot_key {
    int kind;  /* autki_flow_of */
    int level; /* digits of the product code; 0 = all goods, -1 = codes of another shape */
    int32_t period;
    char classification[AUTKI_CLASSIFICATION_BYTES]; /* of the row, zeros behind; "" = the plan's */
} autki_slot_key;

static inline bool autki_same_slot(const autki_slot_key *a, const autki_slot_key *b)
{
    return a->period == b->period && a->kind == b->kind && a->level == b->level &&
           memcmp(a->classification, b->classification, sizeof a->classification) == 0;
}

/* A product of a row that names its classification is kept as "HS17\x1f310420". */
#define AUTKI_CLASS_END '\x1f'

#define AUTKI_BATCH_SLOTS_MAX 4096

typedef struct autki_batch {
    size_t n, capacity;
    uint16_t *slot;
    uint32_t *exporter, *importer, *product; /* in the dictionaries below */
    double *value, *quantity;
    uint32_t *line;                 /* of the block, from 0 */
    autki_dict economies, products; /* of this block and those parsed with this batch before */
    autki_plain plain;
    autki_slot_key *slots;
    size_t n_slots, slots_capacity;
    uint64_t n_read, n_bad, n_passed[AUTK_PASSED_COUNT];
    int64_t n_lines;
    autk_err errors[AUTK_IMPORT_ERRORS_SHOWN]; /* line from 0 */
    size_t n_errors;
    autki_record record;
    struct {
        autki_span text; /* in the block; NULL = none yet */
        uint32_t id;
    } last[2]; /* exporter and importer of the row before: files are mostly in their order */
} autki_batch;

void autki_batch_init(autki_batch *batch);
void autki_batch_deinit(autki_batch *batch);
void autki_batch_clear(autki_batch *batch); /* its rows; the codes keep their numbers */

/**
 * Parse text[0..len), whole records. Wrong rows are counted and told in batch->errors.
 * Errors: AUTK_ENOMEM, AUTK_ELIMIT (too many different codes or periods).
 */
autk_status autki_batch_parse(autki_batch *batch, const autki_plan *plan, char *text, size_t len,
                              autk_err *err) AUTK_MUST_CHECK;

/* A wrong row: counted, and told while there is room. */
void autki_batch_bad(autki_batch *batch, int64_t line, int64_t column, const char *fmt, ...)
    AUTK_PRINTF(4, 5);

#endif
