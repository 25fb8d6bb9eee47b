/* Clustered errors that allow for the noise of the effects (Weidner & Zylkin 2021): for the rows of
 * a pair, omega += x'(I - H(xVx' + dV_FEd'))⁻¹ s s'x, where V_FE is the inverse of the effects'
 * equations, d picks the two levels of a row, H is the pair's Hessian.
 *
 * These equations are blocks of T years: A_i for each country of one side (outer), C_j of the other
 * (inner), and between them H of the pair i, j. So of the inverse,
 *
 *     V = (C - B'A⁺B)⁻,   V_ij = -A_i⁺B_iV_.j,   V_ii = A_i⁺ + A_i⁺B_iVB_i'A_i⁺,
 *
 * a dense matrix of the smaller side alone is factored, u'u, and the rest solved country by
 * country. Any generalised inverse will do: scores and Hessian of a pair are blind to the
 * directions in which two of them differ. Without effects of pairs the years fall apart: a system
 * for each, T = 1. */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/fail.h"
#include "base/linear.h"
#include "base/mem.h"
#include "base/parallel.h"
#include "gravity/bias_panel.h"
#include "gravity/upper.h"
#include "gravity/wls.h"

#define RANK_TOL 1e-10
#define BATCH_COUNTRIES 8
#define ROWS_PER_CHUNK 64

typedef struct work {
    const autki_bias_panel *panel;
    const int32_t *inner; /* [n] code of each row */
    int32_t n_outer, n_inner;
    const double *h_outer, *h_inner; /* the panel's sums of Hessians */
    size_t *begin;                   /* [n_outer + 1] */
    int32_t *pairs;                  /* [n_pairs] by outer country */
    double *omega;                   /* [n_outer x p x p] each country's part */
    double *row_noise;               /* [n] two-way: dV_FEd' of a row */
    /* The system at work: */
    size_t width, n;           /* T; levels of the inner side */
    int32_t year;              /* two-way: the year it is of */
    double *a_inverse;         /* [n_outer x T x T] */
    double *u;                 /* [n x n] */
    double *scale;             /* [n] */
    double *v_inner;           /* [n_inner x T x T] diagonal blocks of V */
    double *b_batch, *z_batch; /* [BATCH_COUNTRIES x T x n] */
} work;

/* ---- the equations ---- */

static bool is_three_way(const work *w)
{
    return w->panel->in->keys->three_way;
}

/* Sums of Hessians of a country over the system's years, [T x T]. */
static void load_block(const work *w, double *to, const double *h, int32_t country)
{
    size_t t = w->panel->n_years;
    if (is_three_way(w))
        memcpy(to, h + (size_t)country * t * t, t * t * sizeof *to);
    else
        *to = h[((size_t)country * t + (size_t)w->year) * t + (size_t)w->year];
}

/* B_i: the Hessians of a country's pairs, [T x n]. */
static void load_row(const work *w, autki_bias_pair *pair, double *b, int32_t outer)
{
    const autki_bias_panel *panel = w->panel;
    memset(b, 0, w->width * w->n * sizeof *b);
    for (size_t k = w->begin[outer]; k < w->begin[outer + 1]; k++) {
        int32_t q = w->pairs[k];
        autki_bias_pair_load(pair, panel, q);
        for (size_t a = 0; a < pair->m; a++) {
            size_t r = autki_bias_row(panel, q, a);
            size_t at = (size_t)w->inner[r] * w->width;
            if (!is_three_way(w)) {
                if (panel->t[r] == w->year)
                    b[at] = pair->block[a * pair->m + a];
                continue;
            }
            for (size_t c = 0; c < pair->m; c++)
                b[(size_t)panel->t[r] * w->n + at + (size_t)panel->t[autki_bias_row(panel, q, c)]] =
                    pair->block[a * pair->m + c];
        }
    }
}

static autk_status invert_outer(size_t outer, void *ctx, autk_err *err)
{
    work *w = ctx;
    size_t t = w->width;
    double *spare = autki_malloc(2 * t * t + t, sizeof *spare);
    if (spare == NULL)
        return autki_no_memory(err, 2 * t * t * sizeof *spare);
    load_block(w, w->a_inverse + outer * t * t, w->h_outer, (int32_t)outer);
    autki_pseudo_inverse(w->a_inverse + outer * t * t, t, spare);
    free(spare);
    return AUTK_OK;
}

