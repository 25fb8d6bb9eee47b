#include "data/import_facts.h"

#include <stdio.h>
#include <string.h>

#include "base/fail.h"
#include "base/text.h"

typedef struct format {
    autk_import_format format;
    autk_fact_kind kind;
    const char *source;    /* unless the options name one */
    const char *begins[4]; /* what the first line has: all of the first that are given */
    autk_status (*read)(autki_facts_job *job, autk_err *err);
} format;

static const format formats[] = {
    {AUTK_IMPORT_GSDB,
     AUTK_FACT_SANCTION,
     "GSDB",
     {"case_id", "sanctioned_state", "sanctioning_state", NULL},
     autki_facts_read_gsdb},
    {AUTK_IMPORT_GEODIST,
     AUTK_FACT_DISTANCE,
     "GeoDist",
     {"iso_o", "iso_d", "distcap", NULL},
     autki_facts_read_geodist},
    {AUTK_IMPORT_WDI,
     AUTK_FACT_FIGURE,
     "WDI",
     {"Country Code", "Indicator Code", NULL, NULL},
     autki_facts_read_wdi},
    {AUTK_IMPORT_WDI,
     AUTK_FACT_FIGURE,
     "WDI",
     {"Data Source", "World Development Indicators", NULL, NULL},
     autki_facts_read_wdi},
};

static const format *find_format(autk_import_format wanted)
{
    for (size_t i = 0; i < sizeof formats / sizeof *formats; i++) {
        if (formats[i].format == wanted)
            return &formats[i];
    }
    return NULL;
}

bool autki_is_facts(autk_import_format wanted)
{
    return find_format(wanted) != NULL;
}

autk_import_format autki_facts_guess(const char *head, size_t len)
{
    char line[2048];
    const char *stop = len != 0 ? memchr(head, '\n', len) : NULL;
    size_t n = stop != NULL ? (size_t)(stop - head) : len;
    n = n < sizeof line ? n : sizeof line - 1;
    for (size_t i = 0; i < n; i++)
        line[i] = head[i] != '\0' ? head[i] : ' ';
    line[n] = '\0';
    for (size_t i = 0; i < sizeof formats / sizeof *formats; i++) {
        size_t k = 0;
        while (formats[i].begins[k] != NULL && strstr(line, formats[i].begins[k]) != NULL)
            k++;
        if (formats[i].begins[k] == NULL)
            return formats[i].format;
    }
    return AUTK_IMPORT_GUESS;
}

/* ------------------------------------------------------------------ what the readers share */

void autki_facts_bad(autki_facts_job *job, const autki_field *field, const char *expected)
{
    autk_import_report *r = job->run->report;
    job->n_bad++;
    if (r->n_errors == AUTK_IMPORT_ERRORS_SHOWN)
        return;
    (void)autki_fail_at(&r->errors[r->n_errors++], AUTK_EPARSE, job->file->name,
                        autki_csv_line(job->csv), field != NULL ? field->column : 1,
                        field != NULL ? "expected %s, got \"%.*s\"" : "expected %s", expected,
                        field != NULL ? (int)(field->len < 60 ? field->len : 60) : 0,
                        field != NULL ? field->text : "");
}

bool autki_facts_text(char *out, size_t size, const autki_field *field)
{
    const char *text = field->text;
    size_t len = field->len;
    while (len != 0 && text[0] == ' ') {
        text++;
        len--;
    }
    while (len != 0 && text[len - 1] == ' ')
        len--;
    if (len >= size)
        return false;
    if (len != 0)
        memcpy(out, text, len);
    out[len] = '\0';
    return true;
}

bool autki_facts_year(int *year, autki_facts_job *job, const autki_field *field)
{
    const autk_import_opts *o = job->run->opts;
    int64_t v = 0;
    char expected[64];
    if (autki_parse_int64(field->text, field->len, &v) && v >= o->first_year && v <= o->last_year) {
        *year = (int)v;
        return true;
    }
    (void)snprintf(expected, sizeof expected, "a year from %d to %d", o->first_year, o->last_year);
    autki_facts_bad(job, field, expected);
    return false;
}

bool autki_facts_resolve(autk_resolved *out, const autki_facts_job *job, const char *text, int year)
{
    return text[0] != '\0' && autki_codes_resolve(out, &job->run->codes, text, year);
}

