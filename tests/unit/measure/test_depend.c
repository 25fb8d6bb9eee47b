/* Dependence on the world dataset: facts of one case, and every economy in order. */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <autarky/depend_report.h>

#include "unit.h"
#include "world_fixture.h"

static autk_dependence *depend(const char *economy, int year, autk_direction direction, int32_t on)
{
    autk_evidence *evidence = NULL;
    autk_dependence *d = NULL;
    autk_err err;
    autk_depend_opts o = autk_depend_opts_default();
    o.direction = direction;
    o.on = on;
    o.n_reverse = 3;
    assert_ok(autk_evidence_create(&evidence, world, party_of(economy), NULL, &err), &err);
    assert_ok(autk_depend(&d, evidence, year, &o, &err), &err);
    autk_evidence_free(evidence);
    return d;
}

/* ------------------------------------------------------------------ Belarus */

static void belarus_2023__rests_on_statements_and_has_two_totals(void **state)
{
    (void)state;
    autk_dependence *d = depend("BLR", 2023, AUTK_DIRECTION_TRADE, AUTK_PARTY_ANY);
    const autk_dependence_entry *first = &d->entries[0];
    assert_int_equal(first->party, party_of("RUS"));
    assert_int_equal(first->rank.worst, 1);
    assert_int_equal(d->entries[1].party, party_of("CHN"));
    assert_true(first->gap);
    assert_int_equal(first->evidence, AUTK_EVIDENCE_STATEMENT);
    /* Between 46.5 / 83.5 bn and the same of what partners report: methods, section 2. */
    assert_true(first->share.low >= 0.50 && first->share.low <= 0.56);
    assert_true(first->share.high >= 0.67 && first->share.high <= 0.75);
    assert_within(first->by_reading[AUTK_READING_OWN].point, 0.56, 0.01);
    assert_true(first->by_reading[AUTK_READING_MIRROR].point > 0.62);
    assert_near(d->totals[AUTK_READING_OWN][AUTK_DIRECTION_TRADE].value_usd.point, 83.5e9, 1e-3);
    assert_int_equal(d->reading, AUTK_READING_OWN);
    assert_true(d->n_warnings >= 3);
    autk_dependence_free(d);
}

static void belarus__is_never_without_russia(void **state)
{
    (void)state;
    for (int year = 1995; year <= 2023; year++) {
        autk_dependence *d = depend("BLR", year, AUTK_DIRECTION_TRADE, AUTK_PARTY_ANY);
        assert_int_equal(d->entries[0].party, party_of("RUS"));
        assert_true(d->entries[0].share.point > 0.40 && d->entries[0].share.point < 0.70);
        autk_dependence_free(d);
    }
}

/* Belstat, quoted in belarus.md: Russia 51.1 % of turnover, 43.9 % of exports, 57.2 % of imports.
 */
static void belarus_2017__contains_what_belstat_said(void **state)
{
    (void)state;
    static const double said[AUTK_DIRECTION_COUNT] = {0.511, 0.439, 0.572};
    for (int k = 0; k < AUTK_DIRECTION_COUNT; k++) {
        autk_dependence *d = depend("BLR", 2017, (autk_direction)k, party_of("RUS"));
        assert_int_equal(d->n_entries, 1);
        assert_true(d->entries[0].share.low < said[k] && said[k] < d->entries[0].share.high);
        assert_within(d->entries[0].share.point, said[k], 0.02);
        autk_dependence_free(d);
    }
    autk_dependence *d = depend("BLR", 2019, AUTK_DIRECTION_TRADE, party_of("RUS"));
    assert_true(d->entries[0].share.point > 0.47 && d->entries[0].share.point < 0.55);
    autk_dependence_free(d);
}

/* Russia's own customs, quoted: Belarus 4.9 % and 4.3 % of its trade in the first quarters of 2019
 * and 2020. */
