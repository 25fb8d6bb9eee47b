/*
 * One sector from a pair list (exporter, importer, trade or value, year where there are several) or
 * a square matrix (row = exporter, column = importer).
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

#define MAX_PAIRS ((size_t)1 << 24)

typedef struct pair {
    int32_t exporter, importer;
    int64_t line;
    double value;
} pair;

typedef struct pair_list {
    autki_names regions;
    pair *at;
    size_t n, capacity;
    int64_t year; /* of what was read so far; 0 = none yet */
} pair_list;

/* A flow of a field; what an economy buys at home must be above 0 where it is given. */
static autk_status take_flow(double *value, const autki_csv *csv, const autki_field *field,
                             bool domestic, const autk_economy_opts *opts, autk_err *err)
{
    autk_status st = autki_csv_double(value, csv, field, "a flow", err);
    if (st != AUTK_OK)
        return st;
    if (*value < 0 && !(opts->repair & AUTK_REPAIR_NEGATIVE))
        return autki_csv_bad_field(csv, field, "a flow of at least 0", err);
    if (*value == 0 && domestic && opts->domestic == AUTK_DOMESTIC_GIVEN)
        return autki_csv_bad_field(
            csv, field, "domestic sales above 0 (--domestic output --gdp FILE derives them)", err);
    return AUTK_OK;
}

enum { EXPORTER, IMPORTER, TRADE, VALUE, YEAR, N_COLUMNS };

static autk_status pair_year(bool *wanted, pair_list *list, const autki_csv *csv,
                             const autki_field *field, const autk_economy_opts *opts,
                             const char *source, autk_err *err)
{
    int64_t year;
    if (!autki_parse_int64(field->text, field->len, &year))
        return autki_csv_bad_field(csv, field, "a year", err);
    *wanted = opts->year == 0 || year == opts->year;
    if (opts->year == 0 && list->n != 0 && year != list->year)
        return autki_fail_at(err, AUTK_EDATA, source, autki_csv_line(csv), field->column,
                             "expected one year, got %lld and %lld; choose with --year",
                             (long long)list->year, (long long)year);
    if (*wanted)
        list->year = year;
    return AUTK_OK;
}

static autk_status take_pair(pair_list *list, const autki_csv *csv, const autki_field *fields,
                             size_t n, const size_t *columns, const autk_economy_opts *opts,
                             const char *source, autk_err *err)
{
    size_t value = columns[TRADE] != SIZE_MAX ? columns[TRADE] : columns[VALUE];
    pair p = {.line = autki_csv_line(csv)};
    bool wanted = true;
    for (int k = 0; k < N_COLUMNS; k++) {
        if (columns[k] != SIZE_MAX && columns[k] >= n)
            return autki_fail_at(err, AUTK_EPARSE, source, p.line, 0,
                                 "expected at least %zu fields, got %zu", columns[k] + 1, n);
    }
    autk_status st = AUTK_OK;
    if (columns[YEAR] != SIZE_MAX)
        st = pair_year(&wanted, list, csv, &fields[columns[YEAR]], opts, source, err);
    if (st != AUTK_OK || !wanted)
        return st;
    const autki_field *from = &fields[columns[EXPORTER]], *to = &fields[columns[IMPORTER]];
    if (from->len == 0 || to->len == 0)
        return autki_csv_bad_field(csv, from->len == 0 ? from : to, "the name of an economy", err);
    st = autki_names_add(&p.exporter, &list->regions, from->text, from->len, AUTKI_MAX_REGIONS,
                         NULL, err);
    if (st == AUTK_OK)
        st = autki_names_add(&p.importer, &list->regions, to->text, to->len, AUTKI_MAX_REGIONS,
                             NULL, err);
    if (st == AUTK_OK)
        st = take_flow(&p.value, csv, &fields[value], p.exporter == p.importer, opts, err);
    if (st == AUTK_OK)
        st = autki_grow(&list->at, &list->capacity, list->n + 1, sizeof *list->at, MAX_PAIRS, err);
    if (st == AUTK_OK)
        list->at[list->n++] = p;
    return st;
}

