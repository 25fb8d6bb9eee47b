#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/fail.h"
#include "base/mem.h"
#include "gravity/fit_internal.h"

#define BALANCE_TOL 1e-6 /* of a level whose sum counts as fitted */

void autki_fit_deinit(autki_fit *fit)
{
    free(fit->b);
    free(fit->a);
    free(fit->first);
    free(fit->w);
    free(fit->s);
    memset(fit, 0, sizeof *fit);
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

/* First weights and working response: for Poisson mu = (y + mean) / 2, where mean is that of the
 * response, and s = w (log mu - offset) + y - mu, where weighting has already moved into y and
 * offset. */
typedef struct start {
    autki_fit_state *s;
    double *v; /* [n] the working response times its weight */
    double mean;
} start;

static double weight_of(const autki_panel *p, size_t r)
{
    return p->weight != NULL ? p->weight[r] : 1;
}

static double offset_of(const autki_panel *p, size_t r)
{
    return p->offset != NULL ? p->offset[r] : 0;
}

/* Sums of the weights, and of the response with them. */
static autk_status total_chunk(size_t c, void *ctx, autk_err *err)
{
    (void)err;
    const autki_fit_state *s = ((const start *)ctx)->s;
    const autki_panel *p = s->panel;
    bool poisson = s->opts->family == AUTKI_POISSON;
    double *sums = s->ws->chunk_sums + c * s->ws->sums_width;
    size_t from, to;
    autki_wls_rows(s->ws, c, &from, &to);
    sums[0] = sums[1] = 0;
    for (size_t r = from; r < to; r++) {
        sums[0] += weight_of(p, r);
        sums[1] += poisson ? p->y[r] : weight_of(p, r) * (p->y[r] - offset_of(p, r));
    }
    return AUTK_OK;
}

static autk_status start_chunk(size_t c, void *ctx, autk_err *err)
{
    (void)err;
    const start *st = ctx;
    const autki_panel *p = st->s->panel;
    bool poisson = st->s->opts->family == AUTKI_POISSON;
    double *w = st->s->fit->w, *v = st->v, square = 0;
    size_t from, to;
    autki_wls_rows(st->s->ws, c, &from, &to);
    for (size_t r = from; r < to; r++) {
        if (poisson) {
            w[r] = 0.5 * (p->y[r] + weight_of(p, r) * st->mean);
            v[r] = w[r] * (log(w[r]) - offset_of(p, r)) + p->y[r] - w[r];
        } else {
            double y = p->y[r] - offset_of(p, r);
            w[r] = weight_of(p, r);
            v[r] = w[r] * y;
            square += w[r] * (y - st->mean) * (y - st->mean);
        }
    }
    st->s->ws->chunk_sums[c * st->s->ws->sums_width] = square;
    return AUTK_OK;
}

static autk_status start_fit(autki_fit_state *s, double *v, autk_err *err)
{
    start st = {.s = s, .v = v};
    autk_status status = autki_wls_for(s->ws, total_chunk, &st, err);
    double weight = autki_wls_sum(s->ws, 0), sum = autki_wls_sum(s->ws, 1);
    st.mean = sum / weight;
    if (status == AUTK_OK)
        status = autki_wls_for(s->ws, start_chunk, &st, err);
    s->size = sum;
    if (s->opts->family == AUTKI_POISSON)
        return status;
    /* Scores are compared with those of residuals as large as the response's spread. */
    s->size = sqrt(autki_wls_sum(s->ws, 0) * weight);
    if (!(s->size > 1e-14 * fabs(sum)))
        s->size = fabs(sum) > 0 ? fabs(sum) : 1;
    return status;
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

static autk_status allocate_fit(autki_fit_state *s, autk_err *err)
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

static autk_status allocate_step(autki_fit_state *s, autk_err *err)
{
    size_t p = s->ws->n_regressors, m = s->ws->n_params;
    const array arrays[] = {{&s->b_try, p},
                            {&s->a_try, m},
                            {&s->first_try, n_first(s->panel)},
                            {&s->db, p},
                            {&s->da, m}};
    return allocate_arrays(arrays, 5) ? AUTK_OK : autki_no_memory(err, m * sizeof(double));
}

static void free_step(autki_fit_state *s)
{
    free(s->b_try);
    free(s->a_try);
    free(s->first_try);
    free(s->db);
    free(s->da);
    free(s->secant);
    free(s->score);
}

static autk_status first_step(autki_fit_state *s, double *value, autk_err *err)
{
    double *v = autki_malloc(s->panel->n, sizeof *v);
    if (v == NULL)
        return autki_no_memory(err, s->panel->n * sizeof *v);
    autk_status st = start_fit(s, v, err);
    if (st == AUTK_OK)
        st = autki_wls_prepare(s->ws, s->fit->w, err);
    if (st == AUTK_OK)
        st = autki_wls_load(s->ws, v, err);
    free(v);
    double tol = s->opts->family == AUTKI_POISSON ? 1e-2 : 1e-9;
    if (st == AUTK_OK)
        st = autki_wls_solve(s->ws, s->db, s->da, NULL, tol, AUTKI_FIT_INNER_MAX, err);
    if (st == AUTK_OK) {
        autki_fit_move(s, 1);
        st = autki_fit_profile(s, value, err);
    }
    if (st == AUTK_OK && !isfinite(*value)) { /* from the effects' means alone, then */
        autki_fit_move(s, 0);
        st = autki_fit_profile(s, value, err);
    }
    if (st == AUTK_OK && !isfinite(*value))
        return autki_fail(err, AUTK_ENUMERIC,
                          "the likelihood is not finite at the start: look for regressors or an "
                          "offset of extreme size");
    if (st == AUTK_OK)
        autki_fit_accept(s);
    return st;
}

static autk_status not_converged(const autki_fit_state *s, autk_err *err)
{
    return autki_fail(err, AUTK_ENOCONV,
                      "expected convergence in %d iterations, got a relative gradient of %.2g > "
                      "%.2g; try more iterations, or look for regressors that nearly separate",
                      s->fit->iterations, s->fit->gradient, s->opts->tol);
}

static int report(const autki_fit_state *s)
{
    const autk_progress *p = &s->opts->progress;
    return p->report == NULL ? 0
                             : p->report("estimate", s->fit->iterations, 0, "iterations", p->user);
}

/* Is there nothing left to gain where the gradient, as a whole, is small? A short last step means
 * that the next would be its square; and no level's sum may be off, however small the level. */
static bool is_settled(const autki_fit_state *s)
{
    const autki_fit *fit = s->fit;
    bool near = fit->decrement <= 1e-10 || fit->gradient <= 1e-4 * s->opts->tol;
    return near && (autki_fit_worst_imbalance(s) <= BALANCE_TOL ||
                    fit->iterations >= s->opts->max_iterations);
}

static autk_status iterate(autki_fit_state *s, double *value, autk_err *err)
{
    autki_fit *fit = s->fit;
    bool moved = true;
    fit->decrement = INFINITY;
    autk_status st = autki_fit_linearise(s, err);
    if (st == AUTK_OK)
        st = autki_fit_balance(s, value, err);
    while (st == AUTK_OK) {
        if (fit->gradient <= s->opts->tol && (!moved || is_settled(s)))
            return AUTK_OK;
        if (fit->iterations == s->opts->max_iterations || !isfinite(fit->gradient) || !moved)
            return not_converged(s, err);
        if (report(s) != 0)
            return autki_fail(err, AUTK_ECANCELLED, "cancelled");
        st = autki_fit_newton_step(s, value, &moved, err);
    }
    return st;
}

/* Whole arrays, where processes shared the work. */
static autk_status gather(autki_fit_state *s, autk_err *err)
{
    autki_fit *fit = s->fit;
    autk_status st = autki_wls_gather_rows(s->ws, fit->w, 1, err);
    if (st == AUTK_OK && fit->s != NULL)
        st = autki_wls_gather_rows(s->ws, fit->s, 1, err);
    if (st == AUTK_OK && s->panel->n_effects > 0)
        st = autki_wls_gather_groups(s->ws, fit->first, err);
    return st;
}

autk_status autki_fit_run(autki_fit *fit, autki_wls *ws, autki_panel *panel,
                          const autki_fit_opts *opts, autk_err *err)
{
    memset(fit, 0, sizeof *fit);
    autki_fit_state s = {.fit = fit, .ws = ws, .panel = panel, .opts = opts};
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
    if (st == AUTK_OK)
        st = gather(&s, err);
    fit->products = ws->n_products;
    free_step(&s);
    if (st != AUTK_OK)
        autki_fit_deinit(fit);
    return st;
}

autk_status autki_fit_polish(autki_fit *fit, autki_wls *ws, autki_panel *panel,
                             const autki_fit_opts *opts, autk_err *err)
{
    autki_fit_state s = {.fit = fit, .ws = ws, .panel = panel, .opts = opts, .size = fit->size};
    bool moved;
    autk_status st = allocate_step(&s, err);
    if (st == AUTK_OK)
        st = autki_fit_newton_step(&s, &fit->value, &moved, err);
    if (st == AUTK_OK)
        st = gather(&s, err);
    fit->products = ws->n_products;
    free_step(&s);
    return st;
}
