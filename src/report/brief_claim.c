#include "report/brief.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include <autarky/claim_report.h>

#include "base/fail.h"
#include "base/mem.h"
#include "report/words.h"

/* "has grown": by more than this share of trade. */
#define GROWN_BY 0.01
/* "shrunk to a bare minimum": to at most a quarter of the peak; above a half it is not so. */
#define MINIMUM 0.25
#define NO_MINIMUM 0.5

/* One check at work: the quoted sentence, the words of the finding, the verdict. */
typedef struct check {
    const autk_brief *brief;
    const autk_quoted *quoted;
    autk_buf *words;
    autk_verdict verdict;
    autk_err *err;
} check;

static autk_direction direction_of(const autk_quoted *quoted)
{
    for (int d = 0; d < AUTK_DIRECTION_COUNT; d++) {
        if (strcmp(quoted->flow, autk_direction_text((autk_direction)d)) == 0)
            return (autk_direction)d;
    }
    return AUTK_DIRECTION_TRADE;
}

static const char *flow_words(autk_direction direction)
{
    return direction == AUTK_DIRECTION_EXPORT   ? "exports"
           : direction == AUTK_DIRECTION_IMPORT ? "imports"
                                                : "trade";
}

static autk_status series_of(autk_dependence_year **series, size_t *n, const check *c)
{
    return autk_depend_series(series, n, c->brief->evidence, c->quoted->party,
                              direction_of(c->quoted), c->quoted->from_year, c->quoted->to_year,
                              c->err);
}

static autk_verdict judge_growth(autk_bounds then, autk_bounds now)
{
    if (!autk_bounds_known(then) || !autk_bounds_known(now))
        return AUTK_VERDICT_UNDECIDABLE;
    if (now.low > then.high + GROWN_BY)
        return AUTK_VERDICT_SUPPORTED;
    return now.high < then.low + GROWN_BY ? AUTK_VERDICT_CONTRADICTED : AUTK_VERDICT_POSSIBLE;
}

/* The share rose by more than a point from one year to the other. */
static autk_status check_growth(check *c)
{
    autk_dependence_year *series = NULL;
    size_t n = 0;
    autk_status st = series_of(&series, &n, c);
    if (st != AUTK_OK || n == 0) {
        free(series);
        return st;
    }
    c->verdict = judge_growth(series[0].entry.share, series[n - 1].entry.share);
    autki_words_possessive(c->words, c->brief->world, c->quoted->party);
    autk_buf_printf(c->words, " share of %s was ", flow_words(direction_of(c->quoted)));
    autki_words_share(c->words, series[0].entry.share);
    autk_buf_printf(c->words, " in %d and ", series[0].year);
    autki_words_share(c->words, series[n - 1].entry.share);
    autk_buf_printf(c->words, " in %d.", series[n - 1].year);
    free(series);
    return AUTK_OK;
}

static autk_verdict judge_minimum(autk_bounds peak, autk_bounds now)
{
    if (!autk_bounds_known(peak) || !autk_bounds_known(now))
        return AUTK_VERDICT_UNDECIDABLE;
    if (now.high <= MINIMUM * peak.low)
        return AUTK_VERDICT_SUPPORTED;
    return now.low > NO_MINIMUM * peak.high ? AUTK_VERDICT_CONTRADICTED : AUTK_VERDICT_POSSIBLE;
}

/* The value fell to at most a quarter of its peak. */
static autk_status check_shrunk(check *c)
{
    autk_dependence_year *series = NULL;
    size_t n = 0, peak = 0;
    autk_status st = series_of(&series, &n, c);
    if (st != AUTK_OK || n == 0) {
        free(series);
        return st;
    }
    for (size_t i = 0; i < n; i++) {
        if (series[i].entry.value_usd.point > series[peak].entry.value_usd.point)
            peak = i;
    }
    const autk_dependence_entry *then = &series[peak].entry, *now = &series[n - 1].entry;
    c->verdict = judge_minimum(then->value_usd, now->value_usd);
    autk_direction d = direction_of(c->quoted);
    autk_buf_printf(c->words, "Goods %s %s ", flow_words(d),
                    d == AUTK_DIRECTION_EXPORT   ? "to"
                    : d == AUTK_DIRECTION_IMPORT ? "from"
                                                 : "with");
    autki_words_name(c->words, c->brief->world, c->quoted->party);
    autk_buf_puts(c->words, " were ");
    autki_words_usd(c->words, then->value_usd);
    autk_buf_printf(c->words, " in %d, their peak and ", series[peak].year);
    autki_words_percent(c->words, then->share.point);
    autk_buf_puts(c->words, " of all, and ");
    autki_words_usd(c->words, now->value_usd);
    autk_buf_printf(c->words, " in %d, ", series[n - 1].year);
    autki_words_share(c->words, now->share);
    autk_buf_puts(c->words, " of all: ");
    autki_words_percent(c->words, now->value_usd.point / then->value_usd.point);
    autk_buf_puts(c->words, " of the peak.");
    free(series);
    return AUTK_OK;
}

