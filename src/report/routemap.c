/* Routes on a map. */
#include <autarky/routemap.h>

#include <math.h>
#include <stdlib.h>

#include "base/fail.h"
#include "report/svg.h"

#define DEGREE (3.14159265358979323846 / 180)
#define LEAST_SPAN_DEG 9.0
#define MARGIN 0.09
#define LEAST_HEIGHT 260.0
#define MOST_HEIGHT 620.0
#define LEGEND_PX 46.0
#define NEAR_PX 0.6

typedef struct view {
    double west, east, south, north;
    double stretch; /* of a degree of longitude against one of latitude */
    double scale, height;
} view;

static double x_of(const view *v, double lon)
{
    return (lon - v->west) * v->stretch * v->scale;
}

static double y_of(const view *v, double lat)
{
    return (v->north - lat) * v->scale;
}

/* Longitude turned by whole circles to be nearest to another. */
static double near_lon(double lon, double other)
{
    return lon + 360 * round((other - lon) / 360);
}

typedef autk_status (*line_fn)(const double *points, size_t n, const autk_leg *leg, void *user,
                               autk_err *err);

/* Each leg's line, longitudes running on from leg to leg and begun near `start`. */
static autk_status each_line(const autk_network *net, const autk_route *route, double start,
                             line_fn fn, void *user, autk_err *err)
{
    autk_status st = AUTK_OK;
    for (size_t i = 0; st == AUTK_OK && i < route->n_legs; i++) {
        double *points = NULL;
        size_t n = 0;
        if (route->legs[i].from == route->legs[i].to)
            continue;
        st = autk_network_leg_line(&points, &n, net, &route->legs[i], err);
        if (st != AUTK_OK)
            return st;
        double turn = near_lon(points[0], start) - points[0];
        for (size_t k = 0; k < n; k++)
            points[2 * k] += turn;
        start = points[2 * (n - 1)];
        st = fn(points, n, &route->legs[i], user, err);
        free(points);
    }
    return st;
}

/* ------------------------------------------------------------------ the view */

static autk_status widen(const double *points, size_t n, const autk_leg *leg, void *user,
                         autk_err *err)
{
    view *v = user;
    (void)leg;
    (void)err;
    for (size_t i = 0; i < n; i++) {
        autki_range_add(&v->west, &v->east, points[2 * i]);
        autki_range_add(&v->south, &v->north, points[2 * i + 1]);
    }
    return AUTK_OK;
}

static void spread(double *low, double *high, double least)
{
    double span = *high - *low, more = span < least ? (least - span) / 2 : 0;
    *low -= more + span * MARGIN;
    *high += more + span * MARGIN;
}

static void fit(view *v)
{
    spread(&v->south, &v->north, LEAST_SPAN_DEG);
    spread(&v->west, &v->east, LEAST_SPAN_DEG);
    v->north = v->north > 84 ? 84 : v->north;
    v->south = v->south < -64 ? -64 : v->south;
    double middle = (v->north + v->south) / 2;
    v->stretch = cos((middle > 65 ? 65 : middle < -65 ? -65 : middle) * DEGREE);
    v->scale = AUTKI_SVG_WIDTH / ((v->east - v->west) * v->stretch);
    v->height = (v->north - v->south) * v->scale;
    double want = v->height < LEAST_HEIGHT  ? LEAST_HEIGHT
                  : v->height > MOST_HEIGHT ? MOST_HEIGHT
                                            : v->height;
    if (want > v->height) { /* too flat: more to the north and south */
        double more = (want / v->scale - (v->north - v->south)) / 2;
        v->north += more;
        v->south -= more;
    } else if (want < v->height) { /* too tall: more to the sides */
        v->scale = want / (v->north - v->south);
        double more = (AUTKI_SVG_WIDTH / (v->scale * v->stretch) - (v->east - v->west)) / 2;
        v->west -= more;
        v->east += more;
    }
    v->height = want;
}

