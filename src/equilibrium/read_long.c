/*
 * A folder of long CSVs: trade.csv (sector, exporter, importer, value, ?tariff), and where there
 * are input-output links intermediate_consumption.csv (input, sector, region, value),
 * final_consumption.csv and value_added.csv (sector, region, value); theta.csv (sector, value).
 * Regions and sectors are those of trade.csv, in order of appearance; every cell exactly once.
 */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/fail.h"
#include "base/mem.h"
#include "data/csv.h"
#include "equilibrium/scenario.h"

#define MAX_ROWS ((size_t)1 << 28)

typedef struct row {
    int32_t key[3];
    int64_t line;
    double value, tariff;
} row;

typedef struct rows {
    row *at;
    size_t n, capacity;
    bool has_tariff;
} rows;

/* A file of the folder, its key columns and their names. */
typedef struct long_file {
    const char *name;
    const char *columns[5]; /* keys, then "value", then "?tariff" */
    size_t n_keys;
    autki_names *names[3];
    bool grows[3]; /* a new name is added; else it is an error */
} long_file;

static autk_status open_file(autk_input **input, autki_csv **csv, const char *folder,
                             const char *name, autk_err *err)
{
    char path[1024];
    int len = snprintf(path, sizeof path, "%s/%s", folder, name);
    if (len < 0 || (size_t)len >= sizeof path)
        return autki_fail(err, AUTK_EARG, "expected a path of at most %zu bytes", sizeof path - 1);
    autk_status st = autk_input_open(input, path, err);
    if (st == AUTK_OK)
        st = autki_csv_create(csv, *input, NULL, err);
    return st;
}

static autk_status find_key(int32_t *key, const long_file *file, size_t k, const autki_csv *csv,
                            const autki_field *field, const char *source, autk_err *err)
{
    static const char *const what[] = {"a sector", "an economy"};
    if (field->len == 0)
        return autki_csv_bad_field(csv, field, "a name", err);
    bool sector = strcmp(file->columns[k], "sector") == 0 || strcmp(file->columns[k], "input") == 0;
    if (file->grows[k])
        return autki_names_add(key, file->names[k], field->text, field->len,
                               sector ? AUTKI_MAX_SECTORS : AUTKI_MAX_REGIONS, NULL, err);
    *key = autki_names_find(file->names[k], field->text, field->len);
    if (*key >= 0)
        return AUTK_OK;
    char name[100];
    (void)snprintf(name, sizeof name, "%.*s", (int)(field->len < 99 ? field->len : 99),
                   field->text);
    return autki_names_unknown(file->names[k], what[!sector], name, source, autki_csv_line(csv),
                               field->column, err);
}

static autk_status take_row(rows *out, const long_file *file, const autki_csv *csv,
                            const autki_field *fields, size_t n, const size_t *columns,
                            const char *source, autk_err *err)
{
    row r = {.line = autki_csv_line(csv)};
    for (size_t k = 0; k < file->n_keys + 2; k++) {
        if (columns[k] == SIZE_MAX)
            continue;
        if (columns[k] >= n)
            return autki_fail_at(err, AUTK_EPARSE, source, r.line, 0,
                                 "expected at least %zu fields, got %zu", columns[k] + 1, n);
        const autki_field *field = &fields[columns[k]];
        autk_status st;
        if (k < file->n_keys)
            st = find_key(&r.key[k], file, k, csv, field, source, err);
        else
            st = autki_csv_double(k == file->n_keys ? &r.value : &r.tariff, csv, field,
                                  k == file->n_keys ? "a value" : "a tariff rate", err);
        if (st != AUTK_OK)
            return st;
    }
    autk_status st =
        autki_grow(&out->at, &out->capacity, out->n + 1, sizeof *out->at, MAX_ROWS, err);
    if (st == AUTK_OK)
        out->at[out->n++] = r;
    return st;
}

