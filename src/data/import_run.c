#include "data/import_run.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/fail.h"
#include "base/mem.h"
#include "base/parallel.h"
#include "data/import_finish.h"

#define LANES 4 /* blocks of a round */
#define RANGE_ROWS ((size_t)1500000)

typedef struct lane {
    autki_block block;
    size_t skip; /* the header's bytes */
    autki_batch batch;
} lane;

/* While one round's blocks are parsed, the round before is taken over and the next is read. */
typedef struct pipeline {
    autki_run *run;
    autki_plan plan;
    autki_store store;
    autki_text_reader reader;
    const autki_import_file *file;
    lane rounds[3][LANES];
    lane *reading, *parsing, *taking;
    int64_t line; /* of the file, at the beginning of the next batch that is taken over */
    uint64_t n_bad, n_read, n_self;
    bool known_slots;
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

/* Meanings of a batch's codes; rows with an unknown one are wrong. */
static autk_status map_codes(pipeline *p, autki_batch *b, uint32_t *economies, uint32_t *products,
                             size_t *slots, autk_err *err)
{
    autk_status st = AUTK_OK;
    for (size_t i = 0; st == AUTK_OK && i < b->economies.n; i++)
        st = autki_codes_economy(&economies[i], &p->run->codes, autki_dict_text(&b->economies, i),
                                 b->economies.entries[i].period, err);
    for (size_t i = 0; st == AUTK_OK && i < b->products.n; i++)
        st = autki_codes_product(&products[i], &p->run->codes, autki_dict_text(&b->products, i),
                                 err);
    for (size_t i = 0; st == AUTK_OK && i < b->n_slots; i++)
        st = autki_store_slot(&slots[i], &p->store, &b->slots[i], err);
    return st;
}

static void unknown_economy(autki_batch *b, size_t row, uint32_t local)
{
    autki_batch_bad(b, b->line[row], 0, "expected an economy, got \"%.60s\"",
                    autki_dict_text(&b->economies, local));
}

static autk_status store_rows(pipeline *p, autki_batch *b, const uint32_t *economies,
                              const uint32_t *products, const size_t *slots, autk_err *err)
{
    autk_status st = AUTK_OK;
    for (size_t i = 0; st == AUTK_OK && i < b->n; i++) {
        uint32_t from = economies[b->exporter[i]], to = economies[b->importer[i]];
        if (from == AUTKI_NO_ECONOMY || to == AUTKI_NO_ECONOMY)
            unknown_economy(b, i, from == AUTKI_NO_ECONOMY ? b->exporter[i] : b->importer[i]);
        else if (from == to && !p->plan.keep_self)
            b->n_passed[AUTK_PASSED_SELF]++;
        else
            st = autki_store_add(&p->store, slots[b->slot[i]], (uint16_t)from, (uint16_t)to,
                                 (uint16_t)products[b->product[i]], b->value[i], b->quantity[i],
                                 err);
    }
    return st;
}

static autk_status take_over(pipeline *p, autki_batch *b, autk_err *err)
{
    uint32_t *economies = autki_malloc(b->economies.n, sizeof *economies);
    uint32_t *products = autki_malloc(b->products.n, sizeof *products);
    size_t *slots = autki_malloc(b->n_slots, sizeof *slots);
    autk_status st = AUTK_OK;
    if (economies == NULL || products == NULL || slots == NULL)
        st = autki_no_memory(err, b->economies.n * sizeof *economies);
    if (st == AUTK_OK)
        st = map_codes(p, b, economies, products, slots, err);
    if (st == AUTK_OK)
        st = store_rows(p, b, economies, products, slots, err);
    free(economies);
    free(products);
    free(slots);
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

/* ------------------------------------------------------------------ text, side by side */

static autk_status read_round(pipeline *p, autk_err *err)
{
    autk_status st = AUTK_OK;
    for (int i = 0; st == AUTK_OK && i < LANES; i++) {
        p->reading[i].skip = 0;
        p->reading[i].block.len = 0;
        if (i == 0 || p->reading[i - 1].block.len != 0)
            st = autki_text_next(&p->reader, &p->reading[i].block, err);
    }
    return st;
}

static autk_status take_round(pipeline *p, autk_err *err)
{
    autk_status st = AUTK_OK;
    for (int i = 0; st == AUTK_OK && i < LANES; i++) {
        if (p->taking[i].batch.n_lines != 0)
            st = take_over(p, &p->taking[i].batch, err);
    }
    return st;
}

static autk_status step(size_t chunk, void *ctx, autk_err *err)
{
    pipeline *p = ctx;
    if (chunk == 0) {
        autk_status st = take_round(p, err);
        return st == AUTK_OK ? read_round(p, err) : st;
    }
    lane *l = &p->parsing[chunk - 1];
    if (l->block.len == 0)
        return AUTK_OK;
    return autki_batch_parse(&l->batch, &p->plan, l->block.text + l->skip, l->block.len - l->skip,
                             err);
}

static void rotate(pipeline *p)
{
    lane *free_round = p->taking;
    p->taking = p->parsing;
    p->parsing = p->reading;
    p->reading = free_round;
}

/* Bytes of the file where their number is known (not of a compressed one), else rows. */
static autk_status tell_progress(pipeline *p, autk_err *err)
{
    const autk_progress *progress = &p->run->opts->progress;
    char what[64];
    if (progress->report == NULL)
        return AUTK_OK;
    double done = (double)p->reader.n_bytes / 1e6, total = (double)p->file->size_bytes / 1e6;
    (void)snprintf(what, sizeof what, "importing, %.1f M rows", (double)p->n_read / 1e6);
    bool known = p->file->size_bytes > 0 && done <= total * 1.01;
    if (progress->report(what, done, known ? total : 0, "MB", progress->user) != 0)
        return autki_fail(err, AUTK_ECANCELLED, "cancelled");
    return AUTK_OK;
}

static autk_status parse_all(pipeline *p, autk_err *err)
{
    int n_threads = p->run->opts->n_threads > 0 ? p->run->opts->n_threads : autki_processors();
    autk_status st = AUTK_OK;
    bool more = true;
    while (st == AUTK_OK && more) {
        st = autki_parallel_for(LANES + 1, n_threads, step, p, err);
        more = p->parsing[0].block.len != 0 || p->reading[0].block.len != 0;
        rotate(p);
        if (st == AUTK_OK)
            st = tell_progress(p, err);
    }
    return st != AUTK_OK ? st : take_round(p, err);
}

/* ------------------------------------------------------------------ into the dataset */

static autki_owner owner_of(const autki_plan *plan, int kind)
{
    if (plan->format == AUTK_IMPORT_BACI)
        return AUTKI_OWN_PERIOD;
    return kind % AUTK_SIDE_COUNT == AUTK_SIDE_IMPORTER ? AUTKI_OWN_IMPORTER : AUTKI_OWN_EXPORTER;
}

static autk_layer layer_of(const autki_plan *plan, const autki_slot_key *key)
{
    autk_layer l = {.source = plan->source,
                    .flow = (autk_flow_kind)(key->kind / AUTK_SIDE_COUNT),
                    .side = (autk_side)(key->kind % AUTK_SIDE_COUNT),
                    .valuation = plan->valuation,
                    .currency = plan->currency,
                    .frequency = key->period > 9999 ? 'M' : 'A',
                    .classification = key->level == 0                  ? ""
                                      : key->classification[0] != '\0' ? key->classification
                                                                       : plan->classification,
                    .level = key->level};
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
    int n_threads = p->run->opts->n_threads > 0 ? p->run->opts->n_threads : autki_processors();
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
                      .n_threads = n_threads};
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
    for (int r = 0; r < 3; r++)
        for (int i = 0; i < LANES; i++)
            autki_batch_init(&p->rounds[r][i].batch);
    p->reading = p->rounds[0];
    p->parsing = p->rounds[1];
    p->taking = p->rounds[2];
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
    for (int r = 0; r < 3; r++) {
        for (int i = 0; i < LANES; i++) {
            autki_batch_deinit(&p->rounds[r][i].batch);
            free(p->rounds[r][i].block.text);
            p->rounds[r][i].block = (autki_block){.text = NULL};
        }
    }
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
    lane *first = &p->reading[0];
    autki_text_init(&p->reader, input, true);
    autk_status st = read_round(p, err);
    if (st == AUTK_OK)
        st = autki_plan_make(&p->plan, &first->skip, &first->block, p->file->name, p->run->opts,
                             err);
    if (st != AUTK_OK)
        return st;
    p->line = 2;
    rotate(p); /* what was read is parsed next */
    return AUTK_OK;
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
