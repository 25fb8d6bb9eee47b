#include "data/import_dict.h"

#include <stdlib.h>
#include <string.h>

#include "base/fail.h"
#include "base/mem.h"
#include "data/dataset_hash.h"

#define TEXT_MAX 1024

void autki_dict_init(autki_dict *dict, size_t ceiling)
{
    *dict = (autki_dict){.ceiling = ceiling};
}

void autki_dict_deinit(autki_dict *dict)
{
    free(dict->table);
    free(dict->entries);
    free(dict->texts);
    *dict = (autki_dict){.n = 0};
}

void autki_dict_clear(autki_dict *dict)
{
    if (dict->table != NULL)
        memset(dict->table, 0, dict->table_size * sizeof *dict->table);
    dict->n = dict->texts_len = 0;
}

static uint64_t head_of(const char *text, size_t len)
{
    char head[8] = {0};
    memcpy(head, text, len < 8 ? len : 8);
    return autki_load64(head);
}

static size_t home_of(uint64_t head, const char *text, size_t len, size_t table_size)
{
    uint64_t h = len <= 8 ? (head ^ len) * 0x9E3779B97F4A7C15U : autki_xxh64(text, len, 0);
    return (size_t)(h >> 32) & (table_size - 1);
}

static autk_status grow_table(autki_dict *dict, autk_err *err)
{
    size_t size = dict->table_size == 0 ? 1024 : 2 * dict->table_size;
    uint32_t *table = autki_calloc(size, sizeof *table);
    if (table == NULL)
        return autki_no_memory(err, size * sizeof *table);
    for (size_t i = 0; i < dict->n; i++) {
        const autki_dict_entry *e = &dict->entries[i];
        size_t at = home_of(e->head, dict->texts + e->at, e->len, size);
        while (table[at] != 0)
            at = (at + 1) & (size - 1);
        table[at] = (uint32_t)i + 1;
    }
    free(dict->table);
    dict->table = table;
    dict->table_size = size;
    return AUTK_OK;
}

static autk_status add(uint32_t *id, autki_dict *dict, uint64_t head, const char *text, size_t len,
                       autk_err *err)
{
    autk_status st = AUTK_OK;
    if (len > TEXT_MAX)
        return autki_fail(err, AUTK_ELIMIT, "expected a code or name of at most %d bytes, got %zu",
                          TEXT_MAX, len);
    if (dict->n == dict->ceiling)
        return autki_fail(err, AUTK_ELIMIT, "expected at most %zu different codes, got more",
                          dict->ceiling);
    st = autki_grow(&dict->entries, &dict->capacity, dict->n + 1, sizeof *dict->entries,
                    dict->ceiling, err);
    if (st == AUTK_OK)
        st = autki_grow(&dict->texts, &dict->texts_capacity, dict->texts_len + len + 1, 1,
                        (size_t)1 << 28, err);
    if (st != AUTK_OK)
        return st;
    autki_dict_entry e = {.head = head, .at = dict->texts_len, .len = (uint32_t)len};
    memcpy(dict->texts + e.at, text, len);
    dict->texts[e.at + len] = '\0';
    dict->texts_len += len + 1;
    *id = (uint32_t)dict->n;
    dict->entries[dict->n++] = e;
    return AUTK_OK;
}

/* Where the text is in the table, or the free place where it belongs. */
static size_t place_of(const autki_dict *dict, uint64_t head, const char *text, size_t len)
{
    size_t at = home_of(head, text, len, dict->table_size);
    for (; dict->table[at] != 0; at = (at + 1) & (dict->table_size - 1)) {
        const autki_dict_entry *e = &dict->entries[dict->table[at] - 1];
        if (e->head == head && e->len == len &&
            (len <= 8 || memcmp(dict->texts + e->at, text, len) == 0))
            break;
    }
    return at;
}

bool autki_dict_find(uint32_t *id, const autki_dict *dict, const char *text, size_t len)
{
    if (dict->n == 0)
        return false;
    size_t at = place_of(dict, head_of(text, len), text, len);
    if (dict->table[at] == 0)
        return false;
    *id = dict->table[at] - 1;
    return true;
}

autk_status autki_dict_intern(uint32_t *id, autki_dict *dict, const char *text, size_t len,
                              bool *added, autk_err *err)
{
    *added = false;
    if (4 * (dict->n + 1) > 3 * dict->table_size) {
        autk_status st = grow_table(dict, err);
        if (st != AUTK_OK)
            return st;
    }
    uint64_t head = head_of(text, len);
    size_t at = place_of(dict, head, text, len);
    if (dict->table[at] != 0) {
        *id = dict->table[at] - 1;
        return AUTK_OK;
    }
    autk_status st = add(id, dict, head, text, len, err);
    if (st == AUTK_OK) {
        dict->table[at] = *id + 1;
        *added = true;
    }
    return st;
}
