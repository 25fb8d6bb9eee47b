/* Property: a table of capacities is refused and changes nothing, or all its capacities are above
 * 0 and traffic finds its equilibrium with them, if any. */
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <autarky/congestion.h>

#include "corridor/network.h"

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size);

static autk_status open_table(autk_input **out, const char *name, void *user, autk_err *err)
{
    static const char *const tables[][2] = {
        {"places", "id,kind,name,economy,land,economy2,land2,modes,gauge_mm,lat,lon\n"
                   "aaa,city,A,AAA,0,,,rail+road,1520,0,0\n"
                   "bbb,city,B,BBB,0,,,rail+road,1435,3,0\n"
                   "north,crossing,North,AAA,0,BBB,0,rail+road,,1,0.1\n"
                   "south,crossing,South,AAA,0,BBB,0,road,,1,-0.1\n"
                   "pa,port,Port A,AAA,0,,,road,,0,1\n"
                   "pb,port,Port B,BBB,0,,,road,,3,1\n"},
        {"sea", "terminal,km_to_those_below\npa,400\npb,\n"},
        {"closures", "what,kind,modes,goods_of,product,from,to,title,source\n"}};
    const char *text = "name,value\n";
    char *costs = user; /* lives as long as the network is built */
    for (size_t i = 0; i < sizeof tables / sizeof *tables; i++)
        text = strcmp(tables[i][0], name) == 0 ? tables[i][1] : text;
    if (strcmp(name, "costs") == 0)
        (void)strcpy(costs, text);
    for (int i = 0; strcmp(name, "costs") == 0 && i < AUTK_COST_COUNT; i++) {
        (void)strcat(costs, autk_cost_name((autk_cost)i));
        (void)strcat(costs, ",1.25\n");
        text = costs;
    }
    return autk_input_memory(out, name, text, strlen(text), err);
}

static void solve(autk_loads *loads, const autk_network *net)
{
    autk_congestion found;
    autk_freight freight[] = {{0, 1, 2e6}, {1, 0, 3e6}};
    for (size_t i = 0; i < loads->n; i++) {
        if (!(loads->items[i].capacity_t > 0))
            abort();
    }
    autk_status st = autk_congestion_solve(loads, net, NULL, freight, 2, 1e-8, &found, NULL);
    for (size_t i = 0; st == AUTK_OK && i < loads->n; i++) {
        if (!(loads->items[i].extra_usd_per_t >= 0 && loads->items[i].traffic_t >= 0))
            abort();
    }
    if (st == AUTK_OK && !(found.gap <= 1e-8))
        abort();
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size)
{
    static const autk_network_opts opts = {.no_shapes = true};
    char costs[2000];
    autk_network *net = NULL;
    autk_input *input = NULL;
    autk_loads loads = {0};
    if (autki_network_open(&net, open_table, costs, NULL, &opts, NULL) != AUTK_OK)
        abort();
    if (autk_input_memory(&input, "fuzz", bytes, size, NULL) == AUTK_OK) {
        if (autk_loads_read(&loads, net, input, size % 2 == 0 ? 0 : 20240101, NULL) == AUTK_OK)
            solve(&loads, net);
        else if (loads.n != 0 || loads.items != NULL)
            abort();
    }
    autk_loads_deinit(&loads);
    autk_input_free(input);
    autk_network_free(net);
    return 0;
}
