#include "report/chain.h"

#include <stdio.h>
#include <string.h>

#include "base/fail.h"
#include "equilibrium/scenario.h"

const char *autk_chain_formula(const autk_chain *chain)
{
    return chain->formula.text;
}

const char *autk_chain_data(const autk_chain *chain)
{
    return chain->data.text;
}

autk_chain_method autk_chain_get_method(const autk_chain *chain)
{
    return chain->method;
}

int autk_chain_draws(const autk_chain *chain)
{
    return chain->draws > 0             ? chain->draws
           : chain->scenario->draws > 0 ? chain->scenario->draws
                                        : AUTKI_CHAIN_DRAWS;
}

uint64_t autk_chain_seed(const autk_chain *chain)
{
    return chain->seed > 0 ? chain->seed : chain->scenario->seed;
}

autk_scenario *autk_chain_scenario(autk_chain *chain)
{
    return chain->scenario;
}

static bool names_cluster(const autk_chain *chain)
{
    return chain->vcov.text != NULL && strncmp(chain->vcov.text, "cluster:", 8) == 0;
}

autk_status autk_chain_choose(autk_chain *chain, autk_chain_method method, int draws, uint64_t seed,
                              autk_err *err)
{
    if (method == AUTK_CHAIN_METHOD_COUNT)
        method = chain->method;
    if (draws != 0 && (draws < 2 || draws > 10000))
        return autki_fail_at(err, AUTK_EARG, "--draws", 0, 0, "expected 2 to 10000 draws, got %d",
                             draws);
    if (method == AUTK_CHAIN_BOOTSTRAP && !names_cluster(chain))
        return autki_fail_at(
            err, AUTK_EDATA, chain->source, chain->formula.line, 0,
            "expected vcov: cluster:KEY beside the formula, for a bootstrap weighs "
            "clusters, got %.80s",
            chain->vcov.text != NULL ? chain->vcov.text : "none");
    chain->method = method;
    chain->draws = draws != 0 ? draws : chain->draws;
    chain->seed = seed != 0 ? seed : chain->seed;
    return AUTK_OK;
}

void autk_chain_explain(autk_buf *out, const autk_chain *c)
{
    const struct {
        const char *what;
        const autki_chain_text *text;
    } rest[] = {{"weights", &c->weights},
                {"offset", &c->offset},
                {"subset", &c->subset},
                {"panel", &c->panel}};
    if (c->name != NULL)
        autk_buf_printf(out, "%s\n", c->name);
    autk_buf_printf(out, "First, by %s: %s\n  from %s",
                    c->estimate.family == AUTK_FAMILY_OLS ? "least squares" : "PPML",
                    c->formula.text, c->data.text);
    for (size_t i = 0; i < sizeof rest / sizeof *rest; i++) {
        if (rest[i].text->text != NULL)
            autk_buf_printf(out, "; %s: %s", rest[i].what, rest[i].text->text);
    }
    if (c->estimate.bias_correction)
        autk_buf_puts(out, "; corrected for bias");
    autk_buf_printf(out, "\n  errors: %s\n",
                    c->estimate.bias_correction ? "corrected, clustered by pair"
                    : c->vcov.text != NULL      ? c->vcov.text
                                                : "hetero");
    autk_buf_printf(out, "Its coefficients go into the scenario; their error by %d draws of ",
                    autk_chain_draws(c));
    if (c->method == AUTK_CHAIN_BOOTSTRAP)
        autk_buf_printf(out, "a Bayesian bootstrap, weights by %s", strchr(c->vcov.text, ':') + 1);
    else
        autk_buf_puts(out, "a normal distribution with their covariance");
    autk_buf_printf(out, ", seed %llu.\nThen", (unsigned long long)autk_chain_seed(c));
    if (c->scenario_path != NULL)
        autk_buf_printf(out, " (%s)", c->scenario_path);
    autk_buf_puts(out, ": ");
    autk_scenario_explain(out, c->scenario);
}

/* ---- running ---- */

/* A fault inside a text of the file, at its place in the file. */
static void place_fault(autk_err *err, const autk_chain *c)
{
    const struct {
        const char *source;
        const autki_chain_text *text;
    } texts[] = {{"formula", &c->formula}, {"--vcov", &c->vcov},     {"--weights", &c->weights},
                 {"--offset", &c->offset}, {"--subset", &c->subset}, {"--panel", &c->panel},
                 {"--data", &c->data}};
    for (size_t i = 0; i < sizeof texts / sizeof *texts; i++) {
        const autki_chain_text *t = texts[i].text;
        if (strcmp(err->source, texts[i].source) != 0 || t->text == NULL)
            continue;
        (void)snprintf(err->source, sizeof err->source, "%s", c->source);
        err->line = t->line;
        err->column = t->column + (t->one_line && err->column > 0 ? err->column - 1 : 0);
        return;
    }
}

autk_status autk_chain_estimate(autk_estimate **out, const autk_chain *c, const autk_world *world,
                                int n_threads, const autk_progress *progress, autk_err *err)
{
    autk_estimate_opts opts = c->estimate;
    autk_err local = {0};
    opts.vcov = c->vcov.text;
    opts.weights = c->weights.text;
    opts.offset = c->offset.text;
    opts.subset = c->subset.text;
    opts.panel = c->panel.text;
    opts.world = world;
    opts.n_threads = n_threads;
    opts.seed = autk_chain_seed(c);
    opts.bootstrap = c->method == AUTK_CHAIN_BOOTSTRAP ? autk_chain_draws(c) : 0;
    if (progress != NULL)
        opts.progress = *progress;
    autk_status st = autk_estimate_run(out, c->formula.text, c->data.text, &opts, &local);
    if (st != AUTK_OK) {
        place_fault(&local, c);
        if (err != NULL)
            *err = local;
    }
    return st;
}

autk_status autk_chain_apply(autk_chain *chain, const autk_estimate *estimate, autk_err *err)
{
    autk_buf json;
    autk_input *input = NULL;
    autk_buf_init(&json);
    autk_status st = autk_estimate_write_scenario(&json, estimate, err);
    if (st == AUTK_OK)
        st = autk_input_memory(&input, "the estimate", json.text, json.len, err);
    if (st == AUTK_OK)
        st = autk_scenario_use_coefficients(chain->scenario, input, err);
    if (st == AUTK_OK) /* draws of elasticities, if it names a file of them */
        st = autk_scenario_read_files(chain->scenario, err);
    autk_input_free(input);
    autk_buf_deinit(&json);
    return st;
}