static void asymmetry__is_what_the_other_side_counts(void **state)
{
    (void)state;
    autk_dependence *d = depend("BLR", 2019, AUTK_DIRECTION_TRADE, party_of("RUS"));
    const autk_asymmetry *a = &d->entries[0].asymmetry;
    assert_within(a->reverse_share.point, 0.05, 0.005);
    assert_near(a->difference.point, d->entries[0].share.point - a->reverse_share.point, 1e-12);
    assert_near(a->ratio.point, d->entries[0].share.point / a->reverse_share.point, 1e-12);
    autk_dependence_free(d);
}

static void groups__have_their_members_of_the_year(void **state)
{
    (void)state;
    static const struct {
        int year, members;
    } eu[] = {{2003, 15}, {2004, 25}, {2007, 27}, {2013, 28}, {2019, 28}, {2020, 27}};
    for (size_t i = 0; i < sizeof eu / sizeof *eu; i++) {
        autk_dependence *d = depend("USA", eu[i].year, AUTK_DIRECTION_TRADE, party_of("EU"));
        /* Belgium stands for Luxembourg until 1998. */
        assert_int_equal(d->entries[0].n_members, eu[i].members);
        assert_int_equal(d->entries[0].rank.point, 0);
        autk_dependence_free(d);
    }
    /* Eurostat: the EU took 19 % of Belarus' exports in 2019 and 2020. */
    autk_dependence *d = depend("BLR", 2020, AUTK_DIRECTION_EXPORT, party_of("EU"));
    assert_within(d->entries[0].share.point, 0.19, 0.01);
    autk_dependence_free(d);
    /* A member looks at the rest of its group, which looks back without counting itself. */
    d = depend("DEU", 2010, AUTK_DIRECTION_TRADE, party_of("EU"));
    assert_int_equal(d->entries[0].n_members, 26);
    assert_true(d->entries[0].asymmetry.reverse_share.point > 0.2);
    autk_dependence_free(d);
}

static void questions__that_cannot_be_are_refused_in_one_line(void **state)
{
    (void)state;
    autk_evidence *evidence = NULL;
    autk_dependence *d = NULL;
    autk_err err;
    autk_depend_opts o = autk_depend_opts_default();
    assert_ok(autk_evidence_create(&evidence, world, party_of("BLR"), NULL, &err), &err);
    o.on = party_of("BLR");
    assert_int_equal(autk_depend(&d, evidence, 2023, &o, &err), AUTK_EDATA);
    o.on = AUTK_PARTY_WORLD;
    assert_int_equal(autk_depend(&d, evidence, 2023, &o, &err), AUTK_EDATA);
    o.on = AUTK_GROUP_BASE + 9999;
    assert_int_equal(autk_depend(&d, evidence, 2023, &o, &err), AUTK_EDATA);
    assert_int_equal(autk_depend(&d, evidence, 1890, NULL, &err), AUTK_ENOTFOUND);
    assert_non_null(strstr(err.msg, "1995"));
    assert_null(d);
    autk_evidence_free(evidence);
    evidence = NULL;
    assert_int_equal(autk_evidence_create(&evidence, world, -7, NULL, &err), AUTK_EARG);
    autk_evidence_opts e = autk_evidence_opts_default();
    e.cif_fob = 0.5;
    assert_int_equal(autk_evidence_create(&evidence, world, 0, &e, &err), AUTK_EARG);
    autk_flow flow;
    assert_int_equal(autk_evidence_flow(&flow, world, 1, 1, 2020, NULL, &err), AUTK_EDATA);
}

