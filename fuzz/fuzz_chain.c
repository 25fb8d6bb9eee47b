/* Property: a chain is refused, or can be explained, and its scenario is whole. A scenario in a
 * file of its own is not followed: the fuzzer has no files to name. */
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <autarky/chain.h>

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size)
{
    autk_input *input = NULL;
    autk_chain *chain = NULL;
    autk_buf text;
    autk_buf_init(&text);
    if (autk_input_memory(&input, "fuzz", bytes, size, NULL) == AUTK_OK &&
        autk_chain_read(&chain, input, NULL) == AUTK_OK) {
        autk_chain_explain(&text, chain);
        if (text.len == 0 || autk_chain_draws(chain) < 1 || autk_chain_seed(chain) < 1 ||
            autk_scenario_n_steps(autk_chain_scenario(chain)) == 0)
            abort();
    }
    autk_chain_free(chain);
    autk_input_free(input);
    autk_buf_deinit(&text);
    return 0;
}
