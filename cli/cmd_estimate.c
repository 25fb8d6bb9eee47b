#include <string.h>

#include "cli.h"

typedef struct options {
    const char *data, *family, *convention, *separation, *singletons;
    int64_t max_iterations, threads, decimals, bootstrap, seed;
    autk_estimate_opts estimate;
    bool stars, table, latex;
    const char *scenario, *chart, *fitted, *effects, *resistances, *gaps;
    int64_t event_before, event_after;
} options;

#define MODELS_MAX 16

static autk_status wrong_word(cli_context *cli, const char *option, const char *expected,
                              const char *got)
{
    (void)snprintf(cli->err.source, sizeof cli->err.source, "%s", option);
    (void)snprintf(cli->err.msg, sizeof cli->err.msg, "expected %s, got \"%s\"", expected, got);
    return cli->err.code = AUTK_EARG;
}

static autk_status either(cli_context *cli, const char *option, const char *text, const char *no,
                          const char *yes, bool *is_yes)
{
    char expected[80];
    *is_yes = strcmp(text, yes) == 0;
    if (*is_yes || strcmp(text, no) == 0)
        return AUTK_OK;
    (void)snprintf(expected, sizeof expected, "%s or %s", no, yes);
    return wrong_word(cli, option, expected, text);
}

static autk_status check_resistances(cli_context *cli, const options *o)
{
    double sigma = o->estimate.sigma;
    const char *alone = sigma != 0                      ? "--sigma"
                        : o->estimate.reference != NULL ? "--reference"
                        : o->estimate.base != NULL      ? "--base"
                                                        : NULL;
    if (o->resistances == NULL && alone != NULL)
        return wrong_word(cli, alone, "--resistances beside it", "none");
    return AUTK_OK;
}

static autk_status check_options(cli_context *cli, const options *o)
{
    autk_status st = AUTK_OK;
    if (o->data == NULL)
        st = wrong_word(cli, "--data", "a file", "nothing");
    if (st == AUTK_OK && o->chart != NULL && o->estimate.event == NULL)
        st = wrong_word(cli, "--chart", "an --event to draw", "none");
    return st == AUTK_OK ? check_resistances(cli, o) : st;
}

static autk_status take_words(cli_context *cli, options *o)
{
    bool ols = false, fixest = false;
    autk_status st = either(cli, "--family", o->family, "poisson", "ols", &ols);
    if (st == AUTK_OK)
        st = either(cli, "--ssc", o->convention, "stata", "fixest", &fixest);
    if (st == AUTK_OK)
        st = either(cli, "--separation", o->separation, "on", "off", &o->estimate.skip_separation);
    if (st == AUTK_OK)
        st = either(cli, "--singletons", o->singletons, "drop", "keep",
                    &o->estimate.keep_singletons);
    o->estimate.family = ols ? AUTK_FAMILY_OLS : AUTK_FAMILY_POISSON;
    o->estimate.convention = fixest ? AUTK_CONVENTION_FIXEST : AUTK_CONVENTION_STATA;
    o->estimate.max_iterations = (int)o->max_iterations;
    o->estimate.n_threads = (int)o->threads;
    o->estimate.ranks = cli->ranks;
    o->estimate.bootstrap = (int)o->bootstrap;
    o->estimate.seed = (uint64_t)o->seed;
    o->estimate.event_before = (int)o->event_before;
    o->estimate.event_after = (int)o->event_after;
    return st == AUTK_OK ? check_options(cli, o) : st;
}

