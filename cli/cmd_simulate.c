#include <math.h>
#include <string.h>

#include "economy_options.h"

/* One list for every table and for JSON; `title` NULL = not in text. Changes in percent. */
static const struct field {
    const char *key, *title;
    size_t offset;
} fields[] = {
    {"welfare_exact_percent", "welfare %", offsetof(autk_outcome, welfare_exact)},
    {"welfare_linear_terms_of_trade_percent", NULL, offsetof(autk_outcome, linear_terms_of_trade)},
    {"welfare_linear_volume_of_trade_percent", NULL,
     offsetof(autk_outcome, linear_volume_of_trade)},
    {"welfare_linear_total_percent", "linear %", offsetof(autk_outcome, linear_total)},
    {"real_wage_percent", "real wage %", offsetof(autk_outcome, real_wage)},
    {"price_index_percent", "prices %", offsetof(autk_outcome, price_index)},
    {"exports_percent", "exports %", offsetof(autk_outcome, exports)},
    {"imports_percent", "imports %", offsetof(autk_outcome, imports)},
    {"terms_of_trade_percent", "terms of trade %", offsetof(autk_outcome, terms_of_trade)},
    {"transfer_percent_of_income", NULL, offsetof(autk_outcome, transfer)},
    {"gains_from_trade_percent", "gains from trade %", offsetof(autk_outcome, gains_from_trade)},
    {"gains_from_trade_after_percent", NULL, offsetof(autk_outcome, gains_from_trade_after)}};
#define N_FIELDS (sizeof fields / sizeof *fields)

static double percent(const autk_outcome *o, size_t field)
{
    double value;
    memcpy(&value, (const char *)o + fields[field].offset, sizeof value);
    return 100 * value;
}

typedef struct output {
    const autk_scenario *scenario;
    autk_scenario *routed; /* the same, while its closures are worked out */
    const autk_economy *economy;
    const autk_simulation *sim;
    bool flows;
} output;

/* Accounts that do not balance are no equilibrium: what the simulation does about it is said. */
static void say_baseline(autk_buf *note, const autk_economy *e)
{
    autk_economy_report r;
    autk_economy_check(&r, e);
    if (r.balanced)
        return;
    autk_buf_puts(note, "the accounts do not balance (uses and absorption differ by up to ");
    autk_format_usd(note, r.use_gap_usd);
    autk_buf_printf(note, ": %s, %s); the baseline is the equilibrium of their shares",
                    autk_economy_region(e, r.use_gap_region),
                    autk_economy_sector(e, r.use_gap_sector));
}

/* ------------------------------------------------------------------ text and CSV */

static bool in_table(size_t field, bool csv)
{
    return csv || fields[field].title != NULL;
}

static size_t columns_of(autk_column *columns, bool csv, bool intervals)
{
    size_t n = 0;
    if (csv)
        columns[n++] = (autk_column){"step", "step", AUTK_CELL_TEXT, 0};
    columns[n++] = (autk_column){"economy", "economy", AUTK_CELL_TEXT, 0};
    for (size_t f = 0; f < N_FIELDS; f++) {
        if (!in_table(f, csv))
            continue;
        columns[n++] = (autk_column){fields[f].key, fields[f].title, AUTK_CELL_FIXED, 3};
        if (columns[n - 1].title == NULL)
            columns[n - 1].title = fields[f].key;
        if (intervals && (csv || f == 0)) {
            static const char *const low[] = {"welfare_exact_low_percent"};
            static const char *const high[] = {"welfare_exact_high_percent"};
            if (f != 0)
                continue;
            columns[n++] = (autk_column){low[0], "5 %", AUTK_CELL_FIXED, 3};
            columns[n++] = (autk_column){high[0], "95 %", AUTK_CELL_FIXED, 3};
        }
    }
    return n;
}

