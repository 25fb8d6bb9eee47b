#include "data/dataset_file.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/fail.h"
#include "base/mem.h"
#include "data/dataset_schema.h"

#define ECONOMIES_MAX ((size_t)65535)
#define PRODUCTS_MAX ((size_t)1 << 20)
#define LAYERS_MAX ((size_t)4096)
#define BUSY_MS 60000 /* as long as a reader of a whole dataset may keep an import waiting */

autk_status autki_dataset_fail(const autk_dataset *dataset, const char *doing, autk_err *err)
{
    int code = sqlite3_errcode(dataset->db) & 0xff;
    if (code == SQLITE_BUSY || code == SQLITE_LOCKED)
        return autki_fail_at(err, AUTK_EIO, dataset->path, 0, 0,
                             "%s: another program is using the dataset; try again when it is done",
                             doing);
    autk_status st = code == SQLITE_NOMEM                              ? AUTK_ENOMEM
                     : code == SQLITE_CORRUPT || code == SQLITE_NOTADB ? AUTK_EDATA
                                                                       : AUTK_EIO;
    return autki_fail_at(err, st, dataset->path, 0, 0, "%s: %s", doing,
                         code == SQLITE_NOTADB ? "expected a dataset of autarky, got another file"
                                               : sqlite3_errmsg(dataset->db));
}

autk_status autki_dataset_exec(autk_dataset *dataset, const char *sql, autk_err *err)
{
    if (sqlite3_exec(dataset->db, sql, NULL, NULL, NULL) == SQLITE_OK)
        return AUTK_OK;
    return autki_dataset_fail(dataset, dataset->writing ? "cannot be written" : "cannot be read",
                              err);
}

autk_status autki_dataset_prepare(sqlite3_stmt **out, const autk_dataset *dataset, const char *sql,
                                  autk_err *err)
{
    if (sqlite3_prepare_v2(dataset->db, sql, -1, out, NULL) == SQLITE_OK)
        return AUTK_OK;
    return autki_dataset_fail(dataset, "cannot be read", err);
}

/* ------------------------------------------------------------------ small tables */

static void free_layers(autk_dataset *d)
{
    for (size_t i = 0; i < d->n_layers; i++) {
        free((void *)(uintptr_t)d->layers[i].info.source);
        free((void *)(uintptr_t)d->layers[i].info.currency);
        free((void *)(uintptr_t)d->layers[i].info.classification);
    }
    d->n_layers = 0;
}

static void free_tables(autk_dataset *d)
{
    free_layers(d);
    for (size_t i = 0; i < d->n_economies; i++) {
        free(d->economies[i].code);
        free(d->economies[i].name);
    }
    for (size_t i = 0; i < d->n_products; i++) {
        free(d->products[i].classification);
        free(d->products[i].code);
        free(d->products[i].name);
    }
    d->n_economies = d->n_products = 0;
}

static autk_status append_economy(autk_dataset *d, const char *code, const char *name,
                                  autk_economy_kind kind, autk_err *err)
{
    autk_status st = autki_grow(&d->economies, &d->economies_capacity, d->n_economies + 1,
                                sizeof *d->economies, ECONOMIES_MAX, err);
    if (st != AUTK_OK)
        return st;
    autki_economy e = {.code = autki_strdup(code), .name = autki_strdup(name), .kind = kind};
    if (e.code == NULL || e.name == NULL) {
        free(e.code);
        free(e.name);
        return autki_no_memory(err, strlen(name));
    }
    d->economies[d->n_economies++] = e;
    return AUTK_OK;
}

static autk_status append_product(autk_dataset *d, const char *classification, const char *code,
                                  const char *name, autk_err *err)
{
    autk_status st = autki_grow(&d->products, &d->products_capacity, d->n_products + 1,
                                sizeof *d->products, PRODUCTS_MAX, err);
    if (st != AUTK_OK)
        return st;
    autki_product p = {autki_strdup(classification), autki_strdup(code), autki_strdup(name)};
    if (p.classification == NULL || p.code == NULL || p.name == NULL) {
        free(p.classification);
        free(p.code);
        free(p.name);
        return autki_no_memory(err, strlen(name));
    }
    d->products[d->n_products++] = p;
    return AUTK_OK;
}

