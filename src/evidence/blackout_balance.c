#include "evidence/blackout_balance.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/fail.h"
#include "base/mem.h"
#include "base/linear.h"

#define STEP_MAX 1.0  /* of a log; longer steps are shortened as a whole, to go on downhill */
#define GAIN_MIN 1e-9 /* of the cost, in squared standard errors: less says nothing */

/* ------------------------------------------------------------------ prior and margins of a cell */

/* What a cell's distance from its prior costs, and the derivatives of half of that in its log. */
typedef struct distance {
    double cost, gradient, precision;
} distance;

static distance distance_of(const autki_balance *b, size_t c, double y, double y0)
{
    double away = y - y0;
    if (b->kind == AUTK_BALANCE_RAS) {
        double x = exp(y);
        return (distance){2 / b->entropy * (x * away - x + exp(y0)), x * away / b->entropy,
                          x / b->entropy};
    }
    double precision = 1 / (b->cells[c].sd * b->cells[c].sd);
    return (distance){away * away * precision, away * precision, precision};
}

/* Derivative of half the margins' cost in the log of a cell of value x. */
static double pull_of(const autki_balance *b, size_t c, double x, const double *excess)
{
    const size_t *at = b->cells[c].margin;
    double sum = 0;
    for (int a = 0; a < AUTKI_CELL_MARGINS && at[a] != AUTKI_NO_MARGIN; a++)
        sum += x * excess[at[a]] / (b->margin_sd[at[a]] * b->margin_sd[at[a]]);
    return sum;
}

/* Inverse of what is diagonal in the Hessian. The curvature of sums below their target is negative:
 * it may take nearly all of the prior's precision, not more, so that the system stays positive
 * definite. RAS is convex in x itself: what Newton steps in x are in logs has no curvature. */
static double inverse_of(const autki_balance *b, double precision, double curvature)
{
    double floor = -0.98 * precision;
    if (b->kind == AUTK_BALANCE_RAS)
        return 1 / precision;
    if (b->kind == AUTK_BALANCE_RAS)
        return 1 / precision;
    return 1 / (precision + (curvature > floor ? curvature : floor));
}

/* ------------------------------------------------------------------ the optimum */

typedef struct scratch {
    double *gram, *rhs, *excess, *trial, *step;
} scratch;

static scratch scratch_of(const autki_balance *b)
{
    size_t k = b->n_margins;
    double *cells = b->room + k * k + 2 * k;
    return (scratch){b->room, b->room + k * k, b->room + k * k + k, cells, cells + b->n_cells};
}

/* H D Hᵀ + Σ and H D g over the margins. */
static void build_system(const scratch *s, const autki_balance *b, const double *y,
                         const double *y0)
{
    size_t k = b->n_margins;
    memset(s->gram, 0, k * k * sizeof *s->gram);
    memset(s->rhs, 0, k * sizeof *s->rhs);
    for (size_t r = 0; r < k; r++)
        s->gram[r * k + r] = b->margin_sd[r] * b->margin_sd[r];
    for (size_t c = 0; c < b->n_cells; c++) {
        const size_t *at = b->cells[c].margin;
        distance prior = distance_of(b, c, y[c], y0[c]);
        double x = exp(y[c]), pull = pull_of(b, c, x, s->excess);
        double d = inverse_of(b, prior.precision, pull), g = prior.gradient + pull;
        for (int i = 0; i < AUTKI_CELL_MARGINS && at[i] != AUTKI_NO_MARGIN; i++) {
            s->rhs[at[i]] += x * d * g;
            for (int j = 0; j < AUTKI_CELL_MARGINS && at[j] != AUTKI_NO_MARGIN; j++)
                s->gram[at[i] * k + at[j]] += x * x * d;
        }
    }
}

/**
 * A step towards the minimum. With D the inverse of what is diagonal in the Hessian, H = ∂S/∂y, g
 * the gradient: step = -(D g - D Hᵀ (H D Hᵀ + Σ)^-1 H D g), a system as large as there are margins
 * (Woodbury).
 */
