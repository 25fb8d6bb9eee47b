#include "base/pipe.h"

#include <pthread.h>
#include <string.h>

#define THREADS_MAX 256

typedef enum stage { FILL, WORK, DRAIN, WAIT, STOP } stage;

typedef struct flow {
    const autki_pipe *pipe;
    void *ctx;
    size_t ready_wanted; /* filled items that wait: more are filled only when nothing else is due */
    pthread_mutex_t lock;
    pthread_cond_t changed;
    size_t n_filled, n_begun, n_drained; /* items; those in between are underway */
    bool worked[AUTKI_PIPE_SLOTS_MAX];
    bool filling, draining;
    size_t end; /* no item from here on: the last was filled, or this one failed */
    autk_status status;
    autk_err err;
} flow;

static bool may_drain(const flow *f)
{
    return !f->draining && f->n_drained < f->n_begun && f->n_drained < f->end &&
           f->worked[f->n_drained % f->pipe->n_slots] && !(f->pipe->apart && f->filling);
}

static bool may_fill(const flow *f)
{
    return !f->filling && f->n_filled < f->end && f->n_filled - f->n_drained < f->pipe->n_slots &&
           !(f->pipe->apart && f->draining);
}

/* What is most urgent, and for which item: room first, then as much as the threads can work on. */
static stage choose(const flow *f, size_t *item)
{
    if (f->n_drained >= f->end)
        return STOP;
    if (may_drain(f)) {
        *item = f->n_drained;
        return DRAIN;
    }
    bool fill = may_fill(f), work = f->n_begun < f->n_filled && f->n_begun < f->end;
    if (fill && (!work || f->n_filled - f->n_begun < f->ready_wanted)) {
        *item = f->n_filled;
        return FILL;
    }
    *item = f->n_begun;
    return work ? WORK : WAIT;
}

static void begin(flow *f, stage what, size_t item)
{
    if (what == FILL) {
        f->filling = true;
    } else if (what == DRAIN) {
        f->draining = true;
    } else {
        f->worked[item % f->pipe->n_slots] = false;
        f->n_begun++;
    }
}

static autk_status run(flow *f, stage what, size_t item, bool *more, autk_err *err)
{
    size_t slot = item % f->pipe->n_slots;
    return what == FILL   ? f->pipe->fill(slot, more, f->ctx, err)
           : what == WORK ? f->pipe->work(slot, f->ctx, err)
                          : f->pipe->drain(slot, f->ctx, err);
}

static void end(flow *f, stage what, size_t item, bool more)
{
    if (what == FILL) {
        f->filling = false;
        if (more)
            f->n_filled++;
        else if (item < f->end)
            f->end = item;
    } else if (what == DRAIN) {
        f->draining = false;
        f->n_drained++;
    } else {
        f->worked[item % f->pipe->n_slots] = true;
    }
}

/* Items behind a failed one are not begun any more; those before it are. */
static void fail(flow *f, size_t item, autk_status st, const autk_err *err)
{
    if (item >= f->end)
        return;
    f->end = item;
    f->status = st;
    f->err = *err;
}

static void *go_round(void *arg)
{
    flow *f = arg;
    size_t item = 0;
    pthread_mutex_lock(&f->lock);
    for (;;) {
        stage s = choose(f, &item);
        if (s == STOP)
            break;
        if (s == WAIT) {
            pthread_cond_wait(&f->changed, &f->lock);
            continue;
        }
        begin(f, s, item);
        pthread_mutex_unlock(&f->lock);
        autk_err err;
        memset(&err, 0, sizeof err);
        bool more = true;
        autk_status st = run(f, s, item, &more, &err);
        pthread_mutex_lock(&f->lock);
        if (st != AUTK_OK)
            fail(f, item, st, &err);
        end(f, s, item, more && st == AUTK_OK);
        pthread_cond_broadcast(&f->changed);
    }
    pthread_mutex_unlock(&f->lock);
    return NULL;
}

autk_status autki_pipe_run(const autki_pipe *pipe, int n_threads, void *ctx, autk_err *err)
{
    pthread_t threads[THREADS_MAX];
    int started = 0, wanted = n_threads < THREADS_MAX ? n_threads : THREADS_MAX;
    flow f = {.pipe = pipe,
              .ctx = ctx,
              .ready_wanted = n_threads > 1 ? (size_t)n_threads : 1,
              .end = SIZE_MAX};
    pthread_mutex_init(&f.lock, NULL);
    pthread_cond_init(&f.changed, NULL);
    while (started < wanted - 1 && pthread_create(&threads[started], NULL, go_round, &f) == 0)
        started++;
    (void)go_round(&f);
    for (int i = 0; i < started; i++)
        pthread_join(threads[i], NULL);
    pthread_cond_destroy(&f.changed);
    pthread_mutex_destroy(&f.lock);
    if (f.status != AUTK_OK && err != NULL)
        *err = f.err;
    return f.status;
}
