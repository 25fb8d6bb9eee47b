#include <stdlib.h>
#include <string.h>

#include "cli.h"

typedef struct import_args {
    const char *into, *format, *map, *source, *currency, *classification, *side, *valuation;
    const char *delimiter, *decimal, *thousands, *encoding, *duplicates, *years, *codes;
    double value_unit, quantity_unit;
    int64_t skip_bad, threads, product_digits;
    bool check, again, keep_self;
} import_args;

/* Position of text among names; false when it is none of them. */
static bool choose(int *choice, const char *text, const char *const *names, int n)
{
    for (int i = 0; i < n; i++) {
        if (strcmp(text, names[i]) == 0) {
            *choice = i;
            return true;
        }
    }
    return false;
}

#define FORMATS "baci, comtrade, eurostat, comext, csv, dta, gsdb, geodist or wdi"

static bool choose_format(autk_import_format *format, const char *text)
{
    for (int f = 0; f < AUTK_IMPORT_FORMAT_COUNT; f++) {
        if (strcmp(text, autk_import_format_text((autk_import_format)f)) == 0) {
            *format = (autk_import_format)f;
            return true;
        }
    }
    return false;
}

/* "import gsdb FILE": the first of several arguments may name the format. */
static void take_leading_format(cli_context *cli, import_args *a, bool as_given)
{
    autk_import_format format;
    if (as_given || cli->n_arguments < 2 || !choose_format(&format, cli->arguments[0]))
        return;
    a->format = cli->arguments[0];
    cli->n_arguments--;
    for (size_t i = 0; i < cli->n_arguments; i++)
        cli->arguments[i] = cli->arguments[i + 1];
}

static autk_status one_char(char *to, cli_context *cli, const char *option, const char *text)
{
    if (text == NULL)
        return AUTK_OK;
    if (strcmp(text, "\\t") == 0 || strcmp(text, "tab") == 0)
        *to = '\t';
    else if (strlen(text) == 1)
        *to = text[0];
    else
        return cli_expected(cli, option, "one character (or tab)", text);
    return AUTK_OK;
}

static autk_status take_choices(autk_import_opts *o, cli_context *cli, const import_args *a)
{
    static const char *const sides[] = {"unknown", "exporter", "importer", "reconciled"};
    static const char *const valuations[] = {"fob", "cif", "unknown"};
    static const char *const duplicates[] = {"fail", "sum", "first", "last"};
    static const char *const encodings[] = {"utf-8", "latin-1"};
    int choice = 0;
    if (!choose_format(&o->format, a->format))
        return cli_expected(cli, "--as", "guess, " FORMATS, a->format);
    if (!choose(&choice, a->side, sides, 4))
        return cli_expected(cli, "--reported-by", "exporter, importer, reconciled or unknown",
                            a->side);
    o->side = (autk_side)choice;
    if (!choose(&choice, a->valuation, valuations, 3))
        return cli_expected(cli, "--valuation", "fob, cif or unknown", a->valuation);
    o->valuation = (autk_valuation)choice;
    if (!choose(&choice, a->duplicates, duplicates, 4))
        return cli_expected(cli, "--duplicates", "fail, sum, first or last", a->duplicates);
    o->duplicates = (autk_duplicates)choice;
    if (!choose(&choice, a->encoding, encodings, 2))
        return cli_expected(cli, "--encoding", "utf-8 or latin-1", a->encoding);
    o->latin1 = choice == 1;
    return AUTK_OK;
}

static autk_status make_opts(autk_import_opts *o, cli_context *cli, const import_args *a)
{
    *o = autk_import_opts_default();
    o->map = a->map;
    o->source = a->source;
    o->currency = a->currency;
    o->classification = a->classification;
    o->value_unit = a->value_unit;
    o->quantity_unit = a->quantity_unit;
    o->skip_bad = a->skip_bad;
    o->check_only = a->check;
    o->again = a->again;
    o->keep_self = a->keep_self;
    o->n_threads = (int)a->threads;
    o->product_digits = (int)a->product_digits;
    o->progress = cli_progress();
    autk_status st = take_choices(o, cli, a);
    if (st == AUTK_OK && a->years != NULL)
        st = cli_parse_years(&o->first_year, &o->last_year, a->years, "--years", &cli->err);
    if (st == AUTK_OK)
        st = one_char(&o->delimiter, cli, "--delimiter", a->delimiter);
    if (st == AUTK_OK)
        st = one_char(&o->decimal, cli, "--decimal", a->decimal);
    return st == AUTK_OK ? one_char(&o->thousands, cli, "--thousands", a->thousands) : st;
}

