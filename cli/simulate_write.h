/** @file simulate_write.h A simulation as text, CSV and JSON. */
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

#endif
