/* Terminals and the arcs between them: land inside a landmass, sea inside a basin, borders, gates.
 */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/fail.h"
#include "base/mem.h"
#include "corridor/network.h"

#define MAX_ARCS 4000000

/* How many terminals a place has: each side of each mode of a crossing, a port, a gate's sides. */
static int32_t terminals_of(const autk_place *p)
{
    switch (p->kind) {
    case AUTK_PLACE_CROSSING:
        return 2 * (p->rail + p->road);
    case AUTK_PLACE_PORT:
        return 1;
    case AUTK_PLACE_GATE:
        return 2;
    default:
        return 0;
    }
}

static void place_terminals(autk_network *net, size_t place)
{
    const autk_place *p = &net->places[place];
    int32_t first = net->first_terminal[place], n = net->first_terminal[place + 1] - first;
    bool crossing = p->kind == AUTK_PLACE_CROSSING, port = p->kind == AUTK_PLACE_PORT;
    for (int32_t k = 0; k < n; k++) {
        autki_terminal *t = &net->terminals[first + k];
        t->place = (int32_t)place;
        t->mirror = port ? first + k : first + (k ^ 1);
        t->side = k % 2;
        t->mode = !crossing ? AUTK_MODE_SEA : p->rail && k < 2 ? AUTK_MODE_RAIL : AUTK_MODE_ROAD;
        t->code = net->place_code[place][crossing ? k % 2 : 0];
    }
}

autk_status autki_build_terminals(autk_network *net, autk_err *err)
{
    net->first_terminal = autki_calloc(net->n_places + 1, sizeof *net->first_terminal);
    if (net->first_terminal == NULL)
        return autki_no_memory(err, (net->n_places + 1) * sizeof *net->first_terminal);
    for (size_t i = 0; i < net->n_places; i++)
        net->first_terminal[i + 1] = net->first_terminal[i] + terminals_of(&net->places[i]);
    net->n_terminals = net->first_terminal[net->n_places];
    if (net->n_terminals > 8000)
        return autki_fail(err, AUTK_ELIMIT, "expected at most 8000 terminals, got %d",
                          net->n_terminals);
    net->terminals = autki_calloc((size_t)net->n_terminals, sizeof *net->terminals);
    if (net->terminals == NULL)
        return autki_no_memory(err, (size_t)net->n_terminals * sizeof *net->terminals);
    for (size_t i = 0; i < net->n_places; i++)
        place_terminals(net, i);
    return AUTK_OK;
}

/* ------------------------------------------------------------------ collecting arcs */

/* Both directions of one leg. */
typedef struct pair {
    int32_t a, b; /* the two ends, as the terminals entered there */
    int32_t code;
    autk_mode mode;
    double line_km;
} pair;

typedef struct pairs {
    pair *items;
    size_t n, capacity;
} pairs;

static autk_status add_pair(pairs *list, pair p, autk_err *err)
{
    autk_status st =
        autki_grow(&list->items, &list->capacity, list->n + 1, sizeof *list->items, MAX_ARCS, err);
    if (st == AUTK_OK)
        list->items[list->n++] = p;
    return st;
}

static double line_km(const autk_place *a, const autk_place *b)
{
    return autki_great_circle_km(a->lat, a->lon, b->lat, b->lon);
}

static bool carries(const autk_network *net, int32_t terminal, autk_mode mode)
{
    const autki_terminal *t = &net->terminals[terminal];
    const autk_place *p = &net->places[t->place];
    if (p->kind == AUTK_PLACE_CROSSING)
        return t->mode == (int32_t)mode;
    return p->kind == AUTK_PLACE_PORT && (mode == AUTK_MODE_RAIL ? p->rail : p->road);
}

static int32_t land_of(const autk_network *net, int32_t terminal)
{
    const autki_terminal *t = &net->terminals[terminal];
    const autk_place *p = &net->places[t->place];
    return p->land[p->kind == AUTK_PLACE_CROSSING ? t->side : 0];
}

static bool on_one_land(const autk_network *net, int32_t a, int32_t b)
{
    return net->terminals[a].code == net->terminals[b].code && land_of(net, a) == land_of(net, b) &&
           net->terminals[a].place != net->terminals[b].place;
}

