/* The routes to the main markets: in words, as a table, a map, JSON and CSV. */
#include <math.h>
#include <stdio.h>
#include <string.h>

#include <autarky/routemap.h>

#include "base/fail.h"
#include "base/table.h"
#include "report/brief_corridors.h"
#include "report/object.h"
#include "report/words.h"

#define LEAST_RISE 0.0005
#define MAX_WAY_COLUMNS 24
#define LEAST_ACCESS 0.0001 /* less is not told from nothing */

/* ------------------------------------------------------------------ the way in words */

/* "Osinovka - Krasnoye (rail)" is told without its mode, which stands before it. */
static size_t name_length(const char *name)
{
    const char *mode = strstr(name, " (rail");
    return mode != NULL ? (size_t)(mode - name) : strlen(name);
}

/* The first crossing and the first port of a way, with the mode that leads there. */
static void say_way(autk_buf *t, const autk_network *network, const autk_route *route)
{
    bool crossing = false, port = false;
    const char *mode = "";
    for (size_t i = 0; i < route->n_legs; i++) {
        const autk_leg *leg = &route->legs[i];
        const autk_place *to = autk_network_place(network, leg->to);
        bool *seen = to->kind == AUTK_PLACE_CROSSING ? &crossing
                     : to->kind == AUTK_PLACE_PORT   ? &port
                                                     : NULL;
        mode = leg->from != leg->to ? autk_mode_text(leg->mode) : mode;
        if (seen == NULL || *seen)
            continue;
        *seen = true;
        autk_buf_printf(t, "%s%s, %.*s", t->len != 0 ? "; " : "", mode, (int)name_length(to->name),
                        to->name);
    }
    if (!crossing && !port)
        autk_buf_puts(t, mode);
}

static const autk_route *route_of(const autki_way *way)
{
    return &(way->is != NULL ? way->is : way->was)->routes[0];
}

/* "+12 %", "no route left", "0 %". */
static void say_rise(autk_buf *t, const autki_way *way)
{
    if (isinf(way->after.point)) {
        autk_buf_puts(t, "no route left");
        return;
    }
    if (way->rise.point >= LEAST_RISE)
        autk_buf_putc(t, '+');
    autki_words_percent(t, way->rise.point < LEAST_RISE ? 0.0 : way->rise.point);
}

/* ------------------------------------------------------------------ sentences */

static void say_day(autk_buf *t, const autk_brief *b)
{
    autki_words_date(t, b->corridors->day);
}

static void say_carriers(autk_buf *t, const autk_brief *b)
{
    const autki_corridors *c = b->corridors;
    for (size_t i = 0; i < c->n_carriers && i < 3; i++) {
        const autki_carrier *carrier = &c->carriers[i];
        autk_buf_puts(t, i == 0 ? "By the cheapest routes " : i == 1 ? ", " : " and ");
        autki_words_share(t, carrier->share);
        if (i == 0) {
            autk_buf_puts(t, " of ");
            autki_words_possessive(t, b->world, b->economy);
            autk_buf_puts(t, " trade passes");
        }
        autk_buf_printf(t, " %s", carrier->place->name);
    }
    if (c->n_carriers != 0)
        autk_buf_puts(t, ".");
}

static const autki_way *dearest(const autki_corridors *c, size_t *n_dearer, size_t *n_lost)
{
    const autki_way *most = NULL;
    *n_dearer = *n_lost = 0;
    for (size_t i = 0; i < c->n_ways; i++) {
        const autki_way *way = &c->ways[i];
        if (!(way->rise.point >= LEAST_RISE))
            continue;
        (*n_dearer)++;
        *n_lost += (size_t)(isinf(way->after.point) != 0);
        most = most == NULL || way->rise.point > most->rise.point ? way : most;
    }
    return most;
}

static void say_dearer(autk_buf *t, const autk_brief *b)
{
    const autki_corridors *c = b->corridors;
    size_t n_dearer, n_lost;
    const autki_way *most = dearest(c, &n_dearer, &n_lost);
    autk_buf_puts(t, "The closures in force on ");
    say_day(t, b);
    if (most == NULL) {
        autk_buf_printf(t, " leave the cheapest way to each of the %zu main partners as it was.",
                        c->n_ways);
        return;
    }
    autk_buf_printf(t, " make the way to %zu of the %zu main partners dearer, most that to ",
                    n_dearer, c->n_ways);
    autki_words_name(t, b->world, most->partner);
    if (n_lost != 0) {
        autk_buf_printf(t, ": to %zu no route is left.", n_lost);
        return;
    }
    autk_buf_puts(t, ": by ");
    autki_words_share(t, most->rise);
    autk_buf_puts(t, ".");
}

