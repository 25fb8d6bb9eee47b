/**
 * @file pipe.h
 * Three stages at once: items are filled one after another, worked on side by side, and drained one
 * after another, all in the same order: so no result depends on the number of threads.
 */
#ifndef AUTKI_BASE_PIPE_H
#define AUTKI_BASE_PIPE_H

#include <autarky/base.h>

#define AUTKI_PIPE_SLOTS_MAX 64

typedef struct autki_pipe {
    size_t
        n_slots; /* items underway at most, up to AUTKI_PIPE_SLOTS_MAX; item k is in k % n_slots */
    bool apart;  /* filling and draining share something: never both at once */
    /* Make an item ready in the slot; *more = false when there is none. */
    autk_status (*fill)(size_t slot, bool *more, void *ctx, autk_err *err);
    autk_status (*work)(size_t slot, void *ctx, autk_err *err);
    autk_status (*drain)(size_t slot, void *ctx, autk_err *err);
} autki_pipe;

/**
 * Let all items through on n_threads threads (0 or 1: on the caller's own).
 *
 * Errors:  the failure of the earliest item that fails; all items before it are drained, none
 *          behind it. Where a thread cannot be started, the work goes on with those that could.
 * Threads: work is called concurrently for distinct slots, beside one fill and one drain.
 */
autk_status autki_pipe_run(const autki_pipe *pipe, int n_threads, void *ctx, autk_err *err)
    AUTK_MUST_CHECK;

#endif
