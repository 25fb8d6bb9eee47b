/**
 * @file gaps.h
 * A model's estimates of flows that nobody reports, laid over the world dataset: what
 * `autarky estimate --predict-gaps` writes. docs/formats.md has the columns.
 */
#ifndef AUTARKY_GAPS_H
#define AUTARKY_GAPS_H

#include <autarky/input.h>
#include <autarky/world.h>

#ifdef __cplusplus
extern "C" {
#endif

/** One estimate; texts are borrowed from what it was read into. */
typedef struct autk_gap_estimate {
    const char *exporter, *importer; /**< as written */
    int year;
    double value_usd, low_usd, high_usd; /**< 0 <= low <= value <= high, value > 0 */
    int64_t line;                        /**< of the file */
} autk_gap_estimate;

typedef struct autk_gap_estimates autk_gap_estimates;

/**
 * Read a file of estimates: CSV with the columns year, exporter, importer, value_usd, low_usd,
 * high_usd. A row without a value is passed over: unknown, not zero.
 *
 * Errors: AUTK_EPARSE, AUTK_EDATA (a value that is not above 0, or outside its bounds) with the
 *         line, AUTK_ENOTFOUND (a column), AUTK_EIO, AUTK_ENOMEM.
 */
AUTK_API autk_status autk_gap_estimates_read(autk_gap_estimates **out, autk_input *input,
                                             autk_err *err) AUTK_MUST_CHECK;
AUTK_API void autk_gap_estimates_free(autk_gap_estimates *estimates);
AUTK_API size_t autk_gap_estimates_n(const autk_gap_estimates *estimates);
/** NULL when out of range. Borrowed. */
AUTK_API const autk_gap_estimate *autk_gap_estimates_get(const autk_gap_estimates *estimates,
                                                         size_t i);

/**
 * Lay estimates over an open world, before it is shared between threads: observations of the kind
 * AUTK_KIND_MODELLED from a source of their own. The evidence takes them for gaps only, behind what
 * officials stated and before what neighbouring years bound.
 *
 * Errors: AUTK_ENOTFOUND (an economy the world has not, with the line), AUTK_ENOMEM; the world is
 * as it was.
 */
AUTK_API autk_status autk_world_add_estimates(autk_world *world,
                                              const autk_gap_estimates *estimates, autk_err *err)
    AUTK_MUST_CHECK;

#ifdef __cplusplus
}
#endif
#endif
