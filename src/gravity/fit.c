#include "gravity/fit.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/fail.h"
#include "base/mem.h"
#include "base/parallel.h"

#define INNER_MAX 20000 /* conjugate gradient steps in one Newton step */
#define HALVINGS_MAX 40

void autki_fit_deinit(autki_fit *fit)
{
    free(fit->b);
    free(fit->a);
    free(fit->first);
    free(fit->w);
    free(fit->s);
    memset(fit, 0, sizeof *fit);
}

typedef struct state {
    autki_fit *fit;
    autki_wls *ws;
    autki_panel *panel;
    const autki_fit_opts *opts;
    double *b_try, *a_try, *first_try;
    double *db, *da;
    double size; /* sum of y, or of weighted squares: the scale of the gradient */
} state;

/* ---- the first effect, given the others, group by group ---- */

/* Linear predictor of a row without the first effect. */
static inline double predictor(const state *s, size_t r)
{
    const autki_panel *pn = s->panel;
    size_t p = s->ws->n_regressors;
    double t = pn->offset != NULL ? pn->offset[r] : 0;
    for (size_t j = 0; j < p; j++)
        t += pn->x[r * p + j] * s->b_try[j];
    for (int32_t k = 1; k < pn->n_effects; k++)
        t += s->a_try[s->ws->first_param[k] + (size_t)pn->level[k][r]];
    return t;
}

/* Poisson. The old value of the effect shifts the exponent, so that it cannot overflow unless the
 * step is wild; then the sum is not finite and the step is halved. */
static void profile_poisson(state *s, size_t g, size_t from, size_t to, double *sums)
{
    const autki_panel *pn = s->panel;
    double *w = s->fit->w, shift = pn->group != NULL ? s->first_try[g] : 0, total = 0, y = 0,
           ye = 0;
    for (size_t r = from; r < to; r++) {
        double eta = predictor(s, r) + shift;
        w[r] = exp(eta);
        total += w[r];
        y += pn->y[r];
        ye += pn->y[r] * eta;
    }
    if (pn->group == NULL) {
        sums[0] += ye - total;
        return;
    }
    double factor = y / total, move = log(factor);
    for (size_t r = from; r < to; r++)
        w[r] *= factor;
    s->first_try[g] = shift + move;
    sums[0] += ye + y * move - y;
}

static void profile_linear(state *s, size_t g, size_t from, size_t to, double *sums)
{
    const autki_panel *pn = s->panel;
    double *w = s->fit->w, *res = s->fit->s, total = 0, sum = 0;
    for (size_t r = from; r < to; r++) {
        res[r] = pn->y[r] - predictor(s, r);
        total += w[r];
        sum += w[r] * res[r];
    }
    double mean = pn->group != NULL ? sum / total : 0;
    for (size_t r = from; r < to; r++) {
        double e = res[r] - mean;
        res[r] = w[r] * e;
        sums[0] -= 0.5 * w[r] * e * e;
    }
    if (pn->group != NULL)
        s->first_try[g] = mean;
}

static autk_status profile_chunk(size_t c, void *ctx, autk_err *err)
{
    (void)err;
    state *s = ctx;
    const autki_panel *pn = s->panel;
    const autki_wls *ws = s->ws;
    double *sums = ws->chunk_sums + c * ws->sums_width;
    sums[0] = 0;
    bool grouped = pn->group != NULL, poisson = s->opts->family == AUTKI_POISSON;
    size_t first = ws->chunk_group[c], last = ws->chunk_group[c + 1];
    for (size_t g = grouped ? first : c; g < (grouped ? last : c + 1); g++) {
        size_t from = grouped ? pn->group[g] : first, to = grouped ? pn->group[g + 1] : last;
        if (poisson)
            profile_poisson(s, g, from, to, sums);
        else
            profile_linear(s, g, from, to, sums);
    }
    return AUTK_OK;
}

