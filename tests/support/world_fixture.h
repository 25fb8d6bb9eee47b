/** @file world_fixture.h The built-in world, opened once for a group of tests. */
#ifndef TEST_WORLD_FIXTURE_H
#define TEST_WORLD_FIXTURE_H

#include <autarky/corridor.h>
#include <autarky/world.h>

/** Open between the group's setup and its teardown. */
extern autk_world *world;
/** The transport network of `world`: only between open_network and close_network. */
extern autk_network *net;

/** Setup and teardown for cmocka_run_group_tests. */
int open_world(void **state);
int close_world(void **state);
int open_network(void **state);
int close_network(void **state);

/** The economy, or the economy or group, of a code or name; fails the test when there is none. */
int32_t economy_of(const char *text);
int32_t party_of(const char *text);

#endif
