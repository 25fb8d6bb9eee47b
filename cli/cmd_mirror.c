#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "cmd_mirror.h"

autk_status cli_mirror_bad_value(cli_context *cli, const char *option, const char *expected,
                                 const char *got)
{
    (void)snprintf(cli->err.source, sizeof cli->err.source, "%s", option);
    (void)snprintf(cli->err.msg, sizeof cli->err.msg, "expected %s, got \"%s\"", expected, got);
    return cli->err.code = AUTK_EARG;
}

void cli_mirror_opts(autk_blackout_opts *o, const mirror_args *a)
{
    o->partner_sd = a->partner_sd;
    o->total_sd = a->total_sd;
    o->n_draws = (int)a->draws;
    o->balance = a->ras ? AUTK_BALANCE_RAS : AUTK_BALANCE_ERRORS;
}

/* ------------------------------------------------------------------ geography */

autk_pair_geography cli_mirror_geography(void *user, int32_t exporter, int32_t importer)
{
    const mirror_places *p = user;
    int32_t i = p->economy[exporter], j = p->economy[importer];
    if (i < 0 || j < 0)
        return (autk_pair_geography){.distance_km = NAN};
    return (autk_pair_geography){
        autk_world_distance_km(p->world, i, j), autk_world_is_contiguous(p->world, i, j),
        autk_world_economy(p->world, i)->landlocked, autk_world_economy(p->world, j)->landlocked};
}

autk_status cli_mirror_places(mirror_places *p, cli_context *cli, const autk_dataset *d,
                              const autk_world *world)
{
    int32_t n = autk_dataset_n_economies(d);
    p->world = world;
    p->economy = malloc(((size_t)n + 1) * sizeof *p->economy);
    if (p->economy == NULL)
        return cli->err.code = AUTK_ENOMEM;
    for (int32_t e = 0; e < n; e++) {
        if (autk_world_find_economy(&p->economy[e], world, autk_dataset_economy_code(d, e), 0,
                                    NULL) != AUTK_OK)
            p->economy[e] = -1;
    }
    return AUTK_OK;
}

/* ------------------------------------------------------------------ rows to show */

typedef struct shown {
    int32_t exporter, importer;
    double exporter_says, importer_says, value, low, high, bound_high, margin, weight;
    const char *kind;
} shown;

typedef struct work {
    autk_dataset *dataset;
    const mirror_args *args;
    int32_t n_economies, economy; /* -1 = all */
    int year;
    mirror_places places;
    autk_two_sides *flows;
    size_t n_flows;
    autk_reconciled *reconciled;
    autk_mirror_fit fit;
    double *exports, *imports; /* totals given by the user, NaN = unknown */
    shown *rows;
    size_t n_rows, rows_max;
} work;

static void free_work(work *w)
{
    free(w->places.economy);
    free(w->flows);
    free(w->reconciled);
    autk_mirror_fit_deinit(&w->fit);
    free(w->exports);
    free(w->imports);
    free(w->rows);
}

static bool is_wanted(const work *w, int32_t exporter, int32_t importer)
{
    return w->economy < 0 || w->economy == exporter || w->economy == importer;
}

static void show_reported(work *w)
{
    for (size_t k = 0; k < w->n_flows; k++) {
        const autk_two_sides *f = &w->flows[k];
        const autk_reconciled *r = &w->reconciled[k];
        if (f->year != w->year || !is_wanted(w, f->exporter, f->importer) || w->args->silent)
            continue;
        w->rows[w->n_rows++] = (shown){f->exporter,
                                       f->importer,
                                       f->exporter_says,
                                       f->importer_says,
                                       r->value,
                                       r->low,
                                       r->high,
                                       NAN,
                                       exp(r->margin) - 1,
                                       r->exporter_weight,
                                       autk_mirror_kind_text(r->kind)};
    }
}

