#include <math.h>
#include <string.h>

#include "economy_options.h"

static autk_status open_maps(autk_input **regions, autk_input **sectors, const char *region_path,
                             const char *sector_path, autk_err *err)
{
    autk_status st = AUTK_OK;
    if (region_path != NULL)
        st = autk_input_open(regions, region_path, err);
    if (st == AUTK_OK && sector_path != NULL)
        st = autk_input_open(sectors, sector_path, err);
    return st;
}

static void say_gap(autk_buf *out, const char *what, double gap, const char *region,
                    const char *sector)
{
    autk_buf_printf(out, "  %s: at most ", what);
    autk_format_usd(out, gap);
    if (gap > 0)
        autk_buf_printf(out, " (%s, %s)", region, sector);
    autk_buf_puts(out, "\n");
}

static void write_text(autk_buf *out, const autk_economy *e, const autk_economy_report *r)
{
    autk_buf_printf(out, "%d economies, %d sectors\n", (int)autk_economy_n_regions(e),
                    (int)autk_economy_n_sectors(e));
    autk_buf_puts(out, "  trade across borders: ");
    autk_format_usd(out, r->trade_usd);
    autk_buf_puts(out, ", output: ");
    autk_format_usd(out, r->output_usd);
    autk_buf_printf(out, "\n  cells without trade: %zu across borders, %zu at home\n",
                    r->zero_flows, r->zero_domestic);
    if (r->negative_inputs != 0)
        autk_buf_printf(out, "  negative uses of inputs: %zu\n", r->negative_inputs);
    autk_buf_printf(out, "  accounts balance: %s\n",
                    r->balanced ? "yes" : "no; a simulation solves a baseline first");
    say_gap(out, "uses and absorption differ by", r->use_gap_usd,
            autk_economy_region(e, r->use_gap_region), autk_economy_sector(e, r->use_gap_sector));
    say_gap(out, "output and sales differ by", r->sales_gap_usd,
            autk_economy_region(e, r->sales_gap_region),
            autk_economy_sector(e, r->sales_gap_sector));
    autk_buf_printf(out, "  largest imbalance of trade: %.1f %% of income and deficit (%s)\n",
                    100 * r->largest_deficit, autk_economy_region(e, r->deficit_region));
    for (size_t i = 0; i < autk_economy_n_notes(e); i++)
        autk_buf_printf(out, "  note: %s\n", autk_economy_note(e, i));
}

static void write_member(autk_buf *out, const char *key, double value)
{
    autk_buf_printf(out, ", \"%s\": ", key);
    autk_format_double(out, value);
}

static void write_json(autk_buf *out, const autk_economy *e, const autk_economy_report *r)
{
    autk_buf_printf(out, "{\"economies\": %d, \"sectors\": %d, \"balanced\": %s",
                    (int)autk_economy_n_regions(e), (int)autk_economy_n_sectors(e),
                    r->balanced ? "true" : "false");
    write_member(out, "trade_usd", r->trade_usd);
    write_member(out, "output_usd", r->output_usd);
    write_member(out, "use_gap_usd", r->use_gap_usd);
    write_member(out, "sales_gap_usd", r->sales_gap_usd);
    write_member(out, "largest_deficit_share", r->largest_deficit);
    autk_buf_printf(out,
                    ", \"zero_flows\": %zu, \"zero_domestic\": %zu, \"negative_inputs\": %zu, "
                    "\"notes\": [",
                    r->zero_flows, r->zero_domestic, r->negative_inputs);
    for (size_t i = 0; i < autk_economy_n_notes(e); i++) {
        autk_buf_puts(out, i == 0 ? "" : ", ");
        autk_format_json_text(out, autk_economy_note(e, i));
    }
    autk_buf_puts(out, "]}\n");
}

/* Long form, one row a cell: what `--economy` reads again for one sector. */
static void write_flows(autk_buf *out, const autk_economy *e)
{
    autk_buf_puts(out, "sector,exporter,importer,value,tariff\n");
    for (int32_t j = 0; j < autk_economy_n_sectors(e); j++) {
        for (int32_t i = 0; i < autk_economy_n_regions(e); i++) {
            for (int32_t n = 0; n < autk_economy_n_regions(e); n++) {
                autk_format_csv_text(out, autk_economy_sector(e, j));
                autk_buf_putc(out, ',');
                autk_format_csv_text(out, autk_economy_region(e, i));
                autk_buf_putc(out, ',');
                autk_format_csv_text(out, autk_economy_region(e, n));
                autk_buf_putc(out, ',');
                autk_format_double(out, autk_economy_flow(e, j, i, n));
                autk_buf_putc(out, ',');
                autk_format_double(out, autk_economy_tariff(e, j, i, n));
                autk_buf_putc(out, '\n');
            }
        }
    }
}

static autk_status aggregate(autk_economy **e, const char *region_path, const char *sector_path,
                             autk_err *err)
{
    autk_input *regions = NULL, *sectors = NULL;
    autk_economy *sums = NULL;
    if (region_path == NULL && sector_path == NULL)
        return AUTK_OK;
    autk_status st = open_maps(&regions, &sectors, region_path, sector_path, err);
    if (st == AUTK_OK)
        st = autk_economy_aggregate(&sums, *e, regions, sectors, err);
    if (st == AUTK_OK) {
        autk_economy_free(*e);
        *e = sums;
    }
    autk_input_free(regions);
    autk_input_free(sectors);
    return st;
}

autk_status cmd_economy(cli_context *cli, int argc, char **argv)
{
    cli_economy from = {0};
    const char *region_path = NULL, *sector_path = NULL;
    cli_option options[CLI_N_ECONOMY_OPTIONS + 3] = {
        [CLI_N_ECONOMY_OPTIONS] = {"regions", CLI_TEXT, &region_path, "FILE",
                                   "sum economies by a CSV: name, group", NULL},
        [CLI_N_ECONOMY_OPTIONS + 1] = {"sectors", CLI_TEXT, &sector_path, "FILE",
                                       "sum sectors by a CSV: name, group", NULL}};
    cli_economy_options(options, &from);
    cli_spec spec = {.name = "economy",
                     .arguments = "PATH",
                     .summary =
                         "Read a world's accounts, check them and say what is missing, zero, "
                         "negative or out of balance.\nWith --format csv, write its flows.",
                     .examples = "  autarky economy ../shared/data/models/cp2015\n"
                                 "  autarky economy trade.csv --year 2000\n"
                                 "  autarky economy ../shared/data/models/wiod2013 --repair "
                                 "negative\n"
                                 "  autarky economy cp2015 --regions blocs.csv --format csv\n",
                     .options = options,
                     .min_arguments = 1,
                     .max_arguments = 1};
    autk_status st = cli_parse(cli, &spec, argc, argv);
    if (st != AUTK_OK || cli->help_shown)
        return st;
    autk_economy *e = NULL;
    autk_economy_report report;
    autk_buf text;
    autk_buf_init(&text);
    st = cli_economy_open(&e, cli, &from, cli->arguments[0]);
    if (st == AUTK_OK)
        st = aggregate(&e, region_path, sector_path, &cli->err);
    if (st == AUTK_OK) {
        autk_economy_check(&report, e);
        if (cli->format == AUTK_FORMAT_TEXT)
            write_text(&text, e, &report);
        else if (cli->format == AUTK_FORMAT_JSON)
            write_json(&text, e, &report);
        else
            write_flows(&text, e);
        st = cli_write(cli, &text);
    }
    autk_buf_deinit(&text);
    autk_economy_free(e);
    return st;
}
