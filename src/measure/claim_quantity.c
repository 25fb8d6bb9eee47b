#include <math.h>
#include <stdio.h>
#include <string.h>

#include "base/text.h"
#include "measure/claim_words.h"

/* What "about" adds to both sides, and what "nearly" and "just over" add to one. */
#define ABOUT 0.05
/* "about 70 percent" is 70 percent, which is 69.5 to 70.5, widened by 5 points. Coarser digits
 * ("0.7") do not widen it further: 5 points are already what such a speaker means. */
#define ABOUT_ROUNDING 0.005
/* A fraction said in words has no digits to round by: half of a step of 5 points. */
#define WORDS_ROUNDING 0.025

typedef enum sense {
    SENSE_EXACT,
    SENSE_ABOUT,
    SENSE_NEARLY,
    SENSE_JUST_OVER,
    SENSE_AT_LEAST,
    SENSE_AT_MOST,
    SENSE_MORE,
    SENSE_LESS
} sense;

/* Longer phrases before those that begin them. */
static const struct {
    const char *phrase;
    sense sense;
} modifiers[] = {{"no less than", SENSE_AT_LEAST},
                 {"not less than", SENSE_AT_LEAST},
                 {"at least", SENSE_AT_LEAST},
                 {"no more than", SENSE_AT_MOST},
                 {"not more than", SENSE_AT_MOST},
                 {"at most", SENSE_AT_MOST},
                 {"up to", SENSE_AT_MOST},
                 {"slightly more than", SENSE_JUST_OVER},
                 {"a little more than", SENSE_JUST_OVER},
                 {"just over", SENSE_JUST_OVER},
                 {"slightly over", SENSE_JUST_OVER},
                 {"slightly less than", SENSE_NEARLY},
                 {"a little less than", SENSE_NEARLY},
                 {"just under", SENSE_NEARLY},
                 {"slightly under", SENSE_NEARLY},
                 {"nearly", SENSE_NEARLY},
                 {"almost", SENSE_NEARLY},
                 {"more than", SENSE_MORE},
                 {"over", SENSE_MORE},
                 {"above", SENSE_MORE},
                 {"less than", SENSE_LESS},
                 {"under", SENSE_LESS},
                 {"below", SENSE_LESS},
                 {"close to", SENSE_ABOUT},
                 {"about", SENSE_ABOUT},
                 {"around", SENSE_ABOUT},
                 {"roughly", SENSE_ABOUT},
                 {"approximately", SENSE_ABOUT},
                 {"approx.", SENSE_ABOUT},
                 {"circa", SENSE_ABOUT},
                 {"some", SENSE_ABOUT},
                 {"~", SENSE_ABOUT},
                 {"exactly", SENSE_EXACT}};

static const char *const percents[] = {"percent", "per cent", "%", "pct", "pc"};

/* A number as written, in percent or as a fraction, with half a unit of its last digit. */
typedef struct figure {
    double share, rounding;
    bool is_fraction; /* 0.70: no percent sign */
} figure;

static bool decimal(const autki_words *w, size_t at, double *value, double *half_unit)
{
    if (at >= w->n)
        return false;
    const char *text = w->text + w->word[at].at, *point;
    size_t len = w->word[at].len;
    if (text[0] < '0' || text[0] > '9' || !autki_parse_double(text, len, value))
        return false;
    point = memchr(text, '.', len);
    size_t digits = point != NULL ? len - (size_t)(point - text) - 1 : 0;
    *half_unit = 0.5 * pow(10.0, -(double)digits);
    return memchr(text, 'e', len) == NULL && memchr(text, 'E', len) == NULL;
}

static int word_in(const char *text, size_t len, const char *const *list, size_t n)
{
    for (size_t i = 0; i < n; i++) {
        size_t k = 0;
        while (k < len && list[i][k] != '\0' &&
               (text[k] == list[i][k] || text[k] + ('a' - 'A') == list[i][k]))
            k++;
        if (k == len && list[i][k] == '\0')
            return (int)i;
    }
    return -1;
}

