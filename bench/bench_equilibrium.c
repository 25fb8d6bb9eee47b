/*
 * Solves of the equilibrium room, with a plain numpy fixed point beside them in the same run.
 * TSV: name, size, reps, best and median seconds, iterations. Best of many.
 */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>

#include <autarky/autarky.h>

#include "timing.h"

static void die(const autk_err *err)
{
    fprintf(stderr, "%s: %s\n", err->source, err->msg);
    exit(1);
}

static double report(const char *name, const char *size, double *seconds, int n, int iterations)
{
    qsort(seconds, (size_t)n, sizeof *seconds, ascending);
    printf("%s\t%s\t%d\t%.6f\t%.6f\t%d\n", name, size, n, seconds[0], seconds[n / 2], iterations);
    fflush(stdout);
    return seconds[0];
}

typedef struct task {
    const autk_economy *economy;
    const autk_measure *measures;
    size_t n_measures;
    autk_deficits deficits;
} task;

/* Cold solves: from the accounts, nothing known before. */
static double solve_cold(const char *name, const char *size, const task *t, int reps)
{
    double *seconds = malloc((size_t)reps * sizeof *seconds);
    autk_solve_opts opts = autk_solve_opts_default();
    autk_solve_info info = {0};
    autk_err err;
    opts.deficits = t->deficits;
    for (int r = 0; r < reps; r++) {
        autk_equilibrium *eq = NULL;
        double began = now_s();
        if (autk_equilibrium_solve(&eq, &info, t->economy, t->measures, t->n_measures, NULL, &opts,
                                   &err) != AUTK_OK)
            die(&err);
        seconds[r] = now_s() - began;
        autk_equilibrium_free(eq);
    }
    double best = report(name, size, seconds, reps, info.iterations);
    free(seconds);
    return best;
}

static const char *shared(const char *relative)
{
    static char path[1024];
    const char *root = getenv("AUTARKY_SHARED");
    (void)snprintf(path, sizeof path, "%s/data/%s", root != NULL ? root : "../shared", relative);
    return path;
}

/* ------------------------------------------------------------------ cp2015 and numpy */

static void numpy_beside(double ours, const char *script)
{
    char command[2300], line[200];
    double seconds = 0, mexico = 0, usa = 0;
    (void)snprintf(command, sizeof command, "python3 %s %s || /usr/bin/python3 %s %s", script,
                   shared("models/cp2015"), script, shared("models/cp2015"));
    FILE *pipe = popen(command, "r");
    if (pipe == NULL || fgets(line, sizeof line, pipe) == NULL ||
        sscanf(line, "%lf %lf %lf", &seconds, &mexico, &usa) != 3) {
        printf("# numpy is not here: no comparison\n");
    } else {
        printf("numpy fixed point, one thread\tN=31 S=40\t3\t%.6f\t\t\n", seconds);
        printf("# numpy / ours: %.1f (target 40); its embargo: Mexico %.4f, USA %.4f %%\n",
               seconds / ours, mexico, usa);
    }
    if (pipe != NULL)
        pclose(pipe);
}

static void bench_cp2015(const char *script)
{
    autk_economy *e = NULL;
    autk_err err;
    double began = now_s();
    if (autk_economy_open(&e, shared("models/cp2015"), NULL, &err) != AUTK_OK) {
        printf("# cp2015 is not here\n");
        return;
    }
    printf("cp2015, files read\tN=31 S=40\t1\t%.6f\t\t\n", now_s() - began);
    task t = {.economy = e, .deficits = AUTK_DEFICITS_ZERO};
    double best = solve_cold("cp2015, cold to 1e-10", "N=31 S=40", &t, 30);
    numpy_beside(best, script);
    autk_economy_free(e);
}

