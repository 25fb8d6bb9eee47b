/* Newton's steps, and what keeps them safe where the quadratic model is poor. */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/fail.h"
#include "base/mem.h"
#include "gravity/fit_internal.h"

#define HALVINGS_MAX 40
#define STEP_MAX 10.0        /* of an effect: e^10 in a mean */
#define BALANCE_TRIGGER 3.0  /* |log(sum y / sum mu)| of a level: beyond Newton's reach */
#define BALANCE_LOWEST 1e-10 /* of sum y / sum mu, where rounding hides it */
#define BALANCE_TURNS_MAX 20

/* ---- where the fit stands ---- */

/* Largest mean absolute score over regressors and effects, over the response's size. */
static double relative_gradient(const autki_fit_state *s)
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

autk_status autki_fit_linearise(autki_fit_state *s, autk_err *err)
{
    autk_status st = autki_wls_prepare(s->ws, s->fit->w, err);
    if (st == AUTK_OK)
        st = autki_wls_load(s->ws, s->fit->s, err);
    if (st == AUTK_OK)
        s->fit->gradient = relative_gradient(s);
    return st;
}

void autki_fit_move(autki_fit_state *s, double length)
{
    for (size_t j = 0; j < s->ws->n_regressors; j++)
        s->b_try[j] = s->fit->b[j] + length * s->db[j];
    for (size_t i = 0; i < s->ws->n_params; i++)
        s->a_try[i] = s->fit->a[i] + length * s->da[i];
    if (s->panel->n_effects > 0)
        memcpy(s->first_try, s->fit->first, (size_t)s->panel->n_levels[0] * sizeof(double));
}

void autki_fit_accept(autki_fit_state *s)
{
    memcpy(s->fit->b, s->b_try, s->ws->n_regressors * sizeof(double));
    memcpy(s->fit->a, s->a_try, s->ws->n_params * sizeof(double));
    if (s->panel->n_effects > 0)
        memcpy(s->fit->first, s->first_try, (size_t)s->panel->n_levels[0] * sizeof(double));
}

/* ---- levels far off ---- */

/* log(sum y / sum mu) of a level, from its score and weight; bounded where rounding hides it. */
static double level_imbalance(const autki_wls *ws, size_t i)
{
    double ratio = ws->level_w[i] > 0 ? 1 + ws->rhs[i] / ws->level_w[i] : 1;
    return log(ratio > BALANCE_LOWEST ? ratio : BALANCE_LOWEST);
}

double autki_fit_worst_imbalance(const autki_fit_state *s)
{
    double worst = 0;
    if (s->opts->family != AUTKI_POISSON)
        return 0;
    for (size_t i = 0; i < s->ws->n_params; i++) {
        double d = fabs(level_imbalance(s->ws, i));
        if (d > worst)
            worst = d;
    }
    return worst;
}

/* Where some level's fitted sum is far from its response's, a Newton step knows nothing of that
 * level: far below, it overshoots by e^(y / mu); far above, it gains one unit of the exponent; and
 * where flows span many decades, the likelihood does not show either. Set such levels right one
 * effect after the other, which is exact for each and never lowers the likelihood. */
autk_status autki_fit_balance(autki_fit_state *s, double *value, autk_err *err)
{
    for (int turn = 0; turn < BALANCE_TURNS_MAX && autki_fit_worst_imbalance(s) > BALANCE_TRIGGER;
         turn++) {
        for (int32_t k = 1; k < s->panel->n_effects; k++) {
            size_t first = s->ws->first_param[k];
            autki_fit_move(s, 0);
            for (size_t i = first; i < first + (size_t)s->panel->n_levels[k]; i++)
                s->a_try[i] += level_imbalance(s->ws, i);
            autk_status st = autki_fit_profile(s, value, err);
            if (st != AUTK_OK)
                return st;
            autki_fit_accept(s);
            st = autki_fit_linearise(s, err);
            if (st != AUTK_OK)
                return st;
        }
    }
    return AUTK_OK;
}

