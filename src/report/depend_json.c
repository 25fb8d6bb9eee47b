#include <math.h>
#include <stdio.h>

#include "report/depend.h"

/* Members of one object, separated as they come. */
typedef struct object {
    autk_buf *out;
    bool began;
} object;

static object open_object(autk_buf *out)
{
    autk_buf_putc(out, '{');
    return (object){out, false};
}

static void key(object *o, const char *name)
{
    autk_buf_puts(o->out, o->began ? ", " : "");
    autk_format_json_text(o->out, name);
    autk_buf_puts(o->out, ": ");
    o->began = true;
}

static void number(object *o, const char *name, double value)
{
    key(o, name);
    autk_format_double(o->out, value);
}

static void text(object *o, const char *name, const char *value)
{
    key(o, name);
    autk_format_json_text(o->out, value);
}

static void bounds(object *o, const char *name, autk_bounds b)
{
    key(o, name);
    object inner = open_object(o->out);
    number(&inner, "low", b.low);
    number(&inner, "point", b.point);
    number(&inner, "high", b.high);
    autk_buf_putc(o->out, '}');
}

static void sources(object *o, const autk_sources *s, const autk_world *world)
{
    key(o, "sources");
    autk_buf_putc(o->out, '[');
    for (int32_t i = 0; i < s->n; i++) {
        const autk_source_info *info = autk_world_source(world, s->source[i]);
        autk_buf_puts(o->out, i == 0 ? "" : ", ");
        autk_format_json_text(o->out, info != NULL ? info->id : "?");
    }
    autk_buf_putc(o->out, ']');
}

static const char *const reading_keys[AUTK_READING_COUNT] = {"own", "mirror"};

static void totals(object *o, const autk_dependence *d, const autk_world *world)
{
    key(o, "totals");
    object by_reading = open_object(o->out);
    for (int r = 0; r < AUTK_READING_COUNT; r++) {
        key(&by_reading, reading_keys[r]);
        object t = open_object(o->out);
        text(&t, "reading", autk_reading_text((autk_reading)r));
        for (int k = 0; k < AUTK_DIRECTION_COUNT; k++) {
            char name[32];
            (void)snprintf(name, sizeof name, "%s_usd", autk_direction_text((autk_direction)k));
            bounds(&t, name, d->totals[r][k].value_usd);
        }
        sources(&t, &d->totals[r][d->direction].sources, world);
        autk_buf_putc(o->out, '}');
    }
    autk_buf_putc(o->out, '}');
}

static void by_reading(object *o, const char *name, const autk_bounds *b)
{
    key(o, name);
    object inner = open_object(o->out);
    for (int r = 0; r < AUTK_READING_COUNT; r++)
        bounds(&inner, reading_keys[r], b[r]);
    autk_buf_putc(o->out, '}');
}

static void rank(object *o, const char *name, int32_t value)
{
    number(o, name, value > 0 ? (double)value : NAN);
}

static void entry(autk_buf *out, const autk_dependence_entry *e, const autk_world *world)
{
    object o = open_object(out);
    text(&o, "partner", autk_world_party_code(world, e->party));
    text(&o, "partner_name", autk_world_party_name(world, e->party));
    rank(&o, "rank", e->rank.point);
    rank(&o, "rank_best", e->rank.best);
    rank(&o, "rank_worst", e->rank.worst);
    bounds(&o, "share", e->share);
    by_reading(&o, "share_by_reading", e->by_reading);
    bounds(&o, "value_usd", e->value_usd);
    bounds(&o, "to_gdp", e->to_gdp);
    text(&o, "evidence", autk_evidence_kind_text(e->evidence));
    key(&o, "gap");
    autk_buf_puts(out, e->gap ? "true" : "false");
    number(&o, "disagreement", e->disagreement);
    bounds(&o, "reverse_share", e->asymmetry.reverse_share);
    bounds(&o, "asymmetry", e->asymmetry.difference);
    bounds(&o, "asymmetry_ratio", e->asymmetry.ratio);
    number(&o, "members", e->n_members);
    sources(&o, &e->sources, world);
    autk_buf_putc(out, '}');
}

