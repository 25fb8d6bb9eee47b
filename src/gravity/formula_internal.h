/** @file formula_internal.h What the files that read a formula share: words, expressions. */
#ifndef AUTKI_GRAVITY_FORMULA_INTERNAL_H
#define AUTKI_GRAVITY_FORMULA_INTERNAL_H

#include "gravity/formula.h"

typedef struct autki_parser {
    autki_formula *f;
    const char *text, *at; /* all of it, and what is left */
    const char *source;    /* for messages */
    int depth;
    autk_err *err;
} autki_parser;

/* ---- words.c ---- */

bool autki_parse_name_begins(char c);
bool autki_parse_name_goes_on(char c);
/** Column of a place in the text, from 1. */
int32_t autki_parse_place(const autki_parser *p, const char *at);

void autki_parse_blanks(autki_parser *p);
/** AUTK_EPARSE at the next character, or at the end. */
autk_status autki_parse_unexpected(autki_parser *p, const char *expected);
/** Go past c, if it comes next. */
bool autki_parse_take(autki_parser *p, char c);
/** The next character, '\0' at the end. */
char autki_parse_look(autki_parser *p);
autk_status autki_parse_name(autki_parser *p, const char *expected, int32_t *text) AUTK_MUST_CHECK;
autk_status autki_parse_number(autki_parser *p, double *value) AUTK_MUST_CHECK;
/** A text in the quotes that come next. */
autk_status autki_parse_quoted(autki_parser *p, int32_t *text) AUTK_MUST_CHECK;

/** Keep the text from `from` up to where the parser is, without blanks at its end. */
autk_status autki_parse_add_slice(autki_parser *p, const char *from, int32_t *out) AUTK_MUST_CHECK;
autk_status autki_parse_add_node(autki_parser *p, autki_node node, int32_t *out) AUTK_MUST_CHECK;

/* ---- expression.c; each gives the node at the top ---- */

autk_status autki_parse_expression(autki_parser *p, int32_t *out) AUTK_MUST_CHECK;
/** Sums, products, comparisons whose operators bind as strongly as `binds`, or more. */
autk_status autki_parse_binary(autki_parser *p, int binds, int32_t *out) AUTK_MUST_CHECK;
/** One operand of ":" in a term: a name, a number, a call, a power of these. */
autk_status autki_parse_power(autki_parser *p, int32_t *out) AUTK_MUST_CHECK;

#endif
