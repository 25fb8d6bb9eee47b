/* Property: no text makes the parser read past its end, and what it takes renders as a text that it
 * takes again. */
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "gravity/eval.h"
#include "gravity/formula.h"

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size)
{
    char *text = malloc(size + 1);
    autki_formula *f = NULL;
    autk_buf out;
    if (text == NULL)
        return 0;
    memcpy(text, bytes, size);
    text[size] = '\0';
    autk_buf_init(&out);
    if (autki_formula_parse(&f, text, NULL) == AUTK_OK) {
        for (size_t i = 0; i < f->n_nodes; i++) {
            if (f->nodes[i].left >= (int32_t)i || f->nodes[i].right >= (int32_t)i)
                abort(); /* a tree: children stand before their parents */
        }
        autki_eval_render(&out, f, f->response);
        autki_formula_free(f);
    }
    f = NULL;
    if (autki_keys_parse(&f, text, ',', "keys", NULL) == AUTK_OK)
        autki_formula_free(f);
    f = NULL;
    if (autki_expression_parse(&f, text, "expression", NULL) == AUTK_OK)
        autki_formula_free(f);
    autk_buf_deinit(&out);
    free(text);
    return 0;
}
