#include "measure/products_sums.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/fail.h"
#include "base/mem.h"
#include "data/dataset_file.h"
#include "data/hs.h"

/* ------------------------------------------------------------------ detail */

/* The group that a product of a layer belongs to; false when it is none of them. */
static bool group_code(char out[16], const char *product, int level, int digits, const char *prefix)
{
    size_t len = strlen(product);
    if (len != (size_t)level || len < 2 || len > 15 || strspn(product, "0123456789") != len ||
        strncmp(product, prefix, strlen(prefix)) != 0)
        return false;
    if (digits == AUTK_PRODUCT_SECTIONS) {
        (void)snprintf(out, 16, "%s", autki_hs_section_name(autki_hs_section(product)));
    } else if (digits == AUTKI_PRODUCT_WHOLE) {
        (void)snprintf(out, 16, "%s", prefix);
    } else {
        (void)snprintf(out, 16, "%.*s", digits, product);
    }
    return out[0] != '\0';
}

typedef struct coded {
    char code[16];
    int32_t product;
} coded;

static int by_code(const void *a, const void *b)
{
    int order = strcmp(((const coded *)a)->code, ((const coded *)b)->code);
    int32_t x = ((const coded *)a)->product, y = ((const coded *)b)->product;
    return order != 0 ? order : (x > y) - (x < y);
}

static int compare_codes(const void *a, const void *b)
{
    return strcmp(a, b);
}

/* A group's name is that of the product with its very code, in whatever layer that stands. */
static void find_names(autki_product_detail *d, const autk_dataset *dataset)
{
    for (size_t g = 0; g < d->n; g++)
        d->product[g] = -1;
    for (int32_t p = 0; p < autk_dataset_n_products(dataset); p++) {
        const char *code = autk_dataset_product_code(dataset, p);
        const char(*at)[16] = bsearch(code, d->code, d->n, sizeof *d->code, compare_codes);
        if (at != NULL && autk_dataset_product_name(dataset, p)[0] != '\0')
            d->product[at - (const char(*)[16])d->code] = p;
    }
}

static autk_status make_detail(autki_product_detail *d, const autk_dataset *dataset, int level,
                               int digits, const char *prefix, autk_err *err)
{
    size_t n_products = (size_t)autk_dataset_n_products(dataset), n = 0;
    coded *list = autki_malloc(n_products + 1, sizeof *list);
    d->group = autki_malloc(n_products, sizeof *d->group);
    d->code = autki_malloc(n_products, sizeof *d->code);
    d->product = autki_malloc(n_products, sizeof *d->product);
    if (list == NULL || d->group == NULL || d->code == NULL || d->product == NULL) {
        free(list);
        return autki_no_memory(err, n_products * sizeof *list);
    }
    for (size_t p = 0; p < n_products; p++) {
        d->group[p] = -1;
        const char *code = autk_dataset_product_code(dataset, (int32_t)p);
        if (group_code(list[n].code, code, level, digits, prefix))
            list[n++].product = (int32_t)p;
    }
    qsort(list, n, sizeof *list, by_code);
    for (size_t i = 0; i < n; i++) {
        if (i == 0 || strcmp(list[i].code, list[i - 1].code) != 0)
            memcpy(d->code[d->n++], list[i].code, sizeof list[i].code);
        d->group[list[i].product] = (int32_t)d->n - 1;
    }
    find_names(d, dataset);
    free(list);
    return AUTK_OK;
}

void autki_product_name(char *out, size_t size, const autki_product_trade *trade, size_t group)
{
    int32_t product = trade->detail.product[group];
    (void)snprintf(out, size, "%s",
                   product >= 0 ? autk_dataset_product_name(trade->dataset, product) : "");
    size_t len = strlen(out);
    bool cut = len == size - 1;
    while (cut && len > 0 && ((unsigned char)out[len - 1] & 0xc0) == 0x80)
        out[--len] = '\0';
    if (cut && len > 0 && ((unsigned char)out[len - 1] & 0x80) != 0)
        out[len - 1] = '\0';
}

/* ------------------------------------------------------------------ a year's sums */

void autki_product_sums_free(autki_product_sums *s)
{
    free(s->imports);
    free(s->exports);
    free(s->inside);
    free(s->squares);
    free(s->top);
    free(s->top_partner);
    free(s->world);
    free(s->world_squares);
    free(s->by_partner);
}

