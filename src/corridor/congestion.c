/* The equilibrium of traffic and what it costs, at places with a capacity. */
#include <autarky/congestion.h>

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/fail.h"
#include "base/linear.h"
#include "base/mem.h"
#include "corridor/closures.h"
#include "corridor/eliminate.h"

#define MAX_ROUNDS 200
#define MAX_HALVINGS 60
#define SMALLEST_SUM 1e-290 /* below it, sums have lost digits to underflow */

/*
 * All terminals are left out but the k of the places with a capacity, once. What is left are ways
 * without these: `direct` between ends, `onto` from an end to a terminal, `through` from one
 * terminal on to another. With d = exp(-extra / scale) of each:
 *   G = (I - through d)^-1     all ways on from a terminal that was passed, to terminals
 *   on = G from                from a terminal that was passed to the ends
 *   reach = onto d G           from the ends to a terminal, which is passed
 *   sum = direct + onto d on   between ends
 * Nothing is subtracted but loops from 1.
 */
typedef struct congested {
    const autk_network *net;
    const autk_loads *loads;
    size_t k, n, n_loads;
    int32_t *ends; /* [n] places */
    size_t *load;  /* [k] of each terminal */
    size_t *mirror;
    double *direct;   /* [n x n] */
    double *onto;     /* [n x k] */
    double *through;  /* [k x k] */
    double *freight;  /* [n x n] tonnes */
    double *passing;  /* [n_loads] USD per tonne, times congestion_share */
    double *keep;     /* [k] d */
    double *system;   /* [k x k] */
    double *loops;    /* [k x k] G */
    double *reach;    /* [n x k] */
    double *on;       /* [n x k], row end */
    double *sent;     /* [n x n] freight / sum */
    double *arrived;  /* [k x n] reach' sent */
    double *joint;    /* [k x k] arrived on */
    double *use;      /* [n_loads] of one pair */
    double *response; /* [n_loads x n_loads] -d traffic / d extra */
    double *traffic;  /* [n_loads] */
    double lost_t;
} congested;

static void congested_deinit(congested *c)
{
    double *numbers[] = {c->direct, c->onto,  c->through,  c->freight, c->passing, c->keep,
                         c->system, c->loops, c->reach,    c->on,      c->sent,    c->arrived,
                         c->joint,  c->use,   c->response, c->traffic};
    for (size_t i = 0; i < sizeof numbers / sizeof *numbers; i++)
        free(numbers[i]);
    free(c->ends);
    free(c->load);
    free(c->mirror);
}

static autk_status allocate(congested *c, autk_err *err)
{
    size_t k = c->k, n = c->n, l = c->n_loads;
    const struct {
        double **at;
        size_t n;
    } numbers[] = {
        {&c->direct, n * n}, {&c->onto, n * k}, {&c->through, k * k},  {&c->freight, n * n},
        {&c->passing, l},    {&c->keep, k},     {&c->system, k * k},   {&c->loops, k * k},
        {&c->reach, n * k},  {&c->on, n * k},   {&c->sent, n * n},     {&c->arrived, k * n},
        {&c->joint, k * k},  {&c->use, l},      {&c->response, l * l}, {&c->traffic, l}};
    for (size_t i = 0; i < sizeof numbers / sizeof *numbers; i++) {
        *numbers[i].at = autki_calloc(numbers[i].n + 1, sizeof(double));
        if (*numbers[i].at == NULL)
            return autki_no_memory(err, numbers[i].n * sizeof(double));
    }
    c->load = autki_calloc(k + 1, sizeof *c->load);
    c->mirror = autki_calloc(k + 1, sizeof *c->mirror);
    return c->load != NULL && c->mirror != NULL ? AUTK_OK
                                                : autki_no_memory(err, k * sizeof *c->load);
}

/* ------------------------------------------------------------------ traffic at given charges */

/* out [rows x n] = a [rows x inner] b [inner x n]; a_row, a_column: strides of a. */
static void multiply(double *out, const double *a, size_t a_row, size_t a_column, const double *b,
                     size_t rows, size_t inner, size_t n)
{
    memset(out, 0, rows * n * sizeof *out);
    for (size_t r = 0; r < rows; r++) {
        for (size_t i = 0; i < inner; i++) {
            double factor = a[r * a_row + i * a_column];
            for (size_t c = 0; factor != 0 && c < n; c++)
                out[r * n + c] += factor * b[i * n + c];
        }
    }
}

