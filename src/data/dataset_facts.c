#include "data/dataset_facts.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

#include "base/fail.h"
#include "data/dataset_hash.h"

typedef struct fact_column {
    const char *name, *title;
    char type; /* T text, I integer, R real; small letters: a part of the key */
} fact_column;

static const fact_column columns[AUTK_FACT_COUNT][AUTKI_FACT_COLUMNS] = {
    [AUTK_FACT_SANCTION] = {{"source", "source", 't'},
                            {"case_id", "case", 'i'},
                            {"targets", "targets", 'T'},
                            {"senders", "senders", 'T'},
                            {"first_year", "from", 'I'},
                            {"last_year", "to", 'I'},
                            {"measures", "measures", 'T'},
                            {"trade_measures", "of trade", 'T'},
                            {"objective", "objective", 'T'},
                            {"success", "success", 'T'}},
    [AUTK_FACT_DISTANCE] = {{"source", "source", 't'},
                            {"a", "a", 't'},
                            {"b", "b", 't'},
                            {"km", "km", 'R'},
                            {"contiguous", "contiguous", 'I'}},
    [AUTK_FACT_FIGURE] = {{"source", "source", 't'},
                          {"indicator", "indicator", 't'},
                          {"economy", "economy", 't'},
                          {"year", "year", 'i'},
                          {"value", "value", 'R'}}};

#define AS_TEXT(name, text) text,
static const char *const kind_texts[] = {AUTK_FACT_LIST(AS_TEXT)};

const char *autk_fact_kind_text(autk_fact_kind kind)
{
    return (unsigned)kind < AUTK_FACT_COUNT ? kind_texts[kind] : "unknown";
}

static int n_columns(autk_fact_kind kind)
{
    int n = 0;
    while (n < AUTKI_FACT_COLUMNS && columns[kind][n].name != NULL)
        n++;
    return n;
}

static bool is_text(const fact_column *column)
{
    return column->type == 'T' || column->type == 't';
}

static bool is_key(const fact_column *column)
{
    return column->type == 't' || column->type == 'i';
}

/* ------------------------------------------------------------------ tables */

/* "a, b, c": the columns of a kind, or those of its key. */
static void add_names(autk_buf *sql, autk_fact_kind kind, bool key_only)
{
    bool began = false;
    for (int c = 0; c < n_columns(kind); c++) {
        if (key_only && !is_key(&columns[kind][c]))
            continue;
        autk_buf_printf(sql, "%s%s", began ? ", " : "", columns[kind][c].name);
        began = true;
    }
}

static autk_status create_table(autk_dataset *d, autk_fact_kind kind, autk_err *err)
{
    autk_buf sql;
    autk_buf_init(&sql);
    autk_buf_printf(&sql, "CREATE TABLE IF NOT EXISTS %s(", kind_texts[kind]);
    for (int c = 0; c < n_columns(kind); c++)
        autk_buf_printf(&sql, "%s %s%s, ", columns[kind][c].name,
                        is_text(&columns[kind][c])     ? "TEXT"
                        : columns[kind][c].type == 'R' ? "REAL"
                                                       : "INTEGER",
                        kind == AUTK_FACT_DISTANCE && c == AUTKI_DISTANCE_CONTIGUOUS ? ""
                                                                                     : " NOT NULL");
    autk_buf_puts(&sql, "PRIMARY KEY(");
    add_names(&sql, kind, true);
    autk_buf_puts(&sql, ")) WITHOUT ROWID");
    autk_status st = autk_buf_check(&sql, err);
    if (st == AUTK_OK)
        st = autki_dataset_exec(d, autk_buf_text(&sql), err);
    autk_buf_deinit(&sql);
    return st;
}

autk_status autki_facts_prepare(autk_dataset *d, autk_err *err)
{
    autk_status st = AUTK_OK;
    for (int k = 0; k < AUTK_FACT_COUNT && st == AUTK_OK; k++)
        st = create_table(d, (autk_fact_kind)k, err);
    return st;
}

static autk_status has_table(bool *there, const autk_dataset *d, autk_fact_kind kind, autk_err *err)
{
    sqlite3_stmt *s = NULL;
    autk_status st = autki_dataset_prepare(
        &s, d, "SELECT 1 FROM sqlite_schema WHERE type='table' AND name=?", err);
    if (st != AUTK_OK)
        return st;
    sqlite3_bind_text(s, 1, kind_texts[kind], -1, SQLITE_STATIC);
    int step = sqlite3_step(s);
    *there = step == SQLITE_ROW;
    if (step != SQLITE_ROW && step != SQLITE_DONE)
        st = autki_dataset_fail(d, "cannot be read", err);
    sqlite3_finalize(s);
    return st;
}

