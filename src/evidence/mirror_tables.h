/** @file mirror_tables.h What a reconciled layer needs beside its flows: docs/modules/mirror.md. */
#ifndef AUTKI_EVIDENCE_MIRROR_TABLES_H
#define AUTKI_EVIDENCE_MIRROR_TABLES_H

#include "evidence/mirror_products.h"

/* Which reports a year of a reconciled layer was made of. */
typedef struct autki_mirror_source {
    uint32_t layer, exporters, importers;
    int32_t year;
} autki_mirror_source;

/* Replace what the tables say of that layer and year; made when absent. In a transaction. */
autk_status autki_mirror_put(autk_dataset *dataset, const autki_mirror_source *source,
                             const autki_product_fit *fit, autk_err *err) AUTK_MUST_CHECK;

/* ln(CIF/FOB) of an exporter's pairs that trade. @param margin, trades [n_economies] */
autk_status autki_mirror_put_margins(autk_dataset *dataset, const autki_mirror_source *source,
                                     int32_t exporter, const double *margin, const bool *trades,
                                     autk_err *err) AUTK_MUST_CHECK;

/**
 * The newest reconciled layer of a year.
 *
 * @param fit  [out] autk_mirror_fit_deinit(&fit->reports) frees it
 * Errors: AUTK_ENOTFOUND (nothing was reconciled), AUTK_EDATA (damaged), AUTK_EIO, AUTK_ENOMEM.
 */
autk_status autki_mirror_get(autki_mirror_source *source, autki_product_fit *fit,
                             autk_dataset *dataset, int32_t year, autk_err *err) AUTK_MUST_CHECK;

/* Of all pairs of an economy. @param margin [n_economies] NaN where there is none */
autk_status autki_mirror_get_margins(double *margin, autk_dataset *dataset,
                                     const autki_mirror_source *source, int32_t economy,
                                     bool is_exporter, autk_err *err) AUTK_MUST_CHECK;

#endif
