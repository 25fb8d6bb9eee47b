#include <stdio.h>

#include "base/fail.h"
#include "data/dataset_facts.h"

/* ------------------------------------------------------------------ layers and facts */

/* Facts stand below the layers, a row for each source and kind. */
static void describe_facts(void *user, const autki_fact_source *f)
{
    autk_table *t = user;
    char first[16] = "", last[16] = "";
    if (f->first_year != 0) {
        (void)snprintf(first, sizeof first, "%d", f->first_year);
        (void)snprintf(last, sizeof last, "%d", f->last_year);
    }
    autk_table_empty(t);
    autk_table_text(t, f->source);
    autk_table_text(t, autk_fact_kind_text(f->kind));
    for (int blank = 0; blank < 5; blank++)
        autk_table_text(t, "");
    autk_table_empty(t);
    autk_table_text(t, first);
    autk_table_text(t, last);
    autk_table_empty(t);
    autk_table_number(t, (double)f->n);
}

autk_status autk_dataset_describe(autk_table **out, const autk_dataset *d, autk_err *err)
{
    static const autk_column columns[] = {{"layer", "layer", AUTK_CELL_INTEGER, 0},
                                          {"source", "source", AUTK_CELL_TEXT, 0},
                                          {"flow", "flow", AUTK_CELL_TEXT, 0},
                                          {"side", "reported by", AUTK_CELL_TEXT, 0},
                                          {"valuation", "valuation", AUTK_CELL_TEXT, 0},
                                          {"currency", "currency", AUTK_CELL_TEXT, 0},
                                          {"frequency", "frequency", AUTK_CELL_TEXT, 0},
                                          {"classification", "products", AUTK_CELL_TEXT, 0},
                                          {"level", "digits", AUTK_CELL_INTEGER, 0},
                                          {"first_period", "from", AUTK_CELL_TEXT, 0},
                                          {"last_period", "to", AUTK_CELL_TEXT, 0},
                                          {"n_periods", "periods", AUTK_CELL_INTEGER, 0},
                                          {"n_rows", "flows", AUTK_CELL_INTEGER, 0}};
    autk_table *t = NULL;
    autk_status st = autk_table_create(&t, columns, sizeof columns / sizeof *columns, err);
    if (st != AUTK_OK)
        return st;
    for (size_t i = 0; i < d->n_layers; i++) {
        const autk_layer *l = &d->layers[i].info;
        char first[16], last[16];
        (void)snprintf(first, sizeof first, "%d", l->first_period);
        (void)snprintf(last, sizeof last, "%d", l->last_period);
        autk_table_number(t, (double)i);
        autk_table_text(t, l->source);
        autk_table_text(t, autk_flow_kind_text(l->flow));
        autk_table_text(t, autk_side_text(l->side));
        autk_table_text(t, autk_valuation_text(l->valuation));
        autk_table_text(t, l->currency);
        autk_table_text(t, l->frequency == 'M' ? "month" : "year");
        autk_table_text(t, l->classification);
        autk_table_number(t, (double)l->level);
        autk_table_text(t, first);
        autk_table_text(t, last);
        autk_table_number(t, (double)l->n_periods);
        autk_table_number(t, (double)l->n_rows);
    }
    for (int k = 0; k < AUTK_FACT_COUNT && st == AUTK_OK; k++)
        st = autki_facts_sources(d, (autk_fact_kind)k, describe_facts, t, err);
    if (st == AUTK_OK)
        *out = t;
    else
        autk_table_free(t);
    return st;
}

/* ------------------------------------------------------------------ periods */

static autk_status put_periods(autk_table *t, const autk_dataset *d, sqlite3_stmt *s, autk_err *err)
{
    int step;
    while ((step = sqlite3_step(s)) == SQLITE_ROW) {
        char period[16];
        sqlite3_int64 layer = sqlite3_column_int64(s, 0);
        (void)snprintf(period, sizeof period, "%d", sqlite3_column_int(s, 1));
        autk_table_number(t, (double)layer);
        autk_table_text(t, layer >= 0 && (size_t)layer < d->n_layers
                               ? d->layers[layer].info.source
                               : ""); /* made since the dataset was opened */
        autk_table_text(t, period);
        autk_table_number(t, (double)sqlite3_column_int64(s, 2));
        autk_table_number(t, sqlite3_column_double(s, 3));
    }
    return step == SQLITE_DONE ? AUTK_OK : autki_dataset_fail(d, "cannot be read", err);
}

autk_status autk_dataset_describe_periods(autk_table **out, autk_dataset *d, int64_t layer,
                                          int first_year, int last_year, autk_err *err)
{
    static const autk_column columns[] = {{"layer", "layer", AUTK_CELL_INTEGER, 0},
                                          {"source", "source", AUTK_CELL_TEXT, 0},
                                          {"period", "period", AUTK_CELL_TEXT, 0},
                                          {"n_rows", "flows", AUTK_CELL_INTEGER, 0},
                                          {"value", "value", AUTK_CELL_FIXED, 0}};
    autk_table *t = NULL;
    sqlite3_stmt *s = NULL;
    if (layer >= (int64_t)d->n_layers)
        return autki_fail(err, AUTK_EARG, "expected a layer below %zu, got %lld", d->n_layers,
                          (long long)layer);
    autk_status st = autki_dataset_prepare(
        &s, d,
        "SELECT layer, period, n_rows, value FROM period WHERE (?1 < 0 OR layer=?1)"
        " AND (?2 = 0 OR CASE WHEN period > 9999 THEN period / 100 ELSE period END >= ?2)"
        " AND (?3 = 0 OR CASE WHEN period > 9999 THEN period / 100 ELSE period END <= ?3)"
        " ORDER BY layer, period",
        err);
    if (st == AUTK_OK) {
        sqlite3_bind_int64(s, 1, layer);
        sqlite3_bind_int(s, 2, first_year);
        sqlite3_bind_int(s, 3, last_year);
        st = autk_table_create(&t, columns, sizeof columns / sizeof *columns, err);
    }
    if (st == AUTK_OK)
        st = put_periods(t, d, s, err);
    sqlite3_finalize(s);
    if (st == AUTK_OK)
        *out = t;
    else
        autk_table_free(t);
    return st;
}
