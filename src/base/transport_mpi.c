#include "base/transport.h"

#include <stdlib.h>

#include <mpi.h>

#include "base/fail.h"
#include "base/mem.h"

/* MPI counts in int, and libraries have had faults beyond 2 GiB: long messages go in pieces. */
#define PIECE_BYTES ((size_t)64 << 20)

struct autki_transport {
    MPI_Comm comm;
    bool started_here; /* MPI itself; else the caller's */
};

static autk_status start(bool *started_here, autk_err *err)
{
    int running = 0, over = 0, threads;
    if (MPI_Initialized(&running) != MPI_SUCCESS || MPI_Finalized(&over) != MPI_SUCCESS || over)
        return autki_fail(err, AUTK_EIO, "expected MPI to be usable, got one that is over");
    if (!running && MPI_Init_thread(NULL, NULL, MPI_THREAD_FUNNELED, &threads) != MPI_SUCCESS)
        return autki_fail(err, AUTK_EIO, "MPI cannot be initialised");
    *started_here = !running;
    return AUTK_OK;
}

autk_status autki_transport_open(autki_transport **out, int *rank, int *count, autk_err *err)
{
    autki_transport *t = autki_calloc(1, sizeof *t);
    if (t == NULL)
        return autki_no_memory(err, sizeof *t);
    autk_status st = start(&t->started_here, err);
    if (st != AUTK_OK) {
        free(t);
        return st;
    }
    if (MPI_Comm_dup(MPI_COMM_WORLD, &t->comm) != MPI_SUCCESS ||
        MPI_Comm_set_errhandler(t->comm, MPI_ERRORS_RETURN) != MPI_SUCCESS ||
        MPI_Comm_rank(t->comm, rank) != MPI_SUCCESS ||
        MPI_Comm_size(t->comm, count) != MPI_SUCCESS) {
        free(t);
        return autki_fail(err, AUTK_EIO, "MPI gives no communicator");
    }
    *out = t;
    return AUTK_OK;
}

void autki_transport_close(autki_transport *transport)
{
    if (transport == NULL)
        return;
    MPI_Comm_free(&transport->comm);
    if (transport->started_here)
        MPI_Finalize();
    free(transport);
}

bool autki_transport_gather(autki_transport *transport, const void *mine, void *all, size_t bytes)
{
    return MPI_Allgather(mine, (int)bytes, MPI_BYTE, all, (int)bytes, MPI_BYTE, transport->comm) ==
           MPI_SUCCESS;
}

bool autki_transport_broadcast(autki_transport *transport, void *bytes, size_t n, int from)
{
    for (size_t at = 0; at < n; at += PIECE_BYTES) {
        size_t piece = n - at < PIECE_BYTES ? n - at : PIECE_BYTES;
        if (MPI_Bcast((char *)bytes + at, (int)piece, MPI_BYTE, from, transport->comm) !=
            MPI_SUCCESS)
            return false;
    }
    return true;
}
