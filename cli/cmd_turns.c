#include <string.h>

#include "cli.h"

typedef struct turns_options {
    const char *on, *flow, *years, *by;
    bool monthly, explain, has_level, has_draws, has_seed;
    double level;
    int64_t draws, seed;
} turns_options;

static autk_status read_options(cli_context *cli, autk_turns_opts *out, const turns_options *o)
{
    int rule = 0;
    *out = autk_turns_opts_default();
    if (o->on == NULL)
        return cli_expected(cli, "--on", "a partner or group", NULL);
    autk_status st = cli_parse_direction(&out->direction, o->flow, &cli->err);
    if (st != AUTK_OK)
        return st;
    while (rule < AUTK_TURNS_RULE_COUNT &&
           strcmp(o->by, autk_turns_rule_text((autk_turns_rule)rule)) != 0)
        rule++;
    if (rule == AUTK_TURNS_RULE_COUNT)
        return cli_expected(cli, "--by", "bic, lwz or sequential", o->by);
    out->rule = (autk_turns_rule)rule;
    if (o->years != NULL) {
        st = cli_parse_years(&out->first_year, &out->last_year, o->years, "--years", &cli->err);
        if (st != AUTK_OK)
            return st;
    }
    out->level = o->has_level ? o->level : out->level;
    out->n_draws = o->has_draws ? (size_t)o->draws : out->n_draws;
    out->seed = o->has_seed ? (uint64_t)o->seed : out->seed;
    return AUTK_OK;
}

static autk_status find(cli_context *cli, autk_turns **turns, autk_evidence **evidence,
                        const autk_world *world, const turns_options *o,
                        const autk_turns_opts *opts)
{
    int32_t economy = 0, party = 0;
    autk_status st =
        autk_world_find_economy(&economy, world, cli->arguments[0], opts->last_year, &cli->err);
    if (st == AUTK_OK)
        st = autk_world_find_party(&party, world, o->on, opts->last_year, &cli->err);
    if (st == AUTK_OK)
        st = autk_evidence_create(evidence, world, economy, NULL, &cli->err);
    return st == AUTK_OK ? autk_turns_find(turns, *evidence, party, opts, &cli->err) : st;
}

/* The observations behind the last year of the old level and the first of the new one. */
static autk_status explain(autk_buf *out, const autk_turns *t, const autk_evidence *evidence,
                           autk_err *err)
{
    autk_status st = AUTK_OK;
    for (size_t k = 0; k < t->annual.n_turns && st == AUTK_OK; k++) {
        for (size_t i = 1; i < t->annual.n && st == AUTK_OK; i++) {
            if (t->annual.period[i] != t->annual.turns[k].date)
                continue;
            st = autk_evidence_explain(out, evidence, t->annual.period[i - 1], t->party, err);
            if (st == AUTK_OK)
                st = autk_evidence_explain(out, evidence, t->annual.period[i], t->party, err);
        }
    }
    return st;
}

static autk_status answer(cli_context *cli, const turns_options *o)
{
    autk_turns_opts opts;
    autk_world *world = NULL;
    autk_evidence *evidence = NULL;
    autk_turns *turns = NULL;
    autk_buf text, why;
    autk_buf_init(&text);
    autk_buf_init(&why);
    autk_status st = read_options(cli, &opts, o);
    if (st == AUTK_OK)
        st = cli_open_world(cli, &world);
    if (st == AUTK_OK)
        st = find(cli, &turns, &evidence, world, o, &opts);
    if (st == AUTK_OK)
        st = o->explain ? explain(&why, turns, evidence, &cli->err) : AUTK_OK;
    if (st == AUTK_OK)
        st = autk_buf_check(&why, &cli->err);
    if (st == AUTK_OK)
        st = autk_turns_write(&text, world, turns, o->monthly ? AUTK_TURNS_MONTHS : AUTK_TURNS_BOTH,
                              autk_buf_text(&why), cli->format, &cli->err);
    if (st == AUTK_OK)
        st = cli_write(cli, &text);
    autk_turns_free(turns);
    autk_evidence_free(evidence);
    autk_world_close(world);
    autk_buf_deinit(&text);
    autk_buf_deinit(&why);
    return st;
}

autk_status cmd_turns(cli_context *cli, int argc, char **argv)
{
    turns_options o = {.flow = "trade", .by = "bic"};
    cli_option options[] = {
        {"on", CLI_TEXT, &o.on, "PARTNER|GROUP", "on whom", NULL},
        {"flow", CLI_TEXT, &o.flow, "trade|export|import", "default: trade", NULL},
        {"years", CLI_TEXT, &o.years, "FIRST:LAST", "default: all in the data", NULL},
        {"monthly", CLI_FLAG, &o.monthly, NULL, "the months only", NULL},
        {"explain", CLI_FLAG, &o.explain, NULL, "the figures on both sides of each turn", NULL},
        {"by", CLI_TEXT, &o.by, "bic|lwz|sequential", "what says how many; default: bic", NULL},
        {"level", CLI_INSIDE(0, 1), &o.level, "LEVEL", "of the intervals; default: 0.95",
         &o.has_level},
        {"draws", CLI_WHOLE(0, 10000), &o.draws, "N", "within the bounds; default: 200",
         &o.has_draws},
        {"seed", CLI_WHOLE(0, INFINITY), &o.seed, "SEED", "of the draws; default: 1", &o.has_seed},
        {NULL, CLI_FLAG, NULL, NULL, NULL, NULL}};
    cli_spec spec = {
        .name = "turns",
        .arguments = "ECONOMY",
        .summary =
            "Date the turns in an economy's dependence on a partner or group: breaks in its share\n"
            "(Bai & Perron), year by year and, where there are months, month by month, with\n"
            "intervals that carry the bounds of flows that nobody reports, and the events that "
            "fall\n"
            "inside them. A date is the first period at the new level.",
        .examples = "  autarky turns BLR --on EU\n"
                    "  autarky turns BLR --on RUS --flow export --years 2000:2023\n"
                    "  autarky turns BLR --on EU --monthly --format json\n",
        .options = options,
        .min_arguments = 1,
        .max_arguments = 1};
    autk_status st = cli_parse(cli, &spec, argc, argv);
    if (st != AUTK_OK || cli->help_shown)
        return st;
    return answer(cli, &o);
}
