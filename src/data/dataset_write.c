#include <math.h>
#include <stdio.h>
#include <stdlib.h>

#include "base/fail.h"
#include "base/mem.h"
#include "data/dataset_file.h"
#include "data/dataset_hash.h"
#include "data/dataset_schema.h"

uint64_t autki_chunk_key(uint32_t layer, int32_t period, autki_order order, int64_t economy)
{
    char key[24];
    autki_store64(key, ((uint64_t)layer << 32) | (uint32_t)period);
    autki_store64(key + 8, (uint64_t)order);
    autki_store64(key + 16, (uint64_t)economy);
    return autki_xxh64(key, sizeof key, 0);
}

/* One of the statements that are kept, reset. */
static autk_status kept(sqlite3_stmt **s, const autk_dataset *d, const char *sql, autk_err *err)
{
    if (*s == NULL)
        return autki_dataset_prepare(s, d, sql, err);
    (void)sqlite3_reset(*s);
    (void)sqlite3_clear_bindings(*s);
    return AUTK_OK;
}

static autk_status step_to_done(autk_dataset *d, sqlite3_stmt *s, autk_err *err)
{
    if (sqlite3_step(s) != SQLITE_DONE)
        return autki_dataset_fail(d, "cannot be written", err);
    return AUTK_OK;
}

/* A statement that deletes, with whole numbers in the places of its question marks. */
static autk_status delete_where(autk_dataset *d, const char *sql, const int64_t *values, int n,
                                autk_err *err)
{
    sqlite3_stmt *s = NULL;
    autk_status st = autki_dataset_prepare(&s, d, sql, err);
    if (st != AUTK_OK)
        return st;
    for (int i = 0; i < n; i++)
        sqlite3_bind_int64(s, i + 1, values[i]);
    return autki_dataset_run(d, s, err);
}

autk_status autki_dataset_put_chunk(autk_dataset *d, uint32_t layer, int32_t period,
                                    autki_order order, int64_t economy,
                                    const autki_chunk_rows *rows, const autk_buf *blob,
                                    autk_err *err)
{
    if (rows->n == 0)
        return delete_where(d,
                            "DELETE FROM chunk WHERE layer=? AND period=? AND by=? AND economy=?",
                            (const int64_t[]){layer, period, (int64_t)order, economy}, 4, err);
    autk_status st =
        kept(&d->put_chunk, d,
             "INSERT INTO chunk(layer, period, by, economy, n_rows, value, flows)"
             " VALUES(?, ?, ?, ?, ?, ?, ?) ON CONFLICT(layer, by, economy, period)"
             " DO UPDATE SET n_rows=excluded.n_rows, value=excluded.value, flows=excluded.flows",
             err);
    if (st != AUTK_OK)
        return st;
    double value = 0;
    for (size_t i = 0; i < rows->n; i++)
        value += rows->value[i];
    sqlite3_bind_int64(d->put_chunk, 1, layer);
    sqlite3_bind_int(d->put_chunk, 2, period);
    sqlite3_bind_int(d->put_chunk, 3, (int)order);
    sqlite3_bind_int64(d->put_chunk, 4, economy);
    sqlite3_bind_int64(d->put_chunk, 5, (sqlite3_int64)rows->n);
    sqlite3_bind_double(d->put_chunk, 6, value);
    sqlite3_bind_blob64(d->put_chunk, 7, blob->text, blob->len, SQLITE_STATIC);
    st = step_to_done(d, d->put_chunk, err);
    (void)sqlite3_reset(d->put_chunk);
    (void)sqlite3_clear_bindings(d->put_chunk);
    return st;
}

autk_status autki_dataset_get_chunk(autki_chunk_rows *rows, autk_dataset *d, uint32_t layer,
                                    int32_t period, autki_order order, int64_t economy,
                                    autk_err *err)
{
    autk_status st = kept(
        &d->get_chunk, d,
        "SELECT n_rows, flows FROM chunk WHERE layer=? AND period=? AND by=? AND economy=?", err);
    if (st != AUTK_OK)
        return st;
    rows->n = 0;
    sqlite3_bind_int64(d->get_chunk, 1, layer);
    sqlite3_bind_int(d->get_chunk, 2, period);
    sqlite3_bind_int(d->get_chunk, 3, (int)order);
    sqlite3_bind_int64(d->get_chunk, 4, economy);
    int step = sqlite3_step(d->get_chunk);
    if (step == SQLITE_ROW) {
        const void *blob = sqlite3_column_blob(d->get_chunk, 1);
        int size = sqlite3_column_bytes(d->get_chunk, 1);
        autk_err inner = {.code = AUTK_OK};
        st = autki_chunk_decode(rows, blob != NULL ? blob : "", (size_t)size,
                                autki_chunk_key(layer, period, order, economy), &inner);
        if (st != AUTK_OK)
            st = autki_fail_at(
                err, st, d->path, 0, 0, "%s (layer %u, period %d, %s %s)", inner.msg, layer, period,
                order == AUTKI_BY_EXPORTER   ? "exporter"
                : order == AUTKI_BY_IMPORTER ? "importer"
                                             : "totals of",
                order == AUTKI_WORLD                               ? "the world"
                : economy >= 0 && (size_t)economy < d->n_economies ? d->economies[economy].code
                                                                   : "?");
    } else if (step != SQLITE_DONE) {
        st = autki_dataset_fail(d, "cannot be read", err);
    }
    (void)sqlite3_reset(d->get_chunk);
    return st;
}

