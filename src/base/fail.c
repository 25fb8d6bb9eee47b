#include "base/fail.h"

#include <stdio.h>
#include <string.h>

#define AS_NAME(name, text) #name,
#define AS_TEXT(name, text) text,
static const char *const status_names[] = {AUTK_STATUS_LIST(AS_NAME)};
static const char *const status_texts[] = {AUTK_STATUS_LIST(AS_TEXT)};

const char *autk_status_text(autk_status status)
{
    return (unsigned)status < AUTK_STATUS_COUNT ? status_texts[status] : "unknown status";
}

const char *autk_status_name(autk_status status)
{
    return (unsigned)status < AUTK_STATUS_COUNT ? status_names[status] : "unknown status";
}

int autk_status_exit_code(autk_status status)
{
    switch (status) {
    case AUTK_OK:
        return 0;
    case AUTK_EARG:
        return 2;
    case AUTK_EPARSE:
    case AUTK_EDATA:
    case AUTK_ENOTFOUND:
    case AUTK_ELIMIT:
        return 3;
    case AUTK_ENUMERIC:
    case AUTK_ENOCONV:
    case AUTK_ENOANSWER:
        return 4;
    default:
        return 1;
    }
}

const char *autk_version(void)
{
    return AUTK_VERSION_STRING;
}

/* A message is one line of text, whatever bytes of the user's input it quotes. */
static void keep_one_line(char *text)
{
    for (; *text != '\0'; text++) {
        unsigned char c = (unsigned char)*text;
        if (c < 0x20 || c == 0x7f)
            *text = '?';
    }
}

AUTK_PRINTF(6, 0)
static autk_status fill(autk_err *err, autk_status code, const char *source, int64_t line,
                        int64_t column, const char *fmt, va_list args)
{
    if (err == NULL)
        return code;
    err->code = code;
    err->line = line;
    err->column = column;
    (void)snprintf(err->source, sizeof err->source, "%s", source != NULL ? source : "");
    (void)vsnprintf(err->msg, sizeof err->msg, fmt, args);
    keep_one_line(err->source);
    keep_one_line(err->msg);
    return code;
}

autk_status autki_fail(autk_err *err, autk_status code, const char *fmt, ...)
{
    va_list args;
    va_start(args, fmt);
    fill(err, code, NULL, 0, 0, fmt, args);
    va_end(args);
    return code;
}

autk_status autki_fail_at(autk_err *err, autk_status code, const char *source, int64_t line,
                          int64_t column, const char *fmt, ...)
{
    va_list args;
    va_start(args, fmt);
    fill(err, code, source, line, column, fmt, args);
    va_end(args);
    return code;
}

void autki_tell_no_memory(autk_err *err, size_t bytes)
{
    (void)autki_fail(err, AUTK_ENOMEM, "out of memory: %zu bytes were not to be had", bytes);
}
