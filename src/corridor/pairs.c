/* Costs between all main cities, and once more after closures. */
#include "corridor/pairs.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/fail.h"
#include "base/linear.h"
#include "base/mem.h"
#include "base/parallel.h"

#define CITIES_PER_CHUNK 8

double autki_cost_of_sum(const autk_network *net, double sum)
{
    return sum > 0 ? -net->costs.value[AUTK_COST_route_scale_usd_per_t] * log(sum) : INFINITY;
}

static bool is_closed(const autk_closures *c, int32_t place)
{
    return c != NULL && c->closed_place[place] != 0;
}

/* ------------------------------------------------------------------ shortest */

/* Arrivals of one search at all cities: one row of costs. */
static void arrive_everywhere(double *row, const autki_search *s, const autk_pair_costs *p,
                              autki_weights weights, size_t from)
{
    int32_t way;
    for (size_t j = 0; j < p->n; j++)
        row[j] = j == from
                     ? 0
                     : autki_search_arrive(&way, s, p->net, weights, p->cities[from], p->cities[j]);
}

static autk_status solve_chunk(size_t chunk, void *ctx, autk_err *err)
{
    autk_pair_costs *p = ctx;
    size_t n_terminals = (size_t)p->net->n_terminals;
    autki_weights weights = autki_closed_weights(p->net, p->closures);
    autki_search s;
    autk_status st = autki_search_init(&s, p->net->n_terminals, err);
    if (st != AUTK_OK)
        return st;
    size_t stop = (chunk + 1) * CITIES_PER_CHUNK;
    for (size_t i = chunk * CITIES_PER_CHUNK; i < stop && i < p->n; i++) {
        autki_search_run(&s, p->net, weights, p->cities[i]);
        memcpy(p->dist + i * n_terminals, s.dist, n_terminals * sizeof *s.dist);
        memcpy(p->via + i * n_terminals, s.via, n_terminals * sizeof *s.via);
        arrive_everywhere(p->cost + i * p->n, &s, p, weights, i);
    }
    autki_search_deinit(&s);
    return AUTK_OK;
}

static autk_status solve_shortest(autk_pair_costs *p, int n_threads, autk_err *err)
{
    size_t size = p->n * (size_t)p->net->n_terminals;
    p->dist = autki_malloc(size, sizeof *p->dist);
    p->via = autki_malloc(size, sizeof *p->via);
    if (p->dist == NULL || p->via == NULL)
        return autki_no_memory(err, size * sizeof *p->dist);
    return autki_parallel_for((p->n + CITIES_PER_CHUNK - 1) / CITIES_PER_CHUNK, n_threads,
                              solve_chunk, p, err);
}

static autk_status repair_all(double *cost, const autk_pair_costs *p, const autk_closures *closures,
                              autk_err *err)
{
    size_t n_terminals = (size_t)p->net->n_terminals;
    autki_weights weights = autki_closed_weights(p->net, closures);
    autki_search s;
    autk_status st = autki_search_init(&s, p->net->n_terminals, err);
    if (st != AUTK_OK)
        return st;
    for (size_t i = 0; i < p->n; i++) {
        memcpy(s.dist, p->dist + i * n_terminals, n_terminals * sizeof *s.dist);
        memcpy(s.via, p->via + i * n_terminals, n_terminals * sizeof *s.via);
        for (size_t t = 0; t < n_terminals; t++)
            s.where[t] = -1;
        autki_search_repair(&s, p->net, weights, p->cities[i], closures->changed,
                            closures->n_changed);
        arrive_everywhere(cost + i * p->n, &s, p, weights, i);
    }
    autki_search_deinit(&s);
    return AUTK_OK;
}

/* ------------------------------------------------------------------ probabilistic */

#define SMALLEST_SUM 1e-280

