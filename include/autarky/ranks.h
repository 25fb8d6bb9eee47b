/**
 * @file ranks.h
 * One task on several processes, of one machine or many: `mpirun -n 4 autarky simulate ...`.
 *
 * Each process reads the same input and works on its share; what they found is exchanged, so that
 * every process goes on with the same numbers, whatever their count. A caller that writes lets rank
 * 0 do it.
 *
 * Built with Open MPI where that is present. A process that mpirun did not start pays nothing: MPI
 * is not initialised.
 */
#ifndef AUTARKY_RANKS_H
#define AUTARKY_RANKS_H

#include <autarky/base.h>

#ifdef __cplusplus
extern "C" {
#endif

/** The processes that work together. NULL stands for a process alone, everywhere. */
typedef struct autk_ranks autk_ranks;

/**
 * Join the processes that mpirun started; *out is NULL where this one is alone. Where the caller
 * has initialised MPI, its world is joined (by duplicate) and stays initialised.
 *
 * Errors:  AUTK_EARG - mpirun started several, but autarky was built without Open MPI; AUTK_EIO,
 *          AUTK_ENOMEM.
 * Threads: once in a process, from the thread that will call the functions that take ranks.
 */
AUTK_API autk_status autk_ranks_join(autk_ranks **out, autk_err *err) AUTK_MUST_CHECK;

/**
 * Leave with what the process has come to. A failure of one is the failure of all: the others,
 * wherever they wait for it, return it instead of waiting forever.
 *
 * @param status  AUTK_OK or the failure of this process, told in *err
 * @param err     [in,out] may be NULL
 * @return status, or the failure of another process with its *err when this one had none
 */
AUTK_API autk_status autk_ranks_leave(autk_ranks *ranks, autk_status status, autk_err *err)
    AUTK_MUST_CHECK;

/** 0 .. count - 1; 0 when alone. */
AUTK_API int autk_ranks_rank(const autk_ranks *ranks);
/** At least 1. */
AUTK_API int autk_ranks_count(const autk_ranks *ranks);

#ifdef __cplusplus
}
#endif
#endif
