#include "data/import_run.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/fail.h"
#include "base/mem.h"
#include "base/parallel.h"
#include "base/pipe.h"
#include "data/import_finish.h"

#define LANES_MAX 24 /* blocks underway: more threads than two are fed with more of them */
#define RANGE_ROWS ((size_t)1500000)

typedef struct lane {
    autki_block block;
    size_t skip; /* the header's bytes */
    autki_batch batch;
    /* what the batch's codes mean: [n] numbers of the import */
    uint32_t *economies, *products;
    size_t n_economies, n_products, economies_capacity, products_capacity;
} lane;

/* While some blocks are parsed, those before them are taken over and the next is read. */
typedef struct pipeline {
    autki_run *run;
    autki_plan plan;
    autki_store store;
    autki_text_reader reader;
    const autki_import_file *file;
    lane lanes[LANES_MAX];
    size_t n_lanes;
    bool begun;   /* the first block waits in lanes[0] */
    int64_t line; /* of the file, at the beginning of the next batch that is taken over */
    uint64_t n_bad, n_read, n_bytes; /* of what was taken over */
} pipeline;

/* ------------------------------------------------------------------ taking a batch over */

static void keep_errors(pipeline *p, const autki_batch *b)
{
    autk_import_report *r = p->run->report;
    for (size_t i = 0; i < b->n_errors && r->n_errors < AUTK_IMPORT_ERRORS_SHOWN; i++) {
        autk_err *e = &r->errors[r->n_errors++];
        (void)autki_fail_at(e, b->errors[i].code, p->file->name, b->errors[i].line + p->line,
                            b->errors[i].column, "%s", b->errors[i].msg);
    }
}

/* Meanings of the codes that a lane has not had before. */
static autk_status map_codes(pipeline *p, lane *l, autk_err *err)
{
    autki_batch *b = &l->batch;
    autk_status st = autki_grow(&l->economies, &l->economies_capacity, b->economies.n,
                                sizeof *l->economies, SIZE_MAX / 2, err);
    if (st == AUTK_OK)
        st = autki_grow(&l->products, &l->products_capacity, b->products.n, sizeof *l->products,
                        SIZE_MAX / 2, err);
    for (; st == AUTK_OK && l->n_economies < b->economies.n; l->n_economies++)
        st = autki_codes_economy(&l->economies[l->n_economies], &p->run->codes,
                                 autki_dict_text(&b->economies, l->n_economies),
                                 b->economies.entries[l->n_economies].period, err);
    for (; st == AUTK_OK && l->n_products < b->products.n; l->n_products++)
        st = autki_codes_product(&l->products[l->n_products], &p->run->codes,
                                 autki_dict_text(&b->products, l->n_products), err);
    return st;
}

static void unknown_economy(autki_batch *b, size_t row, uint32_t local)
{
    autki_batch_bad(b, b->line[row], 0, "expected an economy, got \"%.60s\"",
                    autki_dict_text(&b->economies, local));
}

/* Rows from `*at` on that go to one slot, up to the end of a block of the store. */
static void store_run(pipeline *p, lane *l, autki_store_block *to, size_t *at)
{
    autki_batch *b = &l->batch;
    uint16_t slot = b->slot[*at];
    for (; *at < b->n && b->slot[*at] == slot && to->n < AUTKI_STORE_BLOCK_ROWS; ++*at) {
        size_t i = *at;
        uint32_t from = l->economies[b->exporter[i]], into = l->economies[b->importer[i]];
        if (from == AUTKI_NO_ECONOMY || into == AUTKI_NO_ECONOMY) {
            unknown_economy(b, i, from == AUTKI_NO_ECONOMY ? b->exporter[i] : b->importer[i]);
        } else if (from == into && !p->plan.keep_self) {
            b->n_passed[AUTK_PASSED_SELF]++;
        } else {
            to->exporter[to->n] = (uint16_t)from;
            to->importer[to->n] = (uint16_t)into;
            to->product[to->n] = (uint16_t)l->products[b->product[i]];
            to->value[to->n] = b->value[i];
            to->quantity[to->n] = b->quantity[i];
            to->n++;
        }
    }
}

