/* Panels that are hard to fit, checked by the first-order conditions: the likelihood is concave, so
 * a point where every score is zero is the maximum, however it was found. */
#include <math.h>

#include <autarky/gravity.h>

#include "panel_file.h"
#include "unit.h"

enum { COUNTRIES = 20, YEARS = 6, ROWS_MAX = COUNTRIES * COUNTRIES * YEARS, X_MAX = 8 };

typedef struct row {
    int i, j, t;
    double y, x[X_MAX], fitted; /* NaN when the row was dropped */
} row;

typedef struct sample {
    int n_countries, n_years, n_x;
    size_t n;
    row rows[ROWS_MAX];
} sample;

static void write_sample(const sample *s, char *path, size_t size)
{
    FILE *f = open_panel(path, size);
    fprintf(f, "i,j,t,y");
    for (int k = 0; k < s->n_x; k++)
        fprintf(f, ",x%d", k);
    fprintf(f, "\n");
    for (size_t r = 0; r < s->n; r++) {
        fprintf(f, "%d,%d,%d,%.17g", s->rows[r].i, s->rows[r].j, s->rows[r].t, s->rows[r].y);
        for (int k = 0; k < s->n_x; k++)
            fprintf(f, ",%.17g", s->rows[r].x[k]);
        fprintf(f, "\n");
    }
    fclose(f);
}

/* Fit, and put the fitted values beside the rows. */
static autk_estimate *fit(sample *s, const char *formula)
{
    char path[32];
    autk_err err = {0};
    autk_estimate *e = NULL;
    autk_estimate_opts opts = autk_estimate_opts_default();
    autk_buf text;
    opts.keep_fitted = true;
    opts.n_threads = 2;
    write_sample(s, path, sizeof path);
    assert_ok(autk_estimate_run(&e, formula, path, &opts, &err), &err);
    remove(path);
    autk_buf_init(&text);
    assert_ok(autk_estimate_write_fitted(&text, e, &err), &err);
    for (size_t r = 0; r < s->n; r++)
        s->rows[r].fitted = NAN;
    const char *line = strchr(text.text, '\n');
    for (; line != NULL && line[1] != '\0'; line = strchr(line + 1, '\n')) {
        long at = 0;
        double y = 0, fitted = 0;
        assert_int_equal(sscanf(line + 1, "%ld,%lf,%lf", &at, &y, &fitted), 3);
        s->rows[at - 1].fitted = fitted;
    }
    autk_buf_deinit(&text);
    return e;
}

static int level_of(const sample *s, const row *r, int effect)
{
    return effect == 0   ? r->i * s->n_years + r->t
           : effect == 1 ? r->j * s->n_years + r->t
                         : r->i * s->n_countries + r->j;
}

/* Every level's sum of fitted values is that of its response, however small: to a relative 1e-5,
 * a square root above the tolerance on the whole. Every regressor's score is zero beside the sum of
 * its parts. */
static void check_scores(const sample *s, int n_effects)
{
    static double sum[3][ROWS_MAX], fitted[3][ROWS_MAX];
    double score[X_MAX] = {0}, size[X_MAX] = {0};
    memset(sum, 0, sizeof sum);
    memset(fitted, 0, sizeof fitted);
    for (size_t r = 0; r < s->n; r++) {
        const row *w = &s->rows[r];
        if (isnan(w->fitted))
            continue;
        for (int k = 0; k < n_effects; k++) {
            sum[k][level_of(s, w, k)] += w->y;
            fitted[k][level_of(s, w, k)] += w->fitted;
        }
        for (int k = 0; k < s->n_x; k++) {
            score[k] += w->x[k] * (w->y - w->fitted);
            size[k] += fabs(w->x[k]) * (w->y + w->fitted);
        }
    }
    for (int k = 0; k < n_effects; k++) {
        for (int l = 0; l < ROWS_MAX; l++) {
            if (sum[k][l] > 0)
                assert_near(fitted[k][l], sum[k][l], 1e-5);
        }
    }
    for (int k = 0; k < s->n_x; k++)
        assert_true(fabs(score[k]) <= 1e-8 * size[k]);
}

/* Means from 1e-6 to 1e15, spread evenly over exporters, importers and pairs; 60 % zeros. */
static void make_wide(sample *s, unsigned seed, int n_countries, int n_years)
{
    rng g = {seed * 6151u + 3u};
    double exporter[COUNTRIES], importer[COUNTRIES];
    *s = (sample){.n_countries = n_countries, .n_years = n_years, .n_x = 2};
    for (int i = 0; i < n_countries; i++) {
        exporter[i] = uniform(&g);
        importer[i] = uniform(&g);
    }
    for (int i = 0; i < n_countries; i++) {
        for (int j = 0; j < n_countries; j++) {
            double pair = uniform(&g);
            for (int t = 0; t < n_years; t++) {
                row r = {i, j, t, 0, {uniform(&g) < 0.3, normal(&g)}, NAN};
                double place = (exporter[i] + importer[j] + pair) / 3;
                double log_mu = (21 * place - 6) * log(10) + 0.4 * r.x[0] + 0.5 * r.x[1];
                double error = 0.7 * normal(&g) - 0.245;
                r.y = uniform(&g) < 0.6 ? 0 : exp(log_mu + error);
                s->rows[s->n++] = r;
            }
        }
    }
}

