#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/random.h"
#include "measure/turns.h"
#include "unit.h"

/* Years from 1995 at `level(t)` with errors of sd 0.01 and bounds of +- width. */
static autk_turns_series made_series(size_t n, const double *levels, const size_t *at, size_t n_at,
                                     double width, uint64_t seed)
{
    autk_turns_series s;
    autk_err err;
    memset(&s, 0, sizeof s);
    assert_ok(autki_turns_series_alloc(&s, n, &err), &err);
    for (size_t t = 0, k = 0; t < n; t++) {
        while (k < n_at && t >= at[k])
            k++;
        double share = levels[k] + 0.01 * autki_random_normal(&seed);
        s.period[t] = 1995 + (int32_t)t;
        s.share[t] = (autk_bounds){share - width, share, share + width};
    }
    s.n = n;
    return s;
}

static void date(autk_turns_series *s, const autk_turns_opts *o)
{
    autk_breaks_opts bo = autk_breaks_opts_default();
    autk_err err;
    assert_ok(autki_turns_date(s, o, &bo, &err), &err);
}

static void turns__date_a_shift_two_years_before_the_end(void **state)
{
    (void)state;
    autk_turns_opts o = autk_turns_opts_default();
    for (uint64_t seed = 1; seed <= 20; seed++) {
        autk_turns_series s =
            made_series(29, (const double[]){0.25, 0.10}, (const size_t[]){27}, 1, 0.005, seed);
        date(&s, &o);
        assert_true(s.n_turns >= 1);
        const autk_turn *last = &s.turns[s.n_turns - 1];
        assert_int_equal(last->date, 2022);
        /* Bai's interval is rounded outwards: never narrower than a year to both sides. */
        assert_true(last->late && last->low == 2021 && last->high == 2023);
        assert_within(last->share_after, 0.10, 0.03);
        assert_true(last->support > 0.95 && last->at_low && last->at_high);
        autki_turns_series_deinit(&s);
    }
}

static void turns__date_shifts_inside_the_sample(void **state)
{
    (void)state;
    autk_turns_opts o = autk_turns_opts_default();
    autk_turns_series s =
        made_series(29, (const double[]){0.6, 0.45, 0.5}, (const size_t[]){9, 19}, 2, 0.0, 3);
    date(&s, &o);
    assert_int_equal(s.n_turns, 2);
    assert_int_equal(s.turns[0].date, 2004);
    assert_int_equal(s.turns[1].date, 2014);
    assert_false(s.turns[0].late || s.turns[0].widened);
    assert_near(s.turns[0].support, 1.0, 1e-12);
    autki_turns_series_deinit(&s);
}

/* Bounds wider than the shift: the interval must not be narrower than without them, and some draws
 * do not find the turn. */
static void turns__widen_with_the_bounds(void **state)
{
    (void)state;
    autk_turns_opts o = autk_turns_opts_default();
    autk_turns_series sharp =
        made_series(29, (const double[]){0.50, 0.54}, (const size_t[]){14}, 1, 0.0, 9);
    autk_turns_series vague =
        made_series(29, (const double[]){0.50, 0.54}, (const size_t[]){14}, 1, 0.08, 9);
    date(&sharp, &o);
    date(&vague, &o);
    assert_int_equal(sharp.n_turns, 1);
    assert_int_equal(vague.n_turns, 1);
    assert_true(vague.turns[0].widened && vague.turns[0].support < 1.0);
    assert_true(vague.turns[0].low < sharp.turns[0].low ||
                vague.turns[0].high > sharp.turns[0].high);
    assert_true(vague.turns[0].own_low == sharp.turns[0].low);
    autki_turns_series_deinit(&sharp);
    autki_turns_series_deinit(&vague);
}

