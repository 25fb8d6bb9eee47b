/* PPML with three sets of effects, file reading included: over rows, and on the ring where the
 * graph of the effects is weakly connected. TSV: name, rows, threads, reps, best_s, median_s. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <autarky/gravity.h>

#include "gravity_panel.h"

#define REPS 3

static int by_value(const void *a, const void *b)
{
    double x = *(const double *)a, y = *(const double *)b;
    return x < y ? -1 : x > y;
}

static int run(const char *name, const char *path, const char *formula, int threads)
{
    double seconds[REPS];
    long long rows = 0;
    for (int r = 0; r < REPS; r++) {
        autk_estimate_opts opts = autk_estimate_opts_default();
        autk_estimate *e = NULL;
        autk_err err;
        opts.n_threads = threads;
        if (autk_estimate_run(&e, formula, path, &opts, &err) != AUTK_OK) {
            fprintf(stderr, "%s: %s\n", name, err.msg);
            return 1;
        }
        seconds[r] = autk_estimate_get_info(e)->seconds_total;
        rows = (long long)autk_estimate_get_info(e)->n_rows;
        autk_estimate_free(e);
    }
    qsort(seconds, REPS, sizeof *seconds, by_value);
    printf("%s\t%lld\t%d\t%d\t%.3f\t%.3f\n", name, rows, threads, REPS, seconds[0],
           seconds[REPS / 2]);
    return 0;
}

int main(void)
{
    static const int countries[] = {82, 184, 288};
    char path[] = "gravity-panel-XXXXXX";
    int fd = mkstemp(path), bad = fd < 0;
    if (!bad)
        close(fd);
    printf("name\trows\tthreads\treps\tbest_s\tmedian_s\n");
    for (int i = 0; i < 4 && !bad; i++) {
        FILE *out = fopen(path, "w");
        if (out == NULL)
            return 1;
        if (i < 3)
            gravity_panel_trade(out, countries[i], 30, 1, 1);
        else
            gravity_panel_ring(out, 1000, 5, 40, 1);
        fclose(out);
        const char *formula = i < 3 ? "trade ~ rta + tariff + sanction | exporter^year + "
                                      "importer^year + exporter^importer"
                                    : "trade ~ rta + tariff + sanction | origin^year + "
                                      "destination^year + origin^destination";
        for (int threads = 1; threads <= 2 && !bad; threads++)
            bad = run(i < 3 ? "gravity_three_way" : "gravity_ring", path, formula, threads);
    }
    (void)remove(path);
    return bad;
}
