#include "gravity/bootstrap.h"

#include <math.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/fail.h"
#include "base/mem.h"
#include "base/ranks.h"
#include "base/random.h"

typedef struct work {
    autki_job *job;
    int32_t *cluster; /* [n] of each row of the panel */
    size_t n_clusters;
    double *draws;        /* [draws x p] out */
    pthread_mutex_t lock; /* of done and of the call to progress */
    int done;
} work;

/* One draw: a view of the panel with a response, offset and weight of its own. */
typedef struct trial {
    autki_panel panel;
    double *factor;  /* [n_clusters] mean one */
    double *columns; /* [3 n] y, offset, weight */
} trial;

autk_status autki_bootstrap_check(const autki_job *job, autk_err *err)
{
    if (job->opts->bootstrap < 2 || job->opts->bootstrap > AUTKI_BOOTSTRAP_MAX)
        return autki_fail_at(err, AUTK_EARG, "--bootstrap", 0, 0, "expected 2 to %d draws, got %d",
                             AUTKI_BOOTSTRAP_MAX, job->opts->bootstrap);
    if (job->opts->bias_correction)
        return autki_fail_at(
            err, AUTK_EARG, "--bootstrap", 0, 0,
            "expected no --bias-correction beside it: its draws are not corrected");
    if (job->vcov.keys != NULL && job->vcov.keys->n_effects != 1)
        return autki_fail_at(err, AUTK_EARG, "--bootstrap", 0, 0,
                             "expected one cluster in --vcov to weigh, got %zu",
                             job->vcov.keys->n_effects);
    return AUTK_OK;
}

/* Clusters as --vcov names them; without, each row is its own. */
static autk_status load_clusters(work *w, autk_err *err)
{
    const autki_panel *p = w->job->panel;
    const autki_formula *keys = w->job->vcov.keys;
    int32_t *id = NULL, n_ids = 0;
    w->cluster = autki_malloc(p->n, sizeof *w->cluster);
    if (w->cluster == NULL)
        return autki_no_memory(err, p->n * sizeof *w->cluster);
    if (keys == NULL) {
        for (size_t r = 0; r < p->n; r++)
            w->cluster[r] = (int32_t)r;
        w->n_clusters = p->n;
        return AUTK_OK;
    }
    autk_status st = autki_key_ids(&id, &n_ids, p->frame, keys, &keys->effects[0], err);
    if (st != AUTK_OK)
        return st;
    int32_t *map = autki_malloc((size_t)n_ids, sizeof *map);
    if (map == NULL) {
        free(id);
        return autki_no_memory(err, (size_t)n_ids * sizeof *map);
    }
    memset(map, 0xff, (size_t)n_ids * sizeof *map);
    for (size_t r = 0; r < p->n; r++) {
        int32_t *to = &map[id[p->row[r]]];
        if (*to < 0)
            *to = (int32_t)w->n_clusters++;
        w->cluster[r] = *to;
    }
    free(map);
    free(id);
    return AUTK_OK;
}

static void draw_factors(double *factor, size_t n, uint64_t seed, uint64_t draw)
{
    uint64_t state = autki_random_stream(seed, draw);
    double sum = 0;
    for (size_t c = 0; c < n; c++)
        sum += factor[c] = autki_random_exponential(&state);
    for (size_t c = 0; c < n; c++)
        factor[c] *= (double)n / sum;
}

/* Poisson takes weights as fit.h does: weight * y, with offset + log(weight). */
static void weigh(trial *t, const work *w)
{
    const autki_panel *own = w->job->panel;
    bool poisson = w->job->spec.family == AUTKI_POISSON;
    double *y = t->columns, *offset = y + own->n, *weight = offset + own->n;
    for (size_t r = 0; r < own->n; r++) {
        double factor = t->factor[w->cluster[r]];
        weight[r] = factor * (own->weight != NULL ? own->weight[r] : 1);
        y[r] = factor * own->y[r];
        offset[r] = log(factor) + (own->offset != NULL ? own->offset[r] : 0);
    }
    t->panel.weight = poisson ? NULL : weight;
    if (poisson) {
        t->panel.y = y;
        t->panel.offset = offset;
    }
}

