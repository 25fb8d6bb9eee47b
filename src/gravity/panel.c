#include "gravity/panel.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/fail.h"
#include "base/mem.h"
#include "base/parallel.h"
#include "gravity/panel_internal.h"

void autki_panel_free(autki_panel *p)
{
    if (p == NULL)
        return;
    for (int32_t j = 0; j < p->n_regressors; j++)
        free(p->regressors[j].name);
    free(p->regressors);
    free(p->y);
    free(p->x);
    free(p->offset);
    free(p->weight);
    free(p->row);
    free(p->group);
    free(p->state);
    for (int32_t k = 0; k < AUTKI_KEYS_MAX; k++) {
        free(p->level[k]);
        free(p->frame_id[k]);
    }
    free(p);
}

/* ---- which rows can be used ---- */

typedef struct scan {
    autki_builder *b;
    autki_drops *drops;    /* [chunks] */
    size_t *first_invalid; /* [chunks] first row with a negative response or weight, SIZE_MAX */
} scan;

/* A row is missing where any regressor, effect, weight or offset is. */
static void find_missing(const autki_builder *b, const int32_t *rows, size_t n, bool *missing)
{
    double v[AUTKI_EVAL_BLOCK];
    const autki_panel *p = b->panel;
    for (int32_t j = 0; j < p->n_regressors; j++) {
        const autki_regressor *x = &p->regressors[j];
        for (int32_t q = 0; q < x->n_nodes; q++) {
            autki_eval_block(&b->terms, x->nodes[q], rows, n, v);
            for (size_t i = 0; i < n; i++)
                missing[i] |= !isfinite(v[i]);
        }
        for (int32_t q = 0; q < x->n_dummies; q++) {
            const int32_t *code = b->frame->columns[x->dummy_column[q]].code;
            for (size_t i = 0; i < n; i++)
                missing[i] |= code[rows[i]] < 0;
        }
        /* The dummies of one term share their column and other factors: one of them tells all. */
        while (x->n_dummies > 0 && j + 1 < p->n_regressors &&
               p->regressors[j + 1].n_dummies == x->n_dummies &&
               p->regressors[j + 1].n_nodes == x->n_nodes &&
               memcmp(p->regressors[j + 1].nodes, x->nodes, sizeof x->nodes) == 0 &&
               memcmp(p->regressors[j + 1].dummy_column, x->dummy_column,
                      (size_t)x->n_dummies * sizeof *x->dummy_column) == 0)
            j++;
    }
    for (int32_t k = 0; k < p->n_effects; k++) {
        for (size_t i = 0; i < n; i++)
            missing[i] |= p->frame_id[k][rows[i]] < 0;
    }
    if (b->offset.f != NULL) {
        autki_eval_block(&b->offset, (int32_t)b->offset.f->n_nodes - 1, rows, n, v);
        for (size_t i = 0; i < n; i++)
            missing[i] |= !isfinite(v[i]);
    }
}

static void scan_block(scan *s, size_t chunk, const int32_t *rows, size_t n)
{
    autki_builder *b = s->b;
    autki_panel *p = b->panel;
    double keep[AUTKI_EVAL_BLOCK], y[AUTKI_EVAL_BLOCK], w[AUTKI_EVAL_BLOCK];
    bool missing[AUTKI_EVAL_BLOCK] = {false};
    if (b->subset.f != NULL)
        autki_eval_block(&b->subset, (int32_t)b->subset.f->n_nodes - 1, rows, n, keep);
    if (b->weights.f != NULL)
        autki_eval_block(&b->weights, (int32_t)b->weights.f->n_nodes - 1, rows, n, w);
    autki_eval_block(&b->terms, b->spec->formula->response, rows, n, y);
    find_missing(b, rows, n, missing);
    for (size_t i = 0; i < n; i++) {
        size_t r = (size_t)rows[i];
        bool out = b->subset.f != NULL && !(keep[i] != 0 && !isnan(keep[i]));
        bool weightless = b->weights.f != NULL && !(isfinite(w[i]) && w[i] != 0);
        bool lost = missing[i] || weightless || !isfinite(y[i]);
        p->state[r] = out ? AUTKI_ROW_SUBSET : lost ? AUTKI_ROW_MISSING : AUTKI_ROW_USED;
        b->response[r] = y[i];
        s->drops[chunk].subset += out;
        s->drops[chunk].missing += !out && lost;
        bool negative =
            (b->spec->family == AUTKI_POISSON && y[i] < 0) || (b->weights.f != NULL && w[i] < 0);
        if (!out && !lost && negative && s->first_invalid[chunk] == SIZE_MAX)
            s->first_invalid[chunk] = r;
    }
}

