#include <math.h>
#include <stdlib.h>

#include "base/fail.h"
#include "base/mem.h"
#include "evidence/rules.h"
#include "measure/panel.h"

static autk_status fill_shares(autki_panel *p, autk_err *err)
{
    p->share = autki_calloc(AUTK_READING_COUNT * p->n, sizeof *p->share);
    if (p->share == NULL)
        return autki_no_memory(err, AUTK_READING_COUNT * p->n * sizeof *p->share);
    for (size_t r = 0; r < AUTK_READING_COUNT; r++) {
        autk_bounds *share = p->share + r * p->n;
        for (size_t i = 0; i < p->n; i++)
            share[i] = autk_bounds_unknown();
        autk_status st = AUTK_OK;
        if (p->has[r])
            st = autk_share_bounds(share, NULL, p->value, p->n, &p->whole[r], err);
        if (st != AUTK_OK)
            return st;
    }
    return AUTK_OK;
}

autk_status autki_panel_init(autki_panel *panel, const autk_country_year *c,
                             autk_direction direction, autk_err *err)
{
    autki_panel p = {.country = c, .direction = direction};
    p.partner = autki_calloc(c->n_partners, sizeof(const autk_partner *));
    p.value = autki_calloc(c->n_partners, sizeof *p.value);
    if (p.partner == NULL || p.value == NULL) {
        autki_panel_deinit(&p);
        return autki_no_memory(err, c->n_partners * sizeof *p.value);
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
    autk_bounds mirror = c->totals[AUTK_READING_MIRROR][direction].value_usd;
    p.has[AUTK_READING_MIRROR] = sum > 0 && autk_bounds_known(mirror);
    p.has[AUTK_READING_OWN] =
        c->has_own_total[direction] && c->totals[AUTK_READING_OWN][direction].value_usd.point > 0;
    p.whole[AUTK_READING_OWN] =
        (autk_whole){.given = true, .total = c->totals[AUTK_READING_OWN][direction].value_usd};
    p.whole[AUTK_READING_MIRROR] =
        (autk_whole){.given = autk_bounds_known(mirror), .closed = true, .total = mirror};
    autk_status st = fill_shares(&p, err);
    if (st != AUTK_OK)
        autki_panel_deinit(&p);
    else
        *panel = p;
    return st;
}

void autki_panel_deinit(autki_panel *panel)
{
    free(panel->partner);
    free(panel->value);
    free(panel->share);
    panel->partner = NULL;
    panel->value = panel->share = NULL;
}

size_t autki_panel_place(const autki_panel *panel, int32_t partner)
{
    size_t from = 0, to = panel->n;
    while (from < to) {
        size_t middle = from + (to - from) / 2;
        if (panel->partner[middle]->partner < partner)
            from = middle + 1;
        else
            to = middle;
    }
    return from < panel->n && panel->partner[from]->partner == partner ? from : SIZE_MAX;
}

autk_bounds autki_panel_share(const autki_panel *panel, size_t i)
{
    autk_bounds both[AUTK_READING_COUNT] = {panel->share[i], panel->share[panel->n + i]};
    return autki_hull_of_readings(both, autki_panel_reading(panel));
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

static void gather(autk_dependence_entry *out, autki_sum *sum, const autki_panel *panel, size_t i)
{
    const autk_partner *p = panel->partner[i];
    autk_direction d = panel->direction;
    double disagreement = disagreement_of(p, d);
    out->value_usd =
        out->n_members == 0 ? panel->value[i] : autk_bounds_add(out->value_usd, panel->value[i]);
    autki_sum_add(sum, p, d);
    out->gap = out->gap || gap_of(p, d);
    if (disagreement > out->disagreement)
        out->disagreement = disagreement;
    autki_sources_merge(&out->sources, autk_partner_sources(p, d));
    out->n_members++;
}

/* A sum is as weak as the weakest twentieth of it. */
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

/* The party as one value, in front of those who are not of it: value is [n + 1]. */
static size_t reduce(autk_bounds *value, const autki_panel *panel, const bool *member,
                     autk_bounds party)
{
    size_t n = 0;
    value[n++] = party;
    for (size_t i = 0; i < panel->n; i++) {
        if (!member[i])
            value[n++] = panel->value[i];
    }
    return n;
}

static autk_status share_of_members(autk_dependence_entry *out, const autki_panel *panel,
                                    const bool *member, autk_err *err)
{
    autk_bounds *value = autki_calloc(2 * (panel->n + 1), sizeof *value);
    if (value == NULL)
        return autki_no_memory(err, 2 * (panel->n + 1) * sizeof *value);
    autk_bounds *share = value + panel->n + 1;
    size_t n = reduce(value, panel, member, out->value_usd);
    autk_status st = AUTK_OK;
    for (int r = 0; r < AUTK_READING_COUNT && st == AUTK_OK; r++) {
        out->by_reading[r] = autk_bounds_unknown();
        if (!panel->has[r])
            continue;
        st = autk_share_bounds(share, NULL, value, n, &panel->whole[r], err);
        if (st == AUTK_OK)
            out->by_reading[r] = share[0];
    }
    free(value);
    out->share = autki_hull_of_readings(out->by_reading, autki_panel_reading(panel));
    return st;
}

static bool is_unknown_partner(const autki_panel *panel, int32_t party)
{
    const autk_partner *p =
        party < AUTK_GROUP_BASE ? autk_country_year_partner(panel->country, party) : NULL;
    return p != NULL && !autk_bounds_known(autk_partner_value(p, panel->direction));
}

static void entry_of_partner(autk_dependence_entry *e, const autki_panel *panel, size_t i)
{
    autki_sum sum = {.n = 0};
    gather(e, &sum, panel, i);
    e->value_usd = panel->value[i];
    e->evidence = autk_partner_evidence(panel->partner[i], panel->direction);
    for (size_t r = 0; r < AUTK_READING_COUNT; r++)
        e->by_reading[r] = panel->share[r * panel->n + i];
    e->share = autki_panel_share(panel, i);
}

/* A group, or an economy with which no trade was recorded. */
static autk_status entry_of_members(autk_dependence_entry *e, const autki_panel *panel,
                                    const autk_world *world, autk_err *err)
{
    bool *member = autki_calloc(panel->n, sizeof *member);
    if (member == NULL)
        return autki_no_memory(err, panel->n * sizeof *member);
    int32_t date = autki_membership_date(panel->country->year);
    autki_sum sum = {.n = 0};
    for (size_t i = 0; i < panel->n; i++) {
        member[i] = autk_world_party_has(world, e->party, panel->partner[i]->partner, date);
        if (member[i])
            gather(e, &sum, panel, i);
    }
    e->value_usd = e->n_members > 1 ? autki_sum_of_group(&sum, panel->direction) : sum.all;
    e->evidence = weakest(panel, member, e->value_usd.high);
    autk_status st = share_of_members(e, panel, member, err);
    free(member);
    return st;
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
    size_t place = party < AUTK_GROUP_BASE ? autki_panel_place(panel, party) : SIZE_MAX;
    autk_status st = AUTK_OK;
    if (place != SIZE_MAX)
        entry_of_partner(&e, panel, place);
    else if (is_unknown_partner(panel, party))
        e.gap = true;
    else
        st = entry_of_members(&e, panel, world, err);
    if (st == AUTK_OK)
        *out = e;
    return st;
}
