#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/random.h"
#include "data/dataset_chunk.h"
#include "data/dataset_hash.h"
#include "unit.h"

static uint64_t random_state = 1;

/* Values of the xxHash specification's reference implementation (xxhsum's self test, and the
 * well-known hashes of "" and "abc"). */
static void xxh64__is_the_published_one(void **state)
{
    (void)state;
    assert_true(autki_xxh64("", 0, 0) == 0xEF46DB3751D8E999U);
    assert_true(autki_xxh64("abc", 3, 0) == 0x44BC2CF5AD770999U);
    assert_true(autki_xxh64("a", 1, 0) == 0xD24EC4F1A98C6E5BU);
    unsigned char sanity[101];
    uint32_t prime = 2654435761U, g = prime;
    for (size_t i = 0; i < sizeof sanity; i++) {
        sanity[i] = (unsigned char)(g >> 24);
        g *= g;
    }
    assert_true(autki_xxh64(sanity, 1, 0) == 0x4FCE394CC88952D8U);
    assert_true(autki_xxh64(sanity, 101, 0) == 0x0EAB543384F878ADU);
    assert_true(autki_xxh64(sanity, 101, prime) == 0xCAA65939306F1E21U);
}

/* shape 0: whole figures; 1: three decimals and unknown quantities; 2: any doubles; 3: no quantity
 * known and figures of every size. */
static void fill(autki_chunk_rows *rows, size_t n, int shape)
{
    autk_err err;
    assert_ok(autki_chunk_rows_reserve(rows, n, &err), &err);
    uint32_t partner = 3, product = 0;
    for (size_t i = 0; i < n; i++) {
        if (i == 0 || autki_random_bits(&random_state) % 7 == 0) {
            partner += (uint32_t)(1 + autki_random_bits(&random_state) % 5);
            product = (uint32_t)(autki_random_bits(&random_state) % 3);
        } else {
            product +=
                (uint32_t)(1 + autki_random_bits(&random_state) % (i % 50 == 0 ? 100000 : 20));
        }
        uint64_t r =
            autki_random_bits(&random_state) >> (autki_random_bits(&random_state) % 50 + 11);
        double v = shape == 0   ? (double)r
                   : shape == 1 ? (double)(r % 1000000000) / 1000
                   : shape == 2 ? sqrt((double)r) - 5
                                : (double)(r & ((1U << 20) - 1)) * 0.25;
        double q = shape == 3 ? NAN
                   : shape == 1 && autki_random_bits(&random_state) % 3 == 0
                       ? NAN
                       : (double)(r % 100000) / 1000;
        rows->partner[i] = partner;
        rows->product[i] = product;
        rows->value[i] = v;
        rows->quantity[i] = q;
    }
    rows->n = n;
}

static void assert_same(const autki_chunk_rows *a, const autki_chunk_rows *b)
{
    assert_int_equal(a->n, b->n);
    if (a->n == 0)
        return;
    assert_memory_equal(a->partner, b->partner, a->n * sizeof *a->partner);
    assert_memory_equal(a->product, b->product, a->n * sizeof *a->product);
    assert_memory_equal(a->value, b->value, a->n * sizeof *a->value);
    for (size_t i = 0; i < a->n; i++)
        assert_true(isnan(a->quantity[i]) ? isnan(b->quantity[i])
                                          : a->quantity[i] == b->quantity[i]);
}

static void chunk__gives_back_every_bit(void **state)
{
    (void)state;
    /* Columns of the last are decoded side by side. */
    static const size_t sizes[] = {0, 1, 2, 63, 64, 65, 1000, 30000, 70000};
    for (size_t k = 0; k < sizeof sizes / sizeof *sizes; k++) {
        for (int shape = 0; shape < 4; shape++) {
            autki_chunk_rows rows = {.n = 0}, back = {.n = 0};
            autk_buf blob;
            autk_err err;
            autk_buf_init(&blob);
            fill(&rows, sizes[k], shape);
            assert_ok(autki_chunk_encode(&blob, &rows, 42, &err), &err);
            assert_ok(autki_chunk_decode(&back, blob.text, blob.len, 42, &err), &err);
            assert_same(&rows, &back);
            autk_buf_deinit(&blob);
            autki_chunk_rows_deinit(&rows);
            autki_chunk_rows_deinit(&back);
        }
    }
}

