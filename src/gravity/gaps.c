#include "gravity/gaps.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/fail.h"
#include "base/mem.h"
#include "base/random.h"

#define FOLDS 5
#define NEAREST 400     /* blanked flows that an interval is made of */
#define NEAREST_MIN 40  /* with fewer there is none */
#define TESTED_MAX 4000 /* blanked flows whose coverage is counted */

/* A blanked flow, or a gap to be: its mean, and the flow over it. */
typedef struct blanked {
    double log_mean, ratio;
    int32_t fold;
} blanked;

/* A gap that the fit tells of. */
typedef struct known_gap {
    uint64_t pair;
    int32_t year; /* code */
} known_gap;

typedef struct work {
    autki_job *job;
    autki_formula *formula; /* with 1 as its response: then rows without one are there too */
    autki_panel *all;       /* of these rows */
    int32_t *at;            /* [frame rows] row of `all`, -1 = none */
    const autki_frame_column *exporter, *importer, *year;
    int32_t *gap; /* [n_gaps] rows of `all` */
    size_t n_gaps;
    known_gap *known; /* [n_known] by pair */
    size_t *begin;    /* [n_pairs + 1] where each pair's gaps begin in `known` */
    size_t n_known, n_pairs;
    double *mean;    /* [rows of all] of the fit at hand, NaN = not known */
    double *flow;    /* [rows of all] response of the rows used, else NaN */
    blanked *sample; /* [n_sample] by log_mean */
    size_t n_sample, sample_capacity;
    double ratio[NEAREST];
} work;

autk_status autki_gaps_check(autki_job *job, autk_err *err)
{
    if (job->opts->family != AUTK_FAMILY_POISSON || job->opts->weights != NULL)
        return autki_fail_at(err, AUTK_EARG, "--predict-gaps", 0, 0,
                             "expected Poisson without weights: its means are flows");
    if (autki_bias_keys(&job->keys, job->formula, NULL) != AUTK_OK || job->keys.year == NULL)
        return autki_fail_at(err, AUTK_EARG, "--predict-gaps", 0, 0,
                             "expected the effects exporter^year + importer^year, alone or with "
                             "exporter^importer");
    return AUTK_OK;
}

/* ---- rows ---- */

static autk_status build_all(work *w, autk_err *err)
{
    autki_job *job = w->job;
    autki_panel_spec spec = job->spec;
    autk_buf text;
    autk_buf_init(&text);
    autk_buf_printf(&text, "1 %s", strchr(job->formula->source, '~'));
    autk_status st = autk_buf_check(&text, err);
    if (st == AUTK_OK)
        st = autki_formula_parse(&w->formula, autk_buf_text(&text), err);
    autk_buf_deinit(&text);
    spec.formula = w->formula;
    spec.family = AUTKI_OLS; /* which drops no zeros */
    spec.keep_singletons = true;
    return st == AUTK_OK ? autki_panel_build(&w->all, job->frame, &spec, err) : st;
}

static const autki_frame_column *column_of(const autki_job *job, const char *name)
{
    return &job->frame->columns[autki_frame_find(job->frame, name)];
}

static autk_status load_rows(work *w, autk_err *err)
{
    const autki_job *job = w->job;
    size_t n_rows = job->frame->n_rows, n = w->all->n;
    w->exporter = column_of(job, job->keys.exporter);
    w->importer = column_of(job, job->keys.importer);
    w->year = column_of(job, job->keys.year);
    w->at = autki_malloc(n_rows, sizeof *w->at);
    w->gap = autki_malloc(n, sizeof *w->gap);
    w->mean = autki_malloc(n, sizeof *w->mean);
    w->flow = autki_malloc(n, sizeof *w->flow);
    if (w->at == NULL || w->gap == NULL || w->mean == NULL || w->flow == NULL)
        return autki_no_memory(err, n_rows * sizeof *w->at);
    memset(w->at, 0xff, n_rows * sizeof *w->at);
    for (size_t a = 0; a < n; a++) {
        int32_t row = w->all->row[a];
        w->at[row] = (int32_t)a;
        w->flow[a] = NAN;
        if (job->panel->state[row] == AUTKI_ROW_MISSING)
            w->gap[w->n_gaps++] = (int32_t)a;
    }
    for (size_t r = 0; r < job->panel->n; r++)
        w->flow[w->at[job->panel->row[r]]] = job->panel->y[r];
    return w->n_gaps > 0 ? AUTK_OK
                         : autki_fail_at(err, AUTK_EDATA, "--predict-gaps", 0, 0,
                                         "expected rows without a response, got none");
}

