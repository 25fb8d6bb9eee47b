/* The solver: Anderson acceleration with safeguards around the plain, damped iteration. */
#include <math.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "base/fail.h"
#include "base/mem.h"
#include "equilibrium/system.h"

#define DEPTH 16
#define TOLERANCE 1e-10
#define MAX_ITERATIONS 5000
#define LARGEST_STEP 1.5 /* in ln wages and prices */

autk_solve_opts autk_solve_opts_default(void)
{
    return (autk_solve_opts){
        .deficits = AUTK_DEFICITS_FIXED, .tolerance = TOLERANCE, .max_iterations = MAX_ITERATIONS};
}

static double now_s(void)
{
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return (double)t.tv_sec + 1e-9 * (double)t.tv_nsec;
}

void autki_restrain(double *next, const double *x, size_t n_logs, size_t dim)
{
    double largest = 0;
    for (size_t i = 0; i < n_logs; i++) {
        double step = fabs(next[i] - x[i]);
        if (!(step <= largest))
            largest = step;
    }
    if (!isfinite(largest)) {
        memcpy(next, x, dim * sizeof *next);
        return;
    }
    if (largest > LARGEST_STEP) {
        for (size_t i = 0; i < dim; i++)
            next[i] = x[i] + (next[i] - x[i]) * (LARGEST_STEP / largest);
    }
    for (size_t i = n_logs; i < dim; i++) {
        if (!(next[i] >= 0.2 * x[i]))
            next[i] = 0.2 * x[i];
        else if (x[i] > 0 && next[i] > 5 * x[i])
            next[i] = 5 * x[i];
    }
}

#define PATIENCE 40          /* evaluations without a better residual before a restart */
#define PLAIN_PATIENCE 400   /* the same without acceleration */
#define ACCELERATED_STARTS 2 /* restarts from the best point before plain iteration takes over */
#define POOR_PATIENCE 300    /* evaluations in a row with somebody's income at or below 0 */
#define STALL 120            /* evaluations in which the best residual must halve */
#define NEWTONS 3            /* times that Newton may try */
#define NEAR 1e-3            /* residual at which plain iteration hands back */

typedef struct search {
    autki_system *sys;
    autki_anderson aa;
    double *point, *next, *best, *image, *trial, *start; /* image = plain next of best */
    double best_residual, damping;
    int since_best, n_restarts, poor_streak, n_newtons, since_mark;
    double mark; /* best residual when last looked at */
    bool plain;
} search;

/* The steps have led astray. At first: back to the best point and on from there. Then without
 * acceleration from the start, with ever smaller steps: slow, but what converges at all converges.
 */
static void restart(search *s)
{
    static const double dampings[] = {1, 0.5, 0.25, 0.1};
    size_t dim = s->sys->dim, n_logs = s->sys->model->cal->stride + s->sys->model->cal->plane;
    autki_anderson_reset(&s->aa);
    s->n_restarts++;
    s->since_best = 0;
    if (s->n_restarts <= ACCELERATED_STARTS) {
        for (size_t i = 0; i < dim; i++)
            s->point[i] = s->best[i] + 0.5 * (s->image[i] - s->best[i]);
        autki_restrain(s->point, s->best, n_logs, dim);
        s->best_residual *= 4; /* a plain step may go up; what counts is what follows */
        return;
    }
    s->plain = true;
    s->damping = dampings[(s->n_restarts - ACCELERATED_STARTS - 1) % 4];
    memcpy(s->point, s->start, dim * sizeof *s->point);
    s->best_residual = INFINITY;
}

static void step(search *s)
{
    const autki_calibration *cal = s->sys->model->cal;
    size_t dim = s->sys->dim, n_logs = cal->stride + cal->plane;
    if (s->plain && s->sys->residual < NEAR && s->n_restarts <= 2 * ACCELERATED_STARTS)
        s->plain = false;
    if (s->plain) {
        for (size_t i = 0; i < dim; i++)
            s->trial[i] = s->point[i] + s->damping * (s->next[i] - s->point[i]);
    } else {
        autki_anderson_step(&s->aa, s->trial, s->point, s->next);
    }
    autki_restrain(s->trial, s->point, n_logs, dim);
    memcpy(s->point, s->trial, dim * sizeof *s->point);
}

static void advance(search *s)
{
    size_t dim = s->sys->dim;
    double residual = s->sys->residual;
    if (s->sys->valid && residual < s->best_residual) {
        memcpy(s->best, s->point, dim * sizeof *s->best);
        memcpy(s->image, s->next, dim * sizeof *s->image);
        s->best_residual = residual;
        s->since_best = 0;
    } else {
        s->since_best++;
    }
    if (!s->sys->valid || s->since_best > (s->plain ? PLAIN_PATIENCE : PATIENCE))
        restart(s);
    else
        step(s);
}

/* Creeping: has the best residual not halved for long? */
static bool stalls(search *s)
{
    if (++s->since_mark < STALL)
        return false;
    bool creeping = !(s->best_residual < 0.5 * s->mark);
    s->mark = s->best_residual;
    s->since_mark = 0;
    return creeping && s->n_newtons < NEWTONS && isfinite(s->best_residual);
}

