#include <autarky/import.h>

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "base/fail.h"
#include "base/mem.h"
#include "data/import_dta.h"
#include "data/import_facts.h"
#include "data/import_json.h"
#include "data/import_run.h"
#include "data/import_stream.h"
#include "data/zip.h"

#define HEAD_BYTES 2048 /* of a file, to know what it is */

#define AS_TEXT(name, text) text,
static const char *const format_texts[] = {AUTK_IMPORT_FORMAT_LIST(AS_TEXT)};
static const char *const passed_texts[] = {AUTK_PASSED_OVER_LIST(AS_TEXT)};

const char *autk_import_format_text(autk_import_format format)
{
    return (unsigned)format < AUTK_IMPORT_FORMAT_COUNT ? format_texts[format] : "unknown";
}

const char *autk_passed_over_text(autk_passed_over reason)
{
    return (unsigned)reason < AUTK_PASSED_COUNT ? passed_texts[reason] : "unknown";
}

autk_import_opts autk_import_opts_default(void)
{
    return (autk_import_opts){.format = AUTK_IMPORT_GUESS,
                              .side = AUTK_SIDE_UNKNOWN,
                              .valuation = AUTK_VALUATION_UNKNOWN,
                              .first_year = 1900,
                              .last_year = 2100};
}

static autk_status check_opts(const autk_import_opts *o, autk_err *err)
{
    if ((unsigned)o->format >= AUTK_IMPORT_FORMAT_COUNT || (unsigned)o->side >= AUTK_SIDE_COUNT ||
        (unsigned)o->valuation >= AUTK_VALUATION_COUNT)
        return autki_fail(err, AUTK_EARG, "expected a known format, side and valuation");
    if (!(o->value_unit >= 0) || !(o->quantity_unit >= 0) || o->value_unit > 1e15 ||
        o->quantity_unit > 1e15)
        return autki_fail(err, AUTK_EARG, "expected a unit from 0 to 1e15, got %g and %g",
                          o->value_unit, o->quantity_unit);
    if (o->skip_bad < 0 || o->product_digits < 0 || o->product_digits > 20)
        return autki_fail(err, AUTK_EARG,
                          "expected at least 0 wrong rows and 0 to 20 digits, got %lld and %d",
                          (long long)o->skip_bad, o->product_digits);
    if (o->first_year > o->last_year)
        return autki_fail(err, AUTK_EARG, "expected a first year before the last, got %d and %d",
                          o->first_year, o->last_year);
    return AUTK_OK;
}

/* The directory of the dataset; of the system for temporary files when there is none. */
static char *directory_of(const char *into)
{
    const char *slash = into != NULL ? strrchr(into, '/') : NULL;
    if (into == NULL)
        return autki_strdup("/tmp");
    return slash == NULL ? autki_strdup(".")
                         : autki_strndup(into, slash == into ? 1 : (size_t)(slash - into));
}

/* Was the file imported before, and has not changed since? */
static autk_status is_unchanged(bool *unchanged, const autki_run *run,
                                const autki_import_file *file, autk_err *err)
{
    *unchanged = false;
    if (run->dataset == NULL || run->opts->again || file->size_bytes < 0)
        return AUTK_OK;
    sqlite3_stmt *s = NULL;
    autk_status st = autki_dataset_prepare(&s, run->dataset,
                                           "SELECT 1 FROM file WHERE name=? AND bytes=? AND"
                                           " modified_s=? AND (?4 IS NULL OR source=?4)",
                                           err);
    if (st != AUTK_OK)
        return st;
    sqlite3_bind_text(s, 1, file->name, -1, SQLITE_STATIC);
    sqlite3_bind_int64(s, 2, file->size_bytes);
    sqlite3_bind_int64(s, 3, file->modified_s);
    if (run->opts->source != NULL)
        sqlite3_bind_text(s, 4, run->opts->source, -1, SQLITE_STATIC);
    *unchanged = sqlite3_step(s) == SQLITE_ROW;
    sqlite3_finalize(s);
    return st;
}

