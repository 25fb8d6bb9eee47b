#include "equilibrium/closings.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/fail.h"
#include "base/mem.h"

static size_t count(const uint8_t *mask, size_t n)
{
    size_t sum = 0;
    for (size_t i = 0; i < n; i++)
        sum += mask[i] != 0;
    return sum;
}

/* Costs are the same both ways: of sellers and buyers the fewer will do. */
void autki_closing_origins(uint8_t *origins, const autki_bound *bound, size_t n_regions)
{
    memset(origins, 0, n_regions);
    for (size_t k = 0; k < bound->n_closings; k++) {
        const autki_closing *c = &bound->closings[k];
        bool buyers = count(c->buyers, n_regions) < count(c->sellers, n_regions);
        const uint8_t *ends = buyers ? c->buyers : c->sellers;
        for (size_t i = 0; i < n_regions; i++)
            origins[i] |= ends[i];
    }
}

uint64_t autki_closings_of(const autki_plan *plan, size_t step)
{
    uint64_t bits = 0;
    for (size_t k = 0; k < plan->bound->n_closings; k++) {
        size_t of = plan->bound->closings[k].step;
        if (of == step || (of < step && !plan->scenario->compared))
            bits |= (uint64_t)1 << k;
    }
    return bits;
}

/* ------------------------------------------------------------------ sets of closures */

/* What each set of closures does, found once. */
typedef struct changes {
    const autki_plan *plan;
    void *at;
    size_t n_regions;
    uint64_t *sets;
    double **d_hat;
    size_t n, sets_capacity, d_hat_capacity;
} changes;

#define MAX_SETS 4096

static void changes_deinit(changes *c)
{
    for (size_t i = 0; i < c->n; i++)
        free(c->d_hat[i]);
    free(c->d_hat);
    free(c->sets);
}

static autk_status change_of(const double **out, changes *c, uint64_t set, autk_err *err)
{
    for (size_t i = c->n; i-- > 0;) {
        if (c->sets[i] == set) {
            *out = c->d_hat[i];
            return AUTK_OK;
        }
    }
    size_t cells = c->n_regions * c->n_regions;
    autk_status st =
        autki_grow(&c->sets, &c->sets_capacity, c->n + 1, sizeof *c->sets, MAX_SETS, err);
    if (st == AUTK_OK)
        st = autki_grow(&c->d_hat, &c->d_hat_capacity, c->n + 1, sizeof *c->d_hat, MAX_SETS, err);
    if (st != AUTK_OK)
        return st;
    double *d_hat = autki_malloc(cells, sizeof *d_hat);
    if (d_hat == NULL)
        return autki_no_memory(err, cells * sizeof *d_hat);
    st = c->plan->scenario->router.change(d_hat, c->at, set, err);
    if (st != AUTK_OK) {
        free(d_hat);
        return st;
    }
    c->sets[c->n] = set;
    c->d_hat[c->n++] = d_hat;
    *out = d_hat;
    return AUTK_OK;
}

/* ------------------------------------------------------------------ one flow */

static bool concerns(const autki_closing *c, size_t sector, size_t seller, size_t buyer)
{
    return c->sectors[sector] && ((c->sellers[seller] && c->buyers[buyer]) ||
                                  (c->rule->both && c->sellers[buyer] && c->buyers[seller]));
}

static double part_of(const autki_closing *c)
{
    return c->rule->part > 0 ? c->rule->part : 1;
}

/* Of the goods from 0 to 1 those that a closure concerns: up to its part, but goods that go by rail
 * from the other end, for none go by road too. */
static bool meets(const autki_closing *c, double at)
{
    return c->rule->by == AUTKI_BY_RAIL ? at >= 1 - part_of(c) : at < part_of(c);
}

static autk_status check_carriage(const changes *c, uint64_t set, autk_err *err)
{
    const autki_rule *road = NULL, *rail = NULL;
    for (size_t k = 0; k < c->plan->bound->n_closings; k++) {
        const autki_rule *rule = c->plan->bound->closings[k].rule;
        if ((set >> k & 1) != 0 && rule->by == AUTKI_BY_ROAD)
            road = rule;
        if ((set >> k & 1) != 0 && rule->by == AUTKI_BY_RAIL)
            rail = rule;
    }
    if (road == NULL || rail == NULL)
        return AUTK_OK;
    return autki_fail_at(err, AUTK_EDATA, c->plan->scenario->source, rail->at.line, rail->at.column,
                         "expected parts by road and by rail of at most 100 %% together, got more "
                         "with line %lld",
                         (long long)road->at.line);
}

