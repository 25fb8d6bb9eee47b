#include "data/import_finish.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/fail.h"
#include "base/mem.h"
#include "base/pipe.h"
#include "data/import_range.h"
#include "data/import_sort.h"

#define TASKS_MAX 8 /* economies underway */

/* One economy at work. */
typedef struct task {
    uint32_t economy;
    size_t n;              /* its new rows */
    bool rewrite;          /* else only its old rows count, for the world totals */
    autki_range *range;    /* in which its new rows lie */
    autki_chunk_rows rows; /* in the range, or in `own` where old ones join them */
    autki_chunk_rows own, old;
    autk_buf blob;
    autki_duplicate duplicate;
} task;

typedef struct work {
    autki_finish *f;
    autki_ranges ranges;
    uint32_t layer;
    int32_t period;
    autki_order order;
    autki_owner owner;
    bool *had;     /* [n_economies] has a chunk of this order already */
    uint32_t next; /* economy */
    task tasks[TASKS_MAX];
    double *world_value, *world_quantity; /* [n_products] */
    bool *world_any;
    uint64_t n_rows;
    double total;
} work;

/* ------------------------------------------------------------------ one economy */

static bool is_replaced(const work *w, uint32_t economy, uint32_t partner)
{
    if (w->owner == AUTKI_OWN_PERIOD)
        return true;
    bool own = (w->owner == AUTKI_OWN_EXPORTER) == (w->order == AUTKI_BY_EXPORTER);
    int side = w->owner == AUTKI_OWN_EXPORTER ? 0 : 1;
    return w->ranges.count[side][own ? economy : partner] != 0;
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

/* Old rows that nobody brings anew join the sorted new ones. */
static autk_status join_old(const work *w, task *t, autk_err *err)
{
    size_t n_kept = 0;
    for (size_t i = 0; i < t->old.n; i++)
        n_kept += !is_replaced(w, t->economy, t->old.partner[i]);
    if (n_kept == 0)
        return AUTK_OK;
    autk_status st = autki_chunk_rows_reserve(&t->own, t->rows.n + n_kept, err);
    if (st != AUTK_OK)
        return st;
    t->own.n = 0;
    for (size_t i = 0; i < t->rows.n; i++)
        take_row(&t->own, t->rows.partner[i], t->rows.product[i], t->rows.value[i],
                 t->rows.quantity[i]);
    for (size_t i = 0; i < t->old.n; i++) {
        if (!is_replaced(w, t->economy, t->old.partner[i]))
            take_row(&t->own, t->old.partner[i], t->old.product[i], t->old.value[i],
                     t->old.quantity[i]);
    }
    autki_duplicate none;
    t->rows = t->own;
    st = autki_sort_rows(&t->rows, &none, AUTK_DUPLICATES_FIRST, err);
    return st;
}

static autk_status run_task(size_t slot, void *ctx, autk_err *err)
{
    work *w = ctx;
    task *t = &w->tasks[slot];
    if (!t->rewrite)
        return AUTK_OK;
    autk_status st = autki_sort_rows(&t->rows, &t->duplicate, w->f->duplicates, err);
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

/* ------------------------------------------------------------------ writing */

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

static autk_status write_rows(work *w, const task *t, autk_err *err)
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

static autk_status write_task(size_t slot, void *ctx, autk_err *err)
{
    work *w = ctx;
    task *t = &w->tasks[slot];
    autk_status st = write_rows(w, t, err);
    autki_ranges_give_back(&w->ranges, t->range);
    t->range = NULL;
    return st;
}

/* ------------------------------------------------------------------ one order */

/* What an economy has, and whether the import changes it. */
static autk_status plan_task(size_t slot, bool *more, void *ctx, autk_err *err)
{
    work *w = ctx;
    task *t = &w->tasks[slot];
    const uint64_t *own = w->ranges.count[w->order == AUTKI_BY_EXPORTER ? 0 : 1];
    while (w->next < w->f->n_economies && own[w->next] == 0 && !w->had[w->next])
        w->next++;
    *more = w->next < w->f->n_economies;
    if (!*more)
        return AUTK_OK;
    t->economy = w->next++;
    t->n = (size_t)own[t->economy];
    t->old.n = 0;
    t->duplicate = (autki_duplicate){.n = 0};
    t->rewrite = true;
    autk_buf_clear(&t->blob);
    autk_status st = autki_ranges_rows(&t->rows, &t->range, &w->ranges, t->economy, err);
    if (st != AUTK_OK || !w->had[t->economy] || w->f->dataset == NULL)
        return st;
    st = autki_dataset_get_chunk(&t->old, w->f->dataset, w->layer, w->period, w->order, t->economy,
                                 err);
    bool touched = t->n != 0;
    for (size_t i = 0; i < t->old.n && !touched; i++)
        touched = is_replaced(w, t->economy, t->old.partner[i]);
    t->rewrite = touched;
    return st;
}

static void free_tasks(work *w)
{
    for (size_t i = 0; i < TASKS_MAX; i++) {
        task *t = &w->tasks[i];
        if (t->range != NULL)
            autki_ranges_give_back(&w->ranges, t->range);
        autki_chunk_rows_deinit(&t->own);
        autki_chunk_rows_deinit(&t->old);
        autk_buf_deinit(&t->blob);
    }
}

/* One economy after the other: its rows put together, then sorted and encoded beside those of
 * others, then written. Old rows are read and new ones written on one connection: never at once. */
static autk_status run_order(work *w, autki_order order, autk_err *err)
{
    w->order = order;
    w->next = 0;
    memset(w->had, 0, w->f->n_economies * sizeof *w->had);
    uint32_t *there = NULL;
    size_t n = 0;
    autk_status st = AUTK_OK;
    if (w->f->dataset != NULL)
        st = autki_dataset_chunks(&there, &n, w->f->dataset, w->layer, w->period, order, err);
    for (size_t i = 0; i < n; i++)
        w->had[there[i]] = true;
    free(there);
    if (st != AUTK_OK)
        return st;
    size_t wanted = (size_t)(w->f->n_threads > 1 ? w->f->n_threads : 1) + 2;
    autki_pipe pipe = {.n_slots = wanted < TASKS_MAX ? wanted : TASKS_MAX,
                       .apart = true,
                       .fill = plan_task,
                       .work = run_task,
                       .drain = write_task};
    autki_ranges_begin(&w->ranges, order);
    return autki_pipe_run(&pipe, w->f->n_threads, w, err);
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
              .ranges = {.store = f->store,
                         .slot = slot,
                         .limit = f->range_rows,
                         .economy_ids = f->economy_ids,
                         .product_ids = f->product_ids,
                         .n_economies = f->n_economies},
              .layer = layer,
              .owner = owner,
              .period = f->store->slots[slot].key.period};
    size_t n = f->n_economies, p = f->n_products;
    w.had = autki_calloc(n, sizeof *w.had);
    w.world_value = autki_calloc(p, sizeof *w.world_value);
    w.world_quantity = autki_calloc(p, sizeof *w.world_quantity);
    w.world_any = autki_calloc(p, sizeof *w.world_any);
    autk_status st = AUTK_OK;
    if (w.had == NULL || w.world_value == NULL || w.world_quantity == NULL || w.world_any == NULL)
        st = autki_no_memory(err, (n + p) * 16);
    for (size_t i = 0; st == AUTK_OK && i < p; i++)
        w.world_quantity[i] = NAN;
    if (st == AUTK_OK)
        st = autki_ranges_init(&w.ranges, err);
    if (st == AUTK_OK)
        st = run_order(&w, AUTKI_BY_EXPORTER, err);
    if (st == AUTK_OK && f->dataset != NULL)
        st = run_order(&w, AUTKI_BY_IMPORTER, err);
    if (st == AUTK_OK && f->dataset != NULL)
        st = write_world(&w, err);
    if (st == AUTK_OK && f->dataset != NULL)
        st = autki_dataset_drop_mirrors(f->dataset, layer, w.period, err);
    free_tasks(&w);
    autki_ranges_deinit(&w.ranges);
    free(w.had);
    free(w.world_value);
    free(w.world_quantity);
    free(w.world_any);
    return st;
}
