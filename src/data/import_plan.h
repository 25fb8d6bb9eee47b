/**
 * @file import_plan.h
 * What the columns of a delimited file mean: made once from its header, then followed row by row.
 */
#ifndef AUTKI_DATA_IMPORT_PLAN_H
#define AUTKI_DATA_IMPORT_PLAN_H

#include <autarky/import.h>

#include "data/import_text.h"

typedef enum autki_role {
    AUTKI_ROLE_PERIOD,
    AUTKI_ROLE_MONTH, /* 1-12 beside a year */
    AUTKI_ROLE_EXPORTER,
    AUTKI_ROLE_IMPORTER,
    AUTKI_ROLE_REPORTER, /* with partner and flow: who is who follows from the flow */
    AUTKI_ROLE_PARTNER,
    AUTKI_ROLE_FLOW,
    AUTKI_ROLE_PRODUCT,
    AUTKI_ROLE_VALUE,
    AUTKI_ROLE_QUANTITY,
    AUTKI_ROLE_MEASURE,        /* Eurostat: what the number is */
    AUTKI_ROLE_CLASSIFICATION, /* of the row's product; Comtrade mixes editions of the HS */
    AUTKI_ROLE_SIDE,           /* of autarky's own exports: who reported, */
    AUTKI_ROLE_VALUATION,      /* valued how, */
    AUTKI_ROLE_CURRENCY,       /* in what */
    AUTKI_ROLE_SOURCE,         /* and who brought it */
    AUTKI_ROLE_COUNT
} autki_role;

/* A row counts only where the field has one of these texts: a total, not one of its parts. */
typedef struct autki_filter {
    size_t column;
    const char *const *accepted; /* NULL ends */
} autki_filter;

#define AUTKI_FILTERS_MAX 8
#define AUTKI_NO_COLUMN SIZE_MAX

typedef struct autki_plan {
    autk_import_format format;
    char delimiter, decimal, thousands;
    bool quotes, flags; /* flags: letters may follow a number after a blank */
    size_t column[AUTKI_ROLE_COUNT];
    size_t fallback[AUTKI_ROLE_COUNT]; /* where that field is blank: ISO codes often are */
    int32_t fixed_period;              /* of every row, where no column has it; 0 = none */
    size_t n_fields;                   /* a row must have as many */
    autki_filter filters[AUTKI_FILTERS_MAX];
    size_t n_filters;
    double value_unit, quantity_unit;
    int product_digits, first_year, last_year;
    autk_side side;
    bool keep_self, latin1;
    autk_valuation valuation; /* of sides that do not tell */
    bool valuation_by_side;   /* exporter FOB, importer CIF */
    bool own;                 /* what `dataset export` wrote: layers come back as they were */
    char own_currency[8], own_source[160]; /* of its first row, and so of all */
    char currency[8], classification[24];
    char source[160];
    /* Eurostat TSV: dimensions in the first cell, a period a column */
    bool wide;
    size_t n_periods;
    int32_t *periods; /* [n_periods], for the columns from the second on */
} autki_plan;

void autki_plan_deinit(autki_plan *plan);

/**
 * Make the plan from the header, which begins the block and is taken off it.
 *
 * @param name  of the file: "BACI_HS92_Y2022_V202501.csv" tells source and classification
 * @param header_len  [out] bytes of the header with its line end
 * Errors: AUTK_EPARSE names the columns that are missing; AUTK_EARG (a map that makes no sense).
 */
autk_status autki_plan_make(autki_plan *out, size_t *header_len, const autki_block *block,
                            const char *name, const autk_import_opts *opts, autk_err *err)
    AUTK_MUST_CHECK;

/* yyyy or yyyymm from 2021, 202105, 2021-05, 2021M05, 2021-05-31; 0 when it is none. */
int32_t autki_parse_period(const char *text, size_t len);

#define AUTKI_CLASSIFICATION_BYTES 8

/* "HS17" of Comtrade's H5, "SITC3" of S3, other texts as they are, cut to size. */
void autki_classification_of(char out[AUTKI_CLASSIFICATION_BYTES], const char *text, size_t len);

/* A kind of flow as one number: flow * AUTK_SIDE_COUNT + side, and AUTKI_KINDS times one more than
 * the valuation where the row itself tells that. */
#define AUTKI_KINDS ((int)AUTK_FLOW_COUNT * (int)AUTK_SIDE_COUNT)

/* Kind from M, X, RX, 1, "Import", …; -1 = none that is kept. */
int autki_flow_of(const char *text, size_t len);

/* Kind from the texts of autk_flow_kind_text, autk_side_text and autk_valuation_text; -1 when one
 * of them is none. */
int autki_own_kind(const autki_span *flow, const autki_span *side, const autki_span *valuation);

#endif
