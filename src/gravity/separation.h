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
 * Find separated observations, mark them in the panel's `state` and rebuild it without them, until
 * none is left.
 *
 * First a quick certificate that there are none: if the sum of any combination that vanishes on the
 * positive rows vanishes over the zeros too, which one solve on the positive rows tells, none of
 * them can be of one sign. Only where that fails, the iterative rectifier: project the zeros on the
 * combinations that vanish on the positive rows, keep the positive part, until nothing is negative.
 *
 * Errors: AUTK_ENOCONV (the rectifier did not settle), AUTK_EDATA (no row left), AUTK_ENOMEM.
 * Cost:   a handful of passes over the rows when there are none.
 */
autk_status autki_separation_drop(autki_panel *panel, const autki_panel_spec *spec, autk_err *err)
    AUTK_MUST_CHECK;

#endif
