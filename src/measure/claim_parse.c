#include <string.h>

#include "base/fail.h"
#include "measure/claim_words.h"

/* The patterns, tried in order; docs/modules/claim.md writes them as a grammar. A pattern that
 * fails leaves the furthest word it reached in `words`, which is where the error points. */

static const char HINT[] = "; understood: \"[about] 70 percent of A's trade|exports|imports is "
                           "with B [and C] [in 2023]\", "
                           "\"B is A's first partner\"; see autarky claim --help";

static const char NAME_AND_VERB[] =
    "a name with \"is\", \"accounts for\", \"sends\" or \"depends on\"";

static const char *const be[] = {"is", "are", "was", "were"};

typedef struct span {
    size_t from, to; /* words */
} span;

autk_claim autk_claim_default(void)
{
    autk_claim claim;
    memset(&claim, 0, sizeof claim);
    claim.direction = AUTK_DIRECTION_TRADE;
    claim.scope = AUTK_SCOPE_GOODS;
    return claim;
}

/* ------------------------------------------------------------------ names */

/* Bytes of the possessive ending of a word: 's, ’s, or an apostrophe alone; 0 = none. */
static size_t possessive(const autki_words *w, size_t at)
{
    static const char *const endings[] = {"\xe2\x80\x99s", "'s", "\xe2\x80\x99", "'"};
    const char *text = w->text + w->word[at].at;
    size_t len = w->word[at].len;
    for (size_t i = 0; i < AUTKI_N(endings); i++) {
        size_t n = strlen(endings[i]);
        if (len > n && memcmp(text + len - n, endings[i], n) == 0)
            return n;
    }
    return 0;
}

/* Copy a span of words as one name; false when it is empty or too long. */
static bool keep_name(char *out, int64_t *column, autki_words *w, span s, size_t without)
{
    if (s.from < s.to && autki_word_is(w, s.to - 1, ","))
        s.to--;
    if (s.from >= s.to)
        return autki_wanted(w, s.from, "a name");
    size_t begin = w->word[s.from].at;
    size_t len = w->word[s.to - 1].at + w->word[s.to - 1].len - begin - without;
    if (len >= AUTK_CLAIM_NAME)
        return autki_wanted(w, s.from, "a shorter name");
    memcpy(out, w->text + begin, len);
    out[len] = '\0';
    *column = (int64_t)begin + 1;
    return true;
}

/* ------------------------------------------------------------------ flows */

static bool goods_and_services(const autki_words *w, size_t *at, autk_claim *c)
{
    static const char *const both[] = {"goods and services", "goods & services"};
    static const char *const goods[] = {"goods", "merchandise"};
    if (autki_any_phrase(w, at, both, AUTKI_N(both)) >= 0)
        c->scope = AUTK_SCOPE_GOODS_SERVICES;
    else if (autki_any_phrase(w, at, goods, AUTKI_N(goods)) >= 0)
        c->scope = AUTK_SCOPE_GOODS;
    else
        return false;
    c->scope_fixed = true;
    return true;
}

/* [total] [foreign] [goods [and services]] trade|exports|imports [in|of goods [and services]] */
static bool flow(autki_words *w, size_t *at, autk_claim *c)
{
    static const char *const totals[] = {"total", "overall", "combined"};
    static const char *const fillers[] = {"foreign", "external", "international", "annual"};
    static const char *const nouns[] = {"trade turnover", "turnover", "trade",   "commerce",
                                        "exports",        "export",   "imports", "import"};
    static const autk_direction meant[] = {
        AUTK_DIRECTION_TRADE,  AUTK_DIRECTION_TRADE,  AUTK_DIRECTION_TRADE,  AUTK_DIRECTION_TRADE,
        AUTK_DIRECTION_EXPORT, AUTK_DIRECTION_EXPORT, AUTK_DIRECTION_IMPORT, AUTK_DIRECTION_IMPORT};
    size_t i = *at;
    bool total = autki_any_phrase(w, &i, totals, AUTKI_N(totals)) >= 0;
    (void)autki_any_phrase(w, &i, fillers, AUTKI_N(fillers));
    (void)goods_and_services(w, &i, c);
    int noun = autki_any_phrase(w, &i, nouns, AUTKI_N(nouns));
    if (noun < 0)
        return autki_wanted(w, i, "trade, exports or imports");
    c->direction = meant[noun];
    /* "total trade" and "turnover" can only be both directions; plain "trade" is also said of one.
     */
    c->direction_fixed = c->direction != AUTK_DIRECTION_TRADE || total || noun < 2;
    size_t before = i;
    if ((autki_phrase(w, &i, "in") || autki_phrase(w, &i, "of")) && !goods_and_services(w, &i, c))
        i = before;
    *at = i;
    return true;
}