/* Every ordered pair, the domestic too, exactly once. */
static autk_status place_pairs(autk_economy *e, const pair_list *list, bool *filled, double scale,
                               const autk_economy_opts *opts, const char *source, autk_err *err)
{
    size_t n = (size_t)e->regions.n, missing = 0, negative = 0, from = 0, to = 0;
    for (size_t k = 0; k < list->n; k++) {
        const pair *p = &list->at[k];
        size_t at = autki_cell(e, 0, p->exporter, p->importer);
        if (filled[at])
            return autki_fail_at(err, AUTK_EDATA, source, p->line, 0,
                                 "expected one row for %s to %s, got another",
                                 e->regions.name[p->exporter], e->regions.name[p->importer]);
        filled[at] = true;
        negative += p->value < 0;
        e->flow[at] = p->value < 0 ? 0 : p->value * scale;
    }
    for (size_t i = 0; i < n; i++) {
        for (size_t m = 0; m < n; m++) {
            bool derived = i == m && opts->domestic != AUTK_DOMESTIC_GIVEN;
            if (!derived && !filled[autki_cell(e, 0, (int32_t)i, (int32_t)m)] && missing++ == 0) {
                from = i;
                to = m;
            }
        }
    }
    autk_status st = AUTK_OK;
    if (missing != 0 && !(opts->repair & AUTK_REPAIR_MISSING))
        return autki_fail_at(
            err, AUTK_EDATA, source, 0, 0,
            "expected a row for each of %zu pairs, got none for %zu, among them %s "
            "to %s; a missing row is unknown, not 0 (--repair missing makes it 0)",
            n * n, missing, e->regions.name[from], e->regions.name[to]);
    if (missing != 0)
        st = autki_economy_notef(e, err, "repaired: %zu pairs without a row are now 0", missing);
    if (st == AUTK_OK && negative != 0)
        st = autki_economy_notef(e, err, "repaired: %zu negative flows are now 0", negative);
    return st;
}

/* GDP in USD by the names of the economies: (economy, gdp), or gdp alone in their order. */
static autk_status read_gdp(double *gdp, const autk_economy *e, const char *path, autk_err *err)
{
    autk_input *input = NULL;
    autki_csv *csv = NULL;
    static const char *const names[] = {"?economy", "gdp"};
    const autki_field *fields;
    size_t columns[2], n = 1;
    int32_t next = 0;
    autk_status st = autk_input_open(&input, path, err);
    if (st == AUTK_OK)
        st = autki_csv_create(&csv, input, NULL, err);
    if (st == AUTK_OK)
        st = autki_csv_header(csv, names, 2, columns, err);
    for (int32_t i = 0; i < e->regions.n; i++)
        gdp[i] = NAN;
    while (st == AUTK_OK) {
        st = autki_csv_next(csv, &fields, &n, err);
        if (st != AUTK_OK || n == 0)
            break;
        int32_t at = next++;
        if (columns[0] != SIZE_MAX && columns[0] < n)
            at = autki_names_find(&e->regions, fields[columns[0]].text, fields[columns[0]].len);
        if (columns[0] != SIZE_MAX && at < 0)
            continue; /* an economy that does not trade here */
        if (at >= e->regions.n || columns[1] >= n)
            st = autki_fail_at(err, AUTK_EDATA, path, autki_csv_line(csv), 0,
                               "expected a GDP for each of %d economies", (int)e->regions.n);
        else if (!isnan(gdp[at]))
            st = autki_csv_bad_field(csv, &fields[columns[0]], "each economy once", err);
        else
            st = autki_csv_double(&gdp[at], csv, &fields[columns[1]], "a GDP", err);
    }
    for (int32_t i = 0; st == AUTK_OK && i < e->regions.n; i++) {
        if (!(gdp[i] > 0))
            st = autki_fail_at(err, AUTK_EDATA, path, 0, 0, "expected a GDP above 0 for %s, got %s",
                               e->regions.name[i], isnan(gdp[i]) ? "none" : "0 or less");
    }
    autki_csv_free(csv);
    autk_input_free(input);
    return st;
}

/* From flows to a whole economy; takes e over, frees it on failure. */
static autk_status close_one_sector(autk_economy **out, autk_economy *e,
                                    const autk_economy_opts *opts, const char *source,
                                    autk_err *err)
{
    autk_status st = AUTK_OK;
    double share = opts->value_added_share;
    if (opts->domestic != AUTK_DOMESTIC_GIVEN) {
        double *gdp = autki_malloc((size_t)e->regions.n, sizeof *gdp);
        if (gdp == NULL)
            st = autki_no_memory(err, (size_t)e->regions.n * sizeof *gdp);
        else if (opts->gdp_path == NULL)
            st = autki_fail(err, AUTK_EARG, "expected --gdp FILE with --domestic output or gdp");
        else
            st = read_gdp(gdp, e, opts->gdp_path, err);
        if (st == AUTK_OK)
            st = autki_economy_domestic(e, gdp, opts, source, err);
        free(gdp);
        if (opts->domestic == AUTK_DOMESTIC_OUTPUT && !(share > 0))
            share = 0.5;
    }
    if (st == AUTK_OK)
        st = autki_economy_theta(e, opts, false, err);
    if (st == AUTK_OK)
        st = autki_economy_close_one_sector(e, share, source, err);
    if (st == AUTK_OK)
        st = autki_economy_finish(e, opts, source, err);
    if (st != AUTK_OK) {
        autk_economy_free(e);
        return st;
    }
    *out = e;
    return AUTK_OK;
}

