#include <math.h>
#include <stdlib.h>

#include <autarky/table.h>

#include "base/fail.h"
#include "base/mem.h"
#include "evidence/evidence.h"
#include "evidence/rules.h"

autk_status autki_warn(char ***warnings, size_t *n, autk_err *err, const char *fmt, ...)
{
    autk_buf line;
    autk_buf_init(&line);
    va_list args;
    va_start(args, fmt);
    autk_buf_vprintf(&line, fmt, args);
    va_end(args);
    autk_status st = autk_buf_check(&line, err);
    if (st == AUTK_OK) {
        char **more = realloc(*warnings, (*n + 1) * sizeof *more);
        if (more == NULL) {
            st = autki_no_memory(err, (*n + 1) * sizeof *more);
        } else {
            *warnings = more;
            more[*n] = line.text;
            line.text = NULL; /* now the warnings' */
            *n += 1;
            return AUTK_OK;
        }
    }
    autk_buf_deinit(&line);
    return st;
}

void autki_warnings_free(char **warnings, size_t n)
{
    for (size_t i = 0; i < n; i++)
        free(warnings[i]);
    free(warnings);
}

/* ------------------------------------------------------------------ what a year must tell */

/* Totals that differ by more than this are two readings worth naming. */
#define TOTALS_DIFFER 1.05
/* Flows below this part of the total are not worth a line each. */
#define WORTH_A_LINE 0.005
/* Of one sort: so many lines, and so many codes in the line that sums up the rest. */
#define MAX_LINES 4
#define MAX_CODES 8

typedef struct teller {
    autk_country_year *c;
    const autk_evidence *e;
    autk_buf text;
    autk_err *err;
} teller;

static const char *name_of(const teller *t, int32_t party)
{
    return autk_world_party_name(t->e->world, party);
}

static void add_usd_span(autk_buf *out, autk_bounds b)
{
    autk_format_usd(out, b.low);
    if (b.high > 1.005 * b.low) {
        autk_buf_puts(out, " to ");
        autk_format_usd(out, b.high);
    }
    autk_buf_puts(out, " USD");
}

static autk_status tell_text(teller *t)
{
    autk_status st = autk_buf_check(&t->text, t->err);
    if (st == AUTK_OK)
        st = autki_warn(&t->c->warnings, &t->c->n_warnings, t->err, "%s", autk_buf_text(&t->text));
    autk_buf_clear(&t->text);
    return st;
}

static double mirror_point(const teller *t)
{
    return t->c->totals[AUTK_READING_MIRROR][AUTK_DIRECTION_TRADE].value_usd.point;
}

static autk_status tell_totals(teller *t)
{
    for (int d = 0; d < AUTK_DIRECTION_COUNT; d++) {
        autk_bounds own = t->c->totals[AUTK_READING_OWN][d].value_usd;
        autk_bounds sum = t->c->totals[AUTK_READING_MIRROR][d].value_usd;
        if (!autk_bounds_known(own) || !(sum.point > 0) || !(own.point > 0))
            continue;
        double ratio = own.point > sum.point ? own.point / sum.point : sum.point / own.point;
        if (!(ratio > TOTALS_DIFFER))
            continue;
        autk_buf_printf(&t->text, "%s: two totals: its own, ",
                        d == AUTK_DIRECTION_TRADE    ? "trade"
                        : d == AUTK_DIRECTION_EXPORT ? "exports"
                                                     : "imports");
        add_usd_span(&t->text, own);
        autk_buf_puts(&t->text, ", and the sum over partners, ");
        add_usd_span(&t->text, sum);
        autk_buf_puts(&t->text, own.point > sum.point
                                    ? "; what is between them is attributed to no partner"
                                    : "; partners report more than the country does");
        return tell_text(t); /* of trade, or of the one direction that has a total */
    }
    return AUTK_OK;
}

/* ------------------------------------------------------------------ the largest of many */

/* Something to tell of one partner or flow, as large as it may be. */
typedef struct finding {
    const autk_partner *partner;
    const autk_flow *flow; /* NULL: a gap of the pair */
    double size_usd;
} finding;