static bool find_loops(congested *c)
{
    size_t k = c->k;
    for (size_t a = 0; a < k; a++) {
        for (size_t b = 0; b < k; b++) {
            c->loops[a * k + b] = a == b;
            c->system[a * k + b] = (double)(a == b) - c->through[a * k + b] * c->keep[b];
        }
    }
    return autki_solve_linear(c->system, c->loops, k, k, 0);
}

/* Sums between ends and, from them, what is sent; false where freight has lost its way. */
static bool send(congested *c)
{
    size_t k = c->k, n = c->n;
    for (size_t i = 0; i < n; i++) {
        const double *onto = c->onto + i * k;
        for (size_t j = 0; j < n; j++) {
            double freight = c->freight[i * n + j], sum = c->direct[i * n + j];
            c->sent[i * n + j] = 0;
            if (!(freight > 0))
                continue;
            for (size_t a = 0; a < k; a++)
                sum += onto[a] * c->keep[a] * c->on[j * k + a];
            if (!(sum > SMALLEST_SUM))
                return false;
            c->sent[i * n + j] = freight / sum;
        }
    }
    return true;
}

/* c->traffic at these charges [n_loads]; false where there is none to tell. */
static bool find_traffic(congested *c, const double *extra)
{
    size_t k = c->k, n = c->n;
    double scale = c->net->costs.value[AUTK_COST_route_scale_usd_per_t];
    for (size_t a = 0; a < k; a++)
        c->keep[a] = exp(-extra[c->load[a]] / scale);
    if (!find_loops(c))
        return false;
    for (size_t i = 0; i < n; i++) { /* from an end as to it: over the mirrors */
        for (size_t a = 0; a < k; a++) {
            double on = 0;
            for (size_t b = 0; b < k; b++)
                on += c->loops[a * k + b] * c->onto[i * k + c->mirror[b]];
            c->on[i * k + a] = on;
            c->reach[i * k + a] = 0;
        }
        for (size_t a = 0; a < k; a++) {
            double in = c->onto[i * k + a] * c->keep[a];
            for (size_t b = 0; b < k; b++)
                c->reach[i * k + b] += in * c->loops[a * k + b];
        }
    }
    if (!send(c))
        return false;
    multiply(c->arrived, c->reach, 1, k, c->sent, k, n, n);
    multiply(c->joint, c->arrived, n, 1, c->on, k, n, k);
    memset(c->traffic, 0, c->n_loads * sizeof *c->traffic);
    for (size_t a = 0; a < k; a++)
        c->traffic[c->load[a]] += c->joint[a * k + a];
    return true;
}

/* What the expected passages of one pair, times each other and its freight, take from the
 * response. */
static void take_pair(congested *c, size_t i, size_t j, double per_scale)
{
    size_t k = c->k, l = c->n_loads;
    double freight = c->freight[i * c->n + j], sent = c->sent[i * c->n + j];
    memset(c->use, 0, l * sizeof *c->use);
    for (size_t a = 0; a < k; a++)
        c->use[c->load[a]] += c->reach[i * k + a] * c->on[j * k + a] * sent / freight;
    for (size_t a = 0; a < l; a++) {
        double factor = per_scale * freight * c->use[a];
        for (size_t b = 0; factor != 0 && b < l; b++)
            c->response[a * l + b] -= factor * c->use[b];
    }
}

/* The covariance of passages over the scale: after find_traffic. */
static void find_response(congested *c)
{
    size_t k = c->k, l = c->n_loads;
    double per_scale = 1 / c->net->costs.value[AUTK_COST_route_scale_usd_per_t];
    memset(c->response, 0, l * l * sizeof *c->response);
    for (size_t a = 0; a < k; a++) {
        c->response[c->load[a] * l + c->load[a]] += per_scale * c->joint[a * k + a];
        for (size_t b = 0; b < k; b++) { /* first a, later b, in either order */
            double later = c->loops[a * k + b] - (double)(a == b);
            double both = per_scale * c->joint[a * k + b] * later;
            c->response[c->load[a] * l + c->load[b]] += both;
            c->response[c->load[b] * l + c->load[a]] += both;
        }
    }
    for (size_t i = 0; i < c->n; i++) {
        for (size_t j = 0; j < c->n; j++) {
            if (c->freight[i * c->n + j] > 0)
                take_pair(c, i, j, per_scale);
        }
    }
}

/* ------------------------------------------------------------------ the equilibrium */