/* ---- means of all rows from a fit of some ---- */

/* Values of an effect by the levels that `all` has; NaN where the fit has none. */
static void spread_effect(const work *w, double *value, int32_t all_k, const autki_panel *p,
                          int32_t k, const autki_wls *ws, const autki_fit *fit)
{
    for (int32_t l = 0; l < w->all->n_levels[all_k]; l++)
        value[l] = NAN;
    for (size_t r = 0; r < p->n; r++) {
        size_t level = (size_t)p->level[k][r];
        value[w->all->level[all_k][w->at[p->row[r]]]] =
            k == 0 ? fit->first[level] : fit->a[ws->first_param[k] + level];
    }
}

static autk_status add_effects(work *w, const autki_panel *p, const autki_wls *ws,
                               const autki_fit *fit, autk_err *err)
{
    const autki_panel *all = w->all;
    for (int32_t k = 0; k < p->n_effects; k++) {
        int32_t all_k = 0;
        while (all->effect_of[all_k] != p->effect_of[k])
            all_k++;
        double *value = autki_malloc((size_t)all->n_levels[all_k], sizeof *value);
        if (value == NULL)
            return autki_no_memory(err, (size_t)all->n_levels[all_k] * sizeof *value);
        spread_effect(w, value, all_k, p, k, ws, fit);
        for (size_t a = 0; a < all->n; a++)
            w->mean[a] += value[all->level[all_k][a]];
        free(value);
    }
    return AUTK_OK;
}

/* Both panels standardise their regressors by their own rows. */
static void add_regressor(work *w, const autki_regressor *of_fit, double b)
{
    const autki_panel *all = w->all;
    size_t j = 0, stride = (size_t)all->n_regressors;
    while (strcmp(all->regressors[j].name, of_fit->name) != 0)
        j++;
    const autki_regressor *of_all = &all->regressors[j];
    for (size_t a = 0; a < all->n && of_fit->scale > 0; a++) {
        double x = all->x[a * stride + j] * of_all->scale + of_all->center;
        w->mean[a] += b * (x - of_fit->center) / of_fit->scale;
    }
}

static autk_status predict(work *w, const autki_panel *p, const autki_wls *ws, const autki_fit *fit,
                           autk_err *err)
{
    const autki_panel *all = w->all;
    for (size_t a = 0; a < all->n; a++)
        w->mean[a] = all->offset != NULL ? all->offset[a] : 0;
    for (int32_t j = 0; j < p->n_regressors; j++)
        add_regressor(w, &p->regressors[j], fit->b[j]);
    autk_status st = add_effects(w, p, ws, fit, err);
    for (size_t a = 0; a < all->n; a++)
        w->mean[a] = exp(w->mean[a]);
    return st;
}

/* ---- folds ---- */

static uint64_t pair_of(const work *w, size_t a)
{
    int32_t row = w->all->row[a];
    return (uint64_t)w->exporter->code[row] * (uint64_t)w->importer->levels.n_levels +
           (uint64_t)w->importer->code[row];
}

static int32_t year_of(const work *w, size_t a)
{
    return w->year->code[w->all->row[a]];
}

static bool is_known(double mean)
{
    return mean > 0 && isfinite(mean);
}

static int by_pair(const void *a, const void *b)
{
    const known_gap *x = a, *y = b;
    return (x->pair > y->pair) - (x->pair < y->pair);
}

/* The years that each pair lacks, of gaps that the whole fit tells of. */
static autk_status find_patterns(work *w, autk_err *err)
{
    w->known = autki_malloc(w->n_gaps, sizeof *w->known);
    w->begin = autki_malloc(w->n_gaps + 1, sizeof *w->begin);
    if (w->known == NULL || w->begin == NULL)
        return autki_no_memory(err, w->n_gaps * sizeof *w->known);
    for (size_t i = 0; i < w->n_gaps; i++) {
        size_t a = (size_t)w->gap[i];
        if (is_known(w->mean[a]))
            w->known[w->n_known++] = (known_gap){pair_of(w, a), year_of(w, a)};
    }
    qsort(w->known, w->n_known, sizeof *w->known, by_pair);
    for (size_t i = 0; i < w->n_known; i++) {
        if (i == 0 || w->known[i].pair != w->known[i - 1].pair)
            w->begin[w->n_pairs++] = i;
    }
    w->begin[w->n_pairs] = w->n_known;
    return AUTK_OK;
}

