#include "gravity/formula.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/fail.h"
#include "base/mem.h"
#include "base/text.h"

#define NODES_MAX 4096
#define TERMS_MAX 1024
#define TEXTS_MAX ((size_t)1 << 20)
#define DEPTH_MAX 64
#define LAGS_MAX 64

typedef struct parser {
    autki_formula *f;
    const char *text, *at;
    const char *source;
    int depth;
    autk_err *err;
} parser;

static const char *const function_names[] = {
#define FUNCTION_TEXT(name, text) text,
    AUTKI_FUNCTION_LIST(FUNCTION_TEXT)
#undef FUNCTION_TEXT
};

const char *autki_function_name(autki_function function)
{
    return function_names[function];
}

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

static void skip_blanks(parser *p)
{
    while (*p->at == ' ' || *p->at == '\t' || *p->at == '\n' || *p->at == '\r')
        p->at++;
}

static int32_t place(const parser *p, const char *at)
{
    return (int32_t)(at - p->text) + 1;
}

static autk_status unexpected(parser *p, const char *expected)
{
    skip_blanks(p);
    if (*p->at == '\0')
        return autki_fail_at(p->err, AUTK_EPARSE, p->source, 1, place(p, p->at),
                             "expected %s, got the end", expected);
    return autki_fail_at(p->err, AUTK_EPARSE, p->source, 1, place(p, p->at),
                         "expected %s, got \"%.*s\"", expected,
                         (unsigned char)*p->at < 0x80 ? 1 : 4, p->at);
}

static autk_status too_deep(parser *p)
{
    return autki_fail_at(p->err, AUTK_ELIMIT, p->source, 1, place(p, p->at),
                         "expected at most %d levels of nesting, got more", DEPTH_MAX);
}

static bool take(parser *p, char c)
{
    skip_blanks(p);
    if (*p->at != c)
        return false;
    p->at++;
    return true;
}

static char look(parser *p)
{
    skip_blanks(p);
    return *p->at;
}

static autk_status add_text(parser *p, const char *text, size_t len, int32_t *out)
{
    autki_formula *f = p->f;
    autk_status st =
        autki_grow(&f->texts, &f->texts_capacity, f->texts_len + len + 1, 1, TEXTS_MAX, p->err);
    if (st != AUTK_OK)
        return st;
    *out = (int32_t)f->texts_len;
    memcpy(f->texts + f->texts_len, text, len);
    f->texts[f->texts_len + len] = '\0';
    f->texts_len += len + 1;
    return AUTK_OK;
}

/* The source from..at without its blanks. */
static autk_status add_slice(parser *p, const char *from, int32_t *out)
{
    autki_formula *f = p->f;
    autk_status st = add_text(p, from, (size_t)(p->at - from), out);
    if (st != AUTK_OK)
        return st;
    char *to = f->texts + *out;
    for (const char *c = to; *c != '\0'; c++) {
        if (*c != ' ' && *c != '\t' && *c != '\n' && *c != '\r')
            *to++ = *c;
    }
    *to = '\0';
    f->texts_len = (size_t)(to - f->texts) + 1;
    return AUTK_OK;
}

static autk_status add_node(parser *p, autki_node node, int32_t *out)
{
    autki_formula *f = p->f;
    autk_status st = autki_grow(&f->nodes, &f->nodes_capacity, f->n_nodes + 1, sizeof *f->nodes,
                                NODES_MAX, p->err);
    if (st != AUTK_OK)
        return st;
    const int32_t below[2] = {node.left, node.right};
    for (int k = 0; k < 2; k++) {
        if (below[k] >= 0 && f->nodes[below[k]].height >= node.height)
            node.height = f->nodes[below[k]].height + 1;
    }
    if (node.height > AUTKI_HEIGHT_MAX)
        return autki_fail_at(p->err, AUTK_ELIMIT, p->source, 1, node.column,
                             "expected at most %d operations within each other, got more",
                             AUTKI_HEIGHT_MAX);
    f->nodes[f->n_nodes] = node;
    *out = (int32_t)f->n_nodes++;
    return AUTK_OK;
}

static bool name_begins(char c)
{
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_' || (unsigned char)c >= 0x80;
}

static bool name_goes_on(char c)
{
    return name_begins(c) || (c >= '0' && c <= '9') || c == '.';
}

