/* The effects' equations: conjugate gradients, the graph's factor, weakly connected panels. */
#include <math.h>

#include "gravity/factor.h"
#include "gravity/fit.h"
#include "gravity/graph.h"
#include "panel_file.h"
#include "unit.h"

/* On a tree the elimination is exact: each vertex has one neighbour left when its turn comes, so
 * nothing is sampled. L solve(L x) = L x then. */
static void factor__is_exact_on_a_tree(void **state)
{
    (void)state;
    enum { N = 200 };
    autki_edge edges[N - 1];
    double x[N], y[N] = {0}, lx[N] = {0};
    rng g = {3};
    for (int v = 1; v < N; v++)
        edges[v - 1] = (autki_edge){(int32_t)(uniform(&g) * v), v, exp(3 * normal(&g))};
    for (int v = 0; v < N; v++)
        x[v] = normal(&g);
    for (int e = 0; e < N - 1; e++) {
        double flow = edges[e].weight * (x[edges[e].a] - x[edges[e].b]);
        lx[edges[e].a] += flow;
        lx[edges[e].b] -= flow;
    }
    memcpy(y, lx, sizeof y);
    autki_factor_ldl f = {.n = N};
    autk_err err;
    assert_ok(autki_factor_ldl_compute(&f, edges, N - 1, 1, &err), &err);
    autki_factor_ldl_solve(&f, y, 1);
    for (int v = 1; v < N; v++)
        assert_within(y[v] - y[0], x[v] - x[0], 1e-8);
    autki_factor_ldl_deinit(&f);
}

/* Regions on a ring that trade with their neighbours, over some years, a fifth of the rows missing:
 * what plain alternating projections cannot do. */
static void ring__converges_with_few_products(void **state)
{
    (void)state;
    char path[32];
    enum { REGIONS = 150, YEARS = 8, REACH = 2 };
    rng g = {21};
    double *a = calloc(REGIONS * YEARS * 2, sizeof *a);
    for (int i = 0; i < REGIONS * YEARS * 2; i++)
        a[i] = normal(&g);
    FILE *file = open_panel(path, sizeof path);
    fprintf(file, "o,d,t,y,x\n");
    for (int i = 0; i < REGIONS; i++) {
        for (int step = -REACH; step <= REACH; step++) {
            for (int t = 0; t < YEARS; t++) {
                int j = (i + step + REGIONS) % REGIONS;
                double x = normal(&g);
                if (step == 0 || uniform(&g) < 0.2)
                    continue;
                fprintf(file, "%d,%d,%d,%.17g,%.17g\n", i, j, t,
                        exp(a[i * YEARS + t] + a[(REGIONS + j) * YEARS + t] + 0.5 * x +
                            0.3 * normal(&g)),
                        x);
            }
        }
    }
    fclose(file);
    free(a);
    autk_err err;
    autki_formula *f = NULL;
    autki_frame *frame = NULL;
    assert_ok(autki_formula_parse(&f, "y ~ x | o^t + d^t + o^d", &err), &err);
    autki_wanted wanted[] = {{"o", AUTKI_FACTOR},
                             {"d", AUTKI_FACTOR},
                             {"t", AUTKI_FACTOR},
                             {"y", AUTKI_NUMBER},
                             {"x", AUTKI_NUMBER}};
    assert_ok(autki_frame_read(&frame, path, wanted, 5, 2, &err), &err);
    remove(path);
    autki_panel_spec spec = {.formula = f, .family = AUTKI_POISSON, .n_threads = 2};
    autki_panel *panel = NULL;
    assert_ok(autki_panel_build(&panel, frame, &spec, &err), &err);
    for (int32_t k = 0; k < 3; k++) {
        if (panel->effect_of[k] == 2 && k > 0) {
            autk_status st = autki_panel_eliminate(panel, &spec, k, &err);
            assert_ok(st, &err);
            break;
        }
    }
    autki_wls *ws = NULL;
    autki_fit fit;
    autki_fit_opts opts = {.family = AUTKI_POISSON, .tol = 1e-9, .max_iterations = 50};
    assert_ok(autki_wls_create(&ws, panel, 2, &err), &err);
    assert_ok(autki_fit_run(&fit, ws, panel, &opts, &err), &err);
    assert_true(fit.gradient <= 1e-9);
    assert_true(fit.iterations <= 12);
    assert_non_null(ws->graph); /* the diagonal alone was too slow, and that was noticed */
    assert_true(fit.products < 400);
    autki_fit_deinit(&fit);
    autki_wls_free(ws);
    autki_panel_free(panel);
    autki_frame_free(frame);
    autki_formula_free(f);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(factor__is_exact_on_a_tree),
                                       cmocka_unit_test(ring__converges_with_few_products)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
