/* Effects and resistances against slow solutions of what defines them; .dta against CSV. */
#include <math.h>

#include <autarky/gravity.h>

#include "data/frame.h"
#include "panel_file.h"
#include "unit.h"

#define N_COUNTRIES 6
#define N_YEARS 4
#define MAX_ROWS (N_COUNTRIES * N_COUNTRIES * N_YEARS)
#define MAX_LEVELS (N_COUNTRIES * N_COUNTRIES)

typedef struct row {
    int level[3]; /* exporter-year, importer-year, pair */
    double y, x;
    double sum; /* of the effects: log(fitted) - x b */
} row;

typedef struct sample {
    size_t n;
    row rows[MAX_ROWS];
    char path[32];
} sample;

/* An unbalanced panel with a few zeros; in the years of the second half two blocs that do not
 * trade with each other, when `split`. */
static void make_sample(sample *s, bool split)
{
    rng g = {split ? 77 : 5};
    s->n = 0;
    FILE *f = open_panel(s->path, sizeof s->path);
    fprintf(f, "exporter,importer,year,y,x\n");
    for (int c = 0; c < MAX_ROWS; c++) {
        int t = c / (N_COUNTRIES * N_COUNTRIES), i = c / N_COUNTRIES % N_COUNTRIES,
            j = c % N_COUNTRIES;
        double x = 3 + normal(&g), noise = 0.3 * normal(&g);
        bool apart = split && t >= N_YEARS / 2 && (i < 3) != (j < 3);
        if ((3 * i + j + 5 * t) % 11 == 0 || apart)
            continue;
        double y = (i + 2 * j + t) % 7 == 0 ? 0 : exp(1 + 0.3 * i - 0.2 * j + 0.5 * x + noise);
        s->rows[s->n++] =
            (row){.level = {i * N_YEARS + t, j * N_YEARS + t, i * N_COUNTRIES + j}, .y = y, .x = x};
        fprintf(f, "E%d,I%d,%d,%.17g,%.17g\n", i, j, 2000 + t, y, x);
    }
    fclose(f);
}

static const char *const formulas[] = {"y ~ x | exporter^year",
                                       "y ~ x | exporter^year + importer^year",
                                       "y ~ x | exporter^year + importer^year + exporter^importer"};

static autk_estimate *run(sample *s, const char *formula, autk_estimate_opts opts)
{
    autk_err err = {0};
    autk_estimate *e = NULL;
    opts.keep_fitted = true;
    opts.keep_singletons = true;
    opts.n_threads = 1;
    opts.tol = 1e-12;
    assert_ok(autk_estimate_run(&e, formula, s->path, &opts, &err), &err);
    return e;
}

/* The written rows, read back. */
static autki_frame *read_rows(const autk_estimate *e, autk_estimate_rows rows, bool stata,
                              const autki_wanted *wanted, size_t n_wanted)
{
    char path[40] = "", named[48];
    autk_err err = {0};
    autk_buf text;
    autki_frame *frame = NULL;
    autk_buf_init(&text);
    assert_ok(autk_estimate_write_rows(&text, e, rows, stata, &err), &err);
    FILE *f = open_panel(path, sizeof path);
    assert_int_equal(fwrite(text.text, 1, text.len, f), text.len);
    fclose(f);
    (void)snprintf(named, sizeof named, "%s%s", path, stata ? ".dta" : ".csv");
    assert_int_equal(rename(path, named), 0);
    assert_ok(autki_frame_read(&frame, named, wanted, n_wanted, 1, &err), &err);
    remove(named);
    autk_buf_deinit(&text);
    return frame;
}

/* Sums of effects by row, from fitted values; rows whose group was dropped become NaN. */
static void take_sums(sample *s, const autk_estimate *e)
{
    static const autki_wanted wanted[] = {{"row", AUTKI_NUMBER}, {"fitted", AUTKI_NUMBER}};
    autki_frame *f = read_rows(e, AUTK_ROWS_FITTED, false, wanted, 2);
    double b = autk_estimate_get_coefficient(e, 0).estimate;
    for (size_t r = 0; r < s->n; r++)
        s->rows[r].sum = NAN;
    for (size_t i = 0; i < f->n_rows; i++) {
        row *r = &s->rows[(size_t)f->columns[0].number[i] - 1];
        r->sum = log(f->columns[1].number[i]) - b * r->x;
    }
    autki_frame_free(f);
}

