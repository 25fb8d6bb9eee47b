#include <autarky/dataset.h>

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "base/fail.h"
#include "base/mem.h"
#include "data/dataset_facts.h"

#define AS_TEXT(name, text) text,
static const char *const side_texts[] = {AUTK_SIDE_LIST(AS_TEXT)};
static const char *const flow_texts[] = {AUTK_FLOW_LIST(AS_TEXT)};
static const char *const economy_kind_texts[] = {AUTK_ECONOMY_KIND_LIST(AS_TEXT)};

const char *autk_side_text(autk_side side)
{
    return (unsigned)side < AUTK_SIDE_COUNT ? side_texts[side] : "unknown";
}

const char *autk_flow_kind_text(autk_flow_kind flow)
{
    return (unsigned)flow < AUTK_FLOW_COUNT ? flow_texts[flow] : "unknown";
}

const char *autk_economy_kind_text(autk_economy_kind kind)
{
    return (unsigned)kind < AUTK_ECONOMY_KIND_COUNT ? economy_kind_texts[kind] : "unknown";
}

/* ------------------------------------------------------------------ small tables */

size_t autk_dataset_n_layers(const autk_dataset *d)
{
    return d->n_layers;
}

const autk_layer *autk_dataset_layer(const autk_dataset *d, size_t layer)
{
    return layer < d->n_layers ? &d->layers[layer].info : NULL;
}

int32_t autk_dataset_n_economies(const autk_dataset *d)
{
    return (int32_t)d->n_economies;
}

static const autki_economy *economy_at(const autk_dataset *d, int32_t economy)
{
    return economy >= 0 && (size_t)economy < d->n_economies ? &d->economies[economy] : NULL;
}

const char *autk_dataset_economy_code(const autk_dataset *d, int32_t economy)
{
    const autki_economy *e = economy_at(d, economy);
    return e != NULL ? e->code : NULL;
}

const char *autk_dataset_economy_name(const autk_dataset *d, int32_t economy)
{
    const autki_economy *e = economy_at(d, economy);
    return e != NULL ? e->name : NULL;
}

autk_economy_kind autk_dataset_economy_kind(const autk_dataset *d, int32_t economy)
{
    const autki_economy *e = economy_at(d, economy);
    return e != NULL ? e->kind : AUTK_IS_UNSPECIFIED;
}

int32_t autk_dataset_n_products(const autk_dataset *d)
{
    return (int32_t)d->n_products;
}

const char *autk_dataset_product_code(const autk_dataset *d, int32_t product)
{
    return product >= 0 && (size_t)product < d->n_products ? d->products[product].code : NULL;
}

const char *autk_dataset_product_name(const autk_dataset *d, int32_t product)
{
    return product >= 0 && (size_t)product < d->n_products ? d->products[product].name : NULL;
}

static autk_status no_such_economy(const autk_dataset *d, const char *text, autk_err *err)
{
    char near[160] = "";
    const char **names = autki_calloc(2 * d->n_economies, sizeof *names);
    if (names != NULL) {
        for (size_t i = 0; i < d->n_economies; i++) {
            names[2 * i] = d->economies[i].code;
            names[2 * i + 1] = d->economies[i].name;
        }
        autk_nearest_names(near, sizeof near, text, names, 2 * d->n_economies, 3);
        free(names);
    }
    return autki_fail_at(err, AUTK_ENOTFOUND, d->path, 0, 0,
                         "expected an economy of the dataset, got \"%.60s\"%s%s%s", text,
                         near[0] != '\0' ? " (nearest: " : "", near, near[0] != '\0' ? ")" : "");
}

autk_status autk_dataset_find_economy(int32_t *economy, const autk_dataset *d, const char *text,
                                      autk_err *err)
{
    for (int pass = 0; pass < 2; pass++) {
        for (size_t i = 0; i < d->n_economies; i++) {
            if (strcasecmp(pass == 0 ? d->economies[i].code : d->economies[i].name, text) == 0) {
                *economy = (int32_t)i;
                return AUTK_OK;
            }
        }
    }
    return no_such_economy(d, text, err);
}

/* ------------------------------------------------------------------ flows */

void autk_flows_deinit(autk_flows *flows)
{
    free(flows->exporter);
    free(flows->importer);
    free(flows->product);
    free(flows->value);
    free(flows->quantity);
    *flows = (autk_flows){.n = 0};
}

