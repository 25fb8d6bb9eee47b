#include "equilibrium_oracle.h"

#include <math.h>
#include <string.h>

#define FLOW(j, i, n) autk_economy_flow(e, j, i, n)

void oracle_none(oracle_shock *k, const autk_economy *e)
{
    memset(k, 0, sizeof *k);
    for (int j = 0; j < autk_economy_n_sectors(e); j++) {
        for (int i = 0; i < autk_economy_n_regions(e); i++) {
            k->productivity[j][i] = 1;
            for (int n = 0; n < autk_economy_n_regions(e); n++) {
                k->tariff[j][i][n] = autk_economy_tariff(e, j, i, n);
                k->cost[j][i][n] = k->trade[j][i][n] = 1;
            }
        }
    }
}

typedef struct coefficients {
    int n, s;
    double gamma[ORACLE_S][ORACLE_N], link[ORACLE_S][ORACLE_S][ORACLE_N]; /* [input][sector] */
    double alpha[ORACLE_S][ORACLE_N], factor[ORACLE_N], deficit[ORACLE_N], output[ORACLE_N];
    int world[ORACLE_N];        /* first of those that still trade with it */
    double surviving[ORACLE_N]; /* deficits balanced among these */
    double pi[ORACLE_S][ORACLE_N][ORACLE_N], factor_of[ORACLE_S][ORACLE_N][ORACLE_N];
} coefficients;

static void coefficients_of(coefficients *c, const autk_economy *e, const oracle_shock *shock)
{
    int n_r = c->n = autk_economy_n_regions(e), n_s = c->s = autk_economy_n_sectors(e);
    for (int n = 0; n < n_r; n++) {
        double final = 0;
        c->factor[n] = c->output[n] = 0;
        c->deficit[n] = autk_economy_deficit(e, n);
        for (int j = 0; j < n_s; j++)
            final += autk_economy_final_use(e, j, n);
        for (int j = 0; j < n_s; j++) {
            double output = autk_economy_value_added(e, j, n), bought = 0;
            for (int k = 0; k < n_s; k++)
                output += autk_economy_input_use(e, j, k, n);
            c->factor[n] += autk_economy_value_added(e, j, n);
            c->output[n] += output;
            c->gamma[j][n] = autk_economy_value_added(e, j, n) / output;
            for (int k = 0; k < n_s; k++)
                c->link[k][j][n] = autk_economy_input_use(e, j, k, n) / output;
            c->alpha[j][n] = autk_economy_final_use(e, j, n) / final;
            for (int i = 0; i < n_r; i++)
                bought += FLOW(j, i, n) * (1 + autk_economy_tariff(e, j, i, n));
            for (int i = 0; i < n_r; i++) {
                double t0 = autk_economy_tariff(e, j, i, n);
                double kappa = (1 + shock->tariff[j][i][n]) / (1 + t0) *
                               (1 + shock->export_tax[j][i][n]) * shock->cost[j][i][n];
                c->pi[j][i][n] = FLOW(j, i, n) * (1 + t0) / bought;
                c->factor_of[j][i][n] = shock->trade[j][i][n] *
                                        (isinf(kappa) ? 0 : pow(kappa, -autk_economy_theta(e, j)));
            }
        }
    }
}

/* Who is in one world with whom: numbers spread over what still trades until none changes. */
static void balance_worlds(coefficients *c)
{
    int *world = c->world, changed = 1;
    for (int n = 0; n < c->n; n++)
        world[n] = n;
    while (changed) {
        changed = 0;
        for (int j = 0; j < c->s; j++) {
            for (int i = 0; i < c->n; i++) {
                for (int n = 0; n < c->n; n++) {
                    if (c->pi[j][i][n] * c->factor_of[j][i][n] > 0 && world[i] != world[n]) {
                        world[i] = world[n] = world[i] < world[n] ? world[i] : world[n];
                        changed = 1;
                    }
                }
            }
        }
    }
    for (int n = 0; n < c->n; n++) {
        double deficit = 0, factor = 0;
        for (int i = 0; i < c->n; i++) {
            deficit += world[i] == world[n] ? c->deficit[i] : 0;
            factor += world[i] == world[n] ? c->factor[i] : 0;
        }
        c->surviving[n] = c->deficit[n] - deficit * c->factor[n] / factor;
    }
}

/* Costs, prices and shares at given wages, to rest. */
static void settle_prices(oracle_world *w, const coefficients *c, const autk_economy *e,
                          const oracle_shock *shock)
{
    for (double gap = 1; gap > 1e-15;) {
        gap = 0;
        for (int j = 0; j < c->s; j++) {
            for (int n = 0; n < c->n; n++) {
                double ln = c->gamma[j][n] * log(w->wage[n]) - log(shock->productivity[j][n]);
                for (int k = 0; k < c->s; k++)
                    ln += c->link[k][j][n] * log(w->price[k][n]);
                w->cost[j][n] = exp(ln);
            }
        }
        for (int j = 0; j < c->s; j++) {
            double theta = autk_economy_theta(e, j);
            for (int n = 0; n < c->n; n++) {
                double sum = 0;
                for (int i = 0; i < c->n; i++)
                    sum += c->pi[j][i][n] * c->factor_of[j][i][n] * pow(w->cost[j][i], -theta);
                double price = pow(sum, -1 / theta);
                gap = fmax(gap, fabs(price / w->price[j][n] - 1));
                w->price[j][n] = price;
                for (int i = 0; i < c->n; i++)
                    w->share[j][i][n] =
                        c->pi[j][i][n] * c->factor_of[j][i][n] * pow(w->cost[j][i], -theta) / sum;
            }
        }
        if (gap < 4e-16)
            break;
    }
    for (int n = 0; n < c->n; n++) {
        w->price_index[n] = 1;
        for (int j = 0; j < c->s; j++)
            w->price_index[n] *= pow(w->price[j][n], c->alpha[j][n]);
    }
}

