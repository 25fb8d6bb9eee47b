#include "measure/turns.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/fail.h"
#include "base/mem.h"

#define MAX_DRAWS 10000
#define AS_TEXT(name, text) text,

const char *autk_turns_rule_text(autk_turns_rule rule)
{
    static const char *const texts[] = {AUTK_TURNS_RULE_LIST(AS_TEXT)};
    return (unsigned)rule < AUTK_TURNS_RULE_COUNT ? texts[rule] : "unknown";
}

autk_turns_opts autk_turns_opts_default(void)
{
    return (autk_turns_opts){.direction = AUTK_DIRECTION_TRADE,
                             .rule = AUTK_TURNS_BIC,
                             .level = 0.95,
                             .n_draws = 200,
                             .seed = 1};
}

autk_status autki_turns_series_alloc(autk_turns_series *s, size_t n, autk_err *err)
{
    s->period = autki_calloc(n, sizeof *s->period);
    s->share = autki_calloc(n, sizeof *s->share);
    s->gap = autki_calloc(n, sizeof *s->gap);
    if (s->period != NULL && s->share != NULL && s->gap != NULL)
        return AUTK_OK;
    autki_turns_series_deinit(s);
    return autki_no_memory(err, n * sizeof *s->share);
}

void autki_turns_series_deinit(autk_turns_series *s)
{
    for (size_t k = 0; k < s->n_turns; k++)
        free((void *)(uintptr_t)s->turns[k].events); /* owned here, const for the reader */
    free(s->turns);
    free(s->period);
    free(s->share);
    free(s->gap);
    *s = (autk_turns_series){0};
}

void autk_turns_free(autk_turns *turns)
{
    if (turns == NULL)
        return;
    autki_turns_series_deinit(&turns->annual);
    autki_turns_series_deinit(&turns->monthly);
    free(turns);
}

/* ------------------------------------------------------------------ years */

/* One definition for all years: a step from one total to another would pass for a turn. The sum
 * over partners is the total that every year has. */
static autk_bounds consistent_share(const autk_dependence_entry *entry)
{
    autk_bounds mirror = entry->by_reading[AUTK_READING_MIRROR];
    return autk_bounds_known(mirror) ? mirror : entry->share;
}

autk_status autki_turns_years(autk_turns_series *s, const autk_evidence *evidence, int32_t party,
                              const autk_turns_opts *opts, autk_err *err)
{
    autk_dependence_year *years = NULL;
    size_t n = 0;
    s->what = "share in the sum over partners, the total that every year has";
    autk_status st = autk_depend_series(&years, &n, evidence, party, opts->direction,
                                        opts->first_year, opts->last_year, err);
    if (st == AUTK_OK)
        st = autki_turns_series_alloc(s, n, err);
    for (size_t i = 0; i < n && st == AUTK_OK; i++) {
        const autk_dependence_entry *e = &years[i].entry;
        autk_bounds share = consistent_share(e);
        if (!autk_bounds_known(share)) {
            s->n_left_out++;
            continue;
        }
        s->period[s->n] = years[i].year;
        s->share[s->n] = share;
        s->gap[s->n] = e->gap;
        s->n_gaps += e->gap;
        s->n++;
    }
    free(years);
    return st;
}

/* ------------------------------------------------------------------ events */

/* Is a date (yyyymmdd, day or month 00 where not known) inside [low, high]? */
static bool is_inside(int32_t date, int32_t low, int32_t high)
{
    int32_t year = date / 10000, month = date / 100;
    if (low < 10000) /* years */
        return year >= low && year <= high;
    if (month % 100 == 0)
        return year >= low / 100 && year <= high / 100;
    return month >= low && month <= high;
}

/* 2: concerns both, 1: one of them, 0: neither. */
static int concerns(const autk_world *world, const autk_event *event, int32_t economy,
                    int32_t party)
{
    return (int)autk_world_event_concerns(world, event, economy) +
           (int)autk_world_event_concerns(world, event, party);
}

/* Months from year 0 to the middle of a period or a date. */
static int32_t month_number(int32_t period)
{
    if (period < 10000)
        return period * 12 + 6;
    int32_t month = period % 100;
    return period / 100 * 12 + (month > 0 ? month : 6);
}

/* An event of an interval, and how it stands to the turn. */
typedef struct nearby {
    size_t event;
    int concerned;  /* parties */
    int32_t months; /* from the turn's date */
} nearby;

static int by_relevance(const void *a, const void *b)
{
    const nearby *x = a, *y = b;
    if (x->concerned != y->concerned)
        return x->concerned > y->concerned ? -1 : 1;
    if (x->months != y->months)
        return x->months < y->months ? -1 : 1;
    return x->event < y->event ? -1 : x->event > y->event;
}

static autk_status find_events(autk_turn *turn, const autk_world *world, int32_t economy,
                               int32_t party, autk_err *err)
{
    size_t n_all = autk_world_n_events(world), n = 0;
    nearby *found = autki_calloc(n_all, sizeof *found);
    size_t *events = autki_calloc(n_all, sizeof *events);
    if (found == NULL || events == NULL) {
        free(found);
        free(events);
        return autki_no_memory(err, n_all * sizeof *found);
    }
    for (size_t i = 0; i < n_all; i++) {
        const autk_event *event = autk_world_event(world, i);
        int concerned = is_inside(event->date, turn->low, turn->high)
                            ? concerns(world, event, economy, party)
                            : 0;
        if (concerned > 0)
            found[n++] = (nearby){i, concerned,
                                  abs(month_number(event->date / 100) - month_number(turn->date))};
    }
    qsort(found, n, sizeof *found, by_relevance);
    for (size_t i = 0; i < n; i++)
        events[i] = found[i].event;
    free(found);
    turn->events = events;
    turn->n_events = n;
    return AUTK_OK;
}