/* "half", "a third", "two thirds", "three-quarters". */
static bool fraction_in_words(const autki_words *w, size_t *at, figure *out)
{
    static const char *const counts[] = {"one", "two",   "three", "four", "five",
                                         "six", "seven", "eight", "nine", "a"};
    static const char *const parts[] = {"half",     "halves", "third",   "thirds",   "quarter",
                                        "quarters", "fourth", "fourths", "fifth",    "fifths",
                                        "sixth",    "sixths", "seventh", "sevenths", "eighth",
                                        "eighths",  "ninth",  "ninths",  "tenth",    "tenths"};
    static const double parts_of[] = {2, 2, 3, 3, 4, 4, 4, 4, 5, 5, 6, 6, 7, 7, 8, 8, 9, 9, 10, 10};
    if (*at >= w->n)
        return false;
    const char *text = w->text + w->word[*at].at;
    size_t len = w->word[*at].len, next = *at + 1;
    const char *dash = memchr(text, '-', len);
    size_t count_len = dash != NULL ? (size_t)(dash - text) : len;
    int count = word_in(text, count_len, counts, AUTKI_N(counts));
    if (count < 0) { /* a bare "half" */
        if (word_in(text, len, parts, 1) < 0)
            return false;
        *out = (figure){0.5, WORDS_ROUNDING, false};
        *at = next;
        return true;
    }
    if (dash != NULL) {
        text = dash + 1;
        len -= count_len + 1;
    } else {
        if (next >= w->n)
            return false;
        text = w->text + w->word[next].at;
        len = w->word[next++].len;
    }
    int part = word_in(text, len, parts, AUTKI_N(parts));
    if (part < 0)
        return false;
    *out = (figure){(count == 9 ? 1.0 : count + 1.0) / parts_of[part], WORDS_ROUNDING, false};
    *at = next;
    return true;
}

static bool share_in_range(autki_words *w, size_t at, const figure *f)
{
    if (f->share >= 0.0 && f->share <= 1.0)
        return true;
    return autki_wanted(w, at, "a share of at most 100 percent");
}

/* "70 percent", "70 %", "0.70", or a fraction in words. */
static bool one_figure(autki_words *w, size_t *at, figure *out)
{
    size_t i = *at;
    double value, half_unit;
    if (fraction_in_words(w, at, out))
        return share_in_range(w, i, out);
    if (!decimal(w, i, &value, &half_unit))
        return autki_wanted(w, i, "a quantity (70 percent, 0.7, half, two thirds, most)");
    i++;
    if (autki_any_phrase(w, &i, percents, AUTKI_N(percents)) >= 0) {
        *out = (figure){value / 100.0, half_unit / 100.0, false};
    } else if (value <= 1.0) {
        *out = (figure){value, half_unit, true};
    } else {
        return autki_wanted(w, i, "\"percent\"");
    }
    if (!share_in_range(w, *at, out))
        return false;
    *at = i;
    return true;
}

static void keep_range(autk_quantity_said *out, double low, double high)
{
    out->low = low > 0.0 ? low : 0.0;
    out->high = high < 1.0 ? high : 1.0;
}

/* "between 60 and 70 percent", "from 60 to 70 percent", "60-70 %", "0.6 to 0.7". */
static bool range_of_figures(autki_words *w, size_t *at, autk_quantity_said *out)
{
    static const char *const joins[] = {"and", "to", "-", "\xe2\x80\x93"};
    size_t i = *at;
    figure first = {0}, second = {0};
    double value = 0.0, half_unit = 0.0;
    bool opened = autki_phrase(w, &i, "between") || autki_phrase(w, &i, "from");
    bool words = fraction_in_words(w, &i, &first);
    if (!words) {
        if (!decimal(w, i, &value, &half_unit))
            return opened && autki_wanted(w, i, "a number");
        i++;
        (void)autki_any_phrase(w, &i, percents, AUTKI_N(percents));
    }
    if (autki_any_phrase(w, &i, joins, AUTKI_N(joins)) < 0)
        return opened && autki_wanted(w, i, "\"and\"");
    size_t second_at = i;
    if (!one_figure(w, &i, &second))
        return false;
    if (!words) /* the first number is in the second's unit */
        first.share = second.is_fraction ? value : value / 100.0;
    if (!(first.share <= second.share))
        return autki_wanted(w, second_at, "a second number above the first");
    keep_range(out, first.share, second.share);
    *at = i;
    return true;
}

