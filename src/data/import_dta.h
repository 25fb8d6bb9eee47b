/**
 * @file import_dta.h
 * A Stata file as CSV: variables are columns, missing values are nothing. Read in pieces of rows,
 * so that memory is bounded. Versions 104-119, what ReadStat reads.
 */
#ifndef AUTKI_DATA_IMPORT_DTA_H
#define AUTKI_DATA_IMPORT_DTA_H

#include "data/dta_file.h"

/* file: taken, also on failure. @param name  for messages */
autk_status autki_dta_as_csv(autk_input **out, FILE *file, const char *name, autk_err *err)
    AUTK_MUST_CHECK;

#endif
