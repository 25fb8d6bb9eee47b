/* What losing the partner would cost: in words, as a table, a chart, JSON and CSV. */
#include <math.h>
#include <stdio.h>

#include <autarky/chart.h>

#include "base/table.h"
#include "report/brief_loss.h"
#include "report/object.h"
#include "report/words.h"

#define ASSUMPTIONS                                                                                \
    "General equilibrium of one sector of goods (universal gravity: Allen, Arkolakis and "         \
    "Takahashi 2020), all trade between the two ended exactly and both ways, trade deficits as "   \
    "observed"
#define LEAST_TOLD 0.00005
#define LONG_RUN_SOURCE "Simonovska and Waugh 2014"
#define SHORT_RUN_SOURCE "Boehm, Levchenko and Pandalai-Nayar 2023"

const char *autki_horizon_text(autki_horizon horizon)
{
    return horizon == AUTKI_SHORT ? "short run" : "long run";
}

/* ------------------------------------------------------------------ words */

/* Both ends of less than that are "less than 0.01 %": no interval is told. */
static bool has_interval(autk_bounds lost)
{
    return isfinite(lost.low) && isfinite(lost.high) &&
           (lost.high >= LEAST_TOLD || -lost.low >= LEAST_TOLD);
}

/* "6.5–10.2 %": rounded outwards to the digits that the point is told with. */
static void say_interval(autk_buf *t, autk_bounds lost)
{
    int decimals = lost.point < 0.01 ? 2 : lost.point < 0.1 ? 1 : 0;
    double scale = pow(10.0, decimals), low = floor(lost.low * 100.0 * scale) / scale;
    autk_buf_printf(t, "%.*f–%.*f %%", low == 0.0 ? 0 : decimals, low, decimals,
                    ceil(lost.high * 100.0 * scale) / scale);
}

void autki_loss_say_amount(autk_buf *t, autk_bounds lost)
{
    bool won = lost.point < 0.0;
    autk_bounds told = won ? (autk_bounds){-lost.high, -lost.point, -lost.low} : lost;
    autki_words_percent(t, told.point);
    if (!has_interval(told))
        return;
    if (told.low < 0.0) {
        autk_buf_puts(t, " (between ");
        autki_words_percent(t, told.high);
        autk_buf_puts(t, " of that and ");
        autki_words_percent(t, -told.low);
        autk_buf_puts(t, won ? " lost)" : " won)");
        return;
    }
    autk_buf_puts(t, " (");
    say_interval(t, told);
    autk_buf_putc(t, ')');
}

static void say_side(autk_buf *t, const autk_brief *b, int side)
{
    const autki_loss *loss = b->loss;
    autk_bounds at_once = loss->lost[AUTKI_SHORT][side], later = loss->lost[AUTKI_LONG][side];
    autki_words_name(t, b->world, side == AUTKI_ECONOMY ? b->economy : b->on);
    autk_buf_puts(t, at_once.point < 0.0 ? " would gain " : " would lose ");
    autki_loss_say_amount(t, at_once);
    autk_buf_puts(t, " of its real income in the short run and ");
    if ((at_once.point < 0.0) != (later.point < 0.0))
        autk_buf_puts(t, later.point < 0.0 ? "gain " : "lose ");
    autki_loss_say_amount(t, later);
    autk_buf_puts(t, " in the long run");
}

/* The same of the partner where it loses too: the verb and the horizons are understood. */
static void say_partner(autk_buf *t, const autk_brief *b)
{
    const autki_loss *loss = b->loss;
    for (int h = 0; h < AUTKI_HORIZONS; h++) {
        if (loss->lost[h][AUTKI_ECONOMY].point < 0.0 || loss->lost[h][AUTKI_PARTNER].point < 0.0) {
            say_side(t, b, AUTKI_PARTNER);
            return;
        }
    }
    autki_words_name(t, b->world, b->on);
    autk_buf_putc(t, ' ');
    autki_loss_say_amount(t, loss->lost[AUTKI_SHORT][AUTKI_PARTNER]);
    autk_buf_puts(t, " and ");
    autki_loss_say_amount(t, loss->lost[AUTKI_LONG][AUTKI_PARTNER]);
}

