/* Stands in for transport_mpi.c where Open MPI is not installed. */
#include "base/transport.h"

#include "base/fail.h"

autk_status autki_transport_open(autki_transport **out, int *rank, int *count, autk_err *err)
{
    (void)out;
    (void)rank;
    (void)count;
    return autki_fail(err, AUTK_EARG,
                      "expected one process: this autarky was built without Open MPI");
}

void autki_transport_close(autki_transport *transport)
{
    (void)transport;
}

bool autki_transport_gather(autki_transport *transport, const void *mine, void *all, size_t bytes)
{
    (void)transport;
    (void)mine;
    (void)all;
    (void)bytes;
    return false;
}

bool autki_transport_broadcast(autki_transport *transport, void *bytes, size_t n, int from)
{
    (void)transport;
    (void)bytes;
    (void)n;
    (void)from;
    return false;
}
