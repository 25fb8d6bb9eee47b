/* Import of a generated year like BACI against data.table::fread reading the same file, and the
 * questions that a dataset must answer at once. TSV: name, size, reps, best_s, median_s.
 *
 *   bench_import [ROWS]     default 1,000,000; 11000000 for a year as large as BACI's
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>

#include <autarky/autarky.h>

#include "baci_like.h"
#include "timing.h"

#define REPS 5

static void tell(const char *name, double size, double *seconds, int reps)
{
    qsort(seconds, (size_t)reps, sizeof *seconds, ascending);
    printf("%s\t%.0f\t%d\t%.4f\t%.4f\n", name, size, reps, seconds[0], seconds[reps / 2]);
    fflush(stdout);
}

static void stop(const char *what, const autk_err *err)
{
    fprintf(stderr, "bench_import: %s: %s\n", what, err != NULL ? err->msg : "failed");
    exit(1);
}

static void bench_import(const char *csv, const char *dataset, double rows, int reps)
{
    double seconds[REPS];
    autk_err err;
    for (int k = 0; k < reps; k++) {
        autk_import_opts o = autk_import_opts_default();
        (void)unlink(dataset);
        double start = now_s();
        if (autk_import_files(dataset, &csv, 1, &o, NULL, &err) != AUTK_OK)
            stop("import", &err);
        seconds[k] = now_s() - start;
    }
    tell("import", rows, seconds, reps);
    struct stat info;
    struct rusage usage;
    if (stat(dataset, &info) == 0)
        printf("# %.2f bytes a row\n", (double)info.st_size / rows);
    if (getrusage(RUSAGE_SELF, &usage) == 0)
        printf("# %.0f MB of memory at most\n", (double)usage.ru_maxrss / 1024);
}

/* The yardstick in the same run: R's data.table, two threads, reading only. */
static void bench_fread(const char *csv, double rows, int reps)
{
    char command[1024], line[64];
    double seconds[REPS];
    (void)snprintf(command, sizeof command,
                   "Rscript -e 'suppressMessages(library(data.table)); setDTthreads(2);"
                   " for (i in 1:%d) cat(system.time(fread(\"%s\","
                   " colClasses = list(character = \"k\")))[[\"elapsed\"]], \"\\n\")' 2>/dev/null",
                   reps, csv);
    FILE *r = popen(command, "r");
    int n = 0;
    while (r != NULL && n < reps && fgets(line, sizeof line, r) != NULL)
        seconds[n++] = strtod(line, NULL);
    if (r != NULL)
        (void)pclose(r);
    if (n == reps)
        tell("data.table::fread", rows, seconds, reps);
    else
        printf("# no Rscript with data.table here\n");
}

/* The importer with most flows: nobody's view takes longer. */
static int32_t largest_importer(const char *dataset, int year)
{
    autk_dataset *d = NULL;
    autk_pair_total *pairs = NULL;
    size_t n = 0;
    autk_err err;
    if (autk_dataset_open(&d, dataset, &err) != AUTK_OK ||
        autk_dataset_pair_totals(&pairs, &n, d, 0, AUTK_ANY_ECONOMY, AUTK_ANY_ECONOMY, year, year,
                                 &err) != AUTK_OK)
        stop("pair totals", &err);
    size_t *flows = calloc((size_t)autk_dataset_n_economies(d), sizeof *flows);
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

static void bench_questions(const char *dataset, int year, double rows)
{
    double country[REPS], pair[REPS], world[REPS];
    autk_err err;
    int32_t economy = largest_importer(dataset, year);
    for (int k = 0; k < REPS; k++) {
        autk_dataset *d = NULL;
        autk_flows f;
        int32_t other;
        double start = now_s();
        if (autk_dataset_open(&d, dataset, &err) != AUTK_OK ||
            autk_dataset_flows(&f, d, 0, year, AUTK_ANY_ECONOMY, economy, &err) != AUTK_OK)
            stop("country view", &err);
        country[k] = now_s() - start;
        autk_flows_deinit(&f);
        start = now_s();
        other = economy == 0 ? 1 : 0;
        if (autk_dataset_flows(&f, d, 0, year, other, economy, &err) != AUTK_OK)
            stop("pair", &err);
        pair[k] = now_s() - start;
        autk_flows_deinit(&f);
        start = now_s();
        if (autk_dataset_product_totals(&f, d, 0, year, &err) != AUTK_OK)
            stop("world totals", &err);
        world[k] = now_s() - start;
        autk_flows_deinit(&f);
        autk_dataset_close(d);
    }
    tell("open and country view at HS6", rows, country, REPS);
    tell("pair at HS6, one year", rows, pair, REPS);
    tell("world totals by product", rows, world, REPS);
}

int main(int argc, char **argv)
{
    uint64_t wanted = argc > 1 ? strtoull(argv[1], NULL, 10) : 1000000;
    char directory[] = "/tmp/autarky-bench-XXXXXX", csv[128], dataset[128];
    if (wanted == 0 || mkdtemp(directory) == NULL)
        return 2;
    (void)snprintf(csv, sizeof csv, "%s/BACI_HS92_Y2022_V202501.csv", directory);
    (void)snprintf(dataset, sizeof dataset, "%s/trade.atk", directory);
    FILE *to = fopen(csv, "wb");
    if (to == NULL)
        stop("generate", NULL);
    uint64_t rows = baci_like_write(to, 2022, wanted, 7);
    if (fclose(to) != 0)
        stop("generate", NULL);
    int reps = wanted > 3000000 ? 2 : REPS;
    bench_import(csv, dataset, (double)rows, reps);
    bench_fread(csv, (double)rows, reps);
    bench_questions(dataset, 2022, (double)rows);
    (void)unlink(csv);
    (void)unlink(dataset);
    (void)rmdir(directory);
    return 0;
}
