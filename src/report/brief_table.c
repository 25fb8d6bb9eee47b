#include "report/brief_corridors.h"
#include "report/brief_loss.h"
#include "report/brief_products.h"
#include "report/brief_structure.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

#include "base/table.h"
#include "report/words.h"

#define MAX_NAME_COLUMNS 28
#define MAX_TITLE_COLUMNS 76
#define MAX_BOTH_WAYS 8

/* A text cut to fit a column of the terminal's table. */
void autki_table_cut(autk_table *table, const char *text, size_t max_columns)
{
    char cut[400];
    size_t columns = 0, last = 0;
    (void)snprintf(cut, sizeof cut - 4, "%s", text);
    for (size_t i = 0; cut[i] != '\0'; i++) {
        if (((unsigned char)cut[i] & 0xc0) == 0x80)
            continue;
        if (++columns > max_columns) {
            (void)snprintf(cut + last, sizeof "…", "…");
            break;
        }
        last = i;
    }
    autk_table_text(table, cut);
}

static void add_name(autk_table *table, const autk_world *world, int32_t party)
{
    autki_table_cut(table, autk_world_party_name(world, party), MAX_NAME_COLUMNS);
}

/* The interval as a cell; a blank cell where it is a point. */
static void add_interval(autk_table *table, autk_bounds share)
{
    autk_buf text;
    autk_buf_init(&text);
    if (!isfinite(share.low) || autki_words_is_wide(share))
        autki_words_interval(&text, share);
    autki_table_take(table, &text);
    autk_buf_deinit(&text);
}

static void add_share_on(autk_table *table, const autk_dependence *flows, int32_t party)
{
    const autk_dependence_entry *entry = autk_dependence_of(flows, party);
    autk_table_number(table, entry != NULL ? entry->share.point : 0.0);
}

static void add_partner(autk_table *table, const autk_brief *b, const autk_dependence_entry *e,
                        bool ranked)
{
    if (ranked && e->rank.point > 0)
        autk_table_number(table, e->rank.point);
    else
        autk_table_empty(table);
    add_name(table, b->world, e->party);
    autk_table_number(table, e->share.point);
    add_interval(table, e->share);
    if (ranked) {
        add_share_on(table, b->flows[AUTK_DIRECTION_EXPORT], e->party);
        add_share_on(table, b->flows[AUTK_DIRECTION_IMPORT], e->party);
    } else { /* a group stands in no list of partners: its own series has it */
        for (int d = AUTK_DIRECTION_EXPORT; d <= AUTK_DIRECTION_IMPORT; d++) {
            size_t n = b->n_series[d];
            autk_table_number(table, n != 0 && b->series[d][n - 1].year == b->year
                                         ? b->series[d][n - 1].entry.share.point
                                         : NAN);
        }
    }
    autk_table_number(table, e->value_usd.point);
    autk_table_text(table, autk_evidence_kind_text(e->evidence));
}

static autk_status partners_table(autk_table **out, const autk_brief *b, autk_err *err)
{
    static const autk_column columns[] = {{"rank", "#", AUTK_CELL_INTEGER, 0},
                                          {"partner", "partner", AUTK_CELL_TEXT, 0},
                                          {"share", "share", AUTK_CELL_PERCENT, 1},
                                          {"interval", "can be", AUTK_CELL_TEXT, 0},
                                          {"export_share", "of exports", AUTK_CELL_PERCENT, 1},
                                          {"import_share", "of imports", AUTK_CELL_PERCENT, 1},
                                          {"value_usd", "USD", AUTK_CELL_USD, 0},
                                          {"evidence", "evidence", AUTK_CELL_TEXT, 0}};
    const autk_dependence *trade = b->flows[AUTK_DIRECTION_TRADE];
    autk_table *table = NULL;
    autk_status st = autk_table_create(&table, columns, sizeof columns / sizeof *columns, err);
    if (st != AUTK_OK)
        return st;
    bool has_on = false;
    for (size_t i = 0; i < trade->n_entries && i < (size_t)b->n_partners; i++) {
        add_partner(table, b, &trade->entries[i], true);
        has_on |= trade->entries[i].party == b->on;
    }
    if (!has_on)
        add_partner(table, b, autki_brief_entry(b), b->on < AUTK_GROUP_BASE);
    *out = table;
    return AUTK_OK;
}

