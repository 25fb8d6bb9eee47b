/**
 * @file dta_file.h
 * Stata files as ReadStat is to read them: known by their content, from any input. ReadStat seeks,
 * so what is not a plain file is first copied to a temporary one without a name.
 */
#ifndef AUTKI_DATA_DTA_FILE_H
#define AUTKI_DATA_DTA_FILE_H

#include <autarky/input.h>
#include <readstat.h>
#include <stdio.h>

/* x.dta, and x.dta.gz, .xz, .zst, .bz2. */
bool autki_is_dta_name(const char *name);
/* By the first bytes: of format 117 and later, or of 104 to 115. */
bool autki_is_dta(const char *head, size_t len);

/**
 * The file at `path` where it is one that needs no unpacking, else what `input` gives.
 *
 * @param path       NULL = there is none
 * @param input      at its beginning
 * @param directory  for the temporary file
 * Errors: AUTK_EIO, AUTK_ENOMEM.
 */
autk_status autki_dta_open(FILE **out, const char *path, autk_input *input, const char *directory,
                           autk_err *err) AUTK_MUST_CHECK;

/* A parser that reads from the file, from its beginning, and prints nothing; NULL without memory.
 */
readstat_parser_t *autki_dta_parser(FILE *file);

/* Name of a variable; "" where a damaged file has none. */
const char *autki_dta_name(const readstat_variable_t *variable);

/* What ReadStat says, as a status of ours. */
autk_status autki_dta_failed(readstat_error_t code, const char *name, autk_err *err);

/* A temporary file in the directory without a name from the start: nothing is left behind, whatever
 * ends the program. */
autk_status autki_temporary_file(FILE **out, const char *directory, autk_err *err) AUTK_MUST_CHECK;

#endif
