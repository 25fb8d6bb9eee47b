/** @file products_silent.h Partners whose trade with an economy or a bloc nobody reports. */
#ifndef AUTKI_MEASURE_PRODUCTS_SILENT_H
#define AUTKI_MEASURE_PRODUCTS_SILENT_H

#include "measure/products_sums.h"

/**
 * @param out    [*n] the caller's to free(); NULL when there are none
 * @param trade  whose members, layer and direction
 * @param world  NULL = only what the dataset itself tells
 * @param other_way  the other direction of the same trade
 */
autk_status autki_products_silent(autk_product_silence **out, size_t *n,
                                  const autki_product_trade *trade, const autk_world *world,
                                  int32_t year, bool other_way, autk_err *err) AUTK_MUST_CHECK;

#endif
