#include "report/brief_products.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/fail.h"
#include "base/mem.h"
#include "base/table.h"
#include "report/object.h"
#include "report/words.h"

#define ROWS_SHOWN 6 /* of each side */

static const char *const side_names[AUTKI_PRODUCT_SIDES] = {"imports", "exports"};

void autki_products_free(autki_products *products)
{
    if (products == NULL)
        return;
    for (int s = 0; s < AUTKI_PRODUCT_SIDES; s++)
        free(products->rows[s]);
    for (int s = 0; s < AUTKI_PRODUCT_SIDES; s++)
        free(products->silent[s]);
    free(products);
}

/* ------------------------------------------------------------------ gathering */

/* The finest detail that both sides can have: the last year up to the brief's with yearly trade by
 * product. */
static void choose_year(autki_products *p, int year)
{
    for (size_t i = 0; i < autk_dataset_n_layers(p->dataset); i++) {
        const autk_layer *l = autk_dataset_layer(p->dataset, i);
        int last = l->last_period < year ? l->last_period : year;
        int digits = l->level >= 6 ? 6 : l->level >= 4 ? 4 : 2;
        if (l->flow != AUTK_FLOW_TRADE || l->frequency != 'A' || l->level < 2 ||
            l->first_period > year)
            continue;
        if (last > p->year || (last == p->year && digits > p->digits)) {
            p->year = last;
            p->digits = digits;
        }
    }
}

static autk_status gather_side(autki_products *p, autk_dataset *dataset, const autk_world *world,
                               int32_t economy, int side, autk_err *err)
{
    size_t layer = 0;
    autk_products_opts opts = autk_products_opts_default();
    opts.digits = p->digits;
    opts.exports = side == AUTKI_EXPORTED;
    opts.world = world;
    autk_status st = autk_products_layer_of(&layer, dataset, &economy, 1, p->year, &opts, err);
    if (st == AUTK_OK) {
        const autk_layer *l = autk_dataset_layer(dataset, layer);
        opts.layer = (int64_t)layer;
        p->layer_source[side] = l->source;
        p->layer_side[side] = l->side;
        p->source = p->source != NULL ? p->source : l->source;
        st = autk_products(&p->rows[side], &p->n_rows[side], dataset, &economy, 1, p->year, &opts,
                           err);
    }
    if (st == AUTK_OK)
        st = autk_products_silent(&p->silent[side], &p->n_silent[side], dataset, &economy, 1,
                                  p->year, &opts, err);
    return st == AUTK_ENOTFOUND ? AUTK_OK : st;
}

autk_status autki_brief_add_products(autk_brief *brief, autk_dataset *dataset, autk_err *err)
{
    int32_t economy;
    if (dataset == NULL)
        return AUTK_OK;
    brief->products = autki_calloc(1, sizeof *brief->products);
    if (brief->products == NULL)
        return autki_no_memory(err, sizeof *brief->products);
    autki_products *p = brief->products;
    p->dataset = dataset;
    if (autk_dataset_find_economy(&economy, dataset,
                                  autk_world_party_code(brief->world, brief->economy),
                                  NULL) != AUTK_OK)
        return AUTK_OK; /* the section says so */
    choose_year(p, brief->year);
    autk_status st = AUTK_OK;
    for (int s = 0; p->year != 0 && s < AUTKI_PRODUCT_SIDES && st == AUTK_OK; s++)
        st = gather_side(p, dataset, brief->world, economy, s, err);
    return st;
}

/* ------------------------------------------------------------------ words */

typedef struct tally {
    double value, dependent_value;
    size_t n_geodep, n_persistent, n_eu, n_unsure;
} tally;

static tally count(const autki_products *p, int side)
{
    tally t = {.value = 0};
    for (size_t i = 0; i < p->n_rows[side]; i++) {
        const autk_product_row *r = &p->rows[side][i];
        t.value += r->imports;
        t.dependent_value += r->geodep ? r->imports : 0;
        t.n_geodep += r->geodep;
        t.n_persistent += r->persistent;
        t.n_eu += r->eu_dependent;
        t.n_unsure += !r->eu_sure || !r->geodep_sure;
    }
    return t;
}

static const char *layer_words(autk_side side)
{
    return side == AUTK_SIDE_EXPORTER   ? "exporters' reports"
           : side == AUTK_SIDE_IMPORTER ? "importers' reports"
                                        : autk_side_text(side);
}

