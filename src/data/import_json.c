#include "data/import_json.h"

#include <autarky/table.h>
#include <stdlib.h>
#include <string.h>

#include "base/fail.h"
#include "base/mem.h"
#include "data/import_stream.h"

#define WINDOW_BYTES ((size_t)1 << 16)
#define KEYS_MAX 256
#define TEXT_MAX ((size_t)1 << 20)
#define DEPTH_MAX 64

typedef struct json_source {
    autk_input *input;
    char *window;
    size_t at, end;
    int64_t line;
    char *keys[KEYS_MAX]; /* of the first object, in order */
    size_t n_keys;
    autk_buf values[KEYS_MAX]; /* of the object being read, as CSV fields */
    bool in_array, done;
    autk_buf *text;   /* CSV to hand out, borrowed */
    autk_buf scratch; /* a string being read */
    uint64_t n_objects;
} json_source;

bool autki_is_json(const char *head, size_t len)
{
    size_t i = len >= 3 && memcmp(head, "\xef\xbb\xbf", 3) == 0 ? 3 : 0;
    while (i < len && (head[i] == ' ' || head[i] == '\t' || head[i] == '\n' || head[i] == '\r'))
        i++;
    return i < len && (head[i] == '{' || head[i] == '[');
}

/* ------------------------------------------------------------------ bytes */

static autk_status malformed(const json_source *s, const char *expected, int got, autk_err *err)
{
    if (got < 0)
        return autki_fail_at(err, AUTK_EPARSE, autk_input_name(s->input), s->line, 0,
                             "expected %s, got the end of the file", expected);
    return autki_fail_at(err, AUTK_EPARSE, autk_input_name(s->input), s->line, 0,
                         "expected %s, got '%c'", expected, got);
}

/* The next byte without taking it; -1 at the end. */
static autk_status peek(int *c, json_source *s, autk_err *err)
{
    if (s->at == s->end) {
        size_t got = 0;
        autk_status st = autk_input_read(s->input, s->window, WINDOW_BYTES, &got, err);
        if (st != AUTK_OK)
            return st;
        s->at = 0;
        s->end = got;
    }
    *c = s->at < s->end ? (unsigned char)s->window[s->at] : -1;
    return AUTK_OK;
}

static autk_status take(int *c, json_source *s, autk_err *err)
{
    autk_status st = peek(c, s, err);
    if (st == AUTK_OK && *c >= 0) {
        s->at++;
        s->line += *c == '\n';
    }
    return st;
}

/* The next byte that is no blank, not taken. */
static autk_status peek_token(int *c, json_source *s, autk_err *err)
{
    autk_status st;
    while ((st = peek(c, s, err)) == AUTK_OK &&
           (*c == ' ' || *c == '\t' || *c == '\n' || *c == '\r')) {
        st = take(c, s, err);
        if (st != AUTK_OK)
            break;
    }
    return st;
}

static autk_status expect(json_source *s, char wanted, const char *what, autk_err *err)
{
    int c;
    autk_status st = peek_token(&c, s, err);
    if (st == AUTK_OK && c != wanted)
        return malformed(s, what, c, err);
    return st == AUTK_OK ? take(&c, s, err) : st;
}

/* ------------------------------------------------------------------ values */

static void put_utf8(autk_buf *to, uint32_t c)
{
    if (c < 0x80) {
        autk_buf_putc(to, (char)c);
    } else if (c < 0x800) {
        autk_buf_putc(to, (char)(0xc0 | (c >> 6)));
        autk_buf_putc(to, (char)(0x80 | (c & 0x3f)));
    } else {
        autk_buf_putc(to, (char)(0xe0 | (c >> 12)));
        autk_buf_putc(to, (char)(0x80 | ((c >> 6) & 0x3f)));
        autk_buf_putc(to, (char)(0x80 | (c & 0x3f)));
    }
}

static autk_status take_escape(json_source *s, autk_err *err)
{
    static const char names[] = "\"\\/bfnrt", means[] = "\"\\/ \f\n\r\t";
    int c;
    autk_status st = take(&c, s, err);
    if (st != AUTK_OK)
        return st;
    const char *known = c > 0 ? strchr(names, c) : NULL;
    if (known != NULL) {
        autk_buf_putc(&s->scratch, means[known - names]);
        return AUTK_OK;
    }
    if (c != 'u')
        return malformed(s, "an escape", c, err);
    uint32_t code = 0;
    for (int i = 0; i < 4 && st == AUTK_OK; i++) {
        st = take(&c, s, err);
        int digit = c >= '0' && c <= '9'   ? c - '0'
                    : c >= 'a' && c <= 'f' ? c - 'a' + 10
                    : c >= 'A' && c <= 'F' ? c - 'A' + 10
                                           : -1;
        if (st == AUTK_OK && digit < 0)
            return malformed(s, "four hex digits", c, err);
        code = code * 16 + (uint32_t)digit;
    }
    /* Halves of a pair and NUL carry nothing that a code or a figure needs. */
    put_utf8(&s->scratch, code == 0 || (code >= 0xd800 && code < 0xe000) ? 0xfffd : code);
    return st;
}

