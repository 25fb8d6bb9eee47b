#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/fail.h"
#include "base/mem.h"
#include "gravity/wls.h"

int32_t autki_cholesky(double *factor, int32_t *pivot, const double *matrix, size_t n,
                       const double *scale, double tol)
{
    size_t rank = 0;
    memset(factor, 0, n * n * sizeof *factor);
    for (size_t j = 0; j < n; j++) {
        double *row = factor + rank * n, left = matrix[j * n + j];
        for (size_t k = 0; k < rank; k++) {
            double sum = matrix[j * n + (size_t)pivot[k]];
            for (size_t i = 0; i < k; i++)
                sum -= row[i] * factor[k * n + i];
            row[k] = sum / factor[k * n + k];
            left -= row[k] * row[k];
        }
        double size = scale != NULL ? scale[j] : matrix[j * n + j];
        if (!(left > tol * size) || !(left > 0)) {
            for (size_t k = 0; k <= rank; k++)
                row[k] = 0;
            continue;
        }
        row[rank] = sqrt(left);
        pivot[rank++] = (int32_t)j;
    }
    return (int32_t)rank;
}

void autki_cholesky_solve(double *x, const double *factor, const int32_t *pivot, int32_t rank,
                          size_t n, const double *b)
{
    /* Forward into the places of the pivots, which ascend, so that x may be b. */
    size_t r = (size_t)rank, next = 0;
    for (size_t j = 0; j < n; j++) {
        if (next == r || (size_t)pivot[next] != j) {
            x[j] = 0;
            continue;
        }
        double sum = b[j];
        for (size_t k = 0; k < next; k++)
            sum -= factor[next * n + k] * x[pivot[k]];
        x[j] = sum / factor[next * n + next];
        next++;
    }
    for (size_t i = r; i-- > 0;) {
        double sum = x[pivot[i]];
        for (size_t k = i + 1; k < r; k++)
            sum -= factor[k * n + i] * x[pivot[k]];
        x[pivot[i]] = sum / factor[i * n + i];
    }
}

autk_status autki_cholesky_inverse(double *inverse, const double *factor, const int32_t *pivot,
                                   int32_t rank, size_t n, autk_err *err)
{
    double *column = autki_malloc(n, sizeof *column);
    if (column == NULL)
        return autki_no_memory(err, n * sizeof *column);
    memset(inverse, 0, n * n * sizeof *inverse);
    for (int32_t q = 0; q < rank; q++) {
        for (size_t i = 0; i < n; i++)
            column[i] = i == (size_t)pivot[q];
        autki_cholesky_solve(column, factor, pivot, rank, n, column);
        for (size_t i = 0; i < n; i++)
            inverse[i * n + (size_t)pivot[q]] = column[i];
    }
    for (size_t i = 0; i < n; i++) {
        for (size_t j = 0; j < i; j++) {
            double mean = 0.5 * (inverse[i * n + j] + inverse[j * n + i]);
            inverse[i * n + j] = inverse[j * n + i] = mean;
        }
    }
    free(column);
    return AUTK_OK;
}

static void rotate(double *a, double *v, size_t n, size_t p, size_t q)
{
    double apq = a[p * n + q];
    if (apq == 0)
        return;
    double theta = (a[q * n + q] - a[p * n + p]) / (2 * apq);
    double t = (theta >= 0 ? 1 : -1) / (fabs(theta) + sqrt(theta * theta + 1));
    double c = 1 / sqrt(t * t + 1), s = t * c;
    for (size_t k = 0; k < n; k++) {
        double kp = a[k * n + p], kq = a[k * n + q];
        a[k * n + p] = c * kp - s * kq;
        a[k * n + q] = s * kp + c * kq;
    }
    for (size_t k = 0; k < n; k++) {
        double pk = a[p * n + k], qk = a[q * n + k];
        a[p * n + k] = c * pk - s * qk;
        a[q * n + k] = s * pk + c * qk;
    }
    for (size_t k = 0; k < n; k++) {
        double kp = v[k * n + p], kq = v[k * n + q];
        v[k * n + p] = c * kp - s * kq;
        v[k * n + q] = s * kp + c * kq;
    }
}

void autki_eigen(double *values, double *vectors, double *a, size_t n)
{
    for (size_t i = 0; i < n; i++) {
        for (size_t j = 0; j < n; j++)
            vectors[i * n + j] = i == j;
    }
    for (int sweep = 0; sweep < 60; sweep++) {
        double off = 0, all = 0;
        for (size_t i = 0; i < n; i++) {
            for (size_t j = 0; j < n; j++) {
                double square = a[i * n + j] * a[i * n + j];
                all += square;
                off += i != j ? square : 0;
            }
        }
        if (!(off > 1e-30 * all))
            break;
        for (size_t p = 0; p + 1 < n; p++) {
            for (size_t q = p + 1; q < n; q++)
                rotate(a, vectors, n, p, q);
        }
    }
    for (size_t i = 0; i < n; i++)
        values[i] = a[i * n + i];
}

void autki_pseudo_inverse(double *a, size_t n, double *spare)
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
