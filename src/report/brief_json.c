#include "report/brief_corridors.h"
#include "report/brief_loss.h"
#include "report/brief_relief.h"
#include "report/brief_products.h"
#include "report/brief_structure.h"

#include <math.h>
#include <string.h>

static void put_key(autk_buf *out, const char *key)
{
    autk_buf_printf(out, "\"%s\": ", key);
}

static void put_number(autk_buf *out, const char *key, double value)
{
    autk_buf_puts(out, ", ");
    put_key(out, key);
    autk_format_double(out, value);
}

static void put_text(autk_buf *out, const char *key, const char *text)
{
    autk_buf_puts(out, ", ");
    put_key(out, key);
    autk_format_json_text(out, text);
}

static void put_bounds(autk_buf *out, const char *key, autk_bounds b)
{
    autk_buf_puts(out, ", ");
    put_key(out, key);
    autk_buf_puts(out, "{\"low\": ");
    autk_format_double(out, b.low);
    autk_buf_puts(out, ", \"point\": ");
    autk_format_double(out, b.point);
    autk_buf_puts(out, ", \"high\": ");
    autk_format_double(out, b.high);
    autk_buf_putc(out, '}');
}

static void put_party(autk_buf *out, const autk_brief *b, const char *key, int32_t party)
{
    put_key(out, key);
    autk_format_json_text(out, autk_world_party_code(b->world, party));
    put_text(out, "name", autk_world_party_name(b->world, party));
}

static void put_lines(autk_buf *out, const char *key, const autki_lines *lines)
{
    autk_buf_printf(out, ",\n \"%s\": [", key);
    for (size_t i = 0; i < lines->n; i++) {
        autk_buf_puts(out, i == 0 ? "\n  " : ",\n  ");
        autk_format_json_text(out, lines->line[i]);
    }
    autk_buf_putc(out, ']');
}

static void put_sources(autk_buf *out, const autk_brief *b, const autk_sources *sources)
{
    autk_buf_puts(out, ", \"sources\": [");
    for (int32_t i = 0; i < sources->n && i < AUTK_MAX_SOURCES; i++) {
        const autk_source_info *source = autk_world_source(b->world, sources->source[i]);
        autk_buf_puts(out, i == 0 ? "" : ", ");
        autk_format_json_text(out, source != NULL ? source->id : "");
    }
    autk_buf_putc(out, ']');
}

static void put_share_on(autk_buf *out, const char *key, const autk_dependence *flows,
                         int32_t party)
{
    const autk_dependence_entry *entry = autk_dependence_of(flows, party);
    put_bounds(out, key, entry != NULL ? entry->share : autk_bounds_exact(0.0));
}

static void put_entry(autk_buf *out, const autk_brief *b, const autk_dependence_entry *e)
{
    autk_buf_puts(out, "  {");
    put_party(out, b, "partner", e->party);
    put_number(out, "rank", e->rank.point > 0 ? (double)e->rank.point : NAN);
    put_bounds(out, "share", e->share);
    if (e->party < AUTK_GROUP_BASE) {
        put_share_on(out, "export_share", b->flows[AUTK_DIRECTION_EXPORT], e->party);
        put_share_on(out, "import_share", b->flows[AUTK_DIRECTION_IMPORT], e->party);
    }
    put_bounds(out, "value_usd", e->value_usd);
    put_bounds(out, "to_gdp", e->to_gdp);
    put_bounds(out, "reverse_share", e->asymmetry.reverse_share);
    put_bounds(out, "ratio", e->asymmetry.ratio);
    put_text(out, "evidence", autk_evidence_kind_text(e->evidence));
    autk_buf_printf(out, ", \"gap\": %s", e->gap ? "true" : "false");
    put_number(out, "disagreement", e->disagreement);
    put_sources(out, b, &e->sources);
    autk_buf_putc(out, '}');
}

static void put_totals(autk_buf *out, const autk_brief *b)
{
    const autk_dependence *trade = b->flows[AUTK_DIRECTION_TRADE];
    autk_buf_puts(out, ",\n \"totals\": [");
    bool first = true;
    for (int r = 0; r < AUTK_READING_COUNT; r++) {
        for (int d = 0; d < AUTK_DIRECTION_COUNT; d++) {
            const autk_total *total = &trade->totals[r][d];
            if (!autk_bounds_known(total->value_usd))
                continue;
            autk_buf_puts(out, first ? "\n  {" : ",\n  {");
            first = false;
            put_key(out, "reading");
            autk_format_json_text(out, autk_reading_text((autk_reading)r));
            put_text(out, "flow", autk_direction_text((autk_direction)d));
            put_bounds(out, "value_usd", total->value_usd);
            put_sources(out, b, &total->sources);
            autk_buf_putc(out, '}');
        }
    }
    autk_buf_putc(out, ']');
}

