#include "gravity_dense.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

static size_t n_columns(const dense_panel *p)
{
    size_t q = p->n_regressors + (p->n_effects == 0);
    for (size_t k = 0; k < p->n_effects; k++)
        q += (size_t)p->n_levels[k];
    return q;
}

/* One row of the design: regressors, then a constant or the dummies. */
static void design_row(double *z, const dense_panel *p, size_t r)
{
    size_t at = p->n_regressors;
    memset(z, 0, n_columns(p) * sizeof *z);
    memcpy(z, p->x + r * p->n_regressors, at * sizeof *z);
    if (p->n_effects == 0)
        z[at] = 1;
    for (size_t k = 0; k < p->n_effects; k++) {
        z[at + (size_t)p->level[k][r]] = 1;
        at += (size_t)p->n_levels[k];
    }
}

/* Generalised inverse of a symmetric matrix: Gauss-Jordan down the diagonal, a pivot that has
 * become nothing is skipped and its row and column are zero. Returns the rank. */
static size_t sweep(double *a, size_t q)
{
    double *scale = malloc(q * sizeof *scale);
    bool *done = calloc(q, sizeof *done);
    size_t rank = 0;
    for (size_t i = 0; i < q; i++)
        scale[i] = a[i * q + i];
    for (size_t k = 0; k < q; k++) {
        double pivot = a[k * q + k];
        if (!(pivot > 1e-9 * scale[k]))
            continue;
        done[k] = true;
        rank++;
        for (size_t j = 0; j < q; j++)
            a[k * q + j] /= pivot;
        for (size_t i = 0; i < q; i++) {
            double factor = a[i * q + k];
            if (i == k)
                continue;
            for (size_t j = 0; j < q; j++)
                a[i * q + j] -= factor * a[k * q + j];
            a[i * q + k] = -factor / pivot;
        }
        a[k * q + k] = 1 / pivot;
    }
    for (size_t i = 0; i < q; i++) {
        for (size_t j = 0; j < q; j++) {
            if (!done[i] || !done[j])
                a[i * q + j] = 0;
        }
    }
    free(scale);
    free(done);
    return rank;
}

/* a = (Z'WZ)⁻, c = Z's */
static size_t normal_equations(double *a, double *c, const dense_panel *p, const double *w,
                               const double *s)
{
    size_t q = n_columns(p);
    double *z = malloc(q * sizeof *z);
    memset(a, 0, q * q * sizeof *a);
    memset(c, 0, q * sizeof *c);
    for (size_t r = 0; r < p->n; r++) {
        design_row(z, p, r);
        for (size_t i = 0; i < q; i++) {
            c[i] += z[i] * s[r];
            for (size_t j = 0; j < q && z[i] != 0; j++)
                a[i * q + j] += w[r] * z[i] * z[j];
        }
    }
    free(z);
    return sweep(a, q);
}

/* meat += sign * scores summed by cluster; cluster numbers are below n² */
static void add_meat(double *meat, const dense_panel *p, const double *s, const long *cluster,
                     double sign)
{
    size_t q = n_columns(p);
    double *z = malloc(q * sizeof *z), *sum = malloc(q * sizeof *sum);
    bool *seen = calloc(p->n, sizeof *seen);
    for (size_t first = 0; first < p->n; first++) {
        if (seen[first])
            continue;
        memset(sum, 0, q * sizeof *sum);
        for (size_t r = first; r < p->n; r++) {
            if (cluster[r] != cluster[first])
                continue;
            seen[r] = true;
            design_row(z, p, r);
            for (size_t i = 0; i < q; i++)
                sum[i] += z[i] * s[r];
        }
        for (size_t i = 0; i < q; i++) {
            for (size_t j = 0; j < q; j++)
                meat[i * q + j] += sign * sum[i] * sum[j];
        }
    }
    free(z);
    free(sum);
    free(seen);
}

