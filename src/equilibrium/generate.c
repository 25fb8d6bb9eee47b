/*
 * Worlds drawn at random whose accounts balance by construction: sizes, shares and links are drawn,
 * then outputs are solved for so that what is produced is sold.
 */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/fail.h"
#include "base/mem.h"
#include "base/random.h"
#include "equilibrium/accounts.h"

#define MAX_ROUNDS 2000

typedef struct draft {
    autk_economy *e;
    double *output, *next; /* [sector][stride] */
    double *income;        /* [stride] spent on final use */
    double *thrift;        /* [stride] spent over earned, before the world balances */
    uint64_t state;
} draft;

/* Shares of one buyer's spending on a sector by seller, into flow. */
static void draw_sellers(draft *d, int32_t j, int32_t n)
{
    autk_economy *e = d->e;
    double sum = 0;
    for (int32_t i = 0; i < e->regions.n; i++) {
        double size = d->income[i] * (0.02 + autki_random_uniform(&d->state));
        size *= i == n ? 3.0 * e->regions.n : 1.0;
        e->flow[autki_cell(e, j, i, n)] = size;
        sum += size;
    }
    for (int32_t i = 0; i < e->regions.n; i++)
        e->flow[autki_cell(e, j, i, n)] /= sum;
}

/* Shares of inputs and value added in output, weights of final use. */
static void draw_uses(draft *d, int32_t j, int32_t n)
{
    autk_economy *e = d->e;
    double links = 0;
    for (int32_t k = 0; k < e->sectors.n; k++) {
        double link = autki_random_uniform(&d->state) + (k == j);
        e->input_use[autki_use_at(e, j, k, n)] = link;
        links += link;
    }
    double inputs = e->sectors.n > 1 ? 0.3 + 0.4 * autki_random_uniform(&d->state) : 0.5;
    for (int32_t k = 0; k < e->sectors.n; k++)
        e->input_use[autki_use_at(e, j, k, n)] *= inputs / links;
    e->value_added[autki_at(e, j, n)] = 1 - inputs;
    e->final_use[autki_at(e, j, n)] = 0.1 + autki_random_uniform(&d->state);
}

static void draw_shares(draft *d)
{
    autk_economy *e = d->e;
    for (int32_t j = 0; j < e->sectors.n; j++) {
        e->theta[j] = 2 + 8 * autki_random_uniform(&d->state);
        for (int32_t n = 0; n < e->regions.n; n++) {
            draw_sellers(d, j, n);
            draw_uses(d, j, n);
        }
    }
    for (int32_t n = 0; n < e->regions.n; n++) {
        double sum = 0;
        for (int32_t j = 0; j < e->sectors.n; j++)
            sum += e->final_use[autki_at(e, j, n)];
        for (int32_t j = 0; j < e->sectors.n; j++)
            e->final_use[autki_at(e, j, n)] /= sum;
    }
}

static double spending(const draft *d, int32_t j, int32_t n, double income)
{
    const autk_economy *e = d->e;
    double x = e->final_use[autki_at(e, j, n)] * income;
    for (int32_t k = 0; k < e->sectors.n; k++)
        x += e->input_use[autki_use_at(e, k, j, n)] * d->output[autki_at(e, k, n)];
    return x;
}

/* One round of: value added is spent, spending is output. Returns the largest relative change. */
static double spend(draft *d)
{
    autk_economy *e = d->e;
    double largest = 0;
    memset(d->next, 0, (size_t)e->sectors.n * e->stride * sizeof *d->next);
    double earned = 0, spent = 0;
    for (int32_t n = 0; n < e->regions.n; n++) {
        double income = 0;
        for (int32_t j = 0; j < e->sectors.n; j++)
            income += e->value_added[autki_at(e, j, n)] * d->output[autki_at(e, j, n)];
        d->income[n] = income * d->thrift[n];
        earned += income;
        spent += d->income[n];
    }
    for (int32_t n = 0; n < e->regions.n; n++)
        d->income[n] *= earned / spent;
    for (int32_t j = 0; j < e->sectors.n; j++) {
        double *next = d->next + autki_at(e, j, 0);
        for (int32_t n = 0; n < e->regions.n; n++) {
            double x = spending(d, j, n, d->income[n]);
            const double *share = e->flow + autki_cell(e, j, 0, n);
            for (int32_t i = 0; i < e->regions.n; i++)
                next[i] += share[i] * x;
        }
        for (int32_t n = 0; n < e->regions.n; n++) {
            double gap = fabs(next[n] / d->output[autki_at(e, j, n)] - 1);
            if (!(gap <= largest))
                largest = gap;
        }
    }
    memcpy(d->output, d->next, (size_t)e->sectors.n * e->stride * sizeof *d->output);
    return largest;
}

