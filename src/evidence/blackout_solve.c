#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/fail.h"
#include "base/linear.h"
#include "base/mem.h"
#include "base/random.h"
#include "evidence/blackout.h"
#include "evidence/mirror_internal.h"

#define Z95 1.6448536269514722
#define STEP_MAX 1.0       /* largest change of a log in a step */
#define MARGIN_SD_MIN 1e-5 /* of the residual: no total is trusted further */
#define GAIN_MIN 1e-9      /* of the cost, in squared standard errors: less says nothing */
#define NEAREST_MAX 3      /* years within which a later report counts */

autk_blackout_opts autk_blackout_opts_default(void)
{
    return (autk_blackout_opts){.partner_sd = 0.1,
                                .total_sd = 0.02,
                                .n_draws = 500,
                                .seed = 1,
                                .max_iter = 500,
                                .tol = 1e-6};
}

/* A known total less the known flows: the sum of the silent flows of one side. */
typedef struct margin {
    int32_t economy;
    bool exports;
    double residual, sd;
} margin;

typedef struct cell {
    size_t row, column; /* margins; SIZE_MAX = no such total */
    double prior, sd;   /* log */
    const autki_errors *errors;
    size_t out;
} cell;

typedef struct problem {
    const autk_panel *panel;
    const autk_blackout_opts *opts;
    int year;
    bool *is_silent; /* [n][n] */
    margin *margins;
    size_t n_margins;
    cell *cells; /* silent flows with a history */
    size_t n_cells;
    /* scratch of the solver */
    double *gram, *rhs, *excess, *target;
} problem;

/* ------------------------------------------------------------------ priors */

static int known_before(const autk_panel *p, int year, int32_t i, int32_t j)
{
    for (int y = year - 1; y >= p->first_year; y--) {
        if (autki_panel_at(p, y, i, j) > 0)
            return y;
    }
    return 0;
}

static int known_after(const autk_panel *p, int year, int32_t i, int32_t j)
{
    int last = p->first_year + p->n_years - 1;
    for (int y = year + 1; y <= last && y <= year + NEAREST_MAX; y++) {
        if (autki_panel_at(p, y, i, j) > 0)
            return y;
    }
    return 0;
}

typedef struct growths {
    autki_growth *of; /* [n_years] made when asked for */
    bool *made;
} growths;

static autk_status trend_from(double *trend, growths *g, const problem *q, int from, int32_t i,
                              int32_t j, autk_err *err)
{
    size_t at = (size_t)(from - q->panel->first_year);
    *trend = NAN;
    if (!g->made[at]) {
        autk_status st = autki_growth_make(&g->of[at], q->panel, from, q->year, q->is_silent, err);
        if (st != AUTK_OK)
            return st;
        g->made[at] = true;
    }
    *trend = autki_trend(&g->of[at], q->panel, i, j, true);
    return AUTK_OK;
}

/* What the neighbours say, and which errors go with it. */
static autk_status find_prior(autk_blackout_estimate *e, cell *c, growths *g,
                              const autk_blackout_model *m, const problem *q, int32_t i, int32_t j,
                              autk_err *err)
{
    int before = known_before(q->panel, q->year, i, j),
        after = known_after(q->panel, q->year, i, j);
    double a = NAN, b = NAN;
    autk_status st = AUTK_OK;
    if (before != 0)
        st = trend_from(&a, g, q, before, i, j, err);
    if (st == AUTK_OK && after != 0)
        st = trend_from(&b, g, q, after, i, j, err);
    if (st != AUTK_OK)
        return st;
    int back = before != 0 ? q->year - before : 0, ahead = after != 0 ? after - q->year : 0;
    int horizon = isnan(a) ? ahead : back;
    double prior = isnan(a) ? b : a;
    if (!isnan(a) && !isnan(b)) {
        prior = (ahead * a + back * b) / (back + ahead);
        horizon = back < ahead ? back : ahead;
    }
    e->years_since = back;
    c->prior = prior;
    if (isnan(prior))
        return AUTK_OK;
    int row = back == 1 && ahead == 1    ? AUTKI_HORIZONS
              : horizon > AUTKI_HORIZONS ? AUTKI_HORIZONS - 1
                                         : horizon - 1;
    e->trend = exp(prior);
    e->size_class = autki_size_class(e->trend);
    c->errors = &m->errors[row][e->size_class];
    c->sd = c->errors->sd;
    return AUTK_OK;
}

