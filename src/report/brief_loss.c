/* What losing the partner would cost: the numbers. */
#include "report/brief_loss.h"

#include <math.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>

#include <autarky/equilibrium.h>

#include "base/fail.h"
#include "base/mem.h"
#include "base/random.h"
#include "equilibrium/accounts.h"
#include "equilibrium/scenario.h"
#include "report/brief_relief.h"
#include "report/words.h"

#define DRAWS AUTKI_BRIEF_DRAWS
#define THETA_ERROR 0.2 /* relative standard error, as in the scenarios that come with autarky */
#define TOLERANCE 1e-8
#define DRAW_TOLERANCE 1e-6 /* quantiles of 16 draws have no more digits */
#define LEAST_LOSS 1e-7     /* of real income: a ratio of less says nothing */
#define MAX_YEARS_APART 5

/* All that one world says: the point, or a draw. */
typedef struct finding {
    double lost[AUTKI_HORIZONS][AUTKI_SIDES], ratio[AUTKI_HORIZONS], gains;
    autki_relief_found relief;
} finding;

/* Normal quantiles of the middles of 16 equal strata: each draw takes one of them for theta. */
static const double theta_stratum[DRAWS] = {
    -1.862731867421652,  -1.318010897303537, -1.009990169249582,  -0.7764217611479275,
    -0.5791321622555561, -0.40225006532172,  -0.2372021093287877, -0.07841241273311219,
    0.07841241273311219, 0.2372021093287877, 0.40225006532172,    0.5791321622555561,
    0.7764217611479275,  1.009990169249582,  1.318010897303537,   1.862731867421652};

typedef struct tie {
    const autk_economy *economy;
    uint8_t *mask[AUTKI_SIDES]; /* [n_regions] */
    int32_t n;
    autki_relief *relief; /* NULL = no sanctions to lift */
} tie;

void autki_loss_free(autki_loss *loss)
{
    if (loss == NULL)
        return;
    autki_relief_free(loss->relief);
    free(loss->why_not);
    free(loss);
}

/* ------------------------------------------------------------------ one world */

/* Real income of all members of a side together. */
static double lost_by(const autk_outcome *outcome, const uint8_t *mask, int32_t n)
{
    double before = 0.0, lost = 0.0;
    for (int32_t i = 0; i < n; i++) {
        if (mask[i] != 0) {
            before += outcome[i].income_before_usd;
            lost -= outcome[i].income_before_usd * outcome[i].welfare_exact;
        }
    }
    return lost / before;
}

static double gains_of(const autk_outcome *outcome, const uint8_t *mask, int32_t n)
{
    for (int32_t i = 0; i < n; i++) {
        if (mask[i] != 0)
            return outcome[i].gains_from_trade;
    }
    return NAN;
}

static autk_status cut_tie(autk_outcome *outcome, const autk_economy *economy,
                           const autk_equilibrium *before, const tie *t,
                           const autk_solve_opts *opts, autk_err *err)
{
    static const uint8_t all_goods = 1;
    autk_measure embargo[2] = {{.kind = AUTK_MEASURE_EMBARGO,
                                .sellers = t->mask[AUTKI_ECONOMY],
                                .buyers = t->mask[AUTKI_PARTNER],
                                .sectors = &all_goods},
                               {.kind = AUTK_MEASURE_EMBARGO,
                                .sellers = t->mask[AUTKI_PARTNER],
                                .buyers = t->mask[AUTKI_ECONOMY],
                                .sectors = &all_goods}};
    autk_equilibrium *after = NULL;
    autk_status st = autk_equilibrium_solve(&after, NULL, economy, embargo, 2, before, opts, err);
    if (st == AUTK_OK)
        st = autk_equilibrium_compare(outcome, before, after, err);
    autk_equilibrium_free(after);
    return st;
}

static void keep_loss(finding *found, autki_horizon h, const autk_outcome *outcome, const tie *t)
{
    for (int s = 0; s < AUTKI_SIDES; s++)
        found->lost[h][s] = lost_by(outcome, t->mask[s], t->n);
    double ours = found->lost[h][AUTKI_ECONOMY], theirs = found->lost[h][AUTKI_PARTNER];
    found->ratio[h] = ours > LEAST_LOSS && theirs > LEAST_LOSS ? ours / theirs : NAN;
    if (h == AUTKI_LONG)
        found->gains = gains_of(outcome, t->mask[AUTKI_ECONOMY], t->n);
}