autk_status autki_facts_store(autki_facts_job *job, const autki_fact *fact, const char *key,
                              autk_err *err)
{
    autk_duplicates rule = job->run->opts->duplicates;
    bool added = false;
    autk_status st = autki_fact_put(&added, &job->writer, fact, err);
    if (st != AUTK_OK)
        return st;
    /* A writer that replaces always changes a row: then what is there twice is not told apart. */
    job->n_stored += added;
    if (added || rule == AUTK_DUPLICATES_FIRST) {
        job->run->report->n_passed[AUTK_PASSED_DUPLICATE] += !added;
        return AUTK_OK;
    }
    return autki_fail_at(err, AUTK_EDATA, job->file->name, autki_csv_line(job->csv), 0,
                         "%s stands twice (say what to do with duplicates: first)", key);
}

/* ------------------------------------------------------------------ a file */

static autk_status read_all(autki_facts_job *job, const format *f, autk_err *err)
{
    autk_dataset *d = job->writer.dataset;
    autk_status st = autki_facts_prepare(d, err);
    if (st == AUTK_OK && f->kind != AUTK_FACT_FIGURE)
        st = autki_facts_forget(d, f->kind, job->source, NULL, err);
    if (st == AUTK_OK)
        st = autki_fact_writer_open(&job->writer, d, f->kind, false, err);
    if (st == AUTK_OK)
        st = f->read(job, err);
    autki_fact_writer_close(&job->writer);
    return st;
}

static autk_status too_many_bad(const autki_facts_job *job, autk_err *err)
{
    const autk_err *first = &job->run->report->errors[0];
    return autki_fail_at(err, AUTK_EPARSE, first->source, first->line, first->column, "%s",
                         first->msg);
}

static autk_status finish(autki_facts_job *job, const format *f, autk_err *err)
{
    autki_file_note note = {.source = job->source,
                            .name = job->file->name,
                            .format = autk_import_format_text(f->format),
                            .size_bytes = job->file->size_bytes,
                            .modified_s = job->file->modified_s,
                            .n_read = job->n_read,
                            .n_stored = job->n_stored,
                            .n_bad = job->n_bad};
    autk_status st = autki_facts_put_sum(job->writer.dataset, err);
    if (st == AUTK_OK)
        st = autki_dataset_note_file(job->writer.dataset, &note, err);
    return st == AUTK_OK ? autki_dataset_commit(job->writer.dataset, err) : st;
}

/* A check goes the same way, into a dataset in memory. */
static autk_status read_into(autki_facts_job *job, const format *f, autk_err *err)
{
    autk_dataset *d = job->writer.dataset;
    autk_status st = autki_dataset_begin(d, err);
    if (st != AUTK_OK)
        return st;
    st = read_all(job, f, err);
    autk_import_report *r = job->run->report;
    r->n_read += job->n_read;
    r->n_bad += job->n_bad;
    if ((st == AUTK_OK || st == AUTK_EPARSE) && (int64_t)job->n_bad > job->run->opts->skip_bad)
        st = too_many_bad(job, err);
    if (st == AUTK_OK)
        st = finish(job, f, err);
    if (st == AUTK_OK)
        r->n_stored += job->n_stored;
    else
        autki_dataset_rollback(d);
    return st;
}

autk_status autki_run_facts(autki_run *run, autk_input *input, const autki_import_file *file,
                            autk_import_format wanted, autk_err *err)
{
    const format *f = find_format(wanted);
    autki_facts_job job = {.run = run, .file = file, .writer = {.dataset = run->dataset}};
    autki_csv_opts csv_opts = autki_csv_opts_default();
    const char *source = run->opts->source != NULL ? run->opts->source : f->source;
    if (run->opts->delimiter != '\0')
        csv_opts.delimiter = run->opts->delimiter;
    (void)snprintf(job.source, sizeof job.source, "%s", source);
    run->report->format = wanted;
    autk_status st = autki_csv_create(&job.csv, input, &csv_opts, err);
    if (st == AUTK_OK && run->dataset == NULL)
        st = autki_dataset_open_to_write(&job.writer.dataset, ":memory:", err);
    if (st == AUTK_OK)
        st = read_into(&job, f, err);
    if (run->dataset == NULL)
        autk_dataset_close(job.writer.dataset);
    autki_csv_free(job.csv);
    return st;
}