static void series__has_every_year_and_agrees_with_single_years(void **state)
{
    (void)state;
    autk_evidence *evidence = NULL;
    autk_dependence_year *years = NULL;
    size_t n = 0;
    autk_err err;
    int32_t russia = party_of("RUS");
    assert_ok(autk_evidence_create(&evidence, world, party_of("BLR"), NULL, &err), &err);
    assert_ok(
        autk_depend_series(&years, &n, evidence, russia, AUTK_DIRECTION_TRADE, 1995, 2023, &err),
        &err);
    assert_int_equal(n, 29);
    for (size_t i = 0; i < n; i += 7) {
        autk_dependence *d = depend("BLR", years[i].year, AUTK_DIRECTION_TRADE, russia);
        assert_true(memcmp(&d->entries[0].share, &years[i].entry.share, sizeof(autk_bounds)) == 0);
        assert_int_equal(d->entries[0].rank.worst, years[i].entry.rank.worst);
        autk_dependence_free(d);
    }
    free(years);
    autk_evidence_free(evidence);
}

/* ------------------------------------------------------------------ every economy */

static void check_bounds(autk_bounds b, double least, double most)
{
    if (isnan(b.low) && isnan(b.point) && isnan(b.high))
        return; /* unknown */
    assert_true(b.low >= least - 1e-12 && b.high <= most + 1e-12);
    assert_true(b.low <= b.point + 1e-9 * fabs(b.point) && b.point <= b.high * (1 + 1e-9) + 1e-12);
}

static void check_concentration(const autk_concentration *c)
{
    check_bounds(c->hhi, 0, 1);
    check_bounds(c->normalised, 0, 1);
    check_bounds(c->hirschman, 0, 100);
    check_bounds(c->effective, 1 - 1e-9, 1e9);
    check_bounds(c->effective_entropy, 1 - 1e-9, 300);
}

static void check_entry(const autk_dependence_entry *e, size_t n, double *sums)
{
    check_bounds(e->share, 0, 1);
    check_bounds(e->value_usd, 0, 1e14);
    check_bounds(e->to_gdp, 0, 1e6);
    check_bounds(e->asymmetry.reverse_share, 0, 1);
    check_bounds(e->asymmetry.difference, -1, 1);
    check_bounds(e->asymmetry.ratio, 0, 1e12);
    assert_true(e->disagreement >= 1);
    for (int r = 0; r < AUTK_READING_COUNT; r++) {
        check_bounds(e->by_reading[r], 0, 1);
        sums[r] += isnan(e->by_reading[r].point) ? 0 : e->by_reading[r].point;
    }
    if (e->rank.point != 0) {
        assert_true(1 <= e->rank.best && e->rank.best <= e->rank.point);
        assert_true(e->rank.point <= e->rank.worst && e->rank.worst <= (int32_t)n);
    } else {
        assert_false(autk_bounds_known(e->share));
    }
}

static void check_dependence(const autk_dependence *d)
{
    double sums[AUTK_READING_COUNT] = {0, 0};
    for (size_t i = 0; i < d->n_entries; i++)
        check_entry(&d->entries[i], d->n_entries, sums);
    assert_true(sums[AUTK_READING_OWN] <= 1 + 1e-9);
    assert_true(sums[AUTK_READING_MIRROR] <= 1 + 1e-9);
    check_concentration(&d->concentration);
    for (int r = 0; r < AUTK_READING_COUNT; r++) {
        check_concentration(&d->concentration_by_reading[r]);
        for (int k = 0; k < AUTK_DIRECTION_COUNT; k++)
            check_bounds(d->totals[r][k].value_usd, 0, 1e14);
    }
    const autk_isolation *i = &d->isolation;
    check_bounds(i->openness, 0, 1e6);
    check_bounds(i->effective, 1 - 1e-9, 1e9);
    assert_true(i->partners_low <= i->partners_point && i->partners_point <= i->partners_high);
    assert_true(isnan(i->lost_share_at_peak) ||
                (i->lost_share_at_peak >= 0 && i->lost_share_at_peak <= 1));
}

static void check_written(const autk_dependence *d)
{
    autk_depend_item item = {d, NULL};
    for (int format = 0; format <= AUTK_FORMAT_CSV; format++) {
        autk_buf out;
        autk_err err;
        autk_buf_init(&out);
        assert_ok(autk_depend_write(&out, &item, 1, false, world, (autk_format)format, 5, &err),
                  &err);
        assert_null(strstr(autk_buf_text(&out), "nan "));
        assert_null(strstr(autk_buf_text(&out), "-nan"));
        assert_null(strstr(autk_buf_text(&out), ": nan"));
        assert_null(strstr(autk_buf_text(&out), ": inf"));
        autk_buf_deinit(&out);
    }
}

