/* The same worlds again for each draw of what is uncertain: elasticities, coefficients, flows that
 * nobody reports, costs of transport. */
#include <math.h>
#include <pthread.h>
#include <stdlib.h>
#include <string.h>

#include "base/fail.h"
#include "base/mem.h"
#include "base/random.h"
#include "base/ranks.h"
#include "equilibrium/closings.h"

typedef struct lottery {
    const autki_plan *base;
    uint64_t seed;
    unsigned sources;       /* autk_draw_source: what is drawn */
    int draws;              /* of all processes */
    double *results;        /* [draws] slots of 1 (solved) or 0, then autki_told_doubles */
    size_t slot;            /* doubles in a slot */
    const uint8_t *origins; /* [n_regions] of closing measures; NULL = none */
    bool reroutes;          /* does any draw change what closures cost? */
    autk_progress progress;
    pthread_mutex_t lock; /* of done and of the call to progress */
    int done, here;       /* of this process's draws */
} lottery;

static bool is_drawn(const lottery *l, autk_draw_source source)
{
    return (l->sources & source) != 0;
}

/* A row of the file, taken in turn; without a file normal, cut off at a tenth of the estimate, so
 * that no draw turns an elasticity negative. */
static void draw_theta(double *theta, const lottery *l, size_t draw, uint64_t *state)
{
    const autki_plan *p = l->base;
    const autki_theta_draws *file = &p->scenario->theta_draws;
    const double *row = file->n != 0 ? file->values + draw % file->n * file->sectors.n : NULL;
    for (int32_t j = 0; j < autk_economy_n_sectors(p->economy); j++) {
        double factor = 1;
        if (row == NULL)
            factor += p->scenario->theta_error * autki_random_normal(state);
        if (!is_drawn(l, AUTK_DRAW_ELASTICITIES))
            theta[j] = p->theta[j];
        else if (row != NULL)
            theta[j] = row[p->bound->theta_column[j]] * p->scenario->theta_scale;
        else
            theta[j] = p->theta[j] * (factor > 0.1 ? factor : 0.1);
    }
}

/* How far the estimates of a file are from their points: by draws of a bootstrap, taken in turn, or
 * normal with their covariance. */
static void draw_estimates(double *joint, const lottery *l, size_t draw, uint64_t *state)
{
    const autk_scenario *scenario = l->base->scenario;
    size_t n = scenario->n_estimates;
    for (size_t i = 0; i < n; i++)
        joint[i] = autki_random_normal(state);
    autki_correlate(joint, scenario->factor, n);
    if (scenario->n_replicates > 0)
        memcpy(joint, scenario->replicates + draw % scenario->n_replicates * n, n * sizeof *joint);
    for (size_t i = 0; i < n && !is_drawn(l, AUTK_DRAW_ESTIMATES); i++)
        joint[i] = 0;
}

/* A draw owes nothing to others: its stream is its number's, and is used up in the same way
 * whichever sources are drawn. */
