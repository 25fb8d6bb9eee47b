/**
 * @file import.h
 * Files of other people's formats into a dataset (dataset.h): BACI, UN Comtrade, Eurostat, any long
 * CSV; facts beside trade (facts.h): GSDB, CEPII GeoDist, World Bank WDI. Memory is bounded
 * whatever the size of the file. docs/formats.md has the columns and rules.
 */
#ifndef AUTARKY_IMPORT_H
#define AUTARKY_IMPORT_H

#include <autarky/dataset.h>
#include <autarky/input.h>

#ifdef __cplusplus
extern "C" {
#endif

#define AUTK_IMPORT_FORMAT_LIST(X)                                                                 \
    X(AUTK_IMPORT_GUESS, "guess")                                                                  \
    X(AUTK_IMPORT_BACI, "baci")                                                                    \
    X(AUTK_IMPORT_COMTRADE, "comtrade")                                                            \
    X(AUTK_IMPORT_EUROSTAT, "eurostat")                                                            \
    X(AUTK_IMPORT_COMEXT, "comext")                                                                \
    X(AUTK_IMPORT_CSV, "csv")                                                                      \
    X(AUTK_IMPORT_DTA, "dta")                                                                      \
    X(AUTK_IMPORT_GSDB, "gsdb")                                                                    \
    X(AUTK_IMPORT_GEODIST, "geodist")                                                              \
    X(AUTK_IMPORT_WDI, "wdi")
#define AUTK_IMPORT_ENUM(name, text) name,
typedef enum autk_import_format {
    AUTK_IMPORT_FORMAT_LIST(AUTK_IMPORT_ENUM) AUTK_IMPORT_FORMAT_COUNT
} autk_import_format;
AUTK_API const char *autk_import_format_text(autk_import_format format);

/** Rows that are neither stored nor wrong; each reason is counted. */
#define AUTK_PASSED_OVER_LIST(X)                                                                   \
    X(AUTK_PASSED_BREAKDOWN, "breakdowns of a total that is there too")                            \
    X(AUTK_PASSED_OTHER_FLOW, "other kinds of flow")                                               \
    X(AUTK_PASSED_OTHER_MEASURE, "other measures than value")                                      \
    X(AUTK_PASSED_NO_VALUE, "rows without a value: unknown, not zero")                             \
    X(AUTK_PASSED_SELF, "trade of an economy with itself")                                         \
    X(AUTK_PASSED_DUPLICATE, "duplicates merged as asked for")                                     \
    X(AUTK_PASSED_GROUP, "figures of groups of economies")
typedef enum autk_passed_over {
    AUTK_PASSED_OVER_LIST(AUTK_IMPORT_ENUM) AUTK_PASSED_COUNT
} autk_passed_over;
AUTK_API const char *autk_passed_over_text(autk_passed_over reason);

typedef enum autk_duplicates {
    AUTK_DUPLICATES_FAIL, /**< the import fails and names the first */
    AUTK_DUPLICATES_SUM,
    AUTK_DUPLICATES_FIRST,
    AUTK_DUPLICATES_LAST
} autk_duplicates;

/** What a code or name of an economy means. */
typedef struct autk_resolved {
    char code[16]; /**< ISO 3166-1 alpha-3 where there is one */
    char name[96];
    autk_economy_kind kind;
} autk_resolved;

/** @return false when the text names no economy in that year */
typedef bool (*autk_resolve_fn)(autk_resolved *out, void *user, const char *text, int year);

typedef struct autk_import_opts {
    autk_import_format format;
    const char *map;            /**< csv: "year=Year,exporter=iso_o,importer=iso_d,value=v"; NULL */
    const char *source;         /**< NULL = from the file's name */
    const char *currency;       /**< NULL = the format's own, "USD" for csv */
    const char *classification; /**< of products; NULL = the format's own */
    double value_unit;          /**< a value of 1 in the file is this much; 0 = the format's own */
    double quantity_unit;       /**< likewise, metric tons */
    autk_side side;             /**< csv, dta: who reported */
    autk_valuation valuation;   /**< csv, dta */
    char delimiter;             /**< '\0' = found in the header */
    char decimal;               /**< '\0' = '.' */
    char thousands;             /**< '\0' = none */
    bool latin1;                /**< names in Latin-1, not UTF-8 */
    int product_digits;         /**< codes are padded with zeros to this; 0 = as they are */
    int first_year, last_year;  /**< a row outside is wrong */
    autk_duplicates duplicates;
    bool keep_self;          /**< store trade of an economy with itself */
    int64_t skip_bad;        /**< wrong rows that do not fail the import */
    bool check_only;         /**< read and validate, store nothing */
    bool again;              /**< also files that were imported before and have not changed */
    size_t memory_rows;      /**< rows held before they spill to disk; 0 = 11.5 million (250 MB) */
    int n_threads;           /**< 0 = one a processor */
    autk_resolve_fn resolve; /**< NULL = codes are taken as they are */
    void *resolve_user;
    autk_progress progress;
} autk_import_opts;
AUTK_API autk_import_opts autk_import_opts_default(void);

#define AUTK_IMPORT_ERRORS_SHOWN 20

/** What happened, also when the import failed. */
typedef struct autk_import_report {
    autk_import_format format; /**< as given or as guessed, of the last file */
    size_t n_files, n_files_unchanged;
    uint64_t n_read, n_stored, n_bad;
    uint64_t n_passed[AUTK_PASSED_COUNT];
    uint64_t n_names_kept; /**< gsdb: parties that are no economy or group, kept by name */
    autk_err errors[AUTK_IMPORT_ERRORS_SHOWN]; /**< the first wrong rows, in order of the file */
    size_t n_errors;
} autk_import_report;

/**
 * Import files into the dataset at `into`, which is made when absent. One transaction a file (a
 * member of a zip is a file): whatever stops the program, the dataset holds whole files, and the
 * same import again goes on. What a file brings replaces what the same source had said before for
 * the same period (BACI), or for the same period and reporter (all others).
 *
 * @param into  NULL only with check_only
 * @param report  [out] filled on success and on failure; may be NULL
 * Errors: AUTK_EPARSE, AUTK_EDATA with place; AUTK_EIO, AUTK_ENOMEM, AUTK_ELIMIT, AUTK_ECANCELLED.
 *         The file that failed has left no trace; those before it stay.
 * Memory: about 22 bytes a row up to memory_rows and 26 in the last step, then a temporary file
 *         beside the dataset.
 * Threads: the result does not depend on their number.
 */
AUTK_API autk_status autk_import_files(const char *into, const char *const *paths, size_t n_paths,
                                       const autk_import_opts *opts, autk_import_report *report,
                                       autk_err *err) AUTK_MUST_CHECK;

/** The same for one open input, whose name gives source and format hints. */
AUTK_API autk_status autk_import_input(const char *into, autk_input *input,
                                       const autk_import_opts *opts, autk_import_report *report,
                                       autk_err *err) AUTK_MUST_CHECK;

/**
 * A resolver over a world dataset, which knows the odd numeric codes of UN Comtrade and BACI (842
 * United States, 699 India, 490 other Asia ...), with the two-letter codes of Eurostat (EL, XK, XS)
 * added; groups of the world resolve to their code. user = the autk_world.
 */
AUTK_API bool autk_resolve_by_world(autk_resolved *out, void *user, const char *text, int year);

#ifdef __cplusplus
}
#endif
#endif
