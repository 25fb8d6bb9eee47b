#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <autarky/claim.h>

#include "base/fail.h"
#include "base/mem.h"
#include "measure/claim_names.h"
#include "measure/panel.h"

/* One scope of the economy's year, seen in each direction. */
typedef struct view {
    autk_scope scope;
    const autk_country_year *goods; /* to tell whether the partners of another scope are complete */
    autk_country_year *country;     /* NULL: there is no figure */
    autki_panel panels[AUTK_DIRECTION_COUNT];
    size_t n_panels;
} view;

static void close_view(view *v)
{
    for (size_t d = 0; d < v->n_panels; d++)
        autki_panel_deinit(&v->panels[d]);
    autk_country_year_free(v->country);
}

static autk_status open_view(view *v, const autk_world *world, int32_t economy, int year,
                             autk_scope scope, autk_err *err)
{
    autk_evidence_opts o = autk_evidence_opts_default();
    autk_err ignored;
    *v = (view){.scope = scope};
    o.scope = scope;
    autk_status st = autk_evidence_country(&v->country, world, economy, year, &o, &ignored);
    if (st == AUTK_ENOANSWER) {
        v->country = NULL;
        return AUTK_OK; /* no figure is an answer here: the readings are undecidable */
    }
    if (st != AUTK_OK) {
        v->country = NULL;
        if (err != NULL)
            *err = ignored;
        return st;
    }
    for (int d = 0; d < AUTK_DIRECTION_COUNT && st == AUTK_OK; d++) {
        st = autki_panel_init(&v->panels[d], v->country, (autk_direction)d, err);
        v->n_panels += st == AUTK_OK;
    }
    if (st != AUTK_OK) {
        close_view(v);
        *v = (view){.scope = scope};
    }
    return st;
}

/* Is there a figure of goods and services at all? Mostly not, and the look is cheap. */
static autk_status has_services(bool *out, const autk_world *world, int32_t economy, int year,
                                autk_err *err)
{
    *out = false;
    for (int side = 0; side < 2; side++) {
        autk_observation_query q = {.exporter = side == 0 ? economy : AUTK_PARTY_ANY,
                                    .importer = side == 0 ? AUTK_PARTY_ANY : economy,
                                    .first_period = year,
                                    .last_period = year};
        autk_observation *found = NULL;
        size_t n = 0;
        autk_status st = autk_world_observations(&found, &n, world, &q, err);
        if (st != AUTK_OK)
            return st;
        for (size_t i = 0; i < n; i++)
            *out = *out || found[i].scope == AUTK_SCOPE_GOODS_SERVICES;
        free(found);
    }
    return AUTK_OK;
}

static autk_status open_services(view *v, const autk_world *world, int32_t economy, int year,
                                 const view *goods, autk_err *err)
{
    bool any = false;
    *v = (view){.scope = AUTK_SCOPE_GOODS_SERVICES};
    autk_status st = has_services(&any, world, economy, year, err);
    if (st == AUTK_OK && any)
        st = open_view(v, world, economy, year, AUTK_SCOPE_GOODS_SERVICES, err);
    v->goods = goods->country;
    return st;
}

/* ------------------------------------------------------------------ a reading's share and rank */

static bool is_member(const autk_world *world, const autk_claim_reading *r, int32_t partner,
                      int year)
{
    for (size_t i = 0; i < r->n_parties; i++) {
        if (autk_world_party_has(world, r->parties[i], partner, autki_membership_date(year)))
            return true;
    }
    return false;
}

/* A named economy whose flow nothing bounds: its share is unknown, not zero. */
static bool has_unknown_party(const view *v, const autk_claim_reading *r)
{
    for (size_t i = 0; i < r->n_parties; i++) {
        const autk_partner *p = r->parties[i] < AUTK_GROUP_BASE
                                    ? autk_country_year_partner(v->country, r->parties[i])
                                    : NULL;
        if (p != NULL && !autk_bounds_known(autk_partner_value(p, r->direction)))
            return true;
    }
    return false;
}

/* Goods and services together are at least the goods: a sum over partners below it lacks partners.
 */
