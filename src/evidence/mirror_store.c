#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/fail.h"
#include "base/mem.h"
#include "data/dataset_layer.h"
#include "evidence/mirror_tables.h"

typedef struct storing {
    autk_dataset *dataset;
    const autk_mirror_opts *opts;
    autk_geography_fn geography;
    void *user;
    autk_progress progress;
    autki_walk walk;
    autki_product_fit fit;
    autki_mirror_source source;
    autki_layer_writer writer;
    double *margin; /* [n_economies] of the exporter at work */
    bool *trades;   /* [n_economies] with the exporter at work */
    autk_mirror_stored out;
} storing;

/* ------------------------------------------------------------------ margins */

/* The margins of pairs, from totals of the years around. */
static autk_status fit_margins(storing *s, autk_err *err)
{
    autk_two_sides *flows = NULL;
    size_t n = 0, kept = 0;
    int reach = s->opts->neighbour_years;
    autk_status st =
        autk_mirror_flows(&flows, &n, s->dataset, s->walk.exporters, s->walk.importers, err);
    if (st != AUTK_OK)
        return st;
    for (size_t k = 0; k < n; k++) {
        if (abs(flows[k].year - s->walk.year) <= reach)
            flows[kept++] = flows[k];
    }
    double *margin = autki_malloc(kept, sizeof *margin);
    st = margin == NULL ? autki_no_memory(err, kept * sizeof *margin)
                        : autki_mirror_margins(margin, &s->fit.reports, flows, kept, s->geography,
                                               s->user, s->opts, err);
    free(margin);
    free(flows);
    return st;
}

/* ------------------------------------------------------------------ flows */

/* Hundredths are as good as any reports are, and pack four times as well. */
static double rounded(double v)
{
    return v < 1e13 ? floor(v * 100 + 0.5) / 100 : v;
}

static double tons_of(const autki_product_flow *f, const autk_reconciled *r)
{
    bool exporter = r->kind == AUTK_MIRROR_EXPORTER ||
                    (r->kind == AUTK_MIRROR_BOTH && r->exporter_weight >= 0.5);
    double first = exporter ? f->exporter_tons : f->importer_tons;
    return isnan(first) ? (exporter ? f->importer_tons : f->exporter_tons) : first;
}

static autk_status take_flow(void *user, const autki_product_flow *f, autk_err *err)
{
    storing *s = user;
    autk_reconciled r;
    double margin = s->margin[f->importer];
    double gap = s->fit.persistence * autki_product_neighbours(f, margin);
    autki_report_errors e = autki_product_errors(&s->fit, f->exporter, f->importer,
                                                 autki_product_value(f, margin), margin);
    autki_mirror_weigh(&r, f->exporter_says, f->importer_says, &e, gap);
    double value = rounded(r.value);
    s->trades[f->importer] = true;
    s->out.n_flows[r.kind]++;
    s->out.value[r.kind] += value;
    return autki_layer_writer_add(&s->writer, (uint32_t)f->exporter, (uint32_t)f->importer,
                                  (uint32_t)f->product, value, tons_of(f, &r), err);
}

static autk_status tell_progress(const storing *s, int32_t done, autk_err *err)
{
    if (s->progress.report != NULL &&
        s->progress.report("reconciling", done, autk_dataset_n_economies(s->dataset), "exporters",
                           s->progress.user) != 0)
        return autki_fail(err, AUTK_ECANCELLED, "cancelled");
    return AUTK_OK;
}

static autk_status reconcile_flows(storing *s, autk_err *err)
{
    int32_t n = autk_dataset_n_economies(s->dataset);
    autk_status st = AUTK_OK;
    for (int32_t i = 0; i < n && st == AUTK_OK; i++) {
        for (int32_t j = 0; j < n; j++)
            s->margin[j] =
                autki_mirror_margin(&s->fit.reports, i, j, s->geography, s->user, s->opts);
        memset(s->trades, 0, (size_t)n * sizeof *s->trades);
        st = autki_walk_exporter(&s->walk, i, take_flow, s, err);
        if (st == AUTK_OK)
            st = autki_mirror_put_margins(s->dataset, &s->source, i, s->margin, s->trades, err);
        if (st == AUTK_OK)
            st = tell_progress(s, i + 1, err);
    }
    return st;
}

/* ------------------------------------------------------------------ the layer */

static autk_status intern_layer(storing *s, autk_err *err)
{
    char source[128];
    const autk_layer *x = autk_dataset_layer(s->dataset, s->walk.exporters);
    (void)snprintf(source, sizeof source, "mirror of %.100s", x->source);
    autk_layer info = {.source = source,
                       .flow = AUTK_FLOW_TRADE,
                       .side = AUTK_SIDE_RECONCILED,
                       .valuation = AUTK_VALUATION_FOB,
                       .currency = x->currency,
                       .frequency = 'A',
                       .classification = x->classification,
                       .level = x->level};
    s->source = (autki_mirror_source){0, (uint32_t)s->walk.exporters, (uint32_t)s->walk.importers,
                                      s->walk.year};
    autk_status st =
        autki_dataset_intern_layer(&s->source.layer, s->dataset, &info, AUTKI_OWN_PERIOD, err);
    s->out.layer = s->source.layer;
    return st;
}

