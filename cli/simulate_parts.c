/* What effects are made of, and what their intervals come from. */
#include <math.h>
#include <string.h>

#include "simulate_write.h"

/* ------------------------------------------------------------------ what is drawn */

static const struct source {
    const char *key, *title;
} sources[CLI_N_SOURCES] = {{"elasticities", "elasticities %"},
                            {"estimates", "estimates %"},
                            {"gaps", "unreported %"},
                            {"transport", "transport %"}};

const char *cli_source_key(size_t source)
{
    return source < CLI_N_SOURCES ? sources[source].key : "";
}

static bool is_ranged(const autk_costs *costs, int i)
{
    autk_costs drawn = autk_costs_draw(costs, 1, 1);
    return drawn.value[i] != costs->value[i];
}

/* Names and ranges, in lines of moderate length. */
static void list_costs(autk_buf *text, const autk_costs *costs)
{
    size_t column = 0;
    for (int i = 0; i < AUTK_COST_COUNT; i++) {
        char item[120];
        if (!is_ranged(costs, i))
            continue;
        int len = snprintf(item, sizeof item, "%s %g (%g to %g)", autk_cost_name((autk_cost)i),
                           costs->value[i], costs->low[i], costs->high[i]);
        bool breaks = column == 0 || column + (size_t)len > 92;
        autk_buf_printf(text, "%s%s", column == 0 ? "\n   " : breaks ? ",\n   " : ", ", item);
        column = breaks ? 3 + (size_t)len : column + 2 + (size_t)len;
    }
}

void cli_drawn_text(autk_buf *text, const cli_simulated *s)
{
    static const char *const words[CLI_N_SOURCES] = {
        "the elasticities", "the estimated coefficients", "the flows that nobody reports",
        "the costs of transport"};
    unsigned drawn = autk_scenario_uncertain(s->scenario, s->economy);
    bool first = true;
    autk_buf_printf(text, "5 to 95 %% of %d draws", autk_simulation_n_draws(s->sim));
    for (size_t i = 0; i < CLI_N_SOURCES; i++) {
        if ((drawn >> i & 1) == 0)
            continue;
        autk_buf_printf(text, "%s%s", first ? " of " : ", ", words[i]);
        first = false;
    }
    autk_buf_printf(text, "; %d draws had no solution\n", autk_simulation_n_failed_draws(s->sim));
    const autk_costs *costs = autk_scenario_transport(s->scenario);
    if (costs == NULL || (drawn & AUTK_DRAW_TRANSPORT) == 0)
        return;
    autk_buf_puts(text, "costs of transport, each triangular within its range:");
    list_costs(text, costs);
    autk_buf_puts(text, "\n");
}

static void member(autk_buf *b, const char *key, double value)
{
    autk_buf_printf(b, "\"%s\": ", key);
    autk_format_double(b, value);
}

void cli_drawn_json(autk_buf *b, const cli_simulated *s)
{
    const autk_costs *costs = autk_scenario_transport(s->scenario);
    unsigned drawn =
        autk_simulation_n_draws(s->sim) > 0 ? autk_scenario_uncertain(s->scenario, s->economy) : 0;
    bool first = true;
    autk_buf_puts(b, "\"drawn\": [");
    for (size_t i = 0; i < CLI_N_SOURCES; i++) {
        if ((drawn >> i & 1) == 0)
            continue;
        autk_buf_printf(b, "%s\"%s\"", first ? "" : ", ", sources[i].key);
        first = false;
    }
    autk_buf_puts(b, "], ");
    if (costs == NULL)
        return;
    autk_buf_puts(b, "\n \"transport_costs\": [");
    for (int i = 0; i < AUTK_COST_COUNT; i++) {
        autk_buf_printf(b, "%s\n  {\"name\": \"%s\", ", i == 0 ? "" : ",",
                        autk_cost_name((autk_cost)i));
        member(b, "value", costs->value[i]);
        autk_buf_puts(b, ", ");
        member(b, "low", costs->low[i]);
        autk_buf_puts(b, ", ");
        member(b, "high", costs->high[i]);
        autk_buf_printf(b, ", \"drawn\": %s}",
                        (drawn & AUTK_DRAW_TRANSPORT) != 0 && is_ranged(costs, i) ? "true"
                                                                                  : "false");
    }
    autk_buf_puts(b, "],\n ");
}

