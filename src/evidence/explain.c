#include <math.h>
#include <string.h>

#include <autarky/table.h>

#include "base/fail.h"
#include "evidence/evidence.h"
#include "evidence/rules.h"

typedef struct explainer {
    autk_buf *out;
    const autk_evidence *e;
    const autk_country_year *c;
} explainer;

static const char *name_of(const explainer *x, int32_t party)
{
    return autk_world_party_name(x->e->world, party);
}

static bool is_fraction(autk_quantity q)
{
    return q == AUTK_QUANTITY_SHARE_OF_EXPORTS || q == AUTK_QUANTITY_SHARE_OF_IMPORTS ||
           q == AUTK_QUANTITY_SHARE_OF_TRADE;
}

static void add_amount(autk_buf *out, double value, bool fraction)
{
    if (fraction)
        autk_format_percent(out, value, 1);
    else
        autk_format_usd(out, value);
}

static void add_span(autk_buf *out, autk_bounds b, bool fraction)
{
    if (!autk_bounds_known(b)) {
        autk_buf_puts(out, "unknown");
        return;
    }
    add_amount(out, b.point, fraction);
    if (b.high > 1.005 * b.low) {
        autk_buf_puts(out, " (");
        add_amount(out, b.low, fraction);
        autk_buf_puts(out, " to ");
        add_amount(out, b.high, fraction);
        autk_buf_putc(out, ')');
    }
}

/* What became of an observation. flow: of its direction, NULL for totals and groups. */
static const char *role_of(const explainer *x, const autk_observation *o, const autk_flow *flow)
{
    if (o->scope != x->c->scope)
        return "another scope: kept apart";
    if (flow == NULL)
        return "";
    if (o->kind == AUTK_KIND_MODELLED)
        return flow->rule == AUTK_RULE_MODELLED ? "used: nobody reports the flow"
                                                : "compared only: a model goes behind figures";
    bool statistic = autki_is_statistic(o, x->c->scope);
    bool by_statistics =
        flow->evidence == AUTK_EVIDENCE_REPORTED || flow->evidence == AUTK_EVIDENCE_MIRROR ||
        flow->evidence == AUTK_EVIDENCE_RECONCILED || flow->evidence == AUTK_EVIDENCE_ESTIMATED;
    if (statistic)
        return o->valuation == AUTK_VALUATION_CIF ? "used, brought to FOB" : "used";
    if (by_statistics)
        return "compared only: statistics go before statements";
    if (o->quantity == AUTK_QUANTITY_PART)
        return "a lower bound";
    return "used";
}

static void add_observation(const explainer *x, const autk_observation *o, const autk_flow *flow)
{
    const autk_source_info *source = autk_world_source(x->e->world, o->source);
    const char *role = role_of(x, o, flow);
    autk_buf_puts(x->out, "    - ");
    add_span(x->out, (autk_bounds){o->low, o->value, o->high}, is_fraction(o->quantity));
    autk_buf_printf(x->out, ", %s", autk_kind_text(o->kind));
    if (o->quantity != AUTK_QUANTITY_FLOW)
        autk_buf_printf(x->out, " of %s", autk_quantity_text(o->quantity));
    if (o->valuation != AUTK_VALUATION_UNKNOWN)
        autk_buf_printf(x->out, ", %s", autk_valuation_text(o->valuation));
    if (o->scope != x->c->scope)
        autk_buf_printf(x->out, ", %s", autk_scope_text(o->scope));
    autk_buf_printf(x->out, " [%s]", source != NULL ? source->id : "?");
    if (o->note != NULL && o->note[0] != '\0')
        autk_buf_printf(x->out, " %s", o->note);
    autk_buf_printf(x->out, role[0] != '\0' ? ": %s\n" : "%s\n", role);
}

static void add_observations(const explainer *x, bool outward, int32_t party, const autk_flow *flow)
{
    autki_slice s = autki_evidence_pair(x->e, x->c->year, outward, party);
    for (size_t i = 0; i < s.n; i++)
        add_observation(x, &s.obs[i], flow);
}

