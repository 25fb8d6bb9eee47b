/* A scenario's names looked up in an economy; rules become measures. */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/fail.h"
#include "base/mem.h"
#include "equilibrium/scenario.h"

typedef struct binder {
    const autk_scenario *s;
    const autk_economy *e;
    autk_err *err;
} binder;

static autk_status mark_economy(const binder *b, uint8_t *mask, const autki_name *name)
{
    if (autki_economy_mark_one(mask, b->e, name->text, strlen(name->text)))
        return AUTK_OK;
    return autki_names_unknown(&b->e->regions, "an economy or a group", name->text, b->s->source,
                               name->at.line, name->at.column, b->err);
}

static autk_status mark_name(const binder *b, uint8_t *mask, const autki_name *name)
{
    for (size_t g = 0; g < b->s->n_groups; g++) {
        if (strcmp(b->s->groups[g].name.text, name->text) != 0)
            continue;
        const autki_name_list *members = &b->s->groups[g].members;
        for (size_t i = 0; i < members->n; i++) {
            autk_status st = mark_economy(b, mask, &members->names[i]);
            if (st != AUTK_OK)
                return st;
        }
        for (int32_t i = 0; members->except && i < b->e->regions.n; i++)
            mask[i] = !mask[i];
        return AUTK_OK;
    }
    return mark_economy(b, mask, name);
}

static autk_status mark_regions(const binder *b, uint8_t *mask, const autki_name_list *list)
{
    memset(mask, list->n == 0, (size_t)b->e->regions.n);
    for (size_t i = 0; i < list->n; i++) {
        autk_status st = mark_name(b, mask, &list->names[i]);
        if (st != AUTK_OK)
            return st;
    }
    for (int32_t i = 0; list->except && i < b->e->regions.n; i++)
        mask[i] = !mask[i];
    return AUTK_OK;
}

static autk_status mark_sectors(const binder *b, uint8_t *mask, const autki_name_list *list)
{
    memset(mask, list->n == 0, (size_t)b->e->sectors.n);
    for (size_t i = 0; i < list->n; i++) {
        const autki_name *name = &list->names[i];
        int32_t at = autki_names_find(&b->e->sectors, name->text, strlen(name->text));
        if (at < 0)
            return autki_names_unknown(&b->e->sectors, "a sector", name->text, b->s->source,
                                       name->at.line, name->at.column, b->err);
        mask[at] = 1;
    }
    for (int32_t i = 0; list->except && i < b->e->sectors.n; i++)
        mask[i] = !mask[i];
    return AUTK_OK;
}

static bool overlap(const uint8_t *a, const uint8_t *b, int32_t n)
{
    for (int32_t i = 0; i < n; i++) {
        if (a[i] && b[i])
            return true;
    }
    return false;
}

static bool touch_same_flows(const autk_economy *e, const autk_measure *a, const autk_measure *b)
{
    return overlap(a->sellers, b->sellers, e->regions.n) &&
           overlap(a->buyers, b->buyers, e->regions.n) &&
           overlap(a->sectors, b->sectors, e->sectors.n);
}

/* Of two measures of a step on the same flows: two tariffs set apart, or anything on top of an
 * embargo, contradict each other. Adding and multiplying is in order. */
static autk_status check_contradictions(const binder *b, const autki_bound_step *step)
{
    for (size_t i = 0; i < step->n; i++) {
        for (size_t k = 0; k < i; k++) {
            const autk_measure *x = &step->measures[i], *y = &step->measures[k];
            if (step->rules[i] == step->rules[k] || x->kind == AUTK_MEASURE_PRODUCTIVITY ||
                y->kind == AUTK_MEASURE_PRODUCTIVITY)
                continue;
            bool two_tariffs = x->kind == AUTK_MEASURE_TARIFF_SET && y->kind == x->kind &&
                               (x->values != NULL || x->value != y->value);
            bool on_embargo =
                (x->kind == AUTK_MEASURE_EMBARGO) != (y->kind == AUTK_MEASURE_EMBARGO);
            if ((two_tariffs || on_embargo) && touch_same_flows(b->e, x, y)) {
                const autki_place *at = &step->rules[i]->at, *other = &step->rules[k]->at;
                return autki_fail_at(
                    b->err, AUTK_EDATA, b->s->source, at->line, at->column,
                    "expected one measure on a flow, got %s where line %lld has %s",
                    step->rules[i]->word, (long long)other->line, step->rules[k]->word);
            }
        }
    }
    return AUTK_OK;
}

static autk_status check_touches(const binder *b, const autki_rule *rule, const autk_measure *m)
{
    bool any = false;
    for (int32_t i = 0; !any && i < b->e->regions.n; i++) {
        for (int32_t n = 0; !any && n < b->e->regions.n; n++)
            any =
                m->sellers[i] && (m->kind == AUTK_MEASURE_PRODUCTIVITY || (m->buyers[n] && i != n));
    }
    if (any)
        return AUTK_OK;
    return autki_fail_at(b->err, AUTK_EDATA, b->s->source, rule->at.line, rule->at.column,
                         "expected a seller and another economy that buys, got none");
}

