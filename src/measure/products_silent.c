#include "measure/products_silent.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/fail.h"
#include "base/mem.h"
#include "data/dataset_file.h"

/* Who reported anything that year, as far as the reports behind a layer tell. */
typedef struct reporters {
    bool *exporter, *importer; /* [n_economies] NULL = the layer does not tell */
} reporters;

typedef struct search {
    const autki_product_trade *trade;
    const autk_world *world;
    int32_t year;
    bool exports; /* of the direction looked at */
    reporters who;
    autk_product_silence *found;
    size_t n, capacity;
} search;

/* ------------------------------------------------------------------ reporters */

static autk_status mark(bool **out, const search *s, size_t layer, autki_order order, autk_err *err)
{
    uint32_t *economies = NULL;
    size_t n = 0;
    *out = autki_calloc(s->trade->n_economies, sizeof **out);
    if (*out == NULL)
        return autki_no_memory(err, s->trade->n_economies);
    autk_status st = autki_dataset_chunks(&economies, &n, s->trade->dataset, (uint32_t)layer,
                                          s->year, order, err);
    for (size_t i = 0; st == AUTK_OK && i < n; i++) {
        if (economies[i] < s->trade->n_economies)
            (*out)[economies[i]] = true;
    }
    free(economies);
    return st;
}

/* A layer of one side is that side's reports; one that mirror --store made has the layers that it
 * was made of. Other reconciled layers (BACI) do not tell who reported. */
static autk_status find_reporters(search *s, autk_err *err)
{
    autk_side side = autk_dataset_layer(s->trade->dataset, s->trade->layer)->side;
    size_t exporters = s->trade->layer, importers = s->trade->layer;
    bool mirrored = false;
    autk_status st = autki_dataset_mirror_sources(&mirrored, &exporters, &importers,
                                                  s->trade->dataset, s->trade->layer, s->year, err);
    if (st == AUTK_OK && (mirrored || side == AUTK_SIDE_EXPORTER))
        st = mark(&s->who.exporter, s, exporters, AUTKI_BY_EXPORTER, err);
    if (st == AUTK_OK && (mirrored || side == AUTK_SIDE_IMPORTER))
        st = mark(&s->who.importer, s, importers, AUTKI_BY_IMPORTER, err);
    return st;
}

static bool is_silent_there(const search *s, int32_t exporter, int32_t importer)
{
    const reporters *r = &s->who;
    return (r->exporter != NULL || r->importer != NULL) &&
           (r->exporter == NULL || !r->exporter[exporter]) &&
           (r->importer == NULL || !r->importer[importer]);
}

/* ------------------------------------------------------------------ pairs */

static autk_status is_covered(bool *covered, const search *s, int32_t partner, int32_t member,
                              autk_err *err)
{
    autk_pair_total *totals = NULL;
    size_t n = 0;
    autk_status st = autk_dataset_pair_totals(&totals, &n, s->trade->dataset, s->trade->layer,
                                              s->exports ? member : partner,
                                              s->exports ? partner : member, s->year, s->year, err);
    free(totals);
    *covered = n != 0;
    return st;
}

/* Partners of several members come together; one bound that is missing makes the sum unbounded. */
static autk_status add(search *s, int32_t partner, const char *code, const char *name, double high,
                       autk_err *err)
{
    for (size_t i = 0; i < s->n; i++) {
        if (strcmp(s->found[i].code, code) == 0) {
            s->found[i].high += high;
            return AUTK_OK;
        }
    }
    autk_status st =
        autki_grow(&s->found, &s->capacity, s->n + 1, sizeof *s->found, (size_t)1 << 17, err);
    if (st != AUTK_OK)
        return st;
    autk_product_silence *one = &s->found[s->n++];
    *one = (autk_product_silence){.partner = partner, .high = high};
    (void)snprintf(one->code, sizeof one->code, "%s", code);
    (void)snprintf(one->name, sizeof one->name, "%s", name);
    return AUTK_OK;
}

/* What the world dataset says of the pair: a flow that nobody reports, or one that it knows of and
 * this dataset has nobody for. */
