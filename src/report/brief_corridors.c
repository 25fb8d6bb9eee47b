/* The routes to the main markets: the numbers. */
#include "report/brief_corridors.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/fail.h"
#include "base/mem.h"
#include "data/world_asset.h"
#include "report/words.h"

#define DRAWS AUTKI_BRIEF_DRAWS
#define SEED 20220201

/* The whole row of the economy at one set of costs. */
typedef struct both {
    autk_reach before, after;
    double *lost; /* [n] part of the access to each market */
} both;

/* Trade with each partner, by economy; NaN where it is unknown or there is none. */
typedef struct weights {
    double *low, *point, *high; /* [n] */
} weights;

typedef struct work {
    const autk_brief *brief;
    autki_corridors *found;
    size_t n;         /* economies */
    double *block;    /* all rows below */
    both base, drawn; /* at the parameters, with their use of places; at a draw */
    weights trade;
    double *draws; /* [(3 n_ways + 2) x DRAWS] before, after, rise of each; lost low, high */
} work;

void autki_corridors_free(autki_corridors *corridors)
{
    if (corridors == NULL)
        return;
    for (size_t i = 0; i < corridors->n_ways; i++) {
        autk_routes_free(corridors->ways[i].was);
        autk_routes_free(corridors->ways[i].is);
    }
    free(corridors->ways);
    autk_closures_free(corridors->closures);
    autk_network_free(corridors->network);
    free(corridors->why_not);
    free(corridors);
}

/* ------------------------------------------------------------------ memory */

static autk_status take_memory(work *w, autk_err *err)
{
    size_t n = w->n, places = (size_t)autk_network_n_places(w->found->network);
    size_t n_draws = (3 * w->found->n_ways + 2) * DRAWS;
    size_t total = 9 * n + 2 * places * n + n_draws;
    double *at = w->block = autki_malloc(total, sizeof *at);
    if (at == NULL)
        return autki_no_memory(err, total * sizeof *at);
    double **rows[] = {&w->base.before.cost_usd_per_t,
                       &w->base.after.cost_usd_per_t,
                       &w->base.lost,
                       &w->drawn.before.cost_usd_per_t,
                       &w->drawn.after.cost_usd_per_t,
                       &w->drawn.lost,
                       &w->trade.low,
                       &w->trade.point,
                       &w->trade.high};
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++, at += n)
        *rows[i] = at;
    w->base.before.use = at;
    w->base.after.use = at + places * n;
    w->draws = at + 2 * places * n;
    return AUTK_OK;
}

static void weigh(weights *trade, size_t n, const autk_dependence *flows)
{
    for (size_t i = 0; i < n; i++)
        trade->low[i] = trade->point[i] = trade->high[i] = NAN;
    for (size_t i = 0; i < flows->n_entries; i++) {
        const autk_dependence_entry *e = &flows->entries[i];
        if (e->party < 0 || (size_t)e->party >= n)
            continue;
        trade->low[e->party] = e->value_usd.low;
        trade->point[e->party] = e->value_usd.point;
        trade->high[e->party] = e->value_usd.high;
    }
}

/* The share of the trade that a part of each flow makes, with bounds from those of the flows. */
static autk_bounds part_of(const double *part, const weights *trade, size_t n)
{
    autk_bounds share;
    double sum = 0.0, total = 0.0;
    for (size_t i = 0; i < n; i++) {
        if (isnan(trade->point[i]) || isnan(part[i]))
            continue;
        sum += part[i] * trade->point[i];
        total += trade->point[i];
    }
    share.point = total > 0.0 ? sum / total : NAN;
    autk_corridor_share_bounds(&share.low, &share.high, part, trade->low, trade->high, n);
    return share;
}

/* ------------------------------------------------------------------ before and after */

static autk_status close_on(autk_closures **out, const autk_network *network, int32_t day,
                            int32_t economy, autk_err *err)
{
    autk_status st = autk_closures_create(out, network, err);
    return st == AUTK_OK ? autk_closures_add_date(*out, day, economy, NULL, err) : st;
}

static autk_status reach_both(both *r, const work *w, const autk_network *network,
                              const autk_closures *closures, autk_err *err)
{
    autk_status st =
        autk_reach_find(&r->before, &r->after, network, w->brief->economy, closures, err);
    if (st == AUTK_OK)
        autk_reach_lost(r->lost, autk_network_costs(network), r->before.cost_usd_per_t,
                        r->after.cost_usd_per_t, w->n);
    return st;
}