/* Number of other cities from which the sum over ways to city i is none. */
static size_t count_lost(const autk_pair_costs *p, const double *sum, size_t i)
{
    size_t n = 0;
    for (size_t j = 0; j < p->n; j++)
        n += (size_t)(i != j && !(sum[i * p->n + j] > SMALLEST_SUM));
    return n;
}

/* A city among the lost pairs that are not settled yet, that with the most of them: one search from
 * it settles them all, as costs are the same both ways. p->n = none. */
static size_t most_lost(const autk_pair_costs *p, const double *sum, size_t *lost)
{
    size_t best = p->n;
    for (size_t i = 0; i < p->n; i++) {
        if (lost[i] > 0 && (best == p->n || lost[i] > lost[best]))
            best = i;
    }
    for (size_t j = 0; best < p->n && j < p->n; j++) {
        if (j != best && lost[j] > 0 && !(sum[best * p->n + j] > SMALLEST_SUM))
            lost[j]--;
    }
    if (best < p->n)
        lost[best] = 0;
    return best;
}

/* A way that has a finite cost must have a weight. */
static autk_status check_sums(const autk_pair_costs *p, const double *sum, autki_weights weights,
                              autk_err *err)
{
    autki_search s = {0};
    int32_t way;
    size_t *lost = autki_malloc(p->n + 1, sizeof *lost);
    autk_status st = lost != NULL ? AUTK_OK : autki_no_memory(err, p->n * sizeof *lost);
    for (size_t i = 0; st == AUTK_OK && i < p->n; i++)
        lost[i] = count_lost(p, sum, i);
    if (st == AUTK_OK)
        st = autki_search_init(&s, p->net->n_terminals, err);
    for (size_t i = 0; st == AUTK_OK && (i = most_lost(p, sum, lost)) < p->n;) {
        autki_search_run(&s, p->net, weights, p->cities[i]);
        for (size_t j = 0; j < p->n && st == AUTK_OK; j++) {
            bool none = i != j && !(sum[i * p->n + j] > SMALLEST_SUM);
            if (none && isfinite(autki_search_arrive(&way, &s, p->net, weights, p->cities[i],
                                                     p->cities[j])))
                st = autki_fail(err, AUTK_ENUMERIC,
                                "expected a route scale large enough for every route to count, got "
                                "route_scale_usd_per_t = %g: set a larger one or take the shortest "
                                "routes",
                                p->net->costs.value[AUTK_COST_route_scale_usd_per_t]);
        }
    }
    autki_search_deinit(&s);
    free(lost);
    return st;
}

/* W is symmetric: its lower half is read. */
static void costs_of_sums(double *cost, const autk_pair_costs *p, const double *sum)
{
    for (size_t i = 0; i < p->n; i++) {
        cost[i * p->n + i] = 0;
        for (size_t j = 0; j < i; j++)
            cost[i * p->n + j] = cost[j * p->n + i] = autki_cost_of_sum(p->net, sum[i * p->n + j]);
    }
}

static void take_sums(double *sum, size_t n, const autki_factor *factor)
{
    for (size_t i = 0; i < n; i++) {
        for (size_t j = 0; j <= i; j++)
            sum[i * n + j] = sum[j * n + i] = autki_factor_kept(factor, i, j);
    }
}

static autk_status solve_probable(autk_pair_costs *p, autk_err *err)
{
    autki_weights weights = autki_closed_weights(p->net, p->closures);
    p->sum = autki_malloc(p->n * p->n, sizeof *p->sum);
    if (p->sum == NULL)
        return autki_no_memory(err, p->n * p->n * sizeof *p->sum);
    autk_status st = autki_flows_init(&p->flows, p->net, weights, p->cities, p->n, err);
    if (st != AUTK_OK)
        return st;
    take_sums(p->sum, p->n, &p->flows.factor);
    st = check_sums(p, p->sum, weights, err);
    if (st == AUTK_OK)
        costs_of_sums(p->cost, p, p->sum);
    return st;
}

/* ------------------------------------------------------------------ the object */

