/**
 * @file baci_like.h
 * A year of trade that looks like BACI: economies of very unequal size, pairs that trade a few
 * products or thousands, log-normal values in thousand USD with three decimals, 2 % of quantities
 * missing. The same seed gives the same bytes.
 */
#ifndef BENCH_BACI_LIKE_H
#define BENCH_BACI_LIKE_H

#include <stdint.h>
#include <stdio.h>

/** Write about n_rows rows of one year, with a header. Returns the rows written. */
uint64_t baci_like_write(FILE *to, int year, uint64_t n_rows, uint64_t seed);

#endif
