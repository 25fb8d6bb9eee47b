/* Observations: flows out of blobs, single figures out of rows, in one order. */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/fail.h"
#include "base/mem.h"
#include "data/world_format.h"

#define MAX_OBSERVATIONS ((size_t)1 << 24)
/* A residual below half a dollar was printed as none. 95 % of the flows that have none lie within
 * 32,000 USD of what was seen: this much times the widest class of small flows. */
#define LEAST_RESIDUAL_USD 1300.0
#define MONTHS_FROM 10000 /* a period above is yyyymm */

typedef struct collector {
    const autk_world *world;
    const autk_observation_query *query;
    autk_observation *items;
    size_t n, capacity;
} collector;

static bool is_economy(const autk_world *world, int32_t party)
{
    return party >= 0 && (size_t)party < world->n_economies;
}

static autk_status add(collector *c, const autk_observation *observation, autk_err *err)
{
    autk_status st =
        autki_grow(&c->items, &c->capacity, c->n + 1, sizeof *c->items, MAX_OBSERVATIONS, err);
    if (st == AUTK_OK)
        c->items[c->n++] = *observation;
    return st;
}

/* ------------------------------------------------------------------ flows */

static double pow10_of(unsigned exponent)
{
    double p = 1;
    for (; exponent > 0; exponent--)
        p *= 10;
    return p;
}

/* The class of an estimate: the first that is wide enough; the last of its kind is open. */
static const world_bound *bound_of(const autk_world *world, double observed_usd,
                                   double residual_usd)
{
    const world_bound *last = &world->bounds[0];
    for (size_t i = 0; i < world->n_bounds; i++) {
        const world_bound *bound = &world->bounds[i];
        if (bound->observed != (observed_usd > 0))
            continue;
        last = bound;
        if (observed_usd + residual_usd < bound->value_below_usd &&
            (observed_usd <= 0 || residual_usd < bound->ratio_below * observed_usd))
            break;
    }
    return last;
}

/* A dyad is two observations: what was seen, a part of the flow, and the flow as estimated. */
static autk_status add_dyad(collector *c, autk_observation *o, const unsigned char *entry,
                            autk_err *err)
{
    double observed_usd = autki_get_u32(entry + 2) * WORLD_UNIT_USD;
    unsigned code = autki_get_u16(entry + 6);
    autk_status st = AUTK_OK;
    o->source = c->world->dyad_source;
    if (observed_usd > 0) {
        o->quantity = AUTK_QUANTITY_PART;
        o->kind = AUTK_KIND_RECONCILED;
        o->value = o->low = o->high = o->original = observed_usd;
        st = add(c, o, err);
    }
    if (st != AUTK_OK || code == WORLD_NO_ESTIMATE)
        return st;
    double residual_usd = (code & 0x3ff) * pow10_of(code >> 10);
    const world_bound *bound = bound_of(c->world, observed_usd, residual_usd);
    o->quantity = AUTK_QUANTITY_FLOW;
    o->kind = AUTK_KIND_ESTIMATED;
    o->value = o->original = observed_usd + residual_usd;
    o->low = observed_usd + bound->low * residual_usd;
    o->high = observed_usd +
              bound->high * (residual_usd > LEAST_RESIDUAL_USD ? residual_usd : LEAST_RESIDUAL_USD);
    return add(c, o, err);
}

static autk_status add_entry(collector *c, autk_observation *o, world_layout layout,
                             const unsigned char *entry, autk_err *err)
{
    if (layout == WORLD_DYADS)
        return add_dyad(c, o, entry, err);
    o->source = c->world->matrix_source;
    o->quantity = AUTK_QUANTITY_FLOW;
    o->kind = AUTK_KIND_RECONCILED;
    o->value = o->low = o->high = o->original = autki_get_f64(entry + 2);
    return isfinite(o->value) && o->value >= 0 ? add(c, o, err)
                                               : autki_world_damaged(c->world, "a flow", err);
}