static bool is_port(const autk_network *net, int32_t terminal)
{
    return net->places[net->terminals[terminal].place].kind == AUTK_PLACE_PORT;
}

/* One economy's terminals. No land between two of its ports: a railway beside a canal cannot carry
 * what ships do, and goods that have come ashore have no reason to go to sea again there. */
static autk_status land_pairs_of(pairs *list, const autk_network *net, const int32_t *members,
                                 size_t n, autk_err *err)
{
    for (size_t i = 0; i < n; i++) {
        for (size_t j = i + 1; j < n; j++) {
            int32_t a = members[i], b = members[j];
            if (!on_one_land(net, a, b) || (is_port(net, a) && is_port(net, b)))
                continue;
            for (int m = AUTK_MODE_RAIL; m <= AUTK_MODE_ROAD; m++) {
                if (!carries(net, a, (autk_mode)m) || !carries(net, b, (autk_mode)m))
                    continue;
                double km = line_km(&net->places[net->terminals[a].place],
                                    &net->places[net->terminals[b].place]);
                autk_status st =
                    add_pair(list, (pair){a, b, net->terminals[a].code, (autk_mode)m, km}, err);
                if (st != AUTK_OK)
                    return st;
            }
        }
    }
    return AUTK_OK;
}

/* members: the terminals on land in order of economy; start: [n_codes + 1]. */
static autk_status land_pairs(pairs *list, const autk_network *net, const int32_t *members,
                              const size_t *start, autk_err *err)
{
    autk_status st = AUTK_OK;
    for (size_t code = 0; st == AUTK_OK && code < net->n_codes; code++)
        st = land_pairs_of(list, net, members + start[code], start[code + 1] - start[code], err);
    return st;
}

/* Members of one customs union on the network's day: no customs between them. */
static bool in_one_union(const autk_network *net, const autk_place *p)
{
    static const char *const unions[] = {"EU", "EAEU", "SACU"};
    if (net->world == NULL || p->economy[0] < 0 || p->economy[1] < 0)
        return false;
    for (size_t i = 0; i < sizeof unions / sizeof *unions; i++) {
        int32_t group;
        if (autk_world_find_party(&group, net->world, unions[i], 0, NULL) == AUTK_OK &&
            group >= AUTK_GROUP_BASE &&
            autk_world_party_has(net->world, group, p->economy[0], net->date) &&
            autk_world_party_has(net->world, group, p->economy[1], net->date))
            return true;
    }
    return false;
}

/* 1520 and 1524 mm run on each other's tracks. */
static bool gauge_changes(const autk_network *net, size_t place)
{
    int32_t gauge[2];
    for (int side = 0; side < 2; side++)
        gauge[side] = net->code_gauge[net->place_code[place][side]];
    return gauge[0] != 0 && gauge[1] != 0 && abs(gauge[0] - gauge[1]) > 10;
}

static void describe_crossings(autk_network *net)
{
    for (size_t i = 0; i < net->n_places; i++) {
        if (net->places[i].kind != AUTK_PLACE_CROSSING)
            continue;
        bool in_union = in_one_union(net, &net->places[i]), changes = gauge_changes(net, i);
        for (int32_t t = net->first_terminal[i]; t < net->first_terminal[i + 1]; t++) {
            net->terminals[t].in_union = in_union;
            net->terminals[t].gauge_changes = changes && net->terminals[t].mode == AUTK_MODE_RAIL;
        }
    }
}

/* Out of one passage and straight into another of the same strait: nobody does, and the sum over
 * all ways would be full of it. */
static bool turns_back(const autk_network *net, size_t a, size_t b)
{
    const autk_place *p = &net->places[net->terminals[a].place];
    const autk_place *q = &net->places[net->terminals[b].place];
    return p->kind == AUTK_PLACE_GATE && q->kind == AUTK_PLACE_GATE &&
           strcmp(p->name, q->name) == 0;
}

