/* Lines of legs, for maps: lanes at sea, straight lines on land. */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/fail.h"
#include "base/mem.h"
#include "corridor/network.h"

typedef struct line {
    double *points;
    size_t n, capacity; /* doubles */
} line;

/* Append, turning the longitude by whole circles to be near the last one. */
static autk_status add_point(line *l, double lon, double lat, autk_err *err)
{
    autk_status st =
        autki_grow(&l->points, &l->capacity, l->n + 2, sizeof *l->points, 1000000, err);
    if (st != AUTK_OK)
        return st;
    if (l->n != 0)
        lon += 360 * round((l->points[l->n - 2] - lon) / 360);
    l->points[l->n++] = lon;
    l->points[l->n++] = lat;
    return AUTK_OK;
}

/* ------------------------------------------------------------------ the way over the lanes */

/* Bellman-Ford in rounds is enough for a thousand lanes drawn now and then: each round goes over
 * all lanes, and stops when nothing changed. */
static void relax_lanes(double *dist, int32_t *via, const autk_network *net)
{
    for (bool changed = true; changed;) {
        changed = false;
        for (size_t i = 0; i < net->n_lanes; i++) {
            const autki_lane *l = &net->lanes[i];
            for (int turn = 0; turn < 2; turn++) {
                int32_t a = turn ? l->to : l->from, b = turn ? l->from : l->to;
                if (dist[a] + l->km < dist[b]) {
                    dist[b] = dist[a] + l->km;
                    via[b] = (int32_t)i;
                    changed = true;
                }
            }
        }
    }
}

static autk_status add_lane(line *out, const autk_network *net, const autki_lane *l, bool forward,
                            autk_err *err)
{
    autk_status st = AUTK_OK;
    for (size_t i = 0; st == AUTK_OK && i < l->n; i++) {
        size_t at = l->first + 2 * (forward ? i : l->n - 1 - i);
        st = add_point(out, net->lane_points[at], net->lane_points[at + 1], err);
    }
    return st;
}

/* From `to` back to `from` over via, so searched from the far end. */
static autk_status lane_line(line *out, const autk_network *net, int32_t from, int32_t to,
                             autk_err *err)
{
    size_t n = net->n_lane_nodes;
    double *dist = autki_malloc(n, sizeof *dist);
    int32_t *via = autki_malloc(n, sizeof *via);
    autk_status st = dist != NULL && via != NULL ? AUTK_OK : autki_no_memory(err, n * sizeof *dist);
    for (size_t i = 0; st == AUTK_OK && i < n; i++) {
        dist[i] = INFINITY;
        via[i] = -1;
    }
    if (st == AUTK_OK) {
        dist[to] = 0;
        relax_lanes(dist, via, net);
    }
    for (int32_t node = from; st == AUTK_OK && node != to && via[node] >= 0;) {
        const autki_lane *l = &net->lanes[via[node]];
        bool forward = l->from == node;
        st = add_lane(out, net, l, forward, err);
        node = forward ? l->to : l->from;
    }
    free(dist);
    free(via);
    return st;
}

/* Which terminals of the two places lie in one basin: a gate has two. */
static void sea_ends(int32_t *from, int32_t *to, const autk_network *net, const autk_leg *leg)
{
    *from = net->first_terminal[leg->from];
    *to = net->first_terminal[leg->to];
    double best = INFINITY;
    for (int32_t a = net->first_terminal[leg->from]; a < net->first_terminal[leg->from + 1]; a++) {
        for (size_t k = net->first_arc[a]; k < net->first_arc[a + 1]; k++) {
            const autki_arc *arc = &net->arcs[k];
            if (arc->mode == AUTK_MODE_SEA && net->terminals[arc->to].place == leg->to &&
                fabs((double)arc->line_km - leg->distance_km) < best) {
                best = fabs((double)arc->line_km - leg->distance_km);
                *from = net->terminals[a].mirror; /* lanes end at sides, which a is left from */
                *to = arc->to;
            }
        }
    }
}

autk_status autk_network_leg_line(double **points, size_t *n, const autk_network *network,
                                  const autk_leg *leg, autk_err *err)
{
    line out = {0};
    const autk_place *a = autk_network_place(network, leg->from);
    const autk_place *b = autk_network_place(network, leg->to);
    if (a == NULL || b == NULL)
        return autki_fail(err, AUTK_EARG, "expected a leg between places of the network");
    autk_status st = add_point(&out, a->lon, a->lat, err);
    if (st == AUTK_OK && leg->mode == AUTK_MODE_SEA) {
        int32_t from, to;
        sea_ends(&from, &to, network, leg);
        st = lane_line(&out, network, from, to, err);
    }
    if (st == AUTK_OK)
        st = add_point(&out, b->lon, b->lat, err);
    if (st != AUTK_OK) {
        free(out.points);
        return st;
    }
    *points = out.points;
    *n = out.n / 2;
    return AUTK_OK;
}
