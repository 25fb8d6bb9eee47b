#include "gravity/estimate.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "base/fail.h"
#include "base/mem.h"
#include "base/parallel.h"
#include "data/frame_pairs.h"
#include "gravity/bootstrap.h"
#include "gravity/event.h"
#include "gravity/gaps.h"
#include "gravity/graph.h"
#include "gravity/separation.h"
#include "gravity/stats.h"

#define PARTIAL_TOL 1e-8
#define PARTIAL_MAX 20000
#define CANDIDATE_FACTOR 20
#define POLISH_MAX 3

autk_estimate_opts autk_estimate_opts_default(void)
{
    return (autk_estimate_opts){.family = AUTK_FAMILY_POISSON,
                                .convention = AUTK_CONVENTION_STATA,
                                .seed = 1,
                                .layer = -1,
                                .tol = 1e-9,
                                .max_iterations = 100};
}

void autk_estimate_free(autk_estimate *e)
{
    if (e == NULL)
        return;
    for (int i = 0; e->names != NULL && i < e->info.n_coefficients; i++)
        free(e->names[i]);
    for (int i = 0; e->collinear != NULL && i < e->info.n_collinear; i++)
        free(e->collinear[i]);
    for (int k = 0; k < AUTKI_KEYS_MAX; k++) {
        free(e->effect_name[k]);
        free(e->cluster_name[k]);
        free(e->sets[k].value);
        free(e->sets[k].name);
        autk_buf_deinit(&e->sets[k].names);
    }
    for (size_t i = 0; i < e->n_resistances; i++) {
        free(e->resistances[i].economy);
        free(e->resistances[i].period);
    }
    free(e->resistances);
    for (size_t i = 0; i < e->n_gaps; i++) {
        free(e->gaps[i].exporter);
        free(e->gaps[i].importer);
        free(e->gaps[i].period);
    }
    free(e->gaps);
    free(e->names);
    free(e->collinear);
    free(e->estimates);
    free(e->fitted_row);
    free(e->response_value);
    free(e->fitted);
    free(e->events);
    free(e->uncorrected);
    free(e->v);
    free(e->draws);
    free(e->formula);
    free(e->response);
    free(e->vcov);
    free(e->vcov_type);
    free(e);
}

const autk_estimate_info *autk_estimate_get_info(const autk_estimate *e)
{
    return &e->info;
}

autk_coefficient autk_estimate_get_coefficient(const autk_estimate *e, int i)
{
    autk_coefficient none = {"", NAN, NAN, NAN, NAN, NAN};
    if (i < 0 || i >= e->info.n_coefficients)
        return none;
    size_t p = (size_t)e->info.n_coefficients, j = (size_t)i;
    double error = sqrt(e->v[j * p + j]), t = e->estimates[j] / error;
    return (autk_coefficient){e->names[j],
                              e->estimates[j],
                              error,
                              t,
                              autki_t_p_value(t, e->info.degrees_of_freedom),
                              e->uncorrected != NULL ? e->uncorrected[j] : e->estimates[j]};
}

const double *autk_estimate_get_vcov(const autk_estimate *e)
{
    return e->v;
}

const double *autk_estimate_get_draws(const autk_estimate *e, int *n_draws)
{
    *n_draws = e->n_draws;
    return e->draws;
}

autk_estimate_effect autk_estimate_get_effect(const autk_estimate *e, int i)
{
    autk_estimate_effect none = {"", 0};
    return i < 0 || i >= e->info.n_effects
               ? none
               : (autk_estimate_effect){e->effect_name[i], e->effect_levels[i]};
}

const char *autk_estimate_get_collinear(const autk_estimate *e, int i)
{
    return i < 0 || i >= e->info.n_collinear ? "" : e->collinear[i];
}

autk_estimate_effect autk_estimate_get_cluster(const autk_estimate *e, int i)
{
    autk_estimate_effect none = {"", 0};
    return i < 0 || i >= e->info.n_clusters
               ? none
               : (autk_estimate_effect){e->cluster_name[i], e->cluster_levels[i]};
}

