/** @file claim_words.h A claim's text as words, and matching of phrases on them. */
#ifndef AUTKI_MEASURE_CLAIM_WORDS_H
#define AUTKI_MEASURE_CLAIM_WORDS_H

#include <autarky/claim.h>

#define AUTKI_MAX_WORDS 120

typedef struct autki_word {
    size_t at, len; /* bytes of the text */
} autki_word;

/* A text cut into words, and the furthest place where a pattern failed: the error is there. */
typedef struct autki_words {
    const char *text;
    const char *source; /* for messages */
    autki_word word[AUTKI_MAX_WORDS];
    size_t n;
    size_t furthest;
    char expected[200]; /* what patterns wanted there, joined by "or" */
} autki_words;

/* Cut at blanks; "%", "~", "," and a dash between digits are words of their own; quotes and the
 * final stop fall away. */
autk_status autki_words_cut(autki_words *w, const char *source, const char *text, autk_err *err);

/* The word folded to lower ASCII is `want`. */
bool autki_word_is(const autki_words *w, size_t at, const char *want);

/* Words of `phrase` (lower case, one blank between) from *at on; moves *at past them. */
bool autki_phrase(const autki_words *w, size_t *at, const char *phrase);

/* The first phrase of list[n] that matches; its index or -1. Put longer phrases first. */
int autki_any_phrase(const autki_words *w, size_t *at, const char *const *list, size_t n);

/* Remember that at this word something else was wanted. Always false. */
bool autki_wanted(autki_words *w, size_t at, const char *what);

/* The furthest failure as an error: AUTK_EPARSE. */
autk_status autki_words_error(const autki_words *w, const char *hint, autk_err *err);

/* Match a quantity from *at on. False: see `furthest`. */
bool autki_quantity(autki_words *w, size_t *at, autk_quantity_said *out);

/* A whole number of four digits 1000-2999. */
bool autki_year(const autki_words *w, size_t at, int *year);

#define AUTKI_N(list) (sizeof(list) / sizeof *(list))

#endif