/* ------------------------------------------------------------------ whose flow */

/* "ECONOMY's FLOW": the first possessive behind which a flow stands ("the People's Republic of
 * China's trade" has two). */
static bool owned_flow(autki_words *w, size_t *at, autk_claim *c)
{
    bool any = false;
    for (size_t i = *at; i < w->n && i < *at + 10; i++) {
        size_t ending = possessive(w, i), next = i + 1;
        if (ending == 0)
            continue;
        any = true;
        if (flow(w, &next, c)) {
            if (!keep_name(c->economy, &c->economy_column, w, (span){*at, i + 1}, ending))
                return false;
            *at = next;
            return true;
        }
    }
    return !any && autki_wanted(w, *at, "whose trade (Belarus's trade)");
}

typedef bool (*stop_fn)(const autki_words *w, size_t at);

/* A name up to where `stop` holds; a flow in between is no part of a name. */
static bool name_until(char *out, int64_t *column, autki_words *w, size_t *at, stop_fn stop,
                       const char *what)
{
    static const char *const never[] = {"trade", "turnover", "exports", "imports", "share"};
    size_t i = *at, word = i;
    while (i < w->n && !stop(w, i) && autki_any_phrase(w, &word, never, AUTKI_N(never)) < 0)
        word = ++i;
    if (!stop(w, i))
        return autki_wanted(w, *at, what);
    if (!keep_name(out, column, w, (span){*at, i}, 0))
        return false;
    *at = i;
    return true;
}

/* "[the|all] FLOW of ECONOMY" up to `stop`. */
static bool flow_of(autki_words *w, size_t *at, stop_fn stop, const char *what, autk_claim *c)
{
    size_t i = *at;
    if (!autki_phrase(w, &i, "the") && !autki_phrase(w, &i, "all"))
        (void)autki_phrase(w, &i, "all the");
    if (!flow(w, &i, c))
        return false;
    if (!autki_phrase(w, &i, "of") && !autki_phrase(w, &i, "by"))
        return autki_wanted(w, i, "\"of\" and whose it is");
    if (!name_until(c->economy, &c->economy_column, w, &i, stop, what))
        return false;
    *at = i;
    return true;
}

static bool whose(autki_words *w, size_t *at, stop_fn stop, const char *what, autk_claim *c)
{
    return flow_of(w, at, stop, what, c) || owned_flow(w, at, c);
}

/* ------------------------------------------------------------------ verbs and ends */

/* [in|during|for [the year] 2023] and nothing behind it. */
static bool at_tail(const autki_words *w, size_t at)
{
    static const char *const in[] = {"in the year", "in", "during", "for"};
    int year;
    if (at == w->n)
        return true;
    (void)autki_phrase(w, &at, ",");
    return autki_any_phrase(w, &at, in, AUTKI_N(in)) >= 0 && autki_year(w, at, &year) &&
           at + 1 == w->n;
}

static bool tail(autki_words *w, size_t at, autk_claim *c)
{
    if (!at_tail(w, at))
        return autki_wanted(w, at, "\"in\" and a year at the end");
    if (at < w->n && c->year == 0)
        (void)autki_year(w, w->n - 1, &c->year);
    return true;
}

static bool partners_to_end(autki_words *w, size_t *at, autk_claim *c)
{
    return name_until(c->partners, &c->partners_column, w, at, at_tail, "a partner") &&
           tail(w, *at, c);
}

/* Which flows a verb can be said of. */
typedef enum verb_sense { VERB_WITH, VERB_TO, VERB_FROM } verb_sense;