/* ------------------------------------------------------------------ writing */

autk_status autki_facts_forget(autk_dataset *d, autk_fact_kind kind, const char *source,
                               const char *indicator, autk_err *err)
{
    char sql[120];
    sqlite3_stmt *s = NULL;
    (void)snprintf(sql, sizeof sql, "DELETE FROM %s WHERE source=?1%s", kind_texts[kind],
                   indicator != NULL ? " AND indicator=?2" : "");
    autk_status st = autki_dataset_prepare(&s, d, sql, err);
    if (st != AUTK_OK)
        return st;
    sqlite3_bind_text(s, 1, source, -1, SQLITE_STATIC);
    if (indicator != NULL)
        sqlite3_bind_text(s, 2, indicator, -1, SQLITE_STATIC);
    return autki_dataset_run(d, s, err);
}

autk_status autki_fact_writer_open(autki_fact_writer *writer, autk_dataset *dataset,
                                   autk_fact_kind kind, bool replace, autk_err *err)
{
    autk_buf sql;
    *writer = (autki_fact_writer){.dataset = dataset, .kind = kind};
    autk_buf_init(&sql);
    autk_buf_printf(&sql, "INSERT OR %s INTO %s(", replace ? "REPLACE" : "IGNORE",
                    kind_texts[kind]);
    add_names(&sql, kind, false);
    autk_buf_puts(&sql, ") VALUES(?");
    autk_buf_repeat(&sql, ", ?", (size_t)n_columns(kind) - 1);
    autk_buf_putc(&sql, ')');
    autk_status st = autk_buf_check(&sql, err);
    if (st == AUTK_OK)
        st = autki_dataset_prepare(&writer->put, dataset, autk_buf_text(&sql), err);
    autk_buf_deinit(&sql);
    return st;
}

autk_status autki_fact_put(bool *added, autki_fact_writer *w, const autki_fact *fact, autk_err *err)
{
    for (int c = 0; c < n_columns(w->kind); c++) {
        const fact_column *column = &columns[w->kind][c];
        if (is_text(column))
            sqlite3_bind_text(w->put, c + 1, fact->text[c], -1, SQLITE_STATIC);
        else if (isnan(fact->number[c]))
            sqlite3_bind_null(w->put, c + 1);
        else if (column->type == 'R')
            sqlite3_bind_double(w->put, c + 1, fact->number[c]);
        else
            sqlite3_bind_int64(w->put, c + 1, (sqlite3_int64)fact->number[c]);
    }
    autk_status st = AUTK_OK;
    if (sqlite3_step(w->put) != SQLITE_DONE)
        st = autki_dataset_fail(w->dataset, "cannot be written", err);
    *added = sqlite3_changes(w->dataset->db) > 0;
    (void)sqlite3_reset(w->put);
    (void)sqlite3_clear_bindings(w->put);
    return st;
}

void autki_fact_writer_close(autki_fact_writer *writer)
{
    sqlite3_finalize(writer->put);
    writer->put = NULL;
}

/* ------------------------------------------------------------------ reading */

static autk_status read_fact(autki_fact *fact, autk_dataset *d, autk_fact_kind kind,
                             sqlite3_stmt *s, autk_err *err)
{
    for (int c = 0; c < n_columns(kind); c++) {
        const fact_column *column = &columns[kind][c];
        int type = sqlite3_column_type(s, c);
        fact->text[c] = "";
        fact->number[c] = NAN;
        if (is_text(column) ? type != SQLITE_TEXT : type == SQLITE_TEXT || type == SQLITE_BLOB)
            return autki_fail_at(err, AUTK_EDATA, d->path, 0, 0,
                                 "the dataset is damaged: a wrong cell in its table %s",
                                 kind_texts[kind]);
        if (is_text(column) && (fact->text[c] = (const char *)sqlite3_column_text(s, c)) == NULL)
            return autki_no_memory(err, 1);
        if (!is_text(column) && type != SQLITE_NULL)
            fact->number[c] = sqlite3_column_double(s, c);
    }
    return AUTK_OK;
}

