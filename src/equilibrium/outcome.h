/** @file outcome.h Total-use weights and the welfare identity, for comparisons and for tests. */
#ifndef AUTKI_EQUILIBRIUM_OUTCOME_H
#define AUTKI_EQUILIBRIUM_OUTCOME_H

#include "equilibrium/system.h"

/**
 * Use of each sector, direct and through inputs, per unit of final use: (I - Gamma_n)^-T alpha_n.
 * @param weight  [sector][stride]
 * Errors: AUTK_EDATA (a singular table of inputs), AUTK_ENOMEM. Cost: O(n s^3 / 3).
 */
autk_status autki_total_use(double *weight, const autki_calibration *cal, autk_err *err)
    AUTK_MUST_CHECK;

/**
 * Largest gap in ln(w/P)_n = -alpha_n'(I - Gamma_n)^-1 (ln pi_nn / theta) over economies that buy
 * at home whatever they need (docs/methods, section 4). 0 when it holds exactly.
 */
double autki_identity_gap(const autk_equilibrium *eq, const double *weight);

#endif
