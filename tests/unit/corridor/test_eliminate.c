/* Sums over all ways against a dense inverse in long double, against Neumann's series, and against
 * the spectral radius. */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/random.h"
#include "corridor/closures.h"
#include "corridor/eliminate.h"
#include "small.h"
#include "unit.h"
#include "world_fixture.h"

#define MOST 100 /* terminals of a small network */
#define MOST_CITIES 8

typedef struct dense {
    size_t n;
    long double a[MOST][MOST];       /* A */
    long double inverse[MOST][MOST]; /* of I - A */
} dense;

static double scale_of(const autk_network *of)
{
    return of->costs.value[AUTK_COST_route_scale_usd_per_t];
}

/* Gauss and Jordan with row pivots: shares nothing with what is tested but the arcs. */
static void invert(dense *d, const autk_network *of, autki_weights weights)
{
    static long double m[MOST][2 * MOST];
    size_t n = d->n = (size_t)of->n_terminals;
    assert_true(n <= MOST);
    memset(d->a, 0, sizeof d->a);
    for (size_t k = 0; k < of->n_arcs; k++)
        d->a[of->arcs[k].from][of->arcs[k].to] +=
            expl(-(long double)weights.arc[k] / (long double)scale_of(of));
    for (size_t i = 0; i < n; i++) {
        for (size_t j = 0; j < n; j++) {
            m[i][j] = (long double)(i == j) - d->a[i][j];
            m[i][n + j] = (long double)(i == j);
        }
    }
    for (size_t c = 0; c < n; c++) {
        size_t pivot = c;
        for (size_t r = c; r < n; r++)
            pivot = fabsl(m[r][c]) > fabsl(m[pivot][c]) ? r : pivot;
        for (size_t j = 0; j < 2 * n; j++) {
            long double keep = m[c][j];
            m[c][j] = m[pivot][j];
            m[pivot][j] = keep;
        }
        long double by = m[c][c];
        for (size_t j = 0; j < 2 * n; j++)
            m[c][j] /= by;
        for (size_t r = 0; r < n; r++) {
            long double factor = r != c ? m[r][c] : 0;
            for (size_t j = 0; factor != 0 && j < 2 * n; j++)
                m[r][j] -= factor * m[c][j];
        }
    }
    for (size_t i = 0; i < n; i++)
        memcpy(d->inverse[i], m[i] + n, n * sizeof(long double));
}

static size_t cities_of(int32_t *cities, const autk_network *of)
{
    size_t n = 0;
    for (size_t c = 0; c < of->n_codes; c++) {
        if (of->code_city[c] >= 0)
            cities[n++] = of->code_city[c];
    }
    return n;
}

static long double weight_of(const autk_network *of, autki_weights weights, size_t access)
{
    return expl(-(long double)weights.access[access] / (long double)scale_of(of));
}

/* b_i (I - A)^-1 c_j from the dense inverse. */
static long double dense_sum(const dense *d, const autk_network *of, autki_weights weights,
                             int32_t from, int32_t to)
{
    long double sum = 0;
    for (size_t a = of->first_access[from]; a < of->first_access[from + 1]; a++) {
        for (size_t b = of->first_access[to]; b < of->first_access[to + 1]; b++) {
            if (of->access[a].enter >= 0 && of->access[b].leave >= 0)
                sum += weight_of(of, weights, a) *
                       d->inverse[of->access[a].enter][of->access[b].leave] *
                       weight_of(of, weights, b);
        }
        if (of->access[a].enter == -1 - to)
            sum += weight_of(of, weights, a);
    }
    return sum;
}

static void check_inverse(const dense *d, const autki_factor *factor)
{
    static double x[MOST * MOST];
    autk_err err;
    memset(x, 0, sizeof x);
    for (size_t t = 0; t < d->n; t++)
        x[t * d->n + t] = 1;
    assert_ok(autki_factor_solve(x, d->n, factor, &err), &err);
    for (size_t i = 0; i < d->n; i++) { /* column i of x is row i of the inverse */
        for (size_t j = 0; j < d->n; j++) {
            if (d->inverse[i][j] > 1e-12L)
                assert_near(x[j * d->n + i], (double)d->inverse[i][j], 1e-6);
            else
                assert_true(x[j * d->n + i] < 1e-9);
        }
    }
}

/* The dense inverse cancels: what is small beside 1 has few digits there; such sums are checked by
 * the series below. */
