#include "report/words.h"

#include <math.h>
#include <string.h>

#include <autarky/table.h>

#include "base/text.h"

void autki_words_done(autk_buf *out, autk_buf *part)
{
    if (out->status == AUTK_OK)
        out->status = part->status;
    autk_buf_deinit(part);
}

static bool ends_with(const char *text, const char *end)
{
    size_t n = strlen(text), m = strlen(end);
    return n >= m && strcmp(text + n - m, end) == 0;
}

static bool is_one_of(const char *text, const char *const *list, size_t n)
{
    for (size_t i = 0; i < n; i++) {
        if (strcmp(text, list[i]) == 0)
            return true;
    }
    return false;
}
#define IS_ONE_OF(text, list) is_one_of(text, list, sizeof(list) / sizeof *(list))

static bool takes_article(const char *name, bool group)
{
    static const char *const ends[] = {" Islands", " Republic", " Federation",  " States",
                                       " Union",   " Emirates", " Territories", " Antilles"};
    static const char *const whole[] = {"Netherlands", "Philippines",    "Bahamas",  "Gambia",
                                        "Comoros",     "Maldives",       "DR Congo", "Americas",
                                        "Holy See",    "United Kingdom", "Euro area"};
    static const char *const bare_groups[] = {"Africa",  "Asia",  "Europe",
                                              "Oceania", "BRICS", "Russia and China together"};
    if (group)
        return !IS_ONE_OF(name, bare_groups);
    if (strstr(name, "Island and ") != NULL || strstr(name, " and the ") != NULL)
        return false; /* Heard Island and McDonald Islands: a list of names */
    for (size_t i = 0; i < sizeof ends / sizeof *ends; i++) {
        if (ends_with(name, ends[i]))
            return true;
    }
    return IS_ONE_OF(name, whole);
}

void autki_words_name(autk_buf *out, const autk_world *world, int32_t party)
{
    const char *name = autk_world_party_name(world, party);
    if (takes_article(name, party >= AUTK_GROUP_BASE))
        autk_buf_puts(out, "the ");
    autk_buf_puts(out, name);
}

void autki_words_possessive(autk_buf *out, const autk_world *world, int32_t party)
{
    static const char *const plurals[] = {"Islands",     "States",   "Netherlands", "Emirates",
                                          "Philippines", "Bahamas",  "Comoros",     "Maldives",
                                          "Territories", "Antilles", "Grenadines",  "Seychelles",
                                          "Nations",     "Americas", "Countries"};
    const char *name = autk_world_party_name(world, party);
    bool plural = false;
    for (size_t i = 0; i < sizeof plurals / sizeof *plurals; i++)
        plural |= ends_with(name, plurals[i]);
    autki_words_name(out, world, party);
    autk_buf_puts(out, plural ? "'" : "'s");
}

/* Digits behind the point of a percentage: 56, 4.3, 0.43, 0.04. */
static int decimals_of(double percent)
{
    double size = fabs(percent);
    return size >= 9.95 ? 0 : size >= 0.995 ? 1 : 2;
}

void autki_words_percent(autk_buf *out, double fraction)
{
    double percent = fraction * 100.0;
    if (!isfinite(percent))
        autk_buf_puts(out, "an unknown share");
    else if (percent > 0.0 && percent < 0.005)
        autk_buf_puts(out, "less than 0.01 %");
    else if (percent == 0.0)
        autk_buf_puts(out, "0 %");
    else
        autk_buf_printf(out, "%.*f %%", decimals_of(percent), percent);
}

bool autki_words_is_wide(autk_bounds share)
{
    return !(share.high - share.low <= 0.005);
}

/* Outwards, but not for the twentieth part of a digit: 52.98 is told as 53, not as 52. */
static double outwards(double percent, int decimals, bool up)
{
    double scale = pow(10.0, decimals), slack = 0.05;
    return up ? ceil(percent * scale - slack) / scale : floor(percent * scale + slack) / scale;
}

/* Both ends as percentages with as many digits as the higher has. */
static void put_ends(autk_buf *out, autk_bounds share, const char *between)
{
    int decimals = decimals_of(share.high * 100.0);
    if (decimals == 0 && share.high - share.low < 0.05)
        decimals = 1; /* a narrow interval is not told by whole points */
    double low = outwards(share.low * 100.0, decimals, false);
    double high = outwards(share.high * 100.0, decimals, true);
    autk_buf_printf(out, "%.*f%s%.*f %%", low == 0.0 ? 0 : decimals, low, between, decimals, high);
}

void autki_words_interval(autk_buf *out, autk_bounds share)
{
    if (!isfinite(share.low) || !isfinite(share.high))
        autk_buf_puts(out, "unknown");
    else if (share.high - share.low < 1e-9)
        autki_words_percent(out, share.high);
    else
        put_ends(out, share, "–");
}

void autki_words_range(autk_buf *out, autk_bounds share)
{
    if (!isfinite(share.low) || !isfinite(share.high) || share.high - share.low < 1e-9) {
        autki_words_interval(out, share);
        return;
    }
    autk_buf_puts(out, "from ");
    put_ends(out, share, " to ");
}