/* A name as letters, digits, dots and underscores, or anything between backquotes. */
static autk_status take_name(parser *p, const char *expected, int32_t *text)
{
    skip_blanks(p);
    const char *from = p->at, *stop;
    if (*from == '`') {
        stop = strchr(++from, '`');
        if (stop == NULL)
            return autki_fail_at(p->err, AUTK_EPARSE, p->source, 1, place(p, p->at),
                                 "expected a closing backquote, got the end");
        p->at = stop + 1;
        return add_text(p, from, (size_t)(stop - from), text);
    }
    if (!name_begins(*from))
        return unexpected(p, expected);
    for (stop = from; name_goes_on(*stop); stop++)
        continue;
    p->at = stop;
    return add_text(p, from, (size_t)(stop - from), text);
}

static autk_status take_number(parser *p, double *value)
{
    skip_blanks(p);
    const char *stop = p->at;
    while (
        (*stop >= '0' && *stop <= '9') || *stop == '.' ||
        ((*stop == '-' || *stop == '+') && stop > p->at && (stop[-1] == 'e' || stop[-1] == 'E')) ||
        ((*stop == 'e' || *stop == 'E') && stop > p->at))
        stop++;
    if (!autki_parse_double(p->at, (size_t)(stop - p->at), value))
        return unexpected(p, "a number");
    p->at = stop;
    return AUTK_OK;
}

static autk_status take_quoted(parser *p, int32_t *text)
{
    char quote = *p->at;
    const char *stop = strchr(p->at + 1, quote);
    if (stop == NULL)
        return autki_fail_at(p->err, AUTK_EPARSE, p->source, 1, place(p, p->at),
                             "expected a closing quote, got the end");
    autk_status st = add_text(p, p->at + 1, (size_t)(stop - p->at - 1), text);
    p->at = stop + 1;
    return st;
}

static autk_status parse_expression(parser *p, int32_t *out);

static autk_status parse_call(parser *p, int32_t name, int32_t column, int32_t *out)
{
    const char *text = autki_formula_text(p->f, name);
    autki_node node = {.op = AUTKI_OP_CALL, .left = -1, .right = -1, .text = -1, .column = column};
    if (strcmp(text, "I") == 0) {
        autk_status st = parse_expression(p, out);
        return st == AUTK_OK && !take(p, ')') ? unexpected(p, "\")\"") : st;
    }
    int which = 0;
    while (which < AUTKI_FUNCTION_COUNT && strcmp(text, function_names[which]) != 0)
        which++;
    if (which == AUTKI_FUNCTION_COUNT) {
        char near[80];
        autk_nearest_names(near, sizeof near, text, function_names, AUTKI_FUNCTION_COUNT, 3);
        return autki_fail_at(p->err, AUTK_EPARSE, p->source, 1, column,
                             "expected a function (log, log1p, exp, sqrt, abs, asinh, I; in terms "
                             "also i, l, f), got %s%s%s",
                             text, near[0] != '\0' ? "; nearest: " : "", near);
    }
    node.function = (autki_function)which;
    autk_status st = parse_expression(p, &node.left);
    if (st == AUTK_OK && !take(p, ')'))
        st = unexpected(p, "\")\"");
    return st != AUTK_OK ? st : add_node(p, node, out);
}

static autk_status parse_primary(parser *p, int32_t *out)
{
    autki_node node = {.left = -1, .right = -1, .text = -1};
    char c = look(p);
    node.column = place(p, p->at);
    autk_status st;
    if ((c >= '0' && c <= '9') || c == '.') {
        node.op = AUTKI_OP_NUMBER;
        st = take_number(p, &node.number);
        return st != AUTK_OK ? st : add_node(p, node, out);
    }
    if (c == '"' || c == '\'') {
        node.op = AUTKI_OP_TEXT;
        st = take_quoted(p, &node.text);
        return st != AUTK_OK ? st : add_node(p, node, out);
    }
    if (take(p, '(')) {
        st = parse_expression(p, out);
        return st == AUTK_OK && !take(p, ')') ? unexpected(p, "\")\"") : st;
    }
    node.op = AUTKI_OP_NAME;
    st = take_name(p, "a column, a number or a function", &node.text);
    if (st != AUTK_OK)
        return st;
    if (take(p, '('))
        return parse_call(p, node.text, node.column, out);
    return add_node(p, node, out);
}

static autk_status parse_unary(parser *p, int32_t *out);

