#include <math.h>

#include "evidence/rules.h"
#include "unit.h"

static autk_observation flow(double low, double value, double high, autk_kind kind,
                             autk_valuation valuation, int32_t source)
{
    return (autk_observation){.period = 2023,
                              .quantity = AUTK_QUANTITY_FLOW,
                              .scope = AUTK_SCOPE_GOODS,
                              .valuation = valuation,
                              .kind = kind,
                              .value = value,
                              .low = low,
                              .high = high,
                              .source = source,
                              .confidence = '-',
                              .note = ""};
}

static autk_observation stated(autk_quantity quantity, double low, double value, double high,
                               int32_t source)
{
    autk_observation o =
        flow(low, value, high, AUTK_KIND_STATEMENT, AUTK_VALUATION_UNKNOWN, source);
    o.quantity = quantity;
    return o;
}

static autk_flow settle(const autk_observation *obs, size_t n, bool silent)
{
    autk_evidence_opts opts = autk_evidence_opts_default();
    autk_flow f = {.scope = AUTK_SCOPE_GOODS};
    assert_true(autki_flow_from_statistics(&f, obs, n, silent, &opts));
    assert_true(autk_bounds_known(f.value_usd));
    return f;
}

static void statistics__one_figure_stands_as_it_is(void **state)
{
    (void)state;
    autk_observation o = flow(80, 100, 130, AUTK_KIND_ESTIMATED, AUTK_VALUATION_FOB, 4);
    autk_flow f = settle(&o, 1, false);
    assert_true(f.value_usd.low == 80 && f.value_usd.point == 100 && f.value_usd.high == 130);
    assert_int_equal(f.rule, AUTK_RULE_ONE);
    assert_int_equal(f.evidence, AUTK_EVIDENCE_ESTIMATED);
    assert_int_equal(f.sources.n, 1);
    assert_int_equal(f.sources.source[0], 4);
    assert_true(f.disagreement == 1);
}

static void statistics__of_a_silent_country_are_its_partners_mirror(void **state)
{
    (void)state;
    autk_observation o = flow(100, 100, 100, AUTK_KIND_RECONCILED, AUTK_VALUATION_FOB, 1);
    assert_int_equal(settle(&o, 1, true).evidence, AUTK_EVIDENCE_MIRROR);
    assert_int_equal(settle(&o, 1, false).evidence, AUTK_EVIDENCE_RECONCILED);
}

static void statistics__cif_is_brought_to_fob_with_its_range(void **state)
{
    (void)state;
    autk_observation o = flow(106, 106, 106, AUTK_KIND_REPORTED, AUTK_VALUATION_CIF, 1);
    autk_flow f = settle(&o, 1, false);
    assert_near(f.value_usd.point, 100, 1e-12);
    assert_near(f.value_usd.low, 106 / 1.12, 1e-12);
    assert_near(f.value_usd.high, 106, 1e-12);
}

static void statistics__that_overlap_keep_what_they_have_in_common(void **state)
{
    (void)state;
    autk_observation o[2] = {flow(80, 100, 130, AUTK_KIND_ESTIMATED, AUTK_VALUATION_FOB, 2),
                             flow(104, 104, 104, AUTK_KIND_REPORTED, AUTK_VALUATION_FOB, 1)};
    autk_flow f = settle(o, 2, false);
    assert_true(f.value_usd.low == 104 && f.value_usd.high == 104);
    assert_int_equal(f.rule, AUTK_RULE_COMBINED);
    assert_near(f.disagreement, 1.04, 1e-12);
    assert_int_equal(f.sources.source[0], 1);
    assert_int_equal(f.sources.source[1], 2);
}

