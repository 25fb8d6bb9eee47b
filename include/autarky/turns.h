/**
 * @file turns.h
 * When an economy's dependence on a partner or group turned: breaks in its share, year by year and,
 * where there are months, month by month, with intervals that carry the gaps' bounds, and the
 * events that fall inside them.
 *
 * docs/modules/turns.md has the method.
 */
#ifndef AUTARKY_TURNS_H
#define AUTARKY_TURNS_H

#include <autarky/breaks.h>
#include <autarky/depend.h>

#ifdef __cplusplus
extern "C" {
#endif

/** Which rule says how many turns there are; all are computed and told. */
#define AUTK_TURNS_RULE_LIST(X)                                                                    \
    X(AUTK_TURNS_BIC, "bic")                                                                       \
    X(AUTK_TURNS_LWZ, "lwz")                                                                       \
    X(AUTK_TURNS_SEQUENTIAL, "sequential")
typedef enum autk_turns_rule {
    AUTK_TURNS_RULE_LIST(AUTK_WORLD_ENUM) AUTK_TURNS_RULE_COUNT
} autk_turns_rule;
/** Total. */
AUTK_API const char *autk_turns_rule_text(autk_turns_rule rule);

typedef struct autk_turns_opts {
    autk_direction direction;
    int first_year, last_year; /**< 0 = all there are */
    autk_turns_rule rule;
    double level;   /**< of the intervals */
    size_t n_draws; /**< of the shares inside their bounds; at most 10,000 */
    uint64_t seed;  /**< of the draws: the same seed, the same answer */
} autk_turns_opts;

/** Trade, all years, BIC, 0.95, 200 draws, seed 1. */
AUTK_API autk_turns_opts autk_turns_opts_default(void);

/** One turn. Periods are yyyy or, in months, yyyymm. */
typedef struct autk_turn {
    int32_t date;      /**< first period at the new level */
    int32_t low, high; /**< interval of the date: own_low … own_high widened to the hull over
                            the shares' bounds */
    int32_t own_low, own_high;        /**< Bai (1997), of the points alone */
    double share_before, share_after; /**< means of the points of the segments on both sides */
    double support;                   /**< part of the draws with a turn inside [low, high] */
    bool at_low, at_high; /**< found there too when every share is at its low, its high end */
    bool widened;         /**< the bounds made the interval wider */
    bool late; /**< nearer to the end than the shortest segment: by the end-of-sample test */
    int32_t joined, left; /**< economies that entered and left the group inside the interval: so
                               far the turn is of the group, not of the trade */
    const size_t *events; /**< [n_events] for autk_world_event: inside the interval and concerning
                               either party; those that concern both first, then the nearest in
                               time; owned by the turns */
    size_t n_events;
} autk_turn;

/** A share series and its turns. n = 0: there is none. */
typedef struct autk_turns_series {
    int32_t *period; /**< [n] ascending; periods with an unknown share are left out */
    autk_bounds *share;
    bool *gap; /**< [n] some of it is reported by neither side: bounds only */
    size_t n, n_gaps, n_left_out;
    autk_turn *turns; /**< [n_turns] */
    size_t n_turns;
    autk_breaks breaks;       /**< of the points: numbers, tests, criteria; n = 0 when not dated */
    autk_breaks_end_test end; /**< of the last breaks.min_segment - 1 periods */
    bool end_tested;          /**< false: too short for it */
    const char *what;         /**< what the series is, one line */
    const char *why_none;     /**< "", or why no turns could be looked for */
} autk_turns_series;

typedef struct autk_turns {
    int32_t economy, party;
    autk_direction direction;
    autk_turns_rule rule;
    double level;
    autk_turns_series annual, monthly;
} autk_turns;

/**
 * Date the turns of an economy's share with a party.
 *
 * Errors:  AUTK_EARG (party equal to economy or the world, years out of range, options),
 *          AUTK_ENOANSWER (fewer than 5 years with a known share), AUTK_ENOMEM, AUTK_EIO.
 * Cost:    O((n_draws + 3) n^2): 29 years and 192 months take some 30 ms.
 * Threads: reentrant.
 */
AUTK_API autk_status autk_turns_find(autk_turns **out, const autk_evidence *evidence, int32_t party,
                                     const autk_turns_opts *opts, autk_err *err) AUTK_MUST_CHECK;
AUTK_API void autk_turns_free(autk_turns *turns);

#ifdef __cplusplus
}
#endif
#endif
