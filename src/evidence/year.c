#include <math.h>
#include <stdlib.h>

#include "base/fail.h"
#include "base/mem.h"
#include "evidence/evidence.h"
#include "evidence/rules.h"

/* A side that is less than this part of the turnover does not decide how well it is known. */
#define MATTERS 0.05

static bool is_zero(autk_bounds b)
{
    return b.high == 0;
}

static bool adds_nothing(const autk_flow *f)
{
    return f->evidence == AUTK_EVIDENCE_NONE || is_zero(f->value_usd);
}

/* ------------------------------------------------------------------ statements on a pair */

static autk_bounds raise_to(autk_bounds b, double part)
{
    b.low = b.low > part ? b.low : part;
    b.point = b.point > part ? b.point : part;
    b.high = b.high > part ? b.high : part;
    return b;
}

static void take_stated(autk_flow *f, autk_bounds stated, autk_rule rule, double part,
                        const autk_sources *sources)
{
    if (autk_bounds_known(stated)) {
        f->value_usd = stated;
        f->evidence = AUTK_EVIDENCE_STATEMENT;
        f->rule = rule;
        autki_sources_merge(&f->sources, sources);
    }
    if (autk_bounds_known(f->value_usd))
        f->value_usd = raise_to(f->value_usd, part);
}

/* A flow that has statistics keeps them; what was said is compared with them. */
static void compare_stated(autk_flow *f, autk_bounds stated)
{
    double said = stated.point, have = f->value_usd.point;
    if (!autk_bounds_known(stated) || !(said > 0) || !(have > 0))
        return;
    double ratio = said > have ? said / have : have / said;
    if (ratio > f->disagreement)
        f->disagreement = ratio;
}

static void apply_stated(autk_flow *f, autk_bounds stated, autk_rule rule, double part,
                         const autk_sources *sources)
{
    if (f->gap || f->evidence == AUTK_EVIDENCE_UNKNOWN)
        take_stated(f, stated, rule, part, sources);
    else
        compare_stated(f, stated);
}

static bool is_said(const autk_flow *f)
{
    return f->evidence == AUTK_EVIDENCE_STATEMENT;
}

/* Neither side of the pair can be more than the turnover that was stated. */
static void clip_to(autk_flow *f, autk_bounds turnover)
{
    autk_bounds *b = &f->value_usd;
    if (f->evidence != AUTK_EVIDENCE_BOUNDED || !(b->high > turnover.high))
        return;
    b->high = turnover.high;
    b->point = b->point < b->high ? b->point : b->high;
    b->low = b->low < b->high ? b->low : b->high;
}

static autk_bounds turnover_of(autk_partner *p, autk_bounds stated, double part)
{
    autk_bounds sum = autk_bounds_add(p->exports.value_usd, p->imports.value_usd);
    bool unknown = p->exports.gap || p->imports.gap || !autk_bounds_known(sum);
    if (!autk_bounds_known(stated) || !unknown)
        return sum;
    if (is_said(&p->exports) && is_said(&p->imports))
        return raise_to(autk_bounds_hull(sum, stated), part);
    clip_to(&p->exports, stated);
    clip_to(&p->imports, stated);
    return raise_to(stated, part);
}

/* ------------------------------------------------------------------ one partner */

/* From the strongest to the weakest. */
static int weakness(autk_evidence_kind kind)
{
    static const int rank[AUTK_EVIDENCE_COUNT] = {
        [AUTK_EVIDENCE_NONE] = 0,    [AUTK_EVIDENCE_REPORTED] = 1,  [AUTK_EVIDENCE_RECONCILED] = 2,
        [AUTK_EVIDENCE_MIRROR] = 3,  [AUTK_EVIDENCE_ESTIMATED] = 4, [AUTK_EVIDENCE_STATEMENT] = 5,
        [AUTK_EVIDENCE_BOUNDED] = 6, [AUTK_EVIDENCE_UNKNOWN] = 7};
    return rank[kind];
}

static bool matters(const autk_flow *f, double turnover)
{
    return f->evidence != AUTK_EVIDENCE_NONE && !(f->value_usd.high < MATTERS * turnover);
}

