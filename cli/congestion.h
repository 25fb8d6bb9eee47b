/** @file congestion.h What commands with --capacity share: reading it, the equilibrium, its text.
 */
#ifndef CLI_CONGESTION_H
#define CLI_CONGESTION_H

#include "corridor.h"

typedef struct cli_congestion {
    const char *capacity;  /* the option; NULL = not given */
    autk_loads open, now;  /* with nothing closed, and with the closures there are */
    autk_closures *before; /* the charges with nothing closed */
    double lost_t;         /* freight that the closures leave no route */
} cli_congestion;

#define CLI_CAPACITY_OPTION(c)                                                                     \
    {                                                                                              \
        "capacity", CLI_TEXT, &(c)->capacity, "X=TONNES,...|FILE|world",                           \
            "capacities of places, tonnes a year: passing grows dearer with traffic", NULL         \
    }

/* The option's places: single ones, files and the dataset's own, in the order given. */
autk_status cli_congestion_read(cli_context *cli, cli_congestion *c, cli_corridor *corridor);

/* Solve without closures and with them; put the charges on c->before and on the corridor's
 * closures, which are made where there are none. */
autk_status cli_congestion_solve(cli_context *cli, cli_congestion *c, cli_corridor *corridor,
                                 const autk_freight *freight, size_t n);

void cli_congestion_free(cli_congestion *c);

/* The load at a place; NULL when it has no capacity. */
const autk_load *cli_congestion_at(const autk_loads *loads, int32_t place);

/* Lines of text; a JSON array. closed: tell both states. */
void cli_congestion_text(autk_buf *out, const cli_congestion *c, const autk_network *net,
                         bool closed);
void cli_congestion_json(autk_buf *out, const cli_congestion *c, const autk_network *net,
                         bool closed);

#endif
