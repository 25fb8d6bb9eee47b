#include <math.h>
#include <stdlib.h>

#include "base/fail.h"
#include "base/mem.h"
#include "evidence/evidence.h"
#include "measure/box.h"
#include "measure/panel.h"

autk_depend_opts autk_depend_opts_default(void)
{
    return (autk_depend_opts){.direction = AUTK_DIRECTION_TRADE,
                              .on = AUTK_PARTY_ANY,
                              .n_reverse = 20,
                              .isolation = true};
}

static autk_status check_opts(const autk_depend_opts *o, const autk_evidence *evidence,
                              autk_err *err)
{
    const autk_world *world = autk_evidence_world(evidence);
    if ((unsigned)o->direction >= AUTK_DIRECTION_COUNT)
        return autki_fail(err, AUTK_EARG, "expected a direction, got %d", (int)o->direction);
    if (o->on == AUTK_PARTY_ANY)
        return AUTK_OK;
    if (o->on == autk_evidence_economy(evidence))
        return autki_fail(err, AUTK_EDATA, "expected a partner of %s, got %s itself",
                          autk_world_party_name(world, o->on), autk_world_party_name(world, o->on));
    bool is_group =
        o->on >= AUTK_GROUP_BASE && autk_world_group(world, o->on - AUTK_GROUP_BASE) != NULL;
    if (!is_group && autk_world_economy(world, o->on) == NULL)
        return autki_fail(err, AUTK_EDATA, "expected an economy or a group, got %s",
                          autk_world_party_name(world, o->on));
    return AUTK_OK;
}

/* ------------------------------------------------------------------ concentration */

static autk_concentration no_concentration(void)
{
    autk_bounds u = autk_bounds_unknown();
    return (autk_concentration){u, u, u, u, u};
}

static autk_concentration hull_of(const autk_concentration *a, const autk_concentration *b)
{
    return (autk_concentration){
        autk_bounds_hull(a->hhi, b->hhi), autk_bounds_hull(a->normalised, b->normalised),
        autk_bounds_hull(a->hirschman, b->hirschman), autk_bounds_hull(a->effective, b->effective),
        autk_bounds_hull(a->effective_entropy, b->effective_entropy)};
}

static autk_status concentrate(autk_concentration *by_reading, autk_concentration *hull,
                               const autki_panel *panel, autk_err *err)
{
    for (int r = 0; r < AUTK_READING_COUNT; r++) {
        by_reading[r] = no_concentration();
        if (!panel->has[r])
            continue;
        autk_status st = autk_concentration_bounds(&by_reading[r], panel->value, panel->n,
                                                   &panel->whole[r], NAN, err);
        if (st != AUTK_OK)
            return st;
    }
    autk_reading reading = autki_panel_reading(panel);
    *hull =
        hull_of(&by_reading[reading],
                &by_reading[reading == AUTK_READING_OWN ? AUTK_READING_MIRROR : AUTK_READING_OWN]);
    return AUTK_OK;
}

/* ------------------------------------------------------------------ ranks */

/* rank[i] of the panel's i-th partner: the widest of both readings. only: autki_rank_bounds. */
static autk_status rank_partners(autk_rank *rank, const autki_panel *panel, size_t only,
                                 autk_err *err)
{
    if (!panel->has[AUTK_READING_MIRROR])
        return AUTK_OK; /* not every partner is there to be ranked */
    autk_status st = autki_rank_bounds(rank, panel->value, panel->n, only,
                                       &panel->whole[AUTK_READING_MIRROR], err);
    if (st != AUTK_OK || !panel->has[AUTK_READING_OWN] || panel->n == 0)
        return st;
    autk_rank *own = autki_calloc(panel->n, sizeof *own);
    if (own == NULL)
        return autki_no_memory(err, panel->n * sizeof *own);
    st = autki_rank_bounds(own, panel->value, panel->n, only, &panel->whole[AUTK_READING_OWN], err);
    for (size_t i = 0; i < panel->n && st == AUTK_OK; i++) {
        rank[i].best = own[i].best < rank[i].best ? own[i].best : rank[i].best;
        rank[i].worst = own[i].worst > rank[i].worst ? own[i].worst : rank[i].worst;
    }
    free(own);
    return st;
}

/* ------------------------------------------------------------------ entries */

static int by_point_falling(const void *a, const void *b)
{
    const autk_dependence_entry *x = a, *y = b;
    bool x_known = autk_bounds_known(x->value_usd), y_known = autk_bounds_known(y->value_usd);
    if (x_known != y_known)
        return x_known ? -1 : 1;
    if (x_known && x->value_usd.point != y->value_usd.point)
        return x->value_usd.point > y->value_usd.point ? -1 : 1;
    return x->party < y->party ? -1 : x->party > y->party;
}