/* Least squares over rows by Kaczmarz' method from zero: of all effects with these sums, about
 * their mean, those with the least sum of rows * effect². */
static double slow_effects(const sample *s, int n_sets, double a[3][MAX_LEVELS])
{
    double rows[3][MAX_LEVELS] = {{0}}, mean = 0, used = 0, worst = 1;
    memset(a, 0, 3 * MAX_LEVELS * sizeof(double));
    for (size_t r = 0; r < s->n; r++) {
        if (isnan(s->rows[r].sum))
            continue;
        mean += s->rows[r].sum;
        used++;
        for (int k = 0; k < n_sets; k++)
            rows[k][s->rows[r].level[k]]++;
    }
    mean /= used;
    for (int i = 0; i < 100000 && worst > 1e-13; i++) {
        worst = 0;
        for (size_t r = 0; r < s->n; r++) {
            double left = s->rows[r].sum - mean, weight = 0;
            if (isnan(left))
                continue;
            for (int k = 0; k < n_sets; k++) {
                left -= a[k][s->rows[r].level[k]];
                weight += 1 / rows[k][s->rows[r].level[k]];
            }
            worst = fabs(left) > worst ? fabs(left) : worst;
            for (int k = 0; k < n_sets; k++)
                a[k][s->rows[r].level[k]] += left / weight / rows[k][s->rows[r].level[k]];
        }
    }
    return mean;
}

/* Place of "E1^2003" or "E1^I4" in the numbering of the sample. */
static int place_of(const char *level, int set)
{
    int economy = level[1] - '0';
    return set == 2 ? economy * N_COUNTRIES + (level[4] - '0')
                    : economy * N_YEARS + (level[6] - '0');
}

static void check_effects(sample *s, int n_sets, bool stata)
{
    static const char *const names[] = {"exporter^year", "importer^year", "exporter^importer"};
    static const autki_wanted wanted[] = {
        {"set", AUTKI_FACTOR}, {"level", AUTKI_FACTOR}, {"value", AUTKI_NUMBER}};
    static double slow[3][MAX_LEVELS];
    autk_estimate_opts opts = autk_estimate_opts_default();
    opts.keep_effects = true;
    autk_estimate *e = run(s, formulas[n_sets - 1], opts);
    take_sums(s, e);
    double mean = slow_effects(s, n_sets, slow);
    autki_frame *f = read_rows(e, AUTK_ROWS_EFFECTS, stata, wanted, 3);
    int64_t levels = 1;
    for (int k = 0; k < n_sets; k++)
        levels += autk_estimate_get_effect(e, k).levels;
    assert_int_equal(f->n_rows, levels);
    assert_within(f->columns[2].number[0], mean, 1e-9);
    for (size_t i = 1; i < f->n_rows; i++) {
        const char *set = autki_dictionary_text(&f->columns[0].levels, f->columns[0].code[i]);
        const char *level = autki_dictionary_text(&f->columns[1].levels, f->columns[1].code[i]);
        int k = 0;
        while (strcmp(names[k], set) != 0)
            k++;
        assert_true(k < n_sets);
        assert_within(f->columns[2].number[i], slow[k][place_of(level, k)], 1e-8);
    }
    autki_frame_free(f);
    autk_estimate_free(e);
}

static void effects__are_those_of_least_squares_with_the_same_sums(void **state)
{
    (void)state;
    for (int split = 0; split < 2; split++) {
        sample s;
        make_sample(&s, split == 1);
        for (int n_sets = 1; n_sets <= 3; n_sets++)
            check_effects(&s, n_sets, n_sets == 2);
        remove(s.path);
    }
}

typedef struct slow_resistances {
    double y[MAX_LEVELS], e[MAX_LEVELS], world[N_YEARS];
    double outward[MAX_LEVELS], inward[MAX_LEVELS];
} slow_resistances;

/* The system of Anderson & van Wincoop (2003, equations 10 and 11), by turns until it stands.
 * `pair` is what pairs cost beside the regressor, [MAX_LEVELS]. */
