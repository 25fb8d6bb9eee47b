/* Words of a formula, and what is kept of them. */
#include <stdlib.h>
#include <string.h>

#include "base/fail.h"
#include "base/mem.h"
#include "base/text.h"
#include "gravity/formula_internal.h"

#define NODES_MAX 4096
#define TEXTS_MAX ((size_t)1 << 20)

void autki_parse_blanks(autki_parser *p)
{
    while (*p->at == ' ' || *p->at == '\t' || *p->at == '\n' || *p->at == '\r')
        p->at++;
}

int32_t autki_parse_place(const autki_parser *p, const char *at)
{
    return (int32_t)(at - p->text) + 1;
}

autk_status autki_parse_unexpected(autki_parser *p, const char *expected)
{
    autki_parse_blanks(p);
    if (*p->at == '\0')
        return autki_fail_at(p->err, AUTK_EPARSE, p->source, 1, autki_parse_place(p, p->at),
                             "expected %s, got the end", expected);
    return autki_fail_at(p->err, AUTK_EPARSE, p->source, 1, autki_parse_place(p, p->at),
                         "expected %s, got \"%.*s\"", expected,
                         (unsigned char)*p->at < 0x80 ? 1 : 4, p->at);
}

bool autki_parse_take(autki_parser *p, char c)
{
    autki_parse_blanks(p);
    if (*p->at != c)
        return false;
    p->at++;
    return true;
}

char autki_parse_look(autki_parser *p)
{
    autki_parse_blanks(p);
    return *p->at;
}

static autk_status add_text(autki_parser *p, const char *text, size_t len, int32_t *out)
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
autk_status autki_parse_add_slice(autki_parser *p, const char *from, int32_t *out)
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

autk_status autki_parse_add_node(autki_parser *p, autki_node node, int32_t *out)
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

bool autki_parse_name_begins(char c)
{
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_' || (unsigned char)c >= 0x80;
}

bool autki_parse_name_goes_on(char c)
{
    return autki_parse_name_begins(c) || (c >= '0' && c <= '9') || c == '.';
}

/* A name as letters, digits, dots and underscores, or anything between backquotes. */
autk_status autki_parse_name(autki_parser *p, const char *expected, int32_t *text)
{
    autki_parse_blanks(p);
    const char *from = p->at, *stop;
    if (*from == '`') {
        stop = strchr(++from, '`');
        if (stop == NULL)
            return autki_fail_at(p->err, AUTK_EPARSE, p->source, 1, autki_parse_place(p, p->at),
                                 "expected a closing backquote, got the end");
        p->at = stop + 1;
        return add_text(p, from, (size_t)(stop - from), text);
    }
    if (!autki_parse_name_begins(*from))
        return autki_parse_unexpected(p, expected);
    for (stop = from; autki_parse_name_goes_on(*stop); stop++)
        continue;
    p->at = stop;
    return add_text(p, from, (size_t)(stop - from), text);
}

autk_status autki_parse_number(autki_parser *p, double *value)
{
    autki_parse_blanks(p);
    const char *stop = p->at;
    while (
        (*stop >= '0' && *stop <= '9') || *stop == '.' ||
        ((*stop == '-' || *stop == '+') && stop > p->at && (stop[-1] == 'e' || stop[-1] == 'E')) ||
        ((*stop == 'e' || *stop == 'E') && stop > p->at))
        stop++;
    if (!autki_parse_double(p->at, (size_t)(stop - p->at), value))
        return autki_parse_unexpected(p, "a number");
    p->at = stop;
    return AUTK_OK;
}

autk_status autki_parse_quoted(autki_parser *p, int32_t *text)
{
    char quote = *p->at;
    const char *stop = strchr(p->at + 1, quote);
    if (stop == NULL)
        return autki_fail_at(p->err, AUTK_EPARSE, p->source, 1, autki_parse_place(p, p->at),
                             "expected a closing quote, got the end");
    autk_status st = add_text(p, p->at + 1, (size_t)(stop - p->at - 1), text);
    p->at = stop + 1;
    return st;
}
