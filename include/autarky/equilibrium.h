/**
 * @file equilibrium.h
 * The world after tariffs, costs, sanctions, embargoes: general equilibrium in changes.
 *
 * One model carries all: many sectors with input-output links, tariffs and export taxes (Caliendo
 * and Parro 2015, eqs. 1-6 of docs/model.md). With one sector and a value-added share g it is
 * universal gravity with supply elasticity psi = 1/g - 1 (Allen, Arkolakis and Takahashi 2020).
 *
 * An embargo is exact: the share is 0, not a cost "times ten". What has no solution is named.
 *
 * Threads: a solved equilibrium is immutable; concurrent solves need distinct outputs.
 */
#ifndef AUTARKY_EQUILIBRIUM_H
#define AUTARKY_EQUILIBRIUM_H

#include <autarky/economy.h>

#ifdef __cplusplus
extern "C" {
#endif

#define AUTK_DEFICITS_LIST(X)                                                                      \
    X(AUTK_DEFICITS_FIXED, "fixed")         /* as observed, nominal = share of world income */     \
    X(AUTK_DEFICITS_ZERO, "zero")           /* zero before and after */                            \
    X(AUTK_DEFICITS_OUTPUT, "output")       /* in proportion to output ("multiplicative") */       \
    X(AUTK_DEFICITS_SURVIVING, "surviving") /* the balance of those flows that are not embargoed   \
                                             */

#define AUTK_MEASURE_LIST(X)                                                                       \
    X(AUTK_MEASURE_TARIFF_SET, "tariff set")           /* rate := value */                         \
    X(AUTK_MEASURE_TARIFF_ADD, "tariff add")           /* rate += value */                         \
    X(AUTK_MEASURE_TARIFF_MULTIPLY, "tariff multiply") /* rate *= value */                         \
    X(AUTK_MEASURE_COST, "cost")                       /* iceberg cost times 1 + value */          \
    X(AUTK_MEASURE_EMBARGO, "embargo")                 /* nothing is sold any more */              \
    X(AUTK_MEASURE_EXPORT_TAX, "export tax")     /* rate += value, the seller's state gets it */   \
    X(AUTK_MEASURE_SANCTION, "sanction")         /* trade at given prices times exp(value) */      \
    X(AUTK_MEASURE_PRODUCTIVITY, "productivity") /* unit cost of the seller over 1 + value         \
                                                    (buyer ignored) */

#define AUTK_EQUILIBRIUM_ENUM(name, text) name,
typedef enum autk_deficits {
    AUTK_DEFICITS_LIST(AUTK_EQUILIBRIUM_ENUM) AUTK_DEFICITS_COUNT
} autk_deficits;
typedef enum autk_measure_kind {
    AUTK_MEASURE_LIST(AUTK_EQUILIBRIUM_ENUM) AUTK_MEASURE_COUNT
} autk_measure_kind;

/** Texts of the enums, total: an unknown value gives "unknown". */
AUTK_API const char *autk_deficits_text(autk_deficits deficits);
AUTK_API const char *autk_measure_text(autk_measure_kind kind);

/**
 * One measure on every flow from a seller to another economy that buys, in the sectors. Domestic
 * sales are never touched. NULL = all. Later measures act on what earlier ones left.
 */
typedef struct autk_measure {
    autk_measure_kind kind;
    double value;
    const double *values;   /**< [sector][importer][exporter] instead of value; NaN = untouched;
                                 not for productivity; NULL = none; borrowed */
    const uint8_t *sellers; /**< [n_regions] 1 = concerned; borrowed */
    const uint8_t *buyers;  /**< [n_regions] */
    const uint8_t *sectors; /**< [n_sectors] */
} autk_measure;

typedef struct autk_solve_opts {
    autk_deficits deficits;
    double tolerance;         /**< on the residual of every condition, relative; 0 = 1e-10 */
    int max_iterations;       /**< evaluations of the system; 0 = 5000 */
    const double *theta;      /**< [n_sectors]; NULL = the economy's */
    const uint8_t *coalition; /**< [n_regions] members share the burden: transfers give all the
                                   same change of real income; needs `before`; NULL = none */
} autk_solve_opts;

AUTK_API autk_solve_opts autk_solve_opts_default(void);

typedef struct autk_solve_info {
    bool converged;
    int iterations;  /**< evaluations of the whole system */
    double residual; /**< largest relative residual of all conditions, on what is returned */
    double seconds;
} autk_solve_info;

typedef struct autk_equilibrium autk_equilibrium;

/**
 * Solve for the world under the measures. With none, this is the baseline: accounts that do not
 * balance (uses differ from absorption) are thereby replaced by the equilibrium of their shares.
 *
 * The world's nominal factor income is the numeraire; where embargoes leave blocs that do not trade
 * with each other, each bloc's own.
 *
 * @param info    [out] filled whenever iterating began; may be NULL
 * @param before  where to start, and what a coalition's changes refer to; NULL = from the accounts
 * Errors: AUTK_ENOANSWER - no equilibrium exists: an economy has no source left for what it needs,
 * or must carry a deficit with nobody; named. AUTK_ENOCONV after max_iterations. AUTK_EARG,
 *         AUTK_ENOMEM.
 * Cost:   O(iterations * (n_sectors * n_regions^2 + n_regions * n_sectors^2)); about 20-60
 *         iterations; memory 1 to 3 copies of the flows.
 */
AUTK_API autk_status autk_equilibrium_solve(autk_equilibrium **out, autk_solve_info *info,
                                            const autk_economy *economy,
                                            const autk_measure *measures, size_t n_measures,
                                            const autk_equilibrium *before,
                                            const autk_solve_opts *opts, autk_err *err)
    AUTK_MUST_CHECK;
AUTK_API void autk_equilibrium_free(autk_equilibrium *equilibrium);

/** Levels against the accounts' own (1 = as in the accounts). NaN out of range. */
AUTK_API double autk_equilibrium_wage(const autk_equilibrium *eq, int32_t region);
AUTK_API double autk_equilibrium_price(const autk_equilibrium *eq, int32_t sector, int32_t region);
AUTK_API double autk_equilibrium_cost(const autk_equilibrium *eq, int32_t sector, int32_t region);
/** Price index of final use. */
AUTK_API double autk_equilibrium_price_index(const autk_equilibrium *eq, int32_t region);
/** Final income (factors, tariffs, export taxes, deficit, transfer), in units of the accounts. */
AUTK_API double autk_equilibrium_income(const autk_equilibrium *eq, int32_t region);
/** Transfer within a coalition, >0 received. */
AUTK_API double autk_equilibrium_transfer(const autk_equilibrium *eq, int32_t region);
/** Flow at customs value (without the tariff, with the export tax), in units of the accounts. */
AUTK_API double autk_equilibrium_flow(const autk_equilibrium *eq, int32_t sector, int32_t exporter,
                                      int32_t importer);
/** Share of the importer's spending on the sector, tariffs included. */
AUTK_API double autk_equilibrium_share(const autk_equilibrium *eq, int32_t sector, int32_t exporter,
                                       int32_t importer);

/**
 * What changes for one economy. Changes are fractions: 0.01 = +1 %. Domestic sales are not exports.
 */
typedef struct autk_outcome {
    double welfare_exact;         /**< real income, after transfers */
    double linear_terms_of_trade; /**< Caliendo and Parro (2015), first order at the baseline */
    double linear_volume_of_trade;
    double linear_total;
    double real_wage, price_index, wage, income;
    double exports, imports; /**< value at customs; NaN where there were none */
    double terms_of_trade;   /**< price of exports over price of imports, exact Fisher */
    double transfer;         /**< of baseline income; 0 without a coalition */
    /** Real wage lost in autarky, >= 0: deficits and tariff revenue apart. 1 where a needed good is
     *  not made at home. */
    double gains_from_trade;
    double gains_from_trade_after;
    double exports_before_usd, exports_after_usd, imports_before_usd, imports_after_usd;
    double income_before_usd;
} autk_outcome;

/** @param outcome [n_regions]. Errors: AUTK_EARG (of different economies), AUTK_ENOMEM. */
AUTK_API autk_status autk_equilibrium_compare(autk_outcome *outcome, const autk_equilibrium *before,
                                              const autk_equilibrium *after, autk_err *err)
    AUTK_MUST_CHECK;

/**
 * Output lost in the short run when an input falls: Y/Y0 = [(1-a) + a (E/E0)^((s-1)/s)]^(s/(s-1))
 * (Bachmann et al. 2022). s = 1 is Cobb-Douglas, s = 0 Leontief.
 *
 * @param share   a, of the input in output, [0, 1]
 * @param sigma   s >= 0
 * @param change  E/E0 - 1 >= -1
 * @return Y/Y0 - 1; NaN where an argument is outside
 */
AUTK_API double autk_short_run_output(double share, double sigma, double change);

#ifdef __cplusplus
}
#endif
#endif
