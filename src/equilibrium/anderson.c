/*
 * Anderson acceleration, type II: the next point is G(x) less the combination of past differences
 * of G that would cancel the residual f = G(x) - x to first order (Walker and Ni 2011).
 *
 * The least squares go through the Gram matrix of the scaled differences with a small ridge: its
 * columns are near parallel close to the solution, where the exact combination matters least.
 */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/fail.h"
#include "base/mem.h"
#include "equilibrium/system.h"

#define RIDGE 1e-14

autk_status autki_anderson_create(autki_anderson *out, size_t dim, int depth, autk_err *err)
{
    size_t d = (size_t)depth, doubles = 2 * d * dim + 2 * dim + 2 * d * d + 2 * d;
    double *block = autki_malloc(doubles, sizeof *block);
    if (block == NULL)
        return autki_no_memory(err, doubles * sizeof *block);
    *out = (autki_anderson){.dim = dim, .depth = depth, .df = block};
    out->dg = out->df + d * dim;
    out->last_f = out->dg + d * dim;
    out->last_g = out->last_f + dim;
    out->gram = out->last_g + dim;
    out->factor = out->gram + d * d;
    out->rhs = out->factor + d * d;
    return AUTK_OK;
}

void autki_anderson_deinit(autki_anderson *aa)
{
    free(aa->df);
    memset(aa, 0, sizeof *aa);
}

void autki_anderson_reset(autki_anderson *aa)
{
    aa->used = aa->head = 0;
    aa->has_last = false;
}

/* Cholesky of the scaled, ridged Gram matrix. */
static void factorise(autki_anderson *aa, const double *scale)
{
    int n = aa->used, d = aa->depth;
    double *a = aa->factor;
    for (int i = 0; i < n; i++) {
        for (int k = 0; k <= i; k++) {
            double sum = aa->gram[i * d + k] * scale[i] * scale[k] + (i == k ? RIDGE : 0);
            for (int l = 0; l < k; l++)
                sum -= a[i * d + l] * a[k * d + l];
            if (i != k)
                a[i * d + k] = sum / a[k * d + k];
            else
                a[i * d + i] = sqrt(sum > 0.25 * RIDGE ? sum : 0.25 * RIDGE);
        }
    }
}

/* Solve the scaled, ridged normal equations; the right side becomes the solution. */
static bool solve(autki_anderson *aa)
{
    int n = aa->used, d = aa->depth;
    double *a = aa->factor, *b = aa->rhs, *scale = aa->rhs + d;
    for (int i = 0; i < n; i++) {
        double size = aa->gram[i * d + i];
        if (!(size > 0) || !isfinite(size))
            return false;
        scale[i] = 1 / sqrt(size);
        b[i] *= scale[i];
    }
    factorise(aa, scale);
    for (int i = 0; i < n; i++) {
        for (int l = 0; l < i; l++)
            b[i] -= a[i * d + l] * b[l];
        b[i] /= a[i * d + i];
    }
    for (int i = n - 1; i >= 0; i--) {
        for (int l = i + 1; l < n; l++)
            b[i] -= a[l * d + i] * b[l];
        b[i] /= a[i * d + i];
    }
    for (int i = 0; i < n; i++)
        b[i] *= scale[i];
    return true;
}

static void push(autki_anderson *aa, const autki_kernels *kernels, const double *x, const double *g)
{
    size_t slot = (size_t)aa->head, d = (size_t)aa->depth;
    double *df = aa->df + slot * aa->dim, *dg = aa->dg + slot * aa->dim;
    for (size_t i = 0; i < aa->dim; i++) {
        df[i] = (g[i] - x[i]) - aa->last_f[i];
        dg[i] = g[i] - aa->last_g[i];
    }
    aa->head = (aa->head + 1) % aa->depth;
    if (aa->used < aa->depth)
        aa->used++;
    double *row = aa->rhs; /* free until the right side is formed */
    kernels->row_sums(row, aa->df, df, (size_t)aa->used, aa->dim);
    for (size_t i = 0; i < (size_t)aa->used; i++)
        aa->gram[slot * d + i] = aa->gram[i * d + slot] = row[i];
}

void autki_anderson_step(autki_anderson *aa, double *next, const double *x, const double *g)
{
    const autki_kernels *kernels = autki_kernels_best();
    if (aa->has_last)
        push(aa, kernels, x, g);
    for (size_t i = 0; i < aa->dim; i++) {
        aa->last_f[i] = g[i] - x[i];
        aa->last_g[i] = g[i];
    }
    aa->has_last = true;
    kernels->row_sums(aa->rhs, aa->df, aa->last_f, (size_t)aa->used, aa->dim);
    if (aa->used == 0 || !solve(aa)) {
        memmove(next, g, aa->dim * sizeof *next);
        return;
    }
    kernels->column_sums(next, aa->dg, aa->rhs, (size_t)aa->used, aa->dim);
    for (size_t i = 0; i < aa->dim; i++)
        next[i] = aa->last_g[i] - next[i];
}