/* Weights and residuals at (b_try, a_try); *value is the log-likelihood up to a constant. */
static autk_status profile(state *s, double *value, autk_err *err)
{
    autk_status st = autki_parallel_for(s->ws->n_chunks, s->ws->n_threads, profile_chunk, s, err);
    if (st == AUTK_OK)
        *value = autki_wls_sum(s->ws, 0);
    return st;
}

/* ---- start ---- */

/* Weighted Poisson as unweighted: see fit.h. */
static autk_status absorb_weights(autki_panel *p, autki_family family, autk_err *err)
{
    if (p->weight == NULL || family != AUTKI_POISSON)
        return AUTK_OK;
    if (p->offset == NULL) {
        p->offset = autki_calloc(p->n, sizeof *p->offset);
        if (p->offset == NULL)
            return autki_no_memory(err, p->n * sizeof *p->offset);
    }
    for (size_t r = 0; r < p->n; r++) {
        p->y[r] *= p->weight[r];
        p->offset[r] += log(p->weight[r]);
    }
    return AUTK_OK;
}

/* First weights and working response: mu = (y + mean) / 2, s = w (log mu - offset) + y - mu, where
 * weighting has already moved into y and offset. */
static void start_poisson(state *s, double *v)
{
    const autki_panel *p = s->panel;
    double sum = 0, sum_w = 0;
    for (size_t r = 0; r < p->n; r++) {
        sum += p->y[r];
        sum_w += p->weight != NULL ? p->weight[r] : 1;
    }
    double mean = sum / sum_w;
    s->size = sum;
    for (size_t r = 0; r < p->n; r++) {
        double weight = p->weight != NULL ? p->weight[r] : 1;
        double w = 0.5 * (p->y[r] + weight * mean);
        s->fit->w[r] = w;
        v[r] = w * (log(w) - (p->offset != NULL ? p->offset[r] : 0)) + p->y[r] - w;
    }
}

static void start_linear(state *s, double *v)
{
    const autki_panel *p = s->panel;
    double sum = 0, sum_w = 0, square = 0;
    for (size_t r = 0; r < p->n; r++) {
        double w = p->weight != NULL ? p->weight[r] : 1;
        double y = p->y[r] - (p->offset != NULL ? p->offset[r] : 0);
        s->fit->w[r] = w;
        v[r] = w * y;
        sum_w += w;
        sum += w * y;
    }
    for (size_t r = 0; r < p->n; r++) {
        double y = p->y[r] - (p->offset != NULL ? p->offset[r] : 0) - sum / sum_w;
        square += s->fit->w[r] * y * y;
    }
    /* Scores are compared with those of residuals as large as the response's spread. */
    s->size = sqrt(square * sum_w);
    if (!(s->size > 1e-14 * fabs(sum)))
        s->size = fabs(sum) > 0 ? fabs(sum) : 1;
}

typedef struct array {
    double **to;
    size_t n;
} array;

static bool allocate_arrays(const array *arrays, size_t n)
{
    bool good = true;
    for (size_t i = 0; i < n; i++)
        good &= (*arrays[i].to = autki_calloc(arrays[i].n, sizeof(double))) != NULL;
    return good;
}

static size_t n_first(const autki_panel *panel)
{
    return panel->n_effects > 0 ? (size_t)panel->n_levels[0] : 0;
}

static autk_status allocate_fit(state *s, autk_err *err)
{
    size_t n = s->panel->n;
    const array arrays[] = {{&s->fit->b, s->ws->n_regressors},
                            {&s->fit->a, s->ws->n_params},
                            {&s->fit->first, n_first(s->panel)},
                            {&s->fit->w, n}};
    bool good = allocate_arrays(arrays, 4);
    if (s->opts->family == AUTKI_OLS)
        good &= (s->fit->s = autki_malloc(n, sizeof(double))) != NULL;
    return good ? AUTK_OK : autki_no_memory(err, n * sizeof(double));
}

static autk_status allocate_step(state *s, autk_err *err)
{
    size_t p = s->ws->n_regressors, m = s->ws->n_params;
    const array arrays[] = {{&s->b_try, p},
                            {&s->a_try, m},
                            {&s->first_try, n_first(s->panel)},
                            {&s->db, p},
                            {&s->da, m}};
    return allocate_arrays(arrays, 5) ? AUTK_OK : autki_no_memory(err, m * sizeof(double));
}

