#include <string.h>

#include "base/fail.h"
#include "base/parallel.h"
#include "unit.h"

#define N 1000

static autk_status square(size_t chunk, void *ctx, autk_err *err)
{
    (void)err;
    ((size_t *)ctx)[chunk] = chunk * chunk;
    return AUTK_OK;
}

static autk_status fail_at_7(size_t chunk, void *ctx, autk_err *err)
{
    (void)ctx;
    return chunk < 7 ? AUTK_OK : autki_fail(err, AUTK_EDATA, "chunk %zu", chunk);
}

static void parallel_for__runs_each_chunk_once_on_any_number_of_threads(void **state)
{
    (void)state;
    for (int threads = 0; threads <= 8; threads++) {
        size_t got[N] = {0};
        autk_err err;
        assert_ok(autki_parallel_for(N, threads, square, got, &err), &err);
        for (size_t i = 0; i < N; i++)
            assert_int_equal(got[i], i * i);
    }
}

static void parallel_for__reports_the_lowest_failing_chunk(void **state)
{
    (void)state;
    for (int threads = 1; threads <= 4; threads++) {
        autk_err err;
        assert_int_equal(autki_parallel_for(N, threads, fail_at_7, NULL, &err), AUTK_EDATA);
        assert_string_equal(err.msg, "chunk 7");
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(parallel_for__runs_each_chunk_once_on_any_number_of_threads),
        cmocka_unit_test(parallel_for__reports_the_lowest_failing_chunk)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
