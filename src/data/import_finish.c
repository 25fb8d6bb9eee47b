#include "data/import_finish.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/fail.h"
#include "base/mem.h"
#include "base/parallel.h"
#include "data/import_sort.h"

/* One economy of the range at work. */
typedef struct task {
    uint32_t economy;
    size_t start, n; /* its rows in the range's columns */
    bool rewrite;    /* else only its old rows count, for the world totals */
    autki_chunk_rows rows, old;
    autk_buf blob;
    autki_duplicate duplicate;
} task;

typedef struct work {
    autki_finish *f;
    size_t slot;
    uint32_t layer;
    int32_t period;
    autki_order order;
    autki_owner owner;
    uint64_t *count[2];  /* [n_economies] new rows by exporter, by importer */
    bool *had;           /* [n_economies] has a chunk of this order already */
    uint32_t first, end; /* the range of economies */
    size_t *fill;        /* [n_economies] where the next row goes */
    uint16_t *partner, *product;
    double *value, *quantity;
    task *tasks;
    size_t n_tasks;
    double *world_value, *world_quantity; /* [n_products] */
    bool *world_any;
    uint64_t n_rows;
    double total;
} work;

/* ------------------------------------------------------------------ gathering */

static autk_status count_block(void *user, const autki_store_block *b, autk_err *err)
{
    work *w = user;
    (void)err;
    for (uint32_t i = 0; i < b->n; i++) {
        w->count[0][w->f->economy_ids[b->exporter[i]]]++;
        w->count[1][w->f->economy_ids[b->importer[i]]]++;
    }
    return AUTK_OK;
}

static autk_status scatter_block(void *user, const autki_store_block *b, autk_err *err)
{
    work *w = user;
    (void)err;
    const uint16_t *own = w->order == AUTKI_BY_EXPORTER ? b->exporter : b->importer;
    const uint16_t *other = w->order == AUTKI_BY_EXPORTER ? b->importer : b->exporter;
    for (uint32_t i = 0; i < b->n; i++) {
        uint32_t e = w->f->economy_ids[own[i]];
        if (e < w->first || e >= w->end)
            continue;
        size_t at = w->fill[e]++;
        w->partner[at] = other[i];
        w->product[at] = b->product[i];
        w->value[at] = b->value[i];
        w->quantity[at] = b->quantity[i];
    }
    return AUTK_OK;
}

/* ------------------------------------------------------------------ one economy */

static bool is_replaced(const work *w, uint32_t economy, uint32_t partner)
{
    if (w->owner == AUTKI_OWN_PERIOD)
        return true;
    bool own = (w->owner == AUTKI_OWN_EXPORTER) == (w->order == AUTKI_BY_EXPORTER);
    int side = w->owner == AUTKI_OWN_EXPORTER ? 0 : 1;
    return w->count[side][own ? economy : partner] != 0;
}

static void take_row(autki_chunk_rows *to, uint32_t partner, uint32_t product, double value,
                     double quantity)
{
    to->partner[to->n] = partner;
    to->product[to->n] = product;
    to->value[to->n] = value;
    to->quantity[to->n] = quantity;
    to->n++;
}

static autk_status gather_task(const work *w, task *t, autk_err *err)
{
    autk_status st = autki_chunk_rows_reserve(&t->rows, t->n + t->old.n, err);
    if (st != AUTK_OK)
        return st;
    for (size_t i = t->start; i < t->start + t->n; i++)
        take_row(&t->rows, w->f->economy_ids[w->partner[i]], w->f->product_ids[w->product[i]],
                 w->value[i], w->quantity[i]);
    return autki_sort_rows(&t->rows, &t->duplicate, w->f->duplicates, err);
}

/* Old rows that nobody brings anew join the sorted new ones. */
static autk_status join_old(const work *w, task *t, autk_err *err)
{
    size_t before = t->rows.n;
    for (size_t i = 0; i < t->old.n; i++) {
        if (!is_replaced(w, t->economy, t->old.partner[i]))
            take_row(&t->rows, t->old.partner[i], t->old.product[i], t->old.value[i],
                     t->old.quantity[i]);
    }
    autki_duplicate none;
    autk_status st = t->rows.n != before
                         ? autki_sort_rows(&t->rows, &none, AUTK_DUPLICATES_FIRST, err)
                         : AUTK_OK;
    autki_chunk_rows_deinit(&t->old);
    return st;
}

static autk_status run_task(size_t chunk, void *ctx, autk_err *err)
{
    work *w = ctx;
    task *t = &w->tasks[chunk];
    if (!t->rewrite)
        return AUTK_OK;
    autk_status st = gather_task(w, t, err);
    if (st == AUTK_OK && t->old.n != 0)
        st = join_old(w, t, err);
    if (st == AUTK_OK && t->rows.n != 0 && w->f->dataset != NULL)
        st = autki_chunk_encode(&t->blob, &t->rows,
                                autki_chunk_key(w->layer, w->period, w->order, t->economy), err);
    return st;
}