/* Facts are known by their first line; what else a text is, the plan finds out. */
static autk_status run_text(autki_run *run, autk_input *input, const autki_import_file *file,
                            const char *head, size_t len, autk_err *err)
{
    autk_import_format format = run->opts->format;
    if (format == AUTK_IMPORT_GUESS && run->opts->map == NULL)
        format = autki_facts_guess(head, len);
    return autki_is_facts(format) ? autki_run_facts(run, input, file, format, err)
                                  : autki_run_text(run, input, file, err);
}

/* Stata and JSON as streams of CSV; *csv stays NULL for what is a delimited text itself. */
static autk_status as_csv(autk_input **csv, const autki_run *run, autk_input *input,
                          const autki_import_file *file, const char *head, size_t len,
                          autk_err *err)
{
    FILE *dta = NULL;
    if (autki_is_json(head, len))
        return autki_json_as_csv(csv, input, err);
    if (!autki_is_dta(head, len) && !autki_is_dta_name(file->name) &&
        run->opts->format != AUTK_IMPORT_DTA)
        return AUTK_OK;
    autk_status st =
        autki_dta_open(&dta, file->size_bytes >= 0 ? file->name : NULL, input, run->directory, err);
    return st == AUTK_OK ? autki_dta_as_csv(csv, dta, file->name, err) : st;
}

static autk_status import_one(autki_run *run, autk_input *input, const autki_import_file *file,
                              autk_err *err)
{
    bool unchanged = false;
    autk_status st = is_unchanged(&unchanged, run, file, err);
    if (st != AUTK_OK)
        return st;
    if (unchanged) {
        run->report->n_files_unchanged++;
        return AUTK_OK;
    }
    char head[HEAD_BYTES];
    size_t len = 0;
    autk_input *whole = NULL, *csv = NULL;
    st = autk_input_read(input, head, sizeof head, &len, err);
    if (st == AUTK_OK)
        st = autki_input_with_head(&whole, head, len, input, err);
    if (st == AUTK_OK)
        st = as_csv(&csv, run, whole, file, head, len, err);
    if (st == AUTK_OK)
        st = csv != NULL ? autki_run_text(run, csv, file, err)
                         : run_text(run, whole, file, head, len, err);
    autk_input_free(csv);
    autk_input_free(whole);
    if (st == AUTK_OK)
        run->report->n_files++;
    return st;
}

/* ------------------------------------------------------------------ archives */

static bool ends_with(const char *text, const char *end)
{
    size_t n = strlen(text), m = strlen(end);
    return n >= m && strcmp(text + n - m, end) == 0;
}

static bool is_table(const char *name)
{
    return ends_with(name, ".csv") || ends_with(name, ".tsv") || ends_with(name, ".txt") ||
           ends_with(name, ".dat") || ends_with(name, ".dta") || ends_with(name, ".json");
}

/* Beside the tables, archives have texts and tables about them: Readme.txt, Metadata_….csv. */
static bool is_about(const char *member)
{
    const char *slash = strrchr(member, '/'), *base = slash != NULL ? slash + 1 : member;
    return strncmp(base, "Readme", 6) == 0 || strncmp(base, "Metadata_", 9) == 0;
}

static autk_status import_member(autki_run *run, autki_zip *zip, const char *path,
                                 const char *member, int64_t size, int64_t modified_s,
                                 bool code_tables, autk_err *err)
{
    if (!is_table(member) || is_about(member) || autki_is_code_table(member) != code_tables)
        return AUTK_OK;
    size_t len = strlen(path) + strlen(member) + 2;
    char *name = autki_malloc(len, 1);
    autk_input *input = NULL;
    if (name == NULL)
        return autki_no_memory(err, len);
    (void)snprintf(name, len, "%s/%s", path, member);
    autki_import_file file = {.name = name, .size_bytes = size, .modified_s = modified_s};
    autk_status st = autki_zip_input(&input, zip, err);
    if (st == AUTK_OK)
        st = code_tables ? autki_codes_read_table(&run->codes, input, err)
                         : import_one(run, input, &file, err);
    autk_input_free(input);
    free(name);
    return st;
}

