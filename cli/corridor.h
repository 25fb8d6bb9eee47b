/** @file corridor.h What the commands on the transport network share: its options and closures. */
#ifndef CLI_CORRIDOR_H
#define CLI_CORRIDOR_H

#include "cli.h"

typedef struct cli_corridor {
    const char *closed, *ban_transit, *goods_of, *goods, *date, *costs, *set; /* NULL = not given */
    autk_world *world;
    autk_network *network;
    int32_t owner;           /* of --goods-of; -1 = not given */
    autk_closures *closures; /* NULL when none of the options closes anything */
} cli_corridor;

/* The options' rows for a command's table, in this order. */
#define CLI_CORRIDOR_OPTIONS(c)                                                                    \
    {"closed",                                                                                     \
     CLI_TEXT,                                                                                     \
     &(c)->closed,                                                                                 \
     "X,Y",                                                                                        \
     "close crossings, ports, straits or borders (POL-BLR); X/road closes one mode",               \
     NULL},                                                                                        \
        {"ban-transit", CLI_TEXT, &(c)->ban_transit, "LTU,LVA", "no transit over these economies", \
         NULL},                                                                                    \
        {"date",                                                                                   \
         CLI_TEXT,                                                                                 \
         &(c)->date,                                                                               \
         "YYYY-MM-DD",                                                                             \
         "the closures in force that day, and the customs unions",                                 \
         NULL},                                                                                    \
        {"goods-of",                                                                               \
         CLI_TEXT,                                                                                 \
         &(c)->goods_of,                                                                           \
         "ECONOMY",                                                                                \
         "whose goods move, for bans on them (default: of the place of departure)",                \
         NULL},                                                                                    \
        {"goods", CLI_TEXT, &(c)->goods, "NAME", "which goods: potash; for their value and bans",  \
         NULL},                                                                                    \
        {"costs", CLI_TEXT, &(c)->costs, "FILE", "cost parameters: CSV with name,value", NULL},    \
    {                                                                                              \
        "set", CLI_TEXT, &(c)->set, "NAME=VALUE,...", "set single cost parameters", NULL           \
    }

/* Call fn for each item of a list "A,B,C"; blanks around an item are dropped. */
typedef autk_status (*cli_corridor_item)(cli_corridor *c, const char *item, void *user,
                                         autk_err *err);
autk_status cli_corridor_each(cli_context *cli, cli_corridor *c, const char *list,
                              const char *option, cli_corridor_item fn, void *user);

/* World and network, by the options. */
autk_status cli_corridor_open(cli_context *cli, cli_corridor *c);
/* Closures, by the options; goods_of: where the goods begin, and whose they are unless --goods-of
 * says otherwise; end: where they end. -1 = nowhere in particular. */
autk_status cli_corridor_close(cli_context *cli, cli_corridor *c, int32_t goods_of, int32_t end);
/* The same options on the same world with other costs: network and closures of `out`, which the
 * caller frees by cli_corridor_free_draw. */
autk_status cli_corridor_draw(cli_context *cli, cli_corridor *out, const cli_corridor *c,
                              const autk_costs *costs, int32_t goods_of, int32_t end);
void cli_corridor_free_draw(cli_corridor *c);
void cli_corridor_free(cli_corridor *c);

/* An economy's name: its code, then its name. */
const char *cli_place_text(char *out, size_t size, const autk_network *network, int32_t place);

#endif
