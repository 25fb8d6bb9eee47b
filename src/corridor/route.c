/* Routes between two places with their legs and shares. */
#include "corridor/route.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/fail.h"
#include "base/mem.h"

void autk_routes_free(autk_routes *routes)
{
    if (routes == NULL)
        return;
    for (size_t i = 0; i < routes->n; i++)
        free(routes->routes[i].legs);
    free(routes->routes);
    free(routes);
}

static void add_leg(autk_route *route, int32_t from, int32_t to, autk_mode mode, autki_price price)
{
    route->distance_km += price.km;
    route->time_h += price.hours;
    route->cost_usd_per_t += price.cost;
    route->money_usd_per_t += price.money;
    route->legs[route->n_legs++] = (autk_leg){.from = from,
                                              .to = to,
                                              .mode = mode,
                                              .distance_km = price.km,
                                              .time_h = price.hours,
                                              .cost_usd_per_t = price.cost};
}

static void add_passing(autk_route *route, const autk_network *net, int32_t terminal, double extra)
{
    const autki_terminal *t = &net->terminals[terminal];
    bool gate = net->places[t->place].kind == AUTK_PLACE_GATE;
    autki_price price = t->price;
    price.cost += extra;
    price.money += extra;
    if (net->places[t->place].kind != AUTK_PLACE_PORT)
        add_leg(route, t->place, t->place, gate ? AUTK_MODE_GATE : AUTK_MODE_BORDER, price);
}

/* What closures add to passing a terminal. */
static double extra_at(const autk_network *net, const autk_closures *closures, int32_t terminal,
                       bool port)
{
    bool is_port = net->places[net->terminals[terminal].place].kind == AUTK_PLACE_PORT;
    return closures != NULL && is_port == port ? closures->extra[terminal] : 0;
}

/* Of what is added at a port each leg bears a half, as of the handling; the whole where the other
 * half has no leg. */
static autki_price with_ports(autki_price price, const autk_network *net,
                              const autk_closures *closures, int32_t terminal, double part)
{
    double extra = part * extra_at(net, closures, terminal, true);
    price.cost += extra;
    price.money += extra;
    return price;
}

static void add_access_leg(autk_route *route, const autk_network *net,
                           const autk_closures *closures, int32_t place, const autki_access *a,
                           bool out)
{
    int32_t terminal = out ? a->enter : a->leave, at = net->terminals[terminal].place;
    autki_price price = with_ports(a->price, net, closures, terminal, 0.5);
    if (a->mode >= 0) /* a port or crossing reaches its own terminal without a leg */
        add_leg(route, out ? place : at, out ? at : place, (autk_mode)a->mode, price);
}

static autk_status fill_route(autk_route *route, const autk_network *net,
                              const autk_closures *closures, const autki_path *path, int32_t from,
                              int32_t to, autk_err *err)
{
    const autki_access *end = &net->access[path->last];
    *route = (autk_route){.share = 1};
    route->legs = autki_calloc(2 * path->n + 4, sizeof *route->legs);
    if (route->legs == NULL)
        return autki_no_memory(err, (2 * path->n + 4) * sizeof *route->legs);
    if (path->first < 0) {
        add_leg(route, from, to, (autk_mode)end->mode, end->price);
        return AUTK_OK;
    }
    const autki_access *start = &net->access[path->first];
    int32_t terminal = start->enter;
    add_access_leg(route, net, closures, from, start, true);
    for (size_t i = 0;; i++) {
        add_passing(route, net, terminal, extra_at(net, closures, terminal, false));
        if (i == path->n)
            break;
        const autki_arc *arc = &net->arcs[path->arcs[i]];
        double first = i == 0 && start->mode < 0 ? 1.0 : 0.5;
        double last = i + 1 == path->n && end->mode < 0 ? 1.0 : 0.5;
        autki_price price = with_ports(autki_arc_price(net, arc), net, closures, arc->from, first);
        price = with_ports(price, net, closures, arc->to, last);
        add_leg(route, net->terminals[arc->from].place, net->terminals[arc->to].place,
                (autk_mode)arc->mode, price);
        terminal = arc->to;
    }
    add_access_leg(route, net, closures, to, end, false);
    return AUTK_OK;
}

static autk_status check_ends(const autk_network *net, int32_t from, int32_t to,
                              const autk_closures *closures, autk_err *err)
{
    if (autk_network_place(net, from) == NULL || autk_network_place(net, to) == NULL)
        return autki_fail(err, AUTK_EARG, "expected two places of the network, got %d and %d", from,
                          to);
    if (from == to)
        return autki_fail(err, AUTK_EARG, "expected two places, got %s twice",
                          net->places[from].name);
    for (int i = 0; i < 2 && closures != NULL; i++) {
        int32_t end = i == 0 ? from : to;
        if (closures->closed_place[end])
            return autki_fail(err, AUTK_EARG,
                              "expected open ends of the route, got %s, which is "
                              "closed",
                              net->places[end].name);
    }
    return AUTK_OK;
}

