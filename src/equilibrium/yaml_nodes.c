/* Nodes of a small YAML document to values. */
#include "equilibrium/yaml_nodes.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/fail.h"
#include "base/mem.h"
#include "base/text.h"

#define MAX_NAMES 4096
#define MAX_KEYS 32

autki_place autki_yaml_place(const yaml_node_t *node)
{
    return (autki_place){(int64_t)node->start_mark.line + 1, (int64_t)node->start_mark.column + 1};
}

static const char *kind_of(const yaml_node_t *node)
{
    if (node->type == YAML_MAPPING_NODE)
        return "a mapping";
    if (node->type == YAML_SEQUENCE_NODE)
        return node->data.sequence.items.start == node->data.sequence.items.top ? "an empty list"
                                                                                : "a list";
    return (const char *)node->data.scalar.value;
}

autk_status autki_yaml_expected(autki_yaml *y, const yaml_node_t *node, const char *what)
{
    autki_place at = autki_yaml_place(node);
    return autki_fail_at(y->err, AUTK_EPARSE, y->source, at.line, at.column,
                         "expected %s, got %s%.60s%s", what,
                         node->type == YAML_SCALAR_NODE ? "\"" : "", kind_of(node),
                         node->type == YAML_SCALAR_NODE ? "\"" : "");
}

autk_status autki_yaml_text(autki_yaml *y, char **out, yaml_node_t *node, const char *what)
{
    if (node->type != YAML_SCALAR_NODE || node->data.scalar.length == 0)
        return autki_yaml_expected(y, node, what);
    if (memchr(node->data.scalar.value, '\0', node->data.scalar.length) != NULL)
        return autki_yaml_expected(y, node, "text without NUL bytes");
    char *copy = autki_strndup((const char *)node->data.scalar.value, node->data.scalar.length);
    if (copy == NULL)
        return autki_no_memory(y->err, node->data.scalar.length);
    free(*out);
    *out = copy;
    return AUTK_OK;
}

autk_status autki_yaml_rate(autki_yaml *y, double *out, yaml_node_t *node, const char *what)
{
    const char *text = (const char *)node->data.scalar.value;
    size_t len = node->type == YAML_SCALAR_NODE ? node->data.scalar.length : 0;
    bool percent = len > 0 && text[len - 1] == '%';
    if (percent)
        len--;
    while (len > 0 && text[len - 1] == ' ')
        len--;
    if (len == 0 || !autki_parse_double(text, len, out))
        return autki_yaml_expected(y, node, what);
    if (percent)
        *out /= 100;
    else if (fabs(*out) > 10)
        return autki_yaml_expected(y, node, "a rate such as 25 % or 0.25 (above 10 only with %)");
    return AUTK_OK;
}

autk_status autki_yaml_number(autki_yaml *y, double *out, yaml_node_t *node, const char *what)
{
    if (node->type != YAML_SCALAR_NODE ||
        !autki_parse_double((const char *)node->data.scalar.value, node->data.scalar.length, out))
        return autki_yaml_expected(y, node, what);
    return AUTK_OK;
}

autk_status autki_yaml_flag(autki_yaml *y, bool *out, yaml_node_t *node)
{
    const char *text = (const char *)node->data.scalar.value;
    bool yes = node->type == YAML_SCALAR_NODE && strcmp(text, "true") == 0;
    bool no = node->type == YAML_SCALAR_NODE && strcmp(text, "false") == 0;
    *out = yes;
    return yes || no ? AUTK_OK : autki_yaml_expected(y, node, "true or false");
}

autk_status autki_yaml_word(autki_yaml *y, int *out, yaml_node_t *node, const char *const *words,
                            size_t n)
{
    char list[200] = "";
    size_t used = 0;
    for (size_t i = 0; i < n; i++) {
        if (node->type == YAML_SCALAR_NODE &&
            strcmp((const char *)node->data.scalar.value, words[i]) == 0) {
            *out = (int)i;
            return AUTK_OK;
        }
        int len = snprintf(list + used, sizeof list - used, "%s%s",
                           i == 0      ? ""
                           : i + 1 < n ? ", "
                                       : " or ",
                           words[i]);
        used += len > 0 ? (size_t)len : 0;
    }
    return autki_yaml_expected(y, node, list);
}

