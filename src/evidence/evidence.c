#include <math.h>
#include <stdlib.h>

#include "base/fail.h"
#include "base/mem.h"
#include "evidence/evidence.h"
#include "evidence/rules.h"

static autk_status check_opts(autk_evidence_opts *o, const autk_world *world, autk_err *err)
{
    int first, last;
    autk_world_years(&first, &last, world);
    if (!(o->cif_fob_low >= 1 && o->cif_fob_low <= o->cif_fob && o->cif_fob <= o->cif_fob_high &&
          o->cif_fob_high <= 2))
        return autki_fail(
            err, AUTK_EARG,
            "expected CIF/FOB factors 1 <= low <= factor <= high <= 2, got %g, %g, %g",
            o->cif_fob_low, o->cif_fob, o->cif_fob_high);
    if ((unsigned)o->scope >= AUTK_SCOPE_COUNT)
        return autki_fail(err, AUTK_EARG, "expected a scope, got %d", (int)o->scope);
    if (o->first_year == 0 || o->first_year < first)
        o->first_year = first;
    if (o->last_year == 0 || o->last_year > last)
        o->last_year = last;
    if (o->first_year > o->last_year)
        return autki_fail(err, AUTK_EARG, "expected years within %d to %d, got %d to %d", first,
                          last, o->first_year, o->last_year);
    return AUTK_OK;
}

static int by_year_and_importer(const void *a, const void *b)
{
    const autk_observation *x = a, *y = b;
    if (x->period != y->period)
        return x->period < y->period ? -1 : 1;
    if (x->importer != y->importer)
        return x->importer < y->importer ? -1 : 1;
    return x->source < y->source ? -1 : x->source > y->source;
}

static int by_year_and_exporter(const void *a, const void *b)
{
    const autk_observation *x = a, *y = b;
    if (x->period != y->period)
        return x->period < y->period ? -1 : 1;
    if (x->exporter != y->exporter)
        return x->exporter < y->exporter ? -1 : 1;
    return x->source < y->source ? -1 : x->source > y->source;
}

/* Where each year begins, with one more for the end. */
static size_t *index_years(const autk_observation *obs, size_t n, int first, int last)
{
    size_t n_years = (size_t)(last - first) + 1;
    size_t *begin = autki_calloc(n_years + 1, sizeof *begin);
    if (begin == NULL)
        return NULL;
    size_t at = 0;
    for (size_t y = 0; y <= n_years; y++) {
        while (at < n && obs[at].period < first + (int)y)
            at++;
        begin[y] = at;
    }
    return begin;
}

static autk_status load(autk_observation **obs, size_t *n, size_t **begin, const autk_evidence *e,
                        bool outward, autk_err *err)
{
    autk_observation_query q = {.exporter = outward ? e->economy : AUTK_PARTY_ANY,
                                .importer = outward ? AUTK_PARTY_ANY : e->economy,
                                .first_period = e->first,
                                .last_period = e->last};
    autk_status st = autk_world_observations(obs, n, e->world, &q, err);
    if (st != AUTK_OK)
        return st;
    /* The world's own order need not be one of party: world and groups come anywhere. */
    if (*n > 0)
        qsort(*obs, *n, sizeof **obs, outward ? by_year_and_importer : by_year_and_exporter);
    *begin = index_years(*obs, *n, e->first, e->last);
    return *begin != NULL ? AUTK_OK : autki_no_memory(err, sizeof **begin);
}

autk_status autk_evidence_create(autk_evidence **out, const autk_world *world, int32_t economy,
                                 const autk_evidence_opts *opts, autk_err *err)
{
    autk_evidence_opts o = opts != NULL ? *opts : autk_evidence_opts_default();
    autk_status st = check_opts(&o, world, err);
    if (st != AUTK_OK)
        return st;
    if (autk_world_economy(world, economy) == NULL)
        return autki_fail(err, AUTK_EARG, "expected an economy, got party %d", (int)economy);
    autk_evidence *e = autki_calloc(1, sizeof *e);
    if (e == NULL)
        return autki_no_memory(err, sizeof *e);
    e->world = world;
    e->economy = economy;
    e->opts = o;
    e->first = o.first_year;
    e->last = o.last_year;
    st = load(&e->outward, &e->n_outward, &e->out_year, e, true, err);
    if (st == AUTK_OK)
        st = load(&e->inward, &e->n_inward, &e->in_year, e, false, err);
    if (st != AUTK_OK) {
        autk_evidence_free(e);
        return st;
    }
    *out = e;
    return AUTK_OK;
}

void autk_evidence_free(autk_evidence *evidence)
{
    if (evidence == NULL)
        return;
    free(evidence->outward);
    free(evidence->inward);
    free(evidence->out_year);
    free(evidence->in_year);
    free(evidence);
}

