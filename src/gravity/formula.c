/* Terms behind the response, keys behind the bar. */
#include <stdlib.h>
#include <string.h>

#include "base/fail.h"
#include "base/mem.h"
#include "gravity/formula_internal.h"

#define TERMS_MAX 1024
#define LAGS_MAX 64

void autki_formula_free(autki_formula *f)
{
    if (f == NULL)
        return;
    free(f->source);
    free(f->texts);
    free(f->nodes);
    free(f->terms);
    free(f);
}

/* ---- terms ---- */

static autk_status take_level(autki_parser *p, autki_factor *factor)
{
    char c = autki_parse_look(p);
    int32_t text = -1;
    autk_status st;
    if (factor->n_refs == (int32_t)(sizeof factor->refs / sizeof *factor->refs))
        return autki_parse_unexpected(p, "at most 8 reference levels");
    if (c == '"' || c == '\'') {
        st = autki_parse_quoted(p, &text);
    } else if ((c >= '0' && c <= '9') || c == '-') {
        const char *from = p->at++;
        while (autki_parse_name_goes_on(*p->at))
            p->at++;
        st = autki_parse_add_slice(p, from, &text);
    } else {
        st = autki_parse_name(p, "a level", &text);
    }
    if (st == AUTK_OK)
        factor->refs[factor->n_refs++] = text;
    return st;
}

/* ref = level, ref = c(level, level) */
static autk_status parse_refs(autki_parser *p, autki_factor *factor)
{
    int32_t word = -1;
    autk_status st = autki_parse_name(p, "ref", &word);
    if (st != AUTK_OK)
        return st;
    if (strcmp(autki_formula_text(p->f, word), "ref") != 0 || !autki_parse_take(p, '='))
        return autki_parse_unexpected(p, "ref = LEVEL");
    autki_parse_blanks(p);
    bool several = p->at[0] == 'c' && p->at[1] == '(';
    if (several)
        p->at += 2;
    do {
        st = take_level(p, factor);
    } while (st == AUTK_OK && several && autki_parse_take(p, ','));
    if (st == AUTK_OK && several && !autki_parse_take(p, ')'))
        st = autki_parse_unexpected(p, "\")\"");
    return st;
}

static bool next_is_ref(autki_parser *p)
{
    autki_parse_blanks(p);
    if (strncmp(p->at, "ref", 3) != 0)
        return false;
    const char *c = p->at + 3;
    while (*c == ' ')
        c++;
    return *c == '=' && c[1] != '=';
}

/* A factor and what it multiplies: l(x, 1:3) stands for three. */
typedef struct choice {
    autki_factor factors[2];
    int32_t n_factors;
    int32_t nodes[LAGS_MAX]; /* instead of factors[0].node, when n_nodes > 0 */
    int32_t n_nodes;
} choice;

/* i(name), i(name, expression), each with ref = */
static autk_status parse_dummies(autki_parser *p, choice *c)
{
    autki_node name = {.op = AUTKI_OP_NAME, .left = -1, .right = -1};
    autki_parse_blanks(p);
    name.column = autki_parse_place(p, p->at);
    autk_status st = autki_parse_name(p, "a column", &name.text);
    if (st == AUTK_OK)
        st = autki_parse_add_node(p, name, &c->factors[0].node);
    c->factors[0].dummies = true;
    c->n_factors = 1;
    while (st == AUTK_OK && autki_parse_take(p, ',')) {
        if (next_is_ref(p)) {
            st = parse_refs(p, &c->factors[0]);
        } else if (c->n_factors == 1) {
            c->n_factors = 2;
            st = autki_parse_expression(p, &c->factors[1].node);
        } else {
            st = autki_parse_unexpected(p, "ref = LEVEL");
        }
    }
    return st == AUTK_OK && !autki_parse_take(p, ')') ? autki_parse_unexpected(p, "\",\" or \")\"")
                                                      : st;
}

static autk_status take_integer(autki_parser *p, int *value)
{
    bool negative = autki_parse_take(p, '-');
    double v = 0;
    autk_status st = autki_parse_number(p, &v);
    if (st == AUTK_OK && !(v >= 0 && v <= 1000 && v == (int)v))
        st = autki_parse_unexpected(p, "a whole number of periods");
    if (st == AUTK_OK)
        *value = negative ? -(int)v : (int)v;
    return st;
}