/* ------------------------------------------------------------------ margins */

static void make_margin(problem *q, size_t *position, int32_t economy, bool exports, double total)
{
    const autk_panel *p = q->panel;
    size_t n = (size_t)p->n_economies;
    double known = 0, variance = 0;
    *position = SIZE_MAX;
    if (isnan(total))
        return;
    for (size_t k = 0; k < q->n_margins; k++) {
        if (q->margins[k].economy == economy && q->margins[k].exports == exports) {
            *position = k;
            return;
        }
    }
    for (int32_t k = 0; k < p->n_economies; k++) {
        size_t i = (size_t)(exports ? economy : k), j = (size_t)(exports ? k : economy);
        double v = autki_panel_at(p, q->year, (int32_t)i, (int32_t)j);
        if (i == j || isnan(v) || q->is_silent[i * n + j])
            continue;
        known += v;
        variance += q->opts->partner_sd * v * q->opts->partner_sd * v;
    }
    variance += q->opts->total_sd * total * q->opts->total_sd * total;
    /* A margin without error would make the system stiff beyond what doubles can tell apart. */
    double least = MARGIN_SD_MIN * fabs(total - known) + 1;
    q->margins[q->n_margins] = (margin){economy, exports, total - known, sqrt(variance) + least};
    *position = q->n_margins++;
}

/* ------------------------------------------------------------------ the optimum */

/* What the curvature of a sum adds to the precision of a cell's prior. Where the sum is below its
 * target that is negative: it may take nearly all of the prior's precision, not more, so that the
 * system stays positive definite. */
static double curvature_of(const problem *q, const cell *c, double x, const double *excess)
{
    double sum = 0, floor = -0.98 / (c->sd * c->sd);
    const size_t at[2] = {c->row, c->column};
    for (int a = 0; a < 2; a++) {
        if (at[a] != SIZE_MAX)
            sum += x * excess[at[a]] / (q->margins[at[a]].sd * q->margins[at[a]].sd);
    }
    return sum > floor ? sum : floor;
}

/* Gradient of half the cost at a cell. */
static double gradient_of(const problem *q, const cell *c, double y, double y0,
                          const double *excess)
{
    double g = (y - y0) / (c->sd * c->sd), x = exp(y);
    const size_t at[2] = {c->row, c->column};
    for (int a = 0; a < 2; a++) {
        if (at[a] != SIZE_MAX)
            g += x * excess[at[a]] / (q->margins[at[a]].sd * q->margins[at[a]].sd);
    }
    return g;
}

/**
 * A step towards the minimum of Σ(y - y0)²/s² + Σ((S(y) - R)/σ)² over logs y. With D the inverse
 * of what is diagonal in the Hessian, H = ∂S/∂y, g the gradient:
 * step = -(D g - D Hᵀ (H D Hᵀ + Σ)^-1 H D g), a system as large as there are margins (Woodbury).
 *
 * @param excess  [n_margins] S(y) - R
 */
static bool newton_step(double *y, double *largest, problem *q, const double *y0,
                        const double *excess)
{
    size_t k = q->n_margins;
    memset(q->gram, 0, k * k * sizeof *q->gram);
    memset(q->rhs, 0, k * sizeof *q->rhs);
    for (size_t r = 0; r < k; r++)
        q->gram[r * k + r] = q->margins[r].sd * q->margins[r].sd;
    for (size_t c = 0; c < q->n_cells; c++) {
        const cell *own = &q->cells[c];
        double x = exp(y[c]);
        double d = 1 / (1 / (own->sd * own->sd) + curvature_of(q, own, x, excess));
        double g = gradient_of(q, own, y[c], y0[c], excess);
        const size_t at[2] = {own->row, own->column};
        for (int a = 0; a < 2; a++) {
            if (at[a] == SIZE_MAX)
                continue;
            q->rhs[at[a]] += x * d * g;
            for (int b = 0; b < 2; b++)
                if (at[b] != SIZE_MAX)
                    q->gram[at[a] * k + at[b]] += x * x * d;
        }
    }
    if (k != 0 && !autki_solve_spd(q->gram, q->rhs, k))
        return false;
    *largest = 0;
    for (size_t c = 0; c < q->n_cells; c++) {
        const cell *own = &q->cells[c];
        double x = exp(y[c]), pull = 0;
        double d = 1 / (1 / (own->sd * own->sd) + curvature_of(q, own, x, excess));
        if (own->row != SIZE_MAX)
            pull += q->rhs[own->row];
        if (own->column != SIZE_MAX)
            pull += q->rhs[own->column];
        double step = -d * (gradient_of(q, own, y[c], y0[c], excess) - x * pull);
        if (!(fabs(step) <= *largest))
            *largest = fabs(step);
        y[c] += step > STEP_MAX ? STEP_MAX : step < -STEP_MAX ? -STEP_MAX : step;
    }
    return true;
}