static void covariance(dense_result *out, const dense_panel *p, const double *inverse,
                       const double *s, bool hetero, int *const *clusters, size_t n_clusters)
{
    size_t q = n_columns(p);
    double *meat = calloc(q * q, sizeof *meat);
    long *id = malloc(p->n * sizeof *id);
    if (n_clusters == 0) {
        for (size_t r = 0; r < p->n; r++)
            id[r] = (long)r;
        if (hetero)
            add_meat(meat, p, s, id, 1);
    }
    for (unsigned set = 1; set < 1u << n_clusters; set++) {
        int members = 0;
        memset(id, 0, p->n * sizeof *id);
        for (size_t k = 0; k < n_clusters; k++) {
            if ((set >> k & 1) == 0)
                continue;
            members++;
            for (size_t r = 0; r < p->n; r++)
                id[r] = id[r] * 100000 + clusters[k][r];
        }
        add_meat(meat, p, s, id, members % 2 == 1 ? 1 : -1);
    }
    for (size_t i = 0; i < p->n_regressors; i++) {
        for (size_t j = 0; j < p->n_regressors; j++) {
            double sum = 0;
            for (size_t k = 0; k < q; k++) {
                for (size_t l = 0; l < q; l++)
                    sum += inverse[i * q + k] * meat[k * q + l] * inverse[l * q + j];
            }
            out->v[i][j] = n_clusters == 0 && !hetero ? inverse[i * q + j] : sum;
        }
    }
    free(meat);
    free(id);
}

void dense_regression(dense_result *out, const dense_panel *p, bool poisson, bool hetero,
                      int *const *clusters, size_t n_clusters)
{
    size_t q = n_columns(p), n = p->n;
    double *a = malloc(q * q * sizeof *a), *c = malloc(q * sizeof *c), *b = calloc(q, sizeof *b);
    double *w = malloc(n * sizeof *w), *s = malloc(n * sizeof *s), *z = malloc(q * sizeof *z);
    double mean = 0;
    memset(out, 0, sizeof *out);
    out->fitted = malloc(n * sizeof *out->fitted);
    for (size_t r = 0; r < n; r++)
        mean += p->y[r] / (double)n;
    for (size_t r = 0; r < n; r++)
        out->fitted[r] = poisson ? 0.5 * (p->y[r] + mean) : 0;
    for (int step = 0; step < (poisson ? 60 : 2); step++) {
        for (size_t r = 0; r < n; r++) {
            double weight = p->weight != NULL ? p->weight[r] : 1, mu = out->fitted[r];
            w[r] = weight * (poisson ? mu : 1);
            s[r] = step == 0 && poisson ? w[r] * log(mu) + weight * (p->y[r] - mu)
                                        : weight * (p->y[r] - mu);
        }
        out->rank = normal_equations(a, c, p, w, s);
        for (size_t r = 0; r < n; r++) {
            double eta = 0;
            design_row(z, p, r);
            for (size_t i = 0; i < q; i++) {
                for (size_t j = 0; j < q && z[i] != 0; j++)
                    eta += z[i] * a[i * q + j] * c[j];
            }
            out->fitted[r] = !poisson    ? out->fitted[r] + eta
                             : step == 0 ? exp(eta)
                                         : out->fitted[r] * exp(eta);
        }
        for (size_t i = 0; i < q; i++) {
            for (size_t j = 0; j < q; j++)
                b[i] += a[i * q + j] * c[j];
        }
    }
    for (size_t r = 0; r < n; r++) {
        double weight = p->weight != NULL ? p->weight[r] : 1, mu = out->fitted[r], y = p->y[r];
        w[r] = weight * (poisson ? mu : 1);
        s[r] = weight * (y - mu);
        out->deviance += poisson ? 2 * weight * ((y > 0 ? y * log(y / mu) : 0) - (y - mu))
                                 : weight * (y - mu) * (y - mu);
    }
    (void)normal_equations(a, c, p, w, s);
    memcpy(out->b, b, p->n_regressors * sizeof *b);
    covariance(out, p, a, s, hetero, clusters, n_clusters);
    free(a);
    free(b);
    free(c);
    free(w);
    free(s);
    free(z);
}

void dense_result_deinit(dense_result *r)
{
    free(r->fitted);
}