/* Rows of C - B'A⁺B, less what a batch of countries accounts for. */
static autk_status subtract_batch(size_t chunk, void *ctx, autk_err *err)
{
    const work *w = ctx;
    size_t n = w->n, from = chunk * ROWS_PER_CHUNK,
           to = from + ROWS_PER_CHUNK < n ? from + ROWS_PER_CHUNK : n;
    (void)err;
    autki_strided b = {w->b_batch + from, 1, n};
    autki_subtract_product(w->u + from * n + from, n, b, w->z_batch + from, n, to - from, n - from,
                           BATCH_COUNTRIES * w->width);
    return AUTK_OK;
}

/* z = A⁺B of one country. */
static void multiply_row(const work *w, double *z, const double *b, int32_t outer)
{
    const double *a = w->a_inverse + (size_t)outer * w->width * w->width;
    memset(z, 0, w->width * w->n * sizeof *z);
    for (size_t r = 0; r < w->width; r++) {
        for (size_t s = 0; s < w->width; s++) {
            for (size_t c = 0; c < w->n; c++)
                z[r * w->n + c] += a[r * w->width + s] * b[s * w->n + c];
        }
    }
}

static autk_status set_up(work *w, autki_bias_pair *pair, autk_err *err)
{
    size_t t = w->width, n = w->n, size = t * n;
    double *block = w->v_inner; /* room that is not used yet */
    memset(w->u, 0, n * n * sizeof *w->u);
    for (int32_t j = 0; j < w->n_inner; j++) {
        load_block(w, block, w->h_inner, j);
        for (size_t a = 0; a < t; a++) {
            memcpy(w->u + ((size_t)j * t + a) * n + (size_t)j * t, block + a * t,
                   t * sizeof *block);
            w->scale[(size_t)j * t + a] = block[a * t + a];
        }
    }
    int n_threads = w->panel->in->n_threads;
    autk_status st = autki_parallel_for((size_t)w->n_outer, n_threads, invert_outer, w, err);
    for (int32_t from = 0; st == AUTK_OK && from < w->n_outer; from += BATCH_COUNTRIES) {
        memset(w->b_batch, 0, BATCH_COUNTRIES * size * sizeof *w->b_batch);
        memset(w->z_batch, 0, BATCH_COUNTRIES * size * sizeof *w->z_batch);
        for (int32_t k = 0; k < BATCH_COUNTRIES && from + k < w->n_outer; k++) {
            load_row(w, pair, w->b_batch + (size_t)k * size, from + k);
            multiply_row(w, w->z_batch + (size_t)k * size, w->b_batch + (size_t)k * size, from + k);
        }
        st = autki_parallel_for((n + ROWS_PER_CHUNK - 1) / ROWS_PER_CHUNK, n_threads,
                                subtract_batch, w, err);
    }
    return st == AUTK_OK ? autki_upper_factor(w->u, n, w->scale, RANK_TOL, n_threads, err) : st;
}

/* x'x, [T x T] */
static void square(double *out, const double *x, size_t n, size_t t)
{
    memset(out, 0, t * t * sizeof *out);
    for (size_t c = 0; c < n; c++) {
        for (size_t a = 0; a < t; a++) {
            for (size_t b = 0; b < t; b++)
                out[a * t + b] += x[c * t + a] * x[c * t + b];
        }
    }
}

static autk_status solve_inner(size_t inner, void *ctx, autk_err *err)
{
    work *w = ctx;
    size_t t = w->width;
    double *x = autki_calloc(w->n * t, sizeof *x);
    if (x == NULL)
        return autki_no_memory(err, w->n * t * sizeof *x);
    for (size_t a = 0; a < t; a++)
        x[(inner * t + a) * t + a] = 1;
    autki_upper_forward(x, w->u, w->n, t, inner * t);
    square(w->v_inner + inner * t * t, x, w->n, t);
    free(x);
    return AUTK_OK;
}

/* ---- pairs ---- */

