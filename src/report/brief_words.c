#include "report/brief_corridors.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/fail.h"
#include "base/mem.h"
#include "report/words.h"

#define IN_LEDE (-1)
#define IN_KEY (-2)

static void say_name(autk_buf *t, const autk_brief *b)
{
    autki_words_name(t, b->world, b->economy);
}

static void say_on(autk_buf *t, const autk_brief *b)
{
    autki_words_name(t, b->world, b->on);
}

/* Sentences begin with a capital: "the United States" -> "The United States". */
static void say_capital(autk_buf *t, const autk_world *world, int32_t party, bool possessive)
{
    size_t at = t->len;
    if (possessive)
        autki_words_possessive(t, world, party);
    else
        autki_words_name(t, world, party);
    if (t->status == AUTK_OK && t->text[at] == 't')
        t->text[at] = 'T';
}

static bool has_share(const autk_dependence_entry *entry)
{
    return isfinite(entry->share.low) && isfinite(entry->share.high);
}

/* The largest simple fraction that the whole interval is above, in words; NULL = none. */
static const char *fraction_words(autk_bounds share)
{
    static const struct {
        double above;
        const char *words;
    } steps[] = {{.9, "More than nine tenths"},
                 {2.0 / 3.0, "More than two thirds"},
                 {.5, "More than half"},
                 {1.0 / 3.0, "More than a third"},
                 {.25, "More than a quarter"}};
    if (share.low <= .5 && share.high >= .5 && share.point > .45)
        return "About half";
    for (size_t i = 0; i < sizeof steps / sizeof *steps; i++) {
        if (share.low > steps[i].above)
            return steps[i].words;
    }
    return NULL;
}

static void say_no_share(autk_buf *t, const autk_brief *b, bool none)
{
    autk_buf_puts(t, none ? "No goods trade between " : "How much ");
    if (none) {
        say_name(t, b);
        autk_buf_puts(t, " and ");
    } else {
        autk_buf_puts(t, "of ");
        autki_words_possessive(t, b->world, b->economy);
        autk_buf_puts(t, " goods trade is with ");
    }
    say_on(t, b);
    autk_buf_printf(t, none ? " is recorded in %d" : " in %d is not known", b->year);
}

static void say_headline(autk_buf *t, const autk_brief *b)
{
    const autk_dependence_entry *e = autki_brief_entry(b);
    if (!has_share(e) || !isfinite(e->share.point) || e->share.high == 0.0) {
        say_no_share(t, b, has_share(e) && e->share.high == 0.0);
        return;
    }
    const char *fraction = fraction_words(e->share);
    if (fraction != NULL) {
        autk_buf_printf(t, "%s of ", fraction);
        autki_words_possessive(t, b->world, b->economy);
        autk_buf_puts(t, " goods trade is with ");
        say_on(t, b);
        autk_buf_puts(t, ": ");
        autki_words_percent(t, e->share.point);
    } else if (e->rank.point == 1) {
        say_capital(t, b->world, b->on, false);
        autk_buf_puts(t, e->rank.worst == 1 ? " is " : " is probably ");
        autki_words_possessive(t, b->world, b->economy);
        autk_buf_puts(t, " first partner: ");
        autki_words_percent(t, e->share.point);
        autk_buf_puts(t, " of goods trade");
    } else {
        say_capital(t, b->world, b->on, false);
        autk_buf_puts(t, " holds ");
        autki_words_percent(t, e->share.point);
        autk_buf_puts(t, " of ");
        autki_words_possessive(t, b->world, b->economy);
        autk_buf_puts(t, " goods trade");
    }
    autk_buf_printf(t, " in %d", b->year);
}

/* ------------------------------------------------------------------ the lede */

