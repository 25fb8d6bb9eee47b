/* What an equilibrium means for each economy, against another. */
#include <assert.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/fail.h"
#include "base/linear.h"
#include "base/mem.h"
#include "equilibrium/outcome.h"

autk_status autki_total_use(double *weight, const autki_calibration *cal, autk_err *err)
{
    size_t s = (size_t)cal->s;
    double *a = autki_malloc(s * s + s, sizeof *a);
    if (a == NULL)
        return autki_no_memory(err, s * s * sizeof *a);
    double *b = a + s * s;
    autk_status st = AUTK_OK;
    for (size_t n = 0; st == AUTK_OK && n < (size_t)cal->n; n++) {
        for (size_t j = 0; j < s; j++) {
            b[j] = cal->final_share[j * cal->stride + n];
            for (size_t k = 0; k < s; k++)
                a[j * s + k] = (j == k) - cal->input_share[k * cal->plane + j * cal->stride + n];
        }
        if (!autki_solve_linear(a, b, s, 1, 1e-14))
            st = autki_fail(err, AUTK_EDATA,
                            "expected inputs of %s that can be produced, got a singular table",
                            cal->economy->regions.name[n]);
        for (size_t j = 0; j < s; j++)
            weight[j * cal->stride + n] = b[j];
    }
    free(a);
    return st;
}

static double domestic_share(const autk_equilibrium *eq, size_t j, size_t n)
{
    return autk_equilibrium_share(eq, (int32_t)j, (int32_t)n, (int32_t)n);
}

/* 1 - (w/P)_A / (w/P) by the domestic shares (Arkolakis, Costinot and Rodriguez-Clare 2012, with
 * links). */
static double gains(const autk_equilibrium *eq, const double *weight, size_t n)
{
    const autki_calibration *cal = &eq->cal;
    double ln_real_wage = 0;
    for (size_t j = 0; j < (size_t)cal->s; j++) {
        double w = weight[j * cal->stride + n];
        if (!(fabs(w) > 0) || eq->model.unused[j * cal->stride + n])
            continue;
        double share = domestic_share(eq, j, n);
        if (!(share > 0))
            return 1.0;
        ln_real_wage += w * log(share) / eq->model.theta[j];
    }
    return 1.0 - exp(ln_real_wage);
}

double autki_identity_gap(const autk_equilibrium *eq, const double *weight)
{
    const autki_calibration *cal = &eq->cal;
    const autk_economy *e = eq->economy;
    double largest = 0;
    for (size_t n = 0; n < (size_t)cal->n; n++) {
        double ln_real_wage = eq->point[n] - eq->sys.price_index[n], predicted = 0;
        bool applies = true;
        for (size_t j = 0; applies && j < (size_t)cal->s; j++) {
            double w = weight[j * cal->stride + n];
            if (!(fabs(w) > 0))
                continue;
            double before = e->flow[autki_cell(e, (int32_t)j, (int32_t)n, (int32_t)n)] /
                            cal->absorption[j * cal->stride + n];
            if (!cal->traded[j])
                before = 1;
            double after = domestic_share(eq, j, n);
            applies = before > 0 && after > 0;
            predicted += w * (eq->model.productivity[j * cal->stride + n] -
                              log(after / before) / eq->model.theta[j]);
        }
        double gap = applies ? fabs(ln_real_wage - predicted) : 0;
        if (!(gap <= largest))
            largest = gap;
    }
    return largest;
}

/* Sums over an economy's trade across borders. */
typedef struct trade_sums {
    double exports0, exports1, imports0, imports1;
    /* Of the flows that exist before and after; an embargo's end has no price after it. */
    double exports_kept0, exports_kept1, imports_kept0, imports_kept1;
    double exports_new_prices, exports_old_prices; /* E0 * price change, E1 / price change */
    double imports_new_prices, imports_old_prices;
    double terms, volume; /* Caliendo and Parro's linear split, times income */
} trade_sums;

typedef struct cell_pair {
    double before, after, cost, border, tariff;
} cell_pair;

static void add_cell(trade_sums *seller, trade_sums *buyer, const cell_pair *c)
{
    double price = c->cost * c->border;
    seller->exports0 += c->before;
    seller->exports1 += c->after;
    buyer->imports0 += c->before;
    buyer->imports1 += c->after;
    if (c->before > 0) {
        double gain = c->before * (c->cost - 1);
        seller->terms += gain;
        buyer->terms -= gain;
        buyer->volume += c->tariff * (c->after - c->before * c->cost);
    }
    if (c->before > 0 && c->after > 0) {
        seller->exports_kept0 += c->before;
        seller->exports_kept1 += c->after;
        buyer->imports_kept0 += c->before;
        buyer->imports_kept1 += c->after;
        seller->exports_new_prices += c->before * price;
        seller->exports_old_prices += c->after / price;
        buyer->imports_new_prices += c->before * price;
        buyer->imports_old_prices += c->after / price;
    }
}

