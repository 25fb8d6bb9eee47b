/*
 * Inter-country input-output tables: WIOD 2013 release (folder) and OECD ICIO, 2023 edition (CSV).
 *
 * A cell of the table is a flow of its row's economy and sector, and a use by its column's. Changes
 * of stocks are uses, and may be negative: their sum with other uses of the flow must not be.
 */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/fail.h"
#include "base/mem.h"
#include "base/text.h"
#include "data/csv.h"
#include "equilibrium/accounts.h"

typedef struct industry {
    int32_t region, sector; /* sector -1 = a column of final use */
} industry;

static void add_input(autk_economy *e, industry from, industry to, double value)
{
    e->flow[autki_cell(e, from.sector, from.region, to.region)] += value;
    e->input_use[autki_use_at(e, to.sector, from.sector, to.region)] += value;
}

static void add_final(autk_economy *e, industry from, int32_t to, double value)
{
    e->flow[autki_cell(e, from.sector, from.region, to)] += value;
    e->final_use[autki_at(e, from.sector, to)] += value;
}

typedef struct repairs {
    size_t flows, uses, idle; /* negative flows, negative uses, sales without output */
    double moved;
} repairs;

/* Negative flows to an economy become 0, its final use what it was with them. */
static void lift_flows(autk_economy *e, int32_t j, int32_t n, repairs *r)
{
    for (int32_t i = 0; i < e->regions.n; i++) {
        double *flow = &e->flow[autki_cell(e, j, i, n)];
        if (!(*flow < 0))
            continue;
        e->final_use[autki_at(e, j, n)] -= *flow;
        r->moved -= *flow;
        *flow = 0;
        r->flows++;
    }
}

/* What an economy sells of a sector in which it produces nothing. */
static void stop_idle(autk_economy *e, int32_t j, int32_t n, repairs *r)
{
    double output = e->value_added[autki_at(e, j, n)];
    for (int32_t k = 0; k < e->sectors.n; k++)
        output += e->input_use[autki_use_at(e, j, k, n)];
    for (int32_t i = 0; !(output > 0) && i < e->regions.n; i++) {
        double *sold = &e->flow[autki_cell(e, j, n, i)];
        if (!(*sold > 0))
            continue;
        e->final_use[autki_at(e, j, i)] -= *sold;
        r->moved += *sold;
        *sold = 0;
        r->idle++;
    }
}

static void lift(double *value, repairs *r)
{
    if (*value < 0) {
        r->moved -= *value;
        *value = 0;
        r->uses++;
    }
}

/* Make accounts usable that statistics leave with small negatives: only when asked. */
static autk_status repair(autk_economy *e, const autk_economy_opts *opts, const char *source,
                          autk_err *err)
{
    repairs r = {0};
    for (int32_t j = 0; j < e->sectors.n; j++) {
        for (int32_t n = 0; n < e->regions.n; n++) {
            lift_flows(e, j, n, &r);
            stop_idle(e, j, n, &r);
        }
        for (int32_t n = 0; n < e->regions.n; n++) {
            lift(&e->final_use[autki_at(e, j, n)], &r);
            lift(&e->value_added[autki_at(e, j, n)], &r);
        }
    }
    if (r.flows + r.uses + r.idle == 0)
        return AUTK_OK;
    if (!(opts->repair & AUTK_REPAIR_NEGATIVE))
        return autki_fail_at(err, AUTK_EDATA, source, 0, 0,
                             "expected flows, final uses and value added of at least 0, got %zu "
                             "negative flows, %zu negative uses, %zu sales without output "
                             "(--repair negative makes them 0)",
                             r.flows, r.uses, r.idle);
    return autki_economy_notef(e, err,
                               "repaired: %zu negative flows, %zu negative final uses or value "
                               "added, %zu sales without output are now 0 (%.4g in all)",
                               r.flows, r.uses, r.idle, r.moved);
}

static autk_status finish(autk_economy **out, autk_economy *e, const autk_economy_opts *opts,
                          const char *source, autk_err *err)
{
    autk_status st = repair(e, opts, source, err);
    if (st == AUTK_OK)
        st = autki_economy_theta(e, opts, false, err);
    if (st == AUTK_OK)
        st = autki_economy_finish(e, opts, source, err);
    if (st != AUTK_OK) {
        autk_economy_free(e);
        return st;
    }
    *out = e;
    return AUTK_OK;
}

