/* Claims against the world dataset. */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include <autarky/claim.h>
#include <autarky/claim_report.h>

#include "unit.h"
#include "world_fixture.h"

static autk_claim_result checked(const char *text)
{
    autk_claim claim;
    autk_claim_result result;
    autk_err err;
    assert_ok(autk_claim_parse(&claim, text, &err), &err);
    assert_ok(autk_claim_check(&result, world, &claim, &err), &err);
    return result;
}

static const autk_claim_reading *reading(const autk_claim_result *r, autk_direction direction,
                                         autk_reading total, size_t n_parties)
{
    for (size_t i = 0; i < r->n_readings; i++) {
        const autk_claim_reading *c = &r->readings[i];
        if (c->direction == direction && c->total == total && c->n_parties == n_parties &&
            c->scope == AUTK_SCOPE_GOODS)
            return c;
    }
    fail_msg("no such reading");
    return NULL;
}

/* The case of docs/belarus: 46.5 of 83.5 bn USD is .557; exports to Russia and China together are
 * what the sentence fits. */
static void check__takes_the_sentence_on_belarus_apart(void **state)
{
    (void)state;
    autk_claim_result r =
        checked("approximately 70 percent of Belarus's trade is with Russia in 2023");
    const autk_claim_reading *own = reading(&r, AUTK_DIRECTION_TRADE, AUTK_READING_OWN, 1);
    assert_int_equal(own->verdict, AUTK_VERDICT_CONTRADICTED);
    assert_within(own->share.point, 0.56, 0.02);
    assert_true(own->literal);
    assert_string_equal(own->reading, "trade in goods with Russia, own total");
    const autk_claim_reading *mirror = reading(&r, AUTK_DIRECTION_TRADE, AUTK_READING_MIRROR, 1);
    assert_int_equal(mirror->verdict, AUTK_VERDICT_SUPPORTED);
    assert_string_equal(mirror->reading, "trade in goods with Russia, mirror total");
    assert_ptr_equal(mirror, &r.readings[r.made_true_by]);
    assert_int_equal(r.verdict, AUTK_VERDICT_POSSIBLE);
    const autk_claim_reading *both = reading(&r, AUTK_DIRECTION_EXPORT, AUTK_READING_OWN, 2);
    assert_int_equal(both->verdict, AUTK_VERDICT_SUPPORTED);
    assert_string_equal(both->reading, "exports of goods to Russia and China, own total");
    assert_false(both->literal);
    assert_int_equal(r.n_readings, 24);
}

static void check__keeps_what_the_words_fix(void **state)
{
    (void)state;
    autk_claim_result r = checked("half of Belarus's goods exports go to Russia and China in 2019");
    assert_int_equal(r.n_readings, 2);
    assert_int_equal(r.n_parties, 2);
    r = checked("Russia is Belarus's first trade partner in 2019");
    assert_int_equal(r.verdict, AUTK_VERDICT_SUPPORTED);
    assert_int_equal(r.readings[r.made_true_by].rank.point, 1);
    r = checked("China is Belarus's first trade partner in 2019");
    assert_int_equal(r.verdict, AUTK_VERDICT_CONTRADICTED);
    assert_int_equal(r.made_true_by, r.n_readings);
}

static void check__looks_names_up_as_people_write_them(void **state)
{
    (void)state;
    static const struct {
        const char *partners;
        size_t n;
    } cases[] = {{"Russia", 1},
                 {"RUS", 1},
                 {"the United States", 1},
                 {"the EU", 1},
                 {"Russia and China", 2},
                 {"Russia, China and Poland", 3},
                 {"Russia, China, and Poland", 3},
                 {"RUS,CHN,RUS", 2},
                 {"Bosnia and Herzegovina", 1},
                 {"Trinidad and Tobago and Cuba", 2},
                 {"Bosnia and Herzegovina, Russia and the European Union", 3}};
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        autk_claim claim = autk_claim_default();
        autk_claim_result r;
        autk_err err;
        strcpy(claim.economy, "BLR");
        strcpy(claim.partners, cases[i].partners);
        claim.quantity = autk_claim_about(0.5);
        assert_ok(autk_claim_check(&r, world, &claim, &err), &err);
        assert_int_equal(r.n_parties, cases[i].n);
    }
}

