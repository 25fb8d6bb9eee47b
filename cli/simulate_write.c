#include "simulate_write.h"

#include <math.h>
#include <string.h>

/* One list for every table and for JSON, changes in percent. `title` NULL = not in text; `member`
 * NULL = in JSON under "welfare". */
static const struct field {
    const char *key, *title, *member;
    size_t offset;
} fields[] = {
    {"welfare_exact", "welfare %", NULL, offsetof(autk_outcome, welfare_exact)},
    {"welfare_linear_terms_of_trade", NULL, NULL, offsetof(autk_outcome, linear_terms_of_trade)},
    {"welfare_linear_volume_of_trade", NULL, NULL, offsetof(autk_outcome, linear_volume_of_trade)},
    {"welfare_linear_total", "linear %", NULL, offsetof(autk_outcome, linear_total)},
    {"real_wage", "real wage %", "real_wage", offsetof(autk_outcome, real_wage)},
    {"price_index", "prices %", "price_index", offsetof(autk_outcome, price_index)},
    {"exports", "exports %", "exports", offsetof(autk_outcome, exports)},
    {"imports", "imports %", "imports", offsetof(autk_outcome, imports)},
    {"terms_of_trade", "terms of trade %", "terms_of_trade",
     offsetof(autk_outcome, terms_of_trade)},
    {"transfer", NULL, "transfer", offsetof(autk_outcome, transfer)},
    {"gains_from_trade", "gains from trade %", "gains_from_trade",
     offsetof(autk_outcome, gains_from_trade)},
    {"gains_from_trade_after", NULL, "gains_from_trade_after",
     offsetof(autk_outcome, gains_from_trade_after)}};
#define N_FIELDS (sizeof fields / sizeof *fields)

static double percent(const autk_outcome *o, size_t field)
{
    double value;
    memcpy(&value, (const char *)o + fields[field].offset, sizeof value);
    return 100 * value;
}

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

/* ------------------------------------------------------------------ text */

/* The economy's changes; below them, with draws, what 90 of 100 draws lie between. */
static void add_row(autk_table *table, const char *name, const autk_outcome *o)
{
    autk_table_text(table, name);
    for (size_t f = 0; f < N_FIELDS; f++) {
        if (fields[f].title != NULL)
            autk_table_number(table, percent(o, f));
    }
}

static autk_status write_table(autk_buf *text, const cli_simulated *s, size_t step, autk_err *err)
{
    autk_column columns[N_FIELDS + 1] = {{"economy", "economy", AUTK_CELL_TEXT, 0}};
    size_t n = 1;
    for (size_t f = 0; f < N_FIELDS; f++) {
        if (fields[f].title != NULL)
            columns[n++] = (autk_column){fields[f].key, fields[f].title, AUTK_CELL_FIXED, 3};
    }
    const autk_outcome *out = autk_simulation_outcome(s->sim, step);
    const autk_outcome *low = autk_simulation_low(s->sim, step);
    const autk_outcome *high = autk_simulation_high(s->sim, step);
    autk_table *table = NULL;
    autk_status st = autk_table_create(&table, columns, n, err);
    for (int32_t i = 0; st == AUTK_OK && i < autk_economy_n_regions(s->economy); i++) {
        if (!autk_simulation_shows(s->sim, i))
            continue;
        add_row(table, autk_economy_region(s->economy, i), &out[i]);
        if (low != NULL) {
            add_row(table, "   5 %", &low[i]);
            add_row(table, "  95 %", &high[i]);
        }
    }
    if (st == AUTK_OK)
        st = autk_table_write(text, table, AUTK_FORMAT_TEXT, err);
    autk_table_free(table);
    return st;
}

static bool any_parts(const cli_simulated *s)
{
    for (size_t step = 0; step < autk_simulation_n_steps(s->sim); step++) {
        if (autk_simulation_part(s->sim, step, AUTK_PART_ALL) != NULL)
            return true;
    }
    return false;
}

