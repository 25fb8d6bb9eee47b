/* Verify: whichever cell of whichever table is changed, it is noticed. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <autarky/facts.h>
#include <autarky/mirror.h>
#include <sqlite3.h>

#include "import_support.h"
#include "unit.h"

#define ROWS_CHANGED 6 /* of each table, spread over it */

static char path[256];

static void import_reports(bool exporters)
{
    autk_buf text;
    autk_err err;
    autk_import_opts o = autk_import_opts_default();
    autk_buf_init(&text);
    autk_buf_puts(&text, "year,from,to,hs,usd,tons\n");
    for (int y = 2020; y < 2023; y++)
        for (int i = 0; i < 6; i++)
            for (int j = 0; j < 6; j++)
                for (int k = 0; k < 3; k++) {
                    double v = 1000 + 977 * i + 613 * j + 131 * k + y % 7 * (i + 1);
                    if (i == j)
                        continue;
                    autk_buf_printf(&text, "%d,E%d,E%d,%06d,%.2f,", y, i, j, 10100 + k,
                                    exporters ? v : 1.03 * v + (i + j + k) % 5 * 20);
                    if (k != 1)
                        autk_buf_printf(&text, "%.3f", v / 300);
                    autk_buf_putc(&text, '\n');
                }
    o.format = AUTK_IMPORT_CSV;
    o.map = "year=year,exporter=from,importer=to,product=hs,value=usd,quantity=tons";
    o.source = "reports";
    o.classification = "HS17";
    o.side = exporters ? AUTK_SIDE_EXPORTER : AUTK_SIDE_IMPORTER;
    o.valuation = exporters ? AUTK_VALUATION_FOB : AUTK_VALUATION_CIF;
    assert_ok(import_text(path, exporters ? "x.csv" : "m.csv", text.text, &o, NULL, &err), &err);
    autk_buf_deinit(&text);
}

static void make_dataset(void)
{
    static const char *const facts[] = {
        "case_id,sanctioned_state,sanctioning_state,begin,end,trade,descr_trade,arms,military,"
        "financial,travel,other,objective,success\n1,BLR,EU,2020,2021,1,x,0,0,0,0,0,a,b\n",
        "iso_o,iso_d,contig,dist,distcap\nBLR,RUS,1,675.5,675\n",
        "Country Name,Country Code,Indicator Name,Indicator Code,2021\n"
        "B,BLR,G,NY.GDP.MKTP.CD,5\n"};
    autk_err err;
    (void)snprintf(path, sizeof path, "%s", scratch_path("verify.atk"));
    import_reports(true);
    import_reports(false);
    for (size_t i = 0; i < sizeof facts / sizeof *facts; i++)
        assert_ok(import_text(path, "facts.csv", facts[i], NULL, NULL, &err), &err);
    for (int32_t year = 2021; year < 2023; year++) {
        autk_mirror_stored stored;
        assert_ok(autk_mirror_store(&stored, path, year, NULL, NULL, NULL, NULL, &err), &err);
    }
}

static autk_status verify(autk_err *err)
{
    autk_dataset *d = NULL;
    autk_dataset_check check;
    autk_status st = autk_dataset_open(&d, path, err);
    if (st == AUTK_OK)
        st = autk_dataset_verify(&check, d, NULL, err);
    autk_dataset_close(d);
    return st;
}

/* The least change there is: the last digit of a number, the last byte of a text or blob. */
static void bind_changed(sqlite3_stmt *to, int parameter, sqlite3_stmt *from, int column)
{
    int size = sqlite3_column_bytes(from, column), type = sqlite3_column_type(from, column);
    unsigned char *bytes = calloc(1, (size_t)size + 1);
    double number = sqlite3_column_double(from, column);
    const void *blob = sqlite3_column_blob(from, column);
    if (blob != NULL)
        memcpy(bytes, blob, (size_t)size);
    bytes[size > 0 ? size - 1 : 0] ^= 1;
    if (type == SQLITE_INTEGER) {
        sqlite3_bind_int64(to, parameter, sqlite3_column_int64(from, column) ^ 1);
    } else if (type == SQLITE_FLOAT) {
        uint64_t bits;
        memcpy(&bits, &number, sizeof bits);
        bits ^= 1;
        memcpy(&number, &bits, sizeof number);
        sqlite3_bind_double(to, parameter, number);
    } else if (type == SQLITE_BLOB) {
        sqlite3_bind_blob(to, parameter, bytes, size, SQLITE_TRANSIENT);
    } else if (type == SQLITE_TEXT) {
        sqlite3_bind_text(to, parameter, (char *)bytes, size > 0 ? size : 1, SQLITE_TRANSIENT);
    } else {
        sqlite3_bind_int(to, parameter, 1); /* NULL: unknown becomes a number */
    }
    free(bytes);
}

/* A statement from pieces; %1$s is the table, %2$s a column or a condition. */
static sqlite3_stmt *prepare(sqlite3 *db, const char *format, const char *table, const char *second)
{
    sqlite3_stmt *s = NULL;
    char *sql = sqlite3_mprintf(format, table, second);
    assert_int_equal(sqlite3_prepare_v2(db, sql, -1, &s, NULL), SQLITE_OK);
    sqlite3_free(sql);
    return s;
}