/* Who is only missing in the data may well publish; nobody is told to be silent who is not. */
static void say_gap(autk_buf *t, const autk_brief *b)
{
    if (b->on >= AUTK_GROUP_BASE) {
        autk_buf_puts(t, "Part of this trade is in no report of either side. ");
        return;
    }
    bool documented = autk_world_silence_is_documented(b->world, b->economy, b->year) &&
                      autk_world_silence_is_documented(b->world, b->on, b->year);
    autk_buf_puts(t, documented ? "Neither " : "The data have no report by ");
    say_name(t, b);
    autk_buf_puts(t, documented ? " nor " : " or ");
    say_on(t, b);
    autk_buf_printf(t, documented ? " publishes this trade for %d. " : " of this trade in %d. ",
                    b->year);
}

static void say_basis(autk_buf *t, const autk_brief *b, const autk_dependence_entry *e)
{
    static const char *const by_kind[AUTK_EVIDENCE_COUNT] = {
        [AUTK_EVIDENCE_REPORTED] = "One side's own statistics give ",
        [AUTK_EVIDENCE_MIRROR] = "Only the partner reports this trade: ",
        [AUTK_EVIDENCE_RECONCILED] = "Both sides report this trade; made one, their figures give ",
        [AUTK_EVIDENCE_STATEMENT] = "What officials stated gives ",
        [AUTK_EVIDENCE_ESTIMATED] = "Part of the figure is filled in from published totals: ",
        [AUTK_EVIDENCE_BOUNDED] = "Totals and neighbouring years give "};
    if (e->gap)
        say_gap(t, b);
    if (e->evidence >= AUTK_EVIDENCE_COUNT || by_kind[e->evidence] == NULL ||
        !(e->value_usd.point > 0.0))
        return;
    autk_buf_puts(t, by_kind[e->evidence]);
    autki_words_usd(t, e->value_usd);
    autk_buf_puts(t, " in both directions. ");
}

static void say_evidence(autk_buf *t, const autk_brief *b)
{
    const autk_dependence_entry *e = autki_brief_entry(b);
    say_basis(t, b, e);
    if (!has_share(e)) {
        autk_buf_puts(t, "Nothing bounds it. A flow that nobody reports is unknown, not zero.");
    } else if (e->share.high == 0.0) {
        autk_buf_puts(t, "At least one side reports its trade, and has none with the other.");
    } else if (autki_words_is_wide(e->share)) {
        autk_buf_puts(t, "Anything ");
        autki_words_range(t, e->share);
        autk_buf_puts(t, " fits all that is known.");
    }
}

static void say_readings(autk_buf *t, const autk_brief *b)
{
    const autk_dependence_entry *e = autki_brief_entry(b);
    autk_bounds own = e->by_reading[AUTK_READING_OWN], mirror = e->by_reading[AUTK_READING_MIRROR];
    const autk_dependence *trade = b->flows[AUTK_DIRECTION_TRADE];
    if (!isfinite(own.point) || !isfinite(mirror.point) || fabs(own.point - mirror.point) < .01)
        return;
    autk_buf_puts(t, "The share depends on the total it is taken of. ");
    say_capital(t, b->world, b->economy, true);
    autk_buf_puts(t, " own total, ");
    autki_words_usd(t, trade->totals[AUTK_READING_OWN][AUTK_DIRECTION_TRADE].value_usd);
    autk_buf_puts(t, ", makes it ");
    autki_words_percent(t, own.point);
    autk_buf_puts(t, "; what partners report and officials state adds up to ");
    autki_words_usd(t, trade->totals[AUTK_READING_MIRROR][AUTK_DIRECTION_TRADE].value_usd);
    autk_buf_puts(t, " and makes it ");
    autki_words_percent(t, mirror.point);
    autk_buf_puts(t, ".");
}