static bool lacks_partners(const view *v, const autk_claim_reading *r)
{
    if (r->scope == AUTK_SCOPE_GOODS || r->total != AUTK_READING_MIRROR || v->goods == NULL)
        return false;
    return !(v->country->totals[r->total][r->direction].value_usd.high >=
             v->goods->totals[r->total][r->direction].value_usd.low);
}

static const char *why_not(const view *v, const autk_claim_reading *r)
{
    if (v->country == NULL)
        return r->scope == AUTK_SCOPE_GOODS ? "no figures for this year"
                                            : "no figures for goods and services";
    if (!v->panels[r->direction].has[r->total])
        return r->total == AUTK_READING_OWN ? "the economy's own total is not in the data"
                                            : "no partner's figures";
    if (lacks_partners(v, r))
        return "too few partners have figures for goods and services";
    return has_unknown_party(v, r) ? "nobody reports the flow and nothing bounds it" : "";
}

static autk_status fill_share(autk_claim_reading *r, const view *v, const autk_world *world,
                              autk_err *err)
{
    const autki_panel *panel = &v->panels[r->direction];
    bool *member = autki_calloc(panel->n, sizeof *member);
    if (member == NULL)
        return autki_no_memory(err, panel->n * sizeof *member);
    for (size_t i = 0; i < panel->n; i++)
        member[i] = is_member(world, r, panel->partner[i]->partner, v->country->year);
    autk_status st = autk_group_share_bounds(&r->share, panel->value, member, panel->n,
                                             &panel->whole[r->total], err);
    free(member);
    return st;
}

static autk_status fill_rank(autk_claim_reading *r, const view *v, autk_err *err)
{
    const autki_panel *panel = &v->panels[r->direction];
    autk_rank *ranks = autki_calloc(panel->n, sizeof *ranks);
    if (ranks == NULL)
        return autki_no_memory(err, panel->n * sizeof *ranks);
    autk_status st = autk_rank_bounds(ranks, panel->value, panel->n, &panel->whole[r->total], err);
    for (size_t i = 0; i < panel->n && st == AUTK_OK; i++) {
        if (panel->partner[i]->partner == r->parties[0])
            r->rank = ranks[i];
    }
    free(ranks);
    return st;
}

static autk_verdict judge_rank(autk_rank rank, int32_t said)
{
    if (rank.point == 0)
        return AUTK_VERDICT_CONTRADICTED; /* no trade recorded: not a partner at all */
    if (rank.best == said && rank.worst == said)
        return AUTK_VERDICT_SUPPORTED;
    return rank.best <= said && said <= rank.worst ? AUTK_VERDICT_POSSIBLE
                                                   : AUTK_VERDICT_CONTRADICTED;
}

static autk_status judge(autk_claim_reading *r, const autk_claim *claim, const view *v,
                         const autk_world *world, autk_err *err)
{
    r->share = autk_bounds_unknown();
    r->rank = (autk_rank){0, 0, 0};
    r->why = why_not(v, r);
    r->verdict = AUTK_VERDICT_UNDECIDABLE;
    if (r->why[0] != '\0')
        return AUTK_OK;
    autk_status st = fill_share(r, v, world, err);
    if (st == AUTK_OK && claim->kind == AUTK_CLAIM_RANK)
        st = fill_rank(r, v, err);
    if (st != AUTK_OK)
        return st;
    r->verdict = claim->kind == AUTK_CLAIM_RANK ? judge_rank(r->rank, claim->rank)
                                                : autk_claim_judge(&claim->quantity, r->share);
    if (r->verdict == AUTK_VERDICT_UNDECIDABLE)
        r->why = "the figures do not give a share";
    return AUTK_OK;
}

/* ------------------------------------------------------------------ the readings */