static void revenues(oracle_world *w, const coefficients *c, const oracle_shock *k)
{
    for (int j = 0; j < c->s; j++) {
        for (int i = 0; i < c->n; i++) {
            w->revenue[j][i] = 0;
            for (int n = 0; n < c->n; n++)
                w->revenue[j][i] += w->share[j][i][n] * w->spending[j][n] /
                                    (1 + k->tariff[j][i][n]) / (1 + k->export_tax[j][i][n]);
        }
    }
}

static void incomes(oracle_world *w, const coefficients *c, const oracle_shock *k,
                    autk_deficits deficits)
{
    double world = 0, spent = 0, output[ORACLE_N] = {0};
    for (int n = 0; n < c->n; n++) {
        for (int j = 0; j < c->s; j++)
            output[n] += w->revenue[j][n];
        world += output[n];
        spent += (1 + c->deficit[n] / c->output[n]) * output[n];
    }
    for (int n = 0; n < c->n; n++) {
        double d = deficits == AUTK_DEFICITS_FIXED       ? c->deficit[n]
                   : deficits == AUTK_DEFICITS_SURVIVING ? c->surviving[n]
                                                         : 0;
        if (deficits == AUTK_DEFICITS_OUTPUT)
            d = ((1 + c->deficit[n] / c->output[n]) * world / spent - 1) * output[n];
        w->income[n] = w->wage[n] * c->factor[n] + d;
        for (int j = 0; j < c->s; j++) {
            for (int i = 0; i < c->n; i++) {
                double bought = w->share[j][i][n] * w->spending[j][n];
                double sold = w->share[j][n][i] * w->spending[j][i] / (1 + k->tariff[j][n][i]);
                w->income[n] += bought * k->tariff[j][i][n] / (1 + k->tariff[j][i][n]);
                w->income[n] += sold * k->export_tax[j][n][i] / (1 + k->export_tax[j][n][i]);
            }
        }
    }
}

static void transfers(oracle_world *w, const coefficients *c, const unsigned char *coalition,
                      const oracle_world *before)
{
    double income = 0, needed = 0;
    for (int n = 0; n < c->n; n++) {
        if (coalition[n]) {
            income += w->income[n];
            needed += before->income[n] * w->price_index[n] / before->price_index[n];
        }
    }
    for (int n = 0; n < c->n; n++) {
        if (coalition[n]) {
            double want =
                income / needed * before->income[n] * w->price_index[n] / before->price_index[n];
            w->transfer[n] = want - w->income[n];
            w->income[n] = want;
        }
    }
}

static void settle_spending(oracle_world *w, const coefficients *c, const oracle_shock *k,
                            autk_deficits deficits, const unsigned char *coalition,
                            const oracle_world *before)
{
    for (int round = 0; round < 3000; round++) {
        double gap = 0;
        revenues(w, c, k);
        incomes(w, c, k, deficits);
        if (coalition != NULL)
            transfers(w, c, coalition, before);
        for (int j = 0; j < c->s; j++) {
            for (int n = 0; n < c->n; n++) {
                double x = c->alpha[j][n] * w->income[n];
                for (int q = 0; q < c->s; q++)
                    x += c->link[j][q][n] * w->revenue[q][n];
                gap = fmax(gap, fabs(x / w->spending[j][n] - 1));
                w->spending[j][n] = x;
            }
        }
        if (gap < 1e-15)
            return;
    }
}

/* Factors of each world earn together what they did. */
static void keep_numeraires(oracle_world *w, const coefficients *c)
{
    for (int first = 0; first < c->n; first++) {
        double before = 0, now = 0;
        for (int n = 0; n < c->n; n++) {
            before += c->world[n] == first ? c->factor[n] : 0;
            now += c->world[n] == first ? w->wage[n] * c->factor[n] : 0;
        }
        for (int n = 0; n < c->n; n++)
            w->wage[n] *= c->world[n] == first ? before / now : 1;
    }
}

int oracle_solve(oracle_world *out, const autk_economy *e, const oracle_shock *shock,
                 autk_deficits deficits, const unsigned char *coalition, const oracle_world *before)
{
    coefficients c;
    oracle_world w;
    memset(&w, 0, sizeof w);
    memset(&c, 0, sizeof c);
    coefficients_of(&c, e, shock);
    balance_worlds(&c);
    for (int n = 0; n < c.n; n++) {
        w.wage[n] = 1;
        for (int j = 0; j < c.s; j++) {
            w.price[j][n] = 1;
            w.spending[j][n] = c.factor[n] / c.s;
        }
    }
    for (int round = 1; round < 20000; round++) {
        double gap = 0;
        settle_prices(&w, &c, e, shock);
        settle_spending(&w, &c, shock, deficits, coalition, before);
        for (int n = 0; n < c.n; n++) {
            double demand = 0;
            for (int j = 0; j < c.s; j++)
                demand += c.gamma[j][n] * w.revenue[j][n];
            double excess = demand / (w.wage[n] * c.factor[n]);
            gap = fmax(gap, fabs(excess - 1));
            w.wage[n] *= pow(excess, 0.15);
        }
        keep_numeraires(&w, &c);
        if (gap < 2e-13) {
            *out = w;
            return round;
        }
    }
    return 0;
}