static autk_status find_view(view *v, const autk_route_map *map, double start, autk_err *err)
{
    *v = (view){.west = NAN, .east = NAN, .south = NAN, .north = NAN};
    autk_status st = AUTK_OK;
    for (size_t w = 0; w < map->n_ways && st == AUTK_OK; w++) {
        const autk_routes *all[] = {map->ways[w].before, map->ways[w].after};
        for (int k = 0; k < 2 && st == AUTK_OK; k++) {
            for (size_t i = 0; all[k] != NULL && i < all[k]->n && st == AUTK_OK; i++)
                st = each_line(map->network, &all[k]->routes[i], start, widen, v, err);
        }
    }
    if (st == AUTK_OK && isnan(v->west))
        st = autki_fail(err, AUTK_EARG, "expected a route to draw, got none");
    if (st == AUTK_OK)
        fit(v);
    return st;
}

/* ------------------------------------------------------------------ drawing */

static bool in_view(const view *v, const autk_outline *o, double turn)
{
    double west = INFINITY, east = -INFINITY, south = INFINITY, north = -INFINITY;
    for (size_t i = 0; i < o->n; i++) {
        double lon = o->points[2 * i] + turn, lat = o->points[2 * i + 1];
        west = lon < west ? lon : west;
        east = lon > east ? lon : east;
        south = lat < south ? lat : south;
        north = lat > north ? lat : north;
    }
    return west < v->east && east > v->west && south < v->north && north > v->south;
}

static void add_point(autk_buf *out, const char *command, double x, double y)
{
    autk_buf_puts(out, command);
    autki_svg_number(out, x);
    autk_buf_putc(out, ' ');
    autki_svg_number(out, y);
}

static void draw_outline(autk_buf *out, const view *v, const autk_outline *o, double turn)
{
    double last_x = NAN, last_y = NAN, lon = o->points[0] + turn;
    autk_buf_puts(out, "<path class=\"land\" d=\"");
    for (size_t i = 0; i < o->n; i++) {
        lon = near_lon(o->points[2 * i], lon); /* a ring across 180 degrees runs on */
        double x = x_of(v, lon), y = y_of(v, o->points[2 * i + 1]);
        if (i != 0 && fabs(x - last_x) < NEAR_PX && fabs(y - last_y) < NEAR_PX)
            continue;
        add_point(out, i == 0 ? "M" : "L", x, y);
        last_x = x;
        last_y = y;
    }
    autk_buf_puts(out, "Z\"/>\n");
}

static void draw_land(autk_buf *out, const view *v, const autk_network *net)
{
    int first = (int)floor((v->west - 180) / 360), last = (int)ceil((v->east + 180) / 360);
    for (size_t i = 0; i < autk_network_n_outlines(net); i++) {
        const autk_outline *o = autk_network_outline(net, i);
        for (int turn = first; turn <= last; turn++) {
            if (in_view(v, o, 360.0 * turn))
                draw_outline(out, v, o, 360.0 * turn);
        }
    }
}

typedef struct pen {
    autk_buf *out;
    const view *v;
    const char *css_class;
    double width;
} pen;

static autk_status draw_line(const double *points, size_t n, const autk_leg *leg, void *user,
                             autk_err *err)
{
    const pen *p = user;
    (void)leg;
    (void)err;
    autk_buf_printf(p->out, "<path class=\"line %s\" style=\"stroke-width:", p->css_class);
    autki_svg_number(p->out, p->width);
    autk_buf_puts(p->out, "\" d=\"");
    for (size_t i = 0; i < n; i++)
        add_point(p->out, i == 0 ? "M" : "L", x_of(p->v, points[2 * i]),
                  y_of(p->v, points[2 * i + 1]));
    autk_buf_puts(p->out, "\"/>\n");
    return AUTK_OK;
}

static void draw_dot(autk_buf *out, double x, double y, double radius, const char *css_class)
{
    autk_buf_puts(out, "<circle cx=\"");
    autki_svg_number(out, x);
    autk_buf_puts(out, "\" cy=\"");
    autki_svg_number(out, y);
    autk_buf_printf(out, "\" r=\"%.1f\" class=\"%s\"/>\n", radius, css_class);
}

