/**
 * @file import_dta.h
 * A Stata file as CSV: variables are columns, missing values are nothing. Read in pieces of rows,
 * so that memory is bounded. Versions 104-119, what ReadStat reads.
 */
#ifndef AUTKI_DATA_IMPORT_DTA_H
#define AUTKI_DATA_IMPORT_DTA_H

#include <autarky/input.h>

/* By the name's end or the content's beginning. */
bool autki_is_dta(const char *path, const char *head, size_t len);

autk_status autki_dta_as_csv(autk_input **out, const char *path, autk_err *err) AUTK_MUST_CHECK;

#endif
