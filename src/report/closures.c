/* Closures of a scenario as costs between its economies: the router of the simulation. */
#include <autarky/closures.h>

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/fail.h"
#include "base/mem.h"
#include "base/random.h"
#include "corridor/reaches.h"
#include "equilibrium/scenario.h"

/* One closing measure, in the order in which a simulation numbers them. */
typedef struct closing {
    const autki_rule *rule;
    size_t step;
    int32_t goods_of; /* for bans on them; -1 = nobody's in particular */
} closing;

typedef struct router {
    const autk_scenario *scenario;
    const autk_world *world;
    autk_network *network;
    int32_t day;    /* of the baseline: its trade goes round what is closed then; 0 = none */
    int32_t *index; /* [n_regions] the world's economy; -1 = none */
    size_t n_regions;
    closing *closings;
    size_t n_closings;
} router;

/* The router at one draw of the costs. */
typedef struct priced {
    const router *r;
    autk_network *drawn; /* NULL = the router's own */
    const autk_network *network;
    struct {
        autk_closures *in_force;
        autki_reaches *reaches;
    } by[AUTKI_N_CARRIAGES]; /* goods that go by any, or by one alone on land; NULL = not used */
    int32_t *economies;      /* [n_origins] of the reaches */
    size_t n_origins;
    int32_t *row; /* [n_regions] of the reaches; -1 = no origin */
    double *now;  /* [origins x economies] */
} priced;

/* ------------------------------------------------------------------ closing */

/* The place in the file, before the message. What a file says wrong is no wrong argument. */
static autk_status at_place(const router *r, const autki_place *at, autk_status st, autk_err *err)
{
    char message[sizeof err->msg];
    if (st == AUTK_OK || st == AUTK_ENOMEM || err == NULL)
        return st == AUTK_EARG ? AUTK_EDATA : st;
    memcpy(message, err->msg, sizeof message);
    return autki_fail_at(err, st == AUTK_EARG ? AUTK_EDATA : st, r->scenario->source, at->line,
                         at->column, "%s", message);
}

static autk_status add_closing(const router *r, autk_closures *closures, const closing *c,
                               autk_err *err)
{
    const autki_rule *rule = c->rule;
    autk_status st = AUTK_OK;
    int32_t economy;
    if (rule->in_force != 0)
        st =
            at_place(r, &rule->at_in_force,
                     autk_closures_add_date(closures, rule->in_force, c->goods_of, NULL, err), err);
    for (size_t i = 0; st == AUTK_OK && i < rule->closes.n; i++) {
        const autki_name *name = &rule->closes.names[i];
        if (rule->bans_transit) /* an unknown one: told with the nearest economies, not places */
            st = autk_world_find_economy(&economy, r->world, name->text, 0, err);
        if (st == AUTK_OK)
            st = rule->bans_transit ? autk_closures_ban_transit(closures, name->text, err)
                                    : autk_closures_add(closures, name->text, err);
        st = at_place(r, &name->at, st, err);
    }
    return st;
}

static autk_status close_baseline(autk_closures **out, const router *r, const autk_network *network,
                                  autk_err *err)
{
    autk_status st = autk_closures_create(out, network, err);
    if (st == AUTK_OK && r->day != 0)
        st = autk_closures_add_date(*out, r->day, -1, NULL, err);
    return st;
}

/* ------------------------------------------------------------------ at one draw of the costs */

static void close_priced(void *at)
{
    priced *p = at;
    for (int by = 0; by < AUTKI_N_CARRIAGES; by++) {
        autki_reaches_free(p->by[by].reaches);
        autk_closures_free(p->by[by].in_force);
    }
    autk_network_free(p->drawn);
    free(p->economies);
    free(p->row);
    free(p->now);
    free(p);
}

/* The stream of the costs owes nothing to those of other draws of the same seed. */
static autk_costs draw_costs(const autk_costs *costs, uint64_t seed, size_t draw)
{
    uint64_t state = seed ^ 0x7472616e73706f72u;
    return autk_costs_draw(costs, autki_random_bits(&state), draw);
}

static autk_status list_origins(priced *p, const uint8_t *origins, autk_err *err)
{
    const router *r = p->r;
    p->economies = autki_malloc(r->n_regions, sizeof *p->economies);
    p->row = autki_malloc(r->n_regions, sizeof *p->row);
    if (p->economies == NULL || p->row == NULL)
        return autki_no_memory(err, r->n_regions * sizeof *p->economies);
    for (size_t i = 0; i < r->n_regions; i++) {
        bool origin = origins[i] && r->index[i] >= 0;
        p->row[i] = origin ? (int32_t)p->n_origins : -1;
        if (origin)
            p->economies[p->n_origins++] = r->index[i];
    }
    size_t cells = p->n_origins * (size_t)autk_world_n_economies(r->world);
    p->now = autki_malloc(cells, sizeof *p->now);
    return p->now != NULL ? AUTK_OK : autki_no_memory(err, cells * sizeof *p->now);
}

