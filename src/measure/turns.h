/** @file turns.h What the files of the turns share. */
#ifndef AUTKI_MEASURE_TURNS_H
#define AUTKI_MEASURE_TURNS_H

#include <autarky/turns.h>

/** Significance of the end-of-sample test. */
#define AUTKI_TURNS_END_SIGNIFICANCE 0.05

/** Breaks chosen for one plain series. */
typedef struct autki_dating {
    size_t last[AUTK_BREAKS_MAX];
    size_t n;
    bool late; /* the last of them is nearer to the end than the shortest segment */
} autki_dating;

/**
 * Date a plain series: partitions and their number by the rule; a late break joins when the
 * end-of-sample test asks for one and the rule's criterion agrees.
 *
 * @param breaks, end, end_tested  [out] may be NULL; without breaks no test that is not needed
 * Errors: as autk_breaks_find.
 */
autk_status autki_date_series(autki_dating *out, autk_breaks *breaks, autk_breaks_end_test *end,
                              bool *end_tested, const double *y, size_t n, autk_turns_rule rule,
                              const autk_breaks_opts *opts, autk_err *err) AUTK_MUST_CHECK;

/**
 * Date the series' points, then again at its ends and on draws, and fill s->turns (without events),
 * s->breaks, s->end. Too short a series gives why_none and no turn.
 */
autk_status autki_turns_date(autk_turns_series *s, const autk_turns_opts *opts,
                             const autk_breaks_opts *breaks_opts, autk_err *err) AUTK_MUST_CHECK;

/** Fill s->period, share, gap from the years. */
autk_status autki_turns_years(autk_turns_series *s, const autk_evidence *evidence, int32_t party,
                              const autk_turns_opts *opts, autk_err *err) AUTK_MUST_CHECK;

/** Likewise from monthly observations; n = 0 where there are none. */
autk_status autki_turns_months(autk_turns_series *s, const autk_evidence *evidence, int32_t party,
                               const autk_turns_opts *opts, autk_err *err) AUTK_MUST_CHECK;

/** Room for n periods. */
autk_status autki_turns_series_alloc(autk_turns_series *s, size_t n, autk_err *err) AUTK_MUST_CHECK;
void autki_turns_series_deinit(autk_turns_series *s);

/**
 * Take a yearly rhythm out of monthly values: divide by the months' factors, each the mean ratio to
 * the centred moving average of 12 months, normalised to a mean of 1.
 *
 * @param factor  [12] out
 * @param value   [n] in order, one a month without holes; month_of_first 1 … 12
 * Needs n >= 36; else every factor is 1. Errors: AUTK_ENOMEM.
 */
autk_status autki_month_factors(double *factor, const double *value, size_t n, int month_of_first,
                                autk_err *err) AUTK_MUST_CHECK;

#endif