/* ------------------------------------------------------------------ WIOD 2013 */

typedef autk_status (*row_fn)(void *ctx, size_t row, const autki_csv *csv,
                              const autki_field *fields, size_t n, autk_err *err);

/* Every record of a file of the folder to fn. */
static autk_status each_row(const char *folder, const char *name, row_fn fn, void *ctx,
                            size_t expected, autk_err *err)
{
    char path[1024];
    autk_input *input = NULL;
    autki_csv *csv = NULL;
    const autki_field *fields;
    size_t n = 1, rows = 0;
    (void)snprintf(path, sizeof path, "%s/%s", folder, name);
    autk_status st = autk_input_open(&input, path, err);
    if (st == AUTK_OK)
        st = autki_csv_create(&csv, input, NULL, err);
    while (st == AUTK_OK) {
        st = autki_csv_next(csv, &fields, &n, err);
        if (st != AUTK_OK || n == 0)
            break;
        if (expected != 0 && rows >= expected)
            st = autki_fail_at(err, AUTK_EDATA, path, autki_csv_line(csv), 0,
                               "expected %zu rows, got more", expected);
        else
            st = fn(ctx, rows++, csv, fields, n, err);
    }
    if (st == AUTK_OK && expected != 0 && rows != expected)
        st = autki_fail_at(err, AUTK_EDATA, path, 0, 0, "expected %zu rows, got %zu", expected,
                           rows);
    autki_csv_free(csv);
    autk_input_free(input);
    return st;
}

static autk_status name_row(void *ctx, size_t row, const autki_csv *csv, const autki_field *fields,
                            size_t n, autk_err *err)
{
    bool is_new;
    int32_t at;
    (void)row;
    (void)n;
    autk_status st =
        autki_names_add(&at, ctx, fields[0].text, fields[0].len, AUTKI_MAX_SECTORS, &is_new, err);
    return st == AUTK_OK && !is_new ? autki_csv_bad_field(csv, &fields[0], "a new name", err) : st;
}

typedef struct wiod {
    autk_economy *e;
    double scale;
    size_t uses; /* columns of final use an economy has */
    bool final;
} wiod;

static autk_status wiod_row(void *ctx, size_t row, const autki_csv *csv, const autki_field *fields,
                            size_t n, autk_err *err)
{
    const wiod *w = ctx;
    int32_t sectors = w->e->sectors.n;
    size_t expected = (size_t)w->e->regions.n * (w->final ? w->uses : (size_t)sectors);
    industry from = {(int32_t)(row / (size_t)sectors), (int32_t)(row % (size_t)sectors)};
    if (n != expected)
        return autki_csv_bad_field(csv, &fields[n - 1], "as many cells as there are uses", err);
    for (size_t c = 0; c < n; c++) {
        double value;
        autk_status st = autki_csv_double(&value, csv, &fields[c], "a flow", err);
        if (st != AUTK_OK)
            return st;
        value *= w->scale;
        industry to = {(int32_t)(c / (size_t)sectors), (int32_t)(c % (size_t)sectors)};
        if (w->final)
            add_final(w->e, from, (int32_t)(c / w->uses), value);
        else
            add_input(w->e, from, to, value);
    }
    return AUTK_OK;
}

/* Value added = output less inputs. */
static autk_status wiod_output(void *ctx, size_t row, const autki_csv *csv,
                               const autki_field *fields, size_t n, autk_err *err)
{
    const wiod *w = ctx;
    autk_economy *e = w->e;
    int32_t region = (int32_t)(row / (size_t)e->sectors.n);
    int32_t sector = (int32_t)(row % (size_t)e->sectors.n);
    double value;
    (void)n;
    autk_status st = autki_csv_double(&value, csv, &fields[0], "an output", err);
    if (st != AUTK_OK)
        return st;
    value *= w->scale;
    for (int32_t k = 0; k < e->sectors.n; k++)
        value -= e->input_use[autki_use_at(e, sector, k, region)];
    e->value_added[autki_at(e, sector, region)] = value;
    return AUTK_OK;
}

