#include "gravity/bias.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/fail.h"
#include "base/linear.h"
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

typedef struct work {
    const autki_bias_input *in;
    size_t n, p, n_years;
    int32_t n_i, n_j, n_pairs;
    int32_t *i, *j, *t, *pair; /* [n] */
    int32_t *row;              /* [n] rows sorted by pair, then year */
    size_t *begin;             /* [n_pairs + 1] */
    double *inverse;           /* [levels x levels] of the effects' equations */
    size_t n_levels;
    /* Per country (side 0 exporters, side 1 importers) matrices over years, [countries x T x T]. */
    double *h[2], *ss[2], *xhs[2], *g[2];      /* the last two also [p] */
    double *block, *left, *solved, *score, *x; /* one pair's */
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

static autk_status sort_by_pair(work *w, autk_err *err)
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
    size_t t2 = w->n_years * w->n_years;
    bool good = true;
    for (int side = 0; side < 2; side++) {
        size_t n = (size_t)(side == 0 ? w->n_i : w->n_j) * t2;
        good &= (w->h[side] = autki_calloc(n, sizeof(double))) != NULL;
        good &= (w->ss[side] = autki_calloc(n, sizeof(double))) != NULL;
        good &= (w->xhs[side] = autki_calloc(n * w->p, sizeof(double))) != NULL;
        good &= (w->g[side] = autki_calloc(n * w->p, sizeof(double))) != NULL;
    }
    good &= (w->block = autki_malloc(t2, sizeof(double))) != NULL;
    good &= (w->left = autki_malloc(t2, sizeof(double))) != NULL;
    good &= (w->solved = autki_malloc(w->n_years * 2, sizeof(double))) != NULL;
    good &= (w->score = autki_malloc(w->n_years, sizeof(double))) != NULL;
    good &= (w->x = autki_malloc(w->n_years * w->p, sizeof(double))) != NULL;
    good &= (w->inverse = autki_calloc(w->n_levels * w->n_levels, sizeof(double))) != NULL;
    return good;
}

static autk_status work_init(work *w, const autki_bias_input *in, autk_err *err)
{
    const autki_panel *p = in->panel;
    *w = (work){.in = in, .n = p->n, .p = (size_t)p->n_regressors};
    int32_t n_years = 0;
    autk_status st = codes_of(&w->i, &w->n_i, p, in->keys->exporter, err);
    if (st == AUTK_OK)
        st = codes_of(&w->j, &w->n_j, p, in->keys->importer, err);
    if (st == AUTK_OK)
        st = codes_of(&w->t, &n_years, p, in->keys->year, err);
    w->n_years = (size_t)n_years;
    w->n_levels = (size_t)(w->n_i + w->n_j) * w->n_years;
    if (st == AUTK_OK && w->n_levels > AUTKI_BIAS_LEVELS_MAX)
        st = autki_fail_at(err, AUTK_ELIMIT, "--bias-correction", 0, 0,
                           "expected at most %d exporter-years and importer-years, got %zu",
                           AUTKI_BIAS_LEVELS_MAX, w->n_levels);
    if (st == AUTK_OK) {
        w->pair = autki_malloc(w->n, sizeof *w->pair);
        st = w->pair == NULL
                 ? autki_no_memory(err, w->n * sizeof *w->pair)
                 : autki_combine_ids(w->pair, &w->n_pairs, w->i, w->n_i, w->j, w->n_j, w->n, err);
    }
    if (st == AUTK_OK)
        st = sort_by_pair(w, err);
    if (st == AUTK_OK && !allocate(w))
        st = autki_no_memory(err, w->n_levels * w->n_levels * sizeof(double));
    return st;
}

static void work_deinit(work *w)
{
    void *all[] = {w->i,     w->j,      w->t,      w->pair,   w->row,     w->begin, w->block,
                   w->left,  w->solved, w->score,  w->x,      w->inverse, w->h[0],  w->h[1],
                   w->ss[0], w->ss[1],  w->xhs[0], w->xhs[1], w->g[0],    w->g[1]};
    for (size_t i = 0; i < sizeof all / sizeof *all; i++)
        free(all[i]);
}

/* ---- one pair ---- */

/* The pair's scores, regressors and the Hessian of its likelihood with the pair's effect profiled
 * out (three-way) or without one (two-way): [m x m] into block. Returns m. */
static size_t load_pair(work *w, int32_t q)
{
    size_t from = w->begin[q], m = w->begin[q + 1] - from;
    double total = 0;
    for (size_t a = 0; a < m; a++)
        total += w->in->mu[w->row[from + a]];
    for (size_t a = 0; a < m; a++) {
        size_t r = (size_t)w->row[from + a];
        double mu = w->in->mu[r];
        w->score[a] = w->in->panel->y[r] - mu;
        memcpy(w->x + a * w->p, w->in->x + r * w->p, w->p * sizeof *w->x);
        for (size_t b = 0; b < m; b++) {
            double cross = w->in->keys->three_way ? mu * w->in->mu[w->row[from + b]] / total : 0;
            w->block[a * m + b] = (a == b ? mu : 0) - cross;
        }
    }
    return m;
}