static void solve_slowly(const sample *s, double b, const double *pair, int reference,
                         slow_resistances *w)
{
    memset(w, 0, sizeof *w);
    for (size_t r = 0; r < s->n; r++) {
        w->y[s->rows[r].level[0]] += s->rows[r].y;
        w->e[s->rows[r].level[1]] += s->rows[r].y;
        w->world[s->rows[r].level[0] % N_YEARS] += s->rows[r].y;
    }
    for (int l = 0; l < N_COUNTRIES * N_YEARS; l++)
        w->inward[l] = 1;
    for (int i = 0; i < 2000; i++) {
        memset(w->outward, 0, sizeof w->outward);
        for (size_t r = 0; r < s->n; r++) {
            const int *l = s->rows[r].level;
            w->outward[l[0]] += exp(b * s->rows[r].x + pair[l[2]]) * w->e[l[1]] /
                                w->world[l[0] % N_YEARS] / w->inward[l[1]];
        }
        memset(w->inward, 0, sizeof w->inward);
        for (size_t r = 0; r < s->n; r++) {
            const int *l = s->rows[r].level;
            w->inward[l[1]] += exp(b * s->rows[r].x + pair[l[2]]) * w->y[l[0]] /
                               w->world[l[0] % N_YEARS] / w->outward[l[0]];
        }
        for (int t = 0; t < N_YEARS; t++) {
            double scale = w->inward[reference * N_YEARS + t];
            for (int c = 0; c < N_COUNTRIES; c++) {
                w->inward[c * N_YEARS + t] /= scale;
                w->outward[c * N_YEARS + t] *= scale;
            }
        }
    }
}

static const double no_pairs[MAX_LEVELS];

static void resistances__solve_the_system(void **state)
{
    (void)state;
    static const autki_wanted wanted[] = {{"side", AUTKI_FACTOR},   {"economy", AUTKI_FACTOR},
                                          {"period", AUTKI_FACTOR}, {"total", AUTKI_NUMBER},
                                          {"power", AUTKI_NUMBER},  {"resistance", AUTKI_NUMBER}};
    sample s;
    slow_resistances slow;
    make_sample(&s, false);
    autk_estimate_opts opts = autk_estimate_opts_default();
    opts.keep_resistances = true;
    opts.reference = "I2";
    opts.sigma = 5;
    autk_estimate *e = run(&s, formulas[1], opts);
    solve_slowly(&s, autk_estimate_get_coefficient(e, 0).estimate, no_pairs, 2, &slow);
    autki_frame *f = read_rows(e, AUTK_ROWS_RESISTANCES, true, wanted, 6);
    const autki_frame_column *c = f->columns;
    assert_int_equal(f->n_rows, 2 * N_COUNTRIES * N_YEARS);
    for (size_t i = 0; i < f->n_rows; i++) {
        const char *side = autki_dictionary_text(&c[0].levels, c[0].code[i]);
        const char *economy = autki_dictionary_text(&c[1].levels, c[1].code[i]);
        const char *period = autki_dictionary_text(&c[2].levels, c[2].code[i]);
        int l = (economy[1] - '0') * N_YEARS + (period[3] - '0');
        bool inward = strcmp(side, "inward") == 0;
        double power = inward ? slow.inward[l] : slow.outward[l];
        assert_near(c[3].number[i], inward ? slow.e[l] : slow.y[l], 1e-12);
        assert_near(c[4].number[i], power, 1e-8);
        assert_near(c[5].number[i], pow(power, -0.25), 1e-8);
    }
    autki_frame_free(f);
    autk_estimate_free(e);
    remove(s.path);
}

/* Effects of pairs as they are written, at exporter * N_COUNTRIES + importer. */
static void read_pair_effects(double *pair, const autk_estimate *e)
{
    static const autki_wanted wanted[] = {
        {"set", AUTKI_FACTOR}, {"level", AUTKI_FACTOR}, {"value", AUTKI_NUMBER}};
    autki_frame *f = read_rows(e, AUTK_ROWS_EFFECTS, false, wanted, 3);
    const autki_frame_column *c = f->columns;
    for (size_t i = 0; i < f->n_rows; i++) {
        if (strcmp(autki_dictionary_text(&c[0].levels, c[0].code[i]), "exporter^importer") != 0)
            continue;
        const char *level = autki_dictionary_text(&c[1].levels, c[1].code[i]); /* E0^I1 */
        pair[(level[1] - '0') * N_COUNTRIES + (level[4] - '0')] = c[2].number[i];
    }
    autki_frame_free(f);
}