autk_status autki_read_wiod(autk_economy **out, const char *folder, const autk_economy_opts *opts,
                            autk_err *err)
{
    autki_names regions = {0}, sectors = {0};
    wiod w = {.scale = opts->scale_usd > 0 ? opts->scale_usd : 1e6, .uses = 5};
    autk_status st = each_row(folder, "countries.txt", name_row, &regions, 0, err);
    if (st == AUTK_OK)
        st = each_row(folder, "industries.txt", name_row, &sectors, 0, err);
    if (st == AUTK_OK)
        st = autki_economy_create(&w.e, &regions, &sectors, false, err);
    autki_names_deinit(&regions);
    autki_names_deinit(&sectors);
    if (st != AUTK_OK)
        return st;
    size_t rows = (size_t)w.e->regions.n * (size_t)w.e->sectors.n;
    st = each_row(folder, "inter2011.csv.gz", wiod_row, &w, rows, err);
    if (st == AUTK_OK)
        st = each_row(folder, "output2011.txt", wiod_output, &w, rows, err);
    w.final = true;
    if (st == AUTK_OK)
        st = each_row(folder, "final2011.csv.gz", wiod_row, &w, rows, err);
    if (st != AUTK_OK) {
        autk_economy_free(w.e);
        return st;
    }
    return finish(out, w.e, opts, folder, err);
}

/* ------------------------------------------------------------------ ICIO */

#define MAX_COLUMNS 8192

typedef struct icio {
    autki_names regions, sectors;
    industry *columns; /* [n_columns] */
    size_t n_columns, capacity;
    size_t taxes_rows, added_rows, output_rows, industry_rows, industries;
    autk_economy *e;
    double scale;
    const char *source;
} icio;

static bool is_final(const char *code, size_t len)
{
    static const char *const codes[] = {"HFCE",   "NPISH", "GGFC", "GFCF", "INVNT", "DPABR",
                                        "NONRES", "DIRP",  "P33",  "FD",   "DISC"};
    for (size_t i = 0; i < sizeof codes / sizeof *codes; i++) {
        if (strlen(codes[i]) == len && memcmp(codes[i], code, len) == 0)
            return true;
    }
    return false;
}

/* "CN1_A01_02": the economy before the first underscore, the sector behind it. China's and Mexico's
 * rows are split by kind of producer: both parts are the economy. */
static bool split(const autki_field *field, const char **region, size_t *region_len,
                  const char **code, size_t *code_len)
{
    const char *bar = memchr(field->text, '_', field->len);
    if (bar == NULL || bar == field->text || bar + 1 == field->text + field->len)
        return false;
    *region = field->text;
    *region_len = (size_t)(bar - field->text);
    *code = bar + 1;
    *code_len = field->len - *region_len - 1;
    if (*region_len == 3 && (memcmp(*region, "CN1", 3) == 0 || memcmp(*region, "CN2", 3) == 0))
        *region = "CHN";
    if (*region_len == 3 && (memcmp(*region, "MX1", 3) == 0 || memcmp(*region, "MX2", 3) == 0))
        *region = "MEX";
    return true;
}

static autk_status icio_header(icio *t, const autki_csv *csv, const autki_field *fields, size_t n,
                               autk_err *err)
{
    for (size_t c = 1; c + 1 < n; c++) {
        const char *region, *code;
        size_t region_len, code_len;
        industry column = {-1, -1};
        if (!split(&fields[c], &region, &region_len, &code, &code_len))
            return autki_csv_bad_field(csv, &fields[c], "ECONOMY_SECTOR", err);
        autk_status st = autki_names_add(&column.region, &t->regions, region, region_len,
                                         AUTKI_MAX_REGIONS, NULL, err);
        if (st == AUTK_OK && !is_final(code, code_len))
            st = autki_names_add(&column.sector, &t->sectors, code, code_len, AUTKI_MAX_SECTORS,
                                 NULL, err);
        if (st == AUTK_OK)
            st = autki_grow(&t->columns, &t->capacity, t->n_columns + 1, sizeof *t->columns,
                            MAX_COLUMNS, err);
        if (st != AUTK_OK)
            return st;
        t->industries += column.sector >= 0;
        t->columns[t->n_columns++] = column;
    }
    return autki_economy_create(&t->e, &t->regions, &t->sectors, false, err);
}

