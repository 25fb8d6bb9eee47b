#include "corridor/shortest.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/fail.h"
#include "base/mem.h"

autk_status autki_search_init(autki_search *s, int32_t n_terminals, autk_err *err)
{
    size_t n = (size_t)n_terminals;
    *s = (autki_search){.n = n_terminals};
    s->dist = autki_calloc(n, sizeof *s->dist);
    s->via = autki_calloc(n, sizeof *s->via);
    s->heap = autki_calloc(n, sizeof *s->heap);
    s->where = autki_calloc(n, sizeof *s->where);
    s->stack = autki_calloc(n, sizeof *s->stack);
    s->stale = autki_calloc(n, 1);
    if (s->dist != NULL && s->via != NULL && s->heap != NULL && s->where != NULL &&
        s->stack != NULL && s->stale != NULL)
        return AUTK_OK;
    autki_search_deinit(s);
    return autki_no_memory(err, n * sizeof *s->dist);
}

void autki_search_deinit(autki_search *s)
{
    free(s->dist);
    free(s->via);
    free(s->heap);
    free(s->where);
    free(s->stack);
    free(s->stale);
    memset(s, 0, sizeof *s);
}

static void sift_up(autki_search *s, int32_t at)
{
    int32_t item = s->heap[at];
    while (at > 0) {
        int32_t parent = (at - 1) / 4;
        if (s->dist[s->heap[parent]] <= s->dist[item])
            break;
        s->heap[at] = s->heap[parent];
        s->where[s->heap[at]] = at;
        at = parent;
    }
    s->heap[at] = item;
    s->where[item] = at;
}

static int32_t take_least(autki_search *s)
{
    int32_t least = s->heap[0], item = s->heap[--s->heap_n], at = 0;
    s->where[least] = -1;
    if (s->heap_n == 0)
        return least;
    for (;;) {
        int32_t first = 4 * at + 1, best = -1;
        double cost = s->dist[item];
        for (int32_t k = first; k < first + 4 && k < s->heap_n; k++) {
            if (s->dist[s->heap[k]] < cost) {
                cost = s->dist[s->heap[k]];
                best = k;
            }
        }
        if (best < 0)
            break;
        s->heap[at] = s->heap[best];
        s->where[s->heap[at]] = at;
        at = best;
    }
    s->heap[at] = item;
    s->where[item] = at;
    return least;
}

static void offer(autki_search *s, int32_t terminal, double cost, int32_t via)
{
    if (!(cost < s->dist[terminal]))
        return;
    s->dist[terminal] = cost;
    s->via[terminal] = via;
    if (s->where[terminal] < 0) {
        s->where[terminal] = s->heap_n;
        s->heap[s->heap_n++] = terminal;
    }
    sift_up(s, s->where[terminal]);
}

static void spread(autki_search *s, const autk_network *net, const double *arc_cost)
{
    while (s->heap_n > 0) {
        int32_t from = take_least(s);
        double base = s->dist[from];
        size_t stop = net->first_arc[from + 1];
        for (size_t k = net->first_arc[from]; k < stop; k++) {
            double cost = base + arc_cost[k];
            if (cost < s->dist[net->arc_to[k]])
                offer(s, net->arc_to[k], cost, (int32_t)k);
        }
    }
}

void autki_search_from(autki_search *s, const autk_network *net, autki_weights weights,
                       const uint8_t *no_access, int32_t source, int32_t start)
{
    for (int32_t t = 0; t < s->n; t++)
        s->where[t] = -1;
    s->heap_n = 0;
    if (start >= 0)
        offer(s, start, 0.0, AUTKI_NO_ARC);
    for (size_t a = net->first_access[source]; start < 0 && a < net->first_access[source + 1];
         a++) {
        if (net->access[a].enter >= 0 && (no_access == NULL || !no_access[a]))
            offer(s, net->access[a].enter, weights.access[a], AUTKI_FROM_SOURCE - (int32_t)a);
    }
    spread(s, net, weights.arc);
}