static autk_status list_cities(autk_pair_costs *p, autk_err *err)
{
    const autk_network *net = p->net;
    p->cities = autki_malloc(net->n_codes, sizeof *p->cities);
    p->economy = autki_malloc(net->n_codes, sizeof *p->economy);
    if (p->cities == NULL || p->economy == NULL)
        return autki_no_memory(err, net->n_codes * sizeof *p->cities);
    for (size_t c = 0; c < net->n_codes; c++) {
        int32_t economy = net->world != NULL ? net->code_economy[c] : (int32_t)c;
        if (net->code_city[c] < 0 || economy < 0)
            continue;
        p->cities[p->n] = net->code_city[c];
        p->economy[p->n++] = economy;
    }
    p->n_economies = net->world != NULL ? (size_t)autk_world_n_economies(net->world) : net->n_codes;
    p->cost = autki_malloc(p->n * p->n, sizeof *p->cost);
    return p->cost != NULL ? AUTK_OK : autki_no_memory(err, p->n * p->n * sizeof *p->cost);
}

autk_status autk_pair_costs_create(autk_pair_costs **out, const autk_network *network,
                                   autk_route_model model, const autk_closures *closures,
                                   int n_threads, autk_err *err)
{
    if ((unsigned)model >= AUTK_ROUTE_MODEL_COUNT)
        return autki_fail(err, AUTK_EARG, "expected a model of routes, got %d", (int)model);
    autk_pair_costs *p = autki_calloc(1, sizeof *p);
    if (p == NULL)
        return autki_no_memory(err, sizeof *p);
    p->net = network;
    p->model = model;
    p->closures = closures;
    autk_status st = list_cities(p, err);
    if (st == AUTK_OK)
        st = model == AUTK_ROUTE_SHORTEST ? solve_shortest(p, n_threads, err)
                                          : solve_probable(p, err);
    if (st != AUTK_OK) {
        autk_pair_costs_free(p);
        return st;
    }
    *out = p;
    return AUTK_OK;
}

void autk_pair_costs_free(autk_pair_costs *p)
{
    if (p == NULL)
        return;
    free(p->cities);
    free(p->economy);
    free(p->cost);
    free(p->dist);
    free(p->via);
    free(p->sum);
    autki_flows_deinit(&p->flows);
    free(p);
}

double autk_pair_cost(const autk_pair_costs *pairs, int32_t origin, int32_t destination)
{
    size_t i = 0, j = 0;
    while (i < pairs->n && pairs->economy[i] != origin)
        i++;
    while (j < pairs->n && pairs->economy[j] != destination)
        j++;
    return i < pairs->n && j < pairs->n ? pairs->cost[i * pairs->n + j] : NAN;
}

/* ------------------------------------------------------------------ after closures */

/* N_TT: rows T of (I - A)^-1 at columns T. */
static autk_status inverse_at(double *block, const autk_pair_costs *p, const int32_t *closed,
                              size_t k, autk_err *err)
{
    size_t n = (size_t)p->net->n_terminals;
    double *x = autki_calloc(n * k, sizeof *x);
    if (x == NULL)
        return autki_no_memory(err, n * k * sizeof *x);
    for (size_t c = 0; c < k; c++)
        x[(size_t)closed[c] * k + c] = 1;
    autk_status st = autki_factor_solve(x, k, &p->flows.factor, err);
    for (size_t r = 0; st == AUTK_OK && r < k; r++) { /* column r of x is row closed[r] of N */
        for (size_t c = 0; c < k; c++)
            block[r * k + c] = x[(size_t)closed[c] * k + r];
    }
    free(x);
    return st;
}

/* A sum that loses all but this part has lost too many digits with it: 1e-13 / 1e-4 is 1e-9. */
#define LEAST_LEFT 1e-4

