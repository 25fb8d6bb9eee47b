/** @file fail.h Fill the caller's error record and return its code, in one expression. */
#ifndef AUTKI_BASE_FAIL_H
#define AUTKI_BASE_FAIL_H

#include <autarky/base.h>

/** err may be NULL. Returns `code`. */
autk_status autki_fail(autk_err *err, autk_status code, const char *fmt, ...) AUTK_PRINTF(3, 4);

/** With a place: source may be NULL; line and column are 1-based, 0 = does not apply. */
autk_status autki_fail_at(autk_err *err, autk_status code, const char *source, int64_t line,
                          int64_t column, const char *fmt, ...) AUTK_PRINTF(6, 7);

void autki_tell_no_memory(autk_err *err, size_t bytes);

/** Inline, so that static analysers see that it never returns AUTK_OK. */
static inline autk_status autki_no_memory(autk_err *err, size_t bytes)
{
    autki_tell_no_memory(err, bytes);
    return AUTK_ENOMEM;
}

#ifdef __clang_analyzer__
/* The analyser does not see into other files; so it knows which code comes back. */
#define autki_fail(err, code, ...) (autki_fail(err, code, __VA_ARGS__), (code))
#define autki_fail_at(err, code, ...) (autki_fail_at(err, code, __VA_ARGS__), (code))
#endif

#endif
