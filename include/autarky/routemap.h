/**
 * @file routemap.h
 * A map of routes between two places, before and after closures, as inline SVG.
 */
#ifndef AUTARKY_ROUTEMAP_H
#define AUTARKY_ROUTEMAP_H

#include <autarky/chart.h>
#include <autarky/corridor.h>

#ifdef __cplusplus
extern "C" {
#endif

typedef struct autk_route_map {
    autk_chart_frame frame;
    const autk_network *network;
    const autk_routes *before; /**< drawn as full lines */
    const autk_routes *after;  /**< drawn dashed; NULL = none */
    int32_t from, to;          /**< places, labelled */
} autk_route_map;

/**
 * Append the map: outlines of the economies in view (Natural Earth), each route with a width by its
 * share, the places where it changes between sea and land, the two ends by name.
 *
 * Plate carrée, stretched to be true at the middle latitude; the view is what the routes span and
 * a margin.
 *
 * Errors: AUTK_EARG (a bad id, no route), AUTK_ENOMEM.
 */
AUTK_API autk_status autk_route_map_draw(autk_buf *out, const autk_route_map *map, autk_err *err)
    AUTK_MUST_CHECK;

#ifdef __cplusplus
}
#endif
#endif
