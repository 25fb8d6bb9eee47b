/**
 * @file import_stream.h
 * Inputs made of other inputs: a text that is produced piece by piece, so that one path serves all
 * formats, and a beginning that was read ahead.
 */
#ifndef AUTKI_DATA_IMPORT_STREAM_H
#define AUTKI_DATA_IMPORT_STREAM_H

#include <autarky/input.h>

/* Append the next piece to `text`, which is empty; *done = there is no more behind it. */
typedef autk_status (*autki_produce_fn)(void *user, autk_buf *text, bool *done, autk_err *err);

/* An input of what `produce` gives. On success `close` is called with user when it is freed. */
autk_status autki_stream_create(autk_input **out, const char *name, autki_produce_fn produce,
                                void (*close)(void *user), void *user, autk_err *err)
    AUTK_MUST_CHECK;

/* An input that gives `head` again before the rest of `input`; both are borrowed. */
autk_status autki_input_with_head(autk_input **out, const char *head, size_t len, autk_input *input,
                                  autk_err *err) AUTK_MUST_CHECK;

#endif
