/*
 * One evaluation of all conditions (Caliendo and Parro 2015; numbers of docs/model.md).
 *
 * Unknowns are ln wages, ln prices and spending. Costs, shares and sales follow from them without a
 * solve, so one evaluation is three passes over the shares and two over the input-output links;
 * prices, spending and wages settle together under Anderson acceleration.
 */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/fail.h"
#include "base/mem.h"
#include "equilibrium/system.h"

#define N_PLANES 8
#define N_VECTORS 11

autk_status autki_system_create(autki_system *out, const autki_model *model, autk_err *err)
{
    const autki_calibration *cal = model->cal;
    size_t doubles = N_PLANES * cal->plane + N_VECTORS * cal->stride;
    double *block = autki_calloc(doubles, sizeof *block);
    if (block == NULL)
        return autki_no_memory(err, doubles * sizeof *block);
    double *vectors = block + N_PLANES * cal->plane;
    *out = (autki_system){.model = model,
                          .kernels = autki_kernels_best(),
                          .dim = cal->stride + 2 * cal->plane,
                          .ln_cost = block,
                          .seller = block + cal->plane,
                          .price_sum = block + 2 * cal->plane,
                          .imports = block + 3 * cal->plane,
                          .revenue = block + 4 * cal->plane,
                          .exports = block + 5 * cal->plane,
                          .spending = block + 6 * cal->plane,
                          .abroad = block + 7 * cal->plane,
                          .income = vectors,
                          .transfer = vectors + cal->stride,
                          .deficit = vectors + 2 * cal->stride,
                          .price_index = vectors + 3 * cal->stride,
                          .taxes = vectors + 4 * cal->stride,
                          .scratch = vectors + 5 * cal->stride,
                          .memory = block};
    return AUTK_OK;
}

void autki_system_deinit(autki_system *sys)
{
    free(sys->memory);
    memset(sys, 0, sizeof *sys);
}

void autki_system_start(const autki_system *sys, double *point)
{
    const autki_calibration *cal = sys->model->cal;
    memset(point, 0, sys->dim * sizeof *point);
    double *spending = point + cal->stride + cal->plane;
    for (size_t at = 0; at < cal->plane; at++)
        spending[at] = cal->use[at] > 0 && !sys->model->unused[at] ? 1.0 : 0.0;
}

/* max, but a NaN stays. */
static void raise_to(double *largest, double value)
{
    if (!(value <= *largest))
        *largest = value;
}

/* Eqs. 1-3: unit costs, price indices, what the shares' numerators have in common. */
static void prices(autki_system *sys, double *ln_price_next, const double *ln_wage,
                   const double *ln_price)
{
    const autki_model *m = sys->model;
    const autki_calibration *cal = m->cal;
    size_t stride = cal->stride, n_regions = (size_t)cal->n;
    for (size_t j = 0; j < (size_t)cal->s; j++) {
        size_t at = j * stride;
        double *cost = sys->ln_cost + at, *seller = sys->seller + at;
        for (size_t i = 0; i < stride; i++)
            cost[i] = cal->value_added_share[at + i] * ln_wage[i] - m->productivity[at + i];
        sys->kernels->link_sums(cost, cal->input_share + j * cal->plane, stride, ln_price,
                                (size_t)cal->s, stride);
        if (!cal->traded[j]) {
            for (size_t i = 0; i < n_regions; i++)
                ln_price_next[at + i] = m->unused[at + i] ? 0.0 : cost[i];
            continue;
        }
        for (size_t i = 0; i < n_regions; i++)
            seller[i] = m->dead[at + i] ? 0.0 : exp(-m->theta[j] * cost[i]);
        sys->kernels->row_sums(sys->abroad + at, m->share + cal->offset[j], seller, n_regions,
                               stride);
        for (size_t n = 0; n < n_regions; n++) {
            sys->price_sum[at + n] = sys->abroad[at + n] + m->home[at + n] * seller[n];
            ln_price_next[at + n] =
                m->unused[at + n] ? 0.0 : -log(sys->price_sum[at + n]) / m->theta[j];
        }
    }
}