static autk_status find_ways(work *w, autk_err *err)
{
    const autk_route_opts cheapest = {.max_routes = 1, .shortest_only = true};
    autki_corridors *found = w->found;
    autk_status st = AUTK_OK;
    int32_t home = autk_network_city(found->network, w->brief->economy);
    for (size_t i = 0; st == AUTK_OK && i < found->n_ways; i++) {
        autki_way *way = &found->ways[i];
        int32_t to = autk_network_city(found->network, way->partner);
        way->before.point = w->base.before.cost_usd_per_t[way->partner];
        way->after.point = w->base.after.cost_usd_per_t[way->partner];
        way->rise.point = way->after.point / way->before.point - 1.0;
        st = autk_routes_find(&way->was, found->network, home, to, NULL, &cheapest, err);
        if (st == AUTK_OK && isfinite(way->after.point))
            st = autk_routes_find(&way->is, found->network, home, to, found->closures, &cheapest,
                                  err);
    }
    return st;
}

static int by_share_down(const void *a, const void *b)
{
    const autki_carrier *x = a, *y = b;
    if (x->share.point != y->share.point)
        return x->share.point < y->share.point ? 1 : -1;
    return strcmp(x->place->id, y->place->id);
}

static autk_status find_carriers(work *w, autk_err *err)
{
    autki_corridors *found = w->found;
    int32_t n_places = autk_network_n_places(found->network);
    autki_carrier *all = autki_malloc((size_t)n_places, sizeof *all);
    if (all == NULL)
        return autki_no_memory(err, (size_t)n_places * sizeof *all);
    size_t n = 0;
    for (int32_t p = 0; p < n_places; p++) {
        const double *use = w->base.after.use + (size_t)p * w->n;
        autk_bounds share = part_of(use, &w->trade, w->n);
        if (!(share.point > 0.0))
            continue;
        autk_bounds was = part_of(w->base.before.use + (size_t)p * w->n, &w->trade, w->n);
        all[n++] = (autki_carrier){autk_network_place(found->network, p), share, was.point};
    }
    qsort(all, n, sizeof *all, by_share_down);
    found->n_carriers = n < AUTKI_CARRIERS ? n : AUTKI_CARRIERS;
    memcpy(found->carriers, all, found->n_carriers * sizeof *all);
    free(all);
    return AUTK_OK;
}

/* ------------------------------------------------------------------ draws of the costs */

static void keep_draw(work *w, size_t draw)
{
    const autki_corridors *found = w->found;
    for (size_t i = 0; i < found->n_ways; i++) {
        double before = w->drawn.before.cost_usd_per_t[found->ways[i].partner];
        double after = w->drawn.after.cost_usd_per_t[found->ways[i].partner];
        const double kept[] = {before, after, after / before - 1.0};
        for (size_t k = 0; k < 3; k++)
            w->draws[(3 * i + k) * DRAWS + draw] = kept[k];
    }
    autk_bounds lost = part_of(w->drawn.lost, &w->trade, w->n);
    w->draws[3 * found->n_ways * DRAWS + draw] = lost.low;
    w->draws[(3 * found->n_ways + 1) * DRAWS + draw] = lost.high;
}

/* 5 to 95 % of low and high ends, and the point. A cost that some draw does not have: no interval.
 */
static void set_interval(autk_bounds *b, double *low, double *high, size_t n)
{
    for (size_t d = 0; d < n; d++) {
        if (!isfinite(low[d]) || !isfinite(high[d]))
            return;
    }
    autk_sort(low, n);
    if (high != low)
        autk_sort(high, n);
    double least = autk_quantile(low, n, 0.05), most = autk_quantile(high, n, 0.95);
    b->low = least < b->point ? least : b->point;
    b->high = most > b->point ? most : b->point;
}

static autk_status draw_costs(work *w, autk_err *err)
{
    autki_corridors *found = w->found;
    const autk_costs *costs = autk_network_costs(found->network);
    size_t n = (size_t)w->brief->n_draws;
    autk_status st = AUTK_OK;
    for (size_t d = 0; st == AUTK_OK && d < n; d++) {
        autk_costs drawn = autk_costs_draw(costs, SEED, d);
        autk_network *network = NULL;
        autk_closures *closures = NULL;
        st = autk_network_at_costs(&network, found->network, &drawn, err);
        if (st == AUTK_OK)
            st = close_on(&closures, network, found->day, w->brief->economy, err);
        if (st == AUTK_OK)
            st = reach_both(&w->drawn, w, network, closures, err);
        if (st == AUTK_OK)
            keep_draw(w, d);
        autk_closures_free(closures);
        autk_network_free(network);
    }
    if (st != AUTK_OK)
        return st;
    found->n_draws = (int)n;
    for (size_t i = 0; i < found->n_ways; i++) {
        autk_bounds *told[] = {&found->ways[i].before, &found->ways[i].after, &found->ways[i].rise};
        for (size_t k = 0; k < 3; k++)
            set_interval(told[k], w->draws + (3 * i + k) * DRAWS, w->draws + (3 * i + k) * DRAWS,
                         n);
    }
    set_interval(&found->access_lost, w->draws + 3 * found->n_ways * DRAWS,
                 w->draws + (3 * found->n_ways + 1) * DRAWS, n);
    return AUTK_OK;
}