static autk_status show_silent(work *w, cli_context *cli, const autk_silent_flow *silent, size_t n)
{
    autk_panel panel;
    double *value = NULL;
    autk_blackout_model *model = NULL;
    autk_blackout_opts o = autk_blackout_opts_default();
    autk_blackout_estimate *e = malloc((n + 1) * sizeof *e);
    cli_mirror_opts(&o, w->args);
    if (e == NULL)
        return cli->err.code = AUTK_ENOMEM;
    autk_status st = autk_mirror_panel(&panel, &value, w->flows, w->reconciled, w->n_flows,
                                       w->n_economies, &cli->err);
    if (st == AUTK_OK)
        st = autk_blackout_learn(&model, &panel, w->year, &cli->err);
    if (st == AUTK_OK)
        st = autk_blackout_solve(e, model, &panel, w->year, silent, n, w->exports, w->imports, &o,
                                 &cli->err);
    for (size_t k = 0; st == AUTK_OK && k < n; k++) {
        if (is_wanted(w, silent[k].exporter, silent[k].importer))
            w->rows[w->n_rows++] = (shown){silent[k].exporter,
                                           silent[k].importer,
                                           NAN,
                                           NAN,
                                           e[k].value,
                                           e[k].low,
                                           e[k].high,
                                           e[k].bound_high,
                                           NAN,
                                           NAN,
                                           autk_mirror_kind_text(AUTK_MIRROR_NONE)};
    }
    autk_blackout_model_free(model);
    free(value);
    free(e);
    return st;
}

/* Behind each silent flow what a model says of it, if it says anything. */
static autk_status show_modelled(work *w, cli_context *cli, const autk_silent_flow *silent,
                                 size_t n)
{
    autk_gap_estimates *estimates = NULL;
    autk_status st = cli_read_estimates(&estimates, cli, w->args->estimates);
    for (size_t i = 0; st == AUTK_OK && i < autk_gap_estimates_n(estimates); i++) {
        const autk_gap_estimate *g = autk_gap_estimates_get(estimates, i);
        int32_t exporter, importer;
        if (g->year != w->year ||
            autk_dataset_find_economy(&exporter, w->dataset, g->exporter, NULL) != AUTK_OK ||
            autk_dataset_find_economy(&importer, w->dataset, g->importer, NULL) != AUTK_OK ||
            !is_wanted(w, exporter, importer))
            continue;
        size_t k = 0;
        while (k < n && (silent[k].exporter != exporter || silent[k].importer != importer))
            k++;
        if (k < n && w->n_rows < w->rows_max)
            w->rows[w->n_rows++] =
                (shown){exporter,    importer, NAN, NAN, g->value_usd,     g->low_usd,
                        g->high_usd, NAN,      NAN, NAN, "nobody: a model"};
    }
    autk_gap_estimates_free(estimates);
    return st;
}

static int by_value(const void *a, const void *b)
{
    const shown *x = a, *y = b;
    double p = isnan(x->value) ? -1 : x->value, q = isnan(y->value) ? -1 : y->value;
    if (p != q)
        return p > q ? -1 : 1;
    return x->exporter != y->exporter ? (x->exporter > y->exporter) - (x->exporter < y->exporter)
                                      : (x->importer > y->importer) - (x->importer < y->importer);
}

static autk_status write_rows(cli_context *cli, work *w)
{
    static const autk_column columns[] = {
        {"exporter", "from", AUTK_CELL_TEXT, 0},
        {"importer", "to", AUTK_CELL_TEXT, 0},
        {"exporter_says", "exporter says", AUTK_CELL_USD, 0},
        {"importer_says", "importer says", AUTK_CELL_USD, 0},
        {"value", "value", AUTK_CELL_USD, 0},
        {"low", "5 %", AUTK_CELL_USD, 0},
        {"high", "95 %", AUTK_CELL_USD, 0},
        {"kind", "reported by", AUTK_CELL_TEXT, 0},
        {"freight", "CIF/FOB - 1", AUTK_CELL_PERCENT, 1},
        {"exporter_weight", "exporter's weight", AUTK_CELL_FIXED, 2},
        {"bound_high", "at most", AUTK_CELL_USD, 0}};
    autk_table *t = NULL;
    autk_status st = autk_table_create(&t, columns, sizeof columns / sizeof *columns, &cli->err);
    if (st != AUTK_OK)
        return st;
    qsort(w->rows, w->n_rows, sizeof *w->rows, by_value);
    for (size_t k = 0; k < w->n_rows && (w->args->top <= 0 || (int64_t)k < w->args->top); k++) {
        const shown *r = &w->rows[k];
        autk_table_text(t, autk_dataset_economy_code(w->dataset, r->exporter));
        autk_table_text(t, autk_dataset_economy_code(w->dataset, r->importer));
        autk_table_number(t, r->exporter_says);
        autk_table_number(t, r->importer_says);
        autk_table_number(t, r->value);
        autk_table_number(t, r->low);
        autk_table_number(t, r->high);
        autk_table_text(t, r->kind);
        autk_table_number(t, r->margin);
        autk_table_number(t, r->weight);
        autk_table_number(t, r->bound_high);
    }
    st = cli_write_table(cli, t);
    autk_table_free(t);
    return st;
}

