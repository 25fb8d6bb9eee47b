#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "cmd_mirror.h"

/* ------------------------------------------------------------------ store */

static autk_status write_stored(cli_context *cli, const autk_mirror_stored *s)
{
    static const autk_column columns[] = {{"kind", "reported by", AUTK_CELL_TEXT, 0},
                                          {"flows", "flows", AUTK_CELL_INTEGER, 0},
                                          {"value", "value", AUTK_CELL_USD, 0}};
    autk_table *t = NULL;
    autk_status st = autk_table_create(&t, columns, sizeof columns / sizeof *columns, &cli->err);
    if (st != AUTK_OK)
        return st;
    for (int k = AUTK_MIRROR_BOTH; k < AUTK_MIRROR_NONE; k++) {
        autk_table_text(t, autk_mirror_kind_text((autk_mirror_kind)k));
        autk_table_number(t, (double)s->n_flows[k]);
        autk_table_number(t, s->value[k]);
    }
    st = cli_write_table(cli, t);
    autk_table_free(t);
    return st;
}

autk_status cli_mirror_store(cli_context *cli, const mirror_args *a)
{
    autk_dataset *dataset = NULL;
    autk_world *world = NULL;
    mirror_places places = {.economy = NULL};
    autk_mirror_stored stored;
    autk_progress progress = cli_progress();
    autk_status st = autk_dataset_open(&dataset, cli->arguments[0], &cli->err);
    if (st == AUTK_OK)
        st = cli_open_world(cli, &world);
    if (st == AUTK_OK)
        st = cli_mirror_places(&places, cli, dataset, world);
    autk_dataset_close(dataset);
    if (st == AUTK_OK)
        st = autk_mirror_store(&stored, cli->arguments[0], (int32_t)a->year, cli_mirror_geography,
                               &places, NULL, &progress, &cli->err);
    if (st == AUTK_OK)
        st = write_stored(cli, &stored);
    free(places.economy);
    autk_world_close(world);
    return st;
}

/* ------------------------------------------------------------------ what was stored */

static int by_value(const void *a, const void *b)
{
    const autk_mirror_row *x = a, *y = b;
    if (x->flow.value != y->flow.value)
        return x->flow.value > y->flow.value ? -1 : 1;
    if (x->exporter != y->exporter)
        return x->exporter < y->exporter ? -1 : 1;
    if (x->importer != y->importer)
        return x->importer < y->importer ? -1 : 1;
    return (x->product > y->product) - (x->product < y->product);
}

static void put_row(autk_table *t, const autk_dataset *d, const autk_mirror_row *r)
{
    autk_table_text(t, autk_dataset_economy_code(d, r->exporter));
    autk_table_text(t, autk_dataset_economy_code(d, r->importer));
    autk_table_text(t, autk_dataset_product_code(d, r->product));
    autk_table_number(t, r->exporter_says);
    autk_table_number(t, r->importer_says);
    autk_table_number(t, r->flow.value);
    autk_table_number(t, r->flow.low);
    autk_table_number(t, r->flow.high);
    autk_table_text(t, autk_mirror_kind_text(r->flow.kind));
    autk_table_number(t, exp(r->flow.margin) - 1);
    autk_table_number(t, r->flow.exporter_weight);
}

static bool is_asked_for(const autk_dataset *d, const autk_mirror_row *r, const char *product)
{
    return strcmp(product, "all") == 0 ||
           strncmp(autk_dataset_product_code(d, r->product), product, strlen(product)) == 0;
}

static autk_status write_products(cli_context *cli, const autk_dataset *d, const mirror_args *a,
                                  autk_mirror_row *rows, size_t n)
{
    static const autk_column columns[] = {
        {"exporter", "from", AUTK_CELL_TEXT, 0},
        {"importer", "to", AUTK_CELL_TEXT, 0},
        {"product", "product", AUTK_CELL_TEXT, 0},
        {"exporter_says", "exporter says", AUTK_CELL_USD, 0},
        {"importer_says", "importer says", AUTK_CELL_USD, 0},
        {"value", "value", AUTK_CELL_USD, 0},
        {"low", "5 %", AUTK_CELL_USD, 0},
        {"high", "95 %", AUTK_CELL_USD, 0},
        {"kind", "reported by", AUTK_CELL_TEXT, 0},
        {"freight", "CIF/FOB - 1", AUTK_CELL_PERCENT, 1},
        {"exporter_weight", "exporter's weight", AUTK_CELL_FIXED, 2}};
    autk_table *t = NULL;
    int64_t shown = 0;
    autk_status st = autk_table_create(&t, columns, sizeof columns / sizeof *columns, &cli->err);
    if (st != AUTK_OK)
        return st;
    if (n != 0)
        qsort(rows, n, sizeof *rows, by_value);
    for (size_t k = 0; k < n && (a->top <= 0 || shown < a->top); k++) {
        if (!is_asked_for(d, &rows[k], a->product))
            continue;
        put_row(t, d, &rows[k]);
        shown++;
    }
    st = cli_write_table(cli, t);
    autk_table_free(t);
    return st;
}

/* What the economy sold, then what it bought. */
static autk_status read_both_ways(autk_mirror_row **rows, size_t *n, cli_context *cli,
                                  autk_dataset *d, int32_t year, int32_t economy)
{
    autk_mirror_row *sold = NULL, *bought = NULL;
    size_t n_sold = 0, n_bought = 0;
    autk_status st =
        autk_mirror_read(&sold, &n_sold, d, year, economy, AUTK_ANY_ECONOMY, &cli->err);
    if (st == AUTK_OK)
        st = autk_mirror_read(&bought, &n_bought, d, year, AUTK_ANY_ECONOMY, economy, &cli->err);
    *rows = st == AUTK_OK ? realloc(sold, (n_sold + n_bought + 1) * sizeof **rows) : NULL;
    if (st == AUTK_OK && *rows == NULL)
        st = cli->err.code = AUTK_ENOMEM;
    if (st == AUTK_OK) {
        if (n_bought != 0)
            memcpy(*rows + n_sold, bought, n_bought * sizeof *bought);
        *n = n_sold + n_bought;
    } else {
        free(sold);
    }
    free(bought);
    return st;
}

autk_status cli_mirror_product(cli_context *cli, const mirror_args *a)
{
    autk_dataset *dataset = NULL;
    autk_mirror_row *rows = NULL;
    size_t n = 0;
    int32_t economy = 0;
    if (a->economy == NULL)
        return cli_mirror_bad_value(cli, "--economy", "the economy whose products to show",
                                    "nothing");
    autk_status st = autk_dataset_open(&dataset, cli->arguments[0], &cli->err);
    if (st == AUTK_OK)
        st = autk_dataset_hold(dataset, &cli->err);
    if (st == AUTK_OK)
        st = autk_dataset_find_economy(&economy, dataset, a->economy, &cli->err);
    if (st == AUTK_OK)
        st = read_both_ways(&rows, &n, cli, dataset, (int32_t)a->year, economy);
    if (st == AUTK_OK)
        st = write_products(cli, dataset, a, rows, n);
    free(rows);
    autk_dataset_close(dataset);
    return st;
}