/* The text that a parser stumbled over, with a caret under the place. */
static void show_place(const cli_context *cli, const char *formula, const options *o)
{
    const struct {
        const char *source, *text;
    } texts[] = {{"formula", formula},
                 {"--subset", o->estimate.subset},
                 {"--weights", o->estimate.weights},
                 {"--offset", o->estimate.offset},
                 {"--panel", o->estimate.panel}};
    for (size_t i = 0; i < sizeof texts / sizeof *texts; i++) {
        if (strcmp(cli->err.source, texts[i].source) == 0 && cli->err.column > 0 &&
            texts[i].text != NULL && strchr(texts[i].text, '\n') == NULL) {
            fputs("  ", stderr);
            cli_print_clean(texts[i].text);
            fprintf(stderr, "\n  %*s\n", (int)cli->err.column, "^");
        }
    }
}

static autk_status write_table(cli_context *cli, const options *o, autk_estimate *const *e,
                               size_t n)
{
    autk_buf text;
    autk_buf_init(&text);
    char names[MODELS_MAX][16];
    const char *titles[MODELS_MAX];
    const autk_estimate *models[MODELS_MAX];
    autk_estimate_report report = {.stars = o->stars, .decimals = (int)o->decimals};
    for (size_t i = 0; i < n; i++) {
        (void)snprintf(names[i], sizeof names[i], "(%zu)", i + 1);
        titles[i] = names[i];
        models[i] = e[i];
    }
    autk_status st =
        cli->format == AUTK_FORMAT_JSON
            ? autk_estimate_write_models_json(&text, models, titles, n, &cli->err)
        : cli->format == AUTK_FORMAT_CSV
            ? autk_estimate_write_models_csv(&text, models, titles, n, &cli->err)
            : autk_estimate_write_table(&text, models, titles, n, o->latex, &report, &cli->err);
    return cli_finish(cli, &text, st);
}

/* Of the processes that share the work, the first writes. */
static autk_status write_file(cli_context *cli, const char *path, const autk_buf *text)
{
    return autk_ranks_rank(cli->ranks) == 0 ? cli_write_file(path, text, &cli->err) : AUTK_OK;
}

/* To a file, if one is asked for: as .dta by its name, else as CSV. */
static autk_status write_rows(cli_context *cli, const char *path, const autk_estimate *e,
                              autk_estimate_rows rows)
{
    if (path == NULL)
        return AUTK_OK;
    autk_buf text;
    autk_buf_init(&text);
    text.ceiling = (size_t)1 << 36;
    size_t len = strlen(path);
    bool stata = len > 4 && strcmp(path + len - 4, ".dta") == 0;
    autk_status st = autk_estimate_write_rows(&text, e, rows, stata, &cli->err);
    if (st == AUTK_OK)
        st = write_file(cli, path, &text);
    autk_buf_deinit(&text);
    return st;
}

static autk_status write_scenario(cli_context *cli, const options *o, const autk_estimate *e)
{
    autk_buf text;
    autk_buf_init(&text);
    autk_status st = autk_estimate_write_scenario(&text, e, &cli->err);
    autk_buf_putc(&text, '\n');
    if (st == AUTK_OK)
        st = write_file(cli, o->scenario, &text);
    autk_buf_deinit(&text);
    return st;
}

#define PERIODS_MAX 202

/* Effects with 95 % intervals over the periods since the event. */
static autk_status write_chart(cli_context *cli, const options *o, const autk_estimate *e)
{
    double x[PERIODS_MAX], low[PERIODS_MAX], point[PERIODS_MAX], high[PERIODS_MAX];
    const autk_estimate_info *info = autk_estimate_get_info(e);
    char title[200], description[240];
    autk_buf text;
    autk_buf_init(&text);
    for (int i = 0; i < info->n_event_effects; i++) {
        autk_event_effect effect = autk_estimate_get_event(e, i);
        x[i] = effect.period;
        point[i] = effect.estimate;
        low[i] = effect.estimate - 1.959964 * effect.std_error;
        high[i] = effect.estimate + 1.959964 * effect.std_error;
    }
    (void)snprintf(title, sizeof title, "Effect by periods since %s began", o->estimate.event);
    (void)snprintf(description, sizeof description,
                   "Estimates with 95 %% intervals, against the period before. The effects "
                   "before are zero: p = %.3f.",
                   info->pretrend_p_value);
    autk_chart_line line = {.name = "effect",
                            .x = x,
                            .low = low,
                            .high = high,
                            .point = point,
                            .n = (size_t)info->n_event_effects};
    autk_line_chart chart = {
        .frame = {"event-study", title, description, true},
        .x = autk_chart_axis_default("periods since the event", AUTK_CELL_FIXED, 0),
        .y = autk_chart_axis_default("effect on the log of the response", AUTK_CELL_FIXED, 2),
        .look = AUTK_LOOK_WHISKERS,
        .lines = &line,
        .n_lines = 1};
    autk_status st = autk_chart_lines(&text, &chart, &cli->err);
    if (st == AUTK_OK)
        st = write_file(cli, o->chart, &text);
    autk_buf_deinit(&text);
    return st;
}

