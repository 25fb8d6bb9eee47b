#include "data/import_stream.h"

#include <stdlib.h>
#include <string.h>

#include "base/fail.h"
#include "base/mem.h"

typedef struct stream {
    autki_produce_fn produce;
    void (*close)(void *user);
    void *user;
    autk_buf text; /* to hand out from `given` on */
    size_t given;
    bool done;
} stream;

static autk_status read_stream(void *user, char *bytes, size_t size, size_t *got, autk_err *err)
{
    stream *s = user;
    while (s->given == s->text.len && !s->done) {
        autk_buf_clear(&s->text);
        s->given = 0;
        autk_status st = s->produce(s->user, &s->text, &s->done, err);
        if (st == AUTK_OK)
            st = autk_buf_check(&s->text, err);
        if (st != AUTK_OK)
            return st;
    }
    size_t left = s->text.len - s->given;
    *got = left < size ? left : size;
    if (*got != 0)
        memcpy(bytes, s->text.text + s->given, *got);
    s->given += *got;
    return AUTK_OK;
}

static void close_stream(void *user)
{
    stream *s = user;
    s->close(s->user);
    autk_buf_deinit(&s->text);
    free(s);
}

autk_status autki_stream_create(autk_input **out, const char *name, autki_produce_fn produce,
                                void (*close)(void *user), void *user, autk_err *err)
{
    stream *s = autki_calloc(1, sizeof *s);
    if (s == NULL)
        return autki_no_memory(err, sizeof *s);
    *s = (stream){.produce = produce, .close = close, .user = user};
    autk_buf_init(&s->text);
    autk_status st = autk_input_custom(out, name, read_stream, close_stream, s, err);
    if (st != AUTK_OK)
        free(s);
    return st;
}

typedef struct headed {
    const char *head;
    size_t len, at;
    autk_input *input;
} headed;

static autk_status read_headed(void *user, char *bytes, size_t size, size_t *got, autk_err *err)
{
    headed *h = user;
    if (h->at == h->len)
        return autk_input_read(h->input, bytes, size, got, err);
    *got = size < h->len - h->at ? size : h->len - h->at;
    memcpy(bytes, h->head + h->at, *got);
    h->at += *got;
    return AUTK_OK;
}

autk_status autki_input_with_head(autk_input **out, const char *head, size_t len, autk_input *input,
                                  autk_err *err)
{
    headed *h = autki_malloc(1, sizeof *h);
    if (h == NULL)
        return autki_no_memory(err, sizeof *h);
    *h = (headed){.head = head, .len = len, .input = input};
    autk_status st = autk_input_custom(out, autk_input_name(input), read_headed, free, h, err);
    if (st != AUTK_OK)
        free(h);
    return st;
}
