/* Opening the network and finding its places. */
#include "corridor/network.h"

#include <ctype.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "base/fail.h"
#include "base/mem.h"

#define AUTKI_PI 3.14159265358979323846
#define EARTH_RADIUS_KM 6371.0088

const char *autk_mode_text(autk_mode mode)
{
#define AUTK_MODE_TEXT(name, text) text,
    static const char *const texts[] = {AUTK_MODE_LIST(AUTK_MODE_TEXT)};
    return (unsigned)mode < AUTK_MODE_COUNT ? texts[mode] : "unknown";
}

double autki_great_circle_km(double lat1, double lon1, double lat2, double lon2)
{
    const double rad = AUTKI_PI / 180;
    double a = sin((lat2 - lat1) * rad / 2), b = sin((lon2 - lon1) * rad / 2);
    double h = a * a + cos(lat1 * rad) * cos(lat2 * rad) * b * b;
    return 2 * EARTH_RADIUS_KM * asin(sqrt(h < 1 ? h : 1));
}

static int by_text(const void *a, const void *b)
{
    return strcmp(((const autki_place_id *)a)->text, ((const autki_place_id *)b)->text);
}

autk_status autki_index_ids(autk_network *net, autk_err *err)
{
    net->by_id = autki_calloc(net->n_places, sizeof *net->by_id);
    if (net->by_id == NULL)
        return autki_no_memory(err, net->n_places * sizeof *net->by_id);
    for (size_t i = 0; i < net->n_places; i++)
        net->by_id[i] = (autki_place_id){.text = net->places[i].id, .place = (int32_t)i};
    qsort(net->by_id, net->n_places, sizeof *net->by_id, by_text);
    for (size_t i = 1; i < net->n_places; i++) {
        if (strcmp(net->by_id[i - 1].text, net->by_id[i].text) == 0)
            return autki_fail(err, AUTK_EDATA, "expected each place once, got \"%s\" twice",
                              net->by_id[i].text);
    }
    return AUTK_OK;
}

static int32_t place_of_id(const autk_network *net, const char *id)
{
    autki_place_id key = {.text = id};
    autki_place_id *found =
        net->n_places == 0 ? NULL
                           : bsearch(&key, net->by_id, net->n_places, sizeof *net->by_id, by_text);
    return found != NULL ? found->place : -1;
}

int32_t autki_terminal_of_label(const autk_network *net, const char *label, size_t len)
{
    char id[64];
    int32_t side = 0;
    if (len >= sizeof id)
        return -1;
    memcpy(id, label, len);
    id[len] = '\0';
    char *colon = strchr(id, ':');
    if (colon != NULL) {
        if ((colon[1] != 'a' && colon[1] != 'b') || colon[2] != '\0')
            return -1;
        side = colon[1] == 'b';
        *colon = '\0';
    }
    int32_t place = place_of_id(net, id);
    if (place < 0 || (net->places[place].kind != AUTK_PLACE_PORT && colon == NULL) ||
        (net->places[place].kind != AUTK_PLACE_GATE && colon != NULL))
        return -1;
    return net->first_terminal[place] + side;
}

int32_t autki_place_exact(const autk_network *net, const char *text)
{
    char id[64];
    size_t len = strlen(text);
    for (size_t i = 0; i <= len && len < sizeof id; i++)
        id[i] = (char)tolower((unsigned char)text[i]);
    int32_t place = len < sizeof id ? place_of_id(net, id) : -1;
    for (size_t i = 0; place < 0 && i < net->n_places; i++) {
        if (strcasecmp(net->places[i].name, text) == 0)
            place = (int32_t)i;
    }
    return place;
}

