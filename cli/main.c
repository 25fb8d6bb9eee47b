#include <signal.h>
#include <stdlib.h>
#include <string.h>

#include "cli.h"

typedef struct command {
    const char *name, *summary;
    autk_status (*run)(cli_context *cli, int argc, char **argv);
    bool spreads; /* over the processes that mpirun started */
} command;

#define COMMAND(name, summary) {#name, summary, cmd_##name, false},
#define SPREAD(name, summary) {#name, summary, cmd_##name, true},
static const command commands[] = {
#include "commands.def"
};
#undef COMMAND
#define N_COMMANDS (sizeof commands / sizeof *commands)

static void usage(FILE *to)
{
    fputs("autarky: how much a country depends on its trade partners, how sure that is,\n"
          "and what happens when ties are cut\n\n"
          "usage: autarky COMMAND [ARGUMENTS] [OPTIONS]\n\ncommands:\n",
          to);
    for (size_t i = 0; i < N_COMMANDS; i++)
        fprintf(to, "  %-12s %s\n", commands[i].name, commands[i].summary);
    fputs("\n`autarky COMMAND --help` explains one, with examples.\n"
          "exit codes: 0 done, 1 input/output failed, 2 usage, 3 bad input, 4 no answer\n",
          to);
}

static void print_error(const autk_err *err)
{
    fputs("autarky: ", stderr);
    if (err->source[0] != '\0') {
        cli_print_clean(err->source);
        if (err->line > 0)
            fprintf(stderr, ":%lld", (long long)err->line);
        if (err->line > 0 && err->column > 0)
            fprintf(stderr, ":%lld", (long long)err->column);
        fputs(": ", stderr);
    }
    cli_print_clean(err->msg[0] != '\0' ? err->msg : autk_status_text(err->code));
    fputc('\n', stderr);
}

static int unknown_command(const char *name)
{
    const char *names[N_COMMANDS];
    char near[200];
    for (size_t i = 0; i < N_COMMANDS; i++)
        names[i] = commands[i].name;
    cli_nearest(near, sizeof near, name, names, N_COMMANDS);
    fputs("autarky: expected a command, got \"", stderr);
    cli_print_clean(name);
    fprintf(stderr, "\"%s; see autarky --help\n", near);
    return autk_status_exit_code(AUTK_EARG);
}

/* A failure is told once, by rank 0, to which those of the others come. */
static autk_status run_in_ranks(cli_context *cli, bool *tells, const command *c, int argc,
                                char **argv)
{
    autk_status st = autk_ranks_join(&cli->ranks, &cli->err);
    if (st != AUTK_OK)
        return st;
    *tells = autk_ranks_rank(cli->ranks) == 0;
    if (c->spreads || *tells)
        st = c->run(cli, argc, argv);
    cli_progress_end();
    if (st == AUTK_OK && fflush(stdout) != 0) {
        st = AUTK_EIO;
        (void)snprintf(cli->err.msg, sizeof cli->err.msg, "standard output cannot be written");
    }
    return autk_ranks_leave(cli->ranks, st, &cli->err);
}

static int run(const command *c, int argc, char **argv)
{
    cli_context cli;
    memset(&cli, 0, sizeof cli);
    bool tells = true;
    autk_status st = run_in_ranks(&cli, &tells, c, argc, argv);
    free(cli.arguments);
    if (st == AUTK_OK)
        return 0;
    cli.err.code = st;
    /* mpirun kills the rest when one process ends with a failure: only who tells it may. */
    if (!tells)
        return 0;
    print_error(&cli.err);
    return autk_status_exit_code(st);
}

static int run_named(const char *name, int argc, char **argv)
{
    for (size_t i = 0; i < N_COMMANDS; i++) {
        if (strcmp(name, commands[i].name) == 0)
            return run(&commands[i], argc, argv);
    }
    return unknown_command(name);
}

static int help(int argc, char **argv)
{
    if (argc > 2) {
        char option[] = "--help", *for_command[] = {argv[2], option, NULL};
        return run_named(argv[2], 2, for_command);
    }
    usage(stdout);
    return fflush(stdout) == 0 ? 0 : 1;
}

int main(int argc, char **argv)
{
    signal(SIGPIPE, SIG_IGN); /* `autarky ... | head` is a write error with an exit code of ours */
    if (argc < 2) {
        usage(stderr);
        return autk_status_exit_code(AUTK_EARG);
    }
    const char *name = argv[1];
    if (strcmp(name, "--help") == 0 || strcmp(name, "-h") == 0 || strcmp(name, "help") == 0)
        return help(argc, argv);
    if (strcmp(name, "--version") == 0)
        name = "version";
    return run_named(name, argc - 1, argv + 1);
}
