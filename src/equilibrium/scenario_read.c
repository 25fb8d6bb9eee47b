/* YAML to a scenario. The document is small; every complaint has the line and column of its node.
 */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <yaml.h>

#include "base/fail.h"
#include "base/mem.h"
#include "base/text.h"
#include "equilibrium/scenario.h"

#define MAX_BYTES ((size_t)1 << 20)
#define MAX_NAMES 4096

typedef struct reader {
    yaml_document_t doc;
    autk_scenario *scenario;
    autk_err *err;
} reader;

static void free_names(autki_name_list *list)
{
    for (size_t i = 0; i < list->n; i++)
        free(list->names[i].text);
    free(list->names);
}

static void free_step(autki_step *step)
{
    free(step->name.text);
    for (size_t i = 0; i < step->n; i++) {
        free(step->rules[i].column);
        free(step->rules[i].estimate);
        free_names(&step->rules[i].from);
        free_names(&step->rules[i].to);
        free_names(&step->rules[i].sectors);
        free_names(&step->rules[i].closes);
        free(step->rules[i].costs);
    }
    free(step->rules);
}

void autk_scenario_free(autk_scenario *s)
{
    if (s == NULL)
        return;
    free(s->source);
    free(s->name);
    free(s->description);
    free(s->economy);
    for (size_t i = 0; i < s->n_groups; i++) {
        free(s->groups[i].name.text);
        free_names(&s->groups[i].members);
    }
    free(s->groups);
    free_names(&s->coalition);
    free_names(&s->show);
    for (size_t i = 0; i < s->n_steps; i++)
        free_step(&s->steps[i]);
    free(s->steps);
    free(s->factor);
    free(s);
}

/* ------------------------------------------------------------------ nodes */

static autki_place place_of(const yaml_node_t *node)
{
    return (autki_place){(int64_t)node->start_mark.line + 1, (int64_t)node->start_mark.column + 1};
}

static const char *kind_of(const yaml_node_t *node)
{
    return node->type == YAML_MAPPING_NODE    ? "a mapping"
           : node->type == YAML_SEQUENCE_NODE ? "a list"
                                              : (const char *)node->data.scalar.value;
}

static autk_status expected(reader *r, const yaml_node_t *node, const char *what)
{
    autki_place at = place_of(node);
    return autki_fail_at(r->err, AUTK_EPARSE, r->scenario->source, at.line, at.column,
                         "expected %s, got %s%.60s%s", what,
                         node->type == YAML_SCALAR_NODE ? "\"" : "", kind_of(node),
                         node->type == YAML_SCALAR_NODE ? "\"" : "");
}

static autk_status text_of(reader *r, char **out, yaml_node_t *node, const char *what)
{
    if (node->type != YAML_SCALAR_NODE || node->data.scalar.length == 0)
        return expected(r, node, what);
    if (memchr(node->data.scalar.value, '\0', node->data.scalar.length) != NULL)
        return expected(r, node, "text without NUL bytes");
    char *copy = autki_strndup((const char *)node->data.scalar.value, node->data.scalar.length);
    if (copy == NULL)
        return autki_no_memory(r->err, node->data.scalar.length);
    free(*out);
    *out = copy;
    return AUTK_OK;
}

/* "25 %", "25%" or 0.25. */
static autk_status rate_of(reader *r, double *out, yaml_node_t *node, const char *what)
{
    const char *text = (const char *)node->data.scalar.value;
    size_t len = node->type == YAML_SCALAR_NODE ? node->data.scalar.length : 0;
    bool percent = len > 0 && text[len - 1] == '%';
    if (percent)
        len--;
    while (len > 0 && text[len - 1] == ' ')
        len--;
    if (len == 0 || !autki_parse_double(text, len, out))
        return expected(r, node, what);
    if (percent)
        *out /= 100;
    else if (fabs(*out) > 10)
        return expected(r, node, "a rate such as 25 % or 0.25 (above 10 only with %)");
    return AUTK_OK;
}

