#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/fail.h"
#include "base/linear.h"
#include "base/mem.h"
#include "base/random.h"
#include "evidence/blackout.h"
#include "evidence/blackout_balance.h"
#include "evidence/mirror_internal.h"

#define SECTIONS_MAX 100
#define MARGINS_MAX ((size_t)4096)
#define Z95 1.6448536269514722
#define MARGIN_SD_MIN 1e-5 /* of the residual: no total is trusted further */
#define NEAREST_MAX 3      /* years within which a later report counts */

autk_blackout_opts autk_blackout_opts_default(void)
{
    return (autk_blackout_opts){.partner_sd = 0.1,
                                .total_sd = 0.02,
                                .balance = AUTK_BALANCE_ERRORS,
                                .n_draws = 500,
                                .seed = 1,
                                .max_iter = 500,
                                .tol = 1e-6};
}

/* A known total less the known flows: the sum of the silent flows of one side. */
typedef struct margin {
    int32_t economy;
    bool exports;
    int section; /* ALL_SECTIONS: of all goods together */
    double residual, sd;
    size_t n_flows; /* silent ones in it */
} margin;

#define ALL_SECTIONS (-1)

/* A silent flow of a section that has a history. */
typedef struct silent_cell {
    size_t out, flow; /* in the estimates, in the list of silent flows */
    const autki_errors *errors;
} silent_cell;

/* Growth of what is known between a year and the one to be estimated, made when asked for. */
typedef struct growths {
    autki_growth *of; /* [n_sections][n_years] */
    bool *made;
} growths;

