#include <math.h>
#include <stdio.h>

#include "report/depend.h"
#include "report/object.h"

static void sources(autki_object *o, const autk_sources *s, const autk_world *world)
{
    autki_object ids = autki_object_array(o, "sources");
    for (int32_t i = 0; i < s->n; i++) {
        const autk_source_info *info = autk_world_source(world, s->source[i]);
        autki_object_text_element(&ids, info != NULL ? info->id : "?");
    }
    autki_object_close(&ids);
}

static const char *const reading_keys[AUTK_READING_COUNT] = {"own", "mirror"};

static void totals(autki_object *o, const autk_dependence *d, const autk_world *world)
{
    autki_object all = autki_object_in(o, "totals");
    for (int r = 0; r < AUTK_READING_COUNT; r++) {
        autki_object t = autki_object_in(&all, reading_keys[r]);
        autki_object_text(&t, "reading", autk_reading_text((autk_reading)r));
        for (int k = 0; k < AUTK_DIRECTION_COUNT; k++) {
            char name[32];
            (void)snprintf(name, sizeof name, "%s_usd", autk_direction_text((autk_direction)k));
            autki_object_bounds(&t, name, d->totals[r][k].value_usd);
        }
        sources(&t, &d->totals[r][d->direction].sources, world);
        autki_object_close(&t);
    }
    autki_object_close(&all);
}

static void by_reading(autki_object *o, const char *name, const autk_bounds *b)
{
    autki_object inner = autki_object_in(o, name);
    for (int r = 0; r < AUTK_READING_COUNT; r++)
        autki_object_bounds(&inner, reading_keys[r], b[r]);
    autki_object_close(&inner);
}

static void rank(autki_object *o, const char *name, int32_t value)
{
    autki_object_number(o, name, value > 0 ? (double)value : NAN);
}

static void entry(autki_object *partners, const autk_dependence_entry *e, const autk_world *world)
{
    autki_object o = autki_object_row(partners);
    autki_object_text(&o, "partner", autk_world_party_code(world, e->party));
    autki_object_text(&o, "partner_name", autk_world_party_name(world, e->party));
    rank(&o, "rank", e->rank.point);
    rank(&o, "rank_best", e->rank.best);
    rank(&o, "rank_worst", e->rank.worst);
    autki_object_bounds(&o, "share", e->share);
    by_reading(&o, "share_by_reading", e->by_reading);
    autki_object_bounds(&o, "value_usd", e->value_usd);
    autki_object_bounds(&o, "to_gdp", e->to_gdp);
    autki_object_text(&o, "evidence", autk_evidence_kind_text(e->evidence));
    autki_object_bool(&o, "gap", e->gap);
    autki_object_number(&o, "disagreement", e->disagreement);
    autki_object_bounds(&o, "reverse_share", e->asymmetry.reverse_share);
    autki_object_bounds(&o, "asymmetry", e->asymmetry.difference);
    autki_object_bounds(&o, "asymmetry_ratio", e->asymmetry.ratio);
    autki_object_number(&o, "members", e->n_members);
    sources(&o, &e->sources, world);
    autki_object_close(&o);
}

static void concentration(autki_object *o, const autk_concentration *c)
{
    autki_object_bounds(o, "hhi", c->hhi);
    autki_object_bounds(o, "hhi_normalised", c->normalised);
    autki_object_bounds(o, "hirschman", c->hirschman);
    autki_object_bounds(o, "effective_partners", c->effective);
    autki_object_bounds(o, "effective_partners_entropy", c->effective_entropy);
}

static void isolation(autki_object *o, const autk_isolation *i)
{
    autki_object inner = autki_object_in(o, "isolation");
    bool counted = !isnan(i->lost_share_at_peak);
    autki_object_bounds(&inner, "openness", i->openness);
    autki_object_bounds(&inner, "partners_above_0_1_percent",
                        counted
                            ? (autk_bounds){i->partners_low, i->partners_point, i->partners_high}
                            : autk_bounds_unknown());
    autki_object_bounds(&inner, "effective_partners", i->effective);
    autki_object_number(&inner, "partners_lost", counted ? (double)i->n_lost : NAN);
    autki_object_number(&inner, "lost_share_at_peak", i->lost_share_at_peak);
    rank(&inner, "lost_peak_year", i->lost_peak_year);
    autki_object_close(&inner);
}

void autki_depend_json(autk_buf *out, const autk_depend_item *item, const autk_world *world,
                       size_t top)
{
    const autk_dependence *d = item->dependence;
    autki_object o = autki_object_open(out);
    autki_object_text(&o, "economy", autk_world_party_code(world, d->economy));
    autki_object_text(&o, "economy_name", autk_world_party_name(world, d->economy));
    autki_object_number(&o, "year", d->year);
    autki_object_text(&o, "flow", autk_direction_text(d->direction));
    autki_object_text(&o, "scope", autk_scope_text(d->scope));
    autki_object_text(&o, "reading_of_points", autk_reading_text(d->reading));
    totals(&o, d, world);
    autki_object_number(&o, "gdp_usd", d->gdp_usd);
    autki_object partners = autki_object_array(&o, "partners");
    for (size_t i = 0; i < autki_depend_shown(d, top); i++)
        entry(&partners, &d->entries[i], world);
    autki_object_close(&partners);
    concentration(&o, &d->concentration);
    autki_object inner = autki_object_in(&o, "concentration_by_reading");
    for (int r = 0; r < AUTK_READING_COUNT; r++) {
        autki_object c = autki_object_in(&inner, reading_keys[r]);
        concentration(&c, &d->concentration_by_reading[r]);
        autki_object_close(&c);
    }
    autki_object_close(&inner);
    isolation(&o, &d->isolation);
    autki_object warnings = autki_object_array(&o, "warnings");
    for (size_t i = 0; i < d->n_warnings; i++)
        autki_object_text_element(&warnings, d->warnings[i]);
    autki_object_close(&warnings);
    autki_object_lines(&o, "explanation", item->explanation);
    autki_object_close(&o);
}
