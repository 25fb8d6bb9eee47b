#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "cli.h"

typedef struct roles_run {
    autk_world *world;
    const char *years;
    int first, last;
    int64_t year, draws;
    double resolution;
    int32_t economy; /* -1 = all */
    int32_t lean;    /* centre of the bloc it last leaned to; -1 = none yet */
    autk_buf moves;  /* a line for each change */
} roles_run;

/* ------------------------------------------------------------------ one row an economy and year */

static const autk_column role_columns[] = {{"year", "year", AUTK_CELL_FIXED, 0},
                                           {"economy", "economy", AUTK_CELL_TEXT, 0},
                                           {"bloc", "bloc", AUTK_CELL_TEXT, 0},
                                           {"stability", "stable", AUTK_CELL_PERCENT, 0},
                                           {"bloc_claimed", "claimed", AUTK_CELL_TEXT, 0},
                                           {"lean", "leans to", AUTK_CELL_TEXT, 0},
                                           {"lean_share_low", "at least", AUTK_CELL_PERCENT, 1},
                                           {"lean_share", "share", AUTK_CELL_PERCENT, 1},
                                           {"lean_share_high", "at most", AUTK_CELL_PERCENT, 1},
                                           {"lean_claimed", "claimed", AUTK_CELL_TEXT, 0},
                                           {"unknown_flows", "unknown", AUTK_CELL_INTEGER, 0},
                                           {"page_rank", "PageRank", AUTK_CELL_FIXED, 5},
                                           {"page_rank_low", "5 %", AUTK_CELL_FIXED, 5},
                                           {"page_rank_high", "95 %", AUTK_CELL_FIXED, 5},
                                           {"betweenness", "between", AUTK_CELL_PERCENT, 2},
                                           {"coreness", "k-core", AUTK_CELL_INTEGER, 0},
                                           {"core", "core", AUTK_CELL_TEXT, 0}};
#define N_ROLE_COLUMNS (sizeof role_columns / sizeof *role_columns)

static const char *yes_no(bool yes)
{
    return yes ? "yes" : "no";
}

static const char *centre_code(const roles_run *run, const autk_roles *roles, int32_t bloc)
{
    return bloc >= 0 ? autk_world_party_code(run->world, roles->blocs[bloc].centre) : "";
}

static void add_role(autk_table *table, const roles_run *run, const autk_roles *roles, int year,
                     int32_t economy)
{
    const autk_role *r = &roles->roles[economy];
    autk_table_number(table, year);
    autk_table_text(table, autk_world_party_code(run->world, economy));
    autk_table_text(table, centre_code(run, roles, r->bloc));
    autk_table_number(table, r->stability);
    autk_table_text(table, yes_no(r->bloc_claimed));
    autk_table_text(table, centre_code(run, roles, r->lean));
    autk_table_number(table, r->lean_share.low);
    autk_table_number(table, r->lean_share.point);
    autk_table_number(table, r->lean_share.high);
    autk_table_text(table, yes_no(r->lean_claimed));
    autk_table_number(table, (double)r->n_unknown);
    autk_table_number(table, r->page_rank);
    autk_table_number(table, r->page_rank_low);
    autk_table_number(table, r->page_rank_high);
    autk_table_number(table, r->betweenness);
    autk_table_number(table, r->coreness);
    autk_table_text(table, yes_no(r->core));
}

/* ------------------------------------------------------------------ the blocs, for reading */

static void members_text(autk_buf *out, const roles_run *run, const autk_roles *roles, int32_t bloc)
{
    size_t n = 0;
    for (size_t i = 0; i < roles->n_economies; i++) {
        const autk_role *r = &roles->roles[i];
        if (r->bloc != bloc)
            continue;
        autk_buf_printf(out, "%s%s%s", n % 20 == 0 ? (n == 0 ? "   " : "\n   ") : " ",
                        autk_world_party_code(run->world, (int32_t)i), r->bloc_claimed ? "" : "?");
        n++;
    }
    autk_buf_putc(out, '\n');
}

