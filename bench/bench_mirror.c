/* Both sides of a generated year like UN Comtrade's, reconciled product by product. TSV: name,
 * size, reps, best_s, median_s.
 *
 *   bench_mirror [ROWS [NEIGHBOURS]]   rows of each side, default 1,000,000; years before, default
 * 2
 */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>

#include <autarky/autarky.h>

#include "baci_like.h"
#include "timing.h"

#define YEAR 2022

static void stop(const char *what, const autk_err *err)
{
    fprintf(stderr, "bench_mirror: %s: %s\n", what, err != NULL ? err->msg : "failed");
    exit(1);
}

static uint64_t next(uint64_t *state)
{
    uint64_t z = (*state += 0x9E3779B97F4A7C15U);
    z = (z ^ (z >> 30)) * 0xBF58476D1CE4E5B9U;
    z = (z ^ (z >> 27)) * 0x94D049BB133111EBU;
    return z ^ (z >> 31);
}

/* What a side makes of the true rows: one in seven is not reported, the others are off by a factor
 * with the tails of a product of two logs. */
static void tell(const char *truth, const char *report, double margin, uint64_t seed)
{
    char line[256];
    FILE *from = fopen(truth, "rb"), *to = fopen(report, "wb");
    uint64_t state = seed;
    if (from == NULL || to == NULL || fgets(line, sizeof line, from) == NULL)
        stop(report, NULL);
    fputs("t,i,j,k,v\n", to);
    while (fgets(line, sizeof line, from) != NULL) {
        if (next(&state) % 7 == 0)
            continue;
        char *end = strrchr(line, ',');
        *end = '\0';
        char *value = strrchr(line, ',');
        double a = (double)(next(&state) >> 11) / 9007199254740992.0 - 0.5;
        double b = (double)(next(&state) >> 11) / 9007199254740992.0 + 0.05;
        *value = '\0';
        fprintf(to, "%s,%.2f\n", line,
                strtod(value + 1, NULL) * 1000 * exp(margin + 0.4 * a / b) + 0.01);
    }
    if (fclose(from) != 0 || fclose(to) != 0)
        stop(report, NULL);
}

static void import_side(const char *dataset, const char *csv, autk_side side)
{
    autk_import_opts o = autk_import_opts_default();
    autk_err err;
    o.format = AUTK_IMPORT_CSV;
    o.map = "year=t,exporter=i,importer=j,product=k,value=v";
    o.source = "reports";
    o.classification = "HS17";
    o.side = side;
    if (autk_import_files(dataset, &csv, 1, &o, NULL, &err) != AUTK_OK)
        stop("import", &err);
}

static void generate(const char *directory, const char *dataset, int year, uint64_t rows)
{
    char truth[160], report[160];
    (void)snprintf(truth, sizeof truth, "%s/truth.csv", directory);
    FILE *to = fopen(truth, "wb");
    if (to == NULL)
        stop(truth, NULL);
    (void)baci_like_write(to, year, rows + rows / 6, 7);
    if (fclose(to) != 0)
        stop(truth, NULL);
    for (int side = 0; side < 2; side++) {
        (void)snprintf(report, sizeof report, "%s/%d-%d.csv", directory, side, year);
        tell(truth, report, side == 0 ? 0 : 0.06, (uint64_t)(2 * year + side));
        import_side(dataset, report, side == 0 ? AUTK_SIDE_EXPORTER : AUTK_SIDE_IMPORTER);
        (void)unlink(report);
    }
    (void)unlink(truth);
}

int main(int argc, char **argv)
{
    uint64_t rows = argc > 1 ? strtoull(argv[1], NULL, 10) : 1000000;
    int neighbours = argc > 2 ? atoi(argv[2]) : 2;
    char directory[] = "/tmp/autarky-bench-XXXXXX", dataset[128];
    autk_mirror_stored s;
    autk_err err;
    struct rusage usage;
    struct stat before, after;
    if (rows == 0 || mkdtemp(directory) == NULL)
        return 2;
    (void)snprintf(dataset, sizeof dataset, "%s/trade.atk", directory);
    for (int year = YEAR - neighbours; year <= YEAR; year++)
        generate(directory, dataset, year, rows);
    if (stat(dataset, &before) != 0)
        stop(dataset, NULL);
    double start = now_s();
    clock_t began = clock();
    if (autk_mirror_store(&s, dataset, YEAR, NULL, NULL, NULL, NULL, &err) != AUTK_OK)
        stop("mirror", &err);
    double took = now_s() - start;
    uint64_t flows = s.n_flows[0] + s.n_flows[1] + s.n_flows[2];
    printf("reconcile both sides, %d neighbours\t%.0f\t1\t%.4f\t%.4f\n", s.n_neighbours,
           (double)flows, took, took);
    printf("# %.1f s of processor time\n", (double)(clock() - began) / CLOCKS_PER_SEC);
    if (stat(dataset, &after) == 0)
        printf("# %.2f bytes a row\n", (double)(after.st_size - before.st_size) / (double)flows);
    if (getrusage(RUSAGE_SELF, &usage) == 0)
        printf("# %.0f MB of memory at most, imports included\n", (double)usage.ru_maxrss / 1024);
    (void)unlink(dataset);
    (void)rmdir(directory);
    return 0;
}
