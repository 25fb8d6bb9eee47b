/* YAML to a scenario: its steps and settings. The measures are read by scenario_rules.c. */
#include "equilibrium/scenario_read.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/fail.h"
#include "base/mem.h"
#include "base/text.h"

#define MAX_BYTES ((size_t)1 << 20)

static autk_status take_step_name(autki_yaml *y, yaml_node_t *v, const char *name, void *into)
{
    autki_step *step = into;
    (void)name;
    step->name.at = autki_yaml_place(v);
    return autki_yaml_text(y, &step->name.text, v, "the name of the step");
}

static autk_status take_measures(autki_yaml *y, yaml_node_t *v, const char *name, void *into)
{
    (void)name;
    return autki_yaml_list(y, v, autki_rule_take, into, "a measure");
}

static autk_status add_step(autki_yaml *y, autki_step **step, autk_scenario *s,
                            const yaml_node_t *node)
{
    autk_status st = autki_grow(&s->steps, &s->steps_capacity, s->n_steps + 1, sizeof *s->steps,
                                AUTKI_MAX_STEPS, y->err);
    if (st != AUTK_OK)
        return st;
    *step = &s->steps[s->n_steps++];
    **step = (autki_step){.name.at = autki_yaml_place(node)};
    return AUTK_OK;
}

static autk_status take_step(autki_yaml *y, yaml_node_t *node, const char *what, void *into)
{
    static const autki_yaml_key keys[] = {{"name", take_step_name}, {"measures", take_measures}};
    autk_scenario *s = into;
    autki_step *step = NULL;
    autk_status st = add_step(y, &step, s, node);
    if (st == AUTK_OK)
        st = autki_yaml_mapping(y, node, keys, 2, step, what);
    if (st == AUTK_OK && (step->name.text == NULL || step->n == 0))
        st = autki_yaml_expected(y, node, "a name and measures");
    for (size_t i = 0; st == AUTK_OK && i + 1 < s->n_steps; i++) {
        if (strcmp(s->steps[i].name.text, step->name.text) == 0)
            st = autki_yaml_expected(y, node, "each step's name once");
    }
    return st;
}

static autk_status take_steps(autki_yaml *y, yaml_node_t *v, const char *name, void *into)
{
    autk_scenario *s = into;
    (void)name;
    if (s->n_steps != 0)
        return autki_yaml_expected(y, v, "either steps or measures");
    return autki_yaml_list(y, v, take_step, s, "a step (name, measures)");
}

/* Without steps, `measures` at the top is the one step. */
static autk_status take_top_measures(autki_yaml *y, yaml_node_t *v, const char *name, void *into)
{
    autk_scenario *s = into;
    autki_step *step = NULL;
    if (s->n_steps != 0)
        return autki_yaml_expected(y, v, "either steps or measures");
    autk_status st = add_step(y, &step, s, v);
    return st == AUTK_OK ? take_measures(y, v, name, step) : st;
}

static autk_status take_text(autki_yaml *y, yaml_node_t *v, const char *name, void *into)
{
    autk_scenario *s = into;
    return autki_yaml_text(y, strcmp(name, "name") == 0 ? &s->name : &s->description, v, "text");
}

/* A year of the world dataset, or a path. */
static autk_status take_economy(autki_yaml *y, yaml_node_t *v, const char *name, void *into)
{
    autk_scenario *s = into;
    bool world = v->type == YAML_SCALAR_NODE &&
                 strncmp((const char *)v->data.scalar.value, "world-", 6) == 0;
    (void)name;
    return world ? autki_yaml_text(y, &s->economy, v, "text")
                 : autki_yaml_path(y, &s->economy, v, "world-YEAR or a path");
}

static autk_status take_coefficients(autki_yaml *y, yaml_node_t *v, const char *name, void *into)
{
    autk_scenario *s = into;
    (void)name;
    s->coefficients.at = autki_yaml_place(v);
    return autki_yaml_path(y, &s->coefficients.text, v, "the path of a file of coefficients");
}

