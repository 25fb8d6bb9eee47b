/* The tables of the transport part: places, closures, sea distances, lanes, outlines. */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/fail.h"
#include "base/mem.h"
#include "base/text.h"
#include "corridor/network.h"
#include "data/csv.h"

#define MAX_ROWS 100000

const char *autki_keep_text(autk_network *net, const char *text, size_t len)
{
    if (autki_grow(&net->kept, &net->kept_capacity, net->n_kept + 1, sizeof *net->kept,
                   16 * MAX_ROWS, NULL) != AUTK_OK)
        return NULL;
    char *copy = autki_strndup(text, len);
    if (copy != NULL)
        net->kept[net->n_kept++] = copy;
    return copy;
}

static autk_status keep_field(const char **out, autk_network *net, const autki_field *field,
                              autk_err *err)
{
    *out = autki_keep_text(net, field->text, field->len);
    return *out != NULL ? AUTK_OK : autki_no_memory(err, field->len + 1);
}

/* One pass over a table whose columns are named: a callback for each record. */
typedef struct table_reader {
    autki_csv *csv;
    const autki_field *fields;
    size_t columns[12];
    autk_network *net;
    autk_err *err;
} table_reader;

static const autki_field *field_at(const table_reader *in, size_t column)
{
    return &in->fields[in->columns[column]];
}

static autk_status read_table(table_reader *in, autk_input *input, const char *const *names,
                              size_t n_names, autk_status (*record)(table_reader *in, void *user),
                              void *user)
{
    autk_status st = autki_csv_create(&in->csv, input, NULL, in->err);
    if (st == AUTK_OK)
        st = autki_csv_header(in->csv, names, n_names, in->columns, in->err);
    size_t last = 0, n = 1;
    for (size_t i = 0; st == AUTK_OK && i < n_names; i++)
        last = in->columns[i] > last ? in->columns[i] : last;
    while (st == AUTK_OK) {
        st = autki_csv_next(in->csv, &in->fields, &n, in->err);
        if (st != AUTK_OK || n == 0)
            break;
        st = n > last ? record(in, user)
                      : autki_fail_at(in->err, AUTK_EPARSE, autk_input_name(input),
                                      autki_csv_line(in->csv), 1,
                                      "expected at least %zu fields, got %zu", last + 1, n);
    }
    autki_csv_free(in->csv);
    return st;
}

/* ------------------------------------------------------------------ places */

static autk_status number_in(double *value, const table_reader *in, size_t column, double low,
                             double high, const char *what)
{
    const autki_field *f = field_at(in, column);
    autk_status st = autki_csv_double(value, in->csv, f, what, in->err);
    if (st == AUTK_OK && !(*value >= low && *value <= high)) {
        char expected[80];
        (void)snprintf(expected, sizeof expected, "%s from %g to %g", what, low, high);
        st = autki_csv_bad_field(in->csv, f, expected, in->err);
    }
    return st;
}

int32_t autki_code_index(const autk_network *net, const char *code)
{
    for (size_t i = 0; i < net->n_codes; i++) {
        if (strcmp(net->codes[i], code) == 0)
            return (int32_t)i;
    }
    return -1;
}

static autk_status grow_codes(autk_network *net, autk_err *err)
{
    if (net->n_codes < net->codes_capacity)
        return AUTK_OK;
    size_t capacity = net->codes_capacity;
    autk_status st =
        autki_grow(&net->codes, &capacity, net->n_codes + 1, sizeof *net->codes, MAX_ROWS, err);
    int32_t **columns[] = {&net->code_city, &net->code_gauge, &net->code_economy};
    for (size_t i = 0; st == AUTK_OK && i < 3; i++) {
        int32_t *bigger = realloc(*columns[i], capacity * sizeof **columns[i]);
        if (bigger == NULL)
            return autki_no_memory(err, capacity * sizeof **columns[i]);
        *columns[i] = bigger;
    }
    if (st == AUTK_OK)
        net->codes_capacity = capacity;
    return st;
}

