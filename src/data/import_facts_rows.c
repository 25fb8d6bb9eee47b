/* The rows of GSDB, GeoDist and WDI as facts. */
#include <math.h>
#include <stdio.h>
#include <string.h>

#include "base/fail.h"
#include "base/text.h"
#include "data/import_facts.h"

#define NAME_BYTES 400
#define EARTH_KM_MAX 20100.0 /* half of its circumference, and what a weighted mean may add */

/* The next record; *fields NULL at the end. A short record is a wrong row and passed. */
static autk_status next_row(const autki_field **fields, autki_facts_job *job, size_t n_needed,
                            autk_err *err)
{
    for (;;) {
        size_t n;
        autk_status st = autki_csv_next(job->csv, fields, &n, err);
        if (st != AUTK_OK || n >= n_needed)
            return st;
        if (n == 0) {
            *fields = NULL;
            return AUTK_OK;
        }
        char expected[64];
        (void)snprintf(expected, sizeof expected, "at least %zu fields, got %zu", n_needed, n);
        job->n_read++;
        autki_facts_bad(job, NULL, expected);
    }
}

static size_t needed(const size_t *columns, size_t n)
{
    size_t most = 0;
    for (size_t i = 0; i < n; i++)
        most = columns[i] != SIZE_MAX && columns[i] + 1 > most ? columns[i] + 1 : most;
    return most;
}

static bool is_missing(const autki_field *f)
{
    return f->len == 0 || autki_field_is(f, ".") || autki_field_is(f, "..") ||
           autki_field_is(f, "NA");
}

/* ------------------------------------------------------------------ GSDB */

enum {
    CASE,
    TARGET,
    SENDER,
    BEGIN,
    END,
    TRADE,
    TRADE_KIND,
    ARMS,
    MILITARY,
    FINANCIAL,
    TRAVEL,
    OTHER,
    OBJECTIVE,
    SUCCESS,
    N_GSDB
};

static const char *const gsdb_columns[N_GSDB] = {"case_id",
                                                 "sanctioned_state",
                                                 "sanctioning_state",
                                                 "begin",
                                                 "end",
                                                 "trade",
                                                 "descr_trade",
                                                 "arms",
                                                 "military",
                                                 "financial",
                                                 "travel",
                                                 "other",
                                                 "objective",
                                                 "success"};

/* Names of GSDB that stand for a successor from that year on; before it they are kept as names. */
static const struct {
    const char *name, *code;
    int from_year;
} successors[] = {{"Ethiopia (excludes Eritrea)", "ETH", 0},
                  {"Malagasy Republic", "MDG", 0},
                  {"Malaya", "MYS", 0},
                  {"Rhodesia", "ZWE", 0},
                  {"South Vietnam", "VNM", 1976},
                  {"Transjordan", "JOR", 0},
                  {"Yemen, North", "YEM", 1990}};

static bool resolve_party(autk_resolved *out, const autki_facts_job *job, const char *name,
                          int year)
{
    for (size_t i = 0; i < sizeof successors / sizeof *successors; i++) {
        if (strcmp(name, successors[i].name) == 0 && year >= successors[i].from_year)
            name = successors[i].code;
    }
    return autki_facts_resolve(out, job, name, year);
}

/* Length of the list's first party and of what divides it from the next. Names have commas
 * themselves ("Korea, South"): the longest beginning that means something is taken. */
static size_t first_party(autk_resolved *out, bool *known, const autki_facts_job *job,
                          const char *list, int year)
{
    size_t best = strcspn(list, ","), len = best;
    *known = false;
    for (int commas = 0; commas < 3; commas++) {
        char name[NAME_BYTES];
        (void)snprintf(name, sizeof name, "%.*s", (int)len, list);
        autk_resolved r;
        if (resolve_party(&r, job, name, year)) {
            *out = r;
            *known = true;
            best = len;
        }
        if (list[len] == '\0')
            break;
        len += 1 + strcspn(list + len + 1, ",");
    }
    return best;
}

/* "EU, Korea, South, League of Arab States" as "EU; KOR; League of Arab States". */
static void add_parties(autk_buf *out, autki_facts_job *job, const char *list, int year)
{
    while (*list != '\0') {
        autk_resolved party;
        bool known;
        list += strspn(list, ", ");
        if (*list == '\0')
            break;
        size_t len = first_party(&party, &known, job, list, year);
        autk_buf_puts(out, out->len != 0 ? "; " : "");
        if (known)
            autk_buf_puts(out, party.code);
        else
            autk_buf_add(out, list, len);
        job->run->report->n_names_kept += !known;
        list += len;
    }
}