static autk_status store_rows(pipeline *p, lane *l, autk_err *err)
{
    autki_batch *b = &l->batch;
    size_t *slots = autki_malloc(b->n_slots, sizeof *slots);
    autk_status st = slots != NULL ? AUTK_OK : autki_no_memory(err, b->n_slots * sizeof *slots);
    for (size_t i = 0; st == AUTK_OK && i < b->n_slots; i++)
        st = autki_store_slot(&slots[i], &p->store, &b->slots[i], err);
    for (size_t i = 0; st == AUTK_OK && i < b->n;) {
        autki_store_block *to = NULL;
        size_t slot = slots[b->slot[i]];
        st = autki_store_room(&to, &p->store, slot, err);
        if (st != AUTK_OK)
            break;
        uint32_t before = to->n;
        store_run(p, l, to, &i);
        p->store.slots[slot].n_rows += to->n - before;
    }
    free(slots);
    return st;
}

static autk_status take_over(pipeline *p, lane *l, autk_err *err)
{
    autki_batch *b = &l->batch;
    autk_status st = map_codes(p, l, err);
    if (st == AUTK_OK)
        st = store_rows(p, l, err);
    keep_errors(p, b);
    p->line += b->n_lines;
    p->n_read += b->n_read;
    p->n_bad += b->n_bad;
    for (int k = 0; k < AUTK_PASSED_COUNT; k++)
        p->run->report->n_passed[k] += b->n_passed[k];
    autki_batch_clear(b);
    if (st == AUTK_OK && (int64_t)p->n_bad > p->run->opts->skip_bad &&
        p->run->report->n_errors == AUTK_IMPORT_ERRORS_SHOWN)
        st = AUTK_EPARSE; /* enough was shown: no use in reading on */
    return st;
}

static int threads_of(const autk_import_opts *opts)
{
    return opts->n_threads > 0 ? opts->n_threads : autki_processors();
}

/* Bytes of the file where their number is known (not of a compressed one), else rows. */
static autk_status tell_progress(pipeline *p, autk_err *err)
{
    const autk_progress *progress = &p->run->opts->progress;
    char what[64];
    if (progress->report == NULL)
        return AUTK_OK;
    double done = (double)p->n_bytes / 1e6, total = (double)p->file->size_bytes / 1e6;
    (void)snprintf(what, sizeof what, "importing, %.1f M rows", (double)p->n_read / 1e6);
    bool known = p->file->size_bytes > 0 && done <= total * 1.01;
    if (progress->report(what, done, known ? total : 0, "MB", progress->user) != 0)
        return autki_fail(err, AUTK_ECANCELLED, "cancelled");
    return AUTK_OK;
}

/* ------------------------------------------------------------------ text, side by side */

static autk_status read_lane(size_t slot, bool *more, void *ctx, autk_err *err)
{
    pipeline *p = ctx;
    lane *l = &p->lanes[slot];
    if (p->begun) {
        p->begun = false;
        *more = l->block.len != 0;
        return AUTK_OK;
    }
    l->skip = 0;
    autk_status st = autki_text_next(&p->reader, &l->block, err);
    *more = st == AUTK_OK && l->block.len != 0;
    return st;
}

static autk_status parse_lane(size_t slot, void *ctx, autk_err *err)
{
    pipeline *p = ctx;
    lane *l = &p->lanes[slot];
    return autki_batch_parse(&l->batch, &p->plan, l->block.text + l->skip, l->block.len - l->skip,
                             err);
}

static autk_status take_lane(size_t slot, void *ctx, autk_err *err)
{
    pipeline *p = ctx;
    autk_status st = take_over(p, &p->lanes[slot], err);
    p->n_bytes += p->lanes[slot].block.len;
    return st == AUTK_OK ? tell_progress(p, err) : st;
}