static void settle_evidence(autk_partner *p)
{
    const autk_flow *x = &p->exports, *m = &p->imports;
    bool x_matters = matters(x, p->turnover_usd.point),
         m_matters = matters(m, p->turnover_usd.point);
    if (!autk_bounds_known(p->turnover_usd))
        p->evidence = AUTK_EVIDENCE_UNKNOWN;
    else if (x->evidence == AUTK_EVIDENCE_UNKNOWN || m->evidence == AUTK_EVIDENCE_UNKNOWN)
        p->evidence = AUTK_EVIDENCE_STATEMENT; /* only the turnover was stated */
    else if (x_matters && m_matters)
        p->evidence = weakness(x->evidence) > weakness(m->evidence) ? x->evidence : m->evidence;
    else
        p->evidence = x_matters ? x->evidence : m->evidence;
    autki_sources_merge(&p->sources, &x->sources);
    autki_sources_merge(&p->sources, &m->sources);
}

/* False when nothing is to be said of the partner. */
static bool build_partner(autk_partner *p, const autk_evidence *e, int year, int32_t partner,
                          const autk_bounds *own)
{
    *p = (autk_partner){.partner = partner};
    bool has_x = autki_evidence_direction(&p->exports, e, year, true, partner);
    bool has_m = autki_evidence_direction(&p->imports, e, year, false, partner);
    autki_slice out = autki_evidence_pair(e, year, true, partner);
    autki_slice in = autki_evidence_pair(e, year, false, partner);
    autki_stated stated;
    autki_collect_stated(&stated, out.obs, out.n, in.obs, in.n, e->opts.scope, own);
    apply_stated(&p->exports, stated.exports, stated.exports_rule, stated.exports_part,
                 &stated.sources);
    apply_stated(&p->imports, stated.imports, stated.imports_rule, stated.imports_part,
                 &stated.sources);
    bool said = autk_bounds_known(stated.turnover);
    if (!has_x && !has_m && !is_said(&p->exports) && !is_said(&p->imports) && !said)
        return false;
    if (adds_nothing(&p->exports) && adds_nothing(&p->imports))
        return false;
    p->turnover_usd = turnover_of(p, stated.turnover, stated.exports_part + stated.imports_part);
    if (said && (p->exports.gap || p->imports.gap || !has_x || !has_m))
        autki_sources_merge(&p->sources, &stated.sources);
    settle_evidence(p);
    return true;
}

/* ------------------------------------------------------------------ what totals say of gaps */

typedef struct leftover {
    double low_sum;   /* what all others have at least */
    size_t n_unknown; /* partners of whom nothing is known */
} leftover;

static autk_flow *flow_of(autk_partner *p, autk_direction d)
{
    return d == AUTK_DIRECTION_EXPORT ? &p->exports : &p->imports;
}

static leftover left_over(autk_country_year *c, autk_direction d)
{
    leftover l = {0, 0};
    for (size_t i = 0; i < c->n_partners; i++) {
        const autk_flow *f = flow_of(&c->partners[i], d);
        if (autk_bounds_known(f->value_usd))
            l.low_sum += f->value_usd.low;
        else
            l.n_unknown += f->gap;
    }
    return l;
}

/* A gap is at most the country's own total less what others surely have; of a gap of which nothing
 * else is known the point is an equal part of that remainder (one part stays unnamed). */
static bool cap_gap(autk_flow *f, const leftover *l, double total_high)
{
    autk_bounds *b = &f->value_usd;
    bool known = autk_bounds_known(*b);
    double room = total_high - l->low_sum + (known ? b->low : 0);
    if (!known) {
        if (!(room > 0))
            return false;
        *b = (autk_bounds){0, room / (double)(l->n_unknown + 1), room};
        f->evidence = AUTK_EVIDENCE_BOUNDED;
        f->rule = AUTK_RULE_REMAINDER;
        return true;
    }
    if (f->evidence != AUTK_EVIDENCE_BOUNDED || room >= b->high || room < b->low)
        return false;
    b->high = room;
    if (b->point > room) {
        b->point = room;
        f->rule = AUTK_RULE_REMAINDER;
    }
    return true;
}

