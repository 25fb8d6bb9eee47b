#include "data/dta_file.h"
#include "data/frame_internal.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/fail.h"
#include "base/mem.h"
#include "base/text.h"
#include "data/csv.h"

#define LEVELS_MAX ((size_t)INT32_MAX - 1)
#define BYTES_MAX ((size_t)1 << 40)

void autki_dictionary_deinit(autki_dictionary *d)
{
    free(d->bytes);
    free(d->offset);
    free(d->slots);
    memset(d, 0, sizeof *d);
}

const char *autki_dictionary_text(const autki_dictionary *d, int32_t code)
{
    return d->bytes + d->offset[code];
}

static uint64_t hash_text(const char *text, size_t len)
{
    uint64_t h = len * 0x9e3779b97f4a7c15u;
    while (len >= 8) {
        uint64_t word;
        memcpy(&word, text, 8);
        h = (h ^ word) * 0xff51afd7ed558ccdu;
        h ^= h >> 32;
        text += 8;
        len -= 8;
    }
    uint64_t tail = 0;
    for (size_t i = 0; i < len; i++)
        tail = tail << 8 | (unsigned char)text[i];
    h = (h ^ tail) * 0xff51afd7ed558ccdu;
    h ^= h >> 29;
    h *= 0xc4ceb9fe1a85ec53u;
    return h ^ h >> 32;
}

/* Where the text is, or the free slot where it belongs. */
static size_t find_slot(const autki_dictionary *d, const char *text, size_t len)
{
    size_t mask = d->n_slots - 1, at = (size_t)hash_text(text, len) & mask;
    for (; d->slots[at] >= 0; at = (at + 1) & mask) {
        const char *have = d->bytes + d->offset[d->slots[at]];
        if (strncmp(have, text, len) == 0 && have[len] == '\0')
            break;
    }
    return at;
}

static autk_status rehash(autki_dictionary *d, size_t n_slots, autk_err *err)
{
    int32_t *slots = autki_malloc(n_slots, sizeof *slots);
    if (slots == NULL)
        return autki_no_memory(err, n_slots * sizeof *slots);
    memset(slots, 0xff, n_slots * sizeof *slots);
    free(d->slots);
    d->slots = slots;
    d->n_slots = n_slots;
    for (int32_t c = 0; c < d->n_levels; c++) {
        const char *text = autki_dictionary_text(d, c);
        d->slots[find_slot(d, text, strlen(text))] = c;
    }
    return AUTK_OK;
}

autk_status autki_dictionary_code(autki_dictionary *d, const char *text, size_t len, int32_t *code,
                                  autk_err *err)
{
    autk_status st =
        autki_grow(&d->bytes, &d->bytes_capacity, d->bytes_len + len + 1, 1, BYTES_MAX, err);
    if (st == AUTK_OK && ((size_t)d->n_levels + 1) * 2 > d->n_slots)
        st = rehash(d, d->n_slots == 0 ? 64 : 2 * d->n_slots, err);
    if (st != AUTK_OK)
        return st;
    size_t at = find_slot(d, text, len);
    if (d->slots[at] >= 0) {
        *code = d->slots[at];
        return AUTK_OK;
    }
    st = autki_grow(&d->offset, &d->offset_capacity, (size_t)d->n_levels + 1, sizeof *d->offset,
                    LEVELS_MAX, err);
    if (st != AUTK_OK)
        return st;
    d->offset[d->n_levels] = d->bytes_len;
    memcpy(d->bytes + d->bytes_len, text, len);
    d->bytes[d->bytes_len + len] = '\0';
    d->bytes_len += len + 1;
    d->slots[at] = d->n_levels;
    *code = d->n_levels++;
    return AUTK_OK;
}

int32_t autki_dictionary_find(const autki_dictionary *d, const char *text, size_t len)
{
    for (int32_t c = 0; c < d->n_levels; c++) {
        const char *have = autki_dictionary_text(d, c);
        if (strlen(have) == len && memcmp(have, text, len) == 0)
            return c;
    }
    return -1;
}

