#include "data/frame_pairs.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/fail.h"
#include "base/mem.h"
#include "data/frame_internal.h"

#define PARTY_CODE_MAX 32

void autki_pair_rows_deinit(autki_pair_rows *rows)
{
    free(rows->code);
    free(rows->economy);
    free(rows->product_code);
    free(rows->rows);
}

autk_status autki_pair_rows_add(autki_pair_rows *rows, const autki_pair_row *row, autk_err *err)
{
    autk_status st = autki_grow(&rows->rows, &rows->capacity, rows->n + 1, sizeof *rows->rows,
                                AUTKI_FRAME_ROWS_MAX, err);
    if (st == AUTK_OK)
        rows->rows[rows->n++] = *row;
    return st;
}

/* ---- what a row's columns are made from ---- */

typedef struct work {
    const autki_pair_rows *in;
    int first_year, n_years;
    int32_t n_economies; /* of the world */
    /* Of the column at work, where it asks for them: */
    uint8_t *first_party, *second_party; /* [n_years][n_economies] a member on 1 July */
    uint8_t *sanctioned;                 /* [n_years][n_economies][n_economies] */
} work;

static int year_of(const autki_pair_row *row)
{
    return row->period > 9999 ? row->period / 100 : row->period;
}

static int32_t economy_of(const work *w, int32_t code)
{
    return w->in->economy[code];
}

static double flag(bool yes)
{
    return yes ? 1 : 0;
}

static double get_value(const work *w, const autki_pair_row *r)
{
    (void)w;
    return r->value;
}

static double get_quantity(const work *w, const autki_pair_row *r)
{
    (void)w;
    return r->quantity;
}

static double get_year(const work *w, const autki_pair_row *r)
{
    (void)w;
    return year_of(r);
}

static double get_month(const work *w, const autki_pair_row *r)
{
    (void)w;
    return r->period > 9999 ? (double)(r->period % 100) : NAN;
}

static double get_distance(const work *w, const autki_pair_row *r)
{
    return autk_world_distance_km(w->in->world, economy_of(w, r->exporter),
                                  economy_of(w, r->importer));
}

static double get_contiguous(const work *w, const autki_pair_row *r)
{
    int32_t i = economy_of(w, r->exporter), n = economy_of(w, r->importer);
    return i < 0 || n < 0 ? NAN : flag(autk_world_is_contiguous(w->in->world, i, n));
}

static double indicator(const work *w, autk_indicator which, int32_t code, const autki_pair_row *r)
{
    int32_t economy = economy_of(w, code);
    return economy < 0 ? NAN : autk_world_indicator(w->in->world, which, economy, year_of(r));
}

static double landlocked(const work *w, int32_t code)
{
    int32_t economy = economy_of(w, code);
    return economy < 0 ? NAN : flag(autk_world_economy(w->in->world, economy)->landlocked);
}

#define OF_BOTH(name, of_exporter, of_importer)                                                    \
    static double get_exporter_##name(const work *w, const autki_pair_row *r)                      \
    {                                                                                              \
        return of_exporter;                                                                        \
    }                                                                                              \
    static double get_importer_##name(const work *w, const autki_pair_row *r)                      \
    {                                                                                              \
        return of_importer;                                                                        \
    }
OF_BOTH(gdp, indicator(w, AUTK_GDP_USD, r->exporter, r), indicator(w, AUTK_GDP_USD, r->importer, r))
OF_BOTH(population, indicator(w, AUTK_POPULATION, r->exporter, r),
        indicator(w, AUTK_POPULATION, r->importer, r))
OF_BOTH(landlocked, landlocked(w, r->exporter), landlocked(w, r->importer))

static bool is_in(const work *w, const uint8_t *party, int32_t economy, const autki_pair_row *r)
{
    size_t year = (size_t)(year_of(r) - w->first_year);
    return economy >= 0 && party[year * (size_t)w->n_economies + (size_t)economy] != 0;
}

static double get_exporter_in(const work *w, const autki_pair_row *r)
{
    return flag(is_in(w, w->first_party, economy_of(w, r->exporter), r));
}

static double get_importer_in(const work *w, const autki_pair_row *r)
{
    return flag(is_in(w, w->first_party, economy_of(w, r->importer), r));
}

static double get_both_in(const work *w, const autki_pair_row *r)
{
    return get_exporter_in(w, r) * get_importer_in(w, r);
}