static double charge(const congested *c, size_t load, double traffic)
{
    double ratio = traffic / c->loads->items[load].capacity_t;
    return ratio > 0
               ? c->passing[load] * pow(ratio, c->net->costs.value[AUTK_COST_congestion_power])
               : 0;
}

static double charge_slope(const congested *c, size_t load, double traffic)
{
    double power = c->net->costs.value[AUTK_COST_congestion_power];
    double ratio = traffic / c->loads->items[load].capacity_t;
    return ratio > 0
               ? c->passing[load] * power * pow(ratio, power - 1) / c->loads->items[load].capacity_t
               : 0;
}

/* Where Newton's steps are; all [n_loads]. */
typedef struct steps {
    double *traffic, *trial; /* what charges are for */
    double *extra;
    double *slope;
    double *step;
    double norm, gap;
} steps;

/* Distance between the traffic that charges are for and the traffic there is, in capacities. */
static double distance(const congested *c, const double *assumed)
{
    double sum = 0;
    for (size_t l = 0; l < c->n_loads; l++) {
        double off = (assumed[l] - c->traffic[l]) / c->loads->items[l].capacity_t;
        sum += off * off;
    }
    return sqrt(sum);
}

static double find_gap(const congested *c, const double *assumed)
{
    double gap = 0;
    for (size_t l = 0; l < c->n_loads; l++) {
        double least = 1e-3 * c->loads->items[l].capacity_t;
        double size = c->traffic[l] > least ? c->traffic[l] : least;
        double off = fabs(assumed[l] - c->traffic[l]) / size;
        if (!(off <= gap))
            gap = off;
    }
    return gap;
}

static bool move_to(congested *c, steps *s, const double *assumed)
{
    for (size_t l = 0; l < c->n_loads; l++)
        s->extra[l] = charge(c, l, assumed[l]);
    return find_traffic(c, s->extra);
}

/* Newton's step of traffic - traffic(charge(traffic)); its matrix I + response slope is never
 * singular, as the response is positive semidefinite. */
static bool find_step(congested *c, steps *s, double *matrix)
{
    size_t l = c->n_loads;
    find_response(c);
    for (size_t b = 0; b < l; b++)
        s->slope[b] = charge_slope(c, b, s->traffic[b]);
    for (size_t a = 0; a < l; a++) {
        s->step[a] = c->traffic[a] - s->traffic[a];
        for (size_t b = 0; b < l; b++)
            matrix[a * l + b] = (double)(a == b) + c->response[a * l + b] * s->slope[b];
    }
    return autki_solve_linear(matrix, s->step, l, 1, 0);
}

/* Halve the step until the distance falls; false: it does not. */
static bool take_step(congested *c, steps *s)
{
    double part = 1;
    for (int halving = 0; halving < MAX_HALVINGS; halving++, part /= 2) {
        for (size_t l = 0; l < c->n_loads; l++)
            s->trial[l] = s->traffic[l] + part * s->step[l];
        if (!move_to(c, s, s->trial))
            continue;
        double norm = distance(c, s->trial);
        if (!(norm < (1 - 1e-4 * part) * s->norm))
            continue;
        memcpy(s->traffic, s->trial, c->n_loads * sizeof *s->traffic);
        s->norm = norm;
        s->gap = find_gap(c, s->traffic);
        return true;
    }
    return false;
}

static autk_status no_equilibrium(const congested *c, const steps *s, double tol, autk_err *err)
{
    size_t worst = 0;
    for (size_t l = 1; l < c->n_loads; l++) {
        if (c->traffic[l] / c->loads->items[l].capacity_t >
            c->traffic[worst] / c->loads->items[worst].capacity_t)
            worst = l;
    }
    return autki_fail(err, AUTK_ENOCONV,
                      "expected traffic and charges to meet within %g, got %g; most over its "
                      "capacity is %s",
                      tol, s->gap, c->net->places[c->loads->items[worst].place].name);
}

static autk_status iterate(congested *c, steps *s, double tol, int *rounds, autk_err *err)
{
    double *matrix = autki_malloc(c->n_loads * c->n_loads + 1, sizeof *matrix);
    autk_status st = AUTK_OK;
    if (matrix == NULL)
        return autki_no_memory(err, c->n_loads * c->n_loads * sizeof *matrix);
    if (!move_to(c, s, s->traffic)) /* nothing is charged yet */
        st = autki_fail(err, AUTK_ENUMERIC, "expected sums over routes that are finite");
    if (st == AUTK_OK) {
        s->norm = distance(c, s->traffic);
        s->gap = find_gap(c, s->traffic);
    }
    for (*rounds = 0; st == AUTK_OK && !(s->gap <= tol); ++*rounds) {
        if (*rounds == MAX_ROUNDS || !find_step(c, s, matrix) || !take_step(c, s))
            st = no_equilibrium(c, s, tol, err);
    }
    free(matrix);
    return st;
}