static autk_status append_layer(autk_dataset *d, const autk_layer *info, autki_owner owner,
                                autk_err *err)
{
    autk_status st = autki_grow(&d->layers, &d->layers_capacity, d->n_layers + 1, sizeof *d->layers,
                                LAYERS_MAX, err);
    if (st != AUTK_OK)
        return st;
    autki_layer layer = {.info = *info, .owner = owner};
    char *source = autki_strdup(info->source), *currency = autki_strdup(info->currency),
         *classification = autki_strdup(info->classification);
    if (source == NULL || currency == NULL || classification == NULL) {
        free(source);
        free(currency);
        free(classification);
        return autki_no_memory(err, strlen(info->source));
    }
    layer.info.source = source;
    layer.info.currency = currency;
    layer.info.classification = classification;
    d->layers[d->n_layers++] = layer;
    return AUTK_OK;
}

static const char *text_of(sqlite3_stmt *s, int column)
{
    const unsigned char *text = sqlite3_column_text(s, column);
    return text != NULL ? (const char *)text : "";
}

static autk_status bad_table(const autk_dataset *d, const char *what, autk_err *err)
{
    return autki_fail_at(err, AUTK_EDATA, d->path, 0, 0, "the dataset is damaged: %s", what);
}

/* Ids are 0, 1, 2 …: they are positions in the arrays. */
static autk_status load_row(autk_dataset *d, sqlite3_stmt *s, int table, size_t position,
                            autk_err *err)
{
    if (sqlite3_column_int64(s, 0) != (sqlite3_int64)position)
        return bad_table(d, "ids of its small tables have gaps", err);
    if (table == 0) {
        int kind = sqlite3_column_int(s, 3);
        if (kind < 0 || kind >= AUTK_ECONOMY_KIND_COUNT)
            return bad_table(d, "an economy of unknown kind", err);
        return append_economy(d, text_of(s, 1), text_of(s, 2), (autk_economy_kind)kind, err);
    }
    if (table == 1)
        return append_product(d, text_of(s, 1), text_of(s, 2), text_of(s, 3), err);
    autk_layer info = {.source = text_of(s, 1),
                       .flow = (autk_flow_kind)sqlite3_column_int(s, 2),
                       .side = (autk_side)sqlite3_column_int(s, 3),
                       .valuation = (autk_valuation)sqlite3_column_int(s, 4),
                       .currency = text_of(s, 5),
                       .frequency = text_of(s, 6)[0],
                       .classification = text_of(s, 7),
                       .level = sqlite3_column_int(s, 8),
                       .n_periods = (size_t)sqlite3_column_int64(s, 10),
                       .first_period = sqlite3_column_int(s, 11),
                       .last_period = sqlite3_column_int(s, 12),
                       .n_rows = (uint64_t)sqlite3_column_int64(s, 13)};
    if ((unsigned)info.flow >= AUTK_FLOW_COUNT || (unsigned)info.side >= AUTK_SIDE_COUNT ||
        (unsigned)info.valuation >= AUTK_VALUATION_COUNT)
        return bad_table(d, "a layer of unknown kind", err);
    return append_layer(d, &info, (autki_owner)sqlite3_column_int(s, 9), err);
}

/* Rows from position `first` on of table 0 economy, 1 product, 2 layer. */
static autk_status load_table(autk_dataset *d, int table, size_t first, autk_err *err)
{
    static const char *const queries[] = {
        "SELECT id, code, name, kind FROM economy WHERE id >= ? ORDER BY id",
        "SELECT id, classification, code, name FROM product WHERE id >= ? ORDER BY id",
        "SELECT l.id, l.source, l.flow, l.side, l.valuation, l.currency, l.frequency,"
        " l.classification, l.level, l.owner, count(p.period), coalesce(min(p.period), 0),"
        " coalesce(max(p.period), 0), coalesce(sum(p.n_rows), 0)"
        " FROM layer l LEFT JOIN period p ON p.layer = l.id GROUP BY l.id ORDER BY l.id"};
    sqlite3_stmt *s = NULL;
    autk_status st = autki_dataset_prepare(&s, d, queries[table], err);
    if (st != AUTK_OK)
        return st;
    if (table < 2)
        sqlite3_bind_int64(s, 1, (sqlite3_int64)first);
    int step = SQLITE_DONE;
    while (st == AUTK_OK && (step = sqlite3_step(s)) == SQLITE_ROW)
        st = load_row(d, s, table, first++, err);
    if (st == AUTK_OK && step != SQLITE_DONE)
        st = autki_dataset_fail(d, "cannot be read", err);
    sqlite3_finalize(s);
    return st;
}

