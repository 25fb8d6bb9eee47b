#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/fail.h"
#include "base/mem.h"
#include "report/depend.h"

/* ------------------------------------------------------------------ cells */

static void evidence_cell(autk_table *table, const autk_dependence_entry *e)
{
    char text[80];
    (void)snprintf(text, sizeof text, "%s%s%s", autk_evidence_kind_text(e->evidence),
                   e->gap && e->evidence != AUTK_EVIDENCE_UNKNOWN ? ", gap" : "",
                   e->disagreement > 1.10 ? ", disputed" : "");
    autk_table_text(table, text);
}

static void add_span(autk_buf *out, autk_bounds b, int decimals)
{
    if (!autk_bounds_known(b)) {
        autk_buf_puts(out, "unknown");
        return;
    }
    char low[40], high[40];
    (void)snprintf(low, sizeof low, "%.*f", decimals, b.low);
    (void)snprintf(high, sizeof high, "%.*f", decimals, b.high);
    autk_buf_printf(out, "%.*f", decimals, b.point);
    if (strcmp(low, high) != 0)
        autk_buf_printf(out, " (%s–%s)", low, high);
}

static void add_usd_span(autk_buf *out, autk_bounds b)
{
    autk_format_usd(out, b.point);
    if (b.high - b.low > 0.005 * b.point) {
        autk_buf_puts(out, " (");
        autk_format_usd(out, b.low);
        autk_buf_puts(out, " to ");
        autk_format_usd(out, b.high);
        autk_buf_putc(out, ')');
    }
}

static const char *flow_words(autk_direction d)
{
    return d == AUTK_DIRECTION_TRADE ? "trade" : d == AUTK_DIRECTION_EXPORT ? "exports" : "imports";
}

static const char *flow_title(autk_direction d)
{
    return d == AUTK_DIRECTION_TRADE    ? "trade in"
           : d == AUTK_DIRECTION_EXPORT ? "exports of"
                                        : "imports of";
}

/* ------------------------------------------------------------------ the page of one year */

static autk_status partners_table(autk_buf *out, const autk_dependence *d, const autk_world *world,
                                  size_t top, autk_err *err)
{
    static const autk_column columns[] = {
        {"rank", "#", AUTK_CELL_FIXED, 0},          {"partner", "partner", AUTK_CELL_TEXT, 0},
        {"share", "share", AUTK_CELL_PERCENT, 1},   {"range", "range", AUTK_CELL_TEXT, 0},
        {"value", "USD", AUTK_CELL_USD, 0},         {"gdp", "of GDP", AUTK_CELL_PERCENT, 1},
        {"reverse", "there", AUTK_CELL_PERCENT, 2}, {"ratio", "ratio", AUTK_CELL_FIXED, 1},
        {"evidence", "evidence", AUTK_CELL_TEXT, 0}};
    autk_table *t = NULL;
    autk_status st = autk_table_create(&t, columns, sizeof columns / sizeof *columns, err);
    if (st != AUTK_OK)
        return st;
    for (size_t i = 0; i < autki_depend_shown(d, top); i++) {
        const autk_dependence_entry *e = &d->entries[i];
        autk_table_number(t, e->rank.point > 0 ? (double)e->rank.point : NAN);
        autk_table_text(t, autk_world_party_name(world, e->party));
        autk_table_number(t, e->share.point);
        autki_range_cell(t, e->share);
        autk_table_number(t, e->value_usd.point);
        autk_table_number(t, e->to_gdp.point);
        autk_table_number(t, e->asymmetry.reverse_share.point);
        autk_table_number(t, e->asymmetry.ratio.point);
        evidence_cell(t, e);
    }
    st = autk_table_write(out, t, AUTK_FORMAT_TEXT, err);
    autk_table_free(t);
    return st;
}

