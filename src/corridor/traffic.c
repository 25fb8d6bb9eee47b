/* What of a trade passes each place, and what its closing does to that trade. */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/fail.h"
#include "base/mem.h"
#include "corridor/pairs.h"

/* ------------------------------------------------------------------ trade between cities */

/* [n x n] between cities out of [n_economies x n_economies]; only what has a route. */
static double trade_of_cities(double *trade, const autk_pair_costs *p, const double *value_usd)
{
    double total = 0;
    for (size_t i = 0; i < p->n; i++) {
        for (size_t j = 0; j < p->n; j++) {
            double value =
                value_usd[(size_t)p->economy[i] * p->n_economies + (size_t)p->economy[j]];
            bool counts = i != j && value > 0 && isfinite(p->cost[i * p->n + j]);
            trade[i * p->n + j] = counts ? value : 0;
            total += counts ? value : 0;
        }
    }
    return total;
}

/* ------------------------------------------------------------------ loads of terminals */

typedef struct near_first {
    double dist;
    int32_t terminal;
} near_first;

static int by_distance_down(const void *a, const void *b)
{
    const near_first *x = a, *y = b;
    if (x->dist != y->dist)
        return x->dist < y->dist ? 1 : -1;
    return (x->terminal > y->terminal) - (x->terminal < y->terminal);
}

/* Down the tree of one city: what arrives at the far ends is carried by all before them. */
static void load_tree(double *load, double *carried, near_first *order, const autk_pair_costs *p,
                      size_t from, const double *trade)
{
    const autk_network *net = p->net;
    size_t n = (size_t)net->n_terminals;
    autki_search s = {.n = net->n_terminals, .dist = p->dist + from * n, .via = p->via + from * n};
    autki_weights weights = autki_closed_weights(net, p->closures);
    for (size_t t = 0; t < n; t++) {
        order[t] = (near_first){.dist = s.dist[t], .terminal = (int32_t)t};
        carried[t] = 0;
    }
    qsort(order, n, sizeof *order, by_distance_down);
    for (size_t j = 0; j < p->n; j++) {
        int32_t way;
        if (!(trade[from * p->n + j] > 0))
            continue;
        (void)autki_search_arrive(&way, &s, net, weights, p->cities[from], p->cities[j]);
        if (way >= 0)
            carried[net->access[way].leave] += trade[from * p->n + j];
    }
    for (size_t i = 0; i < n; i++) {
        int32_t t = order[i].terminal;
        load[t] += carried[t];
        if (carried[t] > 0 && s.via[t] >= 0)
            carried[net->arcs[s.via[t]].from] += carried[t];
    }
}

static autk_status load_shortest(double *load, const autk_pair_costs *p, const double *trade,
                                 autk_err *err)
{
    size_t n = (size_t)p->net->n_terminals;
    double *carried = autki_malloc(n, sizeof *carried);
    near_first *order = autki_malloc(n, sizeof *order);
    autk_status st =
        carried != NULL && order != NULL ? AUTK_OK : autki_no_memory(err, n * sizeof *order);
    for (size_t i = 0; st == AUTK_OK && i < p->n; i++)
        load_tree(load, carried, order, p, i, trade);
    free(carried);
    free(order);
    return st;
}

/* Expected passages: sum over pairs of X_ij F_i[t] B_j[t] / W_ij. */
static void load_probable(double *load, const autk_pair_costs *p, const double *trade)
{
    size_t n = p->n;
    for (int32_t t = 0; t < p->net->n_terminals; t++) {
        const double *flow = p->flows.flow + (size_t)t * n;
        double sum = 0;
        for (size_t i = 0; i < n; i++) {
            double row = 0;
            for (size_t j = 0; j < n && flow[i] > 0; j++) {
                if (trade[i * n + j] > 0)
                    row += trade[i * n + j] / p->sum[i * n + j] * autki_flows_back(&p->flows, j, t);
            }
            sum += flow[i] * row;
        }
        load[t] = sum;
    }
}