/* What is in no sum, and how many verdicts it could turn. */
static void say_silence(autk_buf *t, const autki_products *p, int side)
{
    const autk_product_silence *s = p->silent[side];
    size_t n = p->n_silent[side], n_open = 0;
    if (n == 0 || p->n_rows[side] == 0)
        return;
    while (n_open < n && isnan(s[n_open].high))
        n_open++;
    autk_buf_printf(t, "Nobody reports what %zu partner%s %s: ", n, n == 1 ? "" : "s",
                    side == AUTKI_IMPORTED ? "sold to it" : "bought of it");
    for (size_t i = n_open; i < n && i < n_open + 2; i++) {
        autk_buf_printf(t, "%s%s (of all goods at most ", i == n_open ? "" : ", ", s[i].name);
        autk_format_usd(t, s[i].high);
        autk_buf_puts(t, " USD");
        autk_buf_puts(t, ")");
    }
    if (n - n_open > 2)
        autk_buf_printf(t, " and %zu more", n - n_open - 2);
    if (n_open != 0)
        autk_buf_printf(t, "%s%s%s, which nothing bounds", n_open < n ? "; " : "", s[0].name,
                        n_open > 1 ? " and others" : "");
    autk_buf_printf(t,
                    ". It is in no sum of this section and could turn the verdict on %zu of "
                    "the %zu product%s.",
                    count(p, side).n_unsure, p->n_rows[side], p->n_rows[side] == 1 ? "" : "s");
}

static void say_side(autk_buf *t, const autki_products *p, int side)
{
    bool imported = side == AUTKI_IMPORTED;
    tally c = count(p, side);
    if (p->n_rows[side] == 0)
        return;
    autk_buf_printf(t, "Of %zu product%s in its reported %s of %d (%s, %s), ", p->n_rows[side],
                    p->n_rows[side] == 1 ? "" : "s", side_names[side], p->year,
                    p->layer_source[side], layer_words(p->layer_side[side]));
    if (c.n_geodep == 0)
        autk_buf_puts(t, "none depends");
    else
        autk_buf_printf(t, "%zu depend%s", c.n_geodep, c.n_geodep == 1 ? "s" : "");
    autk_buf_printf(t,
                    " on few %s here and in the world with own %s that cannot take their place "
                    "(GeoDep's three criteria%s)",
                    imported ? "suppliers" : "buyers", imported ? "exports" : "imports",
                    imported ? "" : ", turned round");
    if (c.n_geodep != 0) {
        autk_buf_puts(t, ": ");
        autki_words_percent(t, c.dependent_value / c.value);
        autk_buf_puts(t, " of the value");
    }
    autk_buf_printf(t, "; %zu in two of three years.", c.n_persistent);
    if (imported)
        autk_buf_printf(t, " By the European Commission's three indicators %zu depend%s.", c.n_eu,
                        c.n_eu == 1 ? "s" : "");
}

static void say_why_none(autk_buf *t, const autk_brief *b)
{
    const autki_products *p = b->products;
    if (p->n_rows[AUTKI_IMPORTED] + p->n_rows[AUTKI_EXPORTED] != 0)
        return;
    autk_buf_puts(t, "The dataset has no yearly trade by product of ");
    autki_words_name(t, b->world, b->economy);
    autk_buf_printf(t, " in %d or before.", b->year);
}

autk_status autki_brief_say_products(autk_brief *brief, autk_buf *t, autk_err *err)
{
    autki_lines *lines = &brief->sentences[AUTKI_PRODUCTS];
    if (brief->products == NULL)
        return AUTK_OK;
    say_why_none(t, brief);
    autk_status st = autki_lines_take(lines, t, err);
    for (int s = 0; s < AUTKI_PRODUCT_SIDES && st == AUTK_OK; s++) {
        say_side(t, brief->products, s);
        st = autki_lines_take(lines, t, err);
        if (st == AUTK_OK)
            say_silence(t, brief->products, s);
        if (st == AUTK_OK)
            st = autki_lines_take(lines, t, err);
    }
    return st;
}

/* ------------------------------------------------------------------ table */

static const char *verdict_of(const autk_product_row *r)
{
    return r->geodep && r->eu_dependent ? "GeoDep, EU"
           : r->geodep                  ? "GeoDep"
           : r->eu_dependent            ? "EU"
                                        : "";
}

static void add_row(autk_table *t, const autki_products *p, const autk_product_row *r, int side)
{
    autk_table_text(t, side_names[side]);
    autk_table_text(t, r->code);
    autki_table_cut(t, r->name, 30);
    autk_table_number(t, r->at_stake);
    autk_table_text(t, autk_dataset_economy_code(p->dataset, r->top_partner));
    autk_table_number(t, r->top_share);
    autk_table_number(t, r->hhi);
    autk_table_number(t, r->world_hhi);
    autk_table_text(t, verdict_of(r));
}

