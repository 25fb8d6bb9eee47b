/**
 * @file mem.h
 * Allocation with overflow checks. Everything the library owns goes through malloc, calloc, realloc
 * and free by name, so that the tests can wrap them and fail each call in turn.
 */
#ifndef AUTKI_BASE_MEM_H
#define AUTKI_BASE_MEM_H

#include <autarky/base.h>

/** n * size bytes, zeroed; NULL when it overflows or memory is out. n = 0 gives a unique pointer.
 */
void *autki_calloc(size_t n, size_t size);
/** n * size bytes, not initialised. */
void *autki_malloc(size_t n, size_t size);
/** Copy of a text; NULL when memory is out. */
char *autki_strdup(const char *text);
char *autki_strndup(const char *text, size_t len);

/** Give back to the system what was freed, where the allocator keeps it: worth it after a stage
 * that freed much in small pieces, before one that takes as much in large ones. */
void autki_release_freed(void);

/** Say that a large block will be filled soon and whole: where the system can, it then comes in
 * pages of 2 MB, each of which costs as much to get as one of 4 kB. */
void autki_expect_filling(void *block, size_t bytes);

/**
 * Make room in a growing array for at least `needed` items, doubling, at most `ceiling` items.
 *
 * @param items     [in,out] pointer to the array's pointer
 * @param capacity  [in,out] in items
 *
 * Errors: AUTK_ENOMEM, AUTK_ELIMIT - the array is unchanged.
 */
autk_status autki_grow(void *items, size_t *capacity, size_t needed, size_t item_size,
                       size_t ceiling, autk_err *err) AUTK_MUST_CHECK;

#endif
