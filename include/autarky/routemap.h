/**
 * @file routemap.h
 * A map of routes from one place to others, before and after closures, as inline SVG.
 */
#ifndef AUTARKY_ROUTEMAP_H
#define AUTARKY_ROUTEMAP_H

#include <autarky/chart.h>
#include <autarky/corridor.h>

#ifdef __cplusplus
extern "C" {
#endif

#define AUTK_ROUTE_MAP_WAYS 50

/** The routes to one destination. */
typedef struct autk_route_map_way {
    int32_t to;                /**< place, labelled */
    const char *label;         /**< NULL = the place's name */
    const autk_routes *before; /**< drawn as full lines */
    const autk_routes *after;  /**< drawn dashed; NULL = none is left, or nothing is closed */
} autk_route_map_way;

typedef struct autk_route_map {
    autk_chart_frame frame;
    const autk_network *network; /**< with its shapes */
    int32_t from;                /**< place, labelled */
    const autk_route_map_way *ways;
    size_t n_ways;
} autk_route_map;

/**
 * Append the map: outlines of the economies in view (Natural Earth), each route with a width by its
 * share, the places where it changes between sea and land, the ends by name where there is room.
 *
 * Plate carrée, stretched to be true at the middle latitude; the view is what the routes span and
 * a margin.
 *
 * Errors: AUTK_EARG (a bad id, no route, more than AUTK_ROUTE_MAP_WAYS), AUTK_ENOMEM.
 */
AUTK_API autk_status autk_route_map_draw(autk_buf *out, const autk_route_map *map, autk_err *err)
    AUTK_MUST_CHECK;

#ifdef __cplusplus
}
#endif
#endif
