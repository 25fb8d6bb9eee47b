#include "corridor/closures.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "base/fail.h"
#include "base/mem.h"

#define MAX_CLOSURES 10000

autk_status autk_closures_create(autk_closures **out, const autk_network *network, autk_err *err)
{
    autk_closures *c = autki_calloc(1, sizeof *c);
    if (c == NULL)
        return autki_no_memory(err, sizeof *c);
    c->net = network;
    c->arc_cost = autki_calloc(network->n_arcs, sizeof *c->arc_cost);
    c->access_cost = autki_calloc(network->n_access, sizeof *c->access_cost);
    c->closed_place = autki_calloc(network->n_places, 1);
    c->closed_terminal = autki_calloc((size_t)network->n_terminals, 1);
    c->named_terminal = autki_calloc((size_t)network->n_terminals, 1);
    c->banned_code = autki_calloc(network->n_codes, 1);
    c->extra = autki_calloc((size_t)network->n_terminals, sizeof *c->extra);
    if (c->arc_cost == NULL || c->access_cost == NULL || c->closed_place == NULL ||
        c->closed_terminal == NULL || c->named_terminal == NULL || c->banned_code == NULL ||
        c->extra == NULL) {
        autk_closures_free(c);
        return autki_no_memory(err, network->n_arcs * sizeof *c->arc_cost);
    }
    memcpy(c->arc_cost, network->arc_cost, network->n_arcs * sizeof *c->arc_cost);
    memcpy(c->access_cost, network->access_cost, network->n_access * sizeof *c->access_cost);
    *out = c;
    return AUTK_OK;
}

void autk_closures_free(autk_closures *closures)
{
    if (closures == NULL)
        return;
    for (size_t i = 0; i < closures->n_entries; i++)
        free(closures->entries[i].text);
    free(closures->entries);
    free(closures->extra);
    free(closures->arc_cost);
    free(closures->access_cost);
    free(closures->closed_place);
    free(closures->closed_terminal);
    free(closures->named_terminal);
    free(closures->banned_code);
    free(closures->changed);
    free(closures);
}

size_t autk_closures_count(const autk_closures *closures)
{
    return closures->n_entries;
}

bool autk_closures_is_closed(const autk_closures *closures, int32_t place)
{
    return place >= 0 && (size_t)place < closures->net->n_places && closures->closed_place[place];
}

void autk_closures_crossings(int32_t *n_open, int32_t *n_closed, const autk_closures *closures,
                             int32_t a, int32_t b)
{
    *n_open = *n_closed = 0;
    for (size_t i = 0; i < closures->net->n_places; i++) {
        const autk_place *p = &closures->net->places[i];
        if (p->kind == AUTK_PLACE_CROSSING && ((p->economy[0] == a && p->economy[1] == b) ||
                                               (p->economy[0] == b && p->economy[1] == a)))
            (*(closures->closed_place[i] ? n_closed : n_open))++;
    }
}

const char *autk_closures_text(const autk_closures *closures, size_t entry)
{
    return entry < closures->n_entries ? closures->entries[entry].text : "";
}

void autk_closures_where(int32_t economy[2], const autk_closures *closures, size_t entry)
{
    for (int side = 0; side < 2; side++)
        economy[side] = entry < closures->n_entries ? closures->entries[entry].economy[side] : -1;
}

/* Room for all arcs first, so that closing cannot fail half way. */
static autk_status make_room(autk_closures *c, autk_err *err)
{
    autk_status st = AUTK_OK;
    if (c->changed == NULL) {
        c->changed = autki_calloc(c->net->n_arcs, sizeof *c->changed);
        st = c->changed != NULL ? AUTK_OK
                                : autki_no_memory(err, c->net->n_arcs * sizeof *c->changed);
    }
    if (st == AUTK_OK)
        st = autki_grow(&c->entries, &c->entries_capacity, c->n_entries + 1, sizeof *c->entries,
                        MAX_CLOSURES, err);
    return st;
}

autk_status autki_closures_copy(autk_closures **out, const autk_network *net,
                                const autk_closures *from, autk_err *err)
{
    autk_closures *c = NULL;
    autk_status st = autk_closures_create(&c, net, err);
    if (st == AUTK_OK && from != NULL)
        st = make_room(c, err);
    if (st != AUTK_OK) {
        autk_closures_free(c);
        return st;
    }
    if (from != NULL) {
        memcpy(c->arc_cost, from->arc_cost, net->n_arcs * sizeof *c->arc_cost);
        memcpy(c->access_cost, from->access_cost, net->n_access * sizeof *c->access_cost);
        memcpy(c->extra, from->extra, (size_t)net->n_terminals * sizeof *c->extra);
        memcpy(c->closed_place, from->closed_place, net->n_places);
        memcpy(c->closed_terminal, from->closed_terminal, (size_t)net->n_terminals);
        if (from->n_changed != 0)
            memcpy(c->changed, from->changed, from->n_changed * sizeof *c->changed);
        c->n_changed = from->n_changed;
    }
    *out = c;
    return AUTK_OK;
}

