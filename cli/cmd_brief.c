#include "cli.h"

static autk_status find_parties(cli_context *cli, const autk_world *world, const char *on,
                                int64_t year, int32_t *economy, autk_brief_opts *opts)
{
    autk_status st =
        autk_world_find_economy(economy, world, cli->arguments[0], (int)year, &cli->err);
    if (st == AUTK_OK && on != NULL)
        st = autk_world_find_party(&opts->on, world, on, (int)year, &cli->err);
    return st;
}

static autk_status write_page(cli_context *cli, const autk_brief *brief, const char *path)
{
    autk_buf page;
    autk_buf_init(&page);
    autk_status st = autk_brief_html(&page, brief, &cli->err);
    if (st == AUTK_OK)
        st = cli_write_file(path, &page, &cli->err);
    autk_buf_deinit(&page);
    return st;
}

static autk_status write_brief(cli_context *cli, const autk_brief *brief)
{
    autk_buf text;
    autk_buf_init(&text);
    autk_status st = autk_brief_write(&text, brief, cli->format, &cli->err);
    return cli_finish(cli, &text, st);
}

autk_status cmd_brief(cli_context *cli, int argc, char **argv)
{
    const char *on = NULL, *html = NULL;
    int64_t year = 0, top = 10;
    bool has_year = false;
    cli_option options[] = {
        {"year", CLI_YEAR, &year, "YEAR", "the year (default: the last with figures)", &has_year},
        {"on", CLI_TEXT, &on, "PARTNER|GROUP", "about this tie (default: the first partner)", NULL},
        {"html", CLI_TEXT, &html, "FILE", "write the page with charts there too", NULL},
        {"estimates", CLI_TEXT, &cli->estimates_path, "FILE",
         "of flows that nobody reports: estimate --predict-gaps", NULL},
        {"top", CLI_WHOLE(1, 50), &top, "N", "rows in the table of partners (default 10)", NULL},
        {NULL, CLI_FLAG, NULL, NULL, NULL, NULL}};
    cli_spec spec = {
        .name = "brief",
        .arguments = "ECONOMY",
        .summary =
            "A country's dependence on one page: the finding, the partners with bounds and "
            "evidence, the\nseries and its turns, blocs, both directions, what losing the "
            "partner would cost, routes to\nthe markets, isolation, what is not known and why, "
            "claims checked, sources.",
        .examples = "  autarky brief BLR\n"
                    "  autarky brief BLR --html belarus.html\n"
                    "  autarky brief Mexico --on \"United States\" --year 2021\n"
                    "  autarky brief KGZ --on EU --format json\n"
                    "  autarky brief BLR --dataset trade.atk\n",
        .options = options,
        .min_arguments = 1,
        .max_arguments = 1};
    autk_world *world = NULL;
    autk_brief *brief = NULL;
    int32_t economy = 0;
    autk_status st = cli_parse(cli, &spec, argc, argv);
    if (st != AUTK_OK || cli->help_shown)
        return st;
    st = cli_open_world(cli, &world);
    if (st != AUTK_OK)
        return st;
    autk_brief_opts opts = autk_brief_opts_default();
    if (cli->dataset_path != NULL)
        st = autk_dataset_open(&opts.dataset, cli->dataset_path, &cli->err);
    if (st == AUTK_OK && opts.dataset != NULL)
        st = autk_dataset_hold(opts.dataset, &cli->err);
    opts.n_partners = (int32_t)top;
    opts.year = (int)year;
    if (st == AUTK_OK)
        st = has_year ? cli_check_years(cli, world, (int)year, (int)year, "--year") : AUTK_OK;
    if (st == AUTK_OK)
        st = find_parties(cli, world, on, year, &economy, &opts);
    if (st == AUTK_OK)
        st = autk_brief_create(&brief, world, economy, &opts, &cli->err);
    if (st == AUTK_OK && html != NULL)
        st = write_page(cli, brief, html);
    if (st == AUTK_OK)
        st = write_brief(cli, brief);
    autk_brief_free(brief);
    autk_dataset_close(opts.dataset);
    autk_world_close(world);
    return st;
}
