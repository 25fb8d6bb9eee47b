#include "gravity/event.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/fail.h"
#include "base/mem.h"
#include "base/text.h"
#include "gravity/panel.h"
#include "gravity/stats.h"

#define NEVER INT64_MAX
#define UNKNOWN INT64_MIN

char *autki_event_column_name(const char *event)
{
    size_t size = strlen(event) + 8;
    char *name = autki_malloc(size, 1);
    if (name != NULL)
        (void)snprintf(name, size, "%s event", event);
    return name;
}

/* Where the terms end: the first | outside parentheses behind the ~, or the end. */
static const char *end_of_terms(const char *formula)
{
    const char *at = strchr(formula, '~');
    int depth = 0;
    bool quoted = false;
    for (; at != NULL && *at != '\0'; at++) {
        quoted ^= *at == '`';
        depth += !quoted && *at == '(';
        depth -= !quoted && *at == ')';
        if (*at == '|' && depth == 0 && !quoted)
            break;
    }
    return at;
}

autk_status autki_event_formula(char **out, const char *formula, const char *event, autk_err *err)
{
    const char *end = end_of_terms(formula);
    if (end == NULL)
        return autki_fail_at(err, AUTK_EPARSE, "formula", 1, (int64_t)strlen(formula) + 1,
                             "expected \"~\", got the end");
    autk_buf text;
    autk_buf_init(&text);
    autk_buf_add(&text, formula, (size_t)(end - formula));
    autk_buf_printf(&text, " + i(`%s event`, ref = c(-1, none)) %s", event, end);
    autk_status st = autk_buf_check(&text, err);
    *out = st == AUTK_OK ? autki_strdup(autk_buf_text(&text)) : NULL;
    if (st == AUTK_OK && *out == NULL)
        st = autki_no_memory(err, text.len);
    autk_buf_deinit(&text);
    return st;
}

/* ---- the column ---- */

typedef struct history {
    const autki_frame *frame;
    int32_t *unit, n_units;
    const int32_t *time_code;
    int64_t *time;          /* of each level of the time column */
    int64_t *first, *onset; /* [n_units] first period seen, first with the event */
} history;

static autk_status read_times(history *h, const autki_formula *panel, autk_err *err)
{
    size_t k = autki_frame_find(h->frame, autki_formula_text(panel, panel->effects[1].names[0]));
    const autki_frame_column *c = &h->frame->columns[k];
    h->time_code = c->code;
    h->time = autki_malloc((size_t)c->levels.n_levels, sizeof *h->time);
    if (h->time == NULL)
        return autki_no_memory(err, (size_t)c->levels.n_levels * sizeof *h->time);
    for (int32_t l = 0; l < c->levels.n_levels; l++) {
        const char *text = autki_dictionary_text(&c->levels, l);
        if (!autki_parse_int64(text, strlen(text), &h->time[l]))
            return autki_fail_at(err, AUTK_EDATA, h->frame->source, 0, 0,
                                 "expected whole numbers as periods in %s, got \"%.60s\"", c->name,
                                 text);
    }
    return AUTK_OK;
}

/* Is there an event in a row? Missing counts as none. */
static bool has_event(const autki_frame_column *c, size_t r)
{
    double v = c->kind == AUTKI_NUMBER ? autki_frame_number(c, r) : 0;
    if (c->kind == AUTKI_NUMBER)
        return !isnan(v) && v != 0;
    if (c->code[r] < 0)
        return false;
    const char *text = autki_dictionary_text(&c->levels, c->code[r]);
    return autki_parse_double(text, strlen(text), &v) && v != 0;
}

static autk_status find_onsets(history *h, const autki_frame_column *event, autk_err *err)
{
    size_t n = (size_t)h->n_units;
    h->first = autki_malloc(n, sizeof *h->first);
    h->onset = autki_malloc(n, sizeof *h->onset);
    if (h->first == NULL || h->onset == NULL)
        return autki_no_memory(err, n * sizeof *h->first);
    for (size_t u = 0; u < n; u++)
        h->first[u] = h->onset[u] = NEVER;
    for (size_t r = 0; r < h->frame->n_rows; r++) {
        if (h->unit[r] < 0 || h->time_code[r] < 0)
            continue;
        int64_t t = h->time[h->time_code[r]], *onset = &h->onset[h->unit[r]];
        if (t < h->first[h->unit[r]])
            h->first[h->unit[r]] = t;
        if (t < *onset && has_event(event, r))
            *onset = t;
    }
    for (size_t u = 0; u < n; u++) {
        if (h->onset[u] == h->first[u])
            h->onset[u] = UNKNOWN;
    }
    return AUTK_OK;
}

static autk_status fill_column(autki_frame_column *out, const history *h, int before, int after,
                               autk_err *err)
{
    int32_t code;
    /* The references are levels even where no row has them. */
    autk_status st = autki_dictionary_code(&out->levels, "-1", 2, &code, err);
    if (st == AUTK_OK)
        st = autki_dictionary_code(&out->levels, "none", 4, &code, err);
    for (size_t r = 0; st == AUTK_OK && r < h->frame->n_rows; r++) {
        out->code[r] = -1;
        if (h->unit[r] < 0 || h->time_code[r] < 0)
            continue;
        int64_t onset = h->onset[h->unit[r]];
        if (onset == UNKNOWN && h->first[h->unit[r]] != NEVER)
            continue;
        char text[24] = "none";
        if (onset != NEVER) {
            int64_t since = h->time[h->time_code[r]] - onset;
            since = since < -before ? -before : since > after ? after : since;
            (void)snprintf(text, sizeof text, "%d", (int)since);
        }
        st = autki_dictionary_code(&out->levels, text, strlen(text), &out->code[r], err);
    }
    return st;
}

