/** @file text.h Small helpers on text: numbers, folding, nearest name. */
#ifndef AUTKI_BASE_TEXT_H
#define AUTKI_BASE_TEXT_H

#include <autarky/base.h>

/**
 * The number that text[0..len) spells, in the C locale, correctly rounded. No blanks, no hex, no
 * "inf", no "nan": those, and trailing bytes, give false. Overflow (1e999) gives false.
 * Cost: O(len); the common short number needs no strtod.
 */
bool autki_parse_double(const char *text, size_t len, double *value);

/** Likewise for a decimal integer with optional sign. */
bool autki_parse_int64(const char *text, size_t len, int64_t *value);

/** Damerau-Levenshtein distance (adjacent swaps count one), at most `limit` + 1. ASCII case folded.
 */
size_t autki_edit_distance(const char *a, const char *b, size_t limit);

/** Columns that a UTF-8 text takes on a terminal (East Asian wide = 2, combining = 0). */
size_t autki_display_width(const char *text);

#endif
