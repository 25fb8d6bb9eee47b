/* Predicted gaps: a fit does not move when it is given what it predicts. */
#include <autarky/gaps.h>
#include <autarky/gravity.h>

#include "data/frame.h"
#include "panel_file.h"
#include "unit.h"

#define YEARS 4
#define N_GAPS 3

typedef struct gap {
    int exporter, importer, year;
    double value, low, high;
} gap;

/* value NaN = an empty cell */
static void write_data(char *path, size_t size, int n, const gap *gaps)
{
    rng g = {77};
    FILE *f = open_panel(path, size);
    fprintf(f, "i,j,t,y,x\n");
    for (int c = 0; c < n * n * YEARS; c++) {
        int i = c / YEARS / n, j = c / YEARS % n, t = c % YEARS;
        double x = normal(&g), y = exp(0.4 * x + 0.2 * i - 0.1 * j * t + 0.5 * normal(&g));
        for (int k = 0; k < N_GAPS; k++) {
            if (gaps[k].exporter == i && gaps[k].importer == j && gaps[k].year == t)
                y = gaps[k].value;
        }
        if (i == j)
            continue;
        fprintf(f, "E%d,I%d,%d,", i, j, t);
        if (!isnan(y))
            fprintf(f, "%.17g", y);
        fprintf(f, ",%.17g\n", x);
    }
    fclose(f);
}

static autk_estimate *run(const char *path, const char *formula, bool predict)
{
    autk_estimate_opts opts = autk_estimate_opts_default();
    autk_estimate *e = NULL;
    autk_err err;
    opts.predict_gaps = predict;
    opts.n_threads = 1;
    opts.tol = 1e-12;
    assert_ok(autk_estimate_run(&e, formula, path, &opts, &err), &err);
    return e;
}

static void read_gaps(gap *gaps, const autk_estimate *e)
{
    autk_buf text;
    autk_err err;
    autk_input *input = NULL;
    autk_gap_estimates *read = NULL;
    autk_buf_init(&text);
    assert_ok(autk_estimate_write_rows(&text, e, AUTK_ROWS_GAPS, false, &err), &err);
    assert_ok(autk_input_memory(&input, "gaps", text.text, text.len, &err), &err);
    assert_ok(autk_gap_estimates_read(&read, input, &err), &err);
    assert_int_equal(autk_gap_estimates_n(read), N_GAPS);
    for (size_t k = 0; k < N_GAPS; k++) {
        const autk_gap_estimate *g = autk_gap_estimates_get(read, k);
        gaps[k] = (gap){g->exporter[1] - '0', g->importer[1] - '0', g->year,
                        g->value_usd,         g->low_usd,           g->high_usd};
    }
    autk_gap_estimates_free(read);
    autk_input_free(input);
    autk_buf_deinit(&text);
}

/* Years are 0 … 3 in the file; the reader of estimates wants them from 1 on. */
static void gaps__leave_the_fit_where_it_is_when_they_are_filled_in(void **state)
{
    (void)state;
    static const char *const formulas[] = {"y ~ x | i^t + j^t", "y ~ x | i^t + j^t + i^j"};
    for (int way = 0; way < 2; way++) {
        gap gaps[N_GAPS] = {{1, 2, 2, NAN, 0, 0}, {1, 2, 3, NAN, 0, 0}, {4, 0, 3, NAN, 0, 0}};
        char path[32];
        write_data(path, sizeof path, 10, gaps);
        autk_estimate *before = run(path, formulas[way], true);
        const autk_estimate_info *info = autk_estimate_get_info(before);
        assert_int_equal(info->n_gaps_predicted, N_GAPS);
        assert_true(info->gap_coverage > 0.75 && info->gap_coverage < 1);
        read_gaps(gaps, before);
        remove(path);
        write_data(path, sizeof path, 10, gaps);
        autk_estimate *after = run(path, formulas[way], false);
        assert_near(autk_estimate_get_coefficient(after, 0).estimate,
                    autk_estimate_get_coefficient(before, 0).estimate, 1e-8);
        assert_near(autk_estimate_get_info(after)->deviance, info->deviance, 1e-8);
        for (int k = 0; k < N_GAPS; k++)
            assert_true(0 < gaps[k].low && gaps[k].low < gaps[k].value &&
                        gaps[k].value < gaps[k].high);
        autk_estimate_free(before);
        autk_estimate_free(after);
        remove(path);
    }
}

static char oom_path[32];

static bool predict_once(void)
{
    autk_estimate_opts opts = autk_estimate_opts_default();
    autk_estimate *e = NULL;
    opts.n_threads = 1;
    opts.predict_gaps = true;
    autk_status st = autk_estimate_run(&e, "y ~ x | i^t + j^t", oom_path, &opts, NULL);
    autk_estimate_free(e);
    return st == AUTK_OK;
}

static void gaps__survive_every_allocation_failure(void **state)
{
    (void)state;
    const gap gaps[N_GAPS] = {{1, 2, 2, NAN, 0, 0}, {1, 2, 3, NAN, 0, 0}, {4, 0, 3, NAN, 0, 0}};
    write_data(oom_path, sizeof oom_path, 5, gaps);
    CHECK_SURVIVES_OOM_OR_RECOVERS(predict_once);
    remove(oom_path);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(gaps__leave_the_fit_where_it_is_when_they_are_filled_in),
        cmocka_unit_test(gaps__survive_every_allocation_failure)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
