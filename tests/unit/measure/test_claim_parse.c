#include <math.h>
#include <stdio.h>
#include <string.h>

#include <autarky/claim.h>

#include "unit.h"

#define T AUTK_DIRECTION_TRADE
#define X AUTK_DIRECTION_EXPORT
#define M AUTK_DIRECTION_IMPORT

typedef struct share_case {
    const char *text, *economy, *partners;
    autk_direction direction;
    bool fixed;
    double low, high;
    int year;
} share_case;

static const share_case shares[] = {
    {"about 70 percent of Belarus's trade is with Russia in 2023", "Belarus", "Russia", T, false,
     0.645, 0.755, 2023},
    {"Approximately 70 % of Belarus\xe2\x80\x99s trade is with Russia.", "Belarus", "Russia", T,
     false, 0.645, 0.755, 0},
    {"62.8% of Belarus' exports went to Russia in 2023", "Belarus", "Russia", X, true, 0.6275,
     0.6285, 2023},
    {"In 2023, 53 percent of the imports of Belarus came from Russia", "Belarus", "Russia", M, true,
     0.525, 0.535, 2023},
    {"more than half of the exports of Belarus go to Russia and China", "Belarus",
     "Russia and China", X, true, 0.5, 1.0, 0},
    {"two thirds of Belarus's total trade is with Russia", "Belarus", "Russia", T, true,
     2.0 / 3 - 0.025, 2.0 / 3 + 0.025, 0},
    {"most of Belarus's foreign trade turnover was with the European Union in 2012", "Belarus",
     "the European Union", T, true, 0.5, 1.0, 2012},
    {"between 60 and 70 percent of Belarus's exports are to Russia", "Belarus", "Russia", X, true,
     0.6, 0.7, 0},
    {"60-70% of Belarus's exports are to Russia", "Belarus", "Russia", X, true, 0.6, 0.7, 0},
    {"Russia accounts for at least 50 percent of Belarus's trade in 2019", "Belarus", "Russia", T,
     false, 0.5, 1.0, 2019},
    {"Russia and China took almost 70 percent of the exports of Belarus in 2023", "Belarus",
     "Russia and China", X, true, 0.65, 0.7, 2023},
    {"Belarus sends less than 5 percent of its exports to the EU", "Belarus", "the EU", X, true,
     0.0, 0.05, 0},
    {"Belarus gets three-quarters of its imports from Russia, China and Poland in 2022", "Belarus",
     "Russia, China and Poland", M, true, 0.725, 0.775, 2022},
    {"Belarus depends on Russia for 0.7 of its trade", "Belarus", "Russia", T, false, 0.65, 0.75,
     0},
    {"Russia's share of Belarus's trade is 56 percent in 2023", "Belarus", "Russia", T, false,
     0.555, 0.565, 2023},
    {"the share of Russia in Belarus's goods trade was up to 60 percent", "Belarus", "Russia", T,
     false, 0.0, 0.6, 0},
    {"a third of the People's Republic of China's exports go to the United States",
     "the People's Republic of China", "the United States", X, true, 1.0 / 3 - 0.025,
     1.0 / 3 + 0.025, 0},
    {"Russia is about 70 percent of Belarus's trade", "Belarus", "Russia", T, false, 0.645, 0.755,
     0},
    {"Exports to Russia made up 62.8 percent of Belarus's exports in 2023", "Belarus", "Russia", X,
     true, 0.6275, 0.6285, 2023},
    {"Trade with Russia is half of Belarus's trade", "Belarus", "Russia", T, false, 0.475, 0.525,
     0},
    {"just over half of C\xc3\xb4te d'Ivoire's exports go to the EU", "C\xc3\xb4te d'Ivoire",
     "the EU", X, true, 0.5, 0.55, 0}};

static void parse__understands_shares(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof shares / sizeof *shares; i++) {
        const share_case *s = &shares[i];
        autk_claim c;
        autk_err err;
        print_message("%s\n", s->text);
        assert_ok(autk_claim_parse(&c, s->text, &err), &err);
        assert_int_equal(c.kind, AUTK_CLAIM_SHARE);
        assert_string_equal(c.economy, s->economy);
        assert_string_equal(c.partners, s->partners);
        assert_int_equal(c.direction, s->direction);
        assert_int_equal(c.direction_fixed, s->fixed);
        assert_near(c.quantity.low, s->low, 1e-12);
        assert_near(c.quantity.high, s->high, 1e-12);
        assert_int_equal(c.year, s->year);
        assert_memory_equal(s->text + c.economy_column - 1, s->economy, strlen(s->economy));
        assert_memory_equal(s->text + c.partners_column - 1, s->partners, strlen(s->partners));
    }
}