static autk_status prepare(storing *s, autk_err *err)
{
    size_t n = (size_t)autk_dataset_n_economies(s->dataset);
    if ((size_t)autk_dataset_n_products(s->dataset) > AUTKI_LAYER_IDS_MAX)
        return autki_fail(err, AUTK_ELIMIT, "expected at most %zu products to reconcile, got %d",
                          AUTKI_LAYER_IDS_MAX, autk_dataset_n_products(s->dataset));
    s->margin = autki_malloc(n, sizeof *s->margin);
    s->trades = autki_malloc(n, sizeof *s->trades);
    s->fit.reports.sd_exporter = autki_malloc(n, sizeof(double));
    s->fit.reports.sd_importer = autki_malloc(n, sizeof(double));
    if (s->margin == NULL || s->trades == NULL || s->fit.reports.sd_exporter == NULL ||
        s->fit.reports.sd_importer == NULL)
        return autki_no_memory(err, n * sizeof(double));
    return AUTK_OK;
}

static autk_status write_layer(storing *s, autk_err *err)
{
    const autk_layer *x = autk_dataset_layer(s->dataset, s->walk.exporters);
    size_t n_ids = s->dataset->n_economies > s->dataset->n_products ? s->dataset->n_economies
                                                                    : s->dataset->n_products;
    uint32_t *same = autki_malloc(n_ids, sizeof *same);
    if (same == NULL)
        return autki_no_memory(err, n_ids * sizeof *same);
    for (size_t i = 0; i < n_ids; i++)
        same[i] = (uint32_t)i;
    autk_status st = autki_layer_writer_init(&s->writer, s->dataset, s->dataset->path, x->level,
                                             s->walk.year, same, same, err);
    if (st == AUTK_OK)
        st = reconcile_flows(s, err);
    if (st == AUTK_OK)
        st = autki_layer_writer_finish(&s->writer, s->source.layer, AUTKI_OWN_PERIOD, err);
    autki_layer_writer_deinit(&s->writer);
    free(same);
    return st;
}

static autk_status store_year(storing *s, int32_t year, autk_err *err)
{
    autk_status st =
        autki_mirror_product_layers(&s->out.exporters, &s->out.importers, s->dataset, year, err);
    if (st == AUTK_OK)
        st = autki_walk_init(&s->walk, s->dataset, s->out.exporters, s->out.importers, year,
                             s->opts->neighbour_years, err);
    if (st == AUTK_OK)
        st = prepare(s, err);
    s->out.n_neighbours = s->walk.n_neighbours;
    if (st == AUTK_OK)
        st = fit_margins(s, err);
    if (st == AUTK_OK)
        st = autki_product_fit_year(&s->fit, &s->walk, s->geography, s->user, s->opts, err);
    s->out.sd_usual = s->fit.reports.sd_usual;
    s->out.persistence = s->fit.persistence;
    if (st == AUTK_OK)
        st = intern_layer(s, err);
    if (st == AUTK_OK)
        st = autki_mirror_put(s->dataset, &s->source, &s->fit, err);
    if (st == AUTK_OK)
        st = write_layer(s, err);
    return st == AUTK_OK ? autki_dataset_put_mirror_sum(s->dataset, s->source.layer, year, err)
                         : st;
}

autk_status autk_mirror_store(autk_mirror_stored *out, const char *path, int32_t year,
                              autk_geography_fn geography, void *user, const autk_mirror_opts *opts,
                              const autk_progress *progress, autk_err *err)
{
    autk_mirror_opts defaults = autk_mirror_opts_default();
    storing s = {.opts = opts != NULL ? opts : &defaults, .geography = geography, .user = user};
    autk_dataset *exists = NULL;
    if (progress != NULL)
        s.progress = *progress;
    if (s.opts->neighbour_years < 0 || 2 * s.opts->neighbour_years > AUTKI_NEIGHBOURS_MAX)
        return autki_fail(err, AUTK_EARG, "expected 0 to %d neighbouring years, got %d",
                          AUTKI_NEIGHBOURS_MAX / 2, s.opts->neighbour_years);
    /* Opening to write would make a file that is absent. */
    autk_status st = autk_dataset_open(&exists, path, err);
    autk_dataset_close(exists);
    if (st == AUTK_OK)
        st = autki_dataset_open_to_write(&s.dataset, path, err);
    if (st == AUTK_OK)
        st = autki_dataset_begin(s.dataset, err);
    if (st == AUTK_OK) {
        st = store_year(&s, year, err);
        if (st == AUTK_OK)
            st = autki_dataset_commit(s.dataset, err);
        if (st != AUTK_OK)
            autki_dataset_rollback(s.dataset);
    }
    autki_walk_deinit(&s.walk);
    autk_dataset_close(s.dataset);
    autk_mirror_fit_deinit(&s.fit.reports);
    free(s.margin);
    free(s.trades);
    if (st == AUTK_OK)
        *out = s.out;
    return st;
}
