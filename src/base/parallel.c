#include "base/parallel.h"

#include <pthread.h>
#include <string.h>
#include <unistd.h>

#define MAX_THREADS 256

typedef struct pool {
    pthread_mutex_t lock;
    size_t next, n_chunks, failed_chunk;
    autk_status status;
    autk_err err;
    autki_chunk_fn fn;
    void *ctx;
} pool;

int autki_processors(void)
{
    long n = sysconf(_SC_NPROCESSORS_ONLN);
    return n < 1 ? 1 : n > MAX_THREADS ? MAX_THREADS : (int)n;
}

static bool take_chunk(pool *p, size_t *chunk)
{
    pthread_mutex_lock(&p->lock);
    bool any = p->status == AUTK_OK && p->next < p->n_chunks;
    if (any)
        *chunk = p->next++;
    pthread_mutex_unlock(&p->lock);
    return any;
}

static void *work(void *arg)
{
    pool *p = arg;
    size_t chunk;
    while (take_chunk(p, &chunk)) {
        autk_err err;
        memset(&err, 0, sizeof err);
        autk_status st = p->fn(chunk, p->ctx, &err);
        if (st == AUTK_OK)
            continue;
        pthread_mutex_lock(&p->lock);
        if (p->status == AUTK_OK || chunk < p->failed_chunk) {
            p->status = st;
            p->err = err;
            p->failed_chunk = chunk;
        }
        pthread_mutex_unlock(&p->lock);
    }
    return NULL;
}

autk_status autki_parallel_for(size_t n_chunks, int n_threads, autki_chunk_fn fn, void *ctx,
                               autk_err *err)
{
    if (n_threads > MAX_THREADS)
        n_threads = MAX_THREADS;
    if (n_chunks < (size_t)(n_threads > 0 ? n_threads : 1))
        n_threads = (int)n_chunks;
    if (n_threads <= 1) {
        for (size_t i = 0; i < n_chunks; i++) {
            autk_status st = fn(i, ctx, err);
            if (st != AUTK_OK)
                return st;
        }
        return AUTK_OK;
    }
    pool p = {.n_chunks = n_chunks, .fn = fn, .ctx = ctx};
    pthread_mutex_init(&p.lock, NULL);
    pthread_t threads[MAX_THREADS];
    int started = 0;
    while (started < n_threads - 1 && pthread_create(&threads[started], NULL, work, &p) == 0)
        started++;
    work(&p);
    for (int i = 0; i < started; i++)
        pthread_join(threads[i], NULL);
    pthread_mutex_destroy(&p.lock);
    if (p.status != AUTK_OK && err != NULL)
        *err = p.err;
    return p.status;
}
