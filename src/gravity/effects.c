#include "gravity/effects.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/fail.h"
#include "base/mem.h"
#include "gravity/graph.h"

#define PAIRS_MAX (AUTKI_KEYS_MAX * (AUTKI_KEYS_MAX - 1) / 2)
#define SHIFT_TOL 1e-12
#define SHIFT_STEPS_MAX 20000

/* Two sets: a shift for each of their components is added to the one and taken off the other. */
typedef struct pair {
    int32_t a, b;
    int32_t *shift; /* [levels of a, then of b] */
} pair;

typedef struct shifting {
    const autki_panel *panel;
    size_t base[AUTKI_KEYS_MAX + 1]; /* of each set in the arrays over levels */
    double *value, *rows, *step;     /* [levels] */
    pair pairs[PAIRS_MAX];
    size_t n_pairs, n_shifts;
    double *residual, *direction, *scale; /* [n_shifts] */
} shifting;

double autki_effects_constant(const autki_job *job)
{
    const autki_panel *p = job->panel;
    double sum = 0;
    for (int32_t j = 0; j < p->n_regressors; j++)
        sum -= p->regressors[j].center * job->fit.b[j] / p->regressors[j].scale;
    return sum;
}

/* Number the components of two sets from n_shifts on. */
static autk_status add_pair(shifting *s, int32_t a, int32_t b, autk_err *err)
{
    const autki_panel *p = s->panel;
    int32_t *root = NULL;
    autk_status st = autki_graph_roots(&root, p, a, b, err);
    if (st != AUTK_OK)
        return st;
    s->pairs[s->n_pairs++] = (pair){a, b, root};
    size_t n = (size_t)p->n_levels[a] + (size_t)p->n_levels[b];
    /* A root is the first of its component, so that it is numbered before it is referred to. */
    for (size_t v = 0; v < n; v++)
        root[v] = (size_t)root[v] == v ? (int32_t)s->n_shifts++ : root[root[v]];
    return AUTK_OK;
}

/* out = S' (rows * x), the sums of x over the rows of each component, the second set negative. */
static void gather(const shifting *s, const double *x, double *out)
{
    memset(out, 0, s->n_shifts * sizeof *out);
    for (size_t q = 0; q < s->n_pairs; q++) {
        const pair *w = &s->pairs[q];
        size_t n_a = (size_t)s->panel->n_levels[w->a], n_b = (size_t)s->panel->n_levels[w->b];
        for (size_t l = 0; l < n_a; l++)
            out[w->shift[l]] += s->rows[s->base[w->a] + l] * x[s->base[w->a] + l];
        for (size_t l = 0; l < n_b; l++)
            out[w->shift[n_a + l]] -= s->rows[s->base[w->b] + l] * x[s->base[w->b] + l];
    }
}

/* out = S x */
static void scatter(const shifting *s, const double *x, double *out)
{
    memset(out, 0, s->base[s->panel->n_effects] * sizeof *out);
    for (size_t q = 0; q < s->n_pairs; q++) {
        const pair *w = &s->pairs[q];
        size_t n_a = (size_t)s->panel->n_levels[w->a], n_b = (size_t)s->panel->n_levels[w->b];
        for (size_t l = 0; l < n_a; l++)
            out[s->base[w->a] + l] += x[w->shift[l]];
        for (size_t l = 0; l < n_b; l++)
            out[s->base[w->b] + l] -= x[w->shift[n_a + l]];
    }
}

static double squares(const shifting *s, const double *x)
{
    double sum = 0;
    for (size_t l = 0; l < s->base[s->panel->n_effects]; l++)
        sum += s->rows[l] * x[l] * x[l];
    return sum;
}

static double residual_size(const shifting *s)
{
    double sum = 0;
    for (size_t c = 0; c < s->n_shifts; c++)
        sum += s->residual[c] * s->residual[c] / s->scale[c];
    return sum;
}

/* Conjugate gradients on the least squares of value + S shift. */
static autk_status minimise(shifting *s, autk_err *err)
{
    size_t n_levels = s->base[s->panel->n_effects];
    double floor = SHIFT_TOL * SHIFT_TOL * squares(s, s->value), old = 0;
    for (int i = 0; i < SHIFT_STEPS_MAX; i++) {
        gather(s, s->value, s->residual);
        double size = residual_size(s);
        if (size <= floor)
            return AUTK_OK;
        for (size_t c = 0; c < s->n_shifts; c++)
            s->direction[c] =
                -s->residual[c] / s->scale[c] + (i > 0 ? size / old * s->direction[c] : 0);
        scatter(s, s->direction, s->step);
        double length = size / squares(s, s->step);
        for (size_t l = 0; l < n_levels; l++)
            s->value[l] += length * s->step[l];
        old = size;
    }
    return autki_fail(err, AUTK_ENOCONV,
                      "expected the effects to be normalised in %d steps, got no end; their sets "
                      "are hardly connected",
                      SHIFT_STEPS_MAX);
}

