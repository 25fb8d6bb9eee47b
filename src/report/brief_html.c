#include "report/brief_corridors.h"
#include "report/brief_loss.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <autarky/chart.h>

#include "base/fail.h"
#include "base/mem.h"
#include "report/words.h"

#define MAX_MARKS 32
#define MAX_BARS 12

/* ------------------------------------------------------------------ words */

static void put_text(autk_buf *out, const char *before, const char *text, const char *after)
{
    autk_buf_puts(out, before);
    autki_words_html(out, text);
    autk_buf_puts(out, after);
}

static void put_lines(autk_buf *out, const autki_lines *lines, size_t from, size_t to)
{
    for (size_t i = from; i < to && i < lines->n; i++)
        put_text(out, "<p>", lines->line[i], "</p>\n");
}

static void put_list(autk_buf *out, const autki_lines *lines)
{
    autk_buf_puts(out, "<ul>\n");
    for (size_t i = 0; i < lines->n; i++)
        put_text(out, "<li>", lines->line[i], "</li>\n");
    autk_buf_puts(out, "</ul>\n");
}

static void put_fact(autk_buf *out, const char *what, autk_buf *value, autk_buf *below)
{
    put_text(out, "<div><dt>", what, "</dt><dd>");
    autki_words_html(out, autk_buf_text(value));
    if (below->len != 0)
        put_text(out, "<small>", autk_buf_text(below), "</small>");
    autk_buf_puts(out, "</dd></div>\n");
    if (out->status == AUTK_OK)
        out->status = value->status != AUTK_OK ? value->status : below->status;
    autk_buf_clear(value);
    autk_buf_clear(below);
}

static void put_share_fact(autk_buf *out, const autk_brief *b, int32_t part, int32_t whole,
                           autk_bounds share)
{
    autk_buf what, value, below;
    autk_buf_init(&what);
    autk_buf_init(&value);
    autk_buf_init(&below);
    autk_buf_puts(&what, autk_world_party_name(b->world, part));
    autk_buf_puts(&what, " in ");
    autki_words_possessive(&what, b->world, whole);
    autk_buf_puts(&what, " trade");
    if (isfinite(share.point))
        autki_words_percent(&value, share.point);
    else
        autk_buf_puts(&value, "not known");
    if (isfinite(share.low) && autki_words_is_wide(share)) {
        autk_buf_puts(&below, "can be ");
        autki_words_interval(&below, share);
    }
    put_fact(out, autk_buf_text(&what), &value, &below);
    autki_words_done(out, &what);
    autki_words_done(out, &value);
    autki_words_done(out, &below);
}

static void put_facts(autk_buf *out, const autk_brief *b)
{
    const autk_dependence *trade = b->flows[AUTK_DIRECTION_TRADE];
    const autk_total *total = &trade->totals[trade->reading][AUTK_DIRECTION_TRADE];
    autk_buf value, below;
    autk_buf_init(&value);
    autk_buf_init(&below);
    autk_buf_puts(out, "<dl class=\"facts\">\n");
    put_share_fact(out, b, b->on, b->economy, autki_brief_entry(b)->share);
    put_share_fact(out, b, b->economy, b->on, autki_brief_entry(b)->asymmetry.reverse_share);
    if (isfinite(total->value_usd.point)) {
        autk_buf_puts(&value, "USD ");
        autk_format_usd(&value, total->value_usd.point);
        autk_buf_puts(&below, autk_reading_text(trade->reading));
        put_fact(out, "Goods trade", &value, &below);
    }
    if (isfinite(trade->concentration.effective.point)) {
        autk_bounds n = trade->concentration.effective;
        autki_words_count(&value, n.point);
        if (n.high - n.low > 0.05)
            autk_buf_printf(&below, "can be %.1f–%.1f", n.low, n.high);
        put_fact(out, "Effective partners", &value, &below);
    }
    autk_buf_puts(out, "</dl>\n");
    autki_words_done(out, &value);
    autki_words_done(out, &below);
}

/* ------------------------------------------------------------------ figures */

typedef struct labels {
    autk_buf title, caption;
} labels;

static void labels_init(labels *l)
{
    autk_buf_init(&l->title);
    autk_buf_init(&l->caption);
}

static void labels_done(autk_buf *out, labels *l)
{
    autki_words_done(out, &l->title);
    autki_words_done(out, &l->caption);
}

