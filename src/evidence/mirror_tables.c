#include "evidence/mirror_tables.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>

#include "base/fail.h"
#include "base/mem.h"
#include "data/dataset_schema.h"

static void bind_key(sqlite3_stmt *s, const autki_mirror_source *source)
{
    sqlite3_bind_int64(s, 1, source->layer);
    sqlite3_bind_int(s, 2, source->year);
}

static autk_status finish_statement(autk_dataset *d, sqlite3_stmt *s, autk_err *err)
{
    autk_status st =
        sqlite3_step(s) == SQLITE_DONE ? AUTK_OK : autki_dataset_fail(d, "cannot be written", err);
    (void)sqlite3_reset(s);
    return st;
}

/* ------------------------------------------------------------------ writing */

static autk_status clear(autk_dataset *d, const autki_mirror_source *source, autk_err *err)
{
    static const char *const tables[] = {AUTKI_MIRROR_TABLES};
    autk_status st = autki_dataset_exec(d, autki_mirror_schema, err);
    for (size_t i = 0; i < sizeof tables / sizeof *tables && st == AUTK_OK; i++) {
        char sql[120];
        (void)snprintf(sql, sizeof sql, "DELETE FROM %s WHERE layer=%u AND period=%d", tables[i],
                       source->layer, source->year);
        st = autki_dataset_exec(d, sql, err);
    }
    return st;
}

static autk_status put_source(autk_dataset *d, const autki_mirror_source *source,
                              const autki_product_fit *fit, autk_err *err)
{
    sqlite3_stmt *s = NULL;
    autk_status st = autki_dataset_prepare(
        &s, d, "INSERT INTO mirror VALUES(?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)", err);
    if (st != AUTK_OK)
        return st;
    bind_key(s, source);
    sqlite3_bind_int64(s, 3, source->exporters);
    sqlite3_bind_int64(s, 4, source->importers);
    sqlite3_bind_double(s, 5, fit->reports.sd_usual);
    sqlite3_bind_double(s, 6, fit->persistence);
    sqlite3_bind_int(s, 7, fit->reports.has_margin);
    sqlite3_bind_double(s, 8, fit->reports.intercept);
    for (int c = 0; c < 5; c++)
        sqlite3_bind_double(s, 9 + c, fit->reports.coefficient[c]);
    st = finish_statement(d, s, err);
    sqlite3_finalize(s);
    return st;
}

static autk_status put_errors(autk_dataset *d, const autki_mirror_source *source,
                              const autki_product_fit *fit, autk_err *err)
{
    sqlite3_stmt *s = NULL;
    autk_status st =
        autki_dataset_prepare(&s, d, "INSERT INTO mirror_economy VALUES(?, ?, ?, ?, ?)", err);
    for (int32_t e = 0; e < autk_dataset_n_economies(d) && st == AUTK_OK; e++) {
        bind_key(s, source);
        sqlite3_bind_int(s, 3, e);
        sqlite3_bind_double(s, 4, fit->reports.sd_exporter[e]);
        sqlite3_bind_double(s, 5, fit->reports.sd_importer[e]);
        st = finish_statement(d, s, err);
    }
    sqlite3_finalize(s);
    s = NULL;
    if (st == AUTK_OK)
        st = autki_dataset_prepare(&s, d, "INSERT INTO mirror_size VALUES(?, ?, ?, ?)", err);
    for (int size = 0; size < AUTKI_SIZES && st == AUTK_OK; size++) {
        bind_key(s, source);
        sqlite3_bind_int(s, 3, size);
        sqlite3_bind_double(s, 4, fit->scale[size]);
        st = finish_statement(d, s, err);
    }
    sqlite3_finalize(s);
    return st;
}

autk_status autki_mirror_put(autk_dataset *d, const autki_mirror_source *source,
                             const autki_product_fit *fit, autk_err *err)
{
    autk_status st = clear(d, source, err);
    if (st == AUTK_OK)
        st = put_source(d, source, fit, err);
    return st == AUTK_OK ? put_errors(d, source, fit, err) : st;
}

autk_status autki_mirror_put_margins(autk_dataset *d, const autki_mirror_source *source,
                                     int32_t exporter, const double *margin, const bool *trades,
                                     autk_err *err)
{
    sqlite3_stmt *s = NULL;
    autk_status st =
        autki_dataset_prepare(&s, d, "INSERT INTO mirror_pair VALUES(?, ?, ?, ?, ?)", err);
    for (int32_t j = 0; j < autk_dataset_n_economies(d) && st == AUTK_OK; j++) {
        if (!trades[j])
            continue;
        bind_key(s, source);
        sqlite3_bind_int(s, 3, exporter);
        sqlite3_bind_int(s, 4, j);
        sqlite3_bind_double(s, 5, margin[j]);
        st = finish_statement(d, s, err);
    }
    sqlite3_finalize(s);
    return st;
}

/* ------------------------------------------------------------------ reading */

static autk_status none(const autk_dataset *d, int32_t year, autk_err *err)
{
    return autki_fail_at(err, AUTK_ENOTFOUND, d->path, 0, 0,
                         "expected products of %d reconciled (mirror --store), got none", year);
}

