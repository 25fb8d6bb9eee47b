/**
 * @file yaml_nodes.h
 * Nodes of a small YAML document to values. Every complaint has the line and column of its node:
 * "expected `what`, got ...".
 */
#ifndef AUTKI_EQUILIBRIUM_YAML_NODES_H
#define AUTKI_EQUILIBRIUM_YAML_NODES_H

#include <yaml.h>

#include "equilibrium/scenario.h"

typedef struct autki_yaml {
    yaml_document_t doc;
    const char *source; /* for messages, and the folder of paths in the document */
    autk_err *err;
} autki_yaml;

/** Take a node into something; `name` is the key before it, or what its list is of. */
typedef autk_status (*autki_yaml_take)(autki_yaml *y, yaml_node_t *node, const char *name,
                                       void *into);

typedef struct autki_yaml_key {
    const char *name;
    autki_yaml_take take;
} autki_yaml_key;

/** Parse bytes as one document and take its root. Errors: AUTK_EPARSE, AUTK_ENOMEM, take's. */
autk_status autki_yaml_document(autki_yaml *y, const char *bytes, size_t size, autki_yaml_take take,
                                void *into, const char *what) AUTK_MUST_CHECK;

autki_place autki_yaml_place(const yaml_node_t *node);

/** AUTK_EPARSE at the node. */
autk_status autki_yaml_expected(autki_yaml *y, const yaml_node_t *node, const char *what);
#ifdef __clang_analyzer__ /* as in base/fail.h */
#define autki_yaml_expected(y, node, what) (autki_yaml_expected(y, node, what), AUTK_EPARSE)
#endif

/** Text that is not empty; *out is freed before it is replaced. */
autk_status autki_yaml_text(autki_yaml *y, char **out, yaml_node_t *node, const char *what)
    AUTK_MUST_CHECK;
/** A path, taken from the folder of the document. */
autk_status autki_yaml_path(autki_yaml *y, char **out, yaml_node_t *node, const char *what)
    AUTK_MUST_CHECK;
/** "25 %", "25%" or 0.25; above 10 only with the sign. */
autk_status autki_yaml_rate(autki_yaml *y, double *out, yaml_node_t *node, const char *what)
    AUTK_MUST_CHECK;
autk_status autki_yaml_number(autki_yaml *y, double *out, yaml_node_t *node, const char *what)
    AUTK_MUST_CHECK;
/** true or false. */
autk_status autki_yaml_flag(autki_yaml *y, bool *out, yaml_node_t *node) AUTK_MUST_CHECK;
/** The place in words[n] of the node's. */
autk_status autki_yaml_word(autki_yaml *y, int *out, yaml_node_t *node, const char *const *words,
                            size_t n) AUTK_MUST_CHECK;
/** A name, a list of names, "all", or {except: names}; each once. */
autk_status autki_yaml_names(autki_yaml *y, autki_name_list *list, yaml_node_t *node,
                             const char *what) AUTK_MUST_CHECK;
/** Each item of a list that is not empty. */
autk_status autki_yaml_list(autki_yaml *y, yaml_node_t *node, autki_yaml_take take, void *into,
                            const char *what) AUTK_MUST_CHECK;
/** Each value of a mapping by its key, which must be in the table and stand once. */
autk_status autki_yaml_mapping(autki_yaml *y, yaml_node_t *node, const autki_yaml_key *keys,
                               size_t n_keys, void *into, const char *what) AUTK_MUST_CHECK;
bool autki_yaml_has(autki_yaml *y, const yaml_node_t *node, const char *name);

#endif