static autk_status write_text(autk_buf *text, const cli_simulated *s, autk_err *err)
{
    autk_buf note;
    autk_buf_init(&note);
    say_baseline(&note, s->economy);
    autk_buf_printf(text, "%s\n%s; deficits: %s; %s\n", autk_scenario_name(s->scenario),
                    autk_simulation_model(s->sim), autk_simulation_deficits(s->sim),
                    autk_simulation_elasticities(s->sim));
    for (size_t i = 0; i < autk_economy_n_notes(s->economy); i++)
        autk_buf_printf(text, "note: %s\n", autk_economy_note(s->economy, i));
    if (note.len != 0)
        autk_buf_printf(text, "note: %s\n", autk_buf_text(&note));
    autk_buf_deinit(&note);
    if (autk_simulation_n_draws(s->sim) > 0)
        cli_drawn_text(text, s);
    for (size_t step = 0; step < autk_simulation_n_steps(s->sim); step++) {
        const autk_solve_info *info = autk_simulation_info(s->sim, step);
        autk_buf_printf(text, "\n%s (residual %.1e after %d iterations)\n",
                        autk_scenario_step(s->scenario, step), info->residual, info->iterations);
        autk_status st = write_table(text, s, step, err);
        if (st == AUTK_OK)
            st = cli_parts_text(text, s, step, err);
        if (st == AUTK_OK)
            st = cli_variance_text(text, s, step, err);
        if (st != AUTK_OK)
            return st;
    }
    autk_buf_puts(text,
                  "\nChanges in percent of the baseline. welfare: exact change of real income;"
                  " linear: first-order\nterms and volume of trade at the baseline's flows. "
                  "Gains from trade: real wage lost in autarky.\n");
    if (any_parts(s))
        autk_buf_puts(text, "Routes and other measures act on one another: each is told its mean "
                            "effect over the orders in\nwhich they could come (Owen value), so "
                            "that the parts add up.\n");
    return AUTK_OK;
}

/* ------------------------------------------------------------------ CSV */

#define KEY_BYTES 48

static autk_status write_csv(autk_buf *text, const cli_simulated *s, autk_err *err)
{
    static const char *const of[] = {"_percent", "_low_percent", "_high_percent"};
    size_t each = autk_simulation_low(s->sim, 0) != NULL ? 3 : 1;
    char keys[N_FIELDS * 3][KEY_BYTES];
    autk_column columns[N_FIELDS * 3 + 2] = {{"step", "step", AUTK_CELL_TEXT, 0},
                                             {"economy", "economy", AUTK_CELL_TEXT, 0}};
    for (size_t k = 0; k < N_FIELDS * each; k++) {
        (void)snprintf(keys[k], KEY_BYTES, "%s%s", fields[k / each].key, of[k % each]);
        columns[2 + k] = (autk_column){keys[k], keys[k], AUTK_CELL_FIXED, 3};
    }
    autk_table *table = NULL;
    autk_status st = autk_table_create(&table, columns, 2 + N_FIELDS * each, err);
    for (size_t step = 0; st == AUTK_OK && step < autk_simulation_n_steps(s->sim); step++) {
        const autk_outcome *values[] = {autk_simulation_outcome(s->sim, step),
                                        autk_simulation_low(s->sim, step),
                                        autk_simulation_high(s->sim, step)};
        for (int32_t i = 0; i < autk_economy_n_regions(s->economy); i++) {
            if (!autk_simulation_shows(s->sim, i))
                continue;
            autk_table_text(table, autk_scenario_step(s->scenario, step));
            autk_table_text(table, autk_economy_region(s->economy, i));
            for (size_t k = 0; k < N_FIELDS * each; k++)
                autk_table_number(table, percent(&values[k % each][i], k / each));
        }
    }
    if (st == AUTK_OK)
        st = autk_table_write(text, table, AUTK_FORMAT_CSV, err);
    autk_table_free(table);
    return st;
}

/* ------------------------------------------------------------------ flows */

