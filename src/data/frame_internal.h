/** @file frame_internal.h What the readers of frame.h share. */
#ifndef AUTKI_DATA_FRAME_INTERNAL_H
#define AUTKI_DATA_FRAME_INTERNAL_H

#include "data/frame.h"

#define AUTKI_FRAME_ROWS_MAX ((size_t)INT32_MAX - 1)

/** A frame with its columns named and empty. */
autk_status autki_frame_create(autki_frame **out, const char *source, const autki_wanted *wanted,
                               size_t n_wanted, autk_err *err) AUTK_MUST_CHECK;

/** AUTK_ENOTFOUND: column `name` is not among names. */
autk_status autki_frame_no_column(const char *source, const char *name, const char *const *names,
                                  size_t n_names, autk_err *err);

/** Room for row n_rows in every column. @param capacity  [in,out] in rows, the same for all */
autk_status autki_frame_reserve(autki_frame *frame, size_t *capacity, size_t rows, autk_err *err)
    AUTK_MUST_CHECK;

autk_status autki_frame_read_dta(autki_frame **out, const char *path, const autki_wanted *wanted,
                                 size_t n_wanted, autk_err *err) AUTK_MUST_CHECK;
autk_status autki_frame_names_dta(char ***names, size_t *n_names, const char *path, autk_err *err)
    AUTK_MUST_CHECK;

/**
 * The fast parser. *understood = false, with nothing made, when the careful reader must look.
 * `path` is a file that can be opened twice.
 */
autk_status autki_frame_read_fast(autki_frame **out, bool *understood, const char *path,
                                  const autki_wanted *wanted, size_t n_wanted, int n_threads,
                                  autk_err *err) AUTK_MUST_CHECK;

/** Pack names into one block that is freed as a whole. names[] may be freed afterwards. */
autk_status autki_pack_names(char ***out, const char *const *names, size_t n, autk_err *err)
    AUTK_MUST_CHECK;

/** A missing number: "", "NA", "NaN", "nan", "." */
bool autki_is_missing_number(const char *text, size_t len);

/** The delimiter that a header line has most of: comma, semicolon or tab. */
char autki_guess_delimiter(const char *line, size_t len);

#endif