static int by_size_falling(const void *a, const void *b)
{
    const finding *x = a, *y = b;
    if (x->size_usd != y->size_usd)
        return x->size_usd > y->size_usd ? -1 : 1;
    return x->partner->partner < y->partner->partner ? -1 : 1;
}

static bool is_documented(const teller *t, int32_t party)
{
    return autk_world_silence_is_documented(t->e->world, party, t->c->year);
}

static void add_gap(teller *t, const finding *f)
{
    autk_buf *out = &t->text;
    bool documented = is_documented(t, t->c->economy) && is_documented(t, f->partner->partner);
    autk_buf_printf(out,
                    documented ? "%s and %s: neither side published this trade for %d; "
                               : "%s and %s: neither side's report of %d is in the data; ",
                    name_of(t, t->c->economy), name_of(t, f->partner->partner), t->c->year);
    add_usd_span(out, f->partner->turnover_usd);
    autk_buf_puts(out, f->partner->evidence == AUTK_EVIDENCE_STATEMENT
                           ? " rests on what officials stated"
                           : " is bounded by neighbouring years and totals");
}

static void add_dispute(teller *t, const finding *f)
{
    autk_buf *out = &t->text;
    autk_buf_printf(out, "%s to %s: the figures differ by a factor of ",
                    name_of(t, f->flow->exporter), name_of(t, f->flow->importer));
    autk_buf_printf(out, "%.*f", f->flow->disagreement < 9.995 ? 2 : 0, f->flow->disagreement);
    autk_buf_puts(out, ", more than valuation explains (see --explain)");
}

/* The largest few each on a line, the rest by their partners' codes on one. */
static autk_status tell_findings(teller *t, finding *found, size_t n,
                                 void (*add)(teller *, const finding *), const char *rest)
{
    if (n == 0)
        return AUTK_OK;
    qsort(found, n, sizeof *found, by_size_falling);
    for (size_t i = 0; i < n && i < MAX_LINES; i++) {
        add(t, &found[i]);
        autk_status st = tell_text(t);
        if (st != AUTK_OK)
            return st;
    }
    if (n <= MAX_LINES)
        return AUTK_OK;
    for (size_t i = MAX_LINES; i < n && i < MAX_LINES + MAX_CODES; i++)
        autk_buf_printf(&t->text, "%s%s", i == MAX_LINES ? "" : ", ",
                        autk_world_party_code(t->e->world, found[i].partner->partner));
    if (n > MAX_LINES + MAX_CODES)
        autk_buf_printf(&t->text, " and %zu more", n - MAX_LINES - MAX_CODES);
    autk_buf_puts(&t->text, rest);
    return tell_text(t);
}

static bool is_large(const teller *t, autk_bounds b)
{
    return b.high > WORTH_A_LINE * mirror_point(t);
}

static size_t find_gaps(finding *found, const teller *t)
{
    size_t n = 0;
    for (size_t i = 0; i < t->c->n_partners; i++) {
        const autk_partner *p = &t->c->partners[i];
        if ((p->exports.gap || p->imports.gap) && autk_bounds_known(p->turnover_usd) &&
            is_large(t, p->turnover_usd))
            found[n++] = (finding){p, NULL, p->turnover_usd.high};
    }
    return n;
}

static size_t find_disputes(finding *found, const teller *t)
{
    size_t n = 0;
    for (size_t i = 0; i < t->c->n_partners; i++) {
        const autk_partner *p = &t->c->partners[i];
        const autk_flow *flows[] = {&p->exports, &p->imports};
        for (size_t k = 0; k < 2; k++) {
            if (flows[k]->disagreement > AUTKI_AGREE && isfinite(flows[k]->disagreement) &&
                is_large(t, flows[k]->value_usd))
                found[n++] = (finding){p, flows[k], flows[k]->value_usd.high};
        }
    }
    return n;
}

static autk_status tell_partners(teller *t)
{
    finding *found = autki_calloc(2 * t->c->n_partners, sizeof *found);
    if (found == NULL)
        return autki_no_memory(t->err, 2 * t->c->n_partners * sizeof *found);
    size_t n = find_gaps(found, t);
    autk_status st =
        tell_findings(t, found, n, add_gap, ": gaps too, bounded by neighbouring years and totals");
    if (st == AUTK_OK) {
        n = find_disputes(found, t);
        st = tell_findings(t, found, n, add_dispute, ": the figures differ there too");
    }
    free(found);
    return st;
}

