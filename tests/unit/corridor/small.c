#include "small.h"

#include <stdio.h>
#include <string.h>

#include "base/random.h"
#include "unit.h"

static const char usual_places[] =
    "id,kind,name,economy,land,economy2,land2,modes,gauge_mm,lat,lon,source\n"
    "aaa,city,Ahaven,AAA,0,,,rail+road,1520,0,0,test\n"
    "bbb,city,Bcity,BBB,0,,,rail+road,1435,3,0,test\n"
    "ccc,city,Ccity,CCC,0,,,road,,-3,0,test\n"
    "ddd,city,Dcity,DDD,0,,,road,,3,6,test\n"
    "a-b,crossing,A-B bridge,AAA,0,BBB,0,rail+road,,1,0,test\n"
    "a-c,crossing,A-C pass,AAA,0,CCC,0,road,,-1,0,test\n"
    "pb,port,Port B,BBB,0,,,rail+road,,3,1,test\n"
    "pc,port,Port C,CCC,0,,,road,,-3,1,test\n"
    "pd,port,Port D,DDD,0,,,road,,3,5,test\n"
    "narrows,gate,The Narrows,,,,,strait,,0,3,test\n";
static const char usual_costs[] = "name,value,low,high\n"
                                  "sea_usd_per_tkm,0.003,0.001,0.007\n"
                                  "rail_usd_per_tkm,0.03,0.01,0.06\n"
                                  "road_usd_per_tkm,0.08,0.05,0.15\n"
                                  "land_circuity,1.25,1,1.5\n"
                                  "border_usd_per_t,12,5,40\n"
                                  "border_h,24,5,100\n"
                                  "union_border_usd_per_t,1,0,4\n"
                                  "union_border_h,1,0,8\n"
                                  "gauge_usd_per_t,6,3,15\n"
                                  "gauge_h,24,12,72\n"
                                  "port_usd_per_t,10,4,25\n"
                                  "port_h,48,24,120\n"
                                  "canal_usd_per_t,4,2,8\n"
                                  "canal_h,20,12,36\n"
                                  "strait_usd_per_t,0.2,0,0.5\n"
                                  "strait_h,1,0,12\n"
                                  "ice_usd_per_t,60,20,150\n"
                                  "ice_h,96,48,300\n"
                                  "sea_km_per_h,25,20,33\n"
                                  "rail_km_per_h,25,15,45\n"
                                  "road_km_per_h,30,20,45\n"
                                  "value_usd_per_t,1200,500,3000\n"
                                  "value_usd_per_t@ore,100,50,200\n"
                                  "time_share_per_day,0.006,0,0.021\n"
                                  "route_scale_usd_per_t,3,1,6\n"
                                  "trade_elasticity,4,2,8\n"
                                  "congestion_share,0.15,0.1,1\n"
                                  "congestion_power,4,2,8\n";
static const char usual_closures[] =
    "id,what,kind,modes,goods_of,product,from,to,title,source,confidence\n"
    "1,a-b,closed,road,,,20200101,20201231,the bridge is closed to lorries,test,H\n"
    "2,BBB,transit-ban,rail+road,AAA,ore,20210101,,B bans the ore of A,test,H\n"
    "3,a-c,transship,road,,,20220101,,lorries change at the pass,test,H\n";
static const char usual_sea[] = "terminal,km_to_those_below\n"
                                "narrows:a,- 300 - 400\n"
                                "narrows:b,- 350 -\n"
                                "pb,- 450\n"
                                "pc,-\n"
                                "pd,\n";
static const char usual_lanes[] = "from,to,km,line_tenth_deg\n"
                                  "narrows:a,0,200,30 0 0 10\n"
                                  "0,pb,100,30 10 -20 20\n"
                                  "0,pd,250,30 10 20 20\n"
                                  "narrows:b,pc,350,30 0 -20 -30\n";
static const char usual_outlines[] = "economy,ring_hundredth_deg\nAAA,0 0 100 0 0 100 -100 0\n";

static autk_status open_small(autk_input **out, const char *name, void *user, autk_err *err)
{
    const small_tables *t = user;
    const struct {
        const char *name, *given, *usual;
    } tables[] = {
        {"places", t->places, usual_places},       {"costs", t->costs, usual_costs},
        {"closures", t->closures, usual_closures}, {"sea", t->sea, usual_sea},
        {"lanes", t->lanes, usual_lanes},          {"outlines", t->outlines, usual_outlines}};
    for (size_t i = 0; i < sizeof tables / sizeof *tables; i++) {
        const char *text = tables[i].given != NULL ? tables[i].given : tables[i].usual;
        if (strcmp(tables[i].name, name) == 0)
            return autk_input_memory(out, name, text, strlen(text), err);
    }
    return AUTK_EINTERNAL;
}

