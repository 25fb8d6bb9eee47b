#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <zstd.h>

#include "data/frame.h"
#include "unit.h"

static void write_file(char *path, size_t size, const char *text, size_t len)
{
    (void)snprintf(path, size, "frame-XXXXXX");
    int fd = mkstemp(path);
    assert_true(fd >= 0);
    assert_int_equal(write(fd, text, len), len);
    close(fd);
}

/* What the fast parser and the careful one make of the same bytes must be the same. */
static void assert_frames_equal(const autki_frame *a, const autki_frame *b)
{
    assert_int_equal(a->n_rows, b->n_rows);
    assert_int_equal(a->row_is_line, b->row_is_line);
    for (size_t k = 0; k < a->n_columns; k++) {
        const autki_frame_column *x = &a->columns[k], *y = &b->columns[k];
        for (size_t r = 0; r < a->n_rows; r++) {
            if (x->kind == AUTKI_FACTOR) {
                assert_int_equal(x->code[r], y->code[r]);
                if (x->code[r] >= 0)
                    assert_string_equal(autki_dictionary_text(&x->levels, x->code[r]),
                                        autki_dictionary_text(&y->levels, y->code[r]));
            } else if (!isnan(x->number[r]) || !isnan(y->number[r])) {
                assert_memory_equal(&x->number[r], &y->number[r], sizeof(double));
            }
        }
    }
}

static const autki_wanted wanted[] = {{"id", AUTKI_FACTOR}, {"v", AUTKI_NUMBER}};

static void compare_readers(const char *text, size_t len)
{
    char path[32];
    autk_err err;
    autki_frame *fast = NULL, *slow = NULL;
    autk_input *input = NULL;
    write_file(path, sizeof path, text, len);
    assert_ok(autki_frame_read(&fast, path, wanted, 2, 3, &err), &err);
    assert_ok(autk_input_memory(&input, "memory", text, len, &err), &err);
    assert_ok(autki_frame_read_csv(&slow, input, wanted, 2, &err), &err);
    assert_frames_equal(fast, slow);
    autki_frame_free(fast);
    autki_frame_free(slow);
    autk_input_free(input);
    remove(path);
}

/* A packed file, of which blocks are parsed while the next are unpacked, is the plain one. */
static void compare_packed(const char *text, size_t len)
{
    char path[32], plain_path[32];
    autk_err err;
    autki_frame *plain = NULL, *packed = NULL;
    size_t bound = ZSTD_compressBound(len);
    char *bytes = malloc(bound);
    size_t n = ZSTD_compress(bytes, bound, text, len, 1);
    assert_false(ZSTD_isError(n));
    write_file(path, sizeof path, bytes, n);
    write_file(plain_path, sizeof plain_path, text, len);
    assert_ok(autki_frame_read(&plain, plain_path, wanted, 2, 2, &err), &err);
    for (int threads = 1; threads <= 3; threads++) {
        assert_ok(autki_frame_read(&packed, path, wanted, 2, threads, &err), &err);
        assert_frames_equal(plain, packed);
        autki_frame_free(packed);
    }
    autki_frame_free(plain);
    free(bytes);
    remove(path);
    remove(plain_path);
}

static void frame__readers_agree_on_every_form(void **state)
{
    (void)state;
    static const char *const texts[] = {
        "id,v\nBLR,1\nRUS,2.5\nBLR,-3e4\n",
        "id,v\r\nBLR,1\r\nRUS,.5\r\n",
        "v,x,id\n1,,BLR\nNA,zz,\n,1,NA\n.,1,RUS\nNaN,1,R",
        "\"id\",\"v\"\n\"BLR\",\"1\"\n\"R,US\",2\n\"a\nb\",3\n",
        "id,v\n\"say \"\"x\"\"\",1\n",
        "id;v\nBLR;1\n",
        "id\tv\nBLR\t1\n\nRUS\t2\n",
        "\xef\xbb\xbfid,v\nBLR,1\n",
        "id,v\n",
        "id,v",
        "id,v\na,9007199254740993\na,0.1234567890123456789\na,123456789.123456789\n"
        "a,1e-320\na,4.9406564584124654e-324\na,17976931348623157e292\na,1.7976931348623157e308\n",
        "id,v\na,61288.5902628606\na,0.30000000000000004\na,2.2250738585072011e-308\n"
        "a,9007199254740992.5\na,1234567890123456.75\n"};
    for (size_t i = 0; i < sizeof texts / sizeof *texts; i++)
        compare_readers(texts[i], strlen(texts[i]));
}

