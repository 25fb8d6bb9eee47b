#include <math.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "base/random.h"
#include "import_support.h"
#include "unit.h"

#define N_ECONOMIES 12
#define N_PRODUCTS 40

static uint64_t random_state;

/* The naive oracle: a dense cube of whole dollars, -1 where nothing was reported. */
typedef struct cube {
    double value[3][N_ECONOMIES][N_ECONOMIES][N_PRODUCTS];
} cube;

static void fill_cube(cube *c, uint64_t seed)
{
    random_state = seed;
    for (int y = 0; y < 3; y++)
        for (int i = 0; i < N_ECONOMIES; i++)
            for (int j = 0; j < N_ECONOMIES; j++)
                for (int k = 0; k < N_PRODUCTS; k++)
                    c->value[y][i][j][k] =
                        i != j && autki_random_bits(&random_state) % 3 == 0
                            ? (double)(autki_random_bits(&random_state) % 1000000)
                            : -1;
}

/* Years interleaved, products before partners: nothing comes in the order of a chunk. */
static char *cube_text(const cube *c)
{
    autk_buf text;
    autk_buf_init(&text);
    autk_buf_puts(&text, "value,product,importer,exporter,year\n");
    for (int k = N_PRODUCTS - 1; k >= 0; k--)
        for (int j = 0; j < N_ECONOMIES; j++)
            for (int i = N_ECONOMIES - 1; i >= 0; i--)
                for (int y = 0; y < 3; y++)
                    if (c->value[y][i][j][k] >= 0)
                        autk_buf_printf(&text, "%.0f,%06d,E%02d,E%02d,%d\n", c->value[y][i][j][k],
                                        k * 7919 % 1000000, j, i, 2001 + y);
    assert_int_equal(text.status, AUTK_OK);
    char *copy = calloc(1, text.len + 1);
    memcpy(copy, autk_buf_text(&text), text.len);
    autk_buf_deinit(&text);
    return copy;
}

static int product_index(const autk_dataset *d, int32_t product)
{
    int code = atoi(autk_dataset_product_code(d, product));
    for (int k = 0; k < N_PRODUCTS; k++)
        if (k * 7919 % 1000000 == code)
            return k;
    return -1;
}

static int economy_index(const autk_dataset *d, int32_t economy)
{
    return atoi(autk_dataset_economy_code(d, economy) + 1);
}

static size_t count_of(const cube *c, int y, int i, int j)
{
    size_t n = 0;
    for (int a = 0; a < N_ECONOMIES; a++)
        for (int b = 0; b < N_ECONOMIES; b++)
            for (int k = 0; k < N_PRODUCTS; k++)
                n += (i < 0 || a == i) && (j < 0 || b == j) && c->value[y][a][b][k] >= 0;
    return n;
}

static void check_flows(autk_dataset *d, const cube *c, int y, int32_t exporter, int32_t importer)
{
    autk_flows f = {.n = 0};
    autk_err err;
    assert_ok(autk_dataset_flows(&f, d, 0, 2001 + y, exporter, importer, &err), &err);
    assert_int_equal(f.n, count_of(c, y, exporter < 0 ? -1 : economy_index(d, exporter),
                                   importer < 0 ? -1 : economy_index(d, importer)));
    for (size_t r = 0; r < f.n; r++) {
        int i = economy_index(d, f.exporter[r]), j = economy_index(d, f.importer[r]);
        assert_true(exporter < 0 || f.exporter[r] == exporter);
        assert_true(importer < 0 || f.importer[r] == importer);
        assert_true(f.value[r] == c->value[y][i][j][product_index(d, f.product[r])]);
        assert_true(isnan(f.quantity[r]));
    }
    autk_flows_deinit(&f);
}

static void check_totals(autk_dataset *d, const cube *c)
{
    autk_pair_total *pairs = NULL;
    size_t n = 0;
    autk_err err;
    assert_ok(autk_dataset_pair_totals(&pairs, &n, d, 0, AUTK_ANY_ECONOMY, AUTK_ANY_ECONOMY, 2001,
                                       2003, &err),
              &err);
    for (size_t r = 0; r < n; r++) {
        double sum = 0;
        int y = pairs[r].period - 2001;
        for (int k = 0; k < N_PRODUCTS; k++) {
            double v = c->value[y][economy_index(d, pairs[r].exporter)]
                               [economy_index(d, pairs[r].importer)][k];
            sum += v > 0 ? v : 0;
        }
        assert_true(pairs[r].value == sum); /* whole numbers: exact in any order */
    }
    free(pairs);
    for (int y = 0; y < 3; y++) {
        autk_flows world = {.n = 0};
        assert_ok(autk_dataset_product_totals(&world, d, 0, 2001 + y, &err), &err);
        for (size_t r = 0; r < world.n; r++) {
            double sum = 0;
            for (int i = 0; i < N_ECONOMIES; i++)
                for (int j = 0; j < N_ECONOMIES; j++) {
                    double v = c->value[y][i][j][product_index(d, world.product[r])];
                    sum += v > 0 ? v : 0;
                }
            assert_true(world.value[r] == sum);
        }
        autk_flows_deinit(&world);
    }
}