autk_status autki_facts_each(autk_dataset *d, autk_fact_kind kind, autki_fact_visit visit,
                             void *user, autk_err *err)
{
    autk_buf sql;
    sqlite3_stmt *s = NULL;
    bool there = false;
    autk_status st = has_table(&there, d, kind, err);
    if (st != AUTK_OK || !there)
        return st;
    autk_buf_init(&sql);
    autk_buf_puts(&sql, "SELECT ");
    add_names(&sql, kind, false);
    autk_buf_printf(&sql, " FROM %s ORDER BY ", kind_texts[kind]);
    add_names(&sql, kind, true);
    st = autk_buf_check(&sql, err);
    if (st == AUTK_OK)
        st = autki_dataset_prepare(&s, d, autk_buf_text(&sql), err);
    autk_buf_deinit(&sql);
    int step = SQLITE_DONE;
    while (st == AUTK_OK && (step = sqlite3_step(s)) == SQLITE_ROW) {
        autki_fact fact = {0};
        st = read_fact(&fact, d, kind, s, err);
        if (st == AUTK_OK)
            st = visit(user, &fact, err);
    }
    if (st == AUTK_OK && step != SQLITE_DONE)
        st = autki_dataset_fail(d, "cannot be read", err);
    sqlite3_finalize(s);
    return st;
}

static autk_status count_one(void *user, const autki_fact *fact, autk_err *err)
{
    (void)fact;
    (void)err;
    ++*(uint64_t *)user;
    return AUTK_OK;
}

autk_status autk_dataset_n_facts(uint64_t *n, autk_dataset *dataset, autk_fact_kind kind,
                                 autk_err *err)
{
    *n = 0;
    if ((unsigned)kind >= AUTK_FACT_COUNT)
        return autki_fail(err, AUTK_EARG, "expected a known kind of fact, got %d", (int)kind);
    return autki_facts_each(dataset, kind, count_one, n, err);
}

typedef struct table_writer {
    autk_table *table;
    autk_fact_kind kind;
} table_writer;

static autk_status add_to_table(void *user, const autki_fact *fact, autk_err *err)
{
    table_writer *w = user;
    (void)err;
    for (int c = 0; c < n_columns(w->kind); c++) {
        if (is_text(&columns[w->kind][c]))
            autk_table_text(w->table, fact->text[c]);
        else
            autk_table_number(w->table, fact->number[c]);
    }
    return AUTK_OK;
}

autk_status autk_dataset_facts(autk_table **out, autk_dataset *dataset, autk_fact_kind kind,
                               autk_err *err)
{
    autk_column heads[AUTKI_FACT_COLUMNS];
    table_writer w = {.kind = kind};
    if ((unsigned)kind >= AUTK_FACT_COUNT)
        return autki_fail(err, AUTK_EARG, "expected a known kind of fact, got %d", (int)kind);
    for (int c = 0; c < n_columns(kind); c++)
        heads[c] = (autk_column){columns[kind][c].name, columns[kind][c].title,
                                 is_text(&columns[kind][c]) ? AUTK_CELL_TEXT : AUTK_CELL_FIXED, 0};
    autk_status st = autk_table_create(&w.table, heads, (size_t)n_columns(kind), err);
    if (st == AUTK_OK)
        st = autki_facts_each(dataset, kind, add_to_table, &w, err);
    if (st == AUTK_OK)
        *out = w.table;
    else
        autk_table_free(w.table);
    return st;
}

autk_status autki_facts_sources(const autk_dataset *d, autk_fact_kind kind,
                                autki_fact_source_visit visit, void *user, autk_err *err)
{
    static const char *const years[AUTK_FACT_COUNT] = {"min(first_year), max(last_year)", "0, 0",
                                                       "min(year), max(year)"};
    char sql[160];
    sqlite3_stmt *s = NULL;
    bool there = false;
    autk_status st = has_table(&there, d, kind, err);
    if (st != AUTK_OK || !there)
        return st;
    (void)snprintf(sql, sizeof sql, "SELECT source, count(*), %s FROM %s GROUP BY source",
                   years[kind], kind_texts[kind]);
    st = autki_dataset_prepare(&s, d, sql, err);
    int step = SQLITE_DONE;
    while (st == AUTK_OK && (step = sqlite3_step(s)) == SQLITE_ROW) {
        const char *source = (const char *)sqlite3_column_text(s, 0);
        autki_fact_source one = {kind, source != NULL ? source : "",
                                 (uint64_t)sqlite3_column_int64(s, 1), sqlite3_column_int(s, 2),
                                 sqlite3_column_int(s, 3)};
        visit(user, &one);
    }
    if (st == AUTK_OK && step != SQLITE_DONE)
        st = autki_dataset_fail(d, "cannot be read", err);
    sqlite3_finalize(s);
    return st;
}