static void say_reverse(autk_buf *t, const autk_brief *b)
{
    const autk_dependence_entry *e = autki_brief_entry(b);
    const autk_asymmetry *a = &e->asymmetry;
    if (!isfinite(a->reverse_share.point) || !(e->share.point > 0.0))
        return;
    say_capital(t, b->world, b->economy, false);
    autk_buf_puts(t, " in turn is ");
    autki_words_share(t, a->reverse_share);
    autk_buf_puts(t, " of ");
    autki_words_possessive(t, b->world, b->on);
    autk_buf_puts(t, " trade");
    if (isfinite(a->ratio.point) && (a->ratio.point >= 1.2 || a->ratio.point <= 1.0 / 1.2)) {
        bool heavier = a->ratio.point >= 1.0;
        autk_buf_puts(t, ": the tie weighs ");
        autki_words_count(t, heavier ? a->ratio.point : 1.0 / a->ratio.point);
        autk_buf_puts(t, " times as much on ");
        autki_words_name(t, b->world, heavier ? b->economy : b->on);
    }
    autk_buf_puts(t, ".");
}

/* ------------------------------------------------------------------ sections */

/* What the words in the table of partners mean, those that stand there. */
static void say_key(autk_buf *t, const autk_brief *b)
{
    static const char *const meaning[AUTK_EVIDENCE_COUNT] = {
        [AUTK_EVIDENCE_REPORTED] = "one side's own statistics",
        [AUTK_EVIDENCE_MIRROR] = "only the partner reports",
        [AUTK_EVIDENCE_RECONCILED] = "both sides' reports made one",
        [AUTK_EVIDENCE_STATEMENT] = "what officials stated",
        [AUTK_EVIDENCE_ESTIMATED] = "partly filled in from published totals",
        [AUTK_EVIDENCE_BOUNDED] = "from totals and neighbouring years",
        [AUTK_EVIDENCE_NONE] = "a side that reports has none",
        [AUTK_EVIDENCE_UNKNOWN] = "nobody reports it, nothing bounds it"};
    const autk_dependence *trade = b->flows[AUTK_DIRECTION_TRADE];
    bool stands[AUTK_EVIDENCE_COUNT] = {false};
    stands[autki_brief_entry(b)->evidence % AUTK_EVIDENCE_COUNT] = true;
    for (size_t i = 0; i < trade->n_entries && i < (size_t)b->n_partners; i++)
        stands[trade->entries[i].evidence % AUTK_EVIDENCE_COUNT] = true;
    autk_buf_puts(t, "can be: all that fits what is known; empty where it is as good as the share");
    for (int k = 0; k < AUTK_EVIDENCE_COUNT; k++) {
        if (stands[k])
            autk_buf_printf(t, "; %s: %s", autk_evidence_kind_text((autk_evidence_kind)k),
                            meaning[k]);
    }
    autk_buf_putc(t, '.');
}

static void say_next(autk_buf *t, const autk_brief *b)
{
    const autk_dependence *trade = b->flows[AUTK_DIRECTION_TRADE];
    int said = 0;
    for (size_t i = 0; i < trade->n_entries && said < 3; i++) {
        const autk_dependence_entry *e = &trade->entries[i];
        if (e->party == b->on || !isfinite(e->share.point) || !(e->share.point > 0.0))
            continue;
        autk_buf_puts(t, said == 0 ? b->on < AUTK_GROUP_BASE && trade->entries[0].party == b->on
                                         ? "Next come "
                                         : "The largest partners are "
                                   : ", ");
        autki_words_name(t, b->world, e->party);
        autk_buf_puts(t, " with ");
        autki_words_share(t, e->share);
        said++;
    }
    if (said != 0)
        autk_buf_puts(t, ".");
}

static void say_flows(autk_buf *t, const autk_brief *b)
{
    const autk_dependence_entry *out = autk_dependence_of(b->flows[AUTK_DIRECTION_EXPORT], b->on);
    const autk_dependence_entry *in = autk_dependence_of(b->flows[AUTK_DIRECTION_IMPORT], b->on);
    if (out == NULL || in == NULL || !has_share(out) || !has_share(in))
        return;
    say_capital(t, b->world, b->on, false);
    autk_buf_puts(t, " takes ");
    autki_words_share(t, out->share);
    autk_buf_puts(t, " of the exports and sends ");
    autki_words_share(t, in->share);
    autk_buf_puts(t, " of the imports.");
}

static const autk_dependence_entry *in_year(const autk_dependence_year *series, size_t n, int year)
{
    for (size_t i = 0; i < n; i++) {
        if (series[i].year == year)
            return &series[i].entry;
    }
    return NULL;
}

