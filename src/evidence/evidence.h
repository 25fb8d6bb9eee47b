/** @file evidence.h The observations of one economy, by year and partner. */
#ifndef AUTKI_EVIDENCE_EVIDENCE_H
#define AUTKI_EVIDENCE_EVIDENCE_H

#include <autarky/evidence.h>

/** A run of observations; borrowed from the evidence. */
typedef struct autki_slice {
    const autk_observation *obs;
    size_t n;
} autki_slice;

struct autk_evidence {
    const autk_world *world;
    int32_t economy;
    autk_evidence_opts opts;
    int first, last; /* years loaded */
    /* [last - first + 2] where each year begins; outward sorted by importer, inward by exporter */
    autk_observation *outward, *inward;
    size_t n_outward, n_inward;
    size_t *out_year, *in_year;
};

/** All observations of a year with the economy as exporter (outward) or importer. */
autki_slice autki_evidence_slice(const autk_evidence *evidence, int year, bool outward);

/** Those with one partner (an economy, a group or AUTK_PARTY_WORLD). Cost: O(log n). */
autki_slice autki_evidence_pair(const autk_evidence *evidence, int year, bool outward,
                                int32_t partner);

/** The economy's own totals of a year: statistics and statements of what it traded with the world.
 *  @param out  [AUTK_DIRECTION_COUNT] */
void autki_own_totals(autk_total *out, const autk_evidence *evidence, int year);

/** Was the economy silent that year? */
bool autki_is_silent(const autk_evidence *evidence, int32_t economy, int year);

/** One direction of one pair from statistics, or as a gap, or as none recorded; statements are the
 *  caller's business. False: no figure and no gap, and nothing can be said in this scope. */
bool autki_evidence_direction(autk_flow *flow, const autk_evidence *evidence, int year,
                              bool outward, int32_t partner);

/** What a reader of the year must be told. Errors: AUTK_ENOMEM. */
autk_status autki_warn_of_year(autk_country_year *country, const autk_evidence *evidence,
                               autk_err *err) AUTK_MUST_CHECK;

/** Format a line and add it to the warnings. Errors: AUTK_ENOMEM. */
autk_status autki_warn(char ***warnings, size_t *n, autk_err *err, const char *fmt, ...)
    AUTK_PRINTF(4, 5) AUTK_MUST_CHECK;
void autki_warnings_free(char **warnings, size_t n);

#endif
