/* In which order terminals are left out, and where the numbers go. */
#include <stdlib.h>
#include <string.h>

#include "base/fail.h"
#include "base/mem.h"
#include "corridor/eliminate.h"

#define MAX_ROWS 200000000
#define BITS 64

/* A station is a terminal with its mirror; it goes by the lower of their numbers. */
typedef struct ordering {
    const autk_network *net;
    int32_t n; /* nodes */
    size_t n_words;
    uint64_t *near;  /* [n x n_words] which nodes each is joined to */
    uint64_t *joint; /* [n_words] scratch */
    uint8_t *gone;   /* [n] left out already, or kept */
    int32_t *degree; /* [n] of stations */

    int32_t *station; /* [n_stations] in the order they are left out */
    size_t n_stations;
    int32_t *list; /* nodes that each was joined to then */
    size_t n_list, list_capacity;
    size_t *list_start; /* [n_stations + 1] */
    int32_t *rank;      /* [n] when a terminal's station is left out, -1 = kept */
    int32_t *after;     /* [n_stations] ranks once more, children before parents */
} ordering;

static int32_t count_bits(const uint64_t *set, size_t n_words)
{
    int32_t n = 0;
    for (size_t w = 0; w < n_words; w++)
        n += __builtin_popcountll(set[w]);
    return n;
}

static void drop_bit(uint64_t *set, int32_t node)
{
    set[node / BITS] &= ~(UINT64_C(1) << (node % BITS));
}

static uint64_t *near_of(const ordering *o, int32_t node)
{
    return o->near + (size_t)node * o->n_words;
}

static void join(ordering *o, int32_t a, int32_t b)
{
    near_of(o, a)[b / BITS] |= UINT64_C(1) << (b % BITS);
    near_of(o, b)[a / BITS] |= UINT64_C(1) << (a % BITS);
}

static int32_t mirror_of(const ordering *o, int32_t terminal)
{
    return o->net->terminals[terminal].mirror;
}

/* o->joint = what the station is joined to, itself left out. */
static int32_t join_of_station(ordering *o, int32_t terminal)
{
    const uint64_t *a = near_of(o, terminal), *b = near_of(o, mirror_of(o, terminal));
    for (size_t w = 0; w < o->n_words; w++)
        o->joint[w] = a[w] | b[w];
    drop_bit(o->joint, terminal);
    drop_bit(o->joint, mirror_of(o, terminal));
    return count_bits(o->joint, o->n_words);
}

static void join_all(ordering *o, const int32_t *cities, size_t n_cities)
{
    const autk_network *net = o->net;
    for (size_t k = 0; k < net->n_arcs; k++)
        join(o, mirror_of(o, net->arcs[k].from), net->arcs[k].to);
    for (size_t c = 0; c < n_cities; c++) {
        for (size_t a = net->first_access[cities[c]]; a < net->first_access[cities[c] + 1]; a++) {
            if (net->access[a].enter >= 0)
                join(o, net->n_terminals + (int32_t)c, net->access[a].enter);
        }
    }
}

static autk_status ordering_init(ordering *o, const autk_network *net, size_t n_cities,
                                 autk_err *err)
{
    size_t n = (size_t)net->n_terminals + n_cities;
    *o = (ordering){.net = net, .n = (int32_t)n, .n_words = n / BITS + 1};
    o->near = autki_calloc(n * o->n_words + 1, sizeof *o->near);
    o->joint = autki_calloc(o->n_words, sizeof *o->joint);
    o->gone = autki_calloc(n + 1, 1);
    o->degree = autki_calloc(n + 1, sizeof *o->degree);
    o->station = autki_calloc(n + 1, sizeof *o->station);
    o->list_start = autki_calloc(n + 2, sizeof *o->list_start);
    o->rank = autki_calloc(n + 1, sizeof *o->rank);
    o->after = autki_calloc(n + 1, sizeof *o->after);
    if (o->near == NULL || o->joint == NULL || o->gone == NULL || o->degree == NULL ||
        o->station == NULL || o->list_start == NULL || o->rank == NULL || o->after == NULL)
        return autki_no_memory(err, n * o->n_words * sizeof *o->near);
    return AUTK_OK;
}

static void ordering_deinit(ordering *o)
{
    free(o->near);
    free(o->joint);
    free(o->gone);
    free(o->degree);
    free(o->station);
    free(o->list);
    free(o->list_start);
    free(o->rank);
    free(o->after);
}

