#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/fail.h"
#include "base/mem.h"
#include "measure/turns.h"

/* Months of the observations that are looked at; more years than any source has. */
#define FIRST_YEAR 1990
#define MAX_MONTHS (12 * 60)
/* A rhythm is taken out when a month of the year is seen this often. */
#define MIN_RHYTHM (12 * 5)
/* Members that may be silent together may have had so much of a month's sum, not more. */
#define CRUMB 0.05

/* One partner's flow of one direction and source, month by month. */
typedef struct stream {
    int32_t partner, source;
    bool is_export;
    autk_bounds value_usd[MAX_MONTHS]; /* NaN where there is none */
    size_t n;                          /* months with a value */
} stream;

typedef struct streams {
    stream *items;
    size_t n, capacity;
} streams;

static size_t month_index(int32_t period)
{
    int32_t year = period / 100, month = period % 100;
    if (month < 1 || month > 12 || year < FIRST_YEAR)
        return SIZE_MAX;
    size_t index = (size_t)(year - FIRST_YEAR) * 12 + (size_t)(month - 1);
    return index < MAX_MONTHS ? index : SIZE_MAX;
}

static int32_t period_of(size_t index)
{
    return (int32_t)(FIRST_YEAR + index / 12) * 100 + (int32_t)(index % 12) + 1;
}

/* FOB value of an observation: CIF divided by the factor and its range. */
static autk_bounds fob(const autk_observation *o)
{
    autk_evidence_opts e = autk_evidence_opts_default();
    if (o->valuation != AUTK_VALUATION_CIF)
        return (autk_bounds){o->low, o->value, o->high};
    return (autk_bounds){o->low / e.cif_fob_high, o->value / e.cif_fob, o->high / e.cif_fob_low};
}

static autk_status stream_of(stream **out, streams *all, int32_t partner, int32_t source,
                             bool is_export, autk_err *err)
{
    for (size_t i = 0; i < all->n; i++) {
        stream *s = &all->items[i];
        if (s->partner == partner && s->source == source && s->is_export == is_export) {
            *out = s;
            return AUTK_OK;
        }
    }
    autk_status st =
        autki_grow(&all->items, &all->capacity, all->n + 1, sizeof *all->items, 4096, err);
    if (st != AUTK_OK)
        return st;
    stream *s = &all->items[all->n++];
    *s = (stream){.partner = partner, .source = source, .is_export = is_export};
    for (size_t t = 0; t < MAX_MONTHS; t++)
        s->value_usd[t] = autk_bounds_unknown();
    *out = s;
    return AUTK_OK;
}

static autk_status collect(streams *all, const autk_world *world, int32_t economy, int32_t party,
                           bool is_export, autk_err *err)
{
    autk_observation_query q = {.exporter = is_export ? economy : AUTK_PARTY_ANY,
                                .importer = is_export ? AUTK_PARTY_ANY : economy,
                                .first_period = FIRST_YEAR * 100 + 1,
                                .last_period = period_of(MAX_MONTHS - 1)};
    autk_observation *found = NULL;
    size_t n = 0;
    autk_status st = autk_world_observations(&found, &n, world, &q, err);
    for (size_t i = 0; i < n && st == AUTK_OK; i++) {
        const autk_observation *o = &found[i];
        int32_t partner = is_export ? o->importer : o->exporter;
        size_t month = month_index(o->period);
        bool wanted =
            partner == party || (partner >= 0 && partner < AUTK_GROUP_BASE &&
                                 autk_world_party_has(world, party, partner, o->period * 100 + 1));
        if (!wanted || month == SIZE_MAX || o->quantity != AUTK_QUANTITY_FLOW ||
            o->scope != AUTK_SCOPE_GOODS)
            continue;
        stream *s = NULL;
        st = stream_of(&s, all, partner, o->source, is_export, err);
        if (st != AUTK_OK || autk_bounds_known(s->value_usd[month]))
            continue;
        s->value_usd[month] = fob(o);
        s->n++;
    }
    free(found);
    return st;
}

static size_t longest_of_members(const streams *all, int32_t party, bool is_export)
{
    size_t longest = 0;
    for (size_t i = 0; i < all->n; i++) {
        const stream *s = &all->items[i];
        if (s->partner != party && s->is_export == is_export && s->n > longest)
            longest = s->n;
    }
    return longest;
}

/* Of several sources for one flow keep the one with most months, so that no step comes from a
 * change of source; of a group's own figures and its members' likewise. */
static void keep_longest(streams *all, int32_t party)
{
    size_t members[2] = {longest_of_members(all, party, false),
                         longest_of_members(all, party, true)};
    for (size_t i = 0; i < all->n; i++) {
        for (size_t j = 0; j < all->n; j++) {
            stream *a = &all->items[i], *b = &all->items[j];
            if (i == j || a->is_export != b->is_export || a->n == 0 || b->n == 0)
                continue;
            bool longer = a->partner == b->partner && (b->n > a->n || (b->n == a->n && j < i));
            bool whole_wins =
                b->partner == party && a->partner != party && b->n >= members[a->is_export];
            bool members_win =
                a->partner == party && b->partner != party && a->n < members[a->is_export];
            if (longer || whole_wins || members_win)
                a->n = 0;
        }
    }
    size_t kept = 0;
    for (size_t i = 0; i < all->n; i++) {
        if (all->items[i].n == 0)
            continue;
        if (kept != i)
            all->items[kept] = all->items[i];
        kept++;
    }
    all->n = kept;
}