/* The goods in pieces that meet the same closures. */
static autk_status change_of_flow(double *out, changes *c, uint64_t set, double theta, size_t cell,
                                  autk_err *err)
{
    const autki_bound *bound = c->plan->bound;
    double sum = 0;
    for (double from = 0, to; from < 1; from = to) {
        const double *d_hat = NULL;
        uint64_t met = 0;
        to = 1;
        for (size_t k = 0; k < bound->n_closings; k++) {
            if ((set >> k & 1) == 0)
                continue;
            const autki_closing *its = &bound->closings[k];
            double edge = its->rule->by == AUTKI_BY_RAIL ? 1 - part_of(its) : part_of(its);
            to = edge > from && edge < to ? edge : to;
            met |= meets(its, from) ? (uint64_t)1 << k : 0;
        }
        if (to - from < 1e-12) /* 90 % and 10 % need not meet to the last bit */
            continue;
        autk_status st = met != 0 ? check_carriage(c, met, err) : AUTK_OK;
        if (st == AUTK_OK && met != 0)
            st = change_of(&d_hat, c, met, err);
        if (st != AUTK_OK)
            return st;
        if (from == 0 && to == 1) {
            *out = d_hat[cell];
            return AUTK_OK;
        }
        sum += (to - from) * (d_hat != NULL ? pow(d_hat[cell], -theta) : 1);
    }
    *out = pow(sum, -1 / theta);
    return AUTK_OK;
}

static autk_status fill_cell(autki_closed *out, changes *c, const autki_closing *closings,
                             uint64_t on, size_t sector, size_t buyer, size_t seller, autk_err *err)
{
    size_t n = c->n_regions, pair = buyer * n + seller, cell = sector * n * n + pair;
    uint64_t set = 0;
    double d = 1;
    for (size_t k = 0; k < c->plan->bound->n_closings; k++) {
        if ((on >> k & 1) != 0 && concerns(&closings[k], sector, seller, buyer))
            set |= (uint64_t)1 << k;
    }
    out->dearer[cell] = out->lost[cell] = NAN;
    if (set == 0 || buyer == seller)
        return AUTK_OK;
    autk_status st = change_of_flow(&d, c, set, c->plan->theta[sector], pair, err);
    if (st != AUTK_OK)
        return st;
    if (isinf(d))
        out->lost[cell] = 1;
    else if (d != 1)
        out->dearer[cell] = d - 1;
    out->any_lost = out->any_lost || isinf(d);
    out->any_dearer = out->any_dearer || (!isinf(d) && d != 1);
    return AUTK_OK;
}

autk_status autki_closed_find(autki_closed *out, const autki_plan *plan, void *at, size_t step,
                              uint64_t on, autk_err *err)
{
    size_t n = (size_t)autk_economy_n_regions(plan->economy);
    size_t sectors = (size_t)autk_economy_n_sectors(plan->economy), cells = sectors * n * n;
    autki_closed found = {0};
    on &= autki_closings_of(plan, step);
    if (on == 0) {
        *out = found;
        return AUTK_OK;
    }
    changes c = {.plan = plan, .at = at, .n_regions = n};
    found.dearer = autki_malloc(cells, sizeof *found.dearer);
    found.lost = autki_malloc(cells, sizeof *found.lost);
    autk_status st = AUTK_OK;
    if (found.dearer == NULL || found.lost == NULL)
        st = autki_no_memory(err, cells * sizeof *found.lost);
    for (size_t k = 0; st == AUTK_OK && k < cells; k++)
        st = fill_cell(&found, &c, plan->bound->closings, on, k / (n * n), k / n % n, k % n, err);
    changes_deinit(&c);
    if (st != AUTK_OK) {
        autki_closed_deinit(&found);
        return st;
    }
    *out = found;
    return AUTK_OK;
}

void autki_closed_deinit(autki_closed *closed)
{
    free(closed->dearer);
    free(closed->lost);
    memset(closed, 0, sizeof *closed);
}

/* ------------------------------------------------------------------ all steps */

autk_status autki_closed_create(autki_closed **out, const autki_plan *plan, void *at, autk_err *err)
{
    size_t n = plan->bound->n_steps;
    autki_closed *steps = autki_calloc(n, sizeof *steps);
    if (steps == NULL)
        return autki_no_memory(err, n * sizeof *steps);
    autk_status st = AUTK_OK;
    for (size_t i = 0; st == AUTK_OK && i < n; i++)
        st = autki_closed_find(&steps[i], plan, at, i, ~(uint64_t)0, err);
    if (st != AUTK_OK) {
        autki_closed_free(steps, n);
        return st;
    }
    *out = steps;
    return AUTK_OK;
}

void autki_closed_free(autki_closed *closed, size_t n_steps)
{
    for (size_t i = 0; closed != NULL && i < n_steps; i++)
        autki_closed_deinit(&closed[i]);
    free(closed);
}

size_t autki_closed_measures(autk_measure out[2], const autki_closed *closed, bool dearer,
                             bool lost)
{
    size_t n = 0;
    if (dearer && closed->any_dearer)
        out[n++] = (autk_measure){.kind = AUTK_MEASURE_COST, .values = closed->dearer};
    if (lost && closed->any_lost)
        out[n++] = (autk_measure){.kind = AUTK_MEASURE_EMBARGO, .values = closed->lost};
    return n;
}