/* reference: the year that trade comes back to when sanctions are lifted. */
static autk_status find(finding *found, const autk_economy *economy, const tie *t,
                        const double *theta, int reference, double tolerance, autk_err *err)
{
    autk_outcome *outcome = autki_malloc((size_t)t->n, sizeof *outcome);
    if (outcome == NULL)
        return autki_no_memory(err, (size_t)t->n * sizeof *outcome);
    autk_solve_opts opts = autk_solve_opts_default();
    opts.tolerance = tolerance;
    autk_status st = AUTK_OK;
    for (int h = 0; st == AUTK_OK && h < AUTKI_HORIZONS; h++) {
        autk_equilibrium *before = NULL;
        opts.theta = &theta[h];
        st = autk_equilibrium_solve(&before, NULL, economy, NULL, 0, NULL, &opts, err);
        if (st == AUTK_OK)
            st = cut_tie(outcome, economy, before, t, &opts, err);
        if (st == AUTK_OK)
            keep_loss(found, (autki_horizon)h, outcome, t);
        if (st == AUTK_OK && h == AUTKI_LONG && t->relief != NULL)
            st = autki_relief_solve(&found->relief, t->relief, reference, economy, before, &opts,
                                    outcome, err);
        autk_equilibrium_free(before);
    }
    free(outcome);
    return st;
}

/* ------------------------------------------------------------------ draws */

/* A Latin hypercube: over the draws each gap passes through the middle of every stratum once, in an
 * order of its own. u[draw * n_gaps + gap]. */
static void fill_strata(double *u, size_t n_gaps)
{
    uint64_t state = 20220224;
    for (size_t k = 0; k < n_gaps; k++) {
        int order[DRAWS];
        for (int d = 0; d < DRAWS; d++) {
            int at = (int)(autki_random_bits(&state) % ((uint64_t)d + 1));
            order[d] = order[at];
            order[at] = d;
        }
        for (int d = 0; d < DRAWS; d++)
            u[(size_t)d * n_gaps + k] = (order[d] + 0.5) / DRAWS;
    }
}

/* stratum: of theta; the gaps have it in an order of their own. */
static autk_status find_drawn(finding *found, const autki_loss *loss, const tie *t, int stratum,
                              const double *u, autk_err *err)
{
    double theta[AUTKI_HORIZONS], factor = 1.0 + THETA_ERROR * theta_stratum[stratum];
    int reference = stratum % AUTKI_RELIEF_YEARS;
    autk_economy *drawn = NULL;
    for (int h = 0; h < AUTKI_HORIZONS; h++)
        theta[h] = loss->theta[h] * factor;
    if (loss->n_gaps == 0)
        return find(found, t->economy, t, theta, reference, DRAW_TOLERANCE, err);
    autk_status st =
        autki_economy_with_gaps(&drawn, t->economy, u + (size_t)stratum * loss->n_gaps, err);
    if (st == AUTK_OK)
        st = find(found, drawn, t, theta, reference, DRAW_TOLERANCE, err);
    autk_economy_free(drawn);
    return st;
}

static bool has_no_solution(autk_status st)
{
    return st == AUTK_ENOANSWER || st == AUTK_ENOCONV || st == AUTK_ENUMERIC;
}

/* Linear between order statistics, the k-th standing at (k + 1/2) / n: draws are middles of strata
 * (Hyndman and Fan's type 5). */
static double quantile(const double *sorted, int n, double q)
{
    double at = q * n - 0.5;
    if (at < 0.0)
        at = 0.0;
    int low = (int)at;
    return low + 1 < n ? sorted[low] + (at - low) * (sorted[low + 1] - sorted[low]) : sorted[n - 1];
}

/* 5 to 95 % of the draws, and the point. What some draw has no number for has no interval.
 * offset: of the number in a finding. */
static autk_bounds bounds_of(const finding *point, const finding *draws, int n, size_t offset)
{
    double sorted[DRAWS], value;
    memcpy(&value, (const char *)point + offset, sizeof value);
    for (int d = 0; d < n; d++) {
        memcpy(&sorted[d], (const char *)&draws[d] + offset, sizeof value);
        if (!isfinite(sorted[d]))
            return (autk_bounds){.low = NAN, .point = value, .high = NAN};
    }
    if (n == 0)
        return (autk_bounds){.low = NAN, .point = value, .high = NAN};
    autk_sort(sorted, (size_t)n);
    double low = quantile(sorted, n, 0.05), high = quantile(sorted, n, 0.95);
    return (autk_bounds){
        .low = low < value ? low : value, .point = value, .high = high > value ? high : value};
}

static void keep(autki_loss *loss, const finding *point, const finding *draws)
{
    int n = loss->n_draws;
    for (int h = 0; h < AUTKI_HORIZONS; h++) {
        for (int s = 0; s < AUTKI_SIDES; s++)
            loss->lost[h][s] = bounds_of(point, draws, n, offsetof(finding, lost[h][s]));
        loss->ratio[h] = bounds_of(point, draws, n, offsetof(finding, ratio[h]));
    }
    loss->gains = bounds_of(point, draws, n, offsetof(finding, gains));
    if (loss->relief == NULL)
        return;
    loss->relief->won = bounds_of(point, draws, n, offsetof(finding, relief.won));
    loss->relief->share = bounds_of(point, draws, n, offsetof(finding, relief.share));
    loss->relief->share_before = bounds_of(point, draws, n, offsetof(finding, relief.share_before));
}

