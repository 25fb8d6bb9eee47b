/* Property: no input makes the CSV reader read past its bytes, and fields lie inside a record. */
#include <stdint.h>
#include <stdlib.h>

#include "data/csv.h"

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size)
{
    autk_input *input = NULL;
    autki_csv *csv = NULL;
    size_t n = 1, sum = 0;
    const autki_field *fields;
    if (autk_input_memory(&input, "fuzz", bytes, size, NULL) != AUTK_OK)
        return 0;
    autk_status st = autki_csv_create(&csv, input, NULL, NULL);
    while (st == AUTK_OK && n != 0) {
        st = autki_csv_next(csv, &fields, &n, NULL);
        for (size_t i = 0; st == AUTK_OK && i < n; i++)
            sum += fields[i].len;
    }
    if (sum > size)
        abort();
    autki_csv_free(csv);
    autk_input_free(input);
    return 0;
}
