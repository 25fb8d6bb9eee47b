/* YAML to a chain. */
#include <stdlib.h>
#include <string.h>

#include "base/fail.h"
#include "base/mem.h"
#include "base/text.h"
#include "data/frame_pairs.h"
#include "equilibrium/scenario_read.h"
#include "report/chain.h"

#define MAX_BYTES ((size_t)1 << 20)

#define AS_TEXT(name, text) text,
static const char *const methods[] = {AUTK_CHAIN_METHOD_LIST(AS_TEXT)};

const char *autk_chain_method_text(autk_chain_method method)
{
    return (unsigned)method < AUTK_CHAIN_METHOD_COUNT ? methods[method] : "unknown";
}

void autk_chain_free(autk_chain *chain)
{
    if (chain == NULL)
        return;
    char *texts[] = {chain->formula.text, chain->data.text,   chain->vcov.text, chain->weights.text,
                     chain->offset.text,  chain->subset.text, chain->panel.text};
    for (size_t i = 0; i < sizeof texts / sizeof *texts; i++)
        free(texts[i]);
    free(chain->source);
    free(chain->name);
    free(chain->scenario_path);
    autk_scenario_free(chain->scenario);
    free(chain);
}

/* ---- the estimate ---- */

/* The world dataset and standard input are in no folder. */
static bool is_path(const yaml_node_t *v)
{
    const char *text = v->type == YAML_SCALAR_NODE ? (const char *)v->data.scalar.value : "-";
    return strcmp(text, "-") != 0 && !autki_is_world_name(text);
}

/* A whole number from low to high. */
static autk_status count_of(autki_yaml *y, int64_t *out, yaml_node_t *v, int64_t low, int64_t high,
                            const char *what)
{
    if (v->type != YAML_SCALAR_NODE ||
        !autki_parse_int64((const char *)v->data.scalar.value, v->data.scalar.length, out) ||
        *out < low || *out > high)
        return autki_yaml_expected(y, v, what);
    return AUTK_OK;
}

static autk_status take_text(autki_yaml *y, yaml_node_t *v, const char *name, void *into)
{
    autk_chain *c = into;
    const struct {
        const char *key;
        autki_chain_text *to;
    } texts[] = {{"formula", &c->formula}, {"data", &c->data},     {"vcov", &c->vcov},
                 {"weights", &c->weights}, {"offset", &c->offset}, {"subset", &c->subset},
                 {"panel", &c->panel}};
    size_t i = 0;
    while (strcmp(texts[i].key, name) != 0)
        i++;
    autki_chain_text *to = texts[i].to;
    autk_status st = strcmp(name, "data") == 0 && is_path(v)
                         ? autki_yaml_path(y, &to->text, v, "the path of the data")
                         : autki_yaml_text(y, &to->text, v, name);
    if (st != AUTK_OK)
        return st;
    bool quoted = v->data.scalar.style == YAML_SINGLE_QUOTED_SCALAR_STYLE ||
                  v->data.scalar.style == YAML_DOUBLE_QUOTED_SCALAR_STYLE;
    size_t width = v->end_mark.column - v->start_mark.column;
    to->line = (int64_t)v->start_mark.line + 1;
    to->column = (int64_t)v->start_mark.column + 1 + quoted;
    to->one_line =
        v->start_mark.line == v->end_mark.line && width == v->data.scalar.length + (quoted ? 2 : 0);
    return AUTK_OK;
}

static autk_status take_word(autki_yaml *y, yaml_node_t *v, const char *name, void *into)
{
    static const char *const families[] = {"poisson", "ols"};
    static const char *const conventions[] = {"stata", "fixest"};
    autk_chain *c = into;
    bool family = strcmp(name, "family") == 0;
    int at = 0;
    autk_status st = autki_yaml_word(y, &at, v, family ? families : conventions, 2);
    if (st == AUTK_OK && family)
        c->estimate.family = (autk_estimate_family)at;
    else if (st == AUTK_OK)
        c->estimate.convention = (autk_estimate_convention)at;
    return st;
}

static autk_status take_flag(autki_yaml *y, yaml_node_t *v, const char *name, void *into)
{
    autk_chain *c = into;
    return autki_yaml_flag(
        y, strcmp(name, "fill") == 0 ? &c->estimate.fill : &c->estimate.bias_correction, v);
}

static autk_status take_layer(autki_yaml *y, yaml_node_t *v, const char *name, void *into)
{
    autk_chain *c = into;
    (void)name;
    return count_of(y, &c->estimate.layer, v, 0, INT32_MAX, "a layer, from 0");
}