/* "a IS ?2 AND b IS ?3 …" over the columns of a row: a key that every table has. */
static void condition(char out[2000], sqlite3_stmt *row)
{
    out[0] = '\0';
    for (int c = 0; c < sqlite3_column_count(row); c++)
        (void)snprintf(out + strlen(out), 2000 - strlen(out), "%s\"%s\" IS ?%d",
                       c == 0 ? "" : " AND ", sqlite3_column_name(row, c), c + 2);
}

/* False where a constraint of the table keeps the change out. */
static bool put_cell(sqlite3 *db, const char *table, sqlite3_stmt *row, int column)
{
    char where[2000], set[2200];
    condition(where, row);
    (void)snprintf(set, sizeof set, "\"%s\"=?1 WHERE %s", sqlite3_column_name(row, column), where);
    sqlite3_stmt *s = prepare(db, "UPDATE %s SET %s", table, set);
    bind_changed(s, 1, row, column);
    for (int c = 0; c < sqlite3_column_count(row); c++)
        assert_int_equal(sqlite3_bind_value(s, c + 2, sqlite3_column_value(row, c)), SQLITE_OK);
    bool done = sqlite3_step(s) == SQLITE_DONE && sqlite3_changes(db) == 1;
    sqlite3_finalize(s);
    return done;
}

static char *read_whole(size_t *size)
{
    FILE *f = fopen(path, "rb");
    char *bytes = malloc((size_t)1 << 22);
    assert_non_null(f);
    assert_non_null(bytes);
    *size = fread(bytes, 1, (size_t)1 << 22, f);
    assert_int_equal(fclose(f), 0);
    return bytes;
}

static void write_whole(const char *bytes, size_t size)
{
    FILE *f = fopen(path, "wb");
    assert_non_null(f);
    assert_int_equal(fwrite(bytes, 1, size, f), size);
    assert_int_equal(fclose(f), 0);
}

/* One cell, or with column < 0 a whole row that goes. */
static void change(const char *table, int64_t position, int column, const char *good, size_t size)
{
    sqlite3 *db = NULL;
    char offset[40], title[200] = "a row";
    autk_err err;
    write_whole(good, size);
    assert_int_equal(sqlite3_open(path, &db), SQLITE_OK);
    (void)snprintf(offset, sizeof offset, "%lld", (long long)position);
    sqlite3_stmt *row = prepare(db, "SELECT * FROM %s LIMIT 1 OFFSET %s", table, offset);
    assert_int_equal(sqlite3_step(row), SQLITE_ROW);
    bool done = true;
    if (column >= 0) {
        (void)snprintf(title, sizeof title, "%s", sqlite3_column_name(row, column));
        done = put_cell(db, table, row, column);
    } else {
        char where[2000];
        condition(where, row);
        sqlite3_stmt *s = prepare(db, "DELETE FROM %s WHERE %s", table, where);
        for (int c = 0; c < sqlite3_column_count(row); c++)
            assert_int_equal(sqlite3_bind_value(s, c + 2, sqlite3_column_value(row, c)), SQLITE_OK);
        assert_int_equal(sqlite3_step(s), SQLITE_DONE);
        sqlite3_finalize(s);
    }
    sqlite3_finalize(row);
    assert_int_equal(sqlite3_close(db), SQLITE_OK);
    if (done && verify(&err) == AUTK_OK)
        fail_msg("%s of %s, row %lld, was changed and nobody noticed", title, table,
                 (long long)position);
}

static int64_t count(sqlite3 *db, const char *table)
{
    sqlite3_stmt *s = prepare(db, "SELECT count(*) FROM %s", table, "");
    assert_int_equal(sqlite3_step(s), SQLITE_ROW);
    int64_t n = sqlite3_column_int64(s, 0);
    sqlite3_finalize(s);
    return n;
}

static int n_columns(sqlite3 *db, const char *table)
{
    sqlite3_stmt *s = prepare(db, "SELECT * FROM %s", table, "");
    int n = sqlite3_column_count(s);
    sqlite3_finalize(s);
    return n;
}

static void verify__notices_a_change_in_every_column_of_every_table(void **state)
{
    (void)state;
    static const char *const tables[] = {
        "file",   "check_sum", "economy",        "product",     "layer",
        "period", "chunk",     "pair_total",     "sanction",    "distance",
        "figure", "mirror",    "mirror_economy", "mirror_size", "mirror_pair"};
    const size_t n_tables = sizeof tables / sizeof *tables;
    sqlite3 *db = NULL;
    size_t size;
    autk_err err;
    make_dataset();
    assert_ok(verify(&err), &err);
    assert_int_equal(sqlite3_open(path, &db), SQLITE_OK);
    /* A table that is new has to be named here. */
    assert_int_equal(count(db, "sqlite_schema WHERE type='table'"), n_tables);
    char *good = read_whole(&size);
    for (size_t t = 0; t < n_tables; t++) {
        int64_t n = count(db, tables[t]);
        assert_true(n > 0);
        for (int64_t r = 0; r < ROWS_CHANGED && r < n; r++)
            for (int c = -1; c < n_columns(db, tables[t]); c++)
                change(tables[t], n <= ROWS_CHANGED ? r : r * (n - 1) / (ROWS_CHANGED - 1), c, good,
                       size);
    }
    assert_int_equal(sqlite3_close(db), SQLITE_OK);
    write_whole(good, size);
    assert_ok(verify(&err), &err);
    free(good);
}

static int remove_scratch(void **state)
{
    (void)state;
    scratch_remove();
    return 0;
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(verify__notices_a_change_in_every_column_of_every_table)};
    return cmocka_run_group_tests(tests, NULL, remove_scratch);
}