static autk_status find_all(autki_loss *loss, const tie *t, int n_draws, autk_err *err)
{
    finding point, draws[DRAWS];
    double *u = NULL;
    loss->n_gaps = t->economy->n_gaps;
    loss->theta[AUTKI_LONG] = autk_economy_theta(t->economy, 0);
    loss->theta[AUTKI_SHORT] = loss->theta[AUTKI_LONG] * AUTKI_SHORT_RUN;
    autk_status st = find(&point, t->economy, t, loss->theta, AUTKI_RELIEF_YEARS, TOLERANCE, err);
    if (st != AUTK_OK)
        return st;
    u = autki_malloc(DRAWS * loss->n_gaps + 1, sizeof *u);
    if (u == NULL)
        return autki_no_memory(err, DRAWS * loss->n_gaps * sizeof *u);
    fill_strata(u, loss->n_gaps);
    for (int d = 0; st == AUTK_OK && d < n_draws; d++) {
        autk_err ignored;
        int stratum = (2 * d + 1) * DRAWS / (2 * n_draws); /* fewer draws are spread evenly */
        st = find_drawn(&draws[loss->n_draws], loss, t, stratum, u, &ignored);
        if (st == AUTK_OK) {
            loss->n_draws++;
        } else if (has_no_solution(st)) {
            loss->n_failed++; /* counted and told */
            st = AUTK_OK;
        } else if (err != NULL) {
            *err = ignored;
        }
    }
    free(u);
    if (st == AUTK_OK)
        keep(loss, &point, draws);
    return st;
}

/* ------------------------------------------------------------------ the tie in the baseline */

static autk_status say_why(autki_loss *loss, autk_buf *text, autk_err *err)
{
    autk_status st = autk_buf_check(text, err);
    if (st == AUTK_OK) {
        loss->why_not = autki_strdup(autk_buf_text(text));
        if (loss->why_not == NULL)
            st = autki_no_memory(err, text->len);
    }
    autk_buf_deinit(text);
    return st;
}

/* The baseline of the brief's year, else of the nearest that has one. */
static autk_status open_baseline(autk_economy **out, autki_loss *loss, const autk_brief *b,
                                 autk_err *err)
{
    autk_status st = AUTK_ENOTFOUND;
    autk_economy_opts opts = autk_economy_opts_default();
    opts.gap = autk_evidence_gap;
    opts.gap_user = (void *)(uintptr_t)b->world;
    for (int apart = 0; st == AUTK_ENOTFOUND && apart <= MAX_YEARS_APART; apart++) {
        for (int sign = -1; st == AUTK_ENOTFOUND && sign <= (apart != 0 ? 1 : -1); sign += 2) {
            loss->year = b->year + sign * apart;
            st = autk_economy_from_world(out, b->world, loss->year, &opts, err);
        }
    }
    return st;
}

/* A bloc is its members without the economy itself; false: nobody is in the baseline. */
static bool mark_side(uint8_t *mask, const autk_brief *b, const autk_economy *economy,
                      int32_t party)
{
    autk_err ignored;
    int32_t self = -1;
    if (autk_economy_mark(mask, economy, autk_world_party_code(b->world, party), &ignored) !=
        AUTK_OK)
        return false;
    if (party != b->economy &&
        autk_economy_find_region(&self, economy, autk_world_party_code(b->world, b->economy),
                                 &ignored) == AUTK_OK)
        mask[self] = 0;
    return memchr(mask, 1, (size_t)autk_economy_n_regions(economy)) != NULL;
}

/* Does GDP leave less for sales at home than the accounts need, so that the baseline assumes them?
 */
static bool is_assumed(const autk_brief *b, const autki_loss *loss, const tie *t, int side)
{
    for (int32_t i = 0; i < t->n; i++) {
        if (t->mask[side][i] == 0)
            continue;
        int32_t party = -1;
        autk_err ignored;
        if (autk_world_find_economy(&party, b->world, autk_economy_region(t->economy, i),
                                    loss->year, &ignored) != AUTK_OK)
            continue;
        double gdp = autk_world_indicator(b->world, AUTK_GDP_USD, party, loss->year);
        if (!(autk_economy_value_added(t->economy, 0, i) <= gdp * (1.0 + 1e-9)))
            return true;
    }
    return false;
}

