#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/text.h"
#include "unit.h"

static void parse_double__agrees_with_strtod(void **state)
{
    (void)state;
    static const char *const texts[] = {"0",
                                        "-0",
                                        "1",
                                        "+1.5",
                                        "007",
                                        "3.14159265358979323846",
                                        "1e22",
                                        "1e-5",
                                        "123456789012345678",
                                        "9007199254740993",
                                        "0.1",
                                        "1e308",
                                        "4.9e-324",
                                        ".5",
                                        "5.",
                                        "-123.456e-7",
                                        "1701411834604692317316873037158841057",
                                        "99999999999999999.9"};
    for (size_t i = 0; i < sizeof texts / sizeof *texts; i++) {
        double v;
        assert_true(autki_parse_double(texts[i], strlen(texts[i]), &v));
        assert_true(v == strtod(texts[i], NULL));
    }
}

static void parse_double__round_trips_random_doubles(void **state)
{
    (void)state;
    uint64_t bits = 0x9e3779b97f4a7c15u;
    for (int i = 0; i < 100000; i++) {
        bits ^= bits << 13;
        bits ^= bits >> 7;
        bits ^= bits << 17;
        double want, got;
        memcpy(&want, &bits, sizeof want);
        if (!isfinite(want))
            continue;
        char text[40];
        (void)snprintf(text, sizeof text, "%.17g", want);
        assert_true(autki_parse_double(text, strlen(text), &got));
        assert_true(got == want);
    }
}

static void parse_double__refuses_what_is_not_a_finite_decimal(void **state)
{
    (void)state;
    static const char *const texts[] = {"",   "-",   ".",  "nan", "inf",   "0x10", "1e999", " 1",
                                        "1 ", "1,5", "1e", "--1", "1.2.3", "NA",   "e5",    "1e5x"};
    double v;
    for (size_t i = 0; i < sizeof texts / sizeof *texts; i++)
        assert_false(autki_parse_double(texts[i], strlen(texts[i]), &v));
}

static void nearest__finds_swaps_and_prefixes(void **state)
{
    (void)state;
    static const char *const names[] = {"Belarus", "Belgium", "Belize", "Russian Federation"};
    char out[120];
    autk_nearest_names(out, sizeof out, "Bealrus", names, 4, 2);
    assert_string_equal(out, "Belarus");
    autk_nearest_names(out, sizeof out, "Russian", names, 4, 3);
    assert_string_equal(out, "Russian Federation");
    autk_nearest_names(out, sizeof out, "xyzzy", names, 4, 3);
    assert_string_equal(out, "");
}

static void display_width__counts_columns_not_bytes(void **state)
{
    (void)state;
    assert_int_equal(autki_display_width("Côte"), 4);
    assert_int_equal(autki_display_width("中国"), 4);
    assert_int_equal(autki_display_width("–"), 1);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(parse_double__agrees_with_strtod),
        cmocka_unit_test(parse_double__round_trips_random_doubles),
        cmocka_unit_test(parse_double__refuses_what_is_not_a_finite_decimal),
        cmocka_unit_test(nearest__finds_swaps_and_prefixes),
        cmocka_unit_test(display_width__counts_columns_not_bytes)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