static void add_flows(autk_table *table, const cli_simulated *s, size_t step, bool name_step)
{
    const autk_equilibrium *before = autk_simulation_equilibrium(s->sim, SIZE_MAX);
    const autk_equilibrium *after = autk_simulation_equilibrium(s->sim, step);
    int32_t n_regions = autk_economy_n_regions(s->economy);
    for (int32_t j = 0; j < autk_economy_n_sectors(s->economy); j++) {
        for (int32_t cell = 0; cell < n_regions * n_regions; cell++) {
            int32_t i = cell / n_regions, n = cell % n_regions;
            double x0 = autk_equilibrium_flow(before, j, i, n);
            double x1 = autk_equilibrium_flow(after, j, i, n);
            bool shown = autk_simulation_shows(s->sim, i) || autk_simulation_shows(s->sim, n);
            if (!shown || i == n || (!(x0 > 0) && !(x1 > 0)))
                continue;
            if (name_step)
                autk_table_text(table, autk_scenario_step(s->scenario, step));
            autk_table_text(table, autk_economy_sector(s->economy, j));
            autk_table_text(table, autk_economy_region(s->economy, i));
            autk_table_text(table, autk_economy_region(s->economy, n));
            autk_table_number(table, x0);
            autk_table_number(table, x1);
        }
    }
}

/* Steps from `first` to before `last`, named where there is a column for it. */
static autk_status write_flows(autk_buf *text, const cli_simulated *s, size_t first, size_t last,
                               autk_format format, autk_err *err)
{
    static const autk_column columns[] = {
        {"step", "step", AUTK_CELL_TEXT, 0},         {"sector", "sector", AUTK_CELL_TEXT, 0},
        {"exporter", "exporter", AUTK_CELL_TEXT, 0}, {"importer", "importer", AUTK_CELL_TEXT, 0},
        {"before_usd", "before", AUTK_CELL_USD, 0},  {"after_usd", "after", AUTK_CELL_USD, 0}};
    size_t skip = format == AUTK_FORMAT_JSON;
    autk_table *table = NULL;
    autk_status st =
        autk_table_create(&table, columns + skip, sizeof columns / sizeof *columns - skip, err);
    for (size_t step = first; st == AUTK_OK && step < last; step++)
        add_flows(table, s, step, !skip);
    if (st == AUTK_OK)
        st = autk_table_write(text, table, format, err);
    autk_table_free(table);
    return st;
}

/* ------------------------------------------------------------------ JSON */

static void member(autk_buf *b, const char *key, double value)
{
    autk_buf_printf(b, "\"%s\": ", key);
    autk_format_double(b, value);
}

static void next_member(autk_buf *b, const char *key, double value)
{
    autk_buf_puts(b, ", ");
    member(b, key, value);
}

static void write_outcome(autk_buf *b, const autk_outcome *o)
{
    autk_buf_puts(b, "\"welfare\": {");
    member(b, "exact", 100 * o->welfare_exact);
    autk_buf_puts(b, ", \"linear\": {");
    member(b, "terms_of_trade", 100 * o->linear_terms_of_trade);
    next_member(b, "volume_of_trade", 100 * o->linear_volume_of_trade);
    next_member(b, "total", 100 * o->linear_total);
    autk_buf_puts(b, "}}");
    next_member(b, "real_income", 100 * o->welfare_exact);
    for (size_t f = 0; f < N_FIELDS; f++) {
        if (fields[f].member != NULL)
            next_member(b, fields[f].member, percent(o, f));
    }
}

