/* The eighteen cases that ppmlhdfe publishes (tests/data/separation), and groups that are dropped.
 */
#include <autarky/gravity.h>

#include "data/frame.h"
#include "gravity/separation.h"
#include "panel_file.h"
#include "unit.h"

/* The formula of a case: y on its x columns with its id columns as effects. */
static void formula_of(char *out, size_t size, char **names, size_t n)
{
    char x[80] = "", ids[80] = "";
    for (size_t i = 0; i < n; i++) {
        char *to = names[i][0] == 'x' ? x : strncmp(names[i], "id", 2) == 0 ? ids : NULL;
        if (to == NULL)
            continue;
        if (to[0] != '\0')
            strcat(to, " + ");
        strcat(to, names[i]);
    }
    (void)snprintf(out, size, "y ~ %s%s%s", x[0] != '\0' ? x : "1", ids[0] != '\0' ? " | " : "",
                   ids);
}

/* Number of rows on which the search and the published answer differ. */
static size_t disagreements(const char *path)
{
    char text[200];
    char **names = NULL;
    size_t n_names = 0, wrong = 0;
    autk_err err;
    assert_ok(autki_frame_names(&names, &n_names, path, &err), &err);
    formula_of(text, sizeof text, names, n_names);
    autki_formula *f = NULL;
    assert_ok(autki_formula_parse(&f, text, &err), &err);
    autki_wanted wanted[16];
    for (size_t i = 0; i < n_names; i++)
        wanted[i] =
            (autki_wanted){.name = names[i],
                           .kind = strncmp(names[i], "id", 2) == 0 ? AUTKI_FACTOR : AUTKI_NUMBER};
    autki_frame *frame = NULL;
    assert_ok(autki_frame_read(&frame, path, wanted, n_names, 1, &err), &err);
    autki_panel_spec spec = {.formula = f, .family = AUTKI_POISSON, .keep_singletons = true};
    autki_panel *panel = NULL;
    autk_status st = autki_panel_build(&panel, frame, &spec, &err);
    assert_ok(st, &err);
    st = autki_separation_drop(panel, &spec, NULL, &err);
    assert_ok(st, &err);
    const double *separated = frame->columns[autki_frame_find(frame, "separated")].number;
    for (size_t r = 0; r < frame->n_rows; r++) {
        bool got = panel->state[r] == AUTKI_ROW_SEPARATED || panel->state[r] == AUTKI_ROW_ZERO_ONLY;
        wrong += got != (separated[r] != 0);
    }
    autki_panel_free(panel);
    autki_frame_free(frame);
    autki_formula_free(f);
    free(names);
    return wrong;
}

static void separation__agrees_with_the_published_cases(void **state)
{
    (void)state;
    for (int i = 1; i <= 18; i++) {
        char file[64];
        (void)snprintf(file, sizeof file, "tests/data/separation/%02d.csv", i);
        size_t wrong = disagreements(project_path(file));
        if (wrong != 0)
            fail_msg("case %02d: %zu rows differ", i, wrong);
    }
}

/* A policy that exists only where trade is zero: fixest reports -15 with an error of 65. */
static void separation__drops_a_separated_regressor(void **state)
{
    (void)state;
    char path[32];
    rng g = {11};
    FILE *f = open_panel(path, sizeof path);
    fprintf(f, "i,j,y,x,d\n");
    for (int i = 0; i < 12; i++) {
        for (int j = 0; j < 12; j++) {
            bool d = (i * 5 + j * 7) % 9 == 0;
            double y = d ? 0 : exp(normal(&g) + 0.1 * i);
            fprintf(f, "%d,%d,%.17g,%.17g,%d\n", i, j, y, normal(&g), d);
        }
    }
    fclose(f);
    autk_estimate *with = NULL, *without = NULL;
    autk_err err;
    assert_ok(autk_estimate_run(&with, "y ~ x + d | i + j", path, NULL, &err), &err);
    autk_estimate_opts opts = autk_estimate_opts_default();
    opts.subset = "d == 0";
    assert_ok(autk_estimate_run(&without, "y ~ x | i + j", path, &opts, &err), &err);
    assert_int_equal(autk_estimate_get_info(with)->dropped.separated, 16);
    assert_int_equal(autk_estimate_get_info(with)->n_collinear, 1);
    assert_string_equal(autk_estimate_get_collinear(with, 0), "d");
    assert_near(autk_estimate_get_coefficient(with, 0).estimate,
                autk_estimate_get_coefficient(without, 0).estimate, 1e-9);
    autk_estimate_free(with);
    autk_estimate_free(without);
    remove(path);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(separation__agrees_with_the_published_cases),
        cmocka_unit_test(separation__drops_a_separated_regressor)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