static void change_arc(autk_closures *c, size_t arc, double cost)
{
    if (!(cost > c->arc_cost[arc]))
        return;
    if (!(c->arc_cost[arc] > c->net->arc_cost[arc]))
        c->changed[c->n_changed++] = (int32_t)arc;
    c->arc_cost[arc] = cost;
}

/* An arc and the arc back. */
static void change_both(autk_closures *c, size_t arc, double cost)
{
    change_arc(c, arc, cost);
    change_arc(c, (size_t)c->net->arcs[arc].reverse, cost);
}

/* A lorry or wagon that must be changed: as much as handling in a port. */
static double transshipment(const autk_network *net)
{
    const double *v = net->costs.value;
    return v[AUTK_COST_port_usd_per_t] + v[AUTK_COST_port_h] * v[AUTK_COST_value_usd_per_t] *
                                             v[AUTK_COST_time_share_per_day] / 24;
}

static bool mode_is_meant(const autk_network *net, int32_t terminal, bool rail, bool road)
{
    if (net->places[net->terminals[terminal].place].kind != AUTK_PLACE_CROSSING)
        return true;
    return net->terminals[terminal].mode == AUTK_MODE_RAIL ? rail : road;
}

static void close_terminal(autk_closures *c, int32_t terminal)
{
    const autk_network *net = c->net;
    for (size_t k = net->first_arc[terminal]; k < net->first_arc[terminal + 1]; k++)
        change_both(c, k, INFINITY);
    for (size_t a = 0; a < net->n_access; a++) {
        if (net->access[a].enter == terminal || net->access[a].leave == terminal)
            c->access_cost[a] = INFINITY;
    }
    c->closed_terminal[terminal] = 1;
}

/* Passing the terminal or its mirror costs `more` on top, by halves on what comes and goes: of the
 * two, here the legs out of this one and into the mirror. */
static void charge_terminal(autk_closures *c, int32_t terminal, double more)
{
    const autk_network *net = c->net;
    for (size_t k = net->first_arc[terminal]; k < net->first_arc[terminal + 1]; k++) {
        size_t back = (size_t)net->arcs[k].reverse;
        change_arc(c, k, c->arc_cost[k] + more / 2);
        change_arc(c, back, c->arc_cost[back] + more / 2);
    }
    for (size_t a = 0; a < net->n_access; a++) {
        if (net->access[a].enter == terminal)
            c->access_cost[a] += more / 2;
    }
    c->extra[terminal] += more;
}

/* Lorries that must be changed are changed once, however many rows say so. */
static void transship_at(autk_closures *c, int32_t terminal)
{
    double more = transshipment(c->net) - c->extra[terminal];
    if (more > 0)
        charge_terminal(c, terminal, more);
}

autk_status autki_closures_place(autk_closures *c, int32_t place, bool rail, bool road,
                                 bool transship, autk_err *err)
{
    const autk_network *net = c->net;
    autk_status st = make_room(c, err);
    if (st != AUTK_OK)
        return st;
    for (int32_t t = net->first_terminal[place]; t < net->first_terminal[place + 1]; t++) {
        if (!mode_is_meant(net, t, rail, road))
            continue;
        if (transship)
            transship_at(c, t);
        else
            close_terminal(c, t);
    }
    const autk_place *p = &net->places[place];
    if (!transship && (rail || !p->rail) && (road || !p->road))
        c->closed_place[place] = 1;
    return AUTK_OK;
}

autk_status autk_closures_charge(autk_closures *closures, int32_t place, double usd_per_t,
                                 autk_err *err)
{
    const autk_network *net = closures->net;
    const autk_place *p = autk_network_place(net, place);
    if (p == NULL || net->first_terminal[place] == net->first_terminal[place + 1])
        return autki_fail(err, AUTK_EARG, "expected a crossing, port or strait to charge");
    if (!(usd_per_t >= 0 && isfinite(usd_per_t)))
        return autki_fail(err, AUTK_EARG, "expected a charge of at least 0, got %g", usd_per_t);
    autk_status st = make_room(closures, err);
    int32_t first = autki_first_passage(net, place);
    for (int32_t i = first; st == AUTK_OK && (size_t)i < net->n_places; i++) {
        if (autki_first_passage(net, i) != first)
            continue;
        for (int32_t t = net->first_terminal[i]; t < net->first_terminal[i + 1]; t++)
            charge_terminal(closures, t, usd_per_t);
    }
    return st;
}

