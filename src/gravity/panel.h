/**
 * @file panel.h
 * What a regression runs on: the rows that can be used, their response and regressors, and for each
 * effect the level of each row. Rows are sorted by the first effect, which the solver eliminates.
 */
#ifndef AUTKI_GRAVITY_PANEL_H
#define AUTKI_GRAVITY_PANEL_H

#include "data/frame.h"
#include "gravity/eval.h"
#include "gravity/formula.h"

typedef enum autki_family { AUTKI_POISSON, AUTKI_OLS } autki_family;

typedef struct autki_panel_spec {
    const autki_formula *formula;
    const autki_formula *subset, *weights, *offset; /* lone expressions, NULL = none */
    const autki_formula *panel; /* keys: the unit, then the time; NULL = no lags */
    autki_family family;
    bool keep_singletons;
    int n_threads;
} autki_panel_spec;

/** Why rows were left out; counts of rows. */
typedef struct autki_drops {
    size_t subset, missing, zero_only, singleton, separated;
} autki_drops;

typedef enum autki_row_state {
    AUTKI_ROW_USED,
    AUTKI_ROW_SUBSET,
    AUTKI_ROW_MISSING,
    AUTKI_ROW_ZERO_ONLY,
    AUTKI_ROW_SINGLETON,
    AUTKI_ROW_SEPARATED
} autki_row_state;

/** One column of the design. */
typedef struct autki_regressor {
    char *name;
    int32_t nodes[4]; /* expressions multiplied */
    int32_t n_nodes;
    int32_t dummy_column[4], dummy_code[4]; /* frame column and level, multiplied as 0 or 1 */
    int32_t n_dummies;
    double center, scale; /* the stored value is (value - center) / scale */
} autki_regressor;

typedef struct autki_panel {
    const autki_frame *frame; /* borrowed */
    size_t n;                 /* rows used */
    int32_t n_regressors, n_effects;
    autki_regressor *regressors;
    bool has_intercept; /* then regressor 0 is the constant, neither centred nor scaled */

    double *y;      /* [n] */
    double *x;      /* [n x n_regressors], row-major, standardised */
    double *offset; /* [n], NULL = 0 */
    double *weight; /* [n], > 0, NULL = 1 */
    int32_t *row;   /* [n] row of the frame */

    /* Effects in the solver's order; effect_of[k] is the place in the formula. */
    int32_t effect_of[AUTKI_KEYS_MAX];
    int32_t *level[AUTKI_KEYS_MAX]; /* [n] */
    int32_t n_levels[AUTKI_KEYS_MAX];
    size_t *group; /* [n_levels[0] + 1] first row of each level of effect 0; NULL without effects */

    uint8_t *state; /* [frame rows] autki_row_state */
    /* [frame rows] level of each effect of the formula, while the panel is built, else NULL */
    int32_t *frame_id[AUTKI_KEYS_MAX];
    int32_t n_frame_ids[AUTKI_KEYS_MAX];
    autki_drops drops;
} autki_panel;

/**
 * Build a panel.
 * Errors: AUTK_EPARSE (a text where a number belongs; a negative flow, with its line), AUTK_EDATA
 *         (no row is left; the response is zero throughout), AUTK_EARG (lags without --panel).
 * Cost:   O(rows x columns), a counting sort when rows are not sorted by the first effect.
 */
autk_status autki_panel_build(autki_panel **out, const autki_frame *frame,
                              const autki_panel_spec *spec, autk_err *err) AUTK_MUST_CHECK;

/**
 * Again, without the rows whose `state` says that they are separated; singletons and zero-only
 * groups that this makes are dropped too.
 */
autk_status autki_panel_rebuild(autki_panel *panel, const autki_panel_spec *spec, autk_err *err)
    AUTK_MUST_CHECK;

void autki_panel_free(autki_panel *panel);

/** Sort the rows by another effect (the solver's number) instead. */
autk_status autki_panel_eliminate(autki_panel *panel, const autki_panel_spec *spec, int32_t effect,
                                  autk_err *err) AUTK_MUST_CHECK;

/**
 * Levels of a key for every row of a frame, numbered in the order of first sight; -1 = missing.
 * @param ids  [out, frame rows] free() it
 */
autk_status autki_key_ids(int32_t **ids, int32_t *n_ids, const autki_frame *frame,
                          const autki_formula *f, const autki_key *key, autk_err *err)
    AUTK_MUST_CHECK;

/** Give every pair (a, b) of codes a number of its own; -1 when one is missing. out may be a. */
autk_status autki_combine_ids(int32_t *out, int32_t *n_out, const int32_t *a, int32_t n_a,
                              const int32_t *b, int32_t n_b, size_t n, autk_err *err)
    AUTK_MUST_CHECK;

#endif
