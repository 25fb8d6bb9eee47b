#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "cmd_mirror.h"

/* ------------------------------------------------------------------ panels */

typedef struct panel {
    autk_panel p;
    double *value;
    bool *is_exact;
    const char **code; /* [n_economies], borrowed */
} panel;

static void free_panel(panel *m)
{
    free(m->value);
    free(m->is_exact);
    free((void *)m->code);
}

static autk_status make_panel(panel *m, cli_context *cli, int first, int last, int32_t n)
{
    size_t cells = (size_t)n * (size_t)n * (size_t)(last - first + 1);
    m->value = malloc((cells + 1) * sizeof *m->value);
    m->code = calloc((size_t)n + 1, sizeof *m->code);
    m->is_exact = calloc(cells + 1, sizeof *m->is_exact);
    if (m->value == NULL || m->code == NULL || m->is_exact == NULL)
        return cli->err.code = AUTK_ENOMEM;
    for (size_t k = 0; k < cells; k++)
        m->value[k] = NAN;
    m->p = (autk_panel){first, last - first + 1, n, m->value, m->is_exact};
    return AUTK_OK;
}

static size_t panel_at(const panel *m, int year, int32_t i, int32_t j)
{
    size_t n = (size_t)m->p.n_economies;
    return ((size_t)(year - m->p.first_year) * n + (size_t)i) * n + (size_t)j;
}

/* Figures that are known to a tenth are good enough to be tested on. */
#define EXACT_RATIO 1.1

/* The world's reconciled flows, with what the dataset had to fill in between its bounds. */
static autk_status panel_of_world(panel *m, cli_context *cli, const autk_world *world)
{
    int first, last;
    autk_world_years(&first, &last, world);
    int32_t n = autk_world_n_economies(world);
    autk_status st = make_panel(m, cli, first, last, n);
    for (int32_t e = 0; st == AUTK_OK && e < n; e++)
        m->code[e] = autk_world_economy(world, e)->code;
    for (int year = first; st == AUTK_OK && year <= last; year++) {
        autk_observation *o = NULL;
        size_t count = 0;
        autk_observation_query q = {AUTK_PARTY_ANY, AUTK_PARTY_ANY, year, year};
        st = autk_world_observations(&o, &count, world, &q, &cli->err);
        for (size_t k = 0; st == AUTK_OK && k < count; k++) {
            bool flow = o[k].quantity == AUTK_QUANTITY_FLOW && o[k].exporter >= 0 &&
                        o[k].exporter < n && o[k].importer >= 0 && o[k].importer < n;
            if (!flow || (o[k].kind != AUTK_KIND_RECONCILED && o[k].kind != AUTK_KIND_ESTIMATED))
                continue;
            size_t at = panel_at(m, year, o[k].exporter, o[k].importer);
            /* NOLINTNEXTLINE(clang-analyzer-core.CallAndMessage): make_panel() fills all cells */
            if (!isnan(m->value[at]) && o[k].kind == AUTK_KIND_ESTIMATED)
                continue;
            m->value[at] = o[k].value;
            m->is_exact[at] = o[k].value > 0 && o[k].high <= EXACT_RATIO * o[k].low;
        }
        free(o);
    }
    return st;
}

/* ------------------------------------------------------------------ backtest */

static autk_status write_pair(cli_context *cli, const panel *m, const autk_backtest_row *rows,
                              size_t n)
{
    static const autk_column columns[] = {{"year", "year", AUTK_CELL_TEXT, 0},
                                          {"exporter", "from", AUTK_CELL_TEXT, 0},
                                          {"importer", "to", AUTK_CELL_TEXT, 0},
                                          {"truth_usd", "truth", AUTK_CELL_USD, 0},
                                          {"estimate_usd", "estimate", AUTK_CELL_USD, 0},
                                          {"low_usd", "5 %", AUTK_CELL_USD, 0},
                                          {"high_usd", "95 %", AUTK_CELL_USD, 0},
                                          {"trend_usd", "trend alone", AUTK_CELL_USD, 0},
                                          {"covered", "inside", AUTK_CELL_TEXT, 0}};
    autk_table *t = NULL;
    autk_status st = autk_table_create(&t, columns, sizeof columns / sizeof *columns, &cli->err);
    if (st != AUTK_OK)
        return st;
    for (size_t k = 0; k < n; k++) {
        char year[16];
        (void)snprintf(year, sizeof year, "%d", rows[k].year);
        autk_table_text(t, year);
        autk_table_text(t, m->code[rows[k].exporter]);
        autk_table_text(t, m->code[rows[k].importer]);
        autk_table_number(t, rows[k].truth);
        autk_table_number(t, rows[k].estimate.value);
        autk_table_number(t, rows[k].estimate.low);
        autk_table_number(t, rows[k].estimate.high);
        autk_table_number(t, rows[k].estimate.trend);
        autk_table_text(t, rows[k].covered ? "yes" : "no");
    }
    st = cli_write_table(cli, t);
    autk_table_free(t);
    return st;
}

