#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "economy_options.h"

#define MAX_LEVELS 200
#define AS_TEXT(name, text) text,
static const char *const measures[] = {AUTK_SWEEP_MEASURE_LIST(AS_TEXT)};
static const char *const bys[] = {AUTK_SWEEP_BY_LIST(AS_TEXT)};
static const char *const rules[] = {AUTK_DEFICITS_LIST(AS_TEXT)};

static autk_status one_of(int *out, cli_context *cli, const char *option, const char *text,
                          const char *const *names, int n)
{
    for (*out = 0; *out < n; ++*out) {
        if (strcmp(names[*out], text) == 0)
            return AUTK_OK;
    }
    char near[200];
    cli_nearest(near, sizeof near, text, names, (size_t)n);
    (void)snprintf(cli->err.source, sizeof cli->err.source, "%s", option);
    (void)snprintf(cli->err.msg, sizeof cli->err.msg,
                   "expected one of the names of --help, got \"%s\"%s", text, near);
    return cli->err.code = AUTK_EARG;
}

/* "10%,20%,50%" or "0.1,0.2,0.5". */
static autk_status read_levels(double *levels, size_t *n, cli_context *cli, const char *text)
{
    const char *at = text;
    *n = 0;
    while (at != NULL && *at != '\0' && *n < MAX_LEVELS) {
        char *end;
        double v = strtod(at, &end);
        bool percent = *end == '%';
        if (end == at || (end[percent] != ',' && end[percent] != '\0') || !isfinite(v) ||
            (!percent && fabs(v) > 10)) {
            (void)snprintf(cli->err.source, sizeof cli->err.source, "--levels");
            (void)snprintf(cli->err.msg, sizeof cli->err.msg,
                           "expected rates such as 10%%,25%% or 0.1,0.25, got \"%.60s\"", at);
            return cli->err.code = AUTK_EARG;
        }
        levels[(*n)++] = percent ? v / 100 : v;
        at = end + percent + (end[percent] == ',');
    }
    return AUTK_OK;
}

static autk_status write_rows(cli_context *cli, const autk_economy *e, const autk_sweep_opts *opts,
                              const autk_sweep_row *rows, size_t n)
{
    const autk_column columns[] = {
        {opts->by == AUTK_SWEEP_LEVELS ? "level_percent" : "name",
         opts->by == AUTK_SWEEP_LEVELS    ? "level %"
         : opts->by == AUTK_SWEEP_SENDERS ? "sender"
                                          : "sector",
         opts->by == AUTK_SWEEP_LEVELS ? AUTK_CELL_FIXED : AUTK_CELL_TEXT, 1},
        {"target_loss_percent", "target loses %", AUTK_CELL_FIXED, 4},
        {"sender_loss_percent", "senders lose %", AUTK_CELL_FIXED, 4},
        {"ratio", "ratio", AUTK_CELL_FIXED, 1},
        {"target_loss_usd", "target loses", AUTK_CELL_USD, 0},
        {"sender_loss_usd", "senders lose", AUTK_CELL_USD, 0},
        {"market_share_percent", "senders' share %", AUTK_CELL_FIXED, 2},
        {"price_rise_percent", "price rise alone %", AUTK_CELL_FIXED, 3},
        {"note", "", AUTK_CELL_TEXT, 0}};
    autk_table *table = NULL;
    autk_status st =
        autk_table_create(&table, columns, sizeof columns / sizeof *columns, &cli->err);
    for (size_t i = 0; st == AUTK_OK && i < n; i++) {
        const autk_sweep_row *r = &rows[i];
        if (opts->by == AUTK_SWEEP_LEVELS)
            autk_table_number(table, 100 * r->level);
        else
            autk_table_text(table, opts->by == AUTK_SWEEP_SENDERS
                                       ? autk_economy_region(e, r->index)
                                       : autk_economy_sector(e, r->index));
        autk_table_number(table, 100 * r->target_loss);
        autk_table_number(table, 100 * r->sender_loss);
        autk_table_number(table, isfinite(r->ratio) ? r->ratio : NAN);
        autk_table_number(table, r->target_loss_usd);
        autk_table_number(table, r->sender_loss_usd);
        autk_table_number(table, 100 * r->market_share);
        autk_table_number(table, 100 * r->price_rise);
        autk_table_text(table, r->status != AUTK_OK ? r->reason
                               : isinf(r->ratio)    ? "senders do not lose"
                                                    : "");
    }
    if (st == AUTK_OK)
        st = cli_write_table(cli, table);
    autk_table_free(table);
    return st;
}

