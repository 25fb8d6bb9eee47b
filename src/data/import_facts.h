/**
 * @file import_facts.h
 * Files of facts beside trade: GSDB, CEPII GeoDist, World Bank WDI. One transaction a file, the
 * same rules for wrong rows as for trade; docs/formats.md states those of each format.
 */
#ifndef AUTKI_DATA_IMPORT_FACTS_H
#define AUTKI_DATA_IMPORT_FACTS_H

#include "data/csv.h"
#include "data/dataset_facts.h"
#include "data/import_run.h"

/* Is that one of the three? */
bool autki_is_facts(autk_import_format format);

/* Which of them a file begins like; AUTK_IMPORT_GUESS = none. */
autk_import_format autki_facts_guess(const char *head, size_t len);

autk_status autki_run_facts(autki_run *run, autk_input *input, const autki_import_file *file,
                            autk_import_format format, autk_err *err) AUTK_MUST_CHECK;

/* One file on its way into a dataset. */
typedef struct autki_facts_job {
    autki_run *run;
    const autki_import_file *file;
    autki_csv *csv;
    autki_fact_writer writer;
    char source[96];
    uint64_t n_read, n_stored, n_bad;
} autki_facts_job;

/* A wrong row, or a wrong cell: counted, and told while there is room. field may be NULL. */
void autki_facts_bad(autki_facts_job *job, const autki_field *field, const char *expected);

/* A text cell: NUL-terminated, blanks at its ends taken off. false: longer than size. */
bool autki_facts_text(char *out, size_t size, const autki_field *field);
/* A year as the options allow it, else the row is wrong. */
bool autki_facts_year(int *year, autki_facts_job *job, const autki_field *field);
/* What a name or code means: its code in out->code. */
bool autki_facts_resolve(autk_resolved *out, const autki_facts_job *job, const char *text,
                         int year);
/* Store a fact, or find that its key stands twice: then the options decide. */
autk_status autki_facts_store(autki_facts_job *job, const autki_fact *fact, const char *key,
                              autk_err *err) AUTK_MUST_CHECK;

/* The readers: everything behind opening, up to the commit. */
autk_status autki_facts_read_gsdb(autki_facts_job *job, autk_err *err) AUTK_MUST_CHECK;
autk_status autki_facts_read_geodist(autki_facts_job *job, autk_err *err) AUTK_MUST_CHECK;
autk_status autki_facts_read_wdi(autki_facts_job *job, autk_err *err) AUTK_MUST_CHECK;

#endif