static void add_rows(autk_table *table, const output *o, size_t step, bool csv)
{
    const autk_outcome *out = autk_simulation_outcome(o->sim, step);
    const autk_outcome *low = autk_simulation_low(o->sim, step);
    const autk_outcome *high = autk_simulation_high(o->sim, step);
    for (int32_t n = 0; n < autk_economy_n_regions(o->economy); n++) {
        if (!autk_simulation_shows(o->sim, n))
            continue;
        if (csv)
            autk_table_text(table, autk_scenario_step(o->scenario, step));
        autk_table_text(table, autk_economy_region(o->economy, n));
        for (size_t f = 0; f < N_FIELDS; f++) {
            if (!in_table(f, csv))
                continue;
            autk_table_number(table, percent(&out[n], f));
            if (low != NULL && f == 0) {
                autk_table_number(table, percent(&low[n], f));
                autk_table_number(table, percent(&high[n], f));
            }
        }
    }
}

static autk_status add_table(autk_buf *text, const output *o, size_t first, size_t last,
                             autk_format format, autk_err *err)
{
    autk_column columns[2 * N_FIELDS + 4];
    autk_table *table = NULL;
    bool csv = format == AUTK_FORMAT_CSV;
    size_t n = columns_of(columns, csv, autk_simulation_low(o->sim, 0) != NULL);
    autk_status st = autk_table_create(&table, columns, n, err);
    for (size_t step = first; st == AUTK_OK && step < last; step++)
        add_rows(table, o, step, csv);
    if (st == AUTK_OK)
        st = autk_table_write(text, table, format, err);
    autk_table_free(table);
    return st;
}

static autk_status write_text(autk_buf *text, const output *o, autk_err *err)
{
    autk_buf note;
    autk_buf_init(&note);
    say_baseline(&note, o->economy);
    autk_buf_printf(text, "%s\n%s; deficits: %s; %s\n", autk_scenario_name(o->scenario),
                    autk_simulation_model(o->sim), autk_simulation_deficits(o->sim),
                    autk_simulation_elasticities(o->sim));
    for (size_t i = 0; i < autk_economy_n_notes(o->economy); i++)
        autk_buf_printf(text, "note: %s\n", autk_economy_note(o->economy, i));
    if (note.len != 0)
        autk_buf_printf(text, "note: %s\n", autk_buf_text(&note));
    autk_buf_deinit(&note);
    if (autk_simulation_n_draws(o->sim) > 0)
        autk_buf_printf(text, "5 to 95 %% of %d draws; %d draws had no solution\n",
                        autk_simulation_n_draws(o->sim), autk_simulation_n_failed_draws(o->sim));
    for (size_t step = 0; step < autk_simulation_n_steps(o->sim); step++) {
        const autk_solve_info *info = autk_simulation_info(o->sim, step);
        autk_buf_printf(text, "\n%s (residual %.1e after %d iterations)\n",
                        autk_scenario_step(o->scenario, step), info->residual, info->iterations);
        autk_status st = add_table(text, o, step, step + 1, AUTK_FORMAT_TEXT, err);
        if (st != AUTK_OK)
            return st;
    }
    autk_buf_puts(text,
                  "\nChanges in percent of the baseline. welfare: exact change of real income;"
                  " linear: first-order\nterms and volume of trade at the baseline's flows. "
                  "Gains from trade: real wage lost in autarky.\n");
    return AUTK_OK;
}

/* ------------------------------------------------------------------ JSON */

static void member(autk_buf *b, const char *key, double value)
{
    autk_buf_printf(b, "\"%s\": ", key);
    autk_format_double(b, value);
}

static void write_outcome(autk_buf *b, const autk_outcome *o)
{
    autk_buf_puts(b, "\"welfare\": {");
    member(b, "exact", 100 * o->welfare_exact);
    autk_buf_puts(b, ", \"linear\": {");
    member(b, "terms_of_trade", 100 * o->linear_terms_of_trade);
    autk_buf_puts(b, ", ");
    member(b, "volume_of_trade", 100 * o->linear_volume_of_trade);
    autk_buf_puts(b, ", ");
    member(b, "total", 100 * o->linear_total);
    autk_buf_puts(b, "}}");
    const struct {
        const char *key;
        double value;
    } rest[] = {{"real_wage", o->real_wage},
                {"real_income", o->welfare_exact},
                {"price_index", o->price_index},
                {"exports", o->exports},
                {"imports", o->imports},
                {"terms_of_trade", o->terms_of_trade},
                {"transfer", o->transfer},
                {"gains_from_trade", o->gains_from_trade},
                {"gains_from_trade_after", o->gains_from_trade_after}};
    for (size_t i = 0; i < sizeof rest / sizeof *rest; i++) {
        autk_buf_puts(b, ", ");
        member(b, rest[i].key, 100 * rest[i].value);
    }
}