static autk_status icio_cells(icio *t, industry from, bool added, const autki_csv *csv,
                              const autki_field *fields, autk_err *err)
{
    for (size_t c = 0; c < t->n_columns; c++) {
        double value;
        autk_status st = autki_csv_double(&value, csv, &fields[c + 1], "a flow", err);
        if (st != AUTK_OK)
            return st;
        industry to = t->columns[c];
        value *= t->scale;
        if (added && to.sector >= 0)
            t->e->value_added[autki_at(t->e, to.sector, to.region)] += value;
        else if (!added && to.sector >= 0)
            add_input(t->e, from, to, value);
        else if (!added)
            add_final(t->e, from, to.region, value);
    }
    return AUTK_OK;
}

static autk_status icio_row(icio *t, const autki_csv *csv, const autki_field *fields, size_t n,
                            autk_err *err)
{
    const char *region, *code;
    size_t region_len, code_len;
    industry from = {-1, -1};
    if (n != t->n_columns + 2)
        return autki_fail_at(err, AUTK_EPARSE, t->source, autki_csv_line(csv), 0,
                             "expected %zu fields, got %zu", t->n_columns + 2, n);
    bool taxes = autki_field_is(&fields[0], "TLS"), added = autki_field_is(&fields[0], "VA");
    t->taxes_rows += taxes;
    t->added_rows += added;
    if (autki_field_is(&fields[0], "OUT")) {
        t->output_rows++;
        return AUTK_OK;
    }
    if (taxes || added)
        return icio_cells(t, from, true, csv, fields, err);
    if (!split(&fields[0], &region, &region_len, &code, &code_len))
        return autki_csv_bad_field(csv, &fields[0], "ECONOMY_SECTOR, TLS, VA or OUT", err);
    from.region = autki_names_find(&t->e->regions, region, region_len);
    from.sector = autki_names_find(&t->e->sectors, code, code_len);
    if (from.region < 0 || from.sector < 0)
        return autki_csv_bad_field(csv, &fields[0], "a row that is a column too", err);
    t->industry_rows++;
    return icio_cells(t, from, false, csv, fields, err);
}

autk_status autki_read_icio(autk_economy **out, autk_input *input, const autk_economy_opts *opts,
                            autk_err *err)
{
    autki_csv *csv = NULL;
    const autki_field *fields;
    size_t n = 1;
    icio t = {.scale = opts->scale_usd > 0 ? opts->scale_usd : 1e6,
              .source = autk_input_name(input)};
    autk_status st = autki_csv_create(&csv, input, NULL, err);
    if (st == AUTK_OK)
        st = autki_csv_next(csv, &fields, &n, err);
    if (st == AUTK_OK)
        st = icio_header(&t, csv, fields, n, err);
    while (st == AUTK_OK) {
        st = autki_csv_next(csv, &fields, &n, err);
        if (st != AUTK_OK || n == 0)
            break;
        st = icio_row(&t, csv, fields, n, err);
    }
    if (st == AUTK_OK && (t.added_rows != 1 || t.taxes_rows > 1 || t.industry_rows != t.industries))
        st = autki_fail_at(err, AUTK_EDATA, t.source, 0, 0,
                           "expected %zu rows of industries and one VA row, got %zu and %zu",
                           t.industries, t.industry_rows, t.added_rows);
    if (st == AUTK_OK && t.taxes_rows != 0)
        st = autki_economy_notef(t.e, err,
                                 "taxes less subsidies on inputs (TLS) are counted as value added");
    autki_csv_free(csv);
    autki_names_deinit(&t.regions);
    autki_names_deinit(&t.sectors);
    free(t.columns);
    if (st != AUTK_OK) {
        autk_economy_free(t.e);
        return st;
    }
    return finish(out, t.e, opts, t.source, err);
}
