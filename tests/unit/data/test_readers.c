/* Readers, in threads and in processes of their own, while an import of many files goes on: each
 * sees the dataset as it was after some file, never older than before, and never an error. */
#include <pthread.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "data/dataset_file.h"
#include "import_support.h"
#include "unit.h"

#define N 7        /* economies */
#define PRODUCTS 9 /* each pair trades all of them */
#define YEARS 3    /* file f brings year 2001 + f % YEARS anew, every flow worth f + 1 */
#define FILES 36
#define THREADS 3
#define PROCESSES 2
#define FLOWS ((size_t)(N * (N - 1) * PRODUCTS))

static char path[256];
static atomic_bool is_over;

static char *file_text(int f)
{
    autk_buf text;
    autk_buf_init(&text);
    autk_buf_puts(&text, "year,exporter,importer,product,value\n");
    for (int i = 0; i < N; i++)
        for (int j = 0; j < N; j++)
            for (int k = 0; k < PRODUCTS; k++)
                if (i != j)
                    autk_buf_printf(&text, "%d,E%d,E%d,%06d,%d\n", 2001 + f % YEARS, i, j, k + 1,
                                    f + 1);
    char *copy = strdup(autk_buf_text(&text));
    autk_buf_deinit(&text);
    return copy;
}

static autk_status import_file(int f, autk_err *err)
{
    autk_import_opts o = autk_import_opts_default();
    char name[32], *text = file_text(f);
    o.source = "cube";
    o.n_threads = 2;
    (void)snprintf(name, sizeof name, "%d.csv", f);
    autk_status st = import_text(path, name, text, &o, NULL, err);
    free(text);
    return st;
}

/* The file that the year is of, by every flow and every total of it; -1 when they differ. */
static int file_of_year(autk_dataset *d, int32_t year, autk_err *err)
{
    autk_flows f = {.n = 0};
    autk_pair_total *pairs = NULL;
    size_t n_pairs = 0;
    autk_status st = autk_dataset_flows(&f, d, 0, year, AUTK_ANY_ECONOMY, AUTK_ANY_ECONOMY, err);
    int file = st == AUTK_OK && f.n == FLOWS ? (int)f.value[0] : -1;
    for (size_t r = 0; r < f.n; r++)
        file = (int)f.value[r] == file ? file : -1;
    autk_flows_deinit(&f);
    if (st == AUTK_OK)
        st = autk_dataset_pair_totals(&pairs, &n_pairs, d, 0, AUTK_ANY_ECONOMY, AUTK_ANY_ECONOMY,
                                      year, year, err);
    /* A query of its own: it may already see the next file, never part of one. */
    for (size_t p = 0; p < n_pairs && st == AUTK_OK; p++)
        if (pairs[p].value != pairs[0].value || pairs[p].value < PRODUCTS * file)
            file = -1;
    free(pairs);
    return st == AUTK_OK && n_pairs == N * (N - 1) ? file : -1;
}

typedef struct reading {
    int seen[YEARS]; /* the newest file of each year */
    int n_looks, n_changes;
    autk_err err;
} reading;

/* One look at everything, through a handle that is just opened or has been open for long. */
static bool look(reading *r, autk_dataset *d)
{
    for (int y = 0; y < YEARS; y++) {
        int file = file_of_year(d, 2001 + y, &r->err);
        if (file < r->seen[y] || (file - 1) % YEARS != y)
            return false;
        r->n_changes += file > r->seen[y];
        r->seen[y] = file;
    }
    r->n_looks++;
    return true;
}

static bool look_and_verify(reading *r)
{
    autk_dataset *d = NULL;
    autk_dataset_check check;
    autk_status st = autk_dataset_open(&d, path, &r->err);
    bool good = st == AUTK_OK && look(r, d);
    if (good)
        good = autk_dataset_verify(&check, d, NULL, &r->err) == AUTK_OK;
    autk_dataset_close(d);
    return good;
}

/* Even readers open the dataset for every look, odd ones keep it open. */
static bool look_on(reading *r, int reader)
{
    autk_dataset *d = NULL;
    bool good = reader % 2 == 0 || autk_dataset_open(&d, path, &r->err) == AUTK_OK;
    do
        good = good && (d != NULL ? look(r, d) : look_and_verify(r));
    while (good && !atomic_load(&is_over) && r->seen[(FILES - 1) % YEARS] < FILES);
    autk_dataset_close(d);
    return good;
}

typedef struct thread_reader {
    reading reading;
    int number;
    bool good;
} thread_reader;

static void *run_reader(void *user)
{
    thread_reader *r = user;
    r->good = look_on(&r->reading, r->number);
    return NULL;
}