/* One blob; `other` = AUTK_PARTY_ANY takes all partners. */
static autk_status add_flows(collector *c, int64_t id, const unsigned char *bytes, size_t size,
                             int32_t other, autk_err *err)
{
    int year = (int)(id % 10000);
    int64_t rest = id / 10000;
    world_layout layout = (world_layout)(rest % 2);
    world_side side = (world_side)(rest / 2 % 2);
    int32_t economy = (int32_t)(rest / 4);
    size_t step = layout == WORLD_DYADS ? WORLD_DYAD_BYTES : WORLD_MATRIX_BYTES;
    if (size % step != 0)
        return autki_world_damaged(c->world, "the flows of an economy", err);
    for (size_t at = 0; at < size; at += step) {
        int32_t partner = autki_get_u16(bytes + at);
        if (other != AUTK_PARTY_ANY && partner != other)
            continue;
        if (!is_economy(c->world, partner))
            return autki_world_damaged(c->world, "a partner", err);
        autk_observation o = {.period = year,
                              .exporter = side == WORLD_EXPORTS ? economy : partner,
                              .importer = side == WORLD_EXPORTS ? partner : economy,
                              .scope = AUTK_SCOPE_GOODS,
                              .valuation = AUTK_VALUATION_FOB,
                              .confidence = '-',
                              .note = "",
                              .reporter = AUTK_PARTY_ANY,
                              .currency = "USD"};
        autk_status st = add_entry(c, &o, layout, bytes + at, err);
        if (st != AUTK_OK)
            return st;
    }
    return AUTK_OK;
}

static autk_status step_flows(collector *c, sqlite3_stmt *stmt, int32_t other, autk_err *err)
{
    int step;
    while ((step = sqlite3_step(stmt)) == SQLITE_ROW) {
        const void *bytes = sqlite3_column_blob(stmt, 2);
        size_t size = (size_t)sqlite3_column_bytes(stmt, 2);
        if (bytes == NULL ||
            autki_world_crc(c->world, 0, bytes, size) != (uint32_t)sqlite3_column_int64(stmt, 1))
            return autki_world_damaged(c->world, "the checksum of flows", err);
        autk_status st = add_flows(c, sqlite3_column_int64(stmt, 0), bytes, size, other, err);
        if (st != AUTK_OK)
            return st;
    }
    return step == SQLITE_DONE ? AUTK_OK : autki_world_sqlite_failed(c->world, err);
}

/* Flows of economies first … last on one side. */
static autk_status read_flows(collector *c, int32_t first, int32_t last, world_side side,
                              int32_t other, autk_err *err)
{
    sqlite3_stmt *stmt = NULL;
    if (sqlite3_prepare_v2(c->world->db, "SELECT id, crc, bytes FROM flow WHERE id BETWEEN ? AND ?",
                           -1, &stmt, NULL) != SQLITE_OK)
        return autki_world_sqlite_failed(c->world, err);
    int from = c->query->first_period, to = c->query->last_period;
    from = from > 0 ? from : 0;
    to = to < 9999 ? to : 9999;
    autk_status st = AUTK_OK;
    for (int32_t economy = first; economy <= last && st == AUTK_OK && from <= to; economy++) {
        for (int layout = WORLD_DYADS; layout <= WORLD_MATRIX && st == AUTK_OK; layout++) {
            int64_t base = (((int64_t)economy * 2 + side) * 2 + layout) * 10000;
            sqlite3_bind_int64(stmt, 1, base + from);
            sqlite3_bind_int64(stmt, 2, base + to);
            st = step_flows(c, stmt, other, err);
            sqlite3_reset(stmt);
        }
    }
    sqlite3_finalize(stmt);
    return st;
}

static autk_status find_flows(collector *c, autk_err *err)
{
    int32_t exporter = c->query->exporter, importer = c->query->importer;
    bool any_exporter = exporter == AUTK_PARTY_ANY, any_importer = importer == AUTK_PARTY_ANY;
    if ((!any_exporter && !is_economy(c->world, exporter)) ||
        (!any_importer && !is_economy(c->world, importer)))
        return AUTK_OK; /* of groups and the world there are only single figures */
    if (!any_exporter)
        return read_flows(c, exporter, exporter, WORLD_EXPORTS, importer, err);
    if (!any_importer)
        return read_flows(c, importer, importer, WORLD_IMPORTS, AUTK_PARTY_ANY, err);
    return read_flows(c, 0, (int32_t)c->world->n_economies - 1, WORLD_EXPORTS, AUTK_PARTY_ANY, err);
}

/* ------------------------------------------------------------------ single figures */

static void put_i32(unsigned char **at, int64_t value)
{
    for (int k = 0; k < 4; k++)
        *(*at)++ = (unsigned char)((uint64_t)value >> (8 * k));
}

