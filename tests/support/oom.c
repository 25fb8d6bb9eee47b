#include "oom.h"

#include <stdatomic.h>
#include <stdint.h>
#include <stdio.h>

#include "unit.h"

void *__real_malloc(size_t size);
void *__real_calloc(size_t n, size_t size);
void *__real_realloc(void *block, size_t size);
void __real_free(void *block);
void *__wrap_malloc(size_t size);
void *__wrap_calloc(size_t n, size_t size);
void *__wrap_realloc(void *block, size_t size);
void __wrap_free(void *block);

#define MAX_ATTEMPTS 200000

static atomic_bool failing;
static atomic_size_t left, n_failed;
static atomic_intptr_t live;

void oom_fail_after(size_t after)
{
    atomic_store(&left, after);
    atomic_store(&n_failed, 0);
    atomic_store(&failing, true);
}

bool oom_stop(void)
{
    atomic_store(&failing, false);
    return atomic_load(&n_failed) != 0;
}

/* Blocks that a shared library gave and the library frees, or the other way round, would make the
 * difference negative; what matters is that an attempt leaves it where it was. */
size_t oom_live_blocks(void)
{
    return (size_t)atomic_load(&live);
}

static bool must_fail(void)
{
    if (!atomic_load(&failing))
        return false;
    size_t now = atomic_load(&left);
    while (now != 0) {
        if (atomic_compare_exchange_weak(&left, &now, now - 1))
            return false;
    }
    atomic_fetch_add(&n_failed, 1);
    return true;
}

void *__wrap_malloc(size_t size)
{
    void *block = must_fail() ? NULL : __real_malloc(size);
    atomic_fetch_add(&live, block != NULL);
    return block;
}

void *__wrap_calloc(size_t n, size_t size)
{
    void *block = must_fail() ? NULL : __real_calloc(n, size);
    atomic_fetch_add(&live, block != NULL);
    return block;
}

void *__wrap_realloc(void *block, size_t size)
{
    if (must_fail())
        return NULL;
    bool was = block != NULL;
    void *grown = __real_realloc(block, size);
    atomic_fetch_add(&live, grown != NULL && !was);
    return grown;
}

void __wrap_free(void *block)
{
    atomic_fetch_sub(&live, block != NULL);
    __real_free(block);
}

void check_survives_oom(bool (*attempt)(void), bool may_recover, const char *file, int line)
{
    (void)attempt(); /* what third parties allocate once and keep is not counted */
    for (size_t n = 0; n < MAX_ATTEMPTS; n++) {
        size_t before = oom_live_blocks();
        oom_fail_after(n);
        bool good = attempt();
        bool was_failed = oom_stop();
        size_t after = oom_live_blocks();
        if (before != after) {
            print_error("%s:%d: allocation %zu failed: %td blocks left behind\n", file, line, n,
                        (ptrdiff_t)(after - before));
            _fail(file, line);
        }
        if (was_failed && good && !may_recover) {
            print_error("%s:%d: allocation %zu failed and nobody noticed\n", file, line, n);
            _fail(file, line);
        }
        if (!was_failed) {
            if (!good) {
                print_error("%s:%d: failed although no allocation was\n", file, line);
                _fail(file, line);
            }
            return;
        }
    }
    print_error("%s:%d: more than %d allocations\n", file, line, MAX_ATTEMPTS);
    _fail(file, line);
}