autk_event_effect autk_estimate_get_event(const autk_estimate *e, int i)
{
    autk_event_effect none = {0, NAN, NAN};
    return i < 0 || i >= e->info.n_event_effects ? none : e->events[i];
}

/* ---- steps ---- */

static double now_s(void)
{
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return (double)t.tv_sec + 1e-9 * (double)t.tv_nsec;
}

static autk_status parse_all(autki_job *job, const char *formula, autk_err *err)
{
    const autk_estimate_opts *o = job->opts;
    autk_status st = AUTK_OK;
    if (o->event != NULL) {
        st = autki_event_formula(&job->event_formula, formula, o->event, err);
        job->event_column = autki_event_column_name(o->event);
        if (st == AUTK_OK && job->event_column == NULL)
            st = autki_no_memory(err, strlen(o->event));
        formula = job->event_formula;
    }
    if (st == AUTK_OK)
        st = autki_formula_parse(&job->formula, formula, err);
    if (st == AUTK_OK && o->subset != NULL)
        st = autki_expression_parse(&job->subset, o->subset, "--subset", err);
    if (st == AUTK_OK && o->weights != NULL)
        st = autki_expression_parse(&job->weights, o->weights, "--weights", err);
    if (st == AUTK_OK && o->offset != NULL)
        st = autki_expression_parse(&job->offset, o->offset, "--offset", err);
    if (st == AUTK_OK && o->panel != NULL)
        st = autki_keys_parse(&job->panel_keys, o->panel, ',', "--panel", err);
    return st == AUTK_OK ? autki_vcov_parse(&job->vcov, o->vcov, err) : st;
}

/* event_column is made, not read. */
static autk_status want_terms(autki_wants *wants, const autki_formula *f, const char *event_column,
                              autk_err *err)
{
    autk_status st = autki_want_node(wants, f, f->response, err);
    for (size_t t = 0; t < f->n_terms; t++) {
        for (int32_t q = 0; st == AUTK_OK && q < f->terms[t].n_factors; q++) {
            const autki_factor *x = &f->terms[t].factors[q];
            const char *name = x->dummies ? autki_formula_text(f, f->nodes[x->node].text) : NULL;
            if (name == NULL)
                st = autki_want_node(wants, f, x->node, err);
            else if (event_column == NULL || strcmp(name, event_column) != 0)
                st = autki_want(wants, name, AUTKI_FACTOR, err);
        }
    }
    return st == AUTK_OK ? autki_want_keys(wants, f, err) : st;
}

static autk_status want_all(autki_job *job, autk_err *err)
{
    const autki_formula *expressions[] = {job->subset, job->weights, job->offset};
    const autki_formula *keys[] = {job->panel_keys, job->vcov.keys};
    autk_status st = want_terms(&job->wants, job->formula, job->event_column, err);
    if (st == AUTK_OK && job->opts->event != NULL)
        st = autki_want(&job->wants, job->opts->event, AUTKI_NUMBER, err);
    for (size_t i = 0; st == AUTK_OK && i < 3; i++) {
        if (expressions[i] != NULL)
            st = autki_want_node(&job->wants, expressions[i], (int32_t)expressions[i]->n_nodes - 1,
                                 err);
    }
    for (size_t i = 0; st == AUTK_OK && i < 2; i++) {
        if (keys[i] != NULL)
            st = autki_want_keys(&job->wants, keys[i], err);
    }
    return st;
}

/* With three effects, and no one clearly the largest, eliminate that whose absence leaves the graph
 * with the largest components: its weak connections are what the graph's factor can handle. */
static autk_status choose_first_effect(autki_job *job, autk_err *err)
{
    autki_panel *p = job->panel;
    if (p->n_effects != 3)
        return AUTK_OK;
    int32_t second = p->n_levels[1] > p->n_levels[2] ? p->n_levels[1] : p->n_levels[2];
    if (p->n_levels[0] / 2 >= second)
        return AUTK_OK;
    double most = 0;
    int32_t best = 0;
    for (int32_t k = 0; k < 3; k++) {
        int32_t a = k == 0 ? 1 : 0, b = k == 2 ? 1 : 2;
        size_t n_components;
        autk_status st = autki_graph_components(&n_components, p, a, b, err);
        if (st != AUTK_OK)
            return st;
        double size = (double)(p->n_levels[a] + p->n_levels[b]) / (double)n_components;
        if (size > 1.5 * most) {
            most = size;
            best = k;
        }
    }
    return best == 0 ? AUTK_OK : autki_panel_eliminate(p, &job->spec, best, err);
}

