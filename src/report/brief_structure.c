/* The place in the wider structure: numbers, words, table, JSON and CSV. */
#include "report/brief_structure.h"

#include <math.h>
#include <stdlib.h>

#include "base/fail.h"
#include "base/mem.h"
#include "base/table.h"
#include "report/brief_corridors.h"
#include "report/object.h"
#include "report/words.h"

#define NO_BLOC SIZE_MAX

void autki_structure_free(autki_structure *structure)
{
    if (structure == NULL)
        return;
    autk_ties_free(structure->ties);
    free(structure);
}

/* ------------------------------------------------------------------ numbers */

static autk_bounds bloc_in(const autki_bloc *bloc, int year)
{
    for (size_t i = 0; i < bloc->n; i++) {
        if (bloc->series[i].year == year)
            return bloc->series[i].entry.share;
    }
    return autk_bounds_unknown();
}

/* The bloc with the largest best estimate in a year. */
static size_t lean_in(const autk_brief *b, int year)
{
    size_t best = NO_BLOC;
    double most = 0.0;
    for (size_t i = 0; i < b->n_blocs; i++) {
        double share = bloc_in(&b->blocs[i], year).point;
        if (share > most) {
            most = share;
            best = i;
        }
    }
    return best;
}

static void find_lean(autki_structure *s, const autk_brief *b)
{
    s->lean = lean_in(b, b->year);
    s->lean_before = NO_BLOC;
    if (s->lean == NO_BLOC)
        return;
    double low = bloc_in(&b->blocs[s->lean], b->year).low;
    s->lean_claimed = isfinite(low);
    for (size_t i = 0; i < b->n_blocs; i++) {
        autk_bounds other = bloc_in(&b->blocs[i], b->year);
        if (i != s->lean && isfinite(other.point))
            s->lean_claimed = s->lean_claimed && low > other.high;
    }
    s->lean_since = b->year;
    while (s->lean_since > b->first_year && lean_in(b, s->lean_since - 1) == s->lean)
        s->lean_since--;
    /* What came before the bloc itself says nothing of a change. */
    if (isfinite(bloc_in(&b->blocs[s->lean], s->lean_since - 1).point))
        s->lean_before = lean_in(b, s->lean_since - 1);
}

autk_status autki_brief_add_structure(autk_brief *brief, autk_err *err)
{
    autki_structure *s = brief->structure = autki_calloc(1, sizeof *s);
    if (s == NULL)
        return autki_no_memory(err, sizeof *s);
    find_lean(s, brief);
    if (brief->on >= AUTK_GROUP_BASE)
        return AUTK_OK;
    const autk_tie_trade trade = {brief->series[AUTK_DIRECTION_TRADE],
                                  brief->n_series[AUTK_DIRECTION_TRADE], brief->turns};
    autk_status st = autk_ties_beside(&s->ties, brief->world, brief->economy, brief->on,
                                      brief->first_year, brief->year, &trade, err);
    const autki_corridors *c = brief->corridors;
    if (st == AUTK_OK && c->why_not == NULL)
        autk_closures_crossings(&s->n_open, &s->n_closed, c->closures, brief->economy, brief->on);
    return st;
}

/* ------------------------------------------------------------------ words */

static void say_bloc(autk_buf *t, const autk_brief *b, size_t bloc)
{
    autki_words_name(t, b->world, b->blocs[bloc].party);
}

static void say_lean(autk_buf *t, const autk_brief *b)
{
    const autki_structure *s = b->structure;
    if (s->lean == NO_BLOC)
        return;
    autk_buf_printf(t, "In %d ", b->year);
    autki_words_name(t, b->world, b->economy);
    autk_buf_puts(t, s->lean_claimed ? " leans to " : " probably leans to ");
    say_bloc(t, b, s->lean);
    autk_buf_puts(t, ": ");
    autki_words_share(t, bloc_in(&b->blocs[s->lean], b->year));
    autk_buf_puts(t, " of its trade");
    int said = 0;
    for (size_t i = 0; i < b->n_blocs; i++) {
        autk_bounds other = bloc_in(&b->blocs[i], b->year);
        if (i == s->lean || !isfinite(other.point))
            continue;
        autk_buf_puts(t, said++ == 0 ? ", against " : " and ");
        autki_words_share(t, other);
        autk_buf_puts(t, " with ");
        say_bloc(t, b, i);
    }
    autk_buf_puts(t, s->lean_claimed ? "; nothing inside the bounds changes that."
                                     : "; the bounds leave it open.");
}

static void say_since(autk_buf *t, const autk_brief *b)
{
    const autki_structure *s = b->structure;
    if (s->lean == NO_BLOC || s->lean_since == b->first_year)
        return;
    autk_buf_printf(t, "By the best estimates it does so since %d", s->lean_since);
    if (s->lean_before != NO_BLOC) {
        autk_buf_puts(t, "; before, it leaned to ");
        say_bloc(t, b, s->lean_before);
        autk_buf_puts(t, ".");
    } else {
        autk_buf_puts(t, ", the first year of that bloc in these figures.");
    }
}