/* ---- steps ---- */

/* The whole step, or as much of it as moves no effect by more than STEP_MAX. */
static double longest(const autki_fit_state *s)
{
    double largest = STEP_MAX;
    if (s->opts->family != AUTKI_POISSON)
        return 1;
    for (size_t i = 0; i < s->ws->n_params; i++)
        largest = fabs(s->da[i]) > largest ? fabs(s->da[i]) : largest;
    return STEP_MAX / largest;
}

/* Newton's step, halved while the likelihood falls. *value [in,out]; false: no step helps. */
static autk_status line_search(autki_fit_state *s, double *value, bool *moved, autk_err *err)
{
    double length = longest(s);
    for (int i = 0; i < HALVINGS_MAX; i++, length /= 2) {
        double next;
        autki_fit_move(s, length);
        autk_status st = autki_fit_profile(s, &next, err);
        if (st != AUTK_OK)
            return st;
        if (next >= *value - 1e-11 * fabs(*value)) {
            *value = next;
            *moved = true;
            s->cautious = s->opts->family == AUTKI_POISSON && length < 0.5;
            autki_fit_accept(s);
            return AUTK_OK;
        }
    }
    *moved = false;
    autki_fit_move(s, 0);
    return autki_fit_profile(s, value, err);
}

static autk_status secant_chunk(size_t c, void *ctx, autk_err *err)
{
    (void)err;
    autki_fit_state *s = ctx;
    size_t from, to;
    autki_wls_rows(s->ws, c, &from, &to);
    for (size_t r = from; r < to; r++) {
        double y = s->panel->y[r], mu = s->fit->w[r];
        s->score[r] = y - mu;
        s->secant[r] = y > mu && mu > 0 ? (y - mu) / log(y / mu) : mu;
        if (!(s->secant[r] >= mu))
            s->secant[r] = mu;
    }
    return AUTK_OK;
}

/* Weights with which a row whose mean is too low asks for no more than the step to its response. */
static autk_status take_secants(autki_fit_state *s, autk_err *err)
{
    size_t n = s->panel->n;
    if (s->secant == NULL)
        s->secant = autki_malloc(n, sizeof *s->secant);
    if (s->score == NULL)
        s->score = autki_malloc(n, sizeof *s->score);
    if (s->secant == NULL || s->score == NULL)
        return autki_no_memory(err, n * sizeof *s->secant);
    autk_status st = autki_wls_for(s->ws, secant_chunk, s, err);
    if (st == AUTK_OK)
        st = autki_wls_prepare(s->ws, s->secant, err);
    return st == AUTK_OK ? autki_wls_load(s->ws, s->score, err) : st;
}

/* Steps so long that the residual of each is in proportion to how near the end is: the more exact
 * Newton's model, the more exactly it is solved. */
static double inner_tolerance(double gradient)
{
    double tol = 0.1 * sqrt(gradient);
    return tol > 1e-2 ? 1e-2 : tol < 1e-7 ? 1e-7 : tol;
}

autk_status autki_fit_newton_step(autki_fit_state *s, double *value, bool *moved, autk_err *err)
{
    autki_fit *fit = s->fit;
    double energy = 0;
    autk_status st = s->cautious ? take_secants(s, err) : AUTK_OK;
    if (st == AUTK_OK)
        st = autki_wls_solve(s->ws, s->db, s->da, &energy, inner_tolerance(fit->gradient),
                             AUTKI_FIT_INNER_MAX, err);
    if (st != AUTK_OK)
        return st;
    fit->decrement = energy / s->size;
    st = line_search(s, value, moved, err);
    fit->iterations++;
    if (st == AUTK_OK)
        st = autki_fit_linearise(s, err);
    return st == AUTK_OK ? autki_fit_balance(s, value, err) : st;
}