static void sum_row(trade_sums *sums, const autk_equilibrium *b, const autk_equilibrium *a,
                    size_t j, size_t n)
{
    const autki_calibration *cal = &b->cal;
    size_t plane = j * cal->stride, row = cal->offset[j] + n * cal->stride;
    double v0 = b->sys.price_sum[plane + n], v1 = a->sys.price_sum[plane + n];
    v0 = v0 > 0 ? b->sys.spending[plane + n] / v0 : 0;
    v1 = v1 > 0 ? a->sys.spending[plane + n] / v1 : 0;
    for (size_t i = 0; i < (size_t)cal->n; i++) {
        double c0 = b->model.customs[row + i], c1 = a->model.customs[row + i];
        if (i == n || (c0 == 0 && c1 == 0))
            continue;
        cell_pair c = {.before = c0 * b->sys.seller[plane + i] * v0,
                       .after = c1 * a->sys.seller[plane + i] * v1,
                       .cost = exp(a->sys.ln_cost[plane + i] - b->sys.ln_cost[plane + i]),
                       .border = 1,
                       .tariff = c0 > 0 ? b->model.share[row + i] / c0 - 1 : 0};
        if (a->model.dead[plane + i])
            c.cost = 1; /* its price has no meaning; the flow is gone */
        if (c0 > 0 && c1 > 0)
            c.border = c1 / a->model.factory[row + i] * b->model.factory[row + i] / c0;
        add_cell(&sums[i], &sums[n], &c);
    }
}

static double change(double after, double before)
{
    return before > 0 ? after / before - 1 : NAN;
}

static double fisher_terms(const trade_sums *t)
{
    if (!(t->exports_old_prices > 0) || !(t->imports_old_prices > 0))
        return NAN;
    double exports =
        sqrt(t->exports_new_prices / t->exports_kept0 * t->exports_kept1 / t->exports_old_prices);
    double imports =
        sqrt(t->imports_new_prices / t->imports_kept0 * t->imports_kept1 / t->imports_old_prices);
    return exports / imports - 1;
}

static void fill(autk_outcome *o, const trade_sums *t, const autk_equilibrium *b,
                 const autk_equilibrium *a, const double *weight, size_t n)
{
    double income = b->sys.income[n];
    double price = exp(a->sys.price_index[n] - b->sys.price_index[n]);
    double wage = exp(a->point[n] - b->point[n]);
    *o = (autk_outcome){.welfare_exact = a->sys.income[n] / income / price - 1,
                        .linear_terms_of_trade = t->terms / income,
                        .linear_volume_of_trade = t->volume / income,
                        .linear_total = (t->terms + t->volume) / income,
                        .real_wage = wage / price - 1,
                        .price_index = price - 1,
                        .wage = wage - 1,
                        .income = a->sys.income[n] / income - 1,
                        .exports = change(t->exports1, t->exports0),
                        .imports = change(t->imports1, t->imports0),
                        .terms_of_trade = fisher_terms(t),
                        .transfer = a->sys.transfer[n] / income,
                        .gains_from_trade = gains(b, weight, n),
                        .gains_from_trade_after = gains(a, weight, n),
                        .exports_before_usd = t->exports0,
                        .exports_after_usd = t->exports1,
                        .imports_before_usd = t->imports0,
                        .imports_after_usd = t->imports1,
                        .income_before_usd = income};
}

autk_status autk_equilibrium_compare(autk_outcome *outcome, const autk_equilibrium *before,
                                     const autk_equilibrium *after, autk_err *err)
{
    if (before->economy != after->economy)
        return autki_fail(err, AUTK_EARG, "expected two equilibria of one economy");
    const autki_calibration *cal = &before->cal;
    double *weight = autki_calloc(cal->plane, sizeof *weight);
    trade_sums *sums = autki_calloc((size_t)cal->n, sizeof *sums);
    autk_status st = AUTK_OK;
    if (weight == NULL || sums == NULL)
        st = autki_no_memory(err, cal->plane * sizeof *weight);
    if (st == AUTK_OK)
        st = autki_total_use(weight, cal, err);
    for (size_t j = 0; st == AUTK_OK && j < (size_t)cal->s; j++) {
        for (size_t n = 0; cal->traded[j] && n < (size_t)cal->n; n++)
            sum_row(sums, before, after, j, n);
    }
    if (st == AUTK_OK) {
        assert(autki_identity_gap(before, weight) <= 1e4 * before->sys.residual + 1e-9);
        assert(autki_identity_gap(after, weight) <= 1e4 * after->sys.residual + 1e-9);
    }
    for (size_t n = 0; st == AUTK_OK && n < (size_t)cal->n; n++)
        fill(&outcome[n], &sums[n], before, after, weight, n);
    free(weight);
    free(sums);
    return st;
}

double autk_short_run_output(double share, double sigma, double change_of_input)
{
    if (!(share >= 0 && share <= 1) || !(sigma >= 0) || !isfinite(sigma) ||
        !(change_of_input >= -1) || !isfinite(change_of_input))
        return NAN;
    double left = 1 + change_of_input;
    if (share == 0)
        return 0;
    if (sigma == 0)
        return left < 1 ? left - 1 : 0;
    if (sigma == 1)
        return pow(left, share) - 1;
    if (left == 0 && sigma < 1)
        return -1;
    double power = (sigma - 1) / sigma;
    return pow((1 - share) + share * pow(left, power), 1 / power) - 1;
}
