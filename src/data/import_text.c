#include "data/import_text.h"

#include <stdlib.h>
#include <string.h>

#include "base/fail.h"
#include "base/mem.h"

void autki_text_init(autki_text_reader *reader, autk_input *input, bool quotes)
{
    *reader = (autki_text_reader){.input = input, .quotes = quotes};
}

void autki_text_deinit(autki_text_reader *reader)
{
    free(reader->rest);
    reader->rest = NULL;
    reader->rest_len = reader->rest_capacity = 0;
}

/* Behind the last line end outside quotes; 0 when there is none. A block begins outside quotes. */
static size_t end_of_records(const char *text, size_t len, bool quotes)
{
    const char *last = NULL;
    if (!quotes || memchr(text, '"', len) == NULL) {
        for (size_t i = len; i > 0 && last == NULL; i--)
            last = text[i - 1] == '\n' ? text + i : NULL;
        return last != NULL ? (size_t)(last - text) : 0;
    }
    bool quoted = false;
    for (size_t i = 0; i < len; i++) {
        if (text[i] == '"')
            quoted = !quoted;
        else if (text[i] == '\n' && !quoted)
            last = text + i + 1;
    }
    return last != NULL ? (size_t)(last - text) : 0;
}

static void drop_mark(autki_text_reader *reader, autki_block *block)
{
    if (!reader->started && block->len >= 3 && memcmp(block->text, "\xef\xbb\xbf", 3) == 0) {
        block->len -= 3;
        memmove(block->text, block->text + 3, block->len);
    }
    reader->started = true;
}

static autk_status keep_rest(autki_text_reader *reader, autki_block *block, size_t end,
                             autk_err *err)
{
    size_t len = block->len - end;
    if (len > AUTKI_BLOCK_BYTES)
        return autki_fail_at(err, AUTK_ELIMIT, autk_input_name(reader->input), 0, 0,
                             "expected records of at most %zu bytes, got one without an end",
                             AUTKI_BLOCK_BYTES);
    autk_status st =
        autki_grow(&reader->rest, &reader->rest_capacity, len + 1, 1, 2 * AUTKI_BLOCK_BYTES, err);
    if (st != AUTK_OK)
        return st;
    memcpy(reader->rest, block->text + end, len);
    reader->rest_len = len;
    block->len = end;
    return AUTK_OK;
}

autk_status autki_text_next(autki_text_reader *reader, autki_block *block, autk_err *err)
{
    block->len = 0;
    autk_status st = autki_grow(&block->text, &block->capacity, 2 * AUTKI_BLOCK_BYTES + 1, 1,
                                2 * AUTKI_BLOCK_BYTES + 1, err);
    if (st != AUTK_OK)
        return st;
    size_t got = 0;
    if (reader->rest_len != 0)
        memcpy(block->text, reader->rest, reader->rest_len);
    block->len = reader->rest_len;
    reader->rest_len = 0;
    if (!reader->ended) {
        st = autk_input_read(reader->input, block->text + block->len, AUTKI_BLOCK_BYTES, &got, err);
        if (st != AUTK_OK)
            return st;
        reader->ended = got < AUTKI_BLOCK_BYTES;
        reader->n_bytes += got;
        block->len += got;
    }
    drop_mark(reader, block);
    block->text[block->len] = '\0';
    if (reader->ended)
        return AUTK_OK;
    size_t end = end_of_records(block->text, block->len, reader->quotes);
    st = keep_rest(reader, block, end, err);
    if (st == AUTK_OK && end == 0)
        return autki_text_next(reader, block, err);
    block->text[block->len] = '\0';
    return st;
}

static void note(autki_record *record, const char *problem, const char *at)
{
    if (record->problem == NULL) {
        record->problem = problem;
        record->problem_at = at;
    }
}

/* Unquote from behind the opening quote; gives where the closing one is, or stop. */
static char *unquote(autki_span *field, size_t *n_lines, char *from, char *stop)
{
    char *to = from, *p = from;
    for (; p < stop; p++) {
        *n_lines += *p == '\n';
        if (*p != '"') {
            *to++ = *p;
        } else if (p + 1 < stop && p[1] == '"') {
            *to++ = *p++;
        } else {
            break;
        }
    }
    *field = (autki_span){from, (uint32_t)(to - from)};
    return p;
}

void autki_record_split(autki_record *record, char *at, char *stop, char delimiter, bool quotes)
{
    record->n = record->n_inner_lines = 0;
    record->problem = NULL;
    record->problem_at = at;
    char *p = at;
    for (;;) {
        autki_span field;
        if (quotes && p < stop && *p == '"') {
            char *open = p;
            p = unquote(&field, &record->n_inner_lines, p + 1, stop);
            if (p == stop)
                note(record, "a closing quote", open);
            else if (++p < stop && *p != delimiter && *p != '\n' && *p != '\r')
                note(record, "a delimiter or the line's end behind a closing quote", p);
            while (p < stop && *p != delimiter && *p != '\n')
                p++;
        } else {
            const char *from = p;
            while (p < stop && *p != delimiter && *p != '\n')
                p++;
            field = (autki_span){from, (uint32_t)(p - from)};
            bool last = p == stop || *p == '\n';
            if (last && field.len != 0 && p[-1] == '\r')
                field.len--;
        }
        if (record->n < AUTKI_FIELDS_MAX)
            record->field[record->n++] = field;
        else
            note(record, "fewer fields", field.text);
        if (p == stop || *p == '\n')
            break;
        p++;
    }
    record->next = p < stop ? p + 1 : stop;
    if (record->n == 1 && record->field[0].len == 0)
        record->n = 0;
}