static autk_status take_deficits(autki_yaml *y, yaml_node_t *v, const char *name, void *into)
{
    static const char *const rules[] = {"fixed", "zero", "output", "surviving"};
    int at = 0;
    (void)name;
    autk_status st = autki_yaml_word(y, &at, v, rules, 4);
    ((autk_scenario *)into)->deficits = (autk_deficits)at;
    return st;
}

static autk_status take_order(autki_yaml *y, yaml_node_t *v, const char *name, void *into)
{
    static const char *const orders[] = {"cumulative", "compared"};
    int at = 0;
    (void)name;
    autk_status st = autki_yaml_word(y, &at, v, orders, 2);
    ((autk_scenario *)into)->compared = at == 1;
    return st;
}

static autk_status take_theta(autki_yaml *y, yaml_node_t *v, const char *name, void *into)
{
    autk_scenario *s = into;
    double *to = strcmp(name, "theta") == 0 ? &s->theta : &s->theta_scale;
    autk_status st = autki_yaml_number(y, to, v, "a number above 0");
    return st == AUTK_OK && !(*to > 0) ? autki_yaml_expected(y, v, "a number above 0") : st;
}

static autk_status take_elasticities(autki_yaml *y, yaml_node_t *v, const char *name, void *into)
{
    static const char *const runs[] = {"long-run", "short-run"};
    static const autki_yaml_key keys[] = {{"theta", take_theta}, {"factor", take_theta}};
    autk_scenario *s = into;
    int at = 0;
    (void)name;
    if (v->type == YAML_MAPPING_NODE)
        return autki_yaml_mapping(y, v, keys, 2, s, "elasticities (theta, factor)");
    autk_status st = autki_yaml_word(y, &at, v, runs, 2);
    s->theta_scale = at == 1 ? AUTKI_SHORT_RUN : 1;
    return st;
}

static autk_status take_group(autki_yaml *y, autk_scenario *s, yaml_node_t *k, yaml_node_t *v)
{
    autk_status st = autki_grow(&s->groups, &s->groups_capacity, s->n_groups + 1, sizeof *s->groups,
                                1000, y->err);
    if (st != AUTK_OK)
        return st;
    autki_group *group = &s->groups[s->n_groups++];
    *group = (autki_group){.name.at = autki_yaml_place(k)};
    st = autki_yaml_text(y, &group->name.text, k, "the name of a group");
    if (st == AUTK_OK)
        st = autki_yaml_names(y, &group->members, v, "the name of an economy");
    for (size_t i = 0; st == AUTK_OK && i + 1 < s->n_groups; i++) {
        if (strcmp(s->groups[i].name.text, group->name.text) == 0)
            st = autki_yaml_expected(y, k, "each group once");
    }
    return st;
}

static autk_status take_groups(autki_yaml *y, yaml_node_t *v, const char *name, void *into)
{
    (void)name;
    if (v->type != YAML_MAPPING_NODE)
        return autki_yaml_expected(y, v, "groups: NAME: [economies]");
    for (yaml_node_pair_t *p = v->data.mapping.pairs.start; p < v->data.mapping.pairs.top; p++) {
        autk_status st = take_group(y, into, yaml_document_get_node(&y->doc, p->key),
                                    yaml_document_get_node(&y->doc, p->value));
        if (st != AUTK_OK)
            return st;
    }
    return AUTK_OK;
}

static autk_status take_list(autki_yaml *y, yaml_node_t *v, const char *name, void *into)
{
    autk_scenario *s = into;
    return autki_yaml_names(y, strcmp(name, "show") == 0 ? &s->show : &s->coalition, v,
                            "the name of an economy or a group");
}

static autk_status take_count(autki_yaml *y, yaml_node_t *v, const char *name, void *into)
{
    autk_scenario *s = into;
    int64_t n = 0;
    bool draws = strcmp(name, "draws") == 0;
    if (v->type != YAML_SCALAR_NODE ||
        !autki_parse_int64((const char *)v->data.scalar.value, v->data.scalar.length, &n) ||
        n < 1 || (draws && n > 100000))
        return autki_yaml_expected(y, v, draws ? "1 to 100000 draws" : "a seed of at least 1");
    if (draws)
        s->draws = (int)n;
    else
        s->seed = (uint64_t)n;
    return AUTK_OK;
}

