/* Cost parameters: names, file, single settings, draws. */
#include <math.h>
#include <stdio.h>
#include <string.h>

#include "base/fail.h"
#include "base/random.h"
#include "base/text.h"
#include "corridor/network.h"
#include "data/csv.h"

#define COST_NAME(name) #name,
static const char *const cost_names[] = {AUTK_COST_LIST(COST_NAME)};

const char *autk_cost_name(autk_cost cost)
{
    return (unsigned)cost < AUTK_COST_COUNT ? cost_names[cost] : "unknown";
}

static int cost_index(const char *text, size_t len)
{
    for (int i = 0; i < AUTK_COST_COUNT; i++) {
        if (strlen(cost_names[i]) == len && memcmp(cost_names[i], text, len) == 0)
            return i;
    }
    return -1;
}

/* Speeds, factors and scales divide or multiply: they must be positive; charges may be zero. */
static double least(int cost)
{
    switch (cost) {
    case AUTK_COST_sea_km_per_h:
    case AUTK_COST_rail_km_per_h:
    case AUTK_COST_road_km_per_h:
    case AUTK_COST_value_usd_per_t:
    case AUTK_COST_route_scale_usd_per_t:
    case AUTK_COST_trade_elasticity:
        return 1e-6;
    case AUTK_COST_land_circuity:
    case AUTK_COST_congestion_power: /* below one the first tonne would meet a cliff */
        return 1.0;
    default:
        return 0.0;
    }
}

static const double most = 1e9;

static bool in_range(int cost, double value)
{
    return value >= least(cost) && value <= most;
}

enum { K_NAME, K_VALUE, K_LOW, K_HIGH };

static autk_status read_row(autk_costs *costs, const autki_csv *csv, const autki_field *fields,
                            const size_t *columns, int cost, autk_err *err)
{
    double numbers[3] = {0}; /* value, low, high */
    for (int i = 0; i < 3; i++) {
        numbers[i] = numbers[0];
        if (columns[K_VALUE + i] == SIZE_MAX)
            continue;
        const autki_field *f = &fields[columns[K_VALUE + i]];
        autk_status st = autki_csv_double(&numbers[i], csv, f, cost_names[cost], err);
        if (st != AUTK_OK)
            return st;
        bool ordered = i == 0 || (i == 1 ? numbers[1] <= numbers[0] : numbers[2] >= numbers[0]);
        if (!in_range(cost, numbers[i]) || !ordered) {
            char expected[120];
            (void)snprintf(expected, sizeof expected, "low <= value <= high within [%g, %g]",
                           least(cost), most);
            return autki_csv_bad_field(csv, f, expected, err);
        }
    }
    costs->value[cost] = numbers[0];
    costs->low[cost] = numbers[1];
    costs->high[cost] = numbers[2];
    return AUTK_OK;
}

/* What has been read of each cost: its plain row, and one for the goods. */
typedef struct seen_rows {
    bool plain[AUTK_COST_COUNT], special[AUTK_COST_COUNT];
    size_t n_fields; /* of the header */
} seen_rows;

static autk_status unknown_cost(const autki_csv *csv, const autki_field *name, size_t len,
                                autk_err *err)
{
    char given[80], near[160], expected[240];
    (void)snprintf(given, sizeof given, "%.*s", (int)(len < 79 ? len : 79), name->text);
    autk_nearest_names(near, sizeof near, given, cost_names, AUTK_COST_COUNT, 2);
    (void)snprintf(expected, sizeof expected, near[0] != '\0' ? "a cost such as %s" : "a cost%s",
                   near);
    return autki_csv_bad_field(csv, name, expected, err);
}