static autk_status one_sector(autk_economy **out, autki_names *regions, autk_err *err)
{
    autki_names sectors = {0};
    int32_t at;
    autk_status st = autki_names_add(&at, &sectors, "all goods", 9, 1, NULL, err);
    if (st == AUTK_OK)
        st = autki_economy_create(out, regions, &sectors, false, err);
    autki_names_deinit(&sectors);
    return st;
}

autk_status autki_read_pairs(autk_economy **out, autk_input *input, const autk_economy_opts *opts,
                             autk_err *err)
{
    static const char *const names[] = {"exporter", "importer", "?trade", "?value", "?year"};
    autki_csv *csv = NULL;
    pair_list list = {0};
    autk_economy *e = NULL;
    const char *source = autk_input_name(input);
    size_t columns[N_COLUMNS], n = 1;
    const autki_field *fields;
    autk_status st = autki_csv_create(&csv, input, NULL, err);
    if (st == AUTK_OK)
        st = autki_csv_header(csv, names, N_COLUMNS, columns, err);
    if (st == AUTK_OK && columns[TRADE] == SIZE_MAX && columns[VALUE] == SIZE_MAX)
        st = autki_fail_at(err, AUTK_EPARSE, source, 1, 1,
                           "expected a column \"trade\" or \"value\"");
    while (st == AUTK_OK) {
        st = autki_csv_next(csv, &fields, &n, err);
        if (st != AUTK_OK || n == 0)
            break;
        st = take_pair(&list, csv, fields, n, columns, opts, source, err);
    }
    autki_csv_free(csv);
    if (st == AUTK_OK && list.n == 0)
        st = autki_fail_at(err, AUTK_EDATA, source, 0, 0, "expected rows%s, got none",
                           opts->year != 0 ? " of the year asked for" : "");
    if (st == AUTK_OK)
        st = one_sector(&e, &list.regions, err);
    if (st == AUTK_OK) {
        size_t cells = (size_t)e->regions.n * e->stride;
        bool *filled = autki_calloc(cells, sizeof *filled);
        st = filled == NULL
                 ? autki_no_memory(err, cells)
                 : place_pairs(e, &list, filled, opts->scale_usd > 0 ? opts->scale_usd : 1, opts,
                               source, err);
        free(filled);
    }
    autki_names_deinit(&list.regions);
    free(list.at);
    if (st != AUTK_OK) {
        autk_economy_free(e);
        return st;
    }
    return close_one_sector(out, e, opts, source, err);
}

/* ------------------------------------------------------------------ matrix */

/* Names from the first column of a CSV with a header. */
static autk_status read_labels(autki_names *names, const char *path, autk_err *err)
{
    autk_input *input = NULL;
    autki_csv *csv = NULL;
    const autki_field *fields;
    size_t n = 1;
    autk_status st = autk_input_open(&input, path, err);
    if (st == AUTK_OK)
        st = autki_csv_create(&csv, input, NULL, err);
    for (bool header = true; st == AUTK_OK; header = false) {
        bool is_new = true;
        int32_t at;
        st = autki_csv_next(csv, &fields, &n, err);
        if (st != AUTK_OK || n == 0)
            break;
        if (!header)
            st = autki_names_add(&at, names, fields[0].text, fields[0].len, AUTKI_MAX_REGIONS,
                                 &is_new, err);
        if (st == AUTK_OK && !is_new)
            st = autki_csv_bad_field(csv, &fields[0], "a name not given before", err);
    }
    autki_csv_free(csv);
    autk_input_free(input);
    return st;
}

typedef struct matrix {
    autki_names regions;
    autk_economy *e;
    size_t skip; /* 1 when the rows begin with a name */
    size_t n_columns, n_rows;
    bool *filled; /* [regions.n] rows */
    size_t empty, negative;
} matrix;

/* The header names the columns, unless labels come from a file. A first field that is empty or
 * names the corner stands over a column of row names. */
static autk_status matrix_header(matrix *m, const autki_csv *csv, const autki_field *fields,
                                 size_t n, bool labelled, const char *source, autk_err *err)
{
    m->skip = n > 0 && (fields[0].len == 0 || autki_field_is(&fields[0], "exporter"));
    m->n_columns = n - m->skip;
    if (labelled) {
        if ((size_t)m->regions.n != m->n_columns)
            return autki_fail_at(err, AUTK_EDATA, source, autki_csv_line(csv), 0,
                                 "expected %d columns, one a label, got %zu", (int)m->regions.n,
                                 m->n_columns);
        return AUTK_OK;
    }
    for (size_t i = m->skip; i < n; i++) {
        bool is_new;
        int32_t at;
        autk_status st = autki_names_add(&at, &m->regions, fields[i].text, fields[i].len,
                                         AUTKI_MAX_REGIONS, &is_new, err);
        if (st == AUTK_OK && !is_new)
            st = autki_csv_bad_field(csv, &fields[i], "a name not given before", err);
        if (st != AUTK_OK)
            return st;
    }
    return AUTK_OK;
}

