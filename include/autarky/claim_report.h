/** @file claim_report.h Any claim checked, and written as text, JSON or CSV: `autarky claim`. */
#ifndef AUTARKY_CLAIM_REPORT_H
#define AUTARKY_CLAIM_REPORT_H

#include <autarky/claim.h>
#include <autarky/table.h>

#ifdef __cplusplus
extern "C" {
#endif

/**
 * Check a claim of any kind: autk_claim_check, and for AUTK_CLAIM_CUT_OFF the network of routes
 * (corridor.h) with the closures in force at the end of the year. Its readings, with the share that
 * each is about: trade that no route is left for; market access lost (more than half); land
 * crossings closed (more than half); transit of some goods banned.
 *
 * Errors: as autk_claim_check and autk_network_open. Cost: 50 ms for routes.
 */
AUTK_API autk_status autk_claim_answer(autk_claim_result *out, const autk_world *world,
                                       const autk_claim *claim, autk_err *err) AUTK_MUST_CHECK;

/**
 * Write a result: text for a reader; JSON, one object with `verdict` and `readings[]`; CSV with one
 * reading a line. docs/modules/claim.md lists the members.
 *
 * @param said         the claim's text; NULL when it came as options
 * @param explanation  lines from autk_evidence_explain; NULL = none; not in CSV
 *
 * Errors: AUTK_ENOMEM - what was written to out stays.
 */
AUTK_API autk_status autk_claim_write(autk_buf *out, const autk_world *world,
                                      const autk_claim_result *result, const char *said,
                                      const char *explanation, autk_format format, autk_err *err)
    AUTK_MUST_CHECK;

#ifdef __cplusplus
}
#endif
#endif
