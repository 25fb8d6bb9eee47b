/* Blocs, leanings and centrality of the economies in one year's trade. */
#include <autarky/roles.h>

#include <igraph.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/fail.h"
#include "base/mem.h"
#include "base/random.h"
#include "measure/roles_graph.h"

autk_roles_opts autk_roles_opts_default(void)
{
    return (autk_roles_opts){
        .resolution = 1, .n_draws = 40, .seed = 1, .min_stability = 0.95, .min_tie = 0.01};
}

void autk_roles_free(autk_roles *roles)
{
    if (roles == NULL)
        return;
    free(roles->roles);
    free(roles->blocs);
    free(roles);
}

static autk_status check_opts(const autk_roles_opts *o, autk_err *err)
{
    if (!(o->resolution > 0 && o->resolution <= 100))
        return autki_fail(err, AUTK_EARG, "expected a resolution in (0, 100], got %g",
                          o->resolution);
    if (o->n_draws > 10000)
        return autki_fail(err, AUTK_EARG, "expected at most 10000 draws, got %zu", o->n_draws);
    if (!(o->min_stability >= 0 && o->min_stability <= 1) || !(o->min_tie >= 0 && o->min_tie <= 1))
        return autki_fail(err, AUTK_EARG, "expected shares in [0, 1] for stability and ties");
    return AUTK_OK;
}

/* What the work needs besides the result. */
typedef struct work {
    const autk_trade_matrix *m;
    autk_roles_opts opts;
    double *flow;       /* [n x n] of the run: points or a draw; unknown = 0 */
    int32_t *community; /* [n] of the run */
    double *rank;       /* [n] of the run */
    double *ranks;      /* [n_draws x n] PageRank of each draw */
    int32_t *together;  /* [n] draws in which it was with its bloc's centre */
} work;

static void work_deinit(work *w)
{
    free(w->flow);
    free(w->community);
    free(w->rank);
    free(w->ranks);
    free(w->together);
}

static autk_status work_init(work *w, const autk_trade_matrix *m, const autk_roles_opts *opts,
                             autk_err *err)
{
    *w = (work){.m = m, .opts = *opts};
    w->flow = autki_calloc(m->n * m->n, sizeof *w->flow);
    w->community = autki_calloc(m->n, sizeof *w->community);
    w->rank = autki_calloc(m->n, sizeof *w->rank);
    w->ranks = autki_calloc(m->n * (opts->n_draws + 1), sizeof *w->ranks);
    w->together = autki_calloc(m->n, sizeof *w->together);
    if (w->flow != NULL && w->community != NULL && w->rank != NULL && w->ranks != NULL &&
        w->together != NULL)
        return AUTK_OK;
    work_deinit(w);
    return autki_no_memory(err, m->n * m->n * sizeof *w->flow);
}

static double turnover(const double *flow, size_t n, size_t i, size_t j)
{
    return flow[i * n + j] + flow[j * n + i];
}

static double strength(const double *flow, size_t n, size_t i)
{
    double sum = 0;
    for (size_t j = 0; j < n; j++)
        sum += j != i ? turnover(flow, n, i, j) : 0;
    return sum;
}

/* ------------------------------------------------------------------ draws */

/* A draw of its own for each flow of each network. */
static double uniform(uint64_t seed, uint64_t draw, uint64_t flow)
{
    uint64_t state =
        seed * 0xd1342543de82ef95u + draw * AUTKI_RANDOM_STEP + (flow + 1) * 0xbf58476d1ce4e5b9u;
    return autki_random_uniform(&state);
}

static void take_points(work *w)
{
    for (size_t k = 0; k < w->m->n * w->m->n; k++)
        w->flow[k] = w->m->point[k] > 0 ? w->m->point[k] : 0;
}

static void take_draw(work *w, uint64_t draw)
{
    for (size_t k = 0; k < w->m->n * w->m->n; k++) {
        bool known = w->m->point[k] >= 0 && w->m->high[k] > 0;
        w->flow[k] = known ? autki_triangular(w->m->low[k], w->m->point[k], w->m->high[k],
                                              uniform(w->opts.seed, draw, k))
                           : 0;
    }
}

/* ------------------------------------------------------------------ blocs */

static int larger_first(const void *a, const void *b)
{
    const autk_bloc *x = a, *y = b;
    if (x->world != y->world)
        return x->world < y->world ? 1 : -1;
    return (x->centre > y->centre) - (x->centre < y->centre);
}