static autk_status number_of(reader *r, double *out, yaml_node_t *node, const char *what)
{
    if (node->type != YAML_SCALAR_NODE ||
        !autki_parse_double((const char *)node->data.scalar.value, node->data.scalar.length, out))
        return expected(r, node, what);
    return AUTK_OK;
}

static autk_status flag_of(reader *r, bool *out, yaml_node_t *node)
{
    const char *text = (const char *)node->data.scalar.value;
    bool yes = node->type == YAML_SCALAR_NODE && strcmp(text, "true") == 0;
    bool no = node->type == YAML_SCALAR_NODE && strcmp(text, "false") == 0;
    *out = yes;
    return yes || no ? AUTK_OK : expected(r, node, "true or false");
}

static autk_status one_of(reader *r, int *out, yaml_node_t *node, const char *const *words,
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
    return expected(r, node, list);
}

static bool same(const char *a, const char *b)
{
    return a != NULL && b != NULL && strcmp(a, b) == 0;
}

static autk_status add_name(reader *r, autki_name_list *list, yaml_node_t *node, const char *what)
{
    autk_status st = autki_grow(&list->names, &list->capacity, list->n + 1, sizeof *list->names,
                                MAX_NAMES, r->err);
    if (st != AUTK_OK)
        return st;
    list->names[list->n] = (autki_name){.at = place_of(node)};
    st = text_of(r, &list->names[list->n].text, node, what);
    if (st != AUTK_OK)
        return st;
    list->n++;
    for (size_t i = 0; i + 1 < list->n; i++) {
        if (same(list->names[i].text, list->names[list->n - 1].text))
            return expected(r, node, "each name once");
    }
    return AUTK_OK;
}

/* A name, a list of names, "all", or {except: names}. */
static autk_status names_of(reader *r, autki_name_list *list, yaml_node_t *node, const char *what)
{
    if (node->type == YAML_SCALAR_NODE && strcmp((const char *)node->data.scalar.value, "all") == 0)
        return AUTK_OK;
    if (node->type == YAML_SCALAR_NODE)
        return add_name(r, list, node, what);
    if (node->type == YAML_MAPPING_NODE) {
        yaml_node_pair_t *pair = node->data.mapping.pairs.start;
        if (node->data.mapping.pairs.top - pair != 1)
            return expected(r, node, "one key: except");
        yaml_node_t *key = yaml_document_get_node(&r->doc, pair->key);
        yaml_node_t *value = yaml_document_get_node(&r->doc, pair->value);
        if (list->except || key->type != YAML_SCALAR_NODE ||
            strcmp((const char *)key->data.scalar.value, "except") != 0)
            return expected(r, key, "except");
        list->except = true;
        if (value->type == YAML_MAPPING_NODE)
            return expected(r, value, what);
        return names_of(r, list, value, what);
    }
    yaml_node_item_t *item = node->data.sequence.items.start;
    if (item == node->data.sequence.items.top)
        return expected(r, node, "at least one name");
    for (; item < node->data.sequence.items.top; item++) {
        autk_status st = add_name(r, list, yaml_document_get_node(&r->doc, *item), what);
        if (st != AUTK_OK)
            return st;
    }
    return AUTK_OK;
}

/* ------------------------------------------------------------------ mappings by table */

typedef struct key {
    const char *name;
    autk_status (*take)(reader *r, yaml_node_t *value, const char *name, void *into);
} key;

