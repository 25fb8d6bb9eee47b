/* A scenario on an economy: the baseline and every step; draws.c does it again for each draw. */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/fail.h"
#include "base/mem.h"
#include "equilibrium/closings.h"

/* The routes' part of a step's effect, by closing measure. */
typedef struct division {
    autk_effect *effects; /* [n][n_regions + 1] */
    char (*names)[160];   /* [n] */
    size_t n;
} division;

struct autk_simulation {
    size_t n_steps, n_regions;            /* as in the layout */
    autk_solve_info baseline_info, *info; /* [n_steps] */
    autk_equilibrium *before, **after;    /* [n_steps] */
    double *told;                         /* as autki_told_doubles */
    autki_layout layout;
    autki_drawn drawn;
    bool *closes;        /* [n_steps] places */
    autk_err *why_not;   /* [n_steps] a step has no parts */
    division *divisions; /* [n_steps] */
    int n_failed;
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
    for (size_t i = 0; sim->divisions != NULL && i < sim->n_steps; i++) {
        free(sim->divisions[i].effects);
        free(sim->divisions[i].names);
    }
    free(sim->divisions);
    free(sim->closes);
    free(sim->why_not);
    free(sim->told);
    free(sim->drawn.low);
    free(sim->drawn.high);
    free(sim->drawn.deviation);
    free(sim->show);
    free(sim);
}

/* ------------------------------------------------------------------ one world */

const autk_measure *autki_plan_measures(const autki_plan *p, size_t step, size_t *n)
{
    size_t first = 0;
    for (size_t i = 0; i < step; i++)
        first += p->bound->steps[i].n;
    *n = p->bound->steps[step].n + (p->scenario->compared ? 0 : first);
    return p->values + (p->scenario->compared ? first : 0);
}

autki_layout autki_plan_layout(const autki_plan *plan)
{
    return (autki_layout){.n_steps = plan->bound->n_steps,
                          .n_regions = (size_t)autk_economy_n_regions(plan->economy),
                          .closes = plan->bound->n_closings != 0};
}

#define OUTCOME_DOUBLES (sizeof(autk_outcome) / sizeof(double))
#define EFFECT_DOUBLES (sizeof(autk_effect) / sizeof(double))

static size_t parts_doubles(const autki_layout *l)
{
    return AUTK_PART_COUNT * (l->n_regions + 1) * EFFECT_DOUBLES;
}

size_t autki_told_doubles(const autki_layout *l)
{
    return l->n_steps * (l->n_regions * OUTCOME_DOUBLES + (l->closes ? parts_doubles(l) : 0));
}

autk_outcome *autki_told_outcome(double *told, const autki_layout *l, size_t step)
{
    return (autk_outcome *)(void *)(told + step * l->n_regions * OUTCOME_DOUBLES);
}