const autk_world *autk_evidence_world(const autk_evidence *evidence)
{
    return evidence->world;
}

int32_t autk_evidence_economy(const autk_evidence *evidence)
{
    return evidence->economy;
}

autk_scope autk_evidence_scope(const autk_evidence *evidence)
{
    return evidence->opts.scope;
}

static bool has_partner(autki_slice s, bool outward, autk_scope scope)
{
    for (size_t i = 0; i < s.n; i++) {
        int32_t party = outward ? s.obs[i].importer : s.obs[i].exporter;
        if (party >= 0 && party < AUTK_GROUP_BASE && s.obs[i].scope == scope)
            return true;
    }
    return false;
}

void autk_evidence_years(int *first, int *last, const autk_evidence *e)
{
    *first = *last = 0;
    for (int y = e->first; y <= e->last; y++) {
        if (!has_partner(autki_evidence_slice(e, y, true), true, e->opts.scope) &&
            !has_partner(autki_evidence_slice(e, y, false), false, e->opts.scope))
            continue;
        *first = *first == 0 ? y : *first;
        *last = y;
    }
}

autki_slice autki_evidence_slice(const autk_evidence *e, int year, bool outward)
{
    if (year < e->first || year > e->last)
        return (autki_slice){NULL, 0};
    const size_t *begin = (outward ? e->out_year : e->in_year) + (year - e->first);
    const autk_observation *obs = outward ? e->outward : e->inward;
    if (begin[0] == begin[1])
        return (autki_slice){NULL, 0};
    return (autki_slice){obs + begin[0], begin[1] - begin[0]};
}

static int32_t partner_of(const autk_observation *o, bool outward)
{
    return outward ? o->importer : o->exporter;
}

autki_slice autki_evidence_pair(const autk_evidence *e, int year, bool outward, int32_t partner)
{
    autki_slice s = autki_evidence_slice(e, year, outward);
    size_t from = 0, to = s.n;
    while (from < to) {
        size_t middle = from + (to - from) / 2;
        if (partner_of(&s.obs[middle], outward) < partner)
            from = middle + 1;
        else
            to = middle;
    }
    size_t end = from;
    while (end < s.n && partner_of(&s.obs[end], outward) == partner)
        end++;
    if (end == from)
        return (autki_slice){NULL, 0};
    return (autki_slice){s.obs + from, end - from};
}

bool autki_is_silent(const autk_evidence *e, int32_t economy, int year)
{
    return autk_world_is_non_reporter(e->world, economy, year, NULL);
}

/* ------------------------------------------------------------------ one direction of a pair */

/* The point of another year's flow; NaN when that year is no evidence (a gap, or not loaded). */
static double value_in(const autk_evidence *e, int year, bool outward, int32_t partner)
{
    if (year < e->first || year > e->last)
        return NAN;
    autk_flow flow = {.scope = e->opts.scope};
    autki_slice s = autki_evidence_pair(e, year, outward, partner);
    if (autki_flow_from_statistics(&flow, s.obs, s.n, false, &e->opts))
        return flow.value_usd.point;
    int32_t from = outward ? e->economy : partner, to = outward ? partner : e->economy;
    return autk_world_is_gap(e->world, from, to, year) ? NAN : 0;
}

static bool existed(const autk_world *world, int32_t economy, int year)
{
    const autk_economy_info *info = autk_world_economy(world, economy);
    return info != NULL && (info->from_date == 0 || info->from_date / 10000 <= year) &&
           (info->to_date == 0 || info->to_date / 10000 >= year);
}

static autk_bounds bound_gap(const autk_evidence *e, int year, bool outward, int32_t partner)
{
    autki_neighbour n = {.before = NAN, .after = NAN};
    for (int k = 1; k <= AUTKI_NEIGHBOUR_REACH && isnan(n.before); k++) {
        if (!existed(e->world, partner, year - k) || !existed(e->world, e->economy, year - k))
            break;
        n.before = value_in(e, year - k, outward, partner);
        n.years_before = k;
    }
    for (int k = 1; k <= AUTKI_NEIGHBOUR_REACH && isnan(n.after); k++) {
        n.after = value_in(e, year + k, outward, partner);
        n.years_after = k;
    }
    return autki_bound_by_neighbours(&n);
}