static void say_history(autk_buf *t, const autk_brief *b)
{
    const autk_dependence_year *s = b->series[AUTK_DIRECTION_TRADE];
    size_t n = b->n_series[AUTK_DIRECTION_TRADE], least = n, most = n, first = n;
    for (size_t i = 0; i < n; i++) {
        double share = s[i].entry.share.point;
        if (!isfinite(share))
            continue;
        first = first == n ? i : first;
        least = least == n || share < s[least].entry.share.point ? i : least;
        most = most == n || share >= s[most].entry.share.point ? i : most;
    }
    if (first == n || first + 1 >= n)
        return;
    autk_buf_puts(t, "The share was ");
    autki_words_share(t, s[first].entry.share);
    autk_buf_printf(t, " in %d", s[first].year);
    const autk_dependence_entry *decade = in_year(s, n, b->year - 10);
    const autk_dependence_entry *lately = in_year(s, n, b->year - 2);
    if (decade != NULL && isfinite(decade->share.point) && s[first].year < b->year - 10) {
        autk_buf_puts(t, ", ");
        autki_words_share(t, decade->share);
        autk_buf_printf(t, " in %d", b->year - 10);
    }
    if (lately != NULL && isfinite(lately->share.point) && s[first].year < b->year - 2) {
        autk_buf_puts(t, ", ");
        autki_words_share(t, lately->share);
        autk_buf_printf(t, " in %d", b->year - 2);
    }
    autk_buf_puts(t, " and ");
    autki_words_share(t, autki_brief_entry(b)->share);
    autk_buf_printf(t, " in %d. It was lowest in %d (", b->year, s[least].year);
    autki_words_percent(t, s[least].entry.share.point);
    autk_buf_printf(t, ") and highest in %d (", s[most].year);
    autki_words_percent(t, s[most].entry.share.point);
    autk_buf_puts(t, ").");
}

/* The share of a bloc in the earliest year to compare with that it has one in; NULL = none. */
static const autk_dependence_year *earliest(const autk_brief *b, const autki_bloc *bloc)
{
    for (size_t k = 0; k + 1 < b->n_past; k++) {
        for (size_t i = 0; i < bloc->n; i++) {
            if (bloc->series[i].year == b->past[k]->year &&
                isfinite(bloc->series[i].entry.share.point))
                return &bloc->series[i];
        }
    }
    return NULL;
}

static void say_blocs(autk_buf *t, const autk_brief *b)
{
    const autk_dependence_year *from = NULL;
    const autki_bloc *sharpest = NULL;
    double change = 0.0;
    for (size_t i = 0; i < b->n_blocs; i++) {
        const autki_bloc *bloc = &b->blocs[i];
        const autk_dependence_year *then = earliest(b, bloc);
        const autk_dependence_entry *now = in_year(bloc->series, bloc->n, b->year);
        if (then == NULL || now == NULL ||
            !(fabs(now->share.point - then->entry.share.point) > change))
            continue;
        change = fabs(now->share.point - then->entry.share.point);
        from = then;
        sharpest = bloc;
    }
    if (sharpest == NULL)
        return;
    autk_buf_puts(t, "The sharpest change is that of ");
    autki_words_name(t, b->world, sharpest->party);
    autk_buf_puts(t, ": from ");
    autki_words_share(t, from->entry.share);
    autk_buf_printf(t, " in %d to ", from->year);
    autki_words_share(t, in_year(sharpest->series, sharpest->n, b->year)->share);
    autk_buf_printf(t, " in %d. Members are those of each year; blocs overlap.", b->year);
}

static void say_both_ways(autk_buf *t, const autk_brief *b)
{
    autk_buf_puts(t, "What each partner is to ");
    say_name(t, b);
    autk_buf_puts(t, ", what ");
    say_name(t, b);
    autk_buf_puts(t, " is to it, and how many times the one is the other.");
}