/* A relative standard error, or the path of a file of draws. */
static autk_status take_theta_error(autki_yaml *y, yaml_node_t *v, const char *name, void *into)
{
    autk_scenario *s = into;
    const char *text = v->type == YAML_SCALAR_NODE ? (const char *)v->data.scalar.value : "";
    size_t len = strlen(text);
    (void)name;
    if (len > 4 && strcmp(text + len - 4, ".csv") == 0) {
        s->theta_file.at = autki_yaml_place(v);
        return autki_yaml_path(y, &s->theta_file.text, v, "the path of a file of draws");
    }
    autk_status st = autki_yaml_rate(y, &s->theta_error, v,
                                     "a relative standard error such as 20 %, or a .csv of draws");
    return st == AUTK_OK && !(s->theta_error >= 0 && s->theta_error < 1)
               ? autki_yaml_expected(y, v, "a relative standard error from 0 to below 100 %")
               : st;
}

static autk_status take_transport_draws(autki_yaml *y, yaml_node_t *v, const char *name, void *into)
{
    static const char *const words[] = {"ranges", "fixed"};
    int at = 0;
    (void)name;
    autk_status st = autki_yaml_word(y, &at, v, words, 2);
    ((autk_scenario *)into)->transport_fixed = at == 1;
    return st;
}

/* Costs of transport by name; whether there are such is known where the network is. */
static autk_status add_transport(autki_yaml *y, autk_scenario *s, yaml_node_t *k, yaml_node_t *v)
{
    double value = 0;
    char *cost = NULL, setting[120];
    autk_status st = autki_yaml_text(y, &cost, k, "the name of a cost of transport");
    if (st == AUTK_OK)
        st = autki_yaml_number(y, &value, v, "a number");
    if (st == AUTK_OK)
        st = autki_grow(&s->transport.names, &s->transport.capacity, s->transport.n + 1,
                        sizeof *s->transport.names, 1000, y->err);
    if (st == AUTK_OK)
        (void)snprintf(setting, sizeof setting, "%.80s=%.17g", cost, value);
    for (size_t i = 0; st == AUTK_OK && i < s->transport.n; i++) {
        size_t len = strcspn(setting, "=") + 1;
        if (strncmp(s->transport.names[i].text, setting, len) == 0)
            st = autki_yaml_expected(y, k, "each cost of transport once");
    }
    if (st == AUTK_OK) {
        autki_name *name = &s->transport.names[s->transport.n];
        *name = (autki_name){autki_strdup(setting), autki_yaml_place(k)};
        st = name->text != NULL ? AUTK_OK : autki_no_memory(y->err, sizeof setting);
    }
    if (st == AUTK_OK)
        s->transport.n++;
    free(cost);
    return st;
}

static autk_status take_transport(autki_yaml *y, yaml_node_t *v, const char *name, void *into)
{
    (void)name;
    if (v->type != YAML_MAPPING_NODE)
        return autki_yaml_expected(y, v, "transport: {NAME: VALUE}");
    for (yaml_node_pair_t *p = v->data.mapping.pairs.start; p < v->data.mapping.pairs.top; p++) {
        autk_status st = add_transport(y, into, yaml_document_get_node(&y->doc, p->key),
                                       yaml_document_get_node(&y->doc, p->value));
        if (st != AUTK_OK)
            return st;
    }
    return AUTK_OK;
}

static autk_status take_uncertainty(autki_yaml *y, yaml_node_t *v, const char *name, void *into)
{
    static const autki_yaml_key keys[] = {{"draws", take_count},
                                          {"seed", take_count},
                                          {"theta", take_theta_error},
                                          {"transport", take_transport_draws}};
    (void)name;
    return autki_yaml_mapping(y, v, keys, 4, into, "uncertainty (draws, seed, theta, transport)");
}

