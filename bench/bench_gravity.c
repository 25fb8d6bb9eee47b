/* PPML with three sets of effects, file reading included: over rows, over the number of effects at
 * about the same rows, with domestic flows and globalisation effects, and on the ring where the
 * graph of the effects is weakly connected. TSV: name, rows, levels of all effects, threads, reps,
 * best_s, median_s, and of the best run what reading, preparing and solving took. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <autarky/gravity.h>

#include "gravity_panel.h"

#define REPS 3

typedef struct scenario {
    const char *name, *formula;
    int size, n_years; /* countries, or regions of the ring */
    void (*write)(FILE *out, int size, int n_years);
} scenario;

static void write_trade(FILE *out, int size, int n_years)
{
    gravity_panel_trade(out, size, n_years, 1, 1);
}

static void write_domestic(FILE *out, int size, int n_years)
{
    gravity_panel_domestic(out, size, n_years, 1);
}

static void write_ring(FILE *out, int size, int n_years)
{
    gravity_panel_ring(out, size, 5, n_years, 1);
}

#define THREE_WAY "exporter^year + importer^year + exporter^importer"
#define TRADE "trade ~ rta + tariff + sanction | " THREE_WAY
#define DOMESTIC "trade ~ rta + tariff + i(year, international, ref = 1986) | " THREE_WAY
#define RING "trade ~ rta + tariff + sanction | origin^year + destination^year + origin^destination"

static const scenario scenarios[] = {{"gravity_rows", TRADE, 82, 30, write_trade},
                                     {"gravity_rows", TRADE, 184, 30, write_trade},
                                     {"gravity_rows", TRADE, 288, 30, write_trade},
                                     {"gravity_levels", TRADE, 60, 140, write_trade},
                                     {"gravity_levels", TRADE, 130, 30, write_trade},
                                     {"gravity_levels", TRADE, 289, 6, write_trade},
                                     {"gravity_globalisation", DOMESTIC, 130, 30, write_domestic},
                                     {"gravity_ring", RING, 1000, 40, write_ring}};

static int by_total(const void *a, const void *b)
{
    double x = ((const autk_estimate_info *)a)->seconds_total;
    double y = ((const autk_estimate_info *)b)->seconds_total;
    return x < y ? -1 : x > y;
}

static int run(const scenario *s, const char *path, int threads)
{
    autk_estimate_info runs[REPS];
    long long levels = 0;
    for (int r = 0; r < REPS; r++) {
        autk_estimate_opts opts = autk_estimate_opts_default();
        autk_estimate *e = NULL;
        autk_err err;
        opts.n_threads = threads;
        if (autk_estimate_run(&e, s->formula, path, &opts, &err) != AUTK_OK) {
            fprintf(stderr, "%s: %s\n", s->name, err.msg);
            return 1;
        }
        runs[r] = *autk_estimate_get_info(e);
        levels = 0;
        for (int k = 0; k < runs[r].n_effects; k++)
            levels += (long long)autk_estimate_get_effect(e, k).levels;
        autk_estimate_free(e);
    }
    qsort(runs, REPS, sizeof *runs, by_total);
    printf("%s\t%lld\t%lld\t%d\t%d\t%.3f\t%.3f\t%.3f\t%.3f\t%.3f\n", s->name,
           (long long)runs[0].n_rows, levels, threads, REPS, runs[0].seconds_total,
           runs[REPS / 2].seconds_total, runs[0].seconds_read, runs[0].seconds_prepare,
           runs[0].seconds_solve);
    return fflush(stdout) != 0;
}

int main(void)
{
    char path[] = "gravity-panel-XXXXXX";
    int fd = mkstemp(path), bad = fd < 0;
    if (!bad)
        close(fd);
    printf("name\trows\tlevels\tthreads\treps\tbest_s\tmedian_s\tread_s\tprepare_s\tsolve_s\n");
    for (size_t i = 0; i < sizeof scenarios / sizeof *scenarios && !bad; i++) {
        const scenario *s = &scenarios[i];
        FILE *out = fopen(path, "w");
        if (out == NULL)
            return 1;
        s->write(out, s->size, s->n_years);
        bad = fclose(out) != 0;
        for (int threads = 1; threads <= 2 && !bad; threads++)
            bad = run(s, path, threads);
    }
    (void)remove(path);
    return bad;
}