/* Where the first leg's line, or the last one's, ends: the ends of the whole route. */
static autk_status draw_places(const double *points, size_t n, const autk_leg *leg, void *user,
                               autk_err *err)
{
    const pen *p = user;
    (void)err;
    if (leg->mode == AUTK_MODE_SEA) {
        draw_dot(p->out, x_of(p->v, points[0]), y_of(p->v, points[1]), 3, p->css_class);
        draw_dot(p->out, x_of(p->v, points[2 * n - 2]), y_of(p->v, points[2 * n - 1]), 3,
                 p->css_class);
    }
    return AUTK_OK;
}

static autk_status draw_routes(autk_buf *out, const view *v, const autk_route_map *map,
                               const autk_routes *routes, bool after, double start, autk_err *err)
{
    autk_status st = AUTK_OK;
    for (size_t i = routes->n; st == AUTK_OK && i > 0; i--) { /* the cheapest on top */
        const autk_route *r = &routes->routes[i - 1];
        double share = r->share / (routes->routes[0].share > 0 ? routes->routes[0].share : 1);
        pen p = {out, v, after ? "s2" : "s1", 1.2 + 2.2 * (share < 1 ? share : 1)};
        st = each_line(map->network, r, start, draw_line, &p, err);
        pen dots = {out, v, after ? "hollow s2" : "dot s1", 0};
        if (st == AUTK_OK)
            st = each_line(map->network, r, start, draw_places, &dots, err);
    }
    return st;
}

/* ------------------------------------------------------------------ names at the ends */

typedef struct box {
    double left, right, top, bottom;
} box;

typedef struct labels {
    box taken[2 * (AUTK_ROUTE_MAP_WAYS + 1)]; /* by dots, then by names */
    size_t n;
} labels;

static bool overlap(const box *a, const box *b)
{
    return a->left < b->right && b->left < a->right && a->top < b->bottom && b->top < a->bottom;
}

static bool has_room(const labels *l, const box *at, const view *v)
{
    if (at->left < 2 || at->right > AUTKI_SVG_WIDTH - 2 || at->top < 2 ||
        at->bottom > v->height - 2)
        return false;
    for (size_t i = 0; i < l->n; i++) {
        if (overlap(at, &l->taken[i]))
            return false;
    }
    return true;
}

/* A name beside its dot: the first place that neither a name nor another dot takes. Where none is,
 * the table below the map has the name. */
static void draw_name(autk_buf *out, labels *l, const view *v, double x, double y, const char *name)
{
    static const struct {
        double side, lift; /* 0 = right of the dot, -1 = left of it, -0.5 = centred */
    } places[] = {{0, 7},    {0, -4},    {0, -16},    {-1, 7}, {-1, -4},
                  {-1, -16}, {-0.5, 10}, {-0.5, -20}, {0, 18}, {-1, 18}};
    double width = autki_svg_bold_width(name);
    for (size_t k = 0; k < sizeof places / sizeof *places; k++) {
        double gap = 9 * (1 + 2 * places[k].side);
        double left = x + gap + places[k].side * width, base = y - places[k].lift;
        box at = {left, left + width, base - 12, base + 3};
        if (!has_room(l, &at, v))
            continue;
        l->taken[l->n++] = at;
        autki_svg_text(out, left, base, AUTKI_START, "name end", name);
        return;
    }
}

static void take_dot(autk_buf *out, labels *l, double x, double y, double radius)
{
    draw_dot(out, x, y, radius, "dot end");
    l->taken[l->n++] = (box){x - radius, x + radius, y - radius, y + radius};
}

/* Where the place lies in the view, turned by whole circles to be near `start`, else the middle. */
static void find_end(double *x, double *y, const view *v, const autk_place *place, double start)
{
    double lon = near_lon(place->lon, start);
    if (lon < v->west || lon > v->east)
        lon = near_lon(place->lon, (v->west + v->east) / 2);
    *x = x_of(v, lon);
    *y = y_of(v, place->lat);
}