static autk_status put_partners_chart(autk_buf *out, const autk_brief *b, autk_err *err)
{
    const autk_dependence *trade = b->flows[AUTK_DIRECTION_TRADE];
    autk_chart_bar bars[MAX_BARS];
    size_t n = 0;
    for (size_t i = 0; i < trade->n_entries && n < MAX_BARS - 2; i++) {
        const autk_dependence_entry *e = &trade->entries[i];
        bool weak = e->gap || e->evidence == AUTK_EVIDENCE_STATEMENT ||
                    e->evidence == AUTK_EVIDENCE_BOUNDED;
        bars[n++] = (autk_chart_bar){autk_world_party_name(b->world, e->party),
                                     e->share.low,
                                     e->share.point,
                                     e->share.high,
                                     weak,
                                     e->party == b->on,
                                     ""};
    }
    if (n == 0)
        return AUTK_OK;
    labels l;
    labels_init(&l);
    autk_buf_puts(&l.title, "Shares of ");
    autki_words_possessive(&l.title, b->world, b->economy);
    autk_buf_printf(&l.title, " goods trade, %d", b->year);
    autk_bar_chart chart = {.frame = {"partners-chart", autk_buf_text(&l.title),
                                      b->sentences[AUTKI_PARTNERS].n != 0
                                          ? b->sentences[AUTKI_PARTNERS].line[0]
                                          : b->headline,
                                      false},
                            .x = autk_chart_axis_default("", AUTK_CELL_PERCENT, 1),
                            .bars = bars,
                            .n_bars = n};
    autk_buf_printf(&l.caption,
                    "%s. Bars: best estimate. Whiskers: all that fits what is known. "
                    "Hatched: neither side reports the flow.",
                    autk_buf_text(&l.title));
    autk_page_figure(out);
    autk_status st = autk_chart_bars(out, &chart, err);
    if (st == AUTK_OK) /* the section's own table stands below */
        st = autk_page_figure_end(out, autk_buf_text(&l.caption), NULL, err);
    labels_done(out, &l);
    return st;
}

/* A series as arrays of a chart's line. */
typedef struct drawn {
    double *x, *low, *point, *high;
    unsigned char *loose;
    size_t n;
} drawn;

static void drawn_deinit(drawn *d)
{
    free(d->x); /* one block holds the four */
    free(d->loose);
}

static autk_status drawn_init(drawn *d, const autk_dependence_year *s, size_t n, autk_err *err)
{
    double *block = autki_malloc(4 * n + 1, sizeof *block);
    *d = (drawn){.x = block, .n = n, .loose = autki_malloc(n + 1, 1)};
    if (block == NULL || d->loose == NULL) {
        drawn_deinit(d);
        *d = (drawn){.x = NULL};
        return autki_no_memory(err, 4 * n * sizeof *block);
    }
    d->low = block + n;
    d->point = block + 2 * n;
    d->high = block + 3 * n;
    for (size_t i = 0; i < n; i++) {
        const autk_dependence_entry *e = &s[i].entry;
        d->x[i] = s[i].year;
        d->low[i] = e->share.low;
        d->point[i] = e->share.point;
        d->high[i] = e->share.high;
        d->loose[i] = e->gap || e->evidence == AUTK_EVIDENCE_STATEMENT ||
                      e->evidence == AUTK_EVIDENCE_BOUNDED;
    }
    return AUTK_OK;
}

static autk_chart_line line_of(const char *name, const drawn *d, bool interval)
{
    return (autk_chart_line){
        name, d->x, interval ? d->low : NULL, interval ? d->high : NULL, d->point, d->loose, d->n};
}

/* A date on an axis where a year's sum stands at the year's number, its middle. */
static double on_axis(int32_t yyyymmdd)
{
    int year = yyyymmdd / 10000, month = yyyymmdd / 100 % 100, day = yyyymmdd % 100;
    if (month == 0)
        return year;
    return year + ((month - 1) + (day == 0 ? 0.5 : (day - 1) / 31.0)) / 12.0 - 0.5;
}

/* Events of one year share a mark: "3", "4–11". The list below them is in order of date too. */
static size_t event_marks(autk_chart_mark *marks, char text[][24], const autk_brief *b)
{
    size_t n = 0;
    for (size_t i = 0; i < b->n_events && n < MAX_MARKS / 2; n++) {
        double first = on_axis(autk_world_event(b->world, b->events[i])->date), last = first;
        size_t end = i + 1;
        for (; end < b->n_events; end++) {
            double at = on_axis(autk_world_event(b->world, b->events[end])->date);
            if (at - first > 1.0)
                break;
            last = at;
        }
        if (end - i == 1)
            (void)snprintf(text[n], sizeof text[n], "%zu", end);
        else
            (void)snprintf(text[n], sizeof text[n], "%zu–%zu", i + 1, end);
        marks[n] = (autk_chart_mark){AUTK_MARK_EVENT, (first + last) / 2.0, NAN, NAN, text[n]};
        i = end;
    }
    return n;
}