static autk_status check_size(autki_job *job, autk_err *err)
{
    const autki_panel *p = job->panel;
    double levels = p->n_regressors, rank = 0;
    for (int32_t k = 0; k < p->n_effects; k++)
        levels += p->n_levels[k];
    if ((double)p->n > levels)
        return AUTK_OK;
    autk_status st = autki_effects_rank(&rank, p, NULL, err);
    if (st != AUTK_OK || (double)p->n > rank + p->n_regressors)
        return st;
    return autki_fail_at(err, AUTK_EDATA, p->frame->source, 0, 0,
                         "expected more rows than parameters, got %zu rows for %d regressors and "
                         "%.0f free levels of the effects",
                         p->n, p->n_regressors, rank);
}

autki_fit_opts autki_job_fit_opts(const autki_job *job)
{
    const autk_estimate_opts *o = job->opts;
    return (autki_fit_opts){.family = job->spec.family,
                            .tol = o->tol > 0 ? o->tol : 1e-9,
                            .max_iterations = o->max_iterations > 0 ? o->max_iterations : 100,
                            .progress = o->progress};
}

static autk_status fit_once(autki_job *job, autk_err *err)
{
    autki_fit_opts opts = autki_job_fit_opts(job);
    autki_wls_free(job->ws);
    job->ws = NULL;
    autki_fit_deinit(&job->fit);
    autk_status st = autki_wls_create(&job->ws, job->panel, job->n_threads, err);
    if (st == AUTK_OK)
        job->ws->ranks = job->opts->ranks;
    if (st == AUTK_OK)
        st = autki_fit_run(&job->fit, job->ws, job->panel, &opts, err);
    return st;
}

/* Zeros that may be separated. Along a separating combination z, which is zero on the positive rows
 * and at most one elsewhere, the score is -sum z mu: where the score is nearly nothing, so is mu.
 * All zeros, when there is no fit to tell. */
static size_t mark_candidates(autki_job *job, bool fitted)
{
    const autki_panel *p = job->panel;
    size_t n = 0;
    double small = INFINITY;
    if (fitted)
        small = CANDIDATE_FACTOR * job->fit.size *
                (job->fit.gradient > 1e-16 ? job->fit.gradient : 1e-16);
    for (size_t r = 0; r < p->n; r++) {
        job->candidate[r] = p->y[r] == 0 && (!fitted || job->fit.w[r] <= small);
        n += job->candidate[r];
    }
    return n;
}

/* Few candidates, mostly none. A nearer fit makes fewer of them, unless they are separated: then mu
 * shrinks with the score. */
static autk_status find_candidates(autki_job *job, bool fitted, size_t *n, autk_err *err)
{
    autki_fit_opts opts = autki_job_fit_opts(job);
    autk_status st = AUTK_OK;
    free(job->candidate);
    job->candidate = autki_malloc(job->panel->n, sizeof *job->candidate);
    if (job->candidate == NULL)
        return autki_no_memory(err, job->panel->n);
    *n = mark_candidates(job, fitted);
    for (int i = 0; fitted && st == AUTK_OK && *n > 0 && i < POLISH_MAX; i++) {
        if (job->fit.gradient < 1e-15)
            break;
        st = autki_fit_polish(&job->fit, job->ws, job->panel, &opts, err);
        *n = mark_candidates(job, fitted);
    }
    return st;
}

/* After a fit, or a failed one: drop what is separated. The search is cheap because a fit leaves
 * few zeros as candidates, mostly none. st is that of the fit, and stays when nothing was found. */
