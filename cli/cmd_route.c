#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "congestion.h"

typedef struct route_run {
    cli_corridor base;
    cli_congestion congestion;
    double tonnes;
    bool closed;     /* anything, for `after` to tell */
    const char *map; /* NULL = none */
    int64_t max_routes;
    bool shortest;
    int64_t draws;
    double low[3], high[3]; /* 5 and 95 % of the draws: cost before, after, ratio */
    int32_t from, to;
    autk_routes *before, *after; /* after = NULL: nothing is closed */
} route_run;

/* ------------------------------------------------------------------ JSON */

static void json_place(autk_buf *out, const autk_network *net, int32_t place)
{
    autk_format_json_text(out, autk_network_place(net, place)->name);
}

static void json_number(autk_buf *out, const char *key, double value, const char *behind)
{
    autk_buf_printf(out, "\"%s\": ", key);
    autk_format_double(out, value);
    autk_buf_puts(out, behind);
}

static void json_leg(autk_buf *out, const autk_network *net, const autk_leg *leg)
{
    autk_buf_puts(out, "{\"from\": ");
    json_place(out, net, leg->from);
    autk_buf_puts(out, ", \"to\": ");
    json_place(out, net, leg->to);
    autk_buf_printf(out, ", \"mode\": \"%s\", ", autk_mode_text(leg->mode));
    json_number(out, "distance_km", leg->distance_km, ", ");
    json_number(out, "time_h", leg->time_h, ", ");
    json_number(out, "cost_usd_per_t", leg->cost_usd_per_t, "}");
}

static void json_routes(autk_buf *out, const autk_network *net, const autk_routes *routes)
{
    autk_buf_putc(out, '[');
    for (size_t i = 0; i < routes->n; i++) {
        const autk_route *r = &routes->routes[i];
        autk_buf_puts(out, i == 0 ? "{" : ", {");
        json_number(out, "share", r->share, ", ");
        json_number(out, "distance_km", r->distance_km, ", ");
        json_number(out, "time_h", r->time_h, ", ");
        json_number(out, "cost_usd_per_t", r->cost_usd_per_t, ", ");
        json_number(out, "money_usd_per_t", r->money_usd_per_t, ", \"legs\": [");
        for (size_t k = 0; k < r->n_legs; k++) {
            autk_buf_puts(out, k == 0 ? "" : ", ");
            json_leg(out, net, &r->legs[k]);
        }
        autk_buf_puts(out, "]}");
    }
    autk_buf_putc(out, ']');
}

static void json_state(autk_buf *out, const route_run *run, const autk_routes *routes)
{
    autk_buf_putc(out, '{');
    json_number(out, "expected_cost_usd_per_t", routes->expected_cost_usd_per_t, ", ");
    autk_buf_puts(out, "\"closures\": [");
    for (size_t i = 0; routes == run->after && i < autk_closures_count(run->base.closures); i++) {
        autk_buf_puts(out, i == 0 ? "" : ", ");
        autk_format_json_text(out, autk_closures_text(run->base.closures, i));
    }
    autk_buf_puts(out, "], \"routes\": ");
    json_routes(out, run->base.network, routes);
    autk_buf_putc(out, '}');
}

static double cost_ratio(const route_run *run)
{
    return run->after != NULL
               ? run->after->expected_cost_usd_per_t / run->before->expected_cost_usd_per_t
               : 1.0;
}

static void json_draws(autk_buf *out, const route_run *run)
{
    static const char *const names[] = {"before_usd_per_t", "after_usd_per_t", "cost_ratio"};
    int n = run->draws > 0 ? (run->after != NULL ? 3 : 1) : 0;
    for (int i = 0; i < n; i++) {
        autk_buf_printf(out, "%s\"%s\": {", i == 0 ? "\"draws\": {" : ", ", names[i]);
        json_number(out, "low", run->low[i], ", ");
        json_number(out, "high", run->high[i], "}");
    }
    if (n > 0)
        autk_buf_puts(out, "}, ");
}

static void write_json(autk_buf *out, const route_run *run)
{
    const autk_network *net = run->base.network;
    autk_buf_puts(out, "{\"from\": ");
    json_place(out, net, run->from);
    autk_buf_puts(out, ", \"to\": ");
    json_place(out, net, run->to);
    autk_buf_puts(out, ", ");
    json_number(out, "cost_ratio", cost_ratio(run), ", ");
    json_draws(out, run);
    if (run->congestion.capacity != NULL) {
        autk_buf_puts(out, "\"congestion\": ");
        cli_congestion_json(out, &run->congestion, net, run->closed);
        autk_buf_puts(out, ", ");
    }
    autk_buf_puts(out, "\"routes\": ");
    json_routes(out, net, run->after != NULL ? run->after : run->before);
    autk_buf_puts(out, ", \"before\": ");
    json_state(out, run, run->before);
    autk_buf_puts(out, ", \"after\": ");
    if (run->after != NULL)
        json_state(out, run, run->after);
    else
        autk_buf_puts(out, "null");
    autk_buf_puts(out, "}\n");
}

