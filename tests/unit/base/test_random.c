/* The generator against published figures; the distributions against their closed forms. */
#include <math.h>
#include <string.h>

#include "base/random.h"
#include "unit.h"

#define MANY 200000

/* The reference program of Vigna (2015), as Java 8's SplittableRandom, from the seed 1234567. */
static void random_bits__are_the_published_ones(void **state)
{
    (void)state;
    static const uint64_t published[] = {6457827717110365317u, 3203168211198807973u,
                                         9817491932198370423u, 4593380528125082431u,
                                         16408922859458223821u};
    uint64_t at = 1234567;
    for (size_t i = 0; i < sizeof published / sizeof *published; i++)
        assert_true(autki_random_bits(&at) == published[i]);
}

static void random_uniform__fills_its_interval_evenly(void **state)
{
    (void)state;
    uint64_t at = 3;
    int in_tenth[10] = {0};
    for (int i = 0; i < MANY; i++) {
        double u = autki_random_uniform(&at);
        assert_true(u > 0 && u < 1);
        in_tenth[(int)(10 * u)]++;
    }
    for (int i = 0; i < 10; i++) /* five standard deviations of a binomial count */
        assert_within(in_tenth[i], MANY / 10.0, 5 * sqrt(MANY * 0.1 * 0.9));
}

static void random_normal__has_the_moments_and_tails_of_the_normal(void **state)
{
    (void)state;
    uint64_t at = 5;
    double sum = 0, squares = 0;
    int outside = 0;
    for (int i = 0; i < MANY; i++) {
        double z = autki_random_normal(&at);
        sum += z;
        squares += z * z;
        outside += fabs(z) > 1.959963984540054;
    }
    assert_within(sum / MANY, 0.0, 5 / sqrt(MANY));
    assert_within(squares / MANY, 1.0, 5 * sqrt(2.0 / MANY));
    assert_within(outside / (double)MANY, 0.05, 5 * sqrt(0.05 * 0.95 / MANY));
}

/* The quantile's inverse: (x - a)^2 / ((b - a)(c - a)) up to the mode c. */
static double triangular_cdf(double a, double c, double b, double x)
{
    return x < c ? (x - a) * (x - a) / ((b - a) * (c - a))
                 : 1 - (b - x) * (b - x) / ((b - a) * (b - c));
}

static void triangular__inverts_its_distribution(void **state)
{
    (void)state;
    static const double shapes[][3] = {{0, 1, 4}, {-2, -2, 1}, {3, 5, 5}, {1e9, 2e9, 1e10}};
    for (size_t s = 0; s < sizeof shapes / sizeof *shapes; s++) {
        const double *p = shapes[s];
        for (double u = 0.01; u < 1; u += 0.01)
            assert_near(triangular_cdf(p[0], p[1], p[2], autki_triangular(p[0], p[1], p[2], u)), u,
                        1e-9);
    }
    assert_true(autki_triangular(7, 7, 7, 0.3) == 7);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(random_bits__are_the_published_ones),
        cmocka_unit_test(random_uniform__fills_its_interval_evenly),
        cmocka_unit_test(random_normal__has_the_moments_and_tails_of_the_normal),
        cmocka_unit_test(triangular__inverts_its_distribution),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
