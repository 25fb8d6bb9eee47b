#ifdef __linux__
#define _DEFAULT_SOURCE /* madvise: POSIX has no word for large pages */
#endif
#include "base/mem.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>
#ifdef __GLIBC__
#include <malloc.h>
#endif
#ifdef __linux__
#include <sys/mman.h>
#endif

#include "base/fail.h"

void *autki_malloc(size_t n, size_t size)
{
    if (size != 0 && n > SIZE_MAX / size)
        return NULL;
    size_t bytes = n * size;
    return malloc(bytes != 0 ? bytes : 1);
}

void *autki_calloc(size_t n, size_t size)
{
    if (n == 0 || size == 0)
        return calloc(1, 1);
    return calloc(n, size); /* checks the product itself */
}

void autki_release_freed(void)
{
#ifdef __GLIBC__
    (void)malloc_trim(0);
#endif
}

void autki_expect_filling(void *block, size_t bytes)
{
#ifdef MADV_HUGEPAGE
    const uintptr_t large = (uintptr_t)1 << 21;
    uintptr_t first = ((uintptr_t)block + large - 1) & ~(large - 1);
    uintptr_t end = ((uintptr_t)block + bytes) & ~(large - 1);
    if (first < end)
        (void)madvise((char *)block + (first - (uintptr_t)block), end - first, MADV_HUGEPAGE);
#else
    (void)block;
    (void)bytes;
#endif
}

char *autki_strndup(const char *text, size_t len)
{
    char *copy = autki_malloc(len + 1, 1);
    if (copy != NULL) {
        memcpy(copy, text, len);
        copy[len] = '\0';
    }
    return copy;
}

char *autki_strdup(const char *text)
{
    return autki_strndup(text, strlen(text));
}

autk_status autki_grow(void *items, size_t *capacity, size_t needed, size_t item_size,
                       size_t ceiling, autk_err *err)
{
    if (needed <= *capacity)
        return AUTK_OK;
    if (needed > ceiling)
        return autki_fail(err, AUTK_ELIMIT, "at most %zu items are taken, got %zu", ceiling,
                          needed);
    size_t room = *capacity < 16 ? 16 : *capacity;
    while (room < needed)
        room = room > ceiling / 2 ? ceiling : room * 2;
    assert(item_size != 0);
    if (room > SIZE_MAX / item_size)
        return autki_no_memory(err, SIZE_MAX);
    void *old;
    memcpy(&old, items, sizeof old); /* `items` is a T **; void ** would alias it */
    void *grown = realloc(old, room * item_size);
    if (grown == NULL)
        return autki_no_memory(err, room * item_size);
    memcpy(items, &grown, sizeof grown);
    *capacity = room;
    return AUTK_OK;
}