/* An economy with trade joins the bloc of its community; the one with most trade is its centre. */
static void join_bloc(autk_bloc *bloc, double *most, const work *w, size_t economy, double own)
{
    size_t n = w->m->n;
    bloc->world += own;
    bloc->n_members++;
    if (own > *most) {
        *most = own;
        bloc->centre = (int32_t)economy;
    }
    for (size_t j = 0; j < n; j++) {
        if (j != economy && w->community[j] == w->community[economy])
            bloc->inside += turnover(w->flow, n, economy, j);
    }
}

/* From the blocs of all communities to those with trade, largest first. */
static void sort_blocs(autk_roles *out, size_t n_communities, double total)
{
    for (size_t c = 0; c < n_communities; c++) {
        if (out->blocs[c].centre >= 0)
            out->blocs[out->n_blocs++] = out->blocs[c];
    }
    qsort(out->blocs, out->n_blocs, sizeof *out->blocs, larger_first);
    for (size_t b = 0; b < out->n_blocs; b++) {
        out->blocs[b].inside /= out->blocs[b].world;
        out->blocs[b].world /= total;
    }
}

/* Blocs of the communities with trade, and each economy's. */
static autk_status list_blocs(autk_roles *out, const work *w, autk_err *err)
{
    size_t n = w->m->n;
    double total = 0, *most = autki_calloc(n, sizeof *most);
    out->blocs = autki_calloc(n, sizeof *out->blocs);
    if (most == NULL || out->blocs == NULL) {
        free(most);
        return autki_no_memory(err, n * sizeof *out->blocs);
    }
    for (size_t c = 0; c < n; c++)
        out->blocs[c].centre = -1;
    for (size_t i = 0; i < n; i++) {
        double own = strength(w->flow, n, i);
        out->roles[i].bloc = -1;
        if (own > 0)
            join_bloc(&out->blocs[w->community[i]], &most[w->community[i]], w, i, own);
        total += own;
    }
    sort_blocs(out, n, total);
    for (size_t b = 0; b < out->n_blocs; b++) {
        for (size_t i = 0; i < n; i++) {
            if (w->community[i] == w->community[out->blocs[b].centre] &&
                strength(w->flow, n, i) > 0)
                out->roles[i].bloc = (int32_t)b;
        }
    }
    free(most);
    return AUTK_OK;
}

/* Trade of an economy with a bloc, or with all (bloc -1): sums of low, point and high ends. */
static autk_bounds trade_with(const autk_roles *roles, const autk_trade_matrix *m, size_t economy,
                              int32_t bloc)
{
    autk_bounds sum = {0, 0, 0};
    for (size_t j = 0; j < m->n; j++) {
        if (j == economy || (bloc >= 0 && roles->roles[j].bloc != bloc))
            continue;
        const size_t both[] = {economy * m->n + j, j * m->n + economy};
        for (int side = 0; side < 2; side++) {
            if (!(m->high[both[side]] > 0)) /* none, or unknown */
                continue;
            sum.low += m->low[both[side]];
            sum.point += m->point[both[side]];
            sum.high += m->high[both[side]];
        }
    }
    return sum;
}

static size_t count_unknown(const autk_trade_matrix *m, size_t economy)
{
    size_t n = 0;
    for (size_t j = 0; j < m->n; j++) {
        if (j != economy)
            n += (size_t)(isnan(m->point[economy * m->n + j]) != 0) +
                 (size_t)(isnan(m->point[j * m->n + economy]) != 0);
    }
    return n;
}

/* The bloc with the largest share. Flows with two blocs are different flows, free of each other in
 * their bounds: so the share is least with the bloc's flows low and all others high, and nothing
 * inside the bounds changes the answer when the bloc's low is above every other's high. */
static void lean_of(autk_roles *out, const autk_trade_matrix *m, size_t economy)
{
    autk_role *r = &out->roles[economy];
    autk_bounds all = trade_with(out, m, economy, -1), best = {0, 0, 0};
    double rival = 0; /* the most that any other bloc can have */
    r->lean = -1;
    r->lean_share = autk_bounds_unknown();
    r->n_unknown = count_unknown(m, economy);
    for (size_t b = 0; b < out->n_blocs; b++) {
        autk_bounds with = trade_with(out, m, economy, (int32_t)b);
        bool better = with.point > best.point;
        double loser = better ? best.high : with.high;
        rival = loser > rival ? loser : rival;
        if (better) {
            best = with;
            r->lean = (int32_t)b;
        }
    }
    if (r->lean < 0)
        return;
    r->lean_share = (autk_bounds){.low = best.low / (best.low + all.high - best.high),
                                  .point = best.point / all.point,
                                  .high = best.high / (best.high + all.low - best.low)};
    r->lean_claimed = best.low > rival;
}

