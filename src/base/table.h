/** @file table.h What the renderers of other rooms read from a table. */
#ifndef AUTKI_BASE_TABLE_H
#define AUTKI_BASE_TABLE_H

#include <autarky/table.h>

size_t autki_table_n_columns(const autk_table *table);
/** Borrowed. */
const autk_column *autki_table_column(const autk_table *table, size_t column);
/** Append a cell as text shows it: "55.7 %", "46.5 bn", "–" for unknown. */
void autki_table_show_cell(autk_buf *out, const autk_table *table, size_t row, size_t column);
/** AUTK_OK, or the failure that an append to the table met; also when a row is incomplete. */
autk_status autki_table_check(const autk_table *table, autk_err *err) AUTK_MUST_CHECK;
/** A text cell from a buffer, which is cleared; a failure of the buffer becomes the table's. */
void autki_table_take(autk_table *table, autk_buf *text);

#endif
