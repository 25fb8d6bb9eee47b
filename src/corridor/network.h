/**
 * @file network.h
 * The network inside. Goods begin and end at places; between them they move over terminals: a
 * crossing in one direction by one mode, a port, a gate in one direction. A terminal is passed
 * whole, so that nobody turns round on a border. Terminal t has a mirror, the same the other way (a
 * port is its own); an arc u -> v has a reverse, mirror(v) -> mirror(u), of the same cost: so costs
 * are the same there and back. What passing a terminal costs is put by halves on the arcs and
 * accesses at it.
 */
#ifndef AUTKI_CORRIDOR_NETWORK_H
#define AUTKI_CORRIDOR_NETWORK_H

#include <autarky/corridor.h>

/* What a leg or a passage costs, USD per tonne: generalised, and without the value of time. */
typedef struct autki_price {
    double cost, money;
    double km, hours;
} autki_price;

/* From one terminal to another; arcs of a terminal are contiguous. What it costs follows from the
 * network's parameters: price.c. */
typedef struct autki_arc {
    int32_t from, to;
    int32_t reverse;
    int32_t code;  /* of the economy whose land it crosses, -1 = sea */
    int32_t mode;  /* autk_mode */
    float line_km; /* of the sea lane; on land the great circle, before land_circuity */
} autki_arc;

typedef struct autki_terminal {
    int32_t place;
    int32_t mirror;
    int32_t side;       /* from which side it is entered */
    int32_t mode;       /* of a crossing: rail or road */
    int32_t code;       /* of the economy from which it is entered, -1 = the sea */
    bool in_union;      /* a crossing between members of one customs union */
    bool gauge_changes; /* a railway crossing between two gauges */
    autki_price price;  /* of passing it; nothing for a port, whose handling is in its legs */
} autki_terminal;

/* A leg between a place and a terminal of its landmass: out over `enter`, in from `leave`; or
 * (enter = leave = -1 - place) another place. mode = -1: the place's own terminal, no leg. */
typedef struct autki_access {
    int32_t enter, leave;
    int32_t mode; /* the cheaper one of those that both ends have */
    bool can_rail, can_road;
    int32_t n_ports;   /* ends that are ports */
    double line_km;    /* great circle */
    autki_price price; /* of the leg alone */
} autki_access;

/* What the kernels see; closures have their own. INFINITY = closed. */
typedef struct autki_weights {
    const double *arc;    /* [n_arcs] */
    const double *access; /* [n_access] */
} autki_weights;

typedef struct autki_closure_row {
    const char *what, *kind, *modes, *goods_of, *product, *title, *source;
    int32_t from_date, to_date;
    int64_t line;
} autki_closure_row;

typedef struct autki_lane {
    int32_t from, to; /* nodes of the lane graph: terminals first, then junctions */
    double km;
    size_t first, n; /* points in lane_points, pairs */
} autki_lane;

typedef struct autki_place_id {
    const char *text;
    int32_t place;
} autki_place_id;

struct autk_network {
    const autk_network *base; /* of a view at other costs: owns what the two share; else NULL */
    const autk_world *world;  /* NULL in tests that read the tables themselves */
    autk_costs costs;
    char goods[32];
    int32_t date;
    char **kept; /* every borrowed text */
    size_t n_kept, kept_capacity;

    autk_place *places;
    const char **gate_toll; /* "canal", "strait" or "ice" of a gate, else "" */
    size_t gate_toll_capacity;
    size_t n_places, places_capacity;
    char (*codes)[4];      /* economies of the network, in order of code */
    int32_t *code_economy; /* index in the world, -2 = unknown there */
    int32_t *code_city;    /* main city of each, -1 = none */
    int32_t *code_gauge;
    size_t n_codes, codes_capacity;
    autki_place_id *by_id;    /* [n_places] ids in order, for searching */
    int32_t (*place_code)[2]; /* index among codes of each place's economies, -1 = none */