/* What one outer country's task works with. */
typedef struct task {
    autki_bias_pair pair;
    double *b, *z, *x;             /* [T x n], [T x n], [n x T] */
    double *v;                     /* [T x T] V_ii */
    double *noise, *left, *solved; /* [m x m], [m x m], [m] */
} task;

static autk_status task_create(task *k, const work *w, autk_err *err)
{
    size_t t = w->width, m = w->panel->n_years, n = t * w->n;
    *k = (task){.b = autki_malloc(3 * n + t * t, sizeof(double)),
                .noise = autki_malloc(2 * m * m + m, sizeof(double))};
    if (k->b == NULL || k->noise == NULL)
        return autki_no_memory(err, 3 * n * sizeof(double));
    k->z = k->b + n;
    k->x = k->z + n;
    k->v = k->x + n;
    k->left = k->noise + m * m;
    k->solved = k->left + m * m;
    return autki_bias_pair_create(&k->pair, w->panel, err);
}

static void task_deinit(task *k)
{
    autki_bias_pair_deinit(&k->pair);
    free(k->b);
    free(k->noise);
}

/* dV_FEd' between years a and b of the country and an inner one. */
static double effects_noise(const work *w, const task *k, size_t inner, size_t a, size_t b)
{
    size_t t = w->width, at = inner * t;
    return k->v[a * t + b] - k->x[(at + b) * t + a] - k->x[(at + a) * t + b] +
           w->v_inner[(inner * t + a) * t + b];
}

/* Two-way: kept for the pass over pairs. */
static void keep_noise(work *w, const task *k, int32_t outer)
{
    for (size_t i = w->begin[outer]; i < w->begin[outer + 1]; i++) {
        int32_t q = w->pairs[i];
        for (size_t a = 0; a < w->panel->begin[q + 1] - w->panel->begin[q]; a++) {
            size_t r = autki_bias_row(w->panel, q, a);
            if (w->panel->t[r] == w->year)
                w->row_noise[r] = effects_noise(w, k, (size_t)w->inner[r], 0, 0);
        }
    }
}

static void load_noise(const work *w, task *k, int32_t q)
{
    const autki_bias_panel *panel = w->panel;
    size_t m = k->pair.m;
    for (size_t a = 0; a < m; a++) {
        size_t ra = autki_bias_row(panel, q, a);
        for (size_t b = 0; b < m; b++) {
            size_t rb = autki_bias_row(panel, q, b);
            k->noise[a * m + b] = is_three_way(w)
                                      ? effects_noise(w, k, (size_t)w->inner[ra],
                                                      (size_t)panel->t[ra], (size_t)panel->t[rb])
                                  : a == b ? w->row_noise[ra]
                                           : 0;
        }
    }
}

/* And what the coefficients add: x V_x x'. */
static void add_noise_of_coefficients(const work *w, task *k)
{
    const double *bread = w->panel->in->bread, *x = k->pair.x;
    size_t m = k->pair.m, p = w->panel->p;
    for (size_t a = 0; a < m; a++) {
        for (size_t b = 0; b < m; b++) {
            for (size_t i = 0; i < p; i++) {
                for (size_t j = 0; j < p; j++)
                    k->noise[a * m + b] += x[a * p + i] * bread[i * p + j] * x[b * p + j];
            }
        }
    }
}

/* (I - H noise)⁻¹ s into solved. */
static bool solve_scores(task *k)
{
    size_t m = k->pair.m;
    memset(k->left, 0, m * m * sizeof *k->left);
    for (size_t a = 0; a < m; a++) {
        for (size_t c = 0; c < m; c++) {
            for (size_t b = 0; b < m; b++)
                k->left[a * m + b] -= k->pair.block[a * m + c] * k->noise[c * m + b];
        }
        k->left[a * m + a] += 1;
        k->solved[a] = k->pair.score[a];
    }
    return autki_solve_linear(k->left, k->solved, m, 1, 1e-12);
}

/* The symmetric part of x'z s'x. */
static void add_product(double *omega, const task *k, size_t p)
{
    for (size_t i = 0; i < p; i++) {
        double xz = 0;
        for (size_t a = 0; a < k->pair.m; a++)
            xz += k->pair.x[a * p + i] * k->solved[a];
        for (size_t j = 0; j < p; j++) {
            double xs = 0;
            for (size_t a = 0; a < k->pair.m; a++)
                xs += k->pair.x[a * p + j] * k->pair.score[a];
            omega[i * p + j] += 0.5 * xz * xs;
            omega[j * p + i] += 0.5 * xz * xs;
        }
    }
}