static void check_economy(int32_t economy, int *answers)
{
    static const int years[] = {1995, 2004, 2013, 2021, 2022, 2023};
    autk_evidence *evidence = NULL;
    autk_err err;
    assert_ok(autk_evidence_create(&evidence, world, economy, NULL, &err), &err);
    for (size_t i = 0; i < sizeof years / sizeof *years; i++) {
        for (int k = 0; k < AUTK_DIRECTION_COUNT; k++) {
            autk_dependence *d = NULL;
            autk_depend_opts o = {.direction = (autk_direction)k, .on = AUTK_PARTY_ANY};
            o.n_reverse = k == (int)i % 3;
            o.isolation = k == 0 && (economy + (int)i) % 3 == 0;
            autk_status st = autk_depend(&d, evidence, years[i], &o, &err);
            if (st == AUTK_ENOANSWER)
                continue;
            assert_ok(st, &err);
            check_dependence(d);
            if (o.n_reverse != 0)
                check_written(d);
            autk_dependence_free(d);
            *answers += 1;
        }
    }
    autk_evidence_free(evidence);
}

static void every_economy__keeps_shares_in_order_and_nan_out_of_print(void **state)
{
    (void)state;
    int answers = 0;
    int32_t n = autk_world_n_economies(world);
    for (int32_t economy = 0; economy < n; economy++)
        check_economy(economy, &answers);
    assert_true(answers > 6 * 3 * 200);
}

/* ------------------------------------------------------------------ memory */

static int32_t oom_economy;

static bool depend_once(void)
{
    autk_evidence *evidence = NULL;
    autk_dependence *d = NULL;
    autk_buf out;
    autk_err err;
    autk_evidence_opts e = autk_evidence_opts_default();
    autk_depend_opts o = autk_depend_opts_default();
    e.first_year = 2021;
    o.n_reverse = 1;
    o.isolation = true;
    autk_buf_init(&out);
    autk_status st = autk_evidence_create(&evidence, world, oom_economy, &e, &err);
    if (st == AUTK_OK)
        st = autk_depend(&d, evidence, 2023, &o, &err);
    if (st == AUTK_OK)
        st = autk_evidence_explain(&out, evidence, 2023, d->entries[0].party, &err);
    if (st == AUTK_OK) {
        autk_depend_item item = {d, autk_buf_text(&out)};
        autk_buf written;
        autk_buf_init(&written);
        st = autk_depend_write(&written, &item, 1, false, world, AUTK_FORMAT_TEXT, 3, &err);
        autk_buf_deinit(&written);
    }
    autk_buf_deinit(&out);
    autk_dependence_free(d);
    autk_evidence_free(evidence);
    return st == AUTK_OK;
}

static void depend__survives_every_allocation_failure(void **state)
{
    (void)state;
    oom_economy = party_of("TUV"); /* few partners: few allocations */
    CHECK_SURVIVES_OOM(depend_once);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(belarus_2023__rests_on_statements_and_has_two_totals),
        cmocka_unit_test(belarus__is_never_without_russia),
        cmocka_unit_test(belarus_2017__contains_what_belstat_said),
        cmocka_unit_test(asymmetry__is_what_the_other_side_counts),
        cmocka_unit_test(groups__have_their_members_of_the_year),
        cmocka_unit_test(questions__that_cannot_be_are_refused_in_one_line),
        cmocka_unit_test(series__has_every_year_and_agrees_with_single_years),
        cmocka_unit_test(every_economy__keeps_shares_in_order_and_nan_out_of_print),
        cmocka_unit_test(depend__survives_every_allocation_failure)};
    return cmocka_run_group_tests(tests, open_world, close_world);
}
