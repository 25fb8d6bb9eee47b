/* Property: what is read can be explained, bound to an economy and simulated or refused. */
#include <stdint.h>
#include <stdlib.h>

#include <autarky/scenario.h>

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size)
{
    autk_input *input = NULL;
    autk_scenario *scenario = NULL;
    autk_economy *economy = NULL;
    autk_simulation *sim = NULL;
    autk_simulate_opts opts = {.draws = 1, .tolerance = 1e-3, .max_iterations = 50};
    if (autk_input_memory(&input, "fuzz", bytes, size, NULL) != AUTK_OK)
        return 0;
    if (autk_scenario_read(&scenario, input, NULL) == AUTK_OK &&
        autk_economy_generate(&economy, 3, 2, 1, NULL) == AUTK_OK) {
        autk_buf text;
        autk_buf_init(&text);
        autk_scenario_explain(&text, scenario);
        if (text.len == 0)
            abort();
        autk_buf_deinit(&text);
        if (autk_scenario_n_steps(scenario) < 20 &&
            autk_simulate(&sim, scenario, economy, &opts, NULL) == AUTK_OK) {
            for (size_t s = 0; s < autk_simulation_n_steps(sim); s++) {
                if (!autk_simulation_info(sim, s)->converged)
                    abort();
            }
        }
    }
    autk_simulation_free(sim);
    autk_economy_free(economy);
    autk_scenario_free(scenario);
    autk_input_free(input);
    return 0;
}
