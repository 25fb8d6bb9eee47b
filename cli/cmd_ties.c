#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "cli.h"

typedef struct ties_run {
    autk_world *world;
    autk_network *network;
    const char *years;
    int first, last;
    int32_t a, b;
    autk_ties *ties;
    autk_tie_turn *turns; /* in order of years; layer AUTK_TIE_COUNT = crossings */
    size_t n_turns;
    bool has_border; /* a land crossing, open or closed */
} ties_run;

/* ------------------------------------------------------------------ open corridors */

/* Crossings between the two that are open and closed at the year's end. */
static autk_status count_crossings(cli_context *cli, const ties_run *run, int year, int32_t *n_open,
                                   int32_t *n_closed)
{
    autk_closures *closures = NULL;
    autk_err ignored;
    *n_open = *n_closed = 0;
    autk_status st = autk_closures_create(&closures, run->network, &cli->err);
    if (st != AUTK_OK)
        return st;
    /* Outside the years that closures are known for, none is in force. */
    st = autk_closures_add_date(closures, year * 10000 + 1231, -1, NULL, &ignored);
    autk_closures_crossings(n_open, n_closed, closures, run->a, run->b);
    autk_closures_free(closures);
    if (st == AUTK_OK || st == AUTK_ENOTFOUND)
        return AUTK_OK;
    cli->err = ignored;
    return st;
}

/* ------------------------------------------------------------------ the years */

static void groups_text(autk_buf *out, const ties_run *run, const autk_tie_year *y)
{
    for (int32_t i = 0; i < y->n_groups; i++)
        autk_buf_printf(out, "%s%s", i == 0 ? "" : " ",
                        autk_world_group(run->world, y->groups[i])->code);
}

static autk_status add_year(cli_context *cli, autk_table *table, const ties_run *run,
                            const autk_tie_year *y)
{
    autk_buf groups;
    int32_t n_open, n_closed;
    autk_buf_init(&groups);
    groups_text(&groups, run, y);
    autk_status st = autk_buf_check(&groups, &cli->err);
    if (st == AUTK_OK)
        st = count_crossings(cli, run, y->year, &n_open, &n_closed);
    if (st == AUTK_OK) {
        const autk_bounds shares[] = {y->share_a, y->share_b};
        autk_table_number(table, y->year);
        for (int i = 0; i < 2; i++) {
            autk_table_number(table, shares[i].low);
            autk_table_number(table, shares[i].point);
            autk_table_number(table, shares[i].high);
        }
        autk_table_text(table, y->gap ? "gap" : "");
        autk_table_number(table, y->votes_distance);
        autk_table_text(table, autk_buf_text(&groups));
        autk_table_number(table, y->n_sanctions);
        autk_table_number(table, n_open);
        autk_table_number(table, n_closed);
    }
    autk_buf_deinit(&groups);
    return st;
}

static autk_status years_table(cli_context *cli, autk_table **table, const ties_run *run)
{
    char title_a[40], title_b[40];
    const char *a = autk_world_party_code(run->world, run->a);
    const char *b = autk_world_party_code(run->world, run->b);
    (void)snprintf(title_a, sizeof title_a, "%s in %s", b, a);
    (void)snprintf(title_b, sizeof title_b, "%s in %s", a, b);
    const autk_column columns[] = {{"year", "year", AUTK_CELL_FIXED, 0},
                                   {"share_a_low", "at least", AUTK_CELL_PERCENT, 1},
                                   {"share_a", title_a, AUTK_CELL_PERCENT, 1},
                                   {"share_a_high", "at most", AUTK_CELL_PERCENT, 1},
                                   {"share_b_low", "at least", AUTK_CELL_PERCENT, 1},
                                   {"share_b", title_b, AUTK_CELL_PERCENT, 1},
                                   {"share_b_high", "at most", AUTK_CELL_PERCENT, 1},
                                   {"gap", "", AUTK_CELL_TEXT, 0},
                                   {"votes_distance", "votes apart", AUTK_CELL_FIXED, 2},
                                   {"groups", "both in", AUTK_CELL_TEXT, 0},
                                   {"sanctions", "new sanctions", AUTK_CELL_INTEGER, 0},
                                   {"crossings_open", "open", AUTK_CELL_INTEGER, 0},
                                   {"crossings_closed", "closed", AUTK_CELL_INTEGER, 0}};
    autk_status st = autk_table_create(table, columns, sizeof columns / sizeof *columns, &cli->err);
    for (size_t i = 0; st == AUTK_OK && i < run->ties->n_years; i++)
        st = add_year(cli, *table, run, &run->ties->years[i]);
    return st;
}

/* ------------------------------------------------------------------ the turns */