static void free_step(state *s)
{
    free(s->b_try);
    free(s->a_try);
    free(s->first_try);
    free(s->db);
    free(s->da);
}

/* ---- steps ---- */

/* Largest mean absolute score over regressors and effects, over the response's size. */
static double relative_gradient(const state *s)
{
    const autki_wls *ws = s->ws;
    double worst = 0;
    for (int32_t j = 0; j < ws->gram_rank; j++) {
        double score = fabs(ws->rhs_x[ws->gram_pivot[j]]);
        if (!(score <= worst))
            worst = score;
    }
    for (int32_t k = 1; k < s->panel->n_effects; k++) {
        double sum = 0;
        size_t first = ws->first_param[k];
        for (size_t i = first; i < first + (size_t)s->panel->n_levels[k]; i++)
            sum += fabs(ws->rhs[i]);
        if (!(sum <= worst))
            worst = sum;
    }
    return worst / s->size;
}

/* The point at `length` along the step from where the fit stands. */
static void move(state *s, double length)
{
    for (size_t j = 0; j < s->ws->n_regressors; j++)
        s->b_try[j] = s->fit->b[j] + length * s->db[j];
    for (size_t i = 0; i < s->ws->n_params; i++)
        s->a_try[i] = s->fit->a[i] + length * s->da[i];
    if (s->panel->n_effects > 0)
        memcpy(s->first_try, s->fit->first, (size_t)s->panel->n_levels[0] * sizeof(double));
}

static void accept(state *s)
{
    memcpy(s->fit->b, s->b_try, s->ws->n_regressors * sizeof(double));
    memcpy(s->fit->a, s->a_try, s->ws->n_params * sizeof(double));
    if (s->panel->n_effects > 0)
        memcpy(s->fit->first, s->first_try, (size_t)s->panel->n_levels[0] * sizeof(double));
}

/* Newton's step, halved while the likelihood falls. *value [in,out]; false: no step helps. */
static autk_status line_search(state *s, double *value, bool *moved, autk_err *err)
{
    double length = 1;
    for (int i = 0; i < HALVINGS_MAX; i++, length /= 2) {
        double next;
        move(s, length);
        autk_status st = profile(s, &next, err);
        if (st != AUTK_OK)
            return st;
        if (next >= *value - 1e-11 * fabs(*value)) {
            *value = next;
            *moved = true;
            accept(s);
            return AUTK_OK;
        }
    }
    *moved = false;
    move(s, 0);
    return profile(s, value, err);
}

static autk_status first_step(state *s, double *value, autk_err *err)
{
    double *v = autki_malloc(s->panel->n, sizeof *v);
    if (v == NULL)
        return autki_no_memory(err, s->panel->n * sizeof *v);
    if (s->opts->family == AUTKI_POISSON)
        start_poisson(s, v);
    else
        start_linear(s, v);
    autk_status st = autki_wls_prepare(s->ws, s->fit->w, err);
    if (st == AUTK_OK)
        st = autki_wls_load(s->ws, v, err);
    free(v);
    double tol = s->opts->family == AUTKI_POISSON ? 1e-2 : 1e-9;
    if (st == AUTK_OK)
        st = autki_wls_solve(s->ws, s->db, s->da, NULL, tol, INNER_MAX, err);
    if (st == AUTK_OK) {
        move(s, 1);
        st = profile(s, value, err);
    }
    if (st == AUTK_OK && !isfinite(*value)) { /* from the effects' means alone, then */
        move(s, 0);
        st = profile(s, value, err);
    }
    if (st == AUTK_OK && !isfinite(*value))
        return autki_fail(err, AUTK_ENUMERIC,
                          "the likelihood is not finite at the start: look for regressors or an "
                          "offset of extreme size");
    if (st == AUTK_OK)
        accept(s);
    return st;
}

