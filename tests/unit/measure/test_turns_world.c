/* Turns of the world dataset's series. */
#include <ctype.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include <autarky/turns_report.h>

#include "unit.h"
#include "world_fixture.h"

static autk_turns *turns_of(const char *economy, const char *on, const autk_turns_opts *opts)
{
    autk_evidence *evidence = NULL;
    autk_turns *turns = NULL;
    autk_err err;
    assert_ok(autk_evidence_create(&evidence, world, party_of(economy), NULL, &err), &err);
    assert_ok(autk_turns_find(&turns, evidence, party_of(on), opts, &err), &err);
    autk_evidence_free(evidence);
    return turns;
}

static void check_series(const autk_turns_series *s)
{
    for (size_t t = 0; t < s->n; t++)
        assert_true(0.0 <= s->share[t].low && s->share[t].low <= s->share[t].point &&
                    s->share[t].point <= s->share[t].high && s->share[t].high <= 1.0);
    for (size_t k = 0; k < s->n_turns; k++) {
        const autk_turn *t = &s->turns[k];
        assert_true(s->period[0] < t->date && t->date <= s->period[s->n - 1]);
        assert_true(t->low <= t->own_low && t->own_low <= t->date);
        assert_true(t->date <= t->own_high && t->own_high <= t->high);
        assert_true(t->share_before >= 0.0 && t->share_before <= 1.0);
        assert_true(t->share_after >= 0.0 && t->share_after <= 1.0);
        assert_true(isnan(t->support) || (t->support >= 0.0 && t->support <= 1.0));
        for (size_t i = 0; i < t->n_events; i++) {
            int32_t year = autk_world_event(world, t->events[i])->date / 10000;
            int32_t low = t->low > 9999 ? t->low / 100 : t->low;
            int32_t high = t->high > 9999 ? t->high / 100 : t->high;
            assert_true(low <= year && year <= high);
        }
    }
}

/* The break of 2022: the European Union's sanctions after the attack on Ukraine, and what went to
 * Russia instead. Issue: 2022, 2021 at the earliest. */
static void turns__date_the_break_of_2022_in_belarus(void **state)
{
    (void)state;
    static const char *const on[] = {"EU", "RUS"};
    for (int i = 0; i < 2; i++) {
        autk_turns *t = turns_of("BLR", on[i], NULL);
        check_series(&t->annual);
        check_series(&t->monthly);
        assert_true(t->annual.n == 29 && t->annual.n_turns > 0);
        const autk_turn *last = &t->annual.turns[t->annual.n_turns - 1];
        assert_true(last->date == 2022 || last->date == 2021);
        assert_true((last->share_after < last->share_before) == (i == 0));
        if (i == 0) { /* the enlargement of 2004 is a turn of the group's */
            assert_true(t->annual.turns[0].low <= 2004 && t->annual.turns[0].high >= 2004);
            assert_true(t->annual.turns[0].joined >= 10);
        } else {
            assert_int_equal(last->joined + last->left, 0);
        }
        autk_turns_free(t);
    }
}

/* Russian customs: 2006-01 to 2021-12 without a hole, and the gaps of 2022-23 are in the years. */
static void turns__read_months_and_gaps(void **state)
{
    (void)state;
    autk_turns *t = turns_of("BLR", "RUS", NULL);
    assert_int_equal(t->monthly.n, 192);
    assert_int_equal(t->monthly.period[0], 200601);
    assert_int_equal(t->monthly.period[191], 202112);
    assert_true(t->annual.gap[28] && t->annual.gap[27]);
    assert_false(t->annual.gap[26]);
    double mean = 0.0;
    for (size_t m = 0; m < 192; m++)
        mean += t->monthly.share[m].point / 192.0;
    assert_within(mean, 0.47, 0.06); /* as the years' shares of 2006-2021 */
    autk_turns_free(t);
    /* The members' months of 2020-2022, though a small member is silent in some. */
    t = turns_of("BLR", "EU", NULL);
    assert_true(t->monthly.n >= 33 && t->monthly.n_turns > 0);
    assert_int_equal(t->monthly.turns[t->monthly.n_turns - 1].date / 100, 2022);
    autk_turns_free(t);
}