static pid_t fork_reader(int number)
{
    pid_t pid = fork();
    assert_true(pid >= 0);
    if (pid != 0)
        return pid;
    reading r = {.n_looks = 0};
    bool good = look_on(&r, number);
    if (!good)
        fprintf(stderr, "reader %d: %s\n", number, r.err.msg);
    _exit(good && r.n_changes > 0 ? 0 : 1);
}

static void readers__see_whole_files_while_an_import_goes_on(void **state)
{
    (void)state;
    autk_err err;
    pid_t pids[PROCESSES];
    pthread_t threads[THREADS];
    thread_reader readers[THREADS] = {{.number = 0}};
    (void)snprintf(path, sizeof path, "%s", scratch_path("readers.atk"));
    for (int f = 0; f < YEARS; f++)
        assert_ok(import_file(f, &err), &err);
    for (int p = 0; p < PROCESSES; p++)
        pids[p] = fork_reader(p);
    for (int t = 0; t < THREADS; t++) {
        readers[t].number = t;
        assert_int_equal(pthread_create(&threads[t], NULL, run_reader, &readers[t]), 0);
    }
    for (int f = YEARS; f < FILES; f++)
        assert_ok(import_file(f, &err), &err);
    atomic_store(&is_over, true);
    for (int t = 0; t < THREADS; t++) {
        assert_int_equal(pthread_join(threads[t], NULL), 0);
        if (!readers[t].good)
            fail_msg("reader in thread %d: %s", t, readers[t].reading.err.msg);
        assert_true(readers[t].reading.n_looks > 0);
    }
    for (int p = 0; p < PROCESSES; p++) {
        int status;
        assert_int_equal(waitpid(pids[p], &status, 0), pids[p]);
        assert_true(WIFEXITED(status) && WEXITSTATUS(status) == 0);
    }
    reading last = {.n_looks = 0};
    assert_true(look_and_verify(&last));
    assert_int_equal(last.seen[(FILES - 1) % YEARS], FILES);
    print_message("  %d + %d + %d looks in threads while %d files came in\n",
                  readers[0].reading.n_looks, readers[1].reading.n_looks,
                  readers[2].reading.n_looks, FILES - YEARS);
}

/* What SQLite calls "database is locked" is said in words that help. */
static void readers__and_writers_that_wait_in_vain_say_for_what(void **state)
{
    (void)state;
    autk_dataset *first = NULL, *second = NULL;
    autk_err err;
    (void)snprintf(path, sizeof path, "%s", scratch_path("busy.atk"));
    assert_ok(import_file(0, &err), &err);
    assert_ok(autki_dataset_open_to_write(&first, path, &err), &err);
    assert_ok(autki_dataset_open_to_write(&second, path, &err), &err);
    assert_ok(autki_dataset_begin(first, &err), &err);
    sqlite3_busy_timeout(second->db, 0);
    assert_int_equal(autki_dataset_begin(second, &err), AUTK_EIO);
    assert_non_null(strstr(err.msg, "another program is using the dataset"));
    autk_dataset_close(second);
    autk_dataset_close(first);
}

/* What is held stays as it is, also for the calls that read in several steps. */
static void readers__that_hold_a_dataset_see_one_state(void **state)
{
    (void)state;
    autk_dataset *d = NULL;
    autk_err err;
    (void)snprintf(path, sizeof path, "%s", scratch_path("held.atk"));
    for (int f = 0; f < YEARS; f++)
        assert_ok(import_file(f, &err), &err);
    autk_dataset *writer = NULL; /* keeps the write-ahead log there, so that an import can begin */
    assert_ok(autki_dataset_open_to_write(&writer, path, &err), &err);
    assert_ok(autk_dataset_open(&d, path, &err), &err);
    assert_ok(autk_dataset_hold(d, &err), &err);
    assert_int_equal(file_of_year(d, 2001, &err), 1);
    assert_ok(import_file(YEARS, &err), &err);
    assert_int_equal(file_of_year(d, 2001, &err), 1);
    autk_dataset_release(d);
    assert_int_equal(file_of_year(d, 2001, &err), YEARS + 1);
    autk_dataset_close(d);
    autk_dataset_close(writer);
}

static int remove_scratch(void **state)
{
    (void)state;
    scratch_remove();
    return 0;
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(readers__see_whole_files_while_an_import_goes_on),
        cmocka_unit_test(readers__and_writers_that_wait_in_vain_say_for_what),
        cmocka_unit_test(readers__that_hold_a_dataset_see_one_state)};
    return cmocka_run_group_tests(tests, NULL, remove_scratch);
}
