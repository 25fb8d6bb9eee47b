/* A scenario on an economy: the baseline and every step; draws.c does it again for each draw. */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/fail.h"
#include "base/mem.h"
#include "equilibrium/simulate.h"

struct autk_simulation {
    size_t n_steps, n_regions;
    autk_solve_info baseline_info, *info; /* [n_steps] */
    autk_equilibrium *before, **after;    /* [n_steps] */
    autk_outcome *outcome, *low, *high;   /* [n_steps][n_regions] */
    int n_draws, n_failed;
    uint8_t *show;
    bool coalition, one_sector;
    autk_deficits deficits;
    char elasticities[200];
};

void autk_simulation_free(autk_simulation *sim)
{
    if (sim == NULL)
        return;
    for (size_t i = 0; sim->after != NULL && i < sim->n_steps; i++)
        autk_equilibrium_free(sim->after[i]);
    autk_equilibrium_free(sim->before);
    free(sim->after);
    free(sim->info);
    free(sim->outcome);
    free(sim->low);
    free(sim->high);
    free(sim->show);
    free(sim);
}

/* ------------------------------------------------------------------ one world */

/* Measures of a step: its own, or with those of the steps before. */
static const autk_measure *of_step(const autki_plan *p, size_t step, size_t *n)
{
    size_t first = 0;
    for (size_t i = 0; i < step; i++)
        first += p->bound->steps[i].n;
    *n = p->bound->steps[step].n + (p->scenario->compared ? 0 : first);
    return p->values + (p->scenario->compared ? first : 0);
}

void autki_solved_deinit(autki_solved *w, size_t n_steps)
{
    autk_equilibrium_free(w->before);
    for (size_t i = 0; w->after != NULL && i < n_steps; i++)
        autk_equilibrium_free(w->after[i]);
    free(w->after);
    free(w->info);
    memset(w, 0, sizeof *w);
}

/* The step's name before the message. */
static void name_step(autk_err *err, const char *step)
{
    char msg[sizeof err->msg];
    (void)snprintf(msg, sizeof msg, "%.100s: %s", step, err->msg);
    memcpy(err->msg, msg, sizeof msg);
}

autk_status autki_plan_solve(autki_solved *out, autk_outcome *outcome, const autki_plan *p,
                             autk_err *err)
{
    size_t n_steps = p->bound->n_steps, n = (size_t)autk_economy_n_regions(p->economy);
    autki_solved w = {0};
    autk_err local = {0};
    w.after = autki_calloc(n_steps, sizeof(autk_equilibrium *));
    w.info = autki_calloc(n_steps, sizeof *w.info);
    autk_solve_opts opts = p->opts;
    opts.theta = p->theta;
    autk_status st = AUTK_OK;
    if (w.after == NULL || w.info == NULL)
        st = autki_no_memory(&local, n_steps * sizeof *w.info);
    if (st == AUTK_OK) {
        st = autk_equilibrium_solve(&w.before, &w.baseline_info, p->economy, NULL, 0, NULL, &opts,
                                    &local);
        if (st != AUTK_OK)
            name_step(&local, "baseline");
    }
    opts.coalition = p->bound->coalition;
    for (size_t i = 0; st == AUTK_OK && i < n_steps; i++) {
        size_t n_measures;
        const autk_measure *m = of_step(p, i, &n_measures);
        st = autk_equilibrium_solve(&w.after[i], &w.info[i], p->economy, m, n_measures, w.before,
                                    &opts, &local);
        if (st == AUTK_OK)
            st = autk_equilibrium_compare(outcome + i * n, w.before, w.after[i], &local);
        if (st != AUTK_OK && st != AUTK_ENOMEM)
            name_step(&local, autk_scenario_step(p->scenario, i));
    }
    if (st != AUTK_OK) {
        autki_solved_deinit(&w, n_steps);
        if (err != NULL)
            *err = local;
        return st;
    }
    *out = w;
    return AUTK_OK;
}

/* ------------------------------------------------------------------ all of it */

static void set_theta(double *theta, autk_simulation *sim, const autk_scenario *s,
                      const autk_economy *e)
{
    double low = INFINITY, high = 0;
    for (int32_t j = 0; j < autk_economy_n_sectors(e); j++) {
        theta[j] = (s->theta > 0 ? s->theta : autk_economy_theta(e, j)) * s->theta_scale;
        low = theta[j] < low ? theta[j] : low;
        high = theta[j] > high ? theta[j] : high;
    }
    char range[60];
    (void)snprintf(range, sizeof range, low == high ? "theta %.4g" : "theta %.4g to %.4g", low,
                   high);
    (void)snprintf(sim->elasticities, sizeof sim->elasticities, "%s%s%s", range,
                   s->theta_scale == AUTKI_SHORT_RUN
                       ? ", short run (0.38 of the long run: Boehm, Levchenko and "
                         "Pandalai-Nayar 2023)"
                   : s->theta_scale != 1 ? ", scaled as asked"
                                         : ", long run",
                   s->theta_draws.n != 0 ? "; draws from a file" : "");
}

static autk_status draw(autk_simulation *sim, const autki_plan *p, const autk_simulate_opts *opts,
                        autk_err *err)
{
    int draws = opts->draws > 0 ? opts->draws : p->scenario->draws;
    if (draws == 0)
        return AUTK_OK;
    sim->low = autki_calloc(sim->n_steps * sim->n_regions, sizeof *sim->low);
    sim->high = autki_calloc(sim->n_steps * sim->n_regions, sizeof *sim->high);
    if (sim->low == NULL || sim->high == NULL)
        return autki_no_memory(err, sim->n_steps * sim->n_regions * sizeof *sim->low);
    autk_status st = autki_plan_draw(sim->low, sim->high, &sim->n_draws, p, draws, opts, err);
    sim->n_failed = draws - sim->n_draws;
    return st;
}

