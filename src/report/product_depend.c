#include <autarky/mirror.h>
#include <autarky/products_report.h>

#include <math.h>
#include <string.h>

#include "base/fail.h"
#include "report/depend.h"
#include "report/object.h"

typedef struct page {
    const autk_dataset *dataset;
    int32_t economy;
    size_t top;
} page;

static size_t shown(const page *p, const autk_product_dependence *d)
{
    return p->top == 0 || p->top > d->n_partners ? d->n_partners : p->top;
}

static const char *flow_of(const autk_product_dependence *d)
{
    return d->exports ? "exports" : "imports";
}

static const autk_layer *layer_of(const page *p, const autk_product_dependence *d)
{
    return autk_dataset_layer(p->dataset, d->layer);
}

static const char *evidence_of(const autk_product_partner *p)
{
    static const unsigned both = 1U << AUTK_MIRROR_BOTH;
    if (p->kinds == both)
        return "reconciled: both sides";
    if ((p->kinds & both) != 0)
        return "reconciled: both sides, some one side";
    if (p->kinds != 0)
        return p->kinds == 1U << AUTK_MIRROR_EXPORTER   ? "reconciled: exporter only"
               : p->kinds == 1U << AUTK_MIRROR_IMPORTER ? "reconciled: importer only"
                                                        : "reconciled: one side each";
    if (p->gap)
        return isfinite(p->value.high) ? "gap: at most all goods between them"
                                       : "gap: nothing bounds it";
    return p->value.point > 0 ? "reported" : "none recorded";
}

static void rank_cell(autk_table *t, int32_t rank)
{
    if (rank > 0)
        autk_table_number(t, rank);
    else
        autk_table_empty(t);
}

/* A gap has ends and no point. */
static void range_cell(autk_table *t, autk_bounds share)
{
    autki_range_cell(t, (autk_bounds){share.low, share.low, share.high});
}

/* ------------------------------------------------------------------ text */

static autk_status write_partners(autk_buf *out, const page *p, const autk_product_dependence *d,
                                  autk_err *err)
{
    static const autk_column columns[] = {
        {"rank", "#", AUTK_CELL_INTEGER, 0},        {"partner", "partner", AUTK_CELL_TEXT, 0},
        {"share", "share", AUTK_CELL_PERCENT, 1},   {"range", "range", AUTK_CELL_TEXT, 0},
        {"value", "value", AUTK_CELL_USD, 0},       {"quantity_t", "tons", AUTK_CELL_USD, 0},
        {"evidence", "evidence", AUTK_CELL_TEXT, 0}};
    autk_table *t = NULL;
    autk_status st = autk_table_create(&t, columns, sizeof columns / sizeof *columns, err);
    if (st != AUTK_OK)
        return st;
    for (size_t i = 0; i < shown(p, d) + (d->has_on ? 1 : 0); i++) {
        const autk_product_partner *e = i < shown(p, d) ? &d->partners[i] : &d->on;
        rank_cell(t, e->rank.point);
        autk_table_text(t, e->name);
        autk_table_number(t, e->share.point);
        range_cell(t, e->share);
        autk_table_number(t, e->value.point);
        if (isnan(e->quantity))
            autk_table_empty(t);
        else
            autk_table_number(t, e->quantity);
        autk_table_text(t, evidence_of(e));
    }
    st = autk_table_write(out, t, AUTK_FORMAT_TEXT, err);
    autk_table_free(t);
    return st;
}

static void write_sums(autk_buf *out, const autk_product_dependence *d, const char *currency)
{
    autk_buf_printf(out, "\nreported  ");
    autk_format_usd(out, d->value);
    autk_buf_printf(out, " %s", currency);
    if (!isnan(d->quantity)) {
        autk_buf_puts(out, ", ");
        autk_format_usd(out, d->quantity);
        autk_buf_puts(out, " t");
    }
    if (d->world_value > 0) {
        autk_buf_puts(out, "; ");
        autk_format_percent(out, d->value / d->world_value, 1);
        autk_buf_puts(out, " of what the world trades of it, ");
        autk_format_usd(out, d->world_value);
    }
    autk_buf_printf(out, "\n%s   of the same: ", d->exports ? "imports" : "exports");
    autk_format_usd(out, d->other_way);
    autk_buf_puts(out, "\n");
    if (!autk_bounds_known(d->concentration.hhi))
        return;
    autk_buf_printf(out, "concentration  HHI %.3f", d->concentration.hhi.point);
    if (d->concentration.hhi.high - d->concentration.hhi.low > 0.0005)
        autk_buf_printf(out, " (%.3f–%.3f)", d->concentration.hhi.low, d->concentration.hhi.high);
    autk_buf_printf(out, ", effective partners %.1f; of the world's %s HHI %.3f\n",
                    d->concentration.effective.point, d->exports ? "importers" : "exporters",
                    d->world_hhi);
}