void autki_search_run(autki_search *s, const autk_network *net, autki_weights weights,
                      int32_t source)
{
    for (int32_t t = 0; t < s->n; t++) {
        s->dist[t] = INFINITY;
        s->via[t] = AUTKI_NO_ARC;
    }
    autki_search_from(s, net, weights, NULL, source, -1);
}

static int32_t mark(autki_search *s, int32_t terminal, int32_t n)
{
    if (s->stale[terminal])
        return n;
    s->stale[terminal] = 1;
    s->stack[n] = terminal;
    return n + 1;
}

/* Mark what hangs below the changed arcs of the tree; how many terminals. */
static int32_t mark_stale(autki_search *s, const autk_network *net, autki_weights weights,
                          int32_t source, const int32_t *changed, size_t n_changed)
{
    int32_t n = 0;
    for (size_t i = 0; i < n_changed; i++) {
        int32_t head = net->arc_to[changed[i]];
        if (s->via[head] == changed[i])
            n = mark(s, head, n);
    }
    for (size_t a = net->first_access[source]; a < net->first_access[source + 1]; a++) {
        int32_t t = net->access[a].enter;
        if (t >= 0 && s->via[t] == AUTKI_FROM_SOURCE - (int32_t)a && weights.access[a] > s->dist[t])
            n = mark(s, t, n);
    }
    for (int32_t at = 0; at < n; at++) { /* a terminal's children: those whose arc leaves it */
        int32_t t = s->stack[at];
        for (size_t k = net->first_arc[t]; k < net->first_arc[t + 1]; k++) {
            if (s->via[net->arc_to[k]] == (int32_t)k)
                n = mark(s, net->arc_to[k], n);
        }
    }
    return n;
}

void autki_search_repair(autki_search *s, const autk_network *net, autki_weights weights,
                         int32_t source, const int32_t *changed, size_t n_changed)
{
    int32_t n = mark_stale(s, net, weights, source, changed, n_changed);
    s->heap_n = 0;
    for (int32_t at = 0; at < n; at++) {
        s->dist[s->stack[at]] = INFINITY;
        s->via[s->stack[at]] = AUTKI_NO_ARC;
        s->where[s->stack[at]] = -1;
    }
    for (size_t a = net->first_access[source]; n > 0 && a < net->first_access[source + 1]; a++) {
        int32_t t = net->access[a].enter;
        if (t >= 0 && s->stale[t])
            offer(s, t, weights.access[a], AUTKI_FROM_SOURCE - (int32_t)a);
    }
    for (int32_t at = 0; at < n; at++) {
        int32_t t = s->stack[at], m = net->terminals[t].mirror;
        for (size_t k = net->first_arc[m]; k < net->first_arc[m + 1]; k++) {
            int32_t in = net->arcs[k].reverse, tail = net->arcs[in].from;
            if (!s->stale[tail])
                offer(s, t, s->dist[tail] + weights.arc[in], in);
        }
    }
    for (int32_t at = 0; at < n; at++)
        s->stale[s->stack[at]] = 0;
    spread(s, net, weights.arc);
}

double autki_search_arrive(int32_t *access, const autki_search *s, const autk_network *net,
                           autki_weights weights, int32_t source, int32_t place)
{
    double best = INFINITY;
    *access = AUTKI_NO_ARC;
    for (size_t a = net->first_access[place]; a < net->first_access[place + 1]; a++) {
        int32_t t = net->access[a].leave;
        if (t >= 0 && s->dist[t] + weights.access[a] < best) {
            best = s->dist[t] + weights.access[a];
            *access = (int32_t)a;
        }
    }
    for (size_t a = net->first_access[source]; a < net->first_access[source + 1]; a++) {
        if (net->access[a].enter == -1 - place && weights.access[a] < best) {
            best = weights.access[a];
            *access = AUTKI_FROM_SOURCE - (int32_t)a;
        }
    }
    return best;
}
