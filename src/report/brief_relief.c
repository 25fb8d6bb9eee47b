/* What lifting the sanctions would give: the numbers. */
#include "report/brief_relief.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/fail.h"
#include "base/mem.h"

#define YEARS AUTKI_RELIEF_YEARS
#define WAYS AUTKI_RELIEF_WAYS
#define NOW AUTKI_RELIEF_YEARS /* behind the years to compare with */
/* Sanctions further apart than that are not of one wave. */
#define MAX_QUIET_YEARS 5

void autki_relief_free(autki_relief *relief)
{
    if (relief == NULL)
        return;
    free(relief->mask);
    free(relief);
}

/* ------------------------------------------------------------------ who */

/* The other of two parties of which the economy is one; -1 where the event is between others or
 * more. Who of many is meant, the table of events does not say. */
static int32_t other_party(const autk_event *event, int32_t economy)
{
    if (event->n_parties != 2)
        return -1;
    if (event->parties[0] == economy)
        return event->parties[1];
    return event->parties[1] == economy ? event->parties[0] : -1;
}

static void add_party(autki_relief *r, int32_t party)
{
    for (size_t i = 0; i < r->n_parties; i++) {
        if (r->party[i] == party)
            return;
    }
    if (r->n_parties < AUTKI_RELIEF_PARTIES)
        r->party[r->n_parties++] = party;
}

static void drop_party(autki_relief *r, int32_t party)
{
    size_t kept = 0;
    for (size_t i = 0; i < r->n_parties; i++) {
        if (r->party[i] != party)
            r->party[kept++] = r->party[i];
    }
    r->n_parties = kept;
}

/* The last wave of sanctions up to the year, without what was lifted since. */
static void find_parties(autki_relief *r, const autk_brief *b, int year)
{
    int last = 0;
    for (size_t i = 0; i < autk_world_n_events(b->world); i++) {
        const autk_event *event = autk_world_event(b->world, i);
        int32_t other = other_party(event, b->economy);
        int when = event->date / 10000;
        if (other < 0 || when > year)
            continue;
        if (strcmp(event->type, "sanction relief") == 0) {
            drop_party(r, other);
        } else if (strcmp(event->type, "sanction") == 0) {
            if (when - last > MAX_QUIET_YEARS)
                r->n_parties = 0;
            if (r->n_parties == 0)
                r->began = when;
            add_party(r, other);
            last = when;
        }
    }
}

/* ------------------------------------------------------------------ what they took */

/* Trade with a party against that of a world without frictions, X_ij = Y_i Y_j / Y_W. */
typedef struct intensity {
    double trade[YEARS + 1][WAYS], benchmark[YEARS + 1][WAYS];
} intensity;

typedef struct history {
    const autk_brief *brief;
    int year[YEARS + 1];
    autk_country_year *country[YEARS + 1];
    double world_gdp[YEARS + 1];
} history;

static double gdp_of(const history *h, int32_t economy, int at)
{
    return autk_world_indicator(h->brief->world, AUTK_GDP_USD, economy, h->year[at]);
}

static double world_gdp(const autk_world *world, int year)
{
    double sum = 0.0;
    for (int32_t i = 0; i < autk_world_n_economies(world); i++) {
        double gdp = autk_world_indicator(world, AUTK_GDP_USD, i, year);
        sum += gdp > 0.0 ? gdp : 0.0;
    }
    return sum;
}

static void close_history(history *h)
{
    for (int at = 0; at <= NOW; at++)
        autk_country_year_free(h->country[at]);
}

static autk_status open_history(history *h, const autk_brief *b, int began, int year, autk_err *err)
{
    *h = (history){.brief = b};
    for (int at = 0; at <= NOW; at++) {
        h->year[at] = at == NOW ? year : began - YEARS + at;
        h->world_gdp[at] = world_gdp(b->world, h->year[at]);
        autk_status st = autk_evidence_year(&h->country[at], b->evidence, h->year[at], err);
        if (st != AUTK_OK) {
            close_history(h);
            return st;
        }
    }
    return AUTK_OK;
}