void autki_frame_free(autki_frame *frame)
{
    if (frame == NULL)
        return;
    for (size_t k = 0; frame->columns != NULL && k < frame->n_columns; k++) {
        autki_frame_column *c = &frame->columns[k];
        free(c->name);
        free(c->number);
        free(c->small);
        free(c->code);
        autki_dictionary_deinit(&c->levels);
    }
    free(frame->columns);
    free(frame->source);
    free(frame);
}

size_t autki_frame_find(const autki_frame *frame, const char *name)
{
    for (size_t k = 0; k < frame->n_columns; k++) {
        if (strcmp(frame->columns[k].name, name) == 0)
            return k;
    }
    return SIZE_MAX;
}

autk_status autki_frame_create(autki_frame **out, const char *source, const autki_wanted *wanted,
                               size_t n_wanted, autk_err *err)
{
    autki_frame *f = autki_calloc(1, sizeof *f);
    if (f == NULL)
        return autki_no_memory(err, sizeof *f);
    f->source = autki_strdup(source);
    f->columns = autki_calloc(n_wanted, sizeof *f->columns);
    f->n_columns = f->columns != NULL ? n_wanted : 0;
    bool good = f->source != NULL && f->columns != NULL;
    for (size_t k = 0; good && k < n_wanted; k++) {
        f->columns[k].kind = wanted[k].kind;
        f->columns[k].name = autki_strdup(wanted[k].name);
        good = f->columns[k].name != NULL;
    }
    if (!good) {
        autki_frame_free(f);
        return autki_no_memory(err, n_wanted * sizeof *f->columns);
    }
    *out = f;
    return AUTK_OK;
}

autk_status autki_frame_no_column(const char *source, const char *name, const char *const *names,
                                  size_t n_names, autk_err *err)
{
    char near[160];
    autk_nearest_names(near, sizeof near, name, names, n_names, 3);
    return autki_fail_at(err, AUTK_ENOTFOUND, source, 0, 0,
                         near[0] != '\0' ? "expected a column \"%s\", got none; nearest: %s"
                                         : "expected a column \"%s\", got none%s",
                         name, near);
}

autk_status autki_frame_reserve(autki_frame *frame, size_t *capacity, size_t rows, autk_err *err)
{
    if (rows <= *capacity)
        return AUTK_OK;
    if (rows > AUTKI_FRAME_ROWS_MAX)
        return autki_fail_at(err, AUTK_ELIMIT, frame->source, 0, 0,
                             "expected at most %zu rows, got more", AUTKI_FRAME_ROWS_MAX);
    size_t room = *capacity < 1024 ? 1024 : *capacity + *capacity / 2;
    if (room < rows)
        room = rows;
    for (size_t k = 0; k < frame->n_columns; k++) {
        autki_frame_column *c = &frame->columns[k];
        bool number = c->kind == AUTKI_NUMBER;
        size_t bytes = room * (number ? sizeof(double) : sizeof(int32_t));
        void *grown = realloc(number ? (void *)c->number : (void *)c->code, bytes);
        if (grown == NULL)
            return autki_no_memory(err, bytes);
        if (number)
            c->number = grown;
        else
            c->code = grown;
    }
    *capacity = room;
    return AUTK_OK;
}

bool autki_is_missing_number(const char *text, size_t len)
{
    return len == 0 || (len == 1 && text[0] == '.') || (len == 2 && memcmp(text, "NA", 2) == 0) ||
           (len == 3 && (memcmp(text, "NaN", 3) == 0 || memcmp(text, "nan", 3) == 0));
}

char autki_guess_delimiter(const char *line, size_t len)
{
    size_t comma = 0, semicolon = 0, tab = 0;
    bool quoted = false;
    for (size_t i = 0; i < len && line[i] != '\n'; i++) {
        quoted ^= line[i] == '"';
        comma += !quoted && line[i] == ',';
        semicolon += !quoted && line[i] == ';';
        tab += !quoted && line[i] == '\t';
    }
    return semicolon > comma && semicolon >= tab ? ';' : tab > comma ? '\t' : ',';
}