/* What a closure costs is found later, from the routes. */
static autk_status bind_closing(const binder *b, autki_bound *bound, size_t step,
                                const autki_rule *rule, const autk_measure *m)
{
    if (b->s->router.state == NULL)
        return autki_fail_at(b->err, AUTK_EARG, b->s->source, rule->at.line, rule->at.column,
                             "expected closures to be routed (autk_scenario_route) before");
    if (bound->n_closings == AUTKI_MAX_CLOSINGS)
        return autki_fail_at(b->err, AUTK_ELIMIT, b->s->source, rule->at.line, rule->at.column,
                             "expected at most %d measures that close, got more",
                             AUTKI_MAX_CLOSINGS);
    autk_status st = autki_grow(&bound->closings, &bound->closings_capacity, bound->n_closings + 1,
                                sizeof *bound->closings, AUTKI_MAX_CLOSINGS, b->err);
    if (st == AUTK_OK)
        bound->closings[bound->n_closings++] =
            (autki_closing){rule, m->sellers, m->buyers, m->sectors, step};
    return st;
}

static autk_status bind_rule(const binder *b, autki_bound *bound, size_t step,
                             const autki_rule *rule, uint8_t *masks)
{
    autki_bound_step *out = &bound->steps[step];
    size_t regions = (size_t)b->e->regions.n;
    uint8_t *from = masks, *to = masks + regions, *sectors = to + regions;
    autk_measure m = {.kind = rule->kind,
                      .value = rule->value,
                      .sellers = from,
                      .buyers = to,
                      .sectors = sectors};
    autk_status st = mark_regions(b, from, &rule->from);
    if (st == AUTK_OK)
        st = mark_regions(b, to, &rule->to);
    if (st == AUTK_OK)
        st = mark_sectors(b, sectors, &rule->sectors);
    if (st == AUTK_OK)
        st = check_touches(b, rule, &m);
    if (st == AUTK_OK && rule->estimate != NULL && b->s->factor == NULL)
        st = autki_fail_at(b->err, AUTK_EDATA, b->s->source, rule->at.line, rule->at.column,
                           "expected a file of coefficients for the estimate %.60s, got none",
                           rule->estimate);
    if (st == AUTK_OK && autki_rule_closes(rule))
        return bind_closing(b, bound, step, rule, &m);
    if (st == AUTK_OK && rule->column != NULL) {
        double *table = NULL;
        st = autki_read_column(&table, b->e, rule->column, b->err);
        if (st == AUTK_OK)
            out->tables[out->n_tables++] = table;
        m.values = table;
    }
    if (st != AUTK_OK)
        return st;
    out->rules[out->n] = rule;
    out->measures[out->n++] = m;
    if (rule->both) {
        m.sellers = to;
        m.buyers = from;
        out->rules[out->n] = rule;
        out->measures[out->n++] = m;
    }
    return AUTK_OK;
}

static autk_status bind_step(const binder *b, autki_bound *bound, size_t at)
{
    const autki_step *step = &b->s->steps[at];
    autki_bound_step *out = &bound->steps[at];
    size_t mask_bytes = 2 * (size_t)b->e->regions.n + (size_t)b->e->sectors.n;
    out->measures = autki_calloc(2 * step->n, sizeof *out->measures);
    out->rules = autki_calloc(2 * step->n, sizeof(const autki_rule *));
    out->masks = autki_calloc(step->n, mask_bytes);
    out->tables = autki_calloc(step->n, sizeof *out->tables);
    if (out->measures == NULL || out->rules == NULL || out->masks == NULL || out->tables == NULL)
        return autki_no_memory(b->err, step->n * mask_bytes);
    for (size_t i = 0; i < step->n; i++) {
        autk_status st = bind_rule(b, bound, at, &step->rules[i], out->masks + i * mask_bytes);
        if (st != AUTK_OK)
            return st;
    }
    return check_contradictions(b, out);
}

void autki_bound_deinit(autki_bound *bound)
{
    for (size_t i = 0; bound->steps != NULL && i < bound->n_steps; i++) {
        autki_bound_step *step = &bound->steps[i];
        free(step->measures);
        free(step->rules);
        free(step->masks);
        for (size_t k = 0; k < step->n_tables; k++)
            free(step->tables[k]);
        free(step->tables);
    }
    free(bound->steps);
    free(bound->closings);
    free(bound->coalition);
    free(bound->show);
    free(bound->theta_column);
    memset(bound, 0, sizeof *bound);
}

autk_status autki_scenario_bind(autki_bound *out, const autk_scenario *scenario,
                                const autk_economy *economy, autk_err *err)
{
    binder b = {.s = scenario, .e = economy, .err = err};
    size_t regions = (size_t)economy->regions.n;
    autki_bound bound = {.n_steps = scenario->n_steps};
    bound.steps = autki_calloc(scenario->n_steps, sizeof *bound.steps);
    bound.show = autki_calloc(regions, 1);
    bool shares = scenario->coalition.n != 0 || scenario->coalition.except;
    if (shares)
        bound.coalition = autki_calloc(regions, 1);
    autk_status st = AUTK_OK;
    if (bound.steps == NULL || bound.show == NULL || (shares && bound.coalition == NULL))
        st = autki_no_memory(err, regions);
    if (st == AUTK_OK)
        st = mark_regions(&b, bound.show, &scenario->show);
    if (st == AUTK_OK && shares)
        st = mark_regions(&b, bound.coalition, &scenario->coalition);
    if (st == AUTK_OK && scenario->theta_draws.n != 0)
        st = autki_theta_draws_bind(&bound.theta_column, &scenario->theta_draws, economy, err);
    for (size_t i = 0; st == AUTK_OK && i < scenario->n_steps; i++)
        st = bind_step(&b, &bound, i);
    if (st != AUTK_OK) {
        autki_bound_deinit(&bound);
        return st;
    }
    *out = bound;
    return AUTK_OK;
}
