#include <autarky/table.h>

#include <string.h>

/* Length of the valid UTF-8 sequence at p, 0 when there is none (overlong and surrogates too). */
static size_t utf8_length(const unsigned char *p)
{
    if (p[0] < 0x80)
        return 1;
    if (p[0] < 0xc2 || p[0] > 0xf4)
        return 0;
    size_t n = p[0] < 0xe0 ? 2 : p[0] < 0xf0 ? 3 : 4;
    for (size_t i = 1; i < n; i++) {
        if ((p[i] & 0xc0) != 0x80)
            return 0; /* stops at the NUL too */
    }
    bool overlong = (p[0] == 0xe0 && p[1] < 0xa0) || (p[0] == 0xf0 && p[1] < 0x90);
    bool outside = (p[0] == 0xed && p[1] > 0x9f) || (p[0] == 0xf4 && p[1] > 0x8f);
    return overlong || outside ? 0 : n;
}

void autk_format_json_text(autk_buf *out, const char *text)
{
    autk_buf_putc(out, '"');
    for (const unsigned char *p = (const unsigned char *)text; *p != '\0';) {
        size_t n = utf8_length(p);
        if (n == 0) {
            autk_buf_puts(out, "\xef\xbf\xbd");
            p++;
            continue;
        }
        if (*p == '"' || *p == '\\') {
            autk_buf_putc(out, '\\');
            autk_buf_putc(out, (char)*p);
        } else if (*p == '\n') {
            autk_buf_puts(out, "\\n");
        } else if (*p < 0x20) {
            autk_buf_printf(out, "\\u%04x", *p);
        } else {
            autk_buf_add(out, (const char *)p, n);
        }
        p += n;
    }
    autk_buf_putc(out, '"');
}

void autk_format_csv_text(autk_buf *out, const char *text)
{
    if (strpbrk(text, ",\"\r\n") == NULL) {
        autk_buf_puts(out, text);
        return;
    }
    autk_buf_putc(out, '"');
    for (; *text != '\0'; text++) {
        if (*text == '"')
            autk_buf_putc(out, '"');
        autk_buf_putc(out, *text);
    }
    autk_buf_putc(out, '"');
}

void autk_format_html_text(autk_buf *out, const char *text)
{
    for (const unsigned char *p = (const unsigned char *)text; *p != '\0';) {
        size_t n = utf8_length(p);
        if (n == 0)
            autk_buf_puts(out, "\xef\xbf\xbd");
        else if (*p == '&')
            autk_buf_puts(out, "&amp;");
        else if (*p == '<')
            autk_buf_puts(out, "&lt;");
        else if (*p == '>')
            autk_buf_puts(out, "&gt;");
        else if (*p == '"')
            autk_buf_puts(out, "&quot;");
        else if (*p == '\'')
            autk_buf_puts(out, "&#39;");
        else if (*p >= 0x20 || *p == '\n' || *p == '\t') /* other controls are not XML */
            autk_buf_add(out, (const char *)p, n);
        p += n != 0 ? n : 1;
    }
}