static void check_all(const char *path, const cube *c)
{
    autk_dataset *d = NULL;
    autk_dataset_check check;
    autk_err err;
    assert_ok(autk_dataset_open(&d, path, &err), &err);
    assert_ok(autk_dataset_verify(&check, d, NULL, &err), &err);
    for (int y = 0; y < 3; y++) {
        check_flows(d, c, y, AUTK_ANY_ECONOMY, AUTK_ANY_ECONOMY);
        for (int32_t e = 0; e < N_ECONOMIES; e++) {
            check_flows(d, c, y, e, AUTK_ANY_ECONOMY);
            check_flows(d, c, y, AUTK_ANY_ECONOMY, e);
            check_flows(d, c, y, e, (e + 5) % N_ECONOMIES);
        }
    }
    check_totals(d, c);
    autk_dataset_close(d);
}

/* In memory, spilled with little memory, and on several threads: the same flows. */
static void dataset__answers_as_a_dense_cube_does(void **state)
{
    (void)state;
    cube *c = calloc(1, sizeof *c);
    fill_cube(c, 7);
    char *text = cube_text(c), *first = NULL;
    static const struct {
        size_t memory_rows;
        int n_threads;
    } ways[] = {{0, 1}, {0, 3}, {4096, 1}, {12288, 2}};
    for (size_t w = 0; w < sizeof ways / sizeof *ways; w++) {
        const char *path = scratch_path("cube.atk");
        autk_import_opts opts = autk_import_opts_default();
        autk_err err;
        opts.memory_rows = ways[w].memory_rows;
        opts.n_threads = ways[w].n_threads;
        assert_ok(import_text(path, "cube.csv", text, &opts, NULL, &err), &err);
        check_all(path, c);
        char *rows = dataset_text(path);
        if (first == NULL)
            first = rows;
        else {
            assert_string_equal(rows, first);
            free(rows);
        }
    }
    free(first);
    free(text);
    free(c);
}

static void write_file(const char *path, const char *text, size_t len)
{
    FILE *f = fopen(path, "wb");
    assert_non_null(f);
    assert_int_equal(fwrite(text, 1, len, f), len);
    assert_int_equal(fclose(f), 0);
}

static void dataset__refuses_foreign_and_damaged_files(void **state)
{
    (void)state;
    autk_dataset *d = NULL;
    autk_err err;
    const char *path = scratch_path("foreign.atk");
    assert_int_equal(autk_dataset_open(&d, path, &err), AUTK_EIO);
    char text[5000];
    memset(text, 'x', sizeof text);
    write_file(path, text, sizeof text);
    assert_int_equal(autk_dataset_open(&d, path, &err), AUTK_EDATA);
    assert_non_null(strstr(err.msg, "expected a dataset of autarky"));
    assert_int_equal(import_text(path, "b.csv", "t,i,j,k,v,q\n", NULL, NULL, &err), AUTK_EDATA);
    assert_null(d);
}

/* Every byte of the file in turn is one of: noticed, or without influence on any figure. */
static void dataset__verify_notices_a_changed_byte(void **state)
{
    (void)state;
    const char *path = scratch_path("damage.atk");
    autk_err err;
    assert_ok(import_text(path, "BACI_HS92_Y2022_V1.csv",
                          "t,i,j,k,v,q\n2022,4,8,010121,3,2\n2022,8,4,010129,4,\n", NULL, NULL,
                          &err),
              &err);
    char *before = dataset_text(path);
    FILE *f = fopen(path, "rb+");
    struct stat info;
    assert_int_equal(stat(path, &info), 0);
    size_t noticed = 0;
    random_state = 3;
    for (int i = 0; i < 150; i++) {
        long at = (long)(autki_random_bits(&random_state) % (uint64_t)info.st_size);
        fseek(f, at, SEEK_SET);
        int byte = fgetc(f);
        fseek(f, at, SEEK_SET);
        fputc(byte ^ 0x55, f);
        fflush(f);
        autk_dataset *d = NULL;
        autk_dataset_check check;
        autk_status st = autk_dataset_open(&d, path, &err);
        if (st == AUTK_OK)
            st = autk_dataset_verify(&check, d, NULL, &err);
        autk_dataset_close(d);
        if (st == AUTK_OK) {
            char *after = dataset_text(path);
            assert_string_equal(before, after);
            free(after);
        }
        noticed += st != AUTK_OK;
        fseek(f, at, SEEK_SET);
        fputc(byte, f);
        fflush(f);
    }
    assert_true(noticed > 0);
    fclose(f);
    free(before);
}

