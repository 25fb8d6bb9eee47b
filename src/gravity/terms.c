/* From terms to columns: dummies spread out, products named, lags found. */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/fail.h"
#include "base/mem.h"
#include "base/text.h"
#include "gravity/panel_internal.h"

#define REGRESSORS_MAX 4096

typedef struct level {
    int32_t code;
    double number;
    const char *text;
} level;

static int by_number_or_text(const void *a, const void *b)
{
    const level *x = a, *y = b;
    if (x->number != y->number)
        return x->number < y->number ? -1 : 1;
    return strcmp(x->text, y->text);
}

/* Levels of a column in their natural order, those that are references left out. */
static autk_status list_levels(level **out, size_t *n_out, const autki_frame *frame, size_t column,
                               const autki_formula *f, const autki_factor *factor, autk_err *err)
{
    const autki_dictionary *d = &frame->columns[column].levels;
    level *levels = autki_malloc((size_t)d->n_levels, sizeof *levels);
    if (levels == NULL)
        return autki_no_memory(err, (size_t)d->n_levels * sizeof *levels);
    for (int32_t i = 0; i < factor->n_refs; i++) {
        const char *ref = autki_formula_text(f, factor->refs[i]);
        if (autki_dictionary_find(d, ref, strlen(ref)) < 0) {
            free(levels);
            return autki_fail_at(
                err, AUTK_ENOTFOUND, frame->source, 0, 0,
                "expected a level of %s as reference, got \"%s\", which no row has",
                frame->columns[column].name, ref);
        }
    }
    size_t n = 0;
    bool numbers = true;
    for (int32_t c = 0; c < d->n_levels; c++) {
        level l = {.code = c, .text = autki_dictionary_text(d, c)};
        bool reference = false;
        for (int32_t i = 0; i < factor->n_refs; i++)
            reference |= strcmp(l.text, autki_formula_text(f, factor->refs[i])) == 0;
        if (reference)
            continue;
        numbers &= autki_parse_double(l.text, strlen(l.text), &l.number);
        levels[n++] = l;
    }
    for (size_t i = 0; i < n && !numbers; i++)
        levels[i].number = 0;
    qsort(levels, n, sizeof *levels, by_number_or_text);
    *out = levels;
    *n_out = n;
    return AUTK_OK;
}

typedef struct expansion {
    autki_panel *panel;
    const autki_formula *f;
    const autki_frame *frame;
    const autki_term *term;
    size_t capacity;
    autk_err *err;
} expansion;

static autk_status push_regressor(expansion *x, autki_regressor *r, const autk_buf *name)
{
    autki_panel *p = x->panel;
    autk_status st = autki_grow(&p->regressors, &x->capacity, (size_t)p->n_regressors + 1,
                                sizeof *p->regressors, REGRESSORS_MAX, x->err);
    if (st == AUTK_ELIMIT)
        return autki_fail_at(x->err, st, "formula", 1, x->term->column,
                             "expected at most %d regressors, got more; an effect behind | takes "
                             "any number of levels",
                             REGRESSORS_MAX);
    if (st != AUTK_OK)
        return st;
    r->name = autki_strdup(autk_buf_text(name));
    if (r->name == NULL)
        return autki_no_memory(x->err, name->len);
    p->regressors[p->n_regressors++] = *r;
    return AUTK_OK;
}

static autk_status expand(expansion *x, int32_t at, autki_regressor r, const autk_buf *prefix);

static autk_status expand_dummies(expansion *x, int32_t at, autki_regressor r,
                                  const autk_buf *prefix)
{
    const autki_factor *factor = &x->term->factors[at];
    const char *column = autki_formula_text(x->f, x->f->nodes[factor->node].text);
    size_t k = autki_frame_find(x->frame, column), n = 0;
    level *levels = NULL;
    autk_status st = list_levels(&levels, &n, x->frame, k, x->f, factor, x->err);
    r.dummy_column[r.n_dummies] = (int32_t)k;
    for (size_t i = 0; st == AUTK_OK && i < n; i++) {
        autk_buf name;
        autk_buf_init(&name);
        autk_buf_printf(&name, "%s%s%s::%s", autk_buf_text(prefix), prefix->len != 0 ? ":" : "",
                        column, levels[i].text);
        st = autk_buf_check(&name, x->err);
        r.dummy_code[r.n_dummies] = levels[i].code;
        autki_regressor with = r;
        with.n_dummies++;
        if (st == AUTK_OK)
            st = expand(x, at + 1, with, &name);
        autk_buf_deinit(&name);
    }
    free(levels);
    return st;
}

static autk_status expand(expansion *x, int32_t at, autki_regressor r, const autk_buf *prefix)
{
    if (at == x->term->n_factors)
        return push_regressor(x, &r, prefix);
    if (x->term->factors[at].dummies)
        return expand_dummies(x, at, r, prefix);
    autk_buf name;
    autk_buf_init(&name);
    if (x->term->text >= 0 && x->term->n_factors == 1) {
        autk_buf_puts(&name, autki_formula_text(x->f, x->term->text));
    } else {
        autk_buf_printf(&name, "%s%s", autk_buf_text(prefix), prefix->len != 0 ? ":" : "");
        autki_eval_render(&name, x->f, x->term->factors[at].node);
    }
    autk_status st = autk_buf_check(&name, x->err);
    r.nodes[r.n_nodes++] = x->term->factors[at].node;
    if (st == AUTK_OK)
        st = expand(x, at + 1, r, &name);
    autk_buf_deinit(&name);
    return st;
}

