#include <string.h>

#include "cli.h"

static int32_t n_members(const autk_world *world, int32_t group, int32_t date)
{
    int32_t n = 0;
    for (int32_t i = 0; i < autk_world_n_economies(world); i++)
        n += autk_world_is_member(world, group, i, date);
    return n;
}

static autk_status print_groups(cli_context *cli, const autk_world *world, int32_t date)
{
    static const autk_column columns[] = {{"code", "code", AUTK_CELL_TEXT, 0},
                                          {"name", "name", AUTK_CELL_TEXT, 0},
                                          {"members", "members", AUTK_CELL_INTEGER, 0},
                                          {"source", "source", AUTK_CELL_TEXT, 0}};
    autk_table *table = NULL;
    autk_status st =
        autk_table_create(&table, columns, sizeof columns / sizeof *columns, &cli->err);
    for (int32_t i = 0; st == AUTK_OK && i < autk_world_n_groups(world); i++) {
        const autk_group_info *group = autk_world_group(world, i);
        autk_table_text(table, group->code);
        autk_table_text(table, group->name);
        autk_table_number(table, n_members(world, i, date));
        autk_table_text(table, autk_world_source(world, group->source)->id);
    }
    if (st == AUTK_OK)
        st = cli_write_table(cli, table);
    autk_table_free(table);
    return st;
}

static autk_status print_members(cli_context *cli, const autk_world *world, int32_t party,
                                 int32_t date)
{
    static const autk_column columns[] = {{"code", "code", AUTK_CELL_TEXT, 0},
                                          {"name", "name", AUTK_CELL_TEXT, 0}};
    autk_table *table = NULL;
    autk_status st =
        autk_table_create(&table, columns, sizeof columns / sizeof *columns, &cli->err);
    for (int32_t i = 0; st == AUTK_OK && i < autk_world_n_economies(world); i++) {
        if (!autk_world_party_has(world, party, i, date))
            continue;
        autk_table_text(table, autk_world_party_code(world, i));
        autk_table_text(table, autk_world_party_name(world, i));
    }
    if (st == AUTK_OK)
        st = cli_write_table(cli, table);
    autk_table_free(table);
    return st;
}

autk_status cmd_groups(cli_context *cli, int argc, char **argv)
{
    const char *date_text = NULL;
    cli_option options[] = {{"date", CLI_TEXT, &date_text, "DATE",
                             "day of membership (default: today's members)", NULL},
                            {NULL, CLI_FLAG, NULL, NULL, NULL, NULL}};
    cli_spec spec = {.name = "groups",
                     .arguments = "[GROUP]",
                     .summary = "List groups of economies, or the members of one. Membership is "
                                "dated: the EU of 2004 is not that of 2023.",
                     .examples = "  autarky groups\n"
                                 "  autarky groups EU --date 2004-05-01\n",
                     .options = options,
                     .max_arguments = 1};
    autk_status st = cli_parse(cli, &spec, argc, argv);
    if (st != AUTK_OK || cli->help_shown)
        return st;
    int32_t date = 99999999, party = AUTK_PARTY_ANY;
    if (date_text != NULL)
        st = cli_parse_date(&date, date_text, 99, "--date", &cli->err);
    autk_world *world = NULL;
    if (st == AUTK_OK)
        st = cli_open_world(cli, &world);
    if (st == AUTK_OK && cli->n_arguments == 1)
        st = autk_world_find_party(&party, world, cli->arguments[0], 0, &cli->err);
    if (st == AUTK_OK)
        st = cli->n_arguments == 1 ? print_members(cli, world, party, date)
                                   : print_groups(cli, world, date);
    autk_world_close(world);
    return st;
}