/* The station with the fewest neighbours, the first of those; -1 = none is left. */
static int32_t next_station(const ordering *o)
{
    int32_t best = -1;
    for (int32_t t = 0; t < o->net->n_terminals; t++) {
        if (!o->gone[t] && t <= mirror_of(o, t) && (best < 0 || o->degree[t] < o->degree[best]))
            best = t;
    }
    return best;
}

/* Leave a station out: its neighbours become each other's. */
static autk_status leave_out(ordering *o, int32_t t, autk_err *err)
{
    size_t before = o->n_list, degree = (size_t)join_of_station(o, t);
    int32_t mirror = mirror_of(o, t), n_terminals = o->net->n_terminals;
    autk_status st =
        autki_grow(&o->list, &o->list_capacity, before + degree, sizeof *o->list, MAX_ROWS, err);
    if (st != AUTK_OK)
        return st;
    for (int32_t u = 0; u < o->n; u++) {
        if ((o->joint[u / BITS] >> (u % BITS) & 1) != 0)
            o->list[o->n_list++] = u;
    }
    o->gone[t] = o->gone[mirror] = 1;
    for (size_t i = before; i < o->n_list; i++) {
        uint64_t *near = near_of(o, o->list[i]);
        for (size_t w = 0; w < o->n_words; w++)
            near[w] |= o->joint[w];
        drop_bit(near, t);
        drop_bit(near, mirror);
        drop_bit(near, o->list[i]);
    }
    for (size_t i = before; i < o->n_list; i++) {
        int32_t u = o->list[i];
        if (u < n_terminals && !o->gone[u])
            o->degree[u < mirror_of(o, u) ? u : mirror_of(o, u)] = join_of_station(o, u);
    }
    o->rank[t] = o->rank[mirror] = (int32_t)o->n_stations;
    o->station[o->n_stations++] = t;
    o->list_start[o->n_stations] = o->n_list;
    return AUTK_OK;
}

static autk_status order_stations(ordering *o, const uint8_t *kept, autk_err *err)
{
    for (int32_t t = 0; t < o->n; t++) {
        o->rank[t] = -1;
        o->gone[t] = t >= o->net->n_terminals || (kept != NULL && kept[t]);
    }
    for (int32_t t = 0; t < o->net->n_terminals; t++) {
        if (!o->gone[t] && t <= mirror_of(o, t))
            o->degree[t] = join_of_station(o, t);
    }
    autk_status st = AUTK_OK;
    for (int32_t t = next_station(o); t >= 0 && st == AUTK_OK; t = next_station(o))
        st = leave_out(o, t, err);
    return st;
}

/* The first of a station's neighbours to be left out after it, -1 = all are kept. */
static int32_t parent_of(const ordering *o, size_t station)
{
    int32_t parent = -1;
    for (size_t i = o->list_start[station]; i < o->list_start[station + 1]; i++) {
        int32_t rank = o->rank[o->list[i]];
        if (rank >= 0 && (parent < 0 || rank < parent))
            parent = rank;
    }
    return parent;
}

/* Children before their parents and next to them, so that panels can be joined. tree [4 n]. */
static void put_children_first(ordering *o, int32_t *tree)
{
    int32_t n = (int32_t)o->n_stations, done = 0, depth = 0;
    int32_t *parent = tree, *child = tree + n, *next = tree + 2 * n, *stack = tree + 3 * n;
    int32_t roots = -1;
    for (int32_t s = 0; s < n; s++)
        child[s] = -1;
    for (int32_t s = n - 1; s >= 0; s--) { /* parents are later: lists come out in order */
        parent[s] = parent_of(o, (size_t)s);
        int32_t *head = parent[s] >= 0 ? &child[parent[s]] : &roots;
        next[s] = *head;
        *head = s;
    }
    for (int32_t root = roots; root >= 0; root = next[root]) {
        stack[depth++] = root;
        while (depth > 0) {
            int32_t s = stack[depth - 1];
            if (child[s] >= 0) {
                stack[depth++] = child[s];
                child[s] = next[child[s]];
                continue;
            }
            o->after[done++] = s;
            depth--;
        }
    }
}

/* ------------------------------------------------------------------ panels */

static int by_number(const void *a, const void *b)
{
    int32_t x = *(const int32_t *)a, y = *(const int32_t *)b;
    return (x > y) - (x < y);
}

