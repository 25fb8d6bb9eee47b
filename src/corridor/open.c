/* The network of the world dataset. */
#include <stdio.h>
#include <stdlib.h>

#include "base/fail.h"
#include "corridor/network.h"
#include "data/world_asset.h"

/* The bytes of one table, kept while it is read. */
typedef struct asset {
    const autk_world *world;
    char *bytes;
} asset;

static autk_status open_asset(autk_input **out, const char *name, void *user, autk_err *err)
{
    asset *from = user;
    char file[64];
    size_t size;
    free(from->bytes);
    from->bytes = NULL;
    (void)snprintf(file, sizeof file, "transport_%s.csv", name);
    autk_status st = autki_world_asset(&from->bytes, &size, from->world, file, err);
    if (st == AUTK_OK)
        st = autk_input_memory(out, file, from->bytes, size, err);
    return st;
}

autk_status autk_network_open(autk_network **out, const autk_world *world,
                              const autk_network_opts *opts, autk_err *err)
{
    asset from = {.world = world};
    autk_status st = autki_network_open(out, open_asset, &from, world, opts, err);
    free(from.bytes);
    return st;
}
