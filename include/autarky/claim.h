/**
 * @file claim.h
 * Claims about dependence, read from words or given as numbers, and checked against every reading
 * that their words allow: "about 70 percent of Belarus's trade is with Russia in 2023".
 *
 * docs/modules/claim.md has the grammar and the rules of the verdicts.
 */
#ifndef AUTARKY_CLAIM_H
#define AUTARKY_CLAIM_H

#include <autarky/depend.h>

#ifdef __cplusplus
extern "C" {
#endif

#define AUTK_VERDICT_LIST(X)                                                                       \
    X(AUTK_VERDICT_SUPPORTED, "supported") /* the best estimate fits, and most that may be */      \
    X(AUTK_VERDICT_POSSIBLE, "possible")   /* part of what may be fits */                          \
    X(AUTK_VERDICT_CONTRADICTED, "contradicted") /* hardly anything that may be fits */            \
    X(AUTK_VERDICT_UNDECIDABLE, "undecidable")   /* there are no numbers for this reading */
typedef enum autk_verdict { AUTK_VERDICT_LIST(AUTK_WORLD_ENUM) AUTK_VERDICT_COUNT } autk_verdict;
/** Total: an unknown value gives "unknown". */
AUTK_API const char *autk_verdict_text(autk_verdict verdict);

/** How much a claim says. Shares are fractions. */
typedef struct autk_quantity_said {
    double low, high;           /**< the shares that the words allow, ends inclusive … */
    bool above_low, below_high; /**< … unless these say that the end itself is not */
    char words[64];             /**< "about 70 percent", as written; cut when longer */
} autk_quantity_said;

typedef enum autk_claim_kind {
    AUTK_CLAIM_SHARE,  /**< a share of the economy's trade is with the partners */
    AUTK_CLAIM_RANK,   /**< the partner has a place among the economy's partners */
    AUTK_CLAIM_CUT_OFF /**< no way leads from the economy to the partners: autk_claim_answer */
} autk_claim_kind;

#define AUTK_CLAIM_NAME 120

/** A claim as understood, names not yet looked up. Plain data. */
typedef struct autk_claim {
    autk_claim_kind kind;
    char economy[AUTK_CLAIM_NAME];  /**< as written, without 's */
    char partners[AUTK_CLAIM_NAME]; /**< as written: "Russia", "Russia and China", "the EU" */
    int64_t economy_column, partners_column; /**< 1-based byte in the text; 0 = not from a text */
    autk_direction direction;
    bool direction_fixed; /**< false: "trade", which people also say of exports or imports alone */
    autk_scope scope;
    bool scope_fixed;
    autk_quantity_said quantity; /**< of AUTK_CLAIM_SHARE */
    int32_t rank;                /**< of AUTK_CLAIM_RANK: 1 = first partner */
    int year;                    /**< 0 = not said: the last year with figures */
} autk_claim;

/** Trade, not fixed; goods, not fixed; no year. */
AUTK_API autk_claim autk_claim_default(void);

/**
 * Read a claim from words.
 *
 * Errors:  AUTK_EPARSE: err->source "claim", line 1, the column of the first word that no pattern
 *          takes, and what was expected there. *out is untouched.
 * Cost:    O(words^2) at most.
 * Threads: reentrant.
 */
AUTK_API autk_status autk_claim_parse(autk_claim *out, const char *text, autk_err *err)
    AUTK_MUST_CHECK;

/**
 * Read a quantity alone: "about 70 percent", "0.70", "at least half", "between 60 and 70 %",
 * "most". A bare number between 0 and 1 is a share. Errors: as autk_claim_parse, source "share".
 */
AUTK_API autk_status autk_claim_parse_quantity(autk_quantity_said *out, const char *text,
                                               autk_err *err) AUTK_MUST_CHECK;

/** "about" a share of whole percents: 5 points beyond its rounding, 5.5 to both sides. */
AUTK_API autk_quantity_said autk_claim_about(double share);

#define AUTK_CLAIM_PARTIES 8
#define AUTK_CLAIM_READINGS 32

/** One way to take the claim, with what the figures say of it. */
typedef struct autk_claim_reading {
    char reading[200]; /**< all that it assumes, e.g. "goods exports to Russia and China, of the
                            mirror total" */
    autk_direction direction;
    autk_reading total;
    autk_scope scope;
    int32_t parties[AUTK_CLAIM_PARTIES + 1]; /**< whose share it is */
    size_t n_parties;
    bool literal;      /**< what the words say, neither widened to the next partner nor narrowed
                            to exports or imports */
    autk_bounds share; /**< NaN = unknown */
    autk_rank rank;    /**< 0 = unknown or not asked */
    autk_verdict verdict;
    const char *why; /**< of AUTK_VERDICT_UNDECIDABLE; else "" */
} autk_claim_reading;

/** Plain data; names are borrowed from the world. */
typedef struct autk_claim_result {
    autk_claim claim;
    int32_t economy, parties[AUTK_CLAIM_PARTIES];
    size_t n_parties;
    int year;
    autk_claim_reading readings[AUTK_CLAIM_READINGS];
    size_t n_readings;
    /** Of the literal readings: supported or contradicted when all that can be decided are,
     *  undecidable when none can be, else possible. */
    autk_verdict verdict;
    /** The reading that makes the claim true: the first supported one, literal ones first;
     *  n_readings when there is none. */
    size_t made_true_by;
} autk_claim_result;

/**
 * Check a claim under every reading that its words leave open: trade, exports, imports (when not
 * fixed) x own total, mirror total x goods, goods and services (when not fixed) x the partners
 * alone, with the next partner (one partner only).
 *
 * @param claim  from autk_claim_parse or filled in by the caller
 *
 * Errors:  AUTK_ENOTFOUND (a name, with the nearest), AUTK_EARG (partner equal to economy, more
 *          than 8 partners, a range that is empty, AUTK_CLAIM_CUT_OFF), AUTK_EDATA (year out of
 * range), AUTK_ENOMEM, AUTK_EIO. Where the claim came from a text the error has the name's column.
 * Cost:    two reads of the economy's year, a few ms.
 * Threads: reentrant.
 */
AUTK_API autk_status autk_claim_check(autk_claim_result *out, const autk_world *world,
                                      const autk_claim *claim, autk_err *err) AUTK_MUST_CHECK;

/** How a range of shares stands to bounds: the rule behind every verdict. Total. */
AUTK_API autk_verdict autk_claim_judge(const autk_quantity_said *said, autk_bounds share);

#ifdef __cplusplus
}
#endif
#endif