static void cap_gaps(autk_country_year *c)
{
    for (int d = AUTK_DIRECTION_EXPORT; d <= AUTK_DIRECTION_IMPORT; d++) {
        autk_bounds own = c->totals[AUTK_READING_OWN][d].value_usd;
        if (!autk_bounds_known(own))
            continue;
        leftover l = left_over(c, (autk_direction)d);
        for (size_t i = 0; i < c->n_partners; i++) {
            autk_partner *p = &c->partners[i];
            autk_flow *f = flow_of(p, (autk_direction)d);
            autk_bounds sum = autk_bounds_add(p->exports.value_usd, p->imports.value_usd);
            bool is_sum = !autk_bounds_known(p->turnover_usd) || p->turnover_usd.high == sum.high;
            if (!f->gap || !cap_gap(f, &l, own.high))
                continue;
            autki_sources_merge(&f->sources, &c->totals[AUTK_READING_OWN][d].sources);
            if (is_sum)
                p->turnover_usd = autk_bounds_add(p->exports.value_usd, p->imports.value_usd);
            settle_evidence(p);
        }
    }
}

static void sum_direction(autk_total *t, const autk_country_year *c, autk_direction d)
{
    autki_sum sum = {.n = 0};
    *t = (autk_total){.value_usd = autk_bounds_unknown()};
    for (size_t i = 0; i < c->n_partners; i++) {
        autki_sum_add(&sum, &c->partners[i], d);
        if (autk_bounds_known(autk_partner_value(&c->partners[i], d)))
            autki_sources_merge(&t->sources, autk_partner_sources(&c->partners[i], d));
    }
    /* Of another scope only a few partners are told of: their sum is no total. */
    if (sum.n > 0 && c->scope == AUTK_SCOPE_GOODS)
        t->value_usd = autki_sum_of_economy(&sum, d);
}

static void sum_partners(autk_country_year *c)
{
    for (int d = 0; d < AUTK_DIRECTION_COUNT; d++)
        sum_direction(&c->totals[AUTK_READING_MIRROR][d], c, (autk_direction)d);
}

/* ------------------------------------------------------------------ the year */

static autk_status check_year(const autk_evidence *e, int year, autk_err *err)
{
    if (year >= e->first && year <= e->last)
        return AUTK_OK;
    return autki_fail(err, AUTK_ENOTFOUND, "expected a year from %d to %d, got %d", e->first,
                      e->last, year);
}

static autk_status no_figure(const autk_evidence *e, int year, autk_err *err)
{
    int first, last;
    const char *name = autk_world_party_name(e->world, e->economy);
    const char *scope = autk_scope_text(e->opts.scope);
    autk_evidence_years(&first, &last, e);
    if (first == 0)
        return autki_fail(err, AUTK_ENOANSWER, "no figure for %s (%s)", name, scope);
    return autki_fail(err, AUTK_ENOANSWER,
                      "no figure for %s in %d (%s); there are some for %d to %d", name, year, scope,
                      first, last);
}

static bool has_figure(const autk_country_year *c)
{
    for (size_t i = 0; i < c->n_partners; i++) {
        const autk_partner *p = &c->partners[i];
        if (p->evidence != AUTK_EVIDENCE_UNKNOWN && p->evidence != AUTK_EVIDENCE_BOUNDED)
            return true;
    }
    return false;
}

static autk_status fill(autk_country_year *c, const autk_evidence *e, autk_err *err)
{
    int32_t n = autk_world_n_economies(e->world);
    c->partners = autki_calloc((size_t)n, sizeof *c->partners);
    if (c->partners == NULL)
        return autki_no_memory(err, (size_t)n * sizeof *c->partners);
    autki_own_totals(c->totals[AUTK_READING_OWN], e, c->year);
    autk_bounds own[AUTK_DIRECTION_COUNT];
    for (int d = 0; d < AUTK_DIRECTION_COUNT; d++) {
        own[d] = c->totals[AUTK_READING_OWN][d].value_usd;
        c->has_own_total[d] = autk_bounds_known(own[d]);
    }
    for (int32_t p = 0; p < n; p++) {
        if (p != e->economy && build_partner(&c->partners[c->n_partners], e, c->year, p, own))
            c->n_partners++;
    }
    cap_gaps(c);
    sum_partners(c);
    return has_figure(c) ? autki_warn_of_year(c, e, err) : no_figure(e, c->year, err);
}