static void say_groups(autk_buf *t, const autk_brief *b, const autk_tie_year *y)
{
    for (int32_t i = 0; i < y->n_groups; i++)
        autk_buf_printf(t, "%s%s",
                        i == 0                 ? ""
                        : i + 1 == y->n_groups ? " and "
                                               : ", ",
                        autk_world_group(b->world, y->groups[i])->code);
}

static const autk_tie_year *tie_in(const autk_brief *b, int year)
{
    const autk_ties *ties = b->structure->ties;
    int64_t at = (int64_t)year - ties->years[0].year;
    return at >= 0 && at < (int64_t)ties->n_years ? &ties->years[at] : NULL;
}

static int32_t count_sanctions(const autk_ties *ties)
{
    int32_t n = 0;
    for (size_t i = 0; i < ties->n_years; i++)
        n += ties->years[i].n_sanctions;
    return n;
}

static void say_layers(autk_buf *t, const autk_brief *b)
{
    const autki_structure *s = b->structure;
    if (s->ties == NULL)
        return;
    const autk_tie_year *y = tie_in(b, b->year);
    autk_buf_puts(t, "Beside trade, the tie with ");
    autki_words_name(t, b->world, b->on);
    autk_buf_puts(t, y->n_groups == 0 ? " has these layers: they share no group of the dataset"
                                      : " has these layers: both are in ");
    say_groups(t, b, y);
    if (isfinite(y->votes_distance))
        autk_buf_printf(t,
                        "; in the UN General Assembly they vote %.2f apart (ideal points, of "
                        "which 1 is about a standard deviation)",
                        y->votes_distance);
    int32_t n = count_sanctions(s->ties);
    if (n == 0)
        autk_buf_printf(t, "; no sanction between them is on record since %d", b->first_year);
    else
        autk_buf_printf(t, "; %d event%s of sanctions between them since %d", (int)n,
                        n == 1 ? "" : "s", b->first_year);
    if (s->n_open + s->n_closed != 0)
        autk_buf_printf(t, "; %d of %d land crossings between them open at the year's end",
                        (int)s->n_open, (int)(s->n_open + s->n_closed));
    autk_buf_puts(t, ".");
}

static void say_turn(autk_buf *t, const autk_tie_turn *turn)
{
    autk_buf_printf(t, "%s in %d",
                    turn->layer == AUTK_TIE_TRADE_A ? "trade" : autk_tie_layer_text(turn->layer),
                    turn->year);
    if (turn->low != turn->high)
        autk_buf_printf(t, " (%d to %d)", turn->low, turn->high);
}

/* Does the first turn's interval end before all others of other layers begin? */
static bool order_is_known(const autk_ties *ties)
{
    for (size_t i = 1; i < ties->n_turns; i++) {
        if (ties->turns[i].layer != ties->turns[0].layer &&
            ties->turns[i].low <= ties->turns[0].high)
            return false;
    }
    return true;
}

static void say_turns(autk_buf *t, const autk_brief *b)
{
    const autk_ties *ties = b->structure->ties;
    if (ties == NULL || ties->n_turns == 0)
        return;
    autk_buf_puts(t, "The layers turn: ");
    for (size_t i = 0; i < ties->n_turns; i++) {
        autk_buf_puts(t, i == 0 ? "" : ", ");
        say_turn(t, &ties->turns[i]);
    }
    bool alone = true;
    for (size_t i = 1; i < ties->n_turns; i++)
        alone = alone && ties->turns[i].layer == ties->turns[0].layer;
    autk_buf_puts(t, alone ? "; no other layer turned."
                     : order_is_known(ties)
                         ? ". The first moved before the others."
                         : ". The intervals overlap: which moved first is open.");
}

autk_status autki_brief_say_structure(autk_brief *brief, autk_buf *t, autk_err *err)
{
    static void (*const say[])(autk_buf *, const autk_brief *) = {say_lean, say_since, say_layers,
                                                                  say_turns};
    autk_status st = AUTK_OK;
    for (size_t i = 0; st == AUTK_OK && i < sizeof say / sizeof *say; i++) {
        say[i](t, brief);
        st = autki_lines_take(&brief->sentences[AUTKI_STRUCTURE], t, err);
    }
    return st;
}

/* ------------------------------------------------------------------ table */

static void add_year(autk_table *table, const autk_brief *b, const autk_tie_year *y)
{
    autk_buf text;
    autk_buf_init(&text);
    autk_table_number(table, y->year);
    autk_table_number(table, y->share_a.point);
    if (isfinite(y->share_a.low))
        autki_words_interval(&text, y->share_a);
    autki_table_take(table, &text);
    autk_table_number(table, y->votes_distance);
    say_groups(&text, b, y);
    autki_table_take(table, &text);
    autk_table_number(table, y->n_sanctions);
    autk_buf_deinit(&text);
}

