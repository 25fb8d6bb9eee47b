#include <stdlib.h>
#include <string.h>

#include "cmd_depend.h"

#define REVERSED 20 /* entries seen from the other side too, in JSON and CSV */

typedef struct question {
    autk_world *world;
    int32_t economy, on;
    int first, last;
    autk_evidence *evidence;
    autk_depend_opts opts;
} question;

autk_status cli_parse_direction(autk_direction *out, const char *text, autk_err *err)
{
    static const char *const names[] = {"trade", "export", "exports", "import", "imports"};
    static const autk_direction directions[] = {AUTK_DIRECTION_TRADE, AUTK_DIRECTION_EXPORT,
                                                AUTK_DIRECTION_EXPORT, AUTK_DIRECTION_IMPORT,
                                                AUTK_DIRECTION_IMPORT};
    for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
        if (strcmp(text, names[i]) == 0) {
            *out = directions[i];
            return AUTK_OK;
        }
    }
    memset(err, 0, sizeof *err);
    (void)snprintf(err->source, sizeof err->source, "--flow");
    (void)snprintf(err->msg, sizeof err->msg, "expected trade, export or import, got \"%s\"", text);
    return err->code = AUTK_EARG;
}

autk_status cli_parse_scope(autk_scope *out, const char *text, autk_err *err)
{
    for (int s = 0; s < AUTK_SCOPE_COUNT; s++) {
        if (strcmp(text, autk_scope_text((autk_scope)s)) == 0) {
            *out = (autk_scope)s;
            return AUTK_OK;
        }
    }
    memset(err, 0, sizeof *err);
    (void)snprintf(err->source, sizeof err->source, "--scope");
    (void)snprintf(err->msg, sizeof err->msg,
                   "expected goods or \"goods and services\", got \"%s\"", text);
    return err->code = AUTK_EARG;
}

/* The years asked for; the last with figures when none were. */
static autk_status choose_years(cli_context *cli, question *q, const depend_options *o)
{
    int first, last;
    if (o->year_given && o->years_given)
        return cli_expected(cli, "--years", "--year or --years, not both", o->years);
    if (o->years_given)
        return cli_parse_years(&q->first, &q->last, o->years, "--years", &cli->err);
    if (o->year_given) {
        q->first = q->last = (int)o->year;
        return AUTK_OK;
    }
    autk_evidence_years(&first, &last, q->evidence);
    autk_world_years(&q->first, &q->last, q->world);
    if (last != 0)
        q->last = last;
    q->first = q->last;
    return AUTK_OK;
}

static autk_status ask(cli_context *cli, question *q, const depend_options *o)
{
    autk_evidence_opts opts = autk_evidence_opts_default();
    autk_status st = cli_parse_direction(&q->opts.direction, o->flow, &cli->err);
    if (st == AUTK_OK)
        st = cli_parse_scope(&opts.scope, o->scope, &cli->err);
    if (st == AUTK_OK)
        st = cli_open_world(cli, &q->world);
    if (st == AUTK_OK)
        st = autk_world_find_economy(&q->economy, q->world, cli->arguments[0], 0, &cli->err);
    if (st == AUTK_OK && o->on != NULL)
        st = autk_world_find_party(&q->opts.on, q->world, o->on, 0, &cli->err);
    if (st == AUTK_OK)
        st = autk_evidence_create(&q->evidence, q->world, q->economy, &opts, &cli->err);
    if (st == AUTK_OK)
        st = choose_years(cli, q, o);
    return st == AUTK_OK ? cli_check_years(cli, q->world, q->first, q->last,
                                           o->years_given ? "--years" : "--year")
                         : st;
}

/* ------------------------------------------------------------------ answering */

static autk_status explain(autk_buf *out, const question *q, const autk_dependence *d, size_t top,
                           autk_err *err)
{
    autk_status st = autk_evidence_explain(out, q->evidence, d->year, AUTK_PARTY_WORLD, err);
    for (size_t i = 0; i < d->n_entries && (top == 0 || i < top) && st == AUTK_OK; i++)
        st = autk_evidence_explain(out, q->evidence, d->year, d->entries[i].party, err);
    return st;
}

/* Years without any figure are left out of a series; asked for alone, they are an error. */
static autk_status answer_years(question *q, autk_depend_item *items, autk_buf *explanations,
                                size_t *n, size_t top, bool explained, autk_err *err)
{
    for (int year = q->first; year <= q->last; year++) {
        autk_dependence *d = NULL;
        autk_status st = autk_depend(&d, q->evidence, year, &q->opts, err);
        if (st == AUTK_ENOANSWER && q->first < q->last && (year < q->last || *n > 0))
            continue;
        if (st != AUTK_OK)
            return st;
        items[*n].dependence = d;
        st = explained ? explain(&explanations[*n], q, d, top, err) : AUTK_OK;
        items[*n].explanation = explained ? autk_buf_text(&explanations[*n]) : NULL;
        *n += 1;
        if (st != AUTK_OK)
            return st;
    }
    return AUTK_OK;
}

