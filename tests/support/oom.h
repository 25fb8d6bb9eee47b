/**
 * @file oom.h
 * Fail every allocation in turn. The linker sends malloc, calloc, realloc and free of the library
 * and the test through this harness (--wrap); it counts live blocks, and fails the n-th call on
 * demand. Third-party shared libraries are outside.
 */
#ifndef TEST_OOM_H
#define TEST_OOM_H

#include <stdbool.h>
#include <stddef.h>

/** The next `after` allocations succeed, all that follow fail. */
void oom_fail_after(size_t after);
/** Stop failing. True when at least one allocation was failed since oom_fail_after. */
bool oom_stop(void);
/** Blocks that live now. */
size_t oom_live_blocks(void);

/**
 * Run `attempt` with allocation 0, 1, 2 … failing until it is not hit any more. attempt returns
 * true on success; it must leave no block behind, whether it succeeds or fails, and must not
 * succeed when it was failed unless `may_recover`.
 */
void check_survives_oom(bool (*attempt)(void), bool may_recover, const char *file, int line);

#define CHECK_SURVIVES_OOM(attempt) check_survives_oom(attempt, false, __FILE__, __LINE__)
#define CHECK_SURVIVES_OOM_OR_RECOVERS(attempt)                                                    \
    check_survives_oom(attempt, true, __FILE__, __LINE__)

#endif