static autk_status take_estimate(autki_yaml *y, yaml_node_t *v, const char *name, void *into)
{
    static const autki_yaml_key keys[] = {
        {"formula", take_text}, {"data", take_text},   {"vcov", take_text},
        {"weights", take_text}, {"offset", take_text}, {"subset", take_text},
        {"panel", take_text},   {"family", take_word}, {"ssc", take_word},
        {"fill", take_flag},    {"layer", take_layer}, {"bias-correction", take_flag}};
    autk_chain *c = into;
    (void)name;
    autk_status st = autki_yaml_mapping(y, v, keys, sizeof keys / sizeof *keys, c, "an estimate");
    if (st == AUTK_OK && (c->formula.text == NULL || c->data.text == NULL))
        st = autki_yaml_expected(y, v, "a formula and data");
    return st;
}

/* ---- the rest ---- */

static autk_status take_name(autki_yaml *y, yaml_node_t *v, const char *name, void *into)
{
    autk_chain *c = into;
    return autki_yaml_text(y, &c->name, v, name);
}

static autk_status take_method(autki_yaml *y, yaml_node_t *v, const char *name, void *into)
{
    autk_chain *c = into;
    int at = 0;
    (void)name;
    autk_status st = autki_yaml_word(y, &at, v, methods, AUTK_CHAIN_METHOD_COUNT);
    c->method = (autk_chain_method)at;
    return st;
}

static autk_status take_count(autki_yaml *y, yaml_node_t *v, const char *name, void *into)
{
    autk_chain *c = into;
    int64_t n = 0;
    bool draws = strcmp(name, "draws") == 0;
    autk_status st = count_of(y, &n, v, draws ? 2 : 1, draws ? 10000 : INT64_MAX,
                              draws ? "2 to 10000 draws" : "a seed of at least 1");
    if (st == AUTK_OK && draws)
        c->draws = (int)n;
    else if (st == AUTK_OK)
        c->seed = (uint64_t)n;
    return st;
}

/* A file, or the scenario itself. */
static autk_status take_scenario(autki_yaml *y, yaml_node_t *v, const char *name, void *into)
{
    autk_chain *c = into;
    autk_input *input = NULL;
    if (v->type == YAML_MAPPING_NODE)
        return autki_scenario_of_node(&c->scenario, y, v);
    autk_status st = autki_yaml_path(y, &c->scenario_path, v, name);
    if (st == AUTK_OK)
        st = autk_input_open(&input, c->scenario_path, y->err);
    if (st == AUTK_OK)
        st = autk_scenario_read(&c->scenario, input, y->err);
    autk_input_free(input);
    return st;
}

static autk_status take_root(autki_yaml *y, yaml_node_t *root, const char *what, void *into)
{
    static const autki_yaml_key keys[] = {{"name", take_name},     {"estimate", take_estimate},
                                          {"method", take_method}, {"draws", take_count},
                                          {"seed", take_count},    {"scenario", take_scenario}};
    autk_chain *c = into;
    autk_status st = autki_yaml_mapping(y, root, keys, sizeof keys / sizeof *keys, c, what);
    if (st == AUTK_OK && c->formula.text == NULL)
        st = autki_yaml_expected(y, root, "an estimate");
    if (st == AUTK_OK && c->scenario == NULL)
        st = autki_yaml_expected(y, root, "a scenario");
    if (st == AUTK_OK)
        st = autk_chain_choose(c, c->method, 0, 0, y->err);
    return st;
}

autk_status autk_chain_read(autk_chain **out, autk_input *input, autk_err *err)
{
    char *bytes = NULL;
    size_t size = 0;
    autk_chain *c = autki_calloc(1, sizeof *c);
    if (c == NULL)
        return autki_no_memory(err, sizeof *c);
    c->estimate = autk_estimate_opts_default();
    c->source = autki_strdup(autk_input_name(input));
    autk_status st = c->source == NULL ? autki_no_memory(err, 1)
                                       : autk_input_slurp(&bytes, &size, input, MAX_BYTES, err);
    autki_yaml y = {.source = c->source, .err = err};
    if (st == AUTK_OK)
        st = autki_yaml_document(&y, bytes, size, take_root, c, "a chain");
    free(bytes);
    if (st == AUTK_OK)
        *out = c;
    else
        autk_chain_free(c);
    return st;
}
