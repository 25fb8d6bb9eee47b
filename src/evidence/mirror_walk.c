#include "evidence/mirror_walk.h"

#include <math.h>
#include <stdlib.h>

static bool has(const int32_t *periods, size_t n, int32_t year)
{
    for (size_t i = 0; i < n; i++) {
        if (periods[i] == year)
            return true;
    }
    return false;
}

autk_status autki_walk_init(autki_walk *w, autk_dataset *d, size_t exporters, size_t importers,
                            int32_t year, int reach, autk_err *err)
{
    int32_t *x = NULL, *m = NULL;
    size_t nx = 0, nm = 0;
    *w = (autki_walk){.dataset = d, .exporters = exporters, .importers = importers, .year = year};
    autk_status st = autk_dataset_periods(&x, &nx, d, exporters, err);
    if (st == AUTK_OK)
        st = autk_dataset_periods(&m, &nm, d, importers, err);
    for (int away = -reach; st == AUTK_OK && away <= reach; away++) {
        int32_t other = year + away;
        if (away != 0 && w->n_neighbours < AUTKI_NEIGHBOURS_MAX && has(x, nx, other) &&
            has(m, nm, other))
            w->neighbour[w->n_neighbours++] = other;
    }
    free(x);
    free(m);
    return st;
}

void autki_walk_deinit(autki_walk *w)
{
    for (int y = 0; y <= AUTKI_NEIGHBOURS_MAX; y++) {
        for (int side = 0; side < 2; side++)
            autki_chunk_rows_deinit(&w->said[y][side].rows);
    }
}

static autk_status open_books(autki_walk *w, int32_t exporter, autk_err *err)
{
    const uint32_t layers[2] = {(uint32_t)w->exporters, (uint32_t)w->importers};
    autk_status st = AUTK_OK;
    for (int y = 0; y <= w->n_neighbours && st == AUTK_OK; y++) {
        int32_t year = y == 0 ? w->year : w->neighbour[y - 1];
        for (int side = 0; side < 2 && st == AUTK_OK; side++) {
            autki_book *b = &w->said[y][side];
            b->at = 0;
            st = autki_dataset_get_chunk(&b->rows, w->dataset, layers[side], year,
                                         AUTKI_BY_EXPORTER, exporter, err);
        }
    }
    return st;
}

static double value_at(autki_book *b, uint64_t key, double *tons)
{
    if (!autki_book_seek(b, key) || !(b->rows.value[b->at] > 0))
        return NAN;
    *tons = b->rows.quantity[b->at];
    return b->rows.value[b->at];
}

static void look_around(autki_walk *w, autki_product_flow *f, uint64_t key)
{
    double tons;
    for (int y = 1; y <= w->n_neighbours; y++) {
        double x = value_at(&w->said[y][0], key, &tons), m = value_at(&w->said[y][1], key, &tons);
        if (isnan(x) || isnan(m))
            continue;
        double weight = 1.0 / abs(w->neighbour[y - 1] - w->year);
        f->neighbour_sum += weight * log(x / m);
        f->neighbour_weight += weight;
    }
}

static bool is_flow(const autki_walk *w, const autki_product_flow *f)
{
    return f->importer != f->exporter &&
           autk_dataset_economy_kind(w->dataset, f->importer) == AUTK_IS_ECONOMY &&
           !(isnan(f->exporter_says) && isnan(f->importer_says));
}

autk_status autki_walk_exporter(autki_walk *w, int32_t exporter, autki_product_visit visit,
                                void *user, autk_err *err)
{
    if (autk_dataset_economy_kind(w->dataset, exporter) != AUTK_IS_ECONOMY)
        return AUTK_OK;
    autk_status st = open_books(w, exporter, err);
    autki_book *x = &w->said[0][0], *m = &w->said[0][1];
    while (st == AUTK_OK && (x->at < x->rows.n || m->at < m->rows.n)) {
        uint64_t of_x = x->at < x->rows.n ? autki_book_key(x, x->at) : UINT64_MAX;
        uint64_t of_m = m->at < m->rows.n ? autki_book_key(m, m->at) : UINT64_MAX;
        uint64_t key = of_x < of_m ? of_x : of_m;
        autki_product_flow f = {.exporter = exporter,
                                .importer = (int32_t)(key >> 32),
                                .product = (int32_t)(key & UINT32_MAX),
                                .exporter_tons = NAN,
                                .importer_tons = NAN};
        f.exporter_says = value_at(x, key, &f.exporter_tons);
        f.importer_says = value_at(m, key, &f.importer_tons);
        if (w->looks_around || isnan(f.exporter_says) || isnan(f.importer_says))
            look_around(w, &f, key);
        if (is_flow(w, &f))
            st = visit(user, &f, err);
        x->at += of_x == key;
        m->at += of_m == key;
    }
    return st;
}
