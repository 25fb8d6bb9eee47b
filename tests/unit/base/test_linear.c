/* Small systems: what was put in comes out; what has no answer says so. */
#include <math.h>
#include <string.h>

#include "base/linear.h"
#include "base/random.h"
#include "unit.h"

#define N_MAX 12
#define RHS 3

/* b = a x for x known; a general one, with a zero where the first pivot would stand. */
static void solve_linear__finds_the_known_answer(void **state)
{
    (void)state;
    uint64_t seed = 1;
    for (size_t n = 1; n <= N_MAX; n++) {
        double a[N_MAX * N_MAX], x[N_MAX * RHS], b[N_MAX * RHS] = {0};
        for (size_t k = 0; k < n * n; k++)
            a[k] = k == 0 && n > 1 ? 0 : autki_random_normal(&seed);
        for (size_t k = 0; k < n * RHS; k++)
            x[k] = autki_random_normal(&seed);
        for (size_t i = 0; i < n; i++)
            for (size_t j = 0; j < n; j++)
                for (size_t k = 0; k < RHS; k++)
                    b[i * RHS + k] += a[i * n + j] * x[j * RHS + k];
        assert_true(autki_solve_linear(a, b, n, RHS, 0));
        for (size_t k = 0; k < n * RHS; k++)
            assert_within(b[k], x[k], 1e-9);
    }
}

static void solve_linear__says_when_there_is_none(void **state)
{
    (void)state;
    double twice[] = {1, 2, 2, 4}, small[] = {1, 0, 0, 1e-13}, nan[] = {NAN, 0, 0, 1};
    double b[] = {1, 1};
    assert_false(autki_solve_linear(twice, b, 2, 1, 0));
    assert_false(autki_solve_linear(small, b, 2, 1, 1e-12));
    assert_false(autki_solve_linear(nan, b, 2, 1, 0));
    assert_true(autki_solve_linear(nan, b, 0, 1, 0)); /* nothing to solve */
}

/* a = r r' + n I is positive definite, and both ways agree on it. */
static void solve_spd__agrees_with_elimination(void **state)
{
    (void)state;
    uint64_t seed = 2;
    for (size_t n = 1; n <= N_MAX; n++) {
        double r[N_MAX * N_MAX], a[N_MAX * N_MAX] = {0}, copy[N_MAX * N_MAX], b[N_MAX], x[N_MAX];
        for (size_t k = 0; k < n * n; k++)
            r[k] = autki_random_normal(&seed);
        for (size_t i = 0; i < n; i++) {
            b[i] = x[i] = autki_random_normal(&seed);
            a[i * n + i] = (double)n;
            for (size_t j = 0; j < n; j++)
                for (size_t k = 0; k < n; k++)
                    a[i * n + j] += r[i * n + k] * r[j * n + k];
        }
        memcpy(copy, a, sizeof a);
        assert_true(autki_solve_spd(a, x, n));
        assert_true(autki_solve_linear(copy, b, n, 1, 0));
        for (size_t i = 0; i < n; i++)
            assert_within(x[i], b[i], 1e-12);
    }
    double saddle[] = {1, 2, 2, 1}, nan[] = {NAN}, b[] = {1, 1};
    assert_false(autki_solve_spd(saddle, b, 2));
    assert_false(autki_solve_spd(nan, b, 1));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(solve_linear__finds_the_known_answer),
        cmocka_unit_test(solve_linear__says_when_there_is_none),
        cmocka_unit_test(solve_spd__agrees_with_elimination),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
