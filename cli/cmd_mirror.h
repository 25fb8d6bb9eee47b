/** @file cmd_mirror.h What the files of `autarky mirror` share. */
#ifndef CMD_MIRROR_H
#define CMD_MIRROR_H

#include "cli.h"

typedef struct mirror_args {
    const char *pair, *years, *economy, *totals;
    int64_t year, top, draws;
    double share, partner_sd, total_sd;
    bool backtest, without_totals, silent;
} mirror_args;

autk_status cli_mirror_bad_value(cli_context *cli, const char *option, const char *expected,
                                 const char *got);
autk_status cli_mirror_backtest(cli_context *cli, const mirror_args *a);

#endif
