#include <math.h>
#include <string.h>

#include <autarky/depend.h>

#include "base/random.h"
#include "unit.h"

static autk_bounds between(double low, double high, double at)
{
    return (autk_bounds){low, low + at * (high - low), high};
}

static void random_box(autk_bounds *value, size_t n, uint64_t *state)
{
    for (size_t i = 0; i < n; i++) {
        double size = exp(4 * autki_random_uniform(state)), kind = autki_random_uniform(state);
        double low = kind < 0.2 ? 0 : size * autki_random_uniform(state);
        value[i] = between(low, kind > 0.8 ? low : low + size * autki_random_uniform(state),
                           autki_random_uniform(state));
    }
}

/* At the lower end with chance `low`, at the upper one with 0.3, else anywhere between. */
static double inside_or_at_an_end(const autk_bounds *b, double low, uint64_t *state)
{
    double u = autki_random_uniform(state);
    if (u < low)
        return b->low;
    return u > 0.7 ? b->high : b->low + autki_random_uniform(state) * (b->high - b->low);
}

static double hhi_of(const double *x, size_t n, double total)
{
    double q = 0;
    for (size_t i = 0; i < n; i++)
        q += x[i] / total * (x[i] / total);
    return q;
}

static double entropy_number(const double *x, size_t n, double total)
{
    double h = 0;
    for (size_t i = 0; i < n; i++) {
        double s = x[i] / total;
        h -= s > 0 ? s * log(s) : 0;
    }
    return exp(h);
}

static double sum_of(const double *x, size_t n)
{
    double sum = 0;
    for (size_t i = 0; i < n; i++)
        sum += x[i];
    return sum;
}

static void assert_inside(double x, autk_bounds b)
{
    assert_true(x >= b.low - 1e-9 * fabs(b.low) - 1e-12);
    assert_true(x <= b.high + 1e-9 * fabs(b.high) + 1e-12);
}

/* Belarus 2017, docs: known shares, every other partner at most the smallest of them. */
static void hhi__bounds_belarus_2017_as_published(void **state)
{
    (void)state;
    static const double known[] = {.511, .072, .049, .045, .042, .038};
    autk_bounds value[6];
    for (size_t i = 0; i < 6; i++)
        value[i] = autk_bounds_exact(known[i]);
    autk_whole whole = {.given = true, .total = autk_bounds_exact(1)};
    autk_concentration c;
    autk_err err;
    assert_ok(autk_concentration_bounds(&c, value, 6, &whole, .038, &err), &err);
    assert_within(c.hhi.low, .2739, 5e-5);
    assert_within(c.hhi.high, .2828, 5e-5);
    assert_within(c.effective.low, 3.54, 5e-3);
    assert_within(c.effective.high, 3.65, 5e-3);
    assert_true(isnan(c.effective_entropy.high)); /* crumbs have no least size */
}

static void check_point(const double *x, size_t n, double total, const autk_bounds *share,
                        const autk_rank *rank, const autk_concentration *c)
{
    assert_inside(hhi_of(x, n, total), c->hhi);
    /* Where all may be in crumbs, the number of partners has no upper end. */
    autk_bounds effective = c->effective;
    effective.high = c->hhi.low > 0 ? effective.high : INFINITY;
    assert_inside(1 / hhi_of(x, n, total), effective);
    for (size_t i = 0; i < n; i++) {
        assert_inside(x[i] / total, share[i]);
        int32_t above = 0;
        for (size_t j = 0; j < n; j++)
            above += x[j] > x[i];
        assert_true(above + 1 >= rank[i].best && above + 1 <= rank[i].worst);
    }
}

static void kernels__random_points_never_leave_the_bounds_of_a_sum(void **state)
{
    (void)state;
    uint64_t seed = 1;
    for (int trial = 0; trial < 60; trial++) {
        autk_bounds value[40], share[40];
        autk_rank rank[40];
        autk_concentration c;
        size_t n = 1 + (size_t)(39 * autki_random_uniform(&seed));
        random_box(value, n, &seed);
        value[0] = (autk_bounds){1, 2, 3};
        assert_ok(autk_share_bounds(share, NULL, value, n, NULL, NULL), NULL);
        assert_ok(autk_rank_bounds(rank, value, n, NULL, NULL), NULL);
        assert_ok(autk_concentration_bounds(&c, value, n, NULL, NAN, NULL), NULL);
        for (int draw = 0; draw < 200; draw++) {
            double x[40];
            for (size_t i = 0; i < n; i++) {
                x[i] = inside_or_at_an_end(&value[i], 0.3, &seed);
            }
            check_point(x, n, sum_of(x, n), share, rank, &c);
            assert_inside(entropy_number(x, n, sum_of(x, n)), c.effective_entropy);
        }
    }
}