static void write_economies(autk_buf *b, const output *o, size_t step)
{
    const autk_outcome *out = autk_simulation_outcome(o->sim, step);
    const autk_outcome *low = autk_simulation_low(o->sim, step);
    const autk_outcome *high = autk_simulation_high(o->sim, step);
    bool first = true;
    autk_buf_puts(b, "\"economies\": [");
    for (int32_t n = 0; n < autk_economy_n_regions(o->economy); n++) {
        if (!autk_simulation_shows(o->sim, n))
            continue;
        autk_buf_puts(b, first ? "\n  {\"economy\": " : ",\n  {\"economy\": ");
        first = false;
        autk_format_json_text(b, autk_economy_region(o->economy, n));
        autk_buf_puts(b, ", ");
        write_outcome(b, &out[n]);
        if (low != NULL) {
            autk_buf_puts(b, ", \"low\": {");
            write_outcome(b, &low[n]);
            autk_buf_puts(b, "}, \"high\": {");
            write_outcome(b, &high[n]);
            autk_buf_puts(b, "}");
        }
        autk_buf_puts(b, "}");
    }
    autk_buf_puts(b, "]");
}

static void write_flows(autk_buf *b, const output *o, size_t step)
{
    const autk_equilibrium *before = autk_simulation_equilibrium(o->sim, SIZE_MAX);
    const autk_equilibrium *after = autk_simulation_equilibrium(o->sim, step);
    bool first = true;
    autk_buf_puts(b, ", \"flows\": [");
    for (int32_t j = 0; j < autk_economy_n_sectors(o->economy); j++) {
        for (int32_t i = 0; i < autk_economy_n_regions(o->economy); i++) {
            for (int32_t n = 0; n < autk_economy_n_regions(o->economy); n++) {
                double x0 = autk_equilibrium_flow(before, j, i, n);
                double x1 = autk_equilibrium_flow(after, j, i, n);
                bool shown = autk_simulation_shows(o->sim, i) || autk_simulation_shows(o->sim, n);
                if (!shown || i == n || (!(x0 > 0) && !(x1 > 0)))
                    continue;
                autk_buf_puts(b, first ? "\n  {\"sector\": " : ",\n  {\"sector\": ");
                first = false;
                autk_format_json_text(b, autk_economy_sector(o->economy, j));
                autk_buf_puts(b, ", \"exporter\": ");
                autk_format_json_text(b, autk_economy_region(o->economy, i));
                autk_buf_puts(b, ", \"importer\": ");
                autk_format_json_text(b, autk_economy_region(o->economy, n));
                autk_buf_puts(b, ", ");
                member(b, "before_usd", x0);
                autk_buf_puts(b, ", ");
                member(b, "after_usd", x1);
                autk_buf_puts(b, "}");
            }
        }
    }
    autk_buf_puts(b, "]");
}

static void write_step(autk_buf *b, const output *o, size_t step)
{
    const autk_solve_info *info = autk_simulation_info(o->sim, step);
    autk_buf_printf(b, "\"converged\": %s, \"iterations\": %d, ",
                    info->converged ? "true" : "false", info->iterations);
    member(b, "residual", info->residual);
    autk_buf_puts(b, ", ");
    member(b, "seconds", info->seconds);
    autk_buf_puts(b, ", ");
    write_economies(b, o, step);
    if (o->flows)
        write_flows(b, o, step);
}

