/* Which places have a capacity: single settings, tables. */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <autarky/congestion.h>

#include "base/fail.h"
#include "base/mem.h"
#include "base/text.h"
#include "corridor/network.h"
#include "data/csv.h"
#include "data/world_asset.h"

#define MAX_LOADS 200
#define MAX_CAPACITY_T 1e15

void autk_loads_deinit(autk_loads *loads)
{
    free(loads->items);
    *loads = (autk_loads){0};
}

static autk_status put(autk_loads *loads, const autk_network *net, int32_t place, double capacity_t,
                       autk_err *err)
{
    autk_load load = {.place = autki_first_passage(net, place), .capacity_t = capacity_t};
    for (size_t i = 0; i < loads->n; i++) {
        if (loads->items[i].place == load.place) {
            loads->items[i] = load;
            return AUTK_OK;
        }
    }
    autk_status st =
        autki_grow(&loads->items, &loads->capacity, loads->n + 1, sizeof load, MAX_LOADS, err);
    if (st == AUTK_OK)
        loads->items[loads->n++] = load;
    return st;
}

static bool is_passed(const autk_network *net, int32_t place)
{
    return net->first_terminal[place] < net->first_terminal[place + 1];
}

static bool is_capacity(double value)
{
    return value > 0 && value <= MAX_CAPACITY_T;
}

autk_status autk_loads_set(autk_loads *loads, const autk_network *network, const char *assignment,
                           autk_err *err)
{
    const char *equals = strchr(assignment, '=');
    char name[120];
    int32_t place;
    double value;
    if (equals == NULL)
        return autki_fail(err, AUTK_EARG, "expected PLACE=TONNES, got \"%s\"", assignment);
    (void)snprintf(name, sizeof name, "%.*s", (int)(equals - assignment), assignment);
    autk_status st = autk_network_find(&place, network, name, err);
    if (st != AUTK_OK)
        return st;
    if (!is_passed(network, place))
        return autki_fail(err, AUTK_EARG,
                          "expected a crossing, port or strait with a capacity, got %s",
                          network->places[place].name);
    if (!autki_parse_double(equals + 1, strlen(equals + 1), &value) || !is_capacity(value))
        return autki_fail(err, AUTK_EARG,
                          "expected the capacity of %s in tonnes a year, above 0 and at most %g, "
                          "got \"%s\"",
                          network->places[place].name, MAX_CAPACITY_T, equals + 1);
    return put(loads, network, place, value, err);
}

/* ------------------------------------------------------------------ tables */

enum { K_PLACE, K_CAPACITY, K_GOODS, K_FROM, K_TO, K_COUNT };

typedef struct capacity_table {
    const autk_network *net;
    autki_csv *csv;
    const autki_field *fields;
    size_t columns[K_COUNT];
    int32_t date;
} capacity_table;

/* NULL when the table has no such column. */
static const autki_field *field_of(const capacity_table *t, int column)
{
    return t->columns[column] != SIZE_MAX ? &t->fields[t->columns[column]] : NULL;
}

static autk_status read_date(int32_t *date, const capacity_table *t, int column, int32_t missing,
                             autk_err *err)
{
    const autki_field *f = field_of(t, column);
    double value = missing;
    autk_status st = AUTK_OK;
    if (f != NULL && f->len != 0)
        st = autki_csv_double(&value, t->csv, f, "a date", err);
    if (st == AUTK_OK && f != NULL && f->len != 0 && !(value >= 19000101 && value <= 99991231))
        return autki_csv_bad_field(t->csv, f, "a date yyyymmdd", err);
    *date = st == AUTK_OK ? (int32_t)value : missing;
    return st;
}

static autk_status read_place(int32_t *place, const capacity_table *t, autk_err *err)
{
    const autki_field *f = field_of(t, K_PLACE);
    char name[120];
    autk_err why;
    (void)snprintf(name, sizeof name, "%.*s", (int)(f->len < 119 ? f->len : 119), f->text);
    if (autk_network_find(place, t->net, name, &why) != AUTK_OK)
        return autki_csv_bad_field(t->csv, f, "the id or name of a place", err);
    if (!is_passed(t->net, *place))
        return autki_csv_bad_field(t->csv, f, "a crossing, port or strait", err);
    return AUTK_OK;
}

