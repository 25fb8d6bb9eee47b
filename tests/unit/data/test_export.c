/* What a dataset writes comes in again as it was: every layer, every flow, every bit. */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/random.h"
#include "import_support.h"
#include "unit.h"

static const autk_export_format formats[] = {AUTK_EXPORT_CSV, AUTK_EXPORT_CSV_ZST, AUTK_EXPORT_DTA};
static const char *const names[] = {"flows.csv", "flows.csv.zst", "flows.dta"};
#define N_FORMATS (sizeof formats / sizeof *formats)

static autk_status to_file(void *user, const char *bytes, size_t size, autk_err *err)
{
    (void)err;
    return fwrite(bytes, 1, size, user) == size ? AUTK_OK : AUTK_EIO;
}

static const char *export_file(const char *path, size_t format)
{
    autk_dataset *d = NULL;
    autk_err err;
    autk_export_opts opts = autk_export_opts_default();
    const char *out = scratch_path(names[format]);
    FILE *f = fopen(out, "wb");
    opts.format = formats[format];
    assert_non_null(f);
    assert_ok(autk_dataset_open(&d, path, &err), &err);
    assert_ok(autk_dataset_export(d, &opts, to_file, f, &err), &err);
    autk_dataset_close(d);
    assert_int_equal(fclose(f), 0);
    return out;
}

static autk_status to_text(void *user, const char *bytes, size_t size, autk_err *err)
{
    (void)err;
    autk_buf_add(user, bytes, size);
    return AUTK_OK;
}

/* The layers, and all flows with everything that is said of them. */
static void put_all(autk_buf *out, const char *path)
{
    autk_dataset *d = NULL;
    autk_table *layers = NULL;
    autk_err err;
    autk_buf_init(out);
    assert_ok(autk_dataset_open(&d, path, &err), &err);
    assert_ok(autk_dataset_describe(&layers, d, &err), &err);
    assert_ok(autk_table_write(out, layers, AUTK_FORMAT_CSV, &err), &err);
    assert_ok(autk_dataset_export(d, NULL, to_text, out, &err), &err);
    autk_table_free(layers);
    autk_dataset_close(d);
}

static void check_round_trip(const char *path)
{
    autk_buf before, after;
    put_all(&before, path);
    for (size_t f = 0; f < N_FORMATS; f++) {
        const char *file = export_file(path, f), *again = scratch_path("again.atk");
        autk_err err;
        assert_ok(autk_import_files(again, &file, 1, NULL, NULL, &err), &err);
        put_all(&after, again);
        assert_string_equal(autk_buf_text(&after), autk_buf_text(&before));
        autk_buf_deinit(&after);
    }
    autk_buf_deinit(&before);
}

/* Re-exports, months, editions of the HS and both sides stay layers of their own; source and codes
 * have everything that CSV quotes, and letters beyond ASCII. */
static void export__comes_in_again_with_its_layers(void **state)
{
    (void)state;
    static const char text[] =
        "reporterCode,partnerCode,flowCode,cmdCode,period,netWgt,primaryValue,classificationCode\n"
        "112,643,X,310420,2021,1500.5,12345.678,H5\n"
        "112,643,M,310420,2021,,7.25,H5\n"
        "112,643,RX,010121,2021,9,0.1,H5\n"
        "112,156,X,000001,202112,0,0,H4\n"
        "112,\"B, \"\"x\"\" \xc3\xa9\",X,0101,2021,3,5e-324,S3\n"
        "112,0,X,TOTAL,2021,,1e300,H4\n";
    const char *path = scratch_path("out.atk");
    autk_import_opts opts = autk_import_opts_default();
    autk_err err;
    opts.source = "my \"own\", \xc3\xa9\xe4\xb8\xad; source";
    assert_ok(import_text(path, "c.csv", text, &opts, NULL, &err), &err);
    check_round_trip(path);
}

static void export__of_baci_comes_in_again(void **state)
{
    (void)state;
    const char *path = scratch_path("baci.atk");
    autk_err err;
    assert_ok(import_text(path, "BACI_HS92_Y2022_V1.csv",
                          "t,i,j,k,v,q\n2022,4,8,010121,3.125,2\n2022,8,4,010129,4,\n"
                          "2022,8,112,310420,0,0.001\n2022,8,112,1,0,NA\n",
                          NULL, NULL, &err),
              &err);
    check_round_trip(path);
}

static double odd_double(uint64_t *random)
{
    uint64_t bits = autki_random_bits(random);
    double u = autki_random_uniform(random), v;
    switch (bits % 4) {
    case 0:
        return 9e6 + 1e6 * u; /* sixteen digits, above 2^53 without their point */
    case 1:
        return (double)(bits >> 12) / 1000;
    case 2:
        return exp(600 * (u - 0.5));
    default:
        bits &= ((uint64_t)1 << 62) - 1; /* any double from 0 to 2 */
        memcpy(&v, &bits, sizeof v);
        return v;
    }
}

