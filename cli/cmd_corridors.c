#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "congestion.h"

typedef struct corridors_run {
    cli_corridor base;
    cli_congestion congestion;
    bool closed; /* anything, before charges were put on */
    const char *model;
    int64_t year, top;
    double min_share;
    bool no_judge;
    int32_t economy;    /* AUTK_PARTY_WORLD = all */
    size_t n;           /* economies */
    double *value;      /* [n x n] row exporter */
    double *low, *high; /* [n] turnover with each partner, of one economy */
    double *use;        /* [places x n] of one economy */
    size_t n_unknown;   /* partners or flows of which nothing is known */
    autk_pair_costs *pairs;
    autk_traffic *traffic;
    size_t n_traffic;
} corridors_run;

/* ------------------------------------------------------------------ trade */

static void take_country(corridors_run *run, int32_t economy, const autk_country_year *country)
{
    for (size_t i = 0; i < country->n_partners; i++) {
        const autk_partner *p = &country->partners[i];
        size_t out = (size_t)economy * run->n + (size_t)p->partner;
        size_t in = (size_t)p->partner * run->n + (size_t)economy;
        run->value[out] = p->exports.value_usd.point;
        if (run->economy == AUTK_PARTY_WORLD) {
            run->n_unknown += (size_t)(isnan(p->exports.value_usd.point) != 0);
            continue;
        }
        run->value[in] = p->imports.value_usd.point;
        run->low[p->partner] = p->turnover_usd.low;
        run->high[p->partner] = p->turnover_usd.high;
        run->n_unknown += (size_t)(isnan(p->turnover_usd.point) != 0);
    }
}

static autk_status read_country(cli_context *cli, corridors_run *run, int32_t economy)
{
    autk_country_year *country = NULL;
    autk_status st =
        autk_evidence_country(&country, run->base.world, economy, (int)run->year, NULL, &cli->err);
    if (st == AUTK_OK)
        take_country(run, economy, country);
    autk_country_year_free(country);
    /* In the whole world an economy without any figure that year is no error. */
    bool skip = run->economy == AUTK_PARTY_WORLD && (st == AUTK_ENOANSWER || st == AUTK_ENOTFOUND);
    return skip ? AUTK_OK : st;
}

static autk_status no_memory(cli_context *cli)
{
    (void)snprintf(cli->err.msg, sizeof cli->err.msg, "out of memory");
    return cli->err.code = AUTK_ENOMEM;
}

static autk_status read_trade(cli_context *cli, corridors_run *run)
{
    int first, last;
    autk_world_years(&first, &last, run->base.world);
    run->year = run->year == 0 ? last : run->year;
    run->n = (size_t)autk_world_n_economies(run->base.world);
    run->value = calloc(run->n * run->n, sizeof *run->value);
    run->low = calloc(run->n, sizeof *run->low);
    run->high = calloc(run->n, sizeof *run->high);
    run->use = calloc(run->n * (size_t)autk_network_n_places(run->base.network), sizeof *run->use);
    if (run->value == NULL || run->low == NULL || run->high == NULL || run->use == NULL)
        return no_memory(cli);
    if (run->economy != AUTK_PARTY_WORLD)
        return read_country(cli, run, run->economy);
    autk_status st = AUTK_OK;
    for (int32_t e = 0; st == AUTK_OK && (size_t)e < run->n; e++)
        st = read_country(cli, run, e);
    return st;
}

/* ------------------------------------------------------------------ output */

static const char *kind_text(autk_place_kind kind)
{
    static const char *const texts[] = {"city", "town", "crossing", "port", "strait or canal"};
    return (unsigned)kind < 5 ? texts[kind] : "";
}

