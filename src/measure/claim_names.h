/** @file claim_names.h The names of a claim, looked up. */
#ifndef AUTKI_MEASURE_CLAIM_NAMES_H
#define AUTKI_MEASURE_CLAIM_NAMES_H

#include <autarky/claim.h>

/** Errors: AUTK_ENOTFOUND; with the name's column where the claim has one. */
autk_status autki_claim_economy(int32_t *economy, const autk_world *world, const autk_claim *claim,
                                autk_err *err) AUTK_MUST_CHECK;

/** The partners, each once. parties: [AUTK_CLAIM_PARTIES]. Errors: see autk_claim_check. */
autk_status autki_claim_parties(int32_t *parties, size_t *n_parties, const autk_world *world,
                                const autk_claim *claim, int32_t economy, autk_err *err)
    AUTK_MUST_CHECK;

/** Check the claim's fields, then fill out->economy, parties and year by out->claim. Errors: see
 *  autk_claim_check. */
autk_status autki_claim_look_up(autk_claim_result *out, const autk_world *world, autk_err *err)
    AUTK_MUST_CHECK;
/** The verdict of the whole, from its readings. */
void autki_claim_conclude(autk_claim_result *out);

#endif