static void draw_ends(autk_buf *out, const view *v, const autk_route_map *map,
                      const autk_place *from)
{
    labels l = {.n = 0};
    double x, y, middle = (v->west + v->east) / 2;
    find_end(&x, &y, v, from, from->lon);
    take_dot(out, &l, x, y, 5);
    for (size_t i = 0; i < map->n_ways; i++) {
        find_end(&x, &y, v, autk_network_place(map->network, map->ways[i].to), middle);
        take_dot(out, &l, x, y, map->n_ways == 1 ? 5 : 4);
    }
    find_end(&x, &y, v, from, from->lon);
    draw_name(out, &l, v, x, y, from->name);
    for (size_t i = 0; i < map->n_ways; i++) {
        const autk_place *to = autk_network_place(map->network, map->ways[i].to);
        find_end(&x, &y, v, to, middle);
        draw_name(out, &l, v, x, y, map->ways[i].label != NULL ? map->ways[i].label : to->name);
    }
}

static bool has_after(const autk_route_map *map)
{
    for (size_t i = 0; i < map->n_ways; i++) {
        if (map->ways[i].after != NULL)
            return true;
    }
    return false;
}

static void draw_legend(autk_buf *out, const view *v, const autk_route_map *map)
{
    double y = v->height + 22;
    bool after = has_after(map);
    autki_svg_line(out, 0, y - 4, 34, y - 4, "line s1");
    autki_svg_text(out, 42, y, AUTKI_START, "",
                   after ? "before: nothing closed" : "routes, wider with more traffic");
    if (!after)
        return;
    autki_svg_line(out, 230, y - 4, 264, y - 4, "line s2");
    autki_svg_text(out, 272, y, AUTKI_START, "", "after the closures");
    autki_svg_text(out, AUTKI_SVG_WIDTH, y, AUTKI_END, "tick", "wider = more of the traffic");
}

static autk_status check_map(const autk_route_map *map, autk_err *err)
{
    if (autk_network_place(map->network, map->from) == NULL || map->n_ways == 0 ||
        map->n_ways > AUTK_ROUTE_MAP_WAYS)
        return autki_fail(err, AUTK_EARG, "expected 1 to %d destinations from a place, got %zu",
                          AUTK_ROUTE_MAP_WAYS, map->n_ways);
    for (size_t i = 0; i < map->n_ways; i++) {
        const autk_route_map_way *way = &map->ways[i];
        if (autk_network_place(map->network, way->to) == NULL || way->before == NULL ||
            way->before->n == 0)
            return autki_fail(err, AUTK_EARG, "expected routes between two places of the network");
    }
    return AUTK_OK;
}

static autk_status draw_ways(autk_buf *out, const view *v, const autk_route_map *map, double start,
                             autk_err *err)
{
    autk_status st = AUTK_OK;
    for (size_t i = 0; st == AUTK_OK && i < map->n_ways; i++)
        st = draw_routes(out, v, map, map->ways[i].before, false, start, err);
    for (size_t i = 0; st == AUTK_OK && i < map->n_ways; i++) {
        if (map->ways[i].after != NULL)
            st = draw_routes(out, v, map, map->ways[i].after, true, start, err);
    }
    return st;
}

autk_status autk_route_map_draw(autk_buf *out, const autk_route_map *map, autk_err *err)
{
    view v;
    autk_status st = check_map(map, err);
    if (st != AUTK_OK)
        return st;
    const autk_place *from = autk_network_place(map->network, map->from);
    st = find_view(&v, map, from->lon, err);
    if (st == AUTK_OK)
        st = autki_svg_begin(out, &map->frame, v.height + LEGEND_PX, err);
    if (st != AUTK_OK)
        return st;
    autk_buf_printf(out,
                    "<svg x=\"0\" y=\"0\" width=\"%.0f\" height=\"%.0f\" overflow=\"hidden\">\n"
                    "<rect width=\"%.0f\" height=\"%.0f\" class=\"water\"/>\n",
                    AUTKI_SVG_WIDTH, v.height, AUTKI_SVG_WIDTH, v.height);
    draw_land(out, &v, map->network);
    st = draw_ways(out, &v, map, from->lon, err);
    draw_ends(out, &v, map, from);
    autk_buf_puts(out, "</svg>\n");
    draw_legend(out, &v, map);
    autki_svg_end(out);
    return st == AUTK_OK ? autk_buf_check(out, err) : st;
}