/* Walk a mapping: each key must be in the table, and stand once. */
static autk_status take_mapping(reader *r, yaml_node_t *node, const key *keys, size_t n_keys,
                                void *into, const char *what)
{
    const char *names[32];
    if (node->type != YAML_MAPPING_NODE)
        return expected(r, node, what);
    for (size_t i = 0; i < n_keys; i++)
        names[i] = keys[i].name;
    bool seen[32] = {false};
    for (yaml_node_pair_t *pair = node->data.mapping.pairs.start;
         pair < node->data.mapping.pairs.top; pair++) {
        yaml_node_t *k = yaml_document_get_node(&r->doc, pair->key);
        const char *text = k->type == YAML_SCALAR_NODE ? (const char *)k->data.scalar.value : "";
        size_t i = 0;
        while (i < n_keys && strcmp(keys[i].name, text) != 0)
            i++;
        autki_place at = place_of(k);
        char near[160];
        autk_nearest_names(near, sizeof near, text, names, n_keys, 3);
        if (i == n_keys)
            return autki_fail_at(r->err, AUTK_EPARSE, r->scenario->source, at.line, at.column,
                                 "expected a key of %s, got \"%.60s\"%s%s%s", what, text,
                                 near[0] != '\0' ? " (nearest: " : "", near,
                                 near[0] != '\0' ? ")" : "");
        if (seen[i])
            return expected(r, k, "each key once");
        seen[i] = true;
        autk_status st = keys[i].take(r, yaml_document_get_node(&r->doc, pair->value), text, into);
        if (st != AUTK_OK)
            return st;
    }
    return AUTK_OK;
}

static bool has_key(reader *r, const yaml_node_t *node, const char *name)
{
    if (node->type != YAML_MAPPING_NODE)
        return false;
    for (yaml_node_pair_t *pair = node->data.mapping.pairs.start;
         pair < node->data.mapping.pairs.top; pair++) {
        const yaml_node_t *k = yaml_document_get_node(&r->doc, pair->key);
        if (k->type == YAML_SCALAR_NODE && strcmp((const char *)k->data.scalar.value, name) == 0)
            return true;
    }
    return false;
}

/* ------------------------------------------------------------------ rules */

/* Which word makes which measure. */
static const struct word {
    const char *name;
    autk_measure_kind kind;
} words[] = {{"tariff", AUTK_MEASURE_TARIFF_SET},        {"cost", AUTK_MEASURE_COST},
             {"embargo", AUTK_MEASURE_EMBARGO},          {"export_ban", AUTK_MEASURE_EMBARGO},
             {"export_tax", AUTK_MEASURE_EXPORT_TAX},    {"sanction", AUTK_MEASURE_SANCTION},
             {"productivity", AUTK_MEASURE_PRODUCTIVITY}};

static autk_status take_tariff_set(reader *r, yaml_node_t *v, const char *name, void *into)
{
    autki_rule *rule = into;
    (void)name;
    rule->kind = AUTK_MEASURE_TARIFF_SET;
    return rate_of(r, &rule->value, v, "a tariff rate such as 25 %");
}

static autk_status take_tariff_add(reader *r, yaml_node_t *v, const char *name, void *into)
{
    autki_rule *rule = into;
    (void)name;
    rule->kind = AUTK_MEASURE_TARIFF_ADD;
    return rate_of(r, &rule->value, v, "points to add to the tariff, such as 10 %");
}

static autk_status take_tariff_multiply(reader *r, yaml_node_t *v, const char *name, void *into)
{
    autki_rule *rule = into;
    (void)name;
    rule->kind = AUTK_MEASURE_TARIFF_MULTIPLY;
    autk_status st = number_of(r, &rule->value, v, "a factor of at least 0");
    return st == AUTK_OK && !(rule->value >= 0) ? expected(r, v, "a factor of at least 0") : st;
}

static autk_status take_tariff_column(reader *r, yaml_node_t *v, const char *name, void *into)
{
    autki_rule *rule = into;
    (void)name;
    rule->kind = AUTK_MEASURE_TARIFF_SET;
    return text_of(r, &rule->column, v, "the name of a column of trade.csv");
}

static autk_status take_tariff(reader *r, yaml_node_t *v, autki_rule *rule)
{
    static const key keys[] = {{"set", take_tariff_set},
                               {"add", take_tariff_add},
                               {"multiply", take_tariff_multiply},
                               {"column", take_tariff_column}};
    if (v->type == YAML_SCALAR_NODE)
        return take_tariff_set(r, v, "tariff", rule);
    if (v->type == YAML_MAPPING_NODE &&
        v->data.mapping.pairs.top - v->data.mapping.pairs.start != 1)
        return expected(r, v, "one of set, add, multiply, column");
    return take_mapping(r, v, keys, 4, rule, "a tariff (set, add, multiply, column)");
}

