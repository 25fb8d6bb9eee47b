/* Measures applied to shares, row by row: one sector, one buyer, all sellers. */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/fail.h"
#include "base/mem.h"
#include "equilibrium/system.h"

#define AS_TEXT(name, text) text,
static const char *const deficit_texts[] = {AUTK_DEFICITS_LIST(AS_TEXT)};
static const char *const measure_texts[] = {AUTK_MEASURE_LIST(AS_TEXT)};

const char *autk_deficits_text(autk_deficits deficits)
{
    return (unsigned)deficits < AUTK_DEFICITS_COUNT ? deficit_texts[deficits] : "unknown";
}

const char *autk_measure_text(autk_measure_kind kind)
{
    return (unsigned)kind < AUTK_MEASURE_COUNT ? measure_texts[kind] : "unknown";
}

void autki_model_deinit(autki_model *model)
{
    if (model->factory != model->customs)
        free(model->factory);
    if (model->customs != model->share)
        free(model->customs);
    free(model->share);
    free(model->productivity);
    free(model->dead);
    free(model->bloc);
    memset(model, 0, sizeof *model);
}

static bool changes_tariff(const autk_measure *m)
{
    return m->kind == AUTK_MEASURE_TARIFF_SET || m->kind == AUTK_MEASURE_TARIFF_ADD ||
           m->kind == AUTK_MEASURE_TARIFF_MULTIPLY;
}

static autk_status check_measures(const autk_measure *measures, size_t n, autk_err *err)
{
    for (size_t i = 0; i < n; i++) {
        const autk_measure *m = &measures[i];
        if ((unsigned)m->kind >= AUTK_MEASURE_COUNT)
            return autki_fail(err, AUTK_EARG, "expected a kind of measure, got %d", (int)m->kind);
        bool rate = m->kind == AUTK_MEASURE_TARIFF_SET || m->kind == AUTK_MEASURE_COST ||
                    m->kind == AUTK_MEASURE_PRODUCTIVITY || m->kind == AUTK_MEASURE_EXPORT_TAX;
        bool factor = m->kind == AUTK_MEASURE_TARIFF_MULTIPLY;
        if (!isfinite(m->value) || (rate && !(m->value > -1)) || (factor && !(m->value >= 0)))
            return autki_fail(err, AUTK_EARG, "expected the value of a %s measure %s, got %g",
                              autk_measure_text(m->kind),
                              rate     ? "above -1"
                              : factor ? "of at least 0"
                                       : "to be finite",
                              m->value);
    }
    return AUTK_OK;
}

static autk_status allocate(autki_model *m, const autk_measure *measures, size_t n_measures,
                            autk_err *err)
{
    const autki_calibration *cal = m->cal;
    bool tariffs = cal->economy->tariff != NULL, taxes = false;
    for (size_t i = 0; i < n_measures; i++) {
        tariffs = tariffs || changes_tariff(&measures[i]);
        taxes = taxes || measures[i].kind == AUTK_MEASURE_EXPORT_TAX;
    }
    m->share = autki_malloc(cal->packed, sizeof *m->share);
    m->customs = tariffs ? autki_malloc(cal->packed, sizeof *m->share) : m->share;
    m->factory = taxes ? autki_malloc(cal->packed, sizeof *m->share) : m->customs;
    m->productivity =
        autki_calloc(2 * cal->plane + 2 * cal->stride + (size_t)cal->s, sizeof *m->productivity);
    m->dead = autki_calloc(2 * cal->plane, sizeof *m->dead);
    m->bloc = autki_calloc(cal->stride, sizeof *m->bloc);
    if (m->share == NULL || m->customs == NULL || m->factory == NULL || m->productivity == NULL ||
        m->dead == NULL || m->bloc == NULL) {
        autki_model_deinit(m);
        return autki_no_memory(err, cal->packed * sizeof(double));
    }
    m->home = m->productivity + cal->plane;
    m->deficit = m->home + cal->plane;
    m->damping = m->deficit + cal->stride;
    m->unused = m->dead + cal->plane;
    double *theta = m->damping + cal->stride;
    memcpy(theta, m->theta, (size_t)cal->s * sizeof *theta);
    m->theta = theta;
    return AUTK_OK;
}

typedef struct cell {
    double tariff, export_tax, ln_cost, ln_trade;
    bool embargoed, touched;
} cell;

static void act(cell *c, autk_measure_kind kind, double value)
{
    c->touched = true;
    switch (kind) {
    case AUTK_MEASURE_TARIFF_SET:
        c->tariff = value;
        break;
    case AUTK_MEASURE_TARIFF_ADD:
        c->tariff += value;
        break;
    case AUTK_MEASURE_TARIFF_MULTIPLY:
        c->tariff *= value;
        break;
    case AUTK_MEASURE_COST:
        c->ln_cost += log1p(value);
        break;
    case AUTK_MEASURE_EMBARGO:
        c->embargoed = true;
        break;
    case AUTK_MEASURE_EXPORT_TAX:
        c->export_tax += value;
        break;
    case AUTK_MEASURE_SANCTION:
        c->ln_trade += value;
        break;
    default:
        break;
    }
}

