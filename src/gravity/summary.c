/* From a converged fit to what is reported. */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/fail.h"
#include "base/mem.h"
#include "base/parallel.h"
#include "gravity/bootstrap.h"
#include "gravity/effects.h"
#include "gravity/gaps.h"
#include "gravity/stats.h"

/* ---- measures of fit ---- */

/* As many as a chunk has scalars for, without regressors too. */
enum { DEVIANCE, FITTED_LL, SATURATION, TOTAL, OFFSET, EXPOSURE, SQUARES, LOG_WEIGHT, N_MEASURES };

static void measure_poisson(const autki_job *job, size_t r, double *sum)
{
    const autki_panel *p = job->panel;
    double y = p->y[r], mu = job->fit.w[r], weight = p->weight != NULL ? p->weight[r] : 1;
    double offset = p->offset != NULL ? p->offset[r] : 0;
    double log_mu = log(mu);
    sum[DEVIANCE] += 2 * ((y > 0 ? y * (log(y) - log_mu) : 0) - (y - mu));
    sum[FITTED_LL] += (y > 0 ? y * log_mu : 0) - mu;
    sum[SATURATION] += weight * autki_log_factorial(y / weight);
    sum[LOG_WEIGHT] += y * log(weight);
    sum[TOTAL] += y;
    sum[OFFSET] += y * offset;
    sum[EXPOSURE] += exp(offset);
}

static void measure_linear(const autki_job *job, size_t r, double *sum)
{
    const autki_panel *p = job->panel;
    double y = p->y[r] - (p->offset != NULL ? p->offset[r] : 0), w = job->fit.w[r];
    double residual = job->fit.s[r] / w;
    sum[DEVIANCE] += w * residual * residual;
    sum[TOTAL] += w * y;
    sum[SQUARES] += w * y * y;
    sum[EXPOSURE] += w;
    sum[LOG_WEIGHT] += log(w);
}

static autk_status measure_chunk(size_t c, void *ctx, autk_err *err)
{
    (void)err;
    const autki_job *job = ctx;
    double *sum = job->ws->chunk_sums + c * job->ws->sums_width;
    size_t from, to;
    autki_wls_rows(job->ws, c, &from, &to);
    for (int i = 0; i < N_MEASURES; i++)
        sum[i] = 0;
    bool poisson = job->spec.family == AUTKI_POISSON;
    for (size_t r = from; r < to; r++) {
        if (poisson)
            measure_poisson(job, r, sum);
        else
            measure_linear(job, r, sum);
    }
    return AUTK_OK;
}

static void take_measures(autk_estimate_info *info, autki_family family, const double *sum)
{
    double n = (double)info->n_obs;
    info->deviance = sum[DEVIANCE] > 0 ? sum[DEVIANCE] : 0;
    if (family == AUTKI_OLS) {
        double total = sum[SQUARES] - sum[TOTAL] * sum[TOTAL] / sum[EXPOSURE];
        info->pseudo_r2 = total > 0 ? 1 - info->deviance / total : NAN;
        info->log_likelihood =
            -0.5 * n * (log(6.283185307179586 * info->deviance / n) + 1) + 0.5 * sum[LOG_WEIGHT];
        return;
    }
    info->log_likelihood = sum[FITTED_LL] - sum[SATURATION] - sum[LOG_WEIGHT];
    double null_ll = sum[TOTAL] * log(sum[TOTAL] / sum[EXPOSURE]) + sum[OFFSET] - sum[TOTAL] -
                     sum[SATURATION] - sum[LOG_WEIGHT];
    info->pseudo_r2 = 1 - info->log_likelihood / null_ll;
}

static autk_status measure(autki_job *job, autk_err *err)
{
    autk_status st = autki_wls_for(job->ws, measure_chunk, job, err);
    double sum[N_MEASURES];
    for (size_t i = 0; i < N_MEASURES; i++)
        sum[i] = autki_wls_sum(job->ws, i);
    if (st == AUTK_OK)
        take_measures(&job->out->info, job->spec.family, sum);
    return st;
}