static autk_status take_coefficient(reader *r, yaml_node_t *v, const char *name, void *into)
{
    (void)name;
    return number_of(r, &((autki_rule *)into)->value, v, "a gravity coefficient");
}

static autk_status take_error(reader *r, yaml_node_t *v, const char *name, void *into)
{
    autki_rule *rule = into;
    (void)name;
    autk_status st = number_of(r, &rule->error, v, "a standard error of at least 0");
    return st == AUTK_OK && !(rule->error >= 0) ? expected(r, v, "a standard error of at least 0")
                                                : st;
}

static autk_status take_estimate(reader *r, yaml_node_t *v, const char *name, void *into)
{
    (void)name;
    return text_of(r, &((autki_rule *)into)->estimate, v, "the name of an estimate");
}

static autk_status take_times(reader *r, yaml_node_t *v, const char *name, void *into)
{
    (void)name;
    return number_of(r, &((autki_rule *)into)->times, v, "a number such as -1");
}

static autk_status take_sanction(reader *r, yaml_node_t *v, autki_rule *rule)
{
    static const key number[] = {{"coefficient", take_coefficient}, {"standard_error", take_error}};
    static const key estimate[] = {{"estimate", take_estimate}, {"times", take_times}};
    if (v->type == YAML_SCALAR_NODE)
        return take_coefficient(r, v, "sanction", rule);
    rule->times = 1;
    if (!has_key(r, v, "estimate"))
        return has_key(r, v, "coefficient") || v->type != YAML_MAPPING_NODE
                   ? take_mapping(r, v, number, 2, rule, "a sanction (coefficient, standard_error)")
                   : expected(r, v, "a coefficient or an estimate");
    return take_mapping(r, v, estimate, 2, rule, "an estimated sanction (estimate, times)");
}

static autk_status take_ban(reader *r, yaml_node_t *v)
{
    bool yes = false;
    autk_status st = flag_of(r, &yes, v);
    return st == AUTK_OK && !yes ? expected(r, v, "true; leave it out otherwise") : st;
}

static autk_status take_measure(reader *r, yaml_node_t *v, const char *name, void *into)
{
    autki_rule *rule = into;
    if (rule->word != NULL)
        return expected(r, v, "one measure in an item of the list");
    for (size_t i = 0; i < sizeof words / sizeof *words; i++) {
        if (strcmp(words[i].name, name) == 0) {
            rule->word = words[i].name;
            rule->kind = words[i].kind;
        }
    }
    switch (rule->kind) {
    case AUTK_MEASURE_EMBARGO:
        return take_ban(r, v);
    case AUTK_MEASURE_SANCTION:
        return take_sanction(r, v, rule);
    case AUTK_MEASURE_TARIFF_SET:
        return take_tariff(r, v, rule);
    default:
        break;
    }
    autk_status st = rate_of(r, &rule->value, v, "a rate such as 25 % or -5 %");
    return st == AUTK_OK && !(rule->value > -1) ? expected(r, v, "a rate above -100 %") : st;
}

static autk_status take_from(reader *r, yaml_node_t *v, const char *name, void *into)
{
    (void)name;
    return names_of(r, &((autki_rule *)into)->from, v, "the name of an economy or a group");
}

static autk_status take_to(reader *r, yaml_node_t *v, const char *name, void *into)
{
    (void)name;
    return names_of(r, &((autki_rule *)into)->to, v, "the name of an economy or a group");
}