/* ------------------------------------------------------------------ totals */

/* BLR:exports=4e10,BLR:imports=4.3e10 */
static autk_status take_total(work *w, cli_context *cli, const char *text, size_t len)
{
    char item[160], *end;
    (void)snprintf(item, sizeof item, "%.*s", (int)(len < 159 ? len : 159), text);
    char *colon = strchr(item, ':'), *equals = strchr(item, '=');
    if (colon == NULL || equals == NULL || equals < colon)
        return cli_mirror_bad_value(cli, "--totals", "ECONOMY:exports=VALUE", item);
    *colon = *equals = '\0';
    bool exports = strcmp(colon + 1, "exports") == 0;
    double value = strtod(equals + 1, &end);
    if ((!exports && strcmp(colon + 1, "imports") != 0) || end == equals + 1 || *end != '\0' ||
        !isfinite(value) || value < 0)
        return cli_mirror_bad_value(cli, "--totals", "ECONOMY:exports=VALUE or :imports=VALUE",
                                    text);
    int32_t e;
    autk_status st = autk_dataset_find_economy(&e, w->dataset, item, &cli->err);
    if (st == AUTK_OK)
        (exports ? w->exports : w->imports)[e] = value;
    return st;
}

static autk_status take_totals(work *w, cli_context *cli)
{
    size_t n = (size_t)w->n_economies + 1;
    w->exports = malloc(n * sizeof *w->exports);
    w->imports = malloc(n * sizeof *w->imports);
    if (w->exports == NULL || w->imports == NULL)
        return cli->err.code = AUTK_ENOMEM;
    for (size_t e = 0; e < n; e++)
        w->exports[e] = w->imports[e] = NAN;
    autk_status st = AUTK_OK;
    for (const char *at = w->args->totals; at != NULL && *at != '\0' && st == AUTK_OK;) {
        size_t len = strcspn(at, ",");
        st = take_total(w, cli, at, len);
        at += len + (at[len] == ',');
    }
    return st;
}

/* ------------------------------------------------------------------ a dataset */

static autk_status reconcile(work *w, cli_context *cli)
{
    size_t x, m;
    autk_status st = autk_mirror_layers(&x, &m, w->dataset, &cli->err);
    if (st == AUTK_OK)
        st = autk_mirror_flows(&w->flows, &w->n_flows, w->dataset, x, m, &cli->err);
    if (st != AUTK_OK)
        return st;
    w->reconciled = malloc((w->n_flows + 1) * sizeof *w->reconciled);
    if (w->reconciled == NULL)
        return cli->err.code = AUTK_ENOMEM;
    for (size_t k = 0; w->year == 0 && k < w->n_flows; k++)
        w->year = w->flows[k].year;
    for (size_t k = 0; w->args->year == 0 && k < w->n_flows; k++)
        w->year = w->flows[k].year > w->year ? w->flows[k].year : w->year;
    return autk_mirror_reconcile(w->reconciled, &w->fit, w->flows, w->n_flows, w->n_economies,
                                 cli_mirror_geography, &w->places, NULL, &cli->err);
}

/* ------------------------------------------------------------------ silence by section */

