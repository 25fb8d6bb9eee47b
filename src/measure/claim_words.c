#include "measure/claim_words.h"

#include <stdio.h>
#include <string.h>

#include "base/fail.h"

static bool is_blank(char c)
{
    return c == ' ' || c == '\t' || c == '\n' || c == '\r';
}

static bool is_digit(char c)
{
    return c >= '0' && c <= '9';
}

/* Bytes of a mark that stands alone, or 0. */
static size_t lone_mark(const char *text, size_t at)
{
    char c = text[at];
    if (c == '%' || c == '~' || c == ',' || c == ';')
        return 1;
    size_t dash = c == '-' ? 1 : strncmp(text + at, "\xe2\x80\x93", 3) == 0 ? 3 : 0;
    if (dash != 0 && at > 0 && is_digit(text[at - 1]) && is_digit(text[at + dash]))
        return dash;
    return 0;
}

/* Bytes of a quotation mark or bracket around words, or 0. */
static size_t wrapping(const char *text, size_t at)
{
    static const char *const marks[] = {"\"", "(", ")", "\xe2\x80\x9c", "\xe2\x80\x9d"};
    for (size_t i = 0; i < AUTKI_N(marks); i++) {
        if (strncmp(text + at, marks[i], strlen(marks[i])) == 0)
            return strlen(marks[i]);
    }
    return 0;
}

static size_t end_of_word(const char *text, size_t at)
{
    while (text[at] != '\0' && !is_blank(text[at]) && lone_mark(text, at) == 0 &&
           wrapping(text, at) == 0)
        at++;
    return at;
}

static void drop_final_stop(autki_words *w)
{
    while (w->n > 0) {
        autki_word *last = &w->word[w->n - 1];
        char c = w->text[last->at + last->len - 1];
        if (c != '.' && c != '!' && c != '?')
            return;
        if (--last->len > 0)
            return;
        w->n--;
    }
}

autk_status autki_words_cut(autki_words *w, const char *source, const char *text, autk_err *err)
{
    memset(w, 0, sizeof *w);
    w->text = text;
    w->source = source;
    for (size_t at = 0; text[at] != '\0';) {
        size_t mark = wrapping(text, at);
        if (is_blank(text[at]) || mark != 0) {
            at += mark != 0 ? mark : 1;
            continue;
        }
        if (w->n == AUTKI_MAX_WORDS)
            return autki_fail_at(err, AUTK_EPARSE, source, 1, (int64_t)at + 1,
                                 "expected a sentence of at most %d words, got more",
                                 AUTKI_MAX_WORDS);
        size_t end = lone_mark(text, at) != 0 ? at + lone_mark(text, at) : end_of_word(text, at);
        w->word[w->n++] = (autki_word){at, end - at};
        at = end;
    }
    drop_final_stop(w);
    return AUTK_OK;
}

static bool same_folded(const char *text, size_t len, const char *want, size_t want_len)
{
    if (len != want_len)
        return false;
    for (size_t i = 0; i < len; i++) {
        char c = text[i];
        if (c >= 'A' && c <= 'Z')
            c = (char)(c + ('a' - 'A'));
        if (c != want[i])
            return false;
    }
    return true;
}

bool autki_word_is(const autki_words *w, size_t at, const char *want)
{
    return at < w->n && same_folded(w->text + w->word[at].at, w->word[at].len, want, strlen(want));
}

bool autki_phrase(const autki_words *w, size_t *at, const char *phrase)
{
    size_t i = *at;
    for (const char *p = phrase; *p != '\0'; i++) {
        size_t len = strcspn(p, " ");
        if (i >= w->n || !same_folded(w->text + w->word[i].at, w->word[i].len, p, len))
            return false;
        p += len + (p[len] == ' ');
    }
    *at = i;
    return true;
}

int autki_any_phrase(const autki_words *w, size_t *at, const char *const *list, size_t n)
{
    for (size_t i = 0; i < n; i++) {
        if (autki_phrase(w, at, list[i]))
            return (int)i;
    }
    return -1;
}

bool autki_wanted(autki_words *w, size_t at, const char *what)
{
    size_t used = strlen(w->expected);
    if (at < w->furthest)
        return false;
    if (at > w->furthest || used == 0) {
        w->furthest = at;
        (void)snprintf(w->expected, sizeof w->expected, "%s", what);
    } else if (strstr(w->expected, what) == NULL && used + strlen(what) + 5 < sizeof w->expected) {
        (void)snprintf(w->expected + used, sizeof w->expected - used, " or %s", what);
    }
    return false;
}

autk_status autki_words_error(const autki_words *w, const char *hint, autk_err *err)
{
    char got[48] = "the end";
    int64_t column = (int64_t)strlen(w->text) + 1;
    if (w->furthest < w->n) {
        const autki_word *word = &w->word[w->furthest];
        int len = word->len < 40 ? (int)word->len : 40;
        (void)snprintf(got, sizeof got, "\"%.*s\"", len, w->text + word->at);
        column = (int64_t)word->at + 1;
    }
    return autki_fail_at(err, AUTK_EPARSE, w->source, 1, column, "expected %s, got %s%s",
                         w->expected, got, hint);
}

bool autki_year(const autki_words *w, size_t at, int *year)
{
    if (at >= w->n || w->word[at].len != 4)
        return false;
    const char *digits = w->text + w->word[at].at;
    int value = 0;
    for (int i = 0; i < 4; i++) {
        if (!is_digit(digits[i]))
            return false;
        value = value * 10 + (digits[i] - '0');
    }
    if (value < 1000 || value > 2999)
        return false;
    *year = value;
    return true;
}