static size_t marks_of(autk_chart_mark *marks, char text[][24], const autk_brief *b)
{
    const autk_turns_series *annual = b->turns != NULL ? &b->turns->annual : NULL;
    size_t n = event_marks(marks, text, b);
    for (size_t i = 0; annual != NULL && i < annual->n_turns && n < MAX_MARKS; i++, n++) {
        const autk_turn *turn = &annual->turns[i];
        (void)snprintf(text[n], sizeof text[n], "turn %d", (int)turn->date);
        marks[n] = (autk_chart_mark){AUTK_MARK_TURN, turn->date - 0.5, turn->low - 0.5,
                                     turn->high - 0.5, text[n]};
    }
    return n;
}

static autk_status put_series_chart(autk_buf *out, const autk_brief *b, autk_err *err)
{
    static const char *const names[] = {"all trade", "exports", "imports"};
    autk_chart_line lines[AUTK_DIRECTION_COUNT];
    autk_chart_mark marks[MAX_MARKS];
    char mark_labels[MAX_MARKS][24];
    drawn series[AUTK_DIRECTION_COUNT] = {{NULL, NULL, NULL, NULL, NULL, 0}};
    labels l;
    autk_table *numbers = NULL;
    autk_status st = AUTK_OK;
    if (b->n_series[AUTK_DIRECTION_TRADE] == 0)
        return AUTK_OK;
    labels_init(&l);
    for (int d = 0; st == AUTK_OK && d < AUTK_DIRECTION_COUNT; d++) {
        st = drawn_init(&series[d], b->series[d], b->n_series[d], err);
        lines[d] = line_of(names[d], &series[d], d == AUTK_DIRECTION_TRADE);
    }
    autk_buf_printf(&l.title, "Share of %s in ", autk_world_party_name(b->world, b->on));
    autki_words_possessive(&l.title, b->world, b->economy);
    autk_buf_puts(&l.title, " goods trade, exports and imports");
    autk_buf_printf(&l.caption,
                    "%s. Shaded: all that fits what is known. Hollow: reported by "
                    "nobody. ",
                    autk_buf_text(&l.title));
    if (b->turns != NULL && b->turns->annual.n_turns != 0)
        autk_buf_puts(&l.caption, "Dashed rule: a turn, over its interval. ");
    if (b->n_events != 0)
        autk_buf_puts(&l.caption, "Numbers: the events listed below.");
    autk_line_chart chart = {.frame = {"series-chart", autk_buf_text(&l.title),
                                       b->sentences[AUTKI_SERIES].n != 0
                                           ? b->sentences[AUTKI_SERIES].line[0]
                                           : b->headline,
                                       false},
                             .x = autk_chart_axis_default("", AUTK_CELL_FIXED, 0),
                             .y = {"", AUTK_CELL_PERCENT, 1, 0.0, NAN},
                             .baseline = NAN,
                             .lines = lines,
                             .n_lines = AUTK_DIRECTION_COUNT,
                             .marks = marks,
                             .n_marks = marks_of(marks, mark_labels, b)};
    autk_page_figure(out);
    if (st == AUTK_OK)
        st = autk_chart_lines(out, &chart, err);
    if (st == AUTK_OK)
        st = autk_line_chart_table(&numbers, &chart, err);
    if (st == AUTK_OK)
        st = autk_page_figure_end(out, autk_buf_text(&l.caption), numbers, err);
    autk_table_free(numbers);
    for (int d = 0; d < AUTK_DIRECTION_COUNT; d++)
        drawn_deinit(&series[d]);
    labels_done(out, &l);
    return st;
}