static void say_turn_dates(autk_buf *t, const autk_turns_series *s, const char *what)
{
    for (size_t i = 0; i < s->n_turns; i++) {
        autk_buf_puts(t, i == 0 ? what : " and ");
        autki_words_date(t, s->turns[i].date > 9999 ? s->turns[i].date * 100
                                                    : s->turns[i].date * 10000);
        if (s->turns[i].low == s->turns[i].high)
            continue;
        autk_buf_puts(t, " (");
        autki_words_date(t,
                         s->turns[i].low > 9999 ? s->turns[i].low * 100 : s->turns[i].low * 10000);
        autk_buf_puts(t, " to ");
        autki_words_date(t, s->turns[i].high > 9999 ? s->turns[i].high * 100
                                                    : s->turns[i].high * 10000);
        autk_buf_puts(t, ")");
    }
}

/* A turn dated to the year or the next (the first at the new level) supports; an interval that
 * holds the year leaves it possible. */
static autk_verdict judge_turns(const autk_turns_series *s, int32_t year)
{
    autk_verdict verdict = AUTK_VERDICT_CONTRADICTED;
    for (size_t i = 0; i < s->n_turns; i++) {
        if (s->turns[i].date == year || s->turns[i].date == year + 1)
            return AUTK_VERDICT_SUPPORTED;
        if (s->turns[i].low <= year && year <= s->turns[i].high)
            verdict = AUTK_VERDICT_POSSIBLE;
    }
    return verdict;
}

static void say_turns(check *c, const autk_turns *turns)
{
    int32_t year = c->quoted->from_year / 10000;
    c->verdict = judge_turns(&turns->annual, year);
    autki_words_possessive(c->words, c->brief->world, c->quoted->party);
    autk_buf_printf(c->words, " share of %s turns ", flow_words(turns->direction));
    if (turns->annual.n_turns == 0)
        autk_buf_puts(c->words, "in no year");
    say_turn_dates(c->words, &turns->annual, "in ");
    autk_buf_printf(c->words, "; the event is of %d.", (int)year);
}

/* A turn of the share is dated to the year of an event (its day stands in from_year). */
static autk_status check_turn(check *c)
{
    const autk_brief *b = c->brief;
    autk_turns_opts opts = autk_turns_opts_default();
    opts.direction = direction_of(c->quoted);
    opts.last_year = b->year;
    if (b->turns != NULL && c->quoted->party == b->on && opts.direction == b->turns->direction) {
        say_turns(c, b->turns); /* the page has them already */
        return AUTK_OK;
    }
    autk_turns *turns = NULL;
    autk_err why;
    autk_status st = autk_turns_find(&turns, b->evidence, c->quoted->party, &opts, &why);
    if (st == AUTK_OK)
        say_turns(c, turns);
    else if (st != AUTK_ENOANSWER && st != AUTK_EARG && c->err != NULL)
        *c->err = why;
    autk_turns_free(turns);
    return st == AUTK_ENOANSWER || st == AUTK_EARG ? AUTK_OK : st;
}