static void say_claims(autk_buf *t, const autk_brief *b)
{
    if (b->n_claims == 0)
        return;
    const autk_source_info *source = autk_world_source(b->world, b->claims[0].source);
    autk_buf_puts(t, "What was written of ");
    say_name(t, b);
    autk_buf_printf(t, ", put to the figures. From: %s, %s.", source->publisher, source->edition);
}

static void say_openness(autk_buf *t, const autk_brief *b)
{
    const autk_isolation *iso = &b->flows[AUTK_DIRECTION_TRADE]->isolation;
    if (isfinite(iso->openness.point)) {
        autk_buf_puts(t, "Goods trade equals ");
        autki_words_share(t, iso->openness);
        autk_buf_puts(t, " of GDP. ");
    }
    autk_buf_printf(t, "%d partner%s hold%s more than 0.1 %% of trade each",
                    (int)iso->partners_point, iso->partners_point == 1 ? "" : "s",
                    iso->partners_point == 1 ? "s" : "");
    if (isfinite(iso->effective.point)) {
        autk_buf_puts(t, "; trade is as concentrated as if it were split evenly among ");
        autki_words_count(t, iso->effective.point);
        if (iso->effective.high - iso->effective.low > 0.05) {
            autk_buf_puts(t, " (");
            autki_words_count(t, iso->effective.low);
            autk_buf_puts(t, "–");
            autki_words_count(t, iso->effective.high);
            autk_buf_puts(t, ")");
        }
        autk_buf_puts(t, " partners");
    }
    autk_buf_puts(t, ".");
}

static void say_lost(autk_buf *t, const autk_brief *b)
{
    const autk_isolation *iso = &b->flows[AUTK_DIRECTION_TRADE]->isolation;
    if (iso->n_lost <= 0 || !(iso->lost_share_at_peak >= 0.005))
        return;
    autk_buf_printf(t, "%d partner%s now below a tenth of %s peak; together they held ",
                    (int)iso->n_lost, iso->n_lost == 1 ? " is" : "s are",
                    iso->n_lost == 1 ? "its" : "their");
    autki_words_percent(t, iso->lost_share_at_peak);
    autk_buf_printf(t, " of trade in %d.", iso->lost_peak_year);
}

static void say_landlocked(autk_buf *t, const autk_brief *b)
{
    if (!autk_world_economy(b->world, b->economy)->landlocked)
        return;
    say_capital(t, b->world, b->economy, false);
    autk_buf_puts(t, " has no sea coast: all its trade by sea crosses a neighbour.");
}

/* ------------------------------------------------------------------ what is not known */

/* How much of the trade stands on which evidence. */
static void say_mix(autk_buf *t, const autk_brief *b)
{
    const autk_dependence *trade = b->flows[AUTK_DIRECTION_TRADE];
    double by_kind[AUTK_EVIDENCE_COUNT] = {0.0}, sum = 0.0;
    for (size_t i = 0; i < trade->n_entries; i++) {
        const autk_dependence_entry *e = &trade->entries[i];
        if (isfinite(e->value_usd.point) && e->evidence < AUTK_EVIDENCE_COUNT) {
            by_kind[e->evidence] += e->value_usd.point;
            sum += e->value_usd.point;
        }
    }
    int said = 0;
    for (int k = 0; sum > 0.0 && k < AUTK_EVIDENCE_COUNT; k++) {
        if (!(by_kind[k] / sum >= .0005))
            continue;
        autk_buf_puts(t, said++ == 0 ? "By value, the figures are " : ", ");
        autk_buf_printf(t, "%s: ", autk_evidence_kind_text((autk_evidence_kind)k));
        autki_words_percent(t, by_kind[k] / sum);
    }
    if (said != 0)
        autk_buf_puts(t, ".");
}