/* code: of the economies where it lies, among the network's codes, -1 = none. */
static autk_status take_entry(autk_closures *c, const char *text, const int32_t code[2],
                              autk_err *err)
{
    autki_closed_entry entry = {.text = autki_strdup(text)};
    if (entry.text == NULL)
        return autki_no_memory(err, strlen(text) + 1);
    for (int side = 0; side < 2; side++)
        entry.economy[side] = code[side] >= 0 ? c->net->code_economy[code[side]] : -1;
    c->entries[c->n_entries++] = entry; /* make_room was called */
    return AUTK_OK;
}

/* ------------------------------------------------------------------ what a text means */

/* What is closed: places[n] of them, their modes, and a name. */
typedef struct target {
    int32_t *places;
    size_t n;
    bool rail, road;
    char name[160];
} target;

static bool parse_mode(target *t, char *text, autk_err *err, autk_status *st)
{
    char *slash = strchr(text, '/');
    t->rail = t->road = true;
    if (slash == NULL)
        return true;
    *slash = '\0';
    t->rail = strcmp(slash + 1, "rail") == 0;
    t->road = strcmp(slash + 1, "road") == 0;
    if (t->rail || t->road)
        return true;
    *st = autki_fail(err, AUTK_EARG, "expected /rail or /road behind \"%s\", got \"/%s\"", text,
                     slash + 1);
    return false;
}

/* Index of the code that the text begins with, case folded; -1 = none. */
static int32_t code_at(const autk_network *net, const char *text)
{
    for (size_t i = 0; i < net->n_codes; i++) {
        if (strncasecmp(net->codes[i], text, 3) == 0)
            return (int32_t)i;
    }
    return -1;
}

static bool is_border_of(const int32_t code[2], int32_t a, int32_t b)
{
    return (code[0] == a && code[1] == b) || (code[0] == b && code[1] == a);
}

/* "POL-BLR" is all crossings between the two. */
static void border_places(target *t, const autk_network *net, const char *text)
{
    if (strlen(text) != 7 || text[3] != '-')
        return;
    int32_t a = code_at(net, text), b = code_at(net, text + 4);
    if (a < 0 || b < 0)
        return;
    for (size_t i = 0; i < net->n_places; i++) {
        if (is_border_of(net->place_code[i], a, b))
            t->places[t->n++] = (int32_t)i;
    }
    if (t->n != 0)
        (void)snprintf(t->name, sizeof t->name, "the border %s-%s", net->codes[a], net->codes[b]);
}

/* "cape.2" is a passage of the gate "cape". */
static size_t gate_stem(const char *id)
{
    const char *dot = strchr(id, '.');
    return dot != NULL ? (size_t)(dot - id) : strlen(id);
}

static void gate_places(target *t, const autk_network *net, const char *text)
{
    int32_t named = autki_place_exact(net, text);
    for (size_t i = 0; i < net->n_places; i++) {
        const autk_place *p = &net->places[i];
        if (p->kind != AUTK_PLACE_GATE)
            continue;
        size_t len = gate_stem(p->id);
        bool same = named >= 0 ? strcmp(net->places[named].name, p->name) == 0
                               : strlen(text) == len && strncmp(p->id, text, len) == 0;
        if (!same)
            continue;
        t->places[t->n++] = (int32_t)i;
        (void)snprintf(t->name, sizeof t->name, "%s", p->name);
    }
}

/* "BLR-DEU": two economies, but nothing to close between them. */
static autk_status no_border(const autk_network *net, const char *text, autk_err *err)
{
    char near[200];
    size_t used = 0;
    int32_t a = code_at(net, text);
    near[0] = '\0';
    for (int32_t b = 0; (size_t)b < net->n_codes && used < sizeof near; b++) {
        bool meet = false;
        for (size_t i = 0; !meet && i < net->n_places; i++)
            meet = is_border_of(net->place_code[i], a, b);
        if (meet)
            used += (size_t)snprintf(near + used, sizeof near - used, "%s%s", used == 0 ? "" : ", ",
                                     net->codes[b]);
    }
    return autki_fail(err, AUTK_ENOTFOUND, "expected a border with a crossing, got \"%s\" (%s: %s)",
                      text, net->codes[a], near[0] != '\0' ? near : "none");
}