/* What a stream may have had in a month without a figure: nothing to its largest month; the point
 * is the mean of the nearest figures before and after. */
static autk_bounds silent_month(const stream *s, size_t month)
{
    double largest = 0.0, before = NAN, after = NAN;
    for (size_t t = 0; t < MAX_MONTHS; t++) {
        if (!autk_bounds_known(s->value_usd[t]))
            continue;
        largest = s->value_usd[t].high > largest ? s->value_usd[t].high : largest;
        if (t < month)
            before = s->value_usd[t].point;
        else if (isnan(after))
            after = s->value_usd[t].point;
    }
    double point = isnan(before) ? after : isnan(after) ? before : 0.5 * (before + after);
    return (autk_bounds){0.0, point, largest};
}

/* Sum over the streams. A silent stream enters with what it may have had; where that is more than a
 * crumb of the sum the month is unknown, not smaller. */
static autk_bounds sum_of_month(const streams *all, size_t month)
{
    autk_bounds sum = autk_bounds_exact(0.0);
    double silent = 0.0;
    size_t n_known = 0;
    for (size_t i = 0; i < all->n; i++) {
        autk_bounds value = all->items[i].value_usd[month];
        if (!autk_bounds_known(value))
            continue;
        sum = autk_bounds_add(sum, value);
        n_known++;
    }
    for (size_t i = 0; i < all->n && n_known > 0 && silent <= CRUMB * sum.point; i++) {
        if (autk_bounds_known(all->items[i].value_usd[month]))
            continue;
        autk_bounds value = silent_month(&all->items[i], month);
        silent += value.high;
        sum = autk_bounds_add(sum, value);
    }
    return n_known > 0 && silent <= CRUMB * sum.point ? sum : autk_bounds_unknown();
}

static void sum_streams(autk_bounds *out, const streams *all)
{
    for (size_t t = 0; t < MAX_MONTHS; t++)
        out[t] = sum_of_month(all, t);
}

/* ------------------------------------------------------------------ the whole a share is of */

typedef struct totals {
    autk_bounds value_usd[MAX_MONTHS / 12]; /* of the year; NaN where there is none */
} totals;

static autk_status read_totals(totals *out, const autk_evidence *evidence, autk_direction direction,
                               const autk_bounds *sum, autk_err *err)
{
    for (size_t y = 0; y < MAX_MONTHS / 12; y++) {
        bool needed = false;
        out->value_usd[y] = autk_bounds_unknown();
        for (size_t t = y > 0 ? 12 * y - 6 : 0; t < 12 * y + 18 && t < MAX_MONTHS; t++)
            needed = needed || autk_bounds_known(sum[t]);
        int first, last, year = FIRST_YEAR + (int)y;
        autk_world_years(&first, &last, autk_evidence_world(evidence));
        if (!needed || year < first || year > last)
            continue;
        autk_country_year *country = NULL;
        autk_err none;
        autk_status st = autk_evidence_year(&country, evidence, year, &none);
        if (st == AUTK_ENOANSWER)
            continue;
        if (st != AUTK_OK) {
            if (err != NULL)
                *err = none;
            return st;
        }
        /* The total that every year has: a step between totals would pass for a turn. */
        out->value_usd[y] = country->totals[AUTK_READING_MIRROR][direction].value_usd;
        autk_country_year_free(country);
    }
    return AUTK_OK;
}

static double between(double a, double b, double weight)
{
    return a + (b - a) * weight;
}

/* A month's part of the economy's trade: a twelfth of the year's total, straight lines between the
 * middles of the years so that no step comes in January. */
static autk_bounds month_total(const totals *years, size_t month)
{
    size_t year = month / 12;
    double place = ((double)(month % 12) + 0.5) / 12.0 - 0.5; /* years from mid-year */
    autk_bounds here = years->value_usd[year];
    size_t beside = place < 0.0 ? year - 1 : year + 1;
    bool has_beside = beside < MAX_MONTHS / 12 && autk_bounds_known(years->value_usd[beside]);
    if (autk_bounds_known(here) && has_beside) {
        autk_bounds there = years->value_usd[beside];
        double weight = fabs(place);
        here = (autk_bounds){between(here.low, there.low, weight),
                             between(here.point, there.point, weight),
                             between(here.high, there.high, weight)};
    }
    return (autk_bounds){here.low / 12.0, here.point / 12.0, here.high / 12.0};
}

/* ------------------------------------------------------------------ rhythm */