autk_status autki_pack_names(char ***out, const char *const *names, size_t n, autk_err *err)
{
    size_t bytes = (n + 1) * sizeof(char *);
    for (size_t i = 0; i < n; i++)
        bytes += strlen(names[i]) + 1;
    char **block = autki_malloc(bytes, 1);
    if (block == NULL)
        return autki_no_memory(err, bytes);
    char *at = (char *)(block + n + 1);
    for (size_t i = 0; i < n; i++) {
        size_t len = strlen(names[i]) + 1;
        memcpy(at, names[i], len);
        block[i] = at;
        at += len;
    }
    block[n] = NULL;
    *out = block;
    return AUTK_OK;
}

/* An input whose first bytes were already looked at, to learn the delimiter. */
typedef struct peeked {
    autk_input *input;
    char *bytes;
    size_t len, at;
} peeked;

static autk_status read_peeked(void *user, char *bytes, size_t size, size_t *got, autk_err *err)
{
    peeked *p = user;
    size_t left = p->len - p->at;
    if (left == 0)
        return autk_input_read(p->input, bytes, size, got, err);
    *got = left < size ? left : size;
    memcpy(bytes, p->bytes + p->at, *got);
    p->at += *got;
    return AUTK_OK;
}

#define PEEK_BYTES ((size_t)1 << 16)

/* A reader over the input that knows its delimiter. *again and *csv are the caller's to free,
 * before p->bytes. */
static autk_status open_csv(autki_csv **csv, autk_input **again, peeked *p, autk_input *input,
                            autk_err *err)
{
    *p = (peeked){.input = input, .bytes = autki_malloc(PEEK_BYTES, 1)};
    if (p->bytes == NULL)
        return autki_no_memory(err, PEEK_BYTES);
    autk_status st = autk_input_read(input, p->bytes, PEEK_BYTES, &p->len, err);
    if (st == AUTK_OK)
        st = autk_input_custom(again, autk_input_name(input), read_peeked, NULL, p, err);
    if (st != AUTK_OK)
        return st;
    autki_csv_opts opts = autki_csv_opts_default();
    opts.delimiter = autki_guess_delimiter(p->bytes, p->len);
    return autki_csv_create(csv, *again, &opts, err);
}

/* The header's fields as texts of our own. */
static autk_status read_header(char ***names, size_t *n_names, autki_csv *csv, const char *source,
                               autk_err *err)
{
    const autki_field *fields = NULL;
    size_t n = 0;
    autk_status st = autki_csv_next(csv, &fields, &n, err);
    if (st != AUTK_OK)
        return st;
    if (n == 0)
        return autki_fail_at(err, AUTK_EPARSE, source, 1, 1,
                             "expected a header line, got an empty file");
    size_t bytes = (n + 1) * sizeof(char *);
    for (size_t i = 0; i < n; i++)
        bytes += fields[i].len + 1;
    char **block = autki_malloc(bytes, 1);
    if (block == NULL)
        return autki_no_memory(err, bytes);
    char *at = (char *)(block + n + 1);
    for (size_t i = 0; i < n; i++) {
        memcpy(at, fields[i].text, fields[i].len);
        at[fields[i].len] = '\0';
        block[i] = at;
        at += fields[i].len + 1;
    }
    block[n] = NULL;
    *names = block;
    *n_names = n;
    return AUTK_OK;
}

/* slot[field] = wanted column or -1. */
static autk_status map_fields(int32_t **slot, char **names, size_t n_names, const char *source,
                              const autki_wanted *wanted, size_t n_wanted, autk_err *err)
{
    int32_t *map = autki_malloc(n_names, sizeof *map);
    if (map == NULL)
        return autki_no_memory(err, n_names * sizeof *map);
    memset(map, 0xff, n_names * sizeof *map);
    for (size_t k = 0; k < n_wanted; k++) {
        size_t i = 0;
        while (i < n_names && strcmp(names[i], wanted[k].name) != 0)
            i++;
        if (i == n_names) {
            free(map);
            return autki_frame_no_column(source, wanted[k].name, (const char *const *)names,
                                         n_names, err);
        }
        map[i] = (int32_t)k;
    }
    *slot = map;
    return AUTK_OK;
}

