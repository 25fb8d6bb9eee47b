#include "gravity/bias_panel.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/fail.h"
#include "base/mem.h"
#include "gravity/wls.h"

static const char *name_of(const autki_formula *f, const autki_key *key, int32_t i)
{
    return autki_formula_text(f, key->names[i]);
}

/* The name that two keys of two columns share, NULL when they share none or both. */
static const char *shared_name(const autki_formula *f, const autki_key *a, const autki_key *b)
{
    const char *found = NULL;
    int n = 0;
    for (int32_t i = 0; i < 2; i++) {
        for (int32_t j = 0; j < 2; j++) {
            if (strcmp(name_of(f, a, i), name_of(f, b, j)) == 0) {
                found = name_of(f, a, i);
                n++;
            }
        }
    }
    return n == 1 ? found : NULL;
}

static const char *other_name(const autki_formula *f, const autki_key *key, const char *name)
{
    return strcmp(name_of(f, key, 0), name) == 0 ? name_of(f, key, 1) : name_of(f, key, 0);
}

autk_status autki_bias_keys(autki_gravity_keys *keys, const autki_formula *f, autk_err *err)
{
    const autki_key *k = f->effects;
    *keys = (autki_gravity_keys){.three_way = f->n_effects == 3};
    if (f->n_effects == 2 && k[0].n_names == 1 && k[1].n_names == 1) {
        keys->exporter = name_of(f, &k[0], 0);
        keys->importer = name_of(f, &k[1], 0);
        return AUTK_OK;
    }
    bool two_each = f->n_effects == 2 || f->n_effects == 3;
    for (size_t i = 0; i < f->n_effects; i++)
        two_each &= k[i].n_names == 2;
    /* The first two share the year; a third is the pair of what is left of them. */
    const char *year = two_each ? shared_name(f, &k[0], &k[1]) : NULL;
    if (year != NULL) {
        keys->year = year;
        keys->exporter = other_name(f, &k[0], year);
        keys->importer = other_name(f, &k[1], year);
        bool pair = f->n_effects == 2;
        if (f->n_effects == 3) {
            const char *a = name_of(f, &k[2], 0), *b = name_of(f, &k[2], 1);
            pair = (strcmp(a, keys->exporter) == 0 && strcmp(b, keys->importer) == 0) ||
                   (strcmp(b, keys->exporter) == 0 && strcmp(a, keys->importer) == 0);
        }
        if (pair)
            return AUTK_OK;
    }
    return autki_fail_at(err, AUTK_EARG, "--bias-correction", 0, 0,
                         "expected the effects exporter^year + importer^year + exporter^importer, "
                         "the first two of them, or exporter + importer, in this order");
}

/* ---- the panel by pairs ---- */

/* What the bias needs beside the panel: sums by country, of each regressor. */
typedef struct work {
    autki_bias_panel panel;
    double *ss[2], *xhs[2], *g[2]; /* [countries x T x T]; the last two [countries x p x T x T] */
} work;

/* Codes of a column in the rows used, numbered without gaps. */
static autk_status codes_of(int32_t **out, int32_t *n_out, const autki_panel *p, const char *name,
                            autk_err *err)
{
    int32_t *code = autki_malloc(p->n, sizeof *code), *map = NULL, next = 0;
    if (code == NULL)
        return autki_no_memory(err, p->n * sizeof *code);
    if (name == NULL) {
        memset(code, 0, p->n * sizeof *code);
        *out = code;
        *n_out = 1;
        return AUTK_OK;
    }
    const autki_frame_column *c = &p->frame->columns[autki_frame_find(p->frame, name)];
    size_t n_all = (size_t)c->levels.n_levels;
    map = autki_malloc(n_all, sizeof *map);
    if (map == NULL) {
        free(code);
        return autki_no_memory(err, n_all * sizeof *map);
    }
    memset(map, 0xff, n_all * sizeof *map);
    for (size_t r = 0; r < p->n; r++) {
        int32_t *to = &map[c->code[p->row[r]]];
        if (*to < 0)
            *to = next++;
        code[r] = *to;
    }
    free(map);
    *out = code;
    *n_out = next;
    return AUTK_OK;
}

static autk_status sort_by_pair(autki_bias_panel *w, autk_err *err)
{
    w->row = autki_malloc(w->n, sizeof *w->row);
    w->begin = autki_calloc((size_t)w->n_pairs + 1, sizeof *w->begin);
    if (w->row == NULL || w->begin == NULL)
        return autki_no_memory(err, w->n * sizeof *w->row);
    for (size_t r = 0; r < w->n; r++)
        w->begin[w->pair[r] + 1]++;
    for (int32_t q = 0; q < w->n_pairs; q++)
        w->begin[q + 1] += w->begin[q];
    for (size_t r = w->n; r-- > 0;)
        w->row[--w->begin[w->pair[r] + 1]] = (int32_t)r;
    /* begin[q + 1] has moved down to where q begins. */
    memmove(w->begin, w->begin + 1, (size_t)w->n_pairs * sizeof *w->begin);
    w->begin[w->n_pairs] = w->n;
    for (int32_t q = 0; q < w->n_pairs; q++) {
        for (size_t a = w->begin[q]; a < w->begin[q + 1]; a++) {
            for (size_t b = w->begin[q]; b < a; b++) {
                if (w->t[w->row[a]] == w->t[w->row[b]])
                    return autki_fail_at(err, AUTK_EDATA, "--bias-correction", 0, 0,
                                         "expected each pair once in a year, got one twice");
            }
        }
    }
    return AUTK_OK;
}

