/*
 * One sector from the world dataset: every economy with trade and GDP in a year.
 *
 * A pair's flow is one figure by rank of evidence: reconciled, estimated (BACI's exact part and the
 * rest filled in), reported, mirror, statement. A pair of two non-reporters with no figure is a
 * gap: it takes the last year's figure within GAP_YEARS, and is drawn between half and twice that.
 * A gap that nothing bounds is left out and counted in a note: never passed over in silence.
 */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/fail.h"
#include "base/mem.h"
#include "equilibrium/accounts.h"

#define GAP_YEARS 3
#define STATEMENT 6  /* rank */
#define CIF_FOB 1.06 /* the IMF's divisor */

typedef struct figure {
    double point, low, high;
    int rank; /* 0 = none yet; higher is weaker */
    bool from_before;
} figure;

typedef struct gatherer {
    const autk_world *world;
    int year;
    int32_t n;       /* economies of the world */
    figure *figures; /* [exporter * n + importer] */
    size_t unknown, from_before;
    char without_gdp[300]; /* economies that trade but have no GDP */
    double trade_usd, left_out_usd;
} gatherer;

static int rank_of(const autk_observation *o)
{
    switch (o->kind) {
    case AUTK_KIND_RECONCILED:
        return 1;
    case AUTK_KIND_ESTIMATED:
        return 2;
    case AUTK_KIND_REPORTED:
        return o->valuation == AUTK_VALUATION_CIF ? 4 : 3;
    case AUTK_KIND_MIRROR:
        return 5;
    default:
        return STATEMENT;
    }
}

/* Within a rank, several figures of one flow span its bounds; the first is the point. */
static void take(gatherer *g, const autk_observation *o)
{
    if (o->exporter < 0 || o->exporter >= g->n || o->importer < 0 || o->importer >= g->n ||
        o->exporter == o->importer || o->scope != AUTK_SCOPE_GOODS || !(o->value >= 0) ||
        o->kind == AUTK_KIND_MODELLED) /* that comes with the bounds of gaps */
        return;
    figure *f = &g->figures[(size_t)o->exporter * (size_t)g->n + (size_t)o->importer];
    double fob = o->valuation == AUTK_VALUATION_CIF ? 1 / CIF_FOB : 1;
    int rank = rank_of(o);
    if (o->quantity != AUTK_QUANTITY_FLOW)
        return;
    if (f->rank == 0 || rank < f->rank) {
        *f = (figure){o->value * fob, o->low * fob, o->high * fob, rank, false};
    } else if (rank == f->rank) {
        f->low = o->low * fob < f->low ? o->low * fob : f->low;
        f->high = o->high * fob > f->high ? o->high * fob : f->high;
    }
}

static autk_status gather(gatherer *g, int year, autk_err *err)
{
    autk_observation *found = NULL;
    size_t n = 0;
    autk_observation_query query = {AUTK_PARTY_ANY, AUTK_PARTY_ANY, year, year};
    autk_status st = autk_world_observations(&found, &n, g->world, &query, err);
    for (size_t i = 0; st == AUTK_OK && i < n; i++)
        take(g, &found[i]);
    free(found);
    return st;
}

static bool open_gap(const gatherer *g, int32_t i, int32_t n)
{
    return i != n && g->figures[(size_t)i * (size_t)g->n + (size_t)n].rank == 0 &&
           autk_world_is_gap(g->world, i, n, g->year);
}

/* Fill gaps from a year before. */
static autk_status fill_gaps(gatherer *g, int year, autk_err *err)
{
    gatherer before = {.world = g->world, .year = year, .n = g->n};
    before.figures = autki_calloc((size_t)g->n * (size_t)g->n, sizeof *before.figures);
    if (before.figures == NULL)
        return autki_no_memory(err, (size_t)g->n * (size_t)g->n * sizeof *before.figures);
    autk_status st = gather(&before, year, err);
    g->unknown = 0;
    for (int32_t i = 0; st == AUTK_OK && i < g->n; i++) {
        for (int32_t n = 0; n < g->n; n++) {
            if (!open_gap(g, i, n))
                continue;
            size_t at = (size_t)i * (size_t)g->n + (size_t)n;
            const figure *f = &before.figures[at];
            /* Silence of a reporter then is no trade then, and a weak guess for now. */
            if (f->rank == 0 && autk_world_is_gap(g->world, i, n, year)) {
                g->unknown++;
                continue;
            }
            g->figures[at] = (figure){f->point, f->point / 2, f->point * 2, 9, true};
            g->from_before++;
        }
    }
    free(before.figures);
    return st;
}