/* Everyone of the list with everyone else of it. */
static autk_status take_between(reader *r, yaml_node_t *v, const char *name, void *into)
{
    autki_rule *rule = into;
    if (rule->from.n != 0 || rule->to.n != 0)
        return expected(r, v, "either between, or from and to");
    autk_status st = take_from(r, v, name, into);
    return st == AUTK_OK ? take_to(r, v, name, into) : st;
}

static autk_status take_sectors(reader *r, yaml_node_t *v, const char *name, void *into)
{
    (void)name;
    return names_of(r, &((autki_rule *)into)->sectors, v, "the name of a sector");
}

static autk_status take_both(reader *r, yaml_node_t *v, const char *name, void *into)
{
    (void)name;
    return flag_of(r, &((autki_rule *)into)->both, v);
}

/* Places that close, or economies that let no goods pass. */
static autk_status take_close(reader *r, yaml_node_t *v, const char *name, void *into)
{
    autki_rule *rule = into;
    if (rule->word != NULL)
        return expected(r, v, "one measure in an item of the list");
    rule->bans_transit = strcmp(name, "transit_ban") == 0;
    rule->word = rule->bans_transit ? "transit_ban" : "close";
    rule->kind = AUTK_MEASURE_COST;
    autk_status st = names_of(r, &rule->closes, v, "the name of a place, border or economy");
    return st == AUTK_OK && (rule->closes.n == 0 || rule->closes.except)
               ? expected(r, v, "names, not all or except")
               : st;
}

static autk_status take_rule(reader *r, yaml_node_t *node, autki_step *step)
{
    static const key keys[] = {
        {"tariff", take_measure},       {"cost", take_measure},       {"embargo", take_measure},
        {"export_ban", take_measure},   {"export_tax", take_measure}, {"sanction", take_measure},
        {"productivity", take_measure}, {"from", take_from},          {"to", take_to},
        {"between", take_between},      {"sectors", take_sectors},    {"both", take_both},
        {"close", take_close},          {"transit_ban", take_close}};
    autk_status st = autki_grow(&step->rules, &step->capacity, step->n + 1, sizeof *step->rules,
                                AUTKI_MAX_RULES, r->err);
    if (st != AUTK_OK)
        return st;
    autki_rule *rule = &step->rules[step->n++];
    *rule = (autki_rule){.at = place_of(node)};
    st = take_mapping(r, node, keys, sizeof keys / sizeof *keys, rule, "a measure");
    if (st == AUTK_OK && rule->word == NULL)
        st = expected(r, node,
                      "one of tariff, cost, embargo, export_ban, export_tax, sanction, "
                      "productivity, close, transit_ban");
    if (st == AUTK_OK && rule->kind == AUTK_MEASURE_PRODUCTIVITY && (rule->to.n || rule->both))
        st = expected(r, node, "productivity of `from`, without to, between or both");
    return st;
}

/* ------------------------------------------------------------------ steps and the rest */

static autk_status take_step_name(reader *r, yaml_node_t *v, const char *name, void *into)
{
    autki_step *step = into;
    (void)name;
    step->name.at = place_of(v);
    return text_of(r, &step->name.text, v, "the name of the step");
}

static autk_status take_measures(reader *r, yaml_node_t *v, const char *name, void *into)
{
    (void)name;
    if (v->type != YAML_SEQUENCE_NODE)
        return expected(r, v, "a list of measures");
    for (yaml_node_item_t *i = v->data.sequence.items.start; i < v->data.sequence.items.top; i++) {
        autk_status st = take_rule(r, yaml_document_get_node(&r->doc, *i), into);
        if (st != AUTK_OK)
            return st;
    }
    return AUTK_OK;
}

static autk_status add_step(reader *r, autki_step **step, const yaml_node_t *node)
{
    autk_scenario *s = r->scenario;
    autk_status st = autki_grow(&s->steps, &s->steps_capacity, s->n_steps + 1, sizeof *s->steps,
                                AUTKI_MAX_STEPS, r->err);
    if (st != AUTK_OK)
        return st;
    *step = &s->steps[s->n_steps++];
    **step = (autki_step){.name.at = place_of(node)};
    return AUTK_OK;
}