static bool newton_step(double *y, double *largest, const scratch *s, const autki_balance *b,
                        const double *y0)
{
    build_system(s, b, y, y0);
    if (b->n_margins != 0 && !autki_solve_spd(s->gram, s->rhs, b->n_margins))
        return false;
    *largest = 0;
    for (size_t c = 0; c < b->n_cells; c++) {
        const size_t *at = b->cells[c].margin;
        distance prior = distance_of(b, c, y[c], y0[c]);
        double x = exp(y[c]), pull = pull_of(b, c, x, s->excess), shared = 0;
        for (int a = 0; a < AUTKI_CELL_MARGINS && at[a] != AUTKI_NO_MARGIN; a++)
            shared += s->rhs[at[a]];
        s->step[c] = -inverse_of(b, prior.precision, pull) * (prior.gradient + pull - x * shared);
        if (!(fabs(s->step[c]) <= *largest))
            *largest = fabs(s->step[c]);
    }
    for (size_t c = 0; c < b->n_cells; c++)
        y[c] += *largest > STEP_MAX ? s->step[c] * (STEP_MAX / *largest) : s->step[c];
    return true;
}

/* excess [out, n_margins]: S(y) - target */
static double cost_of(const autki_balance *b, const double *y, const double *y0,
                      const double *target, double *excess)
{
    double cost = 0;
    for (size_t r = 0; r < b->n_margins; r++)
        excess[r] = -target[r];
    for (size_t c = 0; c < b->n_cells; c++) {
        const size_t *at = b->cells[c].margin;
        double x = exp(y[c]);
        cost += distance_of(b, c, y[c], y0[c]).cost;
        for (int a = 0; a < AUTKI_CELL_MARGINS && at[a] != AUTKI_NO_MARGIN; a++)
            excess[at[a]] += x;
    }
    for (size_t r = 0; r < b->n_margins; r++) {
        double z = excess[r] / b->margin_sd[r];
        cost += z * z;
    }
    return cost;
}

autk_status autki_balance_solve(double *y, autki_balance *b, const double *y0, const double *target,
                                autk_err *err)
{
    scratch s = scratch_of(b);
    size_t n = b->n_cells;
    memcpy(y, y0, n * sizeof *y);
    double largest = INFINITY, cost = cost_of(b, y, y0, target, s.excess);
    for (int it = 0;; it++) {
        memcpy(s.trial, y, n * sizeof *y);
        if (!newton_step(s.trial, &largest, &s, b, y0))
            return autki_fail(err, AUTK_ENUMERIC, "the totals make a singular system");
        double next = cost_of(b, s.trial, y0, target, s.excess);
        for (int half = 0; half < 40 && !(next <= cost); half++) {
            for (size_t c = 0; c < n; c++)
                s.trial[c] = y[c] + (s.trial[c] - y[c]) / 2;
            next = cost_of(b, s.trial, y0, target, s.excess);
        }
        /* Where a total and the prior contradict each other the cost may be all but flat: then
         * steps stay long and gain nothing; at the floor of floating point they cannot gain. */
        bool is_flat = cost - next <= GAIN_MIN + 1e-14 * cost && next <= cost * (1 + 1e-12);
        if (next <= cost)
            memcpy(y, s.trial, n * sizeof *y);
        if (largest <= b->tol || is_flat)
            return AUTK_OK;
        if (it == b->max_iter || isnan(next))
            return autki_fail(err, AUTK_ENOCONV,
                              "a silent flow still moves by %.3g > %.3g after %d iterations",
                              largest, b->tol, it);
        cost = next <= cost ? next : cost_of(b, y, y0, target, s.excess);
    }
}

/* ------------------------------------------------------------------ room */

autk_status autki_balance_begin(autki_balance *b, autk_err *err)
{
    size_t k = b->n_margins;
    double value = 0, variance = 0;
    for (size_t c = 0; c < b->n_cells; c++) {
        double x = exp(b->cells[c].prior);
        value += x;
        variance += x * x * b->cells[c].sd * b->cells[c].sd;
    }
    b->entropy = value > 0 ? variance / value : 1;
    b->room = autki_malloc(k * k + 2 * k + 2 * b->n_cells, sizeof *b->room);
    return b->room != NULL ? AUTK_OK : autki_no_memory(err, (k * k + b->n_cells) * sizeof *b->room);
}

void autki_balance_end(autki_balance *b)
{
    free(b->room);
    b->room = NULL;
}