static autk_status not_converged(const state *s, autk_err *err)
{
    return autki_fail(err, AUTK_ENOCONV,
                      "expected convergence in %d iterations, got a relative gradient of %.2g > "
                      "%.2g; try more iterations, or look for regressors that nearly separate",
                      s->fit->iterations, s->fit->gradient, s->opts->tol);
}

static int report(const state *s)
{
    const autk_progress *p = &s->opts->progress;
    return p->report == NULL ? 0
                             : p->report("estimate", s->fit->iterations, 0, "iterations", p->user);
}

/* Steps so long that the residual of each is in proportion to how near the end is: the more exact
 * Newton's model, the more exactly it is solved. */
static double inner_tolerance(double gradient)
{
    double tol = 0.1 * sqrt(gradient);
    return tol > 1e-2 ? 1e-2 : tol < 1e-7 ? 1e-7 : tol;
}

/* One Newton step from where the fit stands, and the equations at its end. */
static autk_status newton_step(state *s, double *value, bool *moved, autk_err *err)
{
    autki_fit *fit = s->fit;
    double energy = 0;
    autk_status st = autki_wls_solve(s->ws, s->db, s->da, &energy, inner_tolerance(fit->gradient),
                                     INNER_MAX, err);
    if (st != AUTK_OK)
        return st;
    fit->decrement = energy / s->size;
    st = line_search(s, value, moved, err);
    fit->iterations++;
    if (st == AUTK_OK)
        st = autki_wls_prepare(s->ws, fit->w, err);
    if (st == AUTK_OK)
        st = autki_wls_load(s->ws, fit->s, err);
    if (st == AUTK_OK)
        fit->gradient = relative_gradient(s);
    return st;
}

static autk_status iterate(state *s, double *value, autk_err *err)
{
    autki_fit *fit = s->fit;
    bool moved = true;
    fit->decrement = INFINITY;
    autk_status st = autki_wls_prepare(s->ws, fit->w, err);
    if (st == AUTK_OK)
        st = autki_wls_load(s->ws, fit->s, err);
    if (st == AUTK_OK)
        fit->gradient = relative_gradient(s);
    while (st == AUTK_OK) {
        /* A short last step means that the next would be its square. */
        bool near = fit->decrement <= 1e-10 || !moved || fit->gradient <= 1e-4 * s->opts->tol;
        if (fit->gradient <= s->opts->tol && near)
            return AUTK_OK;
        if (fit->iterations == s->opts->max_iterations || !isfinite(fit->gradient) || !moved)
            return not_converged(s, err);
        if (report(s) != 0)
            return autki_fail(err, AUTK_ECANCELLED, "cancelled");
        st = newton_step(s, value, &moved, err);
    }
    return st;
}

autk_status autki_fit_run(autki_fit *fit, autki_wls *ws, autki_panel *panel,
                          const autki_fit_opts *opts, autk_err *err)
{
    memset(fit, 0, sizeof *fit);
    state s = {.fit = fit, .ws = ws, .panel = panel, .opts = opts};
    autk_status st = allocate_fit(&s, err);
    if (st == AUTK_OK)
        st = allocate_step(&s, err);
    if (st == AUTK_OK)
        st = absorb_weights(panel, opts->family, err);
    if (st == AUTK_OK)
        st = first_step(&s, &fit->value, err);
    fit->iterations = 1;
    fit->size = s.size;
    if (st == AUTK_OK)
        st = iterate(&s, &fit->value, err);
    fit->products = ws->n_products;
    free_step(&s);
    if (st != AUTK_OK)
        autki_fit_deinit(fit);
    return st;
}

autk_status autki_fit_polish(autki_fit *fit, autki_wls *ws, autki_panel *panel,
                             const autki_fit_opts *opts, autk_err *err)
{
    state s = {.fit = fit, .ws = ws, .panel = panel, .opts = opts, .size = fit->size};
    bool moved;
    autk_status st = allocate_step(&s, err);
    if (st == AUTK_OK)
        st = newton_step(&s, &fit->value, &moved, err);
    fit->products = ws->n_products;
    free_step(&s);
    return st;
}