/* ------------------------------------------------------------------ places */

static int by_value_down(const void *a, const void *b)
{
    const autk_traffic *x = a, *y = b;
    if (x->value_usd != y->value_usd)
        return x->value_usd < y->value_usd ? 1 : -1;
    return (x->place > y->place) - (x->place < y->place);
}

/* Places with enough traffic, most first. */
static size_t collect(autk_traffic *out, const autk_network *net, const double *load, double total,
                      double min_share)
{
    size_t n = 0;
    for (size_t i = 0; i < net->n_places; i++)
        out[i] = (autk_traffic){.place = (int32_t)i};
    for (int32_t t = 0; t < net->n_terminals; t++)
        out[autki_first_passage(net, net->terminals[t].place)].value_usd += load[t];
    for (size_t i = 0; i < net->n_places; i++) {
        out[i].share = out[i].value_usd / total;
        if (out[i].value_usd > 0 && out[i].share >= min_share)
            out[n++] = out[i];
    }
    qsort(out, n, sizeof *out, by_value_down);
    return n;
}

static autk_status judge_place(autk_traffic *traffic, double *cost, int32_t *passages,
                               const autk_pair_costs *p, const double *trade, double total,
                               autk_err *err)
{
    const autk_network *net = p->net;
    double value = net->costs.value[AUTK_COST_value_usd_per_t];
    double elasticity = net->costs.value[AUTK_COST_trade_elasticity];
    double before = 0, after = 0, access = 0, cut = 0;
    size_t n_passages = 0;
    for (size_t i = 0; i < net->n_places; i++) {
        if (autki_first_passage(net, (int32_t)i) == traffic->place)
            passages[n_passages++] = (int32_t)i;
    }
    autk_status st = autki_pairs_without(cost, p, passages, n_passages, err);
    if (st != AUTK_OK)
        return st;
    for (size_t k = 0; k < p->n * p->n; k++) {
        if (!(trade[k] > 0))
            continue;
        if (!isfinite(cost[k])) {
            cut += trade[k];
            continue;
        }
        before += trade[k] * p->cost[k];
        after += trade[k] * cost[k];
        access += trade[k] * exp(-elasticity * (cost[k] - p->cost[k]) / value);
    }
    traffic->cut_off = cut / total;
    traffic->cost_rise = before > 0 ? after / before - 1 : NAN;
    traffic->access_lost = 1 - access / total;
    return AUTK_OK;
}

static autk_status judge_all(autk_traffic *out, size_t n, const autk_pair_costs *p,
                             const double *trade, double total, autk_err *err)
{
    double *cost = autki_malloc(p->n * p->n, sizeof *cost);
    int32_t *passages = autki_malloc(p->net->n_places, sizeof *passages);
    autk_status st = cost != NULL && passages != NULL
                         ? AUTK_OK
                         : autki_no_memory(err, p->n * p->n * sizeof *cost);
    for (size_t i = 0; st == AUTK_OK && i < n; i++)
        st = judge_place(&out[i], cost, passages, p, trade, total, err);
    free(cost);
    free(passages);
    return st;
}

/* ------------------------------------------------------------------ one economy's use */

static size_t city_number(const autk_pair_costs *p, int32_t economy)
{
    size_t i = 0;
    while (i < p->n && p->economy[i] != economy)
        i++;
    return i;
}

static void add_use(double *use, const autk_pair_costs *p, int32_t terminal, size_t partner,
                    double part)
{
    int32_t place = autki_first_passage(p->net, p->net->terminals[terminal].place);
    use[(size_t)place * p->n_economies + (size_t)p->economy[partner]] += part;
}

static void use_shortest(double *use, const autk_pair_costs *p, size_t home, size_t partner)
{
    const autk_network *net = p->net;
    size_t n = (size_t)net->n_terminals;
    autki_search s = {.n = net->n_terminals, .dist = p->dist + home * n, .via = p->via + home * n};
    autki_use_way(use + p->economy[partner], p->n_economies, &s, net,
                  autki_closed_weights(net, p->closures), p->cities[home], p->cities[partner]);
}

