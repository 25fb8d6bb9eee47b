#include "base/ranks.h"

#include <stdlib.h>
#include <string.h>

#include "base/fail.h"
#include "base/mem.h"
#include "base/transport.h"

/* What a process says when they meet. One that leaves says it with the same message, so that the
 * others, who wait for its numbers, hear that none will come. */
typedef struct message {
    autk_status status;
    bool leaving;
    autk_err err;
} message;

struct autk_ranks {
    autki_transport *transport;
    int rank, count;
    bool broken;        /* somebody is gone: nobody meets any more */
    message mine, *all; /* [count] */
};

/* Environment of Open MPI's mpirun, and of launchers that speak PMIx (srun --mpi=pmix). */
static bool started_by_launcher(void)
{
    const char *size = getenv("OMPI_COMM_WORLD_SIZE");
    return size != NULL ? strcmp(size, "1") != 0 : getenv("PMIX_RANK") != NULL;
}

autk_status autk_ranks_join(autk_ranks **out, autk_err *err)
{
    if (!started_by_launcher()) {
        *out = NULL;
        return AUTK_OK;
    }
    autk_ranks *ranks = autki_calloc(1, sizeof *ranks);
    if (ranks == NULL)
        return autki_no_memory(err, sizeof *ranks);
    autk_status st = autki_transport_open(&ranks->transport, &ranks->rank, &ranks->count, err);
    if (st == AUTK_OK) {
        ranks->all = autki_calloc((size_t)ranks->count, sizeof *ranks->all);
        if (ranks->all == NULL)
            st = autki_no_memory(err, (size_t)ranks->count * sizeof *ranks->all);
    }
    if (st != AUTK_OK) {
        autki_transport_close(ranks->transport);
        free(ranks);
        return st;
    }
    *out = ranks;
    return AUTK_OK;
}

/* The failure of the lowest rank that has one, the same on all. */
static autk_status meet(autk_ranks *ranks, autk_status mine, bool leaving, autk_err *err)
{
    memset(&ranks->mine, 0, sizeof ranks->mine);
    ranks->mine.status = mine;
    ranks->mine.leaving = leaving;
    if (mine != AUTK_OK && err != NULL)
        ranks->mine.err = *err;
    if (!autki_transport_gather(ranks->transport, &ranks->mine, ranks->all, sizeof *ranks->all)) {
        ranks->broken = true;
        return autki_fail(err, AUTK_EIO, "the processes cannot reach each other");
    }
    for (int r = 0; r < ranks->count; r++)
        ranks->broken |= ranks->all[r].leaving != leaving;
    for (int r = 0; r < ranks->count; r++) {
        const message *said = &ranks->all[r];
        if (said->status != AUTK_OK && err != NULL)
            *err = said->err;
        if (said->status != AUTK_OK)
            return said->status;
    }
    return !ranks->broken ? AUTK_OK
                          : autki_fail(err, AUTK_EINTERNAL,
                                       "a process left in peace while others waited for it");
}

autk_status autk_ranks_leave(autk_ranks *ranks, autk_status status, autk_err *err)
{
    if (ranks == NULL)
        return status;
    if (!ranks->broken)
        status = meet(ranks, status, true, err);
    autki_transport_close(ranks->transport);
    free(ranks->all);
    free(ranks);
    return status;
}

int autk_ranks_rank(const autk_ranks *ranks)
{
    return ranks != NULL ? ranks->rank : 0;
}

int autk_ranks_count(const autk_ranks *ranks)
{
    return ranks != NULL ? ranks->count : 1;
}

static size_t share_begin(const autk_ranks *ranks, size_t n_chunks, int rank)
{
    size_t count = (size_t)autk_ranks_count(ranks), r = (size_t)rank;
    size_t rest = n_chunks % count;
    return n_chunks / count * r + (r < rest ? r : rest);
}

void autki_ranks_share(size_t *first, size_t *last, const autk_ranks *ranks, size_t n_chunks)
{
    int rank = autk_ranks_rank(ranks);
    *first = share_begin(ranks, n_chunks, rank);
    *last = share_begin(ranks, n_chunks, rank + 1);
}

/* Process r's bytes [from, to) to all. */
static autk_status spread_from(autk_ranks *ranks, void *bytes, size_t from, size_t to, int r,
                               autk_err *err)
{
    if (autki_transport_broadcast(ranks->transport, (char *)bytes + from, to - from, r))
        return AUTK_OK;
    return autki_fail(err, AUTK_EIO, "the processes cannot reach each other");
}

autk_status autki_ranks_exchange(autk_ranks *ranks, void *slots, size_t slot_bytes, size_t n_chunks,
                                 autk_status mine, autk_err *err)
{
    if (ranks == NULL)
        return mine;
    autk_status st = meet(ranks, mine, false, err);
    for (int r = 0; st == AUTK_OK && r < ranks->count; r++)
        st = spread_from(ranks, slots, share_begin(ranks, n_chunks, r) * slot_bytes,
                         share_begin(ranks, n_chunks, r + 1) * slot_bytes, r, err);
    return st;
}

autk_status autki_ranks_exchange_parts(autk_ranks *ranks, void *bytes, const size_t *begin,
                                       size_t n_chunks, autk_status mine, autk_err *err)
{
    if (ranks == NULL)
        return mine;
    autk_status st = meet(ranks, mine, false, err);
    for (int r = 0; st == AUTK_OK && r < ranks->count; r++)
        st = spread_from(ranks, bytes, begin[share_begin(ranks, n_chunks, r)],
                         begin[share_begin(ranks, n_chunks, r + 1)], r, err);
    return st;
}

typedef struct shifted {
    size_t first;
    autki_chunk_fn fn;
    void *ctx;
} shifted;

static autk_status run_shifted(size_t chunk, void *ctx, autk_err *err)
{
    const shifted *s = ctx;
    return s->fn(s->first + chunk, s->ctx, err);
}

autk_status autki_ranks_for(autk_ranks *ranks, void *slots, size_t slot_bytes, size_t n_chunks,
                            int n_threads, autki_chunk_fn fn, void *ctx, autk_err *err)
{
    shifted s = {.fn = fn, .ctx = ctx};
    autk_err local = {0};
    size_t last;
    autki_ranks_share(&s.first, &last, ranks, n_chunks);
    autk_status st = autki_parallel_for(last - s.first, n_threads, run_shifted, &s, &local);
    st = autki_ranks_exchange(ranks, slots, slot_bytes, n_chunks, st, &local);
    if (st != AUTK_OK && err != NULL)
        *err = local;
    return st;
}
