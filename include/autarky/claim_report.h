/** @file claim_report.h A checked claim as text, JSON or CSV: what `autarky claim` prints. */
#ifndef AUTARKY_CLAIM_REPORT_H
#define AUTARKY_CLAIM_REPORT_H

#include <autarky/claim.h>
#include <autarky/table.h>

#ifdef __cplusplus
extern "C" {
#endif

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