static void kernels__random_points_never_leave_the_bounds_below_a_total(void **state)
{
    (void)state;
    uint64_t seed = 2;
    int inside = 0;
    for (int trial = 0; trial < 60; trial++) {
        autk_bounds value[12], share[12];
        autk_rank rank[12];
        autk_concentration c;
        size_t n = 2 + (size_t)(10 * autki_random_uniform(&seed));
        random_box(value, n, &seed);
        double point = 0, high = 0;
        for (size_t i = 0; i < n; i++) {
            point += value[i].point;
            high += value[i].high;
        }
        if (!(point > 0))
            continue;
        autk_whole whole = {.given = true};
        whole.total.point = point + autki_random_uniform(&seed) * (1.1 * high - point);
        whole.total.low = whole.total.point * (1 - 0.05 * autki_random_uniform(&seed));
        whole.total.high = whole.total.point * (1 + 0.05 * autki_random_uniform(&seed));
        assert_ok(autk_share_bounds(share, NULL, value, n, &whole, NULL), NULL);
        assert_ok(autk_rank_bounds(rank, value, n, &whole, NULL), NULL);
        assert_ok(autk_concentration_bounds(&c, value, n, &whole, NAN, NULL), NULL);
        for (int draw = 0; draw < 400; draw++) {
            double x[13], total = whole.total.low + autki_random_uniform(&seed) *
                                                        (whole.total.high - whole.total.low);
            for (size_t i = 0; i < n; i++) {
                x[i] = inside_or_at_an_end(&value[i], 0.4, &seed);
            }
            x[n] = total - sum_of(x, n); /* the rest in one piece */
            if (x[n] < 0)
                continue;
            inside++;
            check_point(x, n, total, share, rank, &c);
            assert_inside(hhi_of(x, n + 1, total), c.hhi);
        }
    }
    assert_true(inside > 5000);
}

/* All corners of a small box: the largest concentration is at one of them. */
static void hhi__largest_is_attained_at_a_corner(void **state)
{
    (void)state;
    uint64_t seed = 3;
    for (int trial = 0; trial < 200; trial++) {
        autk_bounds value[10];
        size_t n = 1 + (size_t)(9.99 * autki_random_uniform(&seed));
        random_box(value, n, &seed);
        value[0].high += 1;
        value[0].point = value[0].high;
        double best = 0, fewest = INFINITY;
        for (unsigned corner = 0; corner < 1u << n; corner++) {
            double x[10];
            for (size_t i = 0; i < n; i++)
                x[i] = corner >> i & 1 ? value[i].high : value[i].low;
            double total = sum_of(x, n);
            if (!(total > 0))
                continue;
            double h = hhi_of(x, n, total), e = entropy_number(x, n, total);
            best = h > best ? h : best;
            fewest = e < fewest ? e : fewest;
        }
        autk_concentration c;
        assert_ok(autk_concentration_bounds(&c, value, n, NULL, NAN, NULL), NULL);
        assert_near(c.hhi.high, best, 1e-8);
        assert_near(c.effective_entropy.low, fewest, 1e-8);
    }
}

/* With a fixed total: every corner of all but one value, that one taking what is left. */
static double largest_by_corners(const autk_bounds *value, size_t n, double total)
{
    double best = 0;
    for (size_t inner = 0; inner < n; inner++) {
        for (unsigned corner = 0; corner < 1u << n; corner++) {
            double x[12];
            for (size_t i = 0; i < n; i++)
                x[i] = corner >> i & 1 ? value[i].high : value[i].low;
            x[inner] = 0;
            x[inner] = total - sum_of(x, n);
            if (x[inner] < value[inner].low - 1e-12 || x[inner] > value[inner].high + 1e-12)
                continue;
            double h = hhi_of(x, n, total);
            best = h > best ? h : best;
        }
    }
    return best;
}