/* Only what is known in every year counts, so that the years compare like with like. */
static void add_pair(intensity *sum, const history *h, int32_t partner, int way)
{
    static const autk_direction direction[WAYS] = {AUTK_DIRECTION_EXPORT, AUTK_DIRECTION_IMPORT};
    double trade[YEARS + 1], benchmark[YEARS + 1];
    for (int at = 0; at <= NOW; at++) {
        const autk_partner *p = autk_country_year_partner(h->country[at], partner);
        trade[at] = p != NULL ? autk_partner_value(p, direction[way]).point : NAN;
        benchmark[at] =
            gdp_of(h, h->brief->economy, at) * gdp_of(h, partner, at) / h->world_gdp[at];
        if (!isfinite(trade[at]) || !(benchmark[at] > 0.0))
            return;
    }
    for (int at = 0; at <= NOW; at++) {
        sum->trade[at][way] += trade[at];
        sum->benchmark[at][way] += benchmark[at];
    }
}

static void add_party_trade(intensity *sum, const history *h, int32_t party)
{
    const autk_brief *b = h->brief;
    for (int32_t i = 0; i < autk_world_n_economies(b->world); i++) {
        if (i == b->economy ||
            !autk_world_party_has(b->world, party, i, h->year[NOW] * 10000 + 1231))
            continue;
        for (int way = 0; way < WAYS; way++)
            add_pair(sum, h, i, way);
    }
}

/* Log of how much trade has fallen since; 0 where it has not, or there is none to multiply. */
static double fallen(const intensity *x, int reference, int way)
{
    double now = x->trade[NOW][way] / x->benchmark[NOW][way];
    double then = x->trade[reference][way] / x->benchmark[reference][way];
    return now > 0.0 && then > now ? log(then / now) : 0.0;
}

/* Parties with whom nothing has fallen are left out: with them nothing is lifted. */
static void measure(autki_relief *r, const history *h)
{
    double now[WAYS] = {0.0}, then[WAYS] = {0.0};
    size_t kept = 0;
    for (size_t i = 0; i < r->n_parties; i++) {
        intensity x = {0};
        double most = 0.0;
        add_party_trade(&x, h, r->party[i]);
        for (int way = 0; way < WAYS; way++) {
            double mean = 0.0;
            for (int y = 0; y < YEARS; y++) {
                double effect = fallen(&x, y, way);
                r->effect[y][kept][way] = effect;
                mean += effect / YEARS;
            }
            now[way] += x.trade[NOW][way];
            then[way] += x.trade[NOW][way] * exp(mean);
            most = mean > most ? mean : most;
        }
        if (most > 0.0)
            r->party[kept++] = r->party[i];
    }
    r->n_parties = kept;
    for (int way = 0; way < WAYS; way++)
        r->times[way] = now[way] > 0.0 ? then[way] / now[way] : 1.0;
}

/* ------------------------------------------------------------------ in the baseline */

static uint8_t *mask_of(const autki_relief *r, size_t i)
{
    return r->mask + i * (size_t)r->n_regions;
}

static void mark(uint8_t *mask, const autk_brief *b, const autk_economy *baseline, int32_t party)
{
    autk_err ignored;
    int32_t self;
    (void)!autk_economy_mark(mask, baseline, autk_world_party_code(b->world, party), &ignored);
    if (party != b->economy &&
        autk_economy_find_region(&self, baseline, autk_world_party_code(b->world, b->economy),
                                 &ignored) == AUTK_OK)
        mask[self] = 0;
}

static autk_status mark_all(autki_relief *r, const autk_brief *b, const autk_economy *baseline,
                            autk_err *err)
{
    r->n_regions = autk_economy_n_regions(baseline);
    r->mask = autki_calloc(r->n_parties + 2, (size_t)r->n_regions);
    if (r->mask == NULL)
        return autki_no_memory(err, (r->n_parties + 2) * (size_t)r->n_regions);
    for (size_t i = 0; i < r->n_parties; i++)
        mark(mask_of(r, i), b, baseline, r->party[i]);
    mark(mask_of(r, r->n_parties), b, baseline, b->economy);
    mark(mask_of(r, r->n_parties + 1), b, baseline, b->on);
    return AUTK_OK;
}

