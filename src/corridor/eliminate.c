#include "corridor/eliminate.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/fail.h"
#include "base/mem.h"

#define COLUMNS_AT_ONCE 64

/* Sum over loops at a station's pivots t and mirror(t): the inverse of I - [p, r; q, p]. */
typedef struct loops {
    double stay;       /* in at t, on from t; the same of the mirror */
    double turn, back; /* in at t, on from the mirror; the other way */
} loops;

static size_t column_of(const autki_panel *panel, int32_t pivot)
{
    return panel->first_value + (size_t)pivot * (size_t)panel->n_rows;
}

/* 1 or 2 pivots from number `pivot` of the panel on. */
static int32_t station_width(const autki_plan *plan, const autki_panel *panel, int32_t pivot)
{
    int32_t t = plan->node[panel->first + pivot];
    return plan->net->terminals[t].mirror == t ? 1 : 2;
}

/* False when the sum is not finite. */
static bool sum_loops(loops *out, const autki_factor *f, const autki_panel *panel, int32_t pivot,
                      int32_t width)
{
    const double *x = f->value + column_of(panel, pivot) + pivot;
    double through = 1 - x[width - 1];
    if (width == 1) {
        *out = (loops){.stay = 1 / through};
        return through > 0;
    }
    double q = x[0], r = x[panel->n_rows + 1];
    double det = through * through - q * r;
    *out = (loops){.stay = through / det, .turn = r / det, .back = q / det};
    return through > 0 && det > 0;
}

/* ------------------------------------------------------------------ leaving out */

/* Leave out a station: what it was joined to is joined in the later columns of its panel. */
static bool leave_out(autki_factor *f, const autki_panel *panel, int32_t pivot, int32_t width)
{
    int32_t n = panel->n_rows, next = pivot + width;
    const double *x = f->value + column_of(panel, pivot);
    const double *y = width == 2 ? x + n : x;
    double *on = f->onward + column_of(panel, pivot);
    loops sum;
    if (!sum_loops(&sum, f, panel, pivot, width))
        return false;
    if (width == 1) {
        for (int32_t r = next; r < n; r++)
            on[r] = sum.stay * x[r];
    } else {
        for (int32_t r = next; r < n; r++) {
            on[r] = sum.stay * y[r] + sum.turn * x[r];
            on[n + r] = sum.back * y[r] + sum.stay * x[r];
        }
    }
    for (int32_t c = next; c < panel->n_pivots; c++) {
        double *column = f->value + column_of(panel, c);
        double a = on[c], b = width == 2 ? on[n + c] : 0;
        for (int32_t r = c; r < n; r++)
            column[r] += a * x[r] + b * y[r];
    }
    return true;
}

/* sum[r] += sum over the pivots of on[pivot][column] * value[pivot][r], for two columns. */
static void add_pivots(double *restrict sum0, double *restrict sum1, const double *value,
                       const double *on0, const double *on1, int32_t n_pivots, size_t stride,
                       int32_t n)
{
    int32_t p = 0;
    for (; p + 2 <= n_pivots; p += 2) {
        const double *v = value + (size_t)p * stride, *w = v + stride;
        double a0 = on0[(size_t)p * stride], a1 = on1[(size_t)p * stride];
        double b0 = on0[(size_t)(p + 1) * stride], b1 = on1[(size_t)(p + 1) * stride];
        for (int32_t r = 0; r < n; r++) {
            sum0[r] += a0 * v[r] + b0 * w[r];
            sum1[r] += a1 * v[r] + b1 * w[r];
        }
    }
    for (; p < n_pivots; p++) {
        const double *v = value + (size_t)p * stride;
        double a0 = on0[(size_t)p * stride], a1 = on1[(size_t)p * stride];
        for (int32_t r = 0; r < n; r++) {
            sum0[r] += a0 * v[r];
            sum1[r] += a1 * v[r];
        }
    }
}

typedef struct scratch {
    int32_t *panel_at; /* [n_nodes] panel of a position */
    int32_t *row_of;   /* [n_nodes] row of a position in the panel that is written to */
    double *sum;       /* [2 n_nodes] */
} scratch;

static void spread(double *column, const double *sum, const int32_t *rows, const int32_t *row_of,
                   int32_t n)
{
    for (int32_t r = 0; r < n; r++)
        column[row_of[rows[r]]] += sum[r];
}