static void hhi__largest_below_a_total_is_attained(void **state)
{
    (void)state;
    uint64_t seed = 4;
    for (int trial = 0; trial < 120; trial++) {
        autk_bounds value[10];
        size_t n = 1 + (size_t)(8.99 * autki_random_uniform(&seed));
        random_box(value, n, &seed);
        double point = 0, low = 0;
        for (size_t i = 0; i < n; i++) {
            point += value[i].point;
            low += value[i].low;
        }
        autk_whole whole = {.given = true};
        whole.total = autk_bounds_exact(point + 0.5 * autki_random_uniform(&seed) * point + 0.01);
        value[n] = (autk_bounds){0, 0, whole.total.high - low}; /* the rest */
        double want = largest_by_corners(value, n + 1, whole.total.point);
        autk_concentration c;
        assert_ok(autk_concentration_bounds(&c, value, n, &whole, NAN, NULL), NULL);
        assert_near(c.hhi.high, want, 1e-8);
    }
}

/* A closed whole that leaves the points in and cuts corners off. */
static autk_whole random_closed(const autk_bounds *value, size_t n, uint64_t *state)
{
    autk_bounds sum = {0, 0, 0};
    for (size_t i = 0; i < n; i++)
        sum = autk_bounds_add(sum, value[i]);
    double u = autki_random_uniform(state), v = autki_random_uniform(state);
    return (autk_whole){.given = true,
                        .closed = true,
                        .total = {sum.point - u * u * (sum.point - sum.low), sum.point,
                                  sum.point + v * v * (sum.high - sum.point)}};
}

static void kernels__random_points_never_leave_the_bounds_of_a_known_sum(void **state)
{
    (void)state;
    uint64_t seed = 8;
    int inside = 0;
    for (int trial = 0; trial < 150; trial++) {
        autk_bounds value[8], share[8];
        autk_rank rank[8];
        autk_concentration c;
        size_t n = 2 + (size_t)(6 * autki_random_uniform(&seed));
        random_box(value, n, &seed);
        value[0] = (autk_bounds){1, 2, 9};
        autk_whole whole = random_closed(value, n, &seed);
        assert_ok(autk_share_bounds(share, NULL, value, n, &whole, NULL), NULL);
        assert_ok(autk_rank_bounds(rank, value, n, &whole, NULL), NULL);
        assert_ok(autk_concentration_bounds(&c, value, n, &whole, NAN, NULL), NULL);
        for (int draw = 0; draw < 800; draw++) {
            double x[8];
            for (size_t i = 0; i < n; i++) {
                x[i] = inside_or_at_an_end(&value[i], 0.3, &seed);
            }
            double sum = sum_of(x, n);
            if (sum < whole.total.low || sum > whole.total.high)
                continue;
            inside++;
            check_point(x, n, sum, share, rank, &c);
            assert_inside(entropy_number(x, n, sum), c.effective_entropy);
        }
    }
    assert_true(inside > 5000);
}

/* Corners whose sum is admitted, and those with one value inside that brings the sum to an end. */
static void extremes_of_known_sum(double *most, double *fewest, double *share_low,
                                  double *share_high, const autk_bounds *value, size_t n,
                                  const autk_whole *whole)
{
    const double ends[2] = {whole->total.low, whole->total.high};
    *most = 0;
    *fewest = INFINITY;
    for (unsigned corner = 0; corner < 1u << n; corner++) {
        for (size_t inner = 0; inner <= 2 * n; inner++) {
            double x[10];
            for (size_t i = 0; i < n; i++)
                x[i] = corner >> i & 1 ? value[i].high : value[i].low;
            if (inner < 2 * n) {
                size_t k = inner / 2;
                x[k] = 0;
                x[k] = ends[inner % 2] - sum_of(x, n);
                if (x[k] < value[k].low - 1e-12 || x[k] > value[k].high + 1e-12)
                    continue;
            }
            double sum = sum_of(x, n);
            if (sum < ends[0] - 1e-9 || sum > ends[1] + 1e-9)
                continue;
            double h = hhi_of(x, n, sum), e = entropy_number(x, n, sum);
            *most = h > *most ? h : *most;
            *fewest = e < *fewest ? e : *fewest;
            for (size_t i = 0; i < n; i++) {
                double s = x[i] / sum;
                share_low[i] = s < share_low[i] ? s : share_low[i];
                share_high[i] = s > share_high[i] ? s : share_high[i];
            }
        }
    }
}

