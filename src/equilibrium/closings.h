/** @file equilibrium/closings.h What the closing measures of a step do to the costs of trade. */
#ifndef AUTKI_EQUILIBRIUM_CLOSINGS_H
#define AUTKI_EQUILIBRIUM_CLOSINGS_H

#include "equilibrium/simulate.h"

/** Regions such that every flow that a closing measure concerns begins or ends in one of them.
 *  @param origins [out, n_regions] */
void autki_closing_origins(uint8_t *origins, const autki_bound *bound, size_t n_regions);

/** Bits of the closing measures that hold in a step. */
uint64_t autki_closings_of(const autki_plan *plan, size_t step);

/**
 * Costs of trade in a step under some of its closing measures.
 *
 * A flow's change of cost is that of all closures that concern it together, not of one after the
 * other. A closure of a part s of the goods leaves the rest 1 - s as cheap as before: under the
 * model's elasticity the whole costs (1 - s + s d^-theta)^(-1/theta). Of several closures of parts
 * the smaller concern goods that the larger concern too; goods by rail are others than those by
 * road.
 *
 * @param at  costs of the plan's router; NULL where the plan has no closing measure
 * @param on  bits of the closing measures; what does not hold in the step is left out
 * Errors: those of the router; AUTK_ENOMEM.
 */
autk_status autki_closed_find(autki_closed *out, const autki_plan *plan, void *at, size_t step,
                              uint64_t on, autk_err *err) AUTK_MUST_CHECK;
void autki_closed_deinit(autki_closed *closed);

/** All steps with all that holds in them: [n_steps]. */
autk_status autki_closed_create(autki_closed **out, const autki_plan *plan, void *at, autk_err *err)
    AUTK_MUST_CHECK;
void autki_closed_free(autki_closed *closed, size_t n_steps);

/** As measures: of dearer ways, of lost ones, as wanted and as there are such. Returns how many. */
size_t autki_closed_measures(autk_measure out[2], const autki_closed *closed, bool dearer,
                             bool lost);

#endif
