/*
 * How much of one country's trade is with another, in every year, with bounds and evidence.
 *
 *   cc share.c $(pkg-config --cflags --libs autarky) && ./a.out world.sqlite BLR RUS 2015 2023
 */
#include <stdio.h>
#include <stdlib.h>

#include <autarky/autarky.h>

static autk_status print_series(const autk_world *world, char **argv, autk_err *err)
{
    autk_evidence *evidence = NULL;
    autk_dependence_year *series = NULL;
    int32_t economy = 0, partner = 0;
    size_t n = 0;
    autk_status st = autk_world_find_economy(&economy, world, argv[2], 0, err);
    if (st == AUTK_OK)
        st = autk_world_find_party(&partner, world, argv[3], 0, err);
    if (st == AUTK_OK)
        st = autk_evidence_create(&evidence, world, economy, NULL, err);
    if (st == AUTK_OK)
        st = autk_depend_series(&series, &n, evidence, partner, AUTK_DIRECTION_TRADE, atoi(argv[4]),
                                atoi(argv[5]), err);
    for (size_t i = 0; i < n; i++) {
        const autk_bounds share = series[i].entry.share;
        printf("%d  %5.1f %%  (%.1f to %.1f)  %s\n", series[i].year, 100 * share.point,
               100 * share.low, 100 * share.high,
               autk_evidence_kind_text(series[i].entry.evidence));
    }
    free(series);
    autk_evidence_free(evidence);
    return st;
}

int main(int argc, char **argv)
{
    autk_world *world = NULL;
    autk_err err;
    if (argc != 6) {
        fputs("usage: share WORLD ECONOMY PARTNER FIRST LAST\n", stderr);
        return 2;
    }
    autk_status st = autk_world_open(&world, argv[1], &err);
    if (st == AUTK_OK)
        st = print_series(world, argv, &err);
    if (st != AUTK_OK)
        fprintf(stderr, "%s\n", err.msg);
    autk_world_close(world);
    return autk_status_exit_code(st);
}