/* Index of a code, taking it up when it is new; "" gives -1. */
static autk_status code_of(int32_t *index, table_reader *in, size_t column)
{
    autk_network *net = in->net;
    const autki_field *f = field_at(in, column);
    *index = -1;
    if (f->len == 0)
        return AUTK_OK;
    if (f->len != 3)
        return autki_csv_bad_field(in->csv, f, "an alpha-3 code", in->err);
    char code[4] = {f->text[0], f->text[1], f->text[2], '\0'};
    *index = autki_code_index(net, code);
    if (*index >= 0)
        return AUTK_OK;
    autk_status st = grow_codes(net, in->err);
    if (st != AUTK_OK)
        return st;
    *index = (int32_t)net->n_codes++;
    memcpy(net->codes[*index], code, sizeof code);
    net->code_city[*index] = -1;
    net->code_gauge[*index] = 0;
    net->code_economy[*index] = -2;
    int32_t economy;
    if (net->world != NULL &&
        autk_world_find_economy(&economy, net->world, code, 0, NULL) == AUTK_OK)
        net->code_economy[*index] = economy;
    return AUTK_OK;
}

static autk_status kind_of(autk_place_kind *kind, const table_reader *in, size_t column)
{
    static const char *const names[] = {"city", "place", "crossing", "port", "gate"};
    const autki_field *f = field_at(in, column);
    for (int i = 0; i < 5; i++) {
        if (autki_field_is(f, names[i])) {
            *kind = (autk_place_kind)i;
            return AUTK_OK;
        }
    }
    return autki_csv_bad_field(in->csv, f, "city, place, crossing, port or gate", in->err);
}

enum { P_ID, P_KIND, P_NAME, P_CODE, P_LAND, P_CODE2, P_LAND2, P_MODES, P_GAUGE, P_LAT, P_LON };

static autk_status land_of(int32_t *land, const table_reader *in, size_t column)
{
    const autki_field *f = field_at(in, column);
    double value = 0;
    autk_status st = f->len == 0 ? AUTK_OK : number_in(&value, in, column, 0, 1e6, "a landmass");
    *land = (int32_t)value;
    return st;
}

static bool has_word(const autki_field *f, const char *word)
{
    size_t len = strlen(word);
    for (size_t i = 0; i + len <= f->len; i++) {
        if (memcmp(f->text + i, word, len) == 0)
            return true;
    }
    return false;
}

static autk_status toll_of(const char **toll, table_reader *in, autk_place_kind kind)
{
    const autki_field *f = field_at(in, P_MODES);
    *toll = "";
    if (kind != AUTK_PLACE_GATE)
        return AUTK_OK;
    if (!autki_field_is(f, "canal") && !autki_field_is(f, "strait") && !autki_field_is(f, "ice"))
        return autki_csv_bad_field(in->csv, f, "canal, strait or ice", in->err);
    return keep_field(toll, in->net, f, in->err);
}

static autk_status fill_place(table_reader *in, autk_place *p, int32_t code[2], int32_t *gauge)
{
    autk_network *net = in->net;
    autk_status st = keep_field(&p->id, net, field_at(in, P_ID), in->err);
    if (st == AUTK_OK)
        st = keep_field(&p->name, net, field_at(in, P_NAME), in->err);
    if (st == AUTK_OK)
        st = kind_of(&p->kind, in, P_KIND);
    for (size_t side = 0; st == AUTK_OK && side < 2; side++) {
        st = code_of(&code[side], in, side == 0 ? P_CODE : P_CODE2);
        if (st == AUTK_OK)
            st = land_of(&p->land[side], in, side == 0 ? P_LAND : P_LAND2);
        p->economy[side] = -1;
        if (st == AUTK_OK && code[side] >= 0)
            p->economy[side] = net->code_economy[code[side]];
    }
    double value = 0;
    if (st == AUTK_OK && field_at(in, P_GAUGE)->len != 0)
        st = number_in(&value, in, P_GAUGE, 300, 3000, "a gauge in mm");
    *gauge = (int32_t)value;
    if (st == AUTK_OK)
        st = number_in(&p->lat, in, P_LAT, -90, 90, "a latitude");
    if (st == AUTK_OK)
        st = number_in(&p->lon, in, P_LON, -180, 180, "a longitude");
    p->rail = has_word(field_at(in, P_MODES), "rail");
    p->road = has_word(field_at(in, P_MODES), "road");
    return st;
}

