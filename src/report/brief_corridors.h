/**
 * @file brief_corridors.h
 * The routes to the main markets before and after the closures in force, what carries the trade,
 * and the market access that the closures take.
 */
#ifndef AUTKI_REPORT_BRIEF_CORRIDORS_H
#define AUTKI_REPORT_BRIEF_CORRIDORS_H

#include <autarky/corridor.h>

#include "report/brief.h"

#define AUTKI_CARRIERS 6

/** The cheapest way to one market. Intervals: 5 to 95 % of the draws of the cost parameters. */
typedef struct autki_way {
    int32_t partner;
    autk_bounds share;         /* in the economy's trade */
    autk_bounds before, after; /* USD per tonne, time included; after = INFINITY: no route left */
    autk_bounds rise;          /* after / before - 1 */
    autk_routes *was, *is;     /* one route each; is = NULL: none left */
} autki_way;

/** A place that carries trade now. The share's bounds follow from those of the flows. */
typedef struct autki_carrier {
    const autk_place *place; /* borrowed from the network */
    autk_bounds share;
    double was; /* with nothing closed */
} autki_carrier;

typedef struct autki_corridors {
    int32_t day; /* of the closures, yyyymmdd */
    autk_network *network;
    autk_closures *closures;
    autki_way *ways; /* [n_ways] largest partner first */
    size_t n_ways;
    autki_carrier carriers[AUTKI_CARRIERS];
    size_t n_carriers;
    autk_bounds access_lost; /* 1 = all; by flows anywhere in their bounds and drawn costs */
    autk_bounds access_lost_in[AUTKI_BRIEF_PAST]; /* in the years to compare with, by flows alone */
    int n_draws;
    char *why_not; /* no answer, in one sentence; NULL = there is one */
} autki_corridors;

void autki_corridors_free(autki_corridors *corridors);

autk_status autki_corridors_table(autk_table **out, const autk_brief *brief, bool whole,
                                  autk_err *err) AUTK_MUST_CHECK;
/** The map, as a figure. */
autk_status autki_corridors_map(autk_buf *out, const autk_brief *brief, autk_err *err)
    AUTK_MUST_CHECK;
void autki_corridors_json(autk_buf *out, const autk_brief *brief);
void autki_corridors_csv(autk_buf *out, const autk_brief *brief);
/** "The closures in force … take … of the access to its markets": for the part on isolation. */
void autki_corridors_say_access(autk_buf *t, const autk_brief *brief);

#endif
