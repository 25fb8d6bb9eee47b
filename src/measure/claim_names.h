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

#endif