static autk_status events_table(autk_table **out, const autk_brief *b, bool whole, autk_err *err)
{
    static const autk_column columns[] = {{"mark", "", AUTK_CELL_INTEGER, 0},
                                          {"date", "date", AUTK_CELL_TEXT, 0},
                                          {"event", "event", AUTK_CELL_TEXT, 0}};
    autk_table *table = NULL;
    if (b->n_events == 0)
        return AUTK_OK;
    autk_status st = autk_table_create(&table, columns, sizeof columns / sizeof *columns, err);
    if (st != AUTK_OK)
        return st;
    autk_buf date;
    autk_buf_init(&date);
    for (size_t i = 0; i < b->n_events; i++) {
        const autk_event *event = autk_world_event(b->world, b->events[i]);
        autki_words_date(&date, event->date);
        autk_table_number(table, (double)(i + 1));
        autki_table_take(table, &date);
        autki_table_cut(table, event->title, whole ? SIZE_MAX : MAX_TITLE_COLUMNS);
    }
    autk_buf_deinit(&date);
    *out = table;
    return AUTK_OK;
}

static autk_bounds share_in(const autk_dependence_year *series, size_t n, int year)
{
    for (size_t i = 0; i < n; i++) {
        if (series[i].year == year)
            return series[i].entry.share;
    }
    return autk_bounds_unknown();
}

static autk_status blocs_table(autk_table **out, const autk_brief *b, autk_err *err)
{
    autk_column columns[2 + AUTKI_BRIEF_PAST] = {{"bloc", "bloc", AUTK_CELL_TEXT, 0}};
    char years[AUTKI_BRIEF_PAST][16];
    autk_table *table = NULL;
    if (b->n_blocs == 0)
        return AUTK_OK;
    for (size_t k = 0; k < b->n_past; k++) {
        (void)snprintf(years[k], sizeof years[k], "%d", b->past[k]->year);
        columns[1 + k] = (autk_column){years[k], years[k], AUTK_CELL_PERCENT, 1};
    }
    columns[1 + b->n_past] = (autk_column){"interval", "can be", AUTK_CELL_TEXT, 0};
    autk_status st = autk_table_create(&table, columns, 2 + b->n_past, err);
    if (st != AUTK_OK)
        return st;
    for (size_t i = 0; i < b->n_blocs; i++) {
        const autki_bloc *bloc = &b->blocs[i];
        if (bloc->n == 0)
            continue; /* it came after these years */
        add_name(table, b->world, bloc->party);
        for (size_t k = 0; k < b->n_past; k++)
            autk_table_number(table, share_in(bloc->series, bloc->n, b->past[k]->year).point);
        add_interval(table, share_in(bloc->series, bloc->n, b->year));
    }
    *out = table;
    return AUTK_OK;
}

static void add_both_ways(autk_table *table, const autk_brief *b, const autk_dependence_entry *e)
{
    autk_buf text;
    autk_buf_init(&text);
    add_name(table, b->world, e->party);
    autk_table_number(table, e->share.point);
    add_interval(table, e->share);
    autki_words_percent(&text, e->asymmetry.reverse_share.point);
    autki_table_take(table, &text);
    add_interval(table, e->asymmetry.reverse_share);
    if (isfinite(e->asymmetry.ratio.point))
        autki_words_count(&text, e->asymmetry.ratio.point);
    autki_table_take(table, &text);
    autk_buf_deinit(&text);
}

