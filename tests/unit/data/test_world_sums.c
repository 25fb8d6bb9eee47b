/* The embedded figures against the third-party files that they were compiled from. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <autarky/world.h>

#include "data/csv.h"
#include "unit.h"
#include "world_fixture.h"

#define N_ECONOMIES_MAX 512

/* What the dataset says of each pair in one year: the exact part, or the matrix' figure. */
static double *exact_usd(int year, autk_quantity quantity)
{
    double *usd = calloc((size_t)N_ECONOMIES_MAX * N_ECONOMIES_MAX, sizeof *usd);
    assert_non_null(usd);
    autk_observation_query q = {AUTK_PARTY_ANY, AUTK_PARTY_ANY, year, year};
    autk_observation *found = NULL;
    size_t n = 0;
    autk_err err;
    assert_ok(autk_world_observations(&found, &n, world, &q, &err), &err);
    for (size_t i = 0; i < n; i++) {
        if (found[i].kind == AUTK_KIND_RECONCILED && found[i].quantity == quantity)
            usd[found[i].exporter * N_ECONOMIES_MAX + found[i].importer] = found[i].value;
    }
    free(found);
    return usd;
}

typedef struct reader {
    autk_input *input;
    autki_csv *csv;
    size_t columns[5];
    const autki_field *fields;
    size_t n_fields;
} reader;

static void open_csv(reader *r, const char *file, const char *const *names, size_t n_names)
{
    autk_err err;
    assert_ok(autk_input_open(&r->input, shared_path(file), &err), &err);
    assert_ok(autki_csv_create(&r->csv, r->input, NULL, &err), &err);
    assert_ok(autki_csv_header(r->csv, names, n_names, r->columns, &err), &err);
}

static bool next(reader *r)
{
    autk_err err;
    assert_ok(autki_csv_next(r->csv, &r->fields, &r->n_fields, &err), &err);
    return r->n_fields != 0;
}

static void close_csv(reader *r)
{
    autki_csv_free(r->csv);
    autk_input_free(r->input);
}

static double number(const reader *r, size_t column)
{
    double value = 0;
    autk_err err;
    assert_ok(autki_csv_double(&value, r->csv, &r->fields[r->columns[column]], "value", &err),
              &err);
    return value;
}

static int32_t economy(const reader *r, size_t column, int year)
{
    char text[16];
    const autki_field *field = &r->fields[r->columns[column]];
    (void)snprintf(text, sizeof text, "%.*s", (int)field->len, field->text);
    int32_t found = -1;
    autk_err err;
    assert_ok(autk_world_find_economy(&found, world, text, year, &err), &err);
    return found;
}

static void matrix__is_the_source_to_the_dollar(void **state)
{
    (void)state;
    static const char *const names[] = {"exporter_id", "importer_id", "value"};
    for (int year = 2022; year <= 2023; year++) {
        char file[64];
        (void)snprintf(file, sizeof file, "world/bilateral_%d.csv", year);
        double *usd = exact_usd(year, AUTK_QUANTITY_FLOW);
        reader r;
        open_csv(&r, file, names, 3);
        size_t n = 0;
        while (next(&r)) {
            double want = number(&r, 2);
            double got = usd[economy(&r, 0, year) * N_ECONOMIES_MAX + economy(&r, 1, year)];
            assert_within(got, want, 0.5);
            n++;
        }
        assert_true(n > 25000);
        close_csv(&r);
        free(usd);
    }
}

/* Every pair of every year: the exact part is there unless the pair is a gap, and then it is 0 in
 * the source too: silent economies are such that nothing was seen between them. */
static void dyads__keep_the_exact_part(void **state)
{
    (void)state;
    static const char *const names[] = {"year", "exporter", "importer", "value_usd",
                                        "observed_usd"};
    reader r;
    open_csv(&r, "world/baci_dyads_1995_2023.csv.xz", names, 5);
    double *usd = NULL;
    int year = 0;
    size_t n = 0;
    while (next(&r)) {
        int this_year = (int)number(&r, 0);
        if (this_year > 2021)
            break; /* the matrices stand for most of these */
        if (this_year != year) {
            free(usd);
            usd = exact_usd(year = this_year, AUTK_QUANTITY_PART);
        }
        int32_t a = economy(&r, 1, year), b = economy(&r, 2, year);
        double observed = number(&r, 4);
        if (usd[a * N_ECONOMIES_MAX + b] != observed)
            fail_msg("%d %s-%s: %.0f, expected %.0f", year, autk_world_party_code(world, a),
                     autk_world_party_code(world, b), usd[a * N_ECONOMIES_MAX + b], observed);
        n += observed > 0;
    }
    assert_int_equal(n, 435663);
    free(usd);
    close_csv(&r);
}

int main(void)
{
    skip_without_shared("world/baci_dyads_1995_2023.csv.xz");
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(matrix__is_the_source_to_the_dollar),
        cmocka_unit_test(dyads__keep_the_exact_part),
    };
    return cmocka_run_group_tests(tests, open_world, close_world);
}
