#include <math.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "base/random.h"
#include "measure/breaks.h"
#include "unit.h"

/* Annual flow of the Nile at Aswan 1871-1970, 1e8 m3: Cobb (1978); R's datasets::Nile. */
static const double nile[100] = {
    1120, 1160, 963, 1210, 1160, 1160, 813,  1230, 1370, 1140, 995,  935,  1110, 994,  1020,
    960,  1180, 799, 958,  1140, 1100, 1210, 1150, 1250, 1260, 1220, 1030, 1100, 774,  840,
    874,  694,  940, 833,  701,  916,  692,  1020, 1050, 969,  831,  726,  456,  824,  702,
    1120, 1100, 832, 764,  821,  768,  845,  864,  862,  698,  845,  744,  796,  1040, 759,
    781,  865,  845, 944,  984,  897,  822,  1010, 771,  676,  649,  846,  812,  742,  801,
    1040, 860,  874, 848,  890,  744,  749,  838,  1050, 918,  986,  797,  923,  975,  815,
    1020, 906,  901, 1170, 912,  746,  919,  718,  714,  740};

/* A series that the R script of docs/modules/turns.md makes bit for bit: levels, breaks after
 * at[], errors of a linear congruential generator with autoregression rho. */
static void made_series(double *y, size_t n, uint32_t seed, const double *levels, const size_t *at,
                        size_t n_at, double spread, double rho)
{
    double error = 0.0;
    size_t level = 0;
    for (size_t t = 0; t < n; t++) {
        seed = (seed * 1103515245u + 12345u) & 0x7fffffffu;
        error = rho * error + ((double)((seed >> 16) % 1000u) - 499.5) / 1000.0 * spread;
        while (level < n_at && t + 1 > at[level])
            level++;
        y[t] = levels[level] + error;
    }
}

static void series_1(double *y)
{
    made_series(y, 120, 7, (const double[]){10, 14, 11}, (const size_t[]){40, 85}, 2, 8, 0.0);
}

static void series_2(double *y)
{
    made_series(y, 150, 11, (const double[]){10, 13, 11, 15}, (const size_t[]){40, 75, 110}, 3, 4,
                0.5);
}

static autk_breaks found(const double *y, size_t n, const autk_breaks_opts *o)
{
    autk_breaks b;
    autk_err err;
    assert_ok(autk_breaks_find(&b, y, n, o, &err), &err);
    return b;
}

/* The figures that R's strucchange prints for Nile (tests/Examples/strucchange-Ex.Rout.save). */
static void find__gives_the_published_partitions_of_the_nile(void **state)
{
    (void)state;
    static const size_t years[5][5] = {{1898},
                                       {1898, 1953},
                                       {1898, 1938, 1953},
                                       {1898, 1915, 1938, 1953},
                                       {1885, 1900, 1915, 1938, 1953}};
    static const double rss[] = {2835157, 1597457, 1552924, 1538097, 1507888, 1659994};
    static const double bic[] = {1318, 1270, 1276, 1285, 1292, 1311};
    autk_breaks b = found(nile, 100, NULL);
    assert_int_equal(b.min_segment, 15);
    assert_int_equal(b.max_breaks, 5);
    for (size_t m = 0; m <= 5; m++) {
        assert_within(b.models[m].ssr, rss[m], 0.5);
        assert_within(b.models[m].bic, bic[m], 0.5);
        for (size_t k = 0; k < m; k++)
            assert_int_equal(1871 + b.models[m].last[k], years[m - 1][k]);
    }
    assert_int_equal(b.n_bic, 1);
    assert_int_equal(b.n_sequential, 1);
}

static void intervals__give_the_published_interval_of_the_nile(void **state)
{
    (void)state;
    static const size_t last[] = {27};
    autk_breaks_opts o = autk_breaks_opts_default();
    autk_break_interval i;
    autk_err err;
    o.segment_variances = true; /* strucchange's het.err = TRUE, its default */
    assert_ok(autk_breaks_intervals(&i, nile, 100, last, 1, 0.95, &o, &err), &err);
    assert_int_equal(1871 + i.low, 1895);
    assert_int_equal(1871 + i.high, 1902);
    assert_ok(autk_breaks_intervals(&i, nile, 100, last, 1, 0.90, &o, &err), &err);
    assert_int_equal(1871 + i.low, 1896);
    assert_int_equal(1871 + i.high, 1901);
    o.segment_variances = false;
    assert_ok(autk_breaks_intervals(&i, nile, 100, last, 1, 0.95, &o, &err), &err);
    assert_int_equal(1871 + i.low, 1895);
    assert_int_equal(1871 + i.high, 1901);
}