static autk_status run(autk_simulation *sim, const autk_scenario *scenario,
                       const autk_economy *economy, const autki_bound *bound,
                       const autk_simulate_opts *opts, autk_err *err)
{
    size_t n_measures = 0, at = 0;
    for (size_t i = 0; i < sim->n_steps; i++)
        n_measures += bound->steps[i].n;
    double *theta = autki_malloc((size_t)autk_economy_n_sectors(economy), sizeof *theta);
    autk_measure *values = autki_malloc(n_measures, sizeof *values);
    sim->outcome = autki_calloc(sim->n_steps * sim->n_regions, sizeof *sim->outcome);
    if (theta == NULL || values == NULL || sim->outcome == NULL) {
        free(theta);
        free(values);
        return autki_no_memory(err, n_measures * sizeof *values);
    }
    for (size_t i = 0; i < sim->n_steps; i++) {
        memcpy(values + at, bound->steps[i].measures, bound->steps[i].n * sizeof *values);
        at += bound->steps[i].n;
    }
    set_theta(theta, sim, scenario, economy);
    autki_plan p = {.scenario = scenario,
                    .economy = economy,
                    .bound = bound,
                    .theta = theta,
                    .values = values,
                    .n_measures = n_measures,
                    .opts = {.deficits = scenario->deficits,
                             .tolerance = opts->tolerance,
                             .max_iterations = opts->max_iterations}};
    autki_solved w;
    autk_status st = autki_plan_solve(&w, sim->outcome, &p, err);
    if (st == AUTK_OK) {
        sim->before = w.before;
        sim->after = w.after;
        sim->info = w.info;
        sim->baseline_info = w.baseline_info;
        st = draw(sim, &p, opts, err);
    }
    free(theta);
    free(values);
    return st;
}

autk_status autk_simulate(autk_simulation **out, const autk_scenario *scenario,
                          const autk_economy *economy, const autk_simulate_opts *opts,
                          autk_err *err)
{
    autk_simulate_opts chosen = opts != NULL ? *opts : (autk_simulate_opts){0};
    autki_bound bound;
    autk_status st = autki_scenario_bind(&bound, scenario, economy, err);
    if (st != AUTK_OK)
        return st;
    autk_simulation *sim = autki_calloc(1, sizeof *sim);
    if (sim == NULL) {
        autki_bound_deinit(&bound);
        return autki_no_memory(err, sizeof *sim);
    }
    sim->n_steps = scenario->n_steps;
    sim->n_regions = (size_t)autk_economy_n_regions(economy);
    sim->one_sector = autk_economy_n_sectors(economy) == 1;
    sim->deficits = scenario->deficits;
    sim->coalition = bound.coalition != NULL;
    sim->show = bound.show;
    bound.show = NULL;
    st = run(sim, scenario, economy, &bound, &chosen, err);
    autki_bound_deinit(&bound);
    if (st != AUTK_OK) {
        autk_simulation_free(sim);
        return st;
    }
    *out = sim;
    return AUTK_OK;
}

/* ------------------------------------------------------------------ looking */

size_t autk_simulation_n_steps(const autk_simulation *sim)
{
    return sim->n_steps;
}

const autk_solve_info *autk_simulation_baseline_info(const autk_simulation *sim)
{
    return &sim->baseline_info;
}

const autk_solve_info *autk_simulation_info(const autk_simulation *sim, size_t step)
{
    return step < sim->n_steps ? &sim->info[step] : NULL;
}

const autk_outcome *autk_simulation_outcome(const autk_simulation *sim, size_t step)
{
    return step < sim->n_steps ? sim->outcome + step * sim->n_regions : NULL;
}

int autk_simulation_n_draws(const autk_simulation *sim)
{
    return sim->n_draws;
}

int autk_simulation_n_failed_draws(const autk_simulation *sim)
{
    return sim->n_failed;
}

const autk_outcome *autk_simulation_low(const autk_simulation *sim, size_t step)
{
    return step < sim->n_steps && sim->low != NULL ? sim->low + step * sim->n_regions : NULL;
}

const autk_outcome *autk_simulation_high(const autk_simulation *sim, size_t step)
{
    return step < sim->n_steps && sim->high != NULL ? sim->high + step * sim->n_regions : NULL;
}

const autk_equilibrium *autk_simulation_equilibrium(const autk_simulation *sim, size_t step)
{
    return step == SIZE_MAX ? sim->before : step < sim->n_steps ? sim->after[step] : NULL;
}

bool autk_simulation_shows(const autk_simulation *sim, int32_t region)
{
    return region >= 0 && (size_t)region < sim->n_regions && sim->show[region] != 0;
}

const char *autk_simulation_model(const autk_simulation *sim)
{
    if (sim->coalition)
        return "burden sharing in a coalition (Chowdhry, Hinz, Kamin and Wanner 2024)";
    return sim->one_sector ? "one sector, universal gravity"
                           : "many sectors with input-output links (Caliendo and Parro 2015)";
}

const char *autk_simulation_deficits(const autk_simulation *sim)
{
    return autk_deficits_text(sim->deficits);
}

const char *autk_simulation_elasticities(const autk_simulation *sim)
{
    return sim->elasticities;
}