static void turns__keep_to_the_years_asked_for(void **state)
{
    (void)state;
    autk_turns_opts o = autk_turns_opts_default();
    o.first_year = 2005;
    o.last_year = 2019;
    o.direction = AUTK_DIRECTION_EXPORT;
    autk_turns *t = turns_of("DEU", "CHN", &o);
    assert_int_equal(t->annual.n, 15);
    assert_int_equal(t->annual.period[0], 2005);
    autk_turns_free(t);
    o.last_year = 2031;
    autk_evidence *evidence = NULL;
    autk_err err;
    assert_ok(autk_evidence_create(&evidence, world, party_of("DEU"), NULL, &err), &err);
    assert_int_equal(autk_turns_find(&t, evidence, party_of("CHN"), &o, &err), AUTK_EDATA);
    assert_int_equal(autk_turns_find(&t, evidence, party_of("DEU"), NULL, &err), AUTK_EDATA);
    assert_int_equal(autk_turns_find(&t, evidence, AUTK_PARTY_WORLD, NULL, &err), AUTK_EDATA);
    o = autk_turns_opts_default();
    o.level = NAN;
    assert_int_equal(autk_turns_find(&t, evidence, party_of("CHN"), &o, &err), AUTK_EARG);
    autk_evidence_free(evidence);
}

static void turns__answer_for_every_economy(void **state)
{
    (void)state;
    autk_turns_opts o = autk_turns_opts_default();
    o.n_draws = 2;
    for (int32_t e = 0; e < autk_world_n_economies(world); e++) {
        const char *code = autk_world_economy(world, e)->code;
        autk_turns *t = turns_of(code, "EU", &o);
        check_series(&t->annual);
        check_series(&t->monthly);
        autk_turns_free(t);
        if (e % 4 != 0 || strcmp(code, "USA") == 0)
            continue;
        t = turns_of(code, "USA", &o);
        check_series(&t->annual);
        autk_turns_free(t);
    }
}

/* "nan" as a word of its own: events speak of finance. */
static bool has_nan(const char *text)
{
    for (const char *p = text; (p = strstr(p, "nan")) != NULL; p += 3) {
        if ((p == text || !isalpha((unsigned char)p[-1])) && !isalpha((unsigned char)p[3]))
            return true;
    }
    return false;
}

static void write__tells_no_nan(void **state)
{
    (void)state;
    autk_turns *t = turns_of("BLR", "RUS", NULL);
    for (int f = AUTK_FORMAT_TEXT; f <= AUTK_FORMAT_CSV; f++) {
        for (int show = AUTK_TURNS_BOTH; show <= AUTK_TURNS_MONTHS; show++) {
            autk_buf out;
            autk_err err;
            autk_buf_init(&out);
            assert_ok(
                autk_turns_write(&out, world, t, (autk_turns_show)show, NULL, (autk_format)f, &err),
                &err);
            assert_false(has_nan(autk_buf_text(&out)));
            assert_true(out.len > 100);
            autk_buf_deinit(&out);
        }
    }
    autk_turns_free(t);
}

static int32_t uzbekistan, european_union;

static bool find_once(void)
{
    autk_evidence *evidence = NULL;
    autk_turns *turns = NULL;
    autk_turns_opts o = autk_turns_opts_default();
    autk_buf out;
    o.n_draws = 1;
    o.first_year = 2012;
    autk_buf_init(&out);
    autk_status st = autk_evidence_create(&evidence, world, uzbekistan, NULL, NULL);
    if (st == AUTK_OK)
        st = autk_turns_find(&turns, evidence, european_union, &o, NULL);
    if (st == AUTK_OK)
        st =
            autk_turns_write(&out, world, turns, AUTK_TURNS_BOTH, "a\nb\n", AUTK_FORMAT_JSON, NULL);
    autk_turns_free(turns);
    autk_evidence_free(evidence);
    autk_buf_deinit(&out);
    return st == AUTK_OK;
}

static void turns__survive_every_allocation_failure(void **state)
{
    (void)state;
    uzbekistan = party_of("UZB");
    european_union = party_of("EU");
    CHECK_SURVIVES_OOM(find_once);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(turns__date_the_break_of_2022_in_belarus),
                                       cmocka_unit_test(turns__read_months_and_gaps),
                                       cmocka_unit_test(turns__keep_to_the_years_asked_for),
                                       cmocka_unit_test(turns__answer_for_every_economy),
                                       cmocka_unit_test(write__tells_no_nan),
                                       cmocka_unit_test(turns__survive_every_allocation_failure)};
    return cmocka_run_group_tests(tests, open_world, close_world);
}
