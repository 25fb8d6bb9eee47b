/* The flows of a layer of the user's own dataset as a frame. */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "base/fail.h"
#include "base/mem.h"
#include "data/frame_pairs.h"

typedef struct work {
    autk_dataset *dataset;
    const autk_layer *layer;
    size_t layer_at;
    autki_pair_rows rows;
    /* Of one period, for the grid: */
    bool *listed;                 /* [n][n] */
    bool *sells, *buys;           /* [n] lists a flow on that side in the period */
    bool *ever_sells, *ever_buys; /* [n] in any */
} work;

bool autki_is_dataset(const char *path)
{
    static const char magic[16] = "SQLite format 3";
    char head[sizeof magic];
    struct stat about;
    FILE *file = NULL;
    if (stat(path, &about) == 0 && S_ISREG(about.st_mode))
        file = fopen(path, "rb");
    if (file == NULL)
        return false;
    bool same =
        fread(head, 1, sizeof head, file) == sizeof head && memcmp(head, magic, sizeof magic) == 0;
    (void)fclose(file);
    return same;
}

static autk_status choose_layer(work *w, const char *path, int64_t wanted, autk_err *err)
{
    size_t n = autk_dataset_n_layers(w->dataset);
    if (wanted < 0 && n != 1)
        return autki_fail_at(err, AUTK_EARG, "--layer", 0, 0,
                             "expected one of the %zu layers of %.100s, got none; `autarky dataset "
                             "info` lists them from 0",
                             n, path);
    if (wanted >= 0 && (uint64_t)wanted >= n)
        return autki_fail_at(err, AUTK_EARG, "--layer", 0, 0,
                             "expected a layer from 0 to %zu, got %lld", n > 0 ? n - 1 : 0,
                             (long long)wanted);
    w->layer_at = wanted < 0 ? 0 : (size_t)wanted;
    w->layer = autk_dataset_layer(w->dataset, w->layer_at);
    w->rows.currency = w->layer->currency;
    return AUTK_OK;
}

static bool is_economy(const work *w, int32_t e)
{
    return autk_dataset_economy_kind(w->dataset, e) == AUTK_IS_ECONOMY;
}

static autk_status name_economies(work *w, autk_err *err)
{
    int32_t n = autk_dataset_n_economies(w->dataset),
            n_products = autk_dataset_n_products(w->dataset);
    autki_pair_rows *rows = &w->rows;
    rows->n_codes = n;
    rows->n_products = n_products;
    rows->code = autki_malloc((size_t)n, sizeof *rows->code);
    rows->economy = autki_malloc((size_t)n, sizeof *rows->economy);
    rows->product_code = autki_malloc((size_t)n_products, sizeof *rows->product_code);
    if (rows->code == NULL || rows->economy == NULL || rows->product_code == NULL)
        return autki_no_memory(err, (size_t)n * sizeof *rows->code);
    for (int32_t e = 0; e < n; e++) {
        rows->code[e] = autk_dataset_economy_code(w->dataset, e);
        if (rows->world == NULL || autk_world_find_economy(&rows->economy[e], rows->world,
                                                           rows->code[e], 0, NULL) != AUTK_OK)
            rows->economy[e] = -1;
    }
    for (int32_t p = 0; p < n_products; p++)
        rows->product_code[p] = autk_dataset_product_code(w->dataset, p);
    return AUTK_OK;
}

static autk_status add_products(work *w, int32_t period, autk_err *err)
{
    autk_flows flows;
    autk_status st = autk_dataset_flows(&flows, w->dataset, w->layer_at, period, AUTK_ANY_ECONOMY,
                                        AUTK_ANY_ECONOMY, err);
    if (st != AUTK_OK)
        return st;
    for (size_t k = 0; st == AUTK_OK && k < flows.n; k++) {
        autki_pair_row row = {flows.exporter[k], flows.importer[k], period,
                              flows.product[k],  flows.value[k],    flows.quantity[k]};
        if (is_economy(w, row.exporter) && is_economy(w, row.importer))
            st = autki_pair_rows_add(&w->rows, &row, err);
    }
    autk_flows_deinit(&flows);
    return st;
}

static autk_status add_totals(work *w, int32_t first, int32_t last, autk_err *err)
{
    autk_pair_total *totals = NULL;
    size_t n = 0;
    autk_status st = autk_dataset_pair_totals(&totals, &n, w->dataset, w->layer_at,
                                              AUTK_ANY_ECONOMY, AUTK_ANY_ECONOMY, first, last, err);
    for (size_t k = 0; st == AUTK_OK && k < n; k++) {
        const autk_pair_total *t = &totals[k];
        autki_pair_row row = {t->exporter, t->importer, t->period, -1, t->value, t->quantity};
        if (is_economy(w, t->exporter) && is_economy(w, t->importer))
            st = autki_pair_rows_add(&w->rows, &row, err);
    }
    free(totals);
    return st;
}