autk_status autki_dataset_load(autk_dataset *d, autk_err *err)
{
    free_tables(d);
    autk_status st = autki_dataset_snapshot(d, err);
    if (st != AUTK_OK)
        return st;
    for (int table = 0; st == AUTK_OK && table < 3; table++)
        st = load_table(d, table, 0, err);
    autki_dataset_end_snapshot(d);
    return st;
}

autk_status autki_dataset_load_new(autk_dataset *d, autk_err *err)
{
    autk_status st = load_table(d, 0, d->n_economies, err);
    return st == AUTK_OK ? load_table(d, 1, d->n_products, err) : st;
}

autk_status autki_dataset_catch_up(autk_dataset *d, uint32_t economy, uint32_t product,
                                   autk_err *err)
{
    /* Id 0 is asked for where there is none to ask for. */
    bool there =
        (economy == 0 || economy < d->n_economies) && (product == 0 || product < d->n_products);
    autk_status st = there ? AUTK_OK : autki_dataset_load_new(d, err);
    if (st == AUTK_OK && !there &&
        (economy >= d->n_economies || (product != 0 && product >= d->n_products)))
        st = bad_table(d, "a flow of no economy or product", err);
    return st;
}

autk_status autki_dataset_snapshot(autk_dataset *d, autk_err *err)
{
    if (d->in_transaction || d->n_snapshots > 0) {
        d->n_snapshots++;
        return AUTK_OK;
    }
    autk_status st = autki_dataset_exec(d, "BEGIN", err);
    if (st == AUTK_OK)
        d->n_snapshots = 1;
    return st;
}

void autki_dataset_end_snapshot(autk_dataset *d)
{
    if (--d->n_snapshots == 0 && !d->in_transaction)
        (void)sqlite3_exec(d->db, "ROLLBACK", NULL, NULL, NULL);
}

autk_status autk_dataset_hold(autk_dataset *d, autk_err *err)
{
    return autki_dataset_snapshot(d, err);
}

void autk_dataset_release(autk_dataset *d)
{
    if (d->n_snapshots > 0)
        autki_dataset_end_snapshot(d);
}

/* ------------------------------------------------------------------ opening */

static autk_status pragma_number(sqlite3_int64 *value, const autk_dataset *d, const char *sql,
                                 autk_err *err)
{
    sqlite3_stmt *s = NULL;
    autk_status st = autki_dataset_prepare(&s, d, sql, err);
    if (st == AUTK_OK && sqlite3_step(s) != SQLITE_ROW)
        st = autki_dataset_fail(d, "cannot be read", err);
    if (st == AUTK_OK)
        *value = sqlite3_column_int64(s, 0);
    sqlite3_finalize(s);
    return st;
}

static autk_status check_identity(const autk_dataset *d, autk_err *err)
{
    sqlite3_int64 application = 0, version = 0;
    autk_status st = pragma_number(&application, d, "PRAGMA application_id", err);
    if (st == AUTK_OK)
        st = pragma_number(&version, d, "PRAGMA user_version", err);
    if (st != AUTK_OK)
        return st;
    if (application != AUTKI_DATASET_APPLICATION)
        return autki_fail_at(err, AUTK_EDATA, d->path, 0, 0,
                             "expected a dataset of autarky, got another SQLite database "
                             "(application id %lld)",
                             (long long)application);
    if (version != AUTKI_DATASET_VERSION)
        return autki_fail_at(err, AUTK_EDATA, d->path, 0, 0,
                             "expected a dataset of version %d, got version %lld",
                             AUTKI_DATASET_VERSION, (long long)version);
    return AUTK_OK;
}