/* Rows from `at` to `stop` of a panel are pivots of the target: join all rows behind them there. */
static void join_in(autki_factor *f, const autki_panel *panel, const autki_panel *target,
                    int32_t at, int32_t stop, scratch *s)
{
    const int32_t *rows = f->plan->rows + panel->first_row;
    const int32_t *target_rows = f->plan->rows + target->first_row;
    const double *value = f->value + panel->first_value, *on = f->onward + panel->first_value;
    size_t stride = (size_t)panel->n_rows;
    for (int32_t r = 0; r < target->n_rows; r++)
        s->row_of[target_rows[r]] = r;
    for (int32_t c = at; c < stop; c += 2) {
        int32_t d = c + 1 < stop ? c + 1 : c, n = panel->n_rows - c;
        double *sum0 = s->sum, *sum1 = s->sum + f->plan->n_nodes;
        memset(sum0, 0, (size_t)n * sizeof *sum0);
        memset(sum1, 0, (size_t)n * sizeof *sum1);
        add_pivots(sum0, sum1, value + c, on + c, on + d, panel->n_pivots, stride, n);
        spread(f->value + column_of(target, rows[c] - target->first), sum0, rows + c, s->row_of, n);
        if (d > c)
            spread(f->value + column_of(target, rows[d] - target->first), sum1 + 1, rows + d,
                   s->row_of, n - 1);
    }
}

static bool leave_out_panel(autki_factor *f, const autki_panel *panel, scratch *s)
{
    const autki_plan *plan = f->plan;
    const int32_t *rows = plan->rows + panel->first_row;
    int32_t width;
    for (int32_t pivot = 0; pivot < panel->n_pivots; pivot += width) {
        width = station_width(plan, panel, pivot);
        if (!leave_out(f, panel, pivot, width))
            return false;
    }
    int32_t stop;
    for (int32_t at = panel->n_pivots; at < panel->n_rows; at = stop) {
        const autki_panel *target = &plan->panels[s->panel_at[rows[at]]];
        stop = at;
        while (stop < panel->n_rows && rows[stop] < target->first + target->n_pivots)
            stop++;
        join_in(f, panel, target, at, stop, s);
    }
    return true;
}

/* ------------------------------------------------------------------ the object */

static void put_weights(autki_factor *f, autki_weights weights)
{
    const autki_plan *plan = f->plan;
    double scale = plan->net->costs.value[AUTK_COST_route_scale_usd_per_t];
    for (size_t k = 0; k < plan->net->n_arcs; k++) {
        if (plan->arc_slot[k] != SIZE_MAX)
            f->value[plan->arc_slot[k]] += exp(-weights.arc[k] / scale);
    }
    for (size_t a = 0; a < plan->net->n_access; a++) {
        if (plan->access_slot[a] != SIZE_MAX)
            f->value[plan->access_slot[a]] += exp(-weights.access[a] / scale);
    }
}

static autk_status leave_all_out(autki_factor *f, scratch *s, autk_err *err)
{
    const autki_plan *plan = f->plan;
    for (size_t p = 0; p < plan->n_panels; p++) {
        for (int32_t i = 0; i < plan->panels[p].n_pivots; i++)
            s->panel_at[plan->panels[p].first + i] = (int32_t)p;
    }
    for (size_t p = 0; p + 1 < plan->n_panels; p++) {
        if (!leave_out_panel(f, &plan->panels[p], s))
            return autki_fail(err, AUTK_ENOCONV,
                              "expected a route scale small enough for the sum over routes to be "
                              "finite, got route_scale_usd_per_t = %g: set a smaller one",
                              plan->net->costs.value[AUTK_COST_route_scale_usd_per_t]);
    }
    return AUTK_OK;
}

autk_status autki_factor_init(autki_factor *factor, const autki_plan *plan, autki_weights weights,
                              autk_err *err)
{
    size_t n = (size_t)plan->n_nodes;
    autki_factor f = {.plan = plan};
    f.value = autki_calloc(plan->n_values + 1, sizeof *f.value);
    f.onward = autki_malloc(plan->n_values + 1, sizeof *f.onward);
    scratch s = {.panel_at = autki_malloc(n + 1, sizeof *s.panel_at),
                 .row_of = autki_malloc(n + 1, sizeof *s.row_of),
                 .sum = autki_malloc(2 * n + 1, sizeof *s.sum)};
    autk_status st = AUTK_OK;
    if (f.value == NULL || f.onward == NULL || s.panel_at == NULL || s.row_of == NULL ||
        s.sum == NULL)
        st = autki_no_memory(err, plan->n_values * sizeof *f.value);
    if (st == AUTK_OK) {
        put_weights(&f, weights);
        st = leave_all_out(&f, &s, err);
    }
    free(s.panel_at);
    free(s.row_of);
    free(s.sum);
    if (st == AUTK_OK)
        *factor = f;
    else
        autki_factor_deinit(&f);
    return st;
}