static double get_between(const work *w, const autki_pair_row *r)
{
    int32_t i = economy_of(w, r->exporter), n = economy_of(w, r->importer);
    return flag((is_in(w, w->first_party, i, r) && is_in(w, w->second_party, n, r)) ||
                (is_in(w, w->second_party, i, r) && is_in(w, w->first_party, n, r)));
}

static double get_sanction(const work *w, const autki_pair_row *r)
{
    int32_t i = economy_of(w, r->exporter), n = economy_of(w, r->importer);
    size_t year = (size_t)(year_of(r) - w->first_year), m = (size_t)w->n_economies;
    return i < 0 || n < 0 ? NAN : w->sanctioned[(year * m + (size_t)i) * m + (size_t)n];
}

/* ---- the columns there are ---- */

typedef struct column {
    const char *name; /* of a pattern: what it begins with */
    double (*get)(const work *w, const autki_pair_row *r);
    int n_parties; /* whose codes follow in the name */
    bool needs_world;
} column;

static const column columns[] = {{"year", get_year, 0, false},
                                 {"month", get_month, 0, false},
                                 {"value", get_value, 0, false},
                                 {"value_usd", get_value, 0, false},
                                 {"quantity_t", get_quantity, 0, false},
                                 {"distance_km", get_distance, 0, true},
                                 {"contiguous", get_contiguous, 0, true},
                                 {"sanction", get_sanction, 0, true},
                                 {"exporter_gdp_usd", get_exporter_gdp, 0, true},
                                 {"importer_gdp_usd", get_importer_gdp, 0, true},
                                 {"exporter_population", get_exporter_population, 0, true},
                                 {"importer_population", get_importer_population, 0, true},
                                 {"exporter_landlocked", get_exporter_landlocked, 0, true},
                                 {"importer_landlocked", get_importer_landlocked, 0, true},
                                 {"exporter_in_", get_exporter_in, 1, true},
                                 {"importer_in_", get_importer_in, 1, true},
                                 {"both_in_", get_both_in, 1, true},
                                 {"between_", get_between, 2, true}};
#define N_COLUMNS (sizeof columns / sizeof *columns)

/* Texts: their own functions, because no number stands for them. */
static const char *const texts[] = {"exporter", "importer", "product"};
#define N_TEXTS (sizeof texts / sizeof *texts)

static const column *find_column(const char *name)
{
    for (size_t k = 0; k < N_COLUMNS; k++) {
        size_t len = strlen(columns[k].name);
        if (columns[k].n_parties > 0 ? strncmp(name, columns[k].name, len) == 0 && name[len] != '\0'
                                     : strcmp(name, columns[k].name) == 0)
            return &columns[k];
    }
    return NULL;
}

static autk_status no_column(const work *w, const char *name, autk_err *err)
{
    const char *names[N_TEXTS + N_COLUMNS];
    size_t n = 0;
    for (size_t k = 0; k < N_TEXTS; k++)
        names[n++] = texts[k];
    for (size_t k = 0; k < N_COLUMNS; k++)
        names[n++] = columns[k].name;
    return autki_frame_no_column(w->in->source, name, names, n, err);
}

/* ---- parties and sanctions ---- */

static autk_status find_party(int32_t *party, const work *w, const char *code, size_t len,
                              autk_err *err)
{
    char text[PARTY_CODE_MAX];
    (void)snprintf(text, sizeof text, "%.*s", (int)(len < sizeof text ? len : sizeof text - 1),
                   code);
    return autk_world_find_party(party, w->in->world, text, 0, err);
}

static autk_status load_party(uint8_t **out, const work *w, int32_t party, autk_err *err)
{
    size_t n = (size_t)w->n_economies;
    uint8_t *has = autki_calloc((size_t)w->n_years * n, 1);
    if (has == NULL)
        return autki_no_memory(err, (size_t)w->n_years * n);
    for (int t = 0; t < w->n_years; t++) {
        int32_t date = (w->first_year + t) * 10000 + 701;
        for (int32_t e = 0; e < w->n_economies; e++)
            has[(size_t)t * n + (size_t)e] = autk_world_party_has(w->in->world, party, e, date);
    }
    *out = has;
    return AUTK_OK;
}