static size_t exporter_level(const work *w, size_t r)
{
    return (size_t)w->i[r] * w->n_years + (size_t)w->t[r];
}

static size_t importer_level(const work *w, size_t r)
{
    return (size_t)(w->n_i + w->j[r]) * w->n_years + (size_t)w->t[r];
}

/* Add the pair to the equations of the effects and to its two countries' sums. */
static void add_pair(work *w, int32_t q)
{
    size_t m = load_pair(w, q), from = w->begin[q], t = w->n_years, t2 = t * t;
    for (size_t a = 0; a < m; a++) {
        size_t ra = (size_t)w->row[from + a], la = exporter_level(w, ra),
               ja = importer_level(w, ra);
        for (size_t b = 0; b < m; b++) {
            size_t rb = (size_t)w->row[from + b], lb = exporter_level(w, rb),
                   jb = importer_level(w, rb), at = (size_t)w->t[ra] * t + (size_t)w->t[rb];
            double h = w->block[a * m + b];
            w->inverse[la * w->n_levels + lb] += h;
            w->inverse[la * w->n_levels + jb] += h;
            w->inverse[ja * w->n_levels + lb] += h;
            w->inverse[ja * w->n_levels + jb] += h;
            for (int side = 0; side < 2; side++) {
                size_t country = (size_t)(side == 0 ? w->i[ra] : w->j[ra]);
                w->h[side][country * t2 + at] += h;
                w->ss[side][country * t2 + at] += w->score[a] * w->score[b];
                for (size_t k = 0; k < w->p; k++) {
                    double hx = 0;
                    for (size_t c = 0; c < m; c++)
                        hx += w->block[b * m + c] * w->x[c * w->p + k];
                    size_t to = (country * w->p + k) * t2 + at;
                    w->xhs[side][to] += w->score[a] * hx;
                    w->g[side][to] -= h * (w->x[a * w->p + k] + w->x[b * w->p + k]);
                }
            }
        }
    }
}

/* ---- the bias ---- */

/* Moore-Penrose inverse of a symmetric matrix, in place; spare has 2 n² + n. */
static void pseudo_invert(double *a, size_t n, double *spare)
{
    double *copy = spare, *vectors = spare + n * n, *values = vectors + n * n, largest = 0;
    memcpy(copy, a, n * n * sizeof *copy);
    autki_eigen(values, vectors, copy, n);
    for (size_t k = 0; k < n; k++)
        largest = values[k] > largest ? values[k] : largest;
    memset(a, 0, n * n * sizeof *a);
    for (size_t k = 0; k < n; k++) {
        if (!(values[k] > 1e-10 * largest))
            continue;
        for (size_t i = 0; i < n; i++) {
            for (size_t j = 0; j < n; j++)
                a[i * n + j] += vectors[i * n + k] * vectors[j * n + k] / values[k];
        }
    }
}

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
    size_t t = w->n_years, t2 = t * t, n = (size_t)(side == 0 ? w->n_i : w->n_j);
    double *spare = autki_malloc(4 * t2 + t, sizeof *spare);
    if (spare == NULL)
        return autki_no_memory(err, 4 * t2 * sizeof *spare);
    double *one = spare, *two = spare + t2;
    memset(b, 0, w->p * sizeof *b);
    for (size_t c = 0; c < n; c++) {
        double *h = w->h[side] + c * t2;
        pseudo_invert(h, t, spare);
        for (size_t k = 0; k < w->p; k++) {
            size_t at = (c * w->p + k) * t2;
            multiply(one, h, w->g[side] + at, t);
            multiply(two, one, h, t);
            b[k] += 0.5 * trace_of_product(two, w->ss[side] + c * t2, t) -
                    trace_of_product(w->xhs[side] + at, h, t);
        }
    }
    for (size_t k = 0; k < w->p; k++)
        b[k] /= (double)n;
    free(spare);
    return AUTK_OK;
}

static autk_status compute_bias(work *w, double *bias, autk_err *err)
{
    size_t p = w->p;
    double *b = autki_malloc(2 * p, sizeof *b), *d = b != NULL ? b + p : NULL;
    if (b == NULL)
        return autki_no_memory(err, 2 * p * sizeof *b);
    autk_status st = side_bias(w, 0, b, err);
    if (st == AUTK_OK)
        st = side_bias(w, 1, d, err);
    double pairs = w->n_pairs, n_i = w->n_i, n_j = w->n_j;
    for (size_t k = 0; st == AUTK_OK && k < p; k++) {
        /* W⁻¹ = pairs * bread */
        bias[k] = 0;
        for (size_t l = 0; l < p; l++)
            bias[k] +=
                pairs * w->in->bread[k * p + l] *
                (n_i / (n_i - 1) * b[l] / (pairs / n_i) + n_j / (n_j - 1) * d[l] / (pairs / n_j));
    }
    free(b);
    return st;
}

