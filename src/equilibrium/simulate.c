/* A scenario on an economy: baseline, steps, and the same for each draw of what is uncertain. */
#include <math.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/fail.h"
#include "base/mem.h"
#include "base/parallel.h"
#include "base/random.h"
#include "equilibrium/scenario.h"

#define FIELDS (sizeof(autk_outcome) / sizeof(double))
#define DRAWS_PER_CHUNK 4

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

typedef struct plan {
    const autk_scenario *scenario;
    const autk_economy *economy;
    const autki_bound *bound;
    const double *theta; /* [n_sectors] */
    autk_solve_opts opts;
    const autk_measure *values; /* all steps' measures in a row, drawn values in place */
} plan;

/* Measures of a step: its own, or with those of the steps before. */
static const autk_measure *of_step(const plan *p, size_t step, size_t *n)
{
    size_t first = 0;
    for (size_t i = 0; i < step; i++)
        first += p->bound->steps[i].n;
    *n = p->bound->steps[step].n + (p->scenario->compared ? 0 : first);
    return p->values + (p->scenario->compared ? first : 0);
}

typedef struct world {
    autk_equilibrium *before, **after;
    autk_solve_info baseline_info, *info;
} world;

static void free_world(world *w, size_t n_steps)
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

static autk_status solve_world(world *out, autk_outcome *outcome, const plan *p, autk_err *err)
{
    size_t n_steps = p->bound->n_steps, n = (size_t)autk_economy_n_regions(p->economy);
    world w = {0};
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
        free_world(&w, n_steps);
        if (err != NULL)
            *err = local;
        return st;
    }
    *out = w;
    return AUTK_OK;
}

/* ------------------------------------------------------------------ draws */

typedef struct lottery {
    const plan *base;
    size_t n_measures; /* of all steps */
    int draws;
    uint64_t seed;
    double *results; /* [draw][step][region][field]; NaN = no solution */
    bool *solved;    /* [draw] */
    size_t per_draw;
    autk_progress progress;
    pthread_mutex_t lock; /* of done and of the call to progress */
    int done;
} lottery;

/* A draw owes nothing to others: its stream is its number's. Normal, cut off at a tenth of the
 * estimate, so that no draw turns an elasticity negative. */
static uint64_t draw_values(const lottery *l, int draw, double *theta, double *joint,
                            autk_measure *values)
{
    const plan *p = l->base;
    const autk_scenario *scenario = p->scenario;
    uint64_t state = l->seed + 0x632be59bd9b4e019u * ((uint64_t)draw + 1);
    double error = scenario->theta_error;
    for (int32_t j = 0; j < autk_economy_n_sectors(p->economy); j++) {
        double factor = 1 + error * autki_random_normal(&state);
        theta[j] = p->theta[j] * (factor > 0.1 ? factor : 0.1);
    }
    for (size_t i = 0; i < scenario->n_estimates; i++)
        joint[i] = autki_random_normal(&state);
    autki_correlate(joint, scenario->factor, scenario->n_estimates);
    memcpy(values, p->values, l->n_measures * sizeof *values);
    const autki_rule *last = NULL;
    double shift = 0;
    size_t at = 0;
    for (size_t s = 0; s < p->bound->n_steps; s++) {
        for (size_t k = 0; k < p->bound->steps[s].n; k++, at++) {
            const autki_rule *rule = p->bound->steps[s].rules[k];
            if (rule != NULL && rule->error > 0) {
                if (rule != last) /* one estimate, both directions */
                    shift = rule->error * autki_random_normal(&state);
                values[at].value += shift;
            }
            if (rule != NULL && rule->estimate != NULL)
                values[at].value += rule->times * joint[rule->estimate_at];
            last = rule;
        }
    }
    return state;
}

/* Flows that nobody reports, anywhere within their bounds; *out stays NULL where there are none. */
static autk_status draw_gaps(autk_economy **out, const autk_economy *e, uint64_t *state,
                             autk_err *err)
{
    if (e->n_gaps == 0)
        return AUTK_OK;
    double *u = autki_malloc(e->n_gaps, sizeof *u);
    if (u == NULL)
        return autki_no_memory(err, e->n_gaps * sizeof *u);
    for (size_t k = 0; k < e->n_gaps; k++)
        u[k] = autki_random_uniform(state);
    autk_status st = autki_economy_with_gaps(out, e, u, err);
    free(u);
    return st;
}

static autk_status run_draw(const lottery *l, int draw, double *theta, double *joint,
                            autk_measure *values, autk_err *err)
{
    plan p = *l->base;
    world w = {0};
    uint64_t state = draw_values(l, draw, theta, joint, values);
    autk_economy *drawn = NULL;
    autk_status st = draw_gaps(&drawn, p.economy, &state, err);
    if (st != AUTK_OK)
        return st;
    if (drawn != NULL)
        p.economy = drawn;
    p.theta = theta;
    p.values = values;
    double *to = l->results + (size_t)draw * l->per_draw;
    st = solve_world(&w, (autk_outcome *)(void *)to, &p, err);
    free_world(&w, st == AUTK_OK ? p.bound->n_steps : 0);
    autk_economy_free(drawn);
    l->solved[draw] = st == AUTK_OK;
    /* A draw without a solution is counted, not hidden. */
    return st == AUTK_ENOANSWER || st == AUTK_ENOCONV || st == AUTK_ENUMERIC ? AUTK_OK : st;
}