/* Wrong rows go to standard error, whether they failed the import or were allowed. */
static void tell_errors(const autk_import_report *r)
{
    cli_progress_end();
    for (size_t i = 0; i < r->n_errors; i++) {
        const autk_err *e = &r->errors[i];
        cli_print_clean(e->source);
        fprintf(stderr, ":%lld", (long long)e->line);
        if (e->column > 0)
            fprintf(stderr, ":%lld", (long long)e->column);
        fputs(": ", stderr);
        cli_print_clean(e->msg);
        fputc('\n', stderr);
    }
    if (r->n_bad > r->n_errors)
        fprintf(stderr, "... and %llu more wrong rows\n",
                (unsigned long long)(r->n_bad - r->n_errors));
}

static autk_status tell_result(cli_context *cli, const autk_import_report *r, bool check)
{
    static const autk_column columns[] = {{"what", "", AUTK_CELL_TEXT, 0},
                                          {"rows", "rows", AUTK_CELL_INTEGER, 0}};
    autk_table *t = NULL;
    autk_status st = autk_table_create(&t, columns, 2, &cli->err);
    if (st != AUTK_OK)
        return st;
    char what[120];
    (void)snprintf(what, sizeof what, "read as %s", autk_import_format_text(r->format));
    if (r->n_files != 0) {
        autk_table_text(t, what);
        autk_table_number(t, (double)r->n_read);
        autk_table_text(t, check ? "good" : "stored");
        autk_table_number(t, (double)r->n_stored);
    }
    for (int k = 0; k < AUTK_PASSED_COUNT; k++) {
        if (r->n_passed[k] == 0)
            continue;
        (void)snprintf(what, sizeof what, "passed over: %s",
                       autk_passed_over_text((autk_passed_over)k));
        autk_table_text(t, what);
        autk_table_number(t, (double)r->n_passed[k]);
    }
    if (r->n_names_kept != 0) {
        autk_table_text(t, "parties kept by name: no economy or group");
        autk_table_number(t, (double)r->n_names_kept);
    }
    if (r->n_bad != 0) {
        autk_table_text(t, "wrong");
        autk_table_number(t, (double)r->n_bad);
    }
    if (r->n_files_unchanged != 0) {
        autk_table_text(t, "files imported before, unchanged");
        autk_table_number(t, (double)r->n_files_unchanged);
    }
    st = cli_write_table(cli, t);
    autk_table_free(t);
    return st;
}

static autk_status import_all(cli_context *cli, const import_args *a)
{
    autk_import_opts opts;
    autk_import_report report;
    autk_world *world = NULL;
    memset(&report, 0, sizeof report);
    autk_status st = make_opts(&opts, cli, a);
    if (st != AUTK_OK)
        return st;
    if (strcmp(a->codes, "as-is") != 0 && strcmp(a->codes, "world") != 0)
        return cli_expected(cli, "--codes", "world or as-is", a->codes);
    if (strcmp(a->codes, "world") == 0) {
        st = cli_open_world(cli, &world);
        if (st != AUTK_OK)
            return st;
        opts.resolve = autk_resolve_by_world;
        opts.resolve_user = world;
    }
    st = autk_import_files(a->into, cli->arguments, cli->n_arguments, &opts, &report, &cli->err);
    autk_world_close(world);
    tell_errors(&report);
    /* The rows were just told: the last line says what to do about them. */
    if (st != AUTK_OK && report.n_bad > (uint64_t)a->skip_bad && report.n_errors != 0) {
        memset(&cli->err, 0, sizeof cli->err);
        (void)snprintf(cli->err.msg, sizeof cli->err.msg,
                       "nothing was stored of a file with wrong rows, %llu or more (--skip-bad N "
                       "allows N)",
                       (unsigned long long)report.n_bad);
    }
    return st == AUTK_OK ? tell_result(cli, &report, a->check) : st;
}