/* Of the trade with all but `without`, more than half is with `party`. */
static autk_status check_rest(check *c)
{
    autk_country_year *country = NULL;
    const autk_world *world = c->brief->world;
    autk_status st = autk_evidence_year(&country, c->brief->evidence, c->quoted->to_year, c->err);
    if (st != AUTK_OK)
        return st == AUTK_ENOANSWER ? AUTK_OK : st;
    int32_t day = c->quoted->to_year * 10000 + 701;
    autk_bounds in = autk_bounds_exact(0.0), out = autk_bounds_exact(0.0);
    for (size_t i = 0; i < country->n_partners; i++) {
        const autk_partner *p = &country->partners[i];
        autk_bounds value = autk_partner_value(p, direction_of(c->quoted));
        if (!autk_bounds_known(value) ||
            autk_world_party_has(world, c->quoted->without, p->partner, day))
            continue;
        if (autk_world_party_has(world, c->quoted->party, p->partner, day))
            in = autk_bounds_add(in, value);
        else
            out = autk_bounds_add(out, value);
    }
    autk_country_year_free(country);
    if (!(in.low + out.low > 0.0))
        return AUTK_OK;
    autk_bounds share = {in.low / (in.low + out.high), in.point / (in.point + out.point),
                         in.high / (in.high + out.low)};
    autk_quantity_said most = {.low = .5, .high = 1.0, .above_low = true};
    c->verdict = autk_claim_judge(&most, share);
    autki_words_name(c->words, world, c->quoted->party);
    autk_buf_puts(c->words, " holds ");
    autki_words_share(c->words, share);
    autk_buf_puts(c->words, " of the trade that is not with ");
    autki_words_name(c->words, world, c->quoted->without);
    autk_buf_printf(c->words, " in %d, by what partners report.", (int)c->quoted->to_year);
    return AUTK_OK;
}

static autk_status isolation_in(autk_isolation *out, const check *c, int year)
{
    autk_dependence *dependence = NULL;
    autk_depend_opts opts = autk_depend_opts_default();
    opts.n_reverse = 0;
    autk_status st = autk_depend(&dependence, c->brief->evidence, year, &opts, c->err);
    if (st == AUTK_OK)
        *out = dependence->isolation;
    autk_dependence_free(dependence);
    return st;
}

static void say_effective(autk_buf *t, autk_bounds n)
{
    autk_buf_printf(t, "%.1f", n.point);
    if (n.high - n.low > 0.05)
        autk_buf_printf(t, " (%.1f–%.1f)", n.low, n.high);
}

/* Trade is spread over fewer effective partners than before. */
static autk_status check_isolation(check *c)
{
    autk_isolation then, now;
    autk_status st = isolation_in(&then, c, c->quoted->from_year);
    if (st == AUTK_OK)
        st = isolation_in(&now, c, c->quoted->to_year);
    if (st != AUTK_OK || !isfinite(then.effective.point) || !isfinite(now.effective.point))
        return st == AUTK_ENOANSWER ? AUTK_OK : st;
    c->verdict = now.effective.high < then.effective.low   ? AUTK_VERDICT_SUPPORTED
                 : now.effective.low > then.effective.high ? AUTK_VERDICT_CONTRADICTED
                                                           : AUTK_VERDICT_POSSIBLE;
    autk_buf_puts(c->words, "Trade was as concentrated as if split evenly among ");
    say_effective(c->words, then.effective);
    autk_buf_printf(c->words, " partners in %d and ", (int)c->quoted->from_year);
    say_effective(c->words, now.effective);
    autk_buf_printf(c->words, " in %d; partners above 0.1 %% of trade were %d and are %d.",
                    (int)c->quoted->to_year, (int)then.partners_point, (int)now.partners_point);
    return AUTK_OK;
}

static autk_status check_landlocked(check *c)
{
    bool landlocked = autk_world_economy(c->brief->world, c->quoted->economy)->landlocked;
    c->verdict = landlocked ? AUTK_VERDICT_SUPPORTED : AUTK_VERDICT_CONTRADICTED;
    autki_words_name(c->words, c->brief->world, c->quoted->economy);
    autk_buf_puts(c->words, landlocked ? " has no sea coast." : " has a sea coast.");
    return AUTK_OK;
}

static void say_reading(autk_buf *t, const autk_claim_reading *r)
{
    autk_buf_printf(t, "%s: ", r->reading);
    if (autk_bounds_known(r->share)) {
        autki_words_share(t, r->share);
        autk_buf_puts(t, ", ");
    }
    autk_buf_puts(t, autk_verdict_text(r->verdict));
}

