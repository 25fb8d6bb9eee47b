#include "data/csv.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/fail.h"
#include "base/mem.h"
#include "base/text.h"

#define WINDOW_BYTES ((size_t)1 << 18)

struct autki_csv {
    autk_input *input;
    autki_csv_opts opts;
    char *window; /* the record being read lies in [start, end) */
    size_t capacity, start, end;
    bool ended;
    int64_t line, next_line;
    autki_field *fields;
    size_t n_fields, fields_capacity;
};

autki_csv_opts autki_csv_opts_default(void)
{
    return (autki_csv_opts){
        .delimiter = ',', .quotes = true, .max_fields = 65536, .max_record = (size_t)1 << 24};
}

autk_status autki_csv_create(autki_csv **out, autk_input *input, const autki_csv_opts *opts,
                             autk_err *err)
{
    autki_csv *csv = autki_calloc(1, sizeof *csv);
    if (csv == NULL)
        return autki_no_memory(err, sizeof *csv);
    csv->input = input;
    csv->opts = opts != NULL ? *opts : autki_csv_opts_default();
    if (csv->opts.delimiter == '\0')
        csv->opts.delimiter = ',';
    csv->next_line = 1;
    *out = csv;
    return AUTK_OK;
}

void autki_csv_free(autki_csv *csv)
{
    if (csv == NULL)
        return;
    free(csv->window);
    free(csv->fields);
    free(csv);
}

int64_t autki_csv_line(const autki_csv *csv)
{
    return csv->line;
}

/* More bytes behind those of the current record, which moves to the front of the window first. */
static autk_status refill(autki_csv *csv, autk_err *err)
{
    if (csv->start > 0) {
        memmove(csv->window, csv->window + csv->start, csv->end - csv->start);
        csv->end -= csv->start;
        csv->start = 0;
    }
    if (csv->end > csv->opts.max_record)
        return autki_fail_at(err, AUTK_ELIMIT, autk_input_name(csv->input), csv->next_line, 0,
                             "expected a record of at most %zu bytes, got more",
                             csv->opts.max_record);
    size_t room = csv->end + WINDOW_BYTES;
    autk_status st = autki_grow(&csv->window, &csv->capacity, room, 1,
                                csv->opts.max_record + 2 * WINDOW_BYTES, err);
    if (st != AUTK_OK)
        return st;
    size_t got;
    st = autk_input_read(csv->input, csv->window + csv->end, csv->capacity - csv->end, &got, err);
    if (st != AUTK_OK)
        return st;
    csv->ended = got < csv->capacity - csv->end;
    bool first = csv->next_line == 1 && csv->end == 0;
    csv->end += got;
    if (first && csv->end >= 3 && memcmp(csv->window, "\xef\xbb\xbf", 3) == 0)
        csv->start = 3;
    return AUTK_OK;
}

/* End of the record that begins at `start`: the offset of its line end, quotes respected. */
static autk_status find_end(autki_csv *csv, size_t *record_end, autk_err *err)
{
    size_t scanned = 0; /* behind start */
    bool quoted = false;
    for (;;) {
        size_t left = csv->end - csv->start - scanned;
        char *from = left != 0 ? csv->window + csv->start + scanned : NULL;
        char *stop = left != 0 ? memchr(from, '\n', left) : NULL;
        size_t span = stop != NULL ? (size_t)(stop - from) : left;
        if (csv->opts.quotes) {
            for (char *q = from; span != 0 && (q = memchr(q, '"', span - (size_t)(q - from))); q++)
                quoted = !quoted;
        }
        if (stop != NULL && !quoted) {
            *record_end = csv->start + scanned + span;
            return AUTK_OK;
        }
        scanned += span + (stop != NULL);
        if (stop != NULL)
            continue;
        if (csv->ended) {
            *record_end = csv->end;
            return AUTK_OK;
        }
        autk_status st = refill(csv, err);
        if (st != AUTK_OK)
            return st;
    }
}

static autk_status add_field(autki_csv *csv, const char *text, size_t len, int64_t column,
                             autk_err *err)
{
    if (csv->n_fields == csv->fields_capacity) {
        autk_status st = autki_grow(&csv->fields, &csv->fields_capacity, csv->n_fields + 1,
                                    sizeof *csv->fields, csv->opts.max_fields, err);
        if (st == AUTK_ELIMIT)
            return autki_fail_at(err, st, autk_input_name(csv->input), csv->line, column,
                                 "expected at most %zu fields in a record, got more",
                                 csv->opts.max_fields);
        if (st != AUTK_OK)
            return st;
    }
    csv->fields[csv->n_fields++] = (autki_field){.text = text, .len = len, .column = column};
    return AUTK_OK;
}

/* Unquote in place, from behind the opening quote. *len is what remains, *next the byte behind the
 * closing quote, NULL when there is none. */
static void unquote(char *text, const char *stop, size_t *len, char **next)
{
    char *to = text;
    *next = NULL;
    for (char *p = text; p < stop; p++) {
        if (*p != '"') {
            *to++ = *p;
        } else if (p + 1 < stop && p[1] == '"') {
            *to++ = *p++;
        } else {
            *next = p + 1;
            break;
        }
    }
    *len = (size_t)(to - text);
}

static autk_status take_quoted(autki_csv *csv, char **at, const char *line, char *stop,
                               autk_err *err)
{
    const char *name = autk_input_name(csv->input);
    char *open = *at, *next;
    size_t len;
    unquote(open + 1, stop, &len, &next);
    if (next == NULL)
        return autki_fail_at(err, AUTK_EPARSE, name, csv->line, open - line + 1,
                             "expected a closing quote, got the end of the file");
    if (next < stop && *next != csv->opts.delimiter)
        return autki_fail_at(err, AUTK_EPARSE, name, csv->line, next - line + 1,
                             "expected '%c' or the line's end behind a closing quote, got '%c'",
                             csv->opts.delimiter, *next);
    *at = next;
    return add_field(csv, open + 1, len, open - line + 1, err);
}