autk_status autki_products_table(autk_table **out, const autk_brief *brief, autk_err *err)
{
    static const autk_column columns[] = {{"flow", "flow", AUTK_CELL_TEXT, 0},
                                          {"product", "product", AUTK_CELL_TEXT, 0},
                                          {"name", "", AUTK_CELL_TEXT, 0},
                                          {"at_stake", "at stake", AUTK_CELL_USD, 0},
                                          {"top_partner", "with", AUTK_CELL_TEXT, 0},
                                          {"top_share", "share", AUTK_CELL_PERCENT, 0},
                                          {"hhi", "HHI", AUTK_CELL_FIXED, 2},
                                          {"world_hhi", "world", AUTK_CELL_FIXED, 2},
                                          {"criteria", "dependent by", AUTK_CELL_TEXT, 0}};
    const autki_products *p = brief->products;
    autk_table *table = NULL;
    if (p == NULL || p->n_rows[AUTKI_IMPORTED] + p->n_rows[AUTKI_EXPORTED] == 0)
        return AUTK_OK;
    autk_status st = autk_table_create(&table, columns, sizeof columns / sizeof *columns, err);
    if (st != AUTK_OK)
        return st;
    for (int s = 0; s < AUTKI_PRODUCT_SIDES; s++) {
        for (size_t i = 0; i < p->n_rows[s] && i < ROWS_SHOWN; i++)
            add_row(table, p, &p->rows[s][i], s);
    }
    *out = table;
    return AUTK_OK;
}

/* ------------------------------------------------------------------ JSON and CSV */

static void put_row(autki_object *array, const autki_products *p, const autk_product_row *r)
{
    autki_object o = autki_object_element(array);
    autki_object_text(&o, "product", r->code);
    autki_object_text(&o, "name", r->name);
    autki_object_number(&o, "value", r->imports);
    autki_object_number(&o, "at_stake", r->at_stake);
    autki_object_text(&o, "top_partner", autk_dataset_economy_code(p->dataset, r->top_partner));
    autki_object_number(&o, "top_share", r->top_share);
    autki_object_number(&o, "unknown_share", r->unknown_share);
    autki_object_number(&o, "top_share_low", r->top_share_low);
    autki_object_number(&o, "top_share_high", r->top_share_high);
    autki_object_number(&o, "hhi_low", r->hhi_low);
    autki_object_number(&o, "hhi_high", r->hhi_high);
    autki_object_bool(&o, "eu_sure", r->eu_sure);
    autki_object_bool(&o, "geodep_sure", r->geodep_sure);
    autki_object_number(&o, "hhi", r->hhi);
    autki_object_number(&o, "world_hhi", r->world_hhi);
    autki_object_number(&o, "ratio", r->ratio);
    autki_object_bool(&o, "eu_dependent", r->eu_dependent);
    autki_object_bool(&o, "geodep", r->geodep);
    autki_object_number(&o, "years_geodep", r->years_geodep);
    autki_object_number(&o, "years_seen", r->years_seen);
    autki_object_close(&o);
}

void autki_products_json(autk_buf *out, const autk_brief *brief)
{
    const autki_products *p = brief->products;
    if (p == NULL)
        return;
    autk_buf_puts(out, ",\n \"products\": ");
    autki_object o = autki_object_open(out);
    autki_object_number(&o, "year", p->year != 0 ? (double)p->year : NAN);
    autki_object_text(&o, "source", p->source);
    for (int s = 0; s < AUTKI_PRODUCT_SIDES; s++) {
        autki_object rows = autki_object_array(&o, side_names[s]);
        for (size_t i = 0; i < p->n_rows[s] && i < ROWS_SHOWN; i++)
            put_row(&rows, p, &p->rows[s][i]);
        autki_object_close(&rows);
    }
    autki_object lines = autki_object_array(&o, "sentences");
    for (size_t i = 0; i < brief->sentences[AUTKI_PRODUCTS].n; i++)
        autki_object_text_element(&lines, brief->sentences[AUTKI_PRODUCTS].line[i]);
    autki_object_close(&lines);
    autki_object_close(&o);
}

void autki_products_csv(autk_buf *out, const autk_brief *brief)
{
    static const char *const at_stake[] = {"imports at stake", "exports at stake"};
    static const char *const hhi[] = {"HHI of suppliers", "HHI of buyers"};
    const autki_products *p = brief->products;
    for (int s = 0; p != NULL && s < AUTKI_PRODUCT_SIDES; s++) {
        for (size_t i = 0; i < p->n_rows[s] && i < ROWS_SHOWN; i++) {
            const autk_product_row *r = &p->rows[s][i];
            autki_brief_csv_row row = {
                "products", r->code,   at_stake[s], p->year, autk_bounds_exact(r->at_stake),
                "USD",      "reported"};
            autki_brief_put_csv_row(out, &row);
            row.measure = hhi[s];
            row.value = (autk_bounds){r->hhi_low, r->hhi, r->hhi_high};
            row.unit = "index";
            autki_brief_put_csv_row(out, &row);
        }
    }
}