static autk_status add_entry(autk_dependence *d, const autki_panel *panel, const autk_world *world,
                             const autk_rank *rank, int32_t party, autk_err *err)
{
    autk_dependence_entry *e = &d->entries[d->n_entries];
    autk_status st = autki_panel_entry(e, panel, world, party, err);
    if (st != AUTK_OK)
        return st;
    size_t place = party < AUTK_GROUP_BASE ? autki_panel_place(panel, party) : SIZE_MAX;
    if (place != SIZE_MAX)
        e->rank = rank[place];
    if (d->gdp_usd > 0)
        e->to_gdp = autk_bounds_ratio(e->value_usd, autk_bounds_exact(d->gdp_usd));
    d->n_entries++;
    return AUTK_OK;
}

static autk_status list_entries(autk_dependence *d, const autki_panel *panel,
                                const autk_world *world, int32_t on, autk_err *err)
{
    const autk_country_year *c = panel->country;
    size_t n = on == AUTK_PARTY_ANY ? c->n_partners : 1;
    autk_rank *rank = autki_calloc(panel->n, sizeof *rank);
    d->entries = autki_calloc(n, sizeof *d->entries);
    size_t only = on != AUTK_PARTY_ANY && on < AUTK_GROUP_BASE ? autki_panel_place(panel, on)
                                                               : AUTKI_ALL_RANKS;
    autk_status st = rank != NULL && d->entries != NULL ? rank_partners(rank, panel, only, err)
                                                        : autki_no_memory(err, n * sizeof *rank);
    for (size_t i = 0; i < n && st == AUTK_OK; i++)
        st = add_entry(d, panel, world, rank, on == AUTK_PARTY_ANY ? c->partners[i].partner : on,
                       err);
    free(rank);
    if (st == AUTK_OK && d->n_entries > 0)
        qsort(d->entries, d->n_entries, sizeof *d->entries, by_point_falling);
    return st;
}

static autk_bounds difference(autk_bounds a, autk_bounds b)
{
    return (autk_bounds){a.low - b.high, a.point - b.point, a.high - b.low};
}

static autk_status look_back(autk_dependence *d, const autk_evidence *evidence, int32_t n_reverse,
                             autk_err *err)
{
    for (size_t i = 0; i < d->n_entries; i++) {
        autk_dependence_entry *e = &d->entries[i];
        if ((n_reverse >= 0 && i >= (size_t)n_reverse) || !autk_bounds_known(e->share))
            break;
        autk_bounds reverse;
        autk_status st =
            autki_reverse_share(&reverse, evidence, d->year, d->direction, e->party, err);
        if (st != AUTK_OK)
            return st;
        e->asymmetry.reverse_share = reverse;
        e->asymmetry.difference = difference(e->share, reverse);
        e->asymmetry.ratio = autk_bounds_ratio(e->share, reverse);
    }
    return AUTK_OK;
}

/* ------------------------------------------------------------------ the whole */

static autk_status isolate(autk_dependence *d, const autk_evidence *evidence,
                           const autk_country_year *c, autk_err *err)
{
    autk_concentration by_reading[AUTK_READING_COUNT], trade = d->concentration;
    autk_status st = AUTK_OK;
    if (!autk_bounds_known(c->totals[AUTK_READING_MIRROR][AUTK_DIRECTION_TRADE].value_usd))
        return AUTK_OK; /* partners are not all there to be counted */
    if (d->direction != AUTK_DIRECTION_TRADE) {
        autki_panel panel;
        st = autki_panel_init(&panel, c, AUTK_DIRECTION_TRADE, err);
        if (st != AUTK_OK)
            return st;
        st = concentrate(by_reading, &trade, &panel, err);
        autki_panel_deinit(&panel);
    }
    d->isolation.effective = trade.effective;
    return st == AUTK_OK ? autki_isolation(&d->isolation, evidence, c, d->gdp_usd, err) : st;
}

static autk_status measure(autk_dependence *d, const autk_evidence *evidence,
                           const autk_country_year *c, const autk_depend_opts *o, autk_err *err)
{
    const autk_world *world = autk_evidence_world(evidence);
    autki_panel panel;
    autk_status st = autki_panel_init(&panel, c, o->direction, err);
    if (st != AUTK_OK)
        return st;
    d->reading = autki_panel_reading(&panel);
    d->gdp_usd = autk_world_indicator(world, AUTK_GDP_USD, d->economy, d->year);
    st = concentrate(d->concentration_by_reading, &d->concentration, &panel, err);
    if (st == AUTK_OK)
        st = list_entries(d, &panel, world, o->on, err);
    if (st == AUTK_OK)
        st = look_back(d, evidence, o->n_reverse, err);
    if (st == AUTK_OK && o->isolation)
        st = isolate(d, evidence, c, err);
    autki_panel_deinit(&panel);
    return st;
}

static void no_isolation(autk_isolation *i)
{
    *i = (autk_isolation){.openness = autk_bounds_unknown(),
                          .effective = autk_bounds_unknown(),
                          .lost_share_at_peak = NAN};
}