static void add_row(autk_table *table, const corridors_run *run, const autk_traffic *t)
{
    const autk_place *p = autk_network_place(run->base.network, t->place);
    double low = NAN, high = NAN;
    if (run->economy != AUTK_PARTY_WORLD)
        autk_corridor_share_bounds(&low, &high, run->use + (size_t)t->place * run->n, run->low,
                                   run->high, run->n);
    autk_table_text(table, p->name);
    autk_table_text(table, kind_text(p->kind));
    autk_table_text(table, p->code[0]);
    autk_table_text(table, p->code[1]);
    autk_table_number(table, t->value_usd);
    autk_table_number(table, t->share);
    if (run->economy != AUTK_PARTY_WORLD) {
        autk_table_number(table, low);
        autk_table_number(table, high);
    }
    if (run->congestion.capacity != NULL) {
        const autk_load *load = cli_congestion_at(&run->congestion.now, t->place);
        autk_table_number(table, load != NULL ? load->capacity_t : NAN);
        autk_table_number(table, load != NULL ? load->traffic_t : NAN);
        autk_table_number(table, load != NULL ? load->extra_usd_per_t : NAN);
    }
    if (!run->no_judge) {
        autk_table_number(table, t->cost_rise);
        autk_table_number(table, t->access_lost);
        autk_table_number(table, t->cut_off);
    }
}

static autk_status build_table(cli_context *cli, autk_table **table, const corridors_run *run)
{
    static const autk_column all[] = {{"place", "place", AUTK_CELL_TEXT, 0},
                                      {"kind", "kind", AUTK_CELL_TEXT, 0},
                                      {"economy", "in", AUTK_CELL_TEXT, 0},
                                      {"economy2", "and", AUTK_CELL_TEXT, 0},
                                      {"value_usd", "trade", AUTK_CELL_USD, 0},
                                      {"share", "share", AUTK_CELL_PERCENT, 1},
                                      {"share_low", "at least", AUTK_CELL_PERCENT, 1},
                                      {"share_high", "at most", AUTK_CELL_PERCENT, 1},
                                      {"capacity_t", "capacity", AUTK_CELL_FIXED, 0},
                                      {"traffic_t", "tonnes", AUTK_CELL_FIXED, 0},
                                      {"congestion_usd_per_t", "adds", AUTK_CELL_FIXED, 2},
                                      {"cost_rise", "cost if closed", AUTK_CELL_PERCENT, 1},
                                      {"access_lost", "access lost", AUTK_CELL_PERCENT, 1},
                                      {"cut_off", "cut off", AUTK_CELL_PERCENT, 1}};
    enum { N_COLUMNS = sizeof all / sizeof *all };
    autk_column columns[N_COLUMNS];
    size_t n = 0;
    for (size_t i = 0; i < N_COLUMNS; i++) {
        bool bounds = i == 6 || i == 7, loaded = i >= 8 && i <= 10, judged = i >= 11;
        if ((bounds && run->economy == AUTK_PARTY_WORLD) || (judged && run->no_judge) ||
            (loaded && run->congestion.capacity == NULL))
            continue;
        columns[n++] = all[i];
    }
    autk_status st = autk_table_create(table, columns, n, &cli->err);
    for (size_t i = 0;
         st == AUTK_OK && i < run->n_traffic && (run->top == 0 || i < (size_t)run->top); i++)
        add_row(*table, run, &run->traffic[i]);
    return st;
}

static void write_heading(autk_buf *out, const corridors_run *run)
{
    autk_buf_printf(out, "Places that carry the trade of %s, %lld (%s routes)\n",
                    autk_world_party_name(run->base.world, run->economy), (long long)run->year,
                    strcmp(run->model, "shortest") == 0 ? "cheapest" : "probable");
    for (size_t i = 0; run->base.closures != NULL && i < autk_closures_count(run->base.closures);
         i++)
        autk_buf_printf(out, "   closed: %s\n", autk_closures_text(run->base.closures, i));
    autk_buf_putc(out, '\n');
}

static void write_notes(autk_buf *out, const corridors_run *run)
{
    autk_buf_puts(out, "\nShares may sum to more than 100 %: a shipment passes several places.\n");
    if (run->economy != AUTK_PARTY_WORLD)
        autk_buf_puts(out, "\"At least\" and \"at most\" follow from the bounds of the flows, not "
                           "from the costs.\n");
    if (run->n_unknown != 0)
        autk_buf_printf(out, "Not counted: %zu %s of which nothing is known.\n", run->n_unknown,
                        run->economy == AUTK_PARTY_WORLD ? "flows" : "partners");
}

