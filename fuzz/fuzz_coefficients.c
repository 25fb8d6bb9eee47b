/* Property: a file of coefficients is refused, or its factor is finite and the scenario is whole.
 */
#include <math.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "equilibrium/scenario.h"

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size)
{
    static const char yaml[] = "name: x\nmeasures:\n"
                               "  - {sanction: {estimate: a}}\n  - {sanction: {estimate: b}}\n";
    autk_input *scenario_input = NULL, *input = NULL;
    autk_scenario *s = NULL;
    if (autk_input_memory(&scenario_input, "yaml", yaml, strlen(yaml), NULL) == AUTK_OK &&
        autk_scenario_read(&s, scenario_input, NULL) == AUTK_OK &&
        autk_input_memory(&input, "fuzz", bytes, size, NULL) == AUTK_OK) {
        bool taken = autk_scenario_use_coefficients(s, input, NULL) == AUTK_OK;
        if (taken != (s->factor != NULL))
            abort();
        for (size_t i = 0; i < s->n_estimates * s->n_estimates; i++) {
            if (!isfinite(s->factor[i]))
                abort();
        }
    }
    autk_input_free(input);
    autk_input_free(scenario_input);
    autk_scenario_free(s);
    return 0;
}
