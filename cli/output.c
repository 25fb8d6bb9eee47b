#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "cli.h"

static autk_status io_error(autk_err *err, const char *path, const char *what, int code)
{
    memset(err, 0, sizeof *err);
    (void)snprintf(err->source, sizeof err->source, "%s", path);
    (void)snprintf(err->msg, sizeof err->msg, "cannot be %s: %s", what, strerror(code));
    return err->code = AUTK_EIO;
}

/* Length of the character at text, 0 when it is none that a terminal just shows. */
static size_t shown_length(const char *text)
{
    const unsigned char *t = (const unsigned char *)text;
    size_t n = t[0] < 0x80 ? 1 : t[0] < 0xc2 ? 0 : t[0] < 0xe0 ? 2 : t[0] < 0xf0 ? 3 : 4;
    if (n <= 1)
        return t[0] >= 0x20 && t[0] != 0x7f ? n : 0;
    if (t[0] > 0xf4 || (t[0] == 0xc2 && t[1] < 0xa0)) /* the second: controls above ASCII */
        return 0;
    for (size_t i = 1; i < n; i++) {
        if ((t[i] & 0xc0) != 0x80)
            return 0;
    }
    return n;
}

void cli_print_clean(const char *text)
{
    while (*text != '\0') {
        size_t n = shown_length(text);
        if (n == 0)
            fputc('?', stderr);
        else
            (void)fwrite(text, 1, n, stderr);
        text += n == 0 ? 1 : n;
    }
}

static bool write_all(FILE *file, const autk_buf *text)
{
    if (text->len != 0 && fwrite(autk_buf_text(text), 1, text->len, file) != text->len)
        return false;
    return fflush(file) == 0;
}

/* A device or a pipe cannot be renamed over: write straight to it. */
bool cli_is_special(const char *path)
{
    struct stat info;
    return stat(path, &info) == 0 && !S_ISREG(info.st_mode);
}

static autk_status write_directly(const char *path, const autk_buf *text, autk_err *err)
{
    FILE *file = fopen(path, "wb");
    if (file == NULL)
        return io_error(err, path, "opened", errno);
    bool good = write_all(file, text);
    int code = errno;
    if (fclose(file) != 0 && good) {
        good = false;
        code = errno;
    }
    return good ? AUTK_OK : io_error(err, path, "written", code);
}

autk_status cli_write_file(const char *path, const autk_buf *text, autk_err *err)
{
    autk_status st = autk_buf_check(text, err);
    if (st != AUTK_OK)
        return st;
    if (cli_is_special(path))
        return write_directly(path, text, err);
    autk_buf partial;
    autk_buf_init(&partial);
    autk_buf_printf(&partial, "%s.partial-%ld", path, (long)getpid());
    st = autk_buf_check(&partial, err);
    if (st == AUTK_OK) {
        st = write_directly(autk_buf_text(&partial), text, err);
        if (st == AUTK_OK && rename(autk_buf_text(&partial), path) != 0)
            st = io_error(err, path, "written", errno);
        else if (st != AUTK_OK)
            (void)snprintf(err->source, sizeof err->source, "%s", path);
        if (st != AUTK_OK)
            (void)unlink(autk_buf_text(&partial));
    }
    autk_buf_deinit(&partial);
    return st;
}

/* To --output or standard output, as it is. */
static autk_status write_out(cli_context *cli, const autk_buf *text)
{
    if (cli->output != NULL)
        return cli_write_file(cli->output, text, &cli->err);
    autk_status st = autk_buf_check(text, &cli->err);
    if (st != AUTK_OK)
        return st;
    cli_progress_end();
    return write_all(stdout, text) ? AUTK_OK
                                   : io_error(&cli->err, "standard output", "written", errno);
}

/* What was written as CSV, as a Stata file: no command knows more of that format. */
static autk_status write_stata(cli_context *cli, const autk_buf *csv)
{
    autk_buf stata;
    if (cli->output == NULL && isatty(STDOUT_FILENO))
        return cli_expected(cli, "--format dta", "--output FILE or a pipe", "a terminal");
    autk_buf_init(&stata);
    autk_status st = autk_buf_check(csv, &cli->err);
    if (st == AUTK_OK)
        st = autk_stata_from_csv(&stata, autk_buf_text(csv), csv->len, &cli->err);
    if (st == AUTK_OK)
        st = write_out(cli, &stata);
    autk_buf_deinit(&stata);
    return st;
}

autk_status cli_write(cli_context *cli, const autk_buf *text)
{
    if (autk_ranks_rank(cli->ranks) != 0)
        return AUTK_OK;
    return cli->stata ? write_stata(cli, text) : write_out(cli, text);
}

autk_status cli_finish(cli_context *cli, autk_buf *text, autk_status st)
{
    if (cli->format == AUTK_FORMAT_JSON && text->len != 0 && text->text[text->len - 1] != '\n')
        autk_buf_putc(text, '\n');
    if (st == AUTK_OK)
        st = cli_write(cli, text);
    autk_buf_deinit(text);
    return st;
}

autk_status cli_write_table(cli_context *cli, const autk_table *table)
{
    autk_buf text;
    autk_buf_init(&text);
    autk_status st = autk_table_write(&text, table, cli->format, &cli->err);
    return cli_finish(cli, &text, st);
}

/* The program, not the library, may keep state: one progress line on one terminal. */
static struct {
    double began_s, shown_s;
    bool on_screen;
} bar;

static double now_s(void)
{
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return (double)t.tv_sec + 1e-9 * (double)t.tv_nsec;
}

static int show_progress(const char *what, double done, double total, const char *unit, void *user)
{
    (void)user;
    double now = now_s();
    if (now - bar.began_s < 1.0 || now - bar.shown_s < 0.1)
        return 0;
    bar.shown_s = now;
    bar.on_screen = true;
    double rate = done / (now - bar.began_s);
    if (total > 0) {
        int filled = (int)(30.0 * (done < total ? done / total : 1.0));
        fprintf(stderr, "\r\033[K%s [%.*s%.*s] %3.0f %%  %.3g %s/s  %.0f s left", what, filled,
                "##############################", 30 - filled, "..............................",
                100.0 * done / total, rate, unit, rate > 0 ? (total - done) / rate : 0.0);
    } else {
        fprintf(stderr, "\r\033[K%s  %.4g %s  %.3g %s/s", what, done, unit, rate, unit);
    }
    fflush(stderr);
    return 0;
}

autk_progress cli_progress(void)
{
    bar.began_s = now_s();
    bar.shown_s = 0;
    return (autk_progress){.report = isatty(STDERR_FILENO) ? show_progress : NULL, .user = NULL};
}

void cli_progress_end(void)
{
    if (bar.on_screen)
        fputs("\r\033[K", stderr);
    bar.on_screen = false;
}