#define PAIR_ROWS 16

/* x = a⁻¹ x, m x m, by Gauss-Jordan with pivots. */
static void eliminate(double a[PAIR_ROWS][PAIR_ROWS], double *x, size_t m)
{
    for (size_t k = 0; k < m; k++) {
        size_t best = k;
        for (size_t i = k + 1; i < m; i++)
            best = fabs(a[i][k]) > fabs(a[best][k]) ? i : best;
        for (size_t j = 0; j < m; j++) {
            double swap = a[k][j];
            a[k][j] = a[best][j];
            a[best][j] = swap;
        }
        double swap = x[k];
        x[k] = x[best];
        x[best] = swap;
        for (size_t i = 0; i < m; i++) {
            double factor = a[i][k] / a[k][k];
            if (i == k)
                continue;
            for (size_t j = 0; j < m; j++)
                a[i][j] -= factor * a[k][j];
            x[i] -= factor * x[k];
        }
    }
    for (size_t k = 0; k < m; k++)
        x[k] /= a[k][k];
}

/* z of one pair's rows; az is [n x q], rows z_r (Z'WZ)⁻. */
static void correct_pair(double *z, const dense_panel *p, const double *mu, const size_t *rows,
                         size_t m, const double *az, bool profiled)
{
    size_t q = n_columns(p);
    double left[PAIR_ROWS][PAIR_ROWS], total = 0, *other = malloc(q * sizeof *other);
    for (size_t a = 0; a < m; a++)
        total += mu[rows[a]];
    for (size_t a = 0; a < m; a++) {
        z[a] = p->y[rows[a]] - mu[rows[a]];
        for (size_t b = 0; b < m; b++) {
            left[a][b] = a == b;
            design_row(other, p, rows[b]);
            for (size_t c = 0; c < m; c++) {
                double h =
                    (a == c ? mu[rows[a]] : 0) - (profiled ? mu[rows[a]] * mu[rows[c]] / total : 0);
                for (size_t i = 0; i < q; i++)
                    left[a][b] -= h * az[rows[c] * q + i] * other[i];
            }
        }
    }
    eliminate(left, z, m);
    free(other);
}

void dense_corrected(double v[DENSE_REGRESSORS][DENSE_REGRESSORS], const dense_panel *p,
                     const double *mu, const int *pair, int n_pairs, bool profiled)
{
    size_t q = n_columns(p);
    double *a = malloc(q * q * sizeof *a), *c = malloc(q * sizeof *c),
           *row = malloc(q * sizeof *row);
    double *az = calloc(p->n * q, sizeof *az);
    (void)normal_equations(a, c, p, mu, mu);
    for (size_t r = 0; r < p->n; r++) {
        design_row(row, p, r);
        for (size_t i = 0; i < q; i++) {
            for (size_t j = 0; j < q; j++)
                az[r * q + j] += row[i] * a[i * q + j];
        }
    }
    memset(v, 0, DENSE_REGRESSORS * sizeof *v);
    for (int k = 0; k < n_pairs; k++) {
        size_t rows[PAIR_ROWS], m = 0;
        double z[PAIR_ROWS];
        for (size_t r = 0; r < p->n; r++) {
            if (pair[r] == k)
                rows[m++] = r;
        }
        correct_pair(z, p, mu, rows, m, az, profiled);
        for (size_t i = 0; i < p->n_regressors; i++) {
            for (size_t j = 0; j < p->n_regressors; j++) {
                double u[2] = {0}, w[2] = {0};
                for (size_t b = 0; b < m; b++) {
                    double s = p->y[rows[b]] - mu[rows[b]];
                    u[0] += az[rows[b] * q + i] * z[b];
                    u[1] += az[rows[b] * q + j] * z[b];
                    w[0] += az[rows[b] * q + i] * s;
                    w[1] += az[rows[b] * q + j] * s;
                }
                v[i][j] += 0.5 * (u[0] * w[1] + u[1] * w[0]) * n_pairs / (n_pairs - 1);
            }
        }
    }
    free(a);
    free(c);
    free(row);
    free(az);
}