static void kernels__bounds_of_a_known_sum_are_attained(void **state)
{
    (void)state;
    uint64_t seed = 9;
    for (int trial = 0; trial < 150; trial++) {
        autk_bounds value[9], share[9];
        double most, fewest, low[9], high[9];
        size_t n = 2 + (size_t)(6.99 * autki_random_uniform(&seed));
        random_box(value, n, &seed);
        value[0] = (autk_bounds){1, 2, 9};
        autk_whole whole = random_closed(value, n, &seed);
        for (size_t i = 0; i < n; i++) {
            low[i] = 1;
            high[i] = 0;
        }
        extremes_of_known_sum(&most, &fewest, low, high, value, n, &whole);
        autk_concentration c;
        assert_ok(autk_concentration_bounds(&c, value, n, &whole, NAN, NULL), NULL);
        assert_near(c.hhi.high, most, 1e-8);
        assert_near(c.effective_entropy.low, fewest, 1e-8);
        assert_ok(autk_share_bounds(share, NULL, value, n, &whole, NULL), NULL);
        for (size_t i = 0; i < n; i++) {
            assert_within(share[i].low, low[i], 1e-9);
            assert_within(share[i].high, high[i], 1e-9);
        }
    }
}

/* The least of a grid that zooms in on where it is least. */
static double least_by_grid(const autk_bounds *value, const autk_whole *whole)
{
    double from[3], width[3], best[3] = {0}, least = 2;
    for (int i = 0; i < 3; i++) {
        from[i] = value[i].low;
        width[i] = value[i].high - value[i].low;
    }
    for (int zoom = 0; zoom < 8; zoom++) {
        for (int step = 0; step < 21 * 21 * 21; step++) {
            const int at[3] = {step % 21, step / 21 % 21, step / 441};
            double x[3];
            for (int i = 0; i < 3; i++)
                x[i] = from[i] + width[i] * at[i] / 20;
            double sum = sum_of(x, 3), h = hhi_of(x, 3, sum);
            if (h < least && sum >= whole->total.low && sum <= whole->total.high) {
                least = h;
                memcpy(best, x, sizeof best);
            }
        }
        for (int i = 0; i < 3; i++) {
            width[i] /= 4;
            from[i] = best[i] - width[i] / 2;
            if (from[i] < value[i].low)
                from[i] = value[i].low;
            if (from[i] + width[i] > value[i].high)
                from[i] = value[i].high - width[i];
        }
    }
    return least;
}

static void hhi__least_is_that_of_a_fine_grid(void **state)
{
    (void)state;
    uint64_t seed = 5;
    for (int trial = 0; trial < 60; trial++) {
        autk_bounds value[3];
        random_box(value, 3, &seed);
        value[2] = (autk_bounds){1, 1, 2};
        autk_whole free = {.given = true, .closed = true, .total = {0, 1, 1e9}};
        double least = least_by_grid(value, &free);
        autk_concentration c;
        assert_ok(autk_concentration_bounds(&c, value, 3, NULL, NAN, NULL), NULL);
        assert_true(c.hhi.low <= least + 1e-12);
        assert_within(c.hhi.low, least, 1e-5); /* the last grid's step, squared */
        /* A cut leaves the grid few points on its edge: no exactness, but order. */
        autk_whole whole = random_closed(value, 3, &seed);
        assert_ok(autk_concentration_bounds(&c, value, 3, &whole, NAN, NULL), NULL);
        assert_true(c.hhi.low <= least_by_grid(value, &whole) + 1e-12);
        assert_true(c.hhi.low >= least - 1e-5);
    }
}

