#include "corridor/probable.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/fail.h"
#include "base/mem.h"

#define MAX_STEPS 1000
#define SMALLEST_TERM 1e-13

autk_status autki_flows_init(autki_flows *flows, const autk_network *net, autki_weights weights,
                             autk_err *err)
{
    double scale = net->costs.value[AUTK_COST_route_scale_usd_per_t];
    *flows = (autki_flows){.net = net};
    flows->weight = autki_malloc(net->n_arcs, sizeof *flows->weight);
    flows->access = autki_malloc(net->n_access, sizeof *flows->access);
    if (flows->weight == NULL || flows->access == NULL) {
        autki_flows_deinit(flows);
        return autki_no_memory(err, net->n_arcs * sizeof *flows->weight);
    }
    for (size_t k = 0; k < net->n_arcs; k++)
        flows->weight[k] = exp(-weights.arc[k] / scale);
    for (size_t a = 0; a < net->n_access; a++)
        flows->access[a] = exp(-weights.access[a] / scale);
    return AUTK_OK;
}

void autki_flows_deinit(autki_flows *flows)
{
    free(flows->weight);
    free(flows->access);
    free(flows->flow);
    memset(flows, 0, sizeof *flows);
}

/* next = term * A, for all columns. */
static void advance(double *next, const double *term, size_t n, const autki_flows *flows)
{
    const autk_network *net = flows->net;
    memset(next, 0, (size_t)net->n_terminals * n * sizeof *next);
    for (int32_t t = 0; t < net->n_terminals; t++) {
        const double *from = term + (size_t)t * n;
        for (size_t k = net->first_arc[t]; k < net->first_arc[t + 1]; k++) {
            double weight = flows->weight[k];
            double *to = next + (size_t)net->arc_to[k] * n;
            if (!(weight > 0))
                continue;
            for (size_t c = 0; c < n; c++)
                to[c] += weight * from[c];
        }
    }
}

/* sum += term; is every term small beside its sum? NaN is not. */
static bool add_term(double *sum, const double *term, size_t n)
{
    bool small = true;
    for (size_t i = 0; i < n; i++) {
        sum[i] += term[i];
        if (!(term[i] <= SMALLEST_TERM * sum[i]))
            small = false;
    }
    return small;
}

autk_status autki_flows_solve(double *x, size_t n, const autki_flows *flows, autk_err *err)
{
    size_t size = (size_t)flows->net->n_terminals * n;
    double *term = autki_malloc(size, sizeof *term), *next = autki_malloc(size, sizeof *next);
    autk_status st = AUTK_ENOCONV;
    if (term == NULL || next == NULL) {
        st = autki_no_memory(err, size * sizeof *term);
    } else {
        memcpy(term, x, size * sizeof *term);
        for (int step = 0; step < MAX_STEPS && st == AUTK_ENOCONV; step++) {
            advance(next, term, n, flows);
            double *swap = term;
            term = next;
            next = swap;
            if (add_term(x, term, size))
                st = AUTK_OK;
        }
        if (st == AUTK_ENOCONV)
            (void)autki_fail(err, st,
                             "expected a route scale small enough for the sum over routes to be "
                             "finite, got route_scale_usd_per_t = %g: set a smaller one",
                             flows->net->costs.value[AUTK_COST_route_scale_usd_per_t]);
    }
    free(term);
    free(next);
    return st;
}

autk_status autki_flows_from(autki_flows *flows, const int32_t *origins, size_t n, autk_err *err)
{
    const autk_network *net = flows->net;
    flows->flow = autki_calloc((size_t)net->n_terminals * n, sizeof *flows->flow);
    if (flows->flow == NULL)
        return autki_no_memory(err, (size_t)net->n_terminals * n * sizeof *flows->flow);
    flows->n_origins = n;
    for (size_t i = 0; i < n; i++) {
        size_t stop = net->first_access[origins[i] + 1];
        for (size_t a = net->first_access[origins[i]]; a < stop; a++) {
            if (net->access[a].enter >= 0)
                flows->flow[(size_t)net->access[a].enter * n + i] += flows->access[a];
        }
    }
    return autki_flows_solve(flows->flow, n, flows, err);
}

double autki_flows_sum(const autki_flows *flows, size_t origin, int32_t origin_place, int32_t place)
{
    const autk_network *net = flows->net;
    double sum = 0;
    for (size_t a = net->first_access[place]; a < net->first_access[place + 1]; a++) {
        int32_t t = net->access[a].leave;
        if (t >= 0)
            sum += flows->flow[(size_t)t * flows->n_origins + origin] * flows->access[a];
        else if (t == -1 - origin_place)
            sum += flows->access[a];
    }
    return sum;
}
