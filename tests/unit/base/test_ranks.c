/* Alone, and on several processes by tests/support/spread: the same calls, the same results. */
#include <stdlib.h>
#include <string.h>

#include "base/fail.h"
#include "base/ranks.h"
#include "unit.h"

#define N 101

static autk_ranks *ranks;

static int join(void **state)
{
    (void)state;
    autk_err err;
    return autk_ranks_join(&ranks, &err) == AUTK_OK ? 0 : -1;
}

static int leave(void **state)
{
    (void)state;
    return autk_ranks_leave(ranks, AUTK_OK, NULL) == AUTK_OK ? 0 : -1;
}

/* Chunks filled by this process. */
typedef struct filled {
    double slots[N][3];
    bool here[N];
} filled;

static autk_status fill(size_t chunk, void *ctx, autk_err *err)
{
    filled *f = ctx;
    (void)err;
    f->here[chunk] = true;
    for (size_t k = 0; k < 3; k++)
        f->slots[chunk][k] = 1.0 / (double)(3 * chunk + k + 1);
    return AUTK_OK;
}

static void ranks_for__gives_every_process_every_slot(void **state)
{
    (void)state;
    for (size_t n = 0; n <= N; n++) {
        filled f;
        size_t first, last;
        memset(&f, 0, sizeof f);
        autki_ranks_share(&first, &last, ranks, n);
        assert_ok(autki_ranks_for(ranks, f.slots, sizeof *f.slots, n, 2, fill, &f, NULL), NULL);
        for (size_t i = 0; i < N; i++) {
            assert_int_equal(f.here[i], first <= i && i < last);
            for (size_t k = 0; k < 3; k++) {
                double want = i < n ? 1.0 / (double)(3 * i + k + 1) : 0;
                assert_memory_equal(&f.slots[i][k], &want, sizeof want);
            }
        }
    }
}

static void ranks_share__leaves_no_chunk_out_and_differs_by_one_at_most(void **state)
{
    (void)state;
    for (size_t n = 0; n <= N; n++) {
        size_t first, last, count = (size_t)autk_ranks_count(ranks);
        autki_ranks_share(&first, &last, ranks, n);
        assert_true(last - first == n / count || last - first == n / count + 1);
        if (autk_ranks_rank(ranks) == 0)
            assert_int_equal(first, 0);
        if (autk_ranks_rank(ranks) + 1 == autk_ranks_count(ranks))
            assert_int_equal(last, n);
    }
}

static autk_status fail_from_60(size_t chunk, void *ctx, autk_err *err)
{
    (void)ctx;
    return chunk < 60 ? AUTK_OK
                      : autki_fail_at(err, AUTK_EDATA, "draws", 60, 2, "chunk %zu", chunk);
}

static void ranks_for__fails_on_all_with_the_failure_of_the_lowest(void **state)
{
    (void)state;
    for (int again = 0; again < 2; again++) { /* a failure breaks nothing that follows */
        autk_err err;
        assert_int_equal(autki_ranks_for(ranks, NULL, 0, N, 1, fail_from_60, NULL, &err),
                         AUTK_EDATA);
        assert_string_equal(err.msg, "chunk 60");
        assert_int_equal(err.line, 60);
        assert_string_equal(err.source, "draws");
    }
}

/* Over 64 MiB are sent in pieces. */
static void ranks_exchange__takes_long_messages(void **state)
{
    (void)state;
    size_t size = (size_t)65 << 20;
    unsigned char *bytes = calloc(size, 1);
    assert_non_null(bytes);
    if (autk_ranks_rank(ranks) == 0)
        memset(bytes, 7, size);
    assert_ok(autki_ranks_exchange(ranks, bytes, size, 1, AUTK_OK, NULL), NULL);
    assert_int_equal(bytes[0], 7);
    assert_int_equal(bytes[size - 1], 7);
    free(bytes);
}

/* Chunk c has c bytes, each c. */
static void ranks_exchange_parts__takes_slots_that_differ_in_size(void **state)
{
    (void)state;
    size_t begin[N + 1] = {0}, first, last;
    unsigned char bytes[N * (N - 1) / 2] = {0};
    for (size_t c = 0; c < N; c++)
        begin[c + 1] = begin[c] + c;
    autki_ranks_share(&first, &last, ranks, N);
    for (size_t c = first; c < last; c++)
        memset(bytes + begin[c], (int)c, c);
    assert_ok(autki_ranks_exchange_parts(ranks, bytes, begin, N, AUTK_OK, NULL), NULL);
    for (size_t c = 0; c < N; c++) {
        for (size_t i = begin[c]; i < begin[c + 1]; i++)
            assert_int_equal(bytes[i], c);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(ranks_for__gives_every_process_every_slot),
        cmocka_unit_test(ranks_share__leaves_no_chunk_out_and_differs_by_one_at_most),
        cmocka_unit_test(ranks_for__fails_on_all_with_the_failure_of_the_lowest),
        cmocka_unit_test(ranks_exchange__takes_long_messages),
        cmocka_unit_test(ranks_exchange_parts__takes_slots_that_differ_in_size)};
    return cmocka_run_group_tests(tests, join, leave);
}
