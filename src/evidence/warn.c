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

static bool is_large(const teller *t, autk_bounds b)
{
    return b.high > WORTH_A_LINE * mirror_point(t);
}

static autk_status tell_gap(teller *t, const autk_partner *p)
{
    autk_bounds b = p->turnover_usd;
    if ((!p->exports.gap && !p->imports.gap) || !autk_bounds_known(b) || !is_large(t, b))
        return AUTK_OK;
    autk_buf_printf(&t->text, "%s and %s: neither side published this trade for %d; ",
                    name_of(t, t->c->economy), name_of(t, p->partner), t->c->year);
    add_usd_span(&t->text, b);
    autk_buf_puts(&t->text, p->evidence == AUTK_EVIDENCE_STATEMENT
                                ? " rests on what officials stated"
                                : " is bounded by neighbouring years and totals");
    return tell_text(t);
}

static autk_status tell_dispute(teller *t, const autk_flow *f)
{
    if (!(f->disagreement > AUTKI_AGREE) || !is_large(t, f->value_usd) ||
        !isfinite(f->disagreement))
        return AUTK_OK;
    autk_buf_printf(&t->text,
                    "%s to %s: the figures differ by a factor of %.2f, more than "
                    "valuation explains (see --explain)",
                    name_of(t, f->exporter), name_of(t, f->importer), f->disagreement);
    return tell_text(t);
}

static autk_status tell_unknown(teller *t)
{
    size_t n = 0;
    for (size_t i = 0; i < t->c->n_partners; i++) {
        const autk_partner *p = &t->c->partners[i];
        if (autk_bounds_known(p->turnover_usd))
            continue;
        if (n++ < 8)
            autk_buf_printf(&t->text, "%s%s", n == 1 ? "" : ", ",
                            autk_world_party_code(t->e->world, p->partner));
    }
    if (n == 0)
        return AUTK_OK;
    if (n > 8)
        autk_buf_printf(&t->text, " and %zu more", n - 8);
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
                        "%s did not publish its trade by partner for %d; the figures are its "
                        "partners' mirrors",
                        name_of(&t, c->economy), c->year);
    if (st == AUTK_OK && c->scope != AUTK_SCOPE_GOODS)
        st =
            autki_warn(&c->warnings, &c->n_warnings, err,
                       "%s: only the partners that somebody spoke of are known, so their sum is no "
                       "total to take shares of",
                       autk_scope_text(c->scope));
    if (st == AUTK_OK)
        st = tell_totals(&t);
    for (size_t i = 0; i < c->n_partners && st == AUTK_OK; i++) {
        const autk_partner *p = &c->partners[i];
        st = tell_gap(&t, p);
        if (st == AUTK_OK)
            st = tell_dispute(&t, &p->exports);
        if (st == AUTK_OK)
            st = tell_dispute(&t, &p->imports);
    }
    if (st == AUTK_OK)
        st = tell_unknown(&t);
    autk_buf_deinit(&t.text);
    return st;
}
