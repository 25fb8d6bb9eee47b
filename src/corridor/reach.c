/* One economy's cheapest ways to all others: what they cost, what they pass, what closures take. */
#include <math.h>
#include <string.h>

#include "base/fail.h"
#include "corridor/pairs.h"

int32_t autki_first_passage(const autk_network *net, int32_t place)
{
    if (net->places[place].kind != AUTK_PLACE_GATE)
        return place;
    for (int32_t i = 0; i < place; i++) {
        if (net->places[i].kind == AUTK_PLACE_GATE &&
            strcmp(net->places[i].name, net->places[place].name) == 0)
            return i;
    }
    return place;
}

void autki_use_way(double *use, size_t stride, const autki_search *search, const autk_network *net,
                   autki_weights weights, int32_t from, int32_t to)
{
    int32_t way;
    (void)autki_search_arrive(&way, search, net, weights, from, to);
    if (way < 0)
        return;
    for (int32_t t = net->access[way].leave;; t = net->arcs[search->via[t]].from) {
        use[(size_t)autki_first_passage(net, net->terminals[t].place) * stride] += 1.0;
        if (search->via[t] < 0)
            return;
    }
}

/* One row, once the search has run. */
static void arrive(double *cost, double *use, const autki_search *s, const autk_network *net,
                   autki_weights weights, int32_t economy)
{
    size_t n = (size_t)autk_world_n_economies(net->world);
    int32_t from = autk_network_city(net, economy);
    for (size_t i = 0; i < n; i++)
        cost[i] = NAN;
    cost[economy] = 0.0;
    if (use != NULL)
        memset(use, 0, net->n_places * n * sizeof *use);
    for (size_t c = 0; c < net->n_codes; c++) {
        int32_t to = net->code_city[c], other = net->code_economy[c], way;
        if (to < 0 || other < 0 || to == from)
            continue;
        cost[other] = autki_search_arrive(&way, s, net, weights, from, to);
        if (use != NULL && isfinite(cost[other]))
            autki_use_way(use + other, n, s, net, weights, from, to);
    }
}

autk_status autk_reach_find(autk_reach *before, autk_reach *after, const autk_network *network,
                            int32_t economy, const autk_closures *closures, autk_err *err)
{
    int32_t from = network->world != NULL ? autk_network_city(network, economy) : -1;
    if (from < 0)
        return autki_fail(err, AUTK_ENOTFOUND,
                          "expected an economy with a main city in the network");
    if (closures != NULL && closures->net != network)
        return autki_fail(err, AUTK_EARG, "expected closures of the same network");
    autki_search s;
    autk_status st = autki_search_init(&s, network->n_terminals, err);
    if (st != AUTK_OK)
        return st;
    autki_search_run(&s, network, autki_open_weights(network), from);
    arrive(before->cost_usd_per_t, before->use, &s, network, autki_open_weights(network), economy);
    if (after != NULL) {
        autki_weights weights = autki_closed_weights(network, closures);
        if (closures != NULL)
            autki_search_repair(&s, network, weights, from, closures->changed, closures->n_changed);
        arrive(after->cost_usd_per_t, after->use, &s, network, weights, economy);
    }
    autki_search_deinit(&s);
    return AUTK_OK;
}

void autk_reach_lost(double *lost, const autk_costs *costs, const double *before,
                     const double *after, size_t n)
{
    double value = costs->value[AUTK_COST_value_usd_per_t];
    double elasticity = costs->value[AUTK_COST_trade_elasticity];
    for (size_t i = 0; i < n; i++)
        lost[i] =
            isfinite(before[i]) ? 1.0 - exp(-elasticity * (after[i] - before[i]) / value) : NAN;
}
