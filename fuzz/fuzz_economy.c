/* Property: accounts that are taken have finite flows of at least 0, and X_ii above 0. */
#include <math.h>
#include <stdint.h>
#include <stdlib.h>

#include <autarky/equilibrium.h>

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size);

static void check(const autk_economy *e)
{
    autk_economy_report report;
    autk_economy_check(&report, e);
    for (int32_t j = 0; j < autk_economy_n_sectors(e); j++) {
        for (int32_t i = 0; i < autk_economy_n_regions(e); i++) {
            for (int32_t n = 0; n < autk_economy_n_regions(e); n++) {
                double flow = autk_economy_flow(e, j, i, n);
                if (!(flow >= 0) || !isfinite(flow))
                    abort();
            }
        }
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size)
{
    for (unsigned repair = 0; repair < 8; repair += 7) {
        autk_input *input = NULL;
        autk_economy *economy = NULL;
        autk_equilibrium *eq = NULL;
        autk_economy_opts opts = autk_economy_opts_default();
        autk_solve_opts solve = {.tolerance = 1e-3, .max_iterations = 50};
        opts.repair = repair;
        if (autk_input_memory(&input, "fuzz", bytes, size, NULL) != AUTK_OK)
            return 0;
        if (autk_economy_read(&economy, input, &opts, NULL) == AUTK_OK) {
            check(economy);
            if (autk_economy_n_regions(economy) < 20 &&
                autk_equilibrium_solve(&eq, NULL, economy, NULL, 0, NULL, &solve, NULL) ==
                    AUTK_OK &&
                !(autk_equilibrium_wage(eq, 0) > 0))
                abort();
        }
        autk_equilibrium_free(eq);
        autk_economy_free(economy);
        autk_input_free(input);
    }
    return 0;
}