/* ------------------------------------------------------------------ kills and full disks */

typedef struct old_and_new {
    const char *path;
    char *old_rows, *new_rows, *old_text, *new_text;
} old_and_new;

static autk_import_opts replace_opts(void)
{
    autk_import_opts opts = autk_import_opts_default();
    opts.n_threads = 1;
    opts.source = "cube";
    opts.memory_rows = 8192; /* so that temporary files are part of what is killed */
    return opts;
}

static void prepare(old_and_new *s, const char *name)
{
    cube *c = calloc(1, sizeof *c);
    autk_import_opts opts = replace_opts();
    autk_err err;
    fill_cube(c, 1);
    s->old_text = cube_text(c);
    fill_cube(c, 2);
    s->new_text = cube_text(c);
    free(c);
    s->path = scratch_path(name);
    assert_ok(import_text(s->path, "cube.csv", s->new_text, &opts, NULL, &err), &err);
    s->new_rows = dataset_text(s->path);
    assert_int_equal(unlink(s->path), 0);
    assert_ok(import_text(s->path, "cube.csv", s->old_text, &opts, NULL, &err), &err);
    s->old_rows = dataset_text(s->path);
}

static void finish(old_and_new *s)
{
    free(s->old_rows);
    free(s->new_rows);
    free(s->old_text);
    free(s->new_text);
}

/* True for the new state, false for the old; anything else fails. */
static bool whole_state(const old_and_new *s)
{
    autk_dataset *d = NULL;
    autk_dataset_check check;
    autk_err err;
    assert_ok(autk_dataset_open(&d, s->path, &err), &err);
    assert_ok(autk_dataset_verify(&check, d, NULL, &err), &err);
    autk_dataset_close(d);
    char *rows = dataset_text(s->path);
    assert_non_null(rows);
    bool new_state = strcmp(rows, s->new_rows) == 0;
    if (!new_state)
        assert_string_equal(rows, s->old_rows);
    free(rows);
    return new_state;
}

static pid_t import_in_child_with(const old_and_new *s, const char *text, rlim_t file_limit,
                                  const autk_import_opts *opts)
{
    pid_t pid = fork();
    assert_true(pid >= 0);
    if (pid != 0)
        return pid;
    if (file_limit != RLIM_INFINITY) {
        struct rlimit limit = {file_limit, file_limit};
        signal(SIGXFSZ, SIG_IGN);
        (void)setrlimit(RLIMIT_FSIZE, &limit);
    }
    autk_status st = import_text(s->path, "cube.csv", text, opts, NULL, NULL);
    _exit(st == AUTK_OK ? 0 : st == AUTK_EIO ? 1 : 2);
}

static pid_t import_in_child(const old_and_new *s, const char *text, rlim_t file_limit)
{
    autk_import_opts opts = replace_opts();
    return import_in_child_with(s, text, file_limit, &opts);
}

static double now_s(void)
{
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return (double)t.tv_sec + 1e-9 * (double)t.tv_nsec;
}

