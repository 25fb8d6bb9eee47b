/* Property: no text makes the reader of JSON crash or hang, and what it gives is a table: every
 * record has as many fields as the header. */
#include "checks.h"
#include "data/import_json.h"

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size)
{
    autk_input *input = NULL, *text = NULL;
    if (autk_input_memory(&input, "fuzz", bytes, size, NULL) != AUTK_OK)
        return 0;
    if (autki_json_as_csv(&text, input, NULL) == AUTK_OK)
        check_table(text, NULL, SIZE_MAX);
    autk_input_free(text);
    autk_input_free(input);
    return 0;
}
