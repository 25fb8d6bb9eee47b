/**
 * @file rules.h
 * The rules that make one flow of its observations. Pure: arrays in, a flow out; what finds the
 * observations stands in evidence.c. docs/modules/evidence.md says the same in words.
 */
#ifndef AUTKI_EVIDENCE_RULES_H
#define AUTKI_EVIDENCE_RULES_H

#include <autarky/evidence.h>

/** Figures that differ by no more than this factor agree: valuation, timing and rounding do that.
 */
#define AUTKI_AGREE 1.10
/** Beyond this factor a mean of two figures means nothing: the more precise one is the point. */
#define AUTKI_IRRECONCILABLE 1.5

/** Add a source, in order and once. */
void autki_sources_add(autk_sources *sources, int32_t source);
void autki_sources_merge(autk_sources *sources, const autk_sources *more);

/** Does a statistic (and not a statement) give this flow in this scope? */
bool autki_is_statistic(const autk_observation *o, autk_scope scope);

/** A figure brought to FOB: CIF is divided by the factor, its bounds by the factor's range. */
autk_bounds autki_to_fob(const autk_observation *o, const autk_evidence_opts *opts);

/**
 * One flow from the statistics among the observations of its pair and year; false when there is
 * none. The caller has set exporter, importer, year and scope.
 *
 * @param silent  one of the two did not report: what is there is the mirror of the other side
 */
bool autki_flow_from_statistics(autk_flow *flow, const autk_observation *obs, size_t n, bool silent,
                                const autk_evidence_opts *opts);

/** A gap from the estimates of the user's own model, of several the hull; false when there is none.
 */
bool autki_flow_from_model(autk_flow *flow, const autk_observation *obs, size_t n);

/** How far a statement may be off what statistics say of the same flow, either way: valuation is
 *  seldom said, and the two sides differ. Of the 12 statements in the dataset about pairs that have
 *  statistics 7 lie within this factor, all 6 about Russia and Belarus within 1.06 (a test counts
 *  them). */
#define AUTKI_STATED_OFF 1.10
autk_bounds autki_widen_stated(autk_bounds b);

/** What was stated of a pair in one year and scope, seen from the economy. Unknown: NaN. */
typedef struct autki_stated {
    autk_bounds exports, imports, turnover;
    autk_rule exports_rule, imports_rule;
    double exports_part, imports_part; /* lower bounds from parts of a year; 0 = none */
    autk_sources sources;
} autki_stated;

/**
 * Collect the statements on a pair.
 *
 * @param out_obs  [n_out] economy -> partner; @param in_obs [n_in] partner -> economy. Turnovers
 *                 may stand in either.
 * @param own      [AUTK_DIRECTION_COUNT] the economy's own totals, for stated shares
 */
void autki_collect_stated(autki_stated *stated, const autk_observation *out_obs, size_t n_out,
                          const autk_observation *in_obs, size_t n_in, autk_scope scope,
                          const autk_bounds *own);

/** What is known of a flow `years_before` the gap and `years_after` it; NaN = nothing. */
typedef struct autki_neighbour {
    double before, after; /* value, USD; 0 = a reporter recorded none */
    int years_before, years_after;
} autki_neighbour;

/** How many years away a neighbour still counts. */
#define AUTKI_NEIGHBOUR_REACH 10

/** Bounds of a gap from neighbouring years; unknown when there is no neighbour. */
autk_bounds autki_bound_by_neighbours(const autki_neighbour *neighbour);

/**
 * The sum of many partners' values, of which some are estimated: the errors of estimates cancel in
 * part, so that the sum is better known than its parts. Begin with {0}.
 */
typedef struct autki_sum {
    autk_bounds all;       /* what is there, as if independent */
    autk_bounds estimated; /* of it, the estimates */
    double observed_usd;   /* of these, the exact part */
    size_t n;
} autki_sum;

/** A partner whose value in that direction is unknown adds nothing. */
void autki_sum_add(autki_sum *sum, const autk_partner *partner, autk_direction direction);
/** As the trade of a whole economy (or of a group with the outside). */
autk_bounds autki_sum_of_economy(const autki_sum *sum, autk_direction direction);
/** As the trade of one economy with the members of a group: fewer flows, so more errors stay. */
autk_bounds autki_sum_of_group(const autki_sum *sum, autk_direction direction);

#endif