static void add_flow(const explainer *x, const autk_flow *f, bool outward, int32_t party)
{
    autk_buf_printf(x->out, "  %s to %s: ", name_of(x, f->exporter), name_of(x, f->importer));
    add_span(x->out, f->value_usd, false);
    autk_buf_printf(x->out, "; %s: %s", autk_evidence_kind_text(f->evidence),
                    autk_rule_text(f->rule));
    if (f->disagreement > AUTKI_AGREE && isfinite(f->disagreement))
        autk_buf_printf(x->out, "; the figures differ by a factor of %.2f", f->disagreement);
    autk_buf_putc(x->out, '\n');
    add_observations(x, outward, party, f);
}

static void explain_economy(const explainer *x, int32_t party)
{
    const autk_partner *p = autk_country_year_partner(x->c, party);
    autk_buf_printf(x->out, "%s, %d\n", name_of(x, party), x->c->year);
    if (p == NULL) {
        autk_buf_puts(x->out, x->c->scope == AUTK_SCOPE_GOODS
                                  ? "  no trade recorded, by a side that reports\n"
                                  : "  no figure of this scope\n");
        return;
    }
    add_flow(x, &p->exports, true, party);
    add_flow(x, &p->imports, false, party);
    autk_buf_puts(x->out, "  both: ");
    add_span(x->out, p->turnover_usd, false);
    autk_buf_printf(x->out, "; %s\n", autk_evidence_kind_text(p->evidence));
}

static void explain_total(const explainer *x, autk_reading r, const char *rule)
{
    autk_buf_printf(x->out, "  %s:", autk_reading_text(r));
    for (int d = 0; d < AUTK_DIRECTION_COUNT; d++) {
        autk_buf_printf(x->out, "%s %s ", d == 0 ? "" : ",",
                        autk_direction_text((autk_direction)d));
        add_span(x->out, x->c->totals[r][d].value_usd, false);
    }
    autk_buf_printf(x->out, "; %s\n", rule);
}

static void explain_world(const explainer *x)
{
    autk_buf_printf(x->out, "totals of %s, %d\n", name_of(x, x->c->economy), x->c->year);
    explain_total(x, AUTK_READING_OWN,
                  "the country's own, what is missing from the other two where they give it");
    add_observations(x, true, AUTK_PARTY_WORLD, NULL);
    add_observations(x, false, AUTK_PARTY_WORLD, NULL);
    explain_total(x, AUTK_READING_MIRROR, "the sum over partners");
}

static void explain_group(const explainer *x, int32_t party)
{
    int32_t date = x->c->year * 10000 + 701;
    autk_buf_printf(x->out, "%s, %d: the sum over its members of 1 July\n", name_of(x, party),
                    x->c->year);
    add_observations(x, true, party, NULL);
    add_observations(x, false, party, NULL);
    for (size_t i = 0; i < x->c->n_partners; i++) {
        int32_t p = x->c->partners[i].partner;
        if (autk_world_party_has(x->e->world, party, p, date))
            explain_economy(x, p);
    }
}

autk_status autk_evidence_explain(autk_buf *out, const autk_evidence *evidence, int year,
                                  int32_t party, autk_err *err)
{
    autk_country_year *c = NULL;
    if (party != AUTK_PARTY_WORLD && party < 0)
        return autki_fail(err, AUTK_EARG, "expected an economy, a group or the world, got %d",
                          (int)party);
    autk_status st = autk_evidence_year(&c, evidence, year, err);
    if (st != AUTK_OK)
        return st;
    explainer x = {out, evidence, c};
    if (party == AUTK_PARTY_WORLD)
        explain_world(&x);
    else if (party >= AUTK_GROUP_BASE)
        explain_group(&x, party);
    else
        explain_economy(&x, party);
    autk_country_year_free(c);
    return autk_buf_check(out, err);
}