static void shares__ends_are_attained(void **state)
{
    (void)state;
    autk_bounds value[2] = {{46.4, 46.5, 46.6}, {20, 21, 22}}, share[2], used;
    assert_ok(autk_share_bounds(share, NULL, value, 2, NULL, NULL), NULL);
    assert_near(share[0].low, 46.4 / 68.4, 1e-15);
    assert_near(share[0].high, 46.6 / 66.6, 1e-15);
    autk_whole whole = {.given = true, .total = {83, 83.5, 84}};
    assert_ok(autk_share_bounds(share, &used, value, 2, &whole, NULL), NULL);
    assert_near(share[0].low, 46.4 / 84, 1e-15);
    assert_near(share[0].point, 46.5 / 83.5, 1e-15);
    assert_near(share[0].high, 46.6 / 83, 1e-15);
    /* What others surely have caps a wide value: at most 83.5 - 20 of 83.5. */
    value[0].high = 90;
    whole.total = autk_bounds_exact(83.5);
    assert_ok(autk_share_bounds(share, &used, value, 2, &whole, NULL), NULL);
    assert_near(share[0].high, 63.5 / 83.5, 1e-15);
    /* A total that the points contradict is raised, and the caller is told. */
    whole.total = autk_bounds_exact(60);
    assert_ok(autk_share_bounds(share, &used, value, 2, &whole, NULL), NULL);
    assert_near(used.point, 67.5, 1e-15);
    assert_near(share[0].point + share[1].point, 1, 1e-15);
}

static void groups__are_one_value(void **state)
{
    (void)state;
    autk_bounds value[3] = {{1, 2, 3}, {4, 4, 4}, {2, 3, 5}}, share;
    const bool member[3] = {true, false, true}, all[3] = {true, true, true};
    assert_ok(autk_group_share_bounds(&share, value, member, 3, NULL, NULL), NULL);
    assert_near(share.low, 3.0 / 7, 1e-15);
    assert_near(share.point, 5.0 / 9, 1e-15);
    assert_near(share.high, 8.0 / 12, 1e-15);
    assert_ok(autk_group_share_bounds(&share, value, all, 3, NULL, NULL), NULL);
    assert_near(share.low, 1, 1e-15);
}

static void ranks__count_who_may_pass(void **state)
{
    (void)state;
    autk_bounds value[4] = {{5, 6, 7}, {6.5, 8, 9}, {1, 2, 3}, {2, 3, 6}};
    autk_rank rank[4];
    assert_ok(autk_rank_bounds(rank, value, 4, NULL, NULL), NULL);
    assert_int_equal(rank[0].best, 1);
    assert_int_equal(rank[0].point, 2);
    assert_int_equal(rank[0].worst, 3);
    assert_int_equal(rank[1].worst, 2);
    assert_int_equal(rank[2].best, 3);
    assert_int_equal(rank[2].worst, 4);
    /* Below a total of 15 only half a unit is free: the last cannot climb from 2 over 5. */
    autk_whole whole = {.given = true, .total = autk_bounds_exact(19.5)};
    assert_ok(autk_rank_bounds(rank, value, 4, &whole, NULL), NULL);
    assert_int_equal(rank[0].worst, 3);
    value[3] = (autk_bounds){2, 2, 6};
    value[1].point = 6.5;
    value[0].point = 5;
    value[2].point = 1;
    whole.total = autk_bounds_exact(15);
    assert_ok(autk_rank_bounds(rank, value, 4, &whole, NULL), NULL);
    assert_int_equal(rank[0].worst, 2);
}

static void kernels__do_not_depend_on_order_or_unit(void **state)
{
    (void)state;
    uint64_t seed = 6;
    autk_bounds value[30], turned[30], share[30], other[30];
    random_box(value, 30, &seed);
    for (size_t i = 0; i < 30; i++) {
        autk_bounds b = value[(i * 7 + 3) % 30];
        turned[i] = (autk_bounds){1e9 * b.low, 1e9 * b.point, 1e9 * b.high};
    }
    autk_concentration a, b;
    assert_ok(autk_concentration_bounds(&a, value, 30, NULL, NAN, NULL), NULL);
    assert_ok(autk_concentration_bounds(&b, turned, 30, NULL, NAN, NULL), NULL);
    assert_near(a.hhi.low, b.hhi.low, 1e-9);
    assert_near(a.hhi.high, b.hhi.high, 1e-9);
    assert_near(a.effective_entropy.low, b.effective_entropy.low, 1e-8);
    assert_ok(autk_share_bounds(share, NULL, value, 30, NULL, NULL), NULL);
    assert_ok(autk_share_bounds(other, NULL, turned, 30, NULL, NULL), NULL);
    for (size_t i = 0; i < 30; i++)
        assert_near(other[i].high, share[(i * 7 + 3) % 30].high, 1e-12);
}