/* What cannot change to a train gets over no border that has none but trains. */
static autk_status close_other_carriage(autk_closures *closures, const priced *p, autki_carriage by,
                                        autk_err *err)
{
    autk_status st = AUTK_OK;
    for (int32_t i = 0; st == AUTK_OK && i < autk_network_n_places(p->network); i++) {
        const autk_place *place = autk_network_place(p->network, i);
        bool has = by == AUTKI_BY_ROAD ? place->rail : place->road;
        if (place->kind == AUTK_PLACE_CROSSING && has)
            st = autki_closures_place(closures, i, by == AUTKI_BY_ROAD, by == AUTKI_BY_RAIL, false,
                                      err);
    }
    return st;
}

/* Ways before anything of the scenario closes, found when they are first asked for. */
static autk_status find_ways(priced *p, autki_carriage by, autk_err *err)
{
    if (p->by[by].reaches != NULL)
        return AUTK_OK;
    autk_status st = close_baseline(&p->by[by].in_force, p->r, p->network, err);
    if (st == AUTK_OK && by != AUTKI_BY_ANY)
        st = close_other_carriage(p->by[by].in_force, p, by, err);
    return st == AUTK_OK ? autki_reaches_create(&p->by[by].reaches, p->network, p->economies,
                                                p->n_origins, p->by[by].in_force, err)
                         : st;
}

static autk_status open_priced(void **at, const void *state, const uint8_t *origins, uint64_t seed,
                               size_t draw, autk_err *err)
{
    const router *r = state;
    priced *p = autki_calloc(1, sizeof *p);
    if (p == NULL)
        return autki_no_memory(err, sizeof *p);
    p->r = r;
    p->network = r->network;
    autk_status st = AUTK_OK;
    if (draw != AUTKI_NO_DRAW) {
        autk_costs drawn = draw_costs(autk_network_costs(r->network), seed, draw);
        st = autk_network_at_costs(&p->drawn, r->network, &drawn, err);
        p->network = p->drawn;
    }
    if (st == AUTK_OK)
        st = list_origins(p, origins, err);
    if (st != AUTK_OK) {
        close_priced(p);
        return st;
    }
    *at = p;
    return AUTK_OK;
}

/* ln of it is the rise of the cost over the value of the goods. */
static double change_of(const priced *p, const autki_reaches *reaches, size_t exporter,
                        size_t importer)
{
    bool from_here = p->row[exporter] >= 0;
    int32_t row = from_here ? p->row[exporter] : p->row[importer];
    int32_t other = p->r->index[from_here ? importer : exporter];
    if (row < 0 || other < 0 || exporter == importer)
        return 1.0;
    size_t at = (size_t)row * reaches->n_economies + (size_t)other;
    double value = autk_network_costs(p->network)->value[AUTK_COST_value_usd_per_t];
    double before = reaches->cost[at];
    return isfinite(before) ? exp((p->now[at] - before) / value) : 1.0;
}

static autk_status change(double *d_hat, void *at, uint64_t closings, autk_err *err)
{
    priced *p = at;
    const router *r = p->r;
    autk_closures *closures = NULL;
    autki_carriage by = AUTKI_BY_ANY;
    for (size_t k = 0; k < r->n_closings; k++) {
        if ((closings >> k & 1) != 0 && r->closings[k].rule->by != AUTKI_BY_ANY)
            by = r->closings[k].rule->by;
    }
    autk_status st = find_ways(p, by, err);
    if (st == AUTK_OK)
        st = autki_closures_copy(&closures, p->network, p->by[by].in_force, err);
    for (size_t k = 0; st == AUTK_OK && k < r->n_closings; k++) {
        if ((closings >> k & 1) == 0)
            continue;
        /* Another measure may close the same for others: list_closings has seen to it. */
        memset(closures->named_terminal, 0, (size_t)closures->net->n_terminals);
        memset(closures->banned_code, 0, closures->net->n_codes);
        st = add_closing(r, closures, &r->closings[k], err);
    }
    if (st == AUTK_OK)
        st = autki_reaches_after(p->now, p->by[by].reaches, closures, err);
    autk_closures_free(closures);
    for (size_t k = 0; st == AUTK_OK && k < r->n_regions * r->n_regions; k++)
        d_hat[k] = change_of(p, p->by[by].reaches, k % r->n_regions, k / r->n_regions);
    return st;
}

/* ------------------------------------------------------------------ the router */

static void free_router(void *state)
{
    router *r = state;
    autk_network_free(r->network);
    free(r->index);
    free(r->closings);
    free(r);
}

/* Bans on the goods of one economy hold where the measure is about these. */
static int32_t goods_of(const router *r, const autki_rule *rule)
{
    int32_t economy = -1;
    autk_err ignored;
    if (rule->from.n == 1 && !rule->from.except &&
        autk_world_find_economy(&economy, r->world, rule->from.names[0].text, 0, &ignored) ==
            AUTK_OK)
        return economy;
    return -1;
}

static bool same_names(const autki_name_list *a, const autki_name_list *b)
{
    bool same = a->n == b->n && a->except == b->except;
    for (size_t i = 0; same && i < a->n; i++)
        same = strcmp(a->names[i].text, b->names[i].text) == 0;
    return same;
}