static autk_status scan_chunk(size_t chunk, void *ctx, autk_err *err)
{
    (void)err;
    scan *s = ctx;
    size_t from = chunk * AUTKI_SCAN_ROWS, to = from + AUTKI_SCAN_ROWS;
    if (to > s->b->frame->n_rows)
        to = s->b->frame->n_rows;
    for (size_t r = from; r < to; r += AUTKI_EVAL_BLOCK) {
        int32_t rows[AUTKI_EVAL_BLOCK];
        size_t n = to - r < AUTKI_EVAL_BLOCK ? to - r : AUTKI_EVAL_BLOCK;
        for (size_t i = 0; i < n; i++)
            rows[i] = (int32_t)(r + i);
        scan_block(s, chunk, rows, n);
    }
    return AUTK_OK;
}

static autk_status invalid_row(const autki_builder *b, size_t row, autk_err *err)
{
    const char *source = b->frame->source;
    int64_t line = b->frame->row_is_line ? (int64_t)row + 2 : 0;
    if (b->spec->family == AUTKI_POISSON && b->response[row] < 0)
        return autki_fail_at(err, AUTK_EDATA, source, line, 0,
                             "expected a response >= 0 for Poisson, got %.6g in row %zu",
                             b->response[row], row + 1);
    return autki_fail_at(err, AUTK_EDATA, source, line, 0,
                         "expected a weight >= 0, got less in row %zu", row + 1);
}

static autk_status scan_rows(autki_builder *b, autk_err *err)
{
    size_t n_chunks = (b->frame->n_rows + AUTKI_SCAN_ROWS - 1) / AUTKI_SCAN_ROWS;
    scan s = {.b = b,
              .drops = autki_calloc(n_chunks, sizeof *s.drops),
              .first_invalid = autki_malloc(n_chunks, sizeof *s.first_invalid)};
    autk_status st = AUTK_OK;
    if (s.drops == NULL || s.first_invalid == NULL)
        st = autki_no_memory(err, n_chunks * sizeof *s.drops);
    for (size_t c = 0; st == AUTK_OK && c < n_chunks; c++)
        s.first_invalid[c] = SIZE_MAX;
    if (st == AUTK_OK)
        st = autki_parallel_for(n_chunks, b->spec->n_threads, scan_chunk, &s, err);
    for (size_t c = 0; st == AUTK_OK && c < n_chunks; c++) {
        b->panel->drops.subset += s.drops[c].subset;
        b->panel->drops.missing += s.drops[c].missing;
        if (s.first_invalid[c] != SIZE_MAX)
            st = invalid_row(b, s.first_invalid[c], err);
    }
    free(s.drops);
    free(s.first_invalid);
    return st;
}

/* ---- the order of rows and levels ---- */

/* The effect with the most levels goes first: it is eliminated exactly. Ties keep the order. */
static void order_effects(autki_panel *p)
{
    int32_t most = 0;
    for (int32_t k = 0; k < p->n_effects; k++) {
        p->effect_of[k] = k;
        if (p->n_frame_ids[k] > p->n_frame_ids[most])
            most = k;
    }
    for (int32_t k = most; k > 0; k--) {
        p->effect_of[k] = p->effect_of[k - 1];
        p->effect_of[k - 1] = most;
    }
}