static void put_f64(unsigned char **at, double value)
{
    uint64_t bits;
    memcpy(&bits, &value, sizeof bits);
    for (int k = 0; k < 8; k++)
        *(*at)++ = (unsigned char)(bits >> (8 * k));
}

/* As observation_crc of tools/worlddata/database.py packs a row. */
static uint32_t row_crc(const autk_world *world, sqlite3_stmt *stmt)
{
    unsigned char packed[128], *at = packed;
    for (int i = 0; i < 8; i++)
        put_i32(&at, sqlite3_column_int64(stmt, i));
    for (int i = 8; i < 12; i++)
        put_f64(&at, sqlite3_column_double(stmt, i));
    uint32_t crc = autki_world_crc(world, 0, packed, (size_t)(at - packed));
    const unsigned char *currency = sqlite3_column_text(stmt, 12);
    crc = autki_world_crc(world, crc, currency, (size_t)sqlite3_column_bytes(stmt, 12) + 1);
    at = packed;
    put_i32(&at, sqlite3_column_int64(stmt, 13));
    put_i32(&at, sqlite3_column_int64(stmt, 14));
    crc = autki_world_crc(world, crc, packed, (size_t)(at - packed));
    const unsigned char *confidence = sqlite3_column_text(stmt, 15);
    crc = autki_world_crc(world, crc, confidence, (size_t)sqlite3_column_bytes(stmt, 15) + 1);
    at = packed;
    put_i32(&at, sqlite3_column_int64(stmt, 16));
    return autki_world_crc(world, crc, packed, (size_t)(at - packed));
}

static bool row_is_sound(const autk_world *world, sqlite3_stmt *stmt)
{
    const unsigned char *currency = sqlite3_column_text(stmt, 12);
    const unsigned char *confidence = sqlite3_column_text(stmt, 15);
    int64_t note = sqlite3_column_int64(stmt, 16), source = sqlite3_column_int64(stmt, 14);
    return currency != NULL && confidence != NULL && sqlite3_column_bytes(stmt, 12) < 4 &&
           sqlite3_column_bytes(stmt, 15) == 1 && note >= 0 && note < (int64_t)world->n_notes &&
           source >= 0 && source < (int64_t)world->n_sources &&
           row_crc(world, stmt) == (uint32_t)sqlite3_column_int64(stmt, 17);
}

static autk_status add_row(collector *c, sqlite3_stmt *stmt, autk_err *err)
{
    if (!row_is_sound(c->world, stmt))
        return autki_world_damaged(c->world, "an observation", err);
    autk_observation o = {.exporter = sqlite3_column_int(stmt, 0),
                          .importer = sqlite3_column_int(stmt, 1),
                          .period = sqlite3_column_int(stmt, 2),
                          .quantity = (autk_quantity)sqlite3_column_int(stmt, 4),
                          .scope = (autk_scope)sqlite3_column_int(stmt, 5),
                          .valuation = (autk_valuation)sqlite3_column_int(stmt, 6),
                          .kind = (autk_kind)sqlite3_column_int(stmt, 7),
                          .value = sqlite3_column_double(stmt, 8),
                          .low = sqlite3_column_double(stmt, 9),
                          .high = sqlite3_column_double(stmt, 10),
                          .original = sqlite3_column_double(stmt, 11),
                          .reporter = sqlite3_column_int(stmt, 13),
                          .source = sqlite3_column_int(stmt, 14),
                          .confidence = (char)sqlite3_column_text(stmt, 15)[0],
                          .note = c->world->notes[sqlite3_column_int(stmt, 16)]};
    memcpy(o.currency, sqlite3_column_text(stmt, 12), (size_t)sqlite3_column_bytes(stmt, 12));
    return add(c, &o, err);
}