autk_status autki_dataset_drop_pairs(autk_dataset *d, uint32_t layer, int32_t period,
                                     uint32_t exporter, autk_err *err)
{
    return delete_where(d, "DELETE FROM pair_total WHERE layer=? AND exporter=? AND period=?",
                        (const int64_t[]){layer, exporter, period}, 3, err);
}

static autk_status put_pair(autk_dataset *d, uint32_t layer, int32_t period, uint32_t exporter,
                            const autki_chunk_rows *rows, size_t from, size_t to, autk_err *err)
{
    autk_status st = kept(&d->put_pair, d,
                          "INSERT INTO pair_total(layer, exporter, importer, period, value,"
                          " quantity, n_products) VALUES(?, ?, ?, ?, ?, ?, ?)",
                          err);
    if (st != AUTK_OK)
        return st;
    double value = 0, quantity = 0;
    size_t n_quantities = 0;
    for (size_t i = from; i < to; i++) {
        value += rows->value[i];
        if (!isnan(rows->quantity[i])) {
            quantity += rows->quantity[i];
            n_quantities++;
        }
    }
    sqlite3_bind_int64(d->put_pair, 1, layer);
    sqlite3_bind_int64(d->put_pair, 2, exporter);
    sqlite3_bind_int64(d->put_pair, 3, rows->partner[from]);
    sqlite3_bind_int(d->put_pair, 4, period);
    sqlite3_bind_double(d->put_pair, 5, value);
    if (n_quantities != 0)
        sqlite3_bind_double(d->put_pair, 6, quantity);
    sqlite3_bind_int64(d->put_pair, 7, (sqlite3_int64)(to - from));
    return step_to_done(d, d->put_pair, err);
}

autk_status autki_dataset_put_pairs(autk_dataset *d, uint32_t layer, int32_t period,
                                    uint32_t exporter, const autki_chunk_rows *rows, autk_err *err)
{
    autk_status st = AUTK_OK;
    for (size_t from = 0, to; st == AUTK_OK && from < rows->n; from = to) {
        for (to = from + 1; to < rows->n && rows->partner[to] == rows->partner[from];)
            to++;
        st = put_pair(d, layer, period, exporter, rows, from, to, err);
    }
    return st;
}

autk_status autki_dataset_chunks(uint32_t **economies, size_t *n, autk_dataset *d, uint32_t layer,
                                 int32_t period, autki_order order, autk_err *err)
{
    sqlite3_stmt *s = NULL;
    uint32_t *found = NULL;
    size_t count = 0, capacity = 0;
    autk_status st = autki_dataset_prepare(
        &s, d, "SELECT economy FROM chunk WHERE layer=? AND by=? AND period=? ORDER BY economy",
        err);
    if (st != AUTK_OK)
        return st;
    sqlite3_bind_int64(s, 1, layer);
    sqlite3_bind_int(s, 2, (int)order);
    sqlite3_bind_int(s, 3, period);
    int step;
    while ((step = sqlite3_step(s)) == SQLITE_ROW && st == AUTK_OK) {
        sqlite3_int64 economy = sqlite3_column_int64(s, 0);
        if (economy < 0 || (size_t)economy >= d->n_economies)
            st = autki_fail_at(err, AUTK_EDATA, d->path, 0, 0,
                               "the dataset is damaged: a chunk of no economy");
        if (st == AUTK_OK)
            st = autki_grow(&found, &capacity, count + 1, sizeof *found, 65536, err);
        if (st == AUTK_OK)
            found[count++] = (uint32_t)economy;
    }
    if (st == AUTK_OK && step != SQLITE_DONE)
        st = autki_dataset_fail(d, "cannot be read", err);
    sqlite3_finalize(s);
    if (st != AUTK_OK) {
        free(found);
        return st;
    }
    *economies = found;
    *n = count;
    return AUTK_OK;
}

autk_status autki_dataset_put_period(autk_dataset *d, uint32_t layer, int32_t period,
                                     uint64_t n_rows, double value, autk_err *err)
{
    sqlite3_stmt *s = NULL;
    autk_status st = autki_dataset_prepare(
        &s, d, "INSERT OR REPLACE INTO period(layer, period, n_rows, value) VALUES(?, ?, ?, ?)",
        err);
    if (st != AUTK_OK)
        return st;
    sqlite3_bind_int64(s, 1, layer);
    sqlite3_bind_int(s, 2, period);
    sqlite3_bind_int64(s, 3, (sqlite3_int64)n_rows);
    sqlite3_bind_double(s, 4, value);
    return autki_dataset_run(d, s, err);
}

