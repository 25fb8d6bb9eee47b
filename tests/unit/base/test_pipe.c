#include <pthread.h>
#include <string.h>

#include "base/fail.h"
#include "base/pipe.h"
#include "unit.h"

#define N 500
#define SLOTS 5

/* Items 0, 1, … N-1: filled with their number, squared, and drained in order. */
typedef struct run {
    size_t filled, drained;
    size_t held[SLOTS], got[N];
    size_t fails_at[3]; /* item at which fill, work, drain fail; SIZE_MAX = none */
    bool in_fill, in_drain, met;
    pthread_mutex_t lock;
} run;

static void enter(run *r, bool *mine, const bool *other, bool inside)
{
    pthread_mutex_lock(&r->lock);
    *mine = inside;
    r->met = r->met || (inside && *other);
    pthread_mutex_unlock(&r->lock);
}

static autk_status fill(size_t slot, bool *more, void *ctx, autk_err *err)
{
    run *r = ctx;
    enter(r, &r->in_fill, &r->in_drain, true);
    size_t item = r->filled++;
    *more = item < N;
    r->held[slot] = item;
    enter(r, &r->in_fill, &r->in_drain, false);
    return item == r->fails_at[0] ? autki_fail(err, AUTK_EIO, "fill %zu", item) : AUTK_OK;
}

static autk_status square(size_t slot, void *ctx, autk_err *err)
{
    run *r = ctx;
    size_t item = r->held[slot];
    r->held[slot] = item * item;
    return item == r->fails_at[1] ? autki_fail(err, AUTK_EDATA, "work %zu", item) : AUTK_OK;
}

static autk_status drain(size_t slot, void *ctx, autk_err *err)
{
    run *r = ctx;
    enter(r, &r->in_drain, &r->in_fill, true);
    size_t item = r->drained++;
    r->got[item] = r->held[slot];
    enter(r, &r->in_drain, &r->in_fill, false);
    return item == r->fails_at[2] ? autki_fail(err, AUTK_ELIMIT, "drain %zu", item) : AUTK_OK;
}

static autk_status let_through(run *r, size_t n_slots, bool apart, int threads, autk_err *err)
{
    autki_pipe pipe = {
        .n_slots = n_slots, .apart = apart, .fill = fill, .work = square, .drain = drain};
    size_t fails_at[3];
    memcpy(fails_at, r->fails_at, sizeof fails_at);
    *r = (run){.filled = 0};
    memcpy(r->fails_at, fails_at, sizeof fails_at);
    pthread_mutex_init(&r->lock, NULL);
    autk_status st = autki_pipe_run(&pipe, threads, r, err);
    pthread_mutex_destroy(&r->lock);
    return st;
}

static void pipe__drains_each_item_once_and_in_order(void **state)
{
    (void)state;
    static run r;
    autk_err err;
    for (int threads = 0; threads <= 6; threads++) {
        for (size_t slots = 1; slots <= SLOTS; slots++) {
            r.fails_at[0] = r.fails_at[1] = r.fails_at[2] = SIZE_MAX;
            assert_ok(let_through(&r, slots, threads % 2 == 0, threads, &err), &err);
            assert_int_equal(r.drained, N);
            for (size_t i = 0; i < N; i++)
                assert_int_equal(r.got[i], i * i);
            assert_true(threads % 2 != 0 || !r.met);
        }
    }
}

static void pipe__reports_the_earliest_failure_and_drains_what_is_before_it(void **state)
{
    (void)state;
    static run r;
    static const size_t cases[][3] = {{40, 60, 80}, {60, 40, 80}, {80, 60, 40}, {41, 40, 80}};
    static const char *const said[] = {"fill 40", "work 40", "drain 40", "work 40"};
    for (int threads = 1; threads <= 4; threads++) {
        for (size_t k = 0; k < 4; k++) {
            autk_err err;
            memcpy(r.fails_at, cases[k], sizeof r.fails_at);
            assert_int_not_equal(let_through(&r, SLOTS, false, threads, &err), AUTK_OK);
            assert_string_equal(err.msg, said[k]);
            assert_int_equal(r.drained, k == 2 ? 41 : 40);
        }
    }
}

static void pipe__lets_nothing_through_when_there_is_nothing(void **state)
{
    (void)state;
    static run r;
    autk_err err;
    r = (run){.fails_at = {0, SIZE_MAX, SIZE_MAX}};
    assert_int_equal(let_through(&r, 2, true, 2, &err), AUTK_EIO);
    assert_int_equal(r.drained, 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(pipe__drains_each_item_once_and_in_order),
        cmocka_unit_test(pipe__reports_the_earliest_failure_and_drains_what_is_before_it),
        cmocka_unit_test(pipe__lets_nothing_through_when_there_is_nothing)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
