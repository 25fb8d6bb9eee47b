#include "gravity/upper.h"

#include <math.h>
#include <string.h>

#include "base/parallel.h"

#define PANEL 64 /* columns that are eliminated together */
#define TILE 4   /* rows and columns whose sums stay in registers */

/* A full tile: sums of fixed number, so that the compiler keeps them in registers. */
static void subtract_tile(double *c, size_t c_row, autki_strided a, const double *b, size_t b_row,
                          size_t k)
{
    double sum[TILE][TILE] = {{0}};
    for (size_t q = 0; q < k; q++) {
        const double *b_q = b + q * b_row, *a_q = a.at + q * a.column;
        for (size_t r = 0; r < TILE; r++) {
            double factor = a_q[r * a.row];
            for (size_t s = 0; s < TILE; s++)
                sum[r][s] += factor * b_q[s];
        }
    }
    for (size_t r = 0; r < TILE; r++) {
        for (size_t s = 0; s < TILE; s++)
            c[r * c_row + s] -= sum[r][s];
    }
}

static void subtract_edge(double *c, size_t c_row, autki_strided a, const double *b, size_t b_row,
                          size_t m, size_t n, size_t k)
{
    for (size_t r = 0; r < m; r++) {
        for (size_t s = 0; s < n; s++) {
            double sum = 0;
            for (size_t q = 0; q < k; q++)
                sum += a.at[r * a.row + q * a.column] * b[q * b_row + s];
            c[r * c_row + s] -= sum;
        }
    }
}

void autki_subtract_product(double *c, size_t c_row, autki_strided a, const double *b, size_t b_row,
                            size_t m, size_t n, size_t k)
{
    for (size_t r = 0; r < m; r += TILE) {
        autki_strided a_r = {a.at + r * a.row, a.row, a.column};
        for (size_t s = 0; s < n; s += TILE) {
            double *to = c + r * c_row + s;
            if (r + TILE <= m && s + TILE <= n)
                subtract_tile(to, c_row, a_r, b + s, b_row, k);
            else
                subtract_edge(to, c_row, a_r, b + s, b_row, m - r < TILE ? m - r : TILE,
                              n - s < TILE ? n - s : TILE, k);
        }
    }
}

/* ---- factoring ---- */

typedef struct factoring {
    double *u;
    size_t n, first, last; /* the panel */
} factoring;

static size_t panels_of(size_t n)
{
    return (n + PANEL - 1) / PANEL;
}

static size_t end_of(size_t panel, size_t n)
{
    return (panel + 1) * PANEL < n ? (panel + 1) * PANEL : n;
}

/* The panel's own rows, over all columns behind them. */
static void factor_panel(factoring *f, const double *scale, double tol)
{
    size_t n = f->n;
    for (size_t k = f->first; k < f->last; k++) {
        double *row = f->u + k * n, left = row[k];
        bool taken = left > tol * scale[k] && left > 0;
        double root = taken ? sqrt(left) : 0;
        for (size_t c = k; c < n; c++)
            row[c] = taken ? row[c] / root : 0;
        for (size_t r = k + 1; r < f->last; r++) {
            double factor = row[r];
            for (size_t c = r; factor != 0 && c < n; c++)
                f->u[r * n + c] -= factor * row[c];
        }
    }
}

/* The rows of a later panel, less what this one accounts for. */
static autk_status update_panel(size_t chunk, void *ctx, autk_err *err)
{
    const factoring *f = ctx;
    size_t n = f->n, from = f->last + chunk * PANEL, to = from + PANEL < n ? from + PANEL : n;
    (void)err;
    const double *panel = f->u + f->first * n;
    autki_strided a = {panel + from, 1, n};
    autki_subtract_product(f->u + from * n + from, n, a, panel + from, n, to - from, n - from,
                           f->last - f->first);
    return AUTK_OK;
}

autk_status autki_upper_factor(double *u, size_t n, const double *scale, double tol, int n_threads,
                               autk_err *err)
{
    autk_status st = AUTK_OK;
    for (size_t p = 0; st == AUTK_OK && p < panels_of(n); p++) {
        factoring f = {u, n, p * PANEL, end_of(p, n)};
        factor_panel(&f, scale, tol);
        st = autki_parallel_for(panels_of(n - f.last), n_threads, update_panel, &f, err);
    }
    return st;
}

/* ---- solving ---- */

static void divide(double *x, double pivot, size_t m)
{
    for (size_t s = 0; s < m; s++)
        x[s] = pivot > 0 ? x[s] / pivot : 0;
}

void autki_upper_forward(double *x, const double *u, size_t n, size_t m, size_t first)
{
    size_t begin = first / PANEL * PANEL;
    for (size_t p = first / PANEL; p < panels_of(n); p++) {
        size_t from = p * PANEL, to = end_of(p, n);
        autki_strided a = {u + begin * n + from, 1, n};
        autki_subtract_product(x + from * m, m, a, x + begin * m, m, to - from, m, from - begin);
        for (size_t k = from; k < to; k++) {
            autki_strided within = {u + from * n + k, 0, n};
            autki_subtract_product(x + k * m, m, within, x + from * m, m, 1, m, k - from);
            divide(x + k * m, u[k * n + k], m);
        }
    }
}

void autki_upper_backward(double *x, const double *u, size_t n, size_t m)
{
    for (size_t p = panels_of(n); p-- > 0;) {
        size_t from = p * PANEL, to = end_of(p, n);
        autki_strided a = {u + from * n + to, n, 1};
        autki_subtract_product(x + from * m, m, a, x + to * m, m, to - from, m, n - to);
        for (size_t k = to; k-- > from;) {
            autki_strided within = {u + k * n + k + 1, 0, 1};
            autki_subtract_product(x + k * m, m, within, x + (k + 1) * m, m, 1, m, to - k - 1);
            divide(x + k * m, u[k * n + k], m);
        }
    }
}