static autk_status write_gaps(cli_context *cli, const work *w, const autk_mirror_gap *gaps,
                              size_t n)
{
    static const autk_column columns[] = {{"exporter", "from", AUTK_CELL_TEXT, 0},
                                          {"importer", "to", AUTK_CELL_TEXT, 0},
                                          {"section", "section", AUTK_CELL_TEXT, 0},
                                          {"value", "value", AUTK_CELL_USD, 0},
                                          {"low", "5 %", AUTK_CELL_USD, 0},
                                          {"high", "95 %", AUTK_CELL_USD, 0},
                                          {"bound_low", "at least", AUTK_CELL_USD, 0},
                                          {"bound_high", "at most", AUTK_CELL_USD, 0},
                                          {"years_since", "years silent", AUTK_CELL_INTEGER, 0}};
    autk_table *t = NULL;
    int64_t n_shown = 0;
    autk_status st = autk_table_create(&t, columns, sizeof columns / sizeof *columns, &cli->err);
    if (st != AUTK_OK)
        return st;
    for (size_t k = 0; k < n && (w->args->top <= 0 || n_shown < w->args->top); k++) {
        const autk_blackout_estimate *e = &gaps[k].estimate;
        if (!is_wanted(w, gaps[k].exporter, gaps[k].importer))
            continue;
        n_shown++;
        autk_table_text(t, autk_dataset_economy_code(w->dataset, gaps[k].exporter));
        autk_table_text(t, autk_dataset_economy_code(w->dataset, gaps[k].importer));
        autk_table_text(t, autk_hs_section_text(gaps[k].section));
        autk_table_number(t, e->value);
        autk_table_number(t, e->low);
        autk_table_number(t, e->high);
        autk_table_number(t, e->bound_low);
        autk_table_number(t, e->bound_high);
        autk_table_number(t, e->years_since > 0 ? (double)e->years_since : (double)NAN);
    }
    st = cli_write_table(cli, t);
    autk_table_free(t);
    return st;
}

static autk_status run_by_section(cli_context *cli, work *w)
{
    autk_mirror_gap *gaps = NULL;
    size_t n = 0;
    autk_blackout_opts o = autk_blackout_opts_default();
    const autk_blackout_totals totals = {.exports = w->exports, .imports = w->imports};
    cli_mirror_opts(&o, w->args);
    if (w->year == 0)
        return cli_mirror_bad_value(cli, "--year", "the year of the silence", "nothing");
    autk_status st = autk_mirror_gaps(&gaps, &n, w->dataset, w->year, cli_mirror_geography,
                                      &w->places, &totals, &o, &cli->err);
    if (st == AUTK_OK)
        st = write_gaps(cli, w, gaps, n);
    free(gaps);
    return st;
}

static autk_status run(cli_context *cli, work *w, const autk_world *world)
{
    autk_silent_flow *silent = NULL;
    size_t n_silent = 0;
    autk_status st = cli_mirror_places(&w->places, cli, w->dataset, world);
    if (st == AUTK_OK && w->args->economy != NULL)
        st = autk_dataset_find_economy(&w->economy, w->dataset, w->args->economy, &cli->err);
    if (st == AUTK_OK)
        st = take_totals(w, cli);
    if (st == AUTK_OK && w->args->by_section)
        return run_by_section(cli, w);
    if (st == AUTK_OK)
        st = reconcile(w, cli);
    if (st == AUTK_OK)
        st = autk_mirror_silent(&silent, &n_silent, w->flows, w->n_flows, w->n_economies, w->year,
                                &cli->err);
    if (st == AUTK_OK) {
        w->rows_max = w->n_flows + 2 * n_silent;
        w->rows = malloc((w->rows_max + 1) * sizeof *w->rows);
        if (w->rows == NULL)
            st = cli->err.code = AUTK_ENOMEM;
    }
    if (st == AUTK_OK) {
        show_reported(w);
        st = n_silent != 0 ? show_silent(w, cli, silent, n_silent) : AUTK_OK;
    }
    if (st == AUTK_OK && w->args->estimates != NULL)
        st = show_modelled(w, cli, silent, n_silent);
    if (st == AUTK_OK)
        st = write_rows(cli, w);
    free(silent);
    return st;
}

static autk_status run_dataset(cli_context *cli, const mirror_args *a)
{
    autk_world *world = NULL;
    work w = {.args = a, .economy = -1, .year = (int)a->year};
    autk_status st = autk_dataset_open(&w.dataset, cli->arguments[0], &cli->err);
    if (st == AUTK_OK)
        st = autk_dataset_hold(w.dataset, &cli->err);
    if (cli->dataset_path == NULL)
        cli->dataset_path = cli->arguments[0]; /* its own facts count too */
    if (st == AUTK_OK)
        st = cli_open_world(cli, &world);
    if (st == AUTK_OK) {
        w.n_economies = autk_dataset_n_economies(w.dataset);
        st = run(cli, &w, world);
    }
    free_work(&w);
    autk_world_close(world);
    autk_dataset_close(w.dataset);
    return st;
}