static autk_status find_target(target *t, const autk_network *net, const char *text, autk_err *err)
{
    border_places(t, net, text);
    if (t->n == 0)
        gate_places(t, net, text);
    if (t->n != 0)
        return AUTK_OK;
    if (strlen(text) == 7 && text[3] == '-' && code_at(net, text) >= 0 &&
        code_at(net, text + 4) >= 0)
        return no_border(net, text, err);
    int32_t place;
    autk_status st = autk_network_find(&place, net, text, err);
    if (st != AUTK_OK)
        return st;
    const autk_place *p = &net->places[place];
    if (p->kind == AUTK_PLACE_CITY || p->kind == AUTK_PLACE_TOWN)
        return autki_fail(err, AUTK_EARG,
                          "expected a crossing, port, strait or border to close, got the city %s",
                          p->name);
    t->places[t->n++] = place;
    (void)snprintf(t->name, sizeof t->name, "%s", p->name);
    return AUTK_OK;
}

static autk_status check_modes(const target *t, const autk_network *net, const char *text,
                               autk_err *err)
{
    if (strchr(text, '/') == NULL)
        return AUTK_OK;
    for (size_t i = 0; i < t->n; i++) {
        const autk_place *p = &net->places[t->places[i]];
        if (p->kind == AUTK_PLACE_CROSSING && ((t->rail && p->rail) || (t->road && p->road)))
            return AUTK_OK;
    }
    return autki_fail(err, AUTK_EARG, "expected a mode that %s has, got \"%s\"", t->name, text);
}

/* Naming what is named already would add nothing: a slip, or two words for one place. */
static autk_status check_new(autk_closures *c, const target *t, const char *text, autk_err *err)
{
    const autk_network *net = c->net;
    bool adds = false;
    for (size_t i = 0; i < t->n; i++) {
        int32_t first = net->first_terminal[t->places[i]];
        for (int32_t k = first; k < net->first_terminal[t->places[i] + 1]; k++) {
            if (!mode_is_meant(net, k, t->rail, t->road))
                continue;
            adds = adds || !c->named_terminal[k];
            c->named_terminal[k] = 1;
        }
    }
    return adds ? AUTK_OK
                : autki_fail(err, AUTK_EARG, "expected a place once, got \"%s\", closed already",
                             text);
}

/* Resolve `what`, then close it; the text of the entry is `title`, or the target's own name. */
static autk_status close_what(autk_closures *c, const char *what, const char *modes, bool transship,
                              const char *title, autk_err *err)
{
    target t = {.places = autki_calloc(c->net->n_places + 1, sizeof *t.places)};
    char name[160], text[240];
    autk_status st = AUTK_OK;
    if (t.places == NULL)
        return autki_no_memory(err, c->net->n_places * sizeof *t.places);
    (void)snprintf(name, sizeof name, "%s", what);
    if (parse_mode(&t, name, err, &st))
        st = find_target(&t, c->net, name, err);
    if (st == AUTK_OK)
        st = check_modes(&t, c->net, what, err);
    if (st == AUTK_OK && title == NULL)
        st = check_new(c, &t, what, err);
    if (st == AUTK_OK && modes != NULL && modes[0] != '\0') {
        t.rail = strstr(modes, "rail") != NULL;
        t.road = strstr(modes, "road") != NULL;
    }
    if (st == AUTK_OK)
        st = make_room(c, err);
    const char *of = t.rail && t.road ? "" : t.rail ? " (rail)" : " (road)";
    (void)snprintf(text, sizeof text, "%s%s closed", t.name, of);
    if (st == AUTK_OK)
        st = take_entry(c, title != NULL ? title : text, c->net->place_code[t.places[0]], err);
    for (size_t i = 0; st == AUTK_OK && i < t.n; i++)
        st = autki_closures_place(c, t.places[i], t.rail, t.road, transship, err);
    free(t.places);
    return st;
}

autk_status autk_closures_add(autk_closures *closures, const char *what, autk_err *err)
{
    return close_what(closures, what, NULL, false, NULL, err);
}

/* ------------------------------------------------------------------ transit bans */

