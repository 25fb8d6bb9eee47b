#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/fail.h"
#include "base/mem.h"
#include "data/hs.h"
#include "evidence/mirror_products.h"

#define SECTIONS (AUTKI_HS_SECTIONS + 1) /* the last: codes of no section */
#define YEARS_BEFORE 12
#define TOL 1e-5 /* of the reliabilities of a section's reports */
#define CELLS_MAX ((size_t)1 << 26)

const char *autk_hs_section_text(int section)
{
    return section == 0 ? "all" : section == SECTIONS ? "none" : autki_hs_section_name(section);
}

/* Flows by section of the years looked at. */
typedef struct gathering {
    autk_dataset *dataset;
    size_t exporters, importers; /* layers */
    int first_year, n_years;
    int32_t n; /* economies */
    autk_geography_fn geography;
    void *user;
    uint8_t *section;            /* [n_products] from 0 */
    double *said[2];             /* exporters, importers: [section][year][n][n]; NaN */
    autk_panel panels[SECTIONS]; /* over said[0], once it is reconciled */
    autk_blackout_model *models[SECTIONS];
    int year_at_work;
} gathering;

static size_t cells_of(const gathering *g)
{
    return (size_t)g->n_years * (size_t)g->n * (size_t)g->n;
}

/* ------------------------------------------------------------------ reading */

static void add(double *cell, double value)
{
    if (!isnan(value))
        *cell = isnan(*cell) ? value : *cell + value;
}

static autk_status take_flow(void *user, const autki_product_flow *f, autk_err *err)
{
    gathering *g = user;
    (void)err;
    size_t n = (size_t)g->n, year = (size_t)(g->year_at_work - g->first_year);
    size_t at = (size_t)g->section[f->product] * cells_of(g) +
                (year * n + (size_t)f->exporter) * n + (size_t)f->importer;
    add(&g->said[0][at], f->exporter_says);
    add(&g->said[1][at], f->importer_says);
    return AUTK_OK;
}

static autk_status read_year(gathering *g, int32_t year, autk_err *err)
{
    autki_walk walk;
    autk_status st = autki_walk_init(&walk, g->dataset, g->exporters, g->importers, year, 0, err);
    g->year_at_work = year;
    for (int32_t e = 0; e < g->n && st == AUTK_OK; e++)
        st = autki_walk_exporter(&walk, e, take_flow, g, err);
    autki_walk_deinit(&walk);
    return st;
}

static autk_status read_years(gathering *g, autk_err *err)
{
    size_t n_products = (size_t)autk_dataset_n_products(g->dataset), cells = cells_of(g) * SECTIONS;
    autk_status st = AUTK_OK;
    if (cells > CELLS_MAX)
        return autki_fail(err, AUTK_ELIMIT, "expected at most %zu cells of sections, got %zu",
                          CELLS_MAX, cells);
    g->section = autki_malloc(n_products, sizeof *g->section);
    g->said[0] = autki_malloc(cells, sizeof(double));
    g->said[1] = autki_malloc(cells, sizeof(double));
    if (g->section == NULL || g->said[0] == NULL || g->said[1] == NULL)
        return autki_no_memory(err, 2 * cells * sizeof(double));
    for (size_t p = 0; p < n_products; p++) {
        int section = autki_hs_section(autk_dataset_product_code(g->dataset, (int32_t)p));
        g->section[p] = (uint8_t)(section == 0 ? SECTIONS - 1 : section - 1);
    }
    for (size_t c = 0; c < cells; c++)
        g->said[0][c] = g->said[1][c] = NAN;
    for (int y = 0; y < g->n_years && st == AUTK_OK; y++)
        st = read_year(g, g->first_year + y, err);
    return st;
}

/* ------------------------------------------------------------------ a section */

static size_t list_flows(autk_two_sides *flows, const gathering *g, const double *exporters,
                         const double *importers)
{
    size_t n = (size_t)g->n, count = 0;
    for (size_t c = 0; c < cells_of(g); c++) {
        if (isnan(exporters[c]) && isnan(importers[c]))
            continue;
        flows[count++] =
            (autk_two_sides){(int32_t)(c / n % n), (int32_t)(c % n),
                             g->first_year + (int)(c / (n * n)), exporters[c], importers[c]};
    }
    return count;
}

/* What both sides say of a section becomes one panel, in the place of what exporters say. */
static autk_status reconcile_section(gathering *g, size_t section, autk_err *err)
{
    size_t n = (size_t)g->n;
    double *exporters = g->said[0] + section * cells_of(g);
    const double *importers = g->said[1] + section * cells_of(g);
    autk_mirror_opts o = autk_mirror_opts_default();
    autk_mirror_fit fit = {.n_both = 0};
    autk_two_sides *flows = autki_malloc(cells_of(g), sizeof *flows);
    size_t count = flows != NULL ? list_flows(flows, g, exporters, importers) : 0;
    autk_reconciled *made = autki_malloc(count, sizeof *made);
    o.tol = TOL;
    autk_status st =
        flows == NULL || made == NULL
            ? autki_no_memory(err, cells_of(g) * sizeof *flows)
            : autk_mirror_reconcile(made, &fit, flows, count, g->n, g->geography, g->user, &o, err);
    for (size_t k = 0; k < count && st == AUTK_OK; k++)
        exporters[((size_t)(flows[k].year - g->first_year) * n + (size_t)flows[k].exporter) * n +
                  (size_t)flows[k].importer] = made[k].value;
    g->panels[section] = (autk_panel){g->first_year, g->n_years, g->n, exporters, NULL};
    autk_mirror_fit_deinit(&fit);
    free(flows);
    free(made);
    return st;
}

