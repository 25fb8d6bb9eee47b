#include <archive.h>
#include <archive_entry.h>
#include <stdlib.h>
#include <string.h>

#include "data/zip.h"
#include "import_support.h"
#include "unit.h"

typedef struct member {
    const char *name, *text;
    size_t repeat; /* of the text */
} member;

static void write_zip(const char *path, const member *members, size_t n)
{
    struct archive *a = archive_write_new();
    archive_write_set_format_zip(a);
    assert_int_equal(archive_write_open_filename(a, path), ARCHIVE_OK);
    for (size_t i = 0; i < n; i++) {
        struct archive_entry *e = archive_entry_new();
        size_t len = strlen(members[i].text), times = members[i].repeat ? members[i].repeat : 1;
        archive_entry_set_pathname(e, members[i].name);
        archive_entry_set_size(e, (la_int64_t)(len * times));
        archive_entry_set_filetype(e, AE_IFREG);
        archive_entry_set_perm(e, 0644);
        assert_int_equal(archive_write_header(a, e), ARCHIVE_OK);
        for (size_t k = 0; k < times; k++)
            assert_int_equal(archive_write_data(a, members[i].text, len), (la_ssize_t)len);
        archive_entry_free(e);
    }
    assert_int_equal(archive_write_free(a), ARCHIVE_OK);
}

/* As CEPII ships it: years, then code tables, then a text. */
static void zip__of_baci_gives_years_with_codes_and_names(void **state)
{
    (void)state;
    static const member members[] = {
        {"BACI_HS92_Y2021_V202501.csv", "t,i,j,k,v,q\n2021,112,643,310420,5,1\n", 0},
        {"BACI_HS92_Y2022_V202501.csv", "t,i,j,k,v,q\n2022,643,112,10121,7,NA\n", 0},
        {"Readme.txt", "no table at all", 0},
        {"../../etc/escape.md", "x", 0},
        {"country_codes_V202501.csv",
         "country_code,country_name,country_iso2,country_iso3\n112,Belarus,BY,BLR\n"
         "643,Russian Federation,RU,RUS\n",
         0},
        {"product_codes_HS92_V202501.csv",
         "code,description\n310420,\"Fertilizers, potassic\"\n010121,Horses\n", 0}};
    const char *zip = scratch_path("BACI_HS92_V202501.zip"), *path = scratch_path("zip.atk");
    autk_import_report report;
    autk_err err;
    write_zip(zip, members, 6);
    assert_ok(autk_import_files(path, &zip, 1, NULL, &report, &err), &err);
    assert_int_equal(report.n_files, 2);
    char *rows = dataset_text(path);
    assert_string_equal(rows, "2021,BLR,RUS,310420,5000,1,USD,trade,reconciled\n"
                              "2022,RUS,BLR,010121,7000,,USD,trade,reconciled\n");
    free(rows);
    autk_dataset *d = NULL;
    int32_t e;
    assert_ok(autk_dataset_open(&d, path, &err), &err);
    assert_ok(autk_dataset_find_economy(&e, d, "russian federation", &err), &err);
    assert_string_equal(autk_dataset_economy_code(d, e), "RUS");
    assert_int_equal(autk_dataset_find_economy(&e, d, "RUZ", &err), AUTK_ENOTFOUND);
    assert_string_equal(autk_dataset_product_name(d, 0), "Fertilizers, potassic");
    assert_string_equal(autk_dataset_layer(d, 0)->source, "BACI_HS92_V202501");
    autk_dataset_close(d);
    assert_ok(autk_import_files(path, &zip, 1, NULL, &report, &err), &err);
    assert_int_equal(report.n_files, 0);
    assert_int_equal(report.n_files_unchanged, 2);
}

/* A member of one line without end, one of zeros, one dense beyond belief: each a clear error. */
static void zip__bombs_end_in_an_error(void **state)
{
    (void)state;
    static char block[1 << 16];
    memset(block, ' ', sizeof block - 1);
    static char lines[1 << 16];
    for (size_t i = 0; i + 2 < sizeof lines; i += 2)
        memcpy(lines + i, "\n\n", 2);
    const member bombs[] = {{"BACI_HS92_Y1.csv", block, 64}, {"BACI_HS92_Y2.csv", lines, 2000}};
    for (size_t i = 0; i < 2; i++) {
        const char *zip = scratch_path("bomb.zip"), *path = scratch_path("bomb.atk");
        autk_err err;
        write_zip(zip, &bombs[i], 1);
        autk_status st = autk_import_files(path, &zip, 1, NULL, NULL, &err);
        assert_true(st == AUTK_ELIMIT || st == AUTK_EPARSE);
    }
}

static void zip__that_is_cut_short_is_an_error(void **state)
{
    (void)state;
    static const member one = {"BACI_HS92_Y2021.csv", "t,i,j,k,v,q\n2021,112,643,310420,5,1\n", 0};
    const char *zip = scratch_path("cut.zip"), *path = scratch_path("cut.atk");
    autk_err err;
    write_zip(zip, &one, 1);
    FILE *f = fopen(zip, "rb");
    char bytes[200];
    size_t n = fread(bytes, 1, sizeof bytes, f);
    fclose(f);
    for (size_t len = 60; len < 80; len++) {
        assert_true(len < n);
        f = fopen(zip, "wb");
        assert_int_equal(fwrite(bytes, 1, len, f), len);
        fclose(f);
        assert_int_not_equal(autk_import_files(path, &zip, 1, NULL, NULL, &err), AUTK_OK);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(zip__of_baci_gives_years_with_codes_and_names),
        cmocka_unit_test(zip__bombs_end_in_an_error),
        cmocka_unit_test(zip__that_is_cut_short_is_an_error)};
    int failed = cmocka_run_group_tests(tests, NULL, NULL);
    scratch_remove();
    return failed;
}