/* Is a flow that the baseline leaves out one that nobody reports? */
static bool is_unknown(const autk_brief *b, const autki_loss *loss, const tie *t, int32_t exporter,
                       int32_t importer)
{
    int32_t from = -1, to = -1;
    autk_err ignored;
    return autk_economy_flow(t->economy, 0, exporter, importer) == 0.0 &&
           autk_world_find_economy(&from, b->world, autk_economy_region(t->economy, exporter),
                                   loss->year, &ignored) == AUTK_OK &&
           autk_world_find_economy(&to, b->world, autk_economy_region(t->economy, importer),
                                   loss->year, &ignored) == AUTK_OK &&
           autk_world_is_gap(b->world, from, to, loss->year);
}

/* Trade between the sides, USD; counts what of it is unknown. */
static double trade_between(autki_loss *loss, const autk_brief *b, const tie *t)
{
    double sum = 0.0;
    for (int32_t i = 0; i < t->n; i++) {
        for (int32_t k = 0; k < t->n; k++) {
            if (t->mask[AUTKI_ECONOMY][i] == 0 || t->mask[AUTKI_PARTNER][k] == 0)
                continue;
            sum += autk_economy_flow(t->economy, 0, i, k) + autk_economy_flow(t->economy, 0, k, i);
            loss->n_unknown += is_unknown(b, loss, t, i, k);
            loss->n_unknown += is_unknown(b, loss, t, k, i);
        }
    }
    return sum;
}

static void name_missing(autk_buf *text, const autk_brief *b, int32_t party, int year)
{
    bool group = party >= AUTK_GROUP_BASE;
    autk_buf_puts(text, group ? "No answer: no other member of " : "No answer: ");
    autki_words_name(text, b->world, party);
    autk_buf_printf(text, " is%s in the world baseline of %d; ", group ? "" : " not", year);
    if (!group && !(autk_world_indicator(b->world, AUTK_GDP_USD, party, year) > 0.0))
        autk_buf_puts(text, "no GDP of it is on record.");
    else
        autk_buf_puts(text, "that takes a GDP and trade in both directions on record.");
}

static autk_status judge(autki_loss *loss, const autk_brief *b, tie *t, autk_err *err)
{
    const int32_t parties[AUTKI_SIDES] = {b->economy, b->on};
    autk_buf text;
    autk_buf_init(&text);
    for (int s = 0; s < AUTKI_SIDES; s++) {
        if (!mark_side(t->mask[s], b, t->economy, parties[s])) {
            name_missing(&text, b, parties[s], loss->year);
            return say_why(loss, &text, err);
        }
        loss->assumed[s] = is_assumed(b, loss, t, s);
    }
    double trade = trade_between(loss, b, t);
    bool unknown = loss->n_unknown != 0 && (b->on < AUTK_GROUP_BASE || !(trade > 0.0));
    if (!(trade > 0.0) || unknown) {
        autk_buf_printf(&text,
                        unknown ? "No answer: a flow between them is unknown in %d; nobody reports "
                                  "it and nothing bounds it."
                                : "Nothing to lose: the world baseline of %d has no goods trade "
                                  "between them.",
                        loss->year);
        return say_why(loss, &text, err);
    }
    autk_err unsolved;
    autk_status st = autki_relief_create(&loss->relief, b, t->economy, loss->year, err);
    if (st != AUTK_OK)
        return st;
    t->relief = loss->relief;
    st = find_all(loss, t, b->n_draws, &unsolved);
    if (has_no_solution(st)) {
        autki_relief_free(loss->relief);
        loss->relief = NULL;
        autk_buf_printf(&text, "No answer: %s.", unsolved.msg);
        return say_why(loss, &text, err);
    }
    if (st != AUTK_OK && err != NULL)
        *err = unsolved;
    return st;
}

autk_status autki_brief_add_loss(autk_brief *brief, autk_err *err)
{
    autki_loss *loss = brief->loss = autki_calloc(1, sizeof *loss);
    autk_economy *economy = NULL;
    if (loss == NULL)
        return autki_no_memory(err, sizeof *loss);
    autk_status st = open_baseline(&economy, loss, brief, err);
    if (st == AUTK_ENOTFOUND) {
        autk_buf text;
        autk_buf_init(&text);
        autk_buf_printf(
            &text, "No answer: no year within %d of %d has trade and GDP of several economies.",
            MAX_YEARS_APART, brief->year);
        return say_why(loss, &text, err);
    }
    if (st != AUTK_OK)
        return st;
    tie t = {.economy = economy, .n = autk_economy_n_regions(economy)};
    uint8_t *masks = autki_calloc(AUTKI_SIDES * (size_t)t.n, 1);
    if (masks == NULL)
        st = autki_no_memory(err, AUTKI_SIDES * (size_t)t.n);
    t.mask[AUTKI_ECONOMY] = masks;
    t.mask[AUTKI_PARTNER] = masks != NULL ? masks + t.n : NULL;
    if (st == AUTK_OK)
        st = judge(loss, brief, &t, err);
    free(masks);
    autk_economy_free(economy);
    return st;
}
