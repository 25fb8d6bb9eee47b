#include <string.h>

#include "cli.h"

typedef struct choice {
    const char *search, *group, *date;
    int32_t group_party, on;
} choice;

static char lower(char c)
{
    return c >= 'A' && c <= 'Z' ? (char)(c - 'A' + 'a') : c;
}

static bool contains(const char *text, const char *part)
{
    size_t n = strlen(part);
    for (; strlen(text) >= n; text++) {
        size_t i = 0;
        while (i < n && lower(text[i]) == lower(part[i]))
            i++;
        if (i == n)
            return true;
    }
    return false;
}

static bool is_chosen(const autk_world *world, int32_t economy, const choice *wanted,
                      int32_t searched)
{
    const autk_economy_info *info = autk_world_economy(world, economy);
    if (wanted->group != NULL &&
        !autk_world_party_has(world, wanted->group_party, economy, wanted->on))
        return false;
    return wanted->search == NULL || economy == searched || contains(info->name, wanted->search) ||
           contains(info->code, wanted->search);
}

static autk_status print_economies(cli_context *cli, const autk_world *world, const choice *wanted)
{
    static const autk_column columns[] = {{"code", "code", AUTK_CELL_TEXT, 0},
                                          {"iso2", "iso2", AUTK_CELL_TEXT, 0},
                                          {"numeric", "numeric", AUTK_CELL_INTEGER, 0},
                                          {"name", "name", AUTK_CELL_TEXT, 0},
                                          {"region", "region", AUTK_CELL_TEXT, 0},
                                          {"landlocked", "landlocked", AUTK_CELL_TEXT, 0},
                                          {"from", "from", AUTK_CELL_TEXT, 0},
                                          {"to", "to", AUTK_CELL_TEXT, 0}};
    autk_table *table = NULL;
    autk_status st =
        autk_table_create(&table, columns, sizeof columns / sizeof *columns, &cli->err);
    int32_t searched = -1;
    autk_err ignored;
    if (wanted->search != NULL &&
        autk_world_find_economy(&searched, world, wanted->search, 0, &ignored) != AUTK_OK)
        searched = -1;
    for (int32_t i = 0; st == AUTK_OK && i < autk_world_n_economies(world); i++) {
        if (!is_chosen(world, i, wanted, searched))
            continue;
        const autk_economy_info *e = autk_world_economy(world, i);
        char date[16];
        autk_table_text(table, e->code);
        autk_table_text(table, e->iso2);
        if (e->numeric > 0)
            autk_table_number(table, e->numeric);
        else
            autk_table_empty(table);
        autk_table_text(table, e->name);
        autk_table_text(table, e->region);
        autk_table_text(table, e->landlocked ? "yes" : "no");
        cli_format_date(date, e->from_date);
        autk_table_text(table, date);
        cli_format_date(date, e->to_date);
        autk_table_text(table, date);
    }
    if (st == AUTK_OK && autk_table_n_rows(table) == 0)
        /* Says what is near. */
        st = autk_world_find_economy(&searched, world, wanted->search != NULL ? wanted->search : "",
                                     0, &cli->err);
    if (st == AUTK_OK)
        st = cli_write_table(cli, table);
    autk_table_free(table);
    return st;
}

autk_status cmd_economies(cli_context *cli, int argc, char **argv)
{
    choice wanted = {.on = 99999999};
    cli_option options[] = {
        {"search", CLI_TEXT, &wanted.search, "TEXT", "name, code or a part of one", NULL},
        {"group", CLI_TEXT, &wanted.group, "GROUP", "only members of a group, such as EU", NULL},
        {"date", CLI_TEXT, &wanted.date, "DATE", "day of membership (default: today's members)",
         NULL},
        {NULL, CLI_FLAG, NULL, NULL, NULL, NULL}};
    cli_spec spec = {.name = "economies",
                     .arguments = "",
                     .summary = "List the economies of the world dataset with their codes.",
                     .examples = "  autarky economies --search bel\n"
                                 "  autarky economies --group EU --date 2004-05-01\n",
                     .options = options};
    autk_status st = cli_parse(cli, &spec, argc, argv);
    if (st != AUTK_OK || cli->help_shown)
        return st;
    if (wanted.date != NULL)
        st = cli_parse_date(&wanted.on, wanted.date, 99, "--date", &cli->err);
    autk_world *world = NULL;
    if (st == AUTK_OK)
        st = cli_open_world(cli, &world);
    if (st == AUTK_OK && wanted.group != NULL)
        st = autk_world_find_party(&wanted.group_party, world, wanted.group, 0, &cli->err);
    if (st == AUTK_OK)
        st = print_economies(cli, world, &wanted);
    autk_world_close(world);
    return st;
}