/* Newton from the best point; acceleration takes over where it ends. */
static autk_status try_newton(search *s, int *iterations, double tolerance, autk_err *err)
{
    s->n_newtons++;
    memcpy(s->point, s->best, s->sys->dim * sizeof *s->point);
    autki_anderson_reset(&s->aa);
    s->plain = false;
    s->since_best = 0;
    return autki_newton(s->point, iterations, s->sys, tolerance, err);
}

static autk_status iterate(search *s, autk_solve_info *info, const autk_solve_opts *opts,
                           autk_err *err)
{
    double tolerance = opts->tolerance > 0 ? opts->tolerance : TOLERANCE;
    int ceiling = opts->max_iterations > 0 ? opts->max_iterations : MAX_ITERATIONS;
    s->best_residual = s->mark = INFINITY;
    s->damping = 1;
    for (info->iterations = 1;; info->iterations++) {
        autki_system_eval(s->sys, s->next, s->point);
        info->residual = s->sys->residual;
        info->converged = s->sys->valid && s->sys->residual <= tolerance;
        s->poor_streak = s->sys->poor >= 0 ? s->poor_streak + 1 : 0;
        if (info->converged && s->sys->poor < 0)
            return AUTK_OK;
        if (info->converged || s->poor_streak > POOR_PATIENCE) {
            info->converged = false;
            return autki_fail(
                err, AUTK_ENOANSWER,
                "no equilibrium exists: the trade surplus that %s must keep exceeds all it earns; "
                "ask for deficits: output or zero",
                s->sys->model->cal->economy->regions.name[s->sys->poor]);
        }
        if (info->iterations >= ceiling)
            return autki_fail(err, AUTK_ENOCONV,
                              "residual %.3g > tolerance %.3g after %d iterations", info->residual,
                              tolerance, info->iterations);
        advance(s);
        if (stalls(s)) {
            autk_status st = try_newton(s, &info->iterations, tolerance, err);
            if (st != AUTK_OK)
                return st;
        }
    }
}

static autk_status run(autk_equilibrium *eq, autk_solve_info *info, const autk_solve_opts *opts,
                       autk_err *err)
{
    size_t dim = eq->sys.dim;
    double *work = autki_malloc(5 * dim, sizeof *work);
    if (work == NULL)
        return autki_no_memory(err, 5 * dim * sizeof *work);
    search s = {.sys = &eq->sys,
                .point = eq->point,
                .next = work,
                .best = work + dim,
                .image = work + 2 * dim,
                .trial = work + 3 * dim,
                .start = work + 4 * dim};
    autk_status st = autki_anderson_create(&s.aa, dim, DEPTH, err);
    if (st == AUTK_OK) {
        memcpy(s.best, eq->point, dim * sizeof *s.best);
        memcpy(s.start, eq->point, dim * sizeof *s.start);
        memcpy(s.image, eq->point, dim * sizeof *s.image);
        st = iterate(&s, info, opts, err);
        autki_anderson_deinit(&s.aa);
    }
    free(work);
    return st;
}

void autk_equilibrium_free(autk_equilibrium *eq)
{
    if (eq == NULL)
        return;
    autki_system_deinit(&eq->sys);
    autki_model_deinit(&eq->model);
    autki_calibration_deinit(&eq->cal);
    free(eq->point);
    free(eq);
}

static autk_status check_opts(const autk_economy *economy, const autk_equilibrium *before,
                              const autk_solve_opts *opts, autk_err *err)
{
    if ((unsigned)opts->deficits >= AUTK_DEFICITS_COUNT)
        return autki_fail(err, AUTK_EARG, "expected a deficit rule, got %d", (int)opts->deficits);
    if (before != NULL && before->economy != economy)
        return autki_fail(err, AUTK_EARG, "expected `before` to be of the same economy");
    if (opts->coalition != NULL && before == NULL)
        return autki_fail(err, AUTK_EARG, "expected `before` for a coalition, got none");
    return AUTK_OK;
}

static autk_status prepare(autk_equilibrium *eq, const autk_measure *measures, size_t n_measures,
                           const autk_equilibrium *before, const autk_solve_opts *opts,
                           autk_err *err)
{
    autk_status st = autki_calibrate(&eq->cal, eq->economy, err);
    if (st == AUTK_OK)
        st = autki_model_create(&eq->model, &eq->cal, measures, n_measures, opts, err);
    if (st == AUTK_OK)
        st = autki_system_create(&eq->sys, &eq->model, err);
    if (st != AUTK_OK)
        return st;
    eq->point = autki_malloc(eq->sys.dim, sizeof *eq->point);
    if (eq->point == NULL)
        return autki_no_memory(err, eq->sys.dim * sizeof *eq->point);
    autki_system_start(&eq->sys, eq->point);
    if (before == NULL)
        return AUTK_OK;
    size_t n_logs = eq->cal.stride + eq->cal.plane;
    for (size_t i = 0; i < eq->sys.dim; i++) {
        bool kept = i < n_logs || (eq->point[i] > 0 && before->point[i] > 0);
        eq->point[i] = kept ? before->point[i] : eq->point[i];
    }
    eq->model.coalition_income = before->sys.income;
    eq->model.coalition_price = before->sys.price_index;
    return AUTK_OK;
}

