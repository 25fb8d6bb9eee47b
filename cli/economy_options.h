/** @file economy_options.h The options by which every command opens an economy. */
#ifndef CLI_ECONOMY_OPTIONS_H
#define CLI_ECONOMY_OPTIONS_H

#include "cli.h"

typedef struct cli_economy {
    const char *path, *layout, *domestic, *repair, *theta_path, *labels_path, *gdp_path;
    double theta, value_added_share, scale_usd;
    int64_t year;
    bool scale_given, year_given;
} cli_economy;

#define CLI_N_ECONOMY_OPTIONS 11

/** Fill CLI_N_ECONOMY_OPTIONS entries of a command's table. */
void cli_economy_options(cli_option *options, cli_economy *from);

/** Open what --economy names; `fallback` where it is not given (may be NULL). */
autk_status cli_economy_open(autk_economy **out, cli_context *cli, const cli_economy *from,
                             const char *fallback);

#endif
