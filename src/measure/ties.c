/* The layers of a tie. */
#include <autarky/ties.h>

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/fail.h"
#include "base/mem.h"
#include "base/text.h"
#include "data/csv.h"
#include "data/world_asset.h"
#include "measure/turns.h"

#define FIRST_VOTES 1946
#define N_VOTES 78
#define MAX_TURNS 512

const char *autk_tie_layer_text(autk_tie_layer layer)
{
#define AUTK_TIE_TEXT(name, text) text,
    static const char *const texts[] = {AUTK_TIE_LIST(AUTK_TIE_TEXT)};
    return (unsigned)layer < AUTK_TIE_COUNT ? texts[layer] : "unknown";
}

void autk_ties_free(autk_ties *ties)
{
    if (ties == NULL)
        return;
    free(ties->years);
    free(ties->turns);
    free(ties);
}

/* ------------------------------------------------------------------ votes */

/* "1.676 - 0.5": the points of one country's years. */
static autk_status take_points(double *points, const autki_csv *csv, const autki_field *field,
                               autk_err *err)
{
    const char *at = field->text, *stop = field->text + field->len;
    for (int y = 0; y < N_VOTES; y++) {
        const char *blank = at < stop ? memchr(at, ' ', (size_t)(stop - at)) : NULL;
        const char *end = blank != NULL ? blank : stop;
        size_t len = (size_t)(end - at);
        if (len == 1 && *at == '-')
            points[y] = NAN;
        else if (!autki_parse_double(at, len, &points[y]))
            return autki_csv_bad_field(csv, field, "one ideal point or '-' for each year", err);
        at = end + (end < stop);
    }
    return AUTK_OK;
}

/* Ideal points [N_VOTES] of two economies; NaN where there is none. */
static autk_status parse_votes(double *of_a, double *of_b, autk_input *input, const char *code_a,
                               const char *code_b, autk_err *err)
{
    static const char *const names[] = {"economy", "points_1946_to_2023"};
    autki_csv *csv = NULL;
    const autki_field *fields;
    size_t columns[2], n = 1;
    autk_status st = autki_csv_create(&csv, input, NULL, err);
    if (st == AUTK_OK)
        st = autki_csv_header(csv, names, 2, columns, err);
    while (st == AUTK_OK) {
        st = autki_csv_next(csv, &fields, &n, err);
        if (st != AUTK_OK || n == 0)
            break;
        if (n <= columns[0] || n <= columns[1])
            st = autki_csv_bad_field(csv, &fields[n - 1], "two fields", err);
        else if (autki_field_is(&fields[columns[0]], code_a))
            st = take_points(of_a, csv, &fields[columns[1]], err);
        else if (autki_field_is(&fields[columns[0]], code_b))
            st = take_points(of_b, csv, &fields[columns[1]], err);
    }
    autki_csv_free(csv);
    return st;
}

static autk_status read_votes(double *of_a, double *of_b, const autk_world *world, int32_t a,
                              int32_t b, autk_err *err)
{
    char *bytes = NULL;
    size_t size = 0;
    autk_input *input = NULL;
    for (int y = 0; y < N_VOTES; y++)
        of_a[y] = of_b[y] = NAN;
    autk_status st = autki_world_asset(&bytes, &size, world, "unga_ideal_points.csv", err);
    if (st == AUTK_OK)
        st = autk_input_memory(&input, "unga_ideal_points.csv", bytes, size, err);
    if (st == AUTK_OK)
        st = parse_votes(of_a, of_b, input, autk_world_party_code(world, a),
                         autk_world_party_code(world, b), err);
    autk_input_free(input);
    free(bytes);
    return st;
}

/* ------------------------------------------------------------------ the years */

static bool has(const autk_world *world, const autk_event *event, size_t party, int32_t economy)
{
    return autk_world_party_has(world, event->parties[party], economy, event->date);
}

/* A sanction between the two: the first party stands against all others, in whichever direction.
 * Two that stand on one side of it, as members of one union or as allies, are none. */