/* ---- the grid ---- */

/* Does either that could have listed the flow report in this period? */
static bool is_reported(const work *w, int32_t i, int32_t n)
{
    switch (w->layer->side) {
    case AUTK_SIDE_EXPORTER:
        return w->sells[i];
    case AUTK_SIDE_IMPORTER:
        return w->buys[n];
    default:
        return w->sells[i] && w->buys[n];
    }
}

static autk_status fill_period(work *w, size_t n_listed, int32_t period, autk_err *err)
{
    size_t n = (size_t)w->rows.n_codes;
    memset(w->listed, 0, n * n * sizeof *w->listed);
    memset(w->sells, 0, n * sizeof *w->sells);
    memset(w->buys, 0, n * sizeof *w->buys);
    for (size_t r = 0; r < n_listed; r++) {
        const autki_pair_row *row = &w->rows.rows[r];
        if (row->period != period)
            continue;
        w->listed[(size_t)row->exporter * n + (size_t)row->importer] = true;
        w->sells[row->exporter] = w->buys[row->importer] = true;
    }
    autk_status st = AUTK_OK;
    for (int32_t i = 0; i < w->rows.n_codes; i++) {
        for (int32_t k = 0; st == AUTK_OK && w->ever_sells[i] && k < w->rows.n_codes; k++) {
            if (i == k || !w->ever_buys[k] || w->listed[(size_t)i * n + (size_t)k])
                continue;
            autki_pair_row row = {i, k, period, -1, is_reported(w, i, k) ? 0 : NAN, NAN};
            st = autki_pair_rows_add(&w->rows, &row, err);
        }
    }
    return st;
}

static autk_status fill_grid(work *w, const int32_t *periods, size_t n_periods, autk_err *err)
{
    size_t n = (size_t)w->rows.n_codes, n_listed = w->rows.n;
    if (w->layer->side == AUTK_SIDE_UNKNOWN)
        return autki_fail_at(err, AUTK_EARG, "--fill", 0, 0,
                             "expected a layer of which it is known who reports, got another");
    w->listed = autki_malloc(n * n, sizeof *w->listed);
    w->sells = autki_calloc(4 * n, sizeof *w->sells);
    if (w->listed == NULL || w->sells == NULL)
        return autki_no_memory(err, n * n);
    w->buys = w->sells + n;
    w->ever_sells = w->buys + n;
    w->ever_buys = w->ever_sells + n;
    for (size_t r = 0; r < n_listed; r++) {
        w->ever_sells[w->rows.rows[r].exporter] = true;
        w->ever_buys[w->rows.rows[r].importer] = true;
    }
    autk_status st = AUTK_OK;
    for (size_t t = 0; st == AUTK_OK && t < n_periods; t++)
        st = fill_period(w, n_listed, periods[t], err);
    return st;
}

static autk_status add_rows(work *w, bool by_product, bool fill, autk_err *err)
{
    int32_t *periods = NULL;
    size_t n = 0;
    if (by_product && fill)
        return autki_fail_at(err, AUTK_EARG, "--fill", 0, 0,
                             "expected flows of all products together, got the column product");
    autk_status st = autk_dataset_periods(&periods, &n, w->dataset, w->layer_at, err);
    for (size_t t = 0; st == AUTK_OK && by_product && t < n; t++)
        st = add_products(w, periods[t], err);
    if (st == AUTK_OK && !by_product && n > 0)
        st = add_totals(w, periods[0], periods[n - 1], err);
    if (st == AUTK_OK && fill)
        st = fill_grid(w, periods, n, err);
    free(periods);
    return st;
}

autk_status autki_frame_read_dataset(autki_frame **out, const char *path, const autk_world *world,
                                     const autki_dataset_choice *choice, const autki_wanted *wanted,
                                     size_t n_wanted, autk_err *err)
{
    work w = {.rows = {.source = path, .world = world}};
    bool by_product = false;
    for (size_t k = 0; k < n_wanted; k++)
        by_product |= strcmp(wanted[k].name, "product") == 0;
    autk_status st = autk_dataset_open(&w.dataset, path, err);
    if (st == AUTK_OK)
        st = autk_dataset_hold(w.dataset, err);
    if (st == AUTK_OK)
        st = choose_layer(&w, path, choice->layer, err);
    if (st == AUTK_OK)
        st = name_economies(&w, err);
    if (st == AUTK_OK)
        st = add_rows(&w, by_product, choice->fill, err);
    if (st == AUTK_OK)
        st = autki_frame_of_pairs(out, &w.rows, wanted, n_wanted, err);
    autki_pair_rows_deinit(&w.rows);
    free(w.listed);
    free(w.sells);
    autk_dataset_close(w.dataset);
    return st;
}