/* ------------------------------------------------------------------ parts */

static const char *const quantities[] = {"welfare", "exports", "imports"};
#define N_QUANTITIES 3

static double percent(const autk_effect *effect, size_t quantity)
{
    const double values[N_QUANTITIES] = {effect->welfare, effect->exports, effect->imports};
    return 100 * values[quantity];
}

/* The economies shown, and the world as the last. */
static bool shows(const cli_simulated *s, int32_t economy)
{
    return economy == autk_economy_n_regions(s->economy) || autk_simulation_shows(s->sim, economy);
}

static const char *name_of(const cli_simulated *s, int32_t economy)
{
    return economy == autk_economy_n_regions(s->economy) ? "World"
                                                         : autk_economy_region(s->economy, economy);
}

typedef struct cell {
    const char *title;
    size_t quantity;
    autk_part part;
} cell;

/* Beside other measures; and of routes alone, where some became dearer and some were lost. */
static const cell mixed[] = {
    {"welfare %", 0, AUTK_PART_ALL},       {"routes", 0, AUTK_PART_ROUTES},
    {"dearer", 0, AUTK_PART_DEARER},       {"lost", 0, AUTK_PART_LOST},
    {"other", 0, AUTK_PART_OTHER},         {"share %", 0, AUTK_PART_ROUTE_SHARE},
    {"exports %", 1, AUTK_PART_ALL},       {"routes", 1, AUTK_PART_ROUTES},
    {"share %", 1, AUTK_PART_ROUTE_SHARE}, {"imports %", 2, AUTK_PART_ALL},
    {"routes", 2, AUTK_PART_ROUTES},       {"share %", 2, AUTK_PART_ROUTE_SHARE}};
static const cell pure[] = {
    {"welfare %", 0, AUTK_PART_ALL}, {"dearer", 0, AUTK_PART_DEARER}, {"lost", 0, AUTK_PART_LOST},
    {"exports %", 1, AUTK_PART_ALL}, {"dearer", 1, AUTK_PART_DEARER}, {"lost", 1, AUTK_PART_LOST},
    {"imports %", 2, AUTK_PART_ALL}, {"dearer", 2, AUTK_PART_DEARER}, {"lost", 2, AUTK_PART_LOST}};
#define MAX_CELLS (sizeof mixed / sizeof *mixed)

/* Does the part do anything to anyone? Not so where it is exactly nothing. */
static bool acts(const cli_simulated *s, size_t step, autk_part part)
{
    const autk_effect *effect = autk_simulation_part(s->sim, step, part);
    for (int32_t i = 0; i <= autk_economy_n_regions(s->economy); i++) {
        if (effect[i].welfare != 0)
            return true;
    }
    return false;
}

typedef const autk_effect *(*part_fn)(const autk_simulation *, size_t, autk_part);

typedef struct cells {
    const cell *of;
    size_t n;
} cells;

static void add_row(autk_table *table, const cli_simulated *s, size_t step, int32_t economy,
                    part_fn get, const cells *c, const char *name)
{
    autk_table_text(table, name);
    for (size_t k = 0; k < c->n; k++)
        autk_table_number(table,
                          percent(get(s->sim, step, c->of[k].part) + economy, c->of[k].quantity));
}

static autk_status write_parts(autk_buf *text, const cli_simulated *s, size_t step, const cells *c,
                               autk_err *err)
{
    autk_column columns[MAX_CELLS + 1] = {{"economy", "economy", AUTK_CELL_TEXT, 0}};
    autk_table *table = NULL;
    for (size_t k = 0; k < c->n; k++)
        columns[k + 1] = (autk_column){c->of[k].title, c->of[k].title, AUTK_CELL_FIXED,
                                       c->of[k].part == AUTK_PART_ROUTE_SHARE ? 1 : 3};
    autk_status st = autk_table_create(&table, columns, c->n + 1, err);
    for (int32_t i = 0; st == AUTK_OK && i <= autk_economy_n_regions(s->economy); i++) {
        if (!shows(s, i))
            continue;
        add_row(table, s, step, i, autk_simulation_part, c, name_of(s, i));
        if (autk_simulation_part_low(s->sim, step, AUTK_PART_ALL) == NULL)
            continue;
        add_row(table, s, step, i, autk_simulation_part_low, c, "   5 %");
        add_row(table, s, step, i, autk_simulation_part_high, c, "  95 %");
    }
    if (st == AUTK_OK)
        st = autk_table_write(text, table, AUTK_FORMAT_TEXT, err);
    autk_table_free(table);
    return st;
}