/* The other side's view costs a read of each partner's year: for all of them only when asked. */
static int32_t count_reverse(const cli_context *cli, const depend_options *o, bool series)
{
    if (series && (cli->format == AUTK_FORMAT_TEXT || !o->top_given))
        return 1;
    if (!o->top_given)
        return cli->format == AUTK_FORMAT_TEXT ? DEPEND_SHOWN_IN_TEXT : REVERSED;
    return o->top == 0 ? -1 : (int32_t)(o->top < 1000 ? o->top : 1000);
}

static autk_status answer(cli_context *cli, question *q, const depend_options *o)
{
    bool series = q->last > q->first || o->years_given;
    size_t room = (size_t)(q->last - q->first) + 1, n = 0, top = (size_t)o->top;
    if (!o->top_given)
        top = cli->format == AUTK_FORMAT_TEXT && !series ? DEPEND_SHOWN_IN_TEXT : 0;
    q->opts.isolation = !series || cli->format == AUTK_FORMAT_JSON;
    q->opts.n_reverse = count_reverse(cli, o, series);
    autk_depend_item *items = calloc(room, sizeof *items);
    autk_buf *explanations = calloc(room, sizeof *explanations), text;
    autk_buf_init(&text);
    autk_status st = AUTK_OK;
    if (items == NULL || explanations == NULL)
        st = cli->err.code = AUTK_ENOMEM;
    if (st == AUTK_OK)
        st = answer_years(q, items, explanations, &n, series && top == 0 ? 1 : top, o->explain,
                          &cli->err);
    if (st == AUTK_OK)
        st = autk_depend_write(&text, items, n, series, q->world, cli->format, top, &cli->err);
    if (st == AUTK_OK)
        st = cli_write(cli, &text);
    autk_buf_deinit(&text);
    for (size_t i = 0; i < n; i++) {
        autk_dependence *d = (autk_dependence *)(uintptr_t)items[i].dependence;
        autk_dependence_free(d);
        autk_buf_deinit(&explanations[i]);
    }
    free(items);
    free(explanations);
    return st;
}

autk_status cmd_depend(cli_context *cli, int argc, char **argv)
{
    depend_options o = {.flow = "trade", .scope = "goods"};
    cli_option options[] = {
        {"on", CLI_TEXT, &o.on, "PARTNER|GROUP", "only this partner or group (EU, EAEU, Asia, …)",
         NULL},
        {"year", CLI_YEAR, &o.year, "Y", "default: the last with figures", &o.year_given},
        {"years", CLI_TEXT, &o.years, "A:B", "a series", &o.years_given},
        {"flow", CLI_TEXT, &o.flow, "trade|export|import", "default: trade, both ways", NULL},
        {"scope", CLI_TEXT, &o.scope, "SCOPE", "goods (default) or \"goods and services\"", NULL},
        {"top", CLI_WHOLE(0, INFINITY), &o.top, "N",
         "partners to show, each seen from both sides; 0 = all", &o.top_given},
        {"product", CLI_TEXT, &o.product, "CODE",
         "of --dataset: one product, or all whose codes begin so; 3104 is potash", NULL},
        {"estimates", CLI_TEXT, &cli->estimates_path, "FILE",
         "of flows that nobody reports: estimate --predict-gaps", NULL},
        {"explain", CLI_FLAG, &o.explain, NULL, "the observations and rules behind each number",
         NULL},
        {NULL, CLI_FLAG, NULL, NULL, NULL, NULL}};
    cli_spec spec = {
        .name = "depend",
        .arguments = "ECONOMY",
        .summary = "How much an economy depends on its trade partners: shares with their bounds, "
                   "ranks,\nconcentration, the view from the other side, isolation.",
        .examples = "  autarky depend BLR --year 2023\n"
                    "  autarky depend Belarus --on EU --years 1995:2023\n"
                    "  autarky depend BLR --on RUS --flow export --explain\n"
                    "  autarky depend KAZ --top 5 --format json\n"
                    "  autarky depend BLR --product 3104 --dataset trade.atk --flow export\n",
        .options = options,
        .min_arguments = 1,
        .max_arguments = 1};
    autk_status st = cli_parse(cli, &spec, argc, argv);
    if (st != AUTK_OK || cli->help_shown)
        return st;
    if (o.product != NULL)
        return cli_depend_product(cli, &o);
    question q = {.opts = autk_depend_opts_default()};
    st = ask(cli, &q, &o);
    if (st == AUTK_OK)
        st = answer(cli, &q, &o);
    autk_evidence_free(q.evidence);
    autk_world_close(q.world);
    return st;
}