static autk_status create_handle(autk_dataset **out, const char *path, bool writing, autk_err *err)
{
    autk_dataset *d = autki_calloc(1, sizeof *d);
    if (d == NULL)
        return autki_no_memory(err, sizeof *d);
    d->path = autki_strdup(path);
    d->writing = writing;
    if (d->path == NULL) {
        free(d);
        return autki_no_memory(err, strlen(path));
    }
    /* A reader too must be able to fold in what a killed import left; where the file is write
     * protected, SQLite opens it read-only by itself. */
    int flags = writing ? SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE : SQLITE_OPEN_READWRITE;
    if (sqlite3_open_v2(path, &d->db, flags | SQLITE_OPEN_NOMUTEX, NULL) != SQLITE_OK) {
        autk_status st = d->db != NULL ? autki_dataset_fail(d, "cannot be opened", err)
                                       : autki_no_memory(err, sizeof *d);
        autk_dataset_close(d);
        return st;
    }
    sqlite3_busy_timeout(d->db, BUSY_MS);
    *out = d;
    return AUTK_OK;
}

/* The last step of opening: the small tables; closed where a step failed. */
static autk_status hand_out(autk_dataset **out, autk_dataset *d, autk_status st, autk_err *err)
{
    if (st == AUTK_OK)
        st = autki_dataset_load(d, err);
    if (st == AUTK_OK)
        *out = d;
    else
        autk_dataset_close(d);
    return st;
}

autk_status autk_dataset_open(autk_dataset **out, const char *path, autk_err *err)
{
    struct stat info;
    autk_dataset *d = NULL;
    if (stat(path, &info) != 0)
        return autki_fail_at(err, AUTK_EIO, path, 0, 0, "cannot be opened: no such file");
    if (!S_ISREG(info.st_mode))
        return autki_fail_at(err, AUTK_EIO, path, 0, 0, "expected a dataset, got %s",
                             S_ISDIR(info.st_mode) ? "a folder" : "no plain file");
    autk_status st = create_handle(&d, path, false, err);
    if (st == AUTK_OK)
        st = autki_dataset_exec(d, "PRAGMA query_only=1", err);
    if (st == AUTK_OK)
        st = check_identity(d, err);
    return hand_out(out, d, st, err);
}

static autk_status make_schema(autk_dataset *d, autk_err *err)
{
    char sql[160];
    (void)snprintf(sql, sizeof sql, "PRAGMA application_id=%d; PRAGMA user_version=%d",
                   AUTKI_DATASET_APPLICATION, AUTKI_DATASET_VERSION);
    autk_status st = autki_dataset_exec(d, "BEGIN IMMEDIATE", err);
    if (st != AUTK_OK)
        return st;
    st = autki_dataset_exec(d, autki_dataset_schema, err);
    if (st == AUTK_OK)
        st = autki_dataset_exec(d, sql, err);
    if (st == AUTK_OK)
        st = autki_dataset_exec(d, "COMMIT", err);
    if (st != AUTK_OK)
        (void)sqlite3_exec(d->db, "ROLLBACK", NULL, NULL, NULL);
    return st;
}

autk_status autki_dataset_start_log(autk_dataset *d, autk_err *err)
{
    autk_status st = AUTK_OK;
    if (!d->logging)
        st = autki_dataset_exec(d, "PRAGMA journal_mode=WAL; PRAGMA synchronous=NORMAL", err);
    d->logging = st == AUTK_OK;
    return st;
}

/* A commit outlives a kill, with a log or without. */
autk_status autki_dataset_open_to_write(autk_dataset **out, const char *path, autk_err *err)
{
    struct stat info;
    bool fresh = stat(path, &info) != 0 || info.st_size == 0;
    autk_dataset *d = NULL;
    sqlite3_int64 n_tables = 0;
    autk_status st = create_handle(&d, path, true, err);
    if (d == NULL)
        return st;
    if (fresh)
        st = autki_dataset_exec(d, "PRAGMA page_size=16384", err);
    if (st == AUTK_OK)
        st = pragma_number(&n_tables, d, "SELECT count(*) FROM sqlite_schema", err);
    if (st == AUTK_OK && n_tables != 0)
        st = check_identity(d, err);
    if (st == AUTK_OK)
        st = autki_dataset_exec(d, "PRAGMA wal_autocheckpoint=4000; PRAGMA cache_size=-16000", err);
    if (st == AUTK_OK)
        st = n_tables == 0 ? make_schema(d, err) : autki_dataset_start_log(d, err);
    if (st == AUTK_OK)
        d->made = fresh;
    return hand_out(out, d, st, err);
}

