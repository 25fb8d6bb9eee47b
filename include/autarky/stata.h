/**
 * @file stata.h
 * Any result as a Stata file: what a command writes as CSV, with its columns as variables.
 */
#ifndef AUTARKY_STATA_H
#define AUTARKY_STATA_H

#include <autarky/base.h>

#ifdef __cplusplus
extern "C" {
#endif

/**
 * A table in CSV (RFC 4180, a heading first) as Stata's .dta, format 118 (Stata 14 and later).
 *
 * A column is numeric when each of its cells is a number or empty, which is missing; whole numbers
 * become a long. Columns named product, code or …_code are text, so that codes keep their zeros.
 * Names become what Stata allows: letters, digits and underscores, at most 32, no two alike.
 *
 * Errors: AUTK_EDATA (no table: rows of unlike length), AUTK_ELIMIT (over 256 columns, a text over
 *         2045 bytes, 2^31 rows), AUTK_EPARSE, AUTK_ENOMEM - what was written to out stays.
 * Cost:   O(bytes); 16 bytes a cell. Reentrant.
 */
AUTK_API autk_status autk_stata_from_csv(autk_buf *out, const char *csv, size_t len, autk_err *err)
    AUTK_MUST_CHECK;

#ifdef __cplusplus
}
#endif
#endif
