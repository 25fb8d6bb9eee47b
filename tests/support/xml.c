#include "xml.h"

#include <ctype.h>
#include <stdio.h>
#include <string.h>

#include "unit.h"

#define MAX_DEPTH 64
#define MAX_IDS 512
#define NAME_MAX_LEN 64

typedef struct reader {
    const char *begin, *p;
    const char *file;
    int line;
    char open[MAX_DEPTH][NAME_MAX_LEN];
    size_t depth, n_roots;
    char ids[MAX_IDS][NAME_MAX_LEN], wanted[MAX_IDS][NAME_MAX_LEN];
    size_t n_ids, n_wanted;
} reader;

static void fail_at(const reader *r, const char *what)
{
    int line = 1;
    for (const char *p = r->begin; p < r->p; p++)
        line += *p == '\n';
    print_error("not well-formed XML, line %d: %s, at \"%.40s\"\n", line, what, r->p);
    _fail(r->file, r->line);
}

static void take_name(reader *r, char *name)
{
    size_t n = 0;
    while (isalnum((unsigned char)*r->p) || (*r->p != '\0' && strchr(":_-.", *r->p) != NULL)) {
        if (n + 1 >= NAME_MAX_LEN)
            fail_at(r, "a very long name");
        name[n++] = *r->p++;
    }
    name[n] = '\0';
    if (n == 0)
        fail_at(r, "expected a name");
}

static void skip_blanks(reader *r)
{
    while (isspace((unsigned char)*r->p))
        r->p++;
}

static void skip_past(reader *r, const char *end)
{
    const char *at = strstr(r->p, end);
    if (at == NULL)
        fail_at(r, "something is not closed");
    else
        r->p = at + strlen(end);
}

static void check_entity(reader *r)
{
    static const char *const known[] = {"&amp;", "&lt;", "&gt;", "&quot;", "&apos;"};
    for (size_t i = 0; i < sizeof known / sizeof *known; i++) {
        if (strncmp(r->p, known[i], strlen(known[i])) == 0)
            return;
    }
    if (r->p[1] != '#' || !isdigit((unsigned char)r->p[2]))
        fail_at(r, "a bare & or an unknown entity");
}

static void keep(reader *r, char list[][NAME_MAX_LEN], size_t *n, const char *text, size_t len)
{
    if (*n >= MAX_IDS || len >= NAME_MAX_LEN)
        fail_at(r, "too many or too long ids");
    (void)snprintf(list[(*n)++], NAME_MAX_LEN, "%.*s", (int)len, text);
}

static void note_ids(reader *r, const char *name, const char *value, size_t len)
{
    if (strcmp(name, "id") == 0) {
        keep(r, r->ids, &r->n_ids, value, len);
        for (size_t i = 0; i + 1 < r->n_ids; i++) {
            if (strcmp(r->ids[i], r->ids[r->n_ids - 1]) == 0)
                fail_at(r, "an id stands twice");
        }
    }
    if (strcmp(name, "href") == 0 && value[0] == '#')
        keep(r, r->wanted, &r->n_wanted, value + 1, len - 1);
    if (strcmp(name, "style") == 0 && strncmp(value, "fill:url(#", 10) == 0)
        keep(r, r->wanted, &r->n_wanted, value + 10, len - 11);
    if (strcmp(name, "aria-labelledby") == 0) {
        for (size_t at = 0; at < len;) {
            size_t word = strcspn(value + at, " \"");
            keep(r, r->wanted, &r->n_wanted, value + at, word);
            at += word + 1;
        }
    }
}

static void take_attributes(reader *r)
{
    char names[32][NAME_MAX_LEN];
    size_t n = 0;
    for (skip_blanks(r); *r->p != '>' && *r->p != '/'; skip_blanks(r)) {
        if (n >= 32)
            fail_at(r, "too many attributes");
        take_name(r, names[n]);
        for (size_t i = 0; i < n; i++) {
            if (strcmp(names[i], names[n]) == 0)
                fail_at(r, "an attribute stands twice");
        }
        if (r->p[0] != '=' || r->p[1] != '"')
            fail_at(r, "expected =\" behind an attribute's name");
        r->p += 2;
        const char *value = r->p;
        for (; *r->p != '"'; r->p++) {
            if (*r->p == '\0' || *r->p == '<')
                fail_at(r, "a bad attribute value");
            if (*r->p == '&')
                check_entity(r);
        }
        note_ids(r, names[n], value, (size_t)(r->p - value));
        r->p++;
        n++;
    }
}

static void take_tag(reader *r)
{
    char name[NAME_MAX_LEN];
    bool closing = r->p[1] == '/';
    r->p += closing ? 2 : 1;
    take_name(r, name);
    if (closing) {
        if (r->depth == 0 || strcmp(r->open[r->depth - 1], name) != 0 || *r->p != '>')
            fail_at(r, "a closing tag that closes nothing");
        r->depth--;
        r->p++;
        return;
    }
    take_attributes(r);
    r->n_roots += r->depth == 0;
    if (*r->p == '/') {
        r->p++;
    } else {
        if (r->depth >= MAX_DEPTH)
            fail_at(r, "too deep");
        (void)snprintf(r->open[r->depth++], NAME_MAX_LEN, "%s", name);
    }
    if (*r->p != '>')
        fail_at(r, "expected >");
    r->p++;
}

void check_xml(const char *text, const char *file, int line)
{
    static reader r; /* large; one test at a time */
    memset(&r, 0, sizeof r);
    r.begin = r.p = text;
    r.file = file;
    r.line = line;
    while (*r.p != '\0') {
        if (strncmp(r.p, "<?", 2) == 0)
            skip_past(&r, "?>");
        else if (strncmp(r.p, "<!--", 4) == 0)
            skip_past(&r, "-->");
        else if (strncmp(r.p, "<!DOCTYPE", 9) == 0 && r.n_roots == 0)
            skip_past(&r, ">");
        else if (*r.p == '<')
            take_tag(&r);
        else if (r.depth == 0 && !isspace((unsigned char)*r.p))
            fail_at(&r, "text outside of the root");
        else {
            if (*r.p == '&')
                check_entity(&r);
            r.p++;
        }
    }
    if (r.depth != 0 || r.n_roots != 1)
        fail_at(&r, "expected one root, closed at the end");
    for (size_t i = 0; i < r.n_wanted; i++) {
        size_t j = 0;
        while (j < r.n_ids && strcmp(r.ids[j], r.wanted[i]) != 0)
            j++;
        if (j == r.n_ids) {
            print_error("no element has the id \"%s\" that another asks for\n", r.wanted[i]);
            _fail(file, line);
        }
    }
}

size_t count_of(const char *text, const char *piece)
{
    size_t n = 0;
    for (const char *at = strstr(text, piece); at != NULL; at = strstr(at + 1, piece))
        n++;
    return n;
}
