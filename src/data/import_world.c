#include <autarky/import.h>

#include <stdio.h>
#include <string.h>

bool autk_resolve_by_world(autk_resolved *out, void *user, const char *text, int year)
{
    static const char *const eurostat[][2] = {{"EL", "GRC"}, {"XK", "XKX"}, {"XS", "SRB"}};
    const autk_world *world = user;
    int32_t economy;
    for (size_t i = 0; i < sizeof eurostat / sizeof *eurostat; i++) {
        if (strcmp(text, eurostat[i][0]) == 0)
            text = eurostat[i][1];
    }
    if (autk_world_find_economy(&economy, world, text, year, NULL) != AUTK_OK)
        return false;
    const autk_economy_info *info = autk_world_economy(world, economy);
    *out = (autk_resolved){.kind = AUTK_IS_ECONOMY};
    (void)snprintf(out->code, sizeof out->code, "%s", info->code);
    (void)snprintf(out->name, sizeof out->name, "%s", info->name);
    return true;
}
