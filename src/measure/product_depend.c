#include <autarky/mirror.h>

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/fail.h"
#include "base/mem.h"
#include "data/dataset_file.h"
#include "measure/products_sums.h"

#define CODE_MIN 2
#define CODE_MAX 10

autk_product_depend_opts autk_product_depend_opts_default(void)
{
    return (autk_product_depend_opts){.layer = -1, .on = AUTK_PARTY_ANY};
}

void autk_product_dependence_free(autk_product_dependence *dependence)
{
    if (dependence == NULL)
        return;
    free(dependence->partners);
    free(dependence);
}

typedef struct work {
    autk_product_dependence *out;
    autki_product_trade *trade;
    const autk_product_depend_opts *opts;
    const autk_world *world; /* NULL = none given */
    int32_t economy;
    size_t capacity; /* of out->partners */
} work;

/* ------------------------------------------------------------------ partners that are reported */

static autk_status add_partner(autk_product_partner **out, work *w, const char *code,
                               const char *name, autk_err *err)
{
    autk_product_dependence *d = w->out;
    autk_status st = autki_grow(&d->partners, &w->capacity, d->n_partners + 1, sizeof *d->partners,
                                (size_t)1 << 20, err);
    if (st != AUTK_OK)
        return st;
    autk_product_partner *p = &d->partners[d->n_partners++];
    *p = (autk_product_partner){.party = AUTK_PARTY_ANY, .quantity = NAN};
    (void)snprintf(p->code, sizeof p->code, "%s", code);
    (void)snprintf(p->name, sizeof p->name, "%s", name);
    int32_t party;
    if (w->world != NULL &&
        autk_world_find_economy(&party, w->world, code, w->out->year, NULL) == AUTK_OK)
        p->party = party;
    *out = p;
    return AUTK_OK;
}

/* Value and quantity of the product by partner of the dataset. */
static void sum_partners(double *value, double *quantity, const work *w, const autk_flows *f)
{
    for (size_t i = 0; i < f->n; i++) {
        int32_t partner = w->opts->exports ? f->importer[i] : f->exporter[i];
        if (w->trade->detail.group[f->product[i]] < 0)
            continue;
        value[partner] = isnan(value[partner]) ? f->value[i] : value[partner] + f->value[i];
        if (!isnan(f->quantity[i]))
            quantity[partner] = (isnan(quantity[partner]) ? 0 : quantity[partner]) + f->quantity[i];
    }
}

/* What a reconciled layer knows beside its values. */
typedef struct intervals {
    double *value, *low, *high; /* [n_economies] sums over the product's codes */
    unsigned *kinds;
} intervals;

static void sum_intervals(intervals *iv, const work *w, const autk_mirror_row *rows, size_t n)
{
    for (size_t i = 0; i < n; i++) {
        int32_t partner = w->opts->exports ? rows[i].importer : rows[i].exporter;
        if (w->trade->detail.group[rows[i].product] < 0)
            continue;
        iv->value[partner] += rows[i].flow.value;
        iv->low[partner] += rows[i].flow.low;
        iv->high[partner] += rows[i].flow.high;
        iv->kinds[partner] |= 1U << rows[i].flow.kind;
    }
}

/* Partners' values get the intervals of the layer, where it is one that was reconciled here. */
static autk_status add_intervals(work *w, autk_err *err)
{
    const autki_product_trade *t = w->trade;
    size_t n = t->n_economies, n_rows = 0, x, m;
    bool mirrored = false;
    autk_mirror_row *rows = NULL;
    autk_status st =
        autki_dataset_mirror_sources(&mirrored, &x, &m, t->dataset, t->layer, w->out->year, err);
    if (st != AUTK_OK || !mirrored)
        return st;
    double *room = autki_calloc(3 * n, sizeof *room);
    intervals iv = {room, room + n, room + 2 * n, autki_calloc(n, sizeof *iv.kinds)};
    if (room == NULL || iv.kinds == NULL)
        st = autki_no_memory(err, 3 * n * sizeof *room);
    if (st == AUTK_OK)
        st = autk_mirror_read(&rows, &n_rows, t->dataset, w->out->year,
                              w->opts->exports ? w->economy : AUTK_ANY_ECONOMY,
                              w->opts->exports ? AUTK_ANY_ECONOMY : w->economy, err);
    if (st == AUTK_OK)
        sum_intervals(&iv, w, rows, n_rows);
    for (size_t i = 0; st == AUTK_OK && i < w->out->n_partners; i++) {
        autk_product_partner *p = &w->out->partners[i];
        int32_t e;
        /* A newer layer may have been made of the same year: its intervals are not of this one. */
        if (autk_dataset_find_economy(&e, t->dataset, p->code, NULL) != AUTK_OK ||
            !(fabs(iv.value[e] - p->value.point) <= 1e-9 * p->value.point))
            continue;
        p->value = (autk_bounds){fmin(iv.low[e], p->value.point), p->value.point,
                                 fmax(iv.high[e], p->value.point)};
        p->kinds = iv.kinds[e];
    }
    free(rows);
    free(room);
    free(iv.kinds);
    return st;
}

