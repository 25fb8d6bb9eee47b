/**
 * @file eval.h
 * Expressions of a formula on the rows of a frame, block by block, without whole-column
 * temporaries.
 */
#ifndef AUTKI_GRAVITY_EVAL_H
#define AUTKI_GRAVITY_EVAL_H

#include "data/frame.h"
#include "gravity/formula.h"

/** Rows that one call of autki_eval_block takes at most. */
#define AUTKI_EVAL_BLOCK 256

/** Which columns a formula needs, and how: names borrowed from formulas that must outlive it. */
typedef struct autki_wants {
    autki_wanted *items;
    size_t n, capacity;
} autki_wants;

autk_status autki_want(autki_wants *wants, const char *name, autki_kind kind, autk_err *err)
    AUTK_MUST_CHECK;
/** What an expression needs. A column wanted both ways is read as a factor; its levels' numbers
 *  serve where a number is asked for. */
autk_status autki_want_node(autki_wants *wants, const autki_formula *f, int32_t node, autk_err *err)
    AUTK_MUST_CHECK;
autk_status autki_want_keys(autki_wants *wants, const autki_formula *f, autk_err *err)
    AUTK_MUST_CHECK;

/** Where the rows of a panel lie in time, for lags. */
typedef struct autki_lag_index {
    int32_t *row; /* [n_rows] of the same unit `periods` before, -1 = none */
    int periods;
} autki_lag_index;

/** A formula bound to a frame. */
typedef struct autki_eval {
    const autki_formula *f;
    const autki_frame *frame;
    int32_t *column;      /* [n_nodes] frame column of a name, -1 */
    int32_t *code;        /* [n_nodes] code of a text beside a comparison */
    int32_t **match;      /* [n_nodes] of name == name: the right column's codes as the left's */
    double **level_value; /* [n_columns of the frame] number of each level, NULL = not needed */
    const autki_lag_index *lags;
    size_t n_lags;
} autki_eval;

/**
 * Bind all nodes.
 * Errors: AUTK_EPARSE where a text is used as a number (with its line), AUTK_ENOTFOUND where a
 *         compared text is no level of its column, AUTK_EARG where a text stands alone.
 */
autk_status autki_eval_bind(autki_eval *e, const autki_formula *f, const autki_frame *frame,
                            autk_err *err) AUTK_MUST_CHECK;
void autki_eval_deinit(autki_eval *e);

/** Values of a node at rows[0..n), n <= AUTKI_EVAL_BLOCK; NaN = missing. Row -1 is missing. */
void autki_eval_block(const autki_eval *e, int32_t node, const int32_t *rows, size_t n,
                      double *out);

/** Distinct `periods` of the lags in a formula into the caller's [64]; returns how many. */
size_t autki_eval_lag_periods(const autki_formula *f, int *periods);

/** Source text of a node, for names. Appends to a buffer. */
void autki_eval_render(autk_buf *out, const autki_formula *f, int32_t node);

#endif