static void say_why_silent(autk_buf *t, const autk_brief *b)
{
    const int32_t parties[] = {b->economy, b->on};
    for (size_t i = 0; i < 2; i++) {
        const char *basis = NULL;
        if (parties[i] >= AUTK_GROUP_BASE ||
            !autk_world_is_non_reporter(b->world, parties[i], b->year, &basis) || basis == NULL ||
            basis[0] == '\0')
            continue;
        autk_buf_puts(t, t->len == 0 ? "Why there are no figures of their own: " : "; ");
        autki_words_name(t, b->world, parties[i]);
        autk_buf_printf(t, ": %s", basis);
    }
    if (t->len != 0)
        autk_buf_putc(t, '.');
}

static void say_scope(autk_buf *t, const autk_brief *b)
{
    (void)b;
    autk_buf_puts(t, "All figures are trade in goods. Services are not in them: figures with and "
                     "without services are never mixed.");
}

static autk_status say_warnings(autk_brief *b, autk_buf *t, autk_err *err)
{
    const autk_dependence *trade = b->flows[AUTK_DIRECTION_TRADE];
    for (size_t i = 0; i < trade->n_warnings; i++) {
        const char *text = trade->warnings[i];
        size_t len = strlen(text);
        autk_buf_puts(t, text);
        if (t->len != 0 && text[0] >= 'a' && text[0] <= 'z')
            t->text[0] = (char)(text[0] - 'a' + 'A');
        if (len != 0 && text[len - 1] != '.')
            autk_buf_putc(t, '.');
        autk_status st = autki_lines_take(&b->sentences[AUTKI_UNKNOWN], t, err);
        if (st != AUTK_OK)
            return st;
    }
    return AUTK_OK;
}

static autk_status say_all(autk_brief *b, autk_buf *t, autk_err *err)
{
    static const struct {
        int section;
        void (*say)(autk_buf *t, const autk_brief *b);
    } script[] = {{IN_LEDE, say_evidence},
                  {IN_LEDE, say_readings},
                  {IN_LEDE, say_reverse},
                  {AUTKI_PARTNERS, say_next},
                  {AUTKI_PARTNERS, say_flows},
                  {IN_KEY, say_key},
                  {AUTKI_SERIES, say_history},
                  {AUTKI_BLOCS, say_blocs},
                  {AUTKI_BOTH_WAYS, say_both_ways},
                  {AUTKI_ISOLATION, say_openness},
                  {AUTKI_ISOLATION, say_lost},
                  {AUTKI_ISOLATION, say_landlocked},
                  {AUTKI_ISOLATION, autki_corridors_say_access},
                  {AUTKI_UNKNOWN, say_why_silent},
                  {AUTKI_UNKNOWN, say_mix},
                  {AUTKI_UNKNOWN, say_scope},
                  {AUTKI_CLAIMS, say_claims}};
    autk_status st = say_warnings(b, t, err);
    for (size_t i = 0; st == AUTK_OK && i < sizeof script / sizeof *script; i++) {
        int section = script[i].section;
        script[i].say(t, b);
        st = autki_lines_take(section == IN_LEDE  ? &b->lede
                              : section == IN_KEY ? &b->key
                                                  : &b->sentences[section],
                              t, err);
    }
    if (st == AUTK_OK)
        st = autki_brief_say_products(b, t, err);
    if (st == AUTK_OK)
        st = autki_brief_say_loss(b, t, err);
    if (st == AUTK_OK)
        st = autki_brief_say_relief(b, t, err);
    if (st == AUTK_OK)
        st = autki_brief_say_corridors(b, t, err);
    if (st == AUTK_OK)
        st = autki_brief_say_structure(b, t, err);
    return st == AUTK_OK ? autki_brief_say_turns(b, t, err) : st;
}

autk_status autki_brief_word(autk_brief *brief, autk_err *err)
{
    autk_buf text;
    autk_buf_init(&text);
    say_headline(&text, brief);
    autk_status st = autk_buf_check(&text, err);
    if (st == AUTK_OK) {
        brief->headline = autki_strdup(autk_buf_text(&text));
        if (brief->headline == NULL)
            st = autki_no_memory(err, text.len);
    }
    autk_buf_clear(&text);
    if (st == AUTK_OK)
        st = say_all(brief, &text, err);
    autk_buf_deinit(&text);
    return st;
}
