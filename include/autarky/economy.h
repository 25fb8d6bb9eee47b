/**
 * @file economy.h
 * A world in accounts: who sells what to whom, tariffs, uses of inputs, final demand, value added,
 * trade elasticities. What equilibrium.h starts from.
 *
 * A flow that the source does not give is not zero: a reader fails on a missing cell, unless the
 * caller asks for a repair, and then says in a note what it did. Order of rows never matters.
 *
 * Threads: an economy is immutable; concurrent calls are allowed.
 */
#ifndef AUTARKY_ECONOMY_H
#define AUTARKY_ECONOMY_H

#include <autarky/input.h>
#include <autarky/world.h>

#ifdef __cplusplus
extern "C" {
#endif

typedef struct autk_economy autk_economy;

#define AUTK_LAYOUT_LIST(X)                                                                        \
    X(AUTK_LAYOUT_AUTO, "auto")                                                                    \
    X(AUTK_LAYOUT_LONG, "long")     /* folder: trade, intermediate_consumption, ... .csv */        \
    X(AUTK_LAYOUT_MATRIX, "matrix") /* square, row = exporter, column = importer */                \
    X(AUTK_LAYOUT_PAIRS, "pairs")   /* exporter, importer, (year,) trade */                        \
    X(AUTK_LAYOUT_WIOD, "wiod")     /* WIOD 2013 release */                                        \
    X(AUTK_LAYOUT_ICIO, "icio")     /* OECD ICIO, 2023 edition */

/** How domestic sales are had where the source has trade with abroad only. */
#define AUTK_DOMESTIC_LIST(X)                                                                      \
    X(AUTK_DOMESTIC_GIVEN, "given")   /* the source has them */                                    \
    X(AUTK_DOMESTIC_OUTPUT, "output") /* gross output = GDP / value-added share, less exports */   \
    X(AUTK_DOMESTIC_GDP, "gdp")       /* GDP less exports */

#define AUTK_ECONOMY_ENUM(name, text) name,
typedef enum autk_layout { AUTK_LAYOUT_LIST(AUTK_ECONOMY_ENUM) AUTK_LAYOUT_COUNT } autk_layout;
typedef enum autk_domestic {
    AUTK_DOMESTIC_LIST(AUTK_ECONOMY_ENUM) AUTK_DOMESTIC_COUNT
} autk_domestic;

/** Repairs, each only when asked and each told in a note. */
#define AUTK_REPAIR_MISSING 1u  /**< a cell that the source lacks becomes 0 */
#define AUTK_REPAIR_NEGATIVE 2u /**< a negative flow or use becomes 0 */
#define AUTK_REPAIR_DOMESTIC 4u /**< too small X_ii: the least that closes + 1 % of exports */

/**
 * Better bounds of a flow that nobody reports than its statements alone have, from whoever knows
 * more: autk_evidence_gap (evidence.h). Indices are the world's.
 * @return AUTK_OK; AUTK_ENOANSWER = none, the outputs are then left alone; else the reading fails
 */
typedef autk_status (*autk_gap_fn)(double *low_usd, double *point_usd, double *high_usd,
                                   int32_t exporter, int32_t importer, int year, void *user,
                                   autk_err *err);

typedef struct autk_economy_opts {
    autk_layout layout;
    autk_domestic domestic;
    unsigned repair;
    int year;                 /**< of a pair list with years; 0 = it must hold one only */
    double theta;             /**< elasticity of all sectors; 0 = from the source, else 4 */
    double value_added_share; /**< of output, where the source has no inputs; 0 = 1 (psi = 0) */
    double scale_usd;         /**< USD per unit of the flows; 0 = 1 */
    const char *theta_path;   /**< CSV: sector, value; NULL = none */
    const char *labels_path;  /**< matrix: CSV whose first column names the rows; NULL = header */
    const char *gdp_path;     /**< CSV: (economy,) gdp in USD, in the order of the labels */
    autk_gap_fn gap;          /**< of stated flows of a world baseline; NULL = none */
    void *gap_user;
} autk_economy_opts;

AUTK_API autk_economy_opts autk_economy_opts_default(void);

/**
 * Read an economy: a folder (long CSVs, WIOD 2013, a matrix with its labels and GDP) or a file.
 *
 * @param opts  NULL = default
 * Errors: AUTK_EPARSE, AUTK_EDATA with file, line and column: missing column, duplicate or missing
 *         row, unknown name, negative or non-finite number, X_ii <= 0, accounts without a seller;
 *         AUTK_EIO, AUTK_ENOMEM, AUTK_ELIMIT.
 * Cost:   O(bytes + n_sectors * n_regions^2).
 */
AUTK_API autk_status autk_economy_open(autk_economy **out, const char *path,
                                       const autk_economy_opts *opts, autk_err *err)
    AUTK_MUST_CHECK;

/** A pair list or a matrix from any input; opts->layout AUTO = by the header. */
AUTK_API autk_status autk_economy_read(autk_economy **out, autk_input *input,
                                       const autk_economy_opts *opts, autk_err *err)
    AUTK_MUST_CHECK;

/**
 * One sector from a matrix in memory.
 *
 * @param regions           [n] names, copied
 * @param flow_usd          [n * n] row = exporter, column = importer, diagonal > 0
 * @param value_added_share in (0, 1]; psi = 1 / share - 1 is the supply elasticity
 */
AUTK_API autk_status autk_economy_from_matrix(autk_economy **out, const char *const *regions,
                                              int32_t n, const double *flow_usd, double theta,
                                              double value_added_share, autk_err *err)
    AUTK_MUST_CHECK;

/**
 * One sector of goods from the world dataset: every economy with trade and GDP in the year,
 * domestic sales by opts->domestic (GIVEN = OUTPUT, value added half of output), groups by their
 * codes. A flow that nobody reported stands at a point estimate and keeps its bounds for draws; one
 * that nothing bounds is left out. Both are counted in notes.
 *
 * Errors: AUTK_ENOTFOUND (a year without data), AUTK_EIO, AUTK_EDATA, AUTK_ENOMEM.
 * Cost:   one query of the year's flows, and of up to 3 years before where there are gaps.
 */
AUTK_API autk_status autk_economy_from_world(autk_economy **out, const autk_world *world, int year,
                                             const autk_economy_opts *opts, autk_err *err)
    AUTK_MUST_CHECK;

AUTK_API void autk_economy_free(autk_economy *economy);

AUTK_API int32_t autk_economy_n_regions(const autk_economy *economy);
/** The year of the world dataset that it was made from; 0 = from other figures. */
AUTK_API int autk_economy_year(const autk_economy *economy);
AUTK_API int32_t autk_economy_n_sectors(const autk_economy *economy);
/** Borrowed; "" when out of range. */
AUTK_API const char *autk_economy_region(const autk_economy *economy, int32_t region);
AUTK_API const char *autk_economy_sector(const autk_economy *economy, int32_t sector);
/** Errors: AUTK_ENOTFOUND with the nearest names. */
AUTK_API autk_status autk_economy_find_region(int32_t *region, const autk_economy *economy,
                                              const char *name, autk_err *err) AUTK_MUST_CHECK;
AUTK_API autk_status autk_economy_find_sector(int32_t *sector, const autk_economy *economy,
                                              const char *name, autk_err *err) AUTK_MUST_CHECK;

/**
 * Set mask[i] = 1 for every economy that a comma-separated list names: economies, groups that the
 * source knows, or "all". Other entries stay.
 *
 * @param mask  [n_regions]
 * Errors: AUTK_ENOTFOUND with the nearest names.
 */
AUTK_API autk_status autk_economy_mark(uint8_t *mask, const autk_economy *economy,
                                       const char *names, autk_err *err) AUTK_MUST_CHECK;

/** Customs value (net of the tariff), USD. NaN when an index is out of range. */
AUTK_API double autk_economy_flow(const autk_economy *economy, int32_t sector, int32_t exporter,
                                  int32_t importer);
/** Ad valorem rate, 0.05 = 5 %. */
AUTK_API double autk_economy_tariff(const autk_economy *economy, int32_t sector, int32_t exporter,
                                    int32_t importer);
AUTK_API double autk_economy_theta(const autk_economy *economy, int32_t sector);
AUTK_API double autk_economy_value_added(const autk_economy *economy, int32_t sector,
                                         int32_t region);
AUTK_API double autk_economy_final_use(const autk_economy *economy, int32_t sector, int32_t region);
/** Use of `input` by `sector`, at the buyer's price. */
AUTK_API double autk_economy_input_use(const autk_economy *economy, int32_t sector, int32_t input,
                                       int32_t region);
/** Imports less exports, customs value, USD. */
AUTK_API double autk_economy_deficit(const autk_economy *economy, int32_t region);

/** What the reader assumed and repaired, one sentence each. Borrowed. */
AUTK_API size_t autk_economy_n_notes(const autk_economy *economy);
AUTK_API const char *autk_economy_note(const autk_economy *economy, size_t note);

/** What a check of the accounts found. Sizes in USD; index -1 = nowhere. */
typedef struct autk_economy_report {
    double trade_usd;   /**< all cross-border flows */
    double output_usd;  /**< value added and inputs of all */
    double use_gap_usd; /**< largest |uses - absorption incl. tariffs| */
    int32_t use_gap_region, use_gap_sector;
    double sales_gap_usd; /**< largest |output - sales| */
    int32_t sales_gap_region, sales_gap_sector;
    double largest_deficit; /**< largest |imports - exports| over value added and deficit */
    int32_t deficit_region;
    size_t zero_flows, zero_domestic, negative_inputs; /**< cells */
    bool balanced; /**< gaps below 1e-6 of what they are gaps of */
} autk_economy_report;

/** Cost: O(n_sectors * n_regions^2). */
AUTK_API void autk_economy_check(autk_economy_report *report, const autk_economy *economy);

/**
 * Sum economies and sectors by a map. Flows, uses and value added are added; a tariff is the
 * average weighted by its flows, theta by the flows across borders.
 *
 * @param regions  CSV: name, group; every name exactly once. NULL = as they are. Likewise sectors.
 */
AUTK_API autk_status autk_economy_aggregate(autk_economy **out, const autk_economy *economy,
                                            autk_input *regions, autk_input *sectors, autk_err *err)
    AUTK_MUST_CHECK;

/**
 * A world drawn at random, for tests and benchmarks: positive accounts that balance, input-output
 * links where n_sectors > 1. The same seed gives the same world.
 */
AUTK_API autk_status autk_economy_generate(autk_economy **out, int32_t n_regions, int32_t n_sectors,
                                           uint64_t seed, autk_err *err) AUTK_MUST_CHECK;

#ifdef __cplusplus
}
#endif
#endif
