#include <stdio.h>

#include "base/fail.h"
#include "data/dataset_file.h"
#include "data/dataset_hash.h"

#define KEY_MAX 64

/* Every cell of the rows that a query gives, its columns quoted: quote() tells text from number
 * and NULL from ''. ?1 and ?2, where there are any, are layer and period. */
static autk_status add_rows(uint64_t *sum, uint64_t *n_rows, autk_dataset *d, const char *sql,
                            uint32_t layer, int32_t period, autk_err *err)
{
    sqlite3_stmt *s = NULL;
    autk_status st = autki_dataset_prepare(&s, d, sql, err);
    if (st != AUTK_OK)
        return st;
    if (sqlite3_bind_parameter_count(s) == 2) {
        sqlite3_bind_int64(s, 1, layer);
        sqlite3_bind_int(s, 2, period);
    }
    int step;
    while ((step = sqlite3_step(s)) == SQLITE_ROW) {
        for (int c = 0; c < sqlite3_column_count(s); c++) {
            const void *text = sqlite3_column_text(s, c);
            *sum = autki_xxh64(text != NULL ? text : "", (size_t)sqlite3_column_bytes(s, c), *sum);
        }
        ++*n_rows;
    }
    if (step != SQLITE_DONE)
        st = autki_dataset_fail(d, "cannot be read", err);
    sqlite3_finalize(s);
    return st;
}

static autk_status tables_sum(uint64_t *sum, uint64_t *n_rows, autk_dataset *d, autk_err *err)
{
    static const char *const queries[] = {
        "SELECT quote(source), quote(name), quote(bytes), quote(modified_s), quote(format),"
        " quote(rows_read), quote(rows_stored), quote(rows_passed_over), quote(rows_bad)"
        " FROM file ORDER BY source, name",
        "SELECT quote(id), quote(code), quote(name), quote(kind) FROM economy ORDER BY id",
        "SELECT quote(id), quote(classification), quote(code), quote(name) FROM product"
        " ORDER BY id",
        "SELECT quote(id), quote(source), quote(flow), quote(side), quote(valuation),"
        " quote(currency), quote(frequency), quote(classification), quote(level), quote(owner)"
        " FROM layer ORDER BY id",
        "SELECT quote(layer), quote(period), quote(n_rows), quote(value) FROM period"
        " ORDER BY layer, period"};
    autk_status st = AUTK_OK;
    *sum = *n_rows = 0;
    for (size_t q = 0; st == AUTK_OK && q < sizeof queries / sizeof *queries; q++)
        st = add_rows(sum, n_rows, d, queries[q], 0, 0, err);
    return st;
}

static autk_status mirror_sum(uint64_t *sum, uint64_t *n_rows, autk_dataset *d, uint32_t layer,
                              int32_t period, autk_err *err)
{
    static const char *const queries[] = {
        "SELECT quote(layer), quote(period), quote(exporters), quote(importers), quote(sd_usual),"
        " quote(persistence), quote(has_margin), quote(intercept), quote(ln_distance),"
        " quote(ln_distance_squared), quote(contiguous), quote(exporter_landlocked),"
        " quote(importer_landlocked) FROM mirror WHERE layer=? AND period=?",
        "SELECT quote(economy), quote(sd_exporter), quote(sd_importer) FROM mirror_economy"
        " WHERE layer=? AND period=? ORDER BY economy",
        "SELECT quote(size), quote(scale) FROM mirror_size WHERE layer=? AND period=?"
        " ORDER BY size",
        "SELECT quote(exporter), quote(importer), quote(margin) FROM mirror_pair"
        " WHERE layer=? AND period=? ORDER BY exporter, importer"};
    autk_status st = AUTK_OK;
    *sum = 0;
    for (size_t q = 0; st == AUTK_OK && q < sizeof queries / sizeof *queries; q++)
        st = add_rows(sum, n_rows, d, queries[q], layer, period, err);
    return st;
}

static void name_mirror(char name[KEY_MAX], uint32_t layer, int32_t period)
{
    (void)snprintf(name, KEY_MAX, "mirror %u %d", layer, period);
}

