/* What lifting the sanctions would give: in words, JSON and CSV. */
#include <math.h>

#include "report/brief_loss.h"
#include "report/brief_relief.h"
#include "report/object.h"
#include "report/words.h"

#define BENCHMARK                                                                                  \
    "trade against Y_i Y_j / Y_W, which it would be in a world without frictions (Deardorff 1998)"

static const autki_relief *relief_of(const autk_brief *b)
{
    return b->loss->why_not == NULL ? b->loss->relief : NULL;
}

static void name_parties(autk_buf *t, const autk_brief *b, const autki_relief *r)
{
    for (size_t i = 0; i < r->n_parties; i++) {
        autk_buf_puts(t, i == 0 ? "" : i + 1 < r->n_parties ? ", " : " and ");
        autki_words_name(t, b->world, r->party[i]);
    }
}

static void say_won(autk_buf *t, const autk_brief *b, const autki_relief *r)
{
    autk_buf_puts(t, "If the sanctions between ");
    autki_words_name(t, b->world, b->economy);
    autk_buf_puts(t, " and ");
    name_parties(t, b, r);
    autk_buf_printf(t,
                    " were lifted, and trade with them came back to what it was in %d–%d against "
                    "the sizes of the economies, ",
                    r->began - AUTKI_RELIEF_YEARS, r->began - 1);
    autki_words_name(t, b->world, b->economy);
    autk_buf_puts(t, r->won.point < 0.0 ? " would lose " : " would gain ");
    autki_loss_say_amount(t, (autk_bounds){-r->won.high, -r->won.point, -r->won.low});
    autk_buf_puts(t, " of its real income in the long run.");
}

static void say_share(autk_buf *t, const autk_brief *b, const autki_relief *r)
{
    autk_buf_puts(t, "The share of ");
    autki_words_name(t, b->world, b->on);
    autk_buf_puts(t, " in its goods trade would go from ");
    autki_words_percent(t, r->share_before.point);
    autk_buf_puts(t, " in that baseline to ");
    autki_words_share(t, r->share);
    autk_buf_putc(t, '.');
}

static void say_times(autk_buf *t, const autk_brief *b, const autki_relief *r)
{
    (void)b;
    autk_buf_puts(t, "At given prices its exports to them would be ");
    autki_words_count(t, r->times[AUTKI_RELIEF_OUT]);
    autk_buf_puts(t, " times and its imports from them ");
    autki_words_count(t, r->times[AUTKI_RELIEF_IN]);
    autk_buf_printf(t,
                    " times what they are. Whatever has come between them since %d counts as "
                    "sanctions here, closed borders and firms that left too: the gain is an upper "
                    "end rather than a middle.",
                    r->began);
}

static void say_method(autk_buf *t, const autk_brief *b, const autki_relief *r)
{
    (void)r;
    autk_buf_printf(
        t,
        "The same model, baseline and elasticity as above; " BENCHMARK
        ". Intervals: 5 to 95 %% of %d draws, which also take one of the %d years each.",
        b->loss->n_draws, AUTKI_RELIEF_YEARS);
}

autk_status autki_brief_say_relief(autk_brief *brief, autk_buf *t, autk_err *err)
{
    static void (*const say[])(autk_buf *, const autk_brief *,
                               const autki_relief *) = {say_won, say_share, say_times, say_method};
    const autki_relief *r = relief_of(brief);
    autk_status st = AUTK_OK;
    for (size_t i = 0; r != NULL && st == AUTK_OK && i < sizeof say / sizeof *say; i++) {
        say[i](t, brief, r);
        st = autki_lines_take(&brief->sentences[AUTKI_RELIEF], t, err);
    }
    return st;
}

void autki_relief_json(autk_buf *out, const autk_brief *brief)
{
    const autki_relief *r = relief_of(brief);
    if (r == NULL)
        return;
    autk_buf_puts(out, ",\n \"sanctions_lifted\": ");
    autki_object o = autki_object_open(out);
    autki_object with = autki_object_array(&o, "with");
    for (size_t i = 0; i < r->n_parties; i++)
        autki_object_text_element(&with, autk_world_party_code(brief->world, r->party[i]));
    autki_object_close(&with);
    autki_object_text(&o, "as", BENCHMARK);
    autki_object_number(&o, "first_year", r->began - AUTKI_RELIEF_YEARS);
    autki_object_number(&o, "last_year", r->began - 1);
    autki_object_number(&o, "exports_times", r->times[AUTKI_RELIEF_OUT]);
    autki_object_number(&o, "imports_times", r->times[AUTKI_RELIEF_IN]);
    autki_object_bounds(&o, "real_income_gained", r->won);
    autki_object_bounds(&o, "partner_share_before", r->share_before);
    autki_object_bounds(&o, "partner_share_after", r->share);
    autki_object lines = autki_object_array(&o, "sentences");
    for (size_t i = 0; i < brief->sentences[AUTKI_RELIEF].n; i++)
        autki_object_text_element(&lines, brief->sentences[AUTKI_RELIEF].line[i]);
    autki_object_close(&lines);
    autki_object_close(&o);
}

void autki_relief_csv(autk_buf *out, const autk_brief *brief)
{
    const autki_relief *r = relief_of(brief);
    if (r == NULL)
        return;
    const struct {
        int32_t party;
        const char *measure;
        autk_bounds value;
    } rows[] = {{brief->economy, "real income gained without sanctions, long run", r->won},
                {brief->on, "share of goods trade without sanctions", r->share}};
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        autki_brief_csv_row row = {
            "relief",        autk_world_party_code(brief->world, rows[i].party),
            rows[i].measure, brief->loss->year,
            rows[i].value,   "fraction",
            "model"};
        autki_brief_put_csv_row(out, &row);
    }
}