/* Used rows, sorted by the first effect; stable, so that the file's order shows within a level. */
static autk_status sort_rows(autki_panel *p, autk_err *err)
{
    size_t n_all = p->frame->n_rows, n = 0;
    for (size_t r = 0; r < n_all; r++)
        n += p->state[r] == AUTKI_ROW_USED;
    free(p->row);
    p->n = n;
    p->row = autki_malloc(n, sizeof *p->row);
    if (p->row == NULL)
        return autki_no_memory(err, n * sizeof *p->row);
    const int32_t *id = p->n_effects > 0 ? p->frame_id[p->effect_of[0]] : NULL;
    size_t n_ids = id != NULL ? (size_t)p->n_frame_ids[p->effect_of[0]] : 1;
    size_t *begin = autki_calloc(n_ids + 1, sizeof *begin);
    if (begin == NULL)
        return autki_no_memory(err, n_ids * sizeof *begin);
    for (size_t r = 0; r < n_all; r++) {
        if (p->state[r] == AUTKI_ROW_USED)
            begin[(id != NULL ? (size_t)id[r] : 0) + 1]++;
    }
    for (size_t g = 0; g < n_ids; g++)
        begin[g + 1] += begin[g];
    for (size_t r = 0; r < n_all; r++) {
        if (p->state[r] == AUTKI_ROW_USED)
            p->row[begin[id != NULL ? (size_t)id[r] : 0]++] = (int32_t)r;
    }
    free(begin);
    return AUTK_OK;
}

/* Levels numbered by first sight in the sorted rows: neighbours in memory are neighbours in use. */
static autk_status number_levels(size_t k, void *ctx, autk_err *err)
{
    autki_panel *p = ctx;
    int32_t effect = p->effect_of[k], next = 0;
    const int32_t *id = p->frame_id[effect];
    size_t n_ids = (size_t)p->n_frame_ids[effect];
    int32_t *map = autki_malloc(n_ids, sizeof *map);
    int32_t *level = autki_malloc(p->n, sizeof *level);
    if (map == NULL || level == NULL) {
        free(map);
        free(level);
        return autki_no_memory(err, p->n * sizeof *level);
    }
    memset(map, 0xff, n_ids * sizeof *map);
    for (size_t i = 0; i < p->n; i++) {
        int32_t *to = &map[id[p->row[i]]];
        if (*to < 0)
            *to = next++;
        level[i] = *to;
    }
    free(map);
    free(p->frame_id[effect]);
    p->frame_id[effect] = NULL;
    free(p->level[k]);
    p->level[k] = level;
    p->n_levels[k] = next;
    return AUTK_OK;
}

static autk_status find_groups(autki_panel *p, autk_err *err)
{
    free(p->group);
    p->group = NULL;
    if (p->n_effects == 0)
        return AUTK_OK;
    size_t n_groups = (size_t)p->n_levels[0];
    p->group = autki_malloc(n_groups + 1, sizeof *p->group);
    if (p->group == NULL)
        return autki_no_memory(err, n_groups * sizeof *p->group);
    for (size_t i = 0; i < p->n; i++) {
        if (i == 0 || p->level[0][i] != p->level[0][i - 1])
            p->group[p->level[0][i]] = i;
    }
    p->group[n_groups] = p->n;
    return AUTK_OK;
}

/* ---- values ---- */

static void fill_regressor(const autki_builder *b, int32_t j, const int32_t *rows, size_t n,
                           double *x)
{
    double v[AUTKI_EVAL_BLOCK];
    const autki_panel *p = b->panel;
    const autki_regressor *r = &p->regressors[j];
    size_t stride = (size_t)p->n_regressors;
    for (size_t i = 0; i < n; i++)
        x[i * stride] = 1;
    for (int32_t q = 0; q < r->n_nodes; q++) {
        autki_eval_block(&b->terms, r->nodes[q], rows, n, v);
        for (size_t i = 0; i < n; i++)
            x[i * stride] *= v[i];
    }
    for (int32_t q = 0; q < r->n_dummies; q++) {
        const int32_t *code = b->frame->columns[r->dummy_column[q]].code;
        for (size_t i = 0; i < n; i++)
            x[i * stride] *= code[rows[i]] == r->dummy_code[q];
    }
}