/* On one thread: draws are what runs side by side. */
static autk_status fit_trial(trial *t, const work *w, double *b, autk_err *err)
{
    autki_wls *ws = NULL;
    autki_fit fit;
    autki_fit_opts opts = autki_job_fit_opts(w->job);
    opts.progress = (autk_progress){NULL, NULL};
    autk_status st = autki_wls_create(&ws, &t->panel, 1, err);
    if (st == AUTK_OK)
        st = autki_fit_run(&fit, ws, &t->panel, &opts, err);
    if (st == AUTK_OK) {
        memcpy(b, fit.b, ws->n_regressors * sizeof *b);
        autki_fit_deinit(&fit);
    }
    autki_wls_free(ws);
    return st;
}

static void name_draw(autk_err *err, size_t draw)
{
    char msg[sizeof err->msg];
    (void)snprintf(msg, sizeof msg, "draw %zu of the bootstrap: %.240s", draw + 1, err->msg);
    memcpy(err->msg, msg, sizeof msg);
}

static autk_status report(work *w, autk_err *err)
{
    const autk_progress *p = &w->job->opts->progress;
    int stop = 0;
    pthread_mutex_lock(&w->lock);
    w->done++;
    if (p->report != NULL)
        stop = p->report("bootstrap", w->done, w->job->opts->bootstrap, "draws", p->user);
    pthread_mutex_unlock(&w->lock);
    return stop ? autki_fail(err, AUTK_ECANCELLED, "cancelled") : AUTK_OK;
}

static autk_status run_draw(size_t draw, void *ctx, autk_err *err)
{
    work *w = ctx;
    size_t n = w->job->panel->n, p = (size_t)w->job->panel->n_regressors;
    trial t = {.panel = *w->job->panel,
               .factor = autki_malloc(w->n_clusters, sizeof(double)),
               .columns = autki_malloc(3 * n, sizeof(double))};
    autk_status st = AUTK_OK;
    if (t.factor == NULL || t.columns == NULL)
        st = autki_no_memory(err, 3 * n * sizeof(double));
    if (st == AUTK_OK) {
        draw_factors(t.factor, w->n_clusters, w->job->opts->seed, draw);
        weigh(&t, w);
        st = fit_trial(&t, w, w->draws + draw * p, err);
        if (st != AUTK_OK && err != NULL)
            name_draw(err, draw);
    }
    free(t.factor);
    free(t.columns);
    return st == AUTK_OK ? report(w, err) : st;
}

autk_status autki_bootstrap_run(autki_job *job, double *draws, int32_t *n_clusters, autk_err *err)
{
    work w = {.job = job, .draws = draws};
    autk_status st = load_clusters(&w, err);
    pthread_mutex_init(&w.lock, NULL);
    if (st == AUTK_OK)
        st = autki_ranks_for(job->opts->ranks, draws,
                             (size_t)job->panel->n_regressors * sizeof *draws,
                             (size_t)job->opts->bootstrap, job->n_threads, run_draw, &w, err);
    pthread_mutex_destroy(&w.lock);
    *n_clusters = (int32_t)w.n_clusters;
    free(w.cluster);
    return st;
}

void autki_bootstrap_covariance(double *v, const double *draws, size_t n, size_t p)
{
    for (size_t i = 0; i < p; i++) {
        for (size_t k = 0; k <= i; k++) {
            double mean_i = 0, mean_k = 0, sum = 0;
            for (size_t d = 0; d < n; d++) {
                mean_i += draws[d * p + i] / (double)n;
                mean_k += draws[d * p + k] / (double)n;
            }
            for (size_t d = 0; d < n; d++)
                sum += (draws[d * p + i] - mean_i) * (draws[d * p + k] - mean_k);
            v[i * p + k] = v[k * p + i] = sum / (double)(n - 1);
        }
    }
}