static void chunk__notices_every_changed_byte_and_a_wrong_place(void **state)
{
    (void)state;
    autki_chunk_rows rows = {.n = 0}, back = {.n = 0};
    autk_buf blob;
    autk_err err;
    autk_buf_init(&blob);
    fill(&rows, 200, 1);
    assert_ok(autki_chunk_encode(&blob, &rows, 42, &err), &err);
    for (size_t i = 0; i < blob.len; i++) {
        blob.text[i] = (char)(blob.text[i] ^ 0x10);
        assert_int_equal(autki_chunk_decode(&back, blob.text, blob.len, 42, &err), AUTK_EDATA);
        assert_int_equal(back.n, 0);
        blob.text[i] = (char)(blob.text[i] ^ 0x10);
    }
    assert_int_equal(autki_chunk_decode(&back, blob.text, blob.len, 43, &err), AUTK_EDATA);
    for (size_t len = 0; len < blob.len; len++)
        assert_int_equal(autki_chunk_decode(&back, blob.text, len, 42, &err), AUTK_EDATA);
    autk_buf_deinit(&blob);
    autki_chunk_rows_deinit(&rows);
    autki_chunk_rows_deinit(&back);
}

static void chunk__refuses_rows_out_of_order(void **state)
{
    (void)state;
    autki_chunk_rows rows = {.n = 0};
    autk_buf blob;
    autk_err err;
    autk_buf_init(&blob);
    fill(&rows, 10, 0);
    rows.partner[5] = 0;
    assert_int_equal(autki_chunk_encode(&blob, &rows, 42, &err), AUTK_EINTERNAL);
    autk_buf_deinit(&blob);
    autki_chunk_rows_deinit(&rows);
}

/* Log-normal figures in whole dollars and kilograms: what BACI is like. 22 bytes a row raw. */
static void chunk__needs_under_six_bytes_for_a_row_like_those_of_baci(void **state)
{
    (void)state;
    autki_chunk_rows rows = {.n = 0};
    autk_buf blob;
    autk_err err;
    size_t n = 20000;
    autk_buf_init(&blob);
    assert_ok(autki_chunk_rows_reserve(&rows, n, &err), &err);
    for (size_t i = 0; i < n; i++) {
        double a = (double)(autki_random_bits(&random_state) >> 11) / 9007199254740992.0 + 1e-12;
        double b = (double)(autki_random_bits(&random_state) >> 11) / 9007199254740992.0;
        double z = sqrt(-2 * log(a)) * cos(6.283185307179586 * b);
        rows.partner[i] = (uint32_t)(i / 300);
        rows.product[i] = (uint32_t)(i % 300 * 17 + autki_random_bits(&random_state) % 17);
        rows.value[i] = round(exp(9.2 + 2.7 * z));
        rows.quantity[i] = round(exp(7.3 + 2.7 * z)) / 1000;
    }
    rows.n = n;
    assert_ok(autki_chunk_encode(&blob, &rows, 1, &err), &err);
    assert_true((double)blob.len / (double)n < 6);
    autk_buf_deinit(&blob);
    autki_chunk_rows_deinit(&rows);
}

static bool code_once(void)
{
    autki_chunk_rows rows = {.n = 0}, back = {.n = 0};
    autk_buf blob;
    autk_buf_init(&blob);
    autk_status st = autki_chunk_rows_reserve(&rows, 3, NULL);
    for (uint32_t i = 0; st == AUTK_OK && i < 3; i++) {
        rows.partner[i] = i;
        rows.product[i] = 7;
        rows.value[i] = rows.quantity[i] = 1.5 + i;
        rows.n++;
    }
    if (st == AUTK_OK)
        st = autki_chunk_encode(&blob, &rows, 5, NULL);
    if (st == AUTK_OK)
        st = autki_chunk_decode(&back, blob.text, blob.len, 5, NULL);
    autk_buf_deinit(&blob);
    autki_chunk_rows_deinit(&rows);
    autki_chunk_rows_deinit(&back);
    return st == AUTK_OK;
}

static void chunk__survives_every_allocation_failure(void **state)
{
    (void)state;
    CHECK_SURVIVES_OOM(code_once);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(xxh64__is_the_published_one),
        cmocka_unit_test(chunk__gives_back_every_bit),
        cmocka_unit_test(chunk__notices_every_changed_byte_and_a_wrong_place),
        cmocka_unit_test(chunk__refuses_rows_out_of_order),
        cmocka_unit_test(chunk__needs_under_six_bytes_for_a_row_like_those_of_baci),
        cmocka_unit_test(chunk__survives_every_allocation_failure)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