static const struct {
    const char *phrase;
    verb_sense sense;
} links[] = {{"is with", VERB_WITH},
             {"are with", VERB_WITH},
             {"was with", VERB_WITH},
             {"were with", VERB_WITH},
             {"is done with", VERB_WITH},
             {"was done with", VERB_WITH},
             {"is conducted with", VERB_WITH},
             {"was conducted with", VERB_WITH},
             {"takes place with", VERB_WITH},
             {"took place with", VERB_WITH},
             {"depends on", VERB_WITH},
             {"depended on", VERB_WITH},
             {"is accounted for by", VERB_WITH},
             {"are accounted for by", VERB_WITH},
             {"was accounted for by", VERB_WITH},
             {"were accounted for by", VERB_WITH},
             {"goes to", VERB_TO},
             {"go to", VERB_TO},
             {"went to", VERB_TO},
             {"is to", VERB_TO},
             {"are to", VERB_TO},
             {"was to", VERB_TO},
             {"were to", VERB_TO},
             {"is sent to", VERB_TO},
             {"are sent to", VERB_TO},
             {"was sent to", VERB_TO},
             {"were sent to", VERB_TO},
             {"comes from", VERB_FROM},
             {"come from", VERB_FROM},
             {"came from", VERB_FROM},
             {"is from", VERB_FROM},
             {"are from", VERB_FROM},
             {"was from", VERB_FROM},
             {"were from", VERB_FROM}};

static int link_at(const autki_words *w, size_t *at)
{
    for (size_t i = 0; i < AUTKI_N(links); i++) {
        if (autki_phrase(w, at, links[i].phrase))
            return (int)i;
    }
    return -1;
}

static bool link_ahead(const autki_words *w, size_t at)
{
    return link_at(w, &at) >= 0;
}

static bool link_verb(autki_words *w, size_t *at, const autk_claim *c)
{
    size_t i = *at;
    int found = link_at(w, &i);
    if (found < 0)
        return autki_wanted(w, *at, "\"is with\", \"goes to\" or \"comes from\"");
    if (c->direction == AUTK_DIRECTION_EXPORT && links[found].sense == VERB_FROM)
        return autki_wanted(w, *at, "exports that go to a partner");
    if (c->direction == AUTK_DIRECTION_IMPORT && links[found].sense == VERB_TO)
        return autki_wanted(w, *at, "imports that come from a partner");
    *at = i;
    return true;
}

static const char *const accounts[] = {
    "accounts for", "account for", "accounted for", "makes up", "make up", "made up",  "represents",
    "represent",    "represented", "takes",         "take",     "took",    "buys",     "buy",
    "bought",       "receives",    "receive",       "received", "absorbs", "absorb",   "absorbed",
    "supplies",     "supply",      "supplied",      "provides", "provide", "provided", "is",
    "are",          "was",         "were"};

static bool accounts_ahead(const autki_words *w, size_t at)
{
    return autki_any_phrase(w, &at, accounts, AUTKI_N(accounts)) >= 0;
}

static const char *const sends[] = {"sends", "send",     "sent",      "ships", "shipped", "sells",
                                    "sold",  "gets",     "got",       "buys",  "bought",  "does",
                                    "did",   "conducts", "conducted", "has",   "had"};

static bool sends_ahead(const autki_words *w, size_t at)
{
    return autki_any_phrase(w, &at, sends, AUTKI_N(sends)) >= 0;
}

static const char *const relies[] = {"depends on", "depend on", "depended on",
                                     "relies on",  "rely on",   "relied on"};

static bool relies_ahead(const autki_words *w, size_t at)
{
    return autki_any_phrase(w, &at, relies, AUTKI_N(relies)) >= 0;
}

static bool be_ahead(const autki_words *w, size_t at)
{
    return autki_any_phrase(w, &at, be, AUTKI_N(be)) >= 0;
}

static bool for_ahead(const autki_words *w, size_t at)
{
    return autki_word_is(w, at, "for");
}

static bool in_ahead(const autki_words *w, size_t at)
{
    return autki_word_is(w, at, "in") || autki_word_is(w, at, "of");
}

static bool its_flow(autki_words *w, size_t *at, autk_claim *c)
{
    static const char *const its[] = {"of its", "of their", "of the country's"};
    if (autki_any_phrase(w, at, its, AUTKI_N(its)) < 0)
        return autki_wanted(w, *at, "\"of its trade\"");
    return flow(w, at, c);
}

/* ------------------------------------------------------------------ patterns */

