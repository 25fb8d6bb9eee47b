/** @file brief_products.h Products on whose few suppliers or buyers the economy depends. */
#ifndef AUTKI_REPORT_BRIEF_PRODUCTS_H
#define AUTKI_REPORT_BRIEF_PRODUCTS_H

#include <autarky/products.h>

#include "report/brief.h"

typedef enum autki_product_side {
    AUTKI_IMPORTED,
    AUTKI_EXPORTED,
    AUTKI_PRODUCT_SIDES
} autki_product_side;

typedef struct autki_products {
    const autk_dataset *dataset; /* borrowed */
    int year;                    /* the brief's, or the last before it; 0 = no products at all */
    int digits;
    const char *source; /* of the layer of imports; of exports where there is none */
    const char *layer_source[AUTKI_PRODUCT_SIDES];
    autk_side layer_side[AUTKI_PRODUCT_SIDES];
    autk_product_silence *silent[AUTKI_PRODUCT_SIDES];
    size_t n_silent[AUTKI_PRODUCT_SIDES];        /* of the layer */
    autk_product_row *rows[AUTKI_PRODUCT_SIDES]; /* [n_rows] persistent ones first */
    size_t n_rows[AUTKI_PRODUCT_SIDES];
} autki_products;

void autki_products_free(autki_products *products);

/** Append the section to each format; nothing where the brief has no dataset. */
autk_status autki_products_table(autk_table **out, const autk_brief *brief, autk_err *err)
    AUTK_MUST_CHECK;
void autki_products_json(autk_buf *out, const autk_brief *brief);
void autki_products_csv(autk_buf *out, const autk_brief *brief);

#endif