static autk_status take_step(reader *r, yaml_node_t *node)
{
    static const key keys[] = {{"name", take_step_name}, {"measures", take_measures}};
    autk_scenario *s = r->scenario;
    autki_step *step = NULL;
    autk_status st = add_step(r, &step, node);
    if (st == AUTK_OK)
        st = take_mapping(r, node, keys, 2, step, "a step (name, measures)");
    if (st == AUTK_OK && (step->name.text == NULL || step->n == 0))
        st = expected(r, node, "a name and measures");
    for (size_t i = 0; st == AUTK_OK && i + 1 < s->n_steps; i++) {
        if (same(s->steps[i].name.text, step->name.text))
            st = expected(r, node, "each step's name once");
    }
    return st;
}

static autk_status take_steps(reader *r, yaml_node_t *v, const char *name, void *into)
{
    (void)name;
    (void)into;
    if (v->type != YAML_SEQUENCE_NODE || v->data.sequence.items.start == v->data.sequence.items.top)
        return expected(r, v, "a list of steps");
    if (r->scenario->n_steps != 0)
        return expected(r, v, "either steps or measures");
    for (yaml_node_item_t *i = v->data.sequence.items.start; i < v->data.sequence.items.top; i++) {
        autk_status st = take_step(r, yaml_document_get_node(&r->doc, *i));
        if (st != AUTK_OK)
            return st;
    }
    return AUTK_OK;
}

/* Without steps, `measures` at the top is the one step. */
static autk_status take_top_measures(reader *r, yaml_node_t *v, const char *name, void *into)
{
    (void)into;
    autki_step *step = NULL;
    if (r->scenario->n_steps != 0)
        return expected(r, v, "either steps or measures");
    autk_status st = add_step(r, &step, v);
    if (st == AUTK_OK)
        st = take_measures(r, v, name, step);
    return st == AUTK_OK && step->n == 0 ? expected(r, v, "at least one measure") : st;
}

static autk_status take_text(reader *r, yaml_node_t *v, const char *name, void *into)
{
    autk_scenario *s = into;
    char **to = strcmp(name, "name") == 0          ? &s->name
                : strcmp(name, "description") == 0 ? &s->description
                                                   : &s->economy;
    return text_of(r, to, v, "text");
}

static autk_status take_deficits(reader *r, yaml_node_t *v, const char *name, void *into)
{
    static const char *const rules[] = {"fixed", "zero", "output", "surviving"};
    int at = 0;
    (void)name;
    autk_status st = one_of(r, &at, v, rules, 4);
    ((autk_scenario *)into)->deficits = (autk_deficits)at;
    return st;
}

static autk_status take_order(reader *r, yaml_node_t *v, const char *name, void *into)
{
    static const char *const orders[] = {"cumulative", "compared"};
    int at = 0;
    (void)name;
    autk_status st = one_of(r, &at, v, orders, 2);
    ((autk_scenario *)into)->compared = at == 1;
    return st;
}

static autk_status take_theta(reader *r, yaml_node_t *v, const char *name, void *into)
{
    autk_scenario *s = into;
    double *to = strcmp(name, "theta") == 0 ? &s->theta : &s->theta_scale;
    autk_status st = number_of(r, to, v, "a number above 0");
    return st == AUTK_OK && !(*to > 0) ? expected(r, v, "a number above 0") : st;
}

static autk_status take_elasticities(reader *r, yaml_node_t *v, const char *name, void *into)
{
    static const char *const runs[] = {"long-run", "short-run"};
    static const key keys[] = {{"theta", take_theta}, {"factor", take_theta}};
    autk_scenario *s = into;
    int at = 0;
    (void)name;
    if (v->type == YAML_MAPPING_NODE)
        return take_mapping(r, v, keys, 2, s, "elasticities (theta, factor)");
    autk_status st = one_of(r, &at, v, runs, 2);
    s->theta_scale = at == 1 ? AUTKI_SHORT_RUN : 1;
    return st;
}

