/** @file depend.h The writers of one dependence, one a format. */
#ifndef AUTKI_REPORT_DEPEND_H
#define AUTKI_REPORT_DEPEND_H

#include <autarky/depend_report.h>

/** Entries to write: the first `top`, 0 = all. */
size_t autki_depend_shown(const autk_dependence *d, size_t top);

/** "55.6-68.1 %", or "" when both ends look alike or are unknown. */
void autki_add_range(autk_buf *out, autk_bounds share);
/** The same as a cell. */
void autki_range_cell(autk_table *table, autk_bounds share);

void autki_depend_json(autk_buf *out, const autk_depend_item *item, const autk_world *world,
                       size_t top);

autk_status autki_depend_text(autk_buf *out, const autk_depend_item *item, const autk_world *world,
                              size_t top, autk_err *err) AUTK_MUST_CHECK;

autk_status autki_depend_series_text(autk_buf *out, const autk_depend_item *items, size_t n,
                                     const autk_world *world, autk_err *err) AUTK_MUST_CHECK;

#endif