/* strucchange 1.5-3: breakpoints(y ~ 1, h = 18), BIC(), confint(). */
static void find__agrees_with_strucchange_on_a_made_series(void **state)
{
    (void)state;
    static const double rss[] = {1087.0676992,  909.319677812, 694.171948125,
                                 648.946409052, 638.564335099, 645.241729223};
    double y[120];
    series_1(y);
    autk_breaks b = found(y, 120, NULL);
    for (size_t m = 0; m <= 5; m++)
        assert_near(b.models[m].ssr, rss[m], 1e-11); /* printed to 12 digits */
    assert_near(b.models[2].bic, 579.897552534, 1e-11);
    assert_int_equal(b.n_bic, 2);
    static const int64_t ends[2][2][2] = {{{36, 46}, {80, 92}}, {{37, 45}, {79, 91}}};
    for (int het = 0; het < 2; het++) {
        autk_breaks_opts o = autk_breaks_opts_default();
        autk_break_interval i[2];
        autk_err err;
        o.segment_variances = het == 1;
        assert_ok(autk_breaks_intervals(i, y, 120, b.models[2].last, 2, 0.95, &o, &err), &err);
        for (int k = 0; k < 2; k++) { /* R counts from 1 */
            assert_int_equal(i[k].low + 1, ends[het][k][0]);
            assert_int_equal(i[k].high + 1, ends[het][k][1]);
        }
    }
}

/* P(argmax <= x) by strucchange's pargmaxV with variances 1:1, 1:2.89 and 4:0.81. */
static void argmax_cdf__agrees_with_strucchange(void **state)
{
    (void)state;
    static const double rows[][4] = {{-11.03, 0.0250163336822, 0.0163905075167, 0.0295721935644},
                                     {-7.7, 0.0498617420124, 0.0319635870382, 0.0597996305632},
                                     {-2, 0.21189569374, 0.124599039122, 0.273292405205},
                                     {-0.5, 0.372879793137, 0.204226846897, 0.527386275865},
                                     {0, 0.5, 0.25706940874, 0.831600831601},
                                     {0.5, 0.627120206863, 0.380277345509, 0.925221396084},
                                     {3, 0.84317933162, 0.617965632857, 0.994190336479},
                                     {7.7, 0.950138257988, 0.788074610771, 0.999868549534},
                                     {11.03, 0.974983666318, 0.848864140206, 0.999988721524},
                                     {40, 0.999810402995, 0.983282972661, 1.0}};
    static const double ratios[] = {1.0, 2.89, 0.2025};
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        for (int r = 0; r < 3; r++)
            assert_within(autki_argmax_cdf(rows[i][0], ratios[r]), rows[i][r + 1], 1e-11);
    }
    for (double x = -3000.0; x < 3000.0; x += 7.0)
        assert_true(autki_argmax_cdf(x, 0.01) <= autki_argmax_cdf(x + 7.0, 0.01) + 1e-12);
}

/* pftest() and spflp1() of the authors' programme as ported in R's mbreaks 1.0.0. */
static void tests__agree_with_mbreaks(void **state)
{
    (void)state;
    double y1[120], y2[150];
    series_1(y1);
    series_2(y2);
    static const double sup_iid[] = {23.0658887469, 33.1105304673, 26.1049135174, 20.1929093266,
                                     15.6121832474};
    static const double sup_hac[] = {11.7392018357, 26.509081023, 22.7615075015, 18.071113517,
                                     13.8624384018};
    autk_breaks_opts o = autk_breaks_opts_default();
    autk_breaks b = found(y1, 120, &o);
    for (size_t m = 1; m <= 5; m++)
        assert_near(b.models[m].sup_f, sup_iid[m - 1], 1e-11);
    assert_near(b.models[0].next_f, 23.0658887469, 1e-11);
    assert_near(b.models[1].next_f, 34.3797447224, 1e-11);
    assert_near(b.models[2].next_f, 10.1924175717, 1e-11);
    assert_near(b.models[3].next_f, 1.92609113966, 1e-11);
    o.segment_variances = true;
    b = found(y1, 120, &o);
    assert_near(b.models[1].sup_f, 27.1266743886, 1e-11);
    assert_near(b.models[1].next_f, 32.9073616806, 1e-11);
    o.segment_variances = false;
    o.errors = AUTK_BREAKS_HAC;
    b = found(y1, 120, &o);
    for (size_t m = 1; m <= 5; m++)
        assert_near(b.models[m].sup_f, sup_hac[m - 1], 1e-10);
    assert_near(b.models[1].next_f, 26.3733772783, 1e-10);
    b = found(y2, 150, &o);
    assert_near(b.models[1].sup_f, 34.040789681, 1e-10);
    assert_near(b.models[3].sup_f, 53.4331212547, 1e-10);
    assert_near(b.models[3].next_f, 1.86506993364, 1e-10);
    o.segment_variances = true;
    b = found(y2, 150, &o);
    assert_near(b.models[2].sup_f, 66.0158946956, 1e-10);
    assert_near(b.models[4].sup_f, 37.4725957838, 1e-10);
    assert_near(b.models[1].next_f, 25.3822154769, 1e-10);
}