/* The last step stands at the top, so that a scenario of one step reads as one result. */
static void write_json(autk_buf *b, const output *o)
{
    size_t n = autk_simulation_n_steps(o->sim);
    const autk_solve_info *base = autk_simulation_baseline_info(o->sim);
    autk_buf note;
    autk_buf_init(&note);
    autk_buf_puts(b, "{\"scenario\": ");
    autk_format_json_text(b, autk_scenario_name(o->scenario));
    autk_buf_puts(b, ", \"unit_of_changes\": \"percent\", \"model\": ");
    autk_format_json_text(b, autk_simulation_model(o->sim));
    autk_buf_puts(b, ", \"deficits\": ");
    autk_format_json_text(b, autk_simulation_deficits(o->sim));
    autk_buf_puts(b, ", \"elasticities\": ");
    autk_format_json_text(b, autk_simulation_elasticities(o->sim));
    autk_buf_puts(b, ", \"notes\": [");
    for (size_t i = 0; i < autk_economy_n_notes(o->economy); i++) {
        autk_buf_puts(b, i == 0 ? "" : ", ");
        autk_format_json_text(b, autk_economy_note(o->economy, i));
    }
    say_baseline(&note, o->economy);
    if (note.len != 0) {
        autk_buf_puts(b, autk_economy_n_notes(o->economy) == 0 ? "" : ", ");
        autk_format_json_text(b, autk_buf_text(&note));
    }
    autk_buf_deinit(&note);
    autk_buf_printf(b, "], \"draws\": %d, \"draws_without_solution\": %d,\n",
                    autk_simulation_n_draws(o->sim), autk_simulation_n_failed_draws(o->sim));
    autk_buf_printf(b, " \"baseline\": {\"iterations\": %d, ", base->iterations);
    member(b, "residual", base->residual);
    autk_buf_puts(b, ", ");
    member(b, "seconds", base->seconds);
    autk_buf_puts(b, "},\n \"step\": ");
    autk_format_json_text(b, autk_scenario_step(o->scenario, n - 1));
    autk_buf_puts(b, ", ");
    write_step(b, o, n - 1);
    autk_buf_puts(b, ",\n \"steps\": [");
    for (size_t step = 0; n > 1 && step < n; step++) {
        autk_buf_puts(b, step == 0 ? "{\"step\": " : ",\n {\"step\": ");
        autk_format_json_text(b, autk_scenario_step(o->scenario, step));
        autk_buf_puts(b, ", ");
        write_step(b, o, step);
        autk_buf_puts(b, "}");
    }
    autk_buf_puts(b, "]}\n");
}

/* ------------------------------------------------------------------ the command */

static autk_status use_coefficients(autk_scenario *scenario, const char *path, autk_err *err)
{
    autk_input *input = NULL;
    autk_status st = autk_input_open(&input, path, err);
    if (st == AUTK_OK)
        st = autk_scenario_use_coefficients(scenario, input, err);
    autk_input_free(input);
    return st;
}

static autk_status read_scenario(autk_scenario **out, cli_context *cli)
{
    autk_input *input = NULL;
    autk_status st = autk_input_open(&input, cli->arguments[0], &cli->err);
    if (st == AUTK_OK)
        st = autk_scenario_read(out, input, &cli->err);
    autk_input_free(input);
    return st;
}

static autk_status check_counts(cli_context *cli, int64_t draws, int64_t seed, int64_t threads)
{
    if (draws >= 0 && draws <= 100000 && seed >= 0 && threads >= 1 && threads <= 256)
        return AUTK_OK;
    (void)snprintf(cli->err.msg, sizeof cli->err.msg,
                   "expected --draws up to 100000, --seed of at least 1, --threads 1 to 256");
    return cli->err.code = AUTK_EARG;
}

/* What closed places do to costs; the dataset is opened where there are any. */
static autk_status route(cli_context *cli, autk_scenario *scenario, const autk_economy *economy)
{
    autk_world *world = NULL;
    if (!autk_scenario_has_closures(scenario))
        return AUTK_OK;
    autk_status st = cli_open_world(cli, &world);
    if (st == AUTK_OK)
        st = autk_scenario_route(scenario, world, economy, &cli->err);
    autk_world_close(world);
    return st;
}

