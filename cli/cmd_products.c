#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "cli.h"

typedef struct products_args {
    const char *level, *flow;
    int64_t year, top, layer, years, years_min;
    double hhi, world_hhi, ratio, outside;
    bool dependent, all_exports;
} products_args;

static autk_status make_opts(autk_products_opts *o, cli_context *cli, const products_args *a)
{
    *o = autk_products_opts_default();
    if (strcmp(a->level, "section") == 0)
        o->digits = AUTK_PRODUCT_SECTIONS;
    else if (strlen(a->level) == 1 && strchr("246", a->level[0]) != NULL)
        o->digits = a->level[0] - '0';
    else
        return cli_expected(cli, "--level", "6, 4, 2 or section", a->level);
    if (strcmp(a->flow, "imports") != 0 && strcmp(a->flow, "exports") != 0)
        return cli_expected(cli, "--flow", "imports or exports", a->flow);
    if (a->years_min > a->years)
        return cli_expected_number(cli, "--years-min", "no more years than --years looks at",
                                   (double)a->years_min);
    o->exports = strcmp(a->flow, "exports") == 0;
    o->layer = a->layer;
    o->hhi_min = a->hhi;
    o->world_min = a->world_hhi;
    o->ratio_min = a->ratio;
    o->outside_min = a->outside;
    o->all_exports = a->all_exports;
    o->n_years = (int)a->years;
    o->n_years_min = (int)a->years_min;
    return AUTK_OK;
}

/* What is only of interest where something is unknown comes last; text leaves it out elsewhere. */
static const autk_column columns[] = {{"product", "product", AUTK_CELL_TEXT, 0},
                                      {"value", "value", AUTK_CELL_USD, 0},
                                      {"at_stake", "at stake", AUTK_CELL_USD, 0},
                                      {"top_partner", "first", AUTK_CELL_TEXT, 0},
                                      {"top_share", "its share", AUTK_CELL_PERCENT, 1},
                                      {"hhi", "HHI", AUTK_CELL_FIXED, 3},
                                      {"world_hhi", "world HHI", AUTK_CELL_FIXED, 3},
                                      {"ratio", "in/out", AUTK_CELL_FIXED, 2},
                                      {"outside_share", "outside", AUTK_CELL_PERCENT, 1},
                                      {"eu_dependent", "EU", AUTK_CELL_TEXT, 0},
                                      {"geodep", "GeoDep", AUTK_CELL_TEXT, 0},
                                      {"years_geodep", "years", AUTK_CELL_INTEGER, 0},
                                      {"years_seen", "of", AUTK_CELL_INTEGER, 0},
                                      {"name", "name", AUTK_CELL_TEXT, 0},
                                      {"unknown_share", "unknown", AUTK_CELL_PERCENT, 1},
                                      {"top_share_low", "share from", AUTK_CELL_PERCENT, 1},
                                      {"top_share_high", "to", AUTK_CELL_PERCENT, 1},
                                      {"hhi_low", "HHI from", AUTK_CELL_FIXED, 3},
                                      {"hhi_high", "to", AUTK_CELL_FIXED, 3},
                                      {"eu_sure", "EU sure", AUTK_CELL_TEXT, 0},
                                      {"geodep_sure", "GeoDep sure", AUTK_CELL_TEXT, 0}};
#define N_COLUMNS (sizeof columns / sizeof *columns)
#define N_ALWAYS 14 /* of text, without anything unknown */
#define N_TEXT 19   /* verdicts that are not sure have a question mark there */

static const char *verdict(const cli_context *cli, bool yes, bool sure)
{
    if (cli->format == AUTK_FORMAT_TEXT && !sure)
        return yes ? "yes?" : "no?";
    return yes ? "yes" : "no";
}

