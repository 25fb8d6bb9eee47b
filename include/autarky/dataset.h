/**
 * @file dataset.h
 * The user's own trade data in one file: a SQLite database whose flows by product are compressed,
 * checksummed chunks, once by exporter and once by importer. docs/modules/dataset.md has its
 * schema. What fills it: import.h.
 *
 * A flow that is not there was not reported: it is unknown, not zero.
 *
 * Threads: one open dataset, one thread at a time; several may open the same file, also while an
 * import writes to it: each sees the last finished import.
 */
#ifndef AUTARKY_DATASET_H
#define AUTARKY_DATASET_H

#include <autarky/base.h>
#include <autarky/table.h>
#include <autarky/world.h>

#ifdef __cplusplus
extern "C" {
#endif

typedef struct autk_dataset autk_dataset;

/** Who said it. */
#define AUTK_SIDE_LIST(X)                                                                          \
    X(AUTK_SIDE_UNKNOWN, "unknown")                                                                \
    X(AUTK_SIDE_EXPORTER, "exporter")                                                              \
    X(AUTK_SIDE_IMPORTER, "importer")                                                              \
    X(AUTK_SIDE_RECONCILED, "reconciled")
/** What is counted. Re-exports are usually part of total exports: never add the two. */
#define AUTK_FLOW_LIST(X)                                                                          \
    X(AUTK_FLOW_TRADE, "trade")                                                                    \
    X(AUTK_FLOW_RE_EXPORT, "re-exports")                                                           \
    X(AUTK_FLOW_RE_IMPORT, "re-imports")                                                           \
    X(AUTK_FLOW_DOMESTIC_EXPORT, "domestic exports")                                               \
    X(AUTK_FLOW_FOREIGN_IMPORT, "imports of foreign origin")
/** What an economy of the dataset is; sums over partners leave out all but economies. */
#define AUTK_ECONOMY_KIND_LIST(X)                                                                  \
    X(AUTK_IS_ECONOMY, "economy")                                                                  \
    X(AUTK_IS_WORLD, "all partners together")                                                      \
    X(AUTK_IS_GROUP, "group")                                                                      \
    X(AUTK_IS_UNSPECIFIED, "unspecified area")

#define AUTK_DATASET_ENUM(name, text) name,
typedef enum autk_side { AUTK_SIDE_LIST(AUTK_DATASET_ENUM) AUTK_SIDE_COUNT } autk_side;
typedef enum autk_flow_kind { AUTK_FLOW_LIST(AUTK_DATASET_ENUM) AUTK_FLOW_COUNT } autk_flow_kind;
typedef enum autk_economy_kind {
    AUTK_ECONOMY_KIND_LIST(AUTK_DATASET_ENUM) AUTK_ECONOMY_KIND_COUNT
} autk_economy_kind;

/** Texts of the enums, total. */
AUTK_API const char *autk_side_text(autk_side side);
AUTK_API const char *autk_flow_kind_text(autk_flow_kind flow);
AUTK_API const char *autk_economy_kind_text(autk_economy_kind kind);

/** Flows of one kind that may be added up. Texts are borrowed from the dataset. */
typedef struct autk_layer {
    const char *source; /**< "BACI_HS92_V202501" */
    autk_flow_kind flow;
    autk_side side;
    autk_valuation valuation;
    const char *currency;       /**< "USD", "EUR" */
    char frequency;             /**< 'A' year, 'M' month */
    const char *classification; /**< "HS92", "HS", "" */
    int level;                  /**< digits of a product code; 0 = all goods together */
    int32_t first_period, last_period;
    size_t n_periods;
    uint64_t n_rows;
} autk_layer;

/** Flows of one period, ordered by exporter, importer, product or by importer first. */
typedef struct autk_flows {
    size_t n;
    int32_t *exporter, *importer; /**< economies of the dataset */
    int32_t *product;
    double *value;    /**< in the layer's currency */
    double *quantity; /**< metric tons; NaN = unknown */
} autk_flows;

/** The same pair over time, or one period of a country's partners. */
typedef struct autk_pair_total {
    int32_t exporter, importer, period;
    uint32_t n_products;
    double value;
    double quantity; /**< metric tons over the products that have one; NaN when none has */
} autk_pair_total;

/** What verify found; stays valid after the dataset is closed. */
typedef struct autk_dataset_check {
    uint64_t n_chunks, n_rows, n_bytes;
} autk_dataset_check;

#define AUTK_ANY_ECONOMY (-1)

/**
 * Open read-only and load the small tables.
 *
 * Errors: AUTK_EIO (cannot be opened), AUTK_EDATA (not a dataset of autarky, another version,
 *         damaged), AUTK_ENOMEM.
 */
AUTK_API autk_status autk_dataset_open(autk_dataset **out, const char *path, autk_err *err)
    AUTK_MUST_CHECK;
AUTK_API void autk_dataset_close(autk_dataset *dataset);

/**
 * Until autk_dataset_release, whatever is read is of one finished state, however many imports
 * finish meanwhile; without, each call sees the newest. Calls nest. An import that begins meanwhile
 * may have to wait for the release: hold for an answer, not for a session.
 *
 * Errors: AUTK_EIO (in use by another program for too long).
 */
AUTK_API autk_status autk_dataset_hold(autk_dataset *dataset, autk_err *err) AUTK_MUST_CHECK;
AUTK_API void autk_dataset_release(autk_dataset *dataset);

AUTK_API size_t autk_dataset_n_layers(const autk_dataset *dataset);
/** NULL when out of range. Borrowed. */
AUTK_API const autk_layer *autk_dataset_layer(const autk_dataset *dataset, size_t layer);

AUTK_API int32_t autk_dataset_n_economies(const autk_dataset *dataset);
/** Code and name of an economy; NULL when out of range. Borrowed. */
AUTK_API const char *autk_dataset_economy_code(const autk_dataset *dataset, int32_t economy);
AUTK_API const char *autk_dataset_economy_name(const autk_dataset *dataset, int32_t economy);
AUTK_API autk_economy_kind autk_dataset_economy_kind(const autk_dataset *dataset, int32_t economy);
/** By code or name, case folded. Errors: AUTK_ENOTFOUND names the nearest. */
AUTK_API autk_status autk_dataset_find_economy(int32_t *economy, const autk_dataset *dataset,
                                               const char *text, autk_err *err) AUTK_MUST_CHECK;

AUTK_API int32_t autk_dataset_n_products(const autk_dataset *dataset);
AUTK_API const char *autk_dataset_product_code(const autk_dataset *dataset, int32_t product);
/** "" where the import brought no names. */
AUTK_API const char *autk_dataset_product_name(const autk_dataset *dataset, int32_t product);

/**
 * The flows of a layer and period with that exporter and importer.
 *
 * @param exporter, importer  AUTK_ANY_ECONOMY = all; both = the whole period
 * @param out  [out] autk_flows_deinit frees it; empty when nothing was reported
 * Errors: AUTK_EDATA (damaged), AUTK_EIO, AUTK_ENOMEM, AUTK_EARG.
 * Cost:   O(rows of the smaller chunk); a country's year under 20 ms from a cold process.
 */
AUTK_API autk_status autk_dataset_flows(autk_flows *out, autk_dataset *dataset, size_t layer,
                                        int32_t period, int32_t exporter, int32_t importer,
                                        autk_err *err) AUTK_MUST_CHECK;
AUTK_API void autk_flows_deinit(autk_flows *flows);

/**
 * World totals by product of a layer and period: exporter and importer are AUTK_ANY_ECONOMY.
 * Flows with all partners, groups or unspecified areas are left out.
 */
AUTK_API autk_status autk_dataset_product_totals(autk_flows *out, autk_dataset *dataset,
                                                 size_t layer, int32_t period, autk_err *err)
    AUTK_MUST_CHECK;

/**
 * Totals over products by pair and period, in order of exporter, importer, period.
 *
 * @param exporter, importer  AUTK_ANY_ECONOMY = all
 * @param first, last  periods, inclusive
 * @param out  [*n] the caller's to free(); NULL when none
 */
AUTK_API autk_status autk_dataset_pair_totals(autk_pair_total **out, size_t *n,
                                              autk_dataset *dataset, size_t layer, int32_t exporter,
                                              int32_t importer, int32_t first, int32_t last,
                                              autk_err *err) AUTK_MUST_CHECK;

/** The periods of a layer, ascending. @param out [*n] the caller's to free(). */
AUTK_API autk_status autk_dataset_periods(int32_t **out, size_t *n, autk_dataset *dataset,
                                          size_t layer, autk_err *err) AUTK_MUST_CHECK;

/**
 * Decode every chunk, check its checksum, and that both orders and all totals say the same.
 *
 * @param check  [out] what was read
 * Errors: AUTK_EDATA names the first chunk that is wrong.
 */
AUTK_API autk_status autk_dataset_verify(autk_dataset_check *check, autk_dataset *dataset,
                                         const autk_progress *progress, autk_err *err)
    AUTK_MUST_CHECK;

/** What is inside as a table: one row a layer. The caller frees it. */
AUTK_API autk_status autk_dataset_describe(autk_table **out, const autk_dataset *dataset,
                                           autk_err *err) AUTK_MUST_CHECK;

/**
 * The periods that are inside, one row each: layer, source, period, n_rows, value.
 *
 * @param layer  -1 = all
 * @param first_year, last_year  inclusive; 0 = open
 * Errors: AUTK_EARG (no such layer), AUTK_EIO, AUTK_EDATA, AUTK_ENOMEM. The caller frees it.
 */
AUTK_API autk_status autk_dataset_describe_periods(autk_table **out, autk_dataset *dataset,
                                                   int64_t layer, int first_year, int last_year,
                                                   autk_err *err) AUTK_MUST_CHECK;

/**
 * Take the layers of one dataset into another, which is made when absent, in one transaction. What
 * a layer says of a period (BACI), or of a period and reporter, replaces what the same layer said.
 *
 * @param n_flows  [out] flows taken over
 * Errors: AUTK_EDATA, AUTK_EIO, AUTK_ENOMEM, AUTK_ELIMIT, AUTK_ECANCELLED - `into` as it was.
 */
AUTK_API autk_status autk_dataset_merge(uint64_t *n_flows, const char *into, const char *from,
                                        const autk_progress *progress, autk_err *err)
    AUTK_MUST_CHECK;

typedef enum autk_export_format {
    AUTK_EXPORT_CSV,
    AUTK_EXPORT_CSV_ZST,
    AUTK_EXPORT_DTA
} autk_export_format;

typedef struct autk_export_opts {
    autk_export_format format;
    int64_t layer;                     /**< -1 = all */
    int32_t first_period, last_period; /**< 0 = open */
    autk_progress progress;
} autk_export_opts;
AUTK_API autk_export_opts autk_export_opts_default(void);

/** Takes the bytes of a file in order. */
typedef autk_status (*autk_write_fn)(void *user, const char *bytes, size_t size, autk_err *err);

/**
 * Write the flows as rows of a long table: period, exporter, importer, product, value, quantity_t,
 * currency, flow, reported_by, valuation, classification, source. autk_import_files makes the same
 * layers of it again, bit by bit, where all are of one source and currency.
 *
 * Memory: bounded for CSV, whatever the dataset's size. A .dta is bounded too; its rows are counted
 *         in a first pass.
 */
AUTK_API autk_status autk_dataset_export(autk_dataset *dataset, const autk_export_opts *opts,
                                         autk_write_fn write, void *user, autk_err *err)
    AUTK_MUST_CHECK;

#ifdef __cplusplus
}
#endif
#endif
