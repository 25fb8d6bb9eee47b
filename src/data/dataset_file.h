/** @file dataset_file.h The dataset's file: schema, small tables in memory, the writing side. */
#ifndef AUTKI_DATA_DATASET_FILE_H
#define AUTKI_DATA_DATASET_FILE_H

#include <autarky/dataset.h>
#include <sqlite3.h>

#include "data/dataset_chunk.h"

#define AUTKI_DATASET_APPLICATION 0x4154554B /* "ATUK" */
#define AUTKI_DATASET_VERSION 1

/* The three orders in which flows are kept. */
typedef enum autki_order { AUTKI_BY_EXPORTER, AUTKI_BY_IMPORTER, AUTKI_WORLD } autki_order;

/* Which rows of a period an import replaces: those whose owner it brings anew. */
typedef enum autki_owner { AUTKI_OWN_PERIOD, AUTKI_OWN_EXPORTER, AUTKI_OWN_IMPORTER } autki_owner;

typedef struct autki_economy {
    char *code, *name;
    autk_economy_kind kind;
} autki_economy;

typedef struct autki_product {
    char *classification, *code, *name;
} autki_product;

typedef struct autki_layer {
    autk_layer info; /* its texts are owned here */
    autki_owner owner;
} autki_layer;

struct autk_dataset {
    sqlite3 *db;
    char *path;
    bool writing, in_transaction;
    bool logging; /* into a write-ahead log */
    bool made;    /* by this opening: taken away again if nothing comes into it */
    int n_snapshots;
    autki_layer *layers;
    size_t n_layers, layers_capacity;
    autki_economy *economies;
    size_t n_economies, economies_capacity;
    autki_product *products;
    size_t n_products, products_capacity;
    sqlite3_stmt *put_chunk, *put_pair, *get_chunk;
    autki_chunk_rows scratch;
};

/* What SQLite reports as an error of ours. */
autk_status autki_dataset_fail(const autk_dataset *dataset, const char *doing, autk_err *err);
autk_status autki_dataset_exec(autk_dataset *dataset, const char *sql, autk_err *err)
    AUTK_MUST_CHECK;
autk_status autki_dataset_prepare(sqlite3_stmt **out, const autk_dataset *dataset, const char *sql,
                                  autk_err *err) AUTK_MUST_CHECK;

/* Step a statement that gives no rows, and finalize it. */
autk_status autki_dataset_run(autk_dataset *dataset, sqlite3_stmt *statement, autk_err *err)
    AUTK_MUST_CHECK;

/* Open for writing; made when the file is absent or empty. */
autk_status autki_dataset_open_to_write(autk_dataset **out, const char *path, autk_err *err)
    AUTK_MUST_CHECK;
/* Read layers, economies and products (again). */
autk_status autki_dataset_load(autk_dataset *dataset, autk_err *err) AUTK_MUST_CHECK;

/* Between the two, reads see one state of the file, whatever an import writes. They nest. */
autk_status autki_dataset_snapshot(autk_dataset *dataset, autk_err *err) AUTK_MUST_CHECK;
void autki_dataset_end_snapshot(autk_dataset *dataset);

/* Load the economies and products that were added since. */
autk_status autki_dataset_load_new(autk_dataset *dataset, autk_err *err) AUTK_MUST_CHECK;
/* Economies and products that another process added since the dataset was opened: ids up to these
 * must be there. Texts that were handed out stay. Errors: AUTK_EDATA (there is no such id). */
autk_status autki_dataset_catch_up(autk_dataset *dataset, uint32_t economy, uint32_t product,
                                   autk_err *err) AUTK_MUST_CHECK;

/**
 * Write into a log from the next transaction on, so that readers go on seeing the state before it;
 * what is written is written twice for that. A dataset that has something to read is always written
 * so; for one that has nothing yet it is the caller's choice: readers of it wait for the commit.
 */
autk_status autki_dataset_start_log(autk_dataset *dataset, autk_err *err) AUTK_MUST_CHECK;

autk_status autki_dataset_begin(autk_dataset *dataset, autk_err *err) AUTK_MUST_CHECK;
autk_status autki_dataset_commit(autk_dataset *dataset, autk_err *err) AUTK_MUST_CHECK;
/* Undo. The small tables are empty until the next autki_dataset_begin. Total. */
void autki_dataset_rollback(autk_dataset *dataset);

/* Find or add; inside a transaction. Ids are positions in the arrays. */
autk_status autki_dataset_intern_economy(uint32_t *id, autk_dataset *dataset, const char *code,
                                         const char *name, autk_economy_kind kind, autk_err *err)
    AUTK_MUST_CHECK;
