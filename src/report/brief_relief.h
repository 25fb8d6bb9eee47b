/**
 * @file brief_relief.h
 * What lifting the sanctions on an economy would give: its trade with those with whom sanctions
 * stand comes back to what it was, against the sizes of the economies, before they began.
 */
#ifndef AUTKI_REPORT_BRIEF_RELIEF_H
#define AUTKI_REPORT_BRIEF_RELIEF_H

#include <autarky/equilibrium.h>

#include "report/brief.h"

#define AUTKI_RELIEF_PARTIES 8
#define AUTKI_RELIEF_YEARS 3 /* to compare with: the last before the sanctions */
enum { AUTKI_RELIEF_OUT, AUTKI_RELIEF_IN, AUTKI_RELIEF_WAYS }; /* exports, imports */

typedef struct autki_relief {
    int32_t party[AUTKI_RELIEF_PARTIES]; /* with whom sanctions stand */
    size_t n_parties;
    int began; /* year of the first of them */
    /* Log of trade then over trade now, each against Y_i Y_j / Y_W; 0 where it has not fallen. */
    double effect[AUTKI_RELIEF_YEARS][AUTKI_RELIEF_PARTIES][AUTKI_RELIEF_WAYS];
    double
        times[AUTKI_RELIEF_WAYS]; /* all parties' trade at given prices, on average of the years */
    uint8_t *mask;                /* [n_parties][n_regions] of the baseline; then [n_regions]
                                     of the economy and of the partner */
    int32_t n_regions;
    /* What it gives, in the long run; filled with the loss of the partner. */
    autk_bounds won;          /* real income, as a fraction */
    autk_bounds share;        /* of the partner in goods trade, then */
    autk_bounds share_before; /* and in the baseline */
} autki_relief;

/** One world's answer. */
typedef struct autki_relief_found {
    double won, share, share_before;
} autki_relief_found;

/**
 * Sanctions that stand between the economy and others in the year of the baseline, and what they
 * took. *out stays NULL where there are none, or where nothing fell.
 *
 * Errors: those of autk_evidence_year but AUTK_ENOANSWER and AUTK_ENOTFOUND; AUTK_ENOMEM.
 */
autk_status autki_relief_create(autki_relief **out, const autk_brief *brief,
                                const autk_economy *baseline, int year, autk_err *err)
    AUTK_MUST_CHECK;
void autki_relief_free(autki_relief *relief);

/**
 * Solve for the world without them.
 *
 * @param reference  0 .. AUTKI_RELIEF_YEARS - 1 = that year; AUTKI_RELIEF_YEARS = their average
 * @param outcome    [n_regions] room to work in
 * Errors: those of autk_equilibrium_solve.
 */
autk_status autki_relief_solve(autki_relief_found *found, const autki_relief *relief, int reference,
                               const autk_economy *economy, const autk_equilibrium *before,
                               const autk_solve_opts *opts, autk_outcome *outcome, autk_err *err)
    AUTK_MUST_CHECK;

/** Append the section to each format. */
void autki_relief_json(autk_buf *out, const autk_brief *brief);
void autki_relief_csv(autk_buf *out, const autk_brief *brief);

#endif