static void name_reading(autk_claim_reading *r, const autk_world *world)
{
    static const char *const prepositions[] = {"with", "to", "from"};
    static const char *const flows[] = {"trade in", "exports of", "imports of"};
    int used = snprintf(r->reading, sizeof r->reading, "%s %s %s ", flows[r->direction],
                        autk_scope_text(r->scope), prepositions[r->direction]);
    for (size_t i = 0; i < r->n_parties && used < (int)sizeof r->reading; i++)
        used += snprintf(r->reading + used, sizeof r->reading - (size_t)used, "%s%s",
                         i == 0                  ? ""
                         : i + 1 == r->n_parties ? " and "
                                                 : ", ",
                         autk_world_party_name(world, r->parties[i]));
    if (used < (int)sizeof r->reading)
        (void)snprintf(r->reading + used, sizeof r->reading - (size_t)used, ", %s",
                       autk_reading_text(r->total));
}

/* The partner that follows the named one in goods trade, by points; AUTK_PARTY_ANY = none. */
static int32_t next_partner(const view *goods, int32_t party)
{
    if (goods->country == NULL || party >= AUTK_GROUP_BASE)
        return AUTK_PARTY_ANY;
    const autki_panel *panel = &goods->panels[AUTK_DIRECTION_TRADE];
    double own = NAN, largest = 0.0;
    int32_t next = AUTK_PARTY_ANY;
    for (size_t i = 0; i < panel->n; i++) {
        if (panel->partner[i]->partner == party)
            own = panel->value[i].point;
    }
    for (size_t i = 0; i < panel->n; i++) {
        double value = panel->value[i].point;
        if (panel->partner[i]->partner != party && value <= own && value > largest) {
            largest = value;
            next = panel->partner[i]->partner;
        }
    }
    return next;
}

static autk_status add_reading(autk_claim_result *out, const autk_world *world, const view *v,
                               autk_direction direction, autk_reading total, int32_t next,
                               autk_err *err)
{
    const autk_claim *c = &out->claim;
    autk_claim_reading *r = &out->readings[out->n_readings];
    memset(r, 0, sizeof *r);
    r->direction = direction;
    r->total = total;
    r->scope = v->scope;
    memcpy(r->parties, out->parties, out->n_parties * sizeof *r->parties);
    r->n_parties = out->n_parties;
    if (next != AUTK_PARTY_ANY)
        r->parties[r->n_parties++] = next;
    r->literal = direction == c->direction && v->scope == c->scope && next == AUTK_PARTY_ANY;
    name_reading(r, world);
    autk_status st = judge(r, c, v, world, err);
    out->n_readings += st == AUTK_OK;
    return st;
}

/* All flows and totals for one scope and set of partners. */
static autk_status add_readings(autk_claim_result *out, const autk_world *world, const view *v,
                                int32_t next, autk_err *err)
{
    autk_status st = AUTK_OK;
    for (int d = 0; d < AUTK_DIRECTION_COUNT; d++) {
        if (out->claim.direction_fixed && d != (int)out->claim.direction)
            continue;
        for (int t = 0; t < AUTK_READING_COUNT && st == AUTK_OK; t++)
            st = add_reading(out, world, v, (autk_direction)d, (autk_reading)t, next, err);
    }
    return st;
}

/* ------------------------------------------------------------------ the verdict */

void autki_claim_conclude(autk_claim_result *out)
{
    size_t n[AUTK_VERDICT_COUNT] = {0};
    out->made_true_by = out->n_readings;
    for (size_t i = 0; i < out->n_readings; i++) {
        const autk_claim_reading *r = &out->readings[i];
        n[r->verdict] += r->literal;
        bool better = r->verdict == AUTK_VERDICT_SUPPORTED &&
                      (out->made_true_by == out->n_readings ||
                       (r->literal && !out->readings[out->made_true_by].literal));
        if (better)
            out->made_true_by = i;
    }
    size_t decided =
        n[AUTK_VERDICT_SUPPORTED] + n[AUTK_VERDICT_POSSIBLE] + n[AUTK_VERDICT_CONTRADICTED];
    if (decided == 0)
        out->verdict = AUTK_VERDICT_UNDECIDABLE;
    else if (n[AUTK_VERDICT_SUPPORTED] == decided)
        out->verdict = AUTK_VERDICT_SUPPORTED;
    else if (n[AUTK_VERDICT_CONTRADICTED] == decided)
        out->verdict = AUTK_VERDICT_CONTRADICTED;
    else
        out->verdict = AUTK_VERDICT_POSSIBLE;
}

