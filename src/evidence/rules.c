#include <math.h>

#include "evidence/rules.h"

void autki_sources_add(autk_sources *sources, int32_t source)
{
    int32_t at = 0, kept = sources->n < AUTK_MAX_SOURCES ? sources->n : AUTK_MAX_SOURCES;
    while (at < kept && sources->source[at] < source)
        at++;
    if (source < 0 || (at < kept && sources->source[at] == source) || kept == AUTK_MAX_SOURCES)
        return;
    for (int32_t k = kept; k > at; k--)
        sources->source[k] = sources->source[k - 1];
    sources->source[at] = source;
    sources->n = kept + 1;
}

void autki_sources_merge(autk_sources *sources, const autk_sources *more)
{
    for (int32_t i = 0; i < more->n && i < AUTK_MAX_SOURCES; i++)
        autki_sources_add(sources, more->source[i]);
}

/* ------------------------------------------------------------------ statistics */

bool autki_is_statistic(const autk_observation *o, autk_scope scope)
{
    return o->quantity == AUTK_QUANTITY_FLOW && o->scope == scope &&
           o->kind != AUTK_KIND_STATEMENT && o->kind != AUTK_KIND_MODELLED;
}

bool autki_flow_from_model(autk_flow *flow, const autk_observation *obs, size_t n)
{
    size_t n_found = 0;
    for (size_t i = 0; i < n; i++) {
        const autk_observation *o = &obs[i];
        if (o->kind != AUTK_KIND_MODELLED || o->scope != flow->scope)
            continue;
        autk_bounds b = {o->low, o->value, o->high};
        flow->value_usd = n_found++ == 0 ? b : autk_bounds_hull(flow->value_usd, b);
        autki_sources_add(&flow->sources, o->source);
    }
    if (n_found == 0)
        return false;
    flow->evidence = AUTK_EVIDENCE_ESTIMATED;
    flow->rule = AUTK_RULE_MODELLED;
    return true;
}

autk_bounds autki_to_fob(const autk_observation *o, const autk_evidence_opts *opts)
{
    autk_bounds b = {o->low, o->value, o->high};
    if (o->valuation != AUTK_VALUATION_CIF)
        return b;
    return (autk_bounds){b.low / opts->cif_fob_high, b.point / opts->cif_fob,
                         b.high / opts->cif_fob_low};
}

/* Standard error of ln(figure): how far two careful reports of one flow lie apart, by kind, and the
 * figure's own width (a 5-95 % interval). */
static double log_sd(const autk_observation *o, autk_bounds fob)
{
    static const double by_kind[AUTK_KIND_COUNT] = {[AUTK_KIND_REPORTED] = 0.05,
                                                    [AUTK_KIND_MIRROR] = 0.07,
                                                    [AUTK_KIND_RECONCILED] = 0.05,
                                                    [AUTK_KIND_STATEMENT] = 0.20,
                                                    [AUTK_KIND_ESTIMATED] = 0.08};
    double sd = by_kind[o->kind];
    if (o->valuation == AUTK_VALUATION_CIF)
        sd += 0.02;
    if (fob.low > 0)
        sd += log(fob.high / fob.low) / (2 * 1.645);
    else if (fob.high > 0)
        sd += 1;
    return sd;
}

typedef struct pool {
    size_t n;
    double weight, log_sum;   /* of figures above zero */
    double smallest, largest; /* points */
    double best_sd, best;     /* the most precise figure */
    autk_bounds common, only; /* intersection; the last figure */
    autk_kind kind;
} pool;

static void pool_add(pool *p, const autk_observation *o, autk_bounds fob)
{
    double sd = log_sd(o, fob);
    if (p->n == 0) {
        p->common = fob;
        p->smallest = p->largest = fob.point;
        p->best_sd = INFINITY;
    }
    p->only = fob;
    p->kind = o->kind;
    p->n++;
    if (sd < p->best_sd) {
        p->best_sd = sd;
        p->best = fob.point;
    }
    if (fob.point > 0) {
        p->weight += 1 / (sd * sd);
        p->log_sum += log(fob.point) / (sd * sd);
    }
    p->smallest = fob.point < p->smallest ? fob.point : p->smallest;
    p->largest = fob.point > p->largest ? fob.point : p->largest;
    p->common.low = fob.low > p->common.low ? fob.low : p->common.low;
    p->common.high = fob.high < p->common.high ? fob.high : p->common.high;
}

