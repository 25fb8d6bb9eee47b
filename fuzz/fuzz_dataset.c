/* Property: a dataset in which any cells of any tables were changed is read or refused, never more.
 * The input is a list of changes to a small good one: which table, column and row, and the new
 * value. Pages and indexes stay whole: those are SQLite's own business, cells are ours. */
#include <sqlite3.h>
#include <stdint.h>

#include <autarky/facts.h>
#include <autarky/import.h>
#include <autarky/products.h>

#include "scratch.h"

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size);

static const char *const tables[] = {"file",     "check_sum", "economy", "product",
                                     "layer",    "period",    "chunk",   "pair_total",
                                     "sanction", "distance",  "figure"};
#define N_TABLES (sizeof tables / sizeof *tables)

static const char *const texts[] = {
    "t,i,j,k,v,q\n2021,112,643,310420,5,1\n2021,643,112,010121,7,NA\n2022,112,643,310420,5,1\n"
    "2022,643,156,310420,9,2\n2022,112,156,310490,1,0\n",
    "case_id,sanctioned_state,sanctioning_state,begin,end,trade,descr_trade,arms,military,"
    "financial,travel,other,objective,success\n1,BLR,EU,2020,2021,1,x,0,0,0,0,0,a,b\n",
    "iso_o,iso_d,contig,dist,distcap\nBLR,RUS,1,675.5,675\n",
    "Country Name,Country Code,Indicator Name,Indicator Code,2021\nB,BLR,G,NY.GDP.MKTP.CD,5\n"};

/* The good dataset's bytes, made once. */
static const char *template_bytes(size_t *size)
{
    static char *bytes;
    static size_t len;
    if (bytes == NULL) {
        const char *path = scratch_write(".atk", "", 0);
        for (size_t i = 0; i < sizeof texts / sizeof *texts; i++) {
            autk_import_opts opts = autk_import_opts_default();
            autk_input *input = NULL;
            opts.n_threads = 1;
            if (autk_input_memory(&input, "BACI_HS92_Y1_V1.csv", texts[i], strlen(texts[i]),
                                  NULL) != AUTK_OK ||
                autk_import_input(path, input, &opts, NULL, NULL) != AUTK_OK)
                abort();
            autk_input_free(input);
        }
        FILE *file = fopen(path, "rb");
        bytes = malloc((size_t)1 << 22);
        if (file == NULL || bytes == NULL)
            abort();
        len = fread(bytes, 1, (size_t)1 << 22, file);
        (void)fclose(file);
    }
    *size = len;
    return bytes;
}

typedef struct reader {
    const uint8_t *at, *stop;
} reader;

static uint64_t take(reader *r, size_t n)
{
    uint64_t v = 0;
    for (size_t i = 0; i < n && r->at < r->stop; i++)
        v = v << 8 | *r->at++;
    return v;
}

static void bind_value(sqlite3_stmt *s, reader *r)
{
    size_t kind = take(r, 1) % 5, len = take(r, 1);
    double number;
    uint64_t bits;
    len = len < (size_t)(r->stop - r->at) ? len : (size_t)(r->stop - r->at);
    if (kind == 0) {
        sqlite3_bind_int64(s, 1, (int8_t)take(r, 1));
    } else if (kind == 1) {
        sqlite3_bind_int64(s, 1, (sqlite3_int64)take(r, 8));
    } else if (kind == 2) {
        bits = take(r, 8);
        memcpy(&number, &bits, sizeof number);
        sqlite3_bind_double(s, 1, number);
    } else if (kind == 3) {
        sqlite3_bind_text(s, 1, (const char *)r->at, (int)len, SQLITE_TRANSIENT);
        r->at += len;
    } else {
        sqlite3_bind_blob(s, 1, r->at, (int)len, SQLITE_TRANSIENT);
        r->at += len;
    }
}

/* Name of the table's column number k modulo how many it has. */
static bool column_name(char *out, size_t size, sqlite3 *db, const char *table, size_t k)
{
    char sql[120];
    sqlite3_stmt *s = NULL;
    (void)snprintf(sql, sizeof sql, "SELECT * FROM %s", table);
    if (sqlite3_prepare_v2(db, sql, -1, &s, NULL) != SQLITE_OK)
        return false;
    int n = sqlite3_column_count(s);
    (void)snprintf(out, size, "%s", n > 0 ? sqlite3_column_name(s, (int)(k % (size_t)n)) : "");
    sqlite3_finalize(s);
    return n > 0;
}