/* A section with too little to learn from borrows from the one that knows most. */
static autk_status learn_sections(gathering *g, const autk_blackout_model **models, int32_t year,
                                  autk_err *err)
{
    const autk_blackout_model *any = NULL;
    autk_err why = {.code = AUTK_OK};
    for (size_t s = 0; s < SECTIONS; s++) {
        autk_status st = reconcile_section(g, s, err);
        if (st == AUTK_OK)
            st = autk_blackout_learn(&g->models[s], &g->panels[s], year, &why);
        if (st != AUTK_OK && st != AUTK_EDATA)
            return autki_fail(err, st, "%s", why.code != AUTK_OK ? why.msg : err->msg);
        if (any == NULL)
            any = g->models[s];
    }
    if (any == NULL)
        return autki_fail(err, AUTK_EDATA, "%s", why.msg);
    for (size_t s = 0; s < SECTIONS; s++)
        models[s] = g->models[s] != NULL ? g->models[s] : any;
    return AUTK_OK;
}

/* ------------------------------------------------------------------ gaps */

/* Pairs that traded in some section before, and of which both are silent in the year. */
static autk_status find_silent(autk_silent_flow **silent, size_t *n, const gathering *g,
                               int32_t year, autk_err *err)
{
    autk_two_sides *flows = NULL;
    size_t n_flows = 0, kept = 0;
    autk_status st =
        autk_mirror_flows(&flows, &n_flows, g->dataset, g->exporters, g->importers, err);
    for (size_t k = 0; st == AUTK_OK && k < n_flows; k++) {
        if (flows[k].year >= g->first_year && flows[k].year <= year)
            flows[kept++] = flows[k];
    }
    if (st == AUTK_OK)
        st = autk_mirror_silent(silent, n, flows, kept, g->n, year, err);
    free(flows);
    return st;
}

static bool has_anything(const autk_blackout_estimate *e)
{
    return !isnan(e->value);
}

static autk_status list_gaps(autk_mirror_gap **gaps, size_t *n, const autk_silent_flow *silent,
                             size_t n_silent, const autk_blackout_estimate *sums,
                             const autk_blackout_estimate *all, autk_err *err)
{
    autk_mirror_gap *list = autki_malloc(n_silent * (SECTIONS + 1), sizeof *list);
    size_t count = 0;
    if (list == NULL)
        return autki_no_memory(err, n_silent * (SECTIONS + 1) * sizeof *list);
    for (size_t k = 0; k < n_silent; k++) {
        list[count++] = (autk_mirror_gap){silent[k].exporter, silent[k].importer, 0, sums[k]};
        for (size_t s = 0; s < SECTIONS; s++) {
            const autk_blackout_estimate *e = &all[k * SECTIONS + s];
            if (has_anything(e))
                list[count++] =
                    (autk_mirror_gap){silent[k].exporter, silent[k].importer, (int)s + 1, *e};
        }
    }
    *gaps = list;
    *n = count;
    return AUTK_OK;
}

static autk_status estimate(autk_mirror_gap **gaps, size_t *n, gathering *g, int32_t year,
                            const autk_silent_flow *silent, size_t n_silent,
                            const autk_blackout_totals *totals, const autk_blackout_opts *opts,
                            autk_err *err)
{
    const autk_blackout_model *models[SECTIONS];
    autk_blackout_estimate *all = autki_malloc(n_silent * (SECTIONS + 1), sizeof *all), *sums;
    autk_status st = all == NULL ? autki_no_memory(err, n_silent * (SECTIONS + 1) * sizeof *all)
                                 : read_years(g, err);
    if (st == AUTK_OK)
        st = learn_sections(g, models, year, err);
    sums = all != NULL ? all + n_silent * SECTIONS : NULL;
    if (st == AUTK_OK)
        st = autk_blackout_solve_sections(all, sums, models, g->panels, SECTIONS, year, silent,
                                          n_silent, totals, opts, err);
    if (st == AUTK_OK)
        st = list_gaps(gaps, n, silent, n_silent, sums, all, err);
    free(all);
    return st;
}

autk_status autk_mirror_gaps(autk_mirror_gap **gaps, size_t *n, autk_dataset *d, int32_t year,
                             autk_geography_fn geography, void *user,
                             const autk_blackout_totals *totals, const autk_blackout_opts *opts,
                             autk_err *err)
{
    gathering g = {
        .dataset = d, .n = autk_dataset_n_economies(d), .geography = geography, .user = user};
    autk_silent_flow *silent = NULL;
    autk_mirror_gap *found = NULL;
    size_t n_silent = 0, count = 0;
    autk_status st = autki_mirror_product_layers(&g.exporters, &g.importers, d, year, err);
    if (st != AUTK_OK)
        return st;
    int first = autk_dataset_layer(d, g.exporters)->first_period;
    g.first_year = first > year - YEARS_BEFORE ? first : year - YEARS_BEFORE;
    g.n_years = year - g.first_year + 1;
    st = find_silent(&silent, &n_silent, &g, year, err);
    if (st == AUTK_OK && n_silent != 0)
        st = estimate(&found, &count, &g, year, silent, n_silent, totals, opts, err);
    for (size_t s = 0; s < SECTIONS; s++)
        autk_blackout_model_free(g.models[s]);
    free(g.section);
    free(g.said[0]);
    free(g.said[1]);
    free(silent);
    if (st == AUTK_OK) {
        *gaps = found;
        *n = count;
    }
    return st;
}
