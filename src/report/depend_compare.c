#include <math.h>

#include "base/fail.h"
#include "report/depend.h"

static const autk_column columns[] = {
    {"economy", "", AUTK_CELL_TEXT, 0},
    {"economy_name", "economy", AUTK_CELL_TEXT, 0},
    {"year", "year", AUTK_CELL_FIXED, 0},
    {"trade_usd", "trade", AUTK_CELL_USD, 0},
    {"openness", "/ GDP", AUTK_CELL_FIXED, 2},
    {"first_partner", "first partner", AUTK_CELL_TEXT, 0},
    {"first_share", "share", AUTK_CELL_PERCENT, 1},
    {"first_share_low", "low", AUTK_CELL_PERCENT, 1},
    {"first_share_high", "high", AUTK_CELL_PERCENT, 1},
    {"second_partner", "second", AUTK_CELL_TEXT, 0},
    {"second_share", "share", AUTK_CELL_PERCENT, 1},
    {"hhi", "HHI", AUTK_CELL_FIXED, 3},
    {"effective_partners", "eff. partners", AUTK_CELL_FIXED, 1},
    {"partners_above_0_1_percent", "above 0.1 %", AUTK_CELL_FIXED, 0},
    {"lost_share_at_peak", "lost", AUTK_CELL_PERCENT, 1},
    {"on", "on", AUTK_CELL_TEXT, 0},
    {"on_share", "share", AUTK_CELL_PERCENT, 1},
    {"on_share_low", "low", AUTK_CELL_PERCENT, 1},
    {"on_share_high", "high", AUTK_CELL_PERCENT, 1},
    {"on_reverse_share", "there", AUTK_CELL_PERCENT, 1},
    {"on_asymmetry", "asymmetry", AUTK_CELL_FIXED, 3}};
#define N_COLUMNS (sizeof columns / sizeof *columns)
#define N_WITHOUT_ON 15

static void partner_cells(autk_table *t, const autk_dependence *d, size_t place, bool with_range,
                          const autk_world *world)
{
    bool there = place < d->n_entries && autk_bounds_known(d->entries[place].share);
    autk_bounds share = there ? d->entries[place].share : autk_bounds_unknown();
    autk_table_text(t, there ? autk_world_party_code(world, d->entries[place].party) : "");
    autk_table_number(t, share.point);
    if (with_range) {
        autk_table_number(t, share.low);
        autk_table_number(t, share.high);
    }
}

static void on_cells(autk_table *t, const autk_dependence_entry *e, const autk_world *world)
{
    autk_table_text(t, autk_world_party_code(world, e->party));
    autk_table_number(t, e->share.point);
    autk_table_number(t, e->share.low);
    autk_table_number(t, e->share.high);
    autk_table_number(t, e->asymmetry.reverse_share.point);
    autk_table_number(t, e->asymmetry.difference.point);
}

static void row(autk_table *t, const autk_dependence *d, const autk_dependence_entry *on,
                const autk_world *world)
{
    autk_table_text(t, autk_world_party_code(world, d->economy));
    autk_table_text(t, autk_world_party_name(world, d->economy));
    autk_table_number(t, d->year);
    autk_table_number(t, d->totals[d->reading][AUTK_DIRECTION_TRADE].value_usd.point);
    autk_table_number(t, d->isolation.openness.point);
    partner_cells(t, d, 0, true, world);
    partner_cells(t, d, 1, false, world);
    autk_table_number(t, d->concentration.hhi.point);
    autk_table_number(t, d->concentration.effective.point);
    autk_table_number(t, d->isolation.partners_point);
    autk_table_number(t, d->isolation.lost_share_at_peak);
    if (on != NULL)
        on_cells(t, on, world);
}

autk_status autk_depend_compare(autk_buf *out, const autk_dependence *const *items,
                                const autk_dependence_entry *const *on, size_t n,
                                const autk_world *world, autk_format format, autk_err *err)
{
    if (n == 0)
        return autki_fail(err, AUTK_EARG, "expected an economy to compare, got none");
    autk_table *t = NULL;
    autk_status st = autk_table_create(&t, columns, on != NULL ? N_COLUMNS : N_WITHOUT_ON, err);
    if (st != AUTK_OK)
        return st;
    for (size_t i = 0; i < n; i++)
        row(t, items[i], on != NULL ? on[i] : NULL, world);
    st = autk_table_write(out, t, format, err);
    if (format == AUTK_FORMAT_JSON)
        autk_buf_putc(out, '\n');
    autk_table_free(t);
    return st == AUTK_OK ? autk_buf_check(out, err) : st;
}
