#include <string.h>

#include "economy_options.h"
#include "simulate_write.h"

#define AS_TEXT(name, text) text,
static const char *const methods[] = {AUTK_CHAIN_METHOD_LIST(AS_TEXT)};

/* Where an interval comes from; the first is all of them together. */
static const struct source {
    const char *key, *low_title, *high_title;
    unsigned draws; /* autk_draw_source */
} sources[] = {{"all", "all: 5 %", "95 %", 0},
               {"estimates", "estimation: 5 %", "95 %", AUTK_DRAW_ESTIMATES},
               {"elasticities", "elasticities: 5 %", "95 %", AUTK_DRAW_ELASTICITIES},
               {"gaps", "unreported: 5 %", "95 %", AUTK_DRAW_GAPS},
               {"transport", "transport: 5 %", "95 %", AUTK_DRAW_TRANSPORT}};
#define N_SOURCES (sizeof sources / sizeof *sources)

typedef struct run {
    autk_chain *chain;
    autk_estimate *estimate;
    autk_economy *economy;
    autk_world *world; /* of the routes; NULL = no place closes */
    unsigned uncertain;
    autk_simulation *sims[N_SOURCES]; /* NULL = no draws of that source alone */
} run;

static void free_run(run *r)
{
    for (size_t k = 0; k < N_SOURCES; k++)
        autk_simulation_free(r->sims[k]);
    autk_economy_free(r->economy);
    autk_estimate_free(r->estimate);
    autk_chain_free(r->chain);
    autk_world_close(r->world);
}

/* ------------------------------------------------------------------ writing */

static double welfare_percent(const autk_outcome *outcomes, int32_t economy)
{
    return 100 * outcomes[economy].welfare_exact;
}

static void add_interval(autk_table *t, const autk_simulation *sim, size_t step, int32_t economy)
{
    autk_table_number(t, welfare_percent(autk_simulation_low(sim, step), economy));
    autk_table_number(t, welfare_percent(autk_simulation_high(sim, step), economy));
}

/* An economy a row, a source after the other. */
static autk_status write_wide(autk_buf *text, const run *r, size_t step, autk_err *err)
{
    autk_column columns[2 + 2 * N_SOURCES] = {{"economy", "economy", AUTK_CELL_TEXT, 0},
                                              {"welfare", "welfare %", AUTK_CELL_FIXED, 3}};
    autk_table *t = NULL;
    size_t n = 2;
    for (size_t k = 0; k < N_SOURCES; k++) {
        if (r->sims[k] == NULL)
            continue;
        columns[n++] = (autk_column){"low", sources[k].low_title, AUTK_CELL_FIXED, 3};
        columns[n++] = (autk_column){"high", sources[k].high_title, AUTK_CELL_FIXED, 3};
    }
    autk_status st = autk_table_create(&t, columns, n, err);
    for (int32_t e = 0; st == AUTK_OK && e < autk_economy_n_regions(r->economy); e++) {
        if (!autk_simulation_shows(r->sims[0], e))
            continue;
        autk_table_text(t, autk_economy_region(r->economy, e));
        autk_table_number(t, welfare_percent(autk_simulation_outcome(r->sims[0], step), e));
        for (size_t k = 0; k < N_SOURCES; k++) {
            if (r->sims[k] != NULL)
                add_interval(t, r->sims[k], step, e);
        }
    }
    if (st == AUTK_OK)
        st = autk_table_write(text, t, AUTK_FORMAT_TEXT, err);
    autk_table_free(t);
    return st;
}

static void add_coefficients(autk_table *t, const run *r)
{
    const double z = 1.6448536269514722; /* 5 and 95 % of the normal distribution */
    for (int i = 0; i < autk_estimate_get_info(r->estimate)->n_coefficients; i++) {
        autk_coefficient c = autk_estimate_get_coefficient(r->estimate, i);
        autk_table_text(t, "coefficient");
        autk_table_text(t, "");
        autk_table_text(t, c.name);
        autk_table_text(t, "estimates");
        autk_table_number(t, c.estimate);
        autk_table_number(t, c.estimate - z * c.std_error);
        autk_table_number(t, c.estimate + z * c.std_error);
    }
}

static void add_welfare(autk_table *t, const run *r, size_t step)
{
    const autk_outcome *outcomes = autk_simulation_outcome(r->sims[0], step);
    for (int32_t e = 0; e < autk_economy_n_regions(r->economy); e++) {
        for (size_t k = 0; autk_simulation_shows(r->sims[0], e) && k < N_SOURCES; k++) {
            if (r->sims[k] == NULL)
                continue;
            autk_table_text(t, "welfare_percent");
            autk_table_text(t, autk_scenario_step(autk_chain_scenario(r->chain), step));
            autk_table_text(t, autk_economy_region(r->economy, e));
            autk_table_text(t, sources[k].key);
            autk_table_number(t, welfare_percent(outcomes, e));
            add_interval(t, r->sims[k], step, e);
        }
    }
}

