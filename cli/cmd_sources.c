#include "cli.h"

static void add_source(autk_table *table, const autk_source_info *source)
{
    autk_table_text(table, source->id);
    autk_table_text(table, source->publisher);
    autk_table_text(table, source->title);
    autk_table_text(table, source->edition);
    autk_table_text(table, source->terms);
    autk_table_text(table, source->covers);
    autk_table_text(table, source->url);
}

static void write_as_text(autk_buf *out, const autk_source_info *s)
{
    autk_buf_printf(out, "%s\n  %s: %s, %s\n  covers: %s\n  terms:  %s\n", s->id, s->publisher,
                    s->title, s->edition, s->covers, s->terms);
    if (s->url[0] != '\0')
        autk_buf_printf(out, "  %s\n", s->url);
}

static autk_status print_sources(cli_context *cli, const autk_world *world)
{
    static const autk_column columns[] = {
        {"id", "id", AUTK_CELL_TEXT, 0},       {"publisher", "publisher", AUTK_CELL_TEXT, 0},
        {"title", "title", AUTK_CELL_TEXT, 0}, {"edition", "edition", AUTK_CELL_TEXT, 0},
        {"terms", "terms", AUTK_CELL_TEXT, 0}, {"covers", "covers", AUTK_CELL_TEXT, 0},
        {"url", "url", AUTK_CELL_TEXT, 0}};
    autk_table *table = NULL;
    autk_buf text;
    autk_buf_init(&text);
    autk_status st =
        autk_table_create(&table, columns, sizeof columns / sizeof *columns, &cli->err);
    for (int32_t i = 0; st == AUTK_OK && i < autk_world_n_sources(world); i++) {
        add_source(table, autk_world_source(world, i));
        write_as_text(&text, autk_world_source(world, i));
    }
    if (st == AUTK_OK)
        st = cli->format == AUTK_FORMAT_TEXT ? cli_write(cli, &text) : cli_write_table(cli, table);
    autk_table_free(table);
    autk_buf_deinit(&text);
    return st;
}

autk_status cmd_sources(cli_context *cli, int argc, char **argv)
{
    cli_spec spec = {.name = "sources",
                     .arguments = "",
                     .summary = "List each source of the world dataset with its publisher, edition "
                                "and terms, and what it covers.",
                     .examples = "  autarky sources\n  autarky sources --format csv\n"};
    autk_status st = cli_parse(cli, &spec, argc, argv);
    if (st != AUTK_OK || cli->help_shown)
        return st;
    autk_world *world = NULL;
    st = cli_open_world(cli, &world);
    if (st == AUTK_OK)
        st = print_sources(cli, world);
    autk_world_close(world);
    return st;
}