autk_status autki_expand_terms(autki_panel *panel, const autki_formula *f, const autki_frame *frame,
                               autk_err *err)
{
    expansion x = {.panel = panel, .f = f, .frame = frame, .err = err};
    autk_buf name;
    autk_buf_init(&name);
    autk_status st = AUTK_OK;
    panel->has_intercept = f->n_effects == 0 && !f->no_intercept;
    if (panel->has_intercept) {
        autki_regressor constant = {.n_nodes = 0, .scale = 1};
        autk_buf_puts(&name, "(Intercept)");
        st = push_regressor(&x, &constant, &name);
        autk_buf_clear(&name);
    }
    for (size_t t = 0; st == AUTK_OK && t < f->n_terms; t++) {
        autki_regressor none = {.n_nodes = 0, .scale = 1};
        x.term = &f->terms[t];
        st = expand(&x, 0, none, &name);
    }
    autk_buf_deinit(&name);
    return st;
}

/* ---- lags ---- */

typedef struct moment {
    int32_t unit, row;
    int64_t time;
} moment;

static int by_unit_then_time(const void *a, const void *b)
{
    const moment *x = a, *y = b;
    if (x->unit != y->unit)
        return x->unit < y->unit ? -1 : 1;
    if (x->time != y->time)
        return x->time < y->time ? -1 : 1;
    return x->row < y->row ? -1 : x->row > y->row;
}

static const moment *find_moment(const moment *sorted, size_t n, int32_t unit, int64_t time)
{
    size_t low = 0, high = n;
    while (low < high) {
        size_t mid = low + (high - low) / 2;
        const moment *m = &sorted[mid];
        if (m->unit < unit || (m->unit == unit && m->time < time))
            low = mid + 1;
        else
            high = mid;
    }
    return low < n && sorted[low].unit == unit && sorted[low].time == time ? &sorted[low] : NULL;
}

static autk_status read_times(int64_t *time, const autki_builder *b, const autki_key *key,
                              autk_err *err)
{
    const autki_formula *f = b->spec->panel;
    const autki_frame_column *c =
        &b->frame->columns[autki_frame_find(b->frame, autki_formula_text(f, key->names[0]))];
    for (int32_t i = 0; i < c->levels.n_levels; i++) {
        const char *text = autki_dictionary_text(&c->levels, i);
        double v;
        if (!autki_parse_double(text, strlen(text), &v) || v != floor(v) || fabs(v) > 1e15)
            return autki_fail_at(err, AUTK_EDATA, b->frame->source, 0, 0,
                                 "expected whole numbers as periods in %s, got \"%.60s\"", c->name,
                                 text);
        time[i] = (int64_t)v;
    }
    return AUTK_OK;
}

static autk_status sort_moments(moment *m, size_t *n, const autki_builder *b, const int32_t *unit,
                                const int64_t *time, const int32_t *time_code, autk_err *err)
{
    *n = 0;
    for (size_t r = 0; r < b->frame->n_rows; r++) {
        if (unit[r] >= 0 && time_code[r] >= 0)
            m[(*n)++] = (moment){.unit = unit[r], .row = (int32_t)r, .time = time[time_code[r]]};
    }
    qsort(m, *n, sizeof *m, by_unit_then_time);
    for (size_t i = 1; i < *n; i++) {
        if (m[i].unit == m[i - 1].unit && m[i].time == m[i - 1].time)
            return autki_fail_at(err, AUTK_EDATA, b->frame->source,
                                 b->frame->row_is_line ? m[i].row + 2 : 0, 0,
                                 "expected each unit of --panel once in a period, got it twice");
    }
    return AUTK_OK;
}

static autk_status index_lag(autki_lag_index *lag, const moment *m, size_t n, size_t n_rows,
                             autk_err *err)
{
    lag->row = autki_malloc(n_rows, sizeof *lag->row);
    if (lag->row == NULL)
        return autki_no_memory(err, n_rows * sizeof *lag->row);
    memset(lag->row, 0xff, n_rows * sizeof *lag->row);
    for (size_t i = 0; i < n; i++) {
        const moment *before = find_moment(m, n, m[i].unit, m[i].time - lag->periods);
        if (before != NULL)
            lag->row[m[i].row] = before->row;
    }
    return AUTK_OK;
}

autk_status autki_build_lags(autki_builder *b, autk_err *err)
{
    int periods[64];
    size_t n_lags = autki_eval_lag_periods(b->spec->formula, periods), n_moments = 0;
    if (n_lags == 0)
        return AUTK_OK;
    const autki_formula *f = b->spec->panel;
    if (f == NULL || f->n_effects != 2 || f->effects[1].n_names != 1)
        return autki_fail_at(err, AUTK_EARG, "--panel", 0, 0,
                             "expected the unit and the time for l() and f(), such as "
                             "exporter^importer,year");
    size_t n = b->frame->n_rows,
           k = autki_frame_find(b->frame, autki_formula_text(f, f->effects[1].names[0]));
    int32_t *unit = NULL, n_units = 0;
    moment *m = autki_malloc(n, sizeof *m);
    int64_t *time = autki_malloc((size_t)b->frame->columns[k].levels.n_levels, sizeof *time);
    autk_status st = m == NULL || time == NULL ? autki_no_memory(err, n * sizeof *m) : AUTK_OK;
    if (st == AUTK_OK)
        st = read_times(time, b, &f->effects[1], err);
    if (st == AUTK_OK)
        st = autki_key_ids(&unit, &n_units, b->frame, f, &f->effects[0], err);
    if (st == AUTK_OK)
        st = sort_moments(m, &n_moments, b, unit, time, b->frame->columns[k].code, err);
    for (size_t i = 0; st == AUTK_OK && i < n_lags; i++) {
        b->lags[i].periods = periods[i];
        st = index_lag(&b->lags[i], m, n_moments, n, err);
        b->n_lags = i + 1;
    }
    free(unit);
    free(time);
    free(m);
    return st;
}