static autk_status add_pairs(work *w, task *k, size_t outer, autk_err *err)
{
    size_t p = w->panel->p;
    for (size_t i = w->begin[outer]; i < w->begin[outer + 1]; i++) {
        autki_bias_pair_load(&k->pair, w->panel, w->pairs[i]);
        load_noise(w, k, w->pairs[i]);
        add_noise_of_coefficients(w, k);
        if (!solve_scores(k))
            return autki_fail_at(err, AUTK_ENUMERIC, "--bias-correction", 0, 0,
                                 "a pair determines its own effects: its leverage is one");
        add_product(w->omega + outer * p * p, k, p);
    }
    return AUTK_OK;
}

/* V_ii into v, -V_.i into x. */
static void solve_row(const work *w, task *k, size_t outer)
{
    size_t t = w->width, n = w->n;
    const double *a = w->a_inverse + outer * t * t;
    load_row(w, &k->pair, k->b, (int32_t)outer);
    multiply_row(w, k->z, k->b, (int32_t)outer);
    for (size_t c = 0; c < n; c++) {
        for (size_t r = 0; r < t; r++)
            k->x[c * t + r] = k->z[r * n + c];
    }
    autki_upper_forward(k->x, w->u, n, t, 0);
    square(k->v, k->x, n, t);
    for (size_t e = 0; e < t * t; e++)
        k->v[e] += a[e];
    autki_upper_backward(k->x, w->u, n, t);
}

static autk_status solve_outer(size_t outer, void *ctx, autk_err *err)
{
    work *w = ctx;
    task k;
    autk_status st = task_create(&k, w, err);
    if (st == AUTK_OK)
        solve_row(w, &k, outer);
    if (st == AUTK_OK && is_three_way(w))
        st = add_pairs(w, &k, outer, err);
    else if (st == AUTK_OK)
        keep_noise(w, &k, (int32_t)outer);
    task_deinit(&k);
    return st;
}

static autk_status add_outer(size_t outer, void *ctx, autk_err *err)
{
    task k;
    autk_status st = task_create(&k, ctx, err);
    if (st == AUTK_OK)
        st = add_pairs(ctx, &k, outer, err);
    task_deinit(&k);
    return st;
}

/* ---- all of it ---- */

static autk_status sort_pairs(work *w, const int32_t *outer, autk_err *err)
{
    const autki_bias_panel *panel = w->panel;
    w->begin = autki_calloc((size_t)w->n_outer + 2, sizeof *w->begin);
    w->pairs = autki_malloc((size_t)panel->n_pairs, sizeof *w->pairs);
    if (w->begin == NULL || w->pairs == NULL)
        return autki_no_memory(err, (size_t)panel->n_pairs * sizeof *w->pairs);
    size_t *at = w->begin + 1; /* where the next pair of a country goes; at the end where it ends */
    for (int32_t q = 0; q < panel->n_pairs; q++)
        at[outer[autki_bias_row(panel, q, 0)] + 1]++;
    for (int32_t c = 0; c < w->n_outer; c++)
        at[c + 1] += at[c];
    for (int32_t q = 0; q < panel->n_pairs; q++)
        w->pairs[at[outer[autki_bias_row(panel, q, 0)]]++] = q;
    return AUTK_OK;
}

