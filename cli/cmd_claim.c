#include <stdlib.h>
#include <string.h>

#include "cli.h"

typedef struct claim_options {
    const char *economy, *partner, *share, *flow, *scope;
    int64_t rank, year;
    bool exact, explain, has_rank, has_year;
} claim_options;

/* A bare number is "about" it: nobody says 0.70 and means 0.695 to 0.705. --exact does. */
static autk_status parse_share(autk_quantity_said *out, const claim_options *o, autk_err *err)
{
    char about[80];
    bool bare = strspn(o->share, "0123456789.% ") == strlen(o->share);
    if (!bare || o->exact)
        return autk_claim_parse_quantity(out, o->share, err);
    (void)snprintf(about, sizeof about, "about %s", o->share);
    autk_status st = autk_claim_parse_quantity(out, about, err);
    if (st != AUTK_OK && err->column > 6)
        err->column -= 6; /* the place in what was typed */
    return st;
}

static autk_status keep_name(cli_context *cli, char *to, const char *option, const char *name)
{
    if (name == NULL)
        return cli_expected(cli, option, "a name or code, or a claim in words", NULL);
    if (strlen(name) >= AUTK_CLAIM_NAME)
        return cli_expected(cli, option, "a shorter name", name);
    memcpy(to, name, strlen(name) + 1);
    return AUTK_OK;
}

static autk_status from_options(cli_context *cli, autk_claim *claim, const claim_options *o)
{
    *claim = autk_claim_default();
    autk_status st = keep_name(cli, claim->economy, "--economy", o->economy);
    if (st == AUTK_OK)
        st = keep_name(cli, claim->partners, "--partner", o->partner);
    if (st != AUTK_OK)
        return st;
    if ((o->share != NULL) == o->has_rank)
        return cli_expected(cli, "--share", "one of --share and --rank", o->share);
    if (o->has_rank) {
        claim->kind = AUTK_CLAIM_RANK;
        claim->rank = (int32_t)o->rank;
    } else {
        st = parse_share(&claim->quantity, o, &cli->err);
        if (st != AUTK_OK)
            return st;
    }
    claim->year = (int)o->year;
    claim->direction_fixed = o->flow != NULL;
    claim->scope_fixed = o->scope != NULL;
    if (o->flow != NULL)
        st = cli_parse_direction(&claim->direction, o->flow, &cli->err);
    if (st == AUTK_OK && o->scope != NULL)
        st = cli_parse_scope(&claim->scope, o->scope, &cli->err);
    return st;
}

/* The words, whether the shell was given them as one argument or many. */
static autk_status from_words(cli_context *cli, autk_buf *said, autk_claim *claim,
                              const claim_options *o)
{
    if (o->economy != NULL || o->partner != NULL || o->share != NULL || o->flow != NULL ||
        o->scope != NULL || o->has_rank || o->has_year || o->exact)
        return cli_expected(cli, "claim", "either words or options, not both", cli->arguments[0]);
    for (size_t i = 0; i < cli->n_arguments; i++) {
        autk_buf_puts(said, i == 0 ? "" : " ");
        autk_buf_puts(said, cli->arguments[i]);
    }
    autk_status st = autk_buf_check(said, &cli->err);
    return st == AUTK_OK ? autk_claim_parse(claim, autk_buf_text(said), &cli->err) : st;
}

/* The observations behind the totals and every partner of a reading, of goods. */
static autk_status explain(autk_buf *out, const autk_world *world, const autk_claim_result *r,
                           autk_err *err)
{
    autk_evidence *evidence = NULL;
    size_t n = 0; /* shown: a longer reading only adds the next partner at the end */
    autk_status st = autk_evidence_create(&evidence, world, r->economy, NULL, err);
    if (st == AUTK_OK)
        st = autk_evidence_explain(out, evidence, r->year, AUTK_PARTY_WORLD, err);
    for (size_t i = 0; i < r->n_readings && st == AUTK_OK; i++) {
        const autk_claim_reading *reading = &r->readings[i];
        for (; n < reading->n_parties && st == AUTK_OK; n++)
            st = autk_evidence_explain(out, evidence, r->year, reading->parties[n], err);
    }
    autk_evidence_free(evidence);
    return st;
}

