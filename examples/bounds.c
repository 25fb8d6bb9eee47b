/*
 * Your own numbers, no dataset: shares, ranks and concentration when one flow is only bounded.
 *
 *   cc bounds.c $(pkg-config --cflags --libs autarky) && ./a.out
 */
#include <stdio.h>

#include <autarky/autarky.h>

int main(void)
{
    static const char *const names[] = {"north", "south", "east"};
    const autk_bounds value_usd[] = {{40e9, 46.5e9, 54e9},    /* nobody publishes it: bounds */
                                     autk_bounds_exact(8e9),  /* reported */
                                     autk_bounds_exact(3e9)}; /* reported */
    const autk_whole whole = {.given = true, .total = autk_bounds_exact(83.5e9)};
    autk_bounds share[3];
    autk_rank rank[3];
    autk_concentration spread;
    autk_err err;

    autk_status st = autk_share_bounds(share, NULL, value_usd, 3, &whole, &err);
    if (st == AUTK_OK)
        st = autk_rank_bounds(rank, value_usd, 3, &whole, &err);
    if (st == AUTK_OK)
        st = autk_concentration_bounds(&spread, value_usd, 3, &whole, 3e9, &err);
    if (st != AUTK_OK) {
        fprintf(stderr, "%s\n", err.msg);
        return autk_status_exit_code(st);
    }
    for (int i = 0; i < 3; i++)
        printf("%-6s %5.1f %%  (%.1f to %.1f)  rank %d\n", names[i], 100 * share[i].point,
               100 * share[i].low, 100 * share[i].high, (int)rank[i].point);
    printf("effective partners: %.2f to %.2f\n", spread.effective.low, spread.effective.high);
    return 0;
}