static bool is_here(const autk_brief *b, size_t entry)
{
    int32_t where[2];
    autk_closures_where(where, b->corridors->closures, entry);
    return where[0] == b->economy || where[1] == b->economy;
}

static void say_closed(autk_buf *t, const autk_brief *b)
{
    const autk_closures *closures = b->corridors->closures;
    size_t n = 0;
    for (size_t i = 0; i < autk_closures_count(closures); i++) {
        if (!is_here(b, i))
            continue;
        autk_buf_puts(t, n++ == 0 ? "Closed then at its borders: " : "; ");
        autk_buf_puts(t, autk_closures_text(closures, i));
    }
    if (n != 0)
        autk_buf_puts(t, ".");
}

static void say_parameters(autk_buf *t, const autk_brief *b)
{
    const autki_corridors *c = b->corridors;
    const double *v = autk_network_costs(c->network)->value;
    autk_buf_printf(
        t,
        "The table has USD a tonne with nothing closed (open) and now: money and time for goods "
        "worth USD %.0f a tonne on the cheapest route between main cities. USD %.3g by rail, %.3g "
        "by road and %.3g at sea for a tonne-km, %.0f and %.0f hours for a border (less inside a "
        "customs union), %.0f and %.0f hours for a port, %.2g %% of the value for a day. In "
        "brackets and \"can be\": 5 to 95 %% of %d draws of all cost parameters from their ranges; "
        "of shares of trade, all that fits what is known of the flows. The sources of the "
        "parameters: docs/modules/corridor.md.",
        v[AUTK_COST_value_usd_per_t], v[AUTK_COST_rail_usd_per_tkm], v[AUTK_COST_road_usd_per_tkm],
        v[AUTK_COST_sea_usd_per_tkm], v[AUTK_COST_border_usd_per_t], v[AUTK_COST_border_h],
        v[AUTK_COST_port_usd_per_t], v[AUTK_COST_port_h], 100.0 * v[AUTK_COST_time_share_per_day],
        c->n_draws);
}

autk_status autki_brief_say_corridors(autk_brief *brief, autk_buf *t, autk_err *err)
{
    static void (*const say[])(autk_buf *, const autk_brief *) = {say_carriers, say_dearer,
                                                                  say_closed, say_parameters};
    autki_lines *lines = &brief->sentences[AUTKI_CORRIDORS];
    if (brief->corridors->why_not != NULL) {
        autk_buf_puts(t, brief->corridors->why_not);
        return autki_lines_take(lines, t, err);
    }
    autk_status st = AUTK_OK;
    for (size_t i = 0; st == AUTK_OK && i < sizeof say / sizeof *say; i++) {
        say[i](t, brief);
        st = autki_lines_take(lines, t, err);
    }
    return st;
}

void autki_corridors_say_access(autk_buf *t, const autk_brief *b)
{
    const autki_corridors *c = b->corridors;
    if (c->why_not != NULL || !isfinite(c->access_lost.point))
        return;
    const double *v = autk_network_costs(c->network)->value;
    autk_buf_puts(t, "The closures in force on ");
    say_day(t, b);
    if (c->access_lost.point <= 0.0 && c->access_lost.high < LEAST_ACCESS) {
        autk_buf_puts(t, " take nothing of the access to its markets: no way to them is dearer.");
        return;
    }
    autk_buf_puts(t, " take ");
    autki_words_share(t, c->access_lost);
    autk_buf_printf(t,
                    " of the access to its markets, against none closed: each market counts by the "
                    "trade with it, and loses access by the rise of the cost of reaching it, at an "
                    "elasticity of %.3g for goods of USD %.0f a tonne.",
                    v[AUTK_COST_trade_elasticity], v[AUTK_COST_value_usd_per_t]);
}

/* ------------------------------------------------------------------ table */

/* "81–310", whole USD; blank where there is no interval. */
static void add_cost_interval(autk_table *table, autk_bounds cost)
{
    autk_buf text;
    autk_buf_init(&text);
    if (isfinite(cost.low) && isfinite(cost.high))
        autk_buf_printf(&text, "%.0f–%.0f", floor(cost.low), ceil(cost.high));
    autki_table_take(table, &text);
    autk_buf_deinit(&text);
}

