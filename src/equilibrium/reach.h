/** @file reach.h Who is tied to whom, directly or through others. */
#ifndef AUTKI_EQUILIBRIUM_REACH_H
#define AUTKI_EQUILIBRIUM_REACH_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

typedef enum autki_ways { AUTKI_SELLERS = 1, AUTKI_BUYERS = 2, AUTKI_EITHER = 3 } autki_ways;

/**
 * Mark `start` and all that sell to it, buy from it, or either, directly or through others.
 *
 * @param in     [out] [n]
 * @param queue  [out] [n] those marked, nearest first
 * @param sells  [n seller][n buyer]
 * @return how many are marked. Cost: O(n^2).
 */
size_t autki_reach(bool *in, int32_t *queue, const bool *sells, size_t n, size_t start,
                   autki_ways ways);

#endif