static autk_status answer(cli_context *cli, const autk_claim *claim, const char *said,
                          bool explained)
{
    autk_world *world = NULL;
    autk_claim_result result;
    autk_buf text, why;
    autk_buf_init(&text);
    autk_buf_init(&why);
    autk_status st = cli_open_world(cli, &world);
    if (st == AUTK_OK)
        st = autk_claim_answer(&result, world, claim, &cli->err);
    if (st == AUTK_OK && explained)
        st = explain(&why, world, &result, &cli->err);
    if (st == AUTK_OK)
        st = autk_buf_check(&why, &cli->err);
    if (st == AUTK_OK)
        st = autk_claim_write(&text, world, &result, said, autk_buf_text(&why), cli->format,
                              &cli->err);
    if (st == AUTK_OK)
        st = cli_write(cli, &text);
    autk_buf_deinit(&text);
    autk_buf_deinit(&why);
    autk_world_close(world);
    return st;
}

static const char summary[] =
    "Check a claim about an economy's trade against every reading that its words allow: trade,\n"
    "exports or imports; of the economy's own total or of the sum that its partners' figures\n"
    "give; goods, or goods and services; the partner alone, or with the next one. Each reading\n"
    "is supported, possible, contradicted or undecidable. \"about\" widens by 5 points; a bare\n"
    "number is taken by the rounding of its digits, and as \"about\" when it is an option.\n\n"
    "understood:\n"
    "  QUANTITY of A's FLOW is with | goes to | comes from B [and C] [in YEAR]\n"
    "  B [and C] accounts for | takes | supplies QUANTITY of A's FLOW [in YEAR]\n"
    "  A sends | gets | does QUANTITY of its FLOW to | from | with B [in YEAR]\n"
    "  A depends on B for QUANTITY of its FLOW [in YEAR]\n"
    "  B's share of A's FLOW is QUANTITY [in YEAR]\n"
    "  A is cut off from | isolated from B [in YEAR]  (routes and closures; the West = EU, G7)\n"
    "  B is A's first | second | largest ... partner | market | supplier [in YEAR]\n"
    "  FLOW: [total] [goods | goods and services] trade | exports | imports\n"
    "  QUANTITY: [about | nearly | just over | at least | at most | more than | less than]\n"
    "            70 percent | 0.7 | half | two thirds; between 60 and 70 percent; most";

autk_status cmd_claim(cli_context *cli, int argc, char **argv)
{
    claim_options o = {0};
    cli_option options[] = {
        {"economy", CLI_TEXT, &o.economy, "ECONOMY", "whose trade", NULL},
        {"partner", CLI_TEXT, &o.partner, "PARTNER", "with whom; several as \"RUS, CHN\"", NULL},
        {"share", CLI_TEXT, &o.share, "SHARE", "0.70, 70%, \"at least half\"", NULL},
        {"rank", CLI_WHOLE(1, 1000), &o.rank, "PLACE", "place among the partners, 1 = first",
         &o.has_rank},
        {"year", CLI_YEAR, &o.year, "YEAR", "default: the last in the data", &o.has_year},
        {"flow", CLI_TEXT, &o.flow, "trade|export|import", "default: each of them", NULL},
        {"scope", CLI_TEXT, &o.scope, "SCOPE", "goods, \"goods and services\"; default: both",
         NULL},
        {"explain", CLI_FLAG, &o.explain, NULL, "the figures behind it", NULL},
        {"exact", CLI_FLAG, &o.exact, NULL, "take --share by its digits", NULL},
        {NULL, CLI_FLAG, NULL, NULL, NULL, NULL}};
    cli_spec spec = {
        .name = "claim",
        .arguments = "[WORDS]",
        .summary = summary,
        .examples =
            "  autarky claim \"about 70 percent of Belarus's trade is with Russia in 2023\"\n"
            "  autarky claim --economy BLR --partner RUS --share 0.70 --year 2023\n"
            "  autarky claim \"China is Germany's second largest export market in 2022\"\n",
        .options = options,
        .max_arguments = 120};
    autk_buf said;
    autk_claim claim;
    autk_buf_init(&said);
    autk_status st = cli_parse(cli, &spec, argc, argv);
    if (st == AUTK_OK && !cli->help_shown) {
        bool words = cli->n_arguments > 0;
        st = words ? from_words(cli, &said, &claim, &o) : from_options(cli, &claim, &o);
        if (st == AUTK_OK)
            st = answer(cli, &claim, words ? autk_buf_text(&said) : NULL, o.explain);
    }
    autk_buf_deinit(&said);
    return st;
}