static autk_status list_partners(work *w, const double *value, const double *quantity,
                                 autk_err *err)
{
    const autk_dataset *d = w->trade->dataset;
    autk_status st = AUTK_OK;
    w->out->quantity = NAN;
    for (int32_t e = 0; st == AUTK_OK && e < (int32_t)w->trade->n_economies; e++) {
        autk_product_partner *p;
        if (isnan(value[e]) || e == w->economy ||
            autk_dataset_economy_kind(d, e) != AUTK_IS_ECONOMY)
            continue;
        st = add_partner(&p, w, autk_dataset_economy_code(d, e), autk_dataset_economy_name(d, e),
                         err);
        if (st != AUTK_OK)
            break;
        p->value = autk_bounds_exact(value[e]);
        p->quantity = quantity[e];
        w->out->value += value[e];
        if (!isnan(quantity[e]))
            w->out->quantity = (isnan(w->out->quantity) ? 0 : w->out->quantity) + quantity[e];
    }
    return st;
}

static autk_status add_reported(work *w, autk_err *err)
{
    size_t n = w->trade->n_economies;
    autk_flows f = {.n = 0};
    double *sums = autki_malloc(2 * n, sizeof *sums);
    if (sums == NULL)
        return autki_no_memory(err, 2 * n * sizeof *sums);
    for (size_t i = 0; i < 2 * n; i++)
        sums[i] = NAN;
    bool exports = w->opts->exports;
    autk_status st = autk_dataset_flows(&f, w->trade->dataset, w->trade->layer, w->out->year,
                                        exports ? w->economy : AUTK_ANY_ECONOMY,
                                        exports ? AUTK_ANY_ECONOMY : w->economy, err);
    if (st == AUTK_OK) {
        sum_partners(sums, sums + n, w, &f);
        st = list_partners(w, sums, sums + n, err);
    }
    if (st == AUTK_OK)
        st = add_intervals(w, err);
    autk_flows_deinit(&f);
    free(sums);
    return st;
}

/* ------------------------------------------------------------------ partners that are silent */

/* Has the layer any product between the two in that direction? Then somebody reported. */
static autk_status is_covered(bool *covered, const work *w, const char *code, autk_err *err)
{
    int32_t partner;
    autk_pair_total *totals = NULL;
    size_t n = 0;
    *covered = false;
    if (autk_dataset_find_economy(&partner, w->trade->dataset, code, NULL) != AUTK_OK)
        return AUTK_OK;
    autk_status st = autk_dataset_pair_totals(
        &totals, &n, w->trade->dataset, w->trade->layer, w->opts->exports ? w->economy : partner,
        w->opts->exports ? partner : w->economy, w->out->year, w->out->year, err);
    free(totals);
    *covered = n != 0;
    return st;
}

static autk_status add_gap(work *w, const autk_partner *partner, autk_err *err)
{
    const autk_flow *flow = w->opts->exports ? &partner->exports : &partner->imports;
    const char *code = autk_world_economy(w->world, partner->partner)->code;
    bool usd = strcmp(autk_dataset_layer(w->trade->dataset, w->trade->layer)->currency, "USD") == 0;
    bool covered = false;
    autk_product_partner *p;
    autk_status st = is_covered(&covered, w, code, err);
    if (st != AUTK_OK || covered)
        return st;
    st = add_partner(&p, w, code, autk_world_party_name(w->world, partner->partner), err);
    if (st != AUTK_OK)
        return st;
    p->party = partner->partner;
    p->gap = true;
    p->value = usd && isfinite(flow->value_usd.high) ? (autk_bounds){0, NAN, flow->value_usd.high}
                                                     : autk_bounds_unknown();
    w->out->n_gaps++;
    w->out->n_unbounded += isfinite(p->value.high) ? 0 : 1;
    return AUTK_OK;
}