static autk_status simulate_and_write(cli_context *cli, output *o, const cli_economy *from,
                                      const autk_simulate_opts *opts)
{
    autk_economy *economy = NULL;
    autk_simulation *sim = NULL;
    autk_buf text;
    autk_buf_init(&text);
    autk_status st = cli_economy_open(&economy, cli, from, autk_scenario_economy(o->scenario));
    if (st == AUTK_OK)
        st = route(cli, o->routed, economy);
    if (st == AUTK_OK)
        st = autk_simulate(&sim, o->scenario, economy, opts, &cli->err);
    if (st == AUTK_OK) {
        o->economy = economy;
        o->sim = sim;
        if (cli->format == AUTK_FORMAT_JSON)
            write_json(&text, o);
        else if (cli->format == AUTK_FORMAT_CSV)
            st = add_table(&text, o, 0, autk_simulation_n_steps(sim), AUTK_FORMAT_CSV, &cli->err);
        else
            st = write_text(&text, o, &cli->err);
    }
    if (st == AUTK_OK)
        st = cli_write(cli, &text);
    autk_buf_deinit(&text);
    autk_simulation_free(sim);
    autk_economy_free(economy);
    return st;
}

autk_status cmd_simulate(cli_context *cli, int argc, char **argv)
{
    cli_economy from = {0};
    bool explain = false, flows = false;
    int64_t draws = 0, seed = 0, threads = 1;
    double tolerance = 0;
    bool tolerance_given = false;
    const char *coefficients = NULL;
    cli_option options[CLI_N_ECONOMY_OPTIONS + 8] = {
        [CLI_N_ECONOMY_OPTIONS] = {"explain", CLI_FLAG, &explain, NULL,
                                   "say how the scenario is understood, solve nothing", NULL},
        {"flows", CLI_FLAG, &flows, NULL, "with JSON: trade by pair and sector too", NULL},
        {"coefficients", CLI_TEXT, &coefficients, "FILE",
         "for sanctions {estimate: NAME}: JSON of estimate --to-scenario", NULL},
        {"draws", CLI_INTEGER, &draws, "N", "draws of elasticities and coefficients", NULL},
        {"seed", CLI_INTEGER, &seed, "N", "of the draws", NULL},
        {"threads", CLI_INTEGER, &threads, "N", "for draws; results do not depend on it", NULL},
        {"tolerance", CLI_NUMBER, &tolerance, "X", "relative residual, 1e-10", &tolerance_given}};
    cli_economy_options(options, &from);
    cli_spec spec = {
        .name = "simulate",
        .arguments = "SCENARIO.yaml",
        .summary = "The world after sanctions, tariffs, embargoes or closed trade, in general "
                   "equilibrium.\nscenarios/ has examples; docs/modules/equilibrium.md the schema.",
        .examples = "  autarky simulate scenarios/nafta.yaml --economy "
                    "../shared/data/models/cp2015\n"
                    "  autarky simulate scenarios/nafta.yaml --explain\n"
                    "  autarky simulate my.yaml --economy trade.csv --draws 1000 --threads 2\n"
                    "  autarky simulate my.yaml --coefficients effects.json --draws 1000\n",
        .options = options,
        .min_arguments = 1,
        .max_arguments = 1};
    autk_status st = cli_parse(cli, &spec, argc, argv);
    if (st == AUTK_OK && !cli->help_shown)
        st = check_counts(cli, draws, seed, threads);
    if (st == AUTK_OK && tolerance_given && !(tolerance > 0 && tolerance < 1))
        st = cli_expected_number(cli, "--tolerance", "a number above 0 and below 1", tolerance);
    if (st != AUTK_OK || cli->help_shown)
        return st;
    autk_scenario *scenario = NULL;
    st = read_scenario(&scenario, cli);
    if (st == AUTK_OK && coefficients != NULL)
        st = use_coefficients(scenario, coefficients, &cli->err);
    if (st == AUTK_OK && explain) {
        autk_buf text;
        autk_buf_init(&text);
        autk_scenario_explain(&text, scenario);
        st = cli_write(cli, &text);
        autk_buf_deinit(&text);
    } else if (st == AUTK_OK) {
        output o = {.scenario = scenario, .routed = scenario, .flows = flows};
        autk_simulate_opts opts = {.draws = (int)draws,
                                   .seed = (uint64_t)seed,
                                   .n_threads = (int)threads,
                                   .ranks = cli->ranks,
                                   .tolerance = tolerance,
                                   .progress = cli_progress()};
        st = simulate_and_write(cli, &o, &from, &opts);
    }
    autk_scenario_free(scenario);
    return st;
}