static autk_status find_equilibrium(congested *c, autk_loads *loads, double tol,
                                    autk_congestion *result, autk_err *err)
{
    size_t l = c->n_loads;
    double *room = autki_calloc(5 * l + 1, sizeof *room);
    if (room == NULL)
        return autki_no_memory(err, 5 * l * sizeof *room);
    steps s = {.traffic = room,
               .trial = room + l,
               .extra = room + 2 * l,
               .slope = room + 3 * l,
               .step = room + 4 * l};
    autk_congestion found = {.lost_t = c->lost_t};
    autk_status st = iterate(c, &s, tol, &found.rounds, err);
    for (size_t i = 0; st == AUTK_OK && i < l; i++) {
        loads->items[i].traffic_t = c->traffic[i];
        loads->items[i].extra_usd_per_t = s.extra[i];
    }
    found.gap = s.gap;
    if (st == AUTK_OK && result != NULL)
        *result = found;
    free(room);
    return st;
}

/* ------------------------------------------------------------------ setting it up */

static autk_status check_freight(const autk_network *net, const autk_freight *f, autk_err *err)
{
    if (autk_network_place(net, f->from) == NULL || autk_network_place(net, f->to) == NULL ||
        f->from == f->to)
        return autki_fail(err, AUTK_EARG, "expected freight between two places, got %d and %d",
                          f->from, f->to);
    if (!(f->t_per_year >= 0 && isfinite(f->t_per_year)))
        return autki_fail(err, AUTK_EARG, "expected freight of at least 0 tonnes a year, got %g",
                          f->t_per_year);
    return AUTK_OK;
}

/* Ends are numbered as they come; number [n_places], -1 = none yet. */
static autk_status number_ends(congested *c, int32_t *number, const autk_freight *freight,
                               size_t n_freight, autk_err *err)
{
    for (size_t i = 0; i < c->net->n_places; i++)
        number[i] = -1;
    for (size_t i = 0; i < n_freight; i++) {
        autk_status st = check_freight(c->net, &freight[i], err);
        if (st != AUTK_OK)
            return st;
        for (int end = 0; end < 2; end++) {
            int32_t place = end == 0 ? freight[i].from : freight[i].to;
            if (number[place] < 0) {
                number[place] = (int32_t)c->n;
                c->ends[c->n++] = place;
            }
        }
    }
    return AUTK_OK;
}

/* load_of [n_terminals]: 1 + the load that a terminal belongs to, 0 = none. */
static void find_terminals(congested *c, size_t *load_of)
{
    const autk_network *net = c->net;
    for (int32_t t = 0; t < net->n_terminals; t++) {
        int32_t place = autki_first_passage(net, net->terminals[t].place);
        for (size_t l = 0; l < c->n_loads; l++) {
            if (c->loads->items[l].place == place)
                load_of[t] = l + 1;
        }
        c->k += load_of[t] != 0;
    }
}

/* What passing a place costs, of its dearest mode; closures may make some dearer. */
static void price_places(congested *c, const size_t *load_of)
{
    double share = c->net->costs.value[AUTK_COST_congestion_share];
    for (int32_t t = 0; t < c->net->n_terminals; t++) {
        double cost = share * autki_passing_cost(c->net, t);
        if (load_of[t] != 0 && cost > c->passing[load_of[t] - 1])
            c->passing[load_of[t] - 1] = cost;
    }
}

static void take_kept(congested *c, const autki_factor *factor, const size_t *load_of)
{
    size_t k = c->k, n = c->n, at = 0;
    const autki_plan *plan = factor->plan;
    int32_t first = plan->n_nodes - plan->n_kept;
    for (int32_t t = 0; t < c->net->n_terminals; t++) { /* kept ones stand in their order */
        if (load_of[t] == 0)
            continue;
        c->load[at] = load_of[t] - 1;
        c->mirror[at++] = (size_t)(plan->position[c->net->terminals[t].mirror] - first);
    }
    for (size_t i = 0; i < n; i++) {
        for (size_t j = 0; j < n; j++)
            c->direct[i * n + j] = i == j ? 0 : autki_factor_kept(factor, k + i, k + j);
        for (size_t a = 0; a < k; a++)
            c->onto[i * k + a] = autki_factor_kept(factor, k + i, a);
    }
    for (size_t a = 0; a < k; a++) {
        for (size_t b = 0; b < k; b++)
            c->through[a * k + b] = autki_factor_kept(factor, c->mirror[a], b);
    }
}