/* QUANTITY of WHOSE-FLOW LINK PARTNERS [in YEAR] */
static bool share_of_flow(autki_words *w, size_t at, autk_claim *c)
{
    if (!autki_quantity(w, &at, &c->quantity))
        return false;
    if (!autki_phrase(w, &at, "of"))
        return autki_wanted(w, at, "\"of\"");
    return whose(w, &at, link_ahead, "\"is with\"", c) && link_verb(w, &at, c) &&
           partners_to_end(w, &at, c);
}

/* "Exports to Russia make up …": the direction must be that of the flow behind it. */
static int flow_prefix(const autki_words *w, size_t *at)
{
    static const char *const prefixes[] = {"trade with", "exports to", "imports from"};
    return autki_any_phrase(w, at, prefixes, AUTKI_N(prefixes));
}

/* [exports to] PARTNERS account for QUANTITY of WHOSE-FLOW [in YEAR] */
static bool partner_accounts(autki_words *w, size_t at, autk_claim *c)
{
    int prefix = flow_prefix(w, &at);
    if (!name_until(c->partners, &c->partners_column, w, &at, accounts_ahead, NAME_AND_VERB))
        return false;
    (void)autki_any_phrase(w, &at, accounts, AUTKI_N(accounts));
    if (!autki_quantity(w, &at, &c->quantity))
        return false;
    if (!autki_phrase(w, &at, "of"))
        return autki_wanted(w, at, "\"of\"");
    size_t whose_at = at;
    if (!whose(w, &at, at_tail, "whose it is", c))
        return false;
    if (prefix >= 0 && prefix != (int)c->direction)
        return autki_wanted(w, whose_at, "the same flow as before");
    return tail(w, at, c);
}

/* ECONOMY sends QUANTITY of its FLOW to|from|with PARTNERS [in YEAR] */
static bool economy_sends(autki_words *w, size_t at, autk_claim *c)
{
    static const char *const ends[] = {"to", "from", "with"};
    if (!name_until(c->economy, &c->economy_column, w, &at, sends_ahead, NAME_AND_VERB))
        return false;
    (void)autki_any_phrase(w, &at, sends, AUTKI_N(sends));
    if (!autki_quantity(w, &at, &c->quantity) || !its_flow(w, &at, c))
        return false;
    size_t end_at = at;
    int end = autki_any_phrase(w, &at, ends, AUTKI_N(ends));
    if (end < 0 || (end == 0 && c->direction == AUTK_DIRECTION_IMPORT) ||
        (end == 1 && c->direction == AUTK_DIRECTION_EXPORT))
        return autki_wanted(w, end_at,
                            c->direction == AUTK_DIRECTION_IMPORT   ? "\"from\""
                            : c->direction == AUTK_DIRECTION_EXPORT ? "\"to\""
                                                                    : "\"with\"");
    return partners_to_end(w, &at, c);
}

/* ECONOMY depends on PARTNERS for QUANTITY of its FLOW [in YEAR] */
static bool economy_relies(autki_words *w, size_t at, autk_claim *c)
{
    if (!name_until(c->economy, &c->economy_column, w, &at, relies_ahead, NAME_AND_VERB))
        return false;
    (void)autki_any_phrase(w, &at, relies, AUTKI_N(relies));
    if (!name_until(c->partners, &c->partners_column, w, &at, for_ahead, "\"for\""))
        return false;
    at++;
    return autki_quantity(w, &at, &c->quantity) && its_flow(w, &at, c) && tail(w, at, c);
}

/* PARTNERS' share of|in WHOSE-FLOW is QUANTITY [in YEAR];
 * the share of PARTNERS in WHOSE-FLOW is QUANTITY [in YEAR] */
static bool share_is(autki_words *w, size_t at, autk_claim *c)
{
    if (autki_phrase(w, &at, "the share of")) {
        if (!name_until(c->partners, &c->partners_column, w, &at, in_ahead, "\"in\""))
            return false;
    } else {
        size_t i = at;
        while (i < w->n && !(possessive(w, i) != 0 && autki_word_is(w, i + 1, "share")))
            i++;
        if (i == w->n ||
            !keep_name(c->partners, &c->partners_column, w, (span){at, i + 1}, possessive(w, i)))
            return false;
        at = i + 2;
    }
    if (!in_ahead(w, at))
        return autki_wanted(w, at, "\"in\" or \"of\"");
    at++;
    if (!whose(w, &at, be_ahead, "\"is\"", c))
        return false;
    if (autki_any_phrase(w, &at, be, AUTKI_N(be)) < 0)
        return autki_wanted(w, at, "\"is\"");
    return autki_quantity(w, &at, &c->quantity) && tail(w, at, c);
}