static uint64_t draw_values(const lottery *l, size_t draw, double *theta, double *joint,
                            autk_measure *values)
{
    const autki_plan *p = l->base;
    uint64_t state = autki_random_stream(l->seed, draw);
    draw_theta(theta, l, draw, &state);
    draw_estimates(joint, l, draw, &state);
    memcpy(values, p->values, p->n_measures * sizeof *values);
    const autki_rule *last = NULL;
    double shift = 0;
    size_t at = 0;
    for (size_t s = 0; s < p->bound->n_steps; s++) {
        for (size_t k = 0; k < p->bound->steps[s].n; k++, at++) {
            const autki_rule *rule = p->bound->steps[s].rules[k];
            if (rule != NULL && rule->error > 0) {
                if (rule != last) /* one estimate, both directions */
                    shift = rule->error * autki_random_normal(&state);
                values[at].value += is_drawn(l, AUTK_DRAW_ESTIMATES) ? shift : 0;
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

/* What the closures cost at the draw's costs of transport, and at its elasticities. */
static autk_status draw_transport(autki_closed **out, const lottery *l, const autki_plan *p,
                                  size_t draw, autk_err *err)
{
    const autki_router *router = &p->scenario->router;
    void *at = NULL;
    autk_status st = router->open(&at, router->state, l->origins, l->seed,
                                  is_drawn(l, AUTK_DRAW_TRANSPORT) ? draw : AUTKI_NO_DRAW, err);
    if (st != AUTK_OK)
        return st;
    st = autki_closed_create(out, p, at, err);
    router->close(at);
    return st;
}

static autk_status solve_draw(const lottery *l, autki_plan *p, size_t draw, autk_err *err)
{
    double *slot = l->results + draw * l->slot;
    autki_solved solved = {0};
    autki_closed *closed = NULL;
    autk_status st = AUTK_OK;
    if (l->reroutes) {
        st = draw_transport(&closed, l, p, draw, err);
        p->closed = closed;
    }
    if (st == AUTK_OK)
        st = autki_plan_solve(&solved, slot + 1, NULL, p, err);
    autki_solved_deinit(&solved, st == AUTK_OK ? p->bound->n_steps : 0);
    autki_closed_free(closed, p->bound->n_steps);
    slot[0] = st == AUTK_OK;
    /* A draw without a solution is counted, not hidden. */
    return autki_no_solution(st) ? AUTK_OK : st;
}

static autk_status report(lottery *l, autk_err *err)
{
    int stop = 0;
    pthread_mutex_lock(&l->lock);
    l->done++;
    if (l->progress.report != NULL)
        stop = l->progress.report("draws", l->done, l->here, "draws", l->progress.user);
    pthread_mutex_unlock(&l->lock);
    return stop ? autki_fail(err, AUTK_ECANCELLED, "cancelled") : AUTK_OK;
}

static autk_status run_draw(size_t draw, void *ctx, autk_err *err)
{
    lottery *l = ctx;
    autki_plan p = *l->base;
    size_t n_sectors = (size_t)autk_economy_n_sectors(p.economy);
    double *theta = autki_malloc(n_sectors, sizeof *theta);
    double *joint = autki_malloc(p.scenario->n_estimates, sizeof *joint);
    autk_measure *values = autki_malloc(p.n_measures, sizeof *values);
    autk_economy *drawn = NULL;
    autk_status st = AUTK_OK;
    if (theta == NULL || joint == NULL || values == NULL)
        st = autki_no_memory(err, p.n_measures * sizeof *values);
    if (st == AUTK_OK) {
        uint64_t state = draw_values(l, draw, theta, joint, values);
        if (is_drawn(l, AUTK_DRAW_GAPS))
            st = draw_gaps(&drawn, p.economy, &state, err);
    }
    if (st == AUTK_OK) {
        p.theta = theta;
        p.values = values;
        if (drawn != NULL)
            p.economy = drawn;
        st = solve_draw(l, &p, draw, err);
    }
    if (st == AUTK_OK)
        st = report(l, err);
    autk_economy_free(drawn);
    free(theta);
    free(joint);
    free(values);
    return st;
}

static double deviation(const double *x, size_t n)
{
    double sum = 0, squares = 0;
    for (size_t i = 0; i < n; i++)
        sum += x[i];
    for (size_t i = 0; i < n; i++)
        squares += (x[i] - sum / (double)n) * (x[i] - sum / (double)n);
    return n > 1 ? sqrt(squares / (double)(n - 1)) : NAN;
}

/* Each field by itself, over the draws that have a solution; `sorted` holds one field of all. */
static void fill_quantiles(autki_drawn *out, const lottery *l, double *sorted)
{
    for (size_t f = 0; f + 1 < l->slot; f++) {
        size_t n = 0;
        for (int d = 0; d < l->draws; d++) {
            const double *slot = l->results + (size_t)d * l->slot;
            if (slot[0] != 0 && !isnan(slot[1 + f]))
                sorted[n++] = slot[1 + f];
        }
        autk_sort(sorted, n);
        out->low[f] = n != 0 ? autk_quantile(sorted, n, 0.05) : NAN;
        out->high[f] = n != 0 ? autk_quantile(sorted, n, 0.95) : NAN;
        out->deviation[f] = deviation(sorted, n);
    }
}

static int count_solved(const lottery *l)
{
    int n = 0;
    for (int d = 0; d < l->draws; d++)
        n += l->results[(size_t)d * l->slot] != 0;
    return n;
}

unsigned autk_scenario_uncertain(const autk_scenario *scenario, const autk_economy *economy)
{
    bool elastic = scenario->theta_error > 0 || scenario->theta_draws.n > 0;
    bool estimated = scenario->n_estimates > 0;
    for (size_t i = 0; i < scenario->n_steps; i++) {
        for (size_t k = 0; k < scenario->steps[i].n; k++)
            estimated |= scenario->steps[i].rules[k].error > 0;
    }
    bool transport = scenario->router.state != NULL && scenario->router.ranges &&
                     !scenario->transport_fixed && autk_scenario_has_closures(scenario);
    return (elastic ? AUTK_DRAW_ELASTICITIES : 0u) | (estimated ? AUTK_DRAW_ESTIMATES : 0u) |
           (economy->n_gaps > 0 ? AUTK_DRAW_GAPS : 0u) | (transport ? AUTK_DRAW_TRANSPORT : 0u);
}

/* A closure of a part of the goods costs what the elasticity makes of it. */
static bool any_part(const autki_bound *bound)
{
    for (size_t k = 0; k < bound->n_closings; k++) {
        if (bound->closings[k].rule->part > 0 && bound->closings[k].rule->part < 1)
            return true;
    }
    return false;
}

static autk_status run_draws(autki_drawn *out, lottery *l, uint8_t *origins, int n_threads,
                             autk_ranks *ranks, autk_err *err)
{
    const autki_plan *plan = l->base;
    size_t n = (size_t)l->draws, n_regions = (size_t)autk_economy_n_regions(plan->economy);
    if (plan->bound->n_closings != 0) {
        autki_closing_origins(origins, plan->bound, n_regions);
        l->origins = origins;
        l->reroutes = is_drawn(l, AUTK_DRAW_TRANSPORT) || any_part(plan->bound);
    }
    double *sorted = autki_malloc(n, sizeof *sorted);
    l->results = autki_malloc(n * l->slot, sizeof *l->results);
    autk_status st = AUTK_OK;
    if (l->results == NULL || sorted == NULL)
        st = autki_no_memory(err, n * l->slot * sizeof *l->results);
    if (st == AUTK_OK)
        st = autki_ranks_for(ranks, l->results, l->slot * sizeof *l->results, n, n_threads,
                             run_draw, l, err);
    if (st == AUTK_OK) {
        out->n_solved = count_solved(l);
        fill_quantiles(out, l, sorted);
    }
    free(l->results);
    free(sorted);
    return st;
}

autk_status autki_plan_draw(autki_drawn *out, const autki_plan *plan, int draws,
                            const autk_simulate_opts *opts, autk_err *err)
{
    autki_layout layout = autki_plan_layout(plan);
    unsigned there = autk_scenario_uncertain(plan->scenario, plan->economy);
    lottery l = {.base = plan,
                 .draws = draws,
                 .seed = opts->seed != 0 ? opts->seed : plan->scenario->seed,
                 .sources = there & (opts->sources != 0 ? opts->sources : ~0u),
                 .progress = opts->progress,
                 .slot = 1 + autki_told_doubles(&layout)};
    size_t first, last;
    autki_ranks_share(&first, &last, opts->ranks, (size_t)draws);
    l.here = (int)(last - first);
    uint8_t *origins = autki_malloc(layout.n_regions, 1);
    if (origins == NULL)
        return autki_no_memory(err, layout.n_regions);
    pthread_mutex_init(&l.lock, NULL);
    autk_status st = run_draws(out, &l, origins, opts->n_threads, opts->ranks, err);
    pthread_mutex_destroy(&l.lock);
    free(origins);
    return st;
}