/* A pair that belongs to the fold lacks the years that some pair with gaps lacks: a gap seldom
 * comes alone. Which, is drawn by the pair. */
static bool is_blanked(const work *w, size_t a, int32_t fold)
{
    uint64_t state = pair_of(w, a);
    uint64_t its_fold = autki_random_bits(&state) % FOLDS;
    if (isnan(w->flow[a]) || its_fold != (uint64_t)fold || w->n_pairs == 0)
        return false;
    size_t like = (size_t)(autki_random_bits(&state) % w->n_pairs);
    for (size_t i = w->begin[like]; i < w->begin[like + 1]; i++) {
        if (w->known[i].year == year_of(w, a))
            return true;
    }
    return false;
}

/* The panel without a fold, and without what was separated in the whole. */
static autk_status build_fold(work *w, autki_panel **out, int32_t fold, autk_err *err)
{
    autki_job *job = w->job;
    autki_panel *p = NULL;
    autk_status st = autki_panel_build(&p, job->frame, &job->spec, err);
    if (st != AUTK_OK)
        return st;
    for (size_t row = 0; row < job->frame->n_rows; row++) {
        if (job->panel->state[row] == AUTKI_ROW_SEPARATED)
            p->state[row] = AUTKI_ROW_SEPARATED;
    }
    for (size_t a = 0; a < w->all->n; a++) {
        if (is_blanked(w, a, fold))
            p->state[w->all->row[a]] = AUTKI_ROW_SEPARATED;
    }
    st = autki_panel_rebuild(p, &job->spec, err);
    if (st == AUTK_OK)
        *out = p;
    else
        autki_panel_free(p);
    return st;
}

static autk_status add_blanked(work *w, int32_t fold, autk_err *err)
{
    autk_status st = AUTK_OK;
    for (size_t a = 0; st == AUTK_OK && a < w->all->n; a++) {
        if (!is_blanked(w, a, fold) || !is_known(w->mean[a]))
            continue;
        st = autki_grow(&w->sample, &w->sample_capacity, w->n_sample + 1, sizeof *w->sample,
                        SIZE_MAX / sizeof *w->sample, err);
        if (st == AUTK_OK)
            w->sample[w->n_sample++] = (blanked){log(w->mean[a]), w->flow[a] / w->mean[a], fold};
    }
    return st;
}

static autk_status run_fold(work *w, int32_t fold, autk_err *err)
{
    autki_panel *p = NULL;
    autki_wls *ws = NULL;
    autki_fit fit = {0};
    autki_fit_opts opts = autki_job_fit_opts(w->job);
    autk_status st = build_fold(w, &p, fold, err);
    if (st == AUTK_OK)
        st = autki_wls_create(&ws, p, w->job->n_threads, err);
    if (st == AUTK_OK)
        st = autki_fit_run(&fit, ws, p, &opts, err);
    if (st == AUTK_OK)
        st = predict(w, p, ws, &fit, err);
    if (st == AUTK_OK)
        st = add_blanked(w, fold, err);
    autki_fit_deinit(&fit);
    autki_wls_free(ws);
    autki_panel_free(p);
    return st;
}

/* ---- intervals ---- */

static int by_mean(const void *a, const void *b)
{
    const blanked *x = a, *y = b;
    return (x->log_mean > y->log_mean) - (x->log_mean < y->log_mean);
}

static int ascending(const void *a, const void *b)
{
    double x = *(const double *)a, y = *(const double *)b;
    return (x > y) - (x < y);
}

/* Ratios of the blanked flows with the nearest means, but those of one fold, into w->ratio. */
static size_t find_nearest(work *w, double log_mean, int32_t but)
{
    size_t low = 0, high = w->n_sample, n = 0;
    while (low < high) {
        size_t middle = low + (high - low) / 2;
        if (w->sample[middle].log_mean < log_mean)
            low = middle + 1;
        else
            high = middle;
    }
    high = low; /* [low, high) is taken; grow it on the nearer side */
    while (n < NEAREST && (low > 0 || high < w->n_sample)) {
        bool below = high == w->n_sample || (low > 0 && log_mean - w->sample[low - 1].log_mean <=
                                                            w->sample[high].log_mean - log_mean);
        const blanked *next = below ? &w->sample[--low] : &w->sample[high++];
        if (next->fold != but)
            w->ratio[n++] = next->ratio;
    }
    qsort(w->ratio, n, sizeof *w->ratio, ascending);
    return n;
}

