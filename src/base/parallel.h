/**
 * @file parallel.h
 * A loop over fixed chunks on a few threads. Chunks, not threads, own partial results, and the
 * caller reduces them in chunk order: so no result depends on the number of threads.
 */
#ifndef AUTKI_BASE_PARALLEL_H
#define AUTKI_BASE_PARALLEL_H

#include <autarky/base.h>

/** Work on one chunk; a failure stops the handing out of further chunks. */
typedef autk_status (*autki_chunk_fn)(size_t chunk, void *ctx, autk_err *err);

/**
 * Run fn for chunks 0..n_chunks-1 on n_threads threads (0 or 1: on the caller's own).
 *
 * Errors:  the failure of the lowest-numbered failing chunk that ran; AUTK_ENOMEM. Where a thread
 *          cannot be started, the work goes on with those that could.
 * Threads: fn is called concurrently for distinct chunks.
 */
autk_status autki_parallel_for(size_t n_chunks, int n_threads, autki_chunk_fn fn, void *ctx,
                               autk_err *err) AUTK_MUST_CHECK;

/** Processors this process may use, at least 1. */
int autki_processors(void);

#endif