/* The codes behind a pattern: "EU", or "EU_RUS". */
static autk_status load_parties(work *w, const column *c, const char *name, autk_err *err)
{
    const char *first = name + strlen(c->name), *second = strchr(first, '_');
    int32_t party[2];
    if ((second != NULL) != (c->n_parties == 2))
        return no_column(w, name, err);
    size_t len = second != NULL ? (size_t)(second - first) : strlen(first);
    autk_status st = find_party(&party[0], w, first, len, err);
    if (st == AUTK_OK && second != NULL)
        st = find_party(&party[1], w, second + 1, strlen(second + 1), err);
    if (st == AUTK_OK)
        st = load_party(&w->first_party, w, party[0], err);
    if (st == AUTK_OK && second != NULL)
        st = load_party(&w->second_party, w, party[1], err);
    return st;
}

/* From the event's year on, both ways. */
static void set_sanctioned(work *w, const autk_event *event, int32_t i, int32_t k, bool begins)
{
    size_t n = (size_t)w->n_economies;
    int year = event->date / 10000, from = year > w->first_year ? year - w->first_year : 0;
    for (size_t t = (size_t)from; t < (size_t)w->n_years; t++) {
        w->sanctioned[(t * n + (size_t)i) * n + (size_t)k] = begins;
        w->sanctioned[(t * n + (size_t)k) * n + (size_t)i] = begins;
    }
}

static void add_sanction(work *w, const autk_event *event, bool begins)
{
    const autk_world *world = w->in->world;
    for (int32_t i = 0; i < w->n_economies; i++) {
        if (!autk_world_party_has(world, event->parties[0], i, event->date))
            continue;
        for (int32_t k = 0; k < w->n_economies; k++) {
            if (autk_world_party_has(world, event->parties[1], k, event->date))
                set_sanctioned(w, event, i, k, begins);
        }
    }
}

/* Economies that the party is or has on that day. @param list  [n_economies] */
static size_t members_of(int32_t *list, const work *w, int32_t party, int32_t day)
{
    size_t n = 0;
    if (party >= 0 && party < w->n_economies) {
        list[n++] = party;
        return n;
    }
    for (int32_t i = 0; i < w->n_economies; i++) {
        if (autk_world_party_has(w->in->world, party, i, day))
            list[n++] = i;
    }
    return n;
}

/* Between every member of the one and of the other party, in the years of the event. */
static void add_case_of(work *w, const autk_event *event, int32_t target, int32_t sender,
                        int32_t *room)
{
    int32_t *targets = room, *senders = room + w->n_economies;
    size_t n = (size_t)w->n_economies;
    int from = event->date / 10000 - w->first_year;
    int to = event->until != 0 ? event->until / 10000 - w->first_year : w->n_years - 1;
    for (int t = from > 0 ? from : 0; t <= to && t < w->n_years; t++) {
        int32_t day = (w->first_year + t) * 10000 + 701;
        uint8_t *year = w->sanctioned + (size_t)t * n * n;
        size_t n_targets = members_of(targets, w, target, day);
        size_t n_senders = members_of(senders, w, sender, day);
        for (size_t i = 0; i < n_targets; i++) {
            for (size_t k = 0; k < n_senders; k++) {
                year[(size_t)targets[i] * n + (size_t)senders[k]] = 1;
                year[(size_t)senders[k] * n + (size_t)targets[i]] = 1;
            }
        }
    }
}

/* A case of the user's own data says who is against whom, and until when. */
static void add_case(work *w, const autk_event *event, int32_t *room)
{
    for (size_t t = 0; t < event->n_targets; t++) {
        for (size_t s = event->n_targets; s < event->n_parties; s++)
            add_case_of(w, event, event->parties[t], event->parties[s], room);
    }
}

/* Events are in order of date. Of those of three parties or more only cases with their targets say
 * who is against whom. */
static autk_status load_sanctions(work *w, autk_err *err)
{
    size_t n = (size_t)w->n_economies;
    int32_t *room = autki_malloc(2 * n, sizeof *room);
    w->sanctioned = autki_calloc((size_t)w->n_years * n * n, 1);
    if (w->sanctioned == NULL || room == NULL) {
        free(room);
        return autki_no_memory(err, (size_t)w->n_years * n * n);
    }
    for (size_t k = 0; k < autk_world_n_events(w->in->world); k++) {
        const autk_event *event = autk_world_event(w->in->world, k);
        bool begins = strcmp(event->type, "sanction") == 0;
        if (begins && event->n_targets != 0)
            add_case(w, event, room);
        else if (event->n_parties == 2 && (begins || strcmp(event->type, "sanction relief") == 0))
            add_sanction(w, event, begins);
    }
    free(room);
    return AUTK_OK;
}

