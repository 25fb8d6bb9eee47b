/** @file import_support.h A scratch directory, imports of texts, and the dataset told as a table.
 */
#ifndef TEST_IMPORT_SUPPORT_H
#define TEST_IMPORT_SUPPORT_H

#include <autarky/import.h>

/** A fresh path "…/name" in a directory of this process, made on first use. Static storage, eight
 *  at a time. */
const char *scratch_path(const char *name);
/** Remove the directory and what is in it. */
void scratch_remove(void);

/** Import a text under a name. */
autk_status import_text(const char *into, const char *name, const char *text,
                        const autk_import_opts *opts, autk_import_report *report, autk_err *err);

/** The whole dataset as CSV without its heading, and its rows without valuation, classification and
 * source; free() it. NULL when it cannot be. */
char *dataset_text(const char *path);

#endif
