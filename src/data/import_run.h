/** @file import_run.h One file of an import: parsed side by side, then into the dataset at once. */
#ifndef AUTKI_DATA_IMPORT_RUN_H
#define AUTKI_DATA_IMPORT_RUN_H

#include "data/import_codes.h"
#include "data/import_store.h"

typedef struct autki_import_file {
    const char *name;   /* in messages and in the dataset's list of files */
    int64_t size_bytes; /* -1 = unknown */
    int64_t modified_s;
} autki_import_file;

typedef struct autki_run {
    const autk_import_opts *opts;
    autk_dataset *dataset; /* NULL = check only */
    const char *directory; /* for the temporary file */
    autki_codes codes;
    autk_import_report *report;
} autki_run;

/* One delimited text. */
autk_status autki_run_text(autki_run *run, autk_input *input, const autki_import_file *file,
                           autk_err *err) AUTK_MUST_CHECK;

#endif