static autk_status place_record(table_reader *in, void *user)
{
    (void)user;
    autk_network *net = in->net;
    autk_place p = {0};
    int32_t code[2], gauge;
    const char *toll = "";
    autk_status st = fill_place(in, &p, code, &gauge);
    if (st == AUTK_OK)
        st = toll_of(&toll, in, p.kind);
    if (st == AUTK_OK)
        st = autki_grow(&net->gate_toll, &net->gate_toll_capacity, net->n_places + 1,
                        sizeof *net->gate_toll, MAX_ROWS, in->err);
    bool two = p.kind == AUTK_PLACE_CROSSING, none = p.kind == AUTK_PLACE_GATE;
    if (st == AUTK_OK && ((code[0] < 0) != none || (code[1] >= 0) != two))
        st =
            autki_csv_bad_field(in->csv, field_at(in, none ? P_CODE : P_CODE2),
                                "two economies for a crossing, none for a gate, else one", in->err);
    if (st == AUTK_OK && net->n_places == net->places_capacity) {
        size_t capacity = net->places_capacity;
        st = autki_grow(&net->places, &capacity, net->n_places + 1, sizeof *net->places, MAX_ROWS,
                        in->err);
        void *codes =
            st == AUTK_OK ? realloc(net->place_code, capacity * sizeof *net->place_code) : NULL;
        net->place_code = codes != NULL ? codes : net->place_code;
        if (st == AUTK_OK && codes == NULL)
            st = autki_no_memory(in->err, capacity * sizeof *net->place_code);
        if (st == AUTK_OK)
            net->places_capacity = capacity;
    }
    if (st != AUTK_OK)
        return st;
    int32_t index = (int32_t)net->n_places++;
    net->places[index] = p;
    net->gate_toll[index] = toll;
    memcpy(net->place_code[index], code, sizeof code);
    if (p.kind == AUTK_PLACE_CITY && net->code_city[code[0]] < 0) {
        net->code_city[code[0]] = index;
        net->code_gauge[code[0]] = gauge;
    }
    return AUTK_OK;
}

autk_status autki_read_places(autk_network *net, autk_input *input, autk_err *err)
{
    static const char *const names[] = {"id",    "kind",  "name",     "economy", "land", "economy2",
                                        "land2", "modes", "gauge_mm", "lat",     "lon"};
    table_reader in = {.net = net, .err = err};
    autk_status st = read_table(&in, input, names, 11, place_record, NULL);
    for (size_t i = 0; st == AUTK_OK && i < net->n_places; i++) {
        for (size_t side = 0; side < 2; side++) {
            int32_t code = net->place_code[i][side];
            net->places[i].code[side] = code >= 0 ? net->codes[code] : "";
        }
    }
    return st;
}

/* ------------------------------------------------------------------ closures */

enum { C_WHAT, C_KIND, C_MODES, C_GOODS_OF, C_PRODUCT, C_FROM, C_TO, C_TITLE, C_SOURCE };

static autk_status closure_record(table_reader *in, void *user)
{
    (void)user;
    autk_network *net = in->net;
    autki_closure_row row = {.line = autki_csv_line(in->csv)};
    const char **texts[] = {&row.what, &row.kind, &row.modes, &row.goods_of, &row.product,
                            NULL,      NULL,      &row.title, &row.source};
    autk_status st = AUTK_OK;
    for (size_t i = 0; st == AUTK_OK && i < 9; i++) {
        if (texts[i] != NULL)
            st = keep_field(texts[i], net, field_at(in, i), in->err);
    }
    double from = 0, to = 99999999;
    if (st == AUTK_OK)
        st = number_in(&from, in, C_FROM, 19000101, 99991231, "a date yyyymmdd");
    if (st == AUTK_OK && field_at(in, C_TO)->len != 0)
        st = number_in(&to, in, C_TO, from, 99991231, "a date yyyymmdd not before the start");
    row.from_date = (int32_t)from;
    row.to_date = (int32_t)to;
    if (st == AUTK_OK)
        st = autki_grow(&net->closure_rows, &net->closure_rows_capacity, net->n_closure_rows + 1,
                        sizeof row, MAX_ROWS, in->err);
    if (st == AUTK_OK)
        net->closure_rows[net->n_closure_rows++] = row;
    return st;
}

