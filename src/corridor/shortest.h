/**
 * @file shortest.h
 * Cheapest ways from one place to all terminals (Dijkstra 1959, 4-ary heap), and their repair when
 * arcs close (only subtrees below closed arcs are searched again).
 */
#ifndef AUTKI_CORRIDOR_SHORTEST_H
#define AUTKI_CORRIDOR_SHORTEST_H

#include "corridor/network.h"

#define AUTKI_NO_ARC (-1)
#define AUTKI_FROM_SOURCE (-2) /* via = AUTKI_FROM_SOURCE - index of the access arc */

typedef struct autki_search {
    int32_t n;
    double *dist; /* [n] INFINITY = not reached */
    int32_t *via; /* [n] arc into the terminal, AUTKI_FROM_SOURCE - access, or AUTKI_NO_ARC */
    int32_t *heap, *where; /* heap of terminals; place of each in it, -1 = not in it */
    int32_t heap_n;
    int32_t *stack; /* [n] scratch of the repair */
    uint8_t *stale;
} autki_search;

autk_status autki_search_init(autki_search *search, int32_t n_terminals, autk_err *err)
    AUTK_MUST_CHECK;
void autki_search_deinit(autki_search *search);

/** Ways from a place. Cost: O(arcs + n log n). */
void autki_search_run(autki_search *search, const autk_network *net, autki_weights weights,
                      int32_t source);

/**
 * The same with dist and via as the caller set them: a terminal whose dist is -INFINITY is not
 * entered. start >= 0: from that terminal instead of the source's access arcs (those that
 * no_access [n_access, NULL = none] does not exclude).
 */
void autki_search_from(autki_search *search, const autk_network *net, autki_weights weights,
                       const uint8_t *no_access, int32_t source, int32_t start);

/**
 * Make dist and via right after arcs became dearer or closed.
 *
 * Whatever hangs below a changed arc of the tree is searched again from its untouched neighbours.
 * changed: arcs whose weight rose; accesses of the source are looked at anyway.
 * Cost: O(n) plus the arcs of what hangs below.
 */
void autki_search_repair(autki_search *search, const autk_network *net, autki_weights weights,
                         int32_t source, const int32_t *changed, size_t n_changed);

/**
 * Cost of arriving at a place from the source: INFINITY = no route. *access: index of the last
 * access arc, or AUTKI_FROM_SOURCE - index when the source's own access leads straight there.
 */
double autki_search_arrive(int32_t *access, const autki_search *search, const autk_network *net,
                           autki_weights weights, int32_t source, int32_t place);

#endif