/* Flows known by statements only take the bounds of whoever weighs statements. */
static autk_status ask_for_gaps(gatherer *g, const autk_economy_opts *opts, autk_err *err)
{
    for (int32_t i = 0; opts->gap != NULL && i < g->n; i++) {
        for (int32_t n = 0; n < g->n; n++) {
            figure *f = &g->figures[(size_t)i * (size_t)g->n + (size_t)n];
            double low = 0, point = 0, high = 0;
            if (f->rank != STATEMENT || !autk_world_is_gap(g->world, i, n, g->year))
                continue;
            autk_status st = opts->gap(&low, &point, &high, i, n, g->year, opts->gap_user, err);
            if (st == AUTK_OK && low >= 0 && low <= point && point <= high && isfinite(high))
                *f = (figure){point, low, high, STATEMENT, false};
            if (st != AUTK_OK && st != AUTK_ENOANSWER)
                return st;
        }
    }
    return AUTK_OK;
}

static autk_status gather_all(gatherer *g, const autk_economy_opts *opts, autk_err *err)
{
    autk_status st = gather(g, g->year, err);
    if (st == AUTK_OK)
        st = ask_for_gaps(g, opts, err);
    g->unknown = 0;
    for (int32_t i = 0; st == AUTK_OK && i < g->n; i++) {
        for (int32_t n = 0; n < g->n; n++)
            g->unknown += open_gap(g, i, n);
    }
    for (int back = 1; st == AUTK_OK && g->unknown != 0 && back <= GAP_YEARS; back++)
        st = fill_gaps(g, g->year - back, err);
    return st;
}

/* Economies that trade and have a GDP, in order of code; index[world's] = ours or -1. */
static autk_status choose(int32_t *index, autki_names *names, gatherer *g, autk_err *err)
{
    autk_status st = AUTK_OK;
    for (int32_t i = 0; st == AUTK_OK && i < g->n; i++) {
        double exports = 0, imports = 0;
        index[i] = -1;
        for (int32_t n = 0; n < g->n; n++) {
            exports += g->figures[(size_t)i * (size_t)g->n + (size_t)n].point;
            imports += g->figures[(size_t)n * (size_t)g->n + (size_t)i].point;
        }
        double gdp = autk_world_indicator(g->world, AUTK_GDP_USD, i, g->year);
        const char *code = autk_world_party_code(g->world, i);
        bool taken = exports > 0 && imports > 0 && gdp > 0;
        g->trade_usd += exports + imports;
        g->left_out_usd += taken ? 0 : exports + imports;
        size_t used = strlen(g->without_gdp);
        if (!(gdp > 0) && exports + imports > 1e9)
            (void)snprintf(g->without_gdp + used, sizeof g->without_gdp - used, "%s%s",
                           used == 0 ? "" : " ", code);
        if (taken)
            st =
                autki_names_add(&index[i], names, code, strlen(code), AUTKI_MAX_REGIONS, NULL, err);
    }
    if (st == AUTK_OK && names->n < 2)
        st = autki_fail(err, AUTK_ENOTFOUND,
                        "expected a year with trade and GDP of several economies, got %d", g->year);
    return st;
}

/* The dataset's groups by their codes, and each economy's name as a group of one, so that a
 * scenario may say BLR or Belarus. */
static autk_status add_groups(autk_economy *e, const gatherer *g, const int32_t *index,
                              autk_err *err)
{
    int32_t n_groups = autk_world_n_groups(g->world), n = n_groups + e->regions.n, at;
    autk_status st = AUTK_OK;
    e->members = autki_calloc((size_t)n * e->stride, 1);
    if (e->members == NULL)
        return autki_no_memory(err, (size_t)n * e->stride);
    for (int32_t k = 0; st == AUTK_OK && k < n_groups; k++) {
        const char *code = autk_world_group(g->world, k)->code;
        st = autki_names_add(&at, &e->groups, code, strlen(code), n, NULL, err);
        for (int32_t i = 0; st == AUTK_OK && i < g->n; i++) {
            if (index[i] >= 0 && autk_world_is_member(g->world, k, i, g->year * 10000 + 701))
                e->members[(size_t)at * e->stride + (size_t)index[i]] = 1;
        }
    }
    for (int32_t i = 0; st == AUTK_OK && i < g->n; i++) {
        const char *name = autk_world_party_name(g->world, i);
        if (index[i] < 0 || autki_names_find(&e->groups, name, strlen(name)) >= 0)
            continue;
        st = autki_names_add(&at, &e->groups, name, strlen(name), n, NULL, err);
        if (st == AUTK_OK)
            e->members[(size_t)at * e->stride + (size_t)index[i]] = 1;
    }
    return st;
}

static autk_status place_flows(autk_economy *e, const gatherer *g, const int32_t *index,
                               autk_err *err)
{
    for (int32_t i = 0; i < g->n; i++) {
        for (int32_t n = 0; n < g->n; n++) {
            if (index[i] < 0 || index[n] < 0 || i == n)
                continue;
            const figure *f = &g->figures[(size_t)i * (size_t)g->n + (size_t)n];
            size_t cell = autki_cell(e, 0, index[i], index[n]);
            e->flow[cell] = f->point;
            if (!autk_world_is_gap(g->world, i, n, g->year) || !(f->high > f->low))
                continue;
            autk_status st = autki_grow(&e->gaps, &e->gaps_capacity, e->n_gaps + 1, sizeof *e->gaps,
                                        (size_t)g->n * (size_t)g->n, err);
            if (st != AUTK_OK)
                return st;
            e->gaps[e->n_gaps++] = (autki_gap){cell, index[i], index[n], f->low, f->high};
        }
    }
    return AUTK_OK;
}

