/**
 * @file products_report.h
 * Dependence for one product as text, JSON or CSV: what `autarky depend --product` prints.
 */
#ifndef AUTARKY_PRODUCTS_REPORT_H
#define AUTARKY_PRODUCTS_REPORT_H

#include <autarky/products.h>
#include <autarky/table.h>

#ifdef __cplusplus
extern "C" {
#endif

/**
 * Write what an economy depends on for a product, in one or more years and directions.
 *
 * JSON: an array with an object for each item; unknown is null. CSV: one row a partner, year and
 * direction. Text: a page for each item; as a series one row for each, of the party asked for when
 * there is one, else of the first partner.
 *
 * @param items    [n], n >= 1, all of one dataset and economy; borrowed
 * @param dataset  where they come from
 * @param economy  of the dataset
 * @param top      partners of each item; 0 = all
 * Errors: AUTK_EARG, AUTK_ENOMEM - what was written to out stays.
 */
AUTK_API autk_status autk_product_dependence_write(autk_buf *out,
                                                   const autk_product_dependence *const *items,
                                                   size_t n, bool series,
                                                   const autk_dataset *dataset, int32_t economy,
                                                   autk_format format, size_t top, autk_err *err)
    AUTK_MUST_CHECK;

#ifdef __cplusplus
}
#endif
#endif
