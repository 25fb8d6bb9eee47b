#include <stdlib.h>
#include <string.h>

#include "base/fail.h"
#include "base/mem.h"
#include "measure/products_bounds.h"

#define YEARS_MAX 10

autk_products_opts autk_products_opts_default(void)
{
    return (autk_products_opts){.digits = 6,
                                .layer = -1,
                                .hhi_min = 0.4,
                                .world_min = 0.4,
                                .ratio_min = 1,
                                .outside_min = 0.5,
                                .n_years = 3,
                                .n_years_min = 2};
}

/* ------------------------------------------------------------------ indicators */

static void judge(autk_product_row *r, const autki_product_sums *s, size_t g,
                  const autk_products_opts *o)
{
    r->imports = s->imports[g];
    r->exports = s->exports[g];
    r->hhi = s->squares[g] / (s->imports[g] * s->imports[g]);
    r->top_partner = s->top_partner[g];
    r->at_stake = s->top[g];
    r->top_share = s->top[g] / s->imports[g];
    r->world_hhi = s->world_squares[g] / (s->world[g] * s->world[g]);
    double exports = s->exports[g] + (o->all_exports ? s->inside[g] : 0);
    r->ratio = exports > 0 ? s->imports[g] / exports : AUTK_RATIO_NO_EXPORTS;
    r->outside_share = s->imports[g] / (s->imports[g] + s->inside[g]);
    r->eu[0] = r->hhi > o->hhi_min;
    r->eu[1] = r->outside_share > o->outside_min;
    r->eu[2] = r->ratio > o->ratio_min;
    r->eu_dependent = r->eu[0] && r->eu[1] && r->eu[2];
    r->geodep = r->hhi > o->hhi_min && r->world_hhi > o->world_min && r->ratio > o->ratio_min;
}

static int by_stake(const void *a, const void *b)
{
    const autk_product_row *x = a, *y = b;
    if (x->persistent != y->persistent)
        return x->persistent ? -1 : 1;
    if (x->at_stake != y->at_stake)
        return x->at_stake > y->at_stake ? -1 : 1;
    return strcmp(x->code, y->code);
}

static autk_status collect(autk_product_row **rows, size_t *n, const autki_product_trade *c,
                           autki_products_room *room, const autk_products_opts *o,
                           const autki_product_sums *years, size_t n_years, autk_err *err)
{
    autk_product_row *list = autki_calloc(c->detail.n, sizeof *list);
    size_t count = 0;
    autk_status st = AUTK_OK;
    if (list == NULL)
        return autki_no_memory(err, c->detail.n * sizeof *list);
    for (size_t g = 0; g < c->detail.n && st == AUTK_OK; g++) {
        if (!(years[0].imports[g] > 0))
            continue;
        autk_product_row *r = &list[count++];
        judge(r, &years[0], g, o);
        memcpy(r->code, c->detail.code[g], sizeof r->code);
        autki_product_name(r->name, sizeof r->name, c, g);
        for (size_t y = 0; y < n_years; y++) {
            autk_product_row other;
            if (!(years[y].imports[g] > 0))
                continue;
            judge(&other, &years[y], g, o);
            r->years_seen++;
            r->years_geodep += other.geodep;
        }
        r->persistent = r->years_geodep >= o->n_years_min;
        st = autki_products_widen(r, room, c, &years[0], g, o, err);
    }
    qsort(list, count, sizeof *list, by_stake);
    if (st != AUTK_OK || count == 0) {
        free(list);
        list = NULL;
    }
    if (st != AUTK_OK)
        return st;
    *rows = list;
    *n = count;
    return AUTK_OK;
}