/* ------------------------------------------------------------------ all of it */

static int ascending(const void *a, const void *b)
{
    double x = *(const double *)a, y = *(const double *)b;
    return (x > y) - (x < y);
}

static autk_status run_points(autk_roles *out, work *w, autk_err *err)
{
    size_t n = w->m->n;
    take_points(w);
    autk_status st = autki_communities(w->community, &out->modularity, w->flow, n,
                                       w->opts.resolution, w->opts.seed, err);
    if (st == AUTK_OK)
        st = list_blocs(out, w, err);
    if (st == AUTK_OK && out->n_blocs == 0)
        st = autki_fail(err, AUTK_ENOANSWER, "no trade is known in %d", w->m->year);
    if (st == AUTK_OK)
        st = autki_page_rank(w->rank, w->flow, n, err);
    if (st == AUTK_OK)
        st = autki_between_and_core(out->roles, w->flow, n, w->opts.min_tie, err);
    for (size_t i = 0; st == AUTK_OK && i < n; i++) {
        out->roles[i].page_rank = out->roles[i].page_rank_low = out->roles[i].page_rank_high =
            w->rank[i];
        lean_of(out, w->m, i);
    }
    return st;
}

static autk_status run_draw(const autk_roles *out, work *w, size_t draw, autk_err *err)
{
    size_t n = w->m->n;
    double modularity;
    take_draw(w, draw);
    autk_status st = autki_communities(w->community, &modularity, w->flow, n, w->opts.resolution,
                                       w->opts.seed + draw + 1, err);
    if (st == AUTK_OK)
        st = autki_page_rank(w->rank, w->flow, n, err);
    for (size_t i = 0; st == AUTK_OK && i < n; i++) {
        w->ranks[i * (w->opts.n_draws + 1) + draw] = w->rank[i];
        int32_t bloc = out->roles[i].bloc;
        if (bloc >= 0)
            w->together[i] += w->community[i] == w->community[out->blocs[bloc].centre];
    }
    return st;
}

static void summarise(autk_roles *out, work *w)
{
    size_t d = w->opts.n_draws;
    for (size_t i = 0; i < w->m->n; i++) {
        autk_role *r = &out->roles[i];
        r->stability = d > 0 && r->bloc >= 0 ? (double)w->together[i] / (double)d : NAN;
        r->bloc_claimed = r->stability >= w->opts.min_stability;
        if (d == 0)
            continue;
        double *ranks = w->ranks + i * (d + 1);
        qsort(ranks, d, sizeof *ranks, ascending);
        r->page_rank_low = ranks[(size_t)(0.05 * (double)(d - 1))];
        r->page_rank_high = ranks[(size_t)ceil(0.95 * (double)(d - 1))];
    }
}

autk_status autk_roles_find(autk_roles **out, const autk_trade_matrix *matrix,
                            const autk_roles_opts *opts, autk_err *err)
{
    autk_roles_opts o = opts != NULL ? *opts : autk_roles_opts_default();
    autk_status st = check_opts(&o, err);
    work w;
    if (st == AUTK_OK)
        st = work_init(&w, matrix, &o, err);
    if (st != AUTK_OK)
        return st;
    autk_roles *roles = autki_calloc(1, sizeof *roles);
    if (roles == NULL)
        st = autki_no_memory(err, sizeof *roles);
    if (st == AUTK_OK) {
        roles->n_economies = matrix->n;
        roles->roles = autki_calloc(matrix->n, sizeof *roles->roles);
        st =
            roles->roles != NULL ? AUTK_OK : autki_no_memory(err, matrix->n * sizeof *roles->roles);
    }
    if (st == AUTK_OK)
        st = run_points(roles, &w, err);
    for (size_t d = 0; st == AUTK_OK && d < o.n_draws; d++)
        st = run_draw(roles, &w, d, err);
    if (st == AUTK_OK)
        summarise(roles, &w);
    work_deinit(&w);
    if (st != AUTK_OK) {
        autk_roles_free(roles);
        return st;
    }
    *out = roles;
    return AUTK_OK;
}