/* A table only where there is something to divide. */
static autk_status write_division(autk_buf *text, const cli_simulated *s, size_t step,
                                  autk_err *err)
{
    bool dearer = acts(s, step, AUTK_PART_DEARER), lost = acts(s, step, AUTK_PART_LOST);
    if (acts(s, step, AUTK_PART_OTHER)) {
        cells c = {mixed, sizeof mixed / sizeof *mixed};
        autk_buf_puts(text, "\nOf it from changed routes (dearer ones; pairs that lost all) and "
                            "from other measures:\n");
        return write_parts(text, s, step, &c, err);
    }
    if (dearer && lost) {
        cells c = {pure, sizeof pure / sizeof *pure};
        autk_buf_puts(text, "\nAll of it comes from changed routes: dearer ones, and pairs that "
                            "lost all.\n");
        return write_parts(text, s, step, &c, err);
    }
    autk_buf_puts(text, dearer ? "\nAll of it comes from routes that became dearer.\n"
                        : lost ? "\nAll of it comes from pairs that lost all routes.\n"
                               : "\nThe closures change no route that trade takes.\n");
    return AUTK_OK;
}

static autk_status write_closings(autk_buf *text, const cli_simulated *s, size_t step,
                                  autk_err *err)
{
    static const autk_column columns[] = {{"closing", "what closes", AUTK_CELL_TEXT, 0},
                                          {"economy", "economy", AUTK_CELL_TEXT, 0},
                                          {"welfare", "welfare %", AUTK_CELL_FIXED, 3},
                                          {"exports", "exports %", AUTK_CELL_FIXED, 3},
                                          {"imports", "imports %", AUTK_CELL_FIXED, 3}};
    autk_table *table = NULL;
    autk_status st = autk_table_create(&table, columns, sizeof columns / sizeof *columns, err);
    for (size_t k = 0; st == AUTK_OK && k < autk_simulation_n_closings(s->sim, step); k++) {
        for (int32_t i = 0; i <= autk_economy_n_regions(s->economy); i++) {
            const autk_effect *effect = autk_simulation_closing(s->sim, step, k) + i;
            if (!shows(s, i))
                continue;
            autk_table_text(table, autk_simulation_closing_name(s->sim, step, k));
            autk_table_text(table, name_of(s, i));
            for (size_t q = 0; q < N_QUANTITIES; q++)
                autk_table_number(table, percent(effect, q));
        }
    }
    if (st == AUTK_OK)
        st = autk_table_write(text, table, AUTK_FORMAT_TEXT, err);
    autk_table_free(table);
    return st;
}

autk_status cli_parts_text(autk_buf *text, const cli_simulated *s, size_t step, autk_err *err)
{
    if (autk_simulation_part(s->sim, step, AUTK_PART_ALL) == NULL)
        return AUTK_OK;
    const char *why_not = autk_simulation_no_parts(s->sim, step);
    if (why_not[0] != '\0')
        autk_buf_printf(
            text, "\nNot all of it can be divided: a part alone has no solution (%s).\n", why_not);
    autk_status st = write_division(text, s, step, err);
    if (st == AUTK_OK && autk_simulation_n_closings(s->sim, step) > 0) {
        autk_buf_puts(text, "\nThe routes' part, by what closes:\n");
        st = write_closings(text, s, step, err);
    }
    return st;
}

/* ------------------------------------------------------------------ JSON */

/* "dearer_routes" of "dearer routes". */
static void part_key(autk_buf *b, autk_part part)
{
    autk_buf_putc(b, '"');
    for (const char *c = autk_part_text(part); *c != '\0'; c++)
        autk_buf_putc(b, *c == ' ' ? '_' : *c);
    autk_buf_puts(b, "\": ");
}

static void write_effects(autk_buf *b, const cli_simulated *s, size_t step, int32_t economy,
                          part_fn get)
{
    for (size_t q = 0; q < N_QUANTITIES; q++) {
        autk_buf_printf(b, "%s\"%s\": {", q == 0 ? "" : ", ", quantities[q]);
        for (int p = 0; p < AUTK_PART_COUNT; p++) {
            autk_buf_puts(b, p == 0 ? "" : ", ");
            part_key(b, (autk_part)p);
            autk_format_double(b, percent(get(s->sim, step, (autk_part)p) + economy, q));
        }
        autk_buf_puts(b, "}");
    }
}