static void settle(autk_flow *flow, const pool *p)
{
    autk_bounds b = p->common;
    if (!(b.low <= b.high))
        b = (autk_bounds){p->smallest, p->smallest, p->largest};
    flow->disagreement = p->smallest > 0 ? p->largest / p->smallest : p->largest > 0 ? HUGE_VAL : 1;
    b.point = p->weight > 0 ? exp(p->log_sum / p->weight) : 0;
    if (!(flow->disagreement <= AUTKI_IRRECONCILABLE))
        b.point = p->best;
    b.point = b.point < b.low ? b.low : b.point > b.high ? b.high : b.point;
    flow->value_usd = b;
    flow->rule = flow->disagreement <= AUTKI_AGREE ? AUTK_RULE_COMBINED : AUTK_RULE_DISPUTED;
    flow->evidence = AUTK_EVIDENCE_RECONCILED;
}

static autk_evidence_kind kind_of_one(autk_kind kind, bool silent)
{
    switch (kind) {
    case AUTK_KIND_REPORTED:
        return silent ? AUTK_EVIDENCE_MIRROR : AUTK_EVIDENCE_REPORTED;
    case AUTK_KIND_RECONCILED:
        return silent ? AUTK_EVIDENCE_MIRROR : AUTK_EVIDENCE_RECONCILED;
    case AUTK_KIND_MIRROR:
        return AUTK_EVIDENCE_MIRROR;
    case AUTK_KIND_STATEMENT:
        return AUTK_EVIDENCE_STATEMENT;
    default:
        return AUTK_EVIDENCE_ESTIMATED;
    }
}

/* What statistics have of a flow whose rest is estimated. */
static double exact_part(const autk_observation *obs, size_t n, const autk_flow *flow)
{
    double part = 0;
    for (size_t i = 0; i < n; i++) {
        if (obs[i].quantity == AUTK_QUANTITY_PART && obs[i].scope == flow->scope &&
            obs[i].kind != AUTK_KIND_STATEMENT && obs[i].value > part)
            part = obs[i].value;
    }
    return part < flow->value_usd.point ? part : flow->value_usd.point;
}

bool autki_flow_from_statistics(autk_flow *flow, const autk_observation *obs, size_t n, bool silent,
                                const autk_evidence_opts *opts)
{
    pool p = {.n = 0};
    for (size_t i = 0; i < n; i++) {
        if (!autki_is_statistic(&obs[i], flow->scope))
            continue;
        pool_add(&p, &obs[i], autki_to_fob(&obs[i], opts));
        autki_sources_add(&flow->sources, obs[i].source);
    }
    if (p.n == 0)
        return false;
    flow->disagreement = 1;
    if (p.n == 1) {
        flow->value_usd = p.only;
        flow->rule = AUTK_RULE_ONE;
        flow->evidence = kind_of_one(p.kind, silent);
        flow->observed_usd = exact_part(obs, n, flow);
    } else {
        settle(flow, &p);
    }
    return true;
}

/* ------------------------------------------------------------------ statements */

typedef struct span {
    autk_bounds hull;
    double sum;
    size_t n;
} span;

static void span_add(span *s, autk_bounds b)
{
    if (!autk_bounds_known(b))
        return;
    s->hull = s->n == 0 ? b : autk_bounds_hull(s->hull, b);
    s->sum += b.point;
    s->n++;
}

/* The hull; the point is the mean of what was said. */
static autk_bounds span_bounds(const span *s)
{
    if (s->n == 0)
        return autk_bounds_unknown();
    autk_bounds b = s->hull;
    double mean = s->sum / (double)s->n;
    b.point = mean < b.low ? b.low : mean > b.high ? b.high : mean;
    return b;
}

static autk_bounds stated_bounds(const autk_observation *o)
{
    return (autk_bounds){o->low, o->value, o->high};
}

autk_bounds autki_widen_stated(autk_bounds b)
{
    return (autk_bounds){b.low / AUTKI_STATED_OFF, b.point, b.high * AUTKI_STATED_OFF};
}

/* A part of a year, the year at the same pace: a figure for the whole, of sorts. */
static bool has_pace(const autk_observation *o)
{
    return o->kind == AUTK_KIND_STATEMENT && o->high > 1.02 * o->value;
}

static autk_bounds less(autk_bounds a, autk_bounds b)
{
    autk_bounds d = {a.low - b.high, a.point - b.point, a.high - b.low};
    if (d.point < 0)
        return autk_bounds_unknown();
    d.low = d.low > 0 ? d.low : 0;
    return d;
}

static autk_bounds scaled(autk_bounds share, autk_bounds total)
{
    return (autk_bounds){share.low * total.low, share.point * total.point, share.high * total.high};
}

typedef struct collected {
    span exports, imports, turnover, share_exports, share_imports, share_trade;
    span rest_exports, rest_imports; /* turnover less the other direction, of one source */
} collected;