static void put_partners(autk_buf *out, const autk_brief *b)
{
    const autk_dependence *trade = b->flows[AUTK_DIRECTION_TRADE];
    autk_buf_puts(out, ",\n \"partners\": [");
    for (size_t i = 0; i < trade->n_entries && i < (size_t)b->n_partners; i++) {
        autk_buf_puts(out, i == 0 ? "\n" : ",\n");
        put_entry(out, b, &trade->entries[i]);
    }
    autk_buf_puts(out, "],\n \"entry\":\n");
    put_entry(out, b, autki_brief_entry(b));
}

static void put_series(autk_buf *out, const autk_brief *b)
{
    static const char *const keys[] = {"share", "export_share", "import_share"};
    const autk_dependence_year *s = b->series[AUTK_DIRECTION_TRADE];
    autk_buf_puts(out, ",\n \"series\": [");
    for (size_t i = 0; i < b->n_series[AUTK_DIRECTION_TRADE]; i++) {
        autk_buf_printf(out, "%s\n  {\"year\": %d", i == 0 ? "" : ",", s[i].year);
        for (int d = 0; d < AUTK_DIRECTION_COUNT; d++) {
            for (size_t k = 0; k < b->n_series[d]; k++) {
                if (b->series[d][k].year == s[i].year)
                    put_bounds(out, keys[d], b->series[d][k].entry.share);
            }
        }
        put_text(out, "evidence", autk_evidence_kind_text(s[i].entry.evidence));
        autk_buf_printf(out, ", \"gap\": %s}", s[i].entry.gap ? "true" : "false");
    }
    autk_buf_putc(out, ']');
}

static void put_turns_of(autk_buf *out, const autk_brief *b, const char *key,
                         const autk_turns_series *s)
{
    autk_buf_printf(out, ",\n \"%s\": [", key);
    for (size_t i = 0; s != NULL && i < s->n_turns; i++) {
        const autk_turn *turn = &s->turns[i];
        autk_buf_printf(out, "%s\n  {\"date\": %d, \"low\": %d, \"high\": %d", i == 0 ? "" : ",",
                        (int)turn->date, (int)turn->low, (int)turn->high);
        put_number(out, "share_before", turn->share_before);
        put_number(out, "share_after", turn->share_after);
        put_number(out, "support", turn->support);
        autk_buf_puts(out, ", \"events\": [");
        for (size_t k = 0; k < turn->n_events; k++) {
            autk_buf_puts(out, k == 0 ? "" : ", ");
            autk_format_json_text(out, autk_world_event(b->world, turn->events[k])->title);
        }
        autk_buf_puts(out, "]}");
    }
    autk_buf_putc(out, ']');
}

static void put_events(autk_buf *out, const autk_brief *b)
{
    autk_buf_puts(out, ",\n \"events\": [");
    for (size_t i = 0; i < b->n_events; i++) {
        const autk_event *event = autk_world_event(b->world, b->events[i]);
        const autk_source_info *source = autk_world_source(b->world, event->source);
        autk_buf_printf(out, "%s\n  {\"date\": %d", i == 0 ? "" : ",", (int)event->date);
        put_text(out, "type", event->type);
        put_text(out, "title", event->title);
        put_text(out, "source", source != NULL ? source->id : "");
        autk_buf_putc(out, '}');
    }
    autk_buf_putc(out, ']');
}

static void put_blocs(autk_buf *out, const autk_brief *b)
{
    autk_buf_puts(out, ",\n \"blocs\": [");
    for (size_t i = 0; i < b->n_blocs; i++) {
        const autki_bloc *bloc = &b->blocs[i];
        autk_buf_puts(out, i == 0 ? "\n  {" : ",\n  {");
        put_party(out, b, "bloc", bloc->party);
        autk_buf_puts(out, ", \"series\": [");
        for (size_t k = 0; k < bloc->n; k++) {
            autk_buf_printf(out, "%s\n   {\"year\": %d", k == 0 ? "" : ",", bloc->series[k].year);
            put_bounds(out, "share", bloc->series[k].entry.share);
            autk_buf_putc(out, '}');
        }
        autk_buf_puts(out, "]}");
    }
    autk_buf_putc(out, ']');
}

