#include "measure/products_bounds.h"

#include <math.h>
#include <stdlib.h>

#include "base/fail.h"
#include "base/mem.h"

void autki_products_room_deinit(autki_products_room *room)
{
    free(room->silent);
    free(room->value);
    *room = (autki_products_room){.n_silent = 0};
}

autk_status autki_products_room_find(autki_products_room *out, const autki_product_trade *trade,
                                     const autk_world *world, int32_t year, autk_err *err)
{
    autki_products_room room = {.n_silent = 0};
    autk_product_silence *other = NULL;
    size_t n_other = 0;
    autk_status st =
        autki_products_silent(&room.silent, &room.n_silent, trade, world, year, false, err);
    if (st == AUTK_OK)
        st = autki_products_silent(&other, &n_other, trade, world, year, true, err);
    for (size_t i = 0; i < room.n_silent; i++) {
        bool bounded = !isnan(room.silent[i].high);
        room.n_unbounded += bounded ? 0 : 1;
        room.high += bounded ? room.silent[i].high : 0;
    }
    for (size_t i = 0; i < n_other; i++)
        room.other_high += isnan(other[i].high) ? INFINITY : other[i].high;
    free(other);
    if (st == AUTK_OK) {
        room.value = autki_malloc(trade->n_economies + room.n_silent, sizeof *room.value);
        if (room.value == NULL)
            st = autki_no_memory(err, trade->n_economies * sizeof *room.value);
    }
    if (st == AUTK_OK)
        *out = room;
    else
        autki_products_room_deinit(&room);
    return st;
}

/* Above the limit, below it, or either. */
static int judge(double low, double high, double limit)
{
    return low > limit ? 1 : !(high > limit) ? -1 : 0;
}

static bool is_sure(int a, int b, int c)
{
    return (a > 0 && b > 0 && c > 0) || a < 0 || b < 0 || c < 0;
}

/* Values of all suppliers, each at least what is reported and at most that and what is not. */
static size_t list_values(autki_products_room *room, const autki_product_trade *trade,
                          const autki_product_sums *sums, size_t g)
{
    size_t n = 0;
    for (size_t i = 0; i < room->n_silent; i++) {
        const autk_product_silence *s = &room->silent[i];
        double v = s->partner >= 0 ? sums->by_partner[(size_t)s->partner * trade->detail.n + g] : 0;
        if (!isnan(s->high))
            room->value[n++] = (autk_bounds){v, v, v + s->high};
    }
    for (size_t e = 0; e < trade->n_economies; e++) {
        double v = sums->by_partner[e * trade->detail.n + g];
        bool listed = false;
        for (size_t i = 0; i < room->n_silent && !listed; i++)
            listed = room->silent[i].partner == (int32_t)e && !isnan(room->silent[i].high);
        if (v > 0 && !listed)
            room->value[n++] = autk_bounds_exact(v);
    }
    return n;
}

static double room_of(const autki_products_room *room, int32_t partner)
{
    for (size_t i = 0; i < room->n_silent; i++) {
        if (room->silent[i].partner == partner && !isnan(room->silent[i].high))
            return room->silent[i].high;
    }
    return 0;
}

static void judge_range(autk_product_row *r, const autki_products_room *room,
                        const autki_product_sums *sums, size_t g, const autk_products_opts *o)
{
    double imports = r->imports, most = imports + room->high, inside = sums->inside[g];
    double exports = sums->exports[g] + (o->all_exports ? inside : 0);
    double ratio_high = exports > 0 ? most / exports : AUTK_RATIO_NO_EXPORTS;
    double exports_high = exports + room->other_high;
    double ratio_low = exports_high > 0 ? imports / exports_high : AUTK_RATIO_NO_EXPORTS;
    int hhi = judge(r->hhi_low, r->hhi_high, o->hhi_min);
    int outside = judge(imports / (imports + inside), most / (most + inside), o->outside_min);
    int ratio = judge(ratio_low, ratio_high, o->ratio_min);
    int world = r->world_hhi > o->world_min ? 1 : -1;
    if (room->n_unbounded != 0) { /* whatever it is, it may be more than all that is known */
        hhi = 0;
        outside = outside > 0 ? 1 : 0;
        ratio = ratio > 0 ? 1 : 0;
    }
    r->eu_sure = is_sure(hhi, outside, ratio);
    r->geodep_sure = is_sure(hhi, world, ratio);
}

autk_status autki_products_widen(autk_product_row *r, autki_products_room *room,
                                 const autki_product_trade *trade, const autki_product_sums *sums,
                                 size_t g, const autk_products_opts *o, autk_err *err)
{
    r->hhi_low = r->hhi_high = r->hhi;
    r->top_share_low = r->top_share_high = r->top_share;
    r->unknown_share = room->high / (r->imports + room->high);
    if (room->high > 0) {
        autk_concentration c;
        double own = room_of(room, r->top_partner), others = room->high - own;
        size_t n = list_values(room, trade, sums, g);
        autk_status st = autk_concentration_bounds(&c, room->value, n, NULL, NAN, err);
        if (st != AUTK_OK)
            return st;
        r->hhi_low = c.hhi.low;
        r->hhi_high = c.hhi.high;
        r->top_share_low = r->at_stake / (r->imports + others);
        r->top_share_high = (r->at_stake + own) / (r->imports + own);
    }
    judge_range(r, room, sums, g, o);
    return AUTK_OK;
}
