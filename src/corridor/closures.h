/** @file closures.h What closures do to the arcs. */
#ifndef AUTKI_CORRIDOR_CLOSURES_H
#define AUTKI_CORRIDOR_CLOSURES_H

#include "corridor/network.h"

/* One line of what is closed. */
typedef struct autki_closed_entry {
    char *text;
    int32_t economy[2]; /* of the world, -1 = none */
} autki_closed_entry;

struct autk_closures {
    const autk_network *net;
    double *arc_cost, *access_cost; /* as the network's; INFINITY = closed */
    double *extra; /* [n_terminals] what passing costs on top, in the two above by halves */
    /* [n_terminals] cannot be passed, so that the arcs at it are closed */
    uint8_t *closed_terminal;
    uint8_t *closed_place; /* [n_places] wholly closed: nothing begins or ends there */
    int32_t *changed;      /* arcs whose cost changed, each once, in the order they were closed */
    size_t n_changed, changed_capacity;
    /* What autk_closures_add and autk_closures_ban_transit named, whatever dates closed beside it.
     */
    uint8_t *named_terminal; /* [n_terminals] */
    uint8_t *banned_code;    /* [n_codes] */
    autki_closed_entry *entries;
    size_t n_entries, entries_capacity;
};

static inline autki_weights autki_closed_weights(const autk_network *net,
                                                 const autk_closures *closures)
{
    return closures == NULL
               ? autki_open_weights(net)
               : (autki_weights){.arc = closures->arc_cost, .access = closures->access_cost};
}

/* Close (or, with `transship`, make dearer) a place's modes without a text of its own. */
autk_status autki_closures_place(autk_closures *closures, int32_t place, bool rail, bool road,
                                 bool transship, autk_err *err) AUTK_MUST_CHECK;

/* Closures of a network, with those of `from` (NULL = none) already in them, without their texts.
 */
autk_status autki_closures_copy(autk_closures **out, const autk_network *net,
                                const autk_closures *from, autk_err *err) AUTK_MUST_CHECK;

#endif
