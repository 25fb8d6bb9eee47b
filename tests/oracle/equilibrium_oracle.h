/**
 * @file equilibrium_oracle.h
 * The equilibrium straight from the equations, with no acceleration, no shared kernels and no
 * thought for speed: what the solver must agree with.
 */
#ifndef TEST_EQUILIBRIUM_ORACLE_H
#define TEST_EQUILIBRIUM_ORACLE_H

#include <autarky/equilibrium.h>

#define ORACLE_N 8
#define ORACLE_S 5

/** Inputs per cell [sector][exporter][importer], already as the scenario has them. */
typedef struct oracle_shock {
    double tariff[ORACLE_S][ORACLE_N][ORACLE_N];
    double export_tax[ORACLE_S][ORACLE_N][ORACLE_N];
    double cost[ORACLE_S][ORACLE_N][ORACLE_N];  /* iceberg factor; INFINITY = embargo */
    double trade[ORACLE_S][ORACLE_N][ORACLE_N]; /* factor on trade at given prices */
    double productivity[ORACLE_S][ORACLE_N];
} oracle_shock;

typedef struct oracle_world {
    double wage[ORACLE_N], price[ORACLE_S][ORACLE_N], cost[ORACLE_S][ORACLE_N];
    double spending[ORACLE_S][ORACLE_N], income[ORACLE_N], price_index[ORACLE_N];
    double share[ORACLE_S][ORACLE_N][ORACLE_N];
    double revenue[ORACLE_S][ORACLE_N];
    double transfer[ORACLE_N];
} oracle_world;

/** The shock that changes nothing. */
void oracle_none(oracle_shock *shock, const autk_economy *economy);

/**
 * @param coalition  [n] members share the burden against `before`; NULL = none
 * @return rounds needed; 0 when it did not settle
 */
int oracle_solve(oracle_world *out, const autk_economy *economy, const oracle_shock *shock,
                 autk_deficits deficits, const unsigned char *coalition,
                 const oracle_world *before);

#endif