static void say_ratio(autk_buf *t, const autk_brief *b)
{
    autk_bounds ratio = b->loss->ratio[AUTKI_LONG];
    if (!isfinite(ratio.point))
        return;
    bool heavier = ratio.point >= 1.0;
    autk_bounds times =
        heavier ? ratio : (autk_bounds){1 / ratio.high, 1 / ratio.point, 1 / ratio.low};
    autk_buf_puts(t, " In the long run the loss weighs ");
    autki_words_count(t, times.point);
    if (isfinite(times.low) && times.high - times.low > 0.05 * times.point) {
        autk_buf_puts(t, " (");
        autki_words_count(t, times.low);
        autk_buf_puts(t, "–");
        autki_words_count(t, times.high);
        autk_buf_putc(t, ')');
    }
    autk_buf_puts(t, " times as much on ");
    autki_words_name(t, b->world, heavier ? b->economy : b->on);
    autk_buf_putc(t, '.');
}

static void say_losses(autk_buf *t, const autk_brief *b)
{
    if (b->loss->why_not != NULL) {
        autk_buf_puts(t, b->loss->why_not);
        return;
    }
    autk_buf_puts(t, "If all goods trade between ");
    autki_words_name(t, b->world, b->economy);
    autk_buf_puts(t, " and ");
    autki_words_name(t, b->world, b->on);
    autk_buf_puts(t, " ended, ");
    say_side(t, b, AUTKI_ECONOMY);
    autk_buf_puts(t, "; ");
    say_partner(t, b);
    autk_buf_putc(t, '.');
    say_ratio(t, b);
}

static void say_gains(autk_buf *t, const autk_brief *b)
{
    if (b->loss->why_not != NULL || !isfinite(b->loss->gains.point))
        return;
    autk_buf_puts(t, "All foreign trade together is worth ");
    autki_loss_say_amount(t, b->loss->gains);
    autk_buf_puts(t, " of the real wage to ");
    autki_words_name(t, b->world, b->economy);
    autk_buf_puts(t, ": what it would lose in autarky, in the long run.");
}

static void say_assumed(autk_buf *t, const autk_brief *b)
{
    const autki_loss *loss = b->loss;
    if (loss->why_not != NULL || !(loss->assumed[AUTKI_ECONOMY] || loss->assumed[AUTKI_PARTNER]))
        return;
    autk_buf_puts(t, "Beware: the exports of ");
    if (loss->assumed[AUTKI_ECONOMY])
        autki_words_name(t, b->world, b->economy);
    if (loss->assumed[AUTKI_ECONOMY] && loss->assumed[AUTKI_PARTNER])
        autk_buf_puts(t, " and ");
    if (loss->assumed[AUTKI_PARTNER] && b->on >= AUTK_GROUP_BASE)
        autk_buf_puts(t, "a member of ");
    if (loss->assumed[AUTKI_PARTNER])
        autki_words_name(t, b->world, b->on);
    autk_buf_puts(t, " are so large against GDP that sales at home are assumed, not derived: goods "
                     "passing through count as made there, and the loss is overstated.");
}

static void say_method(autk_buf *t, const autk_brief *b)
{
    const autki_loss *loss = b->loss;
    if (loss->why_not != NULL)
        return;
    autk_buf_printf(t,
                    ASSUMPTIONS ". Baseline: world-%d%s. Trade elasticity θ %.3g in the long run "
                                "(" LONG_RUN_SOURCE "), %.3g in the short run (" SHORT_RUN_SOURCE
                                "). Intervals: 5 to 95 %% of %d draws, θ with a standard error of "
                                "20 %%",
                    loss->year,
                    loss->year == b->year ? "" : ", the nearest year with trade and GDP",
                    loss->theta[AUTKI_LONG], loss->theta[AUTKI_SHORT], loss->n_draws);
    if (loss->n_gaps != 0)
        autk_buf_puts(t, ", and flows that nobody reports taken anywhere between their bounds");
    if (loss->n_failed != 0)
        autk_buf_printf(t, "; %d more had no solution", loss->n_failed);
    autk_buf_putc(t, '.');
    if (loss->n_unknown != 0)
        autk_buf_printf(t, " %zu flow%s between them %s unknown and not in it.", loss->n_unknown,
                        loss->n_unknown == 1 ? "" : "s", loss->n_unknown == 1 ? "is" : "are");
}

