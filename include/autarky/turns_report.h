/** @file turns_report.h Turns as text, JSON or CSV: what `autarky turns` prints. */
#ifndef AUTARKY_TURNS_REPORT_H
#define AUTARKY_TURNS_REPORT_H

#include <autarky/table.h>
#include <autarky/turns.h>

#ifdef __cplusplus
extern "C" {
#endif

typedef enum autk_turns_show { AUTK_TURNS_BOTH, AUTK_TURNS_MONTHS } autk_turns_show;

/**
 * Write turns: text for a reader; JSON, one object with `turns[]` of the years and
 * `monthly.turns[]` of the months (with AUTK_TURNS_MONTHS `turns[]` is of the months); CSV with one
 * turn a line. docs/modules/turns.md lists the members.
 *
 * @param explanation  lines from autk_evidence_explain; NULL = none; not in CSV
 *
 * Errors: AUTK_ENOMEM - what was written to out stays.
 */
AUTK_API autk_status autk_turns_write(autk_buf *out, const autk_world *world,
                                      const autk_turns *turns, autk_turns_show show,
                                      const char *explanation, autk_format format, autk_err *err)
    AUTK_MUST_CHECK;

#ifdef __cplusplus
}
#endif
#endif