static autk_status sea_pairs(pairs *list, const autk_network *net, const float *km, autk_err *err)
{
    size_t n = (size_t)net->n_terminals;
    for (size_t a = 0; a < n; a++) {
        for (size_t b = a + 1; b < n; b++) {
            double d = (double)km[a * n + b];
            if (isnan(d) || turns_back(net, a, b))
                continue;
            autk_status st =
                add_pair(list, (pair){(int32_t)a, (int32_t)b, -1, AUTK_MODE_SEA, d}, err);
            if (st != AUTK_OK)
                return st;
        }
    }
    return AUTK_OK;
}

/* Terminals on land in order of economy. */
static void group_by_economy(int32_t *members, size_t *start, const autk_network *net)
{
    memset(start, 0, (net->n_codes + 1) * sizeof *start);
    for (int32_t t = 0; t < net->n_terminals; t++) {
        if (net->terminals[t].code >= 0)
            start[net->terminals[t].code + 1]++;
    }
    for (size_t c = 0; c < net->n_codes; c++)
        start[c + 1] += start[c];
    for (int32_t t = 0; t < net->n_terminals; t++) {
        if (net->terminals[t].code >= 0)
            members[start[net->terminals[t].code]++] = t;
    }
    /* Filling moved each start to the next one's: move them back. */
    for (size_t c = net->n_codes; c > 0; c--)
        start[c] = start[c - 1];
    start[0] = 0;
}

/* ------------------------------------------------------------------ storing arcs */

static void put_arc(autk_network *net, size_t at, size_t back, const pair *p, int32_t from,
                    int32_t to)
{
    net->arcs[at] = (autki_arc){.from = from,
                                .to = to,
                                .reverse = (int32_t)back,
                                .code = p->code,
                                .mode = (int32_t)p->mode,
                                .line_km = (float)p->line_km};
    net->arc_to[at] = to;
}

static autk_status store_arcs(autk_network *net, const pairs *list, autk_err *err)
{
    size_t n = (size_t)net->n_terminals;
    net->n_arcs = 2 * list->n;
    net->first_arc = autki_calloc(n + 1, sizeof *net->first_arc);
    net->arcs = autki_calloc(net->n_arcs, sizeof *net->arcs);
    net->arc_to = autki_calloc(net->n_arcs, sizeof *net->arc_to);
    net->arc_cost = autki_calloc(net->n_arcs, sizeof *net->arc_cost);
    size_t *next = autki_calloc(n + 1, sizeof *next);
    autk_status st = AUTK_OK;
    if (net->first_arc == NULL || net->arcs == NULL || net->arc_to == NULL ||
        net->arc_cost == NULL || next == NULL)
        st = autki_no_memory(err, net->n_arcs * sizeof *net->arcs);
    /* An end is left by the mirror of the terminal that enters there. */
    for (size_t i = 0; st == AUTK_OK && i < list->n; i++) {
        net->first_arc[net->terminals[list->items[i].a].mirror + 1]++;
        net->first_arc[net->terminals[list->items[i].b].mirror + 1]++;
    }
    for (size_t t = 0; st == AUTK_OK && t < n; t++) {
        net->first_arc[t + 1] += net->first_arc[t];
        next[t] = net->first_arc[t];
    }
    for (size_t i = 0; st == AUTK_OK && i < list->n; i++) {
        const pair *p = &list->items[i];
        int32_t from = net->terminals[p->a].mirror, back_from = net->terminals[p->b].mirror;
        size_t there = next[from]++, back = next[back_from]++;
        put_arc(net, there, back, p, from, p->b);
        put_arc(net, back, there, p, back_from, p->a);
    }
    free(next);
    return st;
}

/* ------------------------------------------------------------------ access */

typedef struct access_list {
    autki_access *items;
    size_t n, capacity;
} access_list;

static autk_status add_access(access_list *list, autki_access a, autk_err *err)
{
    autk_status st =
        autki_grow(&list->items, &list->capacity, list->n + 1, sizeof *list->items, MAX_ARCS, err);
    if (st == AUTK_OK)
        list->items[list->n++] = a;
    return st;
}

