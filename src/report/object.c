#include "report/object.h"

#include <string.h>

static void separate(autki_object *o)
{
    autk_buf_puts(o->out, o->began ? ", " : "");
    o->began = true;
}

static void add_key(autki_object *o, const char *key)
{
    separate(o);
    autk_format_json_text(o->out, key);
    autk_buf_puts(o->out, ": ");
}

static autki_object opened(autk_buf *out, char opening, char closing)
{
    autk_buf_putc(out, opening);
    return (autki_object){out, false, closing};
}

autki_object autki_object_open(autk_buf *out)
{
    return opened(out, '{', '}');
}

autki_object autki_object_in(autki_object *o, const char *key)
{
    add_key(o, key);
    return opened(o->out, '{', '}');
}

autki_object autki_object_array(autki_object *o, const char *key)
{
    add_key(o, key);
    return opened(o->out, '[', ']');
}

autki_object autki_object_element(autki_object *array)
{
    separate(array);
    return opened(array->out, '{', '}');
}

autki_object autki_object_row(autki_object *array)
{
    autk_buf_puts(array->out, array->began ? ",\n  " : "\n  ");
    array->began = true;
    return opened(array->out, '{', '}');
}

void autki_object_text_element(autki_object *array, const char *value)
{
    separate(array);
    autk_format_json_text(array->out, value);
}

void autki_object_close(autki_object *o)
{
    autk_buf_putc(o->out, o->closing);
}

void autki_object_text(autki_object *o, const char *key, const char *value)
{
    add_key(o, key);
    if (value == NULL)
        autk_buf_puts(o->out, "null");
    else
        autk_format_json_text(o->out, value);
}

void autki_object_number(autki_object *o, const char *key, double value)
{
    add_key(o, key);
    autk_format_double(o->out, value);
}

void autki_object_bool(autki_object *o, const char *key, bool value)
{
    add_key(o, key);
    autk_buf_puts(o->out, value ? "true" : "false");
}

void autki_object_bounds(autki_object *o, const char *key, autk_bounds value)
{
    autki_object inner = autki_object_in(o, key);
    autki_object_number(&inner, "low", value.low);
    autki_object_number(&inner, "point", value.point);
    autki_object_number(&inner, "high", value.high);
    autki_object_close(&inner);
}

void autki_object_lines(autki_object *o, const char *key, const char *text)
{
    if (text == NULL || text[0] == '\0')
        return;
    autki_object array = autki_object_array(o, key);
    autk_buf line;
    autk_buf_init(&line);
    while (*text != '\0') {
        size_t len = strcspn(text, "\n");
        autk_buf_clear(&line);
        autk_buf_add(&line, text, len);
        if (line.status != AUTK_OK)
            o->out->status = line.status; /* told where the writer checks */
        autki_object_text_element(&array, autk_buf_text(&line));
        text += len + (text[len] == '\n');
    }
    autk_buf_deinit(&line);
    autki_object_close(&array);
}