static autk_status append_column(autki_frame *frame, const char *event, autk_err *err)
{
    autki_frame_column *grown =
        realloc(frame->columns, (frame->n_columns + 1) * sizeof *frame->columns);
    if (grown == NULL)
        return autki_no_memory(err, (frame->n_columns + 1) * sizeof *grown);
    frame->columns = grown;
    grown[frame->n_columns] = (autki_frame_column){.kind = AUTKI_FACTOR};
    autki_frame_column *c = &grown[frame->n_columns++];
    c->name = autki_event_column_name(event);
    c->code = autki_malloc(frame->n_rows, sizeof *c->code);
    return c->name == NULL || c->code == NULL ? autki_no_memory(err, frame->n_rows * 4) : AUTK_OK;
}

autk_status autki_event_add_column(autki_frame *frame, const autki_formula *panel,
                                   const char *event, int before, int after, autk_err *err)
{
    if (panel == NULL || panel->n_effects != 2 || panel->effects[1].n_names != 1)
        return autki_fail_at(err, AUTK_EARG, "--panel", 0, 0,
                             "expected the unit and the time for --event, such as "
                             "exporter^importer,year");
    size_t k = autki_frame_find(frame, event);
    autk_status st = append_column(frame, event, err);
    history h = {.frame = frame};
    if (st == AUTK_OK)
        st = autki_key_ids(&h.unit, &h.n_units, frame, panel, &panel->effects[0], err);
    if (st == AUTK_OK)
        st = read_times(&h, panel, err);
    if (st == AUTK_OK)
        st = find_onsets(&h, &frame->columns[k], err);
    if (st == AUTK_OK)
        st = fill_column(&frame->columns[frame->n_columns - 1], &h, before, after, err);
    free(h.unit);
    free(h.time);
    free(h.first);
    free(h.onset);
    return st;
}

/* ---- what came out ---- */

static int find_period(const autk_estimate *e, const char *event, int period)
{
    char name[200];
    (void)snprintf(name, sizeof name, "%s event::%d", event, period);
    for (int i = 0; i < e->info.n_coefficients; i++) {
        if (strcmp(e->names[i], name) == 0)
            return i;
    }
    return -1;
}

/* Wald's test that the effects before the event are all zero. */
static autk_status test_before(autk_estimate *e, const int *at, size_t n, autk_err *err)
{
    size_t p = (size_t)e->info.n_coefficients;
    double *v = autki_malloc(2 * n * n + 2 * n, sizeof *v);
    int32_t *pivot = autki_malloc(n, sizeof *pivot);
    if (v == NULL || pivot == NULL) {
        free(v);
        free(pivot);
        return autki_no_memory(err, 2 * n * n * sizeof *v);
    }
    double *factor = v + n * n, *b = factor + n * n, *x = b + n, chi2 = 0;
    for (size_t i = 0; i < n; i++) {
        b[i] = e->estimates[at[i]];
        for (size_t j = 0; j < n; j++)
            v[i * n + j] = e->v[(size_t)at[i] * p + (size_t)at[j]];
    }
    int32_t rank = autki_cholesky(factor, pivot, v, n, NULL, 1e-12);
    autki_cholesky_solve(x, factor, pivot, rank, n, b);
    for (size_t i = 0; i < n; i++)
        chi2 += b[i] * x[i];
    e->info.pretrend_df = rank;
    e->info.pretrend_chi2 = rank > 0 ? chi2 : NAN;
    e->info.pretrend_p_value = rank > 0 ? autki_chi2_p_value(chi2, rank) : NAN;
    free(v);
    free(pivot);
    return AUTK_OK;
}

autk_status autki_event_summarise(autk_estimate *e, const char *event, int before, int after,
                                  autk_err *err)
{
    size_t p = (size_t)e->info.n_coefficients, n = (size_t)before + (size_t)after + 1, n_before = 0;
    e->events = autki_calloc(n, sizeof *e->events);
    int *at = autki_malloc(n, sizeof *at);
    if (e->events == NULL || at == NULL) {
        free(at);
        return autki_no_memory(err, n * sizeof *e->events);
    }
    e->info.n_event_effects = (int)n;
    for (int period = -before; period <= after; period++) {
        int i = period == -1 ? -1 : find_period(e, event, period);
        autk_event_effect *effect = &e->events[period + before];
        *effect = (autk_event_effect){period, period == -1 ? 0 : NAN, period == -1 ? 0 : NAN};
        if (i < 0)
            continue;
        effect->estimate = e->estimates[i];
        effect->std_error = sqrt(e->v[(size_t)i * p + (size_t)i]);
        if (period < -1)
            at[n_before++] = i;
    }
    autk_status st = test_before(e, at, n_before, err);
    free(at);
    return st;
}