/* l(x, 2), l(x, 1:3), l(x, -2:2); f() the same towards the future. */
static autk_status parse_lags(autki_parser *p, choice *c, int direction, int32_t column)
{
    autki_node node = {.op = AUTKI_OP_LAG, .right = -1, .text = -1, .column = column};
    int first = 1, last = 1;
    autk_status st = autki_parse_expression(p, &node.left);
    if (st == AUTK_OK && autki_parse_take(p, ',')) {
        st = take_integer(p, &first);
        last = first;
        if (st == AUTK_OK && autki_parse_take(p, ':'))
            st = take_integer(p, &last);
    }
    if (st == AUTK_OK && !autki_parse_take(p, ')'))
        st = autki_parse_unexpected(p, "\")\"");
    if (st == AUTK_OK && (last < first || last - first >= LAGS_MAX))
        st = autki_fail_at(p->err, AUTK_EPARSE, p->source, 1, column,
                           "expected a range of at most %d periods, lower first, got %d:%d",
                           LAGS_MAX, first, last);
    c->n_factors = 1;
    for (int k = first; st == AUTK_OK && k <= last; k++) {
        node.number = direction * k;
        st = autki_parse_add_node(p, node, &c->nodes[c->n_nodes++]);
    }
    return st;
}

/* One operand of ":" or "*" in a term. */
static autk_status parse_choice(autki_parser *p, choice *c)
{
    memset(c, 0, sizeof *c);
    autki_parse_blanks(p);
    const char *from = p->at;
    if (autki_parse_name_begins(*from)) {
        const char *stop = from;
        while (autki_parse_name_goes_on(*stop))
            stop++;
        size_t len = (size_t)(stop - from);
        const char *open = stop;
        while (*open == ' ')
            open++;
        if (len == 1 && *open == '(' && (*from == 'i' || *from == 'l' || *from == 'f')) {
            p->at = open + 1;
            return *from == 'i'
                       ? parse_dummies(p, c)
                       : parse_lags(p, c, *from == 'l' ? 1 : -1, autki_parse_place(p, from));
        }
    }
    c->n_factors = 1;
    return autki_parse_power(p, &c->factors[0].node);
}

static autk_status push_term(autki_parser *p, const autki_term *term)
{
    autki_formula *f = p->f;
    autk_status st = autki_grow(&f->terms, &f->terms_capacity, f->n_terms + 1, sizeof *f->terms,
                                TERMS_MAX, p->err);
    if (st == AUTK_OK)
        f->terms[f->n_terms++] = *term;
    return st;
}

/* Multiply each of the terms begun at `first` with the choice; keep the old ones too for "*". */
static autk_status multiply(autki_parser *p, size_t first, const choice *c, bool alone, bool keep)
{
    autki_formula *f = p->f;
    size_t n_old = f->n_terms - first;
    int32_t n = c->n_nodes > 0 ? c->n_nodes : 1;
    autki_term none = {.n_factors = 0};
    autk_status st = AUTK_OK;
    for (size_t i = 0; st == AUTK_OK && i < (alone ? 1 : n_old); i++) {
        for (int32_t k = 0; st == AUTK_OK && k < n; k++) {
            autki_term term = alone ? none : f->terms[first + i];
            if (term.n_factors + c->n_factors > AUTKI_TERM_FACTORS)
                return autki_parse_unexpected(p, "a product of at most four factors");
            for (int32_t q = 0; q < c->n_factors; q++)
                term.factors[term.n_factors++] = c->factors[q];
            if (c->n_nodes > 0)
                term.factors[term.n_factors - 1].node = c->nodes[k];
            st = push_term(p, &term);
        }
    }
    if (st == AUTK_OK && !alone && !keep) {
        size_t n_new = f->n_terms - first - n_old;
        memmove(f->terms + first, f->terms + first + n_old, n_new * sizeof *f->terms);
        f->n_terms = first + n_new;
    }
    return st;
}

static autk_status parse_term(autki_parser *p)
{
    autki_formula *f = p->f;
    size_t first = f->n_terms;
    autki_parse_blanks(p);
    const char *from = p->at;
    choice c;
    autk_status st = parse_choice(p, &c);
    if (st == AUTK_OK)
        st = multiply(p, first, &c, true, false);
    while (st == AUTK_OK && (autki_parse_look(p) == ':' || autki_parse_look(p) == '*')) {
        bool keep = *p->at++ == '*';
        st = parse_choice(p, &c);
        if (st == AUTK_OK)
            st = multiply(p, first, &c, false, keep);
        if (st == AUTK_OK && keep)
            st = multiply(p, first, &c, true, true);
    }
    int32_t text = -1;
    if (st == AUTK_OK)
        st = autki_parse_add_slice(p, from, &text);
    for (size_t i = first; st == AUTK_OK && i < f->n_terms; i++) {
        f->terms[i].text = f->n_terms == first + 1 ? text : -1;
        f->terms[i].column = autki_parse_place(p, from);
    }
    return st;
}

