#include "economy_options.h"
#include "simulate_write.h"

static autk_status use_file(autk_scenario *scenario, const char *path,
                            autk_status (*use)(autk_scenario *, autk_input *, autk_err *),
                            autk_err *err)
{
    autk_input *input = NULL;
    autk_status st = path != NULL ? autk_input_open(&input, path, err) : AUTK_OK;
    if (st == AUTK_OK && path != NULL)
        st = use(scenario, input, err);
    autk_input_free(input);
    return st;
}

/* Files given by options stand before those that the scenario names. */
static autk_status read_scenario(autk_scenario **out, const char *coefficients,
                                 const char *theta_draws, cli_context *cli)
{
    autk_input *input = NULL;
    autk_scenario *scenario = NULL;
    autk_status st = autk_input_open(&input, cli->arguments[0], &cli->err);
    if (st == AUTK_OK)
        st = autk_scenario_read(&scenario, input, &cli->err);
    autk_input_free(input);
    if (st == AUTK_OK)
        st = use_file(scenario, coefficients, autk_scenario_use_coefficients, &cli->err);
    if (st == AUTK_OK)
        st = use_file(scenario, theta_draws, autk_scenario_use_theta_draws, &cli->err);
    if (st == AUTK_OK)
        st = autk_scenario_read_files(scenario, &cli->err);
    if (st != AUTK_OK) {
        autk_scenario_free(scenario);
        return st;
    }
    *out = scenario;
    return AUTK_OK;
}

typedef struct wanted {
    bool explain, flows, parts, variance;
} wanted;

/* What would otherwise be passed over in silence. */
static autk_status check_format(cli_context *cli, const wanted *w)
{
    if (w->explain && cli->format != AUTK_FORMAT_TEXT)
        return cli_expected(cli, "--explain", "--format text, its only one", "another");
    if (w->flows && !w->explain && cli->format == AUTK_FORMAT_TEXT)
        return cli_expected(cli, "--flows", "--format json or csv", "text");
    if (w->parts && cli->format != AUTK_FORMAT_CSV)
        return cli_expected(cli, "--parts", "--format csv (text and JSON have them anyway)",
                            "another");
    if (w->parts && w->flows)
        return cli_expected(cli, "--parts", "one table in a CSV", "--flows too");
    return AUTK_OK;
}

autk_status cli_scenario_route(autk_world **world, cli_context *cli, autk_scenario *scenario,
                               const autk_economy *economy)
{
    if (!autk_scenario_has_closures(scenario))
        return AUTK_OK;
    autk_status st = cli_open_world(cli, world);
    return st == AUTK_OK ? autk_scenario_route(scenario, *world, economy, &cli->err) : st;
}

/* Each source of the intervals alone, where there are several. */
static autk_status simulate_alone(autk_simulation **alone, const cli_simulated *s,
                                  const autk_simulate_opts *opts, autk_err *err)
{
    unsigned there = autk_scenario_uncertain(s->scenario, s->economy);
    autk_simulate_opts one = *opts;
    autk_status st = AUTK_OK;
    bool several = (there & (there - 1)) != 0 && autk_simulation_n_draws(s->sim) > 0;
    for (size_t k = 0; st == AUTK_OK && several && k < CLI_N_SOURCES; k++) {
        one.sources = there & 1u << k;
        if (one.sources != 0)
            st = autk_simulate(&alone[k], s->scenario, s->economy, &one, err);
    }
    return st;
}

static autk_status simulate_and_write(cli_context *cli, autk_scenario *scenario, const wanted *w,
                                      const cli_economy *from, const autk_simulate_opts *opts)
{
    autk_economy *economy = NULL;
    autk_world *world = NULL;
    autk_simulation *sim = NULL, *alone[CLI_N_SOURCES] = {NULL};
    autk_buf text;
    autk_buf_init(&text);
    autk_status st = cli_economy_open(&economy, cli, from, autk_scenario_economy(scenario));
    if (st == AUTK_OK)
        st = cli_scenario_route(&world, cli, scenario, economy);
    if (st == AUTK_OK)
        st = autk_simulate(&sim, scenario, economy, opts, &cli->err);
    cli_simulated s = {
        .scenario = scenario, .economy = economy, .sim = sim, .flows = w->flows, .parts = w->parts};
    if (st == AUTK_OK && w->variance)
        st = simulate_alone(alone, &s, opts, &cli->err);
    for (size_t k = 0; k < CLI_N_SOURCES; k++)
        s.alone[k] = alone[k];
    cli_progress_end();
    if (st == AUTK_OK)
        st = cli_simulate_write(&text, &s, cli->format, &cli->err);
    st = cli_finish(cli, &text, st);
    for (size_t k = 0; k < CLI_N_SOURCES; k++)
        autk_simulation_free(alone[k]);
    autk_simulation_free(sim);
    autk_economy_free(economy);
    autk_scenario_unroute(scenario);
    autk_world_close(world);
    return st;
}