/* ---- the covariance ---- */

static autk_status invert_equations(work *w, autk_err *err)
{
    size_t n = w->n_levels;
    double *factor = autki_malloc(n * n, sizeof *factor);
    int32_t *pivot = autki_malloc(n, sizeof *pivot);
    autk_status st = AUTK_OK;
    if (factor == NULL || pivot == NULL)
        st = autki_no_memory(err, n * n * sizeof *factor);
    if (st == AUTK_OK) {
        /* Any generalised inverse will do: the scores and the Hessian of a pair are blind to the
         * directions in which two of them differ. */
        int32_t rank = autki_cholesky(factor, pivot, w->inverse, n, NULL, 1e-10);
        st = autki_cholesky_inverse(w->inverse, factor, pivot, rank, n, err);
    }
    free(factor);
    free(pivot);
    return st;
}

/* What estimation noise in the coefficients and effects adds between two rows of one pair:
 * x V_x x' + d V_FE d'. */
static double noise_between(const work *w, size_t ra, size_t rb, const double *xa, const double *xb)
{
    const double *v = w->inverse;
    size_t n = w->n_levels, p = w->p;
    size_t la = exporter_level(w, ra), ja = importer_level(w, ra);
    size_t lb = exporter_level(w, rb), jb = importer_level(w, rb);
    double sum = v[la * n + lb] + v[la * n + jb] + v[ja * n + lb] + v[ja * n + jb];
    for (size_t k = 0; k < p; k++) {
        for (size_t l = 0; l < p; l++)
            sum += xa[k] * w->in->bread[k * p + l] * xb[l];
    }
    return sum;
}

/* omega += x'(I - H(xVx' + dVd'))⁻¹ s s'x */
static autk_status add_corrected(work *w, int32_t q, double *omega, autk_err *err)
{
    size_t m = load_pair(w, q), from = w->begin[q], p = w->p;
    double *z = w->solved;
    memset(w->left, 0, m * m * sizeof *w->left);
    for (size_t c = 0; c < m; c++) {
        for (size_t b = 0; b < m; b++) {
            double noise = noise_between(w, (size_t)w->row[from + c], (size_t)w->row[from + b],
                                         w->x + c * p, w->x + b * p);
            for (size_t a = 0; a < m; a++)
                w->left[a * m + b] -= w->block[a * m + c] * noise;
        }
    }
    for (size_t a = 0; a < m; a++) {
        w->left[a * m + a] += 1;
        z[a] = w->score[a];
    }
    if (!autki_solve_linear(w->left, z, m, 1, 1e-12))
        return autki_fail_at(err, AUTK_ENUMERIC, "--bias-correction", 0, 0,
                             "a pair determines its own effects: its leverage is one");
    for (size_t k = 0; k < p; k++) {
        double xz = 0, xs = 0;
        for (size_t a = 0; a < m; a++)
            xz += w->x[a * p + k] * z[a];
        for (size_t l = 0; l < p; l++) {
            xs = 0;
            for (size_t a = 0; a < m; a++)
                xs += w->x[a * p + l] * w->score[a];
            omega[k * p + l] += 0.5 * xz * xs;
            omega[l * p + k] += 0.5 * xz * xs; /* its symmetric part */
        }
    }
    return AUTK_OK;
}

static autk_status compute_covariance(work *w, double *v, autk_err *err)
{
    size_t p = w->p;
    double *omega = autki_calloc(2 * p * p, sizeof *omega);
    double *half = omega != NULL ? omega + p * p : NULL;
    autk_status st =
        omega == NULL ? autki_no_memory(err, 2 * p * p * sizeof *omega) : invert_equations(w, err);
    for (int32_t q = 0; st == AUTK_OK && q < w->n_pairs; q++)
        st = add_corrected(w, q, omega, err);
    if (st == AUTK_OK) {
        multiply(half, w->in->bread, omega, p);
        multiply(v, half, w->in->bread, p);
        for (size_t i = 0; i < p * p; i++)
            v[i] *= (double)w->n_pairs / ((double)w->n_pairs - 1);
    }
    free(omega);
    return st;
}

autk_status autki_bias_correct(double *bias, double *v, int32_t *n_pairs,
                               const autki_bias_input *in, autk_err *err)
{
    work w;
    autk_status st = work_init(&w, in, err);
    for (int32_t q = 0; st == AUTK_OK && q < w.n_pairs; q++)
        add_pair(&w, q);
    memset(bias, 0, (size_t)in->panel->n_regressors * sizeof *bias);
    if (st == AUTK_OK && in->keys->three_way)
        st = compute_bias(&w, bias, err);
    if (st == AUTK_OK)
        st = compute_covariance(&w, v, err);
    *n_pairs = w.n_pairs;
    work_deinit(&w);
    return st;
}