static autk_status add_land_access(access_list *list, const autk_network *net, size_t place,
                                   int32_t terminal, const autk_place *other, autk_err *err)
{
    const autk_place *p = &net->places[place];
    autki_access a = {.enter = terminal, .leave = terminal, .line_km = line_km(p, other)};
    a.can_rail = p->rail && (terminal >= 0 ? carries(net, terminal, AUTK_MODE_RAIL) : other->rail);
    a.can_road = p->road && (terminal >= 0 ? carries(net, terminal, AUTK_MODE_ROAD) : other->road);
    a.n_ports = (p->kind == AUTK_PLACE_PORT) + (other->kind == AUTK_PLACE_PORT);
    if (terminal >= 0)
        a.leave = net->terminals[terminal].mirror;
    return a.can_rail || a.can_road ? add_access(list, a, err) : AUTK_OK;
}

/* A city or town reaches the terminals and the other towns of its landmass; a terminal's place
 * reaches its own terminals at no cost. */
static autk_status access_of(access_list *list, const autk_network *net, size_t place,
                             const int32_t *members, const size_t *start, autk_err *err)
{
    const autk_place *p = &net->places[place];
    autk_status st = AUTK_OK;
    for (int32_t t = net->first_terminal[place];
         st == AUTK_OK && t < net->first_terminal[place + 1]; t++)
        st = add_access(list, (autki_access){.enter = t, .leave = t, .mode = -1}, err);
    if (p->kind != AUTK_PLACE_CITY && p->kind != AUTK_PLACE_TOWN)
        return st;
    int32_t code = net->place_code[place][0];
    for (size_t i = start[code]; st == AUTK_OK && i < start[code + 1]; i++) {
        if (land_of(net, members[i]) == p->land[0])
            st = add_land_access(list, net, place, members[i],
                                 &net->places[net->terminals[members[i]].place], err);
    }
    for (size_t i = 0; st == AUTK_OK && i < net->n_places; i++) {
        const autk_place *q = &net->places[i];
        bool town = q->kind == AUTK_PLACE_CITY || q->kind == AUTK_PLACE_TOWN;
        if (town && i != place && net->place_code[i][0] == code && q->land[0] == p->land[0])
            st = add_land_access(list, net, place, -1 - (int32_t)i, q, err);
    }
    return st;
}

static autk_status build_access(autk_network *net, const int32_t *members, const size_t *start,
                                autk_err *err)
{
    access_list list = {0};
    net->first_access = autki_calloc(net->n_places + 1, sizeof *net->first_access);
    autk_status st = net->first_access != NULL
                         ? AUTK_OK
                         : autki_no_memory(err, net->n_places * sizeof *net->first_access);
    for (size_t i = 0; st == AUTK_OK && i < net->n_places; i++) {
        st = access_of(&list, net, i, members, start, err);
        net->first_access[i + 1] = list.n;
    }
    net->access = list.items;
    net->n_access = list.n;
    net->access_cost = autki_calloc(list.n, sizeof *net->access_cost);
    if (st == AUTK_OK && net->access_cost == NULL)
        st = autki_no_memory(err, list.n * sizeof *net->access_cost);
    return st;
}

autk_status autki_build_arcs(autk_network *net, const float *sea_km, autk_err *err)
{
    pairs list = {0};
    int32_t *members = autki_calloc((size_t)net->n_terminals + 1, sizeof *members);
    size_t *start = autki_calloc(net->n_codes + 1, sizeof *start);
    autk_status st = AUTK_OK;
    if (members == NULL || start == NULL)
        st = autki_no_memory(err, (size_t)net->n_terminals * sizeof *members);
    if (st == AUTK_OK) {
        group_by_economy(members, start, net);
        describe_crossings(net);
        st = land_pairs(&list, net, members, start, err);
    }
    if (st == AUTK_OK)
        st = sea_pairs(&list, net, sea_km, err);
    if (st == AUTK_OK)
        st = store_arcs(net, &list, err);
    if (st == AUTK_OK)
        st = build_access(net, members, start, err);
    if (st == AUTK_OK)
        st = autki_price_network(net, err);
    free(list.items);
    free(members);
    free(start);
    return st;
}