static autk_status put_blocs_chart(autk_buf *out, const autk_brief *b, autk_err *err)
{
    autk_chart_line lines[AUTKI_BRIEF_BLOCS];
    drawn series[AUTKI_BRIEF_BLOCS] = {{NULL, NULL, NULL, NULL, NULL, 0}};
    labels l;
    autk_table *numbers = NULL;
    autk_status st = AUTK_OK;
    size_t n = 0;
    labels_init(&l);
    for (size_t i = 0; st == AUTK_OK && i < b->n_blocs; i++) {
        if (b->blocs[i].n == 0)
            continue;
        st = drawn_init(&series[n], b->blocs[i].series, b->blocs[i].n, err);
        lines[n] = line_of(autk_world_party_code(b->world, b->blocs[i].party), &series[n], true);
        n++;
    }
    if (st == AUTK_OK && n != 0) {
        autk_buf_puts(&l.title, "Shares of blocs in ");
        autki_words_possessive(&l.title, b->world, b->economy);
        autk_buf_puts(&l.title, " goods trade");
        autk_buf_printf(&l.caption, "%s. Members are those of each year.", autk_buf_text(&l.title));
        autk_line_chart chart = {.frame = {"blocs-chart", autk_buf_text(&l.title),
                                           b->sentences[AUTKI_BLOCS].n != 0
                                               ? b->sentences[AUTKI_BLOCS].line[0]
                                               : autk_buf_text(&l.title),
                                           false},
                                 .x = autk_chart_axis_default("", AUTK_CELL_FIXED, 0),
                                 .y = {"", AUTK_CELL_PERCENT, 1, 0.0, NAN},
                                 .baseline = NAN,
                                 .lines = lines,
                                 .n_lines = n};
        autk_page_figure(out);
        st = autk_chart_lines(out, &chart, err);
        if (st == AUTK_OK)
            st = autk_line_chart_table(&numbers, &chart, err);
        if (st == AUTK_OK)
            st = autk_page_figure_end(out, autk_buf_text(&l.caption), numbers, err);
    }
    autk_table_free(numbers);
    for (size_t i = 0; i < AUTKI_BRIEF_BLOCS; i++)
        drawn_deinit(&series[i]);
    labels_done(out, &l);
    return st;
}

static autk_status put_both_ways_chart(autk_buf *out, const autk_brief *b, autk_err *err)
{
    const autk_dependence *trade = b->flows[AUTK_DIRECTION_TRADE];
    autk_chart_pair pairs[MAX_BARS];
    size_t n = 0;
    for (size_t i = 0; i < trade->n_entries && n < 8; i++) {
        const autk_dependence_entry *e = &trade->entries[i];
        autk_bounds back = e->asymmetry.reverse_share;
        if (isfinite(back.point))
            pairs[n++] = (autk_chart_pair){autk_world_party_name(b->world, e->party),
                                           {e->share.low, back.low},
                                           {e->share.point, back.point},
                                           {e->share.high, back.high}};
    }
    if (n == 0)
        return AUTK_OK;
    labels l;
    autk_buf there, back;
    autk_table *numbers = NULL;
    labels_init(&l);
    autk_buf_init(&there);
    autk_buf_init(&back);
    autk_buf_puts(&there, "its share in ");
    autki_words_possessive(&there, b->world, b->economy);
    autk_buf_puts(&there, " trade");
    autki_words_possessive(&back, b->world, b->economy);
    autk_buf_puts(&back, " share in its trade");
    autk_buf_printf(&l.caption, "What each partner is to %s and what %s is to it, %d.",
                    autk_world_party_name(b->world, b->economy),
                    autk_world_party_name(b->world, b->economy), b->year);
    autk_dumbbell_chart chart = {.frame = {"both-ways-chart", "Both directions of each tie",
                                           autk_buf_text(&l.caption), false},
                                 .x = autk_chart_axis_default("", AUTK_CELL_PERCENT, 1),
                                 .names = {autk_buf_text(&there), autk_buf_text(&back)},
                                 .pairs = pairs,
                                 .n_pairs = n};
    autk_page_figure(out);
    autk_status st = autk_chart_dumbbells(out, &chart, err);
    if (st == AUTK_OK)
        st = autk_dumbbell_chart_table(&numbers, &chart, "partner", err);
    if (st == AUTK_OK)
        st = autk_page_figure_end(out, autk_buf_text(&l.caption), numbers, err);
    autk_table_free(numbers);
    autki_words_done(out, &there);
    autki_words_done(out, &back);
    labels_done(out, &l);
    return st;
}

/* ------------------------------------------------------------------ the page */

static void put_claims(autk_buf *out, const autk_brief *b)
{
    for (size_t i = 0; i < b->n_claims; i++) {
        const autki_checked *c = &b->claims[i];
        put_text(out, "<div class=\"claim\"><blockquote>“", c->quote, "”</blockquote>\n");
        autk_buf_printf(out, "<span class=\"verdict %s\">",
                        c->reached ? autk_verdict_text(c->verdict) : "undecidable");
        put_text(out, "", autki_brief_verdict(c), "</span>\n");
        put_text(out, "<p>", c->finding, "</p></div>\n");
    }
}