/* The bounds hold the mean, which a skew distribution may lack. False: too little to tell. */
static bool find_bounds(work *w, double mean, int32_t but, double *low, double *high)
{
    size_t n = find_nearest(w, log(mean), but);
    if (n < NEAREST_MIN)
        return false;
    double a = w->ratio[(size_t)(0.05 * (double)(n - 1))],
           b = w->ratio[(size_t)ceil(0.95 * (double)(n - 1))];
    *low = mean * (a < 1 ? a : 1);
    *high = mean * (b > 1 ? b : 1);
    return true;
}

/* Of the blanked flows, the part inside the interval that the other folds give. */
static double count_coverage(work *w)
{
    size_t n = 0, inside = 0, step = w->n_sample / TESTED_MAX + 1;
    for (size_t i = 0; i < w->n_sample; i += step) {
        double mean = exp(w->sample[i].log_mean), flow = mean * w->sample[i].ratio, low, high;
        if (!find_bounds(w, mean, w->sample[i].fold, &low, &high))
            continue;
        n++;
        inside += low <= flow && flow <= high;
    }
    return n > 0 ? (double)inside / (double)n : NAN;
}

/* ---- all of it ---- */

static autk_status keep_gap(work *w, const double *mean, size_t i, autk_err *err)
{
    autk_estimate *e = w->job->out;
    int32_t a = w->gap[i], row = w->all->row[a];
    autki_gap *g = &e->gaps[e->n_gaps++];
    *g = (autki_gap){
        .exporter =
            autki_strdup(autki_dictionary_text(&w->exporter->levels, w->exporter->code[row])),
        .importer =
            autki_strdup(autki_dictionary_text(&w->importer->levels, w->importer->code[row])),
        .period = autki_strdup(autki_dictionary_text(&w->year->levels, w->year->code[row])),
        .value = NAN,
        .low = NAN,
        .high = NAN};
    if (g->exporter == NULL || g->importer == NULL || g->period == NULL)
        return autki_no_memory(err, 1);
    if (is_known(mean[i]) && find_bounds(w, mean[i], -1, &g->low, &g->high)) {
        g->value = mean[i];
        e->info.n_gaps_predicted++;
    }
    return AUTK_OK;
}

static autk_status keep_gaps(work *w, const double *mean, autk_err *err)
{
    autk_estimate *e = w->job->out;
    autk_status st = AUTK_OK;
    e->gaps = autki_calloc(w->n_gaps, sizeof *e->gaps);
    if (e->gaps == NULL)
        return autki_no_memory(err, w->n_gaps * sizeof *e->gaps);
    for (size_t i = 0; st == AUTK_OK && i < w->n_gaps; i++)
        st = keep_gap(w, mean, i, err);
    e->info.n_gaps = (int64_t)w->n_gaps;
    e->info.n_gaps_blanked = (int64_t)w->n_sample;
    e->info.gap_coverage = count_coverage(w);
    return st;
}

static void work_deinit(work *w)
{
    autki_formula_free(w->formula);
    autki_panel_free(w->all);
    free(w->at);
    free(w->gap);
    free(w->mean);
    free(w->flow);
    free(w->known);
    free(w->begin);
    free(w->sample);
}

autk_status autki_gaps_take(autki_job *job, autk_err *err)
{
    work w = {.job = job};
    double *mean = NULL;
    autk_status st = build_all(&w, err);
    if (st == AUTK_OK)
        st = load_rows(&w, err);
    if (st == AUTK_OK)
        st = predict(&w, job->panel, job->ws, &job->fit, err);
    if (st == AUTK_OK && (mean = autki_malloc(w.n_gaps, sizeof *mean)) == NULL)
        st = autki_no_memory(err, w.n_gaps * sizeof *mean);
    for (size_t i = 0; st == AUTK_OK && i < w.n_gaps; i++)
        mean[i] = w.mean[w.gap[i]];
    if (st == AUTK_OK)
        st = find_patterns(&w, err);
    for (int32_t fold = 0; st == AUTK_OK && fold < FOLDS; fold++)
        st = run_fold(&w, fold, err);
    if (st == AUTK_OK) {
        qsort(w.sample, w.n_sample, sizeof *w.sample, by_mean);
        st = keep_gaps(&w, mean, err);
    }
    free(mean);
    work_deinit(&w);
    return st;
}