static autk_status report(lottery *l, autk_err *err)
{
    int stop = 0;
    pthread_mutex_lock(&l->lock);
    l->done++;
    if (l->progress.report != NULL)
        stop = l->progress.report("draws", l->done, l->draws, "draws", l->progress.user);
    pthread_mutex_unlock(&l->lock);
    return stop ? autki_fail(err, AUTK_ECANCELLED, "cancelled") : AUTK_OK;
}

static autk_status run_chunk(size_t chunk, void *ctx, autk_err *err)
{
    lottery *l = ctx;
    size_t n_s = (size_t)autk_economy_n_sectors(l->base->economy);
    double *theta = autki_malloc(n_s, sizeof *theta);
    double *joint = autki_malloc(l->base->scenario->n_estimates, sizeof *joint);
    autk_measure *values = autki_malloc(l->n_measures, sizeof *values);
    autk_status st = AUTK_OK;
    if (theta == NULL || joint == NULL || values == NULL)
        st = autki_no_memory(err, n_s * sizeof *theta);
    int first = (int)chunk * DRAWS_PER_CHUNK, last = first + DRAWS_PER_CHUNK;
    for (int d = first; st == AUTK_OK && d < last && d < l->draws; d++) {
        st = run_draw(l, d, theta, joint, values, err);
        if (st == AUTK_OK)
            st = report(l, err);
    }
    free(theta);
    free(joint);
    free(values);
    return st;
}

static int ascending(const void *a, const void *b)
{
    double x = *(const double *)a, y = *(const double *)b;
    return (x > y) - (x < y);
}

/* Linear between order statistics (Hyndman and Fan's type 7). */
static double quantile(const double *sorted, size_t n, double q)
{
    double at = q * (double)(n - 1);
    size_t low = (size_t)at;
    return low + 1 < n ? sorted[low] + (at - (double)low) * (sorted[low + 1] - sorted[low])
                       : sorted[n - 1];
}

static void fill_quantiles(autk_simulation *sim, const lottery *l, double *sorted)
{
    double *low = (double *)(void *)sim->low, *high = (double *)(void *)sim->high;
    for (size_t f = 0; f < l->per_draw; f++) {
        size_t n = 0;
        for (int d = 0; d < l->draws; d++) {
            double v = l->results[(size_t)d * l->per_draw + f];
            if (l->solved[d] && !isnan(v))
                sorted[n++] = v;
        }
        if (n == 0) {
            low[f] = high[f] = NAN;
            continue;
        }
        qsort(sorted, n, sizeof *sorted, ascending);
        low[f] = quantile(sorted, n, 0.05);
        high[f] = quantile(sorted, n, 0.95);
    }
}

static autk_status run_lottery(autk_simulation *sim, const plan *p, const autk_simulate_opts *opts,
                               int draws, autk_err *err)
{
    lottery l = {.base = p,
                 .draws = draws,
                 .seed = opts->seed != 0 ? opts->seed : p->scenario->seed,
                 .progress = opts->progress,
                 .per_draw = sim->n_steps * sim->n_regions * FIELDS};
    for (size_t i = 0; i < sim->n_steps; i++)
        l.n_measures += p->bound->steps[i].n;
    l.results = autki_malloc((size_t)draws * l.per_draw, sizeof *l.results);
    l.solved = autki_calloc((size_t)draws, sizeof *l.solved);
    double *sorted = autki_malloc((size_t)draws, sizeof *sorted);
    sim->low = autki_calloc(sim->n_steps * sim->n_regions, sizeof *sim->low);
    sim->high = autki_calloc(sim->n_steps * sim->n_regions, sizeof *sim->high);
    autk_status st = AUTK_OK;
    if (l.results == NULL || l.solved == NULL || sorted == NULL || sim->low == NULL ||
        sim->high == NULL)
        st = autki_no_memory(err, (size_t)draws * l.per_draw * sizeof *l.results);
    pthread_mutex_init(&l.lock, NULL);
    if (st == AUTK_OK)
        st = autki_parallel_for(((size_t)draws + DRAWS_PER_CHUNK - 1) / DRAWS_PER_CHUNK,
                                opts->n_threads, run_chunk, &l, err);
    if (st == AUTK_OK) {
        for (int d = 0; d < draws; d++)
            sim->n_draws += l.solved[d];
        sim->n_failed = draws - sim->n_draws;
        fill_quantiles(sim, &l, sorted);
    }
    pthread_mutex_destroy(&l.lock);
    free(l.results);
    free(l.solved);
    free(sorted);
    return st;
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
    (void)snprintf(sim->elasticities, sizeof sim->elasticities, "%s%s", range,
                   s->theta_scale == AUTKI_SHORT_RUN
                       ? ", short run (0.38 of the long run: Boehm, Levchenko and "
                         "Pandalai-Nayar 2023)"
                   : s->theta_scale != 1 ? ", scaled as asked"
                                         : ", long run");
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
    plan p = {.scenario = scenario,
              .economy = economy,
              .bound = bound,
              .theta = theta,
              .values = values,
              .opts = {.deficits = scenario->deficits,
                       .tolerance = opts->tolerance,
                       .max_iterations = opts->max_iterations}};
    world w;
    autk_status st = solve_world(&w, sim->outcome, &p, err);
    if (st == AUTK_OK) {
        sim->before = w.before;
        sim->after = w.after;
        sim->info = w.info;
        sim->baseline_info = w.baseline_info;
        int draws = opts->draws > 0 ? opts->draws : scenario->draws;
        if (draws > 0)
            st = run_lottery(sim, &p, opts, draws, err);
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