static autk_status add_name(autki_yaml *y, yaml_node_t *node, const char *what, void *into)
{
    autki_name_list *list = into;
    autk_status st = autki_grow(&list->names, &list->capacity, list->n + 1, sizeof *list->names,
                                MAX_NAMES, y->err);
    if (st != AUTK_OK)
        return st;
    autki_name *name = &list->names[list->n];
    *name = (autki_name){.at = autki_yaml_place(node)};
    st = autki_yaml_text(y, &name->text, node, what);
    if (st != AUTK_OK)
        return st;
    list->n++;
    for (size_t i = 0; i + 1 < list->n; i++) {
        if (strcmp(list->names[i].text, name->text) == 0)
            return autki_yaml_expected(y, node, "each name once");
    }
    return AUTK_OK;
}

/* {except: names}: the node of the names. */
static autk_status open_except(autki_yaml *y, yaml_node_t **names, yaml_node_t *node)
{
    yaml_node_pair_t *pair = node->data.mapping.pairs.start;
    if (node->data.mapping.pairs.top - pair != 1)
        return autki_yaml_expected(y, node, "one key: except");
    yaml_node_t *key = yaml_document_get_node(&y->doc, pair->key);
    if (key->type != YAML_SCALAR_NODE ||
        strcmp((const char *)key->data.scalar.value, "except") != 0)
        return autki_yaml_expected(y, key, "except");
    *names = yaml_document_get_node(&y->doc, pair->value);
    return AUTK_OK;
}

autk_status autki_yaml_names(autki_yaml *y, autki_name_list *list, yaml_node_t *node,
                             const char *what)
{
    if (node->type == YAML_MAPPING_NODE) {
        autk_status st = open_except(y, &node, node);
        if (st != AUTK_OK)
            return st;
        list->except = true;
    }
    if (node->type == YAML_SCALAR_NODE) {
        bool all = strcmp((const char *)node->data.scalar.value, "all") == 0;
        return all ? AUTK_OK : add_name(y, node, what, list);
    }
    return autki_yaml_list(y, node, add_name, list, what);
}

autk_status autki_yaml_list(autki_yaml *y, yaml_node_t *node, autki_yaml_take take, void *into,
                            const char *what)
{
    if (node->type != YAML_SEQUENCE_NODE)
        return autki_yaml_expected(y, node, what);
    yaml_node_item_t *item = node->data.sequence.items.start;
    if (item == node->data.sequence.items.top)
        return autki_yaml_expected(y, node, what);
    for (; item < node->data.sequence.items.top; item++) {
        autk_status st = take(y, yaml_document_get_node(&y->doc, *item), what, into);
        if (st != AUTK_OK)
            return st;
    }
    return AUTK_OK;
}

/* The place of a key in the table. */
static autk_status find_key(autki_yaml *y, size_t *at, const yaml_node_t *node,
                            const autki_yaml_key *keys, size_t n_keys, const char *what)
{
    const char *text = node->type == YAML_SCALAR_NODE ? (const char *)node->data.scalar.value : "";
    const char *names[MAX_KEYS];
    for (size_t i = 0; i < n_keys; i++) {
        names[i] = keys[i].name;
        if (strcmp(names[i], text) == 0) {
            *at = i;
            return AUTK_OK;
        }
    }
    autki_place place = autki_yaml_place(node);
    char near[160];
    autk_nearest_names(near, sizeof near, text, names, n_keys, 3);
    return autki_fail_at(y->err, AUTK_EPARSE, y->source, place.line, place.column,
                         "expected a key of %s, got \"%.60s\"%s%s%s", what, text,
                         near[0] != '\0' ? " (nearest: " : "", near, near[0] != '\0' ? ")" : "");
}