static void concentration(object *o, const autk_concentration *c)
{
    bounds(o, "hhi", c->hhi);
    bounds(o, "hhi_normalised", c->normalised);
    bounds(o, "hirschman", c->hirschman);
    bounds(o, "effective_partners", c->effective);
    bounds(o, "effective_partners_entropy", c->effective_entropy);
}

static void isolation(object *o, const autk_isolation *i)
{
    key(o, "isolation");
    object inner = open_object(o->out);
    bool counted = !isnan(i->lost_share_at_peak);
    bounds(&inner, "openness", i->openness);
    bounds(&inner, "partners_above_0_1_percent",
           counted ? (autk_bounds){i->partners_low, i->partners_point, i->partners_high}
                   : autk_bounds_unknown());
    bounds(&inner, "effective_partners", i->effective);
    number(&inner, "partners_lost", counted ? (double)i->n_lost : NAN);
    number(&inner, "lost_share_at_peak", i->lost_share_at_peak);
    rank(&inner, "lost_peak_year", i->lost_peak_year);
    autk_buf_putc(o->out, '}');
}

/* Lines of a text as an array. */
static void lines(object *o, const char *name, const char *value)
{
    key(o, name);
    autk_buf_putc(o->out, '[');
    for (const char *at = value; *at != '\0';) {
        const char *end = at;
        while (*end != '\0' && *end != '\n')
            end++;
        autk_buf line;
        autk_buf_init(&line);
        autk_buf_add(&line, at, (size_t)(end - at));
        autk_buf_puts(o->out, at == value ? "" : ", ");
        autk_format_json_text(o->out, autk_buf_text(&line));
        if (line.status != AUTK_OK)
            o->out->status = line.status;
        autk_buf_deinit(&line);
        at = *end == '\n' ? end + 1 : end;
    }
    autk_buf_putc(o->out, ']');
}

void autki_depend_json(autk_buf *out, const autk_depend_item *item, const autk_world *world,
                       size_t top)
{
    const autk_dependence *d = item->dependence;
    object o = open_object(out);
    text(&o, "economy", autk_world_party_code(world, d->economy));
    text(&o, "economy_name", autk_world_party_name(world, d->economy));
    number(&o, "year", d->year);
    text(&o, "flow", autk_direction_text(d->direction));
    text(&o, "scope", autk_scope_text(d->scope));
    text(&o, "reading_of_points", autk_reading_text(d->reading));
    totals(&o, d, world);
    number(&o, "gdp_usd", d->gdp_usd);
    key(&o, "partners");
    autk_buf_putc(out, '[');
    for (size_t i = 0; i < autki_depend_shown(d, top); i++) {
        autk_buf_puts(out, i == 0 ? "\n  " : ",\n  ");
        entry(out, &d->entries[i], world);
    }
    autk_buf_putc(out, ']');
    concentration(&o, &d->concentration);
    key(&o, "concentration_by_reading");
    object inner = open_object(out);
    for (int r = 0; r < AUTK_READING_COUNT; r++) {
        key(&inner, reading_keys[r]);
        object c = open_object(out);
        concentration(&c, &d->concentration_by_reading[r]);
        autk_buf_putc(out, '}');
    }
    autk_buf_putc(out, '}');
    isolation(&o, &d->isolation);
    key(&o, "warnings");
    autk_buf_putc(out, '[');
    for (size_t i = 0; i < d->n_warnings; i++) {
        autk_buf_puts(out, i == 0 ? "" : ", ");
        autk_format_json_text(out, d->warnings[i]);
    }
    autk_buf_putc(out, ']');
    if (item->explanation != NULL && item->explanation[0] != '\0')
        lines(&o, "explanation", item->explanation);
    autk_buf_putc(out, '}');
}