/* excess [out, n_margins]: S(y) - R */
static double cost_of(const problem *q, const double *y, const double *y0, const double *target,
                      double *excess)
{
    double cost = 0;
    for (size_t r = 0; r < q->n_margins; r++)
        excess[r] = -target[r];
    for (size_t c = 0; c < q->n_cells; c++) {
        double z = (y[c] - y0[c]) / q->cells[c].sd, x = exp(y[c]);
        cost += z * z;
        if (q->cells[c].row != SIZE_MAX)
            excess[q->cells[c].row] += x;
        if (q->cells[c].column != SIZE_MAX)
            excess[q->cells[c].column] += x;
    }
    for (size_t r = 0; r < q->n_margins; r++) {
        double z = excess[r] / q->margins[r].sd;
        cost += z * z;
    }
    return cost;
}

/* y [in: anything, out: optimum]; trial: room for n_cells. */
static autk_status solve(double *y, double *trial, problem *q, const double *y0,
                         const double *target, autk_err *err)
{
    memcpy(y, y0, q->n_cells * sizeof *y);
    double largest = INFINITY, cost = cost_of(q, y, y0, target, q->excess);
    for (int it = 0;; it++) {
        memcpy(trial, y, q->n_cells * sizeof *y);
        if (!newton_step(trial, &largest, q, y0, q->excess))
            return autki_fail(err, AUTK_ENUMERIC, "the margins of %d make a singular system",
                              q->year);
        double next = cost_of(q, trial, y0, target, q->excess);
        for (int half = 0; half < 40 && !(next <= cost); half++) {
            for (size_t c = 0; c < q->n_cells; c++)
                trial[c] = y[c] + (trial[c] - y[c]) / 2;
            next = cost_of(q, trial, y0, target, q->excess);
        }
        /* Where a total and the prior contradict each other the cost may be all but flat: then
         * steps stay long and gain nothing; at the floor of floating point they cannot gain. */
        bool is_flat = cost - next <= GAIN_MIN + 1e-14 * cost && next <= cost * (1 + 1e-12);
        if (next <= cost)
            memcpy(y, trial, q->n_cells * sizeof *y);
        if (largest <= q->opts->tol || is_flat)
            return AUTK_OK;
        if (it == q->opts->max_iter || isnan(next))
            return autki_fail(err, AUTK_ENOCONV,
                              "a silent flow still moves by %.3g > %.3g after %d iterations",
                              largest, q->opts->tol, it);
        cost = next <= cost ? next : cost_of(q, y, y0, target, q->excess);
    }
}

/* ------------------------------------------------------------------ draws */

static double draw_error(const autki_errors *e, uint64_t *random)
{
    double at = autki_random_uniform(random) * AUTKI_QUANTILES - 0.5;
    if (at <= 0)
        return e->quantile[0];
    size_t k = (size_t)at;
    if (k + 1 >= AUTKI_QUANTILES)
        return e->quantile[AUTKI_QUANTILES - 1];
    return e->quantile[k] + (at - (double)k) * (e->quantile[k + 1] - e->quantile[k]);
}

static int ascending(const void *a, const void *b)
{
    double x = *(const double *)a, y = *(const double *)b;
    return (x > y) - (x < y);
}

