#include <math.h>
#include <stdio.h>
#include <string.h>

#include "base/fail.h"
#include "report/depend.h"

size_t autki_depend_shown(const autk_dependence *d, size_t top)
{
    return top == 0 || top > d->n_entries ? d->n_entries : top;
}

void autki_add_range(autk_buf *out, autk_bounds share)
{
    char low[32], high[32];
    if (!autk_bounds_known(share))
        return;
    (void)snprintf(low, sizeof low, "%.1f", 100 * share.low);
    (void)snprintf(high, sizeof high, "%.1f", 100 * share.high);
    if (strcmp(low, high) != 0)
        autk_buf_printf(out, "%s–%s %%", low, high);
}

void autki_range_cell(autk_table *table, autk_bounds share)
{
    autk_buf text;
    autk_buf_init(&text);
    autki_add_range(&text, share);
    autk_table_text(table, autk_buf_text(&text));
    autk_buf_deinit(&text);
}

/* ------------------------------------------------------------------ CSV: one row a partner */

static const autk_column csv_columns[] = {{"economy", "economy", AUTK_CELL_TEXT, 0},
                                          {"year", "year", AUTK_CELL_FIXED, 0},
                                          {"flow", "flow", AUTK_CELL_TEXT, 0},
                                          {"scope", "scope", AUTK_CELL_TEXT, 0},
                                          {"partner", "partner", AUTK_CELL_TEXT, 0},
                                          {"partner_name", "name", AUTK_CELL_TEXT, 0},
                                          {"rank", "rank", AUTK_CELL_FIXED, 0},
                                          {"rank_best", "best", AUTK_CELL_FIXED, 0},
                                          {"rank_worst", "worst", AUTK_CELL_FIXED, 0},
                                          {"share_low", "low", AUTK_CELL_PERCENT, 1},
                                          {"share", "share", AUTK_CELL_PERCENT, 1},
                                          {"share_high", "high", AUTK_CELL_PERCENT, 1},
                                          {"share_of_own_total", "own", AUTK_CELL_PERCENT, 1},
                                          {"share_of_mirror_total", "mirror", AUTK_CELL_PERCENT, 1},
                                          {"value_low_usd", "low", AUTK_CELL_USD, 0},
                                          {"value_usd", "value", AUTK_CELL_USD, 0},
                                          {"value_high_usd", "high", AUTK_CELL_USD, 0},
                                          {"to_gdp", "of GDP", AUTK_CELL_PERCENT, 1},
                                          {"evidence", "evidence", AUTK_CELL_TEXT, 0},
                                          {"gap", "gap", AUTK_CELL_FIXED, 0},
                                          {"disagreement", "disagreement", AUTK_CELL_FIXED, 2},
                                          {"reverse_share", "reverse", AUTK_CELL_PERCENT, 1},
                                          {"asymmetry", "asymmetry", AUTK_CELL_FIXED, 3},
                                          {"asymmetry_ratio", "ratio", AUTK_CELL_FIXED, 1},
                                          {"sources", "sources", AUTK_CELL_TEXT, 0}};

static void sources_cell(autk_table *table, const autk_sources *sources, const autk_world *world)
{
    autk_buf buf;
    autk_buf_init(&buf);
    for (int32_t i = 0; i < sources->n; i++) {
        const autk_source_info *s = autk_world_source(world, sources->source[i]);
        autk_buf_printf(&buf, "%s%s", i == 0 ? "" : " ", s != NULL ? s->id : "?");
    }
    autk_table_text(table, autk_buf_text(&buf));
    autk_buf_deinit(&buf);
}

static void rank_cell(autk_table *table, int32_t rank)
{
    autk_table_number(table, rank > 0 ? (double)rank : NAN);
}

static void csv_row(autk_table *t, const autk_dependence *d, const autk_dependence_entry *e,
                    const autk_world *world)
{
    autk_table_text(t, autk_world_party_code(world, d->economy));
    autk_table_number(t, d->year);
    autk_table_text(t, autk_direction_text(d->direction));
    autk_table_text(t, autk_scope_text(d->scope));
    autk_table_text(t, autk_world_party_code(world, e->party));
    autk_table_text(t, autk_world_party_name(world, e->party));
    rank_cell(t, e->rank.point);
    rank_cell(t, e->rank.best);
    rank_cell(t, e->rank.worst);
    autk_table_number(t, e->share.low);
    autk_table_number(t, e->share.point);
    autk_table_number(t, e->share.high);
    autk_table_number(t, e->by_reading[AUTK_READING_OWN].point);
    autk_table_number(t, e->by_reading[AUTK_READING_MIRROR].point);
    autk_table_number(t, e->value_usd.low);
    autk_table_number(t, e->value_usd.point);
    autk_table_number(t, e->value_usd.high);
    autk_table_number(t, e->to_gdp.point);
    autk_table_text(t, autk_evidence_kind_text(e->evidence));
    autk_table_number(t, e->gap);
    autk_table_number(t, e->disagreement);
    autk_table_number(t, e->asymmetry.reverse_share.point);
    autk_table_number(t, e->asymmetry.difference.point);
    autk_table_number(t, e->asymmetry.ratio.point);
    sources_cell(t, &e->sources, world);
}

static autk_status write_csv(autk_buf *out, const autk_depend_item *items, size_t n,
                             const autk_world *world, size_t top, autk_err *err)
{
    autk_table *table = NULL;
    autk_status st =
        autk_table_create(&table, csv_columns, sizeof csv_columns / sizeof *csv_columns, err);
    if (st != AUTK_OK)
        return st;
    for (size_t i = 0; i < n; i++) {
        const autk_dependence *d = items[i].dependence;
        for (size_t k = 0; k < autki_depend_shown(d, top); k++)
            csv_row(table, d, &d->entries[k], world);
    }
    st = autk_table_write(out, table, AUTK_FORMAT_CSV, err);
    autk_table_free(table);
    return st;
}

autk_status autk_depend_write(autk_buf *out, const autk_depend_item *items, size_t n, bool series,
                              const autk_world *world, autk_format format, size_t top,
                              autk_err *err)
{
    if (n == 0)
        return autki_fail(err, AUTK_EARG, "expected a year to write, got none");
    autk_status st = AUTK_OK;
    series = series || n > 1;
    if (format == AUTK_FORMAT_CSV) {
        st = write_csv(out, items, n, world, top, err);
    } else if (format == AUTK_FORMAT_JSON) {
        autk_buf_puts(out, series ? "[" : "");
        for (size_t i = 0; i < n; i++) {
            autk_buf_puts(out, i == 0 ? "" : ",\n");
            autki_depend_json(out, &items[i], world, top);
        }
        autk_buf_puts(out, series ? "]\n" : "\n");
    } else if (series) {
        st = autki_depend_series_text(out, items, n, world, err);
    } else {
        st = autki_depend_text(out, &items[0], world, top, err);
    }
    return st == AUTK_OK ? autk_buf_check(out, err) : st;
}