/* Response and fitted value of each row used, in the order of the data. */
static autk_status keep_fitted(autki_job *job, autk_err *err)
{
    const autki_panel *p = job->panel;
    autk_estimate *e = job->out;
    size_t n_rows = job->frame->n_rows, next = 0;
    int32_t *at = autki_malloc(n_rows, sizeof *at);
    e->fitted_row = autki_malloc(p->n, sizeof *e->fitted_row);
    e->response_value = autki_malloc(p->n, sizeof *e->response_value);
    e->fitted = autki_malloc(p->n, sizeof *e->fitted);
    if (at == NULL || e->fitted_row == NULL || e->response_value == NULL || e->fitted == NULL) {
        free(at);
        return autki_no_memory(err, p->n * sizeof *e->fitted);
    }
    memset(at, 0xff, n_rows * sizeof *at);
    for (size_t r = 0; r < p->n; r++)
        at[p->row[r]] = (int32_t)r;
    for (size_t row = 0; row < n_rows; row++) {
        if (at[row] < 0)
            continue;
        size_t r = (size_t)at[row];
        double weight = p->weight != NULL ? p->weight[r] : 1;
        bool poisson = job->spec.family == AUTKI_POISSON; /* whose y carries the weight */
        e->fitted_row[next] = (int32_t)row;
        e->response_value[next] = poisson ? p->y[r] / weight : p->y[r];
        e->fitted[next++] =
            poisson ? job->fit.w[r] / weight : p->y[r] - job->fit.s[r] / job->fit.w[r];
    }
    free(at);
    return AUTK_OK;
}

/* ---- coefficients ---- */

/* Back to the regressors as the user wrote them: b / scale, and what the centring moved into the
 * constant, if there is one. [p x p] into t. */
static void set_scaling(double *t, const autki_panel *panel)
{
    size_t p = (size_t)panel->n_regressors;
    for (size_t j = 0; j < p; j++) {
        const autki_regressor *r = &panel->regressors[j];
        t[j * p + j] = 1 / r->scale;
        if (panel->has_intercept && j > 0)
            t[j] = -r->center / r->scale;
    }
}

/* out = t b */
static void scale_vector(double *out, const double *t, const double *b, size_t p)
{
    for (size_t i = 0; i < p; i++) {
        out[i] = 0;
        for (size_t j = 0; j < p; j++)
            out[i] += t[i * p + j] * b[j];
    }
}

/* Draws may be NULL. */
static autk_status unscale(autki_job *job, const double *v, const double *draws, autk_err *err)
{
    size_t p = (size_t)job->panel->n_regressors;
    autk_estimate *e = job->out;
    double *t = autki_calloc(2 * p * p, sizeof *t), *half = t != NULL ? t + p * p : NULL;
    if (t == NULL)
        return autki_no_memory(err, 2 * p * p * sizeof *t);
    set_scaling(t, job->panel);
    scale_vector(e->estimates, t, job->fit.b, p);
    for (size_t i = 0; i < p; i++)
        scale_vector(half + i * p, t, v + i * p, p); /* v is symmetric: rows of (t v)' */
    for (size_t i = 0; i < p; i++) {
        for (size_t j = 0; j < p; j++) {
            e->v[i * p + j] = 0;
            for (size_t k = 0; k < p; k++)
                e->v[i * p + j] += t[i * p + k] * half[k * p + j];
        }
    }
    for (int d = 0; draws != NULL && d < e->n_draws; d++)
        scale_vector(e->draws + (size_t)d * p, t, draws + (size_t)d * p, p);
    free(t);
    return AUTK_OK;
}

static autk_status take_names(autki_job *job, autk_err *err)
{
    autk_estimate *e = job->out;
    size_t p = (size_t)job->panel->n_regressors;
    e->names = autki_calloc(p, sizeof *e->names);
    e->estimates = autki_calloc(p, sizeof *e->estimates);
    e->v = autki_calloc(p * p, sizeof *e->v);
    if (e->names == NULL || e->estimates == NULL || e->v == NULL)
        return autki_no_memory(err, p * p * sizeof *e->v);
    e->info.n_coefficients = (int)p;
    for (size_t j = 0; j < p; j++) {
        e->names[j] = job->panel->regressors[j].name;
        job->panel->regressors[j].name = NULL;
    }
    return AUTK_OK;
}

/* Take the bias off the coefficients, keeping the old ones, and put the corrected covariance into
 * v. */
