/** @file scenario.h A scenario as read: names and places, not yet looked up. */
#ifndef AUTKI_EQUILIBRIUM_SCENARIO_H
#define AUTKI_EQUILIBRIUM_SCENARIO_H

#include <autarky/scenario.h>

#include "equilibrium/accounts.h"
#include "equilibrium/router.h"

#define AUTKI_MAX_STEPS 1000
#define AUTKI_MAX_RULES 10000
#define AUTKI_MAX_ESTIMATES 2000
#define AUTKI_MAX_REPLICATES 100000

typedef struct autki_place {
    int64_t line, column;
} autki_place;

typedef struct autki_name {
    char *text;
    autki_place at;
} autki_name;

/** Names as written: nothing = all; `except` = all but these. */
typedef struct autki_name_list {
    autki_name *names;
    size_t n, capacity;
    bool except;
} autki_name_list;

typedef struct autki_group {
    autki_name name;
    autki_name_list members;
} autki_group;

/** How goods go on land, where a closure concerns those alone that cannot change. */
typedef enum autki_carriage {
    AUTKI_BY_ANY,
    AUTKI_BY_ROAD,
    AUTKI_BY_RAIL,
    AUTKI_N_CARRIAGES
} autki_carriage;

typedef struct autki_rule {
    autk_measure_kind kind;
    const char *word; /* as the file calls it: "embargo", "export_ban", ... */
    double value;
    double error;       /* standard error of a sanction's coefficient; 0 = certain */
    char *estimate;     /* a sanction's name in a file of coefficients; NULL = none */
    double times;       /* that estimate by this */
    size_t estimate_at; /* its row in the scenario's factor */
    char *column;       /* of trade.csv, instead of a value; NULL = none */
    autki_place at;
    autki_name_list from, to, sectors;
    bool both;              /* and in the other direction */
    autki_name_list closes; /* places, or whose transit ends; the cost follows from routes */
    bool bans_transit;
    int32_t in_force; /* instead of names: all that the dataset has closed that day; 0 = none */
    autki_place at_in_force;
    double part;       /* of the goods that a closure concerns; 0 = not said, all */
    autki_carriage by; /* which of them */
} autki_rule;

/** Does it close places or ban transit? Then its cost follows from routes. */
static inline bool autki_rule_closes(const autki_rule *rule)
{
    return rule->closes.n != 0 || rule->in_force != 0;
}

typedef struct autki_step {
    autki_name name;
    autki_rule *rules;
    size_t n, capacity;
} autki_step;

/** Draws of theta as read: a column for each of the sectors it names. */
typedef struct autki_theta_draws {
    char *source;            /* NULL = none */
    autki_name_list sectors; /* the columns */
    double *values;          /* [n][sectors.n] */
    size_t n;
} autki_theta_draws;

struct autk_scenario {
    char *source, *name, *description, *economy;
    autk_deficits deficits;
    bool compared;             /* each step alone against the baseline; else they add up */
    double theta_scale;        /* 1 = long run */
    double theta;              /* of every sector; 0 = the economy's */
    double theta_error;        /* relative standard error for draws */
    bool transport_fixed;      /* draws leave the costs of transport at their points */
    autki_name_list transport; /* settings of them, "name=value" */
    autki_router router;
    int draws;
    uint64_t seed;
    autki_group *groups;
    size_t n_groups, groups_capacity;
    autki_name_list coalition, show;
    autki_step *steps;
    size_t n_steps, steps_capacity;
    double *factor; /* [n_estimates][n_estimates] Cholesky of the covariance; NULL = no file yet */
    size_t n_estimates;
    double *replicates;  /* [n_replicates][n_estimates] of a bootstrap, less the estimates */
    size_t n_replicates; /* 0 = normal draws by `factor` */
    autki_name coefficients, theta_file; /* paths as given, from the scenario's folder */
    autki_theta_draws theta_draws;
};

/** Short over long run: 0.76 / 2.0, Boehm, Levchenko and Pandalai-Nayar (2023). */
#define AUTKI_SHORT_RUN 0.38

/** A closing measure looked up in an economy; masks are borrowed from its step. */
typedef struct autki_closing {
    const autki_rule *rule;
    const uint8_t *sellers, *buyers, *sectors;
    size_t step;
} autki_closing;

/** Measures of a step looked up in an economy, closing ones apart. */
typedef struct autki_bound_step {
    autk_measure *measures;
    const autki_rule **rules; /* [n] whence each came */
    size_t n;
    uint8_t *masks;
    double **tables; /* [n_tables] values read from columns */
    size_t n_tables;
} autki_bound_step;

typedef struct autki_bound {
    autki_bound_step *steps; /* [n_steps] */
    size_t n_steps;
    autki_closing *closings; /* [n_closings] in order of steps */
    size_t n_closings, closings_capacity;
    uint8_t *coalition;   /* [n_regions] or NULL */
    uint8_t *show;        /* [n_regions] */
    size_t *theta_column; /* [n_sectors] of the draws of theta; NULL = none */
} autki_bound;

autk_status autki_scenario_bind(autki_bound *out, const autk_scenario *scenario,
                                const autk_economy *economy, autk_err *err) AUTK_MUST_CHECK;
void autki_bound_deinit(autki_bound *bound);

void autki_name_list_deinit(autki_name_list *list);
void autki_theta_draws_deinit(autki_theta_draws *draws);

/** The column of the draws for each sector of the economy; the caller's to free(). */
autk_status autki_theta_draws_bind(size_t **column, const autki_theta_draws *draws,
                                   const autk_economy *economy, autk_err *err) AUTK_MUST_CHECK;

/**
 * A covariance matrix to its lower triangular factor, in place; semidefinite ones are in order, as
 * clustered errors can be. False where it is none.
 */
bool autki_cholesky_lower(double *factor, size_t n);

/** Independent standard normal draws to draws with the factor's covariance, in place. */
void autki_correlate(double *draws, const double *factor, size_t n);

/** A column of the economy's trade.csv as [sector][importer][exporter], NaN where there is no row.
 */
autk_status autki_read_column(double **out, const autk_economy *economy, const char *column,
                              autk_err *err) AUTK_MUST_CHECK;

#endif
