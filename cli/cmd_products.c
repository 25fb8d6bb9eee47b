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

static autk_status write_rows(cli_context *cli, const autk_dataset *d, const autk_product_row *rows,
                              size_t n, const products_args *a)
{
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
                                          {"name", "name", AUTK_CELL_TEXT, 0}};
    autk_table *t = NULL;
    autk_status st = autk_table_create(&t, columns, sizeof columns / sizeof *columns, &cli->err);
    if (st != AUTK_OK)
        return st;
    int64_t shown = 0;
    for (size_t i = 0; i < n && (a->top <= 0 || shown < a->top); i++) {
        const autk_product_row *r = &rows[i];
        if (a->dependent && !r->geodep && !r->eu_dependent)
            continue;
        shown++;
        autk_table_text(t, r->code);
        autk_table_number(t, r->imports);
        autk_table_number(t, r->at_stake);
        autk_table_text(t, autk_dataset_economy_code(d, r->top_partner));
        autk_table_number(t, r->top_share);
        autk_table_number(t, r->hhi);
        autk_table_number(t, r->world_hhi);
        autk_table_number(t, r->ratio);
        autk_table_number(t, r->outside_share);
        autk_table_text(t, r->eu_dependent ? "yes" : "no");
        autk_table_text(t, r->geodep ? "yes" : "no");
        autk_table_number(t, r->years_geodep);
        autk_table_number(t, r->years_seen);
        autk_table_text(t, r->name);
    }
    st = cli_write_table(cli, t);
    autk_table_free(t);
    return st;
}

static autk_status run(cli_context *cli, autk_dataset *d, const products_args *a)
{
    autk_products_opts opts;
    autk_product_row *rows = NULL;
    size_t n = 0, n_members = 0;
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
        st = autk_products(&rows, &n, d, members, n_members, year, &opts, &cli->err);
    if (st == AUTK_OK)
        st = write_rows(cli, d, rows, n, a);
    free(rows);
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
