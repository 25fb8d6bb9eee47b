#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "cli.h"

typedef struct dataset_args {
    const char *to, *years, *into, *what;
    int64_t layer;
    bool to_given, years_given, into_given, what_given, layer_given;
} dataset_args;

/* Layers; with --layer or --years the periods of these. */
static autk_status show(cli_context *cli, autk_dataset *dataset, const dataset_args *a)
{
    autk_table *table = NULL;
    int first = 0, last = 0;
    autk_status st = AUTK_OK;
    if (a->years != NULL)
        st = cli_parse_years(&first, &last, a->years, "--years", &cli->err);
    if (st == AUTK_OK)
        st = a->layer_given || a->years_given
                 ? autk_dataset_describe_periods(&table, dataset, a->layer, first, last, &cli->err)
                 : autk_dataset_describe(&table, dataset, &cli->err);
    if (st == AUTK_OK)
        st = cli_write_table(cli, table);
    autk_table_free(table);
    return st;
}

static autk_status verify(cli_context *cli, autk_dataset *dataset)
{
    static const autk_column columns[] = {{"chunks", "chunks", AUTK_CELL_INTEGER, 0},
                                          {"flows", "flows", AUTK_CELL_INTEGER, 0},
                                          {"bytes", "bytes", AUTK_CELL_INTEGER, 0},
                                          {"verdict", "verdict", AUTK_CELL_TEXT, 0}};
    autk_dataset_check check;
    autk_progress progress = cli_progress();
    autk_status st = autk_dataset_verify(&check, dataset, &progress, &cli->err);
    if (st != AUTK_OK)
        return st;
    autk_table *table = NULL;
    st = autk_table_create(&table, columns, 4, &cli->err);
    if (st != AUTK_OK)
        return st;
    autk_table_number(table, (double)check.n_chunks);
    autk_table_number(table, (double)check.n_rows);
    autk_table_number(table, (double)check.n_bytes);
    autk_table_text(table, "every checksum and every total holds");
    st = cli_write_table(cli, table);
    autk_table_free(table);
    return st;
}

static autk_status write_failed(autk_err *err, const char *path)
{
    (void)snprintf(err->source, sizeof err->source, "%s", path);
    (void)snprintf(err->msg, sizeof err->msg, "cannot be written: %s", strerror(errno));
    return err->code = AUTK_EIO;
}

typedef struct export_target {
    FILE *file;
    const char *path; /* for messages */
} export_target;

static autk_status write_bytes(void *user, const char *bytes, size_t size, autk_err *err)
{
    export_target *t = user;
    return fwrite(bytes, 1, size, t->file) == size ? AUTK_OK : write_failed(err, t->path);
}

static autk_status export_to(cli_context *cli, autk_dataset *dataset, const autk_export_opts *opts,
                             FILE *file, const char *path)
{
    export_target target = {file, path};
    autk_status st = autk_dataset_export(dataset, opts, write_bytes, &target, &cli->err);
    if (st == AUTK_OK && fflush(file) != 0)
        st = write_failed(&cli->err, path);
    return st;
}

/* A device or a pipe gets what is written as it comes. */
static autk_status export_special(cli_context *cli, autk_dataset *dataset,
                                  const autk_export_opts *opts)
{
    FILE *file = fopen(cli->output, "wb");
    if (file == NULL)
        return write_failed(&cli->err, cli->output);
    autk_status st = export_to(cli, dataset, opts, file, cli->output);
    if (fclose(file) != 0 && st == AUTK_OK)
        st = write_failed(&cli->err, cli->output);
    return st;
}

/* Whole or not at all: a finished file takes the name. */
static autk_status export_file(cli_context *cli, autk_dataset *dataset,
                               const autk_export_opts *opts)
{
    size_t len = strlen(cli->output) + 40;
    char *partial = malloc(len);
    if (partial == NULL)
        return cli->err.code = AUTK_ENOMEM;
    (void)snprintf(partial, len, "%s.partial-%ld", cli->output, (long)getpid());
    FILE *file = fopen(partial, "wb");
    autk_status st = file != NULL ? export_to(cli, dataset, opts, file, cli->output)
                                  : write_failed(&cli->err, cli->output);
    if (file != NULL && fclose(file) != 0 && st == AUTK_OK)
        st = write_failed(&cli->err, cli->output);
    if (st == AUTK_OK && rename(partial, cli->output) != 0)
        st = write_failed(&cli->err, cli->output);
    if (st != AUTK_OK && file != NULL)
        (void)unlink(partial);
    free(partial);
    return st;
}

static autk_status export(cli_context *cli, autk_dataset *dataset, const dataset_args *a)
{
    static const char *const formats[] = {"csv", "csv.zst", "dta"};
    autk_export_opts opts = autk_export_opts_default();
    int i = 0;
    while (i < 3 && strcmp(a->to, formats[i]) != 0)
        i++;
    if (i == 3)
        return cli_expected(cli, "--to", "csv, csv.zst or dta", a->to);
    opts.format = (autk_export_format)i;
    opts.layer = a->layer;
    opts.progress = cli_progress();
    autk_status st = AUTK_OK;
    if (a->years != NULL)
        st = cli_parse_years(&opts.first_period, &opts.last_period, a->years, "--years", &cli->err);
    if (st != AUTK_OK)
        return st;
    if (cli->output == NULL)
        return export_to(cli, dataset, &opts, stdout, "standard output");
    return cli_is_special(cli->output) ? export_special(cli, dataset, &opts)
                                       : export_file(cli, dataset, &opts);
}