static void put_sources(autk_buf *out, const autk_brief *b)
{
    autk_buf line;
    autk_buf_init(&line);
    autk_buf_puts(out, "<ul class=\"small\">\n");
    for (size_t i = 0; i < b->n_sources; i++) {
        const char *url = autk_world_source(b->world, b->sources[i])->url;
        autk_buf_clear(&line);
        autki_brief_source(&line, b, i);
        put_text(out, "<li>", autk_buf_text(&line), "");
        if (url != NULL && (strncmp(url, "https://", 8) == 0 || strncmp(url, "http://", 7) == 0)) {
            autk_buf_puts(out, " <a href=\"");
            autk_format_html_text(out, url);
            autk_buf_puts(out, "\">");
            autk_format_html_text(out, url);
            autk_buf_puts(out, "</a>");
        }
        autk_buf_puts(out, "</li>\n");
    }
    autk_buf_puts(out, "</ul>\n");
    autki_words_done(out, &line);
}

static autk_status put_figure(autk_buf *out, const autk_brief *b, autki_section section,
                              autk_err *err)
{
    switch (section) {
    case AUTKI_PARTNERS:
        return put_partners_chart(out, b, err);
    case AUTKI_SERIES:
        return put_series_chart(out, b, err);
    case AUTKI_BLOCS:
        return put_blocs_chart(out, b, err);
    case AUTKI_BOTH_WAYS:
        return put_both_ways_chart(out, b, err);
    case AUTKI_LOSS:
        return autki_loss_chart(out, b, err);
    case AUTKI_CORRIDORS:
        return autki_corridors_map(out, b, err);
    case AUTKI_CLAIMS:
        put_claims(out, b);
        return AUTK_OK;
    case AUTKI_SOURCES:
        put_sources(out, b);
        return AUTK_OK;
    default:
        return AUTK_OK;
    }
}

static autk_status put_section(autk_buf *out, const autk_brief *b, autki_section section,
                               autk_err *err)
{
    autk_table *table = NULL;
    autk_status st = autki_brief_table(&table, b, section, true, err);
    if (st != AUTK_OK || !autki_brief_has(b, section, table))
        return st;
    autk_page_section(out, autki_section_id(section), autki_section_title(section));
    const autki_lines *lines = &b->sentences[section];
    /* The chart stands behind the first; the map behind what it shows. */
    size_t before = section == AUTKI_SERIES ? 1 : section == AUTKI_CORRIDORS ? 2 : lines->n;
    if (section == AUTKI_UNKNOWN)
        put_list(out, lines);
    else
        put_lines(out, lines, 0, before);
    st = put_figure(out, b, section, err);
    put_lines(out, lines, before, lines->n);
    if (st == AUTK_OK && table != NULL && section != AUTKI_BOTH_WAYS)
        st = autk_page_table(out, table, "", err);
    for (size_t i = 0; section == AUTKI_PARTNERS && i < b->key.n; i++)
        put_text(out, "<p class=\"small\">", b->key.line[i], "</p>\n");
    autk_page_section_end(out);
    autk_table_free(table);
    return st;
}

autk_status autk_brief_html(autk_buf *out, const autk_brief *brief, autk_err *err)
{
    autk_page_begin(out, brief->headline,
                    brief->lede.n != 0 ? brief->lede.line[0] : brief->headline);
    autk_buf_puts(out, "<p class=\"kicker\">Trade dependence · ");
    autk_format_html_text(out, autk_world_party_name(brief->world, brief->economy));
    autk_buf_printf(out, " · %d</p>\n", brief->year);
    put_text(out, "<h1>", brief->headline, "</h1>\n<div class=\"lede\">\n");
    put_lines(out, &brief->lede, 0, brief->lede.n);
    autk_buf_puts(out, "</div>\n");
    put_facts(out, brief);
    for (int s = 0; s < AUTKI_SECTION_COUNT; s++) {
        autk_status st = put_section(out, brief, (autki_section)s, err);
        if (st != AUTK_OK)
            return st;
    }
    autk_buf_printf(out,
                    "<footer><p>Made by autarky %s: <code>autarky brief %s --year %d</code>. "
                    "A flow that nobody reports is unknown, never zero.</p></footer>\n",
                    autk_version(), autk_world_party_code(brief->world, brief->economy),
                    brief->year);
    autk_page_end(out);
    return autk_buf_check(out, err);
}