static void finalize_statements(autk_dataset *d)
{
    sqlite3_finalize(d->put_chunk);
    sqlite3_finalize(d->put_pair);
    sqlite3_finalize(d->get_chunk);
    d->put_chunk = d->put_pair = d->get_chunk = NULL;
}

/* A file that an import made and put nothing into goes away; the lock keeps out whoever would just
 * begin to fill it. */
static void remove_if_empty(autk_dataset *d)
{
    sqlite3_int64 n_files = 0, n_layers = 0;
    if (sqlite3_exec(d->db, "BEGIN EXCLUSIVE", NULL, NULL, NULL) == SQLITE_OK &&
        pragma_number(&n_files, d, "SELECT count(*) FROM file", NULL) == AUTK_OK &&
        pragma_number(&n_layers, d, "SELECT count(*) FROM layer", NULL) == AUTK_OK &&
        n_files == 0 && n_layers == 0)
        (void)unlink(d->path);
    (void)sqlite3_exec(d->db, "ROLLBACK", NULL, NULL, NULL);
}

void autk_dataset_close(autk_dataset *d)
{
    if (d == NULL)
        return;
    if (d->in_transaction)
        (void)sqlite3_exec(d->db, "ROLLBACK", NULL, NULL, NULL);
    finalize_statements(d);
    /* Back to one plain file, that a read-only directory can hold; readers that are there now keep
     * the log, which the next writer folds in. */
    if (d->writing && d->db != NULL) {
        sqlite3_busy_timeout(d->db, 0);
        (void)sqlite3_exec(d->db, "PRAGMA journal_mode=DELETE", NULL, NULL, NULL);
        if (d->made)
            remove_if_empty(d);
    }
    sqlite3_close(d->db);
    free_tables(d);
    free(d->layers);
    free(d->economies);
    free(d->products);
    autki_chunk_rows_deinit(&d->scratch);
    free(d->path);
    free(d);
}

/* ------------------------------------------------------------------ transactions */

autk_status autki_dataset_begin(autk_dataset *d, autk_err *err)
{
    autk_status st = d->n_layers != 0 ? autki_dataset_start_log(d, err) : AUTK_OK;
    if (st == AUTK_OK)
        st = autki_dataset_exec(d, "BEGIN IMMEDIATE", err);
    d->in_transaction = st == AUTK_OK;
    if (st == AUTK_OK)
        st = autki_dataset_load(d, err); /* another writer may have added to them */
    if (st != AUTK_OK)
        autki_dataset_rollback(d);
    return st;
}

autk_status autki_dataset_commit(autk_dataset *d, autk_err *err)
{
    autk_status st = autki_dataset_put_tables_sum(d, err);
    if (st == AUTK_OK)
        st = autki_dataset_exec(d, "COMMIT", err);
    if (st == AUTK_OK)
        d->in_transaction = false;
    return st;
}

void autki_dataset_rollback(autk_dataset *d)
{
    if (d->in_transaction)
        (void)sqlite3_exec(d->db, "ROLLBACK", NULL, NULL, NULL);
    d->in_transaction = false;
    free_tables(d);
}

/* ------------------------------------------------------------------ finding and adding */

autk_status autki_dataset_run(autk_dataset *d, sqlite3_stmt *s, autk_err *err)
{
    autk_status st = AUTK_OK;
    if (sqlite3_step(s) != SQLITE_DONE)
        st = autki_dataset_fail(d, "cannot be written", err);
    sqlite3_finalize(s);
    return st;
}

