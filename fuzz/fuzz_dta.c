/* Property: no bytes make the reader of Stata files crash or hang, and what it gives is a table:
 * every record has as many fields as the header. */
#include <stdio.h>

#include "checks.h"
#include "data/import_dta.h"

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size)
{
    autki_csv_opts opts = autki_csv_opts_default();
    autk_input *input = NULL;
    if (size == 0)
        return 0;
    opts.max_fields = 70000;
    FILE *file = fmemopen((void *)(uintptr_t)bytes, size, "rb");
    if (file == NULL || autki_dta_as_csv(&input, file, "fuzz.dta", NULL) != AUTK_OK)
        return 0;
    check_table(input, &opts, 100000);
    autk_input_free(input);
    return 0;
}