autk_status autki_brief_say_loss(autk_brief *brief, autk_buf *t, autk_err *err)
{
    static void (*const say[])(autk_buf *, const autk_brief *) = {say_losses, say_gains,
                                                                  say_assumed, say_method};
    autk_status st = AUTK_OK;
    for (size_t i = 0; st == AUTK_OK && i < sizeof say / sizeof *say; i++) {
        size_t at = t->len;
        say[i](t, brief);
        if (t->status == AUTK_OK && t->len > at && t->text[at] == 't')
            t->text[at] = 'T';
        st = autki_lines_take(&brief->sentences[AUTKI_LOSS], t, err);
    }
    return st;
}

/* ------------------------------------------------------------------ table and chart */

static void add_amount(autk_table *table, autk_bounds lost)
{
    autk_buf text;
    autk_buf_init(&text);
    autki_words_percent(&text, lost.point);
    autki_table_take(table, &text);
    if (has_interval(lost))
        say_interval(&text, lost);
    autki_table_take(table, &text);
    autk_buf_deinit(&text);
}

autk_status autki_loss_table(autk_table **out, const autk_brief *brief, autk_err *err)
{
    char title[AUTKI_SIDES][40];
    const autki_loss *loss = brief->loss;
    if (loss->why_not != NULL)
        return AUTK_OK;
    (void)snprintf(title[AUTKI_ECONOMY], sizeof *title, "%s loses",
                   autk_world_party_code(brief->world, brief->economy));
    (void)snprintf(title[AUTKI_PARTNER], sizeof *title, "%s loses",
                   autk_world_party_code(brief->world, brief->on));
    const autk_column columns[] = {{"horizon", "real income", AUTK_CELL_TEXT, 0},
                                   {"theta", "θ", AUTK_CELL_FIXED, 2},
                                   {"lost", title[AUTKI_ECONOMY], AUTK_CELL_TEXT, 0},
                                   {"interval", "can be", AUTK_CELL_TEXT, 0},
                                   {"partner_lost", title[AUTKI_PARTNER], AUTK_CELL_TEXT, 0},
                                   {"partner_interval", "can be", AUTK_CELL_TEXT, 0},
                                   {"ratio", "times", AUTK_CELL_TEXT, 0}};
    autk_table *table = NULL;
    autk_buf ratio;
    autk_status st = autk_table_create(&table, columns, sizeof columns / sizeof *columns, err);
    if (st != AUTK_OK)
        return st;
    autk_buf_init(&ratio);
    for (int h = 0; h < AUTKI_HORIZONS; h++) {
        autk_table_text(table, autki_horizon_text((autki_horizon)h));
        autk_table_number(table, loss->theta[h]);
        for (int s = 0; s < AUTKI_SIDES; s++)
            add_amount(table, loss->lost[h][s]);
        if (isfinite(loss->ratio[h].point))
            autki_words_count(&ratio, loss->ratio[h].point);
        autki_table_take(table, &ratio);
    }
    autk_buf_deinit(&ratio);
    *out = table;
    return AUTK_OK;
}

autk_status autki_loss_chart(autk_buf *out, const autk_brief *brief, autk_err *err)
{
    char label[AUTKI_SIDES * AUTKI_HORIZONS][120];
    autk_chart_bar bars[AUTKI_SIDES * AUTKI_HORIZONS];
    const autki_loss *loss = brief->loss;
    autk_buf title, caption;
    size_t n = 0;
    if (loss->why_not != NULL)
        return AUTK_OK;
    for (int s = 0; s < AUTKI_SIDES; s++) {
        for (int h = 0; h < AUTKI_HORIZONS; h++, n++) {
            int32_t party = s == AUTKI_ECONOMY ? brief->economy : brief->on;
            (void)snprintf(label[n], sizeof label[n], "%.80s, %s",
                           autk_world_party_name(brief->world, party),
                           autki_horizon_text((autki_horizon)h));
            bars[n] = (autk_chart_bar){.label = label[n],
                                       .low = loss->lost[h][s].low,
                                       .point = loss->lost[h][s].point,
                                       .high = loss->lost[h][s].high,
                                       .is_strong = s == AUTKI_ECONOMY};
        }
    }
    autk_buf_init(&title);
    autk_buf_init(&caption);
    autk_buf_puts(&title, "Real income lost if all goods trade between ");
    autki_words_name(&title, brief->world, brief->economy);
    autk_buf_puts(&title, " and ");
    autki_words_name(&title, brief->world, brief->on);
    autk_buf_puts(&title, " ended");
    autk_buf_printf(&caption,
                    "%s. Bars: at θ of %.3g (short run) and %.3g (long run). Whiskers: "
                    "5 to 95 %% of draws.",
                    autk_buf_text(&title), loss->theta[AUTKI_SHORT], loss->theta[AUTKI_LONG]);
    autk_bar_chart chart = {.frame = {"loss-chart", autk_buf_text(&title),
                                      brief->sentences[AUTKI_LOSS].n != 0
                                          ? brief->sentences[AUTKI_LOSS].line[0]
                                          : brief->headline,
                                      false},
                            .x = autk_chart_axis_default("", AUTK_CELL_PERCENT, 2),
                            .bars = bars,
                            .n_bars = n};
    autk_page_figure(out);
    autk_status st = autk_chart_bars(out, &chart, err);
    if (st == AUTK_OK) /* the section's own table stands below */
        st = autk_page_figure_end(out, autk_buf_text(&caption), NULL, err);
    autki_words_done(out, &title);
    autki_words_done(out, &caption);
    return st;
}

