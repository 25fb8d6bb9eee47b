/** @file products_bounds.h How far what nobody reported could move a product's indicators. */
#ifndef AUTKI_MEASURE_PRODUCTS_BOUNDS_H
#define AUTKI_MEASURE_PRODUCTS_BOUNDS_H

#include "measure/products_silent.h"

typedef struct autki_products_room {
    autk_product_silence *silent; /* partners, in the direction asked for */
    size_t n_silent, n_unbounded;
    double high;        /* Σ over those that have a bound */
    double other_high;  /* the same in the other direction; infinite where one has no bound */
    autk_bounds *value; /* [n_economies + n_silent] */
} autki_products_room;

autk_status autki_products_room_find(autki_products_room *room, const autki_product_trade *trade,
                                     const autk_world *world, int32_t year, autk_err *err)
    AUTK_MUST_CHECK;
void autki_products_room_deinit(autki_products_room *room);

/* Bounds of row g, whose figures of what is reported are there. sums->by_partner is needed where
 * room->n_silent != 0. */
autk_status autki_products_widen(autk_product_row *row, autki_products_room *room,
                                 const autki_product_trade *trade, const autki_product_sums *sums,
                                 size_t g, const autk_products_opts *opts, autk_err *err)
    AUTK_MUST_CHECK;

#endif
