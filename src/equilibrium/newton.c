/*
 * Newton's method on G(x) - x = 0, its linear systems by GMRES on differences of G: where two blocs
 * trade so little that plain and accelerated steps creep. The plain iteration is its own
 * preconditioner: apart from what stalls, the Jacobian is close to minus the identity.
 */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/fail.h"
#include "base/mem.h"
#include "equilibrium/system.h"

#define KRYLOV 60 /* directions of one linear solve */
#define NEWTON_STEPS 40
#define FORCING 1e-3    /* relative residual at which a linear solve is good enough */
#define DIFFERENCE 3e-6 /* per unknown, in the central difference quotient */

typedef struct krylov {
    autki_system *sys;
    size_t dim;
    double *basis; /* [KRYLOV + 1][dim] */
    double *h;     /* [KRYLOV + 1][KRYLOV] upper Hessenberg, made triangular by rotations */
    double c[KRYLOV], s[KRYLOV], g[KRYLOV + 1];
    double *f, *probe, *image, *behind; /* [dim] */
    int evaluations;
} krylov;

static double dot(const double *a, const double *b, size_t n)
{
    double sum = 0;
    autki_kernels_best()->row_sums(&sum, a, b, 1, n);
    return sum;
}

/* f = G(x) - x; false when the point is not one. */
static bool residual_at(krylov *k, double *f, const double *x)
{
    k->evaluations++;
    autki_system_eval(k->sys, k->image, x);
    for (size_t i = 0; i < k->dim; i++)
        f[i] = k->image[i] - x[i];
    return k->sys->valid;
}

/* out = J v by a central difference, whose error in what reacts strongly must stay below what
 * reacts hardly at all; v has length 1. */
static bool jacobian_times(krylov *k, double *out, const double *x, const double *v)
{
    double step = DIFFERENCE * sqrt((double)k->dim);
    for (size_t i = 0; i < k->dim; i++)
        k->probe[i] = x[i] + step * v[i];
    if (!residual_at(k, out, k->probe))
        return false;
    for (size_t i = 0; i < k->dim; i++)
        k->probe[i] = x[i] - step * v[i];
    if (!residual_at(k, k->behind, k->probe))
        return false;
    for (size_t i = 0; i < k->dim; i++)
        out[i] = (out[i] - k->behind[i]) / (2 * step);
    return true;
}

/* Orthogonalise column j (modified Gram and Schmidt) and rotate it; returns the linear residual. */
static double add_column(krylov *k, int j)
{
    double *h = k->h, *w = k->basis + (size_t)(j + 1) * k->dim;
    for (int i = 0; i <= j; i++) {
        const double *v = k->basis + (size_t)i * k->dim;
        double t = dot(w, v, k->dim);
        h[i * KRYLOV + j] = t;
        for (size_t l = 0; l < k->dim; l++)
            w[l] -= t * v[l];
    }
    double length = sqrt(dot(w, w, k->dim));
    for (size_t l = 0; length > 0 && l < k->dim; l++)
        w[l] /= length;
    for (int i = 0; i < j; i++) {
        double a = h[i * KRYLOV + j], b = h[(i + 1) * KRYLOV + j];
        h[i * KRYLOV + j] = k->c[i] * a + k->s[i] * b;
        h[(i + 1) * KRYLOV + j] = k->c[i] * b - k->s[i] * a;
    }
    double a = h[j * KRYLOV + j], r = hypot(a, length);
    k->c[j] = r > 0 ? a / r : 1;
    k->s[j] = r > 0 ? length / r : 0;
    h[j * KRYLOV + j] = r;
    k->g[j + 1] = -k->s[j] * k->g[j];
    k->g[j] *= k->c[j];
    return fabs(k->g[j + 1]);
}

/* step = -J^-1 f, as well as the Krylov space has it. */
static bool solve_linear(krylov *k, double *step, const double *x)
{
    double length = sqrt(dot(k->f, k->f, k->dim));
    int n = 0;
    if (!(length > 0) || !isfinite(length))
        return false;
    for (size_t i = 0; i < k->dim; i++)
        k->basis[i] = -k->f[i] / length;
    k->g[0] = length;
    while (n < KRYLOV) {
        const double *v = k->basis + (size_t)n * k->dim;
        if (!jacobian_times(k, k->basis + (size_t)(n + 1) * k->dim, x, v))
            return false;
        if (add_column(k, n++) <= FORCING * length)
            break;
    }
    memset(step, 0, k->dim * sizeof *step);
    for (int i = n - 1; i >= 0; i--) {
        for (int j = i + 1; j < n; j++)
            k->g[i] -= k->h[i * KRYLOV + j] * k->g[j];
        k->g[i] /= k->h[i * KRYLOV + i];
        if (!isfinite(k->g[i]))
            return false;
        const double *v = k->basis + (size_t)i * k->dim;
        for (size_t l = 0; l < k->dim; l++)
            step[l] += k->g[i] * v[l];
    }
    return true;
}

/* Halve the step until the residual falls; x and f then are those of the new point. */
static bool search_line(krylov *k, double *x, double *trial, const double *step, size_t n_logs)
{
    double before = dot(k->f, k->f, k->dim);
    double scale = 1;
    for (int halvings = 0; halvings < 10; halvings++, scale /= 2) {
        for (size_t i = 0; i < k->dim; i++)
            trial[i] = x[i] + scale * step[i];
        autki_restrain(trial, x, n_logs, k->dim);
        double *f = k->basis; /* free between linear solves */
        if (residual_at(k, f, trial) && dot(f, f, k->dim) < (1 - 1e-4 * scale) * before) {
            memcpy(x, trial, k->dim * sizeof *x);
            memcpy(k->f, f, k->dim * sizeof *f);
            return true;
        }
    }
    return false;
}

autk_status autki_newton(double *x, int *evaluations, autki_system *sys, double tolerance,
                         autk_err *err)
{
    size_t dim = sys->dim, n_logs = sys->model->cal->stride + sys->model->cal->plane;
    krylov k = {.sys = sys, .dim = dim};
    size_t doubles = (KRYLOV + 1) * dim + (KRYLOV + 1) * KRYLOV + 6 * dim;
    k.basis = autki_malloc(doubles, sizeof *k.basis);
    if (k.basis == NULL)
        return autki_no_memory(err, doubles * sizeof *k.basis);
    k.h = k.basis + (KRYLOV + 1) * dim;
    k.f = k.h + (KRYLOV + 1) * KRYLOV;
    k.probe = k.f + dim;
    k.image = k.probe + dim;
    double *step = k.image + dim, *trial = step + dim;
    k.behind = trial + dim;
    bool going = residual_at(&k, k.f, x);
    for (int i = 0; going && i < NEWTON_STEPS && !(sys->residual <= tolerance); i++)
        going = solve_linear(&k, step, x) && search_line(&k, x, trial, step, n_logs);
    *evaluations += k.evaluations;
    free(k.basis);
    return AUTK_OK;
}