/* ------------------------------------------------------------------ text */

static void text_leg(autk_buf *out, const autk_network *net, const autk_leg *leg)
{
    char to[120];
    (void)cli_place_text(to, sizeof to, net, leg->to);
    if (leg->mode == AUTK_MODE_BORDER || leg->mode == AUTK_MODE_GATE)
        autk_buf_printf(out, "      %-6s %8s  %6.0f h %8.1f USD/t  through %s\n",
                        autk_mode_text(leg->mode), "", leg->time_h, leg->cost_usd_per_t, to);
    else
        autk_buf_printf(out, "      %-6s %5.0f km  %6.0f h %8.1f USD/t  to %s\n",
                        autk_mode_text(leg->mode), leg->distance_km, leg->time_h,
                        leg->cost_usd_per_t, to);
}

static void text_routes(autk_buf *out, const autk_network *net, const autk_routes *routes)
{
    for (size_t i = 0; i < routes->n; i++) {
        const autk_route *r = &routes->routes[i];
        autk_buf_printf(out, "   %zu. ", i + 1);
        autk_format_percent(out, r->share, 1);
        autk_buf_printf(out, " of the traffic: %.0f km, %.1f days, %.1f USD/t (freight %.1f)\n",
                        r->distance_km, r->time_h / 24, r->cost_usd_per_t, r->money_usd_per_t);
        for (size_t k = 0; k < r->n_legs; k++)
            text_leg(out, net, &r->legs[k]);
    }
}

static void text_draws(autk_buf *out, const route_run *run)
{
    if (run->draws <= 0)
        return;
    autk_buf_printf(out,
                    "\nCost parameters drawn from their ranges (90 %% of %lld draws, cheapest "
                    "route):\n   nothing closed %.0f to %.0f USD/t",
                    (long long)run->draws, run->low[0], run->high[0]);
    if (run->after != NULL)
        autk_buf_printf(out, "; closed %.0f to %.0f USD/t; ratio %.2f to %.2f", run->low[1],
                        run->high[1], run->low[2], run->high[2]);
    autk_buf_putc(out, '\n');
}

static void write_text(autk_buf *out, const route_run *run)
{
    const autk_network *net = run->base.network;
    char from[120], to[120];
    autk_buf_printf(out, "%s to %s\n\n", cli_place_text(from, sizeof from, net, run->from),
                    cli_place_text(to, sizeof to, net, run->to));
    autk_buf_printf(out, "Nothing closed: %.1f USD/t expected, time included\n",
                    run->before->expected_cost_usd_per_t);
    text_routes(out, net, run->before);
    if (run->after == NULL) {
        text_draws(out, run);
        cli_congestion_text(out, &run->congestion, net, false);
        return;
    }
    size_t n = autk_closures_count(run->base.closures);
    autk_buf_printf(out, "\nWith %zu closure%s: %.1f USD/t expected, %.2f times the cost\n", n,
                    n == 1 ? "" : "s", run->after->expected_cost_usd_per_t, cost_ratio(run));
    for (size_t i = 0; i < n; i++)
        autk_buf_printf(out, "   - %s\n", autk_closures_text(run->base.closures, i));
    text_routes(out, net, run->after);
    text_draws(out, run);
    cli_congestion_text(out, &run->congestion, net, true);
}

/* ------------------------------------------------------------------ CSV: one row a leg */

static void leg_rows(autk_table *table, const autk_network *net, const autk_routes *routes,
                     const char *state, bool named)
{
    for (size_t i = 0; i < routes->n; i++) {
        for (size_t k = 0; k < routes->routes[i].n_legs; k++) {
            const autk_leg *leg = &routes->routes[i].legs[k];
            autk_table_text(table, state);
            autk_table_number(table, (double)i + 1);
            autk_table_number(table, routes->routes[i].share);
            const autk_place *from = autk_network_place(net, leg->from);
            const autk_place *to = autk_network_place(net, leg->to);
            autk_table_text(table, named ? from->name : from->id);
            autk_table_text(table, named ? to->name : to->id);
            autk_table_text(table, autk_mode_text(leg->mode));
            autk_table_number(table, leg->distance_km);
            autk_table_number(table, leg->time_h);
            autk_table_number(table, leg->cost_usd_per_t);
        }
    }
}