/* Numbers of 16 to 19 digits take the division in extended precision: it must round as strtod. */
static void frame__numbers_are_correctly_rounded(void **state)
{
    (void)state;
    size_t capacity = 1 << 21, len = 0;
    char *text = malloc(capacity);
    unsigned long long x = 88172645463325252u;
    len += (size_t)snprintf(text, capacity, "id,v\n");
    for (int i = 0; i < 40000; i++) {
        x ^= x << 13;
        x ^= x >> 7;
        x ^= x << 17;
        int digits = 16 + (int)(x % 4), after = (int)(x / 4 % 16);
        unsigned long long m = x % 9000000000000000000u + 1000000000000000000u;
        char number[32];
        (void)snprintf(number, sizeof number, "%llu", m);
        len += (size_t)snprintf(text + len, capacity - len, "a,%.*s.%.*s\n", digits - after, number,
                                after, number + (digits - after));
    }
    compare_readers(text, len);
    compare_packed(text, len);
    free(text);
}

/* Blocks are two megabytes: lines cross their ends. */
static void frame__blocks_join_without_a_seam(void **state)
{
    (void)state;
    size_t capacity = 6u << 20, len = 0;
    char *text = malloc(capacity);
    len += (size_t)snprintf(text, capacity, "id,v\n");
    for (int i = 0; len < capacity - 200; i++)
        len += (size_t)snprintf(text + len, capacity - len, "c%d%.*s,%d.25\n", i % 977, i % 53,
                                "xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx", i);
    compare_readers(text, len);
    free(text);
}

static void frame__names_line_and_column_of_what_is_wrong(void **state)
{
    (void)state;
    static const struct {
        const char *text;
        autk_status status;
        int line, column;
    } cases[] = {{"id,v\nA,1\nB,2x\n", AUTK_EPARSE, 3, 3}, {"id,v\nA\n", AUTK_EPARSE, 2, 1},
                 {"id,v\nA,1,2\n", AUTK_EPARSE, 2, 1},     {"id,v\n\"A,1\n", AUTK_EPARSE, 2, 1},
                 {"id,w\nA,1\n", AUTK_ENOTFOUND, 0, 0},    {"id,v\nA,1e999\n", AUTK_EPARSE, 2, 3},
                 {"id,v\nA,inf\n", AUTK_EPARSE, 2, 3}};
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        char path[32];
        autk_err err;
        autki_frame *f = NULL;
        memset(&err, 0, sizeof err);
        write_file(path, sizeof path, cases[i].text, strlen(cases[i].text));
        assert_int_equal(autki_frame_read(&f, path, wanted, 2, 1, &err), cases[i].status);
        assert_int_equal(err.line, cases[i].line);
        assert_int_equal(err.column, cases[i].column);
        remove(path);
    }
}

/* Columns of small whole numbers keep their values in a byte; others stay as they are. */
static void frame__packs_what_a_byte_holds(void **state)
{
    (void)state;
    static const autki_wanted columns[] = {{"id", AUTKI_FACTOR},   {"dummy", AUTKI_NUMBER},
                                           {"ends", AUTKI_NUMBER}, {"half", AUTKI_NUMBER},
                                           {"wide", AUTKI_NUMBER}, {"minus", AUTKI_NUMBER}};
    static const bool packed[] = {false, true, true, false, false, false};
    const char *text = "id,dummy,ends,half,wide,minus\nA,0,-127,1,1,1\nB,1,127,0.5,128,-0\n"
                       "C,,NA,1,-128,1\n";
    char path[32];
    autk_err err;
    autki_frame *plain = NULL, *small = NULL;
    write_file(path, sizeof path, text, strlen(text));
    assert_ok(autki_frame_read(&plain, path, columns, 6, 1, &err), &err);
    assert_ok(autki_frame_read(&small, path, columns, 6, 1, &err), &err);
    assert_ok(autki_frame_pack(small, 2, &err), &err);
    remove(path);
    for (size_t k = 0; k < 6; k++) {
        assert_int_equal(small->columns[k].small != NULL, packed[k]);
        for (size_t r = 0; k > 0 && r < 3; r++) {
            double got = autki_frame_number(&small->columns[k], r);
            if (isnan(plain->columns[k].number[r]))
                assert_true(isnan(got));
            else
                assert_memory_equal(&got, &plain->columns[k].number[r], sizeof got);
        }
    }
    autki_frame_free(plain);
    autki_frame_free(small);
}

static char oom_path[32];

static bool read_once(void)
{
    autki_frame *f = NULL;
    autk_status st = autki_frame_read(&f, oom_path, wanted, 2, 1, NULL);
    autki_frame_free(f);
    return st == AUTK_OK;
}

static void frame__survives_every_allocation_failure(void **state)
{
    (void)state;
    const char *text = "id,v\nA,1\nB,2\n\"C\nD\",3\n";
    write_file(oom_path, sizeof oom_path, text, strlen(text));
    CHECK_SURVIVES_OOM_OR_RECOVERS(read_once);
    remove(oom_path);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(frame__readers_agree_on_every_form),
        cmocka_unit_test(frame__numbers_are_correctly_rounded),
        cmocka_unit_test(frame__blocks_join_without_a_seam),
        cmocka_unit_test(frame__names_line_and_column_of_what_is_wrong),
        cmocka_unit_test(frame__packs_what_a_byte_holds),
        cmocka_unit_test(frame__survives_every_allocation_failure)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