static void resistances__change_as_the_system_with_effects_of_pairs_does(void **state)
{
    (void)state;
    static const autki_wanted wanted[] = {{"side", AUTKI_FACTOR},
                                          {"economy", AUTKI_FACTOR},
                                          {"period", AUTKI_FACTOR},
                                          {"power_ratio", AUTKI_NUMBER},
                                          {"resistance_ratio", AUTKI_NUMBER}};
    sample s;
    slow_resistances slow;
    double pair[MAX_LEVELS] = {0};
    make_sample(&s, false);
    autk_estimate_opts opts = autk_estimate_opts_default();
    opts.keep_resistances = opts.keep_effects = true;
    opts.reference = "I2";
    opts.base = "2001";
    opts.sigma = 5;
    autk_estimate *e = run(&s, formulas[2], opts);
    read_pair_effects(pair, e);
    solve_slowly(&s, autk_estimate_get_coefficient(e, 0).estimate, pair, 2, &slow);
    autki_frame *f = read_rows(e, AUTK_ROWS_RESISTANCES, false, wanted, 5);
    const autki_frame_column *c = f->columns;
    assert_int_equal(f->n_rows, 2 * N_COUNTRIES * N_YEARS);
    for (size_t i = 0; i < f->n_rows; i++) {
        int l = (autki_dictionary_text(&c[1].levels, c[1].code[i])[1] - '0') * N_YEARS;
        int t = autki_dictionary_text(&c[2].levels, c[2].code[i])[3] - '0';
        bool inward = strcmp(autki_dictionary_text(&c[0].levels, c[0].code[i]), "inward") == 0;
        const double *power = inward ? slow.inward : slow.outward;
        assert_near(c[3].number[i], power[l + t] / power[l + 1], 1e-7);
        assert_near(c[4].number[i], pow(power[l + t] / power[l + 1], -0.25), 1e-7);
    }
    autki_frame_free(f);
    autk_estimate_free(e);
    remove(s.path);
}

/* E0 sells to I0 alone in 2000 and to I1 alone in 2001: no pair of its tells how it changed. */
static void resistances__leave_out_what_pairs_do_not_connect(void **state)
{
    (void)state;
    static const autki_wanted wanted[] = {{"economy", AUTKI_FACTOR}, {"period", AUTKI_FACTOR}};
    sample s = {.n = 0};
    write_panel(s.path, sizeof s.path,
                "exporter,importer,year,y,x\n"
                "E0,I0,2000,3,1\nE0,I1,2001,4,2\n"
                "E1,I0,2000,5,1\nE1,I1,2000,6,3\nE1,I0,2001,4,2\nE1,I1,2001,8,1\n"
                "E2,I0,2000,2,4\nE2,I1,2000,7,1\nE2,I0,2001,9,1\nE2,I1,2001,3,5\n"
                "E3,I0,2000,4,1\nE3,I1,2000,2,2\nE3,I0,2001,5,5\nE3,I1,2001,6,3\n"
                "E4,I0,2000,3,2\nE4,I1,2000,1,3\nE4,I0,2001,5,2\nE4,I1,2001,7,1\n");
    autk_estimate_opts opts = autk_estimate_opts_default();
    opts.keep_resistances = true;
    autk_estimate *e = run(&s, formulas[2], opts);
    autki_frame *f = read_rows(e, AUTK_ROWS_RESISTANCES, false, wanted, 2);
    size_t n_first = 0;
    for (size_t i = 0; i < f->n_rows; i++)
        n_first +=
            strcmp(autki_dictionary_text(&f->columns[0].levels, f->columns[0].code[i]), "E0") == 0;
    assert_int_equal(n_first, 1); /* its base period */
    assert_int_equal(f->n_rows, 2 * 7 - 1);
    autki_frame_free(f);
    autk_estimate_free(e);
    remove(s.path);
}