/* The id, the name, or what stands before " (" in it: whatever is nearest to what was meant. */
static autk_status not_found(const autk_network *net, const char *text, autk_err *err)
{
    const char **names = autki_calloc(2 * net->n_places + 1, sizeof *names);
    char near[200];
    if (names == NULL)
        return autki_no_memory(err, 2 * net->n_places * sizeof *names);
    for (size_t i = 0; i < net->n_places; i++) {
        names[2 * i] = net->places[i].id;
        names[2 * i + 1] = net->places[i].name;
    }
    autk_nearest_names(near, sizeof near, text, names, 2 * net->n_places, 3);
    free(names);
    return autki_fail(err, AUTK_ENOTFOUND,
                      "expected an economy, city, port, crossing or strait, got \"%s\"%s%s%s", text,
                      near[0] != '\0' ? " (nearest: " : "", near, near[0] != '\0' ? ")" : "");
}

autk_status autk_network_find(int32_t *place, const autk_network *network, const char *text,
                              autk_err *err)
{
    int32_t found = autki_place_exact(network, text);
    int32_t economy = -1;
    if (found < 0 && network->world != NULL &&
        autk_world_find_economy(&economy, network->world, text, 0, NULL) == AUTK_OK)
        found = autk_network_city(network, economy);
    if (found < 0 && economy >= 0)
        return autki_fail(err, AUTK_ENOTFOUND,
                          "expected an economy with a place in the network of routes, got %s: none "
                          "of its towns and ports is in it",
                          autk_world_party_name(network->world, economy));
    if (found < 0)
        return not_found(network, text, err);
    *place = found;
    return AUTK_OK;
}

const autk_costs *autk_network_costs(const autk_network *network)
{
    return &network->costs;
}

int32_t autk_network_n_places(const autk_network *network)
{
    return (int32_t)network->n_places;
}

const autk_place *autk_network_place(const autk_network *network, int32_t place)
{
    return place >= 0 && (size_t)place < network->n_places ? &network->places[place] : NULL;
}

int32_t autk_network_city(const autk_network *network, int32_t economy)
{
    for (size_t i = 0; economy >= 0 && i < network->n_codes; i++) {
        if (network->code_economy[i] == economy)
            return network->code_city[i];
    }
    return -1;
}

size_t autk_network_n_outlines(const autk_network *network)
{
    return network->n_outlines;
}

const autk_outline *autk_network_outline(const autk_network *network, size_t outline)
{
    return outline < network->n_outlines ? &network->outlines[outline] : NULL;
}

void autk_network_free(autk_network *net)
{
    if (net == NULL)
        return;
    void *priced[] = {net->terminals, net->access, net->access_cost, net->arc_cost};
    void *shared[] = {net->kept,         net->places,         net->by_id,          net->codes,
                      net->code_city,    net->code_gauge,     net->code_economy,   net->place_code,
                      net->first_arc,    net->first_terminal, net->arcs,           net->arc_to,
                      net->first_access, net->closure_rows,   net->lanes,          net->lane_points,
                      net->outlines,     net->outline_first,  net->outline_points, net->gate_toll};
    for (size_t i = 0; i < sizeof priced / sizeof *priced; i++)
        free(priced[i]);
    for (size_t i = 0; net->base == NULL && i < net->n_kept; i++)
        free(net->kept[i]);
    for (size_t i = 0; net->base == NULL && i < sizeof shared / sizeof *shared; i++)
        free(shared[i]);
    free(net);
}

typedef autk_status (*reader)(autk_network *net, autk_input *input, autk_err *err);

static autk_status read_with(autk_network *net, autki_open_table open, void *user, const char *name,
                             reader read, autk_err *err)
{
    autk_input *input = NULL;
    autk_status st = open(&input, name, user, err);
    if (st == AUTK_OK)
        st = read(net, input, err);
    autk_input_free(input);
    return st;
}

static autk_status read_costs(autk_network *net, autk_input *input, autk_err *err)
{
    return autk_costs_read(&net->costs, input, net->goods, err);
}