static autk_status normalise(shifting *s, autk_err *err)
{
    const autki_panel *p = s->panel;
    autk_status st = AUTK_OK;
    for (int32_t a = 0; a < p->n_effects; a++) {
        for (int32_t b = a + 1; st == AUTK_OK && b < p->n_effects; b++)
            st = add_pair(s, a, b, err);
    }
    if (st != AUTK_OK || s->n_pairs == 0)
        return st;
    s->residual = autki_calloc(3 * s->n_shifts, sizeof *s->residual);
    if (s->residual == NULL)
        return autki_no_memory(err, 3 * s->n_shifts * sizeof *s->residual);
    s->direction = s->residual + s->n_shifts;
    s->scale = s->direction + s->n_shifts;
    for (size_t q = 0; q < s->n_pairs; q++) {
        const pair *w = &s->pairs[q];
        for (size_t l = 0; l < (size_t)p->n_levels[w->a]; l++)
            s->scale[w->shift[l]] += 2 * s->rows[s->base[w->a] + l];
    }
    return minimise(s, err);
}

/* Means over the rows go into the constant. */
static double centre(shifting *s)
{
    double constant = 0;
    for (int32_t k = 0; k < s->panel->n_effects; k++) {
        double sum = 0;
        for (size_t l = s->base[k]; l < s->base[k + 1]; l++)
            sum += s->rows[l] * s->value[l];
        double mean = sum / (double)s->panel->n;
        for (size_t l = s->base[k]; l < s->base[k + 1]; l++)
            s->value[l] -= mean;
        constant += mean;
    }
    return constant;
}

static autk_status load(shifting *s, const autki_job *job, autk_err *err)
{
    const autki_panel *p = s->panel;
    for (int32_t k = 0; k < p->n_effects; k++)
        s->base[k + 1] = s->base[k] + (size_t)p->n_levels[k];
    size_t n = s->base[p->n_effects];
    s->value = autki_calloc(3 * n, sizeof *s->value);
    if (s->value == NULL)
        return autki_no_memory(err, 3 * n * sizeof *s->value);
    s->rows = s->value + n;
    s->step = s->rows + n;
    for (int32_t k = 0; k < p->n_effects; k++) {
        for (size_t l = 0; l < (size_t)p->n_levels[k]; l++)
            s->value[s->base[k] + l] = autki_effect_value(job, k, l);
        for (size_t r = 0; r < p->n; r++)
            s->rows[s->base[k] + (size_t)p->level[k][r]]++;
    }
    return AUTK_OK;
}

/* "DEU^2000": the texts of a row's columns, joined as the formula joins them. */
static void put_level(autk_buf *out, const autki_job *job, const autki_key *key, int32_t row)
{
    for (int32_t i = 0; i < key->n_names; i++) {
        size_t c = autki_frame_find(job->frame, autki_formula_text(job->formula, key->names[i]));
        const autki_frame_column *column = &job->frame->columns[c];
        autk_buf_printf(out, "%s%s", i > 0 ? "^" : "",
                        autki_dictionary_text(&column->levels, column->code[row]));
    }
    autk_buf_putc(out, '\0');
}

/* Name and value of every level of the solver's effect k, in the order of the data. */
static autk_status keep_set(autki_job *job, int32_t k, const double *value, autk_err *err)
{
    const autki_panel *p = job->panel;
    int32_t which = p->effect_of[k];
    autki_effect_set *set = &job->out->sets[which];
    size_t n = (size_t)p->n_levels[k], n_rows = job->frame->n_rows, next = 0;
    int32_t *at = autki_malloc(n_rows, sizeof *at);
    uint8_t *seen = autki_calloc(n, 1);
    set->value = autki_malloc(n, sizeof *set->value);
    set->name = autki_malloc(n, sizeof *set->name);
    autk_buf_init(&set->names);
    set->names.ceiling = (size_t)1 << 36;
    bool good = at != NULL && seen != NULL && set->value != NULL && set->name != NULL;
    if (good) {
        memset(at, 0xff, n_rows * sizeof *at);
        for (size_t r = 0; r < p->n; r++)
            at[p->row[r]] = p->level[k][r];
    }
    for (size_t row = 0; good && row < n_rows; row++) {
        if (at[row] < 0 || seen[at[row]])
            continue;
        seen[at[row]] = 1;
        set->name[next] = set->names.len;
        set->value[next++] = value[at[row]];
        put_level(&set->names, job, &job->formula->effects[which], (int32_t)row);
    }
    set->n = next;
    free(at);
    free(seen);
    return good ? autk_buf_check(&set->names, err) : autki_no_memory(err, n * sizeof *set->value);
}

autk_status autki_effects_take(autki_job *job, autk_err *err)
{
    const autki_panel *p = job->panel;
    shifting s = {.panel = p};
    if (p->n_effects == 0)
        return autki_fail_at(err, AUTK_EARG, "formula", 0, 0,
                             "expected effects behind a | to write, got none");
    autk_status st = load(&s, job, err);
    if (st == AUTK_OK)
        st = normalise(&s, err);
    if (st == AUTK_OK)
        job->out->constant = autki_effects_constant(job) + centre(&s);
    for (int32_t k = 0; st == AUTK_OK && k < p->n_effects; k++)
        st = keep_set(job, k, s.value + s.base[k], err);
    for (size_t q = 0; q < s.n_pairs; q++)
        free(s.pairs[q].shift);
    free(s.value);
    free(s.residual);
    return st;
}