/* A claim in the grammar of `autarky claim`. */
static autk_status check_words(check *c)
{
    autk_claim claim;
    autk_claim_result result;
    autk_status st = autk_claim_parse(&claim, c->quoted->text, c->err);
    if (st == AUTK_OK)
        st = autk_claim_answer(&result, c->brief->world, &claim, c->err);
    if (st != AUTK_OK)
        return st;
    c->verdict = result.verdict;
    int said = 0;
    for (size_t i = 0; i < result.n_readings; i++) {
        const autk_claim_reading *r = &result.readings[i];
        if (!r->literal || !autk_bounds_known(r->share))
            continue;
        autk_buf_puts(c->words, said++ == 0 ? "" : "; ");
        say_reading(c->words, r);
    }
    if (result.made_true_by < result.n_readings && !result.readings[result.made_true_by].literal) {
        autk_buf_puts(c->words, said++ == 0 ? "" : ". It becomes true of ");
        say_reading(c->words, &result.readings[result.made_true_by]);
    }
    if (said != 0)
        autk_buf_putc(c->words, '.');
    return AUTK_OK;
}

static autk_status run_check(check *c, bool *reached)
{
    static const struct {
        const char *kind;
        autk_status (*run)(check *c);
    } kinds[] = {{"claim", check_words},
                 {"growth", check_growth},
                 {"shrunk", check_shrunk},
                 {"turn", check_turn},
                 {"rest", check_rest},
                 {"isolation", check_isolation},
                 {"landlocked", check_landlocked}};
    *reached = true;
    for (size_t i = 0; i < sizeof kinds / sizeof *kinds; i++) {
        if (strcmp(c->quoted->kind, kinds[i].kind) == 0)
            return kinds[i].run(c);
    }
    *reached = false; /* the text says why these measures do not reach it */
    autk_buf_puts(c->words, c->quoted->text);
    return AUTK_OK;
}

static void capitalise(autk_buf *words)
{
    if (words->len != 0 && words->text[0] >= 'a' && words->text[0] <= 'z')
        words->text[0] = (char)(words->text[0] - 'a' + 'A');
}

static autk_status add_check(autk_brief *b, const autk_quoted *quoted, autk_buf *words,
                             autk_err *err)
{
    check c = {b, quoted, words, AUTK_VERDICT_UNDECIDABLE, err};
    bool reached = false;
    autk_buf_clear(words);
    autk_status st = run_check(&c, &reached);
    if (st == AUTK_OK)
        st = autk_buf_check(words, err);
    if (st != AUTK_OK)
        return st;
    capitalise(words);
    char *finding =
        autki_strdup(words->len != 0 ? autk_buf_text(words) : "There are no figures for it.");
    if (finding == NULL)
        return autki_no_memory(err, words->len);
    b->claims[b->n_claims++] =
        (autki_checked){quoted->quote, quoted->source, c.verdict, reached, finding};
    return AUTK_OK;
}

autk_status autki_brief_add_claims(autk_brief *brief, autk_err *err)
{
    size_t n = autk_world_n_quoted(brief->world);
    brief->claims = autki_calloc(n + 1, sizeof *brief->claims);
    if (brief->claims == NULL)
        return autki_no_memory(err, n * sizeof *brief->claims);
    autk_buf words;
    autk_buf_init(&words);
    autk_status st = AUTK_OK;
    for (size_t i = 0; st == AUTK_OK && i < n; i++) {
        const autk_quoted *quoted = autk_world_quoted(brief->world, i);
        if (quoted->economy == brief->economy && quoted->to_year <= brief->year)
            st = add_check(brief, quoted, &words, err);
    }
    autk_buf_deinit(&words);
    return st;
}

const char *autki_brief_verdict(const autki_checked *claim)
{
    static const char *const words[AUTK_VERDICT_COUNT] = {
        [AUTK_VERDICT_SUPPORTED] = "Supported",
        [AUTK_VERDICT_POSSIBLE] = "Possible",
        [AUTK_VERDICT_CONTRADICTED] = "Contradicted",
        [AUTK_VERDICT_UNDECIDABLE] = "Undecidable"};
    if (!claim->reached)
        return "Not reached by these measures";
    return claim->verdict < AUTK_VERDICT_COUNT ? words[claim->verdict] : "Undecidable";
}