/* Turns of the tie, and of the crossings, which only the network knows. */
static autk_status find_turns(cli_context *cli, ties_run *run)
{
    const autk_ties *ties = run->ties;
    int32_t was_open = 0, was_closed = 0;
    autk_status st = AUTK_OK;
    run->turns = calloc(ties->n_turns + ties->n_years + 1, sizeof *run->turns);
    if (run->turns == NULL)
        return cli->err.code = AUTK_ENOMEM;
    for (size_t i = 0, next = 0; st == AUTK_OK && i < ties->n_years; i++) {
        int year = ties->years[i].year;
        int32_t n_open, n_closed;
        for (; next < ties->n_turns && ties->turns[next].year <= year; next++)
            run->turns[run->n_turns++] = ties->turns[next];
        st = count_crossings(cli, run, year, &n_open, &n_closed);
        if (i > 0 && n_open != was_open)
            run->turns[run->n_turns++] = (autk_tie_turn){.layer = AUTK_TIE_COUNT,
                                                         .year = year,
                                                         .low = year,
                                                         .high = year,
                                                         .before = was_open,
                                                         .after = n_open};
        was_open = n_open;
        was_closed = n_closed;
    }
    run->has_border = was_open + was_closed > 0;
    return st;
}

/* "trade of BLR": whose is said by its code, for a reader. */
static void layer_text(char *out, size_t size, const ties_run *run, const autk_tie_turn *t)
{
    bool of_a = t->layer == AUTK_TIE_TRADE_A, of_b = t->layer == AUTK_TIE_TRADE_B;
    if (of_a || of_b)
        (void)snprintf(out, size, "trade of %s",
                       autk_world_party_code(run->world, of_a ? run->a : run->b));
    else
        (void)snprintf(out, size, "%s",
                       t->layer == AUTK_TIE_COUNT ? "crossings" : autk_tie_layer_text(t->layer));
}

static void add_group(autk_buf *out, const ties_run *run, const autk_tie_year *y,
                      const autk_tie_year *other, char sign)
{
    for (int32_t i = 0; i < y->n_groups; i++) {
        bool both = false;
        for (int32_t k = 0; k < other->n_groups; k++)
            both = both || y->groups[i] == other->groups[k];
        if (!both)
            autk_buf_printf(out, "%s%c%s", out->len != 0 ? " " : "", sign,
                            autk_world_group(run->world, y->groups[i])->code);
    }
}

/* What a dated turn is: "+EAEU", "-CIS". */
static void say_turn(autk_buf *out, const ties_run *run, const autk_tie_turn *t)
{
    size_t at = (size_t)(t->year - run->ties->years[0].year);
    if (t->layer != AUTK_TIE_MEMBERSHIPS || at == 0)
        return;
    const autk_tie_year *is = &run->ties->years[at], *was = &run->ties->years[at - 1];
    add_group(out, run, is, was, '+');
    add_group(out, run, was, is, '-');
}

static autk_status turns_table(cli_context *cli, autk_table **table, const ties_run *run)
{
    static const autk_column columns[] = {
        {"layer", "layer", AUTK_CELL_TEXT, 0},    {"year", "turn", AUTK_CELL_FIXED, 0},
        {"low", "from", AUTK_CELL_FIXED, 0},      {"high", "to", AUTK_CELL_FIXED, 0},
        {"before", "before", AUTK_CELL_FIXED, 3}, {"after", "after", AUTK_CELL_FIXED, 3},
        {"groups", "", AUTK_CELL_TEXT, 0}};
    autk_buf what;
    autk_buf_init(&what);
    autk_status st = autk_table_create(table, columns, 7, &cli->err);
    for (size_t i = 0; st == AUTK_OK && i < run->n_turns; i++) {
        const autk_tie_turn *t = &run->turns[i];
        char layer[40];
        layer_text(layer, sizeof layer, run, t);
        autk_table_text(*table, layer);
        autk_table_number(*table, t->year);
        autk_table_number(*table, t->low);
        autk_table_number(*table, t->high);
        autk_table_number(*table, t->before);
        autk_table_number(*table, t->after);
        autk_buf_clear(&what);
        say_turn(&what, run, t);
        st = autk_buf_check(&what, &cli->err);
        autk_table_text(*table, st == AUTK_OK ? autk_buf_text(&what) : "");
    }
    autk_buf_deinit(&what);
    return st;
}

/* Trade is one layer, seen from two sides. */
static bool is_same_layer(const autk_tie_turn *x, const autk_tie_turn *y)
{
    return x->layer == y->layer || (x->layer <= AUTK_TIE_TRADE_B && y->layer <= AUTK_TIE_TRADE_B);
}

/* A turn was first when its interval ends before another's begins; else the order is open. */
static void first_sentence(autk_buf *out, const ties_run *run)
{
    char one[40], other[40];
    if (run->n_turns == 0) {
        autk_buf_puts(out, "No layer turned in these years.\n");
        return;
    }
    const autk_tie_turn *first = &run->turns[0], *rival = NULL;
    for (size_t i = 1; i < run->n_turns; i++) {
        const autk_tie_turn *t = &run->turns[i];
        if (!is_same_layer(t, first) && (rival == NULL || t->low < rival->low))
            rival = t;
    }
    layer_text(one, sizeof one, run, first);
    autk_buf_printf(out, "First to turn: %s, %d", one, first->year);
    if (rival == NULL) {
        autk_buf_puts(out, "; no other layer turned.\n");
        return;
    }
    layer_text(other, sizeof other, run, rival);
    if (first->high < rival->low)
        autk_buf_printf(out, "; next: %s, %d.\n", other, rival->year);
    else
        autk_buf_printf(out, "; but the intervals overlap with %s (%d), so the order is open.\n",
                        other, rival->year);
}