static void concentration__knows_its_two_ends(void **state)
{
    (void)state;
    autk_bounds value[4] = {{1, 1, 1}, {1, 1, 1}, {1, 1, 1}, {1, 1, 1}};
    autk_concentration c;
    assert_ok(autk_concentration_bounds(&c, value, 4, NULL, NAN, NULL), NULL);
    assert_near(c.hhi.point, 0.25, 1e-15);
    assert_within(c.normalised.point, 0, 1e-15);
    assert_near(c.hirschman.point, 50, 1e-15);
    assert_near(c.effective.point, 4, 1e-15);
    assert_near(c.effective_entropy.point, 4, 1e-12);
    assert_ok(autk_concentration_bounds(&c, value, 1, NULL, NAN, NULL), NULL);
    assert_near(c.hhi.point, 1, 1e-15);
    assert_near(c.normalised.point, 1, 1e-15);
    value[0] = autk_bounds_exact(0);
    assert_ok(autk_concentration_bounds(&c, value, 1, NULL, NAN, NULL), NULL);
    assert_true(isnan(c.hhi.point));
}

static void kernels__name_the_entry_that_is_no_interval(void **state)
{
    (void)state;
    autk_bounds value[2] = {{1, 2, 3}, {2, 1, 3}}, share[2] = {{7, 7, 7}};
    autk_err err;
    memset(&err, 0, sizeof err);
    assert_int_equal(autk_share_bounds(share, NULL, value, 2, NULL, &err), AUTK_EARG);
    assert_non_null(strstr(err.msg, "value 2"));
    assert_true(share[0].low == 7);
    value[1] = autk_bounds_unknown();
    assert_int_equal(autk_share_bounds(share, NULL, value, 2, NULL, &err), AUTK_EARG);
    value[1] = (autk_bounds){0, 0, INFINITY};
    assert_int_equal(autk_concentration_bounds(NULL, value, 2, NULL, NAN, &err), AUTK_EARG);
    value[1] = (autk_bounds){-1, 0, 1};
    assert_int_equal(autk_rank_bounds(NULL, value, 2, NULL, &err), AUTK_EARG);
}

static bool measure_once(void)
{
    uint64_t seed = 7;
    autk_bounds value[20];
    autk_rank rank[20];
    autk_concentration c;
    autk_err err;
    random_box(value, 20, &seed);
    return autk_rank_bounds(rank, value, 20, NULL, &err) == AUTK_OK &&
           autk_concentration_bounds(&c, value, 20, NULL, NAN, &err) == AUTK_OK;
}

static void kernels__survive_every_allocation_failure(void **state)
{
    (void)state;
    CHECK_SURVIVES_OOM(measure_once);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(hhi__bounds_belarus_2017_as_published),
        cmocka_unit_test(kernels__random_points_never_leave_the_bounds_of_a_sum),
        cmocka_unit_test(kernels__random_points_never_leave_the_bounds_below_a_total),
        cmocka_unit_test(kernels__random_points_never_leave_the_bounds_of_a_known_sum),
        cmocka_unit_test(kernels__bounds_of_a_known_sum_are_attained),
        cmocka_unit_test(hhi__largest_is_attained_at_a_corner),
        cmocka_unit_test(hhi__largest_below_a_total_is_attained),
        cmocka_unit_test(hhi__least_is_that_of_a_fine_grid),
        cmocka_unit_test(shares__ends_are_attained),
        cmocka_unit_test(groups__are_one_value),
        cmocka_unit_test(ranks__count_who_may_pass),
        cmocka_unit_test(kernels__do_not_depend_on_order_or_unit),
        cmocka_unit_test(concentration__knows_its_two_ends),
        cmocka_unit_test(kernels__name_the_entry_that_is_no_interval),
        cmocka_unit_test(kernels__survive_every_allocation_failure)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
