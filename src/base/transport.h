/**
 * @file base/transport.h
 * What the ranks need of a message passing library, and nothing more. transport_mpi.c has it from
 * Open MPI; transport_none.c stands in where that is absent, and never opens.
 */
#ifndef AUTKI_BASE_TRANSPORT_H
#define AUTKI_BASE_TRANSPORT_H

#include <autarky/base.h>

typedef struct autki_transport autki_transport;

/** Errors: AUTK_EARG (built without), AUTK_EIO, AUTK_ENOMEM. */
autk_status autki_transport_open(autki_transport **out, int *rank, int *count, autk_err *err)
    AUTK_MUST_CHECK;
/** Waits for the others to close too. */
void autki_transport_close(autki_transport *transport);

/** all[rank] := every process's mine; `bytes` each. false = the messages failed. */
bool autki_transport_gather(autki_transport *transport, const void *mine, void *all, size_t bytes);
/** bytes of process `from` to all others. */
bool autki_transport_broadcast(autki_transport *transport, void *bytes, size_t n, int from);

#endif
