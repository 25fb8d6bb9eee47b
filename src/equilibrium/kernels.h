/**
 * @file kernels.h
 * The three inner loops of every model. One text (kernel_body.h) compiled for each instruction set;
 * sums go over 8 fixed lanes in one order and never contract, so every variant gives the same bits.
 * Lengths are multiples of 8.
 */
#ifndef AUTKI_EQUILIBRIUM_KERNELS_H
#define AUTKI_EQUILIBRIUM_KERNELS_H

#include <stddef.h>

typedef struct autki_kernels {
    const char *name;
    /** out[n] = sum_i rows[n][i] * u[i], n < n_rows */
    void (*row_sums)(double *out, const double *rows, const double *u, size_t n_rows,
                     size_t stride);
    /** out[i] = sum_n rows[n][i] * v[n] */
    void (*column_sums)(double *out, const double *rows, const double *v, size_t n_rows,
                        size_t stride);
    /** out[i] += sum_k coef[k * step + i] * y[k * stride + i]: input-output links of all regions */
    void (*link_sums)(double *out, const double *coef, size_t step, const double *y, size_t n_links,
                      size_t stride);
} autki_kernels;

extern const autki_kernels autki_kernels_portable;
#if defined(__x86_64__)
extern const autki_kernels autki_kernels_avx2;
extern const autki_kernels autki_kernels_avx512;
#endif

/** The fastest variant that this processor runs. */
const autki_kernels *autki_kernels_best(void);

#endif