static autk_status print_result(cli_context *cli, const corridors_run *run)
{
    autk_table *table = NULL;
    autk_buf out;
    autk_buf_init(&out);
    autk_status st = build_table(cli, &table, run);
    if (st == AUTK_OK && cli->format == AUTK_FORMAT_TEXT)
        write_heading(&out, run);
    if (st == AUTK_OK)
        st = autk_table_write(&out, table, cli->format, &cli->err);
    if (st == AUTK_OK && cli->format == AUTK_FORMAT_TEXT)
        write_notes(&out, run);
    if (st == AUTK_OK && cli->format == AUTK_FORMAT_TEXT)
        cli_congestion_text(&out, &run->congestion, run->base.network, run->closed);
    if (st == AUTK_OK)
        st = cli_write(cli, &out);
    autk_table_free(table);
    autk_buf_deinit(&out);
    return st;
}

/* ------------------------------------------------------------------ congestion */

typedef struct freight_list {
    autk_freight *items;
    size_t n;
} freight_list;

/* An economy's exports, in tonnes of the value that the network takes them to have. */
static void add_exports(freight_list *list, const corridors_run *run, int32_t economy,
                        const autk_country_year *country)
{
    const autk_network *net = run->base.network;
    double usd_per_t = autk_network_costs(net)->value[AUTK_COST_value_usd_per_t];
    int32_t from = autk_network_city(net, economy);
    for (size_t i = 0; i < country->n_partners && from >= 0; i++) {
        const autk_partner *p = &country->partners[i];
        int32_t to = autk_network_city(net, p->partner);
        double usd = p->exports.value_usd.point;
        if (to >= 0 && to != from && usd > 0 && list->n < run->n * run->n)
            list->items[list->n++] = (autk_freight){from, to, usd / usd_per_t};
    }
}

/* Places are congested by the whole world's trade, whoever's is looked at. */
static autk_status congest(cli_context *cli, corridors_run *run)
{
    run->closed = run->base.closures != NULL;
    if (run->congestion.capacity == NULL)
        return AUTK_OK;
    freight_list list = {.items = calloc(run->n * run->n, sizeof *list.items)};
    autk_status st = list.items != NULL ? AUTK_OK : no_memory(cli);
    if (st == AUTK_OK)
        st = cli_congestion_read(cli, &run->congestion, &run->base);
    for (int32_t e = 0; st == AUTK_OK && (size_t)e < run->n; e++) {
        autk_country_year *country = NULL;
        st = autk_evidence_country(&country, run->base.world, e, (int)run->year, NULL, &cli->err);
        if (st == AUTK_OK)
            add_exports(&list, run, e, country);
        else if (st == AUTK_ENOANSWER || st == AUTK_ENOTFOUND)
            st = AUTK_OK; /* an economy without any figure that year */
        autk_country_year_free(country);
    }
    if (st == AUTK_OK)
        st = cli_congestion_solve(cli, &run->congestion, &run->base, list.items, list.n);
    free(list.items);
    return st;
}

/* ------------------------------------------------------------------ the command */

static autk_status solve(cli_context *cli, corridors_run *run)
{
    bool shortest = strcmp(run->model, "shortest") == 0;
    if (!shortest && strcmp(run->model, "probable") != 0) {
        (void)snprintf(cli->err.source, sizeof cli->err.source, "--model");
        (void)snprintf(cli->err.msg, sizeof cli->err.msg,
                       "expected shortest or probable, got \"%s\"", run->model);
        return cli->err.code = AUTK_EARG;
    }
    if (shortest && run->congestion.capacity != NULL)
        return cli_expected(cli, "--capacity", "--model probable", "shortest");
    autk_status st = congest(cli, run);
    if (st != AUTK_OK)
        return st;
    bool world = run->economy == AUTK_PARTY_WORLD;
    double min_share = run->min_share > 0 ? run->min_share : world ? 0.005 : 0.02;
    st = autk_pair_costs_create(&run->pairs, run->base.network,
                                shortest ? AUTK_ROUTE_SHORTEST : AUTK_ROUTE_PROBABILISTIC,
                                run->base.closures, 1, &cli->err);
    if (st == AUTK_OK && !world)
        st = autk_corridor_use(run->use, run->pairs, run->economy, &cli->err);
    if (st == AUTK_OK)
        st = autk_corridor_traffic(&run->traffic, &run->n_traffic, run->pairs, run->value,
                                   min_share, !run->no_judge, &cli->err);
    return st;
}