static autk_status take_group(reader *r, yaml_node_t *k, yaml_node_t *v)
{
    autk_scenario *s = r->scenario;
    autk_status st = autki_grow(&s->groups, &s->groups_capacity, s->n_groups + 1, sizeof *s->groups,
                                1000, r->err);
    if (st != AUTK_OK)
        return st;
    autki_group *group = &s->groups[s->n_groups++];
    *group = (autki_group){.name.at = place_of(k)};
    st = text_of(r, &group->name.text, k, "the name of a group");
    if (st == AUTK_OK)
        st = names_of(r, &group->members, v, "the name of an economy");
    for (size_t i = 0; st == AUTK_OK && i + 1 < s->n_groups; i++) {
        if (strcmp(s->groups[i].name.text, group->name.text) == 0)
            st = expected(r, k, "each group once");
    }
    return st;
}

static autk_status take_groups(reader *r, yaml_node_t *v, const char *name, void *into)
{
    (void)name;
    (void)into;
    if (v->type != YAML_MAPPING_NODE)
        return expected(r, v, "groups: NAME: [economies]");
    for (yaml_node_pair_t *p = v->data.mapping.pairs.start; p < v->data.mapping.pairs.top; p++) {
        autk_status st = take_group(r, yaml_document_get_node(&r->doc, p->key),
                                    yaml_document_get_node(&r->doc, p->value));
        if (st != AUTK_OK)
            return st;
    }
    return AUTK_OK;
}

static autk_status take_list(reader *r, yaml_node_t *v, const char *name, void *into)
{
    autk_scenario *s = into;
    return names_of(r, strcmp(name, "show") == 0 ? &s->show : &s->coalition, v,
                    "the name of an economy or a group");
}

static autk_status take_count(reader *r, yaml_node_t *v, const char *name, void *into)
{
    autk_scenario *s = into;
    int64_t n = 0;
    bool draws = strcmp(name, "draws") == 0;
    if (v->type != YAML_SCALAR_NODE ||
        !autki_parse_int64((const char *)v->data.scalar.value, v->data.scalar.length, &n) ||
        n < 1 || (draws && n > 100000))
        return expected(r, v, draws ? "1 to 100000 draws" : "a seed of at least 1");
    if (draws)
        s->draws = (int)n;
    else
        s->seed = (uint64_t)n;
    return AUTK_OK;
}

static autk_status take_theta_error(reader *r, yaml_node_t *v, const char *name, void *into)
{
    autk_scenario *s = into;
    (void)name;
    autk_status st = rate_of(r, &s->theta_error, v, "a relative standard error such as 20 %");
    return st == AUTK_OK && !(s->theta_error >= 0 && s->theta_error < 1)
               ? expected(r, v, "a relative standard error from 0 to below 100 %")
               : st;
}

static autk_status take_uncertainty(reader *r, yaml_node_t *v, const char *name, void *into)
{
    static const key keys[] = {
        {"draws", take_count}, {"seed", take_count}, {"theta", take_theta_error}};
    (void)name;
    return take_mapping(r, v, keys, 3, into, "uncertainty (draws, seed, theta)");
}

static autk_status take_root(reader *r)
{
    static const key keys[] = {{"name", take_text},     {"description", take_text},
                               {"economy", take_text},  {"deficits", take_deficits},
                               {"order", take_order},   {"elasticities", take_elasticities},
                               {"groups", take_groups}, {"coalition", take_list},
                               {"show", take_list},     {"uncertainty", take_uncertainty},
                               {"steps", take_steps},   {"measures", take_top_measures}};
    yaml_node_t *root = yaml_document_get_root_node(&r->doc);
    if (root == NULL)
        return autki_fail_at(r->err, AUTK_EPARSE, r->scenario->source, 1, 1,
                             "expected a scenario, got an empty file");
    autk_status st =
        take_mapping(r, root, keys, sizeof keys / sizeof *keys, r->scenario, "a scenario");
    if (st == AUTK_OK && r->scenario->n_steps == 0)
        st = expected(r, root, "steps or measures");
    if (st == AUTK_OK && r->scenario->name == NULL)
        st = expected(r, root, "a name");
    autki_step *only = r->scenario->n_steps == 1 ? &r->scenario->steps[0] : NULL;
    if (st == AUTK_OK && only != NULL && only->name.text == NULL) {
        only->name.text = autki_strdup(autk_scenario_name(r->scenario));
        if (only->name.text == NULL)
            st = autki_no_memory(r->err, 1);
    }
    return st;
}

