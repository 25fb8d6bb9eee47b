/* Property: whatever the cost reader takes is ordered and finite, and a refusal changes nothing. */
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <autarky/corridor.h>

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size)
{
    autk_input *input = NULL;
    autk_costs costs, before;
    memset(&costs, 0, sizeof costs);
    before = costs;
    if (autk_input_memory(&input, "fuzz", bytes, size, NULL) != AUTK_OK)
        return 0;
    autk_status st = autk_costs_read(&costs, input, "potash", NULL);
    if (st != AUTK_OK && memcmp(&costs, &before, sizeof costs) != 0)
        abort();
    for (int i = 0; i < AUTK_COST_COUNT; i++) {
        if (!(costs.low[i] <= costs.value[i] && costs.value[i] <= costs.high[i]))
            abort();
    }
    autk_input_free(input);
    return 0;
}