static autk_status find_rows(collector *c, autk_err *err)
{
    const autk_observation_query *q = c->query;
    bool any_exporter = q->exporter == AUTK_PARTY_ANY, any_importer = q->importer == AUTK_PARTY_ANY;
    /* A condition of its own for each case, so that each uses its index. */
    const char *where = !any_exporter && !any_importer ? "exporter = ?3 AND importer = ?4 AND"
                        : !any_exporter                ? "exporter = ?3 AND"
                        : !any_importer                ? "importer = ?4 AND"
                                                       : "";
    char sql[128];
    (void)snprintf(sql, sizeof sql, "SELECT * FROM observation WHERE %s period BETWEEN ?1 AND ?2",
                   where);
    sqlite3_stmt *stmt = NULL;
    if (sqlite3_prepare_v2(c->world->db, sql, -1, &stmt, NULL) != SQLITE_OK)
        return autki_world_sqlite_failed(c->world, err);
    sqlite3_bind_int(stmt, 1, q->first_period);
    sqlite3_bind_int(stmt, 2, q->last_period);
    if (!any_exporter)
        sqlite3_bind_int(stmt, 3, q->exporter);
    if (!any_importer)
        sqlite3_bind_int(stmt, 4, q->importer);
    autk_status st = AUTK_OK;
    int step = SQLITE_DONE;
    while (st == AUTK_OK && (step = sqlite3_step(stmt)) == SQLITE_ROW)
        st = add_row(c, stmt, err);
    if (st == AUTK_OK && step != SQLITE_DONE)
        st = autki_world_sqlite_failed(c->world, err);
    sqlite3_finalize(stmt);
    return st;
}

/* ------------------------------------------------------------------ estimates laid over */

static bool matches(int32_t wanted, int32_t party)
{
    return wanted == AUTK_PARTY_ANY || wanted == party;
}

static autk_status find_estimates(collector *c, autk_err *err)
{
    const autk_observation_query *q = c->query;
    autk_status st = AUTK_OK;
    for (size_t i = 0; st == AUTK_OK && i < c->world->n_estimates; i++) {
        const autk_observation *o = &c->world->estimates[i];
        if (o->period >= q->first_period && o->period <= q->last_period &&
            matches(q->exporter, o->exporter) && matches(q->importer, o->importer))
            st = add(c, o, err);
    }
    return st;
}

/* ------------------------------------------------------------------ the query */

static int order(int64_t a, int64_t b)
{
    return (a > b) - (a < b);
}

/* A total order up to what distinguishes two figures, so that qsort's freedom does not show. */
static int by_period_and_pair(const void *left, const void *right)
{
    const autk_observation *a = left, *b = right;
    int c = order(a->period, b->period);
    c = c != 0 ? c : order(a->exporter, b->exporter);
    c = c != 0 ? c : order(a->importer, b->importer);
    c = c != 0 ? c : order(a->source, b->source);
    c = c != 0 ? c : order(a->quantity, b->quantity);
    c = c != 0 ? c : order(a->scope, b->scope);
    c = c != 0 ? c : order(a->kind, b->kind);
    return c != 0 ? c : (a->value > b->value) - (a->value < b->value);
}

static bool is_party_or_any(const autk_world *world, int32_t party)
{
    return party == AUTK_PARTY_ANY || party == AUTK_PARTY_WORLD || is_economy(world, party) ||
           (party >= AUTK_GROUP_BASE && autk_world_group(world, party - AUTK_GROUP_BASE) != NULL);
}

static bool is_sorted(const autk_observation *items, size_t n)
{
    for (size_t i = 1; i < n; i++) {
        if (by_period_and_pair(&items[i - 1], &items[i]) > 0)
            return false;
    }
    return true;
}

autk_status autk_world_observations(autk_observation **out, size_t *n, const autk_world *world,
                                    const autk_observation_query *query, autk_err *err)
{
    if (!is_party_or_any(world, query->exporter) || !is_party_or_any(world, query->importer))
        return autki_fail(err, AUTK_EARG, "expected parties of the dataset, got %d and %d",
                          (int)query->exporter, (int)query->importer);
    if ((query->first_period < MONTHS_FROM) != (query->last_period < MONTHS_FROM))
        return autki_fail(err, AUTK_EARG, "expected two years or two months, got %d and %d",
                          (int)query->first_period, (int)query->last_period);
    collector c = {.world = world, .query = query};
    /* The connection is one; what it reads is complete before the lock is given back. */
    pthread_mutex_t *lock = (pthread_mutex_t *)(uintptr_t)&world->lock;
    pthread_mutex_lock(lock);
    autk_status st = query->first_period < MONTHS_FROM ? find_flows(&c, err) : AUTK_OK;
    if (st == AUTK_OK)
        st = find_rows(&c, err);
    if (st == AUTK_OK)
        st = find_estimates(&c, err);
    pthread_mutex_unlock(lock);
    if (st != AUTK_OK) {
        free(c.items);
        return st;
    }
    if (c.n != 0 && !is_sorted(c.items, c.n))
        qsort(c.items, c.n, sizeof *c.items, by_period_and_pair);
    *out = c.items;
    *n = c.n;
    return AUTK_OK;
}