static autk_status parse_all(pipeline *p, autk_err *err)
{
    autki_pipe pipe = {
        .n_slots = p->n_lanes, .fill = read_lane, .work = parse_lane, .drain = take_lane};
    return autki_pipe_run(&pipe, threads_of(p->run->opts), p, err);
}

/* ------------------------------------------------------------------ into the dataset */

static autki_owner owner_of(const autki_plan *plan, int kind)
{
    bool reconciled = plan->own && kind % AUTK_SIDE_COUNT == AUTK_SIDE_RECONCILED;
    if (plan->format == AUTK_IMPORT_BACI || reconciled)
        return AUTKI_OWN_PERIOD;
    return kind % AUTK_SIDE_COUNT == AUTK_SIDE_IMPORTER ? AUTKI_OWN_IMPORTER : AUTKI_OWN_EXPORTER;
}

static autk_layer layer_of(const autki_plan *plan, const autki_slot_key *key)
{
    autk_layer l = {.source = plan->source,
                    .flow = (autk_flow_kind)(key->kind % AUTKI_KINDS / AUTK_SIDE_COUNT),
                    .side = (autk_side)(key->kind % AUTK_SIDE_COUNT),
                    .valuation = plan->valuation,
                    .currency = plan->currency,
                    .frequency = key->period > 9999 ? 'M' : 'A',
                    .classification = key->level == 0                  ? ""
                                      : key->classification[0] != '\0' ? key->classification
                                                                       : plan->classification,
                    .level = key->level};
    if (key->kind >= AUTKI_KINDS)
        l.valuation = (autk_valuation)(key->kind / AUTKI_KINDS - 1);
    if (plan->valuation_by_side)
        l.valuation = l.side == AUTK_SIDE_IMPORTER ? AUTK_VALUATION_CIF : AUTK_VALUATION_FOB;
    return l;
}

/* What messages and sums need to know of the dataset's ids. */
typedef struct views {
    const char **economy_codes, **product_codes;
    bool *is_economy;
} views;

static void free_views(views *v)
{
    free((void *)v->economy_codes);
    free((void *)v->product_codes);
    free(v->is_economy);
}

static autk_status make_views(views *v, const autki_codes *c, const autk_dataset *d, autk_err *err)
{
    size_t n = d != NULL ? d->n_economies : c->economies.n;
    size_t p = d != NULL ? d->n_products : c->products.n;
    v->economy_codes = autki_malloc(n, sizeof *v->economy_codes);
    v->product_codes = autki_malloc(p, sizeof *v->product_codes);
    v->is_economy = autki_malloc(n, sizeof *v->is_economy);
    if (v->economy_codes == NULL || v->product_codes == NULL || v->is_economy == NULL)
        return autki_no_memory(err, (n + p) * sizeof *v->economy_codes);
    for (size_t i = 0; i < n; i++) {
        v->economy_codes[i] = d != NULL ? d->economies[i].code : c->economy[i].code;
        v->is_economy[i] =
            (d != NULL ? d->economies[i].kind : c->economy[i].kind) == AUTK_IS_ECONOMY;
    }
    for (size_t i = 0; i < p; i++)
        v->product_codes[i] =
            d != NULL ? d->products[i].code : autki_product_code(autki_dict_text(&c->products, i));
    return AUTK_OK;
}

static autk_status identity(uint32_t **ids, size_t n, autk_err *err)
{
    *ids = autki_malloc(n, sizeof **ids);
    if (*ids == NULL)
        return autki_no_memory(err, n * sizeof **ids);
    for (size_t i = 0; i < n; i++)
        (*ids)[i] = (uint32_t)i;
    return AUTK_OK;
}