/* Room for `n` more behind the rows there are; *capacity in rows. */
static autk_status reserve(autk_flows *f, size_t *capacity, size_t n, autk_err *err)
{
    const size_t ceiling = (size_t)1 << 31;
    if (f->n + n <= *capacity)
        return AUTK_OK;
    size_t c[5] = {*capacity, *capacity, *capacity, *capacity, *capacity};
    autk_status st = autki_grow(&f->exporter, &c[0], f->n + n, sizeof *f->exporter, ceiling, err);
    if (st == AUTK_OK)
        st = autki_grow(&f->importer, &c[1], f->n + n, sizeof *f->importer, ceiling, err);
    if (st == AUTK_OK)
        st = autki_grow(&f->product, &c[2], f->n + n, sizeof *f->product, ceiling, err);
    if (st == AUTK_OK)
        st = autki_grow(&f->value, &c[3], f->n + n, sizeof *f->value, ceiling, err);
    if (st == AUTK_OK)
        st = autki_grow(&f->quantity, &c[4], f->n + n, sizeof *f->quantity, ceiling, err);
    if (st == AUTK_OK)
        *capacity = c[0];
    return st;
}

/* All rows of a chunk that nobody needs any more: its columns change hands. */
static autk_status take_rows(autk_flows *f, size_t *capacity, autki_chunk_rows *rows,
                             bool by_importer, int32_t economy, autk_err *err)
{
    int32_t *own = autki_malloc(rows->n, sizeof *own);
    if (own == NULL)
        return autki_no_memory(err, rows->n * sizeof *own);
    for (size_t i = 0; i < rows->n; i++)
        own[i] = economy;
    /* Ids are below 2^31 (autki_dataset_catch_up): signed or not, they are the same bits. */
    int32_t *partner = (int32_t *)(void *)rows->partner;
    *f = (autk_flows){.n = rows->n,
                      .exporter = by_importer ? partner : own,
                      .importer = by_importer ? own : partner,
                      .product = (int32_t *)(void *)rows->product,
                      .value = rows->value,
                      .quantity = rows->quantity};
    *capacity = rows->n;
    *rows = (autki_chunk_rows){.n = 0};
    return AUTK_OK;
}

/* A chunk's rows, those with one partner only unless that is AUTK_ANY_ECONOMY. */
static autk_status append_rows(autk_flows *f, size_t *capacity, const autki_chunk_rows *rows,
                               autki_order order, int32_t economy, int32_t partner, autk_err *err)
{
    size_t from = 0, to = rows->n;
    if (partner != AUTK_ANY_ECONOMY) {
        while (from < to && rows->partner[from] != (uint32_t)partner)
            from++;
        for (to = from; to < rows->n && rows->partner[to] == (uint32_t)partner;)
            to++;
    }
    autk_status st = reserve(f, capacity, to - from, err);
    for (size_t i = from; st == AUTK_OK && i < to; i++, f->n++) {
        int32_t other = order == AUTKI_WORLD ? AUTK_ANY_ECONOMY : (int32_t)rows->partner[i];
        f->exporter[f->n] = order == AUTKI_BY_IMPORTER ? other : economy;
        f->importer[f->n] = order == AUTKI_BY_IMPORTER ? economy : other;
        f->product[f->n] = (int32_t)rows->product[i];
        f->value[f->n] = rows->value[i];
        f->quantity[f->n] = rows->quantity[i];
    }
    return st;
}

static autk_status check_query(const autk_dataset *d, size_t layer, int32_t exporter,
                               int32_t importer, autk_err *err)
{
    if (layer >= d->n_layers)
        return autki_fail(err, AUTK_EARG, "expected a layer below %zu, got %zu", d->n_layers,
                          layer);
    if (exporter < AUTK_ANY_ECONOMY || exporter >= (int32_t)d->n_economies ||
        importer < AUTK_ANY_ECONOMY || importer >= (int32_t)d->n_economies)
        return autki_fail(err, AUTK_EARG, "expected an economy below %zu, got %d and %d",
                          d->n_economies, exporter, importer);
    return AUTK_OK;
}

static autk_status chunk_rows(uint64_t *n, autk_dataset *d, size_t layer, int32_t period,
                              autki_order order, int32_t economy, autk_err *err)
{
    sqlite3_stmt *s = NULL;
    autk_status st = autki_dataset_prepare(
        &s, d, "SELECT n_rows FROM chunk WHERE layer=? AND by=? AND economy=? AND period=?", err);
    if (st != AUTK_OK)
        return st;
    sqlite3_bind_int64(s, 1, (sqlite3_int64)layer);
    sqlite3_bind_int(s, 2, (int)order);
    sqlite3_bind_int(s, 3, economy);
    sqlite3_bind_int(s, 4, period);
    int step = sqlite3_step(s);
    *n = step == SQLITE_ROW ? (uint64_t)sqlite3_column_int64(s, 0) : 0;
    if (step != SQLITE_ROW && step != SQLITE_DONE)
        st = autki_dataset_fail(d, "cannot be read", err);
    sqlite3_finalize(s);
    return st;
}