autk_status autki_dataset_note_file(autk_dataset *d, const autki_file_note *note, autk_err *err)
{
    sqlite3_stmt *s = NULL;
    autk_status st = autki_dataset_prepare(
        &s, d, "INSERT OR REPLACE INTO file VALUES(?, ?, ?, ?, ?, ?, ?, ?, ?)", err);
    if (st != AUTK_OK)
        return st;
    uint64_t passed = note->n_read - note->n_stored - note->n_bad;
    sqlite3_bind_text(s, 1, note->source, -1, SQLITE_STATIC);
    sqlite3_bind_text(s, 2, note->name, -1, SQLITE_STATIC);
    sqlite3_bind_int64(s, 3, note->size_bytes);
    sqlite3_bind_int64(s, 4, note->modified_s);
    sqlite3_bind_text(s, 5, note->format, -1, SQLITE_STATIC);
    sqlite3_bind_int64(s, 6, (sqlite3_int64)note->n_read);
    sqlite3_bind_int64(s, 7, (sqlite3_int64)note->n_stored);
    sqlite3_bind_int64(s, 8, (sqlite3_int64)passed);
    sqlite3_bind_int64(s, 9, (sqlite3_int64)note->n_bad);
    return autki_dataset_run(d, s, err);
}

autk_status autki_dataset_put_check_sum(autk_dataset *d, const char *name, uint64_t sum,
                                        autk_err *err)
{
    char sql[120];
    (void)snprintf(sql, sizeof sql, "INSERT OR REPLACE INTO check_sum VALUES('%s', %lld)", name,
                   (long long)sum);
    return autki_dataset_exec(d, sql, err);
}

/* ------------------------------------------------------------------ what was made of reports */

autk_status autki_dataset_has_mirrors(bool *found, const autk_dataset *d, autk_err *err)
{
    sqlite3_stmt *s = NULL;
    autk_status st =
        autki_dataset_prepare(&s, d, "SELECT 1 FROM sqlite_schema WHERE name='mirror'", err);
    *found = st == AUTK_OK && sqlite3_step(s) == SQLITE_ROW;
    sqlite3_finalize(s);
    return st;
}

autk_status autki_dataset_is_mirror(bool *yes, const autk_dataset *d, uint32_t layer, autk_err *err)
{
    sqlite3_stmt *s = NULL;
    bool found = false;
    *yes = false;
    autk_status st = autki_dataset_has_mirrors(&found, d, err);
    if (st != AUTK_OK || !found)
        return st;
    st = autki_dataset_prepare(&s, d, "SELECT 1 FROM mirror WHERE layer=?", err);
    if (st == AUTK_OK) {
        sqlite3_bind_int64(s, 1, layer);
        *yes = sqlite3_step(s) == SQLITE_ROW;
    }
    sqlite3_finalize(s);
    return st;
}

autk_status autki_dataset_mirror_sources(bool *found, size_t *exporters, size_t *importers,
                                         const autk_dataset *d, size_t layer, int32_t period,
                                         autk_err *err)
{
    sqlite3_stmt *s = NULL;
    bool any = false;
    *found = false;
    autk_status st = autki_dataset_has_mirrors(&any, d, err);
    if (st != AUTK_OK || !any)
        return st;
    st = autki_dataset_prepare(
        &s, d, "SELECT exporters, importers FROM mirror WHERE layer=? AND period=?", err);
    if (st != AUTK_OK)
        return st;
    sqlite3_bind_int64(s, 1, (sqlite3_int64)layer);
    sqlite3_bind_int(s, 2, period);
    if (sqlite3_step(s) == SQLITE_ROW) {
        sqlite3_int64 x = sqlite3_column_int64(s, 0), m = sqlite3_column_int64(s, 1);
        *found = x >= 0 && m >= 0 && (size_t)x < d->n_layers && (size_t)m < d->n_layers;
        *exporters = *found ? (size_t)x : 0;
        *importers = *found ? (size_t)m : 0;
    }
    sqlite3_finalize(s);
    return st;
}

autk_status autki_dataset_drop_mirrors(autk_dataset *d, uint32_t layer, int32_t period,
                                       autk_err *err)
{
    static const char *const tables[] = {"chunk", "pair_total", "period", AUTKI_MIRROR_TABLES};
    bool found = false;
    char sums[256];
    autk_status st = autki_dataset_has_mirrors(&found, d, err);
    (void)snprintf(sums, sizeof sums,
                   "DELETE FROM check_sum WHERE name IN (SELECT 'mirror ' || layer || ' ' || period"
                   " FROM mirror WHERE period=%d AND (exporters=%u OR importers=%u))",
                   period, layer, layer);
    if (st == AUTK_OK && found)
        st = autki_dataset_exec(d, sums, err);
    for (size_t i = 0; found && i < sizeof tables / sizeof *tables && st == AUTK_OK; i++) {
        char sql[256];
        (void)snprintf(sql, sizeof sql,
                       "DELETE FROM %s WHERE period=%d AND layer IN (SELECT layer FROM mirror"
                       " WHERE period=%d AND (exporters=%u OR importers=%u))",
                       tables[i], period, period, layer, layer);
        st = autki_dataset_exec(d, sql, err);
    }
    return st;
}
