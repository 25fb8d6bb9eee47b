/* What the effect of closures and other measures together is made of. */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/fail.h"
#include "base/mem.h"
#include "equilibrium/closings.h"

/* Players of the game: what each alone would do is known only in a world where it acts alone. */
enum { DEARER = 1, LOST = 2, OTHER = 4, ALL = 7 };

#define QUANTITIES (sizeof(autk_effect) / sizeof(double))

/* Of a smaller effect a share is noise of the solver. */
static const double least_effect = 1e-7;

const char *autk_part_text(autk_part part)
{
#define TEXT(name, text) text,
    static const char *const texts[] = {AUTK_PART_LIST(TEXT)};
    return (unsigned)part < AUTK_PART_COUNT ? texts[part] : "unknown";
}

/* ------------------------------------------------------------------ effects of a solution */

/* Then the world's: real income by income before, trade by its value. */
static void tell_effects(autk_effect *effect, const autk_outcome *o, size_t n)
{
    double income = 0, gain = 0, exports = 0, exported = 0, imports = 0, imported = 0;
    for (size_t i = 0; i < n; i++) {
        effect[i] = (autk_effect){o[i].welfare_exact, o[i].exports, o[i].imports};
        income += o[i].income_before_usd;
        gain += o[i].income_before_usd * o[i].welfare_exact;
        exports += o[i].exports_before_usd;
        exported += o[i].exports_after_usd;
        imports += o[i].imports_before_usd;
        imported += o[i].imports_after_usd;
    }
    effect[n] = (autk_effect){gain / income, exports > 0 ? exported / exports - 1 : NAN,
                              imports > 0 ? imported / imports - 1 : NAN};
}

/* The world under some of the measures of a step. */
static autk_status effects_of(autk_effect *effect, const autki_plan *p, size_t step,
                              const autki_closed *closed, bool dearer, bool lost, bool other,
                              const autk_equilibrium *before, autk_err *err)
{
    size_t n_regions = (size_t)autk_economy_n_regions(p->economy), n = 0;
    const autk_measure *others = autki_plan_measures(p, step, &n);
    autk_measure *m = autki_malloc(n + 2, sizeof *m);
    autk_outcome *outcome = autki_malloc(n_regions, sizeof *outcome);
    autk_equilibrium *after = NULL;
    autk_solve_opts opts = p->opts;
    opts.theta = p->theta;
    opts.coalition = p->bound->coalition;
    autk_status st = AUTK_OK;
    if (m == NULL || outcome == NULL)
        st = autki_no_memory(err, n_regions * sizeof *outcome);
    if (st == AUTK_OK) {
        n = other ? n : 0;
        memcpy(m, others, n * sizeof *m);
        n += autki_closed_measures(m + n, closed, dearer, lost);
        st = autk_equilibrium_solve(&after, NULL, p->economy, m, n, before, &opts, err);
    }
    if (st == AUTK_OK)
        st = autk_equilibrium_compare(outcome, before, after, err);
    if (st == AUTK_OK)
        tell_effects(effect, outcome, n_regions);
    autk_equilibrium_free(after);
    free(outcome);
    free(m);
    return st;
}

/* ------------------------------------------------------------------ dearer, lost, other */

/* The worlds under each set of players: v[set][economy][quantity]; a player that does nothing adds
 * no world. */
static autk_status solve_sets(double *v, const autki_plan *p, size_t step, unsigned present,
                              const autk_equilibrium *before, autk_err *err)
{
    size_t n = ((size_t)autk_economy_n_regions(p->economy) + 1) * QUANTITIES;
    autk_status st = AUTK_OK;
    memset(v, 0, n * sizeof *v);
    for (unsigned set = 1; st == AUTK_OK && set < ALL; set++) {
        unsigned acts = set & present;
        if (acts == present)
            memcpy(v + set * n, v + ALL * n, n * sizeof *v);
        else if (acts != set)
            memcpy(v + set * n, v + acts * n, n * sizeof *v);
        else
            st =
                effects_of((autk_effect *)(void *)(v + set * n), p, step, &p->closed[step],
                           (set & DEARER) != 0, (set & LOST) != 0, (set & OTHER) != 0, before, err);
    }
    return st;
}

/* Dearer ways before lost ones or behind, and both before the rest or behind: the mean. */
static double owen(const double v[8], unsigned player, unsigned other)
{
    return (v[player] - v[0] + v[player | other] - v[other] + v[player | OTHER] - v[OTHER] +
            v[ALL] - v[other | OTHER]) /
           4;
}

static void divide(double parts[AUTK_PART_COUNT], const double v[8])
{
    parts[AUTK_PART_ALL] = v[ALL];
    parts[AUTK_PART_DEARER] = owen(v, DEARER, LOST);
    parts[AUTK_PART_LOST] = owen(v, LOST, DEARER);
    parts[AUTK_PART_ROUTES] = parts[AUTK_PART_DEARER] + parts[AUTK_PART_LOST];
    parts[AUTK_PART_OTHER] = (v[OTHER] - v[0] + v[ALL] - v[DEARER | LOST]) / 2;
    parts[AUTK_PART_ROUTES_ALONE] = v[DEARER | LOST];
    parts[AUTK_PART_OTHER_ALONE] = v[OTHER];
    parts[AUTK_PART_ROUTE_SHARE] =
        fabs(v[ALL]) > least_effect ? parts[AUTK_PART_ROUTES] / v[ALL] : NAN;
}