/* ------------------------------------------------------------------ JSON and CSV */

void autki_loss_json(autk_buf *out, const autk_brief *brief)
{
    const autki_loss *loss = brief->loss;
    autk_buf_puts(out, ",\n \"loss_of_partner\": ");
    autki_object o = autki_object_open(out);
    autki_object_text(&o, "why_not", loss->why_not);
    if (loss->why_not == NULL) {
        autki_object_number(&o, "baseline_year", loss->year);
        autki_object_text(&o, "model", ASSUMPTIONS);
        autki_object_number(&o, "draws", loss->n_draws);
        autki_object_number(&o, "draws_without_solution", loss->n_failed);
        autki_object_number(&o, "unknown_flows_left_out", (double)loss->n_unknown);
        autki_object_bool(&o, "home_sales_assumed", loss->assumed[AUTKI_ECONOMY]);
        autki_object_bool(&o, "partner_home_sales_assumed", loss->assumed[AUTKI_PARTNER]);
        autki_object horizons = autki_object_array(&o, "horizons");
        for (int h = 0; h < AUTKI_HORIZONS; h++) {
            autki_object one = autki_object_element(&horizons);
            autki_object_text(&one, "horizon", autki_horizon_text((autki_horizon)h));
            autki_object_number(&one, "theta", loss->theta[h]);
            autki_object_text(&one, "theta_source",
                              h == AUTKI_LONG ? LONG_RUN_SOURCE : SHORT_RUN_SOURCE);
            autki_object_bounds(&one, "real_income_lost", loss->lost[h][AUTKI_ECONOMY]);
            autki_object_bounds(&one, "partner_real_income_lost", loss->lost[h][AUTKI_PARTNER]);
            autki_object_bounds(&one, "ratio", loss->ratio[h]);
            autki_object_close(&one);
        }
        autki_object_close(&horizons);
        autki_object_bounds(&o, "gains_from_trade", loss->gains);
    }
    autki_object lines = autki_object_array(&o, "sentences");
    for (size_t i = 0; i < brief->sentences[AUTKI_LOSS].n; i++)
        autki_object_text_element(&lines, brief->sentences[AUTKI_LOSS].line[i]);
    autki_object_close(&lines);
    autki_object_close(&o);
}

static void put_row(autk_buf *out, const autk_brief *b, int32_t party, const char *measure,
                    autk_bounds value, const char *unit)
{
    autki_brief_csv_row row = {
        "loss", autk_world_party_code(b->world, party), measure, b->loss->year, value, unit,
        "model"};
    autki_brief_put_csv_row(out, &row);
}

void autki_loss_csv(autk_buf *out, const autk_brief *brief)
{
    static const char *const lost[] = {"real income lost, short run", "real income lost, long run"};
    static const char *const ratio[] = {"loss over the partner's, short run",
                                        "loss over the partner's, long run"};
    const autki_loss *loss = brief->loss;
    if (loss->why_not != NULL)
        return;
    for (int h = 0; h < AUTKI_HORIZONS; h++) {
        put_row(out, brief, brief->economy, lost[h], loss->lost[h][AUTKI_ECONOMY], "fraction");
        put_row(out, brief, brief->on, lost[h], loss->lost[h][AUTKI_PARTNER], "fraction");
        put_row(out, brief, brief->economy, ratio[h], loss->ratio[h], "ratio");
    }
    put_row(out, brief, brief->economy, "gains from trade", loss->gains, "fraction");
}