static void write_economies(autk_buf *b, const cli_simulated *s, size_t step)
{
    const autk_outcome *out = autk_simulation_outcome(s->sim, step);
    const autk_outcome *low = autk_simulation_low(s->sim, step);
    const autk_outcome *high = autk_simulation_high(s->sim, step);
    bool first = true;
    autk_buf_puts(b, "\"economies\": [");
    for (int32_t n = 0; n < autk_economy_n_regions(s->economy); n++) {
        if (!autk_simulation_shows(s->sim, n))
            continue;
        autk_buf_puts(b, first ? "\n  {\"economy\": " : ",\n  {\"economy\": ");
        first = false;
        autk_format_json_text(b, autk_economy_region(s->economy, n));
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

static autk_status write_step(autk_buf *b, const cli_simulated *s, size_t step, autk_err *err)
{
    const autk_solve_info *info = autk_simulation_info(s->sim, step);
    autk_buf_printf(b, "\"converged\": %s, \"iterations\": %d, ",
                    info->converged ? "true" : "false", info->iterations);
    member(b, "residual", info->residual);
    autk_buf_puts(b, ", ");
    member(b, "seconds", info->seconds);
    autk_buf_puts(b, ", ");
    write_economies(b, s, step);
    cli_parts_json(b, s, step);
    cli_variance_json(b, s, step);
    if (!s->flows)
        return AUTK_OK;
    autk_buf_puts(b, ", \"flows\": ");
    return write_flows(b, s, step, step + 1, AUTK_FORMAT_JSON, err);
}

static void text_member(autk_buf *b, const char *key, const char *text)
{
    autk_buf_printf(b, "\"%s\": ", key);
    autk_format_json_text(b, text);
    autk_buf_puts(b, ", ");
}

static void write_notes(autk_buf *b, const cli_simulated *s)
{
    autk_buf_puts(b, "\"notes\": [");
    for (size_t i = 0; i < autk_economy_n_notes(s->economy); i++) {
        autk_buf_puts(b, i == 0 ? "" : ", ");
        autk_format_json_text(b, autk_economy_note(s->economy, i));
    }
    autk_buf note;
    autk_buf_init(&note);
    say_baseline(&note, s->economy);
    if (note.len != 0) {
        autk_buf_puts(b, autk_economy_n_notes(s->economy) == 0 ? "" : ", ");
        autk_format_json_text(b, autk_buf_text(&note));
    }
    autk_buf_deinit(&note);
    autk_buf_puts(b, "]");
}

/* The last step stands at the top, so that a scenario of one step reads as one result. */
static autk_status write_json(autk_buf *b, const cli_simulated *s, autk_err *err)
{
    size_t n = autk_simulation_n_steps(s->sim);
    const autk_solve_info *base = autk_simulation_baseline_info(s->sim);
    autk_buf_puts(b, "{");
    text_member(b, "scenario", autk_scenario_name(s->scenario));
    text_member(b, "unit_of_changes", "percent");
    text_member(b, "model", autk_simulation_model(s->sim));
    text_member(b, "deficits", autk_simulation_deficits(s->sim));
    text_member(b, "elasticities", autk_simulation_elasticities(s->sim));
    write_notes(b, s);
    autk_buf_puts(b, ", ");
    cli_drawn_json(b, s);
    autk_buf_printf(b, "\"draws\": %d, \"draws_without_solution\": %d,\n",
                    autk_simulation_n_draws(s->sim), autk_simulation_n_failed_draws(s->sim));
    autk_buf_printf(b, " \"baseline\": {\"iterations\": %d, ", base->iterations);
    member(b, "residual", base->residual);
    next_member(b, "seconds", base->seconds);
    autk_buf_puts(b, "},\n ");
    text_member(b, "step", autk_scenario_step(s->scenario, n - 1));
    autk_status st = write_step(b, s, n - 1, err);
    autk_buf_puts(b, ",\n \"steps\": [");
    for (size_t step = 0; st == AUTK_OK && n > 1 && step < n; step++) {
        autk_buf_puts(b, step == 0 ? "{" : ",\n {");
        text_member(b, "step", autk_scenario_step(s->scenario, step));
        st = write_step(b, s, step, err);
        autk_buf_puts(b, "}");
    }
    autk_buf_puts(b, "]}\n");
    return st;
}

autk_status cli_simulate_write(autk_buf *text, const cli_simulated *s, autk_format format,
                               autk_err *err)
{
    if (format == AUTK_FORMAT_CSV && s->parts)
        return cli_parts_csv(text, s, err);
    if (format == AUTK_FORMAT_CSV)
        return s->flows ? write_flows(text, s, 0, autk_simulation_n_steps(s->sim), format, err)
                        : write_csv(text, s, err);
    if (format == AUTK_FORMAT_TEXT)
        return write_text(text, s, err);
    return write_json(text, s, err);
}