/* A number and its interval from one source a row: CSV, and a part of the JSON. */
static autk_status write_long(autk_buf *text, const run *r, autk_format format, autk_err *err)
{
    static const autk_column columns[] = {
        {"measure", "measure", AUTK_CELL_TEXT, 0}, {"step", "step", AUTK_CELL_TEXT, 0},
        {"item", "item", AUTK_CELL_TEXT, 0},       {"source", "source", AUTK_CELL_TEXT, 0},
        {"value", "value", AUTK_CELL_FIXED, 4},    {"low", "5 %", AUTK_CELL_FIXED, 4},
        {"high", "95 %", AUTK_CELL_FIXED, 4}};
    autk_table *t = NULL;
    autk_status st = autk_table_create(&t, columns, sizeof columns / sizeof *columns, err);
    if (st == AUTK_OK)
        add_coefficients(t, r);
    for (size_t s = 0; st == AUTK_OK && s < autk_simulation_n_steps(r->sims[0]); s++)
        add_welfare(t, r, s);
    if (st == AUTK_OK)
        st = autk_table_write(text, t, format, err);
    autk_table_free(t);
    return st;
}

static void name_sources(autk_buf *text, const run *r)
{
    const autk_chain *chain = r->chain;
    autk_buf_printf(text, "\nWelfare, 5 to 95 %% of %d draws, by what is drawn (seed %llu).\n",
                    autk_simulation_n_draws(r->sims[0]),
                    (unsigned long long)autk_chain_seed(chain));
    if ((r->uncertain & AUTK_DRAW_ESTIMATES) != 0)
        autk_buf_printf(text, "estimation: the coefficients, by %s\n",
                        autk_chain_get_method(chain) == AUTK_CHAIN_BOOTSTRAP
                            ? "a Bayesian bootstrap"
                            : "a normal distribution with their covariance");
    if ((r->uncertain & AUTK_DRAW_ELASTICITIES) != 0)
        autk_buf_puts(text, "elasticities: theta, by the error that the scenario gives it\n");
    if ((r->uncertain & AUTK_DRAW_GAPS) != 0)
        autk_buf_puts(text, "unreported: flows that nobody reports, within their bounds\n");
    if ((r->uncertain & AUTK_DRAW_TRANSPORT) != 0)
        autk_buf_puts(text, "transport: the costs of transport, from their ranges\n");
}

static autk_status write_text(autk_buf *text, cli_context *cli, const run *r,
                              const cli_simulated *shown)
{
    autk_status st = autk_estimate_write_text(text, r->estimate, NULL, &cli->err);
    autk_buf_puts(text, "\nSimulation: ");
    if (st == AUTK_OK)
        st = cli_simulate_write(text, shown, cli->format, &cli->err);
    name_sources(text, r);
    for (size_t s = 0; st == AUTK_OK && s < autk_simulation_n_steps(r->sims[0]); s++) {
        autk_buf_printf(text, "\n%s\n", autk_scenario_step(autk_chain_scenario(r->chain), s));
        st = write_wide(text, r, s, &cli->err);
    }
    return st;
}

static autk_status write_json(autk_buf *text, cli_context *cli, const run *r,
                              const cli_simulated *shown)
{
    autk_buf_printf(text, "{\"method\": \"%s\", \"seed\": %llu, \"estimate\": ",
                    autk_chain_method_text(autk_chain_get_method(r->chain)),
                    (unsigned long long)autk_chain_seed(r->chain));
    autk_status st = autk_estimate_write_json(text, r->estimate, &cli->err);
    autk_buf_puts(text, ",\n\"simulation\": ");
    if (st == AUTK_OK)
        st = cli_simulate_write(text, shown, cli->format, &cli->err);
    autk_buf_puts(text, ",\n\"intervals\": ");
    if (st == AUTK_OK)
        st = write_long(text, r, AUTK_FORMAT_JSON, &cli->err);
    autk_buf_puts(text, "}\n");
    return st;
}

static autk_status write_run(cli_context *cli, const run *r)
{
    autk_buf text;
    cli_simulated shown = {
        .scenario = autk_chain_scenario(r->chain), .economy = r->economy, .sim = r->sims[0]};
    autk_buf_init(&text);
    autk_status st = cli->format == AUTK_FORMAT_TEXT ? write_text(&text, cli, r, &shown)
                     : cli->format == AUTK_FORMAT_JSON
                         ? write_json(&text, cli, r, &shown)
                         : write_long(&text, r, AUTK_FORMAT_CSV, &cli->err);
    return cli_finish(cli, &text, st);
}

/* ------------------------------------------------------------------ running */

static autk_status read_chain(autk_chain **out, cli_context *cli)
{
    autk_input *input = NULL;
    autk_status st = autk_input_open(&input, cli->arguments[0], &cli->err);
    if (st == AUTK_OK)
        st = autk_chain_read(out, input, &cli->err);
    autk_input_free(input);
    return st;
}