/* Mid-period of `period`, or of the one before it. */
static int32_t day_of(int32_t period, bool before)
{
    if (period < 10000)
        return (period - before) * 10000 + 701;
    int32_t year = period / 100, month = period % 100 - before;
    return month > 0 ? year * 10000 + month * 100 + 15 : (year - 1) * 10000 + 1215;
}

static void count_members(autk_turn *turn, const autk_world *world, int32_t party)
{
    if (party < AUTK_GROUP_BASE)
        return;
    for (int32_t e = 0; e < autk_world_n_economies(world); e++) {
        bool was = autk_world_party_has(world, party, e, day_of(turn->low, true));
        bool is = autk_world_party_has(world, party, e, day_of(turn->high, false));
        turn->joined += is && !was;
        turn->left += was && !is;
    }
}

static autk_status date_and_explain(autk_turns_series *s, const autk_turns *turns,
                                    const autk_world *world, const autk_turns_opts *opts,
                                    autk_breaks_errors errors, autk_err *err)
{
    autk_breaks_opts bo = autk_breaks_opts_default();
    bo.errors = errors;
    autk_status st = autki_turns_date(s, opts, &bo, err);
    for (size_t k = 0; k < s->n_turns && st == AUTK_OK; k++) {
        count_members(&s->turns[k], world, turns->party);
        st = find_events(&s->turns[k], world, turns->economy, turns->party, err);
    }
    return st;
}

/* ------------------------------------------------------------------ all */

static autk_status check(autk_turns_opts *o, const autk_evidence *evidence, int32_t party,
                         autk_err *err)
{
    const autk_world *world = autk_evidence_world(evidence);
    int first, last;
    autk_world_years(&first, &last, world);
    if ((unsigned)o->direction >= AUTK_DIRECTION_COUNT ||
        (unsigned)o->rule >= AUTK_TURNS_RULE_COUNT)
        return autki_fail(err, AUTK_EARG, "the direction or the rule is none");
    if (!(o->level > 0.0 && o->level < 1.0))
        return autki_fail(err, AUTK_EARG, "level must be within (0, 1), got %g", o->level);
    if (o->n_draws > MAX_DRAWS)
        return autki_fail(err, AUTK_EARG, "at most %d draws are made, got %zu", MAX_DRAWS,
                          o->n_draws);
    if (party == autk_evidence_economy(evidence))
        return autki_fail(err, AUTK_EDATA, "expected a partner of %s, got %s itself",
                          autk_world_party_name(world, party), autk_world_party_name(world, party));
    if (party < 0)
        return autki_fail(err, AUTK_EDATA, "expected an economy or a group, got %s",
                          autk_world_party_name(world, party));
    o->first_year = o->first_year != 0 ? o->first_year : first;
    o->last_year = o->last_year != 0 ? o->last_year : last;
    if (o->first_year < first || o->last_year > last || o->first_year > o->last_year)
        return autki_fail(err, AUTK_EDATA, "expected years within %d:%d, got %d:%d", first, last,
                          o->first_year, o->last_year);
    return AUTK_OK;
}

static autk_status find_all(autk_turns *t, const autk_evidence *evidence,
                            const autk_turns_opts *opts, autk_err *err)
{
    const autk_world *world = autk_evidence_world(evidence);
    autk_status st = autki_turns_years(&t->annual, evidence, t->party, opts, err);
    if (st == AUTK_OK)
        st = date_and_explain(&t->annual, t, world, opts, AUTK_BREAKS_IID, err);
    if (st == AUTK_OK)
        st = autki_turns_months(&t->monthly, evidence, t->party, opts, err);
    /* Months follow one another closely: their errors are correlated. */
    if (st == AUTK_OK && t->monthly.n > 0)
        st = date_and_explain(&t->monthly, t, world, opts, AUTK_BREAKS_HAC, err);
    return st;
}

autk_status autk_turns_find(autk_turns **out, const autk_evidence *evidence, int32_t party,
                            const autk_turns_opts *opts, autk_err *err)
{
    autk_turns_opts o = opts != NULL ? *opts : autk_turns_opts_default();
    autk_status st = check(&o, evidence, party, err);
    if (st != AUTK_OK)
        return st;
    autk_turns *t = autki_calloc(1, sizeof *t);
    if (t == NULL)
        return autki_no_memory(err, sizeof *t);
    t->economy = autk_evidence_economy(evidence);
    t->party = party;
    t->direction = o.direction;
    t->rule = o.rule;
    t->level = o.level;
    t->annual.why_none = t->monthly.why_none = "";
    t->annual.what = t->monthly.what = "";
    st = find_all(t, evidence, &o, err);
    if (st != AUTK_OK)
        autk_turns_free(t);
    else
        *out = t;
    return st;
}