/* Freight that no route is left for is none of the traffic. */
static autk_status drop_lost(congested *c, autk_err *err)
{
    size_t k = c->k, n = c->n;
    for (size_t a = 0; a < k; a++)
        c->keep[a] = 1;
    if (!find_loops(c))
        return autki_fail(err, AUTK_ENOCONV, "expected sums over routes that are finite");
    for (size_t i = 0; i < n; i++) {
        for (size_t j = 0; j < n; j++) {
            double sum = c->direct[i * n + j];
            for (size_t a = 0; a < k; a++) {
                for (size_t b = 0; b < k && c->onto[i * k + a] > 0; b++)
                    sum += c->onto[i * k + a] * c->loops[a * k + b] * c->onto[j * k + c->mirror[b]];
            }
            if (sum > SMALLEST_SUM)
                continue;
            c->lost_t += c->freight[i * n + j];
            c->freight[i * n + j] = 0;
        }
    }
    return AUTK_OK;
}

static autk_status reduce(congested *c, const size_t *load_of, const autk_closures *closures,
                          autk_err *err)
{
    autki_plan *plan = NULL;
    autki_factor factor = {.plan = NULL};
    uint8_t *kept = autki_calloc((size_t)c->net->n_terminals + 1, 1);
    if (kept == NULL)
        return autki_no_memory(err, (size_t)c->net->n_terminals);
    for (int32_t t = 0; t < c->net->n_terminals; t++)
        kept[t] = load_of[t] != 0;
    autk_status st = autki_plan_create(&plan, c->net, c->ends, c->n, kept, err);
    if (st == AUTK_OK)
        st = autki_factor_init(&factor, plan, autki_closed_weights(c->net, closures), err);
    if (st == AUTK_OK)
        take_kept(c, &factor, load_of);
    autki_factor_deinit(&factor);
    autki_plan_free(plan);
    free(kept);
    return st;
}

static autk_status set_up(congested *c, const autk_closures *closures, const autk_freight *freight,
                          size_t n_freight, autk_err *err)
{
    const autk_network *net = c->net;
    int32_t *number = autki_malloc(net->n_places + 1, sizeof *number);
    size_t *load_of = autki_calloc((size_t)net->n_terminals + 1, sizeof *load_of);
    c->ends = autki_malloc(net->n_places + 1, sizeof *c->ends);
    autk_status st = number != NULL && load_of != NULL && c->ends != NULL
                         ? AUTK_OK
                         : autki_no_memory(err, net->n_places * sizeof *number);
    if (st == AUTK_OK)
        st = number_ends(c, number, freight, n_freight, err);
    if (st == AUTK_OK) {
        find_terminals(c, load_of);
        st = allocate(c, err);
    }
    if (st == AUTK_OK) {
        price_places(c, load_of);
        st = reduce(c, load_of, closures, err);
    }
    for (size_t i = 0; st == AUTK_OK && i < n_freight; i++)
        c->freight[(size_t)number[freight[i].from] * c->n + (size_t)number[freight[i].to]] +=
            freight[i].t_per_year;
    if (st == AUTK_OK)
        st = drop_lost(c, err);
    free(number);
    free(load_of);
    return st;
}

autk_status autk_congestion_solve(autk_loads *loads, const autk_network *network,
                                  const autk_closures *closures, const autk_freight *freight,
                                  size_t n_freight, double tol, autk_congestion *result,
                                  autk_err *err)
{
    congested c = {.net = network, .loads = loads, .n_loads = loads->n};
    if (closures != NULL && closures->net != network)
        return autki_fail(err, AUTK_EARG, "expected closures of the same network");
    if (!(tol >= 0 && tol < 1))
        return autki_fail(err, AUTK_EARG, "expected a tolerance from 0 to 1, got %g", tol);
    autk_status st = set_up(&c, closures, freight, n_freight, err);
    if (st == AUTK_OK)
        st = find_equilibrium(&c, loads, tol > 0 ? tol : 1e-10, result, err);
    congested_deinit(&c);
    return st;
}
