/* Blocs, leanings and centrality on matrices whose answer is known, and on the world's. */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include <autarky/roles.h>

#include "unit.h"
#include "world_fixture.h"

#define N 8

typedef struct block {
    double low[N * N], point[N * N], high[N * N];
    autk_trade_matrix m;
} block;

/* Two blocs of four: 100 inside, 1 across, exact. */
static void two_blocs(block *b)
{
    memset(b, 0, sizeof *b);
    for (size_t i = 0; i < N; i++) {
        for (size_t j = 0; j < N; j++) {
            double v = i == j ? 0 : (i < 4) == (j < 4) ? 100 : 1;
            b->low[i * N + j] = b->point[i * N + j] = b->high[i * N + j] = v;
        }
    }
    b->m = (autk_trade_matrix){
        .n = N, .year = 2000, .low = b->low, .point = b->point, .high = b->high};
}

static void roles__finds_two_blocs_and_claims_them(void **state)
{
    (void)state;
    static block b;
    autk_err err;
    autk_roles *r = NULL;
    two_blocs(&b);
    b.low[0] = b.point[0] = b.high[0] = 0;
    b.low[1] = b.point[1] = b.high[1] = 200; /* 0 is the centre of its bloc with 1 */
    assert_ok(autk_roles_find(&r, &b.m, NULL, &err), &err);
    assert_int_equal(r->n_blocs, 2);
    for (size_t i = 0; i < N; i++) {
        assert_int_equal(r->roles[i].bloc, r->roles[i < 4 ? 0 : 4].bloc);
        assert_near(r->roles[i].stability, 1, 0);
        assert_true(r->roles[i].bloc_claimed && r->roles[i].lean_claimed);
        assert_int_equal(r->roles[i].lean, r->roles[i].bloc);
    }
    assert_true(r->roles[0].bloc != r->roles[4].bloc);
    /* Modularity by hand: sum over blocs of inside/2m - (strength/2m)^2. */
    double inside[2] = {12 * 100 + 100, 12 * 100}, across = 16 * 1.0 * 2;
    double m2 = 2 * (inside[0] + inside[1] + across), q = 0;
    for (int k = 0; k < 2; k++) {
        double strength = 2 * inside[k] + across;
        q += 2 * inside[k] / m2 - strength / m2 * (strength / m2);
    }
    assert_near(r->modularity, q, 1e-9);
    double rank = 0;
    for (size_t i = 0; i < N; i++)
        rank += r->roles[i].page_rank;
    assert_near(rank, 1, 1e-9);
    autk_roles_free(r);
}

static void roles__claims_nothing_that_one_flow_could_change(void **state)
{
    (void)state;
    static block b;
    autk_err err;
    autk_roles *r = NULL;
    two_blocs(&b);
    for (size_t j = 0; j < N; j++) { /* 0 trades as much with either side, and 0 -> 5 is vague */
        for (int turn = 0; turn < 2 && j != 0; turn++) {
            size_t k = turn == 0 ? j : j * N;
            b.low[k] = b.point[k] = b.high[k] = j < 4 ? 70 : 38;
        }
    }
    b.low[5] = 0;
    b.high[5] = 4000;
    assert_ok(autk_roles_find(&r, &b.m, NULL, &err), &err);
    assert_int_equal(r->roles[0].lean, r->roles[1].bloc);
    assert_false(r->roles[0].lean_claimed);
    assert_true(r->roles[1].lean_claimed);
    /* Exact bounds of the share: the vague flow at its high and its low end. */
    double with = 6 * 70, other = 8 * 38;
    assert_near(r->roles[0].lean_share.low, with / (with + other - 38 + 4000), 1e-12);
    assert_near(r->roles[0].lean_share.high, with / (with + other - 38), 1e-12);
    assert_near(r->roles[0].lean_share.point, with / (with + other), 1e-12);
    autk_roles_free(r);
}

static void roles__are_the_same_for_the_same_seed(void **state)
{
    (void)state;
    static block b;
    autk_err err;
    autk_roles *one = NULL, *two = NULL;
    two_blocs(&b);
    for (size_t k = 0; k < N * N; k++)
        b.high[k] *= 1 + (double)(k % 5);
    assert_ok(autk_roles_find(&one, &b.m, NULL, &err), &err);
    assert_ok(autk_roles_find(&two, &b.m, NULL, &err), &err);
    assert_memory_equal(one->roles, two->roles, N * sizeof *one->roles);
    autk_roles_free(one);
    autk_roles_free(two);
}

static void roles__counts_what_is_unknown_and_refuses_no_trade(void **state)
{
    (void)state;
    static block b;
    autk_err err;
    autk_roles *r = NULL;
    two_blocs(&b);
    b.low[3] = b.point[3] = b.high[3] = NAN;
    assert_ok(autk_roles_find(&r, &b.m, NULL, &err), &err);
    assert_int_equal(r->roles[0].n_unknown, 1);
    assert_int_equal(r->roles[3].n_unknown, 1);
    assert_int_equal(r->roles[1].n_unknown, 0);
    autk_roles_free(r);
    memset(b.point, 0, sizeof b.point);
    r = NULL;
    assert_int_equal(autk_roles_find(&r, &b.m, NULL, &err), AUTK_ENOANSWER);
    autk_roles_opts opts = autk_roles_opts_default();
    opts.resolution = 0;
    assert_int_equal(autk_roles_find(&r, &b.m, &opts, &err), AUTK_EARG);
}

/* What nobody disputes: in 2019 Belarus is in Russia's bloc, Germany in its own, not in China's. */
static void roles__of_the_world_are_plausible(void **state)
{
    autk_err err;
    autk_trade_matrix m;
    autk_roles *r = NULL;
    autk_roles_opts opts = autk_roles_opts_default();
    opts.n_draws = 3;
    open_world(state);
    int32_t blr = economy_of("BLR"), rus = economy_of("RUS"), deu = economy_of("DEU");
    int32_t chn = economy_of("CHN"), fra = economy_of("FRA");
    assert_ok(autk_trade_matrix_read(&m, world, 2019, &err), &err);
    assert_ok(autk_roles_find(&r, &m, &opts, &err), &err);
    assert_int_equal(r->roles[blr].bloc, r->roles[rus].bloc);
    assert_int_equal(r->roles[deu].bloc, r->roles[fra].bloc);
    assert_true(r->roles[deu].bloc != r->roles[chn].bloc);
    assert_true(r->roles[chn].page_rank > r->roles[blr].page_rank);
    assert_true(r->roles[deu].coreness > r->roles[blr].coreness || r->roles[deu].core);
    autk_roles_free(r);
    autk_trade_matrix_deinit(&m);
    close_world(state);
}

static bool find_once(void)
{
    static block b;
    autk_roles *r = NULL;
    autk_roles_opts opts = autk_roles_opts_default();
    opts.n_draws = 1;
    two_blocs(&b);
    autk_status st = autk_roles_find(&r, &b.m, &opts, NULL);
    autk_roles_free(r);
    return st == AUTK_OK;
}

static void roles__survive_every_allocation_failure(void **state)
{
    (void)state;
    CHECK_SURVIVES_OOM(find_once);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(roles__finds_two_blocs_and_claims_them),
        cmocka_unit_test(roles__claims_nothing_that_one_flow_could_change),
        cmocka_unit_test(roles__are_the_same_for_the_same_seed),
        cmocka_unit_test(roles__counts_what_is_unknown_and_refuses_no_trade),
        cmocka_unit_test(roles__of_the_world_are_plausible),
        cmocka_unit_test(roles__survive_every_allocation_failure)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