/* A string into scratch; its opening quote is next. */
static autk_status take_string(json_source *s, autk_err *err)
{
    autk_buf_clear(&s->scratch);
    autk_status st = expect(s, '"', "a string", err);
    while (st == AUTK_OK) {
        int c;
        st = take(&c, s, err);
        if (st != AUTK_OK || c == '"')
            break;
        if (c < 0)
            return malformed(s, "a closing quote", c, err);
        if (c == '\\')
            st = take_escape(s, err);
        else
            autk_buf_putc(&s->scratch, c == 0 ? '?' : (char)c);
        if (s->scratch.len > TEXT_MAX)
            return autki_fail_at(err, AUTK_ELIMIT, autk_input_name(s->input), s->line, 0,
                                 "expected strings of at most %zu bytes, got more", TEXT_MAX);
    }
    return st == AUTK_OK ? autk_buf_check(&s->scratch, err) : st;
}

/* A number, true, false or null into scratch; null is nothing. */
static autk_status take_word(json_source *s, autk_err *err)
{
    int c;
    autk_buf_clear(&s->scratch);
    autk_status st;
    while ((st = peek(&c, s, err)) == AUTK_OK && c > 0 && strchr(",]} \t\r\n:", c) == NULL) {
        st = take(&c, s, err);
        if (st != AUTK_OK)
            return st;
        if (s->scratch.len > 64)
            return malformed(s, "a number", c, err);
        autk_buf_putc(&s->scratch, (char)c);
    }
    if (st != AUTK_OK)
        return st;
    if (s->scratch.len == 0)
        return malformed(s, "a value", c, err);
    st = autk_buf_check(&s->scratch, err);
    if (st == AUTK_OK && strcmp(autk_buf_text(&s->scratch), "null") == 0)
        autk_buf_clear(&s->scratch);
    return st;
}

/* Whatever it is, it is passed over: brackets are counted, strings are read. */
static autk_status skip_value(json_source *s, autk_err *err)
{
    int c, depth = 0;
    do {
        autk_status st = peek_token(&c, s, err);
        if (st != AUTK_OK)
            return st;
        if (c < 0)
            return malformed(s, "a value", c, err);
        if (c == '"') {
            st = take_string(s, err);
        } else if (c == '{' || c == '[') {
            depth++;
            st = take(&c, s, err);
        } else if (c == '}' || c == ']') {
            depth--;
            st = take(&c, s, err);
        } else if (c == ',' || c == ':') {
            if (depth == 0)
                return malformed(s, "a value", c, err);
            st = take(&c, s, err);
        } else {
            st = take_word(s, err);
        }
        if (st != AUTK_OK)
            return st;
        if (depth < 0 || depth > DEPTH_MAX)
            return malformed(s, "a value", c, err);
    } while (depth > 0);
    return AUTK_OK;
}

/* ------------------------------------------------------------------ objects to records */

static autk_status key_position(size_t *position, json_source *s, autk_err *err)
{
    const char *key = autk_buf_text(&s->scratch);
    for (*position = 0; *position < s->n_keys; (*position)++) {
        if (strcmp(s->keys[*position], key) == 0)
            return AUTK_OK;
    }
    if (s->n_objects > 0 || s->n_keys == KEYS_MAX) {
        *position = SIZE_MAX; /* not in the header: passed over */
        return AUTK_OK;
    }
    s->keys[s->n_keys] = autki_strdup(key);
    if (s->keys[s->n_keys] == NULL)
        return autki_no_memory(err, strlen(key));
    s->n_keys++;
    return AUTK_OK;
}

static autk_status take_member(json_source *s, autk_err *err)
{
    size_t position;
    int c;
    autk_status st = take_string(s, err);
    if (st == AUTK_OK)
        st = key_position(&position, s, err);
    if (st == AUTK_OK)
        st = expect(s, ':', "':' behind a name", err);
    if (st == AUTK_OK)
        st = peek_token(&c, s, err);
    if (st != AUTK_OK)
        return st;
    if (c == '{' || c == '[' || position == SIZE_MAX)
        return skip_value(s, err);
    st = c == '"' ? take_string(s, err) : take_word(s, err);
    if (st == AUTK_OK) {
        autk_buf_clear(&s->values[position]);
        autk_format_csv_text(&s->values[position], autk_buf_text(&s->scratch));
        st = autk_buf_check(&s->values[position], err);
    }
    return st;
}

