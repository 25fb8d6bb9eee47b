/**
 * @file system.h
 * The system of conditions that every model shares: shares of the accounts (calibration), the same
 * under measures (model), and one evaluation of all conditions at a point (system).
 */
#ifndef AUTKI_EQUILIBRIUM_SYSTEM_H
#define AUTKI_EQUILIBRIUM_SYSTEM_H

#include <autarky/equilibrium.h>

#include "equilibrium/accounts.h"
#include "equilibrium/kernels.h"

/** Shares of the accounts; independent of measures and theta. Arrays [sector][stride] unless told.
 */
typedef struct autki_calibration {
    const autk_economy *economy;
    int32_t n, s;
    size_t stride, plane; /* plane = s * stride */
    double *value_added_share;
    double *input_share; /* [sector][input][stride] */
    double *final_share;
    double *use;        /* spending on the sector, at buyers' prices */
    double *absorption; /* [sector][stride importer] sum of flows with tariffs */
    double *income;     /* [stride] factor income */
    double *output;     /* [stride] gross output */
    double *deficit;    /* [stride] imports less exports at customs */
    bool *traded;       /* [sector] has a flow across a border */
    size_t *offset;     /* [sector] of a traded sector's block in a model's packed shares */
    size_t packed;      /* doubles in all blocks */
} autki_calibration;

autk_status autki_calibrate(autki_calibration *out, const autk_economy *economy, autk_err *err)
    AUTK_MUST_CHECK;
void autki_calibration_deinit(autki_calibration *cal);

/** The calibration under measures. share, customs and factory alias where they are equal. */
typedef struct autki_model {
    const autki_calibration *cal;
    autk_deficits deficits;
    const double *theta; /* [sector], owned */
    /* [block][importer][stride]; the diagonal is 0 and lives in `home`, so that the trade of a
     * nearly closed economy is no difference of large numbers. */
    double *share;        /* pi * cost^-theta */
    double *customs;      /* share / (1 + tariff) */
    double *factory;      /* customs / (1 + export tax) */
    double *home;         /* [sector][stride] share of the economy's own good */
    double *productivity; /* [sector][stride] ln of the change */
    double *deficit;      /* [stride] under the rule; OUTPUT: the ratio 1 + D/Y */
    bool *dead;           /* [sector][stride] cannot produce: a needed input is cut off */
    bool *unused;         /* [sector][stride] nobody there needs it any more */
    double *damping;      /* [stride] of the wage step */
    int32_t *bloc;        /* [stride] first of the economies that it still trades with, directly or
                             through others: each bloc has a numeraire of its own */
    const uint8_t *coalition;
    const double *coalition_income, *coalition_price; /* [stride] before; ln of the index */
} autki_model;

autk_status autki_model_create(autki_model *out, const autki_calibration *cal,
                               const autk_measure *measures, size_t n_measures,
                               const autk_solve_opts *opts, autk_err *err) AUTK_MUST_CHECK;
void autki_model_deinit(autki_model *model);

/** Mark what cannot produce; AUTK_ENOANSWER names what no solution can have. */
autk_status autki_model_feasible(autki_model *model, autk_err *err) AUTK_MUST_CHECK;

/**
 * A point: ln wage [stride], ln price [sector][stride], spending over calibrated use likewise.
 * system_eval maps a point to the next of the plain iteration.
 */
typedef struct autki_system {
    const autki_model *model;
    const autki_kernels *kernels;
    size_t dim;
    double *ln_cost;     /* [sector][stride] */
    double *seller;      /* [sector][stride] cost^-theta */
    double *price_sum;   /* [sector][stride] price^-theta */
    double *abroad;      /* [sector][stride] the part of price_sum that foreign sellers make */
    double *imports;     /* [sector][stride] at customs value */
    double *exports;     /* [sector][stride] at customs value, with export taxes */
    double *revenue;     /* [sector][stride] of producers, at home and abroad */
    double *spending;    /* [sector][stride] X */
    double *scratch;     /* [6 * stride] */
    double *taxes;       /* [stride] on imports and exports */
    double *income;      /* [stride] final income */
    double *transfer;    /* [stride] */
    double *deficit;     /* [stride] */
    double *price_index; /* [stride] ln, of the prices that the evaluation found */
    double residual;     /* of every condition at the evaluated point; NaN never passes */
    bool valid;          /* every number was finite */
    int32_t poor;        /* an economy without positive income there, -1 = none */
    void *memory;
} autki_system;

autk_status autki_system_create(autki_system *out, const autki_model *model, autk_err *err)
    AUTK_MUST_CHECK;
void autki_system_deinit(autki_system *sys);
/** @param next [dim] what the plain, damped iteration would take next */
void autki_system_eval(autki_system *sys, double *next, const double *point);
void autki_system_start(const autki_system *sys, double *point);

static inline double *autki_ln_wage(double *point)
{
    return point;
}

/** Anderson acceleration (type II) with a window of the last `depth` differences. */
typedef struct autki_anderson {
    size_t dim;
    int depth, used, head;
    bool has_last;
    double *df, *dg, *last_f, *last_g; /* [depth][dim], [dim] */
    double *gram, *rhs, *factor;
} autki_anderson;

autk_status autki_anderson_create(autki_anderson *out, size_t dim, int depth, autk_err *err)
    AUTK_MUST_CHECK;
void autki_anderson_deinit(autki_anderson *aa);
void autki_anderson_reset(autki_anderson *aa);
/** From point x and g = G(x): the next point. x and next may be the same. */
void autki_anderson_step(autki_anderson *aa, double *next, const double *x, const double *g);

/**
 * Keep a step from x to next where the system is defined: spending positive, prices and wages
 * within a factor. Close to the solution neither binds.
 */
void autki_restrain(double *next, const double *x, size_t n_logs, size_t dim);

/**
 * Newton and Krylov from x, in place, as far as the residual falls.
 * Errors: AUTK_ENOMEM. Memory: 66 points.
 */
autk_status autki_newton(double *x, int *evaluations, autki_system *sys, double tolerance,
                         autk_err *err) AUTK_MUST_CHECK;

struct autk_equilibrium {
    const autk_economy *economy; /* borrowed */
    autki_calibration cal;
    autki_model model;
    autki_system sys; /* as evaluated at `point` */
    double *point;
    double *own_theta;
};

#endif
