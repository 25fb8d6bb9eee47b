#include <autarky/import.h>

#include <stdio.h>
#include <string.h>

bool autk_resolve_by_world(autk_resolved *out, void *user, const char *text, int year)
{
    static const char *const eurostat[][2] = {{"EL", "GRC"}, {"XK", "XKX"}, {"XS", "SRB"}};
    const autk_world *world = user;
    int32_t party;
    for (size_t i = 0; i < sizeof eurostat / sizeof *eurostat; i++) {
        if (strcmp(text, eurostat[i][0]) == 0)
            text = eurostat[i][1];
    }
    if (autk_world_find_party(&party, world, text, year, NULL) != AUTK_OK)
        return false;
    *out = (autk_resolved){.kind = party == AUTK_PARTY_WORLD  ? AUTK_IS_WORLD
                                   : party >= AUTK_GROUP_BASE ? AUTK_IS_GROUP
                                                              : AUTK_IS_ECONOMY};
    (void)snprintf(out->code, sizeof out->code, "%s", autk_world_party_code(world, party));
    (void)snprintf(out->name, sizeof out->name, "%s", autk_world_party_name(world, party));
    return true;
}