static autk_status finish_slots(pipeline *p, autki_finish *f, autk_err *err)
{
    autk_status st = AUTK_OK;
    for (size_t i = 0; st == AUTK_OK && i < p->store.n_slots; i++) {
        const autki_slot_key *key = &p->store.slots[i].key;
        autk_layer info = layer_of(&p->plan, key);
        uint32_t layer = 0;
        autki_owner owner = owner_of(&p->plan, key->kind);
        if (f->dataset != NULL)
            st = autki_dataset_intern_layer(&layer, f->dataset, &info, owner, err);
        if (st == AUTK_OK)
            st = autki_finish_slot(f, i, layer, owner, err);
        autki_store_release(&p->store, i);
        if (st == AUTK_OK)
            st = tell_progress(p, err);
    }
    return st;
}

static autk_status note_file(const pipeline *p, uint64_t n_stored, autk_err *err)
{
    autki_file_note note = {.source = p->plan.source,
                            .name = p->file->name,
                            .format = autk_import_format_text(p->plan.format),
                            .size_bytes = p->file->size_bytes,
                            .modified_s = p->file->modified_s,
                            .n_read = p->n_read,
                            .n_stored = n_stored,
                            .n_bad = p->n_bad};
    return autki_dataset_note_file(p->run->dataset, &note, err);
}

static autk_status enter_codes(pipeline *p, uint32_t **economies, uint32_t **products,
                               autk_err *err)
{
    autki_codes *c = &p->run->codes;
    if (p->run->dataset != NULL)
        return autki_codes_enter(economies, products, c, p->run->dataset, p->plan.classification,
                                 err);
    autk_status st = identity(economies, c->economies.n, err);
    return st == AUTK_OK ? identity(products, c->products.n, err) : st;
}

static autk_status write_all(pipeline *p, autk_err *err)
{
    autk_dataset *d = p->run->dataset;
    uint32_t *economies = NULL, *products = NULL;
    views v = {.is_economy = NULL};
    autk_status st = enter_codes(p, &economies, &products, err);
    if (st == AUTK_OK)
        st = make_views(&v, &p->run->codes, d, err);
    autki_finish f = {.dataset = d,
                      .store = &p->store,
                      .economy_ids = economies,
                      .product_ids = products,
                      .n_economies = d != NULL ? d->n_economies : p->run->codes.economies.n,
                      .n_products = d != NULL ? d->n_products : p->run->codes.products.n,
                      .economy_codes = v.economy_codes,
                      .product_codes = v.product_codes,
                      .is_economy = v.is_economy,
                      .duplicates = p->run->opts->duplicates,
                      /* What spilled is read once a range, and leaves room for larger ones. */
                      .range_rows = p->store.file != NULL ? 4 * RANGE_ROWS : RANGE_ROWS,
                      .n_threads = threads_of(p->run->opts)};
    if (st == AUTK_OK)
        st = finish_slots(p, &f, err);
    if (st == AUTK_OK && d != NULL)
        st = note_file(p, f.n_stored, err);
    if (st == AUTK_OK) {
        p->run->report->n_stored += f.n_stored;
        p->run->report->n_passed[AUTK_PASSED_DUPLICATE] += f.n_duplicates;
    }
    if (st == AUTK_EDATA && err != NULL && err->source[0] == '\0')
        (void)snprintf(err->source, sizeof err->source, "%s", p->file->name);
    free_views(&v);
    free(economies);
    free(products);
    return st;
}

static autk_status too_many_bad(const pipeline *p, autk_err *err)
{
    const autk_import_report *r = p->run->report;
    const autk_err *first = r->n_errors != 0 ? &r->errors[0] : NULL;
    if (first == NULL)
        return autki_fail_at(err, AUTK_EPARSE, p->file->name, 0, 0, "%llu rows are wrong",
                             (unsigned long long)p->n_bad);
    return autki_fail_at(err, AUTK_EPARSE, first->source, first->line, first->column, "%s",
                         first->msg);
}

/* Breakdowns without their totals would look like no trade. */
static autk_status only_breakdowns(const pipeline *p, autk_err *err)
{
    uint64_t n = p->run->report->n_passed[AUTK_PASSED_BREAKDOWN];
    if (p->plan.format != AUTK_IMPORT_COMTRADE || n == 0 || p->store.n_slots != 0)
        return AUTK_OK;
    return autki_fail_at(err, AUTK_EDATA, p->file->name, 0, 0,
                         "expected totals (partner2Code 0, motCode 0, customsCode C00), got %llu "
                         "breakdowns and no total",
                         (unsigned long long)n);
}