autk_status cmd_import(cli_context *cli, int argc, char **argv)
{
    import_args a = {.format = "guess",
                     .side = "unknown",
                     .valuation = "unknown",
                     .duplicates = "fail",
                     .encoding = "utf-8",
                     .codes = "world"};
    bool as_given = false;
    cli_option options[] = {
        {"into", CLI_TEXT, &a.into, "DATASET", "the dataset, made when absent", NULL},
        {"as", CLI_TEXT, &a.format, "FORMAT", FORMATS "; else guessed from the content", &as_given},
        {"map", CLI_TEXT, &a.map, "LIST",
         "columns of a csv: year=Year,exporter=iso_o,importer=iso_d,product=hs6,value=v", NULL},
        {"check", CLI_FLAG, &a.check, NULL, "read and validate, store nothing", NULL},
        {"skip-bad", CLI_WHOLE(0, INFINITY), &a.skip_bad, "N", "wrong rows to allow (default 0)",
         NULL},
        {"duplicates", CLI_TEXT, &a.duplicates, "RULE", "fail (default), sum, first or last", NULL},
        {"again", CLI_FLAG, &a.again, NULL, "also files that have not changed since", NULL},
        {"source", CLI_TEXT, &a.source, "NAME", "what to call the source", NULL},
        {"reported-by", CLI_TEXT, &a.side, "SIDE",
         "of a csv: exporter, importer, reconciled or unknown", NULL},
        {"valuation", CLI_TEXT, &a.valuation, "V", "of a csv: fob, cif or unknown", NULL},
        {"value-unit", CLI_ABOVE(0, INFINITY), &a.value_unit, "X", "1 in the file is this much",
         NULL},
        {"quantity-unit", CLI_ABOVE(0, INFINITY), &a.quantity_unit, "X",
         "1 in the file is this many tons", NULL},
        {"currency", CLI_TEXT, &a.currency, "CODE", "of a csv (default USD)", NULL},
        {"classification", CLI_TEXT, &a.classification, "NAME", "of product codes: HS17", NULL},
        {"product-digits", CLI_WHOLE(0, 20), &a.product_digits, "N", "pad codes with zeros", NULL},
        {"years", CLI_TEXT, &a.years, "A:B", "a row outside is wrong (1900:2100)", NULL},
        {"delimiter", CLI_TEXT, &a.delimiter, "C", "else found in the header", NULL},
        {"decimal", CLI_TEXT, &a.decimal, "C", "decimal mark (default .)", NULL},
        {"thousands", CLI_TEXT, &a.thousands, "C", "thousands separator (default none)", NULL},
        {"encoding", CLI_TEXT, &a.encoding, "E", "utf-8 or latin-1", NULL},
        {"codes", CLI_TEXT, &a.codes, "HOW",
         "world: must be economies of the world dataset (default); as-is: taken as they are", NULL},
        {"keep-self", CLI_FLAG, &a.keep_self, NULL, "store trade of an economy with itself", NULL},
        {"threads", CLI_WHOLE(0, 256), &a.threads, "N", "0 = one a processor", NULL},
        {NULL, CLI_FLAG, NULL, NULL, NULL, NULL}};
    cli_spec spec = {
        .name = "import",
        .arguments = "[FORMAT] FILE...",
        .summary = "Take files into a dataset: trade of BACI (the zip as it is), UN Comtrade, "
                   "Eurostat, any long\nCSV, Stata; facts of GSDB, CEPII GeoDist, World Bank "
                   "WDI; also gz, xz, zst, bz2. A file is taken\nwhole or not at all.",
        .examples = "  autarky import BACI_HS92_V202501.zip --into trade.atk\n"
                    "  autarky import comtrade.csv --into trade.atk --skip-bad 10\n"
                    "  autarky import my.csv --map year=Year,exporter=iso_o,"
                    "importer=iso_d,value=usd --check\n"
                    "  autarky import gsdb GSDB_V3.csv --into trade.atk\n",
        .options = options,
        .min_arguments = 1,
        .max_arguments = 100000};
    autk_status st = cli_parse(cli, &spec, argc, argv);
    if (st != AUTK_OK || cli->help_shown)
        return st;
    take_leading_format(cli, &a, as_given);
    if (a.into == NULL && !a.check)
        return cli_expected(cli, "--into", "a dataset to import into (or --check)", NULL);
    return import_all(cli, &a);
}