/* Years that the world dataset does not cover have no gaps that are known. */
static autk_status add_gaps(work *w, autk_err *err)
{
    autk_country_year *country = NULL;
    if (w->opts->evidence == NULL)
        return AUTK_OK;
    autk_status st = autk_evidence_year(&country, w->opts->evidence, w->out->year, err);
    if (st == AUTK_ENOTFOUND || st == AUTK_ENOANSWER)
        return AUTK_OK;
    for (size_t i = 0; st == AUTK_OK && i < country->n_partners; i++) {
        const autk_partner *p = &country->partners[i];
        if ((w->opts->exports ? &p->exports : &p->imports)->gap)
            st = add_gap(w, p, err);
    }
    autk_country_year_free(country);
    return st;
}

/* ------------------------------------------------------------------ shares */

/* What is reported first, by value; then gaps by what they may be, those without bounds last. */
static int by_value(const void *a, const void *b)
{
    const autk_product_partner *x = a, *y = b;
    if (x->gap != y->gap)
        return x->gap ? 1 : -1;
    double u = isfinite(x->value.high) ? x->value.high : -1;
    double v = isfinite(y->value.high) ? y->value.high : -1;
    return u != v ? (u < v ? 1 : -1) : strcmp(x->code, y->code);
}

/* The members' shares together, gaps without bounds left out as everywhere. */
static autk_status add_on(work *w, const autk_bounds *value, bool *member, size_t n, autk_err *err)
{
    autk_product_dependence *d = w->out;
    autk_product_partner *on = &d->on;
    *on = (autk_product_partner){.party = w->opts->on, .quantity = NAN};
    (void)snprintf(on->code, sizeof on->code, "%s", autk_world_party_code(w->world, w->opts->on));
    (void)snprintf(on->name, sizeof on->name, "%s", autk_world_party_name(w->world, w->opts->on));
    size_t n_members = 0, n_gaps = 0;
    for (size_t i = 0; i < n; i++) {
        const autk_product_partner *p = &d->partners[i];
        member[i] = p->party >= 0 &&
                    autk_world_party_has(w->world, w->opts->on, p->party, d->year * 10000 + 701);
        if (!member[i])
            continue;
        n_members++;
        n_gaps += p->gap;
        on->value = autk_bounds_add(on->value, value[i]);
        if (!isnan(p->quantity))
            on->quantity = (isnan(on->quantity) ? 0 : on->quantity) + p->quantity;
        if (n_members == 1)
            on->rank = p->rank;
    }
    if (w->opts->on >= AUTK_GROUP_BASE)
        on->rank = (autk_rank){0, 0, 0};
    d->has_on = true;
    on->gap = n_gaps != 0;
    autk_status st = autk_group_share_bounds(&on->share, value, member, n, NULL, err);
    if (n_members != 0 && n_gaps == n_members)
        on->value.point = on->share.point = NAN;
    return st;
}

/* Kernels take points: a gap's is 0, so that points are shares in what is reported. */
static autk_status share_out(work *w, autk_err *err)
{
    autk_product_dependence *d = w->out;
    size_t n = d->n_partners - d->n_unbounded;
    autk_bounds *value = autki_malloc(n, sizeof *value);
    autk_bounds *share = autki_malloc(n, sizeof *share);
    autk_rank *rank = autki_malloc(n, sizeof *rank);
    bool *member = autki_malloc(n, sizeof *member);
    autk_status st = AUTK_OK;
    if (value == NULL || share == NULL || rank == NULL || member == NULL)
        st = autki_no_memory(err, n * sizeof *value);
    for (size_t i = 0; st == AUTK_OK && i < n; i++) {
        value[i] = d->partners[i].value;
        value[i].point = d->partners[i].gap ? 0 : value[i].point;
    }
    if (st == AUTK_OK)
        st = autk_share_bounds(share, NULL, value, n, NULL, err);
    if (st == AUTK_OK)
        st = autk_rank_bounds(rank, value, n, NULL, err);
    if (st == AUTK_OK)
        st = autk_concentration_bounds(&d->concentration, value, n, NULL, NAN, err);
    for (size_t i = 0; st == AUTK_OK && i < n; i++) {
        d->partners[i].share = share[i];
        d->partners[i].rank = rank[i];
        if (d->partners[i].gap) {
            d->partners[i].share.point = NAN;
            d->partners[i].rank.point = 0;
        }
    }
    for (size_t i = n; st == AUTK_OK && i < d->n_partners; i++)
        d->partners[i].share = autk_bounds_unknown();
    if (st == AUTK_OK && w->opts->on != AUTK_PARTY_ANY)
        st = add_on(w, value, member, n, err);
    free(value);
    free(share);
    free(rank);
    free(member);
    return st;
}