/* Do two measures hold together, for the same goods of the same? Then nothing closes in both. */
static bool are_one(const router *r, const closing *a, const closing *b)
{
    const autki_rule *x = a->rule, *y = b->rule;
    return (a->step == b->step || !r->scenario->compared) && same_names(&x->from, &y->from) &&
           same_names(&x->to, &y->to) && same_names(&x->sectors, &y->sectors) &&
           x->both == y->both && x->by == y->by && x->part == y->part;
}

/* Can it be closed, on top of what is one with it? */
static autk_status check_closing(const router *r, size_t at, autk_err *err)
{
    autk_closures *closures = NULL;
    autk_status st = autk_closures_create(&closures, r->network, err);
    for (size_t k = 0; st == AUTK_OK && k <= at; k++) {
        if (are_one(r, &r->closings[k], &r->closings[at]))
            st = add_closing(r, closures, &r->closings[k], err);
    }
    autk_closures_free(closures);
    return st;
}

/* All that close; too many are the simulation's to refuse. */
static autk_status list_closings(router *r, autk_err *err)
{
    const autk_scenario *s = r->scenario;
    r->closings = autki_malloc(AUTKI_MAX_CLOSINGS, sizeof *r->closings);
    if (r->closings == NULL)
        return autki_no_memory(err, AUTKI_MAX_CLOSINGS * sizeof *r->closings);
    autk_status st = AUTK_OK;
    for (size_t i = 0; st == AUTK_OK && i < s->n_steps; i++) {
        for (size_t k = 0; st == AUTK_OK && k < s->steps[i].n; k++) {
            const autki_rule *rule = &s->steps[i].rules[k];
            if (!autki_rule_closes(rule) || r->n_closings == AUTKI_MAX_CLOSINGS)
                continue;
            r->closings[r->n_closings++] = (closing){rule, i, goods_of(r, rule)};
            st = check_closing(r, r->n_closings - 1, err);
        }
    }
    return st;
}

static autk_status open_network(router *r, autk_err *err)
{
    const autki_name_list *settings = &r->scenario->transport;
    autk_network_opts opts = {.no_shapes = true, .date = r->day};
    autk_status st = autk_network_open(&r->network, r->world, &opts, err);
    if (st != AUTK_OK || settings->n == 0)
        return st;
    opts.costs = *autk_network_costs(r->network);
    opts.costs_given = true;
    for (size_t i = 0; st == AUTK_OK && i < settings->n; i++)
        st = at_place(r, &settings->names[i].at,
                      autk_costs_set(&opts.costs, settings->names[i].text, err), err);
    if (st != AUTK_OK)
        return st;
    autk_network_free(r->network);
    r->network = NULL;
    return autk_network_open(&r->network, r->world, &opts, err);
}

static autk_status open_router(router **out, const autk_scenario *scenario, const autk_world *world,
                               const autk_economy *economy, autk_err *err)
{
    int year = autk_economy_year(economy);
    router *r = autki_calloc(1, sizeof *r);
    if (r == NULL)
        return autki_no_memory(err, sizeof *r);
    r->scenario = scenario;
    r->world = world;
    r->day = year != 0 ? year * 10000 + 1231 : 0;
    r->n_regions = (size_t)autk_economy_n_regions(economy);
    r->index = autki_malloc(r->n_regions, sizeof *r->index);
    autk_status st =
        r->index != NULL ? AUTK_OK : autki_no_memory(err, r->n_regions * sizeof *r->index);
    for (size_t i = 0; st == AUTK_OK && i < r->n_regions; i++) {
        autk_err ignored;
        if (autk_world_find_economy(&r->index[i], world, autk_economy_region(economy, (int32_t)i),
                                    0, &ignored) != AUTK_OK)
            r->index[i] = -1;
    }
    if (st == AUTK_OK)
        st = open_network(r, err);
    if (st == AUTK_OK)
        st = list_closings(r, err);
    if (st != AUTK_OK) {
        free_router(r);
        return st;
    }
    *out = r;
    return AUTK_OK;
}

autk_status autk_scenario_route(autk_scenario *scenario, const autk_world *world,
                                const autk_economy *economy, autk_err *err)
{
    router *r = NULL;
    autk_scenario_unroute(scenario);
    if (!autk_scenario_has_closures(scenario))
        return AUTK_OK;
    autk_status st = open_router(&r, scenario, world, economy, err);
    if (st != AUTK_OK || r == NULL)
        return st;
    scenario->router = (autki_router){.state = r,
                                      .open = open_priced,
                                      .change = change,
                                      .close = close_priced,
                                      .free = free_router};
    const autk_costs *costs = autk_network_costs(r->network);
    for (int i = 0; i < AUTK_COST_COUNT; i++)
        scenario->router.ranges |= costs->high[i] > costs->low[i];
    return AUTK_OK;
}

void autk_scenario_unroute(autk_scenario *scenario)
{
    if (scenario->router.state != NULL)
        scenario->router.free(scenario->router.state);
    scenario->router = (autki_router){0};
}

const autk_costs *autk_scenario_transport(const autk_scenario *scenario)
{
    const router *r = scenario->router.state;
    return r != NULL ? autk_network_costs(r->network) : NULL;
}