static void add_totals(autk_buf *out, const autk_dependence *d)
{
    for (int r = 0; r < AUTK_READING_COUNT; r++) {
        const autk_total *t = d->totals[r];
        if (!autk_bounds_known(t[d->direction].value_usd))
            continue;
        autk_buf_printf(out, "%s  %s ", r == AUTK_READING_OWN ? "own total   " : "mirror total",
                        flow_words(d->direction));
        add_usd_span(out, t[d->direction].value_usd);
        for (int k = AUTK_DIRECTION_EXPORT; k < AUTK_DIRECTION_COUNT; k++) {
            if (d->direction != AUTK_DIRECTION_TRADE || !autk_bounds_known(t[k].value_usd))
                continue;
            autk_buf_printf(out, ", %s ", flow_words((autk_direction)k));
            add_usd_span(out, t[k].value_usd);
        }
        autk_buf_puts(out, d->reading == (autk_reading)r ? "; shares are of this one\n" : "\n");
    }
}

static void add_concentration(autk_buf *out, const autk_concentration *c)
{
    if (!autk_bounds_known(c->hhi))
        return;
    autk_buf_puts(out, "concentration  HHI ");
    add_span(out, c->hhi, 3);
    autk_buf_puts(out, ", normalised ");
    add_span(out, c->normalised, 3);
    autk_buf_puts(out, ", Hirschman ");
    add_span(out, c->hirschman, 1);
    autk_buf_puts(out, "\n               effective partners ");
    add_span(out, c->effective, 1);
    autk_buf_puts(out, ", by entropy ");
    add_span(out, c->effective_entropy, 1);
    autk_buf_putc(out, '\n');
}

static void add_isolation(autk_buf *out, const autk_isolation *i)
{
    if (isnan(i->lost_share_at_peak))
        return;
    autk_buf_puts(out, "isolation  trade / GDP ");
    add_span(out, i->openness, 2);
    autk_buf_printf(out, ", partners above 0.1 %% of trade %d", (int)i->partners_point);
    if (i->partners_low != i->partners_high)
        autk_buf_printf(out, " (%d–%d)", (int)i->partners_low, (int)i->partners_high);
    if (i->n_lost > 0) {
        autk_buf_printf(out, ", %d lost in ten years, with ", (int)i->n_lost);
        autk_format_percent(out, i->lost_share_at_peak, 1);
        autk_buf_printf(out, " of trade in %d", i->lost_peak_year);
    }
    autk_buf_putc(out, '\n');
}

static void add_lines(autk_buf *out, char **lines, size_t n, const char *title)
{
    if (n > 0)
        autk_buf_printf(out, "\n%s\n", title);
    for (size_t i = 0; i < n; i++)
        autk_buf_printf(out, "- %s\n", lines[i]);
}

static void add_sources(autk_buf *out, const autk_dependence *d, const autk_world *world,
                        size_t top)
{
    size_t shown = autki_depend_shown(d, top);
    int32_t n = autk_world_n_sources(world), told = 0;
    for (int32_t s = 0; s < n; s++) {
        bool used = false;
        for (size_t i = 0; i < shown && !used; i++) {
            for (int32_t k = 0; k < d->entries[i].sources.n; k++)
                used = used || d->entries[i].sources.source[k] == s;
        }
        if (used)
            autk_buf_printf(out, "%s%s", told++ == 0 ? "\nsources: " : ", ",
                            autk_world_source(world, s)->id);
    }
    autk_buf_puts(out, told > 0 ? " (autarky sources)\n" : "");
}