static void put_isolation(autk_buf *out, const autk_brief *b)
{
    autk_buf_puts(out, ",\n \"isolation\": [");
    for (size_t k = 0; k < b->n_past; k++) {
        const autk_isolation *iso = &b->past[k]->isolation;
        autk_buf_printf(out, "%s\n  {\"year\": %d", k == 0 ? "" : ",", b->past[k]->year);
        put_bounds(out, "openness", iso->openness);
        autk_buf_printf(out,
                        ", \"partners_above_a_thousandth\": {\"low\": %d, \"point\": %d, "
                        "\"high\": %d}",
                        (int)iso->partners_low, (int)iso->partners_point, (int)iso->partners_high);
        put_bounds(out, "effective_partners", iso->effective);
        put_bounds(out, "hhi", b->past[k]->concentration.hhi);
        autk_buf_printf(out, ", \"lost_partners\": %d", (int)iso->n_lost);
        put_number(out, "lost_share_at_peak", iso->lost_share_at_peak);
        put_number(out, "lost_peak_year",
                   iso->lost_peak_year != 0 ? (double)iso->lost_peak_year : NAN);
        if (b->corridors->why_not == NULL)
            put_bounds(out, "market_access_lost", b->corridors->access_lost_in[k]);
        autk_buf_putc(out, '}');
    }
    autk_buf_putc(out, ']');
}

static void put_claims(autk_buf *out, const autk_brief *b)
{
    autk_buf_puts(out, ",\n \"claims\": [");
    for (size_t i = 0; i < b->n_claims; i++) {
        const autki_checked *c = &b->claims[i];
        const autk_source_info *source = autk_world_source(b->world, c->source);
        autk_buf_puts(out, i == 0 ? "\n  {" : ",\n  {");
        put_key(out, "claim");
        autk_format_json_text(out, c->quote);
        put_text(out, "verdict", c->reached ? autk_verdict_text(c->verdict) : "not reached");
        put_text(out, "finding", c->finding);
        put_text(out, "source", source != NULL ? source->id : "");
        autk_buf_putc(out, '}');
    }
    autk_buf_putc(out, ']');
}

static void put_source_list(autk_buf *out, const autk_brief *b)
{
    autk_buf_puts(out, ",\n \"sources\": [");
    for (size_t i = 0; i < b->n_sources; i++) {
        const autk_source_info *source = autk_world_source(b->world, b->sources[i]);
        autk_buf_puts(out, i == 0 ? "\n  {" : ",\n  {");
        put_key(out, "id");
        autk_format_json_text(out, source->id);
        put_text(out, "publisher", source->publisher);
        put_text(out, "title", source->title);
        put_text(out, "edition", source->edition);
        put_text(out, "terms", source->terms);
        put_text(out, "url", source->url);
        autk_buf_putc(out, '}');
    }
    autk_buf_puts(out, "]");
}

autk_status autki_brief_json(autk_buf *out, const autk_brief *brief, autk_err *err)
{
    const autk_turns *turns = brief->turns;
    autk_buf_puts(out, "{");
    put_party(out, brief, "economy", brief->economy);
    autk_buf_printf(out, ", \"year\": %d, \"on\": {", brief->year);
    put_party(out, brief, "partner", brief->on);
    autk_buf_puts(out, "},\n \"headline\": ");
    autk_format_json_text(out, brief->headline);
    put_lines(out, "summary", &brief->lede);
    put_totals(out, brief);
    put_partners(out, brief);
    put_series(out, brief);
    put_turns_of(out, brief, "turns", turns != NULL ? &turns->annual : NULL);
    put_turns_of(out, brief, "monthly_turns", turns != NULL ? &turns->monthly : NULL);
    put_events(out, brief);
    put_blocs(out, brief);
    autki_products_json(out, brief);
    autki_loss_json(out, brief);
    autki_relief_json(out, brief);
    autki_corridors_json(out, brief);
    put_isolation(out, brief);
    autki_structure_json(out, brief);
    put_lines(out, "not_known", &brief->sentences[AUTKI_UNKNOWN]);
    put_claims(out, brief);
    put_source_list(out, brief);
    autk_buf_puts(out, "}\n");
    return autk_buf_check(out, err);
}

