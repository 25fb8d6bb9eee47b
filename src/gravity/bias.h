/**
 * @file bias.h
 * Weidner & Zylkin (2021), Bias and consistency in three-way gravity models: the bias of order 1/N
 * of three-way PPML, and the downward bias of its clustered errors; of two-way PPML the errors
 * alone.
 */
#ifndef AUTKI_GRAVITY_BIAS_H
#define AUTKI_GRAVITY_BIAS_H

#include "gravity/panel.h"

/** Levels of the smaller of exporter-years and importer-years (countries, in the two-way case) that
 *  the correction of the errors takes: it factors a dense matrix of that size, 2 GB. */
#define AUTKI_BIAS_LEVELS_MAX 16000

/** Which columns the effects are made of. */
typedef struct autki_gravity_keys {
    const char *exporter, *importer, *year; /* year NULL in a cross-section; borrowed */
    bool three_way;
} autki_gravity_keys;

/**
 * Recognise exporter^year + importer^year [+ exporter^importer], or exporter + importer.
 * Errors: AUTK_EARG says what was expected.
 */
autk_status autki_bias_keys(autki_gravity_keys *keys, const autki_formula *f, autk_err *err)
    AUTK_MUST_CHECK;

typedef struct autki_bias_input {
    const autki_panel *panel;
    const autki_gravity_keys *keys;
    const double *x;     /* [n x p] with the effects partialled out, weights mu */
    const double *mu;    /* [n] */
    const double *bread; /* [p x p] (x'Wx)^-1 */
    int n_threads;       /* the result does not depend on it */
} autki_bias_input;

/**
 * @param bias  [out, p] to subtract from the coefficients; zero in the two-way case
 * @param v     [out, p x p] corrected covariance, clustered by pair, factor n / (n - 1)
 * @param n_pairs [out]
 * Errors: AUTK_ELIMIT (too many levels), AUTK_EDATA (a pair twice in a year), AUTK_ENUMERIC,
 *         AUTK_ENOMEM.
 * Cost:   O(rows * years²), and of the errors O(levels³) of the smaller side: exporter-years or
 *         importer-years; two-way year by year.
 */
autk_status autki_bias_correct(double *bias, double *v, int32_t *n_pairs,
                               const autki_bias_input *in, autk_err *err) AUTK_MUST_CHECK;

#endif