static bool add_measures(autk_buf *out, autki_facts_job *job, const autki_field *f,
                         const size_t *at)
{
    static const int flags[] = {TRADE, ARMS, MILITARY, FINANCIAL, TRAVEL, OTHER};
    for (size_t i = 0; i < sizeof flags / sizeof *flags; i++) {
        const autki_field *flag = &f[at[flags[i]]];
        bool set = autki_field_is(flag, "1");
        if (!set && !autki_field_is(flag, "0") && !is_missing(flag)) {
            autki_facts_bad(job, flag, "0 or 1");
            return false;
        }
        if (set)
            autk_buf_printf(out, "%s%s", out->len != 0 ? ", " : "", gsdb_columns[flags[i]]);
    }
    return true;
}

typedef struct gsdb_row {
    char target[NAME_BYTES], sender[NAME_BYTES], trade[NAME_BYTES], objective[NAME_BYTES],
        success[NAME_BYTES];
    int64_t case_id;
    int begin, end;
} gsdb_row;

static bool take_gsdb(gsdb_row *r, autki_facts_job *job, const autki_field *f, const size_t *at)
{
    const struct {
        char *to;
        int column;
    } texts[] = {{r->target, TARGET},
                 {r->sender, SENDER},
                 {r->trade, TRADE_KIND},
                 {r->objective, OBJECTIVE},
                 {r->success, SUCCESS}};
    if (!autki_parse_int64(f[at[CASE]].text, f[at[CASE]].len, &r->case_id) || r->case_id < 0) {
        autki_facts_bad(job, &f[at[CASE]], "the number of a case");
        return false;
    }
    for (size_t i = 0; i < sizeof texts / sizeof *texts; i++) {
        const autki_field *field = &f[at[texts[i].column]];
        bool fits = autki_facts_text(texts[i].to, NAME_BYTES, field);
        if (!fits || (i < 2 && texts[i].to[0] == '\0')) {
            autki_facts_bad(job, field, fits ? "a state or a body" : "a shorter text");
            return false;
        }
    }
    if (!autki_facts_year(&r->begin, job, &f[at[BEGIN]]) ||
        !autki_facts_year(&r->end, job, &f[at[END]]))
        return false;
    if (r->end < r->begin)
        autki_facts_bad(job, &f[at[END]], "an end not before the begin");
    return r->end >= r->begin;
}

static autk_status store_gsdb(autki_facts_job *job, const gsdb_row *r, const autki_field *f,
                              const size_t *at, autk_err *err)
{
    autk_buf targets, senders, measures;
    autk_buf_init(&targets);
    autk_buf_init(&senders);
    autk_buf_init(&measures);
    autk_status st = AUTK_OK;
    if (add_measures(&measures, job, f, at)) {
        char key[40];
        add_parties(&targets, job, r->target, r->begin);
        add_parties(&senders, job, r->sender, r->begin);
        autki_fact fact = {.text = {[AUTKI_SANCTION_SOURCE] = job->source,
                                    [AUTKI_SANCTION_TARGETS] = autk_buf_text(&targets),
                                    [AUTKI_SANCTION_SENDERS] = autk_buf_text(&senders),
                                    [AUTKI_SANCTION_MEASURES] = autk_buf_text(&measures),
                                    [AUTKI_SANCTION_TRADE] = r->trade,
                                    [AUTKI_SANCTION_OBJECTIVE] = r->objective,
                                    [AUTKI_SANCTION_SUCCESS] = r->success},
                           .number = {[AUTKI_SANCTION_CASE] = (double)r->case_id,
                                      [AUTKI_SANCTION_FIRST] = r->begin,
                                      [AUTKI_SANCTION_LAST] = r->end}};
        (void)snprintf(key, sizeof key, "case %lld", (long long)r->case_id);
        st = autk_buf_check(&targets, err);
        if (st == AUTK_OK)
            st = autk_buf_check(&senders, err);
        if (st == AUTK_OK)
            st = autk_buf_check(&measures, err);
        if (st == AUTK_OK)
            st = autki_facts_store(job, &fact, key, err);
    }
    autk_buf_deinit(&targets);
    autk_buf_deinit(&senders);
    autk_buf_deinit(&measures);
    return st;
}