/* ------------------------------------------------------------------ output */

static autk_status write_both(autk_buf *out, const ties_run *run, const autk_table *years,
                              const autk_table *turns, autk_format format, autk_err *err)
{
    const char *a = autk_world_party_name(run->world, run->a);
    const char *b = autk_world_party_name(run->world, run->b);
    autk_status st;
    if (format == AUTK_FORMAT_CSV)
        return autk_table_write(out, years, format, err);
    if (format == AUTK_FORMAT_JSON) {
        autk_buf_printf(out, "{\"a\": \"%s\", \"b\": \"%s\", \"years\": ",
                        autk_world_party_code(run->world, run->a),
                        autk_world_party_code(run->world, run->b));
        st = autk_table_write(out, years, format, err);
        autk_buf_puts(out, ", \"turns\": ");
        if (st == AUTK_OK)
            st = autk_table_write(out, turns, format, err);
        autk_buf_puts(out, "}\n");
        return st;
    }
    autk_buf_printf(out, "The tie between %s and %s\n\n", a, b);
    st = autk_table_write(out, years, format, err);
    autk_buf_puts(out, "\nTurns\n\n");
    if (st == AUTK_OK && run->n_turns != 0)
        st = autk_table_write(out, turns, format, err);
    autk_buf_putc(out, '\n');
    first_sentence(out, run);
    autk_buf_puts(
        out,
        "\"Votes apart\": distance of ideal points in the UN General Assembly, 1946-2023. \"New "
        "sanctions\":\nevents between the two dated in the year, not what is in force. ");
    autk_buf_puts(out, run->has_border
                           ? "\"Open\" and \"closed\": land\ncrossings between the two in "
                             "the network, at the year's end.\n"
                           : "The two have no land crossing.\n");
    return st;
}

static autk_status print_result(cli_context *cli, const ties_run *run)
{
    autk_table *years = NULL, *turns = NULL;
    autk_buf out;
    autk_buf_init(&out);
    autk_status st = years_table(cli, &years, run);
    if (st == AUTK_OK)
        st = turns_table(cli, &turns, run);
    if (st == AUTK_OK)
        st = write_both(&out, run, years, turns, cli->format, &cli->err);
    if (st == AUTK_OK)
        st = cli_write(cli, &out);
    autk_table_free(years);
    autk_table_free(turns);
    autk_buf_deinit(&out);
    return st;
}

autk_status cmd_ties(cli_context *cli, int argc, char **argv)
{
    ties_run run = {0};
    cli_option options[] = {
        {"years", CLI_TEXT, &run.years, "A:B", "these years (default: all with trade)", NULL},
        {.name = NULL}};
    cli_spec spec = {
        .name = "ties",
        .arguments = "A B",
        .summary = "The layers of the tie between two economies side by side: trade with its "
                   "bounds, votes in the\nUN General Assembly, shared memberships, sanctions, open "
                   "crossings; and which turned first.",
        .examples = "  autarky ties BLR RUS\n"
                    "  autarky ties BLR POL --years 2010:2023 --format json\n",
        .options = options,
        .min_arguments = 2,
        .max_arguments = 2};
    autk_status st = cli_parse(cli, &spec, argc, argv);
    if (st != AUTK_OK || cli->help_shown)
        return st;
    st = cli_open_world(cli, &run.world);
    if (st == AUTK_OK && run.years != NULL)
        st = cli_parse_years(&run.first, &run.last, run.years, "--years", &cli->err);
    if (st == AUTK_OK)
        st = autk_network_open(&run.network, run.world, NULL, &cli->err);
    if (st == AUTK_OK)
        st = autk_world_find_economy(&run.a, run.world, cli->arguments[0], run.last, &cli->err);
    if (st == AUTK_OK)
        st = autk_world_find_economy(&run.b, run.world, cli->arguments[1], run.last, &cli->err);
    if (st == AUTK_OK) {
        st = autk_ties_find(&run.ties, run.world, run.a, run.b, run.first, run.last, &cli->err);
        if (st == AUTK_ENOTFOUND)
            (void)snprintf(cli->err.source, sizeof cli->err.source, "--years");
    }
    if (st == AUTK_OK)
        st = find_turns(cli, &run);
    if (st == AUTK_OK)
        st = print_result(cli, &run);
    free(run.turns);
    autk_ties_free(run.ties);
    autk_network_free(run.network);
    autk_world_close(run.world);
    return st;
}