/* ------------------------------------------------------------------ ranks */

static bool ordinal(autki_words *w, size_t *at, int32_t *rank)
{
    static const char *const first[] = {"most important", "number one", "first", "1st",
                                        "largest",        "biggest",    "main",  "top",
                                        "leading"};
    static const char *const later[][3] = {{"second", "2nd", "second-"},
                                           {"third", "3rd", "third-"},
                                           {"fourth", "4th", "fourth-"},
                                           {"fifth", "5th", "fifth-"}};
    static const char *const sizes[] = {"largest", "biggest", "most important"};
    if (autki_any_phrase(w, at, first, AUTKI_N(first)) >= 0) {
        *rank = 1;
        return true;
    }
    for (int32_t k = 0; k < (int32_t)AUTKI_N(later); k++) {
        for (int form = 0; form < 2; form++) {
            if (autki_phrase(w, at, later[k][form])) {
                (void)autki_any_phrase(w, at, sizes, AUTKI_N(sizes));
                *rank = k + 2;
                return true;
            }
        }
        for (size_t s = 0; *at < w->n && s < 2; s++) { /* "second-largest" */
            const char *text = w->text + w->word[*at].at;
            size_t head = strlen(later[k][2]), len = w->word[*at].len;
            if (len == head + strlen(sizes[s]) && memcmp(text, later[k][2], head) == 0 &&
                memcmp(text + head, sizes[s], len - head) == 0) {
                *rank = k + 2;
                (*at)++;
                return true;
            }
        }
    }
    return autki_wanted(w, *at, "\"first\", \"second\" … or a quantity");
}

/* "trade partner", "export market", "supplier" … and what flow it is of. */
static bool partner_noun(autki_words *w, size_t *at, autk_claim *c)
{
    static const struct {
        const char *phrase;
        autk_direction direction;
        bool fixed;
    } nouns[] = {{"foreign trade partner", AUTK_DIRECTION_TRADE, true},
                 {"trade partner", AUTK_DIRECTION_TRADE, true},
                 {"trading partner", AUTK_DIRECTION_TRADE, true},
                 {"export partner", AUTK_DIRECTION_EXPORT, true},
                 {"export market", AUTK_DIRECTION_EXPORT, true},
                 {"export destination", AUTK_DIRECTION_EXPORT, true},
                 {"import partner", AUTK_DIRECTION_IMPORT, true},
                 {"import source", AUTK_DIRECTION_IMPORT, true},
                 {"source of imports", AUTK_DIRECTION_IMPORT, true},
                 {"partner", AUTK_DIRECTION_TRADE, false},
                 {"market", AUTK_DIRECTION_EXPORT, true},
                 {"customer", AUTK_DIRECTION_EXPORT, true},
                 {"buyer", AUTK_DIRECTION_EXPORT, true},
                 {"destination", AUTK_DIRECTION_EXPORT, true},
                 {"supplier", AUTK_DIRECTION_IMPORT, true},
                 {"source", AUTK_DIRECTION_IMPORT, true}};
    for (size_t i = 0; i < AUTKI_N(nouns); i++) {
        if (autki_phrase(w, at, nouns[i].phrase)) {
            c->direction = nouns[i].direction;
            c->direction_fixed = nouns[i].fixed;
            return true;
        }
    }
    return autki_wanted(w, *at, "\"trade partner\", \"market\" or \"supplier\"");
}