static void put_row(autk_table *t, const cli_context *cli, const autk_dataset *d,
                    const autk_product_row *r, size_t n_columns)
{
    autk_table_text(t, r->code);
    autk_table_number(t, r->imports);
    autk_table_number(t, r->at_stake);
    autk_table_text(t, autk_dataset_economy_code(d, r->top_partner));
    autk_table_number(t, r->top_share);
    autk_table_number(t, r->hhi);
    autk_table_number(t, r->world_hhi);
    autk_table_number(t, r->ratio);
    autk_table_number(t, r->outside_share);
    autk_table_text(t, verdict(cli, r->eu_dependent, r->eu_sure));
    autk_table_text(t, verdict(cli, r->geodep, r->geodep_sure));
    autk_table_number(t, r->years_geodep);
    autk_table_number(t, r->years_seen);
    autk_table_text(t, r->name);
    if (n_columns == N_ALWAYS)
        return;
    autk_table_number(t, r->unknown_share);
    autk_table_number(t, r->top_share_low);
    autk_table_number(t, r->top_share_high);
    autk_table_number(t, r->hhi_low);
    autk_table_number(t, r->hhi_high);
    if (n_columns == N_TEXT)
        return;
    autk_table_text(t, r->eu_sure ? "yes" : "no");
    autk_table_text(t, r->geodep_sure ? "yes" : "no");
}

static void name_some(autk_buf *out, const autk_product_silence *silent, size_t n, bool bounded)
{
    for (size_t i = 0; i < n && i < 3; i++) {
        autk_buf_printf(out, "%s%s", i == 0 ? "" : ", ", silent[i].name);
        if (!bounded)
            continue;
        autk_buf_puts(out, " (at most ");
        autk_format_usd(out, silent[i].high);
        autk_buf_puts(out, " USD of all goods)");
    }
    if (n > 3)
        autk_buf_printf(out, " and %zu more", n - 3);
}

/* Those without bounds stand before those with. */
static void write_silence(autk_buf *out, const autk_product_silence *silent, size_t n, bool exports)
{
    const char *what = exports ? "bought" : "sold";
    size_t n_open = 0;
    while (n_open < n && isnan(silent[n_open].high))
        n_open++;
    if (n_open < n) {
        autk_buf_printf(out, "\nNobody reports what these %s: ", what);
        name_some(out, silent + n_open, n - n_open, true);
        autk_buf_puts(out,
                      ".\nIt is in no sum, and ranges have room for it. yes? and no?: it could "
                      "turn the verdict.\n");
    }
    if (n_open != 0) {
        autk_buf_printf(out, "\nNobody reports what these %s, and nothing bounds it: ", what);
        name_some(out, silent, n_open, false);
        autk_buf_puts(out, ".\nIt is in no sum and in no range.\n");
    }
}

/* Whose word this is. */
static void write_layer(autk_buf *out, const autk_dataset *d, size_t layer)
{
    const autk_layer *l = autk_dataset_layer(d, layer);
    autk_buf_printf(out, "\nLayer %zu: %s, %s%s.\n", layer, l->source,
                    l->side == AUTK_SIDE_EXPORTER || l->side == AUTK_SIDE_IMPORTER ? "reported by "
                    : l->side == AUTK_SIDE_UNKNOWN ? "reported by whom is unknown"
                                                   : "",
                    l->side == AUTK_SIDE_UNKNOWN ? "" : autk_side_text(l->side));
}

static autk_status write_rows(cli_context *cli, const autk_dataset *d, size_t layer,
                              const autk_product_row *rows, size_t n, const products_args *a,
                              const autk_product_silence *silent, size_t n_silent)
{
    autk_table *t = NULL;
    autk_buf text;
    bool is_text = cli->format == AUTK_FORMAT_TEXT;
    size_t n_columns = !is_text ? N_COLUMNS : n_silent != 0 ? N_TEXT : N_ALWAYS;
    autk_buf_init(&text);
    autk_status st = autk_table_create(&t, columns, n_columns, &cli->err);
    int64_t shown = 0;
    for (size_t i = 0; st == AUTK_OK && i < n && (a->top <= 0 || shown < a->top); i++) {
        if (a->dependent && !rows[i].geodep && !rows[i].eu_dependent)
            continue;
        shown++;
        put_row(t, cli, d, &rows[i], n_columns);
    }
    if (st == AUTK_OK)
        st = autk_table_write(&text, t, cli->format, &cli->err);
    autk_table_free(t);
    if (is_text) {
        write_layer(&text, d, layer);
        write_silence(&text, silent, n_silent, strcmp(a->flow, "exports") == 0);
    }
    return cli_finish(cli, &text, st);
}

