/**
 * @file input.h
 * Bytes from anywhere: a file (gz, xz, zst, bz2 unpacked on the way), memory, or the caller's own
 * functions. Every reader of the library takes one, so imports, tests and fuzzers share one path.
 */
#ifndef AUTARKY_INPUT_H
#define AUTARKY_INPUT_H

#include <autarky/base.h>

#ifdef __cplusplus
extern "C" {
#endif

typedef struct autk_input autk_input;

/** Read up to `size` bytes; sets *got, 0 only at the end. Not called again after a failure. */
typedef autk_status (*autk_read_fn)(void *user, char *bytes, size_t size, size_t *got,
                                    autk_err *err);

/**
 * Open a file, "-" for standard input. Compression is recognised by its content, not its name.
 *
 * Errors: AUTK_EIO (cannot be opened or read), AUTK_ENOMEM.
 */
AUTK_API autk_status autk_input_open(autk_input **out, const char *path, autk_err *err)
    AUTK_MUST_CHECK;

/** Bytes in memory, taken as they are; borrowed until the input is freed. name for messages. */
AUTK_API autk_status autk_input_memory(autk_input **out, const char *name, const void *bytes,
                                       size_t size, autk_err *err) AUTK_MUST_CHECK;

/** The caller's own source; `close` may be NULL. */
AUTK_API autk_status autk_input_custom(autk_input **out, const char *name, autk_read_fn read,
                                       void (*close)(void *user), void *user, autk_err *err)
    AUTK_MUST_CHECK;

AUTK_API void autk_input_free(autk_input *input);

/** Name for messages; borrowed. */
AUTK_API const char *autk_input_name(const autk_input *input);

/** Fill bytes[0..size) as far as there are any; *got < size only at the end. */
AUTK_API autk_status autk_input_read(autk_input *input, char *bytes, size_t size, size_t *got,
                                     autk_err *err) AUTK_MUST_CHECK;

/**
 * The whole rest of an input, with a NUL behind it. *bytes is the caller's to free().
 *
 * Errors: AUTK_ELIMIT above `ceiling` bytes (0 = 1 GiB), AUTK_EIO, AUTK_ENOMEM.
 */
AUTK_API autk_status autk_input_slurp(char **bytes, size_t *size, autk_input *input, size_t ceiling,
                                      autk_err *err) AUTK_MUST_CHECK;

#ifdef __cplusplus
}
#endif
#endif
