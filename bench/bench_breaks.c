/* Dating a series: autk_breaks_find by length and model of the errors. On the same machine R's
 * strucchange 1.5-3 takes 9.5 s for 2,000 observations (59 s before it had a core in C). */
#include <stdio.h>
#include <stdlib.h>

#include <autarky/breaks.h>

#include "timing.h"

#define MAX_N 4000
#define REPS 9

static void fill(double *y, size_t n)
{
    uint32_t seed = 7;
    for (size_t t = 0; t < n; t++) {
        seed = (seed * 1103515245u + 12345u) & 0x7fffffffu;
        y[t] = (double)((seed >> 16) % 1000u) / 250.0 + (3 * t > n ? 2.0 : 0.0) +
               (3 * t > 2 * n ? 1.0 : 0.0);
    }
}

static int time_one(const double *y, size_t n, autk_breaks_errors errors, const char *name)
{
    autk_breaks b;
    autk_err err;
    double times[REPS];
    autk_breaks_opts o = autk_breaks_opts_default();
    o.errors = errors;
    for (int r = 0; r < REPS; r++) {
        double began = now_s();
        if (autk_breaks_find(&b, y, n, &o, &err) != AUTK_OK) {
            fprintf(stderr, "bench_breaks: %s\n", err.msg);
            return 1;
        }
        times[r] = now_s() - began;
    }
    qsort(times, REPS, sizeof *times, ascending);
    printf("%s\t%zu\t%d\t%.6f\t%.6f\n", name, n, REPS, times[0], times[REPS / 2]);
    return 0;
}

int main(void)
{
    static double y[MAX_N];
    static const size_t sizes[] = {100, 500, 1000, 2000, 4000};
    puts("name\tn\treps\tbest_s\tmedian_s");
    for (size_t i = 0; i < sizeof sizes / sizeof *sizes; i++) {
        fill(y, sizes[i]);
        if (time_one(y, sizes[i], AUTK_BREAKS_IID, "breaks_iid") != 0 ||
            time_one(y, sizes[i], AUTK_BREAKS_HAC, "breaks_hac") != 0)
            return 1;
    }
    return 0;
}