static autk_status read_chunk(autk_flows *f, size_t *capacity, autk_dataset *d, size_t layer,
                              int32_t period, autki_order order, int32_t economy, int32_t partner,
                              autk_err *err)
{
    autk_status st =
        autki_dataset_get_chunk(&d->scratch, d, (uint32_t)layer, period, order, economy, err);
    if (st != AUTK_OK)
        return st;
    uint32_t partner_max = 0, product_max = 0;
    for (size_t i = 0; i < d->scratch.n; i++) {
        partner_max = d->scratch.partner[i] > partner_max ? d->scratch.partner[i] : partner_max;
        product_max = d->scratch.product[i] > product_max ? d->scratch.product[i] : product_max;
    }
    if (d->scratch.n != 0)
        st = autki_dataset_catch_up(d, order == AUTKI_WORLD ? 0 : partner_max, product_max, err);
    if (st != AUTK_OK)
        return st;
    if (f->value == NULL && partner == AUTK_ANY_ECONOMY && order != AUTKI_WORLD)
        return take_rows(f, capacity, &d->scratch, order == AUTKI_BY_IMPORTER, economy, err);
    return append_rows(f, capacity, &d->scratch, order, economy, partner, err);
}

static autk_status read_period(autk_flows *f, size_t *capacity, autk_dataset *d, size_t layer,
                               int32_t period, autk_err *err)
{
    uint32_t *exporters = NULL;
    size_t n = 0;
    autk_status st = autki_dataset_snapshot(d, err); /* an import may go on meanwhile */
    if (st != AUTK_OK)
        return st;
    st = autki_dataset_chunks(&exporters, &n, d, (uint32_t)layer, period, AUTKI_BY_EXPORTER, err);
    for (size_t i = 0; st == AUTK_OK && i < n; i++)
        st = read_chunk(f, capacity, d, layer, period, AUTKI_BY_EXPORTER, (int32_t)exporters[i],
                        AUTK_ANY_ECONOMY, err);
    free(exporters);
    autki_dataset_end_snapshot(d);
    return st;
}

autk_status autk_dataset_flows(autk_flows *out, autk_dataset *d, size_t layer, int32_t period,
                               int32_t exporter, int32_t importer, autk_err *err)
{
    autk_flows f = {.n = 0};
    size_t capacity = 0;
    autk_status st = check_query(d, layer, exporter, importer, err);
    if (st != AUTK_OK)
        return st;
    if (exporter == AUTK_ANY_ECONOMY && importer == AUTK_ANY_ECONOMY) {
        st = read_period(&f, &capacity, d, layer, period, err);
    } else {
        autki_order order = exporter != AUTK_ANY_ECONOMY ? AUTKI_BY_EXPORTER : AUTKI_BY_IMPORTER;
        if (exporter != AUTK_ANY_ECONOMY && importer != AUTK_ANY_ECONOMY) {
            uint64_t n_exporter = 0, n_importer = 0;
            st = chunk_rows(&n_exporter, d, layer, period, AUTKI_BY_EXPORTER, exporter, err);
            if (st == AUTK_OK)
                st = chunk_rows(&n_importer, d, layer, period, AUTKI_BY_IMPORTER, importer, err);
            order = n_importer < n_exporter ? AUTKI_BY_IMPORTER : AUTKI_BY_EXPORTER;
        }
        bool by_exporter = order == AUTKI_BY_EXPORTER;
        if (st == AUTK_OK)
            st = read_chunk(&f, &capacity, d, layer, period, order,
                            by_exporter ? exporter : importer, by_exporter ? importer : exporter,
                            err);
    }
    if (st != AUTK_OK) {
        autk_flows_deinit(&f);
        return st;
    }
    *out = f;
    return AUTK_OK;
}

autk_status autk_dataset_product_totals(autk_flows *out, autk_dataset *d, size_t layer,
                                        int32_t period, autk_err *err)
{
    autk_flows f = {.n = 0};
    size_t capacity = 0;
    autk_status st = check_query(d, layer, AUTK_ANY_ECONOMY, AUTK_ANY_ECONOMY, err);
    if (st == AUTK_OK)
        st = read_chunk(&f, &capacity, d, layer, period, AUTKI_WORLD, AUTK_ANY_ECONOMY,
                        AUTK_ANY_ECONOMY, err);
    if (st != AUTK_OK) {
        autk_flows_deinit(&f);
        return st;
    }
    *out = f;
    return AUTK_OK;
}

/* ------------------------------------------------------------------ totals */

