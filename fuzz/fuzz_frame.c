/* Property: the careful reader takes any bytes or names their place, and never reads past them. */
#include <stdint.h>
#include <stdlib.h>

#include "data/frame.h"

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size)
{
    static const autki_wanted wanted[] = {{"id", AUTKI_FACTOR}, {"v", AUTKI_NUMBER}};
    autk_input *input = NULL;
    autki_frame *frame = NULL;
    if (autk_input_memory(&input, "fuzz", bytes, size, NULL) != AUTK_OK)
        return 0;
    if (autki_frame_read_csv(&frame, input, wanted, 2, NULL) == AUTK_OK) {
        for (size_t r = 0; r < frame->n_rows; r++) {
            if (frame->columns[0].code[r] >= frame->columns[0].levels.n_levels)
                abort();
        }
        autki_frame_free(frame);
    }
    autk_input_free(input);
    return 0;
}