static autk_status facts(cli_context *cli, autk_dataset *dataset, const char *what)
{
    for (int k = 0; k < AUTK_FACT_COUNT; k++) {
        autk_table *table = NULL;
        if (strcmp(what, autk_fact_kind_text((autk_fact_kind)k)) != 0)
            continue;
        autk_status st = autk_dataset_facts(&table, dataset, (autk_fact_kind)k, &cli->err);
        if (st == AUTK_OK)
            st = cli_write_table(cli, table);
        autk_table_free(table);
        return st;
    }
    return cli_expected(cli, "--what", "sanction, distance or figure", what);
}

/* An option of another verb is a mistake, not something to pass over. */
static autk_status check_options(cli_context *cli, const char *verb, const dataset_args *a)
{
    const struct {
        const char *option, *verb, *other;
        bool given;
    } belongs[] = {{"--to", "export", "export", a->to_given},
                   {"--into", "merge", "merge", a->into_given},
                   {"--what", "facts", "facts", a->what_given},
                   {"--years", "export", "show", a->years_given},
                   {"--layer", "export", "show", a->layer_given}};
    for (size_t i = 0; i < sizeof belongs / sizeof *belongs; i++) {
        char expected[80];
        if (!belongs[i].given || strcmp(verb, belongs[i].verb) == 0 ||
            strcmp(verb, belongs[i].other) == 0)
            continue;
        (void)snprintf(expected, sizeof expected, "dataset %s%s%s", belongs[i].verb,
                       belongs[i].verb == belongs[i].other ? "" : " or ",
                       belongs[i].verb == belongs[i].other ? "" : belongs[i].other);
        return cli_expected(cli, belongs[i].option, expected, verb);
    }
    return AUTK_OK;
}

static autk_status run_verb(cli_context *cli, const char *verb, const dataset_args *a)
{
    autk_dataset *dataset = NULL;
    autk_status st = autk_dataset_open(&dataset, cli->arguments[cli->n_arguments - 1], &cli->err);
    if (st != AUTK_OK)
        return st;
    if (strcmp(verb, "show") == 0)
        st = show(cli, dataset, a);
    else if (strcmp(verb, "verify") == 0)
        st = verify(cli, dataset);
    else if (strcmp(verb, "facts") == 0)
        st = facts(cli, dataset, a->what);
    else
        st = export(cli, dataset, a);
    autk_dataset_close(dataset);
    return st;
}

static autk_status merge(cli_context *cli, const dataset_args *a)
{
    static const autk_column columns[] = {{"flows", "flows taken over", AUTK_CELL_INTEGER, 0}};
    uint64_t n = 0;
    autk_table *table = NULL;
    autk_progress progress = cli_progress();
    if (a->into == NULL)
        return cli_expected(cli, "--into", "a dataset to merge into", NULL);
    autk_status st = autk_dataset_merge(&n, a->into, cli->arguments[1], &progress, &cli->err);
    if (st == AUTK_OK)
        st = autk_table_create(&table, columns, 1, &cli->err);
    if (st != AUTK_OK)
        return st;
    autk_table_number(table, (double)n);
    st = cli_write_table(cli, table);
    autk_table_free(table);
    return st;
}

autk_status cmd_dataset(cli_context *cli, int argc, char **argv)
{
    dataset_args a = {.to = "csv", .what = "sanction", .layer = -1};
    cli_option options[] = {
        {"to", CLI_TEXT, &a.to, "FORMAT", "export: csv (default), csv.zst or dta", &a.to_given},
        {"years", CLI_TEXT, &a.years, "A:B", "export, show: these years only", &a.years_given},
        {"what", CLI_TEXT, &a.what, "KIND", "facts: sanction (default), distance or figure",
         &a.what_given},
        {"into", CLI_TEXT, &a.into, "FILE", "merge: the dataset that grows", &a.into_given},
        {"layer", CLI_WHOLE(0, INFINITY), &a.layer, "N", "export, show: this layer only",
         &a.layer_given},
        {NULL, CLI_FLAG, NULL, NULL, NULL, NULL}};
    cli_spec spec = {
        .name = "dataset",
        .arguments = "[show|verify|export|merge|facts] DATASET",
        .summary = "What is inside a dataset; whether every checksum and total holds; its flows "
                   "as a table; its facts.",
        .examples = "  autarky dataset trade.atk\n  autarky dataset verify trade.atk\n"
                    "  autarky dataset show trade.atk --layer 0 --years 2015:2023\n"
                    "  autarky dataset facts trade.atk --what figure --format csv\n"
                    "  autarky dataset merge more.atk --into trade.atk\n"
                    "  autarky dataset export trade.atk --years 2021:2023 --to csv.zst "
                    "--output trade.csv.zst\n",
        .options = options,
        .min_arguments = 1,
        .max_arguments = 2};
    autk_status st = cli_parse(cli, &spec, argc, argv);
    if (st != AUTK_OK || cli->help_shown)
        return st;
    const char *verb = cli->n_arguments == 2 ? cli->arguments[0] : "show";
    static const char *const verbs[] = {"show", "verify", "export", "facts", "merge"};
    for (size_t i = 0; i < 5; i++) {
        if (strcmp(verb, verbs[i]) != 0)
            continue;
        st = check_options(cli, verb, &a);
        if (st == AUTK_OK)
            st = strcmp(verb, "merge") == 0 ? merge(cli, &a) : run_verb(cli, verb, &a);
        return st;
    }
    char near[120];
    cli_nearest(near, sizeof near, verb, verbs, 5);
    (void)snprintf(cli->err.msg, sizeof cli->err.msg,
                   "expected show, verify, export, facts or merge, got \"%s\"%s", verb, near);
    return cli->err.code = AUTK_EARG;
}