autk_status autki_facts_read_gsdb(autki_facts_job *job, autk_err *err)
{
    size_t at[N_GSDB];
    const autki_field *f = NULL;
    autk_status st = autki_csv_header(job->csv, gsdb_columns, N_GSDB, at, err);
    while (st == AUTK_OK) {
        gsdb_row row;
        st = next_row(&f, job, needed(at, N_GSDB), err);
        if (st != AUTK_OK || f == NULL)
            break;
        job->n_read++;
        if (take_gsdb(&row, job, f, at))
            st = store_gsdb(job, &row, f, at, err);
    }
    return st;
}

/* ------------------------------------------------------------------ GeoDist */

enum { ORIGIN, DESTINATION, KM, CONTIGUOUS, N_GEODIST };

static bool take_ends(autk_resolved ends[2], autki_facts_job *job, const autki_field *f,
                      const size_t *at)
{
    for (int i = 0; i < 2; i++) {
        const autki_field *field = &f[at[i == 0 ? ORIGIN : DESTINATION]];
        char name[32];
        if (!autki_facts_text(name, sizeof name, field) ||
            !autki_facts_resolve(&ends[i], job, name, 0) || ends[i].kind != AUTK_IS_ECONOMY) {
            autki_facts_bad(job, field, "an economy");
            return false;
        }
    }
    return true;
}

static autk_status store_distance(autki_facts_job *job, const autk_resolved ends[2], double km,
                                  double contiguous, autk_err *err)
{
    char key[40];
    (void)snprintf(key, sizeof key, "%s to %s", ends[0].code, ends[1].code);
    autki_fact fact = {
        .text = {[AUTKI_DISTANCE_SOURCE] = job->source,
                 [AUTKI_DISTANCE_A] = ends[0].code,
                 [AUTKI_DISTANCE_B] = ends[1].code},
        .number = {[AUTKI_DISTANCE_KM] = km, [AUTKI_DISTANCE_CONTIGUOUS] = contiguous}};
    return autki_facts_store(job, &fact, key, err);
}

autk_status autki_facts_read_geodist(autki_facts_job *job, autk_err *err)
{
    static const char *const names[N_GEODIST] = {"iso_o", "iso_d", "dist", "?contig"};
    size_t at[N_GEODIST];
    const autki_field *f = NULL;
    autk_status st = autki_csv_header(job->csv, names, N_GEODIST, at, err);
    while (st == AUTK_OK) {
        autk_resolved ends[2];
        double km = 0, contiguous = NAN;
        st = next_row(&f, job, needed(at, N_GEODIST), err);
        if (st != AUTK_OK || f == NULL)
            break;
        job->n_read++;
        const autki_field *c = at[CONTIGUOUS] != SIZE_MAX ? &f[at[CONTIGUOUS]] : NULL;
        if (is_missing(&f[at[KM]])) {
            job->run->report->n_passed[AUTK_PASSED_NO_VALUE]++;
        } else if (!autki_parse_double(f[at[KM]].text, f[at[KM]].len, &km) ||
                   !(km > 0 && km <= EARTH_KM_MAX)) {
            autki_facts_bad(job, &f[at[KM]], "a distance from 0 to 20,100 km");
        } else if (c != NULL && !is_missing(c) && !autki_field_is(c, "0") &&
                   !autki_field_is(c, "1")) {
            autki_facts_bad(job, c, "0 or 1");
        } else if (take_ends(ends, job, f, at)) {
            if (c != NULL && !is_missing(c))
                contiguous = autki_field_is(c, "1");
            st = store_distance(job, ends, km, contiguous, err);
        }
    }
    return st;
}

/* ------------------------------------------------------------------ WDI */

#define WDI_YEARS_MAX 400
#define WDI_PREAMBLE_MAX 10

typedef struct wdi_header {
    size_t code, indicator, n_needed;
    struct {
        size_t column;
        int year;
    } years[WDI_YEARS_MAX];
    size_t n_years;
} wdi_header;

static bool take_header(wdi_header *h, const autki_field *f, size_t n)
{
    *h = (wdi_header){.code = SIZE_MAX, .indicator = SIZE_MAX};
    for (size_t i = 0; i < n; i++) {
        int64_t year;
        if (autki_field_is(&f[i], "Country Code")) {
            h->code = i;
        } else if (autki_field_is(&f[i], "Indicator Code")) {
            h->indicator = i;
        } else if (f[i].len == 4 && autki_parse_int64(f[i].text, 4, &year) && year > 0 &&
                   h->n_years < WDI_YEARS_MAX) {
            h->years[h->n_years].column = i;
            h->years[h->n_years++].year = (int)year;
        } else {
            continue;
        }
        h->n_needed = i + 1;
    }
    return h->code != SIZE_MAX && h->indicator != SIZE_MAX && h->n_years != 0;
}

