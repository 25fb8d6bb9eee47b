/** @file import_dict.h Texts to small numbers in order of first appearance. */
#ifndef AUTKI_DATA_IMPORT_DICT_H
#define AUTKI_DATA_IMPORT_DICT_H

#include <autarky/base.h>

typedef struct autki_dict_entry {
    uint64_t head; /* first 8 bytes, zero-padded: most codes are no longer */
    size_t at;     /* in `texts`, NUL-terminated */
    uint32_t len;
    int32_t period; /* of the row in which it came first */
} autki_dict_entry;

typedef struct autki_dict {
    uint32_t *table; /* position + 1; 0 = free */
    size_t table_size;
    autki_dict_entry *entries;
    size_t n, capacity;
    char *texts;
    size_t texts_len, texts_capacity;
    size_t ceiling;
} autki_dict;

void autki_dict_init(autki_dict *dict, size_t ceiling);
void autki_dict_deinit(autki_dict *dict);
void autki_dict_clear(autki_dict *dict); /* keeps the memory */

/* Position of the text, added when new (then *added). Errors: AUTK_ENOMEM, AUTK_ELIMIT. */
autk_status autki_dict_intern(uint32_t *id, autki_dict *dict, const char *text, size_t len,
                              bool *added, autk_err *err) AUTK_MUST_CHECK;

/* Position of the text, when it is there. */
bool autki_dict_find(uint32_t *id, const autki_dict *dict, const char *text, size_t len);

static inline const char *autki_dict_text(const autki_dict *dict, size_t id)
{
    return dict->texts + dict->entries[id].at;
}

#endif
