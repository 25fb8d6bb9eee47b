/* Closures of a scenario as costs between its economies. */
#include <autarky/closures.h>

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/fail.h"
#include "base/mem.h"
#include "equilibrium/scenario.h"

typedef struct router {
    const autk_scenario *scenario;
    const autk_economy *economy;
    autk_network *network;
    autk_closures *in_force; /* in the baseline's year: its trade goes round them already */
    autk_pair_costs *pairs;  /* with these */
    int32_t *index;          /* [n_regions] the world's economy; -1 = none */
    size_t n_world;
    double *before, *now; /* [n_world * n_world] row exporter: change of cost */
} router;

/* The place in the file, before the message. */
static autk_status at_name(const router *r, const autki_name *name, autk_status st, autk_err *err)
{
    char message[sizeof err->msg];
    if (st == AUTK_OK || st == AUTK_ENOMEM || err == NULL)
        return st;
    memcpy(message, err->msg, sizeof message);
    st = st == AUTK_EARG ? AUTK_EDATA : st; /* a mistake in the file, not in the call */
    return autki_fail_at(err, st, r->scenario->source, name->at.line, name->at.column, "%s",
                         message);
}

static autk_status add_rule(const router *r, autk_closures *closures, const autki_rule *rule,
                            autk_err *err)
{
    autk_status st = AUTK_OK;
    for (size_t i = 0; st == AUTK_OK && i < rule->closes.n; i++) {
        const autki_name *name = &rule->closes.names[i];
        st = rule->bans_transit ? autk_closures_ban_transit(closures, name->text, err)
                                : autk_closures_add(closures, name->text, err);
        st = at_name(r, name, st, err);
    }
    return st;
}

/* What this rule adds to the closures before it: the ratio of the two changes of cost. */
static autk_status cost_of(autki_rule *rule, const router *r, autk_err *err)
{
    size_t n = (size_t)autk_economy_n_regions(r->economy);
    free(rule->costs);
    rule->costs = autki_malloc(n * n, sizeof *rule->costs);
    if (rule->costs == NULL)
        return autki_no_memory(err, n * n * sizeof *rule->costs);
    for (size_t importer = 0; importer < n; importer++) {
        for (size_t exporter = 0; exporter < n; exporter++) {
            double *cost = &rule->costs[importer * n + exporter];
            int32_t from = r->index[exporter], to = r->index[importer];
            *cost = 0.0;
            if (from < 0 || to < 0 || importer == exporter)
                continue;
            size_t at = (size_t)from * r->n_world + (size_t)to;
            if (isinf(r->now[at]))
                *cost = INFINITY;
            else if (r->now[at] > 0.0 && r->before[at] > 0.0)
                *cost = r->now[at] / r->before[at] - 1.0;
        }
    }
    return AUTK_OK;
}

static autk_status route_step(const router *r, autk_closures *closures, autki_step *step,
                              autk_err *err)
{
    size_t cells = r->n_world * r->n_world;
    autk_status st = AUTK_OK;
    for (size_t k = 0; st == AUTK_OK && k < step->n; k++) {
        autki_rule *rule = &step->rules[k];
        if (rule->closes.n == 0)
            continue;
        memcpy(r->before, r->now, cells * sizeof *r->now);
        st = add_rule(r, closures, rule, err);
        if (st == AUTK_OK)
            st = autk_corridor_d_hat(r->now, r->pairs, closures, err);
        if (st == AUTK_OK)
            st = cost_of(rule, r, err);
    }
    return st;
}

/* What was in force in the baseline's year. */
static autk_status close_baseline(autk_closures **out, const router *r, autk_err *err)
{
    int year = autk_economy_year(r->economy);
    autk_status st = autk_closures_create(out, r->network, err);
    if (st == AUTK_OK && year != 0)
        st = autk_closures_add_date(*out, year * 10000 + 1231, -1, NULL, err);
    return st;
}

static autk_status route_all(const router *r, autk_scenario *s, autk_err *err)
{
    autk_closures *closures = NULL;
    autk_status st = AUTK_OK;
    for (size_t i = 0; st == AUTK_OK && i < s->n_steps; i++) {
        if (i == 0 || s->compared) {
            autk_closures_free(closures);
            closures = NULL;
            st = close_baseline(&closures, r, err);
            for (size_t k = 0; k < r->n_world * r->n_world; k++)
                r->now[k] = 1.0;
        }
        if (st == AUTK_OK)
            st = route_step(r, closures, &s->steps[i], err);
    }
    autk_closures_free(closures);
    return st;
}

static autk_status open_router(router *r, const autk_world *world, autk_err *err)
{
    size_t n = (size_t)autk_economy_n_regions(r->economy);
    r->n_world = (size_t)autk_world_n_economies(world);
    r->index = autki_malloc(n, sizeof *r->index);
    r->before = autki_malloc(r->n_world * r->n_world, sizeof *r->before);
    r->now = autki_malloc(r->n_world * r->n_world, sizeof *r->now);
    if (r->index == NULL || r->before == NULL || r->now == NULL)
        return autki_no_memory(err, r->n_world * r->n_world * sizeof *r->now);
    for (size_t i = 0; i < n; i++) {
        autk_err ignored;
        if (autk_world_find_economy(&r->index[i], world,
                                    autk_economy_region(r->economy, (int32_t)i), 0,
                                    &ignored) != AUTK_OK)
            r->index[i] = -1;
    }
    int year = autk_economy_year(r->economy);
    autk_network_opts opts = {.no_shapes = true, .date = year != 0 ? year * 10000 + 1231 : 0};
    autk_status st = autk_network_open(&r->network, world, &opts, err);
    if (st == AUTK_OK)
        st = close_baseline(&r->in_force, r, err);
    if (st == AUTK_OK)
        st =
            autk_pair_costs_create(&r->pairs, r->network, AUTK_ROUTE_SHORTEST, r->in_force, 1, err);
    return st;
}

autk_status autk_scenario_route(autk_scenario *scenario, const autk_world *world,
                                const autk_economy *economy, autk_err *err)
{
    if (!autk_scenario_has_closures(scenario))
        return AUTK_OK;
    router r = {.scenario = scenario, .economy = economy};
    autk_status st = open_router(&r, world, err);
    if (st == AUTK_OK)
        st = route_all(&r, scenario, err);
    autk_pair_costs_free(r.pairs);
    autk_closures_free(r.in_force);
    autk_network_free(r.network);
    free(r.index);
    free(r.before);
    free(r.now);
    return st;
}