autk_status autk_evidence_year(autk_country_year **out, const autk_evidence *e, int year,
                               autk_err *err)
{
    autk_status st = check_year(e, year, err);
    if (st != AUTK_OK)
        return st;
    autk_country_year *c = autki_calloc(1, sizeof *c);
    if (c == NULL)
        return autki_no_memory(err, sizeof *c);
    c->economy = e->economy;
    c->year = year;
    c->scope = e->opts.scope;
    st = fill(c, e, err);
    if (st != AUTK_OK) {
        autk_country_year_free(c);
        return st;
    }
    *out = c;
    return AUTK_OK;
}

void autk_country_year_free(autk_country_year *c)
{
    if (c == NULL)
        return;
    autki_warnings_free(c->warnings, c->n_warnings);
    free(c->partners);
    free(c);
}

autk_status autk_evidence_country(autk_country_year **out, const autk_world *world, int32_t economy,
                                  int year, const autk_evidence_opts *opts, autk_err *err)
{
    autk_evidence *e = NULL;
    autk_status st = autk_evidence_create(&e, world, economy, opts, err);
    if (st == AUTK_OK)
        st = autk_evidence_year(out, e, year, err);
    autk_evidence_free(e);
    return st;
}

autk_status autk_evidence_flow(autk_flow *out, const autk_world *world, int32_t exporter,
                               int32_t importer, int year, const autk_evidence_opts *opts,
                               autk_err *err)
{
    if (exporter == importer)
        return autki_fail(err, AUTK_EDATA, "expected two economies, got %s twice",
                          autk_world_party_name(world, exporter));
    if (autk_world_economy(world, importer) == NULL)
        return autki_fail(err, AUTK_EARG, "expected an economy, got party %d", (int)importer);
    autk_country_year *c = NULL;
    autk_status st = autk_evidence_country(&c, world, exporter, year, opts, err);
    if (st != AUTK_OK)
        return st;
    const autk_partner *p = autk_country_year_partner(c, importer);
    *out = (autk_flow){.exporter = exporter,
                       .importer = importer,
                       .year = year,
                       .scope = c->scope,
                       .value_usd = autk_bounds_exact(0),
                       .evidence = AUTK_EVIDENCE_NONE,
                       .rule = AUTK_RULE_NONE,
                       .disagreement = 1};
    if (p != NULL)
        *out = p->exports;
    autk_country_year_free(c);
    return AUTK_OK;
}

autk_status autk_evidence_gap(double *low_usd, double *point_usd, double *high_usd,
                              int32_t exporter, int32_t importer, int year, void *world,
                              autk_err *err)
{
    autk_flow flow;
    autk_status st = autk_evidence_flow(&flow, world, exporter, importer, year, NULL, err);
    if (st != AUTK_OK)
        return st;
    if (!autk_bounds_known(flow.value_usd))
        return autki_fail(err, AUTK_ENOANSWER, "nothing bounds the flow from %s to %s in %d",
                          autk_world_party_name(world, exporter),
                          autk_world_party_name(world, importer), year);
    *low_usd = flow.value_usd.low;
    *point_usd = flow.value_usd.point;
    *high_usd = flow.value_usd.high;
    return AUTK_OK;
}

/* ------------------------------------------------------------------ reading a country-year */

const autk_partner *autk_country_year_partner(const autk_country_year *c, int32_t partner)
{
    size_t from = 0, to = c->n_partners;
    while (from < to) {
        size_t middle = from + (to - from) / 2;
        if (c->partners[middle].partner < partner)
            from = middle + 1;
        else
            to = middle;
    }
    return from < c->n_partners && c->partners[from].partner == partner ? &c->partners[from] : NULL;
}

autk_bounds autk_partner_value(const autk_partner *p, autk_direction d)
{
    return d == AUTK_DIRECTION_EXPORT   ? p->exports.value_usd
           : d == AUTK_DIRECTION_IMPORT ? p->imports.value_usd
                                        : p->turnover_usd;
}

autk_evidence_kind autk_partner_evidence(const autk_partner *p, autk_direction d)
{
    return d == AUTK_DIRECTION_EXPORT   ? p->exports.evidence
           : d == AUTK_DIRECTION_IMPORT ? p->imports.evidence
                                        : p->evidence;
}

const autk_sources *autk_partner_sources(const autk_partner *p, autk_direction d)
{
    return d == AUTK_DIRECTION_EXPORT   ? &p->exports.sources
           : d == AUTK_DIRECTION_IMPORT ? &p->imports.sources
                                        : &p->sources;
}