static autk_status parse_power(parser *p, int32_t *out)
{
    autki_node node = {.op = AUTKI_OP_POWER, .right = -1, .text = -1};
    autk_status st = parse_primary(p, &node.left);
    if (st != AUTK_OK)
        return st;
    node.column = place(p, p->at);
    if (!take(p, '^')) {
        *out = node.left;
        return AUTK_OK;
    }
    if (++p->depth > DEPTH_MAX)
        return too_deep(p);
    st = parse_unary(p, &node.right);
    p->depth--;
    return st != AUTK_OK ? st : add_node(p, node, out);
}

static autk_status parse_unary(parser *p, int32_t *out)
{
    autki_node node = {.right = -1, .text = -1};
    char c = look(p);
    node.column = place(p, p->at);
    if (c != '-' && c != '+' && !(c == '!' && p->at[1] != '='))
        return parse_power(p, out);
    if (++p->depth > DEPTH_MAX)
        return too_deep(p);
    p->at++;
    autk_status st = parse_unary(p, &node.left);
    p->depth--;
    if (st != AUTK_OK || c == '+') {
        *out = node.left;
        return st;
    }
    node.op = c == '-' ? AUTKI_OP_NEGATE : AUTKI_OP_NOT;
    return add_node(p, node, out);
}

/* The binary operator at this place, with how tightly it binds; 0 = none. */
static int binary_operator(parser *p, autki_op *op, size_t *len)
{
    static const struct {
        char text[3];
        autki_op op;
        int binds;
    } operators[] = {{"<=", AUTKI_OP_LESS_EQUAL, 3}, {">=", AUTKI_OP_GREATER_EQUAL, 3},
                     {"==", AUTKI_OP_EQUAL, 3},      {"!=", AUTKI_OP_NOT_EQUAL, 3},
                     {"&&", AUTKI_OP_AND, 2},        {"||", AUTKI_OP_OR, 1},
                     {"<", AUTKI_OP_LESS, 3},        {">", AUTKI_OP_GREATER, 3},
                     {"&", AUTKI_OP_AND, 2},         {"|", AUTKI_OP_OR, 1},
                     {"+", AUTKI_OP_ADD, 4},         {"-", AUTKI_OP_SUBTRACT, 4},
                     {"*", AUTKI_OP_MULTIPLY, 5},    {"/", AUTKI_OP_DIVIDE, 5}};
    skip_blanks(p);
    for (size_t i = 0; i < sizeof operators / sizeof *operators; i++) {
        *len = strlen(operators[i].text);
        if (strncmp(p->at, operators[i].text, *len) == 0) {
            *op = operators[i].op;
            return operators[i].binds;
        }
    }
    return 0;
}

static autk_status parse_binary(parser *p, int binds, int32_t *out)
{
    autk_status st = parse_unary(p, out);
    while (st == AUTK_OK) {
        autki_node node = {.left = *out, .right = -1, .text = -1};
        size_t len = 0;
        int got = binary_operator(p, &node.op, &len);
        if (got < binds || got == 0)
            return AUTK_OK;
        node.column = place(p, p->at);
        p->at += len;
        st = parse_binary(p, got + 1, &node.right);
        if (st == AUTK_OK)
            st = add_node(p, node, out);
    }
    return st;
}

static autk_status parse_expression(parser *p, int32_t *out)
{
    if (++p->depth > DEPTH_MAX)
        return too_deep(p);
    autk_status st = parse_binary(p, 1, out);
    p->depth--;
    return st;
}

/* ---- terms ---- */

static autk_status take_level(parser *p, autki_factor *factor)
{
    char c = look(p);
    int32_t text = -1;
    autk_status st;
    if (factor->n_refs == (int32_t)(sizeof factor->refs / sizeof *factor->refs))
        return unexpected(p, "at most 8 reference levels");
    if (c == '"' || c == '\'') {
        st = take_quoted(p, &text);
    } else if ((c >= '0' && c <= '9') || c == '-') {
        const char *from = p->at++;
        while (name_goes_on(*p->at))
            p->at++;
        st = add_slice(p, from, &text);
    } else {
        st = take_name(p, "a level", &text);
    }
    if (st == AUTK_OK)
        factor->refs[factor->n_refs++] = text;
    return st;
}

/* ref = level, ref = c(level, level) */
static autk_status parse_refs(parser *p, autki_factor *factor)
{
    int32_t word = -1;
    autk_status st = take_name(p, "ref", &word);
    if (st != AUTK_OK)
        return st;
    if (strcmp(autki_formula_text(p->f, word), "ref") != 0 || !take(p, '='))
        return unexpected(p, "ref = LEVEL");
    skip_blanks(p);
    bool several = p->at[0] == 'c' && p->at[1] == '(';
    if (several)
        p->at += 2;
    do {
        st = take_level(p, factor);
    } while (st == AUTK_OK && several && take(p, ','));
    if (st == AUTK_OK && several && !take(p, ')'))
        st = unexpected(p, "\")\"");
    return st;
}