/* In a year with a matrix a flow is estimated only where the matrix lacks the pair. */
static size_t find_outside_matrix(finding *found, const teller *t)
{
    size_t n = 0;
    for (size_t i = 0; i < t->c->n_partners; i++) {
        const autk_partner *p = &t->c->partners[i];
        bool estimated = p->exports.evidence == AUTK_EVIDENCE_ESTIMATED ||
                         p->imports.evidence == AUTK_EVIDENCE_ESTIMATED;
        if (estimated && is_large(t, p->turnover_usd))
            found[n++] = (finding){p, NULL, p->turnover_usd.high};
    }
    return n;
}

static autk_status tell_outside_matrix(teller *t)
{
    if (!autk_world_has_matrix(t->e->world, t->c->year) || t->c->scope != AUTK_SCOPE_GOODS)
        return AUTK_OK;
    finding *found = autki_calloc(t->c->n_partners, sizeof *found);
    if (found == NULL)
        return autki_no_memory(t->err, t->c->n_partners * sizeof *found);
    size_t n = find_outside_matrix(found, t);
    qsort(found, n, sizeof *found, by_size_falling);
    for (size_t i = 0; i < n && i < MAX_CODES; i++)
        autk_buf_printf(&t->text, "%s%s", i == 0 ? "" : ", ",
                        name_of(t, found[i].partner->partner));
    if (n > MAX_CODES)
        autk_buf_printf(&t->text, " and %zu more", n - MAX_CODES);
    free(found);
    if (n == 0)
        return AUTK_OK;
    autk_buf_printf(
        &t->text,
        ": not in the complete matrix of %d, which has neither side's report in HS 2022; "
        "the figures are of a table of the largest partners in HS 1992, in part "
        "estimated",
        t->c->year);
    return tell_text(t);
}

static autk_status tell_unknown(teller *t)
{
    size_t n = 0;
    for (size_t i = 0; i < t->c->n_partners; i++) {
        const autk_partner *p = &t->c->partners[i];
        if (autk_bounds_known(p->turnover_usd))
            continue;
        if (n++ < MAX_CODES)
            autk_buf_printf(&t->text, "%s%s", n == 1 ? "" : ", ",
                            autk_world_party_code(t->e->world, p->partner));
    }
    if (n == 0)
        return AUTK_OK;
    if (n > MAX_CODES)
        autk_buf_printf(&t->text, " and %zu more", n - MAX_CODES);
    autk_buf_puts(&t->text, ": nobody reports this trade and nothing bounds it; it is in no total");
    return tell_text(t);
}

autk_status autki_warn_of_year(autk_country_year *c, const autk_evidence *e, autk_err *err)
{
    teller t = {.c = c, .e = e, .err = err};
    const char *basis = NULL;
    autk_status st = AUTK_OK;
    autk_buf_init(&t.text);
    if (autk_world_is_non_reporter(e->world, c->economy, c->year, &basis))
        st = autki_warn(&c->warnings, &c->n_warnings, err,
                        is_documented(&t, c->economy)
                            ? "%s did not publish its trade by partner for %d; the figures are "
                              "its partners' mirrors"
                            : "%s: no report of its own for %d is in the data; the figures are "
                              "its partners' mirrors",
                        name_of(&t, c->economy), c->year);
    if (st == AUTK_OK && c->scope != AUTK_SCOPE_GOODS)
        st =
            autki_warn(&c->warnings, &c->n_warnings, err,
                       "%s: only the partners that somebody spoke of are known, so their sum is no "
                       "total to take shares of",
                       autk_scope_text(c->scope));
    if (st == AUTK_OK)
        st = tell_totals(&t);
    if (st == AUTK_OK)
        st = tell_partners(&t);
    if (st == AUTK_OK)
        st = tell_outside_matrix(&t);
    if (st == AUTK_OK)
        st = tell_unknown(&t);
    autk_buf_deinit(&t.text);
    return st;
}