static bool allocate(work *w)
{
    autki_bias_panel *b = &w->panel;
    size_t t2 = b->n_years * b->n_years;
    bool good = true;
    for (int side = 0; side < 2; side++) {
        size_t n = (size_t)(side == 0 ? b->n_i : b->n_j) * t2;
        good &= (b->h[side] = autki_calloc(n, sizeof(double))) != NULL;
        good &= (w->ss[side] = autki_calloc(n, sizeof(double))) != NULL;
        good &= (w->xhs[side] = autki_calloc(n * b->p, sizeof(double))) != NULL;
        good &= (w->g[side] = autki_calloc(n * b->p, sizeof(double))) != NULL;
    }
    return good;
}

static autk_status work_init(work *w, const autki_bias_input *in, autk_err *err)
{
    const autki_panel *p = in->panel;
    autki_bias_panel *b = &w->panel;
    *w = (work){.panel = {.in = in, .n = p->n, .p = (size_t)p->n_regressors}};
    int32_t n_years = 0;
    autk_status st = codes_of(&b->i, &b->n_i, p, in->keys->exporter, err);
    if (st == AUTK_OK)
        st = codes_of(&b->j, &b->n_j, p, in->keys->importer, err);
    if (st == AUTK_OK)
        st = codes_of(&b->t, &n_years, p, in->keys->year, err);
    b->n_years = (size_t)n_years;
    if (st == AUTK_OK) {
        b->pair = autki_malloc(b->n, sizeof *b->pair);
        st = b->pair == NULL
                 ? autki_no_memory(err, b->n * sizeof *b->pair)
                 : autki_combine_ids(b->pair, &b->n_pairs, b->i, b->n_i, b->j, b->n_j, b->n, err);
    }
    if (st == AUTK_OK)
        st = sort_by_pair(b, err);
    if (st == AUTK_OK && !allocate(w))
        st = autki_no_memory(err, (size_t)(b->n_i + b->n_j) * b->n_years * b->n_years * b->p);
    return st;
}

static void work_deinit(work *w)
{
    autki_bias_panel *b = &w->panel;
    void *all[] = {b->i,    b->j,     b->t,     b->pair,   b->row,    b->begin, b->h[0],
                   b->h[1], w->ss[0], w->ss[1], w->xhs[0], w->xhs[1], w->g[0],  w->g[1]};
    for (size_t i = 0; i < sizeof all / sizeof *all; i++)
        free(all[i]);
}

/* ---- one pair ---- */

autk_status autki_bias_pair_create(autki_bias_pair *pair, const autki_bias_panel *panel,
                                   autk_err *err)
{
    size_t t = panel->n_years;
    pair->score = autki_malloc(t * (1 + panel->p + t), sizeof *pair->score);
    if (pair->score == NULL)
        return autki_no_memory(err, t * (1 + panel->p + t) * sizeof *pair->score);
    pair->x = pair->score + t;
    pair->block = pair->x + t * panel->p;
    return AUTK_OK;
}

void autki_bias_pair_deinit(autki_bias_pair *pair)
{
    free(pair->score);
}

void autki_bias_pair_load(autki_bias_pair *pair, const autki_bias_panel *w, int32_t q)
{
    size_t m = w->begin[q + 1] - w->begin[q];
    const double *mu = w->in->mu;
    double total = 0;
    for (size_t a = 0; a < m; a++)
        total += mu[autki_bias_row(w, q, a)];
    for (size_t a = 0; a < m; a++) {
        size_t r = autki_bias_row(w, q, a);
        pair->score[a] = w->in->panel->y[r] - mu[r];
        memcpy(pair->x + a * w->p, w->in->x + r * w->p, w->p * sizeof *pair->x);
        for (size_t b = 0; b < m; b++) {
            double cross = w->in->keys->three_way ? mu[r] * mu[autki_bias_row(w, q, b)] / total : 0;
            pair->block[a * m + b] = (a == b ? mu[r] : 0) - cross;
        }
    }
    pair->m = m;
}

/* Add what rows a and b of the pair tell about one of its countries. */
static void add_rows(work *w, const autki_bias_pair *pair, size_t a, size_t b, int side, size_t at)
{
    size_t p = w->panel.p, m = pair->m, t2 = w->panel.n_years * w->panel.n_years;
    size_t country = at / t2, cell = at % t2;
    double h = pair->block[a * m + b];
    w->panel.h[side][at] += h;
    w->ss[side][at] += pair->score[a] * pair->score[b];
    for (size_t k = 0; k < p; k++) {
        double hx = 0;
        for (size_t c = 0; c < m; c++)
            hx += pair->block[b * m + c] * pair->x[c * p + k];
        size_t to = (country * p + k) * t2 + cell;
        w->xhs[side][to] += pair->score[a] * hx;
        w->g[side][to] -= h * (pair->x[a * p + k] + pair->x[b * p + k]);
    }
}

