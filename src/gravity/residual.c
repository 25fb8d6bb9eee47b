/* What a solution says row by row, and the regressors without the effects. */
#include <stdlib.h>
#include <string.h>

#include "base/fail.h"
#include "base/mem.h"
#include "gravity/wls_internal.h"

static autk_status fitted_chunk(size_t c, void *ctx, autk_err *err)
{
    (void)err;
    autki_pass *ps = ctx;
    autki_wls *ws = ps->ws;
    const autki_panel *pn = ws->panel;
    size_t p = ws->n_regressors, from, to;
    autki_wls_rows(ws, c, &from, &to);
    for (size_t r = from; r < to; r++) {
        double t = 0;
        for (size_t j = 0; j < p; j++)
            t += ps->x[r * p + j] * ps->b[j];
        for (int32_t k = 1; k < pn->n_effects; k++)
            t += ps->a[ws->first_param[k] + (size_t)pn->level[k][r]];
        ps->out[r] = t;
    }
    for (size_t g = ws->chunk_group[c]; pn->group != NULL && g < ws->chunk_group[c + 1]; g++) {
        double left = ws->group_s[g];
        for (size_t r = pn->group[g]; r < pn->group[g + 1]; r++)
            left -= ws->w[r] * ps->out[r];
        double effect = ws->group_w[g] > 0 ? left / ws->group_w[g] : 0;
        for (size_t r = pn->group[g]; r < pn->group[g + 1]; r++)
            ps->out[r] += effect;
    }
    return AUTK_OK;
}

autk_status autki_wls_fitted(autki_wls *ws, double *fit, const double *b, const double *a,
                             autk_err *err)
{
    autki_pass ps = {.ws = ws, .x = ws->panel->x, .b = b, .a = a, .out = fit};
    autk_status st = autki_wls_for(ws, fitted_chunk, &ps, err);
    return st == AUTK_OK ? autki_wls_gather_rows(ws, fit, 1, err) : st;
}

/* x -= gamma for the columns of this pass. */
static autk_status subtract_chunk(size_t c, void *ctx, autk_err *err)
{
    (void)err;
    autki_pass *ps = ctx;
    autki_wls *ws = ps->ws;
    const autki_panel *pn = ws->panel;
    size_t p = ws->n_regressors, q = ps->width, from, to;
    autki_wls_rows(ws, c, &from, &to);
    for (size_t r = from; r < to; r++) {
        double *x = ps->out + r * p + ps->first_column;
        for (int32_t k = 1; k < pn->n_effects; k++) {
            const double *a = ps->a + (ws->first_param[k] + (size_t)pn->level[k][r]) * q;
            for (size_t j = 0; j < q; j++)
                x[j] -= a[j];
        }
    }
    return AUTK_OK;
}

/* x -= its group means, and X̃'WX̃ into the chunk's sums. */
static autk_status center_chunk(size_t c, void *ctx, autk_err *err)
{
    autki_pass *ps = ctx;
    autki_wls *ws = ps->ws;
    const autki_panel *pn = ws->panel;
    size_t p = ws->n_regressors, from, to;
    double *mean = autki_malloc(p, sizeof *mean);
    if (mean == NULL)
        return autki_no_memory(err, p * sizeof *mean);
    for (size_t g = ws->chunk_group[c]; pn->group != NULL && g < ws->chunk_group[c + 1]; g++) {
        (void)autki_wls_group_means(ws, pn->group[g], pn->group[g + 1], ps->out, mean);
        for (size_t r = pn->group[g]; r < pn->group[g + 1]; r++) {
            for (size_t j = 0; j < p; j++)
                ps->out[r * p + j] -= mean[j];
        }
    }
    double *sums = ws->chunk_sums + c * ws->sums_width;
    memset(sums, 0, ws->sums_width * sizeof *sums);
    autki_wls_rows(ws, c, &from, &to);
    for (size_t r = from; r < to; r++) {
        const double *x = ps->out + r * p;
        double *sum = sums;
        for (size_t i = 0; i < p; i++) {
            double wx = ws->w[r] * x[i];
            for (size_t j = 0; j <= i; j++)
                *sum++ += wx * x[j];
        }
    }
    free(mean);
    return AUTK_OK;
}

autk_status autki_wls_partial_out(autki_wls *ws, double *x, double tol, int max_iterations,
                                  autk_err *err)
{
    size_t p = ws->n_regressors, m = ws->n_params;
    double *gamma = autki_malloc(m * AUTKI_WLS_WIDTH, sizeof *gamma);
    double *c = autki_malloc(m * AUTKI_WLS_WIDTH, sizeof *c);
    autk_status st = AUTK_OK;
    if (gamma == NULL || c == NULL)
        st = autki_no_memory(err, m * AUTKI_WLS_WIDTH * sizeof *gamma);
    for (size_t j = 0; st == AUTK_OK && m > 0 && j < p; j += AUTKI_WLS_WIDTH) {
        size_t q = p - j < AUTKI_WLS_WIDTH ? p - j : AUTKI_WLS_WIDTH;
        for (size_t i = 0; i < m; i++)
            memcpy(c + i * q, ws->cross + i * p + j, q * sizeof *c);
        autki_pcg run = {.tol = tol, .max_iterations = max_iterations};
        st = autki_pcg_solve(ws, &run, gamma, c, q, false, err);
        autki_pass ps = {.ws = ws, .out = x, .a = gamma, .first_column = j, .width = q};
        if (st == AUTK_OK)
            st = autki_wls_for(ws, subtract_chunk, &ps, err);
    }
    autki_pass ps = {.ws = ws, .out = x};
    if (st == AUTK_OK)
        st = autki_wls_for(ws, center_chunk, &ps, err);
    if (st == AUTK_OK)
        autki_wls_take_gram(ws);
    if (st == AUTK_OK)
        st = autki_wls_gather_rows(ws, x, p, err);
    free(gamma);
    free(c);
    return st;
}
