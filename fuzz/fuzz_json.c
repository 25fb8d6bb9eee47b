/* Property: no text makes the reader of JSON crash or hang, and what it gives is a table: every
 * record has as many fields as the header. */
#include <stdint.h>
#include <stdlib.h>

#include "data/csv.h"
#include "data/import_json.h"

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size)
{
    autk_input *input = NULL, *text = NULL;
    autki_csv *csv = NULL;
    const autki_field *fields;
    size_t n = 1, width = 0;
    if (autk_input_memory(&input, "fuzz", bytes, size, NULL) != AUTK_OK)
        return 0;
    autk_status st = autki_json_as_csv(&text, input, NULL);
    if (st == AUTK_OK)
        st = autki_csv_create(&csv, text, NULL, NULL);
    for (size_t records = 0; st == AUTK_OK && n != 0; records++) {
        st = autki_csv_next(csv, &fields, &n, NULL);
        if (st == AUTK_OK && records == 0)
            width = n;
        if (st == AUTK_OK && n != 0 && n != width)
            abort();
    }
    autki_csv_free(csv);
    autk_input_free(text);
    autk_input_free(input);
    return 0;
}