static autk_status fill_chunk(size_t chunk, void *ctx, autk_err *err)
{
    (void)err;
    autki_builder *b = ctx;
    autki_panel *p = b->panel;
    size_t from = chunk * AUTKI_SCAN_ROWS, to = from + AUTKI_SCAN_ROWS;
    if (to > p->n)
        to = p->n;
    for (size_t i = from; i < to; i += AUTKI_EVAL_BLOCK) {
        size_t n = to - i < AUTKI_EVAL_BLOCK ? to - i : AUTKI_EVAL_BLOCK;
        const int32_t *rows = p->row + i;
        autki_eval_block(&b->terms, b->spec->formula->response, rows, n, p->y + i);
        if (p->weight != NULL)
            autki_eval_block(&b->weights, (int32_t)b->weights.f->n_nodes - 1, rows, n,
                             p->weight + i);
        if (p->offset != NULL)
            autki_eval_block(&b->offset, (int32_t)b->offset.f->n_nodes - 1, rows, n, p->offset + i);
        for (int32_t j = 0; j < p->n_regressors; j++)
            fill_regressor(b, j, rows, n, p->x + i * (size_t)p->n_regressors + j);
    }
    return AUTK_OK;
}

/* Means, then deviations, then scales: three chunked passes, summed in chunk order. */
typedef struct moments {
    autki_panel *p;
    double *sums; /* [chunks x n_regressors] */
    int pass;
} moments;

static autk_status sum_chunk(size_t chunk, void *ctx, autk_err *err)
{
    (void)err;
    moments *m = ctx;
    autki_panel *p = m->p;
    size_t k = (size_t)p->n_regressors, from = chunk * AUTKI_SCAN_ROWS;
    size_t to = from + AUTKI_SCAN_ROWS < p->n ? from + AUTKI_SCAN_ROWS : p->n;
    double *sum = m->sums + chunk * k;
    for (size_t j = 0; j < k; j++)
        sum[j] = 0;
    for (size_t i = from; i < to; i++) {
        double *x = p->x + i * k;
        for (size_t j = 0; j < k; j++) {
            const autki_regressor *r = &p->regressors[j];
            if (m->pass == 0)
                sum[j] += x[j];
            else if (m->pass == 1)
                sum[j] += (x[j] - r->center) * (x[j] - r->center);
            else
                x[j] = r->scale > 0 ? (x[j] - r->center) / r->scale : 0;
        }
    }
    return AUTK_OK;
}

/* Centre or scale of regressor j from the sums of a pass. */
static void take_moment(const moments *m, size_t j, size_t n_chunks, bool center)
{
    autki_panel *p = m->p;
    autki_regressor *r = &p->regressors[j];
    bool constant = p->has_intercept && j == 0;
    double sum = 0;
    for (size_t c = 0; c < n_chunks; c++)
        sum += m->sums[c * (size_t)p->n_regressors + j];
    if (m->pass == 0) {
        r->center = center && !constant ? sum / (double)p->n : 0;
        return;
    }
    r->scale = constant ? 1 : sqrt(sum / (double)p->n);
    /* A constant column leaves rounding errors: what is left of it is nothing. */
    if (!(r->scale > 1e-13 * fabs(r->center)))
        r->scale = 0;
}

static autk_status standardise(autki_panel *p, int n_threads, autk_err *err)
{
    size_t k = (size_t)p->n_regressors, n_chunks = (p->n + AUTKI_SCAN_ROWS - 1) / AUTKI_SCAN_ROWS;
    bool center = p->n_effects > 0 || p->has_intercept;
    moments m = {.p = p, .sums = autki_malloc(n_chunks * k, sizeof *m.sums)};
    if (m.sums == NULL)
        return autki_no_memory(err, n_chunks * k * sizeof *m.sums);
    autk_status st = AUTK_OK;
    for (m.pass = 0; st == AUTK_OK && m.pass < 3; m.pass++) {
        st = autki_parallel_for(n_chunks, n_threads, sum_chunk, &m, err);
        for (size_t j = 0; st == AUTK_OK && m.pass < 2 && j < k; j++)
            take_moment(&m, j, n_chunks, center);
    }
    free(m.sums);
    return st;
}