autk_status autki_read_closures(autk_network *net, autk_input *input, autk_err *err)
{
    static const char *const names[] = {"what", "kind", "modes", "goods_of", "product",
                                        "from", "to",   "title", "source"};
    table_reader in = {.net = net, .err = err};
    return read_table(&in, input, names, 9, closure_record, NULL);
}

/* ------------------------------------------------------------------ sea distances */

typedef struct sea_rows {
    const autk_network *net;
    int32_t *terminals; /* in order of the table's rows */
    char **cells;       /* each row's distances */
    size_t n, capacity, cells_capacity;
} sea_rows;

static autk_status sea_record(table_reader *in, void *user)
{
    sea_rows *rows = user;
    const autki_field *label = field_at(in, 0), *cells = field_at(in, 1);
    int32_t terminal = autki_terminal_of_label(rows->net, label->text, label->len);
    if (terminal < 0)
        return autki_csv_bad_field(in->csv, label, "a port, or a side of a gate as \"suez:a\"",
                                   in->err);
    autk_status st = autki_grow(&rows->terminals, &rows->capacity, rows->n + 1,
                                sizeof *rows->terminals, MAX_ROWS, in->err);
    if (st == AUTK_OK)
        st = autki_grow(&rows->cells, &rows->cells_capacity, rows->n + 1, sizeof *rows->cells,
                        MAX_ROWS, in->err);
    char *copy = st == AUTK_OK ? autki_strndup(cells->text, cells->len) : NULL;
    if (st == AUTK_OK && copy == NULL)
        st = autki_no_memory(in->err, cells->len);
    if (st != AUTK_OK)
        return st;
    rows->terminals[rows->n] = terminal;
    rows->cells[rows->n++] = copy;
    return AUTK_OK;
}

/* One row's "12 - 345": kilometres to the terminals further down; false where it is damaged. */
static bool fill_sea_row(float *km, const sea_rows *rows, size_t row)
{
    size_t n = (size_t)rows->net->n_terminals, a = (size_t)rows->terminals[row];
    const char *at = rows->cells[row];
    for (size_t k = row + 1; k < rows->n; k++) {
        size_t b = (size_t)rows->terminals[k];
        size_t len = strcspn(at, " ");
        double value = 0;
        if (len == 1 && *at == '-')
            value = NAN;
        else if (!autki_parse_double(at, len, &value) || value < 0 || value > 50000)
            return false;
        km[a * n + b] = km[b * n + a] = (float)value;
        at += len + (at[len] == ' ');
    }
    return *at == '\0';
}

autk_status autki_read_sea(float *km, const autk_network *net, autk_input *input, autk_err *err)
{
    static const char *const names[] = {"terminal", "km_to_those_below"};
    sea_rows rows = {.net = net};
    table_reader in = {.err = err};
    autk_status st = read_table(&in, input, names, 2, sea_record, &rows);
    size_t n = (size_t)net->n_terminals;
    for (size_t i = 0; i < n * n; i++)
        km[i] = NAN;
    for (size_t i = 0; st == AUTK_OK && i < rows.n; i++) {
        if (!fill_sea_row(km, &rows, i))
            st = autki_fail_at(err, AUTK_EPARSE, autk_input_name(input), (int64_t)i + 2, 0,
                               "expected %zu distances in km or '-', separated by blanks",
                               rows.n - i - 1);
    }
    for (size_t i = 0; i < rows.n; i++)
        free(rows.cells[i]);
    free(rows.cells);
    free(rows.terminals);
    return st;
}

/* ------------------------------------------------------------------ lines */