autk_status small_open(autk_network **out, const small_tables *tables, autk_err *err)
{
    small_tables usual = {0};
    if (tables != NULL)
        usual = *tables;
    return autki_network_open(out, open_small, &usual, NULL, NULL, err);
}

int32_t small_place(const autk_network *net, const char *id)
{
    int32_t place = autki_place_exact(net, id);
    assert_true(place >= 0);
    return place;
}

/* ------------------------------------------------------------------ random worlds */

typedef struct text {
    char at[8000];
    size_t len;
} text;

#define ADD(t, ...)                                                                                \
    ((t)->len += (size_t)snprintf((t)->at + (t)->len, sizeof(t)->at - (t)->len, __VA_ARGS__))

static double between(uint64_t *seed, double low, double high)
{
    return low + (high - low) * autki_random_uniform(seed);
}

static void add_place(text *t, uint64_t *seed, const char *id, const char *kind, int a, int b,
                      const char *modes)
{
    char second[8] = "";
    if (b >= 0)
        (void)snprintf(second, sizeof second, "%c%c%c", 'A' + b, 'A' + b, 'A' + b);
    ADD(t, "%s,%s,%s,%c%c%c,0,%s,%s,%s,%s,%.3f,%.3f,test\n", id, kind, id, 'A' + a, 'A' + a,
        'A' + a, second, b >= 0 ? "0" : "", modes, strcmp(kind, "city") == 0 ? "1520" : "",
        between(seed, -10, 10), between(seed, -10, 10));
}

/* Economies on a ring with some more borders; the first SMALL_COASTAL have ports in two basins
 * that one gate joins. */
static void random_places(text *places, uint64_t *seed)
{
    char id[16];
    ADD(places, "id,kind,name,economy,land,economy2,land2,modes,gauge_mm,lat,lon,source\n");
    for (int e = 0; e < SMALL_ECONOMIES; e++) {
        (void)snprintf(id, sizeof id, "%c%c%c", 'a' + e, 'a' + e, 'a' + e);
        add_place(places, seed, id, "city", e, -1, "rail+road");
    }
    for (int e = 0; e < SMALL_ECONOMIES; e++) {
        for (int k = 1; k <= 2; k++) { /* a second border for some, or a second crossing */
            int other = (e + k) % SMALL_ECONOMIES;
            if (k == 2 && autki_random_uniform(seed) < 0.5)
                other = (e + 1) % SMALL_ECONOMIES;
            (void)snprintf(id, sizeof id, "x%d%d", e, k);
            add_place(places, seed, id, "crossing", e, other,
                      autki_random_uniform(seed) < 0.5 ? "road" : "rail+road");
        }
    }
    for (int e = 0; e < SMALL_COASTAL; e++) {
        (void)snprintf(id, sizeof id, "port%d", e);
        add_place(places, seed, id, "port", e, -1, "rail+road");
    }
    ADD(places, "narrows,gate,The Narrows,,,,,strait,,0,3,test\n");
}

/* Ports 0, 1 lie on side a of the gate, the others on side b. */
static void random_sea(text *sea, uint64_t *seed)
{
    static const char *const names[] = {"narrows:a", "port0", "port1",
                                        "narrows:b", "port2", "port3"};
    ADD(sea, "terminal,km_to_those_below\n");
    for (int i = 0; i < 6; i++) {
        ADD(sea, "%s,", names[i]);
        for (int j = i + 1; j < 6; j++) {
            if (i / 3 == j / 3)
                ADD(sea, "%s%.0f", j > i + 1 ? " " : "", between(seed, 200, 3000));
            else
                ADD(sea, "%s-", j > i + 1 ? " " : "");
        }
        ADD(sea, "\n");
    }
}

autk_status small_random(autk_network **out, uint64_t seed, autk_err *err)
{
    static text places, sea;
    uint64_t state = seed;
    places.len = sea.len = 0;
    random_places(&places, &state);
    random_sea(&sea, &state);
    small_tables tables = {
        .places = places.at,
        .sea = sea.at,
        .closures = "id,what,kind,modes,goods_of,product,from,to,title,source,confidence\n",
        .lanes = "from,to,km,line_tenth_deg\n"};
    return small_open(out, &tables, err);
}