static autk_status check(const autk_dataset *d, const int32_t *members, size_t n_members,
                         const autk_products_opts *o, autk_err *err)
{
    if (o->digits != 6 && o->digits != 4 && o->digits != 2 && o->digits != AUTK_PRODUCT_SECTIONS)
        return autki_fail(err, AUTK_EARG, "expected 6, 4 or 2 digits or sections, got %d",
                          o->digits);
    if (o->n_years < 1 || o->n_years > YEARS_MAX || o->n_years_min < 1 ||
        o->n_years_min > o->n_years)
        return autki_fail(err, AUTK_EARG, "expected 1 to %d years and no more of them, got %d, %d",
                          YEARS_MAX, o->n_years, o->n_years_min);
    if (!(o->hhi_min >= 0) || !(o->world_min >= 0) || !(o->ratio_min >= 0) ||
        !(o->outside_min >= 0))
        return autki_fail(err, AUTK_EARG, "expected limits of at least 0");
    if (n_members == 0)
        return autki_fail(err, AUTK_EARG, "expected an economy, got none");
    for (size_t i = 0; i < n_members; i++) {
        if (members[i] < 0 || members[i] >= autk_dataset_n_economies(d))
            return autki_fail(err, AUTK_EARG, "expected an economy below %d, got %d",
                              autk_dataset_n_economies(d), members[i]);
    }
    return AUTK_OK;
}

autk_status autk_products(autk_product_row **rows, size_t *n, autk_dataset *dataset,
                          const int32_t *members, size_t n_members, int32_t year,
                          const autk_products_opts *opts, autk_err *err)
{
    autk_products_opts o = opts != NULL ? *opts : autk_products_opts_default();
    autki_product_trade trade = {.dataset = NULL};
    autki_products_room room = {.n_silent = 0};
    autki_product_sums years[YEARS_MAX];
    size_t n_years = 0;
    autk_status st = check(dataset, members, n_members, &o, err);
    if (st == AUTK_OK)
        st = autk_dataset_hold(dataset, err);
    if (st != AUTK_OK)
        return st;
    st = autki_product_trade_open(&trade, dataset, members, n_members, year, o.layer, o.digits, "",
                                  o.exports, err);
    if (st == AUTK_OK)
        st = autki_products_room_find(&room, &trade, o.world, year, err);
    for (int k = 0; st == AUTK_OK && k < o.n_years; k++) {
        bool there = false;
        st = autki_product_trade_has(&there, &trade, year - k, err);
        if (st == AUTK_OK && k == 0 && !there)
            st = autki_fail(err, AUTK_ENOTFOUND, "expected flows of %d, got none in the layer",
                            year);
        if (st == AUTK_OK && there) {
            trade.keeps_partners = k == 0 && room.high > 0;
            st = autki_product_trade_year(&years[n_years], &trade, year - k, err);
            n_years += st == AUTK_OK;
        }
    }
    if (st == AUTK_OK)
        st = collect(rows, n, &trade, &room, &o, years, n_years, err);
    for (size_t k = 0; k < n_years; k++)
        autki_product_sums_free(&years[k]);
    autki_products_room_deinit(&room);
    autki_product_trade_close(&trade);
    autk_dataset_release(dataset);
    return st;
}

autk_status autk_products_layer_of(size_t *layer, autk_dataset *dataset, const int32_t *members,
                                   size_t n_members, int32_t year, const autk_products_opts *opts,
                                   autk_err *err)
{
    autk_products_opts o = opts != NULL ? *opts : autk_products_opts_default();
    autki_product_trade trade = {.dataset = NULL};
    autk_status st = check(dataset, members, n_members, &o, err);
    if (st == AUTK_OK)
        st = autki_product_trade_open(&trade, dataset, members, n_members, year, o.layer, o.digits,
                                      "", o.exports, err);
    if (st == AUTK_OK)
        *layer = trade.layer;
    autki_product_trade_close(&trade);
    return st;
}

autk_status autk_products_silent(autk_product_silence **out, size_t *n, autk_dataset *dataset,
                                 const int32_t *members, size_t n_members, int32_t year,
                                 const autk_products_opts *opts, autk_err *err)
{
    autk_products_opts o = opts != NULL ? *opts : autk_products_opts_default();
    autki_product_trade trade = {.dataset = NULL};
    autk_status st = check(dataset, members, n_members, &o, err);
    if (st == AUTK_OK)
        st = autk_dataset_hold(dataset, err);
    if (st != AUTK_OK)
        return st;
    st = autki_product_trade_open(&trade, dataset, members, n_members, year, o.layer, o.digits, "",
                                  o.exports, err);
    if (st == AUTK_OK)
        st = autki_products_silent(out, n, &trade, o.world, year, false, err);
    autki_product_trade_close(&trade);
    autk_dataset_release(dataset);
    return st;
}