autk_status cmd_mirror(cli_context *cli, int argc, char **argv)
{
    mirror_args a = {.top = 25, .draws = 500, .share = 0.02, .partner_sd = 0.1, .total_sd = 0.02};
    cli_option options[] = {
        {"year", CLI_YEAR, &a.year, "Y", "default: the last; of a backtest 2019", NULL},
        {"economy", CLI_TEXT, &a.economy, "E", "only flows of one economy", NULL},
        {"product", CLI_TEXT, &a.product, "CODE",
         "flows of one product, or \"all\", of a year that was stored", NULL},
        {"store", CLI_FLAG, &a.store, NULL,
         "reconcile the year product by product and keep it in the dataset", NULL},
        {"estimates", CLI_TEXT, &a.estimates, "FILE",
         "beside what nobody reported: estimate --predict-gaps", NULL},
        {"silent", CLI_FLAG, &a.silent, NULL, "only what nobody reported", NULL},
        {"totals", CLI_TEXT, &a.totals, "LIST",
         "known totals of silent economies: BLR:exports=4e10,BLR:imports=4.3e10", NULL},
        {"by-section", CLI_FLAG, &a.by_section, NULL,
         "what nobody reported, section by section of the HS", NULL},
        {"ras", CLI_FLAG, &a.ras, NULL,
         "adjust to totals in proportion (RAS) instead of by how sure each figure is", NULL},
        {"top", CLI_WHOLE(0, INFINITY), &a.top, "N", "rows to show (25; 0 = all)", NULL},
        {"partner-sd", CLI_NUMBER(0, 10), &a.partner_sd, "X", "log error of partners' reports (.1)",
         NULL},
        {"total-sd", CLI_NUMBER(0, 10), &a.total_sd, "X", "log error of national totals (.02)",
         NULL},
        {"draws", CLI_WHOLE(20, 100000), &a.draws, "N", "for the intervals (500)", NULL},
        {"backtest", CLI_FLAG, &a.backtest, NULL,
         "blank known flows of the world dataset, estimate, compare", NULL},
        {"share", CLI_SHARE, &a.share, "S", "backtest: of the flows to blank (.02)", NULL},
        {"pair", CLI_TEXT, &a.pair, "A,B", "backtest: all flows between these economies: RUS,BLR",
         NULL},
        {"years", CLI_TEXT, &a.years, "A:B", "backtest: of the pair's blackout (2015:2021)", NULL},
        {"without-totals", CLI_FLAG, &a.without_totals, NULL,
         "backtest: national totals unknown too", NULL},
        {NULL, CLI_FLAG, NULL, NULL, NULL, NULL}};
    cli_spec spec = {
        .name = "mirror",
        .arguments = "[DATASET]",
        .summary = "What exporters and importers of a dataset say about the same flow, made into "
                   "one figure with its\ninterval by how reliable each has been; and what nobody "
                   "reported, estimated with bounds, never zero.\n--backtest shows how good the "
                   "estimates are where the truth is known.",
        .examples = "  autarky mirror trade.atk --year 2022 --economy BLR\n"
                    "  autarky mirror trade.atk --silent --totals BLR:exports=4e10\n"
                    "  autarky mirror trade.atk --store --year 2022\n"
                    "  autarky mirror trade.atk --year 2022 --economy BLR --product 310420\n"
                    "  autarky mirror trade.atk --by-section --year 2022 --economy BLR\n"
                    "  autarky mirror --backtest --year 2019\n"
                    "  autarky mirror --backtest --pair RUS,BLR --years 2015:2021\n",
        .options = options,
        .min_arguments = 0,
        .max_arguments = 1};
    autk_status st = cli_parse(cli, &spec, argc, argv);
    if (st != AUTK_OK || cli->help_shown)
        return st;
    if (a.backtest == (cli->n_arguments == 1))
        return cli_mirror_bad_value(cli, "mirror", "a dataset, or --backtest",
                                    a.backtest ? cli->arguments[0] : "");
    if (a.backtest && a.year == 0)
        a.year = 2019;
    if (!a.backtest && (a.store || a.product != NULL) && a.year == 0)
        return cli_mirror_bad_value(cli, "--year", "the year of the products", "nothing");
    return a.backtest          ? cli_mirror_backtest(cli, &a)
           : a.store           ? cli_mirror_store(cli, &a)
           : a.product != NULL ? cli_mirror_product(cli, &a)
                               : run_dataset(cli, &a);
}
