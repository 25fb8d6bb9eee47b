/* The text of the kernels; KERNELS and KERNELS_NAME name the variant. Included once per variant. */
#include "equilibrium/kernels.h"

#define LANES 8

static double dot(const double *restrict a, const double *restrict u, size_t len)
{
    double lane[LANES] = {0};
    for (size_t i = 0; i < len; i += LANES) {
        for (size_t l = 0; l < LANES; l++)
            lane[l] += a[i + l] * u[i + l];
    }
    return ((lane[0] + lane[4]) + (lane[2] + lane[6])) +
           ((lane[1] + lane[5]) + (lane[3] + lane[7]));
}

static void row_sums(double *out, const double *rows, const double *u, size_t n_rows, size_t stride)
{
    for (size_t n = 0; n < n_rows; n++)
        out[n] = dot(rows + n * stride, u, stride);
}

static void column_sums(double *restrict out, const double *restrict rows, const double *restrict v,
                        size_t n_rows, size_t stride)
{
    for (size_t i = 0; i < stride; i++)
        out[i] = 0;
    size_t n = 0;
    for (; n + 4 <= n_rows; n += 4) {
        const double *a = rows + n * stride, *b = a + stride, *c = b + stride, *d = c + stride;
        for (size_t i = 0; i < stride; i++)
            out[i] += (a[i] * v[n] + b[i] * v[n + 1]) + (c[i] * v[n + 2] + d[i] * v[n + 3]);
    }
    for (; n < n_rows; n++) {
        const double *a = rows + n * stride;
        for (size_t i = 0; i < stride; i++)
            out[i] += a[i] * v[n];
    }
}

static void link_sums(double *restrict out, const double *restrict coef, size_t step,
                      const double *restrict y, size_t n_links, size_t stride)
{
    for (size_t i = 0; i < stride; i += LANES) {
        double lane[LANES];
        for (size_t l = 0; l < LANES; l++)
            lane[l] = out[i + l];
        for (size_t k = 0; k < n_links; k++) {
            const double *a = coef + k * step + i, *b = y + k * stride + i;
            for (size_t l = 0; l < LANES; l++)
                lane[l] += a[l] * b[l];
        }
        for (size_t l = 0; l < LANES; l++)
            out[i + l] = lane[l];
    }
}

const autki_kernels KERNELS = {
    .name = KERNELS_NAME, .row_sums = row_sums, .column_sums = column_sums, .link_sums = link_sums};