static void use_probable(double *use, const autk_pair_costs *p, size_t home, size_t partner)
{
    for (int32_t t = 0; t < p->net->n_terminals; t++) {
        double part = p->flows.flow[(size_t)t * p->n + home] *
                      autki_flows_back(&p->flows, partner, t) / p->sum[home * p->n + partner];
        if (part > 1e-9)
            add_use(use, p, t, partner, part);
    }
}

autk_status autk_corridor_use(double *use, const autk_pair_costs *pairs, int32_t economy,
                              autk_err *err)
{
    size_t home = city_number(pairs, economy);
    if (home == pairs->n)
        return autki_fail(err, AUTK_EARG, "expected an economy with a main city in the network");
    memset(use, 0, pairs->net->n_places * pairs->n_economies * sizeof *use);
    for (size_t j = 0; j < pairs->n; j++) {
        if (j == home || !isfinite(pairs->cost[home * pairs->n + j]))
            continue;
        if (pairs->model == AUTK_ROUTE_SHORTEST)
            use_shortest(use, pairs, home, j);
        else
            use_probable(use, pairs, home, j);
    }
    return AUTK_OK;
}

/* Dinkelbach: each round takes the best corner for the share so far; it never gets worse, and
 * stops after few rounds. */
static double extreme_share(const double *use, const double *low, const double *high, size_t n,
                            bool most)
{
    double share = most ? 0 : INFINITY;
    for (int round = 0; round < 100; round++) {
        double sum = 0, total = 0;
        for (size_t i = 0; i < n; i++) {
            if (isnan(low[i]) || isnan(high[i]) || isnan(use[i]))
                continue;
            bool take = most ? use[i] > share : use[i] < share;
            double x = take ? high[i] : low[i];
            sum += use[i] * x;
            total += x;
        }
        double next = total > 0 ? sum / total : NAN;
        if (!(most ? next > share : next < share))
            break;
        share = next;
    }
    return isfinite(share) ? share : NAN;
}

void autk_corridor_share_bounds(double *low, double *high, const double *use,
                                const double *value_low, const double *value_high, size_t n)
{
    *low = extreme_share(use, value_low, value_high, n, false);
    *high = extreme_share(use, value_low, value_high, n, true);
}

autk_status autk_corridor_traffic(autk_traffic **out, size_t *n, const autk_pair_costs *pairs,
                                  const double *value_usd, double min_share, bool judge,
                                  autk_err *err)
{
    size_t n_places = pairs->net->n_places;
    double *trade = autki_malloc(pairs->n * pairs->n, sizeof *trade);
    double *load = autki_calloc((size_t)pairs->net->n_terminals, sizeof *load);
    autk_traffic *found = autki_calloc(n_places, sizeof *found);
    size_t n_found = 0;
    double total = 0;
    autk_status st = AUTK_OK;
    if (trade == NULL || load == NULL || found == NULL)
        st = autki_no_memory(err, n_places * sizeof *found);
    if (st == AUTK_OK)
        total = trade_of_cities(trade, pairs, value_usd);
    if (st == AUTK_OK && !(total > 0))
        st = autki_fail(err, AUTK_ENOANSWER, "no trade that is given has a route");
    if (st == AUTK_OK && pairs->model == AUTK_ROUTE_SHORTEST)
        st = load_shortest(load, pairs, trade, err);
    else if (st == AUTK_OK)
        load_probable(load, pairs, trade);
    if (st == AUTK_OK)
        n_found = collect(found, pairs->net, load, total, min_share);
    if (st == AUTK_OK && judge)
        st = judge_all(found, n_found, pairs, trade, total, err);
    free(trade);
    free(load);
    if (st != AUTK_OK) {
        free(found);
        return st;
    }
    *out = found;
    *n = n_found;
    return AUTK_OK;
}