autk_status autki_month_factors(double *factor, const double *value, size_t n, int month_of_first,
                                autk_err *err)
{
    double sums[12] = {0.0}, mean = 0.0;
    size_t counts[12] = {0};
    for (int m = 0; m < 12; m++)
        factor[m] = 1.0;
    if (n < 36)
        return AUTK_OK;
    double *cumulated = autki_malloc(n + 1, sizeof *cumulated);
    if (cumulated == NULL)
        return autki_no_memory(err, (n + 1) * sizeof *cumulated);
    cumulated[0] = 0.0;
    for (size_t t = 0; t < n; t++)
        cumulated[t + 1] = cumulated[t] + value[t];
    for (size_t t = 6; t + 6 < n; t++) {
        double trend =
            (cumulated[t + 6] - cumulated[t - 6] + cumulated[t + 7] - cumulated[t - 5]) / 24.0;
        size_t m = (t + (size_t)month_of_first - 1) % 12;
        if (trend > 0.0) {
            sums[m] += value[t] / trend;
            counts[m]++;
        }
    }
    free(cumulated);
    for (int m = 0; m < 12; m++) {
        if (counts[m] == 0 || !(sums[m] > 0.0))
            return AUTK_OK;
        mean += sums[m] / (double)counts[m] / 12.0;
    }
    for (int m = 0; m < 12; m++)
        factor[m] = sums[m] / (double)counts[m] / mean;
    return AUTK_OK;
}

/* Only a series without holes has a rhythm that can be told. */
static autk_status take_rhythm_out(autk_turns_series *s, autk_err *err)
{
    double factor[12];
    if (s->n < MIN_RHYTHM)
        return AUTK_OK;
    size_t first = month_index(s->period[0]);
    if (month_index(s->period[s->n - 1]) - first + 1 != s->n)
        return AUTK_OK;
    double *points = autki_malloc(s->n, sizeof *points);
    if (points == NULL)
        return autki_no_memory(err, s->n * sizeof *points);
    for (size_t t = 0; t < s->n; t++)
        points[t] = s->share[t].point;
    autk_status st = autki_month_factors(factor, points, s->n, (int)(first % 12) + 1, err);
    free(points);
    for (size_t t = 0; t < s->n && st == AUTK_OK; t++) {
        double f = factor[(first + t) % 12];
        autk_bounds *b = &s->share[t];
        *b = (autk_bounds){b->low / f, b->point / f, b->high / f};
    }
    s->what = "month's trade over a twelfth of the year's total, yearly rhythm taken out";
    return st;
}

/* ------------------------------------------------------------------ the series */

static double at_most_one(double x)
{
    return x < 1.0 ? x : 1.0;
}

static autk_status fill_series(autk_turns_series *s, const autk_bounds *sum, const totals *years,
                               const autk_turns_opts *o, autk_err *err)
{
    autk_status st = autki_turns_series_alloc(s, MAX_MONTHS, err);
    s->what = "month's trade over a twelfth of the year's total";
    for (size_t t = 0; t < MAX_MONTHS && st == AUTK_OK; t++) {
        int32_t period = period_of(t);
        if (period / 100 < o->first_year || period / 100 > o->last_year ||
            !autk_bounds_known(sum[t]))
            continue;
        autk_bounds share = autk_bounds_ratio(sum[t], month_total(years, t));
        if (!autk_bounds_known(share)) {
            s->n_left_out++;
            continue;
        }
        s->period[s->n] = period;
        s->share[s->n++] = share;
    }
    if (st == AUTK_OK && s->n > 0)
        st = take_rhythm_out(s, err);
    for (size_t t = 0; t < s->n && st == AUTK_OK; t++) {
        autk_bounds *b = &s->share[t];
        *b = (autk_bounds){at_most_one(b->low), at_most_one(b->point), at_most_one(b->high)};
    }
    return st;
}

static autk_status months_of(autk_turns_series *s, streams *all, autk_bounds *sum, totals *years,
                             const autk_evidence *evidence, int32_t party, const autk_turns_opts *o,
                             autk_err *err)
{
    const autk_world *world = autk_evidence_world(evidence);
    int32_t economy = autk_evidence_economy(evidence);
    autk_status st = AUTK_OK;
    if (o->direction != AUTK_DIRECTION_IMPORT)
        st = collect(all, world, economy, party, true, err);
    if (st == AUTK_OK && o->direction != AUTK_DIRECTION_EXPORT)
        st = collect(all, world, economy, party, false, err);
    if (st != AUTK_OK || all->n == 0)
        return st;
    keep_longest(all, party);
    sum_streams(sum, all);
    st = read_totals(years, evidence, o->direction, sum, err);
    return st == AUTK_OK ? fill_series(s, sum, years, o, err) : st;
}

autk_status autki_turns_months(autk_turns_series *s, const autk_evidence *evidence, int32_t party,
                               const autk_turns_opts *opts, autk_err *err)
{
    streams all = {0};
    autk_bounds *sum = autki_malloc(MAX_MONTHS, sizeof *sum);
    totals *years = autki_malloc(1, sizeof *years);
    autk_status st = sum != NULL && years != NULL
                         ? months_of(s, &all, sum, years, evidence, party, opts, err)
                         : autki_no_memory(err, MAX_MONTHS * sizeof *sum);
    free(all.items);
    free(sum);
    free(years);
    return st;
}
