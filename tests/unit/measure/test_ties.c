/* The layers of ties that are known from elsewhere. */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include <autarky/ties.h>

#include "unit.h"
#include "world_fixture.h"

static const autk_tie_year *year_of(const autk_ties *t, int year)
{
    assert_true(year >= t->years[0].year && year <= t->years[t->n_years - 1].year);
    return &t->years[year - t->years[0].year];
}

static bool shares(const autk_tie_year *y, const char *code)
{
    for (int32_t i = 0; i < y->n_groups; i++) {
        if (strcmp(autk_world_group(world, y->groups[i])->code, code) == 0)
            return true;
    }
    return false;
}

/* What treaties and statistics say:
  the EAEU from 1 January 2015, the Union State from 2000. */
static void ties__of_belarus_and_russia_have_their_layers(void **state)
{
    (void)state;
    autk_err err;
    autk_ties *t = NULL;
    assert_ok(autk_ties_find(&t, world, economy_of("BLR"), economy_of("RUS"), 0, 0, &err), &err);
    assert_true(shares(year_of(t, 2016), "EAEU") && !shares(year_of(t, 2014), "EAEU"));
    assert_true(shares(year_of(t, 2016), "CIS") && shares(year_of(t, 2016), "CSTO"));
    assert_false(shares(year_of(t, 2016), "EUROPE"));
    const autk_tie_year *y = year_of(t, 2019);
    assert_true(y->share_a.low > 0.4 && y->share_a.high < 0.6);
    assert_true(y->share_b.point < 0.1);
    assert_true(year_of(t, 2023)->gap);
    assert_true(y->votes_distance >= 0 && y->votes_distance < 1.5);
    for (size_t i = 1; i < t->n_turns; i++)
        assert_true(t->turns[i - 1].year <= t->turns[i].year);
    autk_ties_free(t);
}

/* The distance is the same from both sides, and the layers change places. */
static void ties__are_the_same_from_both_sides(void **state)
{
    (void)state;
    autk_err err;
    autk_ties *one = NULL, *two = NULL;
    assert_ok(autk_ties_find(&one, world, economy_of("BLR"), economy_of("POL"), 2000, 2023, &err),
              &err);
    assert_ok(autk_ties_find(&two, world, economy_of("POL"), economy_of("BLR"), 2000, 2023, &err),
              &err);
    assert_int_equal(one->n_years, 24);
    assert_int_equal(one->n_turns, two->n_turns);
    for (size_t i = 0; i < one->n_years; i++) {
        const autk_tie_year *x = &one->years[i], *y = &two->years[i];
        if (!isnan(x->votes_distance))
            assert_near(x->votes_distance, y->votes_distance, 0);
        assert_int_equal(x->n_groups, y->n_groups);
        assert_int_equal(x->n_sanctions, y->n_sanctions);
        if (!isnan(x->share_a.point))
            assert_near(x->share_a.point, y->share_b.point, 0);
    }
    autk_ties_free(one);
    autk_ties_free(two);
}

/* Around a trade layer measured before: the other layers do not depend on it. */
static void ties__beside_a_known_trade_have_the_same_layers(void **state)
{
    (void)state;
    autk_err err;
    autk_ties *all = NULL, *beside = NULL;
    autk_evidence *evidence = NULL;
    autk_dependence_year *series = NULL;
    autk_tie_trade trade = {0};
    int32_t a = economy_of("BLR"), b = economy_of("RUS");
    assert_ok(autk_ties_find(&all, world, a, b, 2000, 2023, &err), &err);
    assert_ok(autk_evidence_create(&evidence, world, a, NULL, &err), &err);
    assert_ok(
        autk_depend_series(&series, &trade.n, evidence, b, AUTK_DIRECTION_TRADE, 1998, 2023, &err),
        &err);
    trade.series = series;
    assert_ok(autk_ties_beside(&beside, world, a, b, 2000, 2023, &trade, &err), &err);
    assert_int_equal(all->n_years, beside->n_years);
    for (size_t i = 0; i < all->n_years; i++) {
        const autk_tie_year *x = &all->years[i], *y = &beside->years[i];
        assert_near(x->share_a.point, y->share_a.point, 0);
        assert_true(isnan(y->share_b.point));
        assert_near(x->votes_distance, y->votes_distance, 0);
        assert_int_equal(x->n_groups, y->n_groups);
    }
    size_t k = 0;
    for (size_t i = 0; i < all->n_turns; i++) {
        if (all->turns[i].layer == AUTK_TIE_TRADE_A || all->turns[i].layer == AUTK_TIE_TRADE_B)
            continue;
        assert_true(k < beside->n_turns);
        assert_int_equal(all->turns[i].layer, beside->turns[k].layer);
        assert_int_equal(all->turns[i].year, beside->turns[k++].year);
    }
    assert_int_equal(k, beside->n_turns);
    free(series);
    autk_evidence_free(evidence);
    autk_ties_free(all);
    autk_ties_free(beside);
}

static int32_t sanctions(const char *a, const char *b)
{
    autk_err err;
    autk_ties *t = NULL;
    int32_t n = 0;
    assert_ok(autk_ties_find(&t, world, economy_of(a), economy_of(b), 2005, 2023, &err), &err);
    for (size_t i = 0; i < t->n_years; i++)
        n += t->years[i].n_sanctions;
    autk_ties_free(t);
    return n;
}

/* Allies that sanction a third are not at odds for it, whether of one union or not. */
static void ties__count_sanctions_between_the_two_alone(void **state)
{
    (void)state;
    assert_int_equal(sanctions("GBR", "FRA"), 0);
    assert_int_equal(sanctions("USA", "AUS"), 0);
    assert_int_equal(sanctions("BLR", "RUS"), 0);
    assert_int_equal(sanctions("SAU", "EGY"), 0);
    assert_true(sanctions("NOR", "RUS") == 1); /* the food of 2014 */
    assert_true(sanctions("QAT", "EGY") == 1);
    assert_true(sanctions("LTU", "BLR") >= 10);
}

static void ties__refuse_an_economy_with_itself(void **state)
{
    (void)state;
    autk_err err;
    autk_ties *t = NULL;
    assert_int_equal(autk_ties_find(&t, world, 3, 3, 0, 0, &err), AUTK_EARG);
    assert_int_equal(autk_ties_find(&t, world, 3, 4, 2020, 2010, &err), AUTK_EARG);
    /* Before the first votes and after the last event nothing is known, not "all went on". */
    assert_int_equal(autk_ties_find(&t, world, 3, 4, 1945, 2010, &err), AUTK_ENOTFOUND);
    assert_int_equal(autk_ties_find(&t, world, 3, 4, 2020, 2100, &err), AUTK_ENOTFOUND);
    assert_null(t);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(ties__of_belarus_and_russia_have_their_layers),
        cmocka_unit_test(ties__are_the_same_from_both_sides),
        cmocka_unit_test(ties__count_sanctions_between_the_two_alone),
        cmocka_unit_test(ties__beside_a_known_trade_have_the_same_layers),
        cmocka_unit_test(ties__refuse_an_economy_with_itself)};
    return cmocka_run_group_tests(tests, open_world, close_world);
}
