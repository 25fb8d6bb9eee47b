/* Reading chains: what golden tests of the command do not reach. */
#include <string.h>

#include <autarky/chain.h>

#include "unit.h"

static const char text[] = "estimate: {formula: 'y ~ x | i^j', data: none.csv, vcov: cluster:i,\n"
                           "           family: ols, ssc: fixest, subset: x > 0}\n"
                           "method: bootstrap\n"
                           "scenario: {name: s, uncertainty: {draws: 40, seed: 9},\n"
                           "           measures: [{sanction: {estimate: x}}]}\n";

static autk_status read_text(autk_chain **out, const char *yaml, autk_err *err)
{
    autk_input *input = NULL;
    autk_status st = autk_input_memory(&input, "c.yaml", yaml, strlen(yaml), err);
    if (st == AUTK_OK)
        st = autk_chain_read(out, input, err);
    autk_input_free(input);
    return st;
}

static void chain__takes_draws_and_seed_of_its_scenario(void **state)
{
    (void)state;
    autk_chain *chain = NULL;
    autk_err err;
    assert_ok(read_text(&chain, text, &err), &err);
    assert_int_equal(autk_chain_get_method(chain), AUTK_CHAIN_BOOTSTRAP);
    assert_int_equal(autk_chain_draws(chain), 40);
    assert_int_equal(autk_chain_seed(chain), 9);
    assert_ok(autk_chain_choose(chain, AUTK_CHAIN_COVARIANCE, 12, 3, &err), &err);
    assert_int_equal(autk_chain_draws(chain), 12);
    assert_int_equal(autk_chain_seed(chain), 3);
    assert_int_equal(autk_chain_get_method(chain), AUTK_CHAIN_COVARIANCE);
    assert_int_equal(autk_chain_choose(chain, AUTK_CHAIN_METHOD_COUNT, 1, 0, &err), AUTK_EARG);
    autk_chain_free(chain);
}

static void chain__places_faults_inside_its_texts(void **state)
{
    (void)state;
    const struct {
        const char *yaml;
        int line, column;
    } cases[] = {{"estimate:\n  formula: y ~ x + (z\n  data: d.csv\nscenario: {name: s, measures: "
                  "[{tariff: 1}]}",
                  2, 22},
                 {"estimate:\n  formula: 'y ~ + x'\n  data: d.csv\nscenario: {name: s, measures: "
                  "[{tariff: 1}]}",
                  2, 17},
                 {"estimate:\n  formula: y ~ x\n  data: d.csv\n  subset: x >\n"
                  "scenario: {name: s, measures: [{tariff: 1}]}",
                  4, 14}};
    for (size_t k = 0; k < sizeof cases / sizeof *cases; k++) {
        autk_chain *chain = NULL;
        autk_estimate *e = NULL;
        autk_err err;
        assert_ok(read_text(&chain, cases[k].yaml, &err), &err);
        assert_int_equal(autk_chain_estimate(&e, chain, NULL, 1, NULL, &err), AUTK_EPARSE);
        assert_string_equal(err.source, "c.yaml");
        assert_int_equal(err.line, cases[k].line);
        assert_int_equal(err.column, cases[k].column);
        autk_chain_free(chain);
    }
}

static bool read_and_free(void)
{
    autk_chain *chain = NULL;
    autk_status st = read_text(&chain, text, NULL);
    if (st == AUTK_OK)
        autk_chain_free(chain);
    return st == AUTK_OK;
}

static void chain__survives_every_allocation_failure(void **state)
{
    (void)state;
    CHECK_SURVIVES_OOM(read_and_free);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(chain__takes_draws_and_seed_of_its_scenario),
        cmocka_unit_test(chain__places_faults_inside_its_texts),
        cmocka_unit_test(chain__survives_every_allocation_failure)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