static void resistances__say_what_they_cannot_do(void **state)
{
    (void)state;
    sample s;
    make_sample(&s, true);
    const struct {
        const char *formula, *reference;
        autk_estimate_family family;
        autk_status status;
    } cases[] = {{"y ~ x | exporter^year + importer^year", NULL, AUTK_FAMILY_POISSON, AUTK_EDATA},
                 {"y ~ x | exporter + importer", "I9", AUTK_FAMILY_POISSON, AUTK_ENOTFOUND},
                 {"y ~ x | exporter + importer", NULL, AUTK_FAMILY_OLS, AUTK_EARG},
                 {"y ~ x | exporter", NULL, AUTK_FAMILY_POISSON, AUTK_EARG},
                 {formulas[2], NULL, AUTK_FAMILY_POISSON, AUTK_EDATA}};
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        autk_err err = {0};
        autk_estimate *e = NULL;
        autk_estimate_opts opts = autk_estimate_opts_default();
        opts.keep_resistances = true;
        opts.family = cases[i].family;
        opts.reference = cases[i].reference;
        assert_int_equal(autk_estimate_run(&e, cases[i].formula, s.path, &opts, &err),
                         cases[i].status);
        assert_null(e);
    }
    remove(s.path);
}

static void rows__are_the_same_in_dta_and_csv(void **state)
{
    (void)state;
    static const autki_wanted wanted[] = {{"row", AUTKI_NUMBER},
                                          {"response", AUTKI_NUMBER},
                                          {"fitted", AUTKI_NUMBER},
                                          {"residual", AUTKI_NUMBER}};
    sample s;
    make_sample(&s, false);
    autk_estimate *e = run(&s, formulas[2], autk_estimate_opts_default());
    autki_frame *csv = read_rows(e, AUTK_ROWS_FITTED, false, wanted, 4);
    autki_frame *dta = read_rows(e, AUTK_ROWS_FITTED, true, wanted, 4);
    assert_int_equal(csv->n_rows, autk_estimate_get_info(e)->n_obs);
    assert_int_equal(dta->n_rows, csv->n_rows);
    for (int c = 0; c < 4; c++)
        assert_memory_equal(csv->columns[c].number, dta->columns[c].number,
                            csv->n_rows * sizeof(double));
    autk_buf out;
    autk_buf_init(&out);
    assert_int_equal(autk_estimate_write_rows(&out, e, AUTK_ROWS_EFFECTS, true, NULL), AUTK_EARG);
    autk_buf_deinit(&out);
    autki_frame_free(csv);
    autki_frame_free(dta);
    autk_estimate_free(e);
    remove(s.path);
}

static sample oom_sample;

static bool write_once(void)
{
    autk_estimate_opts opts = autk_estimate_opts_default();
    opts.keep_fitted = opts.keep_effects = opts.keep_resistances = true;
    opts.n_threads = 1;
    autk_estimate *e = NULL;
    autk_status st = autk_estimate_run(&e, formulas[1], oom_sample.path, &opts, NULL);
    autk_buf out;
    autk_buf_init(&out);
    if (st == AUTK_OK)
        st = autk_estimate_write_rows(&out, e, AUTK_ROWS_EFFECTS, false, NULL);
    if (st == AUTK_OK)
        st = autk_estimate_write_rows(&out, e, AUTK_ROWS_RESISTANCES, true, NULL);
    autk_buf_deinit(&out);
    autk_estimate_free(e);
    return st == AUTK_OK;
}

static void effects__survive_every_allocation_failure(void **state)
{
    (void)state;
    make_sample(&oom_sample, false);
    CHECK_SURVIVES_OOM_OR_RECOVERS(write_once);
    remove(oom_sample.path);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(effects__are_those_of_least_squares_with_the_same_sums),
        cmocka_unit_test(resistances__solve_the_system),
        cmocka_unit_test(resistances__change_as_the_system_with_effects_of_pairs_does),
        cmocka_unit_test(resistances__leave_out_what_pairs_do_not_connect),
        cmocka_unit_test(resistances__say_what_they_cannot_do),
        cmocka_unit_test(rows__are_the_same_in_dta_and_csv),
        cmocka_unit_test(effects__survive_every_allocation_failure)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