/* named: places by their names, for a reader, instead of ids. */
static autk_status build_table(cli_context *cli, autk_table **out, const route_run *run, bool named)
{
    static const autk_column columns[] = {{"state", "state", AUTK_CELL_TEXT, 0},
                                          {"route", "route", AUTK_CELL_INTEGER, 0},
                                          {"share", "share", AUTK_CELL_PERCENT, 1},
                                          {"from", "from", AUTK_CELL_TEXT, 0},
                                          {"to", "to", AUTK_CELL_TEXT, 0},
                                          {"mode", "mode", AUTK_CELL_TEXT, 0},
                                          {"distance_km", "km", AUTK_CELL_FIXED, 0},
                                          {"time_h", "hours", AUTK_CELL_FIXED, 1},
                                          {"cost_usd_per_t", "USD/t", AUTK_CELL_FIXED, 2}};
    autk_table *table = NULL;
    autk_status st = autk_table_create(&table, columns, 9, &cli->err);
    if (st != AUTK_OK)
        return st;
    leg_rows(table, run->base.network, run->before, "before", named);
    if (run->after != NULL)
        leg_rows(table, run->base.network, run->after, "after", named);
    *out = table;
    return AUTK_OK;
}

static autk_status write_csv(cli_context *cli, const route_run *run)
{
    autk_table *table = NULL;
    autk_status st = build_table(cli, &table, run, false);
    if (st == AUTK_OK)
        st = cli_write_table(cli, table);
    autk_table_free(table);
    return st;
}

/* ------------------------------------------------------------------ map */

static void describe(autk_buf *out, const route_run *run)
{
    char from[120], to[120];
    const autk_route *r = &run->before->routes[0];
    autk_buf_printf(out,
                    "The cheapest route from %s to %s is %.0f km long and costs %.0f USD a tonne.",
                    cli_place_text(from, sizeof from, run->base.network, run->from),
                    cli_place_text(to, sizeof to, run->base.network, run->to), r->distance_km,
                    r->cost_usd_per_t);
    if (run->after != NULL)
        autk_buf_printf(out,
                        " With the closures it is %.0f km long; what shippers expect to pay "
                        "is %.2f times as much.",
                        run->after->routes[0].distance_km, cost_ratio(run));
}

static autk_status map_page(cli_context *cli, autk_buf *out, const autk_route_map *map,
                            const route_run *run)
{
    autk_table *table = NULL;
    autk_status st = build_table(cli, &table, run, true);
    if (st != AUTK_OK)
        return st;
    autk_page_begin(out, map->frame.title, map->frame.description);
    autk_page_section(out, "routes", map->frame.title);
    autk_page_paragraph(out, map->frame.description);
    for (size_t i = 0; run->after != NULL && i < autk_closures_count(run->base.closures); i++)
        autk_page_paragraph(out, autk_closures_text(run->base.closures, i));
    autk_page_figure(out);
    st = autk_route_map_draw(out, map, &cli->err);
    if (st == AUTK_OK)
        st = autk_page_figure_end(out,
                                  "Outlines: Natural Earth. Lines on land are straight; at sea "
                                  "they follow the lanes.",
                                  table, &cli->err);
    autk_page_section_end(out);
    autk_page_end(out);
    autk_table_free(table);
    return st;
}

static bool ends_in(const char *name, const char *ending)
{
    size_t n = strlen(name), m = strlen(ending);
    return n > m && strcmp(name + n - m, ending) == 0;
}

/* An SVG file of its own or a page, as its name says. */
static autk_status write_map(cli_context *cli, const route_run *run)
{
    char from[120], to[120], title[280];
    const autk_network *net = run->base.network;
    bool svg = ends_in(run->map, ".svg");
    autk_buf out, words;
    autk_buf_init(&out);
    autk_buf_init(&words);
    describe(&words, run);
    (void)snprintf(title, sizeof title, "Routes from %s to %s",
                   cli_place_text(from, sizeof from, net, run->from),
                   cli_place_text(to, sizeof to, net, run->to));
    autk_route_map_way way = {.to = run->to, .before = run->before, .after = run->after};
    autk_route_map map = {.frame = {.id = "routes-map",
                                    .title = title,
                                    .description = autk_buf_text(&words),
                                    .standalone = svg},
                          .network = net,
                          .from = run->from,
                          .ways = &way,
                          .n_ways = 1};
    autk_status st = autk_buf_check(&words, &cli->err);
    if (st == AUTK_OK)
        st = svg ? autk_route_map_draw(&out, &map, &cli->err) : map_page(cli, &out, &map, run);
    if (st == AUTK_OK)
        st = cli_write_file(run->map, &out, &cli->err);
    autk_buf_deinit(&out);
    autk_buf_deinit(&words);
    return st;
}