autk_status autki_parts_find(autk_effect *effects, const autki_plan *p, size_t step,
                             const autk_equilibrium *before, const autk_outcome *full,
                             autk_err *err)
{
    size_t n_regions = (size_t)autk_economy_n_regions(p->economy), n_measures;
    size_t n = (n_regions + 1) * QUANTITIES;
    unsigned present =
        (p->closed[step].any_dearer ? DEARER : 0u) | (p->closed[step].any_lost ? LOST : 0u);
    (void)autki_plan_measures(p, step, &n_measures);
    present |= n_measures != 0 ? OTHER : 0u;
    double *v = autki_malloc((ALL + 1) * n, sizeof *v), *out = (double *)(void *)effects;
    if (v == NULL)
        return autki_no_memory(err, (ALL + 1) * n * sizeof *v);
    tell_effects((autk_effect *)(void *)(v + ALL * n), full, n_regions);
    autk_status st = solve_sets(v, p, step, present, before, err);
    for (size_t k = 0; st == AUTK_OK && k < n; k++) {
        double worlds[ALL + 1], parts[AUTK_PART_COUNT];
        for (size_t set = 0; set <= ALL; set++)
            worlds[set] = v[set * n + k];
        divide(parts, worlds);
        for (size_t part = 0; part < AUTK_PART_COUNT; part++)
            out[part * n + k] = parts[part];
    }
    free(v);
    return st;
}

/* ------------------------------------------------------------------ among closures */

/* Of the k closures that `set` numbers from 0: their bits in the scenario. */
static uint64_t bits_of(uint64_t closings, unsigned set)
{
    uint64_t bits = 0;
    unsigned number = 0;
    for (unsigned k = 0; k < AUTKI_MAX_CLOSINGS; k++) {
        if ((closings >> k & 1) == 0)
            continue;
        if ((set >> number++ & 1) != 0)
            bits |= (uint64_t)1 << k;
    }
    return bits;
}

static unsigned size_of(uint64_t set)
{
    unsigned n = 0;
    for (; set != 0; set &= set - 1)
        n++;
    return n;
}

/* v[2 x set + 0 or 1: with the other measures] */
static autk_status solve_closings(autk_effect *v, const autki_plan *p, void *at, size_t step,
                                  uint64_t closings, const autk_equilibrium *before, autk_err *err)
{
    size_t each = (size_t)autk_economy_n_regions(p->economy) + 1, n_others;
    unsigned n_sets = 1u << size_of(closings);
    (void)autki_plan_measures(p, step, &n_others);
    autk_status st = AUTK_OK;
    for (unsigned set = 0; st == AUTK_OK && set < n_sets; set++) {
        autki_closed closed = {0};
        st = autki_closed_find(&closed, p, at, step, bits_of(closings, set), err);
        for (unsigned other = 0; st == AUTK_OK && other < 2; other++) {
            autk_effect *to = v + (2 * set + other) * each;
            if (other != 0 && n_others == 0)
                memcpy(to, to - each, each * sizeof *to);
            else
                st = effects_of(to, p, step, &closed, true, true, other != 0, before, err);
        }
        autki_closed_deinit(&closed);
    }
    return st;
}

/* Weight of a set of `size` of the n - 1 others: size! (n - 1 - size)! / n!. */
static double shapley_weight(unsigned n, unsigned size)
{
    double weight = 1.0 / n;
    for (unsigned k = 1; k <= size; k++)
        weight *= (double)k / (double)(n - k);
    return weight;
}

autk_status autki_closings_divide(autk_effect *effects, const autki_plan *p, void *at, size_t step,
                                  uint64_t closings, const autk_equilibrium *before, autk_err *err)
{
    unsigned n = size_of(closings), n_sets = 1u << n;
    size_t each = (size_t)autk_economy_n_regions(p->economy) + 1, cells = each * QUANTITIES;
    autk_effect *worlds = autki_malloc(2 * n_sets * each, sizeof *worlds);
    if (worlds == NULL)
        return autki_no_memory(err, 2 * n_sets * each * sizeof *worlds);
    autk_status st = solve_closings(worlds, p, at, step, closings, before, err);
    const double *v = (const double *)(const void *)worlds;
    double *out = (double *)(void *)effects;
    if (st == AUTK_OK)
        memset(out, 0, n * cells * sizeof *out);
    for (unsigned player = 0; st == AUTK_OK && player < n; player++) {
        for (unsigned set = 0; set < n_sets; set++) {
            if ((set >> player & 1) != 0)
                continue;
            double weight = shapley_weight(n, size_of(set)) / 2;
            const double *without = v + 2 * set * cells;
            const double *with = v + 2 * (set | 1u << player) * cells;
            for (size_t k = 0; k < cells; k++)
                out[player * cells + k] +=
                    weight * (with[k] - without[k] + with[cells + k] - without[cells + k]);
        }
    }
    free(worlds);
    return st;
}