static autk_status check_claim(const autk_claim *c, autk_err *err)
{
    const autk_quantity_said *q = &c->quantity;
    if ((unsigned)c->direction >= AUTK_DIRECTION_COUNT || (unsigned)c->scope >= AUTK_SCOPE_COUNT ||
        (unsigned)c->kind > AUTK_CLAIM_CUT_OFF)
        return autki_fail(err, AUTK_EARG, "the claim's kind, direction or scope is none");
    if (c->kind == AUTK_CLAIM_RANK && c->rank < 1)
        return autki_fail(err, AUTK_EARG, "a rank counts from 1, got %d", (int)c->rank);
    if (c->kind == AUTK_CLAIM_SHARE && !(q->low >= 0.0 && q->low <= q->high && q->high <= 1.0))
        return autki_fail(err, AUTK_EARG, "a range of shares lies within [0, 1], got [%g, %g]",
                          q->low, q->high);
    return AUTK_OK;
}

static autk_status choose_year(autk_claim_result *out, const autk_world *world, autk_err *err)
{
    int first, last;
    autk_world_years(&first, &last, world);
    out->year = out->claim.year != 0 ? out->claim.year : last;
    if (out->year < first || out->year > last)
        return autki_fail(err, AUTK_EDATA, "expected a year from %d to %d, got %d", first, last,
                          out->year);
    return AUTK_OK;
}

autk_status autki_claim_look_up(autk_claim_result *out, const autk_world *world, autk_err *err)
{
    autk_status st = check_claim(&out->claim, err);
    if (st == AUTK_OK)
        st = autki_claim_economy(&out->economy, world, &out->claim, err);
    if (st == AUTK_OK)
        st = autki_claim_parties(out->parties, &out->n_parties, world, &out->claim, out->economy,
                                 err);
    if (st == AUTK_OK)
        st = choose_year(out, world, err);
    if (st == AUTK_OK && out->claim.kind == AUTK_CLAIM_RANK &&
        (out->n_parties != 1 || out->parties[0] >= AUTK_GROUP_BASE))
        st = autki_fail(err, AUTK_EDATA, "a place among the partners is one economy's, got %s",
                        out->claim.partners);
    return st;
}

autk_status autk_claim_check(autk_claim_result *out, const autk_world *world,
                             const autk_claim *claim, autk_err *err)
{
    if (claim->kind == AUTK_CLAIM_CUT_OFF)
        return autki_fail(err, AUTK_EARG, "a claim on routes is checked by autk_claim_answer");
    autk_claim_result *r = autki_calloc(1, sizeof *r);
    view goods = {0}, both = {0};
    if (r == NULL)
        return autki_no_memory(err, sizeof *r);
    r->claim = *claim;
    autk_status st = autki_claim_look_up(r, world, err);
    if (st == AUTK_OK)
        st = open_view(&goods, world, r->economy, r->year, AUTK_SCOPE_GOODS, err);
    if (st == AUTK_OK) {
        st = open_services(&both, world, r->economy, r->year, &goods, err);
        int32_t next = r->n_parties == 1 && claim->kind == AUTK_CLAIM_SHARE
                           ? next_partner(&goods, r->parties[0])
                           : AUTK_PARTY_ANY;
        const view *views[] = {&goods, &both};
        for (int s = 0; s < 2 && st == AUTK_OK; s++) {
            if (claim->scope_fixed && views[s]->scope != claim->scope)
                continue;
            st = add_readings(r, world, views[s], AUTK_PARTY_ANY, err);
            if (st == AUTK_OK && next != AUTK_PARTY_ANY)
                st = add_readings(r, world, views[s], next, err);
        }
        close_view(&both);
        close_view(&goods);
    }
    if (st == AUTK_OK) {
        autki_claim_conclude(r);
        *out = *r;
    }
    free(r);
    return st;
}
