/** @file words.h Numbers and names as a sentence has them, and paragraphs on a terminal. */
#ifndef AUTKI_REPORT_WORDS_H
#define AUTKI_REPORT_WORDS_H

#include <autarky/evidence.h>

/** Done with a buffer that went into another: its failure becomes the other's, its memory goes. */
void autki_words_done(autk_buf *out, autk_buf *part);

/** "Belarus", "the United States", "the European Union": a party as running text names it. */
void autki_words_name(autk_buf *out, const autk_world *world, int32_t party);
/** "Belarus's", "the United States'" (a plural). */
void autki_words_possessive(autk_buf *out, const autk_world *world, int32_t party);

/** 56 %, 4.3 %, 0.04 %, "less than 0.01 %", 0 %: two digits below ten, whole above. "an unknown
 *  share" for NaN. */
void autki_words_percent(autk_buf *out, double fraction);

/**
 * "50–70 %": the interval rounded outwards (but for a twentieth of a digit); one percentage where
 * both ends are the same; "unknown" for NaN.
 */
void autki_words_interval(autk_buf *out, autk_bounds share);

/** "from 50 to 70 %": the same in words. */
void autki_words_range(autk_buf *out, autk_bounds share);

/** "56 % (50–70 %)", "49 %" where exact, "between 0 and 12 %" where there is no point. */
void autki_words_share(autk_buf *out, autk_bounds share);

/** "46.5 bn USD (45.1–47.9 bn)"; exact: "46.5 bn USD". */
void autki_words_usd(autk_buf *out, autk_bounds value_usd);

/** Is the interval wide enough to be told (more than half a percentage point)? */
bool autki_words_is_wide(autk_bounds share);

/** "2", "2.4", "67", "1,900": one decimal below ten, two digits above a thousand. */
void autki_words_count(autk_buf *out, double value);

/** 24 February 2022, February 2022, 2022: an event's date by what is known of it. */
void autki_words_date(autk_buf *out, int32_t yyyymmdd);

/**
 * Text folded to `width` columns, each line behind `indent`, the first behind `first`; a newline in
 * the text begins a new line. Words longer than a line stand alone.
 */
void autki_words_fold(autk_buf *out, const char *text, const char *first, const char *indent,
                      size_t width);

/** Escaped for HTML, with numbers and their units kept together. */
void autki_words_html(autk_buf *out, const char *text);

#endif