static void give_positions(autki_plan *plan, const ordering *o)
{
    int32_t at = 0;
    for (size_t i = 0; i < o->n_stations; i++) {
        int32_t t = o->station[o->after[i]];
        plan->node[at++] = t;
        if (mirror_of(o, t) != t)
            plan->node[at++] = mirror_of(o, t);
    }
    plan->n_kept = o->n - at;
    for (int32_t t = 0; t < o->n; t++) {
        if (o->rank[t] < 0)
            plan->node[at++] = t;
    }
    for (int32_t i = 0; i < o->n; i++)
        plan->position[plan->node[i]] = i;
}

static int32_t width_of(const ordering *o, int32_t rank)
{
    return mirror_of(o, o->station[rank]) == o->station[rank] ? 1 : 2;
}

static size_t n_near(const ordering *o, int32_t rank)
{
    return o->list_start[rank + 1] - o->list_start[rank];
}

/* May the i-th station stand in one panel with the next? It must hang on it, and few of the rows
 * that it gets may be empty. */
static bool joins_next(const ordering *o, size_t i)
{
    if (i + 1 >= o->n_stations || parent_of(o, (size_t)o->after[i]) != o->after[i + 1])
        return false;
    size_t has = n_near(o, o->after[i]);
    size_t gets = n_near(o, o->after[i + 1]) + (size_t)width_of(o, o->after[i + 1]);
    return gets - has <= 4 + has / 16;
}

static autk_status add_panel(autki_plan *plan, int32_t first, int32_t n_pivots,
                             const int32_t *nodes, size_t n, autk_err *err)
{
    size_t n_rows = (size_t)n_pivots + n;
    autk_status st = autki_grow(&plan->rows, &plan->rows_capacity, plan->n_rows + n_rows,
                                sizeof *plan->rows, MAX_ROWS, err);
    if (st != AUTK_OK)
        return st;
    int32_t *rows = plan->rows + plan->n_rows, n_of_terminals = 0;
    for (int32_t p = 0; p < n_pivots; p++)
        rows[p] = first + p;
    for (size_t i = 0; i < n; i++)
        rows[(size_t)n_pivots + i] = plan->position[nodes[i]];
    qsort(rows + n_pivots, n, sizeof *rows, by_number);
    int32_t n_terminals = plan->n_nodes - (int32_t)plan->n_cities;
    while ((size_t)n_of_terminals < n_rows && rows[n_of_terminals] < n_terminals)
        n_of_terminals++;
    plan->panels[plan->n_panels++] = (autki_panel){.first = first,
                                                   .n_pivots = n_pivots,
                                                   .n_rows = (int32_t)n_rows,
                                                   .n_terminal_rows = n_of_terminals,
                                                   .first_row = plan->n_rows,
                                                   .first_value = plan->n_values};
    plan->n_rows += n_rows;
    plan->n_values += (size_t)n_pivots * n_rows;
    return AUTK_OK;
}

static autk_status build_panels(autki_plan *plan, const ordering *o, autk_err *err)
{
    autk_status st = AUTK_OK;
    int32_t first = 0, n_pivots = 0;
    for (size_t i = 0; i < o->n_stations && st == AUTK_OK; i++) {
        n_pivots += width_of(o, o->after[i]);
        if (joins_next(o, i))
            continue;
        st = add_panel(plan, first, n_pivots, o->list + o->list_start[o->after[i]],
                       n_near(o, o->after[i]), err);
        first += n_pivots;
        n_pivots = 0;
    }
    return st == AUTK_OK ? add_panel(plan, first, plan->n_kept, NULL, 0, err) : st;
}

/* ------------------------------------------------------------------ where weights go */

/* Row of a position in a panel; -1 = none. */
static int32_t row_in(const autki_plan *plan, const autki_panel *panel, int32_t position)
{
    if (position < panel->first + panel->n_pivots)
        return position - panel->first;
    const int32_t *rows = plan->rows + panel->first_row;
    const int32_t *found = bsearch(&position, rows, (size_t)panel->n_rows, sizeof *rows, by_number);
    return found != NULL ? (int32_t)(found - rows) : -1;
}

static size_t slot_of(const autki_plan *plan, const int32_t *panel_at, int32_t a, int32_t b)
{
    int32_t row = plan->position[a], column = plan->position[b];
    if (row < column)
        return SIZE_MAX;
    const autki_panel *panel = &plan->panels[panel_at[column]];
    return panel->first_value + (size_t)(column - panel->first) * (size_t)panel->n_rows +
           (size_t)row_in(plan, panel, row);
}

