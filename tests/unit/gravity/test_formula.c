#include <string.h>

#include <autarky/table.h>

#include "gravity/eval.h"
#include "gravity/formula.h"
#include "unit.h"

/* A formula's parts as one text, to compare with. */
static void show(autk_buf *out, const autki_formula *f)
{
    autki_eval_render(out, f, f->response);
    autk_buf_puts(out, " ~");
    for (size_t t = 0; t < f->n_terms; t++) {
        autk_buf_puts(out, t > 0 ? " + " : " ");
        for (int32_t q = 0; q < f->terms[t].n_factors; q++) {
            const autki_factor *x = &f->terms[t].factors[q];
            autk_buf_puts(out, q > 0 ? ":" : "");
            autk_buf_puts(out, x->dummies ? "i(" : "");
            autki_eval_render(out, f, x->node);
            for (int32_t r = 0; r < x->n_refs; r++)
                autk_buf_printf(out, "/%s", autki_formula_text(f, x->refs[r]));
            autk_buf_puts(out, x->dummies ? ")" : "");
        }
    }
    for (size_t k = 0; k < f->n_effects; k++)
        autk_buf_printf(out, " %s %s", k == 0 ? "|" : "+",
                        autki_formula_text(f, f->effects[k].text));
    autk_buf_puts(out, f->no_intercept ? " (no constant)" : "");
}

static void formula__reads_the_language(void **state)
{
    (void)state;
    static const char *const cases[][2] = {
        {"y ~ x", "y ~ x"},
        {" y~x+ z |a ^ b+c", "y ~ x + z | a^b + c"},
        {"log(y) ~ log(d) + I(x^2 + 1)", "log(y) ~ log(d) + ((x^2)+1)"},
        {"y ~ a:b + c*d", "y ~ a:b + c + c:d + d"},
        {"y ~ i(s, ref = none) + i(year, x, ref=c(1990, \"b c\"))",
         "y ~ i(s/none) + i(year/1990/b c):x"},
        {"y ~ l(x, 1:2) + f(x) + l(x,-1):z", "y ~ l(x,1) + l(x,2) + f(x,1) + f(x,1):z"},
        {"y ~ x - 1", "y ~ x (no constant)"},
        {"y ~ 0 + x", "y ~ x (no constant)"},
        {"y ~ 1", "y ~"},
        {"y ~ `a b` + x.1_2", "y ~ a b + x.1_2"},
        {"y ~ I(exporter != importer)", "y ~ (exporter!=importer)"},
        {"y ~ -1 + I(!(a & b | c >= 2e3))", "y ~ !((a&b)|(c>=2000)) (no constant)"},
        {"y / 2 ~ I(-x^2)", "(y/2) ~ -(x^2)"}};
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        autki_formula *f = NULL;
        autk_err err;
        autk_buf out;
        autk_buf_init(&out);
        assert_ok(autki_formula_parse(&f, cases[i][0], &err), &err);
        show(&out, f);
        assert_string_equal(autk_buf_text(&out), cases[i][1]);
        autk_buf_deinit(&out);
        autki_formula_free(f);
    }
}

static void formula__names_the_place_of_an_error(void **state)
{
    (void)state;
    static const struct {
        const char *text;
        int column;
        const char *said;
    } cases[] = {{"", 1, "got the end"},
                 {"y", 2, "expected \"~\""},
                 {"y ~", 4, "expected a column"},
                 {"y ~ x +", 8, "got the end"},
                 {"y ~ lgo(x)", 5, "nearest: log"},
                 {"y ~ log(x", 10, "\")\""},
                 {"y ~ x | a^", 11, "expected a column"},
                 {"y ~ x | a ) b", 11, "got \")\""},
                 {"y ~ i(x, ref =)", 15, "expected a level"},
                 {"y ~ i(x, y, z)", 13, "ref"},
                 {"y ~ l(x, 3:1)", 5, "range"},
                 {"y ~ `x", 5, "closing backquote"},
                 {"y ~ x - 2", 9, "expected 1"},
                 {"y ~ a:b:c:d:e", 14, "four factors"},
                 {"y ~ x == \"a", 7, "got \"=\""}};
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        autki_formula *f = NULL;
        autk_err err;
        memset(&err, 0, sizeof err);
        assert_int_equal(autki_formula_parse(&f, cases[i].text, &err), AUTK_EPARSE);
        assert_string_equal(err.source, "formula");
        assert_int_equal(err.column, cases[i].column);
        if (strstr(err.msg, cases[i].said) == NULL)
            fail_msg("\"%s\": got \"%s\"", cases[i].text, err.msg);
    }
}

static void formula__limits_its_depth(void **state)
{
    (void)state;
    char text[2048] = "y ~ I";
    for (int i = 0; i < 1000; i++)
        strcat(text, "(");
    autki_formula *f = NULL;
    assert_int_equal(autki_formula_parse(&f, text, NULL), AUTK_ELIMIT);
    strcpy(text, "y ~ I(");
    for (int i = 0; i < 1000; i++)
        strcat(text, "-");
    assert_int_equal(autki_formula_parse(&f, text, NULL), AUTK_ELIMIT);
    strcpy(text, "y ~ I(x");
    for (int i = 0; i < 500; i++)
        strcat(text, "^x");
    assert_int_equal(autki_formula_parse(&f, text, NULL), AUTK_ELIMIT);
}

static bool parse_once(void)
{
    autki_formula *f = NULL;
    autk_status st =
        autki_formula_parse(&f, "y ~ log(x)*z + l(x, 1:3) + i(s, ref=a) | a^b + c", NULL);
    autki_formula_free(st == AUTK_OK ? f : NULL);
    return st == AUTK_OK;
}

static void formula__survives_every_allocation_failure(void **state)
{
    (void)state;
    CHECK_SURVIVES_OOM(parse_once);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(formula__reads_the_language),
        cmocka_unit_test(formula__names_the_place_of_an_error),
        cmocka_unit_test(formula__limits_its_depth),
        cmocka_unit_test(formula__survives_every_allocation_failure)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
