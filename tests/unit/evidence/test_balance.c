#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/random.h"
#include "evidence/blackout_balance.h"
#include "unit.h"

#define ROWS 3
#define COLUMNS 4

/* A table with its totals: each cell is in one row and one column. */
typedef struct table {
    autki_cell cells[ROWS * COLUMNS];
    double prior[ROWS * COLUMNS], target[ROWS + COLUMNS], sd[ROWS + COLUMNS];
} table;

static void make_table(table *t, uint64_t seed)
{
    uint64_t random = seed;
    memset(t->target, 0, sizeof t->target);
    for (size_t i = 0; i < ROWS; i++)
        for (size_t j = 0; j < COLUMNS; j++) {
            autki_cell *c = &t->cells[i * COLUMNS + j];
            double other = exp(17 + autki_random_normal(&random));
            *c = (autki_cell){{i, ROWS + j, AUTKI_NO_MARGIN, AUTKI_NO_MARGIN},
                              17 + autki_random_normal(&random),
                              0.3};
            t->prior[i * COLUMNS + j] = c->prior;
            t->target[i] += other;
            t->target[ROWS + j] += other;
        }
    for (size_t r = 0; r < ROWS + COLUMNS; r++)
        t->sd[r] = 1e-6 * t->target[r];
}

static autki_balance balance_of(const table *t, autk_balance kind)
{
    return (autki_balance){.kind = kind,
                           .cells = t->cells,
                           .n_cells = ROWS * COLUMNS,
                           .margin_sd = t->sd,
                           .n_margins = ROWS + COLUMNS,
                           .tol = 1e-10,
                           .max_iter = 500};
}

/* Rows, then columns, scaled to their totals, over and over (Deming & Stephan 1940). */
static void scale_in_turn(double *x, const table *t)
{
    for (int turn = 0; turn < 1000; turn++) {
        for (size_t i = 0; i < ROWS; i++) {
            double sum = 0;
            for (size_t j = 0; j < COLUMNS; j++)
                sum += x[i * COLUMNS + j];
            for (size_t j = 0; j < COLUMNS; j++)
                x[i * COLUMNS + j] *= t->target[i] / sum;
        }
        for (size_t j = 0; j < COLUMNS; j++) {
            double sum = 0;
            for (size_t i = 0; i < ROWS; i++)
                sum += x[i * COLUMNS + j];
            for (size_t i = 0; i < ROWS; i++)
                x[i * COLUMNS + j] *= t->target[ROWS + j] / sum;
        }
    }
}

static void balance__under_sure_totals_is_ras(void **state)
{
    (void)state;
    for (uint64_t seed = 1; seed <= 20; seed++) {
        table t;
        double y[ROWS * COLUMNS], x[ROWS * COLUMNS];
        autk_err err;
        make_table(&t, seed);
        autki_balance b = balance_of(&t, AUTK_BALANCE_RAS);
        assert_ok(autki_balance_begin(&b, &err), &err);
        assert_ok(autki_balance_solve(y, &b, t.prior, t.target, &err), &err);
        for (size_t c = 0; c < ROWS * COLUMNS; c++)
            x[c] = exp(t.prior[c]);
        scale_in_turn(x, &t);
        for (size_t c = 0; c < ROWS * COLUMNS; c++)
            assert_near(exp(y[c]), x[c], 1e-4);
        autki_balance_end(&b);
    }
}

/* One flow and two totals that contradict each other: no scaling satisfies both; the figure lies
 * between them, nearer to the surer one. */
static void balance__stands_between_totals_that_contradict_each_other(void **state)
{
    (void)state;
    static const double prior = 20.7, target[2] = {1e9, 1.2e9}, sd[2] = {1e7, 5e7};
    const autki_cell cell = {{0, 1, AUTKI_NO_MARGIN, AUTKI_NO_MARGIN}, 20.7, 1};
    for (int kind = 0; kind < AUTK_BALANCE_COUNT; kind++) {
        double y;
        autk_err err;
        autki_balance b = {.kind = (autk_balance)kind,
                           .cells = &cell,
                           .n_cells = 1,
                           .margin_sd = sd,
                           .n_margins = 2,
                           .tol = 1e-10,
                           .max_iter = 500};
        assert_ok(autki_balance_begin(&b, &err), &err);
        assert_ok(autki_balance_solve(&y, &b, &prior, target, &err), &err);
        /* Weights 1/sd²: 25 to 1; the prior, off by a factor e, hardly counts. */
        assert_within(exp(y), (25 * 1e9 + 1.2e9) / 26, 2e5);
        autki_balance_end(&b);
    }
}

/* What is surer moves less, unlike in RAS. */
static void balance__by_errors_moves_what_is_unsure(void **state)
{
    (void)state;
    static const double prior[2] = {18, 18}, sd = 1e3;
    const autki_cell cells[2] = {{{0, AUTKI_NO_MARGIN, AUTKI_NO_MARGIN, AUTKI_NO_MARGIN}, 18, 0.05},
                                 {{0, AUTKI_NO_MARGIN, AUTKI_NO_MARGIN, AUTKI_NO_MARGIN}, 18, 0.5}};
    double y[2], target = 2.4 * exp(18);
    autk_err err;
    for (int kind = 0; kind < AUTK_BALANCE_COUNT; kind++) {
        autki_balance b = {.kind = (autk_balance)kind,
                           .cells = cells,
                           .n_cells = 2,
                           .margin_sd = &sd,
                           .n_margins = 1,
                           .tol = 1e-10,
                           .max_iter = 500};
        assert_ok(autki_balance_begin(&b, &err), &err);
        assert_ok(autki_balance_solve(y, &b, prior, &target, &err), &err);
        assert_near(exp(y[0]) + exp(y[1]), target, 1e-6);
        if (kind == AUTK_BALANCE_RAS)
            assert_within(y[0] - y[1], 0, 1e-6);
        else
            assert_true(y[0] - 18 < 0.01 && y[1] - 18 > 0.3);
        autki_balance_end(&b);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(balance__under_sure_totals_is_ras),
        cmocka_unit_test(balance__stands_between_totals_that_contradict_each_other),
        cmocka_unit_test(balance__by_errors_moves_what_is_unsure)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