static autk_status matrix_row(matrix *m, const autki_csv *csv, const autki_field *fields, size_t n,
                              const autk_economy_opts *opts, const char *source, autk_err *err)
{
    double scale = opts->scale_usd > 0 ? opts->scale_usd : 1;
    int32_t row = (int32_t)m->n_rows++;
    if (n != m->n_columns + m->skip)
        return autki_fail_at(err, AUTK_EDATA, source, autki_csv_line(csv), 0,
                             "expected a square matrix with %zu fields a row, got %zu",
                             m->n_columns + m->skip, n);
    if (row >= m->e->regions.n)
        return autki_fail_at(err, AUTK_EDATA, source, autki_csv_line(csv), 0,
                             "expected %d rows as there are columns, got more",
                             (int)m->e->regions.n);
    if (m->skip) {
        row = autki_names_find(&m->e->regions, fields[0].text, fields[0].len);
        if (row < 0)
            return autki_csv_bad_field(csv, &fields[0], "the name of a column", err);
        if (m->filled[row])
            return autki_csv_bad_field(csv, &fields[0], "each row once", err);
        m->filled[row] = true;
    }
    for (size_t i = m->skip; i < n; i++) {
        int32_t column = (int32_t)(i - m->skip);
        double value = 0;
        if (fields[i].len == 0) {
            bool derived = column == row && opts->domestic != AUTK_DOMESTIC_GIVEN;
            m->empty += !derived;
            if (!derived && !(opts->repair & AUTK_REPAIR_MISSING))
                return autki_csv_bad_field(
                    csv, &fields[i], "a flow (--repair missing takes an empty cell as 0)", err);
        } else {
            autk_status st = take_flow(&value, csv, &fields[i], column == row, opts, err);
            if (st != AUTK_OK)
                return st;
        }
        m->negative += value < 0;
        m->e->flow[autki_cell(m->e, 0, row, column)] = value > 0 ? value * scale : 0;
    }
    return AUTK_OK;
}

static autk_status read_matrix_rows(matrix *m, autki_csv *csv, const autk_economy_opts *opts,
                                    const char *source, autk_err *err)
{
    const autki_field *fields;
    size_t n;
    autk_status st = autki_csv_next(csv, &fields, &n, err);
    if (st == AUTK_OK)
        st = matrix_header(m, csv, fields, n, opts->labels_path != NULL, source, err);
    if (st == AUTK_OK && m->regions.n < 2)
        st = autki_fail_at(err, AUTK_EDATA, source, 1, 0, "expected at least 2 economies, got %d",
                           (int)m->regions.n);
    if (st == AUTK_OK)
        st = one_sector(&m->e, &m->regions, err);
    if (st == AUTK_OK) {
        m->filled = autki_calloc((size_t)m->e->regions.n, sizeof *m->filled);
        if (m->filled == NULL)
            st = autki_no_memory(err, (size_t)m->e->regions.n);
    }
    while (st == AUTK_OK) {
        st = autki_csv_next(csv, &fields, &n, err);
        if (st != AUTK_OK || n == 0)
            break;
        st = matrix_row(m, csv, fields, n, opts, source, err);
    }
    if (st == AUTK_OK && m->n_rows != m->n_columns)
        st = autki_fail_at(err, AUTK_EDATA, source, 0, 0,
                           "expected %zu rows as there are columns, got %zu", m->n_columns,
                           m->n_rows);
    if (st == AUTK_OK && m->empty != 0)
        st = autki_economy_notef(m->e, err, "repaired: %zu empty cells are now 0", m->empty);
    if (st == AUTK_OK && m->negative != 0)
        st = autki_economy_notef(m->e, err, "repaired: %zu negative flows are now 0", m->negative);
    return st;
}

autk_status autki_read_matrix(autk_economy **out, autk_input *input, const autk_economy_opts *opts,
                              autk_err *err)
{
    autki_csv *csv = NULL;
    matrix m = {0};
    const char *source = autk_input_name(input);
    autk_status st = AUTK_OK;
    if (opts->labels_path != NULL)
        st = read_labels(&m.regions, opts->labels_path, err);
    if (st == AUTK_OK)
        st = autki_csv_create(&csv, input, NULL, err);
    if (st == AUTK_OK)
        st = read_matrix_rows(&m, csv, opts, source, err);
    autki_csv_free(csv);
    autki_names_deinit(&m.regions);
    free(m.filled);
    if (st != AUTK_OK) {
        autk_economy_free(m.e);
        return st;
    }
    return close_one_sector(out, m.e, opts, source, err);
}
