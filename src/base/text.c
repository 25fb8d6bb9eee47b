#include "base/text.h"

#include <errno.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define NUMBER_MAX 63

static const double exact_power_of_ten[] = {1e0,  1e1,  1e2,  1e3,  1e4,  1e5,  1e6,  1e7,
                                            1e8,  1e9,  1e10, 1e11, 1e12, 1e13, 1e14, 1e15,
                                            1e16, 1e17, 1e18, 1e19, 1e20, 1e21, 1e22};

/* strtod reads the decimal point of the process's locale; the library never sets one, but a program
 * around it may, so the point is put back into the form that locale reads. */
static bool parse_slowly(const char *text, size_t len, double *value)
{
    char copy[NUMBER_MAX + 1];
    if (len == 0 || len > NUMBER_MAX)
        return false;
    memcpy(copy, text, len);
    copy[len] = '\0';
    char *end = NULL;
    errno = 0;
    double v = strtod(copy, &end);
    if (end != copy + len) {
        char probe[8];
        (void)snprintf(probe, sizeof probe, "%.1f", 0.5);
        char *point = strchr(copy, '.');
        if (point == NULL || probe[1] == '.')
            return false;
        *point = probe[1];
        errno = 0;
        v = strtod(copy, &end);
        if (end != copy + len)
            return false;
    }
    if (!isfinite(v))
        return false;
    *value = v;
    return true;
}

bool autki_parse_double(const char *text, size_t len, double *value)
{
    size_t i = 0;
    bool negative = false;
    if (len != 0 && (text[0] == '-' || text[0] == '+')) {
        negative = text[0] == '-';
        i = 1;
    }
    uint64_t mantissa = 0;
    int digits = 0, significant = 0, scale = 0;
    for (; i < len && text[i] >= '0' && text[i] <= '9'; i++, digits++) {
        mantissa = mantissa * 10 + (uint64_t)(text[i] - '0');
        significant += mantissa != 0;
        if (significant > 18)
            goto shape;
    }
    if (i < len && text[i] == '.') {
        for (i++; i < len && text[i] >= '0' && text[i] <= '9'; i++, digits++) {
            mantissa = mantissa * 10 + (uint64_t)(text[i] - '0');
            significant += mantissa != 0;
            scale++;
            if (significant > 18)
                goto shape;
        }
    }
    if (digits == 0)
        return false;
    /* Exact when the mantissa fits 53 bits and the power of ten is a double (Clinger 1990). */
    if (i == len && mantissa <= ((uint64_t)1 << 53) && scale <= 22) {
        double v = (double)mantissa / exact_power_of_ten[scale];
        *value = negative ? -v : v;
        return true;
    }
shape:
    /* Only digits, one point and an exponent may reach strtod: it also takes "nan" and "0x1p3". */
    for (size_t k = 0; k < len; k++) {
        if (strchr("0123456789+-.eE", text[k]) == NULL || text[k] == '\0')
            return false;
    }
    return parse_slowly(text, len, value);
}

bool autki_parse_int64(const char *text, size_t len, int64_t *value)
{
    size_t i = 0;
    bool negative = false;
    if (len != 0 && (text[0] == '-' || text[0] == '+')) {
        negative = text[0] == '-';
        i = 1;
    }
    if (i == len || len - i > 19)
        return false;
    uint64_t v = 0;
    for (; i < len; i++) {
        if (text[i] < '0' || text[i] > '9')
            return false;
        v = v * 10 + (uint64_t)(text[i] - '0');
    }
    if (v > (uint64_t)INT64_MAX)
        return false;
    *value = negative ? -(int64_t)v : (int64_t)v;
    return true;
}

static char fold(char c)
{
    return c >= 'A' && c <= 'Z' ? (char)(c - 'A' + 'a') : c;
}

#define DISTANCE_MAX 64

