/* Property: what is read of a file of estimates is a value above 0 inside its bounds, of somebody.
 */
#include <math.h>
#include <stdint.h>
#include <stdlib.h>

#include <autarky/gaps.h>

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size)
{
    autk_input *input = NULL;
    autk_gap_estimates *estimates = NULL;
    if (autk_input_memory(&input, "fuzz", bytes, size, NULL) == AUTK_OK &&
        autk_gap_estimates_read(&estimates, input, NULL) == AUTK_OK) {
        for (size_t i = 0; i < autk_gap_estimates_n(estimates); i++) {
            const autk_gap_estimate *g = autk_gap_estimates_get(estimates, i);
            if (g->exporter == NULL || g->importer == NULL || g->year < 1 || g->year > 9999 ||
                !(g->value_usd > 0) || !(g->low_usd >= 0) || !(g->low_usd <= g->value_usd) ||
                !(g->value_usd <= g->high_usd) || !isfinite(g->high_usd))
                abort();
        }
    }
    autk_gap_estimates_free(estimates);
    autk_input_free(input);
    return 0;
}