static autk_status parse(autk_scenario *s, const char *bytes, size_t size, autk_err *err)
{
    yaml_parser_t parser;
    reader r = {.scenario = s, .err = err};
    if (!yaml_parser_initialize(&parser))
        return autki_no_memory(err, sizeof parser);
    yaml_parser_set_input_string(&parser, (const unsigned char *)bytes, size);
    if (!yaml_parser_load(&parser, &r.doc)) {
        autk_status st = autki_fail_at(
            err, parser.error == YAML_MEMORY_ERROR ? AUTK_ENOMEM : AUTK_EPARSE, s->source,
            (int64_t)parser.problem_mark.line + 1, (int64_t)parser.problem_mark.column + 1,
            "expected YAML, got: %s", parser.problem != NULL ? parser.problem : "out of memory");
        yaml_parser_delete(&parser);
        return st;
    }
    autk_status st = take_root(&r);
    yaml_document_delete(&r.doc);
    if (st == AUTK_OK && yaml_parser_load(&parser, &r.doc)) {
        if (yaml_document_get_root_node(&r.doc) != NULL)
            st = expected(&r, yaml_document_get_root_node(&r.doc), "one document in a file");
        yaml_document_delete(&r.doc);
    } else if (st == AUTK_OK) {
        st = autki_fail_at(err, AUTK_EPARSE, s->source, (int64_t)parser.problem_mark.line + 1,
                           (int64_t)parser.problem_mark.column + 1, "expected YAML, got: %s",
                           parser.problem != NULL ? parser.problem : "out of memory");
    }
    yaml_parser_delete(&parser);
    return st;
}

autk_status autk_scenario_read(autk_scenario **out, autk_input *input, autk_err *err)
{
    char *bytes = NULL;
    size_t size = 0;
    autk_scenario *s = autki_calloc(1, sizeof *s);
    if (s == NULL)
        return autki_no_memory(err, sizeof *s);
    s->theta_scale = 1;
    s->seed = 1;
    autk_status st = autk_input_slurp(&bytes, &size, input, MAX_BYTES, err);
    if (st == AUTK_OK) {
        s->source = autki_strdup(autk_input_name(input));
        st = s->source == NULL ? autki_no_memory(err, 1) : parse(s, bytes, size, err);
    }
    free(bytes);
    if (st != AUTK_OK) {
        autk_scenario_free(s);
        return st;
    }
    *out = s;
    return AUTK_OK;
}

/* ------------------------------------------------------------------ looking */

static const char *or_empty(const char *text)
{
    return text != NULL ? text : "";
}

const char *autk_scenario_name(const autk_scenario *scenario)
{
    return or_empty(scenario->name);
}

const char *autk_scenario_economy(const autk_scenario *scenario)
{
    return or_empty(scenario->economy);
}

size_t autk_scenario_n_steps(const autk_scenario *scenario)
{
    return scenario->n_steps;
}

const char *autk_scenario_step(const autk_scenario *scenario, size_t step)
{
    return step < scenario->n_steps ? or_empty(scenario->steps[step].name.text) : "";
}

bool autk_scenario_has_closures(const autk_scenario *s)
{
    for (size_t i = 0; i < s->n_steps; i++) {
        for (size_t k = 0; k < s->steps[i].n; k++) {
            if (s->steps[i].rules[k].closes.n != 0)
                return true;
        }
    }
    return false;
}
