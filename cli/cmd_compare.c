#include <stdlib.h>
#include <string.h>

#include "cli.h"

#define MAX_COMPARED 300

typedef struct compare_options {
    const char *on, *flow;
    int64_t year;
    bool year_given;
} compare_options;

typedef struct comparison {
    autk_world *world;
    int32_t on;
    int year;
    autk_direction direction;
    autk_dependence *item[MAX_COMPARED];    /* every partner */
    autk_dependence *on_item[MAX_COMPARED]; /* the party asked about */
    size_t n;
} comparison;

static autk_status measure_one(comparison *c, const char *name, autk_err *err)
{
    int32_t economy;
    autk_evidence *evidence = NULL;
    autk_depend_opts o = autk_depend_opts_default();
    o.direction = c->direction;
    o.n_reverse = 0;
    autk_status st = autk_world_find_economy(&economy, c->world, name, c->year, err);
    if (st == AUTK_OK)
        st = autk_evidence_create(&evidence, c->world, economy, NULL, err);
    if (st == AUTK_OK)
        st = autk_depend(&c->item[c->n], evidence, c->year, &o, err);
    if (st == AUTK_OK && c->on != AUTK_PARTY_ANY) {
        o.on = c->on;
        o.n_reverse = 1;
        o.isolation = false;
        st = autk_depend(&c->on_item[c->n], evidence, c->year, &o, err);
    }
    c->n++;
    autk_evidence_free(evidence);
    return st;
}

static autk_status write_comparison(cli_context *cli, const comparison *c)
{
    const autk_dependence *items[MAX_COMPARED];
    const autk_dependence_entry *on[MAX_COMPARED];
    for (size_t i = 0; i < c->n; i++) {
        items[i] = c->item[i];
        on[i] = c->on_item[i] != NULL ? &c->on_item[i]->entries[0] : NULL;
    }
    autk_buf text;
    autk_buf_init(&text);
    autk_status st = autk_depend_compare(&text, items, c->on != AUTK_PARTY_ANY ? on : NULL, c->n,
                                         c->world, cli->format, &cli->err);
    return cli_finish(cli, &text, st);
}

static autk_status compare(cli_context *cli, comparison *c, const compare_options *o)
{
    int first, last;
    autk_status st = cli_parse_direction(&c->direction, o->flow, &cli->err);
    if (st == AUTK_OK)
        st = cli_open_world(cli, &c->world);
    if (st != AUTK_OK)
        return st;
    autk_world_years(&first, &last, c->world);
    c->year = o->year_given ? (int)o->year : last;
    c->on = AUTK_PARTY_ANY;
    if (o->on != NULL)
        st = autk_world_find_party(&c->on, c->world, o->on, c->year, &cli->err);
    for (size_t i = 0; i < cli->n_arguments && st == AUTK_OK; i++)
        st = measure_one(c, cli->arguments[i], &cli->err);
    return st == AUTK_OK ? write_comparison(cli, c) : st;
}

autk_status cmd_compare(cli_context *cli, int argc, char **argv)
{
    compare_options o = {.flow = "trade"};
    cli_option options[] = {
        {"on", CLI_TEXT, &o.on, "PARTNER|GROUP", "also each one's share of it, and the reverse",
         NULL},
        {"year", CLI_YEAR, &o.year, "Y", "default: the last of the dataset", &o.year_given},
        {"flow", CLI_TEXT, &o.flow, "trade|export|import", "default: trade, both ways", NULL},
        {NULL, CLI_FLAG, NULL, NULL, NULL, NULL}};
    cli_spec spec = {.name = "compare",
                     .arguments = "ECONOMY...",
                     .summary = "Economies side by side: openness, first partners, concentration, "
                                "isolation.",
                     .examples = "  autarky compare BLR ARM KGZ KAZ --on RUS\n"
                                 "  autarky compare Poland Hungary --year 2004 --on EU\n",
                     .options = options,
                     .min_arguments = 1,
                     .max_arguments = MAX_COMPARED};
    autk_status st = cli_parse(cli, &spec, argc, argv);
    if (st != AUTK_OK || cli->help_shown)
        return st;
    comparison c = {.n = 0};
    st = compare(cli, &c, &o);
    for (size_t i = 0; i < c.n; i++) {
        autk_dependence_free(c.item[i]);
        autk_dependence_free(c.on_item[i]);
    }
    autk_world_close(c.world);
    return st;
}
