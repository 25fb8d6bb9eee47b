#include <autarky/products.h>

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/fail.h"
#include "base/mem.h"

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

/* Products of the wanted detail, by code; `group` maps the dataset's products to them. */
typedef struct detail {
    int32_t *group; /* [n_products] -1 = of another classification or shape */
    size_t n;
    char (*code)[16];
    int32_t *product; /* [n] one with that very code, -1 when it has none */
} detail;

/* Sums of one year by group. */
typedef struct year_sums {
    double *imports, *exports, *inside; /* [n] across the border, and between members */
    double *squares, *top;              /* [n] Σ value², largest partner's value */
    int32_t *top_partner;
    double *world, *world_squares; /* [n] Σ over exporters of their total, and of its square */
} year_sums;

typedef struct context {
    autk_dataset *dataset;
    const autk_products_opts *opts;
    size_t layer;
    const int32_t *members;
    size_t n_members;
    bool *is_member; /* [n_economies] */
    detail detail;
    double *room; /* [n groups] */
    size_t n_economies;
} context;

/* ------------------------------------------------------------------ detail */

static const char *section_of(int chapter)
{
    static const struct {
        int last;
        const char *name;
    } sections[] = {{5, "I"},    {14, "II"},   {15, "III"},   {24, "IV"},  {27, "V"},
                    {38, "VI"},  {40, "VII"},  {43, "VIII"},  {46, "IX"},  {49, "X"},
                    {63, "XI"},  {67, "XII"},  {70, "XIII"},  {71, "XIV"}, {83, "XV"},
                    {85, "XVI"}, {89, "XVII"}, {92, "XVIII"}, {93, "XIX"}, {96, "XX"},
                    {99, "XXI"}};
    for (size_t i = 0; i < sizeof sections / sizeof *sections; i++) {
        if (chapter <= sections[i].last)
            return sections[i].name;
    }
    return "";
}