/* ------------------------------------------------------------------ the command */

static autk_status find_ends(cli_context *cli, route_run *run)
{
    autk_status st = AUTK_OK;
    for (int i = 0; i < 2 && st == AUTK_OK; i++) {
        st = autk_network_find(i == 0 ? &run->from : &run->to, run->base.network, cli->arguments[i],
                               &cli->err);
        if (st != AUTK_OK)
            (void)snprintf(cli->err.source, sizeof cli->err.source, "%s", i == 0 ? "FROM" : "TO");
    }
    return st;
}

/* A place that is closed itself is no question of routes. */
static autk_status check_ends(cli_context *cli, const route_run *run)
{
    for (int i = 0; i < 2 && run->base.closures != NULL; i++) {
        int32_t place = i == 0 ? run->from : run->to;
        if (autk_closures_is_closed(run->base.closures, place))
            return cli_expected(cli, i == 0 ? "FROM" : "TO", "a place that is open",
                                autk_network_place(run->base.network, place)->name);
    }
    return AUTK_OK;
}

static int32_t economy_at(const route_run *run, int32_t place)
{
    return autk_network_place(run->base.network, place)->economy[0];
}

/* ------------------------------------------------------------------ draws */

static autk_status cheapest_cost(cli_context *cli, double *cost, const cli_corridor *c,
                                 const route_run *run, bool closed)
{
    autk_route_opts opts = {.shortest_only = true};
    autk_routes *routes = NULL;
    autk_status st = autk_routes_find(&routes, c->network, run->from, run->to,
                                      closed ? c->closures : NULL, &opts, &cli->err);
    if (st == AUTK_OK)
        *cost = routes->expected_cost_usd_per_t;
    autk_routes_free(routes);
    return st;
}

/* value [3 * draws]: cost before, after and their ratio, draw after draw. */
static autk_status draw_costs(cli_context *cli, route_run *run, double *value)
{
    const autk_costs *costs = autk_network_costs(run->base.network);
    size_t n = (size_t)run->draws;
    autk_status st = AUTK_OK;
    for (size_t d = 0; st == AUTK_OK && d < n; d++) {
        autk_costs drawn = autk_costs_draw(costs, 1, d);
        cli_corridor c;
        st = cli_corridor_draw(cli, &c, &run->base, &drawn, economy_at(run, run->from),
                               economy_at(run, run->to));
        if (st == AUTK_OK)
            st = cheapest_cost(cli, &value[d], &c, run, false);
        value[n + d] = value[d];
        if (st == AUTK_OK && run->base.closures != NULL)
            st = cheapest_cost(cli, &value[n + d], &c, run, true);
        value[2 * n + d] = value[n + d] / value[d];
        cli_corridor_free_draw(&c);
    }
    for (size_t i = 0; st == AUTK_OK && i < 3; i++) {
        autk_sort(value + i * n, n);
        run->low[i] = autk_quantile(value + i * n, n, 0.05);
        run->high[i] = autk_quantile(value + i * n, n, 0.95);
    }
    return st;
}

static autk_status solve_draws(cli_context *cli, route_run *run)
{
    if (run->draws == 0)
        return AUTK_OK;
    double *value = calloc(3 * (size_t)run->draws, sizeof *value);
    if (value == NULL)
        return cli->err.code = AUTK_ENOMEM;
    autk_status st = draw_costs(cli, run, value);
    free(value);
    return st;
}

/* --capacity and --tonnes hang together, and neither draws nor the cheapest route knows of them. */
static autk_status check_capacity(cli_context *cli, const route_run *run)
{
    bool given = run->congestion.capacity != NULL, tonnes = run->tonnes > 0;
    if (!given && !tonnes)
        return AUTK_OK;
    if (given && !tonnes)
        return cli_expected(cli, "--capacity", "--tonnes beside it: what moves in a year", "none");
    if (!given)
        return cli_expected(cli, "--tonnes", "--capacity beside it", "none");
    if (run->shortest)
        return cli_expected(cli, "--capacity", "shares of the traffic", "--shortest");
    if (run->draws > 0)
        return cli_expected(cli, "--capacity", "the costs as they are", "--draws");
    return AUTK_OK;
}

