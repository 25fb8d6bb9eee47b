/* Questions to a dataset of many years, each asked by a process of its own: from fork and exec to
 * the answer and the exit. TSV: name, size, reps, best_s, median_s.
 *
 *   bench_dataset                       a small one, made and removed
 *   bench_dataset FILE [YEARS [ROWS]]   makes FILE when absent: 29 years of 11,000,000 rows
 *   bench_dataset --ask FILE QUESTION YEAR ECONOMY   one (nothing, country, pair, world)
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <autarky/autarky.h>

#include "baci_like.h"
#include "timing.h"

#define REPS 21
#define LAST_YEAR 2023

static void stop(const char *what, const autk_err *err)
{
    fprintf(stderr, "bench_dataset: %s: %s\n", what, err != NULL ? err->msg : "failed");
    exit(1);
}

static void build(const char *path, int years, uint64_t rows)
{
    char csv[4096];
    autk_err err;
    for (int year = LAST_YEAR - years + 1; year <= LAST_YEAR; year++) {
        const char *files[] = {csv};
        (void)snprintf(csv, sizeof csv, "%s.BACI_HS92_Y%d_V202501.csv", path, year);
        FILE *to = fopen(csv, "wb");
        if (to == NULL)
            stop(csv, NULL);
        (void)baci_like_write(to, year, rows, 7 + (uint64_t)year);
        if (fclose(to) != 0)
            stop(csv, NULL);
        autk_import_opts o = autk_import_opts_default();
        if (autk_import_files(path, files, 1, &o, NULL, &err) != AUTK_OK)
            stop("import", &err);
        (void)unlink(csv);
        fprintf(stderr, "%d\n", year);
    }
}

/* The importer with most flows: nobody's view takes longer. */
static int32_t largest_importer(const char *path, int32_t year)
{
    autk_dataset *d = NULL;
    autk_pair_total *pairs = NULL;
    size_t n = 0;
    autk_err err;
    if (autk_dataset_open(&d, path, &err) != AUTK_OK ||
        autk_dataset_pair_totals(&pairs, &n, d, 0, AUTK_ANY_ECONOMY, AUTK_ANY_ECONOMY, year, year,
                                 &err) != AUTK_OK)
        stop("pair totals", &err);
    size_t *flows = calloc((size_t)autk_dataset_n_economies(d) + 1, sizeof *flows);
    int32_t largest = 0;
    for (size_t k = 0; flows != NULL && k < n; k++) {
        flows[pairs[k].importer] += pairs[k].n_products;
        if (flows[pairs[k].importer] > flows[largest])
            largest = pairs[k].importer;
    }
    free(flows);
    free(pairs);
    autk_dataset_close(d);
    return largest;
}

static void ask(const char *path, const char *question, int32_t year, int32_t economy)
{
    autk_dataset *d = NULL;
    autk_flows f = {.n = 0};
    autk_pair_total *pairs = NULL;
    size_t n = 0;
    autk_err err;
    autk_status st = autk_dataset_open(&d, path, &err);
    if (st == AUTK_OK && strcmp(question, "country") == 0)
        st = autk_dataset_flows(&f, d, 0, year, AUTK_ANY_ECONOMY, economy, &err);
    else if (st == AUTK_OK && strcmp(question, "pair") == 0)
        st = autk_dataset_pair_totals(&pairs, &n, d, 0, economy == 0 ? 1 : 0, economy, 0, 9999,
                                      &err);
    else if (st == AUTK_OK && strcmp(question, "world") == 0)
        st = autk_dataset_product_totals(&f, d, 0, year, &err);
    if (st != AUTK_OK)
        stop(question, &err);
    printf("%zu\n", f.n + n);
    free(pairs);
    autk_flows_deinit(&f);
    autk_dataset_close(d);
}

static void run_once(const char *self, const char *path, const char *question, const char *year,
                     const char *economy)
{
    fflush(stdout);
    pid_t child = fork();
    if (child == 0) {
        if (freopen("/dev/null", "w", stdout) != NULL)
            execl(self, self, "--ask", path, question, year, economy, (char *)NULL);
        _exit(127);
    }
    int status = 0;
    if (child < 0 || waitpid(child, &status, 0) != child || status != 0)
        stop(question, NULL);
}

static void bench(const char *self, const char *path)
{
    static const char *const questions[] = {"nothing", "country", "pair", "world"};
    char year[16], economy[16];
    struct stat info;
    (void)snprintf(year, sizeof year, "%d", LAST_YEAR);
    (void)snprintf(economy, sizeof economy, "%d", (int)largest_importer(path, LAST_YEAR));
    double size = stat(path, &info) == 0 ? (double)info.st_size : 0;
    for (size_t q = 0; q < sizeof questions / sizeof *questions; q++) {
        double seconds[REPS];
        for (int k = 0; k < REPS; k++) {
            double start = now_s();
            run_once(self, path, questions[q], year, economy);
            seconds[k] = now_s() - start;
        }
        qsort(seconds, REPS, sizeof *seconds, ascending);
        printf("process: %s\t%.0f\t%d\t%.4f\t%.4f\n", questions[q], size, REPS, seconds[0],
               seconds[REPS / 2]);
    }
}

/* Without a file: a small dataset that goes again. */
static int bench_small(const char *self)
{
    char directory[] = "/tmp/autarky-bench-XXXXXX", path[64];
    if (mkdtemp(directory) == NULL)
        return 1;
    (void)snprintf(path, sizeof path, "%s/trade.atk", directory);
    build(path, 3, 1000000);
    bench(self, path);
    (void)unlink(path);
    (void)rmdir(directory);
    return 0;
}

int main(int argc, char **argv)
{
    if (argc == 6 && strcmp(argv[1], "--ask") == 0) {
        ask(argv[2], argv[3], (int32_t)strtol(argv[4], NULL, 10),
            (int32_t)strtol(argv[5], NULL, 10));
        return 0;
    }
    if (argc == 1)
        return bench_small(argv[0]);
    if (argc > 4)
        return 2;
    if (access(argv[1], F_OK) != 0)
        build(argv[1], argc > 2 ? atoi(argv[2]) : 29,
              argc > 3 ? strtoull(argv[3], NULL, 10) : 11000000);
    bench(argv[0], argv[1]);
    return 0;
}