static autk_status write_estimate(cli_context *cli, const options *o, const autk_estimate *e)
{
    autk_buf text;
    autk_buf_init(&text);
    autk_estimate_report report = {.stars = o->stars, .decimals = (int)o->decimals};
    autk_status st = cli->format == AUTK_FORMAT_JSON ? autk_estimate_write_json(&text, e, &cli->err)
                     : cli->format == AUTK_FORMAT_CSV
                         ? autk_estimate_write_csv(&text, e, &cli->err)
                         : autk_estimate_write_text(&text, e, &report, &cli->err);
    return cli_finish(cli, &text, st);
}

/* Files that belong to one model, and formats that exclude each other. */
static autk_status check_outputs(cli_context *cli, const options *o)
{
    const struct {
        const char *option, *path;
    } files[] = {{"--to-scenario", o->scenario},
                 {"--fitted", o->fitted},
                 {"--effects", o->effects},
                 {"--resistances", o->resistances},
                 {"--predict-gaps", o->gaps}};
    if (o->latex && cli->format != AUTK_FORMAT_TEXT)
        return wrong_word(cli, "--format", "text beside --latex", "another");
    for (size_t i = 0; i < sizeof files / sizeof *files; i++) {
        if (files[i].path != NULL && cli->n_arguments > 1)
            return wrong_word(cli, files[i].option, "one formula", "several");
    }
    return AUTK_OK;
}

/* The facts of a dataset that is estimated from count too. */
static void take_own_facts(cli_context *cli, const char *data)
{
    autk_dataset *dataset = NULL;
    if (cli->dataset_path == NULL && autk_dataset_open(&dataset, data, NULL) == AUTK_OK)
        cli->dataset_path = data;
    autk_dataset_close(dataset);
}

static autk_status run_models(cli_context *cli, options *o)
{
    autk_estimate *models[MODELS_MAX] = {NULL};
    autk_world *world = NULL;
    autk_status st = check_outputs(cli, o);
    if (st == AUTK_OK && autk_estimate_uses_world(o->data)) {
        take_own_facts(cli, o->data);
        st = cli_open_world(cli, &world);
    }
    o->estimate.world = world;
    o->estimate.keep_fitted = o->fitted != NULL;
    o->estimate.keep_effects = o->effects != NULL;
    o->estimate.keep_resistances = o->resistances != NULL;
    o->estimate.predict_gaps = o->gaps != NULL;
    o->estimate.progress = cli_progress();
    for (size_t i = 0; st == AUTK_OK && i < cli->n_arguments; i++) {
        st = autk_estimate_run(&models[i], cli->arguments[i], o->data, &o->estimate, &cli->err);
        if (st != AUTK_OK)
            show_place(cli, cli->arguments[i], o);
    }
    cli_progress_end();
    if (st == AUTK_OK && o->chart != NULL)
        st = write_chart(cli, o, models[0]);
    if (st == AUTK_OK)
        st = write_rows(cli, o->fitted, models[0], AUTK_ROWS_FITTED);
    if (st == AUTK_OK)
        st = write_rows(cli, o->effects, models[0], AUTK_ROWS_EFFECTS);
    if (st == AUTK_OK)
        st = write_rows(cli, o->resistances, models[0], AUTK_ROWS_RESISTANCES);
    if (st == AUTK_OK)
        st = write_rows(cli, o->gaps, models[0], AUTK_ROWS_GAPS);
    if (st == AUTK_OK && o->scenario != NULL)
        st = write_scenario(cli, o, models[0]);
    if (st == AUTK_OK)
        st = o->table ? write_table(cli, o, models, cli->n_arguments)
                      : write_estimate(cli, o, models[0]);
    for (size_t i = 0; i < cli->n_arguments && i < MODELS_MAX; i++)
        autk_estimate_free(models[i]);
    autk_world_close(world);
    return st;
}

