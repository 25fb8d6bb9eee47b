#include "world_fixture.h"

#include "unit.h"

autk_world *world;
autk_network *net;

int open_world(void **state)
{
    (void)state;
    autk_err err;
    assert_ok(autk_world_open(&world, world_path(), &err), &err);
    return 0;
}

int close_world(void **state)
{
    (void)state;
    autk_world_close(world);
    world = NULL;
    return 0;
}

int open_network(void **state)
{
    autk_err err;
    open_world(state);
    assert_ok(autk_network_open(&net, world, NULL, &err), &err);
    return 0;
}

int close_network(void **state)
{
    autk_network_free(net);
    net = NULL;
    return close_world(state);
}

int32_t economy_of(const char *text)
{
    autk_err err;
    int32_t found = -1;
    assert_ok(autk_world_find_economy(&found, world, text, 0, &err), &err);
    return found;
}

int32_t party_of(const char *text)
{
    autk_err err;
    int32_t found = -1;
    assert_ok(autk_world_find_party(&found, world, text, 0, &err), &err);
    return found;
}
