#include <math.h>
#include <stdlib.h>

#include "base/fail.h"
#include "base/mem.h"
#include "evidence/rules.h"
#include "measure/panel.h"

autk_status autki_panel_init(autki_panel *panel, const autk_country_year *c,
                             autk_direction direction, autk_err *err)
{
    autki_panel p = {.country = c, .direction = direction};
    p.partner = autki_calloc(c->n_partners, sizeof *p.partner);
    p.value = autki_calloc(c->n_partners, sizeof *p.value);
    if (p.partner == NULL || p.value == NULL) {
        autki_panel_deinit(&p);
        return autki_no_memory(err, c->n_partners * (sizeof *p.partner + sizeof *p.value));
    }
    double sum = 0;
    for (size_t i = 0; i < c->n_partners; i++) {
        autk_bounds b = autk_partner_value(&c->partners[i], direction);
        if (!autk_bounds_known(b))
            continue;
        p.partner[p.n] = &c->partners[i];
        p.value[p.n++] = b;
        sum += b.point;
    }
    p.has[AUTK_READING_MIRROR] = sum > 0;
    p.has[AUTK_READING_OWN] =
        c->has_own_total[direction] && c->totals[AUTK_READING_OWN][direction].value_usd.point > 0;
    p.whole[AUTK_READING_OWN] =
        (autk_whole){.given = true, .total = c->totals[AUTK_READING_OWN][direction].value_usd};
    *panel = p;
    return AUTK_OK;
}

void autki_panel_deinit(autki_panel *panel)
{
    free(panel->partner);
    free(panel->value);
    panel->partner = NULL;
    panel->value = NULL;
}

autk_reading autki_panel_reading(const autki_panel *panel)
{
    return panel->has[AUTK_READING_OWN] ? AUTK_READING_OWN : AUTK_READING_MIRROR;
}

autk_bounds autki_hull_of_readings(const autk_bounds *by_reading, autk_reading reading)
{
    int other = reading == AUTK_READING_OWN ? AUTK_READING_MIRROR : AUTK_READING_OWN;
    return autk_bounds_hull(by_reading[reading], by_reading[other]);
}

int32_t autki_membership_date(int year)
{
    return year * 10000 + 701; /* 1 July: whoever was in for most of the year */
}

/* ------------------------------------------------------------------ one party */

static double disagreement_of(const autk_partner *p, autk_direction d)
{
    double x = p->exports.disagreement, m = p->imports.disagreement;
    if (d == AUTK_DIRECTION_EXPORT)
        return x;
    if (d == AUTK_DIRECTION_IMPORT)
        return m;
    return x > m ? x : m;
}

static bool gap_of(const autk_partner *p, autk_direction d)
{
    return (d != AUTK_DIRECTION_IMPORT && p->exports.gap) ||
           (d != AUTK_DIRECTION_EXPORT && p->imports.gap);
}

static void gather(autk_dependence_entry *out, const autki_panel *panel, size_t i)
{
    const autk_partner *p = panel->partner[i];
    autk_direction d = panel->direction;
    double disagreement = disagreement_of(p, d);
    out->value_usd =
        out->n_members == 0 ? panel->value[i] : autk_bounds_add(out->value_usd, panel->value[i]);
    out->gap = out->gap || gap_of(p, d);
    if (disagreement > out->disagreement)
        out->disagreement = disagreement;
    autki_sources_merge(&out->sources, autk_partner_sources(p, d));
    out->n_members++;
}

/* From the strongest to the weakest: the order in which a sum is as weak as its parts. */
static autk_evidence_kind weakest(const autki_panel *panel, const bool *member, double total)
{
    static const autk_evidence_kind order[] = {AUTK_EVIDENCE_UNKNOWN,   AUTK_EVIDENCE_BOUNDED,
                                               AUTK_EVIDENCE_STATEMENT, AUTK_EVIDENCE_ESTIMATED,
                                               AUTK_EVIDENCE_MIRROR,    AUTK_EVIDENCE_RECONCILED,
                                               AUTK_EVIDENCE_REPORTED};
    for (size_t k = 0; k < sizeof order / sizeof *order; k++) {
        double of_kind = 0;
        for (size_t i = 0; i < panel->n; i++) {
            if (member[i] && autk_partner_evidence(panel->partner[i], panel->direction) == order[k])
                of_kind += panel->value[i].high;
        }
        if (of_kind > 0 && of_kind >= 0.05 * total)
            return order[k];
    }
    return AUTK_EVIDENCE_NONE;
}

static autk_status share_of_members(autk_dependence_entry *out, const autki_panel *panel,
                                    const bool *member, autk_err *err)
{
    for (int r = 0; r < AUTK_READING_COUNT; r++) {
        out->by_reading[r] = autk_bounds_unknown();
        if (!panel->has[r])
            continue;
        autk_status st = autk_group_share_bounds(&out->by_reading[r], panel->value, member,
                                                 panel->n, &panel->whole[r], err);
        if (st != AUTK_OK)
            return st;
    }
    out->share = autki_hull_of_readings(out->by_reading, autki_panel_reading(panel));
    return AUTK_OK;
}

static bool is_unknown_partner(const autki_panel *panel, int32_t party)
{
    const autk_partner *p =
        party < AUTK_GROUP_BASE ? autk_country_year_partner(panel->country, party) : NULL;
    return p != NULL && !autk_bounds_known(autk_partner_value(p, panel->direction));
}

autk_status autki_panel_entry(autk_dependence_entry *out, const autki_panel *panel,
                              const autk_world *world, int32_t party, autk_err *err)
{
    autk_bounds u = autk_bounds_unknown();
    autk_dependence_entry e = {.party = party,
                               .share = u,
                               .by_reading = {u, u},
                               .value_usd = u,
                               .to_gdp = u,
                               .evidence = AUTK_EVIDENCE_UNKNOWN,
                               .disagreement = 1,
                               .asymmetry = {u, u, u}};
    if (is_unknown_partner(panel, party)) {
        e.gap = true;
        *out = e;
        return AUTK_OK;
    }
    bool *member = autki_calloc(panel->n, sizeof *member);
    if (member == NULL)
        return autki_no_memory(err, panel->n * sizeof *member);
    int32_t date = autki_membership_date(panel->country->year);
    e.value_usd = autk_bounds_exact(0);
    for (size_t i = 0; i < panel->n; i++) {
        member[i] = autk_world_party_has(world, party, panel->partner[i]->partner, date);
        if (member[i])
            gather(&e, panel, i);
    }
    e.evidence = weakest(panel, member, e.value_usd.high);
    autk_status st = share_of_members(&e, panel, member, err);
    free(member);
    if (st == AUTK_OK)
        *out = e;
    return st;
}