static void write_blocs(autk_buf *out, const roles_run *run, const autk_roles *roles, int year)
{
    autk_buf_printf(out, "Blocs of world trade, %d (modularity %.3f)\n", year, roles->modularity);
    for (size_t b = 0; b < roles->n_blocs; b++) {
        const autk_bloc *bloc = &roles->blocs[b];
        if (bloc->n_members < 2)
            continue;
        autk_buf_printf(out, "\n%zu. Around %s: %zu economies, ", b + 1,
                        autk_world_party_name(run->world, bloc->centre), bloc->n_members);
        autk_format_percent(out, bloc->world, 1);
        autk_buf_puts(out, " of the world's trade, ");
        autk_format_percent(out, bloc->inside, 0);
        autk_buf_puts(out, " of it inside\n");
        members_text(out, run, roles, (int32_t)b);
    }
    autk_buf_puts(out, "\nA question mark: flows within their bounds could put it into another "
                       "bloc; no claim is made.\n");
}

/* ------------------------------------------------------------------ the command */

static autk_status solve_year(cli_context *cli, const roles_run *run, int year, autk_roles **roles)
{
    autk_trade_matrix matrix;
    autk_roles_opts opts = autk_roles_opts_default();
    opts.n_draws = (size_t)run->draws;
    opts.resolution = run->resolution;
    autk_status st = autk_trade_matrix_read(&matrix, run->world, year, &cli->err);
    if (st != AUTK_OK)
        return st;
    st = autk_roles_find(roles, &matrix, &opts, &cli->err);
    autk_trade_matrix_deinit(&matrix);
    return st;
}

/* Another centre than the year before: where it leans to has moved. */
static void note_lean(roles_run *run, const autk_roles *roles, int year)
{
    const autk_role *r = &roles->roles[run->economy];
    int32_t centre = r->lean >= 0 ? roles->blocs[r->lean].centre : -1;
    if (centre >= 0 && run->lean >= 0 && centre != run->lean)
        autk_buf_printf(&run->moves, "%d: from the bloc around %s to that around %s%s\n", year,
                        autk_world_party_name(run->world, run->lean),
                        autk_world_party_name(run->world, centre),
                        r->lean_claimed ? "" : " (not claimed: flows within their bounds undo it)");
    run->lean = centre >= 0 ? centre : run->lean;
}

static void write_moves(autk_buf *out, const roles_run *run)
{
    autk_buf_puts(
        out,
        "\n\"Leans to\": the bloc that most of its trade is with, and its share. \"Stable\": in "
        "how many of\nthe draws it is in this bloc. \"Between\": cheapest ways over the ties "
        "that pass it. \"Core\": in\nthe innermost k-core.\n");
    if (run->first == run->last)
        return;
    autk_buf_puts(out, run->moves.len != 0
                           ? "\nThe bloc it leans to moved:\n"
                           : "\nThe bloc it leans to never moved in these years.\n");
    autk_buf_puts(out, run->moves.len != 0 ? autk_buf_text(&run->moves) : "");
}

static autk_status add_year(cli_context *cli, roles_run *run, int year, autk_table *table,
                            autk_buf *blocs)
{
    autk_roles *roles = NULL;
    autk_status st = solve_year(cli, run, year, &roles);
    if (st != AUTK_OK)
        return st;
    bool read = cli->format == AUTK_FORMAT_TEXT && run->economy < 0;
    for (size_t i = 0; i < roles->n_economies && !read; i++) {
        bool wanted = run->economy < 0 ? roles->roles[i].bloc >= 0 : (int32_t)i == run->economy;
        if (wanted)
            add_role(table, run, roles, year, (int32_t)i);
        if (wanted && run->economy >= 0)
            note_lean(run, roles, year);
    }
    if (read)
        write_blocs(blocs, run, roles, year);
    autk_roles_free(roles);
    return AUTK_OK;
}