static autk_status correct(autki_job *job, const autki_vcov_input *vcov, double *v, autk_err *err)
{
    autk_estimate *e = job->out;
    size_t p = job->ws->n_regressors;
    autki_bias_input in = {.panel = job->panel,
                           .keys = &job->keys,
                           .x = job->panel->x,
                           .mu = job->fit.w,
                           .bread = vcov->bread,
                           .n_threads = job->n_threads};
    int32_t n_pairs = 0;
    double *bias = autki_malloc(p, sizeof *bias);
    e->uncorrected = autki_malloc(p, sizeof *e->uncorrected);
    autk_status st = AUTK_OK;
    if (bias == NULL || e->uncorrected == NULL)
        st = autki_no_memory(err, p * sizeof *bias);
    if (st == AUTK_OK)
        st = autki_bias_correct(bias, v, &n_pairs, &in, err);
    for (size_t j = 0; st == AUTK_OK && j < p; j++) {
        e->uncorrected[j] = job->fit.b[j] / job->panel->regressors[j].scale;
        job->fit.b[j] -= bias[j];
    }
    e->info.bias_corrected = true;
    e->cluster_levels[0] = n_pairs;
    free(bias);
    return st;
}

static autk_status describe_pairs(autki_job *job, autk_err *err)
{
    autk_estimate *e = job->out;
    autk_buf name, text;
    autk_buf_init(&name);
    autk_buf_init(&text);
    autk_buf_printf(&name, "%s^%s", job->keys.exporter, job->keys.importer);
    autk_buf_printf(&text, "corrected (Weidner & Zylkin 2021), clustered by %s",
                    autk_buf_text(&name));
    autk_status st = autk_buf_check(&text, err);
    e->vcov = autki_strdup(autk_buf_text(&text));
    e->vcov_type = autki_strdup("weidner_zylkin");
    e->cluster_name[0] = autki_strdup(autk_buf_text(&name));
    e->info.n_clusters = 1;
    if (st == AUTK_OK && (e->vcov == NULL || e->vcov_type == NULL || e->cluster_name[0] == NULL))
        st = autki_no_memory(err, text.len);
    autk_buf_deinit(&name);
    autk_buf_deinit(&text);
    return st;
}

/* The covariance of draws, and the draws as the user's regressors have them. */
static autk_status bootstrap(autki_job *job, double *v, autk_err *err)
{
    size_t n = (size_t)job->opts->bootstrap, p = job->ws->n_regressors;
    autk_estimate *e = job->out;
    double *draws = autki_malloc(n * p, sizeof *draws);
    e->draws = autki_malloc(n * p, sizeof *e->draws);
    e->n_draws = (int)n;
    autk_status st = AUTK_OK;
    int32_t n_clusters = 0;
    if (draws == NULL || e->draws == NULL)
        st = autki_no_memory(err, n * p * sizeof *draws);
    if (st == AUTK_OK)
        st = autki_bootstrap_run(job, draws, &n_clusters, err);
    if (st == AUTK_OK) {
        autki_bootstrap_covariance(v, draws, n, p);
        e->info.degrees_of_freedom = INFINITY;
        if (job->vcov.keys != NULL)
            e->cluster_levels[0] = n_clusters;
        st = unscale(job, v, draws, err);
    }
    free(draws);
    return st;
}

static autk_status covariance(autki_job *job, autk_err *err)
{
    autki_wls *ws = job->ws;
    size_t p = ws->n_regressors;
    double *bread = autki_malloc(2 * p * p, sizeof *bread);
    if (bread == NULL)
        return autki_no_memory(err, 2 * p * p * sizeof *bread);
    autki_vcov_output out = {.v = bread + p * p};
    autki_vcov_input in = {.panel = job->panel,
                           .spec = &job->vcov,
                           .convention = job->opts->convention,
                           .family = job->spec.family,
                           .x = job->panel->x,
                           .bread = bread,
                           .mu = job->fit.w,
                           .score = job->fit.s,
                           .rss = job->out->info.deviance,
                           .rank = ws->gram_rank};
    autk_status st =
        autki_cholesky_inverse(bread, ws->gram_factor, ws->gram_pivot, ws->gram_rank, p, err);
    if (st == AUTK_OK)
        st = autki_vcov_compute(&out, &in, err);
    job->out->info.degrees_of_freedom = out.df;
    for (int k = 0; k < AUTKI_KEYS_MAX; k++)
        job->out->cluster_levels[k] = out.n_clusters[k];
    if (st == AUTK_OK && job->opts->bias_correction)
        st = correct(job, &in, out.v, err);
    if (st == AUTK_OK)
        st = job->opts->bootstrap > 0 ? bootstrap(job, out.v, err) : unscale(job, out.v, NULL, err);
    free(bread);
    return st;
}