static void parse__understands_scopes(void **state)
{
    (void)state;
    autk_claim c;
    autk_err err;
    assert_ok(
        autk_claim_parse(&c, "half of Malta's trade in goods and services is with the EU", &err),
        &err);
    assert_true(c.scope_fixed && c.scope == AUTK_SCOPE_GOODS_SERVICES);
    assert_ok(autk_claim_parse(&c, "half of Malta's goods exports are to the EU", &err), &err);
    assert_true(c.scope_fixed && c.scope == AUTK_SCOPE_GOODS);
    assert_ok(autk_claim_parse(&c, "half of Malta's exports are to the EU", &err), &err);
    assert_false(c.scope_fixed);
    assert_string_equal(c.quantity.words, "half");
}

static void parse__understands_being_cut_off(void **state)
{
    (void)state;
    static const struct {
        const char *text, *economy, *partners;
        int year;
    } cases[] = {{"Belarus is also isolated from transit and communication channels to the West",
                  "Belarus", "EU, G7", 0},
                 {"Armenia is cut off from Turkey and Azerbaijan in 2020", "Armenia",
                  "Turkey and Azerbaijan", 2020},
                 {"Qatar was cut off from the markets of Saudi Arabia in 2018", "Qatar",
                  "Saudi Arabia", 2018}};
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        autk_claim c;
        autk_err err;
        print_message("%s\n", cases[i].text);
        assert_ok(autk_claim_parse(&c, cases[i].text, &err), &err);
        assert_int_equal(c.kind, AUTK_CLAIM_CUT_OFF);
        assert_string_equal(c.economy, cases[i].economy);
        assert_string_equal(c.partners, cases[i].partners);
        assert_int_equal(c.year, cases[i].year);
    }
}

static void parse__understands_ranks(void **state)
{
    (void)state;
    static const struct {
        const char *text;
        int32_t rank;
        autk_direction direction;
    } cases[] = {{"Russia is Belarus's first partner in 2023", 1, T},
                 {"China was Belarus's second largest trade partner", 2, T},
                 {"China is Belarus's second-largest export market in 2022", 2, X},
                 {"Russia is the largest supplier of Belarus", 1, M},
                 {"Russia is the third most important trading partner of Belarus in 2001", 3, T},
                 {"Poland is Belarus' 4th export destination", 4, X}};
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        autk_claim c;
        autk_err err;
        assert_ok(autk_claim_parse(&c, cases[i].text, &err), &err);
        assert_int_equal(c.kind, AUTK_CLAIM_RANK);
        assert_int_equal(c.rank, cases[i].rank);
        assert_int_equal(c.direction, cases[i].direction);
        assert_string_equal(c.economy, "Belarus");
    }
}

static void parse__says_where_it_stopped_understanding(void **state)
{
    (void)state;
    static const struct {
        const char *text;
        int64_t column;
        const char *part;
    } cases[] = {
        {"", 1, "got the end"},
        {"lots of Belarus's trade is with Russia", 1, "got \"lots\""},
        {"about 170 percent of Belarus's trade is with Russia", 7, "at most 100 percent"},
        {"70 of Belarus's trade is with Russia", 4, "expected \"percent\", got \"of\""},
        {"70 percent of Belarus's cheese is with Russia", 25, "trade, exports or imports"},
        {"70 percent of Belarus's trade loves Russia", 31, "\"is with\""},
        {"70 percent of Belarus's exports come from Russia", 33, "go to a partner"},
        {"70 percent of Belarus's imports go to Russia", 33, "come from a partner"},
        {"70 percent of Belarus's trade is with", 38, "got the end"},
        {"70 percent of Belarus's trade is with Russia in the old days", 0, ""},
        {"between 70 and 60 percent of Belarus's trade is with Russia", 16, "above the first"},
        {"Exports to Russia are half of Belarus's imports", 31, "the same flow"},
        {"Russia is Belarus's best friend", 21, "\"first\""}};
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        autk_claim c;
        autk_err err;
        memset(&c, 9, sizeof c);
        if (cases[i].column == 0)
            continue;
        assert_int_equal(autk_claim_parse(&c, cases[i].text, &err), AUTK_EPARSE);
        print_message("%s\n   %lld: %s\n", cases[i].text, (long long)err.column, err.msg);
        assert_int_equal(err.column, cases[i].column);
        assert_non_null(strstr(err.msg, cases[i].part));
        assert_non_null(strstr(err.msg, "--help")); /* the hint was not cut off */
        assert_string_equal(err.source, "claim");
        assert_int_equal(((unsigned char *)&c)[0], 9);
    }
}

