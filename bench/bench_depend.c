/* Dependence of one economy on the world dataset given as an argument (default: build/bench/data):
 * reading its observations, 29 years of a share, one year of all partners, and of both sides. */
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

#include <autarky/depend.h>

#define REPS 15

static double now_s(void)
{
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return (double)t.tv_sec + 1e-9 * (double)t.tv_nsec;
}

static int by_size(const void *a, const void *b)
{
    double x = *(const double *)a, y = *(const double *)b;
    return (x > y) - (x < y);
}

typedef struct subject {
    const autk_world *world;
    int32_t economy, partner;
    autk_evidence *evidence;
} subject;

static autk_status read_all(subject *s, autk_err *err)
{
    autk_evidence *again = NULL;
    autk_status st = autk_evidence_create(&again, s->world, s->economy, NULL, err);
    autk_evidence_free(again);
    return st;
}

static autk_status series(subject *s, autk_err *err)
{
    autk_dependence_year *years = NULL;
    size_t n;
    autk_status st = autk_depend_series(&years, &n, s->evidence, s->partner, AUTK_DIRECTION_TRADE,
                                        1995, 2023, err);
    if (st == AUTK_OK)
        free(years);
    return st;
}

static autk_status depend_with(subject *s, int32_t n_reverse, autk_err *err)
{
    autk_dependence *d = NULL;
    autk_depend_opts o = autk_depend_opts_default();
    o.n_reverse = n_reverse;
    o.isolation = n_reverse != 0;
    autk_status st = autk_depend(&d, s->evidence, 2023, &o, err);
    if (st == AUTK_OK)
        autk_dependence_free(d);
    return st;
}

static autk_status one_side(subject *s, autk_err *err)
{
    return depend_with(s, 0, err);
}

static autk_status both_sides(subject *s, autk_err *err)
{
    return depend_with(s, 20, err);
}

static int time_one(const char *name, size_t size, autk_status (*run)(subject *, autk_err *),
                    subject *s)
{
    double times[REPS];
    autk_err err;
    for (int r = 0; r < REPS; r++) {
        double began = now_s();
        if (run(s, &err) != AUTK_OK) {
            fprintf(stderr, "bench_depend: %s\n", err.msg);
            return 1;
        }
        times[r] = now_s() - began;
    }
    qsort(times, REPS, sizeof *times, by_size);
    printf("%s\t%zu\t%d\t%.6f\t%.6f\n", name, size, REPS, times[0], times[REPS / 2]);
    return 0;
}

int main(int argc, char **argv)
{
    subject s = {.world = NULL};
    autk_world *world = NULL;
    autk_err err;
    const char *path = argc > 1 ? argv[1] : "build/bench/data/world.sqlite";
    if (autk_world_open(&world, path, &err) != AUTK_OK) {
        fprintf(stderr, "bench_depend: %s: %s\n", path, err.msg);
        return 1;
    }
    s.world = world;
    if (autk_world_find_economy(&s.economy, world, "BLR", 0, &err) != AUTK_OK ||
        autk_world_find_economy(&s.partner, world, "RUS", 0, &err) != AUTK_OK ||
        autk_evidence_create(&s.evidence, world, s.economy, NULL, &err) != AUTK_OK) {
        fprintf(stderr, "bench_depend: %s\n", err.msg);
        autk_world_close(world);
        return 1;
    }
    puts("name\tsize\treps\tbest_s\tmedian_s");
    int status = time_one("evidence of all years", 29, read_all, &s) |
                 time_one("series of a share", 29, series, &s) |
                 time_one("all partners", 1, one_side, &s) |
                 time_one("all partners, 20 from both sides, isolation", 1, both_sides, &s);
    autk_evidence_free(s.evidence);
    autk_world_close(world);
    return status;
}