static autk_status ban(autk_closures *c, int32_t code, bool rail, bool road, const char *text,
                       autk_err *err)
{
    const autk_network *net = c->net;
    autk_status st = make_room(c, err);
    if (st == AUTK_OK)
        st = take_entry(c, text, (const int32_t[]){code, -1}, err);
    for (size_t k = 0; st == AUTK_OK && k < net->n_arcs; k++) {
        int32_t mode = net->arcs[k].mode;
        /* Goods that begin or end in the economy use accesses, which stay open. */
        if (net->arcs[k].code == code &&
            ((mode == AUTK_MODE_RAIL && rail) || (mode == AUTK_MODE_ROAD && road)))
            change_both(c, k, INFINITY);
    }
    return st;
}

static autk_status find_code(int32_t *code, const autk_network *net, const char *text,
                             autk_err *err)
{
    int32_t place;
    autk_status st = autk_network_find(&place, net, text, err);
    if (st != AUTK_OK)
        return st;
    if (net->places[place].kind != AUTK_PLACE_CITY)
        return autki_fail(err, AUTK_EARG, "expected an economy, got %s", net->places[place].name);
    *code = net->place_code[place][0];
    return AUTK_OK;
}

autk_status autk_closures_ban_transit(autk_closures *closures, const char *economy, autk_err *err)
{
    int32_t code = -1;
    char text[80];
    autk_status st = find_code(&code, closures->net, economy, err);
    if (st != AUTK_OK)
        return st;
    (void)snprintf(text, sizeof text, "no transit over %s", closures->net->codes[code]);
    if (closures->banned_code[code])
        return autki_fail(err, AUTK_EARG, "expected an economy once, got \"%s\", banned already",
                          economy);
    closures->banned_code[code] = 1;
    return ban(closures, code, true, true, text, err);
}

/* ------------------------------------------------------------------ dates */

static bool is_date(int32_t date)
{
    static const int days[] = {31, 29, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};
    int month = date / 100 % 100, day = date % 100;
    return date >= 19000101 && date <= 99991231 && month >= 1 && month <= 12 && day >= 1 &&
           day <= days[month - 1];
}

static bool applies(const autk_network *net, const autki_closure_row *row, int32_t date,
                    int32_t goods_of)
{
    if (date < row->from_date || date > row->to_date)
        return false;
    if (row->product[0] != '\0' && strcmp(row->product, net->goods) != 0)
        return false;
    if (row->goods_of[0] == '\0')
        return true;
    int32_t code = autki_code_index(net, row->goods_of);
    return code >= 0 && goods_of != -1 && net->code_economy[code] == goods_of;
}

static autk_status add_row(autk_closures *c, const autki_closure_row *row, autk_err *err)
{
    char text[320];
    (void)snprintf(text, sizeof text, "%s (since %04d-%02d-%02d; %s)", row->title,
                   row->from_date / 10000, row->from_date / 100 % 100, row->from_date % 100,
                   row->source);
    if (strcmp(row->kind, "transit-ban") == 0) {
        int32_t code = autki_code_index(c->net, row->what);
        if (code < 0)
            return autki_fail(err, AUTK_EDATA, "closures: expected an economy, got \"%s\"",
                              row->what);
        return ban(c, code, strstr(row->modes, "rail") != NULL, strstr(row->modes, "road") != NULL,
                   text, err);
    }
    return close_what(c, row->what, row->modes, strcmp(row->kind, "transship") == 0, text, err);
}

autk_status autk_closures_add_date(autk_closures *closures, int32_t date, int32_t goods_of,
                                   size_t *n_added, autk_err *err)
{
    const autk_network *net = closures->net;
    size_t n = 0;
    if (!is_date(date))
        return autki_fail(err, AUTK_EARG, "expected a date yyyy-mm-dd, got %08d", date);
    int32_t first = 99999999, last = 0;
    for (size_t i = 0; i < net->n_closure_rows; i++) {
        const autki_closure_row *row = &net->closure_rows[i];
        first = row->from_date < first ? row->from_date : first;
        last = row->from_date > last ? row->from_date : last;
    }
    if (date < first || date > last / 10000 * 10000 + 1231)
        return autki_fail(err, AUTK_ENOTFOUND,
                          "expected a date from %04d to %04d, for which closures are known, got "
                          "%04d-%02d-%02d",
                          first / 10000, last / 10000, date / 10000, date / 100 % 100, date % 100);
    for (size_t i = 0; i < net->n_closure_rows; i++) {
        if (!applies(net, &net->closure_rows[i], date, goods_of))
            continue;
        autk_status st = add_row(closures, &net->closure_rows[i], err);
        if (st != AUTK_OK)
            return st;
        n++;
    }
    if (n_added != NULL)
        *n_added = n;
    return AUTK_OK;
}
