#include "equilibrium/reach.h"

#include <string.h>

size_t autki_reach(bool *in, int32_t *queue, const bool *sells, size_t n, size_t start,
                   autki_ways ways)
{
    size_t head = 0, tail = 0;
    memset(in, 0, n * sizeof *in);
    in[start] = true;
    queue[tail++] = (int32_t)start;
    while (head < tail) {
        size_t at = (size_t)queue[head++];
        for (size_t i = 0; i < n; i++) {
            bool tied = ((ways & AUTKI_SELLERS) != 0 && sells[i * n + at]) ||
                        ((ways & AUTKI_BUYERS) != 0 && sells[at * n + i]);
            if (in[i] || !tied)
                continue;
            in[i] = true;
            queue[tail++] = (int32_t)i;
        }
    }
    return tail;
}
