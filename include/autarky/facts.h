/**
 * @file facts.h
 * The user's own evidence beside trade, in the same dataset: sanction cases (GSDB), distances
 * (CEPII GeoDist), figures of economies (World Bank WDI). What fills it: import.h. Laid over a
 * world dataset, its events, distances, GDP and population serve every command.
 */
#ifndef AUTARKY_FACTS_H
#define AUTARKY_FACTS_H

#include <autarky/dataset.h>

#ifdef __cplusplus
extern "C" {
#endif

#define AUTK_FACT_LIST(X)                                                                          \
    X(AUTK_FACT_SANCTION, "sanction")                                                              \
    X(AUTK_FACT_DISTANCE, "distance")                                                              \
    X(AUTK_FACT_FIGURE, "figure")
typedef enum autk_fact_kind { AUTK_FACT_LIST(AUTK_DATASET_ENUM) AUTK_FACT_COUNT } autk_fact_kind;
/** Text of a kind, which is its table's name too; total. */
AUTK_API const char *autk_fact_kind_text(autk_fact_kind kind);

/** How many facts of a kind the dataset has. */
AUTK_API autk_status autk_dataset_n_facts(uint64_t *n, autk_dataset *dataset, autk_fact_kind kind,
                                          autk_err *err) AUTK_MUST_CHECK;

/**
 * The facts of a kind as a table, in order of source and key; docs/formats.md has the columns.
 *
 * @param out  the caller's to free; without rows when there are none
 * Errors: AUTK_EDATA (damaged), AUTK_EIO, AUTK_ENOMEM.
 */
AUTK_API autk_status autk_dataset_facts(autk_table **out, autk_dataset *dataset,
                                        autk_fact_kind kind, autk_err *err) AUTK_MUST_CHECK;

/**
 * Lay a dataset's facts over an open world: sanction cases become events with their source,
 * distances and contiguity replace the world's, and so do GDP (WDI NY.GDP.MKTP.CD) and population
 * (SP.POP.TOTL). Parties that the world does not know stay in an event's title. Indices of events
 * change: call it before anything else is asked of the world, and before threads share it.
 *
 * Errors: AUTK_EDATA (damaged), AUTK_EIO, AUTK_ENOMEM; the world must then be closed.
 */
AUTK_API autk_status autk_world_add_facts(autk_world *world, autk_dataset *dataset, autk_err *err)
    AUTK_MUST_CHECK;

#ifdef __cplusplus
}
#endif
#endif