/* @param may_lack  no sum at all is right too */
static autk_status compare(autk_dataset *d, const char *name, uint64_t sum, bool may_lack,
                           const char *of_what, autk_err *err)
{
    sqlite3_stmt *s = NULL;
    autk_status st = autki_dataset_prepare(&s, d, "SELECT xxh64 FROM check_sum WHERE name=?", err);
    if (st != AUTK_OK)
        return st;
    sqlite3_bind_text(s, 1, name, -1, SQLITE_STATIC);
    bool good =
        sqlite3_step(s) == SQLITE_ROW ? (uint64_t)sqlite3_column_int64(s, 0) == sum : may_lack;
    sqlite3_finalize(s);
    return good ? AUTK_OK
                : autki_fail_at(err, AUTK_EDATA, d->path, 0, 0,
                                "the dataset is damaged: the checksum of its %s differs", of_what);
}

autk_status autki_dataset_put_tables_sum(autk_dataset *d, autk_err *err)
{
    uint64_t sum, n;
    autk_status st = tables_sum(&sum, &n, d, err);
    return st == AUTK_OK ? autki_dataset_put_check_sum(d, "tables", sum, err) : st;
}

autk_status autki_dataset_check_tables(autk_dataset *d, autk_err *err)
{
    uint64_t sum, n;
    autk_status st = tables_sum(&sum, &n, d, err);
    /* A dataset into which nothing was imported has no sum yet. */
    return st == AUTK_OK ? compare(d, "tables", sum, n == 0, "small tables", err) : st;
}

autk_status autki_dataset_put_mirror_sum(autk_dataset *d, uint32_t layer, int32_t period,
                                         autk_err *err)
{
    char name[KEY_MAX];
    uint64_t sum, n = 0;
    autk_status st = mirror_sum(&sum, &n, d, layer, period, err);
    name_mirror(name, layer, period);
    return st == AUTK_OK ? autki_dataset_put_check_sum(d, name, sum, err) : st;
}

static autk_status count_rows(uint64_t *n, autk_dataset *d, const char *sql, autk_err *err)
{
    sqlite3_stmt *s = NULL;
    autk_status st = autki_dataset_prepare(&s, d, sql, err);
    if (st == AUTK_OK && sqlite3_step(s) == SQLITE_ROW)
        *n = (uint64_t)sqlite3_column_int64(s, 0);
    else if (st == AUTK_OK)
        st = autki_dataset_fail(d, "cannot be read", err);
    sqlite3_finalize(s);
    return st;
}

/* Rows that belong to no year that was reconciled, and sums of years that are gone. */
static autk_status check_strays(autk_dataset *d, uint64_t n_summed, uint64_t n_years, autk_err *err)
{
    uint64_t n_rows = 0, n_sums = 0;
    autk_status st = count_rows(&n_rows, d,
                                "SELECT (SELECT count(*) FROM mirror)"
                                " + (SELECT count(*) FROM mirror_economy)"
                                " + (SELECT count(*) FROM mirror_size)"
                                " + (SELECT count(*) FROM mirror_pair)",
                                err);
    if (st == AUTK_OK)
        st = count_rows(&n_sums, d, "SELECT count(*) FROM check_sum WHERE name LIKE 'mirror %'",
                        err);
    if (st == AUTK_OK && (n_rows != n_summed || n_sums != n_years))
        st = autki_fail_at(err, AUTK_EDATA, d->path, 0, 0,
                           "the dataset is damaged: rows about reconciled flows of no year");
    return st;
}

autk_status autki_dataset_check_mirrors(autk_dataset *d, autk_err *err)
{
    sqlite3_stmt *s = NULL;
    bool found = false;
    uint64_t sum, n_rows = 0, n_years = 0;
    char name[KEY_MAX];
    autk_status st = autki_dataset_has_mirrors(&found, d, err);
    if (st != AUTK_OK || !found)
        return st;
    st = autki_dataset_prepare(&s, d, "SELECT layer, period FROM mirror", err);
    int step = SQLITE_DONE;
    while (st == AUTK_OK && (step = sqlite3_step(s)) == SQLITE_ROW) {
        uint32_t layer = (uint32_t)sqlite3_column_int64(s, 0);
        int32_t period = sqlite3_column_int(s, 1);
        name_mirror(name, layer, period);
        st = mirror_sum(&sum, &n_rows, d, layer, period, err);
        if (st == AUTK_OK)
            st = compare(d, name, sum, false, "reconciled flows", err);
        n_years++;
    }
    if (st == AUTK_OK && step != SQLITE_DONE)
        st = autki_dataset_fail(d, "cannot be read", err);
    sqlite3_finalize(s);
    return st == AUTK_OK ? check_strays(d, n_rows, n_years, err) : st;
}