static void turns__do_not_depend_on_the_run(void **state)
{
    (void)state;
    autk_turns_opts o = autk_turns_opts_default();
    autk_turns_series a =
        made_series(29, (const double[]){0.50, 0.54}, (const size_t[]){14}, 1, 0.08, 9);
    autk_turns_series b =
        made_series(29, (const double[]){0.50, 0.54}, (const size_t[]){14}, 1, 0.08, 9);
    date(&a, &o);
    date(&b, &o);
    assert_memory_equal(&a.turns[0], &b.turns[0], sizeof a.turns[0]);
    autki_turns_series_deinit(&a);
    autki_turns_series_deinit(&b);
}

/* Under no shift at all a late turn is seldom told: the test's size, and BIC must agree too. */
static void turns__seldom_invent_late_shifts(void **state)
{
    (void)state;
    uint64_t seed = 77;
    int late = 0, any = 0;
    autk_breaks_opts bo = autk_breaks_opts_default();
    for (int run = 0; run < 1000; run++) {
        double y[29];
        autki_dating d;
        autk_err err;
        for (size_t t = 0; t < 29; t++)
            y[t] = autki_random_normal(&seed);
        assert_ok(autki_date_series(&d, NULL, NULL, NULL, y, 29, AUTK_TURNS_BIC, &bo, &err), &err);
        late += d.late;
        any += d.n > 0;
    }
    print_message("late %d, any %d of 1000\n", late, any);
    assert_true(late < 80);
    assert_true(any < 200);
}

static void turns__say_why_there_are_none(void **state)
{
    (void)state;
    autk_turns_opts o = autk_turns_opts_default();
    autk_turns_series s = made_series(7, (const double[]){0.5}, NULL, 0, 0.0, 1);
    date(&s, &o);
    assert_int_equal(s.n_turns, 0);
    assert_string_equal(s.why_none, "fewer than 8 periods have figures");
    autki_turns_series_deinit(&s);
}

static void month_factors__recover_a_rhythm(void **state)
{
    (void)state;
    static const double rhythm[12] = {0.8, 0.9, 1.0, 1.1, 1.2, 1.0, 0.9, 0.95, 1.05, 1.1, 1.0, 1.0};
    double value[84], factor[12];
    autk_err err;
    for (size_t t = 0; t < 84; t++)
        value[t] = 5.0 * rhythm[(t + 3) % 12];
    assert_ok(autki_month_factors(factor, value, 84, 4, &err), &err);
    for (int m = 0; m < 12; m++) /* a moving average of a year of a pure rhythm is its level */
        assert_near(factor[m], rhythm[m], 1e-12);
    assert_ok(autki_month_factors(factor, value, 35, 4, &err), &err);
    assert_near(factor[0], 1.0, 1e-15);
}

static bool date_once(void)
{
    autk_turns_opts o = autk_turns_opts_default();
    autk_breaks_opts bo = autk_breaks_opts_default();
    autk_turns_series s;
    memset(&s, 0, sizeof s);
    o.n_draws = 2;
    if (autki_turns_series_alloc(&s, 29, NULL) != AUTK_OK)
        return false;
    for (size_t t = 0; t < 29; t++) {
        s.period[t] = (int32_t)(1995 + t);
        double share = (t < 12 ? 0.3 : 0.6) + 0.01 * (double)(t % 3);
        s.share[t] = (autk_bounds){share - 0.01, share, share + 0.01};
    }
    s.n = 29;
    bool good = autki_turns_date(&s, &o, &bo, NULL) == AUTK_OK;
    autki_turns_series_deinit(&s);
    return good;
}

static void turns__survive_every_allocation_failure(void **state)
{
    (void)state;
    CHECK_SURVIVES_OOM(date_once);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(turns__date_a_shift_two_years_before_the_end),
        cmocka_unit_test(turns__date_shifts_inside_the_sample),
        cmocka_unit_test(turns__widen_with_the_bounds),
        cmocka_unit_test(turns__do_not_depend_on_the_run),
        cmocka_unit_test(turns__seldom_invent_late_shifts),
        cmocka_unit_test(turns__say_why_there_are_none),
        cmocka_unit_test(month_factors__recover_a_rhythm),
        cmocka_unit_test(turns__survive_every_allocation_failure)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
