#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/fail.h"
#include "base/mem.h"
#include "evidence/mirror_products.h"

#define PANEL_CELLS_MAX ((size_t)1 << 28)

static bool is_partner_layer(const autk_layer *a, const autk_layer *b)
{
    return b->flow == AUTK_FLOW_TRADE && b->frequency == 'A' && b->side == AUTK_SIDE_IMPORTER &&
           b->level == a->level && strcmp(b->classification, a->classification) == 0 &&
           strcmp(b->currency, a->currency) == 0;
}

static bool is_reporter_layer(const autk_layer *a)
{
    return a->flow == AUTK_FLOW_TRADE && a->frequency == 'A' && a->side == AUTK_SIDE_EXPORTER &&
           a->level >= 0;
}

/* The coarsest or the finest pair of layers; among equals the one with most flows. */
static bool find_layers(size_t *exporters, size_t *importers, const autk_dataset *d, bool finest)
{
    bool found = false;
    uint64_t best_rows = 0;
    int best_level = 0;
    size_t n = autk_dataset_n_layers(d);
    for (size_t i = 0; i < n; i++) {
        const autk_layer *a = autk_dataset_layer(d, i);
        for (size_t j = 0; j < n && is_reporter_layer(a); j++) {
            const autk_layer *b = autk_dataset_layer(d, j);
            if (!is_partner_layer(a, b))
                continue;
            uint64_t rows = a->n_rows + b->n_rows;
            bool better = finest ? a->level > best_level : a->level < best_level;
            if (found && !better && (a->level != best_level || rows <= best_rows))
                continue;
            found = true;
            best_level = a->level;
            best_rows = rows;
            *exporters = i;
            *importers = j;
        }
    }
    return found;
}

autk_status autk_mirror_layers(size_t *exporters, size_t *importers, const autk_dataset *d,
                               autk_err *err)
{
    if (find_layers(exporters, importers, d, false))
        return AUTK_OK;
    return autki_fail(err, AUTK_ENOTFOUND,
                      "expected yearly reports of exporters and of importers at the same "
                      "detail, got a dataset without the two (UN Comtrade has both)");
}

autk_status autki_mirror_product_layers(size_t *exporters, size_t *importers, autk_dataset *d,
                                        int32_t year, autk_err *err)
{
    const autk_layer *x, *m;
    if (!find_layers(exporters, importers, d, true) ||
        (x = autk_dataset_layer(d, *exporters))->level == 0)
        return autki_fail(err, AUTK_ENOTFOUND,
                          "expected yearly reports by product of exporters and of importers, got "
                          "a dataset without the two (UN Comtrade has both)");
    m = autk_dataset_layer(d, *importers);
    if (year < x->first_period || year > x->last_period || year < m->first_period ||
        year > m->last_period)
        return autki_fail(err, AUTK_ENOTFOUND,
                          "expected a year that both sides report by product, %d to %d, got %d",
                          x->first_period > m->first_period ? x->first_period : m->first_period,
                          x->last_period < m->last_period ? x->last_period : m->last_period, year);
    return AUTK_OK;
}

/* ------------------------------------------------------------------ flows */

static bool is_flow(const autk_dataset *d, const autk_pair_total *t)
{
    return t->exporter != t->importer && t->value > 0 && isfinite(t->value) &&
           autk_dataset_economy_kind(d, t->exporter) == AUTK_IS_ECONOMY &&
           autk_dataset_economy_kind(d, t->importer) == AUTK_IS_ECONOMY;
}

static int order_of(const autk_pair_total *a, const autk_pair_total *b)
{
    if (a->exporter != b->exporter)
        return a->exporter < b->exporter ? -1 : 1;
    if (a->importer != b->importer)
        return a->importer < b->importer ? -1 : 1;
    return (a->period > b->period) - (a->period < b->period);
}

/* Both lists are in order: one pass. */
static size_t merge(autk_two_sides *out, const autk_dataset *d, const autk_pair_total *x, size_t nx,
                    const autk_pair_total *m, size_t nm)
{
    size_t n = 0, i = 0, j = 0;
    while (i < nx || j < nm) {
        int order = i == nx ? 1 : j == nm ? -1 : order_of(&x[i], &m[j]);
        const autk_pair_total *key = order <= 0 ? &x[i] : &m[j];
        autk_two_sides f = {key->exporter, key->importer, key->period, NAN, NAN};
        if (order <= 0 && is_flow(d, &x[i]))
            f.exporter_says = x[i].value;
        if (order >= 0 && is_flow(d, &m[j]))
            f.importer_says = m[j].value;
        i += order <= 0;
        j += order >= 0;
        if (!isnan(f.exporter_says) || !isnan(f.importer_says))
            out[n++] = f;
    }
    return n;
}