static void collect_one(autki_stated *s, collected *c, const autk_observation *o, bool outward)
{
    autk_bounds b = stated_bounds(o);
    switch (o->quantity) {
    case AUTK_QUANTITY_FLOW:
        span_add(outward ? &c->exports : &c->imports, b);
        break;
    case AUTK_QUANTITY_TURNOVER:
        span_add(&c->turnover, b);
        break;
    case AUTK_QUANTITY_PART:
        if (outward && b.low > s->exports_part)
            s->exports_part = b.low;
        if (!outward && b.low > s->imports_part)
            s->imports_part = b.low;
        if (has_pace(o))
            span_add(outward ? &c->exports : &c->imports, autk_bounds_exact(b.high));
        break;
    case AUTK_QUANTITY_SHARE_OF_EXPORTS:
        if (outward)
            span_add(&c->share_exports, b);
        break;
    case AUTK_QUANTITY_SHARE_OF_IMPORTS: /* of the importer's imports: the economy's own */
        if (!outward)
            span_add(&c->share_imports, b);
        break;
    case AUTK_QUANTITY_SHARE_OF_TRADE: /* of the exporter's turnover */
        if (outward)
            span_add(&c->share_trade, b);
        break;
    default:
        return;
    }
    autki_sources_add(&s->sources, o->source);
}

static autk_bounds half(autk_bounds turnover, autk_bounds balance, double sign)
{
    double far = sign > 0 ? balance.high : balance.low,
           near = sign > 0 ? balance.low : balance.high;
    autk_bounds b = {(turnover.low + sign * near) / 2, (turnover.point + sign * balance.point) / 2,
                     (turnover.high + sign * far) / 2};
    return b.low >= 0 ? b : autk_bounds_unknown();
}

/* What one source's turnover says of the directions, with the other direction or the balance that
 * the same source gave. The balance is the exporter's: exports less imports. */
static void combine_with_turnover(collected *c, const autk_observation *turnover,
                                  const autk_observation *obs, size_t n, autk_scope scope,
                                  bool outward)
{
    autk_bounds t = stated_bounds(turnover);
    for (size_t i = 0; i < n; i++) {
        const autk_observation *o = &obs[i];
        autk_bounds b = stated_bounds(o);
        if (o->kind != AUTK_KIND_STATEMENT || o->scope != scope || o->source != turnover->source)
            continue;
        if (o->quantity == AUTK_QUANTITY_FLOW)
            span_add(outward ? &c->rest_imports : &c->rest_exports, less(t, b));
        if (o->quantity == AUTK_QUANTITY_BALANCE) {
            span_add(outward ? &c->exports : &c->imports, half(t, b, 1));
            span_add(outward ? &c->imports : &c->exports, half(t, b, -1));
        }
    }
}

static autk_bounds first_known(autk_rule *rule, const span *direct, const span *rest,
                               const span *share, autk_bounds total)
{
    *rule = AUTK_RULE_STATED;
    if (direct->n > 0)
        return autki_widen_stated(span_bounds(direct));
    *rule = AUTK_RULE_STATED_REST;
    if (rest->n > 0)
        return autki_widen_stated(span_bounds(rest));
    *rule = AUTK_RULE_STATED_SHARE;
    if (share->n > 0 && autk_bounds_known(total))
        return autki_widen_stated(scaled(span_bounds(share), total));
    *rule = AUTK_RULE_NOTHING;
    return autk_bounds_unknown();
}

void autki_collect_stated(autki_stated *s, const autk_observation *out_obs, size_t n_out,
                          const autk_observation *in_obs, size_t n_in, autk_scope scope,
                          const autk_bounds *own)
{
    collected c = {.exports = {.n = 0}};
    *s = (autki_stated){.sources = {.n = 0}};
    for (size_t i = 0; i < n_out + n_in; i++) {
        const autk_observation *o = i < n_out ? &out_obs[i] : &in_obs[i - n_out];
        if (o->scope != scope ||
            (o->kind != AUTK_KIND_STATEMENT && o->quantity == AUTK_QUANTITY_FLOW))
            continue;
        collect_one(s, &c, o, i < n_out);
        if (o->quantity == AUTK_QUANTITY_TURNOVER) {
            combine_with_turnover(&c, o, out_obs, n_out, scope, true);
            combine_with_turnover(&c, o, in_obs, n_in, scope, false);
        }
    }
    s->exports = first_known(&s->exports_rule, &c.exports, &c.rest_exports, &c.share_exports,
                             own[AUTK_DIRECTION_EXPORT]);
    s->imports = first_known(&s->imports_rule, &c.imports, &c.rest_imports, &c.share_imports,
                             own[AUTK_DIRECTION_IMPORT]);
    autk_bounds turnover = span_bounds(&c.turnover);
    if (!autk_bounds_known(turnover) && c.share_trade.n > 0 &&
        autk_bounds_known(own[AUTK_DIRECTION_TRADE]))
        turnover = scaled(span_bounds(&c.share_trade), own[AUTK_DIRECTION_TRADE]);
    s->turnover = autki_widen_stated(turnover);
}