static bool applies(const capacity_table *t, int32_t from, int32_t to)
{
    const autki_field *goods = field_of(t, K_GOODS);
    if (goods != NULL && goods->len != 0 && !autki_field_is(goods, t->net->goods))
        return false;
    return t->date == 0 ? to == 99991231 : t->date >= from && t->date <= to;
}

static autk_status read_row(autk_loads *loads, const capacity_table *t, autk_err *err)
{
    int32_t place, from = 0, to = 0;
    double capacity_t = 0;
    autk_status st = read_place(&place, t, err);
    if (st == AUTK_OK)
        st = autki_csv_double(&capacity_t, t->csv, field_of(t, K_CAPACITY), "a capacity", err);
    if (st == AUTK_OK && !is_capacity(capacity_t))
        st = autki_csv_bad_field(t->csv, field_of(t, K_CAPACITY),
                                 "a capacity above 0, in tonnes a year", err);
    if (st == AUTK_OK)
        st = read_date(&from, t, K_FROM, 19000101, err);
    if (st == AUTK_OK)
        st = read_date(&to, t, K_TO, 99991231, err);
    if (st == AUTK_OK && to < from)
        st = autki_csv_bad_field(t->csv, field_of(t, K_TO), "a date not before the start", err);
    return st == AUTK_OK && applies(t, from, to) ? put(loads, t->net, place, capacity_t, err) : st;
}

static autk_status read_rows(autk_loads *loads, capacity_table *t, autk_input *input, autk_err *err)
{
    static const char *const names[] = {"place", "capacity_t_per_year", "?goods", "?from", "?to"};
    size_t n = 1, wanted;
    autk_status st = autki_csv_create(&t->csv, input, NULL, err);
    if (st == AUTK_OK)
        st = autki_csv_header(t->csv, names, K_COUNT, t->columns, err);
    wanted = st == AUTK_OK ? autki_csv_n_fields(t->csv) : 0;
    while (st == AUTK_OK) {
        st = autki_csv_next(t->csv, &t->fields, &n, err);
        if (st != AUTK_OK || n == 0)
            break;
        if (n != wanted)
            st = autki_fail_at(err, AUTK_EPARSE, autk_input_name(input), autki_csv_line(t->csv),
                               t->fields[n - 1].column,
                               "expected %zu fields as in the header, got %zu", wanted, n);
        else
            st = read_row(loads, t, err);
    }
    autki_csv_free(t->csv);
    return st;
}

autk_status autk_loads_read(autk_loads *loads, const autk_network *network, autk_input *input,
                            int32_t date, autk_err *err)
{
    capacity_table t = {.net = network, .date = date};
    autk_loads read = {0};
    autk_status st = AUTK_OK;
    for (size_t i = 0; st == AUTK_OK && i < loads->n; i++)
        st = put(&read, network, loads->items[i].place, loads->items[i].capacity_t, err);
    if (st == AUTK_OK)
        st = read_rows(&read, &t, input, err);
    if (st != AUTK_OK) {
        autk_loads_deinit(&read);
        return st;
    }
    autk_loads_deinit(loads);
    *loads = read;
    return AUTK_OK;
}

autk_status autk_loads_read_world(autk_loads *loads, const autk_network *network, int32_t date,
                                  autk_err *err)
{
    static const char file[] = "transport_capacity.csv";
    char *bytes = NULL;
    size_t size;
    autk_input *input = NULL;
    if (network->world == NULL)
        return autki_fail(err, AUTK_EDATA, "expected a network of a world dataset");
    autk_status st = autki_world_asset(&bytes, &size, network->world, file, err);
    if (st == AUTK_OK)
        st = autk_input_memory(&input, file, bytes, size, err);
    if (st == AUTK_OK)
        st = autk_loads_read(loads, network, input, date, err);
    autk_input_free(input);
    free(bytes);
    return st;
}

autk_status autk_loads_charge(const autk_loads *loads, autk_closures *closures, autk_err *err)
{
    autk_status st = AUTK_OK;
    for (size_t i = 0; st == AUTK_OK && i < loads->n; i++)
        st = autk_closures_charge(closures, loads->items[i].place, loads->items[i].extra_usd_per_t,
                                  err);
    return st;
}
