/* Expressions: calls, powers, products, sums, comparisons. */
#include <stdio.h>
#include <string.h>

#include "base/fail.h"
#include "base/text.h"
#include "gravity/formula_internal.h"

#define DEPTH_MAX 64

static const char *const function_names[] = {
#define FUNCTION_TEXT(name, text) text,
    AUTKI_FUNCTION_LIST(FUNCTION_TEXT)
#undef FUNCTION_TEXT
};

const char *autki_function_name(autki_function function)
{
    return function_names[function];
}

static autk_status too_deep(autki_parser *p)
{
    return autki_fail_at(p->err, AUTK_ELIMIT, p->source, 1, autki_parse_place(p, p->at),
                         "expected at most %d levels of nesting, got more", DEPTH_MAX);
}

static autk_status parse_call(autki_parser *p, int32_t name, int32_t column, int32_t *out)
{
    const char *text = autki_formula_text(p->f, name);
    autki_node node = {.op = AUTKI_OP_CALL, .left = -1, .right = -1, .text = -1, .column = column};
    if (strcmp(text, "I") == 0) {
        autk_status st = autki_parse_expression(p, out);
        return st == AUTK_OK && !autki_parse_take(p, ')') ? autki_parse_unexpected(p, "\")\"") : st;
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
    autk_status st = autki_parse_expression(p, &node.left);
    if (st == AUTK_OK && !autki_parse_take(p, ')'))
        st = autki_parse_unexpected(p, "\")\"");
    return st != AUTK_OK ? st : autki_parse_add_node(p, node, out);
}

static autk_status parse_primary(autki_parser *p, int32_t *out)
{
    autki_node node = {.left = -1, .right = -1, .text = -1};
    char c = autki_parse_look(p);
    node.column = autki_parse_place(p, p->at);
    autk_status st;
    if ((c >= '0' && c <= '9') || c == '.') {
        node.op = AUTKI_OP_NUMBER;
        st = autki_parse_number(p, &node.number);
        return st != AUTK_OK ? st : autki_parse_add_node(p, node, out);
    }
    if (c == '"' || c == '\'') {
        node.op = AUTKI_OP_TEXT;
        st = autki_parse_quoted(p, &node.text);
        return st != AUTK_OK ? st : autki_parse_add_node(p, node, out);
    }
    if (autki_parse_take(p, '(')) {
        st = autki_parse_expression(p, out);
        return st == AUTK_OK && !autki_parse_take(p, ')') ? autki_parse_unexpected(p, "\")\"") : st;
    }
    node.op = AUTKI_OP_NAME;
    st = autki_parse_name(p, "a column, a number or a function", &node.text);
    if (st != AUTK_OK)
        return st;
    if (autki_parse_take(p, '('))
        return parse_call(p, node.text, node.column, out);
    return autki_parse_add_node(p, node, out);
}

static autk_status parse_unary(autki_parser *p, int32_t *out);

autk_status autki_parse_power(autki_parser *p, int32_t *out)
{
    autki_node node = {.op = AUTKI_OP_POWER, .right = -1, .text = -1};
    autk_status st = parse_primary(p, &node.left);
    if (st != AUTK_OK)
        return st;
    node.column = autki_parse_place(p, p->at);
    if (!autki_parse_take(p, '^')) {
        *out = node.left;
        return AUTK_OK;
    }
    if (++p->depth > DEPTH_MAX)
        return too_deep(p);
    st = parse_unary(p, &node.right);
    p->depth--;
    return st != AUTK_OK ? st : autki_parse_add_node(p, node, out);
}

static autk_status parse_unary(autki_parser *p, int32_t *out)
{
    autki_node node = {.right = -1, .text = -1};
    char c = autki_parse_look(p);
    node.column = autki_parse_place(p, p->at);
    if (c != '-' && c != '+' && !(c == '!' && p->at[1] != '='))
        return autki_parse_power(p, out);
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
    return autki_parse_add_node(p, node, out);
}

/* The binary operator at this place, with how tightly it binds; 0 = none. */
static int binary_operator(autki_parser *p, autki_op *op, size_t *len)
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
    autki_parse_blanks(p);
    for (size_t i = 0; i < sizeof operators / sizeof *operators; i++) {
        *len = strlen(operators[i].text);
        if (strncmp(p->at, operators[i].text, *len) == 0) {
            *op = operators[i].op;
            return operators[i].binds;
        }
    }
    return 0;
}

autk_status autki_parse_binary(autki_parser *p, int binds, int32_t *out)
{
    autk_status st = parse_unary(p, out);
    while (st == AUTK_OK) {
        autki_node node = {.left = *out, .right = -1, .text = -1};
        size_t len = 0;
        int got = binary_operator(p, &node.op, &len);
        if (got < binds || got == 0)
            return AUTK_OK;
        node.column = autki_parse_place(p, p->at);
        p->at += len;
        st = autki_parse_binary(p, got + 1, &node.right);
        if (st == AUTK_OK)
            st = autki_parse_add_node(p, node, out);
    }
    return st;
}

autk_status autki_parse_expression(autki_parser *p, int32_t *out)
{
    if (++p->depth > DEPTH_MAX)
        return too_deep(p);
    autk_status st = autki_parse_binary(p, 1, out);
    p->depth--;
    return st;
}