/* ------------------------------------------------------------------ CSV: one long table */

void autki_brief_put_csv_row(autk_buf *out, const autki_brief_csv_row *r)
{
    const double values[] = {r->value.low, r->value.point, r->value.high};
    autk_buf_printf(out, "%s,", r->section);
    autk_format_csv_text(out, r->item);
    autk_buf_putc(out, ',');
    autk_format_csv_text(out, r->measure);
    autk_buf_printf(out, ",%d", r->year);
    for (int i = 0; i < 3; i++) {
        autk_buf_putc(out, ',');
        if (isfinite(values[i]))
            autk_format_double(out, values[i]);
    }
    autk_buf_printf(out, ",%s,", r->unit);
    autk_format_csv_text(out, r->evidence);
    autk_buf_putc(out, '\n');
}

static void put_entry_rows(autk_buf *out, const autk_brief *b, const char *section,
                           const autk_dependence_entry *e)
{
    const char *evidence = autk_evidence_kind_text(e->evidence);
    autki_brief_csv_row r = {section,          autk_world_party_code(b->world, e->party),
                             "share of trade", b->year,
                             e->share,         "fraction",
                             evidence};
    autki_brief_put_csv_row(out, &r);
    r.measure = "trade";
    r.value = e->value_usd;
    r.unit = "USD";
    autki_brief_put_csv_row(out, &r);
    r.measure = "reverse share of trade";
    r.value = e->asymmetry.reverse_share;
    r.unit = "fraction";
    autki_brief_put_csv_row(out, &r);
}

static void put_series_rows(autk_buf *out, const autk_brief *b, const char *section, int32_t party,
                            const char *measure, const autk_dependence_year *series, size_t n)
{
    for (size_t i = 0; i < n; i++) {
        const autk_dependence_entry *e = &series[i].entry;
        autki_brief_csv_row r = {
            section,    autk_world_party_code(b->world, party), measure, series[i].year, e->share,
            "fraction", autk_evidence_kind_text(e->evidence)};
        autki_brief_put_csv_row(out, &r);
    }
}

static void put_isolation_rows(autk_buf *out, const autk_brief *b)
{
    const char *economy = autk_world_party_code(b->world, b->economy);
    for (size_t k = 0; k < b->n_past; k++) {
        const autk_dependence *then = b->past[k];
        const autk_isolation *iso = &then->isolation;
        autki_brief_csv_row r = {"isolation", economy, "trade to GDP", then->year, iso->openness,
                                 "fraction",  ""};
        autki_brief_put_csv_row(out, &r);
        r.measure = "effective partners";
        r.value = iso->effective;
        r.unit = "partners";
        autki_brief_put_csv_row(out, &r);
        r.measure = "partners above 0.1 %";
        r.value = (autk_bounds){iso->partners_low, iso->partners_point, iso->partners_high};
        autki_brief_put_csv_row(out, &r);
        r.measure = "HHI";
        r.value = then->concentration.hhi;
        r.unit = "index";
        autki_brief_put_csv_row(out, &r);
    }
}

autk_status autki_brief_csv(autk_buf *out, const autk_brief *brief, autk_err *err)
{
    static const char *const measures[] = {"share of trade", "share of exports",
                                           "share of imports"};
    const autk_dependence *trade = brief->flows[AUTK_DIRECTION_TRADE];
    autk_buf_puts(out, "section,item,measure,year,low,point,high,unit,evidence\n");
    for (size_t i = 0; i < trade->n_entries && i < (size_t)brief->n_partners; i++)
        put_entry_rows(out, brief, "partners", &trade->entries[i]);
    put_entry_rows(out, brief, "entry", autki_brief_entry(brief));
    for (int d = 0; d < AUTK_DIRECTION_COUNT; d++)
        put_series_rows(out, brief, "series", brief->on, measures[d], brief->series[d],
                        brief->n_series[d]);
    for (size_t i = 0; i < brief->n_blocs; i++)
        put_series_rows(out, brief, "blocs", brief->blocs[i].party, measures[0],
                        brief->blocs[i].series, brief->blocs[i].n);
    autki_products_csv(out, brief);
    autki_loss_csv(out, brief);
    autki_relief_csv(out, brief);
    autki_corridors_csv(out, brief);
    put_isolation_rows(out, brief);
    autki_structure_csv(out, brief);
    return autk_buf_check(out, err);
}
