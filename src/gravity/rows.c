/* What an estimate has by rows, levels or economies. */
#include "data/rows.h"

#include <math.h>
#include <string.h>

#include "base/fail.h"
#include "gravity/estimate.h"

static const autki_rows_column fitted_columns[] = {
    {"row", "row of the data, from 1", AUTKI_ROWS_COUNT},
    {"response", "response", AUTKI_ROWS_NUMBER},
    {"fitted", "fitted value", AUTKI_ROWS_NUMBER},
    {"residual", "response - fitted value", AUTKI_ROWS_NUMBER}};

static void get_fitted(const void *user, size_t i, autki_rows_cell *cells)
{
    const autk_estimate *e = user;
    cells[0].number = e->fitted_row[i] + 1.0;
    cells[1].number = e->response_value[i];
    cells[2].number = e->fitted[i];
    cells[3].number = e->response_value[i] - e->fitted[i];
}

static const autki_rows_column effect_columns[] = {
    {"set", "set of effects", AUTKI_ROWS_TEXT},
    {"level", "level", AUTKI_ROWS_TEXT},
    {"value", "effect, each set of mean zero over the rows", AUTKI_ROWS_NUMBER}};

static void get_effect(const void *user, size_t i, autki_rows_cell *cells)
{
    const autk_estimate *e = user;
    if (i == 0) {
        cells[0].text = "constant";
        cells[1].text = "";
        cells[2].number = e->constant;
        return;
    }
    int k = 0;
    for (i--; i >= e->sets[k].n; k++)
        i -= e->sets[k].n;
    cells[0].text = e->effect_name[k];
    cells[1].text = e->sets[k].names.text + e->sets[k].name[i];
    cells[2].number = e->sets[k].value[i];
}

static size_t count_effects(const autk_estimate *e)
{
    size_t n = 0;
    for (int k = 0; k < e->info.n_effects; k++)
        n += e->sets[k].n;
    return n > 0 ? n + 1 : 0;
}

/* The last column only with a sigma. */
static const autki_rows_column resistance_columns[] = {
    {"side", "outward (exporters) or inward (importers)", AUTKI_ROWS_TEXT},
    {"economy", "economy", AUTKI_ROWS_TEXT},
    {"period", "period", AUTKI_ROWS_TEXT},
    {"total", "exports, or imports, in the rows used", AUTKI_ROWS_NUMBER},
    {"power", "resistance^(1 - sigma)", AUTKI_ROWS_NUMBER},
    {"resistance", "multilateral resistance", AUTKI_ROWS_NUMBER}};

/* Effects of pairs leave the level open. */
static const autki_rows_column change_columns[] = {
    {"side", "outward (exporters) or inward (importers)", AUTKI_ROWS_TEXT},
    {"economy", "economy", AUTKI_ROWS_TEXT},
    {"period", "period", AUTKI_ROWS_TEXT},
    {"total", "exports, or imports, in the rows used", AUTKI_ROWS_NUMBER},
    {"power_ratio", "resistance^(1 - sigma) over that of the base period", AUTKI_ROWS_NUMBER},
    {"resistance_ratio", "multilateral resistance over that of the base period",
     AUTKI_ROWS_NUMBER}};

static void get_resistance(const void *user, size_t i, autki_rows_cell *cells)
{
    const autk_estimate *e = user;
    const autki_resistance *r = &e->resistances[i];
    cells[0].text = r->inward ? "inward" : "outward";
    cells[1].text = r->economy;
    cells[2].text = r->period;
    cells[3].number = r->total;
    cells[4].number = r->power;
    cells[5].number = e->sigma > 1 ? pow(r->power, 1 / (1 - e->sigma)) : NAN;
}

static const autki_rows_column gap_columns[] = {{"year", "year", AUTKI_ROWS_TEXT},
                                                {"exporter", "exporter", AUTKI_ROWS_TEXT},
                                                {"importer", "importer", AUTKI_ROWS_TEXT},
                                                {"kind", "kind of figure", AUTKI_ROWS_TEXT},
                                                {"value_usd", "fitted mean", AUTKI_ROWS_NUMBER},
                                                {"low_usd", "5 %", AUTKI_ROWS_NUMBER},
                                                {"high_usd", "95 %", AUTKI_ROWS_NUMBER}};

static void get_gap(const void *user, size_t i, autki_rows_cell *cells)
{
    const autki_gap *g = &((const autk_estimate *)user)->gaps[i];
    cells[0].text = g->period;
    cells[1].text = g->exporter;
    cells[2].text = g->importer;
    cells[3].text = "estimated";
    cells[4].number = g->value;
    cells[5].number = g->low;
    cells[6].number = g->high;
}

static autki_rows rows_of(const autk_estimate *e, autk_estimate_rows which)
{
    switch (which) {
    case AUTK_ROWS_EFFECTS:
        return (autki_rows){effect_columns, 3, count_effects(e), get_effect, e};
    case AUTK_ROWS_RESISTANCES:
        return (autki_rows){e->resistance_changes ? change_columns : resistance_columns,
                            e->sigma > 1 ? 6 : 5, e->n_resistances, get_resistance, e};
    case AUTK_ROWS_GAPS:
        return (autki_rows){gap_columns, 7, e->n_gaps, get_gap, e};
    case AUTK_ROWS_FITTED:
        break;
    }
    return (autki_rows){fitted_columns, 4, e->fitted != NULL ? (size_t)e->info.n_obs : 0,
                        get_fitted, e};
}

autk_status autk_estimate_write_rows(autk_buf *out, const autk_estimate *e,
                                     autk_estimate_rows which, bool stata, autk_err *err)
{
    static const char *const names[] = {"fitted values", "effects", "resistances", "gaps"};
    autki_rows rows = rows_of(e, which);
    if (rows.n == 0)
        return autki_fail(err, AUTK_EARG, "expected an estimate that kept its %s", names[which]);
    return stata ? autki_rows_write_dta(out, &rows, err) : autki_rows_write_csv(out, &rows, err);
}

autk_status autk_estimate_write_fitted(autk_buf *out, const autk_estimate *e, autk_err *err)
{
    return autk_estimate_write_rows(out, e, AUTK_ROWS_FITTED, false, err);
}