/* "+ 0", "- 1", "+ 1" */
static bool take_intercept(autki_parser *p, bool minus)
{
    char c = autki_parse_look(p);
    if ((c != '0' && c != '1') || autki_parse_name_goes_on(p->at[1]))
        return false;
    p->at++;
    p->f->no_intercept = (c == '1') == minus;
    return true;
}

static autk_status parse_terms(autki_parser *p)
{
    bool minus = autki_parse_take(p, '-');
    for (;;) {
        if (!take_intercept(p, minus)) {
            if (minus)
                return autki_parse_unexpected(p, "1 behind a minus");
            autk_status st = parse_term(p);
            if (st != AUTK_OK)
                return st;
        }
        minus = false;
        if (autki_parse_take(p, '+'))
            continue;
        if (!autki_parse_take(p, '-'))
            return AUTK_OK;
        minus = true;
    }
}

static autk_status parse_key(autki_parser *p)
{
    autki_formula *f = p->f;
    if (f->n_effects == AUTKI_KEYS_MAX)
        return autki_parse_unexpected(p, "at most 8 effects");
    autki_key key = {.n_names = 0};
    autki_parse_blanks(p);
    const char *from = p->at;
    do {
        if (key.n_names == AUTKI_KEY_NAMES)
            return autki_parse_unexpected(p, "at most 6 columns in one effect");
        autk_status st = autki_parse_name(p, "a column", &key.names[key.n_names]);
        if (st != AUTK_OK)
            return st;
        key.n_names++;
    } while (autki_parse_take(p, '^'));
    autk_status st = autki_parse_add_slice(p, from, &key.text);
    if (st == AUTK_OK)
        f->effects[f->n_effects++] = key;
    return st;
}

static autk_status parse_keys(autki_parser *p, char separator)
{
    autk_status st;
    do {
        st = parse_key(p);
    } while (st == AUTK_OK && autki_parse_take(p, separator));
    return st;
}

static autk_status begin(autki_parser *p, const char *text, const char *source, autk_err *err)
{
    autki_formula *f = autki_calloc(1, sizeof *f);
    if (f == NULL)
        return autki_no_memory(err, sizeof *f);
    f->response = -1;
    *p = (autki_parser){.f = f, .text = text, .at = text, .source = source, .err = err};
    f->source = autki_strdup(text);
    return f->source != NULL ? AUTK_OK : autki_no_memory(err, strlen(text));
}

static autk_status finish(autki_parser *p, autk_status st, const char *expected,
                          autki_formula **out)
{
    if (st == AUTK_OK && autki_parse_look(p) != '\0')
        st = autki_parse_unexpected(p, expected);
    if (st == AUTK_OK)
        *out = p->f;
    else
        autki_formula_free(p->f);
    return st;
}

autk_status autki_formula_parse(autki_formula **out, const char *text, autk_err *err)
{
    autki_parser p = {0};
    autk_status st = begin(&p, text, "formula", err);
    if (st == AUTK_OK)
        st = autki_parse_binary(&p, 4, &p.f->response);
    if (st == AUTK_OK && !autki_parse_take(&p, '~'))
        st = autki_parse_unexpected(&p, "\"~\"");
    if (st == AUTK_OK)
        st = parse_terms(&p);
    if (st == AUTK_OK && autki_parse_take(&p, '|'))
        st = parse_keys(&p, '+');
    return finish(&p, st, "\"+\", \":\", \"*\", \"|\" or the end", out);
}

autk_status autki_expression_parse(autki_formula **out, const char *text, const char *source,
                                   autk_err *err)
{
    autki_parser p = {0};
    int32_t node;
    autk_status st = begin(&p, text, source, err);
    if (st == AUTK_OK)
        st = autki_parse_expression(&p, &node);
    return finish(&p, st, "an operator or the end", out);
}

autk_status autki_keys_parse(autki_formula **out, const char *text, char separator,
                             const char *source, autk_err *err)
{
    autki_parser p = {0};
    autk_status st = begin(&p, text, source, err);
    if (st == AUTK_OK)
        st = parse_keys(&p, separator);
    return finish(&p, st, "\"^\", a separator or the end", out);
}