autk_status autk_equilibrium_solve(autk_equilibrium **out, autk_solve_info *info,
                                   const autk_economy *economy, const autk_measure *measures,
                                   size_t n_measures, const autk_equilibrium *before,
                                   const autk_solve_opts *opts, autk_err *err)
{
    autk_solve_opts chosen = opts != NULL ? *opts : autk_solve_opts_default();
    autk_solve_info found = {0};
    double began = now_s();
    autk_status st = check_opts(economy, before, &chosen, err);
    if (st != AUTK_OK)
        return st;
    autk_equilibrium *eq = autki_calloc(1, sizeof *eq);
    if (eq == NULL)
        return autki_no_memory(err, sizeof *eq);
    eq->economy = economy;
    st = prepare(eq, measures, n_measures, before, &chosen, err);
    if (st == AUTK_OK) {
        st = run(eq, &found, &chosen, err);
        found.seconds = now_s() - began;
        if (info != NULL)
            *info = found;
    }
    /* What `before` and the caller lent is theirs again. */
    eq->model.coalition = NULL;
    eq->model.coalition_income = eq->model.coalition_price = NULL;
    if (st != AUTK_OK) {
        autk_equilibrium_free(eq);
        return st;
    }
    *out = eq;
    return AUTK_OK;
}

/* ------------------------------------------------------------------ looking */

static bool region_ok(const autk_equilibrium *eq, int32_t region)
{
    return region >= 0 && region < eq->cal.n;
}

static bool both_ok(const autk_equilibrium *eq, int32_t sector, int32_t region)
{
    return region_ok(eq, region) && sector >= 0 && sector < eq->cal.s;
}

double autk_equilibrium_wage(const autk_equilibrium *eq, int32_t region)
{
    return region_ok(eq, region) ? exp(eq->point[region]) : NAN;
}

double autk_equilibrium_price(const autk_equilibrium *eq, int32_t sector, int32_t region)
{
    if (!both_ok(eq, sector, region))
        return NAN;
    size_t at = autki_at(eq->economy, sector, region);
    return eq->model.unused[at] ? NAN : exp(eq->point[eq->cal.stride + at]);
}

double autk_equilibrium_cost(const autk_equilibrium *eq, int32_t sector, int32_t region)
{
    if (!both_ok(eq, sector, region))
        return NAN;
    size_t at = autki_at(eq->economy, sector, region);
    return eq->model.dead[at] ? INFINITY : exp(eq->sys.ln_cost[at]);
}

double autk_equilibrium_price_index(const autk_equilibrium *eq, int32_t region)
{
    return region_ok(eq, region) ? exp(eq->sys.price_index[region]) : NAN;
}

double autk_equilibrium_income(const autk_equilibrium *eq, int32_t region)
{
    return region_ok(eq, region) ? eq->sys.income[region] : NAN;
}

double autk_equilibrium_transfer(const autk_equilibrium *eq, int32_t region)
{
    return region_ok(eq, region) ? eq->sys.transfer[region] : NAN;
}

/* What a cell of `block` (share, customs or factory) stands for now, per unit of spending. */
static double cell_now(const autk_equilibrium *eq, const double *block, int32_t sector,
                       int32_t exporter, int32_t importer)
{
    const autki_calibration *cal = &eq->cal;
    size_t buyer = autki_at(eq->economy, sector, importer);
    if (!cal->traded[sector])
        return exporter == importer ? 1.0 : 0.0;
    size_t cell = cal->offset[sector] + (size_t)importer * cal->stride + (size_t)exporter;
    return (exporter == importer ? eq->model.home[buyer] : block[cell]) *
           eq->sys.seller[autki_at(eq->economy, sector, exporter)] / eq->sys.price_sum[buyer];
}

double autk_equilibrium_share(const autk_equilibrium *eq, int32_t sector, int32_t exporter,
                              int32_t importer)
{
    if (!both_ok(eq, sector, exporter) || !region_ok(eq, importer) ||
        eq->model.unused[autki_at(eq->economy, sector, importer)])
        return NAN;
    return cell_now(eq, eq->model.share, sector, exporter, importer);
}

double autk_equilibrium_flow(const autk_equilibrium *eq, int32_t sector, int32_t exporter,
                             int32_t importer)
{
    if (!both_ok(eq, sector, exporter) || !region_ok(eq, importer))
        return NAN;
    size_t buyer = autki_at(eq->economy, sector, importer);
    return eq->model.unused[buyer] ? 0.0
                                   : eq->sys.spending[buyer] * cell_now(eq, eq->model.customs,
                                                                        sector, exporter, importer);
}
