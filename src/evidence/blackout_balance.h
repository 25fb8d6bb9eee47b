/**
 * @file blackout_balance.h
 * Unknown flows adjusted to noisy totals: what is surer moves less, or in proportion, as RAS does.
 */
#ifndef AUTKI_EVIDENCE_BLACKOUT_BALANCE_H
#define AUTKI_EVIDENCE_BLACKOUT_BALANCE_H

#include <autarky/mirror.h>

#define AUTKI_CELL_MARGINS 4
#define AUTKI_NO_MARGIN SIZE_MAX

typedef struct autki_cell {
    size_t margin[AUTKI_CELL_MARGINS]; /* totals it is part of; AUTKI_NO_MARGIN behind the last */
    double prior, sd;                  /* log */
} autki_cell;

typedef struct autki_balance {
    autk_balance kind;
    const autki_cell *cells;
    size_t n_cells;
    const double *margin_sd; /* [n_margins] > 0 */
    size_t n_margins;
    double tol;
    int max_iter;
    double entropy; /* RAS: variance of a log times its value, the same for all cells */
    double *room;   /* of the solver */
} autki_balance;

/**
 * Make room and the weight of RAS. cells, margin_sd, sizes and limits are set already; all are
 * borrowed until autki_balance_end.
 */
autk_status autki_balance_begin(autki_balance *balance, autk_err *err) AUTK_MUST_CHECK;
void autki_balance_end(autki_balance *balance);

/**
 * The logs that minimise Σ distance from prior + Σ((S(y) - target)/sd)².
 *
 * Distance: ((y - y0)/s)², or with AUTK_BALANCE_RAS 2/k (x ln(x/x0) - x + x0): the cross-entropy
 * whose minimum under exact totals is RAS (Bregman 1967), the case in which the variance of ln x is
 * k/x0. k makes the sum of all cells as uncertain as their sd do.
 *
 * @param y       [out, n_cells]
 * @param y0      [n_cells] logs of the prior
 * @param target  [n_margins]
 * Errors: AUTK_ENUMERIC, AUTK_ENOCONV.
 */
autk_status autki_balance_solve(double *y, autki_balance *balance, const double *y0,
                                const double *target, autk_err *err) AUTK_MUST_CHECK;

#endif