static void statistics__that_exclude_each_other_span_both_and_say_so(void **state)
{
    (void)state;
    autk_observation o[2] = {flow(100, 100, 100, AUTK_KIND_REPORTED, AUTK_VALUATION_FOB, 1),
                             flow(121, 121, 121, AUTK_KIND_REPORTED, AUTK_VALUATION_FOB, 2)};
    autk_flow f = settle(o, 2, false);
    assert_true(f.value_usd.low == 100 && f.value_usd.high == 121);
    assert_near(f.value_usd.point, 110, 1e-12); /* the geometric mean: equal precision */
    assert_int_equal(f.rule, AUTK_RULE_DISPUTED);
    assert_near(f.disagreement, 1.21, 1e-12);
}

static void statistics__too_far_apart_are_not_averaged(void **state)
{
    (void)state;
    /* A customs service's year against a partial year from elsewhere: Russia-Belarus 1997. */
    autk_observation o[2] = {flow(4673, 4673, 4673, AUTK_KIND_REPORTED, AUTK_VALUATION_FOB, 1),
                             flow(1956, 1959, 2050, AUTK_KIND_ESTIMATED, AUTK_VALUATION_FOB, 2)};
    autk_flow f = settle(o, 2, false);
    assert_true(f.value_usd.point == 4673);
    assert_true(f.value_usd.low == 1959 && f.value_usd.high == 4673);
}

static void statistics__of_another_scope_or_statements_do_not_count(void **state)
{
    (void)state;
    autk_evidence_opts opts = autk_evidence_opts_default();
    autk_observation o[2] = {flow(100, 100, 100, AUTK_KIND_REPORTED, AUTK_VALUATION_FOB, 1),
                             stated(AUTK_QUANTITY_FLOW, 90, 100, 110, 2)};
    o[0].scope = AUTK_SCOPE_GOODS_SERVICES;
    autk_flow f = {.scope = AUTK_SCOPE_GOODS};
    assert_false(autki_flow_from_statistics(&f, o, 2, false, &opts));
    assert_int_equal(f.sources.n, 0);
}

static const autk_bounds no_totals[AUTK_DIRECTION_COUNT] = {
    {NAN, NAN, NAN}, {NAN, NAN, NAN}, {NAN, NAN, NAN}};

static void statements__that_disagree_span_their_hull(void **state)
{
    (void)state;
    autk_observation in[2] = {stated(AUTK_QUANTITY_FLOW, 22.05, 22.1, 22.15, 1),
                              stated(AUTK_QUANTITY_FLOW, 22.85, 22.9, 22.95, 2)};
    autki_stated s;
    autki_collect_stated(&s, NULL, 0, in, 2, AUTK_SCOPE_GOODS, no_totals);
    assert_true(isnan(s.exports.point));
    assert_near(s.imports.low, 22.05 / AUTKI_STATED_OFF, 1e-12);
    assert_near(s.imports.high, 22.95 * AUTKI_STATED_OFF, 1e-12);
    assert_near(s.imports.point, 22.5, 1e-12);
    assert_int_equal(s.imports_rule, AUTK_RULE_STATED);
    assert_int_equal(s.sources.n, 2);
}

static void statements__a_turnover_less_one_direction_gives_the_other(void **state)
{
    (void)state;
    autk_observation out[2] = {stated(AUTK_QUANTITY_TURNOVER, 45.75, 45.8, 45.85, 1),
                               stated(AUTK_QUANTITY_FLOW, 22.85, 22.9, 22.95, 1)};
    autki_stated s;
    autki_collect_stated(&s, out, 2, NULL, 0, AUTK_SCOPE_GOODS, no_totals);
    assert_near(s.imports.low, 22.8 / AUTKI_STATED_OFF, 1e-12);
    assert_near(s.imports.point, 22.9, 1e-12);
    assert_near(s.imports.high, 23.0 * AUTKI_STATED_OFF, 1e-12);
    assert_int_equal(s.imports_rule, AUTK_RULE_STATED_REST);
    out[1].source = 2; /* two mouths: their difference is nobody's statement */
    autki_collect_stated(&s, out, 2, NULL, 0, AUTK_SCOPE_GOODS, no_totals);
    assert_true(isnan(s.imports.point));
}

