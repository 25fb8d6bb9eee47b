/* Properties: what is understood is a claim (names, a range inside [0, 1] or a rank), and what is
 * not gets a place inside the text. */
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <autarky/claim.h>

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size);

static void must(bool holds)
{
    if (!holds)
        abort();
}

static void check_quantity(const autk_quantity_said *q)
{
    must(q->low >= 0.0 && q->low <= q->high && q->high <= 1.0);
    must(q->words[0] != '\0' && strlen(q->words) < sizeof q->words);
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size)
{
    autk_claim claim;
    autk_quantity_said quantity;
    autk_err err;
    char *text = malloc(size + 1);
    if (text == NULL)
        return 0;
    if (size != 0)
        memcpy(text, bytes, size);
    text[size] = '\0';
    int64_t end = (int64_t)strlen(text) + 1;
    if (autk_claim_parse(&claim, text, &err) == AUTK_OK) {
        must(claim.economy[0] != '\0' && claim.partners[0] != '\0');
        must(claim.economy_column >= 1 && claim.economy_column < end);
        must(claim.partners_column >= 1 && claim.partners_column < end);
        if (claim.kind == AUTK_CLAIM_SHARE)
            check_quantity(&claim.quantity);
        else
            must(claim.rank >= 1);
    } else {
        must(err.line == 1 && err.column >= 1 && err.column <= end && err.msg[0] != '\0');
    }
    if (autk_claim_parse_quantity(&quantity, text, &err) == AUTK_OK)
        check_quantity(&quantity);
    else
        must(err.column >= 1 && err.column <= end);
    free(text);
    return 0;
}
