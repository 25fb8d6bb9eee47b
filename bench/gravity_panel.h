/** @file gravity_panel.h Gravity panels as CSV: the same bytes for the same arguments. */
#ifndef BENCH_GRAVITY_PANEL_H
#define BENCH_GRAVITY_PANEL_H

#include <stdint.h>
#include <stdio.h>

/** Countries with bloc agreements, tariffs, sanction spells, log-normal heteroskedastic errors and
 *  30 % zeros; with n_sectors > 1 a column "industry" too. */
void gravity_panel_trade(FILE *out, int n_countries, int n_years, int n_sectors, uint64_t seed);

/** Likewise with domestic flows and a column "international", whose effect grows by the year. */
void gravity_panel_domestic(FILE *out, int n_countries, int n_years, uint64_t seed);

/** Regions on a ring, each with `reach` neighbours on either side, a fifth of the rows missing. */
void gravity_panel_ring(FILE *out, int n_regions, int reach, int n_years, uint64_t seed);

#endif