static autk_status estimate(cli_context *cli, run *r, int threads)
{
    autk_world *world = NULL;
    autk_progress progress = cli_progress();
    autk_status st = AUTK_OK;
    if (autk_estimate_uses_world(autk_chain_data(r->chain)))
        st = cli_open_world(cli, &world);
    if (st == AUTK_OK)
        st = autk_chain_estimate(&r->estimate, r->chain, world, threads, &progress, &cli->err);
    cli_progress_end();
    if (st == AUTK_OK)
        st = autk_chain_apply(r->chain, r->estimate, &cli->err);
    autk_world_close(world);
    return st;
}

/* With all sources, then with each alone where there are several. */
static autk_status simulate(cli_context *cli, run *r, const cli_economy *from, int threads)
{
    autk_scenario *scenario = autk_chain_scenario(r->chain);
    autk_simulate_opts opts = {.draws = autk_chain_draws(r->chain),
                               .seed = autk_chain_seed(r->chain),
                               .n_threads = threads,
                               .progress = cli_progress()};
    autk_status st = cli_economy_open(&r->economy, cli, from, autk_scenario_economy(scenario));
    if (st == AUTK_OK)
        st = cli_scenario_route(&r->world, cli, scenario, r->economy);
    if (st != AUTK_OK)
        return st;
    r->uncertain = autk_scenario_uncertain(scenario, r->economy);
    bool several = (r->uncertain & (r->uncertain - 1)) != 0;
    for (size_t k = 0; st == AUTK_OK && k < N_SOURCES; k++) {
        opts.sources = sources[k].draws;
        if (k == 0 || (several && (r->uncertain & opts.sources) != 0))
            st = autk_simulate(&r->sims[k], scenario, r->economy, &opts, &cli->err);
    }
    cli_progress_end();
    return st;
}

static autk_status explain(cli_context *cli, const autk_chain *chain)
{
    autk_buf text;
    autk_buf_init(&text);
    autk_chain_explain(&text, chain);
    return cli_finish(cli, &text, AUTK_OK);
}

typedef struct options {
    const char *method;
    int64_t draws, seed, threads;
    bool explain;
} options;

static autk_status choose(cli_context *cli, autk_chain *chain, const options *o)
{
    autk_chain_method method = AUTK_CHAIN_METHOD_COUNT;
    for (int m = 0; o->method != NULL && m < AUTK_CHAIN_METHOD_COUNT; m++) {
        if (strcmp(o->method, methods[m]) == 0)
            method = (autk_chain_method)m;
    }
    if (o->method != NULL && method == AUTK_CHAIN_METHOD_COUNT)
        return cli_expected(cli, "--method", "covariance or bootstrap", o->method);
    return autk_chain_choose(chain, method, (int)o->draws, (uint64_t)o->seed, &cli->err);
}

autk_status cmd_chain(cli_context *cli, int argc, char **argv)
{
    cli_economy from = {0};
    options o = {.threads = 1};
    cli_option table[CLI_N_ECONOMY_OPTIONS + 6] = {
        [CLI_N_ECONOMY_OPTIONS] = {"explain", CLI_FLAG, &o.explain, NULL,
                                   "say how the file is understood, estimate and solve nothing",
                                   NULL},
        {"method", CLI_TEXT, &o.method, "covariance|bootstrap",
         "how the error of the estimates is drawn", NULL},
        {"draws", CLI_WHOLE(0, 10000), &o.draws, "N",
         "of estimates, elasticities, unreported flows", NULL},
        {"seed", CLI_WHOLE(0, INFINITY), &o.seed, "N", "of the draws", NULL},
        {"threads", CLI_WHOLE(1, 256), &o.threads, "N", "results do not depend on it", NULL}};
    cli_economy_options(table, &from);
    cli_spec spec = {
        .name = "chain",
        .arguments = "MODEL.yaml",
        .summary = "From estimate to welfare in one run: a gravity model is estimated, its "
                   "coefficients go into a\nscenario, and their error reaches the interval of "
                   "welfare. docs/modules/chain.md has the schema.",
        .examples = "  autarky chain scenarios/chains/sanctions-lifted.yaml\n"
                    "  autarky chain scenarios/chains/sanctions-lifted.yaml --explain\n"
                    "  autarky chain my.yaml --method bootstrap --draws 500 --format json\n",
        .options = table,
        .min_arguments = 1,
        .max_arguments = 1};
    run r = {0};
    autk_status st = cli_parse(cli, &spec, argc, argv);
    if (st != AUTK_OK || cli->help_shown)
        return st;
    st = read_chain(&r.chain, cli);
    if (st == AUTK_OK)
        st = choose(cli, r.chain, &o);
    if (st == AUTK_OK && o.explain) {
        st = explain(cli, r.chain);
    } else if (st == AUTK_OK) {
        st = estimate(cli, &r, (int)o.threads);
        if (st == AUTK_OK)
            st = simulate(cli, &r, &from, (int)o.threads);
        if (st == AUTK_OK)
            st = write_run(cli, &r);
    }
    free_run(&r);
    return st;
}