autk_status cmd_simulate(cli_context *cli, int argc, char **argv)
{
    cli_economy from = {0};
    wanted w = {0};
    int64_t draws = 0, seed = 0, threads = 1;
    double tolerance = 1e-10;
    const char *coefficients = NULL, *theta_draws = NULL;
    cli_option options[CLI_N_ECONOMY_OPTIONS + 11] = {
        [CLI_N_ECONOMY_OPTIONS] = {"explain", CLI_FLAG, &w.explain, NULL,
                                   "say how the scenario is understood, solve nothing", NULL},
        {"flows", CLI_FLAG, &w.flows, NULL, "trade by pair and sector: JSON too, CSV alone", NULL},
        {"parts", CLI_FLAG, &w.parts, NULL,
         "CSV: of each effect, what comes from routes and what from other measures", NULL},
        {"variance", CLI_FLAG, &w.variance, NULL,
         "draw each source alone too: its share of the variance of welfare", NULL},
        {"coefficients", CLI_TEXT, &coefficients, "FILE",
         "for sanctions {estimate: NAME}: JSON of estimate --to-scenario", NULL},
        {"theta-draws", CLI_TEXT, &theta_draws, "FILE",
         "CSV of draws of theta: a column a sector, a row a draw", NULL},
        {"draws", CLI_WHOLE(0, 100000), &draws, "N",
         "draws of elasticities, coefficients, unreported flows, costs of transport", NULL},
        {"seed", CLI_WHOLE(0, INFINITY), &seed, "N", "of the draws", NULL},
        {"threads", CLI_WHOLE(1, 256), &threads, "N", "for draws; results do not depend on it",
         NULL},
        {"tolerance", CLI_INSIDE(0, 1), &tolerance, "X", "relative residual, 1e-10", NULL}};
    cli_economy_options(options, &from);
    cli_spec spec = {
        .name = "simulate",
        .arguments = "SCENARIO.yaml",
        .summary = "The world after sanctions, tariffs, embargoes or closed trade, in general "
                   "equilibrium.\nscenarios/ has examples; docs/modules/equilibrium.md the schema.",
        .examples =
            "  autarky simulate scenarios/nafta.yaml --economy "
            "../shared/data/models/cp2015\n"
            "  autarky simulate scenarios/nafta.yaml --explain\n"
            "  autarky simulate my.yaml --economy trade.csv --draws 1000 --threads 2\n"
            "  autarky simulate my.yaml --coefficients effects.json --draws 1000\n"
            "  autarky simulate scenarios/belarus-borders-closed.yaml --draws 200 --variance\n"
            "  autarky simulate scenarios/belarus-borders-closed.yaml --format csv --parts\n"
            "  mpirun -n 8 autarky simulate my.yaml --draws 10000\n",
        .options = options,
        .min_arguments = 1,
        .max_arguments = 1};
    autk_status st = cli_parse(cli, &spec, argc, argv);
    if (st == AUTK_OK && !cli->help_shown)
        st = check_format(cli, &w);
    if (st != AUTK_OK || cli->help_shown)
        return st;
    autk_scenario *scenario = NULL;
    st = read_scenario(&scenario, coefficients, theta_draws, cli);
    if (st == AUTK_OK && w.explain) {
        autk_buf text;
        autk_buf_init(&text);
        autk_scenario_explain(&text, scenario);
        st = cli_finish(cli, &text, AUTK_OK);
    } else if (st == AUTK_OK) {
        autk_simulate_opts opts = {.draws = (int)draws,
                                   .seed = (uint64_t)seed,
                                   .n_threads = (int)threads,
                                   .ranks = cli->ranks,
                                   .tolerance = tolerance,
                                   .progress = cli_progress()};
        st = simulate_and_write(cli, scenario, &w, &from, &opts);
    }
    autk_scenario_free(scenario);
    return st;
}