/* ------------------------------------------------------------------ sums and merging */

typedef struct summer {
    autk_fact_kind kind;
    uint64_t sum;
} summer;

static autk_status add_to_sum(void *user, const autki_fact *fact, autk_err *err)
{
    summer *s = user;
    (void)err;
    for (int c = 0; c < n_columns(s->kind); c++) {
        bool text = is_text(&columns[s->kind][c]);
        double number = isnan(fact->number[c]) ? (double)NAN : fact->number[c];
        s->sum = text ? autki_xxh64(fact->text[c], strlen(fact->text[c]), s->sum)
                      : autki_xxh64((const char *)&number, sizeof number, s->sum);
    }
    return AUTK_OK;
}

static autk_status sum_of(uint64_t *sum, autk_dataset *d, autk_err *err)
{
    summer s = {.sum = 0};
    autk_status st = AUTK_OK;
    for (int k = 0; k < AUTK_FACT_COUNT && st == AUTK_OK; k++) {
        s.kind = (autk_fact_kind)k;
        st = autki_facts_each(d, s.kind, add_to_sum, &s, err);
    }
    *sum = s.sum;
    return st;
}

autk_status autki_facts_put_sum(autk_dataset *d, autk_err *err)
{
    uint64_t sum;
    autk_status st = sum_of(&sum, d, err);
    return st == AUTK_OK ? autki_dataset_put_check_sum(d, "facts", sum, err) : st;
}

autk_status autki_facts_check_sum(autk_dataset *d, autk_err *err)
{
    uint64_t sum;
    sqlite3_stmt *s = NULL;
    autk_status st = sum_of(&sum, d, err);
    if (st == AUTK_OK)
        st = autki_dataset_prepare(&s, d, "SELECT xxh64 FROM check_sum WHERE name='facts'", err);
    /* A dataset without facts has no sum, and the sum of none is 0. */
    if (st == AUTK_OK &&
        (sqlite3_step(s) == SQLITE_ROW ? (uint64_t)sqlite3_column_int64(s, 0) : 0) != sum)
        st = autki_fail_at(err, AUTK_EDATA, d->path, 0, 0,
                           "the dataset is damaged: the checksum of its facts differs");
    sqlite3_finalize(s);
    return st;
}

typedef struct merge_work {
    autki_fact_writer writer;
    char source[160], indicator[160]; /* whose facts were last forgotten */
} merge_work;

static autk_status merge_one(void *user, const autki_fact *fact, autk_err *err)
{
    merge_work *w = user;
    bool figure = w->writer.kind == AUTK_FACT_FIGURE, added = false;
    const char *source = fact->text[0], *indicator = figure ? fact->text[1] : "";
    autk_status st = AUTK_OK;
    if (strncmp(w->source, source, sizeof w->source - 1) != 0 ||
        strncmp(w->indicator, indicator, sizeof w->indicator - 1) != 0) {
        (void)snprintf(w->source, sizeof w->source, "%s", source);
        (void)snprintf(w->indicator, sizeof w->indicator, "%s", indicator);
        st = autki_facts_forget(w->writer.dataset, w->writer.kind, source,
                                figure ? indicator : NULL, err);
    }
    return st == AUTK_OK ? autki_fact_put(&added, &w->writer, fact, err) : st;
}

autk_status autki_facts_merge(autk_dataset *into, autk_dataset *from, autk_err *err)
{
    autk_status st = AUTK_OK;
    uint64_t n = 0;
    for (int k = 0; k < AUTK_FACT_COUNT && st == AUTK_OK; k++) {
        uint64_t more = 0;
        st = autk_dataset_n_facts(&more, from, (autk_fact_kind)k, err);
        n += more;
    }
    if (st != AUTK_OK || n == 0)
        return st;
    st = autki_facts_prepare(into, err);
    for (int k = 0; k < AUTK_FACT_COUNT && st == AUTK_OK; k++) {
        merge_work w = {.source = ""};
        st = autki_fact_writer_open(&w.writer, into, (autk_fact_kind)k, true, err);
        if (st == AUTK_OK)
            st = autki_facts_each(from, (autk_fact_kind)k, merge_one, &w, err);
        autki_fact_writer_close(&w.writer);
    }
    return st == AUTK_OK ? autki_facts_put_sum(into, err) : st;
}