static autk_status read_rows(rows *out, const char *folder, const long_file *file, autk_err *err)
{
    autk_input *input = NULL;
    autki_csv *csv = NULL;
    size_t columns[5] = {SIZE_MAX, SIZE_MAX, SIZE_MAX, SIZE_MAX, SIZE_MAX}, n = 1;
    const autki_field *fields;
    autk_status st = open_file(&input, &csv, folder, file->name, err);
    size_t n_columns = file->n_keys + 1 + (file->columns[file->n_keys + 1] != NULL);
    if (st == AUTK_OK)
        st = autki_csv_header(csv, file->columns, n_columns, columns, err);
    out->has_tariff = n_columns == file->n_keys + 2 && columns[file->n_keys + 1] != SIZE_MAX;
    while (st == AUTK_OK) {
        st = autki_csv_next(csv, &fields, &n, err);
        if (st != AUTK_OK || n == 0)
            break;
        st = take_row(out, file, csv, fields, n, columns, autk_input_name(input), err);
    }
    autki_csv_free(csv);
    autk_input_free(input);
    return st;
}

/* Put rows into cells; `filled` counts how often each was given. */
typedef struct placing {
    const long_file *file;
    const char *folder;
    autk_economy *e;
    double *cells;
    size_t (*at)(const autk_economy *, const int32_t *key);
    size_t n_cells;
    bool signed_values;
    unsigned repair;
} placing;

static void describe(char *out, size_t size, const placing *p, const int32_t *key)
{
    size_t used = 0;
    out[0] = '\0';
    for (size_t k = 0; k < p->file->n_keys && used < size; k++) {
        int len = snprintf(out + used, size - used, "%s%s", k == 0 ? "" : ", ",
                           p->file->names[k] == NULL ? "" : p->file->names[k]->name[key[k]]);
        used += len > 0 ? (size_t)len : 0;
    }
}

static autk_status place_rows(const placing *p, const rows *r, bool *filled, size_t *negatives,
                              autk_err *err)
{
    char cell[200], source[1024];
    (void)snprintf(source, sizeof source, "%s/%s", p->folder, p->file->name);
    for (size_t i = 0; i < r->n; i++) {
        row *line = &r->at[i];
        size_t at = p->at(p->e, line->key);
        describe(cell, sizeof cell, p, line->key);
        if (filled[at])
            return autki_fail_at(err, AUTK_EDATA, source, line->line, 0,
                                 "expected one row for (%s), got another", cell);
        filled[at] = true;
        double value = line->value;
        if (!(value >= 0) && !p->signed_values) {
            if (!(p->repair & AUTK_REPAIR_NEGATIVE))
                return autki_fail_at(err, AUTK_EDATA, source, line->line, 0,
                                     "expected a value of at least 0 for (%s), got %.6g", cell,
                                     value);
            value = 0;
            ++*negatives;
        }
        p->cells[at] = value;
        if (r->has_tariff && p->cells == p->e->flow)
            p->e->tariff[at] = line->tariff;
    }
    return AUTK_OK;
}

static autk_status place_all(const placing *p, const rows *r, size_t expected, autk_err *err)
{
    char source[1024];
    (void)snprintf(source, sizeof source, "%s/%s", p->folder, p->file->name);
    bool *filled = autki_calloc(p->n_cells, sizeof *filled);
    size_t negatives = 0;
    if (filled == NULL)
        return autki_no_memory(err, p->n_cells);
    autk_status st = place_rows(p, r, filled, &negatives, err);
    free(filled);
    if (st == AUTK_OK && negatives != 0)
        st = autki_economy_notef(p->e, err, "repaired: %zu negative values of %s are now 0",
                                 negatives, p->file->name);
    if (st != AUTK_OK || r->n == expected)
        return st;
    if (!(p->repair & AUTK_REPAIR_MISSING))
        return autki_fail_at(err, AUTK_EDATA, source, 0, 0,
                             "expected a row for each of %zu cells, got %zu; a missing row is "
                             "unknown, not 0 (--repair missing makes it 0)",
                             expected, r->n);
    return autki_economy_notef(p->e, err, "repaired: %zu cells missing in %s are now 0",
                               expected - r->n, p->file->name);
}

static size_t at_flow(const autk_economy *e, const int32_t *key)
{
    return autki_cell(e, key[0], key[1], key[2]);
}

static size_t at_use(const autk_economy *e, const int32_t *key)
{
    return autki_use_at(e, key[1], key[0], key[2]);
}