/* Add the pair to its two countries' sums. */
static void add_pair(work *w, const autki_bias_pair *pair, int32_t q)
{
    const autki_bias_panel *b = &w->panel;
    size_t t = b->n_years;
    for (size_t a = 0; a < pair->m; a++) {
        size_t ra = autki_bias_row(b, q, a);
        for (size_t c = 0; c < pair->m; c++) {
            size_t cell = (size_t)b->t[ra] * t + (size_t)b->t[autki_bias_row(b, q, c)];
            add_rows(w, pair, a, c, 0, (size_t)b->i[ra] * t * t + cell);
            add_rows(w, pair, a, c, 1, (size_t)b->j[ra] * t * t + cell);
        }
    }
}

static autk_status add_pairs(work *w, autk_err *err)
{
    autki_bias_pair pair = {0};
    autk_status st = autki_bias_pair_create(&pair, &w->panel, err);
    for (int32_t q = 0; st == AUTK_OK && q < w->panel.n_pairs; q++) {
        autki_bias_pair_load(&pair, &w->panel, q);
        add_pair(w, &pair, q);
    }
    autki_bias_pair_deinit(&pair);
    return st;
}

/* ---- the bias ---- */

/* tr(a b) */
static double trace_of_product(const double *a, const double *b, size_t n)
{
    double sum = 0;
    for (size_t i = 0; i < n; i++) {
        for (size_t j = 0; j < n; j++)
            sum += a[i * n + j] * b[j * n + i];
    }
    return sum;
}

static void multiply(double *out, const double *a, const double *b, size_t n)
{
    for (size_t i = 0; i < n; i++) {
        for (size_t j = 0; j < n; j++) {
            double sum = 0;
            for (size_t k = 0; k < n; k++)
                sum += a[i * n + k] * b[k * n + j];
            out[i * n + j] = sum;
        }
    }
}

/* The bias of the paper, one side: the sums over its countries, [p] into b. */
static autk_status side_bias(work *w, int side, double *b, autk_err *err)
{
    const autki_bias_panel *panel = &w->panel;
    size_t t = panel->n_years, t2 = t * t, p = panel->p;
    size_t n = (size_t)(side == 0 ? panel->n_i : panel->n_j);
    double *spare = autki_malloc(3 * t2 + t, sizeof *spare);
    if (spare == NULL)
        return autki_no_memory(err, 3 * t2 * sizeof *spare);
    double *one = spare, *two = spare + t2, *h = spare + 2 * t2 + t;
    memset(b, 0, p * sizeof *b);
    for (size_t c = 0; c < n; c++) {
        memcpy(h, panel->h[side] + c * t2, t2 * sizeof *h);
        autki_pseudo_inverse(h, t, spare);
        for (size_t k = 0; k < p; k++) {
            size_t at = (c * p + k) * t2;
            multiply(one, h, w->g[side] + at, t);
            multiply(two, one, h, t);
            b[k] += 0.5 * trace_of_product(two, w->ss[side] + c * t2, t) -
                    trace_of_product(w->xhs[side] + at, h, t);
        }
    }
    for (size_t k = 0; k < p; k++)
        b[k] /= (double)n;
    free(spare);
    return AUTK_OK;
}

static autk_status compute_bias(work *w, double *bias, autk_err *err)
{
    size_t p = w->panel.p;
    double *b = autki_malloc(2 * p, sizeof *b), *d = b != NULL ? b + p : NULL;
    if (b == NULL)
        return autki_no_memory(err, 2 * p * sizeof *b);
    autk_status st = side_bias(w, 0, b, err);
    if (st == AUTK_OK)
        st = side_bias(w, 1, d, err);
    const autki_bias_panel *panel = &w->panel;
    double pairs = panel->n_pairs, n_i = panel->n_i, n_j = panel->n_j;
    for (size_t k = 0; st == AUTK_OK && k < p; k++) {
        /* W⁻¹ = pairs * bread */
        bias[k] = 0;
        for (size_t l = 0; l < p; l++)
            bias[k] +=
                pairs * panel->in->bread[k * p + l] *
                (n_i / (n_i - 1) * b[l] / (pairs / n_i) + n_j / (n_j - 1) * d[l] / (pairs / n_j));
    }
    free(b);
    return st;
}

autk_status autki_bias_correct(double *bias, double *v, int32_t *n_pairs,
                               const autki_bias_input *in, autk_err *err)
{
    work w;
    autk_status st = work_init(&w, in, err);
    if (st == AUTK_OK)
        st = add_pairs(&w, err);
    memset(bias, 0, (size_t)in->panel->n_regressors * sizeof *bias);
    if (st == AUTK_OK && in->keys->three_way)
        st = compute_bias(&w, bias, err);
    if (st == AUTK_OK)
        st = autki_bias_variance(v, &w.panel, err);
    *n_pairs = w.panel.n_pairs;
    work_deinit(&w);
    return st;
}