/* A plain row must not undo one for the goods that stood above it. */
static autk_status read_record(autk_costs *costs, seen_rows *seen, const autki_csv *csv,
                               const autki_field *fields, size_t n, const size_t *columns,
                               const char *goods, autk_input *input, autk_err *err)
{
    if (n != seen->n_fields)
        return autki_fail_at(err, AUTK_EPARSE, autk_input_name(input), autki_csv_line(csv),
                             fields[n - 1].column, "expected %zu fields as in the header, got %zu",
                             seen->n_fields, n);
    const autki_field *name = &fields[columns[K_NAME]];
    const char *at = memchr(name->text, '@', name->len);
    size_t len = at != NULL ? (size_t)(at - name->text) : name->len;
    int cost = cost_index(name->text, len);
    if (cost < 0)
        return unknown_cost(csv, name, len, err);
    if (at != NULL && len + 1 == name->len)
        return autki_csv_bad_field(csv, name, "the name of goods behind @", err);
    autk_costs ignored;
    bool applies = at == NULL || (strlen(goods) == name->len - len - 1 &&
                                  memcmp(goods, at + 1, name->len - len - 1) == 0);
    bool *twice = at == NULL ? &seen->plain[cost] : &seen->special[cost];
    if (applies && *twice)
        return autki_csv_bad_field(csv, name, "each cost once", err);
    *twice = *twice || applies;
    bool hidden = !applies || (at == NULL && seen->special[cost]);
    costs->for_goods = costs->for_goods || (at != NULL && applies);
    return read_row(hidden ? &ignored : costs, csv, fields, columns, cost, err);
}

autk_status autk_costs_read(autk_costs *costs, autk_input *input, const char *goods, autk_err *err)
{
    static const char *const names[] = {"name", "value", "?low", "?high"};
    autki_csv *csv = NULL;
    const autki_field *fields;
    size_t columns[4], n = 1;
    seen_rows seen = {.n_fields = 0};
    autk_costs read = *costs;
    autk_status st = autki_csv_create(&csv, input, NULL, err);
    if (st == AUTK_OK)
        st = autki_csv_header(csv, names, 4, columns, err);
    if (st == AUTK_OK)
        seen.n_fields = autki_csv_n_fields(csv);
    for (size_t rows = 0; st == AUTK_OK; rows++) {
        st = autki_csv_next(csv, &fields, &n, err);
        if (st == AUTK_OK && n == 0 && rows == 0)
            st = autki_fail_at(err, AUTK_EPARSE, autk_input_name(input), autki_csv_line(csv) + 1, 1,
                               "expected a row, got the end of the file");
        if (st != AUTK_OK || n == 0)
            break;
        st = read_record(&read, &seen, csv, fields, n, columns, goods, input, err);
    }
    autki_csv_free(csv);
    if (st == AUTK_OK)
        *costs = read;
    return st;
}

autk_status autk_costs_set(autk_costs *costs, const char *assignment, autk_err *err)
{
    const char *equals = strchr(assignment, '=');
    if (equals == NULL)
        return autki_fail(err, AUTK_EARG, "expected NAME=VALUE, got \"%s\"", assignment);
    int cost = cost_index(assignment, (size_t)(equals - assignment));
    if (cost < 0) {
        char name[80], near[160];
        (void)snprintf(name, sizeof name, "%.*s", (int)(equals - assignment), assignment);
        autk_nearest_names(near, sizeof near, name, cost_names, AUTK_COST_COUNT, 3);
        return autki_fail(err, AUTK_EARG, "expected the name of a cost, got \"%s\"%s%s%s", name,
                          near[0] != '\0' ? " (nearest: " : "", near, near[0] != '\0' ? ")" : "");
    }
    double value;
    if (!autki_parse_double(equals + 1, strlen(equals + 1), &value) || !in_range(cost, value))
        return autki_fail(err, AUTK_EARG, "expected %s as a number from %g to %g, got \"%s\"",
                          cost_names[cost], least(cost), most, equals + 1);
    costs->value[cost] = value;
    costs->low[cost] = value < costs->low[cost] ? value : costs->low[cost];
    costs->high[cost] = value > costs->high[cost] ? value : costs->high[cost];
    return AUTK_OK;
}

/* Those behind it are not drawn; new ones stand there, so that draws stay what they were. */
#define N_DRAWN (AUTK_COST_trade_elasticity + 1)

/* One draw for each (seed, number, cost), whichever of them are asked for. */
static double uniform(uint64_t seed, uint64_t number, uint64_t cost)
{
    uint64_t state = seed + AUTKI_RANDOM_STEP * (number * N_DRAWN + cost);
    return autki_random_uniform(&state);
}

autk_costs autk_costs_draw(const autk_costs *costs, uint64_t seed, uint64_t number)
{
    autk_costs out = *costs;
    for (int i = 0; i < N_DRAWN; i++) {
        double a = costs->low[i], c = costs->value[i], b = costs->high[i];
        if (i == AUTK_COST_trade_elasticity || i == AUTK_COST_route_scale_usd_per_t || !(b > a))
            continue;
        out.value[i] = autki_triangular(a, c, b, uniform(seed, number, (uint64_t)i));
    }
    return out;
}