bool autki_evidence_direction(autk_flow *flow, const autk_evidence *e, int year, bool outward,
                              int32_t partner)
{
    *flow = (autk_flow){.exporter = outward ? e->economy : partner,
                        .importer = outward ? partner : e->economy,
                        .year = year,
                        .scope = e->opts.scope,
                        .disagreement = 1};
    bool silent = autki_is_silent(e, e->economy, year) || autki_is_silent(e, partner, year);
    autki_slice s = autki_evidence_pair(e, year, outward, partner);
    if (autki_flow_from_statistics(flow, s.obs, s.n, silent, &e->opts))
        return true;
    flow->value_usd = autk_bounds_unknown();
    flow->evidence = AUTK_EVIDENCE_UNKNOWN;
    flow->rule = AUTK_RULE_NOTHING;
    if (flow->scope != AUTK_SCOPE_GOODS)
        return false; /* no statistics of that scope: nothing was looked for, nothing is missing */
    if (!existed(e->world, partner, year) || !existed(e->world, e->economy, year))
        return false;
    flow->gap = autk_world_is_gap(e->world, flow->exporter, flow->importer, year);
    if (!flow->gap) {
        flow->value_usd = autk_bounds_exact(0);
        flow->evidence = AUTK_EVIDENCE_NONE;
        flow->rule = AUTK_RULE_NONE;
        return true;
    }
    if (autki_flow_from_model(flow, s.obs, s.n))
        return true;
    autk_bounds b = bound_gap(e, year, outward, partner);
    if (autk_bounds_known(b)) {
        flow->value_usd = b;
        flow->evidence = AUTK_EVIDENCE_BOUNDED;
        flow->rule = AUTK_RULE_NEIGHBOURS;
    }
    return true;
}

/* ------------------------------------------------------------------ own totals */

typedef struct total_pool {
    autk_bounds hull;
    int best; /* rank of the figure that gives the point: statistics, then H, then M */
} total_pool;

static int total_rank(const autk_observation *o)
{
    if (o->kind != AUTK_KIND_STATEMENT && o->kind != AUTK_KIND_ESTIMATED)
        return 3;
    return o->confidence == 'H' ? 2 : 1;
}

static void total_add(total_pool *pool, autk_total *total, const autk_observation *o, autk_bounds b)
{
    int rank = total_rank(o);
    pool->hull =
        rank > pool->best ? autk_bounds_hull(b, pool->hull) : autk_bounds_hull(pool->hull, b);
    pool->best = rank > pool->best ? rank : pool->best;
    autki_sources_add(&total->sources, o->source);
}

static autk_bounds difference(autk_bounds whole, autk_bounds part)
{
    autk_bounds d = {whole.low - part.high, whole.point - part.point, whole.high - part.low};
    d.low = d.low > 0 ? d.low : 0;
    return d.point >= 0 ? d : autk_bounds_unknown();
}

/* What two of the three give for the third. */
static void complete(autk_total *out)
{
    autk_bounds *t = &out[AUTK_DIRECTION_TRADE].value_usd;
    autk_bounds *x = &out[AUTK_DIRECTION_EXPORT].value_usd;
    autk_bounds *m = &out[AUTK_DIRECTION_IMPORT].value_usd;
    bool has_t = autk_bounds_known(*t), has_x = autk_bounds_known(*x),
         has_m = autk_bounds_known(*m);
    autk_sources all = out[AUTK_DIRECTION_TRADE].sources;
    autki_sources_merge(&all, &out[AUTK_DIRECTION_EXPORT].sources);
    autki_sources_merge(&all, &out[AUTK_DIRECTION_IMPORT].sources);
    if (!has_t && has_x && has_m) {
        *t = autk_bounds_add(*x, *m);
        out[AUTK_DIRECTION_TRADE].sources = all;
    } else if (has_t && has_x && !has_m) {
        *m = difference(*t, *x);
        out[AUTK_DIRECTION_IMPORT].sources = all;
    } else if (has_t && !has_x && has_m) {
        *x = difference(*t, *m);
        out[AUTK_DIRECTION_EXPORT].sources = all;
    }
}

void autki_own_totals(autk_total *out, const autk_evidence *e, int year)
{
    total_pool pool[AUTK_DIRECTION_COUNT];
    for (int d = 0; d < AUTK_DIRECTION_COUNT; d++) {
        pool[d] = (total_pool){autk_bounds_unknown(), 0};
        out[d] = (autk_total){.value_usd = autk_bounds_unknown()};
    }
    for (int outward = 0; outward <= 1; outward++) {
        autki_slice s = autki_evidence_pair(e, year, outward == 1, AUTK_PARTY_WORLD);
        for (size_t i = 0; i < s.n; i++) {
            const autk_observation *o = &s.obs[i];
            autk_direction d = o->quantity == AUTK_QUANTITY_TURNOVER ? AUTK_DIRECTION_TRADE
                               : outward == 1                        ? AUTK_DIRECTION_EXPORT
                                                                     : AUTK_DIRECTION_IMPORT;
            if (o->scope == e->opts.scope &&
                (o->quantity == AUTK_QUANTITY_FLOW || o->quantity == AUTK_QUANTITY_TURNOVER))
                total_add(&pool[d], &out[d], o, autki_to_fob(o, &e->opts));
        }
    }
    for (int d = 0; d < AUTK_DIRECTION_COUNT; d++)
        out[d].value_usd = pool[d].hull;
    complete(out);
}
