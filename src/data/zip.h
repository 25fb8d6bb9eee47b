/**
 * @file zip.h
 * The members of a zip as inputs, one after the other, nothing written to disk: a name in an
 * archive is only ever a name. A member that unpacks to more than 500 times what was read of the
 * archive is refused.
 */
#ifndef AUTKI_DATA_ZIP_H
#define AUTKI_DATA_ZIP_H

#include <autarky/input.h>

typedef struct autki_zip autki_zip;

/* Does the file begin like a zip? False also when it cannot be read. */
bool autki_is_zip(const char *path);

autk_status autki_zip_open(autki_zip **out, const char *path, autk_err *err) AUTK_MUST_CHECK;
void autki_zip_free(autki_zip *zip);

/**
 * Go to the next member that is a file. *name is NULL at the end, else borrowed until the next
 * call; *size is -1 when the archive does not say.
 */
autk_status autki_zip_next(autki_zip *zip, const char **name, int64_t *size, autk_err *err)
    AUTK_MUST_CHECK;

/* The member as an input, until the next autki_zip_next. */
autk_status autki_zip_input(autk_input **out, autki_zip *zip, autk_err *err) AUTK_MUST_CHECK;

#endif