static void statements__a_turnover_and_a_balance_give_both_directions(void **state)
{
    (void)state;
    autk_observation out[2] = {stated(AUTK_QUANTITY_TURNOVER, 45.75, 45.8, 45.85, 1),
                               stated(AUTK_QUANTITY_BALANCE, .1265, .127, .1275, 1)};
    autki_stated s;
    autki_collect_stated(&s, out, 2, NULL, 0, AUTK_SCOPE_GOODS, no_totals);
    assert_near(s.exports.point, (45.8 + .127) / 2, 1e-12);
    assert_near(s.exports.high, AUTKI_STATED_OFF * (45.85 + .1275) / 2, 1e-12);
    assert_near(s.imports.point, (45.8 - .127) / 2, 1e-12);
    assert_near(s.imports.low, (45.75 - .1275) / 2 / AUTKI_STATED_OFF, 1e-12);
    assert_int_equal(s.imports_rule, AUTK_RULE_STATED);
}

static void statements__a_share_needs_the_own_total(void **state)
{
    (void)state;
    autk_observation o = stated(AUTK_QUANTITY_SHARE_OF_EXPORTS, .41, .411, .412, 1);
    autk_bounds own[AUTK_DIRECTION_COUNT] = {{NAN, NAN, NAN}, {39, 40, 41}, {NAN, NAN, NAN}};
    autki_stated s;
    autki_collect_stated(&s, &o, 1, NULL, 0, AUTK_SCOPE_GOODS, no_totals);
    assert_true(isnan(s.exports.point));
    autki_collect_stated(&s, &o, 1, NULL, 0, AUTK_SCOPE_GOODS, own);
    assert_near(s.exports.low, .41 * 39 / AUTKI_STATED_OFF, 1e-12);
    assert_near(s.exports.high, .412 * 41 * AUTKI_STATED_OFF, 1e-12);
    assert_int_equal(s.exports_rule, AUTK_RULE_STATED_SHARE);
}

static void statements__of_goods_and_services_stay_apart(void **state)
{
    (void)state;
    autk_observation o = stated(AUTK_QUANTITY_TURNOVER, 53.5, 54, 54.5, 1);
    o.scope = AUTK_SCOPE_GOODS_SERVICES;
    autki_stated s;
    autki_collect_stated(&s, &o, 1, NULL, 0, AUTK_SCOPE_GOODS, no_totals);
    assert_true(isnan(s.turnover.point));
    autki_collect_stated(&s, &o, 1, NULL, 0, AUTK_SCOPE_GOODS_SERVICES, no_totals);
    assert_true(s.turnover.point == 54);
}

static void statements__of_a_part_of_the_year_are_lower_bounds(void **state)
{
    (void)state;
    autk_observation o = stated(AUTK_QUANTITY_PART, 23.0, 23.02, 23.04, 1);
    autki_stated s;
    autki_collect_stated(&s, &o, 1, NULL, 0, AUTK_SCOPE_GOODS, no_totals);
    assert_true(isnan(s.exports.point));
    assert_true(s.exports_part == 23.0);
    o.high = 25.1; /* the year at the same pace: a statement of the whole, of sorts */
    autki_collect_stated(&s, &o, 1, NULL, 0, AUTK_SCOPE_GOODS, no_totals);
    assert_true(s.exports.point == 25.1);
    assert_true(s.exports_part == 23.0);
}

static void neighbours__widen_with_time_and_with_smallness(void **state)
{
    (void)state;
    autki_neighbour n = {.before = 5e9, .after = NAN, .years_before = 1};
    autk_bounds near = autki_bound_by_neighbours(&n);
    assert_true(near.point == 5e9);
    assert_near(near.low, .63 * 5e9, 1e-12);
    n.years_before = 4; /* as for five: never too narrow */
    autk_bounds far = autki_bound_by_neighbours(&n);
    assert_true(far.low < near.low && far.high > near.high);
    n.before = 5e6;
    autk_bounds small = autki_bound_by_neighbours(&n);
    assert_true(small.high / small.point > far.high / far.point);
    n = (autki_neighbour){.before = 1e9, .after = 4e9, .years_before = 1, .years_after = 1};
    autk_bounds between = autki_bound_by_neighbours(&n);
    assert_near(between.point, 2e9, 1e-12);
    assert_true(between.low > 1.4e9 && between.high < 2.7e9);
}

