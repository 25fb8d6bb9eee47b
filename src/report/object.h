/** @file object.h JSON objects written member by member. */
#ifndef AUTKI_REPORT_OBJECT_H
#define AUTKI_REPORT_OBJECT_H

#include <autarky/evidence.h>
#include <autarky/table.h>

/** An open object or array; members are separated as they come. */
typedef struct autki_object {
    autk_buf *out;
    bool began;
    char closing;
} autki_object;

autki_object autki_object_open(autk_buf *out);
/** A member that is an object or an array. Close it before the next member. */
autki_object autki_object_in(autki_object *o, const char *key);
autki_object autki_object_array(autki_object *o, const char *key);
/** Elements of an array. */
autki_object autki_object_element(autki_object *array);
/** Likewise, on a line of its own. */
autki_object autki_object_row(autki_object *array);
void autki_object_text_element(autki_object *array, const char *value);
void autki_object_close(autki_object *o);

void autki_object_text(autki_object *o, const char *key, const char *value); /**< NULL: null */
void autki_object_number(autki_object *o, const char *key, double value);    /**< NaN: null */
void autki_object_bool(autki_object *o, const char *key, bool value);
/** An array of the text's lines; no member at all when it is NULL or "". */
void autki_object_lines(autki_object *o, const char *key, const char *text);
/** {low, point, high} */
void autki_object_bounds(autki_object *o, const char *key, autk_bounds value);

#endif
