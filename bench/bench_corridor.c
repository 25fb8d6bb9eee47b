/* The transport network: opening, all pairs, one closure of each place for all pairs. From the
 * project's root. */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>

#include <autarky/corridor.h>

#include "timing.h"

#define REPS 7
#define MOST_SETS 2000

static void report(const char *name, size_t n, double *times, size_t reps)
{
    qsort(times, reps, sizeof *times, ascending);
    printf("%s\t%zu\t%zu\t%.6f\t%.6f\t%.6f\n", name, n, reps, times[0], times[reps / 2],
           times[reps - 1]);
}

static autk_status time_all_pairs(autk_pair_costs **pairs, const autk_network *net,
                                  autk_route_model model, const char *name, size_t n, autk_err *err)
{
    double took[REPS];
    autk_status st = AUTK_OK;
    for (int r = 0; st == AUTK_OK && r < REPS; r++) {
        autk_pair_costs_free(*pairs);
        *pairs = NULL;
        double began = now_s();
        st = autk_pair_costs_create(pairs, net, model, NULL, 1, err);
        took[r] = now_s() - began;
    }
    if (st == AUTK_OK)
        report(name, n, took, REPS);
    return st;
}

/* The quickest of three: what is measured is the work, not what else the machine does. */
static autk_status time_closures(double *took, double *cost, const autk_pair_costs *pairs,
                                 const autk_closures *c, autk_err *err)
{
    autk_status st = AUTK_OK;
    *took = INFINITY;
    for (int r = 0; st == AUTK_OK && r < 3; r++) {
        double began = now_s();
        st = autk_pair_costs_after(cost, pairs, c, err);
        double now = now_s() - began;
        *took = now < *took ? now : *took;
    }
    return st;
}

/* Each place that can be closed, one after the other. */
static autk_status time_places(double *cost, const autk_pair_costs *pairs, const autk_network *net,
                               const char *name, size_t n, autk_err *err)
{
    static double took[MOST_SETS];
    size_t done = 0;
    autk_status st = AUTK_OK;
    for (int32_t i = 0; st == AUTK_OK && i < autk_network_n_places(net) && done < MOST_SETS; i++) {
        const autk_place *p = autk_network_place(net, i);
        autk_closures *c = NULL;
        if (p->kind == AUTK_PLACE_CITY || p->kind == AUTK_PLACE_TOWN)
            continue;
        st = autk_closures_create(&c, net, err);
        if (st == AUTK_OK)
            st = autk_closures_add(c, p->id, err);
        if (st == AUTK_OK)
            st = time_closures(&took[done++], cost, pairs, c, err);
        autk_closures_free(c);
    }
    if (st == AUTK_OK)
        report(name, n, took, done);
    return st;
}

/* Several places at once; "!" bans transit. */
static autk_status time_sets(double *cost, const autk_pair_costs *pairs, const autk_network *net,
                             const char *name, size_t n, autk_err *err)
{
    static const char *const sets[][6] = {
        {"BLR-POL", "BLR-LTU", "BLR-LVA", "BLR-RUS", "BLR-UKR"},
        {"BLR-POL", "BLR-LTU", "BLR-LVA"},
        {"!RUS"},
        {"!POL", "!LTU", "!LVA", "!UKR"},
        {"suez", "panama"},
        {"suez", "panama", "malacca", "gibraltar", "hormuz", "bosporus"},
        {"oresund", "great-belt", "kiel-canal"},
        {"RUS-FIN", "RUS-EST", "RUS-LVA", "RUS-LTU", "RUS-POL", "RUS-NOR"},
        {"!CHN", "!IND", "!USA"}};
    enum { N = sizeof sets / sizeof *sets };
    double took[N];
    autk_status st = AUTK_OK;
    for (int i = 0; st == AUTK_OK && i < N; i++) {
        autk_closures *c = NULL;
        st = autk_closures_create(&c, net, err);
        for (int k = 0; st == AUTK_OK && k < 6 && sets[i][k] != NULL; k++)
            st = sets[i][k][0] == '!' ? autk_closures_ban_transit(c, sets[i][k] + 1, err)
                                      : autk_closures_add(c, sets[i][k], err);
        if (st == AUTK_OK)
            st = time_closures(&took[i], cost, pairs, c, err);
        autk_closures_free(c);
    }
    if (st == AUTK_OK)
        report(name, n, took, N);
    return st;
}

static autk_status time_model(const autk_network *net, autk_route_model model, const char *name,
                              size_t n, autk_err *err)
{
    char all[80], one[80], several[80];
    autk_pair_costs *pairs = NULL;
    double *cost = malloc(n * n * sizeof *cost);
    (void)snprintf(all, sizeof all, "all_pairs_%s", name);
    (void)snprintf(one, sizeof one, "each_place_closed_%s", name);
    (void)snprintf(several, sizeof several, "several_closed_%s", name);
    autk_status st = cost != NULL ? time_all_pairs(&pairs, net, model, all, n, err) : AUTK_ENOMEM;
    if (st == AUTK_OK)
        st = time_places(cost, pairs, net, one, n, err);
    if (st == AUTK_OK)
        st = time_sets(cost, pairs, net, several, n, err);
    autk_pair_costs_free(pairs);
    free(cost);
    return st;
}

int main(void)
{
    const char *path = getenv("AUTARKY_WORLD");
    autk_world *world = NULL;
    autk_network *net = NULL;
    autk_err err = {0};
    double opening[REPS];
    puts("name\tn\treps\tbest_s\tmedian_s\tworst_s");
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
        report("network_open", n, opening, REPS);
        st = time_model(net, AUTK_ROUTE_SHORTEST, "shortest", n, &err);
        if (st == AUTK_OK)
            st = time_model(net, AUTK_ROUTE_PROBABILISTIC, "probable", n, &err);
    }
    if (st != AUTK_OK)
        fprintf(stderr, "bench_corridor: %s\n", err.msg);
    autk_network_free(net);
    autk_world_close(world);
    return st == AUTK_OK ? 0 : 1;
}