static autk_status fill_values(autki_builder *b, autk_err *err)
{
    autki_panel *p = b->panel;
    size_t k = (size_t)p->n_regressors;
    free(p->y);
    free(p->x);
    free(p->weight);
    free(p->offset);
    p->weight = p->offset = NULL;
    p->y = autki_malloc(p->n, sizeof *p->y);
    p->x = autki_malloc(p->n * k, sizeof *p->x);
    bool good = p->y != NULL && p->x != NULL;
    if (b->weights.f != NULL)
        good &= (p->weight = autki_malloc(p->n, sizeof *p->weight)) != NULL;
    if (b->offset.f != NULL)
        good &= (p->offset = autki_malloc(p->n, sizeof *p->offset)) != NULL;
    if (!good)
        return autki_no_memory(err, p->n * (k + 1) * sizeof *p->x);
    size_t n_chunks = (p->n + AUTKI_SCAN_ROWS - 1) / AUTKI_SCAN_ROWS;
    autk_status st = autki_parallel_for(n_chunks, b->spec->n_threads, fill_chunk, b, err);
    return st == AUTK_OK ? standardise(p, b->spec->n_threads, err) : st;
}

/* ---- all of it ---- */

static void builder_deinit(autki_builder *b)
{
    autki_eval *evals[4] = {&b->terms, &b->subset, &b->weights, &b->offset};
    for (int i = 0; i < 4; i++) {
        if (evals[i]->f != NULL)
            autki_eval_deinit(evals[i]);
    }
    for (size_t i = 0; i < b->n_lags; i++)
        free(b->lags[i].row);
    free(b->response);
}

static autk_status bind_all(autki_builder *b, autk_err *err)
{
    const autki_panel_spec *s = b->spec;
    const autki_formula *formulas[4] = {s->formula, s->subset, s->weights, s->offset};
    autki_eval *evals[4] = {&b->terms, &b->subset, &b->weights, &b->offset};
    autk_status st = AUTK_OK;
    for (int i = 0; st == AUTK_OK && i < 4; i++) {
        if (formulas[i] != NULL)
            st = autki_eval_bind(evals[i], formulas[i], b->frame, err);
    }
    if (st == AUTK_OK)
        st = autki_build_lags(b, err);
    b->terms.lags = b->lags;
    b->terms.n_lags = b->n_lags;
    b->response = autki_malloc(b->frame->n_rows, sizeof *b->response);
    if (st == AUTK_OK && b->response == NULL)
        st = autki_no_memory(err, b->frame->n_rows * sizeof *b->response);
    return st;
}

static autk_status find_effect_ids(size_t k, void *ctx, autk_err *err)
{
    const autki_builder *b = ctx;
    autki_panel *p = b->panel;
    const autki_formula *f = b->spec->formula;
    return autki_key_ids(&p->frame_id[k], &p->n_frame_ids[k], b->frame, f, &f->effects[k], err);
}

static autk_status find_ids(autki_builder *b, autk_err *err)
{
    return autki_parallel_for((size_t)b->panel->n_effects, b->spec->n_threads, find_effect_ids, b,
                              err);
}

static autk_status no_rows(const autki_builder *b, autk_err *err)
{
    const autki_drops *d = &b->panel->drops;
    return autki_fail_at(err, AUTK_EDATA, b->frame->source, 0, 0,
                         "expected rows to use, got none of %zu: outside the subset %zu, missing "
                         "%zu, in groups of zeros only %zu, singletons %zu, separated %zu",
                         b->frame->n_rows, d->subset, d->missing, d->zero_only, d->singleton,
                         d->separated);
}