static void write_closings_json(autk_buf *b, const cli_simulated *s, size_t step)
{
    autk_buf_puts(b, ",\n  \"closings\": [");
    for (size_t k = 0; k < autk_simulation_n_closings(s->sim, step); k++) {
        bool first = true;
        autk_buf_puts(b, k == 0 ? "\n   {\"closing\": " : ",\n   {\"closing\": ");
        autk_format_json_text(b, autk_simulation_closing_name(s->sim, step, k));
        autk_buf_puts(b, ", \"economies\": [");
        for (int32_t i = 0; i <= autk_economy_n_regions(s->economy); i++) {
            if (!shows(s, i))
                continue;
            autk_buf_puts(b, first ? "{\"economy\": " : ", {\"economy\": ");
            first = false;
            autk_format_json_text(b, name_of(s, i));
            for (size_t q = 0; q < N_QUANTITIES; q++) {
                autk_buf_puts(b, ", ");
                member(b, quantities[q], percent(autk_simulation_closing(s->sim, step, k) + i, q));
            }
            autk_buf_puts(b, "}");
        }
        autk_buf_puts(b, "]}");
    }
    autk_buf_puts(b, "]");
}

void cli_parts_json(autk_buf *b, const cli_simulated *s, size_t step)
{
    bool first = true;
    if (autk_simulation_part(s->sim, step, AUTK_PART_ALL) == NULL)
        return;
    autk_buf_puts(b, ",\n \"parts\": {\"method\": \"Owen value: Shapley between routes and other "
                     "measures, then within the routes\", \"without_solution\": ");
    autk_format_json_text(b, autk_simulation_no_parts(s->sim, step));
    autk_buf_puts(b, ", \"economies\": [");
    for (int32_t i = 0; i <= autk_economy_n_regions(s->economy); i++) {
        if (!shows(s, i))
            continue;
        autk_buf_puts(b, first ? "\n   {\"economy\": " : ",\n   {\"economy\": ");
        first = false;
        autk_format_json_text(b, name_of(s, i));
        autk_buf_puts(b, ", ");
        write_effects(b, s, step, i, autk_simulation_part);
        if (autk_simulation_part_low(s->sim, step, AUTK_PART_ALL) != NULL) {
            autk_buf_puts(b, ", \"low\": {");
            write_effects(b, s, step, i, autk_simulation_part_low);
            autk_buf_puts(b, "}, \"high\": {");
            write_effects(b, s, step, i, autk_simulation_part_high);
            autk_buf_puts(b, "}");
        }
        autk_buf_puts(b, "}");
    }
    autk_buf_puts(b, "]");
    write_closings_json(b, s, step);
    autk_buf_puts(b, "}");
}

/* ------------------------------------------------------------------ CSV */

static void add_long(autk_table *t, const cli_simulated *s, size_t step, int32_t economy,
                     const char *part, const autk_effect *const of[3])
{
    for (size_t q = 0; q < N_QUANTITIES; q++) {
        autk_table_text(t, autk_scenario_step(s->scenario, step));
        autk_table_text(t, name_of(s, economy));
        autk_table_text(t, quantities[q]);
        autk_table_text(t, part);
        for (size_t k = 0; k < 3; k++)
            autk_table_number(t, of[k] != NULL ? percent(of[k] + economy, q) : NAN);
    }
}

static void add_step(autk_table *t, const cli_simulated *s, size_t step)
{
    for (int32_t i = 0; i <= autk_economy_n_regions(s->economy); i++) {
        if (!shows(s, i) || autk_simulation_part(s->sim, step, AUTK_PART_ALL) == NULL)
            continue;
        for (int p = 0; p < AUTK_PART_COUNT; p++) {
            autk_part part = (autk_part)p;
            const autk_effect *of[3] = {autk_simulation_part(s->sim, step, part),
                                        autk_simulation_part_low(s->sim, step, part),
                                        autk_simulation_part_high(s->sim, step, part)};
            add_long(t, s, step, i, autk_part_text(part), of);
        }
        for (size_t k = 0; k < autk_simulation_n_closings(s->sim, step); k++) {
            const autk_effect *of[3] = {autk_simulation_closing(s->sim, step, k), NULL, NULL};
            add_long(t, s, step, i, autk_simulation_closing_name(s->sim, step, k), of);
        }
    }
}

