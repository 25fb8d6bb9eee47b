/**
 * @file products_sums.h
 * Trade of an economy or a bloc by product in one year: what crosses its border, with whom most,
 * and what the world sells. Shared by the list of all products and the page of one.
 */
#ifndef AUTKI_MEASURE_PRODUCTS_SUMS_H
#define AUTKI_MEASURE_PRODUCTS_SUMS_H

#include <autarky/products.h>

#define AUTKI_PRODUCT_WHOLE (-1) /* as `digits`: everything that begins with the prefix, as one */

/* Products of the wanted detail, by code; `group` maps the dataset's products to them. */
typedef struct autki_product_detail {
    int32_t *group; /* [n_products] -1 = of another shape or without the prefix */
    size_t n;
    char (*code)[16];
    int32_t *product; /* [n] one with that very code, -1 when it has none */
} autki_product_detail;

/* Sums of one year by group. */
typedef struct autki_product_sums {
    double *imports, *exports, *inside; /* [n] across the border, and between members */
    double *squares, *top;              /* [n] Σ value², largest partner's value */
    int32_t *top_partner;
    double *world, *world_squares; /* [n] Σ over exporters of their total, and of its square */
    double *by_partner;            /* [n_economies n] imports from each; NULL unless kept */
} autki_product_sums;

typedef struct autki_product_trade {
    autk_dataset *dataset;
    size_t layer, n_economies;
    bool exports;    /* all sides change places */
    bool *is_member; /* [n_economies] */
    autki_product_detail detail;
    double *room;        /* [2 n groups] */
    bool keeps_partners; /* sums are to have by_partner */
} autki_product_trade;

/**
 * @param layer    -1 = the best for the year (autk_products_layer)
 * @param digits   as in autk_products_opts, or AUTKI_PRODUCT_WHOLE
 * @param prefix   only codes that begin with it; "" = all
 * Errors: AUTK_EARG (a layer with too few digits), AUTK_ENOTFOUND, AUTK_EIO, AUTK_ENOMEM.
 */
autk_status autki_product_trade_open(autki_product_trade *out, autk_dataset *dataset,
                                     const int32_t *members, size_t n_members, int32_t year,
                                     int64_t layer, int digits, const char *prefix, bool exports,
                                     autk_err *err) AUTK_MUST_CHECK;
void autki_product_trade_close(autki_product_trade *trade);

autk_status autki_product_trade_year(autki_product_sums *sums, const autki_product_trade *trade,
                                     int32_t year, autk_err *err) AUTK_MUST_CHECK;
void autki_product_sums_free(autki_product_sums *sums);

/* Has the layer flows of that year? */
autk_status autki_product_trade_has(bool *found, const autki_product_trade *trade, int32_t year,
                                    autk_err *err) AUTK_MUST_CHECK;

/* Name of a group, cut to size without half a character at the end; "" where there is none. */
void autki_product_name(char *out, size_t size, const autki_product_trade *trade, size_t group);

#endif