static autk_status congest(cli_context *cli, route_run *run)
{
    autk_freight freight = {run->from, run->to, run->tonnes};
    run->closed = run->base.closures != NULL;
    autk_status st = cli_congestion_read(cli, &run->congestion, &run->base);
    return st == AUTK_OK ? cli_congestion_solve(cli, &run->congestion, &run->base, &freight, 1)
                         : st;
}

static autk_status solve(cli_context *cli, route_run *run)
{
    autk_route_opts opts = {.shortest_only = run->shortest};
    opts.max_routes = (size_t)run->max_routes;
    const autk_network *net = run->base.network;
    autk_status st = find_ends(cli, run);
    if (st == AUTK_OK)
        st = cli_corridor_close(cli, &run->base, economy_at(run, run->from),
                                economy_at(run, run->to));
    if (st == AUTK_OK)
        st = check_ends(cli, run);
    if (st == AUTK_OK)
        st = congest(cli, run);
    if (st == AUTK_OK)
        st = autk_routes_find(&run->before, net, run->from, run->to, run->congestion.before, &opts,
                              &cli->err);
    if (st == AUTK_OK && run->closed)
        st = autk_routes_find(&run->after, net, run->from, run->to, run->base.closures, &opts,
                              &cli->err);
    if (st == AUTK_OK)
        st = solve_draws(cli, run);
    return st;
}

static autk_status print_result(cli_context *cli, const route_run *run)
{
    if (cli->format == AUTK_FORMAT_CSV)
        return write_csv(cli, run);
    autk_buf out;
    autk_buf_init(&out);
    if (cli->format == AUTK_FORMAT_JSON)
        write_json(&out, run);
    else
        write_text(&out, run);
    autk_status st = cli_write(cli, &out);
    autk_buf_deinit(&out);
    return st;
}

autk_status cmd_route(cli_context *cli, int argc, char **argv)
{
    route_run run = {.max_routes = 3};
    cli_option options[] = {
        CLI_CORRIDOR_OPTIONS(&run.base),
        {"routes", CLI_WHOLE(1, 20), &run.max_routes, "N", "how many routes to show, at most 20",
         NULL},
        {"draws", CLI_WHOLE(0, 10000), &run.draws, "N",
         "draw the cost parameters from their ranges", NULL},
        CLI_CAPACITY_OPTION(&run.congestion),
        {"tonnes", CLI_ABOVE(0, 1e15), &run.tonnes, "N", "what moves in a year, for --capacity",
         NULL},
        {"shortest", CLI_FLAG, &run.shortest, NULL,
         "all goods take the cheapest route, instead of shares", NULL},
        {"map", CLI_TEXT, &run.map, "FILE", "draw the routes: an SVG (.svg) or an HTML page", NULL},
        {.name = NULL}};
    cli_spec spec = {
        .name = "route",
        .arguments = "FROM TO",
        .summary = "Routes of goods between two places (economies, cities, ports, crossings) over "
                   "rail, road\nand sea, with distance, time, cost and shares of the traffic; and "
                   "what closures change.",
        .examples =
            "  autarky route BLR DEU\n"
            "  autarky route Rotterdam Singapore --closed suez\n"
            "  autarky route soligorsk CHN --goods potash --date 2022-03-01\n"
            "  autarky route soligorsk BRA --goods potash --date 2022-03-01 --map potash.html\n"
            "  autarky route soligorsk BRA --goods potash --date 2022-03-01 --tonnes 11e6 "
            "--capacity "
            "world\n"
            "  autarky route BLR NLD --ban-transit LTU,LVA,POL,UKR --format json\n",
        .options = options,
        .min_arguments = 2,
        .max_arguments = 2};
    autk_status st = cli_parse(cli, &spec, argc, argv);
    if (st != AUTK_OK || cli->help_shown)
        return st;
    if (run.map != NULL && !ends_in(run.map, ".svg") && !ends_in(run.map, ".html"))
        return cli_expected(cli, "--map", "a name that ends in .svg or .html", run.map);
    st = check_capacity(cli, &run);
    if (st == AUTK_OK)
        st = cli_corridor_open(cli, &run.base);
    if (st == AUTK_OK)
        st = solve(cli, &run);
    if (st == AUTK_OK && run.map != NULL)
        st = write_map(cli, &run);
    if (st == AUTK_OK)
        st = print_result(cli, &run);
    autk_routes_free(run.before);
    autk_routes_free(run.after);
    cli_congestion_free(&run.congestion);
    cli_corridor_free(&run.base);
    return st;
}