#define N_MODEL_OPTIONS 21
#define N_OUTPUT_OPTIONS 13

/* What to estimate, from what, and how. */
static void model_options(cli_option *table, options *o)
{
    autk_estimate_opts *e = &o->estimate;
    const cli_option all[N_MODEL_OPTIONS] = {
        {"data", CLI_TEXT, &o->data, "FILE",
         "CSV (plain, gz, xz, zst), .dta, - = standard input; a dataset of autarky's; or\n"
         "world, world-2021, world-2010:2023",
         NULL},
        {"layer", CLI_WHOLE(0, INFINITY), &e->layer, "N", "of a dataset with several, from 0",
         NULL},
        {"fill", CLI_FLAG, &e->fill, NULL,
         "of a dataset: what a reporting economy does not list is a zero", NULL},
        {"family", CLI_TEXT, &o->family, "poisson|ols", "what to estimate", NULL},
        {"vcov", CLI_TEXT, &e->vcov, "KIND",
         "iid, hetero, cluster:KEY, twoway:KEY,KEY; a key is columns joined by ^", NULL},
        {"ssc", CLI_TEXT, &o->convention, "stata|fixest", "whose small-sample factors", NULL},
        {"weights", CLI_TEXT, &e->weights, "EXPRESSION", "weight of each row", NULL},
        {"offset", CLI_TEXT, &e->offset, "EXPRESSION", "a term with coefficient one", NULL},
        {"subset", CLI_TEXT, &e->subset, "EXPRESSION", "rows to use, e.g. 'year >= 1990'", NULL},
        {"panel", CLI_TEXT, &e->panel, "UNIT,TIME", "for lags, e.g. exporter^importer,year", NULL},
        {"bias-correction", CLI_FLAG, &e->bias_correction, NULL,
         "Weidner & Zylkin (2021), for the two- and three-way gravity models", NULL},
        {"bootstrap", CLI_WHOLE(0, 10000), &o->bootstrap, "N",
         "Bayesian bootstrap of N draws, weights by the cluster of --vcov", NULL},
        {"seed", CLI_WHOLE(0, INFINITY), &o->seed, "N", "of the bootstrap, 1", NULL},
        {"singletons", CLI_TEXT, &o->singletons, "drop|keep", "levels with one row", NULL},
        {"separation", CLI_TEXT, &o->separation, "on|off", "look for separated observations", NULL},
        {"tol", CLI_INSIDE(0, 1), &e->tol, "NUMBER", "relative gradient, 1e-9", NULL},
        {"max-iterations", CLI_WHOLE(1, 100000), &o->max_iterations, "N", "100", NULL},
        {"threads", CLI_WHOLE(0, 256), &o->threads, "N", "0 = one for each processor", NULL},
        {"event", CLI_TEXT, &e->event, "COLUMN", "event study around its first period, per unit",
         NULL},
        {"event-before", CLI_WHOLE(1, 100), &o->event_before, "N",
         "periods before, pooled beyond: 5", NULL},
        {"event-after", CLI_WHOLE(1, 100), &o->event_after, "N", "periods after, pooled beyond: 8",
         NULL}};
    memcpy(table, all, sizeof all);
}