static autk_status find_economy(cli_context *cli, corridors_run *run)
{
    autk_status st = autk_world_find_party(&run->economy, run->base.world, cli->arguments[0],
                                           (int)run->year, &cli->err);
    if (st == AUTK_OK && run->economy >= AUTK_GROUP_BASE) {
        (void)snprintf(cli->err.msg, sizeof cli->err.msg,
                       "expected an economy or WLD, got the group %s", cli->arguments[0]);
        return cli->err.code = AUTK_EARG;
    }
    if (st == AUTK_OK && run->economy != AUTK_PARTY_WORLD &&
        autk_network_city(run->base.network, run->economy) < 0) {
        (void)snprintf(cli->err.msg, sizeof cli->err.msg,
                       "expected an economy with a place in the network of routes, got %s",
                       autk_world_party_name(run->base.world, run->economy));
        return cli->err.code = AUTK_ENOTFOUND;
    }
    return st;
}

autk_status cmd_corridors(cli_context *cli, int argc, char **argv)
{
    corridors_run run = {.model = "probable", .top = 20};
    cli_option options[] = {
        CLI_CORRIDOR_OPTIONS(&run.base),
        {"year", CLI_YEAR, &run.year, "Y", "trade of that year (default: the last)", NULL},
        {"model", CLI_TEXT, &run.model, "probable|shortest", "how shippers choose routes", NULL},
        CLI_CAPACITY_OPTION(&run.congestion),
        {"min-share", CLI_SHARE, &run.min_share, "X", "leave out places that carry less (0.02)",
         NULL},
        {"top", CLI_WHOLE(0, INFINITY), &run.top, "N", "at most so many places (20; 0 = all)",
         NULL},
        {"shares-only", CLI_FLAG, &run.no_judge, NULL, "do not close each place in turn", NULL},
        {.name = NULL}};
    cli_spec spec = {
        .name = "corridors",
        .arguments = "ECONOMY|WLD",
        .summary = "Crossings, ports, straits and canals that carry an economy's trade, or the "
                   "world's, by their\nshare of its value; and what closing each would do to the "
                   "cost and the reach of that trade.",
        .examples = "  autarky corridors BLR\n"
                    "  autarky corridors BLR --date 2024-03-01 --year 2023\n"
                    "  autarky corridors WLD --closed suez --capacity world,gibraltar=2e9\n"
                    "  autarky corridors WLD --model shortest --format csv\n",
        .options = options,
        .min_arguments = 1,
        .max_arguments = 1};
    autk_status st = cli_parse(cli, &spec, argc, argv);
    if (st != AUTK_OK || cli->help_shown)
        return st;
    st = cli_corridor_open(cli, &run.base);
    if (st == AUTK_OK)
        st = find_economy(cli, &run);
    if (st == AUTK_OK && run.year != 0)
        st = cli_check_years(cli, run.base.world, (int)run.year, (int)run.year, "--year");
    if (st == AUTK_OK)
        st = cli_corridor_close(cli, &run.base, run.economy, -1);
    if (st == AUTK_OK)
        st = read_trade(cli, &run);
    if (st == AUTK_OK)
        st = solve(cli, &run);
    if (st == AUTK_OK)
        st = print_result(cli, &run);
    free(run.value);
    free(run.low);
    free(run.high);
    free(run.use);
    free(run.traffic);
    autk_pair_costs_free(run.pairs);
    cli_congestion_free(&run.congestion);
    cli_corridor_free(&run.base);
    return st;
}