static void check_dense(const autk_network *of, const autk_closures *closures)
{
    static dense d;
    autk_err err;
    int32_t cities[MOST_CITIES];
    size_t n = cities_of(cities, of);
    autki_weights weights = autki_closed_weights(of, closures);
    autki_plan *plan = NULL;
    autki_factor factor;
    invert(&d, of, weights);
    assert_ok(autki_plan_create(&plan, of, cities, n, NULL, &err), &err);
    assert_ok(autki_factor_init(&factor, plan, weights, &err), &err);
    for (size_t i = 0; i < n; i++) {
        for (size_t j = 0; j < i; j++) {
            long double want = dense_sum(&d, of, weights, cities[i], cities[j]);
            if (want > 1e-300L)
                assert_near(autki_factor_kept(&factor, i, j), (double)want, 1e-9);
            else
                assert_true(autki_factor_kept(&factor, i, j) < 1e-300);
        }
    }
    check_inverse(&d, &factor);
    autki_factor_deinit(&factor);
    autki_plan_free(plan);
}

/* Large scales make loops and long ways count. */
static void sums__equal_a_dense_inverse(void **state)
{
    (void)state;
    static const double scales[] = {6, 12, 24};
    autk_err err;
    for (uint64_t seed = 0; seed < 12; seed++) {
        autk_network *of = NULL;
        autk_closures *c = NULL;
        if (seed == 0)
            assert_ok(small_open(&of, NULL, &err), &err);
        else
            assert_ok(small_random(&of, seed, &err), &err);
        of->costs.value[AUTK_COST_route_scale_usd_per_t] = scales[seed % 3];
        check_dense(of, NULL);
        assert_ok(autk_closures_create(&c, of, &err), &err);
        assert_ok(autk_closures_add(c, "narrows", &err), &err);
        check_dense(of, c);
        autk_closures_free(c);
        autk_network_free(of);
    }
}

/* The largest eigenvalue of A by powers of I + A, whose largest is one more, by Gelfand's norm. */
static double spectral_radius(const autk_network *of)
{
    static double a[MOST][MOST], square[MOST][MOST];
    size_t n = (size_t)of->n_terminals;
    memset(a, 0, sizeof a);
    for (size_t k = 0; k < of->n_arcs; k++)
        a[of->arcs[k].from][of->arcs[k].to] += exp(-of->arc_cost[k] / scale_of(of));
    for (size_t i = 0; i < n; i++)
        a[i][i] += 1;
    double log_norm = 0, power = 1;
    for (int round = 0; round < 24; round++) {
        double norm = 0;
        for (size_t i = 0; i < n; i++) {
            double row = 0;
            for (size_t j = 0; j < n; j++)
                row += a[i][j];
            norm = row > norm ? row : norm;
        }
        log_norm += log(norm) / power;
        power *= 2;
        memset(square, 0, sizeof square);
        for (size_t i = 0; i < n; i++) {
            for (size_t k = 0; k < n; k++) {
                for (size_t j = 0; j < n; j++)
                    square[i][j] += a[i][k] / norm * a[k][j] / norm;
            }
        }
        memcpy(a, square, sizeof a);
    }
    return exp(log_norm) - 1;
}

static void sums__are_refused_just_when_the_spectral_radius_reaches_one(void **state)
{
    (void)state;
    static const double scales[] = {5, 20, 40, 50, 60, 70, 80, 100, 200, 1000};
    autk_err err;
    int n_refused = 0, n_taken = 0;
    for (uint64_t seed = 1; seed < 5; seed++) {
        autk_network *of = NULL;
        autki_plan *plan = NULL;
        int32_t cities[MOST_CITIES];
        assert_ok(small_random(&of, seed, &err), &err);
        assert_ok(autki_plan_create(&plan, of, cities, cities_of(cities, of), NULL, &err), &err);
        for (size_t i = 0; i < sizeof scales / sizeof *scales; i++) {
            autki_factor factor;
            of->costs.value[AUTK_COST_route_scale_usd_per_t] = scales[i];
            double radius = spectral_radius(of);
            autk_status st = autki_factor_init(&factor, plan, autki_open_weights(of), &err);
            if (fabs(radius - 1) > 1e-4)
                assert_int_equal(st, radius < 1 ? AUTK_OK : AUTK_ENOCONV);
            n_refused += st != AUTK_OK;
            n_taken += st == AUTK_OK;
            if (st == AUTK_OK)
                autki_factor_deinit(&factor);
        }
        autki_plan_free(plan);
        autk_network_free(of);
    }
    assert_true(n_refused > 4 && n_taken > 4);
}

/* ------------------------------------------------------------------ the world */

/* F of one place as b + bA + bAA + …: term by term, nothing cancels either, but it takes its time.
 */