static autk_status describe_vcov(autki_job *job, autk_err *err)
{
    static const char *const kinds[] = {"iid", "heteroskedasticity-robust", "clustered by "};
    static const char *const types[] = {"iid", "hetero", "cluster"};
    autk_buf text;
    autk_buf_init(&text);
    const autki_formula *keys = job->vcov.keys;
    int n_draws = job->opts->bootstrap;
    if (n_draws > 0)
        autk_buf_printf(&text, "Bayesian bootstrap of %d draws, weights by %s", n_draws,
                        keys == NULL ? "row" : "");
    else
        autk_buf_puts(&text, kinds[job->vcov.kind]);
    for (size_t k = 0; keys != NULL && k < keys->n_effects; k++)
        autk_buf_printf(&text, "%s%s",
                        k == 0                     ? ""
                        : k + 1 == keys->n_effects ? " and "
                                                   : ", ",
                        autki_formula_text(keys, keys->effects[k].text));
    autk_status st = autk_buf_check(&text, err);
    job->out->vcov = autki_strdup(autk_buf_text(&text));
    job->out->vcov_type = autki_strdup(n_draws > 0 ? "bootstrap" : types[job->vcov.kind]);
    if (st == AUTK_OK && (job->out->vcov == NULL || job->out->vcov_type == NULL))
        st = autki_no_memory(err, text.len);
    autk_buf_deinit(&text);
    return st;
}

static autk_status describe(autki_job *job, autk_err *err)
{
    autk_estimate *e = job->out;
    const autki_formula *f = job->formula, *keys = job->vcov.keys;
    const autki_panel *p = job->panel;
    autk_buf response;
    autk_buf_init(&response);
    autki_eval_render(&response, f, f->response);
    e->formula = autki_strdup(f->source);
    e->response = autki_strdup(autk_buf_text(&response));
    e->convention = job->opts->convention;
    bool good = e->formula != NULL && e->response != NULL && response.status == AUTK_OK;
    autk_buf_deinit(&response);
    e->info.n_effects = p->n_effects;
    for (int32_t k = 0; k < p->n_effects; k++) {
        int32_t at = p->effect_of[k];
        e->effect_levels[at] = p->n_levels[k];
        e->effect_name[at] = autki_strdup(autki_formula_text(f, f->effects[at].text));
        good &= e->effect_name[at] != NULL;
    }
    for (size_t k = 0; keys != NULL && k < keys->n_effects; k++) {
        e->cluster_name[k] = autki_strdup(autki_formula_text(keys, keys->effects[k].text));
        good &= e->cluster_name[k] != NULL;
        e->info.n_clusters = (int)k + 1;
    }
    if (good && job->opts->bias_correction)
        return describe_pairs(job, err);
    return good ? describe_vcov(job, err) : autki_no_memory(err, strlen(f->source));
}

autk_status autki_estimate_summarise(autki_job *job, autk_err *err)
{
    autk_estimate *e = job->out;
    const autki_panel *p = job->panel;
    e->info.family = job->opts->family;
    e->info.n_rows = (int64_t)job->frame->n_rows;
    e->info.n_obs = (int64_t)p->n;
    e->info.dropped = (autk_estimate_dropped){.subset = (int64_t)p->drops.subset,
                                              .missing = (int64_t)p->drops.missing,
                                              .zero_only = (int64_t)p->drops.zero_only,
                                              .singleton = (int64_t)p->drops.singleton,
                                              .separated = (int64_t)p->drops.separated};
    e->info.iterations = job->fit.iterations;
    e->info.relative_gradient = job->fit.gradient;
    autk_status st = measure(job, err);
    if (st == AUTK_OK && job->opts->keep_fitted)
        st = keep_fitted(job, err);
    if (st == AUTK_OK && job->opts->keep_effects)
        st = autki_effects_take(job, err);
    if (st == AUTK_OK && job->opts->keep_resistances)
        st = autki_resistances_take(job, err);
    if (st == AUTK_OK && job->opts->predict_gaps)
        st = autki_gaps_take(job, err);
    if (st == AUTK_OK)
        st = take_names(job, err);
    if (st == AUTK_OK)
        st = covariance(job, err);
    if (st == AUTK_OK)
        st = describe(job, err);
    return st;
}
