/**
 * @file depend_report.h
 * Dependence as text, JSON or CSV: what `autarky depend` and `autarky compare` print.
 * docs/modules/measure.md lists the members and columns.
 */
#ifndef AUTARKY_DEPEND_REPORT_H
#define AUTARKY_DEPEND_REPORT_H

#include <autarky/depend.h>
#include <autarky/table.h>

#ifdef __cplusplus
extern "C" {
#endif

/** One economy-year to write. Everything is borrowed. */
typedef struct autk_depend_item {
    const autk_dependence *dependence;
    const char *explanation; /**< from autk_evidence_explain; NULL or "" = none */
} autk_depend_item;

/**
 * Write one or more years of an economy.
 *
 * JSON: an object for one item, an array of such for a series; unknown is null. CSV: one row a
 * partner and year. Text: a page for one item; for a series one row a year, of the party when each
 * has one entry, else of the first partner.
 *
 * @param items   [n], n >= 1, all of one world
 * @param series  write as a series even when n = 1
 * @param top     entries of each item; 0 = all
 * Errors: AUTK_EARG (no item), AUTK_ENOMEM - what was written to out stays.
 */
AUTK_API autk_status autk_depend_write(autk_buf *out, const autk_depend_item *items, size_t n,
                                       bool series, const autk_world *world, autk_format format,
                                       size_t top, autk_err *err) AUTK_MUST_CHECK;

/**
 * Economies side by side, one row each: size, openness, concentration, the first two partners,
 * isolation, and, where `on` is a party, the share of it and the asymmetry.
 *
 * @param items  [n], n >= 1; each needs its entries (all for the first partners, one for `on`)
 * @param on     [n] the entry of the party asked about; NULL = none was
 */
AUTK_API autk_status autk_depend_compare(autk_buf *out, const autk_dependence *const *items,
                                         const autk_dependence_entry *const *on, size_t n,
                                         const autk_world *world, autk_format format, autk_err *err)
    AUTK_MUST_CHECK;

#ifdef __cplusplus
}
#endif
#endif
