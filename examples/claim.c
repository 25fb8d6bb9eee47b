/*
 * Put a sentence to the figures.
 *
 *   cc claim.c $(pkg-config --cflags --libs autarky) && ./a.out world.sqlite \
 *       "about 70 percent of Belarus's trade is with Russia in 2023"
 */
#include <stdio.h>

#include <autarky/autarky.h>

int main(int argc, char **argv)
{
    autk_world *world = NULL;
    autk_claim claim;
    autk_claim_result result;
    autk_err err;
    if (argc != 3) {
        fputs("usage: claim WORLD \"WORDS\"\n", stderr);
        return 2;
    }
    autk_status st = autk_claim_parse(&claim, argv[2], &err);
    if (st == AUTK_OK)
        st = autk_world_open(&world, argv[1], &err);
    if (st == AUTK_OK)
        st = autk_claim_check(&result, world, &claim, &err);
    if (st == AUTK_OK) {
        printf("%s\n", autk_verdict_text(result.verdict));
        if (result.made_true_by < result.n_readings)
            printf("true of: %s\n", result.readings[result.made_true_by].reading);
    } else {
        fprintf(stderr, "%s:%d:%d: %s\n", err.source, (int)err.line, (int)err.column, err.msg);
    }
    autk_world_close(world);
    return autk_status_exit_code(st);
}