static autk_status read_sea_and_build(autk_network *net, autk_input *input, autk_err *err)
{
    size_t n = (size_t)net->n_terminals;
    float *km = autki_calloc(n * n, sizeof *km);
    if (km == NULL)
        return autki_no_memory(err, n * n * sizeof *km);
    autk_status st = autki_read_sea(km, net, input, err);
    if (st == AUTK_OK)
        st = autki_build_arcs(net, km, err);
    free(km);
    return st;
}

/* Goods that no cost and no closure names would be taken for any others, in silence. */
static autk_status check_goods(const autk_network *net, autk_err *err)
{
    const char *known[64];
    size_t n = 0;
    if (net->goods[0] == '\0' || net->costs.for_goods)
        return AUTK_OK;
    for (size_t i = 0; i < net->n_closure_rows; i++) {
        const char *product = net->closure_rows[i].product;
        if (strcmp(product, net->goods) == 0)
            return AUTK_OK;
        bool is_new = product[0] != '\0' && n < sizeof known / sizeof *known;
        for (size_t k = 0; is_new && k < n; k++)
            is_new = strcmp(known[k], product) != 0;
        if (is_new)
            known[n++] = product;
    }
    char near[120];
    autk_nearest_names(near, sizeof near, net->goods, known, n, 2);
    const char *shown = near[0] != '\0' ? near : n != 0 ? known[0] : "none";
    return autki_fail(err, AUTK_ENOTFOUND,
                      "expected goods that a cost or a closure names, such as %s, got \"%s\"",
                      shown, net->goods);
}

static autk_status read_all(autk_network *net, autki_open_table open, void *user,
                            const autk_network_opts *opts, autk_err *err)
{
    autk_status st = read_with(net, open, user, "costs", read_costs, err);
    if (st == AUTK_OK && opts->costs_given)
        net->costs = opts->costs;
    if (st == AUTK_OK)
        st = read_with(net, open, user, "places", autki_read_places, err);
    if (st == AUTK_OK)
        st = autki_index_ids(net, err);
    if (st == AUTK_OK)
        st = read_with(net, open, user, "closures", autki_read_closures, err);
    if (st == AUTK_OK && !opts->goods_are_new)
        st = check_goods(net, err);
    if (st == AUTK_OK)
        st = autki_build_terminals(net, err);
    if (st == AUTK_OK)
        st = read_with(net, open, user, "sea", read_sea_and_build, err);
    if (st == AUTK_OK && !opts->no_shapes)
        st = read_with(net, open, user, "lanes", autki_read_lanes, err);
    if (st == AUTK_OK && !opts->no_shapes)
        st = read_with(net, open, user, "outlines", autki_read_outlines, err);
    return st;
}

autk_status autki_network_open(autk_network **out, autki_open_table open, void *user,
                               const autk_world *world, const autk_network_opts *opts,
                               autk_err *err)
{
    autk_network_opts o = {0};
    if (opts != NULL)
        o = *opts;
    if (o.goods != NULL && strlen(o.goods) >= sizeof((autk_network *)NULL)->goods)
        return autki_fail(err, AUTK_EARG, "expected the name of goods, got \"%.40s…\"", o.goods);
    autk_network *net = autki_calloc(1, sizeof *net);
    if (net == NULL)
        return autki_no_memory(err, sizeof *net);
    net->world = world;
    net->date = o.date != 0 ? o.date : 20231231;
    (void)snprintf(net->goods, sizeof net->goods, "%s", o.goods != NULL ? o.goods : "");
    for (int i = 0; i < AUTK_COST_COUNT; i++)
        net->costs.value[i] = NAN;
    autk_status st = read_all(net, open, user, &o, err);
    for (int i = 0; st == AUTK_OK && i < AUTK_COST_COUNT; i++) {
        if (isnan(net->costs.value[i]))
            st = autki_fail(err, AUTK_EDATA, "expected a value for the cost %s, got none",
                            autk_cost_name((autk_cost)i));
    }
    if (st != AUTK_OK) {
        autk_network_free(net);
        return st;
    }
    *out = net;
    return AUTK_OK;
}