autk_status autki_dataset_intern_economy(uint32_t *id, autk_dataset *d, const char *code,
                                         const char *name, autk_economy_kind kind, autk_err *err)
{
    for (size_t i = 0; i < d->n_economies; i++) {
        if (strcmp(d->economies[i].code, code) == 0) {
            *id = (uint32_t)i;
            return AUTK_OK;
        }
    }
    sqlite3_stmt *s = NULL;
    autk_status st = autki_dataset_prepare(
        &s, d, "INSERT INTO economy(id, code, name, kind) VALUES(?, ?, ?, ?)", err);
    if (st != AUTK_OK)
        return st;
    sqlite3_bind_int64(s, 1, (sqlite3_int64)d->n_economies);
    sqlite3_bind_text(s, 2, code, -1, SQLITE_STATIC);
    sqlite3_bind_text(s, 3, name, -1, SQLITE_STATIC);
    sqlite3_bind_int(s, 4, (int)kind);
    st = autki_dataset_run(d, s, err);
    if (st == AUTK_OK)
        st = append_economy(d, code, name, kind, err);
    if (st == AUTK_OK)
        *id = (uint32_t)(d->n_economies - 1);
    return st;
}

autk_status autki_dataset_add_product(uint32_t *id, autk_dataset *d, const char *classification,
                                      const char *code, const char *name, autk_err *err)
{
    sqlite3_stmt *s = NULL;
    autk_status st = autki_dataset_prepare(
        &s, d, "INSERT INTO product(id, classification, code, name) VALUES(?, ?, ?, ?)", err);
    if (st != AUTK_OK)
        return st;
    sqlite3_bind_int64(s, 1, (sqlite3_int64)d->n_products);
    sqlite3_bind_text(s, 2, classification, -1, SQLITE_STATIC);
    sqlite3_bind_text(s, 3, code, -1, SQLITE_STATIC);
    sqlite3_bind_text(s, 4, name, -1, SQLITE_STATIC);
    st = autki_dataset_run(d, s, err);
    if (st == AUTK_OK)
        st = append_product(d, classification, code, name, err);
    if (st == AUTK_OK)
        *id = (uint32_t)(d->n_products - 1);
    return st;
}

static bool same_layer(const autk_layer *a, const autk_layer *b)
{
    return strcmp(a->source, b->source) == 0 && a->flow == b->flow && a->side == b->side &&
           a->valuation == b->valuation && strcmp(a->currency, b->currency) == 0 &&
           a->frequency == b->frequency && strcmp(a->classification, b->classification) == 0 &&
           a->level == b->level;
}

autk_status autki_dataset_intern_layer(uint32_t *id, autk_dataset *d, const autk_layer *info,
                                       autki_owner owner, autk_err *err)
{
    for (size_t i = 0; i < d->n_layers; i++) {
        if (same_layer(&d->layers[i].info, info)) {
            *id = (uint32_t)i;
            return AUTK_OK;
        }
    }
    sqlite3_stmt *s = NULL;
    autk_status st =
        autki_dataset_prepare(&s, d, "INSERT INTO layer VALUES(?, ?, ?, ?, ?, ?, ?, ?, ?, ?)", err);
    if (st != AUTK_OK)
        return st;
    char frequency[2] = {info->frequency, '\0'};
    sqlite3_bind_int64(s, 1, (sqlite3_int64)d->n_layers);
    sqlite3_bind_text(s, 2, info->source, -1, SQLITE_STATIC);
    sqlite3_bind_int(s, 3, (int)info->flow);
    sqlite3_bind_int(s, 4, (int)info->side);
    sqlite3_bind_int(s, 5, (int)info->valuation);
    sqlite3_bind_text(s, 6, info->currency, -1, SQLITE_STATIC);
    sqlite3_bind_text(s, 7, frequency, 1, SQLITE_TRANSIENT);
    sqlite3_bind_text(s, 8, info->classification, -1, SQLITE_STATIC);
    sqlite3_bind_int(s, 9, info->level);
    sqlite3_bind_int(s, 10, (int)owner);
    st = autki_dataset_run(d, s, err);
    if (st == AUTK_OK)
        st = append_layer(d, info, owner, err);
    if (st == AUTK_OK)
        *id = (uint32_t)(d->n_layers - 1);
    return st;
}
