/**
 * @file frame_pairs.h
 * Frames of flows between economies: from the world dataset or a dataset of the user's own, with
 * what the world dataset knows of the two economies beside each flow.
 *
 * Columns: exporter, importer, year, month, product (codes), value, value_usd, quantity_t; and,
 * where a world is at hand,
 *
 *     distance_km  contiguous  sanction
 *     exporter_gdp_usd  exporter_population  exporter_landlocked   (importer_... likewise)
 *     exporter_in_P  importer_in_P  both_in_P  between_P_Q
 *
 * with the code of an economy or group as P and Q; membership is that of 1 July. `sanction` is 1
 * from the first year in which an event of type "sanction" names the two sides and no third, until
 * one of type "sanction relief" does; a case of the user's own data (facts.h) counts in its years
 * between its targets and senders. Only the columns wanted are made.
 */
#ifndef AUTKI_DATA_FRAME_PAIRS_H
#define AUTKI_DATA_FRAME_PAIRS_H

#include <autarky/dataset.h>

#include "data/frame.h"

typedef struct autki_pair_row {
    int32_t exporter, importer; /* into code[] */
    int32_t period;             /* yyyy or yyyymm */
    int32_t product;            /* into product_code[], -1 = all together */
    double value, quantity;     /* NaN = unknown */
} autki_pair_row;

/** Flows and what their numbers mean. Texts are borrowed. */
typedef struct autki_pair_rows {
    const char *source;   /* name for messages */
    const char *currency; /* "USD" */
    const autk_world *world;
    int32_t n_codes;
    const char **code; /* [n_codes] */
    int32_t *economy;  /* [n_codes] in the world, -1 = not there; NULL without a world */
    int32_t n_products;
    const char **product_code; /* [n_products] */
    autki_pair_row *rows;
    size_t n, capacity;
} autki_pair_rows;

void autki_pair_rows_deinit(autki_pair_rows *rows);
autk_status autki_pair_rows_add(autki_pair_rows *rows, const autki_pair_row *row, autk_err *err)
    AUTK_MUST_CHECK;

/**
 * The wanted columns of the rows.
 * Errors: AUTK_ENOTFOUND (no such column, economy or group; the nearest are named), AUTK_EPARSE (a
 *         text column where numbers are wanted), AUTK_EARG (a column that needs a world, or USD).
 */
autk_status autki_frame_of_pairs(autki_frame **out, const autki_pair_rows *rows,
                                 const autki_wanted *wanted, size_t n_wanted, autk_err *err)
    AUTK_MUST_CHECK;

/** Does the path mean the world dataset: "world", "world-2021" or "world-2010:2023"? */
bool autki_is_world_name(const char *path);

/**
 * Goods between all economies of the world dataset: the reconciled figure of a year where there is
 * one, else the estimated. A pair without a figure is a zero, but a gap is missing. Economies of
 * whose exports (imports) nothing at all is recorded in a year sell (buy) in no row of it.
 *
 * Errors: as above; AUTK_EARG (name or years), those of autk_world_observations.
 */
autk_status autki_frame_read_world(autki_frame **out, const char *name, const autk_world *world,
                                   const autki_wanted *wanted, size_t n_wanted, autk_err *err)
    AUTK_MUST_CHECK;

/** Does the file begin as a SQLite database does? False where it cannot be read, and
 *  for pipes. */
bool autki_is_dataset(const char *path);

/** What of a dataset to take. */
typedef struct autki_dataset_choice {
    int64_t layer; /* -1 = the only one */
    /* Fill the grid of economies and periods: a flow that a reporting economy does not list is a
     * zero, and the flows of an economy that reports in other periods only are missing. */
    bool fill;
} autki_dataset_choice;

/**
 * Flows of a layer of a dataset, products added up unless the column product is wanted.
 * Errors: as above; AUTK_EARG (no such layer, or several and none chosen; fill where it is not
 *         known who reports), those of autk_dataset_open.
 */
autk_status autki_frame_read_dataset(autki_frame **out, const char *path, const autk_world *world,
                                     const autki_dataset_choice *choice, const autki_wanted *wanted,
                                     size_t n_wanted, autk_err *err) AUTK_MUST_CHECK;

#endif
