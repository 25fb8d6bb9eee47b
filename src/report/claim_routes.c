/* Claims that an economy is cut off: checked against the network of routes. */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <autarky/claim_report.h>

#include "base/fail.h"
#include "base/mem.h"
#include "corridor/network.h"
#include "measure/claim_names.h"

#define DRAWS 16
#define SEED 20220201

typedef struct routes {
    const autk_world *world;
    autk_claim_result *r;
    autk_network *network;
    autk_closures *closures;    /* in force at the end of the year */
    size_t n;                   /* economies */
    double *low, *point, *high; /* [n] trade with each partner that is meant, else NaN */
    double *before, *after, *lost;
} routes;

/* ------------------------------------------------------------------ what is known */

static bool is_meant(const routes *q, int32_t partner)
{
    for (size_t i = 0; i < q->r->n_parties; i++) {
        if (partner != q->r->economy &&
            autk_world_party_has(q->world, q->r->parties[i], partner, q->r->year * 10000 + 1231))
            return true;
    }
    return false;
}

static autk_status weigh(routes *q, autk_err *err)
{
    autk_country_year *trade = NULL;
    for (size_t i = 0; i < q->n; i++)
        q->low[i] = q->point[i] = q->high[i] = NAN;
    autk_status st = autk_evidence_country(&trade, q->world, q->r->economy, q->r->year, NULL, err);
    for (size_t i = 0; st == AUTK_OK && i < trade->n_partners; i++) {
        const autk_partner *p = &trade->partners[i];
        if (!is_meant(q, p->partner))
            continue;
        q->low[p->partner] = p->turnover_usd.low;
        q->point[p->partner] = p->turnover_usd.point;
        q->high[p->partner] = p->turnover_usd.high;
    }
    autk_country_year_free(trade);
    return st;
}

/* The part of the trade that is lost, with bounds by those of the flows. */
static autk_bounds part_of(const double *part, const routes *q)
{
    autk_bounds share;
    double sum = 0.0, total = 0.0;
    for (size_t i = 0; i < q->n; i++) {
        if (isnan(q->point[i]) || isnan(part[i]))
            continue;
        sum += part[i] * q->point[i];
        total += q->point[i];
    }
    share.point = total > 0.0 ? sum / total : NAN;
    autk_corridor_share_bounds(&share.low, &share.high, part, q->low, q->high, q->n);
    return share;
}

static autk_status close_all(autk_closures **out, const autk_network *network, const routes *q,
                             autk_err *err)
{
    autk_status st = autk_closures_create(out, network, err);
    return st == AUTK_OK
               ? autk_closures_add_date(*out, q->r->year * 10000 + 1231, q->r->economy, NULL, err)
               : st;
}

static autk_status reach(routes *q, const autk_network *network, const autk_closures *closures,
                         autk_err *err)
{
    autk_reach before = {q->before, NULL}, after = {q->after, NULL};
    autk_status st = autk_reach_find(&before, &after, network, q->r->economy, closures, err);
    if (st == AUTK_OK)
        autk_reach_lost(q->lost, autk_network_costs(network), q->before, q->after, q->n);
    return st;
}

/* Widened to 5 and 95 % of the draws of the cost parameters. */
static autk_status widen(autk_bounds *lost, routes *q, autk_err *err)
{
    double low[DRAWS], high[DRAWS];
    autk_status st = AUTK_OK;
    for (uint64_t d = 0; st == AUTK_OK && d < DRAWS; d++) {
        autk_costs drawn = autk_costs_draw(autk_network_costs(q->network), SEED, d);
        autk_network *network = NULL;
        autk_closures *closures = NULL;
        st = autk_network_at_costs(&network, q->network, &drawn, err);
        if (st == AUTK_OK)
            st = close_all(&closures, network, q, err);
        if (st == AUTK_OK)
            st = reach(q, network, closures, err);
        autk_bounds part = st == AUTK_OK ? part_of(q->lost, q) : autk_bounds_unknown();
        low[d] = part.low;
        high[d] = part.high;
        autk_closures_free(closures);
        autk_network_free(network);
    }
    if (st != AUTK_OK || !isfinite(lost->point))
        return st;
    autk_sort(low, DRAWS);
    autk_sort(high, DRAWS);
    double least = autk_quantile(low, DRAWS, 0.05), most = autk_quantile(high, DRAWS, 0.95);
    lost->low = least < lost->low ? least : lost->low;
    lost->high = most > lost->high ? most : lost->high;
    return AUTK_OK;
}

/* ------------------------------------------------------------------ readings */

static autk_claim_reading *add_reading(routes *q, bool literal, const char *words)
{
    autk_claim_reading *reading = &q->r->readings[q->r->n_readings++];
    *reading = (autk_claim_reading){.literal = literal,
                                    .share = autk_bounds_unknown(),
                                    .verdict = AUTK_VERDICT_UNDECIDABLE,
                                    .why = ""};
    (void)snprintf(reading->reading, sizeof reading->reading, "%s", words);
    memcpy(reading->parties, q->r->parties, q->r->n_parties * sizeof *q->r->parties);
    reading->n_parties = q->r->n_parties;
    return reading;
}