size_t autki_edit_distance(const char *a, const char *b, size_t limit)
{
    size_t n = strlen(a), m = strlen(b);
    if (n > DISTANCE_MAX || m > DISTANCE_MAX || n > m + limit || m > n + limit)
        return limit + 1;
    size_t rows[3][DISTANCE_MAX + 1];
    size_t *before = rows[0], *last = rows[1], *now = rows[2];
    for (size_t j = 0; j <= m; j++)
        last[j] = j;
    for (size_t i = 1; i <= n; i++) {
        now[0] = i;
        for (size_t j = 1; j <= m; j++) {
            size_t cost = fold(a[i - 1]) != fold(b[j - 1]);
            size_t best = last[j - 1] + cost;
            if (last[j] + 1 < best)
                best = last[j] + 1;
            if (now[j - 1] + 1 < best)
                best = now[j - 1] + 1;
            if (i > 1 && j > 1 && fold(a[i - 1]) == fold(b[j - 2]) &&
                fold(a[i - 2]) == fold(b[j - 1]) && before[j - 2] + 1 < best)
                best = before[j - 2] + 1;
            now[j] = best;
        }
        size_t *spare = before;
        before = last;
        last = now;
        now = spare;
    }
    return last[m] > limit ? limit + 1 : last[m];
}

static bool starts_with_folded(const char *name, const char *text)
{
    for (; *text != '\0'; text++, name++) {
        if (fold(*name) != fold(*text))
            return false;
    }
    return true;
}

#define NEAREST_MAX 8

typedef struct ranking {
    size_t score[NEAREST_MAX];
    const char *name[NEAREST_MAX];
    size_t n, max;
} ranking;

/* Keeps the `max` best, nearest first; of equals the one that came first. */
static void insert_ranked(ranking *r, const char *name, size_t score)
{
    size_t at = r->n;
    while (at > 0 && r->score[at - 1] > score)
        at--;
    if (at == r->max)
        return;
    if (r->n < r->max)
        r->n++;
    for (size_t i = r->n - 1; i > at; i--) {
        r->score[i] = r->score[i - 1];
        r->name[i] = r->name[i - 1];
    }
    r->score[at] = score;
    r->name[at] = name;
}

void autk_nearest_names(char *out, size_t out_size, const char *text, const char *const *names,
                        size_t n_names, size_t max)
{
    size_t limit = 1 + strlen(text) / 3;
    ranking near = {.max = max < NEAREST_MAX ? max : NEAREST_MAX};
    for (size_t i = 0; i < n_names; i++) {
        size_t distance = autki_edit_distance(text, names[i], limit);
        if (distance <= limit)
            insert_ranked(&near, names[i], distance);
        else if (strlen(text) >= 2 && starts_with_folded(names[i], text))
            insert_ranked(&near, names[i], limit);
    }
    size_t used = 0;
    if (out_size != 0)
        out[0] = '\0';
    for (size_t i = 0; i < near.n; i++) {
        const char *join = i == 0 ? "" : i + 1 == near.n ? " or " : ", ";
        int len = snprintf(out + used, out_size - used, "%s%s", join, near.name[i]);
        if (len < 0 || (size_t)len >= out_size - used)
            break;
        used += (size_t)len;
    }
}

static uint32_t next_code_point(const unsigned char **at)
{
    const unsigned char *p = *at;
    uint32_t c = p[0];
    int more = c >= 0xf0 ? 3 : c >= 0xe0 ? 2 : c >= 0xc0 ? 1 : 0;
    c &= more == 3 ? 0x07u : more == 2 ? 0x0fu : more == 1 ? 0x1fu : 0xffu;
    p++;
    for (; more > 0 && (*p & 0xc0) == 0x80; more--, p++)
        c = c << 6 | (*p & 0x3fu);
    *at = p;
    return c;
}

size_t autki_display_width(const char *text)
{
    size_t width = 0;
    const unsigned char *p = (const unsigned char *)text;
    while (*p != '\0') {
        uint32_t c = next_code_point(&p);
        bool combining = (c >= 0x300 && c < 0x370) || c == 0x200b || c == 0x200d;
        bool wide = (c >= 0x1100 && c < 0x1160) || (c >= 0x2e80 && c < 0xa4d0) ||
                    (c >= 0xac00 && c < 0xd7a4) || (c >= 0xf900 && c < 0xfb00) ||
                    (c >= 0xff00 && c < 0xff61) || c >= 0x1f300;
        width += combining ? 0 : wide ? 2 : 1;
    }
    return width;
}