static autk_status work_init(work *w, const autki_bias_panel *panel, autk_err *err)
{
    bool swapped = panel->n_j > panel->n_i;
    *w = (work){.panel = panel,
                .inner = swapped ? panel->i : panel->j,
                .n_outer = swapped ? panel->n_j : panel->n_i,
                .n_inner = swapped ? panel->n_i : panel->n_j,
                .h_outer = panel->h[swapped ? 1 : 0],
                .h_inner = panel->h[swapped ? 0 : 1]};
    w->width = panel->in->keys->three_way ? panel->n_years : 1;
    w->n = (size_t)w->n_inner * w->width;
    if (w->n > AUTKI_BIAS_LEVELS_MAX)
        return autki_fail_at(err, AUTK_ELIMIT, "--bias-correction", 0, 0,
                             "expected at most %d levels of the smaller of the first two effects, "
                             "got %zu",
                             AUTKI_BIAS_LEVELS_MAX, w->n);
    size_t t2 = w->width * w->width, batch = BATCH_COUNTRIES * w->width * w->n;
    w->omega = autki_calloc((size_t)w->n_outer * panel->p * panel->p, sizeof *w->omega);
    w->row_noise = autki_calloc(panel->n, sizeof *w->row_noise);
    w->a_inverse = autki_malloc((size_t)w->n_outer * t2, sizeof *w->a_inverse);
    w->v_inner = autki_malloc((size_t)w->n_inner * t2, sizeof *w->v_inner);
    w->u = autki_malloc(w->n * w->n, sizeof *w->u);
    w->scale = autki_malloc(w->n, sizeof *w->scale);
    w->b_batch = autki_malloc(batch, sizeof *w->b_batch);
    w->z_batch = autki_malloc(batch, sizeof *w->z_batch);
    if (w->omega == NULL || w->row_noise == NULL || w->a_inverse == NULL || w->v_inner == NULL ||
        w->u == NULL || w->scale == NULL || w->b_batch == NULL || w->z_batch == NULL)
        return autki_no_memory(err, w->n * w->n * sizeof *w->u);
    return sort_pairs(w, swapped ? panel->j : panel->i, err);
}

static void work_deinit(work *w)
{
    void *all[] = {w->begin,   w->pairs, w->omega, w->row_noise, w->a_inverse,
                   w->v_inner, w->u,     w->scale, w->b_batch,   w->z_batch};
    for (size_t i = 0; i < sizeof all / sizeof *all; i++)
        free(all[i]);
}

static autk_status solve_system(work *w, autki_bias_pair *pair, autk_err *err)
{
    int n_threads = w->panel->in->n_threads;
    autk_status st = set_up(w, pair, err);
    if (st == AUTK_OK)
        st = autki_parallel_for((size_t)w->n_inner, n_threads, solve_inner, w, err);
    return st == AUTK_OK ? autki_parallel_for((size_t)w->n_outer, n_threads, solve_outer, w, err)
                         : st;
}

static autk_status sum_pairs(work *w, autk_err *err)
{
    autki_bias_pair pair = {0};
    autk_status st = autki_bias_pair_create(&pair, w->panel, err);
    size_t n_systems = is_three_way(w) ? 1 : w->panel->n_years;
    for (size_t t = 0; st == AUTK_OK && t < n_systems; t++) {
        w->year = (int32_t)t;
        st = solve_system(w, &pair, err);
    }
    if (st == AUTK_OK && !is_three_way(w))
        st = autki_parallel_for((size_t)w->n_outer, w->panel->in->n_threads, add_outer, w, err);
    autki_bias_pair_deinit(&pair);
    return st;
}

/* bread omega bread */
static void sandwich(double *v, const double *bread, const double *omega, size_t p)
{
    for (size_t i = 0; i < p; i++) {
        for (size_t j = 0; j < p; j++) {
            v[i * p + j] = 0;
            for (size_t k = 0; k < p; k++) {
                for (size_t l = 0; l < p; l++)
                    v[i * p + j] += bread[i * p + k] * omega[k * p + l] * bread[l * p + j];
            }
        }
    }
}

autk_status autki_bias_variance(double *v, const autki_bias_panel *panel, autk_err *err)
{
    work w;
    size_t p2 = panel->p * panel->p;
    double pairs = panel->n_pairs;
    autk_status st = work_init(&w, panel, err);
    if (st == AUTK_OK)
        st = sum_pairs(&w, err);
    for (int32_t c = 1; st == AUTK_OK && c < w.n_outer; c++) {
        for (size_t e = 0; e < p2; e++)
            w.omega[e] += w.omega[(size_t)c * p2 + e];
    }
    if (st == AUTK_OK) {
        sandwich(v, panel->in->bread, w.omega, panel->p);
        for (size_t e = 0; e < p2; e++)
            v[e] *= pairs / (pairs - 1);
    }
    work_deinit(&w);
    return st;
}