/* PARTNER is ECONOMY's ORDINAL NOUN [in YEAR]; PARTNER is the ORDINAL NOUN of|for ECONOMY */
static bool partner_ranks(autki_words *w, size_t at, autk_claim *c)
{
    if (!name_until(c->partners, &c->partners_column, w, &at, be_ahead, NAME_AND_VERB))
        return false;
    (void)autki_any_phrase(w, &at, be, AUTKI_N(be));
    c->kind = AUTK_CLAIM_RANK;
    size_t i = at;
    if (autki_phrase(w, &i, "the") && ordinal(w, &i, &c->rank)) {
        if (!partner_noun(w, &i, c))
            return false;
        if (!autki_phrase(w, &i, "of") && !autki_phrase(w, &i, "for"))
            return autki_wanted(w, i, "\"of\" and whose partner");
        return name_until(c->economy, &c->economy_column, w, &i, at_tail, "an economy") &&
               tail(w, i, c);
    }
    for (i = at; i < w->n && i < at + 10; i++) {
        size_t ending = possessive(w, i), next = i + 1;
        if (ending == 0 || !ordinal(w, &next, &c->rank))
            continue;
        return keep_name(c->economy, &c->economy_column, w, (span){at, i + 1}, ending) &&
               partner_noun(w, &next, c) && tail(w, next, c);
    }
    return autki_wanted(w, at, "whose partner (Belarus's first partner)");
}

/* ------------------------------------------------------------------ cut off */

/* What a country may be cut off from, before whom: the words say where, not what. */
static bool channels(const autki_words *w, size_t *at)
{
    static const char *const what[] = {"transit and communication channels",
                                       "transit channels",
                                       "transit routes",
                                       "transit",
                                       "trade routes",
                                       "routes",
                                       "all routes",
                                       "the markets",
                                       "markets"};
    static const char *const to[] = {"to", "of", "with", "through", "in"};
    size_t i = *at;
    if (autki_any_phrase(w, &i, what, AUTKI_N(what)) < 0 ||
        autki_any_phrase(w, &i, to, AUTKI_N(to)) < 0)
        return false;
    *at = i;
    return true;
}

/* "the West" is no group of any treaty: the EU and the G7. */
static bool west(autki_words *w, size_t *at, autk_claim *c)
{
    static const char *const names[] = {"the west", "west"};
    size_t i = *at;
    if (autki_any_phrase(w, &i, names, AUTKI_N(names)) < 0 || !at_tail(w, i))
        return false;
    (void)strcpy(c->partners, "EU, G7");
    *at = i;
    return true;
}

/* ECONOMY is cut off from [transit channels to] PARTNERS [in YEAR] */
static bool economy_cut_off(autki_words *w, size_t at, autk_claim *c)
{
    static const char *const off[] = {"isolated from", "cut off from", "shut off from",
                                      "blocked from"};
    if (!name_until(c->economy, &c->economy_column, w, &at, be_ahead, NAME_AND_VERB))
        return false;
    (void)autki_any_phrase(w, &at, be, AUTKI_N(be));
    (void)autki_phrase(w, &at, "also");
    if (autki_any_phrase(w, &at, off, AUTKI_N(off)) < 0)
        return false;
    c->kind = AUTK_CLAIM_CUT_OFF;
    (void)channels(w, &at);
    return west(w, &at, c) ? tail(w, at, c) : partners_to_end(w, &at, c);
}

/* ------------------------------------------------------------------ the claim */

/* "In 2023, …" */
static size_t leading_year(autki_words *w, int *year)
{
    static const char *const in[] = {"in", "during"};
    size_t at = 0;
    if (autki_any_phrase(w, &at, in, AUTKI_N(in)) < 0 || !autki_year(w, at, year))
        return 0;
    at++;
    (void)autki_phrase(w, &at, ",");
    return at;
}

autk_status autk_claim_parse(autk_claim *out, const char *text, autk_err *err)
{
    static bool (*const patterns[])(autki_words *, size_t, autk_claim *) = {
        share_of_flow,   share_is,      economy_relies,  economy_sends,
        economy_cut_off, partner_ranks, partner_accounts};
    autki_words w;
    int year = 0;
    autk_status st = autki_words_cut(&w, "claim", text, err);
    if (st != AUTK_OK)
        return st;
    size_t begin = leading_year(&w, &year), at = begin;
    autk_quantity_said said;
    /* No name begins as a quantity does: then only the first pattern can have been meant. */
    size_t n_patterns = autki_quantity(&w, &at, &said) ? 1 : AUTKI_N(patterns);
    for (size_t i = 0; i < n_patterns; i++) {
        autk_claim c = autk_claim_default();
        c.year = year;
        if (patterns[i](&w, begin, &c)) {
            *out = c;
            return AUTK_OK;
        }
    }
    if (w.expected[0] == '\0')
        (void)autki_wanted(&w, begin, "a claim");
    return autki_words_error(&w, HINT, err);
}