/* From correct() and cvg() of mbreaks: ends 28.685-49.315, 103.037-116.963 with one variance,
 * 25.093-47.788, 105.775-119.543 with one each. Its interval() then rounds the first break twice.
 */
static void intervals__agree_with_mbreaks_under_correlation(void **state)
{
    (void)state;
    double y[150];
    series_2(y);
    autk_breaks_opts o = autk_breaks_opts_default();
    autk_break_interval i[2];
    autk_err err;
    static const size_t last[] = {38, 109};
    static const int64_t ends[2][2][2] = {{{28, 50}, {103, 117}}, {{25, 48}, {105, 120}}};
    o.errors = AUTK_BREAKS_HAC;
    for (int het = 0; het < 2; het++) {
        o.segment_variances = het == 1;
        assert_ok(autk_breaks_intervals(i, y, 150, last, 2, 0.95, &o, &err), &err);
        for (int k = 0; k < 2; k++) {
            assert_int_equal(i[k].low + 1, ends[het][k][0]);
            assert_int_equal(i[k].high + 1, ends[het][k][1]);
        }
    }
}

static double ssr_of(const double *y, size_t from, size_t to)
{
    double mean = 0.0, ssr = 0.0;
    for (size_t t = from; t < to; t++)
        mean += y[t] / (double)(to - from);
    for (size_t t = from; t < to; t++)
        ssr += (y[t] - mean) * (y[t] - mean);
    return ssr;
}

/* Every partition of short random series into 2 and 3 segments. */
static void find__is_the_best_of_all_partitions(void **state)
{
    (void)state;
    uint64_t seed = 42;
    for (int run = 0; run < 50; run++) {
        double y[23], best[2] = {INFINITY, INFINITY}, late = INFINITY;
        for (size_t t = 0; t < 23; t++)
            y[t] = autki_random_normal(&seed) + (t > 10 ? 2.0 : 0.0);
        size_t h = 4; /* ceil(0.15 * 23) */
        for (size_t a = h; a + h <= 23; a++) {
            double one = ssr_of(y, 0, a) + ssr_of(y, a, 23);
            best[0] = one < best[0] ? one : best[0];
            for (size_t b = 23 - h + 1; b < 23; b++) {
                double two = ssr_of(y, 0, a) + ssr_of(y, a, b) + ssr_of(y, b, 23);
                late = b >= a + h && two < late ? two : late;
            }
            for (size_t b = a + h; b + h <= 23; b++) {
                double two = ssr_of(y, 0, a) + ssr_of(y, a, b) + ssr_of(y, b, 23);
                best[1] = two < best[1] ? two : best[1];
            }
        }
        autk_breaks b = found(y, 23, NULL);
        assert_near(b.models[1].ssr, best[0], 1e-12);
        assert_near(b.models[2].ssr, best[1], 1e-12);
        assert_near(b.late[2].ssr, late, 1e-12);
    }
}

static void find__does_not_depend_on_unit_and_origin(void **state)
{
    (void)state;
    double moved[100];
    for (size_t t = 0; t < 100; t++)
        moved[t] = 1e6 + 3e-4 * nile[t];
    autk_breaks a = found(nile, 100, NULL), b = found(moved, 100, NULL);
    for (size_t m = 1; m <= 5; m++) {
        assert_memory_equal(a.models[m].last, b.models[m].last, m * sizeof *a.models[m].last);
        /* 1e6 + 0.3 keeps 10 digits of the deviations */
        assert_near(b.models[m].sup_f, a.models[m].sup_f, 1e-6);
    }
}