static autk_status make_sums(autki_product_sums *s, size_t n, autk_err *err)
{
    *s = (autki_product_sums){.imports = autki_calloc(n, sizeof *s->imports),
                              .exports = autki_calloc(n, sizeof *s->exports),
                              .inside = autki_calloc(n, sizeof *s->inside),
                              .squares = autki_calloc(n, sizeof *s->squares),
                              .top = autki_calloc(n, sizeof *s->top),
                              .top_partner = autki_calloc(n, sizeof *s->top_partner),
                              .world = autki_calloc(n, sizeof *s->world),
                              .world_squares = autki_calloc(n, sizeof *s->world_squares)};
    if (s->imports == NULL || s->exports == NULL || s->inside == NULL || s->squares == NULL ||
        s->top == NULL || s->top_partner == NULL || s->world == NULL || s->world_squares == NULL) {
        autki_product_sums_free(s);
        return autki_no_memory(err, 8 * n * sizeof *s->imports);
    }
    return AUTK_OK;
}

static bool is_economy(const autki_product_trade *c, int32_t economy)
{
    return autk_dataset_economy_kind(c->dataset, economy) == AUTK_IS_ECONOMY;
}

/* One supplier (for exports: buyer) after the other: what it sells to all, and to the members. */
static void add_supplier(autki_product_sums *s, const autki_product_trade *c, const autk_flows *f,
                         int32_t supplier)
{
    const autki_product_detail *d = &c->detail;
    double *to_members = c->room, *to_all = c->room + d->n;
    memset(c->room, 0, 2 * d->n * sizeof *c->room);
    for (size_t i = 0; i < f->n; i++) {
        int32_t buyer = c->exports ? f->exporter[i] : f->importer[i];
        int32_t g = d->group[f->product[i]];
        if (g < 0 || buyer == supplier || !is_economy(c, buyer))
            continue;
        to_all[g] += f->value[i];
        if (c->is_member[buyer])
            to_members[g] += f->value[i];
    }
    bool member = c->is_member[supplier];
    for (size_t g = 0; g < d->n; g++) {
        s->world[g] += to_all[g];
        s->world_squares[g] += to_all[g] * to_all[g];
        if (member) {
            s->inside[g] += to_members[g];
            s->exports[g] += to_all[g] - to_members[g];
            continue;
        }
        s->imports[g] += to_members[g];
        if (s->by_partner != NULL)
            s->by_partner[(size_t)supplier * d->n + g] = to_members[g];
        s->squares[g] += to_members[g] * to_members[g];
        if (to_members[g] > s->top[g]) {
            s->top[g] = to_members[g];
            s->top_partner[g] = supplier;
        }
    }
}

autk_status autki_product_trade_year(autki_product_sums *s, const autki_product_trade *c,
                                     int32_t year, autk_err *err)
{
    autk_status st = make_sums(s, c->detail.n, err);
    if (st != AUTK_OK)
        return st;
    if (c->keeps_partners) {
        s->by_partner = autki_calloc(c->n_economies * c->detail.n, sizeof *s->by_partner);
        if (s->by_partner == NULL) {
            autki_product_sums_free(s);
            return autki_no_memory(err, c->n_economies * c->detail.n * sizeof *s->by_partner);
        }
    }
    for (int32_t e = 0; st == AUTK_OK && e < (int32_t)c->n_economies; e++) {
        if (!is_economy(c, e))
            continue;
        autk_flows f = {.n = 0};
        int32_t exporter = c->exports ? AUTK_ANY_ECONOMY : e;
        int32_t importer = c->exports ? e : AUTK_ANY_ECONOMY;
        st = autk_dataset_flows(&f, c->dataset, c->layer, year, exporter, importer, err);
        if (st == AUTK_OK && f.n != 0)
            add_supplier(s, c, &f, e);
        autk_flows_deinit(&f);
    }
    if (st != AUTK_OK)
        autki_product_sums_free(s);
    return st;
}

/* ------------------------------------------------------------------ choosing a layer */

/* Has the layer any flow of a member in that direction? */
static autk_status has_member(bool *found, const autki_product_trade *t, size_t layer, int32_t year,
                              autk_err *err)
{
    uint32_t *economies = NULL;
    size_t n = 0;
    *found = false;
    autk_status st = autki_dataset_chunks(&economies, &n, t->dataset, (uint32_t)layer, year,
                                          t->exports ? AUTKI_BY_EXPORTER : AUTKI_BY_IMPORTER, err);
    for (size_t i = 0; i < n; i++)
        *found = *found || (economies[i] < t->n_economies && t->is_member[economies[i]]);
    free(economies);
    return st;
}

static int rank_of(const autk_layer *l, bool exports)
{
    static const int for_imports[AUTK_SIDE_COUNT] = {1, 2, 3, 4};
    static const int for_exports[AUTK_SIDE_COUNT] = {1, 3, 2, 4};
    return exports ? for_exports[l->side] : for_imports[l->side];
}