static void find_access_slots(autki_plan *plan, const int32_t *panel_at, const int32_t *cities)
{
    const autk_network *net = plan->net;
    for (size_t a = 0; a < net->n_access; a++)
        plan->access_slot[a] = SIZE_MAX;
    for (size_t c = 0; c < plan->n_cities; c++) {
        int32_t city = net->n_terminals + (int32_t)c;
        for (size_t a = net->first_access[cities[c]]; a < net->first_access[cities[c] + 1]; a++) {
            int32_t other = net->access[a].enter;
            for (size_t d = 0; d < plan->n_cities && other < 0; d++) {
                if (cities[d] == -1 - net->access[a].enter)
                    other = net->n_terminals + (int32_t)d;
            }
            if (other >= 0) /* the other end's own access brings a way between two cities */
                plan->access_slot[a] = slot_of(plan, panel_at, city, other);
        }
    }
}

static autk_status find_slots(autki_plan *plan, const int32_t *cities, autk_err *err)
{
    const autk_network *net = plan->net;
    int32_t *panel_at = autki_malloc((size_t)plan->n_nodes + 1, sizeof *panel_at);
    if (panel_at == NULL)
        return autki_no_memory(err, (size_t)plan->n_nodes * sizeof *panel_at);
    for (size_t p = 0; p < plan->n_panels; p++) {
        for (int32_t i = 0; i < plan->panels[p].n_pivots; i++)
            panel_at[plan->panels[p].first + i] = (int32_t)p;
    }
    for (size_t k = 0; k < net->n_arcs; k++)
        plan->arc_slot[k] =
            slot_of(plan, panel_at, net->terminals[net->arcs[k].from].mirror, net->arcs[k].to);
    find_access_slots(plan, panel_at, cities);
    free(panel_at);
    return AUTK_OK;
}

/* ------------------------------------------------------------------ the object */

static autk_status plan_init(autki_plan *plan, const autk_network *net, size_t n_cities,
                             autk_err *err)
{
    size_t n = (size_t)net->n_terminals + n_cities;
    plan->net = net;
    plan->n_cities = n_cities;
    plan->n_nodes = (int32_t)n;
    plan->position = autki_malloc(n + 1, sizeof *plan->position);
    plan->node = autki_malloc(n + 1, sizeof *plan->node);
    plan->panels = autki_malloc(n + 1, sizeof *plan->panels);
    plan->arc_slot = autki_malloc(net->n_arcs + 1, sizeof *plan->arc_slot);
    plan->access_slot = autki_malloc(net->n_access + 1, sizeof *plan->access_slot);
    if (plan->position == NULL || plan->node == NULL || plan->panels == NULL ||
        plan->arc_slot == NULL || plan->access_slot == NULL)
        return autki_no_memory(err, net->n_arcs * sizeof *plan->arc_slot);
    return AUTK_OK;
}

static autk_status lay_out(autki_plan *plan, ordering *o, const int32_t *cities,
                           const uint8_t *kept, autk_err *err)
{
    join_all(o, cities, plan->n_cities);
    autk_status st = order_stations(o, kept, err);
    if (st != AUTK_OK)
        return st;
    int32_t *tree = autki_malloc(4 * o->n_stations + 1, sizeof *tree);
    if (tree == NULL)
        return autki_no_memory(err, 4 * o->n_stations * sizeof *tree);
    put_children_first(o, tree);
    free(tree);
    give_positions(plan, o);
    st = build_panels(plan, o, err);
    return st == AUTK_OK ? find_slots(plan, cities, err) : st;
}

autk_status autki_plan_create(autki_plan **out, const autk_network *net, const int32_t *cities,
                              size_t n_cities, const uint8_t *kept, autk_err *err)
{
    ordering o = {0};
    autki_plan *plan = autki_calloc(1, sizeof *plan);
    if (plan == NULL)
        return autki_no_memory(err, sizeof *plan);
    autk_status st = plan_init(plan, net, n_cities, err);
    if (st == AUTK_OK)
        st = ordering_init(&o, net, n_cities, err);
    if (st == AUTK_OK)
        st = lay_out(plan, &o, cities, kept, err);
    ordering_deinit(&o);
    if (st != AUTK_OK) {
        autki_plan_free(plan);
        return st;
    }
    *out = plan;
    return AUTK_OK;
}

void autki_plan_free(autki_plan *plan)
{
    if (plan == NULL)
        return;
    free(plan->position);
    free(plan->node);
    free(plan->panels);
    free(plan->rows);
    free(plan->arc_slot);
    free(plan->access_slot);
    free(plan);
}
