/** @file checks.h Properties that several targets hold. A broken one aborts. */
#ifndef FUZZ_CHECKS_H
#define FUZZ_CHECKS_H

#include <stdint.h>
#include <stdlib.h>

#include <autarky/import.h>

#include "data/csv.h"

/* What the importer accepts is counted: every row is stored, passed over or wrong. */
static inline void check_counted(const uint8_t *bytes, size_t size, const autk_import_opts *opts)
{
    autk_import_report report;
    autk_input *input = NULL;
    if (autk_input_memory(&input, "fuzz", bytes, size, NULL) != AUTK_OK)
        return;
    autk_status st = autk_import_input(NULL, input, opts, &report, NULL);
    uint64_t told = report.n_stored + report.n_bad;
    for (int k = 0; k < AUTK_PASSED_COUNT; k++)
        told += report.n_passed[k];
    if (st == AUTK_OK && told != report.n_read)
        abort();
    autk_input_free(input);
}

/* Every record of the CSV, up to records_max of them, has as many fields as the header. */
static inline void check_table(autk_input *input, const autki_csv_opts *opts, size_t records_max)
{
    autki_csv *csv = NULL;
    const autki_field *fields;
    size_t n = 1, width = 0;
    autk_status st = autki_csv_create(&csv, input, opts, NULL);
    for (size_t records = 0; st == AUTK_OK && n != 0 && records < records_max; records++) {
        st = autki_csv_next(csv, &fields, &n, NULL);
        if (st == AUTK_OK && records == 0)
            width = n;
        if (st == AUTK_OK && n != 0 && n != width)
            abort();
    }
    autki_csv_free(csv);
}

#endif