static size_t at_plane(const autk_economy *e, const int32_t *key)
{
    return autki_at(e, key[0], key[1]);
}

static bool has_file(const char *folder, const char *name)
{
    char path[1024];
    int len = snprintf(path, sizeof path, "%s/%s", folder, name);
    return len > 0 && (size_t)len < sizeof path && access(path, R_OK) == 0;
}

static autk_status read_uses(autk_economy *e, const char *folder, const autk_economy_opts *opts,
                             autk_err *err)
{
    autki_names *s = &e->sectors, *r = &e->regions;
    size_t n_s = (size_t)s->n, n_r = (size_t)r->n, plane = n_s * e->stride;
    long_file files[] = {{.name = "intermediate_consumption.csv",
                          .columns = {"input", "sector", "region", "value"},
                          .n_keys = 3,
                          .names = {s, s, r}},
                         {.name = "final_consumption.csv",
                          .columns = {"sector", "region", "value"},
                          .n_keys = 2,
                          .names = {s, r}},
                         {.name = "value_added.csv",
                          .columns = {"sector", "region", "value"},
                          .n_keys = 2,
                          .names = {s, r}}};
    double *cells[] = {e->input_use, e->final_use, e->value_added};
    size_t counts[] = {n_s * n_s * n_r, n_s * n_r, n_s * n_r};
    autk_status st = AUTK_OK;
    for (size_t f = 0; st == AUTK_OK && f < 3; f++) {
        rows r_ = {0};
        placing p = {.file = &files[f],
                     .folder = folder,
                     .e = e,
                     .cells = cells[f],
                     .at = f == 0 ? at_use : at_plane,
                     .n_cells = f == 0 ? n_s * plane : plane,
                     /* A single use may be negative (change of stocks); its sum may not. */
                     .signed_values = f == 0,
                     .repair = opts->repair};
        st = read_rows(&r_, folder, &files[f], err);
        if (st == AUTK_OK)
            st = place_all(&p, &r_, counts[f], err);
        free(r_.at);
    }
    return st;
}

static autk_status read_theta(autk_economy *e, const char *folder, const char *name, autk_err *err)
{
    long_file file = {
        .name = name, .columns = {"sector", "value"}, .n_keys = 1, .names = {&e->sectors}};
    rows r = {0};
    autk_status st = read_rows(&r, folder, &file, err);
    for (size_t i = 0; st == AUTK_OK && i < r.n; i++) {
        if (e->theta[r.at[i].key[0]] != 0)
            st = autki_fail_at(err, AUTK_EDATA, name, r.at[i].line, 0,
                               "expected one theta for %s, got another",
                               e->sectors.name[r.at[i].key[0]]);
        else if (!(r.at[i].value > 0))
            st = autki_fail_at(err, AUTK_EDATA, name, r.at[i].line, 0,
                               "expected theta above 0, got %.6g", r.at[i].value);
        e->theta[r.at[i].key[0]] = r.at[i].value;
    }
    for (int32_t j = 0; st == AUTK_OK && j < e->sectors.n; j++) {
        if (!(e->theta[j] > 0))
            st = autki_fail_at(err, AUTK_EDATA, name, 0, 0, "expected a theta for %s, got none",
                               e->sectors.name[j]);
    }
    free(r.at);
    return st;
}

autk_status autki_read_theta_file(autk_economy *e, const char *path, autk_err *err)
{
    const char *slash = strrchr(path, '/');
    if (slash == NULL)
        return read_theta(e, ".", path, err);
    char *folder = autki_strndup(path, (size_t)(slash - path) + (slash == path));
    if (folder == NULL)
        return autki_no_memory(err, strlen(path));
    autk_status st = read_theta(e, folder, slash + 1, err);
    free(folder);
    return st;
}