/* What to write, and where. */
static void output_options(cli_option *table, options *o)
{
    autk_estimate_opts *e = &o->estimate;
    const cli_option all[N_OUTPUT_OPTIONS] = {
        {"chart", CLI_TEXT, &o->chart, "FILE", "the event study as SVG", NULL},
        {"table", CLI_FLAG, &o->table, NULL,
         "several formulas side by side; in JSON an array, in CSV a row per coefficient", NULL},
        {"latex", CLI_FLAG, &o->latex, NULL, "that table for LaTeX (booktabs)", NULL},
        {"fitted", CLI_TEXT, &o->fitted, "FILE", "fitted values and residuals, CSV or .dta", NULL},
        {"effects", CLI_TEXT, &o->effects, "FILE", "the effects, each set of mean 0: CSV or .dta",
         NULL},
        {"resistances", CLI_TEXT, &o->resistances, "FILE",
         "multilateral resistances, or with effects of pairs their changes: CSV or .dta", NULL},
        {"reference", CLI_TEXT, &e->reference, "IMPORTER", "whose inward resistance is 1", NULL},
        {"base", CLI_TEXT, &e->base, "PERIOD", "that changes of resistances are since", NULL},
        {"sigma", CLI_ABOVE(1, INFINITY), &e->sigma, "NUMBER",
         "elasticity that resistances are powers by", NULL},
        {"predict-gaps", CLI_TEXT, &o->gaps, "FILE",
         "flows without a response, with intervals: CSV for --estimates of other commands", NULL},
        {"to-scenario", CLI_TEXT, &o->scenario, "FILE",
         "coefficients with their covariance, for simulate", NULL},
        {"stars", CLI_FLAG, &o->stars, NULL, "mark significance", NULL},
        {"decimals", CLI_WHOLE(1, 15), &o->decimals, "N", "of the text, 4", NULL}};
    memcpy(table, all, sizeof all);
}

autk_status cmd_estimate(cli_context *cli, int argc, char **argv)
{
    options o = {.family = "poisson",
                 .convention = "stata",
                 .separation = "on",
                 .singletons = "drop",
                 .max_iterations = 100,
                 .decimals = 4,
                 .seed = 1,
                 .event_before = 5,
                 .event_after = 8,
                 .estimate = autk_estimate_opts_default()};
    cli_option table[N_MODEL_OPTIONS + N_OUTPUT_OPTIONS + 1] = {{.name = NULL}};
    model_options(table, &o);
    output_options(table + N_MODEL_OPTIONS, &o);
    cli_spec spec = {
        .name = "estimate",
        .arguments = "FORMULA... ",
        .summary =
            "Regress with fixed effects: Poisson pseudo-maximum likelihood, or least squares.\n"
            "A formula is RESPONSE ~ REGRESSORS | EFFECTS; i(x, ref = level) makes dummies,\n"
            "a:b multiplies, l(x, 1:3) lags, a^b combines columns into one effect.",
        .examples = "  autarky estimate 'trade ~ rta | exporter^year + importer^year + "
                    "exporter^importer' \\\n"
                    "      --data panel.csv --vcov cluster:exporter^importer\n"
                    "  autarky estimate 'log(trade) ~ log(dist) + i(year, rta, ref = 1990)' \\\n"
                    "      --data panel.dta --family ols --subset 'exporter != importer'\n",
        .options = table,
        .min_arguments = 1,
        .max_arguments = MODELS_MAX};
    autk_status st = cli_parse(cli, &spec, argc, argv);
    if (st != AUTK_OK || cli->help_shown)
        return st;
    st = take_words(cli, &o);
    if (st != AUTK_OK)
        return st;
    if (cli->n_arguments > 1 || o.latex)
        o.table = true;
    return run_models(cli, &o);
}