static bool is_between(const autk_world *world, const autk_event *event, int32_t a, int32_t b)
{
    bool rest_a = false, rest_b = false;
    if (event->n_parties < 2)
        return false;
    for (size_t i = 1; i < event->n_parties; i++) {
        rest_a = rest_a || has(world, event, i, a);
        rest_b = rest_b || has(world, event, i, b);
    }
    bool first_a = has(world, event, 0, a), first_b = has(world, event, 0, b);
    return (first_a && !first_b && rest_b) || (first_b && !first_a && rest_a);
}

static void fill_year(autk_tie_year *y, const autk_world *world, int32_t a, int32_t b)
{
    for (int32_t g = 0; g < autk_world_n_groups(world); g++) {
        const char *code = autk_world_group(world, g)->code;
        /* Continents and pairs made for reading claims are no memberships; nor is EU27 beside EU.
         */
        bool region = strcmp(code, "AFRICA") == 0 || strcmp(code, "AMERICAS") == 0 ||
                      strcmp(code, "ASIA") == 0 || strcmp(code, "EUROPE") == 0 ||
                      strcmp(code, "OCEANIA") == 0 || strcmp(code, "EU27") == 0 ||
                      strchr(code, '+') != NULL;
        int32_t day = y->year * 10000 + 701;
        if (!region && autk_world_is_member(world, g, a, day) &&
            autk_world_is_member(world, g, b, day) && y->n_groups < AUTK_MAX_SHARED_GROUPS)
            y->groups[y->n_groups++] = g;
    }
    for (size_t e = 0; e < autk_world_n_events(world); e++) {
        const autk_event *event = autk_world_event(world, e);
        if (event->date / 10000 == y->year && strcmp(event->type, "sanction") == 0 &&
            is_between(world, event, a, b))
            y->n_sanctions++;
    }
}

static void put_series(autk_ties *t, const autk_dependence_year *series, size_t n, bool of_a)
{
    for (size_t i = 0; i < n; i++) {
        int64_t at = (int64_t)series[i].year - t->years[0].year;
        if (at < 0 || at >= (int64_t)t->n_years)
            continue;
        autk_tie_year *y = &t->years[at];
        *(of_a ? &y->share_a : &y->share_b) = series[i].entry.share;
        y->gap = y->gap || series[i].entry.gap;
    }
}

static autk_status take_trade(autk_ties *t, const autk_evidence *evidence, bool of_a, autk_err *err)
{
    autk_dependence_year *series = NULL;
    size_t n = 0;
    int first = t->years[0].year, last = t->years[t->n_years - 1].year, known_first, known_last;
    autk_evidence_years(&known_first, &known_last, evidence);
    first = first < known_first ? known_first : first;
    last = last > known_last ? known_last : last;
    if (known_first == 0 || first > last)
        return AUTK_OK;
    autk_status st = autk_depend_series(&series, &n, evidence, of_a ? t->b : t->a,
                                        AUTK_DIRECTION_TRADE, first, last, err);
    if (st == AUTK_OK)
        put_series(t, series, n, of_a);
    free(series);
    return st;
}

/* ------------------------------------------------------------------ turns */

static autk_status add_turn(autk_ties *t, autk_tie_layer layer, int year, int low, int high,
                            double before, double after, autk_err *err)
{
    if (t->n_turns == MAX_TURNS)
        return autki_fail(err, AUTK_ELIMIT, "expected at most %d turns, got more", MAX_TURNS);
    t->turns[t->n_turns++] = (autk_tie_turn){
        .layer = layer, .year = year, .low = low, .high = high, .before = before, .after = after};
    return AUTK_OK;
}

static autk_status put_turns(autk_ties *t, const autk_turns *turns, bool of_a, autk_err *err)
{
    autk_status st = AUTK_OK;
    for (size_t i = 0; st == AUTK_OK && i < turns->annual.n_turns; i++) {
        const autk_turn *turn = &turns->annual.turns[i];
        st = add_turn(t, of_a ? AUTK_TIE_TRADE_A : AUTK_TIE_TRADE_B, turn->date, turn->low,
                      turn->high, turn->share_before, turn->share_after, err);
    }
    return st;
}