autk_status autki_dataset_add_product(uint32_t *id, autk_dataset *dataset,
                                      const char *classification, const char *code,
                                      const char *name, autk_err *err) AUTK_MUST_CHECK;
/* info: n_* and first/last_period are not looked at. */
autk_status autki_dataset_intern_layer(uint32_t *id, autk_dataset *dataset, const autk_layer *info,
                                       autki_owner owner, autk_err *err) AUTK_MUST_CHECK;

/* XXH64 over the rows of the small tables, which no chunk's checksum covers; in dataset_sums.c. */
autk_status autki_dataset_put_tables_sum(autk_dataset *dataset, autk_err *err) AUTK_MUST_CHECK;
autk_status autki_dataset_check_tables(autk_dataset *dataset, autk_err *err) AUTK_MUST_CHECK;
/* The same for what a year of a reconciled layer has in the mirror tables: a sum of its own, so
 * that an import need not read them all. */
autk_status autki_dataset_put_mirror_sum(autk_dataset *dataset, uint32_t layer, int32_t period,
                                         autk_err *err) AUTK_MUST_CHECK;
autk_status autki_dataset_check_mirrors(autk_dataset *dataset, autk_err *err) AUTK_MUST_CHECK;

uint64_t autki_chunk_key(uint32_t layer, int32_t period, autki_order order, int64_t economy);

/* One chunk; empty rows delete it. `blob` is what autki_chunk_encode made. */
autk_status autki_dataset_put_chunk(autk_dataset *dataset, uint32_t layer, int32_t period,
                                    autki_order order, int64_t economy,
                                    const autki_chunk_rows *rows, const autk_buf *blob,
                                    autk_err *err) AUTK_MUST_CHECK;
/* rows->n = 0 when there is no such chunk. */
autk_status autki_dataset_get_chunk(autki_chunk_rows *rows, autk_dataset *dataset, uint32_t layer,
                                    int32_t period, autki_order order, int64_t economy,
                                    autk_err *err) AUTK_MUST_CHECK;
/* Totals of each run of one partner in an exporter's rows. */
autk_status autki_dataset_put_pairs(autk_dataset *dataset, uint32_t layer, int32_t period,
                                    uint32_t exporter, const autki_chunk_rows *rows, autk_err *err)
    AUTK_MUST_CHECK;
/* Economies that have a chunk. @param economies [*n] the caller's to free() */
autk_status autki_dataset_chunks(uint32_t **economies, size_t *n, autk_dataset *dataset,
                                 uint32_t layer, int32_t period, autki_order order, autk_err *err)
    AUTK_MUST_CHECK;
autk_status autki_dataset_drop_pairs(autk_dataset *dataset, uint32_t layer, int32_t period,
                                     uint32_t exporter, autk_err *err) AUTK_MUST_CHECK;
/* The checksum that `name` stands for. */
autk_status autki_dataset_put_check_sum(autk_dataset *dataset, const char *name, uint64_t sum,
                                        autk_err *err) AUTK_MUST_CHECK;

/* An entry of the list of files. */
typedef struct autki_file_note {
    const char *source, *name, *format;
    int64_t size_bytes, modified_s;
    uint64_t n_read, n_stored, n_bad;
} autki_file_note;
autk_status autki_dataset_note_file(autk_dataset *dataset, const autki_file_note *note,
                                    autk_err *err) AUTK_MUST_CHECK;

autk_status autki_dataset_put_period(autk_dataset *dataset, uint32_t layer, int32_t period,
                                     uint64_t n_rows, double value, autk_err *err) AUTK_MUST_CHECK;

/* Has anything been reconciled product by product? */
autk_status autki_dataset_has_mirrors(bool *found, const autk_dataset *dataset, autk_err *err)
    AUTK_MUST_CHECK;
/* Was this layer made of others? */
autk_status autki_dataset_is_mirror(bool *yes, const autk_dataset *dataset, uint32_t layer,
                                    autk_err *err) AUTK_MUST_CHECK;
/* The layers that a year of a reconciled layer was made of; not *found for others. */
autk_status autki_dataset_mirror_sources(bool *found, size_t *exporters, size_t *importers,
                                         const autk_dataset *dataset, size_t layer, int32_t period,
                                         autk_err *err) AUTK_MUST_CHECK;
/* Forget what was made of a layer's reports of a period: they have changed. */
autk_status autki_dataset_drop_mirrors(autk_dataset *dataset, uint32_t layer, int32_t period,
                                       autk_err *err) AUTK_MUST_CHECK;

#endif