    autki_terminal *terminals;
    int32_t n_terminals;
    int32_t *first_terminal; /* [n_places + 1] terminals of a place */
    size_t *first_arc;       /* [n_terminals + 1] */
    autki_arc *arcs;
    int32_t *arc_to;  /* [n_arcs] `to` once more, dense, for the kernels */
    double *arc_cost; /* [n_arcs] with the halves of what passing its ends costs */
    size_t n_arcs;
    size_t *first_access; /* [n_places + 1] */
    autki_access *access;
    double *access_cost; /* [n_access] with half of what passing the terminal costs */
    size_t n_access;

    autki_closure_row *closure_rows;
    size_t n_closure_rows, closure_rows_capacity;

    autki_lane *lanes;
    size_t n_lanes, lanes_capacity;
    size_t n_lane_nodes;
    double *lane_points;
    size_t n_lane_points, lane_points_capacity; /* doubles */

    autk_outline *outlines;
    size_t *outline_first;
    size_t n_outlines, outlines_capacity, outline_first_capacity;
    double *outline_points;
    size_t n_outline_points, outline_points_capacity; /* doubles */
};

/* A table of the transport part by its short name ("places"): opens an input that the caller
 * frees. */
typedef autk_status (*autki_open_table)(autk_input **out, const char *name, void *user,
                                        autk_err *err);

/* autk_network_open on any source of tables. world may be NULL: then economies have index -2 and
 * there are no customs unions. */
autk_status autki_network_open(autk_network **out, autki_open_table open, void *user,
                               const autk_world *world, const autk_network_opts *opts,
                               autk_err *err) AUTK_MUST_CHECK;

/* tables.c: fill places, closure rows, sea distances. */
autk_status autki_read_places(autk_network *net, autk_input *input, autk_err *err) AUTK_MUST_CHECK;
autk_status autki_read_closures(autk_network *net, autk_input *input, autk_err *err)
    AUTK_MUST_CHECK;
autk_status autki_read_lanes(autk_network *net, autk_input *input, autk_err *err) AUTK_MUST_CHECK;
autk_status autki_read_outlines(autk_network *net, autk_input *input, autk_err *err)
    AUTK_MUST_CHECK;
/* km [n*n] between terminals, NaN in different basins; n = n_terminals, from the triangle table. */
autk_status autki_read_sea(float *km, const autk_network *net, autk_input *input, autk_err *err)
    AUTK_MUST_CHECK;

/* Copy of a text that lives as long as the network; NULL when memory is out. */
const char *autki_keep_text(autk_network *net, const char *text, size_t len);

/* Sort ids once the places are read. */
autk_status autki_index_ids(autk_network *net, autk_err *err) AUTK_MUST_CHECK;

/* price.c: set what terminals, accesses and arcs cost by the network's parameters. */
autk_status autki_price_network(autk_network *net, autk_err *err) AUTK_MUST_CHECK;
/* What passing a terminal costs: of a port, the handling in the legs at it. */
double autki_passing_cost(const autk_network *net, int32_t terminal);
/* What the leg of an arc costs, without passing its ends. */
autki_price autki_arc_price(const autk_network *net, const autki_arc *arc);

/* arcs.c: terminals, arcs and access from the places. */
autk_status autki_build_arcs(autk_network *net, const float *sea_km, autk_err *err) AUTK_MUST_CHECK;
autk_status autki_build_terminals(autk_network *net, autk_err *err) AUTK_MUST_CHECK;

static inline autki_weights autki_open_weights(const autk_network *net)
{
    return (autki_weights){.arc = net->arc_cost, .access = net->access_cost};
}

double autki_great_circle_km(double lat1, double lon1, double lat2, double lon2);
/* Place by exact id or name, case folded; -1 when there is none. */
int32_t autki_place_exact(const autk_network *net, const char *text);
/* Passages of one gate are one thing: they go under the first. */
int32_t autki_first_passage(const autk_network *net, int32_t place);
/* Index among codes, -1 = none. */
int32_t autki_code_index(const autk_network *net, const char *code);
/* Terminal by a lane or sea label "suez:a", "rotterdam"; -1 = none. */
int32_t autki_terminal_of_label(const autk_network *net, const char *label, size_t len);

#endif
