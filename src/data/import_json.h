/**
 * @file import_json.h
 * JSON of UN Comtrade as CSV: the objects of the array "data" (or "dataset", or an array at the
 * top) become records, the keys of the first one the header. A stream: one object in memory.
 */
#ifndef AUTKI_DATA_IMPORT_JSON_H
#define AUTKI_DATA_IMPORT_JSON_H

#include <autarky/input.h>

/* Does a text with this beginning look like JSON? */
bool autki_is_json(const char *head, size_t len);

/* input is borrowed and must outlive *out. Reading fails with AUTK_EPARSE on malformed JSON. */
autk_status autki_json_as_csv(autk_input **out, autk_input *input, autk_err *err) AUTK_MUST_CHECK;

#endif
