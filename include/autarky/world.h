/**
 * @file world.h
 * The world dataset that is installed with the program: observations of flows, codes, dated groups,
 * events, indicators, each with its source. One read-only SQLite file.
 *
 * A figure is an observation, not a cell of a matrix: several of the same flow live side by side,
 * and a flow that nobody reported has none. Absence is never zero; autk_world_is_non_reporter says
 * whether both sides were silent.
 *
 * Threads: an open world is immutable; concurrent calls are allowed.
 */
#ifndef AUTARKY_WORLD_H
#define AUTARKY_WORLD_H

#include <autarky/base.h>

#ifdef __cplusplus
extern "C" {
#endif

typedef struct autk_world autk_world;

/** A party is an economy's index (0 … n-1), a group (AUTK_GROUP_BASE + its index), or one of these.
 */
#define AUTK_PARTY_WORLD (-1) /**< all partners together: a national total */
#define AUTK_PARTY_ANY (-2)   /**< in a query: no condition */
#define AUTK_GROUP_BASE 100000

#define AUTK_SCOPE_LIST(X)                                                                         \
    X(AUTK_SCOPE_GOODS, "goods")                                                                   \
    X(AUTK_SCOPE_GOODS_SERVICES, "goods and services")
#define AUTK_VALUATION_LIST(X)                                                                     \
    X(AUTK_VALUATION_FOB, "FOB")                                                                   \
    X(AUTK_VALUATION_CIF, "CIF")                                                                   \
    X(AUTK_VALUATION_UNKNOWN, "unknown")
/** reported: by the exporter; mirror: by the importer; reconciled: by the source from both;
 *  statement: by an official; estimated: by the source, with bounds; modelled: of a flow that
 * nobody reports, by the user's own model (gaps.h). */
#define AUTK_KIND_LIST(X)                                                                          \
    X(AUTK_KIND_REPORTED, "reported")                                                              \
    X(AUTK_KIND_MIRROR, "mirror")                                                                  \
    X(AUTK_KIND_RECONCILED, "reconciled")                                                          \
    X(AUTK_KIND_STATEMENT, "statement")                                                            \
    X(AUTK_KIND_ESTIMATED, "estimated")                                                            \
    X(AUTK_KIND_MODELLED, "modelled")
/** What an observation's number is. Shares are fractions; the rest is USD. */
#define AUTK_QUANTITY_LIST(X)                                                                      \
    X(AUTK_QUANTITY_FLOW, "flow")         /* exporter -> importer */                               \
    X(AUTK_QUANTITY_TURNOVER, "turnover") /* both directions between the two */                    \
    X(AUTK_QUANTITY_SHARE_OF_EXPORTS,                                                              \
      "share of exports") /* exporter's exports going to importer */                               \
    X(AUTK_QUANTITY_SHARE_OF_IMPORTS, "share of imports") /* importer's imports from exporter */   \
    X(AUTK_QUANTITY_SHARE_OF_TRADE, "share of trade") /* of exporter's turnover, with importer */  \
    X(AUTK_QUANTITY_BALANCE, "balance")               /* exporter's exports less imports */        \
    X(AUTK_QUANTITY_PART, "part of a flow") /* some months or products: low bounds the whole; high \
                                               = whole at that pace */

#define AUTK_WORLD_ENUM(name, text) name,
typedef enum autk_scope { AUTK_SCOPE_LIST(AUTK_WORLD_ENUM) AUTK_SCOPE_COUNT } autk_scope;
typedef enum autk_valuation {
    AUTK_VALUATION_LIST(AUTK_WORLD_ENUM) AUTK_VALUATION_COUNT
} autk_valuation;
typedef enum autk_kind { AUTK_KIND_LIST(AUTK_WORLD_ENUM) AUTK_KIND_COUNT } autk_kind;
typedef enum autk_quantity {
    AUTK_QUANTITY_LIST(AUTK_WORLD_ENUM) AUTK_QUANTITY_COUNT
} autk_quantity;

/** Texts of the enums, total: an unknown value gives "unknown". */
AUTK_API const char *autk_scope_text(autk_scope scope);
AUTK_API const char *autk_valuation_text(autk_valuation valuation);
AUTK_API const char *autk_kind_text(autk_kind kind);
AUTK_API const char *autk_quantity_text(autk_quantity quantity);

/**
 * Open a world dataset read-only and load its small tables.
 *
 * Errors: AUTK_EIO (cannot be opened), AUTK_EDATA (not a world dataset, another version, damaged),
 *         AUTK_ENOMEM.
 * Cost:   under 10 ms; flows are read on demand.
 */
AUTK_API autk_status autk_world_open(autk_world **out, const char *path, autk_err *err)
    AUTK_MUST_CHECK;
AUTK_API void autk_world_close(autk_world *world);

/** First and last year with bilateral observations. */
AUTK_API void autk_world_years(int *first, int *last, const autk_world *world);

/* ------------------------------------------------------------------ economies and groups */

/** Texts are borrowed from the world. Dates are yyyymmdd, 0 = open. */
typedef struct autk_economy_info {
    const char *code; /**< ISO 3166-1 alpha-3 (or alpha-3 of ISO 3166-3 for what ended) */
    const char *iso2;
    int numeric; /**< ISO 3166-1 numeric */
    const char *name;
    const char *region; /**< continent: "Europe", "Asia", ... */
    bool landlocked;
    int32_t from_date, to_date; /**< existed as such */
} autk_economy_info;

typedef struct autk_group_info {
    const char *code; /**< "EU" */
    const char *name; /**< "European Union" */
    int32_t source;
} autk_group_info;

AUTK_API int32_t autk_world_n_economies(const autk_world *world);
/** @param economy  0 … n-1 in order of code; NULL when out of range. Borrowed. */
AUTK_API const autk_economy_info *autk_world_economy(const autk_world *world, int32_t economy);
AUTK_API int32_t autk_world_n_groups(const autk_world *world);
AUTK_API const autk_group_info *autk_world_group(const autk_world *world, int32_t group);

/** Name of a party: economy, group or "the world". Total. Borrowed. */
AUTK_API const char *autk_world_party_name(const autk_world *world, int32_t party);
/** Code of a party: "RUS", "EU", "WLD". Total. Borrowed. */
AUTK_API const char *autk_world_party_code(const autk_world *world, int32_t party);

/**
 * The economy that a text means: alpha-3, alpha-2, numeric code, name or alias, case and accents
 * folded, odd codes of other datasets by the table with validity dates.
 *
 * @param year  the year it is used for (ROM, ZAR, SCG … are dated); 0 = now
 * Errors: AUTK_ENOTFOUND, with the nearest names.
 */
AUTK_API autk_status autk_world_find_economy(int32_t *economy, const autk_world *world,
                                             const char *text, int year, autk_err *err)
    AUTK_MUST_CHECK;

/** Likewise a party: an economy, else a group, or "WLD". */
AUTK_API autk_status autk_world_find_party(int32_t *party, const autk_world *world,
                                           const char *text, int year, autk_err *err)
    AUTK_MUST_CHECK;

/** Was the economy a member on that day (yyyymmdd)? Ends are inclusive. */
AUTK_API bool autk_world_is_member(const autk_world *world, int32_t group, int32_t economy,
                                   int32_t date);

/** Is `economy` the party, or on that day a member of it? */
AUTK_API bool autk_world_party_has(const autk_world *world, int32_t party, int32_t economy,
                                   int32_t date);

/* ------------------------------------------------------------------ sources and events */

typedef struct autk_source_info {
    const char *id; /**< short key, e.g. "baci-v202501" */
    const char *publisher, *title, *edition, *terms, *url, *covers;
} autk_source_info;

AUTK_API int32_t autk_world_n_sources(const autk_world *world);
AUTK_API const autk_source_info *autk_world_source(const autk_world *world, int32_t source);

typedef struct autk_event {
    int32_t date;     /**< yyyymmdd; day 00 = only the month is known, month 00 = only the year */
    const char *type; /**< sanction, election, war, border closure, agreement, ... */
    const char *title;
    const char *note; /**< "" when none */
    int32_t source;
    const int32_t *parties; /**< [n_parties] economies and groups concerned */
    size_t n_parties;
    size_t n_targets; /**< the first so many are those that a sanction is on; 0 = not said */
    int32_t until;    /**< yyyymmdd of the last day, with zeros as in date; 0 = not said */
} autk_event;

AUTK_API size_t autk_world_n_events(const autk_world *world);
/** In order of date. Borrowed; NULL when out of range. */
AUTK_API const autk_event *autk_world_event(const autk_world *world, size_t event);
/** Does the event concern the party (itself, or on its date one of its groups or members)? */
AUTK_API bool autk_world_event_concerns(const autk_world *world, const autk_event *event,
                                        int32_t party);

/** A sentence that somebody wrote of an economy, and the check that puts it to the figures. */
typedef struct autk_quoted {
    int32_t economy;
    const char *quote; /**< as written */
    const char *kind;  /**< which check: docs/modules/brief.md lists them */
    const char *text;  /**< the claim in words that `autarky claim` takes, or why none reaches it */
    int32_t party, without;     /**< AUTK_PARTY_ANY = not said */
    const char *flow;           /**< "trade", "export", "import" */
    int32_t from_year, to_year; /**< of kind "turn", from_year is the event's day, yyyymmdd */
    int32_t source;
} autk_quoted;

AUTK_API size_t autk_world_n_quoted(const autk_world *world);
/** In the order of the table; NULL when out of range. Borrowed. */
AUTK_API const autk_quoted *autk_world_quoted(const autk_world *world, size_t quoted);

/* ------------------------------------------------------------------ observations */

typedef struct autk_observation {
    int32_t period;   /**< yyyy, or yyyymm for a month */
    int32_t exporter; /**< party */
    int32_t importer; /**< party */
    autk_quantity quantity;
    autk_scope scope;
    autk_valuation valuation;
    autk_kind kind;
    double value, low, high; /**< low <= value <= high; equal where exact; USD or a fraction */
    int32_t source;
    char confidence;  /**< 'H' text read, 'M' quoted by media, '-' statistics */
    const char *note; /**< "" when none; borrowed from the world */
    int32_t reporter; /**< the party whose figure it is; AUTK_PARTY_ANY: of nobody in particular */
    double original;  /**< value as published, in `currency`; equals value for a fraction */
    char currency[4]; /**< "USD", "EUR"; "" for a fraction */
} autk_observation;

typedef struct autk_observation_query {
    int32_t exporter, importer;        /**< party or AUTK_PARTY_ANY */
    int32_t first_period, last_period; /**< both years, or both months */
} autk_observation_query;

/**
 * The observations that a query finds, ordered by period, exporter, importer, source.
 *
 * With AUTK_PARTY_ANY on one side, national totals and groups come too: look at the parties.
 * Quantities that are not directed (turnover) are stored once, under one order of the two: ask for
 * both orders.
 *
 * @param out  [*n] the caller's to free(); NULL when none
 * Errors: AUTK_EIO, AUTK_EDATA, AUTK_ENOMEM.
 * Cost:   O(found); a country's 29 years under 5 ms, all flows of one year under 30 ms.
 */
AUTK_API autk_status autk_world_observations(autk_observation **out, size_t *n,
                                             const autk_world *world,
                                             const autk_observation_query *query, autk_err *err)
    AUTK_MUST_CHECK;

/**
 * Is the economy known to be silent: did the statistics behind the reconciled and estimated figures
 * get no report of its for that year? Others may still publish for it (Eurostat for a member).
 * Silence is found in the data for 1995-97, 1999, 2022 and 2023; in other years nobody is known to
 * be silent (docs/modules/world.md has the method).
 *
 * @param basis  [out] why it is known, borrowed; may be NULL; untouched when false
 */
AUTK_API bool autk_world_is_non_reporter(const autk_world *world, int32_t economy, int year,
                                         const char **basis);

/**
 * Is it documented that the economy published no trade by partner that year? False for one whose
 * silence was only found in the data: it may publish, late or in a classification that the source
 * does not take (South Korea 2023), and only its report is missing. False for one that reports.
 */
AUTK_API bool autk_world_silence_is_documented(const autk_world *world, int32_t economy, int year);

/**
 * Do that year's flows come from a complete matrix, and from the table of the largest partners only
 * for pairs that the matrix lacks? (2022 and 2023; docs/modules/world.md says which pairs.)
 */
AUTK_API bool autk_world_has_matrix(const autk_world *world, int year);

/**
 * Is the pair's flow in the reports of neither side that year, so that it is unknown and has no
 * reconciled or estimated observation? Two silent economies, or a pair that the data tables name
 * (Russia-Belarus 1995-96). Customs figures and statements of it may exist. Where only a part of it
 * was reported (Russia-Belarus 1997, Russia-Kazakhstan 2010) the pair is no gap: there is a
 * reconciled AUTK_QUANTITY_PART and no estimate.
 */
AUTK_API bool autk_world_is_gap(const autk_world *world, int32_t exporter, int32_t importer,
                                int year);

/* ------------------------------------------------------------------ indicators and geography */

typedef enum autk_indicator { AUTK_GDP_USD, AUTK_POPULATION } autk_indicator;

/** NaN where unknown. */
AUTK_API double autk_world_indicator(const autk_world *world, autk_indicator indicator,
                                     int32_t economy, int year);
/** Great-circle distance between main cities, km; NaN where unknown. */
AUTK_API double autk_world_distance_km(const autk_world *world, int32_t a, int32_t b);
AUTK_API bool autk_world_is_contiguous(const autk_world *world, int32_t a, int32_t b);

#ifdef __cplusplus
}
#endif
#endif