static autk_status take_root(autki_yaml *y, yaml_node_t *root, const char *what, void *into)
{
    static const autki_yaml_key keys[] = {{"name", take_text},
                                          {"description", take_text},
                                          {"economy", take_economy},
                                          {"coefficients", take_coefficients},
                                          {"deficits", take_deficits},
                                          {"order", take_order},
                                          {"elasticities", take_elasticities},
                                          {"groups", take_groups},
                                          {"coalition", take_list},
                                          {"show", take_list},
                                          {"uncertainty", take_uncertainty},
                                          {"transport", take_transport},
                                          {"steps", take_steps},
                                          {"measures", take_top_measures}};
    autk_scenario *s = into;
    autk_status st = autki_yaml_mapping(y, root, keys, sizeof keys / sizeof *keys, s, what);
    if (st == AUTK_OK && s->n_steps == 0)
        st = autki_yaml_expected(y, root, "steps or measures");
    if (st == AUTK_OK && s->name == NULL)
        st = autki_yaml_expected(y, root, "a name");
    autki_step *only = s->n_steps == 1 ? &s->steps[0] : NULL;
    if (st == AUTK_OK && only != NULL && only->name.text == NULL) {
        only->name.text = autki_strdup(s->name);
        if (only->name.text == NULL)
            st = autki_no_memory(y->err, 1);
    }
    return st;
}

static autk_status begin(autk_scenario **out, const char *source, autk_err *err)
{
    autk_scenario *s = autki_calloc(1, sizeof *s);
    if (s == NULL)
        return autki_no_memory(err, sizeof *s);
    s->theta_scale = 1;
    s->seed = 1;
    s->source = autki_strdup(source);
    if (s->source == NULL) {
        autk_scenario_free(s);
        return autki_no_memory(err, strlen(source));
    }
    *out = s;
    return AUTK_OK;
}

static autk_status finish(autk_scenario **out, autk_scenario *s, autk_status st)
{
    if (st == AUTK_OK)
        *out = s;
    else
        autk_scenario_free(s);
    return st;
}

autk_status autki_scenario_of_node(autk_scenario **out, autki_yaml *y, yaml_node_t *node)
{
    autk_scenario *s = NULL;
    autk_status st = begin(&s, y->source, y->err);
    return st == AUTK_OK ? finish(out, s, take_root(y, node, "a scenario", s)) : st;
}

autk_status autk_scenario_read(autk_scenario **out, autk_input *input, autk_err *err)
{
    char *bytes = NULL;
    size_t size = 0;
    autk_scenario *s = NULL;
    autk_status st = begin(&s, autk_input_name(input), err);
    if (st != AUTK_OK)
        return st;
    autki_yaml y = {.source = s->source, .err = err};
    st = autk_input_slurp(&bytes, &size, input, MAX_BYTES, err);
    if (st == AUTK_OK)
        st = autki_yaml_document(&y, bytes, size, take_root, s, "a scenario");
    free(bytes);
    return finish(out, s, st);
}

static autk_status read_file(autk_scenario *s, const autki_name *path,
                             autk_status (*use)(autk_scenario *, autk_input *, autk_err *),
                             autk_err *err)
{
    autk_input *input = NULL;
    autk_err why = {0};
    if (autk_input_open(&input, path->text, &why) != AUTK_OK)
        return autki_fail_at(err, why.code, s->source, path->at.line, path->at.column,
                             "expected %.120s, got: %.120s", path->text, why.msg);
    autk_status st = use(s, input, err);
    autk_input_free(input);
    return st;
}

autk_status autk_scenario_read_files(autk_scenario *scenario, autk_err *err)
{
    autk_status st = AUTK_OK;
    if (scenario->coefficients.text != NULL && scenario->factor == NULL)
        st = read_file(scenario, &scenario->coefficients, autk_scenario_use_coefficients, err);
    if (st == AUTK_OK && scenario->theta_file.text != NULL && scenario->theta_draws.n == 0)
        st = read_file(scenario, &scenario->theta_file, autk_scenario_use_theta_draws, err);
    return st;
}
