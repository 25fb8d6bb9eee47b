/* Property: a chunk whose checksum is right decodes to rows that encode and decode to themselves,
 * or is refused; never past its bytes. The checksum is put right here, else nothing would pass. */
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "data/dataset_chunk.h"
#include "data/dataset_hash.h"

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size);

static void check_round_trip(const autki_chunk_rows *rows)
{
    autk_buf blob;
    autki_chunk_rows back = {.n = 0};
    autk_buf_init(&blob);
    if (autki_chunk_encode(&blob, rows, 9, NULL) == AUTK_OK) {
        if (autki_chunk_decode(&back, blob.text, blob.len, 9, NULL) != AUTK_OK ||
            back.n != rows->n ||
            (rows->n != 0 && memcmp(back.value, rows->value, rows->n * sizeof *rows->value) != 0))
            abort();
    }
    autk_buf_deinit(&blob);
    autki_chunk_rows_deinit(&back);
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size)
{
    char *blob = malloc(size + 8);
    autki_chunk_rows rows = {.n = 0};
    if (blob == NULL)
        return 0;
    memcpy(blob, bytes, size);
    /* Row counts beyond what the bytes can hold are tried elsewhere: here they only cost time. */
    if (size >= 8 && autki_load32(blob + 4) > 100000)
        autki_store32(blob + 4, autki_load32(blob + 4) % 100000);
    autki_store64(blob + size, autki_xxh64(blob, size, 3));
    if (autki_chunk_decode(&rows, blob, size + 8, 3, NULL) == AUTK_OK)
        check_round_trip(&rows);
    autki_chunk_rows_deinit(&rows);
    free(blob);
    return 0;
}
