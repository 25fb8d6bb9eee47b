#include "base/linear.h"

#include <math.h>

static void swap_rows(double *a, double *b, size_t n)
{
    for (size_t i = 0; i < n; i++) {
        double keep = a[i];
        a[i] = b[i];
        b[i] = keep;
    }
}

static void subtract(double *row, const double *other, double factor, size_t n)
{
    for (size_t i = 0; i < n; i++)
        row[i] -= factor * other[i];
}

/* Rows below the diagonal to zero, column by column. */
static bool eliminate(double *a, double *b, size_t n, size_t n_rhs, double least)
{
    for (size_t c = 0; c < n; c++) {
        size_t pivot = c;
        for (size_t r = c + 1; r < n; r++)
            pivot = fabs(a[r * n + c]) > fabs(a[pivot * n + c]) ? r : pivot;
        if (!(fabs(a[pivot * n + c]) > least))
            return false;
        if (pivot != c) {
            swap_rows(a + c * n, a + pivot * n, n);
            swap_rows(b + c * n_rhs, b + pivot * n_rhs, n_rhs);
        }
        for (size_t r = c + 1; r < n; r++) {
            double factor = a[r * n + c] / a[c * n + c];
            if (factor == 0)
                continue;
            subtract(a + r * n + c, a + c * n + c, factor, n - c);
            subtract(b + r * n_rhs, b + c * n_rhs, factor, n_rhs);
        }
    }
    return true;
}

bool autki_solve_linear(double *a, double *b, size_t n, size_t n_rhs, double least)
{
    if (!eliminate(a, b, n, n_rhs, least))
        return false;
    for (size_t r = n; r-- > 0;) {
        for (size_t c = r + 1; c < n; c++)
            subtract(b + r * n_rhs, b + c * n_rhs, a[r * n + c], n_rhs);
        for (size_t k = 0; k < n_rhs; k++)
            b[r * n_rhs + k] /= a[r * n + r];
    }
    return true;
}

bool autki_solve_spd(double *a, double *b, size_t n)
{
    for (size_t j = 0; j < n; j++) {
        double d = a[j * n + j];
        for (size_t k = 0; k < j; k++)
            d -= a[j * n + k] * a[j * n + k];
        if (!(d > 0) || !isfinite(d))
            return false;
        a[j * n + j] = sqrt(d);
        for (size_t i = j + 1; i < n; i++) {
            double s = a[i * n + j];
            for (size_t k = 0; k < j; k++)
                s -= a[i * n + k] * a[j * n + k];
            a[i * n + j] = s / a[j * n + j];
        }
    }
    for (size_t i = 0; i < n; i++) {
        for (size_t k = 0; k < i; k++)
            b[i] -= a[i * n + k] * b[k];
        b[i] /= a[i * n + i];
    }
    for (size_t i = n; i-- > 0;) {
        for (size_t k = i + 1; k < n; k++)
            b[i] -= a[k * n + i] * b[k];
        b[i] /= a[i * n + i];
    }
    return true;
}