static void find__says_nothing_of_constants_and_exact_steps(void **state)
{
    (void)state;
    double y[40] = {0};
    autk_breaks b = found(y, 40, NULL);
    assert_int_equal(b.n_bic, 0);
    assert_int_equal(b.n_sequential, 0);
    for (size_t t = 25; t < 40; t++)
        y[t] = 1.0;
    b = found(y, 40, NULL);
    assert_int_equal(b.n_bic, 1);
    assert_int_equal(b.n_sequential, 1);
    assert_int_equal(b.models[1].last[0], 24);
    assert_true(isfinite(b.ud_max) && isfinite(b.models[1].bic));
    autk_break_interval i;
    autk_err err;
    assert_ok(autk_breaks_intervals(&i, y, 40, b.models[1].last, 1, 0.95, NULL, &err), &err);
    assert_true(i.known && i.low == 24 && i.high == 24);
}

static void find__refuses_bad_input_and_leaves_out_alone(void **state)
{
    (void)state;
    autk_breaks b, before;
    autk_err err;
    double y[10] = {1, 2, 3, 4, 5, 6, 7, 8, 9, NAN};
    memset(&b, 7, sizeof b);
    memcpy(&before, &b, sizeof b);
    assert_int_equal(autk_breaks_find(&b, y, 10, NULL, &err), AUTK_EDATA);
    assert_int_equal(autk_breaks_find(&b, y, 4, NULL, &err), AUTK_EDATA);
    assert_int_equal(autk_breaks_find(&b, y, 0, NULL, &err), AUTK_EDATA);
    autk_breaks_opts o = autk_breaks_opts_default();
    o.trim = 0.12;
    assert_int_equal(autk_breaks_find(&b, y, 9, &o, &err), AUTK_EARG);
    o = autk_breaks_opts_default();
    o.max_breaks = 6;
    assert_int_equal(autk_breaks_find(&b, y, 9, &o, &err), AUTK_EARG);
    o = autk_breaks_opts_default();
    o.significance = 0.2;
    assert_int_equal(autk_breaks_find(&b, y, 9, &o, NULL), AUTK_EARG);
    double huge[6] = {-1e300, 1e300, 0, 0, 1, 2};
    assert_int_equal(autk_breaks_find(&b, huge, 6, NULL, &err), AUTK_ENUMERIC);
    assert_memory_equal(&b, &before, sizeof b);
    autk_break_interval i;
    static const size_t beyond[] = {8};
    assert_int_equal(autk_breaks_intervals(&i, y, 9, beyond, 1, 0.95, NULL, &err), AUTK_EARG);
}

/* Shifts of 2 standard deviations at known dates: all found, nominal coverage. Bai & Perron
 * (2006) find 95 % intervals to cover 92-97 % in samples like these. */
static void simulated__dates_and_interval_coverage(void **state)
{
    (void)state;
    uint64_t seed = 20260;
    int runs = 400, covered = 0, right_number = 0, intervals = 0;
    for (int run = 0; run < runs; run++) {
        double y[120];
        for (size_t t = 0; t < 120; t++)
            y[t] = autki_random_normal(&seed) + (t >= 80 ? 0.0 : t >= 40 ? 2.0 : 0.5);
        autk_breaks b = found(y, 120, NULL);
        right_number += b.n_bic == 2 && b.n_sequential == 2;
        if (b.n_bic != 2)
            continue;
        autk_break_interval i[2];
        autk_err err;
        assert_ok(autk_breaks_intervals(i, y, 120, b.models[2].last, 2, 0.95, NULL, &err), &err);
        for (int k = 0; k < 2; k++, intervals++) {
            int64_t truth = k == 0 ? 39 : 79;
            covered += i[k].low <= truth && truth <= i[k].high;
        }
    }
    /* 95 % of some 750 intervals: +- 3 standard errors of 0.8 points, and the formula is wide. */
    assert_true(covered > intervals * 92 / 100);
    assert_true(right_number > runs * 85 / 100);
}

static int false_alarms(double rho, size_t n, size_t window, double shift, uint64_t seed, int runs)
{
    int alarms = 0;
    for (int run = 0; run < runs; run++) {
        double y[60], error = 0.0;
        for (size_t t = 0; t < 30 + n; t++) {
            error = rho * error + autki_random_normal(&seed);
            if (t >= 30)
                y[t - 30] = error + (t - 30 + 2 >= n ? shift : 0.0);
        }
        autk_breaks_end_test test;
        autk_err err;
        assert_ok(autk_breaks_end(&test, y, n, window, NULL, 0, &err), &err);
        alarms += test.p_value <= 0.05;
    }
    return alarms;
}

/* 29 years, the last 4 looked at. A rank among 22 overlapping stretches is no exact 5 %: the sizes
 * that docs/modules/turns.md states are these, and go to 5 % in longer samples. */