static autk_status trade_turns(autk_ties *t, const autk_evidence *evidence, bool of_a,
                               autk_err *err)
{
    autk_turns *turns = NULL;
    autk_turns_opts opts = autk_turns_opts_default();
    opts.n_draws = 50;
    autk_status st = autk_turns_find(&turns, evidence, of_a ? t->b : t->a, &opts, err);
    if (st == AUTK_ENOANSWER) /* too few years with a known share: no turns */
        return AUTK_OK;
    if (st == AUTK_OK)
        st = put_turns(t, turns, of_a, err);
    autk_turns_free(turns);
    return st;
}

static double mean(const double *y, size_t from, size_t to)
{
    double sum = 0;
    for (size_t i = from; i < to; i++)
        sum += y[i];
    return sum / (double)(to - from);
}

/* distance [n] in year[n], without the years that have none. Dated as shares are: the number by
 * BIC, and a test of the last years, which no segment of the least length can hold. */
static autk_status date_votes(autk_ties *t, const double *distance, const int *year, size_t n,
                              autk_err *err)
{
    autki_dating found;
    autk_breaks_opts opts = autk_breaks_opts_default();
    autk_break_interval interval[AUTK_BREAKS_MAX];
    if (n < 14) /* no two segments of the least length that say anything */
        return AUTK_OK;
    autk_status st =
        autki_date_series(&found, NULL, NULL, NULL, distance, n, AUTK_TURNS_BIC, &opts, err);
    const size_t *last = found.last;
    if (st == AUTK_OK && found.n > 0)
        st = autk_breaks_intervals(interval, distance, n, last, found.n, 0.95, &opts, err);
    for (size_t i = 0; st == AUTK_OK && i < found.n; i++) {
        size_t from = i == 0 ? 0 : last[i - 1] + 1, to = i + 1 < found.n ? last[i + 1] + 1 : n;
        int64_t low = interval[i].low + 1, high = interval[i].high + 1;
        low = !interval[i].known || low < 0 ? 0 : low;
        high = !interval[i].known || high >= (int64_t)n ? (int64_t)n - 1 : high;
        st = add_turn(t, AUTK_TIE_VOTES, year[last[i] + 1], year[low], year[high],
                      mean(distance, from, last[i] + 1), mean(distance, last[i] + 1, to), err);
    }
    return st;
}

/* Over all years with votes, not those of the table only: a level needs its past. */
static autk_status votes_turns(autk_ties *t, const double *of_a, const double *of_b, autk_err *err)
{
    double distance[N_VOTES];
    int year[N_VOTES];
    size_t n = 0;
    for (int y = 0; y < N_VOTES; y++) {
        double gap = fabs(of_a[y] - of_b[y]);
        if (isnan(gap))
            continue;
        distance[n] = gap;
        year[n++] = FIRST_VOTES + y;
    }
    return date_votes(t, distance, year, n, err);
}

static autk_status dated_turns(autk_ties *t, autk_err *err)
{
    autk_status st = AUTK_OK;
    for (size_t i = 1; st == AUTK_OK && i < t->n_years; i++) {
        const autk_tie_year *was = &t->years[i - 1], *is = &t->years[i];
        if (is->n_groups != was->n_groups)
            st = add_turn(t, AUTK_TIE_MEMBERSHIPS, is->year, is->year, is->year, was->n_groups,
                          is->n_groups, err);
        if (st == AUTK_OK && is->n_sanctions > 0 && was->n_sanctions == 0)
            st = add_turn(t, AUTK_TIE_SANCTIONS, is->year, is->year, is->year, 0, 1, err);
    }
    return st;
}

static int by_year(const void *a, const void *b)
{
    const autk_tie_turn *x = a, *y = b;
    if (x->year != y->year)
        return x->year < y->year ? -1 : 1;
    return (x->layer > y->layer) - (x->layer < y->layer);
}

/* Turns outside the years asked for are left out. */
static void keep_years(autk_ties *t)
{
    size_t n = 0;
    for (size_t i = 0; i < t->n_turns; i++) {
        int year = t->turns[i].year;
        if (year >= t->years[0].year && year <= t->years[t->n_years - 1].year)
            t->turns[n++] = t->turns[i];
    }
    t->n_turns = n;
    qsort(t->turns, n, sizeof *t->turns, by_year);
}

/* ------------------------------------------------------------------ all of it */

