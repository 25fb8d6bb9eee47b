/* A model's estimates of gaps: the file, and how it lies over an open world. */
#include <autarky/gaps.h>

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/fail.h"
#include "base/mem.h"
#include "data/frame.h"
#include "data/world_format.h"

struct autk_gap_estimates {
    autki_frame *frame; /* whose texts the items borrow */
    autk_gap_estimate *items;
    size_t n;
};

enum { YEAR, EXPORTER, IMPORTER, VALUE, LOW, HIGH, N_COLUMNS };
static const autki_wanted columns[N_COLUMNS] = {
    {"year", AUTKI_NUMBER},      {"exporter", AUTKI_FACTOR}, {"importer", AUTKI_FACTOR},
    {"value_usd", AUTKI_NUMBER}, {"low_usd", AUTKI_NUMBER},  {"high_usd", AUTKI_NUMBER}};

void autk_gap_estimates_free(autk_gap_estimates *e)
{
    if (e == NULL)
        return;
    autki_frame_free(e->frame);
    free(e->items);
    free(e);
}

size_t autk_gap_estimates_n(const autk_gap_estimates *e)
{
    return e->n;
}

const autk_gap_estimate *autk_gap_estimates_get(const autk_gap_estimates *e, size_t i)
{
    return i < e->n ? &e->items[i] : NULL;
}

static const char *text_in(const autki_frame *f, size_t column, size_t row)
{
    const autki_frame_column *c = &f->columns[column];
    return c->code[row] >= 0 ? autki_dictionary_text(&c->levels, c->code[row]) : NULL;
}

static autk_status take_row(autk_gap_estimates *e, size_t row, autk_err *err)
{
    const autki_frame *f = e->frame;
    double year = f->columns[YEAR].number[row], value = f->columns[VALUE].number[row];
    autk_gap_estimate g = {.exporter = text_in(f, EXPORTER, row),
                           .importer = text_in(f, IMPORTER, row),
                           .value_usd = value,
                           .low_usd = f->columns[LOW].number[row],
                           .high_usd = f->columns[HIGH].number[row],
                           .line = f->row_is_line ? (int64_t)row + 2 : 0};
    if (isnan(value))
        return AUTK_OK;
    if (g.exporter == NULL || g.importer == NULL || !(year >= 1 && year <= 9999))
        return autki_fail_at(err, AUTK_EDATA, f->source, g.line, 0,
                             "expected a year, an exporter and an importer, got an empty one");
    g.year = (int)year;
    bool ordered = g.low_usd >= 0 && g.low_usd <= value && value <= g.high_usd;
    if (!(value > 0) || !ordered || !isfinite(g.high_usd))
        return autki_fail_at(err, AUTK_EDATA, f->source, g.line, 0,
                             "expected 0 <= low_usd <= value_usd <= high_usd and a value above 0, "
                             "got %g, %g, %g",
                             g.low_usd, value, g.high_usd);
    e->items[e->n++] = g;
    return AUTK_OK;
}

autk_status autk_gap_estimates_read(autk_gap_estimates **out, autk_input *input, autk_err *err)
{
    autk_gap_estimates *e = autki_calloc(1, sizeof *e);
    if (e == NULL)
        return autki_no_memory(err, sizeof *e);
    autk_status st = autki_frame_read_csv(&e->frame, input, columns, N_COLUMNS, err);
    if (st == AUTK_OK) {
        e->items = autki_calloc(e->frame->n_rows, sizeof *e->items);
        if (e->items == NULL)
            st = autki_no_memory(err, e->frame->n_rows * sizeof *e->items);
    }
    for (size_t row = 0; st == AUTK_OK && row < e->frame->n_rows; row++)
        st = take_row(e, row, err);
    if (st == AUTK_OK)
        *out = e;
    else
        autk_gap_estimates_free(e);
    return st;
}

/* ---- over the world ---- */

static autk_status find_economy(int32_t *economy, const autk_world *w, const char *text,
                                const autk_gap_estimate *g, const char *source, autk_err *err)
{
    autk_err why = {0};
    if (autk_world_find_economy(economy, w, text, g->year, &why) == AUTK_OK)
        return AUTK_OK;
    return autki_fail_at(err, AUTK_ENOTFOUND, source, g->line, 0, "%s", why.msg);
}

static autk_status add_source(autk_world *w, const char *name, autk_err *err)
{
    autk_status st = autki_grow(&w->sources, &w->sources_capacity, w->n_sources + 1,
                                sizeof *w->sources, (size_t)1 << 20, err);
    const char *id = st == AUTK_OK ? autki_world_keep_text(w, name, strlen(name)) : NULL;
    if (st == AUTK_OK && id == NULL)
        st = autki_no_memory(err, strlen(name));
    if (st == AUTK_OK)
        w->sources[w->n_sources++] = (autk_source_info){.id = id,
                                                        .publisher = "the user's own model",
                                                        .title = "estimates of unreported flows",
                                                        .edition = "as given",
                                                        .terms = "those of the file",
                                                        .url = "",
                                                        .covers = "gaps"};
    return st;
}

autk_status autk_world_add_estimates(autk_world *w, const autk_gap_estimates *e, autk_err *err)
{
    const char *name = e->frame->source;
    size_t before = w->n_estimates;
    autk_status st = add_source(w, name, err);
    for (size_t i = 0; st == AUTK_OK && i < e->n; i++) {
        const autk_gap_estimate *g = &e->items[i];
        autk_observation o = {.period = g->year,
                              .quantity = AUTK_QUANTITY_FLOW,
                              .scope = AUTK_SCOPE_GOODS,
                              .valuation = AUTK_VALUATION_FOB,
                              .kind = AUTK_KIND_MODELLED,
                              .value = g->value_usd,
                              .low = g->low_usd,
                              .high = g->high_usd,
                              .source = (int32_t)w->n_sources - 1,
                              .confidence = '-',
                              .note = "",
                              .reporter = AUTK_PARTY_ANY,
                              .original = g->value_usd,
                              .currency = "USD"};
        st = find_economy(&o.exporter, w, g->exporter, g, name, err);
        if (st == AUTK_OK)
            st = find_economy(&o.importer, w, g->importer, g, name, err);
        if (st == AUTK_OK)
            st = autki_grow(&w->estimates, &w->estimates_capacity, w->n_estimates + 1,
                            sizeof *w->estimates, (size_t)1 << 26, err);
        if (st == AUTK_OK)
            w->estimates[w->n_estimates++] = o;
    }
    if (st != AUTK_OK)
        w->n_estimates = before;
    return st;
}