static bool concerns(const autk_measure *m, int32_t j, int32_t seller, int32_t buyer)
{
    return m->kind != AUTK_MEASURE_PRODUCTIVITY && seller != buyer &&
           (m->sectors == NULL || m->sectors[j]) && (m->sellers == NULL || m->sellers[seller]) &&
           (m->buyers == NULL || m->buyers[buyer]);
}

/* The measures that act on this sector and buyer, so that most rows are copied without a look. */
static size_t for_row(const autk_measure **chosen, const autk_measure *measures, size_t n,
                      int32_t j, int32_t buyer)
{
    size_t k = 0;
    for (size_t i = 0; i < n; i++) {
        const autk_measure *m = &measures[i];
        if (m->kind != AUTK_MEASURE_PRODUCTIVITY && (m->sectors == NULL || m->sectors[j]) &&
            (m->buyers == NULL || m->buyers[buyer]))
            chosen[k++] = m;
    }
    return k;
}

typedef struct row_task {
    autki_model *m;
    const autk_measure **chosen;
    size_t n_chosen;
} row_task;

static double value_of(const autk_measure *m, const autki_calibration *cal, int32_t j,
                       int32_t seller, int32_t buyer)
{
    size_t regions = (size_t)cal->n;
    return m->values == NULL
               ? m->value
               : m->values[((size_t)j * regions + (size_t)buyer) * regions + (size_t)seller];
}

/* All measures of the row on one cell. */
static cell act_all(const row_task *task, int32_t j, int32_t i, int32_t n, double tariff)
{
    cell c = {.tariff = tariff};
    for (size_t k = 0; k < task->n_chosen; k++) {
        const autk_measure *measure = task->chosen[k];
        double value = value_of(measure, task->m->cal, j, i, n);
        if (concerns(measure, j, i, n) && !isnan(value))
            act(&c, measure->kind, value);
    }
    return c;
}

static double share_under(const cell *c, double share, double theta, double tariff_before)
{
    if (c->embargoed)
        return 0.0;
    if (!c->touched || !(share > 0))
        return share;
    double price = c->ln_cost + log((1 + c->tariff) / (1 + tariff_before)) + log1p(c->export_tax);
    return share * exp(c->ln_trade - theta * price);
}

static autk_status fill_row(const row_task *task, int32_t j, int32_t n, autk_err *err)
{
    autki_model *m = task->m;
    const autki_calibration *cal = m->cal;
    const autk_economy *e = cal->economy;
    size_t row = cal->offset[j] + (size_t)n * cal->stride;
    double absorption = cal->absorption[autki_at(e, j, n)];
    for (int32_t i = 0; i < cal->n; i++) {
        if (i == n)
            continue;
        size_t at = autki_cell(e, j, i, n), to = row + (size_t)i;
        double before = e->tariff != NULL ? e->tariff[at] : 0.0;
        cell c = act_all(task, j, i, n, before);
        if (!(c.tariff > -1) || !(c.export_tax > -1))
            return autki_fail(err, AUTK_EDATA,
                              "expected a tariff above -1 on %s from %s to %s, got %g",
                              e->sectors.name[j], e->regions.name[i], e->regions.name[n],
                              c.tariff > -1 ? c.export_tax : c.tariff);
        double share = absorption > 0 ? e->flow[at] * (1 + before) / absorption : 0.0;
        share = share_under(&c, share, m->theta[j], before);
        m->share[to] = share;
        if (m->customs != m->share)
            m->customs[to] = share / (1 + c.tariff);
        if (m->factory != m->customs)
            m->factory[to] = share / ((1 + c.tariff) * (1 + c.export_tax));
    }
    for (size_t i = (size_t)cal->n; i < cal->stride; i++)
        m->share[row + i] = m->customs[row + i] = m->factory[row + i] = 0;
    row += (size_t)n;
    m->share[row] = m->customs[row] = m->factory[row] = 0;
    return AUTK_OK;
}

static void set_productivity(autki_model *m, const autk_measure *measures, size_t n_measures)
{
    const autki_calibration *cal = m->cal;
    for (size_t k = 0; k < n_measures; k++) {
        const autk_measure *measure = &measures[k];
        if (measure->kind != AUTK_MEASURE_PRODUCTIVITY)
            continue;
        for (int32_t j = 0; j < cal->s; j++) {
            for (int32_t i = 0; i < cal->n; i++) {
                if ((measure->sectors == NULL || measure->sectors[j]) &&
                    (measure->sellers == NULL || measure->sellers[i]))
                    m->productivity[autki_at(cal->economy, j, i)] += log1p(measure->value);
            }
        }
    }
}