static autk_status both_ways_table(autk_table **out, const autk_brief *b, autk_err *err)
{
    char ours[40], theirs[40];
    const char *code = autk_world_party_code(b->world, b->economy);
    (void)snprintf(ours, sizeof ours, "its share in %s", code);
    (void)snprintf(theirs, sizeof theirs, "%s's share in it", code);
    const autk_column columns[] = {{"partner", "partner", AUTK_CELL_TEXT, 0},
                                   {"share", ours, AUTK_CELL_PERCENT, 1},
                                   {"interval", "can be", AUTK_CELL_TEXT, 0},
                                   {"reverse_share", theirs, AUTK_CELL_TEXT, 0},
                                   {"reverse_interval", "can be", AUTK_CELL_TEXT, 0},
                                   {"ratio", "times", AUTK_CELL_TEXT, 0}};
    const autk_dependence *trade = b->flows[AUTK_DIRECTION_TRADE];
    autk_table *table = NULL;
    autk_status st = autk_table_create(&table, columns, sizeof columns / sizeof *columns, err);
    if (st != AUTK_OK)
        return st;
    size_t n = 0;
    bool has_on = false;
    for (size_t i = 0; i < trade->n_entries && n < MAX_BOTH_WAYS; i++) {
        const autk_dependence_entry *e = &trade->entries[i];
        if (!isfinite(e->asymmetry.reverse_share.point))
            continue;
        add_both_ways(table, b, e);
        has_on |= e->party == b->on;
        n++;
    }
    if (!has_on && isfinite(autki_brief_entry(b)->asymmetry.reverse_share.point))
        add_both_ways(table, b, autki_brief_entry(b));
    if (autk_table_n_rows(table) == 0)
        autk_table_free(table);
    else
        *out = table;
    return AUTK_OK;
}

static autk_status isolation_table(autk_table **out, const autk_brief *b, autk_err *err)
{
    static const autk_column columns[] = {{"year", "year", AUTK_CELL_FIXED, 0},
                                          {"openness", "trade / GDP", AUTK_CELL_PERCENT, 0},
                                          {"partners", "partners over 0.1 %", AUTK_CELL_INTEGER, 0},
                                          {"effective", "effective", AUTK_CELL_FIXED, 1},
                                          {"effective_low", "at least", AUTK_CELL_FIXED, 1},
                                          {"effective_high", "at most", AUTK_CELL_FIXED, 1},
                                          {"first_share", "largest share", AUTK_CELL_PERCENT, 1},
                                          {"access_lost", "access lost", AUTK_CELL_PERCENT, 1}};
    bool routed = b->corridors->why_not == NULL;
    autk_table *table = NULL;
    if (b->n_past == 0)
        return AUTK_OK;
    autk_status st =
        autk_table_create(&table, columns, sizeof columns / sizeof *columns - !routed, err);
    if (st != AUTK_OK)
        return st;
    for (size_t k = 0; k < b->n_past; k++) {
        const autk_dependence *then = b->past[k];
        autk_table_number(table, then->year);
        autk_table_number(table, then->isolation.openness.point);
        autk_table_number(table, then->isolation.partners_point);
        autk_table_number(table, then->isolation.effective.point);
        autk_table_number(table, then->isolation.effective.low);
        autk_table_number(table, then->isolation.effective.high);
        autk_table_number(table, then->n_entries != 0 ? then->entries[0].share.point : NAN);
        if (routed)
            autk_table_number(table, b->corridors->access_lost_in[k].point);
    }
    *out = table;
    return AUTK_OK;
}

autk_status autki_brief_table(autk_table **out, const autk_brief *brief, autki_section section,
                              bool whole, autk_err *err)
{
    switch (section) {
    case AUTKI_PARTNERS:
        return partners_table(out, brief, err);
    case AUTKI_SERIES:
        return events_table(out, brief, whole, err);
    case AUTKI_BLOCS:
        return blocs_table(out, brief, err);
    case AUTKI_BOTH_WAYS:
        return both_ways_table(out, brief, err);
    case AUTKI_PRODUCTS:
        return autki_products_table(out, brief, err);
    case AUTKI_LOSS:
        return autki_loss_table(out, brief, err);
    case AUTKI_CORRIDORS:
        return autki_corridors_table(out, brief, whole, err);
    case AUTKI_STRUCTURE:
        return autki_structure_table(out, brief, err);
    case AUTKI_ISOLATION:
        return isolation_table(out, brief, err);
    default:
        return AUTK_OK;
    }
}