/* ------------------------------------------------------------------ all together */

static autk_status add_world(work *w, autk_err *err)
{
    autki_product_sums sums;
    autk_status st = autki_product_trade_year(&sums, w->trade, w->out->year, err);
    if (st != AUTK_OK)
        return st;
    w->out->other_way = sums.exports[0];
    w->out->world_value = sums.world[0];
    w->out->world_hhi = sums.world_squares[0] / (sums.world[0] * sums.world[0]);
    autki_product_sums_free(&sums);
    return AUTK_OK;
}

static autk_status fill(work *w, autk_err *err)
{
    autk_product_dependence *d = w->out;
    autk_status st = add_reported(w, err);
    if (st == AUTK_OK)
        st = add_gaps(w, err);
    if (st != AUTK_OK)
        return st;
    if (!(d->value > 0) && d->n_gaps == 0)
        return autki_fail(err, AUTK_ENOANSWER, "nobody reports %s of %s of %s in %d",
                          d->exports ? "exports" : "imports", d->product,
                          autk_dataset_economy_name(w->trade->dataset, w->economy), (int)d->year);
    qsort(d->partners, d->n_partners, sizeof *d->partners, by_value);
    st = share_out(w, err);
    return st == AUTK_OK ? add_world(w, err) : st;
}

static autk_status check(const autk_dataset *d, int32_t economy, const char *product,
                         const autk_product_depend_opts *o, autk_err *err)
{
    size_t len = strlen(product);
    if (economy < 0 || economy >= autk_dataset_n_economies(d))
        return autki_fail(err, AUTK_EARG, "expected an economy below %d, got %d",
                          autk_dataset_n_economies(d), economy);
    if (len < CODE_MIN || len > CODE_MAX || strspn(product, "0123456789") != len)
        return autki_fail(err, AUTK_EARG,
                          "expected a product code of %d to %d digits, such as 3104, got \"%.40s\"",
                          CODE_MIN, CODE_MAX, product);
    if (o->on != AUTK_PARTY_ANY && o->evidence == NULL)
        return autki_fail(err, AUTK_EARG, "expected evidence to know the party asked for");
    return AUTK_OK;
}

autk_status autk_product_depend(autk_product_dependence **out, autk_dataset *dataset,
                                int32_t economy, const char *product, int32_t year,
                                const autk_product_depend_opts *opts, autk_err *err)
{
    autk_product_depend_opts o = opts != NULL ? *opts : autk_product_depend_opts_default();
    autki_product_trade trade = {.dataset = NULL};
    autk_status st = check(dataset, economy, product, &o, err);
    if (st == AUTK_OK)
        st = autki_product_trade_open(&trade, dataset, &economy, 1, year, o.layer,
                                      AUTKI_PRODUCT_WHOLE, product, o.exports, err);
    if (st != AUTK_OK)
        return st;
    autk_product_dependence *d = autki_calloc(1, sizeof *d);
    work w = {.out = d, .trade = &trade, .opts = &o, .economy = economy};
    w.world = o.evidence != NULL ? autk_evidence_world(o.evidence) : NULL;
    if (d == NULL)
        st = autki_no_memory(err, sizeof *d);
    else if (trade.detail.n == 0)
        st = autki_fail(err, AUTK_ENOTFOUND,
                        "expected a product that begins with %s, got a dataset without", product);
    if (st == AUTK_OK) {
        (void)snprintf(d->product, sizeof d->product, "%s", product);
        autki_product_name(d->name, sizeof d->name, &trade, 0);
        d->year = year;
        d->exports = o.exports;
        d->layer = trade.layer;
        st = fill(&w, err);
    }
    autki_product_trade_close(&trade);
    if (st == AUTK_OK)
        *out = d;
    else
        autk_product_dependence_free(d);
    return st;
}