static void add_way(autk_table *table, const autk_brief *b, const autki_way *way, bool whole)
{
    const autk_route *route = route_of(way);
    autk_buf text;
    autk_buf_init(&text);
    autki_table_cut(table, autk_world_party_name(b->world, way->partner), 20);
    autk_table_number(table, way->before.point);
    autk_table_number(table, isfinite(way->after.point) ? way->after.point : NAN);
    add_cost_interval(table, way->after);
    say_rise(&text, way);
    autki_table_take(table, &text);
    if (isfinite(way->rise.low) && way->rise.high >= LEAST_RISE)
        autki_words_interval(&text, way->rise);
    autki_table_take(table, &text);
    autk_table_number(table, route->distance_km);
    autk_table_number(table, route->time_h / 24.0);
    say_way(&text, b->corridors->network, route);
    autki_table_cut(table, autk_buf_text(&text), whole ? SIZE_MAX : MAX_WAY_COLUMNS);
    autk_buf_deinit(&text);
}

autk_status autki_corridors_table(autk_table **out, const autk_brief *brief, bool whole,
                                  autk_err *err)
{
    static const autk_column columns[] = {
        {"partner", "partner", AUTK_CELL_TEXT, 0}, {"before", "open", AUTK_CELL_FIXED, 0},
        {"after", "now", AUTK_CELL_FIXED, 0},      {"interval", "can be", AUTK_CELL_TEXT, 0},
        {"rise", "rise", AUTK_CELL_TEXT, 0},       {"rise_interval", "can be", AUTK_CELL_TEXT, 0},
        {"distance_km", "km", AUTK_CELL_FIXED, 0}, {"time_days", "days", AUTK_CELL_FIXED, 0},
        {"way", "way now", AUTK_CELL_TEXT, 0}};
    const autki_corridors *c = brief->corridors;
    autk_table *table = NULL;
    if (c->why_not != NULL)
        return AUTK_OK;
    autk_status st = autk_table_create(&table, columns, sizeof columns / sizeof *columns, err);
    if (st != AUTK_OK)
        return st;
    for (size_t i = 0; i < c->n_ways; i++)
        add_way(table, brief, &c->ways[i], whole);
    *out = table;
    return AUTK_OK;
}

/* ------------------------------------------------------------------ map */

static autk_status draw_map(autk_buf *out, const autk_brief *b, const autk_network *shapes,
                            const char *title, autk_err *err)
{
    autk_route_map_way ways[AUTK_ROUTE_MAP_WAYS];
    const autki_corridors *c = b->corridors;
    for (size_t i = 0; i < c->n_ways; i++) {
        const autki_way *way = &c->ways[i];
        bool changed = way->rise.point >= LEAST_RISE;
        ways[i] = (autk_route_map_way){.to = autk_network_city(shapes, way->partner),
                                       .label = autk_world_party_name(b->world, way->partner),
                                       .before = way->was,
                                       .after = changed ? way->is : NULL};
    }
    autk_buf words;
    autk_buf_init(&words);
    say_dearer(&words, b);
    autk_route_map map = {.frame = {"corridors-map", title, autk_buf_text(&words), false},
                          .network = shapes,
                          .from = autk_network_city(shapes, b->economy),
                          .ways = ways,
                          .n_ways = c->n_ways};
    autk_status st = autk_route_map_draw(out, &map, err);
    autki_words_done(out, &words);
    return st;
}

/* Places have the same numbers in every network of one dataset: this one has the shapes too. */
autk_status autki_corridors_map(autk_buf *out, const autk_brief *brief, autk_err *err)
{
    const autki_corridors *c = brief->corridors;
    autk_network *shapes = NULL;
    autk_buf title, caption;
    if (c->why_not != NULL)
        return AUTK_OK;
    autk_network_opts opts = {.date = c->day};
    autk_status st = autk_network_open(&shapes, brief->world, &opts, err);
    if (st != AUTK_OK)
        return st;
    autk_buf_init(&title);
    autk_buf_init(&caption);
    autk_buf_puts(&title, "Cheapest routes from ");
    autki_words_name(&title, brief->world, brief->economy);
    autk_buf_puts(&title, " to its main partners");
    autk_buf_printf(&caption,
                    "%s. Full lines: nothing closed. Dashed: the way with the closures "
                    "in force on ",
                    autk_buf_text(&title));
    say_day(&caption, brief);
    autk_buf_puts(&caption, ", where it is another. Outlines: Natural Earth.");
    autk_page_figure(out);
    st = draw_map(out, brief, shapes, autk_buf_text(&title), err);
    if (st == AUTK_OK) /* the section's own table stands below */
        st = autk_page_figure_end(out, autk_buf_text(&caption), NULL, err);
    autki_words_done(out, &title);
    autki_words_done(out, &caption);
    autk_network_free(shapes);
    return st;
}

/* ------------------------------------------------------------------ JSON and CSV */