autk_status autk_depend(autk_dependence **out, const autk_evidence *evidence, int year,
                        const autk_depend_opts *opts, autk_err *err)
{
    autk_depend_opts o = opts != NULL ? *opts : autk_depend_opts_default();
    autk_status st = check_opts(&o, evidence, err);
    if (st != AUTK_OK)
        return st;
    autk_country_year *c = NULL;
    st = autk_evidence_year(&c, evidence, year, err);
    if (st != AUTK_OK)
        return st;
    autk_dependence *d = autki_calloc(1, sizeof *d);
    if (d == NULL) {
        autk_country_year_free(c);
        return autki_no_memory(err, sizeof *d);
    }
    d->economy = c->economy;
    d->year = year;
    d->direction = o.direction;
    d->scope = c->scope;
    no_isolation(&d->isolation);
    for (int r = 0; r < AUTK_READING_COUNT; r++) {
        for (int k = 0; k < AUTK_DIRECTION_COUNT; k++)
            d->totals[r][k] = c->totals[r][k];
    }
    st = measure(d, evidence, c, &o, err);
    d->warnings = c->warnings; /* moved */
    d->n_warnings = c->n_warnings;
    c->warnings = NULL;
    c->n_warnings = 0;
    autk_country_year_free(c);
    if (st != AUTK_OK) {
        autk_dependence_free(d);
        return st;
    }
    *out = d;
    return AUTK_OK;
}

void autk_dependence_free(autk_dependence *d)
{
    if (d == NULL)
        return;
    autki_warnings_free(d->warnings, d->n_warnings);
    free(d->entries);
    free(d);
}

const autk_dependence_entry *autk_dependence_of(const autk_dependence *d, int32_t party)
{
    for (size_t i = 0; i < d->n_entries; i++) {
        if (d->entries[i].party == party)
            return &d->entries[i];
    }
    return NULL;
}

/* ------------------------------------------------------------------ series */

autk_status autk_depend_share(autk_dependence_entry *out, const autk_world *world,
                              const autk_country_year *country, int32_t party,
                              autk_direction direction, autk_err *err)
{
    if ((unsigned)direction >= AUTK_DIRECTION_COUNT)
        return autki_fail(err, AUTK_EARG, "expected a direction, got %d", (int)direction);
    autki_panel panel;
    autk_status st = autki_panel_init(&panel, country, direction, err);
    if (st != AUTK_OK)
        return st;
    autk_dependence_entry e;
    st = autki_panel_entry(&e, &panel, world, party, err);
    size_t place = SIZE_MAX;
    if (st == AUTK_OK && party < AUTK_GROUP_BASE)
        place = autki_panel_place(&panel, party);
    if (place != SIZE_MAX) {
        autk_rank *rank = autki_calloc(panel.n, sizeof *rank);
        st = rank != NULL ? rank_partners(rank, &panel, place, err)
                          : autki_no_memory(err, panel.n * sizeof *rank);
        if (st == AUTK_OK)
            e.rank = rank[place];
        free(rank);
    }
    autki_panel_deinit(&panel);
    if (st == AUTK_OK)
        *out = e;
    return st;
}

static autk_status one_year(autk_dependence_year *out, const autk_evidence *evidence, int year,
                            int32_t party, autk_direction direction, autk_err *err)
{
    autk_country_year *c = NULL;
    autk_status st = autk_evidence_year(&c, evidence, year, err);
    if (st != AUTK_OK)
        return st;
    out->year = year;
    st = autk_depend_share(&out->entry, autk_evidence_world(evidence), c, party, direction, err);
    autk_country_year_free(c);
    return st;
}

autk_status autk_depend_series(autk_dependence_year **out, size_t *n, const autk_evidence *evidence,
                               int32_t party, autk_direction direction, int first, int last,
                               autk_err *err)
{
    autk_depend_opts o = {.direction = direction, .on = party};
    autk_status st = check_opts(&o, evidence, err);
    if (st != AUTK_OK)
        return st;
    if (party == AUTK_PARTY_ANY || first > last)
        return autki_fail(err, AUTK_EARG, "expected a party and years in order, got %d, %d to %d",
                          (int)party, first, last);
    size_t n_years = (size_t)(last - first) + 1, got = 0;
    autk_dependence_year *years = autki_calloc(n_years, sizeof *years);
    if (years == NULL)
        return autki_no_memory(err, n_years * sizeof *years);
    for (int year = first; year <= last; year++) {
        st = one_year(&years[got], evidence, year, party, direction, err);
        if (st == AUTK_OK)
            got++;
        else if (st == AUTK_ENOANSWER)
            st = AUTK_OK;
        else
            break;
    }
    if (st != AUTK_OK) {
        free(years);
        return st;
    }
    *out = years;
    *n = got;
    return AUTK_OK;
}