/* From states to values. */
static autk_status settle(autki_builder *b, autk_err *err)
{
    autki_panel *p = b->panel;
    autk_status st = autki_drop_groups(p, b->response, b->spec->family == AUTKI_POISSON,
                                       !b->spec->keep_singletons, b->spec->n_threads, err);
    if (st == AUTK_OK)
        st = sort_rows(p, err);
    if (st == AUTK_OK && p->n == 0)
        st = no_rows(b, err);
    if (st == AUTK_OK)
        st = autki_parallel_for((size_t)p->n_effects, b->spec->n_threads, number_levels, p, err);
    if (st == AUTK_OK)
        st = find_groups(p, err);
    free(b->response);
    b->response = NULL;
    return st == AUTK_OK ? fill_values(b, err) : st;
}

static autk_status check_response(const autki_builder *b, autk_err *err)
{
    bool positive = false;
    for (size_t r = 0; r < b->frame->n_rows && !positive; r++)
        positive = b->panel->state[r] == AUTKI_ROW_USED && b->response[r] > 0;
    if (positive || b->spec->family != AUTKI_POISSON)
        return AUTK_OK;
    if (b->panel->drops.missing + b->panel->drops.subset == b->frame->n_rows)
        return no_rows(b, err);
    return autki_fail_at(err, AUTK_EDATA, b->frame->source, 0, 0,
                         "expected a positive response somewhere, got zeros in all rows used");
}

autk_status autki_panel_build(autki_panel **out, const autki_frame *frame,
                              const autki_panel_spec *spec, autk_err *err)
{
    autki_panel *p = autki_calloc(1, sizeof *p);
    if (p == NULL)
        return autki_no_memory(err, sizeof *p);
    autki_builder b = {.panel = p, .frame = frame, .spec = spec};
    const autki_formula *f = spec->formula;
    p->frame = frame;
    p->state = autki_malloc(frame->n_rows, sizeof *p->state);
    autk_status st = p->state == NULL ? autki_no_memory(err, frame->n_rows) : bind_all(&b, err);
    if (st == AUTK_OK)
        st = autki_expand_terms(p, f, frame, err);
    p->n_effects = (int32_t)f->n_effects;
    if (st == AUTK_OK)
        st = find_ids(&b, err);
    if (st == AUTK_OK)
        st = scan_rows(&b, err);
    if (st == AUTK_OK)
        st = check_response(&b, err);
    order_effects(p);
    if (st == AUTK_OK)
        st = settle(&b, err);
    builder_deinit(&b);
    if (st == AUTK_OK)
        *out = p;
    else
        autki_panel_free(p);
    return st;
}

/* Bind again and evaluate the response at the rows that are left. */
static autk_status rebuild(autki_panel *p, const autki_panel_spec *spec, autk_err *err)
{
    autki_builder b = {.panel = p, .frame = p->frame, .spec = spec};
    autk_status st = bind_all(&b, err);
    if (st == AUTK_OK)
        st = find_ids(&b, err);
    for (size_t r = 0; st == AUTK_OK && r < p->frame->n_rows; r += AUTKI_EVAL_BLOCK) {
        int32_t rows[AUTKI_EVAL_BLOCK];
        size_t n =
            p->frame->n_rows - r < AUTKI_EVAL_BLOCK ? p->frame->n_rows - r : AUTKI_EVAL_BLOCK;
        for (size_t i = 0; i < n; i++)
            rows[i] = (int32_t)(r + i);
        autki_eval_block(&b.terms, spec->formula->response, rows, n, b.response + r);
    }
    if (st == AUTK_OK)
        st = settle(&b, err);
    builder_deinit(&b);
    return st;
}

autk_status autki_panel_rebuild(autki_panel *panel, const autki_panel_spec *spec, autk_err *err)
{
    return rebuild(panel, spec, err);
}

autk_status autki_panel_eliminate(autki_panel *panel, const autki_panel_spec *spec, int32_t effect,
                                  autk_err *err)
{
    int32_t which = panel->effect_of[effect];
    for (int32_t k = effect; k > 0; k--)
        panel->effect_of[k] = panel->effect_of[k - 1];
    panel->effect_of[0] = which;
    return rebuild(panel, spec, err);
}