/* AUTARKY_KILLS=200 for the whole ordeal. A reader looks on meanwhile: it sees whole states too. */
static void dataset__survives_a_kill_at_any_moment(void **state)
{
    (void)state;
    old_and_new s;
    const char *many = getenv("AUTARKY_KILLS");
    int n = many != NULL ? atoi(many) : 12, n_new = 0, n_killed = 0;
    prepare(&s, "kill.atk");
    double start = now_s();
    int status;
    (void)waitpid(import_in_child(&s, s.new_text, RLIM_INFINITY), &status, 0);
    double whole = now_s() - start;
    assert_true(whole_state(&s));
    autk_import_opts opts = replace_opts();
    random_state = (uint64_t)getpid();
    for (int k = 0; k < n; k++) {
        autk_err err;
        assert_ok(import_text(s.path, "cube.csv", s.old_text, &opts, NULL, &err), &err);
        pid_t pid = import_in_child(&s, s.new_text, RLIM_INFINITY);
        double wait = whole * (double)(autki_random_bits(&random_state) % 1000) / 1000;
        struct timespec t = {0, (long)(wait * 1e9) % 1000000000};
        nanosleep(&t, NULL);
        if (k % 4 == 0)
            (void)whole_state(&s); /* while the import runs */
        kill(pid, SIGKILL);
        assert_int_equal(waitpid(pid, &status, 0), pid);
        n_killed += WIFSIGNALED(status);
        n_new += whole_state(&s);
        start = now_s();
        assert_ok(import_text(s.path, "cube.csv", s.new_text, &opts, NULL, &err), &err);
        /* The quickest so far: on a busy machine most kills would come too late. */
        whole = now_s() - start < whole ? now_s() - start : whole;
        assert_true(whole_state(&s));
    }
    print_message("  %d imports, %d killed in the middle, %d had finished\n", n, n_killed, n_new);
    finish(&s);
}

/* The first import into a new file writes without a log. What a kill leaves is no dataset yet, or
 * an empty one, or the whole of it; the same import again goes through. */
static void dataset__survives_a_kill_of_its_first_import(void **state)
{
    (void)state;
    old_and_new s;
    const char *many = getenv("AUTARKY_KILLS");
    int n = many != NULL ? atoi(many) : 12, n_killed = 0, n_empty = 0;
    prepare(&s, "first.atk");
    double whole = 0;
    random_state = (uint64_t)getpid();
    for (int k = 0; k < n; k++) {
        autk_err err;
        autk_import_opts opts = replace_opts();
        opts.memory_rows = 0;
        autk_dataset *d = NULL;
        assert_int_equal(unlink(s.path), 0);
        double start = now_s();
        pid_t pid = import_in_child_with(&s, s.new_text, RLIM_INFINITY, &opts);
        int status;
        if (k != 0) { /* the first one tells how long it takes */
            double wait = whole * (double)(autki_random_bits(&random_state) % 1000) / 1000;
            struct timespec t = {(time_t)wait, (long)(wait * 1e9) % 1000000000};
            nanosleep(&t, NULL);
            kill(pid, SIGKILL);
        }
        assert_int_equal(waitpid(pid, &status, 0), pid);
        whole = k == 0 ? now_s() - start : whole;
        n_killed += WIFSIGNALED(status);
        if (autk_dataset_open(&d, s.path, &err) == AUTK_OK) {
            autk_dataset_check check;
            assert_ok(autk_dataset_verify(&check, d, NULL, &err), &err);
            n_empty += autk_dataset_n_layers(d) == 0;
            if (autk_dataset_n_layers(d) != 0)
                assert_true(whole_state(&s));
            autk_dataset_close(d);
        }
        assert_ok(import_text(s.path, "cube.csv", s.new_text, &opts, NULL, &err), &err);
        assert_true(whole_state(&s));
    }
    print_message("  %d imports, %d killed in the middle, %d left it empty\n", n, n_killed,
                  n_empty);
    finish(&s);
}

/* A limit on the size of files is a full disk that needs no rights to set up. */
static void dataset__survives_a_full_disk(void **state)
{
    (void)state;
    old_and_new s;
    prepare(&s, "full.atk");
    int n_failed = 0;
    for (rlim_t limit = 0; limit < 400000; limit += 39983) {
        int status;
        autk_err err;
        autk_import_opts opts = replace_opts();
        assert_ok(import_text(s.path, "cube.csv", s.old_text, &opts, NULL, &err), &err);
        pid_t pid = import_in_child(&s, s.new_text, limit);
        assert_int_equal(waitpid(pid, &status, 0), pid);
        assert_true(WIFEXITED(status) && WEXITSTATUS(status) < 2);
        bool new_state = whole_state(&s);
        if (WEXITSTATUS(status) == 1)
            assert_false(new_state);
        n_failed += WEXITSTATUS(status) == 1;
    }
    assert_true(n_failed > 3);
    finish(&s);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(dataset__answers_as_a_dense_cube_does),
        cmocka_unit_test(dataset__refuses_foreign_and_damaged_files),
        cmocka_unit_test(dataset__verify_notices_a_changed_byte),
        cmocka_unit_test(dataset__survives_a_kill_at_any_moment),
        cmocka_unit_test(dataset__survives_a_kill_of_its_first_import),
        cmocka_unit_test(dataset__survives_a_full_disk)};
    int failed = cmocka_run_group_tests(tests, NULL, NULL);
    scratch_remove();
    return failed;
}
