#include <ctype.h>
#include <errno.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "cli.h"

#define MAX_OPTIONS 64
#define N_COMMON 5 /* options of every command */

autk_status cli_expected(cli_context *cli, const char *option, const char *expected,
                         const char *got)
{
    cli->err.code = AUTK_EARG;
    (void)snprintf(cli->err.source, sizeof cli->err.source, "%s", option);
    (void)snprintf(cli->err.msg, sizeof cli->err.msg, "expected %s, got %s%s%s", expected,
                   got != NULL ? "\"" : "", got != NULL ? got : "nothing", got != NULL ? "\"" : "");
    return AUTK_EARG;
}

autk_status cli_expected_number(cli_context *cli, const char *option, const char *expected,
                                double got)
{
    char text[32];
    (void)snprintf(text, sizeof text, "%.15g", got);
    return cli_expected(cli, option, expected, text);
}

void cli_nearest(char *out, size_t size, const char *text, const char *const *names, size_t n)
{
    char near[160];
    autk_nearest_names(near, sizeof near, text, names, n, 3);
    (void)snprintf(out, size, near[0] != '\0' ? " (nearest: %s)" : "%s", near);
}

/* The options of one command, and which of them were there. */
typedef struct option_table {
    const cli_option *option[MAX_OPTIONS];
    bool seen[MAX_OPTIONS];
    size_t n;
} option_table;

static autk_status unknown_option(cli_context *cli, const option_table *table, const char *text)
{
    const char *names[MAX_OPTIONS], *name = text + strspn(text, "-");
    char near[200];
    for (size_t i = 0; i < table->n; i++)
        names[i] = table->option[i]->name;
    cli_nearest(near, sizeof near, name, names, table->n);
    (void)snprintf(cli->err.msg, sizeof cli->err.msg, "expected an option, got %.*s%s",
                   (int)strcspn(text, "="), text, near);
    return cli->err.code = AUTK_EARG;
}

static bool is_whole(const cli_kind *kind)
{
    return kind->form == CLI_IS_WHOLE || kind->form == CLI_IS_YEAR;
}

static bool in_range(const cli_kind *kind, double v)
{
    return isfinite(v) && (kind->above ? v > kind->least : v >= kind->least) &&
           (kind->below ? v < kind->most : v <= kind->most);
}

/* "a whole number from 0 to 10000", "a number above 0, at most 100", "a share from 0 to 1". */
static void say_range(char *out, size_t size, const cli_kind *kind)
{
    static const char *const names[] = {[CLI_IS_WHOLE] = "whole number",
                                        [CLI_IS_YEAR] = "year",
                                        [CLI_IS_SHARE] = "share",
                                        [CLI_IS_NUMBER] = "number"};
    const char *name = names[kind->form];
    bool open_ended = !isfinite(kind->most);
    if (kind->above && open_ended)
        (void)snprintf(out, size, "a %s above %.15g", name, kind->least);
    else if (kind->above)
        (void)snprintf(out, size,
                       kind->below ? "a %s above %.15g and below %.15g"
                                   : "a %s above %.15g, at most %.15g",
                       name, kind->least, kind->most);
    else if (open_ended)
        (void)snprintf(out, size, "a %s of at least %.15g", name, kind->least);
    else
        (void)snprintf(out, size, "a %s from %.15g to %.15g", name, kind->least, kind->most);
}

static autk_status store_value(cli_context *cli, const cli_option *option, const char *text)
{
    char shown[80], expected[120], *end;
    (void)snprintf(shown, sizeof shown, "--%s", option->name);
    errno = 0;
    if (option->kind.form == CLI_IS_TEXT) {
        if (*text == '\0')
            return cli_expected(cli, shown, option->meta, text);
        *(const char **)option->value = text;
        return AUTK_OK;
    }
    /* No blanks, no "0x1p3": strtod takes more than a reader would call a number. */
    bool plain = *text != '\0' && strspn(text, "+-.0123456789eE") == strlen(text), good;
    if (is_whole(&option->kind)) {
        long long v = strtoll(text, &end, 10);
        good = plain && *end == '\0' && errno == 0 && in_range(&option->kind, (double)v);
        if (good)
            *(int64_t *)option->value = v;
    } else {
        double v = strtod(text, &end);
        good = plain && *end == '\0' && in_range(&option->kind, v);
        if (good)
            *(double *)option->value = v;
    }
    if (good)
        return AUTK_OK;
    say_range(expected, sizeof expected, &option->kind);
    return cli_expected(cli, shown, expected, text);
}