/* Trade of one sector, given spending. */
static void trade_of(autki_system *sys, size_t j)
{
    const autki_model *m = sys->model;
    const autki_calibration *cal = m->cal;
    size_t stride = cal->stride, at = j * stride, block = cal->offset[j];
    const double *seller = sys->seller + at, *home = m->home + at;
    double *imports = sys->imports + at, *exports = sys->exports + at, *revenue = sys->revenue + at;
    double *per_sum = sys->scratch;
    if (m->customs != m->share)
        sys->kernels->row_sums(imports, m->customs + block, seller, (size_t)cal->n, stride);
    for (size_t n = 0; n < (size_t)cal->n; n++) {
        double sum = sys->price_sum[at + n], abroad = sys->abroad[at + n];
        per_sum[n] = sum > 0 ? sys->spending[at + n] / sum : 0;
        if (m->customs == m->share)
            imports[n] = abroad;
        sys->taxes[n] += (abroad - imports[n]) * per_sum[n];
        imports[n] *= per_sum[n];
    }
    sys->kernels->column_sums(exports, m->customs + block, per_sum, (size_t)cal->n, stride);
    if (m->factory != m->customs)
        sys->kernels->column_sums(revenue, m->factory + block, per_sum, (size_t)cal->n, stride);
    for (size_t i = 0; i < (size_t)cal->n; i++) {
        exports[i] *= seller[i];
        double sold = m->factory != m->customs ? revenue[i] * seller[i] : exports[i];
        sys->taxes[i] += exports[i] - sold;
        revenue[i] = sold + home[i] * seller[i] * per_sum[i];
    }
}

static void trade(autki_system *sys)
{
    const autki_calibration *cal = sys->model->cal;
    memset(sys->taxes, 0, cal->stride * sizeof *sys->taxes);
    for (size_t j = 0; j < (size_t)cal->s; j++) {
        size_t at = j * cal->stride;
        if (cal->traded[j])
            trade_of(sys, j);
        else
            memcpy(sys->revenue + at, sys->spending + at, cal->stride * sizeof *sys->revenue);
    }
}

static void deficits(autki_system *sys)
{
    const autki_model *m = sys->model;
    const autki_calibration *cal = m->cal;
    if (m->deficits != AUTK_DEFICITS_OUTPUT) {
        memcpy(sys->deficit, m->deficit, cal->stride * sizeof *sys->deficit);
        return;
    }
    double world = 0, spent = 0, *output = sys->scratch;
    for (int32_t n = 0; n < cal->n; n++) {
        output[n] = 0;
        for (size_t j = 0; j < (size_t)cal->s; j++)
            output[n] += sys->revenue[j * cal->stride + (size_t)n];
        world += output[n];
        spent += m->deficit[n] * output[n];
    }
    for (int32_t n = 0; n < cal->n; n++)
        sys->deficit[n] = (m->deficit[n] * world / spent - 1) * output[n];
}

/* Burden sharing: all members end with the same change of real income (Chowdhry, Hinz, Kamin and
 * Wanner 2024). */
static void share_burden(autki_system *sys)
{
    const autki_model *m = sys->model;
    double members = 0, needed = 0;
    for (int32_t n = 0; n < m->cal->n; n++) {
        if (m->coalition[n]) {
            members += sys->income[n];
            needed += m->coalition_income[n] * exp(sys->price_index[n] - m->coalition_price[n]);
        }
    }
    for (int32_t n = 0; n < m->cal->n; n++) {
        double before = sys->income[n];
        if (m->coalition[n])
            sys->income[n] = members / needed * m->coalition_income[n] *
                             exp(sys->price_index[n] - m->coalition_price[n]);
        sys->transfer[n] = sys->income[n] - before;
    }
}

/* Eq. 5, and the price index of final use. */
static void incomes(autki_system *sys, const double *ln_wage, const double *ln_price)
{
    const autki_model *m = sys->model;
    const autki_calibration *cal = m->cal;
    size_t stride = cal->stride;
    deficits(sys);
    for (size_t n = 0; n < (size_t)cal->n; n++) {
        sys->income[n] = exp(ln_wage[n]) * cal->income[n] + sys->deficit[n] + sys->taxes[n];
        sys->price_index[n] = 0;
    }
    for (size_t j = 0; j < (size_t)cal->s; j++) {
        for (size_t n = 0; n < (size_t)cal->n; n++) {
            size_t at = j * stride + n;
            sys->price_index[n] += cal->final_share[at] * ln_price[at];
        }
    }
    if (m->coalition != NULL)
        share_burden(sys);
    for (int32_t n = cal->n - 1; n >= 0; n--)
        sys->poor = sys->income[n] > 0 ? sys->poor : n;
}