autk_status autki_relief_create(autki_relief **out, const autk_brief *brief,
                                const autk_economy *baseline, int year, autk_err *err)
{
    autki_relief *r = autki_calloc(1, sizeof *r);
    history h;
    if (r == NULL)
        return autki_no_memory(err, sizeof *r);
    find_parties(r, brief, year);
    autk_status st = r->n_parties != 0 ? open_history(&h, brief, r->began, year, err) : AUTK_OK;
    if (st == AUTK_OK && r->n_parties != 0) {
        measure(r, &h);
        close_history(&h);
    }
    if (st == AUTK_OK && r->n_parties != 0)
        st = mark_all(r, brief, baseline, err);
    if (st == AUTK_OK && r->n_parties != 0) {
        *out = r;
        return AUTK_OK;
    }
    autki_relief_free(r);
    /* A year without any figure: nothing to compare with. */
    return st == AUTK_ENOANSWER || st == AUTK_ENOTFOUND ? AUTK_OK : st;
}

/* ------------------------------------------------------------------ one world */

static double mean_effect(const autki_relief *r, size_t party, int way, int reference)
{
    double sum = 0.0;
    for (int y = 0; y < YEARS; y++)
        sum += r->effect[y][party][way];
    return reference < YEARS ? r->effect[reference][party][way] : sum / YEARS;
}

static size_t measures_of(autk_measure *m, const autki_relief *r, int reference)
{
    static const uint8_t all_goods = 1;
    const uint8_t *self = mask_of(r, r->n_parties);
    size_t n = 0;
    for (size_t i = 0; i < r->n_parties; i++) {
        for (int way = 0; way < WAYS; way++) {
            bool out = way == AUTKI_RELIEF_OUT;
            m[n++] = (autk_measure){.kind = AUTK_MEASURE_SANCTION,
                                    .value = mean_effect(r, i, way, reference),
                                    .sellers = out ? self : mask_of(r, i),
                                    .buyers = out ? mask_of(r, i) : self,
                                    .sectors = &all_goods};
        }
    }
    return n;
}

/* Of the partner in the economy's goods trade. */
static double share_of_partner(const autki_relief *r, const autk_equilibrium *eq)
{
    const uint8_t *self = mask_of(r, r->n_parties), *on = mask_of(r, r->n_parties + 1);
    double all = 0.0, with = 0.0;
    for (int32_t i = 0; i < r->n_regions; i++) {
        for (int32_t k = 0; self[i] != 0 && k < r->n_regions; k++) {
            if (k == i)
                continue;
            double trade = autk_equilibrium_flow(eq, 0, i, k) + autk_equilibrium_flow(eq, 0, k, i);
            all += trade;
            with += on[k] != 0 ? trade : 0.0;
        }
    }
    return with / all;
}

autk_status autki_relief_solve(autki_relief_found *found, const autki_relief *relief, int reference,
                               const autk_economy *economy, const autk_equilibrium *before,
                               const autk_solve_opts *opts, autk_outcome *outcome, autk_err *err)
{
    autk_measure measures[WAYS * AUTKI_RELIEF_PARTIES];
    size_t n = measures_of(measures, relief, reference);
    autk_equilibrium *after = NULL;
    autk_status st = autk_equilibrium_solve(&after, NULL, economy, measures, n, before, opts, err);
    if (st == AUTK_OK)
        st = autk_equilibrium_compare(outcome, before, after, err);
    if (st == AUTK_OK) {
        const uint8_t *self = mask_of(relief, relief->n_parties);
        int32_t at = 0;
        while (self[at] == 0)
            at++;
        *found = (autki_relief_found){outcome[at].welfare_exact, share_of_partner(relief, after),
                                      share_of_partner(relief, before)};
    }
    autk_equilibrium_free(after);
    return st;
}
