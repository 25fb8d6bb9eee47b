#include <autarky/base.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/fail.h"

#define DEFAULT_CEILING ((size_t)1 << 30)

void autk_buf_init(autk_buf *buf)
{
    memset(buf, 0, sizeof *buf);
}

void autk_buf_deinit(autk_buf *buf)
{
    if (buf == NULL)
        return;
    free(buf->text);
    autk_buf_init(buf);
}

void autk_buf_clear(autk_buf *buf)
{
    buf->len = 0;
    buf->status = AUTK_OK;
    if (buf->text != NULL)
        buf->text[0] = '\0';
}

static bool make_room(autk_buf *buf, size_t extra)
{
    if (buf->status != AUTK_OK)
        return false;
    size_t ceiling = buf->ceiling != 0 ? buf->ceiling : DEFAULT_CEILING;
    if (extra >= ceiling || buf->len > ceiling - extra - 1) {
        buf->status = AUTK_ELIMIT;
        return false;
    }
    size_t needed = buf->len + extra + 1;
    if (needed <= buf->capacity)
        return true;
    size_t room = buf->capacity < 128 ? 128 : buf->capacity;
    while (room < needed)
        room *= 2;
    char *text = realloc(buf->text, room);
    if (text == NULL) {
        buf->status = AUTK_ENOMEM;
        return false;
    }
    buf->text = text;
    buf->capacity = room;
    return true;
}

void autk_buf_add(autk_buf *buf, const char *bytes, size_t len)
{
    if (!make_room(buf, len))
        return;
    if (len != 0)
        memcpy(buf->text + buf->len, bytes, len);
    buf->len += len;
    buf->text[buf->len] = '\0';
}

void autk_buf_puts(autk_buf *buf, const char *text)
{
    autk_buf_add(buf, text, strlen(text));
}

void autk_buf_putc(autk_buf *buf, char c)
{
    autk_buf_add(buf, &c, 1);
}

void autk_buf_repeat(autk_buf *buf, const char *text, size_t times)
{
    for (size_t i = 0; i < times; i++)
        autk_buf_puts(buf, text);
}

void autk_buf_vprintf(autk_buf *buf, const char *fmt, va_list args)
{
    char small[512];
    va_list again;
    va_copy(again, args);
    int len = vsnprintf(small, sizeof small, fmt, args);
    if (len < 0) {
        buf->status = buf->status != AUTK_OK ? buf->status : AUTK_EINTERNAL;
    } else if ((size_t)len < sizeof small) {
        autk_buf_add(buf, small, (size_t)len);
    } else if (make_room(buf, (size_t)len)) {
        (void)vsnprintf(buf->text + buf->len, (size_t)len + 1, fmt, again);
        buf->len += (size_t)len;
    }
    va_end(again);
}

void autk_buf_printf(autk_buf *buf, const char *fmt, ...)
{
    va_list args;
    va_start(args, fmt);
    autk_buf_vprintf(buf, fmt, args);
    va_end(args);
}

const char *autk_buf_text(const autk_buf *buf)
{
    return buf->text != NULL ? buf->text : "";
}

autk_status autk_buf_check(const autk_buf *buf, autk_err *err)
{
    if (buf->status == AUTK_OK)
        return AUTK_OK;
    return autki_fail(err, buf->status, "a text of %zu bytes could not grow: %s", buf->len,
                      autk_status_text(buf->status));
}