static void change(sqlite3 *db, reader *r)
{
    const char *table = tables[take(r, 1) % N_TABLES];
    char column[64], key[64], sql[300];
    size_t which = take(r, 1), row = take(r, 1) % 8;
    sqlite3_stmt *s = NULL;
    if (!column_name(column, sizeof column, db, table, which) ||
        !column_name(key, sizeof key, db, table, 0))
        return;
    /* Rows of the first key after `row` others: all tables have a first column to go by. */
    (void)snprintf(
        sql, sizeof sql,
        "UPDATE OR IGNORE %s SET \"%s\"=? WHERE \"%s\" IS (SELECT \"%s\" FROM %s LIMIT 1 "
        "OFFSET %zu)",
        table, column, key, key, table, row);
    if (sqlite3_prepare_v2(db, sql, -1, &s, NULL) == SQLITE_OK) {
        bind_value(s, r);
        (void)sqlite3_step(s);
    }
    sqlite3_finalize(s);
}

static void change_cells(const char *path, const uint8_t *bytes, size_t size)
{
    reader r = {bytes, bytes + size};
    sqlite3 *db = NULL;
    if (sqlite3_open(path, &db) != SQLITE_OK)
        abort();
    (void)sqlite3_exec(db, "PRAGMA journal_mode=OFF; PRAGMA synchronous=OFF; BEGIN", NULL, NULL,
                       NULL);
    for (int i = 0; i < 6 && r.at < r.stop; i++)
        change(db, &r);
    (void)sqlite3_exec(db, "COMMIT", NULL, NULL, NULL);
    sqlite3_close(db);
}

static autk_status drop(void *user, const char *bytes, size_t size, autk_err *err)
{
    (void)bytes;
    (void)err;
    *(size_t *)user += size;
    return AUTK_OK;
}

static void read_layers(autk_dataset *d)
{
    for (size_t layer = 0; layer < autk_dataset_n_layers(d) && layer < 8; layer++) {
        autk_flows f = {.n = 0};
        autk_pair_total *pairs = NULL;
        size_t n = 0;
        if (autk_dataset_product_totals(&f, d, layer, 2022, NULL) == AUTK_OK)
            autk_flows_deinit(&f);
        if (autk_dataset_flows(&f, d, layer, 2022, 0, AUTK_ANY_ECONOMY, NULL) == AUTK_OK)
            autk_flows_deinit(&f);
        if (autk_dataset_flows(&f, d, layer, 2022, AUTK_ANY_ECONOMY, 1, NULL) == AUTK_OK)
            autk_flows_deinit(&f);
        if (autk_dataset_pair_totals(&pairs, &n, d, layer, AUTK_ANY_ECONOMY, AUTK_ANY_ECONOMY, 0,
                                     300000, NULL) == AUTK_OK)
            free(pairs);
    }
}

static void read_all(autk_dataset *d)
{
    autk_table *table = NULL;
    autk_product_row *rows = NULL;
    autk_dataset_check check;
    size_t n = 0;
    int32_t economy = 0;
    if (autk_dataset_describe(&table, d, NULL) == AUTK_OK)
        autk_table_free(table);
    for (int k = 0; k < AUTK_FACT_COUNT; k++) {
        if (autk_dataset_facts(&table, d, (autk_fact_kind)k, NULL) == AUTK_OK)
            autk_table_free(table);
    }
    read_layers(d);
    if (autk_dataset_n_economies(d) > 0 &&
        autk_products(&rows, &n, d, &economy, 1, 2022, NULL, NULL) == AUTK_OK)
        free(rows);
    if (autk_dataset_export(d, NULL, drop, &n, NULL) == AUTK_OK &&
        autk_dataset_verify(&check, d, NULL, NULL) == AUTK_OK && check.n_chunks == 0 && n > 1000)
        abort(); /* what it exports it must have verified */
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size)
{
    size_t len = 0;
    autk_dataset *d = NULL;
    const char *good = template_bytes(&len);
    const char *path = scratch_write(".atk", good, len);
    change_cells(path, bytes, size);
    if (autk_dataset_open(&d, path, NULL) == AUTK_OK)
        read_all(d);
    autk_dataset_close(d);
    return 0;
}
