/* One solve a row: levels, senders or sectors of a measure against a target. */
#include <autarky/sweep.h>

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/fail.h"
#include "base/mem.h"
#include "base/ranks.h"
#include "equilibrium/system.h"

typedef struct sweep {
    const autk_economy *economy;
    const uint8_t *senders, *target;
    autk_sweep_opts opts;
    const autk_equilibrium *before;
    autk_sweep_row *rows;
} sweep;

static bool is_ban(autk_sweep_measure m)
{
    return m == AUTK_SWEEP_EXPORT_BAN || m == AUTK_SWEEP_IMPORT_BAN || m == AUTK_SWEEP_EMBARGO;
}

static autk_status check(const sweep *s, autk_err *err)
{
    const autk_sweep_opts *o = &s->opts;
    if ((unsigned)o->measure >= AUTK_SWEEP_MEASURE_COUNT || (unsigned)o->by >= AUTK_SWEEP_BY_COUNT)
        return autki_fail(err, AUTK_EARG, "expected a measure and what to sweep over");
    int32_t n_senders = 0, n_targets = 0;
    for (int32_t i = 0; i < s->economy->regions.n; i++) {
        n_senders += s->senders[i] != 0;
        n_targets += s->target[i] != 0;
        if (s->senders[i] && s->target[i])
            return autki_fail(err, AUTK_EARG,
                              "expected senders other than the target, got %s twice",
                              s->economy->regions.name[i]);
    }
    if (n_senders == 0 || n_targets == 0)
        return autki_fail(err, AUTK_EARG, "expected at least one sender and a target");
    if (is_ban(o->measure) && o->by == AUTK_SWEEP_LEVELS)
        return autki_fail(err, AUTK_EARG,
                          "expected senders or sectors for a ban: it has no levels");
    if (!is_ban(o->measure) && o->n_levels == 0)
        return autki_fail(err, AUTK_EARG, "expected a level for this measure, got none");
    for (size_t i = 0; i < o->n_levels; i++) {
        if (!(o->levels[i] > -1) || !isfinite(o->levels[i]))
            return autki_fail(err, AUTK_EARG, "expected levels above -1, got %g", o->levels[i]);
    }
    return AUTK_OK;
}

/* The measures of a row: at most both directions. */
static size_t measures_of(autk_measure *m, const sweep *s, double level, const uint8_t *senders,
                          const uint8_t *sectors)
{
    autk_measure out = {.sellers = senders, .buyers = s->target, .sectors = sectors};
    autk_measure in = {.sellers = s->target, .buyers = senders, .sectors = sectors};
    out.value = in.value = isnan(level) ? 0 : level;
    out.kind = in.kind = AUTK_MEASURE_EMBARGO;
    switch (s->opts.measure) {
    case AUTK_SWEEP_EXPORT_BAN:
        m[0] = out;
        return 1;
    case AUTK_SWEEP_IMPORT_BAN:
        m[0] = in;
        return 1;
    case AUTK_SWEEP_TARIFF:
        in.kind = AUTK_MEASURE_TARIFF_ADD;
        m[0] = in;
        return 1;
    case AUTK_SWEEP_EXPORT_TAX:
        out.kind = AUTK_MEASURE_EXPORT_TAX;
        m[0] = out;
        return 1;
    case AUTK_SWEEP_COST:
        out.kind = in.kind = AUTK_MEASURE_COST;
        break;
    default:
        break;
    }
    m[0] = out;
    m[1] = in;
    return 2;
}

/* What the senders' goods are to the target, before: share, and the price that losing them means.
 */
static void weigh(autk_sweep_row *row, const sweep *s, const uint8_t *senders,
                  const uint8_t *sectors)
{
    const autk_equilibrium *b = s->before;
    double spending = 0, bought = 0, rise = 0;
    for (int32_t j = 0; j < s->economy->sectors.n; j++) {
        for (int32_t n = 0; n < s->economy->regions.n; n++) {
            if (!s->target[n])
                continue;
            double share = 0, x = b->sys.spending[autki_at(s->economy, j, n)];
            spending += x;
            for (int32_t i = 0; (sectors == NULL || sectors[j]) && i < s->economy->regions.n; i++)
                share += senders[i] && x > 0 ? autk_equilibrium_share(b, j, i, n) : 0;
            bought += share * x;
            rise += x > 0 && share > 0 ? -log1p(-share) / b->model.theta[j] * x : 0;
        }
    }
    row->market_share = bought / spending;
    row->price_rise = isfinite(rise) ? rise / spending : NAN;
}

static void lose(autk_sweep_row *row, const sweep *s, const uint8_t *senders, const autk_outcome *o)
{
    double sent = 0, hit = 0;
    row->sender_loss_usd = row->target_loss_usd = 0;
    for (int32_t n = 0; n < s->economy->regions.n; n++) {
        double loss = -o[n].welfare_exact * o[n].income_before_usd;
        if (s->target[n]) {
            row->target_loss_usd += loss;
            hit += o[n].income_before_usd;
        } else if (senders[n]) {
            row->sender_loss_usd += loss;
            sent += o[n].income_before_usd;
        }
    }
    row->target_loss = row->target_loss_usd / hit;
    row->sender_loss = row->sender_loss_usd / sent;
    /* Senders that do not lose: no cost to weigh against. */
    row->ratio = row->sender_loss > 0 ? row->target_loss / row->sender_loss
                                      : (row->target_loss > 0 ? INFINITY : NAN);
}

