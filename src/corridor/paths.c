/* The next cheapest ways (Yen 1971) and the sum over all ways (Allen & Arkolakis 2022). */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/fail.h"
#include "base/mem.h"
#include "corridor/route.h"

void autki_paths_free(autki_path *paths, size_t n)
{
    for (size_t i = 0; i < n; i++)
        free(paths[i].arcs);
    free(paths);
}

/* ------------------------------------------------------------------ one search with exclusions */

typedef struct finder {
    const autk_network *net;
    double *arc_cost;   /* own copy: exclusions are set and taken back */
    autki_weights open; /* what they are without exclusions */
    uint8_t *no_access; /* [n_access] excluded */
    uint8_t *blocked;   /* [n_terminals] not to be entered */
    autki_search search;
    int32_t from, to;
} finder;

static void finder_deinit(finder *f)
{
    free(f->arc_cost);
    free(f->no_access);
    free(f->blocked);
    autki_search_deinit(&f->search);
}

static autk_status finder_init(finder *f, const autk_network *net, autki_weights weights,
                               int32_t from, int32_t to, autk_err *err)
{
    *f = (finder){.net = net, .open = weights, .from = from, .to = to};
    autk_status st = autki_search_init(&f->search, net->n_terminals, err);
    if (st != AUTK_OK)
        return st;
    f->arc_cost = autki_malloc(net->n_arcs, sizeof *f->arc_cost);
    f->no_access = autki_calloc(net->n_access, 1);
    f->blocked = autki_calloc((size_t)net->n_terminals, 1);
    if (f->arc_cost == NULL || f->no_access == NULL || f->blocked == NULL) {
        finder_deinit(f);
        return autki_no_memory(err, net->n_arcs * sizeof *f->arc_cost);
    }
    memcpy(f->arc_cost, weights.arc, net->n_arcs * sizeof *f->arc_cost);
    return AUTK_OK;
}

/* Which access arcs join the source to the destination directly. */
static bool leads_straight(const finder *f, size_t access)
{
    return f->net->access[access].enter == -1 - f->to;
}

/* From all access arcs of the source (start < 0) or from one terminal to the destination. */
static void search_from(finder *f, int32_t start)
{
    autki_search *s = &f->search;
    const autk_network *net = f->net;
    for (int32_t t = 0; t < s->n; t++) {
        s->dist[t] = f->blocked[t] ? -INFINITY : INFINITY; /* nothing is cheaper than -INFINITY */
        s->via[t] = AUTKI_NO_ARC;
    }
    if (start >= 0)
        s->dist[start] = INFINITY;
    autki_weights weights = {.arc = f->arc_cost, .access = f->open.access};
    autki_search_from(s, net, weights, f->no_access, f->from, start);
}

/* The best arrival of the last search, as a path behind `start` (or from the source). */
static autk_status arrival(autki_path *path, finder *f, int32_t start, autk_err *err)
{
    const autk_network *net = f->net;
    const autki_search *s = &f->search;
    *path = (autki_path){.first = AUTKI_NO_ARC, .last = AUTKI_NO_ARC, .cost = INFINITY};
    for (size_t a = net->first_access[f->to]; a < net->first_access[f->to + 1]; a++) {
        int32_t t = net->access[a].leave;
        if (t < 0 || f->no_access[a] || f->blocked[t])
            continue;
        if (s->dist[t] + f->open.access[a] < path->cost) {
            path->cost = s->dist[t] + f->open.access[a];
            path->last = (int32_t)a;
        }
    }
    bool straight = false;
    for (size_t a = net->first_access[f->from]; start < 0 && a < net->first_access[f->from + 1];
         a++) {
        if (!leads_straight(f, a) || f->no_access[a] || !(f->open.access[a] < path->cost))
            continue;
        path->cost = f->open.access[a];
        path->last = (int32_t)a;
        straight = true;
    }
    if (straight || !isfinite(path->cost))
        return AUTK_OK;
    int32_t t = net->access[path->last].leave;
    for (; t != start && s->via[t] >= 0; t = net->arcs[s->via[t]].from)
        path->n++;
    path->first = t != start ? AUTKI_FROM_SOURCE - s->via[t] : AUTKI_NO_ARC;
    path->arcs = autki_malloc(path->n, sizeof *path->arcs);
    if (path->arcs == NULL)
        return autki_no_memory(err, path->n * sizeof *path->arcs);
    t = net->access[path->last].leave;
    for (size_t i = path->n; i > 0; i--) {
        path->arcs[i - 1] = s->via[t];
        t = net->arcs[s->via[t]].from;
    }
    return AUTK_OK;
}

/* ------------------------------------------------------------------ Yen */

static bool same_start(const autki_path *a, const autki_path *b, size_t n_arcs)
{
    if (a->first != b->first || a->n < n_arcs || b->n < n_arcs)
        return false;
    return n_arcs == 0 || memcmp(a->arcs, b->arcs, n_arcs * sizeof *a->arcs) == 0;
}