/* draws: [n_cells][n_draws] */
static autk_status draw_all(double *draws, problem *q, double *room, autk_err *err)
{
    size_t n_draws = (size_t)q->opts->n_draws, m = q->n_cells;
    double *y = room, *y0 = room + m, *trial = room + 2 * m;
    uint64_t random = q->opts->seed;
    autk_status st = AUTK_OK;
    for (size_t d = 0; d < n_draws && st == AUTK_OK; d++) {
        for (size_t c = 0; c < m; c++)
            y0[c] = q->cells[c].prior + draw_error(q->cells[c].errors, &random);
        for (size_t r = 0; r < q->n_margins; r++)
            q->target[r] = q->margins[r].residual + q->margins[r].sd * autki_random_normal(&random);
        st = solve(y, trial, q, y0, q->target, err);
        for (size_t c = 0; c < m && st == AUTK_OK; c++)
            draws[c * n_draws + d] = exp(y[c]);
    }
    return st;
}

static double at_quantile(const double *sorted, size_t n, double quantile)
{
    double at = quantile * (double)(n - 1);
    size_t k = (size_t)at;
    return k + 1 < n ? sorted[k] + (at - (double)k) * (sorted[k + 1] - sorted[k]) : sorted[n - 1];
}

static autk_status fill_estimates(autk_blackout_estimate *out, problem *q, autk_err *err)
{
    size_t m = q->n_cells, k = q->n_margins, n_draws = (size_t)q->opts->n_draws;
    double *draws = autki_malloc(m * n_draws, sizeof *draws);
    double *room = autki_malloc(3 * m + k * k + 3 * k, sizeof *room);
    autk_status st = AUTK_OK;
    if (draws == NULL || room == NULL) {
        st = autki_no_memory(err, m * n_draws * sizeof *draws);
    } else {
        q->gram = room + 3 * m;
        q->rhs = q->gram + k * k;
        q->excess = q->rhs + k;
        q->target = q->excess + k;
        st = draw_all(draws, q, room, err);
    }
    for (size_t c = 0; c < m && st == AUTK_OK; c++) {
        double *own = draws + c * n_draws;
        autk_blackout_estimate *e = &out[q->cells[c].out];
        qsort(own, n_draws, sizeof *own, ascending);
        e->value = at_quantile(own, n_draws, 0.5);
        e->low = at_quantile(own, n_draws, 0.05);
        e->high = at_quantile(own, n_draws, 0.95);
    }
    free(draws);
    free(room);
    return st;
}

/* What a total leaves bounds each flow in it; it is all there is when the flow is alone. */
static void fill_bounds(autk_blackout_estimate *e, const problem *q, size_t row, size_t column,
                        const size_t *n_in)
{
    size_t at[2] = {row, column};
    double *residual[2] = {&e->residual_exporter, &e->residual_importer};
    e->bound_low = 0;
    e->bound_high = NAN;
    for (int a = 0; a < 2; a++) {
        *residual[a] = NAN;
        if (at[a] == SIZE_MAX)
            continue;
        const margin *g = &q->margins[at[a]];
        double high = g->residual + Z95 * g->sd, low = g->residual - Z95 * g->sd;
        *residual[a] = g->residual;
        if (high < 0)
            high = 0;
        if (isnan(e->bound_high) || high < e->bound_high)
            e->bound_high = high;
        if (n_in[at[a]] == 1 && low > e->bound_low)
            e->bound_low = low;
    }
    if (e->bound_high < e->bound_low) /* the two totals contradict each other */
        e->bound_low = e->bound_high;
}

/* ------------------------------------------------------------------ all of it */

static autk_status check(const autk_panel *p, int year, const autk_silent_flow *silent, size_t n,
                         const autk_blackout_opts *o, autk_err *err)
{
    if (year < p->first_year || year >= p->first_year + p->n_years)
        return autki_fail(err, AUTK_EARG, "expected a year from %d to %d, got %d", p->first_year,
                          p->first_year + p->n_years - 1, year);
    if (!(o->partner_sd >= 0) || !(o->total_sd >= 0) || o->n_draws < 20 || o->n_draws > 100000 ||
        !(o->tol > 0) || o->max_iter < 1)
        return autki_fail(err, AUTK_EARG,
                          "expected errors of at least 0 and 20 to 100000 draws, got %g, %g and %d",
                          o->partner_sd, o->total_sd, o->n_draws);
    for (size_t k = 0; k < n; k++) {
        if (silent[k].exporter < 0 || silent[k].exporter >= p->n_economies ||
            silent[k].importer < 0 || silent[k].importer >= p->n_economies ||
            silent[k].exporter == silent[k].importer)
            return autki_fail(err, AUTK_EARG, "expected two economies below %d, got %d and %d",
                              p->n_economies, silent[k].exporter, silent[k].importer);
    }
    return AUTK_OK;
}

