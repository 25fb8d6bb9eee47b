/**
 * @file cli.h
 * What every command of the program shares: options from a table, output that is written whole or
 * not at all, one line for an error. The program uses <autarky/...> and its own files only.
 */
#ifndef CLI_H
#define CLI_H

#include <math.h>
#include <stdio.h>

#include <autarky/autarky.h>

typedef enum cli_form {
    CLI_IS_FLAG,  /* bool */
    CLI_IS_TEXT,  /* const char * */
    CLI_IS_WHOLE, /* int64_t */
    CLI_IS_YEAR,  /* int64_t */
    CLI_IS_SHARE, /* double */
    CLI_IS_NUMBER /* double */
} cli_form;

/* What a value is; a number has its range here and is refused outside of it by cli_parse. */
typedef struct cli_kind {
    cli_form form;
    double least, most; /* INFINITY = no end */
    bool above, below;  /* the end itself is outside */
} cli_kind;

/* For an option's row. No number goes without its range. */
#define CLI_FLAG                                                                                   \
    {                                                                                              \
        CLI_IS_FLAG, 0, 0, false, false                                                            \
    }
#define CLI_TEXT                                                                                   \
    {                                                                                              \
        CLI_IS_TEXT, 0, 0, false, false                                                            \
    }
#define CLI_WHOLE(least, most)                                                                     \
    {                                                                                              \
        CLI_IS_WHOLE, least, most, false, false                                                    \
    }
#define CLI_YEAR                                                                                   \
    {                                                                                              \
        CLI_IS_YEAR, 1000, 9999, false, false                                                      \
    }
#define CLI_SHARE                                                                                  \
    {                                                                                              \
        CLI_IS_SHARE, 0, 1, false, false                                                           \
    }
#define CLI_NUMBER(least, most)                                                                    \
    {                                                                                              \
        CLI_IS_NUMBER, least, most, false, false                                                   \
    }
#define CLI_ABOVE(least, most)                                                                     \
    {                                                                                              \
        CLI_IS_NUMBER, least, most, true, false                                                    \
    }
#define CLI_INSIDE(least, most)                                                                    \
    {                                                                                              \
        CLI_IS_NUMBER, least, most, true, true                                                     \
    }

typedef struct cli_option {
    const char *name; /* without the two dashes; NULL ends the table */
    cli_kind kind;
    void *value;      /* in: the default; out: what was given, within the kind's range */
    const char *meta; /* what stands for the value in the help; NULL for a flag */
    const char *help;
    bool *given; /* set when the option was there; may be NULL */
} cli_option;

typedef struct cli_spec {
    const char *name;
    const char *arguments; /* "ECONOMY", "FROM TO", "" */
    const char *summary;   /* one paragraph */
    const char *examples;  /* each on its own line */
    cli_option *options;
    size_t min_arguments, max_arguments;
} cli_spec;

typedef struct cli_context {
    autk_format format;
    bool stata;         /* --format dta: format is CSV, and becomes a Stata file on the way out */
    const char *output; /* NULL = standard output */
    const char *world_path;     /* --world, NULL = the one installed with the program */
    const char *estimates_path; /* --estimates of some commands: laid over the world, NULL = none */
    const char *dataset_path;   /* --dataset, NULL = none: its facts are laid over the world */
    const char **arguments;     /* positional */
    size_t n_arguments;
    bool help_shown;
    autk_ranks *ranks; /* that mpirun started; NULL = alone. Rank 0 writes, for all */
    autk_err err;
} cli_context;

/**
 * Parse argv[1..] by the command's table and the options that all commands have (--format,
 * --output, --world, --dataset, --help). A positional may stand anywhere; "--" ends the options.
 * An option is given once, and its value is not empty and does not begin as an option does (write
 * --name=--value for that). Errors: AUTK_EARG names the nearest option, or what a value may be.
 */
autk_status cli_parse(cli_context *cli, const cli_spec *spec, int argc, char **argv);