/* Twice through: code tables may stand behind the data. */
static autk_status import_zip(autki_run *run, const char *path, int64_t modified_s, autk_err *err)
{
    autk_status st = AUTK_OK;
    for (int pass = 0; st == AUTK_OK && pass < 2; pass++) {
        autki_zip *zip = NULL;
        const char *member = "";
        int64_t size;
        st = autki_zip_open(&zip, path, err);
        while (st == AUTK_OK && (st = autki_zip_next(zip, &member, &size, err)) == AUTK_OK &&
               member != NULL)
            st = import_member(run, zip, path, member, size, modified_s, pass == 0, err);
        autki_zip_free(zip);
    }
    return st;
}

/* ------------------------------------------------------------------ paths */

static autk_status import_path(autki_run *run, const char *path, bool code_tables, autk_err *err)
{
    struct stat info;
    bool standard = strcmp(path, "-") == 0;
    if (autki_is_code_table(path) != code_tables)
        return AUTK_OK;
    if (!standard && stat(path, &info) != 0)
        return autki_fail_at(err, AUTK_EIO, path, 0, 0, "cannot be opened: %s", strerror(errno));
    if (!standard && !code_tables && autki_is_zip(path))
        return import_zip(run, path, (int64_t)info.st_mtime, err);
    autki_import_file file = {.name = standard ? "standard input" : path,
                              .size_bytes =
                                  standard || !S_ISREG(info.st_mode) ? -1 : (int64_t)info.st_size,
                              .modified_s = standard ? 0 : (int64_t)info.st_mtime};
    autk_input *input = NULL;
    autk_status st = autk_input_open(&input, path, err);
    if (st == AUTK_OK)
        st = code_tables ? autki_codes_read_table(&run->codes, input, err)
                         : import_one(run, input, &file, err);
    autk_input_free(input);
    return st;
}

static autk_status begin(autki_run *run, char **directory, const char *into,
                         const autk_import_opts *opts, autk_import_report *report, autk_err *err)
{
    memset(report, 0, sizeof *report);
    autk_status st = check_opts(opts, err);
    if (st == AUTK_OK && into == NULL && !opts->check_only)
        st = autki_fail(err, AUTK_EARG, "expected a dataset to import into");
    if (st != AUTK_OK)
        return st;
    *directory = directory_of(opts->check_only ? NULL : into);
    if (*directory == NULL)
        return autki_no_memory(err, 1);
    *run = (autki_run){.opts = opts, .directory = *directory, .report = report};
    autki_codes_init(&run->codes, opts);
    if (!opts->check_only)
        st = autki_dataset_open_to_write(&run->dataset, into, err);
    return st;
}

static void end(autki_run *run, char *directory)
{
    if (directory == NULL)
        return;
    autki_codes_deinit(&run->codes);
    autk_dataset_close(run->dataset);
    free(directory);
}

autk_status autk_import_files(const char *into, const char *const *paths, size_t n_paths,
                              const autk_import_opts *opts, autk_import_report *report,
                              autk_err *err)
{
    autk_import_opts defaults = autk_import_opts_default();
    autk_import_report own;
    autki_run run;
    char *directory = NULL;
    autk_status st = begin(&run, &directory, into, opts != NULL ? opts : &defaults,
                           report != NULL ? report : &own, err);
    for (int pass = 0; pass < 2; pass++) {
        for (size_t i = 0; st == AUTK_OK && i < n_paths; i++)
            st = import_path(&run, paths[i], pass == 0, err);
    }
    end(&run, directory);
    return st;
}

autk_status autk_import_input(const char *into, autk_input *input, const autk_import_opts *opts,
                              autk_import_report *report, autk_err *err)
{
    autk_import_opts defaults = autk_import_opts_default();
    autk_import_report own;
    autki_run run;
    char *directory = NULL;
    autki_import_file file = {.name = autk_input_name(input), .size_bytes = -1};
    autk_status st = begin(&run, &directory, into, opts != NULL ? opts : &defaults,
                           report != NULL ? report : &own, err);
    if (st == AUTK_OK)
        st = import_one(&run, input, &file, err);
    end(&run, directory);
    return st;
}