autk_status autki_yaml_mapping(autki_yaml *y, yaml_node_t *node, const autki_yaml_key *keys,
                               size_t n_keys, void *into, const char *what)
{
    if (node->type != YAML_MAPPING_NODE)
        return autki_yaml_expected(y, node, what);
    bool seen[MAX_KEYS] = {false};
    for (yaml_node_pair_t *pair = node->data.mapping.pairs.start;
         pair < node->data.mapping.pairs.top; pair++) {
        yaml_node_t *key = yaml_document_get_node(&y->doc, pair->key);
        size_t at = 0;
        autk_status st = find_key(y, &at, key, keys, n_keys, what);
        if (st == AUTK_OK && seen[at])
            st = autki_yaml_expected(y, key, "each key once");
        if (st == AUTK_OK)
            st =
                keys[at].take(y, yaml_document_get_node(&y->doc, pair->value), keys[at].name, into);
        if (st != AUTK_OK)
            return st;
        seen[at] = true;
    }
    return AUTK_OK;
}

bool autki_yaml_has(autki_yaml *y, const yaml_node_t *node, const char *name)
{
    if (node->type != YAML_MAPPING_NODE)
        return false;
    for (yaml_node_pair_t *pair = node->data.mapping.pairs.start;
         pair < node->data.mapping.pairs.top; pair++) {
        const yaml_node_t *k = yaml_document_get_node(&y->doc, pair->key);
        if (k->type == YAML_SCALAR_NODE && strcmp((const char *)k->data.scalar.value, name) == 0)
            return true;
    }
    return false;
}

autk_status autki_yaml_path(autki_yaml *y, char **out, yaml_node_t *node, const char *what)
{
    autk_status st = autki_yaml_text(y, out, node, what);
    const char *slash = strrchr(y->source, '/');
    if (st != AUTK_OK || slash == NULL || (*out)[0] == '/')
        return st;
    size_t folder = (size_t)(slash + 1 - y->source), len = strlen(*out) + 1;
    char *joined = autki_malloc(folder + len, 1);
    if (joined == NULL)
        return autki_no_memory(y->err, folder + len);
    memcpy(joined, y->source, folder);
    memcpy(joined + folder, *out, len);
    free(*out);
    *out = joined;
    return AUTK_OK;
}

static autk_status not_yaml(const autki_yaml *y, const yaml_parser_t *parser)
{
    return autki_fail_at(y->err, parser->error == YAML_MEMORY_ERROR ? AUTK_ENOMEM : AUTK_EPARSE,
                         y->source, (int64_t)parser->problem_mark.line + 1,
                         (int64_t)parser->problem_mark.column + 1, "expected YAML, got: %s",
                         parser->problem != NULL ? parser->problem : "out of memory");
}

static autk_status expect_end(autki_yaml *y, yaml_parser_t *parser)
{
    yaml_document_t second;
    if (!yaml_parser_load(parser, &second))
        return not_yaml(y, parser);
    const yaml_node_t *root = yaml_document_get_root_node(&second);
    autk_status st =
        root != NULL ? autki_yaml_expected(y, root, "one document in a file") : AUTK_OK;
    yaml_document_delete(&second);
    return st;
}

autk_status autki_yaml_document(autki_yaml *y, const char *bytes, size_t size, autki_yaml_take take,
                                void *into, const char *what)
{
    yaml_parser_t parser;
    if (!yaml_parser_initialize(&parser))
        return autki_no_memory(y->err, sizeof parser);
    yaml_parser_set_input_string(&parser, (const unsigned char *)bytes, size);
    autk_status st = AUTK_OK;
    if (!yaml_parser_load(&parser, &y->doc)) {
        st = not_yaml(y, &parser);
    } else {
        yaml_node_t *root = yaml_document_get_root_node(&y->doc);
        st = root != NULL ? take(y, root, what, into)
                          : autki_fail_at(y->err, AUTK_EPARSE, y->source, 1, 1,
                                          "expected %s, got an empty file", what);
        if (st == AUTK_OK)
            st = expect_end(y, &parser);
        yaml_document_delete(&y->doc);
    }
    yaml_parser_delete(&parser);
    return st;
}