static autk_status has_year(bool *found, autk_dataset *d, size_t layer, int32_t year, autk_err *err)
{
    int32_t *periods = NULL;
    size_t n = 0;
    *found = false;
    autk_status st = autk_dataset_periods(&periods, &n, d, layer, err);
    for (size_t i = 0; i < n; i++)
        *found = *found || periods[i] == year;
    free(periods);
    return st;
}

/* @param trade  whose members must have flows in it; NULL = no matter whose */
static autk_status choose_layer(size_t *layer, autk_dataset *d, const autki_product_trade *trade,
                                int32_t year, int digits, bool exports, autk_err *err)
{
    const autk_layer *best = NULL;
    int needed = digits == AUTK_PRODUCT_SECTIONS ? 2 : digits;
    for (size_t i = 0; i < autk_dataset_n_layers(d); i++) {
        const autk_layer *l = autk_dataset_layer(d, i);
        bool there = false;
        if (l->flow != AUTK_FLOW_TRADE || l->frequency != 'A' || l->level < needed)
            continue;
        autk_status st = has_year(&there, d, i, year, err);
        if (st == AUTK_OK && there && trade != NULL)
            st = has_member(&there, trade, i, year, err);
        if (st != AUTK_OK)
            return st;
        int better = best == NULL ? 1 : rank_of(l, exports) - rank_of(best, exports);
        if (there && (better > 0 || (better == 0 && l->n_rows > best->n_rows))) {
            best = l;
            *layer = i;
        }
    }
    if (best == NULL)
        return autki_fail(err, AUTK_ENOTFOUND,
                          "expected yearly trade with products of at least %d digits in %d, got "
                          "a dataset without",
                          needed, year);
    return AUTK_OK;
}

autk_status autk_products_layer(size_t *layer, autk_dataset *d, int32_t year, int digits,
                                bool exports, autk_err *err)
{
    return choose_layer(layer, d, NULL, year, digits, exports, err);
}

/* The best layer in which the members are; where they are in none, the best there is. */
static autk_status choose_members_layer(autki_product_trade *t, int32_t year, int digits,
                                        autk_err *err)
{
    autk_status st = choose_layer(&t->layer, t->dataset, t, year, digits, t->exports, err);
    if (st == AUTK_ENOTFOUND)
        st = choose_layer(&t->layer, t->dataset, NULL, year, digits, t->exports, err);
    return st;
}

autk_status autki_product_trade_has(bool *found, const autki_product_trade *trade, int32_t year,
                                    autk_err *err)
{
    return has_year(found, trade->dataset, trade->layer, year, err);
}

void autki_product_trade_close(autki_product_trade *trade)
{
    free(trade->is_member);
    free(trade->room);
    free(trade->detail.group);
    free(trade->detail.code);
    free(trade->detail.product);
    *trade = (autki_product_trade){.dataset = NULL};
}

static int digits_needed(int digits, const char *prefix)
{
    return digits == AUTK_PRODUCT_SECTIONS ? 2
           : digits == AUTKI_PRODUCT_WHOLE ? (int)strlen(prefix)
                                           : digits;
}

autk_status autki_product_trade_open(autki_product_trade *out, autk_dataset *dataset,
                                     const int32_t *members, size_t n_members, int32_t year,
                                     int64_t layer, int digits, const char *prefix, bool exports,
                                     autk_err *err)
{
    autki_product_trade t = {.dataset = dataset,
                             .layer = (size_t)layer,
                             .n_economies = (size_t)autk_dataset_n_economies(dataset),
                             .exports = exports};
    int needed = digits_needed(digits, prefix);
    t.is_member = autki_calloc(t.n_economies, sizeof *t.is_member);
    if (t.is_member == NULL)
        return autki_no_memory(err, t.n_economies);
    for (size_t i = 0; i < n_members; i++)
        t.is_member[members[i]] = true;
    autk_status st = layer < 0 ? choose_members_layer(&t, year, needed, err) : AUTK_OK;
    const autk_layer *l = st == AUTK_OK ? autk_dataset_layer(dataset, t.layer) : NULL;
    if (st == AUTK_OK && (l == NULL || l->level < needed))
        st =
            autki_fail(err, AUTK_EARG, "expected a layer with codes of at least %d digits", needed);
    if (st == AUTK_OK)
        st = make_detail(&t.detail, dataset, l->level, digits, prefix, err);
    if (st == AUTK_OK && (t.room = autki_malloc(2 * t.detail.n, sizeof *t.room)) == NULL)
        st = autki_no_memory(err, 2 * t.detail.n);
    if (st == AUTK_OK)
        *out = t;
    else
        autki_product_trade_close(&t);
    return st;
}
