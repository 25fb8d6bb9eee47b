#include "corridor/reaches.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/fail.h"
#include "base/mem.h"
#include "corridor/shortest.h"

static void arrive(double *row, const autki_reaches *r, const autki_search *s,
                   autki_weights weights, int32_t economy)
{
    const autk_network *net = r->net;
    int32_t from = autk_network_city(net, economy), way;
    for (size_t k = 0; k < r->n_economies; k++)
        row[k] = NAN;
    row[economy] = 0.0;
    for (size_t c = 0; c < net->n_codes; c++) {
        int32_t to = net->code_city[c], other = net->code_economy[c];
        if (from >= 0 && to >= 0 && other >= 0 && to != from)
            row[other] = autki_search_arrive(&way, s, net, weights, from, to);
    }
}

static autk_status solve_all(autki_reaches *r, const autk_closures *closures, autk_err *err)
{
    size_t n_terminals = (size_t)r->net->n_terminals;
    autki_weights weights = autki_closed_weights(r->net, closures);
    autki_search s;
    autk_status st = autki_search_init(&s, r->net->n_terminals, err);
    if (st != AUTK_OK)
        return st;
    for (size_t i = 0; i < r->n; i++) {
        int32_t from = autk_network_city(r->net, r->economies[i]);
        if (from >= 0) {
            autki_search_run(&s, r->net, weights, from);
            memcpy(r->dist + i * n_terminals, s.dist, n_terminals * sizeof *s.dist);
            memcpy(r->via + i * n_terminals, s.via, n_terminals * sizeof *s.via);
        }
        arrive(r->cost + i * r->n_economies, r, &s, weights, r->economies[i]);
    }
    autki_search_deinit(&s);
    return AUTK_OK;
}

autk_status autki_reaches_create(autki_reaches **out, const autk_network *network,
                                 const int32_t *economies, size_t n, const autk_closures *closures,
                                 autk_err *err)
{
    size_t cells = n * (size_t)network->n_terminals;
    autki_reaches *r = autki_calloc(1, sizeof *r);
    if (r == NULL)
        return autki_no_memory(err, sizeof *r);
    r->net = network;
    r->n = n;
    r->n_economies = (size_t)autk_world_n_economies(network->world);
    r->economies = autki_malloc(n, sizeof *r->economies);
    r->dist = autki_malloc(cells, sizeof *r->dist);
    r->via = autki_malloc(cells, sizeof *r->via);
    r->cost = autki_malloc(n * r->n_economies, sizeof *r->cost);
    autk_status st = AUTK_OK;
    if (r->economies == NULL || r->dist == NULL || r->via == NULL || r->cost == NULL)
        st = autki_no_memory(err, cells * sizeof *r->dist);
    if (st == AUTK_OK) {
        memcpy(r->economies, economies, n * sizeof *economies);
        st = solve_all(r, closures, err);
    }
    if (st != AUTK_OK) {
        autki_reaches_free(r);
        return st;
    }
    *out = r;
    return AUTK_OK;
}

void autki_reaches_free(autki_reaches *reaches)
{
    if (reaches == NULL)
        return;
    free(reaches->economies);
    free(reaches->dist);
    free(reaches->via);
    free(reaches->cost);
    free(reaches);
}

autk_status autki_reaches_after(double *cost, const autki_reaches *r, const autk_closures *closures,
                                autk_err *err)
{
    size_t n_terminals = (size_t)r->net->n_terminals;
    autki_weights weights = autki_closed_weights(r->net, closures);
    autki_search s;
    autk_status st = autki_search_init(&s, r->net->n_terminals, err);
    if (st != AUTK_OK)
        return st;
    for (size_t i = 0; i < r->n; i++) {
        int32_t from = autk_network_city(r->net, r->economies[i]);
        if (from >= 0) {
            memcpy(s.dist, r->dist + i * n_terminals, n_terminals * sizeof *s.dist);
            memcpy(s.via, r->via + i * n_terminals, n_terminals * sizeof *s.via);
            for (size_t t = 0; t < n_terminals; t++)
                s.where[t] = -1;
            autki_search_repair(&s, r->net, weights, from, closures->changed, closures->n_changed);
        }
        arrive(cost + i * r->n_economies, r, &s, weights, r->economies[i]);
    }
    autki_search_deinit(&s);
    return AUTK_OK;
}
