/* Any result as a Stata file, read back by the reader of Stata files. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <autarky/stata.h>

#include "data/import_dta.h"
#include "unit.h"

typedef struct stata_case {
    const char *title, *csv, *back; /* back: NULL where it fails with `status` */
    autk_status status;
} stata_case;

static const stata_case cases[] = {
    {"numbers, texts, a missing one", "year,name,share\n2020,Belarus,0.5\n2021,\"a, b\",\n",
     "year,name,share\n2020,Belarus,0.5\n2021,\"a, b\",\n", AUTK_OK},
    {"codes keep their zeros", "product,hs_code,n\n010121,01,01\n310420,31,2\n",
     "product,hs_code,n\n010121,01,1\n310420,31,2\n", AUTK_OK},
    {"names that Stata does not allow, and two alike", "share (%),1st,a b,a-b\n1,2,3,4\n",
     "share____,_1st,a_b,a_b_3\n1,2,3,4\n", AUTK_OK},
    {"whole numbers beyond a long", "v\n3000000000\n5\n", "v\n3000000000\n5\n", AUTK_OK},
    {"a heading alone", "a,b\n", "a,b\n", AUTK_OK},
    {"two tables", "a,b\n1,2\n\nc\n3\n", NULL, AUTK_EDATA},
    {"nothing", "", NULL, AUTK_EDATA}};

static void stata__gives_back_what_the_table_says(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        const stata_case *c = &cases[i];
        autk_buf dta;
        autk_input *input = NULL;
        char *back = NULL;
        size_t size = 0;
        autk_err err = {.code = AUTK_OK};
        print_message("  %s\n", c->title);
        autk_buf_init(&dta);
        assert_int_equal(autk_stata_from_csv(&dta, c->csv, strlen(c->csv), &err), c->status);
        if (c->back != NULL) {
            FILE *file = fmemopen(dta.text, dta.len, "rb");
            assert_non_null(file);
            assert_true(autki_is_dta(dta.text, dta.len));
            assert_ok(autki_dta_as_csv(&input, file, "x.dta", &err), &err);
            assert_ok(autk_input_slurp(&back, &size, input, 0, &err), &err);
            assert_string_equal(back, c->back);
            autk_input_free(input);
            free(back);
        }
        autk_buf_deinit(&dta);
    }
}

static void stata__names_what_is_too_large(void **state)
{
    (void)state;
    autk_buf csv, dta;
    autk_err err;
    autk_buf_init(&csv);
    autk_buf_init(&dta);
    for (int i = 0; i < 300; i++)
        autk_buf_printf(&csv, "%sc%d", i == 0 ? "" : ",", i);
    assert_int_equal(autk_stata_from_csv(&dta, csv.text, csv.len, &err), AUTK_ELIMIT);
    autk_buf_clear(&csv);
    autk_buf_puts(&csv, "note\n");
    autk_buf_repeat(&csv, "x", 3000);
    assert_int_equal(autk_stata_from_csv(&dta, csv.text, csv.len, &err), AUTK_ELIMIT);
    assert_non_null(strstr(err.msg, "2045"));
    autk_buf_deinit(&csv);
    autk_buf_deinit(&dta);
}

static bool write_once(void)
{
    static const char csv[] = "year,name\n2020,Belarus\n";
    autk_buf dta;
    autk_buf_init(&dta);
    autk_status st = autk_stata_from_csv(&dta, csv, strlen(csv), NULL);
    autk_buf_deinit(&dta);
    return st == AUTK_OK;
}

static void stata__survives_every_allocation_failure(void **state)
{
    (void)state;
    CHECK_SURVIVES_OOM(write_once);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(stata__gives_back_what_the_table_says),
                                       cmocka_unit_test(stata__names_what_is_too_large),
                                       cmocka_unit_test(stata__survives_every_allocation_failure)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