/* more: than half; else all of it. */
static void judge(autk_claim_reading *reading, autk_bounds share, bool half, const char *why)
{
    const autk_quantity_said most = {.low = 0.5, .high = 1.0, .above_low = true};
    const autk_quantity_said all = {.low = 0.995, .high = 1.0};
    reading->share = share;
    reading->why = why;
    if (isfinite(share.point)) {
        reading->verdict = autk_claim_judge(half ? &most : &all, share);
        reading->why = "";
    }
}

static autk_status read_access(routes *q, autk_err *err)
{
    static const char nothing[] = "no trade with them is on record, or no route led to them before";
    autk_status st = reach(q, q->network, q->closures, err);
    if (st != AUTK_OK)
        return st;
    autk_bounds lost = part_of(q->lost, q);
    for (size_t i = 0; i < q->n; i++)
        q->lost[i] = isfinite(q->before[i]) ? (double)!isfinite(q->after[i]) : NAN;
    judge(add_reading(q, true, "trade that no route is left for (all of it)"), part_of(q->lost, q),
          false, nothing);
    st = widen(&lost, q, err);
    judge(add_reading(q, true, "access to their markets that closures take (more than half)"), lost,
          true, nothing);
    return st;
}

static void read_crossings(routes *q)
{
    int32_t open = 0, closed = 0;
    for (size_t i = 0; i < q->n; i++) {
        int32_t is_open, is_closed;
        if (!is_meant(q, (int32_t)i))
            continue;
        autk_closures_crossings(&is_open, &is_closed, q->closures, q->r->economy, (int32_t)i);
        open += is_open;
        closed += is_closed;
    }
    autk_bounds share = autk_bounds_unknown();
    if (open + closed != 0)
        share = autk_bounds_exact((double)closed / (open + closed));
    judge(add_reading(q, true, "land crossings with them that are closed (more than half)"), share,
          true, "the network has no land crossing with any of them");
}

static int32_t economy_of(const routes *q, const char *code)
{
    int32_t at = autki_code_index(q->network, code);
    return at >= 0 ? q->network->code_economy[at] : -1;
}

/* Some goods, not all: true of these alone. */
static void read_bans(routes *q)
{
    char words[200] = "";
    size_t len = 0;
    int32_t date = q->r->year * 10000 + 1231;
    for (size_t i = 0; i < q->network->n_closure_rows; i++) {
        const autki_closure_row *row = &q->network->closure_rows[i];
        if (strcmp(row->kind, "transit-ban") != 0 || date < row->from_date || date > row->to_date ||
            economy_of(q, row->goods_of) != q->r->economy ||
            !is_meant(q, economy_of(q, row->what)) || len + 40 > sizeof words)
            continue;
        len += (size_t)snprintf(words + len, sizeof words - len, "%s%s over %s",
                                len == 0 ? "transit of some goods banned: " : ", ", row->product,
                                row->what);
    }
    if (len != 0)
        add_reading(q, false, words)->verdict = AUTK_VERDICT_SUPPORTED;
}

/* ------------------------------------------------------------------ the claim */

static autk_status take_memory(routes *q, autk_err *err)
{
    q->n = (size_t)autk_world_n_economies(q->world);
    double *block = autki_malloc(6 * q->n, sizeof *block);
    if (block == NULL)
        return autki_no_memory(err, 6 * q->n * sizeof *block);
    double **rows[] = {&q->low, &q->point, &q->high, &q->before, &q->after, &q->lost};
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++)
        *rows[i] = block + i * q->n;
    return AUTK_OK;
}

static autk_status check_routes(routes *q, autk_err *err)
{
    autk_network_opts opts = {.date = q->r->year * 10000 + 1231, .no_shapes = true};
    autk_status st = autki_claim_look_up(q->r, q->world, err);
    if (st == AUTK_OK)
        st = take_memory(q, err);
    if (st == AUTK_OK)
        st = weigh(q, err);
    if (st == AUTK_OK)
        st = autk_network_open(&q->network, q->world, &opts, err);
    if (st == AUTK_OK)
        st = close_all(&q->closures, q->network, q, err);
    if (st == AUTK_OK)
        st = read_access(q, err);
    if (st != AUTK_OK)
        return st;
    read_crossings(q);
    read_bans(q);
    autki_claim_conclude(q->r);
    return AUTK_OK;
}

autk_status autk_claim_answer(autk_claim_result *out, const autk_world *world,
                              const autk_claim *claim, autk_err *err)
{
    if (claim->kind != AUTK_CLAIM_CUT_OFF)
        return autk_claim_check(out, world, claim, err);
    autk_claim_result *r = autki_calloc(1, sizeof *r);
    if (r == NULL)
        return autki_no_memory(err, sizeof *r);
    r->claim = *claim;
    routes q = {.world = world, .r = r};
    autk_status st = check_routes(&q, err);
    autk_closures_free(q.closures);
    autk_network_free(q.network);
    free(q.low); /* the block of all rows */
    if (st == AUTK_OK)
        *out = *r;
    free(r);
    return st;
}
