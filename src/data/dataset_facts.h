/** @file dataset_facts.h The dataset's tables of facts: their rows, written, read and summed. */
#ifndef AUTKI_DATA_DATASET_FACTS_H
#define AUTKI_DATA_DATASET_FACTS_H

#include <autarky/facts.h>

#include "data/dataset_file.h"

#define AUTKI_FACT_COLUMNS 10

/* Columns of each kind, in order. */
enum {
    AUTKI_SANCTION_SOURCE,
    AUTKI_SANCTION_CASE,
    AUTKI_SANCTION_TARGETS,
    AUTKI_SANCTION_SENDERS,
    AUTKI_SANCTION_FIRST,
    AUTKI_SANCTION_LAST,
    AUTKI_SANCTION_MEASURES,
    AUTKI_SANCTION_TRADE,
    AUTKI_SANCTION_OBJECTIVE,
    AUTKI_SANCTION_SUCCESS
};
enum {
    AUTKI_DISTANCE_SOURCE,
    AUTKI_DISTANCE_A,
    AUTKI_DISTANCE_B,
    AUTKI_DISTANCE_KM,
    AUTKI_DISTANCE_CONTIGUOUS
};
enum {
    AUTKI_FIGURE_SOURCE,
    AUTKI_FIGURE_INDICATOR,
    AUTKI_FIGURE_ECONOMY,
    AUTKI_FIGURE_YEAR,
    AUTKI_FIGURE_VALUE
};

/* A cell is a text or a number by its column; NaN = unknown. Texts are borrowed. */
typedef struct autki_fact {
    const char *text[AUTKI_FACT_COLUMNS];
    double number[AUTKI_FACT_COLUMNS];
} autki_fact;

typedef autk_status (*autki_fact_visit)(void *user, const autki_fact *fact, autk_err *err);

/* Make the tables where they are not yet; inside a transaction. */
autk_status autki_facts_prepare(autk_dataset *dataset, autk_err *err) AUTK_MUST_CHECK;

/* Forget what a source said; indicator: of figures, NULL = of any. */
autk_status autki_facts_forget(autk_dataset *dataset, autk_fact_kind kind, const char *source,
                               const char *indicator, autk_err *err) AUTK_MUST_CHECK;

/* Rows of one kind, one after the other. */
typedef struct autki_fact_writer {
    autk_dataset *dataset;
    autk_fact_kind kind;
    sqlite3_stmt *put;
} autki_fact_writer;
autk_status autki_fact_writer_open(autki_fact_writer *writer, autk_dataset *dataset,
                                   autk_fact_kind kind, bool replace, autk_err *err)
    AUTK_MUST_CHECK;
/* *added = false: one with that key is there, and stays unless the writer replaces. */
autk_status autki_fact_put(bool *added, autki_fact_writer *writer, const autki_fact *fact,
                           autk_err *err) AUTK_MUST_CHECK;
void autki_fact_writer_close(autki_fact_writer *writer);

/* Every fact of a kind in order of its key; none where the dataset has no such table. */
autk_status autki_facts_each(autk_dataset *dataset, autk_fact_kind kind, autki_fact_visit visit,
                             void *user, autk_err *err) AUTK_MUST_CHECK;

/* What each source has said of a kind: how many, and of which years (0 where facts have none). */
typedef struct autki_fact_source {
    autk_fact_kind kind;
    const char *source; /* borrowed */
    uint64_t n;
    int first_year, last_year;
} autki_fact_source;
typedef void (*autki_fact_source_visit)(void *user, const autki_fact_source *source);
autk_status autki_facts_sources(const autk_dataset *dataset, autk_fact_kind kind,
                                autki_fact_source_visit visit, void *user, autk_err *err)
    AUTK_MUST_CHECK;

/* The checksum over all facts: put at the end of a transaction that changed them, and checked. */
autk_status autki_facts_put_sum(autk_dataset *dataset, autk_err *err) AUTK_MUST_CHECK;
autk_status autki_facts_check_sum(autk_dataset *dataset, autk_err *err) AUTK_MUST_CHECK;

/* What `from` has replaces what the same source said in `into`. */
autk_status autki_facts_merge(autk_dataset *into, autk_dataset *from, autk_err *err)
    AUTK_MUST_CHECK;

#endif