autk_status cli_parts_csv(autk_buf *text, const cli_simulated *s, autk_err *err)
{
    static const autk_column columns[] = {
        {"step", "step", AUTK_CELL_TEXT, 0},         {"economy", "economy", AUTK_CELL_TEXT, 0},
        {"quantity", "quantity", AUTK_CELL_TEXT, 0}, {"part", "part", AUTK_CELL_TEXT, 0},
        {"percent", "percent", AUTK_CELL_FIXED, 3},  {"low_percent", "5 %", AUTK_CELL_FIXED, 3},
        {"high_percent", "95 %", AUTK_CELL_FIXED, 3}};
    autk_table *table = NULL;
    autk_status st = autk_table_create(&table, columns, sizeof columns / sizeof *columns, err);
    for (size_t step = 0; st == AUTK_OK && step < autk_simulation_n_steps(s->sim); step++)
        add_step(table, s, step);
    if (st == AUTK_OK)
        st = autk_table_write(text, table, AUTK_FORMAT_CSV, err);
    autk_table_free(table);
    return st;
}

/* ------------------------------------------------------------------ variance */

/* Variance of the draws of one source alone over that of all together. */
static double share_of_variance(const cli_simulated *s, size_t step, size_t source, int32_t economy)
{
    double all = autk_simulation_deviation(s->sim, step)[economy].welfare_exact;
    double alone = autk_simulation_deviation(s->alone[source], step)[economy].welfare_exact;
    return all > 1e-9 ? 100 * alone * alone / (all * all) : NAN;
}

static bool any_alone(const cli_simulated *s)
{
    for (size_t k = 0; k < CLI_N_SOURCES; k++) {
        if (s->alone[k] != NULL)
            return true;
    }
    return false;
}

autk_status cli_variance_text(autk_buf *text, const cli_simulated *s, size_t step, autk_err *err)
{
    autk_column columns[CLI_N_SOURCES + 1] = {{"economy", "economy", AUTK_CELL_TEXT, 0}};
    size_t n = 1;
    autk_table *table = NULL;
    if (!any_alone(s))
        return AUTK_OK;
    for (size_t k = 0; k < CLI_N_SOURCES; k++) {
        if (s->alone[k] != NULL)
            columns[n++] = (autk_column){sources[k].key, sources[k].title, AUTK_CELL_FIXED, 1};
    }
    autk_status st = autk_table_create(&table, columns, n, err);
    for (int32_t i = 0; st == AUTK_OK && i < autk_economy_n_regions(s->economy); i++) {
        if (!autk_simulation_shows(s->sim, i))
            continue;
        autk_table_text(table, autk_economy_region(s->economy, i));
        for (size_t k = 0; k < CLI_N_SOURCES; k++) {
            if (s->alone[k] != NULL)
                autk_table_number(table, share_of_variance(s, step, k, i));
        }
    }
    autk_buf_puts(text, "\nVariance of welfare when one source alone is drawn, of that of all:\n");
    if (st == AUTK_OK)
        st = autk_table_write(text, table, AUTK_FORMAT_TEXT, err);
    autk_table_free(table);
    return st;
}

void cli_variance_json(autk_buf *b, const cli_simulated *s, size_t step)
{
    bool first = true;
    if (!any_alone(s))
        return;
    autk_buf_puts(b, ",\n \"variance_percent\": [");
    for (int32_t i = 0; i < autk_economy_n_regions(s->economy); i++) {
        if (!autk_simulation_shows(s->sim, i))
            continue;
        autk_buf_puts(b, first ? "{\"economy\": " : ", {\"economy\": ");
        first = false;
        autk_format_json_text(b, autk_economy_region(s->economy, i));
        for (size_t k = 0; k < CLI_N_SOURCES; k++) {
            if (s->alone[k] == NULL)
                continue;
            autk_buf_puts(b, ", ");
            member(b, sources[k].key, share_of_variance(s, step, k, i));
        }
        autk_buf_puts(b, "}");
    }
    autk_buf_puts(b, "]");
}