autk_status autki_depend_text(autk_buf *out, const autk_depend_item *item, const autk_world *world,
                              size_t top, autk_err *err)
{
    const autk_dependence *d = item->dependence;
    size_t shown = autki_depend_shown(d, top);
    autk_buf_printf(out, "%s: %s %s by partner, %d\n\n", autk_world_party_name(world, d->economy),
                    flow_title(d->direction), autk_scope_text(d->scope), d->year);
    autk_status st = partners_table(out, d, world, top, err);
    if (st != AUTK_OK)
        return st;
    if (shown < d->n_entries)
        autk_buf_printf(out, "… and %zu more (--top 0 shows all)\n", d->n_entries - shown);
    autk_buf_printf(out, "there: the share of %s in the partner's own %s; ratio: share / there\n\n",
                    autk_world_party_name(world, d->economy),
                    d->direction == AUTK_DIRECTION_TRADE    ? "trade"
                    : d->direction == AUTK_DIRECTION_EXPORT ? "imports"
                                                            : "exports");
    add_totals(out, d);
    add_concentration(out, &d->concentration);
    add_isolation(out, &d->isolation);
    add_lines(out, d->warnings, d->n_warnings, "what to know");
    if (item->explanation != NULL && item->explanation[0] != '\0')
        autk_buf_printf(out, "\nhow the numbers came about\n%s", item->explanation);
    add_sources(out, d, world, top);
    return AUTK_OK;
}

/* ------------------------------------------------------------------ a series: one row a year */

static bool one_party(const autk_depend_item *items, size_t n)
{
    for (size_t i = 0; i < n; i++) {
        const autk_dependence *d = items[i].dependence;
        if (d->n_entries != 1 || d->entries[0].party != items[0].dependence->entries[0].party)
            return false;
    }
    return true;
}

static void series_row(autk_table *t, const autk_dependence *d, const autk_world *world)
{
    const autk_dependence_entry *e = d->n_entries > 0 ? &d->entries[0] : NULL;
    autk_table_number(t, d->year);
    autk_table_text(t, e != NULL ? autk_world_party_name(world, e->party) : "");
    autk_table_number(t, e != NULL ? e->share.point : NAN);
    autki_range_cell(t, e != NULL ? e->share : autk_bounds_unknown());
    autk_table_number(t, e != NULL ? e->value_usd.point : NAN);
    autk_table_number(t, e != NULL ? e->asymmetry.reverse_share.point : NAN);
    autk_table_number(t, d->concentration.hhi.point);
    autk_table_number(t, d->concentration.effective.point);
    if (e != NULL)
        evidence_cell(t, e);
    else
        autk_table_text(t, "");
}

autk_status autki_depend_series_text(autk_buf *out, const autk_depend_item *items, size_t n,
                                     const autk_world *world, autk_err *err)
{
    static const autk_column columns[] = {{"year", "year", AUTK_CELL_FIXED, 0},
                                          {"partner", "partner", AUTK_CELL_TEXT, 0},
                                          {"share", "share", AUTK_CELL_PERCENT, 1},
                                          {"range", "range", AUTK_CELL_TEXT, 0},
                                          {"value", "USD", AUTK_CELL_USD, 0},
                                          {"reverse", "there", AUTK_CELL_PERCENT, 2},
                                          {"hhi", "HHI", AUTK_CELL_FIXED, 3},
                                          {"partners", "eff. partners", AUTK_CELL_FIXED, 1},
                                          {"evidence", "evidence", AUTK_CELL_TEXT, 0}};
    const autk_dependence *first = items[0].dependence;
    autk_buf_printf(out, "%s: %s %s, %s\n\n", autk_world_party_name(world, first->economy),
                    flow_title(first->direction), autk_scope_text(first->scope),
                    one_party(items, n) ? "by year" : "the first partner of each year");
    autk_table *t = NULL;
    autk_status st = autk_table_create(&t, columns, sizeof columns / sizeof *columns, err);
    if (st != AUTK_OK)
        return st;
    for (size_t i = 0; i < n; i++)
        series_row(t, items[i].dependence, world);
    st = autk_table_write(out, t, AUTK_FORMAT_TEXT, err);
    autk_table_free(t);
    for (size_t i = 0; i < n && st == AUTK_OK; i++) {
        if (items[i].explanation != NULL)
            autk_buf_printf(out, "\n%s", items[i].explanation);
    }
    return st;
}
