#include "corridor/probable.h"

#include <math.h>
#include <stdlib.h>

#include "base/fail.h"
#include "base/mem.h"

/* b: what leaves each origin over its accesses. */
static void set_out(autki_flows *flows, autki_weights weights, const int32_t *origins)
{
    const autk_network *net = flows->net;
    double scale = net->costs.value[AUTK_COST_route_scale_usd_per_t];
    for (size_t i = 0; i < flows->n_origins; i++) {
        size_t stop = net->first_access[origins[i] + 1];
        for (size_t a = net->first_access[origins[i]]; a < stop; a++) {
            if (net->access[a].enter >= 0)
                flows->flow[(size_t)net->access[a].enter * flows->n_origins + i] +=
                    exp(-weights.access[a] / scale);
        }
    }
}

autk_status autki_flows_init(autki_flows *flows, const autk_network *net, autki_weights weights,
                             const int32_t *origins, size_t n, autk_err *err)
{
    size_t size = (size_t)net->n_terminals * n;
    *flows = (autki_flows){.net = net, .n_origins = n};
    autk_status st = autki_plan_create(&flows->plan, net, origins, n, NULL, err);
    if (st == AUTK_OK)
        st = autki_factor_init(&flows->factor, flows->plan, weights, err);
    if (st != AUTK_OK)
        return st;
    flows->flow = autki_calloc(size + 1, sizeof *flows->flow);
    if (flows->flow == NULL)
        return autki_no_memory(err, size * sizeof *flows->flow);
    set_out(flows, weights, origins);
    return autki_factor_solve(flows->flow, n, &flows->factor, err);
}

void autki_flows_deinit(autki_flows *flows)
{
    autki_plan_free(flows->plan);
    autki_factor_deinit(&flows->factor);
    free(flows->flow);
    *flows = (autki_flows){.net = NULL};
}
