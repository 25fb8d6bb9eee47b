/* Property: no bytes make the reader of Stata files crash or hang, and what it gives is a table:
 * every record has as many fields as the header. */
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>

#include "data/csv.h"
#include "data/import_dta.h"

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size);

static void check_table(autk_input *input)
{
    autki_csv_opts opts = autki_csv_opts_default();
    autki_csv *csv = NULL;
    const autki_field *fields;
    size_t n = 1, width = 0;
    opts.max_fields = 70000;
    autk_status st = autki_csv_create(&csv, input, &opts, NULL);
    for (size_t records = 0; st == AUTK_OK && n != 0 && records < 100000; records++) {
        st = autki_csv_next(csv, &fields, &n, NULL);
        if (st == AUTK_OK && records == 0)
            width = n;
        if (st == AUTK_OK && n != 0 && n != width)
            abort();
    }
    autki_csv_free(csv);
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size)
{
    autk_input *input = NULL;
    if (size == 0)
        return 0;
    FILE *file = fmemopen((void *)(uintptr_t)bytes, size, "rb");
    if (file == NULL || autki_dta_as_csv(&input, file, "fuzz.dta", NULL) != AUTK_OK)
        return 0;
    check_table(input);
    autk_input_free(input);
    return 0;
}
