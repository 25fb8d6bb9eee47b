/** @file wls_internal.h What the files of the weighted least squares share. */
#ifndef AUTKI_GRAVITY_WLS_INTERNAL_H
#define AUTKI_GRAVITY_WLS_INTERNAL_H

#include "gravity/wls.h"

/** What one pass over the rows works on; each pass uses some of it. */
typedef struct autki_pass {
    autki_wls *ws;
    const double *s, *v;
    const double *x; /* columns first_column .. + width of the regressors */
    size_t first_column, width;
    const double *b, *a;
    double *out;
} autki_pass;

/* ---- scatter.c: sums by level, from chunks ---- */

/** Room for every chunk's sums by level, `width` columns of them. */
autk_status autki_wls_reserve(autki_wls *ws, size_t width, autk_err *err) AUTK_MUST_CHECK;

/** base[k] + level * width is where effect k's level adds up in chunk c; zeroed. */
void autki_wls_bases(const autki_wls *ws, size_t c, size_t width, double **base);

/** out[param * stride + column] = the chunks' sums, added in their order. */
autk_status autki_wls_reduce(autki_wls *ws, double *out, size_t width, size_t stride, autk_err *err)
    AUTK_MUST_CHECK;

/** Weighted means of the regressors x in rows from .. to into mean[p]; returns their weight. */
double autki_wls_group_means(const autki_wls *ws, size_t from, size_t to, const double *x,
                             double *mean);

/** The Gram matrix from the chunks' first p (p + 1) / 2 scalars. */
void autki_wls_take_gram(autki_wls *ws);

#endif