static void put_class(autk_table *t, const char *name, const autk_backtest_class *c)
{
    autk_table_text(t, name);
    autk_table_number(t, (double)c->n);
    autk_table_number(t, c->coverage);
    autk_table_number(t, c->n != 0 ? exp(c->median_abs_log) - 1 : NAN);
    autk_table_number(t, c->median_width);
}

static autk_status write_summary(cli_context *cli, const autk_backtest_row *rows, size_t n)
{
    static const autk_column columns[] = {
        {"size", "size of the flow", AUTK_CELL_TEXT, 0},
        {"flows", "flows", AUTK_CELL_INTEGER, 0},
        {"coverage", "in the 90 % interval", AUTK_CELL_PERCENT, 1},
        {"median_error", "median error", AUTK_CELL_PERCENT, 1},
        {"median_width", "high / low", AUTK_CELL_FIXED, 2}};
    static const char *const names[AUTK_BLACKOUT_CLASSES] = {
        "below 1 M", "1 M to 10 M", "10 M to 100 M", "100 M to 1 bn", "above 1 bn"};
    autk_backtest_summary s;
    autk_table *t = NULL;
    autk_status st = autk_backtest_summarise(&s, rows, n, &cli->err);
    if (st == AUTK_OK)
        st = autk_table_create(&t, columns, sizeof columns / sizeof *columns, &cli->err);
    if (st != AUTK_OK)
        return st;
    for (int c = 0; c < AUTK_BLACKOUT_CLASSES; c++)
        put_class(t, names[c], &s.by_class[c]);
    put_class(t, "all", &s.all);
    st = cli_write_table(cli, t);
    autk_table_free(t);
    return st;
}

#define MEMBERS_MAX 30

/* "RUS,BLR" or more */
static autk_status find_members(int32_t members[MEMBERS_MAX], size_t *n, cli_context *cli,
                                const char *text, const autk_world *world)
{
    autk_status st = AUTK_OK;
    *n = 0;
    for (const char *at = text; st == AUTK_OK && *at != '\0';) {
        char name[80];
        size_t len = strcspn(at, ",");
        (void)snprintf(name, sizeof name, "%.*s", (int)len, at);
        if (*n == MEMBERS_MAX)
            return cli_mirror_bad_value(cli, "--pair", "at most 30 economies", text);
        st = autk_world_find_economy(&members[(*n)++], world, name, 0, &cli->err);
        at += len + (at[len] == ',');
    }
    if (st == AUTK_OK && *n < 2)
        return cli_mirror_bad_value(cli, "--pair", "two economies or more as A,B", text);
    return st;
}

static autk_status test_between(autk_backtest_row **rows, size_t *n, cli_context *cli,
                                const mirror_args *a, const autk_world *world,
                                const autk_panel *known, const autk_blackout_opts *opts)
{
    int32_t members[MEMBERS_MAX];
    size_t n_members = 0;
    int first = 0, last = 0;
    autk_status st = find_members(members, &n_members, cli, a->pair, world);
    if (st == AUTK_OK)
        st = cli_parse_years(&first, &last, a->years != NULL ? a->years : "2015:2021", "--years",
                             &cli->err);
    return st == AUTK_OK ? autk_backtest_between(rows, n, known, members, n_members, first, last,
                                                 !a->without_totals, opts, &cli->err)
                         : st;
}

autk_status cli_mirror_backtest(cli_context *cli, const mirror_args *a)
{
    autk_world *world = NULL;
    panel m = {.value = NULL};
    autk_backtest_row *rows = NULL;
    size_t n = 0;
    autk_blackout_opts o = autk_blackout_opts_default();
    cli_mirror_opts(&o, a);
    autk_status st = cli_open_world(cli, &world);
    if (st == AUTK_OK)
        st = panel_of_world(&m, cli, world);
    if (st == AUTK_OK && a->pair != NULL) {
        st = test_between(&rows, &n, cli, a, world, &m.p, &o);
    } else if (st == AUTK_OK) {
        st = autk_backtest_random(&rows, &n, &m.p, (int)a->year, a->share, !a->without_totals, &o,
                                  &cli->err);
    }
    if (st == AUTK_OK)
        st = a->pair != NULL ? write_pair(cli, &m, rows, n) : write_summary(cli, rows, n);
    free(rows);
    free_panel(&m);
    autk_world_close(world);
    return st;
}
