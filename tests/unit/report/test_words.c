#include <math.h>
#include <string.h>

#include "report/words.h"
#include "unit.h"

static void expect_text(autk_buf *out, const char *want)
{
    assert_string_equal(autk_buf_text(out), want);
    autk_buf_deinit(out);
    autk_buf_init(out);
}

static void percent__has_two_digits_below_ten(void **state)
{
    (void)state;
    static const struct {
        double fraction;
        const char *want;
    } cases[] = {{0.557, "56 %"},  {1.0, "100 %"},     {0.0996, "10 %"},
                 {0.043, "4.3 %"}, {0.0099, "0.99 %"}, {0.00004, "less than 0.01 %"},
                 {0.0, "0 %"},     {1.164, "116 %"},   {NAN, "an unknown share"}};
    autk_buf out;
    autk_buf_init(&out);
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        autki_words_percent(&out, cases[i].fraction);
        expect_text(&out, cases[i].want);
    }
    autk_buf_deinit(&out);
}

static void interval__is_rounded_outwards(void **state)
{
    (void)state;
    autk_buf out;
    autk_buf_init(&out);
    autki_words_interval(&out, (autk_bounds){.5049, .557, .6912});
    expect_text(&out, "50–70 %");
    autki_words_interval(&out, (autk_bounds){.50, .56, .70}); /* 70.0 % is not 71 */
    expect_text(&out, "50–70 %");
    autki_words_interval(&out, (autk_bounds){.0412, .05, .0678});
    expect_text(&out, "4.1–6.8 %");
    autki_words_interval(&out, (autk_bounds){0.0, .05, .12});
    expect_text(&out, "0–12 %");
    autki_words_interval(&out, autk_bounds_unknown());
    expect_text(&out, "unknown");
    autki_words_interval(&out, autk_bounds_exact(.25));
    expect_text(&out, "25 %");
    autk_buf_deinit(&out);
}

static void share__tells_its_interval_when_wide(void **state)
{
    (void)state;
    autk_buf out;
    autk_buf_init(&out);
    autki_words_share(&out, (autk_bounds){.5, .557, .7});
    expect_text(&out, "56 % (50–70 %)");
    autki_words_share(&out, (autk_bounds){.489, .49, .492});
    expect_text(&out, "49 %");
    autki_words_share(&out, (autk_bounds){.1, NAN, .3});
    expect_text(&out, "10–30 %");
    autki_words_usd(&out, (autk_bounds){45.1e9, 46.5e9, 47.9e9});
    expect_text(&out, "USD 46.5 bn (45.1 bn–47.9 bn)");
    autki_words_usd(&out, autk_bounds_exact(912e6));
    expect_text(&out, "USD 912 M");
    autki_words_usd(&out, autk_bounds_unknown());
    expect_text(&out, "an unknown value");
    autk_buf_deinit(&out);
}

static void date__says_what_is_known(void **state)
{
    (void)state;
    autk_buf out;
    autk_buf_init(&out);
    autki_words_date(&out, 20220224);
    expect_text(&out, "24 February 2022");
    autki_words_date(&out, 20210600);
    expect_text(&out, "June 2021");
    autki_words_date(&out, 20220000);
    expect_text(&out, "2022");
    autk_buf_deinit(&out);
}

static void fold__keeps_numbers_with_their_units(void **state)
{
    (void)state;
    autk_buf out;
    autk_buf_init(&out);
    autki_words_fold(&out, "the share is 56 % of USD 83.5 bn, more than half", "- ", "  ", 18);
    expect_text(&out, "- the share is\n  56 % of\n  USD 83.5 bn,\n  more than half\n");
    autki_words_fold(&out, "a\nb", "", "> ", 10);
    expect_text(&out, "a\n> b\n");
    autki_words_fold(&out, "a-word-that-is-longer-than-a-line b", "", "", 10);
    expect_text(&out, "a-word-that-is-longer-than-a-line\nb\n");
    autki_words_fold(&out, "", "- ", "", 10);
    expect_text(&out, "- \n");
    autki_words_html(&out, "56 % of <USD 1.2 tn>");
    expect_text(&out, "56\xc2\xa0% of &lt;USD 1.2 tn&gt;");
    autk_buf_deinit(&out);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(percent__has_two_digits_below_ten),
                                       cmocka_unit_test(interval__is_rounded_outwards),
                                       cmocka_unit_test(share__tells_its_interval_when_wide),
                                       cmocka_unit_test(date__says_what_is_known),
                                       cmocka_unit_test(fold__keeps_numbers_with_their_units)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
