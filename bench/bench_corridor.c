/* The transport network: opening, all pairs, one closure for all pairs. From the project's root. */
#include <stdio.h>
#include <stdlib.h>

#include <autarky/corridor.h>

#include "timing.h"

#define REPS 7

static void report(const char *name, size_t n, double *times)
{
    qsort(times, REPS, sizeof *times, ascending);
    printf("%s\t%zu\t%d\t%.6f\t%.6f\n", name, n, REPS, times[0], times[REPS / 2]);
}

static autk_status time_model(const autk_network *net, autk_route_model model, const char *name,
                              size_t n, double *cost, autk_err *err)
{
    static const char *const closed[] = {"suez", "POL-BLR", "malacca"};
    double all[REPS], one[REPS];
    autk_status st = AUTK_OK;
    for (int r = 0; st == AUTK_OK && r < REPS; r++) {
        autk_pair_costs *pairs = NULL;
        double began = now_s();
        st = autk_pair_costs_create(&pairs, net, model, NULL, 1, err);
        all[r] = now_s() - began;
        for (int k = 0; st == AUTK_OK && k < 3; k++) {
            autk_closures *c = NULL;
            st = autk_closures_create(&c, net, err);
            if (st == AUTK_OK)
                st = autk_closures_add(c, closed[k], err);
            began = now_s();
            if (st == AUTK_OK)
                st = autk_pair_costs_after(cost, pairs, c, err);
            double took = now_s() - began;
            one[r] = k == 0 || took > one[r] ? took : one[r]; /* the slowest of the three */
            autk_closures_free(c);
        }
        autk_pair_costs_free(pairs);
    }
    if (st != AUTK_OK)
        return st;
    char text[80];
    (void)snprintf(text, sizeof text, "all_pairs_%s", name);
    report(text, n, all);
    (void)snprintf(text, sizeof text, "one_closure_%s", name);
    report(text, n, one);
    return AUTK_OK;
}

int main(void)
{
    const char *path = getenv("AUTARKY_WORLD");
    autk_world *world = NULL;
    autk_network *net = NULL;
    autk_err err;
    double opening[REPS], *cost = NULL;
    puts("name\tn\treps\tbest_s\tmedian_s");
    autk_status st =
        autk_world_open(&world, path != NULL ? path : "build/bench/data/world.sqlite", &err);
    for (int r = 0; st == AUTK_OK && r < REPS; r++) {
        autk_network_free(net);
        net = NULL;
        double began = now_s();
        st = autk_network_open(&net, world, NULL, &err);
        opening[r] = now_s() - began;
    }
    if (st == AUTK_OK) {
        size_t n = (size_t)autk_world_n_economies(world);
        report("network_open", n, opening);
        cost = malloc(n * n * sizeof *cost);
        if (cost != NULL)
            st = time_model(net, AUTK_ROUTE_SHORTEST, "shortest", n, cost, &err);
        if (cost != NULL && st == AUTK_OK)
            st = time_model(net, AUTK_ROUTE_PROBABILISTIC, "probable", n, cost, &err);
    }
    if (st != AUTK_OK)
        fprintf(stderr, "bench_corridor: %s\n", err.msg);
    free(cost);
    autk_network_free(net);
    autk_world_close(world);
    return st == AUTK_OK ? 0 : 1;
}