/* Eq. 4. */
static void spending(autki_system *sys, double *next, const double *now)
{
    const autki_model *m = sys->model;
    const autki_calibration *cal = m->cal;
    for (size_t j = 0; j < (size_t)cal->s; j++) {
        size_t at = j * cal->stride;
        double *x = next + at;
        for (size_t n = 0; n < cal->stride; n++)
            x[n] = cal->final_share[at + n] * sys->income[n];
        sys->kernels->link_sums(x, cal->input_share + at, cal->plane, sys->revenue, (size_t)cal->s,
                                cal->stride);
        for (size_t n = 0; n < (size_t)cal->n; n++) {
            if (m->unused[at + n] || !(cal->use[at + n] > 0)) {
                x[n] = 0;
                continue;
            }
            x[n] /= cal->use[at + n];
            raise_to(&sys->residual, fabs(x[n] / now[at + n] - 1));
        }
    }
}

/* ln of what pays for imports over imports, capital flows on the side where they are positive: the
 * balance of trade, sensitive to the wage however closed the economy is. 0 without any trade. */
static double trade_gap(double exports, double imports, double deficit)
{
    double in = exports + (deficit > 0 ? deficit : 0), out = imports - (deficit < 0 ? deficit : 0);
    return in == 0 && out == 0 ? 0 : log(in / out);
}

/* Each bloc's nominal factor income stays: between blocs that do not trade nothing would hold the
 * wages, and deficits, which are nominal, would mean anything. */
static void keep_numeraires(autki_system *sys, double *next, const double *ln_wage)
{
    const autki_model *m = sys->model;
    const autki_calibration *cal = m->cal;
    double *income = sys->scratch + 3 * cal->stride, *now = income + cal->stride,
           *then = now + cal->stride;
    memset(income, 0, 3 * cal->stride * sizeof *income);
    for (size_t n = 0; n < (size_t)cal->n; n++) {
        int32_t bloc = m->bloc[n];
        income[bloc] += cal->income[n];
        now[bloc] += exp(ln_wage[n]) * cal->income[n];
        then[bloc] += exp(next[n]) * cal->income[n];
    }
    double *shift = then; /* a bloc's first economy comes before the others */
    for (size_t n = 0; n < (size_t)cal->n; n++) {
        if (m->bloc[n] == (int32_t)n) {
            raise_to(&sys->residual, fabs(now[n] / income[n] - 1));
            shift[n] = log(then[n] / income[n]);
        }
        next[n] -= shift[m->bloc[n]];
    }
}

/* Eq. 6, the balance of trade; and its equivalent, that factors earn what producers pay them. */
static void wages(autki_system *sys, double *next, const double *ln_wage)
{
    const autki_model *m = sys->model;
    const autki_calibration *cal = m->cal;
    double *demand = sys->scratch, *exports = demand + cal->stride,
           *imports = exports + cal->stride;
    memset(sys->scratch, 0, 3 * cal->stride * sizeof *demand);
    for (size_t j = 0; j < (size_t)cal->s; j++) {
        for (size_t n = 0; n < (size_t)cal->n; n++) {
            size_t at = j * cal->stride + n;
            demand[n] += cal->value_added_share[at] * sys->revenue[at];
            exports[n] += sys->exports[at];
            imports[n] += sys->imports[at];
        }
    }
    for (size_t n = 0; n < (size_t)cal->n; n++) {
        double gap = trade_gap(exports[n], imports[n], sys->deficit[n] + sys->transfer[n]);
        raise_to(&sys->residual, fabs(gap));
        raise_to(&sys->residual, fabs(log(demand[n] / cal->income[n]) - ln_wage[n]));
        next[n] = ln_wage[n] + m->damping[n] * gap;
    }
    keep_numeraires(sys, next, ln_wage);
}

void autki_system_eval(autki_system *sys, double *next, const double *point)
{
    const autki_calibration *cal = sys->model->cal;
    size_t stride = cal->stride, plane = cal->plane;
    const double *ln_price = point + stride, *x = point + stride + plane;
    double *ln_price_next = next + stride, *x_next = next + stride + plane;
    memset(next, 0, sys->dim * sizeof *next);
    sys->residual = 0;
    sys->poor = -1;
    prices(sys, ln_price_next, point, ln_price);
    for (size_t at = 0; at < plane; at++) {
        raise_to(&sys->residual, fabs(ln_price_next[at] - ln_price[at]));
        sys->spending[at] = x[at] * cal->use[at];
    }
    trade(sys);
    incomes(sys, point, ln_price_next);
    spending(sys, x_next, x);
    wages(sys, next, point);
    sys->valid = isfinite(sys->residual);
}
