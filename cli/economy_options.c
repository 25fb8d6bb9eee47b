#include "economy_options.h"

#include <string.h>

#define AS_TEXT(name, text) text,
static const char *const layouts[] = {AUTK_LAYOUT_LIST(AS_TEXT)};
static const char *const rules[] = {AUTK_DOMESTIC_LIST(AS_TEXT)};
static const char *const repairs[] = {"missing", "negative", "domestic"};

void cli_economy_options(cli_option *o, cli_economy *f)
{
    const cli_option all[CLI_N_ECONOMY_OPTIONS] = {
        {"economy", CLI_TEXT, &f->path, "PATH", "the baseline: a folder, a file, or world-YEAR",
         NULL},
        {"layout", CLI_TEXT, &f->layout, "NAME",
         "auto, long, matrix, pairs, wiod or icio; auto by content", NULL},
        {"year", CLI_YEAR, &f->year, "YEAR", "of a pair list with years", &f->year_given},
        {"theta", CLI_ABOVE(0, INFINITY), &f->theta, "X", "trade elasticity of every sector", NULL},
        {"theta-file", CLI_TEXT, &f->theta_path, "FILE", "CSV: sector, value", NULL},
        {"value-added", CLI_ABOVE(0, 1), &f->value_added_share, "X",
         "value added in output, where there are no inputs", NULL},
        {"domestic", CLI_TEXT, &f->domestic, "RULE",
         "domestic sales: given, output (GDP/share) or gdp", NULL},
        {"gdp", CLI_TEXT, &f->gdp_path, "FILE", "CSV: (economy,) gdp in USD", NULL},
        {"unit", CLI_ABOVE(0, INFINITY), &f->scale_usd, "X",
         "USD in a unit of the flows (1000 = thousand)", &f->scale_given},
        {"labels", CLI_TEXT, &f->labels_path, "FILE", "CSV naming a matrix's rows", NULL},
        {"repair", CLI_TEXT, &f->repair, "LIST", "missing,negative,domestic: each is told", NULL}};
    memcpy(o, all, sizeof all);
}

static autk_status pick(int *out, cli_context *cli, const char *option, const char *text,
                        const char *const *names, int n)
{
    for (int i = 0; i < n; i++) {
        if (strcmp(text, names[i]) == 0) {
            *out = i;
            return AUTK_OK;
        }
    }
    char near[200];
    cli_nearest(near, sizeof near, text, names, (size_t)n);
    (void)snprintf(cli->err.source, sizeof cli->err.source, "%s", option);
    (void)snprintf(cli->err.msg, sizeof cli->err.msg,
                   "expected one of the names of --help, got "
                   "\"%s\"%s",
                   text, near);
    return cli->err.code = AUTK_EARG;
}

static autk_status repair_mask(unsigned *out, cli_context *cli, const char *list)
{
    char word[32];
    for (const char *at = list; *at != '\0';) {
        size_t len = strcspn(at, ",");
        int which = 0;
        (void)snprintf(word, sizeof word, "%.*s", (int)(len < 31 ? len : 31), at);
        autk_status st = pick(&which, cli, "--repair", word, repairs, 3);
        if (st != AUTK_OK)
            return st;
        *out |= 1u << which;
        at += len + (at[len] == ',');
    }
    return AUTK_OK;
}

/* What says how to read a file has no meaning for the world dataset. */
static autk_status refuse_file_options(cli_context *cli, const cli_economy *from, const char *name)
{
    const char *option = from->layout != NULL        ? "--layout"
                         : from->year_given          ? "--year"
                         : from->gdp_path != NULL    ? "--gdp"
                         : from->scale_given         ? "--unit"
                         : from->labels_path != NULL ? "--labels"
                                                     : NULL;
    return option == NULL ? AUTK_OK : cli_expected(cli, option, "a baseline that is a file", name);
}

/* "world-2021": the year of the world dataset. */
static autk_status open_world_year(autk_economy **out, cli_context *cli, const char *name,
                                   const autk_economy_opts *opts)
{
    autk_world *world = NULL;
    int year = 0;
    char rest = '\0';
    if (sscanf(name, "world-%4d%c", &year, &rest) != 1) {
        (void)snprintf(cli->err.msg, sizeof cli->err.msg,
                       "expected world-YEAR, such as world-2021, got \"%.60s\"", name);
        return cli->err.code = AUTK_EARG;
    }
    autk_status st = cli_open_world(cli, &world);
    autk_economy_opts chosen = *opts;
    chosen.gap = autk_evidence_gap;
    chosen.gap_user = world;
    if (st == AUTK_OK)
        st = autk_economy_from_world(out, world, year, &chosen, &cli->err);
    autk_world_close(world);
    return st;
}

autk_status cli_economy_open(autk_economy **out, cli_context *cli, const cli_economy *from,
                             const char *fallback)
{
    autk_economy_opts opts = autk_economy_opts_default();
    const char *path = from->path != NULL ? from->path : fallback;
    int at = 0;
    autk_status st = AUTK_OK;
    if (path == NULL || *path == '\0') {
        (void)snprintf(cli->err.msg, sizeof cli->err.msg,
                       "expected --economy PATH, since the scenario names none");
        return cli->err.code = AUTK_EARG;
    }
    if (strncmp(path, "world-", 6) == 0)
        st = refuse_file_options(cli, from, path);
    if (st == AUTK_OK && from->layout != NULL) {
        st = pick(&at, cli, "--layout", from->layout, layouts, AUTK_LAYOUT_COUNT);
        opts.layout = (autk_layout)at;
    }
    if (st == AUTK_OK && from->domestic != NULL) {
        st = pick(&at, cli, "--domestic", from->domestic, rules, AUTK_DOMESTIC_COUNT);
        opts.domestic = (autk_domestic)at;
    }
    if (st == AUTK_OK && from->repair != NULL)
        st = repair_mask(&opts.repair, cli, from->repair);
    if (st != AUTK_OK)
        return st;
    opts.year = (int)from->year;
    opts.theta = from->theta;
    opts.value_added_share = from->value_added_share;
    opts.theta_path = from->theta_path;
    opts.gdp_path = from->gdp_path;
    opts.labels_path = from->labels_path;
    opts.scale_usd = from->scale_usd;
    if (strncmp(path, "world-", 6) == 0)
        return open_world_year(out, cli, path, &opts);
    return autk_economy_open(out, path, &opts, &cli->err);
}