static autk_status read_trade(autk_economy **out, const char *folder, const autk_economy_opts *opts,
                              autk_err *err)
{
    autki_names regions = {0}, sectors = {0};
    rows r = {0};
    autk_economy *e = NULL;
    long_file file = {.name = "trade.csv",
                      .columns = {"sector", "exporter", "importer", "value", "?tariff"},
                      .n_keys = 3,
                      .names = {&sectors, &regions, &regions},
                      .grows = {true, true, true}};
    autk_status st = read_rows(&r, folder, &file, err);
    if (st == AUTK_OK && r.n == 0)
        st = autki_fail_at(err, AUTK_EPARSE, file.name, 1, 0, "expected rows, got a header only");
    if (st == AUTK_OK)
        st = autki_economy_create(&e, &regions, &sectors, r.has_tariff, err);
    if (st == AUTK_OK) {
        size_t n = (size_t)e->regions.n, s = (size_t)e->sectors.n;
        file.names[0] = &e->sectors;
        file.names[1] = file.names[2] = &e->regions;
        placing p = {.file = &file,
                     .folder = folder,
                     .e = e,
                     .cells = e->flow,
                     .at = at_flow,
                     .n_cells = s * n * e->stride,
                     .repair = opts->repair};
        st = place_all(&p, &r, s * n * n, err);
    }
    free(r.at);
    autki_names_deinit(&regions);
    autki_names_deinit(&sectors);
    if (st != AUTK_OK) {
        autk_economy_free(e);
        return st;
    }
    *out = e;
    return AUTK_OK;
}

autk_status autki_read_long(autk_economy **out, const char *folder, const autk_economy_opts *opts,
                            autk_err *err)
{
    autk_economy *e = NULL;
    autk_status st = read_trade(&e, folder, opts, err);
    if (st != AUTK_OK)
        return st;
    bool links = has_file(folder, "value_added.csv");
    e->folder = autki_strdup(folder);
    if (e->folder == NULL)
        st = autki_no_memory(err, strlen(folder));
    if (st == AUTK_OK && !links && e->sectors.n > 1)
        st = autki_fail_at(err, AUTK_EDATA, folder, 0, 0,
                           "expected value_added.csv, final_consumption.csv and "
                           "intermediate_consumption.csv beside a trade.csv of %d sectors",
                           (int)e->sectors.n);
    if (st == AUTK_OK)
        st = links ? read_uses(e, folder, opts, err)
                   : autki_economy_close_one_sector(e, opts->value_added_share, folder, err);
    bool theta = has_file(folder, "theta.csv") && opts->theta_path == NULL;
    if (st == AUTK_OK && theta)
        st = read_theta(e, folder, "theta.csv", err);
    if (st == AUTK_OK)
        st = autki_economy_theta(e, opts, theta, err);
    if (st == AUTK_OK)
        st = autki_economy_finish(e, opts, folder, err);
    if (st != AUTK_OK) {
        autk_economy_free(e);
        return st;
    }
    *out = e;
    return AUTK_OK;
}

autk_status autki_read_column(double **out, const autk_economy *e, const char *column,
                              autk_err *err)
{
    if (e->folder == NULL)
        return autki_fail(err, AUTK_EDATA,
                          "expected an economy of long files for column %s, got another", column);
    /* The names are borrowed for look-ups only. */
    autki_names sectors = e->sectors, regions = e->regions;
    long_file file = {.name = "trade.csv",
                      .columns = {"sector", "exporter", "importer", column},
                      .n_keys = 3,
                      .names = {&sectors, &regions, &regions}};
    rows r = {0};
    size_t n = (size_t)e->regions.n, cells = (size_t)e->sectors.n * n * n;
    double *table = autki_malloc(cells, sizeof *table);
    autk_status st = table == NULL ? autki_no_memory(err, cells * sizeof *table) : AUTK_OK;
    for (size_t i = 0; st == AUTK_OK && i < cells; i++)
        table[i] = NAN;
    if (st == AUTK_OK)
        st = read_rows(&r, e->folder, &file, err);
    for (size_t i = 0; st == AUTK_OK && i < r.n; i++) {
        const int32_t *key = r.at[i].key;
        double *cell = &table[((size_t)key[0] * n + (size_t)key[2]) * n + (size_t)key[1]];
        if (!isnan(*cell))
            st = autki_fail_at(err, AUTK_EDATA, file.name, r.at[i].line, 0,
                               "expected one row for a cell, got another");
        *cell = r.at[i].value;
    }
    free(r.at);
    if (st != AUTK_OK) {
        free(table);
        return st;
    }
    *out = table;
    return AUTK_OK;
}