static autk_status duplicate_found(const work *w, const task *t, autk_err *err)
{
    bool exported = w->order == AUTKI_BY_EXPORTER;
    const autki_duplicate *d = &t->duplicate;
    return autki_fail(err, AUTK_EDATA,
                      "%d %s to %s, product %s stands twice, with %.12g and %.12g (say what to do "
                      "with duplicates: sum, first or last)",
                      w->period, w->f->economy_codes[exported ? t->economy : d->partner],
                      w->f->economy_codes[exported ? d->partner : t->economy],
                      w->f->product_codes[d->product], d->first, d->second);
}

/* ------------------------------------------------------------------ writing a range */

static void add_to_world(work *w, const autki_chunk_rows *rows, uint32_t exporter)
{
    w->n_rows += rows->n;
    for (size_t i = 0; i < rows->n; i++) {
        w->total += rows->value[i];
        if (!w->f->is_economy[exporter] || !w->f->is_economy[rows->partner[i]])
            continue;
        uint32_t p = rows->product[i];
        w->world_value[p] += rows->value[i];
        if (!isnan(rows->quantity[i]))
            w->world_quantity[p] = isnan(w->world_quantity[p])
                                       ? rows->quantity[i]
                                       : w->world_quantity[p] + rows->quantity[i];
        w->world_any[p] = true;
    }
}

static autk_status write_task(work *w, task *t, autk_err *err)
{
    autk_dataset *d = w->f->dataset;
    bool exported = w->order == AUTKI_BY_EXPORTER;
    if (t->duplicate.n != 0 && w->f->duplicates == AUTK_DUPLICATES_FAIL)
        return duplicate_found(w, t, err);
    if (exported) {
        w->f->n_duplicates += t->duplicate.n;
        w->f->n_stored += t->n - t->duplicate.n;
        add_to_world(w, t->rewrite ? &t->rows : &t->old, t->economy);
    }
    if (d == NULL || !t->rewrite)
        return AUTK_OK;
    autk_status st = autki_dataset_put_chunk(d, w->layer, w->period, w->order, t->economy, &t->rows,
                                             &t->blob, err);
    if (st == AUTK_OK && exported && w->had[t->economy])
        st = autki_dataset_drop_pairs(d, w->layer, w->period, t->economy, err);
    if (st == AUTK_OK && exported)
        st = autki_dataset_put_pairs(d, w->layer, w->period, t->economy, &t->rows, err);
    return st;
}

static void free_tasks(work *w)
{
    for (size_t i = 0; i < w->n_tasks; i++) {
        autki_chunk_rows_deinit(&w->tasks[i].rows);
        autki_chunk_rows_deinit(&w->tasks[i].old);
        autk_buf_deinit(&w->tasks[i].blob);
    }
    free(w->tasks);
    free(w->partner);
    free(w->product);
    free(w->value);
    free(w->quantity);
    w->tasks = NULL;
    w->n_tasks = 0;
    w->partner = w->product = NULL;
    w->value = w->quantity = NULL;
}

/* What an economy has, and whether the import changes it. */
static autk_status plan_task(work *w, task *t, size_t *at, autk_err *err)
{
    const uint64_t *own = w->count[w->order == AUTKI_BY_EXPORTER ? 0 : 1];
    t->start = w->fill[t->economy] = *at;
    t->n = (size_t)own[t->economy];
    *at += t->n;
    autk_buf_init(&t->blob);
    t->rewrite = true;
    if (!w->had[t->economy] || w->f->dataset == NULL)
        return AUTK_OK;
    autk_status st = autki_dataset_get_chunk(&t->old, w->f->dataset, w->layer, w->period, w->order,
                                             t->economy, err);
    bool touched = t->n != 0;
    for (size_t i = 0; i < t->old.n && !touched; i++)
        touched = is_replaced(w, t->economy, t->old.partner[i]);
    t->rewrite = touched;
    return st;
}

static autk_status prepare_range(work *w, size_t n_rows, autk_err *err)
{
    w->tasks = autki_calloc(w->end - w->first, sizeof *w->tasks);
    w->partner = autki_malloc(n_rows, sizeof *w->partner);
    w->product = autki_malloc(n_rows, sizeof *w->product);
    w->value = autki_malloc(n_rows, sizeof *w->value);
    w->quantity = autki_malloc(n_rows, sizeof *w->quantity);
    if (w->tasks == NULL || w->partner == NULL || w->product == NULL || w->value == NULL ||
        w->quantity == NULL)
        return autki_no_memory(err, n_rows * 20);
    const uint64_t *own = w->count[w->order == AUTKI_BY_EXPORTER ? 0 : 1];
    autk_status st = AUTK_OK;
    size_t at = 0;
    for (uint32_t e = w->first; st == AUTK_OK && e < w->end; e++) {
        if (own[e] == 0 && !w->had[e])
            continue;
        task *t = &w->tasks[w->n_tasks++];
        t->economy = e;
        st = plan_task(w, t, &at, err);
    }
    return st;
}