static void series(double *flow, const autk_network *of, autki_weights weights, int32_t from)
{
    size_t n = (size_t)of->n_terminals;
    double *term = calloc(n, sizeof *term), *next = calloc(n, sizeof *next);
    double *weight = malloc(of->n_arcs * sizeof *weight);
    assert_true(term != NULL && next != NULL && weight != NULL);
    memset(flow, 0, n * sizeof *flow);
    for (size_t k = 0; k < of->n_arcs; k++)
        weight[k] = exp(-weights.arc[k] / scale_of(of));
    for (size_t a = of->first_access[from]; a < of->first_access[from + 1]; a++) {
        if (of->access[a].enter >= 0)
            term[of->access[a].enter] += exp(-weights.access[a] / scale_of(of));
    }
    bool small = false;
    for (int step = 0; step < 200 && !small; step++) {
        small = step > 0;
        memset(next, 0, n * sizeof *next);
        for (size_t t = 0; t < n; t++) {
            flow[t] += term[t];
            small = small && term[t] <= 1e-15 * flow[t];
            for (size_t k = of->first_arc[t]; k < of->first_arc[t + 1]; k++)
                next[of->arcs[k].to] += weight[k] * term[t];
        }
        memcpy(term, next, n * sizeof *term);
    }
    assert_true(small);
    free(term);
    free(next);
    free(weight);
}

static double series_sum(const double *flow, const autk_network *of, autki_weights weights,
                         int32_t from, int32_t to)
{
    double sum = 0;
    for (size_t a = of->first_access[to]; a < of->first_access[to + 1]; a++) {
        double weight = exp(-weights.access[a] / scale_of(of));
        if (of->access[a].leave >= 0)
            sum += flow[of->access[a].leave] * weight;
        else if (of->access[a].leave == -1 - from)
            sum += weight;
    }
    return sum;
}

/* Every sum to 1e-12 of itself, however small: also where closures leave only far dearer ways. */
static void sums__of_the_world_equal_the_series(void **state)
{
    (void)state;
    static const char *const closed[][3] = {
        {NULL}, {"suez", "panama"}, {"BLR-POL", "BLR-RUS", "malacca"}};
    static const char *const origins[] = {"BLR", "SGP", "NLD"};
    autk_err err;
    size_t n = (size_t)net->n_codes, n_checked = 0;
    int32_t *cities = malloc(n * sizeof *cities);
    double *flow = malloc((size_t)net->n_terminals * sizeof *flow);
    autki_plan *plan = NULL;
    assert_true(cities != NULL && flow != NULL);
    n = cities_of(cities, net);
    assert_ok(autki_plan_create(&plan, net, cities, n, NULL, &err), &err);
    for (int set = 0; set < 3; set++) {
        autk_closures *c = NULL;
        autki_factor factor;
        assert_ok(autk_closures_create(&c, net, &err), &err);
        for (int k = 0; k < 3 && closed[set][k] != NULL; k++)
            assert_ok(autk_closures_add(c, closed[set][k], &err), &err);
        autki_weights weights = autki_closed_weights(net, c);
        assert_ok(autki_factor_init(&factor, plan, weights, &err), &err);
        for (int o = 0; o < 3; o++) {
            int32_t from = autk_network_city(net, economy_of(origins[o]));
            size_t i = 0;
            while (cities[i] != from)
                i++;
            series(flow, net, weights, from);
            for (size_t j = 0; j < n; j++) {
                if (j == i)
                    continue;
                assert_near(autki_factor_kept(&factor, i, j),
                            series_sum(flow, net, weights, from, cities[j]), 1e-12);
                n_checked++;
            }
        }
        autki_factor_deinit(&factor);
        autk_closures_free(c);
    }
    assert_true(n_checked > 2000);
    autki_plan_free(plan);
    free(cities);
    free(flow);
}

static bool plan_once(void)
{
    autk_network *of = NULL;
    autki_plan *plan = NULL;
    autki_factor factor = {0};
    int32_t cities[MOST_CITIES];
    double x[MOST] = {1};
    autk_status st = small_random(&of, 1, NULL);
    if (st == AUTK_OK)
        st = autki_plan_create(&plan, of, cities, cities_of(cities, of), NULL, NULL);
    if (st == AUTK_OK)
        st = autki_factor_init(&factor, plan, autki_open_weights(of), NULL);
    if (st == AUTK_OK) {
        st = autki_factor_solve(x, 1, &factor, NULL);
        autki_factor_deinit(&factor);
    }
    autki_plan_free(plan);
    autk_network_free(of);
    return st == AUTK_OK;
}

static void plan__survives_every_allocation_failure(void **state)
{
    (void)state;
    CHECK_SURVIVES_OOM(plan_once);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(sums__equal_a_dense_inverse),
        cmocka_unit_test(sums__are_refused_just_when_the_spectral_radius_reaches_one),
        cmocka_unit_test(sums__of_the_world_equal_the_series),
        cmocka_unit_test(plan__survives_every_allocation_failure)};
    return cmocka_run_group_tests(tests, open_network, close_network);
}