static bool same_path(const autki_path *a, const autki_path *b)
{
    return a->n == b->n && a->last == b->last && same_start(a, b, a->n);
}

/* Exclude what the known paths with the same first `n_arcs` arcs do next. */
static void exclude_known(finder *f, const autki_path *known, size_t n_known,
                          const autki_path *path, size_t n_arcs)
{
    for (size_t i = 0; i < n_known; i++) {
        if (!same_start(&known[i], path, n_arcs))
            continue;
        if (known[i].n > n_arcs)
            f->arc_cost[known[i].arcs[n_arcs]] = INFINITY;
        else
            f->no_access[known[i].last] = 1;
    }
}

static void exclude_first(finder *f, const autki_path *known, size_t n_known)
{
    for (size_t i = 0; i < n_known; i++)
        f->no_access[known[i].first >= 0 ? known[i].first : known[i].last] = 1;
}

static void readmit(finder *f, const autki_path *known, size_t n_known)
{
    for (size_t i = 0; i < n_known; i++) {
        for (size_t k = 0; k < known[i].n; k++)
            f->arc_cost[known[i].arcs[k]] = f->open.arc[known[i].arcs[k]];
        f->no_access[known[i].last] = 0;
        if (known[i].first >= 0)
            f->no_access[known[i].first] = 0;
    }
}

/* Head of `path` up to `n_arcs` arcs, then `tail`: into tail, whose arcs are taken over. */
static autk_status join(autki_path *tail, const autki_path *path, size_t n_arcs, double head_cost,
                        autk_err *err)
{
    int32_t *arcs = autki_malloc(n_arcs + tail->n, sizeof *arcs);
    if (arcs == NULL)
        return autki_no_memory(err, (n_arcs + tail->n) * sizeof *arcs);
    memcpy(arcs, path->arcs, n_arcs * sizeof *arcs);
    if (tail->n != 0)
        memcpy(arcs + n_arcs, tail->arcs, tail->n * sizeof *arcs);
    free(tail->arcs);
    tail->arcs = arcs;
    tail->n += n_arcs;
    tail->first = path->first;
    tail->cost += head_cost;
    return AUTK_OK;
}

typedef struct path_list {
    autki_path *items;
    size_t n, capacity;
} path_list;

/* Takes the path over, whatever becomes of it. */
static autk_status add_path(path_list *list, autki_path *path, autk_err *err)
{
    autk_status st = AUTK_OK;
    for (size_t i = 0; i < list->n; i++) {
        if (same_path(&list->items[i], path)) {
            free(path->arcs);
            return AUTK_OK;
        }
    }
    st = autki_grow(&list->items, &list->capacity, list->n + 1, sizeof *list->items, 100000, err);
    if (st == AUTK_OK)
        list->items[list->n++] = *path;
    else
        free(path->arcs);
    return st;
}

/* All ways that leave `path` somewhere: candidates for the next cheapest. */
static autk_status deviations(path_list *candidates, finder *f, const autki_path *known,
                              size_t n_known, const autki_path *path, autk_err *err)
{
    const autk_network *net = f->net;
    autki_path found = {0};
    exclude_first(f, known, n_known);
    search_from(f, -1);
    autk_status st = arrival(&found, f, -1, err);
    readmit(f, known, n_known);
    if (st == AUTK_OK && isfinite(found.cost))
        st = add_path(candidates, &found, err);
    if (path->first < 0)
        return st;
    int32_t at = net->access[path->first].enter;
    double head_cost = f->open.access[path->first];
    for (size_t i = 0; st == AUTK_OK && i <= path->n; i++) {
        exclude_known(f, known, n_known, path, i);
        search_from(f, at);
        st = arrival(&found, f, at, err);
        readmit(f, known, n_known);
        if (st == AUTK_OK && isfinite(found.cost)) {
            st = join(&found, path, i, head_cost, err);
            if (st == AUTK_OK)
                st = add_path(candidates, &found, err);
            else
                free(found.arcs);
        }
        f->blocked[at] = 1;
        if (i < path->n) {
            head_cost += f->open.arc[path->arcs[i]];
            at = net->arc_to[path->arcs[i]];
        }
    }
    memset(f->blocked, 0, (size_t)net->n_terminals);
    return st;
}

static void move_cheapest(path_list *to, path_list *from)
{
    size_t best = 0;
    for (size_t i = 1; i < from->n; i++)
        best = from->items[i].cost < from->items[best].cost ? i : best;
    to->items[to->n++] = from->items[best];
    from->items[best] = from->items[--from->n];
}