static autk_status run(cli_context *cli, const cli_economy *from, const char *senders,
                       const char *target, const autk_sweep_opts *opts)
{
    autk_economy *e = NULL;
    autk_sweep_row *rows = NULL;
    size_t n = 0;
    uint8_t *masks = NULL;
    autk_status st = cli_economy_open(&e, cli, from, "world-2021");
    if (st == AUTK_OK) {
        size_t regions = (size_t)autk_economy_n_regions(e);
        masks = calloc(2 * regions, 1);
        if (masks == NULL)
            st = cli->err.code = AUTK_ENOMEM;
        if (st == AUTK_OK)
            st = autk_economy_mark(masks, e, senders, &cli->err);
        if (st == AUTK_OK)
            st = autk_economy_mark(masks + regions, e, target, &cli->err);
        for (size_t i = 0; st == AUTK_OK && i < regions; i++)
            masks[i] = masks[i] && !masks[regions + i]; /* "all" but the target */
        if (st == AUTK_OK)
            st = autk_sweep(&rows, &n, e, masks, masks + regions, opts, &cli->err);
    }
    if (st == AUTK_OK)
        st = write_rows(cli, e, opts, rows, n);
    free(rows);
    free(masks);
    autk_economy_free(e);
    return st;
}

autk_status cmd_sweep(cli_context *cli, int argc, char **argv)
{
    cli_economy from = {0};
    const char *measure = "embargo", *by = "senders", *levels = NULL, *deficits = "fixed";
    double values[MAX_LEVELS];
    int64_t threads = 1;
    int at[3] = {0};
    cli_option options[CLI_N_ECONOMY_OPTIONS + 6] = {
        [CLI_N_ECONOMY_OPTIONS] = {"measure", CLI_TEXT, &measure, "NAME",
                                   "export-ban, import-ban, embargo, tariff, export-tax, cost",
                                   NULL},
        {"by", CLI_TEXT, &by, "NAME", "levels, senders or sectors", NULL},
        {"levels", CLI_TEXT, &levels, "LIST", "of tariff, export-tax, cost: 10%,25%", NULL},
        {"deficits", CLI_TEXT, &deficits, "RULE", "fixed, zero, output or surviving", NULL},
        {"threads", CLI_WHOLE(1, 256), &threads, "N", "results do not depend on it", NULL}};
    cli_economy_options(options, &from);
    cli_spec spec = {
        .name = "sweep",
        .arguments = "SENDERS TARGET",
        .summary = "What a measure costs its target, and what it costs the senders: over levels, "
                   "each sender\nalone, or each sector alone, by the ratio of the two. Names and "
                   "groups with commas; \"all\".",
        .examples = "  autarky sweep EU,USA BLR --measure embargo --by senders\n"
                    "  autarky sweep EU BLR --measure tariff --by levels --levels 10%,25%,50%\n"
                    "  autarky sweep USA,Canada Mexico --economy ../shared/data/models/cp2015 "
                    "--measure export-ban --by sectors --deficits zero\n",
        .options = options,
        .min_arguments = 2,
        .max_arguments = 2};
    autk_status st = cli_parse(cli, &spec, argc, argv);
    if (st != AUTK_OK || cli->help_shown)
        return st;
    autk_sweep_opts opts = {.levels = values,
                            .solve = autk_solve_opts_default(),
                            .ranks = cli->ranks,
                            .n_threads = (int)threads};
    st = one_of(&at[0], cli, "--measure", measure, measures, AUTK_SWEEP_MEASURE_COUNT);
    if (st == AUTK_OK)
        st = one_of(&at[1], cli, "--by", by, bys, AUTK_SWEEP_BY_COUNT);
    if (st == AUTK_OK)
        st = one_of(&at[2], cli, "--deficits", deficits, rules, AUTK_DEFICITS_COUNT);
    if (st == AUTK_OK)
        st = read_levels(values, &opts.n_levels, cli, levels);
    if (st != AUTK_OK)
        return st;
    opts.measure = (autk_sweep_measure)at[0];
    opts.by = (autk_sweep_by)at[1];
    opts.solve.deficits = (autk_deficits)at[2];
    return run(cli, &from, cli->arguments[0], cli->arguments[1], &opts);
}