/* Shares of the routes found; the sum runs over all ways there are. */
static autk_status set_shares(autk_routes *routes, const autk_network *net, autki_weights weights,
                              int32_t from, int32_t to, autk_err *err)
{
    double scale = net->costs.value[AUTK_COST_route_scale_usd_per_t], sum;
    double cheapest = routes->routes[0].cost_usd_per_t;
    autki_search back;
    autk_status st = autki_search_init(&back, net->n_terminals, err);
    if (st != AUTK_OK)
        return st;
    /* Costs are the same both ways: from t on is as far as from the destination to t's mirror. */
    autki_search_run(&back, net, weights, to);
    double *dist_to = autki_malloc((size_t)net->n_terminals, sizeof *dist_to);
    if (dist_to == NULL)
        st = autki_no_memory(err, (size_t)net->n_terminals * sizeof *dist_to);
    for (int32_t t = 0; st == AUTK_OK && t < net->n_terminals; t++)
        dist_to[t] = back.dist[net->terminals[t].mirror];
    if (st == AUTK_OK)
        st = autki_route_sum(&sum, net, weights, dist_to, from, to, cheapest, scale, err);
    free(dist_to);
    autki_search_deinit(&back);
    if (st != AUTK_OK)
        return st;
    for (size_t i = 0; i < routes->n; i++)
        routes->routes[i].share = exp((cheapest - routes->routes[i].cost_usd_per_t) / scale) / sum;
    routes->expected_cost_usd_per_t = cheapest - scale * log(sum);
    return AUTK_OK;
}

static void drop_small(autk_routes *routes, double min_share)
{
    while (routes->n > 1 && routes->routes[routes->n - 1].share < min_share)
        free(routes->routes[--routes->n].legs);
}

static autk_status routes_of_paths(autk_routes *routes, const autk_network *net,
                                   const autk_closures *closures, const autki_path *paths, size_t n,
                                   int32_t from, int32_t to, autk_err *err)
{
    routes->routes = autki_calloc(n, sizeof *routes->routes);
    if (routes->routes == NULL)
        return autki_no_memory(err, n * sizeof *routes->routes);
    for (size_t i = 0; i < n; i++) {
        autk_status st = fill_route(&routes->routes[i], net, closures, &paths[i], from, to, err);
        if (st != AUTK_OK)
            return st;
        routes->n++;
    }
    routes->expected_cost_usd_per_t = routes->routes[0].cost_usd_per_t;
    return AUTK_OK;
}

autk_status autk_routes_find(autk_routes **out, const autk_network *net, int32_t from, int32_t to,
                             const autk_closures *closures, const autk_route_opts *opts,
                             autk_err *err)
{
    autk_route_opts o = opts != NULL ? *opts : (autk_route_opts){0};
    size_t wanted = o.shortest_only ? 1 : o.max_routes == 0 ? 5 : o.max_routes;
    double min_share = o.min_share > 0 ? o.min_share : 0.01;
    if (wanted > 20)
        return autki_fail(err, AUTK_EARG, "expected at most 20 routes, got %zu", wanted);
    autk_status st = check_ends(net, from, to, closures, err);
    if (st != AUTK_OK)
        return st;
    autki_weights weights = autki_closed_weights(net, closures);
    double scale = net->costs.value[AUTK_COST_route_scale_usd_per_t];
    autki_path *paths = NULL;
    size_t n = 0;
    /* A way dearer by more than this carries less than min_share of what the cheapest carries. */
    st = autki_cheapest_paths(&paths, &n, net, weights, from, to, wanted, -scale * log(min_share),
                              err);
    if (st != AUTK_OK)
        return st;
    autk_routes *routes = autki_calloc(1, sizeof *routes);
    if (routes == NULL)
        st = autki_no_memory(err, sizeof *routes);
    if (st == AUTK_OK && n == 0)
        st = autki_fail(err, AUTK_ENOANSWER, "no route from %s to %s is open",
                        net->places[from].name, net->places[to].name);
    if (st == AUTK_OK)
        st = routes_of_paths(routes, net, closures, paths, n, from, to, err);
    if (st == AUTK_OK && !o.shortest_only)
        st = set_shares(routes, net, weights, from, to, err);
    autki_paths_free(paths, n);
    if (st != AUTK_OK) {
        autk_routes_free(routes);
        return st;
    }
    drop_small(routes, min_share);
    *out = routes;
    return AUTK_OK;
}
