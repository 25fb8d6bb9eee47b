#include <string.h>

#include "cli.h"

typedef struct choice {
    int32_t party;
    const char *type, *from_text, *to_text;
    int32_t from, to;
} choice;

/* A type that no event has is a mistake, not an empty list. */
static autk_status check_type(cli_context *cli, const autk_world *world, const char *type)
{
    const char *types[64];
    size_t n = 0;
    for (size_t i = 0; i < autk_world_n_events(world); i++) {
        const char *one = autk_world_event(world, i)->type;
        size_t k = 0;
        while (k < n && strcmp(types[k], one) != 0)
            k++;
        if (k == n && n < sizeof types / sizeof *types)
            types[n++] = one;
        if (strcmp(one, type) == 0)
            return AUTK_OK;
    }
    memset(&cli->err, 0, sizeof cli->err);
    char known[240];
    size_t used = 0;
    for (size_t k = 0; k < n && used < sizeof known; k++)
        used += (size_t)snprintf(known + used, sizeof known - used, "%s%s",
                                 k == 0       ? ""
                                 : k + 1 == n ? " or "
                                              : ", ",
                                 types[k]);
    return cli_expected(cli, "--type", known, type);
}

/* An empty list would say that nothing happened where nothing is recorded. */
static autk_status check_dates(cli_context *cli, const autk_world *world, const choice *wanted)
{
    int32_t first = 99999999, last = 0;
    for (size_t i = 0; i < autk_world_n_events(world); i++) {
        int32_t date = autk_world_event(world, i)->date;
        first = date < first ? date : first;
        last = date > last ? date : last;
    }
    bool turned = wanted->from > wanted->to;
    if (!turned && wanted->to >= first && wanted->from <= last / 10000 * 10000 + 1231)
        return AUTK_OK;
    char expected[80];
    bool before = turned || wanted->to < first;
    if (turned)
        (void)snprintf(expected, sizeof expected, "a day of or after --from");
    else
        (void)snprintf(expected, sizeof expected,
                       "a date from %d to %d, for which events are recorded", (int)first / 10000,
                       (int)last / 10000);
    (void)cli_expected(cli, before ? "--to" : "--from", expected,
                       before ? wanted->to_text : wanted->from_text);
    return turned ? AUTK_EARG : (cli->err.code = AUTK_ENOTFOUND);
}

static bool is_chosen(const autk_world *world, const autk_event *event, const choice *wanted)
{
    /* An event of which only the year is known lies within the year. */
    return event->date >= wanted->from - (event->date % 10000 == 0 ? wanted->from % 10000 : 0) &&
           event->date <= wanted->to &&
           (wanted->type == NULL || strcmp(event->type, wanted->type) == 0) &&
           autk_world_event_concerns(world, event, wanted->party);
}

static void add_event(autk_table *table, const autk_world *world, const autk_event *event)
{
    char date[16], parties[512];
    cli_format_date(date, event->date);
    size_t used = 0;
    parties[0] = '\0';
    for (size_t i = 0; i < event->n_parties && used < sizeof parties; i++)
        used += (size_t)snprintf(parties + used, sizeof parties - used, "%s%s", i == 0 ? "" : " ",
                                 autk_world_party_code(world, event->parties[i]));
    autk_table_text(table, date);
    autk_table_text(table, event->type);
    autk_table_text(table, event->title);
    autk_table_text(table, parties);
    autk_table_text(table, event->note);
    autk_table_text(table, autk_world_source(world, event->source)->id);
}

static autk_status print_events(cli_context *cli, const autk_world *world, const choice *wanted)
{
    static const autk_column columns[] = {
        {"date", "date", AUTK_CELL_TEXT, 0},   {"type", "type", AUTK_CELL_TEXT, 0},
        {"title", "event", AUTK_CELL_TEXT, 0}, {"parties", "parties", AUTK_CELL_TEXT, 0},
        {"note", "note", AUTK_CELL_TEXT, 0},   {"source", "source", AUTK_CELL_TEXT, 0}};
    autk_table *table = NULL;
    autk_status st =
        autk_table_create(&table, columns, sizeof columns / sizeof *columns, &cli->err);
    for (size_t i = 0; st == AUTK_OK && i < autk_world_n_events(world); i++) {
        const autk_event *event = autk_world_event(world, i);
        if (is_chosen(world, event, wanted))
            add_event(table, world, event);
    }
    if (st == AUTK_OK)
        st = cli_write_table(cli, table);
    autk_table_free(table);
    return st;
}

autk_status cmd_events(cli_context *cli, int argc, char **argv)
{
    choice wanted = {.party = AUTK_PARTY_ANY, .to = 99999999};
    cli_option options[] = {
        {"type", CLI_TEXT, &wanted.type, "TYPE", "sanction, election, war, agreement, …", NULL},
        {"from", CLI_TEXT, &wanted.from_text, "DATE", "first day: 2020, 2020-08 or 2020-08-09",
         NULL},
        {"to", CLI_TEXT, &wanted.to_text, "DATE", "last day", NULL},
        {NULL, CLI_FLAG, NULL, NULL, NULL, NULL}};
    cli_spec spec = {.name = "events",
                     .arguments = "[ECONOMY|GROUP]",
                     .summary = "List dated events with the economies concerned and the source; an "
                                "event of a group concerns who was a member then.",
                     .examples = "  autarky events BLR --type sanction --from 2020 --to 2024\n"
                                 "  autarky events EU --format json\n",
                     .options = options,
                     .max_arguments = 1};
    autk_status st = cli_parse(cli, &spec, argc, argv);
    if (st != AUTK_OK || cli->help_shown)
        return st;
    if (wanted.from_text != NULL)
        st = cli_parse_date(&wanted.from, wanted.from_text, 0, "--from", &cli->err);
    if (st == AUTK_OK && wanted.to_text != NULL)
        st = cli_parse_date(&wanted.to, wanted.to_text, 99, "--to", &cli->err);
    autk_world *world = NULL;
    if (st == AUTK_OK)
        st = cli_open_world(cli, &world);
    if (st == AUTK_OK && cli->n_arguments == 1)
        st = autk_world_find_party(&wanted.party, world, cli->arguments[0], 0, &cli->err);
    if (st == AUTK_OK && wanted.type != NULL)
        st = check_type(cli, world, wanted.type);
    if (st == AUTK_OK)
        st = check_dates(cli, world, &wanted);
    if (st == AUTK_OK)
        st = print_events(cli, world, &wanted);
    autk_world_close(world);
    return st;
}
