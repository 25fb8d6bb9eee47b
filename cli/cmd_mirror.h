/** @file cmd_mirror.h What the files of `autarky mirror` share. */
#ifndef CMD_MIRROR_H
#define CMD_MIRROR_H

#include "cli.h"

typedef struct mirror_args {
    const char *pair, *years, *economy, *totals, *product, *estimates;
    int64_t year, top, draws;
    double share, partner_sd, total_sd;
    bool backtest, without_totals, silent, store, ras, by_section;
} mirror_args;

/* Economies of a dataset in the world, for what is between them. */
typedef struct mirror_places {
    const autk_world *world;
    int32_t *economy; /* [economies of the dataset] -1 = not there */
} mirror_places;

/* autk_geography_fn; user is a mirror_places. */
autk_pair_geography cli_mirror_geography(void *user, int32_t exporter, int32_t importer);
/* free(places->economy) */
autk_status cli_mirror_places(mirror_places *places, cli_context *cli, const autk_dataset *dataset,
                              const autk_world *world);

autk_status cli_mirror_bad_value(cli_context *cli, const char *option, const char *expected,
                                 const char *got);
/* What the options say of errors, draws and balance. */
void cli_mirror_opts(autk_blackout_opts *opts, const mirror_args *a);
autk_status cli_mirror_backtest(cli_context *cli, const mirror_args *a);
/* Product by product: reconcile and store; show what was stored. */
autk_status cli_mirror_store(cli_context *cli, const mirror_args *a);
autk_status cli_mirror_product(cli_context *cli, const mirror_args *a);

#endif