/** AUTK_EARG with "option: expected …, got …"; got NULL = nothing. */
autk_status cli_expected(cli_context *cli, const char *option, const char *expected,
                         const char *got);
autk_status cli_expected_number(cli_context *cli, const char *option, const char *expected,
                                double got);

/** Write text to --output (whole, by renaming a finished file) or standard output; on rank 0. */
autk_status cli_write(cli_context *cli, const autk_buf *text);

/** Write text, in its --format, where st says that it was made; free it either way. */
autk_status cli_finish(cli_context *cli, autk_buf *text, autk_status st);

/**
 * Text of the user's onto standard error, on one line that does nothing to a terminal: a "?" stands
 * for a control character, for bytes that are not UTF-8, and for one cut off at the end.
 */
void cli_print_clean(const char *text);

/** A device or a pipe, which is written to as it is: a finished file must not take its place. */
bool cli_is_special(const char *path);

/** Write text to a file, whole or not at all. */
autk_status cli_write_file(const char *path, const autk_buf *text, autk_err *err);

/** A table to the output in the format asked for. */
autk_status cli_write_table(cli_context *cli, const autk_table *table);

/** Progress on standard error, only when that is a terminal and the work takes over a second. */
autk_progress cli_progress(void);
/** Wipe the progress line. */
void cli_progress_end(void);

/** A year range "A:B", "A" for one, into first and last. Errors: AUTK_EARG. */
autk_status cli_parse_years(int *first, int *last, const char *text, const char *option,
                            autk_err *err);

/**
 * Open the world dataset: --world, else $AUTARKY_WORLD, else the one beside the program (in the
 * build tree or under the same prefix), else the installed one. The facts of --dataset and the
 * estimates of --estimates are laid over it. The caller closes it.
 */
autk_status cli_open_world(cli_context *cli, autk_world **world);

/** Do the years have figures in the world dataset? Errors: AUTK_ENOTFOUND names the option. */
autk_status cli_check_years(cli_context *cli, const autk_world *world, int first, int last,
                            const char *option);

/** A file of estimates of gaps; the caller frees it. */
autk_status cli_read_estimates(autk_gap_estimates **out, cli_context *cli, const char *path);

/**
 * yyyymmdd of "2004", "2004-05" or "2004-05-01".
 *
 * @param missing  what a missing month or day becomes: 0 (the beginning) or 99 (the end)
 * Errors: AUTK_EARG (no date, or no day of its month) names the option.
 */
autk_status cli_parse_date(int32_t *date, const char *text, int missing, const char *option,
                           autk_err *err);
/** "2004-05-01", "2004-05" where the day is unknown, "2004" where the month is, "" for 0. */
void cli_format_date(char out[16], int32_t date);

/**
 * The economies of a dataset that a text means: one by its code or name there, else what the world
 * dataset calls so, else the members that a group has in the middle of the year.
 *
 * @param members  [n economies of the dataset + 1]
 * Errors: AUTK_ENOTFOUND (nothing of that name; a group without members there).
 */
autk_status cli_find_members(int32_t *members, size_t *n, cli_context *cli,
                             const autk_dataset *dataset, const char *text, int32_t year);
/** The last year with yearly trade by product; 0 = there is none. */
int32_t cli_last_product_year(const autk_dataset *dataset);

/** "trade", "export" or "import"; "exports" and "imports" are taken too. Errors: AUTK_EARG. */
autk_status cli_parse_direction(autk_direction *out, const char *text, autk_err *err);
/** "goods" or "goods and services". Errors: AUTK_EARG. */
autk_status cli_parse_scope(autk_scope *out, const char *text, autk_err *err);

/** The nearest of names to text as " (nearest: …)", or "". */
void cli_nearest(char *out, size_t size, const char *text, const char *const *names, size_t n);

#define COMMAND(name, summary) autk_status cmd_##name(cli_context *cli, int argc, char **argv);
#include "commands.def"
#undef COMMAND

#endif
