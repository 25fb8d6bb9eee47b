/**
 * @file evidence.h
 * From observations to bounds: what is known of a flow, how, and how well.
 *
 * Every flow of an economy is low <= point <= high in USD, FOB, with the kind of evidence, the rule
 * that made it and its sources. A flow that nobody reports is a gap: it has bounds where
 * statements, totals or neighbouring years give some, and NaN where nothing does. It is never zero.
 * docs/modules/evidence.md states the rules.
 *
 * Threads: what is built is immutable and may be shared; building is reentrant.
 */
#ifndef AUTARKY_EVIDENCE_H
#define AUTARKY_EVIDENCE_H

#include <autarky/world.h>

#ifdef __cplusplus
extern "C" {
#endif

/** low <= point <= high; all three NaN = unknown. */
typedef struct autk_bounds {
    double low, point, high;
} autk_bounds;

#define AUTK_EVIDENCE_LIST(X)                                                                      \
    X(AUTK_EVIDENCE_REPORTED, "reported")     /* by one side's own statistics */                   \
    X(AUTK_EVIDENCE_MIRROR, "mirror")         /* only the partner reports */                       \
    X(AUTK_EVIDENCE_RECONCILED, "reconciled") /* both sides' reports made one */                   \
    X(AUTK_EVIDENCE_STATEMENT, "statement")   /* what officials said of a flow nobody publishes */ \
    X(AUTK_EVIDENCE_ESTIMATED, "estimated")   /* part of it is filled in; carries bounds */        \
    X(AUTK_EVIDENCE_BOUNDED, "bounded")       /* a gap: from totals and neighbouring years */      \
    X(AUTK_EVIDENCE_NONE, "none recorded")    /* a reporter recorded no trade */                   \
    X(AUTK_EVIDENCE_UNKNOWN, "unknown")       /* a gap that nothing bounds */

#define AUTK_RULE_LIST(X)                                                                          \
    X(AUTK_RULE_ONE, "the one figure there is")                                                    \
    X(AUTK_RULE_COMBINED, "figures that agree, weighted by their precision")                       \
    X(AUTK_RULE_DISPUTED, "figures that disagree: the bounds span them")                           \
    X(AUTK_RULE_STATED, "the span of what officials stated, and as far as statements are off")     \
    X(AUTK_RULE_STATED_REST, "a stated turnover less the stated other direction")                  \
    X(AUTK_RULE_STATED_SHARE, "a stated share of the country's own total")                         \
    X(AUTK_RULE_NEIGHBOURS,                                                                        \
      "neighbouring years, as far as flows of this size change in that time")                      \
    X(AUTK_RULE_REMAINDER, "what the country's own total leaves unexplained")                      \
    X(AUTK_RULE_MODELLED, "the estimate of a model that was given for a flow nobody reports")      \
    X(AUTK_RULE_NONE, "no trade recorded by a side that reports")                                  \
    X(AUTK_RULE_NOTHING, "nobody reports it and nothing bounds it")

typedef enum autk_evidence_kind {
    AUTK_EVIDENCE_LIST(AUTK_WORLD_ENUM) AUTK_EVIDENCE_COUNT
} autk_evidence_kind;
typedef enum autk_rule { AUTK_RULE_LIST(AUTK_WORLD_ENUM) AUTK_RULE_COUNT } autk_rule;

/** Which flows of an economy: both directions together, or one. */
#define AUTK_DIRECTION_LIST(X)                                                                     \
    X(AUTK_DIRECTION_TRADE, "trade")                                                               \
    X(AUTK_DIRECTION_EXPORT, "export")                                                             \
    X(AUTK_DIRECTION_IMPORT, "import")
/** Of what total a share is taken. */
#define AUTK_READING_LIST(X)                                                                       \
    X(AUTK_READING_OWN, "own total") /* the country's own national total */                        \
    X(AUTK_READING_MIRROR,                                                                         \
      "mirror total") /* the sum over partners, statements included; goods only */

typedef enum autk_direction {
    AUTK_DIRECTION_LIST(AUTK_WORLD_ENUM) AUTK_DIRECTION_COUNT
} autk_direction;
typedef enum autk_reading { AUTK_READING_LIST(AUTK_WORLD_ENUM) AUTK_READING_COUNT } autk_reading;

/** Texts of the enums, total: an unknown value gives "unknown". */
AUTK_API const char *autk_evidence_kind_text(autk_evidence_kind kind);
AUTK_API const char *autk_rule_text(autk_rule rule);
AUTK_API const char *autk_direction_text(autk_direction direction);
AUTK_API const char *autk_reading_text(autk_reading reading);

/** A set of sources; of a sum over many partners the first that fit are kept. */
#define AUTK_MAX_SOURCES 8
typedef struct autk_sources {
    int32_t source[AUTK_MAX_SOURCES]; /**< ascending, for autk_world_source */
    int32_t n;
} autk_sources;

/** One directed flow of one year. Plain data: nothing to free. */
typedef struct autk_flow {
    int32_t exporter, importer;
    int year;
    autk_scope scope;
    autk_bounds value_usd; /**< FOB */
    double observed_usd;   /**< of an estimate: the part that statistics have; else 0 */
    autk_evidence_kind evidence;
    autk_rule rule;
    bool gap; /**< neither side reported */
    /** Largest over smallest of the figures at hand of that scope, after valuation; 1 = they agree
     *  or there is one only. */
    double disagreement;
    autk_sources sources;
} autk_flow;

/** What is known of the economy's trade with one partner in one year. */
typedef struct autk_partner {
    int32_t partner;             /**< an economy */
    autk_flow exports;           /**< economy -> partner */
    autk_flow imports;           /**< partner -> economy */
    autk_bounds turnover_usd;    /**< both; stated turnovers widen it */
    autk_evidence_kind evidence; /**< the weaker of the two that matter */
    autk_sources sources;
} autk_partner;

/** A total of one reading and direction. */
typedef struct autk_total {
    autk_bounds value_usd; /**< NaN: there is none under this reading */
    autk_sources sources;
} autk_total;

/** An economy's flows of one year and scope. */
typedef struct autk_country_year {
    int32_t economy;
    int year;
    autk_scope scope;
    /** [n_partners] in order of economy; without those with whom no trade was recorded. Partners
     *  with AUTK_EVIDENCE_UNKNOWN are there, with NaN. */
    autk_partner *partners;
    size_t n_partners;
    autk_total totals[AUTK_READING_COUNT][AUTK_DIRECTION_COUNT];
    bool has_own_total[AUTK_DIRECTION_COUNT];
    char **warnings; /**< [n_warnings] one line each */
    size_t n_warnings;
} autk_country_year;

typedef struct autk_evidence_opts {
    autk_scope scope;
    double cif_fob;                   /**< CIF value / FOB value; the IMF's 1.06 */
    double cif_fob_low, cif_fob_high; /**< its range, in the bounds of a flow known CIF only */
    int first_year, last_year; /**< years to load, neighbours included; 0 = all of the world's */
} autk_evidence_opts;

AUTK_API autk_evidence_opts autk_evidence_opts_default(void);

/** All observations of one economy, loaded once: the fast path for many years. */
typedef struct autk_evidence autk_evidence;

/**
 * @param world  borrowed, must outlive the evidence
 * @param opts   NULL = default
 * Errors: AUTK_EARG (no such economy, a factor out of range), AUTK_EIO, AUTK_EDATA, AUTK_ENOMEM.
 * Cost:   a few ms: one read of the economy's observations of all years.
 */
AUTK_API autk_status autk_evidence_create(autk_evidence **out, const autk_world *world,
                                          int32_t economy, const autk_evidence_opts *opts,
                                          autk_err *err) AUTK_MUST_CHECK;
AUTK_API void autk_evidence_free(autk_evidence *evidence);
AUTK_API const autk_world *autk_evidence_world(const autk_evidence *evidence);
AUTK_API int32_t autk_evidence_economy(const autk_evidence *evidence);
AUTK_API autk_scope autk_evidence_scope(const autk_evidence *evidence);
/** First and last year with a figure for at least one partner; 0, 0 when there is none. */
AUTK_API void autk_evidence_years(int *first, int *last, const autk_evidence *evidence);

/**
 * The economy's flows of one year.
 *
 * Errors: AUTK_ENOTFOUND (year outside those loaded: the message says them), AUTK_ENOANSWER (no
 *         figure at all for that year and scope), AUTK_ENOMEM.
 * Cost:   O(partners + observations of the year), about 0.1 ms.
 */
AUTK_API autk_status autk_evidence_year(autk_country_year **out, const autk_evidence *evidence,
                                        int year, autk_err *err) AUTK_MUST_CHECK;
AUTK_API void autk_country_year_free(autk_country_year *country);

/** Both at once, for one year. */
AUTK_API autk_status autk_evidence_country(autk_country_year **out, const autk_world *world,
                                           int32_t economy, int year,
                                           const autk_evidence_opts *opts, autk_err *err)
    AUTK_MUST_CHECK;

/** The entry of a partner, NULL when there is none. Borrowed. Cost: O(log n). */
AUTK_API const autk_partner *autk_country_year_partner(const autk_country_year *country,
                                                       int32_t partner);

/** What a partner's entry says of a direction. Total. */
AUTK_API autk_bounds autk_partner_value(const autk_partner *partner, autk_direction direction);
AUTK_API autk_evidence_kind autk_partner_evidence(const autk_partner *partner,
                                                  autk_direction direction);
AUTK_API const autk_sources *autk_partner_sources(const autk_partner *partner,
                                                  autk_direction direction);

/**
 * The bounds of one flow as a world baseline takes them (autk_economy_opts.gap): world is the
 * autk_world. AUTK_ENOANSWER where the evidence has no bounds. Else as autk_evidence_flow.
 */
AUTK_API autk_status autk_evidence_gap(double *low_usd, double *point_usd, double *high_usd,
                                       int32_t exporter, int32_t importer, int year, void *world,
                                       autk_err *err) AUTK_MUST_CHECK;

/**
 * One directed flow.
 *
 * Errors: as autk_evidence_create and autk_evidence_year; AUTK_EDATA when exporter is importer.
 */
AUTK_API autk_status autk_evidence_flow(autk_flow *out, const autk_world *world, int32_t exporter,
                                        int32_t importer, int year, const autk_evidence_opts *opts,
                                        autk_err *err) AUTK_MUST_CHECK;

/**
 * Write as text the observations behind a partner's (or a group's members') numbers of a year, one
 * a line with source, valuation and what was done with it, and the rule that made each number.
 *
 * @param party  economy, group, or AUTK_PARTY_WORLD for the totals
 * Errors: as autk_evidence_year.
 */
AUTK_API autk_status autk_evidence_explain(autk_buf *out, const autk_evidence *evidence, int year,
                                           int32_t party, autk_err *err) AUTK_MUST_CHECK;

/* Bounds as numbers */

/** All three NaN. */
AUTK_API autk_bounds autk_bounds_unknown(void);
AUTK_API autk_bounds autk_bounds_exact(double value);
AUTK_API bool autk_bounds_known(autk_bounds b);
/** Sum of two independent quantities. */
AUTK_API autk_bounds autk_bounds_add(autk_bounds a, autk_bounds b);
/** The least interval around both; the point is a's. An unknown one is left out. */
AUTK_API autk_bounds autk_bounds_hull(autk_bounds a, autk_bounds b);
/** numerator / denominator of independent quantities >= 0; unknown unless denominator.low > 0. */
AUTK_API autk_bounds autk_bounds_ratio(autk_bounds numerator, autk_bounds denominator);

#ifdef __cplusplus
}
#endif
#endif
