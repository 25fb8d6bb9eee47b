/** @file dataset_export.h What the writers of an export share. */
#ifndef AUTKI_DATA_DATASET_EXPORT_H
#define AUTKI_DATA_DATASET_EXPORT_H

#include "data/dataset_file.h"

typedef struct autki_export_part {
    autk_dataset *dataset;
    const autk_layer *layer;
    int32_t period;
    const autk_flows *flows; /* of one exporter */
} autki_export_part;

typedef autk_status (*autki_export_visit)(void *user, const autki_export_part *part, autk_err *err);

/* All that the options ask for, in one state of the file, exporter by exporter. */
autk_status autki_export_scan(autk_dataset *dataset, const autk_export_opts *opts,
                              autki_export_visit visit, void *user, autk_err *err) AUTK_MUST_CHECK;

/* How many flows that will be. Call it and the scan within one snapshot. */
autk_status autki_export_count(uint64_t *n, autk_dataset *dataset, const autk_export_opts *opts,
                               autk_err *err) AUTK_MUST_CHECK;

autk_status autki_export_dta(autk_dataset *dataset, const autk_export_opts *opts,
                             autk_write_fn write, void *user, autk_err *err) AUTK_MUST_CHECK;

#endif