void autki_words_share(autk_buf *out, autk_bounds share)
{
    bool interval = isfinite(share.low) && isfinite(share.high);
    if (!isfinite(share.point) && interval) {
        autki_words_interval(out, share);
        return;
    }
    autki_words_percent(out, share.point);
    if (interval && autki_words_is_wide(share)) {
        autk_buf_puts(out, " (");
        autki_words_interval(out, share);
        autk_buf_putc(out, ')');
    }
}

void autki_words_usd(autk_buf *out, autk_bounds value_usd)
{
    if (!isfinite(value_usd.point) && !isfinite(value_usd.low)) {
        autk_buf_puts(out, "an unknown value");
        return;
    }
    autk_buf_puts(out, "USD ");
    autk_format_usd(out, isfinite(value_usd.point) ? value_usd.point : value_usd.low);
    if (value_usd.high - value_usd.low > 0.01 * fabs(value_usd.high)) {
        autk_buf_puts(out, " (");
        autk_format_usd(out, value_usd.low);
        autk_buf_puts(out, "–");
        autk_format_usd(out, value_usd.high);
        autk_buf_putc(out, ')');
    }
}

void autki_words_count(autk_buf *out, double value)
{
    if (!isfinite(value)) {
        autk_buf_puts(out, "an unknown number of");
        return;
    }
    if (value < 9.95) {
        autk_buf_printf(out, "%.*f", fabs(value - round(value)) > 1e-9 ? 1 : 0, value);
        return;
    }
    double unit = value >= 1000.0 ? pow(10.0, floor(log10(value)) - 1.0) : 1.0;
    double whole = round(value / unit) * unit;
    if (whole >= 1e6)
        autk_buf_printf(out, "%.0f million", whole / 1e6);
    else if (whole >= 1000.0)
        autk_buf_printf(out, "%.0f,%03.0f", floor(whole / 1000.0), fmod(whole, 1000.0));
    else
        autk_buf_printf(out, "%.0f", whole);
}

void autki_words_date(autk_buf *out, int32_t yyyymmdd)
{
    static const char *const months[] = {"January",   "February", "March",    "April",
                                         "May",       "June",     "July",     "August",
                                         "September", "October",  "November", "December"};
    int day = yyyymmdd % 100, month = yyyymmdd / 100 % 100, year = yyyymmdd / 10000;
    if (month >= 1 && month <= 12) {
        if (day != 0)
            autk_buf_printf(out, "%d ", day);
        autk_buf_printf(out, "%s ", months[month - 1]);
    }
    autk_buf_printf(out, "%d", year);
}

/* Length of the next word; a unit behind a blank belongs to its number: "56 %", "USD 83.5 bn". */
static size_t word_length(const char *text)
{
    static const char *const units[] = {"%", "bn", "tn", "M", "k"};
    size_t len = strcspn(text, " \n");
    if (len == 3 && strncmp(text, "USD", 3) == 0 && text[len] == ' ')
        len += 1 + strcspn(text + len + 1, " \n");
    for (size_t i = 0; text[len] == ' ' && i < sizeof units / sizeof *units; i++) {
        size_t n = strlen(units[i]);
        if (strncmp(text + len + 1, units[i], n) == 0 &&
            strchr(" \n,.;:)–", text[len + 1 + n]) != NULL)
            return len + 1 + strcspn(text + len + 1, " \n");
    }
    return len;
}

void autki_words_fold(autk_buf *out, const char *text, const char *first, const char *indent,
                      size_t width)
{
    autk_buf word;
    autk_buf_init(&word);
    size_t column = autki_display_width(first);
    bool begun = false;
    autk_buf_puts(out, first);
    while (*text != '\0') {
        size_t len = word_length(text);
        autk_buf_clear(&word);
        autk_buf_add(&word, text, len);
        size_t w = autki_display_width(autk_buf_text(&word));
        if (len != 0 && begun && column + 1 + w > width) {
            autk_buf_printf(out, "\n%s", indent);
            column = autki_display_width(indent);
            begun = false;
        }
        if (len != 0) {
            autk_buf_puts(out, begun ? " " : "");
            autk_buf_add(out, text, len);
            column += w + (begun ? 1 : 0);
            begun = true;
        }
        text += len;
        if (*text == '\n') {
            autk_buf_printf(out, "\n%s", indent);
            column = autki_display_width(indent);
            begun = false;
        }
        text += *text != '\0';
    }
    autk_buf_putc(out, '\n');
    autki_words_done(out, &word);
}

void autki_words_html(autk_buf *out, const char *text)
{
    autk_buf glued;
    autk_buf_init(&glued);
    while (*text != '\0') {
        size_t len = word_length(text);
        for (size_t i = 0; i < len; i++) {
            if (text[i] == ' ')
                autk_buf_puts(&glued, "\xc2\xa0");
            else if (strncmp(text + i, "–", 3) == 0 && i + 3 < len) { /* no break in 50–70 */
                autk_buf_puts(&glued, "\xe2\x81\xa0–\xe2\x81\xa0");
                i += 2;
            } else
                autk_buf_putc(&glued, text[i]);
        }
        text += len;
        if (*text != '\0')
            autk_buf_putc(&glued, *text++);
    }
    autk_format_html_text(out, autk_buf_text(&glued));
    autki_words_done(out, &glued);
}