static void write_gaps(autk_buf *out, const autk_product_dependence *d)
{
    if (d->n_gaps == 0)
        return;
    autk_buf_printf(out,
                    "\nwhat to know\n- Nobody reports these %s for %zu partner%s: of each at most "
                    "all goods between the two\n  can be this product. Points are shares in what "
                    "is reported; ranges have room for the gaps.\n",
                    flow_of(d), d->n_gaps, d->n_gaps == 1 ? "" : "s");
    if (d->n_unbounded != 0)
        autk_buf_printf(out, "- Nothing bounds %zu of them: the ranges leave those out.\n",
                        d->n_unbounded);
}

static autk_status write_page(autk_buf *out, const page *p, const autk_product_dependence *d,
                              autk_err *err)
{
    const autk_layer *l = layer_of(p, d);
    autk_buf_printf(out, "%s: %s of %s%s%s by partner, %d (%s, %s)\n\n",
                    autk_dataset_economy_name(p->dataset, p->economy), flow_of(d), d->product,
                    d->name[0] != '\0' ? " " : "", d->name, (int)d->year, l->source,
                    autk_side_text(l->side));
    autk_status st = write_partners(out, p, d, err);
    if (st != AUTK_OK)
        return st;
    if (shown(p, d) < d->n_partners)
        autk_buf_printf(out, "… and %zu more (--top 0 shows all)\n", d->n_partners - shown(p, d));
    write_sums(out, d, l->currency);
    write_gaps(out, d);
    return AUTK_OK;
}

/* The row of a series: the party asked for, else the first partner. */
static const autk_product_partner *told(const autk_product_dependence *d)
{
    return d->has_on ? &d->on : d->n_partners != 0 ? &d->partners[0] : NULL;
}

static autk_status write_series(autk_buf *out, const page *p,
                                const autk_product_dependence *const *items, size_t n,
                                autk_err *err)
{
    static const autk_column columns[] = {
        {"year", "year", AUTK_CELL_FIXED, 0},           {"flow", "flow", AUTK_CELL_TEXT, 0},
        {"partner", "partner", AUTK_CELL_TEXT, 0},      {"share", "share", AUTK_CELL_PERCENT, 1},
        {"range", "range", AUTK_CELL_TEXT, 0},          {"value", "its value", AUTK_CELL_USD, 0},
        {"total", "all partners", AUTK_CELL_USD, 0},    {"hhi", "HHI", AUTK_CELL_FIXED, 3},
        {"world_hhi", "world HHI", AUTK_CELL_FIXED, 3}, {"gaps", "gaps", AUTK_CELL_INTEGER, 0}};
    autk_table *t = NULL;
    autk_buf_printf(out, "%s: %s%s%s by year\n\n",
                    autk_dataset_economy_name(p->dataset, p->economy), items[0]->product,
                    items[0]->name[0] != '\0' ? " " : "", items[0]->name);
    autk_status st = autk_table_create(&t, columns, sizeof columns / sizeof *columns, err);
    if (st != AUTK_OK)
        return st;
    for (size_t i = 0; i < n; i++) {
        const autk_product_partner *e = told(items[i]);
        autk_table_number(t, items[i]->year);
        autk_table_text(t, flow_of(items[i]));
        autk_table_text(t, e != NULL ? e->name : "");
        autk_table_number(t, e != NULL ? e->share.point : NAN);
        range_cell(t, e != NULL ? e->share : autk_bounds_unknown());
        autk_table_number(t, e != NULL ? e->value.point : NAN);
        autk_table_number(t, items[i]->value);
        autk_table_number(t, items[i]->concentration.hhi.point);
        autk_table_number(t, items[i]->world_hhi);
        autk_table_number(t, (double)items[i]->n_gaps);
    }
    st = autk_table_write(out, t, AUTK_FORMAT_TEXT, err);
    autk_table_free(t);
    return st;
}

static autk_status write_text(autk_buf *out, const page *p,
                              const autk_product_dependence *const *items, size_t n, bool series,
                              autk_err *err)
{
    if (series)
        return write_series(out, p, items, n, err);
    autk_status st = AUTK_OK;
    for (size_t i = 0; i < n && st == AUTK_OK; i++) {
        autk_buf_puts(out, i == 0 ? "" : "\n");
        st = write_page(out, p, items[i], err);
    }
    return st;
}

/* ------------------------------------------------------------------ CSV and JSON */

static void partner_row(autk_table *t, const page *p, const autk_product_dependence *d,
                        const autk_product_partner *e)
{
    autk_table_text(t, autk_dataset_economy_code(p->dataset, p->economy));
    autk_table_number(t, d->year);
    autk_table_text(t, flow_of(d));
    autk_table_text(t, d->product);
    autk_table_text(t, e->code);
    autk_table_text(t, e->name);
    rank_cell(t, e->rank.point);
    autk_table_number(t, e->share.low);
    autk_table_number(t, e->share.point);
    autk_table_number(t, e->share.high);
    autk_table_number(t, e->value.low);
    autk_table_number(t, e->value.point);
    autk_table_number(t, e->value.high);
    autk_table_number(t, e->quantity);
    autk_table_text(t, evidence_of(e));
    autk_table_text(t, layer_of(p, d)->currency);
    autk_table_text(t, layer_of(p, d)->source);
}