static autk_status solve_row(autk_sweep_row *row, const sweep *s, uint8_t *senders,
                             uint8_t *sectors, autk_outcome *o, autk_err *err)
{
    autk_measure m[2];
    autk_equilibrium *after = NULL;
    autk_err why = {0};
    const uint8_t *only = NULL;
    memcpy(senders, s->senders, (size_t)s->economy->regions.n);
    if (s->opts.by == AUTK_SWEEP_SENDERS) {
        memset(senders, 0, (size_t)s->economy->regions.n);
        senders[row->index] = 1;
    } else if (s->opts.by == AUTK_SWEEP_SECTORS) {
        memset(sectors, 0, (size_t)s->economy->sectors.n);
        sectors[row->index] = 1;
        only = sectors;
    }
    weigh(row, s, senders, only);
    size_t n = measures_of(m, s, row->level, senders, only);
    autk_solve_opts opts = s->opts.solve;
    opts.coalition = NULL;
    autk_status st = autk_equilibrium_solve(&after, NULL, s->economy, m, n, s->before, &opts, &why);
    if (st == AUTK_OK)
        st = autk_equilibrium_compare(o, s->before, after, &why);
    if (st == AUTK_OK)
        lose(row, s, senders, o);
    autk_equilibrium_free(after);
    row->status = st;
    if (st == AUTK_ENOANSWER || st == AUTK_ENOCONV) {
        (void)snprintf(row->reason, sizeof row->reason, "%s", why.msg);
        return AUTK_OK; /* told in the row */
    }
    if (st != AUTK_OK && err != NULL)
        *err = why;
    return st;
}

static autk_status run_row(size_t chunk, void *ctx, autk_err *err)
{
    const sweep *s = ctx;
    size_t regions = (size_t)s->economy->regions.n;
    uint8_t *masks = autki_malloc(regions + (size_t)s->economy->sectors.n, 1);
    autk_outcome *o = autki_malloc(regions, sizeof *o);
    autk_status st = masks == NULL || o == NULL
                         ? autki_no_memory(err, regions * sizeof *o)
                         : solve_row(&s->rows[chunk], s, masks, masks + regions, o, err);
    free(masks);
    free(o);
    return st;
}

static size_t list_rows(autk_sweep_row *rows, const sweep *s)
{
    size_t n = 0;
    int32_t last = s->opts.by == AUTK_SWEEP_LEVELS    ? (int32_t)s->opts.n_levels
                   : s->opts.by == AUTK_SWEEP_SENDERS ? s->economy->regions.n
                                                      : s->economy->sectors.n;
    for (int32_t i = 0; i < last; i++) {
        if (s->opts.by == AUTK_SWEEP_SENDERS && !s->senders[i])
            continue;
        if (s->opts.by == AUTK_SWEEP_SECTORS && !s->before->cal.traded[i])
            continue;
        bool levels = s->opts.by == AUTK_SWEEP_LEVELS;
        rows[n++] = (autk_sweep_row){
            .index = levels ? -1 : i,
            .level = is_ban(s->opts.measure) ? NAN : s->opts.levels[levels ? i : 0],
            .target_loss = NAN,
            .target_loss_usd = NAN,
            .sender_loss = NAN,
            .sender_loss_usd = NAN,
            .ratio = NAN};
    }
    return n;
}

/* Largest first; what has no ratio last; ties in order of index. */
static int by_ratio(const void *a, const void *b)
{
    const autk_sweep_row *x = a, *y = b;
    if (isnan(x->ratio) != isnan(y->ratio))
        return isnan(x->ratio) ? 1 : -1;
    if (x->ratio != y->ratio && !isnan(x->ratio))
        return x->ratio < y->ratio ? 1 : -1;
    return (x->index > y->index) - (x->index < y->index);
}

autk_status autk_sweep(autk_sweep_row **rows, size_t *n_rows, const autk_economy *economy,
                       const uint8_t *senders, const uint8_t *target, const autk_sweep_opts *opts,
                       autk_err *err)
{
    sweep s = {.economy = economy, .senders = senders, .target = target, .opts = *opts};
    autk_equilibrium *before = NULL;
    autk_status st = check(&s, err);
    if (st != AUTK_OK)
        return st;
    autk_solve_opts base = opts->solve;
    base.coalition = NULL;
    st = autk_equilibrium_solve(&before, NULL, economy, NULL, 0, NULL, &base, err);
    if (st != AUTK_OK)
        return st;
    s.before = before;
    size_t most = opts->n_levels + (size_t)economy->regions.n + (size_t)economy->sectors.n, n = 0;
    s.rows = autki_malloc(most, sizeof *s.rows);
    if (s.rows == NULL)
        st = autki_no_memory(err, most * sizeof *s.rows);
    if (st == AUTK_OK) {
        n = list_rows(s.rows, &s);
        st = autki_ranks_for(opts->ranks, s.rows, sizeof *s.rows, n, opts->n_threads, run_row, &s,
                             err);
    }
    autk_equilibrium_free(before);
    if (st != AUTK_OK) {
        free(s.rows);
        return st;
    }
    if (opts->by != AUTK_SWEEP_LEVELS)
        qsort(s.rows, n, sizeof *s.rows, by_ratio);
    *rows = s.rows;
    *n_rows = n;
    return AUTK_OK;
}