static autk_status trade_layer(autk_ties *t, const autk_world *world, bool of_a, autk_err *err)
{
    autk_evidence *evidence = NULL;
    autk_status st = autk_evidence_create(&evidence, world, of_a ? t->a : t->b, NULL, err);
    if (st == AUTK_OK)
        st = take_trade(t, evidence, of_a, err);
    if (st == AUTK_OK)
        st = trade_turns(t, evidence, of_a, err);
    autk_evidence_free(evidence);
    return st;
}

static autk_status measured_trade(autk_ties *t, const autk_world *world, autk_err *err)
{
    autk_status st = trade_layer(t, world, true, err);
    return st == AUTK_OK ? trade_layer(t, world, false, err) : st;
}

static autk_status known_trade(autk_ties *t, const autk_tie_trade *trade, autk_err *err)
{
    put_series(t, trade->series, trade->n, true);
    return trade->turns != NULL ? put_turns(t, trade->turns, true, err) : AUTK_OK;
}

/* trade: NULL = measure it here, on both sides. */
static autk_status fill(autk_ties *t, const autk_world *world, int first,
                        const autk_tie_trade *trade, autk_err *err)
{
    double of_a[N_VOTES], of_b[N_VOTES];
    autk_status st = read_votes(of_a, of_b, world, t->a, t->b, err);
    for (size_t i = 0; st == AUTK_OK && i < t->n_years; i++) {
        autk_tie_year *y = &t->years[i];
        int vote = first + (int)i - FIRST_VOTES;
        *y = (autk_tie_year){.year = first + (int)i,
                             .share_a = autk_bounds_unknown(),
                             .share_b = autk_bounds_unknown(),
                             .votes_distance = NAN};
        if (vote >= 0 && vote < N_VOTES)
            y->votes_distance = fabs(of_a[vote] - of_b[vote]);
        fill_year(y, world, t->a, t->b);
    }
    if (st == AUTK_OK)
        st = trade != NULL ? known_trade(t, trade, err) : measured_trade(t, world, err);
    if (st == AUTK_OK)
        st = votes_turns(t, of_a, of_b, err);
    if (st == AUTK_OK)
        st = dated_turns(t, err);
    if (st == AUTK_OK)
        keep_years(t);
    return st;
}

/* The last year of which anything is recorded: later ones would say that all went on as before. */
static int last_year(const autk_world *world)
{
    int first, last;
    autk_world_years(&first, &last, world);
    for (size_t e = 0; e < autk_world_n_events(world); e++) {
        int year = autk_world_event(world, e)->date / 10000;
        last = year > last ? year : last;
    }
    return last;
}

autk_status autk_ties_beside(autk_ties **out, const autk_world *world, int32_t a, int32_t b,
                             int first, int last, const autk_tie_trade *trade, autk_err *err)
{
    int32_t n = autk_world_n_economies(world);
    if (a < 0 || a >= n || b < 0 || b >= n || a == b)
        return autki_fail(err, AUTK_EARG, "expected two different economies");
    if (first == 0 && last == 0)
        autk_world_years(&first, &last, world);
    if (first > last)
        return autki_fail(err, AUTK_EARG, "expected a first year before the last, got %d to %d",
                          first, last);
    int newest = last_year(world);
    if (first < FIRST_VOTES || last > newest)
        return autki_fail(err, AUTK_ENOTFOUND, "expected years from %d to %d, got %d to %d",
                          FIRST_VOTES, newest, first, last);
    autk_ties *t = autki_calloc(1, sizeof *t);
    if (t == NULL)
        return autki_no_memory(err, sizeof *t);
    t->a = a;
    t->b = b;
    t->n_years = (size_t)(last - first) + 1;
    t->years = autki_calloc(t->n_years, sizeof *t->years);
    t->turns = autki_calloc(MAX_TURNS, sizeof *t->turns);
    autk_status st = t->years != NULL && t->turns != NULL
                         ? fill(t, world, first, trade, err)
                         : autki_no_memory(err, MAX_TURNS * sizeof *t->turns);
    if (st != AUTK_OK) {
        autk_ties_free(t);
        return st;
    }
    *out = t;
    return AUTK_OK;
}

autk_status autk_ties_find(autk_ties **out, const autk_world *world, int32_t a, int32_t b,
                           int first, int last, autk_err *err)
{
    return autk_ties_beside(out, world, a, b, first, last, NULL, err);
}
