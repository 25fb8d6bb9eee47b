#include <math.h>
#include <stdlib.h>

#include "base/fail.h"
#include "base/mem.h"
#include "evidence/evidence.h"
#include "evidence/rules.h"
#include "measure/panel.h"

static autk_direction opposite(autk_direction d)
{
    return d == AUTK_DIRECTION_EXPORT   ? AUTK_DIRECTION_IMPORT
           : d == AUTK_DIRECTION_IMPORT ? AUTK_DIRECTION_EXPORT
                                        : AUTK_DIRECTION_TRADE;
}

/* The partner's year. *out stays NULL where it has no figure. */
static autk_status read_year(autk_country_year **out, const autk_evidence *evidence,
                             int32_t economy, int year, autk_err *err)
{
    const autk_world *world = autk_evidence_world(evidence);
    autk_evidence_opts opts = evidence->opts;
    opts.first_year = opts.last_year = 0;
    /* Other years are read only where there may be gaps to bound by them. */
    if (!autk_world_is_non_reporter(world, economy, year, NULL))
        opts.first_year = opts.last_year = year;
    autk_status st = autk_evidence_country(out, world, economy, year, &opts, err);
    return st == AUTK_ENOANSWER ? AUTK_OK : st;
}

static autk_status reverse_of_economy(autk_bounds *out, const autk_evidence *evidence, int year,
                                      autk_direction d, int32_t partner, autk_err *err)
{
    autk_country_year *c = NULL;
    autk_status st = read_year(&c, evidence, partner, year, err);
    if (st != AUTK_OK || c == NULL)
        return st;
    autki_panel panel;
    autk_dependence_entry e;
    st = autki_panel_init(&panel, c, d, err);
    if (st == AUTK_OK) {
        st = autki_panel_entry(&e, &panel, autk_evidence_world(evidence),
                               autk_evidence_economy(evidence), err);
        if (st == AUTK_OK)
            *out = e.share;
        autki_panel_deinit(&panel);
    }
    autk_country_year_free(c);
    return st;
}

/* ------------------------------------------------------------------ a group as one trader */

/* The group's trade with the outside, by outside partner. */
typedef struct outside {
    autk_bounds *value; /* [n] by economy */
    bool *self;         /* [n] the economy that asks */
    autki_sum sum;      /* of all values */
    int32_t n;
} outside;

static void add_member(outside *o, const autk_world *world, const autk_country_year *c,
                       int32_t group, int32_t asker, autk_direction d)
{
    int32_t date = autki_membership_date(c->year);
    for (size_t i = 0; i < c->n_partners; i++) {
        int32_t q = c->partners[i].partner;
        autk_bounds b = autk_partner_value(&c->partners[i], d);
        if (!autk_bounds_known(b) || (q != asker && autk_world_party_has(world, group, q, date)))
            continue;
        o->value[q] = autk_bounds_add(o->value[q], b);
        autki_sum_add(&o->sum, &c->partners[i], d);
    }
}

static autk_status add_members(outside *o, const autk_evidence *evidence, int year, int32_t group,
                               autk_direction d, autk_err *err)
{
    const autk_world *world = autk_evidence_world(evidence);
    int32_t asker = autk_evidence_economy(evidence), date = autki_membership_date(year);
    for (int32_t m = 0; m < o->n; m++) {
        if (m == asker || !autk_world_party_has(world, group, m, date))
            continue;
        autk_country_year *c = NULL;
        autk_status st = read_year(&c, evidence, m, year, err);
        if (st != AUTK_OK)
            return st;
        if (c != NULL)
            add_member(o, world, c, group, asker, d);
        autk_country_year_free(c);
    }
    return AUTK_OK;
}

static autk_status reverse_of_group(autk_bounds *out, const autk_evidence *evidence, int year,
                                    autk_direction d, int32_t group, autk_err *err)
{
    outside o = {.n = autk_world_n_economies(autk_evidence_world(evidence))};
    size_t n = (size_t)o.n;
    o.value = autki_calloc(n, sizeof *o.value);
    o.self = autki_calloc(n, sizeof *o.self);
    autk_status st = AUTK_OK;
    if (o.value == NULL || o.self == NULL)
        st = autki_no_memory(err, n * sizeof *o.value);
    if (st == AUTK_OK)
        st = add_members(&o, evidence, year, group, d, err);
    if (st == AUTK_OK) {
        autk_bounds share;
        autk_whole whole = {
            .given = true, .closed = true, .total = autki_sum_of_economy(&o.sum, d)};
        o.self[autk_evidence_economy(evidence)] = true;
        st = autk_group_share_bounds(&share, o.value, o.self, n, &whole, err);
        if (st == AUTK_OK && o.sum.all.point > 0)
            *out = share;
    }
    free(o.value);
    free(o.self);
    return st;
}

autk_status autki_reverse_share(autk_bounds *out, const autk_evidence *evidence, int year,
                                autk_direction direction, int32_t party, autk_err *err)
{
    autk_bounds share = autk_bounds_unknown();
    autk_status st =
        party >= AUTK_GROUP_BASE
            ? reverse_of_group(&share, evidence, year, opposite(direction), party, err)
            : reverse_of_economy(&share, evidence, year, opposite(direction), party, err);
    if (st == AUTK_OK)
        *out = share;
    return st;
}
