/* gravity_panel trade COUNTRIES YEARS SEED | ring REGIONS REACH YEARS SEED |
 * sectors COUNTRIES YEARS SECTORS SEED | domestic COUNTRIES YEARS SEED: a panel to standard output,
 * for other programs to read. */
#include <stdlib.h>
#include <string.h>

#include "gravity_panel.h"

int main(int argc, char **argv)
{
    static char buffer[1 << 20];
    int n[3] = {0};
    uint64_t seed = argc > 2 ? strtoull(argv[argc - 1], NULL, 10) : 0;
    setvbuf(stdout, buffer, _IOFBF, sizeof buffer);
    for (int i = 0; i < 3 && i + 2 < argc; i++)
        n[i] = (int)strtol(argv[i + 2], NULL, 10);
    if (argc == 5 && strcmp(argv[1], "trade") == 0) {
        gravity_panel_trade(stdout, n[0], n[1], 1, seed);
    } else if (argc == 5 && strcmp(argv[1], "domestic") == 0) {
        gravity_panel_domestic(stdout, n[0], n[1], seed);
    } else if (argc == 6 && strcmp(argv[1], "sectors") == 0) {
        gravity_panel_trade(stdout, n[0], n[1], n[2], seed);
    } else if (argc == 6 && strcmp(argv[1], "ring") == 0) {
        gravity_panel_ring(stdout, n[0], n[1], n[2], seed);
    } else {
        fprintf(stderr, "usage: gravity_panel trade COUNTRIES YEARS SEED | "
                        "ring REGIONS REACH YEARS SEED | sectors COUNTRIES YEARS SECTORS SEED | "
                        "domestic COUNTRIES YEARS SEED\n");
        return 2;
    }
    return fflush(stdout) == 0 ? 0 : 1;
}