/* "x y dx dy …" in whole fractions of a degree, appended to points. */
static autk_status decode_line(double **points, size_t *n_points, size_t *capacity, size_t *n,
                               const table_reader *in, size_t column, double per_degree)
{
    const autki_field *f = field_at(in, column);
    const char *at = f->text, *stop = f->text + f->len;
    int64_t sum[2] = {0, 0};
    size_t count = 0;
    while (at < stop) {
        const char *blank = memchr(at, ' ', (size_t)(stop - at));
        const char *end = blank != NULL ? blank : stop;
        int64_t step;
        if (!autki_parse_int64(at, (size_t)(end - at), &step) || step < -100000 || step > 100000 ||
            count > 1000000)
            return autki_csv_bad_field(in->csv, f, "a line as whole numbers", in->err);
        sum[count % 2] += step;
        autk_status st =
            autki_grow(points, capacity, *n_points + 1, sizeof **points, 64000000, in->err);
        if (st != AUTK_OK)
            return st;
        (*points)[(*n_points)++] = (double)sum[count % 2] / per_degree;
        count++;
        at = end + (end < stop);
    }
    if (count % 2 != 0 || count < 4)
        return autki_csv_bad_field(in->csv, f, "pairs of numbers, at least two", in->err);
    *n = count / 2;
    return AUTK_OK;
}

/* A lane's end: a terminal's label, or the number of a junction, which stands behind them. */
static autk_status lane_end(int32_t *node, const table_reader *in, size_t column)
{
    autk_network *net = in->net;
    const autki_field *f = field_at(in, column);
    int64_t junction;
    if (autki_parse_int64(f->text, f->len, &junction) && junction >= 0 && junction < MAX_ROWS) {
        *node = net->n_terminals + (int32_t)junction;
        if ((size_t)*node >= net->n_lane_nodes)
            net->n_lane_nodes = (size_t)*node + 1;
        return AUTK_OK;
    }
    *node = autki_terminal_of_label(net, f->text, f->len);
    return *node >= 0
               ? AUTK_OK
               : autki_csv_bad_field(in->csv, f, "a terminal or a junction's number", in->err);
}

static autk_status lane_record(table_reader *in, void *user)
{
    (void)user;
    autk_network *net = in->net;
    autki_lane lane = {.first = net->n_lane_points};
    autk_status st = lane_end(&lane.from, in, 0);
    if (st == AUTK_OK)
        st = lane_end(&lane.to, in, 1);
    if (st == AUTK_OK)
        st = number_in(&lane.km, in, 2, 0, 50000, "a distance in km");
    if (st == AUTK_OK)
        st = decode_line(&net->lane_points, &net->n_lane_points, &net->lane_points_capacity,
                         &lane.n, in, 3, 10);
    if (st == AUTK_OK)
        st = autki_grow(&net->lanes, &net->lanes_capacity, net->n_lanes + 1, sizeof lane, MAX_ROWS,
                        in->err);
    if (st == AUTK_OK)
        net->lanes[net->n_lanes++] = lane;
    return st;
}

autk_status autki_read_lanes(autk_network *net, autk_input *input, autk_err *err)
{
    static const char *const names[] = {"from", "to", "km", "line_tenth_deg"};
    table_reader in = {.net = net, .err = err};
    net->n_lane_nodes = (size_t)net->n_terminals;
    return read_table(&in, input, names, 4, lane_record, NULL);
}

static autk_status outline_record(table_reader *in, void *user)
{
    (void)user;
    autk_network *net = in->net;
    autk_outline o = {0};
    size_t first = net->n_outline_points;
    autk_status st = keep_field(&o.code, net, field_at(in, 0), in->err);
    if (st == AUTK_OK)
        st = decode_line(&net->outline_points, &net->n_outline_points,
                         &net->outline_points_capacity, &o.n, in, 1, 100);
    if (st == AUTK_OK)
        st = autki_grow(&net->outline_first, &net->outline_first_capacity, net->n_outlines + 1,
                        sizeof *net->outline_first, MAX_ROWS, in->err);
    if (st == AUTK_OK)
        st = autki_grow(&net->outlines, &net->outlines_capacity, net->n_outlines + 1, sizeof o,
                        MAX_ROWS, in->err);
    if (st != AUTK_OK)
        return st;
    net->outline_first[net->n_outlines] = first;
    net->outlines[net->n_outlines++] = o;
    return AUTK_OK;
}

autk_status autki_read_outlines(autk_network *net, autk_input *input, autk_err *err)
{
    static const char *const names[] = {"economy", "ring_hundredth_deg"};
    table_reader in = {.net = net, .err = err};
    autk_status st = read_table(&in, input, names, 2, outline_record, NULL);
    for (size_t i = 0; st == AUTK_OK && i < net->n_outlines; i++)
        net->outlines[i].points = net->outline_points + net->outline_first[i];
    return st;
}