static autk_status run_range(work *w, size_t n_rows, autk_err *err)
{
    autk_status st = prepare_range(w, n_rows, err);
    if (st == AUTK_OK && n_rows != 0)
        st = autki_store_scan(w->f->store, w->slot, scatter_block, w, err);
    if (st == AUTK_OK)
        st = autki_parallel_for(w->n_tasks, w->f->n_threads, run_task, w, err);
    for (size_t i = 0; st == AUTK_OK && i < w->n_tasks; i++) {
        st = write_task(w, &w->tasks[i], err);
        autki_chunk_rows_deinit(&w->tasks[i].rows);
    }
    free_tasks(w);
    return st;
}

/* All economies in ranges that hold at most range_rows, or one economy. */
static autk_status run_order(work *w, autki_order order, autk_err *err)
{
    w->order = order;
    memset(w->had, 0, w->f->n_economies * sizeof *w->had);
    uint32_t *there = NULL;
    size_t n = 0;
    autk_status st = AUTK_OK;
    if (w->f->dataset != NULL)
        st = autki_dataset_chunks(&there, &n, w->f->dataset, w->layer, w->period, order, err);
    for (size_t i = 0; i < n; i++)
        w->had[there[i]] = true;
    free(there);
    const uint64_t *own = w->count[order == AUTKI_BY_EXPORTER ? 0 : 1];
    uint32_t end = (uint32_t)w->f->n_economies;
    for (w->first = 0; st == AUTK_OK && w->first < end; w->first = w->end) {
        size_t rows = (size_t)own[w->first];
        for (w->end = w->first + 1; w->end < end && rows + own[w->end] <= w->f->range_rows;
             w->end++)
            rows += (size_t)own[w->end];
        st = run_range(w, rows, err);
    }
    return st;
}

/* ------------------------------------------------------------------ totals */

static autk_status write_world(work *w, autk_err *err)
{
    autki_chunk_rows rows = {.n = 0};
    autk_buf blob;
    autk_buf_init(&blob);
    autk_status st = autki_chunk_rows_reserve(&rows, w->f->n_products, err);
    for (size_t p = 0; st == AUTK_OK && p < w->f->n_products; p++) {
        if (w->world_any[p])
            take_row(&rows, 0, (uint32_t)p, w->world_value[p], w->world_quantity[p]);
    }
    if (st == AUTK_OK && rows.n != 0)
        st = autki_chunk_encode(&blob, &rows, autki_chunk_key(w->layer, w->period, AUTKI_WORLD, -1),
                                err);
    if (st == AUTK_OK)
        st = autki_dataset_put_chunk(w->f->dataset, w->layer, w->period, AUTKI_WORLD, -1, &rows,
                                     &blob, err);
    if (st == AUTK_OK)
        st = autki_dataset_put_period(w->f->dataset, w->layer, w->period, w->n_rows, w->total, err);
    autk_buf_deinit(&blob);
    autki_chunk_rows_deinit(&rows);
    return st;
}

autk_status autki_finish_slot(autki_finish *f, size_t slot, uint32_t layer, autki_owner owner,
                              autk_err *err)
{
    work w = {.f = f,
              .slot = slot,
              .layer = layer,
              .owner = owner,
              .period = f->store->slots[slot].key.period};
    size_t n = f->n_economies, p = f->n_products;
    w.count[0] = autki_calloc(n, sizeof *w.count[0]);
    w.count[1] = autki_calloc(n, sizeof *w.count[1]);
    w.had = autki_calloc(n, sizeof *w.had);
    w.fill = autki_calloc(n, sizeof *w.fill);
    w.world_value = autki_calloc(p, sizeof *w.world_value);
    w.world_quantity = autki_calloc(p, sizeof *w.world_quantity);
    w.world_any = autki_calloc(p, sizeof *w.world_any);
    autk_status st = AUTK_OK;
    if (w.count[0] == NULL || w.count[1] == NULL || w.had == NULL || w.fill == NULL ||
        w.world_value == NULL || w.world_quantity == NULL || w.world_any == NULL)
        st = autki_no_memory(err, (n + p) * 16);
    for (size_t i = 0; st == AUTK_OK && i < p; i++)
        w.world_quantity[i] = NAN;
    if (st == AUTK_OK)
        st = autki_store_scan(f->store, slot, count_block, &w, err);
    if (st == AUTK_OK)
        st = run_order(&w, AUTKI_BY_EXPORTER, err);
    if (st == AUTK_OK && f->dataset != NULL)
        st = run_order(&w, AUTKI_BY_IMPORTER, err);
    if (st == AUTK_OK && f->dataset != NULL)
        st = write_world(&w, err);
    if (st == AUTK_OK && f->dataset != NULL)
        st = autki_dataset_drop_mirrors(f->dataset, layer, w.period, err);
    free(w.count[0]);
    free(w.count[1]);
    free(w.had);
    free(w.fill);
    free(w.world_value);
    free(w.world_quantity);
    free(w.world_any);
    return st;
}
