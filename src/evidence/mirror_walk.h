/**
 * @file mirror_walk.h
 * What both sides say of an exporter's flows, product by product and in order: the chunks of two
 * layers, and of the years around, read side by side.
 */
#ifndef AUTKI_EVIDENCE_MIRROR_WALK_H
#define AUTKI_EVIDENCE_MIRROR_WALK_H

#include <autarky/mirror.h>

#include "data/dataset_file.h"

#define AUTKI_NEIGHBOURS_MAX 10 /* years around, on both sides together */

/* One flow; NaN = that side did not report, or reported zero. */
typedef struct autki_product_flow {
    int32_t exporter, importer, product;
    double exporter_says, importer_says;
    double exporter_tons, importer_tons; /* NaN = unknown */
    /* Of neighbouring years in which both reported: Σ ln(X/M) and Σ 1, weighted by 1/distance. */
    double neighbour_sum, neighbour_weight;
} autki_product_flow;

typedef autk_status (*autki_product_visit)(void *user, const autki_product_flow *flow,
                                           autk_err *err);

/* A chunk that is read from its beginning to its end. */
typedef struct autki_book {
    autki_chunk_rows rows;
    size_t at;
} autki_book;

typedef struct autki_walk {
    autk_dataset *dataset;
    size_t exporters, importers; /* layers */
    int32_t year;
    bool looks_around; /* at neighbours of flows that both report, too */
    int n_neighbours;
    int32_t neighbour[AUTKI_NEIGHBOURS_MAX];      /* years */
    autki_book said[AUTKI_NEIGHBOURS_MAX + 1][2]; /* [0] the year's; exporter, importer */
} autki_walk;

/* The years up to `reach` away that both layers have. autki_walk_deinit frees the walk. */
autk_status autki_walk_init(autki_walk *walk, autk_dataset *dataset, size_t exporters,
                            size_t importers, int32_t year, int reach, autk_err *err)
    AUTK_MUST_CHECK;
void autki_walk_deinit(autki_walk *walk);

/* All flows of an exporter to economies, in order of importer and product. */
autk_status autki_walk_exporter(autki_walk *walk, int32_t exporter, autki_product_visit visit,
                                void *user, autk_err *err) AUTK_MUST_CHECK;

/* Partner and product as one number that sorts alike. */
static inline uint64_t autki_book_key(const autki_book *book, size_t at)
{
    return ((uint64_t)book->rows.partner[at] << 32) | book->rows.product[at];
}

/* Go on to the first row that is not before `key`; is it that? */
static inline bool autki_book_seek(autki_book *book, uint64_t key)
{
    while (book->at < book->rows.n && autki_book_key(book, book->at) < key)
        book->at++;
    return book->at < book->rows.n && autki_book_key(book, book->at) == key;
}

#endif