/* Against the C library's own reading of the same digits. */
static void import__reads_every_double_to_the_last_bit(void **state)
{
    (void)state;
    enum { N = 4000 };
    static double written[N];
    uint64_t random = 11;
    autk_buf text;
    autk_dataset *d = NULL;
    autk_flows f = {.n = 0};
    autk_err err;
    const char *path = scratch_path("doubles.atk");
    autk_buf_init(&text);
    autk_buf_puts(&text, "year,exporter,importer,product,value,quantity\n");
    for (int k = 0; k < N; k++) {
        char digits[40];
        (void)snprintf(digits, sizeof digits, k % 2 == 0 ? "%.17g" : "%.9f", odd_double(&random));
        written[k] = strtod(digits, NULL);
        autk_buf_printf(&text, "2021,A,B,%06d,%s,%s\n", k, digits, k % 3 == 0 ? "" : digits);
    }
    assert_ok(import_text(path, "d.csv", autk_buf_text(&text), NULL, NULL, &err), &err);
    autk_buf_deinit(&text);
    assert_ok(autk_dataset_open(&d, path, &err), &err);
    assert_ok(autk_dataset_flows(&f, d, 0, 2021, 0, AUTK_ANY_ECONOMY, &err), &err);
    assert_int_equal(f.n, N);
    for (size_t r = 0; r < f.n; r++) {
        int k = atoi(autk_dataset_product_code(d, f.product[r]));
        assert_memory_equal(&f.value[r], &written[k], sizeof(double));
        assert_true(k % 3 == 0 ? isnan(f.quantity[r]) : f.quantity[r] == written[k]);
    }
    autk_flows_deinit(&f);
    autk_dataset_close(d);
    check_round_trip(path);
}

/* Thousands of dollars and kilograms: one rounding, that of the decimal fraction itself. */
static void import__scales_units_exactly(void **state)
{
    (void)state;
    enum { N = 900 };
    autk_buf text;
    autk_dataset *d = NULL;
    autk_flows f = {.n = 0};
    autk_err err;
    const char *path = scratch_path("units.atk");
    autk_import_opts opts = autk_import_opts_default();
    opts.value_unit = 1000;
    opts.quantity_unit = 1e-3;
    autk_buf_init(&text);
    autk_buf_puts(&text, "year,exporter,importer,product,value,quantity\n");
    for (int k = 0; k < N; k++)
        autk_buf_printf(&text, "2021,A,B,%06d,%d.%05d,%d\n", k, k, 7 * k, k);
    assert_ok(import_text(path, "u.csv", autk_buf_text(&text), &opts, NULL, &err), &err);
    autk_buf_deinit(&text);
    assert_ok(autk_dataset_open(&d, path, &err), &err);
    assert_ok(autk_dataset_flows(&f, d, 0, 2021, 0, AUTK_ANY_ECONOMY, &err), &err);
    assert_int_equal(f.n, N);
    for (size_t r = 0; r < f.n; r++) {
        int k = atoi(autk_dataset_product_code(d, f.product[r]));
        char digits[40];
        (void)snprintf(digits, sizeof digits, "%d.%05de3", k, 7 * k);
        assert_true(f.value[r] == strtod(digits, NULL));
        (void)snprintf(digits, sizeof digits, "%de-3", k);
        assert_true(f.quantity[r] == strtod(digits, NULL));
    }
    autk_flows_deinit(&f);
    autk_dataset_close(d);
}

/* Two sources in one file would become one layer: the second is wrong, and it is said what to do.
 */
static void export__of_two_sources_is_not_taken_for_one(void **state)
{
    (void)state;
    const char *path = scratch_path("two.atk"), *file;
    autk_import_opts opts = autk_import_opts_default();
    autk_err err;
    for (int s = 0; s < 2; s++) {
        opts.source = s == 0 ? "first" : "second";
        assert_ok(import_text(path, "x.csv", "year,exporter,importer,value\n2021,A,B,1\n", &opts,
                              NULL, &err),
                  &err);
    }
    file = export_file(path, 0);
    assert_int_equal(autk_import_files(scratch_path("again.atk"), &file, 1, NULL, NULL, &err),
                     AUTK_EPARSE);
    assert_non_null(strstr(err.msg, "expected one source and currency a file, got \"second\""));
}

static autk_status full_disk(void *user, const char *bytes, size_t size, autk_err *err)
{
    size_t *room = user;
    (void)bytes;
    if (size > *room)
        return err->code = AUTK_EIO;
    *room -= size;
    return AUTK_OK;
}

static void export__passes_on_that_the_disk_is_full(void **state)
{
    (void)state;
    const char *path = scratch_path("full.atk");
    autk_dataset *d = NULL;
    autk_err err;
    assert_ok(
        import_text(path, "x.csv", "year,exporter,importer,value\n2021,A,B,1\n", NULL, NULL, &err),
        &err);
    assert_ok(autk_dataset_open(&d, path, &err), &err);
    for (size_t f = 0; f < N_FORMATS; f++) {
        autk_export_opts opts = autk_export_opts_default();
        size_t room = 10;
        opts.format = formats[f];
        assert_int_equal(autk_dataset_export(d, &opts, full_disk, &room, &err), AUTK_EIO);
    }
    autk_dataset_close(d);
}

static void import__refuses_a_stata_file_that_is_cut_short(void **state)
{
    (void)state;
    const char *path = scratch_path("whole.atk");
    autk_err err;
    assert_ok(
        import_text(path, "x.csv", "year,exporter,importer,value\n2021,A,B,1\n", NULL, NULL, &err),
        &err);
    const char *file = export_file(path, 2);
    assert_int_equal(truncate(file, 1000), 0);
    assert_int_not_equal(autk_import_files(scratch_path("again.atk"), &file, 1, NULL, NULL, &err),
                         AUTK_OK);
}

static int remove_scratch(void **state)
{
    (void)state;
    scratch_remove();
    return 0;
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(export__comes_in_again_with_its_layers),
        cmocka_unit_test(export__of_baci_comes_in_again),
        cmocka_unit_test(import__reads_every_double_to_the_last_bit),
        cmocka_unit_test(import__scales_units_exactly),
        cmocka_unit_test(export__of_two_sources_is_not_taken_for_one),
        cmocka_unit_test(export__passes_on_that_the_disk_is_full),
        cmocka_unit_test(import__refuses_a_stata_file_that_is_cut_short)};
    return cmocka_run_group_tests(tests, NULL, remove_scratch);
}