static bool majority(const autki_words *w, size_t *at, autk_quantity_said *out)
{
    static const char *const most[] = {"most", "the majority", "a majority", "the greater part",
                                       "the larger part"};
    static const char *const less[] = {"a minority", "the minority", "the smaller part"};
    if (autki_any_phrase(w, at, most, AUTKI_N(most)) >= 0) {
        keep_range(out, 0.5, 1.0);
        out->above_low = true;
        return true;
    }
    if (autki_any_phrase(w, at, less, AUTKI_N(less)) >= 0) {
        keep_range(out, 0.0, 0.5);
        out->below_high = true;
        return true;
    }
    return false;
}

static void apply(autk_quantity_said *out, sense how, const figure *f)
{
    double s = f->share;
    double about = ABOUT + (f->rounding < ABOUT_ROUNDING ? f->rounding : ABOUT_ROUNDING);
    switch (how) {
    case SENSE_EXACT:
        keep_range(out, s - f->rounding, s + f->rounding);
        break;
    case SENSE_ABOUT:
        keep_range(out, s - about, s + about);
        break;
    case SENSE_NEARLY:
        keep_range(out, s - ABOUT, s);
        out->below_high = true;
        break;
    case SENSE_JUST_OVER:
        keep_range(out, s, s + ABOUT);
        out->above_low = true;
        break;
    case SENSE_AT_LEAST:
        keep_range(out, s, 1.0);
        break;
    case SENSE_AT_MOST:
        keep_range(out, 0.0, s);
        break;
    case SENSE_MORE:
        keep_range(out, s, 1.0);
        out->above_low = true;
        break;
    case SENSE_LESS:
        keep_range(out, 0.0, s);
        out->below_high = true;
        break;
    }
}

static void keep_words(autk_quantity_said *out, const autki_words *w, size_t from, size_t to)
{
    size_t begin = w->word[from].at, end = w->word[to - 1].at + w->word[to - 1].len;
    size_t len = end - begin < sizeof out->words - 1 ? end - begin : sizeof out->words - 1;
    while (len > 0 && len < end - begin && ((unsigned char)w->text[begin + len] & 0xc0) == 0x80)
        len--; /* not inside a character */
    memcpy(out->words, w->text + begin, len);
    out->words[len] = '\0';
}

bool autki_quantity(autki_words *w, size_t *at, autk_quantity_said *out)
{
    autk_quantity_said said;
    size_t i = *at;
    memset(&said, 0, sizeof said);
    if (!majority(w, &i, &said) && !range_of_figures(w, &i, &said)) {
        sense how = SENSE_EXACT;
        figure f = {0};
        i = *at;
        for (size_t k = 0; k < AUTKI_N(modifiers); k++) {
            if (autki_phrase(w, &i, modifiers[k].phrase)) {
                how = modifiers[k].sense;
                break;
            }
        }
        if (how == SENSE_ABOUT && range_of_figures(w, &i, &said)) {
            keep_range(&said, said.low - ABOUT, said.high + ABOUT);
        } else {
            if (!one_figure(w, &i, &f))
                return false;
            apply(&said, how, &f);
        }
    }
    keep_words(&said, w, *at, i);
    *out = said;
    *at = i;
    return true;
}

autk_quantity_said autk_claim_about(double share)
{
    autk_quantity_said out;
    figure f = {share, ABOUT_ROUNDING, true};
    memset(&out, 0, sizeof out);
    apply(&out, SENSE_ABOUT, &f);
    (void)snprintf(out.words, sizeof out.words, "about %g", share);
    return out;
}

autk_status autk_claim_parse_quantity(autk_quantity_said *out, const char *text, autk_err *err)
{
    autki_words w;
    autk_quantity_said said;
    size_t at = 0;
    autk_status st = autki_words_cut(&w, "share", text, err);
    if (st != AUTK_OK)
        return st;
    bool good = autki_quantity(&w, &at, &said);
    if (good && at < w.n)
        good = autki_wanted(&w, at, "nothing more");
    if (!good)
        return autki_words_error(&w, "", err);
    *out = said;
    return AUTK_OK;
}