static void put_record(json_source *s)
{
    if (s->n_objects == 0) {
        for (size_t i = 0; i < s->n_keys; i++) {
            if (i > 0)
                autk_buf_putc(s->text, ',');
            autk_format_csv_text(s->text, s->keys[i]);
        }
        autk_buf_putc(s->text, '\n');
    }
    for (size_t i = 0; i < s->n_keys; i++) {
        if (i > 0)
            autk_buf_putc(s->text, ',');
        autk_buf_puts(s->text, autk_buf_text(&s->values[i]));
        autk_buf_clear(&s->values[i]);
    }
    autk_buf_putc(s->text, '\n');
    s->n_objects++;
}

static autk_status take_object(json_source *s, autk_err *err)
{
    int c;
    autk_status st = expect(s, '{', "an object of the array", err);
    if (st == AUTK_OK)
        st = peek_token(&c, s, err);
    if (st == AUTK_OK && c == '}') {
        st = take(&c, s, err);
        put_record(s);
        return st;
    }
    while (st == AUTK_OK) {
        st = take_member(s, err);
        if (st == AUTK_OK)
            st = peek_token(&c, s, err);
        if (st == AUTK_OK && c != ',' && c != '}')
            return malformed(s, "',' or '}' behind a member", c, err);
        if (st == AUTK_OK)
            st = take(&c, s, err);
        if (st != AUTK_OK || c == '}')
            break;
    }
    if (st == AUTK_OK)
        put_record(s);
    return st;
}

/* Up to the first element of the array; the members before it are passed over. */
static autk_status find_array(json_source *s, autk_err *err)
{
    int c;
    autk_status st = peek_token(&c, s, err);
    if (st != AUTK_OK)
        return st;
    if (c == '[')
        return take(&c, s, err);
    st = expect(s, '{', "an object or an array", err);
    while (st == AUTK_OK) {
        st = take_string(s, err);
        bool data = st == AUTK_OK && (strcmp(autk_buf_text(&s->scratch), "data") == 0 ||
                                      strcmp(autk_buf_text(&s->scratch), "dataset") == 0);
        if (st == AUTK_OK)
            st = expect(s, ':', "':' behind a name", err);
        if (st == AUTK_OK)
            st = peek_token(&c, s, err);
        if (st == AUTK_OK && data && c == '[')
            return take(&c, s, err);
        if (st == AUTK_OK)
            st = skip_value(s, err);
        if (st == AUTK_OK)
            st = peek_token(&c, s, err);
        if (st == AUTK_OK && c != ',')
            return malformed(s, "an array \"data\"", c, err);
        if (st == AUTK_OK)
            st = take(&c, s, err);
    }
    return st;
}

static autk_status take_element(json_source *s, autk_err *err)
{
    int c;
    autk_status st = AUTK_OK;
    bool first = !s->in_array;
    if (first) {
        st = find_array(s, err);
        s->in_array = true;
    }
    if (st == AUTK_OK)
        st = peek_token(&c, s, err);
    if (st != AUTK_OK)
        return st;
    if (c == ']') {
        s->done = true; /* what stands behind the array is not needed */
        return AUTK_OK;
    }
    if (!first)
        st = expect(s, ',', "',' or ']' behind an object", err);
    return st == AUTK_OK ? take_object(s, err) : st;
}

/* ------------------------------------------------------------------ the input */

static autk_status produce(void *user, autk_buf *text, bool *done, autk_err *err)
{
    json_source *s = user;
    s->text = text;
    autk_status st = take_element(s, err);
    *done = s->done;
    return st;
}

static void close_json(void *user)
{
    json_source *s = user;
    for (size_t i = 0; i < s->n_keys; i++)
        free(s->keys[i]);
    for (size_t i = 0; i < KEYS_MAX; i++)
        autk_buf_deinit(&s->values[i]);
    autk_buf_deinit(&s->scratch);
    free(s->window);
    free(s);
}

autk_status autki_json_as_csv(autk_input **out, autk_input *input, autk_err *err)
{
    json_source *s = autki_calloc(1, sizeof *s);
    if (s == NULL)
        return autki_no_memory(err, sizeof *s);
    s->input = input;
    s->line = 1;
    s->window = autki_malloc(WINDOW_BYTES, 1);
    autk_status st = s->window != NULL ? AUTK_OK : autki_no_memory(err, WINDOW_BYTES);
    if (st == AUTK_OK)
        st = autki_stream_create(out, autk_input_name(input), produce, close_json, s, err);
    if (st != AUTK_OK)
        close_json(s);
    return st;
}