/* W' = W - F_T N_TT^-1 B_T for closed terminals T; *cancelled: where most of a sum went. */
static autk_status update(double *sum, bool *cancelled, const autk_pair_costs *p,
                          const int32_t *closed, size_t k, autk_err *err)
{
    size_t n = p->n;
    double *block = autki_malloc(k * k + 1, sizeof *block);
    double *back = autki_malloc(k * n + 1, sizeof *back);
    autk_status st = AUTK_OK;
    if (block == NULL || back == NULL)
        st = autki_no_memory(err, k * n * sizeof *back);
    if (st == AUTK_OK)
        st = inverse_at(block, p, closed, k, err);
    for (size_t c = 0; st == AUTK_OK && c < k; c++) {
        for (size_t j = 0; j < n; j++)
            back[c * n + j] = autki_flows_back(&p->flows, j, closed[c]);
    }
    if (st == AUTK_OK && !autki_solve_linear(block, back, k, n, 0))
        st = autki_fail(err, AUTK_ENUMERIC, "the closed terminals leave a singular system");
    *cancelled = false;
    for (size_t i = 0; st == AUTK_OK && i < n; i++) {
        for (size_t j = 0; j < i; j++) {
            double lost = 0, was = p->sum[i * n + j];
            for (size_t c = 0; c < k; c++)
                lost += p->flows.flow[(size_t)closed[c] * n + i] * back[c * n + j];
            sum[i * n + j] = was - lost;
            *cancelled = *cancelled || (was > 0 && !(was - lost > LEAST_LEFT * was));
        }
    }
    free(block);
    free(back);
    return st;
}

/* All terminals left out once more, in the same order: no digits are lost. */
static autk_status afresh(double *cost, double *sum, const autk_pair_costs *p,
                          const autk_closures *closures, autk_err *err)
{
    autki_factor factor;
    autki_weights weights = autki_closed_weights(p->net, closures);
    autk_status st = autki_factor_init(&factor, p->flows.plan, weights, err);
    if (st != AUTK_OK)
        return st;
    take_sums(sum, p->n, &factor);
    autki_factor_deinit(&factor);
    st = check_sums(p, sum, weights, err);
    if (st == AUTK_OK)
        costs_of_sums(cost, p, sum);
    return st;
}

/* Terminals that the closures close and the pairs had open; false when arcs changed besides. */
static bool newly_closed(int32_t *closed, size_t *k, const autk_pair_costs *p,
                         const autk_closures *c)
{
    const autk_network *net = p->net;
    autki_weights before = autki_closed_weights(net, p->closures);
    *k = 0;
    for (int32_t t = 0; t < net->n_terminals; t++) {
        bool was = p->closures != NULL && p->closures->closed_terminal[t];
        if (c->closed_terminal[t] && !was)
            closed[(*k)++] = t;
    }
    for (size_t i = 0; i < c->n_changed; i++) {
        const autki_arc *arc = &net->arcs[c->changed[i]];
        bool rose = c->arc_cost[c->changed[i]] > before.arc[c->changed[i]];
        if (rose && !c->closed_terminal[arc->from] && !c->closed_terminal[arc->to])
            return false;
    }
    for (size_t a = 0; a < net->n_access; a++) {
        bool rose = c->access_cost[a] > before.access[a];
        if (rose && isfinite(c->access_cost[a]))
            return false;
    }
    return true;
}

#define MOST_UPDATED 8 /* terminals, above which leaving all out again takes no longer */

static autk_status probable_after(double *cost, const autk_pair_costs *p,
                                  const autk_closures *closures, autk_err *err)
{
    size_t k = 0;
    bool cancelled = true;
    int32_t *closed = autki_malloc((size_t)p->net->n_terminals + 1, sizeof *closed);
    double *sum = autki_malloc(p->n * p->n, sizeof *sum);
    autk_status st = AUTK_OK;
    if (closed == NULL || sum == NULL)
        st = autki_no_memory(err, p->n * p->n * sizeof *sum);
    if (st == AUTK_OK && newly_closed(closed, &k, p, closures) && k <= MOST_UPDATED)
        st = update(sum, &cancelled, p, closed, k, err);
    if (st == AUTK_OK && cancelled)
        st = afresh(cost, sum, p, closures, err);
    else if (st == AUTK_OK)
        costs_of_sums(cost, p, sum);
    free(closed);
    free(sum);
    return st;
}