static void fit__converges_where_flows_span_sixteen_decades(void **state)
{
    (void)state;
    static sample s;
    static const char *const formulas[] = {"y ~ x0 + x1 | i^t + j^t",
                                           "y ~ x0 + x1 | i^t + j^t + i^j"};
    static const int shapes[][2] = {{20, 2}, {15, 4}, {12, 6}, {20, 6}};
    for (unsigned seed = 1; seed <= 3; seed++) {
        for (int shape = 0; shape < 4; shape++) {
            for (int f = 0; f < 2; f++) {
                make_wide(&s, seed, shapes[shape][0], shapes[shape][1]);
                autk_estimate_free(fit(&s, formulas[f]));
                check_scores(&s, f + 2);
            }
        }
    }
}

/* Domestic flows, which are far larger, with an effect of the border that changes from year to
 * year beside exporter-year, importer-year and pair effects: nearly collinear for programs that
 * alternate between effects. */
static void fit__has_domestic_flows_with_globalisation_effects(void **state)
{
    (void)state;
    static sample s;
    s = (sample){.n_countries = COUNTRIES, .n_years = YEARS, .n_x = YEARS + 1};
    rng g = {91};
    for (int i = 0; i < COUNTRIES; i++) {
        for (int j = 0; j < COUNTRIES; j++) {
            double pair = normal(&g) + (i == j ? 6 : 0);
            for (int t = 0; t < YEARS; t++) {
                row r = {.i = i, .j = j, .t = t};
                r.x[0] = i != j && (i + j + t) % 5 == 0;
                for (int k = 1; k < YEARS; k++)
                    r.x[k] = i != j && t == k;
                r.x[YEARS] = i != j;
                double mu = exp(pair + 0.5 * r.x[0] + (i != j ? 0.2 * t : 0) +
                                0.3 * sin(i + 3 * t) + 0.3 * cos(j + 2 * t));
                r.y = i != j && uniform(&g) < 0.3 ? 0 : mu * exp(0.5 * normal(&g));
                s.rows[s.n++] = r;
            }
        }
    }
    autk_estimate *written_out = fit(&s, "y ~ x0 + x1 + x2 + x3 + x4 + x5 | i^t + j^t + i^j");
    check_scores(&s, 3);
    autk_estimate *by_year = fit(&s, "y ~ x0 + i(t, x6, ref = 0) | i^t + j^t + i^j");
    check_scores(&s, 3);
    assert_int_equal(autk_estimate_get_info(by_year)->n_coefficients, YEARS);
    for (int k = 0; k < YEARS; k++)
        assert_near(autk_estimate_get_coefficient(by_year, k).estimate,
                    autk_estimate_get_coefficient(written_out, k).estimate, 1e-8);
    autk_estimate_free(written_out);
    autk_estimate_free(by_year);
}

/* Enough rows for several blocks of the file and several chunks of the sums. */
static void write_large(char *path, size_t size)
{
    enum { MANY = 40, LONG = 20 };
    FILE *f = open_panel(path, size);
    rng g = {17};
    fprintf(f, "i,j,t,y,x0,x1\n");
    for (int i = 0; i < MANY; i++) {
        for (int j = 0; j < MANY; j++) {
            double pair = normal(&g);
            for (int t = 0; t < LONG; t++) {
                double x = normal(&g),
                       mu = exp(pair + 0.5 * x + 0.1 * sin(i * t) - 0.2 * cos(j + t));
                fprintf(f,
                        "a-long-name-of-the-country-%02d,a-long-name-of-the-country-%02d,%d,%.10g,%"
                        "d,%.9f\n",
                        i, j, 1990 + t, uniform(&g) < 0.3 ? 0 : mu * exp(normal(&g)),
                        uniform(&g) < 0.2, x);
            }
        }
    }
    fclose(f);
}

static void fit__does_not_depend_on_threads_over_many_chunks(void **state)
{
    (void)state;
    static const char formula[] = "y ~ x0 + x1 | i^t + j^t + i^j";
    char path[32];
    autk_coefficient one[2];
    write_large(path, sizeof path);
    for (int threads = 1; threads <= 3; threads++) {
        autk_err err = {0};
        autk_estimate *e = NULL;
        autk_estimate_opts opts = autk_estimate_opts_default();
        opts.n_threads = threads;
        opts.vcov = "twoway:i,j";
        assert_ok(autk_estimate_run(&e, formula, path, &opts, &err), &err);
        for (int k = 0; k < 2; k++) {
            autk_coefficient c = autk_estimate_get_coefficient(e, k);
            if (threads == 1)
                one[k] = c;
            assert_memory_equal(&c.estimate, &one[k].estimate, sizeof c.estimate);
            assert_memory_equal(&c.std_error, &one[k].std_error, sizeof c.std_error);
        }
        autk_estimate_free(e);
    }
    remove(path);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(fit__converges_where_flows_span_sixteen_decades),
        cmocka_unit_test(fit__does_not_depend_on_threads_over_many_chunks),
        cmocka_unit_test(fit__has_domestic_flows_with_globalisation_effects)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
