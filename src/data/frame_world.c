/* The flows of the world dataset as a frame. */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/fail.h"
#include "base/mem.h"
#include "data/frame_pairs.h"

typedef struct work {
    const autk_world *world;
    int32_t n;
    double *value;      /* [n][n] of the year, NaN = no figure */
    bool *reconciled;   /* [n][n] */
    bool *sells, *buys; /* [n] has a figure on that side */
    autki_pair_rows rows;
} work;

bool autki_is_world_name(const char *path)
{
    return strcmp(path, "world") == 0 || strncmp(path, "world-", 6) == 0;
}

static autk_status parse_years(int *first, int *last, const char *name, const autk_world *world,
                               autk_err *err)
{
    int from, to, end = 0;
    autk_world_years(first, last, world);
    from = *first;
    to = *last;
    if (strcmp(name, "world") == 0)
        return AUTK_OK;
    int got = sscanf(name, "world-%4d%n:%4d%n", &from, &end, &to, &end);
    if (got == 1)
        to = from;
    if (got < 1 || name[end] != '\0' || from < *first || to > *last || from > to)
        return autki_fail_at(err, AUTK_EARG, "--data", 0, 0,
                             "expected world, world-YEAR or world-FIRST:LAST with years from %d to "
                             "%d, got \"%.60s\"",
                             *first, *last, name);
    *first = from;
    *last = to;
    return AUTK_OK;
}

static bool existed(const autk_world *world, int32_t economy, int year)
{
    const autk_economy_info *info = autk_world_economy(world, economy);
    return (info->from_date == 0 || info->from_date / 10000 <= year) &&
           (info->to_date == 0 || info->to_date / 10000 >= year);
}

static bool is_flow(const work *w, const autk_observation *o)
{
    bool between_economies =
        o->exporter >= 0 && o->exporter < w->n && o->importer >= 0 && o->importer < w->n;
    return between_economies && o->quantity == AUTK_QUANTITY_FLOW && o->scope == AUTK_SCOPE_GOODS &&
           (o->kind == AUTK_KIND_RECONCILED || o->kind == AUTK_KIND_ESTIMATED);
}

static autk_status load_year(work *w, int year, autk_err *err)
{
    autk_observation *found = NULL;
    size_t n_found = 0, n = (size_t)w->n;
    autk_observation_query query = {AUTK_PARTY_ANY, AUTK_PARTY_ANY, year, year};
    autk_status st = autk_world_observations(&found, &n_found, w->world, &query, err);
    if (st != AUTK_OK)
        return st;
    for (size_t c = 0; c < n * n; c++)
        w->value[c] = NAN;
    memset(w->reconciled, 0, n * n * sizeof *w->reconciled);
    memset(w->sells, 0, n * sizeof *w->sells);
    memset(w->buys, 0, n * sizeof *w->buys);
    for (size_t k = 0; k < n_found; k++) {
        const autk_observation *o = &found[k];
        if (!is_flow(w, o))
            continue;
        size_t cell = (size_t)o->exporter * n + (size_t)o->importer;
        bool reconciled = o->kind == AUTK_KIND_RECONCILED;
        if (!isnan(w->value[cell]) && w->reconciled[cell] && !reconciled)
            continue;
        w->value[cell] = o->value;
        w->reconciled[cell] = reconciled;
        w->sells[o->exporter] = w->buys[o->importer] = true;
    }
    free(found);
    return AUTK_OK;
}

/* The statistics have the exporter and the importer, on these sides, that year. */
static bool is_covered(const work *w, int32_t i, int32_t n)
{
    return w->sells[i] && w->buys[n];
}

/* No figure: nobody reported it, or a side that reports recorded nothing. */
static double value_of(const work *w, int32_t i, int32_t n, int year)
{
    double value = w->value[(size_t)i * (size_t)w->n + (size_t)n];
    return isnan(value) && !autk_world_is_gap(w->world, i, n, year) ? 0 : value;
}

static autk_status add_year(work *w, int year, autk_err *err)
{
    autk_status st = load_year(w, year, err);
    for (int32_t i = 0; st == AUTK_OK && i < w->n; i++) {
        for (int32_t n = 0; st == AUTK_OK && existed(w->world, i, year) && n < w->n; n++) {
            if (i == n || !existed(w->world, n, year) || !is_covered(w, i, n))
                continue;
            autki_pair_row row = {i, n, year, -1, value_of(w, i, n, year), NAN};
            st = autki_pair_rows_add(&w->rows, &row, err);
        }
    }
    return st;
}

static autk_status name_economies(work *w, autk_err *err)
{
    size_t n = (size_t)w->n;
    w->rows.n_codes = w->n;
    w->rows.code = autki_malloc(n, sizeof *w->rows.code);
    w->rows.economy = autki_malloc(n, sizeof *w->rows.economy);
    w->value = autki_malloc(n * n, sizeof *w->value);
    w->reconciled = autki_malloc(n * n, sizeof *w->reconciled);
    w->sells = autki_malloc(n, sizeof *w->sells);
    w->buys = autki_malloc(n, sizeof *w->buys);
    if (w->rows.code == NULL || w->rows.economy == NULL || w->value == NULL ||
        w->reconciled == NULL || w->sells == NULL || w->buys == NULL)
        return autki_no_memory(err, n * n * sizeof *w->value);
    for (int32_t e = 0; e < w->n; e++) {
        w->rows.code[e] = autk_world_economy(w->world, e)->code;
        w->rows.economy[e] = e;
    }
    return AUTK_OK;
}

autk_status autki_frame_read_world(autki_frame **out, const char *name, const autk_world *world,
                                   const autki_wanted *wanted, size_t n_wanted, autk_err *err)
{
    int first, last;
    if (world == NULL)
        return autki_fail_at(err, AUTK_EARG, "--data", 0, 0,
                             "expected the world dataset at hand for \"%.60s\", got none", name);
    work w = {.world = world,
              .n = autk_world_n_economies(world),
              .rows = {.source = name, .currency = "USD", .world = world}};
    autk_status st = parse_years(&first, &last, name, world, err);
    if (st == AUTK_OK)
        st = name_economies(&w, err);
    for (int year = first; st == AUTK_OK && year <= last; year++)
        st = add_year(&w, year, err);
    if (st == AUTK_OK)
        st = autki_frame_of_pairs(out, &w.rows, wanted, n_wanted, err);
    autki_pair_rows_deinit(&w.rows);
    free(w.value);
    free(w.reconciled);
    free(w.sells);
    free(w.buys);
    return st;
}