static autk_status prepare_cells(autk_blackout_estimate *out, problem *q, growths *g, size_t *n_in,
                                 const autk_blackout_model *m, const autk_silent_flow *silent,
                                 size_t n, const double *exports, const double *imports,
                                 autk_err *err)
{
    autk_status st = AUTK_OK;
    size_t *rows = autki_malloc(2 * n, sizeof *rows);
    if (rows == NULL)
        return autki_no_memory(err, 2 * n * sizeof *rows);
    for (size_t k = 0; k < n && st == AUTK_OK; k++) {
        int32_t i = silent[k].exporter, j = silent[k].importer;
        make_margin(q, &rows[2 * k], i, true, exports != NULL ? exports[i] : NAN);
        make_margin(q, &rows[2 * k + 1], j, false, imports != NULL ? imports[j] : NAN);
        for (int a = 0; a < 2; a++)
            if (rows[2 * k + (size_t)a] != SIZE_MAX)
                n_in[rows[2 * k + (size_t)a]]++;
        out[k] = (autk_blackout_estimate){.value = NAN, .low = NAN, .high = NAN, .trend = NAN};
        cell c = {.row = rows[2 * k], .column = rows[2 * k + 1], .out = k};
        st = find_prior(&out[k], &c, g, m, q, i, j, err);
        if (st == AUTK_OK && !isnan(c.prior))
            q->cells[q->n_cells++] = c;
    }
    for (size_t k = 0; k < n && st == AUTK_OK; k++)
        fill_bounds(&out[k], q, rows[2 * k], rows[2 * k + 1], n_in);
    free(rows);
    return st;
}

autk_status autk_blackout_solve(autk_blackout_estimate *out, const autk_blackout_model *model,
                                const autk_panel *panel, int year, const autk_silent_flow *silent,
                                size_t n_silent, const double *exports, const double *imports,
                                const autk_blackout_opts *opts, autk_err *err)
{
    autk_blackout_opts defaults = autk_blackout_opts_default();
    problem q = {.panel = panel, .opts = opts != NULL ? opts : &defaults, .year = year};
    size_t n = (size_t)panel->n_economies, n_years = (size_t)panel->n_years;
    autk_status st = check(panel, year, silent, n_silent, q.opts, err);
    if (st != AUTK_OK)
        return st;
    growths g = {autki_calloc(n_years, sizeof *g.of), autki_calloc(n_years, sizeof *g.made)};
    size_t *n_in = autki_calloc(2 * n, sizeof *n_in);
    q.is_silent = autki_calloc(n * n, sizeof *q.is_silent);
    q.margins = autki_malloc(2 * n, sizeof *q.margins);
    q.cells = autki_malloc(n_silent, sizeof *q.cells);
    if (g.of == NULL || g.made == NULL || n_in == NULL || q.is_silent == NULL ||
        q.margins == NULL || q.cells == NULL)
        st = autki_no_memory(err, n * n);
    for (size_t k = 0; st == AUTK_OK && k < n_silent; k++)
        q.is_silent[(size_t)silent[k].exporter * n + (size_t)silent[k].importer] = true;
    if (st == AUTK_OK)
        st = prepare_cells(out, &q, &g, n_in, model, silent, n_silent, exports, imports, err);
    if (st == AUTK_OK && q.n_cells != 0)
        st = fill_estimates(out, &q, err);
    for (size_t y = 0; g.made != NULL && g.of != NULL && y < n_years; y++)
        if (g.made[y])
            autki_growth_free(&g.of[y]);
    free(g.of);
    free(g.made);
    free(n_in);
    free(q.is_silent);
    free(q.margins);
    free(q.cells);
    return st;
}