static autk_status store_field(autki_frame *f, size_t row, int32_t k, const autki_csv *csv,
                               const autki_field *field, autk_err *err)
{
    autki_frame_column *c = &f->columns[k];
    if (c->kind == AUTKI_FACTOR) {
        c->code[row] = -1;
        return field->len == 0
                   ? AUTK_OK
                   : autki_dictionary_code(&c->levels, field->text, field->len, &c->code[row], err);
    }
    c->number[row] = NAN;
    if (autki_is_missing_number(field->text, field->len))
        return AUTK_OK;
    return autki_csv_double(&c->number[row], csv, field, c->name, err);
}

static autk_status read_rows(autki_frame *f, autki_csv *csv, const int32_t *slot, size_t n_fields,
                             autk_err *err)
{
    size_t capacity = 0;
    f->row_is_line = true;
    for (;;) {
        const autki_field *fields = NULL;
        size_t n = 0;
        autk_status st = autki_csv_next(csv, &fields, &n, err);
        if (st != AUTK_OK || n == 0)
            return st;
        if (n != n_fields)
            return autki_fail_at(err, AUTK_EPARSE, f->source, autki_csv_line(csv), 1,
                                 "expected %zu fields as in the header, got %zu", n_fields, n);
        st = autki_frame_reserve(f, &capacity, f->n_rows + 1, err);
        for (size_t i = 0; st == AUTK_OK && i < n; i++) {
            if (slot[i] >= 0)
                st = store_field(f, f->n_rows, slot[i], csv, &fields[i], err);
        }
        if (st != AUTK_OK)
            return st;
        f->row_is_line &= autki_csv_line(csv) == (int64_t)f->n_rows + 2;
        f->n_rows++;
    }
}

autk_status autki_frame_read_csv(autki_frame **out, autk_input *input, const autki_wanted *wanted,
                                 size_t n_wanted, autk_err *err)
{
    autki_frame *f = NULL;
    autki_csv *csv = NULL;
    autk_input *again = NULL;
    char **names = NULL;
    size_t n_names = 0;
    int32_t *slot = NULL;
    peeked p;
    const char *source = autk_input_name(input);
    autk_status st = open_csv(&csv, &again, &p, input, err);
    if (st == AUTK_OK)
        st = read_header(&names, &n_names, csv, source, err);
    if (st == AUTK_OK)
        st = map_fields(&slot, names, n_names, source, wanted, n_wanted, err);
    if (st == AUTK_OK)
        st = autki_frame_create(&f, source, wanted, n_wanted, err);
    if (st == AUTK_OK)
        st = read_rows(f, csv, slot, n_names, err);
    free(slot);
    free(names);
    autki_csv_free(csv);
    autk_input_free(again);
    free(p.bytes);
    if (st == AUTK_OK)
        *out = f;
    else
        autki_frame_free(f);
    return st;
}

autk_status autki_frame_names(char ***names, size_t *n_names, const char *path, autk_err *err)
{
    if (autki_is_dta_name(path))
        return autki_frame_names_dta(names, n_names, path, err);
    autk_input *input = NULL, *again = NULL;
    autki_csv *csv = NULL;
    peeked p = {0};
    autk_status st = autk_input_open(&input, path, err);
    if (st == AUTK_OK)
        st = open_csv(&csv, &again, &p, input, err);
    if (st == AUTK_OK)
        st = read_header(names, n_names, csv, path, err);
    autki_csv_free(csv);
    autk_input_free(again);
    autk_input_free(input);
    free(p.bytes);
    return st;
}

autk_status autki_frame_read(autki_frame **out, const char *path, const autki_wanted *wanted,
                             size_t n_wanted, int n_threads, autk_err *err)
{
    if (autki_is_dta_name(path))
        return autki_frame_read_dta(out, path, wanted, n_wanted, err);
    if (strcmp(path, "-") != 0) {
        bool understood = false;
        autk_status st =
            autki_frame_read_fast(out, &understood, path, wanted, n_wanted, n_threads, err);
        if (st != AUTK_OK || understood)
            return st;
    }
    autk_input *input = NULL;
    autk_status st = autk_input_open(&input, path, err);
    if (st == AUTK_OK)
        st = autki_frame_read_csv(out, input, wanted, n_wanted, err);
    autk_input_free(input);
    return st;
}