autk_status autki_structure_table(autk_table **out, const autk_brief *brief, autk_err *err)
{
    static const autk_column columns[] = {{"year", "year", AUTK_CELL_FIXED, 0},
                                          {"share", "share of trade", AUTK_CELL_PERCENT, 1},
                                          {"interval", "can be", AUTK_CELL_TEXT, 0},
                                          {"votes_distance", "votes apart", AUTK_CELL_FIXED, 2},
                                          {"groups", "both in", AUTK_CELL_TEXT, 0},
                                          {"sanctions", "sanctions", AUTK_CELL_INTEGER, 0}};
    autk_table *table = NULL;
    if (brief->structure->ties == NULL || brief->n_past == 0)
        return AUTK_OK;
    autk_status st = autk_table_create(&table, columns, sizeof columns / sizeof *columns, err);
    if (st != AUTK_OK)
        return st;
    for (size_t k = 0; k < brief->n_past; k++) {
        const autk_tie_year *y = tie_in(brief, brief->past[k]->year);
        if (y != NULL)
            add_year(table, brief, y);
    }
    *out = table;
    return AUTK_OK;
}

/* ------------------------------------------------------------------ JSON and CSV */

static void json_lean(autki_object *o, const autk_brief *b)
{
    const autki_structure *s = b->structure;
    if (s->lean == NO_BLOC)
        return;
    autki_object lean = autki_object_in(o, "lean");
    autki_object_text(&lean, "bloc", autk_world_party_code(b->world, b->blocs[s->lean].party));
    autki_object_bounds(&lean, "share", bloc_in(&b->blocs[s->lean], b->year));
    autki_object_bool(&lean, "claimed", s->lean_claimed);
    autki_object_number(&lean, "since", s->lean_since);
    autki_object_close(&lean);
}

static void json_layers(autki_object *o, const autk_brief *b)
{
    const autk_ties *ties = b->structure->ties;
    autki_object years = autki_object_array(o, "layers");
    for (size_t i = 0; i < ties->n_years; i++) {
        const autk_tie_year *y = &ties->years[i];
        autki_object one = autki_object_element(&years);
        autki_object_number(&one, "year", y->year);
        autki_object_bounds(&one, "share", y->share_a);
        autki_object_number(&one, "votes_distance", y->votes_distance);
        autki_object groups = autki_object_array(&one, "groups");
        for (int32_t g = 0; g < y->n_groups; g++)
            autki_object_text_element(&groups, autk_world_group(b->world, y->groups[g])->code);
        autki_object_close(&groups);
        autki_object_number(&one, "sanctions", y->n_sanctions);
        autki_object_close(&one);
    }
    autki_object_close(&years);
    autki_object turns = autki_object_array(o, "turns");
    for (size_t i = 0; i < ties->n_turns; i++) {
        const autk_tie_turn *turn = &ties->turns[i];
        autki_object one = autki_object_element(&turns);
        autki_object_text(&one, "layer", autk_tie_layer_text(turn->layer));
        autki_object_number(&one, "year", turn->year);
        autki_object_number(&one, "from", turn->low);
        autki_object_number(&one, "to", turn->high);
        autki_object_number(&one, "before", turn->before);
        autki_object_number(&one, "after", turn->after);
        autki_object_close(&one);
    }
    autki_object_close(&turns);
    autki_object_number(o, "crossings_open", b->structure->n_open);
    autki_object_number(o, "crossings_closed", b->structure->n_closed);
}

void autki_structure_json(autk_buf *out, const autk_brief *brief)
{
    autk_buf_puts(out, ",\n \"structure\": ");
    autki_object o = autki_object_open(out);
    json_lean(&o, brief);
    if (brief->structure->ties != NULL)
        json_layers(&o, brief);
    autki_object lines = autki_object_array(&o, "sentences");
    for (size_t i = 0; i < brief->sentences[AUTKI_STRUCTURE].n; i++)
        autki_object_text_element(&lines, brief->sentences[AUTKI_STRUCTURE].line[i]);
    autki_object_close(&lines);
    autki_object_close(&o);
}

void autki_structure_csv(autk_buf *out, const autk_brief *brief)
{
    const autk_ties *ties = brief->structure->ties;
    for (size_t i = 0; ties != NULL && i < ties->n_years; i++) {
        const autk_tie_year *y = &ties->years[i];
        autki_brief_csv_row row = {"structure",
                                   autk_world_party_code(brief->world, brief->on),
                                   "distance of votes",
                                   y->year,
                                   {y->votes_distance, y->votes_distance, y->votes_distance},
                                   "ideal points",
                                   "reported"};
        if (isfinite(y->votes_distance))
            autki_brief_put_csv_row(out, &row);
        row.measure = "groups both are in";
        row.value = autk_bounds_exact(y->n_groups);
        row.unit = "groups";
        autki_brief_put_csv_row(out, &row);
    }
}