/* "--format", "--": no value of an option, unless it is written --option=--format. */
static bool begins_option(const char *text)
{
    return strncmp(text, "--", 2) == 0 && (text[2] == '\0' || isalpha((unsigned char)text[2]));
}

/* The value of an option at argv[*at], which moves over it. */
static autk_status take_value(cli_context *cli, const cli_option *option, const char *equals,
                              int argc, char **argv, int *at)
{
    if (option->kind.form == CLI_IS_FLAG) {
        if (equals != NULL)
            return cli_expected(cli, argv[*at], "no value for a flag", equals + 1);
        *(bool *)option->value = true;
        return AUTK_OK;
    }
    if (equals != NULL)
        return store_value(cli, option, equals + 1);
    if (*at + 1 >= argc)
        return cli_expected(cli, argv[*at], option->meta, NULL);
    if (begins_option(argv[*at + 1]))
        return cli_expected(cli, argv[*at], option->meta, argv[*at + 1]);
    return store_value(cli, option, argv[++*at]);
}

/* --name value or --name=value; *at moves over what was used. */
static autk_status take_option(cli_context *cli, option_table *table, int argc, char **argv,
                               int *at)
{
    const char *text = argv[*at] + 2, *equals = strchr(text, '=');
    size_t len = equals != NULL ? (size_t)(equals - text) : strlen(text);
    for (size_t i = 0; i < table->n; i++) {
        const cli_option *option = table->option[i];
        if (strlen(option->name) != len || strncmp(option->name, text, len) != 0)
            continue;
        if (table->seen[i]) {
            (void)snprintf(cli->err.source, sizeof cli->err.source, "--%s", option->name);
            (void)snprintf(cli->err.msg, sizeof cli->err.msg, "expected once, got it twice");
            return cli->err.code = AUTK_EARG;
        }
        table->seen[i] = true;
        if (option->given != NULL)
            *option->given = true;
        return take_value(cli, option, equals, argc, argv, at);
    }
    return unknown_option(cli, table, argv[*at]);
}

/* "-x"; a number, "-" and a formula such as "-log(y) ~ x" are none. */
static bool is_short_option(const char *text)
{
    return text[0] == '-' && isalpha((unsigned char)text[1]) && strpbrk(text, " ~") == NULL;
}

static void print_help(const cli_spec *spec, const option_table *table)
{
    printf("usage: autarky %s %s%s[OPTIONS]\n\n%s\n\noptions:\n", spec->name, spec->arguments,
           spec->arguments[0] != '\0' ? " " : "", spec->summary);
    for (size_t i = 0; i < table->n; i++) {
        const cli_option *o = table->option[i];
        char left[80];
        (void)snprintf(left, sizeof left, "--%s%s%s", o->name, o->meta != NULL ? " " : "",
                       o->meta != NULL ? o->meta : "");
        printf(strlen(left) > 25 ? "  %s\n%29s%s\n" : "  %-26s %s%s\n", left,
               strlen(left) > 25 ? "" : o->help, strlen(left) > 25 ? o->help : "");
    }
    printf("\nexamples:\n%s", spec->examples);
}

static autk_status parse_format(cli_context *cli, const char *format)
{
    static const char *const names[] = {"text", "json", "csv"};
    cli->stata = strcmp(format, "dta") == 0;
    if (cli->stata)
        format = "csv";
    for (int i = 0; i < 3; i++) {
        if (strcmp(format, names[i]) == 0) {
            cli->format = (autk_format)i;
            return AUTK_OK;
        }
    }
    return cli_expected(cli, "--format", "text, json, csv or dta", format);
}