autk_effect *autki_told_parts(double *told, const autki_layout *l, size_t step)
{
    return (autk_effect *)(void *)(told + l->n_steps * l->n_regions * OUTCOME_DOUBLES +
                                   step * parts_doubles(l));
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

static autk_status solve_step(autki_solved *w, autk_outcome *outcome, const autki_plan *p,
                              size_t step, const autk_solve_opts *opts, autk_err *err)
{
    size_t n;
    const autk_measure *own = autki_plan_measures(p, step, &n);
    autk_measure *m = autki_malloc(n + 2, sizeof *m);
    if (m == NULL)
        return autki_no_memory(err, n * sizeof *m);
    memcpy(m, own, n * sizeof *m);
    if (p->closed != NULL)
        n += autki_closed_measures(m + n, &p->closed[step], true, true);
    autk_status st = autk_equilibrium_solve(&w->after[step], &w->info[step], p->economy, m, n,
                                            w->before, opts, err);
    if (st == AUTK_OK)
        st = autk_equilibrium_compare(outcome, w->before, w->after[step], err);
    free(m);
    return st;
}

/* Of a step that closes nothing there are none; of one that could not be divided neither. */
static autk_status tell_parts(double *told, autk_err *why_not, const autki_plan *p, size_t step,
                              const autk_equilibrium *before, autk_err *err)
{
    autki_layout layout = autki_plan_layout(p);
    double *parts = (double *)(void *)autki_told_parts(told, &layout, step);
    autk_err why = {0};
    autk_status st = AUTK_ENOANSWER;
    if (autki_closings_of(p, step) != 0)
        st = autki_parts_find((autk_effect *)(void *)parts, p, step, before,
                              autki_told_outcome(told, &layout, step), &why);
    if (st == AUTK_OK)
        return AUTK_OK;
    for (size_t k = 0; k < parts_doubles(&layout); k++)
        parts[k] = NAN;
    if (why_not != NULL)
        *why_not = why;
    if (autki_no_solution(st))
        return AUTK_OK;
    if (err != NULL)
        *err = why;
    return st;
}

autk_status autki_plan_solve(autki_solved *out, double *told, autk_err *why_not,
                             const autki_plan *p, autk_err *err)
{
    autki_layout layout = autki_plan_layout(p);
    size_t n_steps = layout.n_steps;
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
        st = solve_step(&w, autki_told_outcome(told, &layout, i), p, i, &opts, &local);
        if (st == AUTK_OK && layout.closes)
            st = tell_parts(told, why_not != NULL ? &why_not[i] : NULL, p, i, w.before, &local);
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
    size_t n = autki_told_doubles(&sim->layout);
    if (draws == 0)
        return AUTK_OK;
    sim->drawn.low = autki_malloc(n, sizeof *sim->drawn.low);
    sim->drawn.high = autki_malloc(n, sizeof *sim->drawn.high);
    sim->drawn.deviation = autki_malloc(n, sizeof *sim->drawn.deviation);
    if (sim->drawn.low == NULL || sim->drawn.high == NULL || sim->drawn.deviation == NULL)
        return autki_no_memory(err, n * sizeof *sim->drawn.low);
    autk_status st = autki_plan_draw(&sim->drawn, p, draws, opts, err);
    sim->n_failed = draws - sim->drawn.n_solved;
    return st;
}

static void name_closing(char *out, size_t size, const autki_rule *rule)
{
    size_t at = 0;
    int32_t day = rule->in_force;
    if (day != 0)
        (void)snprintf(out, size, "in force on %04d-%02d-%02d", day / 10000, day / 100 % 100,
                       day % 100);
    else if (rule->bans_transit)
        at = (size_t)snprintf(out, size, "no transit: ");
    for (size_t i = 0; i < rule->closes.n && at < size; i++)
        at += (size_t)snprintf(out + at, size - at, "%s%s", i == 0 ? "" : ", ",
                               rule->closes.names[i].text);
}

/* Worth telling where there are several, and few. */
static autk_status divide_step(division *out, const autki_plan *p, void *at, size_t step,
                               const autk_equilibrium *before, autk_err *why_not, autk_err *err)
{
    uint64_t closings = autki_closings_of(p, step);
    size_t n = 0, n_regions = (size_t)autk_economy_n_regions(p->economy);
    for (uint64_t left = closings; left != 0; left &= left - 1)
        n++;
    if (n < 2 || n > AUTKI_MAX_DIVIDED)
        return AUTK_OK;
    out->effects = autki_malloc(n * (n_regions + 1), sizeof *out->effects);
    out->names = autki_malloc(n, sizeof *out->names);
    if (out->effects == NULL || out->names == NULL)
        return autki_no_memory(err, n * (n_regions + 1) * sizeof *out->effects);
    autk_err why = {0};
    autk_status st = autki_closings_divide(out->effects, p, at, step, closings, before, &why);
    if (st == AUTK_OK) {
        for (size_t k = 0; k < p->bound->n_closings; k++) {
            if ((closings >> k & 1) != 0)
                name_closing(out->names[out->n++], sizeof *out->names, p->bound->closings[k].rule);
        }
    } else if (autki_no_solution(st)) {
        *why_not = why;
        st = AUTK_OK;
    } else if (err != NULL) {
        *err = why;
    }
    return st;
}

static autk_status divide_all(autk_simulation *sim, const autki_plan *p, void *at, autk_err *err)
{
    sim->divisions = autki_calloc(sim->n_steps, sizeof *sim->divisions);
    if (sim->divisions == NULL)
        return autki_no_memory(err, sim->n_steps * sizeof *sim->divisions);
    autk_status st = AUTK_OK;
    for (size_t i = 0; st == AUTK_OK && i < sim->n_steps; i++)
        st = divide_step(&sim->divisions[i], p, at, i, sim->before, &sim->why_not[i], err);
    return st;
}

/* The world at the points, then at the draws. */
static autk_status solve(autk_simulation *sim, autki_plan *p, const autk_simulate_opts *opts,
                         autk_err *err)
{
    const autki_router *router = &p->scenario->router;
    autki_closed *closed = NULL;
    void *at = NULL;
    autk_status st = AUTK_OK;
    if (sim->layout.closes) {
        uint8_t *origins = autki_malloc(sim->n_regions, 1);
        if (origins == NULL)
            return autki_no_memory(err, sim->n_regions);
        autki_closing_origins(origins, p->bound, sim->n_regions);
        st = router->open(&at, router->state, origins, 0, AUTKI_NO_DRAW, err);
        free(origins);
        if (st == AUTK_OK)
            st = autki_closed_create(&closed, p, at, err);
        p->closed = closed;
    }
    autki_solved w;
    if (st == AUTK_OK)
        st = autki_plan_solve(&w, sim->told, sim->why_not, p, err);
    if (st == AUTK_OK) {
        sim->before = w.before;
        sim->after = w.after;
        sim->info = w.info;
        sim->baseline_info = w.baseline_info;
        if (sim->layout.closes)
            st = divide_all(sim, p, at, err);
    }
    if (at != NULL)
        router->close(at);
    if (st == AUTK_OK)
        st = draw(sim, p, opts, err);
    autki_closed_free(closed, sim->n_steps);
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
    sim->told = autki_malloc(autki_told_doubles(&sim->layout), sizeof *sim->told);
    sim->why_not = autki_calloc(sim->n_steps, sizeof *sim->why_not);
    sim->closes = autki_calloc(sim->n_steps, sizeof *sim->closes);
    if (theta == NULL || values == NULL || sim->told == NULL || sim->why_not == NULL ||
        sim->closes == NULL) {
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
    for (size_t i = 0; i < sim->n_steps; i++)
        sim->closes[i] = autki_closings_of(&p, i) != 0;
    autk_status st = solve(sim, &p, opts, err);
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
    sim->layout = (autki_layout){sim->n_steps, sim->n_regions, bound.n_closings != 0};
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

static const autk_outcome *outcome_in(const autk_simulation *sim, double *told, size_t step)
{
    return step < sim->n_steps && told != NULL ? autki_told_outcome(told, &sim->layout, step)
                                               : NULL;
}

const autk_outcome *autk_simulation_outcome(const autk_simulation *sim, size_t step)
{
    return outcome_in(sim, sim->told, step);
}

const autk_outcome *autk_simulation_low(const autk_simulation *sim, size_t step)
{
    return outcome_in(sim, sim->drawn.low, step);
}

const autk_outcome *autk_simulation_high(const autk_simulation *sim, size_t step)
{
    return outcome_in(sim, sim->drawn.high, step);
}

const autk_outcome *autk_simulation_deviation(const autk_simulation *sim, size_t step)
{
    return outcome_in(sim, sim->drawn.deviation, step);
}

int autk_simulation_n_draws(const autk_simulation *sim)
{
    return sim->drawn.n_solved;
}

int autk_simulation_n_failed_draws(const autk_simulation *sim)
{
    return sim->n_failed;
}

static const autk_effect *part_in(const autk_simulation *sim, double *told, size_t step,
                                  autk_part part)
{
    bool there = step < sim->n_steps && told != NULL && (unsigned)part < AUTK_PART_COUNT &&
                 sim->closes[step];
    return there ? autki_told_parts(told, &sim->layout, step) + part * (sim->n_regions + 1) : NULL;
}

const autk_effect *autk_simulation_part(const autk_simulation *sim, size_t step, autk_part part)
{
    return part_in(sim, sim->told, step, part);
}

const autk_effect *autk_simulation_part_low(const autk_simulation *sim, size_t step, autk_part part)
{
    return part_in(sim, sim->drawn.low, step, part);
}

const autk_effect *autk_simulation_part_high(const autk_simulation *sim, size_t step,
                                             autk_part part)
{
    return part_in(sim, sim->drawn.high, step, part);
}

const char *autk_simulation_no_parts(const autk_simulation *sim, size_t step)
{
    return step < sim->n_steps ? sim->why_not[step].msg : "";
}

size_t autk_simulation_n_closings(const autk_simulation *sim, size_t step)
{
    return step < sim->n_steps && sim->divisions != NULL ? sim->divisions[step].n : 0;
}

const autk_effect *autk_simulation_closing(const autk_simulation *sim, size_t step, size_t closing)
{
    return closing < autk_simulation_n_closings(sim, step)
               ? sim->divisions[step].effects + closing * (sim->n_regions + 1)
               : NULL;
}

const char *autk_simulation_closing_name(const autk_simulation *sim, size_t step, size_t closing)
{
    return closing < autk_simulation_n_closings(sim, step) ? sim->divisions[step].names[closing]
                                                           : "";
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
