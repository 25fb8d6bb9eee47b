/**
 * @file sweep.h
 * What a measure of some economies costs its target and themselves, over levels, senders or
 * sectors: the table by which a coalition chooses.
 *
 * Threads: reentrant.
 */
#ifndef AUTARKY_SWEEP_H
#define AUTARKY_SWEEP_H

#include <autarky/equilibrium.h>
#include <autarky/ranks.h>

#ifdef __cplusplus
extern "C" {
#endif

#define AUTK_SWEEP_MEASURE_LIST(X)                                                                 \
    X(AUTK_SWEEP_EXPORT_BAN, "export-ban") /* senders sell nothing to the target */                \
    X(AUTK_SWEEP_IMPORT_BAN, "import-ban") /* senders buy nothing from it */                       \
    X(AUTK_SWEEP_EMBARGO, "embargo")       /* both */                                              \
    X(AUTK_SWEEP_TARIFF, "tariff")         /* senders add to their tariff on the target */         \
    X(AUTK_SWEEP_EXPORT_TAX, "export-tax") /* senders tax their exports to it */                   \
    X(AUTK_SWEEP_COST, "cost")             /* trade between them costs more, both ways */
#define AUTK_SWEEP_BY_LIST(X)                                                                      \
    X(AUTK_SWEEP_LEVELS, "levels")   /* all senders and sectors, each level */                     \
    X(AUTK_SWEEP_SENDERS, "senders") /* each sender alone */                                       \
    X(AUTK_SWEEP_SECTORS, "sectors") /* all senders, each sector alone */

#define AUTK_SWEEP_ENUM(name, text) name,
typedef enum autk_sweep_measure {
    AUTK_SWEEP_MEASURE_LIST(AUTK_SWEEP_ENUM) AUTK_SWEEP_MEASURE_COUNT
} autk_sweep_measure;
typedef enum autk_sweep_by {
    AUTK_SWEEP_BY_LIST(AUTK_SWEEP_ENUM) AUTK_SWEEP_BY_COUNT
} autk_sweep_by;

typedef struct autk_sweep_opts {
    autk_sweep_measure measure;
    autk_sweep_by by;
    const double *levels; /**< [n_levels] rates, for tariff, export-tax and cost; by senders or
                               sectors the first only. Bans need none */
    size_t n_levels;
    autk_solve_opts solve; /**< `coalition` is ignored */
    int n_threads;         /**< results do not depend on it */
    autk_ranks *ranks;     /**< processes that share the rows; NULL = alone. Nor on these */
} autk_sweep_opts;

/** Losses are fractions of real income, > 0 = worse off. */
typedef struct autk_sweep_row {
    int32_t index; /**< sender or sector; -1 by levels */
    double level;  /**< NaN for bans */
    double target_loss, target_loss_usd;
    double sender_loss, sender_loss_usd; /**< of all senders together, weighted by income */
    double ratio;        /**< target_loss / sender_loss; infinite when senders do not lose */
    double market_share; /**< of the senders in the target's spending on the sectors, before */
    double price_rise;   /**< that losing them alone would mean: -ln(1 - m)/theta by sector
                              (Hausmann, Schetter and Yildirim 2024), averaged over the target's
                              spending; NaN where it is not finite */
    autk_status status;  /**< AUTK_OK, or why there is no solution: the losses are then NaN */
    char reason[200];
} autk_sweep_row;

/**
 * @param rows     [*n_rows] by ratio, largest first (levels: in their order); the caller's to
 * free()
 * @param senders  [n_regions] 1 = sender
 * @param target   [n_regions] 1 = target; no economy may be both
 * Errors: AUTK_EARG; those of the baseline's autk_equilibrium_solve; AUTK_ENOMEM.
 * Cost:   one solve a row.
 */
AUTK_API autk_status autk_sweep(autk_sweep_row **rows, size_t *n_rows, const autk_economy *economy,
                                const uint8_t *senders, const uint8_t *target,
                                const autk_sweep_opts *opts, autk_err *err) AUTK_MUST_CHECK;

#ifdef __cplusplus
}
#endif
#endif
