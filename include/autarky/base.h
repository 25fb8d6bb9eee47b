/**
 * @file base.h
 * Status codes, the error record, the growing text buffer, progress: what every room builds on.
 *
 * The library never prints, never exits and keeps no mutable global state. A function that can fail
 * returns an autk_status and fills a caller-owned autk_err.
 */
#ifndef AUTARKY_BASE_H
#define AUTARKY_BASE_H

#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

#if defined(__GNUC__)
#define AUTK_API __attribute__((visibility("default")))
#define AUTK_MUST_CHECK __attribute__((warn_unused_result))
#define AUTK_PRINTF(fmt, args) __attribute__((format(printf, fmt, args)))
#else
#define AUTK_API
#define AUTK_MUST_CHECK
#define AUTK_PRINTF(fmt, args)
#endif

/** One list makes the enum, the names and the texts. docs/errors.md has cause and cure of each. */
#define AUTK_STATUS_LIST(X)                                                                        \
    X(AUTK_OK, "ok")                                                                               \
    X(AUTK_EARG, "invalid argument")                                                               \
    X(AUTK_ENOMEM, "out of memory")                                                                \
    X(AUTK_EIO, "input or output failed")                                                          \
    X(AUTK_EPARSE, "malformed input")                                                              \
    X(AUTK_EDATA, "input contradicts itself or the model")                                         \
    X(AUTK_ENOTFOUND, "no such thing")                                                             \
    X(AUTK_ELIMIT, "a ceiling was reached")                                                        \
    X(AUTK_ENUMERIC, "a number left the range of finite numbers")                                  \
    X(AUTK_ENOCONV, "did not converge")                                                            \
    X(AUTK_ENOANSWER, "no answer exists")                                                          \
    X(AUTK_ECANCELLED, "cancelled")                                                                \
    X(AUTK_EINTERNAL, "a fault of autarky itself")

#define AUTK_AS_ENUM(name, text) name,
typedef enum autk_status { AUTK_STATUS_LIST(AUTK_AS_ENUM) AUTK_STATUS_COUNT } autk_status;

/** What went wrong, where. Owned by the caller; filled on failure only. */
typedef struct autk_err {
    autk_status code;
    int64_t line, column; /**< 1-based; 0 when they do not apply */
    char source[160];     /**< file or option name, "" when none */
    char msg[320];        /**< one line: what was expected, what was got */
} autk_err;

/** Text of a status, e.g. "did not converge". Total: an unknown code gives "unknown status". */
AUTK_API const char *autk_status_text(autk_status status);

/** Name of a status, e.g. "AUTK_ENOCONV". Total. */
AUTK_API const char *autk_status_name(autk_status status);

/**
 * The program's exit code for a status: 0 done, 1 internal or input/output, 2 usage, 3 bad input,
 * 4 no answer. Total.
 */
AUTK_API int autk_status_exit_code(autk_status status);

/**
 * The up to `max` (at most 8) of names nearest to text, nearest first, as "A, B or C"; "" when none
 * is near. Near = at most 1 + a third of its length in edits and swaps, or text begins the name.
 */
AUTK_API void autk_nearest_names(char *out, size_t out_size, const char *text,
                                 const char *const *names, size_t n_names, size_t max);

/** Sort ascending; no value may be NaN. */
AUTK_API void autk_sort(double *values, size_t n);

/** Quantile q in [0, 1] of n > 0 sorted values, linear between order statistics (Hyndman & Fan
 *  1996, type 7). */
AUTK_API double autk_quantile(const double *sorted, size_t n, double q);

/** "0.1.0" */
AUTK_API const char *autk_version(void);

/**
 * A growing text with a ceiling. Zero-initialise or call autk_buf_init; a failed append sets
 * `status` and further appends do nothing, so that a writer checks once at the end.
 *
 * Threads: one buffer, one thread.
 */
typedef struct autk_buf {
    char *text; /**< NUL-terminated once anything was appended; owned */
    size_t len; /**< bytes without the NUL */
    size_t capacity;
    size_t ceiling; /**< 0 = 1 GiB */
    autk_status status;
} autk_buf;

AUTK_API void autk_buf_init(autk_buf *buf);
AUTK_API void autk_buf_deinit(autk_buf *buf);
AUTK_API void autk_buf_clear(autk_buf *buf); /**< keeps the memory, resets `status` */
AUTK_API void autk_buf_add(autk_buf *buf, const char *bytes, size_t len);
AUTK_API void autk_buf_puts(autk_buf *buf, const char *text);
AUTK_API void autk_buf_putc(autk_buf *buf, char c);
AUTK_API void autk_buf_repeat(autk_buf *buf, const char *text, size_t times);
AUTK_API void autk_buf_printf(autk_buf *buf, const char *fmt, ...) AUTK_PRINTF(2, 3);
AUTK_API void autk_buf_vprintf(autk_buf *buf, const char *fmt, va_list args) AUTK_PRINTF(2, 0);
/** The text, never NULL: "" when empty. Borrowed until the buffer changes. */
AUTK_API const char *autk_buf_text(const autk_buf *buf);
/** AUTK_OK, or what the first failed append met; fills err on failure. */
AUTK_API autk_status autk_buf_check(const autk_buf *buf, autk_err *err) AUTK_MUST_CHECK;

/**
 * Progress of something long. `done` and `total` in `unit`s; total 0 = unknown. Return non-zero to
 * cancel: the running function then fails with AUTK_ECANCELLED. Called from one thread at a time.
 */
typedef int (*autk_progress_fn)(const char *what, double done, double total, const char *unit,
                                void *user);
typedef struct autk_progress {
    autk_progress_fn report; /**< NULL = nobody listens */
    void *user;
} autk_progress;

#ifdef __cplusplus
}
#endif
#endif