typedef struct problem {
    const autk_panel *panels; /* [n_sections], alike in years and economies */
    const autk_blackout_model *const *models;
    size_t n_sections;
    const autk_blackout_totals *totals;
    const autk_blackout_opts *opts;
    int year;
    bool *is_silent; /* [n][n] */
    growths growths;
    margin *margins;
    size_t n_margins, margins_capacity;
    autki_cell *cells;
    silent_cell *silent; /* [n_cells] */
    size_t n_cells;
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

static autk_status trend_from(double *trend, problem *q, size_t section, int from, int32_t i,
                              int32_t j, autk_err *err)
{
    const autk_panel *p = &q->panels[section];
    size_t at = section * (size_t)p->n_years + (size_t)(from - p->first_year);
    *trend = NAN;
    if (!q->growths.made[at]) {
        autk_status st = autki_growth_make(&q->growths.of[at], p, from, q->year, q->is_silent, err);
        if (st != AUTK_OK)
            return st;
        q->growths.made[at] = true;
    }
    *trend = autki_trend(&q->growths.of[at], p, i, j, true);
    return AUTK_OK;
}

/* What the neighbours say, and which errors go with it. cell->prior is NaN without a history. */
static autk_status find_prior(autk_blackout_estimate *e, autki_cell *cell, silent_cell *silent,
                              problem *q, size_t section, int32_t i, int32_t j, autk_err *err)
{
    const autk_panel *p = &q->panels[section];
    int before = known_before(p, q->year, i, j), after = known_after(p, q->year, i, j);
    double a = NAN, b = NAN;
    autk_status st = AUTK_OK;
    if (before != 0)
        st = trend_from(&a, q, section, before, i, j, err);
    if (st == AUTK_OK && after != 0)
        st = trend_from(&b, q, section, after, i, j, err);
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
    cell->prior = prior;
    if (isnan(prior))
        return AUTK_OK;
    int row = back == 1 && ahead == 1    ? AUTKI_HORIZONS
              : horizon > AUTKI_HORIZONS ? AUTKI_HORIZONS - 1
                                         : horizon - 1;
    e->trend = exp(prior);
    e->size_class = autki_size_class(e->trend);
    silent->errors = &q->models[section]->errors[row][e->size_class];
    cell->sd = silent->errors->sd;
    return AUTK_OK;
}

/* ------------------------------------------------------------------ margins */

/* The known flows of one side of an economy, and the variance of their sum. */
static void add_known(double *known, double *variance, const problem *q, const autk_panel *p,
                      int32_t economy, bool exports)
{
    size_t n = (size_t)p->n_economies;
    for (int32_t k = 0; k < p->n_economies; k++) {
        size_t i = (size_t)(exports ? economy : k), j = (size_t)(exports ? k : economy);
        double v = autki_panel_at(p, q->year, (int32_t)i, (int32_t)j);
        if (i == j || isnan(v) || q->is_silent[i * n + j])
            continue;
        *known += v;
        *variance += q->opts->partner_sd * v * q->opts->partner_sd * v;
    }
}

/* Position of a margin, made when new; AUTKI_NO_MARGIN when its total is not known. */
static autk_status find_margin(size_t *position, problem *q, int32_t economy, bool exports,
                               int section, const double *totals, autk_err *err)
{
    *position = AUTKI_NO_MARGIN;
    if (totals == NULL || isnan(totals[economy]))
        return AUTK_OK;
    for (size_t k = 0; k < q->n_margins; k++) {
        const margin *m = &q->margins[k];
        if (m->economy == economy && m->exports == exports && m->section == section) {
            *position = k;
            return AUTK_OK;
        }
    }
    double known = 0, variance = 0, total = totals[economy];
    for (size_t s = 0; s < q->n_sections; s++)
        if (section == ALL_SECTIONS || section == (int)s)
            add_known(&known, &variance, q, &q->panels[s], economy, exports);
    variance += q->opts->total_sd * total * q->opts->total_sd * total;
    /* A margin without error would make the system stiff beyond what doubles can tell apart. */
    double least = MARGIN_SD_MIN * fabs(total - known) + 1;
    autk_status st = autki_grow(&q->margins, &q->margins_capacity, q->n_margins + 1,
                                sizeof *q->margins, MARGINS_MAX, err);
    if (st != AUTK_OK)
        return st;
    q->margins[q->n_margins] =
        (margin){economy, exports, section, total - known, sqrt(variance) + least, 0};
    *position = q->n_margins++;
    return AUTK_OK;
}

static const double *of_section(const double *totals, const problem *q, size_t section)
{
    return totals != NULL ? totals + section * (size_t)q->panels->n_economies : NULL;
}

/* The totals that a flow is part of, without gaps: of all goods, then of its section. */
static autk_status find_margins(size_t at[AUTKI_CELL_MARGINS], problem *q, size_t section,
                                autk_silent_flow f, autk_err *err)
{
    const autk_blackout_totals *t = q->totals;
    const double *totals[AUTKI_CELL_MARGINS] = {t->exports, t->imports,
                                                of_section(t->section_exports, q, section),
                                                of_section(t->section_imports, q, section)};
    size_t n = 0;
    autk_status st = AUTK_OK;
    for (int a = 0; a < AUTKI_CELL_MARGINS && st == AUTK_OK; a++) {
        bool exports = a % 2 == 0;
        size_t position;
        st = find_margin(&position, q, exports ? f.exporter : f.importer, exports,
                         a < 2 ? ALL_SECTIONS : (int)section, totals[a], err);
        if (st == AUTK_OK && position != AUTKI_NO_MARGIN) {
            at[n++] = position;
            q->margins[position].n_flows++;
        }
    }
    for (; n < AUTKI_CELL_MARGINS; n++)
        at[n] = AUTKI_NO_MARGIN;
    return st;
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
static autk_status draw_all(double *draws, const problem *q, autki_balance *b, autk_err *err)
{
    size_t n_draws = (size_t)q->opts->n_draws, m = q->n_cells;
    double *y = autki_malloc(2 * m + q->n_margins, sizeof *y), *y0 = y + m, *target = y + 2 * m;
    uint64_t random = q->opts->seed;
    autk_status st = y != NULL ? AUTK_OK : autki_no_memory(err, m * sizeof *y);
    for (size_t d = 0; d < n_draws && st == AUTK_OK; d++) {
        for (size_t c = 0; c < m; c++)
            y0[c] = q->cells[c].prior + draw_error(q->silent[c].errors, &random);
        for (size_t r = 0; r < q->n_margins; r++)
            target[r] = q->margins[r].residual + q->margins[r].sd * autki_random_normal(&random);
        st = autki_balance_solve(y, b, y0, target, err);
        for (size_t c = 0; c < m && st == AUTK_OK; c++)
            draws[c * n_draws + d] = exp(y[c]);
    }
    free(y);
    return st;
}

static double at_quantile(const double *sorted, size_t n, double quantile)
{
    double at = quantile * (double)(n - 1);
    size_t k = (size_t)at;
    return k + 1 < n ? sorted[k] + (at - (double)k) * (sorted[k + 1] - sorted[k]) : sorted[n - 1];
}

static void fill_from_draws(autk_blackout_estimate *e, double *draws, size_t n_draws)
{
    qsort(draws, n_draws, sizeof *draws, ascending);
    e->value = at_quantile(draws, n_draws, 0.5);
    e->low = at_quantile(draws, n_draws, 0.05);
    e->high = at_quantile(draws, n_draws, 0.95);
}

/* A flow's sections together, draw by draw: what is drawn too high in one is too low in another. */
static void fill_sums(autk_blackout_estimate *sums, double *room, const double *draws,
                      const problem *q)
{
    size_t n_draws = (size_t)q->opts->n_draws;
    for (size_t first = 0, last; first < q->n_cells; first = last) {
        size_t flow = q->silent[first].flow;
        memset(room, 0, n_draws * sizeof *room);
        for (last = first; last < q->n_cells && q->silent[last].flow == flow; last++)
            for (size_t d = 0; d < n_draws; d++)
                room[d] += draws[last * n_draws + d];
        fill_from_draws(&sums[flow], room, n_draws);
    }
}

static autk_status fill_estimates(autk_blackout_estimate *out, autk_blackout_estimate *sums,
                                  problem *q, autk_err *err)
{
    size_t m = q->n_cells, k = q->n_margins, n_draws = (size_t)q->opts->n_draws;
    double *draws = autki_malloc((m + 1) * n_draws, sizeof *draws);
    double *sd = autki_malloc(k, sizeof *sd);
    autki_balance b = {.kind = q->opts->balance,
                       .cells = q->cells,
                       .n_cells = m,
                       .margin_sd = sd,
                       .n_margins = k,
                       .tol = q->opts->tol,
                       .max_iter = q->opts->max_iter};
    autk_status st =
        draws == NULL || sd == NULL ? autki_no_memory(err, m * n_draws * sizeof *draws) : AUTK_OK;
    for (size_t r = 0; r < k && st == AUTK_OK; r++)
        sd[r] = q->margins[r].sd;
    if (st == AUTK_OK)
        st = autki_balance_begin(&b, err);
    if (st == AUTK_OK)
        st = draw_all(draws, q, &b, err);
    if (st == AUTK_OK && sums != NULL)
        fill_sums(sums, draws + m * n_draws, draws, q);
    for (size_t c = 0; c < m && st == AUTK_OK; c++)
        fill_from_draws(&out[q->silent[c].out], draws + c * n_draws, n_draws);
    autki_balance_end(&b);
    free(draws);
    free(sd);
    return st;
}

/* What a total leaves bounds each flow in it; it is all there is when the flow is alone. */
static void fill_bounds(autk_blackout_estimate *e, const problem *q,
                        const size_t at[AUTKI_CELL_MARGINS])
{
    e->bound_low = 0;
    e->bound_high = e->residual_exporter = e->residual_importer = NAN;
    for (int a = 0; a < AUTKI_CELL_MARGINS && at[a] != AUTKI_NO_MARGIN; a++) {
        const margin *g = &q->margins[at[a]];
        double high = g->residual + Z95 * g->sd, low = g->residual - Z95 * g->sd;
        double *residual = g->exports ? &e->residual_exporter : &e->residual_importer;
        if (!(*residual <= g->residual)) /* the narrowest: of the section where it is known */
            *residual = g->residual;
        if (high < 0)
            high = 0;
        if (isnan(e->bound_high) || high < e->bound_high)
            e->bound_high = high;
        if (g->n_flows == 1 && low > e->bound_low)
            e->bound_low = low;
    }
    if (e->bound_high < e->bound_low) /* the two totals contradict each other */
        e->bound_low = e->bound_high;
}

/* ------------------------------------------------------------------ all of it */

static autk_status check(const problem *q, const autk_silent_flow *silent, size_t n, autk_err *err)
{
    const autk_panel *p = q->panels;
    const autk_blackout_opts *o = q->opts;
    if (q->n_sections < 1 || q->n_sections > SECTIONS_MAX)
        return autki_fail(err, AUTK_EARG, "expected 1 to %d sections, got %zu", SECTIONS_MAX,
                          q->n_sections);
    for (size_t s = 1; s < q->n_sections; s++) {
        if (p[s].first_year != p->first_year || p[s].n_years != p->n_years ||
            p[s].n_economies != p->n_economies)
            return autki_fail(err, AUTK_EARG, "expected sections of the same years and economies");
    }
    if (q->year < p->first_year || q->year >= p->first_year + p->n_years)
        return autki_fail(err, AUTK_EARG, "expected a year from %d to %d, got %d", p->first_year,
                          p->first_year + p->n_years - 1, q->year);
    if (!(o->partner_sd >= 0) || !(o->total_sd >= 0) || o->n_draws < 20 || o->n_draws > 100000 ||
        !(o->tol > 0) || o->max_iter < 1 || (unsigned)o->balance >= AUTK_BALANCE_COUNT)
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

static const autk_blackout_estimate nothing_known = {.value = NAN,
                                                     .low = NAN,
                                                     .high = NAN,
                                                     .trend = NAN,
                                                     .residual_exporter = NAN,
                                                     .residual_importer = NAN,
                                                     .bound_high = NAN};

/* at: [n * n_sections] the totals of each, by flow, then section */
static autk_status prepare_cells(autk_blackout_estimate *out, size_t (*at)[AUTKI_CELL_MARGINS],
                                 problem *q, const autk_silent_flow *silent, size_t n,
                                 autk_err *err)
{
    autk_status st = AUTK_OK;
    for (size_t k = 0; k < n * q->n_sections && st == AUTK_OK; k++) {
        size_t flow = k / q->n_sections, section = k % q->n_sections;
        autki_cell *cell = &q->cells[q->n_cells];
        q->silent[q->n_cells] = (silent_cell){.out = k, .flow = flow};
        out[k] = nothing_known;
        st = find_margins(at[k], q, section, silent[flow], err);
        if (st == AUTK_OK)
            st = find_prior(&out[k], cell, &q->silent[q->n_cells], q, section,
                            silent[flow].exporter, silent[flow].importer, err);
        memcpy(cell->margin, at[k], sizeof cell->margin);
        if (st == AUTK_OK && !isnan(cell->prior))
            q->n_cells++;
    }
    for (size_t k = 0; k < n * q->n_sections && st == AUTK_OK; k++)
        fill_bounds(&out[k], q, at[k]);
    return st;
}

static autk_status make_room(problem *q, size_t n_silent, autk_err *err)
{
    size_t n = (size_t)q->panels->n_economies, n_cells = n_silent * q->n_sections;
    size_t n_growths = q->n_sections * (size_t)q->panels->n_years;
    q->growths.of = autki_calloc(n_growths, sizeof *q->growths.of);
    q->growths.made = autki_calloc(n_growths, sizeof *q->growths.made);
    q->is_silent = autki_calloc(n * n, sizeof *q->is_silent);
    /* One more: what has no history is written behind the last that has. */
    q->cells = autki_malloc(n_cells + 1, sizeof *q->cells);
    q->silent = autki_malloc(n_cells + 1, sizeof *q->silent);
    if (q->growths.of == NULL || q->growths.made == NULL || q->is_silent == NULL ||
        q->cells == NULL || q->silent == NULL)
        return autki_no_memory(err, n * n + n_cells * sizeof *q->cells);
    return AUTK_OK;
}

static void free_room(problem *q)
{
    size_t n_growths = q->n_sections * (size_t)q->panels->n_years;
    for (size_t y = 0; q->growths.made != NULL && q->growths.of != NULL && y < n_growths; y++)
        if (q->growths.made[y])
            autki_growth_free(&q->growths.of[y]);
    free(q->growths.of);
    free(q->growths.made);
    free(q->is_silent);
    free(q->margins);
    free(q->cells);
    free(q->silent);
}

static autk_status solve(autk_blackout_estimate *out, autk_blackout_estimate *sums, problem *q,
                         const autk_silent_flow *silent, size_t n_silent, autk_err *err)
{
    autk_status st = check(q, silent, n_silent, err);
    if (st != AUTK_OK)
        return st;
    size_t n = (size_t)q->panels->n_economies;
    size_t(*at)[AUTKI_CELL_MARGINS] = autki_malloc(n_silent * q->n_sections, sizeof *at);
    st = make_room(q, n_silent, err);
    if (st == AUTK_OK && at == NULL)
        st = autki_no_memory(err, n_silent * q->n_sections * sizeof *at);
    for (size_t k = 0; st == AUTK_OK && k < n_silent; k++) {
        q->is_silent[(size_t)silent[k].exporter * n + (size_t)silent[k].importer] = true;
        if (sums != NULL)
            sums[k] = nothing_known;
    }
    if (st == AUTK_OK)
        st = prepare_cells(out, at, q, silent, n_silent, err);
    if (st == AUTK_OK && q->n_cells != 0)
        st = fill_estimates(out, sums, q, err);
    free(at);
    free_room(q);
    return st;
}

autk_status autk_blackout_solve(autk_blackout_estimate *out, const autk_blackout_model *model,
                                const autk_panel *panel, int year, const autk_silent_flow *silent,
                                size_t n_silent, const double *exports, const double *imports,
                                const autk_blackout_opts *opts, autk_err *err)
{
    autk_blackout_opts defaults = autk_blackout_opts_default();
    const autk_blackout_totals totals = {.exports = exports, .imports = imports};
    problem q = {.panels = panel,
                 .models = &model,
                 .n_sections = 1,
                 .totals = &totals,
                 .opts = opts != NULL ? opts : &defaults,
                 .year = year};
    return solve(out, NULL, &q, silent, n_silent, err);
}

autk_status autk_blackout_solve_sections(autk_blackout_estimate *out, autk_blackout_estimate *sums,
                                         const autk_blackout_model *const *models,
                                         const autk_panel *panels, size_t n_sections, int year,
                                         const autk_silent_flow *silent, size_t n_silent,
                                         const autk_blackout_totals *totals,
                                         const autk_blackout_opts *opts, autk_err *err)
{
    autk_blackout_opts defaults = autk_blackout_opts_default();
    const autk_blackout_totals none = {.exports = NULL};
    problem q = {.panels = panels,
                 .models = models,
                 .n_sections = n_sections,
                 .totals = totals != NULL ? totals : &none,
                 .opts = opts != NULL ? opts : &defaults,
                 .year = year};
    return solve(out, sums, &q, silent, n_silent, err);
}
