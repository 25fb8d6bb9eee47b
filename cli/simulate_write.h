/** @file simulate_write.h A simulation as text, CSV and JSON, and what else commands that simulate
 *  share. */
#ifndef CLI_SIMULATE_WRITE_H
#define CLI_SIMULATE_WRITE_H

#include "cli.h"

typedef struct cli_simulated {
    const autk_scenario *scenario;
    const autk_economy *economy;
    const autk_simulation *sim;
    bool flows; /* JSON: with trade by pair and sector */
} cli_simulated;

/** Append it in the format. */
autk_status cli_simulate_write(autk_buf *text, const cli_simulated *s, autk_format format,
                               autk_err *err);

/** Work out what closed places do to costs; the world dataset is opened where there are any. */
autk_status cli_scenario_route(cli_context *cli, autk_scenario *scenario,
                               const autk_economy *economy);

#endif