static autk_status drop_separated(autki_job *job, autk_status st, bool *any, autk_err *err)
{
    size_t n_candidates = 0, before = job->panel->drops.separated;
    autk_err search_err;
    *any = false;
    if (job->spec.family != AUTKI_POISSON || job->opts->skip_separation ||
        (st != AUTK_OK && st != AUTK_ENOCONV && st != AUTK_ENUMERIC))
        return st;
    memset(&search_err, 0, sizeof search_err);
    autk_status found = find_candidates(job, st == AUTK_OK, &n_candidates, &search_err);
    if (found == AUTK_OK && n_candidates > 0)
        found = autki_separation_drop(job->panel, &job->spec, job->candidate, &search_err);
    *any = job->panel->drops.separated > before;
    if (found != AUTK_OK && st == AUTK_OK && err != NULL)
        *err = search_err;
    if (found != AUTK_OK && st == AUTK_OK)
        return found;
    return *any ? AUTK_OK : st;
}

/* Move regressors that nothing is left of to the estimate's list of collinear ones. */
static autk_status drop_collinear(autki_job *job, bool *any, autk_err *err)
{
    autki_panel *p = job->panel;
    autki_wls *ws = job->ws;
    autk_estimate *e = job->out;
    size_t n = ws->n_regressors;
    *any = false;
    ws->gram_rank = autki_cholesky(ws->gram_factor, ws->gram_pivot, ws->gram, n, ws->x_scale,
                                   AUTKI_COLLINEAR_TOL);
    if ((size_t)ws->gram_rank == n)
        return AUTK_OK;
    if (e->collinear == NULL) {
        e->collinear = autki_calloc(n, sizeof *e->collinear);
        if (e->collinear == NULL)
            return autki_no_memory(err, n * sizeof *e->collinear);
    }
    *any = true;
    int32_t kept = 0;
    for (int32_t j = 0; j < (int32_t)n; j++) {
        if (kept < ws->gram_rank && ws->gram_pivot[kept] == j)
            p->regressors[kept++] = p->regressors[j];
        else
            e->collinear[e->info.n_collinear++] = p->regressors[j].name;
    }
    p->n_regressors = kept;
    return AUTK_OK;
}

/* Fit, drop what is separated and what is collinear, and fit again without: coefficients and
 * effects then belong to the rows and regressors that are reported. */
static autk_status fit(autki_job *job, autk_err *err)
{
    for (;;) {
        bool separated = false, collinear = false;
        autk_status st = fit_once(job, err);
        st = drop_separated(job, st, &separated, err);
        if (st == AUTK_OK && separated) {
            st = check_size(job, err);
            if (st == AUTK_OK)
                continue;
        }
        if (st == AUTK_OK)
            st = autki_wls_partial_out(job->ws, job->panel->x, PARTIAL_TOL, PARTIAL_MAX, err);
        if (st == AUTK_OK)
            st = drop_collinear(job, &collinear, err);
        if (st != AUTK_OK || !collinear)
            return st;
        st = autki_panel_rebuild(job->panel, &job->spec, err);
        if (st != AUTK_OK)
            return st;
    }
}

static autk_status check_bias_correction(autki_job *job, autk_err *err)
{
    if (job->opts->family != AUTK_FAMILY_POISSON)
        return autki_fail_at(err, AUTK_EARG, "--bias-correction", 0, 0,
                             "expected Poisson: least squares has no such bias");
    if (job->opts->vcov != NULL)
        return autki_fail_at(err, AUTK_EARG, "--bias-correction", 0, 0,
                             "expected no --vcov beside it: its errors are clustered by pair");
    return autki_bias_keys(&job->keys, job->formula, err);
}

static autk_status begin(autki_job *job, const char *formula, const autk_estimate_opts *opts,
                         autk_err *err)
{
    job->opts = opts;
    job->n_threads = opts->n_threads > 0 ? opts->n_threads : autki_processors();
    job->out = autki_calloc(1, sizeof *job->out);
    if (job->out == NULL)
        return autki_no_memory(err, sizeof *job->out);
    autk_status st = parse_all(job, formula, err);
    if (st == AUTK_OK && opts->bias_correction)
        st = check_bias_correction(job, err);
    if (st == AUTK_OK && opts->predict_gaps)
        st = autki_gaps_check(job, err);
    if (st == AUTK_OK && opts->bootstrap != 0)
        st = autki_bootstrap_check(job, err);
    if (st == AUTK_OK)
        st = want_all(job, err);
    job->spec =
        (autki_panel_spec){.formula = job->formula,
                           .subset = job->subset,
                           .weights = job->weights,
                           .offset = job->offset,
                           .panel = job->panel_keys,
                           .family = opts->family == AUTK_FAMILY_OLS ? AUTKI_OLS : AUTKI_POISSON,
                           .keep_singletons = opts->keep_singletons,
                           .n_threads = job->n_threads};
    return st;
}

