/* What legs, passages and accesses cost by the network's parameters; the same network at others. */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/fail.h"
#include "base/mem.h"
#include "corridor/network.h"

static double value_of(const autk_network *net, autk_cost cost)
{
    return net->costs.value[cost];
}

/* What an hour costs a tonne that is under way. */
static double per_hour(const autk_network *net)
{
    return value_of(net, AUTK_COST_value_usd_per_t) * value_of(net, AUTK_COST_time_share_per_day) /
           24;
}

static autki_price price_of(const autk_network *net, double km, double money, double hours)
{
    return (autki_price){
        .cost = money + hours * per_hour(net), .money = money, .km = km, .hours = hours};
}

/* ------------------------------------------------------------------ legs */

/* Half of a port's handling is in each of the two legs that meet there. */
static autki_price leg_price(const autk_network *net, autk_mode mode, double line_km, int n_ports)
{
    static const autk_cost charge[] = {AUTK_COST_sea_usd_per_tkm, AUTK_COST_rail_usd_per_tkm,
                                       AUTK_COST_road_usd_per_tkm};
    static const autk_cost speed[] = {AUTK_COST_sea_km_per_h, AUTK_COST_rail_km_per_h,
                                      AUTK_COST_road_km_per_h};
    bool at_sea = mode == AUTK_MODE_SEA;
    double km = line_km * (at_sea ? 1.0 : value_of(net, AUTK_COST_land_circuity));
    double handled = 0.5 * n_ports;
    return price_of(net, km,
                    km * value_of(net, charge[mode]) +
                        handled * value_of(net, AUTK_COST_port_usd_per_t),
                    km / value_of(net, speed[mode]) + handled * value_of(net, AUTK_COST_port_h));
}

static bool is_port(const autk_network *net, int32_t terminal)
{
    return net->places[net->terminals[terminal].place].kind == AUTK_PLACE_PORT;
}

autki_price autki_arc_price(const autk_network *net, const autki_arc *arc)
{
    return leg_price(net, (autk_mode)arc->mode, (double)arc->line_km,
                     is_port(net, arc->from) + is_port(net, arc->to));
}

double autki_passing_cost(const autk_network *net, int32_t terminal)
{
    return is_port(net, terminal) ? 2.0 * leg_price(net, AUTK_MODE_SEA, 0.0, 1).cost
                                  : net->terminals[terminal].price.cost;
}

/* By the cheaper mode of those that both ends have: two ways beside each other are not a choice. */
static void price_access(autki_access *a, const autk_network *net)
{
    bool possible[] = {
        [AUTK_MODE_SEA] = false, [AUTK_MODE_RAIL] = a->can_rail, [AUTK_MODE_ROAD] = a->can_road};
    if (a->mode < 0)
        return;
    a->price.cost = INFINITY;
    for (int m = AUTK_MODE_RAIL; m <= AUTK_MODE_ROAD; m++) {
        if (!possible[m])
            continue;
        autki_price price = leg_price(net, (autk_mode)m, a->line_km, a->n_ports);
        if (price.cost < a->price.cost) {
            a->price = price;
            a->mode = m;
        }
    }
}

/* ------------------------------------------------------------------ passages */

static autki_price border_price(const autk_network *net, const autki_terminal *t)
{
    double money =
        value_of(net, t->in_union ? AUTK_COST_union_border_usd_per_t : AUTK_COST_border_usd_per_t);
    double hours = value_of(net, t->in_union ? AUTK_COST_union_border_h : AUTK_COST_border_h);
    if (t->gauge_changes) {
        money += value_of(net, AUTK_COST_gauge_usd_per_t);
        hours += value_of(net, AUTK_COST_gauge_h);
    }
    return price_of(net, 0.0, money, hours);
}