static void forget(work *w)
{
    free(w->first_party);
    free(w->second_party);
    free(w->sanctioned);
    w->first_party = w->second_party = w->sanctioned = NULL;
}

/* ---- filling ---- */

static autk_status fill_texts(autki_frame_column *to, const work *w, size_t which, autk_err *err)
{
    for (size_t r = 0; r < w->in->n; r++) {
        const autki_pair_row *row = &w->in->rows[r];
        const char *text = which == 0          ? w->in->code[row->exporter]
                           : which == 1        ? w->in->code[row->importer]
                           : row->product >= 0 ? w->in->product_code[row->product]
                                               : NULL;
        to->code[r] = -1;
        autk_status st = text == NULL ? AUTK_OK
                                      : autki_dictionary_code(&to->levels, text, strlen(text),
                                                              &to->code[r], err);
        if (st != AUTK_OK)
            return st;
    }
    return AUTK_OK;
}

/* A number wanted as a factor, such as the year of an effect. */
static autk_status put_level(autki_frame_column *to, size_t r, double value, autk_err *err)
{
    char text[32];
    to->code[r] = -1;
    if (isnan(value))
        return AUTK_OK;
    int len = snprintf(text, sizeof text, "%.15g", value);
    return autki_dictionary_code(&to->levels, text, (size_t)len, &to->code[r], err);
}

static autk_status check_use(const work *w, const column *c, autk_err *err)
{
    if (c->needs_world && w->in->world == NULL)
        return autki_fail_at(err, AUTK_EARG, w->in->source, 0, 0,
                             "expected the world dataset for column \"%s\", got none", c->name);
    if (strcmp(c->name, "value_usd") == 0 && strcmp(w->in->currency, "USD") != 0)
        return autki_fail_at(err, AUTK_EARG, w->in->source, 0, 0,
                             "expected flows in USD for \"value_usd\", got %s; \"value\" has them",
                             w->in->currency);
    return AUTK_OK;
}

static autk_status fill_numbers(autki_frame_column *to, work *w, autk_err *err)
{
    const column *c = find_column(to->name);
    if (c == NULL)
        return no_column(w, to->name, err);
    autk_status st = check_use(w, c, err);
    if (st == AUTK_OK && c->n_parties > 0)
        st = load_parties(w, c, to->name, err);
    if (st == AUTK_OK && c->get == get_sanction)
        st = load_sanctions(w, err);
    for (size_t r = 0; st == AUTK_OK && r < w->in->n; r++) {
        double value = c->get(w, &w->in->rows[r]);
        if (to->kind == AUTKI_NUMBER)
            to->number[r] = value;
        else
            st = put_level(to, r, value, err);
    }
    forget(w);
    return st;
}

static autk_status fill(autki_frame_column *to, work *w, autk_err *err)
{
    for (size_t k = 0; k < N_TEXTS; k++) {
        if (strcmp(to->name, texts[k]) != 0)
            continue;
        return to->kind == AUTKI_FACTOR
                   ? fill_texts(to, w, k, err)
                   : autki_fail_at(err, AUTK_EPARSE, w->in->source, 0, 0,
                                   "expected numbers in %s, got text", to->name);
    }
    return fill_numbers(to, w, err);
}

autk_status autki_frame_of_pairs(autki_frame **out, const autki_pair_rows *rows,
                                 const autki_wanted *wanted, size_t n_wanted, autk_err *err)
{
    autki_frame *f = NULL;
    size_t capacity = 0;
    work w = {.in = rows, .first_year = INT32_MAX};
    int last = 0;
    for (size_t r = 0; r < rows->n; r++) {
        int year = year_of(&rows->rows[r]);
        w.first_year = year < w.first_year ? year : w.first_year;
        last = year > last ? year : last;
    }
    w.n_years = rows->n > 0 ? last - w.first_year + 1 : 0;
    w.n_economies = rows->world != NULL ? autk_world_n_economies(rows->world) : 0;
    autk_status st = autki_frame_create(&f, rows->source, wanted, n_wanted, err);
    if (st != AUTK_OK)
        return st;
    f->n_rows = rows->n;
    st = autki_frame_reserve(f, &capacity, rows->n, err);
    for (size_t k = 0; st == AUTK_OK && k < n_wanted; k++)
        st = fill(&f->columns[k], &w, err);
    if (st == AUTK_OK)
        *out = f;
    else
        autki_frame_free(f);
    return st;
}
