/**
 * @file depend.h
 * How much an economy depends on its partners: shares, ranks, concentration, exposure, asymmetry,
 * isolation, each with exact bounds that follow from the bounds of the flows.
 *
 * Sources: shares and asymmetry Hirschman (1945), Keohane & Nye (1977); concentration Hirschman
 * (1945), Herfindahl (1950); docs/modules/measure.md has formulas and proofs of the bounds.
 */
#ifndef AUTARKY_DEPEND_H
#define AUTARKY_DEPEND_H

#include <autarky/evidence.h>

#ifdef __cplusplus
extern "C" {
#endif

/* ------------------------------------------------------------------ kernels: numbers in, numbers
 * out Values are >= 0, low <= point <= high, finite. Errors of all: AUTK_EARG (says which entry),
 * AUTK_ENOMEM; outputs untouched then. Reentrant. */

/** What the shares are taken of. NULL where one is asked for = not given. */
typedef struct autk_whole {
    bool given;  /**< false: the whole is the sum of the values and nothing more is known of it */
    bool closed; /**< given: the values make up all of it; else there is a rest >= 0 unnamed */
    autk_bounds total; /**< given: what is known of the whole */
} autk_whole;

/**
 * Shares of values in their whole: share_i = x_i / S over all x inside their intervals with S
 * inside its own, S = sum x when closed (or not given), S >= sum x otherwise. A whole that the
 * values contradict is widened to what they allow: its point to the sum of points (when closed) or
 * to at least that, its ends to at least the sum of lows and the point.
 *
 * @param share  [n]
 * @param used   [out] the whole after that; may be NULL
 * Cost: O(n).
 */
AUTK_API autk_status autk_share_bounds(autk_bounds *share, autk_bounds *used,
                                       const autk_bounds *value, size_t n, const autk_whole *whole,
                                       autk_err *err) AUTK_MUST_CHECK;

/** Share of the values i with member[i] together; arguments as autk_share_bounds. */
AUTK_API autk_status autk_group_share_bounds(autk_bounds *share, const autk_bounds *value,
                                             const bool *member, size_t n, const autk_whole *whole,
                                             autk_err *err) AUTK_MUST_CHECK;

typedef struct autk_rank {
    int32_t best, point, worst; /**< 1-based */
} autk_rank;

/**
 * Rank of each value, largest first: by points (ties in order), the best and the worst that some
 * choice inside the intervals (and below the whole) gives.
 *
 * @param rank  [n]
 * Cost: O(n²), simple steps: 0.1 ms for 230.
 */
AUTK_API autk_status autk_rank_bounds(autk_rank *rank, const autk_bounds *value, size_t n,
                                      const autk_whole *whole, autk_err *err) AUTK_MUST_CHECK;

/** Concentration of shares s_i = x_i / whole. */
typedef struct autk_concentration {
    autk_bounds hhi;               /**< sum of s² */
    autk_bounds normalised;        /**< (HHI - 1/n) / (1 - 1/n), n = values above zero */
    autk_bounds hirschman;         /**< 100 sqrt(HHI) */
    autk_bounds effective;         /**< 1 / HHI */
    autk_bounds effective_entropy; /**< exp(-sum s ln s); NaN where a rest may be in crumbs */
} autk_concentration;

/**
 * Exact least and largest concentration over all x inside their intervals.
 *
 * Least: water-filling, x_i = clip(level, l_i, u_i). Largest: a vertex with at most one interior
 * coordinate, found by branch and bound over the chords, exact to 1e-9; should the search pass its
 * ceiling of nodes, its upper bound stands instead, so that the interval is never too narrow.
 * The rest of an open whole counts as crumbs in the least (adds nothing) and as pieces of at most
 * rest_cap in the largest; in the point it adds nothing.
 *
 * @param rest_cap  largest unnamed piece, in units of the values; NaN = no ceiling
 * Cost: O(n log n) a node; tens of nodes are usual.
 */
AUTK_API autk_status autk_concentration_bounds(autk_concentration *out, const autk_bounds *value,
                                               size_t n, const autk_whole *whole, double rest_cap,
                                               autk_err *err) AUTK_MUST_CHECK;

/* ------------------------------------------------------------------ dependence of an economy */

/** The two sides of a tie: A = s(economy on partner) - s(partner on economy), and their ratio. */
typedef struct autk_asymmetry {
    autk_bounds reverse_share; /**< what the economy is to the partner; NaN = unknown */
    autk_bounds difference;    /**< in [-1, 1] */
    autk_bounds ratio;         /**< NaN where the reverse share may be 0 */
} autk_asymmetry;

/** One partner or group. Plain data. */
typedef struct autk_dependence_entry {
    int32_t party;
    autk_rank rank;    /**< among economies; 0 for a group or an unknown value */
    autk_bounds share; /**< the hull of the readings; the point is the own total's if any */
    autk_bounds by_reading[AUTK_READING_COUNT]; /**< NaN where the reading is absent */
    autk_bounds value_usd;
    autk_bounds to_gdp; /**< value / GDP; NaN without GDP; may pass 1 */
    autk_evidence_kind evidence;
    bool gap;            /**< some of it is reported by nobody */
    double disagreement; /**< the larger of its flows' */
    autk_sources sources;
    autk_asymmetry asymmetry;
    int32_t n_members; /**< of a group: those with trade; 1 for an economy */
} autk_dependence_entry;

typedef struct autk_isolation {
    autk_bounds openness;                                /**< (exports + imports) / GDP */
    int32_t partners_low, partners_point, partners_high; /**< above 0.1 % of trade */
    autk_bounds effective;                               /**< partners, 1 / HHI */
    int32_t n_lost;            /**< partners lost: now below a tenth of their peak share */
    double lost_share_at_peak; /**< largest joint share of the lost in one year; 0 when none */
    int lost_peak_year;        /**< 0 when none */
} autk_isolation;

typedef struct autk_dependence {
    int32_t economy;
    int year;
    autk_direction direction;
    autk_scope scope;
    autk_reading reading; /**< the one that points are taken from */
    autk_total totals[AUTK_READING_COUNT][AUTK_DIRECTION_COUNT];
    autk_dependence_entry *entries; /**< by point, largest first; unknown values last */
    size_t n_entries;
    autk_concentration concentration; /**< hull of the readings */
    autk_concentration concentration_by_reading[AUTK_READING_COUNT];
    double gdp_usd; /**< NaN = unknown */
    autk_isolation isolation;
    char **warnings; /**< [n_warnings] one line each */
    size_t n_warnings;
} autk_dependence;

typedef struct autk_depend_opts {
    autk_direction direction;
    int32_t on;        /**< keep only this economy or group; AUTK_PARTY_ANY = every partner */
    int32_t n_reverse; /**< look from the other side for so many entries; < 0 = for all */
    bool isolation;    /**< reads the other years too */
} autk_depend_opts;

/** Trade, every partner, the reverse view for 20 entries, with isolation. */
AUTK_API autk_depend_opts autk_depend_opts_default(void);

/**
 * The economy's dependence in one year.
 *
 * A group's entry is the sum of its members on 1 July of the year. Ranks, concentration and totals
 * are always taken over every partner, whatever `on` keeps.
 *
 * @param opts  NULL = default
 * Errors: as autk_evidence_year; AUTK_EDATA when `on` is the economy itself, the world or no
 *         party.
 * Cost:   about 1 ms and, for each reverse view, a read of the partner's year.
 */
AUTK_API autk_status autk_depend(autk_dependence **out, const autk_evidence *evidence, int year,
                                 const autk_depend_opts *opts, autk_err *err) AUTK_MUST_CHECK;
AUTK_API void autk_dependence_free(autk_dependence *dependence);

/** The entry of a party, NULL when there is none. Borrowed. */
AUTK_API const autk_dependence_entry *autk_dependence_of(const autk_dependence *dependence,
                                                         int32_t party);

/**
 * Share, of every reading and hull, of one party in one country-year: the fast path of series.
 *
 * @param out  [out] share, by_reading, value_usd, evidence, gap, disagreement, sources, n_members;
 *             rank for an economy; asymmetry and to_gdp are unknown
 * Errors: AUTK_EARG, AUTK_ENOMEM. A party without trade gets a share of 0 with "none recorded".
 */
AUTK_API autk_status autk_depend_share(autk_dependence_entry *out, const autk_world *world,
                                       const autk_country_year *country, int32_t party,
                                       autk_direction direction, autk_err *err) AUTK_MUST_CHECK;

/** One year of a series: the entry's year is told even where the share is unknown. */
typedef struct autk_dependence_year {
    int year;
    autk_dependence_entry entry;
} autk_dependence_year;

/**
 * A party's series, first to last year.
 *
 * @param out  [*n] the caller's to free(); years without any figure are left out
 * Errors: AUTK_ENOTFOUND (years out of range), AUTK_EDATA, AUTK_ENOMEM.
 * Cost:   about 0.2 ms a year.
 */
AUTK_API autk_status autk_depend_series(autk_dependence_year **out, size_t *n,
                                        const autk_evidence *evidence, int32_t party,
                                        autk_direction direction, int first, int last,
                                        autk_err *err) AUTK_MUST_CHECK;

#ifdef __cplusplus
}
#endif
#endif