static autk_status take_partner(search *s, int32_t member, const autk_partner *p, autk_err *err)
{
    const autk_flow *flow = s->exports ? &p->exports : &p->imports;
    const char *code = autk_world_economy(s->world, p->partner)->code;
    bool usd = strcmp(autk_dataset_layer(s->trade->dataset, s->trade->layer)->currency, "USD") == 0;
    bool covered = false, silent = flow->gap;
    int32_t partner = -1;
    autk_status st = AUTK_OK;
    if (autk_dataset_find_economy(&partner, s->trade->dataset, code, NULL) == AUTK_OK) {
        if (s->trade->is_member[partner])
            return AUTK_OK;
        silent = silent ||
                 (flow->evidence != AUTK_EVIDENCE_NONE &&
                  is_silent_there(s, s->exports ? member : partner, s->exports ? partner : member));
        st = is_covered(&covered, s, partner, member, err);
    }
    if (st != AUTK_OK || covered || !silent)
        return st;
    bool bounded = usd && isfinite(flow->value_usd.high);
    return add(s, partner, code, autk_world_party_name(s->world, p->partner),
               bounded ? flow->value_usd.high : NAN, err);
}

/* Of whom the world dataset says nothing: whoever this dataset has nobody for. */
static autk_status take_unknown(search *s, int32_t member, const autk_country_year *country,
                                autk_err *err)
{
    const autk_dataset *d = s->trade->dataset;
    autk_status st = AUTK_OK;
    for (int32_t e = 0; st == AUTK_OK && e < (int32_t)s->trade->n_economies; e++) {
        bool covered = false;
        int32_t party;
        if (s->trade->is_member[e] || autk_dataset_economy_kind(d, e) != AUTK_IS_ECONOMY ||
            !is_silent_there(s, s->exports ? member : e, s->exports ? e : member))
            continue;
        if (country != NULL &&
            autk_world_find_economy(&party, s->world, autk_dataset_economy_code(d, e), s->year,
                                    NULL) == AUTK_OK)
            continue;
        st = is_covered(&covered, s, e, member, err);
        if (st == AUTK_OK && !covered)
            st = add(s, e, autk_dataset_economy_code(d, e), autk_dataset_economy_name(d, e), NAN,
                     err);
    }
    return st;
}

/* What the world dataset knows of a member's year; *out NULL where it knows nothing. */
static autk_status know(autk_country_year **out, const search *s, int32_t member, autk_err *err)
{
    autk_evidence *evidence = NULL;
    int32_t economy;
    *out = NULL;
    if (s->world == NULL ||
        autk_world_find_economy(&economy, s->world,
                                autk_dataset_economy_code(s->trade->dataset, member), s->year,
                                NULL) != AUTK_OK)
        return AUTK_OK;
    autk_status st = autk_evidence_create(&evidence, s->world, economy, NULL, err);
    if (st == AUTK_OK)
        st = autk_evidence_year(out, evidence, s->year, err);
    autk_evidence_free(evidence);
    return st == AUTK_ENOTFOUND || st == AUTK_ENOANSWER ? AUTK_OK : st;
}

static autk_status search_member(search *s, int32_t member, autk_err *err)
{
    autk_country_year *country = NULL;
    autk_status st = know(&country, s, member, err);
    for (size_t i = 0; st == AUTK_OK && country != NULL && i < country->n_partners; i++)
        st = take_partner(s, member, &country->partners[i], err);
    if (st == AUTK_OK)
        st = take_unknown(s, member, country, err);
    autk_country_year_free(country);
    return st;
}

/* The largest bound first, those without any before all. */
static int by_high(const void *a, const void *b)
{
    const autk_product_silence *x = a, *y = b;
    double u = isnan(x->high) ? INFINITY : x->high, v = isnan(y->high) ? INFINITY : y->high;
    return u != v ? (u < v ? 1 : -1) : strcmp(x->code, y->code);
}

autk_status autki_products_silent(autk_product_silence **out, size_t *n,
                                  const autki_product_trade *trade, const autk_world *world,
                                  int32_t year, bool other_way, autk_err *err)
{
    search s = {
        .trade = trade, .world = world, .year = year, .exports = trade->exports != other_way};
    autk_status st = find_reporters(&s, err);
    for (int32_t e = 0; st == AUTK_OK && e < (int32_t)trade->n_economies; e++) {
        if (trade->is_member[e])
            st = search_member(&s, e, err);
    }
    free(s.who.exporter);
    free(s.who.importer);
    if (st != AUTK_OK) {
        free(s.found);
        return st;
    }
    if (s.n > 1)
        qsort(s.found, s.n, sizeof *s.found, by_high);
    *out = s.found;
    *n = s.n;
    return AUTK_OK;
}
