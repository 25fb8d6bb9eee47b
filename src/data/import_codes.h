/**
 * @file import_codes.h
 * The codes of an import: what texts mean which economy, names from the code tables that come with
 * BACI, products. Numbers are those of the import, in order of first appearance.
 */
#ifndef AUTKI_DATA_IMPORT_CODES_H
#define AUTKI_DATA_IMPORT_CODES_H

#include "data/dataset_file.h"
#include "data/import_batch.h"

#define AUTKI_NO_ECONOMY UINT32_MAX

typedef struct autki_codes {
    const autk_import_opts *opts;
    autki_dict countries; /* code tables: text -> position in country_* */
    autk_resolved *country;
    size_t country_capacity;
    autki_dict product_table; /* code -> position in product_name */
    char **product_name;
    size_t product_capacity;
    autki_dict texts;  /* as in the file -> position in meaning */
    uint32_t *meaning; /* economy of the import, or AUTKI_NO_ECONOMY */
    size_t meaning_capacity;
    autki_dict economies; /* resolved codes */
    autk_resolved *economy;
    size_t economy_capacity;
    autki_dict products;
} autki_codes;

void autki_codes_init(autki_codes *codes, const autk_import_opts *opts);
void autki_codes_deinit(autki_codes *codes);
/* Forget what one file brought; code tables stay. */
void autki_codes_clear(autki_codes *codes);

/* Is it a code table by its name (country_codes…, product_codes…)? */
bool autki_is_code_table(const char *name);
/* Read a code table. Errors: AUTK_EPARSE, AUTK_EIO, AUTK_ENOMEM. */
autk_status autki_codes_read_table(autki_codes *codes, autk_input *input, autk_err *err)
    AUTK_MUST_CHECK;

/* What a text means: by the code table, then by whom the caller sent; false when neither knows. */
bool autki_codes_resolve(autk_resolved *out, const autki_codes *codes, const char *text, int year);

/* Economy that a text means; AUTKI_NO_ECONOMY when none. Errors: AUTK_ENOMEM, AUTK_ELIMIT. */
autk_status autki_codes_economy(uint32_t *economy, autki_codes *codes, const char *text,
                                int32_t period, autk_err *err) AUTK_MUST_CHECK;
autk_status autki_codes_product(uint32_t *product, autki_codes *codes, const char *text,
                                autk_err *err) AUTK_MUST_CHECK;

/* The code in a product's kept text, behind its classification. */
const char *autki_product_code(const char *kept);

/* Position of a product in a dictionary of "classification\x1fcode". */
autk_status autki_intern_product(uint32_t *id, bool *added, autki_dict *dict,
                                 const char *classification, const char *code, autk_err *err)
    AUTK_MUST_CHECK;

/**
 * Give each economy and product of the import its id in the dataset, adding what is new in order
 * of code.
 * @param economy_ids, product_ids  [out] the caller's to free()
 */
autk_status autki_codes_enter(uint32_t **economy_ids, uint32_t **product_ids, autki_codes *codes,
                              autk_dataset *dataset, const char *classification, autk_err *err)
    AUTK_MUST_CHECK;

#endif