static autk_status write_csv(autk_buf *out, const page *p,
                             const autk_product_dependence *const *items, size_t n, autk_err *err)
{
    static const autk_column columns[] = {
        {"economy", "", AUTK_CELL_TEXT, 0},     {"year", "", AUTK_CELL_FIXED, 0},
        {"flow", "", AUTK_CELL_TEXT, 0},        {"product", "", AUTK_CELL_TEXT, 0},
        {"partner", "", AUTK_CELL_TEXT, 0},     {"partner_name", "", AUTK_CELL_TEXT, 0},
        {"rank", "", AUTK_CELL_INTEGER, 0},     {"share_low", "", AUTK_CELL_FIXED, 0},
        {"share", "", AUTK_CELL_FIXED, 0},      {"share_high", "", AUTK_CELL_FIXED, 0},
        {"value_low", "", AUTK_CELL_FIXED, 0},  {"value", "", AUTK_CELL_FIXED, 0},
        {"value_high", "", AUTK_CELL_FIXED, 0}, {"quantity_t", "", AUTK_CELL_FIXED, 0},
        {"evidence", "", AUTK_CELL_TEXT, 0},    {"currency", "", AUTK_CELL_TEXT, 0},
        {"source", "", AUTK_CELL_TEXT, 0}};
    autk_table *t = NULL;
    autk_status st = autk_table_create(&t, columns, sizeof columns / sizeof *columns, err);
    if (st != AUTK_OK)
        return st;
    for (size_t k = 0; k < n; k++) {
        for (size_t i = 0; i < shown(p, items[k]); i++)
            partner_row(t, p, items[k], &items[k]->partners[i]);
        if (items[k]->has_on)
            partner_row(t, p, items[k], &items[k]->on);
    }
    st = autk_table_write(out, t, AUTK_FORMAT_CSV, err);
    autk_table_free(t);
    return st;
}

static void put_partner(autki_object *array, const autk_product_partner *e)
{
    autki_object o = autki_object_element(array);
    autki_object_text(&o, "partner", e->code);
    autki_object_text(&o, "name", e->name);
    autki_object_number(&o, "rank", e->rank.point > 0 ? (double)e->rank.point : NAN);
    autki_object_bounds(&o, "share", e->share);
    autki_object_bounds(&o, "value", e->value);
    autki_object_number(&o, "quantity_t", e->quantity);
    autki_object_bool(&o, "gap", e->gap);
    autki_object_close(&o);
}

static void put_item(autki_object *all, const page *p, const autk_product_dependence *d)
{
    const autk_layer *l = layer_of(p, d);
    autki_object o = autki_object_element(all);
    autki_object_text(&o, "economy", autk_dataset_economy_code(p->dataset, p->economy));
    autki_object_number(&o, "year", d->year);
    autki_object_text(&o, "flow", flow_of(d));
    autki_object_text(&o, "product", d->product);
    autki_object_text(&o, "product_name", d->name);
    autki_object_text(&o, "source", l->source);
    autki_object_text(&o, "reported_by", autk_side_text(l->side));
    autki_object_text(&o, "currency", l->currency);
    autki_object_number(&o, "value", d->value);
    autki_object_number(&o, "quantity_t", d->quantity);
    autki_object_number(&o, "other_way", d->other_way);
    autki_object_number(&o, "world_value", d->world_value);
    autki_object_number(&o, "world_hhi", d->world_hhi);
    autki_object_bounds(&o, "hhi", d->concentration.hhi);
    autki_object_bounds(&o, "effective_partners", d->concentration.effective);
    autki_object_number(&o, "n_gaps", (double)d->n_gaps);
    autki_object_number(&o, "n_gaps_without_bounds", (double)d->n_unbounded);
    autki_object partners = autki_object_array(&o, "partners");
    for (size_t i = 0; i < shown(p, d); i++)
        put_partner(&partners, &d->partners[i]);
    autki_object_close(&partners);
    if (d->has_on) {
        autki_object on = autki_object_array(&o, "on");
        put_partner(&on, &d->on);
        autki_object_close(&on);
    }
    autki_object_close(&o);
}

autk_status autk_product_dependence_write(autk_buf *out,
                                          const autk_product_dependence *const *items, size_t n,
                                          bool series, const autk_dataset *dataset, int32_t economy,
                                          autk_format format, size_t top, autk_err *err)
{
    page p = {dataset, economy, top};
    if (n == 0)
        return autki_fail(err, AUTK_EARG, "expected a product's dependence, got none");
    if (format == AUTK_FORMAT_CSV)
        return write_csv(out, &p, items, n, err);
    if (format == AUTK_FORMAT_TEXT)
        return write_text(out, &p, items, n, series, err);
    autki_object all = {.out = out, .closing = ']'};
    autk_buf_putc(out, '[');
    for (size_t i = 0; i < n; i++)
        put_item(&all, &p, items[i]);
    autki_object_close(&all);
    autk_buf_putc(out, '\n');
    return autk_buf_check(out, err);
}
