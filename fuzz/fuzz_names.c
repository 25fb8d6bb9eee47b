/* Property: the key of a name is its own key, and no longer than twice the name. */
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "data/world_format.h"

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size)
{
    char *text = malloc(size + 1);
    if (text == NULL)
        return 0;
    memcpy(text, bytes, size);
    text[size] = '\0';
    char *key = autki_fold_name(text);
    char *again = key != NULL ? autki_fold_name(key) : NULL;
    if (again != NULL && (strcmp(key, again) != 0 || strlen(key) > 2 * strlen(text)))
        abort();
    free(again);
    free(key);
    free(text);
    return 0;
}