/* The World Bank's download has lines on its source above the header. */
static autk_status find_header(wdi_header *h, autki_facts_job *job, autk_err *err)
{
    for (int line = 0; line < WDI_PREAMBLE_MAX; line++) {
        const autki_field *f;
        size_t n;
        autk_status st = autki_csv_next(job->csv, &f, &n, err);
        if (st != AUTK_OK)
            return st;
        if (n == 0)
            break;
        if (take_header(h, f, n))
            return AUTK_OK;
    }
    return autki_fail_at(err, AUTK_EPARSE, job->file->name, 1, 1,
                         "expected a header with \"Country Code\", \"Indicator Code\" and years");
}

static autk_status store_figures(autki_facts_job *job, const wdi_header *h, const autki_field *f,
                                 const char *economy, const char *indicator, autk_err *err)
{
    autk_import_report *r = job->run->report;
    autk_status st = AUTK_OK;
    for (size_t i = 0; st == AUTK_OK && i < h->n_years; i++) {
        const autki_field *cell = &f[h->years[i].column];
        const autk_import_opts *o = job->run->opts;
        double value;
        char key[240];
        job->n_read++;
        if (is_missing(cell)) {
            r->n_passed[AUTK_PASSED_NO_VALUE]++;
            continue;
        }
        if (h->years[i].year < o->first_year || h->years[i].year > o->last_year) {
            autki_facts_bad(job, cell, "a year within --years for a value");
            continue;
        }
        if (!autki_parse_double(cell->text, cell->len, &value)) {
            autki_facts_bad(job, cell, "a finite number");
            continue;
        }
        autki_fact fact = {
            .text = {[AUTKI_FIGURE_SOURCE] = job->source,
                     [AUTKI_FIGURE_INDICATOR] = indicator,
                     [AUTKI_FIGURE_ECONOMY] = economy},
            .number = {[AUTKI_FIGURE_YEAR] = h->years[i].year, [AUTKI_FIGURE_VALUE] = value}};
        (void)snprintf(key, sizeof key, "%s of %s in %d", indicator, economy, h->years[i].year);
        st = autki_facts_store(job, &fact, key, err);
    }
    return st;
}

/* What the source said of an indicator before goes at the indicator's first row in the file. */
static autk_status forget_once(autki_dict *seen, autki_facts_job *job, const char *indicator,
                               autk_err *err)
{
    uint32_t id;
    bool added = false;
    autk_status st = autki_dict_intern(&id, seen, indicator, strlen(indicator), &added, err);
    if (st != AUTK_OK || !added)
        return st;
    return autki_facts_forget(job->writer.dataset, AUTK_FACT_FIGURE, job->source, indicator, err);
}

static autk_status take_wdi_row(autki_facts_job *job, autki_dict *seen, const wdi_header *h,
                                const autki_field *f, autk_err *err)
{
    autk_resolved economy;
    char code[32], indicator[120];
    if (!autki_facts_text(code, sizeof code, &f[h->code]) || code[0] == '\0' ||
        !autki_facts_text(indicator, sizeof indicator, &f[h->indicator]) || indicator[0] == '\0') {
        job->n_read++;
        autki_facts_bad(job, &f[h->code], "codes of an economy and an indicator");
        return AUTK_OK;
    }
    if (!autki_facts_resolve(&economy, job, code, 0) || economy.kind != AUTK_IS_ECONOMY) {
        job->n_read += h->n_years;
        job->run->report->n_passed[AUTK_PASSED_GROUP] += h->n_years;
        return AUTK_OK;
    }
    autk_status st = forget_once(seen, job, indicator, err);
    return st == AUTK_OK ? store_figures(job, h, f, economy.code, indicator, err) : st;
}

autk_status autki_facts_read_wdi(autki_facts_job *job, autk_err *err)
{
    wdi_header h = {.n_years = 0};
    autki_dict seen;
    const autki_field *f = NULL;
    autki_dict_init(&seen, 65535);
    autk_status st = find_header(&h, job, err);
    while (st == AUTK_OK) {
        st = next_row(&f, job, h.n_needed, err);
        if (st != AUTK_OK || f == NULL)
            break;
        st = take_wdi_row(job, &seen, &h, f, err);
    }
    autki_dict_deinit(&seen);
    return st;
}