static autk_status cost_after(double *cost, const autk_pair_costs *p, const autk_closures *closures,
                              autk_err *err)
{
    return p->model == AUTK_ROUTE_SHORTEST ? repair_all(cost, p, closures, err)
                                           : probable_after(cost, p, closures, err);
}

autk_status autki_pairs_without(double *cost, const autk_pair_costs *p, const int32_t *places,
                                size_t n_places, autk_err *err)
{
    autk_closures *c = NULL;
    autk_status st = autki_closures_copy(&c, p->net, p->closures, err);
    for (size_t i = 0; st == AUTK_OK && i < n_places; i++)
        st = autki_closures_place(c, places[i], true, true, false, err);
    if (st == AUTK_OK)
        st = cost_after(cost, p, c, err);
    autk_closures_free(c);
    return st;
}

/* [n x n] of cities into [n_economies x n_economies]. */
static void spread_out(double *out, const autk_pair_costs *p, const double *cost, double missing,
                       const autk_closures *closures)
{
    size_t n = p->n_economies;
    for (size_t i = 0; i < n * n; i++)
        out[i] = missing;
    for (size_t i = 0; i < p->n; i++) {
        for (size_t j = 0; j < p->n; j++) {
            bool closed = is_closed(closures, p->cities[i]) || is_closed(closures, p->cities[j]);
            out[(size_t)p->economy[i] * n + (size_t)p->economy[j]] =
                closed && i != j ? INFINITY : cost[i * p->n + j];
        }
    }
}

static autk_status check_closures(const autk_pair_costs *p, const autk_closures *closures,
                                  autk_err *err)
{
    if (closures->net != p->net)
        return autki_fail(err, AUTK_EARG, "expected closures of the same network");
    for (size_t k = 0; k < p->net->n_arcs && p->closures != NULL; k++) {
        if (closures->arc_cost[k] < p->closures->arc_cost[k])
            return autki_fail(err, AUTK_EARG,
                              "expected closures that include those in force before");
    }
    return AUTK_OK;
}

autk_status autk_pair_costs_after(double *cost_usd_per_t, const autk_pair_costs *pairs,
                                  const autk_closures *closures, autk_err *err)
{
    autk_status st = check_closures(pairs, closures, err);
    if (st != AUTK_OK)
        return st;
    double *cost = autki_malloc(pairs->n * pairs->n, sizeof *cost);
    if (cost == NULL)
        return autki_no_memory(err, pairs->n * pairs->n * sizeof *cost);
    st = cost_after(cost, pairs, closures, err);
    if (st == AUTK_OK)
        spread_out(cost_usd_per_t, pairs, cost, NAN, closures);
    free(cost);
    return st;
}

autk_status autk_corridor_d_hat(double *d_hat, const autk_pair_costs *pairs,
                                const autk_closures *closures, autk_err *err)
{
    autk_status st = check_closures(pairs, closures, err);
    if (st != AUTK_OK)
        return st;
    size_t n = pairs->n * pairs->n;
    double value = pairs->net->costs.value[AUTK_COST_value_usd_per_t];
    double *cost = autki_malloc(n, sizeof *cost);
    if (cost == NULL)
        return autki_no_memory(err, n * sizeof *cost);
    st = cost_after(cost, pairs, closures, err);
    for (size_t i = 0; st == AUTK_OK && i < n; i++)
        cost[i] = isfinite(pairs->cost[i]) ? exp((cost[i] - pairs->cost[i]) / value) : 1;
    if (st == AUTK_OK)
        spread_out(d_hat, pairs, cost, 1, NULL);
    free(cost);
    return st;
}
