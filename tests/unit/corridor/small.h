/**
 * @file small.h A world of four economies for tests: A has no coast and borders B and C; B and C
 * have ports on one sea with a strait between them; D is an island.
 *
 *   A city --- a-b (rail, road) --- B city, port pb ==sea==+== strait ==+== port pc, C city --- a-c
 * (road) |            | port pd (D)  (other side)
 */
#ifndef TEST_CORRIDOR_SMALL_H
#define TEST_CORRIDOR_SMALL_H

#include "corridor/network.h"

typedef struct small_tables {
    const char *places, *costs, *closures, *sea, *lanes, *outlines; /* NULL = the usual ones */
} small_tables;

/** The network of these tables; NULL = the usual ones. */
autk_status small_open(autk_network **out, const small_tables *tables, autk_err *err);

#define SMALL_ECONOMIES 7
#define SMALL_COASTAL 4

/** A random world of SMALL_ECONOMIES economies on a ring of borders, codes AAA, BBB, …; the first
 *  SMALL_COASTAL have a port each, the others none. */
autk_status small_random(autk_network **out, uint64_t seed, autk_err *err);

/** Place by id; fails the test when it is missing. */
int32_t small_place(const autk_network *net, const char *id);

#endif