static bool code_of(char out[16], const char *product, int level, int digits)
{
    size_t len = strlen(product);
    if (len != (size_t)level || len < 2 || len > 15 || strspn(product, "0123456789") != len)
        return false;
    if (digits == AUTK_PRODUCT_SECTIONS) {
        int chapter = (product[0] - '0') * 10 + (product[1] - '0');
        (void)snprintf(out, 16, "%s", section_of(chapter));
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

static void free_detail(detail *d)
{
    free(d->group);
    free(d->code);
    free(d->product);
}

static autk_status make_detail(detail *d, const autk_dataset *dataset, int level, int digits,
                               autk_err *err)
{
    size_t n_products = (size_t)autk_dataset_n_products(dataset), n = 0;
    coded *list = autki_malloc(n_products, sizeof *list);
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
        if (code_of(list[n].code, code, level, digits))
            list[n++].product = (int32_t)p;
    }
    qsort(list, n, sizeof *list, by_code);
    for (size_t i = 0; i < n; i++) {
        if (i == 0 || strcmp(list[i].code, list[i - 1].code) != 0) {
            memcpy(d->code[d->n], list[i].code, sizeof list[i].code);
            d->product[d->n] = level == digits ? list[i].product : -1;
            d->n++;
        }
        d->group[list[i].product] = (int32_t)d->n - 1;
    }
    free(list);
    return AUTK_OK;
}

/* ------------------------------------------------------------------ a year's sums */

static void free_sums(year_sums *s)
{
    free(s->imports);
    free(s->exports);
    free(s->inside);
    free(s->squares);
    free(s->top);
    free(s->top_partner);
    free(s->world);
    free(s->world_squares);
}

static autk_status make_sums(year_sums *s, size_t n, autk_err *err)
{
    *s = (year_sums){.imports = autki_calloc(n, sizeof *s->imports),
                     .exports = autki_calloc(n, sizeof *s->exports),
                     .inside = autki_calloc(n, sizeof *s->inside),
                     .squares = autki_calloc(n, sizeof *s->squares),
                     .top = autki_calloc(n, sizeof *s->top),
                     .top_partner = autki_calloc(n, sizeof *s->top_partner),
                     .world = autki_calloc(n, sizeof *s->world),
                     .world_squares = autki_calloc(n, sizeof *s->world_squares)};
    if (s->imports == NULL || s->exports == NULL || s->inside == NULL || s->squares == NULL ||
        s->top == NULL || s->top_partner == NULL || s->world == NULL || s->world_squares == NULL) {
        free_sums(s);
        return autki_no_memory(err, 8 * n * sizeof *s->imports);
    }
    return AUTK_OK;
}

static bool is_economy(const context *c, int32_t economy)
{
    return autk_dataset_economy_kind(c->dataset, economy) == AUTK_IS_ECONOMY;
}

/* One supplier (for exports: buyer) after the other: what it sells to all, and to the members. */
static void add_supplier(year_sums *s, const context *c, const autk_flows *f, int32_t supplier)
{
    const detail *d = &c->detail;
    double *to_members = c->room, *to_all = c->room + d->n;
    memset(c->room, 0, 2 * d->n * sizeof *c->room);
    for (size_t i = 0; i < f->n; i++) {
        int32_t buyer = c->opts->exports ? f->exporter[i] : f->importer[i];
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
        s->squares[g] += to_members[g] * to_members[g];
        if (to_members[g] > s->top[g]) {
            s->top[g] = to_members[g];
            s->top_partner[g] = supplier;
        }
    }
}

static autk_status sum_year(year_sums *s, const context *c, int32_t year, autk_err *err)
{
    autk_status st = make_sums(s, c->detail.n, err);
    if (st != AUTK_OK)
        return st;
    for (int32_t e = 0; st == AUTK_OK && e < (int32_t)c->n_economies; e++) {
        if (!is_economy(c, e))
            continue;
        autk_flows f = {.n = 0};
        int32_t exporter = c->opts->exports ? AUTK_ANY_ECONOMY : e;
        int32_t importer = c->opts->exports ? e : AUTK_ANY_ECONOMY;
        st = autk_dataset_flows(&f, c->dataset, c->layer, year, exporter, importer, err);
        if (st == AUTK_OK && f.n != 0)
            add_supplier(s, c, &f, e);
        autk_flows_deinit(&f);
    }
    if (st != AUTK_OK)
        free_sums(s);
    return st;
}

/* ------------------------------------------------------------------ indicators */

static void judge(autk_product_row *r, const year_sums *s, size_t g, const autk_products_opts *o)
{
    r->imports = s->imports[g];
    r->exports = s->exports[g];
    r->hhi = s->squares[g] / (s->imports[g] * s->imports[g]);
    r->top_partner = s->top_partner[g];
    r->at_stake = s->top[g];
    r->top_share = s->top[g] / s->imports[g];
    r->world_hhi = s->world_squares[g] / (s->world[g] * s->world[g]);
    r->ratio = s->exports[g] > 0 ? s->imports[g] / s->exports[g] : AUTK_RATIO_NO_EXPORTS;
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

static void name_row(autk_product_row *r, const context *c, size_t g)
{
    memcpy(r->code, c->detail.code[g], sizeof r->code);
    const char *name = c->detail.product[g] >= 0
                           ? autk_dataset_product_name(c->dataset, c->detail.product[g])
                           : "";
    (void)snprintf(r->name, sizeof r->name, "%s", name);
    /* Never half a character at the end. */
    size_t len = strlen(r->name);
    while (len > 0 && len == sizeof r->name - 1 && ((unsigned char)r->name[len - 1] & 0xc0) == 0x80)
        r->name[--len] = '\0';
    if (len == sizeof r->name - 1 && ((unsigned char)r->name[len - 1] & 0x80) != 0)
        r->name[len - 1] = '\0';
}

static autk_status collect(autk_product_row **rows, size_t *n, const context *c,
                           const year_sums *years, size_t n_years, autk_err *err)
{
    autk_product_row *list = autki_calloc(c->detail.n, sizeof *list);
    size_t count = 0;
    if (list == NULL)
        return autki_no_memory(err, c->detail.n * sizeof *list);
    for (size_t g = 0; g < c->detail.n; g++) {
        if (!(years[0].imports[g] > 0))
            continue;
        autk_product_row *r = &list[count++];
        judge(r, &years[0], g, c->opts);
        name_row(r, c, g);
        for (size_t y = 0; y < n_years; y++) {
            autk_product_row other;
            if (!(years[y].imports[g] > 0))
                continue;
            judge(&other, &years[y], g, c->opts);
            r->years_seen++;
            r->years_geodep += other.geodep;
        }
        r->persistent = r->years_geodep >= c->opts->n_years_min;
    }
    qsort(list, count, sizeof *list, by_stake);
    if (count == 0) {
        free(list);
        list = NULL;
    }
    *rows = list;
    *n = count;
    return AUTK_OK;
}

/* ------------------------------------------------------------------ choosing, checking */

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

autk_status autk_products_layer(size_t *layer, autk_dataset *d, int32_t year, int digits,
                                bool exports, autk_err *err)
{
    const autk_layer *best = NULL;
    int needed = digits == AUTK_PRODUCT_SECTIONS ? 2 : digits;
    for (size_t i = 0; i < autk_dataset_n_layers(d); i++) {
        const autk_layer *l = autk_dataset_layer(d, i);
        bool there = false;
        if (l->flow != AUTK_FLOW_TRADE || l->frequency != 'A' || l->level < needed)
            continue;
        autk_status st = has_year(&there, d, i, year, err);
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

static autk_status prepare(context *c, int32_t year, autk_err *err)
{
    autk_status st = AUTK_OK;
    if (c->opts->layer >= 0)
        c->layer = (size_t)c->opts->layer;
    else
        st = autk_products_layer(&c->layer, c->dataset, year, c->opts->digits, c->opts->exports,
                                 err);
    if (st != AUTK_OK)
        return st;
    const autk_layer *l = autk_dataset_layer(c->dataset, c->layer);
    int needed = c->opts->digits == AUTK_PRODUCT_SECTIONS ? 2 : c->opts->digits;
    if (l == NULL || l->level < needed)
        return autki_fail(err, AUTK_EARG, "expected a layer with codes of at least %d digits",
                          needed);
    c->is_member = autki_calloc(c->n_economies, sizeof *c->is_member);
    if (c->is_member == NULL)
        return autki_no_memory(err, c->n_economies);
    for (size_t i = 0; i < c->n_members; i++)
        c->is_member[c->members[i]] = true;
    st = make_detail(&c->detail, c->dataset, l->level, c->opts->digits, err);
    if (st == AUTK_OK)
        c->room = autki_malloc(2 * c->detail.n, sizeof *c->room);
    return st == AUTK_OK && c->room == NULL ? autki_no_memory(err, 2 * c->detail.n) : st;
}

autk_status autk_products(autk_product_row **rows, size_t *n, autk_dataset *dataset,
                          const int32_t *members, size_t n_members, int32_t year,
                          const autk_products_opts *opts, autk_err *err)
{
    autk_products_opts defaults = autk_products_opts_default();
    context c = {.dataset = dataset,
                 .opts = opts != NULL ? opts : &defaults,
                 .members = members,
                 .n_members = n_members,
                 .n_economies = (size_t)autk_dataset_n_economies(dataset)};
    year_sums years[YEARS_MAX];
    size_t n_years = 0;
    autk_status st = check(dataset, members, n_members, c.opts, err);
    if (st == AUTK_OK)
        st = prepare(&c, year, err);
    for (int k = 0; st == AUTK_OK && k < c.opts->n_years; k++) {
        bool there = false;
        st = has_year(&there, dataset, c.layer, year - k, err);
        if (st == AUTK_OK && k == 0 && !there)
            st = autki_fail(err, AUTK_ENOTFOUND, "expected flows of %d, got none in the layer",
                            year);
        if (st == AUTK_OK && there) {
            st = sum_year(&years[n_years], &c, year - k, err);
            n_years += st == AUTK_OK;
        }
    }
    if (st == AUTK_OK)
        st = collect(rows, n, &c, years, n_years, err);
    for (size_t k = 0; k < n_years; k++)
        free_sums(&years[k]);
    free(c.is_member);
    free(c.room);
    free_detail(&c.detail);
    return st;
}