/* From shares to values. */
static void fill(draft *d)
{
    autk_economy *e = d->e;
    for (int32_t j = 0; j < e->sectors.n; j++) {
        for (int32_t n = 0; n < e->regions.n; n++) {
            double x = spending(d, j, n, d->income[n]);
            for (int32_t i = 0; i < e->regions.n; i++)
                e->flow[autki_cell(e, j, i, n)] *= x;
        }
    }
    for (int32_t n = 0; n < e->regions.n; n++) {
        for (int32_t j = 0; j < e->sectors.n; j++) {
            double output = d->output[autki_at(e, j, n)];
            e->final_use[autki_at(e, j, n)] *= d->income[n];
            e->value_added[autki_at(e, j, n)] *= output;
            for (int32_t k = 0; k < e->sectors.n; k++)
                e->input_use[autki_use_at(e, j, k, n)] *= output;
        }
    }
}

static autk_status name_all(autki_names *names, const char *prefix, int32_t n, autk_err *err)
{
    for (int32_t i = 0; i < n; i++) {
        char name[32];
        int32_t at;
        int len = snprintf(name, sizeof name, "%s%d", prefix, (int)i + 1);
        autk_status st = autki_names_add(&at, names, name, (size_t)len, n, NULL, err);
        if (st != AUTK_OK)
            return st;
    }
    return AUTK_OK;
}

static autk_status draw_world(draft *d, autk_err *err)
{
    autk_economy *e = d->e;
    size_t plane = (size_t)e->sectors.n * e->stride;
    d->output = autki_calloc(2 * plane + 2 * e->stride, sizeof *d->output);
    if (d->output == NULL)
        return autki_no_memory(err, 2 * plane * sizeof *d->output);
    d->next = d->output + plane;
    d->income = d->next + plane;
    d->thrift = d->income + e->stride;
    for (int32_t n = 0; n < e->regions.n; n++) /* sizes over three orders of magnitude */
        d->income[n] = pow(10, 3 * autki_random_uniform(&d->state));
    for (int32_t n = 0; n < e->regions.n; n++)
        d->thrift[n] = 0.85 + 0.3 * autki_random_uniform(&d->state);
    draw_shares(d);
    for (int32_t j = 0; j < e->sectors.n; j++) {
        for (int32_t n = 0; n < e->regions.n; n++)
            d->output[autki_at(e, j, n)] = 1e9 * d->income[n];
    }
    double gap = 1;
    for (int round = 0; round < MAX_ROUNDS && !(gap <= 1e-14); round++)
        gap = spend(d);
    if (!(gap <= 1e-9))
        return autki_fail(err, AUTK_ENOCONV, "the drawn accounts still move by %.3g", gap);
    fill(d);
    return AUTK_OK;
}

autk_status autk_economy_generate(autk_economy **out, int32_t n_regions, int32_t n_sectors,
                                  uint64_t seed, autk_err *err)
{
    if (n_regions < 2 || n_regions > AUTKI_MAX_REGIONS || n_sectors < 1 ||
        n_sectors > AUTKI_MAX_SECTORS)
        return autki_fail(err, AUTK_EARG,
                          "expected 2 to %d economies and 1 to %d sectors, got %d and %d",
                          AUTKI_MAX_REGIONS, AUTKI_MAX_SECTORS, (int)n_regions, (int)n_sectors);
    autki_names regions = {0}, sectors = {0};
    draft d = {.state = seed};
    autk_economy_opts opts = autk_economy_opts_default();
    autk_status st = name_all(&regions, "R", n_regions, err);
    if (st == AUTK_OK)
        st = name_all(&sectors, "S", n_sectors, err);
    if (st == AUTK_OK)
        st = autki_economy_create(&d.e, &regions, &sectors, false, err);
    if (st == AUTK_OK)
        st = draw_world(&d, err);
    if (st == AUTK_OK)
        st = autki_economy_finish(d.e, &opts, "generated world", err);
    free(d.output);
    autki_names_deinit(&regions);
    autki_names_deinit(&sectors);
    if (st != AUTK_OK) {
        autk_economy_free(d.e);
        return st;
    }
    *out = d.e;
    return AUTK_OK;
}