static void parse__takes_what_stands_behind_a_partner_as_its_name(void **state)
{
    (void)state;
    autk_claim c;
    autk_err err;
    assert_ok(
        autk_claim_parse(&c, "70 percent of Belarus's trade is with Russia in the old days", &err),
        &err);
    assert_string_equal(c.partners, "Russia in the old days"); /* the look-up refuses it */
}

static void quantity__stands_alone(void **state)
{
    (void)state;
    autk_quantity_said q;
    autk_err err;
    assert_ok(autk_claim_parse_quantity(&q, "0.70", &err), &err);
    assert_near(q.low, 0.695, 1e-12);
    assert_near(q.high, 0.705, 1e-12);
    assert_ok(autk_claim_parse_quantity(&q, "70.0 %", &err), &err);
    assert_near(q.low, 0.6995, 1e-12);
    assert_ok(autk_claim_parse_quantity(&q, "about 60 to 70 percent", &err), &err);
    assert_near(q.low, 0.55, 1e-12);
    assert_near(q.high, 0.75, 1e-12);
    assert_ok(autk_claim_parse_quantity(&q, "100 percent", &err), &err);
    assert_near(q.high, 1.0, 1e-15);
    assert_int_equal(autk_claim_parse_quantity(&q, "70 percent of it", &err), AUTK_EPARSE);
    assert_int_equal(err.column, 12);
    assert_int_equal(autk_claim_parse_quantity(&q, "1e-1", &err), AUTK_EPARSE);
    assert_int_equal(autk_claim_parse_quantity(&q, "-0.5", &err), AUTK_EPARSE);
    assert_ok(autk_claim_parse_quantity(&q, "about 0.7", &err), &err);
    assert_near(q.low, 0.645, 1e-12);
    assert_ok(autk_claim_parse_quantity(&q, "about 70.0 percent", &err), &err);
    assert_near(q.low, 0.6495, 1e-12);
    q = autk_claim_about(0.98);
    assert_near(q.low, 0.925, 1e-12);
    assert_near(q.high, 1.0, 1e-15);
}

static void judge__compares_a_range_with_bounds(void **state)
{
    (void)state;
    autk_quantity_said about = autk_claim_about(0.70), most = {.low = 0.5, .high = 1.0};
    most.above_low = true;
    assert_int_equal(autk_claim_judge(&about, (autk_bounds){0.66, 0.68, 0.70}),
                     AUTK_VERDICT_SUPPORTED);
    assert_int_equal(autk_claim_judge(&about, (autk_bounds){0.54, 0.56, 0.60}),
                     AUTK_VERDICT_CONTRADICTED);
    assert_int_equal(autk_claim_judge(&about, (autk_bounds){0.54, 0.60, 0.66}),
                     AUTK_VERDICT_POSSIBLE);
    /* a twentieth of what may be is the least that leaves a claim possible */
    assert_int_equal(autk_claim_judge(&about, (autk_bounds){0.53, 0.568, 0.648}),
                     AUTK_VERDICT_CONTRADICTED);
    assert_int_equal(autk_claim_judge(&about, (autk_bounds){0.62, 0.647, 0.681}),
                     AUTK_VERDICT_SUPPORTED);
    /* the point fits, but less than half of what may be does */
    assert_int_equal(autk_claim_judge(&about, (autk_bounds){0.10, 0.66, 0.90}),
                     AUTK_VERDICT_POSSIBLE);
    assert_int_equal(autk_claim_judge(&about, (autk_bounds){NAN, NAN, NAN}),
                     AUTK_VERDICT_UNDECIDABLE);
    assert_int_equal(autk_claim_judge(&most, (autk_bounds){0.5, 0.5, 0.5}),
                     AUTK_VERDICT_CONTRADICTED);
    assert_int_equal(autk_claim_judge(&most, (autk_bounds){0.51, 0.51, 0.51}),
                     AUTK_VERDICT_SUPPORTED);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(parse__understands_shares),
        cmocka_unit_test(parse__understands_scopes),
        cmocka_unit_test(parse__understands_being_cut_off),
        cmocka_unit_test(parse__understands_ranks),
        cmocka_unit_test(parse__says_where_it_stopped_understanding),
        cmocka_unit_test(parse__takes_what_stands_behind_a_partner_as_its_name),
        cmocka_unit_test(quantity__stands_alone),
        cmocka_unit_test(judge__compares_a_range_with_bounds)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