static void json_costs(autki_object *o, const autk_network *network)
{
    const autk_costs *costs = autk_network_costs(network);
    autki_object parameters = autki_object_in(o, "parameters");
    for (int i = 0; i < AUTK_COST_COUNT; i++)
        autki_object_bounds(&parameters, autk_cost_name((autk_cost)i),
                            (autk_bounds){costs->low[i], costs->value[i], costs->high[i]});
    autki_object_close(&parameters);
}

static void json_way(autki_object *list, const autk_brief *b, const autki_way *way)
{
    const autk_route *route = route_of(way);
    autk_buf text;
    autk_buf_init(&text);
    say_way(&text, b->corridors->network, route);
    autki_object one = autki_object_element(list);
    autki_object_text(&one, "partner", autk_world_party_code(b->world, way->partner));
    autki_object_bounds(&one, "share", way->share);
    autki_object_bounds(&one, "before_usd_per_t", way->before);
    autki_object_bounds(&one, "after_usd_per_t", way->after);
    autki_object_bounds(&one, "rise", way->rise);
    autki_object_bool(&one, "route_left", isfinite(way->after.point));
    autki_object_number(&one, "distance_km", route->distance_km);
    autki_object_number(&one, "time_h", route->time_h);
    autki_object_text(&one, "way", autk_buf_text(&text));
    autki_object_close(&one);
    autk_buf_deinit(&text);
}

static void json_carriers(autki_object *o, const autki_corridors *c)
{
    autki_object list = autki_object_array(o, "places");
    for (size_t i = 0; i < c->n_carriers; i++) {
        autki_object one = autki_object_element(&list);
        autki_object_text(&one, "place", c->carriers[i].place->id);
        autki_object_text(&one, "name", c->carriers[i].place->name);
        autki_object_bounds(&one, "share", c->carriers[i].share);
        autki_object_number(&one, "share_nothing_closed", c->carriers[i].was);
        autki_object_close(&one);
    }
    autki_object_close(&list);
}

void autki_corridors_json(autk_buf *out, const autk_brief *brief)
{
    const autki_corridors *c = brief->corridors;
    autk_buf_puts(out, ",\n \"corridors\": ");
    autki_object o = autki_object_open(out);
    autki_object_text(&o, "why_not", c->why_not);
    if (c->why_not == NULL) {
        autki_object_number(&o, "date", c->day);
        autki_object_number(&o, "draws", c->n_draws);
        autki_object closed = autki_object_array(&o, "closures");
        for (size_t i = 0; i < autk_closures_count(c->closures); i++)
            autki_object_text_element(&closed, autk_closures_text(c->closures, i));
        autki_object_close(&closed);
        autki_object ways = autki_object_array(&o, "routes");
        for (size_t i = 0; i < c->n_ways; i++)
            json_way(&ways, brief, &c->ways[i]);
        autki_object_close(&ways);
        json_carriers(&o, c);
        autki_object_bounds(&o, "market_access_lost", c->access_lost);
        json_costs(&o, c->network);
    }
    autki_object lines = autki_object_array(&o, "sentences");
    for (size_t i = 0; i < brief->sentences[AUTKI_CORRIDORS].n; i++)
        autki_object_text_element(&lines, brief->sentences[AUTKI_CORRIDORS].line[i]);
    autki_object_close(&lines);
    autki_object_close(&o);
}

void autki_corridors_csv(autk_buf *out, const autk_brief *brief)
{
    const autki_corridors *c = brief->corridors;
    if (c->why_not != NULL)
        return;
    for (size_t i = 0; i < c->n_ways; i++) {
        const autki_way *way = &c->ways[i];
        autki_brief_csv_row row = {.section = "corridors",
                                   .item = autk_world_party_code(brief->world, way->partner),
                                   .measure = "cost of the way with nothing closed",
                                   .year = brief->year,
                                   .value = way->before,
                                   .unit = "USD per tonne",
                                   .evidence = "model"};
        autki_brief_put_csv_row(out, &row);
        row.measure = "cost of the way";
        row.value = way->after;
        autki_brief_put_csv_row(out, &row);
        row.measure = "rise of the cost by closures";
        row.value = way->rise;
        row.unit = "fraction";
        autki_brief_put_csv_row(out, &row);
    }
    for (size_t i = 0; i < c->n_carriers; i++) {
        autki_brief_csv_row row = {"corridors", c->carriers[i].place->id, "share of trade",
                                   brief->year, c->carriers[i].share,     "fraction",
                                   "model"};
        autki_brief_put_csv_row(out, &row);
    }
    autki_brief_csv_row lost = {"isolation",
                                autk_world_party_code(brief->world, brief->economy),
                                "market access lost",
                                brief->year,
                                c->access_lost,
                                "fraction",
                                "model"};
    autki_brief_put_csv_row(out, &lost);
}
