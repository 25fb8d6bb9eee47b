/** @file bias_panel.h The panel by pairs, as Weidner & Zylkin's corrections pass over it. */
#ifndef AUTKI_GRAVITY_BIAS_PANEL_H
#define AUTKI_GRAVITY_BIAS_PANEL_H

#include "gravity/bias.h"

typedef struct autki_bias_panel {
    const autki_bias_input *in;
    size_t n, p, n_years;
    int32_t n_i, n_j, n_pairs;
    int32_t *i, *j, *t, *pair; /* [n] */
    int32_t *row;              /* [n] rows sorted by pair, then as in the data */
    size_t *begin;             /* [n_pairs + 1] */
    /* Per country (side 0 exporters, side 1 importers) sums of its pairs' Hessians over years,
     * [countries x T x T]. */
    double *h[2];
} autki_bias_panel;

/** One pair's scores, regressors and Hessian: room for n_years rows. */
typedef struct autki_bias_pair {
    size_t m;
    double *score; /* [m] */
    double *x;     /* [m x p] */
    double *block; /* [m x m] */
} autki_bias_pair;

autk_status autki_bias_pair_create(autki_bias_pair *pair, const autki_bias_panel *panel,
                                   autk_err *err) AUTK_MUST_CHECK;
void autki_bias_pair_deinit(autki_bias_pair *pair);

/** Load pair q. The Hessian is that of its likelihood with the pair's effect profiled out
 *  (three-way) or without one (two-way). */
void autki_bias_pair_load(autki_bias_pair *pair, const autki_bias_panel *panel, int32_t q);

/** The row of the panel that is number a of pair q. */
static inline size_t autki_bias_row(const autki_bias_panel *panel, int32_t q, size_t a)
{
    return (size_t)panel->row[panel->begin[q] + a];
}

/** The corrected covariance: bias_variance.c. */
autk_status autki_bias_variance(double *v, const autki_bias_panel *panel, autk_err *err)
    AUTK_MUST_CHECK;

#endif