static void end(autki_job *job)
{
    autki_formula_free(job->formula);
    autki_formula_free(job->subset);
    autki_formula_free(job->weights);
    autki_formula_free(job->offset);
    autki_formula_free(job->panel_keys);
    autki_vcov_spec_deinit(&job->vcov);
    free(job->wants.items);
    free(job->candidate);
    free(job->event_formula);
    free(job->event_column);
    autki_fit_deinit(&job->fit);
    autki_wls_free(job->ws);
    autki_panel_free(job->panel);
    autki_frame_free(job->frame);
}

bool autk_estimate_uses_world(const char *path)
{
    return autki_is_world_name(path) || autki_is_dataset(path);
}

static autk_status read_frame(autki_job *job, const char *path, autk_err *err)
{
    const autk_estimate_opts *o = job->opts;
    const autki_wanted *wanted = job->wants.items;
    if (autk_ranks_count(o->ranks) > 1 && strcmp(path, "-") == 0)
        return autki_fail_at(err, AUTK_EARG, "--data", 0, 0,
                             "expected a file that each of %d processes can read, got standard "
                             "input",
                             autk_ranks_count(o->ranks));
    autki_dataset_choice choice = {.layer = o->layer, .fill = o->fill};
    if (autki_is_world_name(path))
        return autki_frame_read_world(&job->frame, path, o->world, wanted, job->wants.n, err);
    if (autki_is_dataset(path))
        return autki_frame_read_dataset(&job->frame, path, o->world, &choice, wanted, job->wants.n,
                                        err);
    return autki_frame_read(&job->frame, path, wanted, job->wants.n, job->n_threads, err);
}

static int event_window(int given, int otherwise)
{
    return given > 0 && given <= 1000 ? given : otherwise;
}

autk_status autk_estimate_run(autk_estimate **out, const char *formula, const char *path,
                              const autk_estimate_opts *opts, autk_err *err)
{
    autk_estimate_opts defaults = autk_estimate_opts_default();
    autki_job job = {0};
    double start = now_s();
    autk_status st = begin(&job, formula, opts != NULL ? opts : &defaults, err);
    if (st == AUTK_OK)
        st = read_frame(&job, path, err);
    if (st == AUTK_OK)
        st = autki_frame_pack(job.frame, job.n_threads, err);
    autki_release_freed();
    double read = now_s();
    int before = event_window(job.opts->event_before, 5),
        after = event_window(job.opts->event_after, 8);
    if (st == AUTK_OK && job.opts->event != NULL)
        st = autki_event_add_column(job.frame, job.panel_keys, job.opts->event, before, after, err);
    if (st == AUTK_OK)
        st = autki_panel_build(&job.panel, job.frame, &job.spec, err);
    if (st == AUTK_OK)
        st = choose_first_effect(&job, err);
    if (st == AUTK_OK)
        st = check_size(&job, err);
    double prepared = now_s();
    if (st == AUTK_OK)
        st = fit(&job, err);
    if (st == AUTK_OK)
        st = autki_estimate_summarise(&job, err);
    if (st == AUTK_OK && job.opts->event != NULL)
        st = autki_event_summarise(job.out, job.opts->event, before, after, err);
    if (st == AUTK_OK) {
        double end_s = now_s();
        job.out->info.seconds_read = read - start;
        job.out->info.seconds_prepare = prepared - read;
        job.out->info.seconds_solve = end_s - prepared;
        job.out->info.seconds_total = end_s - start;
        *out = job.out;
    } else {
        autk_estimate_free(job.out);
    }
    end(&job);
    return st;
}