autk_status autk_mirror_flows(autk_two_sides **flows, size_t *n, autk_dataset *d, size_t exporters,
                              size_t importers, autk_err *err)
{
    autk_pair_total *x = NULL, *m = NULL;
    size_t nx = 0, nm = 0;
    autk_status st = autk_dataset_pair_totals(&x, &nx, d, exporters, AUTK_ANY_ECONOMY,
                                              AUTK_ANY_ECONOMY, 0, 9999, err);
    if (st == AUTK_OK)
        st = autk_dataset_pair_totals(&m, &nm, d, importers, AUTK_ANY_ECONOMY, AUTK_ANY_ECONOMY, 0,
                                      9999, err);
    if (st == AUTK_OK) {
        *flows = autki_malloc(nx + nm, sizeof **flows);
        if (*flows == NULL)
            st = autki_no_memory(err, (nx + nm) * sizeof **flows);
        else
            *n = merge(*flows, d, x, nx, m, nm);
    }
    free(x);
    free(m);
    return st;
}

/* ------------------------------------------------------------------ silence */

typedef struct spoken {
    size_t n_economies;
    bool *exports, *imports; /* [n_economies] told in the year */
    bool *seen;              /* [exporter][importer] known in an earlier year */
} spoken;

static autk_status hear(spoken *s, const autk_two_sides *flows, size_t n_flows, int year,
                        autk_err *err)
{
    int32_t n = (int32_t)s->n_economies;
    for (size_t k = 0; k < n_flows; k++) {
        const autk_two_sides *f = &flows[k];
        if (f->exporter < 0 || f->exporter >= n || f->importer < 0 || f->importer >= n)
            return autki_fail(err, AUTK_EARG, "expected economies below %d", n);
        if (f->year < year)
            s->seen[(size_t)f->exporter * s->n_economies + (size_t)f->importer] = true;
        if (f->year != year)
            continue;
        s->exports[f->exporter] |= !isnan(f->exporter_says);
        s->imports[f->importer] |= !isnan(f->importer_says);
    }
    return AUTK_OK;
}

autk_status autk_mirror_silent(autk_silent_flow **silent, size_t *n, const autk_two_sides *flows,
                               size_t n_flows, int32_t n_economies, int year, autk_err *err)
{
    size_t m = (size_t)n_economies, count = 0, capacity = 0;
    spoken s = {m, autki_calloc(m, sizeof(bool)), autki_calloc(m, sizeof(bool)),
                autki_calloc(m * m, sizeof(bool))};
    autk_silent_flow *list = NULL;
    autk_status st = s.exports == NULL || s.imports == NULL || s.seen == NULL
                         ? autki_no_memory(err, m * m + 2 * m)
                         : hear(&s, flows, n_flows, year, err);
    for (size_t i = 0; i < m && st == AUTK_OK; i++) {
        for (size_t j = 0; j < m && st == AUTK_OK; j++) {
            if (i == j || s.exports[i] || s.imports[j] || !s.seen[i * m + j])
                continue;
            st = autki_grow(&list, &capacity, count + 1, sizeof *list, m * m, err);
            if (st == AUTK_OK)
                list[count++] = (autk_silent_flow){(int32_t)i, (int32_t)j};
        }
    }
    free(s.exports);
    free(s.imports);
    free(s.seen);
    if (st != AUTK_OK) {
        free(list);
        return st;
    }
    *silent = list;
    *n = count;
    return AUTK_OK;
}

autk_status autk_mirror_panel(autk_panel *panel, double **value, const autk_two_sides *flows,
                              const autk_reconciled *reconciled, size_t n, int32_t n_economies,
                              autk_err *err)
{
    int first = 0, last = -1;
    for (size_t k = 0; k < n; k++) {
        if (k == 0 || flows[k].year < first)
            first = flows[k].year;
        if (k == 0 || flows[k].year > last)
            last = flows[k].year;
    }
    size_t m = (size_t)n_economies, n_years = (size_t)(last - first) + 1;
    if (n == 0 || m * m > PANEL_CELLS_MAX / n_years)
        return autki_fail(err, AUTK_ELIMIT, "expected flows of at most %zu cells, got %zu years",
                          PANEL_CELLS_MAX, n_years);
    double *v = autki_malloc(m * m * n_years, sizeof *v);
    if (v == NULL)
        return autki_no_memory(err, m * m * n_years * sizeof *v);
    for (size_t k = 0; k < m * m * n_years; k++)
        v[k] = NAN;
    for (size_t k = 0; k < n; k++)
        v[((size_t)(flows[k].year - first) * m + (size_t)flows[k].exporter) * m +
          (size_t)flows[k].importer] = reconciled[k].value;
    *panel = (autk_panel){first, last - first + 1, n_economies, v, NULL};
    *value = v;
    return AUTK_OK;
}