static void bench_draws(void)
{
    static const char *const text = "name: draws\n"
                                    "groups: {West: [USA, Canada, Germany, France, UK, Italy, "
                                    "Japan]}\n"
                                    "coalition: West\n"
                                    "deficits: zero\n"
                                    "uncertainty: {draws: 1000, seed: 1, theta: 20%}\n"
                                    "measures: [{cost: 50%, from: West, to: China, both: true}]\n";
    autk_economy *e = NULL;
    autk_scenario *s = NULL;
    autk_simulation *sim = NULL;
    autk_input *input = NULL;
    autk_err err;
    autk_simulate_opts opts = {.n_threads = 2};
    if (autk_economy_open(&e, shared("models/cp2015"), NULL, &err) != AUTK_OK)
        return;
    if (autk_input_memory(&input, "draws.yaml", text, strlen(text), &err) != AUTK_OK ||
        autk_scenario_read(&s, input, &err) != AUTK_OK)
        die(&err);
    double began = now_s();
    if (autk_simulate(&sim, s, e, &opts, &err) != AUTK_OK)
        die(&err);
    printf("1000 draws of a coalition on cp2015, 2 threads\tN=31 S=40\t1\t%.3f\t\t\n",
           now_s() - began);
    printf("# draws without a solution: %d; target 20 s\n", autk_simulation_n_failed_draws(sim));
    autk_simulation_free(sim);
    autk_scenario_free(s);
    autk_input_free(input);
    autk_economy_free(e);
}

/* ------------------------------------------------------------------ generated and built-in */

static double rss_mb(void)
{
    struct rusage usage;
    getrusage(RUSAGE_SELF, &usage);
    return (double)usage.ru_maxrss / 1024;
}

static void bench_generated(int32_t n, int32_t s, int reps)
{
    autk_economy *e = NULL;
    autk_err err;
    char size[40];
    (void)snprintf(size, sizeof size, "N=%d S=%d", (int)n, (int)s);
    if (autk_economy_generate(&e, n, s, 1, &err) != AUTK_OK)
        die(&err);
    uint8_t *first = calloc((size_t)n, 1), *second = calloc((size_t)n, 1);
    first[0] = second[1] = 1;
    autk_measure cut[] = {{.kind = AUTK_MEASURE_EMBARGO, .sellers = first, .buyers = second},
                          {.kind = AUTK_MEASURE_EMBARGO, .sellers = second, .buyers = first}};
    task t = {.economy = e, .measures = cut, .n_measures = 2};
    double before = rss_mb();
    solve_cold("generated, embargo to 1e-10", size, &t, reps);
    double copy = (double)s * n * n * 8 / 1048576;
    if (copy > 10)
        printf("# one copy of the shares %.1f MB; the solve's peak above the accounts %.1f MB\n",
               copy, rss_mb() - before);
    free(first);
    free(second);
    autk_economy_free(e);
}

static void bench_world(const char *path)
{
    autk_world *world = NULL;
    autk_economy *e = NULL;
    autk_err err;
    if (autk_world_open(&world, path, &err) != AUTK_OK) {
        printf("# no world dataset at %s\n", path);
        return;
    }
    double began = now_s();
    if (autk_economy_from_world(&e, world, 2023, NULL, &err) != AUTK_OK)
        die(&err);
    printf("world-2023, gathered\tN=%d S=1\t1\t%.6f\t\t\n", (int)autk_economy_n_regions(e),
           now_s() - began);
    uint8_t *one = calloc((size_t)autk_economy_n_regions(e), 1);
    one[20] = 1;
    autk_measure m = {.kind = AUTK_MEASURE_TARIFF_ADD, .value = .25, .buyers = one};
    task t = {.economy = e, .measures = &m, .n_measures = 1};
    solve_cold("world-2023, tariff to 1e-10", "N=190 S=1", &t, 30);
    free(one);
    autk_economy_free(e);
    autk_world_close(world);
}

int main(int argc, char **argv)
{
    const char *script = argc > 1 ? argv[1] : "bench/equilibrium_numpy.py";
    const char *world = getenv("AUTARKY_WORLD");
    printf("# autarky %s, equilibrium; seconds\nname\tsize\treps\tbest\tmedian\titerations\n",
           autk_version());
    bench_cp2015(script);
    bench_generated(44, 1, 30);
    bench_generated(400, 1, 10);
    bench_world(world != NULL ? world : "build/bench/data/world.sqlite");
    bench_generated(25, 45, 5);
    bench_generated(50, 45, 5);
    bench_generated(100, 45, 3);
    bench_generated(200, 45, 2);
    bench_draws();
    return 0;
}