static autk_status split(autki_csv *csv, char *line, char *stop, autk_err *err)
{
    csv->n_fields = 0;
    for (char *at = line;; at++) {
        autk_status st;
        if (csv->opts.quotes && at < stop && *at == '"') {
            st = take_quoted(csv, &at, line, stop, err);
        } else {
            char *from = at;
            at = from < stop ? memchr(from, csv->opts.delimiter, (size_t)(stop - from)) : NULL;
            if (at == NULL)
                at = stop;
            /* A stray quote has already led find_end astray; say so rather than swallow lines. */
            char *quote =
                at > from && csv->opts.quotes ? memchr(from, '"', (size_t)(at - from)) : NULL;
            if (quote != NULL)
                return autki_fail_at(err, AUTK_EPARSE, autk_input_name(csv->input), csv->line,
                                     quote - line + 1,
                                     "expected quotes around the whole field, got one inside it");
            st = add_field(csv, from, (size_t)(at - from), from - line + 1, err);
        }
        if (st != AUTK_OK || at >= stop)
            return st;
    }
}

autk_status autki_csv_next(autki_csv *csv, const autki_field **fields, size_t *n, autk_err *err)
{
    *n = 0;
    for (;;) {
        if (csv->start == csv->end && csv->ended)
            return AUTK_OK;
        size_t record_end;
        autk_status st = find_end(csv, &record_end, err);
        if (st != AUTK_OK)
            return st;
        if (csv->start == csv->end)
            return AUTK_OK;
        char *line = csv->window + csv->start, *stop = csv->window + record_end;
        csv->line = csv->next_line++;
        for (char *p = line; p < stop && (p = memchr(p, '\n', (size_t)(stop - p))) != NULL; p++)
            csv->next_line++; /* line ends inside quotes */
        csv->start = record_end < csv->end ? record_end + 1 : csv->end;
        if (stop > line && stop[-1] == '\r')
            stop--;
        if (stop == line)
            continue;
        char *nul = memchr(line, '\0', (size_t)(stop - line));
        if (nul != NULL)
            return autki_fail_at(err, AUTK_EPARSE, autk_input_name(csv->input), csv->line,
                                 nul - line + 1, "expected text, got a NUL byte");
        st = split(csv, line, stop, err);
        if (st != AUTK_OK)
            return st;
        *fields = csv->fields;
        *n = csv->n_fields;
        return AUTK_OK;
    }
}

size_t autki_csv_n_fields(const autki_csv *csv)
{
    return csv->n_fields;
}

bool autki_field_is(const autki_field *field, const char *text)
{
    return strlen(text) == field->len && memcmp(field->text, text, field->len) == 0;
}

static void list_header(char *out, size_t size, const autki_field *fields, size_t n)
{
    size_t used = 0;
    out[0] = '\0';
    for (size_t i = 0; i < n && used < size; i++) {
        int len = snprintf(out + used, size - used, "%s%.*s", i == 0 ? "" : ", ",
                           (int)(fields[i].len < 40 ? fields[i].len : 40), fields[i].text);
        used += len > 0 ? (size_t)len : 0;
    }
}

autk_status autki_csv_header(autki_csv *csv, const char *const *names, size_t n_names,
                             size_t *columns, autk_err *err)
{
    const autki_field *fields = NULL;
    size_t n;
    autk_status st = autki_csv_next(csv, &fields, &n, err);
    if (st != AUTK_OK)
        return st;
    if (n == 0)
        return autki_fail_at(err, AUTK_EPARSE, autk_input_name(csv->input), 1, 1,
                             "expected a header line, got an empty file");
    for (size_t k = 0; k < n_names; k++) {
        bool optional = names[k][0] == '?';
        const char *name = names[k] + optional;
        columns[k] = SIZE_MAX;
        for (size_t i = 0; i < n && columns[k] == SIZE_MAX; i++) {
            if (autki_field_is(&fields[i], name))
                columns[k] = i;
        }
        for (size_t i = columns[k] != SIZE_MAX ? columns[k] + 1 : n; i < n; i++) {
            if (autki_field_is(&fields[i], name))
                return autki_csv_bad_field(csv, &fields[i], "each column once", err);
        }
        if (columns[k] == SIZE_MAX && !optional) {
            char have[160];
            list_header(have, sizeof have, fields, n);
            return autki_fail_at(err, AUTK_EPARSE, autk_input_name(csv->input), csv->line, 1,
                                 "expected a column \"%s\", got %s", name, have);
        }
    }
    return AUTK_OK;
}

autk_status autki_csv_bad_field(const autki_csv *csv, const autki_field *field,
                                const char *expected, autk_err *err)
{
    return autki_fail_at(err, AUTK_EPARSE, autk_input_name(csv->input), csv->line, field->column,
                         "expected %s, got \"%.*s\"", expected,
                         (int)(field->len < 60 ? field->len : 60), field->text);
}

autk_status autki_csv_double(double *value, const autki_csv *csv, const autki_field *field,
                             const char *what, autk_err *err)
{
    if (autki_parse_double(field->text, field->len, value))
        return AUTK_OK;
    char expected[120];
    (void)snprintf(expected, sizeof expected, "%s as a finite number", what);
    return autki_csv_bad_field(csv, field, expected, err);
}
