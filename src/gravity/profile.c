/* The likelihood as a function of coefficients and effects but the first, which is set to its best
 * value, given the others, group by group. */
#include <math.h>

#include "gravity/fit_internal.h"

/* Linear predictor of a row without the first effect. */
static inline double predictor(const autki_fit_state *s, size_t r)
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
static void profile_poisson(autki_fit_state *s, size_t g, size_t from, size_t to, double *sums)
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

static void profile_linear(autki_fit_state *s, size_t g, size_t from, size_t to, double *sums)
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
    autki_fit_state *s = ctx;
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

autk_status autki_fit_profile(autki_fit_state *s, double *value, autk_err *err)
{
    autk_status st = autki_wls_for(s->ws, profile_chunk, s, err);
    if (st == AUTK_OK)
        *value = autki_wls_sum(s->ws, 0);
    return st;
}