static autk_status say_gaps(autk_economy *e, const gatherer *g, autk_err *err)
{
    autk_status st =
        autki_economy_notef(e, err, "world dataset, goods, %d: %d economies with trade and GDP",
                            g->year, (int)e->regions.n);
    if (st == AUTK_OK && g->without_gdp[0] != '\0')
        st = autki_economy_notef(
            e, err, "left out for want of a GDP: %s (and small ones; %.1f %% of trade)",
            g->without_gdp, 100 * g->left_out_usd / g->trade_usd);
    if (st == AUTK_OK && e->n_gaps != 0)
        st = autki_economy_notef(
            e, err,
            "%zu flows that nobody reported stand at a point estimate; draws move them "
            "within their bounds",
            e->n_gaps);
    if (st == AUTK_OK && g->from_before != 0)
        st = autki_economy_notef(
            e, err,
            "%zu of the dataset's pairs of non-reporters take a figure of up to "
            "%d years before (bounds: half to twice)",
            g->from_before, GAP_YEARS);
    if (st == AUTK_OK && g->unknown != 0)
        st = autki_economy_notef(
            e, err, "%zu pairs of non-reporters have no figure at all: unknown, left out, not zero",
            g->unknown);
    return st;
}

static autk_status close_world(autk_economy *e, const gatherer *g, const int32_t *index,
                               const autk_economy_opts *opts, autk_err *err)
{
    double *gdp = autki_malloc((size_t)e->regions.n, sizeof *gdp);
    if (gdp == NULL)
        return autki_no_memory(err, (size_t)e->regions.n * sizeof *gdp);
    for (int32_t i = 0; i < g->n; i++) {
        if (index[i] >= 0)
            gdp[index[i]] = autk_world_indicator(g->world, AUTK_GDP_USD, i, g->year);
    }
    double share = opts->domestic == AUTK_DOMESTIC_GDP && !(opts->value_added_share > 0)
                       ? 1.0
                       : opts->value_added_share;
    autk_status st = autki_economy_domestic(e, gdp, opts, "world", err);
    free(gdp);
    if (st == AUTK_OK)
        st = autki_economy_theta(e, opts, false, err);
    if (st == AUTK_OK)
        st = autki_economy_close_one_sector(e, share, "world", err);
    if (st == AUTK_OK)
        st = autki_economy_finish(e, opts, "world", err);
    return st;
}

static autk_status build(autk_economy **out, gatherer *g, int32_t *index,
                         const autk_economy_opts *opts, autk_err *err)
{
    autki_names regions = {0}, sectors = {0};
    autk_economy *e = NULL;
    int32_t at;
    autk_status st = choose(index, &regions, g, err);
    if (st == AUTK_OK)
        st = autki_names_add(&at, &sectors, "all goods", 9, 1, NULL, err);
    if (st == AUTK_OK)
        st = autki_economy_create(&e, &regions, &sectors, false, err);
    if (st == AUTK_OK)
        e->year = g->year;
    if (st == AUTK_OK)
        st = place_flows(e, g, index, err);
    if (st == AUTK_OK)
        st = add_groups(e, g, index, err);
    if (st == AUTK_OK)
        st = say_gaps(e, g, err);
    if (st == AUTK_OK)
        st = close_world(e, g, index, opts, err);
    autki_names_deinit(&regions);
    autki_names_deinit(&sectors);
    if (st != AUTK_OK) {
        autk_economy_free(e);
        return st;
    }
    *out = e;
    return AUTK_OK;
}

autk_status autk_economy_from_world(autk_economy **out, const autk_world *world, int year,
                                    const autk_economy_opts *opts, autk_err *err)
{
    autk_economy_opts chosen = opts != NULL ? *opts : autk_economy_opts_default();
    if (chosen.domestic == AUTK_DOMESTIC_GIVEN)
        chosen.domestic = AUTK_DOMESTIC_OUTPUT;
    if (chosen.domestic == AUTK_DOMESTIC_OUTPUT && !(chosen.value_added_share > 0))
        chosen.value_added_share = 0.5;
    chosen.repair |= AUTK_REPAIR_DOMESTIC; /* entrepots export more than they make */
    gatherer g = {.world = world, .year = year, .n = autk_world_n_economies(world)};
    size_t pairs = (size_t)g.n * (size_t)g.n;
    g.figures = autki_calloc(pairs, sizeof *g.figures);
    int32_t *index = autki_malloc((size_t)g.n, sizeof *index);
    autk_status st = AUTK_OK;
    if (g.figures == NULL || index == NULL)
        st = autki_no_memory(err, pairs * sizeof *g.figures);
    if (st == AUTK_OK)
        st = gather_all(&g, &chosen, err);
    if (st == AUTK_OK)
        st = build(out, &g, index, &chosen, err);
    free(g.figures);
    free(index);
    return st;
}
