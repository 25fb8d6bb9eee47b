#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "cli.h"

/* Is the world dataset at `relative` to the folder of the program? Then its path is in `path`. */
static bool beside_program(autk_buf *path, const char *relative)
{
    char self[4096];
    ssize_t n = readlink("/proc/self/exe", self, sizeof self - 1);
    if (n <= 0)
        return false;
    self[n] = '\0';
    char *slash = strrchr(self, '/');
    if (slash == NULL)
        return false;
    *slash = '\0';
    autk_buf_clear(path);
    autk_buf_printf(path, "%s/%s", self, relative);
    return access(autk_buf_text(path), R_OK) == 0;
}

/* Sanction cases, distances, GDP and population of the user's own dataset. */
static autk_status add_facts(cli_context *cli, autk_world *world)
{
    autk_dataset *dataset = NULL;
    autk_status st = autk_dataset_open(&dataset, cli->dataset_path, &cli->err);
    if (st == AUTK_OK)
        st = autk_world_add_facts(world, dataset, &cli->err);
    autk_dataset_close(dataset);
    return st;
}

autk_status cli_read_estimates(autk_gap_estimates **out, cli_context *cli, const char *path)
{
    autk_input *input = NULL;
    autk_status st = autk_input_open(&input, path, &cli->err);
    if (st == AUTK_OK)
        st = autk_gap_estimates_read(out, input, &cli->err);
    autk_input_free(input);
    return st;
}

/* What a model says of flows that nobody reports. */
static autk_status add_estimates(cli_context *cli, autk_world *world)
{
    autk_gap_estimates *estimates = NULL;
    autk_status st = cli_read_estimates(&estimates, cli, cli->estimates_path);
    if (st == AUTK_OK)
        st = autk_world_add_estimates(world, estimates, &cli->err);
    autk_gap_estimates_free(estimates);
    return st;
}

/* What the user's own files add to an open world. */
static autk_status add_own(cli_context *cli, autk_world *world)
{
    autk_status st = cli->dataset_path != NULL ? add_facts(cli, world) : AUTK_OK;
    if (st == AUTK_OK && cli->estimates_path != NULL)
        st = add_estimates(cli, world);
    return st;
}

autk_status cli_open_world(cli_context *cli, autk_world **world)
{
    autk_buf path;
    autk_buf_init(&path);
    const char *given = cli->world_path != NULL ? cli->world_path : getenv("AUTARKY_WORLD");
    if (given != NULL && given[0] != '\0')
        autk_buf_puts(&path, given);
    else if (!beside_program(&path, "../data/world.sqlite") /* the build's */ &&
             !beside_program(&path, "../share/autarky/world.sqlite")) {
        autk_buf_clear(&path);
        autk_buf_puts(&path, AUTK_DATA_DIR "/world.sqlite");
    }
    autk_status st = autk_buf_check(&path, &cli->err);
    if (st == AUTK_OK)
        st = autk_world_open(world, autk_buf_text(&path), &cli->err);
    autk_buf_deinit(&path);
    if (st == AUTK_OK && (st = add_own(cli, *world)) != AUTK_OK) {
        autk_world_close(*world);
        *world = NULL;
    }
    return st;
}

autk_status cli_check_years(cli_context *cli, const autk_world *world, int first, int last,
                            const char *option)
{
    int known_first, known_last;
    autk_world_years(&known_first, &known_last, world);
    if (first >= known_first && last <= known_last)
        return AUTK_OK;
    (void)snprintf(cli->err.source, sizeof cli->err.source, "%s", option);
    (void)snprintf(cli->err.msg, sizeof cli->err.msg, "expected a year from %d to %d, got %d",
                   known_first, known_last, first < known_first ? first : last);
    return cli->err.code = AUTK_ENOTFOUND;
}

static int days_in(int year, int month)
{
    static const int days[] = {31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};
    bool leap = (year % 4 == 0 && year % 100 != 0) || year % 400 == 0;
    return days[month - 1] + (month == 2 && leap);
}

/* yyyymmdd of "yyyy", "yyyy-mm" or "yyyy-mm-dd"; a missing month or day is `missing` (00 or 99). */
autk_status cli_parse_date(int32_t *date, const char *text, int missing, const char *option,
                           autk_err *err)
{
    int year = 0, month = missing, day = missing;
    char rest = '\0';
    size_t len = strlen(text);
    int n = len == 4    ? sscanf(text, "%4d%c", &year, &rest)
            : len == 7  ? sscanf(text, "%4d-%2d%c", &year, &month, &rest)
            : len == 10 ? sscanf(text, "%4d-%2d-%2d%c", &year, &month, &day, &rest)
                        : 0;
    bool shape = (len == 4 && n == 1) || (len == 7 && n == 2) || (len == 10 && n == 3);
    bool range = year >= 1 && (len < 7 || (month >= 1 && month <= 12)) &&
                 (len < 10 || (day >= 1 && day <= days_in(year, month)));
    if (shape && range) {
        *date = (int32_t)(year * 10000 + month * 100 + day);
        return AUTK_OK;
    }
    memset(err, 0, sizeof *err);
    (void)snprintf(err->source, sizeof err->source, "%s", option);
    (void)snprintf(err->msg, sizeof err->msg,
                   "expected a date such as 2004, 2004-05 or 2004-05-01, got \"%s\"", text);
    return err->code = AUTK_EARG;
}

void cli_format_date(char out[16], int32_t date)
{
    int year = date / 10000, month = date / 100 % 100, day = date % 100;
    if (date == 0)
        out[0] = '\0';
    else if (month == 0)
        (void)snprintf(out, 16, "%04d", year % 10000);
    else if (day == 0)
        (void)snprintf(out, 16, "%04d-%02d", year % 10000, month);
    else
        (void)snprintf(out, 16, "%04d-%02d-%02d", year % 10000, month, day);
}
