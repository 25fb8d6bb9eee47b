#include <math.h>

#include "measure/breaks.h"

/* Bai & Perron (2003b), Econometrics Journal 6, 72-78, tables 1-3, one regressor that changes
 * (q = 1). Rows: significance 10, 5, 2.5, 1 %. The table for trimming 0.15 is also in Bai & Perron
 * (1998). */
#define N_LEVELS 4
#define N_NEXT 10

typedef struct critical {
    double trim;
    size_t max_breaks;
    double sup_f[N_LEVELS][AUTK_BREAKS_MAX]; /* [max_breaks] */
    double next_f[N_LEVELS][N_NEXT];
    double ud_max[N_LEVELS];
} critical;

static const double levels[N_LEVELS] = {0.10, 0.05, 0.025, 0.01};

static const critical tables[] = {
    {.trim = 0.05,
     .max_breaks = 9,
     .sup_f = {{8.02, 7.87, 7.07, 6.61, 6.14, 5.74, 5.40, 5.09, 4.81},
               {9.63, 8.78, 7.85, 7.21, 6.69, 6.23, 5.86, 5.51, 5.20},
               {11.17, 9.81, 8.52, 7.79, 7.22, 6.70, 6.27, 5.92, 5.56},
               {13.58, 10.95, 9.37, 8.50, 7.85, 7.21, 6.75, 6.33, 5.98}},
     .next_f = {{8.02, 9.56, 10.45, 11.07, 11.65, 12.07, 12.47, 12.70, 13.07, 13.34},
                {9.63, 11.14, 12.16, 12.83, 13.45, 14.05, 14.29, 14.50, 14.69, 14.88},
                {11.17, 12.88, 14.05, 14.50, 15.03, 15.37, 15.56, 15.73, 16.02, 16.39},
                {13.58, 15.03, 15.62, 16.39, 16.60, 16.90, 17.04, 17.27, 17.32, 17.61}},
     .ud_max = {8.78, 10.17, 11.52, 13.74}},
    {.trim = 0.10,
     .max_breaks = 8,
     .sup_f = {{7.42, 6.93, 6.09, 5.44, 4.85, 4.32, 3.83, 3.22},
               {9.10, 7.92, 6.84, 6.03, 5.37, 4.80, 4.23, 3.58},
               {10.56, 8.90, 7.55, 6.64, 5.88, 5.22, 4.61, 3.90},
               {13.00, 10.14, 8.42, 7.31, 6.48, 5.74, 5.05, 4.28}},
     .next_f = {{7.42, 9.05, 9.97, 10.49, 10.91, 11.29, 11.86, 12.26, 12.57, 12.84},
                {9.10, 10.55, 11.36, 12.35, 12.97, 13.45, 13.88, 14.12, 14.45, 14.51},
                {10.56, 12.37, 13.46, 14.13, 14.51, 14.88, 15.37, 15.47, 15.62, 15.79},
                {13.00, 14.51, 15.44, 15.73, 16.39, 16.60, 16.78, 16.90, 16.99, 17.04}},
     .ud_max = {8.05, 9.52, 10.83, 13.07}},
    {.trim = 0.15,
     .max_breaks = 5,
     .sup_f = {{7.04, 6.28, 5.21, 4.41, 3.47},
               {8.58, 7.22, 5.96, 4.99, 3.91},
               {10.18, 8.14, 6.72, 5.51, 4.34},
               {12.29, 9.36, 7.60, 6.19, 4.91}},
     .next_f = {{7.04, 8.51, 9.41, 10.04, 10.58, 11.03, 11.43, 11.75, 12.01, 12.20},
                {8.58, 10.13, 11.14, 11.83, 12.25, 12.66, 13.08, 13.35, 13.75, 13.89},
                {10.18, 11.86, 12.66, 13.40, 13.89, 14.32, 14.73, 14.89, 15.22, 15.29},
                {12.29, 13.89, 14.80, 15.28, 15.76, 16.27, 16.63, 16.77, 16.81, 17.01}},
     .ud_max = {7.46, 8.88, 10.39, 12.37}},
    {.trim = 0.20,
     .max_breaks = 3,
     .sup_f = {{6.72, 5.59, 4.37}, {8.22, 6.53, 5.08}, {9.77, 7.49, 5.73}, {11.94, 8.77, 6.58}},
     .next_f = {{6.72, 8.13, 9.07, 9.66, 10.17, 10.59, 10.95, 11.28, 11.64, 11.89},
                {8.22, 9.71, 10.66, 11.34, 11.93, 12.30, 12.68, 12.92, 13.21, 13.61},
                {9.77, 11.34, 12.31, 12.99, 13.61, 13.87, 14.25, 14.37, 14.73, 14.86},
                {11.94, 13.61, 14.31, 14.80, 15.26, 15.76, 15.87, 16.23, 16.33, 16.63}},
     .ud_max = {6.96, 8.43, 9.94, 12.02}},
    {.trim = 0.25,
     .max_breaks = 2,
     .sup_f = {{6.35, 4.88}, {7.86, 5.80}, {9.32, 6.69}, {11.44, 7.92}},
     .next_f = {{6.35, 7.79, 8.70, 9.22, 9.71, 10.06, 10.45, 10.89, 11.16, 11.30},
                {7.86, 9.29, 10.12, 10.93, 11.37, 11.82, 12.20, 12.65, 12.79, 13.09},
                {9.32, 10.94, 11.86, 12.66, 13.09, 13.51, 13.85, 14.16, 14.37, 14.70},
                {11.44, 13.09, 14.02, 14.63, 14.89, 15.29, 15.76, 16.13, 16.17, 16.23}},
     .ud_max = {6.55, 8.01, 9.37, 11.50}}};

static const critical *table_of(double trim)
{
    for (size_t i = 0; i < sizeof tables / sizeof *tables; i++) {
        if (fabs(tables[i].trim - trim) < 1e-9)
            return &tables[i];
    }
    return NULL;
}

static int row_of(double significance)
{
    for (int i = 0; i < N_LEVELS; i++) {
        if (fabs(levels[i] - significance) < 1e-9)
            return i;
    }
    return -1;
}

size_t autki_breaks_tabulated(double trim)
{
    const critical *c = table_of(trim);
    return c != NULL ? c->max_breaks : 0;
}

bool autki_breaks_knows_significance(double significance)
{
    return row_of(significance) >= 0;
}

double autki_breaks_sup_f_critical(double trim, double significance, size_t n_breaks)
{
    const critical *c = table_of(trim);
    int row = row_of(significance);
    if (c == NULL || row < 0 || n_breaks < 1 || n_breaks > c->max_breaks)
        return NAN;
    return c->sup_f[row][n_breaks - 1];
}

double autki_breaks_next_f_critical(double trim, double significance, size_t n_breaks)
{
    const critical *c = table_of(trim);
    int row = row_of(significance);
    return c == NULL || row < 0 || n_breaks >= N_NEXT ? NAN : c->next_f[row][n_breaks];
}

double autki_breaks_ud_max_critical(double trim, double significance)
{
    const critical *c = table_of(trim);
    int row = row_of(significance);
    return c == NULL || row < 0 ? NAN : c->ud_max[row];
}