void autki_factor_deinit(autki_factor *factor)
{
    free(factor->value);
    free(factor->onward);
    factor->value = factor->onward = NULL;
}

/* ------------------------------------------------------------------ solving */

/* Some of the columns of x, in order of position. */
typedef struct columns {
    double *at; /* row of position i at[i * stride] */
    size_t stride, n;
} columns;

static double *row_at(const columns *x, int32_t position)
{
    return x->at + (size_t)position * x->stride;
}

static void add_times(double *to, const double *from, double times, size_t n)
{
    for (size_t i = 0; i < n; i++)
        to[i] += times * from[i];
}

/* What has come to each terminal over those left out before it. */
static void forward(columns *x, const autki_factor *f, const autki_panel *panel)
{
    const int32_t *rows = f->plan->rows + panel->first_row;
    int32_t width;
    for (int32_t pivot = 0; pivot < panel->n_pivots; pivot += width) {
        width = station_width(f->plan, panel, pivot);
        for (int32_t i = 0; i < width; i++) {
            const double *from = row_at(x, panel->first + pivot + i);
            const double *on = f->onward + column_of(panel, pivot + i);
            for (int32_t r = pivot + width; r < panel->n_terminal_rows; r++) {
                if (on[r] > 0)
                    add_times(row_at(x, rows[r]), from, on[r], x->n);
            }
        }
    }
}

/* And what comes over those left out after it, whose sums are final; then the loops. */
static void backward_station(columns *x, const autki_factor *f, const autki_panel *panel,
                             int32_t pivot, int32_t width)
{
    const autki_plan *plan = f->plan;
    const int32_t *rows = plan->rows + panel->first_row;
    double *to = row_at(x, panel->first + pivot);
    for (int32_t i = 0; i < width; i++) {
        const double *value = f->value + column_of(panel, pivot + i);
        for (int32_t r = pivot + width; r < panel->n_terminal_rows; r++) {
            int32_t mirror = plan->net->terminals[plan->node[rows[r]]].mirror;
            if (value[r] > 0)
                add_times(to + (size_t)i * x->stride, row_at(x, plan->position[mirror]), value[r],
                          x->n);
        }
    }
    loops sum;
    (void)sum_loops(&sum, f, panel, pivot, width); /* was finite before */
    for (size_t c = 0; c < x->n; c++) {
        double a = to[c], b = width == 2 ? to[x->stride + c] : 0;
        to[c] = sum.stay * a + sum.back * b;
        if (width == 2)
            to[x->stride + c] = sum.turn * a + sum.stay * b;
    }
}

static void backward(columns *x, const autki_factor *f, const autki_panel *panel)
{
    for (int32_t last = panel->n_pivots - 1; last >= 0; last--) {
        int32_t t = f->plan->node[panel->first + last];
        int32_t width = f->plan->net->terminals[t].mirror == t ? 1 : 2;
        last -= width - 1;
        backward_station(x, f, panel, last, width);
    }
}

/* Columns of x from `first` on, by position, there and back. */
static void copy_columns(columns *part, double *x, size_t n, size_t first, const autki_plan *plan,
                         bool in)
{
    for (int32_t t = 0; t < plan->net->n_terminals; t++) {
        double *mine = row_at(part, plan->position[t]), *theirs = x + (size_t)t * n + first;
        memcpy(in ? mine : theirs, in ? theirs : mine, part->n * sizeof *mine);
    }
}

autk_status autki_factor_solve(double *x, size_t n, const autki_factor *factor, autk_err *err)
{
    const autki_plan *plan = factor->plan;
    size_t n_terminals = (size_t)plan->net->n_terminals;
    size_t width = n < COLUMNS_AT_ONCE ? n : COLUMNS_AT_ONCE;
    columns part = {.at = autki_malloc(n_terminals * width + 1, sizeof *part.at), .stride = width};
    if (part.at == NULL)
        return autki_no_memory(err, n_terminals * width * sizeof *part.at);
    for (size_t first = 0; first < n; first += width) {
        part.n = n - first < width ? n - first : width;
        copy_columns(&part, x, n, first, plan, true);
        for (size_t p = 0; p + 1 < plan->n_panels; p++)
            forward(&part, factor, &plan->panels[p]);
        for (size_t p = plan->n_panels - 1; p-- > 0;)
            backward(&part, factor, &plan->panels[p]);
        copy_columns(&part, x, n, first, plan, false);
    }
    free(part.at);
    return AUTK_OK;
}