static void neighbours__nothing_before_is_nearly_nothing_now(void **state)
{
    (void)state;
    autki_neighbour n = {.before = 0, .after = NAN, .years_before = 1};
    autk_bounds b = autki_bound_by_neighbours(&n);
    assert_true(b.low == 0 && b.point == 0 && b.high > 0 && b.high < 1e6);
    n.before = NAN;
    assert_false(autk_bounds_known(autki_bound_by_neighbours(&n)));
    n = (autki_neighbour){.before = 1e9, .after = NAN, .years_before = 11};
    assert_false(autk_bounds_known(autki_bound_by_neighbours(&n)));
    n = (autki_neighbour){.before = 0, .after = 1e8, .years_before = 2, .years_after = 2};
    b = autki_bound_by_neighbours(&n);
    assert_true(b.low == 0 && b.point == 5e7 && b.high > 1e8);
}

static void neighbours__never_leave_order_for_any_size_and_span(void **state)
{
    (void)state;
    for (int k = 1; k <= AUTKI_NEIGHBOUR_REACH; k++) {
        for (double v = 1; v < 1e13; v *= 7) {
            autki_neighbour n = {v, NAN, k, 0};
            assert_true(autk_bounds_known(autki_bound_by_neighbours(&n)));
            n = (autki_neighbour){NAN, v, 0, k};
            assert_true(autk_bounds_known(autki_bound_by_neighbours(&n)));
            n = (autki_neighbour){v, 3 * v, k, 1 + k / 2};
            assert_true(autk_bounds_known(autki_bound_by_neighbours(&n)));
        }
    }
}

static void sources__are_kept_in_order_and_once(void **state)
{
    (void)state;
    autk_sources s = {.n = 0};
    static const int32_t add[] = {5, 3, 5, 9, 1, -1, 2, 4, 6, 7, 8};
    for (size_t i = 0; i < sizeof add / sizeof *add; i++)
        autki_sources_add(&s, add[i]);
    assert_int_equal(s.n, AUTK_MAX_SOURCES);
    for (int i = 1; i < s.n; i++)
        assert_true(s.source[i - 1] < s.source[i]);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(statistics__one_figure_stands_as_it_is),
        cmocka_unit_test(statistics__of_a_silent_country_are_its_partners_mirror),
        cmocka_unit_test(statistics__cif_is_brought_to_fob_with_its_range),
        cmocka_unit_test(statistics__that_overlap_keep_what_they_have_in_common),
        cmocka_unit_test(statistics__that_exclude_each_other_span_both_and_say_so),
        cmocka_unit_test(statistics__too_far_apart_are_not_averaged),
        cmocka_unit_test(statistics__of_another_scope_or_statements_do_not_count),
        cmocka_unit_test(statements__that_disagree_span_their_hull),
        cmocka_unit_test(statements__a_turnover_less_one_direction_gives_the_other),
        cmocka_unit_test(statements__a_turnover_and_a_balance_give_both_directions),
        cmocka_unit_test(statements__a_share_needs_the_own_total),
        cmocka_unit_test(statements__of_goods_and_services_stay_apart),
        cmocka_unit_test(statements__of_a_part_of_the_year_are_lower_bounds),
        cmocka_unit_test(neighbours__widen_with_time_and_with_smallness),
        cmocka_unit_test(neighbours__nothing_before_is_nearly_nothing_now),
        cmocka_unit_test(neighbours__never_leave_order_for_any_size_and_span),
        cmocka_unit_test(sources__are_kept_in_order_and_once)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