static autki_price gate_price(const autk_network *net, const char *toll)
{
    switch (toll[0]) {
    case 'c':
        return price_of(net, 0.0, value_of(net, AUTK_COST_canal_usd_per_t),
                        value_of(net, AUTK_COST_canal_h));
    case 'i':
        return price_of(net, 0.0, value_of(net, AUTK_COST_ice_usd_per_t),
                        value_of(net, AUTK_COST_ice_h));
    default:
        return price_of(net, 0.0, value_of(net, AUTK_COST_strait_usd_per_t),
                        value_of(net, AUTK_COST_strait_h));
    }
}

static void price_terminals(autk_network *net)
{
    for (int32_t i = 0; i < net->n_terminals; i++) {
        autki_terminal *t = &net->terminals[i];
        autk_place_kind kind = net->places[t->place].kind;
        if (kind == AUTK_PLACE_GATE)
            t->price = gate_price(net, net->gate_toll[t->place]);
        else if (kind == AUTK_PLACE_CROSSING)
            t->price = border_price(net, t);
    }
}

/* ------------------------------------------------------------------ the whole network */

/* The cost of an arc is its length times the mode's cost and a half of what its ends cost. */
static void price_arcs(autk_network *net, double *half)
{
    double per_km[AUTK_MODE_BORDER], handling = leg_price(net, AUTK_MODE_SEA, 0.0, 1).cost;
    for (int m = AUTK_MODE_SEA; m < AUTK_MODE_BORDER; m++)
        per_km[m] = leg_price(net, (autk_mode)m, 1.0, 0).cost;
    for (int32_t t = 0; t < net->n_terminals; t++)
        half[t] = net->terminals[t].price.cost / 2 + (is_port(net, t) ? handling : 0.0);
    for (size_t k = 0; k < net->n_arcs; k++) {
        const autki_arc *arc = &net->arcs[k];
        net->arc_cost[k] =
            (double)arc->line_km * per_km[arc->mode] + half[arc->from] + half[arc->to];
    }
}

autk_status autki_price_network(autk_network *net, autk_err *err)
{
    double *half = autki_malloc((size_t)net->n_terminals + 1, sizeof *half);
    if (half == NULL)
        return autki_no_memory(err, (size_t)net->n_terminals * sizeof *half);
    price_terminals(net);
    price_arcs(net, half);
    for (size_t i = 0; i < net->n_access; i++) {
        autki_access *a = &net->access[i];
        price_access(a, net);
        net->access_cost[i] =
            a->price.cost + (a->enter >= 0 ? net->terminals[a->enter].price.cost / 2 : 0.0);
    }
    free(half);
    return AUTK_OK;
}

static void *copy_of(const void *from, size_t n, size_t size)
{
    void *to = autki_malloc(n + 1, size);
    if (to != NULL)
        memcpy(to, from, n * size);
    return to;
}

autk_status autk_network_at_costs(autk_network **out, const autk_network *network,
                                  const autk_costs *costs, autk_err *err)
{
    autk_network *view = copy_of(network, 1, sizeof *network);
    if (view == NULL)
        return autki_no_memory(err, sizeof *network);
    view->base = network;
    view->costs = *costs;
    view->terminals =
        copy_of(network->terminals, (size_t)network->n_terminals, sizeof *network->terminals);
    view->access = copy_of(network->access, network->n_access, sizeof *network->access);
    view->access_cost = autki_malloc(network->n_access + 1, sizeof *network->access_cost);
    view->arc_cost = autki_malloc(network->n_arcs + 1, sizeof *network->arc_cost);
    autk_status st = AUTK_OK;
    if (view->terminals == NULL || view->access == NULL || view->access_cost == NULL ||
        view->arc_cost == NULL)
        st = autki_no_memory(err, network->n_arcs * sizeof *network->arc_cost);
    if (st == AUTK_OK)
        st = autki_price_network(view, err);
    if (st != AUTK_OK) {
        autk_network_free(view);
        return st;
    }
    *out = view;
    return AUTK_OK;
}