static autk_status print_result(cli_context *cli, roles_run *run)
{
    autk_table *table = NULL;
    autk_buf out;
    autk_buf_init(&out);
    autk_progress progress = cli_progress();
    autk_status st = autk_table_create(&table, role_columns, N_ROLE_COLUMNS, &cli->err);
    for (int year = run->first; st == AUTK_OK && year <= run->last; year++) {
        if (progress.report != NULL)
            (void)progress.report("roles", year - run->first, run->last - run->first + 1, "years",
                                  progress.user);
        st = add_year(cli, run, year, table, &out);
    }
    cli_progress_end();
    bool read = cli->format == AUTK_FORMAT_TEXT && run->economy < 0;
    if (st == AUTK_OK && cli->format == AUTK_FORMAT_TEXT && !read)
        autk_buf_printf(&out,
                        "%s in the trade of the world. A bloc is named by its largest economy;\n"
                        "\"claimed\": no flow within its bounds changes it.\n\n",
                        autk_world_party_name(run->world, run->economy));
    if (st == AUTK_OK && !read)
        st = autk_table_write(&out, table, cli->format, &cli->err);
    if (st == AUTK_OK && !read && cli->format == AUTK_FORMAT_TEXT)
        write_moves(&out, run);
    if (st == AUTK_OK)
        st = cli_write(cli, &out);
    autk_table_free(table);
    autk_buf_deinit(&out);
    return st;
}

static autk_status check(cli_context *cli, roles_run *run)
{
    autk_status st = AUTK_OK;
    autk_world_years(&run->first, &run->last, run->world);
    run->first = run->last;
    const char *option = run->years != NULL ? "--years" : "--year";
    if (run->years != NULL && run->year != 0)
        return cli_expected(cli, option, "--year or --years, not both", run->years);
    if (run->years != NULL)
        st = cli_parse_years(&run->first, &run->last, run->years, option, &cli->err);
    else if (run->year != 0)
        run->first = run->last = (int)run->year;
    if (st == AUTK_OK)
        st = cli_check_years(cli, run->world, run->first, run->last, option);
    if (st == AUTK_OK && cli->n_arguments == 1)
        st = autk_world_find_economy(&run->economy, run->world, cli->arguments[0], run->last,
                                     &cli->err);
    return st;
}

autk_status cmd_roles(cli_context *cli, int argc, char **argv)
{
    roles_run run = {.draws = 40, .resolution = 1, .economy = -1, .lean = -1};
    cli_option options[] = {
        {"year", CLI_YEAR, &run.year, "Y", "default: the last of the dataset", NULL},
        {"years", CLI_TEXT, &run.years, "A:B", "a row for each of these years", NULL},
        {"draws", CLI_WHOLE(0, 10000), &run.draws, "N",
         "draws of the flows inside their bounds (40)", NULL},
        {"resolution", CLI_ABOVE(0, 100), &run.resolution, "X", "more = smaller blocs (1)", NULL},
        {.name = NULL}};
    cli_spec spec = {
        .name = "roles",
        .arguments = "[ECONOMY]",
        .summary = "Where an economy stands in the trade of the world: its bloc, the bloc it leans "
                   "to, its weight,\nits place between others, core or periphery; and how sure "
                   "that is.",
        .examples = "  autarky roles\n"
                    "  autarky roles BLR --years 1998:2023 --draws 20\n"
                    "  autarky roles --year 2023 --format csv\n",
        .options = options,
        .min_arguments = 0,
        .max_arguments = 1};
    autk_status st = cli_parse(cli, &spec, argc, argv);
    if (st != AUTK_OK || cli->help_shown)
        return st;
    autk_buf_init(&run.moves);
    st = cli_open_world(cli, &run.world);
    if (st == AUTK_OK)
        st = check(cli, &run);
    if (st == AUTK_OK)
        st = print_result(cli, &run);
    autk_buf_deinit(&run.moves);
    autk_world_close(run.world);
    return st;
}
