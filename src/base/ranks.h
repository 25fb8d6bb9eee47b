/**
 * @file base/ranks.h
 * Loops over fixed chunks that are spread over processes first, over threads then. Each chunk fills
 * a slot of its own and every process ends with every slot; what reduces the slots in their order
 * gives the same digits on one process and on a hundred.
 *
 * `ranks` NULL = one process. All processes of a group must make the same calls in the same order
 * with the same sizes.
 */
#ifndef AUTKI_BASE_RANKS_H
#define AUTKI_BASE_RANKS_H

#include <autarky/ranks.h>

#include "base/parallel.h"

/** This process's share of n_chunks: from *first up to before *last. */
void autki_ranks_share(size_t *first, size_t *last, const autk_ranks *ranks, size_t n_chunks);

/**
 * Exchange: each process has filled its share of the slots, or failed at it with `mine`.
 *
 * @param slots       [in,out] [n_chunks] of slot_bytes each
 * @param slot_bytes  may be 0: only whether all went well is exchanged
 * @return AUTK_OK on all processes, or on all the failure of the lowest rank that has one; AUTK_EIO
 * Cost: one message of each process to all, of its share's size.
 */
autk_status autki_ranks_exchange(autk_ranks *ranks, void *slots, size_t slot_bytes, size_t n_chunks,
                                 autk_status mine, autk_err *err) AUTK_MUST_CHECK;

/**
 * Likewise where the chunks' slots differ in size.
 *
 * @param bytes  [in,out] chunk c's slot is bytes[begin[c] .. begin[c + 1])
 * @param begin  [n_chunks + 1]
 */
autk_status autki_ranks_exchange_parts(autk_ranks *ranks, void *bytes, const size_t *begin,
                                       size_t n_chunks, autk_status mine, autk_err *err)
    AUTK_MUST_CHECK;

/**
 * autki_parallel_for over this process's share of the chunks, then the exchange of the slots. fn
 * gets the chunk's number among all, and writes no slot but its own.
 */
autk_status autki_ranks_for(autk_ranks *ranks, void *slots, size_t slot_bytes, size_t n_chunks,
                            int n_threads, autki_chunk_fn fn, void *ctx, autk_err *err)
    AUTK_MUST_CHECK;

#endif