static autk_status prepare_pairs(sqlite3_stmt **s, const autk_dataset *d, size_t layer,
                                 int32_t exporter, int32_t importer, int32_t first, int32_t last,
                                 autk_err *err)
{
    /* Without the unary plus, SQLite cannot use the key's prefix when a condition is open. */
    const char *sql = exporter != AUTK_ANY_ECONOMY
                          ? "SELECT exporter, importer, period, value, quantity, n_products"
                            " FROM pair_total WHERE layer=?1 AND exporter=?2"
                            " AND (?3 < 0 OR importer=?3) AND period BETWEEN ?4 AND ?5"
                            " ORDER BY exporter, importer, period"
                          : "SELECT exporter, importer, period, value, quantity, n_products"
                            " FROM pair_total WHERE layer=?1 AND ?2 < 0"
                            " AND (?3 < 0 OR importer=?3) AND period BETWEEN ?4 AND ?5"
                            " ORDER BY exporter, importer, period";
    if (exporter != AUTK_ANY_ECONOMY && importer != AUTK_ANY_ECONOMY)
        sql = "SELECT exporter, importer, period, value, quantity, n_products FROM pair_total"
              " WHERE layer=?1 AND exporter=?2 AND importer=?3 AND period BETWEEN ?4 AND ?5"
              " ORDER BY exporter, importer, period";
    autk_status st = autki_dataset_prepare(s, d, sql, err);
    if (st != AUTK_OK)
        return st;
    sqlite3_bind_int64(*s, 1, (sqlite3_int64)layer);
    sqlite3_bind_int(*s, 2, exporter);
    sqlite3_bind_int(*s, 3, importer);
    sqlite3_bind_int(*s, 4, first);
    sqlite3_bind_int(*s, 5, last);
    return AUTK_OK;
}

autk_status autk_dataset_pair_totals(autk_pair_total **out, size_t *n, autk_dataset *d,
                                     size_t layer, int32_t exporter, int32_t importer,
                                     int32_t first, int32_t last, autk_err *err)
{
    sqlite3_stmt *s = NULL;
    autk_pair_total *found = NULL;
    size_t count = 0, capacity = 0;
    autk_status st = check_query(d, layer, exporter, importer, err);
    if (st == AUTK_OK)
        st = prepare_pairs(&s, d, layer, exporter, importer, first, last, err);
    int step = SQLITE_DONE;
    while (st == AUTK_OK && (step = sqlite3_step(s)) == SQLITE_ROW) {
        st = autki_grow(&found, &capacity, count + 1, sizeof *found, (size_t)1 << 28, err);
        if (st != AUTK_OK)
            break;
        autk_pair_total t = {.exporter = sqlite3_column_int(s, 0),
                             .importer = sqlite3_column_int(s, 1),
                             .period = sqlite3_column_int(s, 2),
                             .value = sqlite3_column_double(s, 3),
                             .quantity = sqlite3_column_type(s, 4) == SQLITE_NULL
                                             ? NAN
                                             : sqlite3_column_double(s, 4),
                             .n_products = (uint32_t)sqlite3_column_int64(s, 5)};
        st = autki_dataset_catch_up(
            d, (uint32_t)(t.exporter > t.importer ? t.exporter : t.importer), 0, err);
        found[count++] = t;
    }
    if (st == AUTK_OK && step != SQLITE_DONE)
        st = autki_dataset_fail(d, "cannot be read", err);
    sqlite3_finalize(s);
    if (st != AUTK_OK) {
        free(found);
        return st;
    }
    *out = found;
    *n = count;
    return AUTK_OK;
}

autk_status autk_dataset_periods(int32_t **out, size_t *n, autk_dataset *d, size_t layer,
                                 autk_err *err)
{
    sqlite3_stmt *s = NULL;
    int32_t *found = NULL;
    size_t count = 0, capacity = 0;
    autk_status st = autki_dataset_prepare(
        &s, d, "SELECT period FROM period WHERE layer=? ORDER BY period", err);
    if (st != AUTK_OK)
        return st;
    sqlite3_bind_int64(s, 1, (sqlite3_int64)layer);
    int step = SQLITE_DONE;
    while (st == AUTK_OK && (step = sqlite3_step(s)) == SQLITE_ROW) {
        st = autki_grow(&found, &capacity, count + 1, sizeof *found, (size_t)1 << 20, err);
        if (st == AUTK_OK)
            found[count++] = sqlite3_column_int(s, 0);
    }
    if (st == AUTK_OK && step != SQLITE_DONE)
        st = autki_dataset_fail(d, "cannot be read", err);
    sqlite3_finalize(s);
    if (st != AUTK_OK) {
        free(found);
        return st;
    }
    *out = found;
    *n = count;
    return AUTK_OK;
}
