/**
 * @file brief.h
 * A country's dependence on one page: the finding, the partners, the series and its turns, blocs,
 * both directions, what losing the partner would cost, routes to the markets, isolation, what is
 * not known and why, claims checked, sources. The same numbers as text for a terminal, as an HTML
 * page with charts, as JSON and as CSV.
 *
 * docs/modules/brief.md says how each sentence follows from the numbers.
 */
#ifndef AUTARKY_BRIEF_H
#define AUTARKY_BRIEF_H

#include <autarky/dataset.h>
#include <autarky/depend.h>
#include <autarky/table.h>

#ifdef __cplusplus
extern "C" {
#endif

/** Everything a brief says, gathered and worded. Immutable. */
typedef struct autk_brief autk_brief;

typedef struct autk_brief_opts {
    int year;           /**< 0 = the last with figures for the economy */
    int32_t on;         /**< the partner or group it is about; AUTK_PARTY_ANY = the first partner */
    int32_t n_partners; /**< rows of the table of partners, 1 to 50 */
    int32_t n_draws;    /**< behind the intervals of what losing the partner costs and of what the
                             ways to the markets cost, 1 to 16 */
    /** The user's own data, for a section on products; NULL = none. Borrowed, must outlive the
     *  brief. */
    autk_dataset *dataset;
} autk_brief_opts;

/** Last year, first partner, 10 rows, 16 draws. */
AUTK_API autk_brief_opts autk_brief_opts_default(void);

/**
 * Gather the brief.
 *
 * @param world  borrowed, must outlive the brief
 * @param opts   NULL = default
 * Errors: AUTK_EARG (no such economy, n_partners or n_draws out of range), AUTK_EDATA (`on` is the
 * economy itself, a year out of range), AUTK_ENOANSWER (no figure for that year), AUTK_EIO,
 *         AUTK_ENOMEM.
 * Cost:   about 0.2 s, half of it for the draws; 25 MB.
 */
AUTK_API autk_status autk_brief_create(autk_brief **out, const autk_world *world, int32_t economy,
                                       const autk_brief_opts *opts, autk_err *err) AUTK_MUST_CHECK;
AUTK_API void autk_brief_free(autk_brief *brief);

AUTK_API int autk_brief_year(const autk_brief *brief);
AUTK_API int32_t autk_brief_on(const autk_brief *brief);
/** The finding in one sentence. Borrowed. */
AUTK_API const char *autk_brief_headline(const autk_brief *brief);

/**
 * Append the brief: text folded to 100 columns; JSON as one object; CSV as one long table
 * (section, item, measure, year, low, point, high, unit, evidence).
 *
 * Threads: reentrant; distinct `out`.
 */
AUTK_API autk_status autk_brief_write(autk_buf *out, const autk_brief *brief, autk_format format,
                                      autk_err *err) AUTK_MUST_CHECK;

/** Append the brief as an HTML page in one file: see chart.h for what such a page promises. */
AUTK_API autk_status autk_brief_html(autk_buf *out, const autk_brief *brief, autk_err *err)
    AUTK_MUST_CHECK;

#ifdef __cplusplus
}
#endif
#endif