static void end__holds_its_size_and_finds_late_shifts(void **state)
{
    (void)state;
    /* 3 standard errors of 2,000 runs are 1.8 points. */
    assert_true(false_alarms(0.0, 29, 4, 0.0, 1, 2000) < 2000 * 9 / 100);
    assert_true(false_alarms(0.5, 29, 4, 0.0, 2, 2000) < 2000 * 12 / 100);
    assert_true(false_alarms(0.0, 60, 4, 0.0, 3, 2000) < 2000 * 6 / 100);
    assert_true(false_alarms(0.5, 60, 4, 0.0, 3, 2000) < 2000 * 8 / 100);
    assert_true(false_alarms(0.0, 29, 4, 5.0, 4, 500) > 500 * 95 / 100);
}

static void end__knows_a_break_before_the_window(void **state)
{
    (void)state;
    uint64_t seed = 5;
    int alarms = 0;
    static const size_t last[] = {14};
    for (int run = 0; run < 1000; run++) {
        double y[29];
        for (size_t t = 0; t < 29; t++)
            y[t] = autki_random_normal(&seed) + (t > 14 ? 10.0 : 0.0);
        autk_breaks_end_test test;
        autk_err err;
        assert_ok(autk_breaks_end(&test, y, 29, 4, last, 1, &err), &err);
        assert_int_equal(test.n_windows, 22);
        alarms += test.p_value <= 0.05;
    }
    assert_true(alarms < 100);
    autk_breaks_end_test test;
    double y[11] = {0};
    autk_err err;
    assert_int_equal(autk_breaks_end(&test, y, 11, 4, NULL, 0, &err), AUTK_EDATA);
    static const size_t late[] = {7};
    assert_int_equal(autk_breaks_end(&test, y, 11, 2, late, 1, &err), AUTK_EARG);
}

/* R's strucchange takes 59 s, with its core in C 9.5 s. Processor time, so that a busy machine does
 * not matter; 11 ms here, some 40 under the sanitizers. */
static void find__dates_2000_observations_in_a_fifth_of_a_second(void **state)
{
    (void)state;
    static double y[2000];
    uint64_t seed = 8;
    for (size_t t = 0; t < 2000; t++)
        y[t] = autki_random_normal(&seed) + (t > 700 ? 1.0 : 0.0);
    clock_t began = clock();
    autk_breaks b = found(y, 2000, NULL);
    double seconds = (double)(clock() - began) / CLOCKS_PER_SEC;
    assert_int_equal(b.n_bic, 1);
    assert_true(llabs((int64_t)b.models[1].last[0] - 700) < 20);
    assert_true(seconds < 0.2);
}

static bool everything_once(void)
{
    autk_breaks b;
    autk_break_interval i[AUTK_BREAKS_MAX];
    autk_breaks_end_test test;
    autk_breaks_opts o = autk_breaks_opts_default();
    o.errors = AUTK_BREAKS_HAC;
    return autk_breaks_find(&b, nile, 100, &o, NULL) == AUTK_OK &&
           autk_breaks_intervals(i, nile, 100, b.models[2].last, 2, 0.9, &o, NULL) == AUTK_OK &&
           autk_breaks_end(&test, nile, 100, 14, b.models[1].last, 1, NULL) == AUTK_OK;
}

static void breaks__survive_every_allocation_failure(void **state)
{
    (void)state;
    CHECK_SURVIVES_OOM(everything_once);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(find__gives_the_published_partitions_of_the_nile),
        cmocka_unit_test(intervals__give_the_published_interval_of_the_nile),
        cmocka_unit_test(find__agrees_with_strucchange_on_a_made_series),
        cmocka_unit_test(argmax_cdf__agrees_with_strucchange),
        cmocka_unit_test(tests__agree_with_mbreaks),
        cmocka_unit_test(intervals__agree_with_mbreaks_under_correlation),
        cmocka_unit_test(find__is_the_best_of_all_partitions),
        cmocka_unit_test(find__does_not_depend_on_unit_and_origin),
        cmocka_unit_test(find__says_nothing_of_constants_and_exact_steps),
        cmocka_unit_test(find__refuses_bad_input_and_leaves_out_alone),
        cmocka_unit_test(simulated__dates_and_interval_coverage),
        cmocka_unit_test(end__holds_its_size_and_finds_late_shifts),
        cmocka_unit_test(end__knows_a_break_before_the_window),
        cmocka_unit_test(find__dates_2000_observations_in_a_fifth_of_a_second),
        cmocka_unit_test(breaks__survive_every_allocation_failure)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
