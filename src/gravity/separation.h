/**
 * @file separation.h
 * Separated observations: zeros that a combination of regressors and effects sends to minus
 * infinity while it leaves all positive responses alone. They have no finite estimate, and the rest
 * of the estimates is the same without them (Correia, Guimarães & Zylkin 2019).
 */
#ifndef AUTKI_GRAVITY_SEPARATION_H
#define AUTKI_GRAVITY_SEPARATION_H

#include "gravity/panel.h"

/**
 * Find separated observations, mark them in the panel's `state` and rebuild it without them: once
 * with candidates, whose caller fits again and asks again; over all zeros until none is left.
 *
 * First a quick certificate that there are none: if the sum of any combination that vanishes on the
 * other rows vanishes over the candidates too, which one solve tells, none of them can be of one
 * sign. Only where that fails, the iterative rectifier: project the candidates on the combinations
 * that vanish on the other rows, keep the positive part, until nothing is negative.
 *
 * @param candidate  [n] 1 for zeros that may be separated, no other row is; NULL: every zero
 * Errors: AUTK_ENOCONV (the rectifier did not settle), AUTK_EDATA (no row left), AUTK_ENOMEM.
 */
autk_status autki_separation_drop(autki_panel *panel, const autki_panel_spec *spec,
                                  const uint8_t *candidate, autk_err *err) AUTK_MUST_CHECK;

#endif