static autk_status finish(pipeline *p, autk_status st, autk_err *err)
{
    autk_import_report *r = p->run->report;
    r->format = p->plan.format;
    r->n_read += p->n_read;
    r->n_bad += p->n_bad;
    if ((st == AUTK_OK || st == AUTK_EPARSE) && (int64_t)p->n_bad > p->run->opts->skip_bad)
        return too_many_bad(p, err);
    if (st == AUTK_OK)
        st = only_breakdowns(p, err);
    if (st == AUTK_OK)
        st = autki_store_settle(&p->store, err);
    if (st != AUTK_OK)
        return st;
    if (p->run->dataset == NULL)
        return write_all(p, err);
    /* What was too much for memory takes longer to write than readers of a new dataset may wait. */
    st = p->store.file != NULL ? autki_dataset_start_log(p->run->dataset, err) : AUTK_OK;
    if (st == AUTK_OK)
        st = autki_dataset_begin(p->run->dataset, err);
    if (st != AUTK_OK)
        return st;
    st = write_all(p, err);
    if (st == AUTK_OK)
        st = autki_dataset_commit(p->run->dataset, err);
    if (st != AUTK_OK)
        autki_dataset_rollback(p->run->dataset);
    return st;
}

/* ------------------------------------------------------------------ a file */

static autk_status create_pipeline(pipeline **out, autki_run *run, const autki_import_file *file,
                                   autk_err *err)
{
    pipeline *p = autki_calloc(1, sizeof *p);
    if (p == NULL)
        return autki_no_memory(err, sizeof *p);
    p->run = run;
    p->file = file;
    p->line = 1;
    size_t wanted = 2 * (size_t)threads_of(run->opts) + 2;
    p->n_lanes = wanted < LANES_MAX ? wanted : LANES_MAX;
    for (size_t i = 0; i < p->n_lanes; i++)
        autki_batch_init(&p->lanes[i].batch);
    size_t budget = run->opts->memory_rows != 0 ? run->opts->memory_rows : 11500000;
    autk_status st = autki_store_init(&p->store, run->directory, budget, err);
    if (st != AUTK_OK) {
        free(p);
        return st;
    }
    autki_codes_clear(&run->codes);
    *out = p;
    return AUTK_OK;
}

/* Parsing is over: only the store is needed from here. */
static void free_lanes(pipeline *p)
{
    for (size_t i = 0; i < p->n_lanes; i++) {
        lane *l = &p->lanes[i];
        autki_batch_deinit(&l->batch);
        free(l->block.text);
        free(l->economies);
        free(l->products);
    }
    p->n_lanes = 0;
    autki_text_deinit(&p->reader);
}

static void free_pipeline(pipeline *p)
{
    free_lanes(p);
    autki_store_deinit(&p->store);
    autki_plan_deinit(&p->plan);
    free(p);
}

static autk_status begin_text(pipeline *p, autk_input *input, autk_err *err)
{
    lane *first = &p->lanes[0];
    autki_text_init(&p->reader, input, true);
    autk_status st = autki_text_next(&p->reader, &first->block, err);
    if (st == AUTK_OK)
        st = autki_plan_make(&p->plan, &first->skip, &first->block, p->file->name, p->run->opts,
                             err);
    p->line = 2;
    p->begun = true;
    return st;
}

autk_status autki_run_text(autki_run *run, autk_input *input, const autki_import_file *file,
                           autk_err *err)
{
    pipeline *p = NULL;
    autk_status st = create_pipeline(&p, run, file, err);
    if (st != AUTK_OK)
        return st;
    st = begin_text(p, input, err);
    if (st == AUTK_OK) {
        st = parse_all(p, err);
        free_lanes(p);
        st = finish(p, st, err);
    }
    free_pipeline(p);
    return st;
}