static autk_status check_arguments(cli_context *cli, const cli_spec *spec)
{
    if (cli->n_arguments < spec->min_arguments) {
        char expected[120];
        (void)snprintf(expected, sizeof expected, "%s", spec->arguments);
        (void)cli_expected(cli, spec->name, expected, NULL);
        if (cli->n_arguments != 0)
            (void)snprintf(cli->err.msg, sizeof cli->err.msg,
                           "expected %s, got %zu argument%s; see autarky %s --help",
                           spec->arguments, cli->n_arguments, cli->n_arguments == 1 ? "" : "s",
                           spec->name);
        return AUTK_EARG;
    }
    if (cli->n_arguments > spec->max_arguments)
        return cli_expected(cli, spec->name, spec->max_arguments == 0 ? "no argument" : "no more",
                            cli->arguments[spec->max_arguments]);
    for (size_t i = 0; i < cli->n_arguments; i++) {
        if (cli->arguments[i][0] == '\0')
            return cli_expected(cli, spec->name, spec->arguments, "");
    }
    return AUTK_OK;
}

autk_status cli_parse(cli_context *cli, const cli_spec *spec, int argc, char **argv)
{
    const char *format = "text";
    bool help = false;
    cli_option common[N_COMMON] = {
        {"format", CLI_TEXT, &format, "text|json|csv|dta", "how to write the result", NULL},
        {"output", CLI_TEXT, &cli->output, "FILE", "write there instead of to the terminal", NULL},
        {"world", CLI_TEXT, &cli->world_path, "FILE", "another world dataset", NULL},
        {"dataset", CLI_TEXT, &cli->dataset_path, "FILE",
         "your own data (autarky import): its facts count, and its products where named", NULL},
        {"help", CLI_FLAG, &help, NULL, "this text", NULL}};
    option_table table = {.n = 0};
    for (cli_option *o = spec->options;
         o != NULL && o->name != NULL && table.n < MAX_OPTIONS - N_COMMON; o++)
        table.option[table.n++] = o;
    for (size_t i = 0; i < sizeof common / sizeof *common; i++)
        table.option[table.n++] = &common[i];
    cli->arguments = calloc((size_t)argc + 1, sizeof *cli->arguments);
    if (cli->arguments == NULL)
        return cli->err.code = AUTK_ENOMEM;
    bool only_arguments = false;
    for (int i = 1; i < argc; i++) {
        if (!only_arguments && strcmp(argv[i], "--") == 0) {
            only_arguments = true;
        } else if (!only_arguments && strcmp(argv[i], "-h") == 0) {
            help = true;
        } else if (!only_arguments && strncmp(argv[i], "--", 2) == 0) {
            autk_status st = take_option(cli, &table, argc, argv, &i);
            if (st != AUTK_OK)
                return st;
        } else if (!only_arguments && is_short_option(argv[i])) {
            return unknown_option(cli, &table, argv[i]);
        } else {
            cli->arguments[cli->n_arguments++] = argv[i];
        }
    }
    if (help) {
        if (autk_ranks_rank(cli->ranks) == 0)
            print_help(spec, &table);
        cli->help_shown = true;
        return AUTK_OK;
    }
    autk_status st = parse_format(cli, format);
    return st != AUTK_OK ? st : check_arguments(cli, spec);
}

static bool parse_year(int *year, const char *text, size_t len)
{
    int v = 0;
    if (len != 4)
        return false;
    for (size_t i = 0; i < len; i++) {
        if (text[i] < '0' || text[i] > '9')
            return false;
        v = v * 10 + (text[i] - '0');
    }
    *year = v;
    return true;
}

autk_status cli_parse_years(int *first, int *last, const char *text, const char *option,
                            autk_err *err)
{
    const char *colon = strchr(text, ':');
    size_t len = colon != NULL ? (size_t)(colon - text) : strlen(text);
    int a = 0, b;
    bool good = parse_year(&a, text, len);
    b = a;
    if (good && colon != NULL)
        good = parse_year(&b, colon + 1, strlen(colon + 1)) && a <= b;
    if (good) {
        *first = a;
        *last = b;
        return AUTK_OK;
    }
    memset(err, 0, sizeof *err);
    (void)snprintf(err->source, sizeof err->source, "%s", option);
    (void)snprintf(err->msg, sizeof err->msg,
                   "expected a year or two as FIRST:LAST, such as 1995:2023, got \"%s\"", text);
    return err->code = AUTK_EARG;
}