static void set_deficit(autki_model *m)
{
    const autki_calibration *cal = m->cal;
    for (int32_t n = 0; n < cal->n; n++) {
        switch (m->deficits) {
        case AUTK_DEFICITS_ZERO:
            m->deficit[n] = 0;
            break;
        case AUTK_DEFICITS_OUTPUT:
            m->deficit[n] = 1 + cal->deficit[n] / cal->output[n];
            break;
        default:
            m->deficit[n] = cal->deficit[n];
        }
    }
}

static void set_home(autki_model *m)
{
    const autki_calibration *cal = m->cal;
    const autk_economy *e = cal->economy;
    for (int32_t j = 0; j < cal->s; j++) {
        for (int32_t n = 0; n < cal->n; n++) {
            size_t own = autki_cell(e, j, n, n), at = autki_at(e, j, n);
            double tariff = e->tariff != NULL ? e->tariff[own] : 0;
            m->home[at] =
                cal->absorption[at] > 0 ? e->flow[own] * (1 + tariff) / cal->absorption[at] : 0;
        }
    }
}

/* A wage one per cent higher lowers exports over imports by about theta (1 - share abroad) of the
 * exports, theta (share at home) of the imports, and 1: the wage moves by the gap over that sum.
 * `work` is [4 * stride]. */
static void set_damping(autki_model *m, double *work)
{
    const autki_calibration *cal = m->cal;
    size_t stride = cal->stride;
    double *exports = work, *lost = exports + stride, *imports = lost + stride,
           *won = imports + stride;
    memset(work, 0, 4 * stride * sizeof *work);
    for (int32_t j = 0; j < cal->s; j++) {
        const double *use = cal->use + (size_t)j * stride;
        for (int32_t n = 0; cal->traded[j] && n < cal->n; n++) {
            const double *share = m->share + cal->offset[j] + (size_t)n * stride;
            double home = m->home[autki_at(cal->economy, j, n)], sum = home;
            for (int32_t i = 0; i < cal->n; i++)
                sum += share[i];
            for (int32_t i = 0; sum > 0 && i < cal->n; i++) {
                double value = share[i] / sum * use[n];
                exports[i] += value;
                lost[i] += m->theta[j] * value * (1 - share[i] / sum);
                imports[n] += value;
                won[n] += m->theta[j] * value * home / sum;
            }
        }
    }
    for (int32_t n = 0; n < cal->n; n++)
        m->damping[n] = 1 / (1 + (exports[n] > 0 ? lost[n] / exports[n] : 0) +
                             (imports[n] > 0 ? won[n] / imports[n] : 0));
}

autk_status autki_model_create(autki_model *out, const autki_calibration *cal,
                               const autk_measure *measures, size_t n_measures,
                               const autk_solve_opts *opts, autk_err *err)
{
    autk_status st = check_measures(measures, n_measures, err);
    if (st != AUTK_OK)
        return st;
    autki_model m = {.cal = cal,
                     .deficits = opts->deficits,
                     .theta = opts->theta != NULL ? opts->theta : cal->economy->theta,
                     .coalition = opts->coalition};
    for (int32_t j = 0; j < cal->s; j++) {
        if (!(m.theta[j] > 0) || !isfinite(m.theta[j]))
            return autki_fail(err, AUTK_EARG, "expected theta of %s above 0, got %g",
                              cal->economy->sectors.name[j], m.theta[j]);
    }
    st = allocate(&m, measures, n_measures, err);
    if (st != AUTK_OK)
        return st;
    const autk_measure **chosen = autki_malloc(n_measures, sizeof(const autk_measure *));
    double *work = autki_calloc(4 * cal->stride, sizeof *work);
    if (chosen == NULL || work == NULL)
        st = autki_no_memory(err, (4 * cal->stride + n_measures) * sizeof *work);
    row_task task = {.m = &m, .chosen = chosen};
    for (int32_t j = 0; st == AUTK_OK && j < cal->s; j++) {
        for (int32_t n = 0; st == AUTK_OK && cal->traded[j] && n < cal->n; n++) {
            task.n_chosen = for_row(chosen, measures, n_measures, j, n);
            st = fill_row(&task, j, n, err);
        }
    }
    if (st == AUTK_OK) {
        set_home(&m);
        set_productivity(&m, measures, n_measures);
        set_deficit(&m);
        set_damping(&m, work);
        st = autki_model_feasible(&m, err);
    }
    free(chosen);
    free(work);
    if (st != AUTK_OK) {
        autki_model_deinit(&m);
        return st;
    }
    *out = m;
    return AUTK_OK;
}