static autk_status get_source(autki_mirror_source *source, autk_dataset *d, int32_t year,
                              autk_err *err)
{
    sqlite3_stmt *s = NULL;
    autk_status st = autki_dataset_prepare(&s, d,
                                           "SELECT layer, exporters, importers FROM mirror"
                                           " WHERE period=? ORDER BY layer DESC LIMIT 1",
                                           err);
    if (st != AUTK_OK)
        return st;
    sqlite3_bind_int(s, 1, year);
    if (sqlite3_step(s) != SQLITE_ROW)
        st = none(d, year, err);
    else
        *source = (autki_mirror_source){(uint32_t)sqlite3_column_int64(s, 0),
                                        (uint32_t)sqlite3_column_int64(s, 1),
                                        (uint32_t)sqlite3_column_int64(s, 2), year};
    sqlite3_finalize(s);
    return st;
}

/* Rows of (position, number, number) into arrays of n; a position outside is damage. */
static autk_status get_numbers(double *first, double *second, size_t n, autk_dataset *d,
                               const autki_mirror_source *source, const char *sql, autk_err *err)
{
    sqlite3_stmt *s = NULL;
    autk_status st = autki_dataset_prepare(&s, d, sql, err);
    if (st != AUTK_OK)
        return st;
    bind_key(s, source);
    int step;
    while ((step = sqlite3_step(s)) == SQLITE_ROW && st == AUTK_OK) {
        sqlite3_int64 at = sqlite3_column_int64(s, 0);
        double a = sqlite3_column_double(s, 1), b = sqlite3_column_double(s, 2);
        if (at < 0 || (size_t)at >= n || !(a > 0) || !(b > 0)) {
            st = autki_fail_at(err, AUTK_EDATA, d->path, 0, 0,
                               "the dataset is damaged: errors of reconciled flows");
            break;
        }
        first[at] = a;
        if (second != NULL)
            second[at] = b;
    }
    if (st == AUTK_OK && step != SQLITE_DONE)
        st = autki_dataset_fail(d, "cannot be read", err);
    sqlite3_finalize(s);
    return st;
}

static autk_status get_errors(autki_product_fit *fit, autk_dataset *d,
                              const autki_mirror_source *source, autk_err *err)
{
    size_t n = (size_t)autk_dataset_n_economies(d);
    fit->reports.sd_exporter = autki_malloc(n, sizeof(double));
    fit->reports.sd_importer = autki_malloc(n, sizeof(double));
    if (fit->reports.sd_exporter == NULL || fit->reports.sd_importer == NULL)
        return autki_no_memory(err, 2 * n * sizeof(double));
    for (size_t e = 0; e < n; e++)
        fit->reports.sd_exporter[e] = fit->reports.sd_importer[e] = NAN;
    for (int size = 0; size < AUTKI_SIZES; size++)
        fit->scale[size] = NAN;
    autk_status st = get_numbers(fit->reports.sd_exporter, fit->reports.sd_importer, n, d, source,
                                 "SELECT economy, sd_exporter, sd_importer FROM mirror_economy"
                                 " WHERE layer=? AND period=?",
                                 err);
    return st == AUTK_OK ? get_numbers(fit->scale, NULL, AUTKI_SIZES, d, source,
                                       "SELECT size, scale, 1 FROM mirror_size"
                                       " WHERE layer=? AND period=?",
                                       err)
                         : st;
}

autk_status autki_mirror_get(autki_mirror_source *source, autki_product_fit *fit, autk_dataset *d,
                             int32_t year, autk_err *err)
{
    bool found = false;
    *fit = (autki_product_fit){.reports = {.n_both = 0}};
    autk_status st = autki_dataset_has_mirrors(&found, d, err);
    if (st == AUTK_OK)
        st = found ? get_source(source, d, year, err) : none(d, year, err);
    if (st == AUTK_OK)
        st = get_errors(fit, d, source, err);
    if (st != AUTK_OK)
        autk_mirror_fit_deinit(&fit->reports);
    return st;
}

autk_status autki_mirror_get_margins(double *margin, autk_dataset *d,
                                     const autki_mirror_source *source, int32_t economy,
                                     bool is_exporter, autk_err *err)
{
    sqlite3_stmt *s = NULL;
    size_t n = (size_t)autk_dataset_n_economies(d);
    for (size_t e = 0; e < n; e++)
        margin[e] = NAN;
    autk_status st =
        autki_dataset_prepare(&s, d,
                              is_exporter ? "SELECT importer, margin FROM mirror_pair"
                                            " WHERE layer=? AND period=? AND exporter=?"
                                          : "SELECT exporter, margin FROM mirror_pair"
                                            " WHERE layer=? AND period=? AND importer=?",
                              err);
    if (st != AUTK_OK)
        return st;
    bind_key(s, source);
    sqlite3_bind_int(s, 3, economy);
    int step;
    while ((step = sqlite3_step(s)) == SQLITE_ROW) {
        sqlite3_int64 at = sqlite3_column_int64(s, 0);
        if (at >= 0 && (size_t)at < n)
            margin[at] = sqlite3_column_double(s, 1);
    }
    if (step != SQLITE_DONE)
        st = autki_dataset_fail(d, "cannot be read", err);
    sqlite3_finalize(s);
    return st;
}