/* ------------------------------------------------------------------ years to compare with */

static int32_t last_day(int year)
{
    return year * 10000 + 1231;
}

static autk_status add_past(work *w, autk_err *err)
{
    const autk_brief *b = w->brief;
    autk_status st = AUTK_OK;
    for (size_t k = 0; st == AUTK_OK && k < b->n_past; k++) {
        autk_closures *closures = NULL;
        st = close_on(&closures, w->found->network, last_day(b->past[k]->year), b->economy, err);
        if (st == AUTK_OK)
            st = reach_both(&w->drawn, w, w->found->network, closures, err);
        autk_closures_free(closures);
        if (st != AUTK_OK)
            return st;
        weigh(&w->trade, w->n, b->past[k]);
        w->found->access_lost_in[k] = part_of(w->drawn.lost, &w->trade, w->n);
    }
    return st;
}

/* ------------------------------------------------------------------ all of it */

/* The main partners that have a place in the network. */
static autk_status list_ways(autki_corridors *found, const autk_brief *b, autk_err *err)
{
    const autk_dependence *trade = b->flows[AUTK_DIRECTION_TRADE];
    found->ways = autki_calloc((size_t)b->n_partners, sizeof *found->ways);
    if (found->ways == NULL)
        return autki_no_memory(err, (size_t)b->n_partners * sizeof *found->ways);
    for (size_t i = 0; i < trade->n_entries && i < (size_t)b->n_partners; i++) {
        const autk_dependence_entry *e = &trade->entries[i];
        if (autk_network_city(found->network, e->party) < 0)
            continue;
        autki_way *way = &found->ways[found->n_ways++];
        *way = (autki_way){.partner = e->party,
                           .share = e->share,
                           .before = autk_bounds_unknown(),
                           .after = autk_bounds_unknown(),
                           .rise = autk_bounds_unknown()};
    }
    return AUTK_OK;
}

static autk_status solve(work *w, autk_err *err)
{
    autki_corridors *found = w->found;
    weigh(&w->trade, w->n, w->brief->flows[AUTK_DIRECTION_TRADE]);
    autk_status st = close_on(&found->closures, found->network, found->day, w->brief->economy, err);
    if (st == AUTK_OK)
        st = reach_both(&w->base, w, found->network, found->closures, err);
    if (st != AUTK_OK)
        return st;
    found->access_lost = part_of(w->base.lost, &w->trade, w->n);
    st = find_carriers(w, err);
    if (st == AUTK_OK)
        st = find_ways(w, err);
    if (st == AUTK_OK)
        st = draw_costs(w, err);
    return st == AUTK_OK ? add_past(w, err) : st;
}

static autk_status say_why_not(autki_corridors *found, const autk_brief *b, autk_err *err)
{
    autk_buf words;
    autk_buf_init(&words);
    if (found->network == NULL) {
        autk_buf_puts(&words, "This dataset has no network of routes.");
    } else {
        autk_buf_puts(&words, "The network of routes has no place in ");
        autki_words_name(&words, b->world, b->economy);
        autk_buf_puts(&words, ", or none in any of its partners.");
    }
    autk_status st = autk_buf_check(&words, err);
    if (st == AUTK_OK && (found->why_not = autki_strdup(autk_buf_text(&words))) == NULL)
        st = autki_no_memory(err, words.len);
    autk_buf_deinit(&words);
    return st;
}

autk_status autki_brief_add_corridors(autk_brief *brief, autk_err *err)
{
    autki_corridors *found = brief->corridors = autki_calloc(1, sizeof *found);
    if (found == NULL)
        return autki_no_memory(err, sizeof *found);
    found->day = last_day(brief->year);
    autk_network_opts opts = {.date = found->day, .no_shapes = true};
    if (!autki_world_has_assets(brief->world))
        return say_why_not(found, brief, err);
    autk_status st = autk_network_open(&found->network, brief->world, &opts, err);
    if (st == AUTK_OK)
        st = list_ways(found, brief, err);
    if (st != AUTK_OK)
        return st;
    if (autk_network_city(found->network, brief->economy) < 0 || found->n_ways == 0)
        return say_why_not(found, brief, err);
    work w = {.brief = brief, .found = found, .n = (size_t)autk_world_n_economies(brief->world)};
    st = take_memory(&w, err);
    if (st == AUTK_OK)
        st = solve(&w, err);
    free(w.block);
    return st;
}
