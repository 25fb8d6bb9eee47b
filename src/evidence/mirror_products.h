/** @file mirror_products.h How wrong reports are product by product: by reporter and by size. */
#ifndef AUTKI_EVIDENCE_MIRROR_PRODUCTS_H
#define AUTKI_EVIDENCE_MIRROR_PRODUCTS_H

#include "evidence/mirror_internal.h"
#include "evidence/mirror_walk.h"

#define AUTKI_SIZES 6 /* of a flow: below 1 k, 10 k, 100 k, 1 M, 10 M, above */

typedef struct autki_product_fit {
    autk_mirror_fit reports;   /* sd_*: of a flow of the typical size's error */
    double scale[AUTKI_SIZES]; /* of the variance, by size */
    double persistence; /* of a gap: how much of its neighbours' mean it repeats, 0 … 1.5 */
} autki_product_fit;

int autki_product_size(double value);

/* What the exporter's and the importer's report of a flow of that value may be wrong by. */
autki_report_errors autki_product_errors(const autki_product_fit *fit, int32_t exporter,
                                         int32_t importer, double value, double margin);

/* The gap ln X - ln M_fob that the years around tell, drawn to 0 by one nought; 0 without any. */
double autki_product_neighbours(const autki_product_flow *flow, double margin);

/* The value by which a flow's size is told. */
double autki_product_value(const autki_product_flow *flow, double margin);

/**
 * Fit the reliability of all reporters to one year; fit->reports has its margin already.
 * Errors: AUTK_EDATA (damaged), AUTK_EIO, AUTK_ENOMEM, AUTK_ENOCONV.
 */
autk_status autki_product_fit_year(autki_product_fit *fit, autki_walk *walk,
                                   autk_geography_fn geography, void *user,
                                   const autk_mirror_opts *opts, autk_err *err) AUTK_MUST_CHECK;

/* The layers of exporters and importers with the finest products; both have the year. */
autk_status autki_mirror_product_layers(size_t *exporters, size_t *importers, autk_dataset *dataset,
                                        int32_t year, autk_err *err) AUTK_MUST_CHECK;

#endif