static bool next_is_ref(parser *p)
{
    skip_blanks(p);
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
static autk_status parse_dummies(parser *p, choice *c)
{
    autki_node name = {.op = AUTKI_OP_NAME, .left = -1, .right = -1};
    skip_blanks(p);
    name.column = place(p, p->at);
    autk_status st = take_name(p, "a column", &name.text);
    if (st == AUTK_OK)
        st = add_node(p, name, &c->factors[0].node);
    c->factors[0].dummies = true;
    c->n_factors = 1;
    while (st == AUTK_OK && take(p, ',')) {
        if (next_is_ref(p)) {
            st = parse_refs(p, &c->factors[0]);
        } else if (c->n_factors == 1) {
            c->n_factors = 2;
            st = parse_expression(p, &c->factors[1].node);
        } else {
            st = unexpected(p, "ref = LEVEL");
        }
    }
    return st == AUTK_OK && !take(p, ')') ? unexpected(p, "\",\" or \")\"") : st;
}

static autk_status take_integer(parser *p, int *value)
{
    bool negative = take(p, '-');
    double v = 0;
    autk_status st = take_number(p, &v);
    if (st == AUTK_OK && !(v >= 0 && v <= 1000 && v == (int)v))
        st = unexpected(p, "a whole number of periods");
    if (st == AUTK_OK)
        *value = negative ? -(int)v : (int)v;
    return st;
}

/* l(x, 2), l(x, 1:3), l(x, -2:2); f() the same towards the future. */
static autk_status parse_lags(parser *p, choice *c, int direction, int32_t column)
{
    autki_node node = {.op = AUTKI_OP_LAG, .right = -1, .text = -1, .column = column};
    int first = 1, last = 1;
    autk_status st = parse_expression(p, &node.left);
    if (st == AUTK_OK && take(p, ',')) {
        st = take_integer(p, &first);
        last = first;
        if (st == AUTK_OK && take(p, ':'))
            st = take_integer(p, &last);
    }
    if (st == AUTK_OK && !take(p, ')'))
        st = unexpected(p, "\")\"");
    if (st == AUTK_OK && (last < first || last - first >= LAGS_MAX))
        st = autki_fail_at(p->err, AUTK_EPARSE, p->source, 1, column,
                           "expected a range of at most %d periods, lower first, got %d:%d",
                           LAGS_MAX, first, last);
    c->n_factors = 1;
    for (int k = first; st == AUTK_OK && k <= last; k++) {
        node.number = direction * k;
        st = add_node(p, node, &c->nodes[c->n_nodes++]);
    }
    return st;
}

/* One operand of ":" or "*" in a term. */
static autk_status parse_choice(parser *p, choice *c)
{
    memset(c, 0, sizeof *c);
    skip_blanks(p);
    const char *from = p->at;
    if (name_begins(*from)) {
        const char *stop = from;
        while (name_goes_on(*stop))
            stop++;
        size_t len = (size_t)(stop - from);
        const char *open = stop;
        while (*open == ' ')
            open++;
        if (len == 1 && *open == '(' && (*from == 'i' || *from == 'l' || *from == 'f')) {
            p->at = open + 1;
            return *from == 'i' ? parse_dummies(p, c)
                                : parse_lags(p, c, *from == 'l' ? 1 : -1, place(p, from));
        }
    }
    c->n_factors = 1;
    return parse_power(p, &c->factors[0].node);
}

static autk_status push_term(parser *p, const autki_term *term)
{
    autki_formula *f = p->f;
    autk_status st = autki_grow(&f->terms, &f->terms_capacity, f->n_terms + 1, sizeof *f->terms,
                                TERMS_MAX, p->err);
    if (st == AUTK_OK)
        f->terms[f->n_terms++] = *term;
    return st;
}

/* Multiply each of the terms begun at `first` with the choice; keep the old ones too for "*". */
static autk_status multiply(parser *p, size_t first, const choice *c, bool alone, bool keep)
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
                return unexpected(p, "a product of at most four factors");
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

static autk_status parse_term(parser *p)
{
    autki_formula *f = p->f;
    size_t first = f->n_terms;
    skip_blanks(p);
    const char *from = p->at;
    choice c;
    autk_status st = parse_choice(p, &c);
    if (st == AUTK_OK)
        st = multiply(p, first, &c, true, false);
    while (st == AUTK_OK && (look(p) == ':' || look(p) == '*')) {
        bool keep = *p->at++ == '*';
        st = parse_choice(p, &c);
        if (st == AUTK_OK)
            st = multiply(p, first, &c, false, keep);
        if (st == AUTK_OK && keep)
            st = multiply(p, first, &c, true, true);
    }
    int32_t text = -1;
    if (st == AUTK_OK)
        st = add_slice(p, from, &text);
    for (size_t i = first; st == AUTK_OK && i < f->n_terms; i++) {
        f->terms[i].text = f->n_terms == first + 1 ? text : -1;
        f->terms[i].column = place(p, from);
    }
    return st;
}

/* "+ 0", "- 1", "+ 1" */
static bool take_intercept(parser *p, bool minus)
{
    char c = look(p);
    if ((c != '0' && c != '1') || name_goes_on(p->at[1]))
        return false;
    p->at++;
    p->f->no_intercept = (c == '1') == minus;
    return true;
}

static autk_status parse_terms(parser *p)
{
    bool minus = take(p, '-');
    for (;;) {
        if (!take_intercept(p, minus)) {
            if (minus)
                return unexpected(p, "1 behind a minus");
            autk_status st = parse_term(p);
            if (st != AUTK_OK)
                return st;
        }
        minus = false;
        if (take(p, '+'))
            continue;
        if (!take(p, '-'))
            return AUTK_OK;
        minus = true;
    }
}

static autk_status parse_key(parser *p)
{
    autki_formula *f = p->f;
    if (f->n_effects == AUTKI_KEYS_MAX)
        return unexpected(p, "at most 8 effects");
    autki_key key = {.n_names = 0};
    skip_blanks(p);
    const char *from = p->at;
    do {
        if (key.n_names == AUTKI_KEY_NAMES)
            return unexpected(p, "at most 6 columns in one effect");
        autk_status st = take_name(p, "a column", &key.names[key.n_names]);
        if (st != AUTK_OK)
            return st;
        key.n_names++;
    } while (take(p, '^'));
    autk_status st = add_slice(p, from, &key.text);
    if (st == AUTK_OK)
        f->effects[f->n_effects++] = key;
    return st;
}

static autk_status parse_keys(parser *p, char separator)
{
    autk_status st;
    do {
        st = parse_key(p);
    } while (st == AUTK_OK && take(p, separator));
    return st;
}

static autk_status begin(parser *p, const char *text, const char *source, autk_err *err)
{
    autki_formula *f = autki_calloc(1, sizeof *f);
    if (f == NULL)
        return autki_no_memory(err, sizeof *f);
    f->response = -1;
    *p = (parser){.f = f, .text = text, .at = text, .source = source, .err = err};
    f->source = autki_strdup(text);
    return f->source != NULL ? AUTK_OK : autki_no_memory(err, strlen(text));
}

static autk_status finish(parser *p, autk_status st, const char *expected, autki_formula **out)
{
    if (st == AUTK_OK && look(p) != '\0')
        st = unexpected(p, expected);
    if (st == AUTK_OK)
        *out = p->f;
    else
        autki_formula_free(p->f);
    return st;
}

autk_status autki_formula_parse(autki_formula **out, const char *text, autk_err *err)
{
    parser p = {0};
    autk_status st = begin(&p, text, "formula", err);
    if (st == AUTK_OK)
        st = parse_binary(&p, 4, &p.f->response);
    if (st == AUTK_OK && !take(&p, '~'))
        st = unexpected(&p, "\"~\"");
    if (st == AUTK_OK)
        st = parse_terms(&p);
    if (st == AUTK_OK && take(&p, '|'))
        st = parse_keys(&p, '+');
    return finish(&p, st, "\"+\", \":\", \"*\", \"|\" or the end", out);
}

autk_status autki_expression_parse(autki_formula **out, const char *text, const char *source,
                                   autk_err *err)
{
    parser p = {0};
    int32_t node;
    autk_status st = begin(&p, text, source, err);
    if (st == AUTK_OK)
        st = parse_expression(&p, &node);
    return finish(&p, st, "an operator or the end", out);
}

autk_status autki_keys_parse(autki_formula **out, const char *text, char separator,
                             const char *source, autk_err *err)
{
    parser p = {0};
    autk_status st = begin(&p, text, source, err);
    if (st == AUTK_OK)
        st = parse_keys(&p, separator);
    return finish(&p, st, "\"^\", a separator or the end", out);
}
