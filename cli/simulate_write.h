/** @file simulate_write.h A simulation as text, CSV and JSON, and what else commands that simulate
 *  share. */
#ifndef CLI_SIMULATE_WRITE_H
#define CLI_SIMULATE_WRITE_H

#include "cli.h"

/** What can be drawn, in the order of autk_draw_source's bits. */
#define CLI_N_SOURCES 4

typedef struct cli_simulated {
    const autk_scenario *scenario;
    const autk_economy *economy;
    const autk_simulation *sim;
    bool flows; /* JSON: with trade by pair and sector; CSV: that alone */
    bool parts; /* CSV: the parts of the effects alone */
    const autk_simulation *alone[CLI_N_SOURCES]; /* draws of one source; NULL = not asked for */
} cli_simulated;

/** Append it in the format. */
autk_status cli_simulate_write(autk_buf *text, const cli_simulated *s, autk_format format,
                               autk_err *err);

/** "elasticities", "estimates", "gaps", "transport". */
const char *cli_source_key(size_t source);

/** What is drawn, as words and as JSON members ("drawn", "transport_costs") with a comma behind. */
void cli_drawn_text(autk_buf *text, const cli_simulated *s);
void cli_drawn_json(autk_buf *text, const cli_simulated *s);

/** What a step's effect is made of; nothing where it closes no place. */
autk_status cli_parts_text(autk_buf *text, const cli_simulated *s, size_t step, autk_err *err);
void cli_parts_json(autk_buf *text, const cli_simulated *s, size_t step);
autk_status cli_parts_csv(autk_buf *text, const cli_simulated *s, autk_err *err);

/** Share of each source in the variance of welfare; nothing where it was not asked for. */
autk_status cli_variance_text(autk_buf *text, const cli_simulated *s, size_t step, autk_err *err);
void cli_variance_json(autk_buf *text, const cli_simulated *s, size_t step);

/** Give closed places their routes; the world dataset is opened where there are any, and must
 *  outlive the scenario's routes (autk_scenario_unroute). */
autk_status cli_scenario_route(autk_world **world, cli_context *cli, autk_scenario *scenario,
                               const autk_economy *economy);

#endif