autk_status autki_cheapest_paths(autki_path **out, size_t *n, const autk_network *net,
                                 autki_weights weights, int32_t from, int32_t to, size_t n_wanted,
                                 double limit, autk_err *err)
{
    finder f;
    path_list known = {0}, candidates = {0};
    autki_path first = {0};
    *n = 0;
    autk_status st = finder_init(&f, net, weights, from, to, err);
    if (st != AUTK_OK)
        return st;
    known.items = autki_calloc(n_wanted, sizeof *known.items);
    if (known.items == NULL)
        st = autki_no_memory(err, n_wanted * sizeof *known.items);
    if (st == AUTK_OK) {
        search_from(&f, -1);
        st = arrival(&first, &f, -1, err);
    }
    bool found = st == AUTK_OK && isfinite(first.cost);
    if (found)
        known.items[known.n++] = first;
    while (st == AUTK_OK && found && known.n < n_wanted) {
        st = deviations(&candidates, &f, known.items, known.n, &known.items[known.n - 1], err);
        if (st != AUTK_OK || candidates.n == 0)
            break;
        move_cheapest(&known, &candidates);
        if (known.items[known.n - 1].cost > first.cost + limit)
            break;
    }
    autki_paths_free(candidates.items, candidates.n);
    finder_deinit(&f);
    if (st != AUTK_OK) {
        autki_paths_free(known.items, known.n);
        return st;
    }
    *out = known.items;
    *n = known.n;
    return AUTK_OK;
}

/* ------------------------------------------------------------------ the sum over all ways */

#define MAX_STEPS 2000

/* Weight of each arc under reduced costs. */
static double reduced(double cost, double here, double there, double scale)
{
    double excess = cost - here + there;
    return isfinite(cost) && isfinite(here) && isfinite(there) ? exp(-excess / scale) : 0.0;
}

static void step(double *next, const double *flow, const double *weight, const autk_network *net)
{
    memset(next, 0, (size_t)net->n_terminals * sizeof *next);
    for (int32_t t = 0; t < net->n_terminals; t++) {
        if (!(flow[t] > 0))
            continue;
        for (size_t k = net->first_arc[t]; k < net->first_arc[t + 1]; k++)
            next[net->arc_to[k]] += flow[t] * weight[k];
    }
}

static double dot_and_total(const double *flow, const double *arrive, int32_t n, double *total)
{
    double dot = 0;
    *total = 0;
    for (int32_t t = 0; t < n; t++) {
        dot += flow[t] * arrive[t];
        *total += flow[t];
    }
    return dot;
}

static autk_status iterate(double *sum, double *flow, double *next, const double *arrive,
                           const double *weight, const autk_network *net, double scale,
                           autk_err *err)
{
    double before = INFINITY;
    for (int steps = 0; steps < MAX_STEPS; steps++) {
        double total;
        *sum += dot_and_total(flow, arrive, net->n_terminals, &total);
        /* What is still under way shrinks by the spectral radius a step in the end. */
        if (total <= 1e-13 * *sum && total <= before)
            return AUTK_OK;
        if (!isfinite(total) || !isfinite(*sum))
            break;
        before = total;
        step(next, flow, weight, net);
        double *swap = flow;
        flow = next;
        next = swap;
    }
    return autki_fail(err, AUTK_ENOCONV,
                      "expected a route scale small enough for the sum over routes to be finite, "
                      "got route_scale_usd_per_t = %g: set a smaller one",
                      scale);
}

autk_status autki_route_sum(double *sum, const autk_network *net, autki_weights weights,
                            const double *dist_to, int32_t from, int32_t to, double cheapest,
                            double scale, autk_err *err)
{
    size_t n = (size_t)net->n_terminals;
    double *weight = autki_malloc(net->n_arcs, sizeof *weight);
    double *vectors = autki_calloc(3 * n, sizeof *vectors);
    autk_status st = AUTK_OK;
    if (weight == NULL || vectors == NULL)
        st = autki_no_memory(err, net->n_arcs * sizeof *weight);
    if (st == AUTK_OK) {
        double *flow = vectors, *arrive = vectors + 2 * n;
        for (size_t t = 0; t < n; t++) {
            for (size_t k = net->first_arc[t]; k < net->first_arc[t + 1]; k++)
                weight[k] = reduced(weights.arc[k], dist_to[t], dist_to[net->arc_to[k]], scale);
        }
        *sum = 0;
        for (size_t a = net->first_access[from]; a < net->first_access[from + 1]; a++) {
            int32_t t = net->access[a].enter;
            if (t >= 0)
                flow[t] += reduced(weights.access[a], cheapest, dist_to[t], scale);
            else if (t == -1 - to)
                *sum += exp(-(weights.access[a] - cheapest) / scale);
        }
        for (size_t a = net->first_access[to]; a < net->first_access[to + 1]; a++) {
            int32_t t = net->access[a].leave;
            if (t >= 0)
                arrive[t] += reduced(weights.access[a], dist_to[t], 0, scale);
        }
        st = iterate(sum, flow, vectors + n, arrive, weight, net, scale, err);
    }
    free(weight);
    free(vectors);
    return st;
}