static void check__refuses_what_is_not_there(void **state)
{
    (void)state;
    static const struct {
        const char *text;
        autk_status status;
        int64_t column;
    } cases[] = {{"half of Atlantis's trade is with Russia", AUTK_ENOTFOUND, 9},
                 {"half of Belarus's trade is with Russia and Atlantis", AUTK_ENOTFOUND, 44},
                 {"half of Belarus's trade is with Belarus", AUTK_EDATA, 33},
                 {"half of Belarus's trade is with Russia in 1890", AUTK_EDATA, 0},
                 {"the EU is Belarus's first trade partner", AUTK_EDATA, 0}};
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        autk_claim claim;
        autk_claim_result r;
        autk_err err = {0};
        assert_ok(autk_claim_parse(&claim, cases[i].text, &err), &err);
        assert_int_equal(autk_claim_check(&r, world, &claim, &err), cases[i].status);
        assert_int_equal(err.column, cases[i].column);
        assert_int_equal(autk_status_exit_code(cases[i].status), 3);
    }
    autk_claim claim = autk_claim_default();
    autk_claim_result r;
    strcpy(claim.economy, "BLR");
    assert_int_equal(autk_claim_check(&r, world, &claim, NULL), AUTK_EARG);
    strcpy(claim.partners, "RUS");
    claim.quantity.low = NAN;
    assert_int_equal(autk_claim_check(&r, world, &claim, NULL), AUTK_EARG);
}

static void check_shares(const autk_claim_result *r)
{
    for (size_t i = 0; i < r->n_readings; i++) {
        const autk_claim_reading *c = &r->readings[i];
        bool known = !isnan(c->share.point);
        assert_true(known == (c->verdict != AUTK_VERDICT_UNDECIDABLE));
        assert_true(known == (c->why[0] == '\0'));
        if (known)
            assert_true(0.0 <= c->share.low && c->share.low <= c->share.point &&
                        c->share.point <= c->share.high && c->share.high <= 1.0);
    }
}

static void check__answers_for_every_economy(void **state)
{
    (void)state;
    static const int years[] = {1995, 2013, 2023};
    for (int32_t e = 0; e < autk_world_n_economies(world); e++) {
        for (size_t y = 0; y < sizeof years / sizeof *years; y++) {
            autk_claim claim = autk_claim_default();
            autk_claim_result r;
            autk_err err;
            const char *code = autk_world_economy(world, e)->code;
            strcpy(claim.economy, code);
            strcpy(claim.partners, strcmp(code, "USA") == 0 ? "CHN" : "USA");
            claim.year = years[y];
            claim.quantity = autk_claim_about(0.3);
            assert_ok(autk_claim_check(&r, world, &claim, &err), &err);
            check_shares(&r);
        }
    }
}

static void write__tells_no_nan(void **state)
{
    (void)state;
    autk_claim_result r = checked("about 70 percent of Belarus's trade is with Russia in 2023");
    for (int f = AUTK_FORMAT_TEXT; f <= AUTK_FORMAT_CSV; f++) {
        autk_buf out;
        autk_err err;
        autk_buf_init(&out);
        assert_ok(autk_claim_write(&out, world, &r, "x", "a\nb\n", (autk_format)f, &err), &err);
        assert_null(strstr(autk_buf_text(&out), "nan"));
        assert_non_null(strstr(autk_buf_text(&out), "contradicted"));
        autk_buf_deinit(&out);
    }
}

static bool check_once(void)
{
    autk_claim claim;
    autk_claim_result r;
    autk_buf out;
    autk_buf_init(&out);
    autk_status st = autk_claim_parse(
        &claim, "about 70 percent of Nauru's trade is with Australia in 2003", NULL);
    if (st == AUTK_OK)
        st = autk_claim_check(&r, world, &claim, NULL);
    if (st == AUTK_OK)
        st = autk_claim_write(&out, world, &r, "x", NULL, AUTK_FORMAT_TEXT, NULL);
    autk_buf_deinit(&out);
    return st == AUTK_OK;
}

static void check__survives_every_allocation_failure(void **state)
{
    (void)state;
    CHECK_SURVIVES_OOM(check_once);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(check__takes_the_sentence_on_belarus_apart),
                                       cmocka_unit_test(check__keeps_what_the_words_fix),
                                       cmocka_unit_test(check__looks_names_up_as_people_write_them),
                                       cmocka_unit_test(check__refuses_what_is_not_there),
                                       cmocka_unit_test(check__answers_for_every_economy),
                                       cmocka_unit_test(write__tells_no_nan),
                                       cmocka_unit_test(check__survives_every_allocation_failure)};
    return cmocka_run_group_tests(tests, open_world, close_world);
}