static autk_status run(cli_context *cli, autk_dataset *d, const products_args *a)
{
    autk_products_opts opts;
    autk_product_row *rows = NULL;
    autk_product_silence *silent = NULL;
    autk_world *world = NULL;
    size_t n = 0, n_members = 0, n_silent = 0, layer = 0;
    int32_t year = (int32_t)a->year;
    int32_t *members = calloc((size_t)autk_dataset_n_economies(d) + 1, sizeof *members);
    if (members == NULL)
        return cli->err.code = AUTK_ENOMEM;
    autk_status st = make_opts(&opts, cli, a);
    if (year == 0)
        year = cli_last_product_year(d);
    if (st == AUTK_OK)
        st = cli_find_members(members, &n_members, cli, d, cli->arguments[0], year);
    if (st == AUTK_OK)
        st = cli_open_world(cli, &world);
    opts.world = world;
    if (st == AUTK_OK)
        st = autk_products_layer_of(&layer, d, members, n_members, year, &opts, &cli->err);
    if (st == AUTK_OK)
        st = autk_products(&rows, &n, d, members, n_members, year, &opts, &cli->err);
    if (st == AUTK_OK)
        st =
            autk_products_silent(&silent, &n_silent, d, members, n_members, year, &opts, &cli->err);
    if (st == AUTK_OK)
        st = write_rows(cli, d, layer, rows, n, a, silent, n_silent);
    autk_world_close(world);
    free(rows);
    free(silent);
    free(members);
    return st;
}

autk_status cmd_products(cli_context *cli, int argc, char **argv)
{
    products_args a = {.level = "6",
                       .flow = "imports",
                       .top = 25,
                       .layer = -1,
                       .years = 3,
                       .years_min = 2,
                       .hhi = 0.4,
                       .world_hhi = 0.4,
                       .ratio = 1,
                       .outside = 0.5};
    cli_option options[] = {
        {"year", CLI_YEAR, &a.year, "Y", "default: the last there is", NULL},
        {"level", CLI_TEXT, &a.level, "L", "6 (default), 4, 2 digits or section", NULL},
        {"flow", CLI_TEXT, &a.flow, "F", "imports (default) or exports", NULL},
        {"dependent", CLI_FLAG, &a.dependent, NULL, "only what a criterion calls dependent", NULL},
        {"top", CLI_WHOLE(0, INFINITY), &a.top, "N", "rows to show (25; 0 = all)", NULL},
        {"hhi", CLI_NUMBER(0, 1), &a.hhi, "X", "limit of partners' concentration (.4)", NULL},
        {"world-hhi", CLI_NUMBER(0, 1), &a.world_hhi, "X", "limit of the world's (.4)", NULL},
        {"ratio", CLI_NUMBER(0, INFINITY), &a.ratio, "X", "limit of imports / exports (1)", NULL},
        {"outside", CLI_SHARE, &a.outside, "X", "limit of the share from outside (.5)", NULL},
        {"all-exports", CLI_FLAG, &a.all_exports, NULL,
         "compare a bloc's imports with its exports to members too", NULL},
        {"years", CLI_WHOLE(1, 10), &a.years, "N", "years looked at (3)", NULL},
        {"years-min", CLI_WHOLE(1, 10), &a.years_min, "N", "in which it must hold (2)", NULL},
        {"layer", CLI_WHOLE(0, INFINITY), &a.layer, "N", "of the dataset; default: the best", NULL},
        {NULL, CLI_FLAG, NULL, NULL, NULL, NULL}};
    cli_spec spec = {
        .name = "products",
        .arguments = "ECONOMY",
        .summary = "Products for which an economy or a bloc depends on few suppliers (or buyers): "
                   "concentration\nhere and in the world, own exports against imports, the EU "
                   "Commission's and GeoDep's criteria,\nand in how many of the last years they "
                   "held. Persistent ones first, then by value at stake.",
        .examples = "  autarky products BLR --dataset trade.atk --year 2021\n"
                    "  autarky products EU --dataset trade.atk --level 4 --dependent\n"
                    "  autarky products BLR --dataset trade.atk --flow exports --format csv\n",
        .options = options,
        .min_arguments = 1,
        .max_arguments = 1};
    autk_status st = cli_parse(cli, &spec, argc, argv);
    if (st != AUTK_OK || cli->help_shown)
        return st;
    if (cli->dataset_path == NULL)
        return cli_expected(cli, "--dataset", "a dataset that autarky import made", NULL);
    autk_dataset *d = NULL;
    st = autk_dataset_open(&d, cli->dataset_path, &cli->err);
    if (st == AUTK_OK)
        st = autk_dataset_hold(d, &cli->err);
    if (st == AUTK_OK)
        st = run(cli, d, &a);
    autk_dataset_close(d);
    return st;
}
